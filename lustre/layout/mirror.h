/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors of a file: which to read, and when one is written alone.
 *
 * Pure functions of a layout.  A mirror goes by its index there.
 */
#ifndef _LUSTRE_LAYOUT_MIRROR_H
#define _LUSTRE_LAYOUT_MIRROR_H

#include "layout/layout.h"

#define LUSTRE_NO_MIRROR	(~0U)

u32 lustre_mirror_choose(const struct lustre_layout *layout, u32 skip, u32 down,
			 u32 hash);
bool lustre_mirror_shown(const struct lustre_layout *layout,
			 const struct lustre_comp *comp);
bool lustre_mirror_alone(const struct lustre_layout *layout, u64 start,
			 u64 end);
void lustre_mirror_round(const struct lustre_layout *layout, u64 *start,
			 u64 *end);

/* Is there another mirror that may be read as well? */
static inline bool lustre_mirror_spare(const struct lustre_layout *layout)
{
	return layout->in_sync & (layout->in_sync - 1);
}

#endif /* _LUSTRE_LAYOUT_MIRROR_H */
