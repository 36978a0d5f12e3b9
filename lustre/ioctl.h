/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioctls: what their files share.
 */
#ifndef _LUSTRE_IOCTL_H
#define _LUSTRE_IOCTL_H

#include <linux/compiler.h>

struct file;
struct inode;
struct ll_data_version;

/* ---- ioctl.c ---- */
int lustre_data_version(struct inode *inode, struct ll_data_version *dv);

/* ---- parent.c ---- */
long lustre_ioc_getparent(struct file *file, void __user *arg);

/* ---- flags.c ---- */
long lustre_ioc_fs_getflags(struct file *file, void __user *arg);
long lustre_ioc_fs_setflags(struct file *file, void __user *arg);

/* ---- group.c ---- */
long lustre_ioc_group_lock(struct file *file, void __user *arg);
long lustre_ioc_group_unlock(struct file *file, void __user *arg);
long lustre_ioc_getflags(struct file *file, void __user *arg);

/* ---- advise.c ---- */
long lustre_ioc_ladvise(struct file *file, void __user *arg);

/* ---- hsm.c ---- */
long lustre_ioc_hsm_state_get(struct file *file, void __user *arg);
long lustre_ioc_hsm_state_set(struct file *file, void __user *arg);
long lustre_ioc_hsm_action(struct file *file, void __user *arg);
long lustre_ioc_hsm_request(struct file *file, void __user *arg);
long lustre_ioc_hsm_version(struct file *file, void __user *arg);
long lustre_ioc_hsm_copytool(struct file *file, void __user *arg);

/* ---- lease.c, swap.c, designate.c ---- */
long lustre_ioc_set_lease(struct file *file, void __user *arg);
long lustre_ioc_set_lease_old(struct file *file, void __user *arg);
long lustre_ioc_get_lease(struct file *file, void __user *arg);
long lustre_ioc_swap_layouts(struct file *file, void __user *arg);
long lustre_ioc_set_mirror(struct file *file, void __user *arg);

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
