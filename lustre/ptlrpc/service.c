// SPDX-License-Identifier: GPL-2.0-only
/*
 * The callback service: what servers ask of us on portal 15.
 * Spec: 03 section 13.
 */
#include "internal.h"

/* Answers up to this size are in the request itself, bytes */
#define PTLRPC_ANSWER_ROOM	512

/**
 * struct ptlrpc_inbound - a request of a server, until its answer has left
 * @ref: of the work, and of the answer
 * @pn: RPC state of the namespace
 * @imp: import whose cookie it quotes, referenced; NULL if unknown
 * @lnet: message and its sender; this struct is a part of its memory
 * @msg: the checked message
 * @opc: operation
 * @arrived: jiffies
 * @replied: an answer is on its way
 * @work: serves it
 * @md: of the answer
 * @kvec: the answer
 * @large: the answer if @room is too small, or NULL
 * @room: the answer
 *
 * All that it takes to serve a callback is one piece of memory, which LNet had
 * before the callback was taken off the wire, and limits: an unanswered callback
 * gets us evicted.
 */
struct ptlrpc_inbound {
	refcount_t		ref;
	struct ptlrpc_net	*pn;
	struct ptlrpc_import	*imp;
	struct lnet_request	*lnet;
	struct lustre_msg_v2	*msg;
	u32			opc;
	unsigned long		arrived;
	bool			replied;
	struct work_struct	work;
	struct lnet_md		md;
	struct kvec		kvec;
	void			*large;
	u64			room[PTLRPC_ANSWER_ROOM / sizeof(u64)];
};

/* Status for LDLM_SET_INFO when nobody serves it (03 section 13.2) */
#define PTLRPC_STATUS_NOSYS	(-38)

/* The lock keeps @pn alive until the wake-up is over. */
static void ptlrpc_inbound_dec(struct ptlrpc_net *pn)
{
	spin_lock(&pn->lock);
	if (atomic_dec_and_test(&pn->nr_inbound))
		wake_up_all(&pn->inbound_wait);
	spin_unlock(&pn->lock);
}

static void ptlrpc_inbound_drain(struct ptlrpc_net *pn)
{
	wait_event(pn->inbound_wait, !atomic_read(&pn->nr_inbound));
	spin_lock(&pn->lock);
	spin_unlock(&pn->lock);
}

static void ptlrpc_in_put(struct ptlrpc_inbound *in)
{
	struct ptlrpc_net *pn = in->pn;

	if (!refcount_dec_and_test(&in->ref))
		return;
	kfree(in->large);
	lnet_request_free(in->lnet);
	ptlrpc_inbound_dec(pn);
}

/* The answer has left, or never will. */
static void ptlrpc_answer_event(struct lnet_md *md,
				const struct lnet_event *ev)
{
	if (ev->unlinked)
		ptlrpc_in_put(md->private);
}

static const struct lnet_md_ops ptlrpc_answer_ops = {
	.event	= ptlrpc_answer_event,
};

/* Where the sender expects the answer (03 section 13.2). */
static void ptlrpc_in_dest(struct ptlrpc_inbound *in, struct lnet_dest *dest)
{
	const struct lnet_event *ev = &in->lnet->ev;

	*dest = (struct lnet_dest) {
		.self		= ev->self,
		.nid		= ev->peer,
		.pid		= ev->peer_pid,
		.portal		= LDLM_CB_REPLY_PORTAL,
		.match_bits	= ev->match_bits,
	};
	if (in->msg->lm_flags & cpu_to_le32(MSGHDR_AT_SUPPORT))
		dest->offset = PTLRPC_EARLY_REPLY_SIZE;
}

/* Write the answer; what it should carry is left out if there is no memory. */
static int ptlrpc_answer_pack(struct ptlrpc_inbound *in, int status,
			      const void *buf, u32 len)
{
	u32 lens[2] = { sizeof(struct ptlrpc_body), len };
	unsigned int count = buf && status >= 0 ? 2 : 1;
	u32 size = ptlrpc_msg_size(lens, count);
	struct lustre_msg_v2 *msg = (struct lustre_msg_v2 *)in->room;
	struct ptlrpc_body *pb;

	static_assert(sizeof(struct lustre_msg_v2) + 2 * sizeof(u32) +
		      sizeof(struct ptlrpc_body) <= PTLRPC_ANSWER_ROOM);
	if (!size)
		return -EMSGSIZE;
	if (size > sizeof(in->room)) {
		in->large = kzalloc(size, GFP_NOFS);
		if (!in->large)
			return ptlrpc_answer_pack(in, -ENOMEM, NULL, 0);
		msg = in->large;
	}
	ptlrpc_msg_init(msg, lens, count);
	pb = ptlrpc_msg_body(msg);
	pb->pb_type = cpu_to_le32(status < 0 ? PTL_RPC_MSG_ERR :
				  PTL_RPC_MSG_REPLY);
	pb->pb_version = cpu_to_le32(PTLRPC_MSG_VERSION);
	pb->pb_opc = cpu_to_le32(in->opc);
	pb->pb_status = cpu_to_le32(status);
	pb->pb_timeout = cpu_to_le32(PTLRPC_AT_START);
	pb->pb_service_time = cpu_to_le32((jiffies - in->arrived) / HZ + 1);
	if (count == 2)
		memcpy(ptlrpc_msg_buf(msg, 1, len), buf, len);
	in->kvec = (struct kvec) { .iov_base = msg, .iov_len = size };
	return 0;
}

int ptlrpc_in_reply(struct ptlrpc_inbound *in, int status, const void *buf,
		    u32 len)
{
	struct lnet_dest dest;
	int rc;

	if (in->replied)
		return -EALREADY;
	rc = ptlrpc_answer_pack(in, status, buf, len);
	if (rc)
		return rc;
	in->replied = true;
	ptlrpc_in_dest(in, &dest);
	lnet_md_init_kvec(&in->md, &ptlrpc_answer_ops, in, &in->kvec, 1);
	refcount_inc(&in->ref);
	rc = lnet_send_put(in->pn->ln, &in->md, &dest);
	if (rc)
		ptlrpc_in_put(in);
	return rc;
}

/* Serve one request: a handler's result is the answer unless it gave one. */
static int ptlrpc_in_serve(struct ptlrpc_inbound *in)
{
	const struct ptlrpc_in_handler *h;

	if (!in->imp)
		return -ENOTCONN;
	for (h = in->pn->handlers; h && h->opc; h++)
		if (h->opc == in->opc)
			return h->handle(in);
	return in->opc == LDLM_SET_INFO ? PTLRPC_STATUS_NOSYS : -EPROTO;
}

/* The import that a server addressed, unless it is being closed. */
static struct ptlrpc_import *ptlrpc_in_find(struct ptlrpc_net *pn, u64 cookie)
{
	struct ptlrpc_import *imp;
	struct ptlrpc_handle *h;
	bool deaf;

	h = ptlrpc_handle_find(pn, cookie, &ptlrpc_import_handle);
	if (!h)
		return NULL;
	imp = container_of(h, struct ptlrpc_import, handle);
	spin_lock(&imp->lock);
	deaf = imp->deaf;
	if (!deaf)
		imp->nr_inbound++;
	spin_unlock(&imp->lock);
	if (deaf) {
		ptlrpc_import_put(imp, lustre_import_put_inbound);
		return NULL;
	}
	return imp;
}

static void ptlrpc_in_release(struct ptlrpc_import *imp)
{
	spin_lock(&imp->lock);
	imp->nr_inbound--;
	wake_up_all(&imp->wait);
	spin_unlock(&imp->lock);
	ptlrpc_import_put(imp, lustre_import_put_inbound);
}

static void ptlrpc_in_work(struct work_struct *work)
{
	struct ptlrpc_inbound *in = container_of(work, struct ptlrpc_inbound,
						 work);
	int rc;

	rc = ptlrpc_in_serve(in);
	if (!in->replied)
		ptlrpc_in_reply(in, min(rc, 0), NULL, 0);
	if (in->imp)
		ptlrpc_in_release(in->imp);
	ptlrpc_in_put(in);
}

static int ptlrpc_in_check(const struct lnet_request *lreq, const char **why)
{
	const struct ptlrpc_body *pb;
	int rc;

	*why = "misaligned";
	if (!IS_ALIGNED((unsigned long)lreq->data, 8))
		return -EBADMSG;
	rc = ptlrpc_msg_check(lreq->data, lreq->len, why);
	if (!rc)
		rc = ptlrpc_msg_check_type(lreq->data, true, why);
	if (rc)
		return rc;
	*why = "wrong version class";
	pb = ptlrpc_msg_body(lreq->data);
	switch (le32_to_cpu(pb->pb_version) & LUSTRE_VERSION_MASK) {
	case LUSTRE_DLM_VERSION:
		return 0;
	case LUSTRE_OBD_VERSION:
		return le32_to_cpu(pb->pb_opc) == LDLM_SET_INFO ? 0 : -EBADMSG;
	default:
		return -EBADMSG;
	}
}

/* A message came to portal 15.  Malformed ones get no answer (03 section 5). */
static void ptlrpc_in_request(struct lnet_service *svc,
			      struct lnet_request *lreq)
{
	struct ptlrpc_net *pn = svc->private;
	char nid[LNET_NIDSTR_SIZE];
	struct ptlrpc_inbound *in = lreq->priv;
	struct ptlrpc_body *pb;
	const char *why;
	int rc;

	rc = ptlrpc_in_check(lreq, &why);
	if (rc) {
		pr_warn_ratelimited("lustre: callback from %s dropped: %s: error %d\n",
				    lnet_nid_print(&lreq->ev.peer, nid), why,
				    rc);
		lnet_request_free(lreq);
		return;
	}
	refcount_set(&in->ref, 1);
	in->pn = pn;
	in->lnet = lreq;
	in->msg = lreq->data;
	in->arrived = jiffies;
	pb = ptlrpc_msg_body(in->msg);
	in->opc = le32_to_cpu(pb->pb_opc);
	in->imp = ptlrpc_in_find(pn, pb->pb_handle);
	INIT_WORK(&in->work, ptlrpc_in_work);
	atomic_inc(&pn->nr_inbound);
	queue_work(ptlrpc_in_wq, &in->work);
}

static const struct lnet_service_ops ptlrpc_service_ops = {
	.request	= ptlrpc_in_request,
};

int ptlrpc_service_start(struct ptlrpc_net *pn)
{
	pn->service.ops = &ptlrpc_service_ops;
	pn->service.private = pn;
	pn->service.portal = LDLM_CB_REQUEST_PORTAL;
	pn->service.max_size = PTLRPC_CB_MAX_SIZE;
	pn->service.priv_size = sizeof(struct ptlrpc_inbound);
	return lnet_service_add(pn->ln, &pn->service);
}

/* No request will come any more; wait until the last one is served. */
void ptlrpc_service_stop(struct ptlrpc_net *pn)
{
	/*
	 * Served first, then away: LNet may wait in lnet_service_del() for
	 * requests that handlers still hold.
	 */
	ptlrpc_inbound_drain(pn);
	lnet_service_del(&pn->service);
	ptlrpc_inbound_drain(pn);
}

struct ptlrpc_import *ptlrpc_in_import(const struct ptlrpc_inbound *in)
{
	return in->imp;
}

struct ptlrpc_net *ptlrpc_in_net(const struct ptlrpc_inbound *in)
{
	return in->pn;
}

void *ptlrpc_in_buf(struct ptlrpc_inbound *in, unsigned int i, u32 min_size)
{
	return ptlrpc_msg_buf(in->msg, i, min_size);
}

u32 ptlrpc_in_buflen(const struct ptlrpc_inbound *in, unsigned int i)
{
	return ptlrpc_msg_buflen(in->msg, i);
}
