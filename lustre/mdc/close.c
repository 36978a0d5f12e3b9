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

void mdc_open_put(struct mdc_open *open)
{
	if (!refcount_dec_and_test(&open->ref))
		return;
	kfree(open);
}

static void mdc_close_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct mdc_open *open = data;

	if (rc < 0 && rc != -ESTALE && rc != -EIO && rc != -ESHUTDOWN)
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
	if (args->have_size &&
	    ptlrpc_import_granted2(mdc->imp, OBD_CONNECT2_LSOM)) {
		valid |= MDS_ATTR_LSIZE | MDS_ATTR_LBLOCKS;
		rec->sa_size = cpu_to_le64(args->size);
		rec->sa_blocks = cpu_to_le64(args->blocks);
	}
	rec->sa_valid = cpu_to_le64(valid);
	rec->sa_mode = cpu_to_le32(args->mode);
	rec->sa_atime = cpu_to_le64(args->atime);
	rec->sa_mtime = cpu_to_le64(args->mtime);
	rec->sa_ctime = cpu_to_le64(args->ctime);
}

static struct ptlrpc_request *mdc_close_pack(struct mdc_open *open,
					     const struct mdc_close_args *args)
{
	static const u32 lens[] = {
		sizeof(struct mdt_ioepoch), sizeof(struct mdt_rec_setattr), 0,
	};
	static const u32 rlens[5] = { sizeof(struct mdt_body) };
	struct ptlrpc_request *req;
	struct mdt_ioepoch *ioepoch;
	struct mdt_rec_setattr *rec;
	struct mdc_cred cred;

	req = ptlrpc_req_alloc(open->mdc->imp, MDS_CLOSE, lens,
			       ARRAY_SIZE(lens),
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

/* Close without waiting; takes over the caller's reference. */
void mdc_close_async(struct mdc_open *open)
{
	struct ptlrpc_request *req = mdc_close_send(open, NULL);

	if (req)
		ptlrpc_req_put(req);
}

int mdc_close(struct mdc_open *open, const struct mdc_close_args *args)
{
	struct ptlrpc_request *req = mdc_close_send(open, args);
	int rc;

	if (!req)
		return 0;
	rc = ptlrpc_wait(req);
	ptlrpc_req_put(req);
	/* The handle is gone whatever the server said, 09 section 9. */
	return rc == -ESTALE ? 0 : min(rc, 0);
}
