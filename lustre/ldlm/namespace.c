// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespaces: all locks of one import, and what happens to all of them at once.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/seq_file.h>

#include "ldlm/internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/lustre.h>

struct workqueue_struct *ldlm_wq;
struct workqueue_struct *ldlm_cancel_wq;
struct workqueue_struct *ldlm_evict_wq;

/* Seconds after which the end of a namespace says what it waits for */
#define LDLM_DESTROY_NOTICE	60

/**
 * ldlm_init - caches and workqueues of the room; from module init
 *
 * Return: 0 or -ENOMEM.
 */
int __init ldlm_init(void)
{
	int rc = ldlm_resource_init();

	if (rc)
		return rc;
	rc = ldlm_lock_init();
	if (rc)
		goto out_resource;
	rc = -ENOMEM;
	ldlm_wq = alloc_workqueue("lustre_ldlm", WQ_MEM_RECLAIM | WQ_UNBOUND,
				  0);
	if (!ldlm_wq)
		goto out_lock;
	/* Of its own: cancels must go out while all flushes wait for I/O */
	ldlm_cancel_wq = alloc_workqueue("lustre_cancel",
					 WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!ldlm_cancel_wq)
		goto out_wq;
	/* Nor may what new locks wait for wait for those flushes */
	ldlm_evict_wq = alloc_workqueue("lustre_evict",
					WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!ldlm_evict_wq)
		goto out_cancel_wq;
	return 0;
out_cancel_wq:
	destroy_workqueue(ldlm_cancel_wq);
out_wq:
	destroy_workqueue(ldlm_wq);
out_lock:
	ldlm_lock_exit();
out_resource:
	ldlm_resource_exit();
	return rc;
}

/* ldlm_exit - undo ldlm_init(); all namespaces are gone. */
void ldlm_exit(void)
{
	destroy_workqueue(ldlm_evict_wq);
	destroy_workqueue(ldlm_cancel_wq);
	destroy_workqueue(ldlm_wq);
	rcu_barrier();
	ldlm_lock_exit();
	ldlm_resource_exit();
}

/* Tell the owners of the locks that an eviction took; they may do I/O. */
static void ldlm_invalid_work(struct work_struct *work)
{
	struct ldlm_ns *ns = container_of(work, struct ldlm_ns, invalid_work);
	LIST_HEAD(claimed);
	u32 generation;

	spin_lock(&ns->lock);
	list_splice_init(&ns->invalid, &claimed);
	generation = ns->invalid_generation;
	spin_unlock(&ns->lock);
	ldlm_cancel_list(&claimed);
	/* Pairs with ldlm_ns_ready(): all was forgotten before. */
	smp_store_release(&ns->generation, generation);
	wake_up_all(&ns->waitq);
}

/**
 * ldlm_ns_create - the lock namespace of an import
 * @imp: import in state NEW; a reference is taken
 *
 * Return: the namespace, which ptlrpc_import_ns() finds from now on, or
 * ERR_PTR(-ENOMEM).
 */
struct ldlm_ns *ldlm_ns_create(struct ptlrpc_import *imp)
{
	struct ldlm_ns *ns = kzalloc_obj(*ns, GFP_KERNEL);
	int rc;

	if (!ns)
		return ERR_PTR(-ENOMEM);
	rc = ldlm_resource_table_init(ns);
	if (rc) {
		kfree(ns);
		return ERR_PTR(rc);
	}
	spin_lock_init(&ns->lock);
	xa_init_flags(&ns->locks, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&ns->lru);
	ns->lru_max_age = LDLM_LRU_MAX_AGE;
	INIT_LIST_HEAD(&ns->cancel_list);
	INIT_WORK(&ns->cancel_work, ldlm_cancel_work);
	INIT_LIST_HEAD(&ns->claimed);
	INIT_WORK(&ns->claimed_work, ldlm_claimed_work);
	INIT_DELAYED_WORK(&ns->lru_work, ldlm_lru_work);
	INIT_LIST_HEAD(&ns->invalid);
	INIT_WORK(&ns->invalid_work, ldlm_invalid_work);
	ns->generation = ptlrpc_import_generation(imp);
	init_waitqueue_head(&ns->waitq);
	ns->imp = ptlrpc_import_get(imp, lustre_import_get_locks);
	rc = ldlm_shrinker_init(ns);
	if (rc) {
		ptlrpc_import_put(imp, lustre_import_put_locks);
		rhashtable_destroy(&ns->resources);
		kfree(ns);
		return ERR_PTR(rc);
	}
	ptlrpc_import_set_ns(imp, ns);
	return ns;
}

/*
 * The next lock of a namespace, in no particular order, with a reference, which
 * goes when the lock is given as @prev.  Begin with NULL and *@index 0.  A lock
 * that is there all the time is seen once.  No lock is held in between.
 */
struct ldlm_lock *ldlm_ns_next(struct ldlm_ns *ns, struct ldlm_lock *prev,
			       unsigned long *index)
{
	struct ldlm_lock *lock;

	if (prev)
		ldlm_lock_put(prev);
	rcu_read_lock();
	lock = xa_find(&ns->locks, index, ULONG_MAX, XA_PRESENT);
	while (lock && !ldlm_lock_hold_live(lock, lustre_lock_ref_get_walk))
		lock = xa_find_after(&ns->locks, index, ULONG_MAX, XA_PRESENT);
	rcu_read_unlock();
	++*index;
	return lock;
}

static bool ldlm_is_flushing(struct ldlm_lock *lock)
{
	return lock->state == LDLM_STATE_CANCELING &&
	       !(lock->flags & LDLM_LF_BL_DONE);
}

static bool ldlm_is_flushed(struct ldlm_lock *lock)
{
	bool flushed;

	spin_lock(&lock->ns->lock);
	flushed = !ldlm_is_flushing(lock);
	spin_unlock(&lock->ns->lock);
	return flushed;
}

/* Wait for cancel actions that others have begun. */
static void ldlm_ns_wait_flushes(struct ldlm_ns *ns)
{
	struct ldlm_lock *lock = NULL;
	unsigned long i = 0;

	while ((lock = ldlm_ns_next(ns, lock, &i)))
		wait_event(lock->waitq, ldlm_is_flushed(lock));
}

/*
 * Mark every held lock, and collect those that are idle.  @lost: the server has
 * forgotten them, or will.
 */
static void ldlm_ns_claim(struct ldlm_ns *ns, bool lost, u32 flags,
			  struct list_head *claimed)
{
	struct ldlm_lock *lock = NULL;
	unsigned long i = 0;

	while ((lock = ldlm_ns_next(ns, lock, &i))) {
		spin_lock(&ns->lock);
		if (lock->res) {
			if (lost)
				ldlm_lock_lose(lock);
			ldlm_lock_block(lock, flags);
			if (ldlm_cancel_claim(lock))
				list_add_tail(&lock->link, claimed);
		}
		spin_unlock(&ns->lock);
		cond_resched();
	}
}

/**
 * ldlm_ns_cancel_all - give every lock of a namespace back
 * @ns: namespace
 * @local: send no CANCEL: the server will be told, or knows, by other means
 *
 * May sleep and do I/O: the cancel actions of all idle locks ran when it
 * returns; a lock in use follows after its last use.  For umount.
 */
void ldlm_ns_cancel_all(struct ldlm_ns *ns, bool local)
{
	LIST_HEAD(claimed);

	ldlm_ns_claim(ns, local, 0, &claimed);
	ldlm_cancel_list(&claimed);
	ldlm_ns_wait_flushes(ns);
}

/* Fail locks that will never be granted: those in states @first ... WAITING. */
static void ldlm_ns_fail(struct ldlm_ns *ns, enum ldlm_lock_state first, int rc)
{
	struct ldlm_lock *lock = NULL;
	unsigned long i = 0;
	bool fail;

	while ((lock = ldlm_ns_next(ns, lock, &i))) {
		spin_lock(&ns->lock);
		fail = lock->state >= first &&
		       lock->state <= LDLM_STATE_WAITING;
		if (fail)
			ldlm_lock_lose(lock);
		spin_unlock(&ns->lock);
		if (fail) {
			ldlm_lock_fail(lock, rc);
			ldlm_enq_settle(lock);
		}
	}
}

/**
 * ldlm_ns_invalidate - the server has forgotten us (06 section 8,
 * 04 section 4.2)
 * @ns: namespace
 *
 * For &ptlrpc_import_ops.invalidate: all locks are void, dirty data under them
 * is lost, waiters get -EIO.  Sends nothing, and waits for nobody: the recovery
 * of a target must not depend on what the owners of locks wait for, who hear of
 * it on a workqueue.  No new lock is asked for before they did, see
 * ldlm_ns_ready().
 */
void ldlm_ns_invalidate(struct ldlm_ns *ns)
{
	ldlm_ns_fail(ns, LDLM_STATE_WAITING, -EIO);
	ldlm_ns_claim(ns, true, LDLM_LF_DISCARD, &ns->invalid);
	spin_lock(&ns->lock);
	ns->invalid_generation = ptlrpc_import_generation(ns->imp);
	spin_unlock(&ns->lock);
	queue_work(ldlm_evict_wq, &ns->invalid_work);
}

/*
 * May new locks be asked for?  Not while an eviction is found out and what the
 * old ones protected is still there.
 */
bool ldlm_ns_ready(struct ldlm_ns *ns, u32 *generation)
{
	*generation = ptlrpc_import_generation(ns->imp);
	/* Pairs with ldlm_invalid_work(). */
	return smp_load_acquire(&ns->generation) == *generation;
}

bool ldlm_ns_empty(struct ldlm_ns *ns)
{
	bool empty;

	spin_lock(&ns->lock);
	empty = !ns->nr_locks;
	spin_unlock(&ns->lock);
	return empty;
}

/*
 * Wait for users of locks that should not be there, as long as it takes: their
 * operations lead to objects that are freed next.  After @notice (jiffies) say
 * so.
 */
void ldlm_ns_wait_empty(struct ldlm_ns *ns, long notice)
{
	if (wait_event_timeout(ns->waitq, ldlm_ns_empty(ns), notice))
		return;
	pr_err("lustre: %s: waiting for the users of %u locks\n",
	       ldlm_ns_name(ns), READ_ONCE(ns->nr_locks));
	wait_event(ns->waitq, ldlm_ns_empty(ns));
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_ns_wait_empty);

/**
 * ldlm_ns_destroy - end of a namespace
 * @ns: namespace whose import was disconnected; or NULL
 *
 * What locks are left are cancelled locally, their data discarded.  Nobody uses
 * one when it returns, see ldlm_ns_wait_empty(): the caller is about to free what
 * their operations lead to.
 */
void ldlm_ns_destroy(struct ldlm_ns *ns)
{
	LIST_HEAD(claimed);

	if (!ns)
		return;
	spin_lock(&ns->lock);
	ns->stopping = true;
	spin_unlock(&ns->lock);
	ldlm_shrinker_exit(ns);
	ldlm_ns_fail(ns, LDLM_STATE_NEW, -ESHUTDOWN);
	ldlm_ns_claim(ns, true, LDLM_LF_DISCARD, &claimed);
	ldlm_cancel_list(&claimed);
	flush_work(&ns->invalid_work);
	ldlm_ns_wait_flushes(ns);
	queue_work(ldlm_cancel_wq, &ns->cancel_work);
	cancel_delayed_work_sync(&ns->lru_work);

	ldlm_ns_wait_empty(ns, LDLM_DESTROY_NOTICE * HZ);
	cancel_delayed_work_sync(&ns->lru_work);
	flush_work(&ns->claimed_work);
	flush_work(&ns->cancel_work);
	ptlrpc_import_set_ns(ns->imp, NULL);
	xa_destroy(&ns->locks);
	rhashtable_destroy(&ns->resources);
	ptlrpc_import_put(ns->imp, lustre_import_put_locks);
	kfree(ns);
}

/**
 * ldlm_ns_get_stats - figures for sysfs and debugfs
 * @ns: namespace
 * @st: receives them
 */
void ldlm_ns_get_stats(struct ldlm_ns *ns, struct ldlm_ns_stats *st)
{
	u32 limit;

	ptlrpc_import_pool(ns->imp, &st->slv, &limit);
	st->pool_limit = limit;
	spin_lock(&ns->lock);
	st->locks = ns->nr_locks;
	st->resources = ns->nr_resources;
	st->unused = ns->nr_unused;
	st->lru_size = ns->lru_size;
	st->lru_max_age = ns->lru_max_age;
	st->enqueued = ns->enqueued;
	st->cancelled = ns->cancelled;
	spin_unlock(&ns->lock);
}

/**
 * ldlm_ns_show - describe a namespace
 * @ns: namespace
 * @m: receives "name value" lines
 */
void ldlm_ns_show(struct ldlm_ns *ns, struct seq_file *m)
{
	struct ldlm_ns_stats st;

	ldlm_ns_get_stats(ns, &st);
	seq_printf(m, "name %s\nlocks %u\nresources %u\nunused %u\n",
		   ldlm_ns_name(ns), st.locks, st.resources, st.unused);
	seq_printf(m, "pool_limit %u\nslv %llu\n", st.pool_limit, st.slv);
	seq_printf(m, "granted %llu\ncancelled %llu\n", st.enqueued,
		   st.cancelled);
}

/* Name for messages: that of the import. */
const char *ldlm_ns_name(const struct ldlm_ns *ns)
{
	return ptlrpc_import_name(ns->imp);
}

/* The import; valid as long as the namespace. */
struct ptlrpc_import *ldlm_ns_import(const struct ldlm_ns *ns)
{
	return ns->imp;
}
