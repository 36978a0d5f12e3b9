// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data targets: set-up, connection, figures.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "osc/kind.h"

struct workqueue_struct *osc_wq;

/* Semantics that this client implements: 2.15.0 */
#define OSC_VERSION	OBD_OCD_VERSION(2, 15, 0, 0)

#define OSC_CONNECT_FLAGS						\
	(OBD_CONNECT_INDEX | OBD_CONNECT_GRANT | OBD_CONNECT_SRVLOCK |	\
	 OBD_CONNECT_VERSION | OBD_CONNECT_BRW_SIZE |			\
	 OBD_CONNECT_CANCELSET | OBD_CONNECT_AT |			\
	 OBD_CONNECT_LRU_RESIZE | OBD_CONNECT_CKSUM |			\
	 OBD_CONNECT_FID | OBD_CONNECT_VBR | OBD_CONNECT_GRANT_SHRINK |	\
	 OBD_CONNECT_FULL20 | OBD_CONNECT_LAYOUTLOCK |			\
	 OBD_CONNECT_64BITHASH | OBD_CONNECT_MAXBYTES |			\
	 OBD_CONNECT_EINPROGRESS | OBD_CONNECT_GRANT_PARAM |		\
	 OBD_CONNECT_LVB_TYPE | OBD_CONNECT_SHORTIO |			\
	 OBD_CONNECT_BULK_MBITS | OBD_CONNECT_FLAGS2)

/* ------------------------------------------------------- import upcalls -- */

static void osc_offer(struct ptlrpc_import *imp, void *data,
		      struct ptlrpc_connect *ocd)
{
	struct osc *osc = data;

	if (ocd->flags & OBD_CONNECT_GRANT)
		ocd->grant = min_t(u64, osc_grant_ocd(osc), U32_MAX);
}

static void osc_connected(struct ptlrpc_import *imp, void *data,
			  const struct ptlrpc_connect *granted, bool fresh)
{
	struct osc *osc = data;
	u32 types = OBD_CKSUM_ADLER;

	if (granted->flags & OBD_CONNECT_CKSUM)
		types = granted->cksum_types & OSC_CKSUM_TYPES;
	spin_lock(&osc->lock);
	osc->brw_size = OSC_BRW_SIZE;
	if (granted->brw_size >= PAGE_SIZE && granted->brw_size < OSC_BRW_SIZE)
		osc->brw_size = round_down(granted->brw_size, PAGE_SIZE);
	osc->cksum_types = types;
	if (!(osc->tune.checksum_type & types))
		osc->tune.checksum_type = osc_cksum_best(types);
	osc->maxbytes = granted->flags & OBD_CONNECT_MAXBYTES ?
			granted->maxbytes : 0;
	osc->seeks = granted->flags2 & OBD_CONNECT2_LSEEK;
	osc->tune.max_pages_per_rpc = osc->brw_size / PAGE_SIZE;
	/* Metadata targets replay what makes a file before its data. */
	if (osc->connected && !osc->kind->on_mdt &&
	    (!granted->instance || granted->instance != osc->instance))
		osc->restarted = jiffies ?: 1;
	osc->instance = granted->instance;
	osc->connected = true;
	spin_unlock(&osc->lock);
	osc_grant_connected(osc, granted, fresh);
}

static void osc_invalidate(struct ptlrpc_import *imp, void *data)
{
	struct osc *osc = data;

	osc_absent_hurry(osc);
	ldlm_ns_invalidate(osc->ns);
	osc_groups_lose(osc);
	osc_report_lost(osc);
	wake_up_all(&osc->grant_wait);
}

static int osc_replay_locks(struct ptlrpc_import *imp, void *data)
{
	struct osc *osc = data;

	return ldlm_ns_replay_locks(osc->ns);
}

static void osc_disconnected(struct ptlrpc_import *imp, void *data)
{
	struct osc *osc = data;

	wake_up_all(&osc->grant_wait);
	/* Reads that have somewhere else to go need not wait. */
	queue_work(osc_wq, &osc->kick_work);
}

/* Has the target nothing of ours, and shall it have nothing soon? */
static bool osc_may_idle(struct ptlrpc_import *imp, void *data)
{
	struct osc *osc = data;
	bool idle;

	spin_lock(&osc->lock);
	idle = !osc->dirty_bytes && !osc->unstable && !osc->in_flight &&
	       !osc->queued;
	spin_unlock(&osc->lock);
	return idle && ldlm_ns_empty(osc->ns);
}

static const struct ptlrpc_import_ops osc_import_ops = {
	.offer		= osc_offer,
	.connected	= osc_connected,
	.disconnected	= osc_disconnected,
	.may_idle	= osc_may_idle,
	.invalidate	= osc_invalidate,
	.replay_locks	= osc_replay_locks,
};

/* ---------------------------------------------------------- life of one -- */

static void osc_init_members(struct osc *osc, const struct osc_kind *kind,
			     const struct osc_desc *desc)
{
	osc->kind = kind;
	spin_lock_init(&osc->lock);
	INIT_LIST_HEAD(&osc->queue);
	INIT_LIST_HEAD(&osc->groups);
	init_waitqueue_head(&osc->grant_wait);
	init_waitqueue_head(&osc->commit_wait);
	INIT_WORK(&osc->commit_work, osc_commit_work);
	INIT_WORK(&osc->kick_work, osc_kick_work);
	INIT_LIST_HEAD(&osc->uncommitted);
	INIT_LIST_HEAD(&osc->absentees);
	INIT_DELAYED_WORK(&osc->absent_work, osc_absent_work);
	INIT_DELAYED_WORK(&osc->shrink_work, osc_shrink_work);
	for (int i = 0; i < OSC_QUOTA_TYPES; i++)
		xa_init(&osc->over[i]);
	osc->last_write = jiffies;
	osc->brw_size = OSC_BRW_SIZE;
	osc->grant.chunk = PAGE_SIZE;
	osc->grant.max_extent = OSC_BRW_SIZE;
	osc->tune = (struct osc_tunables) {
		.max_rpcs_in_flight	= OSC_MAX_RPCS,
		.max_pages_per_rpc	= OSC_BRW_PAGES,
		.max_dirty_mb		= OSC_MAX_DIRTY_MB,
		.resend_count		= OSC_RESEND_COUNT,
		.short_io_bytes		= OSC_SHORT_IO_BYTES,
		.grant_shrink_interval	= OSC_SHRINK_SECS,
		.checksums		= desc->checksum,
		.grant_shrink		= true,
	};
}

static struct ptlrpc_import *osc_make_import(struct osc *osc,
					     struct ptlrpc_net *pn,
					     const struct osc_desc *desc)
{
	struct ptlrpc_import_desc id = {
		.target		= PTLRPC_OST,
		.name		= desc->name,
		.target_uuid	= desc->target_uuid,
		.client_uuid	= desc->client_uuid,
		.timeouts	= desc->timeouts,
		.idle_secs	= OSC_IDLE_SECS,
		.ops		= &osc_import_ops,
		.data		= osc,
		.offer		= {
			.flags		= OSC_CONNECT_FLAGS,
			.flags2		= OBD_CONNECT2_LSEEK,
			.version	= OSC_VERSION,
			.index		= desc->index,
			.brw_size	= OSC_BRW_SIZE,
			.cksum_types	= OSC_CKSUM_TYPES,
			.grant		= OSC_FIRST_GRANT,
			.grant_blkbits	= PAGE_SHIFT,
		},
	};

	return ptlrpc_import_create(pn, &id);
}

static void osc_free(struct osc *osc)
{
	for (int i = 0; i < OSC_QUOTA_TYPES; i++)
		xa_destroy(&osc->over[i]);
	mempool_exit(&osc->brw_pool);
	kfree(osc->name);
	kfree(osc);
}

static int osc_start(struct osc *osc, struct ptlrpc_net *pn,
		     const struct osc_desc *desc)
{
	osc->imp = osc_make_import(osc, pn, desc);
	if (IS_ERR(osc->imp))
		return PTR_ERR(osc->imp);
	osc->ns = ldlm_ns_create(osc->imp);
	if (!IS_ERR(osc->ns))
		return 0;
	ptlrpc_import_put(osc->imp, lustre_import_put_owner);
	return PTR_ERR(osc->ns);
}

/* A target without connection and locks, or ERR_PTR(-ENOMEM). */
static struct osc *osc_new(const struct osc_kind *kind,
			   const struct osc_desc *desc)
{
	struct osc *osc = kzalloc_obj(*osc);
	int err;

	if (!osc)
		return ERR_PTR(-ENOMEM);
	osc_init_members(osc, kind, desc);
	err = -ENOMEM;
	osc->name = kstrdup(desc->name, GFP_KERNEL);
	if (osc->name)
		err = mempool_init_slab_pool(&osc->brw_pool, OSC_BRW_RESERVE,
					     osc_brw_cache);
	if (!err)
		err = osc_objects_init(osc);
	if (!err)
		return osc;
	osc_free(osc);
	return ERR_PTR(err);
}

/**
 * osc_create - make a target
 * @pn: RPC state of the network namespace
 * @desc: what and whose
 *
 * Follow with osc_add_nid() for each address, then osc_connect().
 *
 * Return: the target, or ERR_PTR(-ENOMEM, -EINVAL).
 * Context: sleeps.
 */
struct osc *osc_create(struct ptlrpc_net *pn, const struct osc_desc *desc)
{
	struct osc *osc = osc_new(&osc_ost_kind, desc);
	int err;

	if (IS_ERR(osc))
		return osc;
	err = osc_start(osc, pn, desc);
	if (!err)
		return osc;
	osc_objects_exit(osc);
	osc_free(osc);
	return ERR_PTR(err);
}

/* Append a server address; in order of preference.  0 or -ENOMEM. */
int osc_add_nid(struct osc *osc, const struct lnet_nid *nid)
{
	return ptlrpc_import_add_nid(osc->imp, nid);
}

/* Start connecting in the background. */
void osc_connect(struct osc *osc)
{
	ptlrpc_import_connect(osc->imp);
	queue_delayed_work(osc_wq, &osc->shrink_work, 60 * HZ);
}

/* The connection is gone, with all that was sent over it. */
static void osc_stop(struct osc *osc)
{
	osc_report_lost(osc);
	/* A transfer that ends in a retry goes on after it freed its pages. */
	flush_workqueue(osc_wq);
	cancel_work_sync(&osc->kick_work);
	cancel_work_sync(&osc->commit_work);
}

/**
 * osc_destroy - disconnect from a target and forget it
 * @osc: the target; no file uses it any more
 * @force: do not wait for a server that does not answer
 *
 * Context: sleeps, bounded.
 */
void osc_destroy(struct osc *osc, bool force)
{
	cancel_delayed_work_sync(&osc->shrink_work);
	osc_absent_leave(osc);
	/* The server drops its locks together with the connection. */
	ldlm_ns_cancel_all(osc->ns, true);
	ptlrpc_import_disconnect(osc->imp, force);
	osc_stop(osc);
	ldlm_ns_destroy(osc->ns);
	osc_objects_exit(osc);
	ptlrpc_import_put(osc->imp, lustre_import_put_owner);
	osc_free(osc);
}

/* ------------------------------------------- data on metadata targets -- */

/**
 * osc_dom_create - the data part of a metadata target
 * @imp: its connection, whose owner calls osc_dom_offer(), osc_dom_connected(),
 *	osc_dom_disconnected() and osc_dom_invalidate()
 * @ns: its locks, whose owner calls osc_dom_blocking() and the like
 * @desc: name and checksum
 *
 * Return: the target, or ERR_PTR(-ENOMEM).
 * Context: sleeps.
 */
struct osc *osc_dom_create(struct ptlrpc_import *imp, struct ldlm_ns *ns,
			   const struct osc_desc *desc)
{
	struct osc *osc = osc_new(&osc_mdt_kind, desc);

	if (IS_ERR(osc))
		return osc;
	osc->imp = imp;
	osc->ns = ns;
	return osc;
}

/* What a connection that carries data offers; before each connect. */
void osc_dom_offer(struct osc *osc, struct ptlrpc_connect *ocd)
{
	ocd->flags |= OBD_CONNECT_GRANT | OBD_CONNECT_GRANT_PARAM |
		      OBD_CONNECT_CKSUM | OBD_CONNECT_SHORTIO;
	ocd->flags2 |= OBD_CONNECT2_DOM_LVB;
	ocd->ibits |= MDS_INODELOCK_DOM;
	ocd->cksum_types = OSC_CKSUM_TYPES;
	ocd->grant_blkbits = PAGE_SHIFT;
	ocd->grant = min_t(u64, osc_grant_ocd(osc), U32_MAX);
}

void osc_dom_connected(struct osc *osc, const struct ptlrpc_connect *granted,
		       bool fresh)
{
	osc_connected(osc->imp, osc, granted, fresh);
}

void osc_dom_disconnected(struct osc *osc)
{
	osc_disconnected(osc->imp, osc);
}

/* Evicted: locks and dirty data are lost. */
void osc_dom_invalidate(struct osc *osc)
{
	osc_invalidate(osc->imp, osc);
}

/*
 * Does the target take data?  Without the size in the lock's value block, which
 * servers before 2.15 don't send, nobody could tell how long a file is.
 */
bool osc_dom_usable(struct osc *osc)
{
	struct ptlrpc_connect ocd;

	ptlrpc_import_grant(osc->imp, &ocd);
	return (ocd.flags2 & OBD_CONNECT2_DOM_LVB) &&
	       (ocd.ibits & MDS_INODELOCK_DOM);
}

/* After the locks have gone, and the disconnect; all I/O is over on return. */
void osc_dom_stop(struct osc *osc)
{
	osc_absent_leave(osc);
	osc_stop(osc);
}

/* After osc_dom_stop(); and ldlm_ns_destroy(), for locks know their objects. */
void osc_dom_destroy(struct osc *osc)
{
	osc_objects_exit(osc);
	osc_free(osc);
}

/* ------------------------------------------------------------- figures -- */

struct ptlrpc_import *osc_import(struct osc *osc)
{
	return osc->imp;
}

struct ldlm_ns *osc_ns(struct osc *osc)
{
	return osc->ns;
}

const char *osc_name(const struct osc *osc)
{
	return osc->name;
}

/* Largest object of the target in bytes, 0 if it did not say. */
u64 osc_maxbytes(struct osc *osc)
{
	return READ_ONCE(osc->maxbytes);
}

void osc_get_tunables(struct osc *osc, struct osc_tunables *t)
{
	spin_lock(&osc->lock);
	*t = osc->tune;
	t->checksum_type &= osc->cksum_types;
	spin_unlock(&osc->lock);
}

/**
 * osc_set_tunables - change what an administrator may change
 * @osc: the target
 * @t: new values, from osc_get_tunables() with changes; max_pages_per_rpc is
 *	ignored
 *
 * Return: 0, -ERANGE, or -EINVAL for a checksum type that the target does not
 * know.
 */
int osc_set_tunables(struct osc *osc, const struct osc_tunables *t)
{
	int err = 0;

	if (!t->max_rpcs_in_flight || t->max_rpcs_in_flight > 256 ||
	    !t->max_dirty_mb || t->max_dirty_mb > 2048 ||
	    t->short_io_bytes > OSC_SHORT_IO_BYTES ||
	    t->grant_shrink_interval < 1 ||
	    t->grant_shrink_interval > INT_MAX / HZ)
		return -ERANGE;
	spin_lock(&osc->lock);
	/* Before the first connection there is no type yet. */
	if (t->checksum_type == (t->checksum_type & osc->cksum_types)) {
		u32 pages = osc->tune.max_pages_per_rpc;

		osc->tune = *t;
		osc->tune.max_pages_per_rpc = pages;
	} else {
		err = -EINVAL;
	}
	spin_unlock(&osc->lock);
	if (!err)
		queue_work(osc_wq, &osc->kick_work);
	return err;
}

void osc_get_stats(struct osc *osc, struct osc_stats *st)
{
	spin_lock(&osc->lock);
	*st = osc->stats;
	st->grant_avail = osc->grant.avail;
	st->grant_dirty = osc->grant.dirty;
	st->grant_dropped = osc->grant.dropped;
	st->dirty_bytes = osc->dirty_bytes;
	st->rpcs_in_flight = osc->in_flight;
	st->rpcs_queued = osc->queued;
	st->unstable_bytes = osc->unstable;
	spin_unlock(&osc->lock);
}

/* -------------------------------------------------------------- module -- */

int __init osc_init(void)
{
	int err = osc_cksum_measure();

	if (!err)
		err = osc_object_init();
	if (err)
		return err;
	osc_brw_cache = KMEM_CACHE(osc_brw, 0);
	if (!osc_brw_cache)
		goto out_object;
	osc_wq = alloc_workqueue("lustre_osc", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (osc_wq)
		return 0;
	kmem_cache_destroy(osc_brw_cache);
out_object:
	osc_object_exit();
	return -ENOMEM;
}

void osc_exit(void)
{
	destroy_workqueue(osc_wq);
	/* Objects are freed after a grace period. */
	rcu_barrier();
	kmem_cache_destroy(osc_brw_cache);
	osc_object_exit();
}
