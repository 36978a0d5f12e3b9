// SPDX-License-Identifier: GPL-2.0-only
/* The folder of kept patches, its sets and their versions. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "set.h"

static int cmp_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void list(struct strv *out, const char *dir)
{
	struct dirent **e;
	int n = scandir(dir, &e, NULL, cmp_name);

	if (n < 0)
		die("cannot read the folder %s: %s", dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (e[i]->d_name[0] != '.')
			strv_add(out, e[i]->d_name);
		free(e[i]);
	}
	free(e);
}

static unsigned int version_of(const char *name)
{
	char *end;
	unsigned long v;

	if (*name != 'v' || !isdigit((unsigned char)name[1]))
		return 0;
	v = strtoul(name + 1, &end, 10);
	return *end || v > 1000000 ? 0 : v;
}

static bool parse_kernel(const char *s, const char **end, unsigned int *key)
{
	unsigned int major, minor;
	int n = 0;

	if (sscanf(s, "%u.%u%n", &major, &minor, &n) < 2)
		return false;
	*key = major * 1000 + minor;
	*end = s + n;
	return true;
}

static bool kernels_parse(const char *s, unsigned int *from, unsigned int *to)
{
	if (!parse_kernel(s, &s, from))
		return false;
	*to = *from;
	if (!*s)
		return true;
	if (!starts(s, ".."))
		return false;
	s += 2;
	*to = -1U;
	return !*s || (parse_kernel(s, &s, to) && !*s && *to >= *from);
}

bool kernels_cover(const char *kernels, unsigned int major, unsigned int minor)
{
	unsigned int from, to, key = major * 1000 + minor;

	if (!kernels || !kernels_parse(kernels, &from, &to))
		return true;
	return key >= from && key <= to;
}

static void read_set_file(struct set *s)
{
	char *path = fmt("%s/set", s->dir), *line, *save = NULL;
	unsigned int from, to, nr = 0;
	struct buf b = {};
	int rc = read_file(path, &b);

	if (rc)
		die("cannot read %s: %s", path, strerror(-rc));
	for (char *p = b.s; (line = strsep(&p, "\n"));) {
		nr++;
		if (!*line || *line == '#')
			continue;
		if (starts(line, "title: "))
			s->title = xstrdup(line + 7);
		else if (starts(line, "kernels: "))
			s->kernels = xstrdup(line + 9);
		else
			die("%s:%u: neither 'title: ' nor 'kernels: ': %s", path, nr, line);
	}
	(void)save;
	if (s->kernels && !kernels_parse(s->kernels, &from, &to))
		die("%s: kernels is not like 7.3, 6.1..6.12 or 7.2..: %s", path,
		    s->kernels);
	buf_free(&b);
	free(path);
}

void set_add(struct set *s, struct patch *p)
{
	s->p = xgrow(s->p, s->n, &s->cap, sizeof(*s->p));
	s->p[s->n++] = p;
}

struct set *set_read(const char *dir, const char *name, unsigned int version)
{
	struct set *s = xalloc(sizeof(*s));
	struct strv files = {};

	s->name = xstrdup(name);
	s->version = version;
	s->dir = fmt("%s/%s/v%u", dir, name, version);
	read_set_file(s);
	list(&files, s->dir);
	for (size_t i = 0; i < files.n; i++) {
		char *path;
		struct patch *p;

		if (!strcmp(files.v[i], "set"))
			continue;
		path = fmt("%s/%s", s->dir, files.v[i]);
		if (!ends(path, ".patch"))
			die("%s: not a patch; only 'set' and *.patch belong there", path);
		p = patch_read(path);
		if (!p->id)
			die("%s: it has no X-Patch-Id (take patches in with 'patchset import')",
			    path);
		for (size_t j = 0; j < s->n; j++)
			if (!strcmp(s->p[j]->id, p->id))
				die("%s: the same id as %s: %s", path, s->p[j]->path, p->id);
		set_add(s, p);
		free(path);
	}
	strv_free(&files);
	return s;
}

void set_free(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		patch_free(s->p[i]);
	free(s->p);
	free(s->name);
	free(s->dir);
	free(s->title);
	free(s->kernels);
	free(s);
}

static int by_name(const void *a, const void *b)
{
	const struct set *x = *(struct set *const *)a, *y = *(struct set *const *)b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->version < y->version ? -1 : x->version > y->version;
}

/* The same patch in the same version is the same, whatever set it is in. */
static void check_copies(const struct sets *all)
{
	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->s[i]->n; k++) {
			const struct patch *p = all->s[i]->p[k];
			struct set *in;
			struct patch *q = sets_patch(all, p->id, p->version, &in);

			if (q && q != p && !buf_same(&q->diff, &p->diff))
				die("%s and %s are both %s version %u, but differ",
				    q->path, p->path, p->id, p->version);
		}
	}
}

void sets_read(struct sets *all, const char *dir)
{
	struct strv names = {};
	struct stat st;

	*all = (struct sets){ .dir = xstrdup(dir) };
	if (stat(dir, &st))
		die("no folder of patches: %s: %s", dir, strerror(errno));
	list(&names, dir);
	for (size_t i = 0; i < names.n; i++) {
		char *path = fmt("%s/%s", dir, names.v[i]);
		struct strv versions = {};

		if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
			free(path);
			continue;	/* a README, say */
		}
		list(&versions, path);
		for (size_t k = 0; k < versions.n; k++) {
			unsigned int v = version_of(versions.v[k]);

			if (!v)
				die("%s/%s: the folder of a set's version is called v1, v2, ...",
				    path, versions.v[k]);
			all->s = xgrow(all->s, all->n, &all->cap, sizeof(*all->s));
			all->s[all->n++] = set_read(dir, names.v[i], v);
		}
		strv_free(&versions);
		free(path);
	}
	strv_free(&names);
	if (all->n)
		qsort(all->s, all->n, sizeof(*all->s), by_name);
	check_copies(all);
}

void sets_free(struct sets *all)
{
	for (size_t i = 0; i < all->n; i++)
		set_free(all->s[i]);
	free(all->s);
	free(all->dir);
}

struct set *sets_newest(const struct sets *all, const char *name,
			const struct tree *t)
{
	struct set *best = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->s[i]->name, name) &&
		    (!t || kernels_cover(all->s[i]->kernels, t->major, t->minor)))
			best = all->s[i];
	return best;
}

struct set *sets_find(const struct sets *all, const char *name, unsigned int version)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->s[i]->name, name) && all->s[i]->version == version)
			return all->s[i];
	return NULL;
}

static const char *whole_id(const struct sets *all, const char *start)
{
	const char *found = NULL;

	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->s[i]->n; k++) {
			const char *id = all->s[i]->p[k]->id;

			if (!strcmp(id, start))
				return id;
			if (!starts(id, start))
				continue;
			if (found && strcmp(found, id))
				die("'%s' begins more than one id: %s and %s", start,
				    found, id);
			found = id;
		}
	}
	return found;
}

struct patch *sets_patch(const struct sets *all, const char *id,
			 unsigned int version, struct set **in)
{
	const char *whole = whole_id(all, id);
	struct patch *best = NULL;

	for (size_t i = 0; whole && i < all->n; i++) {
		for (size_t k = 0; k < all->s[i]->n; k++) {
			struct patch *p = all->s[i]->p[k];

			if (strcmp(p->id, whole) ||
			    (version ? p->version != version || best :
			     best && best->version > p->version))
				continue;
			best = p;
			*in = all->s[i];
		}
	}
	return best;
}

static struct set *set_of_one(struct patch *p, const char *name)
{
	struct set *s = xalloc(sizeof(*s));

	s->name = xstrdup(name);
	set_add(s, p);
	return s;
}

struct set *spec_find(const struct sets *all, const char *spec,
		      const struct tree *t, bool *own)
{
	const char *at = strrchr(spec, '@');
	unsigned int version = at ? strtoul(at + 1, NULL, 10) : 0;
	char *name = at && version ? xstrndup(spec, at - spec) : xstrdup(spec);
	struct set *s, *in;
	struct patch *p;
	struct stat st;

	*own = false;
	s = version ? sets_find(all, name, version) : sets_newest(all, name, t);
	if (!s && !version && t && sets_newest(all, name, NULL))
		die("set %s has no version for kernel %s (%s)", name, t->kernel, t->name);
	if (!s) {
		p = sets_patch(all, name, version, &in);
		*own = true;
		if (p)
			s = set_of_one(patch_read(p->path), p->id);
		else if (!stat(spec, &st) && S_ISREG(st.st_mode))
			s = set_of_one(patch_read(spec), spec);
	}
	if (!s)
		die("'%s' is no set, no patch id and no file (patches are in %s)", spec,
		    all->dir);
	if (!s->p[0]->id)
		patch_make_id(s->p[0]);
	free(name);
	return s;
}

void set_write_patch(const struct set *s, size_t i)
{
	struct buf b = {};
	int rc;

	patch_write(s->p[i], &b, false);
	rc = write_file(s->p[i]->path, b.s, b.len, 0644);
	if (rc)
		die("cannot write %s: %s", s->p[i]->path, strerror(-rc));
	buf_free(&b);
}

static void write_into(const char *dir, const char *name, struct buf *b)
{
	char *path = fmt("%s/%s", dir, name);
	int rc = write_file(path, b->s, b->len, 0644);

	if (rc)
		die("cannot write %s: %s", path, strerror(-rc));
	buf_free(b);
	free(path);
}

void set_write(const struct sets *all, struct set *s)
{
	char *final = fmt("%s/%s/v%u", all->dir, s->name, s->version);
	char *parent = fmt("%s/%s", all->dir, s->name);
	char *tmp = fmt("%s/.v%u.%d", parent, s->version, getpid());
	struct buf b = {};
	int rc = make_dirs(tmp);

	if (rc)
		die("cannot make the folder %s: %s", tmp, strerror(-rc));
	buf_fmt(&b, "title: %s\n", s->title ? s->title : s->name);
	if (s->kernels)
		buf_fmt(&b, "kernels: %s\n", s->kernels);
	write_into(tmp, "set", &b);
	for (size_t i = 0; i < s->n; i++) {
		char *file = patch_file_name(s->p[i], i + 1);

		patch_write(s->p[i], &b, false);
		write_into(tmp, file, &b);
		free(s->p[i]->path);
		s->p[i]->path = fmt("%s/%s", final, file);
		free(file);
	}
	if (rename(tmp, final))
		die("cannot rename %s to %s: %s", tmp, final, strerror(errno));
	free(s->dir);
	s->dir = final;
	free(parent);
	free(tmp);
}
