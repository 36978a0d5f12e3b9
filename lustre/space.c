// SPDX-License-Identifier: GPL-2.0-only
/*
 * The space of a file: where there are data, where holes, and what is allocated
 * (07 section 10).
 *
 * What is cached here is written before the objects are asked; others write what
 * they have cached when they give up their locks.
 */
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "internal.h"

/* ---------------------------------------------------------------- seek -- */

/* Take the answers together, in the order in which the objects were asked. */
static loff_t lustre_seek_merge(struct lustre_io *io, u64 offset, u64 size,
				bool hole, const struct osc_answers *answers)
{
	const struct lustre_layout *layout = io->fl->layout;
	struct lustre_hit hit = {};
	struct lustre_seek seek;
	unsigned int n = 0;
	int err;

	lustre_seek_begin(&seek, layout, offset, hole);
	while (lustre_layout_hit(layout, offset, size - 1, &hit)) {
		err = lustre_seek_add(&seek, &hit, answers->at[n++]);
		if (err)
			return err;
	}
	return lustre_seek_end(&seek, size);
}

/* Ask all objects with bytes between @offset and @size, in parallel. */
static int lustre_seek_objects(struct lustre_io *io, u64 offset, u64 size,
			       int whence, struct osc_answers *answers)
{
	const struct lustre_file_layout *fl = io->fl;
	struct osc_multi *m = osc_multi_new();
	struct lustre_hit hit = {};
	unsigned int n = 0;

	if (!m)
		return -ENOMEM;
	while (lustre_layout_hit(fl->layout, offset, size - 1, &hit))
		osc_seek(fl->objects[hit.object], hit.start, whence, answers,
			 n++, m);
	return osc_multi_wait(m);
}

/* The file is locked from @offset to its end, and the layout is in force. */
static loff_t lustre_seek_locked(struct lustre_io *io, u64 offset, int whence)
{
	struct inode *inode = io->inode;
	struct osc_answers *answers;
	loff_t ret;
	u64 size;

	ret = filemap_write_and_wait_range(inode->i_mapping, offset, LLONG_MAX);
	if (ret)
		return ret;
	/* The locks came with the sizes of all that can lie behind the offset. */
	if (lustre_io_has_data(io))
		lustre_size_update(io);
	size = i_size_read(inode);
	if (offset >= size)
		return -ENXIO;
	answers = osc_answers_new(lustre_layout_count_hit(io->fl->layout,
							  offset, size - 1));
	if (!answers)
		return -ENOMEM;
	ret = lustre_seek_objects(io, offset, size, whence, answers);
	if (!ret)
		ret = lustre_seek_merge(io, offset, size, whence == SEEK_HOLE,
					answers);
	osc_answers_put(answers);
	return ret;
}

/**
 * lustre_space_seek - find data, or a hole
 * @inode: a regular file
 * @offset: where to begin
 * @whence: SEEK_DATA or SEEK_HOLE
 *
 * The end of the file is a hole, and so is what no object has.
 *
 * Return: offset; -ENXIO: there is none, or @offset is not in the file; -EINTR;
 * -EIO; the reason why there is no data I/O; what a target answered.
 * Context: sleeps; not in the course of an I/O.  Spec: 07 section 10.6.
 */
loff_t lustre_space_seek(struct inode *inode, loff_t offset, int whence)
{
	struct lustre_io io;
	loff_t ret;

	if (offset < 0)
		return -ENXIO;
	ret = lustre_io_begin(inode, offset, LUSTRE_EOF, LUSTRE_IO_READ, &io);
	if (ret)
		return ret;
	ret = lustre_seek_locked(&io, offset, whence);
	lustre_io_end(&io);
	return ret;
}

/* ----------------------------------------------------------- fallocate -- */

#define LUSTRE_FALLOC_HOLE	(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)
#define LUSTRE_FALLOC_MODES	(LUSTRE_FALLOC_HOLE | FALLOC_FL_KEEP_SIZE)

/* All objects in parallel, each under its lock. */
static int lustre_falloc_objects(struct lustre_io *io, int mode)
{
	const struct lustre_file_layout *fl = io->fl;
	struct osc_multi *m = osc_multi_new();
	struct lustre_hit hit = {};
	unsigned int n = 0;
	int err;

	if (!m)
		return -ENOMEM;
	while (lustre_layout_hit(fl->layout, io->start, io->end, &hit))
		osc_fallocate(fl->objects[hit.object], mode, hit.start,
			      hit.end + 1, io->locks[n++], m);
	err = osc_multi_wait(m);
	/* Killed: some target may get to it later. */
	for (n = 0; err == -EINTR && n < io->nr; n++)
		osc_lock_doubt(io->locks[n]);
	return err;
}

/*
 * Write what is cached of the range, for the targets may refuse, and drop it.
 * What a mapping stores meanwhile is written as well.
 */
static int lustre_falloc_drop(struct lustre_io *io)
{
	struct address_space *mapping = io->inode->i_mapping;
	u64 unit = mapping_max_folio_size(mapping);
	loff_t start = round_down(io->start, unit);
	loff_t last = min_t(u64, io->end | (unit - 1), LLONG_MAX);
	int err;

	do {
		err = filemap_write_and_wait_range(mapping, start, last);
		if (!err)
			err = invalidate_inode_pages2_range(mapping,
							    start >> PAGE_SHIFT,
							    last >> PAGE_SHIFT);
		if (err == -EBUSY && fatal_signal_pending(current))
			err = -EINTR;
	} while (err == -EBUSY);
	return err;
}

/* The range becomes zeroes.  Nobody reads it anew meanwhile. */
static int lustre_falloc_zeroes(struct lustre_io *io, int mode)
{
	struct address_space *mapping = io->inode->i_mapping;
	int err;

	filemap_invalidate_lock(mapping);
	err = lustre_falloc_drop(io) ?: lustre_falloc_objects(io, mode);
	filemap_invalidate_unlock(mapping);
	return err;
}

/* May the file reach to the end of the range, and does it become longer? */
static int lustre_falloc_checks(struct lustre_io *io, int mode)
{
	struct inode *inode = io->inode;
	int err;

	if (mode & FALLOC_FL_PUNCH_HOLE)
		return 0;
	if (!lustre_io_finds(io, io->start, io->end) ||
	    io->end >= lustre_size_max(io, io->start, io->end))
		return -EFBIG;
	if (mode & FALLOC_FL_KEEP_SIZE || io->end < i_size_read(inode))
		return 0;
	err = inode_newsize_ok(inode, io->end + 1);
	if (!err)
		lustre_tail_seal(inode);
	return err;
}

static int lustre_falloc_locked(struct lustre_io *io, int mode)
{
	int err = lustre_io_has_data(io) ? 0 : -EOPNOTSUPP;

	if (!err)
		err = lustre_falloc_checks(io, mode);
	if (err)
		return err;
	err = mode & LUSTRE_FALLOC_HOLE ? lustre_falloc_zeroes(io, mode) :
					  lustre_falloc_objects(io, mode);
	/* Some objects may have grown even if others have not. */
	lustre_size_update(io);
	LUSTRE_I(io->inode)->data_modified = true;
	return err;
}

static int lustre_falloc_range(struct file *file, int mode, u64 start, u64 end)
{
	const struct lustre_io_need need = {
		.opc	= LAYOUT_INTENT_WRITE,
		.start	= start,
		.end	= end,
		.file	= file,
	};
	struct lustre_io_stale stale = {};
	u32 how = LUSTRE_IO_WRITE;
	struct lustre_io io;
	int err;

	if (!(mode & FALLOC_FL_KEEP_SIZE))
		how |= LUSTRE_IO_SIZE;
	do {
		err = lustre_io_begin_for(file_inode(file), start, end, how,
					  &need, &io);
		if (err)
			break;
		err = lustre_falloc_locked(&io, mode);
		lustre_io_end(&io);
	} while (lustre_io_stale(&io, err, &stale));
	/* Where there can be no data there is a hole already. */
	if (err == -EFBIG && mode & FALLOC_FL_PUNCH_HOLE)
		return 0;
	return stale.tries && err == -ESTALE ? -EIO : err;
}

/**
 * lustre_fallocate - allocate space of a file, or give it back
 * @file: a regular file
 * @mode: FALLOC_FL_*
 * @offset: first byte
 * @len: bytes
 *
 * Return: 0; -EOPNOTSUPP: not that, or a target can't; -EFBIG; -ENOSPC; as
 * lustre_io_begin().
 * Context: sleeps.  Spec: 07 section 10.5.
 */
long lustre_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file_inode(file);
	u64 unit = mapping_max_folio_size(inode->i_mapping);
	u64 end = (u64)offset + len - 1;
	struct lustre_writer w;
	int err;

	if (mode & ~LUSTRE_FALLOC_MODES || lustre_designated(file))
		return -EOPNOTSUPP;
	err = lustre_flock_check(file) ?: lustre_kill_set_id(inode);
	if (err)
		return err;
	/* Others must not bring the folios at the borders back in meanwhile. */
	err = lustre_writer_enter(inode, &w, round_down(offset, unit),
				  end | (unit - 1), file);
	if (err)
		return err;
	err = lustre_falloc_range(file, mode, offset, end);
	if (!err)
		inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
	lustre_writer_leave(inode, &w);
	if (!err && (file->f_flags & O_DSYNC || IS_SYNC(inode)))
		err = vfs_fsync_range(file, offset, end,
				      !(file->f_flags & __O_SYNC));
	return err;
}
