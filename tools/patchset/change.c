// SPDX-License-Identifier: GPL-2.0-only
/* patchset apply, reverse and refresh: what changes a tree or a patch. */
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

static struct json_object *change_json(const struct patch *p, const char *did)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "id", js(p->id));
	json_object_object_add(o, "version", json_object_new_int(p->version));
	json_object_object_add(o, "title", js(p->title));
	json_object_object_add(o, "result", js(did));
	return o;
}

struct outcome {
	struct json_object	*list;
	bool			 json, bad, dry_run;
	size_t			 done;
};

static void tell(struct outcome *out, const struct patch *p, const char *did)
{
	if (out->json)
		json_object_array_add(out->list, change_json(p, did));
	else
		printf("  %-16s %s  %s\n", did, p->id, p->title);
}

static void tell_details(const struct verdict *v)
{
	struct strv text = {};

	verdict_details(v, &text);
	for (size_t i = 0; i < text.n; i++)
		fprintf(stderr, "      %s\n", text.v[i]);
	strv_free(&text);
}

static void one(struct overlay *ov, const struct patch *p, bool reverse, bool fuzz,
		struct outcome *out)
{
	struct verdict v;
	char *why = NULL;
	bool wanted;

	judge(ov, p, &v, 0);
	wanted = reverse ? v.st == ST_APPLIED || v.st == ST_UPSTREAM :
			   v.st == ST_APPLIES || (fuzz && v.st == ST_REFRESH);
	if (!reverse && (v.st == ST_APPLIED || v.st == ST_UPSTREAM)) {
		tell(out, p, v.st == ST_APPLIED ? "is applied" : "is upstream");
	} else if (reverse && v.st == ST_APPLIES) {
		tell(out, p, "is not applied");
	} else if (wanted && apply_patch(ov, p, reverse, fuzz, false, &why)) {
		tell(out, p, !out->dry_run ? reverse ? "reversed" : "applied" :
			     reverse ? "reverses" : "applies");
		out->done++;
	} else {
		tell(out, p, state_names[v.st]);
		tell_details(&v);
		if (why)
			warn("%s: %s", p->id, why);
		out->bad = true;
	}
	free(why);
	verdict_free(&v);
}

static int change_tree(const struct options *o, bool reverse)
{
	struct outcome out = { .list = json_object_new_array(), .json = o->json,
			       .dry_run = o->dry_run };
	struct json_object *top = json_object_new_object();
	struct overlay ov = {};
	struct sets all;
	struct tree *t;
	struct set *s;
	bool own;

	if (o->n != 2)
		die("%s needs a set or a patch, and a tree (see --help)",
		    reverse ? "reverse" : "apply");
	sets_read(&all, o->patches);
	t = tree_open(o->arg[1]);
	if (!t->root)
		die("%s: a revision cannot be changed, only a work tree", t->name);
	s = spec_find(&all, o->arg[0], t, &own);
	ov.t = t;
	if (!o->json)
		printf("%s (kernel %s):\n", t->name, t->kernel);
	for (size_t i = 0; i < s->n; i++)
		one(&ov, s->p[reverse ? s->n - 1 - i : i], reverse, o->fuzz, &out);
	fflush(stdout);
	if (out.bad)
		warn("nothing was changed in %s", t->name);
	else if (!o->dry_run)
		ov_commit(&ov);
	json_object_object_add(top, "tree", js(t->name));
	json_object_object_add(top, "kernel", js(t->kernel));
	json_object_object_add(top, "changed", json_object_new_boolean(!out.bad && !o->dry_run &&
								     out.done));
	json_object_object_add(top, "patches", out.list);
	if (o->json)
		json_print(top);
	return out.bad ? EXIT_DIFFERS : EXIT_SAME;
}

int verb_apply(const struct options *o)
{
	return change_tree(o, false);
}

int verb_reverse(const struct options *o)
{
	return change_tree(o, true);
}

/* ---- refresh --------------------------------------------------------------- */

/*
 * What the patch makes of @path in @base is carried over to @ov with a merge
 * of the three: the file there, the file here, the file there with the patch.
 */
static bool merge_file(struct overlay *base, struct overlay *patched,
		       struct overlay *ov, const char *path)
{
	git_merge_file_input in[3] = {};
	git_merge_file_result res = {};
	struct buf b[3] = {}, out = {};
	struct overlay *from[3] = { base, ov, patched };
	unsigned int mode = 0;
	bool ok = true;

	for (int i = 0; ok && i < 3; i++) {
		ok = !ov_read(from[i], path, &b[i], i == 1 ? &mode : NULL);
		git_merge_file_init_input(&in[i], GIT_MERGE_FILE_INPUT_VERSION);
		in[i].ptr = b[i].s;
		in[i].size = b[i].len;
		in[i].path = path;
	}
	ok = ok && !git_merge_file(&res, &in[0], &in[1], &in[2], NULL) &&
	     res.automergeable;
	if (ok) {
		buf_add(&out, res.ptr, res.len);
		ov_write(ov, path, &out, mode);
	}
	git_merge_file_result_free(&res);
	for (int i = 0; i < 3; i++)
		buf_free(&b[i]);
	return ok;
}

static bool carry_over(struct tree *base, const struct patch *p, struct overlay *ov)
{
	struct overlay from = { .t = base }, patched = { .t = base }, trial = {};
	char *why;
	bool ok = true;

	if (!apply_patch(&patched, p, false, false, false, &why))
		die("%s does not apply to the --base tree %s: %s", p->id, base->name, why);
	ov_copy(&trial, ov);
	for (size_t i = 0; ok && i < p->n; i++) {
		const struct pfile *f = &p->f[i];

		if (f->kind != PF_MODIFY) {
			warn("%s: --base is for files that are changed, not made, removed or renamed: %s",
			     p->id, f->to);
			ok = false;
		} else if (!merge_file(&from, &patched, &trial, f->to)) {
			warn("%s: %s does not merge", p->id, f->to);
			ok = false;
		}
	}
	ov_free(&from);
	ov_free(&patched);
	if (ok) {
		ov_free(ov);
		*ov = trial;
	}
	return ok;
}

/* The diff between two states of the tree, over the files that changed. */
static void make_diff(struct overlay *before, struct overlay *after, struct buf *out)
{
	for (size_t i = 0; i < after->n; i++) {
		const char *path = after->c[i].path;
		struct buf a = {}, b = {};
		bool had = !ov_read(before, path, &a, NULL);
		bool has = !ov_read(after, path, &b, NULL);

		if (diff_buffers(out, had ? &a : NULL, path, has ? &b : NULL, path))
			die("%s: %s", path, git_why());
		buf_free(&a);
		buf_free(&b);
	}
}

static void no_place(const struct patch *p, const struct verdict *v, const char *why)
{
	printf("  %-16s %s  %s\n", state_names[v->st], p->id, p->title);
	fflush(stdout);
	tell_details(v);
	if (why)
		warn("%s: %s", p->id, why);
}

enum refreshed { R_BAD, R_SAME, R_NEW, R_UPSTREAM };

/* Makes @p's diff the one for this tree. */
static enum refreshed refresh_one(struct overlay *ov, struct patch *p,
				  struct tree *base)
{
	enum refreshed res = R_BAD;
	struct overlay before = {};
	struct verdict v;
	struct buf diff = {};
	char *why = NULL;
	bool ok;

	judge(ov, p, &v, 0);
	ov_copy(&before, ov);
	ok = v.st == ST_APPLIES || v.st == ST_REFRESH || v.st == ST_CONFLICT;
	if (ok && v.st != ST_CONFLICT)
		ok = apply_patch(ov, p, false, true, true, &why);
	else if (ok)
		ok = base && carry_over(base, p, ov);
	if (ok) {
		struct buf was = {}, is = {};

		make_diff(&before, ov, &diff);
		patch_text(p, &was, true);
		patch_set_diff(p, &diff);
		patch_text(p, &is, true);
		res = buf_same(&was, &is) ? R_SAME : R_NEW;
		buf_free(&was);
		buf_free(&is);
	} else if (v.st == ST_UPSTREAM) {
		res = R_UPSTREAM;
	} else {
		no_place(p, &v, why);
	}
	ov_free(&before);
	verdict_free(&v);
	buf_free(&diff);
	free(why);
	return res;
}

static unsigned int next_version(const struct sets *all, const struct patch *p)
{
	struct set *in;
	struct patch *newest = sets_patch(all, p->id, 0, &in);

	return (newest ? newest->version : 0) + 1;
}

int verb_refresh(const struct options *o)
{
	struct tree *t, *base = NULL;
	struct overlay ov = {};
	struct sets all, again;
	struct set *s;
	size_t changed = 0, bad = 0, kept = 0;
	bool own;

	if (o->n != 2)
		die("refresh needs a set, and a tree (see --help)");
	sets_read(&all, o->patches);
	sets_read(&again, o->patches);
	t = tree_open(o->arg[1]);
	if (o->base)
		base = tree_open(o->base);
	s = spec_find(&all, o->arg[0], NULL, &own);
	if (own)
		die("refresh works on sets, and keeps a patch's identity in them: '%s' is none",
		    o->arg[0]);
	ov.t = t;
	printf("%s (kernel %s), from set %s version %u:\n", t->name, t->kernel, s->name,
	       s->version);
	for (size_t i = 0; i < s->n; i++) {
		static const char *const did[] = {
			[R_SAME] = "unchanged", [R_NEW] = "refreshed",
			[R_UPSTREAM] = "upstream: left out",
		};
		struct patch *p = s->p[i];
		enum refreshed res = refresh_one(&ov, p, base);

		if (res == R_BAD) {
			bad++;
			continue;
		}
		printf("  %-16s %s  %s\n", did[res], p->id, p->title);
		changed += res != R_SAME;
		if (res == R_NEW) {
			p->version = next_version(&again, p);
			/* what the version before was to kernels says nothing */
			patch_clear_status(p);
			patch_set_status(p, t->kernel, state_names[ST_APPLIES]);
		} else if (res == R_SAME) {
			/* only line numbers: the kept version still is right */
			p = patch_read(p->path);
		}
		if (res != R_UPSTREAM)
			s->p[kept++] = p;
	}
	if (bad) {
		warn("%zu of %zu patches have no place in %s; nothing was written%s", bad,
		     s->n, t->name, base ? "" : " (--base TREE merges)");
		return EXIT_DIFFERS;
	}
	if (!changed) {
		printf("nothing to refresh\n");
		return EXIT_SAME;
	}
	if (o->dry_run)
		return EXIT_SAME;
	s->n = kept;
	s->version = sets_newest(&all, s->name, NULL)->version + 1;
	s->kernels = o->kernels ? xstrdup(o->kernels) : fmt("%u.%u", t->major, t->minor);
	set_write(&all, s);
	printf("written: %s\n", s->dir);
	return EXIT_SAME;
}
