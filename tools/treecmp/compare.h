/* SPDX-License-Identifier: GPL-2.0-only */
/* Pairing what is in the two trees, and what the pairs look like. */
#ifndef TREECMP_COMPARE_H
#define TREECMP_COMPARE_H

#include "entity.h"

/* Tokens [a, a + na) of one became [b, b + nb) of the other. */
struct hunk {
	uint32_t a, na;
	uint32_t b, nb;
};

struct tdiff {
	struct hunk *h;
	size_t count;
	size_t room;
};

enum file_event_kind { FILE_MOVED, FILE_SPLIT, FILE_MERGED };

/**
 * struct file_event - files that are not where they were
 * @one: what moved, was split, or is the result of merging
 * @many: where it went, or what it came from
 */
struct file_event {
	enum file_event_kind kind;
	struct file *one;
	struct file *many[8];
	size_t count;
};

/* One name became another one everywhere. */
struct rename_found {
	uint32_t from;
	uint32_t to;
	uint64_t uses;
};

/* Counts of one kind, or of all. */
struct tally {
	size_t a, b;
	size_t same, moved, renamed, changed, only_a, only_b;
	size_t fuzzy, odd;
};

struct comparison {
	struct tree a, b;
	struct file_event *events;
	size_t nevents;
	size_t events_room;
	struct rename_found *renames;
	size_t nrenames;
	size_t renames_room;
	struct tally kinds[K_COUNT];
	struct tally total;
	size_t files_a, files_b, files_same, files_changed;
	size_t files_only_a, files_only_b;
	uint64_t common;		/* tokens that both have */
	double equivalence;		/* percent */
	bool differs;
};

void compare(struct comparison *c);
void match_entities(struct comparison *c);
void map_files(struct comparison *c);
void file_events(struct comparison *c);
bool move_told(const struct comparison *c, const struct entity *a);
bool is_difference(const struct entity *e);

struct tdiff *token_diff(const struct entity *a, const struct entity *b);
double entity_similarity(const struct entity *a, const struct entity *b);

/**
 * struct candidate - two entities that look alike
 */
struct candidate {
	uint32_t a, b;
	double similarity;
};

struct candidates {
	struct candidate *c;
	size_t count;
	size_t room;
};

void similar_unpaired(struct comparison *c, struct candidates *out);
void find_parts(struct comparison *c);

#endif
