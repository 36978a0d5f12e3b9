/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A patch with an identity.
 *
 * It is kept as a mail that `git am` and `patch -p1` take.  What git forgets
 * stands in header fields that both of them skip:
 *
 *	X-Patch-Id: net-lnet-5be1f2a0		the same in every version
 *	X-Patch-Version: 2
 *	X-Patch-Origin: own | upstream COMMIT | posted URL | any text
 *	X-Patch-Status: 7.3.0-rc7 applies	one for each kernel it was tried on
 */
#ifndef PATCHSET_PATCH_H
#define PATCHSET_PATCH_H

#include "util.h"

struct line {
	char		 op;		/* ' ', '+' or '-' */
	bool		 noeol;		/* the last of a file, without newline */
	const char	*s;		/* with its newline when it has one */
	size_t		 len;
};

struct hunk {
	unsigned int	 old_start, old_n, new_start, new_n;
	char		*header;	/* the whole "@@ ..." line */
	struct line	*l;
	size_t		 n, cap;
};

enum pfile_kind { PF_MODIFY, PF_CREATE, PF_DELETE, PF_RENAME };

struct pfile {
	enum pfile_kind	 kind;
	char		*from, *to;	/* the same but for PF_RENAME */
	unsigned int	 mode;		/* of the new file, 0: unchanged */
	struct hunk	*h;
	size_t		 n;
};

struct kstatus {
	char	*kernel, *state;
};

struct patch {
	char		*path;		/* where it was read from */
	char		*id;
	unsigned int	 version;
	bool		 mail;		/* it came with a message */
	char		*title, *author, *date, *origin;
	struct kstatus	*st;
	size_t		 nst, st_cap;
	char		*body;		/* between the subject and "---" */
	char		*notes;		/* between "---" and the diff */
	struct buf	 diff;		/* from the first "diff --git" on */
	struct pfile	*f;
	size_t		 n;
};

/**
 * patch_parse() - read one patch, a mail or a plain diff
 * @text: what was read
 * @n: how long it is
 * @path: its name in complaints
 * @why: on failure, one line that says what is wrong; the caller frees it
 *
 * Return: the patch, or NULL.
 */
struct patch *patch_parse(const char *text, size_t n, const char *path,
			  char **why);
/* The same from a file; ends the program when it cannot be read. */
struct patch *patch_read(const char *path);
void patch_free(struct patch *p);

/* The file that patch_parse() takes; @plain leaves the X- fields out. */
void patch_write(const struct patch *p, struct buf *out, bool plain);
/* Replace the diff, say after a refresh; dies when it does not parse. */
void patch_set_diff(struct patch *p, const struct buf *diff);
void patch_set_status(struct patch *p, const char *kernel, const char *state);

/* A patch that is another one now: nothing is known of it and any kernel. */
void patch_clear_status(struct patch *p);
/* An id of its own for a patch that has none: from its title and content. */
void patch_make_id(struct patch *p);
/* "0001-net-build-lnet.patch" */
char *patch_file_name(const struct patch *p, unsigned int nr);

/* The text that versions are compared by: no line numbers, no blob ids. */
void patch_text(const struct patch *p, struct buf *out, bool context);
/* How many lines it adds and takes. */
void patch_count(const struct patch *p, size_t *plus, size_t *minus);

/* One unified diff with three lines of context, empty when both are equal. */
int diff_buffers(struct buf *out, const struct buf *a, const char *from,
		 const struct buf *b, const char *to);

#endif
