// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks on objects (07 section 9, 06 section 13); what is said here of extents is
 * true of object targets, see kind.h.
 *
 * A cached lock vouches for the cached pages of its range and, if it reaches
 * the end of the object, for the object's size.  A lock that is wanted back is
 * cancelled after its last use: dirty pages go out and are answered for, then
 * all pages of the range are dropped, then the server is told.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "osc/kind.h"

/* Locks without a value block, in a row, that are given back */
#define OSC_LOCK_TRIES	3

static void *osc_lock_grab(void *data)
{
	struct osc_object *obj = data;

	return refcount_inc_not_zero(&obj->ref) ? obj : NULL;
}

static struct osc_object *osc_lock_object(struct ldlm_lock *lock)
{
	return ldlm_lock_data_grab(lock, osc_lock_grab);
}

/*
 * Decode a lock value block (07 section 2.5).  Targets that do not negotiate
 * the new form send the first 40 bytes of it.
 */
int osc_lvb_decode(const struct ost_lvb *lvb, u32 len,
		   struct osc_attr *attr)
{
	u64 blocks;

	if (len < OST_LVB_V1_SIZE)
		return -EPROTO;
	blocks = le64_to_cpu(lvb->lvb_blocks);
	if ((blocks & OST_LVB_ERR_MASK) == OST_LVB_ERR_MASK) {
		u32 err = blocks - OST_LVB_ERR_INIT;

		return ptlrpc_wire_errno(err) ?: -EPROTO;
	}
	attr->size = le64_to_cpu(lvb->lvb_size);
	attr->kms = 0;
	attr->blocks = blocks;
	attr->mtime = le64_to_cpu(lvb->lvb_mtime);
	attr->atime = le64_to_cpu(lvb->lvb_atime);
	attr->ctime = le64_to_cpu(lvb->lvb_ctime);
	/* Nothing in this kernel can be larger. */
	return attr->size > MAX_LFS_FILESIZE ? -EPROTO : 0;
}
EXPORT_SYMBOL_IF_KUNIT(osc_lvb_decode);

/* ----------------------------------------------------------- callbacks -- */

static void osc_lock_completion(struct ldlm_lock *lock, int rc)
{
	struct osc_object *obj = osc_lock_object(lock);
	struct osc_attr attr;

	if (!obj)
		return;
	if (rc) {
		/* The reference that the lock had */
		ldlm_lock_drop_data(lock);
		/* Perhaps it was taken from us before it was of any use. */
		wake_up_all(&obj->wait);
		osc_object_put(obj);
	} else if (!osc_lvb_decode(lock->lvb, lock->lvb_len, &attr)) {
		obj->osc->kind->granted(obj, lock, &attr);
	}
	osc_object_put(obj);
}

static void osc_extent_granted(struct osc_object *obj,
			       const struct ldlm_lock *lock,
			       const struct osc_attr *attr)
{
	osc_object_lvb(obj, attr, true, lock->policy.extent.end);
}

/*
 * A lock goes away: what is still known of the size? (07 section 9.2)  Locks
 * that are flushed at the same time count as well, or dirty data under them
 * would seem to lie behind the end of the object.  A lock that is granted
 * meanwhile either is seen here, or tells its size afterwards.
 */
static void osc_extent_retire(struct osc_object *obj,
			      struct ldlm_lock *lock)
{
	spin_lock(&obj->lock);
	obj->attr.kms = min(obj->attr.kms, ldlm_extent_retire(lock));
	spin_unlock(&obj->lock);
}

/* Was the lock taken from us (evicted), rather than its object removed? */
bool osc_lock_lost(const struct ldlm_lock *lock)
{
	return lock->flags & (LDLM_LF_LOCAL | LDLM_LF_FAILED);
}

static void osc_extent_drop(struct osc_object *obj, struct ldlm_lock *lock,
			    enum ldlm_bl_reason reason)
{
	u64 start = lock->policy.extent.start;
	u64 end = lock->policy.extent.end;
	bool lost = osc_lock_lost(lock);
	struct inode *inode;

	inode = osc_object_grab_file(obj, !lost);
	if (!inode)
		return;
	if (reason == LDLM_BL_DISCARD) {
		obj->ops->discard(inode, obj, start, end, lost ? -EIO : 0);
	} else {
		/* An error is recorded on the file; the data are lost. */
		if (lock->granted_mode & (LCK_PW | LCK_GROUP))
			obj->ops->flush(inode, obj, start, end);
		obj->ops->invalidate(inode, obj, start, end);
	}
	obj->ops->drop(inode);
}

static void osc_lock_blocking(struct ldlm_lock *lock,
			      const struct ldlm_desc *desc,
			      enum ldlm_bl_reason reason)
{
	struct osc_object *obj;

	if (reason == LDLM_BL_BLOCKING)
		return;
	obj = osc_lock_object(lock);
	if (!obj)
		return;
	obj->osc->kind->drop(obj, lock, reason);
	obj->osc->kind->retire(obj, lock);
	wake_up_all(&obj->wait);
	/* The lock's reference and the one taken above */
	osc_object_put(obj);
	osc_object_put(obj);
}

/* Answer a glimpse: 0 */
int osc_object_glimpsed(struct osc_object *obj, struct ost_lvb *lvb, u32 size)
{
	struct osc_attr attr;

	osc_object_attr(obj, &attr);
	if (size >= OST_LVB_V1_SIZE) {
		lvb->lvb_size = cpu_to_le64(attr.kms);
		lvb->lvb_mtime = cpu_to_le64(attr.mtime);
		lvb->lvb_atime = cpu_to_le64(attr.atime);
		lvb->lvb_ctime = cpu_to_le64(attr.ctime);
		lvb->lvb_blocks = cpu_to_le64(attr.blocks);
	}
	return 0;
}

static int osc_lock_glimpse(struct ldlm_lock *lock, void *buf, u32 size)
{
	struct osc_object *obj = osc_lock_object(lock);
	int err;

	if (!obj)
		return -ENODATA;
	err = osc_object_glimpsed(obj, buf, size);
	osc_object_put(obj);
	return err;
}

/* Is something of the object in memory? */
bool osc_object_worth(struct osc_object *obj)
{
	bool worth;

	spin_lock(&obj->lock);
	worth = obj->dirty || (obj->inode && obj->ops->cached(obj->inode));
	spin_unlock(&obj->lock);
	return worth;
}

static bool osc_lock_weigh(struct ldlm_lock *lock)
{
	struct osc_object *obj = osc_lock_object(lock);
	bool worth;

	if (!obj)
		return false;
	worth = osc_object_worth(obj);
	osc_object_put(obj);
	return worth;
}

static const struct ldlm_lock_ops osc_lock_ops = {
	.blocking	= osc_lock_blocking,
	.completion	= osc_lock_completion,
	.glimpse	= osc_lock_glimpse,
	.weigh		= osc_lock_weigh,
};

/* -------------------------------------------------------------- extents -- */

static void osc_extent_ask(struct osc_object *obj, u64 start, u64 end, u64 gid,
			   struct ldlm_enqueue *enq)
{
	enq->type = LDLM_EXTENT;
	enq->policy.extent.start = start;
	enq->policy.extent.end = end;
	enq->policy.extent.gid = gid;
}

/* How much it covers is looked at where that matters. */
static bool osc_extent_fits(const struct ldlm_lock *lock)
{
	return true;
}

static bool osc_extent_match(struct osc_object *obj, u32 modes, u64 start,
			     u64 end, u32 flags, struct ldlm_lock **lockp)
{
	struct ldlm_match m = {
		.resid		= obj->resid,
		.modes		= modes,
		.policy.extent	= { .start = start, .end = end },
		.flags		= flags,
	};

	return ldlm_lock_match(obj->osc->ns, &m, lockp);
}

static u64 osc_extent_remote(struct osc_object *obj, u32 modes, u64 off)
{
	return ldlm_extent_remote(obj->osc->ns, &obj->resid, modes, off);
}

static bool osc_extent_lost(struct osc_object *obj)
{
	return ldlm_extent_lost(obj->osc->ns, &obj->resid);
}

const struct osc_kind osc_ost_kind = {
	.named		= osc_oi_valid,
	.ask		= osc_extent_ask,
	.fits		= osc_extent_fits,
	.match		= osc_extent_match,
	.remote		= osc_extent_remote,
	.lost		= osc_extent_lost,
	.granted	= osc_extent_granted,
	.drop		= osc_extent_drop,
	.retire		= osc_extent_retire,
};

/* --------------------------------------------------------- taking locks -- */

static u32 osc_modes_for(u32 mode)
{
	return mode == LCK_PR ? LCK_PR | LCK_PW | LCK_EX | LCK_GROUP :
	       LCK_PW | LCK_EX | LCK_GROUP;
}

static bool osc_lock_cached(struct osc_object *obj, u32 mode, u64 start,
			    u64 end, u32 flags, struct ldlm_lock **lockp)
{
	return obj->osc->kind->match(obj, osc_modes_for(mode), start, end,
				     flags, lockp);
}

static int osc_lock_enqueue(struct osc_object *obj, u32 mode, u64 gid,
			    u64 start, u64 end, u32 flags,
			    struct ldlm_lock **lockp)
{
	struct ost_lvb lvb = {};
	struct ldlm_enqueue enq = {
		.resid		= obj->resid,
		.mode		= mode,
		.ops		= &osc_lock_ops,
		.data		= obj,
		.lvb_size	= sizeof(struct ost_lvb),
		.lvb		= &lvb,
	};
	struct osc_attr attr;
	int err;

	obj->osc->kind->ask(obj, start, end, gid, &enq);
	if (flags & OSC_LOCK_DISCARD)
		enq.flags |= LDLM_FL_AST_DISCARD_DATA;
	if (flags & OSC_LOCK_NOWAIT)
		enq.flags |= LDLM_FL_BLOCK_NOWAIT;
	enq.once = flags & OSC_LOCK_ONCE;
	/*
	 * A lock that was taken from us throws away all of its range after its
	 * last use: not what is written under this one.
	 */
	if (wait_event_killable(obj->wait,
				!obj->osc->kind->lost(obj)))
		return -EINTR;
	/* The lock's reference; its completion or its end drops it. */
	osc_object_get(obj);
	err = ldlm_enqueue(obj->osc->ns, &enq, NULL, lockp);
	if (err && !enq.started)
		osc_object_put(obj);
	if (err)
		return err > 0 ? -EIO : err;
	/* Without an LVB the size under this lock is not known. */
	err = enq.lvb_len ? osc_lvb_decode(&lvb, enq.lvb_len, &attr) : -ENODATA;
	if (!err && (!obj->osc->kind->fits(*lockp) ||
		     !osc_lock_covers(*lockp, start, end)))
		err = -EPROTO;
	if (!err)
		return 0;
	/* Another client removed the file: nothing unusual. */
	if (err != -ENOENT && err != -ENODATA)
		pr_err_ratelimited("lustre: %s: lock on object %llx:%llx is of no use: %d\n",
				   obj->osc->name, obj->resid.name[0],
				   obj->resid.name[1], err);
	ldlm_lock_decref_cancel(*lockp);
	*lockp = NULL;
	return err;
}

/* Enqueue, again after what is no concern of a new lock. */
static int osc_lock_ask(struct osc_object *obj, u32 mode, u64 gid, u64 start,
			u64 end, u32 flags, struct ldlm_lock **lockp)
{
	unsigned int tries = 0;
	u32 generation;
	int err, absent = 0;

	/* An eviction that was found out just now is no concern of a new lock. */
	do {
		generation = ptlrpc_import_generation(obj->osc->imp);
		err = osc_lock_enqueue(obj, mode, gid, start, end, flags,
				       lockp);
		if (err == -ENOENT)
			absent = flags & OSC_LOCK_ONCE ? -ENOENT :
				 osc_absent_sleep(obj);
		/* Nor is one that was granted late, without a value block. */
	} while ((err == -EIO &&
		  generation != ptlrpc_import_generation(obj->osc->imp)) ||
		 (err == -ENODATA && ++tries < OSC_LOCK_TRIES) ||
		 (err == -ENOENT && !absent));
	if (err == -ENOENT)
		return absent;
	if (err != -ENODATA)
		return err;
	pr_err_ratelimited("lustre: %s: lock on object %llx:%llx came without the size %u times\n",
			   obj->osc->name, obj->resid.name[0],
			   obj->resid.name[1], tries);
	return -EPROTO;
}

/* Have the whole object locked for a group, see group.c. */
int osc_lock_group(struct osc_object *obj, u64 gid, bool nowait,
		   struct ldlm_lock **lockp)
{
	return osc_lock_ask(obj, LCK_GROUP, gid, 0, OSC_EOF,
			    nowait ? OSC_LOCK_NOWAIT : 0, lockp);
}

/**
 * osc_lock - lock a range of an object
 * @obj: the object
 * @mode: LCK_PR to read, LCK_PW to write; a stronger cached lock serves too
 * @start: first byte; callers round to pages
 * @end: last byte, OSC_EOF for the end of everything
 * @flags: OSC_LOCK_*
 * @lockp: returns the lock with a use, to be ended with osc_unlock(); NULL
 *	after an error
 *
 * The target may grant more than asked for.  No lock of a lower stripe may be
 * waited for while the use lasts (07 section 9.1).
 *
 * Return: 0; -EAGAIN with OSC_LOCK_CACHED when no cached lock serves, with
 * OSC_LOCK_NOWAIT when others hold locks in the way, with OSC_LOCK_ONCE when the
 * target is away, perhaps also -ETIMEDOUT; -EINTR;
 * -EIO after an eviction; what the target said.
 * Context: sleeps; no folio lock may be held unless OSC_LOCK_CACHED.
 */
int osc_lock(struct osc_object *obj, u32 mode, u64 start, u64 end, u32 flags,
	     struct ldlm_lock **lockp)
{
	u32 match = 0;

	*lockp = NULL;
	/*
	 * Who wants no RPC reads pages for somebody who has a use already: of
	 * a lock that is perhaps wanted back by now, or of one of a group.
	 */
	if (flags & OSC_LOCK_CACHED)
		match |= LDLM_MATCH_CBPENDING;
	if (flags & (OSC_LOCK_CACHED | OSC_LOCK_GROUP))
		match |= LDLM_MATCH_ANY_GROUP;
	if (osc_lock_cached(obj, mode, start, end, match, lockp))
		return 0;
	if (flags & OSC_LOCK_CACHED)
		return -EAGAIN;
	return osc_lock_ask(obj, mode, 0, start, end, flags, lockp);
}

/* End of a use; a lock that is wanted back is cancelled on a workqueue. */
void osc_unlock(struct ldlm_lock *lock)
{
	ldlm_lock_decref(lock);
}

/*
 * What a lock in use is to vouch for may change when nobody waits for that any
 * more: it goes after its last use, and what is cached under it.
 */
void osc_lock_doubt(struct ldlm_lock *lock)
{
	ldlm_lock_reuse(lock);
	ldlm_lock_decref_cancel(lock);
}

/* Does a lock in use cover a range? */
bool osc_lock_covers(const struct ldlm_lock *lock, u64 start, u64 end)
{
	if (lock->type == LDLM_IBITS)
		return lock->policy.ibits.bits & MDS_INODELOCK_DOM;
	return lock->policy.extent.start <= start &&
	       lock->policy.extent.end >= end;
}

/**
 * osc_size_known - is the size of an object certain without asking?
 * @obj: the object
 *
 * Return: true if a cached lock reaches from the size we know to the end, so
 * that nobody else can move it.  Does not sleep.
 */
bool osc_size_known(struct osc_object *obj)
{
	return osc_lock_cached(obj, LCK_PR, osc_object_size(obj), OSC_EOF,
			       LDLM_MATCH_TEST, NULL);
}

/*
 * Server's name of a lock that covers a byte, also one that is being cancelled
 * (write-back is part of that); 0: none.  Without it the server would think
 * that we sit on a lock it wants back (07 section 4.9).
 */
u64 osc_lock_handle(struct osc_object *obj, bool write, u64 off)
{
	return obj->osc->kind->remote(obj,
				      osc_modes_for(write ? LCK_PW : LCK_PR),
				      off);
}

/* -------------------------------------------------------------- glimpse -- */

struct osc_glimpse {
	struct osc_object	*obj;
	struct osc_multi	*multi;
	bool			once;
	struct ost_lvb		lvb;
	struct osc_absentee	absentee;
};

static void osc_glimpse_send(struct osc_glimpse *g);

static void osc_glimpse_again(struct osc_absentee *absentee)
{
	osc_glimpse_send(container_of(absentee, struct osc_glimpse, absentee));
}

static void osc_glimpse_end(struct osc_glimpse *g, int error)
{
	osc_multi_end(g->multi, error);
	osc_object_put(g->obj);
	kfree(g);
}

/* A glimpse was answered with attributes and no lock. */
static int osc_glimpse_aborted(struct osc_glimpse *g,
			       const struct ldlm_enqueue *enq)
{
	struct osc_attr attr;
	int err;

	err = ptlrpc_wire_errno(enq->disposition);
	if (!err)
		err = osc_lvb_decode(&g->lvb, enq->lvb_len, &attr);
	/* A lock that we got meanwhile knows better than this old answer. */
	if (!err && !osc_size_known(g->obj))
		osc_object_lvb(g->obj, &attr, false, 0);
	return err;
}

static void osc_glimpse_done(struct ldlm_enqueue *enq, struct ldlm_lock *lock,
			     int status)
{
	struct osc_glimpse *g = enq->priv;
	struct osc_attr attr;

	if (status == LDLM_ABORTED)
		status = osc_glimpse_aborted(g, enq);
	else if (!status)
		status = osc_lvb_decode(&g->lvb, enq->lvb_len, &attr);
	if (lock && !status && !g->obj->osc->kind->fits(lock))
		status = -EPROTO;
	/* A lock without an LVB must not be matched for the size. */
	if (lock && status)
		ldlm_lock_decref_cancel(lock);
	else if (lock)
		ldlm_lock_decref(lock);
	if (status == -ENOENT && !g->once && osc_absent_wait(g->obj, &g->absentee))
		return;
	osc_glimpse_end(g, status > 0 ? -EPROTO : status);
}

static void osc_glimpse_send(struct osc_glimpse *g)
{
	struct osc_object *obj = g->obj;
	struct ldlm_enqueue enq = {
		.resid		= obj->resid,
		.mode		= LCK_PR,
		.flags		= LDLM_FL_HAS_INTENT,
		.ops		= &osc_lock_ops,
		.data		= obj,
		.lvb_size	= sizeof(struct ost_lvb),
		.lvb		= &g->lvb,
		.once		= g->once,
		.done		= osc_glimpse_done,
		.priv		= g,
	};
	int err;

	obj->osc->kind->ask(obj, 0, OSC_EOF, 0, &enq);
	/* The lock's reference */
	osc_object_get(obj);
	err = ldlm_enqueue_async(obj->osc->ns, &enq, NULL);
	if (!err)
		return;
	/* Nothing will be called. */
	osc_object_put(obj);
	osc_glimpse_end(g, err);
}

/**
 * osc_glimpse - ask for the attributes of an object
 * @obj: the object
 * @once: fail at once rather than wait for a target that is away
 * @m: ends with the answer
 *
 * If nobody writes the object the target gives a lock along with the answer;
 * otherwise it asks the writers.  Spec: 07 section 9.2.
 */
void osc_glimpse(struct osc_object *obj, bool once, struct osc_multi *m)
{
	struct osc_glimpse *g = kzalloc(sizeof(*g), GFP_NOFS);

	osc_multi_begin(m);
	if (!g) {
		osc_multi_end(m, -ENOMEM);
		return;
	}
	g->obj = osc_object_get(obj);
	g->multi = m;
	g->once = once;
	g->absentee.again = osc_glimpse_again;
	osc_glimpse_send(g);
}

/* -------------------------------------------------------- asking ahead -- */

struct osc_ahead {
	struct osc_object	*obj;
	struct ost_lvb		lvb;
};

/* Nobody else asks ahead for the object: from now on we do. */
static bool osc_ahead_begin(struct osc_object *obj)
{
	bool begun;

	spin_lock(&obj->lock);
	begun = !obj->asking;
	WRITE_ONCE(obj->asking, true);
	spin_unlock(&obj->lock);
	return begun;
}

static void osc_ahead_end(struct osc_ahead *a)
{
	struct osc_object *obj = a->obj;

	kfree(a);
	spin_lock(&obj->lock);
	WRITE_ONCE(obj->asking, false);
	spin_unlock(&obj->lock);
	wake_up_all(&obj->wait);
	osc_object_put(obj);
}

/*
 * Only a lock says something here: without one others may change the size until
 * somebody wants to know it.
 */
static void osc_ahead_done(struct ldlm_enqueue *enq, struct ldlm_lock *lock,
			   int status)
{
	struct osc_ahead *a = enq->priv;
	struct osc_attr attr;

	if (lock && (osc_lvb_decode(&a->lvb, enq->lvb_len, &attr) ||
		     !a->obj->osc->kind->fits(lock)))
		ldlm_lock_decref_cancel(lock);
	else if (lock)
		ldlm_lock_decref(lock);
	osc_ahead_end(a);
}

static int osc_ahead_send(struct osc_ahead *a, bool write)
{
	struct ldlm_enqueue enq = {
		.resid		= a->obj->resid,
		.mode		= write ? LCK_PW : LCK_PR,
		.flags		= LDLM_FL_BLOCK_NOWAIT,
		.ops		= &osc_lock_ops,
		.data		= a->obj,
		.lvb_size	= sizeof(struct ost_lvb),
		.lvb		= &a->lvb,
		.done		= osc_ahead_done,
		.priv		= a,
	};
	int err;

	a->obj->osc->kind->ask(a->obj, 0, OSC_EOF, 0, &enq);
	if (!write)
		enq.flags |= LDLM_FL_SPECULATIVE | LDLM_FL_HAS_INTENT;
	/* The lock's reference */
	osc_object_get(a->obj);
	err = ldlm_enqueue_async(a->obj->osc->ns, &enq, NULL);
	if (err)
		osc_object_put(a->obj);
	return err;
}

/* Can the target be asked now?  Does not sleep. */
bool osc_reachable(const struct osc *osc)
{
	enum ptlrpc_import_state state = ptlrpc_import_state(osc->imp);

	return state == PTLRPC_IMP_FULL || state == PTLRPC_IMP_IDLE;
}

/**
 * osc_glimpse_ahead - ask for the attributes of an object before they are needed
 * @obj: the object; may be without a file
 * @write: a lock to write is wanted
 *
 * Others are not asked, nor have to give up their locks: then nothing comes of
 * it.  Errors are for those who need to know to find.
 *
 * Return: true if the target was asked; false: no need, or no chance.
 * Context: may sleep, not for an answer.  Spec: 07 section 9.2.
 */
bool osc_glimpse_ahead(struct osc_object *obj, bool write)
{
	struct osc_ahead *a;

	if (osc_size_known(obj) || !osc_reachable(obj->osc) ||
	    READ_ONCE(obj->asking))
		return false;
	/* See osc_lock_enqueue(). */
	if (write && obj->osc->kind->lost(obj))
		return false;
	a = kzalloc_obj(*a, GFP_NOFS);
	if (!a)
		return false;
	if (!osc_ahead_begin(obj)) {
		kfree(a);
		return false;
	}
	a->obj = osc_object_get(obj);
	if (!osc_ahead_send(a, write))
		return true;
	osc_ahead_end(a);
	return false;
}

/**
 * osc_glimpse_settle - wait for what is on its way to be told ahead
 * @obj: the object
 *
 * Return: 0 or -EINTR.
 * Context: sleeps, killable.
 */
int osc_glimpse_settle(struct osc_object *obj)
{
	if (!READ_ONCE(obj->asking))
		return 0;
	return wait_event_killable(obj->wait, !READ_ONCE(obj->asking)) ?
	       -EINTR : 0;
}
