// SPDX-License-Identifier: GPL-2.0-only
/*
 * From files to entities: every token of a file belongs to exactly one of
 * them, or to a conditional directive, which becomes part of the entities that
 * it guards.  Nothing is left over.
 */

#include "cond.h"
#include "entity.h"

struct options options;

static const char *const kind_names[K_COUNT][2] = {
	[K_FUNCTION] = { "function", "functions" },
	[K_STRUCT] = { "struct", "structs" },
	[K_UNION] = { "union", "unions" },
	[K_ENUM] = { "enum", "enums" },
	[K_MACRO] = { "macro", "macros" },
	[K_TYPEDEF] = { "typedef", "typedefs" },
	[K_VARIABLE] = { "variable", "variables" },
	[K_PROTOTYPE] = { "prototype", "prototypes" },
	[K_CALL] = { "macro use", "macro uses" },
	[K_INCLUDE] = { "include", "includes" },
	[K_DIRECTIVE] = { "directive", "directives" },
	[K_OTHER] = { "tokens", "other tokens" },
	[K_TEXT] = { "text file", "text files" },
	[K_BINARY] = { "binary file", "binary files" },
	[K_LINK] = { "symbolic link", "symbolic links" },
	[K_SUBMODULE] = { "submodule", "submodules" },
	[K_SPECIAL] = { "special file", "special files" },
	[K_MODE] = { "file mode", "file modes" },
};

const char *kind_name(enum kind kind)
{
	return kind_names[kind][0];
}

const char *kind_plural(enum kind kind)
{
	return kind_names[kind][1];
}

/* Hashes of the tokens, with and without the entity's own name. */
void entity_hash(struct entity *e)
{
	uint64_t h = e->kind;
	uint32_t i;

	e->hash = tokens_hash(e->tok, e->ntok);
	for (i = 0; i < e->ntok; i++)
		h = hash_mix(h, e->tok[i].id == e->name ? 1 : e->tok[i].id);
	e->anon = h;
}

/* What is done with one file. */
struct builder {
	struct tree *tree;
	struct file *file;
	struct tokens t;
	struct spans spans;
	struct tokens guard;	/* the #if lines that are open */
	size_t *opens;		/* where each of them begins in @guard */
	size_t nopens;
	size_t opens_room;
};

static struct entity *new_entity(struct tree *tree, struct file *f)
{
	struct entity *e;

	GROW(tree->ents, tree->nents, tree->ents_room);
	e = &tree->ents[tree->nents++];
	memset(e, 0, sizeof(*e));
	e->file = f;
	return e;
}

/* NAME(first argument), NAME alone when that is no name, or the first word */
static uint32_t guess_name(const struct token *t, size_t n)
{
	size_t i, first = n;
	struct buf b = { 0 };
	uint32_t id;

	for (i = 0; i < n; i++) {
		if (!is_ident(t[i].id))
			continue;
		if (first == n)
			first = i;
		if (i + 1 < n && t[i + 1].id == T.lparen)
			break;
	}
	if (i == n)
		return first < n ? t[first].id : 0;
	buf_adds(&b, spelling(t[i].id));
	if (i + 2 < n && is_ident(t[i + 2].id) &&
	    strncmp(spelling(t[i].id), "MODULE_", 7))
		buf_addf(&b, "(%s)", spelling(t[i + 2].id));
	id = intern(b.s, b.len);
	buf_free(&b);
	return id;
}

/* name { at depth 0 before the first brace: the name of a function */
static uint32_t guess_function(const struct token *t, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n && t[i].id != T.lbrace; i++)
		if (is_ident(t[i].id) && t[i + 1].id == T.lparen)
			return t[i].id;
	return guess_name(t, n);
}

static uint32_t directive_name(const struct token *t, size_t n)
{
	struct buf b = { 0 };
	uint32_t id;
	size_t i;

	for (i = 0; i < n && i < 3; i++) {
		if (t[i].id == T.eod)
			break;
		buf_addf(&b, "%s%s", i > 1 ? " " : "", spelling(t[i].id));
	}
	id = intern(b.s ? b.s : "", b.len);
	buf_free(&b);
	return id;
}

/* The name that the parser found, as the rules changed it. */
static uint32_t span_name(const struct span *s, const struct token *t,
			  size_t n, const char *data, uint32_t *shown)
{
	size_t i;

	if (!s->name_len)
		return 0;
	*shown = intern(data + s->name_off, s->name_len);
	for (i = 0; i < n; i++)
		if (t[i].off == s->name_off)
			return t[i].id;
	return *shown;
}

static bool is_call(const struct token *t, size_t n)
{
	size_t i, depth = 0;

	if (n < 3 || !is_ident(t[0].id) || t[1].id != T.lparen)
		return false;
	for (i = 1; i < n; i++) {
		if (t[i].id == T.lparen)
			depth++;
		else if (t[i].id == T.rparen && !--depth)
			break;
	}
	return i + 1 >= n || t[i + 1].id == T.semicolon;
}

/* Line ends behind a directive and stray semicolons are not content. */
static size_t trim(const struct token *t, size_t n)
{
	while (n && (t[n - 1].id == T.eod || t[n - 1].id == T.semicolon))
		n--;
	return n;
}

static void add_entity(struct builder *b, size_t from, size_t to,
		       const struct span *s)
{
	const struct token *t = b->t.t + from;
	size_t n = to - from;
	struct entity *e;
	uint32_t shown = 0;

	n = trim(t, n);
	if (!n)
		return;
	e = new_entity(b->tree, b->file);
	e->kind = s->kind;
	e->fuzzy = s->error;
	e->odd = s->inner && !s->error;
	e->line = t[0].line;
	e->start = t[0].off;
	e->end = t[n - 1].off + t[n - 1].len;
	e->name = span_name(s, t, n, b->file->data, &shown);
	if ((e->kind == K_VARIABLE || e->kind == K_PROTOTYPE ||
	     e->kind == K_CALL) && is_call(t, n)) {
		e->kind = K_CALL;
		e->name = guess_name(t, n);
		shown = 0;
	} else if (e->kind == K_INCLUDE) {
		e->name = n > 2 ? t[2].id : 0;
	} else if (e->kind == K_DIRECTIVE) {
		e->name = directive_name(t, n);
	} else if (!e->name && e->kind != K_ENUM) {
		e->name = e->kind == K_FUNCTION ? guess_function(t, n) :
						  guess_name(t, n);
	}
	e->shown = shown ? shown : e->name;
	if (rules_omit_name(b->tree->side, e->shown) ||
	    (e->kind == K_MACRO && rules_macro(b->tree->side, e->shown))) {
		b->tree->nents--;
		return;
	}
	e->nguard = b->guard.count;
	e->ntok = e->nguard + n;
	e->tok = xmalloc(e->ntok * sizeof(*e->tok));
	if (e->nguard)
		memcpy(e->tok, b->guard.t, e->nguard * sizeof(*e->tok));
	memcpy(e->tok + e->nguard, t, n * sizeof(*t));
	entity_hash(e);
	b->tree->tokens += e->ntok;
}

/* Keep the stack of open #if lines; returns the index of the line's end. */
static size_t track_guard(struct builder *b, size_t i)
{
	const struct token *t = b->t.t;
	uint32_t kw = t[i + 1].id;

	if (kw == T.kw_if) {
		GROW(b->opens, b->nopens, b->opens_room);
		b->opens[b->nopens++] = b->guard.count;
	}
	if (kw == T.kw_endif && b->nopens)
		b->guard.count = b->opens[--b->nopens];
	for (; i < b->t.count; i++) {
		if (kw != T.kw_endif && b->nopens)
			token_add(&b->guard, t[i].id, &t[i]);
		if (t[i].id == T.eod)
			break;
	}
	return i;
}

static bool at_column0(const struct builder *b, size_t i)
{
	const struct token *t = &b->t.t[i];

	return !t->off || b->file->data[t->off - 1] == '\n';
}

/* module_init(x) without a semicolon: it ends with its line. */
static bool ends_call_line(const struct builder *b, size_t from, size_t i,
			   size_t to)
{
	return b->t.t[i].id == T.rparen && i + 1 < to &&
	       at_column0(b, i + 1) && at_column0(b, from) &&
	       b->t.t[i + 1].id != T.lbrace && is_ident(b->t.t[from].id) &&
	       b->t.t[from + 1].id == T.lparen &&
	       !parse_is_annotation(b->t.t[from].id);
}

/*
 * The end of a piece that the parser did not name: a semicolon or closing
 * brace outside of all others, a directive's end, or @to.
 */
static size_t piece_end(const struct builder *b, size_t from, size_t to)
{
	const struct token *t = b->t.t;
	size_t i, depth = 0;

	for (i = from; t[from].directive && i < to; i++)
		if (t[i].id == T.eod)
			return i + 1;
	for (i = from; i < to; i++) {
		uint32_t id = t[i].id;

		if (i > from && t[i].directive && (!depth ||
						   cond_directive(&b->t, i)))
			return i;
		if (id == T.lparen || id == T.lbrace || id == T.lbracket)
			depth++;
		else if ((id == T.rparen || id == T.rbrace ||
			  id == T.rbracket) && depth)
			depth--;
		if (id == T.rbrace && at_column0(b, i))
			depth = 0;
		if (depth)
			continue;
		if (id == T.eod || id == T.semicolon ||
		    ends_call_line(b, from, i, to))
			return i + 1;
		if (id == T.rbrace && (i + 1 >= to ||
				       t[i + 1].id != T.semicolon))
			return i + 1;
	}
	return to;
}

/* Tokens [from, to) that no span covers. */
static void add_gap(struct builder *b, size_t from, size_t to)
{
	while (from < to) {
		const struct token *t = b->t.t + from;
		struct span s = { .kind = K_OTHER, .error = true };
		size_t end, n;

		if (cond_directive(&b->t, from)) {
			from = track_guard(b, from) + 1;
			continue;
		}
		end = piece_end(b, from, to);
		n = trim(t, end - from);
		if (n && t[0].directive) {
			s.kind = K_DIRECTIVE;
			s.error = false;
			if (n > 2 && t[1].id == T.kw_define) {
				s.kind = K_MACRO;
				s.name_off = t[2].off;
				s.name_len = t[2].len;
			}
		} else if (is_call(t, n)) {
			s.kind = K_CALL;
			s.error = false;
		} else if (n && t[n - 1].id == T.rbrace && n > 2) {
			s.kind = t[0].id == T.kw_struct ? K_STRUCT :
				 t[0].id == T.kw_enum ? K_ENUM : K_FUNCTION;
		}
		if (n == 2 && s.kind == K_OTHER && is_ident(t[1].id) &&
		    (t[0].id == T.kw_struct || t[0].id == T.kw_union ||
		     t[0].id == T.kw_enum)) {
			s.kind = K_PROTOTYPE;	/* struct something; */
			s.error = false;
			s.name_off = t[1].off;
			s.name_len = t[1].len;
		}
		if (s.kind == K_STRUCT || s.kind == K_ENUM) {
			s.name_off = t[1].off;
			s.name_len = is_ident(t[1].id) ? t[1].len : 0;
		}
		add_entity(b, from, end, &s);
		from = end;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end > y->end ? -1 : 1;
}

/* Does what lies between two definitions belong to the second one? */
static bool is_prefix(const struct builder *b, size_t from, size_t to)
{
	size_t i;

	if (from < to && ends_call_line(b, from, to - 1, b->t.count))
		return false;
	for (i = from; i < to; i++) {
		uint32_t id = b->t.t[i].id;

		if (id == T.semicolon || id == T.rbrace || id == T.eod ||
		    b->t.t[i].directive)
			return false;
	}
	return to > from && to - from < 24;
}

/* Annotations behind a structure's brace, and semicolons. */
static size_t span_tail(const struct builder *b, struct span *s, size_t i)
{
	const struct token *t = b->t.t;
	size_t k;

	/* SYSCALL_DEFINE1(name, ...) and its body */
	if ((s->kind == K_CALL || s->kind == K_PROTOTYPE) &&
	    i < b->t.count && t[i].id == T.lbrace && i &&
	    t[i - 1].id == T.rparen) {
		k = piece_end(b, i, b->t.count);
		s->kind = K_FUNCTION;
		s->error = t[k - 1].id != T.rbrace;
		s->inner = true;
		s->end = t[k - 1].off + t[k - 1].len;
		return k;
	}
	for (k = i; s->kind != K_FUNCTION && k < b->t.count && k < i + 24;
	     k++) {
		if (t[k].id == T.semicolon) {
			i = k;
			break;
		}
		if (t[k].directive || t[k].id == T.lbrace ||
		    (k == i && !parse_is_annotation(t[k].id)))
			break;
	}
	while (i < b->t.count && t[i].id == T.semicolon)
		i++;
	return i;
}

/*
 * module_init(x) without a semicolon, which the parser took for a part of
 * what comes next: where that really begins.
 */
static size_t peel_calls(const struct builder *b, size_t from, size_t to)
{
	size_t i = from, depth = 0;

	while (i < to && is_ident(b->t.t[from].id)) {
		if (b->t.t[i].id == T.lparen) {
			depth++;
		} else if (b->t.t[i].id == T.rparen && depth && !--depth) {
			if (!ends_call_line(b, from, i, to))
				break;
			from = i + 1;
		} else if (b->t.t[i].id == T.lbrace) {
			break;
		}
		i++;
	}
	return from;
}

/*
 * The parser stumbled and went on past the brace at the beginning of a line
 * that ends a definition: better guess where this one ends.
 */
static bool swallows(const struct builder *b, size_t from, size_t to)
{
	size_t i;

	for (i = from; i + 1 < to; i++)
		if (b->t.t[i].id == T.rbrace && at_column0(b, i) &&
		    is_ident(b->t.t[i + 1].id) && at_column0(b, i + 1))
			return true;
	return false;
}

static void assemble(struct builder *b)
{
	const struct token *t = b->t.t;
	size_t k, i = 0, from, to, done = 0;
	uint32_t covered = 0;

	if (b->spans.count)
		qsort(b->spans.s, b->spans.count, sizeof(*b->spans.s),
		      by_start);
	for (k = 0; k < b->spans.count; k++) {
		struct span *s = &b->spans.s[k];

		if (s->start < covered)
			continue;	/* inside the one before */
		while (i < b->t.count && t[i].off < s->start)
			i++;
		from = i;
		while (i < b->t.count && t[i].off < s->end)
			i++;
		to = i;
		if (from == to)
			continue;	/* the rules left nothing of it */
		if (s->inner && swallows(b, from, to)) {
			i = from;
			continue;
		}
		if (s->kind != K_MACRO && s->kind != K_INCLUDE &&
		    s->kind != K_DIRECTIVE) {
			i = span_tail(b, s, i);
		} else {
			/* the parser gives up at a comment in a macro */
			while (i < b->t.count && t[i - 1].id != T.eod)
				i++;
			s->end = t[i - 1].off;
		}
		to = i;
		covered = s->end;
		/* The comment above a definition is a part of it. */
		while (from > done && is_comment(t[from - 1].id))
			from--;
		/* Declarations that lost their prefix to an error. */
		if (is_prefix(b, done, from) && s->kind != K_INCLUDE &&
		    s->kind != K_MACRO && s->kind != K_DIRECTIVE) {
			from = done;
			s->error = true;
		}
		if (s->kind == K_FUNCTION || s->kind == K_PROTOTYPE ||
		    s->kind == K_VARIABLE)
			from = peel_calls(b, from, to);
		add_gap(b, done, from);
		add_entity(b, from, to, s);
		done = to;
	}
	add_gap(b, done, b->t.count);
}

static void load_c(struct tree *tree, struct file *f)
{
	struct builder b = { .tree = tree, .file = f };
	char *parse = xmalloc(f->len + 1);

	memcpy(parse, f->data, f->len + 1);
	lex_c(&b.t, f->data, f->len, options.comments ? LEX_COMMENTS : 0);
	cond_resolve(tree->side, &b.t, parse);
	cond_include_guard(&b.t);
	parse_mask_annotations(&b.t, parse, tree->side);
	parse_spans(&b.spans, parse, f->len);
	free(parse);
	normalise(tree->side, &b.t);
	assemble(&b);
	tokens_free(&b.t);
	tokens_free(&b.guard);
	free(b.spans.s);
	free(b.opens);
}

/* A file that is compared as a whole. */
static void load_whole(struct tree *tree, struct file *f)
{
	static const enum kind kinds[] = {
		[FILE_C] = K_TEXT, [FILE_TEXT] = K_TEXT,
		[FILE_BINARY] = K_BINARY, [FILE_LINK] = K_LINK,
		[FILE_SUBMODULE] = K_SUBMODULE, [FILE_SPECIAL] = K_SPECIAL,
	};
	struct entity *e = new_entity(tree, f);
	struct token where = { .line = 1, .len = f->len & 0x7fffffff };
	struct tokens t = { 0 };
	char sum[96], hex[GIT_OID_HEXSZ + 1];
	git_oid oid;

	if (f->type == FILE_TEXT) {
		lex_text(&t, f->data, f->len);
		normalise(tree->side, &t);
	} else if (f->type >= FILE_LINK) {
		token_add(&t, intern(f->data, f->len), &where);
	} else if (f->type == FILE_BINARY) {
		git_odb_hash(&oid, f->data, f->len, GIT_OBJECT_BLOB);
		git_oid_tostr(hex, sizeof(hex), &oid);
		snprintf(sum, sizeof(sum), "%zu bytes %s", f->len, hex);
		token_add(&t, interns(sum), &where);
	}
	e->kind = kinds[f->type];
	e->name = f->key;
	e->shown = f->path;
	e->line = 1;
	e->end = f->len;
	e->tok = t.t;
	e->ntok = t.count;
	entity_hash(e);
	tree->tokens += e->ntok;
}

/* Whether it is a program: a plain file's mode is not worth an entity. */
static void load_mode(struct tree *tree, struct file *f)
{
	struct entity *e = new_entity(tree, f);
	struct token where = { .line = 1 };
	struct tokens t = { 0 };

	token_add(&t, interns("executable"), &where);
	e->kind = K_MODE;
	e->name = interns("executable");
	e->shown = e->name;
	e->line = 1;
	e->tok = t.t;
	e->ntok = t.count;
	entity_hash(e);
	tree->tokens += e->ntok;
}

/**
 * entities_load - take all files of a tree apart
 * @tree: the tree
 */
void entities_load(struct tree *tree)
{
	size_t i, kept = 0;

	for (i = 0; i < tree->count; i++) {
		struct file f = tree->files[i];

		if (!rules_path(tree->side, f.path, &f.key)) {
			tree->left_out++;
			free(f.data);
			continue;
		}
		tree->files[kept++] = f;
	}
	tree->count = kept;
	for (i = 0; i < tree->count; i++) {
		struct file *f = &tree->files[i];

		f->first_ent = tree->nents;
		if (f->type == FILE_C)
			load_c(tree, f);
		/* a source without code is a file all the same */
		if (tree->nents == f->first_ent)
			load_whole(tree, f);
		if (f->executable)
			load_mode(tree, f);
		f->nents = tree->nents - f->first_ent;
	}
	parse_end();
}
