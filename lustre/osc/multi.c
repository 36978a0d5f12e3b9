// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small RPCs, sent to several objects at a time and waited for together.
 */
#include <kunit/visibility.h>
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "osc/internal.h"

/**
 * struct osc_multi - RPCs that are waited for together
 * @ref: one for the owner, one for each RPC
 * @pending: RPCs not finished, plus one for the owner
 * @error: first error
 * @done: nothing is pending any more
 */
struct osc_multi {
	refcount_t		ref;
	atomic_t		pending;
	int			error;
	struct completion	done;
};

static void osc_multi_put(struct osc_multi *m)
{
	if (refcount_dec_and_test(&m->ref))
		kfree(m);
}

/* New, empty set, or NULL. */
struct osc_multi *osc_multi_new(void)
{
	struct osc_multi *m = kzalloc(sizeof(*m), GFP_NOFS);

	if (!m)
		return NULL;
	refcount_set(&m->ref, 1);
	atomic_set(&m->pending, 1);
	init_completion(&m->done);
	return m;
}

/* One more RPC */
void osc_multi_begin(struct osc_multi *m)
{
	refcount_inc(&m->ref);
	atomic_inc(&m->pending);
}

/* An RPC is over. */
void osc_multi_end(struct osc_multi *m, int error)
{
	if (error)
		cmpxchg(&m->error, 0, error);
	if (atomic_dec_and_test(&m->pending))
		complete_all(&m->done);
	osc_multi_put(m);
}

/**
 * osc_multi_wait - wait for all RPCs of a set
 * @m: the set; gone afterwards
 *
 * Return: 0, the first error, or -EINTR after a fatal signal.
 * Context: sleeps.
 */
int osc_multi_wait(struct osc_multi *m)
{
	int err = 0;

	if (!atomic_dec_and_test(&m->pending))
		err = wait_for_completion_killable(&m->done);
	if (!err)
		err = READ_ONCE(m->error);
	osc_multi_put(m);
	return err == -ERESTARTSYS ? -EINTR : err;
}

/* -------------------------------------------------------- object RPCs -- */

/*
 * struct osc_call - an RPC about one object
 *
 * @lock: what it is sent under, with a use that ends with it, or NULL
 */
struct osc_call {
	struct osc_object	*obj;
	struct osc_multi	*multi;
	struct ldlm_lock	*lock;
};

static void osc_call_release(void *data)
{
	struct osc_call *call = data;

	osc_object_put(call->obj);
	kfree(call);
}

/*
 * The lock vouched for what the RPC was to bring about.  If nobody knows
 * whether it did, the target has to be asked again.
 */
static void osc_call_unlock(struct osc_call *call, int rc)
{
	if (!call->lock)
		return;
	if (rc)
		ldlm_lock_decref_cancel(call->lock);
	else
		ldlm_lock_decref(call->lock);
	call->lock = NULL;
}

/* What the lock vouches for may not be true: not to be used any more. */
static void osc_lock_distrust(struct ldlm_lock *lock)
{
	if (!lock)
		return;
	ldlm_lock_reuse(lock);
	ldlm_lock_decref_cancel(lock);
}

static void osc_call_learn(struct osc_object *obj, struct ptlrpc_request *req,
			   const struct obdo *oa)
{
	spin_lock(&obj->lock);
	obj->transno = max(obj->transno, ptlrpc_rep_transno(req));
	/* The reply to a setattr claims attributes that it does not have. */
	if (oa->o_valid & cpu_to_le64(OBD_MD_FLBLOCKS) &&
	    ptlrpc_req_opc(req) != OST_SETATTR)
		obj->attr.blocks = le64_to_cpu(oa->o_blocks);
	spin_unlock(&obj->lock);
}

static void osc_call_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_call *call = data;
	struct ost_body *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));

	if (rc > 0 || (!rc && !rep))
		rc = -EPROTO;
	if (!rc)
		osc_call_learn(call->obj, req, &rep->oa);
	osc_call_unlock(call, rc);
	osc_multi_end(call->multi, rc);
}

/* A truncate, or times, that the target answered but did not commit */
static void osc_call_lost(struct ptlrpc_request *req, void *data)
{
	struct osc_call *call = data;

	osc_object_lost(call->obj, 0);
}

static const struct ptlrpc_req_ops osc_call_ops = {
	.done		= osc_call_done,
	.lost		= osc_call_lost,
	.release	= osc_call_release,
};

/* New request with an empty ost_body that names the object */
static struct ptlrpc_request *osc_call_alloc(struct osc_object *obj, u32 opc,
					     struct ost_body **body)
{
	const u32 lens[] = { sizeof(struct ost_body), 0 };
	const u32 rep_lens[] = { sizeof(struct ost_body) };
	struct ptlrpc_request *req;
	int err;

	req = ptlrpc_req_alloc(obj->osc->imp, opc, lens, ARRAY_SIZE(lens), 0,
			       GFP_NOFS);
	if (IS_ERR(req))
		return req;
	err = ptlrpc_req_set_replen(req, rep_lens, ARRAY_SIZE(rep_lens));
	*body = ptlrpc_req_buf(req, 1, sizeof(**body));
	if (!err && !*body)
		err = -ENOMEM;
	if (err) {
		ptlrpc_req_put(req);
		return ERR_PTR(err);
	}
	osc_pack_oi(obj, &(*body)->oa);
	return req;
}

static void osc_call_send(struct osc_object *obj, struct ptlrpc_request *req,
			  struct ldlm_lock *lock, struct osc_multi *m)
{
	struct osc_call *call = kzalloc(sizeof(*call), GFP_NOFS);

	osc_multi_begin(m);
	if (call) {
		call->obj = osc_object_get(obj);
		call->multi = m;
		if (lock)
			ldlm_lock_reuse(lock);
		call->lock = lock;
		ptlrpc_send(req, &osc_call_ops, call);
	} else {
		osc_lock_distrust(lock);
		osc_multi_end(m, -ENOMEM);
	}
	ptlrpc_req_put(req);
}

static void osc_call_failed(struct osc_multi *m, int err)
{
	osc_multi_begin(m);
	osc_multi_end(m, err);
}

static void osc_pack_times(struct osc_object *obj, struct obdo *oa)
{
	struct osc_attr attr;

	osc_object_attr(obj, &attr);
	oa->o_mtime = cpu_to_le64(attr.mtime);
	oa->o_ctime = cpu_to_le64(attr.ctime);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLMTIME | OBD_MD_FLCTIME);
}

/**
 * osc_punch - set the size of an object
 * @obj: the object, write-locked by the caller from @size to the end
 * @size: new size, bytes
 * @lock: the caller's lock, kept in use until the reply; cancelled after an
 *	error, since the size is not known then
 * @m: ends with the reply
 *
 * Spec 07 §10.1.
 */
void osc_punch(struct osc_object *obj, u64 size, struct ldlm_lock *lock,
	       struct osc_multi *m)
{
	struct ptlrpc_request *req;
	struct osc_file_attr file = {};
	struct ost_body *body;

	req = osc_call_alloc(obj, OST_PUNCH, &body);
	if (IS_ERR(req)) {
		osc_lock_distrust(lock);
		osc_call_failed(m, PTR_ERR(req));
		return;
	}
	obj->ops->attr(obj->file, &file);
	osc_pack_times(obj, &body->oa);
	osc_pack_layout(obj, &body->oa);
	body->oa.o_size = cpu_to_le64(size);
	body->oa.o_blocks = cpu_to_le64(OSC_EOF);
	body->oa.o_uid = cpu_to_le32(file.uid);
	body->oa.o_gid = cpu_to_le32(file.gid);
	body->oa.o_projid = cpu_to_le32(file.projid);
	body->oa.o_handle = osc_lock_handle(obj, true, size);
	body->oa.o_valid |= cpu_to_le64(OBD_MD_FLSIZE | OBD_MD_FLBLOCKS |
					OBD_MD_FLUID | OBD_MD_FLGID |
					OBD_MD_FLPROJID);
	if (body->oa.o_handle)
		body->oa.o_valid |= cpu_to_le64(OBD_MD_FLHANDLE);
	osc_call_send(obj, req, lock, m);
}

/**
 * osc_sync - make what was written to an object permanent
 * @obj: the object
 * @start: first byte, a hint
 * @end: last byte, a hint
 * @m: ends with the reply
 *
 * Spec 07 §5.
 */
void osc_sync(struct osc_object *obj, u64 start, u64 end, struct osc_multi *m)
{
	struct ptlrpc_request *req;
	struct ost_body *body;

	req = osc_call_alloc(obj, OST_SYNC, &body);
	if (IS_ERR(req)) {
		osc_call_failed(m, PTR_ERR(req));
		return;
	}
	body->oa.o_size = cpu_to_le64(start);
	body->oa.o_blocks = cpu_to_le64(end);
	body->oa.o_valid |= cpu_to_le64(OBD_MD_FLSIZE | OBD_MD_FLBLOCKS);
	osc_call_send(obj, req, NULL, m);
}

/**
 * osc_sync_needed - has the target perhaps not committed what we wrote?
 * @obj: the object
 *
 * Return: false if all our writes to the object are known to be permanent.
 */
bool osc_sync_needed(struct osc_object *obj)
{
	u64 transno;

	spin_lock(&obj->lock);
	transno = obj->transno;
	spin_unlock(&obj->lock);
	return transno > ptlrpc_import_last_committed(obj->osc->imp);
}

/**
 * osc_settimes - set the times of an object
 * @obj: the object, write-locked by the caller as a whole
 * @valid: OBD_MD_FLMTIME, OBD_MD_FLATIME or both; the ctime always goes along
 * @attr: the times
 * @m: ends with the reply
 *
 * Spec 07 §9.2, §10.2.
 */
void osc_settimes(struct osc_object *obj, u64 valid,
		  const struct osc_file_attr *attr, struct osc_multi *m)
{
	struct ptlrpc_request *req;
	struct ost_body *body;

	req = osc_call_alloc(obj, OST_SETATTR, &body);
	if (IS_ERR(req)) {
		osc_call_failed(m, PTR_ERR(req));
		return;
	}
	osc_pack_layout(obj, &body->oa);
	body->oa.o_mtime = cpu_to_le64(attr->mtime);
	body->oa.o_atime = cpu_to_le64(attr->atime);
	body->oa.o_ctime = cpu_to_le64(attr->ctime);
	body->oa.o_valid |= cpu_to_le64(valid | OBD_MD_FLCTIME);
	spin_lock(&obj->lock);
	if (valid & OBD_MD_FLMTIME)
		obj->attr.mtime = attr->mtime;
	if (valid & OBD_MD_FLATIME)
		obj->attr.atime = attr->atime;
	obj->attr.ctime = attr->ctime;
	spin_unlock(&obj->lock);
	osc_call_send(obj, req, NULL, m);
}

/**
 * osc_sync_target - make everything that we wrote to a target permanent
 * @osc: the target
 *
 * Return: 0, also without any RPC if all is committed; -EINTR; what the
 * target says.
 * Context: sleeps, killable.  Spec 07 §5.
 */
int osc_sync_target(struct osc *osc)
{
	static const u32 lens[] = { sizeof(struct ost_body), 0 };
	static const u32 rep_lens[] = { sizeof(struct ost_body) };
	struct ptlrpc_request *req;
	int err;

	if (!READ_ONCE(osc->unstable))
		return 0;
	/* No object in the body: the whole target is meant. */
	req = ptlrpc_req_alloc(osc->imp, OST_SYNC, lens, ARRAY_SIZE(lens), 0,
			       GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	err = ptlrpc_req_set_replen(req, rep_lens, ARRAY_SIZE(rep_lens));
	if (!err)
		err = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(err, 0);
}

/* -------------------------------------------------------------- statfs -- */

/* Take the answer: 0 or -EPROTO. */
int osc_statfs_unpack(struct ptlrpc_request *req, struct osc_statfs *st)
{
	struct obd_statfs *os = ptlrpc_rep_buf(req, 1, sizeof(*os));

	if (!os || !os->os_bsize)
		return -EPROTO;
	st->blocks = le64_to_cpu(os->os_blocks);
	st->bfree = le64_to_cpu(os->os_bfree);
	st->bavail = le64_to_cpu(os->os_bavail);
	st->files = le64_to_cpu(os->os_files);
	st->ffree = le64_to_cpu(os->os_ffree);
	st->maxbytes = le64_to_cpu(os->os_maxbytes);
	st->bsize = le32_to_cpu(os->os_bsize);
	st->namelen = le32_to_cpu(os->os_namelen);
	st->state = le32_to_cpu(os->os_state);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(osc_statfs_unpack);

/**
 * osc_statfs - how much room is there?
 * @osc: the target
 * @st: returns the answer
 * @nodelay: fail at once rather than wait for a target that is away
 *
 * Return: 0; -EAGAIN or -ETIMEDOUT with @nodelay; -EINTR; -EPROTO.
 * Context: sleeps, killable.  Spec 07 §10.4.
 */
int osc_statfs(struct osc *osc, struct osc_statfs *st, bool nodelay)
{
	const u32 rep_lens[] = { sizeof(struct obd_statfs) };
	struct ptlrpc_request *req;
	int err;

	req = ptlrpc_req_alloc(osc->imp, OST_STATFS, NULL, 0,
			       nodelay ? PTLRPC_REQ_NO_DELAY |
					 PTLRPC_REQ_NO_RESEND : 0, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	err = ptlrpc_req_set_replen(req, rep_lens, ARRAY_SIZE(rep_lens));
	if (!err)
		err = ptlrpc_queue_wait(req);
	if (!err)
		err = osc_statfs_unpack(req, st);
	ptlrpc_req_put(req);
	return err > 0 ? -EPROTO : err;
}
