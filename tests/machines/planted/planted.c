// SPDX-License-Identifier: GPL-2.0-only
/*
 * Planted bugs: one per checker that the test kernels rely on.  A run that
 * does not see these reported cannot be believed about the client either.
 *
 *   modprobe planted bug=overflow   KASAN: one byte past an allocation
 *   modprobe planted bug=lock       lockdep: two locks in both orders
 *   modprobe planted bug=sleep      sleeping with a spinlock held
 *   modprobe planted bug=leak       kmemleak: an object nobody points to
 *   modprobe planted bug=slab       a slab cache destroyed with an object
 *   modprobe planted bug=sleep+lock one after the other
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "which bugs to show, with a + between them");
static int size = 1234;
module_param(size, int, 0444);
MODULE_PARM_DESC(size, "bytes in each leaked object");

static DEFINE_MUTEX(planted_a);
static DEFINE_MUTEX(planted_b);
static DEFINE_SPINLOCK(planted_spin);

static int planted_overflow(void)
{
	size_t len = 100;
	u8 *p = kmalloc(len, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(len);
	p[len] = 1;
	kfree(p);
	return 0;
}

static int planted_lock(void)
{
	mutex_lock(&planted_a);
	mutex_lock(&planted_b);
	mutex_unlock(&planted_b);
	mutex_unlock(&planted_a);

	mutex_lock(&planted_b);
	mutex_lock(&planted_a);
	mutex_unlock(&planted_a);
	mutex_unlock(&planted_b);
	return 0;
}

static int planted_sleep(void)
{
	spin_lock(&planted_spin);
	might_sleep();
	spin_unlock(&planted_spin);
	return 0;
}

static int planted_leak(void)
{
	int i;

	/*
	 * Many: a stale register or stack slot may hide one of them, and the
	 * allocator's arrays of objects to hand out still name the last ones.
	 */
	for (i = 0; i < 256; i++)
		if (!kmalloc(size, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static int planted_slab(void)
{
	struct kmem_cache *cache;

	cache = kmem_cache_create("planted", 333, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	if (!kmem_cache_alloc(cache, GFP_KERNEL))
		pr_info("no object to leave behind\n");
	kmem_cache_destroy(cache);
	return 0;
}

static const struct {
	const char *name;
	int (*show)(void);
} planted_bugs[] = {
	{ "overflow",	planted_overflow },
	{ "lock",	planted_lock },
	{ "sleep",	planted_sleep },
	{ "leak",	planted_leak },
	{ "slab",	planted_slab },
};

static int planted_one(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(planted_bugs); i++)
		if (!strcmp(name, planted_bugs[i].name))
			return planted_bugs[i].show();
	return -EINVAL;
}

static int __init planted_init(void)
{
	char *name;
	int rc = -EINVAL;

	while ((name = strsep(&bug, "+"))) {
		rc = planted_one(name);
		if (rc)
			break;
	}
	return rc;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("Planted bugs that prove the test kernels' checkers");
MODULE_LICENSE("GPL");
