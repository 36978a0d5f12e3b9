// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects: identity, attributes, and the file they belong to (07 sections 2 and
 * 9.2).
 *
 * An object is found by its 16 bytes of identity.  A file that is opened holds
 * one reference, each cached lock holds one, and so does each transfer.  When
 * the file leaves memory the object stays with its locks and its attributes,
 * and the file finds both again when it comes back.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "osc/kind.h"

/* Objects go with their inodes and locks, which can be taken back */
static struct kmem_cache *osc_object_cache;

static const struct rhashtable_params osc_object_params = {
	.head_offset		= offsetof(struct osc_object, node),
	.key_offset		= offsetof(struct osc_object, oi),
	.key_len		= sizeof(struct ost_id),
	.automatic_shrinking	= true,
};

int __init osc_object_init(void)
{
	osc_object_cache = KMEM_CACHE(osc_object, SLAB_RECLAIM_ACCOUNT);
	return osc_object_cache ? 0 : -ENOMEM;
}

/* After an RCU barrier: objects are freed after a grace period. */
void osc_object_exit(void)
{
	kmem_cache_destroy(osc_object_cache);
}

int osc_objects_init(struct osc *osc)
{
	return rhashtable_init(&osc->objects, &osc_object_params);
}

static void osc_object_leaked(void *ptr, void *arg)
{
	struct osc_object *obj = ptr;
	struct osc *osc = arg;

	pr_err_ratelimited("lustre: %s: object %llx:%llx is still in use\n",
			   osc->name, obj->resid.name[0], obj->resid.name[1]);
}

void osc_objects_exit(struct osc *osc)
{
	rhashtable_free_and_destroy(&osc->objects, osc_object_leaked, osc);
}

/*
 * Lock resource of an object: objects of the old kind go by their number, also
 * when the number comes dressed as a FID (07 section 2.1).
 */
static void osc_object_resid(struct osc_object *obj)
{
	u64 seq = le64_to_cpu(obj->oi.oi_fid.f_seq);
	u64 oid = le32_to_cpu(obj->oi.oi_fid.f_oid);
	u64 ver = le32_to_cpu(obj->oi.oi_fid.f_ver);

	if (!obj->oi.oi_seq) {
		obj->resid.name[0] = le64_to_cpu(obj->oi.oi_id);
	} else if (seq >= FID_SEQ_IDIF && seq <= FID_SEQ_IDIF_MAX) {
		obj->resid.name[0] = (seq & 0xffff) << 32 | oid;
	} else {
		obj->resid.name[0] = seq;
		obj->resid.name[1] = ver << 32 | oid;
	}
}

/* Could a target mean this by an object? (07 section 2.1) */
bool osc_oi_valid(const struct ost_id *oi)
{
	u64 seq = le64_to_cpu(oi->oi_fid.f_seq);

	if (!oi->oi_seq)
		return oi->oi_id && le64_to_cpu(oi->oi_id) < 1ULL << 48;
	if (!oi->oi_fid.f_oid || oi->oi_fid.f_ver)
		return false;
	return seq >= FID_SEQ_NORMAL ||
	       (seq >= FID_SEQ_IDIF && seq <= FID_SEQ_IDIF_MAX);
}

static struct osc_object *osc_object_new(struct osc *osc,
					 const struct ost_id *oi)
{
	struct osc_object *obj;

	obj = kmem_cache_zalloc(osc_object_cache, GFP_NOFS);
	if (!obj)
		return NULL;
	refcount_set(&obj->ref, 1);
	obj->osc = osc;
	obj->oi = *oi;
	obj->run_end = OSC_EOF;
	spin_lock_init(&obj->lock);
	INIT_LIST_HEAD(&obj->uncommitted);
	INIT_LIST_HEAD(&obj->outdated);
	init_waitqueue_head(&obj->wait);
	osc_object_resid(obj);
	return obj;
}

/* NULL is fine. */
static void osc_object_free(struct osc_object *obj)
{
	if (obj)
		kmem_cache_free(osc_object_cache, obj);
}

static void osc_object_free_rcu(struct rcu_head *rcu)
{
	osc_object_free(container_of(rcu, struct osc_object, rcu));
}

/* Find the object, if there is one; with a reference, or NULL. */
struct osc_object *osc_object_lookup(struct osc *osc, const struct ost_id *oi)
{
	struct osc_object *obj;

	rcu_read_lock();
	obj = rhashtable_lookup(&osc->objects, oi, osc_object_params);
	if (obj && !refcount_inc_not_zero(&obj->ref))
		obj = NULL;
	rcu_read_unlock();
	return obj;
}

/* Find or make the object; with a reference, or NULL without memory. */
static struct osc_object *osc_object_find(struct osc *osc,
					  const struct ost_id *oi)
{
	struct osc_object *new = NULL, *old;

	for (;;) {
		old = osc_object_lookup(osc, oi);
		if (old) {
			osc_object_free(new);
			return old;
		}
		if (!new)
			new = osc_object_new(osc, oi);
		if (!new)
			return NULL;
		/* -EEXIST: another found it first, or the old one is leaving */
		switch (rhashtable_insert_fast(&osc->objects, &new->node,
					       osc_object_params)) {
		case 0:
			return new;
		case -EEXIST:
			cond_resched();
			break;
		default:
			osc_object_free(new);
			return NULL;
		}
	}
}

/**
 * osc_object_open - attach a file to one of its objects
 * @osc: the target
 * @desc: identity and file
 *
 * End with osc_object_close().
 *
 * Return: the object, or ERR_PTR(): -ENOMEM; -EPROTO for an identity that no
 * target understands; -EIO if the object belongs to another file already.
 * Context: may sleep for memory (GFP_NOFS).  Spec: 07 section 2.1.
 */
struct osc_object *osc_object_open(struct osc *osc,
				   const struct osc_object_desc *desc)
{
	struct osc_object *obj;
	bool taken;

	if (!osc->kind->named(&desc->oi)) {
		pr_err_ratelimited("lustre: %s: %s names an object that cannot exist\n",
				   osc->name, lustre_fid_str(&desc->parent).s);
		return ERR_PTR(-EPROTO);
	}
	obj = osc_object_find(osc, &desc->oi);
	if (!obj)
		return ERR_PTR(-ENOMEM);
	spin_lock(&obj->lock);
	taken = obj->inode;
	if (!taken) {
		obj->parent = desc->parent;
		obj->stripe = desc->stripe;
		obj->stripe_size = desc->stripe_size;
		obj->stripe_count = desc->stripe_count;
		obj->comp_id = desc->comp_id;
		obj->comp_start = desc->comp_start;
		obj->comp_end = desc->comp_end;
		obj->version = desc->version;
		obj->ops = desc->ops;
		obj->inode = desc->inode;
		obj->file = desc->file;
	}
	spin_unlock(&obj->lock);
	if (!taken)
		return obj;
	osc_object_put(obj);
	return ERR_PTR(-EIO);
}

/**
 * osc_object_owner - the file that an object is attached to
 * @osc: the target
 * @oi: identity of the object
 *
 * Return: the file, to be given to osc_object_ops.drop(); NULL: there is none.
 * Context: any that may take a spinlock.
 */
struct inode *osc_object_owner(struct osc *osc, const struct ost_id *oi)
{
	struct osc_object *obj = osc_object_lookup(osc, oi);
	struct inode *inode;

	if (!obj)
		return NULL;
	inode = osc_object_grab_file(obj, false);
	osc_object_put(obj);
	return inode;
}

/**
 * osc_object_peek - an object without a file
 * @osc: the target
 * @oi: its identity
 *
 * For osc_glimpse_ahead(): what that finds out is kept by the lock that it gets,
 * until a file is attached.
 *
 * Return: the object with a reference; NULL without memory, or for an identity
 * that no target understands.
 * Context: may sleep for memory (GFP_NOFS).
 */
struct osc_object *osc_object_peek(struct osc *osc, const struct ost_id *oi)
{
	return osc->kind->named(oi) ? osc_object_find(osc, oi) : NULL;
}

/**
 * osc_object_close - detach the file and drop its reference
 * @obj: the object; all its pages are gone
 *
 * Cached locks stay.
 */
void osc_object_close(struct osc_object *obj)
{
	spin_lock(&obj->lock);
	obj->inode = NULL;
	spin_unlock(&obj->lock);
	wake_up_all(&obj->wait);
	osc_object_put(obj);
}

/**
 * osc_object_move - the layout has changed around an object
 * @obj: the object, attached to a file and with the same striping as before
 * @comp_id: new number of its component
 * @comp_start: first byte of the file that lies there
 * @comp_end: first byte behind it
 */
void osc_object_move(struct osc_object *obj, u32 comp_id, u64 comp_start,
		     u64 comp_end)
{
	spin_lock(&obj->lock);
	obj->comp_id = comp_id;
	obj->comp_start = comp_start;
	obj->comp_end = comp_end;
	spin_unlock(&obj->lock);
}

/*
 * The layout has a new version, and the object the same place there: that is
 * what writes are to go by, also those that were refused.
 */
void osc_object_set_version(struct osc_object *obj, u32 version)
{
	struct osc_brw *brw;

	spin_lock(&obj->lock);
	if (obj->version != version)
		list_for_each_entry(brw, &obj->outdated, link)
			osc_brw_hurry(brw);
	obj->version = version;
	spin_unlock(&obj->lock);
}

struct osc_object *osc_object_get(struct osc_object *obj)
{
	refcount_inc(&obj->ref);
	return obj;
}

void osc_object_put(struct osc_object *obj)
{
	if (!refcount_dec_and_test(&obj->ref))
		return;
	rhashtable_remove_fast(&obj->osc->objects, &obj->node,
			       osc_object_params);
	spin_lock(&obj->osc->lock);
	list_del(&obj->uncommitted);
	spin_unlock(&obj->osc->lock);
	call_rcu(&obj->rcu, osc_object_free_rcu);
}

static bool osc_object_try_grab(struct osc_object *obj, bool *leaving)
{
	bool ok = false;

	spin_lock(&obj->lock);
	if (obj->inode)
		ok = obj->ops->grab(obj->inode);
	*leaving = obj->inode && !ok;
	spin_unlock(&obj->lock);
	return ok;
}

static bool osc_object_clean(struct osc_object *obj)
{
	bool clean;

	spin_lock(&obj->lock);
	clean = !obj->inode || !obj->dirty;
	spin_unlock(&obj->lock);
	return clean;
}

/*
 * Pin the file of an object.  A file that is being torn down drops its pages
 * itself, and nobody reads or writes them any more.  The caller goes on to tell
 * the server that there are none, so wait until what is on the way to this very
 * server is there: not for other servers, which the file may wait for.  A
 * server that has forgotten us is told nothing: no need to @wait.  NULL: there
 * is no file, or it needs no help.
 */
struct inode *osc_object_grab_file(struct osc_object *obj, bool wait)
{
	bool leaving;

	while (!osc_object_try_grab(obj, &leaving)) {
		if (!leaving || !wait || osc_object_clean(obj))
			return NULL;
		/* Ends with the requests, or with their connection. */
		wait_event_idle(obj->wait, osc_object_clean(obj));
	}
	return obj->inode;
}

/*
 * struct osc_outdated - somebody is to look for a newer layout
 */
struct osc_outdated {
	struct osc_object	*obj;
	u32			version;	/* that is too old */
	struct work_struct	work;
};

static void osc_outdated_work(struct work_struct *work)
{
	struct osc_outdated *o = container_of(work, struct osc_outdated, work);
	struct osc_object *obj = o->obj;
	struct inode *inode = osc_object_grab_file(obj, false);
	u64 start, end;
	bool newer;

	spin_lock(&obj->lock);
	newer = obj->version != o->version;
	start = obj->comp_start;
	end = obj->comp_end;
	spin_unlock(&obj->lock);
	/* One look is enough for all writes. */
	if (inode && !newer)
		obj->ops->outdated(inode, start, end);
	if (inode)
		obj->ops->drop(inode);
	osc_object_put(obj);
	kfree(o);
}

/*
 * The target refused what it was sent, for the layout has a newer version: have
 * the file look for that.  Without memory there will be another chance.
 */
void osc_object_outdated(struct osc_object *obj, u32 version)
{
	struct osc_outdated *o = kmalloc_obj(*o, GFP_NOFS | __GFP_NOWARN);

	if (!o)
		return;
	o->obj = osc_object_get(obj);
	o->version = version;
	INIT_WORK(&o->work, osc_outdated_work);
	queue_work(osc_wq, &o->work);
}

/* ---------------------------------------------------------- attributes -- */

/* Copy of what is known of the object; any context. */
void osc_object_attr(struct osc_object *obj, struct osc_attr *attr)
{
	spin_lock(&obj->lock);
	*attr = obj->attr;
	/* Tools take "no blocks" for a hole: not true of dirty pages. */
	if (attr->size && !attr->blocks && obj->dirty)
		attr->blocks = 1;
	spin_unlock(&obj->lock);
}

u64 osc_object_size(struct osc_object *obj)
{
	u64 size;

	spin_lock(&obj->lock);
	size = obj->attr.size;
	spin_unlock(&obj->lock);
	return size;
}
EXPORT_SYMBOL_IF_KUNIT(osc_object_size);

/**
 * osc_object_wrote - data up to @end is in the cache now
 * @obj: the object
 * @end: first byte after the data, bytes
 *
 * The caller holds a write lock over the data.  Any context.
 */
void osc_object_wrote(struct osc_object *obj, u64 end)
{
	s64 now = ktime_get_real_seconds();

	spin_lock(&obj->lock);
	obj->attr.kms = max(obj->attr.kms, end);
	obj->attr.size = max(obj->attr.size, end);
	obj->attr.mtime = now;
	obj->attr.ctime = now;
	spin_unlock(&obj->lock);
}

/* The object has a new size, the caller holds a write lock to its end. */
void osc_object_truncated(struct osc_object *obj, u64 size)
{
	s64 now = ktime_get_real_seconds();

	spin_lock(&obj->lock);
	obj->attr.kms = size;
	obj->attr.size = size;
	obj->attr.mtime = now;
	obj->attr.ctime = now;
	spin_unlock(&obj->lock);
}
EXPORT_SYMBOL_IF_KUNIT(osc_object_truncated);

/*
 * Attributes came from the target, with a lock up to @lock_end or without.
 * Times of data that the target has not seen yet are newer than what it says.
 * Caller holds obj->lock.
 */
void osc_object_take(struct osc_object *obj, const struct osc_attr *lvb,
		     bool locked, u64 lock_end)
{
	struct osc_attr *a = &obj->attr;

	if (locked) {
		u64 kms = lvb->size;

		if (lock_end != OSC_EOF)
			kms = min(kms, lock_end + 1);
		a->kms = max(a->kms, kms);
	}
	a->size = max(lvb->size, a->kms);
	a->blocks = lvb->blocks;
	if (obj->dirty) {
		a->mtime = max(a->mtime, lvb->mtime);
		a->atime = max(a->atime, lvb->atime);
		a->ctime = max(a->ctime, lvb->ctime);
	} else {
		a->mtime = lvb->mtime;
		a->atime = lvb->atime;
		a->ctime = lvb->ctime;
	}
}

void osc_object_lvb(struct osc_object *obj, const struct osc_attr *lvb,
		    bool locked, u64 lock_end)
{
	spin_lock(&obj->lock);
	osc_object_take(obj, lvb, locked, lock_end);
	spin_unlock(&obj->lock);
}

/* ------------------------------------------------------------- packing -- */

/* Which object it is, where nothing else may be said (07 section 10.6) */
void osc_pack_id(const struct osc_object *obj, struct obdo *oa)
{
	oa->o_oi = obj->oi;
	oa->o_valid |= cpu_to_le64(OBD_MD_FLID | OBD_MD_FLGROUP);
}

/*
 * Who the object is and which file it belongs to (07 section 4.1); a metadata
 * target knows that by the former.
 */
void osc_pack_oi(const struct osc_object *obj, struct obdo *oa)
{
	osc_pack_id(obj, oa);
	if (obj->osc->kind->on_mdt)
		return;
	oa->o_parent_seq = cpu_to_le64(obj->parent.seq);
	oa->o_parent_oid = cpu_to_le32(obj->parent.oid);
	oa->o_parent_ver = cpu_to_le32(obj->parent.ver);
	oa->o_stripe_idx = cpu_to_le32(obj->stripe);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLFID | OBD_MD_FLPARENT);
}

/* Shape of the layout, for the target's file system check (07 section 2.3) */
void osc_pack_layout(struct osc_object *obj, struct obdo *oa)
{
	spin_lock(&obj->lock);
	oa->o_layout.ol_stripe_size = cpu_to_le32(obj->stripe_size);
	if (!obj->osc->kind->on_mdt)
		oa->o_layout.ol_stripe_count = cpu_to_le32(obj->stripe_count);
	/* All zeroes in a plain layout */
	if (obj->comp_id) {
		oa->o_layout.ol_comp_start = cpu_to_le64(obj->comp_start);
		oa->o_layout.ol_comp_end = cpu_to_le64(obj->comp_end);
		oa->o_layout.ol_comp_id = cpu_to_le32(obj->comp_id);
	}
	spin_unlock(&obj->lock);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLOSTLAYOUT);
}

/*
 * A request to the target of @obj that is a body, empty still, and is answered
 * by one; @capa: an empty capability follows, as in the older ones.
 */
struct ptlrpc_request *osc_body_req(struct osc_object *obj, u32 opc, bool capa,
				    struct ost_body **body)
{
	const u32 lens[] = { sizeof(**body), 0 };
	struct ptlrpc_request *req;
	int err;

	req = ptlrpc_req_alloc(obj->osc->imp, opc, lens, capa ? 2 : 1, 0,
			       GFP_NOFS);
	if (IS_ERR(req))
		return req;
	err = ptlrpc_req_set_replen(req, lens, 1);
	*body = ptlrpc_req_buf(req, 1, sizeof(**body));
	if (!err && !*body)
		err = -ENOMEM;
	if (err) {
		ptlrpc_req_put(req);
		return ERR_PTR(err);
	}
	return req;
}

/* What is known of the file of an object that is attached, or was opened so */
void osc_object_file(struct osc_object *obj, struct osc_file_attr *file)
{
	spin_lock(&obj->lock);
	if (obj->inode)
		obj->ops->attr(obj->inode, file);
	else
		*file = obj->file;
	spin_unlock(&obj->lock);
}

/*
 * Of several mirrors only the present ones may be changed (08 section 9).
 * Return: the version, or 0
 */
u32 osc_pack_version(struct osc_object *obj, struct obdo *oa)
{
	u32 version;

	spin_lock(&obj->lock);
	version = obj->version;
	spin_unlock(&obj->lock);
	if (!version)
		return 0;
	oa->o_layout_version = cpu_to_le32(version);
	oa->o_valid |= cpu_to_le64(OBD_MD_LAYOUT_VERSION);
	return version;
}
