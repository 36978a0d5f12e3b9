// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metadata requests: what must be in them. Replies: what directories are like.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "mdc/internal.h"

static const struct lustre_fid fid = { .seq = FID_SEQ_NORMAL, .oid = 1 };

/* Servers look for an object only if they are told that there is one. */
static void mdc_body_says_fid(struct kunit *test)
{
	static const u64 wanted[] = {
		0, OBD_MD_FLXATTR, OBD_MD_FLXATTRLS, OBD_MD_LINKNAME, MDC_WANT,
	};
	struct mdt_body body;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		memset(&body, 0, sizeof(body));
		mdc_pack_body(&body, NULL, &fid, wanted[i], 0);
		KUNIT_EXPECT_EQ(test, le64_to_cpu(body.mbo_valid),
				wanted[i] | OBD_MD_FLID);
	}
	memset(&body, 0, sizeof(body));
	mdc_pack_body(&body, NULL, NULL, OBD_MD_FLAGSTATFS, 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body.mbo_valid), OBD_MD_FLAGSTATFS);
}

struct stripes_case {
	u32	mode;
	u64	valid;
	u32	lmv_magic;
	u32	lmv_count;
	u32	lmv_len;
	s32	dmv_count;
	u32	dmv_len;
	u32	want;
};

#define MEA	OBD_MD_MEA
#define DMEA	OBD_MD_DEFAULT_MEA
#define LMV_LEN	((u32)sizeof(struct lmv_mds_md_v1))
#define DMV_LEN	((u32)sizeof(struct lmv_user_md))

static const struct stripes_case stripes_cases[] = {
	{ S_IFREG, MEA | DMEA, LMV_MAGIC_V1, 2, LMV_LEN, 2, DMV_LEN, 0 },
	{ S_IFDIR, 0, LMV_MAGIC_V1, 2, LMV_LEN, 2, DMV_LEN, MDC_DIR_KNOWN },
	{ S_IFDIR, MEA, LMV_MAGIC_V1, 2, LMV_LEN, 0, 0,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPED },
	{ S_IFDIR, MEA, LMV_MAGIC_V1, 1, LMV_LEN, 0, 0,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPED },
	{ S_IFDIR, MEA, LMV_MAGIC_V1, 0, LMV_LEN, 0, 0, MDC_DIR_KNOWN },
	{ S_IFDIR, MEA, LMV_MAGIC_STRIPE, 0, LMV_LEN, 0, 0,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPED },
	{ S_IFDIR, MEA, LMV_MAGIC_FOREIGN, 0, LMV_LEN, 0, 0,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPED },
	{ S_IFDIR, MEA, LMV_MAGIC_V1, 0, LMV_LEN - 1, 0, 0,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPED },
	{ S_IFDIR, MEA, 0, 0, 0, 0, 0, MDC_DIR_KNOWN | MDC_DIR_STRIPED },
	/* Every root of 2.15 and later: no stripes, and 48 zero bytes */
	{ S_IFDIR, DMEA, 0, 0, 48, 1, DMV_LEN, MDC_DIR_KNOWN },
	{ S_IFDIR, DMEA, 0, 0, 48, 0, DMV_LEN, MDC_DIR_KNOWN },
	{ S_IFDIR, DMEA, 0, 0, 48, 2, DMV_LEN,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPES },
	{ S_IFDIR, DMEA, 0, 0, 48, -1, DMV_LEN,
	  MDC_DIR_KNOWN | MDC_DIR_STRIPES },
	{ S_IFDIR, DMEA, 0, 0, 0, 2, DMV_LEN - 1, MDC_DIR_KNOWN },
	{ S_IFDIR, DMEA, 0, 0, 0, 0, 0, MDC_DIR_KNOWN },
};

static void mdc_dir_stripes(struct kunit *test)
{
	const struct stripes_case *c;
	struct lmv_mds_md_v1 lmv = {};
	struct lmv_user_md dmv = {};
	struct mdc_attr attr = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stripes_cases); i++) {
		c = &stripes_cases[i];
		attr.mode = c->mode;
		attr.valid = c->valid | OBD_MD_FLTYPE;
		lmv.lmv_magic = cpu_to_le32(c->lmv_magic);
		lmv.lmv_stripe_count = cpu_to_le32(c->lmv_count);
		dmv.lum_stripe_count = cpu_to_le32(c->dmv_count);
		mdc_take_stripes(&attr, c->lmv_len ? &lmv : NULL, c->lmv_len,
				 c->dmv_len ? &dmv : NULL, c->dmv_len);
		KUNIT_EXPECT_EQ_MSG(test, attr.stripes, c->want, "case %zu", i);
	}
}

/* A layout of two components, in exactly the memory that it needs */
#define WALK_LEN	(32 + 2 * 48 + 32 + 48)

static struct lov_comp_md_v1 *walk_layout(struct kunit *test)
{
	struct lov_comp_md_v1 *comp = kunit_kzalloc(test, WALK_LEN, GFP_KERNEL);
	static const u32 magics[] = { LOV_MAGIC_V1, LOV_MAGIC_V3 };
	static const u32 sizes[] = { 32, 48 };
	u32 at = 32 + 2 * 48;

	KUNIT_ASSERT_NOT_NULL(test, comp);
	comp->lcm_magic = cpu_to_le32(LOV_MAGIC_COMP_V1);
	comp->lcm_entry_count = cpu_to_le16(2);
	for (int i = 0; i < 2; i++) {
		struct lov_mds_md_v1 *lmm = (void *)comp + at;

		lmm->lmm_magic = cpu_to_le32(magics[i]);
		comp->lcm_entries[i].lcme_offset = cpu_to_le32(at);
		comp->lcm_entries[i].lcme_size = cpu_to_le32(sizes[i]);
		at += sizes[i];
	}
	return comp;
}

/* What is replayed, or shown, names no first target in any of its parts. */
static void mdc_layout_parts_any(struct kunit *test)
{
	struct lov_comp_md_v1 *comp = walk_layout(test);
	struct lov_mds_md_v1 *lmm;

	KUNIT_EXPECT_TRUE(test, mdc_layout_walk(comp, WALK_LEN, false));
	for (int i = 0; i < 2; i++) {
		lmm = (void *)comp + le32_to_cpu(comp->lcm_entries[i].lcme_offset);
		KUNIT_EXPECT_EQ(test, le16_to_cpu(lmm->lmm_stripe_offset), 0);
	}
	KUNIT_EXPECT_TRUE(test, mdc_layout_walk(comp, WALK_LEN, true));
	for (int i = 0; i < 2; i++) {
		lmm = (void *)comp + le32_to_cpu(comp->lcm_entries[i].lcme_offset);
		KUNIT_EXPECT_EQ(test, le16_to_cpu(lmm->lmm_stripe_offset),
				LOV_OFFSET_DEFAULT);
	}
}

static void mdc_layout_parts_bad(struct kunit *test)
{
	static const u32 offsets[] = { 0, 32, 31 + 2 * 48, WALK_LEN - 8,
				       WALK_LEN, U32_MAX - 7, U32_MAX };
	struct lov_comp_md_v1 *comp = walk_layout(test);
	__le32 good = comp->lcm_entries[1].lcme_offset;

	for (size_t len = 0; len < WALK_LEN; len++)
		KUNIT_EXPECT_FALSE(test, mdc_layout_walk(comp, len, true));
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		comp->lcm_entries[1].lcme_offset = cpu_to_le32(offsets[i]);
		KUNIT_EXPECT_FALSE(test, mdc_layout_walk(comp, WALK_LEN, true));
	}
	comp->lcm_entries[1].lcme_offset = good;
	comp->lcm_entry_count = cpu_to_le16(0xffff);
	KUNIT_EXPECT_FALSE(test, mdc_layout_walk(comp, WALK_LEN, true));
	comp->lcm_entry_count = 0;
	KUNIT_EXPECT_FALSE(test, mdc_layout_walk(comp, WALK_LEN, true));
}

static struct kunit_case mdc_cases[] = {
	KUNIT_CASE(mdc_layout_parts_any),
	KUNIT_CASE(mdc_layout_parts_bad),
	KUNIT_CASE(mdc_body_says_fid),
	KUNIT_CASE(mdc_dir_stripes),
	{}
};

static struct kunit_suite mdc_suite = {
	.name		= "lustre-mdc",
	.test_cases	= mdc_cases,
};

kunit_test_suite(mdc_suite);
