// SPDX-License-Identifier: GPL-2.0-only
/*
 * Portals: which MD takes a message, and the end of an MD's life.
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/mm.h>

#include "internal.h"

#define TEST_PORTAL	10
/* MDs of a busy client of many targets; match bits are counted up by 64 */
#define TEST_MANY	40000
#define TEST_STRIDE	64
/* Longest list that they may be searched in */
#define TEST_CHAIN	32

struct match_ctx {
	struct lnet		*ln;
	struct lnet_md		md[3];
	struct kvec		kvec;
	u8			mem[1000];
	struct lnet_hdr		hdr;
	struct lnet_event	ev;
	int			events;
	int			unlinks;
};

static void match_event(struct lnet_md *md, const struct lnet_event *ev)
{
	struct match_ctx *ctx = md->private;

	ctx->events++;
	if (ev->unlinked)
		ctx->unlinks++;
}

static const struct lnet_md_ops match_md_ops = {
	.event	= match_event,
};

static int match_init(struct kunit *test)
{
	struct match_ctx *ctx;
	int i;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->ln = kunit_kzalloc(test, sizeof(*ctx->ln), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->ln);
	ctx->ln->portals = kunit_kcalloc(test, LNET_NR_PORTALS,
					 sizeof(*ctx->ln->portals), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->ln->portals);
	KUNIT_ASSERT_EQ(test, lnet_match_init(ctx->ln), 0);
	spin_lock_init(&ctx->ln->md_lock);
	hash_init(ctx->ln->handles);
	ctx->ln->incarnation = 77;

	ctx->kvec.iov_base = ctx->mem;
	ctx->kvec.iov_len = sizeof(ctx->mem);
	for (i = 0; i < ARRAY_SIZE(ctx->md); i++) {
		lnet_md_init_kvec(&ctx->md[i], &match_md_ops, ctx, &ctx->kvec,
				  1);
		ctx->md[i].options = LNET_MD_OP_PUT;
	}
	lnet_nid_from_nid4(&ctx->hdr.src_nid, 0x000200000a000001ULL);
	ctx->hdr.src_pid = LNET_PID_LUSTRE;
	ctx->hdr.type = LNET_WIRE_MSG_PUT;
	ctx->hdr.portal = TEST_PORTAL;
	ctx->hdr.match_bits = 5;
	ctx->hdr.payload_length = 100;
	test->priv = ctx;
	return 0;
}

static void match_exit(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	lnet_match_exit(ctx->ln);
}

static void attach(struct kunit *test, int i, u64 bits, u64 ignore)
{
	struct match_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, lnet_md_attach(ctx->ln, &ctx->md[i], TEST_PORTAL,
					     bits, ignore, &lnet_nid_any,
					     LNET_PID_ANY), 0);
}

static struct lnet_md *match(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	return lnet_match(ctx->ln, &ctx->hdr, &ctx->ev);
}

static void test_match_bits(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	attach(test, 0, 6, 0);
	attach(test, 1, 0xff00, 0xff);
	KUNIT_EXPECT_NULL(test, match(test));
	ctx->hdr.match_bits = 0xff12;
	KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[1]);
	ctx->hdr.match_bits = 6;
	KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[0]);
	/* threshold 1: used up */
	KUNIT_EXPECT_NULL(test, match(test));
	ctx->hdr.portal = LNET_NR_PORTALS;
	KUNIT_EXPECT_NULL(test, match(test));
	ctx->hdr.portal = U32_MAX;
	KUNIT_EXPECT_NULL(test, match(test));
}

static void test_match_source(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;
	struct lnet_nid other = ctx->hdr.src_nid;

	other.nid_addr[0] = cpu_to_be32(0x0a000002);
	lnet_md_attach(ctx->ln, &ctx->md[0], TEST_PORTAL, 5, 0, &other,
		       LNET_PID_LUSTRE);
	lnet_md_attach(ctx->ln, &ctx->md[1], TEST_PORTAL, 5, 0,
		       &ctx->hdr.src_nid, 7);
	KUNIT_EXPECT_NULL(test, match(test));
	lnet_md_attach(ctx->ln, &ctx->md[2], TEST_PORTAL, 5, 0,
		       &ctx->hdr.src_nid, LNET_PID_LUSTRE);
	KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[2]);
}

/* The one that was attached first is taken first */
static void test_match_order(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(ctx->md); i++)
		attach(test, i, 5, 0);
	for (i = 0; i < ARRAY_SIZE(ctx->md); i++)
		KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[i]);
	for (i = 0; i < ARRAY_SIZE(ctx->md); i++) {
		lnet_md_event(&ctx->md[i], &ctx->ev);
		lnet_md_init_kvec(&ctx->md[i], &match_md_ops, ctx, &ctx->kvec,
				  1);
		ctx->md[i].options = LNET_MD_OP_PUT;
		attach(test, i, 0, ~0ULL);
	}
	for (i = 0; i < ARRAY_SIZE(ctx->md); i++)
		KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[i]);
}

/* Bits are those of one portal */
static void test_match_portal(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	attach(test, 0, 5, 0);
	ctx->hdr.portal = TEST_PORTAL + 1;
	KUNIT_EXPECT_NULL(test, match(test));
	ctx->hdr.portal = TEST_PORTAL;
	KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[0]);
}

static unsigned int match_longest(struct lnet *ln)
{
	unsigned int i, n, longest = 0;
	struct lnet_md *md;

	for (i = 0; i < 1 << LNET_MATCH_BITS; i++) {
		n = 0;
		hlist_for_each_entry(md, &ln->exact[i], match_link)
			n++;
		longest = max(longest, n);
	}
	return longest;
}

/* Finding one of many does not mean to look at many */
static void test_match_many(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;
	struct lnet_md *mds;
	ktime_t start;
	int i, bad = 0;

	mds = kvcalloc(TEST_MANY, sizeof(*mds), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mds);
	start = ktime_get();
	for (i = 0; i < TEST_MANY; i++) {
		lnet_md_init_kvec(&mds[i], &match_md_ops, ctx, &ctx->kvec, 1);
		mds[i].options = LNET_MD_OP_PUT;
		lnet_md_attach(ctx->ln, &mds[i], TEST_PORTAL + i % 2,
			       (u64)i * TEST_STRIDE, 0, &lnet_nid_any,
			       LNET_PID_ANY);
	}
	KUNIT_EXPECT_LE(test, match_longest(ctx->ln), TEST_CHAIN);
	for (i = 0; i < TEST_MANY; i++) {
		ctx->hdr.portal = TEST_PORTAL + i % 2;
		ctx->hdr.match_bits = (u64)i * TEST_STRIDE;
		bad += match(test) != &mds[i];
	}
	kunit_info(test, "%d attached and matched in %lld us\n", TEST_MANY,
		   ktime_us_delta(ktime_get(), start));
	KUNIT_EXPECT_EQ(test, bad, 0);
	kvfree(mds);
}

static void test_match_operation(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	ctx->md[0].options = LNET_MD_OP_GET;
	attach(test, 0, 5, 0);
	KUNIT_EXPECT_NULL(test, match(test));
	ctx->hdr.type = LNET_WIRE_MSG_GET;
	ctx->hdr.length = 1000;
	KUNIT_EXPECT_PTR_EQ(test, match(test), &ctx->md[0]);
	KUNIT_EXPECT_EQ(test, ctx->ev.mlength, 1000);
}

struct room_case {
	u32	options;
	u32	offset;
	u32	length;
	bool	match;
	u32	at;
	u32	mlength;
};

static const struct room_case room_cases[] = {
	{ 0, 0, 1000, true, 0, 1000 },
	{ 0, 500, 1000, true, 0, 1000 },	/* the offset is not asked for */
	{ 0, 0, 1001, false, 0, 0 },
	{ 0, 0, U32_MAX, false, 0, 0 },
	{ LNET_MD_TRUNCATE, 0, 1001, true, 0, 1000 },
	{ LNET_MD_TRUNCATE, 0, U32_MAX, true, 0, 1000 },
	{ LNET_MD_MANAGE_REMOTE, 900, 100, true, 900, 100 },
	{ LNET_MD_MANAGE_REMOTE, 901, 100, false, 0, 0 },
	{ LNET_MD_MANAGE_REMOTE, 1000, 0, true, 1000, 0 },
	{ LNET_MD_MANAGE_REMOTE, 1001, 0, false, 0, 0 },
	{ LNET_MD_MANAGE_REMOTE, U32_MAX, 100, false, 0, 0 },
	{ LNET_MD_MANAGE_REMOTE, U32_MAX - 50, 100, false, 0, 0 },
	{ LNET_MD_MANAGE_REMOTE | LNET_MD_TRUNCATE, 901, 100, true, 901, 99 },
	{ LNET_MD_MANAGE_REMOTE | LNET_MD_TRUNCATE, U32_MAX, 1, false, 0, 0 },
};

static void test_match_room(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;
	struct lnet_md *md;
	int i;

	for (i = 0; i < ARRAY_SIZE(room_cases); i++) {
		const struct room_case *c = &room_cases[i];

		lnet_md_init_kvec(&ctx->md[0], &match_md_ops, ctx, &ctx->kvec,
				  1);
		ctx->md[0].options = LNET_MD_OP_PUT | c->options;
		ctx->hdr.offset = c->offset;
		ctx->hdr.payload_length = c->length;
		attach(test, 0, 5, 0);
		md = match(test);
		KUNIT_EXPECT_EQ_MSG(test, md == &ctx->md[0], c->match,
				    "case %d", i);
		if (md) {
			KUNIT_EXPECT_EQ(test, ctx->ev.offset, c->at);
			KUNIT_EXPECT_EQ(test, ctx->ev.mlength, c->mlength);
			lnet_md_event(md, &ctx->ev);
		} else {
			KUNIT_EXPECT_TRUE(test, lnet_md_unlink(&ctx->md[0]));
		}
	}
}

/* The local offset moves on; max_size ends the MD early */
static void test_match_max_size(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	ctx->md[0].options |= LNET_MD_MAX_SIZE;
	ctx->md[0].max_size = 300;
	ctx->md[0].threshold = LNET_MD_THRESH_INF;
	attach(test, 0, 5, 0);
	ctx->hdr.payload_length = 301;
	KUNIT_EXPECT_NULL(test, match(test));
	ctx->hdr.payload_length = 300;
	KUNIT_EXPECT_NOT_NULL(test, match(test));
	KUNIT_EXPECT_NOT_NULL(test, match(test));
	KUNIT_EXPECT_EQ(test, ctx->ev.offset, 300);
	KUNIT_EXPECT_NOT_NULL(test, match(test));
	KUNIT_EXPECT_EQ(test, ctx->ev.offset, 600);
	KUNIT_EXPECT_NULL(test, match(test));
}

/* The last callback, whoever asks for the end and when */
static void test_md_last_event(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;

	attach(test, 0, 5, 0);
	KUNIT_ASSERT_NOT_NULL(test, match(test));
	KUNIT_EXPECT_FALSE(test, lnet_md_unlink(&ctx->md[0]));
	KUNIT_EXPECT_EQ(test, ctx->events, 0);
	lnet_md_event(&ctx->md[0], &ctx->ev);
	KUNIT_EXPECT_EQ(test, ctx->events, 1);
	KUNIT_EXPECT_EQ(test, ctx->unlinks, 1);
	KUNIT_EXPECT_FALSE(test, lnet_md_unlink(&ctx->md[0]));

	ctx->md[1].threshold = LNET_MD_THRESH_INF;
	attach(test, 1, 5, 0);
	KUNIT_ASSERT_NOT_NULL(test, match(test));
	KUNIT_ASSERT_NOT_NULL(test, match(test));
	lnet_md_event(&ctx->md[1], &ctx->ev);
	KUNIT_EXPECT_EQ(test, ctx->unlinks, 1);
	KUNIT_EXPECT_FALSE(test, lnet_md_unlink(&ctx->md[1]));
	lnet_md_event(&ctx->md[1], &ctx->ev);
	KUNIT_EXPECT_EQ(test, ctx->events, 3);
	KUNIT_EXPECT_EQ(test, ctx->unlinks, 2);

	attach(test, 2, 5, 0);
	KUNIT_EXPECT_TRUE(test, lnet_md_unlink(&ctx->md[2]));
	KUNIT_EXPECT_NULL(test, match(test));
	KUNIT_EXPECT_EQ(test, ctx->events, 3);
}

/* A handle is good for one answer, from the right node and incarnation */
static void test_md_handle(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;
	struct lnet_wire_handle handle, bad;
	u32 mlength;

	ctx->md[0].match_nid = ctx->hdr.src_nid;
	KUNIT_ASSERT_EQ(test, lnet_md_activate(ctx->ln, &ctx->md[0],
					       LNET_MD_AWAITS_REPLY, &handle),
			0);
	ctx->hdr.type = LNET_WIRE_MSG_REPLY;
	bad = handle;
	bad.wh_interface_cookie++;
	KUNIT_EXPECT_NULL(test, lnet_md_by_handle(ctx->ln, &bad, &ctx->hdr,
						  &mlength));
	bad = handle;
	bad.wh_object_cookie++;
	KUNIT_EXPECT_NULL(test, lnet_md_by_handle(ctx->ln, &bad, &ctx->hdr,
						  &mlength));
	ctx->hdr.src_nid.nid_num = cpu_to_be16(1);
	KUNIT_EXPECT_NULL(test, lnet_md_by_handle(ctx->ln, &handle, &ctx->hdr,
						  &mlength));
	ctx->hdr.src_nid.nid_num = 0;
	ctx->hdr.payload_length = 1001;
	KUNIT_EXPECT_NULL(test, lnet_md_by_handle(ctx->ln, &handle, &ctx->hdr,
						  &mlength));
	ctx->hdr.payload_length = 999;
	KUNIT_EXPECT_PTR_EQ(test, lnet_md_by_handle(ctx->ln, &handle, &ctx->hdr,
						    &mlength), &ctx->md[0]);
	KUNIT_EXPECT_EQ(test, mlength, 999);
	KUNIT_EXPECT_NULL(test, lnet_md_by_handle(ctx->ln, &handle, &ctx->hdr,
						  &mlength));
}

/* A PUT is answered by an ACK and a GET by a REPLY, not the other way round */
static void test_md_handle_type(struct kunit *test)
{
	static const struct {
		enum lnet_md_awaits	awaits;
		u32			right, wrong;
	} cases[] = {
		{ LNET_MD_AWAITS_ACK, LNET_WIRE_MSG_ACK, LNET_WIRE_MSG_REPLY },
		{ LNET_MD_AWAITS_REPLY, LNET_WIRE_MSG_REPLY, LNET_WIRE_MSG_ACK },
	};
	struct match_ctx *ctx = test->priv;
	struct lnet_wire_handle handle;
	u32 mlength;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ctx->md[i].match_nid = ctx->hdr.src_nid;
		KUNIT_ASSERT_EQ(test, lnet_md_activate(ctx->ln, &ctx->md[i],
						       cases[i].awaits,
						       &handle), 0);
		ctx->hdr.type = cases[i].wrong;
		KUNIT_EXPECT_NULL(test, lnet_md_by_handle(ctx->ln, &handle,
							  &ctx->hdr, &mlength));
		ctx->hdr.type = cases[i].right;
		KUNIT_EXPECT_PTR_EQ(test, lnet_md_by_handle(ctx->ln, &handle,
							    &ctx->hdr,
							    &mlength),
				    &ctx->md[i]);
	}
}

static struct kunit_case lnet_match_cases[] = {
	KUNIT_CASE(test_match_bits),
	KUNIT_CASE(test_match_source),
	KUNIT_CASE(test_match_order),
	KUNIT_CASE(test_match_portal),
	KUNIT_CASE(test_match_many),
	KUNIT_CASE(test_match_operation),
	KUNIT_CASE(test_match_room),
	KUNIT_CASE(test_match_max_size),
	KUNIT_CASE(test_md_last_event),
	KUNIT_CASE(test_md_handle),
	KUNIT_CASE(test_md_handle_type),
	{}
};

static struct kunit_suite lnet_match_suite = {
	.name		= "lnet_match",
	.init		= match_init,
	.exit		= match_exit,
	.test_cases	= lnet_match_cases,
};

kunit_test_suite(lnet_match_suite);
