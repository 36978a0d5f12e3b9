// SPDX-License-Identifier: GPL-2.0-only
/* Bulk data: the server moves it, one operation per memory descriptor */
#include "rpc.h"

struct bulk {
	struct req	*req;		/* NULL when the request went away */
	bool		write;
	struct buf	**data;
	size_t		*lens;
	unsigned int	n, left;
	bool		failed, done;
};

static void bulk_release(struct bulk *b)
{
	for (unsigned int i = 0; i < b->n; i++)
		buf_put(b->data[i]);
	free(b->data);
	free(b->lens);
	free(b);
}

/* One descriptor is through; the last one wakes the request */
static void piece_done(struct bulk *b, bool ok)
{
	struct req *req = b->req;

	if (!ok)
		b->failed = true;
	if (--b->left)
		return;
	if (!req) {
		bulk_release(b);
		return;
	}
	b->done = true;
	if (b->failed || req->dead) {
		log_warn("%s x%" PRIx64 ": bulk transfer failed, no reply",
			 opc_name(req->opc), req->xid);
		req_drop(req);
		return;
	}
	req_resume(req);
}

struct piece {
	struct bulk	*b;
	unsigned int	i;
};

static void piece_cb(void *arg, int status, uint32_t mlen, struct buf *data)
{
	struct piece *pc = arg;
	struct bulk *b = pc->b;
	unsigned int i = pc->i;
	bool ok = !status && mlen == b->lens[i];

	free(pc);
	if (!status && !ok)
		log_warn("bulk: %u of %zu bytes were moved", mlen, b->lens[i]);
	if (ok && b->write) {
		buf_put(b->data[i]);
		b->data[i] = data ? buf_get(data) : NULL;
	}
	piece_done(b, ok);
}

int bulk_start(struct req *req, uint32_t portal, bool write, struct buf **data,
	       const size_t *lens, unsigned int n, uint64_t first_mbits)
{
	struct bulk *b = xzalloc(sizeof(*b));

	b->req = req;
	b->write = write;
	b->n = n;
	b->left = n;
	b->data = data;
	b->lens = xzalloc(n * sizeof(*lens));
	memcpy(b->lens, lens, n * sizeof(*lens));
	req->bulk = b;
	for (unsigned int i = 0; i < n; i++) {
		struct piece *pc = xzalloc(sizeof(*pc));

		pc->b = b;
		pc->i = i;
		if (write)
			lnet_get(req->peer, portal, first_mbits + i, 0, lens[i],
				 piece_cb, pc);
		else
			lnet_put(req->peer, portal, first_mbits + i, 0, data[i],
				 0, lens[i], piece_cb, pc);
	}
	return REQ_ASYNC;
}

struct buf *bulk_data(const struct req *req, unsigned int i)
{
	return req->bulk && req->bulk->done && i < req->bulk->n ?
	       req->bulk->data[i] : NULL;
}

/* The request ends; transfers that still run find nobody */
void bulk_free(struct req *req)
{
	struct bulk *b = req->bulk;

	if (!b)
		return;
	req->bulk = NULL;
	b->req = NULL;
	if (!b->left)
		bulk_release(b);
}
