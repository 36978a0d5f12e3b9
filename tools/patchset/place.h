/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding the place of a hunk in a text. */
#ifndef PATCHSET_PLACE_H
#define PATCHSET_PLACE_H

#include "patch.h"

struct text {
	struct line	*l;
	size_t		 n, cap;
};

void text_split(struct text *t, const struct buf *b);
void text_free(struct text *t);

struct place {
	bool		 found;
	size_t		 pos;		/* of the first line that matched */
	size_t		 lead, trail;	/* context left out of the match */
	long		 offset;
};

/* What looking at a text from one hunk to the next keeps. */
struct cursor {
	size_t		 done;		/* lines of the text used up */
	long		 shift;		/* of the hunk before */
};

/**
 * place_hunk() - find where a hunk belongs
 * @t: the text
 * @h: the hunk
 * @reverse: look for what it makes, not for what it changes
 * @fuzz: lines of context may differ
 * @c: moves on when the place is found
 * @at: the place
 */
bool place_hunk(const struct text *t, const struct hunk *h, bool reverse,
		bool fuzz, struct cursor *c, struct place *at);

/*
 * Apply one hunk at the cursor, writing to @out what is final.  A hunk that
 * does not fit as a whole is, with @fuzz, tried change by change.
 */
bool put_hunk(const struct text *t, const struct hunk *h, bool reverse,
	      bool fuzz, struct cursor *c, struct place *at, struct buf *out);

/*
 * Are the lines that @h adds in the text already, run by run?  Only lines that
 * are long enough to mean something count.  @line: where the first run is,
 * @offset: how far from where the hunk would have put it.
 */
bool has_content(const struct text *t, const struct hunk *h, size_t *line,
		 long *offset);

/*
 * The same for a hunk that takes lines away or adds but few: what it makes of
 * each of its changes stands in the text, between the two lines next to it, and
 * what it changes does not.
 */
bool has_seams(const struct text *t, const struct hunk *h, size_t *line,
	       long *offset);

#endif
