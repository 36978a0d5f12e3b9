// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP sockets: opening, callbacks, closing.
 */
#include <kunit/visibility.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/tcp.h>

#include "internal.h"

/* TCP's own probing of quiet connections */
#define LNET_TCP_KEEPIDLE	30
#define LNET_TCP_KEEPINTVL	5
#define LNET_TCP_KEEPCNT	5
/* How long closing in good order may take, and how often to look, ms */
#define LNET_TCP_LAST_WORDS	HZ
#define LNET_TCP_DRAIN_MS	5

/* After which time to try again what there was no memory for */
#define LNET_CONN_RETRY		(HZ / 50)

static void lnet_close_work(struct work_struct *work);

static void lnet_conn_free(struct lnet_conn *conn)
{
	struct lnet_ni *ni = conn->ni;

	WARN_ON_ONCE(!list_empty(&conn->peer_link));
	if (conn->peer)
		lnet_peer_put(conn->peer, LNET_PEER_PUT_CONN);
	kfree(conn);
	lnet_ni_put(ni);
}

static void lnet_conn_put(struct lnet_conn *conn, enum lnet_conn_ref why)
{
	/* before, as it may be gone afterwards */
	trace_lnet_conn_ref(conn, refcount_read(&conn->ref) - 1, why);
	if (refcount_dec_and_test(&conn->ref))
		lnet_conn_free(conn);
}

static void lnet_retry_work(struct work_struct *work)
{
	struct lnet_conn *conn = container_of(to_delayed_work(work),
					      struct lnet_conn, retry_work);

	queue_work(lnet_rx_wq, &conn->rx_work);
	queue_work(lnet_tx_wq, &conn->tx_work);
}

/* There was no memory to go on with @conn: try again after a while.  For rx_work
 * and tx_work, which do not wait for it.
 */
void lnet_conn_retry(struct lnet_conn *conn)
{
	queue_delayed_work(lnet_wq, &conn->retry_work, LNET_CONN_RETRY);
}

/* A connection without socket and peer; lnet_conn_fail() disposes of it.  The
 * caller calls lnet_conn_started() when it has done its part, and does not touch
 * the connection any more.
 */
struct lnet_conn *lnet_conn_alloc(struct lnet *ln, struct lnet_ni *ni)
{
	struct lnet_conn *conn = kzalloc(sizeof(*conn), GFP_NOFS);

	if (!conn)
		return NULL;
	/* of who makes it, and of who closes it */
	refcount_set(&conn->ref, 2);
	trace_lnet_conn_ref(conn, 2, LNET_CONN_NEW);
	__set_bit(LNET_CONN_STARTING, &conn->flags);
	INIT_LIST_HEAD(&conn->list);
	INIT_LIST_HEAD(&conn->peer_link);
	INIT_LIST_HEAD(&conn->txq);
	INIT_WORK(&conn->rx_work, lnet_rx_work);
	INIT_WORK(&conn->tx_work, lnet_tx_work);
	INIT_WORK(&conn->close_work, lnet_close_work);
	INIT_DELAYED_WORK(&conn->retry_work, lnet_retry_work);
	conn->ln = ln;
	conn->ni = lnet_ni_get(ni);
	conn->hs_deadline = jiffies + lnet_timeout_jiffies(conn->ln);
	conn->rx_progress = jiffies;
	conn->tx_progress = jiffies;
	spin_lock(&ln->conns_lock);
	list_add_tail(&conn->list, &ln->conns);
	spin_unlock(&ln->conns_lock);
	return conn;
}

/* ---- socket callbacks ------------------------------------------------------ */

static void lnet_data_ready(struct sock *sk)
{
	struct lnet_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sk->sk_user_data;
	if (conn)
		queue_work(lnet_rx_wq, &conn->rx_work);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void lnet_write_space(struct sock *sk)
{
	struct lnet_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sk->sk_user_data;
	if (conn && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		queue_work(lnet_tx_wq, &conn->tx_work);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

/* The receiver finds out what the state is now */
static void lnet_state_change(struct sock *sk)
{
	lnet_data_ready(sk);
}

/* Options that every socket of ours gets */
void lnet_sock_setup(const struct lnet *ln, struct socket *sock)
{
	struct sock *sk = sock->sk;

	sk->sk_allocation = GFP_ATOMIC | __GFP_NOWARN;
	sk->sk_use_task_frag = false;
	sk->sk_reuse = SK_CAN_REUSE;
	tcp_sock_set_nodelay(sk);
	tcp_sock_set_keepidle(sk, LNET_TCP_KEEPIDLE);
	tcp_sock_set_keepintvl(sk, LNET_TCP_KEEPINTVL);
	tcp_sock_set_keepcnt(sk, LNET_TCP_KEEPCNT);
	tcp_sock_set_user_timeout(sk, lnet_setting(ln, LNET_A_SETTING_SOCK_TIMEOUT) *
				  MSEC_PER_SEC);
	sock_set_keepalive(sk);
}

/* Tracepoint with what is known of @conn */
void lnet_conn_trace(const struct lnet_conn *conn, enum lnet_conn_reason reason,
		     int error)
{
	trace_lnet_conn(conn->peer ? &conn->peer->nid : &lnet_nid_any, reason,
			conn->type, conn->local_port, conn->remote_port, error);
}

/* Take over the callbacks of @sock */
void lnet_conn_attach(struct lnet_conn *conn, struct socket *sock)
{
	struct sock *sk = sock->sk;

	conn->sock = sock;
	conn->local_port = inet_sk(sk)->inet_num;
	conn->remote_port = ntohs(inet_sk(sk)->inet_dport);
	lnet_conn_trace(conn, conn->passive ? LNET_CONN_TRACE_ACCEPT :
			LNET_CONN_TRACE_CONNECT, 0);
	write_lock_bh(&sk->sk_callback_lock);
	conn->saved_data_ready = sk->sk_data_ready;
	conn->saved_state_change = sk->sk_state_change;
	conn->saved_write_space = sk->sk_write_space;
	sk->sk_user_data = conn;
	sk->sk_data_ready = lnet_data_ready;
	sk->sk_state_change = lnet_state_change;
	sk->sk_write_space = lnet_write_space;
	write_unlock_bh(&sk->sk_callback_lock);
}

static void lnet_conn_detach(struct lnet_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = conn->saved_data_ready;
	sk->sk_state_change = conn->saved_state_change;
	sk->sk_write_space = conn->saved_write_space;
	write_unlock_bh(&sk->sk_callback_lock);
}

/* Put the address at the other end into @nid, which has its network already */
bool lnet_sock_peer(struct socket *sock, struct lnet_nid *nid)
{
	struct sockaddr_storage ss = {};
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

	if (kernel_getpeername(sock, (struct sockaddr *)&ss) < 0)
		return false;
	memset(nid->nid_addr, 0, sizeof(nid->nid_addr));
	if (ss.ss_family == AF_INET6) {
		nid->nid_size = 12;
		memcpy(nid->nid_addr, &sin6->sin6_addr, 16);
	} else {
		nid->nid_size = 0;
		nid->nid_addr[0] = sin->sin_addr.s_addr;
	}
	return true;
}

/* ---- opening ---------------------------------------------------------------- */

/* One attempt from the local @port.  -EADDRINUSE and -EADDRNOTAVAIL: try the
 * next port.
 */
static int lnet_connect_from(struct lnet_conn *conn, u16 port)
{
	struct sockaddr_storage self, peer;
	struct socket *sock;
	int len, ret;

	len = lnet_nid_to_sockaddr(&conn->ni->nid, port, &self);
	lnet_nid_to_sockaddr(&conn->peer->nid,
			     lnet_setting(conn->ln, LNET_A_SETTING_ACCEPT_PORT),
			     &peer);
	ret = sock_create_kern(conn->ln->net, self.ss_family, SOCK_STREAM,
			       IPPROTO_TCP, &sock);
	if (ret)
		return ret;
	lnet_sock_setup(conn->ln, sock);
	ret = kernel_bind(sock, (struct sockaddr_unsized *)&self, len);
	if (!ret)
		ret = kernel_connect(sock, (struct sockaddr_unsized *)&peer,
				     len, O_NONBLOCK);
	if (ret == -EINPROGRESS)
		ret = 0;
	if (ret) {
		sock_release(sock);
		return ret;
	}
	lnet_conn_attach(conn, sock);
	return 0;
}

/* Start connecting to conn->peer from a privileged port, which is what servers
 * ask for; the rest happens in rx_work.
 */
int lnet_conn_connect(struct lnet_conn *conn)
{
	int accept_port = lnet_setting(conn->ln, LNET_A_SETTING_ACCEPT_PORT);
	int port, ret = -EADDRINUSE;

	conn->state = LNET_CONN_CONNECTING;
	for (port = LNET_WIRE_MAX_RESERVED_PORT;
	     port >= LNET_WIRE_MIN_RESERVED_PORT; port--) {
		if (port == accept_port)
			continue;
		ret = lnet_connect_from(conn, port);
		if (ret != -EADDRINUSE && ret != -EADDRNOTAVAIL)
			break;
	}
	if (!ret)
		queue_work(lnet_rx_wq, &conn->rx_work);
	return ret;
}

/* ---- closing ---------------------------------------------------------------- */

static void lnet_conn_queue_close(struct lnet_conn *conn)
{
	if (!test_and_set_bit(LNET_CONN_CLOSE_QUEUED, &conn->flags))
		queue_work(lnet_wq, &conn->close_work);
}

/* Whoever made @conn is done with it: from now on it can be closed */
void lnet_conn_started(struct lnet_conn *conn)
{
	clear_bit(LNET_CONN_STARTING, &conn->flags);
	smp_mb(); /* pairs with lnet_conn_fail(): one of us sees the other */
	if (test_bit(LNET_CONN_CLOSING, &conn->flags))
		lnet_conn_queue_close(conn);
	lnet_conn_put(conn, LNET_CONN_PUT_STARTED);
}

/* Close @conn because of @error, soon.  Any process context, also under
 * peer.lock.
 */
void lnet_conn_fail(struct lnet_conn *conn, enum lnet_close_reason why,
		    int error)
{
	if (test_and_set_bit(LNET_CONN_CLOSING, &conn->flags))
		return;
	conn->error = error;
	conn->why = why;
	smp_mb(); /* pairs with lnet_conn_started() */
	if (!test_bit(LNET_CONN_STARTING, &conn->flags))
		lnet_conn_queue_close(conn);
}

/* Closing down in good order: what TCP has of whole messages shall arrive.  Our
 * FIN is behind it; give the peer a moment to acknowledge that.
 */
static void lnet_conn_drain(struct lnet_conn *conn)
{
	unsigned long end = jiffies + LNET_TCP_LAST_WORDS;
	int state;

	kernel_sock_shutdown(conn->sock, SHUT_WR);
	do {
		state = READ_ONCE(conn->sock->sk->sk_state);
		if (state != TCP_FIN_WAIT1 && state != TCP_CLOSING &&
		    state != TCP_LAST_ACK)
			break;
		msleep(LNET_TCP_DRAIN_MS);
	} while (time_before(jiffies, end));
}

/* Abort the connection, unless there is a refusal that must still get out */
static void lnet_conn_release(struct lnet_conn *conn)
{
	if (conn->error == -ESHUTDOWN && conn->admitted && !conn->tx &&
	    !conn->noop_active)
		lnet_conn_drain(conn);
	if (!conn->reply_none)
		sock_no_linger(conn->sock->sk);
	else
		kernel_sock_shutdown(conn->sock, SHUT_RDWR);
	sock_release(conn->sock);
	conn->sock = NULL;
}

/* Tell of a failure, unless it belongs to the protocol or to closing down, and not
 * again and again
 */
void lnet_conn_report(const struct lnet_conn *conn, const char *what)
{
	char buf[LNET_NIDSTR_SIZE];

	if (!conn->peer || conn->error == -ESHUTDOWN ||
	    conn->error == -EALREADY || conn->error == -EPROTONOSUPPORT ||
	    conn->error == -EUSERS || !lnet_peer_may_report(conn->peer))
		return;
	lnet_warn("%s: %s: error %d\n",
		  lnet_nid_print(&conn->peer->nid, buf), what, conn->error);
}

/* Nobody finds the connection by its peer any more */
void lnet_conn_unlink(struct lnet_conn *conn)
{
	/* it may be about to find out who the peer is, and be admitted */
	cancel_work_sync(&conn->rx_work);
	if (conn->peer)
		lnet_peer_remove(conn);
}
EXPORT_SYMBOL_IF_KUNIT(lnet_conn_unlink);

/* Nothing runs for the connection any more: let go of what it held.  The socket
 * goes first, as its send queue refers to the pages of messages.
 */
static void lnet_close_work(struct work_struct *work)
{
	struct lnet_conn *conn = container_of(work, struct lnet_conn,
					      close_work);
	unsigned int nofs = memalloc_nofs_save();
	struct lnet *ln = conn->ln;

	if (conn->sock)
		lnet_conn_detach(conn);
	lnet_conn_unlink(conn);
	trace_lnet_close(conn->peer ? &conn->peer->nid : &lnet_nid_any,
			 conn->why, conn->type, conn->local_port,
			 conn->remote_port, conn->error);
	cancel_work_sync(&conn->tx_work);
	cancel_delayed_work_sync(&conn->retry_work);
	if (conn->rx.md)
		lnet_recv_end(conn, conn->error ?: -ECONNRESET);
	cancel_work_sync(&conn->rx_work);
	cancel_work_sync(&conn->tx_work);
	if (conn->sock)
		lnet_conn_release(conn);
	if (!conn->admitted)
		lnet_conn_report(conn, "connection failed");
	conn->state = LNET_CONN_CLOSED;
	if (conn->admitted)
		lnet_peer_lost(conn);
	else if (conn->passive)
		atomic_dec(&conn->ni->nr_handshakes);
	else if (conn->peer)
		lnet_connect_over(conn, conn->error);

	spin_lock(&ln->conns_lock);
	list_del_init(&conn->list);
	spin_unlock(&ln->conns_lock);
	lnet_conn_put(conn, LNET_CONN_PUT_CLOSED);
	memalloc_nofs_restore(nofs);
}

/* Close what is left of @ni's connections, whoever they belong to */
void lnet_conns_close(struct lnet *ln, struct lnet_ni *ni,
		      enum lnet_close_reason why, int error)
{
	struct lnet_conn *conn;

	spin_lock(&ln->conns_lock);
	list_for_each_entry(conn, &ln->conns, list)
		if (conn->ni == ni)
			lnet_conn_fail(conn, why, error);
	spin_unlock(&ln->conns_lock);
}

/* Close @conn if it has made no progress for too long */
static void lnet_conn_tick(struct lnet_conn *conn)
{
	unsigned long timeout = lnet_timeout_jiffies(conn->ln);

	if (READ_ONCE(conn->state) != LNET_CONN_OPEN) {
		if (time_after(jiffies, READ_ONCE(conn->hs_deadline)))
			lnet_conn_fail(conn, LNET_CLOSE_HANDSHAKE_TIME,
				       -ETIMEDOUT);
		return;
	}
	if (READ_ONCE(conn->rx_partial) &&
	    time_after(jiffies, READ_ONCE(conn->rx_progress) + timeout))
		lnet_conn_fail(conn, LNET_CLOSE_RECEIVE_TIME, -ETIMEDOUT);
	if ((READ_ONCE(conn->tx) || READ_ONCE(conn->nr_queued)) &&
	    time_after(jiffies, READ_ONCE(conn->tx_progress) + timeout))
		lnet_conn_fail(conn, LNET_CLOSE_SEND_TIME, -ETIMEDOUT);
}

/* Once a second: close what is stuck */
void lnet_conns_tick(struct lnet *ln)
{
	struct lnet_conn *conn;

	spin_lock(&ln->conns_lock);
	list_for_each_entry(conn, &ln->conns, list)
		lnet_conn_tick(conn);
	spin_unlock(&ln->conns_lock);
}
