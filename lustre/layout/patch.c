// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors that are stale in part (08 section 9).
 *
 * Each byte may be read from any mirror that is not stale there.  So if none is in
 * sync as a whole, one that is stale in some components serves all the same, with
 * those of others in their place: cut to the parts that are missing.  All that
 * asks where something lies, how large the file is, or what is dirty, goes by the
 * components that it sees, and knows nothing of this.
 *
 * A component is striped as if it covered the whole file: it can be cut anywhere.
 * None is cut in two, for its objects would be there twice then; who would need
 * that is not read.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/minmax.h>

#include "layout/patch.h"

static bool lustre_comp_stale(const struct lustre_comp *comp)
{
	return comp->flags & LCME_FL_STALE &&
	       comp->extent.start < comp->extent.end;
}

/* Has a mirror a byte, in sync?  Its component, or NULL */
static const struct lustre_comp *lustre_patch_of(const struct lustre_layout *layout,
						 u32 mirror, u64 at)
{
	const struct lustre_mirror *m = &layout->mirrors[mirror];
	const struct lustre_comp *comp = layout->all_comps + m->first_comp;

	for (u32 c = 0; m->usable && c < m->nr_comps; c++, comp++)
		if (!(comp->flags & LCME_FL_STALE) &&
		    comp->extent.start <= at && at < comp->extent.end)
			return comp;
	return NULL;
}

/* The same of any mirror; it is remembered, and comes first the next time. */
static const struct lustre_comp *lustre_patch_find(struct lustre_patch *p)
{
	const struct lustre_layout *layout = p->layout;
	const struct lustre_comp *comp;

	comp = lustre_patch_of(layout, p->from, p->at);
	for (u32 i = 0; !comp && i < layout->nr_mirrors; i++) {
		comp = lustre_patch_of(layout, i, p->at);
		if (comp)
			p->from = i;
	}
	return comp;
}

/* Is there one more part, stale, that begins before @end? */
static bool lustre_patch_again(const struct lustre_patch *p, u64 end)
{
	const struct lustre_mirror *m = &p->layout->mirrors[p->mirror];

	for (u32 c = p->comp; c < m->nr_comps; c++) {
		const struct lustre_comp *comp;

		comp = &p->layout->all_comps[m->first_comp + c];
		if (lustre_comp_stale(comp) && comp->extent.start < end)
			return true;
	}
	return false;
}

/* A part of what is missing */
static bool lustre_patch_take(struct lustre_patch *p, struct lustre_comp *comp)
{
	const struct lustre_comp *other = lustre_patch_find(p);

	if (!other || (other->extent.end > p->until &&
		       lustre_patch_again(p, other->extent.end))) {
		p->failed = true;
		return false;
	}
	*comp = *other;
	comp->extent.start = p->at;
	comp->extent.end = min(other->extent.end, p->until);
	p->at = comp->extent.end;
	return true;
}

/**
 * lustre_patch_begin - begin to list what stands for a mirror
 * @p: the list
 * @layout: a layout
 * @mirror: index of the mirror
 *
 * Context: any.
 */
void lustre_patch_begin(struct lustre_patch *p,
			const struct lustre_layout *layout, u32 mirror)
{
	*p = (struct lustre_patch){ .layout = layout, .mirror = mirror };
}
EXPORT_SYMBOL_IF_KUNIT(lustre_patch_begin);

/**
 * lustre_patch_next - the next component that stands for a part of a mirror
 * @p: the list
 * @comp: returns the component, which may be a part of one that there is
 *
 * They are ascending, without overlaps, and none is there twice.
 *
 * Return: false: there is none any more; @p->failed: the mirror can't be read.
 * Context: any.
 */
bool lustre_patch_next(struct lustre_patch *p, struct lustre_comp *comp)
{
	const struct lustre_mirror *m = &p->layout->mirrors[p->mirror];
	const struct lustre_comp *own = p->layout->all_comps + m->first_comp;

	if (p->at < p->until)
		return lustre_patch_take(p, comp);
	if (p->comp == m->nr_comps)
		return false;
	if (!lustre_comp_stale(&own[p->comp])) {
		*comp = own[p->comp++];
		return true;
	}
	p->at = own[p->comp].extent.start;
	/* What follows at once is one part with it. */
	do
		p->until = own[p->comp++].extent.end;
	while (p->comp < m->nr_comps && lustre_comp_stale(&own[p->comp]) &&
	       own[p->comp].extent.start == p->until);
	return lustre_patch_take(p, comp);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_patch_next);

/**
 * lustre_mirror_patchable - can a mirror be read although it is stale in part?
 * @layout: a layout
 * @mirror: index of the mirror
 *
 * Return: false also for one of which nothing is in sync.
 * Context: any.
 */
bool lustre_mirror_patchable(const struct lustre_layout *layout, u32 mirror)
{
	const struct lustre_mirror *m = &layout->mirrors[mirror];
	struct lustre_comp comp;
	struct lustre_patch p;
	u32 on_mdt = 0;
	bool own = false;

	if (!m->usable)
		return false;
	lustre_patch_begin(&p, layout, mirror);
	while (lustre_patch_next(&p, &comp)) {
		own |= comp.extent.start < comp.extent.end &&
		       comp.index >= m->first_comp &&
		       comp.index < m->first_comp + m->nr_comps;
		on_mdt += comp.map.pattern == LOV_PATTERN_MDT;
	}
	/* What a metadata target has of a file is one object. */
	return own && on_mdt < 2 && !p.failed;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_mirror_patchable);
