/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data and holes of a striped file, from what its objects say of themselves.
 *
 * Pure functions of a layout.  All offsets and sizes are in bytes.
 */
#ifndef _LUSTRE_LAYOUT_SEEK_H
#define _LUSTRE_LAYOUT_SEEK_H

#include "layout/comp.h"

/**
 * struct lustre_seek - a search for data, or for a hole
 * @layout: of the file
 * @hole: it is a hole that is looked for
 * @found: the first one so far; LUSTRE_EOF: none
 */
struct lustre_seek {
	const struct lustre_layout	*layout;
	bool				hole;
	u64				found;
};

void lustre_seek_begin(struct lustre_seek *seek,
		       const struct lustre_layout *layout, u64 offset,
		       bool hole);
int lustre_seek_add(struct lustre_seek *seek, const struct lustre_hit *hit,
		    s64 answer);
s64 lustre_seek_end(const struct lustre_seek *seek, u64 size);

#endif /* _LUSTRE_LAYOUT_SEEK_H */
