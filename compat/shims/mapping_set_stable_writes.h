/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_set_stable_writes
 * header: linux/pagemap.h
 * upstream: v6.6 what is written may not change meanwhile, by mapping
 * unless: mapping_set_stable_writes
 * when: sb_stable_writes
 * needs: SB_I_STABLE_WRITES address_space host i_sb s_iflags
 *
 * note: Older kernels know it by file system.
 */
static inline void mapping_set_stable_writes(struct address_space *mapping)
{
	mapping->host->i_sb->s_iflags |= SB_I_STABLE_WRITES;
}
