// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bulk transfers under construction, one for each object of a file: what the
 * page cache and direct I/O go through adds to several of them in turn.
 */
#include <linux/slab.h>

#include "internal.h"

/* Where the transfer of an object is built. */
static struct osc_brw **lustre_xfer_place(struct lustre_xfer *x,
					  const struct osc_object *obj)
{
	struct osc_brw **brw = NULL;

	if (x->nr)
		return &x->brw[obj->stripe % x->nr];
	/* Objects that share a place send smaller transfers, that is all. */
	if (obj->stripe_count > LUSTRE_XFER_FEW)
		brw = kcalloc(obj->stripe_count, sizeof(*brw),
			      GFP_NOFS | __GFP_NOWARN | __GFP_NORETRY);
	x->brw = brw ?: x->few;
	x->nr = brw ? obj->stripe_count : LUSTRE_XFER_FEW;
	return &x->brw[obj->stripe % x->nr];
}

static void lustre_xfer_flush_one(struct osc_brw **place)
{
	if (*place)
		osc_brw_submit(*place);
	*place = NULL;
}

/* Start all transfers. */
static void lustre_xfer_submit(struct lustre_xfer *x)
{
	for (unsigned int i = 0; i < x->nr; i++)
		lustre_xfer_flush_one(&x->brw[i]);
}

/* Start all transfers, there will be no more. */
void lustre_xfer_end(struct lustre_xfer *x)
{
	lustre_xfer_submit(x);
	if (x->brw != x->few)
		kfree(x->brw);
}

/* The transfer being built of this kind, or NULL */
struct osc_brw *lustre_xfer_find(struct lustre_xfer *x, struct osc_object *obj,
				 u32 flags)
{
	struct osc_brw *brw = *lustre_xfer_place(x, obj);

	if (!brw || osc_brw_object(brw) != obj || osc_brw_flags(brw) != flags)
		return NULL;
	return brw;
}

/**
 * lustre_xfer_new - new transfer; the one being built of the object is started
 * @x: the transfers
 * @obj: the object
 * @flags: OSC_BRW_*
 * @ops: completion
 * @priv: for osc_brw_priv()
 *
 * Context: may sleep for memory; who does must not sit on unsent transfers.
 */
struct osc_brw *lustre_xfer_new(struct lustre_xfer *x, struct osc_object *obj,
				u32 flags, const struct osc_brw_ops *ops,
				void *priv)
{
	struct osc_brw **place = lustre_xfer_place(x, obj);

	lustre_xfer_flush_one(place);
	*place = osc_brw_alloc(obj, flags | OSC_BRW_TRY, ops, priv);
	if (!*place) {
		lustre_xfer_submit(x);
		*place = osc_brw_alloc(obj, flags, ops, priv);
	}
	return *place;
}
