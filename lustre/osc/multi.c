// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small RPCs, sent to several objects at a time and waited for together.
 */
#include <kunit/visibility.h>
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "osc/kind.h"

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

static void osc_call_put(struct osc_call *call)
{
	if (!refcount_dec_and_test(&call->ref))
		return;
	osc_object_put(call->obj);
	kfree(call);
}

static void osc_call_release(void *data)
{
	osc_call_put(data);
}

/*
 * The call is over.  Its lock vouched for what it was to bring about: if nobody
 * knows whether it did, the target has to be asked again.
 */
static void osc_call_end(struct osc_call *call, int rc)
{
	if (call->lock && rc)
		ldlm_lock_decref_cancel(call->lock);
	else if (call->lock)
		ldlm_lock_decref(call->lock);
	osc_multi_end(call->multi, rc);
	osc_call_put(call);
}

static void osc_call_again(struct osc_absentee *absentee)
{
	osc_call_send(container_of(absentee, struct osc_call, absentee));
}

/*
 * New call about an object.  @lock: the caller's, kept in use until the end.
 * NULL without memory; that is the end then.
 */
struct osc_call *osc_call_new(struct osc_object *obj, u32 opc,
			      struct ldlm_lock *lock, struct osc_multi *m)
{
	struct osc_call *call = kzalloc(sizeof(*call), GFP_NOFS);

	osc_multi_begin(m);
	if (lock)
		ldlm_lock_reuse(lock);
	if (!call) {
		if (lock)
			ldlm_lock_decref_cancel(lock);
		osc_multi_end(m, -ENOMEM);
		return NULL;
	}
	refcount_set(&call->ref, 1);
	call->obj = osc_object_get(obj);
	call->multi = m;
	call->lock = lock;
	call->opc = opc;
	call->generation = ptlrpc_import_generation(obj->osc->imp);
	call->absentee.again = osc_call_again;
	osc_pack_oi(obj, &call->body.oa);
	return call;
}

static void osc_call_update(struct osc_object *obj, struct ptlrpc_request *req,
			    const struct obdo *oa)
{
	osc_object_changed(obj, ptlrpc_rep_transno(req));
	spin_lock(&obj->lock);
	/* The reply to a setattr claims attributes that it does not have. */
	if (oa->o_valid & cpu_to_le64(OBD_MD_FLBLOCKS) &&
	    ptlrpc_req_opc(req) != OST_SETATTR)
		obj->attr.blocks = le64_to_cpu(oa->o_blocks);
	spin_unlock(&obj->lock);
}

/* For the log */
static const char *osc_call_name(u32 opc)
{
	switch (opc) {
	case OST_PUNCH:
		return "truncate";
	case OST_FALLOCATE:
		return "fallocate";
	default:
		return "utimes";
	}
}

static void osc_call_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_call *call = data;
	struct ost_body *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));

	if (rc == -ENOENT && osc_absent_wait(call->obj, &call->absentee))
		return;
	if (rc > 0 || (!rc && !rep))
		rc = -EPROTO;
	/* The objects of a file that others removed need no sync. */
	if (rc == -ENOENT && call->opc != OST_SYNC)
		rc = osc_absent_errno(call->obj, osc_call_name(call->opc));
	if (!rc)
		osc_call_update(call->obj, req, &rep->oa);
	if (!rc && call->opc == OST_FALLOCATE)
		osc_fallocated(call);
	osc_call_end(call, rc);
}

/* A truncate, space, or times, that the target answered but did not commit */
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

/* Send it, the first time or again; the caller's reference goes along. */
void osc_call_send(struct osc_call *call)
{
	struct ptlrpc_request *req;
	struct ost_body *body;

	req = osc_body_req(call->obj, call->opc, true, &body);
	if (IS_ERR(req)) {
		osc_call_end(call, PTR_ERR(req));
		return;
	}
	*body = call->body;
	ptlrpc_req_bind(req, call->generation);
	refcount_inc(&call->ref);
	ptlrpc_send(req, &osc_call_ops, call);
	ptlrpc_req_put(req);
}

static void osc_pack_times(struct osc_object *obj, struct obdo *oa)
{
	struct osc_attr attr;

	osc_object_attr(obj, &attr);
	oa->o_mtime = cpu_to_le64(attr.mtime);
	oa->o_ctime = cpu_to_le64(attr.ctime);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLMTIME | OBD_MD_FLCTIME);
}

/* What the target of an object does not know of its file */
void osc_pack_file(struct osc_object *obj, struct obdo *oa)
{
	struct osc_file_attr file = {};

	osc_object_file(obj, &file);
	osc_pack_layout(obj, oa);
	oa->o_uid = cpu_to_le32(file.uid);
	oa->o_gid = cpu_to_le32(file.gid);
	oa->o_projid = cpu_to_le32(file.projid);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLUID | OBD_MD_FLGID |
				   OBD_MD_FLPROJID);
}

/**
 * osc_punch - set the size of an object
 * @obj: the object, write-locked by the caller from @size to the end
 * @size: new size, bytes
 * @lock: the caller's lock, kept in use until the reply; cancelled after an
 *	error, since the size is not known then
 * @m: ends with the reply
 *
 * Spec: 07 section 10.1.
 */
void osc_punch(struct osc_object *obj, u64 size, struct ldlm_lock *lock,
	       struct osc_multi *m)
{
	struct osc_call *call = osc_call_new(obj, OST_PUNCH, lock, m);
	struct obdo *oa;

	if (!call)
		return;
	oa = &call->body.oa;
	osc_pack_times(obj, oa);
	if (!obj->osc->kind->on_mdt)
		osc_pack_file(obj, oa);
	osc_pack_version(obj, oa);
	oa->o_size = cpu_to_le64(size);
	oa->o_blocks = cpu_to_le64(OSC_EOF);
	oa->o_handle = osc_lock_handle(obj, true, size);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLSIZE | OBD_MD_FLBLOCKS);
	if (oa->o_handle)
		oa->o_valid |= cpu_to_le64(OBD_MD_FLHANDLE);
	osc_call_send(call);
}

/**
 * osc_sync - make what was written to an object permanent
 * @obj: the object
 * @start: first byte, a hint
 * @end: last byte, a hint
 * @m: ends with the reply
 *
 * Spec: 07 section 5.
 */
void osc_sync(struct osc_object *obj, u64 start, u64 end, struct osc_multi *m)
{
	struct osc_call *call = osc_call_new(obj, OST_SYNC, NULL, m);
	struct obdo *oa;

	if (!call)
		return;
	oa = &call->body.oa;
	oa->o_size = cpu_to_le64(start);
	oa->o_blocks = cpu_to_le64(end);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLSIZE | OBD_MD_FLBLOCKS);
	osc_call_send(call);
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

	spin_lock(&obj->osc->lock);
	transno = obj->transno;
	spin_unlock(&obj->osc->lock);
	return transno > ptlrpc_import_last_committed(obj->osc->imp);
}

static void osc_object_times(struct osc_object *obj, u64 valid,
			     const struct osc_file_attr *attr)
{
	spin_lock(&obj->lock);
	if (valid & OBD_MD_FLMTIME)
		obj->attr.mtime = attr->mtime;
	if (valid & OBD_MD_FLATIME)
		obj->attr.atime = attr->atime;
	obj->attr.ctime = attr->ctime;
	spin_unlock(&obj->lock);
}

/**
 * osc_settimes - set the times of an object
 * @obj: the object, write-locked by the caller as a whole
 * @valid: OBD_MD_FLMTIME, OBD_MD_FLATIME or both; the ctime always goes along
 * @attr: the times
 * @m: ends with the reply
 *
 * A metadata target, which was told first, has set those of its data, too.
 *
 * Spec: 07 sections 9.2 and 10.2.
 */
void osc_settimes(struct osc_object *obj, u64 valid,
		  const struct osc_file_attr *attr, struct osc_multi *m)
{
	struct osc_call *call;
	struct obdo *oa;

	osc_object_times(obj, valid, attr);
	if (obj->osc->kind->on_mdt)
		return;
	call = osc_call_new(obj, OST_SETATTR, NULL, m);
	if (!call)
		return;
	oa = &call->body.oa;
	osc_pack_layout(obj, oa);
	oa->o_mtime = cpu_to_le64(attr->mtime);
	oa->o_atime = cpu_to_le64(attr->atime);
	oa->o_ctime = cpu_to_le64(attr->ctime);
	oa->o_valid |= cpu_to_le64(valid | OBD_MD_FLCTIME);
	osc_call_send(call);
}

/* A change of the object was answered with this transaction number, or 0. */
void osc_object_changed(struct osc_object *obj, u64 transno)
{
	struct osc *osc = obj->osc;

	spin_lock(&osc->lock);
	if (transno > obj->transno) {
		obj->transno = transno;
		list_move_tail(&obj->uncommitted, &osc->uncommitted);
	}
	spin_unlock(&osc->lock);
}

/*
 * The object that was changed last, with a reference, and its transaction
 * number; NULL: all is committed, or was asked to be.
 */
static struct osc_object *osc_changed_last(struct osc *osc, u64 *transno)
{
	u64 committed = ptlrpc_import_last_committed(osc->imp);
	struct osc_object *obj, *next, *found = NULL;

	spin_lock(&osc->lock);
	list_for_each_entry_safe_reverse(obj, next, &osc->uncommitted,
					 uncommitted) {
		if (obj->transno > committed &&
		    refcount_inc_not_zero(&obj->ref)) {
			*transno = obj->transno;
			found = obj;
			break;
		}
		list_del_init(&obj->uncommitted);
	}
	spin_unlock(&osc->lock);
	return found;
}

/* Changes up to @transno are safe, as the target says. */
static void osc_object_synced(struct osc_object *obj, u64 transno)
{
	spin_lock(&obj->osc->lock);
	if (obj->transno == transno)
		list_del_init(&obj->uncommitted);
	spin_unlock(&obj->osc->lock);
}

static int osc_sync_wait(struct osc_object *obj)
{
	struct osc_multi *m = osc_multi_new();
	int err;

	if (!m)
		return -ENOMEM;
	osc_sync(obj, 0, OSC_EOF, m);
	err = osc_multi_wait(m);
	/* Removed meanwhile: there is nothing to keep. */
	return err == -ENOENT ? 0 : err;
}

/**
 * osc_sync_target - make everything that we wrote to a target permanent
 * @osc: the target
 *
 * A target can't be asked for that as a whole, only for one object at a time;
 * but its transactions are committed in order, so the object that was changed
 * last takes the others along.
 *
 * Return: 0, also without any RPC if all is committed; -EINTR; what the
 * target says.
 * Context: sleeps, killable.  Spec: 07 section 5.
 */
int osc_sync_target(struct osc *osc)
{
	struct osc_object *obj;
	u64 goal = 0, transno;
	int err = 0;

	obj = osc_changed_last(osc, &goal);
	transno = goal;
	while (obj) {
		err = osc_sync_wait(obj);
		if (!err)
			osc_object_synced(obj, transno);
		osc_object_put(obj);
		obj = NULL;
		/* What was written since is not waited for. */
		if (!err && ptlrpc_import_last_committed(osc->imp) < goal)
			obj = osc_changed_last(osc, &transno);
	}
	return err;
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
 * Context: sleeps, killable.  Spec: 07 section 10.4.
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
