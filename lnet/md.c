// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory descriptors: their life, and the events that their owners see.
 *
 * An MD is live while messages can find it, on a portal or by its handle.
 * Every operation on it, and every callback, holds it busy; the callback that
 * finds the MD dead and itself alone is the last one.
 */
#include <kunit/visibility.h>
#include "internal.h"

static void lnet_md_init(struct lnet_md *md, const struct lnet_md_ops *ops,
			 void *private, unsigned int nr_segs)
{
	memset(md, 0, sizeof(*md));
	md->ops = ops;
	md->private = private;
	md->nr_segs = nr_segs;
	md->threshold = 1;
	INIT_HLIST_NODE(&md->match_link);
	INIT_HLIST_NODE(&md->handle_link);
}

/**
 * lnet_md_init_kvec - prepare an MD over kernel memory
 * @md: the MD, embedded in something of the caller's
 * @ops: callbacks
 * @private: for the callbacks
 * @kvec: the memory, may be of zero length; must outlive the MD
 * @nr_segs: number of elements of @kvec
 *
 * Sets a threshold of one operation and no options.
 */
void lnet_md_init_kvec(struct lnet_md *md, const struct lnet_md_ops *ops,
		       void *private, const struct kvec *kvec,
		       unsigned int nr_segs)
{
	unsigned int i;

	lnet_md_init(md, ops, private, nr_segs);
	md->kvec = kvec;
	for (i = 0; i < nr_segs; i++)
		md->length += kvec[i].iov_len;
}
EXPORT_SYMBOL_GPL(lnet_md_init_kvec);

/**
 * lnet_md_init_bvec - prepare an MD over pages
 * @md: the MD, embedded in something of the caller's
 * @ops: callbacks
 * @private: for the callbacks
 * @bvec: the pages; must outlive the MD
 * @nr_segs: number of elements of @bvec
 *
 * Sets a threshold of one operation and no options.
 */
void lnet_md_init_bvec(struct lnet_md *md, const struct lnet_md_ops *ops,
		       void *private, const struct bio_vec *bvec,
		       unsigned int nr_segs)
{
	unsigned int i;

	lnet_md_init(md, ops, private, nr_segs);
	md->bvec = bvec;
	md->is_bvec = true;
	for (i = 0; i < nr_segs; i++)
		md->length += bvec[i].bv_len;
}
EXPORT_SYMBOL_GPL(lnet_md_init_bvec);

/* Point @iter at @len bytes at @offset of @md, which must be within it */
void lnet_md_iter(struct lnet_md *md, struct iov_iter *iter, bool dest,
		  u32 offset, u32 len)
{
	unsigned int dir = dest ? ITER_DEST : ITER_SOURCE;

	if (md->is_bvec)
		iov_iter_bvec(iter, dir, md->bvec, md->nr_segs, md->length);
	else
		iov_iter_kvec(iter, dir, md->kvec, md->nr_segs, md->length);
	iov_iter_advance(iter, offset);
	iov_iter_truncate(iter, len);
}

/* The caller holds lnet.md_lock */
static void lnet_md_unhash(struct lnet_md *md)
{
	lockdep_assert_held(&md->ln->md_lock);
	hlist_del_init(&md->match_link);
	hlist_del_init(&md->handle_link);
}

/**
 * lnet_md_attach - let messages find an MD
 * @ln: instance
 * @md: initialised MD with LNET_MD_OP_PUT or LNET_MD_OP_GET in its options
 * @portal: on this portal, 1 .. 63
 * @match_bits: messages with these match bits
 * @ignore_bits: but for these bits
 * @from: messages of this node; lnet_nid_any: of all
 * @from_pid: and this process id; LNET_PID_ANY: of all
 *
 * MDs that match a single value are found before those with ignore bits, and
 * those in the order of attachment (01 section 3.1).  Does not sleep.
 *
 * Return: 0; -EINVAL for a portal that does not exist or is LNet's own.
 */
int lnet_md_attach(struct lnet *ln, struct lnet_md *md, u32 portal,
		   u64 match_bits, u64 ignore_bits,
		   const struct lnet_nid *from, u32 from_pid)
{
	if (portal >= LNET_NR_PORTALS || portal == LNET_PORTAL_PING)
		return -EINVAL;
	md->ln = ln;
	md->portal = portal;
	md->match_bits = match_bits;
	md->ignore_bits = ignore_bits;
	md->match_nid = *from;
	md->match_pid = from_pid;
	lnet_portal_link(ln, md);
	return 0;
}
EXPORT_SYMBOL_GPL(lnet_md_attach);

/* Make @md the source or sink of a message that we start.  If it awaits an
 * answer, that can find it by the returned handle; it is busy until the send
 * completes.
 */
int lnet_md_activate(struct lnet *ln, struct lnet_md *md,
		     enum lnet_md_awaits awaits,
		     struct lnet_wire_handle *handle)
{
	int ret = 0;

	md->ln = ln;
	handle->wh_interface_cookie = LNET_WIRE_HANDLE_NONE;
	handle->wh_object_cookie = LNET_WIRE_HANDLE_NONE;

	spin_lock(&ln->md_lock);
	if (md->state == LNET_MD_LIVE || md->busy) {
		ret = -EBUSY;
	} else if (awaits) {
		md->cookie = ++ln->next_cookie;
		hash_add(ln->handles, &md->handle_link, md->cookie);
		handle->wh_interface_cookie = ln->incarnation;
		handle->wh_object_cookie = md->cookie;
		md->state = LNET_MD_LIVE;
		md->awaits = awaits;
		md->busy = 1;
	} else {
		md->state = LNET_MD_DEAD;
		md->busy = 1;
	}
	spin_unlock(&ln->md_lock);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_md_activate);

/* Undo lnet_md_activate() of a message that was never queued */
void lnet_md_deactivate(struct lnet_md *md)
{
	spin_lock(&md->ln->md_lock);
	lnet_md_unhash(md);
	md->busy = 0;
	md->state = LNET_MD_IDLE;
	spin_unlock(&md->ln->md_lock);
}

/* No more messages for @md, whose caller holds it busy */
void lnet_md_kill(struct lnet_md *md)
{
	spin_lock(&md->ln->md_lock);
	lnet_md_unhash(md);
	if (md->state == LNET_MD_LIVE)
		md->state = LNET_MD_DEAD;
	spin_unlock(&md->ln->md_lock);
}

/* Is the caller, who holds @md busy, the last one?  Then the MD is done. */
static bool lnet_md_is_last(struct lnet_md *md)
{
	lockdep_assert_held(&md->ln->md_lock);
	if (md->state != LNET_MD_DEAD || md->busy != 1)
		return false;
	md->state = LNET_MD_DONE;
	md->busy = 0;
	return true;
}

/* Tell the owner, and drop the busy count that the operation held */
void lnet_md_event(struct lnet_md *md, struct lnet_event *ev)
{
	struct lnet_event last = { .type = LNET_EVENT_UNLINK };
	struct lnet *ln = md->ln;

	spin_lock(&ln->md_lock);
	ev->unlinked = lnet_md_is_last(md);
	last.unlinked = ev->unlinked;
	spin_unlock(&ln->md_lock);

	md->ops->event(md, ev);
	if (last.unlinked)
		return;

	spin_lock(&ln->md_lock);
	last.unlinked = lnet_md_is_last(md);
	if (!last.unlinked)
		md->busy--;
	spin_unlock(&ln->md_lock);
	if (last.unlinked)
		md->ops->event(md, &last);
}
EXPORT_SYMBOL_IF_KUNIT(lnet_md_event);

/**
 * lnet_md_unlink - take an MD back
 * @md: initialised MD, attached or not, sent from or not
 *
 * What has not started is cancelled, what is being received is cut off; data
 * that the network already has a hold of is waited for by the last event, at
 * most for the timeout of the transport.  Does not sleep.
 *
 * Return: true if the MD is the caller's again, without any further callback;
 * false if the last callback is still to come, is running or was made.
 */
bool lnet_md_unlink(struct lnet_md *md)
{
	struct lnet *ln = md->ln;
	struct lnet_tx *tx = NULL;
	bool idle;

	if (!ln)
		return true;
	spin_lock(&ln->md_lock);
	if (md->state == LNET_MD_LIVE) {
		lnet_md_unhash(md);
		md->state = LNET_MD_DEAD;
	}
	if (md->state == LNET_MD_DEAD && !md->busy)
		md->state = LNET_MD_IDLE;
	idle = md->state == LNET_MD_IDLE;
	if (md->state == LNET_MD_DEAD) {
		WRITE_ONCE(md->aborted, true);
		if (md->rx_conn)
			queue_work(lnet_rx_wq, &md->rx_conn->rx_work);
		tx = md->tx;
		if (tx && !refcount_inc_not_zero(&tx->ref))
			tx = NULL;
	}
	spin_unlock(&ln->md_lock);
	if (tx) {
		lnet_tx_cancel(tx);
		lnet_tx_put_async(tx);
	}
	return idle;
}
EXPORT_SYMBOL_GPL(lnet_md_unlink);

/* Find and take the MD that an ACK or REPLY answers; it is busy and dead then.
 * It must be an answer to what was sent: a REPLY to a PUT would write to memory
 * that is being read.  A REPLY must fit, or the MD allow truncation; NULL: drop
 * the message.
 */
struct lnet_md *lnet_md_by_handle(struct lnet *ln,
				  const struct lnet_wire_handle *handle,
				  const struct lnet_hdr *hdr, u32 *mlength)
{
	u8 awaits = hdr->type == LNET_WIRE_MSG_ACK ? LNET_MD_AWAITS_ACK :
						     LNET_MD_AWAITS_REPLY;
	struct lnet_md *md, *found = NULL;

	if (handle->wh_interface_cookie != ln->incarnation)
		return NULL;
	spin_lock(&ln->md_lock);
	hash_for_each_possible(ln->handles, md, handle_link,
			       handle->wh_object_cookie) {
		if (md->cookie != handle->wh_object_cookie)
			continue;
		if (!lnet_nid_equal(&md->match_nid, &hdr->src_nid) ||
		    md->awaits != awaits)
			break;
		*mlength = hdr->payload_length;
		if (*mlength > md->length) {
			if (!(md->options & LNET_MD_TRUNCATE))
				break;
			*mlength = md->length;
		}
		found = md;
		lnet_md_unhash(md);
		md->state = LNET_MD_DEAD;
		md->busy++;
		break;
	}
	spin_unlock(&ln->md_lock);
	return found;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_md_by_handle);
