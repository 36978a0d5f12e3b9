// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that a target does not have (07 section 4.7).
 *
 * Metadata targets have objects made before files need them.  A target that
 * crashes loses those that it had not committed, and only the metadata target
 * has them made anew, at the end of its own recovery, which may be much later
 * than the object target's.  Until then -ENOENT does not mean that a file was
 * removed, and whatever was to be done to the object waits here and is tried
 * again: dirty data stay where they are.  For how long is up to the file,
 * which knows its metadata target: osc_object_ops.absent().
 */
#include <linux/sched/signal.h>

#include "osc/internal.h"

/* Shortest and longest pause between two tries, jiffies */
#define OSC_ABSENT_MIN	(HZ / 2)
#define OSC_ABSENT_MAX	(8 * HZ)

/* A target said -ENOENT: what does it mean?  Does not sleep. */
enum osc_absence osc_object_absent(struct osc_object *obj)
{
	unsigned long restarted = READ_ONCE(obj->osc->restarted);
	enum osc_absence absence = OSC_ABSENT_LOST;

	spin_lock(&obj->lock);
	if (obj->inode)
		absence = obj->ops->absent(obj->inode, restarted);
	spin_unlock(&obj->lock);
	return absence;
}

/* The longer it takes the less often is asked; osc->lock held. */
static unsigned long osc_absent_pause(const struct osc *osc)
{
	return clamp((jiffies - osc->absent_start) / 2,
		     (unsigned long)OSC_ABSENT_MIN,
		     (unsigned long)OSC_ABSENT_MAX);
}

/* Something waits from now on.  Return: the pause, jiffies */
static unsigned long osc_absent_begin(struct osc *osc)
{
	unsigned long pause;
	bool news;

	spin_lock(&osc->lock);
	news = osc->absent_told != osc->restarted;
	if (news) {
		osc->absent_told = osc->restarted;
		osc->absent_start = jiffies;
	}
	pause = osc_absent_pause(osc);
	spin_unlock(&osc->lock);
	if (news)
		pr_warn_ratelimited("lustre: %s: objects are missing, waiting for the metadata target to have them made anew\n",
				    osc->name);
	return pause;
}

/**
 * osc_absent_wait - try again later what an object was missing for
 * @obj: the object, which the target says does not exist
 * @absentee: its again() is called after a pause, also if the target is lost
 *	meanwhile
 *
 * Return: false if there is nothing to wait for: see osc_absent_errno().
 * Context: does not sleep.
 */
bool osc_absent_wait(struct osc_object *obj, struct osc_absentee *absentee)
{
	struct osc *osc = obj->osc;
	unsigned long pause;
	bool leaving;

	if (osc_object_absent(obj) != OSC_ABSENT_WAIT)
		return false;
	pause = osc_absent_begin(osc);
	spin_lock(&osc->lock);
	leaving = osc->leaving;
	if (!leaving) {
		list_add_tail(&absentee->link, &osc->absentees);
		queue_delayed_work(osc_wq, &osc->absent_work, pause);
	}
	spin_unlock(&osc->lock);
	return !leaving;
}

/**
 * osc_absent_sleep - the same for who can wait
 * @obj: the object, which the target says does not exist
 *
 * Return: 0 after a pause: try again; -ENOENT if there is nothing to wait for;
 * -EINTR.
 * Context: sleeps, killable.
 */
int osc_absent_sleep(struct osc_object *obj)
{
	if (osc_object_absent(obj) != OSC_ABSENT_WAIT)
		return -ENOENT;
	schedule_timeout_killable(osc_absent_begin(obj->osc));
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/**
 * osc_absent_errno - a target does not have an object, and that is final
 * @obj: the object
 * @what: that could not be done, for the log
 *
 * Return: -ENOENT if its file was removed, else -EIO, with a message.
 */
int osc_absent_errno(struct osc_object *obj, const char *what)
{
	if (osc_object_absent(obj) == OSC_ABSENT_REMOVED)
		return -ENOENT;
	pr_err_ratelimited("lustre: %s: object %llx:%llx of %s does not exist: %s failed\n",
			   obj->osc->name, obj->resid.name[0],
			   obj->resid.name[1], lustre_fid_str(&obj->parent).s,
			   what);
	return -EIO;
}

void osc_absent_work(struct work_struct *work)
{
	struct osc *osc = container_of(work, struct osc, absent_work.work);
	struct osc_absentee *absentee, *next;
	LIST_HEAD(again);

	spin_lock(&osc->lock);
	list_splice_init(&osc->absentees, &again);
	spin_unlock(&osc->lock);
	list_for_each_entry_safe(absentee, next, &again, link) {
		list_del_init(&absentee->link);
		absentee->again(absentee);
	}
}

/* The target is lost: who waits shall not do so in vain. */
void osc_absent_hurry(struct osc *osc)
{
	mod_delayed_work(osc_wq, &osc->absent_work, 0);
}

/* Nobody waits any more, nor ever will; before the import is closed. */
void osc_absent_leave(struct osc *osc)
{
	spin_lock(&osc->lock);
	osc->leaving = true;
	spin_unlock(&osc->lock);
	flush_delayed_work(&osc->absent_work);
}
