// SPDX-License-Identifier: GPL-2.0-only
/* Requests of the server to a client: lock callbacks */
#include "rpc.h"
#include "fault.h"

#define CB_RESEND_MS	6000
#define CB_TRIES	5

/* A callback whose reply is outstanding */
struct cb_rpc {
	uint64_t	mbits;
	UT_hash_handle	hh;
	uint64_t	xid;
	struct export	*exp;
	uint32_t	opc;
	struct buf	*msg;
	unsigned int	tries;
	int64_t		deadline;
	cb_done_fn	done;
	void		*arg;
};

static struct cb_rpc *cbs;
static struct event sweep;

static void cb_finish(struct cb_rpc *cb, int status,
		      const struct lustre_msg_v2 *rep)
{
	HASH_DEL(cbs, cb);
	if (cb->done)
		cb->done(cb->arg, status, rep);
	buf_put(cb->msg);
	free(cb);
}

static void spoil_desc(struct lustre_msg_v2 *lm)
{
	struct ldlm_request *dlm;
	size_t len = 0;

	dlm = (struct ldlm_request *)msg_buf(lm, 1, &len);
	if (len >= sizeof(*dlm))
		memset(&dlm->lock_desc, 0xff, sizeof(dlm->lock_desc));
}

static void transmit(struct cb_rpc *cb)
{
	struct lustre_msg_v2 *lm = (struct lustre_msg_v2 *)cb->msg->data;
	struct ptlrpc_body *pb;
	int64_t arg;
	size_t len;

	pb = (struct ptlrpc_body *)msg_buf(lm, 0, &len);
	if (cb->tries++)
		pb->pb_flags |= cpu_to_le32(MSG_RESENT);
	cb->deadline = now_ms() + CB_RESEND_MS;
	switch (fault_check(cb->opc, false, &arg)) {
	case FAULT_DROP_REQ:
		return;
	case FAULT_DESC:
		spoil_desc(lm);
		break;
	default:
		break;
	}
	log_debug("%s < %s x%" PRIx64, nid_str(&cb->exp->peer->nid),
		  opc_name(cb->opc), cb->xid);
	lnet_put(cb->exp->peer, LDLM_CB_REQUEST_PORTAL, cb->xid, 0, cb->msg, 0,
		 cb->msg->len, NULL, NULL);
}

static void sweep_cb(evutil_socket_t fd, short what, void *arg)
{
	int64_t now = now_ms();
	bool again = true;

	(void)fd;
	(void)what;
	(void)arg;
	while (again) {
		struct cb_rpc *cb, *tmp;

		again = false;
		HASH_ITER(hh, cbs, cb, tmp) {
			if (cb->deadline > now)
				continue;
			if (cb->tries < CB_TRIES) {
				transmit(cb);
				continue;
			}
			cb_finish(cb, -ETIMEDOUT, NULL);
			again = true;	/* it may have evicted somebody */
			break;
		}
	}
}

void cb_init(void)
{
	struct timeval tv = { 1, 0 };

	event_assign(&sweep, srv.base, -1, EV_PERSIST, sweep_cb, NULL);
	event_add(&sweep, &tv);
}

struct cb_rpc *cb_send(struct export *exp, uint32_t opc,
		       const struct rep_buf *bufs, unsigned int n,
		       unsigned int repsize, cb_done_fn done, void *arg)
{
	bool at = exp->flags & OBD_CONNECT_AT;
	struct rep_buf all[8] = { { NULL, sizeof(struct ptlrpc_body) } };
	struct cb_rpc *cb = xzalloc(sizeof(*cb));
	struct lustre_msg_v2 *lm;
	struct ptlrpc_body pb = {
		.pb_handle = exp->client_cookie,
		.pb_type = cpu_to_le32(PTL_RPC_MSG_REQUEST),
		.pb_version = cpu_to_le32(PTLRPC_MSG_VERSION |
					  LUSTRE_DLM_VERSION),
		.pb_opc = cpu_to_le32(opc),
		.pb_timeout = cpu_to_le32(CB_RESEND_MS / 1000 + 1),
	};

	cb->xid = srv.next_xid;
	srv.next_xid += PTLRPC_XID_STRIDE;
	cb->mbits = cb->xid;
	cb->exp = exp;
	cb->opc = opc;
	cb->done = done;
	cb->arg = arg;
	pb.pb_last_xid = cpu_to_le64(cb->xid - 1);
	if (exp->flags2 & OBD_CONNECT2_REP_MBITS)
		pb.pb_mbits = cpu_to_le64(cb->xid);
	all[0].data = &pb;
	memcpy(all + 1, bufs, n * sizeof(*bufs));
	cb->msg = msg_build(all, n + 1);
	lm = (struct lustre_msg_v2 *)cb->msg->data;
	lm->lm_repsize = cpu_to_le32(repsize);
	lm->lm_flags = cpu_to_le32(at ? MSGHDR_AT_SUPPORT |
					MSGHDR_CKSUM_INCOMPAT18 :
					MSGHDR_CKSUM_INCOMPAT18);
	HASH_ADD(hh, cbs, mbits, sizeof(cb->mbits), cb);
	transmit(cb);
	return cb;
}

static int bad_reply(struct peer *p, const char *what)
{
	log_warn("%s: callback reply: %s", nid_str(&p->nid), what);
	return 0;
}

int cb_recv_reply(struct peer *p, uint64_t mbits, uint32_t offset,
		  struct buf *data)
{
	const struct lustre_msg_v2 *lm;
	const struct ptlrpc_body *pb;
	struct cb_rpc *cb;
	uint32_t n, want;
	size_t len;

	HASH_FIND(hh, cbs, &mbits, sizeof(mbits), cb);
	if (!cb || cb->exp->peer != p) {
		log_debug("%s: callback reply %" PRIx64 " matches nothing",
			  nid_str(&p->nid), mbits);
		return -ENOENT;
	}
	want = cb->exp->flags & OBD_CONNECT_AT ? PTLRPC_EARLY_REPLY_SIZE : 0;
	if (offset != want)
		return bad_reply(p, "wrong offset");
	if (msg_check(data, &lm, &n))
		return bad_reply(p, "malformed");
	pb = msg_buf(lm, 0, &len);
	if (len < PTLRPC_BODY_MIN_SIZE ||
	    (le32_to_cpu(pb->pb_type) != PTL_RPC_MSG_REPLY &&
	     le32_to_cpu(pb->pb_type) != PTL_RPC_MSG_ERR) ||
	    le32_to_cpu(pb->pb_opc) != cb->opc || !pb->pb_timeout)
		return bad_reply(p, "bad header");
	log_debug("%s > reply to %s x%" PRIx64 " status %d", nid_str(&p->nid),
		  opc_name(cb->opc), cb->xid, (int)le32_to_cpu(pb->pb_status));
	cb_finish(cb, (int32_t)le32_to_cpu(pb->pb_status), lm);
	return 0;
}

/* Nobody is left to ask: the waiting ones are told */
void cb_export_gone(struct export *exp)
{
	bool again = true;

	while (again) {
		struct cb_rpc *cb, *tmp;

		again = false;
		HASH_ITER(hh, cbs, cb, tmp) {
			if (cb->exp != exp)
				continue;
			cb_finish(cb, -ENODEV, NULL);
			again = true;
			break;
		}
	}
}
