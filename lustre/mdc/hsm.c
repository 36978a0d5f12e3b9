// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files whose data an archive has, too, or alone.  Spec: 08 section 7, 09
 * section 17.
 */
#include "internal.h"

/* ---- what is known of one file --------------------------------------------- */

/*
 * A request about a file, with nothing or one record of @len bytes behind it; in
 * the reply there are attributes and a record of @rlen bytes, or nothing.
 */
static struct ptlrpc_request *mdc_hsm_req(struct lmv *lmv, u32 opc,
					  const struct lustre_fid *fid,
					  const struct mdc_cred *cred, u32 len,
					  u32 rlen, u32 flags)
{
	const u32 lens[] = { sizeof(struct mdt_body), 0, len };
	const u32 rlens[] = { sizeof(struct mdt_body), rlen };
	struct ptlrpc_request *req;
	struct mdc *mdc;
	int rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return ERR_PTR(rc);
	req = ptlrpc_req_alloc(mdc->imp, opc, lens, len ? 3 : 2, flags,
			       GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, rlen ? ARRAY_SIZE(rlens) : 0);
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), cred,
		      fid, 0, 0);
	return req;
}

static void mdc_hsm_take_action(struct mdc_hsm_action *to,
				const struct hsm_current_action *from)
{
	to->state = le32_to_cpu(from->hca_state);
	to->action = le32_to_cpu(from->hca_action);
	to->offset = le64_to_cpu(from->hca_offset);
	to->length = le64_to_cpu(from->hca_length);
}

int mdc_hsm_state(struct lmv *lmv, const struct lustre_fid *fid,
		  const struct mdc_cred *cred, struct mdc_hsm_state *state)
{
	const struct hsm_user_state *hus;
	struct ptlrpc_request *req;
	int rc;

	req = mdc_hsm_req(lmv, MDS_HSM_STATE_GET, fid, cred, 0, sizeof(*hus),
			  0);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = min(ptlrpc_queue_wait(req), 0);
	hus = rc ? NULL : ptlrpc_rep_buf(req, 2, sizeof(*hus));
	if (hus) {
		state->states = le32_to_cpu(hus->hus_states);
		state->archive_id = le32_to_cpu(hus->hus_archive_id);
		mdc_hsm_take_action(&state->now, &hus->hus_now);
	} else if (!rc) {
		rc = mdc_bad_reply(lmv_find_cached(lmv, fid),
				   "no state in the archive");
	}
	ptlrpc_req_put(req);
	return rc;
}

int mdc_hsm_action(struct lmv *lmv, const struct lustre_fid *fid,
		   const struct mdc_cred *cred, struct mdc_hsm_action *action)
{
	const struct hsm_current_action *hca;
	struct ptlrpc_request *req;
	int rc;

	req = mdc_hsm_req(lmv, MDS_HSM_ACTION, fid, cred, 0, sizeof(*hca), 0);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = min(ptlrpc_queue_wait(req), 0);
	hca = rc ? NULL : ptlrpc_rep_buf(req, 2, sizeof(*hca));
	if (hca)
		mdc_hsm_take_action(action, hca);
	else if (!rc)
		rc = mdc_bad_reply(lmv_find_cached(lmv, fid),
				   "no action of the archive");
	ptlrpc_req_put(req);
	return rc;
}

int mdc_hsm_change(struct lmv *lmv, const struct lustre_fid *fid,
		   const struct mdc_cred *cred,
		   const struct mdc_hsm_change *change)
{
	struct hsm_state_set *hss;
	struct ptlrpc_request *req;
	int rc;

	req = mdc_hsm_req(lmv, MDS_HSM_STATE_SET, fid, cred, sizeof(*hss), 0,
			  PTLRPC_REQ_MODIFY);
	if (IS_ERR(req))
		return PTR_ERR(req);
	hss = ptlrpc_req_buf(req, 3, sizeof(*hss));
	hss->hss_valid = cpu_to_le32(change->valid);
	hss->hss_archive_id = cpu_to_le32(change->archive_id);
	hss->hss_setmask = cpu_to_le64(change->set);
	hss->hss_clearmask = cpu_to_le64(change->clear);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}

int mdc_hsm_version(struct lmv *lmv, const struct lustre_fid *fid,
		    const struct mdc_cred *cred, u64 version)
{
	struct ptlrpc_request *req;
	struct mdt_body *body;
	int rc;

	req = mdc_hsm_req(lmv, MDS_HSM_DATA_VERSION, fid, cred, 0, 0,
			  PTLRPC_REQ_MODIFY);
	if (IS_ERR(req))
		return PTR_ERR(req);
	body = ptlrpc_req_buf(req, 1, sizeof(*body));
	body->mbo_version = cpu_to_le64(version);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}

/* ---- requests to the archive ------------------------------------------------- */

/* Those of the items that @mdc has; they are taken from the list. */
static void mdc_hsm_pack(struct hsm_user_item *to, struct mdc *mdc,
			 struct mdc_hsm_request *hr)
{
	for (u32 i = 0; i < hr->nr; i++) {
		struct mdc_hsm_item *item = &hr->items[i];

		if (item->mdc != mdc)
			continue;
		lustre_fid_to_wire(&to->hui_fid, &item->fid);
		to->hui_offset = cpu_to_le64(item->offset);
		to->hui_length = cpu_to_le64(item->length);
		to++;
		item->mdc = NULL;
	}
}

static u32 mdc_hsm_count(const struct mdc *mdc,
			 const struct mdc_hsm_request *hr)
{
	u32 nr = 0;

	for (u32 i = 0; i < hr->nr; i++)
		nr += hr->items[i].mdc == mdc;
	return nr;
}

/* Ask one target for what is to be done with those files that it has. */
static int mdc_hsm_ask(struct mdc *mdc, const struct mdc_cred *cred,
		       struct mdc_hsm_request *hr)
{
	u32 nr = mdc_hsm_count(mdc, hr);
	const u32 lens[] = {
		sizeof(struct mdt_body), sizeof(struct hsm_request),
		nr * sizeof(struct hsm_user_item), hr->data_len,
	};
	struct ptlrpc_request *req;
	struct hsm_request *rec;
	int rc;

	req = ptlrpc_req_alloc(mdc->imp, MDS_HSM_REQUEST, lens,
			       ARRAY_SIZE(lens), PTLRPC_REQ_MODIFY, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ptlrpc_req_set_replen(req, NULL, 0);
	/* The files are named below. */
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), cred,
		      NULL, 0, 0);
	rec = ptlrpc_req_buf(req, 2, sizeof(*rec));
	rec->hr_action = cpu_to_le32(hr->action);
	rec->hr_archive_id = cpu_to_le32(hr->archive_id);
	rec->hr_flags = cpu_to_le64(hr->flags);
	rec->hr_itemcount = cpu_to_le32(nr);
	rec->hr_data_len = cpu_to_le32(hr->data_len);
	mdc_hsm_pack(ptlrpc_req_buf(req, 3, lens[2]), mdc, hr);
	if (hr->data_len)
		memcpy(ptlrpc_req_buf(req, 4, hr->data_len), hr->data,
		       hr->data_len);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return min(rc, 0);
}

int mdc_hsm_request(struct lmv *lmv, const struct mdc_cred *cred,
		    struct mdc_hsm_request *hr)
{
	int rc = 0;

	for (u32 i = 0; !rc && i < hr->nr; i++)
		rc = lmv_find(lmv, &hr->items[i].fid, &hr->items[i].mdc);
	for (u32 i = 0; !rc && i < hr->nr; i++)
		if (hr->items[i].mdc)
			rc = mdc_hsm_ask(hr->items[i].mdc, cred, hr);
	return rc;
}

static int mdc_restore_ask(struct mdc *mdc, const struct lustre_fid *fid)
{
	struct mdc_hsm_item item = {
		.fid	= *fid,
		.length	= U64_MAX,
		.mdc	= mdc,
	};
	struct mdc_hsm_request hr = {
		.action	= HUA_RESTORE,
		.flags	= HSM_REQ_BLOCKING,
		.items	= &item,
		.nr	= 1,
	};
	struct mdc_cred cred;

	/* Whoever asks, the server does it. */
	mdc_cred_init(&cred, NULL, NULL);
	return mdc_hsm_ask(mdc, &cred, &hr);
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
	rc = mdc_restore_ask(mdc, fid);
	return rc ?: mdc_layout_ask(lmv, fid, NULL, true, rep);
}
