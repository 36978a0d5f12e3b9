/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the hunks of a patch belong in a tree, and putting them there. */
#ifndef PATCHSET_APPLY_H
#define PATCHSET_APPLY_H

#include "patch.h"
#include "tree.h"

enum hstate {
	H_APPLIES,	/* every line of context is there, maybe elsewhere */
	H_FUZZ,		/* the place is clear, but its context has changed */
	H_IN_TREE,	/* what it makes is there already */
	H_ELSEWHERE,	/* the same, in another file */
	H_CONFLICT,
};

struct hres {
	const struct pfile *f;
	size_t		 nr;		/* of the hunk in its file, from 1 */
	enum hstate	 s;
	bool		 drifted;	/* H_IN_TREE: with other context */
	long		 offset;	/* lines away from where it was */
	unsigned int	 fuzz;		/* lines of context that did not match */
	size_t		 line;		/* in the tree, from 1; 0: nowhere */
	char		*where;		/* another file */
	const char	*note;
};

enum state {
	ST_APPLIED, ST_APPLIES, ST_REFRESH, ST_UPSTREAM, ST_PARTLY, ST_CONFLICT,
};

extern const char *const state_names[];

struct verdict {
	enum state	 st;
	struct hres	*h;
	size_t		 n, cap;
	char		*commit;	/* that brought it, when history says */
};

/**
 * judge() - what a patch is to a tree
 * @ov: the tree
 * @p: the patch
 * @v: the answer, one result per hunk (or per file that has none)
 * @history: how many commits back to look for the one that brought it
 */
void judge(struct overlay *ov, const struct patch *p, struct verdict *v,
	   unsigned int history);
void verdict_free(struct verdict *v);
/* "hunk 2 of fs/Kconfig: ..." for each one that is not as it should be. */
void verdict_details(const struct verdict *v, struct strv *out);
/* May this be applied (or reversed) as it is? */
bool verdict_complete(const struct verdict *v);

/**
 * apply_patch() - change @ov by a patch
 * @ov: the tree; untouched when this fails
 * @p: the patch
 * @reverse: take it back
 * @fuzz: context that has changed is no obstacle
 * @moved: also follow a file that has moved
 * @why: on failure, the first hunk that has no place; the caller frees it
 */
bool apply_patch(struct overlay *ov, const struct patch *p, bool reverse,
		 bool fuzz, bool moved, char **why);

#endif
