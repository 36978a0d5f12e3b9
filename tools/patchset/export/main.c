// SPDX-License-Identifier: GPL-2.0-only
/* lustre-export - put the client into a kernel tree, byte for byte */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export.h"

static const char usage[] =
"usage: lustre-export [OPTION...] TREE\n"
"       lustre-export --verify | --remove | --check [OPTION...] TREE\n"
"       lustre-export --series DIR TREE\n"
"       lustre-export --list\n"
"\n"
"Copies lnet/ to net/lnet/, lustre/ to fs/lustre/, include/ and what a kernel\n"
"tree has a place for of Documentation/, and applies the patches of the set\n"
"'hooks' for TREE's version.  Files are never edited; one whose content is right\n"
"is not touched; all of it happens, or nothing.\n"
"\n"
"  --verify       compare by hash, and say which side has changed since\n"
"  --remove       undo: the tree is as it was, byte for byte\n"
"  --series DIR   write the patches to post, against TREE without an export\n"
"  --check        is it ready to post: build it in every way that counts\n"
"      --only STEP      this step only (again for more; --only list: which)\n"
"      --work DIR       where to build (kept; default: a temporary folder)\n"
"      --jobs N         of make\n"
"      --html FILE      the results as one page\n"
"  --list         print \"our path <tab> path in the kernel tree\"\n"
"\n"
"  --source DIR   the client's tree, default: the current folder (tools/export: the\n"
"                 checkout that it is in)   --patches DIR  default: DIR/patches\n"
"  --force        overwrite or remove what others have changed\n"
"  --quiet        say nothing when all is well\n"
"  --json         --verify and --check: for machines\n"
"  --help         this text                 --version    the version\n"
"\n"
"Exit status: 0 done or same, 1 differs or not ready, 2 trouble.\n";

enum { M_EXPORT, M_VERIFY, M_REMOVE, M_SERIES, M_CHECK, M_LIST };
enum {
	O_VERIFY = 256, O_REMOVE, O_SERIES, O_CHECK, O_LIST, O_SOURCE, O_PATCHES,
	O_FORCE, O_JSON, O_ONLY, O_WORK, O_JOBS, O_HTML,
};

static const struct option longopts[] = {
	{ "verify", 0, NULL, O_VERIFY },   { "remove", 0, NULL, O_REMOVE },
	{ "series", 1, NULL, O_SERIES },   { "check", 0, NULL, O_CHECK },
	{ "list", 0, NULL, O_LIST },	   { "source", 1, NULL, O_SOURCE },
	{ "patches", 1, NULL, O_PATCHES }, { "force", 0, NULL, O_FORCE },
	{ "quiet", 0, NULL, 'q' },	   { "json", 0, NULL, O_JSON },
	{ "only", 1, NULL, O_ONLY },	   { "work", 1, NULL, O_WORK },
	{ "jobs", 1, NULL, O_JOBS },	   { "html", 1, NULL, O_HTML },
	{ "help", 0, NULL, O_HELP },	   { "version", 0, NULL, O_VERSION },
	{ }
};

static void set_mode(int *mode, int to)
{
	if (*mode != M_EXPORT && *mode != to)
		die("only one of --verify, --remove, --series, --check and --list");
	*mode = to;
}

static void take_option(struct options *o, int c, int *mode)
{
	switch (c) {
	case O_VERIFY:
		set_mode(mode, M_VERIFY);
		break;
	case O_REMOVE:
		set_mode(mode, M_REMOVE);
		break;
	case O_CHECK:
		set_mode(mode, M_CHECK);
		break;
	case O_LIST:
		set_mode(mode, M_LIST);
		break;
	case O_SERIES:
		set_mode(mode, M_SERIES);
		o->series = optarg;
		break;
	case O_SOURCE:
		o->source = optarg;
		break;
	case O_PATCHES:
		o->patches = optarg;
		break;
	case O_FORCE:
		o->force = true;
		break;
	case O_JSON:
		o->json = true;
		break;
	case O_ONLY:
		strv_add(&o->only, optarg);
		break;
	case O_WORK:
		o->work = optarg;
		break;
	case O_HTML:
		o->html = optarg;
		break;
	case O_JOBS:
		o->jobs = number_option("--jobs", optarg, 1, 1024);
		break;
	case 'q':
		o->quiet = true;
		break;
	default:
		usual_option(c, "lustre-export", usage);
	}
}

int main(int argc, char **argv)
{
	static int (*const run[])(const struct options *) = {
		do_export, do_verify, do_remove, do_series, do_check, do_list
	};
	struct options o = { .source = "." };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int c, mode = M_EXPORT;

	program = "export";
	o.jobs = cores > 0 ? cores : 1;
	while ((c = getopt_long(argc, argv, "hq", longopts, NULL)) != -1)
		take_option(&o, c, &mode);
	if (!o.patches)
		o.patches = fmt("%s/patches", o.source);
	if (argc - optind > 1)
		die("more than one kernel tree given: %s", argv[optind + 1]);
	o.tree = argv[optind];
	if (!o.tree && mode != M_LIST &&
	    !(mode == M_CHECK && strv_has(&o.only, "list"))) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	git_start();
	return run[mode](&o);
}
