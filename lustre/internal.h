/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VFS room of the Lustre client: what its files share.
 */
#ifndef _LUSTRE_INTERNAL_H
#define _LUSTRE_INTERNAL_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/uuid.h>
#include <linux/xarray.h>

#include "device.h"
#include "layout/layout.h"
#include "layout/stripe.h"
#include "mdc/mdc.h"
#include "mgc/mgc.h"
#include "osc/osc.h"
#include "ptlrpc/ptlrpc.h"
#include "wire.h"

/* f_type of statfs(2); tools recognise Lustre by it. */
#define LUSTRE_SUPER_MAGIC	0x0BD00BD0

/* Mount options, struct lustre_mount_opts.flags */
#define LUSTRE_MOUNT_CHECKSUM		BIT(0)
#define LUSTRE_MOUNT_LAZYSTATFS		BIT(1)
#define LUSTRE_MOUNT_LRURESIZE		BIT(2)
#define LUSTRE_MOUNT_32BITAPI		BIT(3)
#define LUSTRE_MOUNT_ALWAYS_PING	BIT(4)
#define LUSTRE_MOUNT_USER_XATTR		BIT(5)
#define LUSTRE_MOUNT_VERBOSE		BIT(6)
#define LUSTRE_MOUNT_SYNC_ON_CLOSE	BIT(7)

/**
 * struct lustre_mount_opts - what the mount asked for
 * @flags: LUSTRE_MOUNT_*
 * @dev: MGS NIDs, file system name and subdirectory
 * @exclude: names of targets to leave inactive, ':' between them, or NULL
 */
struct lustre_mount_opts {
	unsigned long		flags;
	struct lustre_device	dev;
	char			*exclude;
};

/**
 * struct lustre_sb - one mounted file system (sb->s_fs_info)
 * @sb: the VFS's super block
 * @opts: mount options, fixed after the mount
 * @uuid: our name towards all targets, constant for the mount's life
 * @instance: random number that makes names in sysfs unique
 * @pnet: RPC context of the network namespace that mounted
 * @mgc: the configuration client
 * @lmv: table of metadata targets
 * @oscs: object targets by index; written under @target_lock
 * @target_lock: serialises configuration against itself
 * @root_fid: FID of the mounted directory
 * @max_easize: largest layout attribute a reply may carry, bytes
 * @statfs: last answer of a statfs and when it came, under @statfs_lock
 */
struct lustre_sb {
	struct super_block		*sb;
	struct lustre_mount_opts	opts;
	char				uuid[UUID_STRING_LEN + 1];
	u64				instance;
	struct ptlrpc_net		*pnet;
	struct mgc			*mgc;
	struct lmv			*lmv;
	struct xarray			oscs;
	struct mutex			target_lock;
	struct lu_fid			root_fid;	/* host order */
	u32				max_easize;
};

static inline struct lustre_sb *LUSTRE_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}

/**
 * struct lustre_inode - one file, directory, ... of a mounted file system
 *
 * Namespace side (owner: inode.c, namei.c); data side (owner: addr.c, file.c).
 */
struct lustre_inode {
	struct inode		vfs_inode;
	struct lu_fid		fid;		/* host order, constant */

	/* ---- namespace side: edited by the mdc owner ---- */

	/* ---- data side: edited by the osc owner ---- */
	/*
	 * Held for read around every I/O, for write while a new layout
	 * replaces the old one.
	 */
	struct rw_semaphore	layout_sem;
	struct lustre_layout	*layout;	/* under layout_sem, or NULL */
};

static inline struct lustre_inode *LUSTRE_I(const struct inode *inode)
{
	return container_of(inode, struct lustre_inode, vfs_inode);
}

/* ---- super.c (lead) ---- */
struct osc *lustre_osc_get(struct lustre_sb *sbi, u32 index);
void lustre_inode_init_once(struct lustre_inode *li);

/* ---- inode.c, namei.c, dir.c, symlink.c (mdc owner) ---- */

/* ---- addr.c, file.c, size.c (osc owner) ---- */

#endif /* _LUSTRE_INTERNAL_H */
