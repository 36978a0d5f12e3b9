// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which connections a peer has: making them, admitting those that the peer
 * makes, back-off, and what follows from losing them (02 sections 4 to 8).
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "internal.h"

/* Attempts in a row that were refused before we make do with what there is */
#define LNET_MAX_REFUSALS	3
/* Nodes that may be connected to us though no listener knows them */
#define LNET_MAX_STRANGERS	64

static bool lnet_peer_is_connected(struct lnet_peer *peer)
{
	struct lnet_conn *conn;

	list_for_each_entry(conn, &peer->conns, peer_link)
		if (!test_bit(LNET_CONN_CLOSING, &conn->flags))
			return true;
	return false;
}

/* The first connection type that the peer lacks, 0: none; peer.lock is held */
static u8 lnet_missing_type(struct lnet_peer *peer)
{
	static const u8 order[] = {
		SOCKLND_CONN_CONTROL, SOCKLND_CONN_BULK_IN,
		SOCKLND_CONN_BULK_OUT,
	};
	struct lnet_conn *conn;
	unsigned int have = 0;
	int i;

	list_for_each_entry(conn, &peer->conns, peer_link)
		if (!test_bit(LNET_CONN_CLOSING, &conn->flags))
			have |= BIT(conn->type);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (!(have & BIT(order[i])))
			return order[i];
	return 0;
}

/* Start an attempt if one is needed and none is under way; peer.lock is held */
void lnet_want_connect(struct lnet_peer *peer)
{
	if (peer->dead || peer->connecting || peer->connect_queued ||
	    time_before(jiffies, peer->next_connect))
		return;
	if (list_empty(&peer->txq) &&
	    (!lnet_peer_is_connected(peer) ||
	     peer->refusals >= LNET_MAX_REFUSALS))
		return;
	if (!lnet_missing_type(peer))
		return;
	/* its reference is given back where that is reset */
	peer->connect_queued = true;
	lnet_peer_get(peer, LNET_PEER_GET_CONNECT);
	queue_work(lnet_conn_wq, &peer->connect_work);
}

static u8 lnet_default_version(const struct lnet_peer *peer)
{
	unsigned int version = lnet_setting(peer->ln, LNET_A_SETTING_PROTOCOL);

	if (!lnet_nid_is_nid4(&peer->nid))
		return KSOCK_PROTO_V4;
	return clamp(version, KSOCK_PROTO_V2, KSOCK_PROTO_V4);
}

/* Make the next missing connection */
void lnet_connect_work(struct work_struct *work)
{
	struct lnet_peer *peer = container_of(work, struct lnet_peer,
					      connect_work);
	unsigned int nofs = memalloc_nofs_save();
	struct lnet_conn *conn;
	int error;

	conn = lnet_conn_alloc(peer->ln, peer->ni);
	WRITE_ONCE(peer->known, lnet_knows(peer->ln, &peer->nid));
	spin_lock(&peer->lock);
	peer->connect_queued = false;
	if (!conn || peer->dead) {
		peer->next_connect = jiffies + HZ;
		spin_unlock(&peer->lock);
		if (conn)
			lnet_conn_fail(conn, LNET_CLOSE_SHUTDOWN, -ESHUTDOWN);
		goto out;
	}
	conn->type = lnet_missing_type(peer);
	if (!conn->type)
		conn->type = SOCKLND_CONN_CONTROL;
	conn->version = peer->version ?: peer->offer ?:
			lnet_default_version(peer);
	conn->peer = lnet_peer_get(peer, LNET_PEER_GET_CONN);
	peer->connecting = conn;
	spin_unlock(&peer->lock);

	error = lnet_conn_connect(conn);
	if (error)
		lnet_conn_fail(conn, LNET_CLOSE_CONNECT, error);
out:
	if (conn)
		lnet_conn_started(conn);
	lnet_peer_put(peer, LNET_PEER_PUT_CONNECT);
	memalloc_nofs_restore(nofs);
}

/* Record a failed attempt; peer.lock is held.  Without any connection left the
 * waiting messages fail too: their owners may know another way.
 */
static void lnet_connect_failed(struct lnet_peer *peer, int error,
				struct list_head *done)
{
	unsigned int least = lnet_setting(peer->ln,
					  LNET_A_SETTING_MIN_RECONNECTMS);
	struct lnet_tx *tx, *next;

	if (peer->refusals < LNET_MAX_REFUSALS)
		peer->refusals++;
	if (error == -EALREADY || error == -EPROTONOSUPPORT) {
		/* the peer is there: race, or it wants another version */
		if (error == -EALREADY ||
		    peer->refusals == LNET_MAX_REFUSALS)
			peer->next_connect = jiffies + msecs_to_jiffies(least);
		return;
	}
	peer->error = error;
	peer->offer = 0;
	peer->backoff = min(max(peer->backoff * 2, least),
			    lnet_setting(peer->ln,
					 LNET_A_SETTING_MAX_RECONNECTMS));
	peer->next_connect = jiffies + msecs_to_jiffies(peer->backoff);
	if (!list_empty(&peer->conns))
		return;
	list_for_each_entry_safe(tx, next, &peer->txq, list)
		lnet_peer_drop_tx(tx, error, done);
}

/* The attempt @conn has come to an end, well or with @error */
void lnet_connect_over(struct lnet_conn *conn, int error)
{
	struct lnet_peer *peer = conn->peer;
	LIST_HEAD(done);

	spin_lock(&peer->lock);
	if (peer->connecting == conn) {
		peer->connecting = NULL;
		if (error)
			lnet_connect_failed(peer, error, &done);
	}
	spin_unlock(&peer->lock);
	lnet_tx_fail_list(&done);
	lnet_peer_kick(peer);
}

/* The peer has restarted or changed its version: its old connections are dead */
static void lnet_peer_reset(struct lnet_peer *peer)
{
	struct lnet_conn *conn;

	list_for_each_entry(conn, &peer->conns, peer_link)
		lnet_conn_fail(conn, LNET_CLOSE_RESTART, -ECONNRESET);
	peer->generation++;
	peer->version = 0;
}

/* A node that nobody here knows may connect, to ping for example, but not so many
 * of them that there is no room for others; peer.lock is held
 */
static int lnet_peer_may_visit(struct lnet_peer *peer)
{
	struct lnet *ln = peer->ln;

	if (READ_ONCE(peer->known) || peer->stranger)
		return 0;
	if (atomic_inc_return(&ln->nr_strangers) > LNET_MAX_STRANGERS) {
		atomic_dec(&ln->nr_strangers);
		return -EUSERS;
	}
	peer->stranger = true;
	return 0;
}

/* May we have @conn beside the others?  peer.lock is held */
static int lnet_peer_may_admit(struct lnet_peer *peer, struct lnet_conn *conn)
{
	const struct lnet_hello *hello = &conn->hello;
	struct lnet_conn *other;
	bool restarted;

	if (peer->dead || test_bit(LNET_CONN_CLOSING, &conn->flags))
		return -ESHUTDOWN;
	if (conn->passive && peer->connecting &&
	    lnet_nid_cmp(&peer->nid, &peer->ni->nid) < 0)
		return -EALREADY;
	restarted = peer->version && (peer->version != hello->version ||
				      peer->incarnation != hello->incarnation);
	if (restarted) {
		lnet_peer_reset(peer);
		if (conn->passive)
			return -EALREADY;
	}
	if (!conn->passive)
		return 0;
	list_for_each_entry(other, &peer->conns, peer_link)
		if (other->type == conn->type &&
		    !test_bit(LNET_CONN_CLOSING, &other->flags))
			return -EALREADY;
	return lnet_peer_may_visit(peer);
}

/* If a connection has failed and its siblings do not know yet, they must not
 * take @conn for one of them; peer.lock is held
 */
static void lnet_peer_settle(struct lnet_peer *peer, struct lnet_conn *conn)
{
	struct lnet_conn *other;

	list_for_each_entry(other, &peer->conns, peer_link) {
		if (other->generation != peer->generation ||
		    !test_bit(LNET_CONN_CLOSING, &other->flags) ||
		    READ_ONCE(other->error) == -ESHUTDOWN)
			continue;
		lnet_peer_close_locked(peer, LNET_CLOSE_SIBLING, -ECONNRESET,
				       conn);
		break;
	}
}

/* A HELLO was received on @conn, whose type is settled: make it one of the
 * peer's connections.  -EALREADY: refuse it, the peer may try again.  -EUSERS:
 * there are too many like it.
 */
int lnet_peer_admit(struct lnet_conn *conn)
{
	struct lnet_peer *peer = conn->peer;
	char buf[LNET_NIDSTR_SIZE];
	unsigned int absent = 0;
	int ret;

	spin_lock(&peer->lock);
	ret = lnet_peer_may_admit(peer, conn);
	if (!ret) {
		lnet_peer_settle(peer, conn);
		peer->version = conn->hello.version;
		peer->incarnation = conn->hello.incarnation;
		peer->last_alive = jiffies;
		peer->error = 0;
		peer->backoff = 0;
		peer->refusals = 0;
		peer->next_connect = jiffies;
		if (conn->passive)
			peer->next_connect += HZ;
		conn->admitted = true;
		conn->generation = peer->generation;
		list_add_tail(&conn->peer_link, &peer->conns);
		absent = lnet_peer_recovered(peer);
	}
	spin_unlock(&peer->lock);
	if (absent)
		pr_info_ratelimited("lnet: %s: connected again after %u s\n",
				    lnet_nid_print(&peer->nid, buf), absent);
	return ret;
}

/* No new messages for @conn.  Unless the peer closed it in good order, all its
 * siblings go with it; with the last one goes what we know of the peer.
 */
void lnet_peer_remove(struct lnet_conn *conn)
{
	struct lnet_peer *peer = conn->peer;

	spin_lock(&peer->lock);
	list_del_init(&conn->peer_link);
	if (conn->admitted) {
		if (conn->error != -ESHUTDOWN &&
		    conn->generation == peer->generation)
			lnet_peer_close_locked(peer, LNET_CLOSE_SIBLING,
					       conn->error, NULL);
		conn->was_last = list_empty(&peer->conns);
		if (conn->was_last)
			peer->version = 0;
		if (conn->was_last && peer->stranger) {
			peer->stranger = false;
			atomic_dec(&peer->ln->nr_strangers);
		}
	}
	spin_unlock(&peer->lock);
}

static void lnet_notify_down(struct lnet *ln, const struct lnet_nid *nid,
			     int error)
{
	struct lnet_listener *listener;

	mutex_lock(&ln->listeners_mutex);
	list_for_each_entry(listener, &ln->listeners, list)
		listener->ops->peer_down(listener, nid, error);
	mutex_unlock(&ln->listeners_mutex);
}

/* @conn, which was open, is closed: its messages are lost */
void lnet_peer_lost(struct lnet_conn *conn)
{
	struct lnet_peer *peer = conn->peer;
	struct lnet_tx *tx, *next;
	LIST_HEAD(done);

	spin_lock(&peer->lock);
	if (conn->tx)
		lnet_peer_drop_tx(conn->tx, conn->error, &done);
	conn->tx = NULL;
	list_for_each_entry_safe(tx, next, &conn->txq, list)
		lnet_peer_drop_tx(tx, conn->error, &done);
	list_for_each_entry_safe(tx, next, &peer->zc_wait, zc_link)
		if (tx->conn == conn)
			lnet_peer_drop_tx(tx, conn->error, &done);
	if (conn->error != -ESHUTDOWN)
		peer->error = conn->error;
	spin_unlock(&peer->lock);

	lnet_tx_fail_list(&done);
	if (conn->was_last) {
		lnet_conn_report(conn, "connection lost");
		lnet_notify_down(peer->ln, &peer->nid, conn->error);
	}
	lnet_peer_kick(peer);
}
