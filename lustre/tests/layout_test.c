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
	{ LOV_MAGIC_COMP_V1, 1, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_SEL, 1, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_JOIN_V1, 1, LUSTRE_LAYOUT_UNSUPPORTED, -EINVAL },
	{ LOV_MAGIC_MIGRATE, 1, LUSTRE_LAYOUT_UNSUPPORTED, -EINVAL },
	{ LOV_MAGIC_FOREIGN, 1, LUSTRE_LAYOUT_NONE, 0 },
	{ 0x12345678, 1, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ 0, 1, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_V1, 0, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_V1, 2, LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ LOV_MAGIC_V1, 0x100, LUSTRE_LAYOUT_RAID0, 0 },
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

/* ---- composite ones ---- */

#define MAX_PARTS	4
#define MAX_PART_OBJS	3

/* A component to be; @count objects if it is INIT, else one that means nothing */
struct part {
	u64	start;
	u64	end;
	u32	flags;
	u32	pattern;
	u16	count;
	bool	pool;
};

struct comp_ea {
	union {
		struct lov_comp_md_v1	head;
		u8			raw[32 + MAX_PARTS *
					    (48 + 48 + 24 * MAX_PART_OBJS)];
	};
};

static struct lov_mds_md_v1 *part_of(struct comp_ea *ea, u32 i)
{
	return (void *)ea->raw + le32_to_cpu(ea->head.lcm_entries[i].lcme_offset);
}

static size_t make_part(struct lov_mds_md_v1 *lmm, const struct part *p)
{
	bool init = p->flags & LCME_FL_INIT;
	size_t header = p->pool ? 48 : 32;
	struct lov_ost_data_v1 *obj = (void *)lmm + header;
	u16 objects = init ? p->count : 1;

	lmm->lmm_magic = cpu_to_le32(p->pool ? LOV_MAGIC_V3 : LOV_MAGIC_V1);
	lmm->lmm_pattern = cpu_to_le32(p->pattern ?: LOV_PATTERN_RAID0);
	lmm->lmm_oi_id = cpu_to_le64(5);
	lmm->lmm_stripe_size = cpu_to_le32(SZ_1M);
	lmm->lmm_stripe_count = cpu_to_le16(p->count);
	for (u16 i = 0; i < objects; i++) {
		if (init)
			memset(&obj[i].l_ost_oi, 0x40 + i,
			       sizeof(obj[i].l_ost_oi));
		obj[i].l_ost_idx = cpu_to_le32(init ? i : U32_MAX);
	}
	return header + objects * sizeof(*obj);
}

static size_t make_composite(struct comp_ea *ea, const struct part *parts,
			     u32 nr)
{
	size_t at = struct_size(&ea->head, lcm_entries, nr), len;

	memset(ea, 0, sizeof(*ea));
	ea->head.lcm_magic = cpu_to_le32(LOV_MAGIC_COMP_V1);
	ea->head.lcm_layout_gen = cpu_to_le32(9);
	ea->head.lcm_entry_count = cpu_to_le16(nr);
	for (u32 i = 0; i < nr; i++) {
		struct lov_comp_md_entry_v1 *e = &ea->head.lcm_entries[i];

		len = make_part((void *)ea->raw + at, &parts[i]);
		e->lcme_id = cpu_to_le32(i + 1);
		e->lcme_flags = cpu_to_le32(parts[i].flags);
		e->lcme_extent.e_start = cpu_to_le64(parts[i].start);
		e->lcme_extent.e_end = cpu_to_le64(parts[i].end);
		e->lcme_offset = cpu_to_le32(at);
		e->lcme_size = cpu_to_le32(len);
		at += len;
	}
	ea->head.lcm_size = cpu_to_le32(at);
	return at;
}

#define INIT	LCME_FL_INIT

static const struct part good_parts[] = {
	{ 0, SZ_1M, INIT, 0, 1 },
	{ SZ_1M, SZ_8M, INIT, 0x201, 3, true },
	{ SZ_8M, SZ_16M, 0, 0, 2 },
	{ SZ_32M, LUSTRE_EOF, 0, 0, 0xffff },
};

static void test_composite(struct kunit *test)
{
	struct lustre_layout *layout;
	struct comp_ea *ea = kunit_kzalloc(test, sizeof(*ea), GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	len = make_composite(ea, good_parts, ARRAY_SIZE(good_parts));
	layout = lustre_layout_decode(ea, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	KUNIT_EXPECT_EQ(test, layout->kind, LUSTRE_LAYOUT_RAID0);
	KUNIT_EXPECT_EQ(test, layout->gen, 9);
	KUNIT_ASSERT_EQ(test, layout->nr_comps, ARRAY_SIZE(good_parts));
	KUNIT_ASSERT_EQ(test, layout->nr_stripes, 4);
	for (u32 i = 0; i < layout->nr_comps; i++) {
		const struct lustre_comp *comp = &layout->comps[i];
		const struct part *p = &good_parts[i];

		KUNIT_EXPECT_EQ(test, comp->id, i + 1);
		KUNIT_EXPECT_EQ(test, comp->extent.start, p->start);
		KUNIT_EXPECT_EQ(test, comp->extent.end, p->end);
		KUNIT_EXPECT_EQ(test, comp->first, min(i, 1U) + 3 * (i > 1));
		KUNIT_EXPECT_EQ(test, comp->map.count,
				p->flags & INIT ? p->count : 0);
	}
	KUNIT_EXPECT_EQ(test, layout->stripes[3].ost_idx, 2);
	KUNIT_EXPECT_EQ(test, ((u8 *)&layout->stripes[3].oi)[0], 0x42);
	lustre_layout_put(layout);
}

static void expect_composite(struct kunit *test, const struct comp_ea *ea,
			     enum lustre_layout_kind kind, int io_errno)
{
	expect(test, ea, le32_to_cpu(ea->head.lcm_size), kind, io_errno);
}

static void test_composite_cut(struct kunit *test)
{
	struct comp_ea *ea = kunit_kzalloc(test, sizeof(*ea), GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	len = make_composite(ea, good_parts, ARRAY_SIZE(good_parts));
	for (size_t cut = 1; cut < len; cut++) {
		expect(test, ea, cut, LUSTRE_LAYOUT_INVALID, -EINVAL);
		if (cut < sizeof(ea->head))
			continue;
		/* It may say so: then something lies outside. */
		ea->head.lcm_size = cpu_to_le32(cut);
		expect(test, ea, cut, LUSTRE_LAYOUT_INVALID, -EINVAL);
		ea->head.lcm_size = cpu_to_le32(len);
	}
	expect(test, ea, len, LUSTRE_LAYOUT_RAID0, 0);
}

struct parts_case {
	const char		*what;
	struct part		parts[2];
	enum lustre_layout_kind	kind;
	int			io_errno;
};

static const struct parts_case parts_cases[] = {
	{ "one after the other",
	  { { 0, SZ_1M, INIT, 0, 1 }, { SZ_1M, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_RAID0, 0 },
	{ "overlap",
	  { { 0, SZ_1M, INIT, 0, 1 }, { SZ_1M - SZ_64K, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "not sorted",
	  { { SZ_1M, SZ_2M, INIT, 0, 1 }, { 0, SZ_1M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "ends before it begins",
	  { { 0, SZ_1M, INIT, 0, 1 }, { SZ_4M, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "something behind the end of everything",
	  { { 0, LUSTRE_EOF, INIT, 0, 1 }, { SZ_4M, SZ_8M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "a page in two components",
	  { { 0, SZ_1M + 512, INIT, 0, 1 }, { SZ_1M + 512, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "no stripes", { { 0, SZ_1M, INIT, 0, 0 }, { SZ_1M, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "a part that is to grow begins with nothing",
	  { { 0, SZ_1M, INIT, 0, 1 }, { SZ_1M, SZ_1M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_RAID0, 0 },
	{ "extension",
	  { { 0, SZ_1M, INIT, 0, 1 },
	    { SZ_1M, LUSTRE_EOF, LCME_FL_EXTENSION, 0, 1 } },
	  LUSTRE_LAYOUT_RAID0, 0 },
	{ "extension with objects",
	  { { 0, SZ_1M, INIT, 0, 1 },
	    { SZ_1M, LUSTRE_EOF, INIT | LCME_FL_EXTENSION, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "data on the metadata target",
	  { { 0, SZ_1M, INIT, LOV_PATTERN_MDT, 0 }, { SZ_1M, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_RAID0, 0 },
	{ "data on the metadata target, and objects",
	  { { 0, SZ_1M, INIT, LOV_PATTERN_MDT, 0 },
	    { SZ_1M, SZ_2M, INIT, 0, 1 } },
	  LUSTRE_LAYOUT_RAID0, 0 },
	{ "data on the metadata target that do not begin the file",
	  { { 0, SZ_1M, INIT, 0, 1 },
	    { SZ_1M, SZ_2M, INIT, LOV_PATTERN_MDT, 0 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "data on the metadata target of another length",
	  { { 0, SZ_2M, INIT, LOV_PATTERN_MDT, 0 },
	    { SZ_2M, LUSTRE_EOF, 0, 0, 1 } },
	  LUSTRE_LAYOUT_INVALID, -EINVAL },
	{ "data on the metadata target, but lost",
	  { { 0, SZ_1M, INIT, LOV_PATTERN_MDT | LOV_PATTERN_F_HOLE, 0 },
	    { SZ_1M, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ "compressed, some day",
	  { { 0, SZ_1M, INIT, 0, 1 }, { SZ_1M, SZ_2M, 0, 0x801, 1 } },
	  LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ "stale", { { 0, SZ_1M, INIT | LCME_FL_STALE, 0, 1 },
		     { SZ_1M, SZ_2M, 0, 0, 1 } },
	  LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ "parity", { { 0, SZ_1M, INIT, 0, 1 },
		      { SZ_1M, SZ_2M, LCME_FL_PARITY, 0, 1 } },
	  LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP },
	{ "released", { { 0, SZ_1M, INIT, 0x80000001, 1 },
			{ SZ_1M, SZ_2M, INIT, 0x80000001, 1 } },
	  LUSTRE_LAYOUT_UNSUPPORTED, -ENODATA },
};

static void test_composite_parts(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts_cases); i++) {
		const struct parts_case *c = &parts_cases[i];
		struct comp_ea ea;

		kunit_info(test, "%s\n", c->what);
		make_composite(&ea, c->parts, ARRAY_SIZE(c->parts));
		expect_composite(test, &ea, c->kind, c->io_errno);
		ea.head.lcm_magic = cpu_to_le32(LOV_MAGIC_SEL);
		expect_composite(test, &ea, c->kind, c->io_errno);
	}
}

static void test_composite_header(struct kunit *test)
{
	const struct part *parts = good_parts;
	struct lov_comp_md_entry_v1 *e;
	struct comp_ea ea;

	make_composite(&ea, parts, 2);
	ea.head.lcm_entry_count = 0;
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	make_composite(&ea, parts, 2);
	ea.head.lcm_mirror_count = cpu_to_le16(1);
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	ea.head.lcm_flags = cpu_to_le16(LCM_FL_RDONLY);
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	ea.head.lcm_mirror_count = 0;
	expect_composite(test, &ea, LUSTRE_LAYOUT_RAID0, 0);
	ea.head.lcm_flags = cpu_to_le16(LCM_FL_PCC_RDONLY);
	expect_composite(test, &ea, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP);
	make_composite(&ea, parts, 2);
	e = &ea.head.lcm_entries[1];
	e->lcme_id = cpu_to_le32(0x10002);
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	e->lcme_id = 0;
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	make_composite(&ea, parts, 2);
	e->lcme_offset = cpu_to_le32(64);
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	e->lcme_offset = cpu_to_le32(0xfffffff8);
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
	make_composite(&ea, parts, 2);
	part_of(&ea, 1)->lmm_magic = cpu_to_le32(0x12345678);
	expect_composite(test, &ea, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP);
	make_composite(&ea, parts, 2);
	part_of(&ea, 0)->lmm_magic = cpu_to_le32(LOV_MAGIC_FOREIGN);
	expect_composite(test, &ea, LUSTRE_LAYOUT_UNSUPPORTED, -EOPNOTSUPP);
}

/* Many components that name one and the same objects */
static void test_composite_shared(struct kunit *test)
{
	static const struct part parts[] = {
		{ 0, SZ_1M, INIT, 0, 3 }, { SZ_1M, SZ_2M, INIT, 0, 3 },
		{ SZ_2M, SZ_4M, INIT, 0, 3 }, { SZ_4M, SZ_8M, INIT, 0, 3 },
	};
	struct comp_ea ea;
	size_t len;

	make_composite(&ea, parts, ARRAY_SIZE(parts));
	expect_composite(test, &ea, LUSTRE_LAYOUT_RAID0, 0);
	for (u32 i = 1; i < ARRAY_SIZE(parts); i++)
		ea.head.lcm_entries[i].lcme_offset =
			ea.head.lcm_entries[0].lcme_offset;
	len = le32_to_cpu(ea.head.lcm_entries[0].lcme_offset) +
	      le32_to_cpu(ea.head.lcm_entries[0].lcme_size);
	ea.head.lcm_size = cpu_to_le32(len);
	expect_composite(test, &ea, LUSTRE_LAYOUT_INVALID, -EINVAL);
}

/* Whatever a broken server sends: what is usable is so without doubt. */
static void check_sane(struct kunit *test, const struct lustre_layout *layout)
{
	u64 at = 0;
	u32 first = 0;

	if (layout->kind != LUSTRE_LAYOUT_RAID0) {
		KUNIT_ASSERT_EQ(test, layout->nr_stripes, 0);
		return;
	}
	for (u32 i = 0; i < layout->nr_comps; i++) {
		const struct lustre_comp *comp = &layout->comps[i];

		KUNIT_ASSERT_EQ(test, comp->first, first);
		KUNIT_ASSERT_GE(test, comp->extent.start, at);
		KUNIT_ASSERT_GE(test, comp->extent.end, comp->extent.start);
		if (comp->map.count)
			KUNIT_ASSERT_EQ(test, comp->map.size % SZ_64K, 0);
		KUNIT_ASSERT_TRUE(test, !comp->map.count == !comp->map.size);
		first += comp->map.count;
		at = comp->extent.end;
	}
	KUNIT_ASSERT_EQ(test, layout->nr_stripes, first);
}

static void test_composite_mutated(struct kunit *test)
{
	struct comp_ea *ea = kunit_kzalloc(test, sizeof(*ea), GFP_KERNEL);
	static const u8 values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct lustre_layout *layout;
	size_t len;
	void *copy;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	len = make_composite(ea, good_parts, ARRAY_SIZE(good_parts));
	copy = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	for (size_t i = 0; i < len * ARRAY_SIZE(values); i++) {
		memcpy(copy, ea, len);
		((u8 *)copy)[i / ARRAY_SIZE(values)] =
			values[i % ARRAY_SIZE(values)];
		layout = lustre_layout_decode(copy, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
		check_sane(test, layout);
		lustre_layout_put(layout);
	}
}

static struct kunit_case layout_test_cases[] = {
	KUNIT_CASE(test_good),
	KUNIT_CASE(test_cut),
	KUNIT_CASE(test_bad_fields),
	KUNIT_CASE(test_holes),
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_composite),
	KUNIT_CASE(test_composite_cut),
	KUNIT_CASE(test_composite_parts),
	KUNIT_CASE(test_composite_header),
	KUNIT_CASE(test_composite_shared),
	KUNIT_CASE(test_composite_mutated),
	{}
};

static struct kunit_suite layout_test_suite = {
	.name = "lustre_layout",
	.test_cases = layout_test_cases,
};

kunit_test_suite(layout_test_suite);
