// SPDX-License-Identifier: GPL-2.0-only
/*
 * lctl: parameters, which are files of sysfs and debugfs.
 *
 * "osc.lustre-OST0000-x.max_dirty_mb" names .../osc/lustre-OST0000-x/max_dirty_mb
 * below one of a few directories; "module.lustre.X" names a module parameter.
 * Dots separate, but names of devices have dots of their own, so a pattern
 * with slashes is taken as it is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lctl.h"

static const char * const roots[] = {
	"/sys/fs/lustre/",
	"/sys/kernel/debug/lustre/",
	"/sys/kernel/debug/lnet/",
};

#define NR_ROOTS (sizeof(roots) / sizeof(roots[0]))

struct param_opts {
	bool	no_name;	/* -n */
	bool	only_name;	/* -N */
	bool	recurse;	/* -R */
	bool	classify;	/* -F */
};

/* ---- names and files ----------------------------------------------------- */

static char *pattern_to_path(const char *root, const char *pattern)
{
	char *path, *p;

	if (asprintf(&path, "%s%s", root, pattern) < 0)
		return NULL;
	if (strchr(pattern, '/'))
		return path;
	for (p = path + strlen(root); *p; p++)
		if (*p == '.')
			*p = '/';
	return path;
}

/* Print a path below a root as a parameter's name. */
static char *path_to_name(const char *root, const char *path)
{
	const char *prefix = "", *rest = path + strlen(root);
	char *name, *p;

	if (!strncmp(root, "/sys/module/", 12))
		prefix = "module.";
	if (asprintf(&name, "%s%s", prefix, rest) < 0)
		return NULL;
	for (p = name + strlen(prefix); *p; p++)
		if (*p == '/')
			*p = '.';
	return name;
}

typedef int (*param_fn)(const char *path, const char *name,
			const struct stat *st, void *arg);

struct walk {
	param_fn	fn;
	void		*arg;
	bool		recurse;
	unsigned int	found;
	int		rc;
};

static void walk_path(struct walk *w, const char *root, const char *path);

static void walk_dir(struct walk *w, const char *root, const char *path)
{
	char *pattern;
	glob_t g;

	if (asprintf(&pattern, "%s/*", path) < 0)
		return;
	if (!glob(pattern, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			walk_path(w, root, g.gl_pathv[i]);
		globfree(&g);
	}
	free(pattern);
}

static void walk_path(struct walk *w, const char *root, const char *path)
{
	struct stat st;
	char *name;

	if (lstat(path, &st) || S_ISLNK(st.st_mode))
		return;
	name = path_to_name(root, path);
	if (!name)
		return;
	w->found++;
	if (w->fn(path, name, &st, w->arg))
		w->rc = 1;
	free(name);
	if (S_ISDIR(st.st_mode) && w->recurse)
		walk_dir(w, root, path);
}

static void walk_root(struct walk *w, const char *root, const char *pattern)
{
	char *path = pattern_to_path(root, pattern);
	glob_t g;

	if (!path)
		return;
	if (!glob(path, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			walk_path(w, root, g.gl_pathv[i]);
		globfree(&g);
	}
	free(path);
}

/* "module.lnet.networks" is /sys/module/lnet/parameters/networks */
static void walk_module(struct walk *w, const char *pattern)
{
	const char *dot = strchr(pattern, '.');
	char *root;

	if (!dot || asprintf(&root, "/sys/module/%.*s/parameters/",
			     (int)(dot - pattern), pattern) < 0)
		return;
	walk_root(w, root, dot + 1);
	free(root);
}

static int walk_param(struct walk *w, const char *pattern)
{
	w->found = 0;
	w->rc = 0;
	if (strstr(pattern, "..")) {
		fprintf(stderr, "lctl: bad parameter name '%s'\n", pattern);
		return 1;
	}
	if (!strncmp(pattern, "module.", 7))
		walk_module(w, pattern + 7);
	else
		for (size_t i = 0; i < NR_ROOTS; i++)
			walk_root(w, roots[i], pattern);
	if (w->found)
		return w->rc;
	fprintf(stderr, "lctl: no parameter '%s'%s\n", pattern,
		access("/sys/fs/lustre", F_OK) ?
		" (module 'lustre' is not loaded)" : "");
	return 1;
}

/* ---- get_param ----------------------------------------------------------- */

static char *read_file(const char *path)
{
	size_t size = 0, room = 4096;
	char *text = malloc(room);
	int fd = open(path, O_RDONLY);
	ssize_t n = 0;

	while (fd >= 0 && text) {
		n = read(fd, text + size, room - size - 1);
		if (n <= 0)
			break;
		size += n;
		if (size + 1 == room) {
			char *more = realloc(text, room *= 2);

			if (!more)
				break;
			text = more;
		}
	}
	if (fd < 0 || n < 0 || !text) {
		int err = errno;

		free(text);
		if (fd >= 0)
			close(fd);
		errno = err;
		return NULL;
	}
	close(fd);
	text[size] = '\0';
	return text;
}

static int print_param(const char *path, const char *name,
		       const struct stat *st, void *arg)
{
	const struct param_opts *o = arg;
	char *text, *nl;

	if (S_ISDIR(st->st_mode))
		return 0;
	if (o->only_name) {
		puts(name);
		return 0;
	}
	text = read_file(path);
	if (!text) {
		fprintf(stderr, "lctl: %s: %s\n", name, strerror(errno));
		return 1;
	}
	nl = strchr(text, '\n');
	if (!o->no_name)
		printf("%s=%s", name, nl && nl[1] ? "\n" : "");
	fputs(text, stdout);
	if (!nl)
		putchar('\n');
	free(text);
	return 0;
}

static int run_all(int argc, char **argv, param_fn fn, struct param_opts *o)
{
	struct walk w = { .fn = fn, .arg = o, .recurse = o->recurse };
	int rc = 0;

	for (int i = optind; i < argc; i++)
		rc |= walk_param(&w, argv[i]);
	return rc;
}

int lctl_get_param(int argc, char **argv)
{
	struct param_opts o = { 0 };
	int c;

	optind = 1;
	while ((c = getopt(argc, argv, "nNR")) != -1) {
		if (c == 'n')
			o.no_name = true;
		else if (c == 'N')
			o.only_name = true;
		else if (c == 'R')
			o.recurse = true;
		else
			return 2;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: lctl get_param [-nNR] PARAM...\n");
		return 2;
	}
	return run_all(argc, argv, print_param, &o);
}

/* ---- list_param ---------------------------------------------------------- */

static int list_param(const char *path, const char *name,
		      const struct stat *st, void *arg)
{
	const struct param_opts *o = arg;
	const char *mark = "";

	(void)path;
	if (o->classify)
		mark = S_ISDIR(st->st_mode) ? "/" :
		       st->st_mode & S_IWUSR ? "=" : "";
	printf("%s%s\n", name, mark);
	return 0;
}

int lctl_list_param(int argc, char **argv)
{
	struct param_opts o = { 0 };
	int c;

	optind = 1;
	while ((c = getopt(argc, argv, "FR")) != -1) {
		if (c == 'F')
			o.classify = true;
		else if (c == 'R')
			o.recurse = true;
		else
			return 2;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: lctl list_param [-FR] PARAM...\n");
		return 2;
	}
	return run_all(argc, argv, list_param, &o);
}

/* ---- set_param ----------------------------------------------------------- */

struct setting {
	const char	*value;
	bool		quiet;
};

static int write_param(const char *path, const char *name,
		       const struct stat *st, void *arg)
{
	const struct setting *s = arg;
	int fd, err = 0;
	char *line;
	ssize_t n;

	if (S_ISDIR(st->st_mode)) {
		fprintf(stderr, "lctl: %s is not a parameter\n", name);
		return 1;
	}
	n = asprintf(&line, "%s\n", s->value);
	if (n < 0) {
		fprintf(stderr, "lctl: out of memory\n");
		return 1;
	}
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, line, n) != n)
		err = errno ? errno : EIO;
	if (fd >= 0)
		close(fd);
	free(line);
	if (err) {
		fprintf(stderr, "lctl: cannot set %s=%s: %s\n", name, s->value,
			strerror(err));
		return 1;
	}
	if (!s->quiet)
		printf("%s=%s\n", name, s->value);
	return 0;
}

int lctl_set_param(int argc, char **argv)
{
	struct setting s = { 0 };
	struct walk w = { .fn = write_param, .arg = &s };
	int c, rc = 0;

	optind = 1;
	while ((c = getopt(argc, argv, "nP")) != -1) {
		if (c == 'n') {
			s.quiet = true;
		} else if (c == 'P') {
			fprintf(stderr, "lctl: set_param -P is for the MGS, run it there\n");
			return 1;
		} else {
			return 2;
		}
	}
	if (optind == argc) {
		fprintf(stderr, "usage: lctl set_param [-n] PARAM=VALUE...\n");
		return 2;
	}
	for (int i = optind; i < argc; i++) {
		char *eq = strchr(argv[i], '=');

		if (!eq) {
			fprintf(stderr, "lctl: '%s': want PARAM=VALUE\n",
				argv[i]);
			return 2;
		}
		*eq = '\0';
		s.value = eq + 1;
		rc |= walk_param(&w, argv[i]);
	}
	return rc;
}

/* ---- dl ------------------------------------------------------------------ */

int lctl_dl(int argc, char **argv)
{
	static const char path[] = "/sys/kernel/debug/lustre/devices";
	char *text;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "usage: lctl dl\n");
		return 2;
	}
	text = read_file(path);
	if (!text) {
		fprintf(stderr, "lctl: cannot read %s: %s%s\n", path,
			strerror(errno),
			access("/sys/module/lustre", F_OK) ?
			" (module 'lustre' is not loaded)" :
			access("/sys/kernel/debug/.", R_OK | X_OK) ?
			" (only root may)" : " (is debugfs mounted?)");
		return 1;
	}
	fputs(text, stdout);
	free(text);
	return 0;
}
