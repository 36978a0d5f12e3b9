// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files whose data are in an archive alone: have them brought back.  Spec: 08
 * section 7, 09 section 17.
 */
#include "internal.h"

static int mdc_restore_ask(struct mdc *mdc, const struct lustre_fid *fid)
{
	static const u32 lens[] = {
		sizeof(struct mdt_body), sizeof(struct hsm_request),
		sizeof(struct hsm_user_item), 0,
	};
	struct hsm_user_item *item;
	struct ptlrpc_request *req;
	struct hsm_request *hr;
	struct mdc_cred cred;
	int rc;

	req = ptlrpc_req_alloc(mdc->imp, MDS_HSM_REQUEST, lens,
			       ARRAY_SIZE(lens), 0, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, NULL, 0);
	/* The file is named below; whoever asks, the server does it. */
	mdc_cred_init(&cred, NULL, NULL);
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), &cred,
		      NULL, 0, 0);
	hr = ptlrpc_req_buf(req, 2, sizeof(*hr));
	hr->hr_action = cpu_to_le32(HUA_RESTORE);
	hr->hr_flags = cpu_to_le64(HSM_REQ_BLOCKING);
	hr->hr_itemcount = cpu_to_le32(1);
	item = ptlrpc_req_buf(req, 3, sizeof(*item));
	lustre_fid_to_wire(&item->hui_fid, fid);
	item->hui_length = cpu_to_le64(U64_MAX);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}

int mdc_restore(struct lmv *lmv, const struct lustre_fid *fid,
		struct mdc_reply *rep)
{
	struct ldlm_resid resid;
	struct ldlm_elc elc;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	/* What is known of the layout is not what the lock is to tell. */
	mdc_resid(&resid, fid);
	ldlm_elc_init(&elc, mdc->ns);
	ldlm_elc_add(&elc, &resid, LCK_EX, MDS_INODELOCK_LAYOUT);
	ldlm_elc_drop(&elc);
	while ((rc = mdc_restore_ask(mdc, fid)) == -EINPROGRESS) {
		rc = mdc_pause();
		if (rc)
			break;
	}
	return rc ?: mdc_layout_ask(lmv, fid, NULL, true, rep);
}
