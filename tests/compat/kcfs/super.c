// SPDX-License-Identifier: GPL-2.0-only
/* kcfs: mount, inode cache, shrinker */
#define pr_fmt(fmt) "kcfs: " fmt

#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/string.h>
#include <linux/xattr.h>
#include <linux/backing-dev.h>

#include "kcfs.h"

#define KCFS_MAGIC 0x6b636673

struct kcfs_sb {
	struct shrinker *shrinker;
	struct kcfs_stats *stats;
	u32 uid;
	char label[16];
};

struct kcfs_stats kcfs_stats;

/* The function is in another file: a shared callback. */
static const struct dentry_operations kcfs_dentry_operations = {
	.d_revalidate	= kcfs_revalidate,
};

static struct kmem_cache *kcfs_inode_cachep;

static unsigned long kcfs_count(struct shrinker *s, struct shrink_control *sc)
{
	struct kcfs_sb *sbi = s->private_data;

	atomic_inc(&sbi->stats->shrink);
	return SHRINK_EMPTY;
}

static unsigned long kcfs_scan(struct shrinker *s, struct shrink_control *sc)
{
	return SHRINK_STOP;
}

static struct inode *kcfs_alloc_inode(struct super_block *sb)
{
	struct kcfs_inode *ki;

	ki = alloc_inode_sb(sb, kcfs_inode_cachep, GFP_KERNEL);
	if (!ki)
		return NULL;
	xa_init(&ki->store);
	INIT_LIST_HEAD(&ki->names);
	ki->target = NULL;
	return &ki->vfs_inode;
}

static void kcfs_free_inode(struct inode *inode)
{
	kfree(KCFS_I(inode)->target);
	kmem_cache_free(kcfs_inode_cachep, KCFS_I(inode));
}

static void kcfs_evict_inode(struct inode *inode)
{
	struct kcfs_inode *ki = KCFS_I(inode);
	struct kcfs_name *name, *next;
	unsigned long index;
	void *page;

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	xa_for_each(&ki->store, index, page)
		kfree(page);
	xa_destroy(&ki->store);
	list_for_each_entry_safe(name, next, &ki->names, link) {
		iput(name->inode);
		kfree(name);
	}
}

static int kcfs_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	buf->f_type = KCFS_MAGIC;
	buf->f_bsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	/* what the callbacks saw */
	buf->f_blocks = atomic_read(&kcfs_stats.written);
	buf->f_bfree = atomic_read(&kcfs_stats.write_begin);
	buf->f_bavail = atomic_read(&kcfs_stats.revalidate);
	buf->f_files = atomic_read(&kcfs_stats.shrink);
	return 0;
}

static int kcfs_show_options(struct seq_file *m, struct dentry *root)
{
	struct kcfs_sb *sbi = root->d_sb->s_fs_info;

	if (sbi->label[0])
		seq_show_option(m, "label", sbi->label);
	return 0;
}

static const struct super_operations kcfs_super_operations = {
	.alloc_inode	= kcfs_alloc_inode,
	.free_inode	= kcfs_free_inode,
	.evict_inode	= kcfs_evict_inode,
	.drop_inode	= inode_just_drop,
	.statfs		= kcfs_statfs,
	.show_options	= kcfs_show_options,
};

static int kcfs_xattr_get(const struct xattr_handler *handler,
			  struct dentry *dentry, struct inode *inode,
			  const char *name, void *buffer, size_t size)
{
	static const char text[] = "kcfs";

	if (strcmp(name, "about"))
		return -ENODATA;
	if (size && size < sizeof(text) - 1)
		return -ERANGE;
	if (size)
		memcpy(buffer, text, sizeof(text) - 1);
	return sizeof(text) - 1;
}

static int kcfs_xattr_set(const struct xattr_handler *handler,
			  struct mnt_idmap *idmap, struct dentry *dentry,
			  struct inode *inode, const char *name,
			  const void *value, size_t size, int flags)
{
	return idmap == &nop_mnt_idmap ? -EOPNOTSUPP : -EPERM;
}

static const struct xattr_handler kcfs_user_xattr_handler = {
	.prefix	= XATTR_USER_PREFIX,
	.get	= kcfs_xattr_get,
	.set	= kcfs_xattr_set,
};

static const struct xattr_handler * const kcfs_xattr_handlers[] = {
	&kcfs_user_xattr_handler,
	NULL
};

struct inode *kcfs_new_inode(struct super_block *sb, umode_t mode, dev_t dev)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	inode->i_mode = mode;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	simple_inode_init_ts(inode);
	/* the flusher passes by inodes that are not hashed */
	insert_inode_hash(inode);
	switch (mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &kcfs_file_inode_operations;
		inode->i_fop = &kcfs_file_operations;
		inode->i_mapping->a_ops = &kcfs_aops;
		mapping_set_folio_order_range(inode->i_mapping, 0, 4);
		break;
	case S_IFDIR:
		inode->i_op = &kcfs_dir_inode_operations;
		inode->i_fop = &kcfs_dir_operations;
		inc_nlink(inode);
		break;
	default:
		init_special_inode(inode, mode, dev);
		break;
	}
	return inode;
}

static int kcfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct kcfs_sb *sbi = sb->s_fs_info;
	static const u8 uuid[16] = { 1, 2, 3 };
	struct inode *root;
	int rc;

	sb->s_magic = KCFS_MAGIC;
	sb->s_op = &kcfs_super_operations;
	sb->s_xattr = kcfs_xattr_handlers;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_time_gran = 1;
	set_default_d_op(sb, &kcfs_dentry_operations);
	super_set_uuid(sb, uuid, sizeof(uuid));
	rc = super_setup_bdi(sb);
	if (rc)
		return rc;

	sbi->shrinker = shrinker_alloc(0, "kcfs:%s", sb->s_id);
	if (!sbi->shrinker)
		return -ENOMEM;
	sbi->shrinker->count_objects = kcfs_count;
	sbi->shrinker->scan_objects = kcfs_scan;
	sbi->shrinker->private_data = sbi;
	shrinker_register(sbi->shrinker);

	root = kcfs_new_inode(sb, S_IFDIR | 0755, 0);
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

enum { Opt_label, Opt_uid };

static const struct fs_parameter_spec kcfs_parameters[] = {
	fsparam_string("label", Opt_label),
	fsparam_u32("uid", Opt_uid),
	{}
};

static int kcfs_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct kcfs_sb *sbi = fc->s_fs_info;
	struct fs_parse_result result;
	int opt = fs_parse(fc, kcfs_parameters, param, &result);

	if (opt < 0)
		return opt;
	if (opt == Opt_uid)
		sbi->uid = result.uint_32;
	else if (strscpy(sbi->label, param->string) < 0)
		return invalfc(fc, "label too long");
	return 0;
}

static int kcfs_get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, kcfs_fill_super);
}

static void kcfs_free_fc(struct fs_context *fc)
{
	kfree(fc->s_fs_info);
}

static const struct fs_context_operations kcfs_context_operations = {
	.free		= kcfs_free_fc,
	.parse_param	= kcfs_parse_param,
	.get_tree	= kcfs_get_tree,
};

static int kcfs_init_fs_context(struct fs_context *fc)
{
	struct kcfs_sb *sbi = kzalloc_obj(*sbi);

	if (!sbi)
		return -ENOMEM;
	sbi->stats = &kcfs_stats;
	fc->s_fs_info = sbi;
	fc->ops = &kcfs_context_operations;
	return 0;
}

static void kcfs_kill_sb(struct super_block *sb)
{
	struct kcfs_sb *sbi = sb->s_fs_info;

	kill_anon_super(sb);
	if (sbi)
		shrinker_free(sbi->shrinker);
	kfree(sbi);
}

static struct file_system_type kcfs_fs_type = {
	.owner			= THIS_MODULE,
	.name			= "kcfs",
	.init_fs_context	= kcfs_init_fs_context,
	.parameters		= kcfs_parameters,
	.kill_sb		= kcfs_kill_sb,
};

static void kcfs_init_once(void *object)
{
	inode_init_once(&((struct kcfs_inode *)object)->vfs_inode);
}

static int __init kcfs_init(void)
{
	struct kmem_cache_args args = { .ctor = kcfs_init_once };
	int rc;

	kcfs_inode_cachep = kmem_cache_create("kcfs_inode",
					      sizeof(struct kcfs_inode), &args,
					      SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT);
	if (!kcfs_inode_cachep)
		return -ENOMEM;
	rc = kcfs_helpers_init();
	if (rc)
		goto out_cache;
	rc = register_filesystem(&kcfs_fs_type);
	if (rc)
		goto out_helpers;
	return 0;

out_helpers:
	kcfs_helpers_exit();
out_cache:
	kmem_cache_destroy(kcfs_inode_cachep);
	return rc;
}

static void __exit kcfs_exit(void)
{
	unregister_filesystem(&kcfs_fs_type);
	kcfs_helpers_exit();
	rcu_barrier();
	kmem_cache_destroy(kcfs_inode_cachep);
}

module_init(kcfs_init);
module_exit(kcfs_exit);
MODULE_DESCRIPTION("Test of callbacks and helpers on older kernels");
MODULE_LICENSE("GPL");
MODULE_ALIAS_FS("kcfs");
