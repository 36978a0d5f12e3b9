// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditional directives.
 *
 * What the rules say about macros decides arms, as unifdef would; constants
 * do as well.  All other conditionals stay in the token stream.  The parser
 * gets to see none: inside braces only the first arm, so that braces stay
 * balanced.
 */

#include "cond.h"

struct value {
	bool known;
	long v;
};

struct expr {
	char side;
	const struct token *t;
	size_t i, n;
	int depth;
};

#define EXPR_DEPTH	200

static struct value ternary(struct expr *e);

static uint32_t peek(const struct expr *e)
{
	return e->i < e->n ? e->t[e->i].id : 0;
}

static bool accept(struct expr *e, uint32_t id)
{
	if (peek(e) != id || !id)
		return false;
	e->i++;
	return true;
}

static struct value known(long v)
{
	return (struct value){ true, v };
}

static void skip_parens(struct expr *e)
{
	int depth = 0;

	do {
		if (peek(e) == T.lparen)
			depth++;
		else if (peek(e) == T.rparen)
			depth--;
		e->i++;
	} while (depth > 0 && e->i < e->n);
}

static struct value symbol(struct expr *e, uint32_t id, bool defined)
{
	long v = 0;

	switch (rules_defined(e->side, id, &v)) {
	case KNOWN_TRUE:
		return known(defined ? 1 : v);
	case KNOWN_FALSE:
		return known(0);
	default:
		return (struct value){ false, 0 };
	}
}

static struct value call(struct expr *e, uint32_t id)
{
	const char *name = spelling(id);
	struct value v = { false, 0 };

	if (id == T.kw_defined) {
		bool paren = accept(e, T.lparen);

		v = symbol(e, peek(e), true);
		e->i++;
		if (paren)
			accept(e, T.rparen);
		return v;
	}
	if (peek(e) != T.lparen)
		return symbol(e, id, false);
	if (!strcmp(name, "IS_ENABLED") || !strcmp(name, "IS_BUILTIN") ||
	    !strcmp(name, "IS_REACHABLE")) {
		if (e->i + 2 < e->n && e->t[e->i + 2].id == T.rparen)
			v = symbol(e, e->t[e->i + 1].id, true);
	}
	skip_parens(e);
	return v;
}

static struct value primary(struct expr *e)
{
	uint32_t id = peek(e);
	const char *s = spelling(id);
	struct value v = { false, 0 };
	char *end;

	if (++e->depth > EXPR_DEPTH) {
		e->i = e->n;	/* nonsense: unknown */
	} else if (accept(e, T.not)) {
		v = primary(e);
		v.v = !v.v;
	} else if (id && !strcmp(s, "-")) {
		e->i++;
		v = primary(e);
		v.v = (long)-(unsigned long)v.v;
	} else if (id && !strcmp(s, "~")) {
		e->i++;
		v = primary(e);
		v.v = ~v.v;
	} else if (accept(e, T.lparen)) {
		v = ternary(e);
		accept(e, T.rparen);
	} else if (is_ident(id)) {
		e->i++;
		v = call(e, id);
	} else if (*s >= '0' && *s <= '9') {
		e->i++;
		v = known((long)strtoul(s, &end, 0));
		v.known = !strchr(s, '.');
	} else {
		e->i++;
	}
	e->depth--;
	return v;
}

static const struct operator {
	const char *text;
	int rank;
} operators[] = {
	{ "||", 1 }, { "&&", 2 }, { "|", 3 }, { "^", 4 }, { "&", 5 },
	{ "==", 6 }, { "!=", 6 }, { "<", 7 }, { ">", 7 }, { "<=", 7 },
	{ ">=", 7 }, { "<<", 8 }, { ">>", 8 }, { "+", 9 }, { "-", 9 },
	{ "*", 10 }, { "/", 10 }, { "%", 10 },
};

/* Both sides known, and nothing left to skip. */
static struct value compute(const char *op, struct value a, struct value b)
{
	unsigned long x = a.v, y = b.v;

	switch (op[0] << 8 | op[1]) {
	case '&' << 8 | '&':
		return known(a.v && b.v);
	case '|' << 8 | '|':
		return known(a.v || b.v);
	case '=' << 8 | '=':
		return known(x == y);
	case '!' << 8 | '=':
		return known(x != y);
	case '<' << 8 | '=':
		return known(a.v <= b.v);
	case '>' << 8 | '=':
		return known(a.v >= b.v);
	case '<' << 8 | '<':
		return known(y < 64 ? x << y : 0);
	case '>' << 8 | '>':
		return known(y < 64 ? x >> y : 0);
	case '<' << 8:
		return known(a.v < b.v);
	case '>' << 8:
		return known(a.v > b.v);
	case '|' << 8:
		return known(x | y);
	case '^' << 8:
		return known(x ^ y);
	case '&' << 8:
		return known(x & y);
	case '+' << 8:
		return known(x + y);
	case '-' << 8:
		return known(x - y);
	case '*' << 8:
		return known(x * y);
	case '/' << 8:
		return (struct value){ y != 0, y ? x / y : 0 };
	default:
		return (struct value){ y != 0, y ? x % y : 0 };
	}
}

static struct value apply(const char *op, struct value a, struct value b)
{
	if (!strcmp(op, "&&")) {
		if ((a.known && !a.v) || (b.known && !b.v))
			return known(0);
	} else if (!strcmp(op, "||")) {
		if ((a.known && a.v) || (b.known && b.v))
			return known(1);
	}
	if (!a.known || !b.known)
		return (struct value){ false, 0 };
	return compute(op, a, b);
}

static struct value binary(struct expr *e, int rank)
{
	struct value v = primary(e), w;
	size_t k;

	while (e->i < e->n) {
		for (k = 0; k < ARRAY_SIZE(operators); k++)
			if (!strcmp(spelling(peek(e)), operators[k].text))
				break;
		if (k == ARRAY_SIZE(operators) || operators[k].rank < rank)
			break;
		e->i++;
		w = binary(e, operators[k].rank + 1);
		v = apply(operators[k].text, v, w);
	}
	return v;
}

static struct value ternary(struct expr *e)
{
	struct value c, a, b;

	if (++e->depth > EXPR_DEPTH) {
		e->i = e->n;
		e->depth--;
		return (struct value){ false, 0 };
	}
	c = binary(e, 1);
	if (accept(e, T.question)) {
		a = ternary(e);
		accept(e, T.colon);
		b = ternary(e);
		c = !c.known ? c : c.v ? a : b;
	}
	e->depth--;
	return c;
}

static enum known evaluate(char side, const struct token *t, size_t n)
{
	struct expr e = { .side = side, .t = t, .n = n };
	struct value v = ternary(&e);

	if (e.i < e.n || !v.known)
		return UNKNOWN;
	return v.v ? KNOWN_TRUE : KNOWN_FALSE;
}

/* Spaces for everything but line ends, so that positions stay. */
void mask_range(char *parse, size_t from, size_t to)
{
	for (; from < to; from++)
		if (parse[from] != '\n')
			parse[from] = ' ';
}

/* Is token @i the '#' of #if, #elif, #else, #endif or one of their kind? */
bool cond_directive(const struct tokens *t, size_t i)
{
	uint32_t id;

	if (!t->t[i].directive || i + 1 >= t->count)
		return false;
	id = t->t[i + 1].id;
	return id == T.kw_if || id == T.kw_ifdef || id == T.kw_ifndef ||
	       id == T.kw_elif || id == T.kw_else || id == T.kw_endif ||
	       id == T.kw_elifdef || id == T.kw_elifndef;
}

struct frame {
	bool dead_before;	/* everything around it is dead */
	bool masked_before;
	bool decided;		/* an arm that is always taken was there */
	bool emitted;		/* one of its directives is still needed */
	int depth;		/* of braces where it began */
};

struct resolver {
	char side;
	const struct tokens *in;
	struct tokens out;
	char *parse;
	struct frame *frames;
	size_t nframes;
	size_t room;
	int depth;
	bool dead;
	bool masked;
};

/* Directive and condition, with #ifdef written as #if defined(). */
static void put_directive(struct resolver *rs, size_t hash, size_t end,
			  uint32_t keyword)
{
	const struct token *t = rs->in->t;
	uint32_t kw = t[hash + 1].id;
	size_t i;

	token_add(&rs->out, T.hash, &t[hash]);
	token_add(&rs->out, keyword, &t[hash + 1]);
	if (kw == T.kw_ifdef || kw == T.kw_ifndef || kw == T.kw_elifdef ||
	    kw == T.kw_elifndef) {
		if (kw == T.kw_ifndef || kw == T.kw_elifndef)
			token_add(&rs->out, T.not, &t[hash + 1]);
		token_add(&rs->out, T.kw_defined, &t[hash + 1]);
		token_add(&rs->out, T.lparen, &t[hash + 1]);
		if (hash + 2 < end)
			token_add(&rs->out, t[hash + 2].id, &t[hash + 2]);
		token_add(&rs->out, T.rparen, &t[hash + 1]);
	} else if (keyword == T.kw_if || keyword == T.kw_elif) {
		for (i = hash + 2; i < end; i++)
			token_add(&rs->out, t[i].id, &t[i]);
	}
	if (end < rs->in->count)
		token_add(&rs->out, T.eod, &t[end]);
}

static enum known condition(struct resolver *rs, size_t hash, size_t end)
{
	const struct token *t = rs->in->t;
	uint32_t kw = t[hash + 1].id;
	enum known k;
	long v;

	if (kw == T.kw_if || kw == T.kw_elif)
		return evaluate(rs->side, t + hash + 2, end - hash - 2);
	k = hash + 2 < end ? rules_defined(rs->side, t[hash + 2].id, &v) :
			     UNKNOWN;
	if ((kw == T.kw_ifndef || kw == T.kw_elifndef) && k != UNKNOWN)
		k = k == KNOWN_TRUE ? KNOWN_FALSE : KNOWN_TRUE;
	return k;
}

static void begin_group(struct resolver *rs, size_t hash, size_t end)
{
	struct frame *f;
	enum known k;

	GROW(rs->frames, rs->nframes, rs->room);
	f = &rs->frames[rs->nframes++];
	*f = (struct frame){
		.dead_before = rs->dead, .masked_before = rs->masked,
		.depth = rs->depth,
	};
	if (rs->dead)
		return;
	k = condition(rs, hash, end);
	if (k == UNKNOWN) {
		put_directive(rs, hash, end, T.kw_if);
		f->emitted = true;
	}
	f->decided = k == KNOWN_TRUE;
	rs->dead = k == KNOWN_FALSE;
}

static void next_arm(struct resolver *rs, size_t hash, size_t end)
{
	struct frame *f = &rs->frames[rs->nframes - 1];
	enum known k;

	if (f->dead_before)
		return;
	/* An arm that the parser must not see, or braces do not balance. */
	if ((f->depth > 0 || rs->depth != f->depth) &&
	    (f->emitted || f->decided))
		rs->masked = true;
	if (f->decided) {
		rs->dead = true;
		return;
	}
	k = rs->in->t[hash + 1].id == T.kw_else ? KNOWN_TRUE :
		condition(rs, hash, end);
	rs->dead = k == KNOWN_FALSE;
	f->decided = k == KNOWN_TRUE;
	if (rs->dead || (!f->emitted && k == KNOWN_TRUE))
		return;
	put_directive(rs, hash, end, k == KNOWN_TRUE ? T.kw_else :
		      f->emitted ? T.kw_elif : T.kw_if);
	f->emitted = true;
}

static void end_group(struct resolver *rs, size_t hash, size_t end)
{
	struct frame *f = &rs->frames[--rs->nframes];

	rs->dead = f->dead_before;
	rs->masked = f->masked_before;
	if (f->emitted && !rs->dead)
		put_directive(rs, hash, end, T.kw_endif);
}

static void conditional(struct resolver *rs, size_t hash, size_t end)
{
	uint32_t kw = rs->in->t[hash + 1].id;

	if (kw == T.kw_if || kw == T.kw_ifdef || kw == T.kw_ifndef)
		begin_group(rs, hash, end);
	else if (!rs->nframes)
		put_directive(rs, hash, end, kw);	/* a stray one */
	else if (kw == T.kw_endif)
		end_group(rs, hash, end);
	else
		next_arm(rs, hash, end);
}

static void count_depth(struct resolver *rs, size_t i, bool column0)
{
	uint32_t id = rs->in->t[i].id;

	if (id == T.lbrace || id == T.lparen)
		rs->depth++;
	else if (id == T.rbrace && column0)
		rs->depth = 0;
	else if ((id == T.rbrace || id == T.rparen) && rs->depth > 0)
		rs->depth--;
}

/**
 * cond_resolve - drop the arms that are never taken
 * @side: 'a' or 'b', for the rules
 * @t: the tokens of a file; those of dead arms are taken out
 * @parse: copy of the file for the parser; what it should not see is blanked
 */
void cond_resolve(char side, struct tokens *t, char *parse)
{
	struct resolver rs = { .side = side, .in = t, .parse = parse };
	const struct token *tok = t->t;
	bool directive = false;
	size_t i, end;

	for (i = 0; i < t->count; i++) {
		if (cond_directive(t, i)) {
			for (end = i; end < t->count &&
			     tok[end].id != T.eod; end++)
				;
			mask_range(parse, tok[i].off, end < t->count ?
				   tok[end].off : tok[end - 1].off +
				   tok[end - 1].len);
			conditional(&rs, i, end);
			i = end;
			continue;
		}
		if (rs.dead || rs.masked)
			mask_range(parse, tok[i].off,
				   tok[i].off + tok[i].len);
		if (rs.dead)
			continue;
		if (tok[i].directive)
			directive = true;
		else if (tok[i].id == T.eod)
			directive = false;
		else if (!directive && !rs.masked)
			count_depth(&rs, i, !tok[i].off ||
				    parse[tok[i].off - 1] == '\n');
		token_add(&rs.out, tok[i].id, &tok[i]);
	}
	free(rs.frames);
	tokens_free(t);
	*t = rs.out;
}

/* The #ifndef, #define, #endif around a header's contents say nothing. */
void cond_include_guard(struct tokens *t)
{
	struct token *k = t->t;
	size_t i, depth = 0, n = t->count, last;

	if (n > 4 && k[0].directive && k[1].id == T.kw_pragma &&
	    k[2].id == T.kw_once) {
		memmove(k, k + 4, (n - 4) * sizeof(*k));
		t->count -= 4;
		return;
	}
	/* #if ! defined ( X ) \n # define X \n ... # endif \n */
	if (n < 15 || !k[0].directive || k[1].id != T.kw_if ||
	    k[2].id != T.not || k[3].id != T.kw_defined ||
	    k[7].id != T.eod || !k[8].directive ||
	    k[9].id != T.kw_define || k[10].id != k[5].id)
		return;
	for (i = 8; i < n && k[i].id != T.eod; i++)
		;
	i++;
	for (last = i; last < n; last++) {
		if (!k[last].directive || last + 1 >= n)
			continue;
		if (k[last + 1].id == T.kw_if)
			depth++;
		else if (!depth && k[last + 1].id != T.kw_endif &&
			 cond_directive(t, last))
			return;	/* it has another arm */
		else if (k[last + 1].id == T.kw_endif && !depth--)
			break;
	}
	if (last >= n)
		return;
	memmove(k, k + i, (last - i) * sizeof(*k));
	i = last - i;		/* and what is behind the #endif */
	while (last < n && k[last].id != T.eod)
		last++;
	for (last++; last < n; last++)
		k[i++] = k[last];
	t->count = i;
}
