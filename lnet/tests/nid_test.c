// SPDX-License-Identifier: GPL-2.0-only
/*
 * NIDs: text, 64-bit and wire form, with the examples of 01 section 9.1.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "internal.h"

struct nid_text_case {
	const char	*in;
	const char	*out;	/* NULL: must be refused */
	u64		nid4;	/* 0: has none */
};

static const struct nid_text_case nid_text_cases[] = {
	{ "192.168.1.10@tcp", "192.168.1.10@tcp", 0x00020000c0a8010aULL },
	{ "192.168.1.10", "192.168.1.10@tcp", 0x00020000c0a8010aULL },
	{ "192.168.1.10@tcp0", "192.168.1.10@tcp", 0x00020000c0a8010aULL },
	{ "192.168.1.10@tcp3", "192.168.1.10@tcp3", 0x00020003c0a8010aULL },
	{ "10.0.0.1@o2ib65535", "10.0.0.1@o2ib65535", 0x0005ffff0a000001ULL },
	{ "0@lo", "0@lo", LNET_NID4_LO },
	{ "17@gni2", "17@gni2", 0x000d000200000011ULL },
	{ "5@bxi3f1", "5@bxi3f1", 0x0013000100000005ULL },
	{ "2001:db8::5@tcp1", "2001:db8::5@tcp1", 0 },
	{ "2001:DB8:0:0:0:0:0:5", "2001:db8::5@tcp", 0 },
	{ "", NULL, 0 },
	{ "@tcp", NULL, 0 },
	{ "10.0.0.1@", NULL, 0 },
	{ "10.0.0.1@tcpx", NULL, 0 },
	{ "10.0.0.1@tcp65536", NULL, 0 },
	{ "10.0.0.1@tcp000001", NULL, 0 },
	{ "10.0.0.1@nonet", NULL, 0 },
	{ "10.0.0@tcp", NULL, 0 },
	{ "10.0.0.256@tcp", NULL, 0 },
	{ "10.0.0.1 @tcp", NULL, 0 },
	{ "1@lo", NULL, 0 },
	{ "0@lo1", NULL, 0 },
	{ "2001:db8::5::1@tcp", NULL, 0 },
	{ "2001:db8::5@lo", NULL, 0 },
	{ "4294967296@gni", NULL, 0 },
	{ "1111111111111111111111111111111111111111111111111111111111111111@tcp",
	  NULL, 0 },
};

static void test_nid_text(struct kunit *test)
{
	char buf[LNET_NIDSTR_SIZE];
	struct lnet_nid nid, back;
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(nid_text_cases); i++) {
		const struct nid_text_case *c = &nid_text_cases[i];

		ret = lnet_nid_parse(c->in, strlen(c->in), &nid);
		if (!c->out) {
			KUNIT_EXPECT_EQ_MSG(test, ret, -EINVAL, "%s", c->in);
			continue;
		}
		KUNIT_ASSERT_EQ_MSG(test, ret, 0, "%s", c->in);
		KUNIT_EXPECT_STREQ(test, lnet_nid_print(&nid, buf), c->out);
		if (!c->nid4) {
			KUNIT_EXPECT_EQ(test, lnet_nid_to_nid4(&nid),
					LNET_NID4_ANY);
			continue;
		}
		KUNIT_EXPECT_EQ(test, lnet_nid_to_nid4(&nid), c->nid4);
		lnet_nid_from_nid4(&back, c->nid4);
		KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&nid, &back));
	}
}

/* The bytes of 01 section 9.1 */
static void test_nid_wire(struct kunit *test)
{
	static const u8 four[20] = { 0, 2, 0, 0, 0xc0, 0xa8, 1, 0x0a };
	static const u8 six[20] = {
		0x0c, 2, 0, 1, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 5,
	};
	struct lnet_nid nid;

	KUNIT_ASSERT_EQ(test, lnet_nid_parse("192.168.1.10@tcp", 16, &nid), 0);
	KUNIT_EXPECT_MEMEQ(test, &nid, four, 20);
	KUNIT_ASSERT_EQ(test, lnet_nid_parse("2001:db8::5@tcp1", 16, &nid), 0);
	KUNIT_EXPECT_MEMEQ(test, &nid, six, 20);
}

static void test_nid_hostile(struct kunit *test)
{
	struct lnet_nid wire = { .nid_type = LNET_LND_SOCKLND };
	struct lnet_nid nid;
	int size;

	for (size = 0; size < 256; size++) {
		wire.nid_size = size;
		KUNIT_EXPECT_EQ(test, lnet_nid_from_wire(&nid, &wire),
				size == 0 || size == 12 ? 0 : -EPROTO);
	}
	wire.nid_type = LNET_NID_TYPE_ANY;
	KUNIT_EXPECT_EQ(test, lnet_nid_from_wire(&nid, &wire), 0);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&nid, &lnet_nid_any));
}

/* Bytes behind a four-byte address must not tell NIDs apart */
static void test_nid_equal(struct kunit *test)
{
	struct lnet_nid a, b;

	lnet_nid_from_nid4(&a, 0x00020000c0a8010aULL);
	b = a;
	b.nid_addr[3] = cpu_to_be32(1);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&a, &b));
	KUNIT_EXPECT_EQ(test, lnet_nid_hash(&a), lnet_nid_hash(&b));
	b.nid_size = 12;
	KUNIT_EXPECT_FALSE(test, lnet_nid_equal(&a, &b));
	lnet_nid_from_nid4(&b, 0x00020000c0a8010bULL);
	KUNIT_EXPECT_LT(test, lnet_nid_cmp(&a, &b), 0);
	KUNIT_EXPECT_FALSE(test, lnet_nid_equal(&a, &lnet_nid_any));
}

static struct kunit_case lnet_nid_cases[] = {
	KUNIT_CASE(test_nid_text),
	KUNIT_CASE(test_nid_wire),
	KUNIT_CASE(test_nid_hostile),
	KUNIT_CASE(test_nid_equal),
	{}
};

static struct kunit_suite lnet_nid_suite = {
	.name		= "lnet_nid",
	.test_cases	= lnet_nid_cases,
};

kunit_test_suite(lnet_nid_suite);

MODULE_DESCRIPTION("KUnit tests for LNet");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
