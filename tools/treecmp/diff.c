// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences of two token sequences, by libgit2's diff: one line for every
 * token.
 */

#include "compare.h"

static int on_hunk(const git_diff_delta *delta, const git_diff_hunk *h,
		   void *arg)
{
	struct tdiff *d = arg;
	struct hunk *k;

	(void)delta;
	GROW(d->h, d->count, d->room);
	k = &d->h[d->count++];
	k->na = h->old_lines;
	k->nb = h->new_lines;
	/* an empty side is given as the line before it */
	k->a = h->old_start - (h->old_lines ? 1 : 0);
	k->b = h->new_start - (h->new_lines ? 1 : 0);
	return 0;
}

static void to_lines(struct buf *b, const struct entity *e)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t i;
	char line[9];
	int k;

	line[8] = '\n';
	for (i = 0; i < e->ntok; i++) {
		for (k = 0; k < 8; k++)
			line[k] = hex[e->tok[i].id >> (28 - 4 * k) & 15];
		buf_add(b, line, sizeof(line));
	}
}

/**
 * token_diff - how two entities differ
 * @a: in tree A
 * @b: its counterpart in tree B
 *
 * Return: the differences in order; not to be freed before the end.
 */
struct tdiff *token_diff(const struct entity *a, const struct entity *b)
{
	git_diff_options opts = GIT_DIFF_OPTIONS_INIT;
	struct tdiff *d = xcalloc(1, sizeof(*d));
	struct buf x = { 0 }, y = { 0 };

	opts.context_lines = 0;
	opts.interhunk_lines = 0;
	opts.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_MINIMAL;
	opts.max_size = -1;
	to_lines(&x, a);
	to_lines(&y, b);
	if (git_diff_buffers(x.s ? x.s : "", x.len, NULL, y.s ? y.s : "",
			     y.len, NULL, &opts, NULL, NULL, on_hunk, NULL,
			     d))
		die("cannot compare %s: %s", spelling(a->shown), git_says());
	buf_free(&x);
	buf_free(&y);
	return d;
}
