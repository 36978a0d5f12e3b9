// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O on the mirror of one's choice (10 section 3.1, 08 section 9).
 *
 * Who brings mirrors in sync, or compares them, says which one an open file is
 * about, and then reads what that one has, stale or not, and writes it while it is
 * under resynchronization.  All of that goes past the page cache, which has what
 * the mirror in force has.
 *
 * The layout in force stays in use, so that nothing changes below the I/O;
 * beside it there is a view of the other mirror, whose objects have no pages.
 */
#include <linux/slab.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "internal.h"

static u32 lustre_designated_id(struct file *file)
{
	const struct lustre_file *lf;

	/* Stacked file systems may have another one. */
	if (!file || file->f_op != &lustre_file_operations)
		return 0;
	lf = file->private_data;
	return READ_ONCE(lf->mirror);
}

/* Does the I/O of an open file go to a mirror of its choice?  NULL is fine. */
bool lustre_designated(struct file *file)
{
	return lustre_designated_id(file);
}

/* Index of a mirror, or LUSTRE_NO_MIRROR */
static u32 lustre_designate_find(const struct lustre_layout *layout, u32 id)
{
	for (u32 i = 0; i < layout->nr_mirrors; i++)
		if (layout->mirrors[i].id == id)
			return i;
	return LUSTRE_NO_MIRROR;
}

/* Is a mirror being brought in sync? */
static bool lustre_designate_resyncs(const struct lustre_layout *layout,
				     u32 mirror)
{
	return layout->flr == LCM_FL_SYNC_PENDING &&
	       layout->mirrors[mirror].flags & LCME_FL_STALE;
}

/* ------------------------------------------------------------- the view -- */

/* Objects without the file: what they tell is not the file's. */
static int lustre_designate_open(struct inode *inode,
				 struct lustre_file_layout *fl)
{
	const struct lustre_layout *layout = fl->layout;
	const struct lustre_comp *comp;
	struct osc_object *obj;

	for (u32 i = 0; i < fl->nr_objects; i++) {
		if (layout->stripes[i].hole)
			continue;
		comp = lustre_layout_comp(layout, i);
		obj = lustre_object_open(inode, layout, comp,
					 &layout->stripes[i], i - comp->first,
					 false);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
		fl->objects[i] = obj;
	}
	return 0;
}

static void lustre_designate_free(struct lustre_file_layout *fl)
{
	for (u32 i = 0; i < fl->nr_objects; i++)
		if (fl->objects[i])
			osc_object_put(fl->objects[i]);
	lustre_file_layout_drop(fl);
}

static struct lustre_file_layout *
lustre_designate_view(struct inode *inode, const struct lustre_layout *layout,
		      u32 mirror)
{
	struct lustre_layout *view = lustre_layout_view(layout, mirror,
							GFP_NOFS);
	struct lustre_file_layout *fl;
	int err;

	if (IS_ERR(view))
		return ERR_CAST(view);
	fl = lustre_file_layout_new(view);
	if (!fl) {
		lustre_layout_put(view);
		return ERR_PTR(-ENOMEM);
	}
	err = lustre_designate_open(inode, fl);
	if (!err)
		return fl;
	lustre_designate_free(fl);
	return ERR_PTR(err);
}

/* ------------------------------------------------------------- the frame -- */

/* May the mirror be used that way? */
static int lustre_designate_may(const struct lustre_io *io,
				const struct lustre_layout *layout, u32 mirror)
{
	if (!layout->mirrors[mirror].usable)
		return -EOPNOTSUPP;
	/* It would differ from the others, and nobody would know. */
	if (io->how & LUSTRE_IO_PW && !lustre_designate_resyncs(layout, mirror))
		return -EBUSY;
	return 0;
}

/**
 * lustre_designate - have an I/O go to the mirror that its file asks for
 * @io: an I/O that uses the layout in force
 *
 * Return: 0, also if it asks for none; -EINVAL: there is no such mirror; -EBUSY:
 * it is to be written, and not under resynchronization; -EOPNOTSUPP; -ENOMEM.
 * Context: sleeps for memory.
 */
int lustre_designate(struct lustre_io *io)
{
	const struct lustre_layout *layout;
	struct lustre_file_layout *fl;
	u32 id = 0, mirror;
	int err;

	if (io->need.chosen)
		id = lustre_designated_id(io->need.file);
	if (!id || !io->fl || io->fl->io_errno)
		return 0;
	layout = io->fl->layout;
	mirror = lustre_designate_find(layout, id);
	if (mirror == LUSTRE_NO_MIRROR)
		return -EINVAL;
	err = lustre_designate_may(io, layout, mirror);
	if (err)
		return err;
	io->designated = true;
	io->spare = false;
	if (mirror == layout->mirror && !layout->patched)
		return 0;
	fl = lustre_designate_view(io->inode, layout, mirror);
	if (IS_ERR(fl))
		return PTR_ERR(fl);
	io->base = io->fl;
	io->fl = fl;
	return 0;
}

/* The I/O is over: back to what is in force. */
void lustre_designate_end(struct lustre_io *io)
{
	io->designated = false;
	if (!io->base)
		return;
	lustre_designate_free(io->fl);
	io->fl = io->base;
	io->base = NULL;
}

/* -EIO if there is no object for what is to be written: all have been made. */
int lustre_designated_lacks(const struct lustre_io *io)
{
	const struct lustre_io_need *need = &io->need;

	if (!need->opc || need->cut)
		return 0;
	return lustre_layout_covers(io->fl->layout, need->start, need->end) ?
	       0 : -EIO;
}

/* -------------------------------------------------------------- truncate -- */

/* The other mirrors, and what is cached of them, end where they end. */
static int lustre_designated_cut(struct lustre_io *io, u64 size)
{
	struct osc_multi *m = osc_multi_new();

	if (!m)
		return -ENOMEM;
	lustre_truncate_known(io->fl, size);
	return lustre_truncate_objects(io, size, m);
}

/**
 * lustre_designated_truncate - have the mirror that a file asks for end
 * @inode: a regular file; the metadata target knows
 * @size: where, bytes
 * @file: the file
 *
 * Return: as lustre_size_truncate(), and lustre_designate().
 * Context: sleeps; inode_lock held.
 */
int lustre_designated_truncate(struct inode *inode, u64 size,
			       struct file *file)
{
	const struct lustre_io_need need = {
		.file	= file,
		.cut	= true,
		.chosen	= true,
	};
	struct lustre_writer w;
	struct lustre_io io;
	int err;

	err = lustre_writer_enter(inode, &w, 0, LUSTRE_EOF, file);
	if (err)
		return err;
	err = lustre_io_begin_for(inode, 0, LUSTRE_EOF, LUSTRE_IO_WRITE, &need,
				  &io);
	if (!err) {
		if (lustre_io_has_data(&io))
			err = lustre_designated_cut(&io, size);
		lustre_io_end(&io);
	}
	lustre_writer_leave(inode, &w);
	return err == -ESTALE ? -EIO : err;
}

/* ----------------------------------------------------------------- ioctl -- */

long lustre_ioc_set_mirror(struct file *file, void __user *arg)
{
	unsigned long id = (unsigned long)arg;
	struct lustre_file *lf = file->private_data;

	if (id > LCME_ID_MIRROR_MASK)
		return -EINVAL;
	WRITE_ONCE(lf->mirror, id);
	return 0;
}
