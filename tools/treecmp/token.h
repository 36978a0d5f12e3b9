/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preprocessing tokens, as the C standard defines them.
 *
 * The parser says where a function or a structure begins and ends; what is in
 * it is always compared as these tokens, so a construct that no C grammar
 * knows costs the structure, never the comparison.
 */
#ifndef TREECMP_TOKEN_H
#define TREECMP_TOKEN_H

#include "util.h"

/**
 * struct token - one token
 * @id: its spelling, see intern()
 * @off: offset in the file
 * @line: line in the file, from 1
 * @len: length in the file
 * @directive: a '#' that begins a directive
 */
struct token {
	uint32_t id;
	uint32_t off;
	uint32_t line;
	uint32_t len : 31;
	uint32_t directive : 1;
};

struct tokens {
	struct token *t;
	size_t count;
	size_t room;
};

/* The spellings that the program itself looks for. */
extern struct token_ids {
	uint32_t hash, eod, lparen, rparen, lbrace, rbrace, lbracket, rbracket;
	uint32_t semicolon, comma, not, colon, question, equals;
	uint32_t kw_if, kw_ifdef, kw_ifndef, kw_elif, kw_else, kw_endif;
	uint32_t kw_elifdef, kw_elifndef;
	uint32_t kw_define, kw_include, kw_pragma, kw_once, kw_defined;
	uint32_t kw_struct, kw_union, kw_enum, kw_typedef, kw_static;
} T;

#define LEX_COMMENTS	0x1	/* comments are tokens as well */

void token_init(void);
void lex_c(struct tokens *out, const char *data, size_t len, unsigned flags);
void lex_text(struct tokens *out, const char *data, size_t len);
void token_add(struct tokens *out, uint32_t id, const struct token *where);
void tokens_free(struct tokens *t);
bool is_ident(uint32_t id);
bool is_comment(uint32_t id);
bool is_string(uint32_t id);
uint64_t tokens_hash(const struct token *t, size_t count);

#endif
