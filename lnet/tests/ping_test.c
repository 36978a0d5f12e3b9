// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ping replies: ours, and those of good and of hostile peers.
 */
#include <kunit/test.h>

#include "internal.h"

static void parse(struct kunit *test, const char *text, struct lnet_nid *nid)
{
	KUNIT_ASSERT_EQ(test, lnet_nid_parse(text, strlen(text), nid), 0);
}

/* Sizes and features as in 01 sections 9.3 and 9.6 */
static void test_ping_own(struct kunit *test)
{
	struct lnet_nid nid, nids[4];
	u64 buf[8];
	struct lnet_ping_info *info = (struct lnet_ping_info *)buf;

	parse(test, "192.168.1.10@tcp", &nid);
	KUNIT_EXPECT_EQ(test, lnet_ping_pack(&nid, buf), 48);
	KUNIT_EXPECT_EQ(test, info->pi_features, 0x06);
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 48, nids, 4), 1);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&nid, &nids[0]));

	parse(test, "2001:db8::5@tcp", &nid);
	KUNIT_EXPECT_EQ(test, lnet_ping_pack(&nid, buf), 56);
	KUNIT_EXPECT_EQ(test, info->pi_features, 0x66);
	KUNIT_EXPECT_EQ(test, info->pi_ni[0].ns_msg_size, 56);
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 56, nids, 4), 1);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&nid, &nids[0]));
}

static void test_ping_swabbed(struct kunit *test)
{
	struct lnet_nid nid, nids[4];
	u64 buf[8];
	struct lnet_ping_info *info = (struct lnet_ping_info *)buf;

	parse(test, "192.168.1.10@tcp", &nid);
	lnet_ping_pack(&nid, buf);
	info->pi_magic = swab32(info->pi_magic);
	info->pi_features = swab32(info->pi_features);
	info->pi_nnis = swab32(info->pi_nnis);
	info->pi_ni[0].ns_nid = swab64(info->pi_ni[0].ns_nid);
	info->pi_ni[1].ns_nid = swab64(info->pi_ni[1].ns_nid);
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 48, nids, 4), 1);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&nid, &nids[0]));
}

/* Each length, and each byte of both forms set to each extreme: any result but
 * reading or writing out of bounds, which the sanitizer tells
 */
static void test_ping_hostile(struct kunit *test)
{
	static const u8 values[] = { 0, 1, 0x0c, 0x0d, 0x7f, 0x80, 0xff };
	struct lnet_nid nid, *nids;
	size_t len, cut, i, j, k;
	u64 good[8];
	u8 *bad;
	int ret;

	nids = kunit_kcalloc(test, 4, sizeof(*nids), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nids);
	for (k = 0; k < 2; k++) {
		parse(test, k ? "2001:db8::5@tcp" : "10.0.0.1@tcp", &nid);
		len = lnet_ping_pack(&nid, good);
		for (cut = 0; cut <= len; cut++) {
			bad = kunit_kmalloc(test, cut ?: 1, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, bad);
			memcpy(bad, good, cut);
			ret = lnet_ping_unpack(bad, cut, nids, 4);
			KUNIT_EXPECT_LE(test, ret, 1);
			if (cut < 32)
				KUNIT_EXPECT_EQ(test, ret, -EPROTO);
			for (i = 0; i < cut * ARRAY_SIZE(values); i++) {
				j = i / ARRAY_SIZE(values);
				bad[j] = values[i % ARRAY_SIZE(values)];
				lnet_ping_unpack(bad, cut, nids, 4);
				bad[j] = ((u8 *)good)[j];
			}
			kunit_kfree(test, bad);
		}
	}
}

static void test_ping_must_have(struct kunit *test)
{
	struct lnet_nid nid, nids[4];
	u64 buf[8];
	struct lnet_ping_info *info = (struct lnet_ping_info *)buf;

	parse(test, "192.168.1.10@tcp", &nid);
	lnet_ping_pack(&nid, buf);
	info->pi_features &= ~LNET_PING_FEAT_NI_STATUS;
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 48, nids, 4), -EPROTO);
	lnet_ping_pack(&nid, buf);
	info->pi_nnis = 0;
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 48, nids, 4), -EPROTO);
	info->pi_nnis = LNET_PING_MAX_NIDS + 1;
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 48, nids, 4), -EPROTO);
	lnet_ping_pack(&nid, buf);
	info->pi_ni[0].ns_nid = info->pi_ni[1].ns_nid;
	KUNIT_EXPECT_EQ(test, lnet_ping_unpack(buf, 48, nids, 4), -EPROTO);
}

static struct kunit_case lnet_ping_cases[] = {
	KUNIT_CASE(test_ping_own),
	KUNIT_CASE(test_ping_swabbed),
	KUNIT_CASE(test_ping_hostile),
	KUNIT_CASE(test_ping_must_have),
	{}
};

static struct kunit_suite lnet_ping_suite = {
	.name		= "lnet_ping",
	.test_cases	= lnet_ping_cases,
};

kunit_test_suite(lnet_ping_suite);
