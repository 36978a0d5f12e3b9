/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A layout for readers that know plain ones only.
 */
#ifndef _LUSTRE_LAYOUT_USER_H
#define _LUSTRE_LAYOUT_USER_H

#include <linux/types.h>

#include "wire.h"

/**
 * struct lustre_layout_plain - a plain layout, in two pieces
 * @head: what is before the objects
 * @head_len: bytes of it
 * @objects: the first of the objects, within the layout
 * @nr: how many of them are to be shown
 */
struct lustre_layout_plain {
	struct lov_mds_md_v3		head;
	u32				head_len;
	const struct lov_ost_data_v1	*objects;
	u32				nr;
};

int lustre_layout_plain(const void *ea, size_t len, u32 magic, u32 room,
			bool empty, struct lustre_layout_plain *plain);

#endif /* _LUSTRE_LAYOUT_USER_H */
