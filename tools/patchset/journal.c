// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes to a tree: held in memory, then written as one.
 *
 * The journal is a file of the tree's top folder with two strings for each
 * change, TEMP and PATH, TEMP empty for a removal, and "end" as the last one.
 * Each ends with a zero byte, as no path can have one in it.
 * It is renamed into place when all the TEMPs are on disk, so a journal that
 * is there is complete, and to finish it can be tried any number of times.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "tree.h"

#define JOURNAL ".patchset-journal"
#define JOURNAL_END "end"

static struct change *find(const struct overlay *ov, const char *path)
{
	for (size_t i = 0; i < ov->n; i++)
		if (!strcmp(ov->c[i].path, path))
			return &ov->c[i];
	return NULL;
}

int ov_read(struct overlay *ov, const char *path, struct buf *out,
	    unsigned int *mode)
{
	struct change *c = find(ov, path);

	if (!c)
		return tree_read(ov->t, path, out, mode);
	out->len = 0;
	buf_add(out, "", 0);
	if (c->gone)
		return -ENOENT;
	buf_add(out, c->data.s, c->data.len);
	if (mode)
		*mode = c->mode;
	return 0;
}

static struct change *change(struct overlay *ov, const char *path)
{
	struct change *c = find(ov, path);

	if (c) {
		buf_free(&c->data);
		return c;
	}
	ov->c = xgrow(ov->c, ov->n, &ov->cap, sizeof(*ov->c));
	c = &ov->c[ov->n++];
	c->path = xstrdup(path);
	return c;
}

void ov_write(struct overlay *ov, const char *path, struct buf *data,
	      unsigned int mode)
{
	struct change *c = change(ov, path);

	c->data = *data;
	c->mode = mode ? mode : 0644;
	c->gone = false;
	*data = (struct buf){};
}

void ov_remove(struct overlay *ov, const char *path)
{
	change(ov, path)->gone = true;
}

void ov_free(struct overlay *ov)
{
	for (size_t i = 0; i < ov->n; i++) {
		free(ov->c[i].path);
		buf_free(&ov->c[i].data);
	}
	free(ov->c);
	*ov = (struct overlay){ .t = ov->t };
}

void ov_copy(struct overlay *to, const struct overlay *from)
{
	to->t = from->t;
	for (size_t i = 0; i < from->n; i++) {
		struct buf b = {};

		buf_add(&b, from->c[i].data.s, from->c[i].data.len);
		if (from->c[i].gone)
			ov_remove(to, from->c[i].path);
		else
			ov_write(to, from->c[i].path, &b, from->c[i].mode);
		buf_free(&b);
	}
}

/* ---- writing --------------------------------------------------------------- */

/* What is taken back when the program ends before the journal stands. */
static struct strv temps;
static struct strv made_dirs;

static void drop_temps(void)
{
	for (size_t i = 0; i < temps.n; i++)
		unlink(temps.v[i]);
	for (size_t i = made_dirs.n; i-- > 0;)
		rmdir(made_dirs.v[i]);
}

static void on_signal(int sig)
{
	/* unlink and rmdir are safe here, and the lists only ever grow */
	drop_temps();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void guard(void)
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	static bool once;

	if (once)
		return;
	once = true;
	atexit(drop_temps);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++)
		signal(sigs[i], on_signal);
}

static void need_dirs(const char *root, const char *path)
{
	char *full = fmt("%s/%s", root, path);

	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (!mkdir(full, 0777))
			strv_add(&made_dirs, full);
		else if (errno != EEXIST)
			die("cannot make the folder %s: %s; nothing was changed",
			    full, strerror(errno));
		*p = '/';
	}
	free(full);
}

static void write_temp(const char *root, const struct change *c, const char *tmp)
{
	char *full = fmt("%s/%s", root, tmp);
	int rc;

	need_dirs(root, c->path);
	strv_add(&temps, full);
	rc = replace_file(full, c->data.s, c->data.len, c->mode);
	if (rc)
		die("cannot write %s: %s; nothing was changed", full, strerror(-rc));
	free(full);
}

/* Also takes away the folders that became empty. */
static void remove_path(const char *root, const char *path)
{
	char *full = fmt("%s/%s", root, path);

	unlink(full);
	for (char *slash; (slash = strrchr(full, '/')) > full + strlen(root);) {
		*slash = '\0';
		if (rmdir(full))
			break;
	}
	free(full);
}

static void finish_one(const char *root, const char *temp, const char *path)
{
	char *from, *to;

	if (!path_is_sane(path) || (*temp && !path_is_sane(temp)))
		die("%s: its journal names a path outside of it: %s", root, path);
	if (!*temp) {
		remove_path(root, path);
		return;
	}
	from = fmt("%s/%s", root, temp);
	to = fmt("%s/%s", root, path);
	/* The TEMP of a rename that has happened is not there any more. */
	if (rename(from, to) && errno != ENOENT)
		die("cannot rename %s to %s: %s; run the command again when this is mended, it finishes the rest",
		    from, to, strerror(errno));
	free(from);
	free(to);
}

void journal_finish(const char *root)
{
	char *path = fmt("%s/" JOURNAL, root);
	const char *temp, *name, *end;
	struct buf b = {};

	if (read_file(path, &b)) {
		free(path);
		buf_free(&b);
		return;
	}
	end = b.s + b.len - sizeof(JOURNAL_END);
	if (b.len <= sizeof(JOURNAL_END) || end[-1] ||
	    memcmp(end, JOURNAL_END, sizeof(JOURNAL_END)))
		die("%s: not a journal of this program; nothing was changed", path);
	for (temp = b.s; temp < end; temp = name + strlen(name) + 1) {
		name = temp + strlen(temp) + 1;
		if (name < end)
			finish_one(root, temp, name);
	}
	unlink(path);
	buf_free(&b);
	free(path);
}

static void journal_add(struct buf *j, const char *temp, const char *path)
{
	buf_add(j, temp, strlen(temp) + 1);
	buf_add(j, path, strlen(path) + 1);
}

static bool differs(struct tree *t, const struct change *c)
{
	unsigned int mode = 0;
	struct buf now = {};
	bool same;

	if (tree_read(t, c->path, &now, &mode))
		same = c->gone;
	else
		same = !c->gone && mode == c->mode && buf_same(&now, &c->data);
	buf_free(&now);
	return !same;
}

size_t ov_commit(struct overlay *ov)
{
	const char *root = ov->t->root;
	struct buf j = {};
	size_t n = 0;
	char *path;
	int rc;

	if (!root)
		die("%s: a revision cannot be changed, only a work tree", ov->t->name);
	guard();
	for (size_t i = 0; i < ov->n; i++) {
		const struct change *c = &ov->c[i];
		char *tmp;

		if (!differs(ov->t, c))
			continue;
		n++;
		if (c->gone) {
			journal_add(&j, "", c->path);
			continue;
		}
		tmp = fmt("%s.patchset%d", c->path, getpid());
		write_temp(root, c, tmp);
		journal_add(&j, tmp, c->path);
		free(tmp);
	}
	if (!n)
		return 0;
	buf_add(&j, JOURNAL_END, sizeof(JOURNAL_END));
	path = fmt("%s/" JOURNAL, root);
	rc = replace_file(path, j.s, j.len, 0600);
	if (rc)
		die("cannot write %s: %s; nothing was changed", path, strerror(-rc));
	/* From here on there is only forward. */
	strv_free(&temps);
	strv_free(&made_dirs);
	journal_finish(root);
	buf_free(&j);
	free(path);
	return n;
}
