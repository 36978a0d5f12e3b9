// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inode flags: lsattr(1) and chattr(1). The metadata target keeps them, and
 * refuses what they forbid. Spec: 09 section 10.1.
 */
#include "namespace.h"

/* On the wire they are those of the system calls, but for one. */
static_assert(LUSTRE_SYNC_FL == FS_SYNC_FL);
static_assert(LUSTRE_IMMUTABLE_FL == FS_IMMUTABLE_FL);
static_assert(LUSTRE_APPEND_FL == FS_APPEND_FL);
static_assert(LUSTRE_NODUMP_FL == FS_NODUMP_FL);
static_assert(LUSTRE_NOATIME_FL == FS_NOATIME_FL);
static_assert(LUSTRE_DIRSYNC_FL == FS_DIRSYNC_FL);
static_assert(LUSTRE_TOPDIR_FL == FS_TOPDIR_FL);
static_assert(LUSTRE_PROJINHERIT_FL == FS_PROJINHERIT_FL);

/* Flags that a user may change; a server may know less of them. */
#define LUSTRE_FL_SETTABLE						\
	(LUSTRE_SYNC_FL | LUSTRE_IMMUTABLE_FL | LUSTRE_APPEND_FL |	\
	 LUSTRE_NODUMP_FL | LUSTRE_NOATIME_FL | LUSTRE_NOCOMPR_FL |	\
	 LUSTRE_DIRSYNC_FL | LUSTRE_TOPDIR_FL | LUSTRE_PROJINHERIT_FL)

/* Flags that are the same everywhere; others are the target's own business. */
#define LUSTRE_FL_SHOWN							\
	(LUSTRE_FL_SETTABLE | LUSTRE_COMPR_FL | LUSTRE_INDEX_FL |	\
	 LUSTRE_EXTENTS_FL | LUSTRE_VERITY_FL | LUSTRE_CASEFOLD_FL)

static u32 lustre_flags_to_user(u32 flags)
{
	return (flags & LUSTRE_FL_SHOWN) |
	       (flags & LUSTRE_ENCRYPT_FL ? FS_ENCRYPT_FL : 0);
}

int lustre_fileattr_get(struct dentry *dentry, struct file_kattr *fa)
{
	struct inode *inode = d_inode(dentry);
	int rc;

	rc = lustre_revalidate_inode(inode, MDS_INODELOCK_UPDATE);
	if (rc)
		return rc;
	fileattr_fill_flags(fa,
			    lustre_flags_to_user(LUSTRE_I(inode)->mds_flags));
	fa->fsx_projid = LUSTRE_I(inode)->projid;
	return 0;
}

/* The kernel holds inode_lock, has checked the caller and has merged @fa. */
int lustre_fileattr_set(struct mnt_idmap *idmap, struct dentry *dentry,
			struct file_kattr *fa)
{
	struct inode *inode = d_inode(dentry);
	struct lustre_inode *li = LUSTRE_I(inode);
	u32 keep = li->mds_flags & ~LUSTRE_FL_SETTABLE;

	if ((fa->flags ^ lustre_flags_to_user(keep)) & ~LUSTRE_FL_SETTABLE)
		return -EOPNOTSUPP;
	if (fa->fsx_valid && (fa->fsx_xflags & ~FS_XFLAG_COMMON ||
			      fa->fsx_extsize || fa->fsx_cowextsize ||
			      fa->fsx_projid != li->projid))
		return -EOPNOTSUPP;
	keep &= LUSTRE_FL_SHOWN | LUSTRE_ENCRYPT_FL;
	return lustre_setattr_flags(inode, keep |
				    (fa->flags & LUSTRE_FL_SETTABLE));
}
