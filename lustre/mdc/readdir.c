// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading directory pages. Spec: 09 section 11.
 */
#include <linux/bvec.h>

#include "internal.h"

static struct ptlrpc_request *mdc_readpage_pack(struct mdc *mdc,
						const struct lustre_fid *fid,
						u64 hash, u32 bytes,
						const struct mdc_cred *cred)
{
	static const u32 lens[] = { sizeof(struct mdt_body), 0 };
	static const u32 rlens[] = { sizeof(struct mdt_body) };
	struct ptlrpc_request *req;
	struct mdt_body *body;

	req = ptlrpc_req_alloc(mdc->imp, MDS_READPAGE, lens, ARRAY_SIZE(lens),
			       0, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	body = ptlrpc_req_buf(req, 1, sizeof(*body));
	mdc_pack_body(body, cred, fid, 0, 0);
	body->mbo_size = cpu_to_le64(hash);
	body->mbo_nlink = cpu_to_le32(bytes);
	body->mbo_mode = cpu_to_le32(LUDA_FID | LUDA_TYPE);
	return req;
}

static size_t bvec_bytes(const struct bio_vec *bv, unsigned int nr)
{
	size_t bytes = 0;

	while (nr--)
		bytes += (bv++)->bv_len;
	return bytes;
}

int mdc_readpage(struct lmv *lmv, const struct lustre_fid *fid, u64 hash,
		 struct bio_vec *bv, unsigned int nr,
		 const struct mdc_cred *cred, size_t *moved)
{
	struct ptlrpc_request *req;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	req = mdc_readpage_pack(mdc, fid, hash, bvec_bytes(bv, nr), cred);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = ptlrpc_bulk_attach(req, PTLRPC_BULK_READ, bv, nr);
	if (rc < 0)
		goto out;
	rc = ptlrpc_queue_wait(req);
	if (rc < 0)
		goto out;
	rc = 0;
	*moved = ptlrpc_bulk_moved(req);
	if (!*moved || *moved % LU_PAGE_SIZE)
		rc = mdc_bad_reply(mdc, "part of a directory page");
out:
	ptlrpc_req_put(req);
	return rc;
}
