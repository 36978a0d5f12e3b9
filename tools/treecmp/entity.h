/* SPDX-License-Identifier: GPL-2.0-only */
/* What a file consists of: functions, structures, macros and the rest. */
#ifndef TREECMP_ENTITY_H
#define TREECMP_ENTITY_H

#include "source.h"
#include "token.h"

enum kind {
	K_FUNCTION, K_STRUCT, K_UNION, K_ENUM, K_MACRO, K_TYPEDEF, K_VARIABLE,
	K_PROTOTYPE, K_CALL, K_INCLUDE, K_DIRECTIVE, K_OTHER, K_TEXT, K_BINARY,
	K_LINK, K_SUBMODULE, K_SPECIAL, K_MODE, K_COUNT
};

enum verdict { V_ONLY, V_CHANGED, V_SAME };

/**
 * struct entity - one of them
 * @fuzzy: the parser could not digest it: compared as tokens, bounds guessed
 * @odd: something inside it is no C to the parser; its bounds are certain
 * @moved: its counterpart is in another file than expected
 * @renamed: its counterpart has another name than expected
 * @reordered: it comes in another order than its neighbours (when asked)
 * @name: after the renames of the rules
 * @shown: name as it is in the source
 * @start: offset of its first character
 * @end: offset behind its last character
 * @tok: its tokens, after the rules; what it is compared by
 * @nguard: how many of them are the #if lines around it
 * @hash: of all tokens
 * @anon: of all tokens, its own name left out
 * @mate: its counterpart in the other tree
 * @common: tokens that it shares with its counterpart
 * @diff: how the two differ, when they do
 * @hint: an entity that got or gave a part of it
 */
struct entity {
	uint8_t kind;
	uint8_t verdict;
	bool fuzzy;
	bool odd;
	bool moved;
	bool renamed;
	bool reordered;
	uint32_t name;
	uint32_t shown;
	uint32_t line;
	uint32_t start;
	uint32_t end;
	uint32_t ntok;
	uint32_t nguard;
	uint32_t common;
	struct token *tok;
	struct file *file;
	uint64_t hash;
	uint64_t anon;
	struct entity *mate;
	struct tdiff *diff;
	struct entity *hint;
};

struct options {
	bool comments;		/* what counts besides the code */
	bool space;
	bool order;
	bool places;
};

extern struct options options;

const char *kind_name(enum kind kind);
const char *kind_plural(enum kind kind);
void entities_load(struct tree *tree);
void entity_hash(struct entity *e);
void normalise(char side, struct tokens *t);

/* parse.c: what the parser saw */
struct span {
	uint32_t start;
	uint32_t end;
	uint32_t name_off;
	uint32_t name_len;
	uint8_t kind;
	bool error;		/* its bounds are not certain */
	bool inner;		/* something in it is no C to the grammar */
};

struct spans {
	struct span *s;
	size_t count;
	size_t room;
};

void parse_spans(struct spans *out, const char *text, size_t len);
void parse_mask_annotations(const struct tokens *t, char *parse, char side);
bool parse_is_annotation(uint32_t id);
void parse_end(void);

#endif
