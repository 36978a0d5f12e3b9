// SPDX-License-Identifier: GPL-2.0-only
/*
 * Incoming messages: whether we take them, where they go, and what follows.
 */
#include "internal.h"

static void lnet_recv_event(struct lnet_conn *conn, enum lnet_event_type type)
{
	const struct lnet_hdr *hdr = &conn->rx.hdr;
	struct lnet_event *ev = &conn->rx.ev;

	ev->type = type;
	ev->peer = hdr->src_nid;
	ev->peer_pid = hdr->src_pid;
	ev->self = conn->ni->nid;
	ev->portal = hdr->portal;
	ev->match_bits = hdr->match_bits;
	ev->hdr_data = hdr->hdr_data;
}

static struct lnet_md *lnet_recv_match(struct lnet_conn *conn,
				       enum lnet_drop_reason *reason)
{
	const struct lnet_hdr *hdr = &conn->rx.hdr;
	bool too_much = false;
	struct lnet_md *md;

	if (hdr->portal == LNET_PORTAL_PING)
		return lnet_ping_match(conn->ni, hdr, &conn->rx.ev);
	md = lnet_match(conn->ln, hdr, &conn->rx.ev);
	if (!md && hdr->type == LNET_WIRE_MSG_PUT)
		md = lnet_service_match(conn->peer, hdr, &conn->rx.ev,
					&too_much);
	if (too_much)
		*reason = LNET_DROP_TOO_MUCH;
	return md;
}

static struct lnet_md *lnet_recv_put(struct lnet_conn *conn,
				     enum lnet_drop_reason *reason)
{
	const struct lnet_hdr *hdr = &conn->rx.hdr;
	struct lnet_md *md = lnet_recv_match(conn, reason);

	if (IS_ERR_OR_NULL(md))
		return md;
	lnet_recv_event(conn, LNET_EVENT_PUT);
	conn->rx.ack = !(md->options & LNET_MD_ACK_DISABLE) &&
		hdr->handle.wh_interface_cookie != LNET_WIRE_HANDLE_NONE;
	return md;
}

static struct lnet_md *lnet_recv_get(struct lnet_conn *conn,
				     enum lnet_drop_reason *reason)
{
	struct lnet_md *md = lnet_recv_match(conn, reason);

	if (md)
		lnet_recv_event(conn, LNET_EVENT_GET);
	return md;
}

/* An ACK or a REPLY */
static struct lnet_md *lnet_recv_response(struct lnet_conn *conn)
{
	const struct lnet_hdr *hdr = &conn->rx.hdr;
	struct lnet_event *ev = &conn->rx.ev;
	bool ack = hdr->type == LNET_WIRE_MSG_ACK;
	struct lnet_md *md;
	u32 mlength;

	md = lnet_md_by_handle(conn->ln, &hdr->handle, hdr, &mlength);
	if (!md)
		return NULL;
	lnet_recv_event(conn, ack ? LNET_EVENT_ACK : LNET_EVENT_REPLY);
	ev->rlength = ack ? md->length : hdr->payload_length;
	ev->mlength = ack ? hdr->length : mlength;
	return md;
}

static struct lnet_md *lnet_recv_dispatch(struct lnet_conn *conn,
					  enum lnet_drop_reason *reason)
{
	switch (conn->rx.hdr.type) {
	case LNET_WIRE_MSG_PUT:
		return lnet_recv_put(conn, reason);
	case LNET_WIRE_MSG_GET:
		return lnet_recv_get(conn, reason);
	default:
		return lnet_recv_response(conn);
	}
}

/* Is the message for us and from the peer?  1: yes, 0: drop it */
static int lnet_recv_check(struct lnet_conn *conn,
			   enum lnet_drop_reason *reason)
{
	const struct lnet_hdr *hdr = &conn->rx.hdr;
	char buf[LNET_NIDSTR_SIZE];

	if (!lnet_nid_equal(&hdr->dest_nid, &conn->ni->nid)) {
		/* another network: its sender took us for a router */
		*reason = LNET_DROP_NOT_FOR_US;
		return lnet_nid_net(&hdr->dest_nid) ==
		       lnet_nid_net(&conn->ni->nid) ? -EPROTO : 0;
	}
	if (!lnet_nid_equal(&hdr->src_nid, &conn->peer->nid)) {
		*reason = LNET_DROP_WRONG_SOURCE;
		lnet_warn("%s: message in the name of another node dropped\n",
			  lnet_nid_print(&conn->peer->nid, buf));
		return 0;
	}
	return 1;
}

/* Count a message that is not delivered, or whose answer is not given */
static void lnet_recv_dropped(struct lnet_conn *conn,
			      enum lnet_drop_reason reason)
{
	const struct lnet_hdr *hdr = &conn->rx.hdr;

	atomic64_inc(&conn->ni->counters.drop_count);
	trace_lnet_drop(&conn->peer->nid, hdr->type, hdr->portal,
			hdr->match_bits, reason);
}

static void lnet_recv_count(struct lnet_conn *conn)
{
	struct lnet_counters *counters = &conn->ni->counters;
	const struct lnet_hdr *hdr = &conn->rx.hdr;

	trace_lnet_recv(&hdr->src_nid, hdr->type, hdr->portal, hdr->match_bits,
			hdr->payload_length, 0);
	atomic64_inc(&counters->recv_count);
	atomic64_add(hdr->payload_length, &counters->recv_bytes);
}

/* Answer a GET from conn->rx.md.  The answer leaves at once; its completion is
 * the event.  -EAGAIN: no memory, call again.
 */
static int lnet_recv_answer(struct lnet_conn *conn)
{
	struct lnet_md *md = conn->rx.md;
	int ret;

	ret = lnet_send_reply(conn, &conn->rx.hdr, md, &conn->rx.ev);
	if (ret == -EAGAIN)
		return ret;
	conn->rx.md = NULL;
	if (ret) {
		lnet_recv_dropped(conn, LNET_DROP_UNREAD);
		conn->rx.ev.status = ret;
		lnet_md_event(md, &conn->rx.ev);
	}
	return 0;
}

/* A header is in conn->rx_buf: take the message apart and find its MD.  The
 * payload goes to conn->rx.md at conn->rx.ev.offset, or nowhere.  -EAGAIN: there
 * is no memory, call again.  -EPROTO: the peer breaks the rules, the connection
 * must go.
 */
int lnet_recv_begin(struct lnet_conn *conn)
{
	struct lnet_rx *rx = &conn->rx;
	enum lnet_drop_reason reason = LNET_DROP_NO_MATCH;
	struct lnet_md *md = NULL;
	int ret;

	if (rx->md)
		return lnet_recv_answer(conn);
	ret = lnet_hdr_unpack(&conn->rx_buf, conn->version, &rx->hdr);
	if (ret)
		return ret;
	ret = lnet_recv_check(conn, &reason);
	if (ret < 0)
		return ret;
	if (ret)
		md = lnet_recv_dispatch(conn, &reason);
	if (IS_ERR(md))
		return PTR_ERR(md);
	lnet_recv_count(conn);
	if (!md) {
		lnet_recv_dropped(conn, reason);
		return 0;
	}
	rx->md = md;
	if (rx->hdr.type == LNET_WIRE_MSG_GET)
		return lnet_recv_answer(conn);
	spin_lock(&conn->ln->md_lock);
	md->rx_conn = conn;
	spin_unlock(&conn->ln->md_lock);
	if (rx->hdr.type != LNET_WIRE_MSG_ACK)
		rx->store = rx->ev.mlength;
	return 0;
}

/* Let go of the MD that was received into */
static void lnet_recv_release(struct lnet_conn *conn, int error)
{
	struct lnet_md *md = conn->rx.md;

	conn->rx.md = NULL;
	spin_lock(&conn->ln->md_lock);
	if (md->rx_conn == conn)
		md->rx_conn = NULL;
	spin_unlock(&conn->ln->md_lock);
	conn->rx.ev.status = error;
	lnet_md_event(md, &conn->rx.ev);
}

/* The payload is stored: acknowledge that if the peer wants it.  -EAGAIN: no
 * memory, call again.
 */
int lnet_recv_ack(struct lnet_conn *conn)
{
	int ret;

	if (!conn->rx.md || !conn->rx.ack)
		return 0;
	ret = lnet_send_ack(conn, &conn->rx.hdr, conn->rx.ev.mlength);
	if (ret == -EAGAIN)
		return ret;
	if (ret)
		lnet_recv_dropped(conn, LNET_DROP_UNREAD);
	conn->rx.ack = false;
	return 0;
}

/* The message is complete, or was cut off by @error */
void lnet_recv_end(struct lnet_conn *conn, int error)
{
	if (conn->rx.md)
		lnet_recv_release(conn, error);
}

/* The owner wants its MD back in the middle of a message: swallow the rest */
void lnet_recv_abort(struct lnet_conn *conn)
{
	size_t left = conn->rx.hdr.payload_length;

	if (conn->rx_state == LNET_RX_BODY)
		left -= conn->rx.store - iov_iter_count(&conn->rx_iter);
	else
		left = iov_iter_count(&conn->rx_iter);
	conn->rx_state = LNET_RX_SKIP;
	iov_iter_discard(&conn->rx_iter, ITER_DEST, left);
	lnet_recv_release(conn, -ECANCELED);
}
