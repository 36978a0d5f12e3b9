// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layouts as they are shown to who knows plain ones only.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/slab.h>

#include "layout/user.h"

#define OBJECTS	3

/* A plain layout of OBJECTS objects at @at; its length */
static u32 put_plain(void *at, u32 magic, u32 stripe_size)
{
	struct lov_mds_md_v3 *lmm = at;
	u32 head = magic == LOV_MAGIC_V3 ? sizeof(*lmm) :
					   sizeof(struct lov_mds_md_v1);
	struct lov_ost_data_v1 *obj = at + head;

	lmm->lmm_magic = cpu_to_le32(magic);
	lmm->lmm_pattern = cpu_to_le32(LOV_PATTERN_RAID0);
	lmm->lmm_stripe_size = cpu_to_le32(stripe_size);
	lmm->lmm_stripe_count = cpu_to_le16(OBJECTS);
	for (u32 i = 0; i < OBJECTS; i++)
		obj[i].l_ost_idx = cpu_to_le32(i);
	return head + OBJECTS * sizeof(*obj);
}

static void expect(struct kunit *test, const struct lustre_layout_plain *p,
		   u32 magic, u32 head_len, u32 nr)
{
	KUNIT_EXPECT_EQ(test, le32_to_cpu(p->head.lmm_magic), magic);
	KUNIT_EXPECT_EQ(test, le16_to_cpu(p->head.lmm_stripe_count), OBJECTS);
	KUNIT_EXPECT_EQ(test, p->head_len, head_len);
	KUNIT_ASSERT_EQ(test, p->nr, nr);
	for (u32 i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, le32_to_cpu(p->objects[i].l_ost_idx), i);
}

static void test_plain(struct kunit *test)
{
	void *ea = kunit_kzalloc(test, 256, GFP_KERNEL);
	struct lustre_layout_plain p;
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	len = put_plain(ea, LOV_MAGIC_V1, SZ_1M);
	for (u32 room = 0; room < OBJECTS + 2; room++) {
		KUNIT_ASSERT_EQ(test, 0,
				lustre_layout_plain(ea, len, LOV_MAGIC_V1, room,
						    false, &p));
		expect(test, &p, LOV_MAGIC_V1, 32, min(room, OBJECTS));
	}
	len = put_plain(ea, LOV_MAGIC_V3, SZ_1M);
	KUNIT_ASSERT_EQ(test, 0, lustre_layout_plain(ea, len, LOV_MAGIC_V3,
						     OBJECTS, false, &p));
	expect(test, &p, LOV_MAGIC_V3, 48, OBJECTS);
	/* The name of a pool would take the room of objects. */
	KUNIT_ASSERT_EQ(test, 0, lustre_layout_plain(ea, len, LOV_MAGIC_V1,
						     OBJECTS, false, &p));
	expect(test, &p, LOV_MAGIC_V1, 32, OBJECTS);
	/* Objects that are said to be there, but are not */
	KUNIT_ASSERT_EQ(test, 0, lustre_layout_plain(ea, len - 1, LOV_MAGIC_V3,
						     OBJECTS, false, &p));
	expect(test, &p, LOV_MAGIC_V3, 48, OBJECTS - 1);
}

/* Three components, of which the first two have objects; its length */
static u32 put_composite(void *at)
{
	struct lov_comp_md_v1 *comp = at;
	u32 off = sizeof(*comp) + 3 * sizeof(comp->lcm_entries[0]), len;

	comp->lcm_magic = cpu_to_le32(LOV_MAGIC_COMP_V1);
	comp->lcm_entry_count = cpu_to_le16(3);
	for (u32 i = 0; i < 3; i++) {
		len = put_plain(at + off, i == 1 ? LOV_MAGIC_V3 : LOV_MAGIC_V1,
				(i + 1) * SZ_1M);
		if (i < 2)
			comp->lcm_entries[i].lcme_flags =
				cpu_to_le32(LCME_FL_INIT);
		comp->lcm_entries[i].lcme_offset = cpu_to_le32(off);
		comp->lcm_entries[i].lcme_size = cpu_to_le32(len);
		off += round_up(len, 8);
	}
	comp->lcm_size = cpu_to_le32(off);
	return off;
}

static void test_composite(struct kunit *test)
{
	void *ea = kunit_kzalloc(test, 1024, GFP_KERNEL);
	struct lustre_layout_plain p;
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	len = put_composite(ea);
	KUNIT_ASSERT_EQ(test, 0, lustre_layout_plain(ea, len, LOV_MAGIC_V3, 9,
						     false, &p));
	expect(test, &p, LOV_MAGIC_V3, 48, OBJECTS);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(p.head.lmm_stripe_size), 2 * SZ_1M);
	KUNIT_ASSERT_EQ(test, 0, lustre_layout_plain(ea, len, LOV_MAGIC_V3, 9,
						     true, &p));
	expect(test, &p, LOV_MAGIC_V1, 32, OBJECTS);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(p.head.lmm_stripe_size), 3 * SZ_1M);
}

/* Whatever is shown lies within what came; memory checkers see the rest. */
static void check_within(struct kunit *test, const void *ea, size_t len)
{
	static const u32 magics[] = { LOV_MAGIC_V1, LOV_MAGIC_V3 };
	struct lustre_layout_plain p;

	for (u32 i = 0; i < 4; i++) {
		if (lustre_layout_plain(ea, len, magics[i % 2], U16_MAX, i / 2,
					&p))
			continue;
		KUNIT_ASSERT_LE(test, p.head_len, sizeof(p.head));
		KUNIT_ASSERT_TRUE(test, (const void *)(p.objects + p.nr) <=
					ea + len);
	}
}

static void test_broken(struct kunit *test)
{
	static const u8 values[] = { 0, 1, 8, 0x7f, 0x80, 0xff };
	void *ea = kunit_kzalloc(test, 1024, GFP_KERNEL);
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, ea);
	len = put_composite(ea);
	for (u32 i = 0; i <= len; i++) {
		void *copy = kmemdup(ea, i, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, copy);
		check_within(test, copy, i);
		kfree(copy);
	}
	for (u32 i = 0; i < len * ARRAY_SIZE(values); i++) {
		u8 *copy = kmemdup(ea, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, copy);
		copy[i / ARRAY_SIZE(values)] = values[i % ARRAY_SIZE(values)];
		check_within(test, copy, len);
		kfree(copy);
	}
}

static struct kunit_case user_test_cases[] = {
	KUNIT_CASE(test_plain),
	KUNIT_CASE(test_composite),
	KUNIT_CASE(test_broken),
	{}
};

static struct kunit_suite user_test_suite = {
	.name = "lustre_user",
	.test_cases = user_test_cases,
};

kunit_test_suite(user_test_suite);
