// SPDX-License-Identifier: GPL-2.0-only
/*
 * Service portals: every PUT gets a buffer of its own when it arrives, so that
 * a lock callback is never lost for want of a posted buffer.
 */
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "internal.h"

/* Buffers kept for the case that there is no memory */
#define LNET_SERVICE_RESERVE	32

/* A buffer: what its receiver sees, and the MD that it is received with */
struct lnet_service_buf {
	struct lnet_request	req;
	struct lnet_service	*svc;
	struct lnet_md		md;
	struct kvec		kvec;
	u8			data[];
};

static size_t lnet_service_buf_size(const struct lnet_service *svc)
{
	return offsetof(struct lnet_service_buf, data) + svc->max_size;
}

static void lnet_service_buf_free(struct lnet_service_buf *buf)
{
	struct lnet_service *svc = buf->svc;

	mempool_free(buf, svc->pool);
	if (atomic_dec_and_test(&svc->nr_out))
		wake_up_var(&svc->nr_out);
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

/* A buffer for the message, as a busy MD for this one operation; or NULL.
 * Allocation without reclaim first: whoever holds up this connection may be
 * waiting for what comes over it.
 */
struct lnet_md *lnet_service_match(struct lnet *ln, const struct lnet_hdr *hdr,
				   struct lnet_event *ev)
{
	struct lnet_service_buf *buf = NULL;
	struct lnet_service *svc;

	spin_lock(&ln->md_lock);
	svc = ln->portals[hdr->portal].service;
	if (svc && hdr->payload_length <= svc->max_size)
		atomic_inc(&svc->nr_out);
	else
		svc = NULL;
	spin_unlock(&ln->md_lock);
	if (!svc)
		return NULL;

	buf = mempool_alloc(svc->pool, GFP_NOWAIT);
	if (!buf)
		buf = kmalloc(lnet_service_buf_size(svc), GFP_NOFS);
	if (!buf)
		goto drop;
	buf->svc = svc;
	buf->req.data = buf->data;
	buf->kvec.iov_base = buf->data;
	buf->kvec.iov_len = hdr->payload_length;
	lnet_md_init_kvec(&buf->md, &lnet_service_md_ops, buf, &buf->kvec, 1);
	buf->md.ln = ln;
	buf->md.busy = 1;
	buf->md.state = LNET_MD_DEAD;
	ev->offset = 0;
	ev->rlength = hdr->payload_length;
	ev->mlength = hdr->payload_length;
	return &buf->md;

drop:
	lnet_err("request of %u bytes dropped for want of memory\n",
		 hdr->payload_length);
	if (atomic_dec_and_test(&svc->nr_out))
		wake_up_var(&svc->nr_out);
	return NULL;
}

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
	int ret = 0;

	if (svc->portal >= LNET_NR_PORTALS ||
	    svc->max_size == 0 || svc->max_size > LNET_MTU)
		return -EINVAL;
	svc->ln = ln;
	atomic_set(&svc->nr_out, 1);
	svc->pool = mempool_create_kmalloc_pool(LNET_SERVICE_RESERVE,
						lnet_service_buf_size(svc));
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
