/* SPDX-License-Identifier: GPL-2.0-only */
/* The exporter: from this project's tree into a kernel's. */
#ifndef LUSTRE_EXPORT_H
#define LUSTRE_EXPORT_H

#include <json-c/json.h>

#include "apply.h"
#include "set.h"

#define RECORD	".lustre-export"	/* in the kernel tree */
#define HOOKS	"hooks"			/* the set of patches for it */

struct options {
	const char	*source;	/* this project */
	const char	*patches;
	const char	*tree;		/* the kernel */
	const char	*series;	/* folder to write to */
	const char	*work;		/* --check: where to build */
	const char	*html;
	struct strv	 only;		/* --check: these steps */
	unsigned int	 jobs;
	bool		 quiet, force, json;
};

struct mfile {
	char		*src, *dst;
	struct buf	 data;
	char		 id[41];
	bool		 had;		/* in the record already */
};

struct manifest {
	struct mfile	*f;		/* by dst */
	size_t		 n, cap;
};

/* What goes where: everything of the source that a kernel tree has a place for. */
void manifest_read(struct manifest *m, const char *source);
const struct mfile *manifest_find(const struct manifest *m, const char *dst);

/* What an export left behind about itself. */
struct record {
	bool		 there, old;	/* old: a list of paths, no more */
	struct strv	 path, id;	/* pairs */
	struct strv	 touched, before, after;
	struct set	*set;		/* the patches as they were applied */
	char		*commit, *kernel;
};

void record_read(struct record *r, struct tree *t);
void record_write(struct overlay *ov, const struct options *o,
		  const struct manifest *m, const struct record *r);
const char *record_id(const struct record *r, const char *dst);

struct tree *open_kernel(const char *name);
/* The patches for this kernel; dies with what to do when there are none. */
struct set *hooks_for(const struct options *o, const struct tree *t);
/* Make @ov the tree as it was before the export. */
void peel(struct overlay *ov, const struct set *hooks, const struct manifest *m,
	  const struct record *r);
/* "1a2b3c4d5e6f", "+" behind it when files were changed since; or NULL. */
char *source_commit(const char *source);

int do_export(const struct options *o);
int do_verify(const struct options *o);
int do_remove(const struct options *o);
int do_list(const struct options *o);
int do_series(const struct options *o);
int do_check(const struct options *o);

#endif
