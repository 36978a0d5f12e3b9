/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Distributed locks, client side (document 06).
 *
 * One namespace per import.  A namespace holds resources, a resource holds the
 * locks that this client has, or waits for, on one server object.  Rooms above
 * (mdc, osc, mgc) ask for locks with ldlm_enqueue(), use them between a match
 * or an enqueue and ldlm_lock_decref(), and are told through the lock's const
 * ops when the server wants one back.
 *
 * Reference rules:
 *  - ldlm_lock_get()/ldlm_lock_put() keep the memory, nothing else;
 *  - a *use* (from ldlm_lock_match(), ldlm_enqueue(), ldlm_lock_addref()) keeps
 *    the lock from being cancelled and includes a memory reference;
 *    ldlm_lock_decref() gives both back.  Uses are counted, not told apart by
 *    mode.
 *
 * All numbers in this header are in host byte order.
 */
#ifndef LUSTRE_LDLM_LDLM_H
#define LUSTRE_LDLM_LDLM_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "ptlrpc/ptlrpc.h"
#include "wire.h"

struct ldlm_enq;
struct ldlm_lock;
struct ldlm_ns;
struct ldlm_resource;
struct seq_file;

/**
 * struct ldlm_resid - name of a server object in its lock namespace
 * @name: four words, 06 section 3.1
 */
struct ldlm_resid {
	u64	name[4];
};

/**
 * struct ldlm_policy - what part of the resource a lock is about
 * @extent: byte range, inclusive; @extent.gid only for group locks
 * @ibits: MDS_INODELOCK_* bits; @ibits.more is try_bits in a request and
 *	   cancel_bits in a reply or callback
 * @flock: POSIX/BSD range, inclusive, and its owner
 *
 * Which member is valid follows from the lock type.  Clear it whole before
 * use: plain locks want zeroes.
 */
struct ldlm_policy {
	union {
		struct {
			u64	start;
			u64	end;
			u64	gid;
		} extent;
		struct {
			u64	bits;
			u64	more;
			u64	gid;
		} ibits;
		struct {
			u64	start;
			u64	end;
			u64	owner;
			u32	pid;
		} flock;
	};
};

/**
 * struct ldlm_desc - a lock as one side describes it to the other
 * @type: LDLM_PLAIN, LDLM_EXTENT, LDLM_FLOCK, LDLM_IBITS
 * @req_mode: mode asked for, one LCK_* bit
 * @granted_mode: mode held, 0 when not granted
 * @resid: resource
 * @policy: part of the resource
 */
struct ldlm_desc {
	u32			type;
	u32			req_mode;
	u32			granted_mode;
	struct ldlm_resid	resid;
	struct ldlm_policy	policy;
};

/**
 * enum ldlm_bl_reason - why &ldlm_lock_ops.blocking is called
 * @LDLM_BL_BLOCKING: somebody wants a conflicting lock; ours may be in use.
 *	No new use can begin.  Nothing has to be done (a chance to start
 *	writeback early, or to wake a sleeper that holds a use).
 * @LDLM_BL_CANCELING: no user is left and the lock goes away after this call:
 *	write back and wait, drop pages, dentries, attributes (06 sections 5 and
 *	14).
 * @LDLM_BL_DISCARD: as CANCELING, but dirty data must be thrown away and no RPC
 *	may be sent: the object is destroyed (DISCARD_DATA), or the server has
 *	evicted us, or the mount is forced down.
 */
enum ldlm_bl_reason {
	LDLM_BL_BLOCKING,
	LDLM_BL_CANCELING,
	LDLM_BL_DISCARD,
};

/**
 * struct ldlm_lock_ops - what a lock's owner does when the lock changes
 *
 * No ldlm lock is held during any of these calls.  They get the lock with a
 * memory reference held by the caller.  Use ldlm_lock_data_grab() to reach what
 * is attached: it may be gone.
 */
struct ldlm_lock_ops {
	/**
	 * @blocking: the lock is wanted back, or goes away.
	 *
	 * @desc describes the conflicting lock for LDLM_BL_BLOCKING when the
	 * server told (for inode bits desc->policy.ibits.more is the set of
	 * wanted bits, 0: all), else NULL.  Runs on a WQ_MEM_RECLAIM workqueue,
	 * or in the task that cancels (ELC, decref of a pending lock hands over
	 * to the workqueue); may sleep and do I/O to this or other targets.  A
	 * CANCELING call is made once; the CANCEL message leaves only after it
	 * returned.  LDLM_BL_BLOCKING calls may repeat, and may be left out.
	 * Optional.
	 */
	void (*blocking)(struct ldlm_lock *lock, const struct ldlm_desc *desc,
			 enum ldlm_bl_reason reason);

	/**
	 * @completion: the lock was granted (@rc 0) or is lost (@rc < 0).
	 *
	 * Called exactly once per lock (@rc 301: aborted), before the enqueuer
	 * is woken; for a killed enqueuer when the outcome is known.  After
	 * @rc 0 exactly one CANCELING or DISCARD call of @blocking follows,
	 * after any other none.  Process context; may sleep for memory but not
	 * do RPCs.  Optional.
	 */
	void (*completion)(struct ldlm_lock *lock, int rc);

	/**
	 * @glimpse: fill the value block that another client asks for.
	 *
	 * @lvb is zeroed, @size is the exact size of the reply in bytes (56
	 * struct ost_lvb or 40 its old form), wire byte order.  Must not sleep on
	 * I/O, on RPCs or on locks held across them.  Return 0, or
	 * -ENODATA when nothing is attached any more.  Optional (answers
	 * "no data").
	 */
	int (*glimpse)(struct ldlm_lock *lock, void *lvb, u32 size);

	/**
	 * @weigh: is this unused lock worth keeping?
	 *
	 * Asked before an idle lock is dropped under pressure, or locally
	 * instead of being replayed; return true when it covers cached or dirty
	 * pages.  Process context; must not sleep on I/O.  Optional (false).
	 */
	bool (*weigh)(struct ldlm_lock *lock);
};

/* State of a lock, 06 section 10; changes under the namespace's spinlock */
enum ldlm_lock_state {
	LDLM_STATE_NEW,		/* enqueue sent or about to be */
	LDLM_STATE_WAITING,	/* queued at the server */
	LDLM_STATE_GRANTED,
	LDLM_STATE_CANCELING,	/* cancel actions run, or CANCEL queued */
	LDLM_STATE_DEAD,	/* out of every table */
};

/* Bits of ldlm_lock.flags, changed under the namespace's spinlock */
#define LDLM_LF_CBPENDING	BIT(0)	/* no new users; cancel after the last */
#define LDLM_LF_BL_AST		BIT(1)	/* the server asked for it back */
#define LDLM_LF_BL_DONE		BIT(2)	/* cancel actions are finished */
#define LDLM_LF_FAILED		BIT(3)	/* evicted, refused or abandoned */
#define LDLM_LF_LOCAL		BIT(4)	/* server does not know it: no CANCEL */
#define LDLM_LF_DISCARD		BIT(5)	/* dirty data is to be thrown away */
#define LDLM_LF_RETIRED		BIT(6)	/* vouches for no data any more */
#define LDLM_LF_NO_TIMEOUT	BIT(7)	/* wait without limit for the grant */
#define LDLM_LF_CANCEL_ON_BLOCK	BIT(9)	/* server drops it without asking */
#define LDLM_LF_NO_LRU		BIT(10)	/* never aged (configuration locks) */
#define LDLM_LF_ABANDONED	BIT(11)	/* its enqueuer died */
#define LDLM_LF_COMPLETED	BIT(13)	/* ops->completion was called */
#define LDLM_LF_READY		BIT(14)	/* its enqueue is over, successfully */
#define LDLM_LF_TEST		BIT(15)	/* asks who has a file lock, takes none */

/* Bits of ldlm_lock.uses beside the number of uses */
#define LDLM_USE_SHUT	BIT(30)	/* not ready yet, or being cancelled: none */
#define LDLM_USE_OLD	BIT(29)	/* wanted back: only with MATCH_CBPENDING */
#define LDLM_USE_COUNT	(LDLM_USE_OLD - 1)

/*
 * One lock.
 *
 * Users outside lustre/ldlm/ read @ns, @type, @ops freely, and the rest only
 * while they hold a use of a granted lock (then it does not change).
 */
struct ldlm_lock {
	refcount_t			ref;
	u32				type;		/* LDLM_EXTENT ... */
	struct ldlm_ns			*ns;
	u32				id;		/* in ldlm_ns.locks, 0: not */
	struct ldlm_resource		*res;		/* ns lock; while granted */
	union {
		struct list_head	res_link;	/* ns lock; in @res */
		struct rb_node		ext_node;	/* res lock; in its tree */
		struct rb_node		flock_node;	/* ns lock; in its tree */
	};
	u64				ext_last;	/* res lock; of the subtree */
	struct list_head		link;		/* ns lock; LRU or a work list */
	struct ptlrpc_handle		handle;		/* our name for it */
	u64				remote;		/* ns lock; server's name */
	u32				req_mode;	/* ns lock */
	u32				granted_mode;	/* ns lock; 0: none */
	enum ldlm_lock_state		state;		/* ns lock */
	u32				flags;		/* ns lock; LDLM_LF_* */
	atomic_t			uses;		/* number and LDLM_USE_* */
	struct ldlm_resid		resid;		/* ns lock */
	struct ldlm_policy		policy;		/* ns lock */
	u64				cancel_bits;	/* ns lock; wanted back */
	const struct ldlm_lock_ops	*ops;
	void				*data;		/* ns lock; owner's object */
	void				*lvb;		/* lvb_size bytes, or NULL */
	u32				lvb_size;	/* room */
	u32				lvb_len;	/* ns lock; valid bytes */
	ktime_t				last_used;	/* end of the last use */
	ktime_t				lru_time;	/* ns lock; @last_used then */
	int				rc;		/* ns lock; when FAILED */
	struct ldlm_enq			*enq;		/* ns lock; until granted */
	wait_queue_head_t		waitq;		/* state changes */
	struct work_struct		bl_work;
	struct rcu_head			rcu;
};

/* ---- namespaces -------------------------------------------------------- */

/* Figures of a namespace for sysfs and debugfs */
struct ldlm_ns_stats {
	unsigned int	locks;		/* all locks */
	unsigned int	resources;
	unsigned int	unused;		/* locks that may go when they are idle */
	unsigned int	lru_size;	/* idle locks to keep, 0: by server, memory */
	unsigned int	lru_max_age;	/* seconds that a lock may be idle */
	unsigned int	pool_limit;	/* server's suggestion, 0: none */
	u64		slv;		/* server lock volume, 0: none */
	u64		enqueued;
	u64		cancelled;
};

int __init ldlm_init(void);
void ldlm_exit(void);

/*
 * The life of a namespace: ldlm_ns_create() right after ptlrpc_import_create()
 * (it does ptlrpc_import_set_ns()); at umount ldlm_ns_cancel_all(ns, true) while
 * the import still works (writes back through ops->blocking, no CANCEL RPCs:
 * the disconnect frees the locks), ptlrpc_import_disconnect(), then
 * ldlm_ns_destroy(), then ptlrpc_import_put().  No use of a lock may be left.
 */
struct ldlm_ns *ldlm_ns_create(struct ptlrpc_import *imp);
/* Is there no lock at all, granted or asked for? */
bool ldlm_ns_empty(struct ldlm_ns *ns);
void ldlm_ns_wait_empty(struct ldlm_ns *ns, long notice);
void ldlm_ns_destroy(struct ldlm_ns *ns);
/* All locks go away, cancel actions run; with @local no CANCEL is sent. */
void ldlm_ns_cancel_all(struct ldlm_ns *ns, bool local);
/* For ptlrpc_import_ops.invalidate and .replay_locks */
void ldlm_ns_invalidate(struct ldlm_ns *ns);
int ldlm_ns_replay_locks(struct ldlm_ns *ns);
/* How many idle locks to keep, for how long, and not to keep any now. */
void ldlm_ns_set_lru_size(struct ldlm_ns *ns, unsigned int size);
void ldlm_ns_set_lru_max_age(struct ldlm_ns *ns, unsigned int secs);
void ldlm_ns_clear(struct ldlm_ns *ns);
void ldlm_ns_get_stats(struct ldlm_ns *ns, struct ldlm_ns_stats *st);
void ldlm_ns_show(struct ldlm_ns *ns, struct seq_file *m);
const char *ldlm_ns_name(const struct ldlm_ns *ns);
struct ptlrpc_import *ldlm_ns_import(const struct ldlm_ns *ns);

/* ---- inbound callbacks ------------------------------------------------- */

/* LDLM_BL_CALLBACK, LDLM_CP_CALLBACK, LDLM_GL_CALLBACK: for ptlrpc_net_get() */
extern const struct ptlrpc_in_handler ldlm_in_handlers[];

/* ---- taking locks ------------------------------------------------------ */

/**
 * struct ldlm_enqueue - what to ask for
 * @resid: resource named in the request
 * @type: LDLM_EXTENT, LDLM_IBITS, LDLM_PLAIN, LDLM_FLOCK
 * @mode: one LCK_* bit
 * @policy: part of the resource; inode bits must not be 0
 * @flags: LDLM_FL_* that go on the wire (HAS_INTENT, BLOCK_NOWAIT ...); others
 *	   than 06 section 3.7 allows are refused with -EINVAL
 * @no_lru: the lock is never dropped for being idle
 * @interruptible: while the server has the lock wait, any signal ends that:
 *	the lock is given up, -ERESTARTSYS
 * @patient: the server may well have it wait for hours
 * @once: do not wait for a target that is away: -EAGAIN, -ETIMEDOUT (plain
 *	enqueues)
 * @ops: what to call when the lock changes; NULL: nothing to do
 * @data: the owner's object
 * @lvb_size: bytes of value block that the reply may carry (plain enqueues)
 * @lvb: NULL, or @lvb_size bytes that receive the value block of a granted or
 *	 aborted (301) enqueue; must live until the enqueue is over
 * @lvb_len: out: valid bytes in @lvb
 * @reply_flags: out: LDLM_FL_* of the reply (CONTENTION ...)
 * @disposition: out: lock_policy_res1 of the reply
 * @intent_status: out: lock_policy_res2 of the reply, 0 or a negative errno
 * @started: out: there was a lock, so that @ops->completion was or will be
 *	     called; false when the enqueue failed before
 * @done: asynchronous enqueues only: called once in process context, must not
 *	  wait for RPCs.  @lock is granted and carries a use (status 0) or is
 *	  NULL.  @status as ldlm_enqueue() returns.
 * @orphan: optional, for requests that the caller made: called in process
 *	  context instead of returning the reply when the task that waited was
 *	  killed and the reply came later; @status is that reply's (0 or 301).
 *	  An open that succeeded has to be closed there.
 * @replied: optional: the answer is here and was applied, whether it grants the
 *	     lock, has it wait, or refuses it; or there will be none.  Called once
 *	     if @started, in process context, perhaps after the waiting task was
 *	     killed; must not wait.
 * @priv: for @done, @orphan and @replied; must live until one of the former was
 *	  called, or ldlm_enqueue() returned anything but -EINTR
 * @req_ops: optional, for requests that the caller made: its committed,
 *	     replay, replayed and release members are called as if given to
 *	     ptlrpc_send(), with @req_data; its done member is not used
 * @req_data: for @req_ops
 */
struct ldlm_enqueue {
	struct ldlm_resid		resid;
	u32				type;
	u32				mode;
	struct ldlm_policy		policy;
	u32				flags;
	bool				no_lru;
	bool				interruptible;
	bool				patient;
	bool				once;
	const struct ldlm_lock_ops	*ops;
	void				*data;
	u32				lvb_size;
	void				*lvb;
	u32				lvb_len;
	u32				reply_flags;
	u64				disposition;
	int				intent_status;
	bool				started;
	void (*done)(struct ldlm_enqueue *enq, struct ldlm_lock *lock,
		     int status);
	void (*orphan)(struct ptlrpc_request *req, int status, void *priv);
	void (*replied)(void *priv);
	void				*priv;
	const struct ptlrpc_req_ops	*req_ops;
	void				*req_data;
};

/* The positive status of an enqueue that took no lock, but has a valid reply */
#define LDLM_ABORTED	301

int ldlm_enqueue(struct ldlm_ns *ns, struct ldlm_enqueue *enq,
		 struct ptlrpc_request *req, struct ldlm_lock **lockp);
int ldlm_enqueue_async(struct ldlm_ns *ns, const struct ldlm_enqueue *enq,
		       struct ptlrpc_request *req);

/*
 * A lock asked for by one of several parts of a request that the caller sends
 * and takes apart himself.  ldlm_part_begin() fills in the part's record, with
 * room for one handle, and returns the enqueue or ERR_PTR; then nothing was or
 * will be called.  The part ends with ldlm_part_end(), once: with @rc 0 and the
 * part's reply, or with the errno that it failed with.  A lock that has to be
 * waited for is given up, -EBUSY.  args->done (must not be NULL) is called as
 * for ldlm_enqueue_async(), before ldlm_part_end() returns.
 */
struct ldlm_enq *ldlm_part_begin(struct ldlm_ns *ns,
				 const struct ldlm_enqueue *args,
				 struct ldlm_request *dlm);
void ldlm_part_end(struct ldlm_enq *enq, const struct ldlm_reply *rep, int rc);

/* ldlm_match.flags */
#define LDLM_MATCH_TEST		BIT(0)	/* take no use, return no lock */
#define LDLM_MATCH_CBPENDING	BIT(1)	/* also one that is wanted back */
#define LDLM_MATCH_ANY_GROUP	BIT(2)	/* also a group lock, of any group */

/**
 * struct ldlm_match - what cached extent lock would do
 * @resid: resource
 * @modes: acceptable modes, LCK_* or-ed
 * @policy: range that must be covered by the lock, with the same gid unless
 *	LDLM_MATCH_ANY_GROUP is set
 * @flags: LDLM_MATCH_*
 */
struct ldlm_match {
	struct ldlm_resid	resid;
	u32			modes;
	struct ldlm_policy	policy;
	u32			flags;
};

u32 ldlm_lock_match(struct ldlm_ns *ns, const struct ldlm_match *m,
		    struct ldlm_lock **lockp);
u64 ldlm_extent_remote(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		       u32 modes, u64 off);
u64 ldlm_extent_retire(struct ldlm_lock *lock);
bool ldlm_extent_lost(struct ldlm_ns *ns, const struct ldlm_resid *resid);
u64 ldlm_cached_bits(struct ldlm_ns *ns, const struct ldlm_resid *resid);
u32 ldlm_bits_match(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		    u32 modes, u64 bits, u32 flags, struct ldlm_lock **lockp);
u64 ldlm_bits_remote(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		     u32 modes, u64 bits);
bool ldlm_bits_lost(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		    u64 bits);
bool ldlm_bits_retire(struct ldlm_lock *lock, u64 bits);

void ldlm_lock_get(struct ldlm_lock *lock);
void ldlm_lock_put(struct ldlm_lock *lock);
/* One more use; -ESTALE if the lock is wanted back or not granted. */
int ldlm_lock_addref(struct ldlm_lock *lock);
/* One more use by who has one already: also of a lock that is wanted back. */
void ldlm_lock_reuse(struct ldlm_lock *lock);
/* End of a use.  Never sleeps; what follows from it runs on a workqueue. */
void ldlm_lock_decref(struct ldlm_lock *lock);
/* End of a use, and the lock shall be cancelled after its last one. */
void ldlm_lock_decref_cancel(struct ldlm_lock *lock);
/* The same, and the server drops the lock by itself: no CANCEL is sent. */
void ldlm_lock_decref_forget(struct ldlm_lock *lock);
/*
 * An intent may bring a lock that we have.  If another usable lock with the
 * same type and data, of a mode at least as strong, covers @lock, move the use
 * there and cancel @lock.  Returns the lock to go on with.
 */
struct ldlm_lock *ldlm_lock_dedupe(struct ldlm_lock *lock);
/* End of the use of a file lock that is not held: an unlock, a test. */
void ldlm_flock_done(struct ldlm_lock *lock);
/* What the owner in @range has there first: its range, and its mode or LCK_NL */
u32 ldlm_flock_next(struct ldlm_ns *ns, const struct ldlm_resid *resid,
		    struct ldlm_policy *range);
/* Server's cookie, for obdo o_handle; 0: not known. */
u64 ldlm_lock_remote(struct ldlm_lock *lock);

/* ---- what a lock belongs to -------------------------------------------- */

/*
 * A callback reaches the owner's object by ldlm_lock_data_grab() alone, which
 * calls @grab (refcount_inc_not_zero() and the like; under a spinlock) if there
 * is one and returns what @grab returned.  The owner, from its last completion
 * or blocking operation, calls ldlm_lock_drop_data(), ldlm_extent_retire() or
 * ldlm_bits_retire() before it gives up what kept the object alive for the lock.
 */
void *ldlm_lock_data_grab(struct ldlm_lock *lock, void *(*grab)(void *data));
void ldlm_lock_drop_data(struct ldlm_lock *lock);

/* ---- giving locks back ------------------------------------------------- */

/* Cancel an unused lock; waits for its cancel actions.  -EBUSY: in use. */
int ldlm_lock_cancel(struct ldlm_lock *lock);
/**
 * struct ldlm_elc - locks to be cancelled together with a request
 * (06 section 4.1)
 * @ns: the namespace, all locks of a list are from one import
 * @locks: the locks, each with a memory reference, in CANCELING state
 * @count: how many
 *
 * The life of a list: ldlm_elc_init(), ldlm_elc_add() as often as needed (runs
 * the cancel actions; may sleep and do I/O), then make the request with
 * ldlm_elc_size() bytes in its ldlm_request buffer, ldlm_elc_pack(), send it;
 * or ldlm_elc_drop() when there will be no request.  Without CANCELSET on the
 * import ldlm_elc_add() collects nothing.
 */
struct ldlm_elc {
	struct ldlm_ns		*ns;
	struct list_head	locks;
	unsigned int		count;
};

/* Handles that one request may carry, with room for an intent beside them */
#define LDLM_ELC_MAX	128

/* After a successful create, for a request kept for replay: take no lock */
void ldlm_request_set_intent_only(struct ptlrpc_request *req);

void ldlm_elc_init(struct ldlm_elc *elc, struct ldlm_ns *ns);
/*
 * Idle locks on @resid that conflict with an inodebits lock in @mode on @bits.
 * Returns how many the list has now.  Those the server has asked for go by
 * themselves.
 */
unsigned int ldlm_elc_add(struct ldlm_elc *elc, const struct ldlm_resid *resid,
			  u32 mode, u64 bits);
/* Bytes for the ldlm_request buffer, 0 for none; @enqueue: slot 0 is ours */
u32 ldlm_elc_size(const struct ldlm_elc *elc, bool enqueue);
void ldlm_elc_pack(struct ldlm_elc *elc, struct ptlrpc_request *req,
		   unsigned int buf, bool enqueue);
void ldlm_elc_drop(struct ldlm_elc *elc);

/* ---- arithmetic (policy.c) --------------------------------------------- */

bool ldlm_modes_compatible(u32 a, u32 b);
bool ldlm_policies_overlap(u32 type, const struct ldlm_policy *a,
			   const struct ldlm_policy *b);
bool ldlm_policy_covers(u32 type, const struct ldlm_policy *have,
			const struct ldlm_policy *want);
bool ldlm_mode_valid(u32 mode);

static inline bool ldlm_resid_equal(const struct ldlm_resid *a,
				    const struct ldlm_resid *b)
{
	return a->name[0] == b->name[0] && a->name[1] == b->name[1] &&
	       a->name[2] == b->name[2] && a->name[3] == b->name[3];
}

#endif /* LUSTRE_LDLM_LDLM_H */
