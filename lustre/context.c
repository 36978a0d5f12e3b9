// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount options and the life of a mount request (10 section 1).
 */
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "internal.h"

enum {
	Opt_32bitapi,
	Opt_always,
	Opt_checksum,
	Opt_device,
	Opt_exclude,
	Opt_flock,
	Opt_helper,
	Opt_lazystatfs,
	Opt_localflock,
	Opt_server,
	Opt_unsupported,
	Opt_unsupported_no,
	Opt_user_xattr,
	Opt_verbose,
};

static const struct fs_parameter_spec lustre_param_specs[] = {
	fsparam_flag("32bitapi", Opt_32bitapi),
	fsparam_flag_no("checksum", Opt_checksum),
	fsparam_string("device", Opt_device),
	fsparam_string("exclude", Opt_exclude),
	fsparam_flag_no("flock", Opt_flock),
	fsparam_flag("localflock", Opt_localflock),
	fsparam_flag_no("lazystatfs", Opt_lazystatfs),
	fsparam_flag_no("user_xattr", Opt_user_xattr),
	fsparam_flag_no("verbose", Opt_verbose),

	/* What this client does anyway, as far as servers do; "no" is refused. */
	fsparam_flag_no("acl", Opt_always),
	fsparam_flag_no("lruresize", Opt_always),
	fsparam_flag("always_ping", Opt_helper),

	/* What others do by default, and what is no loss without the feature. */
	fsparam_flag_no("statfs_project", Opt_helper),
	fsparam_flag_no("user_fid2path", Opt_helper),

	/* For mount.lustre and mount(8), which leave them in the list. */
	fsparam_string("retry", Opt_helper),
	fsparam_flag("_netdev", Opt_helper),

	/* Known to Lustre, not to this client: say so and stop. */
	fsparam_flag_no("encrypt", Opt_unsupported_no),
	fsparam_flag_no("sync_on_close", Opt_unsupported_no),
	fsparam_flag("nolock", Opt_unsupported),
	fsparam_flag("test_dummy_encryption", Opt_unsupported),
	fsparam_string("foreign_symlink", Opt_unsupported),
	fsparam_string("mgssec", Opt_unsupported),
	fsparam_string("network", Opt_unsupported),
	fsparam_string("skpath", Opt_unsupported),
	fsparam_string("user_principal", Opt_unsupported),

	/* A server's, never a client's. */
	fsparam_flag("abort_recov", Opt_server),
	fsparam_flag("abort_recovery", Opt_server),
	fsparam_flag("nosvc", Opt_server),
	fsparam_flag("nomgs", Opt_server),
	fsparam_flag("noscrub", Opt_server),
	fsparam_string("mgsnode", Opt_server),
	fsparam_string("svname", Opt_server),
	fsparam_string("osd", Opt_server),
	{}
};

/* Options that only set or clear a flag. */
static unsigned long lustre_opt_flag(int opt)
{
	switch (opt) {
	case Opt_32bitapi:
		return LUSTRE_MOUNT_32BITAPI;
	case Opt_checksum:
		return LUSTRE_MOUNT_CHECKSUM;
	case Opt_lazystatfs:
		return LUSTRE_MOUNT_LAZYSTATFS;
	case Opt_user_xattr:
		return LUSTRE_MOUNT_USER_XATTR;
	case Opt_verbose:
		return LUSTRE_MOUNT_VERBOSE;
	}
	return 0;
}

static int lustre_parse_param(struct fs_context *fc,
			      struct fs_parameter *param)
{
	struct lustre_mount_opts *opts = fc->fs_private;
	struct fs_parse_result result;
	unsigned long flag;
	int opt;

	opt = fs_parse(fc, lustre_param_specs, param, &result);
	if (opt < 0)
		return opt;
	flag = lustre_opt_flag(opt);
	if (flag) {
		if (result.negated)
			opts->flags &= ~flag;
		else
			opts->flags |= flag;
		return 0;
	}
	switch (opt) {
	case Opt_flock:
	case Opt_localflock:
		opts->flags &= ~(LUSTRE_MOUNT_FLOCK | LUSTRE_MOUNT_LOCALFLOCK);
		if (opt == Opt_localflock)
			opts->flags |= LUSTRE_MOUNT_LOCALFLOCK;
		else if (!result.negated)
			opts->flags |= LUSTRE_MOUNT_FLOCK;
		return 0;
	case Opt_device:
		swap(opts->device, param->string);
		return 0;
	case Opt_exclude:
		swap(opts->exclude, param->string);
		return 0;
	case Opt_always:
		if (!result.negated)
			return 0;
		errorfc(fc, "option '%s' is not supported by this client",
			param->key);
		return -EOPNOTSUPP;
	case Opt_unsupported_no:
		if (result.negated)
			return 0;
		fallthrough;
	case Opt_unsupported:
		errorfc(fc, "option '%s' is not supported by this client",
			param->key);
		return -EOPNOTSUPP;
	case Opt_server:
		return invalfc(fc, "option '%s' is for servers", param->key);
	}
	return 0;
}

/*
 * A NID list has commas, so "device=" can't be cut out by the generic parser.
 * It is the last option when it is there at all.
 */
static int lustre_parse_monolithic(struct fs_context *fc, void *data)
{
	struct lustre_mount_opts *opts = fc->fs_private;
	char *options = data, *device;

	if (!options)
		return 0;
	device = strstr(options, "device=");
	if (device && (device == options || device[-1] == ',')) {
		kfree(opts->device);
		opts->device = kstrdup(device + strlen("device="), GFP_KERNEL);
		if (!opts->device)
			return -ENOMEM;
		device[device == options ? 0 : -1] = '\0';
	}
	return generic_parse_monolithic(fc, options);
}

/*
 * The source is what the user gave, and what /proc/mounts shows: mount(8) and
 * umount(8) look for it.  When there are names in it, "device=" has the NIDs.
 */
static int lustre_get_tree(struct fs_context *fc)
{
	struct lustre_mount_opts *opts = fc->fs_private;
	const char *device = opts->device ?: fc->source;
	const char *why, *where;
	size_t len;
	int err;

	if (!device)
		return invalfc(fc, "no source given, want NID:/fsname");
	if (!fc->source)
		fc->source = kstrdup(device, GFP_KERNEL);
	if (!fc->source)
		return -ENOMEM;
	lustre_device_free(&opts->dev);
	err = lustre_device_parse(device, &opts->dev, &why, &where, &len);
	if (err) {
		errorfc(fc, "bad source '%s': %s: '%.*s'", device, why,
			(int)len, where);
		return err;
	}
	return get_tree_nodev(fc, lustre_fill_super);
}

/* Our own options stay as they are; the servers hear of ro and rw. */
static int lustre_reconfigure(struct fs_context *fc)
{
	const struct lustre_mount_opts *new = fc->fs_private;
	struct super_block *sb = fc->root->d_sb;
	struct lustre_sb *sbi = LUSTRE_SB(sb);
	bool rdonly = fc->sb_flags & SB_RDONLY;
	int err;

	if (new->flags != sbi->opts.flags)
		return invalfc(fc, "remount can't change Lustre's own options");
	err = sync_filesystem(sb);
	if (err || !(fc->sb_flags_mask & SB_RDONLY) || rdonly == sb_rdonly(sb))
		return err;
	err = lmv_set_rdonly(sbi->lmv, rdonly);
	if (err)
		errorfc(fc, "%s: the servers refuse to change to %s: error %d",
			sbi->opts.dev.fsname, rdonly ? "ro" : "rw", err);
	return err;
}

static void lustre_free_opts(struct lustre_mount_opts *opts)
{
	lustre_device_free(&opts->dev);
	kfree(opts->device);
	kfree(opts->exclude);
	kfree(opts);
}

static void lustre_free_fc(struct fs_context *fc)
{
	if (fc->fs_private)
		lustre_free_opts(fc->fs_private);
}

static const struct fs_context_operations lustre_context_ops = {
	.free			= lustre_free_fc,
	.parse_param		= lustre_parse_param,
	.parse_monolithic	= lustre_parse_monolithic,
	.get_tree		= lustre_get_tree,
	.reconfigure		= lustre_reconfigure,
};

/**
 * lustre_init_fs_context - begin a mount or a remount
 * @fc: the VFS's context
 *
 * Return: 0 or -ENOMEM.
 * Context: may sleep.
 */
int lustre_init_fs_context(struct fs_context *fc)
{
	struct lustre_mount_opts *opts = kzalloc(sizeof(*opts), GFP_KERNEL);

	if (!opts)
		return -ENOMEM;
	opts->flags = LUSTRE_MOUNT_CHECKSUM | LUSTRE_MOUNT_FLOCK |
		      LUSTRE_MOUNT_LAZYSTATFS | LUSTRE_MOUNT_USER_XATTR;
	if (fc->purpose == FS_CONTEXT_FOR_RECONFIGURE)
		opts->flags = LUSTRE_SB(fc->root->d_sb)->opts.flags;
	fc->fs_private = opts;
	fc->ops = &lustre_context_ops;
	return 0;
}

/**
 * lustre_show_options - print mount options for /proc/mounts
 * @m: file to print to
 * @root: root of the mount
 *
 * Return: 0.
 * Context: any.
 */
int lustre_show_options(struct seq_file *m, struct dentry *root)
{
	const struct lustre_mount_opts *opts = &LUSTRE_SB(root->d_sb)->opts;

	seq_puts(m, opts->flags & LUSTRE_MOUNT_CHECKSUM ?
		 ",checksum" : ",nochecksum");
	if (opts->flags & LUSTRE_MOUNT_LOCALFLOCK)
		seq_puts(m, ",localflock");
	else
		seq_puts(m, opts->flags & LUSTRE_MOUNT_FLOCK ? ",flock" :
							       ",noflock");
	seq_puts(m, opts->flags & LUSTRE_MOUNT_LAZYSTATFS ?
		 ",lazystatfs" : ",nolazystatfs");
	seq_puts(m, opts->flags & LUSTRE_MOUNT_USER_XATTR ?
		 ",user_xattr" : ",nouser_xattr");
	if (opts->flags & LUSTRE_MOUNT_32BITAPI)
		seq_puts(m, ",32bitapi");
	if (opts->flags & LUSTRE_MOUNT_VERBOSE)
		seq_puts(m, ",verbose");
	if (opts->exclude)
		seq_show_option(m, "exclude", opts->exclude);
	return 0;
}
