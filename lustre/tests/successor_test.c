// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names that are counted.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "mdc/mdc.h"
#include "successor.h"

struct follow_case {
	const char	*prev;
	const char	*name;
	unsigned int	ahead;
	const char	*next;		/* NULL: @name does not follow */
};

static const struct follow_case follow_cases[] = {
	{ "f1", "f2", 1, "f3" },
	{ "f8", "f9", 1, "f10" },
	{ "f9", "f10", 90, "f100" },
	{ "f0009", "f0010", 1, "f0011" },
	{ "f0098", "f0099", 1, "f0100" },
	{ "7", "8", 5, "13" },
	{ "099", "100", 1, "101" },
	{ "img12.mp3", "img13.mp3", 4, "img17.mp3" },
	{ "a9b9", "a9b10", 1, "a9b11" },
	{ "a9b9", "a10b9", 1, "a11b9" },
	{ "x.1.2", "x.2.2", 8, "x.10.2" },
	{ "f1", "f1", 0, NULL },
	{ "f1", "f3", 0, NULL },
	{ "f2", "f1", 0, NULL },
	{ "f09", "f10x", 0, NULL },
	{ "f9", "f010", 0, NULL },
	{ "f99", "f0100", 0, NULL },
	{ "f", "f1", 0, NULL },
	{ "", "1", 0, NULL },
	{ "", "", 0, NULL },
	{ "a1", "b2", 0, NULL },
	{ "x1a", "x2b", 0, NULL },
	{ "x1", "x1234567890123456789", 0, NULL },
	{ "999999999999999998", "999999999999999999", 1, "" },
	{ "9999999999999999998", "9999999999999999999", 0, NULL },
};

static void successor_follow(struct kunit *test)
{
	char next[MDC_NAME_MAX + 1];
	struct sa_count count;
	unsigned int len;
	bool follows;
	int i;

	for (i = 0; i < ARRAY_SIZE(follow_cases); i++) {
		const struct follow_case *c = &follow_cases[i];

		follows = sa_name_follows(c->prev, strlen(c->prev), c->name,
					  strlen(c->name), &count);
		KUNIT_EXPECT_EQ_MSG(test, !!c->next, follows, "%s %s", c->prev,
				    c->name);
		if (!c->next || !follows)
			continue;
		len = sa_name_next(c->name, strlen(c->name), &count, c->ahead,
				   next);
		next[len] = '\0';
		KUNIT_EXPECT_STREQ(test, c->next, next);
	}
}

/* The longest names: what follows may be too long. */
static void successor_long(struct kunit *test)
{
	char prev[MDC_NAME_MAX], name[MDC_NAME_MAX], next[MDC_NAME_MAX];
	struct sa_count count;

	memset(prev, 'a', sizeof(prev));
	memset(name, 'a', sizeof(name));
	prev[MDC_NAME_MAX - 1] = '8';
	name[MDC_NAME_MAX - 1] = '9';
	KUNIT_EXPECT_TRUE(test, sa_name_follows(prev, MDC_NAME_MAX, name,
						MDC_NAME_MAX, &count));
	KUNIT_EXPECT_EQ(test, 0U, sa_name_next(name, MDC_NAME_MAX, &count, 1,
					       next));
	prev[0] = '1';
	name[0] = '2';
	name[MDC_NAME_MAX - 1] = '8';
	KUNIT_EXPECT_TRUE(test, sa_name_follows(prev, MDC_NAME_MAX, name,
						MDC_NAME_MAX, &count));
	KUNIT_EXPECT_EQ(test, (unsigned int)MDC_NAME_MAX,
			sa_name_next(name, MDC_NAME_MAX, &count, 7, next));
	KUNIT_EXPECT_EQ(test, '9', next[0]);
	KUNIT_EXPECT_EQ(test, 0U, sa_name_next(name, MDC_NAME_MAX, &count, 8,
					       next));
}

static struct kunit_case successor_test_cases[] = {
	KUNIT_CASE(successor_follow),
	KUNIT_CASE(successor_long),
	{}
};

static struct kunit_suite successor_test_suite = {
	.name		= "lustre-successor",
	.test_cases	= successor_test_cases,
};

kunit_test_suite(successor_test_suite);
