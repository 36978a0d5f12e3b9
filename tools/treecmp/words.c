// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that a patch brings to a file or takes from it.
 *
 * A line that both a patch and its back-port change is not the same line when
 * something else in it is different on the two branches: a variable that was
 * renamed, an argument that came later.  What the patch does to it still is.
 */

#include <ctype.h>

#include "matching.h"

struct word {
	uint32_t id, file;
	int32_t more;		/* how many more of it the file has then */
};

struct word_list {
	struct map at;
	struct word *w;
	size_t count, room;
};

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void add_words(struct word_list *out, const struct pline *l)
{
	const char *s = spelling(l->id), *from;
	uint32_t id, *at;

	while (*s) {
		if (!word_char(*s)) {
			s++;
			continue;
		}
		for (from = s; word_char(*s); s++)
			;
		id = intern(from, s - from);
		at = map_put(&out->at, hash_mix(l->base, id), out->count);
		if (*at == out->count) {
			GROW(out->w, out->count, out->room);
			out->w[out->count++] = (struct word){ id, l->base, 0 };
		}
		out->w[*at].more += l->sign == '+' ? 1 : -1;
	}
}

/* What @c brings and takes; the caller frees @out->w. */
static void list_words(const struct history *h, const struct commit *c,
		       struct word_list *out)
{
	size_t i, kept = 0;

	*out = (struct word_list){ 0 };
	for (i = c->first; i < c->first + c->nlines; i++)
		add_words(out, &h->l[i]);
	map_free(&out->at);
	for (i = 0; i < out->count; i++)
		if (out->w[i].more)
			out->w[kept++] = out->w[i];
	out->count = kept;
}

/* How rare it is counts wherever it is; it is shared in one file only. */
static uint64_t anywhere(const struct word *w)
{
	return (uint64_t)w->id << 1 | (w->more > 0);
}

static uint64_t in_file(const struct word *w)
{
	return hash_mix(hash_mix(1, anywhere(w)), w->file);
}

/**
 * words_init - learn the words of a history's patches
 * @to: the history that others' patches are looked for in
 */
void words_init(struct words *w, const struct history *to)
{
	struct word_list list;
	size_t i, k;

	*w = (struct words){ 0 };
	census_init(&w->census, to->count);
	w->got = xcalloc(to->count, sizeof(*w->got));
	w->total = xcalloc(to->count, sizeof(*w->total));
	w->seen = xcalloc(to->count, sizeof(*w->seen));
	for (i = 0; i < to->count; i++) {
		list_words(to, &to->c[i], &list);
		for (k = 0; k < list.count; k++) {
			uint32_t *head = map_put(&w->at, in_file(&list.w[k]),
						 0);

			GROW(w->p, w->count, w->room);
			w->p[w->count] = (struct posting){
				.commit = i, .next = *head,
				.word = census_add(&w->census,
						   anywhere(&list.w[k]), i),
			};
			*head = ++w->count;
		}
		free(list.w);
	}
	for (i = 0; i < w->count; i++)
		w->total[w->p[i].commit] += census_bits(&w->census,
			w->census.n[w->p[i].word].commits);
}

void words_free(struct words *w)
{
	census_free(&w->census);
	map_free(&w->at);
	free(w->p);
	free(w->got);
	free(w->total);
	free(w->seen);
}

/**
 * words_shared - which patches bring and take what patch @c does
 *
 * Afterwards @w->seen has them, and @w->got how much it is.
 */
void words_shared(struct words *w, const struct history *from,
		  const struct commit *c)
{
	struct word_list list;
	uint32_t *head, n;
	size_t i;

	while (w->nseen)
		w->got[w->seen[--w->nseen]] = 0;
	w->own = 0;
	list_words(from, c, &list);
	for (i = 0; i < list.count; i++) {
		double worth = census_bits(&w->census,
			census_get(&w->census, anywhere(&list.w[i])));

		w->own += worth;
		head = map_find(&w->at, in_file(&list.w[i]));
		for (n = head ? *head : 0; n && worth > 0;
		     n = w->p[n - 1].next) {
			uint32_t o = w->p[n - 1].commit;

			if (w->got[o] <= 0)
				w->seen[w->nseen++] = o;
			w->got[o] += worth;
		}
	}
	free(list.w);
}

/**
 * words_alike - the share of what both bring and take that is the same
 * @o: index of the one that is compared with the last one looked for
 */
double words_alike(const struct words *w, uint32_t o)
{
	double both = w->own + w->total[o];

	return both > 0 ? 2 * w->got[o] / both : 1;
}
