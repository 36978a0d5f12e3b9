// SPDX-License-Identifier: GPL-2.0-only
/* patchset - patches and sets of patches as things with an identity */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

static const char usage[] =
"usage: patchset [--patches DIR] VERB [OPTION...] ARG...\n"
"\n"
"  list                       what is kept\n"
"  import --set NAME SRC...   take in patch files, mailboxes, REPO:COMMIT or\n"
"                             REPO:A..B as a new version of a set\n"
"           [--id ID] [--origin TEXT] [--title TEXT] [--kernels RANGE]\n"
"  export WHAT DIR            write a set for git am and patch -p1\n"
"           [--plain]         without the fields that hold the identity\n"
"  status [--set WHAT] TREE...\n"
"           [--json | --html FILE] [--history N] [--record]\n"
"                             what every patch is to every tree\n"
"  apply WHAT TREE            [--fuzz] [--dry-run] [--json]\n"
"  reverse WHAT TREE          [--dry-run] [--json]\n"
"  refresh SET TREE           a new version of the set that fits the tree\n"
"           [--base TREE0]    merge where hunks have no place; TREE0 is a tree\n"
"                             that the set fits now\n"
"           [--kernels RANGE] [--dry-run]\n"
"  diff WHAT WHAT             two versions, as a person compares them [--json]\n"
"  log ID                     a patch's life across kernels [--json]\n"
"\n"
"WHAT is SET, SET@VERSION, ID, ID@VERSION or a file.  TREE is an unpacked kernel,\n"
"a git work tree, or (to look at only) REPO:REV.  DIR is ./patches if not given.\n"
"--help prints this text, --version the version.\n"
"Exit status: 0 all well, 1 something differs or does not fit, 2 trouble.\n";

static const struct {
	const char	*name;
	verb_fn		*fn;
} verbs[] = {
	{ "list", verb_list },		{ "import", verb_import },
	{ "export", verb_export },	{ "status", verb_status },
	{ "apply", verb_apply },	{ "reverse", verb_reverse },
	{ "refresh", verb_refresh },	{ "diff", verb_diff },
	{ "log", verb_log },
};

enum {
	O_PATCHES = 256, O_SET, O_ID, O_ORIGIN, O_TITLE, O_KERNELS, O_PLAIN, O_JSON,
	O_HTML, O_HISTORY, O_RECORD, O_FUZZ, O_DRY, O_BASE,
};

static const struct option longopts[] = {
	{ "patches", 1, NULL, O_PATCHES }, { "set", 1, NULL, O_SET },
	{ "id", 1, NULL, O_ID },	   { "origin", 1, NULL, O_ORIGIN },
	{ "title", 1, NULL, O_TITLE },	   { "kernels", 1, NULL, O_KERNELS },
	{ "plain", 0, NULL, O_PLAIN },	   { "json", 0, NULL, O_JSON },
	{ "html", 1, NULL, O_HTML },	   { "history", 1, NULL, O_HISTORY },
	{ "record", 0, NULL, O_RECORD },   { "fuzz", 0, NULL, O_FUZZ },
	{ "dry-run", 0, NULL, O_DRY },	   { "base", 1, NULL, O_BASE },
	{ "help", 0, NULL, O_HELP },	   { "version", 0, NULL, O_VERSION },
	{ }
};

static void take_option(struct options *o, int c)
{
	switch (c) {
	case O_PATCHES:
		o->patches = optarg;
		break;
	case O_SET:
		strv_add(&o->specs, optarg);
		break;
	case O_ID:
		o->id = optarg;
		break;
	case O_ORIGIN:
		o->origin = optarg;
		break;
	case O_TITLE:
		o->title = optarg;
		break;
	case O_KERNELS:
		o->kernels = optarg;
		break;
	case O_PLAIN:
		o->plain = true;
		break;
	case O_JSON:
		o->json = true;
		break;
	case O_HTML:
		o->html = optarg;
		break;
	case O_HISTORY:
		o->history = number_option("--history", optarg, 0, 100000000);
		break;
	case O_RECORD:
		o->record = true;
		break;
	case O_FUZZ:
		o->fuzz = true;
		break;
	case O_DRY:
		o->dry_run = true;
		break;
	case O_BASE:
		o->base = optarg;
		break;
	default:
		usual_option(c, "patchset", usage);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .patches = "patches", .history = 20000 };
	int c;

	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) != -1)
		take_option(&o, c);
	if (optind == argc) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	o.arg = argv + optind + 1;
	o.n = argc - optind - 1;
	git_start();
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(verbs[i].name, argv[optind]))
			return verbs[i].fn(&o);
	die("no verb '%s' (see --help)", argv[optind]);
}
