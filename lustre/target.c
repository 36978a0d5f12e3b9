// SPDX-License-Identifier: GPL-2.0-only
/*
 * The targets of a mounted file system, as the configuration names them.
 *
 * The configuration client calls in here, from the mounting task at first and
 * from a workqueue later on; sbi->target_lock keeps readers of the table safe
 * from both.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "internal.h"
#include "sysfs.h"

/* How long I/O waits for a target that a layout names and we don't know. */
#define TARGET_WAIT	(20 * HZ)

/* A new target gets the parameters of its like, and a place in sysfs. */
static int target_show(struct lustre_sb *sbi, const struct mgc_target *tgt,
		       struct osc *osc)
{
	lustre_settings_apply(sbi, tgt->name);
	if (!sbi->shown)
		return 0;	/* with all others, at the end of the mount */
	return osc ? lustre_sysfs_add_osc(sbi, osc) :
		     lustre_sysfs_add_mdt(sbi, tgt->index);
}

static int target_add_mdt(struct lustre_sb *sbi, const struct mgc_target *tgt)
{
	int err;

	err = lmv_mdt_add(sbi->lmv, tgt->index, tgt->name, tgt->uuid);
	if (!err)
		err = target_show(sbi, tgt, NULL);
	else if (err == -EEXIST)
		err = 0;
	for (unsigned int n = 0; !err && n < tgt->nr_nodes; n++)
		for (unsigned int i = 0; !err && i < tgt->nodes[n].nr_nids; i++)
			err = lmv_mdt_add_nid(sbi->lmv, tgt->index,
					      &tgt->nodes[n].nids[i]);
	if (err)
		return err;
	if (tgt->inactive)
		return lmv_mdt_set_active(sbi->lmv, tgt->index, false);
	return lmv_mdt_connect(sbi->lmv, tgt->index);
}

static int target_add_osc_nids(struct osc *osc, const struct mgc_node *node)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < node->nr_nids; i++)
		err = osc_add_nid(osc, &node->nids[i]);
	return err;
}

static struct osc *target_new_osc(struct lustre_sb *sbi,
				  const struct mgc_target *tgt)
{
	const struct osc_desc desc = {
		.name		= tgt->name,
		.target_uuid	= tgt->uuid,
		.client_uuid	= sbi->uuid,
		.timeouts	= &sbi->timeouts,
		.index		= tgt->index,
		.checksum	= sbi->opts.flags & LUSTRE_MOUNT_CHECKSUM,
	};
	struct osc *osc = osc_create(sbi->pnet, &desc);
	int err;

	if (IS_ERR(osc))
		return osc;
	err = xa_err(xa_store(&sbi->oscs, tgt->index, osc, GFP_KERNEL));
	if (err) {
		osc_destroy(osc, true);
		return ERR_PTR(err);
	}
	err = target_show(sbi, tgt, osc);
	return err ? ERR_PTR(err) : osc;
}

static int target_add_ost(struct lustre_sb *sbi, const struct mgc_target *tgt)
{
	struct osc *osc = xa_load(&sbi->oscs, tgt->index);
	int err = 0;

	if (!osc)
		osc = target_new_osc(sbi, tgt);
	if (IS_ERR(osc))
		return PTR_ERR(osc);
	for (unsigned int n = 0; !err && n < tgt->nr_nodes; n++)
		err = target_add_osc_nids(osc, &tgt->nodes[n]);
	if (err)
		return err;
	if (tgt->inactive)
		ptlrpc_import_deactivate(osc_import(osc));
	else if (sbi->targets_up)
		osc_connect(osc);
	wake_up_all(&sbi->target_wait);
	return 0;
}

static int lustre_target_add(void *priv, const struct mgc_target *tgt)
{
	struct lustre_sb *sbi = priv;
	int err;

	mutex_lock(&sbi->target_lock);
	if (tgt->kind == PTLRPC_MDT)
		err = target_add_mdt(sbi, tgt);
	else
		err = target_add_ost(sbi, tgt);
	mutex_unlock(&sbi->target_lock);
	return err;
}

/*
 * Files may still lie on a target that was removed, so it is kept until the
 * umount and only fails what is sent to it.
 */
static int lustre_target_set_active(void *priv, enum ptlrpc_target kind,
				    u32 index, bool active)
{
	struct lustre_sb *sbi = priv;
	struct osc *osc;

	if (kind == PTLRPC_MDT)
		return lmv_mdt_set_active(sbi->lmv, index, active);
	osc = xa_load(&sbi->oscs, index);
	if (!osc)
		return -ENOENT;
	if (active)
		ptlrpc_import_activate(osc_import(osc));
	else
		ptlrpc_import_deactivate(osc_import(osc));
	return 0;
}

static int lustre_target_del(void *priv, enum ptlrpc_target kind, u32 index)
{
	return lustre_target_set_active(priv, kind, index, false);
}

static int lustre_conn_add(void *priv, enum ptlrpc_target kind, u32 index,
			   const struct mgc_node *node)
{
	struct lustre_sb *sbi = priv;
	struct osc *osc;
	int err = 0;

	if (kind == PTLRPC_MDT) {
		for (unsigned int i = 0; !err && i < node->nr_nids; i++)
			err = lmv_mdt_add_nid(sbi->lmv, index, &node->nids[i]);
		return err;
	}
	osc = xa_load(&sbi->oscs, index);
	return osc ? target_add_osc_nids(osc, node) : -ENOENT;
}

/*
 * A target was started anew: don't wait for a timeout to notice.  An address
 * that can't be added for want of memory is found by the usual reconnect.
 */
static void lustre_target_moved(void *priv, enum ptlrpc_target kind, u32 index,
				u32 instance, const struct mgc_node *node)
{
	struct lustre_sb *sbi = priv;
	struct ptlrpc_import *imp = NULL;
	struct osc *osc;

	if (lustre_conn_add(priv, kind, index, node))
		return;
	if (kind == PTLRPC_MDT) {
		imp = lmv_import(sbi->lmv, index);
	} else {
		osc = xa_load(&sbi->oscs, index);
		if (osc)
			imp = osc_import(osc);
	}
	if (imp)
		ptlrpc_import_kick(imp, instance);
}

static void lustre_config_timeout(void *priv, unsigned int secs)
{
	struct lustre_sb *sbi = priv;

	WRITE_ONCE(sbi->timeouts.timeout, min(secs, PTLRPC_TIMEOUT_MAX + 0U));
	ptlrpc_timeouts_changed(sbi->pnet);
}

/*
 * How the configuration reaches a mounted file system; the private pointer is
 * the struct lustre_sb.
 */
const struct mgc_config_ops lustre_config_ops = {
	.target_add	= lustre_target_add,
	.target_del	= lustre_target_del,
	.conn_add	= lustre_conn_add,
	.set_active	= lustre_target_set_active,
	.param		= lustre_config_param,
	.target_moved	= lustre_target_moved,
	.timeout	= lustre_config_timeout,
};

/**
 * lustre_targets_connect - begin to connect to all object targets
 * @sbi: the file system
 *
 * From now on targets that the configuration adds are connected at once.
 *
 * Context: may sleep; does not wait for any server.
 */
void lustre_targets_connect(struct lustre_sb *sbi)
{
	unsigned long index;
	struct osc *osc;

	mutex_lock(&sbi->target_lock);
	sbi->targets_up = true;
	xa_for_each(&sbi->oscs, index, osc)
		osc_connect(osc);
	mutex_unlock(&sbi->target_lock);
}

/* What is done to the import of each target */
typedef void (*target_fn)(struct ptlrpc_import *imp);

static int target_call_mdt(struct lmv *lmv, u32 index, void *data)
{
	const target_fn *fn = data;

	(*fn)(lmv_import(lmv, index));
	return 0;
}

static void targets_for_each(struct lustre_sb *sbi, target_fn fn)
{
	unsigned long index;
	struct osc *osc;

	mutex_lock(&sbi->target_lock);
	xa_for_each(&sbi->oscs, index, osc)
		fn(osc_import(osc));
	lmv_for_each(sbi->lmv, target_call_mdt, &fn);
	mutex_unlock(&sbi->target_lock);
}

/**
 * lustre_targets_abort - fail what waits for a server now
 * @sbi: the file system
 *
 * The first step of umount -f, of a mount that may be busy and stay.
 *
 * Context: may sleep.
 */
void lustre_targets_abort(struct lustre_sb *sbi)
{
	targets_for_each(sbi, ptlrpc_import_abort);
}

/**
 * lustre_targets_give_up - from now on rather fail than wait for a server
 * @sbi: the file system, which nobody uses any more
 *
 * The second step of umount -f.
 *
 * Context: may sleep.
 */
void lustre_targets_give_up(struct lustre_sb *sbi)
{
	targets_for_each(sbi, ptlrpc_import_give_up);
}

/**
 * lustre_targets_destroy - disconnect from all targets and forget them
 * @sbi: the file system; it has no inode any more
 * @force: don't wait for servers that do not answer
 *
 * Context: may sleep, bounded by the RPC timeout for each dead target.
 */
void lustre_targets_destroy(struct lustre_sb *sbi, bool force)
{
	unsigned long index;
	struct osc *osc;

	xa_for_each(&sbi->oscs, index, osc)
		osc_destroy(osc, force);
	xa_destroy(&sbi->oscs);
	if (sbi->lmv) {
		lmv_disconnect(sbi->lmv, force);
		lmv_destroy(sbi->lmv);
	}
}

/* The configuration is behind: read what is new, once in a while. */
static void target_ask(struct lustre_sb *sbi)
{
	unsigned long asked = READ_ONCE(sbi->target_asked);

	if (!sbi->mgc ||
	    (asked && time_before(jiffies, asked + 2 * TARGET_WAIT)) ||
	    cmpxchg(&sbi->target_asked, asked, jiffies | 1) != asked)
		return;
	mgc_reread(sbi->mgc);
}

/**
 * lustre_osc_get - object target by index
 * @sbi: the file system
 * @index: index of the target, as a layout names it
 *
 * A layout may name a target that was added a moment ago: if it is not there,
 * the configuration is read again.  That is not waited for here, where a reply
 * is being taken over, but by who wants to do I/O: lustre_osc_wait().
 *
 * Return: the target, valid until the umount, or NULL.
 * Context: may sleep; does not wait for a server.
 */
struct osc *lustre_osc_get(struct lustre_sb *sbi, u32 index)
{
	struct osc *osc = xa_load(&sbi->oscs, index);

	if (!osc)
		target_ask(sbi);
	return osc;
}

/**
 * lustre_osc_wait - wait for an object target that a layout names
 * @sbi: the file system
 * @index: index of the target
 *
 * Not for longer than the configuration may need; once it had its chance,
 * nobody waits for a while.
 *
 * Return: 0 it is there; -EINTR; -EIO it is not.
 * Context: may sleep, killable, bounded; no lock of an inode held.
 */
int lustre_osc_wait(struct lustre_sb *sbi, u32 index)
{
	long left;

	if (xa_load(&sbi->oscs, index))
		return 0;
	target_ask(sbi);
	left = READ_ONCE(sbi->target_asked) + TARGET_WAIT - jiffies;
	if (left > 0)
		left = wait_event_killable_timeout(sbi->target_wait,
						   xa_load(&sbi->oscs, index),
						   left);
	if (left < 0)
		return -EINTR;
	return xa_load(&sbi->oscs, index) ? 0 : -EIO;
}
