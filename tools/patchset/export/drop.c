// SPDX-License-Identifier: GPL-2.0-only
/* Into a kernel tree, a look whether it still is as it was put, out again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export.h"

struct tree *open_kernel(const char *name)
{
	static const char *const need[] = { "Kbuild", "Makefile", "net/Kconfig", "fs/Kconfig" };
	struct tree *t = tree_open(name);

	if (!t->root)
		die("%s: an export goes into files, not into a revision", name);
	for (size_t i = 0; i < sizeof(need) / sizeof(*need); i++) {
		struct buf b = {};

		if (tree_read(t, need[i], &b, NULL))
			die("%s is not a kernel source tree: it has no %s", name, need[i]);
		buf_free(&b);
	}
	return t;
}

struct set *hooks_for(const struct options *o, const struct tree *t)
{
	struct sets all;
	struct set *s;

	sets_read(&all, o->patches);
	s = sets_newest(&all, HOOKS, t);
	if (s)
		return s;
	s = sets_newest(&all, HOOKS, NULL);
	if (!s)
		die("there is no set '" HOOKS "' in %s", o->patches);
	die("%s is kernel %s, and no version of the set '" HOOKS "' is for it; make one with: patchset --patches %s refresh " HOOKS " %s",
	    t->name, t->kernel, o->patches, t->name);
}

char *source_commit(const char *source)
{
	git_repository *repo;
	git_status_list *st;
	git_status_options opts = GIT_STATUS_OPTIONS_INIT;
	char hex[13], *out = NULL;
	char *spec[] = { "lnet", "lustre", "include", "Documentation" };
	git_oid oid;

	if (git_repository_open(&repo, source))
		return NULL;
	if (!git_reference_name_to_id(&oid, repo, "HEAD")) {
		git_oid_tostr(hex, sizeof(hex), &oid);
		opts.pathspec = (git_strarray){ spec, 4 };
		opts.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED;
		out = xstrdup(hex);
		if (!git_status_list_new(&st, repo, &opts)) {
			if (git_status_list_entrycount(st)) {
				free(out);
				out = fmt("%s+", hex);
			}
			git_status_list_free(st);
		}
	}
	git_repository_free(repo);
	return out;
}

/* Take the patches off that are on, from the top. */
static void peel_patches(struct overlay *ov, const struct set *hooks)
{
	for (size_t i = hooks->n; i-- > 0;) {
		struct verdict v;
		char *why = NULL;

		judge(ov, hooks->p[i], &v, 0);
		if (v.st == ST_APPLIED &&
		    !apply_patch(ov, hooks->p[i], true, false, false, &why))
			die("%s: %s: %s", ov->t->name, hooks->p[i]->id, why);
		verdict_free(&v);
	}
}

void peel(struct overlay *ov, const struct set *hooks, const struct manifest *m,
	  const struct record *r)
{
	for (size_t i = 0; i < r->path.n; i++)
		ov_remove(ov, r->path.v[i]);
	for (size_t i = 0; m && i < m->n; i++)
		ov_remove(ov, m->f[i].dst);
	ov_remove(ov, RECORD);
	peel_patches(ov, r->set ? r->set : hooks);
}

static void put_hooks(struct overlay *ov, const struct set *hooks)
{
	for (size_t i = 0; i < hooks->n; i++) {
		const struct patch *p = hooks->p[i];
		struct strv text = {};
		struct verdict v;
		char *why = NULL;

		judge(ov, p, &v, 0);
		if (v.st == ST_UPSTREAM ||
		    (v.st == ST_APPLIES && apply_patch(ov, p, false, false, false, &why))) {
			verdict_free(&v);
			continue;
		}
		verdict_details(&v, &text);
		for (size_t k = 0; k < text.n; k++)
			warn("%s: %s", p->title, text.v[k]);
		die("%s: the patch '%s' %s; nothing was changed (patchset refresh makes one that fits)",
		    ov->t->name, p->title, why ? why : state_names[v.st]);
	}
}

static void id_of(struct overlay *ov, const char *path, char hex[41])
{
	struct buf b = {};

	if (ov_read(ov, path, &b, NULL))
		strcpy(hex, "absent");
	else
		blob_id(b.s, b.len, hex);
	buf_free(&b);
}

/* Which files the patches touch, and their hashes without and with them. */
static void note_touched(struct record *r, struct overlay *bare, struct overlay *ov)
{
	for (size_t i = 0; i < r->set->n; i++) {
		const struct patch *p = r->set->p[i];

		for (size_t k = 0; k < p->n; k++) {
			char hex[41];

			if (strv_has(&r->touched, p->f[k].to))
				continue;
			strv_add(&r->touched, p->f[k].to);
			id_of(bare, p->f[k].to, hex);
			strv_add(&r->before, hex);
			id_of(ov, p->f[k].to, hex);
			strv_add(&r->after, hex);
		}
	}
}

/* A file of the kernel's own is not overwritten: it would be lost. */
static void refuse_strangers(struct tree *t, const struct manifest *m,
			     const struct record *r)
{
	size_t bad = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct buf b = {};
		int rc = tree_read(t, m->f[i].dst, &b, NULL);

		if (rc && rc != -ENOENT)
			die("%s/%s: %s", t->name, m->f[i].dst,
			    rc == -ELOOP ? "is, or is behind, a symbolic link" : strerror(-rc));
		if (!rc && !record_id(r, m->f[i].dst) && !buf_same(&b, &m->f[i].data)) {
			warn("is there already, and no export has put it there: %s",
			     m->f[i].dst);
			bad++;
		}
		buf_free(&b);
	}
	if (bad)
		die("%s: %zu files would be overwritten; nothing was changed (--force does it)",
		    t->name, bad);
}

int do_export(const struct options *o)
{
	struct tree *t = open_kernel(o->tree);
	struct overlay bare = { .t = t }, ov = {};
	struct manifest m = {};
	struct record r, now = { .there = true };
	size_t copied = 0, removed = 0;

	manifest_read(&m, o->source);
	now.set = hooks_for(o, t);
	record_read(&r, t);
	if (!o->force)
		refuse_strangers(t, &m, &r);
	peel(&bare, now.set, &m, &r);
	ov_copy(&ov, &bare);
	put_hooks(&ov, now.set);
	for (size_t i = 0; i < m.n; i++) {
		struct buf was = {}, b = {};
		unsigned int mode = 0644;

		if (tree_read(t, m.f[i].dst, &was, &mode) ||
		    !buf_same(&was, &m.f[i].data))
			copied++;
		buf_add(&b, m.f[i].data.s, m.f[i].data.len);
		ov_write(&ov, m.f[i].dst, &b, mode);
		buf_free(&was);
	}
	for (size_t i = 0; i < r.path.n; i++) {
		struct buf b = {};

		removed += !manifest_find(&m, r.path.v[i]) &&
			   !tree_read(t, r.path.v[i], &b, NULL);
		buf_free(&b);
	}
	note_touched(&now, &bare, &ov);
	record_write(&ov, o, &m, &now);
	ov_commit(&ov);
	if (!o->quiet)
		printf("export: %zu files, %zu copied, %zu removed; patches: %s version %u for kernel %s\n",
		       m.n, copied, removed, now.set->name, now.set->version, t->kernel);
	return EXIT_SAME;
}

int do_list(const struct options *o)
{
	struct manifest m = {};

	manifest_read(&m, o->source);
	for (size_t i = 0; i < m.n; i++)
		printf("%s\t%s\n", m.f[i].src, m.f[i].dst);
	return EXIT_SAME;
}

/* ---- verify -------------------------------------------------------------------- */

struct findings {
	struct json_object	*list;
	size_t			 n;
	bool			 json;
};

static void find(struct findings *f, const char *what, const char *path,
		 const char *side)
{
	f->n++;
	if (f->json) {
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "what", json_object_new_string(what));
		json_object_object_add(o, "path", json_object_new_string(path));
		if (side)
			json_object_object_add(o, "side", json_object_new_string(side));
		json_object_array_add(f->list, o);
	} else {
		fprintf(stderr, "export: %s: %s%s%s\n", what, path, side ? ": " : "",
			side ? side : "");
	}
}

/* Who moved away from what the record says was the same on both sides? */
static const char *which_side(const char *then, const char *here, const char *there)
{
	if (!then || !*then)
		return "no record says which side changed";
	if (!strcmp(then, here))
		return "changed in the kernel tree since the export";
	if (!strcmp(then, there))
		return "changed here since the export";
	return "changed on both sides since the export";
}

static void verify_file(struct findings *f, struct tree *t, const struct mfile *mf,
			const struct record *r)
{
	const char *then = record_id(r, mf->dst);
	struct buf b = {};
	char there[41];
	int rc = tree_read(t, mf->dst, &b, NULL);

	if (rc == -ENOENT) {
		find(f, "missing in the kernel tree", mf->dst,
		     then ? "removed there since the export" :
		     r->there ? "new here since the export" : NULL);
	} else if (rc) {
		find(f, "cannot be read", mf->dst, strerror(-rc));
	} else {
		blob_id(b.s, b.len, there);
		if (strcmp(there, mf->id))
			find(f, "differs", mf->dst, which_side(then, mf->id, there));
	}
	buf_free(&b);
}

static bool source_like(const char *path)
{
	return !ends(path, ".mod.c") &&
	       (ends(path, ".c") || ends(path, ".h") || ends(path, ".S") ||
		!strcmp(base_name(path), "Makefile") ||
		starts(base_name(path), "Kconfig"));
}

static void verify_strays(struct findings *f, struct tree *t, const struct manifest *m,
			  const struct record *r)
{
	const struct strv *paths = tree_paths(t);

	for (size_t i = 0; i < paths->n; i++) {
		const char *p = paths->v[i];
		bool recorded = record_id(r, p);

		if (manifest_find(m, p))
			continue;
		if (recorded)
			find(f, "not here any more", p, "removed here since the export");
		else if ((starts(p, "net/lnet/") || starts(p, "fs/lustre/")) &&
			 source_like(p))
			find(f, "not ours", p, NULL);
	}
}

static void verify_hooks(struct findings *f, struct tree *t, const struct set *hooks)
{
	struct overlay ov = { .t = t };

	for (size_t i = hooks->n; i-- > 0;) {
		struct verdict v;
		char *why = NULL;

		judge(&ov, hooks->p[i], &v, 0);
		if (v.st != ST_APPLIED)
			find(f, "patch is not in the kernel tree as it is here",
			     hooks->p[i]->title, state_names[v.st]);
		else
			apply_patch(&ov, hooks->p[i], true, false, false, &why);
		free(why);
		verdict_free(&v);
	}
	ov_free(&ov);
}

int do_verify(const struct options *o)
{
	struct findings f = { .list = json_object_new_array(), .json = o->json };
	struct json_object *top = json_object_new_object();
	struct tree *t = open_kernel(o->tree);
	struct manifest m = {};
	struct record r;

	manifest_read(&m, o->source);
	record_read(&r, t);
	for (size_t i = 0; i < m.n; i++)
		verify_file(&f, t, &m.f[i], &r);
	verify_strays(&f, t, &m, &r);
	verify_hooks(&f, t, hooks_for(o, t));
	if (f.json) {
		json_object_object_add(top, "tree", json_object_new_string(o->tree));
		json_object_object_add(top, "kernel", json_object_new_string(t->kernel));
		if (r.commit)
			json_object_object_add(top, "exported_from",
					       json_object_new_string(r.commit));
		json_object_object_add(top, "files", json_object_new_int64(m.n));
		json_object_object_add(top, "differences", f.list);
		puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	} else if (f.n) {
		warn("%zu differences between %s and %s%s%s", f.n, o->source, o->tree,
		     r.commit ? ", exported from commit " : "", r.commit ? r.commit : "");
	} else if (!o->quiet) {
		printf("export: %zu files identical\n", m.n);
	}
	return f.n ? EXIT_DIFFERS : EXIT_SAME;
}

/* ---- remove -------------------------------------------------------------------- */

static size_t edited(struct tree *t, const struct record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->path.n; i++) {
		struct buf b = {};
		char hex[41];

		if (!tree_read(t, r->path.v[i], &b, NULL)) {
			blob_id(b.s, b.len, hex);
			if (strcmp(hex, r->id.v[i])) {
				warn("changed since the export: %s", r->path.v[i]);
				n++;
			}
		}
		buf_free(&b);
	}
	return n;
}

/* Every patched file has to become what it was, unless others changed it too. */
static void check_before(struct tree *t, struct overlay *ov, const struct record *r)
{
	struct overlay none = { .t = t };
	char was[41], is[41];

	for (size_t i = 0; i < r->touched.n; i++) {
		const char *path = r->touched.v[i];

		id_of(&none, path, was);
		id_of(ov, path, is);
		if (!strcmp(is, r->before.v[i]))
			continue;
		if (!strcmp(was, r->after.v[i]))
			die("%s/%s: without the patches it is not what it was before the export; nothing was changed",
			    t->name, path);
		warn("changed by others since the export; only our lines were taken out: %s",
		     path);
	}
}

int do_remove(const struct options *o)
{
	struct tree *t = open_kernel(o->tree);
	struct overlay ov = { .t = t };
	struct record r;
	size_t n;

	record_read(&r, t);
	if (!r.there)
		die("%s: nothing was exported there (it has no " RECORD ")", o->tree);
	if (r.old || !r.set)
		die("%s: its " RECORD " is of an older exporter; export once more, then remove",
		    o->tree);
	n = o->force ? 0 : edited(t, &r);
	if (n)
		die("%s: %zu files would be lost with their changes; nothing was changed (--force removes them)",
		    o->tree, n);
	for (size_t i = r.set->n; i-- > 0;) {
		char *why;

		if (!apply_patch(&ov, r.set->p[i], true, false, false, &why))
			die("%s: the patch '%s' cannot be taken back: %s; nothing was changed",
			    o->tree, r.set->p[i]->title, why);
	}
	check_before(t, &ov, &r);
	for (size_t i = 0; i < r.path.n; i++)
		ov_remove(&ov, r.path.v[i]);
	ov_remove(&ov, RECORD);
	ov_commit(&ov);
	if (!o->quiet)
		printf("export: %zu files removed, %zu patches taken back\n", r.path.n,
		       r.set->n);
	return EXIT_SAME;
}
