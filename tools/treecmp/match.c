// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which entity of A is which one of B.
 *
 * Certain pairs come first: same name, place and tokens; same name and place;
 * same name and tokens elsewhere; same tokens but for the name.  A name that
 * vanished and came back under another name is then taken for renamed
 * everywhere, and what is still alone is paired by likeness.
 */

#include "compare.h"
#include "rules.h"

enum {
	BY_NAME = 1, BY_FILE = 2, BY_HASH = 4, BY_ANON = 8, BY_MATE_FILE = 16,
};

#define CANDIDATES_MAX	64
#define ANON_MIN	24	/* tokens: less is no proof of being the same */
#define ANON_MIN_FAR	32

struct matcher {
	struct comparison *c;
	struct map heads;	/* key -> index + 1 of the first in B */
	uint32_t *next;		/* index + 1 of the next one of that key */
	struct map affinity;	/* two files -> entities that they share */
	struct map names_a;	/* kind and name -> how many there are */
	struct map names_b;
	struct map words_a;	/* names that anything of A is defined by */
	struct map words_b;
};

static uint64_t file_pair(const struct file *a, const struct file *b)
{
	return (uint64_t)a->path << 32 | b->path;
}

static uint64_t kind_name_key(const struct entity *e)
{
	return (uint64_t)e->kind << 32 | e->name;
}

static uint64_t make_key(const struct entity *e, unsigned int by)
{
	uint64_t h = hash_mix(by, e->kind);

	if (by & BY_NAME)
		h = hash_mix(h, e->name);
	if (by & BY_FILE)
		h = hash_mix(h, e->file->key);
	if (by & BY_MATE_FILE)
		h = hash_mix(h, e->file->mate ? e->file->mate->path : 0);
	if (by & BY_HASH)
		h = hash_mix(h, e->hash);
	if (by & BY_ANON)
		h = hash_mix(h, e->anon);
	return h;
}

static bool same_tokens(const struct entity *a, const struct entity *b)
{
	uint32_t i;

	if (a->hash != b->hash || a->ntok != b->ntok)
		return false;
	for (i = 0; i < a->ntok; i++)
		if (a->tok[i].id != b->tok[i].id)
			return false;
	return true;
}

static void pair(struct matcher *m, struct entity *a, struct entity *b)
{
	uint32_t *n = map_put(&m->affinity, file_pair(a->file, b->file), 0);

	a->mate = b;
	b->mate = a;
	++*n;
}

static uint32_t affinity(struct matcher *m, const struct entity *a,
			 const struct entity *b)
{
	uint32_t *n = map_find(&m->affinity, file_pair(a->file, b->file));

	return (n ? *n : 0) + (a->file->key == b->file->key ? 1000000 : 0);
}

static void index_b(struct matcher *m, unsigned int by)
{
	struct tree *b = &m->c->b;
	size_t i;

	map_free(&m->heads);
	if (!m->next)
		m->next = xcalloc(b->nents, sizeof(*m->next));
	for (i = b->nents; i-- > 0;) {
		struct entity *e = &b->ents[i];
		uint32_t *head;

		if (e->mate || ((by & BY_MATE_FILE) && !e->file->mate))
			continue;
		if (by & BY_MATE_FILE) {
			/* B's own path is what A's mate is called */
			struct file f = { .mate = e->file };
			struct entity k = *e;

			k.file = &f;
			head = map_put(&m->heads, make_key(&k, by), 0);
		} else {
			head = map_put(&m->heads, make_key(e, by), 0);
		}
		m->next[i] = *head;
		*head = i + 1;
	}
}

typedef bool (*filter_fn)(struct matcher *m, const struct entity *a,
			  const struct entity *b);

/* Pair what has the same key; of several, the one in the closest file. */
static void pass(struct matcher *m, unsigned int by, filter_fn accept)
{
	struct tree *a = &m->c->a, *b = &m->c->b;
	size_t i;

	index_b(m, by);
	for (i = 0; i < a->nents; i++) {
		struct entity *e = &a->ents[i], *best = NULL;
		uint32_t *head, k, far = 0, n = 0;

		if (e->mate)
			continue;
		head = map_find(&m->heads, make_key(e, by));
		for (k = head ? *head : 0; k && n < CANDIDATES_MAX;
		     k = m->next[k - 1]) {
			struct entity *o = &b->ents[k - 1];
			uint32_t aff;

			if (o->mate || o->kind != e->kind)
				continue;
			n++;
			if (accept && !accept(m, e, o))
				continue;
			aff = affinity(m, e, o);
			if (!best || aff > far) {
				best = o;
				far = aff;
			}
		}
		if (best)
			pair(m, e, best);
	}
}

static bool is_definition(const struct entity *e)
{
	return e->kind <= K_TYPEDEF || e->kind == K_VARIABLE;
}

static bool is_whole_file(const struct entity *e)
{
	return e->kind >= K_TEXT && e->kind < K_MODE;
}

static bool has_name(struct matcher *m, const struct entity *a,
		     const struct entity *b)
{
	(void)m;
	(void)b;
	return a->name && a->kind != K_OTHER;
}

static bool may_move(struct matcher *m, const struct entity *a,
		     const struct entity *b)
{
	(void)m;
	(void)b;
	return (is_definition(a) && a->name) || a->kind == K_PROTOTYPE ||
	       a->kind == K_CALL || (a->kind == K_OTHER && a->ntok > 8);
}

static bool file_may_move(struct matcher *m, const struct entity *a,
			  const struct entity *b)
{
	(void)m;
	(void)b;
	return is_whole_file(a) && a->ntok;
}

static bool is_gone(const struct map *there, uint32_t name)
{
	return !map_find(there, name);
}

/* @a's name is nothing's name in B any more, and @b's is new. */
static bool may_be_renamed(struct matcher *m, const struct entity *a,
			   const struct entity *b)
{
	return is_definition(a) && a->name != b->name &&
	       a->ntok - a->nguard >= ANON_MIN &&
	       is_gone(&m->words_b, a->name) && is_gone(&m->words_a, b->name);
}

static bool may_be_renamed_far(struct matcher *m, const struct entity *a,
			       const struct entity *b)
{
	return a->ntok - a->nguard >= ANON_MIN_FAR && may_be_renamed(m, a, b);
}

/* The only one of its name in either tree, or much alike. */
static bool may_have_changed(struct matcher *m, const struct entity *a,
			     const struct entity *b)
{
	uint32_t *na, *nb;

	if (!may_move(m, a, b) || a->kind == K_OTHER)
		return false;
	na = map_find(&m->names_a, kind_name_key(a));
	nb = map_find(&m->names_b, kind_name_key(b));
	if (na && nb && *na == 1 && *nb == 1)
		return true;
	return entity_similarity(a, b) >= 0.5;
}

static void count_names(struct tree *tree, struct map *names,
			struct map *words)
{
	size_t i;

	map_free(names);
	map_free(words);
	for (i = 0; i < tree->nents; i++) {
		const struct entity *e = &tree->ents[i];

		++*map_put(names, kind_name_key(e), 0);
		if (is_definition(e) && e->name)
			map_put(words, e->name, 1);
	}
}

static void sure_passes(struct matcher *m)
{
	count_names(&m->c->a, &m->names_a, &m->words_a);
	count_names(&m->c->b, &m->names_b, &m->words_b);
	pass(m, BY_NAME | BY_FILE | BY_HASH, NULL);
	pass(m, BY_NAME | BY_FILE, has_name);
	pass(m, BY_NAME | BY_HASH, may_move);
	pass(m, BY_HASH, file_may_move);
	pass(m, BY_ANON | BY_FILE, may_be_renamed);
	pass(m, BY_ANON, may_be_renamed_far);
}

static void remember_rename(struct comparison *c, uint32_t from, uint32_t to)
{
	size_t i;

	for (i = 0; i < c->nrenames; i++)
		if (c->renames[i].from == from)
			return;
	GROW(c->renames, c->nrenames, c->renames_room);
	c->renames[c->nrenames++] = (struct rename_found){ from, to, 0 };
}

/*
 * Names that pairs show to be renamed, which nothing but the name tells
 * apart; how many are new.  A likeness is not enough: reading callers by it
 * could hide a difference.
 */
static size_t collect_renames(struct matcher *m)
{
	struct comparison *c = m->c;
	size_t i, before = c->nrenames;

	for (i = 0; i < c->a.nents; i++) {
		const struct entity *e = &c->a.ents[i];

		if (e->mate && is_definition(e) && e->name && e->mate->name &&
		    e->name != e->mate->name && e->anon == e->mate->anon &&
		    is_gone(&m->words_b, e->name) &&
		    is_gone(&m->words_a, e->mate->name))
			remember_rename(c, e->name, e->mate->name);
	}
	return c->nrenames - before;
}

/* Read A's tokens as if the renames since @first had been made there. */
static void apply_renames(struct comparison *c, size_t first)
{
	struct map found = { 0 };
	uint32_t *k, t;
	size_t i;

	for (i = first; i < c->nrenames; i++)
		map_put(&found, c->renames[i].from, i);
	for (i = 0; i < c->a.nents; i++) {
		struct entity *e = &c->a.ents[i];
		bool touched = false;

		for (t = 0; t < e->ntok; t++) {
			k = map_find(&found, e->tok[t].id);
			if (!k)
				continue;
			e->tok[t].id = c->renames[*k].to;
			c->renames[*k].uses++;
			touched = true;
		}
		if (!touched)
			continue;
		k = map_find(&found, e->name);
		if (k)
			e->name = c->renames[*k].to;
		else if (e->kind == K_CALL)
			e->name = 0;
		entity_hash(e);
	}
	map_free(&found);
}

/* EXPORT_SYMBOL(old) has to become EXPORT_SYMBOL(new). */
static void rename_calls(struct comparison *c)
{
	size_t i;

	for (i = 0; i < c->a.nents; i++) {
		struct entity *e = &c->a.ents[i];
		const struct token *t = e->tok + e->nguard;
		char *name;

		if (e->kind != K_CALL || e->name || e->ntok - e->nguard < 3)
			continue;
		name = xasprintf("%s(%s)", spelling(t[0].id),
				 spelling(t[2].id));
		e->name = interns(name);
		free(name);
		entity_hash(e);
	}
}

static int by_similarity(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->similarity != b->similarity)
		return a->similarity > b->similarity ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

/* What is left: the most alike first. */
static void pair_alike(struct matcher *m)
{
	struct comparison *c = m->c;
	struct candidates found = { 0 };
	size_t i;

	similar_unpaired(c, &found);
	for (i = 0; i < found.count; i++) {
		struct candidate *k = &found.c[i];
		const struct entity *a = &c->a.ents[k->a];
		const struct entity *b = &c->b.ents[k->b];
		bool near = affinity(m, a, b) > 0;

		if (is_definition(a) && a->name != b->name &&
		    (!is_gone(&m->words_b, a->name) ||
		     !is_gone(&m->words_a, b->name)))
			k->similarity = 0;
		else if (!near && (k->similarity < 0.7 || a->ntok < 30))
			k->similarity = 0;
		else if (near && k->similarity < 0.5)
			k->similarity = 0;
	}
	if (found.count)
		qsort(found.c, found.count, sizeof(*found.c), by_similarity);
	for (i = 0; i < found.count && found.c[i].similarity > 0; i++) {
		struct entity *a = &c->a.ents[found.c[i].a];
		struct entity *b = &c->b.ents[found.c[i].b];

		if (!a->mate && !b->mate)
			pair(m, a, b);
	}
	free(found.c);
}

static bool in_mate_file(struct matcher *m, const struct entity *a,
			 const struct entity *b)
{
	(void)m;
	return a->file->mate == b->file;
}

static bool other_alike(struct matcher *m, const struct entity *a,
			const struct entity *b)
{
	return in_mate_file(m, a, b) &&
	       (a->kind != K_OTHER || entity_similarity(a, b) >= 0.4);
}

/**
 * match_entities - find the counterparts
 * @c: both trees, loaded; the entities' mates are set
 */
void match_entities(struct comparison *c)
{
	struct matcher m = { .c = c };
	size_t known = 0;
	int round;

	for (round = 0; round < 4; round++) {
		if (round == 2) {
			pass(&m, BY_NAME, may_have_changed);
			pair_alike(&m);
		} else {
			sure_passes(&m);
		}
		if (collect_renames(&m)) {
			apply_renames(c, known);
			rename_calls(c);
			known = c->nrenames;
		} else if (round == 0) {
			round = 1;	/* nothing new to go by */
		}
	}
	map_files(c);
	pass(&m, BY_NAME | BY_HASH | BY_MATE_FILE, in_mate_file);
	pass(&m, BY_NAME | BY_MATE_FILE, other_alike);
	for (size_t i = 0; i < c->a.nents; i++) {
		struct entity *e = &c->a.ents[i];

		if (!e->mate)
			continue;
		e->verdict = same_tokens(e, e->mate) ? V_SAME : V_CHANGED;
		e->mate->verdict = e->verdict;
		e->moved = e->mate->moved = e->file->key != e->mate->file->key;
		if (is_definition(e) && e->shown != e->mate->shown &&
		    rules_ident('a', e->shown) != e->mate->shown)
			e->renamed = e->mate->renamed = true;
	}
	map_free(&m.heads);
	map_free(&m.affinity);
	map_free(&m.names_a);
	map_free(&m.names_b);
	map_free(&m.words_a);
	map_free(&m.words_b);
	free(m.next);
}
