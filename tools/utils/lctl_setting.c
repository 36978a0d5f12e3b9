// SPDX-License-Identifier: GPL-2.0-only
/*
 * lctl: settings of LNet in this network namespace.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/lnet_netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lctl.h"
#include "lctl_net.h"

static const char * const names[LNET_A_SETTING_MAX + 1] = {
	[LNET_A_SETTING_ACCEPT]		 = "accept",
	[LNET_A_SETTING_ACCEPT_PORT]	 = "accept_port",
	[LNET_A_SETTING_ACCEPT_TIMEOUT]	 = "accept_timeout",
	[LNET_A_SETTING_ACCEPT_BACKLOG]	 = "accept_backlog",
	[LNET_A_SETTING_CHECK_SOURCE]	 = "check_source",
	[LNET_A_SETTING_SOCK_TIMEOUT]	 = "sock_timeout",
	[LNET_A_SETTING_PEER_CREDITS]	 = "peer_credits",
	[LNET_A_SETTING_CREDITS]	 = "credits",
	[LNET_A_SETTING_MIN_RECONNECTMS] = "min_reconnectms",
	[LNET_A_SETTING_MAX_RECONNECTMS] = "max_reconnectms",
	[LNET_A_SETTING_KEEPALIVE]	 = "keepalive",
	[LNET_A_SETTING_ZC_MIN_PAYLOAD]	 = "zc_min_payload",
	[LNET_A_SETTING_PROTOCOL]	 = "protocol",
	[LNET_A_SETTING_NETWORKS]	 = "networks",
};

/* Where a value has a name */
static const char * const policies[] = {
	[LNET_ACCEPT_POLICY_NONE]	= "none",
	[LNET_ACCEPT_POLICY_SECURE]	= "secure",
	[LNET_ACCEPT_POLICY_ALL]	= "all",
};

#define NR_POLICIES (sizeof(policies) / sizeof(policies[0]))

/* The attribute called @name, which ends at @len; 0: none */
static int find(const char *name, size_t len)
{
	for (int id = 1; id <= LNET_A_SETTING_MAX; id++)
		if (names[id] && strlen(names[id]) == len &&
		    !strncmp(names[id], name, len))
			return id;
	fprintf(stderr, "lctl: setting: no setting '%.*s'\n", (int)len, name);
	return 0;
}

static bool number(int id, const char *text, unsigned int *value)
{
	unsigned long n;
	char *end;

	if (id == LNET_A_SETTING_ACCEPT)
		for (unsigned int i = 0; i < NR_POLICIES; i++)
			if (!strcmp(text, policies[i])) {
				*value = i;
				return true;
			}
	if (id == LNET_A_SETTING_CHECK_SOURCE && strlen(text) == 1 &&
	    strchr("YyNn", *text)) {
		*value = *text == 'Y' || *text == 'y';
		return true;
	}
	errno = 0;
	n = strtoul(text, &end, 0);
	*value = n;
	return *text >= '0' && *text <= '9' && !*end && !errno &&
	       n <= 0xffffffff && id != LNET_A_SETTING_ACCEPT;
}

/* NAME=VALUE of @arg into @msg; an exit status */
static int put(struct nl_msg *msg, const char *arg)
{
	const char *eq = strchr(arg, '=');
	int id = find(arg, eq - arg);
	unsigned int value;
	int err;

	if (!id)
		return 2;
	if (id == LNET_A_SETTING_NETWORKS) {
		err = nla_put_string(msg, id, eq + 1);
	} else {
		if (!number(id, eq + 1, &value)) {
			fprintf(stderr, "lctl: setting: %s: '%s' is not a value for it\n",
				names[id], eq + 1);
			return 2;
		}
		err = nla_put_u32(msg, id, value);
	}
	if (err)
		fprintf(stderr, "lctl: setting: '%s' is too long\n", arg);
	return err ? 2 : 0;
}

static void print(int id, struct nlattr *attr)
{
	unsigned int value = 0;

	if (id != LNET_A_SETTING_NETWORKS)
		value = nla_get_u32(attr);
	printf("%s=", names[id]);
	if (id == LNET_A_SETTING_NETWORKS)
		printf("%s\n", nla_get_string(attr));
	else if (id == LNET_A_SETTING_ACCEPT && value < NR_POLICIES)
		printf("%s\n", policies[value]);
	else
		printf("%u\n", value);
}

/* Which are to be printed, by number */
struct wanted {
	bool	id[LNET_A_SETTING_MAX + 1];
};

static int on_settings(struct nl_msg *msg, void *arg)
{
	struct nlattr *a[LNET_A_SETTING_MAX + 1];
	const struct wanted *w = arg;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, a, LNET_A_SETTING_MAX, NULL))
		return NL_SKIP;
	for (int id = 1; id <= LNET_A_SETTING_MAX; id++)
		if (w->id[id] && a[id])
			print(id, a[id]);
	return NL_OK;
}

static int get(struct lnet_sock *s, const struct wanted *w)
{
	struct nl_msg *msg = lnet_msg(s, LNET_CMD_SETTING_GET, NLM_F_ACK);

	if (!msg)
		return 1;
	return lnet_report(s, lnet_call(s, msg, on_settings, (void *)w),
			   "setting");
}

static int set(struct lnet_sock *s, int argc, char **argv)
{
	struct nl_msg *msg = lnet_msg(s, LNET_CMD_SETTING_SET, NLM_F_ACK);
	int status = msg ? 0 : 1;

	for (int i = 1; i < argc && !status; i++) {
		if (!strcmp(argv[i], "--reset"))
			status = nla_put_flag(msg, LNET_A_SETTING_RESET) ? 1 : 0;
		else
			status = put(msg, argv[i]);
	}
	if (status) {
		nlmsg_free(msg);
		return status;
	}
	return lnet_report(s, lnet_call(s, msg, NULL, NULL), "setting");
}

/* All of @argv are of one kind: to set, or to print */
static int sort(int argc, char **argv, struct wanted *w, bool *setting)
{
	memset(w->id, argc == 1, sizeof(w->id));
	*setting = argc > 1 &&
		   (strchr(argv[1], '=') || !strcmp(argv[1], "--reset"));
	for (int i = 1; i < argc; i++) {
		bool sets = strchr(argv[i], '=') || !strcmp(argv[i], "--reset");
		int id;

		if (sets != *setting) {
			fprintf(stderr, "usage: lctl setting [NAME...], or [--reset] [NAME=VALUE...]\n");
			return 2;
		}
		if (sets)
			continue;
		id = find(argv[i], strlen(argv[i]));
		if (!id)
			return 2;
		w->id[id] = true;
	}
	return 0;
}

int lctl_setting(int argc, char **argv)
{
	struct lnet_sock s;
	struct wanted w;
	bool setting;
	int status = sort(argc, argv, &w, &setting);

	if (status)
		return status;
	if (!lnet_open(&s, setting))
		return 1;
	status = setting ? set(&s, argc, argv) : get(&s, &w);
	lnet_close(&s);
	return status;
}
