// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount and umount (05 sections 7 and 8).
 */
#include <linux/backing-dev.h>
#include <linux/fs_context.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/writeback.h>

#include "internal.h"
#include "sysfs.h"

/* How long a mount bears the silence of the first metadata target, at least */
#define MOUNT_TIMEOUT_MIN	20U	/* seconds */

/* Four of the largest reads on the way keep a fast network busy. */
#define READAHEAD_SIZE	SZ_16M
#define IO_SIZE		SZ_4M

static struct kmem_cache *lustre_inode_cachep;
/* Ends of inodes that servers caused */
struct workqueue_struct *lustre_inode_wq;

/* ---- inodes -------------------------------------------------------------- */

static struct inode *lustre_alloc_inode(struct super_block *sb)
{
	struct lustre_inode *li;

	li = alloc_inode_sb(sb, lustre_inode_cachep, GFP_KERNEL);
	if (!li)
		return NULL;
	lustre_inode_init_namespace(li);
	lustre_data_inode_init(li);
	return &li->vfs_inode;
}

static void lustre_free_inode(struct inode *inode)
{
	kmem_cache_free(lustre_inode_cachep, LUSTRE_I(inode));
}

/*
 * A file without a name may be open on another client: its data are written
 * like those of any other, and then it goes. If nobody has it open the server
 * takes the locks on its objects away, and the data with them.
 */
static int lustre_drop_inode(struct inode *inode)
{
	if (inode->i_nlink)
		return inode_unhashed(inode);
	return !mapping_tagged(&inode->i_data, PAGECACHE_TAG_DIRTY) &&
	       !mapping_tagged(&inode->i_data, PAGECACHE_TAG_WRITEBACK);
}

static void lustre_evict_inode(struct inode *inode)
{
	lustre_data_inode_clear(inode);
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	lustre_inode_clear_namespace(inode);
}

static void lustre_inode_init_once(void *data)
{
	struct lustre_inode *li = data;

	inode_init_once(&li->vfs_inode);
}

/* ---- super block operations ---------------------------------------------- */

/* The VFS has written the pages back; now the servers commit all of it. */
static int lustre_sync_fs(struct super_block *sb, int wait)
{
	struct lustre_sb *sbi = LUSTRE_SB(sb);
	unsigned long index;
	struct osc *osc;
	int err, rc;

	if (!wait)
		return 0;
	err = mdc_sync(sbi->lmv, NULL);
	xa_for_each(&sbi->oscs, index, osc) {
		rc = osc_sync_target(osc);
		err = err ?: rc;
	}
	return err;
}

/*
 * umount -f: nobody shall wait for a dead server.  The mount may turn out to be
 * busy, and stays then as it was: only what waits now is ended here.  For the
 * rest see lustre_kill_sb().
 */
static void lustre_umount_begin(struct super_block *sb)
{
	struct lustre_sb *sbi = LUSTRE_SB(sb);

	put_pid(xchg(&sbi->forced_by, get_task_pid(current, PIDTYPE_PID)));
	lustre_targets_abort(sbi);
}

static const struct super_operations lustre_super_ops = {
	.alloc_inode	= lustre_alloc_inode,
	.free_inode	= lustre_free_inode,
	.drop_inode	= lustre_drop_inode,
	.evict_inode	= lustre_evict_inode,
	.sync_fs	= lustre_sync_fs,
	.statfs		= lustre_statfs,
	.umount_begin	= lustre_umount_begin,
	.show_options	= lustre_show_options,
};

/* ---- mount --------------------------------------------------------------- */

static struct lustre_sb *lustre_sb_alloc(struct super_block *sb)
{
	struct lustre_sb *sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);
	uuid_t uuid;

	if (!sbi)
		return NULL;
	sbi->sb = sb;
	uuid_gen(&uuid);
	snprintf(sbi->uuid, sizeof(sbi->uuid), "%pUb", &uuid);
	sbi->instance = get_random_u64();
	ptlrpc_timeouts_init(&sbi->timeouts);
	sbi->statahead_max = LUSTRE_STATAHEAD_DEFAULT;
	sbi->statahead_min = LUSTRE_STATAHEAD_MIN;
	sbi->statahead_batch_max = LUSTRE_STATAHEAD_BATCH;
	sbi->statahead_agl = true;
	sbi->statahead_running_max = LUSTRE_STATAHEAD_RUNNING;
	atomic_set(&sbi->statahead_running, 0);
	sbi->opencache_threshold_ms = LUSTRE_OPENCACHE_MS;
	spin_lock_init(&sbi->keep_lock);
	INIT_LIST_HEAD(&sbi->kept);
	lustre_flocks_init(&sbi->flocks);
	xa_init(&sbi->oscs);
	mutex_init(&sbi->target_lock);
	spin_lock_init(&sbi->statfs_lock);
	sbi->statfs.f_bsize = PAGE_SIZE;
	init_rwsem(&sbi->upcall_sem);
	init_waitqueue_head(&sbi->target_wait);
	INIT_LIST_HEAD(&sbi->kobjs);
	INIT_LIST_HEAD(&sbi->settings);
	return sbi;
}

static void lustre_sb_free(struct lustre_sb *sbi, bool forced)
{
	lustre_targets_destroy(sbi, forced);
	if (sbi->mgc)
		mgc_close(sbi->mgc, forced);
	if (sbi->pnet)
		ptlrpc_net_put(sbi->pnet);
	lustre_settings_free(sbi);
	lustre_device_free(&sbi->opts.dev);
	kfree(sbi->opts.device);
	kfree(sbi->opts.exclude);
	put_pid(sbi->forced_by);
	kfree(sbi);
}

static int lustre_setup_bdi(struct super_block *sb)
{
	int err = super_setup_bdi(sb);

	if (err)
		return err;
	sb->s_bdi->ra_pages = READAHEAD_SIZE >> PAGE_SHIFT;
	sb->s_bdi->io_pages = IO_SIZE >> PAGE_SHIFT;
	return 0;
}

static int lustre_setup_net(struct lustre_sb *sbi, struct fs_context *fc)
{
	struct lmv_params params = {
		.fsname		= sbi->opts.dev.fsname,
		.client_uuid	= sbi->uuid,
		.timeouts	= &sbi->timeouts,
		.rdonly		= sb_rdonly(sbi->sb),
		.checksum	= sbi->opts.flags & LUSTRE_MOUNT_CHECKSUM,
		.revoked	= lustre_revoked,
		.flock_lost	= lustre_flock_lost,
		.sbi		= sbi,
	};
	struct ptlrpc_net *pnet;
	struct lmv *lmv;

	pnet = ptlrpc_net_get(fc->net_ns, ldlm_in_handlers);
	if (IS_ERR(pnet)) {
		errorfc(fc, "LNet does not start: error %ld", PTR_ERR(pnet));
		return PTR_ERR(pnet);
	}
	sbi->pnet = pnet;
	params.pnet = pnet;
	lmv = lmv_create(&params);
	if (IS_ERR(lmv))
		return PTR_ERR(lmv);
	sbi->lmv = lmv;
	return 0;
}

/* Read the configuration; targets arrive in lustre_config_ops. */
static int lustre_setup_config(struct lustre_sb *sbi, struct fs_context *fc)
{
	char why[160] = "";
	const struct mgc_desc desc = {
		.pn		= sbi->pnet,
		.nids		= sbi->opts.dev.nids,
		.nr_nids	= sbi->opts.dev.nr_nids,
		.fsname		= sbi->opts.dev.fsname,
		.exclude	= sbi->opts.exclude,
		.ops		= &lustre_config_ops,
		.priv		= sbi,
		.timeouts	= &sbi->timeouts,
		.why		= why,
		.why_len	= sizeof(why),
	};
	struct mgc *mgc = mgc_open(&desc);

	if (IS_ERR(mgc)) {
		errorfc(fc, "%s: configuration: %s", sbi->opts.dev.fsname,
			*why ? why : "out of memory");
		return PTR_ERR(mgc);
	}
	sbi->mgc = mgc;
	return 0;
}

static int lustre_setup_root(struct lustre_sb *sbi, struct fs_context *fc)
{
	const char *fileset = sbi->opts.dev.fileset;
	long secs = max(READ_ONCE(sbi->timeouts.timeout), MOUNT_TIMEOUT_MIN);
	struct inode *inode;
	int err;

	err = lmv_wait_root(sbi->lmv, secs * HZ);
	if (err) {
		errorfc(fc, "%s-MDT0000: cannot connect: error %d",
			sbi->opts.dev.fsname, err);
		return err;
	}
	if (lmv_has_acls(sbi->lmv))
		sbi->sb->s_flags |= SB_POSIXACL;
	err = mdc_get_root(sbi->lmv, fileset, &sbi->root_fid);
	if (err) {
		errorfc(fc, "%s: cannot get the directory '%s': error %d",
			sbi->opts.dev.fsname, fileset ?: "/", err);
		return err;
	}
	lustre_targets_connect(sbi);
	inode = lustre_iget_root(sbi->sb);
	if (IS_ERR(inode)) {
		errorfc(fc, "%s: cannot read the root directory: error %ld",
			sbi->opts.dev.fsname, PTR_ERR(inode));
		return PTR_ERR(inode);
	}
	sbi->sb->s_root = d_make_root(inode);
	return sbi->sb->s_root ? 0 : -ENOMEM;
}

static void lustre_setup_sb(struct super_block *sb)
{
	sb->s_magic = LUSTRE_SUPER_MAGIC;
	sb->s_op = &lustre_super_ops;
	sb->s_xattr = lustre_xattr_handlers;
	sb->s_export_op = &lustre_export_ops;
	set_default_d_op(sb, &lustre_dentry_operations);
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	/* Seconds are all that the wire has. */
	sb->s_time_gran = NSEC_PER_SEC;
}

/**
 * lustre_fill_super - set a super block up: connect and find the root
 * @sb: new super block
 * @fc: mount request; its options move to the super block
 *
 * On error the caller ends with lustre_kill_sb().
 *
 * Return: 0 or a negative errno, with a message in @fc.
 * Context: may sleep; bounded in time and interruptible while it waits for
 * servers.
 */
int lustre_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct lustre_mount_opts *opts = fc->fs_private;
	struct lustre_sb *sbi = lustre_sb_alloc(sb);
	int err;

	if (!sbi)
		return -ENOMEM;
	sbi->opts = *opts;
	memset(opts, 0, sizeof(*opts));
	sb->s_fs_info = sbi;
	lustre_setup_sb(sb);
	err = lustre_setup_bdi(sb);
	if (!err)
		err = lustre_setup_net(sbi, fc);
	if (!err)
		err = lustre_setup_config(sbi, fc);
	if (!err)
		err = lustre_setup_root(sbi, fc);
	if (!err)
		err = lustre_sysfs_add(sbi);
	if (!err && sbi->opts.flags & LUSTRE_MOUNT_VERBOSE)
		pr_info("lustre: %s: mounted as %s\n", sbi->opts.dev.fsname,
			sbi->uuid);
	return err;
}

/**
 * lustre_kill_sb - umount, or the end of a mount that failed
 * @sb: super block
 *
 * Nothing of the file system is left when it returns.
 *
 * Context: may sleep.
 */
void lustre_kill_sb(struct super_block *sb)
{
	struct lustre_sb *sbi = LUSTRE_SB(sb);
	bool forced;

	if (!sbi) {
		kill_anon_super(sb);
		return;
	}
	/* The task that said umount -f; others may have tried in vain before. */
	forced = sbi->forced_by == task_pid(current);
	/* No target may come or go while the inodes are written back. */
	mgc_stop(sbi->mgc);
	if (forced)
		lustre_targets_give_up(sbi);
	/* Whoever reads our files needs the super block and the targets. */
	lustre_sysfs_remove(sbi);
	/* They keep inodes. */
	lustre_keep_trim(sbi, true);
	/*
	 * Servers may want locks back at any time.  Until all is written they
	 * get them; after that the inodes, and their pages, go by themselves.
	 */
	if (sb->s_root)
		sync_inodes_sb(sb);
	down_write(&sbi->upcall_sem);
	flush_workqueue(lustre_inode_wq);
	kill_anon_super(sb);
	up_write(&sbi->upcall_sem);
	/* A path walk in RCU mode may still look at tables and locks. */
	synchronize_rcu();
	lustre_sb_free(sbi, forced);
}

/**
 * lustre_super_init - make the inode cache and its workqueue
 *
 * Return: 0 or -ENOMEM.
 * Context: module init.
 */
int __init lustre_super_init(void)
{
	lustre_inode_cachep =
		kmem_cache_create("lustre_inode", sizeof(struct lustre_inode),
				  0, SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT,
				  lustre_inode_init_once);
	if (!lustre_inode_cachep)
		return -ENOMEM;
	lustre_inode_wq = alloc_workqueue("lustre_inode",
					  WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (lustre_inode_wq)
		return 0;
	kmem_cache_destroy(lustre_inode_cachep);
	return -ENOMEM;
}

/**
 * lustre_super_exit - undo lustre_super_init()
 *
 * Context: module exit, no super block is left.
 */
void lustre_super_exit(void)
{
	destroy_workqueue(lustre_inode_wq);
	/* Inodes are freed after a grace period. */
	rcu_barrier();
	kmem_cache_destroy(lustre_inode_cachep);
}
