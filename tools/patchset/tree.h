/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel tree, unpacked or in git, and changes to it that are held in
 * memory until all of them are known to be possible.
 */
#ifndef PATCHSET_TREE_H
#define PATCHSET_TREE_H

#include <git2.h>

#include "util.h"

struct tree {
	char		*name;		/* as the user gave it */
	char		*root;		/* of files; NULL for REPO:REV */
	git_repository	*repo;		/* NULL: no history */
	git_tree	*gtree;		/* of REPO:REV */
	git_oid		 head;		/* where history starts */
	bool		 has_head, shallow;
	char		*kernel;	/* "6.1.192", or "unknown" */
	unsigned int	 major, minor;
	struct strv	 paths;		/* see tree_paths() */
	bool		 listed;
};

/* A folder, or REPO:REV; dies with a reason when it is neither. */
struct tree *tree_open(const char *name);
void tree_close(struct tree *t);

/*
 * Content of one file: 0, or -ENOENT, -EISDIR, ..., -ELOOP for a symbolic link:
 * patches are for files, and a link may lead out of the tree.  What is there and
 * cannot be read (a partial clone, permissions) ends the program.
 */
int tree_read(struct tree *t, const char *path, struct buf *out,
	      unsigned int *mode);
/* Every file's path, without .git. */
const struct strv *tree_paths(struct tree *t);

/*
 * The commit that brought the text @what into @path, newest first, at most
 * @limit commits back.  Returns "abcdef012345 title" or NULL.
 */
char *tree_find_commit(struct tree *t, const char *path,
		       const char *what, size_t n, unsigned int limit);

struct change {
	char		*path;
	struct buf	 data;
	unsigned int	 mode;
	bool		 gone;
};

struct overlay {
	struct tree	*t;
	struct change	*c;
	size_t		 n, cap;
};

/* Like tree_read(), with the changes so far. */
int ov_read(struct overlay *ov, const char *path, struct buf *out,
	    unsigned int *mode);
/* Takes @data's memory. */
void ov_write(struct overlay *ov, const char *path, struct buf *data,
	      unsigned int mode);
void ov_remove(struct overlay *ov, const char *path);
void ov_free(struct overlay *ov);
void ov_copy(struct overlay *to, const struct overlay *from);

/**
 * ov_commit() - write the changes into the tree: all, or none
 * @ov: the changes
 *
 * All new files are written beside the old ones first, then a journal, then
 * they are renamed.  A failure before the first rename leaves the tree as it
 * was; after it, here or at the next tree_open(), the renames are finished.
 *
 * Return: how many files were changed; dies when nothing could be written.
 */
size_t ov_commit(struct overlay *ov);

#endif
