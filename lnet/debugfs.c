// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables for people in /sys/kernel/debug/lnet: those of the initial network
 * namespace.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>

#include "internal.h"

static struct dentry *lnet_debugfs;

static int lnet_nis_show(struct seq_file *m, void *v)
{
	struct lnet *ln = lnet_of_net(&init_net);
	char buf[LNET_NIDSTR_SIZE];
	struct lnet_ni *ni;
	unsigned int n;

	seq_printf(m, "%-24s %6s %5s %4s %4s %4s %5s %5s %5s\n", "nid",
		   "status", "alive", "refs", "peer", "rtr", "max", "tx",
		   "min");
	for (n = 0; (ni = lnet_ni_nth(ln, n)); n++) {
		seq_printf(m, "%-24s %6s %5d %4u %4u %4d %5u %5d %5d\n",
			   lnet_nid_print(&ni->nid, buf),
			   READ_ONCE(ni->up) ? "up" : "down", 0,
			   refcount_read(&ni->ref) - 1,
			   lnet_setting(ln, LNET_A_SETTING_PEER_CREDITS), 0,
			   lnet_setting(ln, LNET_A_SETTING_CREDITS),
			   READ_ONCE(ni->credits),
			   READ_ONCE(ni->credits));
		lnet_ni_put(ni);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lnet_nis);

static int lnet_peers_show(struct seq_file *m, void *v)
{
	struct lnet *ln = lnet_of_net(&init_net);
	char buf[LNET_NIDSTR_SIZE];
	struct lnet_peer *peer;
	unsigned int n;

	seq_printf(m, "%-24s %4s %5s %5s %5s %5s %5s %5s %5s %s\n", "nid",
		   "refs", "state", "last", "max", "rtr", "min", "tx", "min",
		   "queue");
	for (n = 0; (peer = lnet_peer_nth(ln, n)); n++) {
		seq_printf(m, "%-24s %4u %5s %5d %5u %5d %5d %5d %5d %u\n",
			   lnet_nid_print(&peer->nid, buf),
			   refcount_read(&peer->ref) - 1,
			   READ_ONCE(peer->version) ? "up" : "NA", -1,
			   lnet_setting(ln, LNET_A_SETTING_PEER_CREDITS), 0, 0,
			   READ_ONCE(peer->credits),
			   READ_ONCE(peer->credits),
			   lnet_peer_queued(peer));
		lnet_peer_put(peer, LNET_PEER_PUT_WALK);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lnet_peers);

/* Eleven numbers; those about routing and about memory are always 0 */
static int lnet_stats_show(struct seq_file *m, void *v)
{
	struct lnet *ln = lnet_of_net(&init_net);
	s64 sent = 0, recv = 0, drop = 0, out = 0, in = 0;
	struct lnet_ni *ni;
	unsigned int n;

	for (n = 0; (ni = lnet_ni_nth(ln, n)); n++) {
		sent += atomic64_read(&ni->counters.send_count);
		recv += atomic64_read(&ni->counters.recv_count);
		drop += atomic64_read(&ni->counters.drop_count);
		out += atomic64_read(&ni->counters.send_bytes);
		in += atomic64_read(&ni->counters.recv_bytes);
		lnet_ni_put(ni);
	}
	seq_printf(m, "%d %d %d %lld %lld %d %lld %lld %lld %d %d\n",
		   atomic_read(&ln->nr_txs), 0, 0, sent, recv, 0, drop,
		   out, in, 0, 0);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lnet_stats);

void lnet_debugfs_init(void)
{
	lnet_debugfs = debugfs_create_dir("lnet", NULL);
	debugfs_create_file("nis", 0444, lnet_debugfs, NULL, &lnet_nis_fops);
	debugfs_create_file("peers", 0444, lnet_debugfs, NULL,
			    &lnet_peers_fops);
	debugfs_create_file("stats", 0444, lnet_debugfs, NULL,
			    &lnet_stats_fops);
}

void lnet_debugfs_exit(void)
{
	debugfs_remove_recursive(lnet_debugfs);
}
