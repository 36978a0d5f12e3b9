/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_set_stable_writes_bdi
 * names: mapping_set_stable_writes
 * header: linux/pagemap.h
 * place: late
 * upstream: v6.6 what is written may not change meanwhile, by mapping
 * unless: sb_stable_writes
 * include: linux/fs.h linux/backing-dev.h
 * use: struct address_space *m: mapping_set_stable_writes(m);
 * needs: BDI_CAP_STABLE_WRITES address_space backing_dev_info capabilities
 *	host i_sb noop_backing_dev_info s_bdi
 *
 * note: Before 5.10 the backing device knows it, which a network file system has
 * of its own for each mount.  The one that stands for "none" is everybody's.
 */
static inline void mapping_set_stable_writes(struct address_space *mapping)
{
	struct backing_dev_info *bdi = mapping->host->i_sb->s_bdi;

	if (bdi != &noop_backing_dev_info)
		bdi->capabilities |= BDI_CAP_STABLE_WRITES;
}
