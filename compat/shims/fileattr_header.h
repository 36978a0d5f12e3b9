/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: fileattr_header
 * names: <linux/fileattr.h>
 * header: linux/fileattr.h
 * missing: yes
 * upstream: v5.13 inode flags are asked for and set by operations of inodes
 * unless: has_inode_operations_fileattr_get
 * include: linux/fs.h
 * note: the operations are never called: the kernel lets each file system have
 *	ioctls for that, see the rule
 * needs: FS_XFLAG_APPEND FS_XFLAG_DAX FS_XFLAG_IMMUTABLE FS_XFLAG_NOATIME
 *	FS_XFLAG_NODUMP FS_XFLAG_PROJINHERIT FS_XFLAG_SYNC u32
 */
#define FS_XFLAG_COMMON	(FS_XFLAG_SYNC | FS_XFLAG_IMMUTABLE |		\
			 FS_XFLAG_APPEND | FS_XFLAG_NODUMP |		\
			 FS_XFLAG_NOATIME | FS_XFLAG_DAX |		\
			 FS_XFLAG_PROJINHERIT)

struct file_kattr {
	u32	flags;
	u32	fsx_xflags;
	u32	fsx_extsize;
	u32	fsx_nextents;
	u32	fsx_projid;
	u32	fsx_cowextsize;
	bool	flags_valid:1;
	bool	fsx_valid:1;
};

static inline void fileattr_fill_flags(struct file_kattr *fa, u32 flags)
{
	fa->flags = flags;
	fa->flags_valid = true;
}
