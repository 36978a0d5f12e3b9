/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: alloc_inode_sb
 * header: linux/fs.h
 * upstream: v5.18 an inode is accounted to who may reclaim it
 * unless: alloc_inode_sb
 * include: linux/slab.h
 */
#define alloc_inode_sb(sb, cache, gfp) \
	((void)(sb), kmem_cache_alloc(cache, gfp))
