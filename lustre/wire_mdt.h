/* SPDX-License-Identifier: GPL-2.0-only */
/* Metadata requests and replies (document 09) */
#ifndef _LUSTRE_WIRE_MDT_H
#define _LUSTRE_WIRE_MDT_H

#include "wire.h"

struct mdt_body {
	struct lu_fid	mbo_fid1;
	struct lu_fid	mbo_fid2;
	__u64		mbo_handle;	/* open handle */
	__le64		mbo_valid;	/* OBD_MD_* */
	__le64		mbo_size;	/* READPAGE: first hash */
	__le64		mbo_mtime;
	__le64		mbo_atime;
	__le64		mbo_ctime;
	__le64		mbo_blocks;
	__le64		mbo_version;
	__le64		mbo_t_state;
	__le32		mbo_fsuid;
	__le32		mbo_fsgid;
	__le32		mbo_capability;
	__le32		mbo_mode;	/* READPAGE: LUDA_* wanted */
	__le32		mbo_uid;
	__le32		mbo_gid;
	__le32		mbo_flags;	/* LUSTRE_*_FL */
	__le32		mbo_rdev;
	__le32		mbo_nlink;	/* READPAGE: bytes wanted */
	__le32		mbo_layout_gen;
	__le32		mbo_suppgid;
	__le32		mbo_eadatasize;
	__le32		mbo_aclsize;
	__le32		mbo_max_mdsize;
	__le32		mbo_unused3;
	__le32		mbo_uid_h;
	__le32		mbo_gid_h;
	__le32		mbo_projid;
	__le64		mbo_dom_size;
	__le64		mbo_dom_blocks;
	__le64		mbo_btime;
	__le64		mbo_xattr_absent;
	__le64		mbo_padding_10;
};

static_assert(sizeof(struct mdt_body) == 216);
static_assert(offsetof(struct mdt_body, mbo_handle) == 32);
static_assert(offsetof(struct mdt_body, mbo_valid) == 40);
static_assert(offsetof(struct mdt_body, mbo_mtime) == 56);
static_assert(offsetof(struct mdt_body, mbo_version) == 88);
static_assert(offsetof(struct mdt_body, mbo_fsuid) == 104);
static_assert(offsetof(struct mdt_body, mbo_mode) == 116);
static_assert(offsetof(struct mdt_body, mbo_nlink) == 136);
static_assert(offsetof(struct mdt_body, mbo_suppgid) == 144);
static_assert(offsetof(struct mdt_body, mbo_eadatasize) == 148);
static_assert(offsetof(struct mdt_body, mbo_projid) == 172);
static_assert(offsetof(struct mdt_body, mbo_dom_size) == 176);
static_assert(offsetof(struct mdt_body, mbo_btime) == 192);

/* mbo_t_state, with OBD_MD_TSTATE */
#define MS_RESTORE			0x1

/* A supplementary group that is not given */
#define LUSTRE_SUPPGID_NONE		0xffffffffU

/* mbo_flags, sa_attr_flags */
#define LUSTRE_COMPR_FL			0x00000004U
#define LUSTRE_SYNC_FL			0x00000008U
#define LUSTRE_IMMUTABLE_FL		0x00000010U
#define LUSTRE_APPEND_FL		0x00000020U
#define LUSTRE_NODUMP_FL		0x00000040U
#define LUSTRE_NOATIME_FL		0x00000080U
#define LUSTRE_NOCOMPR_FL		0x00000400U
#define LUSTRE_INDEX_FL			0x00001000U
#define LUSTRE_ORPHAN_FL		0x00002000U
#define LUSTRE_DIRSYNC_FL		0x00010000U
#define LUSTRE_TOPDIR_FL		0x00020000U
#define LUSTRE_EXTENTS_FL		0x00080000U
#define LUSTRE_VERITY_FL		0x00100000U
#define LUSTRE_ENCRYPT_FL		0x00800000U
#define LUSTRE_PROJINHERIT_FL		0x20000000U
#define LUSTRE_CASEFOLD_FL		0x40000000U

struct mdt_ioepoch {
	__u64	mio_open_handle;
	__le64	mio_unused1;
	__le32	mio_unused2;
	__le32	mio_padding;
};

static_assert(sizeof(struct mdt_ioepoch) == 24);

/* ---- MDS_REINT ------------------------------------------------------------ */

enum mds_reint_op {
	REINT_SETATTR		= 1,
	REINT_CREATE		= 2,
	REINT_LINK		= 3,
	REINT_UNLINK		= 4,
	REINT_RENAME		= 5,
	REINT_OPEN		= 6,
	REINT_SETXATTR		= 7,
	REINT_RMENTRY		= 8,
	REINT_MIGRATE		= 9,
	REINT_RESYNC		= 10,
};

/* All records are 136 bytes; this is what they share */
struct mdt_rec_reint {
	__le32		rr_opcode;
	__le32		rr_cap;
	__le32		rr_fsuid;
	__le32		rr_fsuid_h;
	__le32		rr_fsgid;
	__le32		rr_fsgid_h;
	__le32		rr_suppgid1;
	__le32		rr_suppgid1_h;
	__le32		rr_suppgid2;
	__le32		rr_suppgid2_h;
	struct lu_fid	rr_fid1;
	struct lu_fid	rr_fid2;
	__u8		rr_rest[64];
};

struct mdt_rec_setattr {
	__le32		sa_opcode;
	__le32		sa_cap;
	__le32		sa_fsuid;
	__le32		sa_fsuid_h;
	__le32		sa_fsgid;
	__le32		sa_fsgid_h;
	__le32		sa_suppgid;
	__le32		sa_suppgid_h;
	__le32		sa_padding_1;
	__le32		sa_padding_1_h;
	struct lu_fid	sa_fid;
	__le64		sa_valid;	/* MDS_ATTR_* */
	__le32		sa_uid;
	__le32		sa_gid;
	__le64		sa_size;
	__le64		sa_blocks;
	__le64		sa_mtime;
	__le64		sa_atime;
	__le64		sa_ctime;
	__le32		sa_attr_flags;
	__le32		sa_mode;
	__le32		sa_bias;	/* MDS_* */
	__le32		sa_projid;
	__le64		sa_padding_2;
};

/* CREATE, and OPEN inside an intent */
struct mdt_rec_create {
	__le32		cr_opcode;
	__le32		cr_cap;
	__le32		cr_fsuid;
	__le32		cr_layout_ver;
	__le32		cr_fsgid;
	__le32		cr_fsgid_h;
	__le32		cr_suppgid1;
	__le32		cr_suppgid1_h;
	__le32		cr_suppgid2;
	__le32		cr_suppgid2_h;
	struct lu_fid	cr_fid1;	/* parent */
	struct lu_fid	cr_fid2;	/* child */
	__u64		cr_open_handle_old;
	__le64		cr_time;
	__le64		cr_rdev;
	__le64		cr_ioepoch;
	__le64		cr_padding_1;
	__le32		cr_mode;
	__le32		cr_bias;
	__le32		cr_flags_l;	/* MDS_OPEN_*, MDS_FMODE_* */
	__le32		cr_flags_h;
	__le32		cr_umask;
	__le32		cr_padding_4;
};

struct mdt_rec_link {
	__le32		lk_opcode;
	__le32		lk_cap;
	__le32		lk_fsuid;
	__le32		lk_fsuid_h;
	__le32		lk_fsgid;
	__le32		lk_fsgid_h;
	__le32		lk_suppgid1;
	__le32		lk_suppgid1_h;
	__le32		lk_suppgid2;
	__le32		lk_suppgid2_h;
	struct lu_fid	lk_fid1;	/* inode */
	struct lu_fid	lk_fid2;	/* directory */
	__le64		lk_time;
	__le64		lk_padding_1[4];
	__le32		lk_bias;
	__le32		lk_padding_2[5];
};

struct mdt_rec_unlink {
	__le32		ul_opcode;
	__le32		ul_cap;
	__le32		ul_fsuid;
	__le32		ul_fsuid_h;
	__le32		ul_fsgid;
	__le32		ul_fsgid_h;
	__le32		ul_suppgid1;
	__le32		ul_suppgid1_h;
	__le32		ul_suppgid2;
	__le32		ul_suppgid2_h;
	struct lu_fid	ul_fid1;	/* parent */
	struct lu_fid	ul_fid2;	/* child, if known */
	__le64		ul_time;
	__le64		ul_padding_1[4];
	__le32		ul_bias;
	__le32		ul_mode;
	__le32		ul_padding_2[4];
};

struct mdt_rec_rename {
	__le32		rn_opcode;
	__le32		rn_cap;
	__le32		rn_fsuid;
	__le32		rn_fsuid_h;
	__le32		rn_fsgid;
	__le32		rn_fsgid_h;
	__le32		rn_suppgid1;
	__le32		rn_suppgid1_h;
	__le32		rn_suppgid2;
	__le32		rn_suppgid2_h;
	struct lu_fid	rn_fid1;	/* source parent */
	struct lu_fid	rn_fid2;	/* target parent */
	__le64		rn_time;
	__le64		rn_padding_1[4];
	__le32		rn_bias;
	__le32		rn_mode;
	__le32		rn_padding_2[4];
};

struct mdt_rec_setxattr {
	__le32		sx_opcode;
	__le32		sx_cap;
	__le32		sx_fsuid;
	__le32		sx_fsuid_h;
	__le32		sx_fsgid;
	__le32		sx_fsgid_h;
	__le32		sx_suppgid1;
	__le32		sx_suppgid1_h;
	__le32		sx_suppgid2;
	__le32		sx_suppgid2_h;
	struct lu_fid	sx_fid;
	__le64		sx_padding_1[2];
	__le64		sx_valid;	/* OBD_MD_FLXATTR... */
	__le64		sx_time;
	__le64		sx_padding_2[3];
	__le32		sx_size;
	__le32		sx_flags;	/* XATTR_CREATE 1, XATTR_REPLACE 2 */
	__le32		sx_padding_3[4];
};

struct mdt_rec_resync {
	__le32		rs_opcode;
	__le32		rs_cap;
	__le32		rs_fsuid;
	__le32		rs_fsuid_h;
	__le32		rs_fsgid;
	__le32		rs_fsgid_h;
	__le32		rs_suppgid1;
	__le32		rs_suppgid1_h;
	__le32		rs_suppgid2;
	__le32		rs_suppgid2_h;
	struct lu_fid	rs_fid;
	__le64		rs_padding_0[2];
	__u64		rs_lease_handle;
	__le64		rs_padding_1[4];
	__le32		rs_bias;
	__le32		rs_padding_2[3];
	__le32		rs_mirror_id_new;
	__le16		rs_mirror_id_old;
	__le16		rs_padding_3;
};

static_assert(sizeof(struct mdt_rec_reint) == 136);
static_assert(offsetof(struct mdt_rec_reint, rr_fid1) == 40);
static_assert(sizeof(struct mdt_rec_setattr) == 136);
static_assert(offsetof(struct mdt_rec_setattr, sa_suppgid) == 24);
static_assert(offsetof(struct mdt_rec_setattr, sa_fid) == 40);
static_assert(offsetof(struct mdt_rec_setattr, sa_valid) == 56);
static_assert(offsetof(struct mdt_rec_setattr, sa_size) == 72);
static_assert(offsetof(struct mdt_rec_setattr, sa_mtime) == 88);
static_assert(offsetof(struct mdt_rec_setattr, sa_attr_flags) == 112);
static_assert(offsetof(struct mdt_rec_setattr, sa_projid) == 124);
static_assert(sizeof(struct mdt_rec_create) == 136);
static_assert(offsetof(struct mdt_rec_create, cr_open_handle_old) == 72);
static_assert(offsetof(struct mdt_rec_create, cr_rdev) == 88);
static_assert(offsetof(struct mdt_rec_create, cr_mode) == 112);
static_assert(offsetof(struct mdt_rec_create, cr_flags_l) == 120);
static_assert(offsetof(struct mdt_rec_create, cr_umask) == 128);
static_assert(sizeof(struct mdt_rec_link) == 136);
static_assert(offsetof(struct mdt_rec_link, lk_bias) == 112);
static_assert(sizeof(struct mdt_rec_unlink) == 136);
static_assert(offsetof(struct mdt_rec_unlink, ul_bias) == 112);
static_assert(offsetof(struct mdt_rec_unlink, ul_mode) == 116);
static_assert(sizeof(struct mdt_rec_rename) == 136);
static_assert(offsetof(struct mdt_rec_rename, rn_mode) == 116);
static_assert(sizeof(struct mdt_rec_setxattr) == 136);
static_assert(offsetof(struct mdt_rec_setxattr, sx_valid) == 72);
static_assert(offsetof(struct mdt_rec_setxattr, sx_size) == 112);
static_assert(sizeof(struct mdt_rec_resync) == 136);
static_assert(offsetof(struct mdt_rec_resync, rs_mirror_id_new) == 128);

/* sa_valid */
#define MDS_ATTR_MODE			0x1ULL
#define MDS_ATTR_UID			0x2ULL
#define MDS_ATTR_GID			0x4ULL
#define MDS_ATTR_SIZE			0x8ULL
#define MDS_ATTR_ATIME			0x10ULL
#define MDS_ATTR_MTIME			0x20ULL
#define MDS_ATTR_CTIME			0x40ULL
#define MDS_ATTR_ATIME_SET		0x80ULL
#define MDS_ATTR_MTIME_SET		0x100ULL
#define MDS_ATTR_FORCE			0x200ULL
#define MDS_ATTR_ATTR_FLAG		0x400ULL
#define MDS_ATTR_KILL_SUID		0x800ULL
#define MDS_ATTR_KILL_SGID		0x1000ULL
#define MDS_ATTR_CTIME_SET		0x2000ULL
#define MDS_ATTR_FROM_OPEN		0x4000ULL
#define MDS_ATTR_BLOCKS			0x8000ULL
#define MDS_ATTR_PROJID			0x10000ULL
#define MDS_ATTR_LSIZE			0x20000ULL
#define MDS_ATTR_LBLOCKS		0x40000ULL
#define MDS_ATTR_OVERRIDE		0x2000000ULL

/* *_bias */
#define MDS_CROSS_REF			0x00000002U
#define MDS_PERM_BYPASS			0x00000008U
#define MDS_QUOTA_IGNORE		0x00000020U
#define MDS_KEEP_ORPHAN			0x00000080U
#define MDS_RECOV_OPEN			0x00000100U
#define MDS_DATA_MODIFIED		0x00000200U
#define MDS_CREATE_VOLATILE		0x00000400U
#define MDS_OWNEROVERRIDE		0x00000800U
#define MDS_HSM_RELEASE			0x00001000U
#define MDS_CLOSE_MIGRATE		0x00002000U
#define MDS_CLOSE_LAYOUT_SWAP		0x00004000U
#define MDS_CLOSE_LAYOUT_MERGE		0x00008000U
#define MDS_CLOSE_RESYNC_DONE		0x00010000U
#define MDS_CLOSE_LAYOUT_SPLIT		0x00020000U
#define MDS_TRUNC_KEEP_LEASE		0x00040000U
#define MDS_PCC_ATTACH			0x00080000U
#define MDS_CLOSE_UPDATE_TIMES		0x00100000U
#define MDS_SETSTRIPE_CREATE		0x00200000U
#define MDS_FID_OP			0x00400000U
#define MDS_MIGRATE_NSONLY		0x00800000U
#define MDS_CREATE_DEFAULT_LMV		0x01000000U
#define MDS_CLOSE_LAYOUT_SWAP_HSM	0x02000000U
#define MDS_RENAME_AGAIN		0x04000000U
#define MDS_NAMEHASH			0x08000000U

/* Open flags, cr_flags_l and cr_flags_h together */
#define MDS_FMODE_READ			0x1ULL
#define MDS_FMODE_WRITE			0x2ULL
#define MDS_FMODE_EXEC			0x4ULL
#define MDS_OPEN_CREATED		0x8ULL
#define MDS_FMODE_EXECUTE		0x10ULL
#define MDS_OPEN_CREAT			0x40ULL
#define MDS_OPEN_EXCL			0x80ULL
#define MDS_OPEN_NOCTTY			0x100ULL
#define MDS_OPEN_TRUNC			0x200ULL
#define MDS_OPEN_APPEND			0x400ULL
#define MDS_OPEN_NONBLOCK		0x800ULL
#define MDS_OPEN_SYNC			0x1000ULL
#define MDS_OPEN_FASYNC			0x2000ULL
#define MDS_OPEN_LARGEFILE		0x8000ULL
#define MDS_OPEN_DIRECTORY		0x10000ULL
#define MDS_OPEN_NOFOLLOW		0x20000ULL
#define MDS_OPEN_BY_FID			0x800000ULL
#define MDS_OPEN_DELAY_CREATE		0x1000000ULL
#define MDS_OPEN_OWNEROVERRIDE		0x2000000ULL
#define MDS_OPEN_LOCK			0x20000000ULL
#define MDS_OPEN_HAS_EA			0x40000000ULL
#define MDS_OPEN_HAS_OBJS		0x80000000ULL
#define MDS_OPEN_NORESTORE		0x200000000ULL
#define MDS_OPEN_NEWSTRIPE		0x400000000ULL
#define MDS_OPEN_VOLATILE		0x800000000ULL
#define MDS_OPEN_LEASE			0x1000000000ULL
#define MDS_OPEN_RELEASE		0x2000000000ULL
#define MDS_OPEN_RESYNC			0x4000000000ULL
#define MDS_MKDIR_LMV			0x4000000000ULL
#define MDS_OPEN_PCC			0x8000000000ULL
#define MDS_OP_WITH_FID			0x10000000000ULL
#define MDS_OPEN_DEFAULT_LMV		0x20000000000ULL

/* Extra buffer of a close that ends a lease */
struct close_data {
	__u64		cd_handle;
	struct lu_fid	cd_fid;
	__le64		cd_data_version;
	__le32		cd_words[16];
};

static_assert(sizeof(struct close_data) == 96);
static_assert(offsetof(struct close_data, cd_data_version) == 24);
static_assert(offsetof(struct close_data, cd_words) == 32);

/* ---- MDS_READPAGE: pages of 4096 bytes, little-endian always --------------- */

#define LU_PAGE_SIZE			4096
#define LU_PAGE_SHIFT			12

struct lu_dirpage {
	__le64	ldp_hash_start;
	__le64	ldp_hash_end;
	__le32	ldp_flags;	/* LDF_* */
	__le32	ldp_pad0;
	/* entries follow */
};

static_assert(sizeof(struct lu_dirpage) == 24);

#define LDF_EMPTY			0x1
#define LDF_COLLIDE			0x2

/* ldp_hash_end of the last page of a directory */
#define MDS_DIR_END_OFF			0xfffffffffffffffeULL

struct lu_dirent {
	struct lu_fid	lde_fid;
	__le64		lde_hash;
	__le16		lde_reclen;	/* 0: last of its page */
	__le16		lde_namelen;	/* 0: no entry */
	__le32		lde_attrs;	/* LUDA_* */
	char		lde_name[];	/* no NUL */
};

static_assert(sizeof(struct lu_dirent) == 32);
static_assert(offsetof(struct lu_dirent, lde_reclen) == 24);
static_assert(offsetof(struct lu_dirent, lde_attrs) == 28);

/* Behind the name, at an even offset, with LUDA_TYPE: S_IFMT bits */
struct luda_type {
	__le16	lt_type;
};

#define LUDA_FID			0x0001
#define LUDA_TYPE			0x0002
#define LUDA_64BITHASH			0x0004

/* ---- The rest --------------------------------------------------------------- */

#define MDT_ACL_MIN_REPLY		260	/* POSIX ACL of 32 entries */

struct getinfo_fid2path {
	struct lu_fid	gf_fid;
	__le64		gf_recno;
	__le32		gf_linkno;
	__le32		gf_pathlen;
	char		gf_path[];
};

static_assert(sizeof(struct getinfo_fid2path) == 32);

/* Key of MDS_GET_INFO "fid2path": NUL padded name, query, root of the mount */
struct getinfo_fid2path_key {
	char			gk_name[16];
	struct getinfo_fid2path	gk_query;
	struct lu_fid		gk_root;
};

static_assert(offsetof(struct getinfo_fid2path_key, gk_root) == 48);

/* trusted.link: the head, and entries that are big-endian (09 section 2) */
#define LINK_EA_MAGIC		0x11eaf1dfU

struct link_ea_header {
	__le32	leh_magic;
	__le32	leh_reccount;
	__le64	leh_len;		/* of all, this included */
	__le32	leh_overflow_time;
	__le32	leh_padding;
};

static_assert(sizeof(struct link_ea_header) == 24);

struct link_ea_entry {
	__be16	lee_reclen;		/* this included */
	__be64	lee_parent_seq;
	__be32	lee_parent_oid;
	__be32	lee_parent_ver;
	char	lee_name[];		/* not terminated */
} __packed;

static_assert(sizeof(struct link_ea_entry) == 18);

/* ---- archives (09 section 17) ---- */

/* hus_states, hss_setmask, hss_clearmask */
#define HS_EXISTS		0x01
#define HS_DIRTY		0x02
#define HS_RELEASED		0x04
#define HS_ARCHIVED		0x08
#define HS_NORELEASE		0x10
#define HS_NOARCHIVE		0x20
#define HS_LOST			0x40

/* hca_state of a file with which nothing is done */
#define HPS_IDLE		1

struct hsm_current_action {
	__le32	hca_state;
	__le32	hca_action;
	__le64	hca_offset;
	__le64	hca_length;
};

static_assert(sizeof(struct hsm_current_action) == 24);

struct hsm_user_state {
	__le32				hus_states;
	__le32				hus_archive_id;
	struct hsm_current_action	hus_now;
};

static_assert(sizeof(struct hsm_user_state) == 32);

/* hss_valid */
#define HSS_SETMASK		0x01
#define HSS_CLEARMASK		0x02
#define HSS_ARCHIVE_ID		0x04

struct hsm_state_set {
	__le32	hss_valid;
	__le32	hss_archive_id;
	__le64	hss_setmask;
	__le64	hss_clearmask;
};

static_assert(sizeof(struct hsm_state_set) == 24);

/* hr_action, hca_action */
#define HUA_NONE		1
#define HUA_ARCHIVE		10
#define HUA_RESTORE		11
#define HUA_RELEASE		12
#define HUA_REMOVE		13
#define HUA_CANCEL		14

/* hr_flags: the caller waits for the data */
#define HSM_REQ_BLOCKING	4ULL

struct hsm_request {
	__le32	hr_action;
	__le32	hr_archive_id;
	__le64	hr_flags;
	__le32	hr_itemcount;
	__le32	hr_data_len;
};

static_assert(sizeof(struct hsm_request) == 24);

struct hsm_user_item {
	struct lu_fid	hui_fid;
	__le64		hui_offset;
	__le64		hui_length;
};

static_assert(sizeof(struct hsm_user_item) == 32);

/* msl_flags: msl_dv1 and msl_dv2 are there */
#define MDC_SWAP_VERSIONS	0x20

struct mdc_swap_layouts {
	__le64	msl_flags;
	__le64	msl_dv1;
	__le64	msl_dv2;
};

static_assert(sizeof(struct mdc_swap_layouts) == 24);

struct obd_dqinfo {
	__le64	dqi_bgrace;
	__le64	dqi_igrace;
	__le32	dqi_flags;
	__le32	dqi_valid;
};

struct obd_dqblk {
	__le64	dqb_bhardlimit;
	__le64	dqb_bsoftlimit;
	__le64	dqb_curspace;
	__le64	dqb_ihardlimit;
	__le64	dqb_isoftlimit;
	__le64	dqb_curinodes;
	__le64	dqb_btime;
	__le64	dqb_itime;
	__le32	dqb_valid;
	__le32	dqb_padding;
};

struct obd_quotactl {
	__le32			qc_cmd;
	__le32			qc_type;
	__le32			qc_id;
	__le32			qc_stat;
	struct obd_dqinfo	qc_dqinfo;
	struct obd_dqblk	qc_dqblk;
};

static_assert(sizeof(struct obd_quotactl) == 112);
static_assert(offsetof(struct obd_quotactl, qc_dqblk) == 40);

/* ---- MDS_BATCH (09 section 20) ---- */

#define BUT_HEADER_MAGIC	0xBADF0001U
#define BUT_REQUEST_MAGIC	0xBADE0001U
#define BUT_REPLY_MAGIC		0x00AD0001U

/* A block that travels in the request itself is not larger (bytes). */
#define BUT_MAX_INLINE		4096
/*
 * What one answer may need, the layout or the like in it, and what there is
 * room for at least (bytes)
 */
#define BUT_SUB_REPSIZE		968
#define BUT_SUB_EASIZE		128
#define BUT_MIN_REPSIZE		4096

/* lm_opc of a message in a request block */
#define BUT_GETATTR		1

struct but_update_header {
	__le32	buh_magic;
	__le32	buh_count;		/* of but_update_buffer */
	__le32	buh_inline_length;	/* of the block that follows */
	__le32	buh_reply_size;		/* room for the reply block */
	__le32	buh_update_count;	/* messages in all */
	__le32	buh_padding;
};

static_assert(sizeof(struct but_update_header) == 24);

struct but_update_buffer {
	__le32	bub_size;		/* 0: the block is inline */
	__le32	bub_padding;
};

static_assert(sizeof(struct but_update_buffer) == 8);

/* Messages, each padded to 8 bytes, follow. */
struct but_block {
	__le32	bb_magic;
	__le16	bb_count;
	__le16	bb_padding;
};

static_assert(sizeof(struct but_block) == 8);

#endif /* _LUSTRE_WIRE_MDT_H */
