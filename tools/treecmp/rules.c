// SPDX-License-Identifier: GPL-2.0-only
/* Reading the rules file and asking it. */

#include <ctype.h>
#include <errno.h>
#include <limits.h>

#include "rules.h"

static struct {
	const char *file;
	struct rule *r;
	size_t count;
	size_t room;
	struct map renames;		/* identifier of A -> rule */
	struct map includes;
	struct map macros[2];		/* of A, of B */
	struct map symbols[2];
} rules;

static const struct verb_form {
	const char *name;
	enum verb verb;
	int least, most;	/* words after it */
	bool sided;		/* may be of one tree only */
} verbs[] = {
	{ "path", RULE_PATH, 2, 2, false },
	{ "rename", RULE_RENAME, 2, 2, false },
	{ "include", RULE_INCLUDE, 1, 2, false },
	{ "vanish", RULE_VANISH, 1, INT_MAX, true },
	{ "unwrap", RULE_UNWRAP, 1, INT_MAX, true },
	{ "expand", RULE_EXPAND, 1, INT_MAX, true },
	{ "define", RULE_DEFINE, 1, INT_MAX, true },
	{ "undef", RULE_UNDEF, 1, INT_MAX, true },
	{ "omit", RULE_OMIT, 1, INT_MAX, true },
	{ "omit-name", RULE_OMIT_NAME, 1, INT_MAX, true },
};

static unsigned int at_line;

static void bad(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));

static void bad(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		die("out of memory");
	va_end(ap);
	die("%s:%u: %s", rules.file, at_line, s);
}

/* How many letters have to change to make one word of the other. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], i, j, n = strlen(b);

	if (n >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
		return 99;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= n; j++) {
			size_t up = row[j], best;

			best = diagonal + (a[i - 1] != b[j - 1]);
			best = up + 1 < best ? up + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			row[j] = best;
			diagonal = up;
		}
	}
	return row[n];
}

static const struct verb_form *find_verb(const char *word)
{
	size_t i, d, best = 3;
	const char *close = NULL;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		d = distance(word, verbs[i].name);
		if (!d)
			return &verbs[i];
		if (d < best) {
			best = d;
			close = verbs[i].name;
		}
	}
	if (close)
		bad("no rule is called '%s' (did you mean '%s'?)", word, close);
	bad("no rule is called '%s'", word);
}

static void need_ident(const char *s)
{
	const char *p = s;

	if (!isalpha((unsigned char)*p) && *p != '_')
		bad("'%s' is not an identifier", s);
	while (*p && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	if (*p)
		bad("'%s' is not an identifier", s);
}

static void need_pattern(const char *s)
{
	const char *star = strchr(s, '*');

	if (star && strchr(star + 1, '*'))
		bad("'%s' has more than one '*'", s);
	if (*s == '/')
		bad("'%s' is absolute: paths begin below the trees' roots", s);
}

static struct rule *add_rule(const struct verb_form *form, char side,
			     const char *text)
{
	struct rule *r;

	GROW(rules.r, rules.count, rules.room);
	r = &rules.r[rules.count++];
	memset(r, 0, sizeof(*r));
	r->verb = form->verb;
	r->side = side;
	r->line = at_line;
	r->text = xstrdup(text);
	return r;
}

/* One name, one meaning: the second one is an error, not a surprise. */
static void enter(struct map *m, const char *name)
{
	uint32_t *old = map_put(m, interns(name), rules.count - 1);

	if (*old != rules.count - 1)
		bad("'%s' has a rule already, in line %u", name,
		    rules.r[*old].line);
}

static void enter_sides(struct map m[2], char side, const char *name)
{
	if (side != 'b')
		enter(&m[0], name);
	if (side != 'a')
		enter(&m[1], name);
}

/* NAME or NAME(a, b) and what it stands for; the rest of the line. */
static void parse_expand(struct rule *r, const char *rest)
{
	struct tokens t = { 0 };
	size_t i = 1;

	lex_c(&t, rest, strlen(rest), 0);
	if (!t.count || !is_ident(t.t[0].id))
		bad("expand needs NAME or NAME(PARAMETERS) and a replacement");
	r->from = xstrdup(spelling(t.t[0].id));
	if (t.count > 1 && t.t[1].id == T.lparen &&
	    t.t[1].off == t.t[0].off + t.t[0].len) {
		r->params = xcalloc(t.count, sizeof(*r->params));
		r->to = xstrdup("(");
		for (i = 2; i < t.count && t.t[i].id != T.rparen; i++) {
			if (t.t[i].id == T.comma)
				continue;
			if (!is_ident(t.t[i].id) &&
			    strcmp(spelling(t.t[i].id), "..."))
				bad("'%s' is not a parameter's name",
				    spelling(t.t[i].id));
			r->params[r->nparams++] = t.t[i].id;
		}
		if (i == t.count)
			bad("the parameters of %s do not end", r->from);
		i++;
	}
	for (; i < t.count; i++)
		token_add(&r->body, t.t[i].id, &t.t[i]);
	tokens_free(&t);
}

static void parse_define(struct rule *r, char *word)
{
	char *eq = strchr(word, '='), *end;

	r->value = 1;
	if (eq) {
		*eq = 0;
		errno = 0;
		r->value = strtol(eq + 1, &end, 0);
		if (*end || !eq[1] || errno)
			bad("the value of %s is not a number: '%s'", word,
			    eq + 1);
	}
	need_ident(word);
	r->from = xstrdup(word);
}

static void check_word(struct rule *r, char *word)
{
	switch (r->verb) {
	case RULE_OMIT:
		need_pattern(word);
		break;
	case RULE_OMIT_NAME:
		if (strchr(word, '/'))
			bad("'%s' is no name (omit is the rule for paths)",
			    word);
		need_pattern(word);
		break;
	default:
		need_ident(word);
	}
	r->from = xstrdup(word);
}

static void parse_pair(struct rule *r, char **words, int n)
{
	r->from = xstrdup(words[0]);
	r->to = n > 1 ? xstrdup(words[1]) : NULL;
	if (r->verb == RULE_PATH) {
		need_pattern(r->from);
		need_pattern(r->to);
		if (!strchr(r->from, '*') != !strchr(r->to, '*'))
			bad("'*' on one side only: %s %s", r->from, r->to);
	} else if (r->verb == RULE_RENAME) {
		need_ident(r->from);
		need_ident(r->to);
		enter(&rules.renames, r->from);
	} else {
		int i;

		for (i = 0; i < n; i++)
			if (!strchr("<\"", *words[i]) ||
			    !strchr(">\"", words[i][strlen(words[i]) - 1]))
				bad("'%s' is neither <NAME> nor \"NAME\"",
				    words[i]);
		enter(&rules.includes, r->from);
	}
}

static void parse_words(const struct verb_form *form, char side,
			const char *text, char **words, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		struct rule *r = add_rule(form, side, text);

		if (form->verb == RULE_DEFINE)
			parse_define(r, words[i]);
		else
			check_word(r, words[i]);
		if (form->verb == RULE_DEFINE || form->verb == RULE_UNDEF)
			enter_sides(rules.symbols, side, r->from);
		else if (form->verb == RULE_VANISH ||
			 form->verb == RULE_UNWRAP)
			enter_sides(rules.macros, side, r->from);
		r->text = xasprintf("%s%s%s %s", side == 'a' ? "a " :
				    side == 'b' ? "b " : "", "", form->name,
				    words[i]);
	}
}

static void parse_line(char *line)
{
	const struct verb_form *form;
	char *words[64], *save, *text, *rest, side = 0;
	struct rule *r;
	int n = 0;
	char *w;

	text = xstrdup(line);
	for (w = strtok_r(line, " \t\r", &save); w;
	     w = strtok_r(NULL, " \t\r", &save)) {
		if (n == ARRAY_SIZE(words))
			bad("more than %zu words", ARRAY_SIZE(words));
		words[n++] = w;
	}
	if (!n || *words[0] == '#')
		goto out;
	if (n > 1 && (!strcmp(words[0], "a") || !strcmp(words[0], "b")))
		side = *words[0];
	form = find_verb(words[side != 0]);
	n -= 1 + (side != 0);
	if (side && !form->sided)
		bad("'%s' is about both trees, not about %c alone", form->name,
		    side);
	if (n < form->least || n > form->most)
		bad("'%s' takes %s%d word%s, not %d", form->name,
		    form->most > form->least ? "at least " : "", form->least,
		    form->least == 1 ? "" : "s", n);
	if (form->verb <= RULE_INCLUDE) {
		parse_pair(add_rule(form, side, text), words + 1, n);
	} else if (form->verb == RULE_EXPAND) {
		rest = strstr(text, "expand") + strlen("expand");
		r = add_rule(form, side, text);
		parse_expand(r, rest);
		enter_sides(rules.macros, side, r->from);
	} else {
		parse_words(form, side, text, words + 1 + (side != 0), n);
	}
out:
	free(text);
}

/**
 * rules_load - read the rules file
 * @path: its path; ends the program when something in it is wrong
 */
void rules_load(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	rules.file = path;
	if (!f)
		die("cannot read the rules %s: %s", path, strerror(errno));
	while ((n = getline(&line, &room, f)) >= 0) {
		at_line++;
		if (memchr(line, 0, n))
			bad("a zero byte: this is no text file");
		while (n && strchr("\r\n", line[n - 1]) && line[n - 1])
			line[--n] = 0;
		parse_line(line);
	}
	if (ferror(f))
		die("cannot read the rules %s: %s", path, strerror(errno));
	free(line);
	fclose(f);
}

static struct rule *hit(const uint32_t *i)
{
	if (!i)
		return NULL;
	rules.r[*i].hits++;
	return &rules.r[*i];
}

/*
 * The path that a file of @side has in the other tree's terms; false when a
 * rule leaves it out.  The first path rule that fits is the one.
 */
bool rules_path(char side, uint32_t path, uint32_t *key)
{
	const char *p = spelling(path), *s;
	char star[PATH_MAX];
	size_t i;

	for (i = 0; i < rules.count; i++) {
		struct rule *r = &rules.r[i];

		if (r->verb == RULE_OMIT && (!r->side || r->side == side) &&
		    glob_match(r->from, p, star, sizeof(star))) {
			r->hits++;
			return false;
		}
	}
	*key = path;
	for (i = 0; side == 'a' && i < rules.count; i++) {
		struct rule *r = &rules.r[i];
		struct buf b = { 0 };

		if (r->verb != RULE_PATH ||
		    !glob_match(r->from, p, star, sizeof(star)))
			continue;
		s = strchr(r->to, '*');
		buf_add(&b, r->to, s ? (size_t)(s - r->to) : strlen(r->to));
		while (!s && b.len && b.s[b.len - 1] == '/')
			b.len--;
		buf_adds(&b, star);
		if (s)
			buf_adds(&b, s + 1);
		s = b.s;
		while (*s == '/')	/* what moved to the root */
			s++;
		*key = interns(s);
		buf_free(&b);
		r->hits++;
		break;
	}
	return true;
}

uint32_t rules_ident(char side, uint32_t id)
{
	struct rule *r;

	if (side != 'a' || !rules.renames.count)
		return id;
	r = hit(map_find(&rules.renames, id));
	return r ? interns(r->to) : id;
}

/* False when that #include is expected to be in A only. */
bool rules_include(char side, uint32_t *id)
{
	struct rule *r;

	if (side != 'a')
		return true;
	r = hit(map_find(&rules.includes, *id));
	if (r && r->to)
		*id = interns(r->to);
	return !r || r->to;
}

struct rule *rules_macro(char side, uint32_t id)
{
	return hit(map_find(&rules.macros[side == 'b'], id));
}

enum known rules_defined(char side, uint32_t id, long *value)
{
	struct rule *r = hit(map_find(&rules.symbols[side == 'b'], id));

	if (!r)
		return UNKNOWN;
	*value = r->value;
	return r->verb == RULE_DEFINE ? KNOWN_TRUE : KNOWN_FALSE;
}

bool rules_omit_name(char side, uint32_t name)
{
	char star[PATH_MAX];
	size_t i;

	for (i = 0; i < rules.count; i++) {
		struct rule *r = &rules.r[i];

		if (r->verb == RULE_OMIT_NAME &&
		    (!r->side || r->side == side) &&
		    glob_match(r->from, spelling(name), star, sizeof(star)) &&
		    (*star == 0 || strchr(r->from, '*'))) {
			r->hits++;
			return true;
		}
	}
	return false;
}

const char *rules_file(void)
{
	return rules.file;
}

size_t rules_count(void)
{
	return rules.count;
}

/* The next rule from @i on that never applied; NULL after the last. */
const struct rule *rules_unused(size_t *i)
{
	while (*i < rules.count) {
		const struct rule *r = &rules.r[(*i)++];

		if (!r->hits)
			return r;
	}
	return NULL;
}
