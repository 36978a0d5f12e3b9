// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/fs/lustre/ldlm/namespaces: cached locks of each target (10 section 5.4;
 * Documentation/ABI/testing/sysfs-fs-lustre).
 */
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/time64.h>

#include "internal.h"
#include "sysfs.h"

static ssize_t ldlm_lru_size_show(struct lustre_kobj *lk, char *buf)
{
	struct ldlm_ns_stats st;

	ldlm_ns_get_stats(lk->ns, &st);
	return sysfs_emit(buf, "%u\n", st.lru_size ?: st.unused);
}

/* Scripts write "clear" to have nothing cached any more. */
static ssize_t ldlm_lru_size_store(struct lustre_kobj *lk, const char *buf,
				   size_t len)
{
	u32 size;
	int err;

	if (sysfs_streq(buf, "clear")) {
		ldlm_ns_clear(lk->ns);
		return len;
	}
	err = kstrtou32(buf, 0, &size);
	if (err)
		return err;
	ldlm_ns_set_lru_size(lk->ns, size);
	return len;
}
LUSTRE_ATTR_RW(ldlm, lru_size);

static ssize_t ldlm_lru_max_age_show(struct lustre_kobj *lk, char *buf)
{
	struct ldlm_ns_stats st;

	ldlm_ns_get_stats(lk->ns, &st);
	return sysfs_emit(buf, "%llu\n", (u64)st.lru_max_age * MSEC_PER_SEC);
}

/* Milliseconds, or a number with its unit */
static int ldlm_parse_age(const char *buf, u32 *secs)
{
	static const struct {
		const char	*name;
		u32		ms;
	} units[] = {
		{ "", 1 }, { "ms", 1 }, { "s", MSEC_PER_SEC },
		{ "m", 60 * MSEC_PER_SEC }, { "h", 3600 * MSEC_PER_SEC },
	};
	char number[16] = {};
	size_t digits = strspn(buf, "0123456789");
	u32 value;
	int err;

	if (!digits || digits >= sizeof(number))
		return -EINVAL;
	memcpy(number, buf, digits);
	err = kstrtou32(number, 10, &value);
	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!sysfs_streq(buf + digits, units[i].name))
			continue;
		*secs = min_t(u64, div_u64((u64)value * units[i].ms,
					   MSEC_PER_SEC), U32_MAX);
		return 0;
	}
	return -EINVAL;
}

static ssize_t ldlm_lru_max_age_store(struct lustre_kobj *lk, const char *buf,
				      size_t len)
{
	u32 secs;
	int err = ldlm_parse_age(buf, &secs);

	if (err)
		return err;
	ldlm_ns_set_lru_max_age(lk->ns, secs);
	return len;
}
LUSTRE_ATTR_RW(ldlm, lru_max_age);

#define LDLM_COUNT_ATTR(_name, _member)					\
static ssize_t ldlm_##_name##_show(struct lustre_kobj *lk, char *buf)	\
{									\
	struct ldlm_ns_stats st;					\
									\
	ldlm_ns_get_stats(lk->ns, &st);					\
	return sysfs_emit(buf, "%u\n", st._member);			\
}									\
LUSTRE_ATTR_RO(ldlm, _name)

LDLM_COUNT_ATTR(lock_count, locks);
LDLM_COUNT_ATTR(lock_unused_count, unused);
LDLM_COUNT_ATTR(resource_count, resources);

struct attribute *lustre_ldlm_attrs[] = {
	&ldlm_lock_count_attr.attr,
	&ldlm_lock_unused_count_attr.attr,
	&ldlm_lru_max_age_attr.attr,
	&ldlm_lru_size_attr.attr,
	&ldlm_resource_count_attr.attr,
	NULL
};

static const struct attribute_group ldlm_group = {
	.attrs	= lustre_ldlm_attrs,
};

static const struct attribute_group *ldlm_groups[] = {
	&ldlm_group,
	NULL
};

const struct kobj_type lustre_ldlm_ktype = {
	.release	= lustre_kobj_release,
	.sysfs_ops	= &lustre_sysfs_ops,
	.default_groups	= ldlm_groups,
};
