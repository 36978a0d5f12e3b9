/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the lock room share.
 *
 * Locking, outermost first, all plain spinlocks taken in process context only:
 *
 *   ldlm_ns.lock	everything marked "ns lock" in ldlm.h and below
 *     ldlm_resource.lock	the tree of extent locks of one object
 *
 * No callback, no allocation that sleeps and no RPC happens under them.  What
 * reads, writes and path walk ask all the time takes no ldlm_ns.lock: "is this
 * range covered" (extent.c), "are these inode bits covered" (resource.c), and
 * the begin and end of a use, which are atomic operations on ldlm_lock.uses.
 * Who forbids new uses, by ldlm_lock_block() or ldlm_cancel_claim(), does so
 * under ldlm_ns.lock; the end of the last use then takes it too.
 *
 * References to a lock: one for being known (resource, table of locks and
 * handle table), until ldlm_lock_destroy(); one per use; one per pending
 * enqueue; one per queued work.
 */
#ifndef LUSTRE_LDLM_INTERNAL_H
#define LUSTRE_LDLM_INTERNAL_H

#include <linux/completion.h>
#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>
#include <trace/events/lustre.h>

#include "ldlm/ldlm.h"

/*
 * Unused locks kept without LRU_RESIZE, per online CPU and at least
 * (06 section 11)
 */
#define LDLM_LRU_PER_CPU	100
#define LDLM_LRU_MIN		2000
/* With LRU_RESIZE the server decides; this only stops a silly one */
#define LDLM_LRU_CEILING	(512 * 1024)
#define LDLM_LRU_MAX_AGE	3900	/* seconds */
#define LDLM_LRU_PERIOD		10	/* seconds between looks at the LRU */
#define LDLM_LRU_BATCH		256

/* Handles in one LDLM_CANCEL: the message stays below 3584 bytes */
#define LDLM_CANCEL_MAX		400

/* Shortest wait for a completion callback before the import is prodded */
#define LDLM_CP_TIMEOUT		100	/* seconds */

/* An idle write lock that was glimpsed goes away after so long */
#define LDLM_GLIMPSE_IDLE	10	/* seconds */

#define LDLM_REPLAY_WINDOW	8	/* lock replays in flight */

/**
 * struct ldlm_ns - all locks of one import
 * @imp: the import, referenced
 * @lock: see the top of this file
 * @resources: struct ldlm_resource by id; ns lock to change it, RCU to look
 * @locks: all locks from enqueue to end by ldlm_lock.id; RCU to look
 * @lru: granted locks that may go when they are idle, the oldest first by the
 *	time of ldlm_lock.lru_time; ns lock
 * @cancel_list: locks whose CANCEL is to be sent; ns lock
 * @cancel_work: sends it
 * @claimed: locks claimed by who can't cancel them himself; ns lock
 * @claimed_work: cancels them
 * @shrinker: takes idle locks when memory is short
 * @lru_work: looks at @lru
 * @invalid: idle locks that evictions took; ns lock
 * @invalid_generation: the import's since the last eviction; ns lock
 * @invalid_work: tells the owners of @invalid
 * @generation: the import's for which that is over: what older locks protected
 *	is forgotten
 * @waitq: woken when a lock is freed, or @generation changed
 * @nr_locks: locks that exist; ns lock
 * @nr_unused: locks on @lru; ns lock
 * @nr_resources: resources that exist; ns lock
 * @lru_size: idle locks to keep, 0: as many as the server and memory allow
 * @lru_max_age: seconds that a lock may be idle
 * @stopping: no lock enters the LRU any more; ns lock
 * @enqueued: locks granted so far; ns lock
 * @cancelled: locks given back so far; ns lock
 */
struct ldlm_ns {
	struct ptlrpc_import	*imp;
	spinlock_t		lock;	/* everything that says "ns lock" */
	struct rhashtable	resources;
	struct xarray		locks;
	struct list_head	lru;
	struct list_head	cancel_list;
	struct work_struct	cancel_work;
	struct list_head	claimed;
	struct work_struct	claimed_work;
	struct shrinker		*shrinker;
	struct delayed_work	lru_work;
	struct list_head	invalid;
	u32			invalid_generation;
	struct work_struct	invalid_work;
	u32			generation;
	wait_queue_head_t	waitq;
	unsigned int		nr_locks;
	unsigned int		nr_unused;
	unsigned int		nr_resources;
	unsigned int		lru_size;
	unsigned int		lru_max_age;
	bool			stopping;
	u64			enqueued;
	u64			cancelled;
};

/**
 * struct ldlm_resource - one server object that we have locks on
 * @node: in ldlm_ns.resources
 * @id: key
 * @granted: locks on inode bits and plain ones that are granted or being
 *	cancelled; ns lock
 * @lock: protects @extents, @lost
 * @extents: extent locks by range, see extent.c; changed under the ns lock, too
 * @flocks: file locks by owner and range, see flock.c; ns lock
 * @lost: locks in @extents that the server has forgotten; likewise
 * @bits: inode bits that usable locks cover; ns lock to change it
 * @nr_locks: all of them; ns lock
 * @rcu: to free it
 */
struct ldlm_resource {
	struct rhash_head	node;
	struct ldlm_resid	id;
	struct list_head	granted;
	spinlock_t		lock;	/* extents */
	struct rb_root_cached	extents;
	struct rb_root		flocks;
	unsigned int		lost;
	u32			bits;
	unsigned int		nr_locks;
	struct rcu_head		rcu;
};

/**
 * struct ldlm_enq - one enqueue under way
 * @ref: one for the request (until released), one for the waiter or done()
 * @args: a copy of what was asked
 * @lock: the new lock, referenced, until finished
 * @req: its request, referenced, until finished
 * @own_req: the request was made here
 * @async: args.done is called at the end
 * @replied: the reply was processed; ns lock
 * @finished: the result stands; ns lock
 * @abandoned: nobody waits for the result; ns lock
 * @spare: of a file lock: what is left of an older one may need it; ns lock
 * @spare_used: it did; ns lock
 * @gone: file locks that this one took the place of; ns lock
 * @status: the result, see ldlm_enqueue()
 */
struct ldlm_enq {
	refcount_t		ref;
	struct ldlm_enqueue	args;
	struct ldlm_lock	*lock;
	struct ptlrpc_request	*req;
	bool			own_req;
	bool			async;
	bool			replied;
	bool			finished;
	bool			abandoned;
	struct ldlm_lock	*spare;
	bool			spare_used;
	struct list_head	gone;
	int			status;
};

extern struct workqueue_struct *ldlm_wq;
extern struct workqueue_struct *ldlm_cancel_wq;
extern struct workqueue_struct *ldlm_evict_wq;
extern const struct ptlrpc_handle_type ldlm_handle_type;

#define ldlm_notice(ns, fmt, ...)					\
	pr_notice_ratelimited("lustre: %s: " fmt, ldlm_ns_name(ns),	\
			      ##__VA_ARGS__)
#define ldlm_warn(ns, fmt, ...)						\
	pr_warn_ratelimited("lustre: %s: " fmt, ldlm_ns_name(ns),	\
			    ##__VA_ARGS__)

/* ---- resource.c ---- */
int __init ldlm_resource_init(void);
void ldlm_resource_exit(void);
int ldlm_resource_table_init(struct ldlm_ns *ns);
struct ldlm_resource *ldlm_resource_alloc(void);
void ldlm_resource_free(struct ldlm_resource *res);
struct ldlm_resource *ldlm_resource_find(struct ldlm_ns *ns,
					 const struct ldlm_resid *id);
int ldlm_resource_attach(struct ldlm_ns *ns, struct ldlm_lock *lock,
			 struct ldlm_resource **newp);
void ldlm_resource_detach(struct ldlm_ns *ns, struct ldlm_lock *lock);
void ldlm_resource_update_bits(struct ldlm_resource *res);

/* ---- extent.c ---- */
void ldlm_extent_insert(struct ldlm_resource *res, struct ldlm_lock *lock);
void ldlm_extent_erase(struct ldlm_resource *res, struct ldlm_lock *lock);
void ldlm_extent_lose(struct ldlm_resource *res, struct ldlm_lock *lock);
u64 ldlm_extent_end(struct ldlm_resource *res);
struct ldlm_lock *ldlm_extent_find(struct ldlm_resource *res,
				   const struct ldlm_match *m);

/* ---- flock.c ---- */
void ldlm_flock_insert(struct ldlm_resource *res, struct ldlm_lock *lock);
void ldlm_flock_erase(struct ldlm_resource *res, struct ldlm_lock *lock);
bool ldlm_flock_sane(const struct ldlm_lock *lock,
		     const struct ldlm_desc *desc);
int ldlm_flock_spare(struct ldlm_ns *ns, struct ldlm_enq *enq);
int ldlm_flock_grant(struct ldlm_lock *lock, struct ldlm_resource **newp);
void ldlm_flock_sweep(struct ldlm_enq *enq);

/* ---- namespace.c ---- */
bool ldlm_ns_ready(struct ldlm_ns *ns, u32 *generation);

/* ---- lock.c ---- */
int __init ldlm_lock_init(void);
void ldlm_lock_exit(void);
struct ldlm_lock *ldlm_lock_new(struct ldlm_ns *ns,
				const struct ldlm_enqueue *args);
void ldlm_lock_destroy(struct ldlm_lock *lock);
void ldlm_lock_block(struct ldlm_lock *lock, u32 flags);
void ldlm_lock_lose(struct ldlm_lock *lock);
void ldlm_lock_ready(struct ldlm_lock *lock);
void ldlm_lock_unuse(struct ldlm_lock *lock);
bool ldlm_use_begin(struct ldlm_lock *lock, bool wanted_back);
bool ldlm_use_shut(struct ldlm_lock *lock);
void ldlm_use_reopen(struct ldlm_lock *lock);
bool ldlm_lock_replaces(const struct ldlm_lock *have,
			const struct ldlm_lock *lock);
struct ldlm_lock *ldlm_handle_lock(struct ptlrpc_net *pn, u64 cookie);

/* Uses of a lock at this moment; they may begin and end at any time. */
static inline unsigned int ldlm_lock_users(const struct ldlm_lock *lock)
{
	return atomic_read(&lock->uses) & LDLM_USE_COUNT;
}

/* Could a use begin now?  @wanted_back: also of a lock that is wanted back. */
static inline bool ldlm_use_possible(const struct ldlm_lock *lock,
				     bool wanted_back)
{
	return !(atomic_read(&lock->uses) &
		 (wanted_back ? LDLM_USE_SHUT : LDLM_USE_SHUT | LDLM_USE_OLD));
}

/* Granted, its enqueue is over, and nobody wants it back.  Under ns->lock. */
static inline bool ldlm_lock_usable(const struct ldlm_lock *lock)
{
	return lock->state == LDLM_STATE_GRANTED &&
	       (lock->flags & (LDLM_LF_READY | LDLM_LF_CBPENDING)) ==
	       LDLM_LF_READY;
}

/* Under ns->lock, or where nobody else changes the lock. */
static inline void ldlm_trace(const struct ldlm_lock *lock,
			      enum lustre_lock_trace why)
{
	trace_lustre_lock(ldlm_ns_name(lock->ns), lock->handle.cookie,
			  lock->resid.name, lock->granted_mode ?:
			  lock->req_mode, lock->flags, ldlm_lock_users(lock),
			  why);
}

static inline void ldlm_trace_ref(const struct ldlm_lock *lock,
				  enum lustre_lock_ref_trace why)
{
	trace_lustre_lock_ref(lock->handle.cookie, refcount_read(&lock->ref),
			      ldlm_lock_users(lock), why);
}

/* Take a reference. */
static inline void ldlm_lock_hold(struct ldlm_lock *lock,
				  enum lustre_lock_ref_trace why)
{
	refcount_inc(&lock->ref);
	ldlm_trace_ref(lock, why);
}

/* Take a reference to a lock that may be on its way out. */
static inline bool ldlm_lock_hold_live(struct ldlm_lock *lock,
				       enum lustre_lock_ref_trace why)
{
	if (!refcount_inc_not_zero(&lock->ref))
		return false;
	ldlm_trace_ref(lock, why);
	return true;
}

/* A lock that the server knows about under a name that we know as well */
static inline bool ldlm_lock_remote_known(const struct ldlm_lock *lock)
{
	return lock->remote && !(lock->flags & LDLM_LF_LOCAL);
}

/* ---- enqueue.c ---- */
int ldlm_lock_grant(struct ldlm_lock *lock, const struct ldlm_desc *desc,
		    u32 mode, struct ldlm_resource **newp);
int ldlm_lock_set_lvb(struct ldlm_lock *lock, const void *lvb, u32 len);
bool ldlm_reply_sane(const struct ldlm_lock *lock,
		     const struct ldlm_desc *desc);
void ldlm_lock_fail(struct ldlm_lock *lock, int rc);
void ldlm_enq_settle(struct ldlm_lock *lock);
void ldlm_lock_complete(struct ldlm_lock *lock, int rc);

/* ---- lru.c, also for the tests ---- */
void ldlm_lru_place(struct list_head *lru, struct ldlm_lock *lock, bool in_use);

/* ---- cancel.c ---- */
bool ldlm_cancel_claim(struct ldlm_lock *lock);
bool ldlm_cancel_claim_since(struct ldlm_lock *lock, ktime_t used);
void ldlm_cancel_later(struct ldlm_lock *lock);
void ldlm_claimed_work(struct work_struct *work);
void ldlm_cancel_run(struct ldlm_lock *lock);
void ldlm_cancel_finish(struct ldlm_lock *lock);
void ldlm_cancel_wait(struct ldlm_lock *lock);
void ldlm_cancel_list(struct list_head *claimed);
void ldlm_cancel_kick(struct ldlm_lock *lock);
void ldlm_bl_work(struct work_struct *work);
void ldlm_cancel_work(struct work_struct *work);

/* ---- namespace.c ---- */
struct ldlm_lock *ldlm_ns_next(struct ldlm_ns *ns, struct ldlm_lock *prev,
			       unsigned long *index);

/* ---- lru.c ---- */
int ldlm_shrinker_init(struct ldlm_ns *ns);
void ldlm_shrinker_exit(struct ldlm_ns *ns);
void ldlm_lru_work(struct work_struct *work);
void ldlm_lru_remove(struct ldlm_ns *ns, struct ldlm_lock *lock);
void ldlm_lru_add(struct ldlm_ns *ns, struct ldlm_lock *lock);

/* ---- pack.c ---- */
void ldlm_resid_to_wire(const struct ldlm_resid *id, struct ldlm_res_id *wire);
void ldlm_desc_to_wire(const struct ldlm_desc *desc,
		       struct ldlm_lock_desc *wire);
int ldlm_desc_from_wire(const struct ldlm_lock_desc *wire,
			struct ldlm_desc *desc);
void ldlm_lock_describe(const struct ldlm_lock *lock, struct ldlm_desc *desc);

#endif /* LUSTRE_LDLM_INTERNAL_H */
