/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder of kept patches:
 *
 *	patches/SET/vN/set		what it is for
 *	patches/SET/vN/0001-....patch	the patches, in order
 *
 * A version that exists is not changed any more, but for the X-Patch-Status
 * lines of its patches.
 */
#ifndef PATCHSET_SET_H
#define PATCHSET_SET_H

#include "patch.h"
#include "tree.h"

struct set {
	char		*name;
	unsigned int	 version;
	char		*dir;
	char		*title;
	char		*kernels;	/* "7.3", "6.1..6.12", "7.2..", or NULL */
	struct patch	**p;
	size_t		 n, cap;
};

struct sets {
	char		*dir;
	struct set	**s;		/* by name, then version */
	size_t		 n, cap;
};

/* Reads and checks everything; dies with the reason when something is odd. */
void sets_read(struct sets *all, const char *dir);
void sets_free(struct sets *all);
struct set *set_read(const char *dir, const char *name, unsigned int version);
void set_free(struct set *s);
void set_add(struct set *s, struct patch *p);

/* Does "6.1..6.12" cover 6.6?  A set without kernels covers all of them. */
bool kernels_cover(const char *kernels, unsigned int major, unsigned int minor);
/* The newest version of a set; with a tree, of those that are for its kernel. */
struct set *sets_newest(const struct sets *all, const char *name,
			const struct tree *t);
struct set *sets_find(const struct sets *all, const char *name, unsigned int version);
/* A patch by id, a unique beginning of it, or its number; @version 0: newest. */
struct patch *sets_patch(const struct sets *all, const char *id,
			 unsigned int version, struct set **in);

/*
 * What the user named: "SET", "SET@2", "ID", "ID@2" or a file.  The result is
 * a set, maybe of one patch that is not kept anywhere; dies when it is nothing.
 * With a tree, a set without version is the one for that tree's kernel.
 */
struct set *spec_find(const struct sets *all, const char *spec,
		      const struct tree *t, bool *own);

/* Write a new version folder, all or nothing. */
void set_write(const struct sets *all, struct set *s);
/* Write patch @i of a set again, for a status that changed. */
void set_write_patch(const struct set *s, size_t i);

#endif
