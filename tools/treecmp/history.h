/* SPDX-License-Identifier: GPL-2.0-only */
/* Which patches of one history are in another one. */
#ifndef TREECMP_HISTORY_H
#define TREECMP_HISTORY_H

#include "report.h"

/**
 * struct pline - a line that a patch adds or removes
 * @id: the line, its white space and renamed identifiers made alike
 * @shown: the line as it is
 * @path: of the file, as the other tree calls it
 * @base: the last part of it, or of what the file was called before
 * @func: the function that git says it is in
 * @before: the closest line of context before it that says something
 * @after: the same behind it
 * @sign: '+' or '-'
 * @weak: too short to prove anything
 * @claimed: a line of the other history answers to this one
 * @in: the commit that has it, index + 1, or IN_TREE, or 0: it is missing
 */
struct pline {
	uint32_t id;
	uint32_t shown;
	uint32_t path;
	uint32_t base;
	uint32_t func;
	uint32_t before;
	uint32_t after;
	char sign;
	bool weak;
	bool claimed;
	uint32_t in;
};

#define IN_TREE		UINT32_MAX

/**
 * struct phunk - a hunk of a patch
 * @path: of the file, as it is; @key as the other tree calls it
 * @line: where it begins in the old file
 * @first: its changed lines in the history's list of lines
 * @pre: the lines of the old file that it covers, context included
 * @post: the same of the new file
 */
struct phunk {
	uint32_t path;
	uint32_t key;
	uint32_t line;
	uint32_t first;
	uint32_t nlines;
	uint32_t *pre;
	uint32_t *post;
	uint32_t npre;
	uint32_t npost;
};

enum patch_status {
	P_FULL, P_PARTLY, P_NO, P_REVERTED, P_UNDONE, P_EMPTY, P_STATUS_COUNT
};

/* How the counterpart of a commit was found. */
enum found_by {
	BY_NOTHING, BY_CHANGE_ID, BY_TRAILER, BY_PATCH_ID, BY_AUTHOR,
	BY_SUBJECT, BY_CONTENT, BY_TREE, FOUND_BY_COUNT
};

/**
 * struct commit - a commit and what became of it
 * @when: its author's date
 * @reverted_by: the commit of the same history that undoes it, or NULL
 * @reverts: the commit of the same history that it undoes, or NULL
 * @mate: its counterpart in the other history, or NULL
 * @missing: lines that the other history does not have
 * @extra: lines that the counterpart has in addition
 */
struct commit {
	git_oid oid;
	uint64_t patch_id;	/* of its lines and their context */
	const char *subject;
	uint32_t change_id;
	uint32_t author;	/* name, date and subject */
	int64_t when;
	git_oid *origins;	/* commits that it says to be picked from */
	size_t norigins;
	git_oid reverts_oid;
	bool says_reverts;
	struct phunk *hunks;
	size_t nhunks;
	uint32_t first;		/* its lines */
	uint32_t nlines;
	uint64_t sum;		/* of its lines, whatever their order */
	uint64_t inverse;	/* what the sum of its revert is */
	struct commit *reverted_by;
	struct commit *reverts;
	struct commit *mate;
	enum found_by by;
	enum patch_status status;
	uint32_t missing;
	uint32_t extra;
};

struct history {
	const char *name;
	char side;
	git_repository *repo;
	char *path;		/* folder that is compared, or NULL */
	git_oid tip;
	struct commit *c;	/* oldest first */
	size_t count;
	size_t room;
	struct pline *l;
	size_t nlines;
	size_t lines_room;
	size_t merges;
	size_t unread;		/* files of commits whose contents are not there */
	const char *unread_path;	/* the first of them */
	size_t counts[P_STATUS_COUNT];
	struct tree_lines *tree;
	struct rename {
		uint32_t from;
		uint32_t to;
	} *renames;		/* of files, the last parts of their paths */
	size_t nrenames;
	size_t renames_room;
};

struct histories {
	struct history a, b;
	size_t shared;
	bool differs;
};

/**
 * histories_verdict - the headline of a report
 * @hs: two histories, compared
 */
const char *histories_verdict(const struct histories *hs);

/* history.c */
void history_open(struct history *h, const char *arg);
void history_load(struct histories *hs, const char *base);
uint32_t line_id(char side, const char *s, size_t n, bool *weak);
bool commit_live(const struct commit *c);

/* renames.c */
void follow_renames(struct histories *hs);

/* patches.c */
void match_patches(struct history *from, struct history *to);
const char *status_name(enum patch_status status);
const char *found_by_name(enum found_by by);

/* intree.c */
bool hunk_in_tree(struct history *to, const struct phunk *h);

/* patchreport.c */
void report_patches(const struct histories *hs, const struct output *out);

int compare_histories(const char *a, const char *b, const char *base,
		      const struct output *out);

#endif
