// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags of files and directories, as chattr(1) sets them (09 section 5.3).  They
 * have the same numbers on the wire as for users.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mount.h>
#include <linux/uaccess.h>

#include "ioctl.h"
#include "namespace.h"

static_assert(LUSTRE_SYNC_FL == FS_SYNC_FL);
static_assert(LUSTRE_IMMUTABLE_FL == FS_IMMUTABLE_FL);
static_assert(LUSTRE_APPEND_FL == FS_APPEND_FL);
static_assert(LUSTRE_NODUMP_FL == FS_NODUMP_FL);
static_assert(LUSTRE_NOATIME_FL == FS_NOATIME_FL);
static_assert(LUSTRE_NOCOMPR_FL == FS_NOCOMP_FL);
static_assert(LUSTRE_DIRSYNC_FL == FS_DIRSYNC_FL);
static_assert(LUSTRE_TOPDIR_FL == FS_TOPDIR_FL);
static_assert(LUSTRE_PROJINHERIT_FL == FS_PROJINHERIT_FL);
static_assert(LUSTRE_COMPR_FL == FS_COMPR_FL);

/* What can be set, and what only some may set */
#define LUSTRE_FLAGS_USER	(LUSTRE_SYNC_FL | LUSTRE_IMMUTABLE_FL | \
				 LUSTRE_APPEND_FL | LUSTRE_NODUMP_FL | \
				 LUSTRE_NOATIME_FL | LUSTRE_NOCOMPR_FL | \
				 LUSTRE_DIRSYNC_FL | LUSTRE_TOPDIR_FL | \
				 LUSTRE_PROJINHERIT_FL)
#define LUSTRE_FLAGS_ADMIN	(LUSTRE_IMMUTABLE_FL | LUSTRE_APPEND_FL)

/* What users are shown, and what is another bit there */
#define LUSTRE_FLAGS_SHOWN	(LUSTRE_FLAGS_USER | LUSTRE_COMPR_FL | \
				 LUSTRE_VERITY_FL | LUSTRE_CASEFOLD_FL)

static u32 lustre_flags_shown(const struct inode *inode)
{
	u32 flags = LUSTRE_I(inode)->mds_flags;

	return (flags & LUSTRE_FLAGS_SHOWN) |
	       (flags & LUSTRE_ENCRYPT_FL ? FS_ENCRYPT_FL : 0);
}

long lustre_ioc_fs_getflags(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	int rc = lustre_revalidate_inode(inode, MDS_INODELOCK_UPDATE);

	if (rc)
		return rc;
	return put_user(lustre_flags_shown(inode), (u32 __user *)arg);
}

/* @change: flags that will be other ones */
static int lustre_flags_may(const struct inode *inode, u32 change)
{
	if (change & ~LUSTRE_FLAGS_USER)
		return -EOPNOTSUPP;
	if (!uid_eq(current_fsuid(), inode->i_uid) && !capable(CAP_FOWNER))
		return -EPERM;
	if (change & LUSTRE_FLAGS_ADMIN && !capable(CAP_LINUX_IMMUTABLE))
		return -EPERM;
	return 0;
}

static int lustre_flags_set(struct inode *inode, u32 flags)
{
	struct mdc_setattr_args args = { .valid = MDS_ATTR_ATTR_FLAG };
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	u32 shown;
	int rc;

	rc = lustre_revalidate_inode(inode, MDS_INODELOCK_UPDATE);
	if (rc)
		return rc;
	shown = lustre_flags_shown(inode);
	rc = lustre_flags_may(inode, shown ^ flags);
	if (rc || shown == flags)
		return rc;
	args.valid |= MDS_ATTR_CTIME | MDS_ATTR_CTIME_SET;
	args.ctime = ktime_get_real_seconds();
	args.flags = flags & LUSTRE_FLAGS_USER;
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_setattr(lustre_lmv(inode), lustre_fid(inode), &args, &cred,
			 &rep);
	if (!rc)
		rc = lustre_inode_update(inode, &rep);
	mdc_reply_put(&rep);
	return rc;
}

long lustre_ioc_fs_setflags(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	u32 flags;
	int rc;

	if (get_user(flags, (u32 __user *)arg))
		return -EFAULT;
	rc = mnt_want_write_file(file);
	if (rc)
		return rc;
	inode_lock(inode);
	rc = lustre_flags_set(inode, flags);
	inode_unlock(inode);
	mnt_drop_write_file(file);
	return rc;
}
