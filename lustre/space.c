// SPDX-License-Identifier: GPL-2.0-only
/*
 * The space of a file: where there are data, where holes (07 section 10).
 *
 * What is cached here is written before the objects are asked; others write what
 * they have cached when they give up their locks.
 */
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
