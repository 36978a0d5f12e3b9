/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asking ahead: what the two files that do it share.
 */
#ifndef _LUSTRE_STATAHEAD_H
#define _LUSTRE_STATAHEAD_H

#include <linux/workqueue.h>

#include "namespace.h"
#include "successor.h"

/* Names to ask for at the least, in one go */
#define SA_BATCH_MIN	4
/* Entries to look at in one go for some that are worth asking for */
#define SA_SCAN		512
/* A directory with more entries is not searched for what comes next. */
#define SA_SORT_MAX	65536

/* In which order names are looked at */
enum sa_mode {
	SA_IDLE,	/* in none that is known */
	SA_LISTED,	/* as the directory lists them */
	SA_BY_NAME,	/* sorted, as shells do it */
	SA_BY_INO,	/* sorted by inode numbers, as tools that walk trees do */
	SA_COUNTED,	/* see successor.c */
};

enum sa_state {
	SA_PENDING,	/* asked for */
	SA_ANSWERED,
	SA_AGAIN,	/* to be asked for once more */
	SA_CACHED,	/* nothing but the size was asked for */
};

/**
 * struct sa_name - a name that will be looked at
 * @link: in lustre_statahead.names; empty: nobody wants it any more
 * @state: what is known of it
 * @again: it was asked for a second time
 * @glimpsed: its size has been asked for
 * @rc: 0, or why there is no answer
 * @ahead: the answer
 * @inode: what it leads to, while it is collected; NULL: not known
 * @ino: number of that, of modes that go by it
 * @fid: what it leads to, as the directory page said, or {}
 * @len: its length
 * @name: without NUL
 */
struct sa_name {
	struct list_head	link;
	enum sa_state		state;
	bool			again;
	bool			glimpsed;
	int			rc;
	struct mdc_prefetch	ahead;
	struct inode		*inode;
	u64			ino;
	struct lustre_fid	fid;
	unsigned int		len;
	char			name[];
};

/**
 * struct sa_cursor - how far names have been asked for
 * @pos: listed: behind the last one
 * @hidden: listed: names with a dot in front are not looked at
 * @count: counted: of @name
 * @step: counted: so far behind @name
 * @ino: by inode number: of the last one
 * @eof: there are no more
 * @len: length of @name
 * @name: counted: where it began; by name: the last one
 */
struct sa_cursor {
	struct lustre_dir_pos	pos;
	bool			hidden;
	struct sa_count		count;
	unsigned int		step;
	u64			ino;
	bool			eof;
	unsigned int		len;
	char			name[MDC_NAME_MAX];
};

/**
 * struct sa_look - names being collected
 * @dir: the directory
 * @parent: a dentry of it
 * @mode: in which order
 * @at: from where on; moves
 * @sb: super block
 * @seen: entries seen
 * @room: in the request
 * @max: so many are wanted
 * @nr: number of @names
 * @names: collected
 */
struct sa_look {
	struct inode		*dir;
	struct dentry		*parent;
	enum sa_mode		mode;
	struct sa_cursor	at;
	struct super_block	*sb;
	unsigned int		seen;
	struct mdc_batch_room	room;
	unsigned int		max;
	unsigned int		nr;
	struct sa_name		*names[MDC_BATCH_MAX];
};

void sa_name_free(struct sa_name *n);

/* ---- order.c ---- */
bool sa_first_listed(struct inode *dir, const struct qstr *name,
		     struct sa_cursor *at);
enum sa_mode sa_find_order(struct inode *dir, const char *prev,
			   unsigned int prev_len, const struct qstr *name,
			   struct sa_cursor *at);
void sa_collect(struct sa_look *l);

#endif /* _LUSTRE_STATAHEAD_H */
