// SPDX-License-Identifier: GPL-2.0-only
/* treecmp: are these two trees the same client? */

#include <getopt.h>
#include <unistd.h>

#include "history.h"
#include "report.h"
#include "rules.h"

#ifndef VERSION
#define VERSION "0.1"
#endif

static const char usage_text[] =
"usage: treecmp [OPTION...] A B\n"
"       treecmp patches [OPTION...] [--base REV] A B\n"
"\n"
"Compare two trees of C sources by meaning: what is the same, what changed,\n"
"what only one of them has.  A and B are folders or REPO:REV[:PATH].\n"
"With 'patches': which commits of A are in B, fully or partly, and which\n"
"commits of B are in A.  A and B are then REPO:REV[:PATH].\n"
"\n"
"  -r, --rules FILE   what is expected to differ: see treecmp(1)\n"
"  -b, --base REV     only commits after this one\n"
"      --json         the report for machines, on standard output\n"
"      --html FILE    the report as one page, in FILE\n"
"      --also LIST    what else counts, separated by commas:\n"
"                     comments, space, order, places\n"
"      --full         list also what moved along with its file, and every\n"
"                     patch that is in both\n"
"  -h, --help         this text\n"
"  -V, --version      the version\n"
"\n"
"Status: 0 the same, 1 different, 2 trouble.\n";

enum { OPT_JSON = 256, OPT_HTML, OPT_ALSO, OPT_FULL };

static const struct option long_options[] = {
	{ "rules", required_argument, NULL, 'r' },
	{ "base", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "also", required_argument, NULL, OPT_ALSO },
	{ "full", no_argument, NULL, OPT_FULL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static void parse_also(char *list)
{
	char *save, *word;

	for (word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		if (!strcmp(word, "comments"))
			options.comments = true;
		else if (!strcmp(word, "space"))
			options.space = true;
		else if (!strcmp(word, "order"))
			options.order = true;
		else if (!strcmp(word, "places"))
			options.places = true;
		else
			die("--also: '%s' is none of comments, space, order, places",
			    word);
	}
}

static void parse_options(int argc, char **argv, struct output *out,
			  const char **base)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "r:b:hV", long_options,
				  NULL)) != -1) {
		switch (opt) {
		case 'r':
			if (rules_file())
				die("--rules was given twice");
			rules_load(optarg);
			break;
		case 'b':
			*base = optarg;
			break;
		case OPT_JSON:
			out->json = true;
			break;
		case OPT_HTML:
			out->html = optarg;
			break;
		case OPT_ALSO:
			parse_also(optarg);
			break;
		case OPT_FULL:
			out->full = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(STATUS_SAME);
		case 'V':
			puts("treecmp " VERSION);
			exit(STATUS_SAME);
		default:
			exit(STATUS_TROUBLE);
		}
	}
}

static int compare_trees(const char *a, const char *b,
			 const struct output *out)
{
	struct comparison c = { .a = { .side = 'a' }, .b = { .side = 'b' } };

	tree_load(&c.a, a);
	tree_load(&c.b, b);
	entities_load(&c.a);
	entities_load(&c.b);
	compare(&c);
	report_trees(&c, out);
	return c.differs ? STATUS_DIFFERS : STATUS_SAME;
}

int main(int argc, char **argv)
{
	struct output out = { .f = stdout };
	const char *base = NULL;
	bool patches;
	int status;

	patches = argc > 1 && !strcmp(argv[1], "patches");
	if (patches) {
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	token_init();
	git_libgit2_init();
	/* Other people's repositories are only read here. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	/* Of a file that many patches change, one version is the next one's. */
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_BLOB,
			 (size_t)4 << 20);
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	parse_options(argc, argv, &out, &base);
	if (argc - optind != 2)
		die("two trees are needed, not %d (see --help)",
		    argc - optind);
	if (base && !patches)
		die("--base is for 'treecmp patches' (see --help)");
	if (out.json && out.html)
		die("--json and --html exclude each other");
	if (out.html && !output_open(out.html))
		die("cannot write %s: no such folder, or no permission",
		    out.html);
	if (patches)
		status = compare_histories(argv[optind], argv[optind + 1],
					   base, &out);
	else
		status = compare_trees(argv[optind], argv[optind + 1], &out);
	git_libgit2_shutdown();
	if (fflush(stdout) || ferror(stdout))
		die("cannot write the report");
	return status;
}
