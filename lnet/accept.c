// SPDX-License-Identifier: GPL-2.0-only
/*
 * The listening socket of an interface.  Servers connect to their clients when
 * they have a lock callback to deliver and no connection is left.
 */
#include <linux/sched/mm.h>
#include <net/inet_sock.h>
#include <net/tcp.h>

#include "internal.h"

/* Connections of which we know no more than an address, per interface; and how
 * many of them may be from addresses that are not those of nodes we know
 */
#define LNET_MAX_HANDSHAKES	128
#define LNET_MAX_STRANGE_HANDSHAKES	64
/* Pauses after accept() has failed, from the first to the longest */
#define LNET_ACCEPT_PAUSE	(HZ / 10)
#define LNET_ACCEPT_MAX_PAUSE	(5 * HZ)

/* Runs for the listening socket, and for new ones, which inherit callback and
 * user data, until they are accepted
 */
static void lnet_listen_data_ready(struct sock *sk)
{
	struct lnet_ni *ni;

	read_lock_bh(&sk->sk_callback_lock);
	ni = sk->sk_state == TCP_LISTEN ? sk->sk_user_data : NULL;
	if (ni)
		queue_delayed_work(lnet_conn_wq, &ni->accept_work, 0);
	read_unlock_bh(&sk->sk_callback_lock);
}

/* How many handshakes there may be with that of @sock */
static int lnet_max_handshakes(struct lnet_ni *ni, struct socket *sock)
{
	struct lnet_nid nid = ni->nid;

	if (lnet_sock_peer(sock, &nid) && lnet_knows(ni->ln, &nid))
		return LNET_MAX_HANDSHAKES;
	return LNET_MAX_STRANGE_HANDSHAKES;
}

/* Read the acceptor request and the HELLO of a new connection */
static void lnet_accept_sock(struct lnet_ni *ni, struct socket *sock)
{
	u16 port = ntohs(inet_sk(sock->sk)->inet_dport);
	struct lnet_conn *conn;

	sock->sk->sk_data_ready = ni->saved_data_ready;
	sock->sk->sk_user_data = NULL;
	if (lnet_setting(ni->ln, LNET_A_SETTING_ACCEPT) ==
	    LNET_ACCEPT_POLICY_SECURE && port > LNET_WIRE_MAX_RESERVED_PORT) {
		lnet_warn("connection from unprivileged port %u refused\n",
			  port);
		goto refuse;
	}
	if (atomic_inc_return(&ni->nr_handshakes) >
	    lnet_max_handshakes(ni, sock)) {
		lnet_warn("too many connections in handshake\n");
		goto refuse_count;
	}
	conn = lnet_conn_alloc(ni->ln, ni);
	if (!conn)
		goto refuse_count;
	conn->passive = true;
	conn->state = LNET_CONN_ACCEPTING;
	conn->hs_deadline = jiffies + HZ *
		lnet_setting(ni->ln, LNET_A_SETTING_ACCEPT_TIMEOUT);
	lnet_rx_want(conn, LNET_RX_ACR_HEAD, &conn->rx_buf, 8);
	lnet_sock_setup(ni->ln, sock);
	lnet_conn_attach(conn, sock);
	queue_work(lnet_rx_wq, &conn->rx_work);
	lnet_conn_started(conn);
	return;

refuse_count:
	atomic_dec(&ni->nr_handshakes);
refuse:
	sock_no_linger(sock->sk);
	sock_release(sock);
}

/* accept() has failed, for want of memory as a rule.  Who is in the queue is not
 * announced again: come back after a while.
 */
static void lnet_accept_retry(struct lnet_ni *ni, int error)
{
	char buf[LNET_NIDSTR_SIZE];

	lnet_warn("%s: cannot accept a connection, trying again: error %d\n",
		  lnet_nid_print(&ni->nid, buf), error);
	ni->accept_pause = clamp_t(unsigned long, 2 * ni->accept_pause,
				   LNET_ACCEPT_PAUSE, LNET_ACCEPT_MAX_PAUSE);
	queue_delayed_work(lnet_conn_wq, &ni->accept_work, ni->accept_pause);
}

static void lnet_accept_work(struct work_struct *work)
{
	struct lnet_ni *ni = container_of(to_delayed_work(work),
					  struct lnet_ni, accept_work);
	unsigned int nofs = memalloc_nofs_save();
	struct socket *sock;
	int ret;

	while (!(ret = kernel_accept(ni->listener, &sock, O_NONBLOCK))) {
		ni->accept_pause = 0;
		lnet_accept_sock(ni, sock);
	}
	if (ret != -EAGAIN)
		lnet_accept_retry(ni, ret);
	memalloc_nofs_restore(nofs);
}

static int lnet_listen_sock(struct lnet_ni *ni, struct socket *sock)
{
	struct sockaddr_storage self;
	struct sock *sk = sock->sk;
	int len, ret;

	len = lnet_nid_to_sockaddr(&ni->nid,
				   lnet_setting(ni->ln,
						LNET_A_SETTING_ACCEPT_PORT),
				   &self);
	sk->sk_reuse = SK_CAN_REUSE;
	/* two networks may have the same address: see lnet_hs_other_net() */
	sk->sk_reuseport = 1;
	ret = kernel_bind(sock, (struct sockaddr_unsized *)&self, len);
	if (ret)
		return ret;
	write_lock_bh(&sk->sk_callback_lock);
	ni->saved_data_ready = sk->sk_data_ready;
	sk->sk_user_data = ni;
	sk->sk_data_ready = lnet_listen_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	return kernel_listen(sock, lnet_setting(ni->ln,
						LNET_A_SETTING_ACCEPT_BACKLOG));
}

/* Listen on the address of @ni, unless the administrator wants no listener */
int lnet_listen(struct lnet_ni *ni)
{
	int family = lnet_nid_is_ipv6(&ni->nid) ? AF_INET6 : AF_INET;
	int ret;

	INIT_DELAYED_WORK(&ni->accept_work, lnet_accept_work);
	if (lnet_setting(ni->ln, LNET_A_SETTING_ACCEPT) ==
	    LNET_ACCEPT_POLICY_NONE)
		return 0;
	ret = sock_create_kern(ni->ln->net, family, SOCK_STREAM, IPPROTO_TCP,
			       &ni->listener);
	if (ret)
		return ret;
	ret = lnet_listen_sock(ni, ni->listener);
	if (ret) {
		sock_release(ni->listener);
		ni->listener = NULL;
	}
	return ret;
}

/* No more connections */
void lnet_unlisten(struct lnet_ni *ni)
{
	struct sock *sk;

	if (!ni->listener)
		return;
	sk = ni->listener->sk;
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = ni->saved_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	cancel_delayed_work_sync(&ni->accept_work);
	sock_release(ni->listener);
	ni->listener = NULL;
}
