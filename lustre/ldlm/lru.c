// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many idle locks to keep: as many as the server allows (06 section 11),
 * and as memory allows.
 *
 * A lock enters the LRU when its first use ends, and stays there while it is
 * used again: the end of a use only notes the time.  Who looks for the oldest
 * lock moves those that were used since they got their place, behind those that
 * were used before them.
 */
#include <kunit/visibility.h>
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/shrinker.h>

#include "ldlm/internal.h"

/* Locks that get another place in the LRU without ns->lock being let go */
#define LDLM_LRU_MOVES		64

/* Locks that one is compared with when it gets another place */
#define LDLM_LRU_STEPS		32

/* When there are too many, so much of the limit is made free, for one message */
#define LDLM_LRU_ROOM(limit)	((limit) / 16)

/* What the server and age allow at one moment. */
struct ldlm_lru_rules {
	unsigned int	max;		/* idle locks */
	u64		slv;		/* lock volume, 0: no rule */
	s64		max_age;	/* seconds */
};

static unsigned int ldlm_lru_limit(struct ldlm_ns *ns)
{
	unsigned int size = READ_ONCE(ns->lru_size);

	if (size)
		return size;
	if (ptlrpc_import_granted(ns->imp, OBD_CONNECT_LRU_RESIZE))
		return LDLM_LRU_CEILING;
	return max(LDLM_LRU_MIN, LDLM_LRU_PER_CPU * num_online_cpus());
}

static void ldlm_lru_get_rules(struct ldlm_ns *ns, struct ldlm_lru_rules *r)
{
	u32 limit;

	r->max = ldlm_lru_limit(ns);
	r->max_age = READ_ONCE(ns->lru_max_age);
	r->slv = 0;
	if (READ_ONCE(ns->lru_size) || !ptlrpc_import_granted(ns->imp, OBD_CONNECT_LRU_RESIZE))
		return;
	ptlrpc_import_pool(ns->imp, &r->slv, &limit);
	if (!limit)
		r->slv = 0;
	else if (r->slv)
		r->max = min(r->max, limit);
}

/* Put an idle granted lock at the young end.  Under ns->lock. */
void ldlm_lru_add(struct ldlm_ns *ns, struct ldlm_lock *lock)
{
	unsigned long delay = LDLM_LRU_PERIOD * HZ;

	if (lock->flags & LDLM_LF_NO_LRU || ns->stopping ||
	    !list_empty(&lock->link))
		return;
	lock->lru_time = READ_ONCE(lock->last_used);
	list_add_tail(&lock->link, &ns->lru);
	ns->nr_unused++;
	if (ns->nr_unused > ldlm_lru_limit(ns))
		mod_delayed_work(ldlm_wq, &ns->lru_work, 0);
	else
		queue_delayed_work(ldlm_wq, &ns->lru_work, delay);
}

/* Take a granted lock off the LRU if it is there.  Under ns->lock. */
void ldlm_lru_remove(struct ldlm_ns *ns, struct ldlm_lock *lock)
{
	if (list_empty(&lock->link))
		return;
	list_del_init(&lock->link);
	ns->nr_unused--;
}

/* Must the oldest lock go, and if so, whatever it covers?  Under ns->lock. */
static bool ldlm_lru_excess(struct ldlm_ns *ns, const struct ldlm_lock *lock,
			    const struct ldlm_lru_rules *r, bool *force)
{
	s64 idle = div_s64(ktime_ms_delta(ktime_get(), lock->lru_time),
			   MSEC_PER_SEC);

	*force = idle > r->max_age;
	if (*force || ns->nr_unused > r->max)
		return true;
	return r->slv && (u64)idle * ns->nr_unused >= r->slv;
}

/*
 * The lock at the old end was used since it got there: it goes behind those that
 * were used before it, or to the young end if these are many.  Files that were
 * looked at again a while ago must not stay longer than those of just now.  Under
 * ns->lock.
 */
void ldlm_lru_place(struct list_head *lru, struct ldlm_lock *lock, bool in_use)
{
	ktime_t used = READ_ONCE(lock->last_used);
	struct list_head *pos = &lock->link;
	struct ldlm_lock *next;
	unsigned int i;

	lock->lru_time = used;
	for (i = 0; !in_use && i < LDLM_LRU_STEPS; i++) {
		if (list_is_last(pos, lru))
			break;
		next = list_next_entry(list_entry(pos, struct ldlm_lock, link),
				       link);
		if (!ktime_before(READ_ONCE(next->last_used), used))
			break;
		pos = &next->link;
	}
	if (in_use || i == LDLM_LRU_STEPS)
		list_move_tail(&lock->link, lru);
	else if (pos != &lock->link)
		list_move(&lock->link, pos);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_lru_place);

/*
 * The lock at the old end that has not been used since it got there.  NULL: too
 * many had to be moved, *@more: there are others.  Under ns->lock.
 */
static struct ldlm_lock *ldlm_lru_oldest(struct ldlm_ns *ns, bool *more)
{
	struct ldlm_lock *lock;
	unsigned int i;
	bool in_use;

	for (i = 0; i < LDLM_LRU_MOVES; i++) {
		lock = list_first_entry_or_null(&ns->lru, struct ldlm_lock,
						link);
		*more = lock;
		if (!lock)
			return NULL;
		in_use = ldlm_lock_users(lock);
		if (lock->lru_time == READ_ONCE(lock->last_used) && !in_use)
			return lock;
		ldlm_lru_place(&ns->lru, lock, in_use);
	}
	return NULL;
}

/*
 * The oldest lock if it must go, with a reference; NULL, and *@more as above,
 * or when all may stay.
 */
static struct ldlm_lock *ldlm_lru_pick(struct ldlm_ns *ns,
				       const struct ldlm_lru_rules *r,
				       bool *force, bool *more)
{
	struct ldlm_lock *lock;

	spin_lock(&ns->lock);
	lock = ldlm_lru_oldest(ns, more);
	if (lock && ldlm_lru_excess(ns, lock, r, force)) {
		ldlm_lock_hold(lock, lustre_lock_ref_get_lru);
	} else if (lock) {
		*more = false;
		lock = NULL;
	}
	spin_unlock(&ns->lock);
	return lock;
}

/* Claim a picked lock, or give it a second round because it is worth it. */
static bool ldlm_lru_claim(struct ldlm_lock *lock, bool force)
{
	struct ldlm_ns *ns = lock->ns;
	bool keep, claimed = false;

	keep = !force && lock->ops && lock->ops->weigh &&
	       lock->ops->weigh(lock);
	spin_lock(&ns->lock);
	if (!keep)
		claimed = ldlm_cancel_claim(lock);
	else if (lock->state == LDLM_STATE_GRANTED && !list_empty(&lock->link))
		list_move_tail(&lock->link, &ns->lru);
	spin_unlock(&ns->lock);
	return claimed;
}

/*
 * Collect up to @max locks that must go.  Those in use, or worth keeping, cost
 * one of *@chances each; when none is left take what comes, or with @spare
 * nothing more.
 */
static unsigned int ldlm_lru_collect(struct ldlm_ns *ns,
				     const struct ldlm_lru_rules *r,
				     unsigned int max, bool spare,
				     struct list_head *claimed,
				     unsigned int *chances)
{
	bool force, more, taken;
	struct ldlm_lock *lock;
	unsigned int n = 0;

	while (n < max) {
		lock = ldlm_lru_pick(ns, r, &force, &more);
		if (!lock && !more)
			break;
		taken = lock && ldlm_lru_claim(lock, force ||
					       (!spare && !*chances));
		if (taken) {
			list_add_tail(&lock->link, claimed);
			n++;
		}
		if (lock)
			ldlm_lock_put(lock);
		if (!taken && !*chances)
			break;
		if (!taken)
			*chances -= min_t(unsigned int, *chances,
					  lock ? 1 : LDLM_LRU_MOVES);
	}
	return n;
}

/* Drop idle locks that are too many or too old; look again later. */
void ldlm_lru_work(struct work_struct *work)
{
	struct ldlm_ns *ns = container_of(to_delayed_work(work),
					  struct ldlm_ns, lru_work);
	struct ldlm_lru_rules rules;
	unsigned int chances;
	LIST_HEAD(claimed);

	ldlm_lru_get_rules(ns, &rules);
	chances = READ_ONCE(ns->nr_unused);
	if (chances > rules.max)
		rules.max -= LDLM_LRU_ROOM(rules.max);
	while (ldlm_lru_collect(ns, &rules, LDLM_LRU_BATCH, false, &claimed,
				&chances))
		ldlm_cancel_list(&claimed);

	spin_lock(&ns->lock);
	if (ns->nr_unused && !ns->stopping)
		queue_delayed_work(ldlm_wq, &ns->lru_work,
				   LDLM_LRU_PERIOD * HZ);
	spin_unlock(&ns->lock);
}

/* ---- what an administrator wants ------------------------------------------ */

/* Have a new rule obeyed.  The look at the LRU goes on by itself. */
static void ldlm_lru_look(struct ldlm_ns *ns)
{
	spin_lock(&ns->lock);
	if (ns->nr_unused && !ns->stopping)
		mod_delayed_work(ldlm_wq, &ns->lru_work, 0);
	spin_unlock(&ns->lock);
}

/**
 * ldlm_ns_set_lru_size - keep a certain number of idle locks
 * @ns: namespace
 * @size: locks; 0: as many as the server and memory allow
 *
 * Context: any that may take a spinlock.
 */
void ldlm_ns_set_lru_size(struct ldlm_ns *ns, unsigned int size)
{
	WRITE_ONCE(ns->lru_size, size);
	ldlm_lru_look(ns);
}

/**
 * ldlm_ns_set_lru_max_age - keep idle locks for a certain time
 * @ns: namespace
 * @secs: seconds
 *
 * Context: any that may take a spinlock.
 */
void ldlm_ns_set_lru_max_age(struct ldlm_ns *ns, unsigned int secs)
{
	WRITE_ONCE(ns->lru_max_age, secs);
	ldlm_lru_look(ns);
}

/**
 * ldlm_ns_clear - give back all locks that are idle now
 * @ns: namespace
 *
 * What they cover is written and forgotten when this returns; the server hears
 * of it soon after.
 *
 * Context: sleeps; waits for servers as cancel actions do.
 */
void ldlm_ns_clear(struct ldlm_ns *ns)
{
	const struct ldlm_lru_rules rules = { .max_age = -1 };
	unsigned int left = READ_ONCE(ns->nr_unused);
	unsigned int n, chances = left;
	LIST_HEAD(claimed);

	while (left) {
		n = min_t(unsigned int, left, LDLM_LRU_BATCH);
		n = ldlm_lru_collect(ns, &rules, n, false, &claimed, &chances);
		if (!n)
			break;
		ldlm_cancel_list(&claimed);
		left -= n;
	}
}

/* ---- when memory is short ----------------------------------------------- */

static unsigned long ldlm_shrink_count(struct shrinker *s,
				       struct shrink_control *sc)
{
	struct ldlm_ns *ns = s->private_data;

	return READ_ONCE(ns->nr_unused) ?: SHRINK_EMPTY;
}

/*
 * Idle locks that cover no pages, the oldest first; with them go resources and
 * objects.  What is claimed here is cancelled by a worker.
 */
static unsigned long ldlm_shrink_scan(struct shrinker *s,
				      struct shrink_control *sc)
{
	const struct ldlm_lru_rules rules = { .max_age = S64_MAX };
	unsigned int chances = min(sc->nr_to_scan, UINT_MAX);
	struct ldlm_ns *ns = s->private_data;
	LIST_HEAD(claimed);
	unsigned int n;

	n = ldlm_lru_collect(ns, &rules, chances, true, &claimed, &chances);
	if (!n)
		return SHRINK_STOP;
	spin_lock(&ns->lock);
	list_splice_tail(&claimed, &ns->claimed);
	queue_work(ldlm_wq, &ns->claimed_work);
	spin_unlock(&ns->lock);
	return n;
}

/* 0 or -ENOMEM.  Of its own for each namespace: a target may come and go. */
int ldlm_shrinker_init(struct ldlm_ns *ns)
{
	struct shrinker *s;

	s = shrinker_alloc(0, "lustre-ldlm:%s", ldlm_ns_name(ns));
	if (!s)
		return -ENOMEM;
	s->count_objects = ldlm_shrink_count;
	s->scan_objects = ldlm_shrink_scan;
	s->private_data = ns;
	ns->shrinker = s;
	shrinker_register(s);
	return 0;
}

/* No scan runs or will run. */
void ldlm_shrinker_exit(struct ldlm_ns *ns)
{
	shrinker_free(ns->shrinker);
}
