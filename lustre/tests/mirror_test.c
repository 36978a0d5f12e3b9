// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors: what is made of their layouts, which one is read, and when one may be
 * written.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/bitops.h>
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
	{ "each is stale in part", LCM_FL_WRITE_PENDING,
	  { { 1, 0, SZ_1M, INIT }, { 1, SZ_1M, EOF, INIT | STALE },
	    { 2, 0, SZ_2M, INIT | STALE }, { 2, SZ_2M, EOF, INIT },
	    { 3, 0, EOF, STALE } }, -EOPNOTSUPP },
	{ "each is stale in part, and another there", LCM_FL_WRITE_PENDING,
	  { { 1, 0, SZ_2M, INIT }, { 1, SZ_2M, EOF, INIT | STALE },
	    { 2, 0, SZ_1M, INIT | STALE }, { 2, SZ_1M, EOF, INIT },
	    { 3, 0, EOF, STALE } }, 0, 3 },
	{ "what the other has can't be used", LCM_FL_WRITE_PENDING,
	  { { 1, 0, SZ_1M, INIT }, { 1, SZ_1M, EOF, INIT | STALE },
	    { 2, 0, EOF, INIT, 0x801 } }, -EOPNOTSUPP },
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

/* --------------------------------------- mirrors that are stale in part -- */

/*
 * A file of four blocks, the last without an end; two mirrors of three
 * components each, which begin and end anywhere and are stale in any
 * combination.
 */
#define BLOCKS		4
#define OWN		3
#define NO_PART		(~0U)

struct patch_file {
	struct part	parts[2 * OWN + 1];
	u32		blocks[2 * OWN];	/* bit mask, of each part */
};

static void patch_make(struct patch_file *f, u32 shape, u32 stale)
{
	static const u8 cuts[OWN][OWN + 1] = {
		{ 0, 1, 2, 4 }, { 0, 1, 3, 4 }, { 0, 2, 3, 4 },
	};

	memset(f, 0, sizeof(*f));
	for (u32 i = 0; i < 2 * OWN; i++) {
		const u8 *cut = &cuts[i < OWN ? shape / OWN : shape % OWN]
				     [i % OWN];

		f->blocks[i] = GENMASK(cut[1] - 1, cut[0]);
		f->parts[i] = (struct part){
			.mirror	= 1 + i / OWN,
			.start	= cut[0] * SZ_1M,
			.end	= cut[1] == BLOCKS ? EOF : cut[1] * SZ_1M,
			.flags	= INIT | (stale & BIT(i) ? STALE : 0),
		};
	}
}

/* The part of a mirror that has a block and is in sync, or NO_PART */
static u32 patch_fresh(const struct patch_file *f, u32 mirror, u32 block)
{
	for (u32 i = mirror * OWN; i < (mirror + 1) * OWN; i++)
		if (f->blocks[i] & BIT(block) && !(f->parts[i].flags & STALE))
			return i;
	return NO_PART;
}

/* What is to be seen of a block by who reads a mirror */
static u32 patch_seen(const struct patch_file *f, u32 mirror, u32 block)
{
	u32 own = patch_fresh(f, mirror, block);

	return own == NO_PART ? patch_fresh(f, !mirror, block) : own;
}

/* Could a mirror be read: some of its own, all of the rest, nothing twice? */
static bool patch_possible(const struct patch_file *f, u32 mirror)
{
	u32 seen[2 * OWN] = {}, own = 0;

	for (u32 b = 0; b < BLOCKS; b++) {
		u32 part = patch_seen(f, mirror, b);

		if (part == NO_PART)
			return false;
		seen[part] |= BIT(b);
		own += part / OWN == mirror;
	}
	for (u32 i = 0; i < 2 * OWN; i++) {
		u32 at = seen[i] ? seen[i] >> __ffs(seen[i]) : 0;

		if (at & (at + 1))
			return false;
	}
	return own;
}

/* Which may be read?  If there is one that needs no other, those alone. */
static u32 patch_readable(const struct patch_file *f)
{
	u32 whole = 0, part = 0;

	for (u32 m = 0; m < 2; m++) {
		u32 stale = 0;

		for (u32 i = m * OWN; i < (m + 1) * OWN; i++)
			stale |= f->parts[i].flags & STALE;
		whole |= stale ? 0 : BIT(m);
		part |= patch_possible(f, m) ? BIT(m) : 0;
	}
	return whole ?: part;
}

/* May blocks be written without a word, to what is seen of them? */
static bool patch_alone(const struct patch_file *f, u32 mirror, u32 first,
			u32 last)
{
	u32 s = first, e = last;

	for (u32 b = first; b <= last; b++) {
		u32 all = f->blocks[patch_seen(f, mirror, b)];

		s = min_t(u32, s, __ffs(all));
		e = max_t(u32, e, __fls(all));
	}
	for (u32 b = s; b <= e; b++)
		for (u32 m = 0; m < 2; m++) {
			u32 part = patch_fresh(f, m, b);

			if (part != NO_PART && part != patch_seen(f, mirror, b))
				return false;
		}
	return true;
}

static void patch_check(struct kunit *test, const struct patch_file *f,
			const struct lustre_layout *view, u32 m)
{
	struct lustre_place place;

	for (u32 b = 0; b < BLOCKS; b++) {
		if (!lustre_layout_find(view, b * SZ_1M + 5, &place)) {
			KUNIT_FAIL(test, "block %u is not there", b);
			continue;
		}
		/* Parts have one object each, on the target of their number. */
		KUNIT_EXPECT_EQ(test, view->stripes[place.object].ost_idx,
				patch_seen(f, m, b));
		KUNIT_EXPECT_PTR_EQ(test, lustre_layout_comp(view, place.object),
				    place.comp);
		for (u32 e = b; e < BLOCKS; e++)
			KUNIT_EXPECT_EQ(test,
					lustre_mirror_alone(view, b * SZ_1M + 7,
							    e * SZ_1M + 9),
					patch_alone(f, m, b, e));
	}
}

static void test_patches(struct kunit *test)
{
	for (u32 shape = 0; shape < OWN * OWN; shape++)
		for (u32 stale = 0; stale < BIT(2 * OWN); stale++) {
			struct lustre_layout *layout, *view;
			struct patch_file f;
			u32 in_sync;

			patch_make(&f, shape, stale);
			layout = decode(test, LCM_FL_WRITE_PENDING, f.parts);
			in_sync = patch_readable(&f);
			KUNIT_EXPECT_EQ_MSG(test, layout->in_sync, in_sync,
					    "shape %u stale %#x", shape, stale);
			KUNIT_EXPECT_EQ(test, layout->io_errno,
					in_sync ? 0 : -EOPNOTSUPP);
			if (in_sync)
				patch_check(test, &f, layout, layout->mirror);
			for (u32 m = 0; m < 2; m++) {
				if (!(layout->in_sync & BIT(m)))
					continue;
				view = lustre_layout_to_read(layout, m,
							     GFP_KERNEL);
				KUNIT_ASSERT_NOT_ERR_OR_NULL(test, view);
				KUNIT_EXPECT_EQ(test, view->mirror, m);
				patch_check(test, &f, view, m);
				lustre_layout_put(view);
			}
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
	KUNIT_CASE(test_patches),
	KUNIT_CASE(test_alone),
	KUNIT_CASE(test_round),
	{}
};

static struct kunit_suite mirror_test_suite = {
	.name = "lustre_mirror",
	.test_cases = mirror_test_cases,
};

kunit_test_suite(mirror_test_suite);
