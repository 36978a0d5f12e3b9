// SPDX-License-Identifier: GPL-2.0-only
/* The rules applied to tokens: renames, and wrappers that vanish. */

#include "entity.h"
#include "rules.h"

#define NEST_MAX	64

struct normer {
	char side;
	struct tokens *out;
};

static size_t call_end(const struct token *t, size_t i, size_t n)
{
	size_t k, depth = 0;

	for (k = i; k < n; k++) {
		if (t[k].id == T.lparen)
			depth++;
		else if (t[k].id == T.rparen && !--depth)
			return k;
	}
	return n;
}

/* Does a new statement or declaration begin after what is out already? */
static bool at_statement(const struct tokens *out)
{
	uint32_t last;

	if (!out->count)
		return true;
	last = out->t[out->count - 1].id;
	return last == T.semicolon || last == T.lbrace || last == T.rbrace ||
	       last == T.colon || last == T.eod;
}

/* "a" "b" is "ab". */
static bool join_strings(struct tokens *out, const struct token *t)
{
	struct token *last = out->count ? &out->t[out->count - 1] : NULL;
	struct buf b = { 0 };

	if (!last || !is_string(t->id) || !is_string(last->id))
		return false;
	buf_add(&b, spelling(last->id), spelling_len(last->id) - 1);
	buf_adds(&b, spelling(t->id) + 1);
	last->id = intern(b.s, b.len);
	if (t->off > last->off)
		last->len = t->off + t->len - last->off;
	buf_free(&b);
	return true;
}

static void put(struct normer *nm, const struct token *t)
{
	if (join_strings(nm->out, t))
		return;
	token_add(nm->out, rules_ident(nm->side, t->id), t);
}

static void norm_range(struct normer *nm, const struct token *t, size_t n,
		       int nest);

/* The arguments of a call that is expanded: where each begins and ends. */
struct arguments {
	size_t from[32], to[32];
	size_t count;
};

static void split_arguments(struct arguments *a, const struct rule *r,
			    const struct token *t, size_t open, size_t close)
{
	size_t k, depth = 0, from = open + 1;

	a->count = 0;
	for (k = open; k <= close; k++) {
		bool end = k == close ||
			   (t[k].id == T.comma && depth == 1 &&
			    a->count + 1 < r->nparams);

		if (t[k].id == T.lparen || t[k].id == T.lbracket ||
		    t[k].id == T.lbrace)
			depth++;
		else if (t[k].id == T.rparen || t[k].id == T.rbracket ||
			 t[k].id == T.rbrace)
			depth--;
		if (!end || a->count == ARRAY_SIZE(a->from))
			continue;
		a->from[a->count] = from;
		a->to[a->count++] = k;
		from = k + 1;
	}
}

static void expand(struct normer *nm, const struct rule *r,
		   const struct token *t, const struct arguments *a, int nest)
{
	static uint32_t va_args;
	size_t i, p;

	if (!va_args)
		va_args = interns("__VA_ARGS__");
	for (i = 0; i < r->body.count; i++) {
		uint32_t id = r->body.t[i].id;

		for (p = 0; p < r->nparams && p < a->count; p++) {
			if (r->params[p] == id ||
			    (id == va_args &&
			     !strcmp(spelling(r->params[p]), "...")))
				break;
		}
		if (p < r->nparams && p < a->count) {
			norm_range(nm, t + a->from[p], a->to[p] - a->from[p],
				   nest + 1);
		} else {
			struct token out = t[0];

			out.id = id;
			put(nm, &out);
		}
	}
}

/* A rule applies at @i; returns the index of the last token it used up. */
static size_t apply_rule(struct normer *nm, const struct rule *r,
			 const struct token *t, size_t i, size_t n, int nest)
{
	bool statement = at_statement(nm->out);
	size_t before = nm->out->count, last = i;
	struct arguments a = { 0 };
	bool call = i + 1 < n && t[i + 1].id == T.lparen;

	if (call && (r->verb != RULE_EXPAND || r->params)) {
		last = call_end(t, i + 1, n);
		if (last == n) {	/* does not end: leave it alone */
			put(nm, &t[i]);
			return i;
		}
	}
	if (r->verb == RULE_EXPAND) {
		if (r->params && !call) {
			put(nm, &t[i]);
			return i;
		}
		if (r->params)
			split_arguments(&a, r, t, i + 1, last);
		for (size_t k = 0; k < a.count; k++) {
			a.from[k] -= i;
			a.to[k] -= i;
		}
		expand(nm, r, t + i, &a, nest);
	} else if (r->verb == RULE_UNWRAP && call) {
		norm_range(nm, t + i + 2, last - i - 2, nest + 1);
	}
	/* Nothing is left of a statement: its semicolon goes as well. */
	if (statement && nm->out->count == before && last + 1 < n &&
	    t[last + 1].id == T.semicolon)
		last++;
	return last;
}

static void norm_range(struct normer *nm, const struct token *t, size_t n,
		       int nest)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct rule *r = NULL;
		bool defined = i >= 2 && t[i - 1].id == T.kw_define &&
			       t[i - 2].directive;

		if (i >= 2 && t[i - 1].id == T.kw_include &&
		    t[i - 2].directive) {
			uint32_t id = t[i].id;

			if (rules_include(nm->side, &id))
				token_add(nm->out, id, &t[i]);
			else
				nm->out->count -= 2;	/* # include */
			continue;
		}
		if (nest < NEST_MAX && !defined && is_ident(t[i].id))
			r = rules_macro(nm->side, t[i].id);
		if (r)
			i = apply_rule(nm, r, t, i, n, nest);
		else
			put(nm, &t[i]);
	}
}

/**
 * normalise - apply the rules to the tokens of a file
 * @side: 'a' or 'b'
 * @t: the tokens
 */
void normalise(char side, struct tokens *t)
{
	struct tokens out = { 0 };
	struct normer nm = { .side = side, .out = &out };

	norm_range(&nm, t->t, t->count, 0);
	tokens_free(t);
	*t = out;
}
