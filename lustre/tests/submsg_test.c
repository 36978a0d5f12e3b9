// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages within a message, sound and hostile.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mdc/submsg.h"

#define REP_BLOCK	1024
#define FUZZ_ROUNDS	20000

static const u32 rep_lens[] = { 112, 216, 56, 0, 0, 0, 0, 0 };

/* A block of two answers as servers send it; returns its length. */
static u32 make_block(struct kunit *test, u8 **blockp)
{
	struct but_block *bb;
	void *bufs[SUBMSG_BUFS];
	u32 pos = sizeof(*bb);
	u8 *block;
	int i;

	block = kunit_kzalloc(test, REP_BLOCK, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, block);
	bb = (void *)block;
	bb->bb_magic = cpu_to_le32(BUT_REPLY_MAGIC);
	bb->bb_count = cpu_to_le16(2);
	for (i = 0; i < 2; i++) {
		pos += submsg_init(block + pos, i, 0, rep_lens,
				   ARRAY_SIZE(rep_lens), bufs);
		memset(bufs[0], 'a' + i, rep_lens[0]);
		memset(bufs[2], 'x' + i, rep_lens[2]);
	}
	*blockp = block;
	return pos;
}

/* Sizes as the recorded ones: 04-ls-small, a block of 8 has 3592 bytes. */
static void submsg_sizes(struct kunit *test)
{
	static const u32 req_lens[] = { 104, 8, 216, 0, 4 };

	KUNIT_EXPECT_EQ(test, 448U,
			submsg_size(rep_lens, ARRAY_SIZE(rep_lens)));
	KUNIT_EXPECT_EQ(test, 392U,
			submsg_size(req_lens, ARRAY_SIZE(req_lens)));
}

static void submsg_walk(struct kunit *test)
{
	u32 pos = sizeof(struct but_block), len;
	struct mdc_submsg sub;
	unsigned int count, i;
	u8 *block;

	len = make_block(test, &block);
	KUNIT_EXPECT_EQ(test, 904U, len);
	KUNIT_EXPECT_EQ(test, 0, submsg_block_check(block, len, &count));
	KUNIT_EXPECT_EQ(test, 2U, count);
	for (i = 0; i < count; i++) {
		KUNIT_ASSERT_EQ(test, 0, submsg_next(block, len, &pos, &sub));
		KUNIT_EXPECT_EQ(test, i, sub.opc);
		KUNIT_EXPECT_EQ(test, 8U, sub.count);
		KUNIT_EXPECT_EQ(test, 112U, sub.len[0]);
		KUNIT_EXPECT_EQ(test, 'a' + i, *(const u8 *)sub.buf[0]);
		KUNIT_EXPECT_EQ(test, 56U, sub.len[2]);
		KUNIT_EXPECT_EQ(test, 'x' + i, *(const u8 *)sub.buf[2]);
		KUNIT_EXPECT_NULL(test, sub.buf[3]);
	}
	KUNIT_EXPECT_EQ(test, len, pos);
	KUNIT_EXPECT_EQ(test, -EPROTO, submsg_next(block, len, &pos, &sub));
}

/* Cut anywhere, it is refused or ends before the cut. */
static void submsg_cut(struct kunit *test)
{
	u32 pos, len, cut;
	struct mdc_submsg sub;
	unsigned int count;
	u8 *block;

	len = make_block(test, &block);
	for (cut = 0; cut < len; cut++) {
		u8 *part = kmemdup(block, cut, GFP_KERNEL);
		int rc;

		KUNIT_ASSERT_NOT_NULL(test, part);
		rc = submsg_block_check(cut ? part : NULL, cut, &count);
		KUNIT_EXPECT_EQ_MSG(test, rc, cut < 8 ? -EPROTO : 0, "%u", cut);
		pos = sizeof(struct but_block);
		rc = submsg_next(part, cut, &pos, &sub);
		KUNIT_EXPECT_EQ_MSG(test, rc, cut < 456 ? -EPROTO : 0, "%u",
				    cut);
		if (!rc) {
			rc = submsg_next(part, cut, &pos, &sub);
			KUNIT_EXPECT_EQ_MSG(test, rc, -EPROTO, "%u", cut);
		}
		kfree(part);
	}
}

struct submsg_bad {
	const char	*what;
	u32		at;	/* word of the first message */
	u32		value;
};

static const struct submsg_bad submsg_bads[] = {
	{ "no buffers",			0, 0 },
	{ "too many buffers",		0, 33 },
	{ "absurd number of buffers",	0, 0x40000000 },
	{ "all ones",			0, 0xffffffff },
	{ "magic",			2, 0 },
	{ "swapped magic",		2, 0xd30bd00b },
	{ "length beyond the block",	8, 1024 },
	{ "length that wraps",		8, 0xfffffff9 },
	{ "last length",		15, 0xffffffff },
	{ "length that wraps the sum",	9, 0xffffff00 },
	{ "one byte too many",		15, 457 },
};

static void submsg_hostile(struct kunit *test)
{
	struct mdc_submsg sub;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(submsg_bads); i++) {
		const struct submsg_bad *bad = &submsg_bads[i];
		u32 pos = sizeof(struct but_block), len;
		u8 *block;

		len = make_block(test, &block);
		((__le32 *)(block + pos))[bad->at] = cpu_to_le32(bad->value);
		KUNIT_EXPECT_EQ_MSG(test, -EPROTO,
				    submsg_next(block, len, &pos, &sub), "%s",
				    bad->what);
		KUNIT_EXPECT_EQ(test, sizeof(struct but_block), pos);
	}
}

static void submsg_position(struct kunit *test)
{
	struct mdc_submsg sub;
	u32 pos, len;
	u8 *block;

	len = make_block(test, &block);
	pos = len + 8;
	KUNIT_EXPECT_EQ(test, -EPROTO, submsg_next(block, len, &pos, &sub));
	pos = len - 8;
	KUNIT_EXPECT_EQ(test, -EPROTO, submsg_next(block, len, &pos, &sub));
}

static bool inside(const u8 *block, u32 len, const struct mdc_submsg *sub)
{
	unsigned int i;

	for (i = 0; i < sub->count; i++) {
		const u8 *buf = sub->buf[i];

		if (!buf) {
			if (sub->len[i])
				return false;
			continue;
		}
		if (buf < block || buf > block + len ||
		    sub->len[i] > block + len - buf)
			return false;
	}
	return sub->count <= SUBMSG_BUFS;
}

/* Whatever is changed: no buffer is told that is not in the block. */
static void submsg_fuzz(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int round, accepted = 0;
	u8 *block, *copy;
	u32 len;

	prandom_seed_state(&rnd, 20);
	len = make_block(test, &block);
	copy = kunit_kzalloc(test, REP_BLOCK, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	for (round = 0; round < FUZZ_ROUNDS; round++) {
		u32 pos = sizeof(struct but_block);
		struct mdc_submsg sub;
		int n;

		memcpy(copy, block, len);
		for (n = prandom_u32_state(&rnd) % 4; n >= 0; n--)
			copy[8 + prandom_u32_state(&rnd) % 64] =
				prandom_u32_state(&rnd);
		while (!submsg_next(copy, len, &pos, &sub)) {
			accepted++;
			KUNIT_ASSERT_TRUE(test, inside(copy, len, &sub));
			KUNIT_ASSERT_LE(test, pos, len);
		}
	}
	KUNIT_EXPECT_GT(test, accepted, 0U);
}

static struct kunit_case submsg_test_cases[] = {
	KUNIT_CASE(submsg_sizes),
	KUNIT_CASE(submsg_walk),
	KUNIT_CASE(submsg_cut),
	KUNIT_CASE(submsg_hostile),
	KUNIT_CASE(submsg_position),
	KUNIT_CASE(submsg_fuzz),
	{}
};

static struct kunit_suite submsg_test_suite = {
	.name		= "lustre-submsg",
	.test_cases	= submsg_test_cases,
};

kunit_test_suite(submsg_test_suite);
