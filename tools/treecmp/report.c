// SPDX-License-Identifier: GPL-2.0-only
/* What the three kinds of report share. */

#include "report.h"
#include "rules.h"

/* Tokens with the spaces that they have in the source. */
void show_tokens(struct buf *b, const struct entity *e, uint32_t from,
		 uint32_t count, uint32_t most)
{
	uint32_t i;

	for (i = from; i < from + count && i < e->ntok; i++) {
		const struct token *t = &e->tok[i];

		if (i > from && t->off != t[-1].off + t[-1].len)
			buf_addc(b, ' ');
		if (i - from >= most) {
			buf_addf(b, "... %u more", from + count - i);
			return;
		}
		if (t->id == T.eod)
			buf_adds(b, "\xe2\x86\xb5");	/* end of line */
		else
			buf_utf8(b, spelling(t->id), spelling_len(t->id));
	}
}

/* How @a of tree A is related to its counterpart, in words. */
const char *rename_note(const struct entity *a, struct buf *b)
{
	b->len = 0;
	buf_adds(b, "");
	if (!a->mate)
		return b->s;
	if (a->renamed)
		buf_addf(b, ", called %s in B", spelling(a->mate->shown));
	if (a->moved)
		buf_addf(b, ", in B in %s", spelling(a->mate->file->path));
	if (a->reordered)
		buf_adds(b, ", in another order");
	if (a->fuzzy || a->mate->fuzzy)
		buf_adds(b, ", compared as tokens");
	return b->s;
}

json_object *json_utf8(const char *s)
{
	struct buf b = { 0 };
	json_object *o;

	buf_adds(&b, "");
	buf_utf8(&b, s, strlen(s));
	o = json_object_new_string_len(b.s, b.len);
	buf_free(&b);
	return o;
}

void put_str(json_object *o, const char *key, const char *s)
{
	json_object_object_add(o, key, json_utf8(s));
}

void put_int(json_object *o, const char *key, uint64_t n)
{
	json_object_object_add(o, key, json_object_new_int64(n));
}

const char *event_name(enum file_event_kind kind)
{
	static const char *const names[] = {
		[FILE_MOVED] = "moved", [FILE_SPLIT] = "split",
		[FILE_MERGED] = "merged",
	};

	return names[kind];
}

json_object *json_notes(void)
{
	json_object *o = json_object_new_array();
	size_t i;

	for (i = 0; i < notes_count(); i++)
		json_object_array_add(o, json_utf8(notes_get(i)));
	return o;
}

json_object *json_unused_rules(void)
{
	json_object *list = json_object_new_array();
	const struct rule *r;
	size_t i = 0;

	while ((r = rules_unused(&i))) {
		json_object *o = json_object_new_object();

		json_object_object_add(o, "line",
				       json_object_new_int(r->line));
		json_object_object_add(o, "rule", json_utf8(r->text));
		json_object_array_add(list, o);
	}
	return list;
}

void json_print(json_object *o, const struct output *out)
{
	const char *s = json_object_to_json_string_ext(o,
				JSON_C_TO_STRING_PRETTY |
				JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!s)
		die("out of memory for the report");
	fputs(s, out->f);
	fputc('\n', out->f);
	json_object_put(o);
}

void text_notes(const struct output *out)
{
	const struct rule *r;
	size_t i = 0;

	while ((r = rules_unused(&i)))
		fprintf(out->f, "rule without effect: %s:%u: %s\n",
			rules_file(), r->line, r->text);
	for (i = 0; i < notes_count(); i++)
		fprintf(out->f, "note: %s\n", notes_get(i));
}

void report_trees(const struct comparison *c, const struct output *out)
{
	if (c->total.fuzzy)
		note("%zu of %zu pieces the parser could not digest: their bounds are guessed from braces, they are compared as tokens",
		     c->total.fuzzy, c->total.a + c->total.b);
	if (c->total.odd)
		note("%zu of %zu pieces hold something that is no C to the parser (macros that take types, for example): that is compared as tokens",
		     c->total.odd, c->total.a + c->total.b);
	if (out->json)
		json_trees(c, out);
	else if (out->html)
		html_trees(c, out);
	else
		text_trees(c, out);
}
