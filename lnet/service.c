// SPDX-License-Identifier: GPL-2.0-only
/*
 * Service portals: every PUT gets a buffer of its own when it arrives, so that
 * a lock callback is never lost for want of a posted buffer.
 */
#include <kunit/visibility.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "internal.h"

/* Buffers kept for the case that there is no memory */
#define LNET_SERVICE_RESERVE	32
/* Memory that the requests of one peer may hold, and those of all: thousands of
 * lock callbacks.  Not a matter of fairness but of survival.
 */
#define LNET_SERVICE_PEER_BYTES	SZ_16M
#define LNET_SERVICE_BYTES	SZ_64M
/* The same for those that nobody here knows, who have no business here at all */
#define LNET_SERVICE_STRANGER_BYTES	SZ_64K
#define LNET_SERVICE_STRANGERS_BYTES	SZ_512K

/* A buffer: what its receiver sees, and the MD that it is received with */
struct lnet_service_buf {
	struct lnet_request	req;
	struct lnet_service	*svc;
	struct lnet_peer	*peer;
	size_t			size;
	atomic_t		*bytes;		/* of svc, which it counts in */
	bool			pooled;
	struct lnet_md		md;
	struct kvec		kvec;
	u64			mem[];	/* the receiver's, then the data */
};

static size_t lnet_service_buf_size(const struct lnet_service *svc, u32 len)
{
	return offsetof(struct lnet_service_buf, mem) +
	       round_up(svc->priv_size, sizeof(u64)) + len;
}

static void lnet_service_out(struct lnet_service *svc)
{
	if (atomic_dec_and_test(&svc->nr_out))
		wake_up_var(&svc->nr_out);
}

/* Take @size bytes of what the peer and all of its kind may hold.  Where they are
 * counted; NULL: they are not to be had.
 */
static atomic_t *lnet_service_charge(struct lnet_service *svc,
				     struct lnet_peer *peer, size_t size)
{
	bool known = READ_ONCE(peer->known);
	atomic_t *bytes = known ? &svc->bytes : &svc->stranger_bytes;
	char buf[LNET_NIDSTR_SIZE];

	if (atomic_add_return(size, &peer->request_bytes) <=
	    (known ? LNET_SERVICE_PEER_BYTES : LNET_SERVICE_STRANGER_BYTES)) {
		if (atomic_add_return(size, bytes) <=
		    (known ? LNET_SERVICE_BYTES : LNET_SERVICE_STRANGERS_BYTES))
			return bytes;
		atomic_sub(size, bytes);
	}
	atomic_sub(size, &peer->request_bytes);
	lnet_warn("%s: requests come faster than they can be served, one of %zu bytes dropped\n",
		  lnet_nid_print(&peer->nid, buf), size);
	return NULL;
}

static void lnet_service_uncharge(atomic_t *bytes, struct lnet_peer *peer,
				  size_t size)
{
	atomic_sub(size, bytes);
	atomic_sub(size, &peer->request_bytes);
}

static void lnet_service_buf_free(struct lnet_service_buf *buf)
{
	struct lnet_service *svc = buf->svc;
	struct lnet_peer *peer = buf->peer;

	lnet_service_uncharge(buf->bytes, peer, buf->size);
	if (buf->pooled)
		mempool_free(buf, svc->pool);
	else
		kfree(buf);
	lnet_service_out(svc);
	lnet_peer_put(peer, LNET_PEER_PUT_REQUEST);
}

static void lnet_service_event(struct lnet_md *md, const struct lnet_event *ev)
{
	struct lnet_service_buf *buf = md->private;

	if (ev->status || ev->type != LNET_EVENT_PUT) {
		lnet_service_buf_free(buf);
		return;
	}
	buf->req.ev = *ev;
	buf->req.len = ev->mlength;
	buf->svc->ops->request(buf->svc, &buf->req);
}

static const struct lnet_md_ops lnet_service_md_ops = {
	.event	= lnet_service_event,
};

/* Memory for a message of @len bytes, without waiting: whoever holds up this
 * connection may be waiting for what comes over it.
 */
static struct lnet_service_buf *lnet_service_buf_alloc(struct lnet_service *svc,
						       u32 len, bool reserve)
{
	size_t size = lnet_service_buf_size(svc, len);
	struct lnet_service_buf *buf;
	bool pooled = false;

	buf = kmalloc(size, GFP_NOWAIT | __GFP_NOWARN);
	if (!buf && reserve) {
		buf = mempool_alloc(svc->pool, GFP_NOWAIT | __GFP_NOWARN);
		pooled = buf;
	}
	if (!buf)
		return NULL;
	memset(buf, 0, size - len);
	buf->size = size;
	buf->pooled = pooled;
	buf->svc = svc;
	buf->req.priv = buf->mem;
	buf->req.data = (u8 *)buf + size - len;
	return buf;
}

/* The service that takes the message, with a count of its own; or NULL */
static struct lnet_service *lnet_service_find(struct lnet *ln,
					      const struct lnet_hdr *hdr)
{
	struct lnet_service *svc;

	if (hdr->portal >= LNET_NR_PORTALS)
		return NULL;
	spin_lock(&ln->md_lock);
	svc = ln->portals[hdr->portal].service;
	if (svc && hdr->payload_length <= svc->max_size)
		atomic_inc(&svc->nr_out);
	else
		svc = NULL;
	spin_unlock(&ln->md_lock);
	return svc;
}

/* A buffer for the message of @peer, as a busy MD for this one operation.  NULL:
 * nobody serves it, or *too_much was asked of us; -EAGAIN: there is no memory,
 * call again.
 */
struct lnet_md *lnet_service_match(struct lnet_peer *peer,
				   const struct lnet_hdr *hdr,
				   struct lnet_event *ev, bool *too_much)
{
	bool known = READ_ONCE(peer->known);
	u32 len = hdr->payload_length;
	struct lnet_service_buf *buf;
	struct lnet_service *svc;
	atomic_t *bytes;
	size_t size;

	svc = lnet_service_find(peer->ln, hdr);
	if (!svc)
		return NULL;
	size = lnet_service_buf_size(svc, len);
	bytes = lnet_service_charge(svc, peer, size);
	if (!bytes)
		goto drop;
	buf = lnet_service_buf_alloc(svc, len, known);
	if (!buf) {
		lnet_service_uncharge(bytes, peer, size);
		if (!known)
			goto drop;
		lnet_service_out(svc);
		return ERR_PTR(-EAGAIN);
	}
	buf->bytes = bytes;
	buf->peer = lnet_peer_get(peer, LNET_PEER_GET_REQUEST);
	buf->kvec.iov_base = buf->req.data;
	buf->kvec.iov_len = len;
	lnet_md_init_kvec(&buf->md, &lnet_service_md_ops, buf, &buf->kvec, 1);
	buf->md.ln = peer->ln;
	buf->md.busy = 1;
	buf->md.state = LNET_MD_DEAD;
	ev->offset = 0;
	ev->rlength = len;
	ev->mlength = len;
	return &buf->md;

drop:
	*too_much = true;
	lnet_service_out(svc);
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_service_match);

/**
 * lnet_service_add - accept requests on a portal
 * @ln: instance
 * @svc: service; the caller has set its public members
 *
 * Takes every PUT to the portal that no attached MD matches, from any node and
 * with any match bits.  May sleep.
 *
 * Return: 0; -EINVAL: bad portal or size; -EBUSY: taken; -ENOMEM.
 */
int lnet_service_add(struct lnet *ln, struct lnet_service *svc)
{
	size_t size;
	int ret = 0;

	if (svc->portal >= LNET_NR_PORTALS ||
	    svc->max_size == 0 || svc->max_size > LNET_MTU ||
	    svc->priv_size > SZ_64K)
		return -EINVAL;
	svc->ln = ln;
	atomic_set(&svc->nr_out, 1);
	atomic_set(&svc->bytes, 0);
	atomic_set(&svc->stranger_bytes, 0);
	size = lnet_service_buf_size(svc, svc->max_size);
	svc->pool = mempool_create_kmalloc_pool(LNET_SERVICE_RESERVE, size);
	if (!svc->pool)
		return -ENOMEM;

	spin_lock(&ln->md_lock);
	if (ln->portals[svc->portal].service)
		ret = -EBUSY;
	else
		ln->portals[svc->portal].service = svc;
	spin_unlock(&ln->md_lock);
	if (ret) {
		mempool_destroy(svc->pool);
		svc->pool = NULL;
	}
	return ret;
}
EXPORT_SYMBOL_GPL(lnet_service_add);

/**
 * lnet_service_del - stop accepting requests
 * @svc: service that was added
 *
 * Sleeps until every request that was handed out has been freed.  No callback
 * is made afterwards.
 */
void lnet_service_del(struct lnet_service *svc)
{
	spin_lock(&svc->ln->md_lock);
	svc->ln->portals[svc->portal].service = NULL;
	spin_unlock(&svc->ln->md_lock);

	if (!atomic_dec_and_test(&svc->nr_out))
		wait_var_event(&svc->nr_out, !atomic_read(&svc->nr_out));
	mempool_destroy(svc->pool);
	svc->pool = NULL;
}
EXPORT_SYMBOL_GPL(lnet_service_del);

/**
 * lnet_request_free - give back a request
 * @req: what the request callback got
 *
 * Any context that does not hold spinlocks taken by wakeups; does not sleep.
 */
void lnet_request_free(struct lnet_request *req)
{
	lnet_service_buf_free(container_of(req, struct lnet_service_buf, req));
}
EXPORT_SYMBOL_GPL(lnet_request_free);
