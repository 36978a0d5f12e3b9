/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sk_net_refcnt_upgrade
 * header: net/sock.h
 * upstream: v6.15 a socket of the kernel takes hold of its name space
 * unless: sk_net_refcnt_upgrade
 * when: netns_tracker
 * needs: GFP_KERNEL WARN_ON_ONCE get_net_track ns_tracker sk_net_refcnt sock
 *	sock_inuse_add sock_net
 */
static inline void sk_net_refcnt_upgrade(struct sock *sk)
{
	struct net *net = sock_net(sk);

	WARN_ON_ONCE(sk->sk_net_refcnt);
	sk->sk_net_refcnt = 1;
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(net, 1);
}
