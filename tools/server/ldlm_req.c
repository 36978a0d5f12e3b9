// SPDX-License-Identifier: GPL-2.0-only
/* LDLM_ENQUEUE, LDLM_CANCEL, LDLM_CONVERT */
#include "ldlm.h"
#include "mdt.h"
#include "ost.h"

size_t ldlm_lvb_size(const struct export *exp)
{
	return exp->flags & OBD_CONNECT_LVB_TYPE ? sizeof(struct ost_lvb) :
						   OST_LVB_V1_SIZE;
}

/* Does the size of some data go with it? */
bool ldlm_has_lvb(const struct lock *l)
{
	uint64_t bits = l->granted ? l->pol.bits : l->want.bits;

	if (l->res->type == LDLM_EXTENT)
		return true;
	return l->res->type == LDLM_IBITS && bits == MDS_INODELOCK_DOM &&
	       (l->exp->flags2 & OBD_CONNECT2_DOM_LVB);
}

void ldlm_desc_fill(struct ldlm_lock_desc *d, const struct lock *l)
{
	const struct policy *p = l->granted ? &l->pol : &l->want;

	memset(d, 0, sizeof(*d));
	d->l_resource.lr_type = cpu_to_le32(l->res->type);
	d->l_resource.lr_name = l->res->name;
	d->l_req_mode = cpu_to_le32(l->req_mode);
	d->l_granted_mode = cpu_to_le32(l->granted);
	switch (l->res->type) {
	case LDLM_EXTENT:
		d->l_policy_data.l_extent.start = cpu_to_le64(p->start);
		d->l_policy_data.l_extent.end = cpu_to_le64(p->end);
		d->l_policy_data.l_extent.gid = cpu_to_le64(p->gid);
		break;
	case LDLM_IBITS:
		d->l_policy_data.l_inodebits.bits = cpu_to_le64(p->bits);
		d->l_policy_data.l_inodebits.li_gid = cpu_to_le64(p->gid);
		break;
	case LDLM_FLOCK:
		d->l_policy_data.l_flock.lfw_start = cpu_to_le64(p->start);
		d->l_policy_data.l_flock.lfw_end = cpu_to_le64(p->end);
		d->l_policy_data.l_flock.lfw_owner = cpu_to_le64(p->gid);
		d->l_policy_data.l_flock.lfw_pid = cpu_to_le32(p->pid);
		break;
	}
}

static void policy_read(struct policy *p, const struct ldlm_lock_desc *d)
{
	const union ldlm_policy_data *w = &d->l_policy_data;

	memset(p, 0, sizeof(*p));
	switch (le32_to_cpu(d->l_resource.lr_type)) {
	case LDLM_EXTENT:
		p->start = le64_to_cpu(w->l_extent.start);
		p->end = le64_to_cpu(w->l_extent.end);
		p->gid = le64_to_cpu(w->l_extent.gid);
		break;
	case LDLM_IBITS:
		p->bits = le64_to_cpu(w->l_inodebits.bits);
		p->gid = le64_to_cpu(w->l_inodebits.li_gid);
		break;
	case LDLM_FLOCK:
		p->start = le64_to_cpu(w->l_flock.lfw_start);
		p->end = le64_to_cpu(w->l_flock.lfw_end);
		p->gid = le64_to_cpu(w->l_flock.lfw_owner);
		p->pid = le32_to_cpu(w->l_flock.lfw_pid);
		break;
	}
}

static struct lock *own_lock(struct export *exp, uint64_t cookie)
{
	struct lock *l = ldlm_find(cookie);

	return l && l->exp == exp ? l : NULL;
}

void ldlm_cancel_early(struct req *req, const struct ldlm_request *dlm,
		       size_t len, unsigned int first)
{
	unsigned int n = le32_to_cpu(dlm->lock_count);
	unsigned int room = (len - offsetof(struct ldlm_request, lock_handle)) /
			    sizeof(struct lustre_handle);
	const struct lustre_handle *h = dlm->lock_handle;

	if (req->elc_done || (req->flags & MSG_REPLAY))
		return;
	req->elc_done = true;
	if (n > room)
		n = room;
	for (unsigned int i = first; i < n; i++) {
		struct lock *l = own_lock(req->exp, h[i].cookie);

		if (l)
			ldlm_lock_cancel(l);
		else if (h[i].cookie)
			log_debug("early cancel of an unknown lock %" PRIx64,
				  (uint64_t)h[i].cookie);
	}
}

void ldlm_cancel_buf(struct req *req, unsigned int idx)
{
	size_t len = req_buflen(req, idx);
	const struct ldlm_request *dlm = req_buf(req, idx,
						 LDLM_REQUEST_MIN_SIZE);

	if (dlm)
		ldlm_cancel_early(req, dlm, len, 0);
}

/* ---- enqueue ---- */

static int enqueue_check(struct req *req, const struct ldlm_request *dlm)
{
	uint32_t flags = le32_to_cpu(dlm->lock_flags);
	uint32_t type = le32_to_cpu(dlm->lock_desc.l_resource.lr_type);
	uint32_t mode = le32_to_cpu(dlm->lock_desc.l_req_mode);
	unsigned int n = le32_to_cpu(dlm->lock_count);
	struct policy pol;

	if (flags & ~LDLM_FL_ENQUEUE_MASK) {
		log_warn("ENQUEUE x%" PRIx64 ": flags %#x", req->xid,
			 flags & ~LDLM_FL_ENQUEUE_MASK);
		return -EPROTO;
	}
	if (type < LDLM_PLAIN || type > LDLM_IBITS || !mode ||
	    (mode & (mode - 1)) || mode > LCK_GROUP)
		return -EFAULT;
	if (!dlm->lock_handle[0].cookie)
		return -EPROTO;
	if (n > 1 && req_buflen(req, 1) < sizeof(*dlm) +
	    (n > 2 ? (n - 2) * sizeof(struct lustre_handle) : 0))
		return -EPROTO;
	policy_read(&pol, &dlm->lock_desc);
	switch (req->tgt->kind) {
	case TGT_MGS:
		return type == LDLM_PLAIN ? 0 : -EPROTO;
	case TGT_OST:
		if (type != LDLM_EXTENT || pol.start > pol.end)
			return -EPROTO;
		/* A group, and all of the object, or no group */
		if (mode == LCK_GROUP ?
		    !pol.gid || pol.start || pol.end != OBD_OBJECT_EOF :
		    pol.gid)
			return -EPROTO;
		return 0;
	case TGT_MDT:
		if (type == LDLM_FLOCK)
			return ldlm_flock_check(dlm);
		if (type != LDLM_IBITS || !pol.bits ||
		    (pol.bits & ~MDS_INODELOCK_FULL))
			return -EPROTO;
		/* A group, and the data alone, or no group */
		if (mode == LCK_GROUP ?
		    !pol.gid || pol.bits != MDS_INODELOCK_DOM : pol.gid)
			return -EPROTO;
		return 0;
	}
	return -EPROTO;
}

/* The reply for a lock as it is now */
static int reply_lock(struct req *req, struct lock *l)
{
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));
	uint32_t flags = 0;
	void *lvb;

	if (!l->granted) {
		flags |= LDLM_FL_BLOCK_GRANTED;
		if (l->res->type == LDLM_EXTENT)
			flags |= LDLM_FL_NO_TIMEOUT;
	} else if (memcmp(&l->pol, &l->want, sizeof(l->pol))) {
		flags |= LDLM_FL_LOCK_CHANGED;
	}
	flags |= l->flags & (LDLM_FL_HAS_INTENT | LDLM_FL_SPECULATIVE |
			     LDLM_FL_BLOCK_NOWAIT | LDLM_FL_AST_DISCARD_DATA |
			     LDLM_FL_NO_EXPANSION);
	rep->lock_flags = cpu_to_le32(flags);
	ldlm_desc_fill(&rep->lock_desc, l);
	rep->lock_handle.cookie = l->cookie;
	if (ldlm_has_lvb(l)) {
		struct ost_lvb full = { 0 };

		ost_lvb_fill(req->tgt, &l->res->name, &full);
		lvb = rep_add(req, ldlm_lvb_size(req->exp));
		memcpy(lvb, &full, ldlm_lvb_size(req->exp));
	} else {
		rep_add(req, 0);
	}
	return 0;
}

/* The client tells us what it had before we restarted */
static int enqueue_replay(struct req *req, const struct ldlm_request *dlm)
{
	uint32_t flags = le32_to_cpu(dlm->lock_flags);
	uint64_t client = dlm->lock_handle[0].cookie;
	struct ldlm_reply *rep;
	struct resource *res;
	struct lock *l;

	if (!recovering(req->tgt))
		return -EPROTO;
	l = ldlm_find_client(req->exp, client);
	if (!l) {
		res = ldlm_res(req->tgt->ns, &dlm->lock_desc.l_resource.lr_name,
			       le32_to_cpu(dlm->lock_desc.l_resource.lr_type),
			       true);
		l = ldlm_lock_new(req->exp, res, client,
				  le32_to_cpu(dlm->lock_desc.l_req_mode));
		policy_read(&l->want, &dlm->lock_desc);
		l->pol = l->want;
		if (flags & LDLM_FL_BLOCK_GRANTED) {
			uint32_t m = le32_to_cpu(dlm->lock_desc.l_granted_mode);

			TAILQ_REMOVE(&res->waiting, l, res_link);
			l->granted = m ? m : l->req_mode;
			TAILQ_INSERT_TAIL(&res->granted, l, res_link);
			if (res->type == LDLM_FLOCK &&
			    !ldlm_flock_replay_ok(l)) {
				log_warn("%s: a replayed file lock is another's",
					 req->tgt->name);
				ldlm_lock_cancel(l);
				return -EPROTO;
			}
			if (req->tgt->kind == TGT_MDT &&
			    res->type == LDLM_IBITS)
				lease_replayed(l);
		}
	}
	rep = rep_add(req, sizeof(*rep));
	rep->lock_flags = cpu_to_le32(flags & (LDLM_FL_REPLAY |
					       LDLM_FL_BLOCK_GRANTED |
					       LDLM_FL_BLOCK_WAIT));
	ldlm_desc_fill(&rep->lock_desc, l);
	rep->lock_handle.cookie = l->cookie;
	rep_add(req, 0);
	return 0;
}

static int glimpse_done(struct req *req)
{
	memcpy(rep_get(req, 2), req->priv, ldlm_lvb_size(req->exp));
	return ELDLM_LOCK_ABORTED;
}

/* Size of an object: by a lock if it is free, else by asking the writers */
static int glimpse(struct req *req, struct lock *l, uint32_t flags)
{
	struct ldlm_reply *rep;
	struct ost_lvb *lvb;
	int rc;

	l->flags = flags | LDLM_FL_BLOCK_NOWAIT;	/* calls back nobody */
	l->grant_req = req;
	if (ldlm_try_grant(l)) {
		l->flags = flags;
		l->grant_req = NULL;
		return reply_lock(req, l);
	}
	rep = rep_add(req, sizeof(*rep));
	rep_add(req, ldlm_lvb_size(req->exp));
	lvb = req->priv = xzalloc(sizeof(*lvb));
	req->priv_free = free;
	req->resume = glimpse_done;
	rc = ost_lvb_fill(req->tgt, &l->res->name, lvb);
	rep->lock_policy_res1 = cpu_to_le64(rc);
	rc = 0;
	if (!(flags & LDLM_FL_BLOCK_NOWAIT))
		rc = ldlm_glimpse(req, l->res, lvb);
	ldlm_lock_cancel(l);
	return rc == REQ_ASYNC ? rc : glimpse_done(req);
}

static int enqueue_plain(struct req *req, const struct ldlm_request *dlm)
{
	uint32_t flags = le32_to_cpu(dlm->lock_flags);
	uint32_t type = le32_to_cpu(dlm->lock_desc.l_resource.lr_type);
	uint64_t client = dlm->lock_handle[0].cookie;
	struct lock *l = ldlm_find_client(req->exp, client);
	struct resource *res;

	if (l)		/* resent, or a cookie used twice */
		return req->flags & MSG_RESENT ? reply_lock(req, l) : -EPROTO;
	res = ldlm_res(req->tgt->ns, &dlm->lock_desc.l_resource.lr_name, type,
		       true);
	if (res->type != type)
		return -EPROTO;
	l = ldlm_lock_new(req->exp, res, client,
			  le32_to_cpu(dlm->lock_desc.l_req_mode));
	policy_read(&l->want, &dlm->lock_desc);
	if (req->tgt->kind == TGT_MDT)
		l->want.bits &= req->exp->ibits;
	l->flags = flags;
	if ((flags & LDLM_FL_HAS_INTENT) &&
	    (req->tgt->kind == TGT_OST || ldlm_has_lvb(l)))
		return glimpse(req, l, flags);
	l->grant_req = req;
	if (!ldlm_try_grant(l) && (flags & LDLM_FL_BLOCK_NOWAIT)) {
		ldlm_lock_cancel(l);
		req->as_error = true;
		return -EAGAIN;
	}
	l->grant_req = NULL;
	return reply_lock(req, l);
}

static int handle_enqueue(struct req *req)
{
	const struct ldlm_request *dlm = req_buf(req, 1, sizeof(*dlm));
	uint32_t flags;
	int rc;

	if (!dlm)
		return -EPROTO;
	rc = enqueue_check(req, dlm);
	if (rc)
		return rc;
	flags = le32_to_cpu(dlm->lock_flags);
	ldlm_cancel_early(req, dlm, req_buflen(req, 1),
			  LDLM_ENQUEUE_CANCEL_OFF);
	if (flags & LDLM_FL_REPLAY)
		return enqueue_replay(req, dlm);
	if (le32_to_cpu(dlm->lock_desc.l_resource.lr_type) == LDLM_FLOCK)
		return ldlm_flock_enqueue(req, dlm);
	if ((flags & LDLM_FL_HAS_INTENT) && req->tgt->kind == TGT_MDT &&
	    req->bufcount > 2)
		return mdt_intent(req);
	return enqueue_plain(req, dlm);
}

/* ---- cancel and convert ---- */

static int handle_cancel(struct req *req)
{
	const struct ldlm_request *dlm = req_buf(req, 1, LDLM_REQUEST_MIN_SIZE);
	unsigned int n, room, known = 0;

	if (!dlm)
		return -EPROTO;
	n = le32_to_cpu(dlm->lock_count);
	room = (req_buflen(req, 1) -
		offsetof(struct ldlm_request, lock_handle)) /
	       sizeof(struct lustre_handle);
	if (!n)
		n = 1;
	if (n > room)
		return -EPROTO;
	for (unsigned int i = 0; i < n; i++) {
		struct lock *l = own_lock(req->exp, dlm->lock_handle[i].cookie);

		if (!l)
			continue;
		known++;
		ldlm_lock_cancel(l);
	}
	return known ? 0 : ESTALE;
}

static int handle_convert(struct req *req)
{
	const struct ldlm_request *dlm = req_buf(req, 1, sizeof(*dlm));
	struct ldlm_reply *rep;
	struct lock *l;
	uint64_t bits;

	if (!dlm)
		return -EPROTO;
	rep = rep_add(req, sizeof(*rep));
	l = own_lock(req->exp, dlm->lock_handle[0].cookie);
	if (!l || !l->granted || l->res->type != LDLM_IBITS)
		return ELDLM_NO_LOCK_DATA;
	bits = le64_to_cpu(dlm->lock_desc.l_policy_data.l_inodebits.bits);
	if (le32_to_cpu(dlm->lock_desc.l_req_mode) != l->granted || !bits ||
	    (bits & ~l->pol.bits))
		return -EPROTO;
	l->pol.bits = bits;
	rep->lock_handle.cookie = l->client;
	rep->lock_desc.l_policy_data.l_inodebits.bits = cpu_to_le64(bits);
	if (!(bits & l->bl_bits)) {
		l->bl_sent = false;
		l->bl_bits = 0;
		ldlm_timer_stop(l);
	}
	ldlm_reprocess(l->res);
	return 0;
}

#define ALL_TGTS	(TGT_MGS | TGT_MDT | TGT_OST)

const struct rpc_op ldlm_ops[] = {
	{ LDLM_ENQUEUE, "LDLM_ENQUEUE", handle_enqueue, LUSTRE_DLM_VERSION,
	  ALL_TGTS, OPF_RECOVERY | OPF_SAVE },
	{ LDLM_CANCEL, "LDLM_CANCEL", handle_cancel, LUSTRE_DLM_VERSION,
	  ALL_TGTS, OPF_RECOVERY },
	{ LDLM_CONVERT, "LDLM_CONVERT", handle_convert, LUSTRE_DLM_VERSION,
	  ALL_TGTS, OPF_RECOVERY },
	{ 0 },
};
