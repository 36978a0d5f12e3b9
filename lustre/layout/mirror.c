// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors of a file (08 section 9).
 *
 * A mirror is read as a whole; only if there is none that is in sync as a whole,
 * others stand in for parts of it, see patch.c.
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

/* How many bytes of a range are in an extent? */
static u64 lustre_extent_has(const struct lustre_extent *e, u64 start, u64 end)
{
	start = max(start, e->start);
	end = min(end == LUSTRE_EOF ? end : end + 1, e->end);
	return start < end ? end - start : 0;
}

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

		if (!lustre_extent_has(x, *start, *end))
			continue;
		x = &lustre_layout_uncut(layout, &layout->comps[c])->extent;
		s = min(s, x->start);
		e = max(e, x->end == LUSTRE_EOF ? LUSTRE_EOF : x->end - 1);
	}
	*start = s;
	*end = e;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_round);

/*
 * Has a component something in a range that would be taken for right, and that is
 * not what is looked at?
 */
static bool lustre_comp_hidden(const struct lustre_layout *layout,
			       const struct lustre_comp *comp, u64 start,
			       u64 end)
{
	u64 hidden = lustre_extent_has(&comp->extent, start, end);

	if (comp->flags & LCME_FL_STALE)
		return false;
	for (u32 c = 0; hidden && c < layout->nr_comps; c++)
		if (layout->comps[c].index == comp->index)
			hidden -= lustre_extent_has(&layout->comps[c].extent,
						    start, end);
	return hidden;
}

/* The same of a mirror */
static bool lustre_mirror_hidden(const struct lustre_layout *layout, u32 mirror,
				 u64 start, u64 end)
{
	const struct lustre_mirror *m = &layout->mirrors[mirror];
	const struct lustre_comp *comp = layout->all_comps + m->first_comp;

	for (u32 c = 0; m->usable && c < m->nr_comps; c++, comp++)
		if (lustre_comp_hidden(layout, comp, start, end))
			return true;
	return false;
}

/**
 * lustre_mirror_shown - is a component looked at, or a part of it?
 * @layout: a layout
 * @comp: one of all the components of the file
 *
 * Context: any.
 */
bool lustre_mirror_shown(const struct lustre_layout *layout,
			 const struct lustre_comp *comp)
{
	for (u32 c = 0; c < layout->nr_comps; c++)
		if (layout->comps[c].index == comp->index)
			return true;
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_shown);

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
		if (lustre_mirror_hidden(layout, i, start, end))
			return false;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_alone);
