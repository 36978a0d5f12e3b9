// SPDX-License-Identifier: GPL-2.0-only
/*
 * One metadata target: its connection, its locks, its life.
 */
#include <linux/sizes.h>
#include <linux/slab.h>

#include "internal.h"
#include "osc/osc.h"

/* Connect flags offered to a metadata target; see 05 section 7.2. */
#define MDC_CONNECT_FLAGS						\
	(OBD_CONNECT_VERSION | OBD_CONNECT_ACL |			\
	 OBD_CONNECT_XATTR | OBD_CONNECT_IBITS |			\
	 OBD_CONNECT_ATTRFID | OBD_CONNECT_NODEVOH |			\
	 OBD_CONNECT_BRW_SIZE | OBD_CONNECT_CANCELSET | OBD_CONNECT_AT | \
	 OBD_CONNECT_FID | OBD_CONNECT_VBR | OBD_CONNECT_LOV_V3 |	\
	 OBD_CONNECT_MAX_EASIZE | OBD_CONNECT_FULL20 |			\
	 OBD_CONNECT_LAYOUTLOCK | OBD_CONNECT_64BITHASH |		\
	 OBD_CONNECT_UMASK | OBD_CONNECT_EINPROGRESS |			\
	 OBD_CONNECT_LVB_TYPE | OBD_CONNECT_FLOCK_DEAD |		\
	 OBD_CONNECT_DISP_STRIPE |					\
	 OBD_CONNECT_OPEN_BY_FID | OBD_CONNECT_MULTIMODRPCS |		\
	 OBD_CONNECT_SUBTREE | OBD_CONNECT_BULK_MBITS |			\
	 OBD_CONNECT_FLAGS2)

#define MDC_CONNECT_FLAGS2						\
	(OBD_CONNECT2_SUM_STATFS | OBD_CONNECT2_INC_XID |		\
	 OBD_CONNECT2_LSOM | OBD_CONNECT2_BATCH_RPC |			\
	 OBD_CONNECT2_FLR)

/* Without these nothing works. */
#define MDC_CONNECT_NEEDED						\
	(OBD_CONNECT_IBITS | OBD_CONNECT_ATTRFID | OBD_CONNECT_FID |	\
	 OBD_CONNECT_FULL20)

/* All inode bits but that of data, see osc_dom_offer() */
#define MDC_IBITS_KNOWN							\
	(MDS_INODELOCK_LOOKUP | MDS_INODELOCK_UPDATE |			\
	 MDS_INODELOCK_OPEN | MDS_INODELOCK_LAYOUT |			\
	 MDS_INODELOCK_PERM | MDS_INODELOCK_XATTR)

/* Semantics that we follow: 2.15.0 */
#define MDC_VERSION		0x020f0000U

#define MDC_BRW_SIZE		SZ_1M

/*
 * One line about a reply that breaks the protocol; NULL: of a target whose
 * index was forgotten since. Return: -EPROTO.
 */
int mdc_bad_reply(struct mdc *mdc, const char *what)
{
	pr_err_ratelimited("lustre: %s: bad reply: %s\n",
			   mdc ? mdc->name : "MDT", what);
	return -EPROTO;
}

static void mdc_connected(struct ptlrpc_import *imp, void *data,
			  const struct ptlrpc_connect *granted, bool fresh)
{
	struct mdc *mdc = data;
	u32 easize = granted->max_easize;

	/* A server may not make us reserve more than a layout can have. */
	easize = min_t(u32, easize, 65536);
	if (easize > READ_ONCE(mdc->lmv->easize))
		WRITE_ONCE(mdc->lmv->easize, easize);
	osc_dom_connected(mdc->data, granted, fresh);
}

static void mdc_disconnected(struct ptlrpc_import *imp, void *data)
{
	struct mdc *mdc = data;

	osc_dom_disconnected(mdc->data);
}

static void mdc_invalidate(struct ptlrpc_import *imp, void *data)
{
	struct mdc *mdc = data;

	/* Locks are revoked one by one; open handles know their generation. */
	osc_dom_invalidate(mdc->data);
}

static int mdc_replay_locks(struct ptlrpc_import *imp, void *data)
{
	struct mdc *mdc = data;

	return ldlm_ns_replay_locks(mdc->ns);
}

/* A remount may have changed this since the import was made. */
static void mdc_offer(struct ptlrpc_import *imp, void *data,
		      struct ptlrpc_connect *ocd)
{
	struct mdc *mdc = data;

	ocd->flags &= ~OBD_CONNECT_RDONLY;
	if (mdc->lmv->p.rdonly)
		ocd->flags |= OBD_CONNECT_RDONLY;
	osc_dom_offer(mdc->data, ocd);
}

static const struct ptlrpc_import_ops mdc_import_ops = {
	.offer		= mdc_offer,
	.connected	= mdc_connected,
	.disconnected	= mdc_disconnected,
	.invalidate	= mdc_invalidate,
	.replay_locks	= mdc_replay_locks,
};

/*
 * An inode-bit lock goes away. Bits that another lock still covers stay
 * valid; the VFS room hears of the others before the server does.
 */
static void mdc_ibits_blocking(struct ldlm_lock *lock,
			       const struct ldlm_desc *desc,
			       enum ldlm_bl_reason reason)
{
	struct mdc *mdc = ptlrpc_import_data(ldlm_ns_import(lock->ns));
	struct lmv *lmv = mdc->lmv;
	struct lustre_fid fid;
	u64 bits;

	if (reason == LDLM_BL_BLOCKING)
		return;
	mdc_resid_fid(&lock->resid, &fid);
	bits = lock->policy.ibits.bits;
	/* Data are written under the layout, which is in the same lock. */
	if (bits & MDS_INODELOCK_DOM)
		osc_dom_blocking(mdc->data, lock, reason);
	bits &= ~ldlm_cached_bits(lock->ns, &lock->resid);
	if (bits)
		lmv->p.revoked(lmv->p.sbi, &fid, bits);
}

static int mdc_ibits_glimpse(struct ldlm_lock *lock, void *lvb, u32 size)
{
	struct mdc *mdc = ptlrpc_import_data(ldlm_ns_import(lock->ns));

	if (!(lock->policy.ibits.bits & MDS_INODELOCK_DOM))
		return -ENODATA;
	return osc_dom_glimpse(mdc->data, lock, lvb, size);
}

static bool mdc_ibits_weigh(struct ldlm_lock *lock)
{
	struct mdc *mdc = ptlrpc_import_data(ldlm_ns_import(lock->ns));

	return lock->policy.ibits.bits & MDS_INODELOCK_DOM &&
	       osc_dom_weigh(mdc->data, lock);
}

const struct ldlm_lock_ops mdc_ibits_ops = {
	.blocking	= mdc_ibits_blocking,
	.glimpse	= mdc_ibits_glimpse,
	.weigh		= mdc_ibits_weigh,
};

static void mdc_fill_offer(struct mdc *mdc, struct ptlrpc_connect *ocd)
{
	memset(ocd, 0, sizeof(*ocd));
	ocd->flags = MDC_CONNECT_FLAGS;
	ocd->flags2 = MDC_CONNECT_FLAGS2;
	ocd->ibits = MDC_IBITS_KNOWN;
	ocd->version = MDC_VERSION;
	ocd->brw_size = MDC_BRW_SIZE;
}

/* New target of @lmv, not connecting yet; or ERR_PTR. */
struct mdc *mdc_new(struct lmv *lmv, u32 index, const char *name,
		    const char *target_uuid)
{
	struct ptlrpc_import_desc desc = {
		.target		= PTLRPC_MDT,
		.name		= name,
		.target_uuid	= target_uuid,
		.client_uuid	= lmv->p.client_uuid,
		.timeouts	= lmv->p.timeouts,
		.ops		= &mdc_import_ops,
	};
	const struct osc_desc data = {
		.name		= name,
		.checksum	= lmv->p.checksum,
	};
	struct mdc *mdc;
	int rc;

	mdc = kzalloc_obj(*mdc);
	if (!mdc)
		return ERR_PTR(-ENOMEM);
	mdc->lmv = lmv;
	mdc->index = index;
	mdc_seq_init(&mdc->seq);
	mdc->name = kstrdup(name, GFP_KERNEL);
	if (!mdc->name) {
		kfree(mdc);
		return ERR_PTR(-ENOMEM);
	}
	desc.data = mdc;
	mdc_fill_offer(mdc, &desc.offer);
	mdc->imp = ptlrpc_import_create(lmv->p.pnet, &desc);
	if (IS_ERR(mdc->imp)) {
		rc = PTR_ERR(mdc->imp);
		goto out_name;
	}
	mdc->ns = ldlm_ns_create(mdc->imp);
	if (IS_ERR(mdc->ns)) {
		rc = PTR_ERR(mdc->ns);
		goto out_imp;
	}
	mdc->data = osc_dom_create(mdc->imp, mdc->ns, &data);
	if (!IS_ERR(mdc->data))
		return mdc;
	rc = PTR_ERR(mdc->data);
	ldlm_ns_destroy(mdc->ns);
out_imp:
	ptlrpc_import_disconnect(mdc->imp, true);
	ptlrpc_import_put(mdc->imp, lustre_import_put_owner);
out_name:
	kfree(mdc->name);
	kfree(mdc);
	return ERR_PTR(rc);
}

/* Cancel all locks and disconnect; see lmv_disconnect(). */
void mdc_disconnect(struct mdc *mdc, bool force)
{
	ldlm_ns_cancel_all(mdc->ns, true);
	ptlrpc_import_disconnect(mdc->imp, force);
	osc_dom_stop(mdc->data);
}

void mdc_destroy(struct mdc *mdc)
{
	ldlm_ns_destroy(mdc->ns);
	osc_dom_destroy(mdc->data);
	ptlrpc_import_put(mdc->imp, lustre_import_put_owner);
	mutex_destroy(&mdc->seq.lock);
	kfree(mdc->name);
	kfree(mdc);
}

/* Did the server grant what this client can't do without? */
bool mdc_check_connect(struct mdc *mdc)
{
	struct ptlrpc_connect ocd;

	ptlrpc_import_grant(mdc->imp, &ocd);
	if ((ocd.flags & MDC_CONNECT_NEEDED) == MDC_CONNECT_NEEDED)
		return true;
	pr_err("lustre: %s: server lacks connect flags 0x%llx\n", mdc->name,
	       MDC_CONNECT_NEEDED & ~ocd.flags);
	return false;
}
