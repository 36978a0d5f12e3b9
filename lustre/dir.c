// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading directories. Spec: 09 section 11.
 *
 * A directory remembers one run of pages: consecutive pages from some position
 * on, as one or more RPCs brought them. While an UPDATE lock covers the
 * directory everybody may use it; the file that had it read may go on with it
 * in any case, until it is rewound. The position of an entry, and so the file
 * offset, is its hash; entries can share one.
 */
#include <linux/bvec.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "mdc/dirpage.h"
#include "namespace.h"

/* Bytes that one RPC asks for */
#define DIR_RPC_BYTES		SZ_1M
#define DIR_RPC_PAGES		(DIR_RPC_BYTES / PAGE_SIZE)

/* Wire pages in one of ours */
#define DIR_PER_PAGE		(PAGE_SIZE / LU_PAGE_SIZE)

/* Pages of a run before it is thrown away to begin anew further on */
#define DIR_RUN_PAGES		(4 * DIR_RPC_PAGES)

/* File offset at the end of a directory */
#define DIR_POS_EOF		S64_MAX

/**
 * struct lustre_dir - the pages that a directory remembers
 * @lock: protects everything, held while the pages are used
 * @known: the directory was read before
 * @gen: li->dir_gen for which the run is valid, 0: for nobody but @user
 * @user: file that had the run read
 * @start: position of the run
 * @end: position behind it, or MDS_DIR_END_OFF
 * @nr: wire pages in the run
 * @rpc_start: wire pages with which an RPC began: they may repeat entries
 * @pages: where they are
 */
struct lustre_dir {
	struct mutex		lock;	/* the rest */
	bool			known;
	unsigned long		gen;
	struct lustre_file	*user;
	u64			start;
	u64			end;
	unsigned int		nr;
	DECLARE_BITMAP(rpc_start, DIR_RUN_PAGES * DIR_PER_PAGE);
	struct page		*pages[DIR_RUN_PAGES];
};

static const void *dir_page(const struct lustre_dir *d, unsigned int i)
{
	return page_address(d->pages[i / DIR_PER_PAGE]) +
	       (i % DIR_PER_PAGE) * LU_PAGE_SIZE;
}

static u64 dir_page_end(const struct lustre_dir *d, unsigned int i)
{
	const struct lu_dirpage *dp = dir_page(d, i);

	return le64_to_cpu(dp->ldp_hash_end);
}

/* Can there be entries at @hash, or behind it, in wire page @i? */
static bool dir_page_serves(const struct lustre_dir *d, unsigned int i,
			    u64 hash)
{
	const struct lu_dirpage *dp = dir_page(d, i);
	u64 end = le64_to_cpu(dp->ldp_hash_end);

	if (end != hash)
		return end > hash;
	return le32_to_cpu(dp->ldp_flags) & LDF_COLLIDE;
}

static unsigned int dir_pages_used(const struct lustre_dir *d)
{
	return DIV_ROUND_UP(d->nr, DIR_PER_PAGE);
}

static void dir_free_pages(struct page **pages, unsigned int nr)
{
	while (nr--)
		__free_page(pages[nr]);
}

static void dir_drop(struct lustre_dir *d)
{
	dir_free_pages(d->pages, dir_pages_used(d));
	bitmap_zero(d->rpc_start, DIR_RUN_PAGES * DIR_PER_PAGE);
	d->nr = 0;
	d->gen = 0;
	d->user = NULL;
}

/* The directory's page store; made at first use. */
static struct lustre_dir *dir_get(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_dir *d, *old;

	/* Pairs with the cmpxchg() below. */
	d = smp_load_acquire(&li->dir);
	if (d)
		return d;
	d = kvzalloc_obj(*d);
	if (!d)
		return NULL;
	mutex_init(&d->lock);
	old = cmpxchg(&li->dir, NULL, d);
	if (!old)
		return d;
	kvfree(d);
	return old;
}

/* The UPDATE lock went: nobody new may use the run. Does not wait. */
void lustre_dir_invalidate(struct inode *inode)
{
	struct lustre_dir *d;

	/* Pairs with the cmpxchg() in dir_get(). */
	d = smp_load_acquire(&LUSTRE_I(inode)->dir);
	if (!d || !mutex_trylock(&d->lock))
		return;
	if (!d->user)
		dir_drop(d);
	mutex_unlock(&d->lock);
}

/* The inode goes away. */
void lustre_dir_free(struct inode *inode)
{
	struct lustre_dir *d = LUSTRE_I(inode)->dir;

	LUSTRE_I(inode)->dir = NULL;
	if (!d)
		return;
	dir_drop(d);
	mutex_destroy(&d->lock);
	kvfree(d);
}

/* ---- reading ------------------------------------------------------------- */

/* Generation of the directory if a lock covers it, else 0. */
static unsigned long dir_gen(struct inode *inode)
{
	unsigned long gen = READ_ONCE(LUSTRE_I(inode)->dir_gen);

	return lustre_inode_covered(inode, MDS_INODELOCK_UPDATE) ? gen : 0;
}

static int dir_alloc_pages(struct page **pages, struct bio_vec *bv)
{
	unsigned int i;

	for (i = 0; i < DIR_RPC_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i]) {
			dir_free_pages(pages, i);
			return -ENOMEM;
		}
		bvec_set_page(&bv[i], pages[i], PAGE_SIZE, 0);
	}
	return 0;
}

static int dir_bad_page(struct inode *inode, const char *what)
{
	pr_err_ratelimited("lustre: %s: directory %s: %s\n",
			   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
			   lustre_fid_str(lustre_fid(inode)).s, what);
	return -EPROTO;
}

/* Are these pages, read at @hash, sound? @endp: position behind them. */
static int dir_check_pages(struct inode *inode, struct page **pages,
			   unsigned int nr, u64 hash, u64 *endp)
{
	u64 start, end = hash;
	unsigned int i;
	int rc;

	for (i = 0; i < nr; i++) {
		const void *page = page_address(pages[i / DIR_PER_PAGE]) +
				   (i % DIR_PER_PAGE) * LU_PAGE_SIZE;
		u64 prev = end;

		if (prev == MDS_DIR_END_OFF)
			return dir_bad_page(inode, "pages behind the last");
		rc = mdc_dirpage_check(page, &start, &end);
		if (rc)
			return dir_bad_page(inode, "broken page");
		if (end < prev || (i && start < prev))
			return dir_bad_page(inode, "pages out of order");
	}
	if (end == hash)
		/* More entries with one hash than an RPC can carry */
		return -EIO;
	*endp = end;
	return 0;
}

/* Append what follows the run; @d->end is where it goes on. */
static int dir_read(struct inode *inode, struct lustre_dir *d)
{
	struct page **pages = d->pages + dir_pages_used(d);
	struct bio_vec *bv;
	struct mdc_cred cred;
	unsigned int nr = 0;
	size_t moved;
	u64 end;
	int rc;

	bv = kvmalloc_array(DIR_RPC_PAGES, sizeof(*bv), GFP_KERNEL);
	if (!bv)
		return -ENOMEM;
	rc = dir_alloc_pages(pages, bv);
	if (rc)
		goto out;
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_readpage(lustre_lmv(inode), lustre_fid(inode), d->end, bv,
			  DIR_RPC_PAGES, &cred, &moved);
	if (!rc)
		rc = dir_check_pages(inode, pages, moved / LU_PAGE_SIZE,
				     d->end, &end);
	if (!rc) {
		nr = moved / LU_PAGE_SIZE;
		__set_bit(d->nr, d->rpc_start);
		d->nr += nr;
		d->end = end;
	}
	nr = DIV_ROUND_UP(nr, DIR_PER_PAGE);
	dir_free_pages(pages + nr, DIR_RPC_PAGES - nr);
out:
	kvfree(bv);
	return rc;
}

/* May @lf use the run for position @hash? */
static bool dir_usable(struct inode *inode, const struct lustre_dir *d,
		       const struct lustre_file *lf, u64 hash)
{
	if (!d->nr || hash < d->start)
		return false;
	if (hash > d->end)
		return false;
	if (d->gen && d->gen == dir_gen(inode))
		return true;
	return hash && d->user == lf;
}

/* Is there room in the run for another RPC's worth of pages? */
static bool dir_has_room(const struct lustre_dir *d)
{
	return dir_pages_used(d) + DIR_RPC_PAGES <= DIR_RUN_PAGES &&
	       d->nr % DIR_PER_PAGE == 0;
}

/*
 * Begin a new run at @hash. Whoever reads a directory again may do so more
 * often: then the UPDATE lock, under which pages are kept, is worth its RPC.
 */
static int dir_start_run(struct inode *inode, struct lustre_dir *d,
			 struct lustre_file *lf, u64 hash)
{
	int rc;

	dir_drop(d);
	if (!hash && d->known) {
		rc = lustre_revalidate_inode(inode, MDS_INODELOCK_UPDATE);
		if (rc)
			return rc;
	}
	d->start = hash;
	d->end = hash;
	d->gen = dir_gen(inode);
	d->user = lf;
	d->known = true;
	return dir_read(inode, d);
}

/* Go on behind the run. Return: the page to go on with, or an errno. */
static int dir_more(struct inode *inode, struct lustre_dir *d,
		    struct lustre_file *lf)
{
	unsigned int next = d->nr;
	int rc;

	if (d->end == MDS_DIR_END_OFF)
		return -ENODATA;
	if (!dir_has_room(d)) {
		rc = dir_start_run(inode, d, lf, d->end);
		return rc ? rc : 0;
	}
	rc = dir_read(inode, d);
	return rc ? rc : next;
}

/*
 * Find the first page that may hold entries at @hash or behind, reading as
 * needed. Return: its number, -ENODATA at the end of the directory, an errno.
 */
static int dir_find(struct inode *inode, struct lustre_dir *d,
		    struct lustre_file *lf, u64 hash)
{
	unsigned int i;
	int rc;

	if (!dir_usable(inode, d, lf, hash)) {
		rc = dir_start_run(inode, d, lf, hash);
		if (rc)
			return rc;
	}
	for (i = 0; i < d->nr; i++)
		if (dir_page_serves(d, i, hash))
			return i;
	return dir_more(inode, d, lf);
}

/* ---- telling ------------------------------------------------------------- */

/**
 * struct dir_walk - one call of ->iterate_shared()
 * @inode: directory
 * @d: its pages
 * @lf: the file
 * @ctx: where entries go
 * @hash: where to go on
 * @skip: so many entries at @hash have been told before
 */
struct dir_walk {
	struct inode		*inode;
	struct lustre_dir	*d;
	struct lustre_file	*lf;
	struct dir_context	*ctx;
	u64			hash;
	unsigned int		skip;
};

/* Entries at @hash will come (again): which ones does the reader have? */
static void dir_resume(struct dir_walk *w, u64 hash)
{
	w->hash = hash;
	w->skip = w->lf->dir_hash == hash ? w->lf->dir_dups : 0;
}

static void dir_note_emitted(struct dir_walk *w, u64 hash)
{
	if (w->lf->dir_hash != hash) {
		w->lf->dir_hash = hash;
		w->lf->dir_dups = 0;
	}
	w->lf->dir_dups++;
}

/* Tell the entries of one page. False: the reader has enough. */
static bool dir_emit_page(struct dir_walk *w, const void *page)
{
	struct mdc_dirent de;
	unsigned int pos = 0;

	while (mdc_dirpage_next(page, &pos, &de)) {
		if (de.hash < w->hash)
			continue;
		if (de.hash == w->hash && w->skip) {
			w->skip--;
			continue;
		}
		w->ctx->pos = de.hash;
		if (!dir_emit(w->ctx, de.name, de.len,
			      lustre_ino(w->inode->i_sb, &de.fid),
			      fs_umode_to_dtype(de.type)))
			return false;
		dir_note_emitted(w, de.hash);
	}
	return true;
}

/* Tell all pages of the run from @i on. False: the reader has enough. */
static bool dir_emit_run(struct dir_walk *w, unsigned int i)
{
	struct lustre_dir *d = w->d;
	unsigned int first = i;

	for (; i < d->nr; i++) {
		if (i > first && test_bit(i, d->rpc_start))
			dir_resume(w, dir_page_end(d, i - 1));
		if (!dir_emit_page(w, dir_page(d, i)))
			return false;
	}
	return true;
}

static int dir_walk(struct dir_walk *w)
{
	struct lustre_dir *d = w->d;
	int i;

	i = dir_find(w->inode, d, w->lf, w->hash);
	while (i >= 0) {
		if (!dir_emit_run(w, i))
			return 0;
		if (d->end == MDS_DIR_END_OFF)
			return -ENODATA;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		w->ctx->pos = d->end;
		dir_resume(w, d->end);
		i = dir_more(w->inode, d, w->lf);
	}
	return i;
}

static int lustre_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);
	struct dir_walk w = {
		.inode	= inode,
		.d	= dir_get(inode),
		.lf	= file->private_data,
		.ctx	= ctx,
	};
	int rc;

	if (!w.d)
		return -ENOMEM;
	if (ctx->pos == DIR_POS_EOF)
		return 0;
	rc = lustre_dir_names(inode, false);
	if (rc)
		return rc == -ESTALE ? 0 : rc;
	if (!ctx->pos) {
		w.lf->dir_dups = 0;
		lustre_statahead_begin(inode, w.lf);
	}
	dir_resume(&w, ctx->pos);
	rc = mutex_lock_killable(&w.d->lock);
	if (rc)
		return rc;
	rc = dir_walk(&w);
	mutex_unlock(&w.d->lock);
	/* A directory that was removed has no more entries. */
	if (rc == -ENODATA || rc == -ENOENT || rc == -ESTALE) {
		ctx->pos = DIR_POS_EOF;
		rc = 0;
	}
	return rc;
}

/* ---- looking ahead ------------------------------------------------------- */

static int dir_peek(const struct lustre_dir *d, struct lustre_dir_pos *pos,
		    bool (*fn)(void *arg, const struct mdc_dirent *de),
		    void *arg)
{
	const u64 hash = pos->hash;
	unsigned int skip = pos->dups;
	struct mdc_dirent de;
	unsigned int i, at;

	for (i = 0; i < d->nr; i++) {
		if (!dir_page_serves(d, i, hash))
			continue;
		at = 0;
		while (mdc_dirpage_next(dir_page(d, i), &at, &de)) {
			if (de.hash < hash)
				continue;
			if (de.hash == hash && skip) {
				skip--;
				continue;
			}
			if (!fn(arg, &de))
				return 0;
			if (pos->hash != de.hash) {
				pos->hash = de.hash;
				pos->dups = 0;
			}
			pos->dups++;
		}
	}
	return d->end == MDS_DIR_END_OFF;
}

/**
 * lustre_dir_peek - walk entries that have been read already
 * @inode: the directory
 * @lf: the file that reads it; compared only
 * @pos: where to begin; moves behind each entry that is taken
 * @fn: is told the entries; false: not taken, and enough.  Must not sleep long.
 * @arg: for @fn
 *
 * No RPC and no wait. An entry may be told twice.
 *
 * Return: 0, 1 (that was the end of the directory), or -EAGAIN: nothing is
 * known at @pos, or somebody reads the directory right now.
 */
int lustre_dir_peek(struct inode *inode, const struct lustre_file *lf,
		    struct lustre_dir_pos *pos,
		    bool (*fn)(void *arg, const struct mdc_dirent *de),
		    void *arg)
{
	struct lustre_dir *d;
	int rc = -EAGAIN;

	/* Pairs with the cmpxchg() in dir_get(). */
	d = smp_load_acquire(&LUSTRE_I(inode)->dir);
	if (!d || !mutex_trylock(&d->lock))
		return -EAGAIN;
	/* The reader's own run may have left @pos behind when it began anew. */
	if (d->nr && (pos->hash >= d->start || d->user == lf))
		rc = dir_peek(d, pos, fn, arg);
	mutex_unlock(&d->lock);
	return rc;
}

/* ---- the rest ------------------------------------------------------------ */

/* Any position may be asked for: hashes fill 64 bits. */
static loff_t lustre_dir_llseek(struct file *file, loff_t offset, int whence)
{
	struct lustre_file *lf = file->private_data;
	struct inode *inode = file_inode(file);

	inode_lock(inode);
	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		offset += file->f_pos;
		break;
	case SEEK_END:
		offset = DIR_POS_EOF;
		break;
	default:
		offset = -EINVAL;
		goto out;
	}
	if (offset != file->f_pos) {
		file->f_pos = offset;
		lf->dir_dups = 0;
	}
out:
	inode_unlock(inode);
	return offset;
}

static int lustre_dir_fsync(struct file *file, loff_t start, loff_t end,
			    int datasync)
{
	struct inode *inode = file_inode(file);

	return mdc_sync(lustre_lmv(inode), lustre_fid(inode));
}

static int lustre_dir_release(struct inode *inode, struct file *file)
{
	struct lustre_dir *d;

	lustre_statahead_end(inode, file->private_data);
	/* Pairs with the cmpxchg() in dir_get(). */
	d = smp_load_acquire(&LUSTRE_I(inode)->dir);
	if (d) {
		mutex_lock(&d->lock);
		if (d->user == file->private_data) {
			d->user = NULL;
			if (d->gen != dir_gen(inode))
				dir_drop(d);
		}
		mutex_unlock(&d->lock);
	}
	return lustre_release(inode, file);
}

const struct file_operations lustre_dir_operations = {
	.open		= lustre_open,
	.release	= lustre_dir_release,
	.llseek		= lustre_dir_llseek,
	.read		= generic_read_dir,
	.iterate_shared	= lustre_iterate,
	.fsync		= lustre_dir_fsync,
};
