// SPDX-License-Identifier: GPL-2.0-only
/*
 * File locks: flock(2), fcntl(2) of POSIX and of open files, for all clients.
 *
 * The metadata target that has the file decides (06 section 16).  What it
 * granted is noted in the VFS's own lists, too: they make the VFS call us when a
 * file is closed.  A lock gets there after the target granted it, and leaves
 * before the target hears of the unlock, so that nothing is in the lists that
 * another process of this machine could have been granted; but for a moment when
 * a lock becomes weaker.
 *
 * A target knows ranges and owners, not kinds of locks: for it, flock(2) takes a
 * range, and keeps out who uses fcntl(2), as it does with NFS.
 */
#include <linux/fcntl.h>
#include <linux/filelock.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/siphash.h>

#include "flock.h"
#include "internal.h"

/* Jiffies that a weakened lock of a neighbour may take to look so */
#define LUSTRE_FLOCK_SETTLE	10

/* Attempts, a jiffy apart, to have the memory that an unlock needs */
#define LUSTRE_FLOCK_UNLOCK_TRIES	1000

/**
 * struct lustre_flock_lost - an owner whose locks an eviction took
 * @link: struct lustre_inode.lost_flocks
 * @owner: as the target knew him
 */
struct lustre_flock_lost {
	struct list_head	link;
	u64			owner;
};

void lustre_flocks_init(struct lustre_flocks *f)
{
	int i;

	get_random_bytes(&f->key, sizeof(f->key));
	for (i = 0; i < ARRAY_SIZE(f->gates); i++)
		init_waitqueue_head(&f->gates[i].wait);
}

/*
 * The address that the VFS knows an owner by, put into a number that is unique
 * as well and tells nothing about where our memory is: four rounds of a Feistel
 * cipher.
 */
static u64 lustre_flock_owner(const struct lustre_flocks *f, const void *owner)
{
	u32 left = upper_32_bits((u64)(unsigned long)owner);
	u32 right = lower_32_bits((u64)(unsigned long)owner);
	u32 round;

	for (round = 0; round < 4; round++) {
		left ^= (u32)siphash_2u32(right, round, &f->key);
		swap(left, right);
	}
	return (u64)left << 32 | right;
}

/* ---- one at a time ------------------------------------------------------ */

/*
 * What threads of one owner ask for, the target does in some order, and all must
 * remember it in that order: the next request leaves when the answer to the last
 * one was applied, also if nobody waits for that any more.
 */
static struct lustre_flock_gate *lustre_flock_gate(struct lustre_flocks *f,
						   u64 owner)
{
	return &f->gates[owner % ARRAY_SIZE(f->gates)];
}

static bool lustre_flock_try_enter(struct lustre_flock_gate *gate)
{
	return !test_and_set_bit_lock(0, &gate->busy);
}

static void lustre_flock_leave(void *priv)
{
	struct lustre_flock_gate *gate = priv;

	clear_bit_unlock(0, &gate->busy);
	wake_up(&gate->wait);
}

/* Send; the owner's turn, if it is given, ends with the answer. */
static int lustre_flock_send_in(struct inode *inode, struct mdc_flock *want,
				struct lustre_flock_gate *gate)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);
	int rc;

	want->replied = gate ? lustre_flock_leave : NULL;
	want->priv = gate;
	rc = mdc_flock(sbi->lmv, &LUSTRE_I(inode)->fid, want);
	if (!want->started && gate)
		lustre_flock_leave(gate);
	return rc;
}

/* Send, in turn.  @must: also if the task is killed before its turn. */
static int lustre_flock_send(struct inode *inode, struct mdc_flock *want,
			     bool must)
{
	struct lustre_flock_gate *gate;
	int rc;

	gate = lustre_flock_gate(&LUSTRE_SB(inode->i_sb)->flocks, want->owner);
	rc = wait_event_killable(gate->wait, lustre_flock_try_enter(gate));
	if (rc && !must)
		return -EINTR;
	return lustre_flock_send_in(inode, want, rc ? NULL : gate);
}

/* ---- locks that were lost ----------------------------------------------- */

/* Nobody has a lock on the file, as far as the VFS knows. */
static bool lustre_flock_none(struct inode *inode)
{
	struct file_lock_context *ctx = locks_inode_context(inode);

	return !ctx || (list_empty_careful(&ctx->flc_posix) &&
			list_empty_careful(&ctx->flc_flock));
}

static struct lustre_flock_lost *lustre_flock_find(struct lustre_inode *li,
						   u64 owner)
{
	struct lustre_flock_lost *lost;

	list_for_each_entry(lost, &li->lost_flocks, link)
		if (lost->owner == owner)
			return lost;
	return NULL;
}

/* Forget that @owner lost locks; 0: that anybody did. */
static void lustre_flock_forget(struct inode *inode, u64 owner)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_flock_lost *lost, *next;
	LIST_HEAD(free);

	spin_lock(&li->attr_lock);
	list_for_each_entry_safe(lost, next, &li->lost_flocks, link)
		if (!owner || lost->owner == owner)
			list_move(&lost->link, &free);
	spin_unlock(&li->attr_lock);
	list_for_each_entry_safe(lost, next, &free, link)
		kfree(lost);
}

/* The inode leaves the cache. */
void lustre_flock_clear(struct inode *inode)
{
	lustre_flock_forget(inode, 0);
}

/* An eviction took a lock; see &struct lmv_params. */
void lustre_flock_note_lost(struct inode *inode, u64 owner)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_flock_lost *lost;

	lost = kmalloc_obj(*lost, GFP_NOFS | __GFP_NOFAIL);
	lost->owner = owner;
	spin_lock(&li->attr_lock);
	if (!lustre_flock_find(li, owner)) {
		list_add(&lost->link, &li->lost_flocks);
		lost = NULL;
	}
	spin_unlock(&li->attr_lock);
	kfree(lost);
}

static int lustre_flock_intact(struct inode *inode, u64 owner)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	bool lost;

	if (list_empty_careful(&li->lost_flocks))
		return 0;
	if (lustre_flock_none(inode)) {
		lustre_flock_clear(inode);
		return 0;
	}
	spin_lock(&li->attr_lock);
	lost = lustre_flock_find(li, owner);
	spin_unlock(&li->attr_lock);
	return lost ? -EIO : 0;
}

/**
 * lustre_flock_check - may this task use this file?
 * @file: file that is to be read or written
 *
 * Who believes to have a lock and has lost it, by an eviction, must not go on as
 * if nothing had happened.  Unlocking the whole file, or closing it, ends that.
 *
 * Return: 0 or -EIO.
 */
int lustre_flock_check(struct file *file)
{
	struct inode *inode = file_inode(file);
	struct lustre_flocks *f = &LUSTRE_SB(inode->i_sb)->flocks;

	if (likely(list_empty_careful(&LUSTRE_I(inode)->lost_flocks)))
		return 0;
	return lustre_flock_intact(inode, lustre_flock_owner(f, file)) ?:
	       lustre_flock_intact(inode,
				   lustre_flock_owner(f, current->files));
}

/* ---- requests ------------------------------------------------------------ */

static void lustre_flock_fill(struct inode *inode, const struct file_lock *fl,
			      struct mdc_flock *want)
{
	memset(want, 0, sizeof(*want));
	want->start = fl->fl_start;
	want->end = fl->fl_end;
	want->owner = lustre_flock_owner(&LUSTRE_SB(inode->i_sb)->flocks,
					 fl->c.flc_owner);
	/* Those of open files belong to no process: F_GETLK says -1. */
	want->pid = fl->c.flc_flags & FL_OFDLCK ? -1 : fl->c.flc_pid;
	switch (fl->c.flc_type) {
	case F_RDLCK:
		want->mode = LCK_PR;
		break;
	case F_WRLCK:
		want->mode = LCK_PW;
		break;
	default:
		want->mode = LCK_NL;
		break;
	}
}

/* The target has to hear of it, or keeps others out until we are gone. */
static int lustre_flock_release(struct inode *inode, struct mdc_flock *want)
{
	int tries = 0, rc;

	want->mode = LCK_NL;
	while ((rc = lustre_flock_send(inode, want, true)) == -ENOMEM &&
	       ++tries < LUSTRE_FLOCK_UNLOCK_TRIES)
		schedule_timeout_uninterruptible(1);
	/* It has gone with all others; or goes on without us. */
	return rc == -EIO || rc == -ESHUTDOWN || rc == -EINTR ? 0 : rc;
}

static int lustre_unlock(struct file *file, struct file_lock *fl)
{
	unsigned int flags = fl->c.flc_flags;
	struct inode *inode = file_inode(file);
	struct mdc_flock want;
	int rc;

	lustre_flock_fill(inode, fl, &want);
	fl->c.flc_flags |= FL_EXISTS;
	rc = locks_lock_file_wait(file, fl);
	fl->c.flc_flags = flags;
	if (!list_empty_careful(&LUSTRE_I(inode)->lost_flocks) &&
	    !fl->fl_start && fl->fl_end == OFFSET_MAX)
		lustre_flock_forget(inode, want.owner);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	return lustre_flock_release(inode, &want);
}

/*
 * Note a granted lock.  A neighbour's that is in the way was made weaker, and
 * will look so soon; or it is one that was lost.
 */
static int lustre_flock_insert(struct file *file, struct file_lock *fl)
{
	unsigned int flags = fl->c.flc_flags;
	int tries = 0, rc;

	fl->c.flc_flags &= ~FL_SLEEP;
	while ((rc = locks_lock_file_wait(file, fl)) == -EAGAIN &&
	       ++tries < LUSTRE_FLOCK_SETTLE)
		schedule_timeout_uninterruptible(1);
	fl->c.flc_flags = flags;
	if (rc == -EAGAIN && flags & FL_SLEEP)
		rc = locks_lock_file_wait(file, fl);
	return rc;
}

/*
 * Ask for the first thing that the owner has in the range of @want; this then
 * begins behind it.  Return: 1 if there may be more, 0 if not, or an errno.
 */
static int lustre_flock_retake_one(struct inode *inode, struct mdc_flock *want)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);
	struct lustre_flock_gate *gate;
	struct mdc_flock held = *want;
	int rc;

	gate = lustre_flock_gate(&sbi->flocks, want->owner);
	if (wait_event_killable(gate->wait, lustre_flock_try_enter(gate)))
		return -EINTR;
	rc = mdc_flock_held(sbi->lmv, &LUSTRE_I(inode)->fid, &held);
	if (rc || held.mode == LCK_NL) {
		lustre_flock_leave(gate);
		return rc;
	}
	held.wait = false;
	rc = lustre_flock_send_in(inode, &held, gate);
	if (rc)
		return rc;
	want->start = held.end + 1;
	return held.end < want->end;
}

/*
 * A signal has ended a wait.  The target may have granted the lock at that
 * moment, before it heard of the end, and then it took along what the owner had
 * there before.  He has to have that still: it is asked for again.
 */
static void lustre_flock_retake(struct inode *inode, struct mdc_flock *want)
{
	int tries = 0, rc;

	do {
		rc = lustre_flock_retake_one(inode, want);
		if (rc == -ENOMEM && ++tries < LUSTRE_FLOCK_UNLOCK_TRIES)
			rc = 1 + schedule_timeout_uninterruptible(1);
	} while (rc > 0);
	/* Somebody was faster.  The killed one does not need to know. */
	if (rc && rc != -EINTR)
		lustre_flock_note_lost(inode, want->owner);
}

static int lustre_take(struct file *file, struct file_lock *fl, bool wait)
{
	struct inode *inode = file_inode(file);
	struct mdc_flock want;
	int rc;

	lustre_flock_fill(inode, fl, &want);
	want.wait = wait;
	rc = lustre_flock_intact(inode, want.owner);
	if (rc)
		return rc;
	do {
		rc = lustre_flock_send(inode, &want, false);
	} while (rc == -ECANCELED);
	if (rc == -ERESTARTSYS)
		lustre_flock_retake(inode, &want);
	if (rc)
		return rc;
	rc = lustre_flock_insert(file, fl);
	if (rc) {
		lustre_flock_fill(inode, fl, &want);
		lustre_flock_release(inode, &want);
	}
	return rc;
}

/* Process numbers of other clients are told as they are, as by all clients. */
static int lustre_getlk(struct file *file, struct file_lock *fl)
{
	struct inode *inode = file_inode(file);
	struct mdc_flock want;
	int rc;

	lustre_flock_fill(inode, fl, &want);
	want.test = true;
	rc = lustre_flock_send(inode, &want, false);
	if (rc)
		return rc;
	if (want.mode == LCK_NL) {
		fl->c.flc_type = F_UNLCK;
		return 0;
	}
	fl->c.flc_type = want.mode == LCK_PR ? F_RDLCK : F_WRLCK;
	fl->c.flc_pid = want.pid;
	fl->c.flc_flags &= ~FL_OFDLCK;
	fl->fl_start = min_t(u64, want.start, OFFSET_MAX);
	fl->fl_end = min_t(u64, want.end, OFFSET_MAX);
	return 0;
}

/* ---- operations ------------------------------------------------------------ */

static int lustre_flock_do(struct file *file, int cmd, struct file_lock *fl)
{
	unsigned long opts = LUSTRE_SB(file_inode(file)->i_sb)->opts.flags;

	if (opts & LUSTRE_MOUNT_LOCALFLOCK)
		return locks_lock_file_wait(file, fl);
	if (!(opts & LUSTRE_MOUNT_FLOCK))
		return -ENOSYS;
	if (fl->c.flc_type == F_UNLCK)
		return lustre_unlock(file, fl);
	return lustre_take(file, fl, IS_SETLKW(cmd));
}

/**
 * lustre_file_lock - fcntl(2): take, give up or look for a lock on a range
 * @file: open file
 * @cmd: F_GETLK, F_SETLK, F_SETLKW, F_CANCELLK
 * @fl: the lock
 *
 * Return: 0, -EAGAIN, -EDEADLK, -ENOSYS (mount option), -ERESTARTSYS, ...
 * Context: may sleep.
 */
int lustre_file_lock(struct file *file, int cmd, struct file_lock *fl)
{
	unsigned long opts = LUSTRE_SB(file_inode(file)->i_sb)->opts.flags;

	if (cmd == F_CANCELLK)
		return 0;	/* none is ever deferred */
	if (!IS_GETLK(cmd))
		return lustre_flock_do(file, cmd, fl);
	if (opts & LUSTRE_MOUNT_LOCALFLOCK) {
		posix_test_lock(file, fl);
		return 0;
	}
	return opts & LUSTRE_MOUNT_FLOCK ? lustre_getlk(file, fl) : -ENOSYS;
}

/**
 * lustre_file_flock - flock(2): take or give up a lock on the whole file
 * @file: open file
 * @cmd: F_SETLK, F_SETLKW
 * @fl: the lock
 *
 * Return: as lustre_file_lock().
 * Context: may sleep.
 */
int lustre_file_flock(struct file *file, int cmd, struct file_lock *fl)
{
	return lustre_flock_do(file, cmd, fl);
}
