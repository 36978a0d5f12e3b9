// SPDX-License-Identifier: GPL-2.0-only
/* What is exported, and the record of it in the kernel tree. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

/* Editors' leftovers and build products are not source. */
static bool is_source(const char *name)
{
	static const char *const not[] = {
		".o", ".ko", ".mod", ".mod.c", "~", ".orig", ".rej"
	};

	if (*name == '.' || !strcmp(name, "modules.order") ||
	    !strcmp(name, "Module.symvers"))
		return false;
	for (size_t i = 0; i < sizeof(not) / sizeof(*not); i++)
		if (ends(name, not[i]))
			return false;
	return true;
}

/*
 * Documentation: only the folders that a kernel tree has.  The rest (how this
 * repository is built, the shims) stays at home.
 */
static char *place_for(const char *path)
{
	static const char *const docs[] = {
		"ABI/", "admin-guide/", "filesystems/", "netlink/", "networking/"
	};

	if (starts(path, "lnet/"))
		return fmt("net/%s", path);
	if (starts(path, "lustre/"))
		return fmt("fs/%s", path);
	if (starts(path, "include/"))
		return xstrdup(path);
	for (size_t i = 0; i < sizeof(docs) / sizeof(*docs); i++)
		if (starts(path + strlen("Documentation/"), docs[i]))
			return xstrdup(path);
	return NULL;
}

static void add_file(struct manifest *m, const char *source, const char *path)
{
	char *full = fmt("%s/%s", source, path), *dst = place_for(path);
	struct mfile *f;
	int rc;

	if (dst) {
		m->f = xgrow(m->f, m->n, &m->cap, sizeof(*m->f));
		f = &m->f[m->n++];
		f->src = xstrdup(path);
		f->dst = dst;
		rc = read_file(full, &f->data);
		if (rc)
			die("cannot read %s: %s", full, strerror(-rc));
		blob_id(f->data.s, f->data.len, f->id);
	}
	free(full);
}

static void add_folder(struct manifest *m, const char *source, const char *path)
{
	char *full = fmt("%s/%s", source, path);
	DIR *d = opendir(full);
	struct dirent *e;

	if (!d && errno != ENOENT)
		die("cannot read the folder %s: %s", full, strerror(errno));
	while (d && (e = readdir(d))) {
		char *sub = fmt("%s/%s", path, e->d_name);

		if (!is_source(e->d_name))
			;
		else if (e->d_type == DT_DIR)
			add_folder(m, source, sub);
		else if (e->d_type == DT_REG)
			add_file(m, source, sub);
		else
			die("%s/%s is neither a file nor a folder", source, sub);
		free(sub);
	}
	if (d)
		closedir(d);
	free(full);
}

static int by_dst(const void *a, const void *b)
{
	return strcmp(((const struct mfile *)a)->dst, ((const struct mfile *)b)->dst);
}

void manifest_read(struct manifest *m, const char *source)
{
	add_folder(m, source, "lnet");
	add_folder(m, source, "lustre");
	add_folder(m, source, "include");
	add_folder(m, source, "Documentation");
	if (!m->n)
		die("nothing to export in %s", source);
	qsort(m->f, m->n, sizeof(*m->f), by_dst);
}

const struct mfile *manifest_find(const struct manifest *m, const char *dst)
{
	struct mfile key = { .dst = (char *)dst };

	return bsearch(&key, m->f, m->n, sizeof(*m->f), by_dst);
}

/* ---- the record -------------------------------------------------------------- */

static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) ||
	    json_object_get_type(v) != json_type_string)
		return NULL;
	return json_object_get_string(v);
}

static struct set *read_patches(struct json_object *list, const char *where)
{
	struct set *s = xalloc(sizeof(*s));

	s->name = xstrdup(HOOKS);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *mail = json_object_get_string(json_object_array_get_idx(list, i));
		char *why;
		struct patch *p = patch_parse(mail, strlen(mail), where, &why);

		if (!p)
			die("%s: patch %zu of the record: %s", where, i + 1, why);
		set_add(s, p);
	}
	return s;
}

/* Before there was JSON, the record was a list of paths. */
static void read_old(struct record *r, char *text)
{
	char *line;

	r->old = true;
	while ((line = strsep(&text, "\n"))) {
		if (!*line || !path_is_sane(line))
			continue;
		strv_add(&r->path, line);
		strv_add(&r->id, "");
	}
}

static void read_touched(struct record *r, struct json_object *list)
{
	json_object_object_foreach(list, path, v) {
		const char *before = text_of(v, "before"), *after = text_of(v, "after");

		if (!path_is_sane(path) || !before || !after)
			continue;
		strv_add(&r->touched, path);
		strv_add(&r->before, before);
		strv_add(&r->after, after);
	}
}

void record_read(struct record *r, struct tree *t)
{
	struct json_object *o, *v;
	struct buf b = {};
	char *where = fmt("%s/" RECORD, t->name);
	int rc = tree_read(t, RECORD, &b, NULL);

	*r = (struct record){ .there = !rc };
	if (rc && rc != -ENOENT)
		die("%s: %s", where, strerror(-rc));
	if (!rc && b.s[0] != '{') {
		read_old(r, b.s);
	} else if (!rc) {
		o = json_tokener_parse(b.s);
		if (!o || !json_object_object_get_ex(o, "files", &v))
			die("%s: damaged; export again with --force", where);
		json_object_object_foreach(v, path, id) {
			if (!path_is_sane(path))
				die("%s: a path outside of the tree: %s", where, path);
			strv_add(&r->path, path);
			strv_add(&r->id, json_object_get_string(id));
		}
		if (json_object_object_get_ex(o, "touched", &v))
			read_touched(r, v);
		if (json_object_object_get_ex(o, "patches", &v))
			r->set = read_patches(v, where);
		if (text_of(o, "commit"))
			r->commit = xstrdup(text_of(o, "commit"));
		if (text_of(o, "kernel"))
			r->kernel = xstrdup(text_of(o, "kernel"));
		json_object_put(o);
	}
	buf_free(&b);
	free(where);
}

const char *record_id(const struct record *r, const char *dst)
{
	for (size_t i = 0; i < r->path.n; i++)
		if (!strcmp(r->path.v[i], dst))
			return r->id.v[i];
	return NULL;
}

void record_write(struct overlay *ov, const struct options *o,
		  const struct manifest *m, const struct record *r)
{
	struct json_object *top = json_object_new_object();
	struct json_object *files = json_object_new_object();
	struct json_object *touched = json_object_new_object();
	struct json_object *patches = json_object_new_array();
	char *commit = source_commit(o->source);
	struct buf b = {};

	json_object_object_add(top, "format", json_object_new_int(2));
	json_object_object_add(top, "kernel", json_object_new_string(ov->t->kernel));
	if (commit)
		json_object_object_add(top, "commit", json_object_new_string(commit));
	for (size_t i = 0; i < m->n; i++)
		json_object_object_add(files, m->f[i].dst,
				       json_object_new_string(m->f[i].id));
	json_object_object_add(top, "files", files);
	for (size_t i = 0; i < r->touched.n; i++) {
		struct json_object *t = json_object_new_object();

		json_object_object_add(t, "before", json_object_new_string(r->before.v[i]));
		json_object_object_add(t, "after", json_object_new_string(r->after.v[i]));
		json_object_object_add(touched, r->touched.v[i], t);
	}
	json_object_object_add(top, "touched", touched);
	for (size_t i = 0; i < r->set->n; i++) {
		struct buf mail = {};

		patch_write(r->set->p[i], &mail, false);
		json_object_array_add(patches, json_object_new_string(mail.s));
		buf_free(&mail);
	}
	json_object_object_add(top, "patches", patches);
	buf_str(&b, json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY |
						   JSON_C_TO_STRING_NOSLASHESCAPE));
	buf_str(&b, "\n");
	ov_write(ov, RECORD, &b, 0644);
	json_object_put(top);
	free(commit);
}
