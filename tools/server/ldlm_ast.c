// SPDX-License-Identifier: GPL-2.0-only
/* Blocking, completion and glimpse callbacks, and their time limits */
#include "ldlm.h"
#include "ost.h"

#define CB_REPSIZE	224
#define GL_REPSIZE	280

static void request_fill(struct ldlm_request *dlm, const struct lock *l)
{
	memset(dlm, 0, sizeof(*dlm));
	ldlm_desc_fill(&dlm->lock_desc, l);
	dlm->lock_handle[0].cookie = l->client;
	dlm->lock_handle[1].cookie = l->cookie;
}

/* ---- time limit of a lock that was called back ---- */

static void timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct lock *l = arg;

	(void)fd;
	(void)what;
	l->timer_on = false;
	export_evict(l->exp, "a lock that was called back is not cancelled");
}

static void timer_start(struct lock *l)
{
	struct timeval tv = { srv.cfg.lock_timeout, 0 };

	if (l->timer_on)
		event_del(&l->timer);
	event_assign(&l->timer, srv.base, -1, 0, timer_cb, l);
	event_add(&l->timer, &tv);
	l->timer_on = true;
}

void ldlm_timer_stop(struct lock *l)
{
	if (l->timer_on)
		event_del(&l->timer);
	l->timer_on = false;
}

/* I/O under a lock that is being given up keeps its holder alive */
void ldlm_prolong(struct export *exp, uint64_t cookie)
{
	struct lock *l = ldlm_find(cookie);

	if (l && l->exp == exp && l->timer_on)
		timer_start(l);
}

/* ---- blocking ---- */

static void bl_done(void *arg, int status, const struct lustre_msg_v2 *rep)
{
	struct lock *l = arg;

	(void)rep;
	if (l->dead || status == 0) {
		ldlm_lock_put(l);
		return;
	}
	if (status == -EINVAL) {
		/* The usual race: it is gone there already */
		ldlm_lock_cancel(l);
		ldlm_lock_put(l);
		return;
	}
	if (status != -ENODEV)
		export_evict(l->exp, "no proper answer to a blocking callback");
	ldlm_lock_put(l);
}

void ldlm_send_bl(struct lock *l, uint32_t mode, uint64_t bits, uint32_t flags)
{
	struct ldlm_request dlm;
	struct rep_buf rb = { &dlm, sizeof(dlm) };
	union ldlm_policy_data *pol = &dlm.lock_desc.l_policy_data;

	if ((l->bl_sent && !(bits & ~l->bl_bits)) || l->exp->evicting ||
	    l->exp->self)
		return;
	/* Only its owner can tell when a group lock ends. */
	if (l->granted == LCK_GROUP)
		return;
	l->bl_sent = true;
	l->bl_bits |= bits;
	request_fill(&dlm, l);
	dlm.lock_flags = cpu_to_le32(flags);
	dlm.lock_desc.l_req_mode = cpu_to_le32(mode);
	dlm.lock_desc.l_granted_mode = 0;
	memset(pol, 0, sizeof(*pol));
	if (l->res->type == LDLM_IBITS) {
		pol->l_inodebits.bits = cpu_to_le64(bits);
		pol->l_inodebits.cancel_bits = cpu_to_le64(bits);
	}
	l->refs++;
	timer_start(l);
	if (!l->exp->peer) {
		ldlm_lock_put(l);
		return;
	}
	cb_send(l->exp, LDLM_BL_CALLBACK, &rb, 1, CB_REPSIZE, bl_done, l);
}

/* ---- completion ---- */

static void cp_done(void *arg, int status, const struct lustre_msg_v2 *rep)
{
	struct lock *l = arg;

	(void)rep;
	if (!l->dead && status == -EINVAL)
		ldlm_lock_cancel(l);
	else if (!l->dead && status && status != -ENODEV)
		export_evict(l->exp, "no proper answer to a completion callback");
	ldlm_lock_put(l);
}

void ldlm_send_cp(struct lock *l, uint32_t flags)
{
	struct ldlm_request dlm;
	struct ost_lvb lvb = { 0 };
	struct rep_buf rb[2] = { { &dlm, sizeof(dlm) }, { &lvb, 0 } };

	if (l->exp->evicting || l->exp->self)
		return;
	request_fill(&dlm, l);
	dlm.lock_flags = cpu_to_le32(flags);
	if (ldlm_has_lvb(l)) {
		ost_lvb_fill(l->exp->tgt, &l->res->name, &lvb);
		rb[1].len = ldlm_lvb_size(l->exp);
	}
	l->cp_sent = true;
	l->refs++;
	cb_send(l->exp, LDLM_CP_CALLBACK, rb, 2, CB_REPSIZE, cp_done, l);
}

/* ---- glimpse ---- */

struct gl {
	struct req	*req;
	struct lock	*lock;
	struct ost_lvb	*lvb;
};

static void merge(struct ost_lvb *to, const struct ost_lvb *from)
{
	if (le64_to_cpu(from->lvb_size) > le64_to_cpu(to->lvb_size))
		to->lvb_size = from->lvb_size;
	if (le64_to_cpu(from->lvb_blocks) > le64_to_cpu(to->lvb_blocks))
		to->lvb_blocks = from->lvb_blocks;
	if ((int64_t)le64_to_cpu(from->lvb_mtime) >
	    (int64_t)le64_to_cpu(to->lvb_mtime))
		to->lvb_mtime = from->lvb_mtime;
	if ((int64_t)le64_to_cpu(from->lvb_atime) >
	    (int64_t)le64_to_cpu(to->lvb_atime))
		to->lvb_atime = from->lvb_atime;
	if ((int64_t)le64_to_cpu(from->lvb_ctime) >
	    (int64_t)le64_to_cpu(to->lvb_ctime))
		to->lvb_ctime = from->lvb_ctime;
}

static void gl_done(void *arg, int status, const struct lustre_msg_v2 *rep)
{
	struct gl *gl = arg;
	struct lock *l = gl->lock;
	struct req *req = gl->req;
	const struct ost_lvb *lvb;
	struct ost_lvb full = { 0 };
	size_t len = 0;

	if (!status && rep && !l->dead) {
		lvb = msg_buf(rep, 1, &len);
		if (lvb && len >= ldlm_lvb_size(l->exp)) {
			memcpy(&full, lvb, ldlm_lvb_size(l->exp));
			merge(gl->lvb, &full);
		} else {
			log_warn("glimpse reply with an LVB of %zu bytes", len);
			export_evict(l->exp, "bad glimpse reply");
		}
	} else if (!l->dead && status == -EINVAL) {
		ldlm_lock_cancel(l);
	} else if (!l->dead && status && status != -ELDLM_NO_LOCK_DATA &&
		   status != -ENODEV) {
		export_evict(l->exp, "no proper answer to a glimpse callback");
	}
	free(gl);
	ldlm_lock_put(l);
	if (--req->nr_wait == 0)
		ldlm_ready(req);
}

int ldlm_glimpse(struct req *req, struct resource *res, struct ost_lvb *lvb)
{
	struct lock *l, *tmp;
	uint64_t top = 0;

	TAILQ_FOREACH(l, &res->granted, res_link)
		if (l->granted == LCK_PW && l->pol.end > top)
			top = l->pol.end;
	req->nr_wait = 1;	/* answers must not overtake this loop */
	for (l = TAILQ_FIRST(&res->granted); l; l = tmp) {
		struct ldlm_request dlm;
		struct rep_buf rb = { &dlm, sizeof(dlm) };
		struct gl *gl;

		tmp = TAILQ_NEXT(l, res_link);
		if (l->granted != LCK_PW || l->pol.end < top ||
		    !l->exp->peer || (res->type == LDLM_IBITS &&
				      !(l->pol.bits & MDS_INODELOCK_DOM)))
			continue;
		request_fill(&dlm, l);
		dlm.lock_handle[1].cookie = 0;
		gl = xzalloc(sizeof(*gl));
		gl->req = req;
		gl->lock = l;
		gl->lvb = lvb;
		l->refs++;
		req->nr_wait++;
		cb_send(l->exp, LDLM_GL_CALLBACK, &rb, 1, GL_REPSIZE, gl_done,
			gl);
	}
	return --req->nr_wait ? REQ_ASYNC : 0;
}
