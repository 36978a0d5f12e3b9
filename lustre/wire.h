/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lustre RPCs as they appear on the wire: the message envelope, the RPC
 * header, connect data, opcodes and portals, and through the headers included
 * here every request and reply body.
 *
 * Shared by the client and by user space tools; no code. Integers are in the
 * byte order of the sender, which the magic of the message tells; both ends of
 * this implementation are little-endian on the wire and refuse the other form,
 * hence the __le types. A plain __u64 is an opaque handle, echoed unchanged.
 */
#ifndef _LUSTRE_WIRE_H
#define _LUSTRE_WIRE_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

/* ---- Identifiers --------------------------------------------------------- */

struct lu_fid {
	__le64	f_seq;
	__le32	f_oid;
	__le32	f_ver;
};

static_assert(sizeof(struct lu_fid) == 16);

#define FID_SEQ_OST_MDT0		0x0ULL
#define FID_SEQ_LLOG			0x1ULL
#define FID_SEQ_ECHO			0x2ULL
#define FID_SEQ_OST_MDT1		0x3ULL
#define FID_SEQ_OST_MAX			0x9ULL
#define FID_SEQ_LLOG_NAME		0xaULL
#define FID_SEQ_RSVD			0xbULL
#define FID_SEQ_IGIF			0xcULL
#define FID_SEQ_IGIF_MAX		0xffffffffULL
#define FID_SEQ_IDIF			0x100000000ULL
#define FID_SEQ_IDIF_MAX		0x1ffffffffULL
#define FID_SEQ_START			0x200000000ULL
#define FID_SEQ_LOCAL_FILE		0x200000001ULL
#define FID_SEQ_DOT_LUSTRE		0x200000002ULL
#define FID_SEQ_LOCAL_NAME		0x200000003ULL
#define FID_SEQ_SPECIAL			0x200000004ULL
#define FID_SEQ_QUOTA			0x200000005ULL
#define FID_SEQ_QUOTA_GLB		0x200000006ULL
#define FID_SEQ_ROOT			0x200000007ULL
#define FID_SEQ_NORMAL			0x200000400ULL

#define FID_OID_ROOT			1
#define FID_OID_DOT_LUSTRE		1
#define FID_OID_DOT_LUSTRE_OBF		2
#define FID_OID_DOT_LUSTRE_LPF		3

/* Object ids that a client may use of one sequence */
#define LUSTRE_METADATA_SEQ_MAX_WIDTH	0x20000

struct lu_seq_range {
	__le64	lsr_start;
	__le64	lsr_end;	/* exclusive */
	__le32	lsr_index;
	__le32	lsr_flags;	/* LU_SEQ_RANGE_* */
};

#define LU_SEQ_RANGE_MDT		0x0
#define LU_SEQ_RANGE_OST		0x1
#define LU_SEQ_RANGE_ANY		0x3

static_assert(sizeof(struct lu_seq_range) == 24);
static_assert(offsetof(struct lu_seq_range, lsr_index) == 16);

enum seq_op {
	SEQ_ALLOC_SUPER		= 0,
	SEQ_ALLOC_META		= 1,
};

enum fld_op {
	FLD_CREATE		= 0,
	FLD_DELETE		= 1,
	FLD_LOOKUP		= 2,
};

/*
 * An OST object: {id, 0} for objects of the old kind, else a FID. The second
 * word tells: 0 means the former.
 */
struct ost_id {
	union {
		struct {
			__le64	oi_id;
			__le64	oi_seq;
		};
		struct lu_fid	oi_fid;
	};
};

static_assert(sizeof(struct ost_id) == 16);

/* Opaque handle, meaningful to its creator alone */
struct lustre_handle {
	__u64	cookie;
};

static_assert(sizeof(struct lustre_handle) == 8);

#define LUSTRE_UUID_LEN			40

struct obd_uuid {
	char	uuid[LUSTRE_UUID_LEN];
};

static_assert(sizeof(struct obd_uuid) == 40);

/* ---- Portals (document 01) ----------------------------------------------- */

#define OSC_REPLY_PORTAL		4
#define OST_IO_PORTAL			6
#define OST_CREATE_PORTAL		7
#define OST_BULK_PORTAL			8
#define MDC_REPLY_PORTAL		10
#define MDS_REQUEST_PORTAL		12
#define MDS_IO_PORTAL			13
#define MDS_BULK_PORTAL			14
#define LDLM_CB_REQUEST_PORTAL		15
#define LDLM_CB_REPLY_PORTAL		16
#define LDLM_CANCEL_REQUEST_PORTAL	17
#define LDLM_CANCEL_REPLY_PORTAL	18
#define MDS_READPAGE_PORTAL		23
#define OUT_PORTAL			24
#define MGC_REPLY_PORTAL		25
#define MGS_REQUEST_PORTAL		26
#define MGS_REPLY_PORTAL		27
#define OST_REQUEST_PORTAL		28
#define FLD_REQUEST_PORTAL		29
#define SEQ_METADATA_PORTAL		30
#define SEQ_DATA_PORTAL			31
#define SEQ_CONTROLLER_PORTAL		32
#define MGS_BULK_PORTAL			33

/* ---- Opcodes (document 03) ----------------------------------------------- */

enum ost_cmd {
	OST_REPLY		= 0,
	OST_GETATTR		= 1,
	OST_SETATTR		= 2,
	OST_READ		= 3,
	OST_WRITE		= 4,
	OST_CREATE		= 5,
	OST_DESTROY		= 6,
	OST_GET_INFO		= 7,
	OST_CONNECT		= 8,
	OST_DISCONNECT		= 9,
	OST_PUNCH		= 10,
	OST_STATFS		= 13,
	OST_SYNC		= 16,
	OST_SET_INFO		= 17,
	OST_QUOTACTL		= 19,
	OST_LADVISE		= 21,
	OST_FALLOCATE		= 22,
	OST_SEEK		= 23,
};

enum mds_cmd {
	MDS_GETATTR		= 33,
	MDS_GETATTR_NAME	= 34,
	MDS_CLOSE		= 35,
	MDS_REINT		= 36,
	MDS_READPAGE		= 37,
	MDS_CONNECT		= 38,
	MDS_DISCONNECT		= 39,
	MDS_GET_ROOT		= 40,
	MDS_STATFS		= 41,
	MDS_SYNC		= 44,
	MDS_SET_INFO		= 46,
	MDS_QUOTACTL		= 48,
	MDS_GETXATTR		= 49,
	MDS_WRITEPAGE		= 51,
	MDS_GET_INFO		= 53,
	MDS_HSM_STATE_GET	= 54,
	MDS_HSM_STATE_SET	= 55,
	MDS_HSM_ACTION		= 56,
	MDS_HSM_PROGRESS	= 57,
	MDS_HSM_REQUEST		= 58,
	MDS_HSM_CT_REGISTER	= 59,
	MDS_HSM_CT_UNREGISTER	= 60,
	MDS_SWAP_LAYOUTS	= 61,
	MDS_RMFID		= 62,
	MDS_BATCH		= 63,
	MDS_HSM_DATA_VERSION	= 64,
};

enum ldlm_cmd {
	LDLM_ENQUEUE		= 101,
	LDLM_CONVERT		= 102,
	LDLM_CANCEL		= 103,
	LDLM_BL_CALLBACK	= 104,
	LDLM_CP_CALLBACK	= 105,
	LDLM_GL_CALLBACK	= 106,
	LDLM_SET_INFO		= 107,
};

enum mgs_cmd {
	MGS_CONNECT		= 250,
	MGS_DISCONNECT		= 251,
	MGS_EXCEPTION		= 252,
	MGS_TARGET_REG		= 253,
	MGS_TARGET_DEL		= 254,
	MGS_SET_INFO		= 255,
	MGS_CONFIG_READ		= 256,
};

enum obd_cmd {
	OBD_PING		= 400,
	OBD_IDX_READ		= 403,
};

enum llog_cmd {
	LLOG_ORIGIN_HANDLE_CREATE	= 501,
	LLOG_ORIGIN_HANDLE_NEXT_BLOCK	= 502,
	LLOG_ORIGIN_HANDLE_READ_HEADER	= 503,
	LLOG_ORIGIN_HANDLE_PREV_BLOCK	= 508,
};

enum other_cmd {
	SEQ_QUERY		= 700,
	SEC_CTX_INIT		= 801,
	SEC_CTX_INIT_CONT	= 802,
	SEC_CTX_FINI		= 803,
	FLD_QUERY		= 900,
	FLD_READ		= 901,
	OUT_UPDATE		= 1000,
};

/* ---- Message envelope ---------------------------------------------------- */

#define LUSTRE_MSG_MAGIC_V1		0x0bd00bd0U
#define LUSTRE_MSG_MAGIC_V2		0x0bd00bd3U
#define LUSTRE_MSG_MAGIC_V2_SWABBED	0xd30bd00bU

#define LUSTRE_MSG_MAX_BUFFERS		32
/* No message, and no buffer of one, may be larger (bytes) */
#define LUSTRE_MSG_MAX_SIZE		0x100000U

struct lustre_msg_v2 {
	__le32	lm_bufcount;
	__le32	lm_secflvr;
	__le32	lm_magic;
	__le32	lm_repsize;
	__le32	lm_cksum;
	__le32	lm_flags;
	__le32	lm_opc;
	__le32	lm_padding_3;
	__le32	lm_buflens[];
};

static_assert(sizeof(struct lustre_msg_v2) == 32);
static_assert(offsetof(struct lustre_msg_v2, lm_magic) == 8);
static_assert(offsetof(struct lustre_msg_v2, lm_flags) == 20);

#define MSGHDR_AT_SUPPORT		0x1
#define MSGHDR_CKSUM_INCOMPAT18		0x2

/* lm_secflvr: flavours, bits 0..19, and who is speaking, bits 24..31 */
#define SPTLRPC_FLVR_NULL		0x00000
#define SPTLRPC_FLVR_PLAIN		0x21001
#define LUSTRE_SP_CLI			0
#define LUSTRE_SP_MDT			1
#define LUSTRE_SP_OST			2
#define LUSTRE_SP_MGC			3
#define LUSTRE_SP_MGS			4
#define LUSTRE_SP_ANY			0xff
#define SPTLRPC_SP_SHIFT		24

#define JOBID_SIZE			32

struct ptlrpc_body {
	__u64	pb_handle;
	__le32	pb_type;
	__le32	pb_version;
	__le32	pb_opc;
	__le32	pb_status;
	__le64	pb_last_xid;
	__le16	pb_tag;
	__le16	pb_padding0;
	__le32	pb_projid;
	__le64	pb_last_committed;
	__le64	pb_transno;
	__le32	pb_flags;
	__le32	pb_op_flags;
	__le32	pb_conn_cnt;
	__le32	pb_timeout;
	__le32	pb_service_time;
	__le32	pb_limit;
	__le64	pb_slv;
	__le64	pb_pre_versions[4];
	__le64	pb_mbits;
	__le64	pb_padding64_0;
	__le64	pb_padding64_1;
	__le32	pb_uid;
	__le32	pb_gid;
	char	pb_jobid[JOBID_SIZE];
};

/* The oldest form that is accepted ends before pb_jobid */
#define PTLRPC_BODY_MIN_SIZE		152

static_assert(sizeof(struct ptlrpc_body) == 184);
static_assert(offsetof(struct ptlrpc_body, pb_last_xid) == 24);
static_assert(offsetof(struct ptlrpc_body, pb_tag) == 32);
static_assert(offsetof(struct ptlrpc_body, pb_last_committed) == 40);
static_assert(offsetof(struct ptlrpc_body, pb_flags) == 56);
static_assert(offsetof(struct ptlrpc_body, pb_conn_cnt) == 64);
static_assert(offsetof(struct ptlrpc_body, pb_slv) == 80);
static_assert(offsetof(struct ptlrpc_body, pb_pre_versions) == 88);
static_assert(offsetof(struct ptlrpc_body, pb_mbits) == 120);
static_assert(offsetof(struct ptlrpc_body, pb_uid) == 144);
static_assert(offsetof(struct ptlrpc_body, pb_jobid) == PTLRPC_BODY_MIN_SIZE);

#define PTL_RPC_MSG_REQUEST		4711
#define PTL_RPC_MSG_ERR			4712
#define PTL_RPC_MSG_REPLY		4713

#define PTLRPC_MSG_VERSION		0x00000003
#define LUSTRE_VERSION_MASK		0xffff0000
#define LUSTRE_OBD_VERSION		0x00010000
#define LUSTRE_MDS_VERSION		0x00020000
#define LUSTRE_OST_VERSION		0x00030000
#define LUSTRE_DLM_VERSION		0x00040000
#define LUSTRE_LOG_VERSION		0x00050000
#define LUSTRE_MGS_VERSION		0x00060000

/* pb_flags */
#define MSG_RESENT			0x0002
#define MSG_REPLAY			0x0004
#define MSG_REQ_REPLAY_DONE		0x0040
#define MSG_LOCK_REPLAY_DONE		0x0080
#define MSG_CLIENT_BANNED		0x0100
#define MSG_PACK_UID_GID		0x0200
#define MSG_PACK_PROJID			0x0400

/* pb_op_flags of connects */
#define MSG_CONNECT_RECOVERING		0x001
#define MSG_CONNECT_RECONNECT		0x002
#define MSG_CONNECT_REPLAYABLE		0x004
#define MSG_CONNECT_LIBCLIENT		0x010
#define MSG_CONNECT_INITIAL		0x020
#define MSG_CONNECT_NEXT_VER		0x080
#define MSG_CONNECT_TRANSNO		0x100

/* Where a final reply is put when the request carried MSGHDR_AT_SUPPORT */
#define PTLRPC_EARLY_REPLY_SIZE		224
#define PTLRPC_EARLY_REPLY_SIZE_2_12	192

/* xids are multiples of this; a power of two, at least the MDs of one RPC */
#define PTLRPC_XID_STRIDE		128

/* Largest request message per portal class (bytes); a service takes 1 KiB more */
#define MDS_MAXREQSIZE			66560
#define MDS_READPAGE_MAXREQSIZE		5120
#define OST_IO_MAXREQSIZE		263168
#define OST_MAXREQSIZE			16384
#define LDLM_MAXREQSIZE			5120
#define MGS_MAXREQSIZE			7168
#define FLD_MAXREQSIZE			160
#define SEQ_MAXREQSIZE			160
#define OUT_MAXREQSIZE			1024000
#define PTLRPC_REQSIZE_SLACK		1024

/* Positive and negative status values that are no errno */
#define ELDLM_LOCK_MATCHED		1
#define ELDLM_LOCK_CHANGED		300
#define ELDLM_LOCK_ABORTED		301
#define ELDLM_LOCK_REPLACED		302
#define ELDLM_NO_LOCK_DATA		303
#define ELDLM_LOCK_WOULDBLOCK		304
#define ELDLM_NAMESPACE_EXISTS		400
#define ELDLM_BAD_NAMESPACE		401

/* ---- Connect (document 04) ------------------------------------------------ */

struct obd_connect_data {
	__le64	ocd_connect_flags;
	__le32	ocd_version;
	__le32	ocd_grant;
	__le32	ocd_index;
	__le32	ocd_brw_size;
	__le64	ocd_ibits_known;
	__u8	ocd_grant_blkbits;
	__u8	ocd_grant_inobits;
	__le16	ocd_grant_tax_kb;
	__le32	ocd_grant_max_blks;
	__le64	ocd_transno;
	__le32	ocd_group;
	__le32	ocd_cksum_types;
	__le32	ocd_max_easize;
	__le32	ocd_instance;
	__le64	ocd_maxbytes;
	__le16	ocd_maxmodrpcs;
	__u8	ocd_conn_policy;
	__u8	padding0;
	__le32	padding1;
	__le64	ocd_connect_flags2;
	__le64	ocd_compr_type;
	__le64	padding[12];
};

/* A peer may send as little as this (everything up to ocd_maxmodrpcs) */
#define OBD_CONNECT_DATA_MIN_SIZE	72

static_assert(sizeof(struct obd_connect_data) == 192);
static_assert(offsetof(struct obd_connect_data, ocd_ibits_known) == 24);
static_assert(offsetof(struct obd_connect_data, ocd_grant_blkbits) == 32);
static_assert(offsetof(struct obd_connect_data, ocd_transno) == 40);
static_assert(offsetof(struct obd_connect_data, ocd_cksum_types) == 52);
static_assert(offsetof(struct obd_connect_data, ocd_maxbytes) == 64);
static_assert(offsetof(struct obd_connect_data, ocd_maxmodrpcs) == 72);
static_assert(offsetof(struct obd_connect_data, ocd_connect_flags2) == 80);
static_assert(offsetof(struct obd_connect_data, padding) == 96);

/* ocd_version */
#define OBD_OCD_VERSION(major, minor, patch, fix)			\
	(((major) << 24) + ((minor) << 16) + ((patch) << 8) + (fix))

#define OBD_CONNECT_RDONLY		0x1ULL
#define OBD_CONNECT_INDEX		0x2ULL
#define OBD_CONNECT_MDS			0x4ULL
#define OBD_CONNECT_GRANT		0x8ULL
#define OBD_CONNECT_SRVLOCK		0x10ULL
#define OBD_CONNECT_VERSION		0x20ULL
#define OBD_CONNECT_MGS_NIDLIST		0x40ULL
#define OBD_CONNECT_ACL			0x80ULL
#define OBD_CONNECT_XATTR		0x100ULL
#define OBD_CONNECT_LARGE_ACL		0x200ULL
#define OBD_CONNECT_OLD_FALLOC		0x400ULL
#define OBD_CONNECT_TRANSNO		0x800ULL
#define OBD_CONNECT_IBITS		0x1000ULL
#define OBD_CONNECT_BARRIER		0x2000ULL
#define OBD_CONNECT_ATTRFID		0x4000ULL
#define OBD_CONNECT_NODEVOH		0x8000ULL
#define OBD_CONNECT_BRW_SIZE		0x40000ULL
#define OBD_CONNECT_CANCELSET		0x400000ULL
#define OBD_CONNECT_AT			0x1000000ULL
#define OBD_CONNECT_LRU_RESIZE		0x2000000ULL
#define OBD_CONNECT_MDS_MDS		0x4000000ULL
#define OBD_CONNECT_CKSUM		0x20000000ULL
#define OBD_CONNECT_FID			0x40000000ULL
#define OBD_CONNECT_VBR			0x80000000ULL
#define OBD_CONNECT_LOV_V3		0x100000000ULL
#define OBD_CONNECT_GRANT_SHRINK	0x200000000ULL
#define OBD_CONNECT_SKIP_ORPHAN		0x400000000ULL
#define OBD_CONNECT_MAX_EASIZE		0x800000000ULL
#define OBD_CONNECT_FULL20		0x1000000000ULL
#define OBD_CONNECT_LAYOUTLOCK		0x2000000000ULL
#define OBD_CONNECT_64BITHASH		0x4000000000ULL
#define OBD_CONNECT_MAXBYTES		0x8000000000ULL
#define OBD_CONNECT_IMP_RECOV		0x10000000000ULL
#define OBD_CONNECT_JOBSTATS		0x20000000000ULL
#define OBD_CONNECT_UMASK		0x40000000000ULL
#define OBD_CONNECT_EINPROGRESS		0x80000000000ULL
#define OBD_CONNECT_GRANT_PARAM		0x100000000000ULL
#define OBD_CONNECT_HPREQ_CHECK1	0x200000000000ULL
#define OBD_CONNECT_LVB_TYPE		0x400000000000ULL
#define OBD_CONNECT_LIGHTWEIGHT		0x1000000000000ULL
#define OBD_CONNECT_SHORTIO		0x2000000000000ULL
#define OBD_CONNECT_PINGLESS		0x4000000000000ULL
#define OBD_CONNECT_FLOCK_DEAD		0x8000000000000ULL
#define OBD_CONNECT_DISP_STRIPE		0x10000000000000ULL
#define OBD_CONNECT_OPEN_BY_FID		0x20000000000000ULL
#define OBD_CONNECT_LFSCK		0x40000000000000ULL
#define OBD_CONNECT_MULTIMODRPCS	0x200000000000000ULL
#define OBD_CONNECT_DIR_STRIPE		0x400000000000000ULL
#define OBD_CONNECT_SUBTREE		0x800000000000000ULL
#define OBD_CONNECT_BULK_MBITS		0x2000000000000000ULL
#define OBD_CONNECT_OBDOPACK		0x4000000000000000ULL
#define OBD_CONNECT_FLAGS2		0x8000000000000000ULL

#define OBD_CONNECT2_FILE_SECCTX	0x1ULL
#define OBD_CONNECT2_LOCKAHEAD		0x2ULL
#define OBD_CONNECT2_DIR_MIGRATE	0x4ULL
#define OBD_CONNECT2_SUM_STATFS		0x8ULL
#define OBD_CONNECT2_OVERSTRIPING	0x10ULL
#define OBD_CONNECT2_FLR		0x20ULL
#define OBD_CONNECT2_LOCK_CONVERT	0x80ULL
#define OBD_CONNECT2_ARCHIVE_ID_ARRAY	0x100ULL
#define OBD_CONNECT2_INC_XID		0x200ULL
#define OBD_CONNECT2_SELINUX_POLICY	0x400ULL
#define OBD_CONNECT2_LSOM		0x800ULL
#define OBD_CONNECT2_PCC		0x1000ULL
#define OBD_CONNECT2_CRUSH		0x2000ULL
#define OBD_CONNECT2_ASYNC_DISCARD	0x4000ULL
#define OBD_CONNECT2_ENCRYPT		0x8000ULL
#define OBD_CONNECT2_GETATTR_PFID	0x20000ULL
#define OBD_CONNECT2_LSEEK		0x40000ULL
#define OBD_CONNECT2_DOM_LVB		0x80000ULL
#define OBD_CONNECT2_REP_MBITS		0x100000ULL
#define OBD_CONNECT2_BATCH_RPC		0x400000ULL
#define OBD_CONNECT2_PCCRO		0x800000ULL
#define OBD_CONNECT2_LOCK_CONTENTION	0x2000000ULL
#define OBD_CONNECT2_ATOMIC_OPEN_LOCK	0x4000000ULL
#define OBD_CONNECT2_ENCRYPT_NAME	0x8000000ULL
#define OBD_CONNECT2_DMV_IMP_INHERIT	0x20000000ULL
#define OBD_CONNECT2_ENCRYPT_FID2PATH	0x40000000ULL
#define OBD_CONNECT2_REPLAY_CREATE	0x80000000ULL
#define OBD_CONNECT2_LARGE_NID		0x100000000ULL
#define OBD_CONNECT2_UNALIGNED_DIO	0x400000000ULL
#define OBD_CONNECT2_MIRROR_ID_FIX	0x2000000000ULL
#define OBD_CONNECT2_READDIR_OPEN	0x8000000000ULL

/* ocd_cksum_types */
#define OBD_CKSUM_CRC32			0x01
#define OBD_CKSUM_ADLER			0x02
#define OBD_CKSUM_CRC32C		0x04
#define OBD_CKSUM_T10IP512		0x10
#define OBD_CKSUM_T10IP4K		0x20
#define OBD_CKSUM_T10CRC512		0x40
#define OBD_CKSUM_T10CRC4K		0x80

/* ---- Attributes common to metadata and object bodies --------------------- */

#define OBD_MD_FLID			0x1ULL
#define OBD_MD_FLATIME			0x2ULL
#define OBD_MD_FLMTIME			0x4ULL
#define OBD_MD_FLCTIME			0x8ULL
#define OBD_MD_FLSIZE			0x10ULL
#define OBD_MD_FLBLOCKS			0x20ULL
#define OBD_MD_FLBLKSZ			0x40ULL
#define OBD_MD_FLMODE			0x80ULL
#define OBD_MD_FLTYPE			0x100ULL
#define OBD_MD_FLUID			0x200ULL
#define OBD_MD_FLGID			0x400ULL
#define OBD_MD_FLFLAGS			0x800ULL
#define OBD_MD_DOM_SIZE			0x1000ULL
#define OBD_MD_FLNLINK			0x2000ULL
#define OBD_MD_FLPARENT			0x4000ULL
#define OBD_MD_LAYOUT_VERSION		0x8000ULL
#define OBD_MD_FLRDEV			0x10000ULL
#define OBD_MD_FLEASIZE			0x20000ULL
#define OBD_MD_LINKNAME			0x40000ULL
#define OBD_MD_FLHANDLE			0x80000ULL
#define OBD_MD_FLCKSUM			0x100000ULL
#define OBD_MD_FLPRJQUOTA		0x400000ULL
#define OBD_MD_FLGROUP			0x1000000ULL
#define OBD_MD_FLFID			0x2000000ULL
#define OBD_MD_FLGRANT			0x8000000ULL
#define OBD_MD_FLDIREA			0x10000000ULL
#define OBD_MD_FLUSRQUOTA		0x20000000ULL
#define OBD_MD_FLGRPQUOTA		0x40000000ULL
#define OBD_MD_FLMODEASIZE		0x80000000ULL
#define OBD_MD_MDS			0x100000000ULL
#define OBD_MD_MEA			0x400000000ULL
#define OBD_MD_TSTATE			0x800000000ULL
#define OBD_MD_FLXATTR			0x1000000000ULL
#define OBD_MD_FLXATTRLS		0x2000000000ULL
#define OBD_MD_FLXATTRRM		0x4000000000ULL
#define OBD_MD_FLACL			0x8000000000ULL
#define OBD_MD_FLAGSTATFS		0x10000000000ULL
#define OBD_MD_FLCROSSREF		0x100000000000ULL
#define OBD_MD_FLGETATTRLOCK		0x200000000000ULL
#define OBD_MD_FLOBJCOUNT		0x400000000000ULL
#define OBD_MD_FLDATAVERSION		0x10000000000000ULL
#define OBD_MD_CLOSE_INTENT_EXECED	0x20000000000000ULL
#define OBD_MD_DEFAULT_MEA		0x40000000000000ULL
#define OBD_MD_FLOSTLAYOUT		0x80000000000000ULL
#define OBD_MD_FLPROJID			0x100000000000000ULL
#define OBD_MD_SECCTX			0x200000000000000ULL
#define OBD_MD_FLLAZYSIZE		0x400000000000000ULL
#define OBD_MD_FLLAZYBLOCKS		0x800000000000000ULL
#define OBD_MD_FLBTIME			0x1000000000000000ULL
#define OBD_MD_ENCCTX			0x2000000000000000ULL
#define OBD_MD_NAMEHASH			0x4000000000000000ULL

#define OBD_MD_FLGETATTR						\
	(OBD_MD_FLID | OBD_MD_FLATIME | OBD_MD_FLMTIME | OBD_MD_FLCTIME | \
	 OBD_MD_FLSIZE | OBD_MD_FLBLKSZ | OBD_MD_FLMODE | OBD_MD_FLTYPE | \
	 OBD_MD_FLUID | OBD_MD_FLGID | OBD_MD_FLFLAGS | OBD_MD_FLNLINK | \
	 OBD_MD_FLPARENT | OBD_MD_FLRDEV | OBD_MD_FLGROUP |		\
	 OBD_MD_FLPROJID | OBD_MD_FLBTIME)

/* ---- statfs of either kind of target -------------------------------------- */

struct obd_statfs {
	__le64	os_type;
	__le64	os_blocks;
	__le64	os_bfree;
	__le64	os_bavail;
	__le64	os_files;
	__le64	os_ffree;
	__u8	os_fsid[40];
	__le32	os_bsize;
	__le32	os_namelen;
	__le64	os_maxbytes;
	__le32	os_state;	/* OS_STATFS_* */
	__le32	os_fprecreated;
	__le32	os_granted;
	__le32	os_spare[7];
};

static_assert(sizeof(struct obd_statfs) == 144);
static_assert(offsetof(struct obd_statfs, os_fsid) == 48);
static_assert(offsetof(struct obd_statfs, os_bsize) == 88);
static_assert(offsetof(struct obd_statfs, os_maxbytes) == 96);
static_assert(offsetof(struct obd_statfs, os_granted) == 112);

#define OS_STATFS_DEGRADED		0x1
#define OS_STATFS_READONLY		0x2
#define OS_STATFS_NOCREATE		0x4
#define OS_STATFS_ENOSPC		0x20
#define OS_STATFS_ENOINO		0x40
#define OS_STATFS_SUM			0x100
#define OS_STATFS_NONROT		0x200

/* Keys of *_SET_INFO and *_GET_INFO, sent with their NUL */
#define KEY_GRANT_SHRINK		"grant_shrink"
#define KEY_READ_ONLY			"read-only"
#define KEY_CHANGELOG_CLEAR		"changelog_clear"
#define KEY_FIEMAP			"fiemap"
#define KEY_FID2PATH			"fid2path"

#include "wire_ldlm.h"
#include "wire_lov.h"
#include "wire_mdt.h"
#include "wire_mgs.h"
#include "wire_ost.h"

#endif /* _LUSTRE_WIRE_H */
