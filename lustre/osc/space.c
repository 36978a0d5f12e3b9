// SPDX-License-Identifier: GPL-2.0-only
/*
 * The space of an object: where there are data, and what is allocated (07
 * sections 10.5 and 10.6).
 */
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/slab.h>

#include "osc/kind.h"

/* ---------------------------------------------------------------- seek -- */

/* struct osc_seek - one object is asked for data or holes */
struct osc_seek {
	struct osc_object	*obj;
	struct osc_multi	*multi;
	struct osc_answers	*answers;
	unsigned int		i;	/* place in @answers */
};

/* Room for @nr answers, or NULL. */
struct osc_answers *osc_answers_new(unsigned int nr)
{
	struct osc_answers *a = kvzalloc(struct_size(a, at, nr), GFP_NOFS);

	if (!a)
		return NULL;
	refcount_set(&a->ref, 1);
	a->nr = nr;
	return a;
}

void osc_answers_put(struct osc_answers *a)
{
	if (refcount_dec_and_test(&a->ref))
		kvfree(a);
}

static void osc_seek_end(struct osc_seek *seek, int error)
{
	osc_multi_end(seek->multi, error);
	osc_answers_put(seek->answers);
	osc_object_put(seek->obj);
	kfree(seek);
}

static void osc_seek_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_seek *seek = data;
	struct ost_body *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));
	s64 at;

	if (rc > 0 || (!rc && !rep))
		rc = -EPROTO;
	if (rc == -ENOENT)
		rc = osc_absent_errno(seek->obj, "seek");
	if (!rc) {
		at = le64_to_cpu(rep->oa.o_size);
		/* "Nothing there" comes as an errno in place of the offset. */
		seek->answers->at[seek->i] = at < 0 ? ptlrpc_wire_errno(at) :
						      at;
	}
	osc_seek_end(seek, rc);
}

static const struct ptlrpc_req_ops osc_seek_ops = {
	.done	= osc_seek_done,
};

static struct ptlrpc_request *osc_seek_req(struct osc_object *obj, u64 off,
					   int whence)
{
	struct ptlrpc_request *req;
	struct ost_body *body;

	req = osc_body_req(obj, OST_SEEK, false, &body);
	if (IS_ERR(req))
		return req;
	osc_pack_id(obj, &body->oa);
	body->oa.o_size = cpu_to_le64(off);
	body->oa.o_mode = cpu_to_le32(whence);
	return req;
}

/* A target that can't tell: all that there is are data. */
static s64 osc_seek_blind(struct osc_object *obj, u64 off, int whence)
{
	u64 size = osc_object_size(obj);

	if (whence == SEEK_HOLE)
		return max(off, size);
	return off < size ? off : -ENXIO;
}

/**
 * osc_seek - look for data or a hole in an object
 * @obj: the object, locked by the caller from @off to the end, and what is
 *	cached of that is written
 * @off: where to begin
 * @whence: SEEK_DATA or SEEK_HOLE
 * @answers: with a place for this object
 * @i: its number; told there: the offset, or -ENXIO: there is none
 * @m: ends with the reply
 *
 * All behind the end is a hole.  Spec: 07 section 10.6.
 */
void osc_seek(struct osc_object *obj, u64 off, int whence,
	      struct osc_answers *answers, unsigned int i, struct osc_multi *m)
{
	struct ptlrpc_request *req;
	struct osc_seek *seek;

	if (!READ_ONCE(obj->osc->seeks)) {
		answers->at[i] = osc_seek_blind(obj, off, whence);
		return;
	}
	osc_multi_begin(m);
	seek = kzalloc_obj(*seek, GFP_NOFS);
	if (!seek) {
		osc_multi_end(m, -ENOMEM);
		return;
	}
	refcount_inc(&answers->ref);
	*seek = (struct osc_seek){ osc_object_get(obj), m, answers, i };
	req = osc_seek_req(obj, off, whence);
	if (IS_ERR(req)) {
		osc_seek_end(seek, PTR_ERR(req));
		return;
	}
	ptlrpc_send(req, &osc_seek_ops, seek);
	ptlrpc_req_put(req);
}

/* ----------------------------------------------------------- fallocate -- */

/* The target has done it; the lock that the call has covers the range. */
void osc_fallocated(struct osc_call *call)
{
	const struct obdo *oa = &call->body.oa;
	bool keep = oa->o_falloc_mode & cpu_to_le32(FALLOC_FL_KEEP_SIZE);

	osc_object_wrote(call->obj, keep ? 0 : le64_to_cpu(oa->o_blocks));
}

/**
 * osc_fallocate - allocate space of an object, or give it back
 * @obj: the object
 * @mode: FALLOC_FL_*
 * @start: first byte
 * @end: first byte behind; without FALLOC_FL_KEEP_SIZE the object ends there at
 *	the earliest
 * @lock: to write the range, the caller's; kept in use until the reply,
 *	cancelled after an error
 * @m: ends with the reply; -EOPNOTSUPP: the target can't
 *
 * What is cached of a range that becomes zeroes is written, and dropped, before.
 *
 * Spec: 07 section 10.5.
 */
void osc_fallocate(struct osc_object *obj, u32 mode, u64 start, u64 end,
		   struct ldlm_lock *lock, struct osc_multi *m)
{
	struct osc_call *call = osc_call_new(obj, OST_FALLOCATE, lock, m);
	s64 now = ktime_get_real_seconds();
	struct obdo *oa;

	if (!call)
		return;
	oa = &call->body.oa;
	if (!obj->osc->kind->on_mdt)
		osc_pack_file(obj, oa);
	osc_pack_version(obj, oa);
	oa->o_mtime = cpu_to_le64(now);
	oa->o_ctime = cpu_to_le64(now);
	oa->o_size = cpu_to_le64(start);
	oa->o_blocks = cpu_to_le64(end);
	oa->o_falloc_mode = cpu_to_le32(mode);
	oa->o_handle = osc_lock_handle(obj, true, start);
	oa->o_valid |= cpu_to_le64(OBD_MD_FLSIZE | OBD_MD_FLBLOCKS |
				   OBD_MD_FLMTIME | OBD_MD_FLCTIME);
	if (oa->o_handle)
		oa->o_valid |= cpu_to_le64(OBD_MD_FLHANDLE);
	osc_call_send(call);
}
