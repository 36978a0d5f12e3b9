// SPDX-License-Identifier: GPL-2.0-only
/* The page of patchset status --html: patches down, kernels across. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "verbs.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	"<title>Patches and kernels</title>\n<style>\n"
	"body{font:15px/1.45 system-ui,sans-serif;margin:2em;color:#222;background:#fff}\n"
	"table{border-collapse:collapse}\n"
	"th,td{border:1px solid #bbb;padding:.35em .7em;text-align:left;vertical-align:top}\n"
	"thead th{background:#eee}\ntbody th{font-weight:normal;max-width:28em}\n"
	"code{font-size:.85em;color:#555}\n"
	".s0{background:#cfe8cf}.s1{background:#e6f4e6}.s2{background:#fff0c2}"
	".s3{background:#d5e4f7}.s4{background:#ffe0c2}.s5{background:#f6cccc}\n"
	"td.none{color:#999}details pre{max-width:60em;overflow:auto;background:#f6f6f6;padding:.6em}\n"
	"ul{margin:.2em 0;padding-left:1.2em;font-size:.85em}\n"
	"</style></head><body>\n";

static const struct row *find_row(const struct column *c, const char *id)
{
	for (size_t i = 0; i < c->s->n; i++)
		if (!strcmp(c->row[i].p->id, id))
			return &c->row[i];
	return NULL;
}

static void cell(struct buf *b, const struct row *r)
{
	struct strv text = {};

	buf_fmt(b, "<td class=\"s%d\"><b>%s</b>", r->v.st, state_names[r->v.st]);
	if (r->p->version > 1)
		buf_fmt(b, " <code>v%u</code>", r->p->version);
	if (r->v.commit) {
		buf_str(b, "<br><code>");
		buf_html(b, r->v.commit);
		buf_str(b, "</code>");
	}
	verdict_details(&r->v, &text);
	if (text.n)
		buf_str(b, "<ul>");
	for (size_t i = 0; i < text.n; i++) {
		buf_str(b, "<li>");
		buf_html(b, text.v[i]);
		buf_str(b, "</li>");
	}
	if (text.n)
		buf_str(b, "</ul>");
	buf_str(b, "</td>");
	strv_free(&text);
}

static void summary(struct buf *b, const struct column *c, size_t n)
{
	size_t count[ST_CONFLICT + 1] = {}, all = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < c[i].s->n; k++, all++)
			count[c[i].row[k].v.st]++;
	buf_fmt(b, "<p>%zu times a patch met a tree: ", all);
	for (int s = 0; s <= ST_CONFLICT; s++)
		buf_fmt(b, "%s<span class=\"s%d\">&nbsp;%zu %s&nbsp;</span>",
			s ? ", " : "", s, count[s], state_names[s]);
	buf_str(b, "</p>\n");
}

/* One line of the table per patch; several sets for a tree share its column. */
static void table(struct buf *b, const struct column *c, size_t n,
		  const struct strv *ids, const struct strv *trees)
{
	buf_str(b, "<table><thead><tr><th>patch</th>");
	for (size_t t = 0; t < trees->n; t++) {
		const struct column *k = c;

		while (strcmp(k->t->name, trees->v[t]))
			k++;
		buf_str(b, "<th>");
		buf_html(b, k->t->kernel);
		buf_str(b, "<br><code>");
		buf_html(b, k->t->name);
		buf_str(b, "</code></th>");
	}
	buf_str(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < ids->n; i++) {
		const struct row *r = NULL;

		for (size_t k = 0; !r && k < n; k++)
			r = find_row(&c[k], ids->v[i]);
		buf_str(b, "<tr><th>");
		buf_html(b, r->p->title);
		buf_str(b, "<br><code>");
		buf_html(b, r->p->id);
		buf_str(b, "</code></th>");
		for (size_t t = 0; t < trees->n; t++) {
			r = NULL;
			for (size_t k = 0; !r && k < n; k++)
				if (!strcmp(c[k].t->name, trees->v[t]))
					r = find_row(&c[k], ids->v[i]);
			if (r)
				cell(b, r);
			else
				buf_str(b, "<td class=\"none\">not in its set</td>");
		}
		buf_str(b, "</tr>\n");
	}
	buf_str(b, "</tbody></table>\n<h2>The patches</h2>\n");
}

static void texts(struct buf *b, const struct column *c, size_t n,
		  const struct strv *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		const struct row *r = NULL;

		for (size_t k = 0; !r && k < n; k++)
			r = find_row(&c[k], ids->v[i]);
		buf_str(b, "<details><summary>");
		buf_html(b, r->p->title);
		buf_fmt(b, " <code>%s, version %u, origin: ", r->p->id, r->p->version);
		buf_html(b, r->p->origin ? r->p->origin : "own");
		buf_str(b, "</code></summary><pre>");
		buf_html(b, r->p->body);
		buf_html(b, r->p->diff.s);
		buf_str(b, "</pre></details>\n");
	}
}

void matrix_html(const char *path, const struct column *c, size_t n)
{
	struct strv ids = {}, trees = {};
	struct buf b = {};
	int rc;

	for (size_t i = 0; i < n; i++) {
		if (!strv_has(&trees, c[i].t->name))
			strv_add(&trees, c[i].t->name);
		for (size_t k = 0; k < c[i].s->n; k++)
			if (!strv_has(&ids, c[i].s->p[k]->id))
				strv_add(&ids, c[i].s->p[k]->id);
	}
	buf_str(&b, head);
	buf_fmt(&b, "<h1>%zu patches, %zu kernels</h1>\n", ids.n, trees.n);
	summary(&b, c, n);
	table(&b, c, n, &ids, &trees);
	texts(&b, c, n, &ids);
	buf_str(&b, "</body></html>\n");
	rc = write_file(path, b.s, b.len, 0644);
	if (rc)
		die("cannot write %s: %s", path, strerror(-rc));
	buf_free(&b);
	strv_free(&ids);
	strv_free(&trees);
}
