/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The RPC room from inside.
 *
 * Locks, outermost first:
 *   ptlrpc_net.lock	list of imports
 *   ptlrpc_import.lock	everything of an import that changes, and the life of
 *			its requests; spinlock, process context only
 * LNet's own locks nest inside.  Neither is held during an upcall.
 */
#ifndef _LUSTRE_PTLRPC_INTERNAL_H
#define _LUSTRE_PTLRPC_INTERNAL_H

#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mempool.h>
#include <linux/ratelimit.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include <trace/events/lustre.h>

#include "wire.h"
#include "ptlrpc/ptlrpc.h"

/* Constants of 03 section 11, seconds */
#define PTLRPC_AT_START		5
#define PTLRPC_CONNECT_TIMEOUT	5U	/* at least */
#define PTLRPC_CONNECT_FIRST	3	/* while there are other addresses */
#define PTLRPC_FORCED_TIMEOUT	2	/* of the DISCONNECT of a forced umount */
#define PTLRPC_LATENCY_STEP	5U	/* per round of connect attempts */
#define PTLRPC_LATENCY_MAX	50U
#define PTLRPC_PING_UNCOMMITTED	7U	/* while transactions are not safe */
#define PTLRPC_AT_BINS		4	/* parts of the history */

#define PTLRPC_MAX_SLOTS	255	/* modify slots, the extra one included */
#define PTLRPC_AT_PORTALS	8	/* request portals of one import */
#define PTLRPC_HISTORY		16	/* state changes remembered */
#define PTLRPC_MGS_HEARD	4	/* management servers remembered */
#define PTLRPC_CB_MAX_SIZE	8192	/* largest inbound request, bytes */
#define PTLRPC_REPLY_SLACK	256	/* room for a larger reply, bytes */
/* Lines about one import's comings and goings: so many in so many seconds */
#define PTLRPC_TELL_INTERVAL	600
#define PTLRPC_TELL_BURST	20

/* Flags of a request known to this room alone, beside PTLRPC_REQ_* */
#define PTLRPC_REQ_RECOVERY	0x010000 /* sent by the recovery work itself */
#define PTLRPC_REQ_CONNECT	0x020000 /* a CONNECT */
#define PTLRPC_REQ_PING		0x040000
#define PTLRPC_REQ_DISCONNECT	0x080000 /* a DISCONNECT; closing allowed */
#define PTLRPC_REQ_POOLED	0x100000 /* memory comes from the reserve */
#define PTLRPC_REQ_POOLED_BULK	0x400000 /* that of the bulk does */
#define PTLRPC_REQ_RESERVE	0x200000 /* must not fail for want of memory */

/* ------------------------------------------------------------- opcode.c -- */

/**
 * struct ptlrpc_opcode - where an operation goes
 * @opc: number
 * @name: for messages
 * @version: version class
 * @mdt: request portal at an MDT, 0: not sent there
 * @ost: ... at an OST
 * @mgs: ... at the MGS
 * @bulk: portal of its bulk data, or 0
 */
struct ptlrpc_opcode {
	u16		opc;
	const char	*name;
	u32		version;
	u8		mdt, ost, mgs, bulk;
};

const struct ptlrpc_opcode *ptlrpc_opcode_find(u32 opc);
u32 ptlrpc_opcode_portal(const struct ptlrpc_opcode *op,
			 enum ptlrpc_target target);
u32 ptlrpc_reply_portal(u32 portal);
u32 ptlrpc_portal_limit(u32 portal);

/* ------------------------------------------------------------ message.c -- */

u32 ptlrpc_msg_size(const u32 *lens, unsigned int count);
void ptlrpc_msg_init(struct lustre_msg_v2 *msg, const u32 *lens,
		     unsigned int count);
int ptlrpc_msg_check(const void *data, size_t len, const char **why);
int ptlrpc_msg_check_type(const struct lustre_msg_v2 *msg, bool request,
			  const char **why);
u32 ptlrpc_msg_len(const struct lustre_msg_v2 *msg);
u32 ptlrpc_msg_buflen(const struct lustre_msg_v2 *msg, unsigned int i);
void *ptlrpc_msg_buf(struct lustre_msg_v2 *msg, unsigned int i, u32 min_size);
const char *ptlrpc_msg_str(struct lustre_msg_v2 *msg, unsigned int i,
			   size_t *len);
void ptlrpc_msg_resize(struct lustre_msg_v2 *msg, unsigned int i, u32 len);

/* Start of a message, copied out of memory that may still change */
struct ptlrpc_peek {
	union {
		struct lustre_msg_v2	msg;
		/* header for all buffers that there can be, and the body */
		u64			raw[(32 + 4 * LUSTRE_MSG_MAX_BUFFERS +
					     sizeof(struct ptlrpc_body)) / 8];
	};
};

int ptlrpc_msg_peek(const void *data, size_t len, struct ptlrpc_peek *peek);
bool ptlrpc_msg_early_ok(struct ptlrpc_peek *peek);

static inline struct ptlrpc_body *ptlrpc_msg_body(struct lustre_msg_v2 *msg)
{
	return ptlrpc_msg_buf(msg, 0, PTLRPC_BODY_MIN_SIZE);
}

/* ---------------------------------------------------------------- net.c -- */

/**
 * struct ptlrpc_net - RPC state of a network namespace
 * @net: the namespace, referenced
 * @ns_tracker: of that reference
 * @ln: LNet of the namespace
 * @users: mounts, under the mutex of the per-namespace slot
 * @handlers: who serves inbound opcodes
 * @last_xid: highest xid handed out
 * @handles: cookie -> object
 * @lock: protects @imports and @mgs_heard
 * @imports: all imports, for news about peers
 * @mgs_heard: management servers that answered of late, the last one first
 * @listener: hears of lost connections
 * @service: portal 15
 * @nr_inbound: inbound requests being served
 * @inbound_wait: woken when @nr_inbound falls to 0
 */
struct ptlrpc_net {
	struct net				*net;
	netns_tracker				ns_tracker;
	struct lnet				*ln;
	unsigned int				users;
	const struct ptlrpc_in_handler		*handlers;
	atomic64_t				last_xid;
	struct rhashtable			handles;
	spinlock_t				lock;	/* these two */
	struct list_head			imports;
	struct lnet_nid				mgs_heard[PTLRPC_MGS_HEARD];
	struct lnet_listener			listener;
	struct lnet_service			service;
	atomic_t				nr_inbound;
	wait_queue_head_t			inbound_wait;
};

/* completions of requests, timers; never waits for a request */
extern struct workqueue_struct *ptlrpc_wq;
/* recovery of imports: one work each, waits for requests */
extern struct workqueue_struct *ptlrpc_recov_wq;
/* inbound requests */
extern struct workqueue_struct *ptlrpc_in_wq;

u64 ptlrpc_next_xid(struct ptlrpc_net *pn);
int ptlrpc_service_start(struct ptlrpc_net *pn);
void ptlrpc_service_stop(struct ptlrpc_net *pn);
int ptlrpc_handles_init(struct ptlrpc_net *pn);
void ptlrpc_handles_exit(struct ptlrpc_net *pn);
int ptlrpc_request_init(void);
void ptlrpc_request_exit(void);

/* -------------------------------------------------------------- imports -- */

/**
 * struct ptlrpc_peer - one address of a target
 * @list: ptlrpc_import.peers, best first
 * @nid: the address
 * @tried: since the import was FULL
 * @last: jiffies of the last attempt
 */
struct ptlrpc_peer {
	struct list_head	list;
	struct lnet_nid		nid;
	bool			tried;
	unsigned long		last;
};

/* Estimate of one service, seconds */
struct ptlrpc_at {
	u32	portal;
	u32	est;
};

/**
 * struct ptlrpc_reserve - memory with which write-back to a target gets on
 * @req: requests
 * @msg: their messages
 * @rep: and room for the answers: one pool for each way, so that no request
 *	waits for its own answer
 * @bulk: descriptions of data
 * @bv: fragments after cutting
 *
 * Taken in this order.  Whatever has some of it must end without the help of
 * others: its request goes out and is answered, and is not retained until the
 * target commits.
 */
struct ptlrpc_reserve {
	mempool_t	req;
	mempool_t	msg;
	mempool_t	rep;
	mempool_t	bulk;
	mempool_t	bv;
};

/* How far recovery got; survives a lost connection (04 section 4.1 case 5) */
enum ptlrpc_stage {
	PTLRPC_STAGE_NONE,
	PTLRPC_STAGE_REPLAY,
	PTLRPC_STAGE_LOCKS,
	PTLRPC_STAGE_WAIT,
};

/*
 * Our end of the connection to a target.
 *
 * Constant from creation on unless grouped under @lock.
 */
struct ptlrpc_import {
	refcount_t			ref;
	struct rcu_head			rcu;
	struct ptlrpc_handle		handle;	/* cookie in CONNECT */
	struct ptlrpc_net		*pn;
	struct list_head		net_link;	/* under pn->lock */
	enum ptlrpc_target		target;
	char				name[64];
	char				target_uuid[LUSTRE_UUID_LEN];
	char				client_uuid[LUSTRE_UUID_LEN];
	struct ptlrpc_connect		offer;		/* template */
	const struct ptlrpc_import_ops	*ops;
	void				*data;
	void				*ns;		/* set once, early */
	const struct ptlrpc_timeouts	*timeouts;
	u32				main_portal;
	struct ptlrpc_reserve		reserve;

	wait_queue_head_t		wait;	/* state, errors, counters */
	struct ratelimit_state		tell_limit;	/* comings and goings */
	struct delayed_work		recov;	/* the state machine */
	struct delayed_work		tick;	/* deadlines, retries, pings */

	spinlock_t			lock;	/* protects what follows */
	/* everything below: under lock */
	enum ptlrpc_import_state	state;
	enum ptlrpc_stage		stage;
	bool				closing;	/* no way back */
	bool				inactive;	/* by the administrator */
	bool				give_up;	/* never wait for it */
	bool				evict;		/* invalidate due */
	bool				was_full;	/* tell disconnected() */
	bool				replayable;
	bool				used;		/* something to lose */
	bool				vbr_failed;
	bool				want_idle;
	bool				ping_out;	/* a ping is in flight */
	bool				tick_fast;	/* tick each second */
	bool				told;		/* of its absence */
	bool				told_busy;	/* of its "not yet" */
	time64_t			down_since;	/* seconds since boot */
	unsigned long			not_yet;	/* jiffies, said last */
	int				last_error;	/* of connecting */
	int				fatal;		/* do not hope */
	u32				generation;
	u32				conn_cnt;
	u64				remote;		/* server's cookie, opaque */
	u32				msg_flags;	/* lm_flags now */
	struct ptlrpc_connect		granted;
	struct list_head		peers;
	struct lnet_nid			nid;		/* in use */
	bool				nid_valid;
	unsigned int			rounds;		/* without an answer */
	unsigned int			failures;	/* pauses since FULL */

	struct list_head		unreplied;	/* xid order */
	struct list_head		delayed;	/* not sent, no xid yet */
	struct list_head		slot_wait;	/* ... for a slot */
	struct list_head		slot_wait_close;
	DECLARE_BITMAP(slots, PTLRPC_MAX_SLOTS + 1);
	unsigned int			nr_active;	/* sent to done() */
	unsigned int			nr_old;		/* of old generations */
	unsigned int			nr_inbound;	/* handlers running */
	bool				deaf;		/* no new handlers */
	bool				hooked;		/* in pn's tables */

	struct list_head		replay;		/* (transno, xid) order */
	struct list_head		opens;		/* committed, still open */
	u64				last_committed;
	u64				replay_cursor;	/* transno replayed last */
	u64				replay_xid;	/* and its xid */

	struct ptlrpc_at		at[PTLRPC_AT_PORTALS];
	u32				latency;	/* network, seconds */
	u32				latencies[PTLRPC_AT_BINS]; /* of late */
	unsigned long			latency_since;	/* jiffies: first bin */
	u64				slv;
	u32				pool_limit;
	unsigned int			idle_secs;	/* 0: never idle */
	unsigned long			last_sent;	/* jiffies */
	unsigned long			last_used;	/* not counting pings */
	unsigned long			last_reply;
	unsigned long			state_since;

	struct ptlrpc_import_stats	stats;
	struct {
		u8			state;
		time64_t		when;
	}				history[PTLRPC_HISTORY];
	unsigned int			history_next;
};

extern const struct ptlrpc_handle_type ptlrpc_import_handle;

__printf(2, 3)
void ptlrpc_import_warn(const struct ptlrpc_import *imp, const char *fmt, ...);
__printf(2, 3)
void ptlrpc_import_info(struct ptlrpc_import *imp, const char *fmt, ...);
void ptlrpc_import_set_state(struct ptlrpc_import *imp,
			     enum ptlrpc_import_state state,
			     enum lustre_import_trace why);
void ptlrpc_import_lost(struct ptlrpc_import *imp, u32 conn_cnt, bool now);
void ptlrpc_import_peer_down(struct ptlrpc_import *imp,
			     const struct lnet_nid *peer);
void ptlrpc_import_schedule(struct ptlrpc_import *imp, unsigned long delay);
void ptlrpc_import_deactivate_locked(struct ptlrpc_import *imp);

/* recover.c */
void ptlrpc_recov_work(struct work_struct *work);

/* connect.c */

/* What a CONNECT reply says */
struct ptlrpc_connect_result {
	bool			answered;	/* by the server, not by LNet */
	u32			op_flags;	/* MSG_CONNECT_* */
	u64			cookie;		/* the server's, opaque */
	u64			last_committed;
	struct ptlrpc_connect	granted;
};

struct ptlrpc_peer *ptlrpc_peer_select(struct ptlrpc_import *imp);
bool ptlrpc_peer_untried(const struct ptlrpc_import *imp);
void ptlrpc_peer_good(struct ptlrpc_import *imp);
void ptlrpc_peers_reset(struct ptlrpc_import *imp);
void ptlrpc_peers_prefer(struct ptlrpc_import *imp);
void ptlrpc_peer_heard(struct ptlrpc_import *imp);
int ptlrpc_connect_once(struct ptlrpc_import *imp,
			struct ptlrpc_connect_result *res);
int ptlrpc_disconnect_rpc(struct ptlrpc_import *imp, bool force);
void ptlrpc_ocd_unpack(struct ptlrpc_connect *c,
		       const struct obd_connect_data *ocd, u32 len);
int ptlrpc_connect_unpack(struct ptlrpc_request *req,
			  const struct ptlrpc_connect *want,
			  struct ptlrpc_connect_result *res);
void ptlrpc_peers_free(struct ptlrpc_import *imp);

/* replay.c */
void ptlrpc_replay_retain(struct ptlrpc_request *req);
void ptlrpc_replay_trim(struct ptlrpc_import *imp);
void ptlrpc_replay_discard(struct ptlrpc_import *imp, u64 committed);
u64 ptlrpc_replay_first(const struct ptlrpc_import *imp);
int ptlrpc_replay_requests(struct ptlrpc_import *imp, bool resent);

/* pinger.c */
void ptlrpc_tick_work(struct work_struct *work);
void ptlrpc_tick_arm(struct ptlrpc_import *imp);
int ptlrpc_ping_final(struct ptlrpc_import *imp);

/* timeout.c */
extern const struct ptlrpc_timeouts ptlrpc_default_timeouts;
u32 ptlrpc_at_get(const struct ptlrpc_import *imp, u32 portal);
u32 ptlrpc_at_timeout(u32 est);
u32 ptlrpc_ping_secs(const struct ptlrpc_import *imp);
void ptlrpc_latency_learn(struct ptlrpc_import *imp, u32 sample);
void ptlrpc_at_reply(struct ptlrpc_request *req);
void ptlrpc_at_early(struct ptlrpc_request *req, u32 timeout);
void ptlrpc_at_start(struct ptlrpc_request *req);

/* slot.c */
bool ptlrpc_mod_slot_take(struct ptlrpc_request *req);
void ptlrpc_mod_slot_put(struct ptlrpc_request *req);

/* ------------------------------------------------------------- requests -- */

/*
 * Life of a request, under imp->lock:
 *
 *   NEW --send--> DELAYED --pump--> WIRE --work--> DONE
 *                   |                | ^
 *                 FAILED          RESEND, RETRY
 *
 * WIRE is one transmission.  It ends when all its memory descriptors are gone
 * from LNet; then the work looks at what happened and decides.
 */
enum ptlrpc_phase {
	PTLRPC_PHASE_NEW,
	PTLRPC_PHASE_DELAYED,	/* on imp->delayed or a slot list */
	PTLRPC_PHASE_WIRE,	/* on imp->unreplied, like the next two */
	PTLRPC_PHASE_RESEND,	/* when the import has recovered */
	PTLRPC_PHASE_RETRY,	/* at retry_at, with a new xid */
	PTLRPC_PHASE_FAILED,	/* never sent; work reports req->rc */
	PTLRPC_PHASE_DONE,
};

/* Why a transmission ended, if not by an answer; of several the last here */
enum ptlrpc_end {
	PTLRPC_END_NONE,
	PTLRPC_END_LOST,	/* the import's connection is */
	PTLRPC_END_NETERR,	/* request.neterr */
	PTLRPC_END_TIMEOUT,
	PTLRPC_END_TRUNCATED,	/* an answer of request.rep_need bytes */
	PTLRPC_END_KILLED,	/* request.killed */
};

/* What else is true of a request, bits of its @marks */
enum ptlrpc_mark {
	PTLRPC_BOUND,		/* to its generation */
	PTLRPC_RESENT,
	/* this transmission */
	PTLRPC_SETUP,		/* ptlrpc_xmit() is still running */
	PTLRPC_BULK_POSTED,
	PTLRPC_REPLY_POSTED,
	PTLRPC_REQUEST_POSTED,
	PTLRPC_LEFT,		/* given to the network */
	PTLRPC_EARLY,		/* early replies may come */
	PTLRPC_REPLIED,
	/* replay */
	PTLRPC_RETAINED,
	PTLRPC_KEEP_OPEN,	/* beyond commit */
	PTLRPC_COMMITTED,	/* upcall made or due */
	PTLRPC_DONE_CALLED,
	PTLRPC_REPLAYING,
};

#define PTLRPC_MARKS_XMIT						\
	(BIT(PTLRPC_SETUP) | BIT(PTLRPC_BULK_POSTED) |			\
	 BIT(PTLRPC_REPLY_POSTED) | BIT(PTLRPC_REQUEST_POSTED) |	\
	 BIT(PTLRPC_LEFT) | BIT(PTLRPC_EARLY) | BIT(PTLRPC_REPLIED))

/**
 * struct ptlrpc_bulk_md - a memory descriptor of bulk data
 * @md: as LNet knows it
 * @moved: bytes of it that were moved in this transmission, from its start
 */
struct ptlrpc_bulk_md {
	struct lnet_md	md;
	u32		moved;
};

/**
 * struct ptlrpc_bulk - data of a request that the server moves
 * @dir: direction
 * @nr_mds: memory descriptors
 * @nr_bv: fragments
 * @bv: fragments, none of which crosses from one descriptor into the next;
 *	the caller's array or @copy
 * @copy: own array, or NULL
 * @pooled: @copy belongs to the import's reserve
 * @own_pooled: and so does this struct
 * @left: descriptors not yet used in this transmission
 * @error: first error of this transmission
 * @length: all bytes
 * @md: the descriptors
 */
struct ptlrpc_bulk {
	enum ptlrpc_bulk_dir	dir;
	unsigned int		nr_mds;
	unsigned int		nr_bv;
	const struct bio_vec	*bv;
	struct bio_vec		*copy;
	bool			pooled;
	bool			own_pooled;
	atomic_t		left;
	int			error;
	size_t			length;
	struct ptlrpc_bulk_md	md[] __counted_by(nr_mds);
};

/**
 * struct ptlrpc_rep - room for an answer, and the answer
 * @buf: what the network writes to
 * @size: bytes allocated
 * @msg: the answer, inside of @buf and checked; NULL: none
 * @status: its status
 */
struct ptlrpc_rep {
	void			*buf;
	u32			size;
	struct lustre_msg_v2	*msg;
	int			status;
};

/* One RPC */
struct ptlrpc_request {
	refcount_t			ref;
	/* constant after packing */
	struct ptlrpc_import		*imp;
	const struct ptlrpc_opcode	*op;
	u32				flags;
	u32				req_portal;
	u32				rep_portal;
	u32				pb_flags;	/* extra ones */
	u32				op_flags;	/* CONNECT */
	unsigned int			fixed_timeout;	/* seconds or 0 */
	const struct ptlrpc_req_ops	*ops;
	void				*data;
	struct completion		completion;
	struct work_struct		work;
	ktime_t				begun;		/* ptlrpc_send() */

	/* request message; rewritten by the owner of the phase only */
	struct lustre_msg_v2		*msg;
	u32				msg_size;	/* bytes allocated */
	u32				rep_expect;	/* lm_repsize */

	/* the sender's to read, from done() to its last put */
	struct ptlrpc_rep		rep;
	u64				transno;
	/* the answer to a replay: of the recovery work, until replayed() */
	struct ptlrpc_rep		replay_rep;

	/* under imp->lock */
	enum ptlrpc_phase		phase;
	enum ptlrpc_end			end;		/* of this transmission */
	unsigned long			marks;		/* enum ptlrpc_mark */
	struct list_head		link;		/* by phase */
	u32				generation;
	u64				xid;
	u64				mbits;
	u16				slot;		/* 1 ...; 0: none */
	u16				tag;
	u32				conn_cnt;	/* of the transmission */
	int				killed;		/* errno to end with */
	unsigned int			retries;	/* -EINPROGRESS */
	unsigned int			grown;		/* reply buffer */
	unsigned long			retry_at;	/* jiffies */
	unsigned long			sent;		/* jiffies, first PUT */
	unsigned long			deadline;
	u32				timeout;	/* seconds */
	int				rc;
	/* this transmission, under imp->lock */
	int				neterr;
	u32				rep_off;
	u32				rep_len;
	u32				rep_need;
	/* this transmission: descriptors out, plus one while in setup */
	atomic_t			mds;
	struct kvec			req_kvec;
	struct kvec			rep_kvec;
	struct lnet_md			req_md;
	struct lnet_md			rep_md;
	struct lnet_nid			nid;
	struct ptlrpc_bulk		*bulk;

	/* replay, under imp->lock */
	struct list_head		replay_link;
	int				replay_rc;
};

int ptlrpc_reserve_init(struct ptlrpc_import *imp);
void ptlrpc_reserve_exit(struct ptlrpc_import *imp);
struct ptlrpc_request *ptlrpc_req_new(struct ptlrpc_import *imp, u32 opc,
				      const u32 *lens, unsigned int count,
				      u32 flags, gfp_t gfp);

static inline bool ptlrpc_is(const struct ptlrpc_request *req,
			     enum ptlrpc_mark mark)
{
	return test_bit(mark, &req->marks);
}

static inline void ptlrpc_mark(struct ptlrpc_request *req,
			       enum ptlrpc_mark mark)
{
	set_bit(mark, &req->marks);
}

static inline void ptlrpc_unmark(struct ptlrpc_request *req,
				 enum ptlrpc_mark mark)
{
	clear_bit(mark, &req->marks);
}

/* @error: what it came to, where that is known */
static inline void ptlrpc_trace(const struct ptlrpc_request *req, int error,
				enum lustre_rpc_trace why)
{
	if (trace_lustre_rpc_enabled())
		trace_lustre_rpc(req->imp->name, req->op->name, req->xid,
				 req->transno, error,
				 ktime_us_delta(ktime_get(), req->begun), why);
}

/* Where the present transmission has its answer. */
static inline struct ptlrpc_rep *ptlrpc_rep_now(struct ptlrpc_request *req)
{
	return ptlrpc_is(req, PTLRPC_REPLAYING) ? &req->replay_rep : &req->rep;
}

void ptlrpc_rep_free(struct ptlrpc_request *req, struct ptlrpc_rep *rep);
int ptlrpc_rep_prepare(struct ptlrpc_request *req, u32 need, gfp_t gfp);
const char *ptlrpc_req_name(const struct ptlrpc_request *req);

/* send.c */
u32 ptlrpc_rep_need(const struct ptlrpc_request *req);
void ptlrpc_xmit_prepare(struct ptlrpc_request *req);
void ptlrpc_xmit(struct ptlrpc_request *req);
void ptlrpc_xmit_end(struct ptlrpc_request *req, enum ptlrpc_end why);
void ptlrpc_req_begin(struct ptlrpc_request *req);
void ptlrpc_import_pump(struct ptlrpc_import *imp);
struct ptlrpc_request *ptlrpc_next_resend(struct ptlrpc_import *imp);

/* Which requests have no future? */
enum ptlrpc_fail {
	PTLRPC_FAIL_OLD,	/* those of older generations */
	PTLRPC_FAIL_USERS,	/* all but those of the recovery itself */
	PTLRPC_FAIL_NO_DELAY,	/* queued ones that do not want to wait */
	PTLRPC_FAIL_ALL,
};

unsigned int ptlrpc_fail_requests(struct ptlrpc_import *imp, int rc,
				  enum ptlrpc_fail which);

/* reply.c */
void ptlrpc_req_work(struct work_struct *work);
int ptlrpc_rep_unpack(struct ptlrpc_request *req);

/* bulk.c */
int ptlrpc_bulk_reserve_init(struct ptlrpc_reserve *reserve);
int ptlrpc_bulk_measure(const struct bio_vec *bv, unsigned int nr,
			unsigned int *nr_mds, unsigned int *nr_bv,
			size_t *length);
int ptlrpc_bulk_post(struct ptlrpc_request *req);
void ptlrpc_bulk_unlink(struct ptlrpc_request *req);
void ptlrpc_bulk_free(struct ptlrpc_request *req);
void ptlrpc_md_gone(struct ptlrpc_request *req);
void ptlrpc_md_unlink(struct lnet_md *md);

#endif /* _LUSTRE_PTLRPC_INTERNAL_H */
