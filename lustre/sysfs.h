/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a mount shows of itself: /sys/fs/lustre and /sys/kernel/debug/lustre.
 */
#ifndef _LUSTRE_SYSFS_H
#define _LUSTRE_SYSFS_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/sysfs.h>
#include <linux/types.h>

struct ldlm_ns;
struct lustre_sb;
struct osc;
struct ptlrpc_import;
struct file_system_type;

/**
 * struct lustre_kobj - a directory of a mount or of one of its targets
 * @kobj: the directory; its last reference frees this
 * @link: in lustre_sb.kobjs
 * @sbi: the mount; valid until kobject_del() returns
 * @ns: its locks, in the directories below ldlm/namespaces
 * @osc: the object target, or NULL
 * @mdt: index of the metadata target, if @osc is NULL
 */
struct lustre_kobj {
	struct kobject		kobj;
	struct list_head	link;
	struct lustre_sb	*sbi;
	struct ldlm_ns		*ns;
	struct osc		*osc;
	u32			mdt;
};

struct lustre_attr {
	struct attribute attr;
	ssize_t (*show)(struct lustre_kobj *lk, char *buf);
	ssize_t (*store)(struct lustre_kobj *lk, const char *buf, size_t len);
};

#define LUSTRE_ATTR_RO(_prefix, _name)					\
static struct lustre_attr _prefix##_##_name##_attr = {			\
	.attr = { .name = #_name, .mode = 0444 },			\
	.show = _prefix##_##_name##_show,				\
}

#define LUSTRE_ATTR_RW(_prefix, _name)					\
static struct lustre_attr _prefix##_##_name##_attr = {			\
	.attr = { .name = #_name, .mode = 0644 },			\
	.show = _prefix##_##_name##_show,				\
	.store = _prefix##_##_name##_store,				\
}

extern const struct sysfs_ops lustre_sysfs_ops;
void lustre_kobj_release(struct kobject *kobj);

/* ---- sysfs_ldlm.c ---- */
extern struct attribute *lustre_ldlm_attrs[];
extern const struct kobj_type lustre_ldlm_ktype;

/* ---- sysfs.c ---- */
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
