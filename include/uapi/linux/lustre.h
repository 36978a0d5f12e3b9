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
 * struct ll_getparent - LL_IOC_GETPARENT
 * @gp_fid: the directory that has the name
 * @gp_linkno: which of the names, 0: the first
 * @gp_name_size: room in @gp_name, bytes
 * @gp_name: the name
 */
struct ll_getparent {
	struct ll_fid	gp_fid;
	__u32		gp_linkno;
	__u32		gp_name_size;
	char		gp_name[];
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

/**
 * struct ll_lease - LL_IOC_SET_LEASE
 * @lil_mode: LL_LEASE_RDLCK, LL_LEASE_WRLCK, or LL_LEASE_UNLCK
 * @lil_flags: LL_LEASE_RESYNC with LL_LEASE_WRLCK; one of the others with
 *	LL_LEASE_UNLCK, which is done as the lease ends
 * @lil_count: elements of @lil_ids
 * @lil_ids: LL_LEASE_RESYNC_DONE: ids of components that are in sync now.
 *	LL_LEASE_LAYOUT_MERGE: descriptor of the file whose mirrors this one gets.
 *	LL_LEASE_LAYOUT_SPLIT: descriptor of the file that gets a mirror, and the
 *	id of the mirror
 *
 * An unlock returns the mode that was held until then, 0 if the lease has been
 * broken.
 */
struct ll_lease {
	__u32	lil_mode;
	__u32	lil_flags;
	__u32	lil_count;
	__u32	lil_ids[];
};

#define LL_LEASE_RDLCK		1
#define LL_LEASE_WRLCK		2
#define LL_LEASE_UNLCK		4

#define LL_LEASE_RESYNC		1
#define LL_LEASE_RESYNC_DONE	2
#define LL_LEASE_LAYOUT_MERGE	4
#define LL_LEASE_LAYOUT_SPLIT	8

/**
 * struct ll_swap_layouts - LL_IOC_LOV_SWAP_LAYOUTS
 * @sl_flags: LL_SWAP_*
 * @sl_fd: the other file
 * @sl_gid: lock both for this group meanwhile, 0: not
 * @sl_dv1: data version that this file is to have
 * @sl_dv2: data version that the other one is to have
 */
struct ll_swap_layouts {
	__u64	sl_flags;
	__u32	sl_fd;
	__u32	sl_gid;
	__u64	sl_dv1;
	__u64	sl_dv2;
};

#define LL_SWAP_CHECK_DV1	(1 << 0)
#define LL_SWAP_CHECK_DV2	(1 << 1)
#define LL_SWAP_KEEP_MTIME	(1 << 2)	/* of each name, not of the data */
#define LL_SWAP_KEEP_ATIME	(1 << 3)
#define LL_SWAP_CLOSE		(1 << 4)	/* and this file's lease ends */

#define LL_LOV_USER_V1		0x0bd10bd0
#define LL_LOV_USER_V3		0x0bd30bd0
#define LL_LOV_USER_SPECIFIC	0x0bd50bd0
#define LL_LOV_USER_COMP	0x0bd60bd0
#define LL_LOV_USER_SEL		0x0bd80bd0

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
 * struct ll_lov_comp_entry - one component of a composite layout
 * @lcme_id: 0 where it is to be made
 * @lcme_flags: what it is like
 * @lcme_start: first byte of the file that is in it
 * @lcme_end: first byte behind it, all ones: none
 * @lcme_offset: where its ll_lov_user_* is, bytes from the beginning of the whole
 * @lcme_size: bytes of that
 * @lcme_layout_gen: 0
 * @lcme_padding: 0
 */
struct ll_lov_comp_entry {
	__u32	lcme_id;
	__u32	lcme_flags;
	__u64	lcme_start;
	__u64	lcme_end;
	__u32	lcme_offset;
	__u32	lcme_size;
	__u32	lcme_layout_gen;
	__u32	lcme_padding[3];
};

/**
 * struct ll_lov_comp - a composite layout
 * @lcm_magic: LL_LOV_USER_COMP
 * @lcm_size: bytes of the whole
 * @lcm_layout_gen: generation
 * @lcm_flags: state of the mirrors
 * @lcm_entry_count: number of @lcm_entries
 * @lcm_mirror_count: mirrors less one
 * @lcm_padding: 0
 * @lcm_entries: the components
 */
struct ll_lov_comp {
	__u32	lcm_magic;
	__u32	lcm_size;
	__u32	lcm_layout_gen;
	__u16	lcm_flags;
	__u16	lcm_entry_count;
	__u16	lcm_mirror_count;
	__u16	lcm_padding[7];
	struct ll_lov_comp_entry	lcm_entries[];
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

/* What a file is to its archive, hus_states, hss_setmask and hss_clearmask */
#define LL_HSM_EXISTS		0x01	/* there is a copy, perhaps of old data */
#define LL_HSM_DIRTY		0x02	/* it has changed since */
#define LL_HSM_RELEASED		0x04	/* the data are in the archive alone */
#define LL_HSM_ARCHIVED		0x08	/* the copy is whole */
#define LL_HSM_NORELEASE	0x10
#define LL_HSM_NOARCHIVE	0x20
#define LL_HSM_LOST		0x40	/* the copy is gone */

/* What can be done with it, hca_action and hur_action */
#define LL_HSM_NONE		1
#define LL_HSM_ARCHIVE		10
#define LL_HSM_RESTORE		11
#define LL_HSM_RELEASE		12
#define LL_HSM_REMOVE		13
#define LL_HSM_CANCEL		14

/* struct ll_hsm_current_action - LL_IOC_HSM_ACTION */
struct ll_hsm_current_action {
	__u32	hca_state;		/* 1: nothing is done */
	__u32	hca_action;
	__u64	hca_offset;
	__u64	hca_length;
};

/* struct ll_hsm_user_state - LL_IOC_HSM_STATE_GET */
struct ll_hsm_user_state {
	__u32	hus_states;
	__u32	hus_archive_id;
	struct ll_hsm_current_action	hus_now;
};

/* struct ll_hsm_state_set - LL_IOC_HSM_STATE_SET */
struct ll_hsm_state_set {
	__u32	hss_valid;		/* which of these count */
	__u32	hss_archive_id;
	__u64	hss_setmask;
	__u64	hss_clearmask;
};

#define LL_HSS_SETMASK		0x01
#define LL_HSS_CLEARMASK	0x02
#define LL_HSS_ARCHIVE_ID	0x04

/* struct ll_hsm_user_item - one file of a request */
struct ll_hsm_user_item {
	struct ll_fid	hui_fid;
	__u64		hui_offset;
	__u64		hui_length;	/* all ones: to the end */
};

/**
 * struct ll_hsm_user_request - LL_IOC_HSM_REQUEST
 * @hur_action: LL_HSM_*
 * @hur_archive_id: which archive, 0: any
 * @hur_flags: for the metadata targets
 * @hur_itemcount: number of @hur_items
 * @hur_data_len: bytes behind them, for who copies the data
 * @hur_items: the files
 */
struct ll_hsm_user_request {
	__u32	hur_action;
	__u32	hur_archive_id;
	__u64	hur_flags;
	__u32	hur_itemcount;
	__u32	hur_data_len;
	struct ll_hsm_user_item	hur_items[];
	/* the data */
};

#define LL_LADVISE_MAGIC	0x1adf1ce0
#define LL_LADVISE_ASYNC	1

#define LL_LADVISE_WILLREAD	1
#define LL_LADVISE_DONTNEED	2

/* struct ll_ladvise - how a part of a file will be used */
struct ll_ladvise {
	__u16	lla_advice;
	__u16	lla_value1;
	__u32	lla_value2;
	__u64	lla_start;
	__u64	lla_end;		/* first byte behind it */
	__u32	lla_value3;
	__u32	lla_value4;
};

/* struct ll_ladvise_hdr - LL_IOC_LADVISE */
struct ll_ladvise_hdr {
	__u32	lah_magic;
	__u32	lah_count;
	__u64	lah_flags;
	__u32	lah_value1;
	__u32	lah_value2;
	__u64	lah_value3;
	struct ll_ladvise	lah_advise[];
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
/* The number of the mirror itself, 0: whichever; not a pointer to it */
#define LL_IOC_FLR_SET_MIRROR	_IOW('f', 177, long)
#define LL_IOC_HSM_STATE_GET	_IOR('f', 211, struct ll_hsm_user_state)
#define LL_IOC_HSM_STATE_SET	_IOW('f', 212, struct ll_hsm_state_set)
/* Of copytools: EOPNOTSUPP */
#define LL_IOC_HSM_CT_START	_IOC(_IOC_WRITE, 'f', 213, 24)
#define LL_IOC_HSM_COPY_START	_IOC(_IOC_WRITE, 'f', 214, 8)
#define LL_IOC_HSM_COPY_END	_IOC(_IOC_WRITE, 'f', 215, 8)
#define LL_IOC_HSM_PROGRESS	_IOC(_IOC_WRITE, 'f', 216, 24)
#define LL_IOC_HSM_REQUEST	_IOW('f', 217, struct ll_hsm_user_request)
#define LL_IOC_DATA_VERSION	_IOR('f', 218, struct ll_data_version)
#define LL_IOC_LOV_SWAP_LAYOUTS	_IOW('f', 219, struct ll_swap_layouts)
#define LL_IOC_HSM_ACTION	_IOR('f', 220, struct ll_hsm_current_action)
#define LL_IOC_LMV_GETSTRIPE	_IOWR('f', 241, struct ll_lmv_user)
#define LL_IOC_SET_LEASE	_IOWR('f', 243, struct ll_lease)
/* The mode itself, not a pointer to it */
#define LL_IOC_SET_LEASE_OLD	_IOWR('f', 243, long)
#define LL_IOC_GET_LEASE	_IO('f', 244)
#define LL_IOC_HSM_IMPORT	_IOC(_IOC_READ | _IOC_WRITE, 'f', 245, 48)
#define LL_IOC_FID2MDTIDX	_IOWR('f', 248, struct ll_fid)
#define LL_IOC_GETPARENT	_IOWR('f', 249, struct ll_getparent)
#define LL_IOC_LADVISE		_IOR('f', 250, struct ll_ladvise_hdr)
#define LL_IOC_HSM_DATA_VERSION	_IOW('f', 254, struct ll_data_version)

#define IOC_MDC_GETFILESTRIPE	_IOWR('i', 21, long)
#define IOC_MDC_GETFILEINFO_V1	_IOWR('i', 22, long)
#define IOC_MDC_GETFILEINFO_V2	_IOC(_IOC_READ | _IOC_WRITE, 'i', 22, 320)
#define LL_IOC_MDC_GETINFO_V1	_IOWR('i', 23, long)
#define LL_IOC_MDC_GETINFO_V2	_IOC(_IOC_READ | _IOC_WRITE, 'i', 23, 320)

#endif /* _UAPI_LINUX_LUSTRE_H */
