// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extents of several objects as those of one file.
 */
#include <kunit/test.h>
#include <linux/fiemap.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "layout/map.h"

#define LAST	FIEMAP_EXTENT_LAST
#define NET	LUSTRE_MAP_NET
#define EXTENTS	8

struct map_sink {
	struct lustre_map_extent	got[EXTENTS];
	unsigned int			nr;
	unsigned int			max;
};

static int sink_emit(void *priv, const struct lustre_map_extent *e)
{
	struct map_sink *sink = priv;

	sink->got[sink->nr++] = *e;
	return sink->nr == sink->max;
}

/* One after the other, each begins at 100 and is asked for up to 999. */
static const struct {
	u32				index;
	u32				nr;
	struct lustre_map_extent	said[2];
} map_objects[] = {
	{ 5, 2, { { 100, 7000, 50, 0, 0 }, { 200, 7100, 800, LAST, 0 } } },
	{ 0x1ffff, 0, {} },
	/* begins before what was asked for */
	{ 3, 1, { { 0, 9000, 400, LAST | FIEMAP_EXTENT_UNWRITTEN, 9 } } },
	{ 6, 0, {} },
};

static const struct lustre_map_extent map_file[] = {
	{ 100, 7000, 50, NET, 5 },
	{ 200, 7100, 800, NET, 5 },
	{ 0, 9000, 400, NET | LAST | FIEMAP_EXTENT_UNWRITTEN, 2 << 17 | 3 },
};

static int map_all(struct map_sink *sink, bool whole)
{
	struct lustre_map map;
	int rc;

	sink->nr = 0;
	lustre_map_begin(&map, sink_emit, sink);
	for (u32 o = 0; o < ARRAY_SIZE(map_objects); o++) {
		lustre_map_object(&map, map_objects[o].index, o, 100);
		for (u32 i = 0; i < map_objects[o].nr; i++) {
			rc = lustre_map_add(&map, &map_objects[o].said[i], 999);
			if (rc)
				return rc;
		}
	}
	return lustre_map_end(&map, whole);
}

static void test_objects(struct kunit *test)
{
	struct map_sink sink = { .max = EXTENTS };

	KUNIT_ASSERT_EQ(test, map_all(&sink, true), 0);
	KUNIT_ASSERT_EQ(test, sink.nr, ARRAY_SIZE(map_file));
	for (u32 i = 0; i < sink.nr; i++) {
		const struct lustre_map_extent *e = &sink.got[i];

		KUNIT_EXPECT_EQ(test, e->logical, map_file[i].logical);
		KUNIT_EXPECT_EQ(test, e->physical, map_file[i].physical);
		KUNIT_EXPECT_EQ(test, e->length, map_file[i].length);
		KUNIT_EXPECT_EQ(test, e->flags, map_file[i].flags);
		KUNIT_EXPECT_EQ(test, e->device, map_file[i].device);
	}
	/* There may be some behind what was asked for. */
	KUNIT_ASSERT_EQ(test, map_all(&sink, false), 0);
	KUNIT_ASSERT_EQ(test, sink.nr, ARRAY_SIZE(map_file));
	KUNIT_EXPECT_EQ(test, sink.got[2].flags & LAST, 0);
}

/* Who has room for fewer is not told that one of them is the last. */
static void test_room(struct kunit *test)
{
	struct map_sink sink = {};

	for (u32 max = 1; max < ARRAY_SIZE(map_file); max++) {
		sink.max = max;
		KUNIT_ASSERT_EQ(test, map_all(&sink, true), 1);
		KUNIT_ASSERT_EQ(test, sink.nr, max);
		for (u32 i = 0; i < max; i++)
			KUNIT_EXPECT_EQ(test, sink.got[i].flags & LAST, 0);
	}
	sink.max = ARRAY_SIZE(map_file);
	KUNIT_ASSERT_EQ(test, map_all(&sink, true), 0);
	KUNIT_EXPECT_EQ(test, sink.got[2].flags & LAST, LAST);
}

/* What a target can't mean; who asks on would never come to an end. */
static void test_hostile_extents(struct kunit *test)
{
	static const struct lustre_map_extent bad[] = {
		{ .logical = 300, .length = 0 },
		{ .logical = 100, .length = 50 },
		{ .logical = 150, .length = U64_MAX },
		{ .logical = LLONG_MAX, .length = 2 },
		{ .logical = 1000, .length = 1 },
		{ .logical = U64_MAX, .length = 1 },
	};
	const struct lustre_map_extent good = { .logical = 150, .length = 50 };
	struct map_sink sink = { .max = EXTENTS };
	struct lustre_map map;

	lustre_map_begin(&map, sink_emit, &sink);
	lustre_map_object(&map, 0, 0, 150);
	KUNIT_ASSERT_EQ(test, lustre_map_add(&map, &good, 999), 0);
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, lustre_map_add(&map, &bad[i], 999),
				-EPROTO);
	KUNIT_EXPECT_EQ(test, map.next, 200);
	KUNIT_EXPECT_EQ(test, sink.nr, 0);
}

static struct kunit_case map_test_cases[] = {
	KUNIT_CASE(test_objects),
	KUNIT_CASE(test_room),
	KUNIT_CASE(test_hostile_extents),
	{}
};

static struct kunit_suite map_test_suite = {
	.name		= "lustre_map",
	.test_cases	= map_test_cases,
};

kunit_test_suite(map_test_suite);
