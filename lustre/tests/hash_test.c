// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names to stripes of striped directories: the vectors of 09 section 12.2.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "mdc/hash.h"

struct hash_case {
	const char	*name;
	u8		all4;
	u8		fnv4, fnv7;
	u8		crush4, crush7;
	u8		crush2_4, crush2_7;
};

static const struct hash_case hash_cases[] = {
	{ "a",				1, 0, 5, 2, 6, 2, 6 },
	{ "foo",			0, 3, 2, 1, 1, 1, 1 },
	{ "foo.bak",			0, 3, 3, 1, 1, 1, 1 },
	{ "foo~",			2, 3, 3, 1, 1, 1, 1 },
	{ "foo.orig",			3, 2, 0, 1, 1, 1, 1 },
	{ ".foo.Ab3dEf",		1, 0, 0, 1, 1, 1, 1 },
	{ "foo.A1b2C3d4",		2, 3, 0, 1, 1, 1, 1 },
	{ ".foo.123456",		1, 0, 5, 1, 1, 0, 0 },
	{ ".foo.abcdef",		1, 0, 5, 3, 3, 3, 3 },
	{ "foo.12345678",		2, 3, 1, 1, 1, 2, 6 },
	{ "foo.log.a.b1",		0, 1, 2, 1, 1, 2, 5 },
	{ "file.mdtest.12.12345",	1, 2, 3, 3, 3, 2, 2 },
	{ "output.6334.log",		3, 2, 6, 3, 3, 3, 4 },
	{ "Makefile",			2, 1, 6, 2, 6, 2, 6 },
};

static u32 stripe_of(struct kunit *test, u32 type, const char *name, u32 count)
{
	u32 index = ~0;

	KUNIT_EXPECT_EQ_MSG(test, 0, mdc_hash_stripe(type, name, strlen(name),
						     count, &index),
			    "%s type %u", name, type);
	return index;
}

static void hash_vectors(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hash_cases); i++) {
		const struct hash_case *c = &hash_cases[i];

		KUNIT_EXPECT_EQ_MSG(test, c->all4,
				    stripe_of(test, MDC_HASH_ALL_CHARS,
					      c->name, 4), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->fnv4,
				    stripe_of(test, MDC_HASH_FNV_1A_64,
					      c->name, 4), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->fnv7,
				    stripe_of(test, MDC_HASH_FNV_1A_64,
					      c->name, 7), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->crush4,
				    stripe_of(test, MDC_HASH_CRUSH,
					      c->name, 4), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->crush7,
				    stripe_of(test, MDC_HASH_CRUSH,
					      c->name, 7), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->crush2_4,
				    stripe_of(test, MDC_HASH_CRUSH2,
					      c->name, 4), "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, c->crush2_7,
				    stripe_of(test, MDC_HASH_CRUSH2,
					      c->name, 7), "%s", c->name);
	}
}

static void hash_primitives(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0xaf63dc4c8601ec8cULL, mdc_hash_fnv("a", 1));
	KUNIT_EXPECT_EQ(test, 0xdcb27518fed9d577ULL, mdc_hash_fnv("foo", 3));
	KUNIT_EXPECT_EQ(test, 430787817U, mdc_hash_jenkins(0, 0));
	KUNIT_EXPECT_EQ(test, 2124561019U, mdc_hash_jenkins(1, 0));
	KUNIT_EXPECT_EQ(test, 1639778394U, mdc_hash_jenkins(4095, 3));
}

static void hash_limits(struct kunit *test)
{
	char name[255];
	u32 index, type;

	memset(name, 0xff, sizeof(name));
	for (type = MDC_HASH_ALL_CHARS; type <= MDC_HASH_CRUSH2; type++) {
		KUNIT_EXPECT_EQ(test, 0, stripe_of(test, type, "x", 1));
		KUNIT_EXPECT_EQ(test, 0, mdc_hash_stripe(type, name,
							 sizeof(name), 3,
							 &index));
		KUNIT_EXPECT_LT(test, index, 3U);
	}
	KUNIT_EXPECT_EQ(test, -EBADF, mdc_hash_stripe(0, "x", 1, 2, &index));
	KUNIT_EXPECT_EQ(test, -EBADF, mdc_hash_stripe(5, "x", 1, 2, &index));
	KUNIT_EXPECT_EQ(test, -EINVAL, mdc_hash_stripe(2, "x", 1, 0, &index));
	KUNIT_EXPECT_EQ(test, -EINVAL, mdc_hash_stripe(2, "", 0, 2, &index));
}

static struct kunit_case hash_test_cases[] = {
	KUNIT_CASE(hash_vectors),
	KUNIT_CASE(hash_primitives),
	KUNIT_CASE(hash_limits),
	{}
};

static struct kunit_suite hash_test_suite = {
	.name		= "lustre-name-hash",
	.test_cases	= hash_test_cases,
};

kunit_test_suite(hash_test_suite);
