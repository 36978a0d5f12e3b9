/* SPDX-License-Identifier: GPL-2.0-only */
/* The verbs of patchset(1). */
#ifndef PATCHSET_VERBS_H
#define PATCHSET_VERBS_H

#include <json-c/json.h>

#include "apply.h"
#include "set.h"

struct options {
	const char	*patches;	/* the folder of kept patches */
	struct strv	 specs;		/* --set */
	const char	*html, *id, *origin, *base, *kernels, *title;
	bool		 json, fuzz, record, plain, dry_run;
	unsigned int	 history;
	char		**arg;
	int		 n;
};

typedef int verb_fn(const struct options *o);
verb_fn verb_import, verb_export, verb_apply, verb_reverse, verb_status;
verb_fn verb_refresh, verb_diff, verb_log, verb_list;

/**
 * judge_set() - what every patch of a set is to a tree
 * @t: the tree
 * @s: the set; its patches build upon one another
 * @v: one verdict per patch
 * @history: see judge()
 */
void judge_set(struct tree *t, const struct set *s, struct verdict *v,
	       unsigned int history);

struct json_object *js(const char *s);
void json_print(struct json_object *o);

/* The result of a status run, for all its trees. */
struct row {
	const struct patch	*p;
	struct verdict		 v;
};

struct column {
	struct tree		*t;
	const struct set	*s;
	struct row		*row;	/* one per patch of the set */
};

/* patches down, kernels across, on one page that needs nothing else. */
void matrix_html(const char *path, const struct column *c, size_t n);

#endif
