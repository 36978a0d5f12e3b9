// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many idle locks to keep, specification 06 §11.
 */
#include <linux/cpumask.h>
#include <linux/math64.h>

#include "ldlm/internal.h"

/* What the server, the administrator and age allow at one moment. */
struct ldlm_lru_rules {
	unsigned int	max;		/* idle locks */
	u64		slv;		/* lock volume, 0: no rule */
	s64		max_age;	/* seconds */
};

static unsigned int ldlm_lru_limit(struct ldlm_ns *ns)
{
	if (ns->lru_max)
		return ns->lru_max;
	if (ptlrpc_import_granted(ns->imp, OBD_CONNECT_LRU_RESIZE))
		return LDLM_LRU_CEILING;
	return max(LDLM_LRU_MIN, LDLM_LRU_PER_CPU * num_online_cpus());
}

static void ldlm_lru_get_rules(struct ldlm_ns *ns, struct ldlm_lru_rules *r)
{
	u32 limit;

	r->max = ldlm_lru_limit(ns);
	r->max_age = ns->lru_max_age;
	r->slv = 0;
	if (ns->lru_max ||
	    !ptlrpc_import_granted(ns->imp, OBD_CONNECT_LRU_RESIZE))
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

	if (lock->flags & LDLM_LF_NO_LRU || ns->stopping)
		return;
	list_add_tail(&lock->link, &ns->lru);
	ns->nr_unused++;
	if (ns->nr_unused > ldlm_lru_limit(ns))
		mod_delayed_work(ldlm_wq, &ns->lru_work, 0);
	else
		queue_delayed_work(ldlm_wq, &ns->lru_work, delay);
}

/* Must the oldest lock go, and if so, whatever it covers?  Under ns->lock. */
static bool ldlm_lru_excess(struct ldlm_ns *ns, const struct ldlm_lock *lock,
			    const struct ldlm_lru_rules *r, bool *force)
{
	s64 idle = div_s64(ktime_ms_delta(ktime_get(), lock->last_used),
			   MSEC_PER_SEC);

	*force = idle > r->max_age;
	if (*force || ns->nr_unused > r->max)
		return true;
	return r->slv && (u64)idle * ns->nr_unused >= r->slv;
}

/*
 * Take the oldest lock that must go off the LRU, with a reference; NULL when
 * all may stay.
 */
static struct ldlm_lock *ldlm_lru_pick(struct ldlm_ns *ns,
				       const struct ldlm_lru_rules *r,
				       bool *force)
{
	struct ldlm_lock *lock;

	spin_lock(&ns->lock);
	lock = list_first_entry_or_null(&ns->lru, struct ldlm_lock, link);
	if (lock && ldlm_lru_excess(ns, lock, r, force))
		refcount_inc(&lock->ref);
	else
		lock = NULL;
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

/* Collect up to LDLM_LRU_BATCH locks that must go. */
static unsigned int ldlm_lru_collect(struct ldlm_ns *ns,
				     const struct ldlm_lru_rules *r,
				     struct list_head *claimed,
				     unsigned int *second_rounds)
{
	struct ldlm_lock *lock;
	unsigned int n = 0;
	bool force;

	while (n < LDLM_LRU_BATCH) {
		lock = ldlm_lru_pick(ns, r, &force);
		if (!lock)
			break;
		/* After a whole round of second chances, take what comes */
		force = force || !*second_rounds;
		if (ldlm_lru_claim(lock, force)) {
			list_add_tail(&lock->link, claimed);
			n++;
		} else if (*second_rounds) {
			--*second_rounds;
		}
		ldlm_lock_put(lock);
	}
	return n;
}

/* Drop idle locks that are too many or too old; look again later. */
void ldlm_lru_work(struct work_struct *work)
{
	struct ldlm_ns *ns = container_of(to_delayed_work(work),
					  struct ldlm_ns, lru_work);
	struct ldlm_lru_rules rules;
	unsigned int second_rounds;
	LIST_HEAD(claimed);

	ldlm_lru_get_rules(ns, &rules);
	second_rounds = READ_ONCE(ns->nr_unused);
	while (ldlm_lru_collect(ns, &rules, &claimed, &second_rounds))
		ldlm_cancel_list(&claimed);

	spin_lock(&ns->lock);
	if (ns->nr_unused && !ns->stopping)
		queue_delayed_work(ldlm_wq, &ns->lru_work,
				   LDLM_LRU_PERIOD * HZ);
	spin_unlock(&ns->lock);
}

/**
 * ldlm_ns_set_lru - limits for idle locks
 * @ns: namespace
 * @max: locks; 0: what the server allows
 * @max_age: seconds; 0: the default
 */
void ldlm_ns_set_lru(struct ldlm_ns *ns, unsigned int max,
		     unsigned int max_age)
{
	spin_lock(&ns->lock);
	ns->lru_max = max;
	ns->lru_max_age = max_age ?: LDLM_LRU_MAX_AGE;
	if (!ns->stopping)
		mod_delayed_work(ldlm_wq, &ns->lru_work, 0);
	spin_unlock(&ns->lock);
}
