/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mirrors that are stale in part, and what others have of these parts.
 *
 * Pure functions of a layout.  A mirror goes by its index there.
 */
#ifndef _LUSTRE_LAYOUT_PATCH_H
#define _LUSTRE_LAYOUT_PATCH_H

#include "layout/layout.h"

/**
 * struct lustre_patch - the components that stand for a whole mirror; initialise
 *	with lustre_patch_begin()
 * @layout: the layout
 * @mirror: index of the mirror
 * @comp: its next component, counted from its first one
 * @at: where the part begins that is to be patched next
 * @until: where that ends; @at: there is none
 * @from: index of the mirror that the latest patch is from
 * @failed: nobody has it
 */
struct lustre_patch {
	const struct lustre_layout	*layout;
	u32				mirror;
	u32				comp;
	u64				at;
	u64				until;
	u32				from;
	bool				failed;
};

void lustre_patch_begin(struct lustre_patch *p,
			const struct lustre_layout *layout, u32 mirror);
bool lustre_patch_next(struct lustre_patch *p, struct lustre_comp *comp);
bool lustre_mirror_patchable(const struct lustre_layout *layout, u32 mirror);

#endif /* _LUSTRE_LAYOUT_PATCH_H */
