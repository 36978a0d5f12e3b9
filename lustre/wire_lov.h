/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File and directory layouts (documents 08, 09 section 12); include wire.h.
 * Little-endian always, whatever the byte order of the message around them.
 */
#ifndef _LUSTRE_WIRE_LOV_H
#define _LUSTRE_WIRE_LOV_H

#include "wire.h"

#define LOV_MAGIC_V1			0x0bd10bd0U
#define LOV_MAGIC_JOIN_V1		0x0bd20bd0U
#define LOV_MAGIC_V3			0x0bd30bd0U
#define LOV_MAGIC_MIGRATE		0x0bd40bd0U
#define LOV_MAGIC_SPECIFIC		0x0bd50bd0U
#define LOV_MAGIC_COMP_V1		0x0bd60bd0U
#define LOV_MAGIC_FOREIGN		0x0bd70bd0U
#define LOV_MAGIC_SEL			0x0bd80bd0U

/* lmm_pattern */
#define LOV_PATTERN_RAID0		0x001
#define LOV_PATTERN_RAID1		0x002
#define LOV_PATTERN_PARITY		0x004
#define LOV_PATTERN_MDT			0x100
#define LOV_PATTERN_OVERSTRIPING	0x200
#define LOV_PATTERN_FOREIGN		0x400
#define LOV_PATTERN_COMPRESS		0x800
#define LOV_PATTERN_F_HOLE		0x40000000U
#define LOV_PATTERN_F_RELEASED		0x80000000U
#define LOV_PATTERN_F_MASK		0xffff0000U
#define LOV_PATTERN_DEFAULT		0xffffffffU

#define LOV_MIN_STRIPE_SIZE		65536
#define LOV_MAX_STRIPE_COUNT		2000
#define LOV_MAX_OST_INDEX		0xffdf
#define LOV_MAXPOOLNAME			15
/* Requests only: one object on every OST; one more per step down to ..ffe0 */
#define LOV_ALL_STRIPES			0xffff
#define LOV_ALL_STRIPES_WIDE		0xffe0
/* Requests only: any first OST */
#define LOV_OFFSET_DEFAULT		0xffff

struct lov_ost_data_v1 {
	struct ost_id	l_ost_oi;
	__le32		l_ost_gen;
	__le32		l_ost_idx;
};

static_assert(sizeof(struct lov_ost_data_v1) == 24);

struct lov_mds_md_v1 {
	__le32	lmm_magic;
	__le32	lmm_pattern;
	__le64	lmm_oi_id;	/* f_oid of the file */
	__le64	lmm_oi_seq;	/* f_seq of the file */
	__le32	lmm_stripe_size;
	__le16	lmm_stripe_count;
	union {
		__le16	lmm_layout_gen;
		__le16	lmm_stripe_offset;	/* requests */
	};
	struct lov_ost_data_v1	lmm_objects[];
};

struct lov_mds_md_v3 {
	__le32	lmm_magic;
	__le32	lmm_pattern;
	__le64	lmm_oi_id;
	__le64	lmm_oi_seq;
	__le32	lmm_stripe_size;
	__le16	lmm_stripe_count;
	union {
		__le16	lmm_layout_gen;
		__le16	lmm_stripe_offset;
	};
	char	lmm_pool_name[LOV_MAXPOOLNAME + 1];
	struct lov_ost_data_v1	lmm_objects[];
};

static_assert(sizeof(struct lov_mds_md_v1) == 32);
static_assert(offsetof(struct lov_mds_md_v1, lmm_stripe_size) == 24);
static_assert(offsetof(struct lov_mds_md_v1, lmm_layout_gen) == 30);
static_assert(sizeof(struct lov_mds_md_v3) == 48);
static_assert(offsetof(struct lov_mds_md_v3, lmm_pool_name) == 32);

struct lu_extent {
	__le64	e_start;
	__le64	e_end;		/* exclusive */
};

static_assert(sizeof(struct lu_extent) == 16);

struct lov_comp_md_entry_v1 {
	__le32			lcme_id;
	__le32			lcme_flags;
	struct lu_extent	lcme_extent;
	__le32			lcme_offset;
	__le32			lcme_size;
	__le32			lcme_layout_gen;
	__u8			lcme_timestamp[6];
	__le16			lcme_mirror_link_id;
	__u8			lcme_dstripe_count;
	__u8			lcme_cstripe_count;
	__u8			lcme_compr_type;
	__u8			lcme_compr_lvl;
} __packed;

static_assert(sizeof(struct lov_comp_md_entry_v1) == 48);
static_assert(offsetof(struct lov_comp_md_entry_v1, lcme_offset) == 24);
static_assert(offsetof(struct lov_comp_md_entry_v1, lcme_layout_gen) == 32);
static_assert(offsetof(struct lov_comp_md_entry_v1, lcme_mirror_link_id) == 42);
static_assert(offsetof(struct lov_comp_md_entry_v1, lcme_dstripe_count) == 44);

struct lov_comp_md_v1 {
	__le32	lcm_magic;
	__le32	lcm_size;
	__le32	lcm_layout_gen;
	__le16	lcm_flags;
	__le16	lcm_entry_count;
	__le16	lcm_mirror_count;	/* mirrors less one */
	__u8	lcm_ec_count;
	__u8	lcm_padding1;
	__le32	lcm_padding2;
	__le64	lcm_padding3;
	struct lov_comp_md_entry_v1	lcm_entries[];
};

static_assert(sizeof(struct lov_comp_md_v1) == 32);
static_assert(offsetof(struct lov_comp_md_v1, lcm_entry_count) == 14);
static_assert(offsetof(struct lov_comp_md_v1, lcm_padding3) == 24);

/* lcme_flags */
#define LCME_FL_STALE			0x00000001U
#define LCME_FL_PREF_RD			0x00000002U
#define LCME_FL_PREF_WR			0x00000004U
#define LCME_FL_OFFLINE			0x00000008U
#define LCME_FL_INIT			0x00000010U
#define LCME_FL_NOSYNC			0x00000020U
#define LCME_FL_EXTENSION		0x00000040U
#define LCME_FL_PARITY			0x00000080U
#define LCME_FL_COMPRESS		0x00000100U
#define LCME_FL_PARTIAL			0x00000200U
#define LCME_FL_NOCOMPR			0x00000400U
#define LCME_FL_IS_LINK_ID		0x40000000U
#define LCME_FL_NEG			0x80000000U

#define LCME_ID_MIRROR_SHIFT		16
#define LCME_ID_MIRROR_MASK		0x7fff
#define LCME_ID_MAX			0x7fffffffU
#define LCME_ID_ALL			0xffffffffU

/* lcm_flags & LCM_FL_FLR_MASK: state of the mirrors */
#define LCM_FL_NONE			0
#define LCM_FL_RDONLY			1
#define LCM_FL_WRITE_PENDING		2
#define LCM_FL_SYNC_PENDING		3
#define LCM_FL_PCC_RDONLY		8
#define LCM_FL_FLR_MASK			0xb

/* Never counts when layout generations are compared */
#define LOV_LAYOUT_GEN_RESYNC		0x80000000U

struct lov_foreign_md {
	__le32	lfm_magic;
	__le32	lfm_length;
	__le32	lfm_type;
	__le32	lfm_flags;
	__u8	lfm_value[];
};

static_assert(sizeof(struct lov_foreign_md) == 16);

/* Intent of IT_LAYOUT; in the byte order of the message */
struct layout_intent {
	__le32			lai_opc;	/* LAYOUT_INTENT_* */
	__le32			lai_flags;
	struct lu_extent	lai_extent;
};

static_assert(sizeof(struct layout_intent) == 24);

#define LAYOUT_INTENT_ACCESS		0
#define LAYOUT_INTENT_READ		1
#define LAYOUT_INTENT_WRITE		2
#define LAYOUT_INTENT_GLIMPSE		3
#define LAYOUT_INTENT_TRUNC		4
#define LAYOUT_INTENT_RELEASE		5
#define LAYOUT_INTENT_RESTORE		6
#define LAYOUT_INTENT_PCCRO_SET		7
#define LAYOUT_INTENT_PCCRO_CLEAR	8
#define LAYOUT_INTENT_CHANGE		9

/* ---- Directories over several MDTs ---------------------------------------- */

#define LMV_MAGIC_V1			0x0cd20cd0U
#define LMV_USER_MAGIC			0x0cd30cd0U
#define LMV_MAGIC_STRIPE		0x0cd40cd0U
#define LMV_USER_MAGIC_SPECIFIC		0x0cd40cd0U
#define LMV_MAGIC_FOREIGN		0x0cd50cd0U

#define LMV_MAX_STRIPE_COUNT		2000

struct lmv_mds_md_v1 {
	__le32		lmv_magic;
	__le32		lmv_stripe_count;
	__le32		lmv_master_mdt_index;
	__le32		lmv_hash_type;
	__le32		lmv_layout_version;
	__le32		lmv_migrate_offset;
	__le32		lmv_migrate_hash;
	__le32		lmv_padding[3];
	char		lmv_pool_name[LOV_MAXPOOLNAME + 1];
	struct lu_fid	lmv_stripe_fids[];
};

static_assert(sizeof(struct lmv_mds_md_v1) == 56);
static_assert(offsetof(struct lmv_mds_md_v1, lmv_pool_name) == 40);

struct lmv_user_mds_data {
	struct lu_fid	lum_fid;
	__le32		lum_padding;
	__le32		lum_mds;
};

struct lmv_user_md {
	__le32	lum_magic;
	__le32	lum_stripe_count;
	__le32	lum_stripe_offset;
	__le32	lum_hash_type;
	__le32	lum_type;
	__u8	lum_max_inherit;
	__u8	lum_max_inherit_rr;
	__le16	lum_padding1;
	__le32	lum_padding2;
	__le32	lum_padding3;
	char	lum_pool_name[LOV_MAXPOOLNAME + 1];
	struct lmv_user_mds_data	lum_objects[];
};

static_assert(sizeof(struct lmv_user_mds_data) == 24);
static_assert(sizeof(struct lmv_user_md) == 48);
static_assert(offsetof(struct lmv_user_md, lum_max_inherit) == 20);
static_assert(offsetof(struct lmv_user_md, lum_pool_name) == 32);

/* lmv_hash_type: low 16 bits type, high bits flags */
#define LMV_HASH_TYPE_UNKNOWN		0
#define LMV_HASH_TYPE_ALL_CHARS		1
#define LMV_HASH_TYPE_FNV_1A_64		2
#define LMV_HASH_TYPE_CRUSH		3
#define LMV_HASH_TYPE_CRUSH2		4
#define LMV_HASH_TYPE_MASK		0x0000ffffU
#define LMV_HASH_FLAG_OVERSTRIPED	0x01000000U
#define LMV_HASH_FLAG_FIXED		0x02000000U
#define LMV_HASH_FLAG_MERGE		0x04000000U
#define LMV_HASH_FLAG_SPLIT		0x08000000U
#define LMV_HASH_FLAG_LOST_LMV		0x10000000U
#define LMV_HASH_FLAG_BAD_TYPE		0x20000000U
#define LMV_HASH_FLAG_MIGRATION		0x80000000U

#endif /* _LUSTRE_WIRE_LOV_H */
