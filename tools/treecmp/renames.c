// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file that was renamed on one branch keeps its old name on the other: what
 * later patches do to it is in the same file all the same.
 */

#include "history.h"

#define PATHS_MAX	3	/* more files of one name: nobody's own */

/* How many files have a name: name -> number. */
static void count_paths(struct map *names, struct map *paths,
			const struct history *h)
{
	uint32_t *n;
	size_t i;

	for (i = 0; i < h->nlines; i++) {
		const struct pline *l = &h->l[i];

		n = map_put(paths, l->path, 0);
		if (!(*n)++)
			++*map_put(names, l->base, 0);
	}
}

/* The name that stands for all that a file ever had. */
static uint32_t first_name(const struct map *was, uint32_t name)
{
	uint32_t *k;

	while ((k = map_find(was, name)))
		name = *k;
	return name;
}

static void learn(struct map *was, const struct map *names,
		  const struct history *h)
{
	uint32_t *from, *to, a, b;
	size_t i;

	for (i = 0; i < h->nrenames; i++) {
		from = map_find(names, h->renames[i].from);
		to = map_find(names, h->renames[i].to);
		if ((from && *from > PATHS_MAX) || (to && *to > PATHS_MAX))
			continue;
		a = first_name(was, h->renames[i].from);
		b = first_name(was, h->renames[i].to);
		if (a != b)
			map_put(was, b, a);
	}
}

static void apply(const struct map *was, struct history *h)
{
	size_t i;

	for (i = 0; i < h->nlines; i++)
		h->l[i].base = first_name(was, h->l[i].base);
}

/**
 * follow_renames - let files have one name for all of both histories
 * @hs: the histories, loaded
 */
void follow_renames(struct histories *hs)
{
	struct map names = { 0 }, paths = { 0 }, was = { 0 };

	count_paths(&names, &paths, &hs->a);
	count_paths(&names, &paths, &hs->b);
	learn(&was, &names, &hs->a);
	learn(&was, &names, &hs->b);
	apply(&was, &hs->a);
	apply(&was, &hs->b);
	map_free(&names);
	map_free(&paths);
	map_free(&was);
}
