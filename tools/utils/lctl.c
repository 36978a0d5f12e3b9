// SPDX-License-Identifier: GPL-2.0-only
/*
 * lctl - look at and control the Lustre client
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lctl.h"

struct command {
	const char	*name;
	int		(*run)(int argc, char **argv);
	const char	*args;
	const char	*help;
};

static int cmd_version(int argc, char **argv);
static int cmd_help(int argc, char **argv);

static const struct command commands[] = {
	{ "network", lctl_network, "up|down [NETWORK]",
	  "bring LNet, or one network such as 'tcp1(eth1)', up or down" },
	{ "network", lctl_network, "check",
	  "print settings for LNet that are not heeded" },
	{ "net", lctl_network, "up|down [NETWORK]", "the same" },
	{ "list_nids", lctl_list_nids, "[-v]", "print the NIDs of this node" },
	{ "ping", lctl_ping, "NID [SECONDS]", "ask a node for its NIDs" },
	{ "peer_list", lctl_peer_list, "", "print peers and connections" },
	{ "setting", lctl_setting, "[--reset] [NAME[=VALUE]...]",
	  "print or change settings of LNet in this network namespace" },
	{ "dl", lctl_dl, "", "print the devices: one per connection" },
	{ "device_list", lctl_dl, "", "the same" },
	{ "get_param", lctl_get_param, "[-nNR] PARAM...",
	  "print parameters; '*' matches" },
	{ "set_param", lctl_set_param, "[-n] PARAM=VALUE...",
	  "set parameters; '*' matches" },
	{ "list_param", lctl_list_param, "[-FR] PARAM...",
	  "print the names of parameters" },
	{ "version", cmd_version, "", "print versions of tool and module" },
	{ "help", cmd_help, "[COMMAND]", "print this" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void usage(FILE *f)
{
	fprintf(f, "usage: lctl COMMAND [ARGUMENT...]\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(f, "  %-12s %-22s %s\n", commands[i].name,
			commands[i].args, commands[i].help);
}

static int cmd_help(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		usage(stdout);
		return 0;
	}
	c = find(argv[1]);
	if (!c) {
		fprintf(stderr, "lctl: no command '%s'\n", argv[1]);
		return 2;
	}
	printf("lctl %s %s: %s\n", c->name, c->args, c->help);
	return 0;
}

static int cmd_version(int argc, char **argv)
{
	char line[128] = "not loaded\n";
	FILE *f = fopen("/sys/module/lustre/srcversion", "r");

	(void)argc;
	(void)argv;
	if (f) {
		if (!fgets(line, sizeof(line), f))
			strcpy(line, "unknown\n");
		fclose(f);
	}
	printf("lctl %s\nmodule lustre: %s", LUSTRE_CLIENT_VERSION, line);
	return 0;
}

int main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return cmd_version(0, NULL);
	c = find(argv[1]);
	if (!c) {
		fprintf(stderr, "lctl: no command '%s', see 'lctl help'\n",
			argv[1]);
		return 2;
	}
	return c->run(argc - 1, argv + 1);
}
