/* SPDX-License-Identifier: GPL-2.0-only */
/* Distributed lock manager on the wire (document 06) */
#ifndef _LUSTRE_WIRE_LDLM_H
#define _LUSTRE_WIRE_LDLM_H

#include "wire.h"

enum ldlm_type {
	LDLM_PLAIN		= 10,
	LDLM_EXTENT		= 11,
	LDLM_FLOCK		= 12,
	LDLM_IBITS		= 13,
};

enum ldlm_mode {
	LCK_MODE_NONE		= 0,
	LCK_EX			= 1,
	LCK_PW			= 2,
	LCK_PR			= 4,
	LCK_CW			= 8,
	LCK_CR			= 16,
	LCK_NL			= 32,
	LCK_GROUP		= 64,
	LCK_COS			= 128,	/* never on the wire */
	LCK_TXN			= 256,	/* never on the wire */
};

/* Bits of an LDLM_IBITS policy */
#define MDS_INODELOCK_LOOKUP		0x01
#define MDS_INODELOCK_UPDATE		0x02
#define MDS_INODELOCK_OPEN		0x04
#define MDS_INODELOCK_LAYOUT		0x08
#define MDS_INODELOCK_PERM		0x10
#define MDS_INODELOCK_XATTR		0x20
#define MDS_INODELOCK_DOM		0x40
#define MDS_INODELOCK_FULL		0x7f

#define RES_NAME_SIZE			4
/* name[3] of a resource that carries flocks */
#define LDLM_RES_NAME_FLOCK		12

struct ldlm_res_id {
	__le64	name[RES_NAME_SIZE];
};

static_assert(sizeof(struct ldlm_res_id) == 32);

struct ldlm_extent {
	__le64	start;
	__le64	end;		/* inclusive */
	__le64	gid;
};

struct ldlm_inodebits {
	__le64	bits;
	union {
		__le64	try_bits;	/* enqueue */
		__le64	cancel_bits;	/* callbacks */
	};
	__le64	li_gid;
	__le32	li_padding;
	__le32	li_initiator_id;
};

struct ldlm_flock_wire {
	__le64	lfw_start;
	__le64	lfw_end;	/* inclusive */
	__le64	lfw_owner;
	__le32	lfw_padding;
	__le32	lfw_pid;
};

/* No field of this starts before the union ends: 32 bytes for every type */
union ldlm_policy_data {
	struct ldlm_extent	l_extent;
	struct ldlm_inodebits	l_inodebits;
	struct ldlm_flock_wire	l_flock;
	__le64			l_words[4];
};

static_assert(sizeof(union ldlm_policy_data) == 32);
static_assert(offsetof(struct ldlm_inodebits, li_initiator_id) == 28);
static_assert(offsetof(struct ldlm_flock_wire, lfw_pid) == 28);

/* End of file in an extent */
#define OBD_OBJECT_EOF			0xffffffffffffffffULL

struct ldlm_resource_desc {
	__le32			lr_type;
	__le32			lr_pad;
	struct ldlm_res_id	lr_name;
};

struct ldlm_lock_desc {
	struct ldlm_resource_desc	l_resource;
	__le32				l_req_mode;
	__le32				l_granted_mode;
	union ldlm_policy_data		l_policy_data;
};

static_assert(sizeof(struct ldlm_resource_desc) == 40);
static_assert(sizeof(struct ldlm_lock_desc) == 80);
static_assert(offsetof(struct ldlm_lock_desc, l_req_mode) == 40);
static_assert(offsetof(struct ldlm_lock_desc, l_granted_mode) == 44);
static_assert(offsetof(struct ldlm_lock_desc, l_policy_data) == 48);

#define LDLM_LOCKREQ_HANDLES		2
/* Offset of the new lock's handle / first handle to cancel early in ENQUEUE */
#define LDLM_ENQUEUE_CANCEL_OFF		1

struct ldlm_request {
	__le32			lock_flags;
	__le32			lock_count;
	struct ldlm_lock_desc	lock_desc;
	struct lustre_handle	lock_handle[LDLM_LOCKREQ_HANDLES];
	/* more handles may follow */
};

/* Shortest form that is read: a header and one handle */
#define LDLM_REQUEST_MIN_SIZE		96

static_assert(sizeof(struct ldlm_request) == 104);
static_assert(offsetof(struct ldlm_request, lock_desc) == 8);
static_assert(offsetof(struct ldlm_request, lock_handle) == 88);

struct ldlm_reply {
	__le32			lock_flags;
	__le32			lock_padding;
	struct ldlm_lock_desc	lock_desc;
	struct lustre_handle	lock_handle;
	__le64			lock_policy_res1;	/* DISP_* */
	__le64			lock_policy_res2;	/* signed status */
};

static_assert(sizeof(struct ldlm_reply) == 112);
static_assert(offsetof(struct ldlm_reply, lock_handle) == 88);
static_assert(offsetof(struct ldlm_reply, lock_policy_res1) == 96);

struct ldlm_intent {
	__le64	opc;		/* IT_* */
};

static_assert(sizeof(struct ldlm_intent) == 8);

#define IT_OPEN				0x0001
#define IT_CREAT			0x0002
#define IT_READDIR			0x0004
#define IT_GETATTR			0x0008
#define IT_LOOKUP			0x0010
#define IT_GETXATTR			0x0080
#define IT_LAYOUT			0x0400
#define IT_QUOTA_DQACQ			0x0800
#define IT_QUOTA_CONN			0x1000
#define IT_GLIMPSE			0x4000
#define IT_BRW				0x8000

/* lock_policy_res1 of a reply to an intent */
#define DISP_IT_EXECD			0x00000001
#define DISP_LOOKUP_EXECD		0x00000002
#define DISP_LOOKUP_NEG			0x00000004
#define DISP_LOOKUP_POS			0x00000008
#define DISP_OPEN_CREATE		0x00000010
#define DISP_OPEN_OPEN			0x00000020
#define DISP_OPEN_LOCK			0x02000000
#define DISP_OPEN_LEASE			0x04000000
#define DISP_OPEN_STRIPE		0x08000000
#define DISP_OPEN_DENY			0x10000000

/* lock_flags; only these 32 bits travel */
#define LDLM_FL_LOCK_CHANGED		0x00000001U
#define LDLM_FL_BLOCK_GRANTED		0x00000002U
#define LDLM_FL_BLOCK_CONV		0x00000004U
#define LDLM_FL_BLOCK_WAIT		0x00000008U
#define LDLM_FL_SPECULATIVE		0x00000010U
#define LDLM_FL_AST_SENT		0x00000020U
#define LDLM_FL_CONTENTION		0x00000040U
#define LDLM_FL_REPLAY			0x00000100U
#define LDLM_FL_INTENT_ONLY		0x00000200U
#define LDLM_FL_HAS_INTENT		0x00001000U
#define LDLM_FL_FLOCK_DEADLOCK		0x00008000U
#define LDLM_FL_DISCARD_DATA		0x00010000U
#define LDLM_FL_NO_TIMEOUT		0x00020000U
#define LDLM_FL_BLOCK_NOWAIT		0x00040000U
#define LDLM_FL_TEST_LOCK		0x00080000U
#define LDLM_FL_CANCEL_ON_BLOCK		0x00800000U
#define LDLM_FL_COS_INCOMPAT		0x01000000U
#define LDLM_FL_NO_EXPANSION		0x20000000U
#define LDLM_FL_DENY_ON_CONTENTION	0x40000000U
#define LDLM_FL_AST_DISCARD_DATA	0x80000000U

/* Any other bit in an ENQUEUE is refused by servers from 2.17 on */
#define LDLM_FL_ENQUEUE_MASK						\
	(LDLM_FL_BLOCK_GRANTED | LDLM_FL_BLOCK_WAIT |			\
	 LDLM_FL_SPECULATIVE | LDLM_FL_REPLAY | LDLM_FL_INTENT_ONLY |	\
	 LDLM_FL_HAS_INTENT | LDLM_FL_BLOCK_NOWAIT | LDLM_FL_TEST_LOCK | \
	 LDLM_FL_CANCEL_ON_BLOCK | LDLM_FL_NO_EXPANSION |		\
	 LDLM_FL_DENY_ON_CONTENTION | LDLM_FL_AST_DISCARD_DATA)

/* What a client lock takes over from the reply's flags */
#define LDLM_FL_INHERIT_MASK						\
	(LDLM_FL_CANCEL_ON_BLOCK | LDLM_FL_NO_TIMEOUT |			\
	 LDLM_FL_TEST_LOCK | LDLM_FL_NO_EXPANSION)

/* Lock value block of an OST extent lock */
struct ost_lvb {
	__le64	lvb_size;
	__le64	lvb_mtime;
	__le64	lvb_atime;
	__le64	lvb_ctime;
	__le64	lvb_blocks;
	__le32	lvb_mtime_ns;
	__le32	lvb_atime_ns;
	__le32	lvb_ctime_ns;
	__le32	lvb_padding;
};

/* Without OBD_CONNECT_LVB_TYPE only this much of it travels */
#define OST_LVB_V1_SIZE			40

static_assert(sizeof(struct ost_lvb) == 56);
static_assert(offsetof(struct ost_lvb, lvb_mtime_ns) == OST_LVB_V1_SIZE);

/* lvb_blocks carrying an errno in place of an LVB */
#define OST_LVB_ERR_INIT		0xffbadbad80000000ULL
#define OST_LVB_ERR_MASK		0xffbadbad00000000ULL

#endif /* _LUSTRE_WIRE_LDLM_H */
