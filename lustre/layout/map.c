// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is allocated of a file (07 section 10.8).
 *
 * The objects are asked one after the other, for as many extents at a time as
 * fit in a message.  Each says which is its last one; of the file, only the last
 * of the last object is, and that is known when no other follows.
 */
#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/fiemap.h>
#include <linux/limits.h>

#include "layout/map.h"

/**
 * lustre_map_begin - begin to collect the extents of a file
 * @map: of the file
 * @emit: gets them, in the order of the objects
 * @priv: for @emit
 *
 * Context: any.
 */
void lustre_map_begin(struct lustre_map *map,
		      int (*emit)(void *priv,
				  const struct lustre_map_extent *e),
		      void *priv)
{
	*map = (struct lustre_map){ .emit = emit, .priv = priv };
}
EXPORT_SYMBOL_IF_KUNIT(lustre_map_begin);

/**
 * lustre_map_object - an object comes next
 * @map: of the file
 * @index: of its target
 * @object: number in the layout
 * @start: first byte that is asked for
 *
 * Context: any.
 */
void lustre_map_object(struct lustre_map *map, u32 index, u32 object, u64 start)
{
	map->device = object << LUSTRE_MAP_STRIPE_SHIFT |
		      (index & (BIT(LUSTRE_MAP_STRIPE_SHIFT) - 1));
	map->next = start;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_map_object);

/* What follows the latest extent is known: it can go. */
static int lustre_map_emit(struct lustre_map *map)
{
	if (!map->some)
		return 0;
	map->some = false;
	return map->emit(map->priv, &map->pending);
}

/**
 * lustre_map_add - take an extent of the present object
 * @map: of the file
 * @e: as the target told it; not trusted
 * @end: last byte of the object that was asked for
 *
 * They come in ascending order; the first may begin before what was asked for.
 *
 * Return: 0; a positive number: enough of the file; -EPROTO for what can't be;
 * what the receiver says.
 * Context: as the receiver.
 */
int lustre_map_add(struct lustre_map *map, const struct lustre_map_extent *e,
		   u64 end)
{
	u64 behind = e->logical + e->length;
	int rc;

	if (!e->length || behind < e->logical || behind <= map->next ||
	    behind > LLONG_MAX || e->logical > end)
		return -EPROTO;
	map->pending.flags &= ~FIEMAP_EXTENT_LAST;
	rc = lustre_map_emit(map);
	if (rc)
		return rc;
	map->pending = *e;
	map->pending.flags |= LUSTRE_MAP_NET;
	map->pending.device = map->device;
	map->some = true;
	map->next = behind;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_map_add);

/**
 * lustre_map_end - all objects have told all
 * @map: of the file
 * @whole: nothing of the file lies behind what was asked for
 *
 * Return: 0; an errno of the receiver.
 * Context: as the receiver.
 */
int lustre_map_end(struct lustre_map *map, bool whole)
{
	int rc;

	if (!whole)
		map->pending.flags &= ~FIEMAP_EXTENT_LAST;
	rc = lustre_map_emit(map);
	return rc < 0 ? rc : 0;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_map_end);
