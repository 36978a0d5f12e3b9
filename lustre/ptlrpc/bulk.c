// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bulk data: pages that the server fills or fetches while it serves a request.
 *
 * Both sides cut the data into memory descriptors at the same bytes, which is
 * why fragments are counted in units of 4 KiB whatever the page size is.
 * Spec: 03 section 6.6, 01 section 6.4.
 */
#include <kunit/visibility.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "internal.h"

#define PTLRPC_UNIT		4096U
#define PTLRPC_MD_UNITS		(PTLRPC_BULK_MD_BYTES / PTLRPC_UNIT)

/*
 * Write-back must get on without memory: one RPC's worth of fragments after
 * cutting, 4 MiB in single pages plus what cutting adds, and its descriptors.
 */
#define PTLRPC_RESERVE_BV	(4 * PTLRPC_MD_UNITS + 16)
#define PTLRPC_RESERVE_MDS	5

static void *ptlrpc_bv_alloc(gfp_t gfp, void *data)
{
	return kvmalloc_array(PTLRPC_RESERVE_BV, sizeof(struct bio_vec), gfp);
}

static void ptlrpc_bv_free(void *element, void *data)
{
	kvfree(element);
}

/* The part of the reserve for data; the caller undoes it after an error. */
int ptlrpc_bulk_reserve_init(struct ptlrpc_reserve *reserve)
{
	int rc;

	rc = mempool_init(&reserve->bv, 1, ptlrpc_bv_alloc, ptlrpc_bv_free,
			  NULL);
	if (rc)
		return rc;
	return mempool_init_kmalloc_pool(&reserve->bulk, 1,
					 struct_size_t(struct ptlrpc_bulk, md,
						       PTLRPC_RESERVE_MDS));
}

/* Memory from the reserve must be back when the request is answered. */
static void *ptlrpc_bulk_from_reserve(struct ptlrpc_request *req,
				      mempool_t *pool)
{
	req->flags |= PTLRPC_REQ_POOLED_BULK | PTLRPC_REQ_NO_REPLAY;
	return mempool_alloc(pool, GFP_NOFS);
}

/**
 * struct ptlrpc_seg - walks fragments and cuts them where descriptors end
 * @bv: next fragment
 * @left: fragments from @bv on
 * @off: bytes of @bv that are done
 * @units: units used in the present descriptor
 */
struct ptlrpc_seg {
	const struct bio_vec	*bv;
	unsigned int		left;
	u32			off;
	u32			units;
};

/*
 * Next piece into @out.  Returns false at the end.  *new_md: it opens a new
 * descriptor.
 */
static bool ptlrpc_seg_next(struct ptlrpc_seg *cut, struct bio_vec *out,
			    bool *new_md)
{
	u32 len, room, head;

	if (!cut->left)
		return false;
	*new_md = cut->units == 0 || cut->units == PTLRPC_MD_UNITS;
	if (*new_md)
		cut->units = 0;
	len = cut->bv->bv_len - cut->off;
	/* A piece that starts inside a unit uses what is left of it. */
	head = (cut->bv->bv_offset + cut->off) % PTLRPC_UNIT;
	room = (PTLRPC_MD_UNITS - cut->units) * PTLRPC_UNIT - head;
	len = min(len, room);
	bvec_set_page(out, cut->bv->bv_page, len,
		      cut->bv->bv_offset + cut->off);
	cut->units += DIV_ROUND_UP(head + len, PTLRPC_UNIT);
	cut->off += len;
	if (cut->off == cut->bv->bv_len) {
		cut->bv++;
		cut->left--;
		cut->off = 0;
	}
	return true;
}

/* Count descriptors and pieces; refuse holes between fragments. */
int ptlrpc_bulk_measure(const struct bio_vec *bv, unsigned int nr,
			unsigned int *nr_mds, unsigned int *nr_bv,
			size_t *length)
{
	struct ptlrpc_seg cut = { .bv = bv, .left = nr };
	struct bio_vec piece;
	unsigned int i;
	bool new_md;

	for (i = 0; i < nr; i++) {
		u32 end = bv[i].bv_offset + bv[i].bv_len;

		if (!bv[i].bv_len ||
		    (i && bv[i].bv_offset % PTLRPC_UNIT) ||
		    (i + 1 < nr && end % PTLRPC_UNIT))
			return -EINVAL;
	}
	*nr_mds = 0;
	*nr_bv = 0;
	*length = 0;
	while (ptlrpc_seg_next(&cut, &piece, &new_md)) {
		*nr_mds += new_md;
		*nr_bv += 1;
		*length += piece.bv_len;
		if (*nr_mds > PTLRPC_BULK_MAX_MDS)
			return -EFBIG;
	}
	return *nr_mds ? 0 : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_bulk_measure);

/* Array of its own for pieces that do not coincide with the fragments. */
static int ptlrpc_bulk_copy(struct ptlrpc_request *req,
			    struct ptlrpc_bulk *bulk, const struct bio_vec *bv,
			    unsigned int nr)
{
	struct ptlrpc_seg cut = { .bv = bv, .left = nr };
	struct bio_vec *out;
	bool new_md;

	bulk->copy = kvmalloc_array(bulk->nr_bv, sizeof(*out),
				    GFP_NOFS | __GFP_NOWARN);
	if (!bulk->copy && (req->flags & PTLRPC_REQ_RESERVE) &&
	    bulk->nr_bv <= PTLRPC_RESERVE_BV) {
		bulk->copy = ptlrpc_bulk_from_reserve(req,
						      &req->imp->reserve.bv);
		bulk->pooled = true;
	}
	if (!bulk->copy)
		return -ENOMEM;
	out = bulk->copy;
	while (ptlrpc_seg_next(&cut, out, &new_md))
		out++;
	bulk->bv = bulk->copy;
	return 0;
}

/* Zeroed, for @nr_mds descriptors; a request of write-back waits for memory. */
static struct ptlrpc_bulk *ptlrpc_bulk_alloc(struct ptlrpc_request *req,
					     unsigned int nr_mds)
{
	struct ptlrpc_bulk *bulk;
	size_t size = struct_size(bulk, md, nr_mds);
	bool pooled = false;

	bulk = kmalloc(size, GFP_NOFS | __GFP_NORETRY | __GFP_NOWARN);
	if (!bulk && (req->flags & PTLRPC_REQ_RESERVE) &&
	    nr_mds <= PTLRPC_RESERVE_MDS) {
		bulk = ptlrpc_bulk_from_reserve(req, &req->imp->reserve.bulk);
		pooled = true;
	}
	if (!bulk)
		return NULL;
	memset(bulk, 0, size);
	bulk->nr_mds = nr_mds;
	bulk->own_pooled = pooled;
	return bulk;
}

static void ptlrpc_bulk_release(struct ptlrpc_request *req,
				struct ptlrpc_bulk *bulk)
{
	if (bulk->own_pooled)
		mempool_free(bulk, &req->imp->reserve.bulk);
	else
		kfree(bulk);
}

int ptlrpc_bulk_attach(struct ptlrpc_request *req, enum ptlrpc_bulk_dir dir,
		       const struct bio_vec *bv, unsigned int nr)
{
	unsigned int nr_mds, nr_bv;
	struct ptlrpc_bulk *bulk;
	size_t length;
	int rc;

	if (!req->op->bulk || req->bulk)
		return -EINVAL;
	rc = ptlrpc_bulk_measure(bv, nr, &nr_mds, &nr_bv, &length);
	if (rc)
		return rc;
	bulk = ptlrpc_bulk_alloc(req, nr_mds);
	if (!bulk)
		return -ENOMEM;
	bulk->dir = dir;
	bulk->nr_bv = nr_bv;
	bulk->length = length;
	bulk->bv = bv;
	if (nr_bv != nr) {
		rc = ptlrpc_bulk_copy(req, bulk, bv, nr);
		if (rc) {
			ptlrpc_bulk_release(req, bulk);
			return rc;
		}
	}
	req->bulk = bulk;
	return nr_mds;
}

/* Forget the bulk of a request; its descriptors are out of LNet. */
void ptlrpc_bulk_free(struct ptlrpc_request *req)
{
	struct ptlrpc_bulk *bulk = req->bulk;

	if (!bulk)
		return;
	if (bulk->pooled)
		mempool_free(bulk->copy, &req->imp->reserve.bv);
	else
		kvfree(bulk->copy);
	ptlrpc_bulk_release(req, bulk);
	req->bulk = NULL;
}

/*
 * The server fills, or empties, each descriptor by itself; what lies behind a
 * gap is not there, however much it is.
 */
size_t ptlrpc_bulk_moved(const struct ptlrpc_request *req)
{
	const struct ptlrpc_bulk *bulk = req->bulk;
	size_t moved = 0;

	for (unsigned int i = 0; bulk && i < bulk->nr_mds; i++) {
		moved += bulk->md[i].moved;
		if (bulk->md[i].moved < bulk->md[i].md.length)
			break;
	}
	return moved;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_bulk_moved);

static void ptlrpc_bulk_event(struct lnet_md *md, const struct lnet_event *ev)
{
	struct ptlrpc_request *req = md->private;
	struct ptlrpc_bulk *bulk = req->bulk;

	if (ev->type == LNET_EVENT_PUT || ev->type == LNET_EVENT_GET) {
		if (ev->status) {
			WRITE_ONCE(bulk->error, ev->status);
		} else {
			container_of(md, struct ptlrpc_bulk_md, md)->moved =
				ev->mlength;
			atomic_dec(&bulk->left);
		}
	}
	if (ev->unlinked)
		ptlrpc_md_gone(req);
}

static const struct lnet_md_ops ptlrpc_bulk_md_ops = {
	.event	= ptlrpc_bulk_event,
};

/* First piece from @bv on that belongs to the next descriptor. */
static unsigned int ptlrpc_md_pieces(const struct ptlrpc_bulk *bulk,
				     unsigned int from)
{
	unsigned int i = from;
	u32 units = 0;

	while (i < bulk->nr_bv && units < PTLRPC_MD_UNITS) {
		u32 head = bulk->bv[i].bv_offset % PTLRPC_UNIT;

		units += DIV_ROUND_UP(head + bulk->bv[i].bv_len, PTLRPC_UNIT);
		i++;
	}
	return i;
}

/*
 * Post all descriptors for one transmission: match bits mbits - n + 1 ...
 * mbits, accepted from the server alone.  On error those already posted have
 * been unlinked.
 */
int ptlrpc_bulk_post(struct ptlrpc_request *req)
{
	struct ptlrpc_bulk *bulk = req->bulk;
	struct lnet *ln = req->imp->pn->ln;
	unsigned int i, from = 0;
	u64 base;
	int rc;

	if (!bulk)
		return 0;
	base = req->mbits - bulk->nr_mds + 1;
	bulk->error = 0;
	atomic_set(&bulk->left, bulk->nr_mds);
	for (i = 0; i < bulk->nr_mds; i++) {
		unsigned int to = ptlrpc_md_pieces(bulk, from);
		struct lnet_md *md = &bulk->md[i].md;

		bulk->md[i].moved = 0;
		lnet_md_init_bvec(md, &ptlrpc_bulk_md_ops, req,
				  bulk->bv + from, to - from);
		md->threshold = 1;
		md->options = bulk->dir == PTLRPC_BULK_READ ?
			LNET_MD_OP_PUT : LNET_MD_OP_GET;
		atomic_inc(&req->mds);
		rc = lnet_md_attach(ln, md, req->op->bulk, base + i, 0,
				    &req->nid, LNET_PID_LUSTRE);
		if (rc) {
			atomic_dec(&req->mds);	/* never 0: setup holds one */
			spin_lock(&req->imp->lock);
			while (i--)
				ptlrpc_md_unlink(&bulk->md[i].md);
			spin_unlock(&req->imp->lock);
			return rc;
		}
		from = to;
	}
	return 0;
}

/* Take back what the server has not used.  imp->lock held. */
void ptlrpc_bulk_unlink(struct ptlrpc_request *req)
{
	struct ptlrpc_bulk *bulk = req->bulk;
	unsigned int i;

	for (i = 0; bulk && i < bulk->nr_mds; i++)
		ptlrpc_md_unlink(&bulk->md[i].md);
}
