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

/**
 * struct census - in how many commits something is
 * @at: what it is -> index in @n
 * @most: bits of what one commit has
 */
struct census {
	struct map at;
	struct census_count {
		uint32_t commits;
		uint32_t last;
	} *n;
	size_t count, room;
	double most;
};

void census_init(struct census *s, size_t commits);
void census_free(struct census *s);
uint32_t census_add(struct census *s, uint64_t key, uint32_t commit);
uint32_t census_get(const struct census *s, uint64_t key);
double census_bits(const struct census *s, uint32_t commits);

/**
 * struct words - the words that patches bring to files or take from them
 * @census: words, wherever they are
 * @at: a word and a file -> index + 1 in @p
 * @p: lists of the commits that have it
 * @total: of a commit's words, bits
 * @own: the same of the commit that was looked for last
 * @got: of the words that a commit shares with that one
 * @seen: the commits that share any
 */
struct words {
	struct census census;
	struct map at;
	struct posting {
		uint32_t commit;
		uint32_t next;
		uint32_t word;
	} *p;
	size_t count, room;
	double *total;
	double own;
	double *got;
	uint32_t *seen;
	size_t nseen;
};

void words_init(struct words *w, const struct history *to);
void words_free(struct words *w);
void words_shared(struct words *w, const struct history *from,
		  const struct commit *c);
double words_alike(const struct words *w, uint32_t o);

/* likely.c */
void match_likely(struct matching *m);

#endif
