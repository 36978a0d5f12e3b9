// SPDX-License-Identifier: GPL-2.0-only
/*
 * How alike two entities are: the share of runs of three tokens that both
 * have.  An index of these runs finds the candidates among thousands.
 */

#include "compare.h"

#define RUN		3	/* tokens */
#define POSTINGS_MAX	24	/* a run that more than these have says little */
#define TOKENS_MIN	12	/* anything shorter looks like anything else */

struct runs {
	uint64_t *h;
	size_t count;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The runs of @e, sorted; its own name does not count. */
static void make_runs(struct runs *r, const struct entity *e)
{
	uint32_t i, k;

	r->count = e->ntok >= RUN ? e->ntok - RUN + 1 : 1;
	r->h = xmalloc(r->count * sizeof(*r->h));
	for (i = 0; i < r->count; i++) {
		uint64_t h = e->kind;

		for (k = i; k < i + RUN && k < e->ntok; k++)
			h = hash_mix(h, e->tok[k].id == e->name ? 1 :
				     e->tok[k].id);
		r->h[i] = h;
	}
	qsort(r->h, r->count, sizeof(*r->h), by_value);
}

static size_t common_runs(const struct runs *a, const struct runs *b)
{
	size_t i = 0, k = 0, common = 0;

	while (i < a->count && k < b->count) {
		if (a->h[i] < b->h[k]) {
			i++;
		} else if (a->h[i] > b->h[k]) {
			k++;
		} else {
			common++;
			i++;
			k++;
		}
	}
	return common;
}

double entity_similarity(const struct entity *a, const struct entity *b)
{
	struct runs x, y;
	double s;

	make_runs(&x, a);
	make_runs(&y, b);
	s = 2.0 * common_runs(&x, &y) / (x.count + y.count);
	free(x.h);
	free(y.h);
	return s;
}

struct posting {
	uint64_t h;
	uint32_t ent;
};

struct index {
	struct posting *p;
	size_t count;
	size_t room;
	uint32_t *votes;	/* by entity */
	uint32_t *seen;
	size_t nseen;
};

static int by_hash(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->h != y->h)
		return x->h < y->h ? -1 : 1;
	return x->ent < y->ent ? -1 : x->ent > y->ent;
}

static void index_add(struct index *ix, const struct runs *r, uint32_t ent)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (i && r->h[i] == r->h[i - 1])
			continue;
		GROW(ix->p, ix->count, ix->room);
		ix->p[ix->count++] = (struct posting){ r->h[i], ent };
	}
}

static void index_ready(struct index *ix, size_t nents)
{
	if (ix->count)
		qsort(ix->p, ix->count, sizeof(*ix->p), by_hash);
	ix->votes = xcalloc(nents, sizeof(*ix->votes));
	ix->seen = xcalloc(nents, sizeof(*ix->seen));
}

static size_t index_first(const struct index *ix, uint64_t h)
{
	size_t lo = 0, hi = ix->count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (ix->p[mid].h < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Every entity that has a run in common gets a vote for each. */
static void index_vote(struct index *ix, const struct runs *r)
{
	size_t i, k, first;

	for (i = 0; i < ix->nseen; i++)
		ix->votes[ix->seen[i]] = 0;
	ix->nseen = 0;
	for (i = 0; i < r->count; i++) {
		if (i && r->h[i] == r->h[i - 1])
			continue;
		first = index_first(ix, r->h[i]);
		for (k = first; k < ix->count && ix->p[k].h == r->h[i]; k++)
			;
		if (k - first > POSTINGS_MAX)
			continue;
		while (first < k) {
			uint32_t ent = ix->p[first++].ent;

			if (!ix->votes[ent]++)
				ix->seen[ix->nseen++] = ent;
		}
	}
}

static void index_free(struct index *ix)
{
	free(ix->p);
	free(ix->votes);
	free(ix->seen);
}

static bool comparable(const struct entity *e)
{
	switch (e->kind) {
	case K_FUNCTION:
	case K_STRUCT:
	case K_UNION:
	case K_ENUM:
	case K_MACRO:
	case K_VARIABLE:
	case K_TEXT:
	case K_OTHER:
		return e->ntok - e->nguard >= TOKENS_MIN;
	default:
		return false;
	}
}

/**
 * similar_unpaired - entities without a counterpart that look alike
 * @c: the comparison
 * @out: pairs of indices into the entities of both trees
 */
void similar_unpaired(struct comparison *c, struct candidates *out)
{
	struct index ix = { 0 };
	struct runs r;
	size_t i, k;

	for (i = 0; i < c->b.nents; i++) {
		const struct entity *e = &c->b.ents[i];

		if (e->mate || !comparable(e))
			continue;
		make_runs(&r, e);
		index_add(&ix, &r, i);
		free(r.h);
	}
	index_ready(&ix, c->b.nents);
	for (i = 0; ix.count && i < c->a.nents; i++) {
		const struct entity *e = &c->a.ents[i];

		if (e->mate || !comparable(e))
			continue;
		make_runs(&r, e);
		index_vote(&ix, &r);
		for (k = 0; k < ix.nseen; k++) {
			const struct entity *o = &c->b.ents[ix.seen[k]];

			if (ix.votes[ix.seen[k]] * 5 < r.count || e->kind != o->kind)
				continue;
			GROW(out->c, out->count, out->room);
			out->c[out->count++] = (struct candidate){
				i, ix.seen[k], entity_similarity(e, o),
			};
		}
		free(r.h);
	}
	index_free(&ix);
}

/* The runs of @e that its counterpart lost. */
static void lost_runs(struct runs *r, const struct entity *e)
{
	size_t i = 0, k = 0, kept = 0;
	struct runs mate;

	make_runs(r, e);
	make_runs(&mate, e->mate);
	while (i < r->count) {
		if (k < mate.count && mate.h[k] < r->h[i]) {
			k++;
		} else if (k < mate.count && mate.h[k] == r->h[i]) {
			i++;
			k++;
		} else {
			r->h[kept++] = r->h[i++];
		}
	}
	r->count = kept;
	free(mate.h);
}

static void parts_of(struct tree *changed, struct tree *fresh)
{
	struct index ix = { 0 };
	struct runs r;
	size_t i, k;

	for (i = 0; i < changed->nents; i++) {
		const struct entity *e = &changed->ents[i];

		if (e->kind != K_FUNCTION || !e->mate ||
		    e->verdict != V_CHANGED)
			continue;
		lost_runs(&r, e);
		index_add(&ix, &r, i);
		free(r.h);
	}
	index_ready(&ix, changed->nents);
	for (i = 0; ix.count && i < fresh->nents; i++) {
		struct entity *e = &fresh->ents[i];
		size_t best = 0;

		if (e->kind != K_FUNCTION || e->mate ||
		    e->ntok - e->nguard < TOKENS_MIN + 8)
			continue;
		make_runs(&r, e);
		index_vote(&ix, &r);
		for (k = 0; k < ix.nseen; k++) {
			if (ix.votes[ix.seen[k]] <= best)
				continue;
			best = ix.votes[ix.seen[k]];
			if (best * 2 >= r.count)
				e->hint = &changed->ents[ix.seen[k]];
		}
		free(r.h);
	}
	index_free(&ix);
}

/* Functions of one tree that are a part of a function of the other. */
void find_parts(struct comparison *c)
{
	parts_of(&c->a, &c->b);
	parts_of(&c->b, &c->a);
}
