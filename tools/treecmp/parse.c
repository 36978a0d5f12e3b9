// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the functions, structures and macros of a file are, by tree-sitter
 * and its C grammar.  The grammar knows no kernel annotations and cannot know
 * them; they are blanked in the copy that is parsed.
 */

#include <tree_sitter/api.h>

#include "entity.h"
#include "cond.h"

const TSLanguage *tree_sitter_c(void);

static struct {
	TSParser *parser;
	struct map annotations;		/* identifier -> has arguments */
} ps;

static const char *const plain[] = {
	"__init", "__exit", "__user", "__kernel", "__iomem", "__force",
	"__percpu", "__rcu", "__must_check", "__always_inline", "noinline",
	"__maybe_unused", "__always_unused", "__cold", "__hot", "__weak",
	"__read_mostly", "__initdata", "__exitdata", "__initconst", "__refdata",
	"__ref", "__net_init", "__net_exit", "__net_initdata", "__packed",
	"__pure", "__noreturn", "__randomize_layout", "__visible", "notrace",
	"noinline_for_stack", "__sched", "__cpuidle", "__lockfunc", "__malloc",
	"__bitwise", "__private", "__nocast", "__safe", "__latent_entropy",
	"__designated_init", "__nonstring", "__ro_after_init", "asmlinkage",
	"__attribute_const__", "____cacheline_aligned", "__meminit",
	"____cacheline_aligned_in_smp", "__cacheline_aligned_in_smp",
	"__cacheline_aligned", "__deprecated", "__unused", "__refconst",
	"__init_or_module", "__used", "__no_kcsan", "__no_sanitize_address",
	"__noclone", "__nocfi", "__kprobes", "nokprobe_inline",
	"__inline", "__inline__", "__net_exit_refok", "__initdata_or_module",
	"noinstr", "__bpf_kfunc", "__ksym", "__no_profile", "__flatten",
	"__leaf_fn", "__extension__", "__counted_by_ptr", "STATIC",
};

static const char *const with_arguments[] = {
	"__releases", "__acquires", "__must_hold", "__cond_acquires",
	"__printf", "__scanf", "__aligned", "__section", "__counted_by",
	"__counted_by_le", "__counted_by_be", "__alloc_size", "__nonnull",
	"__alias", "__context_unsafe", "__guarded_by", "__pt_guarded_by",
	"__must_hold_shared", "__acquires_shared", "__releases_shared",
	"__diagnose_as", "__no_sanitize", "__assume_aligned", "__malloc_like",
};

static void parse_start(void)
{
	size_t i;

	ps.parser = ts_parser_new();
	if (!ps.parser || !ts_parser_set_language(ps.parser, tree_sitter_c()))
		die("the C grammar does not fit this tree-sitter library");
	for (i = 0; i < ARRAY_SIZE(plain); i++)
		map_put(&ps.annotations, interns(plain[i]), 0);
	for (i = 0; i < ARRAY_SIZE(with_arguments); i++)
		map_put(&ps.annotations, interns(with_arguments[i]), 1);
}

void parse_end(void)
{
	ts_parser_delete(ps.parser);
	map_free(&ps.annotations);
	ps.parser = NULL;
}

bool parse_is_annotation(uint32_t id)
{
	return map_find(&ps.annotations, id);
}

/* Index of the token that closes the parenthesis at @i, or @i. */
static size_t closing(const struct tokens *t, size_t i)
{
	size_t k, depth = 0;

	for (k = i; k < t->count; k++) {
		if (t->t[k].id == T.lparen)
			depth++;
		else if (t->t[k].id == T.rparen && !--depth)
			return k;
	}
	return i;
}

/**
 * parse_mask_annotations - blank what is no C to the grammar
 * @t: tokens of the file
 * @parse: the text to be parsed
 * @side: 'a' or 'b', for the rules: names that vanish are blanked where they
 *	are plain words
 */
void parse_mask_annotations(const struct tokens *t, char *parse, char side)
{
	bool define = false;
	size_t i, end;

	if (!ps.parser)
		parse_start();
	for (i = 0; i < t->count; i++) {
		const uint32_t *arguments;

		if (t->t[i].directive)
			define = true;
		else if (t->t[i].id == T.eod)
			define = false;
		if (define || !is_ident(t->t[i].id))
			continue;
		arguments = map_find(&ps.annotations, t->t[i].id);
		end = i;
		if (!arguments) {
			const struct rule *r;

			if (i + 1 < t->count && t->t[i + 1].id == T.lparen)
				continue;
			r = rules_macro(side, t->t[i].id);
			if (!r || r->verb != RULE_VANISH)
				continue;
		} else if (*arguments) {
			if (i + 1 >= t->count || t->t[i + 1].id != T.lparen)
				continue;
			end = closing(t, i + 1);
		}
		mask_range(parse, t->t[i].off, t->t[end].off + t->t[end].len);
		i = end;
	}
}

static bool is_type(TSNode node, const char *type)
{
	return !strcmp(ts_node_type(node), type);
}

static TSNode field(TSNode node, const char *name)
{
	return ts_node_child_by_field_name(node, name, strlen(name));
}

/* The identifier that a declarator declares, or a null node. */
static TSNode declared(TSNode node, bool *function)
{
	int depth;

	for (depth = 0; depth < 64 && !ts_node_is_null(node); depth++) {
		const char *type = ts_node_type(node);
		TSNode next;

		if (!strcmp(type, "identifier") ||
		    !strcmp(type, "type_identifier") ||
		    !strcmp(type, "primitive_type") ||
		    !strcmp(type, "field_identifier"))
			return node;
		if (!strcmp(type, "function_declarator"))
			*function = true;
		else if (!strcmp(type, "parenthesized_declarator"))
			*function = false;
		next = field(node, "declarator");
		if (ts_node_is_null(next) && ts_node_named_child_count(node))
			next = ts_node_named_child(node, 0);
		node = next;
	}
	return (TSNode){ 0 };
}

/*
 * Did the parser stumble over the piece itself?  Inside a body it stumbles
 * over every macro that takes a type, and still finds where the body ends.
 */
static bool stumbled(TSNode node, enum kind kind)
{
	uint32_t i, n = ts_node_child_count(node);

	if (!ts_node_has_error(node) || kind == K_MACRO || kind == K_CALL ||
	    kind == K_INCLUDE || kind == K_DIRECTIVE)
		return false;
	for (i = 0; i < n; i++) {
		TSNode child = ts_node_child(node, i);

		if (ts_node_is_missing(child) || is_type(child, "ERROR"))
			return true;
	}
	return false;
}

static struct span *add_span(struct spans *out, TSNode node, enum kind kind,
			     TSNode name)
{
	struct span *s;

	GROW(out->s, out->count, out->room);
	s = &out->s[out->count++];
	*s = (struct span){
		.start = ts_node_start_byte(node),
		.end = ts_node_end_byte(node),
		.kind = kind,
		.error = stumbled(node, kind),
		.inner = ts_node_has_error(node),
	};
	if (!ts_node_is_null(name)) {
		s->name_off = ts_node_start_byte(name);
		s->name_len = ts_node_end_byte(name) - s->name_off;
	}
	return s;
}

/* struct, union or enum with a body: its kind, or K_COUNT */
static enum kind aggregate(TSNode node)
{
	enum kind kind;

	if (ts_node_is_null(node))
		return K_COUNT;
	if (is_type(node, "struct_specifier"))
		kind = K_STRUCT;
	else if (is_type(node, "union_specifier"))
		kind = K_UNION;
	else if (is_type(node, "enum_specifier"))
		kind = K_ENUM;
	else
		return K_COUNT;
	return ts_node_is_null(field(node, "body")) ? K_COUNT : kind;
}

static void add_declaration(struct spans *out, TSNode node, bool is_typedef)
{
	TSNode type = field(node, "type"), name = { 0 }, tag;
	enum kind kind = aggregate(type);
	bool function = false;

	name = declared(field(node, "declarator"), &function);
	if (kind != K_COUNT) {
		tag = field(type, "name");
		add_span(out, node, kind,
			 ts_node_is_null(tag) ? name : tag);
		return;
	}
	if (is_typedef)
		kind = K_TYPEDEF;
	else
		kind = function ? K_PROTOTYPE : K_VARIABLE;
	add_span(out, node, kind, name);
}

static bool at_column0(TSNode node)
{
	return ts_node_start_point(node).column == 0;
}

static void visit_children(struct spans *out, TSNode node, bool in_error,
			   int depth);

static void visit(struct spans *out, TSNode node, bool in_error, int depth)
{
	const char *type = ts_node_type(node);
	bool function = false;
	TSNode none = { 0 };

	if (!strcmp(type, "comment"))
		return;
	if (!strcmp(type, "ERROR") || !strcmp(type, "declaration_list")) {
		visit_children(out, node, in_error || *type == 'E', depth + 1);
		return;
	}
	if (!strcmp(type, "linkage_specification")) {
		visit(out, field(node, "body"), in_error, depth + 1);
		return;
	}
	/* In what it gave up on, trust only what looks complete. */
	if (in_error && (ts_node_has_error(node) || !at_column0(node)))
		return;
	if (!strcmp(type, "function_definition"))
		add_span(out, node, K_FUNCTION,
			 declared(field(node, "declarator"), &function));
	else if (!strcmp(type, "declaration"))
		add_declaration(out, node, false);
	else if (!strcmp(type, "type_definition"))
		add_declaration(out, node, true);
	else if (aggregate(node) != K_COUNT)
		add_span(out, node, aggregate(node), field(node, "name"));
	else if (!strcmp(type, "preproc_def") ||
		 !strcmp(type, "preproc_function_def"))
		add_span(out, node, K_MACRO, field(node, "name"));
	else if (!strcmp(type, "preproc_include"))
		add_span(out, node, K_INCLUDE, none);
	else if (!strcmp(type, "preproc_call"))
		add_span(out, node, K_DIRECTIVE, none);
	else if (!strcmp(type, "expression_statement") && !in_error)
		add_span(out, node, K_CALL, none);
}

static void visit_children(struct spans *out, TSNode node, bool in_error,
			   int depth)
{
	TSTreeCursor cursor;

	if (depth > 64)
		return;
	cursor = ts_tree_cursor_new(node);
	if (ts_tree_cursor_goto_first_child(&cursor)) {
		do {
			visit(out, ts_tree_cursor_current_node(&cursor),
			      in_error, depth);
		} while (ts_tree_cursor_goto_next_sibling(&cursor));
	}
	ts_tree_cursor_delete(&cursor);
}

/**
 * parse_spans - find the definitions and declarations of a file
 * @out: they are added here, in the order of the file
 * @text: the file, prepared for the parser
 * @len: its length
 */
void parse_spans(struct spans *out, const char *text, size_t len)
{
	TSTree *tree;
	TSNode root;

	if (!ps.parser)
		parse_start();
	ts_parser_reset(ps.parser);
	tree = ts_parser_parse_string(ps.parser, NULL, text, len);
	if (!tree)
		return;		/* all of it will be compared as tokens */
	root = ts_tree_root_node(tree);
	visit_children(out, root, is_type(root, "ERROR"), 0);
	ts_tree_delete(tree);
}
