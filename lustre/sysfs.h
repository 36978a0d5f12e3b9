/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a mount shows of itself: /sys/fs/lustre and /sys/kernel/debug/lustre.
 */
#ifndef _LUSTRE_SYSFS_H
#define _LUSTRE_SYSFS_H

#include <linux/types.h>

struct lustre_sb;
struct file_system_type;

int lustre_sysfs_init(void);
void lustre_sysfs_exit(void);
int lustre_sysfs_add(struct lustre_sb *sbi);
void lustre_sysfs_remove(struct lustre_sb *sbi);

void lustre_debugfs_init(struct file_system_type *type);
void lustre_debugfs_exit(void);
void lustre_debugfs_add(struct lustre_sb *sbi);
void lustre_debugfs_remove(struct lustre_sb *sbi);

#endif /* _LUSTRE_SYSFS_H */
