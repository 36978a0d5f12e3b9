// SPDX-License-Identifier: GPL-2.0-only
/*
 * FIEMAP: where on the targets' devices a file lies (07 section 10.8).
 *
 * Offsets on different devices say nothing together, so only who asks object by
 * object is told of files that have several.
 */
#include <linux/fiemap.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "namespace.h"

/*
 * struct lustre_fiemap - one call
 * @start: first byte of the file that is asked for
 * @end: last byte
 * @object: the object that comes next
 * @pos: where to go on in it, 0: where the range begins
 * @last: of what is asked for of that object
 * @done: there are no more objects
 * @whole: nothing of the file lies behind the range
 */
struct lustre_fiemap {
	struct inode			*inode;
	struct fiemap_extent_info	*info;
	u32				flags;
	u64				start;
	u64				end;
	u32				object;
	u64				pos;
	bool				done;
	bool				whole;
	struct lustre_map		map;
	struct osc_fiemap		ask;
};

/* No I/O runs here, for this may fault. */
static int lustre_fiemap_emit(void *priv, const struct lustre_map_extent *e)
{
	struct fiemap_extent_info *info = priv;
	u32 i = info->fi_extents_mapped;
	int rc;

	rc = fiemap_fill_next_extent(info, e->logical, e->physical, e->length,
				     e->flags);
	if (rc >= 0 && i < info->fi_extents_mapped && info->fi_extents_max &&
	    put_user(e->device, &info->fi_extents_start[i].fe_reserved[0]))
		return -EFAULT;
	return rc;
}

/*
 * Who could not be told all at once goes on behind the last extent, and hands it
 * in as the first one: it says which object that was.
 */
static int lustre_fiemap_resume(struct lustre_fiemap *f)
{
	struct fiemap_extent last;

	if (!(f->flags & LUSTRE_MAP_DEVICE_ORDER) || !f->start ||
	    !f->info->fi_extents_max)
		return 0;
	if (copy_from_user(&last, f->info->fi_extents_start, sizeof(last)))
		return -EFAULT;
	if (!(last.fe_flags & LUSTRE_MAP_NET) ||
	    last.fe_logical + last.fe_length != f->start)
		return 0;
	f->object = last.fe_reserved[0] >> LUSTRE_MAP_STRIPE_SHIFT;
	f->pos = f->start;
	f->start = 0;
	return 0;
}

/* Can the extents of the file be told, as far as its layout goes? */
static int lustre_fiemap_checks(const struct lustre_fiemap *f,
				const struct lustre_io *io)
{
	const struct lustre_layout *layout = io->fl->layout;

	if (io->fl->io_errno)
		return io->fl->io_errno;
	/* In one object, offsets are those of the file, whatever component. */
	if (layout->nr_stripes > 1 && !(f->flags & LUSTRE_MAP_DEVICE_ORDER))
		return -EOPNOTSUPP;
	return 0;
}

/* What to ask the next object for; false: there is none. */
static bool lustre_fiemap_next(struct lustre_fiemap *f,
			       const struct lustre_layout *layout)
{
	struct lustre_hit hit = { .next = f->object };

	while (lustre_layout_hit(layout, f->start, f->end, &hit)) {
		if (hit.object != f->object)
			f->pos = 0;
		f->object = hit.object;
		f->ask.start = max(hit.start, f->pos);
		f->ask.end = hit.end;
		if (f->ask.start <= hit.end)
			return true;
	}
	return false;
}

/* How many extents are there still room for, and one to know which is last? */
static u32 lustre_fiemap_room(const struct lustre_fiemap *f)
{
	const struct fiemap_extent_info *info = f->info;

	if (!info->fi_extents_max)
		return OSC_FIEMAP_MAX;
	return min_t(u32, info->fi_extents_max - info->fi_extents_mapped,
		     OSC_FIEMAP_MAX - 1) + 1;
}

/*
 * A metadata target has no request for where its data lie: they are somewhere,
 * and perhaps with holes, up to their end.
 */
static int lustre_fiemap_on_mdt(struct lustre_fiemap *f, struct osc_object *obj)
{
	struct osc_fiemap *ask = &f->ask;
	u64 end = round_up(osc_object_size(obj), PAGE_SIZE);
	int index = lmv_mdt_index(lustre_lmv(f->inode), lustre_fid(f->inode));

	if (index < 0)
		return index;
	lustre_map_object(&f->map, LUSTRE_MAP_ON_MDT | index, f->object,
			  ask->start);
	ask->more = false;
	ask->nr = end > ask->start;
	ask->at[0] = (typeof(ask->at[0])) {
		.length	= end,
		.flags	= FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_LAST,
	};
	return 0;
}

/* Ask one object; what is cached is written first if that is wanted. */
static int lustre_fiemap_ask(struct lustre_fiemap *f,
			     const struct lustre_io *io)
{
	const struct lustre_layout *layout = io->fl->layout;
	int err = lustre_fiemap_checks(f, io);
	struct osc_object *obj;
	u32 index;

	if (!err && f->flags & FIEMAP_FLAG_SYNC)
		err = filemap_write_and_wait_range(f->inode->i_mapping,
						   f->start, f->end);
	f->done = err || !lustre_fiemap_next(f, layout);
	f->whole = layout->nr_stripes == 1 || f->end + 1 >= i_size_read(f->inode);
	if (f->done)
		return err;
	obj = io->fl->objects[f->object];
	if (!obj)
		return -EIO;
	index = layout->stripes[f->object].ost_idx;
	if (index == LUSTRE_STRIPE_ON_MDT)
		return lustre_fiemap_on_mdt(f, obj);
	f->ask.flags = f->flags;
	f->ask.nr = lustre_fiemap_room(f);
	lustre_map_object(&f->map, index, f->object, f->ask.start);
	return osc_fiemap(obj, &f->ask);
}

/* Hand on what the object told: 0; a positive number: that is enough. */
static int lustre_fiemap_tell(struct lustre_fiemap *f)
{
	struct osc_fiemap *ask = &f->ask;
	int rc = 0;

	for (u32 i = 0; !rc && i < ask->nr; i++) {
		const struct lustre_map_extent e = {
			.logical	= ask->at[i].logical,
			.physical	= ask->at[i].physical,
			.length		= ask->at[i].length,
			.flags		= ask->at[i].flags,
		};

		rc = lustre_map_add(&f->map, &e, ask->end);
	}
	f->pos = f->map.next;
	if (!ask->more || f->pos > ask->end) {
		f->object++;
		f->pos = 0;
	}
	return rc;
}

/* The layout may change between one object and the next. */
static int lustre_fiemap_round(struct lustre_fiemap *f)
{
	/* The size: is the last extent that of the file? */
	u32 how = LUSTRE_IO_REFRESH | LUSTRE_IO_SIZE;
	struct lustre_io io;
	int err;

	if (f->flags & FIEMAP_FLAG_SYNC)
		how |= LUSTRE_IO_READ & ~LUSTRE_IO_DATA;
	err = lustre_io_begin(f->inode, f->start, f->end, how, &io);
	if (err)
		return err;
	f->done = !io.fl;
	if (io.fl)
		err = lustre_fiemap_ask(f, &io);
	lustre_io_end(&io);
	return err || f->done ? err : lustre_fiemap_tell(f);
}

/* An archive has the data: they are somewhere. */
static int lustre_fiemap_released(struct lustre_fiemap *f)
{
	int rc = fiemap_fill_next_extent(f->info, f->start, 0,
					 f->end - f->start + 1,
					 FIEMAP_EXTENT_UNKNOWN |
					 FIEMAP_EXTENT_LAST);

	return rc < 0 ? rc : 0;
}

static int lustre_fiemap_all(struct lustre_fiemap *f)
{
	int rc = lustre_fiemap_resume(f);

	lustre_map_begin(&f->map, lustre_fiemap_emit, f->info);
	while (!rc && !f->done)
		rc = lustre_fiemap_round(f);
	if (rc == -ENODATA && lustre_data_errno(f->inode) == -ENODATA)
		return lustre_fiemap_released(f);
	return rc ? min(rc, 0) : lustre_map_end(&f->map, f->whole);
}

/**
 * lustre_fiemap - tell where a file lies
 * @inode: a regular file
 * @info: what is asked for, and takes the extents
 * @start: first byte
 * @len: bytes
 *
 * With %LUSTRE_MAP_DEVICE_ORDER offsets are those in the objects, which come one
 * after the other; fe_reserved[0] tells which one it is.  What a metadata target
 * has is one extent, which lies nobody knows where.
 *
 * Return: 0; -EBADR: unknown flags; -EOPNOTSUPP: the file lies in several
 * objects; as lustre_io_begin(); what a target says.
 * Context: sleeps.  Spec: 07 section 10.8.
 */
int lustre_fiemap(struct inode *inode, struct fiemap_extent_info *info,
		  u64 start, u64 len)
{
	u64 max = inode->i_sb->s_maxbytes;
	struct lustre_fiemap *f;
	u32 unknown;
	int err;

	unknown = info->fi_flags & ~(FIEMAP_FLAG_SYNC | LUSTRE_MAP_DEVICE_ORDER);
	if (unknown) {
		info->fi_flags = unknown;
		return -EBADR;
	}
	if (!len)
		return -EINVAL;
	if (start >= max)
		return -EFBIG;
	f = kzalloc_obj(*f, GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->inode = inode;
	f->info = info;
	f->flags = info->fi_flags;
	f->start = start;
	f->end = start + min(len, max - start) - 1;
	err = lustre_fiemap_all(f);
	kfree(f);
	return err;
}
