// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of the HTML page: escaping, head, notes, two sources side by side. */

#include "report.h"
#include "rules.h"

#define CODE_MAX	400	/* lines of one entity on the page */
#define CONTEXT		4	/* unchanged lines around a change */

static const char style[] =
"body{font:14px/1.45 system-ui,sans-serif;margin:1.5em auto;max-width:110em;"
"padding:0 1em;color:#1b1b1b;background:#fff}"
"h1{font-size:1.4em}h2{font-size:1.15em;margin-top:1.6em}"
"table.sum{border-collapse:collapse}"
"table.sum td,table.sum th{padding:.15em .7em;border-bottom:1px solid #ddd;"
"text-align:right}"
"table.sum td:first-child,table.sum th:first-child{text-align:left}"
".big{font-size:1.5em;font-weight:600}.same{color:#17692e}.diff{color:#a11}"
"details{margin:.25em 0}details details{margin-left:1.2em}"
"summary{cursor:pointer}summary code{font-weight:600}"
"table.side{border-collapse:collapse;width:100%;table-layout:fixed;"
"font:12px/1.4 ui-monospace,monospace;margin:.4em 0 1em}"
"table.side td{vertical-align:top;white-space:pre-wrap;"
"overflow-wrap:anywhere;padding:0 .5em;tab-size:8}"
"table.side td.n{width:3.2em;color:#888;text-align:right;user-select:none}"
"table.side tr.c td.s{background:#fff8dc}"
"del{background:#ffc9c9;text-decoration:none}"
"ins{background:#b9f0c0;text-decoration:none}"
"td.gap{color:#888;text-align:center;background:#f4f4f4}"
"pre{font:12px/1.4 ui-monospace,monospace;background:#f7f7f7;padding:.5em;"
"overflow-x:auto;tab-size:8}.dim{color:#666}"
".tag{border-radius:.3em;padding:0 .4em;font-size:.85em;background:#eee}"
".tag.changed,.tag.partly{background:#ffe9a8}"
".tag.only,.tag.no{background:#ffc9c9}"
".tag.reverted{background:#e3d1ff}.tag.full{background:#b9f0c0}"
"@media (prefers-color-scheme:dark){body{background:#181818;color:#ddd}"
"pre{background:#222}del{background:#6b2020}ins{background:#1d5a2a}"
"table.side tr.c td.s{background:#2e2a18}td.gap{background:#222}"
".tag{background:#444}.tag.changed,.tag.partly{background:#6b5510}"
".tag.only,.tag.no{background:#6b2020}.tag.full{background:#1d5a2a}"
".tag.reverted{background:#4a3370}.same{color:#6c6}.diff{color:#f77}}";

void html_escape(struct buf *b, const char *s, size_t n)
{
	struct buf clean = { 0 };
	size_t i;

	buf_adds(&clean, "");
	buf_utf8(&clean, s, n);
	for (i = 0; i < clean.len; i++) {
		char c = clean.s[i];

		if (c == '<')
			buf_adds(b, "&lt;");
		else if (c == '>')
			buf_adds(b, "&gt;");
		else if (c == '&')
			buf_adds(b, "&amp;");
		else if (c == '"')
			buf_adds(b, "&quot;");
		else if ((unsigned char)c >= ' ' || c == '\n' || c == '\t')
			buf_addc(b, c);
	}
	buf_free(&clean);
}

void html_escapes(struct buf *b, const char *s)
{
	html_escape(b, s, strlen(s));
}

void html_head(struct buf *b, const char *title)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
		 "<meta charset=\"utf-8\"><title>");
	html_escapes(b, title);
	buf_addf(b, "</title><style>%s</style></head><body>\n<h1>", style);
	html_escapes(b, title);
	buf_adds(b, "</h1>\n");
}

void html_notes(struct buf *b)
{
	const struct rule *r;
	bool any = false;
	size_t i = 0;

	while ((r = rules_unused(&i))) {
		if (!any)
			buf_adds(b, "<h2>Rules without effect</h2><ul>\n");
		any = true;
		buf_adds(b, "<li><code>");
		html_escapes(b, rules_file());
		buf_addf(b, ":%u: ", r->line);
		html_escapes(b, r->text);
		buf_adds(b, "</code></li>\n");
	}
	if (any)
		buf_adds(b, "</ul>\n");
	if (!notes_count())
		return;
	buf_adds(b, "<h2>Notes</h2><ul>\n");
	for (i = 0; i < notes_count(); i++) {
		buf_adds(b, "<li>");
		html_escapes(b, notes_get(i));
		buf_adds(b, "</li>\n");
	}
	buf_adds(b, "</ul>\n");
}

/* One side of a pair: its text line by line, changed tokens marked. */
struct side {
	const struct entity *e;
	bool *changed;		/* by token */
	uint32_t first;		/* line */
	uint32_t nlines;
	uint32_t *offs;		/* of the lines, and of the end */
	bool *touched;		/* by line */
	const char *tag;
};

static void side_init(struct side *s, const struct entity *e, const char *tag)
{
	const char *data = e->file->data;
	uint32_t start = e->start, i;

	s->e = e;
	s->tag = tag;
	s->first = e->line;
	while (start && data[start - 1] != '\n')
		start--;
	s->nlines = 1;
	for (i = start; i < e->end; i++)
		s->nlines += data[i] == '\n';
	s->offs = xcalloc(s->nlines + 1, sizeof(*s->offs));
	s->touched = xcalloc(s->nlines + 1, sizeof(*s->touched));
	s->changed = xcalloc(e->ntok + 1, sizeof(*s->changed));
	s->offs[0] = start;
	s->nlines = 1;
	for (i = start; i < e->end; i++)
		if (data[i] == '\n')
			s->offs[s->nlines++] = i + 1;
	s->offs[s->nlines] = e->end + 1;
}

static void side_mark(struct side *s, uint32_t from, uint32_t n)
{
	uint32_t i, line;

	for (i = from; i < from + n; i++) {
		s->changed[i] = true;
		line = s->e->tok[i].line;
		if (i >= s->e->nguard && line >= s->first &&
		    line - s->first < s->nlines)
			s->touched[line - s->first] = true;
	}
}

static void side_free(struct side *s)
{
	free(s->offs);
	free(s->touched);
	free(s->changed);
}

/* Line @line of the entity, from 0, in two cells. */
static void side_cell(struct buf *b, const struct side *s, uint32_t line,
		      uint32_t *tok)
{
	const struct entity *e = s->e;
	const char *data = e->file->data;
	uint32_t p, end;

	if (line >= s->nlines) {
		buf_adds(b, "<td class=\"n\"></td><td></td>");
		return;
	}
	buf_addf(b, "<td class=\"n\">%u</td><td class=\"s\">",
		 s->first + line);
	p = s->offs[line];
	end = s->offs[line + 1] - 1;
	while (*tok < e->ntok && e->tok[*tok].off < end) {
		const struct token *t = &e->tok[*tok];
		uint32_t to = t->off + t->len;

		if (*tok >= e->nguard && s->changed[*tok] && t->len) {
			if (t->off > p)
				html_escape(b, data + p, t->off - p);
			p = t->off > p ? t->off : p;
			to = to > end ? end : to;
			buf_addf(b, "<%s>", s->tag);
			if (to > p)
				html_escape(b, data + p, to - p);
			buf_addf(b, "</%s>", s->tag);
			p = to > p ? to : p;
			if (t->off + t->len > end)
				break;	/* goes on in the next line */
		}
		++*tok;
	}
	if (end > p)
		html_escape(b, data + p, end - p);
	buf_adds(b, "</td>");
}

struct rows {
	struct row {
		uint32_t a, b;	/* lines, UINT32_MAX for none */
	} *r;
	size_t count;
	size_t room;
};

static void add_row(struct rows *r, uint32_t a, uint32_t b)
{
	GROW(r->r, r->count, r->room);
	r->r[r->count++] = (struct row){ a, b };
}

/* Lines up to @x and @y that have no counterpart, next to each other. */
static void fill_rows(struct rows *r, uint32_t *a, uint32_t x, uint32_t *b,
		      uint32_t y)
{
	while (*a < x || *b < y) {
		uint32_t la = *a < x ? (*a)++ : UINT32_MAX;

		add_row(r, la, *b < y ? (*b)++ : UINT32_MAX);
	}
}

/* Lines that share tokens are in the same row. */
static void align(struct rows *r, const struct side *sa, const struct side *sb)
{
	const struct entity *a = sa->e, *b = sb->e;
	uint32_t i = a->nguard, k = b->nguard, la = 0, lb = 0, x, y;

	while (i < a->ntok && k < b->ntok) {
		if (sa->changed[i]) {
			i++;
			continue;
		}
		if (sb->changed[k]) {
			k++;
			continue;
		}
		x = a->tok[i++].line - sa->first;
		y = b->tok[k++].line - sb->first;
		if (x < la || y < lb || x >= sa->nlines || y >= sb->nlines)
			continue;
		fill_rows(r, &la, x, &lb, y);
		add_row(r, la++, lb++);
	}
	fill_rows(r, &la, sa->nlines, &lb, sb->nlines);
}

static bool row_changed(const struct row *r, const struct side *a,
			const struct side *b)
{
	return r->a == UINT32_MAX || r->b == UINT32_MAX ||
	       a->touched[r->a] || b->touched[r->b];
}

static void html_rows(struct buf *b, const struct rows *r,
		      const struct side *sa, const struct side *sb)
{
	uint32_t ta = sa->e->nguard, tb = sb->e->nguard;
	size_t i, k, hidden = 0;

	for (i = 0; i < r->count; i++) {
		bool near = r->count < 30;

		for (k = i > CONTEXT ? i - CONTEXT : 0;
		     !near && k < r->count && k <= i + CONTEXT; k++)
			near = row_changed(&r->r[k], sa, sb);
		if (!near) {
			hidden++;
			continue;
		}
		if (hidden)
			buf_addf(b, "<tr><td class=\"gap\" colspan=\"4\">%zu lines the same</td></tr>\n",
				 hidden);
		hidden = 0;
		buf_addf(b, "<tr%s>", row_changed(&r->r[i], sa, sb) ?
			 " class=\"c\"" : "");
		side_cell(b, sa, r->r[i].a, &ta);
		side_cell(b, sb, r->r[i].b, &tb);
		buf_adds(b, "</tr>\n");
	}
	if (hidden)
		buf_addf(b, "<tr><td class=\"gap\" colspan=\"4\">%zu lines the same</td></tr>\n",
			 hidden);
}

static void html_guard(struct buf *b, const struct entity *e, const char *side)
{
	if (!e->nguard)
		return;
	buf_addf(b, "<div class=\"dim\">in %s inside <code>", side);
	for (uint32_t i = 0; i < e->nguard; i++) {
		html_escapes(b, e->tok[i].id == T.eod ? ";" :
			     spelling(e->tok[i].id));
		buf_addc(b, ' ');
	}
	buf_adds(b, "</code></div>\n");
}

/**
 * html_entity - two versions of something, side by side
 * @b: the page
 * @a: the one in tree A, which has a counterpart
 */
void html_entity(struct buf *b, const struct entity *a)
{
	struct side sa = { 0 }, sb = { 0 };
	struct rows rows = { 0 };
	size_t i;

	side_init(&sa, a, "del");
	side_init(&sb, a->mate, "ins");
	for (i = 0; a->diff && i < a->diff->count; i++) {
		side_mark(&sa, a->diff->h[i].a, a->diff->h[i].na);
		side_mark(&sb, a->diff->h[i].b, a->diff->h[i].nb);
	}
	if (a->nguard || a->mate->nguard) {
		html_guard(b, a, "A");
		html_guard(b, a->mate, "B");
	}
	align(&rows, &sa, &sb);
	buf_adds(b, "<table class=\"side\"><colgroup><col style=\"width:3.2em\"><col><col style=\"width:3.2em\"><col></colgroup>\n");
	html_rows(b, &rows, &sa, &sb);
	buf_adds(b, "</table>\n");
	side_free(&sa);
	side_free(&sb);
	free(rows.r);
}

/* The source of something that only one tree has. */
void html_code(struct buf *b, const struct entity *e)
{
	const char *p = e->file->data + e->start;
	const char *end = e->file->data + e->end, *stop = p;
	int lines;

	if (e->kind == K_BINARY)
		return;
	for (lines = 0; stop < end && lines < CODE_MAX; lines++) {
		stop = memchr(stop, '\n', end - stop);
		stop = stop ? stop + 1 : end;
	}
	buf_adds(b, "<pre>");
	html_escape(b, p, stop - p);
	if (stop < end)
		buf_addf(b, "\n... and %zu more bytes", (size_t)(end - stop));
	buf_adds(b, "</pre>\n");
}
