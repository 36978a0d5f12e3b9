// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors of a file (08 section 9).
 *
 * A mirror is read as a whole, or not at all: one that is stale in part waits
 * for all of it to be synchronized.
 */
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/minmax.h>

#include "layout/mirror.h"

/* Mirrors out of @set that have a flag; all of them if none has */
static u32 lustre_mirrors_with(const struct lustre_layout *layout, u32 set,
			       u32 flag)
{
	u32 with = 0;

	for (u32 i = 0; i < layout->nr_mirrors; i++)
		if (set & BIT(i) && layout->mirrors[i].flags & flag)
			with |= BIT(i);
	return with ?: set;
}

/**
 * lustre_mirror_choose - choose a mirror to be read
 * @layout: a layout that can be used
 * @skip: bit mask of mirrors that are not wanted
 * @down: bit mask of mirrors with targets that can't be asked now
 * @hash: another one for each client and file
 *
 * One that is preferred comes first, then one that is there at once; what is
 * left is spread.
 *
 * Return: its index; LUSTRE_NO_MIRROR: there is none.
 * Context: any.
 */
u32 lustre_mirror_choose(const struct lustre_layout *layout, u32 skip, u32 down,
			 u32 hash)
{
	u32 set = layout->in_sync & ~skip, i, nth;

	if (!set)
		return LUSTRE_NO_MIRROR;
	set = lustre_mirrors_with(layout, set, LCME_FL_PREF_RD);
	set = set & ~down ?: set;
	nth = hash % hweight32(set);
	for (i = __ffs(set); nth; nth--) {
		set &= ~BIT(i);
		i = __ffs(set);
	}
	return i;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_choose);

/**
 * lustre_mirror_round - to the ends of the components that a range touches
 * @layout: a layout
 * @start: first byte
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 *
 * Context: any.
 */
void lustre_mirror_round(const struct lustre_layout *layout, u64 *start,
			 u64 *end)
{
	u64 s = *start, e = *end;

	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_extent *x = &layout->comps[c].extent;

		if (x->start >= x->end || x->start > *end ||
		    (x->end != LUSTRE_EOF && x->end <= *start))
			continue;
		s = min(s, x->start);
		e = max(e, x->end == LUSTRE_EOF ? LUSTRE_EOF : x->end - 1);
	}
	*start = s;
	*end = e;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_round);

/* Has a mirror something in a range that would be taken for right? */
static bool lustre_mirror_fresh(const struct lustre_layout *layout, u32 mirror,
				u64 start, u64 end)
{
	const struct lustre_mirror *m = &layout->mirrors[mirror];
	const struct lustre_comp *comp = layout->all_comps + m->first_comp;

	for (u32 c = 0; m->usable && c < m->nr_comps; c++, comp++)
		if (!(comp->flags & LCME_FL_STALE) &&
		    comp->extent.start <= end &&
		    (comp->extent.end == LUSTRE_EOF ||
		     comp->extent.end > start))
			return true;
	return false;
}

/**
 * lustre_mirror_alone - may a range of the mirror looked at be written?
 * @layout: a layout
 * @start: first byte
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 *
 * Return: false if the metadata target has to be told first: all other mirrors
 * become stale there.
 * Context: any.
 */
bool lustre_mirror_alone(const struct lustre_layout *layout, u64 start,
			 u64 end)
{
	if (layout->flr == LCM_FL_NONE)
		return true;
	if (layout->flr != LCM_FL_WRITE_PENDING)
		return false;
	lustre_mirror_round(layout, &start, &end);
	for (u32 i = 0; i < layout->nr_mirrors; i++)
		if (i != layout->mirror &&
		    lustre_mirror_fresh(layout, i, start, end))
			return false;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_alone);
