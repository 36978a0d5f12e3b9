// SPDX-License-Identifier: GPL-2.0-only
/*
 * The extents of an object on its target's device (07 section 10.8).
 */
#include <linux/fiemap.h>
#include <linux/slab.h>

#include "osc/internal.h"

static void osc_fiemap_pack(struct osc_object *obj,
			    const struct ost_fiemap *head,
			    struct ost_fiemap_key *key)
{
	struct obdo *oa = &key->oa;

	strscpy(key->name, KEY_FIEMAP, sizeof(key->name));
	osc_pack_oi(obj, oa);
	/* What has to be written is: the caller has the lock then. */
	if (head->fm_flags & cpu_to_le32(FIEMAP_FLAG_SYNC))
		oa->o_valid |= cpu_to_le64(OBD_MD_FLFLAGS);
	key->fiemap = *head;
}

static struct ptlrpc_request *osc_fiemap_req(struct osc_object *obj,
					     const struct ost_fiemap *head,
					     u32 value)
{
	const u32 lens[] = { sizeof(struct ost_fiemap_key), value };
	struct ptlrpc_request *req;
	struct ost_fiemap_key *key;
	struct ost_fiemap *copy;
	int err;

	req = ptlrpc_req_alloc(obj->osc->imp, OST_GET_INFO, lens,
			       ARRAY_SIZE(lens), 0, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	err = ptlrpc_req_set_replen(req, &value, 1);
	key = ptlrpc_req_buf(req, 1, sizeof(*key));
	copy = ptlrpc_req_buf(req, 2, sizeof(*copy));
	if (!err && (!key || !copy))
		err = -ENOMEM;
	if (err) {
		ptlrpc_req_put(req);
		return ERR_PTR(err);
	}
	osc_fiemap_pack(obj, head, key);
	*copy = *head;
	return req;
}

/* Take an answer: 0, -EPROTO. */
static int osc_fiemap_take(struct ptlrpc_request *req, struct osc_fiemap *fm)
{
	const struct ost_fiemap *head = ptlrpc_rep_buf(req, 1, sizeof(*head));
	const struct ost_fiemap_extent *wire;
	u32 nr = fm->nr;

	if (!head)
		return -EPROTO;
	fm->nr = le32_to_cpu(head->fm_mapped_extents);
	if (fm->nr > nr ||
	    !ptlrpc_rep_buf(req, 1, sizeof(*head) + fm->nr * sizeof(*wire)))
		return -EPROTO;
	fm->more = fm->nr == nr;
	wire = (const void *)(head + 1);
	for (u32 i = 0; i < fm->nr; i++) {
		fm->at[i].logical = le64_to_cpu(wire[i].fe_logical);
		fm->at[i].physical = le64_to_cpu(wire[i].fe_physical);
		fm->at[i].length = le64_to_cpu(wire[i].fe_length);
		fm->at[i].flags = le32_to_cpu(wire[i].fe_flags);
		if (fm->at[i].flags & FIEMAP_EXTENT_LAST)
			fm->more = false;
	}
	return 0;
}

/**
 * osc_fiemap - ask for extents of an object
 * @obj: the object
 * @fm: what is asked for; returns the answer
 *
 * Return: 0; -EINTR; what the target says.
 * Context: sleeps, killable.  Spec: 07 section 10.8.
 */
int osc_fiemap(struct osc_object *obj, struct osc_fiemap *fm)
{
	struct ost_fiemap head = {
		.fm_start	= cpu_to_le64(fm->start),
		.fm_length	= cpu_to_le64(fm->end - fm->start + 1),
		.fm_flags	= cpu_to_le32(fm->flags),
	};
	struct ptlrpc_request *req;
	int rc;

	fm->nr = clamp_t(u32, fm->nr, 1, OSC_FIEMAP_MAX);
	head.fm_extent_count = cpu_to_le32(fm->nr);
	req = osc_fiemap_req(obj, &head, sizeof(head) +
			     fm->nr * sizeof(struct ost_fiemap_extent));
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = ptlrpc_queue_wait(req);
	if (rc == -ENOENT)
		rc = osc_absent_errno(obj, "fiemap");
	if (!rc)
		rc = osc_fiemap_take(req, fm);
	ptlrpc_req_put(req);
	return rc > 0 ? -EPROTO : rc;
}
