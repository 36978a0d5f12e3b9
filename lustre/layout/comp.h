/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic of components: which object holds a byte of the file.
 *
 * Pure functions of a layout.  All offsets and sizes are in bytes.  An object
 * goes by its index in struct lustre_layout.stripes.
 */
#ifndef _LUSTRE_LAYOUT_COMP_H
#define _LUSTRE_LAYOUT_COMP_H

#include "layout/layout.h"

/**
 * struct lustre_place - where a byte of the file lies
 * @comp: in this component
 * @object: in this object
 * @off: at this offset there
 */
struct lustre_place {
	const struct lustre_comp	*comp;
	u32				object;
	u64				off;
};

/**
 * struct lustre_hit - an object that a range of the file touches; initialise
 *	with {}
 * @next: where lustre_layout_hit() goes on
 * @object: the object
 * @start: first byte of the range in the object
 * @end: last byte (inclusive), or LUSTRE_EOF
 */
struct lustre_hit {
	u32	next;
	u32	object;
	u64	start;
	u64	end;
};

/**
 * struct lustre_shared - what two layouts have in common of a component
 * @comp: the component of the new layout that has the same objects
 * @extent: the bytes of the file that lie where they lay
 */
struct lustre_shared {
	const struct lustre_comp	*comp;
	struct lustre_extent		extent;
};

bool lustre_layout_find(const struct lustre_layout *layout, u64 off,
			struct lustre_place *place);
const struct lustre_comp *lustre_layout_comp(const struct lustre_layout *layout,
					     u32 object);
bool lustre_layout_hit(const struct lustre_layout *layout, u64 start, u64 end,
		       struct lustre_hit *hit);
u32 lustre_layout_count_hit(const struct lustre_layout *layout, u64 start,
			    u64 end);
bool lustre_layout_covers(const struct lustre_layout *layout, u64 start,
			  u64 end);
u64 lustre_layout_end(const struct lustre_layout *layout);
u64 lustre_layout_file_size(const struct lustre_layout *layout, u32 object,
			    u64 obj_size);
u64 lustre_layout_obj_size(const struct lustre_layout *layout, u32 object,
			   u64 file_size);
bool lustre_layout_truncates(const struct lustre_layout *layout, u32 object,
			     u64 file_size);
u64 lustre_layout_max_size(const struct lustre_layout *layout, u64 max_obj);

bool lustre_layout_keeps(const struct lustre_layout *old,
			 const struct lustre_comp *comp,
			 const struct lustre_layout *new,
			 struct lustre_shared *shared);

bool lustre_comp_range(const struct lustre_comp *comp, u32 stripe, u64 start,
		       u64 end, u64 *obj_start, u64 *obj_end);

#endif /* _LUSTRE_LAYOUT_COMP_H */
