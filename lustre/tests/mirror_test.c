// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors: what is made of their layouts, which one is read, and when one may be
 * written.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/sizes.h>

#include "layout/comp.h"
#include "layout/mirror.h"

#define MAX_PARTS	6

/* A component to be, with one object if it is INIT */
struct part {
	u32	mirror;
	u64	start;
	u64	end;
	u32	flags;
	u32	pattern;
};

#define PART_SIZE	(sizeof(struct lov_mds_md_v1) + \
			 sizeof(struct lov_ost_data_v1))

struct mirror_ea {
	struct lov_comp_md_v1		head;
	struct lov_comp_md_entry_v1	entries[MAX_PARTS];
	u8				parts[MAX_PARTS][PART_SIZE];
};

#define INIT	LCME_FL_INIT
#define STALE	LCME_FL_STALE
#define PREF	LCME_FL_PREF_RD
#define EOF	LUSTRE_EOF

static void make_part(void *at, const struct part *p, u32 ost)
{
	struct lov_mds_md_v1 *lmm = at;
	struct lov_ost_data_v1 *obj = at + sizeof(*lmm);

	lmm->lmm_magic = cpu_to_le32(LOV_MAGIC_V1);
	lmm->lmm_pattern = cpu_to_le32(p->pattern ?: LOV_PATTERN_RAID0);
	lmm->lmm_oi_id = cpu_to_le64(5);
	lmm->lmm_stripe_size = cpu_to_le32(SZ_1M);
	lmm->lmm_stripe_count = cpu_to_le16(1);
	obj->l_ost_oi.oi_id = cpu_to_le64(100 + ost);
	obj->l_ost_idx = cpu_to_le32(ost);
}

static struct lustre_layout *decode(struct kunit *test, u32 flr,
				    const struct part *parts)
{
	struct mirror_ea *ea = kunit_kzalloc(test, sizeof(*ea), GFP_KERNEL);
	struct lustre_layout *layout;
	u32 nr, mirrors = 0;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	for (nr = 0; nr < MAX_PARTS && parts[nr].end; nr++) {
		const struct part *p = &parts[nr];
		struct lov_comp_md_entry_v1 *e = &ea->entries[nr];

		mirrors += !nr || p->mirror != parts[nr - 1].mirror;
		e->lcme_id = cpu_to_le32(p->mirror << 16 | (nr + 1));
		e->lcme_flags = cpu_to_le32(p->flags);
		e->lcme_extent.e_start = cpu_to_le64(p->start);
		e->lcme_extent.e_end = cpu_to_le64(p->end);
		e->lcme_offset = cpu_to_le32(offsetof(struct mirror_ea,
						      parts[nr]));
		e->lcme_size = cpu_to_le32(sizeof(ea->parts[nr]));
		make_part(ea->parts[nr], p, nr);
	}
	ea->head.lcm_magic = cpu_to_le32(LOV_MAGIC_COMP_V1);
	ea->head.lcm_size = cpu_to_le32(sizeof(*ea));
	ea->head.lcm_layout_gen = cpu_to_le32(7);
	ea->head.lcm_flags = cpu_to_le16(flr);
	ea->head.lcm_entry_count = cpu_to_le16(nr);
	ea->head.lcm_mirror_count = cpu_to_le16(mirrors - 1);
	layout = lustre_layout_decode(ea, sizeof(*ea), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	return layout;
}

/* Two mirrors; the first one is in two parts, the second in three. */
static const struct part two[] = {
	{ 1, 0, SZ_1M, INIT }, { 1, SZ_1M, EOF, INIT },
	{ 2, 0, SZ_2M, INIT }, { 2, SZ_2M, SZ_4M, INIT }, { 2, SZ_4M, EOF },
	{}
};

/* Each view has the components and objects of its mirror, and no others. */
static void test_views(struct kunit *test)
{
	struct lustre_layout *layout = decode(test, LCM_FL_RDONLY, two);
	struct lustre_layout *view;
	struct lustre_place place;

	KUNIT_EXPECT_EQ(test, layout->kind, LUSTRE_LAYOUT_RAID0);
	KUNIT_EXPECT_EQ(test, layout->nr_mirrors, 2);
	KUNIT_EXPECT_EQ(test, layout->in_sync, 3);
	KUNIT_EXPECT_EQ(test, layout->mirror, 0);
	KUNIT_EXPECT_EQ(test, layout->nr_comps, 2);
	KUNIT_EXPECT_EQ(test, layout->nr_stripes, 2);
	view = lustre_layout_view(layout, 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, view);
	lustre_layout_put(layout);
	KUNIT_EXPECT_EQ(test, view->mirror, 1);
	KUNIT_EXPECT_EQ(test, view->gen, 7);
	KUNIT_EXPECT_EQ(test, view->nr_comps, 3);
	KUNIT_EXPECT_EQ(test, view->nr_stripes, 2);
	KUNIT_EXPECT_EQ(test, view->mirrors[0].id, 1);
	KUNIT_EXPECT_EQ(test, view->mirrors[1].id, 2);
	for (u32 i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, view->stripes[i].ost_idx, 2 + i);
		KUNIT_ASSERT_TRUE(test, lustre_layout_find(view, i * SZ_2M,
							   &place));
		KUNIT_EXPECT_EQ(test, place.object, i);
	}
	KUNIT_EXPECT_FALSE(test, lustre_layout_find(view, SZ_4M, &place));
	layout = lustre_layout_view(view, 0, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	KUNIT_EXPECT_EQ(test, layout->nr_comps, 2);
	KUNIT_EXPECT_EQ(test, layout->stripes[1].ost_idx, 1);
	lustre_layout_put(view);
	lustre_layout_put(layout);
}

struct decode_case {
	const char	*what;
	u32		flr;
	struct part	parts[MAX_PARTS + 1];
	int		io_errno;
	u32		in_sync;	/* without an error */
};

static const struct decode_case decode_cases[] = {
	{ "the second is stale in part", LCM_FL_WRITE_PENDING,
	  { { 1, 0, EOF, INIT }, { 2, 0, SZ_1M, INIT },
	    { 2, SZ_1M, EOF, INIT | STALE } }, 0, 1 },
	{ "the first is stale", LCM_FL_SYNC_PENDING,
	  { { 1, 0, EOF, INIT | STALE }, { 2, 0, EOF, INIT } }, 0, 2 },
	{ "all are stale", LCM_FL_WRITE_PENDING,
	  { { 1, 0, EOF, INIT | STALE }, { 2, 0, EOF, INIT | STALE } },
	  -EOPNOTSUPP },
	{ "one can't be used", LCM_FL_RDONLY,
	  { { 1, 0, EOF, INIT, 0x801 }, { 2, 0, EOF, INIT },
	    { 3, 0, EOF, INIT | LCME_FL_PARITY } }, 0, 2 },
	{ "one makes no sense", LCM_FL_RDONLY,
	  { { 1, 0, EOF, INIT }, { 2, 0, EOF, INIT, 0x77 } }, -EINVAL },
	{ "one overlaps with itself", LCM_FL_RDONLY,
	  { { 1, 0, EOF, INIT }, { 2, 0, SZ_2M, INIT },
	    { 2, SZ_1M, EOF, INIT } }, -EINVAL },
	{ "one comes twice", LCM_FL_RDONLY,
	  { { 1, 0, SZ_1M, INIT }, { 2, 0, EOF, INIT },
	    { 1, SZ_1M, EOF, INIT } }, -EINVAL },
	{ "no state", LCM_FL_NONE,
	  { { 1, 0, EOF, INIT }, { 2, 0, EOF, INIT } }, -EINVAL },
	{ "not readable but by a cache", LCM_FL_PCC_RDONLY | LCM_FL_RDONLY,
	  { { 1, 0, EOF, INIT }, { 2, 0, EOF, INIT } }, -EOPNOTSUPP },
};

static void test_decode(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(decode_cases); i++) {
		const struct decode_case *c = &decode_cases[i];
		struct lustre_layout *layout = decode(test, c->flr, c->parts);

		kunit_info(test, "%s\n", c->what);
		KUNIT_EXPECT_EQ(test, layout->io_errno,
				c->io_errno);
		KUNIT_EXPECT_EQ(test, layout->in_sync, c->in_sync);
		if (!c->io_errno)
			KUNIT_EXPECT_EQ(test, layout->mirror,
					c->in_sync & 1 ? 0 : 1);
		lustre_layout_put(layout);
	}
}

struct choice_case {
	u32	flags[3];	/* of three mirrors */
	u32	skip;
	u32	down;
	u32	set;		/* any of these is right, and all are taken */
};

static const struct choice_case choice_cases[] = {
	{ { INIT, INIT, INIT }, 0, 0, 7 },
	{ { INIT, INIT, INIT }, 0, 1, 6 },
	{ { INIT, INIT, INIT }, 2, 1, 4 },
	{ { INIT, INIT, INIT }, 6, 1, 1 },
	{ { INIT, INIT, INIT }, 0, 7, 7 },
	{ { INIT, INIT, INIT }, 7, 0, 0 },
	{ { INIT, INIT | STALE, INIT }, 0, 0, 5 },
	{ { INIT, INIT | STALE, INIT }, 5, 0, 0 },
	{ { INIT, INIT | STALE | PREF, INIT }, 0, 0, 5 },
	{ { INIT, INIT | PREF, INIT }, 0, 0, 2 },
	{ { INIT, INIT | PREF, INIT }, 2, 0, 5 },
	{ { INIT, INIT | PREF, INIT }, 0, 2, 2 },
	{ { INIT | PREF, INIT | PREF, INIT }, 0, 1, 2 },
	{ { INIT | PREF, INIT | PREF, INIT }, 0, 3, 3 },
};

static void test_choice(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(choice_cases); i++) {
		const struct choice_case *c = &choice_cases[i];
		struct part parts[4] = {};
		struct lustre_layout *layout;
		u32 set = 0, mirror;

		for (u32 m = 0; m < 3; m++)
			parts[m] = (struct part){ m + 1, 0, EOF, c->flags[m] };
		layout = decode(test, LCM_FL_WRITE_PENDING, parts);
		for (u32 hash = 0; hash < 12; hash++) {
			mirror = lustre_mirror_choose(layout, c->skip, c->down,
						      hash);
			if (mirror != LUSTRE_NO_MIRROR)
				set |= BIT(mirror);
		}
		KUNIT_EXPECT_EQ_MSG(test, set, c->set, "case %zu", i);
		lustre_layout_put(layout);
	}
}

/* Written alone: by state, and by what of the other mirror is stale */
static void test_alone(struct kunit *test)
{
	struct part parts[ARRAY_SIZE(two)];
	struct lustre_layout *layout;

	memcpy(parts, two, sizeof(two));
	for (u32 flr = LCM_FL_RDONLY; flr <= LCM_FL_SYNC_PENDING; flr++) {
		parts[2].flags = INIT | STALE;
		layout = decode(test, flr, parts);
		KUNIT_EXPECT_EQ(test, lustre_mirror_alone(layout, 0, 100),
				flr == LCM_FL_WRITE_PENDING);
		/* To the end of the component, where the other is in sync */
		KUNIT_EXPECT_FALSE(test, lustre_mirror_alone(layout, SZ_1M,
							     SZ_1M));
		KUNIT_EXPECT_FALSE(test, lustre_mirror_alone(layout, 0, SZ_1M));
		lustre_layout_put(layout);
	}
	parts[3].flags = INIT | STALE;
	parts[4].flags = STALE;
	layout = decode(test, LCM_FL_WRITE_PENDING, parts);
	KUNIT_EXPECT_TRUE(test, lustre_mirror_alone(layout, 0, EOF));
	lustre_layout_put(layout);
}

static void test_round(struct kunit *test)
{
	struct lustre_layout *layout = decode(test, LCM_FL_RDONLY, two);
	static const u64 cases[][4] = {
		{ 0, 0, 0, SZ_1M - 1 },
		{ 5, SZ_1M, 0, EOF },
		{ SZ_1M, SZ_1M, SZ_1M, EOF },
		{ SZ_1M - 1, SZ_1M - 1, 0, SZ_1M - 1 },
		{ SZ_4M, EOF, SZ_1M, EOF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 start = cases[i][0], end = cases[i][1];

		lustre_mirror_round(layout, &start, &end);
		KUNIT_EXPECT_EQ(test, start, cases[i][2]);
		KUNIT_EXPECT_EQ(test, end, cases[i][3]);
	}
	lustre_layout_put(layout);
}

static struct kunit_case mirror_test_cases[] = {
	KUNIT_CASE(test_views),
	KUNIT_CASE(test_decode),
	KUNIT_CASE(test_choice),
	KUNIT_CASE(test_alone),
	KUNIT_CASE(test_round),
	{}
};

static struct kunit_suite mirror_test_suite = {
	.name = "lustre_mirror",
	.test_cases = mirror_test_cases,
};

kunit_test_suite(mirror_test_suite);
