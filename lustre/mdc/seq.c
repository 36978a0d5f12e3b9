// SPDX-License-Identifier: GPL-2.0-only
/*
 * Identifiers for new objects: the client numbers them itself, in sequences
 * that the target hands out. Spec: 09 section 3.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include "internal.h"

void mdc_seq_init(struct mdc_seq *seq)
{
	mutex_init(&seq->lock);
}

/* Take the sequence that the target gave: 0 or -EPROTO. */
int mdc_seq_unpack(struct mdc *mdc, struct ptlrpc_request *req, u64 *seq)
{
	struct lu_seq_range *r = ptlrpc_rep_buf(req, 1, sizeof(*r));
	u64 start, end;

	if (!r)
		return mdc_bad_reply(mdc, "SEQ_QUERY without range");
	start = le64_to_cpu(r->lsr_start);
	end = le64_to_cpu(r->lsr_end);
	if (start >= end || start < FID_SEQ_NORMAL)
		return mdc_bad_reply(mdc, "SEQ_QUERY: senseless range");
	*seq = start;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_seq_unpack);

static int mdc_seq_query(struct mdc *mdc, u64 *seq)
{
	static const u32 lens[] = {
		sizeof(__le32), sizeof(struct lu_seq_range),
	};
	static const u32 rlens[] = { sizeof(struct lu_seq_range) };
	struct ptlrpc_request *req;
	__le32 *opc;
	int rc;

	req = ptlrpc_req_alloc(mdc->imp, SEQ_QUERY, lens, ARRAY_SIZE(lens), 0,
			       GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	opc = ptlrpc_req_buf(req, 1, sizeof(*opc));
	*opc = cpu_to_le32(SEQ_ALLOC_META);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		rc = mdc_seq_unpack(mdc, req, seq);
	ptlrpc_req_put(req);
	return rc;
}

/**
 * mdc_fid_alloc - identifier for a new object
 * @mdc: the target where it shall live
 * @fid: the identifier, never handed out before
 *
 * Asks the target for a sequence once in 131072 calls.
 *
 * Return: 0 or why the target gave no sequence.
 */
int mdc_fid_alloc(struct mdc *mdc, struct lustre_fid *fid)
{
	struct mdc_seq *seq = &mdc->seq;
	int rc = 0;

	rc = mutex_lock_killable(&seq->lock);
	if (rc)
		return rc;
	if (!seq->seq || seq->next > LUSTRE_METADATA_SEQ_MAX_WIDTH) {
		rc = mdc_seq_query(mdc, &seq->seq);
		if (rc)
			seq->seq = 0;
		seq->next = 1;
	}
	if (!rc) {
		fid->seq = seq->seq;
		fid->oid = seq->next++;
		fid->ver = 0;
	}
	mutex_unlock(&seq->lock);
	return rc;
}
