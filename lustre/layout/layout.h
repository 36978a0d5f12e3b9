/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file's layout says: which objects on which targets hold its bytes.
 *
 * A struct lustre_layout is built once from the extended attribute that the
 * metadata target sends, never changes after that, and is shared by reference.
 * Nothing here sleeps except for the allocation in lustre_layout_decode().
 */
#ifndef _LUSTRE_LAYOUT_LAYOUT_H
#define _LUSTRE_LAYOUT_LAYOUT_H

#include <linux/refcount.h>
#include <linux/types.h>

#include "layout/stripe.h"
#include "wire.h"

/* Largest number of stripes that one plain layout may name. */
#define LUSTRE_MAX_STRIPES	2000

/**
 * enum lustre_layout_kind - what can be done with a file's data
 * @LUSTRE_LAYOUT_NONE: there are no objects; reads return nothing
 * @LUSTRE_LAYOUT_RAID0: striped over objects
 * @LUSTRE_LAYOUT_UNSUPPORTED: valid, but this client can't do I/O on it
 * @LUSTRE_LAYOUT_INVALID: broken; I/O fails with -EINVAL
 */
enum lustre_layout_kind {
	LUSTRE_LAYOUT_NONE,
	LUSTRE_LAYOUT_RAID0,
	LUSTRE_LAYOUT_UNSUPPORTED,
	LUSTRE_LAYOUT_INVALID,
};

/* lustre_stripe.ost_idx of data that lie with the file's other attributes */
#define LUSTRE_STRIPE_ON_MDT	(~0U)

/**
 * struct lustre_stripe - one object of a layout
 * @oi: the object's identity, exactly the 16 bytes of the layout
 * @ost_idx: index of the target that holds it, or LUSTRE_STRIPE_ON_MDT: then
 *	the object is the file, and @oi is nothing
 * @hole: the object is lost; I/O to its range fails with -EIO
 */
struct lustre_stripe {
	struct ost_id	oi;
	u32		ost_idx;
	bool		hole;
};

/**
 * struct lustre_extent - a part of a file
 * @start: first byte
 * @end: first byte behind it; LUSTRE_EOF: there is no end
 */
struct lustre_extent {
	u64	start;
	u64	end;
};

/**
 * struct lustre_comp - one component: a part of the file, and its striping
 * @id: number of the component, 0 in a plain layout
 * @mirror: which copy of the file it belongs to
 * @flags: LCME_FL_*
 * @first: index of its first object in struct lustre_layout.stripes
 * @extent: the bytes of the file that lie here; may be empty
 * @map: how they are striped; as if it covered the file from its first byte.
 *	A count of 0: there are no objects yet, and what is read is zeroes
 */
struct lustre_comp {
	u32				id;
	u32				mirror;
	u32				flags;
	u32				first;
	struct lustre_extent		extent;
	struct lustre_stripe_map	map;
};

/**
 * struct lustre_layout - a decoded layout, immutable
 * @ref: references
 * @kind: what can be done with it
 * @io_errno: negative errno for data I/O unless @kind is RAID0 or NONE
 * @why: for people: why @kind is UNSUPPORTED or INVALID, else NULL
 * @gen: layout generation
 * @ea_len: length of the attribute it was decoded from, in bytes
 * @nr_stripes: number of elements in @stripes
 * @stripes: the objects of all components, in the order of those
 * @nr_comps: number of elements in @comps
 * @comps: the components, ascending and without overlaps; a plain layout has
 *	one, which is the whole file
 */
struct lustre_layout {
	refcount_t		ref;
	enum lustre_layout_kind	kind;
	int			io_errno;
	const char		*why;
	u32			gen;
	u32			ea_len;
	u32			nr_stripes;
	struct lustre_stripe	*stripes;
	u32			nr_comps;
	struct lustre_comp	comps[] __counted_by(nr_comps);
};

struct lustre_layout *lustre_layout_alloc(u32 nr_comps, u32 nr_stripes,
					  gfp_t gfp);
struct lustre_layout *lustre_layout_decode(const void *ea, size_t len,
					   gfp_t gfp);
struct lustre_layout *lustre_layout_get(struct lustre_layout *layout);
void lustre_layout_put(struct lustre_layout *layout);
int lustre_layout_io_errno(const struct lustre_layout *layout);

#endif /* _LUSTRE_LAYOUT_LAYOUT_H */
