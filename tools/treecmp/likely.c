// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commits that nothing identifies: which one of the other history is likely to
 * be the same patch?
 *
 * What two commits share is weighed by how rare it is, in bits: a line that one
 * commit of a thousand has is ten.  Lines, where they are, and the subject
 * count together; a pair is believed when there is more of it than it takes to
 * pick one commit out of all.  Where the lines are not the same ones, the words
 * that they bring and take may be (words.c).  The surest pairs are made first.
 * Where several are as good, the date decides, then what the neighbours are.
 */

#include <math.h>

#include "matching.h"

#define MARGIN		4	/* bits more than it takes to name a commit */
#define SUBJECT_MIN	4	/* bits: a subject that many have says nothing */
#define SHARE_MIN	0.5	/* of a commit's own lines */
#define ALIKE_MIN	0.4	/* of the lines of both */
#define WORDS_MIN	0.6	/* the same of words */
#define NEIGHBOURS	1000	/* how far to look for one that has a mate */

/* In how many commits of the other history something is. */
enum trait { T_LINE, T_FILE, T_FUNCTION, T_NEXT_LINE, T_SUBJECT, T_PATCH };

static uint64_t trait_key(enum trait trait, uint64_t value, uint32_t file)
{
	return hash_mix(hash_mix(hash_mix(trait + 1, value), file), 1);
}

static uint64_t line_trait(const struct pline *l)
{
	return trait_key(T_LINE, line_key(l), 0);
}

static uint64_t subject_trait(const struct commit *c)
{
	return trait_key(T_SUBJECT, interns(c->subject), 0);
}

static uint64_t patch_trait(const struct commit *c)
{
	return trait_key(T_PATCH, c->patch_id, 0);
}

/* Commits of the other history by a trait: lists in their order. */
struct chains {
	struct map first;	/* key -> index + 1 */
	uint32_t *next;
};

/**
 * struct pair - two commits that may be the same patch
 * @bits: what speaks for it
 * @alike: share of the lines of both that they have in common
 * @apart: seconds between their dates
 * @away: how far from where the neighbours' counterparts are; twice as far is 1
 */
struct pair {
	uint32_t c, o;
	double bits;
	double alike;
	int64_t apart;
	uint32_t away;
};

struct pairs {
	struct pair *p;
	size_t count, room;
};

struct likely {
	struct matching *m;
	struct census there;	/* traits in @m->to */
	struct census here;	/* subjects in @m->from */
	struct chains subjects, patches;
	double *total;		/* of the lines of a commit of @m->to, bits */
	double *got;		/* of them shared with the one looked at */
	double *place;		/* bits of the best place of those */
	bool *added;		/* any of them is one that was added */
	bool *met;		/* is in @m->seen */
	bool *mated;		/* is somebody's counterpart */
	double naming;		/* bits to name a commit of @m->to */
	struct words words;
};

/**
 * struct looked - the commit that counterparts are looked for
 * @all: its lines that prove something
 * @total: what its lines are worth, bits
 * @adds: any of them is one that it adds
 */
struct looked {
	const struct commit *c;
	uint32_t all;
	double total;
	bool adds;
};

static double bits(const struct likely *k, uint32_t count)
{
	return census_bits(&k->there, count);
}

static bool counts(const struct pline *l, bool weak_too)
{
	return weak_too || !l->weak;
}

/* Has it nothing but lines that are too short to prove anything? */
static bool weak_commit(const struct history *h, const struct commit *c)
{
	uint32_t i;

	for (i = 0; i < c->nlines; i++)
		if (!h->l[c->first + i].weak)
			return false;
	return true;
}

static double line_bits(const struct likely *k, const struct pline *l)
{
	return bits(k, census_get(&k->there, line_trait(l)));
}

static double total_bits(const struct likely *k, const struct history *h,
			 const struct commit *c)
{
	bool weak_too = weak_commit(h, c);
	double sum = 0;
	uint32_t i;

	for (i = c->first; i < c->first + c->nlines; i++)
		if (counts(&h->l[i], weak_too))
			sum += line_bits(k, &h->l[i]);
	return sum;
}

static void add_chain(struct chains *ch, uint64_t key, uint32_t i)
{
	uint32_t *head = map_put(&ch->first, key, 0);

	ch->next[i] = *head;
	*head = i + 1;
}

static void count_traits(struct likely *k, uint32_t i)
{
	const struct history *to = k->m->to;
	const struct commit *c = &to->c[i];
	uint32_t n;

	for (n = c->first; n < c->first + c->nlines; n++) {
		const struct pline *l = &to->l[n];

		census_add(&k->there, line_trait(l), i);
		census_add(&k->there, trait_key(T_FILE, 0, l->base), i);
		census_add(&k->there, trait_key(T_FUNCTION, l->func, l->base),
			   i);
		census_add(&k->there, trait_key(T_FUNCTION, l->func, 0), i);
		census_add(&k->there, trait_key(T_NEXT_LINE, l->before, l->base),
			  i);
		census_add(&k->there, trait_key(T_NEXT_LINE, l->after, l->base),
			  i);
	}
	census_add(&k->there, subject_trait(c), i);
}

static void likely_init(struct likely *k)
{
	const struct history *from = k->m->from, *to = k->m->to;
	size_t i;

	k->naming = log2(to->count ? to->count : 1);
	census_init(&k->there, to->count);
	census_init(&k->here, from->count);
	words_init(&k->words, to);
	k->mated = xcalloc(to->count, sizeof(*k->mated));
	memcpy(k->mated, k->m->taken, to->count * sizeof(*k->mated));
	k->total = xcalloc(to->count, sizeof(*k->total));
	k->got = xcalloc(to->count, sizeof(*k->got));
	k->place = xcalloc(to->count, sizeof(*k->place));
	k->added = xcalloc(to->count, sizeof(*k->added));
	k->met = xcalloc(to->count, sizeof(*k->met));
	k->subjects.next = xcalloc(to->count, sizeof(*k->subjects.next));
	k->patches.next = xcalloc(to->count, sizeof(*k->patches.next));
	for (i = 0; i < to->count; i++)
		count_traits(k, i);
	for (i = 0; i < from->count; i++)
		census_add(&k->here, subject_trait(&from->c[i]), i);
	for (i = to->count; i-- > 0;) {
		k->total[i] = total_bits(k, to, &to->c[i]);
		add_chain(&k->subjects, subject_trait(&to->c[i]), i);
		if (to->c[i].nlines)
			add_chain(&k->patches, patch_trait(&to->c[i]), i);
	}
}

static void likely_free(struct likely *k)
{
	census_free(&k->there);
	census_free(&k->here);
	words_free(&k->words);
	map_free(&k->subjects.first);
	map_free(&k->patches.first);
	free(k->subjects.next);
	free(k->patches.next);
	free(k->total);
	free(k->got);
	free(k->place);
	free(k->met);
	free(k->added);
	free(k->mated);
}

/* What it says that two like lines are where they are. */
static double place_bits(const struct likely *k, const struct pline *a,
			 const struct pline *b)
{
	const struct census *t = &k->there;
	uint32_t f = b->base;
	double best = bits(k, census_get(t, trait_key(T_FILE, 0, f)));

	if (a->base != f)
		return bits(k, census_get(t, trait_key(T_FUNCTION, b->func,
						       0)));
	if (a->func && a->func == b->func)
		best = fmax(best, bits(k, census_get(t,
			trait_key(T_FUNCTION, b->func, f))));
	if (a->before && a->before == b->before)
		best = fmax(best, bits(k, census_get(t,
			trait_key(T_NEXT_LINE, b->before, f))));
	if (a->after && a->after == b->after)
		best = fmax(best, bits(k, census_get(t,
			trait_key(T_NEXT_LINE, b->after, f))));
	return best;
}

static void meet(struct likely *k, uint32_t o)
{
	struct matching *m = k->m;

	if (k->met[o])
		return;
	k->met[o] = true;
	k->got[o] = 0;
	k->place[o] = 0;
	k->added[o] = false;
	m->votes[o] = 0;
	m->seen[m->nseen++] = o;
}

/* Everybody that has line @l is given what it is worth. */
static void share_line(struct likely *k, const struct pline *l,
		       enum place least, uint32_t limit)
{
	struct matching *m = k->m;
	uint32_t *head = map_find(&m->lines, line_key(l)), i, postings = 0;
	uint32_t last = UINT32_MAX;
	double worth = line_bits(k, l);
	bool voted = false;

	for (i = head ? *head : 0; i && postings < limit;
	     i = m->w[i - 1].next, postings++) {
		const struct where *w = &m->w[i - 1];
		const struct pline *o = &m->to->l[w->line];
		enum place place = same_place(l, o);

		if (o->claimed || place == ELSEWHERE)
			continue;
		meet(k, w->commit);
		if (w->commit != last) {
			k->got[w->commit] += worth;
			voted = false;
		}
		last = w->commit;
		k->added[last] |= l->sign == '+';
		if (!voted && place >= least && !l->weak) {
			m->votes[w->commit]++;
			voted = true;
		}
		k->place[w->commit] = fmax(k->place[w->commit],
					   place_bits(k, l, o));
	}
}

/* The rarest file that both commits change, in bits; 0: there is none. */
static double file_bits(const struct likely *k, const struct commit *c,
			const struct commit *o)
{
	const struct history *a = k->m->from, *b = k->m->to;
	uint32_t i, n, file;
	double best = 0;

	for (i = 0; i < c->nhunks; i++) {
		if (!c->hunks[i].nlines)
			continue;
		file = a->l[c->hunks[i].first].base;
		for (n = 0; n < o->nhunks; n++)
			if (o->hunks[n].nlines &&
			    b->l[o->hunks[n].first].base == file)
				break;
		if (n < o->nhunks)
			best = fmax(best, bits(k, census_get(&k->there,
					trait_key(T_FILE, 0, file))));
	}
	return best;
}

static bool same_patch(const struct commit *c, const struct commit *o)
{
	return c->nlines && o->nlines &&
	       c->patch_id == o->patch_id;
}

static double subject_bits(const struct likely *k, const struct commit *c,
			   const struct commit *o)
{
	uint64_t key = subject_trait(c);
	uint32_t n = census_get(&k->there, key), n2 = census_get(&k->here, key);
	double b = bits(k, n > n2 ? n : n2);

	return *c->subject && !strcmp(c->subject, o->subject) &&
	       b >= SUBJECT_MIN ? b : 0;
}

/* All commits that have anything to do with @c. */
static void meet_all(struct likely *k, const struct commit *c, uint32_t all)
{
	struct matching *m = k->m;
	bool weak_too = !all;
	uint32_t limit = c->nlines > 3 ? COMMON_MAX : UINT32_MAX;
	uint32_t i, *head;
	size_t s;

	for (s = 0; s < m->nseen; s++) {
		k->met[m->seen[s]] = false;
		m->votes[m->seen[s]] = 0;
	}
	m->nseen = 0;
	for (i = c->first; i < c->first + c->nlines; i++) {
		const struct pline *l = &m->from->l[i];

		if (!l->in && counts(l, weak_too))
			share_line(k, l, needed(all), limit);
	}
	words_shared(&k->words, m->from, c);
	for (s = 0; s < k->words.nseen; s++)
		if (!k->mated[k->words.seen[s]] &&
		    words_alike(&k->words, k->words.seen[s]) >= WORDS_MIN)
			meet(k, k->words.seen[s]);
	head = map_find(&k->patches.first, patch_trait(c));
	for (i = head ? *head : 0; i; i = k->patches.next[i - 1])
		if (!m->taken[i - 1])
			meet(k, i - 1);
	if (bits(k, census_get(&k->there, subject_trait(c))) < SUBJECT_MIN)
		return;
	head = map_find(&k->subjects.first, subject_trait(c));
	for (i = head ? *head : 0; i; i = k->subjects.next[i - 1]) {
		double place = file_bits(k, c, &m->to->c[i - 1]);

		if (m->taken[i - 1] || place <= 0)
			continue;
		meet(k, i - 1);
		k->place[i - 1] = fmax(k->place[i - 1], place);
	}
}

/* How far @o is from the counterparts of what is around @c. */
static uint32_t away(const struct matching *m, const struct commit *c,
		     uint32_t o)
{
	const struct commit *all = m->from->c;
	int64_t at = c - all, i, best = UINT32_MAX, d;
	int step;

	for (step = -1; step <= 1; step += 2) {
		for (i = at + step; i >= 0 && i < (int64_t)m->from->count &&
		     llabs(i - at) < NEIGHBOURS; i += step)
			if (all[i].mate)
				break;
		if (i < 0 || i >= (int64_t)m->from->count || !all[i].mate)
			continue;
		d = llabs((all[i].mate - m->to->c) - (int64_t)o);
		best = d < best ? d : best;
	}
	return best;
}

/* Does @c add anything that could be shared? */
static bool adds(const struct history *h, const struct commit *c, bool weak_too)
{
	uint32_t i;

	for (i = c->first; i < c->first + c->nlines; i++)
		if (h->l[i].sign == '+' && !h->l[i].in &&
		    counts(&h->l[i], weak_too))
			return true;
	return false;
}

/*
 * What speaks for commit @o by the words that it brings and takes, in bits; 0
 * when they are too few.  Words that belong together come together, so more of
 * them are asked for than of lines.
 */
static double word_bits(const struct likely *k, const struct commit *c,
			uint32_t o, double need)
{
	const struct words *w = &k->words;
	double shown;

	if (k->mated[o] || w->got[o] <= 0 || words_alike(w, o) < WORDS_MIN)
		return 0;
	shown = w->got[o] + file_bits(k, c, &k->m->to->c[o]);
	return shown >= need + MARGIN ? shown : 0;
}

/* Is commit @o, which shares something with @c, the same patch? */
static bool believed(const struct likely *k, const struct looked *l, uint32_t o,
		     struct pair *p)
{
	const struct matching *m = k->m;
	const struct commit *c = l->c, *oc = &m->to->c[o];
	bool same = same_patch(c, oc) && !m->taken[o];
	double got = fmin(k->got[o], fmin(l->total, k->total[o]));
	double shown = got + k->place[o], need = k->naming + MARGIN;
	double subject = m->taken[o] ? 0 : subject_bits(k, c, oc);
	double share = l->total > 0 ? got / l->total : 0;
	double both = l->total + k->total[o];
	double alike = both > 0 ? 2 * got / both : 0;
	double words = word_bits(k, c, o, need);

	p->c = c - m->from->c;
	p->o = o;
	p->alike = same ? 1 :
		round(50 * (alike + words_alike(&k->words, o))) / 100;
	/* The same context as well says a little more than the same lines. */
	p->bits = same ? k->naming + need + 1 :
		fmin(fmax(shown, words), k->naming + need);
	p->bits = round(p->bits + subject);
	p->apart = llabs(c->when - oc->when);
	p->away = log2(away(m, c, o) + 1.0);
	if (same || words > 0 || (subject > 0 && subject + shown >= need))
		return true;
	/* What it takes away was there for others to take, too. */
	if (l->adds && !k->added[o])
		return false;
	if (shown >= need && (share >= SHARE_MIN || alike >= ALIKE_MIN))
		return true;
	return l->all && m->votes[o] * 2 >= l->all && shown >= k->naming &&
	       (m->votes[o] > 1 || m->votes[o] == l->all);
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Does anything in the commits themselves tell which pair is better? */
static int by_evidence(const struct pair *a, const struct pair *b)
{
	if (a->bits != b->bits)
		return a->bits > b->bits ? -1 : 1;
	if (a->alike != b->alike)
		return a->alike > b->alike ? -1 : 1;
	return order(a->apart, b->apart);
}

static int by_rank(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	int rc = by_evidence(a, b);

	rc = rc ? rc : order(a->away, b->away);
	rc = rc ? rc : order(a->c, b->c);
	return rc ? rc : order(a->o, b->o);
}

/* All pairs of @c; @clear: none, when the best one is not better than others */
static void pairs_of(struct likely *k, const struct commit *c, bool clear,
		     struct pairs *out)
{
	struct matching *m = k->m;
	struct looked l = {
		.c = c, .all = strong_missing(m->from, c->first, c->nlines),
		.total = total_bits(k, m->from, c),
	};
	size_t first = out->count, s, n;
	struct pair p;

	l.adds = adds(m->from, c, !l.all);
	meet_all(k, c, l.all);
	for (s = 0; s < m->nseen; s++) {
		if (!believed(k, &l, m->seen[s], &p))
			continue;
		GROW(out->p, out->count, out->room);
		out->p[out->count++] = p;
	}
	n = out->count - first;
	if (!clear || n < 2)
		return;
	qsort(out->p + first, n, sizeof(*out->p), by_rank);
	if (!by_evidence(&out->p[first], &out->p[first + 1]))
		out->count = first;
}

/* Was a part of @o used up since the pair was found? */
static bool still_free(const struct matching *m, const struct pair *p,
		       const bool *used)
{
	const struct commit *o = &m->to->c[p->o];
	uint32_t i;

	if (!used[p->o])
		return true;
	if (same_patch(&m->from->c[p->c], o))
		return false;
	for (i = o->first; i < o->first + o->nlines; i++)
		if (m->to->l[i].claimed)
			return false;
	return true;
}

static void make_pair(struct likely *k, const struct pair *p)
{
	struct matching *m = k->m;
	struct commit *c = &m->from->c[p->c], *o = &m->to->c[p->o];
	bool same = same_patch(c, o);
	bool named = !m->taken[p->o] && subject_bits(k, c, o) > 0;

	c->mate = o;
	k->mated[p->o] = true;
	c->by = same ? BY_PATCH_ID : named ? BY_SUBJECT : BY_CONTENT;
	claim(m, c->first, c->nlines, o, same || named ? ELSEWHERE : FILE_NAME);
	if (same || named)
		m->taken[p->o] = true;
}

/* One round: the surest pairs first.  Returns whether there was any. */
static bool pair_round(struct likely *k, bool clear)
{
	struct matching *m = k->m;
	bool *used = xcalloc(m->to->count, sizeof(*used));
	struct pairs all = { 0 };
	bool any = false;
	size_t i;

	for (i = 0; i < m->from->count; i++)
		if (!m->from->c[i].mate && m->from->c[i].nlines)
			pairs_of(k, &m->from->c[i], clear, &all);
	if (all.count)
		qsort(all.p, all.count, sizeof(*all.p), by_rank);
	for (i = 0; i < all.count; i++) {
		const struct pair *p = &all.p[i];

		if (m->from->c[p->c].mate || !still_free(m, p, used))
			continue;
		make_pair(k, p);
		used[p->o] = true;
		any = true;
	}
	free(all.p);
	free(used);
	return any;
}

/**
 * match_likely - find the counterparts of commits that nothing identifies
 * @m: the matching; what says what it is has its mate already
 *
 * First those with one best counterpart, then, with those for neighbours, the
 * others, until nothing is left that is believed.
 */
void match_likely(struct matching *m)
{
	struct likely k = { .m = m };
	int round;

	likely_init(&k);
	pair_round(&k, true);
	for (round = 0; round < 4 && pair_round(&k, false); round++)
		;
	likely_free(&k);
}
