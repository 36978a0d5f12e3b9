// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters that the configuration sets (05 section 5.6, LCFG_PARAM and
 * LCFG_SET_PARAM).
 *
 * Each of them is that of a file in sysfs.  They are remembered: a target that
 * the configuration brings later gets them, too.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"
#include "sysfs.h"

/* A site has a few dozen of them. */
#define SETTINGS_MAX	1024

/**
 * struct setting - one parameter
 * @link: in lustre_sb.settings, the latest last
 * @class: "osc"
 * @pattern: names of directories in sysfs, with wild cards
 * @name: "max_dirty_mb"
 * @value: text
 * @text: where these strings lie
 */
struct setting {
	struct list_head	link;
	const char		*class;
	const char		*pattern;
	const char		*name;
	const char		*value;
	char			text[];
};

/* Parameters of the cluster that servers alone need */
static bool param_of_servers(const char *key)
{
	static const char * const keys[] = {
		"at_early_margin", "at_extra", "ldlm_timeout",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

/*
 * "osc.lustre-OST*.max_dirty_mb" as lctl set_param -P writes it, "timeout" or
 * "sys.timeout", and "osc.max_dirty_mb" of "lustre-OST0003-osc", which is what
 * lctl conf_param does.
 */
static int setting_parse(struct setting *set, const char *target, char *key)
{
	char *first = strchr(key, '.'), *last = strrchr(key, '.');

	set->class = "llite";
	set->pattern = "*";
	set->name = key;
	if (!first)
		return 0;
	*first = '\0';
	set->name = last + 1;
	if (!strcmp(key, "sys"))
		return first == last ? 0 : -ENOENT;
	set->class = key;
	if (first != last) {
		*last = '\0';
		set->pattern = first + 1;
	} else if (strstr(target, "-OST") || strstr(target, "-MDT")) {
		set->pattern = target;
	}
	return 0;
}

static struct setting *setting_new(const char *target, const char *key,
				   const char *value)
{
	size_t klen = strlen(key) + 1, vlen = strlen(value) + 1;
	size_t tlen = strlen(target) + 3;
	struct setting *set;
	int err;

	set = kzalloc(struct_size(set, text, klen + vlen + tlen), GFP_KERNEL);
	if (!set)
		return ERR_PTR(-ENOMEM);
	memcpy(set->text, key, klen);
	memcpy(set->text + klen, value, vlen);
	set->value = set->text + klen;
	/* directories are called after the device and the instance */
	snprintf(set->text + klen + vlen, tlen, "%s-*", target);
	err = setting_parse(set, set->text + klen + vlen, set->text);
	if (!err)
		return set;
	kfree(set);
	return ERR_PTR(err);
}

static bool setting_same(const struct setting *a, const struct setting *b)
{
	return !strcmp(a->class, b->class) && !strcmp(a->name, b->name) &&
	       !strcmp(a->pattern, b->pattern);
}

/* Keep @set in the place of an older one.  target_lock held. */
static void setting_keep(struct lustre_sb *sbi, struct setting *set)
{
	struct setting *old;

	list_for_each_entry(old, &sbi->settings, link) {
		if (!setting_same(old, set))
			continue;
		list_del(&old->link);
		kfree(old);
		sbi->nr_settings--;
		break;
	}
	if (sbi->nr_settings == SETTINGS_MAX) {
		kfree(set);
		return;
	}
	list_add_tail(&set->link, &sbi->settings);
	sbi->nr_settings++;
}

/**
 * lustre_config_param - apply a parameter from the configuration log
 * @priv: the struct lustre_sb
 * @target: what it is for, "lustre-OST0003-osc" for instance, or "general"
 * @key: its name, with wild cards
 * @value: its text
 *
 * Return: 0, -ENOENT for a name that this client does not have, or why the
 * value is not accepted.
 * Context: may sleep.
 */
int lustre_config_param(void *priv, const char *target, const char *key,
			const char *value)
{
	struct lustre_sb *sbi = priv;
	struct setting *set;
	int err;

	if (param_of_servers(strstarts(key, "sys.") ? key + 4 : key))
		return 0;
	set = setting_new(target, key, value);
	if (IS_ERR(set))
		return PTR_ERR(set);
	mutex_lock(&sbi->target_lock);
	err = lustre_sysfs_set(sbi, set->class, set->pattern, NULL, set->name,
			       set->value);
	if (err)
		kfree(set);
	else
		setting_keep(sbi, set);
	mutex_unlock(&sbi->target_lock);
	return err;
}

/**
 * lustre_settings_apply - give a new target what was set for its like
 * @sbi: the file system; the caller holds target_lock
 * @name: name of the target, "lustre-OST0003"
 *
 * Context: may sleep.
 */
void lustre_settings_apply(struct lustre_sb *sbi, const char *name)
{
	struct setting *set;
	int err;

	list_for_each_entry(set, &sbi->settings, link) {
		err = lustre_sysfs_set(sbi, set->class, set->pattern, name,
				       set->name, set->value);
		if (err)
			pr_notice_ratelimited("lustre: %s: parameter %s.%s not accepted: %d\n",
					      name, set->class, set->name,
					      err);
	}
}

/**
 * lustre_settings_free - forget all parameters
 * @sbi: the file system
 *
 * Context: any.
 */
void lustre_settings_free(struct lustre_sb *sbi)
{
	struct setting *set, *next;

	list_for_each_entry_safe(set, next, &sbi->settings, link)
		kfree(set);
	INIT_LIST_HEAD(&sbi->settings);
}
