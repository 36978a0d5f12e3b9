// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of directory entries before they are asked for.
 *
 * Who reads a directory often looks at its entries next, in the order in which
 * he was told them: "ls -l". When the process that reads it begins to do so,
 * the next names are asked for several at a time, and the answers are kept
 * until lookups come for them, which then need no RPC of their own.
 *
 * A reply is valid exactly as long as the lock that came with it is there; see
 * mdc_prefetch_take(). So no callback has to invalidate anything here, and a
 * lock is never held for what is kept here.
 *
 * All of it belongs to one open file of the directory, and ends with it, with
 * names that nobody asks for, or with too many that were not foreseen. Spec: 09
 * section 20.
 */
#include <linux/dcache.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "mdc/dirpage.h"
#include "namespace.h"

/*
 * Lookups in a row without an answer before this is given up: a batch that
 * fails as a whole is not the end of it, two are.
 */
#define SA_MISSES	(2 * MDC_BATCH_MAX)
/* Readers of one mount that may be at it at one time */
#define SA_RUNNING_MAX	64
/* Names known at first; each one that was right adds more */
#define SA_START	(2 * MDC_BATCH_MAX)
#define SA_STEP		4
/* Entries to look at in one go for some that are worth asking for */
#define SA_SCAN		512

enum sa_state {
	SA_WATCH,	/* waits for a lookup of the first entry */
	SA_RUN,
	SA_OFF,
};

/**
 * struct sa_name - a name that was asked for ahead
 * @link: in lustre_statahead.names; empty: nobody wants it any more
 * @pending: the answer is not there yet
 * @rc: 0, or why there is no answer
 * @ahead: the answer
 * @fid: what it leads to, as the directory page said
 * @len: its length
 * @name: without NUL
 */
struct sa_name {
	struct list_head	link;
	bool			pending;
	int			rc;
	struct mdc_prefetch	ahead;
	struct lustre_fid	fid;
	unsigned int		len;
	char			name[];
};

/**
 * struct lustre_statahead - what one reader of a directory will ask for
 * @ref: the directory, each task that uses it, each batch under way
 * @lock: the rest but @pos, @hidden and @eof
 * @waitq: woken by each answer
 * @file: the open file that it belongs to; compared only
 * @tgid: the process that reads
 * @state: what it does
 * @busy: somebody uses the three below
 * @pos: entries before it have been asked for
 * @hidden: names with a dot in front are not looked at
 * @eof: there is nothing behind @pos
 * @names: asked for, in the order of the directory
 * @nr: their number
 * @target: how many there may be
 * @misses: lookups in a row that were not foreseen
 */
struct lustre_statahead {
	refcount_t		ref;
	spinlock_t		lock;	/* see above; leaf */
	wait_queue_head_t	waitq;
	struct lustre_file	*file;
	pid_t			tgid;
	enum sa_state		state;
	bool			busy;
	struct lustre_dir_pos	pos;
	bool			hidden;
	bool			eof;
	struct list_head	names;
	unsigned int		nr;
	unsigned int		target;
	unsigned int		misses;
};

/**
 * struct sa_batch - names asked for in one request
 * @ref: names without answer
 * @sa: whose they are, referenced
 * @names: them
 */
struct sa_batch {
	refcount_t		ref;
	struct lustre_statahead	*sa;
	struct sa_name		*names[MDC_BATCH_MAX];
};

/* ---- life ---------------------------------------------------------------- */

static void sa_put(struct lustre_statahead *sa)
{
	if (refcount_dec_and_test(&sa->ref))
		kfree(sa);
}

static void sa_name_free(struct sa_name *n)
{
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
	if (n->pending)
		list_del_init(&n->link);
	else
		list_move_tail(&n->link, dead);
}

/* Ask for nothing more, and forget what was asked for. */
static void sa_stop(struct inode *dir, struct lustre_statahead *sa)
{
	struct sa_name *n, *next;
	LIST_HEAD(dead);

	spin_lock(&sa->lock);
	if (sa->state == SA_RUN)
		atomic_dec(&LUSTRE_SB(dir->i_sb)->statahead_running);
	WRITE_ONCE(sa->state, SA_OFF);
	list_for_each_entry_safe(n, next, &sa->names, link)
		sa_drop_name(sa, n, &dead);
	spin_unlock(&sa->lock);
	wake_up_all(&sa->waitq);
	sa_free_list(&dead);
}

static struct lustre_statahead *sa_new(struct lustre_file *lf, unsigned int max)
{
	struct lustre_statahead *sa = kzalloc_obj(*sa);

	if (!sa)
		return NULL;
	refcount_set(&sa->ref, 1);
	spin_lock_init(&sa->lock);
	init_waitqueue_head(&sa->waitq);
	INIT_LIST_HEAD(&sa->names);
	sa->file = lf;
	sa->tgid = current->tgid;
	sa->state = SA_WATCH;
	sa->target = min_t(unsigned int, SA_START, max);
	return sa;
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
	unsigned int max = READ_ONCE(LUSTRE_SB(dir->i_sb)->statahead_max);
	struct lustre_inode *li = LUSTRE_I(dir);
	struct lustre_statahead *sa, *old;

	if (!max || !mdc_batch_usable(lustre_lmv(dir), &li->fid))
		return;
	sa = sa_new(lf, max);
	if (!sa)
		return;
	spin_lock(&li->attr_lock);
	old = li->statahead;
	if (old && old->file != lf && READ_ONCE(old->state) == SA_RUN)
		old = sa;
	else
		WRITE_ONCE(li->statahead, sa);
	spin_unlock(&li->attr_lock);
	if (old) {
		sa_stop(dir, old);
		sa_put(old);
	}
}

/**
 * lustre_statahead_end - an open file of a directory is closed
 * @dir: the directory
 * @lf: the file
 *
 * What was kept for it is freed; batches under way end by themselves.
 */
void lustre_statahead_end(struct inode *dir, struct lustre_file *lf)
{
	struct lustre_inode *li = LUSTRE_I(dir);
	struct lustre_statahead *sa;

	spin_lock(&li->attr_lock);
	sa = li->statahead;
	if (sa && sa->file == lf)
		WRITE_ONCE(li->statahead, NULL);
	else
		sa = NULL;
	spin_unlock(&li->attr_lock);
	if (sa) {
		sa_stop(dir, sa);
		sa_put(sa);
	}
}

/* That of the directory if it is this process's, with a reference. */
static struct lustre_statahead *sa_get(struct inode *dir)
{
	struct lustre_inode *li = LUSTRE_I(dir);
	struct lustre_statahead *sa;

	if (!READ_ONCE(li->statahead))
		return NULL;
	spin_lock(&li->attr_lock);
	sa = li->statahead;
	if (sa && (sa->tgid != current->tgid ||
		   READ_ONCE(sa->state) == SA_OFF))
		sa = NULL;
	if (sa)
		refcount_inc(&sa->ref);
	spin_unlock(&li->attr_lock);
	return sa;
}

/* ---- asking -------------------------------------------------------------- */

/* An answer, see mdc_getattr_batch(). */
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
	n->pending = false;
	unwanted = list_empty(&n->link);
	spin_unlock(&sa->lock);
	if (unwanted)
		sa_name_free(n);
	wake_up_all(&sa->waitq);
	if (refcount_dec_and_test(&b->ref)) {
		sa_put(sa);
		kfree(b);
	}
}

/**
 * struct sa_look - a walk along the entries of a directory
 * @dir: the directory
 * @parent: a dentry of it
 * @sa: for whom
 * @first: is this the first one?  NULL: collect @names
 * @found: @first is it
 * @hidden: there were hidden ones before it
 * @seen: entries seen
 * @names: collected
 * @nr: their number
 * @max: so many are wanted
 * @room: bytes that they need in a batch
 */
struct sa_look {
	struct inode			*dir;
	struct dentry			*parent;
	struct lustre_statahead		*sa;
	const struct qstr		*first;
	bool				found;
	bool				hidden;
	unsigned int			seen;
	struct sa_name			*names[MDC_BATCH_MAX];
	unsigned int			nr;
	unsigned int			max;
	u32				room;
};

static bool sa_is_dot(const struct mdc_dirent *de)
{
	return de->name[0] == '.' &&
	       (de->len == 1 || (de->len == 2 && de->name[1] == '.'));
}

/* Cached, and under locks: nobody will look it up. */
static bool sa_known(const struct sa_look *l, const struct mdc_dirent *de)
{
	struct qstr name = QSTR_INIT(de->name, de->len);
	struct dentry *dentry;
	struct inode *inode;
	bool known;

	name.hash = full_name_hash(l->parent, name.name, name.len);
	dentry = d_lookup(l->parent, &name);
	if (!dentry)
		return false;
	inode = d_inode(dentry);
	known = inode && lustre_dentry_valid(l->dir, dentry, inode) &&
		lustre_inode_covered(inode, MDS_INODELOCK_UPDATE);
	dput(dentry);
	return known;
}

/* As lustre_dir_peek(), from what is known of the directory. */
static int sa_peek(struct sa_look *l, struct lustre_dir_pos *pos,
		   bool (*fn)(void *arg, const struct mdc_dirent *de))
{
	int rc = -EAGAIN;

	l->parent = d_find_any_alias(l->dir);
	if (l->parent)
		rc = lustre_dir_peek(l->dir, l->sa->file, pos, fn, l);
	dput(l->parent);
	return rc;
}

/* Is the first entry that matters the one that is looked up? */
static bool sa_match_first(void *arg, const struct mdc_dirent *de)
{
	struct sa_look *l = arg;

	if (sa_is_dot(de))
		return true;
	if (++l->seen > SA_SCAN)
		return false;
	if (de->len == l->first->len &&
	    !memcmp(de->name, l->first->name, de->len)) {
		l->found = true;
		return false;
	}
	if (de->name[0] == '.' && l->first->name[0] != '.') {
		l->hidden = true;
		return true;
	}
	return sa_known(l, de);
}

static bool sa_collect(void *arg, const struct mdc_dirent *de)
{
	struct sa_look *l = arg;
	struct sa_name *n;
	u32 bytes;

	if (sa_is_dot(de) || (l->sa->hidden && de->name[0] == '.'))
		return true;
	if (++l->seen > SA_SCAN || l->nr == l->max)
		return false;
	if (sa_known(l, de))
		return true;
	bytes = mdc_batch_bytes(de->len);
	if (l->room + bytes > MDC_BATCH_ROOM)
		return false;
	n = kzalloc(struct_size(n, name, de->len), GFP_KERNEL);
	if (!n)
		return false;
	n->pending = true;
	n->fid = de->fid;
	n->len = de->len;
	memcpy(n->name, de->name, de->len);
	INIT_LIST_HEAD(&n->link);
	l->room += bytes;
	l->names[l->nr++] = n;
	return true;
}

/* The names are wanted from now on. False: no, there is an end to it. */
static bool sa_publish(struct lustre_statahead *sa, struct sa_look *l)
{
	unsigned int i;

	spin_lock(&sa->lock);
	if (sa->state != SA_RUN) {
		spin_unlock(&sa->lock);
		return false;
	}
	for (i = 0; i < l->nr; i++)
		list_add_tail(&l->names[i]->link, &sa->names);
	sa->nr += l->nr;
	spin_unlock(&sa->lock);
	return true;
}

static void sa_send(struct lustre_statahead *sa, struct sa_look *l)
{
	struct mdc_batch_name names[MDC_BATCH_MAX];
	struct sa_batch *b = kzalloc_obj(*b);
	unsigned int i, nr = l->nr;
	struct mdc_cred cred;
	int rc;

	if (!b || !sa_publish(sa, l)) {
		kfree(b);
		for (i = 0; i < nr; i++)
			kfree(l->names[i]);
		return;
	}
	refcount_inc(&sa->ref);
	b->sa = sa;
	refcount_set(&b->ref, nr);
	for (i = 0; i < nr; i++) {
		b->names[i] = l->names[i];
		names[i].name = l->names[i]->name;
		names[i].len = l->names[i]->len;
		names[i].fid = l->names[i]->fid;
	}
	mdc_cred_init(&cred, l->dir, NULL);
	rc = mdc_getattr_batch(lustre_lmv(l->dir), lustre_fid(l->dir), names,
			       nr, &cred, sa_done, b);
	for (i = 0; rc && i < nr; i++)
		sa_done(b, i, rc, NULL);
}

/* Is there room for more names, and nobody else at it? How many? */
static bool sa_claim(struct lustre_statahead *sa, enum sa_state state,
		     unsigned int *max)
{
	bool ok;

	spin_lock(&sa->lock);
	*max = min_t(unsigned int, sa->target, MDC_BATCH_MAX);
	ok = !sa->busy && sa->state == state && sa->nr + *max <= sa->target;
	if (ok)
		sa->busy = true;
	spin_unlock(&sa->lock);
	return ok;
}

static void sa_unclaim(struct lustre_statahead *sa)
{
	spin_lock(&sa->lock);
	sa->busy = false;
	spin_unlock(&sa->lock);
}

/* From watching to asking, unless too many do that already. */
static void sa_run(struct lustre_sb *sbi, struct lustre_statahead *sa)
{
	spin_lock(&sa->lock);
	if (sa->state == SA_WATCH &&
	    atomic_add_unless(&sbi->statahead_running, 1, SA_RUNNING_MAX))
		WRITE_ONCE(sa->state, SA_RUN);
	spin_unlock(&sa->lock);
}

/* A lookup of the first entry begins it all. */
static void sa_start(struct inode *dir, struct lustre_statahead *sa,
		     const struct qstr *name)
{
	struct sa_look l = { .dir = dir, .sa = sa, .first = name };
	struct lustre_dir_pos pos;

	if (!sa_claim(sa, SA_WATCH, &l.max))
		return;
	pos = sa->pos;
	sa_peek(&l, &pos, sa_match_first);
	if (l.found) {
		sa->pos = pos;
		sa->hidden = l.hidden;
		sa_run(LUSTRE_SB(dir->i_sb), sa);
	}
	sa_unclaim(sa);
}

/* Ask for one more batch, if it's time. */
static void sa_more(struct inode *dir, struct lustre_statahead *sa)
{
	struct sa_look l = { .dir = dir, .sa = sa };

	if (!sa_claim(sa, SA_RUN, &l.max))
		return;
	if (!sa->eof && sa_peek(&l, &sa->pos, sa_collect) > 0)
		sa->eof = true;
	if (l.nr)
		sa_send(sa, &l);
	sa_unclaim(sa);
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
	settled = !n || !n->pending;
	spin_unlock(&sa->lock);
	return settled;
}

/* The answer for a name; waits for one that is on its way. */
static bool sa_take(struct lustre_statahead *sa, const struct qstr *name,
		    struct mdc_reply *rep)
{
	struct sa_name *n, *old, *next;
	LIST_HEAD(dead);
	bool hit = false;

	if (wait_event_killable(sa->waitq, sa_settled(sa, name)))
		return false;
	spin_lock(&sa->lock);
	n = sa_find(sa, name);
	if (n && n->pending)
		n = NULL;
	/* Those before it were passed over. */
	if (n)
		list_for_each_entry_safe(old, next, &sa->names, link) {
			sa_drop_name(sa, old, &dead);
			if (old == n)
				break;
		}
	spin_unlock(&sa->lock);
	if (n)
		hit = !n->rc && mdc_prefetch_take(&n->ahead, rep);
	sa_free_list(&dead);
	return hit;
}

/* Was it right to ask? False: no longer. */
static bool sa_account(struct inode *dir, struct lustre_statahead *sa, bool hit)
{
	unsigned int max = READ_ONCE(LUSTRE_SB(dir->i_sb)->statahead_max);
	bool go_on;

	spin_lock(&sa->lock);
	sa->misses = hit ? 0 : sa->misses + 1;
	if (hit)
		sa->target += SA_STEP;
	sa->target = min(sa->target, max);
	go_on = sa->misses < SA_MISSES && max;
	spin_unlock(&sa->lock);
	if (!go_on)
		sa_stop(dir, sa);
	return go_on;
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
	bool hit;

	if (!sa)
		return false;
	if (READ_ONCE(sa->state) == SA_WATCH) {
		sa_start(dir, sa, name);
		sa_more(dir, sa);
	}
	hit = sa_take(sa, name, rep);
	if (sa_account(dir, sa, hit))
		sa_more(dir, sa);
	sa_put(sa);
	return hit;
}
