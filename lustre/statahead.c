// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of directory entries before they are asked for.
 *
 * Who looks at two entries of a directory often looks at those that follow:
 * "ls -l" in the order of the directory, a shell's "*" sorted, others by
 * numbers; see order.c. When that begins the next names are asked for many at
 * a time, and the sizes of files with them. Answers are kept until somebody
 * comes for them, who needs no RPC of his own then. How far that goes doubles
 * as long as it is right.
 *
 * A reply is valid exactly as long as the lock that came with it is there; see
 * mdc_prefetch_take(). So no callback has to invalidate anything here, and a
 * lock is never held for what is kept here. A size that is told ahead is kept
 * by its lock alone.
 *
 * All of it belongs to the directory. It ends when nobody comes for a while, or
 * with too many names that were not foreseen; then it takes more to begin
 * again. Spec: 09 section 20.
 */
#include <linux/dcache.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "statahead.h"

/* Names in a row that were not foreseen before this is given up */
#define SA_MISSES	8
/* What is not come for is forgotten after so long, jiffies */
#define SA_FORGET	(10 * HZ)
/* Names that follow one another before anything is foreseen: at first, at most */
#define SA_NEED_MIN	2U
#define SA_NEED_MAX	64U

/**
 * struct lustre_statahead - what will be looked at in a directory
 * @ref: the directory, each batch under way
 * @lock: the rest
 * @waitq: woken by each answer
 * @sbi: the mount; valid as long as the directory is
 * @forget: ends it when nobody comes any more
 * @file: the open file that reads the directory from its beginning, or NULL;
 *	compared only
 * @tgid: the process that read it
 * @watch: the first entry that this looks at begins it
 * @mode: in which order
 * @epoch: how often that has changed
 * @busy: somebody collects names
 * @again: some have to be asked for once more
 * @ready: there are answers whose sizes have not been asked for
 * @sizes: somebody wants to know these
 * @at: how far they have been asked for
 * @names: asked for, in the order of their use
 * @nr: their number
 * @target: how many there may be
 * @since: so many were right since that was changed
 * @hits: so many were right
 * @asked: of so many
 * @misses: names in a row that were not foreseen
 * @used: when a name was looked at last, jiffies
 * @need: names in a row that it takes to begin
 * @row: names in a row, in the order of their numbers
 * @skip: so many are not looked for in the pages
 * @vain: how often that was in vain
 * @last_len: length of @last
 * @last: the name that was looked at last
 * @rcu: who looks at @mode first may come late
 */
struct lustre_statahead {
	refcount_t		ref;
	spinlock_t		lock;	/* see above; leaf */
	wait_queue_head_t	waitq;
	struct lustre_sb	*sbi;
	struct delayed_work	forget;
	struct lustre_file	*file;
	pid_t			tgid;
	bool			watch;
	enum sa_mode		mode;
	unsigned long		epoch;
	bool			busy;
	bool			again;
	bool			ready;
	bool			sizes;
	struct sa_cursor	at;
	struct list_head	names;
	unsigned int		nr;
	unsigned int		target;
	unsigned int		since;
	unsigned int		hits;
	unsigned int		asked;
	unsigned int		misses;
	unsigned long		used;
	unsigned int		need;
	unsigned int		row;
	unsigned int		skip;
	unsigned int		vain;
	unsigned int		last_len;
	char			last[MDC_NAME_MAX];
	struct rcu_head		rcu;
};

/**
 * struct sa_batch - names asked for in one request
 * @ref: names without answer
 * @sa: whose they are, referenced
 * @nr: their number
 * @names: them
 * @ask: the same for the request
 */
struct sa_batch {
	refcount_t		ref;
	struct lustre_statahead	*sa;
	unsigned int		nr;
	struct sa_name		*names[MDC_BATCH_MAX];
	struct mdc_batch_name	ask[MDC_BATCH_MAX];
};

static void sa_count(struct lustre_statahead *sa, enum lustre_sa_stat what,
		     unsigned int n)
{
	if (n)
		atomic64_add(n, &sa->sbi->statahead_stats[what]);
}

/* ---- life ---------------------------------------------------------------- */

static void sa_put(struct lustre_statahead *sa)
{
	if (refcount_dec_and_test(&sa->ref))
		kfree_rcu(sa, rcu);
}

void sa_name_free(struct sa_name *n)
{
	if (n->inode)
		lustre_iput(n->inode);
	mdc_prefetch_put(&n->ahead);
	kfree(n);
}

static void sa_free_list(struct list_head *list)
{
	struct sa_name *n, *next;

	list_for_each_entry_safe(n, next, list, link)
		sa_name_free(n);
}

/*
 * Nobody will ask for a name: onto @dead, for sa_free_list(), or its answer
 * frees it. Under sa->lock.
 */
static void sa_drop_name(struct lustre_statahead *sa, struct sa_name *n,
			 struct list_head *dead)
{
	sa->nr--;
	if (n->state == SA_PENDING)
		list_del_init(&n->link);
	else
		list_move_tail(&n->link, dead);
}

/*
 * Ask for nothing more, and forget what was asked for. Who asked for much that
 * nobody wanted has to see more before he begins again.
 */
static void sa_stop(struct lustre_statahead *sa)
{
	struct sa_name *n, *next;
	LIST_HEAD(dead);
	bool wrong = false, stopped;

	spin_lock(&sa->lock);
	stopped = sa->mode != SA_IDLE;
	if (stopped) {
		wrong = sa->hits < sa->asked / 2;
		sa->need = wrong ? min(2 * sa->need, SA_NEED_MAX) : SA_NEED_MIN;
		sa->row = 0;
		sa->epoch++;
		WRITE_ONCE(sa->mode, SA_IDLE);
	}
	list_for_each_entry_safe(n, next, &sa->names, link)
		sa_drop_name(sa, n, &dead);
	spin_unlock(&sa->lock);
	sa_count(sa, LUSTRE_SA_WRONG, wrong);
	if (stopped)
		atomic_dec(&sa->sbi->statahead_running);
	wake_up_all(&sa->waitq);
	sa_free_list(&dead);
}

static void sa_forget(struct work_struct *work)
{
	struct lustre_statahead *sa =
		container_of(work, struct lustre_statahead, forget.work);

	if (READ_ONCE(sa->mode) == SA_IDLE)
		return;
	if (time_after(jiffies, READ_ONCE(sa->used) + SA_FORGET))
		sa_stop(sa);
	else
		schedule_delayed_work(&sa->forget, SA_FORGET);
}

static struct lustre_statahead *sa_new(struct lustre_sb *sbi)
{
	struct lustre_statahead *sa = kzalloc_obj(*sa);

	if (!sa)
		return NULL;
	refcount_set(&sa->ref, 1);
	spin_lock_init(&sa->lock);
	init_waitqueue_head(&sa->waitq);
	INIT_LIST_HEAD(&sa->names);
	INIT_DELAYED_WORK(&sa->forget, sa_forget);
	sa->sbi = sbi;
	sa->need = SA_NEED_MIN;
	return sa;
}

/* That of a directory; the caller has a reference to the directory. */
static struct lustre_statahead *sa_get(struct inode *dir)
{
	struct lustre_inode *li = LUSTRE_I(dir);
	struct lustre_statahead *sa, *old;
	struct mdc_batch_room room;

	if (!READ_ONCE(LUSTRE_SB(dir->i_sb)->statahead_max) ||
	    !mdc_batch_usable(lustre_lmv(dir), &li->fid, &room))
		return NULL;
	/* Pairs with the cmpxchg() below. */
	sa = smp_load_acquire(&li->statahead);
	if (sa)
		return sa;
	sa = sa_new(LUSTRE_SB(dir->i_sb));
	if (!sa)
		return NULL;
	old = cmpxchg(&li->statahead, NULL, sa);
	if (!old)
		return sa;
	kfree(sa);
	return old;
}

/* The directory goes away. Batches under way end by themselves. */
void lustre_statahead_free(struct inode *dir)
{
	struct lustre_statahead *sa = LUSTRE_I(dir)->statahead;

	LUSTRE_I(dir)->statahead = NULL;
	if (!sa)
		return;
	sa_stop(sa);
	cancel_delayed_work_sync(&sa->forget);
	sa_put(sa);
}

/**
 * lustre_statahead_begin - somebody reads a directory from its beginning
 * @dir: the directory
 * @lf: by this open file
 *
 * Takes the place of a reader before him who shows no interest in attributes.
 */
void lustre_statahead_begin(struct inode *dir, struct lustre_file *lf)
{
	struct lustre_statahead *sa = sa_get(dir);
	bool mine;

	if (!sa)
		return;
	spin_lock(&sa->lock);
	mine = sa->mode != SA_LISTED || !sa->file || sa->file == lf;
	if (mine) {
		sa->file = lf;
		sa->tgid = current->tgid;
		sa->watch = true;
	}
	spin_unlock(&sa->lock);
	if (mine)
		sa_stop(sa);
}

/**
 * lustre_statahead_end - an open file of a directory is closed
 * @dir: the directory
 * @lf: the file
 *
 * Many read a directory, close it, and look at its entries then.
 */
void lustre_statahead_end(struct inode *dir, struct lustre_file *lf)
{
	struct lustre_statahead *sa;

	/* Pairs with the cmpxchg() in sa_get(). */
	sa = smp_load_acquire(&LUSTRE_I(dir)->statahead);
	if (!sa)
		return;
	spin_lock(&sa->lock);
	if (sa->file == lf)
		sa->file = NULL;
	spin_unlock(&sa->lock);
}

/* ---- asking -------------------------------------------------------------- */

/*
 * An answer, see mdc_getattr_batch(). A name behind one that failed was not
 * looked at, and is worth a second try; not where names were only guessed, and
 * do not go on.
 */
static void sa_done(void *priv, unsigned int i, int rc,
		    struct mdc_prefetch *ahead)
{
	struct sa_batch *b = priv;
	struct lustre_statahead *sa = b->sa;
	struct sa_name *n = b->names[i];
	bool unwanted;

	spin_lock(&sa->lock);
	n->rc = rc;
	if (!rc)
		n->ahead = *ahead;
	n->state = SA_ANSWERED;
	unwanted = list_empty(&n->link);
	if (!unwanted && sa->mode == SA_COUNTED && rc == -ENOENT)
		sa->at.eof = true;
	else if (!unwanted && rc == -ECANCELED && !n->again && !sa->at.eof)
		n->state = SA_AGAIN;
	sa->again |= n->state == SA_AGAIN;
	sa->ready |= !rc;
	spin_unlock(&sa->lock);
	if (unwanted)
		sa_name_free(n);
	wake_up_all(&sa->waitq);
	if (refcount_dec_and_test(&b->ref)) {
		sa_put(sa);
		kfree(b);
	}
}

/* A name for the batch; it is on sa->names, or will be. */
static void sa_batch_add(struct sa_batch *b, struct sa_name *n)
{
	b->ask[b->nr] = (struct mdc_batch_name){
		.name	= n->name,
		.len	= n->len,
		.fid	= n->fid,
	};
	b->names[b->nr++] = n;
}

/* Send it, if there is anything in it. */
static void sa_send(struct inode *dir, struct lustre_statahead *sa,
		    struct sa_batch *b)
{
	unsigned int i, nr = b->nr;
	struct mdc_cred cred;
	int rc;

	if (!nr) {
		kfree(b);
		return;
	}
	refcount_inc(&sa->ref);
	b->sa = sa;
	refcount_set(&b->ref, nr);
	mdc_cred_init(&cred, dir, NULL);
	rc = mdc_getattr_batch(lustre_lmv(dir), lustre_fid(dir), b->ask, nr,
			       &cred, sa_done, b);
	for (i = 0; rc && i < nr; i++)
		sa_done(b, i, rc, NULL);
}

/* Names that were not looked at because of one before them */
static void sa_resend(struct inode *dir, struct lustre_statahead *sa)
{
	struct mdc_batch_room room;
	struct sa_batch *b;
	struct sa_name *n;

	if (!mdc_batch_usable(lustre_lmv(dir), lustre_fid(dir), &room))
		return;
	b = kzalloc_obj(*b);
	if (!b)
		return;
	spin_lock(&sa->lock);
	sa->again = false;
	list_for_each_entry(n, &sa->names, link) {
		if (n->state != SA_AGAIN)
			continue;
		sa->again = !mdc_batch_room(&room, n->len);
		if (sa->again)
			break;
		n->state = SA_PENDING;
		n->again = true;
		sa_batch_add(b, n);
	}
	spin_unlock(&sa->lock);
	sa_send(dir, sa, b);
}

/* Ask for the sizes of files that are cached; what needs no answer goes. */
static void sa_glimpse_cached(struct lustre_statahead *sa, struct sa_look *l)
{
	bool agl = READ_ONCE(sa->sbi->statahead_agl) && READ_ONCE(sa->sizes);
	unsigned int i, nr = 0, asked = 0, rpcs;

	for (i = 0; i < l->nr; i++) {
		struct sa_name *n = l->names[i];

		if (n->state == SA_CACHED) {
			rpcs = agl ? lustre_size_ahead(n->inode) : 0;
			asked += rpcs;
			if (!rpcs) {
				sa_name_free(n);
				continue;
			}
			lustre_iput(n->inode);
			n->inode = NULL;
			n->glimpsed = true;
		}
		l->names[nr++] = n;
	}
	l->nr = nr;
	sa_count(sa, LUSTRE_SA_AGL, asked);
}

/* The names are wanted from now on. False: no, there is an end to it. */
static bool sa_publish(struct lustre_statahead *sa, struct sa_look *l,
		       unsigned long epoch, struct sa_batch *b)
{
	unsigned int i;
	bool ok;

	spin_lock(&sa->lock);
	ok = sa->epoch == epoch;
	if (ok) {
		l->at.eof |= sa->at.eof;
		sa->at = l->at;
		sa->nr += l->nr;
		sa->asked += l->nr;
	}
	for (i = 0; ok && i < l->nr; i++) {
		list_add_tail(&l->names[i]->link, &sa->names);
		if (l->names[i]->state == SA_PENDING)
			sa_batch_add(b, l->names[i]);
	}
	spin_unlock(&sa->lock);
	return ok;
}

/* Collect names and ask for them. */
static void sa_ask(struct inode *dir, struct lustre_statahead *sa,
		   struct sa_look *l, unsigned long epoch)
{
	struct sa_batch *b = kzalloc_obj(*b);
	unsigned int i;

	if (!b)
		return;
	sa_collect(l);
	sa_glimpse_cached(sa, l);
	if (sa_publish(sa, l, epoch, b)) {
		sa_count(sa, l->mode == SA_COUNTED ? LUSTRE_SA_FNAME :
						     LUSTRE_SA_LIST, b->nr);
		sa_send(dir, sa, b);
		return;
	}
	for (i = 0; i < l->nr; i++)
		sa_name_free(l->names[i]);
	kfree(b);
}

/* Is there room for more names, and nobody else at it? */
static bool sa_claim(struct lustre_statahead *sa, struct sa_look *l,
		     unsigned long *epoch, bool *again)
{
	unsigned int most = READ_ONCE(sa->sbi->statahead_batch_max);
	bool ok;

	spin_lock(&sa->lock);
	/* A name that waits for a second try is soon wanted. */
	*again = sa->again;
	l->max = clamp(sa->target / 2, 1U, most);
	ok = !sa->busy && !*again && sa->mode != SA_IDLE && !sa->at.eof &&
	     sa->nr + l->max <= max(sa->target, l->max);
	if (ok)
		sa->busy = true;
	l->mode = sa->mode;
	l->at = sa->at;
	*epoch = sa->epoch;
	spin_unlock(&sa->lock);
	return ok;
}

/* Ask for one more batch, if it's time. */
static void sa_more(struct inode *dir, struct lustre_statahead *sa)
{
	struct sa_look *l;
	unsigned long epoch;
	bool ok, again;

	l = kzalloc_obj(*l);
	if (!l)
		return;
	ok = sa_claim(sa, l, &epoch, &again);
	if (again)
		sa_resend(dir, sa);
	l->dir = dir;
	l->sb = dir->i_sb;
	if (ok && mdc_batch_usable(lustre_lmv(dir), lustre_fid(dir), &l->room))
		sa_ask(dir, sa, l, epoch);
	kfree(l);
	if (!ok)
		return;
	spin_lock(&sa->lock);
	sa->busy = false;
	spin_unlock(&sa->lock);
}

/* ---- beginning ----------------------------------------------------------- */

/* From now on in that order, unless too many do that already. */
static void sa_run(struct lustre_statahead *sa, enum sa_mode mode,
		   const struct sa_cursor *at, bool sizes)
{
	struct lustre_sb *sbi = sa->sbi;
	bool run = false;

	if (mode == SA_IDLE ||
	    !atomic_add_unless(&sbi->statahead_running, 1,
			       READ_ONCE(sbi->statahead_running_max)))
		return;
	spin_lock(&sa->lock);
	if (sa->mode == SA_IDLE && !sa->busy) {
		run = true;
		WRITE_ONCE(sa->mode, mode);
		sa->epoch++;
		sa->watch = false;
		sa->at = *at;
		sa->target = min(READ_ONCE(sbi->statahead_min),
				 READ_ONCE(sbi->statahead_max));
		sa->since = 0;
		sa->hits = 0;
		sa->asked = 0;
		sa->misses = 0;
		sa->vain = 0;
		WRITE_ONCE(sa->sizes, sizes);
		WRITE_ONCE(sa->used, jiffies);
	}
	spin_unlock(&sa->lock);
	if (run) {
		sa_count(sa, LUSTRE_SA_TOTAL, 1);
		schedule_delayed_work(&sa->forget, SA_FORGET);
	} else {
		atomic_dec(&sbi->statahead_running);
	}
}

/**
 * struct sa_news - a name that was not foreseen
 * @watch: it may be the first that a directory lists
 * @search: it may follow the one before it in the pages of the directory
 * @count: it is that, counted up, where this was seen often enough
 * @prev_len: length of @prev
 * @prev: the one before it
 * @at: where to go on
 */
struct sa_news {
	bool			watch;
	bool			search;
	bool			count;
	unsigned int		prev_len;
	char			prev[MDC_NAME_MAX];
	struct sa_cursor	at;
};

static void sa_set_last(struct lustre_statahead *sa, const struct qstr *name)
{
	sa->last_len = name->len;
	memcpy(sa->last, name->name, name->len);
}

static bool sa_is_last(const struct lustre_statahead *sa,
		       const struct qstr *name)
{
	return sa->last_len == name->len &&
	       !memcmp(sa->last, name->name, name->len);
}

/* What does a name that was not foreseen look like? Under sa->lock. */
static void sa_see(struct lustre_statahead *sa, const struct qstr *name,
		   struct sa_news *news)
{
	struct sa_cursor *at = &news->at;

	news->watch = sa->watch && sa->tgid == current->tgid;
	news->search = sa->last_len && !sa->skip;
	if (sa->skip)
		sa->skip--;
	if (sa_name_follows(sa->last, sa->last_len, name->name, name->len,
			    &at->count))
		sa->row++;
	else
		sa->row = 0;
	news->count = sa->row >= sa->need;
	news->prev_len = sa->last_len;
	memcpy(news->prev, sa->last, sa->last_len);
	sa_set_last(sa, name);
	at->len = name->len;
	memcpy(at->name, name->name, name->len);
}

/* Nothing was found in the pages: look less often. */
static void sa_searched(struct lustre_statahead *sa, bool found)
{
	spin_lock(&sa->lock);
	if (!found) {
		sa->skip = min(1U << sa->vain, SA_NEED_MAX);
		sa->vain += sa->skip < SA_NEED_MAX;
	}
	spin_unlock(&sa->lock);
}

/* Is that the beginning of something? */
static void sa_begin(struct inode *dir, struct lustre_statahead *sa,
		     const struct qstr *name, struct sa_news *news, bool sizes)
{
	enum sa_mode mode = SA_IDLE;
	struct sa_cursor at;

	if (news->watch && sa_first_listed(dir, name, &at))
		mode = SA_LISTED;
	if (mode == SA_IDLE && news->search) {
		mode = sa_find_order(dir, news->prev, news->prev_len, name,
				     &at);
		sa_searched(sa, mode != SA_IDLE);
	}
	if (mode == SA_IDLE && news->count) {
		mode = SA_COUNTED;
		at = news->at;
	}
	sa_run(sa, mode, &at, sizes);
}

/*
 * A name is asked for, or was, in an RPC of its own. What comes next? @sizes:
 * of those the size will be wanted. Return: true if something has begun just
 * now.
 */
static bool sa_note(struct inode *dir, struct lustre_statahead *sa,
		    const struct qstr *name, bool sizes)
{
	bool idle = false, give_up = false;
	struct sa_news *news;

	news = kzalloc_obj(*news);
	if (!news)
		return false;
	spin_lock(&sa->lock);
	if (!sa_is_last(sa, name)) {
		idle = sa->mode == SA_IDLE;
		give_up = !idle && ++sa->misses >= SA_MISSES;
		sa_see(sa, name, news);
	}
	spin_unlock(&sa->lock);
	if (give_up)
		sa_stop(sa);
	if (idle)
		sa_begin(dir, sa, name, news, sizes);
	kfree(news);
	return idle && READ_ONCE(sa->mode) != SA_IDLE;
}

/* ---- being asked --------------------------------------------------------- */

static struct sa_name *sa_find(const struct lustre_statahead *sa,
			       const struct qstr *name)
{
	struct sa_name *n;

	list_for_each_entry(n, &sa->names, link)
		if (n->len == name->len && !memcmp(n->name, name->name, n->len))
			return n;
	return NULL;
}

static bool sa_settled(struct lustre_statahead *sa, const struct qstr *name)
{
	struct sa_name *n;
	bool settled;

	spin_lock(&sa->lock);
	n = sa_find(sa, name);
	settled = !n || n->state != SA_PENDING;
	spin_unlock(&sa->lock);
	return settled;
}

/* It was right to ask for a name: go farther. Under sa->lock. */
static void sa_hit(struct lustre_statahead *sa)
{
	unsigned int max = READ_ONCE(sa->sbi->statahead_max);

	sa->misses = 0;
	sa->hits++;
	WRITE_ONCE(sa->used, jiffies);
	if (++sa->since >= sa->target / 2) {
		sa->target *= 2;
		sa->since = 0;
	}
	sa->target = min(sa->target, max);
}

/*
 * Take a name out, with those before it, which were passed over. The caller
 * frees @dead, which ends with it. Under sa->lock. NULL: it was not foreseen.
 */
static struct sa_name *sa_take(struct lustre_statahead *sa,
			       const struct qstr *name, struct list_head *dead)
{
	struct sa_name *n = sa_find(sa, name), *old, *next;

	if (!n)
		return NULL;
	sa_set_last(sa, name);
	sa_hit(sa);
	list_for_each_entry_safe(old, next, &sa->names, link) {
		sa_drop_name(sa, old, dead);
		if (old == n)
			break;
	}
	return n;
}

/* An answer whose size was not asked for yet, with its request; or false. */
static bool sa_next_size(struct lustre_statahead *sa, struct mdc_reply *rep)
{
	bool found = false;
	struct sa_name *n;

	spin_lock(&sa->lock);
	list_for_each_entry(n, &sa->names, link) {
		if (n->glimpsed || n->state != SA_ANSWERED)
			continue;
		n->glimpsed = true;
		if (n->rc || !n->ahead.rep.ea ||
		    !S_ISREG(n->ahead.rep.attr.mode))
			continue;
		*rep = n->ahead.rep;
		ptlrpc_req_get(rep->req);
		found = true;
		break;
	}
	sa->ready = found;
	spin_unlock(&sa->lock);
	return found;
}

/* Ask for the sizes of all files that are known by now. */
static void sa_glimpse(struct inode *dir, struct lustre_statahead *sa)
{
	unsigned int asked = 0;
	struct mdc_reply rep;

	if (!READ_ONCE(sa->sbi->statahead_agl) || !READ_ONCE(sa->ready) ||
	    !READ_ONCE(sa->sizes))
		return;
	while (sa_next_size(sa, &rep)) {
		if (!(rep.attr.valid & OBD_MD_FLSIZE))
			asked += lustre_size_ahead_ea(dir->i_sb, rep.ea,
						      rep.ea_len);
		ptlrpc_req_put(rep.req);
	}
	sa_count(sa, LUSTRE_SA_AGL, asked);
}

/*
 * Somebody looks at a name. Waits for an answer that is on its way. Return:
 * true with an answer in *@rep. *@found: it was foreseen.
 */
static bool sa_step(struct inode *dir, struct lustre_statahead *sa,
		    const struct qstr *name, struct mdc_reply *rep, bool *found)
{
	struct sa_name *n = NULL;
	LIST_HEAD(dead);
	bool hit = false;

	*found = false;
	if (READ_ONCE(sa->mode) == SA_IDLE)
		return false;
	sa_more(dir, sa);
	if (wait_event_killable(sa->waitq, sa_settled(sa, name)))
		return false;
	spin_lock(&sa->lock);
	n = sa_take(sa, name, &dead);
	spin_unlock(&sa->lock);
	*found = n;
	if (n && n->state == SA_ANSWERED && !n->rc)
		hit = mdc_prefetch_take(&n->ahead, rep);
	sa_free_list(&dead);
	if (n) {
		sa_count(sa, LUSTRE_SA_HIT, 1);
		sa_more(dir, sa);
		sa_glimpse(dir, sa);
	}
	return hit;
}

/**
 * lustre_statahead - has a name been asked for ahead?
 * @dir: directory
 * @name: the name that is looked up
 * @rep: {}; receives the answer, as from mdc_lookup()
 *
 * Killable. May ask for the names that will follow.
 *
 * Return: true with an answer that is true now, false: ask the server.
 */
bool lustre_statahead(struct inode *dir, const struct qstr *name,
		      struct mdc_reply *rep)
{
	struct lustre_statahead *sa = sa_get(dir);
	bool hit, found;

	if (!sa || name->len > MDC_NAME_MAX)
		return false;
	hit = sa_step(dir, sa, name, rep, &found);
	if (found)
		return hit;
	sa_count(sa, LUSTRE_SA_MISS, 1);
	if (!sa_note(dir, sa, name, false))
		return false;
	/* Where it begins with the name itself it is among the answers. */
	return sa_step(dir, sa, name, rep, &found);
}

/**
 * struct sa_where - a name, and where it is; ends with dput(parent)
 * @parent: a dentry of the directory
 * @dir: the directory
 * @name: the name, as it is now
 * @text: of @name
 */
struct sa_where {
	struct dentry	*parent;
	struct inode	*dir;
	struct qstr	name;
	char		text[MDC_NAME_MAX];
};

static void sa_where(struct dentry *dentry, struct sa_where *w)
{
	w->parent = dget_parent(dentry);
	w->dir = d_inode(w->parent);
	spin_lock(&dentry->d_lock);
	w->name.len = min_t(u32, dentry->d_name.len, MDC_NAME_MAX);
	memcpy(w->text, dentry->d_name.name, w->name.len);
	spin_unlock(&dentry->d_lock);
	w->name.name = w->text;
}

/* Is nothing foreseen where that name is? */
static bool sa_is_idle(const struct dentry *dentry)
{
	struct lustre_statahead *sa;
	struct inode *dir;
	bool idle;

	rcu_read_lock();
	dir = d_inode_rcu(READ_ONCE(dentry->d_parent));
	sa = dir ? READ_ONCE(LUSTRE_I(dir)->statahead) : NULL;
	idle = !sa || READ_ONCE(sa->mode) == SA_IDLE;
	rcu_read_unlock();
	return idle;
}

/**
 * lustre_statahead_stat - somebody wants to know what is known of a name
 * @dentry: the name, positive
 * @size: the size, too
 *
 * Brings what was asked for ahead into its inode, and asks for the names that
 * will follow, and, if that is wanted, for their sizes. Killable.
 */
void lustre_statahead_stat(struct dentry *dentry, bool size)
{
	struct inode *inode = d_inode(dentry);
	struct lustre_statahead *sa;
	struct mdc_reply rep = {};
	struct sa_where w;
	bool found;

	if (IS_ROOT(dentry) || sa_is_idle(dentry))
		return;
	sa_where(dentry, &w);
	sa = sa_get(w.dir);
	if (sa && sa_step(w.dir, sa, &w.name, &rep, &found) &&
	    lustre_fid_eq(&rep.attr.fid, lustre_fid(inode)))
		lustre_inode_update(inode, &rep);
	mdc_reply_put(&rep);
	if (sa && size) {
		WRITE_ONCE(sa->sizes, true);
		sa_glimpse(w.dir, sa);
	}
	dput(w.parent);
}

/**
 * lustre_statahead_asked - to know about a name an RPC of its own was needed
 * @dentry: the name, positive
 * @size: its size was wanted
 *
 * May ask for the names that will follow.
 */
void lustre_statahead_asked(struct dentry *dentry, bool size)
{
	struct lustre_statahead *sa;
	struct sa_where w;

	if (IS_ROOT(dentry))
		return;
	sa_where(dentry, &w);
	sa = sa_get(w.dir);
	if (sa && sa_note(w.dir, sa, &w.name, size))
		sa_more(w.dir, sa);
	dput(w.parent);
}
