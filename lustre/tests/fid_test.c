// SPDX-License-Identifier: GPL-2.0-only
/*
 * File identifiers: inode numbers and sanity, the vectors of 10 section 2.1.
 */
#include <kunit/test.h>

#include "fid.h"

struct fid_case {
	struct lustre_fid	fid;
	u64			ino64;
	u32			gen;
	u32			ino32;	/* 0: no vector */
};

static const struct fid_case fid_cases[] = {
	{ { 0x200000007, 0x1, 0 }, 144115188193296385ULL, 0x02000000,
	  0x00007001 },
	{ { 0x200000402, 0x1a, 0 }, 0x20000040200001AULL, 0x02000004,
	  0x0040201A },
	{ { 0x200000bd2, 0xbc8, 0 }, 144115238843714504ULL, 0x0200000B, 0 },
	{ { 0x200000bd0, 0x12345, 0 }, 0x200000BD0012345ULL, 0x0200000B,
	  0x01DD0345 },
	{ { 0x2c0000402, 0xfffff, 0 }, 0x2C00004020FFFFFULL, 0x02C00004,
	  0x10F02FFF },
	{ { 0x240000401, 0x3, 0 }, 0x240000401000003ULL, 0x02400004,
	  0x00801003 },
	{ { 0x6a9, 0x11, 0 }, 0x6A9, 0x11, 0x6A9 },
};

static void fid_numbers(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(fid_cases); i++) {
		const struct fid_case *c = &fid_cases[i];

		KUNIT_EXPECT_EQ(test, c->ino64, lustre_fid_ino64(&c->fid));
		KUNIT_EXPECT_EQ(test, c->gen, lustre_fid_gen(&c->fid));
		if (c->ino32)
			KUNIT_EXPECT_EQ(test, c->ino32,
					lustre_fid_ino32(&c->fid));
	}
}

static void fid_sanity(struct kunit *test)
{
	static const struct lustre_fid good[] = {
		{ 0x200000007, 1, 0 }, { 0x200000400, 1, 0 }, { 12, 5, 0 },
		{ 0x100010000, 7, 0 }, { 1, 1, 0 },
	};
	static const struct lustre_fid bad[] = {
		{ 0, 0, 0 }, { 0x200000400, 1, 1 }, { 0, 1, 0 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		KUNIT_EXPECT_TRUE(test, lustre_fid_is_sane(&good[i]));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_FALSE(test, lustre_fid_is_sane(&bad[i]));
}

static void fid_wire(struct kunit *test)
{
	static const u8 image[16] = {
		0xd2, 0x0b, 0, 0, 2, 0, 0, 0, 0xc8, 0x0b, 0, 0, 0, 0, 0, 0,
	};
	struct lustre_fid fid;
	struct lu_fid wire;

	memcpy(&wire, image, sizeof(wire));
	lustre_fid_from_wire(&fid, &wire);
	KUNIT_EXPECT_EQ(test, 0x200000bd2ULL, fid.seq);
	KUNIT_EXPECT_EQ(test, 0xbc8U, fid.oid);
	memset(&wire, 0xff, sizeof(wire));
	lustre_fid_to_wire(&wire, &fid);
	KUNIT_EXPECT_MEMEQ(test, image, &wire, sizeof(wire));
}

static struct kunit_case fid_test_cases[] = {
	KUNIT_CASE(fid_numbers),
	KUNIT_CASE(fid_sanity),
	KUNIT_CASE(fid_wire),
	{}
};

static struct kunit_suite fid_test_suite = {
	.name		= "lustre-fid",
	.test_cases	= fid_test_cases,
};

kunit_test_suite(fid_test_suite);
