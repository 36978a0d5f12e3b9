// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metadata targets of a mount: which are there, and which one is asked.
 */
#include <linux/slab.h>

#include "internal.h"
#include "osc/osc.h"

struct lmv *lmv_create(const struct lmv_params *params)
{
	struct lmv *lmv;

	lmv = kzalloc_obj(*lmv);
	if (!lmv)
		return ERR_PTR(-ENOMEM);
	lmv->p = *params;
	lmv->easize = MDC_DEF_EASIZE;
	xa_init(&lmv->mdts);
	fld_init(&lmv->fld);
	return lmv;
}

/* Target by index, or NULL. Entries live as long as the table. */
struct mdc *lmv_mdt(struct lmv *lmv, u32 index)
{
	return xa_load(&lmv->mdts, index);
}

int lmv_mdt_add(struct lmv *lmv, u32 index, const char *name,
		const char *target_uuid)
{
	struct mdc *mdc;
	int rc;

	if (index >= MDC_MAX_MDTS)
		return -EINVAL;
	if (lmv_mdt(lmv, index))
		return -EEXIST;
	mdc = mdc_new(lmv, index, name, target_uuid);
	if (IS_ERR(mdc))
		return PTR_ERR(mdc);
	rc = xa_insert(&lmv->mdts, index, mdc, GFP_KERNEL);
	if (rc) {
		mdc_disconnect(mdc, true);
		mdc_destroy(mdc);
		return rc == -EBUSY ? -EEXIST : rc;
	}
	WRITE_ONCE(lmv->nr, lmv->nr + 1);
	return 0;
}

int lmv_mdt_add_nid(struct lmv *lmv, u32 index, const struct lnet_nid *nid)
{
	struct mdc *mdc = lmv_mdt(lmv, index);

	return mdc ? ptlrpc_import_add_nid(mdc->imp, nid) : -ENOENT;
}

int lmv_mdt_connect(struct lmv *lmv, u32 index)
{
	struct mdc *mdc = lmv_mdt(lmv, index);

	if (!mdc)
		return -ENOENT;
	ptlrpc_import_connect(mdc->imp);
	return 0;
}

int lmv_mdt_set_active(struct lmv *lmv, u32 index, bool active)
{
	struct mdc *mdc = lmv_mdt(lmv, index);

	if (!mdc)
		return -ENOENT;
	if (active)
		ptlrpc_import_activate(mdc->imp);
	else
		ptlrpc_import_deactivate(mdc->imp);
	return 0;
}

int lmv_wait_root(struct lmv *lmv, long timeout)
{
	struct mdc *mdc = lmv_mdt(lmv, 0);
	int rc;

	if (!mdc)
		return -ENODEV;
	rc = ptlrpc_import_wait(mdc->imp, timeout);
	if (rc)
		return rc;
	return mdc_check_connect(mdc) ? 0 : -EPROTO;
}

void lmv_disconnect(struct lmv *lmv, bool force)
{
	struct mdc *mdc;
	unsigned long index;

	xa_for_each(&lmv->mdts, index, mdc)
		mdc_disconnect(mdc, force);
}

void lmv_destroy(struct lmv *lmv)
{
	struct mdc *mdc;
	unsigned long index;

	xa_for_each(&lmv->mdts, index, mdc)
		mdc_destroy(mdc);
	xa_destroy(&lmv->mdts);
	fld_fini(&lmv->fld);
	kfree(lmv);
}

struct ptlrpc_import *lmv_import(struct lmv *lmv, u32 index)
{
	struct mdc *mdc = lmv_mdt(lmv, index);

	return mdc ? mdc->imp : NULL;
}

struct osc *lmv_data(struct lmv *lmv, const struct lustre_fid *fid)
{
	struct mdc *mdc = lmv_find_cached(lmv, fid);

	if (!mdc)
		return ERR_PTR(-EIO);
	return osc_dom_usable(mdc->data) ? mdc->data : ERR_PTR(-EOPNOTSUPP);
}

struct ldlm_ns *lmv_namespace(struct lmv *lmv, u32 index)
{
	struct mdc *mdc = lmv_mdt(lmv, index);

	return mdc ? mdc->ns : NULL;
}

int lmv_for_each(struct lmv *lmv,
		 int (*fn)(struct lmv *lmv, u32 index, void *data), void *data)
{
	struct mdc *mdc;
	unsigned long index;
	int rc;

	xa_for_each(&lmv->mdts, index, mdc) {
		rc = fn(lmv, index, data);
		if (rc)
			return rc;
	}
	return 0;
}

bool lmv_has_acls(struct lmv *lmv)
{
	const u64 need = OBD_CONNECT_ACL | OBD_CONNECT_UMASK;
	struct mdc *mdc = lmv_mdt(lmv, 0);
	struct ptlrpc_connect ocd;

	if (!mdc)
		return false;
	ptlrpc_import_grant(mdc->imp, &ocd);
	/* The umask counts only where the directory has no default list. */
	return (ocd.flags & need) == need;
}

u32 lmv_max_easize(struct lmv *lmv)
{
	return READ_ONCE(lmv->easize);
}

/* Room for a layout in a reply: one that does not fit costs a second RPC. */
u32 lmv_ea_room(struct lmv *lmv)
{
	return min(lmv_max_easize(lmv),
		   max_t(u32, READ_ONCE(lmv->ea_seen), MDC_DEF_EASIZE));
}

/* A layout of @len bytes came: there will be more like it. */
void lmv_ea_seen(struct lmv *lmv, u32 len)
{
	if (len > READ_ONCE(lmv->ea_seen))
		WRITE_ONCE(lmv->ea_seen, len);
}

/*
 * Index of the target that holds a sequence, if that is known without asking:
 * 09 section 4. False: the location service has to be asked.
 */
static bool lmv_index_cached(struct lmv *lmv, u64 seq, u32 *index)
{
	*index = 0;
	if (READ_ONCE(lmv->nr) <= 1 || seq < FID_SEQ_NORMAL)
		return true;
	return fld_cached(&lmv->fld, seq, index);
}

/* As lmv_find(), from the cache alone; does not sleep. NULL: not known. */
struct mdc *lmv_find_cached(struct lmv *lmv, const struct lustre_fid *fid)
{
	u32 index;

	if (!lmv_index_cached(lmv, fid->seq, &index))
		return NULL;
	return lmv_mdt(lmv, index);
}

/**
 * lmv_find - the target that holds an object
 * @lmv: the table
 * @fid: the object
 * @mdc: the target
 *
 * Return: 0, -ENODEV (a target that we do not know), or what the location
 * service said (-ENOENT: nobody knows the sequence).
 */
int lmv_find(struct lmv *lmv, const struct lustre_fid *fid, struct mdc **mdc)
{
	u32 index;
	int rc;

	if (!lmv_index_cached(lmv, fid->seq, &index)) {
		rc = fld_lookup(lmv, fid->seq, &index);
		if (rc)
			return rc;
	}
	*mdc = lmv_mdt(lmv, index);
	return *mdc ? 0 : -ENODEV;
}

int lmv_mdt_index(struct lmv *lmv, const struct lustre_fid *fid)
{
	struct mdc *mdc;
	int rc = lmv_find(lmv, fid, &mdc);

	return rc ?: mdc->index;
}

u32 lmv_mdt_slots(struct lmv *lmv)
{
	struct mdc *mdc;
	unsigned long index;
	u32 slots = 0;

	xa_for_each(&lmv->mdts, index, mdc)
		slots = index + 1;
	return slots;
}

bool mdc_reachable(struct lmv *lmv, const struct lustre_fid *fid)
{
	struct mdc *mdc = lmv_find_cached(lmv, fid);

	return !mdc || ptlrpc_import_state(mdc->imp) == PTLRPC_IMP_FULL;
}

bool lmv_steady(struct lmv *lmv, const struct lustre_fid *fid,
		unsigned long since, unsigned long grace)
{
	struct mdc *mdc = lmv_find_cached(lmv, fid);
	unsigned long index;

	if (mdc)
		return ptlrpc_import_steady(mdc->imp, since, grace);
	/* Any of them may be the one. */
	xa_for_each(&lmv->mdts, index, mdc)
		if (!ptlrpc_import_steady(mdc->imp, since, grace))
			return false;
	return true;
}

bool mdc_covered(struct lmv *lmv, const struct lustre_fid *fid, u64 bits)
{
	struct mdc *mdc = lmv_find_cached(lmv, fid);
	struct ldlm_resid resid;

	if (!mdc)
		return false;
	mdc_resid(&resid, fid);
	return (ldlm_cached_bits(mdc->ns, &resid) & bits) == bits;
}

bool mdc_covered_name(struct lmv *lmv, const struct lustre_fid *parent,
		      const struct lustre_fid *fid)
{
	struct mdc *mdc = lmv_find_cached(lmv, parent);
	struct ldlm_resid resid;

	if (!mdc)
		return false;
	mdc_resid(&resid, fid);
	return ldlm_cached_bits(mdc->ns, &resid) & MDS_INODELOCK_LOOKUP;
}
