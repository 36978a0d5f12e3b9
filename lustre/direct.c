// SPDX-License-Identifier: GPL-2.0-only
/*
 * Direct I/O: between the memory of a process and the objects (07 section 9.7).
 *
 * The memory is pinned, then the range is locked as for any I/O, what the page
 * cache has of it goes out, and transfers carry the rest.  Other clients give
 * way to the locks.  Pages travel as they are if they lie in memory as they lie
 * in the file, else through copies.  A write has been committed when it was
 * answered, so nobody has to keep the memory for a replay.
 *
 * What runs can outlive who began it: an asynchronous request, or a process
 * that was killed.  The last transfer leaves the rest to a workqueue then.
 *
 * Lock order: see addr.c.  Memory is faulted in before anything is locked that
 * a fault may want.
 */
#include <linux/completion.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "internal.h"

/* User memory that is pinned at a time, bytes; an append pins all of it */
#define LUSTRE_DIO_WINDOW	SZ_64M
/* What is copied at a time, bytes */
#define LUSTRE_DIO_COPY		SZ_16M
/* Pages that are pinned by one call */
#define LUSTRE_DIO_PIN		32

/**
 * struct lustre_dio - one call of read(2) or write(2), or its like
 * @iocb: whose request it is; who was killed takes it along
 * @file: the file, with a reference
 * @inode: the file
 * @write: a write
 * @async: the caller does not wait
 * @pinned: the memory is to be unpinned
 * @whole: all of the caller's memory was pinned
 * @first: nothing was transferred yet
 * @copied: what travels are copies of the memory
 * @moved: another mirror was taken into use
 * @patient: each has had its chance, wait for the one in use
 * @moves: how often one was, in a row
 * @stale: targets knew of a newer layout
 * @io: the frame
 * @writer: part of the file that a write has alone
 * @mem: the caller's memory that was pinned, a segment for each page
 * @nr_mem: elements of @mem
 * @got: bytes of it
 * @left: of the memory, what was not copied yet
 * @bv: what travels: segments for each page of the file, in its order
 * @nr: elements of @bv
 * @pos: first byte in the file of what travels
 * @count: bytes of it
 * @pending: transfers, and one for who starts them
 * @over: the end of the transfers, and the end of the waiting: who comes
 *	second cleans up
 * @done: the transfers ended, and somebody waits
 * @lock: protects @error, @bad
 * @error: of the first part in the file that failed
 * @bad: where that begins
 * @work: the end, if nobody waits
 */
struct lustre_dio {
	struct kiocb		*iocb;
	struct file		*file;
	struct inode		*inode;
	bool			write;
	bool			async;
	bool			pinned;
	bool			whole;
	bool			first;
	bool			copied;
	bool			moved;
	bool			patient;
	unsigned int		moves;
	struct lustre_io_stale	stale;
	struct lustre_io	io;
	struct lustre_writer	writer;
	struct bio_vec		*mem;
	unsigned int		nr_mem;
	size_t			got;
	struct iov_iter		left;
	struct bio_vec		*bv;
	unsigned int		nr;
	loff_t			pos;
	size_t			count;
	atomic_t		pending;
	atomic_t		over;
	struct completion	done;
	spinlock_t		lock;		/* @error, @bad */
	int			error;
	loff_t			bad;
	struct work_struct	work;
};

/**
 * struct lustre_dio_part - what one transfer carries
 * @dio: for this
 * @start: its first byte in the file; others may lie between its bytes
 * @end: first byte in the file behind it
 * @obj_end: first byte in the object behind it
 */
struct lustre_dio_part {
	struct lustre_dio	*dio;
	loff_t			start;
	loff_t			end;
	u64			obj_end;
};

/* --------------------------------------------------------------- memory -- */

static void lustre_dio_mem_add(struct lustre_dio *dio, struct page **pages,
			       size_t offset, size_t bytes)
{
	while (bytes) {
		size_t len = min_t(size_t, bytes, PAGE_SIZE - offset);

		bvec_set_page(&dio->mem[dio->nr_mem++], *pages++, len, offset);
		bytes -= len;
		offset = 0;
	}
}

/*
 * Pin up to @most bytes of the caller's memory, less if some of it is not there.
 * Return: 0; -EFAULT, -ENOMEM.
 */
static int lustre_dio_pin(struct lustre_dio *dio, struct iov_iter *iter,
			  size_t most)
{
	size_t want = min(iov_iter_count(iter), most), offset, got = 0;
	struct page *some[LUSTRE_DIO_PIN], **pages = some;
	unsigned int room = iov_iter_npages(iter, most / PAGE_SIZE + 1);
	ssize_t n = 0;

	dio->got = 0;
	dio->nr_mem = 0;
	dio->mem = kvmalloc_array(room, sizeof(*dio->mem), GFP_KERNEL);
	if (!dio->mem)
		return -ENOMEM;
	dio->pinned = iov_iter_extract_will_pin(iter);
	while (got < want && dio->nr_mem < room) {
		n = iov_iter_extract_pages(iter, &pages, want - got,
					   min_t(unsigned int, LUSTRE_DIO_PIN,
						 room - dio->nr_mem),
					   0, &offset);
		if (n <= 0)
			break;
		lustre_dio_mem_add(dio, pages, offset, n);
		got += n;
	}
	iov_iter_bvec(&dio->left, dio->write ? ITER_SOURCE : ITER_DEST,
		      dio->mem, dio->nr_mem, got);
	dio->got = got;
	dio->whole = !iov_iter_count(iter);
	return got ? 0 : n ?: -EFAULT;
}

static void lustre_dio_unpin(struct lustre_dio *dio)
{
	for (unsigned int i = 0; dio->pinned && i < dio->nr_mem; i++)
		unpin_user_pages_dirty_lock(&dio->mem[i].bv_page, 1,
					    !dio->write);
	kvfree(dio->mem);
	dio->mem = NULL;
	dio->nr_mem = 0;
}

/* Does the memory begin as far inside a page as the file at @pos, all along? */
static bool lustre_dio_congruent(const struct lustre_dio *dio, loff_t pos)
{
	for (unsigned int i = 0; i < dio->nr_mem; i++) {
		const struct bio_vec *bv = &dio->mem[i];

		if (bv->bv_offset != offset_in_page(pos) ||
		    (i && offset_in_page(pos)))
			return false;
		pos += bv->bv_len;
	}
	return true;
}

static void lustre_dio_uncopy(struct lustre_dio *dio)
{
	if (!dio->copied)
		return;
	for (unsigned int i = 0; i < dio->nr; i++)
		__free_page(dio->bv[i].bv_page);
	kvfree(dio->bv);
	dio->copied = false;
}

/* Pages for the copies, filled for a write */
static int lustre_dio_copy(struct lustre_dio *dio)
{
	size_t offset = offset_in_page(dio->pos), left = dio->count;
	unsigned int nr = DIV_ROUND_UP(offset + left, PAGE_SIZE);

	dio->nr = 0;
	dio->bv = kvmalloc_array(nr, sizeof(*dio->bv), GFP_NOFS);
	if (!dio->bv)
		return -ENOMEM;
	dio->copied = true;
	while (left) {
		struct page *page = alloc_page(GFP_NOFS);
		size_t len = min_t(size_t, left, PAGE_SIZE - offset);

		if (!page)
			return -ENOMEM;
		bvec_set_page(&dio->bv[dio->nr++], page, len, offset);
		if (dio->write &&
		    copy_page_from_iter(page, offset, len, &dio->left) != len)
			return -EFAULT;
		left -= len;
		offset = 0;
	}
	return 0;
}

/* What was read goes where it belongs. */
static int lustre_dio_copy_back(struct lustre_dio *dio, size_t bytes)
{
	for (unsigned int i = 0; bytes; i++) {
		const struct bio_vec *bv = &dio->bv[i];
		size_t len = min_t(size_t, bv->bv_len, bytes);

		if (copy_page_to_iter(bv->bv_page, bv->bv_offset, len,
				      &dio->left) != len)
			return -EFAULT;
		bytes -= len;
	}
	return 0;
}

/* ------------------------------------------------------------ transfers -- */

/* The file has been reached as far as @pos, and no further. */
static void lustre_dio_failed(struct lustre_dio *dio, loff_t pos, int error)
{
	spin_lock(&dio->lock);
	if (!dio->error || pos < dio->bad) {
		dio->bad = pos;
		dio->error = error;
	}
	spin_unlock(&dio->lock);
}

/* One of @pending is over; the last one tells who waits, if somebody does. */
static void lustre_dio_put(struct lustre_dio *dio)
{
	if (!atomic_dec_and_test(&dio->pending))
		return;
	if (atomic_inc_return(&dio->over) == 1)
		complete(&dio->done);
	else
		queue_work(lustre_inode_wq, &dio->work);
}

static void lustre_dio_done(struct osc_brw *brw, int error)
{
	struct lustre_dio_part *part = osc_brw_priv(brw);
	struct lustre_dio *dio = part->dio;

	if (error && osc_brw_flags(brw) & OSC_BRW_GIVE_BACK)
		WRITE_ONCE(dio->io.fl->failed, true);
	if (error)
		lustre_dio_failed(dio, part->start,
				  error == -ENOENT ? -EIO : error);
	else if (dio->write && dio->io.designated)
		osc_object_wrote(osc_brw_object(brw), part->obj_end);
	else if (dio->write)
		lustre_write_set_size(dio->inode, osc_brw_object(brw),
				      part->obj_end, part->end);
	kfree(part);
	lustre_dio_put(dio);
}

static const struct osc_brw_ops lustre_dio_ops = {
	.done = lustre_dio_done,
};

/* New transfer, which begins at @pos of the file; NULL without memory */
static struct osc_brw *lustre_dio_new(struct lustre_dio *dio,
				      struct lustre_xfer *x,
				      struct osc_object *obj, u32 flags,
				      loff_t pos)
{
	struct lustre_dio_part *part = kmalloc_obj(*part, GFP_NOFS);

	if (!part)
		return NULL;
	part->dio = dio;
	part->start = pos;
	atomic_inc(&dio->pending);
	return lustre_xfer_new(x, obj, flags, &lustre_dio_ops, part);
}

/**
 * struct lustre_dio_run - where transfers have got to
 * @x: the transfers
 * @obj: the object that is next
 * @off: there
 * @pos: in the file
 * @i: in struct lustre_dio.bv
 */
struct lustre_dio_run {
	struct lustre_xfer	x;
	struct osc_object	*obj;
	u64			off;
	loff_t			pos;
	unsigned int		i;
};

/* What is next of the segment; the last one may be longer than the I/O. */
static struct bio_vec lustre_dio_seg(const struct lustre_dio *dio,
				     const struct lustre_dio_run *run)
{
	struct bio_vec bv = dio->bv[run->i];

	bv.bv_len = min_t(u64, bv.bv_len, dio->pos + dio->count - run->pos);
	return bv;
}

static void lustre_dio_next(struct lustre_dio_run *run, size_t len)
{
	run->i++;
	run->pos += len;
	run->off += len;
}

/* The object ends before the next @len bytes, and under the lock it stays so. */
static void lustre_dio_zero(struct lustre_dio *dio, struct lustre_dio_run *run,
			    u64 len)
{
	loff_t end = run->pos + len;
	struct iov_iter to;

	while (run->pos < end) {
		struct bio_vec bv = lustre_dio_seg(dio, run);

		iov_iter_bvec(&to, ITER_DEST, &bv, 1, bv.bv_len);
		iov_iter_zero(bv.bv_len, &to);
		lustre_dio_next(run, bv.bv_len);
	}
}

/* Add a segment to the transfers; *@grant goes along with the first. */
static int lustre_dio_add(struct lustre_dio *dio, struct lustre_dio_run *run,
			  u32 flags, u32 *grant)
{
	struct bio_vec bv = lustre_dio_seg(dio, run);
	struct lustre_dio_part *part;
	struct osc_brw *brw;

	brw = lustre_xfer_find(&run->x, run->obj, flags);
	if (!brw || !osc_brw_add(brw, &bv, run->off, *grant)) {
		/* What is paid for is in the one that is full. */
		if (!*grant)
			flags &= ~OSC_BRW_PAID;
		brw = lustre_dio_new(dio, &run->x, run->obj, flags, run->pos);
		if (!brw)
			return -ENOMEM;
		osc_brw_add(brw, &bv, run->off, *grant);
	}
	*grant = 0;
	lustre_dio_next(run, bv.bv_len);
	part = osc_brw_priv(brw);
	part->end = run->pos;
	part->obj_end = run->off;
	return 0;
}

/* The next @len bytes, which are in one object and may be in one transfer */
static int lustre_dio_chunk(struct lustre_dio *dio, struct lustre_dio_run *run,
			    u64 len)
{
	u32 flags = OSC_BRW_DIRECT | OSC_BRW_TOLD |
		    (dio->io.spare && !dio->write ? OSC_BRW_GIVE_BACK : 0);
	loff_t end = run->pos + len;
	u32 grant = 0;
	int err = 0;

	if (!dio->write && run->off >= osc_object_size(run->obj)) {
		lustre_dio_zero(dio, run, len);
		return 0;
	}
	if (dio->write)
		flags |= OSC_BRW_WRITE | OSC_BRW_SYNC;
	if (dio->write && !osc_grant_reserve(run->obj, run->off, len, &grant))
		flags |= OSC_BRW_PAID;
	while (!err && run->pos < end)
		err = lustre_dio_add(dio, run, flags, &grant);
	if (grant)
		osc_grant_unreserve(run->obj, grant);
	return err;
}

/* Bytes from a place on that lie one behind the other in its object */
static u64 lustre_dio_length(const struct lustre_place *place, loff_t pos)
{
	const struct lustre_comp *comp = place->comp;
	u64 len = comp->extent.end - pos;
	u32 in_stripe;

	if (comp->map.count == 1)
		return len;
	div_u64_rem(place->off, comp->map.size, &in_stripe);
	return min_t(u64, len, comp->map.size - in_stripe);
}

/* What lies in one object, @len bytes at most; *@pos goes on */
static int lustre_dio_piece(struct lustre_dio *dio, struct lustre_dio_run *run,
			    u64 len)
{
	struct lustre_file_layout *fl = dio->io.fl;
	struct lustre_place place;
	int err = 0;

	if (!lustre_io_has_data(&dio->io) ||
	    !lustre_layout_find(fl->layout, run->pos, &place)) {
		/* Nothing was written there, ever. */
		if (dio->write)
			return -EIO;
		lustre_dio_zero(dio, run, min_t(u64, len, SZ_64K -
						(run->pos & (SZ_64K - 1))));
		return 0;
	}
	run->obj = fl->objects[place.object];
	run->off = place.off;
	if (!run->obj)
		return -EIO;
	if (dio->write)
		osc_object_wrote(run->obj, 0);
	len = min(len, lustre_dio_length(&place, run->pos));
	while (len && !err) {
		u64 part = min(len, osc_brw_room(run->obj, run->off));

		len -= part;
		err = lustre_dio_chunk(dio, run, part);
	}
	return err;
}

/* Start the transfers for @bv; the end comes from lustre_dio_put(). */
static void lustre_dio_start(struct lustre_dio *dio)
{
	struct lustre_dio_run run = { .pos = dio->pos };
	loff_t end = dio->pos + dio->count;
	int err = 0;

	while (!err && run.pos < end)
		err = lustre_dio_piece(dio, &run, end - run.pos);
	if (err)
		lustre_dio_failed(dio, run.pos, err);
	lustre_xfer_end(&run.x);
}

/* ---------------------------------------------------------- one portion -- */

/*
 * The page cache has nothing that is newer, nor will be older.  What a mapping
 * changes meanwhile is its own business.
 */
static int lustre_dio_prepare(struct lustre_dio *dio, loff_t pos, size_t count)
{
	struct address_space *mapping = dio->inode->i_mapping;
	loff_t last = pos + count - 1;
	int err;

	if (dio->write && pos > i_size_read(dio->inode) &&
	    lustre_io_has_data(&dio->io) && !dio->io.designated)
		lustre_tail_seal(dio->inode);
	if (mapping_empty(mapping))
		return 0;
	err = filemap_write_and_wait_range(mapping, pos, last);
	if (!err && dio->write)
		invalidate_inode_pages2_range(mapping, pos >> PAGE_SHIFT,
					      last >> PAGE_SHIFT);
	return err;
}

/* Transfers ended.  Return: bytes from @pos on that are there, or why none is. */
static ssize_t lustre_dio_result(struct lustre_dio *dio)
{
	struct address_space *mapping = dio->inode->i_mapping;
	size_t good = dio->error ? dio->bad - dio->pos : dio->count;
	int err = dio->error;

	if (dio->write && !mapping_empty(mapping))
		invalidate_inode_pages2_range(mapping, dio->pos >> PAGE_SHIFT,
					      (dio->pos + dio->count - 1) >>
					      PAGE_SHIFT);
	if (!dio->write && dio->copied && good &&
	    lustre_dio_copy_back(dio, good)) {
		good = 0;
		err = -EFAULT;
	}
	lustre_dio_uncopy(dio);
	return good ? (ssize_t)good : err;
}

/* For lockdep: from now on whoever ends the I/O has what this task had. */
static void lustre_dio_hand_over(struct lustre_dio *dio)
{
	lustre_io_hand_over(&dio->io);
	if (dio->write)
		lustre_writer_hand_over(dio->inode);
}

static void lustre_dio_take_over(struct lustre_dio *dio)
{
	if (dio->write)
		lustre_writer_take_over(dio->inode);
	lustre_io_take_over(&dio->io);
}

/*
 * Wait for the transfers, killable.  False: the caller was killed, and the rest
 * is no longer his.
 */
static bool lustre_dio_wait(struct lustre_dio *dio)
{
	if (!wait_for_completion_killable(&dio->done))
		return true;
	lustre_dio_hand_over(dio);
	if (atomic_inc_return(&dio->over) == 1)
		return false;
	/* The end that came just before the kill is about to be told. */
	wait_for_completion(&dio->done);
	lustre_dio_take_over(dio);
	return true;
}

/*
 * Transfer a portion; the range is locked.  Return: bytes, what went wrong, or
 * -EIOCBQUEUED: the rest comes without the caller, for whom the request is gone.
 */
static ssize_t lustre_dio_portion(struct lustre_dio *dio, loff_t pos,
				  size_t count, bool copy)
{
	int err;

	dio->pos = pos;
	dio->count = count;
	dio->error = 0;
	dio->bv = dio->mem;
	dio->nr = dio->nr_mem;
	err = copy ? lustre_dio_copy(dio) : 0;
	if (err) {
		lustre_dio_uncopy(dio);
		return err;
	}
	atomic_set(&dio->pending, 1);
	atomic_set(&dio->over, dio->async);
	reinit_completion(&dio->done);
	lustre_dio_start(dio);
	if (dio->async) {
		lustre_dio_hand_over(dio);
		lustre_dio_put(dio);
		return -EIOCBQUEUED;
	}
	lustre_dio_put(dio);
	return lustre_dio_wait(dio) ? lustre_dio_result(dio) : -EIOCBQUEUED;
}

static bool lustre_dio_mirrored(const struct lustre_dio *dio)
{
	return dio->io.fl && dio->io.fl->layout->flr != LCM_FL_NONE;
}

/* Under locks: one portion after the other.  Return: as the portions */
static ssize_t lustre_dio_portions(struct lustre_dio *dio, loff_t pos,
				   size_t count)
{
	bool copy = !lustre_dio_congruent(dio, pos);
	size_t most = copy ? LUSTRE_DIO_COPY : SIZE_MAX, done = 0, part;
	ssize_t ret;

	/*
	 * What takes more than one portion is done here and now, and what may
	 * have to go on from another mirror, or under another layout.
	 */
	dio->async = !is_sync_kiocb(dio->iocb) && dio->first && dio->whole &&
		     count <= most && !lustre_dio_mirrored(dio);
	do {
		part = min(count - done, most);
		ret = lustre_dio_portion(dio, pos + done, part, copy);
		if (ret == -EIOCBQUEUED)
			return ret;
		if (ret > 0)
			done += ret;
	} while (done < count && ret == part);
	return done ? (ssize_t)done : ret;
}

/* Under locks.  Return: as the portions */
static ssize_t lustre_dio_locked(struct lustre_dio *dio, size_t count)
{
	loff_t pos = dio->iocb->ki_pos;
	int err;

	/* What makes a mirror like the others changes nothing. */
	if (dio->write && !dio->io.designated)
		LUSTRE_I(dio->inode)->data_modified = true;
	err = lustre_dio_prepare(dio, pos, count);
	return err ?: lustre_dio_portions(dio, pos, count);
}

/* Lock what a read is to bring.  Return: bytes; 0 behind the end of the file */
static ssize_t lustre_dio_read_start(struct lustre_dio *dio)
{
	const struct lustre_io_need need = {
		.file	= dio->iocb->ki_filp,
		.chosen	= true,
	};
	loff_t pos = dio->iocb->ki_pos, size;
	ssize_t ret = 0;

	/* Of the file, which a stale mirror does not know */
	if (lustre_designated(need.file))
		ret = lustre_size_glimpse(dio->inode);
	if (ret)
		return ret;
	ret = lustre_io_begin_for(dio->inode, pos,
				  lustre_io_last(pos, dio->got),
				  LUSTRE_IO_READ |
				  (dio->patient ? LUSTRE_IO_PATIENT : 0),
				  &need, &dio->io);
	if (ret)
		return ret;
	size = i_size_read(dio->inode);
	if (pos < size)
		return min_t(u64, dio->got, size - pos);
	lustre_io_end(&dio->io);
	return 0;
}

/* The rest is read in the next window, from another mirror if there is one. */
static void lustre_dio_move(struct lustre_dio *dio, bool some)
{
	int err;

	if (some)
		dio->moves = 0;
	if (!lustre_io_elsewhere(&dio->io, &err))
		return;
	dio->moved = true;
	dio->moves++;
	dio->patient = dio->io.how & LUSTRE_IO_PATIENT ||
		       dio->moves >= dio->io.fl->layout->nr_mirrors;
}

/* With pinned memory.  Return: as the portions */
static ssize_t lustre_dio_pinned(struct lustre_dio *dio)
{
	ssize_t ret, want;

	dio->moved = false;
	dio->error = 0;
	if (dio->write)
		ret = lustre_write_start(dio->iocb, &dio->left, !dio->first,
					 &dio->io);
	else
		ret = lustre_dio_read_start(dio);
	if (ret <= 0)
		return ret;
	want = ret;
	ret = lustre_dio_locked(dio, want);
	if (ret == -EIOCBQUEUED)
		return ret;
	if (ret != want && !dio->write)
		lustre_dio_move(dio, ret > 0);
	lustre_io_end(&dio->io);
	if (ret != want && dio->write)
		dio->moved = lustre_io_stale(&dio->io, dio->error,
					     &dio->stale);
	return ret == -ESTALE ? -EIO : ret;
}

/* As much as is pinned at a time.  Return: as the portions */
static ssize_t lustre_dio_window(struct lustre_dio *dio, struct iov_iter *iter)
{
	bool append = dio->write && dio->iocb->ki_flags & IOCB_APPEND;
	ssize_t ret;

	ret = lustre_dio_pin(dio, iter,
			     append ? MAX_RW_COUNT : LUSTRE_DIO_WINDOW);
	if (!ret)
		ret = lustre_dio_pinned(dio);
	if (ret == -EIOCBQUEUED)
		return ret;
	iov_iter_revert(iter, dio->got - max_t(ssize_t, ret, 0));
	lustre_dio_unpin(dio);
	return ret;
}

static void lustre_dio_free(struct lustre_dio *dio)
{
	if (dio->write)
		lustre_writer_leave(dio->inode, &dio->writer);
	fput(dio->file);
	kfree(dio);
}

static void lustre_dio_wrote(struct inode *inode)
{
	inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
}

/* The end of what nobody waited for */
static void lustre_dio_work(struct work_struct *work)
{
	struct lustre_dio *dio = container_of(work, struct lustre_dio, work);
	struct kiocb *iocb = dio->async ? dio->iocb : NULL;
	bool write = dio->write;
	ssize_t ret;

	lustre_dio_take_over(dio);
	ret = lustre_dio_result(dio);
	lustre_io_end(&dio->io);
	lustre_dio_unpin(dio);
	if (write && ret > 0)
		lustre_dio_wrote(dio->inode);
	lustre_dio_free(dio);
	if (!iocb)
		return;
	if (ret > 0)
		iocb->ki_pos += ret;
	if (write && ret > 0)
		ret = generic_write_sync(iocb, ret);
	iocb->ki_complete(iocb, ret);
}

static struct lustre_dio *lustre_dio_new_call(struct kiocb *iocb, bool write)
{
	struct lustre_dio *dio = kzalloc_obj(*dio, GFP_KERNEL);

	if (!dio)
		return NULL;
	dio->iocb = iocb;
	dio->file = get_file(iocb->ki_filp);
	dio->inode = file_inode(iocb->ki_filp);
	dio->write = write;
	dio->first = true;
	init_completion(&dio->done);
	spin_lock_init(&dio->lock);
	INIT_WORK(&dio->work, lustre_dio_work);
	return dio;
}

/* One window after the other; the position goes along. */
static ssize_t lustre_dio_call(struct lustre_dio *dio, struct iov_iter *iter)
{
	bool sync = is_sync_kiocb(dio->iocb);
	struct kiocb *iocb = dio->iocb;
	ssize_t done = 0, ret;

	do {
		ret = lustre_dio_window(dio, iter);
		/* It belongs to others now. */
		if (ret == -EIOCBQUEUED)
			return !sync ? ret : done ?: -EINTR;
		if (ret > 0) {
			iocb->ki_pos += ret;
			done += ret;
		}
		if (ret > 0)
			dio->first = false;
	} while ((dio->moved || (ret > 0 && ret == dio->got)) &&
		 iov_iter_count(iter));
	if (dio->write && done)
		lustre_dio_wrote(dio->inode);
	lustre_dio_free(dio);
	return done ?: ret;
}

/**
 * lustre_direct_read - read into the caller's memory, past the page cache
 * @iocb: the request
 * @to: the memory, not empty
 *
 * Return: bytes, less than asked for at the end of the file or if memory is
 * missing; -EIOCBQUEUED; -EFAULT; -EINTR; -ENOMEM; as lustre_io_begin().
 * Context: sleeps.
 */
ssize_t lustre_direct_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct lustre_dio *dio = lustre_dio_new_call(iocb, false);

	if (!dio)
		return -ENOMEM;
	file_accessed(iocb->ki_filp);
	return lustre_dio_call(dio, to);
}

/**
 * lustre_direct_write - write from the caller's memory, past the page cache
 * @iocb: the request
 * @from: the memory, not empty
 *
 * What was written has been committed by the targets.
 *
 * Return: bytes, less than asked for after an error; -EIOCBQUEUED; -EFAULT;
 * -EINTR; -ENOMEM; -EFBIG; -ENOSPC, -EDQUOT, -EIO; as lustre_io_begin().
 * Context: sleeps.
 */
ssize_t lustre_direct_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct lustre_dio *dio = lustre_dio_new_call(iocb, true);
	bool append = iocb->ki_flags & IOCB_APPEND;
	u64 start = append ? 0 : iocb->ki_pos;
	u64 end = append ? LUSTRE_EOF :
			   lustre_io_last(start, iov_iter_count(from));
	int err;

	if (!dio)
		return -ENOMEM;
	err = lustre_writer_enter(dio->inode, &dio->writer, start, end,
				  iocb->ki_filp);
	if (err) {
		dio->write = false;
		lustre_dio_free(dio);
		return err;
	}
	return lustre_dio_call(dio, from);
}
