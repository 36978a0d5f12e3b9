// SPDX-License-Identifier: GPL-2.0-only
/* Finding the place of a hunk in a text. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"

/* So many letters and digits say more than "return 0;" does. */
#define TELLING		12

void text_split(struct text *t, const struct buf *b)
{
	const char *s = b->s, *end = b->s + b->len;

	while (s < end) {
		const char *nl = memchr(s, '\n', end - s);
		const char *next = nl ? nl + 1 : end;

		t->l = xgrow(t->l, t->n, &t->cap, sizeof(*t->l));
		t->l[t->n++] = (struct line){ .s = s, .len = next - s };
		s = next;
	}
}

void text_free(struct text *t)
{
	free(t->l);
	*t = (struct text){};
}

/* One side of a hunk, and how much of it is context before and after. */
struct image {
	const struct line **l;
	size_t	n;
	size_t	lead, trail;
};

static bool in_image(const struct line *l, bool after)
{
	return l->op == ' ' || l->op == (after ? '+' : '-');
}

static void image_make(struct image *im, const struct hunk *h, bool after)
{
	*im = (struct image){ .l = xalloc((h->n + 1) * sizeof(*im->l)) };
	for (size_t i = 0; i < h->n; i++)
		if (in_image(&h->l[i], after))
			im->l[im->n++] = &h->l[i];
	while (im->lead < h->n && h->l[im->lead].op == ' ')
		im->lead++;
	while (im->trail < h->n - im->lead &&
	       h->l[h->n - 1 - im->trail].op == ' ')
		im->trail++;
}

static bool same_line(const struct line *a, const struct line *b)
{
	return a->len == b->len && !memcmp(a->s, b->s, a->len);
}

static bool matches(const struct text *t, size_t pos, const struct image *im,
		    size_t from, size_t to)
{
	if (pos + (to - from) > t->n)
		return false;
	for (size_t i = from; i < to; i++)
		if (!same_line(&t->l[pos + i - from], im->l[i]))
			return false;
	return true;
}

static unsigned int telling(const struct line *l)
{
	unsigned int n = 0;

	for (size_t i = 0; i < l->len; i++)
		n += isalnum((unsigned char)l->s[i]) != 0;
	return n;
}

/*
 * The place nearest to @want where lines [from, to) of the image stand.
 * @unique: two such places are none.
 */
static bool search(const struct text *t, const struct image *im, size_t from,
		   size_t to, long want, const struct cursor *c, bool unique,
		   size_t *pos)
{
	size_t keep = im->lead > from ? im->lead - from : 0;
	long best = LONG_MAX;
	size_t n = to - from, hits = 0;

	for (size_t p = 0; p + n <= t->n; p++) {
		/* what is changed may not lie in front of the cursor */
		if (p + keep < c->done || !matches(t, p, im, from, to))
			continue;
		hits++;
		if (labs((long)p - want) < best) {
			best = labs((long)p - want);
			*pos = p;
		}
	}
	return hits && !(unique && hits > 1);
}

/* A hunk with less context on one side stood at an end of the file. */
static bool at_its_end(const struct text *t, const struct image *im, size_t pos)
{
	if (im->lead < 3 && im->lead < im->trail && pos)
		return false;
	if (im->trail < 3 && im->trail < im->lead && pos + im->n != t->n)
		return false;
	return true;
}

static bool worth(const struct image *im, size_t from, size_t to)
{
	unsigned int n = 0;

	for (size_t i = from; i < to; i++)
		n += telling(im->l[i]);
	return n >= TELLING;
}

/*
 * Lines that were added at the end of a file, with nothing behind them, belong
 * to the end whatever it is now.
 */
static bool place_last(const struct text *t, const struct image *im,
		       const struct cursor *c, struct place *at)
{
	if (im->trail || im->lead != im->n || c->done > t->n)
		return false;
	at->pos = t->n;
	at->lead = im->lead;
	return true;
}

static bool place_fuzzy(const struct text *t, const struct image *im, long want,
			const struct cursor *c, struct place *at)
{
	for (size_t drop = 0; drop <= im->lead + im->trail; drop++) {
		for (size_t a = 0; a <= drop && a <= im->lead; a++) {
			size_t b = drop - a;

			if (b > im->trail || !worth(im, a, im->n - b) ||
			    !search(t, im, a, im->n - b, want + a, c, drop > 1,
				    &at->pos))
				continue;
			at->lead = a;
			at->trail = b;
			return true;
		}
	}
	return place_last(t, im, c, at);
}

bool place_hunk(const struct text *t, const struct hunk *h, bool reverse,
		bool fuzz, struct cursor *c, struct place *at)
{
	unsigned int start = reverse ? h->new_start : h->old_start;
	unsigned int n = reverse ? h->new_n : h->old_n;
	long want = (long)start - (n ? 1 : 0) + c->shift;
	struct image im;

	*at = (struct place){};
	image_make(&im, h, reverse);
	if (!im.n) {
		/* nothing to look for: right only where there is no text */
		at->found = !t->n;
	} else {
		at->found = search(t, &im, 0, im.n, want, c, false, &at->pos) &&
			    at_its_end(t, &im, at->pos);
		if (!at->found && fuzz)
			at->found = place_fuzzy(t, &im, want, c, at);
	}
	if (at->found) {
		at->offset = (long)at->pos - (long)at->lead - want + c->shift;
		c->shift = at->offset;
		c->done = at->pos + im.n - at->lead - im.trail;
	}
	free(im.l);
	return at->found;
}

/* The lines of one change of a hunk, with at most @around of context each side. */
static bool next_change(const struct hunk *h, size_t *from, size_t around,
			struct hunk *sub)
{
	size_t first = *from, last, a, b;

	while (first < h->n && h->l[first].op == ' ')
		first++;
	if (first == h->n)
		return false;
	for (last = first; last < h->n && h->l[last].op != ' ';)
		last++;
	for (a = first; a > 0 && h->l[a - 1].op == ' ' && first - a < around;)
		a--;
	for (b = last; b < h->n && h->l[b].op == ' ' && b - last < around;)
		b++;
	*sub = (struct hunk){
		.old_start = h->old_start, .new_start = h->new_start,
		.header = h->header, .l = h->l + a, .n = b - a,
	};
	for (size_t i = 0; i < a; i++) {
		sub->old_start += in_image(&h->l[i], false);
		sub->new_start += in_image(&h->l[i], true);
	}
	for (size_t i = a; i < b; i++) {
		sub->old_n += in_image(&h->l[i], false);
		sub->new_n += in_image(&h->l[i], true);
	}
	*from = last;
	return true;
}

static void copy_lines(struct buf *out, const struct text *t, size_t from, size_t to)
{
	for (; from < to; from++)
		buf_add(out, t->l[from].s, t->l[from].len);
}

/* Write everything up to the last change of @h, which was placed at @at. */
static void write_hunk(const struct text *t, const struct hunk *h, bool reverse,
		       size_t done, const struct place *at, struct buf *out)
{
	size_t skip = at->lead, end = h->n, pos = at->pos;
	char add = reverse ? '-' : '+';

	while (end && h->l[end - 1].op == ' ')
		end--;
	/* Context that a hunk before this one has written is not repeated. */
	if (pos > done)
		copy_lines(out, t, done, pos);
	for (size_t i = skip; i < end; i++) {
		const struct line *l = &h->l[i];

		if (l->op == add) {
			buf_add(out, l->s, l->len);
			continue;
		}
		if (l->op == ' ' && pos >= done)
			copy_lines(out, t, pos, pos + 1);
		pos++;
	}
}

static bool put_changes(const struct text *t, const struct hunk *h, bool reverse,
			struct cursor *c, struct place *at, struct buf *out)
{
	struct cursor now = *c;
	struct buf b = {};
	struct hunk sub;
	size_t from = 0;
	bool ok = true;

	for (bool first = true; ok && next_change(h, &from, 3, &sub); first = false) {
		size_t done = now.done;
		struct place p;

		ok = place_hunk(t, &sub, reverse, true, &now, &p);
		if (!ok)
			break;
		write_hunk(t, &sub, reverse, done, &p, &b);
		if (first)
			*at = p;
		else if (p.lead + p.trail > at->lead + at->trail)
			at->trail = p.lead + p.trail - at->lead;
	}
	if (ok) {
		*c = now;
		buf_add(out, b.s ? b.s : "", b.len);
	}
	buf_free(&b);
	return ok;
}

bool put_hunk(const struct text *t, const struct hunk *h, bool reverse,
	      bool fuzz, struct cursor *c, struct place *at, struct buf *out)
{
	size_t done = c->done;

	if (place_hunk(t, h, reverse, false, c, at)) {
		write_hunk(t, h, reverse, done, at, out);
		return true;
	}
	if (!fuzz)
		return false;
	/* Change by change keeps more of the context that does match. */
	if (!put_changes(t, h, reverse, c, at, out))
		return false;
	at->found = true;
	return true;
}

/* Where @n lines stand, as near to @want as they do. */
static bool has_run(const struct text *t, const struct line *run, size_t n,
		    long want, size_t *pos)
{
	long best = LONG_MAX;

	for (size_t p = 0; p + n <= t->n; p++) {
		size_t i = 0;

		while (i < n && same_line(&t->l[p + i], &run[i]))
			i++;
		if (i == n && labs((long)p - want) < best) {
			best = labs((long)p - want);
			*pos = p;
		}
	}
	return best != LONG_MAX;
}

bool has_content(const struct text *t, const struct hunk *h, size_t *line,
		 long *offset)
{
	long want = (long)h->new_start - 1;
	bool said = false;
	size_t end;

	for (size_t i = 0; i < h->n; i = end) {
		unsigned int letters = 0;
		size_t pos = 0;
		char op = h->l[i].op;

		for (end = i; end < h->n && h->l[end].op == op; end++)
			letters += telling(&h->l[end]);
		if (op != ' ' && letters >= TELLING) {
			if (has_run(t, &h->l[i], end - i, want, &pos) != (op == '+'))
				return false;
			if (op == '+' && !said) {
				*line = pos + 1;
				*offset = (long)pos - want;
				said = true;
			}
		}
		if (op != '-')
			want += end - i;
	}
	return said;
}

/* Does one side of a change stand anywhere, and is it more than a brace? */
static bool has_side(const struct text *t, const struct hunk *sub, bool after,
		     size_t *pos)
{
	const struct cursor any = {};
	long want = (long)(after ? sub->new_start : sub->old_start) - 1;
	struct image im;
	bool yes;

	image_make(&im, sub, after);
	yes = im.n > 1 && worth(&im, 0, im.n) &&
	      search(t, &im, 0, im.n, want, &any, false, pos);
	free(im.l);
	return yes;
}

bool has_seams(const struct text *t, const struct hunk *h, size_t *line,
	       long *offset)
{
	struct hunk sub;
	size_t from = 0, pos = 0, was;
	bool said = false;

	while (next_change(h, &from, 1, &sub)) {
		if (has_side(t, &sub, false, &was) || !has_side(t, &sub, true, &pos))
			return false;
		if (!said) {
			*line = pos + 1;
			*offset = (long)pos - ((long)sub.new_start - 1);
			said = true;
		}
	}
	return said;
}
