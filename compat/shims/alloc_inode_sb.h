/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: alloc_inode_sb
 * header: linux/fs.h
 * upstream: v5.18 an inode is accounted to who may reclaim it
 * unless: alloc_inode_sb
 * include: linux/slab.h
 * needs: kmem_cache_alloc
 * use: struct super_block *s, struct kmem_cache *c: void *p =
 *	alloc_inode_sb(s, c, GFP_KERNEL); (void)p;
 */
#define alloc_inode_sb(sb, cache, gfp) \
	((void)(sb), kmem_cache_alloc(cache, gfp))
