/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * ioctls on files and directories of a Lustre file system, for lfs(1), MPI-IO
 * libraries and tools for backup.  All numbers are in the host's byte order.
 *
 * Several commands share a number, so that the whole value tells them apart.
 * Where the type is long, a 32-bit program's commands have its size.
 */
#ifndef _UAPI_LINUX_LUSTRE_H
#define _UAPI_LINUX_LUSTRE_H

#include <linux/ioctl.h>
#include <linux/stat.h>
#include <linux/types.h>

/**
 * struct ll_fid - identity of a file or a directory
 * @f_seq: sequence
 * @f_oid: number in the sequence
 * @f_ver: 0
 */
struct ll_fid {
	__u64	f_seq;
	__u32	f_oid;
	__u32	f_ver;
};

/**
 * struct ll_fid2path - OBD_IOC_FID2PATH
 * @gf_fid: of what
 * @gf_recno: -1
 * @gf_linkno: which of its names; moved on if there are more
 * @gf_pathlen: room in @gf_path, bytes
 * @gf_path: the name, from the mounted directory on
 */
struct ll_fid2path {
	struct ll_fid	gf_fid;
	__u64		gf_recno;
	__u32		gf_linkno;
	__u32		gf_pathlen;
	char		gf_path[];
};

/**
 * struct ll_data_version - LL_IOC_DATA_VERSION
 * @idv_version: changes with each change of the data
 * @idv_layout_version: the least of the objects
 * @idv_flags: LL_DV_*
 */
struct ll_data_version {
	__u64	idv_version;
	__u32	idv_layout_version;
	__u32	idv_flags;
};

#define LL_DV_RD_FLUSH		(1 << 0)	/* what writers have cached counts */
#define LL_DV_WR_FLUSH		(1 << 1)	/* and nobody has anything cached */

/* What an open file is at: LL_IOC_GETFLAGS */
#define LL_FILE_IGNORE_LOCK	0x00000001
#define LL_FILE_GROUP_LOCKED	0x00000002
#define LL_FILE_LOCKED_DIRECTIO	0x00000008

#define LL_LOV_USER_V1		0x0bd10bd0
#define LL_LOV_USER_V3		0x0bd30bd0
#define LL_LOV_USER_SPECIFIC	0x0bd50bd0

/* struct ll_lov_object - one object of a layout */
struct ll_lov_object {
	__u64	l_ost_oi[2];
	__u32	l_ost_gen;
	__u32	l_ost_idx;
};

/* struct ll_lov_user_v1 - LL_IOC_LOV_GETSTRIPE, LL_IOC_LOV_SETSTRIPE */
struct ll_lov_user_v1 {
	__u32	lmm_magic;
	__u32	lmm_pattern;
	__u64	lmm_oi[2];
	__u32	lmm_stripe_size;
	__u16	lmm_stripe_count;
	__u16	lmm_stripe_offset;	/* or the generation */
	struct ll_lov_object	lmm_objects[];
};

/* struct ll_lov_user_v3 - the same with the name of a pool */
struct ll_lov_user_v3 {
	__u32	lmm_magic;
	__u32	lmm_pattern;
	__u64	lmm_oi[2];
	__u32	lmm_stripe_size;
	__u16	lmm_stripe_count;
	__u16	lmm_stripe_offset;
	char	lmm_pool_name[16];
	struct ll_lov_object	lmm_objects[];
};

/**
 * struct ll_mds_data_v2 - IOC_MDC_GETFILEINFO_V2 and LL_IOC_MDC_GETINFO_V2
 * @lmd_fid: the file
 * @lmd_stx: what the metadata target knows of it
 * @lmd_flags: OBD_MD_*, what of size and blocks is known
 * @lmd_lmmsize: bytes of the layout that follows
 * @lmd_padding: 0
 *
 * The name is at the beginning of the same memory.
 */
struct ll_mds_data_v2 {
	struct ll_fid	lmd_fid;
	struct statx	lmd_stx;
	__u64		lmd_flags;
	__u32		lmd_lmmsize;
	__u32		lmd_padding;
	/* the layout */
};

#define LL_LMV_STRIPES		0x0cd20cd0
#define LL_LMV_DEFAULT		0x0cd30cd0

/* struct ll_lmv_object - one stripe of a directory */
struct ll_lmv_object {
	struct ll_fid	lum_fid;
	__u32		lum_padding;
	__u32		lum_mds;
};

/**
 * struct ll_lmv_user - LL_IOC_LMV_GETSTRIPE
 * @lum_magic: LL_LMV_STRIPES or LL_LMV_DEFAULT
 * @lum_stripe_count: room in @lum_objects; number of stripes
 * @lum_stripe_offset: index of the metadata target
 * @lum_hash_type: how names are distributed
 * @lum_type: 0
 * @lum_max_inherit: levels of subdirectories that a default is for
 * @lum_max_inherit_rr: the same for taking turns with targets
 * @lum_padding: 0
 * @lum_pool_name: name of a pool
 * @lum_objects: the stripes
 */
struct ll_lmv_user {
	__u32	lum_magic;
	__u32	lum_stripe_count;
	__u32	lum_stripe_offset;
	__u32	lum_hash_type;
	__u32	lum_type;
	__u8	lum_max_inherit;
	__u8	lum_max_inherit_rr;
	__u8	lum_padding[10];
	char	lum_pool_name[16];
	struct ll_lmv_object	lum_objects[];
};

/*
 * struct ll_obd_ioctl - IOC_OBD_STATFS
 *
 * What is not named is not used here.  @ioc_inlbuf1 is a __u32 of LL_STATFS_*,
 * @ioc_inlbuf2 a __u32, the index of the target; @ioc_pbuf1 receives a struct
 * ll_obd_statfs, @ioc_pbuf2 the target's name, 40 bytes.
 */
struct ll_obd_ioctl {
	__u32	ioc_len;
	__u32	ioc_version;
	__u64	ioc_unused1[57];
	__u64	ioc_unused2[2];
	__u32	ioc_plen1;
	__u32	ioc_padding1;
	__u64	ioc_pbuf1;
	__u32	ioc_plen2;
	__u32	ioc_padding2;
	__u64	ioc_pbuf2;
	__u32	ioc_inllen1;
	__u32	ioc_padding3;
	__u64	ioc_inlbuf1;
	__u32	ioc_inllen2;
	__u32	ioc_padding4;
	__u64	ioc_inlbuf2;
	__u64	ioc_unused3[4];
};

#define LL_OBD_IOCTL_VERSION	0x00010004

#define LL_STATFS_LMV		1
#define LL_STATFS_LOV		2
#define LL_STATFS_NODELAY	4

struct ll_obd_statfs {
	__u64	os_type;
	__u64	os_blocks;
	__u64	os_bfree;
	__u64	os_bavail;
	__u64	os_files;
	__u64	os_ffree;
	__u8	os_fsid[40];
	__u32	os_bsize;
	__u32	os_namelen;
	__u64	os_maxbytes;
	__u32	os_state;
	__u32	os_fprecreated;
	__u32	os_granted;
	__u32	os_spare[7];
};

/* struct ll_uuid - OBD_IOC_GETUUID */
struct ll_uuid {
	char	uuid[40];
};

/* struct ll_name - OBD_IOC_GETMDNAME */
struct ll_name {
	char	name[128];
};

#define LL_IOC_GETVERSION	_IOR('f', 3, long)
#define OBD_IOC_GETDTNAME	_IOR('f', 127, long)
#define OBD_IOC_GETUUID		_IOR('f', 127, struct ll_uuid)
#define OBD_IOC_GETMDNAME	_IOR('f', 131, struct ll_name)
#define OBD_IOC_FID2PATH	_IOWR('f', 150, long)
#define LL_IOC_GETFLAGS		_IOR('f', 151, long)
#define LL_IOC_LOV_SETSTRIPE	_IOW('f', 154, long)
#define LL_IOC_LOV_SETSTRIPE_NEW	_IOWR('f', 154, struct ll_lov_user_v1)
#define LL_IOC_LOV_GETSTRIPE	_IOW('f', 155, long)
#define LL_IOC_LOV_GETSTRIPE_NEW	_IOR('f', 155, struct ll_lov_user_v1)
/* The number of the group itself, not a pointer to it */
#define LL_IOC_GROUP_LOCK	_IOW('f', 158, long)
#define LL_IOC_GROUP_UNLOCK	_IOW('f', 159, long)
#define IOC_OBD_STATFS		_IOWR('f', 164, long)
#define LL_IOC_GETOBDCOUNT	_IOR('f', 168, long)
#define LL_IOC_PATH2FID		_IOR('f', 173, long)
#define LL_IOC_GET_CONNECT_FLAGS	_IOWR('f', 174, __u64)
#define LL_IOC_GET_MDTIDX	_IOR('f', 175, int)
#define LL_IOC_DATA_VERSION	_IOR('f', 218, struct ll_data_version)
#define LL_IOC_LMV_GETSTRIPE	_IOWR('f', 241, struct ll_lmv_user)
#define LL_IOC_FID2MDTIDX	_IOWR('f', 248, struct ll_fid)

#define IOC_MDC_GETFILESTRIPE	_IOWR('i', 21, long)
#define IOC_MDC_GETFILEINFO_V1	_IOWR('i', 22, long)
#define IOC_MDC_GETFILEINFO_V2	_IOC(_IOC_READ | _IOC_WRITE, 'i', 22, 320)
#define LL_IOC_MDC_GETINFO_V1	_IOWR('i', 23, long)
#define LL_IOC_MDC_GETINFO_V2	_IOC(_IOC_READ | _IOC_WRITE, 'i', 23, 320)

#endif /* _UAPI_LINUX_LUSTRE_H */
