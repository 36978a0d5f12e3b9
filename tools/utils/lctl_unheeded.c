// SPDX-License-Identifier: GPL-2.0-only
/*
 * lctl: settings that other clients have, and that mean nothing to this one.
 *
 * A site that moves here has them in /etc; what is not heeded has to be said
 * where somebody looks.
 */
#include <ctype.h>
#include <libkmod.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lctl.h"

#define LNET_CONF "/etc/lnet.conf"

/* What to know about a setting, besides that it is not heeded */
static const struct {
	const char	*name;
	const char	*what;
} known[] = {
	{ "ip2nets", "name the networks of this node in networks=" },
	{ "routes", "this client has no routes: servers have to be on its own networks" },
	{ "forwarding", "this client is no router" },
	{ "config_on_load", "networks come up at a mount, or by 'lctl network up'" },
	{ "lnet_peer_discovery_disabled", "this client never asks peers for their other addresses" },
	{ "use_tcp_bonding", "name several interfaces in networks=" },
};

/* Parameters live in these modules with other clients. */
static const char * const foreign[] = { "ksocklnd", "ko2iblnd", "libcfs" };

static const char *advice(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == len &&
		    !memcmp(known[i].name, name, len))
			return known[i].what;
	return NULL;
}

/* Does the module that is loaded, or else the one that would be, know it? */
static bool is_parameter(struct kmod_module *mod, const char *name, size_t len)
{
	struct kmod_list *list = NULL, *item;
	bool found = false, told = false;
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/lnet/parameters/%.*s",
		 (int)len, name);
	if (!access(path, F_OK))
		return true;
	if (!access("/sys/module/lnet", F_OK))
		return false;
	if (kmod_module_get_path(mod) &&
	    kmod_module_get_info(mod, &list) >= 0)
		kmod_list_foreach(item, list) {
			const char *value = kmod_module_info_get_value(item);

			if (strcmp(kmod_module_info_get_key(item), "parm"))
				continue;
			told = true;
			found |= !strncmp(value, name, len) &&
				 value[len] == ':';
		}
	kmod_module_info_free_list(list);
	return told ? found : !advice(name, len);
}

/* The end of one option: quotes may have blanks between them. */
static const char *option_end(const char *s)
{
	bool quoted = false;

	for (; *s && (quoted || !isspace((unsigned char)*s)); s++)
		if (*s == '"')
			quoted = !quoted;
	return s;
}

static unsigned int check_options(struct kmod_module *mod, FILE *f,
				  const char *prefix)
{
	const char *s = kmod_module_get_options(mod), *end, *why;
	unsigned int n = 0;

	for (; s && *s; s = end) {
		size_t len = strcspn(s, "= \t");

		end = option_end(s);
		if (len && !is_parameter(mod, s, len)) {
			why = advice(s, len);
			fprintf(f, "%soption %.*s of module lnet is not heeded%s%s\n",
				prefix, (int)len, s, why ? ": " : "",
				why ? why : "");
			n++;
		}
		if (len == strlen("networks") && !memcmp(s, "networks", len) &&
		    memchr(s, '[', end - s)) {
			fprintf(f, "%sprocessors in brackets in networks= are not heeded: any of them works for any interface\n",
				prefix);
			n++;
		}
		while (isspace((unsigned char)*end))
			end++;
	}
	return n;
}

static unsigned int check_foreign(struct kmod_ctx *ctx, FILE *f,
				  const char *prefix)
{
	unsigned int n = 0;

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		struct kmod_module *mod;
		const char *options;

		if (kmod_module_new_from_name(ctx, foreign[i], &mod))
			continue;
		options = kmod_module_get_options(mod);
		if (options && *options) {
			fprintf(f, "%soptions of module %s are not heeded (%s): those of module lnet are, see modinfo -p lnet\n",
				prefix, foreign[i], options);
			n++;
		}
		kmod_module_unref(mod);
	}
	return n;
}

/* What lnetctl(8) keeps; comments and nothing are no settings. */
static unsigned int check_conf(FILE *f, const char *prefix)
{
	FILE *conf = fopen(LNET_CONF, "r");
	unsigned int n = 0;
	char line[256];

	while (conf && !n && fgets(line, sizeof(line), conf)) {
		const char *s = line + strspn(line, " \t\r\n");

		if (!*s || *s == '#' || !strncmp(s, "---", 3))
			continue;
		fprintf(f, "%s" LNET_CONF " is not read: name the networks of this node in the option networks of module lnet\n",
			prefix);
		n++;
	}
	if (conf)
		fclose(conf);
	return n;
}

/* Name on f what is set and not heeded; how many there were. */
unsigned int lctl_check_settings(FILE *f, const char *prefix)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_list *list = NULL;
	struct kmod_module *mod = NULL;
	unsigned int n = check_conf(f, prefix);

	if (!ctx)
		return n;
	/* with its file, if there is one */
	if (!kmod_module_new_from_lookup(ctx, "lnet", &list) && list)
		mod = kmod_module_get_module(list);
	else if (kmod_module_new_from_name(ctx, "lnet", &mod))
		mod = NULL;
	if (mod) {
		n += check_options(mod, f, prefix);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(list);
	n += check_foreign(ctx, f, prefix);
	kmod_unref(ctx);
	return n;
}
