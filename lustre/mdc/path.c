// SPDX-License-Identifier: GPL-2.0-only
/*
 * The name of an object: MDS_GET_INFO "fid2path". Spec: 09 section 15.3.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "internal.h"

/* Where one target is asked from, and what it told */
struct mdc_path_part {
	struct lustre_fid	fid;	/* in: the object; out: where it begins */
	u64			recno;
	u32			linkno;
	char			*text;
	u32			room;	/* bytes of @text */
};

static struct ptlrpc_request *mdc_path_pack(struct mdc *mdc,
					    const struct lustre_fid *root,
					    const struct mdc_path_part *part)
{
	u32 vallen = sizeof(struct getinfo_fid2path) + part->room;
	u32 lens[] = { sizeof(struct getinfo_fid2path_key), sizeof(__le32) };
	struct getinfo_fid2path_key *key;
	struct ptlrpc_request *req;
	__le32 *len;

	req = ptlrpc_req_alloc(mdc->imp, MDS_GET_INFO, lens, ARRAY_SIZE(lens),
			       0, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, &vallen, 1);
	key = ptlrpc_req_buf(req, 1, sizeof(*key));
	strscpy(key->gk_name, KEY_FID2PATH, sizeof(key->gk_name));
	lustre_fid_to_wire(&key->gk_query.gf_fid, &part->fid);
	key->gk_query.gf_recno = cpu_to_le64(part->recno);
	key->gk_query.gf_linkno = cpu_to_le32(part->linkno);
	key->gk_query.gf_pathlen = cpu_to_le32(part->room);
	lustre_fid_to_wire(&key->gk_root, root);
	len = ptlrpc_req_buf(req, 2, sizeof(*len));
	*len = cpu_to_le32(vallen);
	return req;
}

/* Take the answer: 0, -EPROTO, -EOVERFLOW. */
static int mdc_path_unpack(struct mdc *mdc, struct ptlrpc_request *req,
			   struct mdc_path_part *part)
{
	const struct getinfo_fid2path *got;
	u32 room, len;

	got = ptlrpc_rep_buf(req, 1, sizeof(*got) + 1);
	if (!got)
		return mdc_bad_reply(mdc, "no path");
	room = ptlrpc_rep_buflen(req, 1) - sizeof(*got);
	len = strnlen(got->gf_path, room);
	if (len == room)
		return mdc_bad_reply(mdc, "path without an end");
	if (len >= part->room)
		return -EOVERFLOW;
	memcpy(part->text, got->gf_path, len + 1);
	part->linkno = le32_to_cpu(got->gf_linkno);
	lustre_fid_from_wire(&part->fid, &got->gf_fid);
	return 0;
}

/* Ask one target.  -EREMOTE: the rest of the path is known elsewhere. */
static int mdc_path_ask(struct lmv *lmv, const struct lustre_fid *root,
			struct mdc_path_part *part)
{
	struct lustre_fid from = part->fid;
	struct ptlrpc_request *req;
	struct mdc *mdc;
	int rc, err;

	rc = lmv_find(lmv, &part->fid, &mdc);
	if (rc)
		return rc;
	req = mdc_path_pack(mdc, root, part);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = ptlrpc_queue_wait(req);
	if (rc >= 0 || rc == -EREMOTE) {
		err = mdc_path_unpack(mdc, req, part);
		rc = err ?: min(rc, 0);
	}
	/* It would go on for ever. */
	if (rc == -EREMOTE && lustre_fid_eq(&from, &part->fid))
		rc = mdc_bad_reply(mdc, "path that begins where it ends");
	ptlrpc_req_put(req);
	return rc;
}

/*
 * Put @text, which is at the beginning of @buf, in front of the *@have bytes at
 * its end.  A '/' comes between both, there is room for it.
 */
static void mdc_path_keep(char *buf, u32 size, u32 *have)
{
	u32 len = strlen(buf);

	memmove(buf + size - *have - len - 1, buf, len);
	buf[size - *have - 1] = *have ? '/' : '\0';
	*have += len + 1;
}

/* The same, and all of it goes to the beginning. */
static void mdc_path_join(char *buf, u32 size, u32 have)
{
	u32 len = strlen(buf);

	if (!have)
		return;
	if (len)
		buf[len++] = '/';
	memmove(buf + len, buf + size - have, have);
}

int mdc_fid2path(struct lmv *lmv, const struct lustre_fid *root,
		 struct mdc_path *path)
{
	struct mdc_path_part part = {
		.fid	= path->fid,
		.recno	= path->recno,
		.linkno	= path->linkno,
		.text	= path->text,
	};
	u32 have = 0;
	int rc;

	do {
		/* One byte for a '/' */
		if (path->size < have + !!have + 2)
			return -EOVERFLOW;
		part.room = path->size - have - !!have;
		rc = mdc_path_ask(lmv, root, &part);
		if (rc && rc != -EREMOTE)
			return rc;
		if (!have)
			path->linkno = part.linkno;
		part.linkno = 0;
		if (rc)
			mdc_path_keep(path->text, path->size, &have);
	} while (rc);
	mdc_path_join(path->text, path->size, have);
	return 0;
}
