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

/* Most mirrors that a file may have: a bit mask names them */
#define LUSTRE_MAX_MIRRORS	32

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
 * @flags: LCME_FL_*
 * @index: its index among all of the file; also of a part of a component
 * @first: index of its first object among those of its mirror, or of those that
 *	are looked at
 * @extent: the bytes of the file that lie here; may be empty
 * @map: how they are striped; as if it covered the file from its first byte.
 *	A count of 0: there are no objects yet, and what is read is zeroes
 */
struct lustre_comp {
	u32				id;
	u32				flags;
	u32				index;
	u32				first;
	struct lustre_extent		extent;
	struct lustre_stripe_map	map;
};

/**
 * struct lustre_mirror - one copy of a file
 * @id: its number
 * @flags: LCME_FL_* that any of its components has
 * @usable: this client can make use of all its components
 * @first_comp: index of its first component among all of the file
 * @nr_comps: number of its components
 * @first_stripe: index of its first object among all of the file
 * @nr_stripes: number of its objects
 */
struct lustre_mirror {
	u32	id;
	u32	flags;
	bool	usable;
	u32	first_comp;
	u32	nr_comps;
	u32	first_stripe;
	u32	nr_stripes;
};

/**
 * struct lustre_layout - a decoded layout, immutable
 * @ref: references
 * @kind: what can be done with it
 * @io_errno: negative errno for data I/O unless @kind is RAID0 or NONE
 * @why: for people: why @kind is UNSUPPORTED or INVALID, else NULL
 * @gen: layout generation
 * @ea_len: length of the attribute it was decoded from, in bytes
 * @flr: state of the mirrors, LCM_FL_*; LCM_FL_NONE: the file has none
 * @nr_mirrors: number of elements in @mirrors, 1 for a file without mirrors
 * @mirrors: the copies of the file
 * @in_sync: bit mask of those that may be read; if all of them are stale in part,
 *	those of which others have that, see lustre_layout_to_read()
 * @mirror: index of the one that is looked at, see lustre_layout_view()
 * @patched: with components of others in place of the stale ones
 * @nr_stripes: number of elements in @stripes
 * @stripes: its objects, in the order of the components
 * @nr_comps: number of elements in @comps
 * @comps: its components, ascending and without overlaps; a plain layout has
 *	one, which is the whole file
 * @bytes: what all this takes, without what only a patched view has
 * @all_comps: the components of all mirrors
 * @all_stripes: the objects of all mirrors
 */
struct lustre_layout {
	refcount_t		ref;
	enum lustre_layout_kind	kind;
	int			io_errno;
	const char		*why;
	u32			gen;
	u32			ea_len;
	u32			flr;
	u32			nr_mirrors;
	struct lustre_mirror	*mirrors;
	u32			in_sync;
	u32			mirror;
	bool			patched;
	u32			nr_stripes;
	struct lustre_stripe	*stripes;
	u32			nr_comps;
	struct lustre_comp	*comps;
	size_t			bytes;
	struct lustre_comp	*all_comps;
	struct lustre_stripe	*all_stripes;
};

struct lustre_layout *lustre_layout_alloc(u32 nr_comps, u32 nr_stripes,
					  gfp_t gfp);
struct lustre_layout *lustre_layout_view(const struct lustre_layout *layout,
					 u32 mirror, gfp_t gfp);
struct lustre_layout *lustre_layout_to_read(const struct lustre_layout *layout,
					    u32 mirror, gfp_t gfp);
struct lustre_layout *lustre_layout_decode(const void *ea, size_t len,
					   gfp_t gfp);
struct lustre_layout *lustre_layout_nokey(size_t len, gfp_t gfp);
struct lustre_layout *lustre_layout_get(struct lustre_layout *layout);
void lustre_layout_put(struct lustre_layout *layout);
int lustre_layout_io_errno(const struct lustre_layout *layout);

/* All of a component that is looked at, of which that may be a part */
static inline const struct lustre_comp *
lustre_layout_uncut(const struct lustre_layout *layout,
		    const struct lustre_comp *comp)
{
	return &layout->all_comps[comp->index];
}

#endif /* _LUSTRE_LAYOUT_LAYOUT_H */
