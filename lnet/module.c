// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters, loading and unloading.
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

char *lnet_networks;
module_param_named(networks, lnet_networks, charp, 0444);
MODULE_PARM_DESC(networks,
		 "networks and the devices they are on, as in \"tcp0(eth0),tcp1(eth1,eth2)\" (default: tcp on the first device)");

char *lnet_accept = "secure";
module_param_named(accept, lnet_accept, charp, 0444);
MODULE_PARM_DESC(accept,
		 "whose connections to accept: secure (privileged ports only), all, none");

unsigned int lnet_accept_port = LNET_WIRE_ACCEPTOR_PORT;
module_param_named(accept_port, lnet_accept_port, uint, 0444);
MODULE_PARM_DESC(accept_port, "TCP port that all nodes listen on");

unsigned int lnet_accept_timeout = 5;
module_param_named(accept_timeout, lnet_accept_timeout, uint, 0644);
MODULE_PARM_DESC(accept_timeout, "time for an incoming handshake, seconds");

unsigned int lnet_accept_backlog = 127;
module_param_named(accept_backlog, lnet_accept_backlog, uint, 0444);
MODULE_PARM_DESC(accept_backlog, "length of the listen queue");

bool lnet_check_source = true;
module_param_named(check_source, lnet_check_source, bool, 0644);
MODULE_PARM_DESC(check_source,
		 "whether an incoming connection must come from the address in the NID that it claims");

unsigned int lnet_sock_timeout = 50;
module_param_named(sock_timeout, lnet_sock_timeout, uint, 0644);
MODULE_PARM_DESC(sock_timeout,
		 "time without progress after which a connection is given up, seconds");

unsigned int lnet_peer_credits = 8;
module_param_named(peer_credits, lnet_peer_credits, uint, 0444);
MODULE_PARM_DESC(peer_credits, "messages in flight to one peer");

unsigned int lnet_ni_credits = 256;
module_param_named(credits, lnet_ni_credits, uint, 0444);
MODULE_PARM_DESC(credits, "messages in flight from one interface");

unsigned int lnet_min_reconnectms = 1000;
module_param_named(min_reconnectms, lnet_min_reconnectms, uint, 0644);
MODULE_PARM_DESC(min_reconnectms,
		 "pause after the first failed attempt to connect, milliseconds");

unsigned int lnet_max_reconnectms = 8000;
module_param_named(max_reconnectms, lnet_max_reconnectms, uint, 0644);
MODULE_PARM_DESC(max_reconnectms,
		 "longest pause between attempts to connect, milliseconds");

unsigned int lnet_keepalive = 30;
module_param_named(keepalive, lnet_keepalive, uint, 0644);
MODULE_PARM_DESC(keepalive,
		 "silence before a sign of life is sent, seconds (0: never)");

unsigned int lnet_zc_min_payload = 16384;
module_param_named(zc_min_payload, lnet_zc_min_payload, uint, 0644);
MODULE_PARM_DESC(zc_min_payload,
		 "smallest payload that is sent without copying, bytes");

unsigned int lnet_protocol = KSOCK_PROTO_V3;
module_param_named(protocol, lnet_protocol, uint, 0644);
MODULE_PARM_DESC(protocol,
		 "version of the transport protocol offered to IPv4 peers: 2, 3 or 4");

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
