// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arithmetic of components (08 section 6).
 *
 * A component is striped as if it covered the whole file: what it has of its
 * objects are the bytes that lie in its extent.  There are no others, so that
 * what an object holds below or behind tells nothing about the file.
 *
 * A component that has no objects yet is as good as none for all that asks
 * where something lies.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "layout/comp.h"

/* Last byte of an extent that is not empty, LUSTRE_EOF without an end */
static u64 lustre_extent_last(const struct lustre_extent *e)
{
	return e->end == LUSTRE_EOF ? LUSTRE_EOF : e->end - 1;
}

/**
 * lustre_layout_find - find the object byte behind a file byte
 * @layout: a layout
 * @off: offset in the file
 * @place: returns where it lies
 *
 * Return: false if no object has the byte; @place is not set then.
 * Context: any.
 */
bool lustre_layout_find(const struct lustre_layout *layout, u64 off,
			struct lustre_place *place)
{
	u32 stripe;

	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];

		if (!comp->map.count || off < comp->extent.start ||
		    off > lustre_extent_last(&comp->extent))
			continue;
		lustre_stripe_of(comp->map, off, &stripe, &place->off);
		place->comp = comp;
		place->object = comp->first + stripe;
		return true;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_find);

/**
 * lustre_layout_comp - the component that an object belongs to
 * @layout: a layout
 * @object: index of one of its objects
 *
 * Context: any.
 */
const struct lustre_comp *lustre_layout_comp(const struct lustre_layout *layout,
					     u32 object)
{
	u32 c = layout->nr_comps - 1;

	while (c && layout->comps[c].first > object)
		c--;
	return &layout->comps[c];
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_comp);

/**
 * lustre_comp_range - map a range of the file to one object of a component
 * @comp: the component
 * @stripe: which of its stripes
 * @start: first byte of the file range
 * @end: last byte of the file range (inclusive), or LUSTRE_EOF
 * @obj_start: returns the first byte in the object
 * @obj_end: returns the last byte in the object, or LUSTRE_EOF
 *
 * Return: true if the range touches the object; otherwise @obj_start and
 * @obj_end are not set.
 * Context: any.
 */
bool lustre_comp_range(const struct lustre_comp *comp, u32 stripe, u64 start,
		       u64 end, u64 *obj_start, u64 *obj_end)
{
	return lustre_stripe_range(comp->map, stripe,
				   max(start, comp->extent.start),
				   min(end, lustre_extent_last(&comp->extent)),
				   obj_start, obj_end);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_comp_range);

/* The first stripe from @stripe on that the range touches; count: none */
static u32 lustre_comp_next(const struct lustre_comp *comp, u32 stripe,
			    u64 start, u64 end)
{
	start = max(start, comp->extent.start);
	end = min(end, lustre_extent_last(&comp->extent));
	if (start > end)
		return comp->map.count;
	return lustre_stripe_next(comp->map, stripe, start, end);
}

/**
 * lustre_layout_hit - find the next object that a range of the file touches
 * @layout: a layout
 * @start: first byte of the file range
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 * @hit: returns the object and what of it is meant; keeps its place
 *
 * The objects come in ascending order.
 *
 * Return: false if there is none any more.
 * Context: any.
 */
bool lustre_layout_hit(const struct lustre_layout *layout, u64 start, u64 end,
		       struct lustre_hit *hit)
{
	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];
		u32 stripe = max(hit->next, comp->first) - comp->first;

		if (stripe >= comp->map.count)
			continue;
		stripe = lustre_comp_next(comp, stripe, start, end);
		if (stripe >= comp->map.count)
			continue;
		hit->object = comp->first + stripe;
		hit->next = hit->object + 1;
		return lustre_comp_range(comp, stripe, start, end, &hit->start,
					 &hit->end);
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_hit);

/**
 * lustre_layout_count_hit - how many objects does a range of the file touch?
 * @layout: a layout
 * @start: first byte of the file range
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 *
 * Return: their number; 0 where the file has none.
 * Context: any.
 */
u32 lustre_layout_count_hit(const struct lustre_layout *layout, u64 start,
			    u64 end)
{
	u32 hits = 0;

	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];
		u64 first = max(start, comp->extent.start);
		u64 last = min(end, lustre_extent_last(&comp->extent));

		if (comp->map.count && first <= last)
			hits += lustre_stripe_count_hit(comp->map, first, last);
	}
	return hits;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_count_hit);

/**
 * lustre_layout_covers - is there an object for each byte of a range?
 * @layout: a layout
 * @start: first byte of the file range
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 *
 * Context: any.
 */
bool lustre_layout_covers(const struct lustre_layout *layout, u64 start,
			  u64 end)
{
	for (u32 c = 0; c < layout->nr_comps; c++) {
		const struct lustre_comp *comp = &layout->comps[c];
		u64 last = lustre_extent_last(&comp->extent);

		if (!comp->map.count || last < start)
			continue;
		if (comp->extent.start > start)
			return false;
		if (last >= end)
			return true;
		start = last + 1;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_covers);

/**
 * lustre_layout_end - where a layout ends
 * @layout: a layout
 *
 * Return: the first byte that no component has, nor one behind it; LUSTRE_EOF:
 * there is none.
 * Context: any.
 */
u64 lustre_layout_end(const struct lustre_layout *layout)
{
	if (!layout->nr_comps)
		return 0;
	return layout->comps[layout->nr_comps - 1].extent.end;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_end);

/**
 * lustre_layout_file_size - the file size that one object's size implies
 * @layout: a layout
 * @object: index of the object
 * @obj_size: size of the object as the target tells it; not trusted
 *
 * Return: smallest file size that holds all bytes that the object's component
 * has of it; 0 if it has none.
 * Context: any.
 */
u64 lustre_layout_file_size(const struct lustre_layout *layout, u32 object,
			    u64 obj_size)
{
	const struct lustre_comp *comp = lustre_layout_comp(layout, object);
	u64 size = lustre_stripe_file_size(comp->map, object - comp->first,
					   obj_size);

	return size < comp->extent.start ? 0 : min(size, comp->extent.end);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_file_size);

/**
 * lustre_layout_obj_size - size of one object of a file of a given size
 * @layout: a layout
 * @object: index of the object
 * @file_size: size of the file; LUSTRE_EOF stays LUSTRE_EOF
 *
 * Return: size of the object, at most that of a file which ends where its
 * component does.
 * Context: any.
 */
u64 lustre_layout_obj_size(const struct lustre_layout *layout, u32 object,
			   u64 file_size)
{
	const struct lustre_comp *comp = lustre_layout_comp(layout, object);

	if (file_size < comp->extent.start)
		return 0;
	return lustre_stripe_obj_size(comp->map, object - comp->first,
				      min(file_size, comp->extent.end));
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_obj_size);

/**
 * lustre_layout_truncates - is an object concerned when the file gets a size?
 * @layout: a layout
 * @object: index of the object
 * @file_size: new size of the file
 *
 * Return: false if the end of its component lies before that of the file:
 * the object stays as it is.
 * Context: any.
 */
bool lustre_layout_truncates(const struct lustre_layout *layout, u32 object,
			     u64 file_size)
{
	return file_size <= lustre_layout_comp(layout, object)->extent.end;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_truncates);

/**
 * lustre_layout_max_size - largest file that a layout can hold
 * @layout: a layout with components
 * @max_obj: smallest of the targets' largest object sizes
 *
 * Return: size in bytes, at most LLONG_MAX.
 * Context: any.
 */
u64 lustre_layout_max_size(const struct lustre_layout *layout, u64 max_obj)
{
	const struct lustre_comp *comp = &layout->comps[layout->nr_comps - 1];

	if (comp->extent.end != LUSTRE_EOF)
		return min_t(u64, comp->extent.end, LLONG_MAX);
	/* Objects that are not there yet may lie anywhere. */
	if (!comp->map.count)
		return LLONG_MAX;
	return lustre_stripe_max_size(comp->map, max_obj);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_max_size);

static bool lustre_stripe_same(const struct lustre_stripe *a,
			       const struct lustre_stripe *b)
{
	return a->ost_idx == b->ost_idx && a->hole == b->hole &&
	       !memcmp(&a->oi, &b->oi, sizeof(a->oi));
}

/* The same objects, in the same order, striped in the same way? */
static bool lustre_comp_same(const struct lustre_layout *a,
			     const struct lustre_comp *ac,
			     const struct lustre_layout *b,
			     const struct lustre_comp *bc)
{
	if (ac->map.size != bc->map.size || ac->map.count != bc->map.count)
		return false;
	for (u32 i = 0; i < ac->map.count; i++)
		if (!lustre_stripe_same(&a->stripes[ac->first + i],
					&b->stripes[bc->first + i]))
			return false;
	return true;
}

/**
 * lustre_layout_keeps - does a new layout go on with a component of the old?
 * @old: a layout
 * @comp: one of its components
 * @new: the layout that follows
 * @shared: returns what both have
 *
 * Return: false if there is nothing; @shared is not set then.
 * Context: any.
 */
bool lustre_layout_keeps(const struct lustre_layout *old,
			 const struct lustre_comp *comp,
			 const struct lustre_layout *new,
			 struct lustre_shared *shared)
{
	for (u32 c = 0; c < new->nr_comps; c++) {
		const struct lustre_comp *other = &new->comps[c];
		u64 start = max(comp->extent.start, other->extent.start);
		u64 end = min(comp->extent.end, other->extent.end);

		if (start >= end || !lustre_comp_same(old, comp, new, other))
			continue;
		shared->comp = other;
		shared->extent.start = start;
		shared->extent.end = end;
		return true;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_keeps);
