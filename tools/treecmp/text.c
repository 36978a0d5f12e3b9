// SPDX-License-Identifier: GPL-2.0-only
/* The comparison of two trees as text for people. */

#include "report.h"

#define AROUND	4	/* tokens shown around a difference */
#define MOST	60	/* tokens shown of a difference */

static void text_totals(const struct comparison *c, const struct output *out)
{
	size_t k;

	fprintf(out->f, "\n%-16s %8s %8s %8s %8s %8s %8s %8s %8s\n", "", "in A",
		"in B", "same", "changed", "only A", "only B", "moved",
		"renamed");
	for (k = 0; k <= K_COUNT; k++) {
		const struct tally *t = k < K_COUNT ? &c->kinds[k] :
						      &c->total;

		if (!t->a && !t->b)
			continue;
		fprintf(out->f,
			"%-16s %8zu %8zu %8zu %8zu %8zu %8zu %8zu %8zu\n",
			k < K_COUNT ? kind_plural(k) : "all", t->a, t->b,
			t->same, t->changed, t->only_a, t->only_b, t->moved,
			t->renamed);
	}
	fprintf(out->f, "%-16s %8zu %8zu %8zu %8zu %8zu %8zu\n\n", "files",
		c->files_a, c->files_b, c->files_same, c->files_changed,
		c->files_only_a, c->files_only_b);
	fprintf(out->f, "equivalence %.4f %%: %s\n", c->equivalence,
		c->differs ? "the trees differ" : "the trees are the same");
	if (c->a.left_out || c->b.left_out)
		fprintf(out->f,
			"left out by rules: %zu files of A, %zu of B\n",
			c->a.left_out, c->b.left_out);
}

static void text_events(const struct comparison *c, const struct output *out)
{
	size_t i, k;

	for (i = 0; i < c->nevents; i++) {
		const struct file_event *e = &c->events[i];
		bool merged = e->kind == FILE_MERGED;

		fprintf(out->f, "%sfile %s: ", i ? "" : "\n",
			event_name(e->kind));
		if (!merged)
			fprintf(out->f, "%s -> ", spelling(e->one->path));
		for (k = 0; k < e->count; k++)
			fprintf(out->f, "%s%s", k ? ", " : "",
				spelling(e->many[k]->path));
		if (merged)
			fprintf(out->f, " -> %s", spelling(e->one->path));
		fputc('\n', out->f);
	}
	for (i = 0; i < c->nrenames; i++)
		fprintf(out->f, "%srenamed: %s -> %s (%llu uses)\n",
			i ? "" : "\n", spelling(c->renames[i].from),
			spelling(c->renames[i].to),
			(unsigned long long)c->renames[i].uses);
}

static void text_moves(const struct comparison *c, const struct output *out)
{
	bool first = true;
	size_t i;

	for (i = 0; i < c->a.nents; i++) {
		const struct entity *e = &c->a.ents[i];

		if (!e->mate || !e->moved ||
		    (!out->full && move_told(c, e)))
			continue;
		fprintf(out->f, "%smoved %s %s: %s:%u -> %s:%u\n",
			first ? "\n" : "", kind_name(e->kind),
			spelling(e->shown), spelling(e->file->path), e->line,
			spelling(e->mate->file->path), e->mate->line);
		first = false;
	}
}

static void text_diff(const struct entity *a, const struct output *out)
{
	const struct entity *m = a->mate;
	struct buf b = { 0 };
	size_t i;

	if (!a->diff->count) {
		fprintf(out->f, "      white space or comments only\n");
		return;
	}
	for (i = 0; i < a->diff->count; i++) {
		const struct hunk *h = &a->diff->h[i];
		uint32_t before = h->a < AROUND ? h->a : AROUND;
		uint32_t line = h->a < a->ntok ? a->tok[h->a].line :
			a->ntok ? a->tok[a->ntok - 1].line : a->line;

		b.len = 0;
		buf_addf(&b, "      %u: ", line);
		show_tokens(&b, a, h->a - before, before, before);
		if (h->na) {
			buf_adds(&b, " [-");
			show_tokens(&b, a, h->a, h->na, MOST);
			buf_adds(&b, "-]");
		}
		if (h->nb) {
			buf_adds(&b, " {+");
			show_tokens(&b, m, h->b, h->nb, MOST);
			buf_adds(&b, "+}");
		}
		buf_addc(&b, ' ');
		show_tokens(&b, a, h->a + h->na, AROUND, AROUND);
		fprintf(out->f, "%s\n", b.s);
	}
	buf_free(&b);
}

static void text_entity(const struct entity *e, bool of_a,
			const struct output *out)
{
	struct buf b = { 0 };

	if (e->mate)
		fprintf(out->f, "  %s %s: changed (line %u, in B %u%s)\n",
			kind_name(e->kind), spelling(e->shown), e->line,
			e->mate->line, rename_note(e, &b));
	else
		fprintf(out->f, "  %s %s: only in %c (line %u%s)\n",
			kind_name(e->kind), spelling(e->shown),
			of_a ? 'A' : 'B', e->line,
			e->fuzzy ? ", compared as tokens" : "");
	if (e->hint)
		fprintf(out->f, "      a part of %s in %s\n",
			spelling(e->hint->shown),
			spelling(e->hint->file->path));
	if (e->mate && e->verdict == V_SAME)
		fprintf(out->f, "      moved, renamed or in another order\n");
	else if (e->mate)
		text_diff(e, out);
	buf_free(&b);
}

static bool text_list(const struct tree *tree, const struct file *f,
		      const char *head, bool all, const struct output *out,
		      bool told)
{
	bool of_a = tree->side == 'a';
	uint32_t i;

	for (i = 0; i < f->nents; i++) {
		const struct entity *e = &tree->ents[f->first_ent + i];

		if (!is_difference(e) || (!all && e->mate))
			continue;
		if (!told)
			fprintf(out->f, "\n%s\n", head);
		told = true;
		text_entity(e, of_a, out);
	}
	return told;
}

static void text_file(const struct comparison *c, const struct file *a,
		      const struct file *b, const struct output *out)
{
	struct buf head = { 0 };
	bool told = false;

	if (!a)
		buf_addf(&head, "%s (only in B)", spelling(b->path));
	else if (!b)
		buf_addf(&head, "%s (only in A)", spelling(a->path));
	else if (a->path == b->path)
		buf_adds(&head, spelling(a->path));
	else
		buf_addf(&head, "%s (in B %s)", spelling(a->path),
			 spelling(b->path));
	if (a)
		told = text_list(&c->a, a, head.s, true, out, told);
	if (b && (!a || b->mate == a))
		text_list(&c->b, b, head.s, false, out, told);
	buf_free(&head);
}

void text_trees(const struct comparison *c, const struct output *out)
{
	size_t i;

	fprintf(out->f, "A: %s (%zu files, %llu tokens)\n", c->a.name,
		c->files_a, (unsigned long long)c->a.tokens);
	fprintf(out->f, "B: %s (%zu files, %llu tokens)\n", c->b.name,
		c->files_b, (unsigned long long)c->b.tokens);
	text_totals(c, out);
	text_notes(out);
	text_events(c, out);
	text_moves(c, out);
	for (i = 0; i < c->a.count; i++)
		text_file(c, &c->a.files[i], c->a.files[i].mate, out);
	for (i = 0; i < c->b.count; i++)
		if (!c->b.files[i].mate)
			text_file(c, NULL, &c->b.files[i], out);
}
