// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading extended attributes, one RPC each. Spec: 09 section 14.1.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/xattr.h>

#include "internal.h"

static struct ptlrpc_request *mdc_getxattr_pack(struct mdc *mdc,
						const struct lustre_fid *fid,
						const char *name, size_t size,
						const struct mdc_cred *cred)
{
	u32 lens[5] = {
		[0] = sizeof(struct mdt_body),
		[2] = name ? strlen(name) + 1 : 0,
	};
	u32 rlens[2] = { sizeof(struct mdt_body), size };
	struct ptlrpc_request *req;

	req = ptlrpc_req_alloc(mdc->imp, MDS_GETXATTR, lens, ARRAY_SIZE(lens),
			       0, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	mdc_pack_body(ptlrpc_req_buf(req, 1, sizeof(struct mdt_body)), cred,
		      fid, name ? OBD_MD_FLXATTR : OBD_MD_FLXATTRLS, size);
	if (name)
		ptlrpc_req_set_str(req, 3, name, lens[2] - 1);
	return req;
}

/* Copy the value out of the reply. Return: its length or an errno. */
ssize_t mdc_getxattr_value(struct mdc *mdc, struct ptlrpc_request *req,
			   void *buf, size_t size)
{
	struct mdt_body *body = ptlrpc_rep_buf(req, 1, sizeof(*body));
	u32 len;

	if (!body)
		return mdc_bad_reply(mdc, "no attributes");
	len = le32_to_cpu(body->mbo_eadatasize);
	if (len > XATTR_SIZE_MAX)
		return mdc_bad_reply(mdc, "extended attribute too long");
	if (!size)
		return len;
	if (len > size)
		return -ERANGE;
	if (len > ptlrpc_rep_buflen(req, 2))
		return mdc_bad_reply(mdc, "extended attribute cut off");
	if (len)
		memcpy(buf, ptlrpc_rep_buf(req, 2, len), len);
	return len;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_getxattr_value);

ssize_t mdc_getxattr(struct lmv *lmv, const struct lustre_fid *fid,
		     const char *name, void *buf, size_t size,
		     const struct mdc_cred *cred)
{
	struct ptlrpc_request *req;
	struct mdc *mdc;
	ssize_t rc;

	rc = lmv_find(lmv, fid, &mdc);
	if (rc)
		return rc;
	req = mdc_getxattr_pack(mdc, fid, name, size, cred);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		rc = mdc_getxattr_value(mdc, req, buf, size);
	ptlrpc_req_put(req);
	return rc;
}
