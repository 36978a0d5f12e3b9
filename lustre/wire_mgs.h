/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration: logs, their records, the table of targets (document 05) */
#ifndef _LUSTRE_WIRE_MGS_H
#define _LUSTRE_WIRE_MGS_H

#include "wire.h"

/* name[1] of the resource that guards a log */
#define MGS_CFG_T_CONFIG		0
#define MGS_CFG_T_SPTLRPC		1
#define MGS_CFG_T_RECOVER		2
#define MGS_CFG_T_PARAMS		3
#define MGS_CFG_T_NODEMAP		4
#define MGS_CFG_T_BARRIER		5

#define LUSTRE_MAXFSNAME		8

/* ---- Logs ------------------------------------------------------------------- */

#define LLOG_MIN_CHUNK_SIZE		8192

struct llog_logid {
	struct ost_id	lgl_oi;
	__le32		lgl_ogen;
} __packed;

struct llogd_body {
	struct llog_logid	lgd_logid;
	__le32			lgd_ctxt_idx;
	__le32			lgd_llh_flags;
	__le32			lgd_index;
	__le32			lgd_saved_index;
	__le32			lgd_len;
	__le64			lgd_cur_offset;
} __packed;

static_assert(sizeof(struct llog_logid) == 20);
static_assert(sizeof(struct llogd_body) == 48);
static_assert(offsetof(struct llogd_body, lgd_index) == 28);
static_assert(offsetof(struct llogd_body, lgd_cur_offset) == 40);

#define LLOG_CONFIG_ORIG_CTXT		0
#define LLOG_MAX_CTXTS			18

#define LLOG_F_ZAP_WHEN_EMPTY		0x1
#define LLOG_F_IS_CAT			0x2
#define LLOG_F_IS_PLAIN			0x4
#define LLOG_F_IS_FIXSIZE		0x10

struct llog_rec_hdr {
	__le32	lrh_len;
	__le32	lrh_index;
	__le32	lrh_type;
	__le32	lrh_id;
};

struct llog_rec_tail {
	__le32	lrt_len;
	__le32	lrt_index;
};

static_assert(sizeof(struct llog_rec_hdr) == 16);
static_assert(sizeof(struct llog_rec_tail) == 8);

#define LLOG_OP_MAGIC			0x10600000U
#define LLOG_OP_MASK			0xfff00000U
#define LLOG_PAD_MAGIC			0x10600000U
#define OBD_CFG_REC			0x10620000U
#define LLOG_HDR_MAGIC			0x10645539U

#define LLOG_HDR_BITMAP_SIZE		8096

struct llog_log_hdr {
	struct llog_rec_hdr	llh_hdr;
	__le64			llh_timestamp;
	__le32			llh_count;
	__le32			llh_bitmap_offset;
	__le32			llh_size;
	__le32			llh_flags;
	__le32			llh_cat_idx;
	struct obd_uuid		llh_tgtuuid;
	__le32			llh_reserved;
	__u8			llh_bitmap[LLOG_HDR_BITMAP_SIZE];
	struct llog_rec_tail	llh_tail;
};

static_assert(sizeof(struct llog_log_hdr) == LLOG_MIN_CHUNK_SIZE);
static_assert(offsetof(struct llog_log_hdr, llh_count) == 24);
static_assert(offsetof(struct llog_log_hdr, llh_tgtuuid) == 44);
static_assert(offsetof(struct llog_log_hdr, llh_bitmap) == 88);
static_assert(offsetof(struct llog_log_hdr, llh_tail) == 8184);

/* ---- Configuration records ---------------------------------------------------- */

#define LUSTRE_CFG_VERSION		0x1cf60001U
#define LUSTRE_CFG_MAX_BUFCOUNT		8

struct lustre_cfg {
	__le32	lcfg_version;
	__le32	lcfg_command;	/* LCFG_* */
	__le32	lcfg_num;
	__le32	lcfg_flags;
	__le64	lcfg_nid;
	__le32	lcfg_nal;
	__le32	lcfg_bufcount;
	__le32	lcfg_buflens[];
};

static_assert(sizeof(struct lustre_cfg) == 32);
static_assert(offsetof(struct lustre_cfg, lcfg_nid) == 16);
static_assert(offsetof(struct lustre_cfg, lcfg_bufcount) == 28);

/* With this bit a command that is unknown or fails makes the mount fail */
#define LCFG_REQUIRED			0x1000

#define LCFG_ATTACH			0xcf001
#define LCFG_DETACH			0xcf002
#define LCFG_SETUP			0xcf003
#define LCFG_CLEANUP			0xcf004
#define LCFG_ADD_UUID			0xcf005
#define LCFG_DEL_UUID			0xcf006
#define LCFG_MOUNTOPT			0xcf007
#define LCFG_DEL_MOUNTOPT		0xcf008
#define LCFG_SET_TIMEOUT		0xcf009
#define LCFG_SET_UPCALL			0xcf00a
#define LCFG_ADD_CONN			0xcf00b
#define LCFG_DEL_CONN			0xcf00c
#define LCFG_LOV_ADD_OBD		0xcf00d
#define LCFG_LOV_DEL_OBD		0xcf00e
#define LCFG_PARAM			0xcf00f
#define LCFG_MARKER			0xcf010
#define LCFG_LOV_ADD_INA		0xce013
#define LCFG_ADD_MDC			0xcf014
#define LCFG_DEL_MDC			0xcf015
#define LCFG_SPTLRPC_CONF		0xce016
#define LCFG_POOL_NEW			0xce020
#define LCFG_POOL_ADD			0xce021
#define LCFG_POOL_REM			0xce022
#define LCFG_POOL_DEL			0xce023
#define LCFG_SET_LDLM_TIMEOUT		0xce030
#define LCFG_PRE_CLEANUP		0xcf031
#define LCFG_SET_PARAM			0xce032

#define CFG_MARKER_NAME_LEN		64

struct cfg_marker {
	__le32	cm_step;
	__le32	cm_flags;	/* CM_* */
	__le32	cm_vers;
	__le32	cm_padding;
	__le64	cm_createtime;
	__le64	cm_canceltime;
	char	cm_tgtname[CFG_MARKER_NAME_LEN];
	char	cm_comment[CFG_MARKER_NAME_LEN];
};

static_assert(sizeof(struct cfg_marker) == 160);
static_assert(offsetof(struct cfg_marker, cm_tgtname) == 32);
static_assert(offsetof(struct cfg_marker, cm_comment) == 96);

#define CM_START			0x01
#define CM_END				0x02
#define CM_SKIP				0x04
#define CM_UPGRADE146			0x08
#define CM_EXCLUDE			0x10

#define LOV_DESC_MAGIC			0xb0ccde5cU

struct lov_desc {
	__le32		ld_tgt_count;
	__le32		ld_magic;
	__le32		ld_default_stripe_count;
	__le32		ld_pattern;
	__le64		ld_default_stripe_size;
	__le64		ld_default_stripe_offset;
	__le32		ld_padding_0;
	__le32		ld_qos_maxage;
	__le32		ld_padding_1;
	__le32		ld_padding_2;
	struct obd_uuid	ld_uuid;
};

struct lmv_desc {
	__le32		ld_tgt_count;
	__le32		ld_active_tgt_count;
	__le32		ld_default_stripe_count;
	__le32		ld_pattern;
	__le64		ld_default_hash_size;
	__le64		ld_padding_1;
	__le32		ld_padding_2;
	__le32		ld_qos_maxage;
	__le32		ld_padding_3;
	__le32		ld_padding_4;
	struct obd_uuid	ld_uuid;
};

static_assert(sizeof(struct lov_desc) == 88);
static_assert(offsetof(struct lov_desc, ld_qos_maxage) == 36);
static_assert(offsetof(struct lov_desc, ld_uuid) == 48);
static_assert(sizeof(struct lmv_desc) == 88);
static_assert(offsetof(struct lmv_desc, ld_uuid) == 48);

/* ---- Recovery table (MGS_CONFIG_READ) ------------------------------------------- */

struct mgs_config_body {
	char	mcb_name[64];
	__le64	mcb_offset;
	__le16	mcb_type;	/* MGS_CFG_T_* */
	__u8	mcb_rec_nid_size;
	__u8	mcb_bits;
	__le32	mcb_units;
};

struct mgs_config_res {
	__le64	mcr_offset;
	__le64	mcr_size;
};

static_assert(sizeof(struct mgs_config_body) == 80);
static_assert(offsetof(struct mgs_config_body, mcb_type) == 72);
static_assert(offsetof(struct mgs_config_body, mcb_units) == 76);
static_assert(sizeof(struct mgs_config_res) == 16);

/* Entries follow each other unaligned */
struct mgs_nidtbl_entry {
	__le64	mne_version;
	__le32	mne_instance;
	__le32	mne_index;
	__le32	mne_length;
	__u8	mne_type;	/* LDD_F_SV_TYPE_* */
	__u8	mne_nid_type;	/* MNE_NID_* */
	__u8	mne_nid_size;
	__u8	mne_nid_count;
	__u8	mne_nids[];
} __packed;

static_assert(sizeof(struct mgs_nidtbl_entry) == 24);

#define LDD_F_SV_TYPE_MDT		0x1
#define LDD_F_SV_TYPE_OST		0x2
#define MNE_NID_NID4			0	/* 8 bytes each, little-endian */
#define MNE_NID_LARGE			1	/* struct lnet_nid each */

#endif /* _LUSTRE_WIRE_MGS_H */
