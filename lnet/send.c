// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outgoing messages: making them, and what happens when they are done.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "internal.h"

/* Messages that can always be started, whatever the state of memory */
#define LNET_TX_RESERVE		64
/* Answers that a peer may leave unread before it gets no more of them */
#define LNET_MAX_ANSWERS	1024

static struct kmem_cache *lnet_tx_cache;
static mempool_t *lnet_tx_pool;

int lnet_tx_init(void)
{
	lnet_tx_cache = KMEM_CACHE(lnet_tx, 0);
	if (!lnet_tx_cache)
		return -ENOMEM;
	lnet_tx_pool = mempool_create_slab_pool(LNET_TX_RESERVE, lnet_tx_cache);
	if (!lnet_tx_pool) {
		kmem_cache_destroy(lnet_tx_cache);
		return -ENOMEM;
	}
	return 0;
}

void lnet_tx_exit(void)
{
	mempool_destroy(lnet_tx_pool);
	kmem_cache_destroy(lnet_tx_cache);
}

static void lnet_tx_done_work(struct work_struct *work);

static void lnet_tx_setup(struct lnet_tx *tx, struct lnet *ln,
			  struct lnet_peer *peer)
{
	memset(tx, 0, sizeof(*tx));
	INIT_LIST_HEAD(&tx->list);
	INIT_LIST_HEAD(&tx->zc_link);
	INIT_WORK(&tx->done_work, lnet_tx_done_work);
	refcount_set(&tx->ref, 1);
	tx->peer = lnet_peer_get(peer, LNET_PEER_GET_TX);
	tx->deadline = jiffies + lnet_timeout_jiffies(ln);
	tx->hdr.dest_nid = peer->nid;
	tx->hdr.src_nid = peer->ni->nid;
	tx->hdr.dest_pid = LNET_PID_LUSTRE;
	tx->hdr.src_pid = LNET_PID_LUSTRE;
	atomic_inc(&ln->nr_txs);
}

/* A message to @peer; waits for memory if @gfp does, else may be NULL */
static struct lnet_tx *lnet_tx_alloc(struct lnet *ln, struct lnet_peer *peer,
				     gfp_t gfp)
{
	struct lnet_tx *tx = mempool_alloc(lnet_tx_pool, gfp);

	if (tx)
		lnet_tx_setup(tx, ln, peer);
	return tx;
}

/* A message that nobody depends on: not from the reserve; or NULL */
static struct lnet_tx *lnet_tx_try_alloc(struct lnet *ln,
					 struct lnet_peer *peer)
{
	struct lnet_tx *tx = kmem_cache_alloc(lnet_tx_cache, GFP_NOWAIT |
					      __GFP_NOWARN);

	if (tx)
		lnet_tx_setup(tx, ln, peer);
	return tx;
}

static void lnet_tx_free(struct lnet_tx *tx)
{
	struct lnet_peer *peer = tx->peer;
	struct lnet *ln = peer->ln;

	mempool_free(tx, lnet_tx_pool);
	lnet_peer_put(peer, LNET_PEER_PUT_TX);
	if (atomic_dec_and_test(&ln->nr_txs))
		wake_up_var(&ln->nr_txs);
}

/* May another answer wait for @peer to read it?  What a peer asks for without
 * reading what it gets must not fill our memory.
 */
static bool lnet_answer_begin(struct lnet_peer *peer)
{
	char buf[LNET_NIDSTR_SIZE];
	bool ok;

	spin_lock(&peer->lock);
	ok = peer->nr_answers < LNET_MAX_ANSWERS;
	if (ok)
		peer->nr_answers++;
	spin_unlock(&peer->lock);
	if (!ok)
		lnet_warn("%s: does not read its answers, %u are waiting: one dropped\n",
			  lnet_nid_print(&peer->nid, buf), LNET_MAX_ANSWERS);
	return ok;
}

static void lnet_answer_done(struct lnet_peer *peer)
{
	spin_lock(&peer->lock);
	peer->nr_answers--;
	spin_unlock(&peer->lock);
}

/* The last reference is gone: give back what it held, tell the owner */
static void lnet_tx_done(struct lnet_tx *tx)
{
	struct lnet_md *md = tx->md;
	struct lnet *ln = tx->peer->ln;

	trace_lnet_sent(&tx->hdr.dest_nid, tx->hdr.type, tx->hdr.portal,
			tx->hdr.match_bits, tx->hdr.payload_length,
			tx->status);
	if (tx->has_credit)
		lnet_peer_credit_back(tx->peer, tx);
	if (tx->answer)
		lnet_answer_done(tx->peer);
	if (md) {
		spin_lock(&ln->md_lock);
		if (md->tx == tx)
			md->tx = NULL;
		spin_unlock(&ln->md_lock);
		if (tx->status && tx->response)
			lnet_md_kill(md);
		tx->ev.status = tx->status;
		lnet_md_event(md, &tx->ev);
	}
	lnet_tx_free(tx);
}

static void lnet_tx_done_work(struct work_struct *work)
{
	unsigned int nofs = memalloc_nofs_save();

	lnet_tx_done(container_of(work, struct lnet_tx, done_work));
	memalloc_nofs_restore(nofs);
}

/* Drop a reference; only on our workqueues, as the last one makes callbacks */
void lnet_tx_put(struct lnet_tx *tx)
{
	if (refcount_dec_and_test(&tx->ref))
		lnet_tx_done(tx);
}

/* Drop a reference in any context */
void lnet_tx_put_async(struct lnet_tx *tx)
{
	if (refcount_dec_and_test(&tx->ref))
		queue_work(lnet_tx_wq, &tx->done_work);
}

/* Complete messages that lnet_peer_drop_tx() has put on @list */
void lnet_tx_fail_list(struct list_head *list)
{
	struct lnet_tx *tx, *next;

	list_for_each_entry_safe(tx, next, list, list) {
		list_del_init(&tx->list);
		lnet_tx_put(tx);
	}
}

/* Stop a message that has not begun; others run to their end.  One that is not
 * even queued yet is stopped by lnet_peer_queue().
 */
void lnet_tx_cancel(struct lnet_tx *tx)
{
	struct lnet_peer *peer = tx->peer;
	LIST_HEAD(done);

	spin_lock(&peer->lock);
	if (tx->state == LNET_TX_QUEUED && list_empty(&tx->list))
		tx->status = -ECANCELED;
	else if (tx->state == LNET_TX_QUEUED)
		lnet_peer_drop_tx(tx, -ECANCELED, &done);
	spin_unlock(&peer->lock);
	if (!list_empty(&done)) {
		list_del_init(&tx->list);
		lnet_tx_put_async(tx);
	}
}

/* May the payload be sent from its own pages? */
static bool lnet_md_can_splice(const struct lnet_md *md)
{
	unsigned int i;

	if (!md->is_bvec)
		return false;
	for (i = 0; i < md->nr_segs; i++)
		if (!sendpage_ok(md->bvec[i].bv_page))
			return false;
	return true;
}

/* Attach @len bytes at @offset of @md as the payload of @tx */
static void lnet_tx_set_payload(struct lnet_tx *tx, struct lnet_md *md,
				u32 offset, u32 len)
{
	tx->hdr.payload_length = len;
	lnet_md_iter(md, &tx->body, false, offset, len);
	tx->may_zc = len >= lnet_setting(md->ln, LNET_A_SETTING_ZC_MIN_PAYLOAD) &&
		     lnet_md_can_splice(md);
}

/* From now on lnet_md_unlink() finds @tx, which is not queued yet.  An MD that
 * many messages are sent from knows one of them.
 */
static void lnet_tx_bind(struct lnet_tx *tx, struct lnet_md *md)
{
	struct lnet *ln = tx->peer->ln;

	tx->md = md;
	spin_lock(&ln->md_lock);
	if (!md->tx)
		md->tx = tx;
	if (md->aborted)
		tx->status = -ECANCELED;
	spin_unlock(&ln->md_lock);
}

/* Event of an MD that we send from */
static void lnet_tx_set_event(struct lnet_tx *tx, enum lnet_event_type type,
			      struct lnet_md *md)
{
	tx->ev.type = type;
	tx->ev.peer = tx->peer->nid;
	tx->ev.peer_pid = tx->hdr.dest_pid;
	tx->ev.self = tx->peer->ni->nid;
	tx->ev.portal = tx->hdr.portal;
	tx->ev.match_bits = tx->hdr.match_bits;
	tx->ev.hdr_data = tx->hdr.hdr_data;
	tx->ev.rlength = md->length;
	tx->ev.mlength = md->length;
}

static int lnet_dest_peer(struct lnet *ln, const struct lnet_dest *dest,
			  struct lnet_peer **peer)
{
	struct lnet_ni *ni = lnet_ni_for(ln, &dest->self, &dest->nid);

	if (!ni)
		return -ENETUNREACH;
	*peer = NULL;
	if (!lnet_nid_equal(&ni->nid, &dest->nid))
		*peer = lnet_peer_lookup(ln, ni, &dest->nid, GFP_NOFS);
	lnet_ni_put(ni);
	return *peer ? 0 : -EHOSTUNREACH;
}

static int lnet_send(struct lnet *ln, struct lnet_md *md,
		     const struct lnet_dest *dest, u32 type)
{
	enum lnet_md_awaits awaits = type == LNET_WIRE_MSG_GET ?
				     LNET_MD_AWAITS_REPLY : dest->ack ?
				     LNET_MD_AWAITS_ACK :
				     LNET_MD_AWAITS_NOTHING;
	struct lnet_wire_handle handle;
	struct lnet_peer *peer;
	struct lnet_tx *tx;
	int ret;

	if (md->length > LNET_MTU || md->nr_segs > LNET_MAX_SEGS)
		return -EMSGSIZE;
	ret = lnet_dest_peer(ln, dest, &peer);
	if (ret)
		return ret;
	tx = READ_ONCE(peer->known) ? lnet_tx_alloc(ln, peer, GFP_NOFS) :
				      lnet_tx_try_alloc(ln, peer);
	if (!tx) {
		ret = -ENOMEM;
		goto out;
	}
	md->match_nid = dest->nid;
	ret = lnet_md_activate(ln, md, awaits, &handle);
	if (ret) {
		lnet_tx_free(tx);
		goto out;
	}
	tx->response = awaits != LNET_MD_AWAITS_NOTHING;
	tx->hdr.type = type;
	tx->hdr.dest_pid = dest->pid;
	tx->hdr.handle = handle;
	tx->hdr.match_bits = dest->match_bits;
	tx->hdr.hdr_data = dest->hdr_data;
	tx->hdr.portal = dest->portal;
	tx->hdr.offset = dest->offset;
	if (type == LNET_WIRE_MSG_GET)
		tx->hdr.length = md->length;
	else
		lnet_tx_set_payload(tx, md, 0, md->length);
	lnet_tx_set_event(tx, LNET_EVENT_SEND, md);
	lnet_tx_bind(tx, md);
	lnet_peer_queue(peer, tx);
out:
	lnet_peer_put(peer, LNET_PEER_PUT_LOOKUP);
	return ret;
}

/**
 * lnet_send_put - send the content of an MD to a peer
 * @ln: instance
 * @md: initialised MD that is not in use; at most LNET_MTU bytes
 * @dest: where to
 *
 * Events: SEND, and with @dest->ack an ACK, in any order; without it the SEND
 * event is the last one.  If the SEND fails, no ACK will come.  If the peer
 * never acknowledges, the caller must lnet_md_unlink().  A message that no
 * connection takes within the transport's timeout fails.  May sleep for memory
 * (GFP_NOFS) if a listener knows the peer.
 *
 * Return: 0, and events follow; or an error and none does: -EMSGSIZE,
 * -ENETUNREACH (no interface for that network), -EHOSTUNREACH (own NID, or
 * shutting down), -EBUSY (@md in use), -ENOMEM (nobody knows the peer).
 */
int lnet_send_put(struct lnet *ln, struct lnet_md *md,
		  const struct lnet_dest *dest)
{
	return lnet_send(ln, md, dest, LNET_WIRE_MSG_PUT);
}
EXPORT_SYMBOL_GPL(lnet_send_put);

/**
 * lnet_send_get - fetch the content of a peer's MD into an MD
 * @ln: instance
 * @md: initialised MD that is not in use; as many bytes are asked for as it has
 * @dest: where from
 *
 * Events: SEND and REPLY, in any order; the REPLY's mlength says how much came.
 * Else as lnet_send_put().
 *
 * Return: as lnet_send_put().
 */
int lnet_send_get(struct lnet *ln, struct lnet_md *md,
		  const struct lnet_dest *dest)
{
	return lnet_send(ln, md, dest, LNET_WIRE_MSG_GET);
}
EXPORT_SYMBOL_GPL(lnet_send_get);

/* A message for an answer, without waiting for memory.  Those to strangers are
 * not from the reserve, and who does not read them gets no more.  -EAGAIN: there
 * is no memory; -ENOBUFS: there is no answer.
 */
static int lnet_answer_alloc(struct lnet_peer *peer, bool reserve,
			     struct lnet_tx **tx)
{
	if (!lnet_answer_begin(peer))
		return -ENOBUFS;
	if (reserve && READ_ONCE(peer->known))
		*tx = lnet_tx_alloc(peer->ln, peer, GFP_NOWAIT | __GFP_NOWARN);
	else
		*tx = lnet_tx_try_alloc(peer->ln, peer);
	if (*tx) {
		(*tx)->answer = true;
		return 0;
	}
	lnet_answer_done(peer);
	return reserve && READ_ONCE(peer->known) ? -EAGAIN : -ENOBUFS;
}

/* Acknowledge the PUT that came over @conn; its payload is stored.  -EAGAIN: no
 * memory, call again.  -ENOBUFS: there will be no acknowledgment.
 */
int lnet_send_ack(struct lnet_conn *conn, const struct lnet_hdr *hdr,
		  u32 mlength)
{
	struct lnet_tx *tx;
	int ret;

	ret = lnet_answer_alloc(conn->peer, true, &tx);
	if (ret)
		return ret;
	tx->hdr.type = LNET_WIRE_MSG_ACK;
	tx->hdr.dest_pid = hdr->src_pid;
	tx->hdr.handle = hdr->handle;
	tx->hdr.match_bits = hdr->match_bits;
	tx->hdr.length = mlength;
	lnet_peer_queue(conn->peer, tx);
	return 0;
}

/* A message for a REPLY from @md.  An MD that is good for a number of operations
 * limits the answers by itself, and its owner counts on them.
 */
static int lnet_reply_alloc(struct lnet_peer *peer, const struct lnet_md *md,
			    struct lnet_tx **tx)
{
	if (md->threshold == LNET_MD_THRESH_INF)
		return lnet_answer_alloc(peer, false, tx);
	*tx = lnet_tx_alloc(peer->ln, peer, GFP_NOWAIT | __GFP_NOWARN);
	return *tx ? 0 : -EAGAIN;
}

/* Answer the GET that came over @conn from @md, busy for it; @ev says where.
 * -EAGAIN: no memory, call again.  -ENOBUFS: not answered, and the event is the
 * caller's.
 */
int lnet_send_reply(struct lnet_conn *conn, const struct lnet_hdr *hdr,
		    struct lnet_md *md, const struct lnet_event *ev)
{
	struct lnet_tx *tx;
	int ret;

	ret = lnet_reply_alloc(conn->peer, md, &tx);
	if (ret)
		return ret;
	tx->hdr.type = LNET_WIRE_MSG_REPLY;
	tx->hdr.dest_pid = hdr->src_pid;
	tx->hdr.handle = hdr->handle;
	lnet_tx_set_payload(tx, md, ev->offset, ev->mlength);
	tx->ev = *ev;
	lnet_tx_bind(tx, md);
	lnet_peer_queue(conn->peer, tx);
	return 0;
}
