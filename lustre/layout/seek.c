// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data and holes of a striped file (07 section 10.6).
 *
 * Each object that has bytes of the file behind an offset is asked for its first
 * data, or its first hole.  The first of all answers, in terms of the file, is
 * that of the file; but what an object says of bytes that its component does not
 * have tells nothing.
 */
#include <kunit/visibility.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "layout/seek.h"

/* The first byte from @at on that no object has; LUSTRE_EOF: each has one */
static u64 lustre_seek_gap(const struct lustre_layout *layout, u64 at)
{
	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];

		if (!comp->map.count || comp->extent.end <= at)
			continue;
		if (comp->extent.start > at)
			break;
		at = comp->extent.end;
		if (at == LUSTRE_EOF)
			break;
	}
	return at;
}

/**
 * lustre_seek_begin - begin to look for data or a hole
 * @seek: the search
 * @layout: of the file
 * @offset: where to begin in the file
 * @hole: look for a hole
 *
 * What no object has is a hole.
 *
 * Context: any.
 */
void lustre_seek_begin(struct lustre_seek *seek,
		       const struct lustre_layout *layout, u64 offset,
		       bool hole)
{
	seek->layout = layout;
	seek->hole = hole;
	seek->found = hole ? lustre_seek_gap(layout, offset) : LUSTRE_EOF;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_seek_begin);

/**
 * lustre_seek_add - take the answer of an object
 * @seek: the search
 * @hit: the object, and the part of it that was looked at
 * @answer: offset in the object, where all behind its end is a hole; -ENXIO:
 *	there is none; or another errno; not trusted
 *
 * Return: 0; the errno; -EPROTO for what can't be.
 * Context: any.
 */
int lustre_seek_add(struct lustre_seek *seek, const struct lustre_hit *hit,
		    s64 answer)
{
	const struct lustre_comp *comp = lustre_layout_comp(seek->layout,
							    hit->object);
	u64 at;

	if (answer == -ENXIO)
		return 0;
	if (answer < 0)
		return answer < -MAX_ERRNO ? -EPROTO : answer;
	if ((u64)answer < hit->start)
		return -EPROTO;
	/* The last byte of a file that would end with this one */
	at = lustre_stripe_file_size(comp->map, hit->object - comp->first,
				     (u64)answer + 1) - 1;
	if (at < comp->extent.end)
		seek->found = min(seek->found, at);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_seek_add);

/**
 * lustre_seek_end - the result of a search
 * @seek: the search; all objects have answered
 * @size: of the file, which ends behind the offset
 *
 * Return: offset in the file; -ENXIO: there are no data.
 * Context: any.
 */
s64 lustre_seek_end(const struct lustre_seek *seek, u64 size)
{
	if (seek->hole)
		return min(seek->found, size);
	return seek->found < size ? seek->found : -ENXIO;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_seek_end);
