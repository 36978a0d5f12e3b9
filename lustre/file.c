// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regular files: read, write, seek, sync, map.
 *
 * All I/O is done between lustre_io_begin() and lustre_io_end(), by the page
 * cache or by direct.c.  Lock order: see addr.c.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "flock.h"
#include "internal.h"

/* User memory that is faulted in before locks are taken, bytes */
#define LUSTRE_FAULT_WINDOW	SZ_1M

/* ---------------------------------------------------------------- open -- */

/*
 * copy_file_range(), loop devices, IMA and whoever reads a file into the kernel
 * go by i_size without asking.  The locks that come with the sizes are those
 * that a read, or a write, needs.
 */
static int lustre_file_open(struct inode *inode, struct file *file)
{
	bool atomic = file->private_data;
	int rc = lustre_open(inode, file);

	if (rc || !(file->f_mode & FMODE_READ) ||
	    file->f_mode & FMODE_CREATED || file->f_flags & O_TRUNC)
		return rc;
	rc = lustre_size_open(inode, file->f_mode & FMODE_WRITE);
	if (rc && !atomic)
		lustre_release(inode, file);
	return rc;
}

/* ---------------------------------------------------------------- read -- */

/* Is something missing that was to be read? */
static bool lustre_read_short(struct kiocb *iocb, struct iov_iter *to,
			      ssize_t ret)
{
	return ret != -EFAULT && iov_iter_count(to) &&
	       iocb->ki_pos < i_size_read(file_inode(iocb->ki_filp));
}

static ssize_t lustre_read_locked(struct kiocb *iocb, struct iov_iter *to)
{
	const struct lustre_io_need need = { .file = iocb->ki_filp };
	struct inode *inode = file_inode(iocb->ki_filp);
	size_t count = iov_iter_count(to);
	struct lustre_io io;
	ssize_t ret;
	int err = 0;

	ret = lustre_io_begin_for(inode, iocb->ki_pos,
				  lustre_io_last(iocb->ki_pos, count),
				  LUSTRE_IO_READ, &need, &io);
	if (ret)
		return ret;
	do {
		/* A fault would ask for locks while we hold some. */
		pagefault_disable();
		ret = filemap_read(iocb, to, count - iov_iter_count(to));
		pagefault_enable();
	} while (lustre_read_short(iocb, to, ret) &&
		 lustre_io_elsewhere(&io, &err));
	lustre_io_end(&io);
	return ret < 0 && err ? err : ret;
}

/*
 * Did the last round end for lack of user memory, and is some there now?
 * @ret: what the round brought
 */
static bool lustre_read_retry(struct iov_iter *to, ssize_t ret, bool eof)
{
	size_t want = min_t(size_t, iov_iter_count(to), LUSTRE_FAULT_WINDOW);

	if (!want || eof || (ret <= 0 && ret != -EFAULT))
		return false;
	return fault_in_iov_iter_writeable(to, want) < want;
}

static ssize_t lustre_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t done = 0, ret;
	bool eof;

	if (!iov_iter_count(to))
		return 0;
	ret = lustre_flock_check(iocb->ki_filp);
	if (ret)
		return ret;
	/* What is cached is another mirror's. */
	if (lustre_designated(iocb->ki_filp))
		iocb->ki_flags |= IOCB_DIRECT;
	if (iocb->ki_flags & IOCB_DIRECT)
		return lustre_direct_read(iocb, to);
	do {
		ret = lustre_read_locked(iocb, to);
		if (ret > 0)
			done += ret;
		eof = iocb->ki_pos >= i_size_read(inode);
	} while (lustre_read_retry(to, ret, eof));
	return done ?: ret;
}

/* --------------------------------------------------------------- write -- */

/*
 * Where the write goes; the size is known if it matters.  @more: a part of it
 * is written already.  0: that is all, for others have appended since.
 */
static ssize_t lustre_write_checks(struct lustre_io *io, struct kiocb *iocb,
				   struct iov_iter *from, bool more)
{
	ssize_t ret;
	u64 max;

	/* The LVBs of the locks of an append have the size of every object. */
	if (iocb->ki_flags & IOCB_APPEND) {
		lustre_size_update(io);
		if (more && i_size_read(io->inode) != iocb->ki_pos)
			return 0;
	}
	ret = generic_write_checks(iocb, from);
	if (ret <= 0)
		return ret;
	max = lustre_size_max(io, iocb->ki_pos, iocb->ki_pos + ret - 1);
	if (iocb->ki_pos >= max)
		return -EFBIG;
	iov_iter_truncate(from, max - iocb->ki_pos);
	return iov_iter_count(from);
}

/*
 * Write what could not be paid for, before anybody believes it is safe.
 * @since: errors that are older are not this write's
 */
static int lustre_write_out(struct file *file, loff_t pos, ssize_t written,
			    errseq_t since)
{
	struct address_space *mapping = file->f_mapping;
	int err, err2;

	err = filemap_fdatawrite_range(mapping, pos, pos + written - 1);
	filemap_fdatawait_range_keep_errors(mapping, pos, pos + written - 1);
	/* What the target said, which the flags of the mapping do not keep */
	err2 = filemap_check_wb_err(mapping, since);
	/* Told here, so fsync() need not. */
	if (err2)
		err2 = file_check_and_advance_wb_err(file) ?: err2;
	return err2 ?: err;
}

/* One round under locks; the position moves on by what was written. */
static ssize_t lustre_write_round(struct lustre_io *io, struct kiocb *iocb,
				  struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	struct lustre_inode *li = LUSTRE_I(io->inode);
	errseq_t since = filemap_sample_wb_err(file->f_mapping);
	int unpaid = atomic_read(&li->unpaid), err = 0;
	loff_t pos = iocb->ki_pos;
	ssize_t written;

	WRITE_ONCE(li->write_through, false);
	/* A fault would ask for locks while we hold some. */
	pagefault_disable();
	written = generic_perform_write(iocb, from);
	pagefault_enable();
	/* Perhaps it was another writer's folio: no harm done. */
	if (written > 0 && atomic_read(&li->unpaid) != unpaid)
		err = lustre_write_out(file, pos, written, since);
	iocb->ki_pos = pos + (written > 0 && !err ? written : 0);
	return err ?: written;
}

/**
 * lustre_write_start - begin the I/O of a write, or of a part of one
 * @iocb: the write; moved to the end of the file if it appends
 * @from: what is to be written; shortened to what the file may have
 * @more: a part of the write is done already
 * @io: to be given to lustre_io_end() if there is something to write
 *
 * An append locks all objects that there are, whose sizes tell where to.  If
 * objects have to be made for that it begins again with them: others may have
 * been faster then (07 section 9.6).
 *
 * Return: bytes to write; 0; -EFBIG and the like; as lustre_io_begin_for().
 * Context: sleeps; as lustre_io_begin().
 */
ssize_t lustre_write_start(struct kiocb *iocb, struct iov_iter *from, bool more,
			   struct lustre_io *io)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	struct lustre_io_need need = {
		.file	= iocb->ki_filp,
		.chosen	= iocb->ki_flags & IOCB_DIRECT,
	};
	u64 start = 0, end = LUSTRE_EOF;
	ssize_t ret;

	if (!(iocb->ki_flags & IOCB_APPEND)) {
		start = iocb->ki_pos;
		end = lustre_io_last(start, iov_iter_count(from));
		need.opc = LAYOUT_INTENT_WRITE;
		need.start = start;
		need.end = end;
	}
	/* Others of its group may have made the file longer. */
	if (!need.opc && lustre_group_locked(iocb->ki_filp)) {
		ret = lustre_size_glimpse(inode);
		if (ret)
			return ret;
	}
	for (;;) {
		ret = lustre_io_begin_for(inode, start, end, LUSTRE_IO_WRITE,
					  &need, io);
		if (ret)
			return ret;
		ret = lustre_write_checks(io, iocb, from, more);
		if (ret <= 0)
			break;
		need.start = iocb->ki_pos;
		need.end = lustre_io_last(iocb->ki_pos, ret);
		if (lustre_io_finds(io, need.start, need.end))
			return ret;
		lustre_io_end(io);
		need.opc = LAYOUT_INTENT_WRITE;
	}
	lustre_io_end(io);
	return ret;
}

static ssize_t lustre_write_locked(struct kiocb *iocb, struct iov_iter *from,
				   bool more)
{
	struct lustre_io io;
	ssize_t ret;

	ret = lustre_write_start(iocb, from, more, &io);
	if (ret <= 0)
		return ret;
	ret = lustre_write_round(&io, iocb, from);
	lustre_io_end(&io);
	return ret;
}

/*
 * What one call appends is to stay together, so all of it is brought in and
 * written under one lock.  If memory goes away meanwhile the write is short
 * rather than torn.
 */
static size_t lustre_write_window(const struct kiocb *iocb,
				  const struct iov_iter *from)
{
	if (iocb->ki_flags & IOCB_APPEND)
		return iov_iter_count(from);
	return min_t(size_t, iov_iter_count(from), LUSTRE_FAULT_WINDOW);
}

static ssize_t lustre_write_all(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t done = 0, ret;
	size_t want;

	do {
		want = lustre_write_window(iocb, from);
		if (fault_in_iov_iter_readable(from, want) == want)
			return done ?: -EFAULT;
		ret = lustre_write_locked(iocb, from, done);
		if (ret > 0)
			done += ret;
	} while (iov_iter_count(from) && (ret > 0 || ret == -EFAULT));
	return done ?: ret;
}

static ssize_t lustre_cached_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	bool append = iocb->ki_flags & IOCB_APPEND;
	struct lustre_writer w;
	ssize_t ret;

	ret = lustre_writer_enter(inode, &w, append ? 0 : iocb->ki_pos,
				  append ? LUSTRE_EOF :
				  lustre_io_last(iocb->ki_pos,
						 iov_iter_count(from)),
				  iocb->ki_filp);
	if (ret)
		return ret;
	ret = lustre_write_all(iocb, from);
	if (ret > 0)
		inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
	lustre_writer_leave(inode, &w);
	return ret;
}

static ssize_t lustre_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t ret;

	if (!iov_iter_count(from))
		return 0;
	/* Where a stale mirror ends says nothing. */
	if (lustre_designated(iocb->ki_filp)) {
		if (iocb->ki_flags & IOCB_APPEND)
			return -EINVAL;
		iocb->ki_flags |= IOCB_DIRECT;
	}
	ret = lustre_flock_check(iocb->ki_filp) ?:
	      lustre_kill_set_id(file_inode(iocb->ki_filp));
	if (ret)
		return ret;
	if (iocb->ki_flags & IOCB_DIRECT)
		ret = lustre_direct_write(iocb, from);
	else
		ret = lustre_cached_write(iocb, from);
	return ret > 0 ? generic_write_sync(iocb, ret) : ret;
}

/* ------------------------------------------------------------ seek, sync -- */

static loff_t lustre_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);
	int err;

	if (whence == SEEK_DATA || whence == SEEK_HOLE) {
		offset = lustre_space_seek(inode, offset, whence);
		return offset < 0 ? offset :
		       vfs_setpos(file, offset, inode->i_sb->s_maxbytes);
	}
	if (whence == SEEK_END) {
		err = lustre_size_glimpse(inode);
		if (err)
			return err;
	}
	return generic_file_llseek(file, offset, whence);
}

/* Ask all objects that may have uncommitted writes of ours to commit. */
static struct osc_multi *lustre_sync_objects(struct lustre_io *io, u64 start,
					     u64 end)
{
	struct osc_multi *m = NULL;
	struct lustre_hit hit = {};
	struct osc_object *obj;

	if (!lustre_io_has_data(io))
		return NULL;
	while (lustre_layout_hit(io->fl->layout, start, end, &hit)) {
		obj = io->fl->objects[hit.object];
		if (!obj || !osc_sync_needed(obj))
			continue;
		if (!m)
			m = osc_multi_new();
		if (!m)
			return ERR_PTR(-ENOMEM);
		osc_sync(obj, hit.start, hit.end, m);
	}
	return m;
}

static int lustre_fsync(struct file *file, loff_t start, loff_t end,
			int datasync)
{
	struct inode *inode = file_inode(file);
	struct osc_multi *m;
	struct lustre_io io;
	int err, err2;

	err = file_write_and_wait_range(file, start, end);
	lustre_io_peek(inode, &io);
	m = lustre_sync_objects(&io, 0, MAX_LFS_FILESIZE);
	lustre_io_end(&io);
	if (!datasync) {
		err2 = mdc_sync(LUSTRE_SB(inode->i_sb)->lmv,
				&LUSTRE_I(inode)->fid);
		/* Removed meanwhile: there is nothing to keep. */
		if (err2 == -ENOENT && !inode->i_nlink)
			err2 = 0;
		err = err ?: err2;
	}
	err2 = 0;
	if (m)
		err2 = IS_ERR(m) ? PTR_ERR(m) : osc_multi_wait(m);
	if (err2 == -ENOENT && !inode->i_nlink)
		err2 = 0;
	err = err ?: err2;
	/* What had been written may have got lost before it was committed. */
	err2 = file_check_and_advance_wb_err(file);
	return err ?: err2;
}

/*
 * Each close reports errors of write-back until then, and leaves them to be told
 * by fsync(): it may be the exit of a child that inherited the descriptor.
 */
static int lustre_flush(struct file *file, fl_owner_t id)
{
	return file->f_mode & FMODE_WRITE ?
	       filemap_check_wb_err(file->f_mapping,
				    READ_ONCE(file->f_wb_err)) : 0;
}

/* ---------------------------------------------------------------- maps -- */

static vm_fault_t lustre_fault(struct vm_fault *vmf)
{
	const struct lustre_io_need need = { .file = vmf->vma->vm_file };
	loff_t pos = (loff_t)vmf->pgoff << PAGE_SHIFT;
	struct file *file = get_file(vmf->vma->vm_file);
	struct lustre_io io;
	vm_fault_t ret;
	int err;

	err = lustre_io_begin_for(file_inode(file), pos, pos + PAGE_SIZE - 1,
				  LUSTRE_IO_READ, &need, &io);
	/*
	 * Who is to come back has lost the map, and perhaps the file with it;
	 * he finds the other mirror then.
	 */
	ret = err ? vmf_error(err) : filemap_fault(vmf);
	while (!err && ret & (VM_FAULT_ERROR | VM_FAULT_RETRY) &&
	       lustre_io_elsewhere(&io, &err) && !(ret & VM_FAULT_RETRY))
		ret = filemap_fault(vmf);
	lustre_io_end(&io);
	fput(file);
	return ret;
}

static vm_fault_t lustre_mkwrite_locked(struct lustre_io *io,
					struct vm_fault *vmf)
{
	struct folio *folio = page_folio(vmf->page);
	struct inode *inode = io->inode;

	folio_lock(folio);
	if (folio->mapping != inode->i_mapping ||
	    !folio_test_uptodate(folio) ||
	    folio_pos(folio) >= i_size_read(inode)) {
		folio_unlock(folio);
		return VM_FAULT_NOPAGE;
	}
	folio_wait_stable(folio);
	lustre_mkwrite(io, folio);
	inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
	return VM_FAULT_LOCKED;
}

static vm_fault_t lustre_page_mkwrite(struct vm_fault *vmf)
{
	struct inode *inode = file_inode(vmf->vma->vm_file);
	u64 unit = mapping_max_folio_size(inode->i_mapping);
	u64 pos = (u64)vmf->pgoff << PAGE_SHIFT;
	const struct lustre_io_need need = {
		LAYOUT_INTENT_WRITE, round_down(pos, unit), pos | (unit - 1),
		vmf->vma->vm_file,
	};
	vm_fault_t ret = 0;
	struct lustre_io io;
	int err;

	sb_start_pagefault(inode->i_sb);
	err = lustre_kill_set_id(inode);
	/* How much of the folio belongs to the file, see addr.c */
	if (!err)
		err = lustre_io_begin_for(inode, need.start, need.end,
					  LUSTRE_IO_WRITE | LUSTRE_IO_SIZE,
					  &need, &io);
	if (!err) {
		ret = io.nr ? lustre_mkwrite_locked(&io, vmf) :
			      VM_FAULT_SIGBUS;
		lustre_io_end(&io);
	}
	sb_end_pagefault(inode->i_sb);
	return err ? vmf_error(err) : ret;
}

static const struct vm_operations_struct lustre_vm_ops = {
	.fault		= lustre_fault,
	.map_pages	= filemap_map_pages,
	.page_mkwrite	= lustre_page_mkwrite,
};

static int lustre_mmap(struct file *file, struct vm_area_struct *vma)
{
	/* Pages are those of the mirror in force. */
	if (lustre_designated(file))
		return -ENODEV;
	file_accessed(file);
	vma->vm_ops = &lustre_vm_ops;
	return 0;
}

/* --------------------------------------------------------------- locks -- */

static int lustre_lock(struct file *file, int cmd, struct file_lock *fl)
{
	return lustre_file_lock(file, cmd, fl);
}

static int lustre_flock(struct file *file, int cmd, struct file_lock *fl)
{
	return lustre_file_flock(file, cmd, fl);
}

const struct file_operations lustre_file_operations = {
	.open		= lustre_file_open,
	.flush		= lustre_flush,
	.release	= lustre_release,
	.llseek		= lustre_llseek,
	.read_iter	= lustre_read_iter,
	.write_iter	= lustre_write_iter,
	.splice_read	= copy_splice_read,
	.splice_write	= iter_file_splice_write,
	.fsync		= lustre_fsync,
	.mmap		= lustre_mmap,
	.lock		= lustre_lock,
	.flock		= lustre_flock,
	.unlocked_ioctl	= lustre_ioctl,
	.compat_ioctl	= lustre_compat_ioctl,
	.fallocate	= lustre_fallocate,
};
