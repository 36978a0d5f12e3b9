// SPDX-License-Identifier: GPL-2.0-only
/* patchset status: every patch against every tree. */
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

struct json_object *js(const char *s)
{
	char *clean = utf8(s);
	struct json_object *o = json_object_new_string(clean);

	free(clean);
	return o;
}

void json_print(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

/* Exactly there, so that taking it back for a look at what lies below works. */
static bool can_peel(const struct verdict *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->h[i].s != H_IN_TREE || v->h[i].drifted)
			return false;
	return true;
}

void judge_set(struct tree *t, const struct set *s, struct verdict *v,
	       unsigned int history)
{
	bool *peeled = xalloc(s->n * sizeof(*peeled));
	struct overlay ov = { .t = t };
	char *why;

	/* From the top: a later patch changes what an earlier one made. */
	for (size_t i = s->n; i-- > 0;) {
		judge(&ov, s->p[i], &v[i], history);
		peeled[i] = can_peel(&v[i]) &&
			    apply_patch(&ov, s->p[i], true, false, false, &why);
		if (!peeled[i])
			verdict_free(&v[i]);
	}
	for (size_t i = 0; i < s->n; i++) {
		if (!peeled[i])
			judge(&ov, s->p[i], &v[i], history);
		if (peeled[i] || v[i].st == ST_APPLIES || v[i].st == ST_REFRESH)
			apply_patch(&ov, s->p[i], false, v[i].st == ST_REFRESH,
				    true, &why);
	}
	ov_free(&ov);
	free(peeled);
}

static const char *const hunk_names[] = {
	[H_APPLIES] = "applies", [H_FUZZ] = "needs-refresh",
	[H_IN_TREE] = "in-tree", [H_ELSEWHERE] = "in-other-file",
	[H_CONFLICT] = "conflicts",
};

static struct json_object *hunk_json(const struct hres *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "file", js(r->f->to));
	json_object_object_add(o, "hunk", json_object_new_int(r->nr));
	json_object_object_add(o, "state", js(hunk_names[r->s]));
	if (r->line)
		json_object_object_add(o, "line", json_object_new_int64(r->line));
	if (r->offset)
		json_object_object_add(o, "offset", json_object_new_int64(r->offset));
	if (r->fuzz)
		json_object_object_add(o, "context_differs", json_object_new_int(r->fuzz));
	if (r->drifted)
		json_object_object_add(o, "drifted", json_object_new_boolean(true));
	if (r->where)
		json_object_object_add(o, "found_in", js(r->where));
	if (r->note)
		json_object_object_add(o, "note", js(r->note));
	return o;
}

static struct json_object *column_json(const struct column *c)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_object_object_add(o, "tree", js(c->t->name));
	json_object_object_add(o, "kernel", js(c->t->kernel));
	json_object_object_add(o, "set", js(c->s->name));
	json_object_object_add(o, "set_version", json_object_new_int(c->s->version));
	for (size_t i = 0; i < c->s->n; i++) {
		const struct row *r = &c->row[i];
		struct json_object *p = json_object_new_object();
		struct json_object *hunks = json_object_new_array();

		json_object_object_add(p, "id", js(r->p->id));
		json_object_object_add(p, "version", json_object_new_int(r->p->version));
		json_object_object_add(p, "title", js(r->p->title));
		json_object_object_add(p, "state", js(state_names[r->v.st]));
		if (r->v.commit)
			json_object_object_add(p, "commit", js(r->v.commit));
		for (size_t k = 0; k < r->v.n; k++)
			json_object_array_add(hunks, hunk_json(&r->v.h[k]));
		json_object_object_add(p, "hunks", hunks);
		json_object_array_add(list, p);
	}
	json_object_object_add(o, "patches", list);
	return o;
}

static void print_column(const struct column *c)
{
	printf("%s (kernel %s), set %s", c->t->name, c->t->kernel, c->s->name);
	if (c->s->version)
		printf(" version %u", c->s->version);
	printf(":\n");
	for (size_t i = 0; i < c->s->n; i++) {
		const struct row *r = &c->row[i];
		struct strv text = {};

		printf("  %-16s %s  %s", state_names[r->v.st], r->p->id, r->p->title);
		printf("\n");
		if (r->v.commit)
			printf("      in commit %s\n", r->v.commit);
		else if (c->t->shallow && (r->v.st == ST_APPLIED || r->v.st == ST_UPSTREAM))
			printf("      (a shallow clone: the commit is not in its history)\n");
		verdict_details(&r->v, &text);
		for (size_t k = 0; k < text.n; k++)
			printf("      %s\n", text.v[k]);
		strv_free(&text);
	}
}

static void fill_column(struct column *c, const struct options *o)
{
	struct verdict *v = xalloc(c->s->n * sizeof(*v));

	c->row = xalloc(c->s->n * sizeof(*c->row));
	judge_set(c->t, c->s, v, o->history);
	for (size_t i = 0; i < c->s->n; i++) {
		c->row[i] = (struct row){ c->s->p[i], v[i] };
		if (!o->record)
			continue;
		if (!c->s->dir)
			die("--record is for sets, not for a single patch: %s", c->s->name);
		patch_set_status(c->s->p[i], c->t->kernel, state_names[v[i].st]);
		set_write_patch(c->s, i);
	}
	free(v);
}

/* The version for this kernel; without one, the newest: status says how far. */
static const struct set *pick(const struct sets *all, const char *spec,
			      const struct tree *t)
{
	struct set *s = sets_newest(all, spec, t);
	bool own;

	if (!s)
		s = sets_newest(all, spec, NULL);
	return s ? s : spec_find(all, spec, NULL, &own);
}

static void all_sets(const struct sets *all, struct strv *names)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strv_has(names, all->s[i]->name))
			strv_add(names, all->s[i]->name);
}

int verb_status(const struct options *o)
{
	struct json_object *trees = json_object_new_array(), *top;
	struct strv specs = o->specs;
	struct column *c;
	struct sets all;
	size_t n = 0;
	int rc = EXIT_SAME;

	sets_read(&all, o->patches);
	if (!specs.n)
		all_sets(&all, &specs);
	if (!specs.n)
		die("there are no sets in %s", o->patches);
	if (!o->n)
		die("status needs a kernel tree (see --help)");
	c = xalloc(o->n * specs.n * sizeof(*c));
	for (int i = 0; i < o->n; i++) {
		struct tree *t = tree_open(o->arg[i]);

		for (size_t k = 0; k < specs.n; k++, n++) {
			c[n].t = t;
			c[n].s = pick(&all, specs.v[k], t);
			fill_column(&c[n], o);
			for (size_t j = 0; j < c[n].s->n; j++)
				if (c[n].row[j].v.st >= ST_PARTLY ||
				    c[n].row[j].v.st == ST_REFRESH)
					rc = EXIT_DIFFERS;
			if (o->json)
				json_object_array_add(trees, column_json(&c[n]));
			else
				print_column(&c[n]);
		}
	}
	top = json_object_new_object();
	json_object_object_add(top, "trees", trees);
	if (o->json)
		json_print(top);
	if (o->html)
		matrix_html(o->html, c, n);
	return rc;
}
