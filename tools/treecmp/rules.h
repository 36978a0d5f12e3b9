/* SPDX-License-Identifier: GPL-2.0-only */
/* What is expected to differ between the two trees. */
#ifndef TREECMP_RULES_H
#define TREECMP_RULES_H

#include "token.h"

enum verb {
	RULE_PATH, RULE_RENAME, RULE_INCLUDE, RULE_VANISH, RULE_UNWRAP,
	RULE_EXPAND, RULE_DEFINE, RULE_UNDEF, RULE_OMIT, RULE_OMIT_NAME,
};

/**
 * struct rule - one line of the rules file
 * @side: 'a', 'b', or 0 for both trees
 * @hits: how often it applied
 * @text: the line, for messages
 * @from: name or pattern
 * @to: name or pattern that it becomes
 * @params: of an expansion, interned
 * @body: of an expansion
 */
struct rule {
	enum verb verb;
	char side;
	unsigned int line;
	uint64_t hits;
	char *text;
	char *from;
	char *to;
	uint32_t *params;
	size_t nparams;
	struct tokens body;
	long value;
};

enum known { UNKNOWN, KNOWN_FALSE, KNOWN_TRUE };

void rules_load(const char *path);
bool rules_path(char side, uint32_t path, uint32_t *key);
uint32_t rules_ident(char side, uint32_t id);
bool rules_include(char side, uint32_t *id);
struct rule *rules_macro(char side, uint32_t id);
enum known rules_defined(char side, uint32_t id, long *value);
bool rules_omit_name(char side, uint32_t name);
const char *rules_file(void);
const struct rule *rules_unused(size_t *i);
size_t rules_count(void);

#endif
