/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAID0 arithmetic: file offsets to object offsets and back.
 *
 * Pure functions of numbers, so that they can be tested without a file system.
 * All offsets and sizes are in bytes.
 */
#ifndef _LUSTRE_LAYOUT_STRIPE_H
#define _LUSTRE_LAYOUT_STRIPE_H

#include <linux/types.h>

/* "To the end of the file" as the inclusive end of a range. */
#define LUSTRE_EOF	(~0ULL)

/**
 * struct lustre_stripe_map - the shape of a RAID0 layout
 * @size: stripe size in bytes, not zero
 * @count: number of stripes, not zero
 * @pattern: LOV_PATTERN_*; the arithmetic does not care
 */
struct lustre_stripe_map {
	u32 size;
	u32 count;
	u32 pattern;
};

void lustre_stripe_of(struct lustre_stripe_map map, u64 off, u32 *stripe,
		      u64 *obj_off);
u64 lustre_stripe_to_file(struct lustre_stripe_map map, u32 stripe,
			  u64 obj_off);
u64 lustre_stripe_file_size(struct lustre_stripe_map map, u32 stripe,
			    u64 obj_size);
u64 lustre_stripe_obj_size(struct lustre_stripe_map map, u32 stripe,
			   u64 file_size);
bool lustre_stripe_range(struct lustre_stripe_map map, u32 stripe, u64 start,
			 u64 end, u64 *obj_start, u64 *obj_end);
u32 lustre_stripe_count_hit(struct lustre_stripe_map map, u64 start, u64 end);
u32 lustre_stripe_next(struct lustre_stripe_map map, u32 stripe, u64 start,
		       u64 end);
u64 lustre_stripe_max_size(struct lustre_stripe_map map, u64 max_obj);

#endif /* _LUSTRE_LAYOUT_STRIPE_H */
