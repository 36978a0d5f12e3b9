// SPDX-License-Identifier: GPL-2.0-only
/* The comparison of two trees as one HTML page. */

#include "report.h"

#define PAGE_MAX	(48u << 20)	/* then only names are shown */

static void sum_cells(struct buf *b, const struct tally *t, const char *name)
{
	buf_addf(b, "<tr><td>%s</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td></tr>\n",
		 name, t->a, t->b, t->same, t->changed, t->only_a, t->only_b,
		 t->moved, t->renamed);
}

static void html_summary(struct buf *b, const struct comparison *c)
{
	size_t k;

	buf_adds(b, "<p>A: <code>");
	html_escapes(b, c->a.name);
	buf_addf(b, "</code> (%zu files, %llu tokens)<br>B: <code>",
		 c->files_a, (unsigned long long)c->a.tokens);
	html_escapes(b, c->b.name);
	buf_addf(b, "</code> (%zu files, %llu tokens)</p>\n", c->files_b,
		 (unsigned long long)c->b.tokens);
	buf_addf(b, "<p class=\"big %s\">equivalence %.4f %%: %s</p>\n",
		 c->differs ? "diff" : "same", c->equivalence,
		 c->differs ? "the trees differ" : "the trees are the same");
	buf_adds(b, "<table class=\"sum\"><tr><th></th><th>in A</th><th>in B</th><th>same</th><th>changed</th><th>only A</th><th>only B</th><th>moved</th><th>renamed</th></tr>\n");
	for (k = 0; k < K_COUNT; k++)
		if (c->kinds[k].a || c->kinds[k].b)
			sum_cells(b, &c->kinds[k], kind_plural(k));
	sum_cells(b, &c->total, "all");
	buf_addf(b, "<tr><td>files</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td></td><td></td></tr></table>\n",
		 c->files_a, c->files_b, c->files_same, c->files_changed,
		 c->files_only_a, c->files_only_b);
	if (c->a.left_out || c->b.left_out)
		buf_addf(b, "<p>Left out by rules: %zu files of A, %zu of B.</p>\n",
			 c->a.left_out, c->b.left_out);
}

static void html_events(struct buf *b, const struct comparison *c)
{
	size_t i, k;

	for (i = 0; i < c->nevents; i++) {
		const struct file_event *e = &c->events[i];

		buf_addf(b, "<li>file %s: <code>", event_name(e->kind));
		if (e->kind != FILE_MERGED) {
			html_escapes(b, spelling(e->one->path));
			buf_adds(b, " &rarr; ");
		}
		for (k = 0; k < e->count; k++) {
			buf_adds(b, k ? ", " : "");
			html_escapes(b, spelling(e->many[k]->path));
		}
		if (e->kind == FILE_MERGED) {
			buf_adds(b, " &rarr; ");
			html_escapes(b, spelling(e->one->path));
		}
		buf_adds(b, "</code></li>\n");
	}
	for (i = 0; i < c->nrenames; i++) {
		buf_adds(b, "<li>renamed: <code>");
		html_escapes(b, spelling(c->renames[i].from));
		buf_adds(b, " &rarr; ");
		html_escapes(b, spelling(c->renames[i].to));
		buf_addf(b, "</code> (%llu uses)</li>\n",
			 (unsigned long long)c->renames[i].uses);
	}
}

static void html_moves(struct buf *b, const struct comparison *c, bool full)
{
	size_t i;

	buf_adds(b, "<h2>Moved and renamed</h2><ul>\n");
	html_events(b, c);
	for (i = 0; i < c->a.nents; i++) {
		const struct entity *e = &c->a.ents[i];

		if (!e->mate || !e->moved || (!full && move_told(c, e)))
			continue;
		buf_addf(b, "<li>%s <code>", kind_name(e->kind));
		html_escapes(b, spelling(e->shown));
		buf_adds(b, "</code>: ");
		html_escapes(b, spelling(e->file->path));
		buf_addf(b, ":%u &rarr; ", e->line);
		html_escapes(b, spelling(e->mate->file->path));
		buf_addf(b, ":%u</li>\n", e->mate->line);
	}
	buf_adds(b, "</ul>\n");
}

static void html_item(struct buf *b, const struct entity *e, bool of_a)
{
	struct buf remark = { 0 };

	buf_addf(b, "<details><summary>%s <code>", kind_name(e->kind));
	html_escapes(b, spelling(e->shown));
	if (e->mate) {
		buf_adds(b, "</code> <span class=\"tag changed\">changed</span>");
		html_escapes(b, rename_note(e, &remark));
		buf_addf(b, " <span class=\"dim\">line %u, in B %u</span>",
			 e->line, e->mate->line);
	} else {
		buf_addf(b, "</code> <span class=\"tag only\">only in %c</span>%s <span class=\"dim\">line %u</span>",
			 of_a ? 'A' : 'B', e->fuzzy ?
			 " compared as tokens" : "", e->line);
	}
	if (e->hint) {
		buf_adds(b, " a part of <code>");
		html_escapes(b, spelling(e->hint->shown));
		buf_adds(b, "</code>");
	}
	buf_adds(b, "</summary>\n");
	if (b->len > PAGE_MAX)
		buf_adds(b, "<p class=\"dim\">left out: the page is large enough</p>");
	else if (e->mate && e->kind != K_BINARY)
		html_entity(b, e);
	else
		html_code(b, e);
	buf_adds(b, "</details>\n");
	buf_free(&remark);
}

static size_t html_list(struct buf *b, const struct tree *tree,
			const struct file *f, bool all)
{
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < f->nents; i++) {
		const struct entity *e = &tree->ents[f->first_ent + i];

		if (!is_difference(e) || (!all && e->mate))
			continue;
		html_item(b, e, tree->side == 'a');
		n++;
	}
	return n;
}

static void html_file(struct buf *page, const struct comparison *c,
		      const struct file *a, const struct file *f)
{
	struct buf b = { 0 };
	size_t n = 0;

	if (a)
		n += html_list(&b, &c->a, a, true);
	if (f && (!a || f->mate == a))
		n += html_list(&b, &c->b, f, false);
	if (!n)
		return;
	buf_adds(page, "<details><summary><code>");
	html_escapes(page, spelling(a ? a->path : f->path));
	if (a && f && a->path != f->path) {
		buf_adds(page, " &rarr; ");
		html_escapes(page, spelling(f->path));
	}
	buf_addf(page, "</code> %zu difference%s%s</summary>\n", n,
		 n == 1 ? "" : "s", !f ? ", only in A" : !a ? ", only in B" :
		 "");
	buf_add(page, b.s, b.len);
	buf_adds(page, "</details>\n");
	buf_free(&b);
}

void html_trees(const struct comparison *c, const struct output *out)
{
	struct buf b = { 0 };
	size_t i;

	html_head(&b, "treecmp: two trees");
	html_summary(&b, c);
	html_notes(&b);
	html_moves(&b, c, out->full);
	buf_adds(&b, "<h2>Differences by file</h2>\n");
	for (i = 0; i < c->a.count; i++)
		html_file(&b, c, &c->a.files[i], c->a.files[i].mate);
	for (i = 0; i < c->b.count; i++)
		if (!c->b.files[i].mate)
			html_file(&b, c, NULL, &c->b.files[i]);
	buf_adds(&b, "</body></html>\n");
	output_write(out->html, &b);
	printf("equivalence %.4f %%, %s: the page is %s\n", c->equivalence,
	       c->differs ? "the trees differ" : "the trees are the same",
	       out->html);
	buf_free(&b);
}
