// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums of bulk data against known values.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/mm.h>
#include <net/checksum.h>

#include "osc/internal.h"

struct cksum_vector {
	const char	*name;
	u32		flag;
	u32		digits;		/* "123456789" */
	u32		pattern;	/* see cksum_fill() */
	u32		zeros;		/* 4096 of them */
};

static const struct cksum_vector cksum_vectors[] = {
	{ "crc32", OBD_FL_CKSUM_CRC32, 0x340bc6d9, 0xd8d05978, 0x38e3ffee },
	{ "adler", OBD_FL_CKSUM_ADLER, 0x091e01de, 0x4001f06a, 0x10000001 },
	{ "crc32c", OBD_FL_CKSUM_CRC32C, 0xe3069283, 0x728465a9, 0x98f94189 },
};

#define CKSUM_LEN	4096

static void cksum_fill(u8 *p)
{
	for (u32 i = 0; i < CKSUM_LEN; i++)
		p[i] = ((i * i) >> 3) ^ i;
}

static u32 cksum_of(u32 flag, const void *p, size_t len)
{
	u32 sum = osc_cksum_update(flag, osc_cksum_start(flag), 0, p, len);

	return osc_cksum_end(flag, sum);
}

static void test_values(struct kunit *test)
{
	u8 *p = kunit_kzalloc(test, CKSUM_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (size_t i = 0; i < ARRAY_SIZE(cksum_vectors); i++) {
		const struct cksum_vector *v = &cksum_vectors[i];

		KUNIT_EXPECT_EQ_MSG(test, cksum_of(v->flag, "123456789", 9),
				    v->digits, "%s", v->name);
		memset(p, 0, CKSUM_LEN);
		KUNIT_EXPECT_EQ_MSG(test, cksum_of(v->flag, p, CKSUM_LEN),
				    v->zeros, "%s", v->name);
		cksum_fill(p);
		KUNIT_EXPECT_EQ_MSG(test, cksum_of(v->flag, p, CKSUM_LEN),
				    v->pattern, "%s", v->name);
	}
}

/* The sum does not depend on how the data are cut. */
static void test_pieces(struct kunit *test)
{
	static const u32 cuts[] = { 1, 7, 512, 4095 };
	u8 *p = kunit_kzalloc(test, CKSUM_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	cksum_fill(p);
	for (size_t i = 0; i < ARRAY_SIZE(cksum_vectors); i++) {
		const struct cksum_vector *v = &cksum_vectors[i];

		for (size_t c = 0; c < ARRAY_SIZE(cuts); c++) {
			u32 sum = osc_cksum_start(v->flag);

			sum = osc_cksum_update(v->flag, sum, 0, p, cuts[c]);
			sum = osc_cksum_update(v->flag, sum, cuts[c],
					       p + cuts[c],
					       CKSUM_LEN - cuts[c]);
			KUNIT_EXPECT_EQ_MSG(test, osc_cksum_end(v->flag, sum),
					    v->pattern, "%s cut at %u",
					    v->name, cuts[c]);
		}
	}
}

/* Adler-32 of many large bytes overflows 32 bits unless reduced in time. */
static void test_adler_long(struct kunit *test)
{
	const size_t len = SZ_1M;
	u8 *p = kvmalloc(len, GFP_KERNEL);
	u32 a = 1, b = 0;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xff, len);
	for (size_t i = 0; i < len; i++) {
		a = (a + 0xff) % 65521;
		b = (b + a) % 65521;
	}
	KUNIT_EXPECT_EQ(test, cksum_of(OBD_FL_CKSUM_ADLER, p, len),
			b << 16 | a);
	kvfree(p);
}

/* Segments that begin inside a page, end inside one, and span several */
static void test_bvec(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);
	struct bio_vec bv[2];
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, page);
	p = page_address(page);
	for (u32 i = 0; i < 4 * PAGE_SIZE; i++)
		p[i] = i * 7 + (i >> 9);
	bvec_set_page(&bv[0], page, 2 * PAGE_SIZE, 100);
	bvec_set_page(&bv[1], page, PAGE_SIZE, 2 * PAGE_SIZE + 100);
	for (size_t i = 0; i < ARRAY_SIZE(cksum_vectors); i++) {
		u32 flag = cksum_vectors[i].flag;

		KUNIT_EXPECT_EQ(test,
				osc_cksum_bvec(flag, bv, 2, 3 * PAGE_SIZE),
				cksum_of(flag, p + 100, 3 * PAGE_SIZE));
		/* Only what really moved counts. */
		KUNIT_EXPECT_EQ(test,
				osc_cksum_bvec(flag, bv, 2, PAGE_SIZE + 5),
				cksum_of(flag, p + 100, PAGE_SIZE + 5));
	}
	__free_pages(page, 2);
}

struct t10_vector {
	const char	*name;
	u32		flag;
	u32		sum;
};

/* Of the pattern that cksum_fill() makes */
static const struct t10_vector t10_vectors[] = {
	{ "512", OBD_FL_CKSUM_T10IP512, 0x207c0405 },
	{ "4K", OBD_FL_CKSUM_T10IP4K, 0x000a0009 },
};

static u32 t10_bvec(u32 flag, struct page *page, u32 off, u32 len)
{
	struct bio_vec bv;

	bvec_set_page(&bv, page, len, off);
	return osc_cksum_bvec(flag, &bv, 1, len);
}

/* Each sector yields a sum, and these are summed up. */
static void test_t10(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, page);
	p = page_address(page);
	KUNIT_EXPECT_EQ(test, t10_bvec(OBD_FL_CKSUM_T10IP4K, page, 0, 4096),
			0x02ff01ff);
	memcpy(p, "hello, lustre\n", 14);
	KUNIT_EXPECT_EQ(test, t10_bvec(OBD_FL_CKSUM_T10IP4K, page, 0, 14),
			0x013f00f2);
	KUNIT_EXPECT_EQ(test, t10_bvec(OBD_FL_CKSUM_T10IP4K, page, 0, 4096),
			0x013f00f2);
	cksum_fill(p);
	for (size_t i = 0; i < ARRAY_SIZE(t10_vectors); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    t10_bvec(t10_vectors[i].flag, page, 0,
					     CKSUM_LEN),
				    t10_vectors[i].sum, "%s",
				    t10_vectors[i].name);
	__free_page(page);
}

/* Sectors are counted from the start of the page, wherever the data begin. */
static void test_t10_cut(struct kunit *test)
{
	static const u32 ends[] = { 100, 512, 1024, 1100 };
	struct page *page = alloc_page(GFP_KERNEL);
	u8 *p, guards[6];
	__sum16 guard;

	KUNIT_ASSERT_NOT_NULL(test, page);
	p = page_address(page);
	cksum_fill(p);
	for (size_t i = 1; i < ARRAY_SIZE(ends); i++) {
		guard = ip_compute_csum(p + ends[i - 1], ends[i] - ends[i - 1]);
		memcpy(guards + 2 * (i - 1), &guard, sizeof(guard));
	}
	KUNIT_EXPECT_EQ(test, t10_bvec(OBD_FL_CKSUM_T10IP512, page, 100, 1000),
			cksum_of(OBD_FL_CKSUM_ADLER, guards, sizeof(guards)));
	__free_page(page);
}

struct choice {
	u32	types;
	u32	ns[OSC_CKSUM_KINDS];	/* crc32c, crc32, adler, t10ip4K, 512 */
	u32	chosen;
};

static const struct choice choices[] = {
	{ 0, { 1, 1, 1, 1, 1 }, 0 },
	/* twice the time for a stronger one, not more */
	{ OSC_CKSUM_TYPES, { 20, 90, 90, 10, 11 }, OBD_CKSUM_CRC32C },
	{ OSC_CKSUM_TYPES, { 22, 90, 90, 10, 11 }, OBD_CKSUM_T10IP4K },
	{ OSC_CKSUM_TYPES, { 90, 90, 18, 10, 11 }, OBD_CKSUM_ADLER },
	{ OSC_CKSUM_TYPES, { 90, 90, 90, 25, 10 }, OBD_CKSUM_T10IP512 },
	/* what both know, however slow */
	{ OBD_CKSUM_ADLER, { 1, 1, 90, 1, 1 }, OBD_CKSUM_ADLER },
	{ OBD_CKSUM_CRC32, { 1, 90, 1, 1, 1 }, OBD_CKSUM_CRC32 },
	/* a single T10 type is that of the target's disks */
	{ OBD_CKSUM_CRC32C | OBD_CKSUM_T10IP512, { 1, 1, 1, 1, 90 },
	  OBD_CKSUM_T10IP512 },
};

static void test_choice(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    osc_cksum_choose(choices[i].types,
						     choices[i].ns),
				    choices[i].chosen, "%zu", i);
}

static struct kunit_case cksum_test_cases[] = {
	KUNIT_CASE(test_values),
	KUNIT_CASE(test_pieces),
	KUNIT_CASE(test_adler_long),
	KUNIT_CASE(test_bvec),
	KUNIT_CASE(test_t10),
	KUNIT_CASE(test_t10_cut),
	KUNIT_CASE(test_choice),
	{}
};

static struct kunit_suite cksum_test_suite = {
	.name = "lustre_cksum",
	.test_cases = cksum_test_cases,
};

kunit_test_suite(cksum_test_suite);
