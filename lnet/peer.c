// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers: which connection takes a message, credits, and the zero-copy
 * acknowledgments that are owed.
 */
#include <linux/delay.h>
#include <linux/slab.h>

#include "internal.h"

/* How long the last messages are waited for, and how often to look, ms */
#define LNET_PEER_FLUSH		HZ
#define LNET_PEER_FLUSH_MS	5
/* Pauses between two lines in the log about one that can't be reached, s */
#define LNET_PEER_REPORT_MIN	60U
#define LNET_PEER_REPORT_MAX	3600U

struct lnet_peer *lnet_peer_get(struct lnet_peer *peer, enum lnet_peer_ref why)
{
	refcount_inc(&peer->ref);
	trace_lnet_peer_ref(&peer->nid, refcount_read(&peer->ref), why);
	return peer;
}

void lnet_peer_put(struct lnet_peer *peer, enum lnet_peer_ref why)
{
	/* before, as it may be gone afterwards */
	trace_lnet_peer_ref(&peer->nid, refcount_read(&peer->ref) - 1, why);
	if (!refcount_dec_and_test(&peer->ref))
		return;
	lnet_ni_put(peer->ni);
	kfree(peer);
}

static struct lnet_peer *lnet_peer_alloc(struct lnet *ln, struct lnet_ni *ni,
					 const struct lnet_nid *nid, gfp_t gfp)
{
	struct lnet_peer *peer = kzalloc(sizeof(*peer), gfp);

	if (!peer)
		return NULL;
	refcount_set(&peer->ref, 1);
	peer->ln = ln;
	peer->ni = lnet_ni_get(ni);
	peer->nid = *nid;
	peer->known = lnet_knows(ln, nid);
	spin_lock_init(&peer->lock);
	INIT_LIST_HEAD(&peer->conns);
	INIT_LIST_HEAD(&peer->txq);
	INIT_LIST_HEAD(&peer->zc_wait);
	INIT_LIST_HEAD(&peer->ni_link);
	INIT_WORK(&peer->connect_work, lnet_connect_work);
	peer->next_zc = KSOCK_ZC_FIRST_COOKIE;
	peer->credits = max(lnet_setting(ln, LNET_A_SETTING_PEER_CREDITS), 1U);
	peer->next_connect = jiffies;
	peer->last_alive = jiffies;
	trace_lnet_peer_ref(nid, 1, LNET_PEER_NEW);
	return peer;
}

static struct lnet_peer *lnet_peer_find(struct lnet *ln, struct lnet_ni *ni,
					const struct lnet_nid *nid)
{
	struct lnet_peer *peer;

	hash_for_each_possible(ln->peers, peer, hash, lnet_nid_hash(nid))
		if (peer->ni == ni && lnet_nid_equal(&peer->nid, nid))
			return lnet_peer_get(peer, LNET_PEER_GET_LOOKUP);
	return NULL;
}

/* The peer @nid as seen from @ni, with a reference; NULL: no memory, or shutting
 * down.
 */
struct lnet_peer *lnet_peer_lookup(struct lnet *ln, struct lnet_ni *ni,
				   const struct lnet_nid *nid, gfp_t gfp)
{
	struct lnet_peer *peer, *new = NULL;

	spin_lock(&ln->peers_lock);
	peer = lnet_peer_find(ln, ni, nid);
	spin_unlock(&ln->peers_lock);
	if (peer)
		return peer;

	new = lnet_peer_alloc(ln, ni, nid, gfp);
	if (!new)
		return NULL;
	spin_lock(&ln->peers_lock);
	peer = lnet_peer_find(ln, ni, nid);
	if (!peer && !ln->stopping && !ni->dying) {
		hash_add(ln->peers, &new->hash, lnet_nid_hash(nid));
		peer = lnet_peer_get(new, LNET_PEER_GET_LOOKUP);
		new = NULL;
	}
	spin_unlock(&ln->peers_lock);
	if (new)
		lnet_peer_put(new, LNET_PEER_PUT_UNUSED);
	return peer;
}

/* The connection of @type with the least to do; peer.lock is held */
static struct lnet_conn *lnet_conn_of_type(struct lnet_peer *peer, u8 type)
{
	struct lnet_conn *conn, *best = NULL;

	list_for_each_entry(conn, &peer->conns, peer_link) {
		if (conn->type != type ||
		    test_bit(LNET_CONN_CLOSING, &conn->flags))
			continue;
		if (!best || conn->nr_queued < best->nr_queued)
			best = conn;
	}
	return best;
}

/* Which connection takes @tx (02 section 4.2)?  As long as the
 * connections are being made, a message waits for the one it belongs on.
 */
static struct lnet_conn *lnet_peer_pick(struct lnet_peer *peer,
					const struct lnet_tx *tx)
{
	size_t size = sizeof(struct ksock_msg_hdr) +
		      lnet_hdr_size(peer->version) + tx->hdr.payload_length;
	bool bulk = size >= KSOCK_MIN_BULK;
	struct lnet_conn *conn;

	conn = lnet_conn_of_type(peer, bulk ? SOCKLND_CONN_BULK_OUT :
					      SOCKLND_CONN_CONTROL);
	if (conn || peer->connecting || peer->connect_queued)
		return conn;
	return lnet_conn_of_type(peer, bulk ? SOCKLND_CONN_CONTROL :
					      SOCKLND_CONN_BULK_OUT);
}

/* Take a credit of the interface; peer.lock is held.  Strangers, of whom there
 * are few, have only those of the peer: who does not read his answers must not
 * hold up what goes to servers.
 */
static bool lnet_peer_take_ni_credit(struct lnet_peer *peer,
				     struct lnet_tx *tx)
{
	struct lnet_ni *ni = peer->ni;
	bool got;

	if (!READ_ONCE(peer->known))
		return true;
	spin_lock(&ni->lock);
	got = ni->credits > 0;
	if (got) {
		ni->credits--;
	} else if (list_empty(&peer->ni_link)) {
		list_add_tail(&peer->ni_link, &ni->waiting);
		lnet_peer_get(peer, LNET_PEER_GET_WAITING);
	}
	spin_unlock(&ni->lock);
	tx->has_ni_credit = got;
	return got;
}

/* Take a credit of the peer and one of the interface; peer.lock is held */
static bool lnet_peer_take_credit(struct lnet_peer *peer, struct lnet_tx *tx)
{
	if (tx->has_credit)
		return true;
	if (peer->credits <= 0 || !lnet_peer_take_ni_credit(peer, tx))
		return false;
	peer->credits--;
	tx->has_credit = true;
	return true;
}

/* The first peer that waits for a credit of @ni if there is one now; off the
 * list, with the reference of the list
 */
static struct lnet_peer *lnet_ni_next_waiting(struct lnet_ni *ni)
{
	struct lnet_peer *peer = NULL;

	spin_lock(&ni->lock);
	if (ni->credits > 0)
		peer = list_first_entry_or_null(&ni->waiting, struct lnet_peer,
						ni_link);
	if (peer)
		list_del_init(&peer->ni_link);
	spin_unlock(&ni->lock);
	return peer;
}

static void lnet_ni_credit_back(struct lnet_ni *ni)
{
	struct lnet_peer *peer;

	spin_lock(&ni->lock);
	ni->credits++;
	spin_unlock(&ni->lock);

	/* one that waits may have nothing to send any more: ask the next */
	while ((peer = lnet_ni_next_waiting(ni))) {
		lnet_peer_kick(peer);
		lnet_peer_put(peer, LNET_PEER_PUT_WAITING);
	}
}

/* A message is done: let the next one go */
void lnet_peer_credit_back(struct lnet_peer *peer, const struct lnet_tx *tx)
{
	spin_lock(&peer->lock);
	peer->credits++;
	spin_unlock(&peer->lock);
	if (tx->has_ni_credit)
		lnet_ni_credit_back(peer->ni);
	lnet_peer_kick(peer);
}

/* Ask for an acknowledgment of pages that are sent uncopied; peer.lock held */
static void lnet_tx_set_zc(struct lnet_peer *peer, struct lnet_conn *conn,
			   struct lnet_tx *tx)
{
	/* Only on its BULK_IN can the peer acknowledge */
	if (!tx->may_zc || conn->type != SOCKLND_CONN_BULK_OUT)
		return;
	tx->zc_cookie = peer->next_zc++;
	if (!peer->next_zc)
		peer->next_zc = KSOCK_ZC_FIRST_COOKIE;
	refcount_inc(&tx->ref);
	list_add_tail(&tx->zc_link, &peer->zc_wait);
}

/* Give the first waiting messages to connections; peer.lock is held */
static void lnet_peer_dispatch(struct lnet_peer *peer)
{
	struct lnet_conn *conn;
	struct lnet_tx *tx;

	while (!list_empty(&peer->txq)) {
		tx = list_first_entry(&peer->txq, struct lnet_tx, list);
		conn = lnet_peer_pick(peer, tx);
		if (!conn || !lnet_peer_take_credit(peer, tx))
			break;
		tx->conn = conn;
		lnet_tx_set_zc(peer, conn, tx);
		list_move_tail(&tx->list, &conn->txq);
		if (!conn->nr_queued++)
			conn->tx_progress = jiffies;
		queue_work(lnet_tx_wq, &conn->tx_work);
	}
}

/* Go on with what can go on: messages, missing connections */
void lnet_peer_kick(struct lnet_peer *peer)
{
	spin_lock(&peer->lock);
	lnet_want_connect(peer);
	lnet_peer_dispatch(peer);
	spin_unlock(&peer->lock);
}

/* Send @tx when there is a connection and a credit for it, unless it was
 * cancelled before
 */
void lnet_peer_queue(struct lnet_peer *peer, struct lnet_tx *tx)
{
	bool stop;

	trace_lnet_send(&tx->hdr.dest_nid, tx->hdr.type, tx->hdr.portal,
			tx->hdr.match_bits, tx->hdr.payload_length, 0);
	spin_lock(&peer->lock);
	if (peer->dead)
		tx->status = -ESHUTDOWN;
	stop = tx->status;
	if (stop) {
		tx->state = LNET_TX_DONE;
	} else {
		list_add_tail(&tx->list, &peer->txq);
		lnet_want_connect(peer);
		lnet_peer_dispatch(peer);
	}
	spin_unlock(&peer->lock);
	if (stop)
		lnet_tx_put_async(tx);
}

/* Take @tx off its queues with @error; peer.lock is held.  The caller completes
 * what is on @done with lnet_tx_fail_list() after unlocking.
 */
void lnet_peer_drop_tx(struct lnet_tx *tx, int error, struct list_head *done)
{
	bool sent = tx->state == LNET_TX_SENT;

	lockdep_assert_held(&tx->peer->lock);
	if (tx->state == LNET_TX_QUEUED && tx->conn)
		tx->conn->nr_queued--;
	if (!tx->status)
		tx->status = error;
	tx->state = LNET_TX_DONE;
	tx->conn = NULL;
	if (!list_empty(&tx->zc_link)) {
		list_del_init(&tx->zc_link);
		/* one reference is for @done; a sent message has no other */
		if (!sent)
			refcount_dec(&tx->ref);
	}
	list_move_tail(&tx->list, done);
}

/* Take a message with a cookie in @first .. @last off the list of those that
 * wait for it, with the reference of the list; NULL: none
 */
static struct lnet_tx *lnet_peer_zc_take(struct lnet_peer *peer, u64 first,
					 u64 last)
{
	struct lnet_tx *tx, *found = NULL;

	spin_lock(&peer->lock);
	list_for_each_entry(tx, &peer->zc_wait, zc_link) {
		if (tx->zc_cookie < first || tx->zc_cookie > last ||
		    tx->state == LNET_TX_QUEUED)
			continue;
		list_del_init(&tx->zc_link);
		found = tx;
		break;
	}
	spin_unlock(&peer->lock);
	return found;
}

/* The peer acknowledges the cookies @first .. @last.  -EPROTO if it was not
 * asked for one of them.
 */
int lnet_peer_zc_ack(struct lnet_peer *peer, u64 first, u64 last)
{
	u64 missing = last - first + 1;
	struct lnet_tx *tx;

	while ((tx = lnet_peer_zc_take(peer, first, last))) {
		missing--;
		lnet_tx_put(tx);
	}
	return missing ? -EPROTO : 0;
}

/* Close the connections to the peer, but for @except, because of @error; those
 * to come are another generation.  peer.lock is held.
 */
void lnet_peer_close_locked(struct lnet_peer *peer, enum lnet_close_reason why,
			    int error, struct lnet_conn *except)
{
	struct lnet_conn *conn;

	lockdep_assert_held(&peer->lock);
	peer->generation++;
	list_for_each_entry(conn, &peer->conns, peer_link)
		if (conn != except)
			lnet_conn_fail(conn, why, error);
	if (peer->connecting && peer->connecting != except)
		lnet_conn_fail(peer->connecting, why, error);
}

/* The same, unless they have been replaced since @generation */
void lnet_peer_close(struct lnet_peer *peer, u32 generation,
		     enum lnet_close_reason why, int error)
{
	spin_lock(&peer->lock);
	if (peer->generation == generation)
		lnet_peer_close_locked(peer, why, error, NULL);
	spin_unlock(&peer->lock);
}

/* May the log have a line about a failure?  The first one, then one a minute later,
 * and ever less often as long as it lasts.
 */
bool lnet_peer_may_report(struct lnet_peer *peer)
{
	bool may;

	spin_lock(&peer->lock);
	if (!peer->report_gap)
		peer->failed_since = jiffies;
	may = !peer->report_gap || time_after(jiffies, peer->next_report);
	if (may) {
		peer->report_gap = clamp(2 * peer->report_gap,
					 LNET_PEER_REPORT_MIN,
					 LNET_PEER_REPORT_MAX);
		peer->next_report = jiffies + peer->report_gap * HZ;
	}
	spin_unlock(&peer->lock);
	return may;
}

/* The peer is there.  For how many seconds was it not, if that was reported? */
unsigned int lnet_peer_recovered(struct lnet_peer *peer)
{
	lockdep_assert_held(&peer->lock);
	if (!peer->report_gap)
		return 0;
	peer->report_gap = 0;
	return (jiffies - peer->failed_since) / HZ + 1;
}

/* Messages that waited too long for a connection; peer.lock is held */
static void lnet_peer_expire(struct lnet_peer *peer, struct list_head *done)
{
	struct lnet_tx *tx, *next;

	list_for_each_entry_safe(tx, next, &peer->txq, list)
		if (time_after(jiffies, tx->deadline))
			lnet_peer_drop_tx(tx, -ETIMEDOUT, done);
}

/* Does the peer owe an acknowledgment for too long?  peer.lock is held */
static bool lnet_peer_zc_stale(struct lnet_peer *peer)
{
	struct lnet_tx *tx;

	list_for_each_entry(tx, &peer->zc_wait, zc_link)
		if (tx->state == LNET_TX_SENT &&
		    time_after(jiffies, tx->deadline))
			return true;
	return false;
}

/* Close connections on which a message takes for ever whose owner wants its
 * memory back: the peer reads now and then, but slowly.  peer.lock is held.
 */
static void lnet_peer_end_slow_sends(struct lnet_peer *peer)
{
	unsigned long timeout = lnet_timeout_jiffies(peer->ln);
	struct lnet_conn *conn;

	list_for_each_entry(conn, &peer->conns, peer_link) {
		const struct lnet_tx *tx = conn->tx;

		if (tx && tx->md && READ_ONCE(tx->md->aborted) &&
		    time_after(jiffies, tx->deadline + timeout))
			lnet_conn_fail(conn, LNET_CLOSE_SLOW, -ETIMEDOUT);
	}
}

/* Show signs of life on a quiet connection; peer.lock is held */
static void lnet_peer_keepalive(struct lnet_peer *peer)
{
	unsigned long idle = lnet_setting(peer->ln, LNET_A_SETTING_KEEPALIVE) * HZ;
	struct lnet_conn *conn;

	if (!idle || time_before(jiffies, peer->last_alive + idle) ||
	    time_before(jiffies, peer->last_keepalive + 10 * HZ))
		return;
	conn = lnet_conn_of_type(peer, SOCKLND_CONN_BULK_IN);
	if (!conn)
		return;
	peer->last_keepalive = jiffies;
	conn->want_keepalive = true;
	queue_work(lnet_tx_wq, &conn->tx_work);
}

static void lnet_peer_tick(struct lnet_peer *peer)
{
	LIST_HEAD(done);
	u32 generation;
	bool stale;

	spin_lock(&peer->lock);
	generation = peer->generation;
	lnet_peer_expire(peer, &done);
	lnet_peer_keepalive(peer);
	lnet_peer_end_slow_sends(peer);
	stale = lnet_peer_zc_stale(peer);
	lnet_want_connect(peer);
	lnet_peer_dispatch(peer);
	spin_unlock(&peer->lock);

	lnet_tx_fail_list(&done);
	if (stale)
		lnet_peer_close(peer, generation, LNET_CLOSE_ZC_TIME,
				-ETIMEDOUT);
}

/* Call @fn for each peer (of @ni, if not NULL) without holding the lock.
 * Peers that are idle and referenced by nobody are forgotten.
 */
static void lnet_peers_walk(struct lnet *ln, struct lnet_ni *ni,
			    void (*fn)(struct lnet_peer *peer))
{
	struct lnet_peer *peer, *found;
	int bkt;

	for (bkt = 0; bkt < HASH_SIZE(ln->peers); bkt++) {
		unsigned int skip = 0, i;

		do {
			found = NULL;
			i = 0;
			spin_lock(&ln->peers_lock);
			hlist_for_each_entry(peer, &ln->peers[bkt], hash) {
				if (i++ < skip || (ni && peer->ni != ni))
					continue;
				found = lnet_peer_get(peer, LNET_PEER_GET_WALK);
				break;
			}
			spin_unlock(&ln->peers_lock);
			skip = i;
			if (found) {
				fn(found);
				lnet_peer_put(found, LNET_PEER_PUT_WALK);
			}
		} while (found);
		cond_resched();
	}
}

/* Peer number @n with a reference, or NULL */
struct lnet_peer *lnet_peer_nth(struct lnet *ln, unsigned int n)
{
	struct lnet_peer *peer, *found = NULL;
	int bkt;

	spin_lock(&ln->peers_lock);
	hash_for_each(ln->peers, bkt, peer, hash) {
		if (found || n--)
			continue;
		found = lnet_peer_get(peer, LNET_PEER_GET_WALK);
	}
	spin_unlock(&ln->peers_lock);
	return found;
}

/* Messages to @peer that are waiting */
unsigned int lnet_peer_queued(struct lnet_peer *peer)
{
	struct lnet_conn *conn;
	unsigned int n;

	spin_lock(&peer->lock);
	n = list_count_nodes(&peer->txq);
	list_for_each_entry(conn, &peer->conns, peer_link)
		n += conn->nr_queued;
	spin_unlock(&peer->lock);
	return n;
}

/* Is @peer of no use?  A server that can't be reached is remembered, with the
 * pauses between attempts and between messages.
 */
static bool lnet_peer_is_idle(const struct lnet_peer *peer)
{
	if (refcount_read(&peer->ref) != 1 ||
	    time_before(jiffies, READ_ONCE(peer->next_connect)))
		return false;
	return !READ_ONCE(peer->known) || !READ_ONCE(peer->report_gap) ||
	       time_after(jiffies, READ_ONCE(peer->next_report) + 60 * HZ);
}

static void lnet_peers_free(struct lnet *ln)
{
	struct hlist_node *next;
	struct lnet_peer *peer;
	HLIST_HEAD(idle);
	int bkt;

	spin_lock(&ln->peers_lock);
	hash_for_each_safe(ln->peers, bkt, next, peer, hash) {
		if (!lnet_peer_is_idle(peer))
			continue;
		hash_del(&peer->hash);
		hlist_add_head(&peer->hash, &idle);
	}
	spin_unlock(&ln->peers_lock);
	hlist_for_each_entry_safe(peer, next, &idle, hash)
		lnet_peer_put(peer, LNET_PEER_PUT_IDLE);
}

/* Once a second: timeouts, keepalives, reconnects */
void lnet_peers_tick(struct lnet *ln)
{
	lnet_peers_walk(ln, NULL, lnet_peer_tick);
	lnet_peers_free(ln);
}

/* Is there something that a connection of the peer can still take? */
static bool lnet_peer_unsent(struct lnet_peer *peer)
{
	struct lnet_conn *conn;
	bool unsent = false;

	spin_lock(&peer->lock);
	list_for_each_entry(conn, &peer->conns, peer_link)
		if (!test_bit(LNET_CONN_CLOSING, &conn->flags))
			unsent |= !list_empty(&peer->txq) || conn->nr_queued ||
				  conn->tx || conn->nr_zc_acks ||
				  READ_ONCE(conn->noop_active);
	spin_unlock(&peer->lock);
	return unsent;
}

static bool lnet_peers_unsent(struct lnet *ln, struct lnet_ni *ni)
{
	struct lnet_peer *peer;
	bool unsent = false;
	int bkt;

	spin_lock(&ln->peers_lock);
	hash_for_each(ln->peers, bkt, peer, hash)
		if (peer->ni == ni)
			unsent |= lnet_peer_unsent(peer);
	spin_unlock(&ln->peers_lock);
	return unsent;
}

/* Give TCP a moment to take the last messages from @ni, as a rule answers */
void lnet_peers_flush(struct lnet *ln, struct lnet_ni *ni)
{
	unsigned long end = jiffies + LNET_PEER_FLUSH;

	while (lnet_peers_unsent(ln, ni) && time_before(jiffies, end))
		msleep(LNET_PEER_FLUSH_MS);
}

static void lnet_peer_stop(struct lnet_peer *peer)
{
	struct lnet_tx *tx, *next;
	LIST_HEAD(done);

	spin_lock(&peer->lock);
	peer->dead = true;
	list_for_each_entry_safe(tx, next, &peer->txq, list)
		lnet_peer_drop_tx(tx, -ESHUTDOWN, &done);
	spin_unlock(&peer->lock);
	lnet_tx_fail_list(&done);
	if (cancel_work_sync(&peer->connect_work))
		lnet_peer_put(peer, LNET_PEER_PUT_CONNECT);
	lnet_peer_close(peer, READ_ONCE(peer->generation), LNET_CLOSE_SHUTDOWN,
			-ESHUTDOWN);
}

/* Let go of the peers of @ni, which takes no new ones */
void lnet_peers_stop(struct lnet *ln, struct lnet_ni *ni)
{
	struct hlist_node *next;
	struct lnet_peer *peer;
	HLIST_HEAD(gone);
	int bkt;

	lnet_peers_walk(ln, ni, lnet_peer_stop);
	spin_lock(&ln->peers_lock);
	hash_for_each_safe(ln->peers, bkt, next, peer, hash) {
		if (peer->ni != ni)
			continue;
		hash_del(&peer->hash);
		hlist_add_head(&peer->hash, &gone);
	}
	spin_unlock(&ln->peers_lock);
	hlist_for_each_entry_safe(peer, next, &gone, hash)
		lnet_peer_put(peer, LNET_PEER_PUT_STOP);
}
