// SPDX-License-Identifier: GPL-2.0-only
/* Which file became which, and the sums of a comparison. */

#include <math.h>

#include "compare.h"
#include "rules.h"

/* Tokens of a file of A that have their counterpart in a file of B. */
struct link {
	struct file *a, *b;
	uint32_t tokens;
};

struct links {
	struct link *l;
	size_t count;
	size_t room;
};

static int by_files(const void *x, const void *y)
{
	const struct link *a = x, *b = y;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

static int by_target(const void *x, const void *y)
{
	const struct link *a = x, *b = y;

	if (a->b != b->b)
		return a->b < b->b ? -1 : 1;
	return a->a < b->a ? -1 : a->a > b->a;
}

static void make_links(struct comparison *c, struct links *out)
{
	struct map at = { 0 };
	size_t i;

	for (i = 0; i < c->a.nents; i++) {
		const struct entity *e = &c->a.ents[i];
		uint32_t *k;

		if (!e->mate || e->kind == K_INCLUDE)
			continue;
		k = map_put(&at, (uint64_t)e->file->path << 32 |
			    e->mate->file->path, out->count);
		if (*k == out->count) {
			GROW(out->l, out->count, out->room);
			out->l[out->count++] = (struct link){
				e->file, e->mate->file, 0,
			};
		}
		out->l[*k].tokens += e->ntok + 1;
	}
	map_free(&at);
	if (out->count)
		qsort(out->l, out->count, sizeof(*out->l), by_files);
}

static struct map paths_of(struct tree *tree)
{
	struct map m = { 0 };
	size_t i;

	for (i = 0; i < tree->count; i++)
		map_put(&m, tree->files[i].key, i);
	return m;
}

static uint32_t file_tokens(const struct tree *tree, const struct file *f)
{
	uint32_t i, n = 0;

	for (i = 0; i < f->nents; i++)
		n += tree->ents[f->first_ent + i].ntok + 1;
	return n ? n : 1;
}

/**
 * map_files - every file of A gets the file of B that most of it went to
 * @c: the comparison; the file of the expected path wins if it is there
 */
void map_files(struct comparison *c)
{
	struct map there = paths_of(&c->b);
	struct links links = { 0 };
	size_t i, k;

	make_links(c, &links);
	for (i = 0; i < links.count; i = k) {
		struct link *best = &links.l[i];

		for (k = i; k < links.count && links.l[k].a == best->a; k++)
			if (links.l[k].tokens > links.l[i].tokens)
				best = &links.l[k];
		best->a->mate = best->b;
		best->a->mate_share = 100ull * best->tokens /
				      file_tokens(&c->a, best->a);
	}
	for (i = 0; i < c->a.count; i++) {
		struct file *f = &c->a.files[i];
		uint32_t *at = map_find(&there, f->key);

		if (at)
			f->mate = &c->b.files[*at];
	}
	for (i = 0; i < c->a.count; i++) {
		struct file *f = &c->a.files[i];

		if (f->mate && (!f->mate->mate || f->key == f->mate->path))
			f->mate->mate = f;
	}
	map_free(&there);
	free(links.l);
}

static struct file_event *add_event(struct comparison *c,
				    enum file_event_kind kind,
				    struct file *one)
{
	struct file_event *e;

	GROW(c->events, c->nevents, c->events_room);
	e = &c->events[c->nevents++];
	*e = (struct file_event){ .kind = kind, .one = one };
	return e;
}

/* @n links of one file: which of them are a good part of it? */
static void event_of(struct comparison *c, const struct link *l, size_t n,
		     bool to, const struct map *there, const struct map *here)
{
	struct file *one = to ? l->b : l->a, *other;
	uint32_t all = file_tokens(to ? &c->b : &c->a, one);
	struct file_event ev = { .kind = to ? FILE_MERGED : FILE_SPLIT,
				 .one = one };
	bool fresh = false;
	size_t i;

	for (i = 0; i < n; i++) {
		other = to ? l[i].a : l[i].b;
		if (l[i].tokens * 100ull < all * 15ull ||
		    ev.count == ARRAY_SIZE(ev.many))
			continue;
		ev.many[ev.count++] = other;
		fresh = fresh || !map_find(there, other->key);
	}
	if (ev.count > 1 && fresh)
		*add_event(c, ev.kind, one) = ev;
	else if (ev.count == 1 && !to && fresh && !map_find(here, one->key))
		*add_event(c, FILE_MOVED, one) = (struct file_event){
			FILE_MOVED, one, { ev.many[0] }, 1,
		};
}

/* Files that moved, were split, or merged into one. */
void file_events(struct comparison *c)
{
	struct map in_a = paths_of(&c->a), in_b = paths_of(&c->b);
	struct links links = { 0 };
	size_t i, k;

	make_links(c, &links);
	for (i = 0; i < links.count; i = k) {
		for (k = i; k < links.count && links.l[k].a == links.l[i].a;)
			k++;
		event_of(c, &links.l[i], k - i, false, &in_a, &in_b);
	}
	if (links.count)
		qsort(links.l, links.count, sizeof(*links.l), by_target);
	for (i = 0; i < links.count; i = k) {
		for (k = i; k < links.count && links.l[k].b == links.l[i].b;)
			k++;
		event_of(c, &links.l[i], k - i, true, &in_b, &in_a);
	}
	free(links.l);
	map_free(&in_a);
	map_free(&in_b);
}

/* Is the move of this entity told by that of its file? */
bool move_told(const struct comparison *c, const struct entity *a)
{
	size_t i, k;

	for (i = 0; i < c->nevents; i++) {
		const struct file_event *ev = &c->events[i];
		const struct file *one, *other;

		one = ev->kind == FILE_MERGED ? a->mate->file : a->file;
		other = ev->kind == FILE_MERGED ? a->file : a->mate->file;
		if (ev->one != one)
			continue;
		for (k = 0; k < ev->count; k++)
			if (ev->many[k] == other)
				return true;
	}
	return false;
}

bool is_difference(const struct entity *e)
{
	return e->verdict != V_SAME ||
	       (options.places && (e->moved || e->renamed)) || e->reordered;
}

/* White space counts when asked: the very same characters, then. */
static void compare_space(struct comparison *c)
{
	size_t i;

	for (i = 0; options.space && i < c->a.nents; i++) {
		struct entity *e = &c->a.ents[i], *m = e->mate;

		if (!m || e->verdict != V_SAME)
			continue;
		if (e->end - e->start == m->end - m->start &&
		    !memcmp(e->file->data + e->start,
			    m->file->data + m->start, e->end - e->start))
			continue;
		e->verdict = m->verdict = V_CHANGED;
	}
}

/*
 * Order counts when asked: of the entities of one file, the longest run that
 * kept its order did not move, the others did.
 */
static void order_of(struct comparison *c, const struct file *f)
{
	uint32_t n = f->nents, i, k, *len = xcalloc(n, sizeof(*len));
	uint32_t *prev = xcalloc(n, sizeof(*prev)), best = n;
	struct entity *e = c->a.ents + f->first_ent;

	for (i = 0; i < n; i++) {
		if (!e[i].mate || e[i].mate->file != f->mate)
			continue;
		len[i] = 1;
		prev[i] = n;
		for (k = 0; k < i; k++) {
			if (len[k] && e[k].mate < e[i].mate &&
			    len[k] + 1 > len[i]) {
				len[i] = len[k] + 1;
				prev[i] = k;
			}
		}
		if (best == n || len[i] > len[best])
			best = i;
	}
	for (i = 0; i < n; i++)
		e[i].reordered = len[i] > 0;
	for (; best < n; best = prev[best])
		e[best].reordered = false;
	free(len);
	free(prev);
}

static void add_tally(struct tally *t, const struct entity *e, bool of_a)
{
	if (of_a)
		t->a++;
	else
		t->b++;
	t->fuzzy += e->fuzzy;
	t->odd += e->odd;
	if (!e->mate) {
		t->only_a += of_a;
		t->only_b += !of_a;
	} else if (of_a) {
		t->same += e->verdict == V_SAME;
		t->changed += e->verdict == V_CHANGED;
		t->moved += e->moved;
		t->renamed += e->renamed;
	}
}

static void count_entities(struct comparison *c, struct tree *tree, bool of_a)
{
	size_t i;

	for (i = 0; i < tree->nents; i++) {
		struct entity *e = &tree->ents[i];

		add_tally(&c->kinds[e->kind], e, of_a);
		add_tally(&c->total, e, of_a);
		c->differs = c->differs || is_difference(e);
		if (!of_a || !e->mate)
			continue;
		e->common = e->ntok;
		if (e->verdict == V_CHANGED) {
			size_t k;

			e->diff = token_diff(e, e->mate);
			for (k = 0; k < e->diff->count; k++)
				e->common -= e->diff->h[k].na;
		}
		c->common += e->common;
	}
}

static bool file_same(const struct comparison *c, const struct file *f)
{
	const struct tree *b = &c->b;
	uint32_t i;

	for (i = 0; i < f->nents; i++)
		if (is_difference(&c->a.ents[f->first_ent + i]))
			return false;
	for (i = 0; f->mate && i < f->mate->nents; i++)
		if (is_difference(&b->ents[f->mate->first_ent + i]))
			return false;
	return true;
}

static void count_files(struct comparison *c)
{
	size_t i;

	c->files_a = c->a.count;
	c->files_b = c->b.count;
	for (i = 0; i < c->a.count; i++) {
		const struct file *f = &c->a.files[i];

		if (!f->mate) {
			c->files_only_a += f->nents > 0;
			c->files_same += !f->nents;
		} else if (file_same(c, f)) {
			c->files_same++;
		} else {
			c->files_changed++;
		}
	}
	for (i = 0; i < c->b.count; i++)
		c->files_only_b += !c->b.files[i].mate &&
				   c->b.files[i].nents > 0;
}

/* Never 100 unless nothing at all is different. */
static double figure(const struct comparison *c)
{
	uint64_t all = c->a.tokens + c->b.tokens;
	double e = all ? 200.0 * c->common / all : 100.0;

	if (c->total.changed || c->total.only_a || c->total.only_b)
		return fmin(floor(e * 10000) / 10000, 99.9999);
	return e;
}

/**
 * compare - everything that is to be known about two trees
 * @c: both trees, loaded
 */
void compare(struct comparison *c)
{
	size_t i;

	match_entities(c);
	file_events(c);
	compare_space(c);
	for (i = 0; options.order && i < c->a.count; i++)
		if (c->a.files[i].mate)
			order_of(c, &c->a.files[i]);
	count_entities(c, &c->a, true);
	count_entities(c, &c->b, false);
	find_parts(c);
	count_files(c);
	c->equivalence = figure(c);
}
