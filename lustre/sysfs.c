// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/fs/lustre: one value per file (10 section 5;
 * Documentation/ABI/testing/sysfs-fs-lustre).
 *
 *	llite/<fsname>-<instance>/	the mount
 *	osc/<target>-osc-<instance>/	an object target of it
 *	mdc/<target>-mdc-<instance>/	a metadata target of it
 *	ldlm/namespaces/<either>/	its locks, see sysfs_ldlm.c
 */
#include <linux/backing-dev.h>
#include <linux/glob.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/sysfs.h>

#include "internal.h"
#include "sysfs.h"

/* The directories that every mount adds to. */
static struct kset *lustre_root;
static struct kobject *lustre_llite;
static struct kobject *lustre_osc;
static struct kobject *lustre_mdc;
static struct kobject *lustre_ldlm;
static struct kobject *lustre_namespaces;

static ssize_t lustre_attr_show(struct kobject *kobj, struct attribute *attr,
				char *buf)
{
	struct lustre_attr *la = container_of(attr, struct lustre_attr, attr);

	return la->show(container_of(kobj, struct lustre_kobj, kobj), buf);
}

static ssize_t lustre_attr_store(struct kobject *kobj, struct attribute *attr,
				 const char *buf, size_t len)
{
	struct lustre_attr *la = container_of(attr, struct lustre_attr, attr);

	if (!la->store)
		return -EPERM;
	return la->store(container_of(kobj, struct lustre_kobj, kobj), buf,
			 len);
}

const struct sysfs_ops lustre_sysfs_ops = {
	.show	= lustre_attr_show,
	.store	= lustre_attr_store,
};

void lustre_kobj_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct lustre_kobj, kobj));
}

/* ---- llite: the mount ---------------------------------------------------- */

static ssize_t llite_fstype_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "lustre\n");
}
LUSTRE_ATTR_RO(llite, fstype);

static ssize_t llite_client_type_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "local client\n");
}
LUSTRE_ATTR_RO(llite, client_type);

static ssize_t llite_uuid_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "%s\n", lk->sbi->uuid);
}
LUSTRE_ATTR_RO(llite, uuid);

static ssize_t llite_maxbytes_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "%lld\n", lk->sbi->sb->s_maxbytes);
}
LUSTRE_ATTR_RO(llite, maxbytes);

/*
 * Figures of statfs(2).  A umount waits for who reads them, and anybody may:
 * servers that are away are not waited for.
 */
#define LLITE_STATFS_ATTR(_name, _expr)					\
static ssize_t llite_##_name##_show(struct lustre_kobj *lk, char *buf)	\
{									\
	struct kstatfs st = {};						\
	int err = lustre_statfs_sb(lk->sbi, &st, true);			\
									\
	return err ?: sysfs_emit(buf, "%llu\n", (u64)(_expr));		\
}									\
LUSTRE_ATTR_RO(llite, _name)

LLITE_STATFS_ATTR(blocksize, st.f_bsize);
LLITE_STATFS_ATTR(kbytestotal, st.f_blocks * (st.f_bsize >> 10));
LLITE_STATFS_ATTR(kbytesfree, st.f_bfree * (st.f_bsize >> 10));
LLITE_STATFS_ATTR(kbytesavail, st.f_bavail * (st.f_bsize >> 10));
LLITE_STATFS_ATTR(filestotal, st.f_files);
LLITE_STATFS_ATTR(filesfree, st.f_ffree);
LLITE_STATFS_ATTR(namelen_max, st.f_namelen);

static ssize_t llite_max_read_ahead_mb_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "%lu\n", lk->sbi->sb->s_bdi->ra_pages >>
			  (20 - PAGE_SHIFT));
}

static ssize_t llite_max_read_ahead_mb_store(struct lustre_kobj *lk,
					     const char *buf, size_t len)
{
	unsigned int mb;
	int err = kstrtouint(buf, 0, &mb);

	if (err)
		return err;
	if (mb > 1024)
		return -ERANGE;
	lk->sbi->sb->s_bdi->ra_pages = (unsigned long)mb << (20 - PAGE_SHIFT);
	return len;
}
LUSTRE_ATTR_RW(llite, max_read_ahead_mb);

/* A limit of asking ahead, see struct lustre_sb */
#define LLITE_NUMBER_ATTR(_name, _least, _most)			\
static ssize_t llite_##_name##_show(struct lustre_kobj *lk, char *buf)	\
{									\
	struct lustre_sb *sbi = lk->sbi;				\
									\
	return sysfs_emit(buf, "%u\n", READ_ONCE((*sbi)._name));	\
}									\
									\
static ssize_t llite_##_name##_store(struct lustre_kobj *lk,		\
				     const char *buf, size_t len)	\
{									\
	struct lustre_sb *sbi = lk->sbi;				\
	unsigned int value;						\
	int err = kstrtouint(buf, 0, &value);				\
									\
	if (err)							\
		return err;						\
	if (value < (_least) || value > (_most))			\
		return -ERANGE;						\
	WRITE_ONCE((*sbi)._name, value);				\
	return len;							\
}									\
LUSTRE_ATTR_RW(llite, _name)

LLITE_NUMBER_ATTR(statahead_max, 0, LUSTRE_STATAHEAD_MAX);
LLITE_NUMBER_ATTR(statahead_min, 1, LUSTRE_STATAHEAD_MAX);
LLITE_NUMBER_ATTR(statahead_batch_max, 1, MDC_BATCH_MAX);
LLITE_NUMBER_ATTR(statahead_running_max, 0, LUSTRE_STATAHEAD_RUNNING_MAX);
LLITE_NUMBER_ATTR(opencache_threshold_ms, 0, LUSTRE_OPENCACHE_MS_MAX);

static ssize_t llite_statahead_agl_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(lk->sbi->statahead_agl));
}

static ssize_t llite_statahead_agl_store(struct lustre_kobj *lk,
					 const char *buf, size_t len)
{
	bool agl;
	int err = kstrtobool(buf, &agl);

	if (err)
		return err;
	WRITE_ONCE(lk->sbi->statahead_agl, agl);
	return len;
}
LUSTRE_ATTR_RW(llite, statahead_agl);

/* A number of struct ptlrpc_timeouts; what the configuration says at first. */
#define LLITE_TIMEOUT_ATTR(_name, _min)					\
static ssize_t llite_##_name##_show(struct lustre_kobj *lk, char *buf)	\
{									\
	return sysfs_emit(buf, "%u\n",					\
			  READ_ONCE(lk->sbi->timeouts._name));		\
}									\
									\
static ssize_t llite_##_name##_store(struct lustre_kobj *lk,		\
				     const char *buf, size_t len)	\
{									\
	u32 secs;							\
	int err = kstrtou32(buf, 0, &secs);				\
									\
	if (err)							\
		return err;						\
	if (secs < (_min) || secs > PTLRPC_TIMEOUT_MAX)			\
		return -ERANGE;						\
	WRITE_ONCE(lk->sbi->timeouts._name, secs);			\
	ptlrpc_timeouts_changed(lk->sbi->pnet);				\
	return len;							\
}									\
LUSTRE_ATTR_RW(llite, _name)

LLITE_TIMEOUT_ATTR(timeout, 1);
LLITE_TIMEOUT_ATTR(at_min, 0);
LLITE_TIMEOUT_ATTR(at_max, 0);
LLITE_TIMEOUT_ATTR(at_history, 1);

static struct attribute *llite_attrs[] = {
	&llite_at_history_attr.attr,
	&llite_at_max_attr.attr,
	&llite_at_min_attr.attr,
	&llite_fstype_attr.attr,
	&llite_client_type_attr.attr,
	&llite_uuid_attr.attr,
	&llite_maxbytes_attr.attr,
	&llite_blocksize_attr.attr,
	&llite_kbytestotal_attr.attr,
	&llite_kbytesfree_attr.attr,
	&llite_kbytesavail_attr.attr,
	&llite_filestotal_attr.attr,
	&llite_filesfree_attr.attr,
	&llite_namelen_max_attr.attr,
	&llite_max_read_ahead_mb_attr.attr,
	&llite_opencache_threshold_ms_attr.attr,
	&llite_statahead_agl_attr.attr,
	&llite_statahead_batch_max_attr.attr,
	&llite_statahead_max_attr.attr,
	&llite_statahead_min_attr.attr,
	&llite_statahead_running_max_attr.attr,
	&llite_timeout_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(llite);

static const struct kobj_type llite_ktype = {
	.release	= lustre_kobj_release,
	.sysfs_ops	= &lustre_sysfs_ops,
	.default_groups	= llite_groups,
};

/* ---- osc: an object target ----------------------------------------------- */

/* A number of struct osc_tunables. */
#define OSC_TUNABLE_ATTR(_name, _type, _fmt, _parse)			\
static ssize_t osc_##_name##_show(struct lustre_kobj *lk, char *buf)	\
{									\
	struct osc_tunables t;						\
									\
	osc_get_tunables(lk->osc, &t);					\
	return sysfs_emit(buf, _fmt "\n", t._name);			\
}									\
									\
static ssize_t osc_##_name##_store(struct lustre_kobj *lk,		\
				   const char *buf, size_t len)		\
{									\
	struct osc_tunables t;						\
	_type value;							\
	int err = _parse;						\
									\
	if (err)							\
		return err;						\
	osc_get_tunables(lk->osc, &t);					\
	t._name = value;						\
	return osc_set_tunables(lk->osc, &t) ?: len;			\
}									\
LUSTRE_ATTR_RW(osc, _name)

OSC_TUNABLE_ATTR(max_rpcs_in_flight, u32, "%u", kstrtou32(buf, 0, &value));
OSC_TUNABLE_ATTR(max_dirty_mb, u32, "%u", kstrtou32(buf, 0, &value));
OSC_TUNABLE_ATTR(resend_count, u32, "%u", kstrtou32(buf, 0, &value));
OSC_TUNABLE_ATTR(short_io_bytes, u32, "%u", kstrtou32(buf, 0, &value));
OSC_TUNABLE_ATTR(grant_shrink_interval, u32, "%u", kstrtou32(buf, 0, &value));
OSC_TUNABLE_ATTR(checksums, bool, "%d", kstrtobool(buf, &value));
OSC_TUNABLE_ATTR(grant_shrink, bool, "%d", kstrtobool(buf, &value));

static ssize_t osc_max_pages_per_rpc_show(struct lustre_kobj *lk, char *buf)
{
	struct osc_tunables t;

	osc_get_tunables(lk->osc, &t);
	return sysfs_emit(buf, "%u\n", t.max_pages_per_rpc);
}
LUSTRE_ATTR_RO(osc, max_pages_per_rpc);

/* A figure of struct osc_stats. */
#define OSC_STAT_ATTR(_name, _member)					\
static ssize_t osc_##_name##_show(struct lustre_kobj *lk, char *buf)	\
{									\
	struct osc_stats st;						\
									\
	osc_get_stats(lk->osc, &st);					\
	return sysfs_emit(buf, "%llu\n", (u64)st._member);		\
}									\
LUSTRE_ATTR_RO(osc, _name)

OSC_STAT_ATTR(cur_dirty_bytes, dirty_bytes);
OSC_STAT_ATTR(cur_grant_bytes, grant_avail);
OSC_STAT_ATTR(cur_dirty_grant_bytes, grant_dirty);
OSC_STAT_ATTR(cur_lost_grant_bytes, grant_dropped);

static ssize_t osc_idle_timeout_show(struct lustre_kobj *lk, char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  ptlrpc_import_idle(osc_import(lk->osc)));
}

static ssize_t osc_idle_timeout_store(struct lustre_kobj *lk, const char *buf,
				      size_t len)
{
	u32 secs;
	int err = kstrtou32(buf, 0, &secs);

	if (err)
		return err;
	if (secs > PTLRPC_TIMEOUT_MAX)
		return -ERANGE;
	ptlrpc_import_set_idle(osc_import(lk->osc), secs);
	return len;
}
LUSTRE_ATTR_RW(osc, idle_timeout);

static const struct {
	u32		bit;
	const char	*name;
} cksum_names[] = {
	{ OBD_CKSUM_CRC32,  "crc32" },
	{ OBD_CKSUM_ADLER,  "adler" },
	{ OBD_CKSUM_CRC32C, "crc32c" },
	{ OBD_CKSUM_T10IP512, "t10ip512" },
	{ OBD_CKSUM_T10IP4K, "t10ip4K" },
};

static ssize_t osc_checksum_type_show(struct lustre_kobj *lk, char *buf)
{
	struct osc_tunables t;
	ssize_t len = 0;

	osc_get_tunables(lk->osc, &t);
	for (size_t i = 0; i < ARRAY_SIZE(cksum_names); i++)
		len += sysfs_emit_at(buf, len,
				     t.checksum_type == cksum_names[i].bit ?
				     "%s[%s]" : "%s%s", i ? " " : "",
				     cksum_names[i].name);
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t osc_checksum_type_store(struct lustre_kobj *lk, const char *buf,
				       size_t len)
{
	struct osc_tunables t;

	for (size_t i = 0; i < ARRAY_SIZE(cksum_names); i++) {
		if (!sysfs_streq(buf, cksum_names[i].name))
			continue;
		osc_get_tunables(lk->osc, &t);
		t.checksum_type = cksum_names[i].bit;
		return osc_set_tunables(lk->osc, &t) ?: len;
	}
	return -EINVAL;
}
LUSTRE_ATTR_RW(osc, checksum_type);

/* ---- what object and metadata targets have in common ---------------------- */

static struct ptlrpc_import *lustre_kobj_import(struct lustre_kobj *lk)
{
	return lk->osc ? osc_import(lk->osc) :
			 lmv_import(lk->sbi->lmv, lk->mdt);
}

static ssize_t target_active_show(struct lustre_kobj *lk, char *buf)
{
	struct ptlrpc_import *imp = lustre_kobj_import(lk);

	return sysfs_emit(buf, "%d\n", imp && ptlrpc_import_active(imp));
}

static ssize_t target_active_store(struct lustre_kobj *lk, const char *buf,
				   size_t len)
{
	struct ptlrpc_import *imp = lustre_kobj_import(lk);
	bool active;
	int err = kstrtobool(buf, &active);

	if (err)
		return err;
	if (!imp)
		return -ENODEV;
	if (active)
		ptlrpc_import_activate(imp);
	else
		ptlrpc_import_deactivate(imp);
	return len;
}
LUSTRE_ATTR_RW(target, active);

static ssize_t target_conn_uuid_show(struct lustre_kobj *lk, char *buf)
{
	struct ptlrpc_import *imp = lustre_kobj_import(lk);
	char text[LNET_NIDSTR_SIZE];
	struct lnet_nid nid;

	if (!imp || !ptlrpc_import_nid(imp, &nid))
		return -ENOTCONN;
	return sysfs_emit(buf, "%s\n", lnet_nid_print(&nid, text));
}

static struct lustre_attr target_ost_conn_uuid_attr = {
	.attr = { .name = "ost_conn_uuid", .mode = 0444 },
	.show = target_conn_uuid_show,
};

static struct lustre_attr target_mds_conn_uuid_attr = {
	.attr = { .name = "mds_conn_uuid", .mode = 0444 },
	.show = target_conn_uuid_show,
};

static ssize_t target_state_show(struct lustre_kobj *lk, char *buf)
{
	struct ptlrpc_import *imp = lustre_kobj_import(lk);

	if (!imp)
		return -ENODEV;
	return sysfs_emit(buf, "%s\n",
		ptlrpc_import_state_name(ptlrpc_import_state(imp)));
}
LUSTRE_ATTR_RO(target, state);

static struct attribute *osc_attrs[] = {
	&target_active_attr.attr,
	&target_ost_conn_uuid_attr.attr,
	&target_state_attr.attr,
	&osc_checksum_type_attr.attr,
	&osc_checksums_attr.attr,
	&osc_cur_dirty_bytes_attr.attr,
	&osc_cur_dirty_grant_bytes_attr.attr,
	&osc_cur_grant_bytes_attr.attr,
	&osc_cur_lost_grant_bytes_attr.attr,
	&osc_grant_shrink_attr.attr,
	&osc_grant_shrink_interval_attr.attr,
	&osc_idle_timeout_attr.attr,
	&osc_max_dirty_mb_attr.attr,
	&osc_max_pages_per_rpc_attr.attr,
	&osc_max_rpcs_in_flight_attr.attr,
	&osc_resend_count_attr.attr,
	&osc_short_io_bytes_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(osc);

static const struct kobj_type osc_ktype = {
	.release	= lustre_kobj_release,
	.sysfs_ops	= &lustre_sysfs_ops,
	.default_groups	= osc_groups,
};

static struct attribute *mdc_attrs[] = {
	&target_active_attr.attr,
	&target_mds_conn_uuid_attr.attr,
	&target_state_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(mdc);

static const struct kobj_type mdc_ktype = {
	.release	= lustre_kobj_release,
	.sysfs_ops	= &lustre_sysfs_ops,
	.default_groups	= mdc_groups,
};

/* ---- parameters by name --------------------------------------------------- */

static const struct {
	const char		*name;
	struct attribute	**attrs;
} lustre_classes[] = {
	{ "ldlm", lustre_ldlm_attrs },
	{ "llite", llite_attrs },
	{ "mdc", mdc_attrs },
	{ "osc", osc_attrs },
};

/**
 * struct lustre_setting - one parameter being set
 * @sbi: the mount
 * @la: the file
 * @pattern: names of directories to set it in, with wild cards
 * @only: name of the one target that is meant, or NULL
 * @value: the text
 * @err: first error
 */
struct lustre_setting {
	struct lustre_sb	*sbi;
	struct lustre_attr	*la;
	const char		*pattern;
	const char		*only;
	const char		*value;
	int			err;
};

/* As if the value was written to the file, which may not be there yet. */
static void setting_apply(struct lustre_setting *set, struct lustre_kobj *lk,
			  const char *name, const char *kind)
{
	char dir[96];
	ssize_t rc;

	snprintf(dir, sizeof(dir), "%s%s-%016llx", name, kind,
		 set->sbi->instance);
	if ((set->only && strcmp(set->only, name)) ||
	    !glob_match(set->pattern, dir))
		return;
	lk->sbi = set->sbi;
	rc = set->la->store(lk, set->value, strlen(set->value));
	if (rc < 0 && !set->err)
		set->err = rc;
}

static int setting_mdt(struct lmv *lmv, u32 index, void *data)
{
	struct lustre_kobj lk = {
		.mdt	= index,
		.ns	= lmv_namespace(lmv, index),
	};

	setting_apply(data, &lk, ptlrpc_import_name(lmv_import(lmv, index)),
		      "-mdc");
	return 0;
}

static struct lustre_attr *setting_find(const char *class, const char *name)
{
	struct attribute **attr = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(lustre_classes); i++)
		if (!strcmp(lustre_classes[i].name, class))
			attr = lustre_classes[i].attrs;
	for (; attr && *attr; attr++)
		if (!strcmp((*attr)->name, name))
			return container_of(*attr, struct lustre_attr, attr);
	return NULL;
}

/**
 * lustre_sysfs_set - set a parameter of a mount, or of some of its targets
 * @sbi: the file system; the caller holds target_lock
 * @class: "llite", "mdc", "osc" or "ldlm"
 * @pattern: names of directories in /sys/fs/lustre/<class>, with wild cards; of
 *	"ldlm" behind "namespaces."
 * @only: name of a target, no other is meant; or NULL
 * @name: the file
 * @value: what to write
 *
 * Return: 0, also if nothing matches; -ENOENT no such parameter; -EACCES it is
 * read-only; or why the value is not accepted.
 * Context: may sleep.
 */
int lustre_sysfs_set(struct lustre_sb *sbi, const char *class,
		     const char *pattern, const char *only, const char *name,
		     const char *value)
{
	struct lustre_setting set = {
		.sbi		= sbi,
		.la		= setting_find(class, name),
		.pattern	= pattern,
		.only		= only,
		.value		= value,
	};
	bool ldlm = !strcmp(class, "ldlm");
	struct lustre_kobj lk = {};
	unsigned long index;

	if (!set.la || (ldlm && !strstarts(pattern, "namespaces.")))
		return -ENOENT;
	if (!set.la->store)
		return -EACCES;
	if (ldlm)
		set.pattern += strlen("namespaces.");
	if (!strcmp(class, "llite"))
		setting_apply(&set, &lk, sbi->opts.dev.fsname, "");
	if (ldlm || !strcmp(class, "mdc"))
		lmv_for_each(sbi->lmv, setting_mdt, &set);
	if (!ldlm && strcmp(class, "osc"))
		return set.err;
	xa_for_each(&sbi->oscs, index, lk.osc) {
		lk.ns = osc_ns(lk.osc);
		setting_apply(&set, &lk, osc_name(lk.osc), "-osc");
	}
	return set.err;
}

/* ---- directories come and go --------------------------------------------- */

static int lustre_kobj_add(struct lustre_sb *sbi, struct lustre_kobj *lk,
			   const struct kobj_type *type, struct kobject *parent,
			   const char *name, const char *kind)
{
	int err;

	lk->sbi = sbi;
	err = kobject_init_and_add(&lk->kobj, type, parent, "%s%s-%016llx",
				   name, kind, sbi->instance);
	if (err) {
		kobject_put(&lk->kobj);
		return err;
	}
	list_add(&lk->link, &sbi->kobjs);
	return 0;
}

/* The locks of a target whose device is called @name@kind. */
static int lustre_kobj_add_ns(struct lustre_sb *sbi, struct ldlm_ns *ns,
			      const char *name, const char *kind)
{
	struct lustre_kobj *lk = kzalloc_obj(*lk);

	if (!lk)
		return -ENOMEM;
	lk->ns = ns;
	return lustre_kobj_add(sbi, lk, &lustre_ldlm_ktype, lustre_namespaces,
			       name, kind);
}

/**
 * lustre_sysfs_add_mdt - show a metadata target
 * @sbi: the file system; the caller holds target_lock
 * @index: of the target
 *
 * Return: 0 or a negative errno.
 * Context: may sleep.
 */
int lustre_sysfs_add_mdt(struct lustre_sb *sbi, u32 index)
{
	struct ptlrpc_import *imp = lmv_import(sbi->lmv, index);
	struct ldlm_ns *ns = lmv_namespace(sbi->lmv, index);
	struct lustre_kobj *lk = kzalloc_obj(*lk);
	int err;

	if (!lk)
		return -ENOMEM;
	lk->mdt = index;
	lustre_debugfs_target(sbi, imp, ns);
	err = lustre_kobj_add(sbi, lk, &mdc_ktype, lustre_mdc,
			      ptlrpc_import_name(imp), "-mdc");
	return err ?: lustre_kobj_add_ns(sbi, ns, ptlrpc_import_name(imp),
					 "-mdc");
}

/**
 * lustre_sysfs_add_osc - show an object target
 * @sbi: the file system; the caller holds target_lock
 * @osc: the target
 *
 * Return: 0 or a negative errno.
 * Context: may sleep.
 */
int lustre_sysfs_add_osc(struct lustre_sb *sbi, struct osc *osc)
{
	struct lustre_kobj *lk = kzalloc(sizeof(*lk), GFP_KERNEL);
	int err;

	if (!lk)
		return -ENOMEM;
	lk->osc = osc;
	lustre_debugfs_target(sbi, osc_import(osc), osc_ns(osc));
	err = lustre_kobj_add(sbi, lk, &osc_ktype, lustre_osc, osc_name(osc),
			      "-osc");
	return err ?: lustre_kobj_add_ns(sbi, osc_ns(osc), osc_name(osc),
					 "-osc");
}

static int sysfs_add_mdt(struct lmv *lmv, u32 index, void *data)
{
	return lustre_sysfs_add_mdt(data, index);
}

/**
 * lustre_sysfs_add - show a mount and its targets
 * @sbi: the file system
 *
 * Return: 0 or a negative errno; lustre_sysfs_remove() is due in both cases.
 * Context: may sleep.
 */
int lustre_sysfs_add(struct lustre_sb *sbi)
{
	struct lustre_kobj *lk = kzalloc(sizeof(*lk), GFP_KERNEL);
	unsigned long index;
	struct osc *osc;
	int err;

	if (!lk)
		return -ENOMEM;
	lustre_debugfs_add(sbi);
	mutex_lock(&sbi->target_lock);
	err = lustre_kobj_add(sbi, lk, &llite_ktype, lustre_llite,
			      sbi->opts.dev.fsname, "");
	if (!err)
		err = lmv_for_each(sbi->lmv, sysfs_add_mdt, sbi);
	xa_for_each(&sbi->oscs, index, osc) {
		if (!err)
			err = lustre_sysfs_add_osc(sbi, osc);
	}
	sbi->shown = !err;
	mutex_unlock(&sbi->target_lock);
	return err;
}

/**
 * lustre_sysfs_remove - take a mount out of sysfs
 * @sbi: the file system, to which no target is added any more; nobody reads or
 *	writes its files on return
 *
 * Context: may sleep.
 */
void lustre_sysfs_remove(struct lustre_sb *sbi)
{
	struct lustre_kobj *lk, *next;

	lustre_debugfs_remove(sbi);
	list_for_each_entry_safe(lk, next, &sbi->kobjs, link) {
		list_del(&lk->link);
		kobject_del(&lk->kobj);
		kobject_put(&lk->kobj);
	}
}

/**
 * lustre_sysfs_init - make /sys/fs/lustre
 *
 * Return: 0 or -ENOMEM.
 * Context: module init.
 */
int lustre_sysfs_init(void)
{
	lustre_root = kset_create_and_add("lustre", NULL, fs_kobj);
	if (!lustre_root)
		return -ENOMEM;
	lustre_llite = kobject_create_and_add("llite", &lustre_root->kobj);
	lustre_osc = kobject_create_and_add("osc", &lustre_root->kobj);
	lustre_mdc = kobject_create_and_add("mdc", &lustre_root->kobj);
	lustre_ldlm = kobject_create_and_add("ldlm", &lustre_root->kobj);
	if (lustre_ldlm)
		lustre_namespaces = kobject_create_and_add("namespaces",
							   lustre_ldlm);
	if (lustre_llite && lustre_osc && lustre_mdc && lustre_namespaces)
		return 0;
	lustre_sysfs_exit();
	return -ENOMEM;
}

/**
 * lustre_sysfs_exit - remove /sys/fs/lustre
 *
 * Context: module exit, no mount is left.
 */
void lustre_sysfs_exit(void)
{
	kobject_put(lustre_namespaces);
	kobject_put(lustre_ldlm);
	kobject_put(lustre_mdc);
	kobject_put(lustre_osc);
	kobject_put(lustre_llite);
	kset_unregister(lustre_root);
}
