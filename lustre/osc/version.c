// SPDX-License-Identifier: GPL-2.0-only
/*
 * Versions of the data of a file's objects (07 section 10.3).
 */
#include <linux/slab.h>

#include "osc/internal.h"

/* struct osc_version - one object is asked */
struct osc_version {
	struct osc_object	*obj;
	struct osc_multi	*multi;
	struct osc_versions	*versions;
};

/* For what osc_version() will find out, or NULL. */
struct osc_versions *osc_versions_new(void)
{
	struct osc_versions *v = kzalloc_obj(*v, GFP_NOFS);

	if (!v)
		return NULL;
	refcount_set(&v->ref, 1);
	spin_lock_init(&v->lock);
	v->layout = U32_MAX;
	return v;
}

void osc_versions_put(struct osc_versions *v)
{
	if (refcount_dec_and_test(&v->ref))
		kfree(v);
}

static void osc_version_end(struct osc_version *ver, int error)
{
	osc_multi_end(ver->multi, error);
	osc_versions_put(ver->versions);
	osc_object_put(ver->obj);
	kfree(ver);
}

static void osc_version_done(struct ptlrpc_request *req, int rc, void *data)
{
	struct osc_version *ver = data;
	struct osc_versions *v = ver->versions;
	struct ost_body *rep = ptlrpc_rep_buf(req, 1, sizeof(*rep));
	u64 valid = rep ? le64_to_cpu(rep->oa.o_valid) : 0;

	if (rc > 0 || (!rc && !rep))
		rc = -EPROTO;
	if (rc == -ENOENT)
		rc = osc_absent_errno(ver->obj, "data version");
	/* A server that does not know */
	if (!rc && !(valid & OBD_MD_FLDATAVERSION))
		rc = -EOPNOTSUPP;
	if (!rc) {
		spin_lock(&v->lock);
		v->data += le64_to_cpu(rep->oa.o_data_version);
		if (valid & OBD_MD_LAYOUT_VERSION)
			v->layout = min(v->layout,
					le32_to_cpu(rep->oa.o_layout_version));
		spin_unlock(&v->lock);
	}
	osc_version_end(ver, rc);
}

static const struct ptlrpc_req_ops osc_version_ops = {
	.done	= osc_version_done,
};

/**
 * osc_version - add the version of an object to that of its file
 * @obj: the object; not one on a metadata target, which has another request
 * @versions: of the file
 * @m: ends with the reply; -EOPNOTSUPP if the target doesn't know
 *
 * What is cached, here or elsewhere, does not count: the caller may lock the
 * object, and write back.
 */
void osc_version(struct osc_object *obj, struct osc_versions *versions,
		 struct osc_multi *m)
{
	struct ptlrpc_request *req;
	struct osc_version *ver;
	struct ost_body *body;

	osc_multi_begin(m);
	ver = kzalloc_obj(*ver, GFP_NOFS);
	if (!ver) {
		osc_multi_end(m, -ENOMEM);
		return;
	}
	refcount_inc(&versions->ref);
	*ver = (struct osc_version){ osc_object_get(obj), m, versions };
	req = osc_body_req(obj, OST_GETATTR, false, &body);
	if (IS_ERR(req)) {
		osc_version_end(ver, PTR_ERR(req));
		return;
	}
	osc_pack_oi(obj, &body->oa);
	ptlrpc_send(req, &osc_version_ops, ver);
	ptlrpc_req_put(req);
}
