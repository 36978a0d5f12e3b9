/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sk_net_refcnt_bare
 * names: sk_net_refcnt_upgrade
 * header: net/sock.h
 * upstream: v5.17 references to a name space are tracked
 * unless: netns_tracker
 * needs: WARN_ON_ONCE core get_net sk_net_refcnt sock sock_inuse sock_net
 *	this_cpu_add
 */
static inline void sk_net_refcnt_upgrade(struct sock *sk)
{
	struct net *net = sock_net(sk);

	WARN_ON_ONCE(sk->sk_net_refcnt);
	sk->sk_net_refcnt = 1;
	get_net(net);
#ifdef CONFIG_PROC_FS
	this_cpu_add(*net->core.sock_inuse, 1);
#endif
}
