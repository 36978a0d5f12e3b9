// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing open handles. Spec: 09 section 9.
 */
#include <linux/slab.h>

#include "internal.h"

/* Times that the server shall take over if they are newer than its own */
#define MDC_CLOSE_TIMES	(MDS_ATTR_MODE | MDS_ATTR_MTIME | \
			 MDS_ATTR_MTIME_SET | MDS_ATTR_CTIME | \
			 MDS_ATTR_CTIME_SET)

/* Buffers of a close that does something else, too */
#define MDC_CLOSE_DATA	4
#define MDC_CLOSE_IDS	5
/* Component ids in the record itself */
#define MDC_CLOSE_FEW	15

void mdc_open_put(struct mdc_open *open)
{
	if (!refcount_dec_and_test(&open->ref))
		return;
	kfree(open);
}

/* The server's name for what is open */
u64 mdc_open_handle(struct mdc_open *open)
{
	u64 handle;

	spin_lock(&open->lock);
	handle = open->handle;
	spin_unlock(&open->lock);
	return handle;
}

static void mdc_close_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct mdc_open *open = data;

	/* Who gives a lease up for something hears of it himself. */
	if (rc < 0 && rc != -ESTALE && rc != -EIO && rc != -ESHUTDOWN &&
	    !(open->flags & MDS_OPEN_LEASE))
		pr_notice_ratelimited("lustre: %s: close of %s failed: %d\n",
				      open->mdc->name,
				      lustre_fid_str(&open->fid).s, rc);
	/* From here on nobody needs the handle of a replayed open. */
	spin_lock(&open->lock);
	open->close = NULL;
	spin_unlock(&open->lock);
}

/* The replay of the open may have brought another handle. */
static int mdc_close_replay(struct ptlrpc_request *req, void *data)
{
	struct mdc_open *open = data;
	struct mdt_ioepoch *ioepoch;

	ioepoch = ptlrpc_req_buf(req, 1, sizeof(*ioepoch));
	spin_lock(&open->lock);
	ioepoch->mio_open_handle = open->handle;
	spin_unlock(&open->lock);
	return 0;
}

/*
 * The open need not be replayed any more. It holds a reference to @open, so
 * ours to it must not last longer.
 */
static void mdc_open_drop_replay(struct mdc_open *open)
{
	ptlrpc_replay_drop(open->req);
	ptlrpc_req_put(open->req);
	open->req = NULL;
}

/* The close is committed, or failed: 04 section 6.1. */
static void mdc_close_release(void *data)
{
	struct mdc_open *open = data;

	mdc_open_drop_replay(open);
	mdc_open_put(open);
}

static const struct ptlrpc_req_ops mdc_close_ops = {
	.done		= mdc_close_done,
	.replay		= mdc_close_replay,
	.release	= mdc_close_release,
};

static void mdc_close_pack_attr(const struct mdc *mdc,
				struct mdt_rec_setattr *rec,
				const struct mdc_close_args *args)
{
	u64 valid = MDC_CLOSE_TIMES;

	if (args->data_modified)
		rec->sa_bias = cpu_to_le32(MDS_DATA_MODIFIED);
	if (!args->have_times)
		return;
	if (args->atime)
		valid |= MDS_ATTR_ATIME | MDS_ATTR_ATIME_SET;
	if (args->have_size && args->intent &&
	    args->intent->bias & MDC_CLOSE_EXACT)
		valid |= MDS_ATTR_SIZE | MDS_ATTR_BLOCKS;
	else if (args->have_size &&
		 ptlrpc_import_granted2(mdc->imp, OBD_CONNECT2_LSOM))
		valid |= MDS_ATTR_LSIZE | MDS_ATTR_LBLOCKS;
	if (valid & (MDS_ATTR_SIZE | MDS_ATTR_LSIZE)) {
		rec->sa_size = cpu_to_le64(args->size);
		rec->sa_blocks = cpu_to_le64(args->blocks);
	}
	rec->sa_valid = cpu_to_le64(valid);
	rec->sa_mode = cpu_to_le32(args->mode);
	rec->sa_atime = cpu_to_le64(args->atime);
	rec->sa_mtime = cpu_to_le64(args->mtime);
	rec->sa_ctime = cpu_to_le64(args->ctime);
}

/* 09 section 9; more ids than the record has room for are all behind it. */
static void mdc_close_pack_intent(struct ptlrpc_request *req,
				  const struct mdc_close_args *args)
{
	const struct mdc_close_intent *in = args->intent;
	struct close_data *cd = ptlrpc_req_buf(req, MDC_CLOSE_DATA,
					       sizeof(*cd));
	struct mdt_rec_setattr *rec = ptlrpc_req_buf(req, 2, sizeof(*rec));
	__le32 *ids = &cd->cd_words[1];

	rec->sa_bias |= cpu_to_le32(in->bias);
	cd->cd_handle = args->lease;
	if (in->fid)
		lustre_fid_to_wire(&cd->cd_fid, in->fid);
	cd->cd_data_version = cpu_to_le64(in->version);
	cd->cd_words[0] = cpu_to_le32(in->bias & MDS_CLOSE_LAYOUT_SPLIT ?
				      in->mirror : in->nr);
	if (in->nr > MDC_CLOSE_FEW)
		ids = ptlrpc_req_buf(req, MDC_CLOSE_IDS,
				     in->nr * sizeof(*ids));
	for (u32 i = 0; i < in->nr; i++)
		ids[i] = cpu_to_le32(in->ids[i]);
}

static struct ptlrpc_request *mdc_close_pack(struct mdc_open *open,
					     const struct mdc_close_args *args)
{
	const struct mdc_close_intent *in = args ? args->intent : NULL;
	u32 lens[] = {
		sizeof(struct mdt_ioepoch), sizeof(struct mdt_rec_setattr), 0,
		sizeof(struct close_data),
		in && in->nr > MDC_CLOSE_FEW ? in->nr * sizeof(__le32) :
					       sizeof(__le32),
	};
	static const u32 rlens[5] = { sizeof(struct mdt_body) };
	struct ptlrpc_request *req;
	struct mdt_ioepoch *ioepoch;
	struct mdt_rec_setattr *rec;
	struct mdc_cred cred;

	req = ptlrpc_req_alloc(open->mdc->imp, MDS_CLOSE, lens,
			       in ? ARRAY_SIZE(lens) : MDC_CLOSE_DATA - 1,
			       PTLRPC_REQ_MODIFY | PTLRPC_REQ_CLOSE,
			       GFP_NOFS | __GFP_NOFAIL);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_cred_init(&cred, NULL, NULL);
	rec = mdc_pack_rec(req, 2, REINT_SETATTR, &cred, &open->fid, NULL);
	rec->sa_padding_1 = 0;
	if (args)
		mdc_close_pack_attr(open->mdc, rec, args);
	if (in)
		mdc_close_pack_intent(req, args);
	ioepoch = ptlrpc_req_buf(req, 1, sizeof(*ioepoch));
	spin_lock(&open->lock);
	ioepoch->mio_open_handle = open->handle;
	open->close = req;
	spin_unlock(&open->lock);
	return req;
}

/*
 * Send the close; the caller's reference to @open goes with it.
 * Return: the request, or NULL if there is nothing to close any more.
 */
static struct ptlrpc_request *mdc_close_send(struct mdc_open *open,
					     const struct mdc_close_args *args)
{
	struct ptlrpc_request *req = NULL;

	if (mdc_open_valid(open))
		req = mdc_close_pack(open, args);
	if (IS_ERR_OR_NULL(req)) {
		mdc_open_drop_replay(open);
		mdc_open_put(open);
		return NULL;
	}
	ptlrpc_send(req, &mdc_close_ops, open);
	return req;
}

void mdc_close_async(struct mdc_open *open, const struct mdc_close_args *args)
{
	struct ptlrpc_request *req = mdc_close_send(open, args);

	if (req)
		ptlrpc_req_put(req);
}

/* Was done what the close was for?  -ESTALE: there is nothing to close. */
static int mdc_close_executed(struct ptlrpc_request *req, int rc)
{
	struct mdt_body *body;

	if (rc < 0)
		return rc == -ESTALE ? -EBUSY : rc;
	body = ptlrpc_rep_buf(req, 1, sizeof(*body));
	if (!body)
		return -EPROTO;
	return le64_to_cpu(body->mbo_valid) & OBD_MD_CLOSE_INTENT_EXECED ?
	       0 : -EBUSY;
}

int mdc_close(struct mdc_open *open, const struct mdc_close_args *args)
{
	bool intent = args && args->intent;
	struct ptlrpc_request *req = mdc_close_send(open, args);
	int rc;

	if (!req)
		return intent ? -EBUSY : 0;
	rc = ptlrpc_wait(req);
	if (intent)
		rc = mdc_close_executed(req, rc);
	ptlrpc_req_put(req);
	if (intent)
		return rc;
	/* The handle is gone whatever the server said, 09 section 9. */
	return rc == -ESTALE ? 0 : min(rc, 0);
}
