// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading directories. Spec: 09 section 11.
 *
 * A directory remembers one run of pages: consecutive pages from some position
 * on, in chunks as RPCs brought them. The pages are in the page cache of the
 * directory, where memory pressure may take them: a chunk that lacks one is
 * read again. What is kept outside says only where each page ends.
 *
 * While an UPDATE lock covers the directory everybody may use the run; the file
 * that had it read may go on with it in any case, until it is rewound. The
 * position of an entry, and so the file offset, is its hash; entries can share
 * one.
 */
#include <linux/bvec.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "mdc/dirpage.h"
#include "flock.h"
#include "namespace.h"

/* Bytes that one RPC asks for, and that each chunk has in the page cache */
#define DIR_RPC_BYTES		SZ_1M
#define DIR_RPC_PAGES		(DIR_RPC_BYTES / PAGE_SIZE)

/* Wire pages in one of ours */
#define DIR_PER_PAGE		(PAGE_SIZE / LU_PAGE_SIZE)

/* Chunks of a run before it is thrown away to begin anew further on */
#define DIR_RUN_CHUNKS		65536

/* File offset at the end of a directory */
#define DIR_POS_EOF		S64_MAX

/**
 * struct dir_chunk - what one RPC brought
 * @start: position that it was asked for
 * @nr: wire pages
 * @ends: position behind each of them; that of the last may be MDS_DIR_END_OFF
 *
 * A chunk has all entries at @start and behind, so its first ones may have been
 * the last of the chunk before.
 */
struct dir_chunk {
	u64		start;
	unsigned int	nr;
	u64		ends[] __counted_by(nr);
};

/**
 * struct lustre_dir - the pages that a directory remembers
 * @lock: protects everything, held while the pages are used
 * @known: the directory was read before
 * @gen: li->dir_gen for which the run is valid, 0: for nobody but @user
 * @user: file that had the run read
 * @start: position of the run
 * @end: position behind it, or MDS_DIR_END_OFF
 * @nr: chunks in the run
 * @chunks: struct dir_chunk by number
 */
struct lustre_dir {
	struct mutex		lock;	/* the rest */
	bool			known;
	unsigned long		gen;
	struct lustre_file	*user;
	u64			start;
	u64			end;
	unsigned int		nr;
	struct xarray		chunks;
};

static struct dir_chunk *dir_chunk(struct lustre_dir *d, unsigned int c)
{
	return xa_load(&d->chunks, c);
}

static u64 dir_chunk_end(const struct dir_chunk *chunk)
{
	return chunk->ends[chunk->nr - 1];
}

/* The last chunk that begins at @hash or before, or the first of all */
static unsigned int dir_chunk_at(struct lustre_dir *d, u64 hash)
{
	unsigned int first = 0, end = d->nr;

	while (end - first > 1) {
		unsigned int mid = first + (end - first) / 2;

		if (dir_chunk(d, mid)->start <= hash)
			first = mid;
		else
			end = mid;
	}
	return first;
}

/* The first wire page of a chunk that may have entries at @hash or behind */
static unsigned int dir_page_at(const struct dir_chunk *chunk, u64 hash)
{
	unsigned int i = 0;

	while (i < chunk->nr && chunk->ends[i] < hash)
		i++;
	return i;
}

static loff_t dir_cache_pos(unsigned int c)
{
	return (loff_t)c * DIR_RPC_BYTES;
}

static void dir_forget_chunks(struct lustre_dir *d, unsigned int nr)
{
	while (d->nr > nr)
		kfree(xa_erase(&d->chunks, --d->nr));
}

/* Keep the first @nr chunks of the run. */
static void dir_cut(struct inode *inode, struct lustre_dir *d, unsigned int nr)
{
	dir_forget_chunks(d, nr);
	d->end = nr ? dir_chunk_end(dir_chunk(d, nr - 1)) : d->start;
	truncate_inode_pages(inode->i_mapping, dir_cache_pos(nr));
}

static void dir_drop(struct inode *inode, struct lustre_dir *d)
{
	dir_cut(inode, d, 0);
	d->gen = 0;
	d->user = NULL;
}

/* What is known of the directory's pages; made at first use. */
static struct lustre_dir *dir_get(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_dir *d, *old;

	/* Pairs with the cmpxchg() below. */
	d = smp_load_acquire(&li->dir);
	if (d)
		return d;
	d = kzalloc_obj(*d);
	if (!d)
		return NULL;
	mutex_init(&d->lock);
	xa_init(&d->chunks);
	old = cmpxchg(&li->dir, NULL, d);
	if (!old)
		return d;
	kfree(d);
	return old;
}

/* The UPDATE lock went: nobody new may use the run. Waits for no reader. */
void lustre_dir_invalidate(struct inode *inode)
{
	struct lustre_dir *d;

	/* Pairs with the cmpxchg() in dir_get(). */
	d = smp_load_acquire(&LUSTRE_I(inode)->dir);
	if (!d || !mutex_trylock(&d->lock))
		return;
	if (!d->user)
		dir_drop(inode, d);
	mutex_unlock(&d->lock);
}

/* The inode goes away, and its pages have gone. */
void lustre_dir_free(struct inode *inode)
{
	struct lustre_dir *d = LUSTRE_I(inode)->dir;

	LUSTRE_I(inode)->dir = NULL;
	if (!d)
		return;
	dir_forget_chunks(d, 0);
	xa_destroy(&d->chunks);
	mutex_destroy(&d->lock);
	kfree(d);
}

/* ---- one reader ---------------------------------------------------------- */

/* No chunk */
#define DIR_NONE		UINT_MAX

/**
 * struct dir_walk - one call of ->iterate_shared()
 * @inode: directory
 * @d: its pages
 * @lf: the file
 * @ctx: where entries go
 * @hash: where to go on
 * @skip: so many entries at @hash have been told before
 * @chunk: where that is
 * @page: wire page in @chunk
 * @buf: DIR_RPC_PAGES pages that RPCs fill; NULL before the first
 * @fresh: chunk that is in @buf, or DIR_NONE
 *
 * What was just read is told from @buf, so that a reader gets on even if the
 * page cache keeps nothing.
 */
struct dir_walk {
	struct inode		*inode;
	struct lustre_dir	*d;
	struct lustre_file	*lf;
	struct dir_context	*ctx;
	u64			hash;
	unsigned int		skip;
	unsigned int		chunk;
	unsigned int		page;
	struct bio_vec		*buf;
	unsigned int		fresh;
};

static void dir_buf_free(struct dir_walk *w)
{
	unsigned int i;

	for (i = 0; w->buf && i < DIR_RPC_PAGES; i++)
		if (w->buf[i].bv_page)
			__free_page(w->buf[i].bv_page);
	kvfree(w->buf);
	w->buf = NULL;
	w->fresh = DIR_NONE;
}

static int dir_buf_alloc(struct dir_walk *w)
{
	struct page *page;
	unsigned int i;

	if (w->buf)
		return 0;
	w->buf = kvcalloc(DIR_RPC_PAGES, sizeof(*w->buf), GFP_KERNEL);
	for (i = 0; w->buf && i < DIR_RPC_PAGES; i++) {
		page = alloc_page(GFP_KERNEL);
		if (page)
			bvec_set_page(&w->buf[i], page, PAGE_SIZE, 0);
		else
			dir_buf_free(w);
	}
	return w->buf ? 0 : -ENOMEM;
}

static const void *dir_buf_page(const struct dir_walk *w, unsigned int i)
{
	return page_address(w->buf[i / DIR_PER_PAGE].bv_page) +
	       (i % DIR_PER_PAGE) * LU_PAGE_SIZE;
}

/* ---- reading ------------------------------------------------------------- */

/* Generation of the directory if a lock covers it, else 0. */
static unsigned long dir_gen(struct inode *inode)
{
	unsigned long gen = READ_ONCE(LUSTRE_I(inode)->dir_gen);

	return lustre_inode_covered(inode, MDS_INODELOCK_UPDATE) ? gen : 0;
}

static int dir_bad_page(struct inode *inode, const char *what)
{
	pr_err_ratelimited("lustre: %s: directory %s: %s\n",
			   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
			   lustre_fid_str(lustre_fid(inode)).s, what);
	return -EPROTO;
}

/* Are the pages in the buffer sound? Notes where they end. */
static int dir_check_pages(struct dir_walk *w, struct dir_chunk *chunk)
{
	u64 start, end = chunk->start;
	unsigned int i;
	int rc;

	for (i = 0; i < chunk->nr; i++) {
		u64 prev = end;

		if (prev == MDS_DIR_END_OFF)
			return dir_bad_page(w->inode, "pages behind the last");
		rc = mdc_dirpage_check(dir_buf_page(w, i), &start, &end);
		if (rc)
			return dir_bad_page(w->inode, "broken page");
		if (end < prev || (i && start < prev))
			return dir_bad_page(w->inode, "pages out of order");
		chunk->ends[i] = end;
	}
	/* Else there are more entries with one hash than an RPC can carry. */
	return end == chunk->start ? -EIO : 0;
}

/* Read what is at @hash into the buffer. */
static struct dir_chunk *dir_fetch(struct dir_walk *w, u64 hash)
{
	struct dir_chunk *chunk;
	struct mdc_cred cred;
	unsigned int nr;
	size_t moved;
	int rc;

	rc = dir_buf_alloc(w);
	if (rc)
		return ERR_PTR(rc);
	w->fresh = DIR_NONE;
	mdc_cred_init(&cred, w->inode, NULL);
	rc = mdc_readpage(lustre_lmv(w->inode), lustre_fid(w->inode), hash,
			  w->buf, DIR_RPC_PAGES, &cred, &moved);
	if (rc)
		return ERR_PTR(rc);
	nr = moved / LU_PAGE_SIZE;
	chunk = kmalloc(struct_size(chunk, ends, nr), GFP_KERNEL_ACCOUNT);
	if (!chunk)
		return ERR_PTR(-ENOMEM);
	chunk->nr = nr;
	chunk->start = hash;
	rc = dir_check_pages(w, chunk);
	if (!rc)
		return chunk;
	kfree(chunk);
	return ERR_PTR(rc);
}

/*
 * Put what is in the buffer into the page cache, as chunk number @c, of which
 * nothing is there. What finds no room will be read again.
 */
static void dir_keep(struct dir_walk *w, unsigned int c, unsigned int nr)
{
	struct address_space *mapping = w->inode->i_mapping;
	pgoff_t index = dir_cache_pos(c) >> PAGE_SHIFT;
	size_t left = nr * LU_PAGE_SIZE;
	struct folio *folio;
	unsigned int i;

	w->fresh = c;
	for (i = 0; left; i++) {
		size_t len = min_t(size_t, left, PAGE_SIZE);

		folio = filemap_grab_folio(mapping, index + i);
		if (IS_ERR(folio))
			return;
		memcpy(folio_address(folio), page_address(w->buf[i].bv_page),
		       len);
		folio_mark_uptodate(folio);
		folio_unlock(folio);
		folio_put(folio);
		left -= len;
	}
}

/* Append what follows the run; @d->end is where it goes on. */
static int dir_append(struct dir_walk *w)
{
	struct lustre_dir *d = w->d;
	struct dir_chunk *chunk = dir_fetch(w, d->end);
	int rc;

	if (IS_ERR(chunk))
		return PTR_ERR(chunk);
	rc = xa_err(xa_store(&d->chunks, d->nr, chunk, GFP_KERNEL));
	if (rc) {
		kfree(chunk);
		return rc;
	}
	d->end = dir_chunk_end(chunk);
	dir_keep(w, d->nr++, chunk->nr);
	return 0;
}

/*
 * Not all of the walk's chunk is there any more: read it again. The directory
 * may have changed, if no lock covers it: then what follows goes as well.
 */
static int dir_reread(struct dir_walk *w)
{
	struct lustre_dir *d = w->d;
	struct dir_chunk *old = dir_chunk(d, w->chunk);
	struct dir_chunk *chunk = dir_fetch(w, old->start);
	bool same;
	int rc;

	if (IS_ERR(chunk))
		return PTR_ERR(chunk);
	rc = xa_err(xa_store(&d->chunks, w->chunk, chunk, GFP_KERNEL));
	if (rc) {
		kfree(chunk);
		return rc;
	}
	same = dir_chunk_end(old) == dir_chunk_end(chunk);
	kfree(old);
	if (!same)
		dir_cut(w->inode, d, w->chunk + 1);
	truncate_inode_pages_range(w->inode->i_mapping,
				   dir_cache_pos(w->chunk),
				   dir_cache_pos(w->chunk + 1) - 1);
	dir_keep(w, w->chunk, chunk->nr);
	return 0;
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

/*
 * Begin a new run at @hash. Whoever reads a directory again may do so more
 * often: then the UPDATE lock, under which pages are kept, is worth its RPC.
 */
static int dir_start_run(struct dir_walk *w, u64 hash)
{
	struct lustre_dir *d = w->d;
	int rc;

	dir_drop(w->inode, d);
	w->chunk = 0;
	w->page = 0;
	if (!hash && d->known) {
		rc = lustre_revalidate_inode(w->inode, MDS_INODELOCK_UPDATE);
		if (rc)
			return rc;
	}
	d->start = hash;
	d->end = hash;
	d->gen = dir_gen(w->inode);
	d->user = w->lf;
	d->known = true;
	return dir_append(w);
}

/* Find the place to go on at, w->hash, reading the first pages if need be. */
static int dir_seek(struct dir_walk *w)
{
	struct lustre_dir *d = w->d;

	if (!dir_usable(w->inode, d, w->lf, w->hash))
		return dir_start_run(w, w->hash);
	w->chunk = dir_chunk_at(d, w->hash);
	w->page = dir_page_at(dir_chunk(d, w->chunk), w->hash);
	return 0;
}

/* Go on behind the run, where the walk is. */
static int dir_more(struct dir_walk *w)
{
	struct lustre_dir *d = w->d;

	if (d->end == MDS_DIR_END_OFF)
		return -ENODATA;
	if (d->nr == DIR_RUN_CHUNKS)
		return dir_start_run(w, d->end);
	return dir_append(w);
}

/* ---- telling ------------------------------------------------------------- */

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

/* Wire page @i of chunk @c in the page cache; NULL: not there any more. */
static struct folio *dir_cached(struct inode *inode, unsigned int c,
				unsigned int i)
{
	struct folio *folio;

	folio = filemap_get_folio(inode->i_mapping,
				  (dir_cache_pos(c) >> PAGE_SHIFT) +
				  i / DIR_PER_PAGE);
	if (IS_ERR(folio))
		return NULL;
	if (folio_test_uptodate(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

static const void *dir_cached_page(struct folio *folio, unsigned int i)
{
	return folio_address(folio) + (i % DIR_PER_PAGE) * LU_PAGE_SIZE;
}

/*
 * Tell what is on the page where the walk is. Return: 0, 1 (the reader has
 * enough) or -EAGAIN: the page is not there any more.
 */
static int dir_tell_page(struct dir_walk *w)
{
	struct folio *folio;
	bool more;

	if (w->chunk == w->fresh)
		return !dir_emit_page(w, dir_buf_page(w, w->page));
	folio = dir_cached(w->inode, w->chunk, w->page);
	if (!folio)
		return -EAGAIN;
	more = dir_emit_page(w, dir_cached_page(folio, w->page));
	folio_put(folio);
	return !more;
}

/*
 * Read the walk's chunk again, and find the place in it. Nothing is left out:
 * it has all entries from its start on, and how many of those at one position
 * the reader has is known.
 */
static int dir_tell_again(struct dir_walk *w)
{
	const struct dir_chunk *chunk = dir_chunk(w->d, w->chunk);
	u64 hash = w->page ? chunk->ends[w->page - 1] : chunk->start;
	int rc;

	rc = dir_reread(w);
	if (rc)
		return rc;
	dir_resume(w, max(hash, w->hash));
	w->page = dir_page_at(dir_chunk(w->d, w->chunk), w->hash);
	return 0;
}

/* Tell the rest of the walk's chunk, and move behind it. Return: as above. */
static int dir_tell_chunk(struct dir_walk *w)
{
	const struct dir_chunk *chunk = dir_chunk(w->d, w->chunk);
	int rc;

	for (; w->page < chunk->nr; w->page++) {
		rc = dir_tell_page(w);
		if (rc)
			return rc;
	}
	/* One that was read again may end before what has been told. */
	dir_resume(w, max(dir_chunk_end(chunk), w->hash));
	w->ctx->pos = w->hash;
	w->chunk++;
	w->page = 0;
	return 0;
}

/* Return: 0, -ENODATA at the end of the directory, an errno. */
static int dir_walk(struct dir_walk *w)
{
	int rc = dir_seek(w);

	while (!rc) {
		rc = dir_tell_chunk(w);
		if (rc > 0)
			return 0;
		if (rc == -EAGAIN)
			rc = dir_tell_again(w);
		else if (w->chunk == w->d->nr)
			rc = dir_more(w);
		if (!rc && fatal_signal_pending(current))
			rc = -EINTR;
		cond_resched();
	}
	return rc;
}

static int lustre_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);
	struct dir_walk w = {
		.inode	= inode,
		.d	= dir_get(inode),
		.lf	= file->private_data,
		.ctx	= ctx,
		.fresh	= DIR_NONE,
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
	dir_buf_free(&w);
	/* A directory that was removed has no more entries. */
	if (rc == -ENODATA || rc == -ENOENT || rc == -ESTALE) {
		ctx->pos = DIR_POS_EOF;
		rc = 0;
	}
	return rc;
}

/* ---- looking ahead ------------------------------------------------------- */

/**
 * struct dir_peek - one call of lustre_dir_peek()
 * @pos: where it is
 * @hash: where it began
 * @skip: so many entries at @hash are not told
 * @fn: who is told
 * @arg: for @fn
 */
struct dir_peek {
	struct lustre_dir_pos	*pos;
	u64			hash;
	unsigned int		skip;
	bool			(*fn)(void *arg, const struct mdc_dirent *de);
	void			*arg;
};

/* False: enough */
static bool dir_peek_page(struct dir_peek *p, const void *page)
{
	struct mdc_dirent de;
	unsigned int at = 0;

	while (mdc_dirpage_next(page, &at, &de)) {
		if (de.hash < p->hash)
			continue;
		if (de.hash == p->hash && p->skip) {
			p->skip--;
			continue;
		}
		if (!p->fn(p->arg, &de))
			return false;
		if (p->pos->hash != de.hash) {
			p->pos->hash = de.hash;
			p->pos->dups = 0;
		}
		p->pos->dups++;
	}
	return true;
}

/* Return: as lustre_dir_peek() */
static int dir_peek(struct inode *inode, struct lustre_dir *d,
		    struct dir_peek *p)
{
	unsigned int c = dir_chunk_at(d, p->hash);
	unsigned int i = dir_page_at(dir_chunk(d, c), p->hash);
	bool told = false, more;
	struct folio *folio;

	for (; c < d->nr; c++, i = 0) {
		for (; i < dir_chunk(d, c)->nr; i++) {
			folio = dir_cached(inode, c, i);
			if (!folio)
				return told ? 0 : -EAGAIN;
			more = dir_peek_page(p, dir_cached_page(folio, i));
			folio_put(folio);
			if (!more)
				return 0;
			told = true;
		}
	}
	return d->end == MDS_DIR_END_OFF;
}

/**
 * lustre_dir_peek - walk entries that have been read already
 * @inode: the directory
 * @pos: where to begin; moves behind each entry that is taken
 * @fn: is told the entries; false: not taken, and enough.  Must not sleep long.
 * @arg: for @fn
 *
 * No RPC and no wait. An entry may be told twice, or not at all, or although it
 * is not there any more: no lock is needed.
 *
 * Return: 0, 1 (that was the end of the directory), or -EAGAIN: nothing is
 * known at @pos, or somebody reads the directory right now.
 */
int lustre_dir_peek(struct inode *inode, struct lustre_dir_pos *pos,
		    bool (*fn)(void *arg, const struct mdc_dirent *de),
		    void *arg)
{
	struct dir_peek p = {
		.pos	= pos,
		.hash	= pos->hash,
		.skip	= pos->dups,
		.fn	= fn,
		.arg	= arg,
	};
	struct lustre_dir *d;
	int rc = -EAGAIN;

	/* Pairs with the cmpxchg() in dir_get(). */
	d = smp_load_acquire(&LUSTRE_I(inode)->dir);
	if (!d || !mutex_trylock(&d->lock))
		return -EAGAIN;
	if (d->nr)
		rc = dir_peek(inode, d, &p);
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
			/* Of use to guess what will be looked at, at best */
			if (d->gen != dir_gen(inode))
				d->gen = 0;
		}
		mutex_unlock(&d->lock);
	}
	return lustre_release(inode, file);
}

static int lustre_dir_lock(struct file *file, int cmd, struct file_lock *fl)
{
	return lustre_file_lock(file, cmd, fl);
}

static int lustre_dir_flock(struct file *file, int cmd, struct file_lock *fl)
{
	return lustre_file_flock(file, cmd, fl);
}

const struct file_operations lustre_dir_operations = {
	.open		= lustre_open,
	.release	= lustre_dir_release,
	.llseek		= lustre_dir_llseek,
	.read		= generic_read_dir,
	.iterate_shared	= lustre_iterate,
	.fsync		= lustre_dir_fsync,
	.lock		= lustre_dir_lock,
	.flock		= lustre_dir_flock,
	.unlocked_ioctl	= lustre_ioctl,
	.compat_ioctl	= lustre_compat_ioctl,
};
