// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/lustre: longer texts, for people who look for a fault.
 *
 *	devices					one line for each connection
 *	<fsname>-<instance>/mgc			configuration client
 *	<fsname>-<instance>/opens_kept		open handles that no file uses
 *	<fsname>-<instance>/statahead_stats	what asking ahead brought
 *	<fsname>-<instance>/MGS/import		its connection
 *	<fsname>-<instance>/<target>/import	connection of a target
 *	<fsname>-<instance>/<target>/namespace	its cached locks
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/seq_file.h>

#include "internal.h"
#include "sysfs.h"

static struct dentry *lustre_debugfs_root;

struct devices_walk {
	struct seq_file		*m;
	unsigned int		nr;
};

static const char *device_status(struct ptlrpc_import *imp)
{
	if (!ptlrpc_import_active(imp))
		return "IN";
	switch (ptlrpc_import_state(imp)) {
	case PTLRPC_IMP_FULL:
	case PTLRPC_IMP_IDLE:
		return "UP";
	case PTLRPC_IMP_CLOSED:
		return "ST";
	default:
		return "AT";
	}
}

static void device_line(struct devices_walk *w, struct lustre_sb *sbi,
			struct ptlrpc_import *imp, const char *type)
{
	seq_printf(w->m, "%3u %s %s %s-%s-%016llx %s %s\n", w->nr++,
		   device_status(imp), type, ptlrpc_import_name(imp), type,
		   sbi->instance, sbi->uuid,
		   ptlrpc_import_state_name(ptlrpc_import_state(imp)));
}

struct mdt_walk {
	struct devices_walk	*w;
	struct lustre_sb	*sbi;
};

static int device_mdt(struct lmv *lmv, u32 index, void *data)
{
	struct mdt_walk *mw = data;
	struct ptlrpc_import *imp = lmv_import(lmv, index);

	if (imp)
		device_line(mw->w, mw->sbi, imp, "mdc");
	return 0;
}

static void devices_sb(struct super_block *sb, void *data)
{
	struct devices_walk *w = data;
	struct lustre_sb *sbi = LUSTRE_SB(sb);
	struct mdt_walk mw = { .w = w, .sbi = sbi };
	unsigned long index;
	struct osc *osc;

	if (!sb->s_root || !sbi->mgc)
		return;
	device_line(w, sbi, mgc_import(sbi->mgc), "mgc");
	lmv_for_each(sbi->lmv, device_mdt, &mw);
	xa_for_each(&sbi->oscs, index, osc)
		device_line(w, sbi, osc_import(osc), "osc");
}

static int devices_show(struct seq_file *m, void *v)
{
	struct devices_walk w = { .m = m };

	iterate_supers_type(m->private, devices_sb, &w);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

static int mgc_text_show(struct seq_file *m, void *v)
{
	mgc_show(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(mgc_text);

static int import_text_show(struct seq_file *m, void *v)
{
	ptlrpc_import_show(m, m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(import_text);

static int namespace_text_show(struct seq_file *m, void *v)
{
	ldlm_ns_show(m->private, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(namespace_text);

static int statahead_stats_show(struct seq_file *m, void *v)
{
	static const char * const names[LUSTRE_SA_STATS] = {
		[LUSTRE_SA_TOTAL]	= "statahead total",
		[LUSTRE_SA_WRONG]	= "statahead wrong",
		[LUSTRE_SA_AGL]		= "agl total",
		[LUSTRE_SA_LIST]	= "list_total",
		[LUSTRE_SA_FNAME]	= "fname_total",
		[LUSTRE_SA_HIT]		= "hit_total",
		[LUSTRE_SA_MISS]	= "miss_total",
	};
	struct lustre_sb *sbi = m->private;
	int i;

	for (i = 0; i < LUSTRE_SA_STATS; i++)
		seq_printf(m, "%s: %llu\n", names[i],
			   (u64)atomic64_read(&sbi->statahead_stats[i]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(statahead_stats);

/**
 * lustre_debugfs_target - show a connection in debugfs
 * @sbi: the file system
 * @imp: the connection
 * @ns: its locks, or NULL
 *
 * Context: may sleep.
 */
void lustre_debugfs_target(struct lustre_sb *sbi, struct ptlrpc_import *imp,
			   struct ldlm_ns *ns)
{
	struct dentry *dir;

	dir = debugfs_create_dir(ptlrpc_import_name(imp), sbi->debugfs);
	debugfs_create_file("import", 0400, dir, imp, &import_text_fops);
	if (ns)
		debugfs_create_file("namespace", 0400, dir, ns,
				    &namespace_text_fops);
}

/**
 * lustre_debugfs_add - show a mount in debugfs
 * @sbi: the file system
 *
 * Targets follow with lustre_debugfs_target().  Failure is of no consequence
 * and not reported.
 *
 * Context: may sleep.
 */
void lustre_debugfs_add(struct lustre_sb *sbi)
{
	char name[LUSTRE_FSNAME_MAX + 18];

	snprintf(name, sizeof(name), "%s-%016llx", sbi->opts.dev.fsname,
		 sbi->instance);
	sbi->debugfs = debugfs_create_dir(name, lustre_debugfs_root);
	debugfs_create_file("mgc", 0400, sbi->debugfs, sbi->mgc,
			    &mgc_text_fops);
	debugfs_create_u32("opens_kept", 0400, sbi->debugfs, &sbi->nr_kept);
	debugfs_create_file("statahead_stats", 0400, sbi->debugfs, sbi,
			    &statahead_stats_fops);
	lustre_debugfs_target(sbi, mgc_import(sbi->mgc), NULL);
}

/**
 * lustre_debugfs_remove - take a mount out of debugfs
 * @sbi: the file system; nobody reads its files on return
 *
 * Context: may sleep.
 */
void lustre_debugfs_remove(struct lustre_sb *sbi)
{
	debugfs_remove_recursive(sbi->debugfs);
	sbi->debugfs = NULL;
}

/**
 * lustre_debugfs_init - make /sys/kernel/debug/lustre
 * @type: the file system type, to find its mounts by
 *
 * Context: module init.
 */
void lustre_debugfs_init(struct file_system_type *type)
{
	lustre_debugfs_root = debugfs_create_dir("lustre", NULL);
	debugfs_create_file("devices", 0444, lustre_debugfs_root, type,
			    &devices_fops);
}

/**
 * lustre_debugfs_exit - remove /sys/kernel/debug/lustre
 *
 * Context: module exit, no mount is left.
 */
void lustre_debugfs_exit(void)
{
	debugfs_remove_recursive(lustre_debugfs_root);
}
