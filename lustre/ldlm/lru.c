// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many idle locks to keep: as many as the server allows (06 section 11),
 * and as memory allows.
 *
 * A lock enters the LRU when its first use ends, and stays there while it is
 * used again: the end of a use only notes the time.  Who looks for the oldest
 * lock moves those that were used since they got their place.
 */
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/shrinker.h>

#include "ldlm/internal.h"

/* Locks that get another place in the LRU without ns->lock being let go */
#define LDLM_LRU_MOVES		64

/* What the server and age allow at one moment. */
struct ldlm_lru_rules {
	unsigned int	max;		/* idle locks */
	u64		slv;		/* lock volume, 0: no rule */
	s64		max_age;	/* seconds */
};

static unsigned int ldlm_lru_limit(struct ldlm_ns *ns)
{
	if (ptlrpc_import_granted(ns->imp, OBD_CONNECT_LRU_RESIZE))
		return LDLM_LRU_CEILING;
	return max(LDLM_LRU_MIN, LDLM_LRU_PER_CPU * num_online_cpus());
}

static void ldlm_lru_get_rules(struct ldlm_ns *ns, struct ldlm_lru_rules *r)
{
	u32 limit;

	r->max = ldlm_lru_limit(ns);
	r->max_age = LDLM_LRU_MAX_AGE;
	r->slv = 0;
	if (!ptlrpc_import_granted(ns->imp, OBD_CONNECT_LRU_RESIZE))
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
 * The lock at the old end that has not been used since it got there.  NULL: too
 * many had to be moved, *@more: there are others.  Under ns->lock.
 */
static struct ldlm_lock *ldlm_lru_oldest(struct ldlm_ns *ns, bool *more)
{
	struct ldlm_lock *lock;
	unsigned int i;
	ktime_t used;

	for (i = 0; i < LDLM_LRU_MOVES; i++) {
		lock = list_first_entry_or_null(&ns->lru, struct ldlm_lock,
						link);
		*more = lock;
		if (!lock)
			return NULL;
		used = READ_ONCE(lock->last_used);
		if (lock->lru_time == used && !ldlm_lock_users(lock))
			return lock;
		lock->lru_time = used;
		list_move_tail(&lock->link, &ns->lru);
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
	while (ldlm_lru_collect(ns, &rules, LDLM_LRU_BATCH, false, &claimed,
				&chances))
		ldlm_cancel_list(&claimed);

	spin_lock(&ns->lock);
	if (ns->nr_unused && !ns->stopping)
		queue_delayed_work(ldlm_wq, &ns->lru_work,
				   LDLM_LRU_PERIOD * HZ);
	spin_unlock(&ns->lock);
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
