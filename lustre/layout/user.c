// SPDX-License-Identifier: GPL-2.0-only
/*
 * A layout for readers that know plain ones only (10 section 3.3).
 */
#include <asm/byteorder.h>
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "layout/user.h"

/*
 * The component of a composite layout that stands for it: the last one with
 * objects; of an empty file the last one.
 */
static const struct lov_comp_md_entry_v1 *
lustre_layout_shown(const struct lov_comp_md_v1 *comp, size_t len, bool empty)
{
	const struct lov_comp_md_entry_v1 *e;
	u32 i;

	if (len < sizeof(*comp))
		return NULL;
	i = le16_to_cpu(comp->lcm_entry_count);
	if (!i || i > (len - sizeof(*comp)) / sizeof(*e))
		return NULL;
	e = &comp->lcm_entries[i - 1];
	if (empty)
		return e;
	while (i--)
		if (comp->lcm_entries[i].lcme_flags & cpu_to_le32(LCME_FL_INIT))
			return &comp->lcm_entries[i];
	return e;
}

/**
 * lustre_layout_plain - show a layout as a plain one
 * @ea: the layout as it came, aligned to 8 bytes
 * @len: its length
 * @magic: LOV_MAGIC_V1 or LOV_MAGIC_V3, what the reader knows
 * @room: objects that he has room for
 * @empty: the file is empty
 * @plain: filled in, refers to @ea
 *
 * Who knows V1 only is not told the name of the pool, as it would take the room
 * of objects.
 *
 * Return: 0; -EOPNOTSUPP: nothing in it has objects; -EPROTO: it is broken.
 * Context: any.
 */
int lustre_layout_plain(const void *ea, size_t len, u32 magic, u32 room,
			bool empty, struct lustre_layout_plain *plain)
{
	const struct lov_mds_md_v1 *lmm = ea;
	const struct lov_comp_md_entry_v1 *e;
	size_t head = sizeof(*lmm);
	u32 off;

	if (len < sizeof(*lmm))
		return -EPROTO;
	if (lmm->lmm_magic == cpu_to_le32(LOV_MAGIC_COMP_V1)) {
		e = lustre_layout_shown(ea, len, empty);
		off = e ? le32_to_cpu(e->lcme_offset) : 0;
		if (!e || off % 8 || off > len ||
		    le32_to_cpu(e->lcme_size) > len - off ||
		    le32_to_cpu(e->lcme_size) < sizeof(*lmm))
			return -EPROTO;
		lmm = ea + off;
		len = le32_to_cpu(e->lcme_size);
	}
	if (lmm->lmm_magic == cpu_to_le32(LOV_MAGIC_V3))
		head = sizeof(struct lov_mds_md_v3);
	else if (lmm->lmm_magic != cpu_to_le32(LOV_MAGIC_V1))
		return -EOPNOTSUPP;
	if (len < head)
		return -EPROTO;
	memset(plain, 0, sizeof(*plain));
	plain->objects = (const void *)lmm + head;
	plain->nr = min3((u32)le16_to_cpu(lmm->lmm_stripe_count), room,
			 (u32)((len - head) / sizeof(*plain->objects)));
	plain->head_len = magic == LOV_MAGIC_V1 ? sizeof(*lmm) : head;
	memcpy(&plain->head, lmm, plain->head_len);
	if (plain->head_len < head)
		plain->head.lmm_magic = cpu_to_le32(LOV_MAGIC_V1);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_plain);
