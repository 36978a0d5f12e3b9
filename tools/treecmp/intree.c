// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a hunk in a tree, whatever commit brought it?  It is when the lines that
 * it leaves behind, with some context, are there in a row, and the lines that
 * it replaces are not.
 */

#include "history.h"
#include "rules.h"

struct tree_lines {
	struct tree tree;
	uint32_t **ids;		/* by file: its lines that are not blank */
	uint32_t *count;
	struct map files;	/* path, in the other side's terms -> file */
};

static struct tree_lines *load(struct history *h)
{
	struct tree_lines *t = xcalloc(1, sizeof(*t));
	size_t i;

	t->tree.name = h->name;
	t->tree.side = h->side;
	t->tree.may_lack = true;
	tree_load_git(&t->tree, h->repo, &h->tip, h->path);
	if (t->tree.lacking)
		note("%s: %zu files of the last commit are left out: their contents are not there",
		     h->name, t->tree.lacking);
	h->unread += t->tree.lacking;
	t->ids = xcalloc(t->tree.count, sizeof(*t->ids));
	t->count = xcalloc(t->tree.count, sizeof(*t->count));
	for (i = 0; i < t->tree.count; i++) {
		struct file *f = &t->tree.files[i];

		if (rules_path(h->side, f->path, &f->key))
			map_put(&t->files, f->key, i);
	}
	return t;
}

/* The lines of a file, made when they are first asked for. */
static void file_lines(struct history *h, size_t i)
{
	struct tree_lines *t = h->tree;
	const struct file *f = &t->tree.files[i];
	const char *p = f->data, *end = f->data + f->len, *eol;
	size_t room = 0, n = 0;
	uint32_t id;
	bool weak;

	if (t->ids[i])
		return;
	t->ids[i] = xmalloc(sizeof(*t->ids[i]));
	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', end - p);
		eol = eol ? eol : end;
		id = line_id(h->side, p, eol - p, &weak);
		if (!id)
			continue;
		if (n >= room) {
			room = room ? room * 2 : 256;
			t->ids[i] = xrealloc(t->ids[i],
					     room * sizeof(*t->ids[i]));
		}
		t->ids[i][n++] = id;
	}
	t->count[i] = n;
}

static bool has_run(const uint32_t *hay, size_t nhay, const uint32_t *run,
		    size_t n)
{
	size_t i;

	for (i = 0; i + n <= nhay; i++)
		if (hay[i] == run[0] &&
		    !memcmp(hay + i, run, n * sizeof(*run)))
			return true;
	return false;
}

/* The part of a hunk from one line of context before its first change on. */
struct image {
	const uint32_t *pre, *post;
	uint32_t npre, npost;
	uint32_t before, after;		/* lines of context in it */
};

static void cut(struct image *m, const struct phunk *h, uint32_t context)
{
	uint32_t same = 0, tail = 0;

	while (same < h->npre && same < h->npost &&
	       h->pre[same] == h->post[same])
		same++;
	while (tail + same < h->npre && tail + same < h->npost &&
	       h->pre[h->npre - 1 - tail] == h->post[h->npost - 1 - tail])
		tail++;
	m->before = same < context ? same : context;
	m->after = tail < context ? tail : context;
	m->pre = h->pre + (same - m->before);
	m->post = h->post + (same - m->before);
	m->npre = h->npre - (same - m->before) - (tail - m->after);
	m->npost = h->npost - (same - m->before) - (tail - m->after);
}

/**
 * hunk_in_tree - are the lines that a hunk makes in the tree?
 * @to: the history whose newest tree is looked at
 * @h: the hunk of the other history
 */
bool hunk_in_tree(struct history *to, const struct phunk *h)
{
	struct image m;
	uint32_t *at;

	if (!h->post)
		return false;
	cut(&m, h, 3);
	/* Nothing around it: no way to tell it from its like elsewhere. */
	if ((m.npre || m.npost < 5) &&
	    (m.before + m.after < 2 || m.npost < 3))
		return false;
	if (!to->tree)
		to->tree = load(to);
	at = map_find(&to->tree->files, h->key);
	if (!at)
		return false;
	file_lines(to, *at);
	return has_run(to->tree->ids[*at], to->tree->count[*at], m.post,
		       m.npost) &&
	       !(m.npre && has_run(to->tree->ids[*at], to->tree->count[*at],
				   m.pre, m.npre));
}
