// SPDX-License-Identifier: GPL-2.0-only
/*
 * FID location: which metadata target holds a sequence. Answers never change
 * while a file system is mounted, so they are kept. Spec: 09 section 4.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "internal.h"

/* More ranges than a file system hands out: start again. */
#define FLD_MAX_RANGES	4096

#define FLD_RETRIES	15

void fld_init(struct fld_cache *fld)
{
	spin_lock_init(&fld->lock);
}

void fld_fini(struct fld_cache *fld)
{
	kfree(fld->ranges);
}

bool fld_cached(struct fld_cache *fld, u64 seq, u32 *index)
{
	bool found = false;
	unsigned int i;

	spin_lock(&fld->lock);
	for (i = 0; i < fld->nr && !found; i++) {
		const struct fld_range *r = &fld->ranges[i];

		found = seq >= r->start && seq < r->end;
		if (found)
			*index = r->index;
	}
	spin_unlock(&fld->lock);
	return found;
}

/* Remember an answer; without memory it is asked for again next time. */
static void fld_add(struct fld_cache *fld, const struct fld_range *range)
{
	struct fld_range *old = NULL, *new;
	unsigned int nr = READ_ONCE(fld->nr);

	if (nr >= FLD_MAX_RANGES)
		nr = 0;
	new = kmalloc_array(nr + 1, sizeof(*new), GFP_NOFS);
	if (!new)
		return;
	spin_lock(&fld->lock);
	if (fld->nr < nr) {
		/* Somebody began anew; that one's answers will do. */
		old = new;
	} else {
		memcpy(new, fld->ranges, nr * sizeof(*new));
		new[nr] = *range;
		old = fld->ranges;
		fld->ranges = new;
		fld->nr = nr + 1;
	}
	spin_unlock(&fld->lock);
	kfree(old);
}

/* Take the answer for @seq: 0 or -EPROTO. */
int fld_unpack(struct mdc *mdc, struct ptlrpc_request *req, u64 seq,
	       struct fld_range *range)
{
	struct lu_seq_range *r = ptlrpc_rep_buf(req, 1, sizeof(*r));

	if (!r)
		return mdc_bad_reply(mdc, "FLD_QUERY without range");
	range->start = le64_to_cpu(r->lsr_start);
	range->end = le64_to_cpu(r->lsr_end);
	range->index = le32_to_cpu(r->lsr_index);
	if (seq < range->start || seq >= range->end)
		return mdc_bad_reply(mdc, "FLD_QUERY: another range");
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(fld_unpack);

static int fld_query(struct mdc *mdc, u64 seq, struct fld_range *range)
{
	static const u32 lens[] = {
		sizeof(__le32), sizeof(struct lu_seq_range),
	};
	static const u32 rlens[] = { sizeof(struct lu_seq_range) };
	struct ptlrpc_request *req;
	struct lu_seq_range *r;
	__le32 *opc;
	int rc;

	req = ptlrpc_req_alloc(mdc->imp, FLD_QUERY, lens, ARRAY_SIZE(lens), 0,
			       GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	opc = ptlrpc_req_buf(req, 1, sizeof(*opc));
	*opc = cpu_to_le32(FLD_LOOKUP);
	r = ptlrpc_req_buf(req, 2, sizeof(*r));
	r->lsr_start = cpu_to_le64(seq);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		rc = fld_unpack(mdc, req, seq, range);
	ptlrpc_req_put(req);
	return rc;
}

/* Ask for the target of @seq; -ENOENT: nobody knows it. */
int fld_lookup(struct lmv *lmv, u64 seq, u32 *index)
{
	struct mdc *mdc = lmv_mdt(lmv, 0);
	struct fld_range range;
	int tries, rc;

	if (!mdc)
		return -ENODEV;
	for (tries = 0; tries < FLD_RETRIES; tries++) {
		rc = fld_query(mdc, seq, &range);
		if (rc != -EAGAIN)
			break;
		if (mdc_pause())
			return -EINTR;
	}
	if (rc)
		return rc;
	fld_add(&lmv->fld, &range);
	*index = range.index;
	return 0;
}
