// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAID0 arithmetic (08 section 6).
 *
 * A round is stripe_size * stripe_count bytes of the file; each round puts
 * stripe_size bytes into every object.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include "layout/stripe.h"

static u64 lustre_stripe_round(struct lustre_stripe_map map)
{
	return (u64)map.size * map.count;
}

/**
 * lustre_stripe_of - find the object byte behind a file byte
 * @map: shape of the layout
 * @off: offset in the file, bytes
 * @stripe: returns the index of the stripe
 * @obj_off: returns the offset in that stripe's object, bytes
 *
 * Context: any.
 */
void lustre_stripe_of(struct lustre_stripe_map map, u64 off, u32 *stripe,
		      u64 *obj_off)
{
	u64 in_round, round;
	u32 in_stripe;

	round = div64_u64_rem(off, lustre_stripe_round(map), &in_round);
	*stripe = div_u64_rem(in_round, map.size, &in_stripe);
	*obj_off = round * map.size + in_stripe;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_of);

/**
 * lustre_stripe_to_file - find the file byte behind an object byte
 * @map: shape of the layout
 * @stripe: index of the stripe
 * @obj_off: offset in its object, bytes; the caller bounds it so that the
 *	     file offset fits 64 bits
 *
 * Return: offset in the file, bytes.
 * Context: any.
 */
u64 lustre_stripe_to_file(struct lustre_stripe_map map, u32 stripe, u64 obj_off)
{
	u32 in_stripe;
	u64 round = div_u64_rem(obj_off, map.size, &in_stripe);

	return round * lustre_stripe_round(map) + (u64)stripe * map.size +
	       in_stripe;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_to_file);

/**
 * lustre_stripe_file_size - the file size that one object's size implies
 * @map: shape of the layout
 * @stripe: index of the stripe
 * @obj_size: size of its object as the target tells it, bytes
 *
 * The target's word is not trusted: what does not fit a file offset is cut to
 * the largest file offset.
 *
 * Return: smallest file size in bytes that holds all bytes of the object.
 * Context: any.
 */
u64 lustre_stripe_file_size(struct lustre_stripe_map map, u32 stripe,
			    u64 obj_size)
{
	u64 rounds, base, size;

	if (!obj_size)
		return 0;
	/* The last byte decides: a full stripe must not start a new round. */
	rounds = div_u64(obj_size - 1, map.size);
	if (check_mul_overflow(rounds, lustre_stripe_round(map), &base) ||
	    check_add_overflow(base, (u64)stripe * map.size, &base) ||
	    check_add_overflow(base, obj_size - rounds * map.size, &size))
		return LLONG_MAX;
	return min_t(u64, size, LLONG_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_file_size);

/**
 * lustre_stripe_obj_size - size of one object of a file of a given size
 * @map: shape of the layout
 * @stripe: index of the stripe
 * @file_size: size of the file, bytes; LUSTRE_EOF stays LUSTRE_EOF
 *
 * Return: size of the object in bytes.
 * Context: any.
 */
u64 lustre_stripe_obj_size(struct lustre_stripe_map map, u32 stripe,
			   u64 file_size)
{
	u64 before = (u64)stripe * map.size;
	u64 in_round, rounds;

	if (file_size == LUSTRE_EOF)
		return LUSTRE_EOF;
	rounds = div64_u64_rem(file_size, lustre_stripe_round(map), &in_round);
	if (in_round <= before)
		return rounds * map.size;
	return rounds * map.size + min_t(u64, in_round - before, map.size);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_obj_size);

/**
 * lustre_stripe_range - map a range of the file to one object
 * @map: shape of the layout
 * @stripe: index of the stripe
 * @start: first byte of the file range
 * @end: last byte of the file range (inclusive), or LUSTRE_EOF
 * @obj_start: returns the first byte in the object
 * @obj_end: returns the last byte in the object, or LUSTRE_EOF
 *
 * Return: true if the range touches the object; otherwise @obj_start and
 * @obj_end are not set.
 * Context: any.
 */
bool lustre_stripe_range(struct lustre_stripe_map map, u32 stripe, u64 start,
			 u64 end, u64 *obj_start, u64 *obj_end)
{
	u64 first, past;

	if (start > end)
		return false;
	/*
	 * The bytes of the object below a file offset are exactly those that
	 * a file of that size has: [below(start), below(end + 1)).
	 */
	first = lustre_stripe_obj_size(map, stripe, start);
	if (end == LUSTRE_EOF) {
		*obj_start = first;
		*obj_end = LUSTRE_EOF;
		return true;
	}
	past = lustre_stripe_obj_size(map, stripe, end + 1);
	if (first >= past)
		return false;
	*obj_start = first;
	*obj_end = past - 1;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_range);

/**
 * lustre_stripe_count_hit - how many stripes does a range of the file touch?
 * @map: shape of the layout
 * @start: first byte of the file range
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 *
 * Return: between 1 and the number of stripes.
 * Context: any.
 */
u32 lustre_stripe_count_hit(struct lustre_stripe_map map, u64 start, u64 end)
{
	u64 units = div_u64(end, map.size) - div_u64(start, map.size);

	return units >= map.count ? map.count : units + 1;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_count_hit);

/**
 * lustre_stripe_next - walk over the stripes that a range of the file touches
 * @map: shape of the layout
 * @stripe: where to begin to look, at most the number of stripes
 * @start: first byte of the file range
 * @end: last byte (inclusive), not before @start, or LUSTRE_EOF
 *
 * Return: the first such stripe not below @stripe; the number of stripes if
 * there is none.
 * Context: any.
 */
u32 lustre_stripe_next(struct lustre_stripe_map map, u32 stripe, u64 start,
		       u64 end)
{
	u32 hit = lustre_stripe_count_hit(map, start, end);
	u32 first, past;

	div_u64_rem(div_u64(start, map.size), map.count, &first);
	/* Stripes [first, past), which may go on at stripe 0 */
	past = first + hit;
	if (stripe >= map.count || (stripe >= first && stripe < past) ||
	    stripe + map.count < past)
		return stripe;
	return stripe < first ? first : map.count;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_next);

/**
 * lustre_stripe_max_size - largest file that a layout can hold
 * @map: shape of the layout
 * @max_obj: smallest of the targets' largest object sizes, bytes
 *
 * Return: size in bytes, at most LLONG_MAX.
 * Context: any.
 */
u64 lustre_stripe_max_size(struct lustre_stripe_map map, u64 max_obj)
{
	u64 rounds = div_u64(max_obj, map.size);
	u64 size;

	if (check_mul_overflow(rounds * map.size, (u64)(map.count - 1),
			       &size) ||
	    check_add_overflow(size, max_obj, &size))
		return LLONG_MAX;
	return min_t(u64, size, LLONG_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_stripe_max_size);
