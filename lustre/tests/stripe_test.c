// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAID0 arithmetic: the vectors of 08 section 6, and brute force.
 */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "layout/stripe.h"

#define SPEC_MAP	((struct lustre_stripe_map){ .size = SZ_1M, .count = 4 })

struct offset_case {
	u64 off;
	u32 stripe;
	u64 obj_off;
};

static const struct offset_case offset_cases[] = {
	{ 0,		0, 0 },
	{ 1048575,	0, 1048575 },
	{ 1048576,	1, 0 },
	{ 3145733,	3, 5 },
	{ 4194304,	0, 1048576 },
	{ 9437307,	1, 2097275 },
};

static void test_offsets(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(offset_cases); i++) {
		const struct offset_case *c = &offset_cases[i];
		u64 obj_off;
		u32 stripe;

		lustre_stripe_of(SPEC_MAP, c->off, &stripe, &obj_off);
		KUNIT_EXPECT_EQ_MSG(test, stripe, c->stripe, "off %llu", c->off);
		KUNIT_EXPECT_EQ_MSG(test, obj_off, c->obj_off, "off %llu",
				    c->off);
		KUNIT_EXPECT_EQ(test, c->off,
				lustre_stripe_to_file(SPEC_MAP, stripe,
						      obj_off));
	}
}

struct size_case {
	u64 file;
	u64 obj[4];
};

static const struct size_case size_cases[] = {
	{ 0,	   { 0, 0, 0, 0 } },
	{ 1,	   { 1, 0, 0, 0 } },
	{ 1048577, { 1048576, 1, 0, 0 } },
	{ 4194305, { 1048577, 1048576, 1048576, 1048576 } },
	{ 9437307, { 3145728, 2097275, 2097152, 2097152 } },
};

static void test_sizes(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(size_cases); i++) {
		const struct size_case *c = &size_cases[i];

		for (u32 s = 0; s < 4; s++)
			KUNIT_EXPECT_EQ_MSG(test, c->obj[s],
					    lustre_stripe_obj_size(SPEC_MAP, s,
								   c->file),
					    "size %llu stripe %u", c->file, s);
	}
}

/* The largest size that any object implies is the size we began with. */
static void test_size_round_trip(struct kunit *test)
{
	static const struct lustre_stripe_map maps[] = {
		{ SZ_64K, 1 }, { SZ_64K, 3 }, { SZ_1M, 4 }, { SZ_4M, 2000 },
		{ 0xffff0000, 7 },
	};
	u64 size = 1;

	for (size_t m = 0; m < ARRAY_SIZE(maps); m++) {
		for (int step = 0; step < 500; step++) {
			u64 max = 0;

			for (u32 s = 0; s < min(maps[m].count, 16u); s++) {
				u64 obj = lustre_stripe_obj_size(maps[m], s,
								 size);

				max = max(max, lustre_stripe_file_size(maps[m],
								       s, obj));
			}
			if (maps[m].count <= 16)
				KUNIT_EXPECT_EQ(test, max, size);
			size = (size * 6364136223846793005ULL + 1442695040888963407ULL) &
			       (SZ_1G * 64ULL - 1);
		}
	}
}

/* A small shape, every range, every byte: the slow way must agree. */
static void test_ranges_brute_force(struct kunit *test)
{
	const struct lustre_stripe_map map = { .size = 4, .count = 3 };

	for (u64 start = 0; start < 30; start++) {
		for (u64 end = start; end < 30; end++) {
			u32 hit = 0;

			for (u32 s = 0; s < map.count; s++) {
				u64 lo = ~0ULL, hi = 0, got_lo, got_hi;
				bool touched = false, got;
				u32 next;

				for (u64 off = start; off <= end; off++) {
					u64 obj_off;
					u32 stripe;

					lustre_stripe_of(map, off, &stripe,
							 &obj_off);
					if (stripe != s)
						continue;
					touched = true;
					lo = min(lo, obj_off);
					hi = max(hi, obj_off);
				}
				got = lustre_stripe_range(map, s, start, end,
							  &got_lo, &got_hi);
				KUNIT_ASSERT_EQ(test, got, touched);
				next = lustre_stripe_next(map, s, start, end);
				KUNIT_ASSERT_EQ(test, next == s, touched);
				hit += touched;
				if (!touched)
					continue;
				KUNIT_ASSERT_EQ(test, got_lo, lo);
				KUNIT_ASSERT_EQ(test, got_hi, hi);
			}
			KUNIT_ASSERT_EQ(test, hit,
					lustre_stripe_count_hit(map, start,
								end));
		}
	}
}

static void test_range_to_eof(struct kunit *test)
{
	u64 start, end;

	KUNIT_ASSERT_TRUE(test, lustre_stripe_range(SPEC_MAP, 2, SZ_4M,
						    LUSTRE_EOF, &start, &end));
	KUNIT_EXPECT_EQ(test, start, (u64)SZ_1M);
	KUNIT_EXPECT_EQ(test, end, LUSTRE_EOF);
	for (u32 s = 0; s <= SPEC_MAP.count; s++)
		KUNIT_EXPECT_EQ(test, s, lustre_stripe_next(SPEC_MAP, s, SZ_4M,
							    LUSTRE_EOF));
}

/* A target may claim any object size; a file size must never be negative. */
static void test_hostile_object_size(struct kunit *test)
{
	static const u64 sizes[] = { ~0ULL, 1ULL << 63, 1ULL << 62, 1ULL << 61 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		KUNIT_EXPECT_LE(test, lustre_stripe_file_size(SPEC_MAP, 3,
							      sizes[i]),
				(u64)LLONG_MAX);
	KUNIT_EXPECT_EQ(test, lustre_stripe_max_size(SPEC_MAP, ~0ULL),
			(u64)LLONG_MAX);
}

static struct kunit_case stripe_test_cases[] = {
	KUNIT_CASE(test_offsets),
	KUNIT_CASE(test_sizes),
	KUNIT_CASE(test_size_round_trip),
	KUNIT_CASE(test_ranges_brute_force),
	KUNIT_CASE(test_range_to_eof),
	KUNIT_CASE(test_hostile_object_size),
	{}
};

static struct kunit_suite stripe_test_suite = {
	.name = "lustre_stripe",
	.test_cases = stripe_test_cases,
};

kunit_test_suite(stripe_test_suite);

MODULE_DESCRIPTION("KUnit tests of the Lustre client");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
