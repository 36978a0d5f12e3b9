// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl that tells targets how a file will be used (10 section 3.1, 07 section
 * 10.7).  What this client has in memory is for posix_fadvise(2).
 */
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

static_assert(LL_IOC_LADVISE == 0x802066fa);
static_assert(sizeof(struct ll_ladvise) == sizeof(struct lu_ladvise));
static_assert(sizeof(struct ll_ladvise_hdr) == sizeof(struct ladvise_hdr));
static_assert(offsetof(struct ll_ladvise, lla_start) ==
	      offsetof(struct lu_ladvise, lla_start));
static_assert(LL_LADVISE_MAGIC == LADVISE_MAGIC);

/* So many in one call */
#define LUSTRE_ADVICE_MAX	1023

static int lustre_advise_objects(struct lustre_io *io,
				 const struct ll_ladvise *lla, u64 flags)
{
	struct osc_multi *m = osc_multi_new();
	struct lustre_hit hit = {};
	struct osc_object *obj;

	if (!m)
		return -ENOMEM;
	while (lustre_layout_hit(io->fl->layout, lla->lla_start,
				 lla->lla_end - 1, &hit)) {
		struct osc_advice advice = {
			.advice	= lla->lla_advice,
			.flags	= flags,
			.start	= hit.start,
			.end	= hit.end == LUSTRE_EOF ? hit.end :
							  hit.end + 1,
		};

		obj = io->fl->objects[hit.object];
		if (obj)
			osc_advise(obj, &advice, m);
	}
	return osc_multi_wait(m);
}

static int lustre_advise(struct inode *inode, const struct ll_ladvise *lla,
			 u64 flags)
{
	struct lustre_io io;
	int err;

	err = lustre_io_begin(inode, lla->lla_start, lla->lla_end - 1,
			      LUSTRE_IO_REFRESH, &io);
	if (err)
		return err;
	err = io.fl ? io.fl->io_errno : 0;
	if (!err && lustre_io_has_data(&io))
		err = lustre_advise_objects(&io, lla, flags);
	lustre_io_end(&io);
	return err;
}

/* Two kinds are known; the others are about locks. */
static int lustre_advise_check(const struct ll_ladvise *lla, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		if (lla[i].lla_start >= lla[i].lla_end)
			return -EINVAL;
		if (lla[i].lla_advice != LL_LADVISE_WILLREAD &&
		    lla[i].lla_advice != LL_LADVISE_DONTNEED)
			return -EOPNOTSUPP;
	}
	return 0;
}

long lustre_ioc_ladvise(struct file *file, void __user *arg)
{
	struct ll_ladvise_hdr head;
	struct ll_ladvise *lla;
	size_t size;
	int rc;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (head.lah_magic != LL_LADVISE_MAGIC || !head.lah_count ||
	    head.lah_count > LUSTRE_ADVICE_MAX ||
	    head.lah_flags & ~(u64)LL_LADVISE_ASYNC)
		return -EINVAL;
	size = head.lah_count * sizeof(*lla);
	lla = vmalloc(size);
	if (!lla)
		return -ENOMEM;
	rc = copy_from_user(lla, arg + sizeof(head), size) ? -EFAULT :
	     lustre_advise_check(lla, head.lah_count);
	for (u32 i = 0; !rc && i < head.lah_count; i++)
		rc = lustre_advise(file_inode(file), &lla[i], head.lah_flags);
	vfree(lla);
	return rc;
}
