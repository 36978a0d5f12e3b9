// SPDX-License-Identifier: GPL-2.0-only
/*
 * The message stream of an open connection, in both directions.  rx_work and
 * tx_work of a connection each run on one CPU at a time; neither ever waits for
 * the network or for memory: memory is given back by what they do.
 */
#include <linux/sched/mm.h>
#include <net/tcp.h>

#include "internal.h"

/* Steps of one run of rx_work or tx_work before others get a chance */
#define LNET_IO_BUDGET		256

/* ---- receiving ----------------------------------------------------------------- */

/* Receive @len bytes to @buf next */
void lnet_rx_want(struct lnet_conn *conn, enum lnet_rx_state state, void *buf,
		  size_t len)
{
	conn->rx_state = state;
	conn->rx_kvec.iov_base = buf;
	conn->rx_kvec.iov_len = len;
	iov_iter_kvec(&conn->rx_iter, ITER_DEST, &conn->rx_kvec, 1, len);
}

/* Receive the next message */
void lnet_rx_next(struct lnet_conn *conn)
{
	memset(&conn->rx, 0, sizeof(conn->rx));
	WRITE_ONCE(conn->rx_partial, false);
	lnet_rx_want(conn, LNET_RX_KSH, &conn->rx_buf.ksh,
		     sizeof(conn->rx_buf.ksh));
}

/* The acknowledgments in a transport header (02 section 5.4) */
static int lnet_rx_cookies(struct lnet_conn *conn, bool noop, u64 a, u64 b)
{
	int ret;

	if (!noop)
		a = 0;
	if (b == 0 || (a == 0 && b == KSOCK_KEEPALIVE_PING))
		return a ? -EPROTO : 0;
	if (a == 0)
		return lnet_peer_zc_ack(conn->peer, b, b);
	if (a < b)
		return lnet_peer_zc_ack(conn->peer, a, b);
	ret = lnet_peer_zc_ack(conn->peer, b, b);
	return ret ?: a == b ? 0 : lnet_peer_zc_ack(conn->peer, a, a);
}

static int lnet_rx_ksh(struct lnet_conn *conn)
{
	struct ksock_msg_hdr *ksh = &conn->rx_buf.ksh;
	u32 type = lnet_native32(conn->swab, ksh->ksh_type);
	u64 a = lnet_native64(conn->swab, ksh->ksh_zc_cookies[0]);
	u64 b = lnet_native64(conn->swab, ksh->ksh_zc_cookies[1]);
	int ret;

	if (type != KSOCK_MSG_NOOP && type != KSOCK_MSG_LNET)
		return -EPROTO;
	ret = lnet_rx_cookies(conn, type == KSOCK_MSG_NOOP, a, b);
	if (ret)
		return ret;
	if (type == KSOCK_MSG_NOOP) {
		lnet_rx_next(conn);
		return 0;
	}
	conn->rx.zc_cookie = a;
	lnet_rx_want(conn, LNET_RX_HDR, &conn->rx_buf,
		     lnet_hdr_size(conn->version));
	return 0;
}

/* The header of a message is there: find out where its payload goes */
static int lnet_rx_hdr(struct lnet_conn *conn)
{
	int ret = lnet_recv_begin(conn);

	if (ret)
		return ret;
	conn->rx_state = LNET_RX_BODY;
	if (conn->rx.store)
		lnet_md_iter(conn->rx.md, &conn->rx_iter, true,
			     conn->rx.ev.offset, conn->rx.store);
	else
		iov_iter_discard(&conn->rx_iter, ITER_DEST, 0);
	return 0;
}

/* What the MD takes is there; swallow the rest */
static void lnet_rx_body(struct lnet_conn *conn)
{
	conn->rx_state = LNET_RX_SKIP;
	iov_iter_discard(&conn->rx_iter, ITER_DEST,
			 conn->rx.hdr.payload_length - conn->rx.store);
}

/* A whole message is there.  The acknowledgment of the transport goes first: the
 * peer's memory is no concern of whoever gets the event.
 */
static int lnet_rx_message(struct lnet_conn *conn)
{
	int ret = lnet_recv_ack(conn);

	if (ret)
		return ret;
	if (conn->rx.zc_cookie) {
		spin_lock(&conn->peer->lock);
		conn->zc_acks[conn->nr_zc_acks++] = conn->rx.zc_cookie;
		if (conn->nr_zc_acks == LNET_CONN_ZC_ACKS)
			set_bit(LNET_CONN_RX_PAUSED, &conn->flags);
		if (!conn->nr_queued)
			conn->tx_progress = jiffies;
		spin_unlock(&conn->peer->lock);
		queue_work(lnet_tx_wq, &conn->tx_work);
	}
	lnet_recv_end(conn, 0);
	lnet_rx_next(conn);
	return 0;
}

/* The bytes that were wanted are there.  -EAGAIN: no memory for what follows from
 * them, call again
 */
static int lnet_rx_step(struct lnet_conn *conn)
{
	switch (conn->rx_state) {
	case LNET_RX_KSH:
		return lnet_rx_ksh(conn);
	case LNET_RX_HDR:
		return lnet_rx_hdr(conn);
	case LNET_RX_BODY:
		lnet_rx_body(conn);
		return 0;
	case LNET_RX_SKIP:
		return lnet_rx_message(conn);
	default:
		return lnet_hs_rx(conn);
	}
}

/* One read of at most @want of the wanted bytes.  How many, 0: later */
static int lnet_rx_read(struct lnet_conn *conn, size_t want)
{
	struct msghdr msg = {};
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	int ret;

	if (conn->rx_state == LNET_RX_SKIP)
		flags |= MSG_TRUNC;
	msg.msg_iter = conn->rx_iter;
	ret = sock_recvmsg(conn->sock, &msg, flags);
	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		return ret;
	if (ret == 0)
		return conn->rx_partial || conn->state != LNET_CONN_OPEN ?
		       -ECONNRESET : -ESHUTDOWN;
	if (conn->rx_state == LNET_RX_SKIP)
		iov_iter_discard(&conn->rx_iter, ITER_DEST, want - ret);
	else
		iov_iter_advance(&conn->rx_iter, ret);
	WRITE_ONCE(conn->rx_partial, true);
	WRITE_ONCE(conn->rx_progress, jiffies);
	conn->rx_bytes += ret;
	if (conn->peer)
		WRITE_ONCE(conn->peer->last_alive, jiffies);
	return ret;
}

/* Receive what there is of the wanted bytes.  1: all there, 0: later.  A short
 * read does not mean that there is no more: the end of the stream or an error
 * may be behind it, of which we were told before and will not be told again.
 */
static int lnet_rx_fill(struct lnet_conn *conn)
{
	size_t want;
	int ret;

	while ((want = iov_iter_count(&conn->rx_iter))) {
		ret = lnet_rx_read(conn, want);
		if (ret <= 0)
			return ret;
	}
	return 1;
}

/* Has the TCP handshake of an active attempt ended?  1: well, 0: not yet */
static int lnet_rx_connecting(struct lnet_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return 0;
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
		return lnet_hs_start(conn) ?: 1;
	default:
		return sock_error(sk) ?: -ECONNREFUSED;
	}
}

static int lnet_rx_run(struct lnet_conn *conn)
{
	int budget, ret;

	if (conn->state == LNET_CONN_CONNECTING) {
		ret = lnet_rx_connecting(conn);
		if (ret <= 0)
			return ret;
	}
	for (budget = LNET_IO_BUDGET; budget; budget--) {
		if (test_bit(LNET_CONN_CLOSING, &conn->flags))
			return 0;
		if (conn->rx_state == LNET_RX_KSH &&
		    test_bit(LNET_CONN_RX_PAUSED, &conn->flags))
			return 0;
		if (conn->rx.md && READ_ONCE(conn->rx.md->aborted))
			lnet_recv_abort(conn);
		ret = lnet_rx_fill(conn);
		if (ret > 0)
			ret = lnet_rx_step(conn) ?: 1;
		if (ret == -EAGAIN) {
			lnet_conn_retry(conn);
			return 0;
		}
		if (ret <= 0)
			return ret;
	}
	queue_work(lnet_rx_wq, &conn->rx_work);
	return 0;
}

void lnet_rx_work(struct work_struct *work)
{
	struct lnet_conn *conn = container_of(work, struct lnet_conn, rx_work);
	unsigned int nofs = memalloc_nofs_save();
	int ret;

	if (!test_bit(LNET_CONN_CLOSING, &conn->flags)) {
		ret = lnet_rx_run(conn);
		if (ret < 0)
			lnet_conn_fail(conn, LNET_CLOSE_RECEIVE, ret);
	}
	memalloc_nofs_restore(nofs);
}

/* ---- sending ------------------------------------------------------------------- */

static int lnet_sendmsg(struct lnet_conn *conn, struct iov_iter *iter,
			unsigned int flags)
{
	struct msghdr msg = {
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | flags,
		.msg_iter = *iter,
	};
	int ret = sock_sendmsg(conn->sock, &msg);

	if (ret > 0) {
		conn->tx_bytes += ret;
		WRITE_ONCE(conn->tx_progress, jiffies);
	}
	return ret;
}

static int lnet_sendbuf(struct lnet_conn *conn, void *buf, size_t len,
			unsigned int flags)
{
	struct kvec kvec = { .iov_base = buf, .iov_len = len };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_SOURCE, &kvec, 1, len);
	return lnet_sendmsg(conn, &iter, flags);
}

/* Write a piece of the handshake, for which there is always room; but there may
 * be no memory
 */
int lnet_conn_write(struct lnet_conn *conn, void *buf, size_t len)
{
	int ret = lnet_sendbuf(conn, buf, len, 0);

	if (ret == -EAGAIN)
		return -ENOBUFS;
	if (ret < 0)
		return ret;
	return ret == len ? 0 : -EIO;
}

/* Continue with the NOOP that was begun.  1: it is out, 0: no room */
static int lnet_tx_noop(struct lnet_conn *conn)
{
	int ret = lnet_sendbuf(conn, (u8 *)&conn->noop + conn->noop_done,
			       sizeof(conn->noop) - conn->noop_done, 0);

	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		return ret;
	conn->noop_done += ret;
	if (conn->noop_done < sizeof(conn->noop))
		return 0;
	conn->noop_active = false;
	return 1;
}

/* Continue with the message that was begun.  1: it is out, 0: no room */
static int lnet_tx_message(struct lnet_conn *conn)
{
	struct lnet_tx *tx = conn->tx;
	unsigned int flags = tx->zc_cookie ? MSG_SPLICE_PAGES : 0;
	int ret;

	while (tx->head_done < tx->head_len) {
		ret = lnet_sendbuf(conn, tx->head + tx->head_done,
				   tx->head_len - tx->head_done,
				   tx->hdr.payload_length ? MSG_MORE : 0);
		if (ret <= 0)
			return ret == -EAGAIN ? 0 : ret ?: -EIO;
		tx->head_done += ret;
	}
	while (tx->hdr.payload_length && iov_iter_count(&tx->body)) {
		ret = lnet_sendmsg(conn, &tx->body, flags);
		if (ret <= 0)
			return ret == -EAGAIN ? 0 : ret ?: -EIO;
		iov_iter_advance(&tx->body, ret);
	}
	return 1;
}

/* TCP has the whole message */
static void lnet_tx_sent(struct lnet_conn *conn)
{
	struct lnet_counters *counters = &conn->ni->counters;
	struct lnet_tx *tx = conn->tx;

	atomic64_inc(&counters->send_count);
	atomic64_add(tx->hdr.payload_length, &counters->send_bytes);
	spin_lock(&conn->peer->lock);
	conn->tx = NULL;
	tx->state = LNET_TX_SENT;
	tx->deadline = jiffies + lnet_timeout_jiffies(conn->ln);
	spin_unlock(&conn->peer->lock);
	lnet_tx_put(tx);
}

/* Make the next NOOP if one is due; peer.lock is held */
static bool lnet_tx_next_noop(struct lnet_conn *conn)
{
	u64 a = 0, b = KSOCK_KEEPALIVE_PING;

	if (!conn->nr_zc_acks && !conn->want_keepalive)
		return false;
	conn->want_keepalive = false;
	if (conn->nr_zc_acks) {
		b = conn->zc_acks[0];
		conn->nr_zc_acks--;
		memmove(conn->zc_acks, conn->zc_acks + 1,
			conn->nr_zc_acks * sizeof(conn->zc_acks[0]));
		/* only now is there room for another one */
		if (test_and_clear_bit(LNET_CONN_RX_PAUSED, &conn->flags))
			queue_work(lnet_rx_wq, &conn->rx_work);
	}
	memset(&conn->noop, 0, sizeof(conn->noop));
	conn->noop.ksh_type = lnet_native32(conn->swab, KSOCK_MSG_NOOP);
	conn->noop.ksh_zc_cookies[0] = lnet_native64(conn->swab, a);
	conn->noop.ksh_zc_cookies[1] = lnet_native64(conn->swab, b);
	conn->noop_done = 0;
	conn->noop_active = true;
	return true;
}

/* Write the headers of a message that is about to be sent */
static void lnet_tx_pack(struct lnet_conn *conn, struct lnet_tx *tx)
{
	struct ksock_msg_hdr *ksh = (struct ksock_msg_hdr *)tx->head;

	memset(ksh, 0, sizeof(*ksh));
	ksh->ksh_type = lnet_native32(conn->swab, KSOCK_MSG_LNET);
	ksh->ksh_zc_cookies[0] = lnet_native64(conn->swab, tx->zc_cookie);
	tx->head_len = sizeof(*ksh) +
		       lnet_hdr_pack(&tx->hdr, conn->version,
				     tx->head + sizeof(*ksh));
}

/* Begin the next thing to send; false: there is none */
static bool lnet_tx_next(struct lnet_conn *conn)
{
	struct lnet_tx *tx = NULL;
	bool more;

	spin_lock(&conn->peer->lock);
	more = lnet_tx_next_noop(conn);
	if (!more && !list_empty(&conn->txq)) {
		tx = list_first_entry(&conn->txq, struct lnet_tx, list);
		list_del_init(&tx->list);
		tx->state = LNET_TX_SENDING;
		conn->nr_queued--;
		conn->tx = tx;
		more = true;
	}
	spin_unlock(&conn->peer->lock);
	if (tx)
		lnet_tx_pack(conn, tx);
	return more;
}

static int lnet_tx_run(struct lnet_conn *conn)
{
	int budget, ret;

	for (budget = LNET_IO_BUDGET; budget; budget--) {
		if (test_bit(LNET_CONN_CLOSING, &conn->flags))
			return 0;
		if (!conn->noop_active && !conn->tx && !lnet_tx_next(conn))
			return 0;
		ret = conn->noop_active ? lnet_tx_noop(conn) :
					  lnet_tx_message(conn);
		/* with nothing in flight it was not room that TCP lacked, and no
		 * sk_write_space() will follow
		 */
		if (!ret && tcp_rtx_and_write_queues_empty(conn->sock->sk))
			lnet_conn_retry(conn);
		if (ret <= 0)
			return ret;
		if (conn->tx)
			lnet_tx_sent(conn);
	}
	queue_work(lnet_tx_wq, &conn->tx_work);
	return 0;
}

void lnet_tx_work(struct work_struct *work)
{
	struct lnet_conn *conn = container_of(work, struct lnet_conn, tx_work);
	unsigned int nofs = memalloc_nofs_save();
	int ret;

	if (READ_ONCE(conn->state) == LNET_CONN_OPEN &&
	    !test_bit(LNET_CONN_CLOSING, &conn->flags)) {
		ret = lnet_tx_run(conn);
		if (ret < 0)
			lnet_conn_fail(conn, LNET_CLOSE_SEND, ret);
	}
	memalloc_nofs_restore(nofs);
}
