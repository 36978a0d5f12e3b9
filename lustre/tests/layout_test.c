// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layouts from the wire: good ones, foreign ones and hostile ones.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "layout/layout.h"

#define MAX_OBJECTS	3

struct test_ea {
	union {
		struct lov_mds_md_v1	v1;
		struct lov_mds_md_v3	v3;
		__le32			magic;
		u8			raw[48 + 24 * MAX_OBJECTS];
	};
};

/* A good layout of @count objects; returns its length. */
static size_t make_ea(struct test_ea *ea, u32 magic, u16 count)
{
	size_t header = magic == LOV_MAGIC_V3 ? 48 : 32;
	struct lov_ost_data_v1 *obj = (void *)ea->raw + header;

	memset(ea, 0, sizeof(*ea));
	ea->v1.lmm_magic = cpu_to_le32(magic);
	ea->v1.lmm_pattern = cpu_to_le32(LOV_PATTERN_RAID0);
	ea->v1.lmm_oi_id = cpu_to_le64(5);
	ea->v1.lmm_oi_seq = cpu_to_le64(0x200000401ULL);
	ea->v1.lmm_stripe_size = cpu_to_le32(SZ_1M);
	ea->v1.lmm_stripe_count = cpu_to_le16(count);
	ea->v1.lmm_layout_gen = cpu_to_le16(7);
	for (u16 i = 0; i < count && i < MAX_OBJECTS; i++) {
		memset(&obj[i].l_ost_oi, 0x40 + i, sizeof(obj[i].l_ost_oi));
		obj[i].l_ost_idx = cpu_to_le32(MAX_OBJECTS - i);
	}
	return header + sizeof(*obj) * count;
}

static void expect(struct kunit *test, const void *ea, size_t len,
		   enum lustre_layout_kind kind, int io_errno)
{
	/* Exactly @len bytes, so that KASAN sees a read behind them. */
	void *copy = kmemdup(ea, len, GFP_KERNEL);
	struct lustre_layout *layout;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	layout = lustre_layout_decode(copy, len, GFP_KERNEL);
	kfree(copy);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	KUNIT_EXPECT_EQ(test, layout->kind, kind);
	KUNIT_EXPECT_EQ(test, layout->io_errno, io_errno);
	if (io_errno)
		KUNIT_EXPECT_NOT_NULL(test, layout->why);
	lustre_layout_put(layout);
}

static void test_good(struct kunit *test)
{
	static const u32 magics[] = { LOV_MAGIC_V1, LOV_MAGIC_V3 };

	for (size_t m = 0; m < ARRAY_SIZE(magics); m++) {
		struct lustre_layout *layout;
		struct test_ea ea;
		size_t len = make_ea(&ea, magics[m], MAX_OBJECTS);

		layout = lustre_layout_decode(&ea, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
		KUNIT_EXPECT_EQ(test, layout->kind, LUSTRE_LAYOUT_RAID0);
		KUNIT_EXPECT_EQ(test, layout->gen, 7);
		KUNIT_ASSERT_EQ(test, layout->nr_comps, 1);
		KUNIT_EXPECT_EQ(test, layout->comps[0].extent.start, 0);
		KUNIT_EXPECT_EQ(test, layout->comps[0].extent.end, LUSTRE_EOF);
		KUNIT_EXPECT_EQ(test, layout->comps[0].map.size, SZ_1M);
		KUNIT_EXPECT_EQ(test, layout->comps[0].map.count, MAX_OBJECTS);
		KUNIT_EXPECT_EQ(test, layout->nr_stripes, MAX_OBJECTS);
		for (u32 i = 0; i < MAX_OBJECTS; i++) {
			const u8 *oi = (const u8 *)&layout->stripes[i].oi;

			KUNIT_EXPECT_EQ(test, layout->stripes[i].ost_idx,
					MAX_OBJECTS - i);
			KUNIT_EXPECT_EQ(test, oi[15], 0x40 + i);
			KUNIT_EXPECT_FALSE(test, layout->stripes[i].hole);
		}
		lustre_layout_put(layout);
	}
}

/* Every length but the right one is refused, none is read beyond. */
static void test_cut(struct kunit *test)
{
	struct test_ea ea;
	size_t len = make_ea(&ea, LOV_MAGIC_V3, MAX_OBJECTS);

	expect(test, &ea, 0, LUSTRE_LAYOUT_NONE, 0);
	for (size_t cut = 1; cut < len; cut++)
		expect(test, &ea, cut, LUSTRE_LAYOUT_INVALID, -EINVAL);
	expect(test, &ea, len, LUSTRE_LAYOUT_RAID0, 0);
}

static void test_bad_fields(struct kunit *test)
{
	static const u32 sizes[] = { 0, 1, 65535, 65537, 0xffffffff };
	static const u16 counts[] = { 0, MAX_OBJECTS + 1, 2001, 0xffff };
	struct test_ea ea;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		len = make_ea(&ea, LOV_MAGIC_V1, 2);
		ea.v1.lmm_stripe_size = cpu_to_le32(sizes[i]);
		expect(test, &ea, len, LUSTRE_LAYOUT_INVALID, -EINVAL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		len = make_ea(&ea, LOV_MAGIC_V1, MAX_OBJECTS);
		ea.v1.lmm_stripe_count = cpu_to_le16(counts[i]);
		expect(test, &ea, len, LUSTRE_LAYOUT_INVALID, -EINVAL);
	}
	len = make_ea(&ea, LOV_MAGIC_V1, 1);
	ea.v1.lmm_oi_id = 0;
	expect(test, &ea, len, LUSTRE_LAYOUT_INVALID, -EINVAL);
	len = make_ea(&ea, LOV_MAGIC_V1, 1);
	ea.v1.lmm_objects[0].l_ost_idx = cpu_to_le32(0xffffffff);
	expect(test, &ea, len, LUSTRE_LAYOUT_INVALID, -EINVAL);
}

static void test_holes(struct kunit *test)
{
	struct test_ea ea;
	size_t len = make_ea(&ea, LOV_MAGIC_V1, 2);

	memset(&ea.v1.lmm_objects[1], 0, sizeof(ea.v1.lmm_objects[1]));
	expect(test, &ea, len, LUSTRE_LAYOUT_INVALID, -EINVAL);
	ea.v1.lmm_pattern = cpu_to_le32(LOV_PATTERN_RAID0 | LOV_PATTERN_F_HOLE);
	expect(test, &ea, len, LUSTRE_LAYOUT_RAID0, 0);
}

struct refused_case {
	u32			magic;
	u32			pattern;
	enum lustre_layout_kind	kind;
	int			io_errno;
};

static const struct refused_case refused_cases[] = {
	{ LOV_MAGIC_COMP_V1, 1, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ LOV_MAGIC_SEL, 1, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ LOV_MAGIC_JOIN_V1, 1, LUSTRE_LAYOUT_UNSUPPORTED, -EINVAL },
	{ LOV_MAGIC_MIGRATE, 1, LUSTRE_LAYOUT_UNSUPPORTED, -EINVAL },
	{ LOV_MAGIC_FOREIGN, 1, LUSTRE_LAYOUT_NONE, 0 },
	{ 0x12345678, 1, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ 0, 1, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_V1, 0, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_V1, 2, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_V1, 0x100, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ LOV_MAGIC_V1, 0x801, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ LOV_MAGIC_V1, 0x005, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ LOV_MAGIC_V1, 0x80000001, LUSTRE_LAYOUT_UNSUPPORTED, -ENODATA },
	{ LOV_MAGIC_V1, 0x201, LUSTRE_LAYOUT_RAID0, 0 },
};

static void test_refused(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused_cases); i++) {
		const struct refused_case *c = &refused_cases[i];
		struct test_ea ea;
		size_t len = make_ea(&ea, LOV_MAGIC_V1, 1);

		ea.v1.lmm_magic = cpu_to_le32(c->magic);
		ea.v1.lmm_pattern = cpu_to_le32(c->pattern);
		expect(test, &ea, len, c->kind, c->io_errno);
	}
}

static struct kunit_case layout_test_cases[] = {
	KUNIT_CASE(test_good),
	KUNIT_CASE(test_cut),
	KUNIT_CASE(test_bad_fields),
	KUNIT_CASE(test_holes),
	KUNIT_CASE(test_refused),
	{}
};

static struct kunit_suite layout_test_suite = {
	.name = "lustre_layout",
	.test_cases = layout_test_cases,
};

kunit_test_suite(layout_test_suite);
