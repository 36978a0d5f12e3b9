// SPDX-License-Identifier: GPL-2.0-only
/*
 * Orders of events that others depend on: each test holds one side where the
 * wrong order would show.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "internal.h"
#include "layout/layout.h"
#include "ldlm/internal.h"
#include "osc/osc.h"
#include "ptlrpc/internal.h"

/* Longest time that a step takes on a busy machine */
#define PATIENCE	(5 * HZ)

/* ---- a store through a mapping, and a truncate --------------------------- */

struct store_ctx {
	struct work_struct	work;
	struct lustre_io	io;
};

static void store(struct work_struct *work)
{
	struct store_ctx *ctx = container_of(work, struct store_ctx, work);

	lustre_object_stored(&ctx->io, 0, PAGE_SIZE);
}

/*
 * As lustre_truncate_cache() does it, while somebody waits for the lock who has
 * seen that the page is still there.  False: nobody came.
 */
static bool cut(struct lustre_inode *li, struct osc_object *obj, u64 size)
{
	unsigned long end = jiffies + PATIENCE;
	bool came;

	spin_lock(&li->size_lock);
	while (!spin_is_contended(&li->size_lock) && time_before(jiffies, end))
		cpu_relax();
	came = spin_is_contended(&li->size_lock);
	osc_object_truncated(obj, size);
	i_size_write(&li->vfs_inode, size);
	spin_unlock(&li->size_lock);
	return came;
}

static struct lustre_layout *one_object(struct kunit *test)
{
	u8 ea[sizeof(struct lov_mds_md_v1) + sizeof(struct lov_ost_data_v1)];
	struct lov_mds_md_v1 *lmm = (void *)ea;
	struct lustre_layout *layout;

	memset(ea, 0, sizeof(ea));
	lmm->lmm_magic = cpu_to_le32(LOV_MAGIC_V1);
	lmm->lmm_pattern = cpu_to_le32(LOV_PATTERN_RAID0);
	lmm->lmm_oi_id = cpu_to_le64(5);
	lmm->lmm_oi_seq = cpu_to_le64(0x200000401ULL);
	lmm->lmm_stripe_size = cpu_to_le32(SZ_1M);
	lmm->lmm_stripe_count = cpu_to_le16(1);
	memset(ea + sizeof(*lmm), 0x40, 16);
	layout = lustre_layout_decode(ea, sizeof(ea), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	return layout;
}

/* The size that a file had before a truncate does not come back by a store. */
static void test_store_truncate(struct kunit *test)
{
	struct lustre_file_layout *fl;
	struct lustre_inode *li;
	struct osc_object *obj;
	struct store_ctx *ctx;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two processors");
	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	li = kunit_kzalloc(test, sizeof(*li), GFP_KERNEL);
	obj = kunit_kzalloc(test, sizeof(*obj), GFP_KERNEL);
	fl = kunit_kzalloc(test, struct_size(fl, objects, 1), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, ctx && li && obj && fl);
	spin_lock_init(&li->size_lock);
	spin_lock_init(&obj->lock);
	INIT_WORK(&ctx->work, store);
	fl->nr_objects = 1;
	fl->objects[0] = obj;
	fl->layout = one_object(test);
	ctx->io.inode = &li->vfs_inode;
	ctx->io.fl = fl;
	osc_object_truncated(obj, PAGE_SIZE);
	i_size_write(&li->vfs_inode, PAGE_SIZE);

	/* not behind this task, which will hold a spin lock */
	schedule_work_on(cpumask_any_but(cpu_online_mask,
					 raw_smp_processor_id()), &ctx->work);
	if (!cut(li, obj, 100))
		kunit_info(test, "nobody waited for the lock\n");
	flush_work(&ctx->work);
	KUNIT_EXPECT_EQ(test, osc_object_size(obj), 100);
	KUNIT_EXPECT_EQ(test, obj->attr.kms, 100);
	lustre_layout_put(fl->layout);
}

/* ---- the end of a name space, and who still uses a lock of it ------------ */

struct empty_ctx {
	struct work_struct	work;
	struct ldlm_ns		*ns;
	struct completion	done;
};

static void wait_empty(struct work_struct *work)
{
	struct empty_ctx *ctx = container_of(work, struct empty_ctx, work);

	ldlm_ns_wait_empty(ctx->ns, 1);
	complete_all(&ctx->done);
}

/* It has said what it waits for, and waits. */
static void test_ns_end(struct kunit *test)
{
	struct ptlrpc_import *imp;
	struct empty_ctx *ctx;
	struct ldlm_ns *ns;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	imp = kunit_kzalloc(test, sizeof(*imp), GFP_KERNEL);
	ns = kunit_kzalloc(test, sizeof(*ns), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, ctx && imp && ns);
	strscpy(imp->name, "kunit", sizeof(imp->name));
	ns->imp = imp;
	ns->nr_locks = 1;
	spin_lock_init(&ns->lock);
	init_waitqueue_head(&ns->waitq);
	init_completion(&ctx->done);
	ctx->ns = ns;
	INIT_WORK(&ctx->work, wait_empty);
	schedule_work(&ctx->work);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&ctx->done, HZ), 0);
	spin_lock(&ns->lock);
	ns->nr_locks = 0;
	spin_unlock(&ns->lock);
	wake_up_all(&ns->waitq);
	flush_work(&ctx->work);
}

static struct kunit_case order_test_cases[] = {
	KUNIT_CASE(test_store_truncate),
	KUNIT_CASE(test_ns_end),
	{}
};

static struct kunit_suite order_test_suite = {
	.name = "lustre_order",
	.test_cases = order_test_cases,
};

kunit_test_suite(order_test_suite);
