/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lustre RPC: what the rooms above (ldlm, mgc, mdc, osc, VFS) code against.
 *
 * Objects
 *   ptlrpc_net      one per network namespace, shared by its mounts
 *   ptlrpc_import   our end of the connection to one target (MGS, MDT, OST)
 *   ptlrpc_request  one RPC that we send: buffers, bulk, reply
 *   ptlrpc_inbound  one RPC that a server sends to us (lock callbacks)
 *   ptlrpc_handle   a 64-bit cookie that a server quotes to name our object
 *
 * Buffer numbers are those of the wire: 0 is the ptlrpc_body and belongs to
 * this room, the operation's records start at 1.
 *
 * Unless stated otherwise a function may sleep and takes no lock that the
 * caller could hold.  Spec: documents 03 (wire) and 04 (import, recovery).
 */
#ifndef _LUSTRE_PTLRPC_PTLRPC_H
#define _LUSTRE_PTLRPC_PTLRPC_H

#include <linux/bvec.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <net/lnet.h>
#include <trace/events/lustre.h>

struct net;
struct seq_file;
struct ptlrpc_net;
struct ptlrpc_import;
struct ptlrpc_request;
struct ptlrpc_inbound;

/* ------------------------------------------------------------- module -- */

/* Slab caches, work queues, per-namespace hook; from module init and exit. */
int ptlrpc_init(void);
void ptlrpc_exit(void);

/* --------------------------------------------------------- namespaces -- */

/**
 * struct ptlrpc_in_handler - who serves an inbound opcode
 * @opc: LDLM_BL_CALLBACK and friends; 0 ends a table
 * @handle: work-queue context, may sleep, but must never wait for anything
 *	that needs an answer of the same server.  Its return value (0 or
 *	negative errno, sent as it is) becomes the reply unless the handler
 *	called ptlrpc_in_reply() before.
 */
struct ptlrpc_in_handler {
	u32	opc;
	int	(*handle)(struct ptlrpc_inbound *in);
};

/**
 * ptlrpc_net_get - take a reference on the RPC state of a network namespace
 * @net: namespace of the mounting task
 * @handlers: inbound service table (&struct ptlrpc_in_handler, ended by opc 0)
 *	that the lock room exports; the same for every caller
 *
 * The first reference starts LNet in that namespace and posts the buffers of
 * the callback service (portal 15).
 *
 * Return: the state, or ERR_PTR(-ENOMEM, -ENETDOWN, ...).
 */
struct ptlrpc_net *ptlrpc_net_get(struct net *net,
				  const struct ptlrpc_in_handler *handlers);

/* Drop a reference; the last one stops the service and waits for handlers. */
void ptlrpc_net_put(struct ptlrpc_net *pn);

/* Have we an interface on @nid's network, with an address of its family? */
bool ptlrpc_net_reaches(struct ptlrpc_net *pn, const struct lnet_nid *nid);

/* ------------------------------------------------------------ handles -- */

struct ptlrpc_handle;

/**
 * struct ptlrpc_handle_type - what kind of object a cookie names
 * @name: for messages
 * @get: take a reference unless the object is already dying; called under
 *	rcu_read_lock(), must not sleep
 */
struct ptlrpc_handle_type {
	const char	*name;
	bool		(*get)(struct ptlrpc_handle *h);
};

/**
 * struct ptlrpc_handle - embed in an object that servers know by cookie
 * @node: private
 * @cookie: random, non-zero, unique in the namespace; set by
 *	ptlrpc_handle_add() and constant from then on
 * @type: kind of the object
 *
 * The object must be freed after an RCU grace period (kfree_rcu()).
 */
struct ptlrpc_handle {
	struct rhash_head			node;
	u64					cookie;
	const struct ptlrpc_handle_type		*type;
};

/* Give @h a cookie and make it findable.  Return: 0 or -ENOMEM. */
int ptlrpc_handle_add(struct ptlrpc_net *pn, struct ptlrpc_handle *h,
		      const struct ptlrpc_handle_type *type);
/* No new lookups succeed; idempotent.  Does not sleep. */
void ptlrpc_handle_del(struct ptlrpc_net *pn, struct ptlrpc_handle *h);
/* Object by cookie and type with a reference (type->get), or NULL. */
struct ptlrpc_handle *ptlrpc_handle_find(struct ptlrpc_net *pn, u64 cookie,
					 const struct ptlrpc_handle_type *type);

/* ------------------------------------------------------------ imports -- */

enum ptlrpc_target {
	PTLRPC_MGS,
	PTLRPC_MDT,
	PTLRPC_OST,
};

/* 04 section 4; the numbers are those that user space sees */
enum ptlrpc_import_state {
	PTLRPC_IMP_CLOSED	= 1,
	PTLRPC_IMP_NEW,
	PTLRPC_IMP_DISCON,
	PTLRPC_IMP_CONNECTING,
	PTLRPC_IMP_REPLAY,
	PTLRPC_IMP_REPLAY_LOCKS,
	PTLRPC_IMP_REPLAY_WAIT,
	PTLRPC_IMP_RECOVER,
	PTLRPC_IMP_FULL,
	PTLRPC_IMP_EVICTED,
	PTLRPC_IMP_IDLE,
};

/*
 * Connect data in host byte order (04 section 3).
 *
 * In an offer: what we want.  In a grant: what the server gave; members whose
 * flag was not granted are zero.
 */
struct ptlrpc_connect {
	u64	flags;			/* OBD_CONNECT_* */
	u64	flags2;			/* OBD_CONNECT2_* */
	u64	ibits;			/* inode bits understood */
	u64	maxbytes;		/* largest object, bytes */
	u32	version;		/* major<<24|minor<<16|patch<<8|fix */
	u32	grant;			/* bytes */
	u32	index;			/* of the OST */
	u32	brw_size;		/* largest bulk RPC, bytes */
	u32	cksum_types;		/* OBD_CKSUM_* */
	u32	max_easize;		/* layout EA, bytes */
	u32	instance;		/* of the target, counts its mounts */
	u32	grant_max_blks;		/* blocks per extent */
	u16	grant_tax_kb;		/* per extent, KiB */
	u16	max_mod_rpcs;		/* modify slots */
	u8	grant_blkbits;		/* log2 of the block */
	u8	grant_inobits;		/* log2 of the space per inode */
};

/**
 * struct ptlrpc_timeouts - what the administrator of a cluster says about time
 * @timeout: seconds after which a silent peer is given up, where no better
 *	estimate is known; the intervals of pings and connects follow it
 * @at_min: least estimate of a service, seconds
 * @at_max: greatest estimate, seconds; 0: no adaptive timeouts, use @timeout
 * @at_history: seconds for which the slowest answer is remembered
 *
 * One for all imports of a mount: servers evict a client by what they are told.
 * May change at any time, see ptlrpc_timeouts_changed(); 03 section 11.
 */
struct ptlrpc_timeouts {
	u32	timeout;
	u32	at_min;
	u32	at_max;
	u32	at_history;
};

#define PTLRPC_TIMEOUT_MAX	3600	/* largest of any of them, seconds */

void ptlrpc_timeouts_init(struct ptlrpc_timeouts *t);
/* Imports of @pn look at their timeouts again; does not sleep. */
void ptlrpc_timeouts_changed(struct ptlrpc_net *pn);

/**
 * struct ptlrpc_import_ops - what an import tells its owner
 *
 * All may be NULL.  Called from the import's recovery work, one at a time for
 * one import; may sleep.  @data is that of &struct ptlrpc_import_desc.
 */
struct ptlrpc_import_ops {
	/**
	 * @offer: a CONNECT is about to be sent: adjust the offer, which
	 * starts as the template of the description (e.g. grant := bytes
	 * held).  Must not send RPCs.
	 */
	void (*offer)(struct ptlrpc_import *imp, void *data,
		      struct ptlrpc_connect *ocd);
	/**
	 * @connected: a CONNECT succeeded, before any replay or new request.
	 * @fresh: the server knows nothing of us (first connect, eviction,
	 * return from idle): take the granted values over, drop old ones.
	 */
	void (*connected)(struct ptlrpc_import *imp, void *data,
			  const struct ptlrpc_connect *granted, bool fresh);
	/** @full: state FULL reached, requests flow (again). */
	void (*full)(struct ptlrpc_import *imp, void *data);
	/** @disconnected: FULL was left; new requests wait. */
	void (*disconnected)(struct ptlrpc_import *imp, void *data);
	/**
	 * @invalidate: the server forgot us, or the administrator gave the
	 * target up: locks, grants, cached and dirty data of this target are
	 * void.  Old requests have been failed with -EIO.  No lock cancels.
	 * Must only take note: recovery waits for the return, and what the
	 * owners of data and locks have to do may wait for recovery.
	 */
	void (*invalidate)(struct ptlrpc_import *imp, void *data);
	/**
	 * @replay_locks: send one enqueue per lock with PTLRPC_REQ_LOCK_REPLAY
	 * (06 section 12) and wait for all replies.  Return: 0, or an errno
	 * that makes the import connect again.
	 */
	int (*replay_locks)(struct ptlrpc_import *imp, void *data);
	/**
	 * @may_idle: no request for the idle time; may the connection be
	 * given up until the next request (no locks, no grant needed)?
	 */
	bool (*may_idle)(struct ptlrpc_import *imp, void *data);
};

/**
 * struct ptlrpc_import_desc - how to make an import
 * @target: kind of the target; fixes portals and security part
 * @name: for messages and sysfs, "lustre-OST0003" or "MGS"; copied
 * @target_uuid: "lustre-OST0003_UUID", "MGS"; at most 38 bytes; copied
 * @client_uuid: one per mount; at most 38 bytes; copied
 * @offer: connect data template.  PINGLESS, REP_MBITS and server-only flags
 *	are removed; AT, FULL20 and BULK_MBITS are added.
 * @ops: upcalls, or NULL
 * @data: for @ops
 * @timeouts: must outlive ptlrpc_import_disconnect(); NULL: the defaults
 * @idle_secs: give the connection up after so many seconds without a request
 *	if ops->may_idle() agrees; 0: never
 */
struct ptlrpc_import_desc {
	enum ptlrpc_target			target;
	const char				*name;
	const char				*target_uuid;
	const char				*client_uuid;
	struct ptlrpc_connect			offer;
	const struct ptlrpc_import_ops		*ops;
	void					*data;
	const struct ptlrpc_timeouts		*timeouts;
	unsigned int				idle_secs;
};

/* Counters of an import since its creation */
struct ptlrpc_import_stats {
	u64	sent;			/* requests put on the wire */
	u64	replied;		/* final replies */
	u64	resent;			/* second and later transmissions */
	u64	timeouts;		/* deadlines passed */
	u64	early_replies;
	u64	replayed;
	u64	connects;		/* attempts */
	u64	connects_ok;
	u64	evictions;
};

/* New import in state NEW with one reference; or ERR_PTR(-EINVAL, -ENOMEM). */
struct ptlrpc_import *
ptlrpc_import_create(struct ptlrpc_net *pn,
		     const struct ptlrpc_import_desc *desc);
struct ptlrpc_import *ptlrpc_import_get(struct ptlrpc_import *imp,
					enum lustre_import_ref why);
void ptlrpc_import_put(struct ptlrpc_import *imp, enum lustre_import_ref why);

/**
 * ptlrpc_import_add_nid - append a server address
 * @imp: the import
 * @nid: NID of one interface of a node that may serve the target
 *
 * Call in order of preference, for every NID of every node.  Duplicates are
 * ignored.  Allowed at any time (imperative recovery adds addresses).
 *
 * Return: 0 or -ENOMEM.
 */
int ptlrpc_import_add_nid(struct ptlrpc_import *imp,
			  const struct lnet_nid *nid);

/* Start connecting in the background; every state but NEW: no effect. */
void ptlrpc_import_connect(struct ptlrpc_import *imp);

/**
 * ptlrpc_import_wait - wait until an import is usable
 * @imp: the import
 * @timeout: longest silence of the servers in jiffies, MAX_SCHEDULE_TIMEOUT:
 *	for ever.  A target that says that it takes no new client yet, which it
 *	does for minutes after a restart (04 section 6.3), is not silent.
 *
 * Interruptible.
 *
 * Return: 0 in state FULL (or IDLE), -ETIMEDOUT, -ERESTARTSYS, or the reason
 * why connecting was given up: -EACCES, -EROFS, -EPROTO, -EBADF, -EBADE,
 * -ENODEV (deactivated), -ESHUTDOWN (closed).
 */
int ptlrpc_import_wait(struct ptlrpc_import *imp, long timeout);

/* Last connect result: 0, or what the last attempt failed with. */
int ptlrpc_import_last_error(struct ptlrpc_import *imp);

/**
 * ptlrpc_import_kick - the target may have moved: try to reach it now
 * @imp: the import
 * @instance: instance number announced (04 section 5); nothing is done if it
 *	is that of the present connection.  0: unknown, reconnect anyway.
 */
void ptlrpc_import_kick(struct ptlrpc_import *imp, u32 instance);

/**
 * ptlrpc_import_deactivate - administratively give a target up
 * @imp: the import
 *
 * Requests fail with -EIO (new ones with -ESHUTDOWN), ops->invalidate() is
 * called, no reconnect is tried until ptlrpc_import_activate().
 */
void ptlrpc_import_deactivate(struct ptlrpc_import *imp);
void ptlrpc_import_activate(struct ptlrpc_import *imp);
/* Change and read @idle_secs of the description. */
void ptlrpc_import_set_idle(struct ptlrpc_import *imp, unsigned int secs);
unsigned int ptlrpc_import_idle(const struct ptlrpc_import *imp);
/* False from ptlrpc_import_deactivate() to ptlrpc_import_activate(). */
bool ptlrpc_import_active(const struct ptlrpc_import *imp);

/**
 * ptlrpc_import_abort - fail what waits for a server that does not answer
 * @imp: the import
 *
 * Requests of a lost connection end with -EIO.  Nothing else changes: recovery
 * goes on, what is retained for replay stays, new requests wait as before.
 */
void ptlrpc_import_abort(struct ptlrpc_import *imp);

/**
 * ptlrpc_import_give_up - from now on rather fail than wait (umount -f)
 * @imp: the import
 *
 * If the target is lost, or as soon as it gets lost, it is deactivated.
 */
void ptlrpc_import_give_up(struct ptlrpc_import *imp);

/**
 * ptlrpc_import_disconnect - end the life of an import (umount)
 * @imp: the import
 * @force: do not wait for a server that does not answer
 *
 * A recovery that the server is taking us through is given the time of one
 * request.  No new request is accepted, those in flight fail with -ESHUTDOWN, a
 * DISCONNECT is sent if the server is connected, committed() or lost()
 * callbacks of retained requests run, the state becomes CLOSED.  Bounded wait.
 * When it returns, no callback of the import or of its requests runs or will
 * run.  The caller still owns its reference.  Must not be called from a
 * callback.
 */
void ptlrpc_import_disconnect(struct ptlrpc_import *imp, bool force);

const char *ptlrpc_import_name(const struct ptlrpc_import *imp);
struct ptlrpc_net *ptlrpc_import_net(const struct ptlrpc_import *imp);
enum ptlrpc_target ptlrpc_import_target(const struct ptlrpc_import *imp);
/* @data of the description; the lock room needs it in callbacks */
void *ptlrpc_import_data(const struct ptlrpc_import *imp);
/* A second pointer, for the lock room's name space of this import. */
void ptlrpc_import_set_ns(struct ptlrpc_import *imp, void *ns);
void *ptlrpc_import_ns(const struct ptlrpc_import *imp);
enum ptlrpc_import_state ptlrpc_import_state(const struct ptlrpc_import *imp);
const char *ptlrpc_import_state_name(enum ptlrpc_import_state state);
/* All flags of the mask granted by the present (or last) connection? */
bool ptlrpc_import_granted(const struct ptlrpc_import *imp, u64 flags);
bool ptlrpc_import_granted2(const struct ptlrpc_import *imp, u64 flags2);
/* Copy of the granted connect data; all zero before the first connect. */
void ptlrpc_import_grant(struct ptlrpc_import *imp, struct ptlrpc_connect *ocd);

/**
 * ptlrpc_import_steady - has a target been there for a while?
 * @imp: its import
 * @since: jiffies of an event elsewhere that it may have been a part of
 * @grace: jiffies
 *
 * A server that went away is not missed before the next request or ping, so
 * that the state alone tells little.
 *
 * Return: true if the state is FULL for at least @grace, and the server was
 * heard later than @grace after @since; also if nobody expects it to come
 * (deactivated, closed, never connected).  Does not sleep.
 */
bool ptlrpc_import_steady(struct ptlrpc_import *imp, unsigned long since,
			  unsigned long grace);
/* Grows at each eviction or deactivation. */
u32 ptlrpc_import_generation(const struct ptlrpc_import *imp);
u64 ptlrpc_import_last_committed(struct ptlrpc_import *imp);
/* Did the target answer a change that it has not told to be on disk? */
bool ptlrpc_import_uncommitted(struct ptlrpc_import *imp);
/* Lock volume and lock limit in the last reply (03 section 3). */
void ptlrpc_import_pool(struct ptlrpc_import *imp, u64 *slv, u32 *limit);
/* Service time estimate of the main portal, seconds. */
unsigned int ptlrpc_import_estimate(const struct ptlrpc_import *imp);
/* NID in use (or last tried); false if there is none yet. */
bool ptlrpc_import_nid(struct ptlrpc_import *imp, struct lnet_nid *nid);
void ptlrpc_import_stats(struct ptlrpc_import *imp,
			 struct ptlrpc_import_stats *st);
/* Text for sysfs/debugfs: state, transitions, addresses, flags, counters. */
void ptlrpc_import_show(struct seq_file *m, struct ptlrpc_import *imp);

/* ----------------------------------------------------------- requests -- */

/* Fails with -ETIMEDOUT instead of being sent a second time. */
#define PTLRPC_REQ_NO_RESEND	0x0001
/* Fail with -EAGAIN instead of waiting for the import to become FULL. */
#define PTLRPC_REQ_NO_DELAY	0x0002
/* Not retained for replay even if the reply brings a transno. */
#define PTLRPC_REQ_NO_REPLAY	0x0004
/* Modifies an MDT: needs a slot (03 section 6.4); sent when one is free. */
#define PTLRPC_REQ_MODIFY	0x0008
/* With MODIFY: an MDS_CLOSE, which may use the one extra slot. */
#define PTLRPC_REQ_CLOSE	0x0010
/* Lock replay: sent in state REPLAY_LOCKS only; -EAGAIN in any other. */
#define PTLRPC_REQ_LOCK_REPLAY	0x0020
/* ptlrpc_wait() is idle and ignores signals (default: killable). */
#define PTLRPC_REQ_NOINTR	0x0040
/* ptlrpc_wait() ends at any signal. */
#define PTLRPC_REQ_INTR		0x0080
/* -EINPROGRESS is handed to the caller instead of being retried. */
#define PTLRPC_REQ_NO_RETRY	0x0100
/*
 * An open: if its reply brings a transno, it stays on the replay list beyond
 * commit, until ptlrpc_replay_drop().
 */
#define PTLRPC_REQ_OPEN		0x0200
/* Not counted as traffic for idle disconnect, never wakes an idle import. */
#define PTLRPC_REQ_BACKGROUND	0x0400

/**
 * struct ptlrpc_req_ops - what a request tells its sender
 *
 * All may be NULL.  Work-queue context, may sleep, must not wait for another
 * RPC.  Called one at a time for one request.
 */
struct ptlrpc_req_ops {
	/**
	 * @done: the one final call for every request that ptlrpc_send()
	 * accepted.  @rc: the reply's status (>= 0 included) or a negative
	 * errno: the server's, or -EIO (evicted), -ESHUTDOWN (import closed or
	 * deactivated), -ETIMEDOUT (NO_RESEND), -EAGAIN (NO_DELAY, import not
	 * FULL), -EINTR (aborted), -EOVERFLOW, -EPROTO (reply nonsense).
	 * Reply buffers are readable if there was a reply, also if @rc < 0.
	 */
	void (*done)(struct ptlrpc_request *req, int rc, void *data);
	/**
	 * @committed: after done(), once for a request that was retained for
	 * replay (ptlrpc_req_retained()): it is safe on disk.
	 */
	void (*committed)(struct ptlrpc_request *req, void *data);
	/**
	 * @lost: instead of committed(): the server is not known to have
	 * committed it, and it will never be replayed (eviction, end of the
	 * import).  Without this member committed() is called.
	 */
	void (*lost)(struct ptlrpc_request *req, void *data);
	/**
	 * @replay: about to be replayed.  The reply buffers hold the first
	 * reply, as ever; request buffers may be edited (ptlrpc_req_buf(),
	 * ptlrpc_req_replace()).  Return 0, or an errno to leave it out.
	 */
	int (*replay)(struct ptlrpc_request *req, void *data);
	/**
	 * @again: a replay was answered.  Return true to have it sent again
	 * because bulk data did not arrive as they were; bounded.  Request
	 * buffers may be edited.
	 */
	bool (*again)(struct ptlrpc_request *req, int rc, void *data);
	/**
	 * @replayed: the replay was answered, with status @rc; see
	 * ptlrpc_replay_buf().
	 */
	void (*replayed)(struct ptlrpc_request *req, int rc, void *data);
	/** @release: last reference gone, @data is not used any more. */
	void (*release)(void *data);
};

/**
 * ptlrpc_req_alloc - new request with room for its records
 * @imp: target; the request holds a reference
 * @opc: operation; fixes portals and version class
 * @lens: lengths in bytes of buffers 1 ... @count
 * @count: number of @lens, at most 31
 * @flags: PTLRPC_REQ_*
 * @gfp: allocation flags; buffers come zeroed
 *
 * Until ptlrpc_req_set_replen() is called the reply is expected to hold only
 * the ptlrpc_body.
 *
 * Return: a request with one reference, or ERR_PTR(-ENOMEM, -EMSGSIZE (too
 * large for the portal), -EINVAL (unknown opcode)).
 */
struct ptlrpc_request *ptlrpc_req_alloc(struct ptlrpc_import *imp, u32 opc,
					const u32 *lens, unsigned int count,
					u32 flags, gfp_t gfp);

/**
 * ptlrpc_req_alloc_reserve - as ptlrpc_req_alloc(), for write-back
 * @imp: target
 * @opc: operation
 * @lens: lengths in bytes of buffers 1 ... @count
 * @count: number of @lens
 * @flags: PTLRPC_REQ_*
 *
 * Falls back to the target's reserve when the allocator has nothing, hence may
 * wait for other such requests to end, but never fails for lack of memory.  For
 * messages up to PTLRPC_RESERVE_MSG bytes each way.  One with memory from the
 * reserve, for itself or its bulk (ptlrpc_req_pooled(), after
 * ptlrpc_bulk_attach()), is never retained for replay, as the next one may be
 * waiting for it: the caller has to ask for a commit before the reply.
 *
 * Return: a request with one reference, or ERR_PTR(-EMSGSIZE, -EINVAL).
 */
struct ptlrpc_request *ptlrpc_req_alloc_reserve(struct ptlrpc_import *imp,
						u32 opc, const u32 *lens,
						unsigned int count, u32 flags);
#define PTLRPC_RESERVE_MSG	4096
bool ptlrpc_req_pooled(const struct ptlrpc_request *req);

void ptlrpc_req_get(struct ptlrpc_request *req);
/* Any context in which completion handlers run; not from hard irq. */
void ptlrpc_req_put(struct ptlrpc_request *req);

/**
 * ptlrpc_req_set_replen - announce the records expected in the reply
 * @req: not yet sent
 * @lens: largest lengths of reply buffers 1 ... @count, bytes
 * @count: number of @lens
 *
 * Memory is rounded up, and grows by itself (resend) if the server has more
 * to say, so that only truth about the usual case is needed.
 * Return: 0 or -EMSGSIZE.
 */
int ptlrpc_req_set_replen(struct ptlrpc_request *req, const u32 *lens,
			  unsigned int count);

/* Request buffer @i if it exists and has at least @size bytes, else NULL. */
void *ptlrpc_req_buf(struct ptlrpc_request *req, unsigned int i, u32 size);
u32 ptlrpc_req_buflen(const struct ptlrpc_request *req, unsigned int i);
/* Copy a string with its NUL into buffer @i.  -EMSGSIZE: does not fit. */
int ptlrpc_req_set_str(struct ptlrpc_request *req, unsigned int i,
		       const char *s, size_t len);
/*
 * Replace the content of buffer @i, any length, moving later ones; in
 * ops->replay() or before sending.  0, -ENOMEM, -EMSGSIZE.
 */
int ptlrpc_req_replace(struct ptlrpc_request *req, unsigned int i,
		       const void *data, u32 len);

/*
 * Replies.  Valid and constant from done() (or a successful
 * ptlrpc_queue_wait()) to the last put.  @i counts from 1; an absent buffer has
 * length 0.
 */
void *ptlrpc_rep_buf(struct ptlrpc_request *req, unsigned int i, u32 min_size);
u32 ptlrpc_rep_buflen(const struct ptlrpc_request *req, unsigned int i);
/* Buffer of the answer to a replay; in ops->again() and ops->replayed() only */
void *ptlrpc_replay_buf(struct ptlrpc_request *req, unsigned int i,
			u32 min_size);
bool ptlrpc_rep_exists(const struct ptlrpc_request *req);
/* Any other status field of a reply: 0 or a negative errno, message.c */
int ptlrpc_wire_errno(u64 wire);
u64 ptlrpc_rep_transno(const struct ptlrpc_request *req);
/* In done(): will committed() or lost() follow? */
bool ptlrpc_req_retained(const struct ptlrpc_request *req);

u64 ptlrpc_req_xid(const struct ptlrpc_request *req);
u32 ptlrpc_req_opc(const struct ptlrpc_request *req);
struct ptlrpc_import *ptlrpc_req_import(const struct ptlrpc_request *req);
/* Generation of the import when the request was accepted. */
u32 ptlrpc_req_generation(const struct ptlrpc_request *req);
/* Seconds the server may take, if the estimate is not good enough. */
void ptlrpc_req_set_timeout(struct ptlrpc_request *req, unsigned int secs);

/**
 * ptlrpc_req_bind - bind a request to a generation of its import
 * @req: not yet sent
 * @generation: from ptlrpc_import_generation(), when what the request is based
 *	on was true
 *
 * The request fails with -EIO if the import is of another generation when it
 * is sent.
 */
void ptlrpc_req_bind(struct ptlrpc_request *req, u32 generation);

/**
 * ptlrpc_send - hand a request to the transport, asynchronously
 * @req: fully packed; must not be touched until done()
 * @ops: completion, or NULL
 * @data: for @ops
 *
 * Takes its own reference.  The request is sent at once if the import is FULL
 * (and a slot is free), else queued.  All that goes wrong later is reported
 * by ops->done(), never by calling it from here.
 */
void ptlrpc_send(struct ptlrpc_request *req, const struct ptlrpc_req_ops *ops,
		 void *data);

/**
 * ptlrpc_wait - wait for a request given to ptlrpc_send()
 * @req: the request
 *
 * Return: as for ops->done() (which has run before this returns), or -EINTR
 * if a signal came (see PTLRPC_REQ_*INTR); then the request lives on and
 * done() will be called: abort it or let it finish.
 */
int ptlrpc_wait(struct ptlrpc_request *req);

/**
 * ptlrpc_abort - give up a request
 * @req: sent
 *
 * Completes it with -EINTR unless it is complete already; memory descriptors
 * are unlinked first, so that after done() the network touches neither
 * buffers nor bulk pages.  Does not wait; follow with ptlrpc_wait_nointr().
 */
void ptlrpc_abort(struct ptlrpc_request *req);
int ptlrpc_wait_nointr(struct ptlrpc_request *req);

/**
 * ptlrpc_queue_wait - send a request and wait for its end
 * @req: packed, sent by nobody else
 *
 * A signal ends the wait with -EINTR.  A request with bulk is aborted then;
 * any other runs on without its sender, so that an operation which the server
 * executes is replayed after a crash all the same.
 *
 * Return: the reply's status (>= 0) or a negative errno, as ops->done().
 */
int ptlrpc_queue_wait(struct ptlrpc_request *req);

/* End the retention of an open request (its close is committed). */
void ptlrpc_replay_drop(struct ptlrpc_request *req);

/* --------------------------------------------------------------- bulk -- */

#define PTLRPC_BULK_MD_BYTES	SZ_1M	/* per memory descriptor */
#define PTLRPC_BULK_MAX_MDS	64		/* per RPC */

/* Seen from us: the server fetches from, or stores into, our pages. */
enum ptlrpc_bulk_dir {
	PTLRPC_BULK_WRITE,
	PTLRPC_BULK_READ,
};

/**
 * ptlrpc_bulk_attach - give a request bulk data
 * @req: not yet sent
 * @dir: who moves what
 * @bv: fragments; only the first may start and only the last may end off a
 *	4 KiB boundary.  The array and the pages stay untouched by the caller
 *	until done(), or committed() if the request is retained for replay.
 * @nr: their number
 *
 * Return: number of memory descriptors (the "n" of 03 section 6.6; put at
 * least that, as a power of two, into ioo_max_brw), or -EINVAL (alignment),
 * -EFBIG (too much), -ENOMEM.
 */
int ptlrpc_bulk_attach(struct ptlrpc_request *req, enum ptlrpc_bulk_dir dir,
		       const struct bio_vec *bv, unsigned int nr);

/* Bytes from the first on that the server moved, without a gap; in done(). */
size_t ptlrpc_bulk_moved(const struct ptlrpc_request *req);

/* ------------------------------------------------------------ inbound -- */

/* Import that the server addressed by our cookie; valid during the handler. */
struct ptlrpc_import *ptlrpc_in_import(const struct ptlrpc_inbound *in);
struct ptlrpc_net *ptlrpc_in_net(const struct ptlrpc_inbound *in);
/* Buffer @i (from 1) if it has at least @min_size bytes, else NULL. */
void *ptlrpc_in_buf(struct ptlrpc_inbound *in, unsigned int i, u32 min_size);
u32 ptlrpc_in_buflen(const struct ptlrpc_inbound *in, unsigned int i);

/**
 * ptlrpc_in_reply - answer an inbound request, once
 * @in: the request
 * @status: 0 or negative, goes out as it is
 * @buf: content of reply buffer 1, or NULL; sent only with @status 0
 * @len: its length, bytes
 *
 * Return: 0, -EALREADY, -ENOMEM or an errno of LNet.
 */
int ptlrpc_in_reply(struct ptlrpc_inbound *in, int status, const void *buf,
		    u32 len);

#endif /* _LUSTRE_PTLRPC_PTLRPC_H */
