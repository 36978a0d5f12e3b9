// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patches of one history in another one: first by what a patch says it is,
 * then by its lines.  Lines are compared without their context and place, so
 * drift does not matter; each line of the other history answers for one line
 * only.
 */

#include "matching.h"

const char *status_name(enum patch_status status)
{
	static const char *const names[P_STATUS_COUNT] = {
		[P_FULL] = "fully", [P_PARTLY] = "partly", [P_NO] = "not",
		[P_REVERTED] = "reverted", [P_UNDONE] = "undone",
		[P_EMPTY] = "empty",
	};

	return names[status];
}

const char *found_by_name(enum found_by by)
{
	static const char *const names[FOUND_BY_COUNT] = {
		[BY_NOTHING] = "", [BY_CHANGE_ID] = "Change-Id",
		[BY_TRAILER] = "trailer", [BY_PATCH_ID] = "patch-id",
		[BY_AUTHOR] = "author and date",
		[BY_SUBJECT] = "subject", [BY_CONTENT] = "content",
		[BY_TREE] = "the tree's content",
	};

	return names[by];
}

uint64_t line_key(const struct pline *l)
{
	return (uint64_t)l->id << 1 | (l->sign == '+');
}

static void index_lines(struct matching *m)
{
	struct history *to = m->to;
	size_t i, k;

	m->w = xcalloc(to->nlines, sizeof(*m->w));
	for (i = to->count; i-- > 0;) {
		const struct commit *c = &to->c[i];

		for (k = c->nlines; k-- > 0;) {
			uint32_t at = c->first + k;
			uint32_t *head = map_put(&m->lines,
						 line_key(&to->l[at]), 0);

			m->w[at] = (struct where){ at, i, *head };
			*head = at + 1;
		}
	}
}

enum place same_place(const struct pline *a, const struct pline *b)
{
	bool near = (a->before && a->before == b->before) ||
		    (a->after && a->after == b->after);

	/* A function that moved is in a file of another name. */
	if (a->base != b->base)
		return a->func && a->func == b->func && near ? FILE_NAME :
							       ELSEWHERE;
	if (a->func == b->func || near)
		return SAME_FUNCTION;
	return a->path == b->path ? SAME_FILE : FILE_NAME;
}

/* Few lines prove something only where they are expected. */
enum place needed(uint32_t lines)
{
	return lines < 3 ? SAME_FUNCTION : FILE_NAME;
}

/* A free line of commit @c that is like @l and at such a place, or NULL. */
static struct pline *free_line(struct matching *m, const struct pline *l,
			       const struct commit *c, enum place place)
{
	uint32_t *head = map_find(&m->lines, line_key(l)), k;
	uint32_t index = c - m->to->c;

	for (k = head ? *head : 0; k; k = m->w[k - 1].next) {
		struct pline *o = &m->to->l[m->w[k - 1].line];

		if (m->w[k - 1].commit > index)
			break;		/* the list is in their order */
		if (m->w[k - 1].commit == index && !o->claimed &&
		    same_place(l, o) == place)
			return o;
	}
	return NULL;
}

/* How many lines of @n from @first commit @c would answer for. */
uint32_t claim(struct matching *m, uint32_t first, uint32_t n,
	       const struct commit *c, enum place least)
{
	struct history *from = m->from;
	uint32_t i, got = 0;
	enum place place;

	for (place = SAME_FUNCTION + 1; place-- > least;) {
		for (i = first; i < first + n; i++) {
			struct pline *l = &from->l[i], *o;

			if (l->in)
				continue;
			o = free_line(m, l, c, place);
			if (!o)
				continue;
			o->claimed = true;
			l->in = c - m->to->c + 1;
			got++;
		}
	}
	return got;
}

static void set_mate(struct matching *m, struct commit *c,
		     struct commit *mate, enum found_by by)
{
	c->mate = mate;
	c->by = by;
	m->taken[mate - m->to->c] = true;
	claim(m, c->first, c->nlines, mate, ELSEWHERE);
}

uint64_t oid_key(const git_oid *oid)
{
	uint64_t k;

	memcpy(&k, oid->id, sizeof(k));
	return k;
}

/* Commits of the other history by one kind of identity, in their order. */
struct identities {
	struct map first;
	uint32_t *next;
};

static void add_identity(struct identities *id, uint64_t key, uint32_t i)
{
	uint32_t *k = map_put(&id->first, key, 0);

	id->next[i] = *k;
	*k = i + 1;
}

static struct commit *find_identity(struct matching *m,
				    const struct identities *id, uint64_t key)
{
	uint32_t *head = map_find(&id->first, key), k;

	for (k = head ? *head : 0; k; k = id->next[k - 1])
		if (!m->taken[k - 1])
			return &m->to->c[k - 1];
	return NULL;
}

static bool only_one(const struct identities *id, uint64_t key)
{
	uint32_t *head = map_find(&id->first, key);

	return head && !id->next[*head - 1];
}

static void by_key(struct matching *m, enum found_by by)
{
	struct identities id = { 0 };
	struct map times = { 0 };	/* that @from has one author's key */
	struct commit *mate;
	size_t i;

	id.next = xcalloc(m->to->count, sizeof(*id.next));
	for (i = 0; i < m->from->count; i++)
		++*map_put(&times, m->from->c[i].author, 0);
	for (i = m->to->count; i-- > 0;) {
		const struct commit *c = &m->to->c[i];

		if (by == BY_CHANGE_ID && c->change_id)
			add_identity(&id, c->change_id, i);
		else if (by == BY_AUTHOR)
			add_identity(&id, c->author, i);
	}
	for (i = 0; i < m->from->count; i++) {
		struct commit *c = &m->from->c[i];
		uint64_t key = by == BY_CHANGE_ID ? c->change_id : c->author;

		if (c->mate || !key)
			continue;
		/* Who has several of a name and a second says nothing by it. */
		if (by == BY_AUTHOR && (*map_find(&times, key) > 1 ||
					!only_one(&id, key)))
			continue;
		mate = find_identity(m, &id, key);
		if (mate)
			set_mate(m, c, mate, by);
	}
	map_free(&id.first);
	map_free(&times);
	free(id.next);
}

/* "cherry picked from": one from the other, or both from the same one */
static void by_trailers(struct matching *m)
{
	struct map origins = { 0 };
	struct history *to = m->to;
	uint32_t *k;
	size_t i, n;

	for (i = 0; i < to->count; i++) {
		map_put(&origins, oid_key(&to->c[i].oid), i);
		for (n = 0; n < to->c[i].norigins; n++)
			map_put(&origins, oid_key(&to->c[i].origins[n]), i);
	}
	for (i = 0; i < m->from->count; i++) {
		struct commit *c = &m->from->c[i];

		if (c->mate)
			continue;
		k = map_find(&origins, oid_key(&c->oid));
		for (n = 0; !k && n < c->norigins; n++)
			k = map_find(&origins, oid_key(&c->origins[n]));
		if (k && !m->taken[*k])
			set_mate(m, c, &to->c[*k], BY_TRAILER);
	}
	map_free(&origins);
}

/* Each commit of the other history gets a vote for each missing line. */
static void vote(struct matching *m, uint32_t first, uint32_t n,
		 enum place least)
{
	uint32_t i, k, *head, postings;
	size_t s;

	for (s = 0; s < m->nseen; s++)
		m->votes[m->seen[s]] = 0;
	m->nseen = 0;
	for (i = first; i < first + n; i++) {
		const struct pline *l = &m->from->l[i];
		uint32_t last = UINT32_MAX;

		if (l->in || l->weak)
			continue;
		head = map_find(&m->lines, line_key(l));
		postings = 0;
		for (k = head ? *head : 0; k && postings < COMMON_MAX;
		     k = m->w[k - 1].next) {
			const struct where *w = &m->w[k - 1];
			const struct pline *o = &m->to->l[w->line];

			postings++;
			if (o->claimed || w->commit == last ||
			    same_place(l, o) < least)
				continue;
			last = w->commit;
			if (!m->votes[w->commit]++)
				m->seen[m->nseen++] = w->commit;
		}
	}
}

static struct commit *elected(struct matching *m, uint32_t *votes)
{
	struct commit *best = NULL;
	size_t s;

	*votes = 0;
	for (s = 0; s < m->nseen; s++) {
		uint32_t c = m->seen[s];

		if (m->votes[c] > *votes ||
		    (m->votes[c] == *votes && best && &m->to->c[c] < best)) {
			*votes = m->votes[c];
			best = &m->to->c[c];
		}
	}
	return best;
}

uint32_t strong_missing(const struct history *h, uint32_t first, uint32_t n)
{
	uint32_t i, count = 0;

	for (i = first; i < first + n; i++)
		count += !h->l[i].in && !h->l[i].weak;
	return count;
}

/* Hunks that are still missing: in some other commit, or in the tree? */
static void hunks_elsewhere(struct matching *m)
{
	struct commit *best;
	uint32_t votes, all;
	size_t i, k, n;

	for (i = 0; i < m->from->count; i++) {
		struct commit *c = &m->from->c[i];

		for (k = 0; k < c->nhunks; k++) {
			struct phunk *h = &c->hunks[k];

			all = strong_missing(m->from, h->first, h->nlines);
			if (!all)
				continue;
			vote(m, h->first, h->nlines, needed(all));
			best = elected(m, &votes);
			if (best && (votes == all ||
				     (votes >= 3 && votes * 5 >= all * 3)))
				claim(m, h->first, h->nlines, best,
				      needed(all));
		}
		/* What a revert restores is there where nothing was done. */
		if (!commit_live(c) || c->reverts)
			continue;
		for (k = 0; k < c->nhunks; k++) {
			struct phunk *h = &c->hunks[k];

			for (n = 0; n < h->nlines; n++)
				if (!m->from->l[h->first + n].in)
					break;
			if (n == h->nlines || !hunk_in_tree(m->to, h))
				continue;
			for (n = 0; n < h->nlines; n++)
				if (!m->from->l[h->first + n].in)
					m->from->l[h->first + n].in = IN_TREE;
		}
	}
}

static void count_missing(const struct history *from, const struct history *to,
			  struct commit *c)
{
	uint32_t i;

	c->missing = 0;
	for (i = 0; i < c->nlines; i++)
		c->missing += !from->l[c->first + i].in;
	c->extra = 0;
	if (!c->mate)
		return;
	for (i = 0; i < c->mate->nlines; i++)
		c->extra += !to->l[c->mate->first + i].in;
}

static bool weak_only(const struct history *h, const struct commit *c)
{
	uint32_t i;

	for (i = 0; i < c->nlines; i++)
		if (h->l[c->first + i].in && !h->l[c->first + i].weak)
			return false;
	return true;
}

/*
 * A commit that was only found by its lines may hold more than this patch;
 * what that is, is told of that commit.
 */
static void judge(const struct history *from, const struct history *to,
		  struct commit *c)
{
	count_missing(from, to, c);
	if (!c->nlines)
		c->status = P_EMPTY;
	else if (c->mate && commit_live(c) && !commit_live(c->mate))
		c->status = P_REVERTED;
	else if (!c->missing && (!c->extra || c->by == BY_CONTENT))
		c->status = P_FULL;
	else if (c->mate ||
		 (c->missing < c->nlines && !weak_only(from, c)))
		c->status = P_PARTLY;
	else
		c->status = P_NO;
	if (!c->mate && c->status == P_FULL)
		c->by = from->l[c->first].in == IN_TREE ? BY_TREE : BY_CONTENT;
}

/* A patch and its revert that are both missing do not miss. */
static void judge_undone(struct history *h)
{
	size_t i;

	for (i = 0; i < h->count; i++) {
		struct commit *c = &h->c[i], *r = c->reverted_by;

		if (r && c->status == P_NO && r->status == P_NO) {
			c->status = P_UNDONE;
			r->status = P_UNDONE;
		}
	}
}

/**
 * match_patches - what became of the commits of one history in another
 * @from: the history whose commits are looked for
 * @to: the one that they are looked for in
 */
void match_patches(struct history *from, struct history *to)
{
	struct matching m = { .from = from, .to = to };
	size_t i;

	for (i = 0; i < from->nlines; i++)
		from->l[i].in = 0;
	for (i = 0; i < to->nlines; i++)
		to->l[i].claimed = false;
	m.votes = xcalloc(to->count, sizeof(*m.votes));
	m.seen = xcalloc(to->count, sizeof(*m.seen));
	m.taken = xcalloc(to->count, sizeof(*m.taken));
	index_lines(&m);
	by_key(&m, BY_CHANGE_ID);
	by_trailers(&m);
	by_key(&m, BY_AUTHOR);
	match_likely(&m);
	hunks_elsewhere(&m);
	map_free(&m.lines);
	free(m.w);
	free(m.votes);
	free(m.seen);
	free(m.taken);
}

/* After both directions were matched: what a counterpart has in addition. */
static void judge_patches(struct history *from, const struct history *to)
{
	size_t i;

	for (i = 0; i < from->count; i++)
		judge(from, to, &from->c[i]);
	judge_undone(from);
	for (i = 0; i < from->count; i++) {
		if (from->c[i].status == P_NO)
			from->c[i].mate = NULL;
		from->counts[from->c[i].status]++;
	}
}

int compare_histories(const char *a, const char *b, const char *base,
		      const struct output *out)
{
	struct histories hs = { .a = { .side = 'a' }, .b = { .side = 'b' } };
	const struct history *h;
	int side;

	history_open(&hs.a, a);
	history_open(&hs.b, b);
	history_load(&hs, base);
	follow_renames(&hs);
	match_patches(&hs.a, &hs.b);
	match_patches(&hs.b, &hs.a);
	judge_patches(&hs.a, &hs.b);
	judge_patches(&hs.b, &hs.a);
	for (side = 0; side < 2; side++) {
		h = side ? &hs.b : &hs.a;
		if (h->counts[P_PARTLY] || h->counts[P_NO] ||
		    h->counts[P_REVERTED])
			hs.differs = true;
	}
	report_patches(&hs, out);
	git_repository_free(hs.a.repo);
	git_repository_free(hs.b.repo);
	if (hs.a.unread || hs.b.unread)
		return STATUS_INCOMPLETE;
	return hs.differs ? STATUS_DIFFERS : STATUS_SAME;
}
