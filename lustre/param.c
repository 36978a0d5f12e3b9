// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tunables that the configuration log sets (05 section 5.6, LCFG_PARAM).
 */
#include <linux/backing-dev.h>
#include <linux/kstrtox.h>
#include <linux/string.h>

#include "internal.h"

/* A tunable of object targets: how to put a number into the set. */
struct osc_param {
	const char	*key;
	size_t		offset;
};

static const struct osc_param osc_params[] = {
	{ "osc.max_dirty_mb", offsetof(struct osc_tunables, max_dirty_mb) },
	{ "osc.max_rpcs_in_flight",
	  offsetof(struct osc_tunables, max_rpcs_in_flight) },
	{ "osc.resend_count", offsetof(struct osc_tunables, resend_count) },
	{ "osc.short_io_bytes", offsetof(struct osc_tunables, short_io_bytes) },
	{ "osc.grant_shrink_interval",
	  offsetof(struct osc_tunables, grant_shrink_interval) },
};

/* "lustre-OST0003-osc" names one target, anything else means all of them. */
static bool param_is_for(struct osc *osc, const char *target)
{
	const char *name = osc_name(osc);
	size_t len = strlen(name);

	if (!strstr(target, "-OST"))
		return true;
	return !strncmp(target, name, len) &&
	       (!target[len] || target[len] == '-');
}

static int param_osc(struct lustre_sb *sbi, const char *target, size_t offset,
		     const char *value)
{
	struct osc_tunables t;
	unsigned long index;
	struct osc *osc;
	u32 number;
	int err;

	err = kstrtou32(value, 0, &number);
	if (err)
		return err;
	xa_for_each(&sbi->oscs, index, osc) {
		if (!param_is_for(osc, target))
			continue;
		osc_get_tunables(osc, &t);
		*(u32 *)((char *)&t + offset) = number;
		err = osc_set_tunables(osc, &t);
		if (err)
			return err;
	}
	return 0;
}

static int param_read_ahead(struct lustre_sb *sbi, const char *value)
{
	u32 mb;
	int err = kstrtou32(value, 0, &mb);

	if (err)
		return err;
	if (mb > 1024)
		return -ERANGE;
	sbi->sb->s_bdi->ra_pages = (unsigned long)mb << (20 - PAGE_SHIFT);
	return 0;
}

/**
 * lustre_config_param - apply a tunable from the configuration log
 * @priv: the struct lustre_sb
 * @target: what it is for, "lustre-OST0003-osc" for instance
 * @key: its name
 * @value: its text
 *
 * Return: 0, -ENOENT for a name that this client does not have, -EINVAL or
 * -ERANGE for a bad value.
 * Context: may sleep.
 */
int lustre_config_param(void *priv, const char *target, const char *key,
			const char *value)
{
	struct lustre_sb *sbi = priv;

	for (size_t i = 0; i < ARRAY_SIZE(osc_params); i++)
		if (!strcmp(key, osc_params[i].key))
			return param_osc(sbi, target, osc_params[i].offset,
					 value);
	if (!strcmp(key, "llite.max_read_ahead_mb"))
		return param_read_ahead(sbi, value);
	return -ENOENT;
}
