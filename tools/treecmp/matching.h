/* SPDX-License-Identifier: GPL-2.0-only */
/* What the steps of matching two histories share. */
#ifndef TREECMP_MATCHING_H
#define TREECMP_MATCHING_H

#include "history.h"

#define COMMON_MAX	200	/* a line that more commits have says little */

/**
 * struct where - where the other history has a line: a list for each line
 * @line: index of the line
 * @commit: index of its commit; a list is in the order of commits
 * @next: index + 1 of the next one, or 0
 */
struct where {
	uint32_t line;
	uint32_t commit;
	uint32_t next;
};

/**
 * struct matching - the commits of one history, looked for in another one
 * @lines: sign and line -> index + 1 in @w
 * @votes: by commit of @to
 * @seen: the commits of @to that have votes
 * @taken: commits of @to that are a mate already
 */
struct matching {
	struct history *from, *to;
	struct map lines;
	struct where *w;
	uint32_t *votes;
	uint32_t *seen;
	size_t nseen;
	bool *taken;
};

/* How close two lines are to being in the same place. */
enum place { ELSEWHERE, FILE_NAME, SAME_FILE, SAME_FUNCTION };

enum place same_place(const struct pline *a, const struct pline *b);
enum place needed(uint32_t lines);
uint64_t line_key(const struct pline *l);
uint64_t oid_key(const git_oid *oid);
uint32_t claim(struct matching *m, uint32_t first, uint32_t n,
	       const struct commit *c, enum place least);
uint32_t strong_missing(const struct history *h, uint32_t first, uint32_t n);

/* likely.c */
void match_likely(struct matching *m);

#endif
