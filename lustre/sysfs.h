/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a mount shows of itself: /sys/fs/lustre and /sys/kernel/debug/lustre.
 */
#ifndef _LUSTRE_SYSFS_H
#define _LUSTRE_SYSFS_H

#include <linux/types.h>

struct ldlm_ns;
struct lustre_sb;
struct osc;
struct ptlrpc_import;
struct file_system_type;

int lustre_sysfs_init(void);
void lustre_sysfs_exit(void);
int lustre_sysfs_add(struct lustre_sb *sbi);
int lustre_sysfs_add_mdt(struct lustre_sb *sbi, u32 index);
int lustre_sysfs_add_osc(struct lustre_sb *sbi, struct osc *osc);
int lustre_sysfs_set(struct lustre_sb *sbi, const char *class,
		     const char *pattern, const char *only, const char *name,
		     const char *value);
void lustre_sysfs_remove(struct lustre_sb *sbi);

void lustre_debugfs_init(struct file_system_type *type);
void lustre_debugfs_exit(void);
void lustre_debugfs_add(struct lustre_sb *sbi);
void lustre_debugfs_target(struct lustre_sb *sbi, struct ptlrpc_import *imp,
			   struct ldlm_ns *ns);
void lustre_debugfs_remove(struct lustre_sb *sbi);

#endif /* _LUSTRE_SYSFS_H */
