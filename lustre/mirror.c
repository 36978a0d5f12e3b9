// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors of a file: which one is read, and which one when that fails (08
 * section 9).
 *
 * A file looks at one of its mirrors at a time.  What is asked of its targets
 * comes back at once if they are away as long as there is another mirror in
 * sync: the I/O begins again there.  When all have failed once it waits for one.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "internal.h"

/* Pauses after all mirrors have failed */
#define LUSTRE_MIRROR_PAUSE_MS	10
#define LUSTRE_MIRROR_PAUSE_MAX	(HZ / 4)

/* Can the target that has a stripe be asked now? */
static bool lustre_stripe_up(struct inode *inode,
			     const struct lustre_stripe *stripe)
{
	struct lustre_sb *sbi = LUSTRE_SB(inode->i_sb);
	struct osc *osc;

	if (stripe->hole)
		return false;
	if (stripe->ost_idx == LUSTRE_STRIPE_ON_MDT)
		osc = lmv_data(sbi->lmv, &LUSTRE_I(inode)->fid);
	else
		osc = lustre_osc_get(sbi, stripe->ost_idx);
	return !IS_ERR_OR_NULL(osc) && osc_reachable(osc);
}

/* Can all targets of a mirror be asked now? */
static bool lustre_mirror_up(struct inode *inode,
			     const struct lustre_layout *layout, u32 mirror)
{
	const struct lustre_mirror *m = &layout->mirrors[mirror];
	bool up = true;

	for (u32 i = 0; up && i < m->nr_stripes; i++)
		up = lustre_stripe_up(inode, layout->all_stripes +
				      m->first_stripe + i);
	return up;
}

/* Bit mask of mirrors in sync that can't be read as a whole now */
static u32 lustre_mirrors_down(struct inode *inode,
			       const struct lustre_layout *layout)
{
	u32 down = 0;

	for (u32 i = 0; i < layout->nr_mirrors; i++)
		if (layout->in_sync & BIT(i) &&
		    !lustre_mirror_up(inode, layout, i))
			down |= BIT(i);
	return down;
}

/**
 * lustre_mirror_best - the mirror to be read next
 * @inode: a regular file
 * @layout: its layout
 * @tried: bit mask of mirrors that can't be read
 *
 * Return: index of the mirror; LUSTRE_NO_MIRROR: there is none.
 * Context: any.
 */
u32 lustre_mirror_best(struct inode *inode, const struct lustre_layout *layout,
		       u32 tried)
{
	const struct lustre_fid *fid = &LUSTRE_I(inode)->fid;
	u64 name = fid->seq ^ fid->oid ^ LUSTRE_SB(inode->i_sb)->instance;

	return lustre_mirror_choose(layout, tried,
				    lustre_mirrors_down(inode, layout),
				    hash_64(name, 16));
}

/* ---------------------------------------------------- the other mirrors -- */

static void lustre_others_open_comp(struct inode *inode,
				    struct lustre_file_layout *fl,
				    const struct lustre_comp *comp,
				    const struct lustre_stripe *stripes)
{
	for (u32 i = 0; i < comp->map.count; i++) {
		struct osc_object *obj;

		if (stripes[i].hole ||
		    stripes[i].ost_idx == LUSTRE_STRIPE_ON_MDT ||
		    !lustre_osc_get(LUSTRE_SB(inode->i_sb), stripes[i].ost_idx))
			continue;
		obj = lustre_object_open(inode, fl->layout, comp, &stripes[i],
					 i, false);
		if (!IS_ERR(obj))
			fl->others[fl->nr_others++] = obj;
	}
}

/* How many objects does a mirror have that are not looked at? */
static u32 lustre_others_of(const struct lustre_layout *layout,
			    const struct lustre_mirror *m)
{
	const struct lustre_comp *comp = layout->all_comps + m->first_comp;
	u32 nr = 0;

	for (u32 c = 0; c < m->nr_comps; c++, comp++)
		if (!lustre_mirror_shown(layout, comp))
			nr += comp->map.count;
	return nr;
}

/* The same of all mirrors */
u32 lustre_others_count(const struct lustre_layout *layout)
{
	u32 nr = 0;

	for (u32 i = 0; i < layout->nr_mirrors; i++)
		nr += lustre_others_of(layout, &layout->mirrors[i]);
	return nr;
}

void lustre_others_close(struct lustre_file_layout *fl)
{
	for (u32 i = 0; i < fl->nr_others; i++)
		osc_object_put(fl->others[i]);
	fl->nr_others = 0;
}

/*
 * Objects that are not looked at, for which there is room; what is missing is not
 * counted.
 */
void lustre_others_open(struct inode *inode, struct lustre_file_layout *fl)
{
	const struct lustre_layout *layout = fl->layout;

	lustre_others_close(fl);
	for (u32 i = 0; i < layout->nr_mirrors; i++) {
		const struct lustre_mirror *m = &layout->mirrors[i];
		const struct lustre_comp *comp = layout->all_comps +
						 m->first_comp;

		for (u32 c = 0; c < m->nr_comps; c++, comp++)
			if (!lustre_mirror_shown(layout, comp))
				lustre_others_open_comp(inode, fl, comp,
							layout->all_stripes +
							m->first_stripe +
							comp->first);
	}
}

/* ------------------------------------------------------ one after another -- */

/* The mirror in use could not be read; for who has a locked folio of the file. */
void lustre_mirror_failed(struct inode *inode)
{
	struct lustre_file_layout *fl;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	if (fl)
		WRITE_ONCE(fl->failed, true);
	rcu_read_unlock();
}

/* OSC_BRW_* of reads: what can't be read here, can it be elsewhere? */
u32 lustre_mirror_flags(struct inode *inode)
{
	struct lustre_file_layout *fl;
	u32 flags = 0;

	rcu_read_lock();
	fl = rcu_dereference(LUSTRE_I(inode)->layout);
	if (fl && lustre_mirror_spare(fl->layout) && !atomic_read(&fl->patient))
		flags = OSC_BRW_GIVE_BACK;
	rcu_read_unlock();
	return flags;
}

/*
 * All mirrors have failed: wait until one is there.  The next pass has to do with
 * *@next, whatever it is that it gets.
 */
static int lustre_mirror_wait(struct lustre_io *io,
			      const struct lustre_layout *layout, u32 *next)
{
	struct lustre_sb *sbi = LUSTRE_SB(io->inode->i_sb);
	unsigned long end = jiffies + READ_ONCE(sbi->timeouts.timeout) * HZ;
	long pause = msecs_to_jiffies(LUSTRE_MIRROR_PAUSE_MS);
	u32 down;

	do {
		schedule_timeout_killable(pause);
		if (fatal_signal_pending(current))
			return -EINTR;
		pause = min_t(long, 2 * pause, LUSTRE_MIRROR_PAUSE_MAX);
		down = lustre_mirrors_down(io->inode, layout);
	} while (!(layout->in_sync & ~down) && time_before(jiffies, end) &&
		 !READ_ONCE(sbi->forced_by));
	io->how |= LUSTRE_IO_PATIENT;
	io->tried = 0;
	*next = lustre_mirror_best(io->inode, layout,
				   layout->in_sync & ~down ? down : 0);
	return 0;
}

/**
 * lustre_mirror_next - the mirror that an I/O used could not be read
 * @io: the I/O, which has ended
 *
 * Looks at another mirror, unless somebody else has done so.
 *
 * Return: 0: begin again; -EINTR; -ENOMEM.
 * Context: sleeps; as lustre_layout_apply().
 */
int lustre_mirror_next(struct lustre_io *io)
{
	struct lustre_layout *layout = lustre_layout_latest(io->inode);
	u32 next;
	int err = 0;

	if (layout->gen != io->gen) {
		io->tried = 0;
		goto out;
	}
	io->tried |= BIT(io->mirror);
	next = lustre_mirror_best(io->inode, layout, io->tried);
	if (next == LUSTRE_NO_MIRROR) {
		err = lustre_mirror_wait(io, layout, &next);
	} else if (layout->mirror != io->mirror &&
		   !(io->tried & BIT(layout->mirror))) {
		next = layout->mirror;
	}
	if (!err && next != LUSTRE_NO_MIRROR && next != layout->mirror)
		err = lustre_layout_look_at(io->inode, layout, next);
out:
	lustre_layout_put(layout);
	return err;
}
