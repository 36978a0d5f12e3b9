// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a connection.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "internal.h"

/* How often the receiver looks whether the close has come to it, every 20 ms */
#define CONN_PATIENCE	1000

struct conn_ctx {
	struct lnet_conn	conn;
	struct lnet_peer	peer;
	struct completion	running;
	bool			cancelled;
};

/*
 * A receiver that finds out who the peer is when the close is under way.  On a
 * machine that reorders, it need not see that: so it looks at nothing.
 */
static void late_rx(struct work_struct *work)
{
	struct conn_ctx *ctx = container_of(work, struct conn_ctx,
					    conn.rx_work);
	int n = 0;

	complete(&ctx->running);
	/* What is being cancelled can't be queued; it waits for us then. */
	while (n++ < CONN_PATIENCE) {
		if (!work_pending(work) && !schedule_work(work)) {
			ctx->cancelled = true;
			break;
		}
		msleep(20);
	}
	spin_lock(&ctx->peer.lock);
	ctx->conn.peer = &ctx->peer;
	list_add_tail(&ctx->conn.peer_link, &ctx->peer.conns);
	spin_unlock(&ctx->peer.lock);
}

/* Who was admitted until the receiver had ended is taken off the peer. */
static void test_unlink(struct kunit *test)
{
	struct conn_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	spin_lock_init(&ctx->peer.lock);
	INIT_LIST_HEAD(&ctx->peer.conns);
	INIT_LIST_HEAD(&ctx->conn.peer_link);
	INIT_WORK(&ctx->conn.rx_work, late_rx);
	init_completion(&ctx->running);

	schedule_work(&ctx->conn.rx_work);
	wait_for_completion(&ctx->running);
	lnet_conn_unlink(&ctx->conn);
	cancel_work_sync(&ctx->conn.rx_work);
	KUNIT_EXPECT_TRUE(test, ctx->cancelled);
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->peer.conns));
}

static struct kunit_case lnet_conn_cases[] = {
	KUNIT_CASE(test_unlink),
	{}
};

static struct kunit_suite lnet_conn_suite = {
	.name = "lnet_conn",
	.test_cases = lnet_conn_cases,
};

kunit_test_suite(lnet_conn_suite);
