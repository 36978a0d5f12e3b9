// SPDX-License-Identifier: GPL-2.0-only
/* How many commits have something: what is rare says more. */

#include <math.h>

#include "matching.h"

#define VOCABULARY	1024	/* a short history does not make words common */

/**
 * census_init - begin to count
 * @commits: how many commits the history has
 */
void census_init(struct census *s, size_t commits)
{
	*s = (struct census){
		.most = log2(commits > VOCABULARY ? commits : VOCABULARY),
	};
}

void census_free(struct census *s)
{
	map_free(&s->at);
	free(s->n);
}

/**
 * census_add - a commit has something
 * @commit: its index; commits come one after another
 *
 * Returns the index of its count.
 */
uint32_t census_add(struct census *s, uint64_t key, uint32_t commit)
{
	uint32_t *k = map_put(&s->at, key, UINT32_MAX);

	if (*k == UINT32_MAX) {
		*k = s->count;
		GROW(s->n, s->count, s->room);
		s->n[s->count++] = (struct census_count){ 0, UINT32_MAX };
	}
	if (s->n[*k].last != commit)
		s->n[*k].commits++;
	s->n[*k].last = commit;
	return *k;
}

uint32_t census_get(const struct census *s, uint64_t key)
{
	const uint32_t *k = map_find(&s->at, key);

	return k ? s->n[*k].commits : 0;
}

/**
 * census_bits - what it says that two commits share something
 * @commits: how many have it
 */
double census_bits(const struct census *s, uint32_t commits)
{
	return commits > 1 ? fmax(s->most - log2(commits), 0) : s->most;
}
