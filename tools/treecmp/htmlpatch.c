// SPDX-License-Identifier: GPL-2.0-only
/* The comparison of two histories as one HTML page. */

#include "patchreport.h"

#define LINES_MAX	600	/* of one patch on the page */

static void html_oid(struct buf *b, const git_oid *oid)
{
	buf_addf(b, "<code>%s</code>", short_oid(oid));
}

static void html_sums(struct buf *b, const struct history *h)
{
	size_t i;

	buf_addf(b, "<tr><td>patches of %c <code>",
		 h->side == 'a' ? 'A' : 'B');
	html_escapes(b, h->name);
	buf_adds(b, "</code></td>");
	for (i = 0; i < P_STATUS_COUNT; i++)
		buf_addf(b, "<td>%zu</td>", h->counts[i]);
	buf_addf(b, "<td>%zu</td></tr>\n", h->count);
}

/* One cell: a patch, its marked lines in @tag. */
static void html_patch_cell(struct buf *b, const struct history *h,
			    const struct commit *c, const char *tag)
{
	uint32_t k, i, shown = 0;

	buf_adds(b, "<td class=\"s\">");
	for (k = 0; k < c->nhunks; k++) {
		const struct phunk *p = &c->hunks[k];

		buf_adds(b, "<span class=\"dim\">");
		html_escapes(b, spelling(p->path));
		buf_addf(b, " line %u</span>\n", p->line);
		for (i = 0; i < p->nlines && shown < LINES_MAX; i++) {
			const struct pline *l = &h->l[p->first + i];

			if (!l->in)
				buf_addf(b, "<%s>", tag);
			buf_addc(b, l->sign);
			html_escapes(b, spelling(l->shown));
			if (!l->in)
				buf_addf(b, "</%s>", tag);
			buf_addc(b, '\n');
			shown++;
		}
		if (shown == LINES_MAX) {
			buf_adds(b, "... and more");
			break;
		}
	}
	buf_adds(b, "</td>");
}

static const char *const tag_class[P_STATUS_COUNT] = {
	[P_FULL] = "full", [P_PARTLY] = "partly", [P_NO] = "no",
	[P_REVERTED] = "reverted", [P_UNDONE] = "", [P_EMPTY] = "",
};

static void html_patch(struct buf *b, const struct history *from,
		       const struct history *to, const struct commit *c)
{
	buf_addf(b, "<details><summary><span class=\"tag %s\">%s</span> ",
		 tag_class[c->status], status_name(c->status));
	html_oid(b, &c->oid);
	buf_addc(b, ' ');
	html_escapes(b, c->subject);
	if (c->status == P_PARTLY)
		buf_addf(b, " <span class=\"dim\">%u of %u lines missing, %u extra</span>",
			 c->missing, c->nlines, c->extra);
	buf_adds(b, "</summary>\n<p>");
	if (c->mate) {
		buf_addf(b, "%c has it as ", to->side == 'a' ? 'A' : 'B');
		html_oid(b, &c->mate->oid);
		buf_addf(b, " (found by %s). ", found_by_name(c->by));
	}
	if (c->status == P_REVERTED) {
		buf_adds(b, "Reverted there by ");
		html_oid(b, &c->mate->reverted_by->oid);
	}
	if (c->reverted_by) {
		buf_adds(b, "Undone by ");
		html_oid(b, &c->reverted_by->oid);
	}
	buf_adds(b, "</p><table class=\"side\"><tr>");
	html_patch_cell(b, from, c, "del");
	if (c->mate)
		html_patch_cell(b, to, c->mate, "ins");
	else
		buf_adds(b, "<td class=\"dim\">no counterpart</td>");
	buf_adds(b, "</tr></table></details>\n");
}

static void html_direction(struct buf *b, const struct history *from,
			   const struct history *to, const struct output *out)
{
	size_t i;

	buf_addf(b, "<h2>Patches of %c in %c</h2>\n",
		 from->side == 'a' ? 'A' : 'B', to->side == 'a' ? 'A' : 'B');
	for (i = 0; i < from->count; i++)
		if (patch_listed(&from->c[i], out))
			html_patch(b, from, to, &from->c[i]);
}

void html_patches(const struct histories *hs, const struct output *out)
{
	struct buf b = { 0 };
	size_t i;

	html_head(&b, "treecmp: two histories");
	buf_addf(&b, "<p class=\"big %s\">%s</p>\n",
		 hs->differs || hs->a.unread || hs->b.unread ? "diff" : "same",
		 histories_verdict(hs));
	buf_adds(&b, "<table class=\"sum\"><tr><th></th>");
	for (i = 0; i < P_STATUS_COUNT; i++)
		buf_addf(&b, "<th>%s</th>", status_name(i));
	buf_adds(&b, "<th>all</th></tr>\n");
	html_sums(&b, &hs->a);
	html_sums(&b, &hs->b);
	buf_adds(&b, "</table>\n");
	if (hs->shared)
		buf_addf(&b, "<p>%zu commits are the same in both.</p>\n",
			 hs->shared);
	html_notes(&b);
	html_direction(&b, &hs->a, &hs->b, out);
	html_direction(&b, &hs->b, &hs->a, out);
	buf_adds(&b, "</body></html>\n");
	output_write(out->html, &b);
	printf("%s: the page is %s\n", histories_verdict(hs), out->html);
	buf_free(&b);
}
