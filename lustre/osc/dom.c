// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data on metadata targets (08 section 8).
 *
 * The object is the file's inode and goes by its FID.  One lock bit covers all
 * of its data and vouches for the size.  A lock with that bit is either asked
 * for here, and knows its object, or comes with the reply to an open or a
 * lookup, where the metadata room has it and asks here when it is called back.
 * What such a lock says of the size is in the reply's attributes: until those
 * have been told (osc_dom_told()) the lock is of no use.
 */
#include "osc/kind.h"

/* Find an object by the resource of its lock; with a reference, or NULL. */
static struct osc_object *osc_dom_find(struct osc *osc,
				       const struct ldlm_resid *resid)
{
	struct lustre_fid fid = {
		.seq	= resid->name[0],
		.oid	= resid->name[1],
		.ver	= resid->name[1] >> 32,
	};
	struct ost_id oi;

	lustre_fid_to_wire(&oi.oi_fid, &fid);
	return osc_object_lookup(osc, &oi);
}

/* ---------------------------------------------------------------- locks -- */

static bool osc_dom_named(const struct ost_id *oi)
{
	struct lustre_fid fid;

	lustre_fid_from_wire(&fid, &oi->oi_fid);
	return lustre_fid_is_sane(&fid);
}

static void osc_dom_ask(struct osc_object *obj, u64 start, u64 end, u64 gid,
			struct ldlm_enqueue *enq)
{
	enq->type = LDLM_IBITS;
	enq->policy.ibits.bits = MDS_INODELOCK_DOM;
	enq->policy.ibits.gid = gid;
}

/* With other bits the metadata room would have to know of it. */
static bool osc_dom_fits(const struct ldlm_lock *lock)
{
	return lock->policy.ibits.bits == MDS_INODELOCK_DOM;
}

static bool osc_dom_is_told(struct osc_object *obj)
{
	bool told;

	spin_lock(&obj->lock);
	told = obj->told;
	spin_unlock(&obj->lock);
	return told;
}

static bool osc_dom_lost(struct osc_object *obj)
{
	return ldlm_bits_lost(obj->osc->ns, &obj->resid, MDS_INODELOCK_DOM);
}

/*
 * Who has a use already goes on, whatever becomes of the lock.  All others are
 * not content with one whose size is not known, nor with one beside another
 * that was lost: its end is going to throw away what is written meanwhile.
 */
static bool osc_dom_match(struct osc_object *obj, u32 modes, u64 start, u64 end,
			  u32 flags, struct ldlm_lock **lockp)
{
	struct ldlm_ns *ns = obj->osc->ns;

	if (!(flags & LDLM_MATCH_CBPENDING) &&
	    (!osc_dom_is_told(obj) || osc_dom_lost(obj)))
		return false;
	if (!ldlm_bits_match(ns, &obj->resid, modes, MDS_INODELOCK_DOM, flags,
			     lockp))
		return false;
	/* Or the one that the size was known by ended just now. */
	if (flags & (LDLM_MATCH_TEST | LDLM_MATCH_CBPENDING) ||
	    osc_dom_is_told(obj))
		return true;
	ldlm_lock_decref(*lockp);
	*lockp = NULL;
	return false;
}

static u64 osc_dom_remote(struct osc_object *obj, u32 modes, u64 off)
{
	return ldlm_bits_remote(obj->osc->ns, &obj->resid, modes,
				MDS_INODELOCK_DOM);
}

static void osc_dom_granted(struct osc_object *obj,
			    const struct ldlm_lock *lock,
			    const struct osc_attr *attr)
{
	osc_dom_told(obj, attr);
}

static void osc_dom_drop(struct osc_object *obj, struct ldlm_lock *lock,
			 enum ldlm_bl_reason reason)
{
	bool lost = osc_lock_lost(lock);
	struct inode *inode;

	inode = osc_object_grab_file(obj, !lost);
	if (!inode)
		return;
	if (reason == LDLM_BL_DISCARD) {
		obj->ops->discard(inode, obj, 0, OSC_EOF, lost ? -EIO : 0);
	} else {
		if (lock->granted_mode & (LCK_PW | LCK_EX | LCK_GROUP))
			obj->ops->flush(inode, obj, 0, OSC_EOF);
		/* Another lock with the bit keeps what is clean. */
		if (!(ldlm_cached_bits(lock->ns, &lock->resid) &
		      MDS_INODELOCK_DOM))
			obj->ops->invalidate(inode, obj, 0, OSC_EOF);
	}
	obj->ops->drop(inode);
}

/*
 * The size is known as long as there is a lock.  A lock that an eviction took
 * takes it along, also if there is a new one by now.
 */
static void osc_dom_retire(struct osc_object *obj, struct ldlm_lock *lock)
{
	bool lost = osc_lock_lost(lock);

	spin_lock(&obj->lock);
	if (!ldlm_bits_retire(lock, MDS_INODELOCK_DOM) || lost) {
		obj->told = false;
		obj->attr.kms = 0;
	}
	spin_unlock(&obj->lock);
}

const struct osc_kind osc_mdt_kind = {
	.on_mdt		= true,
	.named		= osc_dom_named,
	.ask		= osc_dom_ask,
	.fits		= osc_dom_fits,
	.match		= osc_dom_match,
	.remote		= osc_dom_remote,
	.lost		= osc_dom_lost,
	.granted	= osc_dom_granted,
	.drop		= osc_dom_drop,
	.retire		= osc_dom_retire,
};

/* ------------------------------------- locks that the metadata room has -- */

/**
 * osc_dom_told - the attributes under a lock with the data bit are known
 * @obj: the object
 * @attr: size, blocks and times from the reply that brought the lock
 *
 * The lock is in use, or is just being granted.  If another one vouches for the
 * size already, it is not news: what was done since under that counts.
 *
 * Context: any.
 */
void osc_dom_told(struct osc_object *obj, const struct osc_attr *attr)
{
	spin_lock(&obj->lock);
	if (!obj->told) {
		osc_object_take(obj, attr, true, OSC_EOF);
		obj->told = true;
	}
	spin_unlock(&obj->lock);
}

/**
 * osc_dom_blocking - a lock with the data bit ends
 * @osc: the target
 * @lock: its lock, without an object
 * @reason: LDLM_BL_CANCELING or LDLM_BL_DISCARD
 *
 * Context: sleeps, writes back; as &ldlm_lock_ops.blocking.
 */
void osc_dom_blocking(struct osc *osc, struct ldlm_lock *lock,
		      enum ldlm_bl_reason reason)
{
	struct osc_object *obj = osc_dom_find(osc, &lock->resid);

	if (obj) {
		osc_dom_drop(obj, lock, reason);
		osc_dom_retire(obj, lock);
		wake_up_all(&obj->wait);
		osc_object_put(obj);
		return;
	}
	ldlm_bits_retire(lock, MDS_INODELOCK_DOM);
	/* One that came meanwhile may wait for the end of this lock. */
	obj = osc_dom_find(osc, &lock->resid);
	if (obj) {
		osc_dom_retire(obj, lock);
		wake_up_all(&obj->wait);
		osc_object_put(obj);
	}
}

/* As &ldlm_lock_ops.glimpse, for a lock with the data bit */
int osc_dom_glimpse(struct osc *osc, struct ldlm_lock *lock, void *lvb,
		    u32 size)
{
	struct osc_object *obj = osc_dom_find(osc, &lock->resid);
	int err = -ENODATA;

	if (!obj)
		return err;
	/* The server knows better than we do. */
	if (osc_dom_is_told(obj))
		err = osc_object_glimpsed(obj, lvb, size);
	osc_object_put(obj);
	return err;
}

/* As &ldlm_lock_ops.weigh, for a lock with the data bit */
bool osc_dom_weigh(struct osc *osc, struct ldlm_lock *lock)
{
	struct osc_object *obj = osc_dom_find(osc, &lock->resid);
	bool worth;

	if (!obj)
		return false;
	worth = osc_object_worth(obj);
	osc_object_put(obj);
	return worth;
}
