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
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "which bug to show");

static DEFINE_MUTEX(planted_a);
static DEFINE_MUTEX(planted_b);
static DEFINE_SPINLOCK(planted_spin);

static int planted_overflow(void)
{
	size_t size = 100;
	u8 *p = kmalloc(size, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(size);
	p[size] = 1;
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
		if (!kmalloc(1234, GFP_KERNEL))
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

static int __init planted_init(void)
{
	if (!strcmp(bug, "overflow"))
		return planted_overflow();
	if (!strcmp(bug, "lock"))
		return planted_lock();
	if (!strcmp(bug, "sleep"))
		return planted_sleep();
	if (!strcmp(bug, "leak"))
		return planted_leak();
	if (!strcmp(bug, "slab"))
		return planted_slab();
	return -EINVAL;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("Planted bugs that prove the test kernels' checkers");
MODULE_LICENSE("GPL");
