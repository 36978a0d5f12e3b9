/* SPDX-License-Identifier: GPL-2.0-only */
/* Object requests and replies (document 07) */
#ifndef _LUSTRE_WIRE_OST_H
#define _LUSTRE_WIRE_OST_H

#include "wire.h"

struct ost_layout {
	__le32	ol_stripe_size;
	__le32	ol_stripe_count;
	__le64	ol_comp_start;
	__le64	ol_comp_end;
	__le32	ol_comp_id;
} __packed;

static_assert(sizeof(struct ost_layout) == 28);

/* Built for exactly one operation: many words mean another thing in each */
struct obdo {
	__le64			o_valid;	/* OBD_MD_* */
	struct ost_id		o_oi;
	__le64			o_parent_seq;
	__le64			o_size;		/* or start of a range */
	__le64			o_mtime;
	__le64			o_atime;
	__le64			o_ctime;
	union {
		__le64		o_blocks;	/* or end of a range */
		__le64		o_dirty;	/* read, write */
	};
	__le64			o_grant;
	__le32			o_blksize;
	union {
		__le32		o_mode;
		__le32		o_undirty;	/* read, write */
	};
	__le32			o_uid;
	__le32			o_gid;
	__le32			o_flags;	/* OBD_FL_* */
	union {
		__le32		o_nlink;
		__le32		o_cksum;	/* read, write */
		__le32		o_falloc_mode;	/* fallocate */
	};
	__le32			o_parent_oid;
	union {
		__le32		o_misc;
		__le32		o_dropped;	/* read, write */
	};
	__le64			o_ioepoch;
	__le32			o_stripe_idx;
	__le32			o_parent_ver;
	__u64			o_handle;	/* server's lock cookie */
	struct ost_layout	o_layout;
	__le32			o_layout_version;
	__le32			o_uid_h;
	__le32			o_gid_h;
	union {
		__le64		o_data_version;
		__le64		o_grant_used;	/* write */
	};
	__le32			o_projid;
	__le32			o_padding_4;
	__le64			o_padding_5;
	__le64			o_padding_6;
};

struct ost_body {
	struct obdo	oa;
};

static_assert(sizeof(struct obdo) == 208);
static_assert(offsetof(struct obdo, o_parent_seq) == 24);
static_assert(offsetof(struct obdo, o_size) == 32);
static_assert(offsetof(struct obdo, o_blocks) == 64);
static_assert(offsetof(struct obdo, o_grant) == 72);
static_assert(offsetof(struct obdo, o_mode) == 84);
static_assert(offsetof(struct obdo, o_flags) == 96);
static_assert(offsetof(struct obdo, o_nlink) == 100);
static_assert(offsetof(struct obdo, o_parent_oid) == 104);
static_assert(offsetof(struct obdo, o_stripe_idx) == 120);
static_assert(offsetof(struct obdo, o_handle) == 128);
static_assert(offsetof(struct obdo, o_layout) == 136);
static_assert(offsetof(struct obdo, o_layout_version) == 164);
static_assert(offsetof(struct obdo, o_data_version) == 176);
static_assert(offsetof(struct obdo, o_projid) == 184);
static_assert(sizeof(struct ost_body) == 208);

/* o_flags */
#define OBD_FL_NORPC			0x00000008U
#define OBD_FL_DEBUG_CHECK		0x00000040U
#define OBD_FL_NO_PRJQUOTA		0x00000080U
#define OBD_FL_NO_USRQUOTA		0x00000100U
#define OBD_FL_NO_GRPQUOTA		0x00000200U
#define OBD_FL_SRVLOCK			0x00000800U
/* An enumeration, not a mask */
#define OBD_FL_CKSUM_MASK		0x0001f000U
#define OBD_FL_CKSUM_CRC32		0x00001000U
#define OBD_FL_CKSUM_ADLER		0x00002000U
#define OBD_FL_CKSUM_CRC32C		0x00004000U
#define OBD_FL_CKSUM_T10IP512		0x00005000U
#define OBD_FL_CKSUM_T10IP4K		0x00006000U
#define OBD_FL_CKSUM_T10CRC512		0x00007000U
#define OBD_FL_CKSUM_T10CRC4K		0x00008000U
#define OBD_FL_SHRINK_GRANT		0x00020000U
#define OBD_FL_MMAP			0x00040000U
#define OBD_FL_RECOV_RESEND		0x00080000U
#define OBD_FL_NOSPC_BLK		0x00100000U
#define OBD_FL_FLUSH			0x00200000U
#define OBD_FL_SHORT_IO			0x00400000U
#define OBD_FL_ROOT_SQUASH		0x00800000U
#define OBD_FL_ROOT_PRJQUOTA		0x01000000U

/* As struct fiemap, with extents behind it */
struct ost_fiemap {
	__le64	fm_start;
	__le64	fm_length;
	__le32	fm_flags;
	__le32	fm_mapped_extents;
	__le32	fm_extent_count;
	__le32	fm_reserved;
};

struct ost_fiemap_extent {
	__le64	fe_logical;
	__le64	fe_physical;
	__le64	fe_length;
	__le64	fe_reserved64[2];
	__le32	fe_flags;
	__le32	fe_device;
	__le32	fe_reserved[2];
};

struct ost_fiemap_key {
	char			name[8];	/* KEY_FIEMAP */
	struct obdo		oa;
	struct ost_fiemap	fiemap;
};

static_assert(sizeof(struct ost_fiemap) == 32);
static_assert(sizeof(struct ost_fiemap_extent) == 56);
static_assert(offsetof(struct ost_fiemap_extent, fe_flags) == 40);
static_assert(sizeof(struct ost_fiemap_key) == 248);

struct obd_ioobj {
	struct ost_id	ioo_oid;
	__le32		ioo_max_brw;	/* (MDs - 1) << 16 */
	__le32		ioo_bufcnt;
};

#define IOOBJ_MAX_BRW_BITS		16

static_assert(sizeof(struct obd_ioobj) == 24);

struct niobuf_remote {
	__le64	rnb_offset;
	__le32	rnb_len;
	__le32	rnb_flags;	/* OBD_BRW_* */
};

static_assert(sizeof(struct niobuf_remote) == 16);

#define OBD_BRW_READ			0x01U
#define OBD_BRW_WRITE			0x02U
#define OBD_BRW_NDELAY			0x04U
#define OBD_BRW_SYNC			0x08U
#define OBD_BRW_CHECK			0x10U
#define OBD_BRW_FROM_GRANT		0x20U
#define OBD_BRW_GRANTED			0x40U
#define OBD_BRW_NOCACHE			0x80U
#define OBD_BRW_NOQUOTA			0x100U
#define OBD_BRW_SRVLOCK			0x200U
#define OBD_BRW_ASYNC			0x400U
#define OBD_BRW_MEMALLOC		0x800U
#define OBD_BRW_OVER_USRQUOTA		0x1000U
#define OBD_BRW_OVER_GRPQUOTA		0x2000U
#define OBD_BRW_SOFT_SYNC		0x4000U
#define OBD_BRW_OVER_PRJQUOTA		0x8000U
#define OBD_BRW_ROOT_PRJQUOTA		0x10000U
#define OBD_BRW_RDMA_ONLY		0x20000U
#define OBD_BRW_SYS_RESOURCE		0x40000U
#define OBD_BRW_COMPRESSED		0x80000U
#define OBD_BRW_SPECULATIVE_COMPR	0x100000U

/* One bulk MD carries this many pieces of at most 4096 bytes */
#define PTLRPC_BULK_PAGE_SIZE		4096
#define PTLRPC_BULK_MD_PAGES		256
#define PTLRPC_BULK_MD_SIZE		0x100000U
/* Protocol maximum of one read or write (bytes) */
#define PTLRPC_MAX_BRW_SIZE		0x4000000U
#define OST_MAX_NIOBUFS			16384

#define LADVISE_MAGIC			0x1adf1ce0U

struct lu_ladvise {
	__le16	lla_advice;
	__le16	lla_value1;
	__le32	lla_value2;
	__le64	lla_start;
	__le64	lla_end;
	__le32	lla_value3;
	__le32	lla_value4;
};

struct ladvise_hdr {
	__le32	lah_magic;
	__le32	lah_count;
	__le64	lah_flags;
	__le32	lah_value1;
	__le32	lah_value2;
	__le64	lah_value3;
};

static_assert(sizeof(struct lu_ladvise) == 32);
static_assert(sizeof(struct ladvise_hdr) == 32);

#endif /* _LUSTRE_WIRE_OST_H */
