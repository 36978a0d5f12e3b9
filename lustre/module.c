// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: bring the rooms up, lowest first.
 */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>

#include "internal.h"
#include "sysfs.h"

static struct file_system_type lustre_fs_type = {
	.owner			= THIS_MODULE,
	.name			= "lustre",
	.init_fs_context	= lustre_init_fs_context,
	.kill_sb		= lustre_kill_sb,
};

static int __init lustre_init(void)
{
	int err;

	err = ptlrpc_init();
	if (err)
		return err;
	err = ldlm_init();
	if (err)
		goto ptlrpc;
	err = mdc_init();
	if (err)
		goto ldlm;
	err = osc_init();
	if (err)
		goto mdc;
	err = lustre_addr_init();
	if (err)
		goto osc;
	err = lustre_super_init();
	if (err)
		goto addr;
	err = lustre_sysfs_init();
	if (err)
		goto super;
	lustre_debugfs_init(&lustre_fs_type);
	err = register_filesystem(&lustre_fs_type);
	if (!err)
		return 0;
	lustre_debugfs_exit();
	lustre_sysfs_exit();
super:
	lustre_super_exit();
addr:
	lustre_addr_exit();
osc:
	osc_exit();
mdc:
	mdc_exit();
ldlm:
	ldlm_exit();
ptlrpc:
	ptlrpc_exit();
	return err;
}

static void __exit lustre_exit(void)
{
	unregister_filesystem(&lustre_fs_type);
	lustre_debugfs_exit();
	lustre_sysfs_exit();
	lustre_super_exit();
	lustre_addr_exit();
	osc_exit();
	mdc_exit();
	ldlm_exit();
	ptlrpc_exit();
}

module_init(lustre_init);
module_exit(lustre_exit);

MODULE_DESCRIPTION("Lustre file system client");
MODULE_LICENSE("GPL");
MODULE_ALIAS_FS("lustre");
/* Names that scripts in the field load */
MODULE_ALIAS("obdclass");
MODULE_ALIAS("ptlrpc");
MODULE_ALIAS("fld");
MODULE_ALIAS("fid");
MODULE_ALIAS("mgc");
MODULE_ALIAS("lov");
MODULE_ALIAS("osc");
MODULE_ALIAS("mdc");
MODULE_ALIAS("lmv");
