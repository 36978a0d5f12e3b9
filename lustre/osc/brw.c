// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building bulk transfers: from segments to ranges (07 section 4.1).
 */
#include <linux/log2.h>
#include <linux/slab.h>

#include "osc/internal.h"

struct kmem_cache *osc_brw_cache;

static void osc_brw_init(struct osc_brw *brw, struct osc_object *obj, u32 flags,
			 const struct osc_brw_ops *ops, void *priv)
{
	memset(brw, 0, sizeof(*brw));
	INIT_LIST_HEAD(&brw->link);
	refcount_set(&brw->ref, 1);
	brw->obj = osc_object_get(obj);
	brw->ops = ops;
	brw->priv = priv;
	brw->flags = flags;
	brw->bv = brw->few_bv;
	brw->max_nr = OSC_BRW_FEW_SEGS;
	brw->range = brw->few_range;
	brw->max_range = OSC_BRW_FEW_RANGES;
}

/**
 * osc_brw_alloc - new, empty transfer
 * @obj: the object
 * @flags: OSC_BRW_*
 * @ops: completion
 * @priv: for the caller, see osc_brw_priv()
 *
 * Return: the transfer; with OSC_BRW_TRY NULL if there is no memory at once,
 * else it waits for other transfers to end (so the caller must not sit on any
 * that it did not submit).
 * Context: may sleep; never recurses into file systems.
 */
struct osc_brw *osc_brw_alloc(struct osc_object *obj, u32 flags,
			      const struct osc_brw_ops *ops, void *priv)
{
	gfp_t gfp = flags & OSC_BRW_TRY ? GFP_NOWAIT : GFP_NOFS | __GFP_NORETRY;
	struct osc *osc = obj->osc;
	struct osc_brw *brw;

	brw = kmem_cache_alloc(osc_brw_cache, gfp | __GFP_NOWARN);
	if (!brw && !(flags & OSC_BRW_TRY)) {
		brw = mempool_alloc(&osc->brw_pool, GFP_NOFS);
		flags |= OSC_BRW_RESERVED;
	}
	if (!brw)
		return NULL;
	osc_brw_init(brw, obj, flags & ~OSC_BRW_TRY, ops, priv);
	if (flags & OSC_BRW_WRITE) {
		/* What is dirtied from now on goes out in another piece. */
		spin_lock(&osc->lock);
		obj->run_end = OSC_EOF;
		spin_unlock(&osc->lock);
	}
	return brw;
}

/* Room for a full transfer; without memory it stays small. */
static void osc_brw_grow(struct osc_brw *brw)
{
	const gfp_t gfp = GFP_NOFS | __GFP_NOWARN | __GFP_NORETRY;
	struct osc_range *range;
	struct bio_vec *bv;

	if (brw->nr == brw->max_nr && brw->bv == brw->few_bv) {
		bv = kmalloc_array(OSC_BRW_PAGES, sizeof(*bv), gfp);
		if (bv) {
			memcpy(bv, brw->few_bv, sizeof(brw->few_bv));
			brw->bv = bv;
			brw->max_nr = OSC_BRW_PAGES;
		}
	}
	if (brw->nr_range == brw->max_range && brw->range == brw->few_range) {
		range = kmalloc_array(OSC_BRW_RANGES, sizeof(*range), gfp);
		if (range) {
			memcpy(range, brw->few_range, sizeof(brw->few_range));
			brw->range = range;
			brw->max_range = OSC_BRW_RANGES;
		}
	}
}

/*
 * Only the first byte of a transfer may lie inside a page, and only the last
 * (07 section 4.1).
 */
static bool osc_brw_fits(const struct osc_brw *brw, size_t len, u64 off)
{
	const struct osc_range *last = &brw->range[brw->nr_range - 1];
	u64 end = last->off + last->len;

	return off >= end && !(off & (PAGE_SIZE - 1)) &&
	       !(end & (PAGE_SIZE - 1)) &&
	       brw->bytes + len <= brw->obj->osc->brw_size;
}

/**
 * osc_brw_add - add a segment
 * @brw: transfer under construction
 * @bv: the segment, which must stay until osc_brw_ops.release(); it begins as
 *	far inside a page as @off does
 * @off: of the segment in the object; ascending from call to call
 * @grant: what osc_grant_reserve() paid for it; taken over
 *
 * Return: false if the segment does not fit: submit and begin a new transfer.
 * An empty transfer takes any segment.
 */
bool osc_brw_add(struct osc_brw *brw, const struct bio_vec *bv, u64 off,
		 u32 grant)
{
	size_t len = bv->bv_len;
	struct osc_range *last;

	if (brw->nr && !osc_brw_fits(brw, len, off))
		return false;
	osc_brw_grow(brw);
	if (brw->nr == brw->max_nr)
		return false;
	last = brw->nr_range ? &brw->range[brw->nr_range - 1] : NULL;
	if (last && last->off + last->len == off) {
		last->len += len;
	} else {
		if (brw->nr_range == brw->max_range)
			return false;
		brw->range[brw->nr_range].off = off;
		brw->range[brw->nr_range++].len = len;
	}
	brw->bv[brw->nr++] = *bv;
	brw->bytes += len;
	brw->grant += grant;
	return true;
}

/* Drop a reference; the last one gives the memory back. */
void osc_brw_put(struct osc_brw *brw)
{
	struct osc_object *obj = brw->obj;

	if (!refcount_dec_and_test(&brw->ref))
		return;
	if (brw->ops->release)
		brw->ops->release(brw);
	if (brw->bv != brw->few_bv)
		kfree(brw->bv);
	if (brw->range != brw->few_range)
		kfree(brw->range);
	mempool_free(brw, &obj->osc->brw_pool);
	wake_up_all(&obj->osc->commit_wait);
	osc_object_put(obj);
}

void *osc_brw_priv(struct osc_brw *brw)
{
	return brw->priv;
}

struct osc_object *osc_brw_object(struct osc_brw *brw)
{
	return brw->obj;
}

u32 osc_brw_flags(struct osc_brw *brw)
{
	return brw->flags;
}

unsigned int osc_brw_nr(struct osc_brw *brw)
{
	return brw->nr;
}

const struct bio_vec *osc_brw_seg(struct osc_brw *brw, unsigned int i)
{
	return &brw->bv[i];
}

void osc_brw_set_lock(struct osc_brw *brw, struct ldlm_lock *lock)
{
	brw->lock = lock;
}

struct ldlm_lock *osc_brw_lock(struct osc_brw *brw)
{
	return brw->lock;
}

/* Bytes of an object from @off on that a transfer should not go beyond */
u64 osc_brw_room(struct osc_object *obj, u64 off)
{
	u64 region = rounddown_pow_of_two(READ_ONCE(obj->osc->brw_size));

	return region - (off & (region - 1));
}
