// SPDX-License-Identifier: GPL-2.0-only
/*
 * What will happen to the data of an object, so that its target can get ready
 * (07 section 10.7).
 */
#include <linux/slab.h>

#include "osc/kind.h"

/* struct osc_advised - one object is spoken of */
struct osc_advised {
	struct osc_object	*obj;
	struct osc_multi	*multi;
};

static void osc_advise_end(struct osc_advised *a, int error)
{
	osc_multi_end(a->multi, error);
	osc_object_put(a->obj);
	kfree(a);
}

static void osc_advise_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_advised *a = data;

	if (rc > 0)
		rc = -EPROTO;
	if (rc == -ENOENT)
		rc = osc_absent_errno(a->obj, "advice");
	osc_advise_end(a, rc);
}

static const struct ptlrpc_req_ops osc_advise_ops = {
	.done	= osc_advise_done,
};

static struct ptlrpc_request *osc_advise_pack(struct osc_object *obj,
					      const struct osc_advice *advice)
{
	static const u32 lens[] = {
		sizeof(struct ost_body), sizeof(struct ladvise_hdr),
		sizeof(struct lu_ladvise),
	};
	struct ptlrpc_request *req;
	struct lu_ladvise *lla;
	struct ladvise_hdr *lah;
	struct ost_body *body;

	req = ptlrpc_req_alloc(obj->osc->imp, OST_LADVISE, lens,
			       ARRAY_SIZE(lens), 0, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, lens, 1);
	body = ptlrpc_req_buf(req, 1, sizeof(*body));
	osc_pack_oi(obj, &body->oa);
	lah = ptlrpc_req_buf(req, 2, sizeof(*lah));
	lah->lah_magic = cpu_to_le32(LADVISE_MAGIC);
	lah->lah_count = cpu_to_le32(1);
	lah->lah_flags = cpu_to_le64(advice->flags);
	lla = ptlrpc_req_buf(req, 3, sizeof(*lla));
	lla->lla_advice = cpu_to_le16(advice->advice);
	lla->lla_start = cpu_to_le64(advice->start);
	lla->lla_end = cpu_to_le64(advice->end);
	return req;
}

/**
 * osc_advise - tell a target what will happen to a part of an object
 * @obj: the object; nothing is said of one that a metadata target has
 * @advice: what, and to which bytes of the object
 * @m: ends with the reply
 *
 * Context: sleeps for memory only.
 */
void osc_advise(struct osc_object *obj, const struct osc_advice *advice,
		struct osc_multi *m)
{
	struct ptlrpc_request *req;
	struct osc_advised *a;

	if (obj->osc->kind->on_mdt)
		return;
	osc_multi_begin(m);
	a = kzalloc_obj(*a, GFP_NOFS);
	if (!a) {
		osc_multi_end(m, -ENOMEM);
		return;
	}
	*a = (struct osc_advised){ osc_object_get(obj), m };
	req = osc_advise_pack(obj, advice);
	if (IS_ERR(req)) {
		osc_advise_end(a, PTR_ERR(req));
		return;
	}
	ptlrpc_send(req, &osc_advise_ops, a);
	ptlrpc_req_put(req);
}
