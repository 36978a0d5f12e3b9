// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading.
 */
#include <linux/module.h>
#include <net/net_namespace.h>

#include "internal.h"
#include "nl_gen.h"

struct workqueue_struct *lnet_rx_wq;
struct workqueue_struct *lnet_tx_wq;
struct workqueue_struct *lnet_wq;
struct workqueue_struct *lnet_conn_wq;

static const struct {
	struct workqueue_struct	**wq;
	const char		*name;
} lnet_queues[] = {
	{ &lnet_rx_wq,		"lnet_rx" },
	{ &lnet_tx_wq,		"lnet_tx" },
	{ &lnet_wq,		"lnet" },
	{ &lnet_conn_wq,	"lnet_conn" },
};

/* Wait for all works that have begun, and with them for callbacks */
void lnet_flush(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(lnet_queues); i++)
		flush_workqueue(*lnet_queues[i].wq);
}

static void lnet_queues_free(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(lnet_queues); i++)
		if (*lnet_queues[i].wq)
			destroy_workqueue(*lnet_queues[i].wq);
}

static int __init lnet_queues_alloc(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(lnet_queues); i++) {
		*lnet_queues[i].wq = alloc_workqueue("%s", WQ_MEM_RECLAIM |
						     WQ_UNBOUND, 0,
						     lnet_queues[i].name);
		if (!*lnet_queues[i].wq)
			return -ENOMEM;
	}
	return 0;
}

static int __init lnet_init(void)
{
	int ret = lnet_queues_alloc();

	if (ret)
		goto out_wq;
	ret = lnet_tx_init();
	if (ret)
		goto out_wq;
	ret = register_pernet_subsys(&lnet_pernet_ops);
	if (ret)
		goto out_tx;
	ret = genl_register_family(&lnet_nl_family);
	if (ret)
		goto out_pernet;
	lnet_debugfs_init();
	return 0;

out_pernet:
	unregister_pernet_subsys(&lnet_pernet_ops);
out_tx:
	lnet_tx_exit();
out_wq:
	lnet_queues_free();
	return ret;
}

static void __exit lnet_exit(void)
{
	lnet_debugfs_exit();
	genl_unregister_family(&lnet_nl_family);
	unregister_pernet_subsys(&lnet_pernet_ops);
	/* socket callbacks that had begun before they were taken back */
	synchronize_net();
	lnet_queues_free();
	lnet_tx_exit();
}

module_init(lnet_init);
module_exit(lnet_exit);

MODULE_DESCRIPTION("LNet, the message layer of the Lustre file system, over TCP");
MODULE_LICENSE("GPL");
MODULE_ALIAS("ksocklnd");
MODULE_ALIAS("socklnd");
MODULE_ALIAS("libcfs");
MODULE_ALIAS_GENL_FAMILY(LNET_FAMILY_NAME);
