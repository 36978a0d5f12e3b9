/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioctls: what their files share.
 */
#ifndef _LUSTRE_IOCTL_H
#define _LUSTRE_IOCTL_H

#include <linux/compiler.h>

struct file;

/* ---- group.c ---- */
long lustre_ioc_group_lock(struct file *file, void __user *arg);
long lustre_ioc_group_unlock(struct file *file, void __user *arg);
long lustre_ioc_getflags(struct file *file, void __user *arg);

/* ---- striping.c ---- */
long lustre_ioc_getstripe(struct file *file, void __user *arg);
long lustre_ioc_setstripe(struct file *file, void __user *arg);
long lustre_ioc_lmv_getstripe(struct file *file, void __user *arg);
long lustre_ioc_getfilestripe(struct file *file, void __user *arg);
long lustre_ioc_getfileinfo_v1(struct file *file, void __user *arg);
long lustre_ioc_getfileinfo_v2(struct file *file, void __user *arg);
long lustre_ioc_getinfo_v1(struct file *file, void __user *arg);
long lustre_ioc_getinfo_v2(struct file *file, void __user *arg);

#endif /* _LUSTRE_IOCTL_H */
