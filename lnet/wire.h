/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LNet and its TCP transport as they appear on the wire.
 *
 * This header is shared by the kernel and by user space tools; it holds no
 * code and depends on nothing but fixed-width types.
 *
 * Byte order: the LNet header is little-endian always; struct lnet_nid is
 * big-endian always; everything typed plain __u32/__u64 is in the byte order
 * of the machine that sent it, which the magic at its start tells, or is an
 * opaque cookie that is echoed unchanged.
 */
#ifndef _LNET_WIRE_H
#define _LNET_WIRE_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <net/lnet_nid.h>

#define LNET_WIRE_PID_USERFLAG		0x80000000U
#define LNET_WIRE_PID_RESERVED		0xf0000000U

static_assert(sizeof(struct lnet_nid) == 20);
static_assert(offsetof(struct lnet_nid, nid_addr) == 4);

/* ---- LNet header ------------------------------------------------------- */

enum lnet_wire_msg_type {
	LNET_WIRE_MSG_ACK	= 0,
	LNET_WIRE_MSG_PUT	= 1,
	LNET_WIRE_MSG_GET	= 2,
	LNET_WIRE_MSG_REPLY	= 3,
	LNET_WIRE_MSG_HELLO	= 4,	/* V1 handshake only */
};

/* Opaque to everybody but its creator; all ones in both words: none */
struct lnet_wire_handle {
	__u64	wh_interface_cookie;
	__u64	wh_object_cookie;
};

#define LNET_WIRE_HANDLE_NONE		0xffffffffffffffffULL

struct lnet_wire_ack {
	struct lnet_wire_handle	dst_wmd;
	__le64			match_bits;
	__le32			mlength;
	__le32			pad[3];
};

struct lnet_wire_put {
	struct lnet_wire_handle	ack_wmd;
	__le64			match_bits;
	__u64			hdr_data;
	__le32			ptl_index;
	__le32			offset;
};

struct lnet_wire_get {
	struct lnet_wire_handle	return_wmd;
	__le64			match_bits;
	__le32			ptl_index;
	__le32			src_offset;
	__le32			sink_length;
	__le32			pad;
};

struct lnet_wire_reply {
	struct lnet_wire_handle	dst_wmd;
	__le64			pad[3];
};

union lnet_wire_msg {
	struct lnet_wire_ack	ack;
	struct lnet_wire_put	put;
	struct lnet_wire_get	get;
	struct lnet_wire_reply	reply;
};

static_assert(sizeof(struct lnet_wire_ack) == 40);
static_assert(sizeof(struct lnet_wire_put) == 40);
static_assert(sizeof(struct lnet_wire_get) == 40);
static_assert(sizeof(struct lnet_wire_reply) == 40);
static_assert(offsetof(struct lnet_wire_ack, mlength) == 24);
static_assert(offsetof(struct lnet_wire_put, match_bits) == 16);
static_assert(offsetof(struct lnet_wire_put, hdr_data) == 24);
static_assert(offsetof(struct lnet_wire_put, ptl_index) == 32);
static_assert(offsetof(struct lnet_wire_put, offset) == 36);
static_assert(offsetof(struct lnet_wire_get, ptl_index) == 24);
static_assert(offsetof(struct lnet_wire_get, src_offset) == 28);
static_assert(offsetof(struct lnet_wire_get, sink_length) == 32);

/* Header on connections of socklnd version 2 and 3 */
struct lnet_hdr_nid4 {
	__le64			dest_nid;
	__le64			src_nid;
	__le32			dest_pid;
	__le32			src_pid;
	__le32			type;
	__le32			payload_length;
	union lnet_wire_msg	msg;
};

/* Header on connections of socklnd version 4 */
struct lnet_hdr_nid16 {
	struct lnet_nid		dest_nid;
	struct lnet_nid		src_nid;
	__le32			dest_pid;
	__le32			src_pid;
	__le32			type;
	__le32			payload_length;
	union lnet_wire_msg	msg;
};

static_assert(sizeof(struct lnet_hdr_nid4) == 72);
static_assert(offsetof(struct lnet_hdr_nid4, dest_pid) == 16);
static_assert(offsetof(struct lnet_hdr_nid4, type) == 24);
static_assert(offsetof(struct lnet_hdr_nid4, payload_length) == 28);
static_assert(offsetof(struct lnet_hdr_nid4, msg) == 32);
static_assert(sizeof(struct lnet_hdr_nid16) == 96);
static_assert(offsetof(struct lnet_hdr_nid16, src_nid) == 20);
static_assert(offsetof(struct lnet_hdr_nid16, dest_pid) == 40);
static_assert(offsetof(struct lnet_hdr_nid16, type) == 48);
static_assert(offsetof(struct lnet_hdr_nid16, payload_length) == 52);
static_assert(offsetof(struct lnet_hdr_nid16, msg) == 56);

struct lnet_process_id_packed {
	__u64	nid;
	__u32	pid;
} __packed;

static_assert(sizeof(struct lnet_process_id_packed) == 12);

/* ---- LNet ping and push (portal 0) -------------------------------------- */

#define LNET_WIRE_RESERVED_PORTAL	0
#define LNET_WIRE_PING_MATCHBITS	0x8000000000000000ULL

#define LNET_PING_MAGIC			0x70696e67U
#define LNET_PING_MAGIC_SWABBED		0x676e6970U

#define LNET_PING_FEAT_BASE		0x01
#define LNET_PING_FEAT_NI_STATUS	0x02
#define LNET_PING_FEAT_RTE_DISABLED	0x04
#define LNET_PING_FEAT_MULTI_RAIL	0x08
#define LNET_PING_FEAT_DISCOVERY	0x10
#define LNET_PING_FEAT_LARGE_ADDR	0x20
#define LNET_PING_FEAT_PRIMARY_LARGE	0x40
#define LNET_PING_FEAT_METADATA		0x80

#define LNET_NI_STATUS_INVALID		0
#define LNET_NI_STATUS_UP		0x15aac0deU
#define LNET_NI_STATUS_DOWN		0xdeadfaceU

#define LNET_PING_MAX_NIDS		4096
/* Usual sink of a ping: the header and 16 entries */
#define LNET_PING_MIN_SINK		272

struct lnet_ni_status {
	__u64	ns_nid;
	__u32	ns_status;
	__u32	ns_msg_size;	/* entry 0: bytes of it all, with LARGE_ADDR */
};

/* Only 8 + nid_size bytes of the NID travel, the entry padded to 4 */
struct lnet_ni_large_status {
	__u32			ns_status;
	struct lnet_nid		ns_nid;
};

struct lnet_ping_info {
	__u32			pi_magic;
	__u32			pi_features;
	__u32			pi_pid;
	__u32			pi_nnis;
	struct lnet_ni_status	pi_ni[];
};

static_assert(sizeof(struct lnet_ni_status) == 16);
static_assert(sizeof(struct lnet_ni_large_status) == 24);
static_assert(sizeof(struct lnet_ping_info) == 16);

/* ---- TCP transport (socklnd) --------------------------------------------- */

#define LNET_WIRE_ACCEPTOR_PORT		988
#define LNET_WIRE_MIN_RESERVED_PORT	512
#define LNET_WIRE_MAX_RESERVED_PORT	1023

#define LNET_PROTO_ACCEPTOR_MAGIC	0xacce7100U
#define LNET_PROTO_MAGIC		0x45726963U
#define LNET_PROTO_TCP_MAGIC_V1		0xeebc0dedU	/* bytes ed 0d bc ee */
#define LNET_PROTO_ACCEPTOR_VERSION_1	1
#define LNET_PROTO_ACCEPTOR_VERSION_2	2

/* Acceptor request naming a four-byte-address NID */
struct lnet_acceptor_connreq_v1 {
	__u32	acr_magic;
	__u32	acr_version;
	__u64	acr_nid;
};

/* Acceptor request naming any NID */
struct lnet_acceptor_connreq_v2 {
	__u32			acr_magic;
	__u32			acr_version;
	struct lnet_nid		acr_nid;
};

static_assert(sizeof(struct lnet_acceptor_connreq_v1) == 16);
static_assert(sizeof(struct lnet_acceptor_connreq_v2) == 28);

#define KSOCK_PROTO_V1			1
#define KSOCK_PROTO_V2			2
#define KSOCK_PROTO_V3			3
#define KSOCK_PROTO_V4			4

/* Connection types, from the view of the end that names them */
#define SOCKLND_CONN_NONE		(-1)	/* refusal */
#define SOCKLND_CONN_ANY		0
#define SOCKLND_CONN_CONTROL		1
#define SOCKLND_CONN_BULK_IN		2
#define SOCKLND_CONN_BULK_OUT		3

/* HELLO of versions 2 and 3; kshm_nips addresses of 4 bytes follow */
struct ksock_hello_v3 {
	__u32	kshm_magic;
	__u32	kshm_version;
	__u64	kshm_src_nid;
	__u64	kshm_dst_nid;
	__u32	kshm_src_pid;
	__u32	kshm_dst_pid;
	__u64	kshm_src_incarnation;
	__u64	kshm_dst_incarnation;
	__u32	kshm_ctype;
	__u32	kshm_nips;
};

/* HELLO of version 4 */
struct ksock_hello_v4 {
	__u32			kshm_magic;
	__u32			kshm_version;
	struct lnet_nid		kshm_src_nid;
	struct lnet_nid		kshm_dst_nid;
	__u32			kshm_src_pid;
	__u32			kshm_dst_pid;
	__u64			kshm_src_incarnation;
	__u64			kshm_dst_incarnation;
	__u32			kshm_ctype;
	__u32			kshm_nips;
};

#define KSOCK_HELLO_MAX_IPS		16

static_assert(sizeof(struct ksock_hello_v3) == 56);
static_assert(offsetof(struct ksock_hello_v3, kshm_src_incarnation) == 32);
static_assert(offsetof(struct ksock_hello_v3, kshm_ctype) == 48);
static_assert(sizeof(struct ksock_hello_v4) == 80);
static_assert(offsetof(struct ksock_hello_v4, kshm_dst_nid) == 28);
static_assert(offsetof(struct ksock_hello_v4, kshm_src_pid) == 48);
static_assert(offsetof(struct ksock_hello_v4, kshm_src_incarnation) == 56);
static_assert(offsetof(struct ksock_hello_v4, kshm_ctype) == 72);

#define KSOCK_MSG_NOOP			0xc0
#define KSOCK_MSG_LNET			0xc1

/* Before every message of the stream; for KSOCK_MSG_LNET an LNet header follows */
struct ksock_msg_hdr {
	__u32	ksh_type;
	__u32	ksh_csum;
	__u64	ksh_zc_cookies[2];
};

static_assert(sizeof(struct ksock_msg_hdr) == 24);
static_assert(offsetof(struct ksock_msg_hdr, ksh_zc_cookies) == 8);

/* Reserved value of ksh_zc_cookies[1] of a NOOP: nothing but a sign of life */
#define KSOCK_KEEPALIVE_PING		1
/* First cookie a node asks to have acknowledged */
#define KSOCK_ZC_FIRST_COOKIE		2

/* From this size on (transport and LNet header included) BULK_OUT carries it */
#define KSOCK_MIN_BULK			1024

/* Largest frame before the payload: transport header and the larger LNet one */
#define KSOCK_MAX_HDR			(sizeof(struct ksock_msg_hdr) + \
					 sizeof(struct lnet_hdr_nid16))

#endif /* _LNET_WIRE_H */
