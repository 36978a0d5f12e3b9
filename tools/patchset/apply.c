// SPDX-License-Identifier: GPL-2.0-only
/* What a patch is to a tree, and applying it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "place.h"

const char *const state_names[] = {
	[ST_APPLIED] = "applied", [ST_APPLIES] = "applies",
	[ST_REFRESH] = "needs refresh", [ST_UPSTREAM] = "already upstream",
	[ST_PARTLY] = "partly applied", [ST_CONFLICT] = "conflicts",
};

/* ---- applying -------------------------------------------------------------- */

/* The file's text after all hunks, or false and the number of the bad one. */
static bool put_file(const struct buf *in, const struct pfile *f, bool reverse,
		     bool fuzz, struct buf *out, size_t *bad)
{
	struct cursor c = {};
	struct text t = {};
	bool ok = true;

	text_split(&t, in);
	buf_add(out, "", 0);
	for (size_t i = 0; ok && i < f->n; i++) {
		struct place at;

		ok = put_hunk(&t, &f->h[i], reverse, fuzz, &c, &at, out);
		*bad = i + 1;
	}
	for (size_t i = c.done; ok && i < t.n; i++)
		buf_add(out, t.l[i].s, t.l[i].len);
	text_free(&t);
	return ok;
}

/* The one file of the tree with the same name on which all hunks fit. */
static char *find_moved(struct overlay *ov, const struct pfile *f, bool reverse)
{
	const struct strv *paths = tree_paths(ov->t);
	const char *base = base_name(f->from);
	char *found = NULL;

	for (size_t i = 0; i < paths->n; i++) {
		struct buf in = {}, out = {};
		size_t bad;

		if (strcmp(base_name(paths->v[i]), base) ||
		    ov_read(ov, paths->v[i], &in, NULL))
			continue;
		if (f->n && put_file(&in, f, reverse, false, &out, &bad)) {
			if (found) {
				free(found);
				found = NULL;
				i = paths->n;	/* two are none */
			} else {
				found = xstrdup(paths->v[i]);
			}
		}
		buf_free(&in);
		buf_free(&out);
	}
	return found;
}

static char *read_why(const char *path, int rc)
{
	if (rc == -ENOENT)
		return fmt("there is no file %s", path);
	if (rc == -ELOOP)
		return fmt("%s is, or is behind, a symbolic link", path);
	return fmt("%s: %s", path, strerror(-rc));
}

static char *apply_create(struct overlay *ov, const struct pfile *f,
			  const char *path, bool reverse)
{
	struct buf now = {}, out = {}, none = {};
	unsigned int mode = 0;
	size_t bad;
	char *why = NULL;
	int rc = ov_read(ov, path, &now, &mode);

	buf_add(&none, "", 0);
	put_file(&none, f, reverse, false, &out, &bad);
	if (!rc && !buf_same(&now, &out))
		why = fmt("%s is there already, with other content", path);
	else if (rc && rc != -ENOENT)
		why = read_why(path, rc);
	else
		ov_write(ov, path, &out, !rc && mode ? mode : f->mode ? f->mode : 0644);
	buf_free(&now);
	buf_free(&out);
	buf_free(&none);
	return why;
}

static char *apply_file(struct overlay *ov, const struct pfile *f, bool reverse,
			bool fuzz, bool moved)
{
	const char *from = reverse ? f->to : f->from, *to = reverse ? f->from : f->to;
	bool create = f->kind == (reverse ? PF_DELETE : PF_CREATE);
	bool gone = f->kind == (reverse ? PF_CREATE : PF_DELETE);
	struct buf in = {}, out = {};
	unsigned int mode = 0;
	char *path = NULL, *why = NULL;
	size_t bad = 0;
	int rc;

	if (create)
		return apply_create(ov, f, to, reverse);
	rc = ov_read(ov, from, &in, &mode);
	if (rc == -ENOENT && moved && f->kind == PF_MODIFY) {
		path = find_moved(ov, f, reverse);
		if (path) {
			rc = ov_read(ov, path, &in, &mode);
			from = path;
			to = path;
		}
	}
	if (rc)
		why = read_why(from, rc);
	else if (!put_file(&in, f, reverse, fuzz, &out, &bad))
		why = fmt("hunk %zu of %s has no place", bad, from);
	else if (gone && out.len)
		why = fmt("%s has more in it than the patch removes", from);
	else if (gone)
		ov_remove(ov, from);
	if (!why && !gone) {
		if (strcmp(from, to))
			ov_remove(ov, from);
		ov_write(ov, to, &out, f->mode && !reverse ? f->mode : mode);
	}
	buf_free(&in);
	buf_free(&out);
	free(path);
	return why;
}

bool apply_patch(struct overlay *ov, const struct patch *p, bool reverse,
		 bool fuzz, bool moved, char **why)
{
	struct overlay trial = {};

	*why = NULL;
	ov_copy(&trial, ov);
	for (size_t i = 0; !*why && i < p->n; i++)
		*why = apply_file(&trial, &p->f[reverse ? p->n - 1 - i : i],
				  reverse, fuzz, moved);
	if (*why) {
		ov_free(&trial);
		return false;
	}
	ov_free(ov);
	*ov = trial;
	return true;
}

/* ---- judging --------------------------------------------------------------- */

static struct hres *result(struct verdict *v, const struct pfile *f, size_t nr,
			   enum hstate s)
{
	struct hres *r;

	v->h = xgrow(v->h, v->n, &v->cap, sizeof(*v->h));
	r = &v->h[v->n++];
	*r = (struct hres){ .f = f, .nr = nr, .s = s };
	return r;
}

/* Are all hunks of @f where they belong, and how far away? */
static bool all_placed(const struct text *t, const struct pfile *f, bool reverse,
		       long *far, struct place *at)
{
	struct cursor c = {};

	*far = 0;
	for (size_t i = 0; i < f->n; i++) {
		if (!place_hunk(t, &f->h[i], reverse, false, &c, &at[i]))
			return false;
		if (labs(at[i].offset) > *far)
			*far = labs(at[i].offset);
	}
	return true;
}

static bool only_takes(const struct pfile *f)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t j = 0; j < f->h[i].n; j++)
			if (f->h[i].l[j].op == '+')
				return false;
	return true;
}

static void all_are(struct verdict *v, const struct pfile *f,
		    const struct place *at, enum hstate s)
{
	for (size_t i = 0; i < f->n; i++) {
		struct hres *r = result(v, f, i + 1, s);

		r->offset = at[i].offset;
		r->line = at[i].pos + 1;
	}
}

static bool found_elsewhere(struct overlay *ov, const struct hunk *h,
			    const char *not_in, const char *path, struct hres *r)
{
	struct buf b = {};
	struct text t = {};
	bool yes = false;
	long offset;

	if (strcmp(path, not_in) && !ov_read(ov, path, &b, NULL)) {
		text_split(&t, &b);
		yes = has_content(&t, h, &r->line, &offset);
		text_free(&t);
	}
	buf_free(&b);
	if (yes)
		r->where = xstrdup(path);
	return yes;
}

/* In the files beside it, and in those of its name anywhere. */
static bool look_elsewhere(struct overlay *ov, const struct pfile *f,
			   const struct hunk *h, struct hres *r)
{
	const struct strv *paths = tree_paths(ov->t);
	const char *base = base_name(f->to);
	size_t folder = base - f->to;

	for (size_t i = 0; i < paths->n; i++) {
		const char *p = paths->v[i];
		bool beside = folder && !strncmp(p, f->to, folder) &&
			      !strchr(p + folder, '/');

		if ((beside || !strcmp(base_name(p), base)) &&
		    found_elsewhere(ov, h, f->to, p, r))
			return true;
	}
	return false;
}

/* So far may the same lines lie apart and still be this change. */
#define NEAR	10

static void judge_hunk(struct overlay *ov, const struct text *t,
		       const struct pfile *f, size_t i, struct cursor *fwd,
		       struct cursor *back, struct verdict *v)
{
	const struct hunk *h = &f->h[i];
	struct hres *r = result(v, f, i + 1, H_CONFLICT);
	struct cursor rc = *back, fc = *fwd;
	struct place rat, fat;
	struct buf scrap = {};
	bool in, fits, exact, content;
	size_t line = 0;
	long off = 0;

	in = place_hunk(t, h, true, false, &rc, &rat);
	fits = place_hunk(t, h, false, false, &fc, &fat);
	/* Both can match where code repeats itself: the nearer one it is. */
	if (in && !(fits && labs(fat.offset) < labs(rat.offset))) {
		*back = rc;
		r->s = H_IN_TREE;
		r->offset = rat.offset;
		r->line = rat.pos + 1;
		return;
	}
	exact = fits;
	content = !exact && (has_content(t, h, &line, &off) ||
			     has_seams(t, h, &line, &off));
	if (!exact)
		fits = put_hunk(t, h, false, true, &fc, &fat, &scrap);
	buf_free(&scrap);
	if (content && !(fits && labs(fat.offset) + NEAR < labs(off))) {
		r->s = H_IN_TREE;
		r->drifted = true;
		r->line = line;
	} else if (fits) {
		*fwd = fc;
		r->fuzz = fat.lead + fat.trail;
		r->s = exact ? H_APPLIES : H_FUZZ;
		r->offset = fat.offset;
		r->line = fat.pos + 1;
	} else if (look_elsewhere(ov, f, h, r)) {
		r->s = H_ELSEWHERE;
	}
}

static void judge_absent(struct overlay *ov, const struct pfile *f, int rc,
			 struct verdict *v)
{
	char *moved = rc == -ENOENT ? find_moved(ov, f, false) : NULL;

	if (!f->n)
		result(v, f, 0, H_CONFLICT)->note = "the file is not there";
	for (size_t i = 0; i < f->n; i++) {
		struct hres *r = result(v, f, i + 1, H_CONFLICT);

		if (moved) {
			r->s = H_FUZZ;
			r->where = xstrdup(moved);
			r->note = "the file has moved";
		} else if (rc == -ENOENT && look_elsewhere(ov, f, &f->h[i], r)) {
			r->s = H_ELSEWHERE;
		} else {
			r->note = rc == -ELOOP ?
				"the file is, or is behind, a symbolic link" :
				rc == -ENOENT ? "the file is not there" :
				"the file cannot be read";
		}
	}
	free(moved);
}

static void judge_text(struct overlay *ov, const struct buf *in,
		       const struct pfile *f, struct verdict *v)
{
	struct place *fat = xalloc(f->n * sizeof(*fat));
	struct place *rat = xalloc(f->n * sizeof(*rat));
	struct cursor fwd = {}, back = {};
	struct text t = {};
	bool applies, is_in;
	long ffar, rfar;

	text_split(&t, in);
	applies = all_placed(&t, f, false, &ffar, fat);
	is_in = all_placed(&t, f, true, &rfar, rat);
	/* Both can match where code repeats itself: the nearer one it is. */
	if (is_in && applies &&
	    (ffar < rfar || (ffar == rfar && only_takes(f))))
		is_in = false;
	if (is_in)
		all_are(v, f, rat, H_IN_TREE);
	else if (applies)
		all_are(v, f, fat, H_APPLIES);
	else
		for (size_t i = 0; i < f->n; i++)
			judge_hunk(ov, &t, f, i, &fwd, &back, v);
	text_free(&t);
	free(fat);
	free(rat);
}

static void judge_create(struct overlay *ov, const struct pfile *f, struct verdict *v)
{
	struct buf now = {}, want = {}, none = {};
	struct hres *r = result(v, f, f->n ? 1 : 0, H_CONFLICT);
	unsigned int mode;
	size_t bad;
	int rc = ov_read(ov, f->to, &now, &mode);

	buf_add(&none, "", 0);
	put_file(&none, f, false, false, &want, &bad);
	if (rc == -ENOENT) {
		r->s = H_APPLIES;
		if (f->n && look_elsewhere(ov, f, f->h, r))
			r->s = H_ELSEWHERE;
	} else if (rc) {
		r->note = "the file cannot be read";
	} else if (buf_same(&now, &want)) {
		r->s = H_IN_TREE;
		r->line = 1;
	} else {
		r->note = "the file is there already, with other content";
	}
	buf_free(&now);
	buf_free(&want);
	buf_free(&none);
}

static void judge_file(struct overlay *ov, const struct pfile *f, struct verdict *v)
{
	struct buf in = {};
	unsigned int mode;
	int rc;

	if (f->kind == PF_CREATE) {
		judge_create(ov, f, v);
		return;
	}
	rc = ov_read(ov, f->from, &in, &mode);
	if (rc == -ENOENT && f->kind == PF_DELETE) {
		result(v, f, 1, H_IN_TREE);
	} else if (rc == -ENOENT && f->kind == PF_RENAME &&
		   !ov_read(ov, f->to, &in, &mode)) {
		if (f->n)
			judge_text(ov, &in, f, v);
		else
			result(v, f, 0, H_IN_TREE);
	} else if (rc) {
		judge_absent(ov, f, rc, v);
	} else if (f->n) {
		judge_text(ov, &in, f, v);
	} else {
		bool done = f->mode && f->mode == mode;

		result(v, f, 0, done ? H_IN_TREE : H_APPLIES);
	}
	buf_free(&in);
}

/* The longest run of added lines: what history is searched for. */
static const struct hres *telling_hunk(const struct verdict *v, struct buf *run)
{
	const struct hres *best = NULL;

	for (size_t i = 0; i < v->n; i++) {
		const struct hres *r = &v->h[i];
		const struct hunk *h;
		struct buf b = {};

		if (!r->nr || (r->s != H_IN_TREE && r->s != H_ELSEWHERE) ||
		    r->nr > r->f->n)
			continue;
		h = &r->f->h[r->nr - 1];
		for (size_t j = 0; j <= h->n; j++) {
			if (j < h->n && h->l[j].op == '+') {
				buf_add(&b, h->l[j].s, h->l[j].len);
				continue;
			}
			if (b.len > run->len) {
				run->len = 0;
				buf_add(run, b.s, b.len);
				best = r;
			}
			b.len = 0;
		}
		buf_free(&b);
	}
	return best;
}

static enum state conclude(const struct verdict *v, const struct patch *p)
{
	size_t count[H_CONFLICT + 1] = {};
	bool drifted = false;

	for (size_t i = 0; i < v->n; i++) {
		count[v->h[i].s]++;
		drifted |= v->h[i].drifted;
	}
	if (count[H_CONFLICT])
		return ST_CONFLICT;
	if (count[H_IN_TREE] + count[H_ELSEWHERE] == v->n) {
		if (drifted || count[H_ELSEWHERE] ||
		    (p->origin && starts(p->origin, "upstream")))
			return ST_UPSTREAM;
		return ST_APPLIED;
	}
	if (count[H_IN_TREE] + count[H_ELSEWHERE])
		return ST_PARTLY;
	return count[H_FUZZ] ? ST_REFRESH : ST_APPLIES;
}

void judge(struct overlay *ov, const struct patch *p, struct verdict *v,
	   unsigned int history)
{
	*v = (struct verdict){};
	for (size_t i = 0; i < p->n; i++)
		judge_file(ov, &p->f[i], v);
	v->st = conclude(v, p);
	if (history && (v->st == ST_APPLIED || v->st == ST_UPSTREAM)) {
		struct buf run = {};
		const struct hres *r = telling_hunk(v, &run);

		if (r)
			v->commit = tree_find_commit(ov->t, r->where ? r->where : r->f->to,
						     run.s, run.len, history);
		buf_free(&run);
	}
}

void verdict_free(struct verdict *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->h[i].where);
	free(v->h);
	free(v->commit);
	*v = (struct verdict){};
}

static char *detail(const struct hres *r)
{
	static const char *const what[] = {
		[H_APPLIES] = "applies", [H_FUZZ] = "needs refresh",
		[H_IN_TREE] = "is in the tree", [H_ELSEWHERE] = "is in the tree",
		[H_CONFLICT] = "conflicts",
	};
	struct buf b = {};

	if (r->nr)
		buf_fmt(&b, "hunk %zu of %s %s", r->nr, r->f->to, what[r->s]);
	else
		buf_fmt(&b, "%s %s", r->f->to, what[r->s]);
	if (r->note)
		buf_fmt(&b, ": %s", r->note);
	if (r->where)
		buf_fmt(&b, "%s %s", r->note ? " to" : ", in", r->where);
	if (r->line && r->s != H_CONFLICT)
		buf_fmt(&b, ", line %zu", r->line);
	if (r->fuzz)
		buf_fmt(&b, r->fuzz == 1 ? ", %u line of context differs" :
				   ", %u lines of context differ", r->fuzz);
	if (r->drifted)
		buf_str(&b, ", with other lines around it");
	return b.s;
}

/* Nothing to tell of what lies where it did or moved by some lines. */
void verdict_details(const struct verdict *v, struct strv *out)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct hres *r = &v->h[i];
		bool plain = (r->s == H_APPLIES && v->st != ST_PARTLY &&
			      v->st != ST_CONFLICT) ||
			     (r->s == H_IN_TREE && v->st == ST_APPLIED);
		char *text;

		if (plain)
			continue;
		text = detail(r);
		strv_add(out, text);
		free(text);
	}
}

bool verdict_complete(const struct verdict *v)
{
	return v->st == ST_APPLIED || v->st == ST_APPLIES;
}
