// SPDX-License-Identifier: GPL-2.0-only
/* Taking a file apart into preprocessing tokens. */

#include "token.h"

struct token_ids T;

void token_init(void)
{
	static const struct {
		uint32_t *id;
		const char *text;
	} init[] = {
		{ &T.hash, "#" }, { &T.eod, "\n" },
		{ &T.lparen, "(" }, { &T.rparen, ")" },
		{ &T.lbrace, "{" }, { &T.rbrace, "}" },
		{ &T.lbracket, "[" }, { &T.rbracket, "]" },
		{ &T.semicolon, ";" }, { &T.comma, "," }, { &T.not, "!" },
		{ &T.colon, ":" }, { &T.question, "?" }, { &T.equals, "=" },
		{ &T.kw_if, "if" }, { &T.kw_ifdef, "ifdef" },
		{ &T.kw_ifndef, "ifndef" }, { &T.kw_elif, "elif" },
		{ &T.kw_else, "else" }, { &T.kw_endif, "endif" },
		{ &T.kw_elifdef, "elifdef" }, { &T.kw_elifndef, "elifndef" },
		{ &T.kw_define, "define" }, { &T.kw_include, "include" },
		{ &T.kw_pragma, "pragma" }, { &T.kw_once, "once" },
		{ &T.kw_defined, "defined" },
		{ &T.kw_struct, "struct" }, { &T.kw_union, "union" },
		{ &T.kw_enum, "enum" }, { &T.kw_typedef, "typedef" },
		{ &T.kw_static, "static" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(init); i++)
		*init[i].id = interns(init[i].text);
}

void token_add(struct tokens *out, uint32_t id, const struct token *where)
{
	struct token *t;

	GROW(out->t, out->count, out->room);
	t = &out->t[out->count++];
	*t = *where;
	t->id = id;
}

void tokens_free(struct tokens *t)
{
	free(t->t);
	memset(t, 0, sizeof(*t));
}

static bool word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '$' || (c & 0x80);
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool word_char(char c)
{
	return word_start(c) || digit(c);
}

bool is_ident(uint32_t id)
{
	return id && word_start(*spelling(id));
}

bool is_string(uint32_t id)
{
	return id && *spelling(id) == '"' && spelling_len(id) > 1;
}

bool is_comment(uint32_t id)
{
	return id && !strncmp(spelling(id), "/*", 2);
}

uint64_t tokens_hash(const struct token *t, size_t count)
{
	uint64_t h = count;
	size_t i;

	for (i = 0; i < count; i++)
		h = hash_mix(h, t[i].id);
	return h;
}

struct lexer {
	struct tokens *out;
	const char *start;
	const char *end;
	const char *p;
	uint32_t line;
	unsigned flags;
	bool directive;		/* in one: its line end is a token */
	bool line_start;	/* nothing but space on this line so far */
	bool header_name;	/* the next token may be <...> */
};

/* Length of a spliced line end (backslash, newline) at @p, or 0. */
static size_t splice(const struct lexer *lx, const char *p)
{
	size_t n = 1;

	if (p >= lx->end || *p != '\\')
		return 0;
	while (p + n < lx->end && (p[n] == ' ' || p[n] == '\t' || p[n] == '\r'))
		n++;
	return p + n < lx->end && p[n] == '\n' ? n + 1 : 0;
}

/* Ends the token that began at @from; splices inside it do not count. */
static void emit(struct lexer *lx, const char *from, uint32_t line)
{
	struct token where = {
		.off = from - lx->start, .line = line, .len = lx->p - from,
	};
	struct buf b = { 0 };
	const char *s;
	size_t n;

	for (s = from; s < lx->p && !splice(lx, s); s++)
		;
	if (s == lx->p) {
		token_add(lx->out, intern(from, lx->p - from), &where);
		return;
	}
	for (s = from; s < lx->p; s += n ? n : 1) {
		n = splice(lx, s);
		if (!n)
			buf_addc(&b, *s);
	}
	token_add(lx->out, intern(b.s ? b.s : "", b.len), &where);
	buf_free(&b);
}

/* One character further, over any splices behind it. */
static void step(struct lexer *lx)
{
	size_t n;

	if (*lx->p == '\n')
		lx->line++;
	lx->p++;
	while ((n = splice(lx, lx->p))) {
		lx->p += n;
		lx->line++;
	}
}

static void end_of_line(struct lexer *lx)
{
	struct token where = {
		.off = lx->p - lx->start, .line = lx->line,
	};

	if (lx->directive)
		token_add(lx->out, T.eod, &where);
	lx->directive = false;
	lx->header_name = false;
	lx->line_start = true;
}

/* A comment that counts is one token; how it is wrapped does not count. */
static void comment_token(struct lexer *lx, const char *from, uint32_t line)
{
	struct token where = {
		.off = from - lx->start, .line = line, .len = lx->p - from,
	};
	struct buf b = { 0 };
	const char *p = from;

	buf_adds(&b, "/*");
	while (p < lx->p) {
		if (strchr(" \t\r\n*/\\", *p)) {
			p++;
			continue;
		}
		buf_addc(&b, ' ');
		while (p < lx->p && !strchr(" \t\r\n", *p))
			buf_addc(&b, *p++);
	}
	token_add(lx->out, intern(b.s, b.len), &where);
	buf_free(&b);
}

static void lex_comment(struct lexer *lx)
{
	const char *from = lx->p;
	uint32_t line = lx->line;

	if (lx->p[1] == '/') {
		while (lx->p < lx->end && *lx->p != '\n')
			step(lx);
	} else {
		lx->p += 2;
		while (lx->p < lx->end &&
		       !(*lx->p == '*' && lx->p + 1 < lx->end &&
			 lx->p[1] == '/')) {
			if (*lx->p++ == '\n')
				lx->line++;
		}
		lx->p = lx->p < lx->end ? lx->p + 2 : lx->end;
	}
	if (lx->flags & LEX_COMMENTS)
		comment_token(lx, from, line);
}

/* A literal ends at its quote, or with the line when that is missing. */
static void lex_literal(struct lexer *lx, char quote)
{
	const char *from = lx->p;
	uint32_t line = lx->line;

	step(lx);
	while (lx->p < lx->end && *lx->p != quote && *lx->p != '\n') {
		if (*lx->p == '\\' && lx->p + 1 < lx->end &&
		    lx->p[1] != '\n' && lx->p[1] != '\r')
			step(lx);
		step(lx);
	}
	if (lx->p < lx->end && *lx->p == quote)
		lx->p++;
	emit(lx, from, line);
}

static void lex_number(struct lexer *lx)
{
	const char *from = lx->p;
	uint32_t line = lx->line;

	while (lx->p < lx->end) {
		char c = *lx->p;

		if (!word_char(c) && c != '.')
			break;
		step(lx);
		if (strchr("eEpP", c) && lx->p < lx->end &&
		    (*lx->p == '+' || *lx->p == '-') &&
		    !(from[0] == '0' && (from[1] | 0x20) == 'x' &&
		      (c | 0x20) == 'e'))
			step(lx);
	}
	emit(lx, from, line);
}

static void lex_word(struct lexer *lx)
{
	const char *from = lx->p;
	uint32_t line = lx->line, id;

	while (lx->p < lx->end && word_char(*lx->p))
		step(lx);
	emit(lx, from, line);
	id = lx->out->t[lx->out->count - 1].id;
	if (lx->directive && id == T.kw_include && lx->out->count > 1 &&
	    lx->out->t[lx->out->count - 2].directive)
		lx->header_name = true;
}

static bool lex_header_name(struct lexer *lx)
{
	const char *from = lx->p, *close;

	close = memchr(from, '\n', lx->end - from);
	close = memchr(from, '>', (close ? close : lx->end) - from);
	if (!close)
		return false;
	lx->p = close + 1;
	emit(lx, from, lx->line);
	return true;
}

static void lex_punctuation(struct lexer *lx)
{
	static const char *const known[] = {
		"...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=",
		"==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
		"|=", "^=", "##",
	};
	const char *from = lx->p;
	uint32_t line = lx->line;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		n = strlen(known[i]);
		if ((size_t)(lx->end - from) >= n &&
		    !memcmp(from, known[i], n)) {
			lx->p += n;
			emit(lx, from, line);
			return;
		}
	}
	lx->p++;
	emit(lx, from, line);
	if (*from == '#' && lx->line_start) {
		lx->out->t[lx->out->count - 1].directive = 1;
		lx->directive = true;
	}
}

static void lex_one(struct lexer *lx)
{
	char c = *lx->p, next = lx->p + 1 < lx->end ? lx->p[1] : 0;
	size_t n;

	if (c == '/' && (next == '*' || next == '/')) {
		lex_comment(lx);
		return;
	}
	n = splice(lx, lx->p);
	if (n) {
		lx->p += n;
		lx->line++;
		return;
	}
	if (lx->header_name) {
		lx->header_name = false;
		if (c == '<' && lex_header_name(lx))
			return;
	}
	if (c == '"' || c == '\'')
		lex_literal(lx, c);
	else if (digit(c) || (c == '.' && digit(next)))
		lex_number(lx);
	else if (word_start(c))
		lex_word(lx);
	else
		lex_punctuation(lx);
	lx->line_start = false;
}

/**
 * lex_c - the tokens of a C file
 * @out: they are added here
 * @data: the text
 * @len: its length
 * @flags: LEX_*
 */
void lex_c(struct tokens *out, const char *data, size_t len, unsigned flags)
{
	struct lexer lx = {
		.out = out, .start = data, .end = data + len, .p = data,
		.line = 1, .flags = flags, .line_start = true,
	};

	while (lx.p < lx.end) {
		if (*lx.p == '\n') {
			end_of_line(&lx);
			lx.p++;
			lx.line++;
		} else if (strchr(" \t\r\v\f", *lx.p)) {
			lx.p++;		/* a zero byte as well */
		} else {
			lex_one(&lx);
		}
	}
	end_of_line(&lx);
}

/* Text: words, single other characters, and the ends of lines not empty. */
void lex_text(struct tokens *out, const char *data, size_t len)
{
	struct token where = { .line = 1 };
	const char *p = data, *end = data + len, *from;
	bool empty = true;

	for (; p < end; p++) {
		if (*p == '\n') {
			where.off = p - data;
			where.len = 0;
			if (!empty)
				token_add(out, T.eod, &where);
			where.line++;
			empty = true;
			continue;
		}
		if (*p == ' ' || *p == '\t' || *p == '\r')
			continue;
		from = p;
		while (p + 1 < end && word_char(*from) && word_char(p[1]))
			p++;
		where.off = from - data;
		where.len = p + 1 - from;
		token_add(out, intern(from, where.len), &where);
		empty = false;
	}
}
