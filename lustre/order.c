// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which names of a directory will be looked at next?
 *
 * Where pages of the directory are cached they say it: entries as they are
 * listed, or sorted by name or by inode number. Else names that were counted up
 * will be counted up further. All of it are guesses, right or wrong.
 */
#include <linux/dcache.h>
#include <linux/slab.h>

#include "mdc/dirpage.h"
#include "statahead.h"

static bool sa_is_dot(const struct mdc_dirent *de)
{
	return de->name[0] == '.' &&
	       (de->len == 1 || (de->len == 2 && de->name[1] == '.'));
}

static int sa_compare(const char *a, unsigned int a_len, const char *b,
		      unsigned int b_len)
{
	int rc = memcmp(a, b, min(a_len, b_len));

	return rc ?: (int)a_len - (int)b_len;
}

static bool sa_same(const struct mdc_dirent *de, const char *name,
		    unsigned int len)
{
	return de->len == len && !memcmp(de->name, name, len);
}

/*
 * What the name leads to if that is cached under locks, with a reference: but
 * for the size nobody will ask for it. Else NULL.
 */
static struct inode *sa_cached(struct inode *dir, struct dentry *parent,
			       const char *text, unsigned int len)
{
	struct qstr name = QSTR_INIT(text, len);
	struct inode *inode = NULL;
	struct dentry *dentry;

	name.hash = full_name_hash(parent, name.name, name.len);
	dentry = d_lookup(parent, &name);
	if (!dentry)
		return NULL;
	if (d_inode(dentry))
		inode = igrab(d_inode(dentry));
	if (inode && !(lustre_dentry_valid(dir, dentry, inode) &&
		       lustre_inode_covered(inode, MDS_INODELOCK_UPDATE))) {
		iput(inode);
		inode = NULL;
	}
	dput(dentry);
	return inode;
}

/* May more have to be known of it? */
static bool sa_has_size(struct inode *inode)
{
	return S_ISREG(inode->i_mode) &&
	       lustre_inode_covered(inode, MDS_INODELOCK_LAYOUT);
}

/* ---- from which name on? ------------------------------------------------- */

/**
 * struct sa_first - is a name the first entry that matters?
 * @dir: the directory
 * @parent: a dentry of it
 * @name: the name
 * @found: it is
 * @hidden: there were hidden ones before it
 * @seen: entries seen
 */
struct sa_first {
	struct inode		*dir;
	struct dentry		*parent;
	const struct qstr	*name;
	bool			found;
	bool			hidden;
	unsigned int		seen;
};

static bool sa_match_first(void *arg, const struct mdc_dirent *de)
{
	struct sa_first *f = arg;
	struct inode *inode;
	bool known;

	if (sa_is_dot(de))
		return true;
	if (++f->seen > SA_SCAN)
		return false;
	if (sa_same(de, f->name->name, f->name->len)) {
		f->found = true;
		return false;
	}
	if (de->name[0] == '.' && f->name->name[0] != '.') {
		f->hidden = true;
		return true;
	}
	inode = sa_cached(f->dir, f->parent, de->name, de->len);
	known = inode && !sa_has_size(inode);
	/* Of no directory page, so this waits for nobody who reads any. */
	if (inode)
		lustre_iput(inode);
	return known;
}

/**
 * sa_first_listed - is a name the first that a directory lists?
 * @dir: the directory, of which nothing was looked at since it was read
 * @name: the name
 * @at: set to go on from there, with @name itself first
 *
 * Those of which everything is known do not count.
 *
 * Return: true if it is.
 */
bool sa_first_listed(struct inode *dir, const struct qstr *name,
		     struct sa_cursor *at)
{
	struct sa_first f = {
		.dir	= dir,
		.parent	= d_find_any_alias(dir),
		.name	= name,
	};
	struct lustre_dir_pos pos = {};

	if (f.parent)
		lustre_dir_peek(dir, &pos, sa_match_first, &f);
	dput(f.parent);
	if (f.found)
		*at = (struct sa_cursor){ .pos = pos, .hidden = f.hidden };
	return f.found;
}

/**
 * struct sa_between - is there anything between two names?
 * @sb: super block
 * @prev: the first one
 * @prev_len: its length
 * @name: the second one
 * @len: its length
 * @pos: where the walk is
 * @at: where @name was found
 * @seen: entries seen
 * @have_prev: @prev was found, with number @prev_ino
 * @have: @name was found, with number @ino
 * @was_prev: the last entry was @prev
 * @next: @name is listed right behind it
 * @prev_ino: see @have_prev
 * @ino: see @have
 * @by_name: there is nothing between them if sorted by name
 * @by_ino: there is nothing between them if sorted by number
 */
struct sa_between {
	struct super_block	*sb;
	const char		*prev;
	unsigned int		prev_len;
	const char		*name;
	unsigned int		len;
	struct lustre_dir_pos	pos;
	struct lustre_dir_pos	at;
	unsigned int		seen;
	bool			have_prev;
	bool			have;
	bool			was_prev;
	bool			next;
	u64			prev_ino;
	u64			ino;
	bool			by_name;
	bool			by_ino;
};

static bool sa_find_both(void *arg, const struct mdc_dirent *de)
{
	struct sa_between *b = arg;

	if (++b->seen > SA_SORT_MAX)
		return false;
	if (sa_same(de, b->name, b->len)) {
		b->have = true;
		b->ino = lustre_ino(b->sb, &de->fid);
		b->next = b->was_prev;
		b->at = b->pos;
	}
	b->was_prev = sa_same(de, b->prev, b->prev_len);
	if (b->was_prev) {
		b->have_prev = true;
		b->prev_ino = lustre_ino(b->sb, &de->fid);
	}
	return true;
}

static bool sa_look_between(void *arg, const struct mdc_dirent *de)
{
	struct sa_between *b = arg;
	u64 ino = lustre_ino(b->sb, &de->fid);

	if (sa_is_dot(de))
		return true;
	if (sa_compare(b->prev, b->prev_len, de->name, de->len) < 0 &&
	    sa_compare(de->name, de->len, b->name, b->len) < 0)
		b->by_name = false;
	if (b->prev_ino < ino && ino < b->ino)
		b->by_ino = false;
	return b->by_name || b->by_ino;
}

/**
 * sa_find_order - in which order do two names follow one another?
 * @dir: the directory
 * @prev: the one that was looked at before
 * @prev_len: its length
 * @name: that which is looked at now
 * @at: set to go on from there
 *
 * Return: that, or SA_IDLE: in none, or there are no pages, or too many.
 */
enum sa_mode sa_find_order(struct inode *dir, const char *prev,
			   unsigned int prev_len, const struct qstr *name,
			   struct sa_cursor *at)
{
	struct sa_between b = {
		.sb		= dir->i_sb,
		.prev		= prev,
		.prev_len	= prev_len,
		.name		= name->name,
		.len		= name->len,
	};

	if (lustre_dir_peek(dir, &b.pos, sa_find_both, &b) < 0 ||
	    b.seen > SA_SORT_MAX || !b.have || !b.have_prev)
		return SA_IDLE;
	*at = (struct sa_cursor){ .ino = b.ino, .len = name->len };
	memcpy(at->name, name->name, name->len);
	if (b.next) {
		at->pos = b.at;
		return SA_LISTED;
	}
	b.by_name = sa_compare(prev, prev_len, name->name, name->len) < 0;
	b.by_ino = b.prev_ino < b.ino;
	b.pos = (struct lustre_dir_pos){};
	if ((!b.by_name && !b.by_ino) ||
	    lustre_dir_peek(dir, &b.pos, sa_look_between, &b) < 0)
		return SA_IDLE;
	if (b.by_name)
		return SA_BY_NAME;
	return b.by_ino ? SA_BY_INO : SA_IDLE;
}

/* ---- collecting ---------------------------------------------------------- */

static struct sa_name *sa_name_new(const char *name, unsigned int len)
{
	struct sa_name *n = kzalloc(struct_size(n, name, len), GFP_KERNEL);

	if (!n)
		return NULL;
	n->len = len;
	memcpy(n->name, name, len);
	INIT_LIST_HEAD(&n->link);
	return n;
}

/*
 * What has to be asked for a name? NULL: nothing, or there is no room, which
 * *@full tells.
 */
static struct sa_name *sa_consider(struct sa_look *l, const char *name,
				   unsigned int len,
				   const struct lustre_fid *fid, bool *full)
{
	struct inode *inode = sa_cached(l->dir, l->parent, name, len);
	struct sa_name *n;

	*full = false;
	if (inode && !sa_has_size(inode)) {
		lustre_iput(inode);
		return NULL;
	}
	n = sa_name_new(name, len);
	if (!n) {
		*full = true;
		if (inode)
			lustre_iput(inode);
		return NULL;
	}
	n->state = inode ? SA_CACHED : SA_PENDING;
	n->inode = inode;
	if (fid)
		n->fid = *fid;
	return n;
}

/* One more at the end, if there is room. */
static bool sa_append(struct sa_look *l, struct sa_name *n)
{
	if (n->state == SA_PENDING && !mdc_batch_room(&l->room, n->len)) {
		sa_name_free(n);
		return false;
	}
	l->names[l->nr++] = n;
	return true;
}

static bool sa_collect_listed(void *arg, const struct mdc_dirent *de)
{
	struct sa_look *l = arg;
	struct sa_name *n;
	bool full;

	if (sa_is_dot(de) || (l->at.hidden && de->name[0] == '.'))
		return true;
	if (++l->seen > SA_SCAN || l->nr == l->max)
		return false;
	n = sa_consider(l, de->name, de->len, &de->fid, &full);
	return n ? sa_append(l, n) : !full;
}

static bool sa_before(const struct sa_look *l, const struct mdc_dirent *de,
		      const struct sa_name *n)
{
	if (l->mode == SA_BY_INO)
		return lustre_ino(l->sb, &de->fid) < n->ino;
	return sa_compare(de->name, de->len, n->name, n->len) < 0;
}

static bool sa_behind_cursor(const struct sa_look *l,
			     const struct mdc_dirent *de)
{
	if (l->mode == SA_BY_INO)
		return lustre_ino(l->sb, &de->fid) > l->at.ino;
	return sa_compare(de->name, de->len, l->at.name, l->at.len) > 0;
}

/* Keeps the first l->max entries behind the cursor, sorted. */
static bool sa_collect_sorted(void *arg, const struct mdc_dirent *de)
{
	struct sa_look *l = arg;
	unsigned int i = l->nr;
	struct sa_name *n;

	if (++l->seen > SA_SORT_MAX)
		return false;
	if (sa_is_dot(de) || !sa_behind_cursor(l, de))
		return true;
	while (i && sa_before(l, de, l->names[i - 1]))
		i--;
	if (i == l->max)
		return true;
	n = sa_name_new(de->name, de->len);
	if (!n)
		return false;
	n->ino = lustre_ino(l->sb, &de->fid);
	n->fid = de->fid;
	if (l->nr == l->max)
		sa_name_free(l->names[--l->nr]);
	memmove(&l->names[i + 1], &l->names[i],
		(l->nr - i) * sizeof(l->names[0]));
	l->names[i] = n;
	l->nr++;
	return true;
}

/* The cursor goes behind a name. */
static void sa_advance(struct sa_look *l, const struct sa_name *n)
{
	l->at.ino = n->ino;
	l->at.len = n->len;
	memcpy(l->at.name, n->name, n->len);
}

/* Of those that were sorted, which have to be asked for? */
static void sa_sift(struct sa_look *l)
{
	unsigned int i, nr = l->nr;
	struct sa_name *n, *found;
	bool full = false;

	l->nr = 0;
	for (i = 0; i < nr; i++) {
		found = l->names[i];
		n = full ? NULL : sa_consider(l, found->name, found->len,
					      &found->fid, &full);
		if (n && !sa_append(l, n))
			full = true;
		if (!full)
			sa_advance(l, found);
		sa_name_free(found);
	}
	if (full)
		l->at.eof = false;
}

static void sa_collect_counted(struct sa_look *l)
{
	char name[MDC_NAME_MAX];
	struct sa_name *n;
	unsigned int len;
	bool full;

	while (l->nr < l->max && ++l->seen <= SA_SCAN) {
		len = sa_name_next(l->at.name, l->at.len, &l->at.count,
				   l->at.step + 1, name);
		if (!len) {
			l->at.eof = true;
			return;
		}
		n = sa_consider(l, name, len, NULL, &full);
		if (n ? !sa_append(l, n) : full)
			return;
		l->at.step++;
	}
}

/**
 * sa_collect - find the names that will be looked at next
 * @l: where they go; the cursor moves
 *
 * No RPC.
 */
void sa_collect(struct sa_look *l)
{
	int rc;

	l->parent = d_find_any_alias(l->dir);
	if (!l->parent)
		return;
	switch (l->mode) {
	case SA_LISTED:
		rc = lustre_dir_peek(l->dir, &l->at.pos, sa_collect_listed, l);
		l->at.eof = rc > 0;
		break;
	case SA_BY_NAME:
	case SA_BY_INO:
		rc = lustre_dir_peek(l->dir, &(struct lustre_dir_pos){},
				     sa_collect_sorted, l);
		l->at.eof = rc >= 0 && l->nr < l->max;
		sa_sift(l);
		break;
	case SA_COUNTED:
		sa_collect_counted(l);
		break;
	case SA_IDLE:
		break;
	}
	dput(l->parent);
}
