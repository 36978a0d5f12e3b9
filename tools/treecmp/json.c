// SPDX-License-Identifier: GPL-2.0-only
/* The comparison of two trees as JSON. */

#include "report.h"

static json_object *json_tree(const struct tree *t)
{
	json_object *o = json_object_new_object();

	put_str(o, "name", t->name);
	put_int(o, "files", t->count);
	put_int(o, "tokens", t->tokens);
	put_int(o, "left_out", t->left_out);
	return o;
}

/* What is in A and B, and how it fares; of definitions and of files alike. */
static void put_counts(json_object *o, const struct tally *t)
{
	put_int(o, "a", t->a);
	put_int(o, "b", t->b);
	put_int(o, "same", t->same);
	put_int(o, "changed", t->changed);
	put_int(o, "only_a", t->only_a);
	put_int(o, "only_b", t->only_b);
}

static json_object *json_tally(const struct tally *t)
{
	json_object *o = json_object_new_object();

	put_counts(o, t);
	put_int(o, "moved", t->moved);
	put_int(o, "renamed", t->renamed);
	put_int(o, "compared_as_tokens", t->fuzzy);
	return o;
}

static json_object *json_totals(const struct comparison *c)
{
	json_object *o = json_object_new_object();
	json_object *f = json_object_new_object();
	size_t k;

	for (k = 0; k < K_COUNT; k++)
		if (c->kinds[k].a || c->kinds[k].b)
			json_object_object_add(o, kind_name(k),
					       json_tally(&c->kinds[k]));
	json_object_object_add(o, "all", json_tally(&c->total));
	put_counts(f, &(struct tally){
		.a = c->files_a, .b = c->files_b, .same = c->files_same,
		.changed = c->files_changed, .only_a = c->files_only_a,
		.only_b = c->files_only_b,
	});
	json_object_object_add(o, "files", f);
	return o;
}

static json_object *json_tokens(const struct entity *e, uint32_t from,
				uint32_t n)
{
	struct buf b = { 0 };
	json_object *o;

	buf_adds(&b, "");
	show_tokens(&b, e, from, n, UINT32_MAX);
	o = json_object_new_string_len(b.s, b.len);
	buf_free(&b);
	return o;
}

static uint32_t line_at(const struct entity *e, uint32_t i)
{
	if (i < e->ntok)
		return e->tok[i].line;
	return e->ntok ? e->tok[e->ntok - 1].line : e->line;
}

static json_object *json_hunks(const struct entity *a)
{
	json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < a->diff->count; i++) {
		const struct hunk *h = &a->diff->h[i];
		json_object *o = json_object_new_object();

		put_int(o, "line_a", line_at(a, h->a));
		put_int(o, "line_b", line_at(a->mate, h->b));
		json_object_object_add(o, "a", json_tokens(a, h->a, h->na));
		json_object_object_add(o, "b", json_tokens(a->mate, h->b,
							   h->nb));
		json_object_array_add(list, o);
	}
	return list;
}

static void put_place(json_object *o, const char *file, const char *line,
		      const struct entity *e)
{
	put_str(o, file, spelling(e->file->path));
	put_int(o, line, e->line);
}

static json_object *json_entity(const struct entity *e, bool of_a)
{
	json_object *o = json_object_new_object();
	const struct entity *a = of_a ? e : e->mate;
	const struct entity *b = of_a ? e->mate : e;

	put_str(o, "kind", kind_name(e->kind));
	put_str(o, "name", spelling(e->shown));
	put_str(o, "verdict", e->verdict == V_CHANGED ? "changed" :
		e->verdict == V_SAME ? "same" : of_a ? "only_a" : "only_b");
	if (a)
		put_place(o, "file_a", "line_a", a);
	if (b)
		put_place(o, "file_b", "line_b", b);
	if (e->renamed && b)
		put_str(o, "name_b", spelling(b->shown));
	if (e->moved)
		json_object_object_add(o, "moved",
				       json_object_new_boolean(true));
	if (e->reordered)
		json_object_object_add(o, "reordered",
				       json_object_new_boolean(true));
	if (e->fuzzy || (e->mate && e->mate->fuzzy))
		json_object_object_add(o, "compared_as_tokens",
				       json_object_new_boolean(true));
	put_int(o, "tokens", e->ntok);
	if (e->mate)
		put_int(o, "tokens_common", a->common);
	if (e->hint)
		put_str(o, "part_of", spelling(e->hint->shown));
	if (e->verdict == V_CHANGED && a->diff)
		json_object_object_add(o, "diff", json_hunks(a));
	return o;
}

static json_object *json_differences(const struct comparison *c)
{
	json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < c->a.nents; i++)
		if (is_difference(&c->a.ents[i]))
			json_object_array_add(list,
					      json_entity(&c->a.ents[i],
							  true));
	for (i = 0; i < c->b.nents; i++)
		if (!c->b.ents[i].mate)
			json_object_array_add(list,
					      json_entity(&c->b.ents[i],
							  false));
	return list;
}

static json_object *json_events(const struct comparison *c)
{
	json_object *list = json_object_new_array();
	size_t i, k;

	for (i = 0; i < c->nevents; i++) {
		const struct file_event *e = &c->events[i];
		json_object *o = json_object_new_object();
		json_object *one = json_object_new_array();
		json_object *many = json_object_new_array();
		bool merged = e->kind == FILE_MERGED;

		put_str(o, "event", event_name(e->kind));
		json_object_array_add(one,
				      json_utf8(spelling(e->one->path)));
		for (k = 0; k < e->count; k++)
			json_object_array_add(many, json_utf8(
					spelling(e->many[k]->path)));
		json_object_object_add(o, "a", merged ? many : one);
		json_object_object_add(o, "b", merged ? one : many);
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *json_renames(const struct comparison *c)
{
	json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < c->nrenames; i++) {
		json_object *o = json_object_new_object();

		put_str(o, "a", spelling(c->renames[i].from));
		put_str(o, "b", spelling(c->renames[i].to));
		put_int(o, "uses", c->renames[i].uses);
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *json_moves(const struct comparison *c, bool full)
{
	json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < c->a.nents; i++) {
		const struct entity *e = &c->a.ents[i];
		json_object *o;

		if (!e->mate || !e->moved || (!full && move_told(c, e)))
			continue;
		o = json_object_new_object();
		put_str(o, "kind", kind_name(e->kind));
		put_str(o, "name", spelling(e->shown));
		put_place(o, "file_a", "line_a", e);
		put_place(o, "file_b", "line_b", e->mate);
		json_object_array_add(list, o);
	}
	return list;
}

static json_object *json_files(const struct comparison *c)
{
	json_object *list = json_object_new_array();
	size_t i, k;

	for (i = 0; i < c->a.count; i++) {
		const struct file *f = &c->a.files[i];
		json_object *o = json_object_new_object();
		size_t n[3] = { 0 };

		for (k = 0; k < f->nents; k++)
			n[c->a.ents[f->first_ent + k].verdict]++;
		put_str(o, "a", spelling(f->path));
		if (f->mate)
			put_str(o, "b", spelling(f->mate->path));
		put_int(o, "same", n[V_SAME]);
		put_int(o, "changed", n[V_CHANGED]);
		put_int(o, "only_a", n[V_ONLY]);
		n[V_ONLY] = 0;
		for (k = 0; f->mate && k < f->mate->nents; k++)
			n[V_ONLY] += !c->b.ents[f->mate->first_ent + k].mate;
		put_int(o, "only_b", n[V_ONLY]);
		json_object_array_add(list, o);
	}
	for (i = 0; i < c->b.count; i++) {
		json_object *o;

		if (c->b.files[i].mate)
			continue;
		o = json_object_new_object();
		put_str(o, "b", spelling(c->b.files[i].path));
		put_int(o, "only_b", c->b.files[i].nents);
		json_object_array_add(list, o);
	}
	return list;
}

void json_trees(const struct comparison *c, const struct output *out)
{
	json_object *o = json_object_new_object();

	put_str(o, "report", "treecmp trees 1");
	json_object_object_add(o, "differs",
			       json_object_new_boolean(c->differs));
	json_object_object_add(o, "equivalence",
			       json_object_new_double(c->equivalence));
	json_object_object_add(o, "a", json_tree(&c->a));
	json_object_object_add(o, "b", json_tree(&c->b));
	json_object_object_add(o, "totals", json_totals(c));
	json_object_object_add(o, "unused_rules", json_unused_rules());
	json_object_object_add(o, "notes", json_notes());
	json_object_object_add(o, "file_events", json_events(c));
	json_object_object_add(o, "renames", json_renames(c));
	json_object_object_add(o, "moves", json_moves(c, out->full));
	json_object_object_add(o, "differences", json_differences(c));
	json_object_object_add(o, "files", json_files(c));
	json_print(o, out);
}
