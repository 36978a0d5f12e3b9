/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is allocated of a file, from what its objects say of themselves.
 */
#ifndef _LUSTRE_LAYOUT_MAP_H
#define _LUSTRE_LAYOUT_MAP_H

#include <linux/types.h>

/* Who gets this flag in a request can tell objects apart (07 section 10.8). */
#define LUSTRE_MAP_DEVICE_ORDER		0x40000000U
/* Each extent has this flag: its physical offset is one on the target. */
#define LUSTRE_MAP_NET			0x80000000U
/* struct lustre_map_extent.device: the stripe is above the target's index */
#define LUSTRE_MAP_STRIPE_SHIFT		17

/* In the index of a target: it is a metadata target */
#define LUSTRE_MAP_ON_MDT		0x10000U

/**
 * struct lustre_map_extent - bytes of an object that are allocated
 * @logical: offset in the object
 * @physical: offset on the target's device
 * @length: bytes
 * @flags: FIEMAP_EXTENT_*
 * @device: index of the target, and number of the object in the layout
 */
struct lustre_map_extent {
	u64	logical;
	u64	physical;
	u64	length;
	u32	flags;
	u32	device;
};

/**
 * struct lustre_map - the extents of a file, object after object
 * @emit: takes one; a positive number: that was the last it takes; an errno
 * @priv: for @emit
 * @device: of the present object
 * @next: the present object was told of up to here
 * @pending: the latest extent, which @emit did not get yet
 * @some: there is one
 */
struct lustre_map {
	int			(*emit)(void *priv,
					const struct lustre_map_extent *e);
	void			*priv;
	u32			device;
	u64			next;
	struct lustre_map_extent pending;
	bool			some;
};

void lustre_map_begin(struct lustre_map *map,
		      int (*emit)(void *priv,
				  const struct lustre_map_extent *e),
		      void *priv);
void lustre_map_object(struct lustre_map *map, u32 index, u32 object,
		       u64 start);
int lustre_map_add(struct lustre_map *map, const struct lustre_map_extent *e,
		   u64 end);
int lustre_map_end(struct lustre_map *map, bool whole);

#endif /* _LUSTRE_LAYOUT_MAP_H */
