// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of an object as they are kept with it.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/string.h>

#include "mdc/linkea.h"
#include "wire.h"

/* What a server has of a file "sel" (recorded) */
static const u8 recorded[] = {
	0xdf, 0xf1, 0xea, 0x11, 0x01, 0x00, 0x00, 0x00, 0x2d, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x15, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x23, 0x43, 0x00, 0x00,
	0x00, 0x1f, 0x00, 0x00, 0x00, 0x00, 0x73, 0x65, 0x6c,
};

/* Room for the head and names that are to be told apart by their lengths */
struct names {
	u8	raw[1024] __aligned(8);
	size_t	len;
};

static void add_name(struct names *n, u32 len)
{
	struct link_ea_header *head = (void *)n->raw;
	struct link_ea_entry *e;

	if (!n->len) {
		n->len = sizeof(*head);
		head->leh_magic = cpu_to_le32(LINK_EA_MAGIC);
	}
	e = (void *)n->raw + n->len;
	e->lee_reclen = cpu_to_be16(sizeof(*e) + len);
	e->lee_parent_seq = cpu_to_be64(0x200000400ULL);
	e->lee_parent_oid = cpu_to_be32(len);
	memset(e->lee_name, 'n', len);
	n->len += sizeof(*e) + len;
	le32_add_cpu(&head->leh_reccount, 1);
	head->leh_len = cpu_to_le64(n->len);
}

static void test_recorded(struct kunit *test)
{
	struct mdc_link link;

	KUNIT_ASSERT_EQ(test, 0, mdc_linkea_get(recorded, sizeof(recorded), 0,
						&link));
	KUNIT_EXPECT_EQ(test, link.parent.seq, 0x200002343ULL);
	KUNIT_EXPECT_EQ(test, link.parent.oid, 0x1fU);
	KUNIT_EXPECT_EQ(test, link.parent.ver, 0U);
	KUNIT_ASSERT_EQ(test, link.len, 3U);
	KUNIT_EXPECT_EQ(test, 0, memcmp(link.name, "sel", 3));
	KUNIT_EXPECT_EQ(test, -ENODATA,
			mdc_linkea_get(recorded, sizeof(recorded), 1, &link));
	KUNIT_EXPECT_EQ(test, -ENODATA,
			mdc_linkea_get(recorded, sizeof(recorded), U32_MAX,
				       &link));
	for (size_t len = 0; len < sizeof(recorded); len++)
		KUNIT_EXPECT_EQ(test, -EPROTO,
				mdc_linkea_get(recorded, len, 0, &link));
}

static void test_many(struct kunit *test)
{
	static const u32 lens[] = { 1, 255, 3, 200, 17 };
	struct names *n = kunit_kzalloc(test, sizeof(*n), GFP_KERNEL);
	struct mdc_link link;

	KUNIT_ASSERT_NOT_NULL(test, n);
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++)
		add_name(n, lens[i]);
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
		KUNIT_ASSERT_EQ(test, 0, mdc_linkea_get(n->raw, n->len, i,
							&link));
		KUNIT_EXPECT_EQ(test, link.len, lens[i]);
		KUNIT_EXPECT_EQ(test, link.parent.oid, lens[i]);
	}
	KUNIT_EXPECT_EQ(test, -ENODATA,
			mdc_linkea_get(n->raw, n->len, ARRAY_SIZE(lens),
				       &link));
}

/* Lengths that are not true */
static void test_broken(struct kunit *test)
{
	struct names *n = kunit_kzalloc(test, sizeof(*n), GFP_KERNEL);
	struct link_ea_header *head;
	struct link_ea_entry *e;
	struct mdc_link link;
	static const u16 reclens[] = {
		0, 1, sizeof(*e) - 1, sizeof(*e), sizeof(*e) + 6,
		sizeof(*e) + 256, 0x8000, U16_MAX,
	};
	static const u64 lens[] = { 0, sizeof(*head) - 1, 1 << 20, U64_MAX };

	KUNIT_ASSERT_NOT_NULL(test, n);
	head = (void *)n->raw;
	e = (void *)(head + 1);
	for (u32 i = 0; i < ARRAY_SIZE(reclens); i++) {
		memset(n, 0, sizeof(*n));
		add_name(n, 5);
		e->lee_reclen = cpu_to_be16(reclens[i]);
		KUNIT_EXPECT_EQ(test, -EPROTO,
				mdc_linkea_get(n->raw, n->len, 0, &link));
	}
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
		memset(n, 0, sizeof(*n));
		add_name(n, 5);
		head->leh_len = cpu_to_le64(lens[i]);
		KUNIT_EXPECT_EQ(test, -EPROTO,
				mdc_linkea_get(n->raw, n->len, 0, &link));
	}
	memset(n, 0, sizeof(*n));
	add_name(n, 5);
	/* more than there are */
	head->leh_reccount = cpu_to_le32(U32_MAX);
	KUNIT_EXPECT_EQ(test, 0, mdc_linkea_get(n->raw, n->len, 0, &link));
	KUNIT_EXPECT_EQ(test, -EPROTO, mdc_linkea_get(n->raw, n->len, 1,
						      &link));
	KUNIT_EXPECT_EQ(test, -EPROTO, mdc_linkea_get(n->raw, n->len,
						      U32_MAX - 1, &link));
	/* what is no name */
	e->lee_name[2] = '/';
	KUNIT_EXPECT_EQ(test, -EPROTO, mdc_linkea_get(n->raw, n->len, 0,
						      &link));
	e->lee_name[2] = 0;
	KUNIT_EXPECT_EQ(test, -EPROTO, mdc_linkea_get(n->raw, n->len, 0,
						      &link));
	head->leh_magic = cpu_to_le32(LINK_EA_MAGIC + 1);
	KUNIT_EXPECT_EQ(test, -EPROTO, mdc_linkea_get(n->raw, n->len, 0,
						      &link));
}

static struct kunit_case linkea_test_cases[] = {
	KUNIT_CASE(test_recorded),
	KUNIT_CASE(test_many),
	KUNIT_CASE(test_broken),
	{}
};

static struct kunit_suite linkea_test_suite = {
	.name		= "lustre-linkea",
	.test_cases	= linkea_test_cases,
};

kunit_test_suite(linkea_test_suite);
