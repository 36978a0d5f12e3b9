// SPDX-License-Identifier: GPL-2.0-only
/*
 * Service portals: what requests may hold, and that they give it back.
 */
#include <kunit/test.h>

#include "internal.h"

#define TEST_PORTAL	15
#define TEST_SIZE	4096
/* More than one peer can get with requests of that size, and than all can */
#define TEST_PEER_MAX	(SZ_16M / TEST_SIZE)
#define TEST_ALL_MAX	(SZ_64M / TEST_SIZE)
#define TEST_PEERS	5
/* More than all strangers together can get */
#define TEST_STRANGER_MAX	(SZ_1M / TEST_SIZE)

struct service_ctx {
	struct lnet		ln;
	struct lnet_service	svc;
	struct lnet_peer	peers[TEST_PEERS];
	struct lnet_hdr		hdr;
	struct list_head	reqs;
};

/* What the owner keeps in the room that it has in each request */
struct service_priv {
	struct list_head	link;
	struct lnet_request	*req;
};

static void service_request(struct lnet_service *svc, struct lnet_request *req)
{
	struct service_ctx *ctx = svc->private;
	struct service_priv *priv = req->priv;

	priv->req = req;
	list_add_tail(&priv->link, &ctx->reqs);
}

static const struct lnet_service_ops service_ops = {
	.request	= service_request,
};

static int service_init(struct kunit *test)
{
	struct service_ctx *ctx;
	int i;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->ln.portals = kunit_kcalloc(test, LNET_NR_PORTALS,
					sizeof(*ctx->ln.portals), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->ln.portals);
	spin_lock_init(&ctx->ln.md_lock);
	INIT_LIST_HEAD(&ctx->reqs);
	for (i = 0; i < TEST_PEERS; i++) {
		refcount_set(&ctx->peers[i].ref, 1);
		ctx->peers[i].ln = &ctx->ln;
		ctx->peers[i].known = true;
		spin_lock_init(&ctx->peers[i].lock);
	}
	ctx->hdr.type = LNET_WIRE_MSG_PUT;
	ctx->hdr.portal = TEST_PORTAL;
	ctx->svc.ops = &service_ops;
	ctx->svc.private = ctx;
	ctx->svc.portal = TEST_PORTAL;
	ctx->svc.max_size = TEST_SIZE;
	ctx->svc.priv_size = sizeof(struct service_priv) + 3;
	KUNIT_ASSERT_EQ(test, lnet_service_add(&ctx->ln, &ctx->svc), 0);
	test->priv = ctx;
	return 0;
}

/* A request of @len bytes from a peer arrives; was it taken? */
static bool arrive(struct kunit *test, int peer, u32 len)
{
	struct service_ctx *ctx = test->priv;
	struct lnet_event ev = { .type = LNET_EVENT_PUT };
	bool too_much = false;
	struct lnet_md *md;

	ctx->hdr.payload_length = len;
	md = lnet_service_match(&ctx->peers[peer], &ctx->hdr, &ev, &too_much);
	KUNIT_EXPECT_EQ(test, too_much, !md && len <= TEST_SIZE);
	if (!md)
		return false;
	KUNIT_EXPECT_EQ(test, ev.mlength, len);
	if (len)
		memset(md->kvec->iov_base, peer, len);
	lnet_md_event(md, &ev);
	return true;
}

static void free_first(struct service_ctx *ctx)
{
	struct service_priv *priv;

	priv = list_first_entry(&ctx->reqs, struct service_priv, link);
	list_del(&priv->link);
	lnet_request_free(priv->req);
}

static void service_exit(struct kunit *test)
{
	struct service_ctx *ctx = test->priv;
	int i;

	while (!list_empty(&ctx->reqs))
		free_first(ctx);
	KUNIT_EXPECT_EQ(test, atomic_read(&ctx->svc.bytes), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&ctx->svc.stranger_bytes), 0);
	for (i = 0; i < TEST_PEERS; i++)
		KUNIT_EXPECT_EQ(test,
				atomic_read(&ctx->peers[i].request_bytes), 0);
	lnet_service_del(&ctx->svc);
}

static void test_service_sizes(struct kunit *test)
{
	struct service_ctx *ctx = test->priv;
	struct service_priv *priv;
	u32 len;

	for (len = 0; len <= TEST_SIZE; len += 409) {
		KUNIT_EXPECT_TRUE(test, arrive(test, 1, len));
		priv = list_last_entry(&ctx->reqs, struct service_priv, link);
		KUNIT_EXPECT_EQ(test, priv->req->len, len);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((long)priv->req->data, 8));
	}
	KUNIT_EXPECT_FALSE(test, arrive(test, 1, TEST_SIZE + 1));
}

/* One that sends and sends gets no more at some time, others still do */
static void test_service_peer_limit(struct kunit *test)
{
	struct service_ctx *ctx = test->priv;
	int n = 0;

	while (n < TEST_PEER_MAX && arrive(test, 0, TEST_SIZE))
		n++;
	KUNIT_EXPECT_GT(test, n, TEST_PEER_MAX / 2);
	KUNIT_EXPECT_LT(test, n, TEST_PEER_MAX);
	KUNIT_EXPECT_FALSE(test, arrive(test, 0, TEST_SIZE));
	KUNIT_EXPECT_TRUE(test, arrive(test, 1, TEST_SIZE));
	free_first(ctx);
	KUNIT_EXPECT_TRUE(test, arrive(test, 0, TEST_SIZE));
}

static void test_service_limit(struct kunit *test)
{
	int n = 0;

	while (n < TEST_ALL_MAX && arrive(test, n % TEST_PEERS, TEST_SIZE))
		n++;
	KUNIT_EXPECT_GT(test, n, TEST_ALL_MAX / 2);
	KUNIT_EXPECT_LT(test, n, TEST_ALL_MAX);
}

/* However many nobody knows, and however much they send, they get little, and
 * take none of it from those that are known
 */
static void test_service_strangers(struct kunit *test)
{
	struct service_ctx *ctx = test->priv;
	int i, n = 0;

	for (i = 0; i < TEST_PEERS - 1; i++) {
		ctx->peers[i].known = false;
		while (n < TEST_STRANGER_MAX && arrive(test, i, TEST_SIZE))
			n++;
		KUNIT_EXPECT_TRUE(test, n);
	}
	KUNIT_EXPECT_LT(test, n, TEST_STRANGER_MAX);
	for (n = 0; n < TEST_PEER_MAX && arrive(test, i, TEST_SIZE);)
		n++;
	KUNIT_EXPECT_GT(test, n, TEST_PEER_MAX / 2);
	/* it is given back to whom it was taken from, whatever he is now */
	for (i = 0; i < TEST_PEERS; i++)
		ctx->peers[i].known = !ctx->peers[i].known;
}

static struct kunit_case lnet_service_cases[] = {
	KUNIT_CASE(test_service_sizes),
	KUNIT_CASE(test_service_peer_limit),
	KUNIT_CASE(test_service_limit),
	KUNIT_CASE(test_service_strangers),
	{}
};

static struct kunit_suite lnet_service_suite = {
	.name		= "lnet_service",
	.init		= service_init,
	.exit		= service_exit,
	.test_cases	= lnet_service_cases,
};

kunit_test_suite(lnet_service_suite);
