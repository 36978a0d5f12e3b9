/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: super_set_uuid
 * header: linux/fs.h
 * upstream: v6.9 super_set_uuid()
 * unless: super_set_uuid
 * needs: WARN_ON memcpy s_uuid super_block u8
 */
static inline void super_set_uuid(struct super_block *sb, const u8 *uuid,
				  unsigned int len)
{
	if (WARN_ON(len > sizeof(sb->s_uuid)))
		len = sizeof(sb->s_uuid);
	memcpy(&sb->s_uuid, uuid, len);
}
