// SPDX-License-Identifier: GPL-2.0-only
/* The comparison of two histories, as text and as JSON. */

#include "patchreport.h"
#include "rules.h"

#define HEX	12	/* digits shown of a commit's number */

const char *short_oid(const git_oid *oid)
{
	static char hex[4][HEX + 1];
	static unsigned int i;
	char *s = hex[i++ % ARRAY_SIZE(hex)];

	return git_oid_tostr(s, HEX + 1, oid);
}

uint32_t hunk_missing(const struct history *h, const struct phunk *k)
{
	uint32_t i, n = 0;

	for (i = 0; i < k->nlines; i++)
		n += !h->l[k->first + i].in;
	return n;
}

/* Is it worth a reader's time? */
bool patch_listed(const struct commit *c, const struct output *out)
{
	return out->full || c->status == P_PARTLY || c->status == P_NO ||
	       c->status == P_REVERTED;
}

static void text_line(const struct pline *l, const struct output *out)
{
	struct buf b = { 0 };

	buf_utf8(&b, spelling(l->shown), spelling_len(l->shown));
	fprintf(out->f, "        %c%s\n", l->sign, b.s);
	buf_free(&b);
}

static void text_hunks(const struct history *h, const struct commit *c,
		       const struct output *out)
{
	size_t k, i;

	for (k = 0; k < c->nhunks; k++) {
		const struct phunk *p = &c->hunks[k];
		uint32_t missing = hunk_missing(h, p);

		if (!missing)
			continue;
		fprintf(out->f, "    missing: %s, hunk %zu of %zu, line %u: ",
			spelling(p->path), k + 1, c->nhunks, p->line);
		if (missing == p->nlines)
			fprintf(out->f, "all of it\n");
		else
			fprintf(out->f, "%u of %u lines\n", missing,
				p->nlines);
		for (i = 0; i < p->nlines; i++)
			if (!h->l[p->first + i].in)
				text_line(&h->l[p->first + i], out);
	}
}

static void text_extra(const struct history *to, const struct commit *c,
		       const struct output *out)
{
	uint32_t i, k;

	for (i = 0; i < c->mate->nhunks; i++) {
		const struct phunk *p = &c->mate->hunks[i];
		bool told = false;

		for (k = 0; k < p->nlines; k++) {
			if (to->l[p->first + k].in)
				continue;
			if (!told)
				fprintf(out->f, "    extra: %s, line %u\n",
					spelling(p->path), p->line);
			told = true;
			text_line(&to->l[p->first + k], out);
		}
	}
}

static void text_patch(const struct history *from, const struct history *to,
		       const struct commit *c, const struct output *out)
{
	struct buf b = { 0 };

	buf_utf8(&b, c->subject, strlen(c->subject));
	fprintf(out->f, "%-8s  %s  %s\n", status_name(c->status),
		short_oid(&c->oid), b.s ? b.s : "");
	buf_free(&b);
	if (c->mate)
		fprintf(out->f, "    %c has it as %s (found by %s)%s\n",
			to->side == 'a' ? 'A' : 'B', short_oid(&c->mate->oid),
			found_by_name(c->by), c->status == P_PARTLY ?
			", but not the same" : "");
	if (c->status == P_REVERTED)
		fprintf(out->f, "    reverted there by %s\n",
			short_oid(&c->mate->reverted_by->oid));
	if (c->status == P_UNDONE)
		fprintf(out->f, "    %s %s\n", c->reverted_by ?
			"undone by" : "undoes", short_oid(c->reverted_by ?
			&c->reverted_by->oid : &c->reverts->oid));
	if (c->status != P_PARTLY)
		return;
	fprintf(out->f, "    %u of %u lines are missing, %u are extra\n",
		c->missing, c->nlines, c->extra);
	text_hunks(from, c, out);
	if (c->mate && c->extra)
		text_extra(to, c, out);
}

static void text_direction(const struct history *from,
			   const struct history *to, const struct output *out)
{
	char f = from->side == 'a' ? 'A' : 'B', t = to->side == 'a' ? 'A' : 'B';
	size_t i;

	fprintf(out->f, "\nPatches of %c in %c: %zu fully, %zu partly, %zu not, %zu reverted later",
		f, t, from->counts[P_FULL], from->counts[P_PARTLY],
		from->counts[P_NO], from->counts[P_REVERTED]);
	if (from->counts[P_UNDONE])
		fprintf(out->f, "; %zu undone in %c itself",
			from->counts[P_UNDONE], f);
	if (from->counts[P_EMPTY])
		fprintf(out->f, "; %zu without content",
			from->counts[P_EMPTY]);
	fputs("\n", out->f);
	for (i = 0; i < from->count; i++)
		if (patch_listed(&from->c[i], out))
			text_patch(from, to, &from->c[i], out);
}

const char *histories_verdict(const struct histories *hs)
{
	if (hs->a.unread || hs->b.unread)
		return hs->differs ? "incomplete, and the histories differ" :
				     "incomplete: no difference in what could be read";
	return hs->differs ? "the histories differ" :
			     "the histories hold the same patches";
}

static void text_patches(const struct histories *hs, const struct output *out)
{
	fprintf(out->f, "A: %s (%zu patches)\nB: %s (%zu patches)\n",
		hs->a.name, hs->a.count, hs->b.name, hs->b.count);
	if (hs->shared)
		fprintf(out->f, "%zu commits are the same in both\n",
			hs->shared);
	fprintf(out->f, "%s\n", histories_verdict(hs));
	text_notes(out);
	text_direction(&hs->a, &hs->b, out);
	text_direction(&hs->b, &hs->a, out);
}

static void put_oid(json_object *o, const char *key, const git_oid *oid)
{
	char hex[GIT_OID_HEXSZ + 1];

	put_str(o, key, git_oid_tostr(hex, sizeof(hex), oid));
}

static void json_line(json_object *list, const struct pline *l)
{
	char *s = xasprintf("%c%s", l->sign, spelling(l->shown));

	json_object_array_add(list, json_utf8(s));
	free(s);
}

static json_object *json_hunk(const struct history *h,
			      const struct phunk *p, size_t number)
{
	json_object *o = json_object_new_object();
	json_object *missing = json_object_new_array();
	uint32_t i;

	put_str(o, "file", spelling(p->path));
	put_int(o, "hunk", number);
	put_int(o, "line", p->line);
	put_int(o, "lines", p->nlines);
	for (i = 0; i < p->nlines; i++)
		if (!h->l[p->first + i].in)
			json_line(missing, &h->l[p->first + i]);
	json_object_object_add(o, "missing", missing);
	return o;
}

static json_object *json_extra(const struct history *to,
			       const struct commit *c)
{
	json_object *list = json_object_new_array();
	uint32_t i;

	for (i = 0; i < c->mate->nlines; i++)
		if (!to->l[c->mate->first + i].in)
			json_line(list, &to->l[c->mate->first + i]);
	return list;
}

static json_object *json_patch(const struct history *from,
			       const struct history *to,
			       const struct commit *c)
{
	json_object *o = json_object_new_object(), *hunks;
	size_t k;

	put_oid(o, "commit", &c->oid);
	put_str(o, "subject", c->subject);
	put_str(o, "status", status_name(c->status));
	put_int(o, "hunks", c->nhunks);
	put_int(o, "lines", c->nlines);
	if (c->mate)
		put_oid(o, "counterpart", &c->mate->oid);
	if (c->by)
		put_str(o, "found_by", found_by_name(c->by));
	if (c->status == P_REVERTED)
		put_oid(o, "reverted_there_by", &c->mate->reverted_by->oid);
	if (c->reverted_by)
		put_oid(o, "undone_by", &c->reverted_by->oid);
	if (c->reverts)
		put_oid(o, "undoes", &c->reverts->oid);
	if (c->status != P_PARTLY)
		return o;
	put_int(o, "lines_missing", c->missing);
	put_int(o, "lines_extra", c->extra);
	hunks = json_object_new_array();
	for (k = 0; k < c->nhunks; k++)
		if (hunk_missing(from, &c->hunks[k]))
			json_object_array_add(hunks,
				json_hunk(from, &c->hunks[k], k + 1));
	json_object_object_add(o, "hunks_missing", hunks);
	if (c->mate && c->extra)
		json_object_object_add(o, "extra", json_extra(to, c));
	return o;
}

static json_object *json_direction(const struct history *from,
				   const struct history *to)
{
	json_object *o = json_object_new_object();
	json_object *list = json_object_new_array();
	json_object *counts = json_object_new_object();
	size_t i;

	put_str(o, "name", from->name);
	for (i = 0; i < P_STATUS_COUNT; i++)
		put_int(counts, status_name(i), from->counts[i]);
	for (i = 0; i < from->count; i++)
		json_object_array_add(list, json_patch(from, to,
						       &from->c[i]));
	json_object_object_add(o, "counts", counts);
	json_object_object_add(o, "patches", list);
	return o;
}

static void json_patches(const struct histories *hs, const struct output *out)
{
	json_object *o = json_object_new_object();

	put_str(o, "report", "treecmp patches 1");
	json_object_object_add(o, "differs",
			       json_object_new_boolean(hs->differs));
	put_int(o, "unread", hs->a.unread + hs->b.unread);
	put_int(o, "shared_commits", hs->shared);
	json_object_object_add(o, "unused_rules", json_unused_rules());
	json_object_object_add(o, "notes", json_notes());
	json_object_object_add(o, "a_in_b", json_direction(&hs->a, &hs->b));
	json_object_object_add(o, "b_in_a", json_direction(&hs->b, &hs->a));
	json_print(o, out);
}

void report_patches(const struct histories *hs, const struct output *out)
{
	if (out->json)
		json_patches(hs, out);
	else if (out->html)
		html_patches(hs, out);
	else
		text_patches(hs, out);
}
