// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local interfaces: one per address family of each device that a network is on.
 */
#include <linux/delay.h>
#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <net/addrconf.h>
#include <net/ipv6.h>

#include "internal.h"

/* How long a new IPv6 address may take to be found unique, steps of 100 ms */
#define LNET_DAD_STEPS		30

/* An address to make an interface of */
struct lnet_addr {
	struct lnet_nid	nid;
	u8		prefix_len;
};

struct lnet_ni *lnet_ni_get(struct lnet_ni *ni)
{
	refcount_inc(&ni->ref);
	return ni;
}

/* The last but one reference is awaited by lnet_ni_del() */
void lnet_ni_put(struct lnet_ni *ni)
{
	if (!refcount_dec_and_test(&ni->ref))
		return;
	smp_mb(); /* wake_up_var() looks for waiters without a lock */
	wake_up_var(&ni->ref);
}

/* ---- which one ------------------------------------------------------------------ */

static bool lnet_ni_on_link(const struct lnet_ni *ni,
			    const struct lnet_nid *peer)
{
	__be32 mask;

	if (lnet_nid_is_ipv6(&ni->nid))
		return ipv6_prefix_equal((struct in6_addr *)ni->nid.nid_addr,
					 (struct in6_addr *)peer->nid_addr,
					 ni->prefix_len);
	mask = inet_make_mask(ni->prefix_len);
	return !((ni->nid.nid_addr[0] ^ peer->nid_addr[0]) & mask);
}

/* The interface to reach @peer from, with a reference: @self if that is given,
 * else one on the same network, and on the peer's subnet if there is such.
 */
struct lnet_ni *lnet_ni_for(struct lnet *ln, const struct lnet_nid *self,
			    const struct lnet_nid *peer)
{
	struct lnet_ni *ni, *best = NULL;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(ni, &ln->nis, list) {
		if (!ni->up || lnet_nid_net(&ni->nid) != lnet_nid_net(peer) ||
		    ni->nid.nid_size != peer->nid_size)
			continue;
		if (!lnet_nid_is_any(self) && !lnet_nid_equal(self, &ni->nid))
			continue;
		if (!best)
			best = ni;
		if (lnet_ni_on_link(ni, peer)) {
			best = ni;
			break;
		}
	}
	if (best)
		lnet_ni_get(best);
	spin_unlock(&ln->nis_lock);
	return best;
}

bool lnet_nid_is_local(struct lnet *ln, const struct lnet_nid *nid)
{
	struct lnet_ni *ni;
	bool found = false;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(ni, &ln->nis, list)
		found |= lnet_nid_equal(&ni->nid, nid);
	spin_unlock(&ln->nis_lock);
	return found;
}

/* The interface that is @nid with a reference, or NULL */
struct lnet_ni *lnet_ni_of_nid(struct lnet *ln, const struct lnet_nid *nid)
{
	struct lnet_ni *ni, *found = NULL;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(ni, &ln->nis, list) {
		if (!lnet_nid_equal(&ni->nid, nid))
			continue;
		found = lnet_ni_get(ni);
		break;
	}
	spin_unlock(&ln->nis_lock);
	return found;
}

/* Interface number @n with a reference, or NULL */
struct lnet_ni *lnet_ni_nth(struct lnet *ln, unsigned int n)
{
	struct lnet_ni *ni, *found = NULL;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(ni, &ln->nis, list) {
		if (n--)
			continue;
		found = lnet_ni_get(ni);
		break;
	}
	spin_unlock(&ln->nis_lock);
	return found;
}

/**
 * lnet_local_nids - our own NIDs
 * @ln: instance
 * @nids: where to put them
 * @max: room in @nids
 *
 * Return: how many there are; not more than @max were written.
 */
int lnet_local_nids(struct lnet *ln, struct lnet_nid *nids, int max)
{
	struct lnet_ni *ni;
	int n = 0;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(ni, &ln->nis, list) {
		if (n < max)
			nids[n] = ni->nid;
		n++;
	}
	spin_unlock(&ln->nis_lock);
	return n;
}
EXPORT_SYMBOL_GPL(lnet_local_nids);

/**
 * lnet_local_nid_for - the NID that a peer knows us by
 * @ln: instance
 * @peer: NID of the peer
 * @self: where to put ours
 *
 * Return: 0 or -ENETUNREACH if no interface is on the peer's network.
 */
int lnet_local_nid_for(struct lnet *ln, const struct lnet_nid *peer,
		       struct lnet_nid *self)
{
	struct lnet_ni *ni = lnet_ni_for(ln, &lnet_nid_any, peer);

	if (!ni)
		return -ENETUNREACH;
	*self = ni->nid;
	lnet_ni_put(ni);
	return 0;
}
EXPORT_SYMBOL_GPL(lnet_local_nid_for);

/* ---- addresses -------------------------------------------------------------------- */

static bool lnet_addr4(struct net_device *dev, u32 net, struct lnet_addr *addr)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	bool found = false;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(dev);
	if (in_dev) {
		in_dev_for_each_ifa_rcu(ifa, in_dev) {
			if (ifa->ifa_flags & IFA_F_SECONDARY)
				continue;
			lnet_nid_from_nid4(&addr->nid, (u64)net << 32 |
					   ntohl(ifa->ifa_local));
			addr->prefix_len = ifa->ifa_prefixlen;
			found = true;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/* May @ifp be our address?  Servers know us by it, so it must be a lasting one */
static bool lnet_addr6_usable(const struct net_device *dev,
			      const struct inet6_ifaddr *ifp)
{
	int type = ipv6_addr_type(&ifp->addr);

	if (ifp->flags & (IFA_F_TEMPORARY | IFA_F_DEPRECATED | IFA_F_DADFAILED))
		return false;
	if (type & IPV6_ADDR_LOOPBACK)
		return dev->flags & IFF_LOOPBACK;
	return type & IPV6_ADDR_UNICAST && !(type & IPV6_ADDR_LINKLOCAL);
}

/* -EAGAIN: there is an address whose uniqueness is still being checked */
static int lnet_addr6(struct net_device *dev, u32 net, struct lnet_addr *addr)
{
	struct inet6_ifaddr *ifp;
	struct inet6_dev *idev;
	int ret = -ENODEV;

	if (!IS_ENABLED(CONFIG_IPV6))
		return -ENODEV;
	rcu_read_lock();
	idev = __in6_dev_get(dev);
	if (idev) {
		read_lock_bh(&idev->lock);
		list_for_each_entry(ifp, &idev->addr_list, if_list) {
			if (!lnet_addr6_usable(dev, ifp))
				continue;
			if (ifp->flags & IFA_F_TENTATIVE) {
				ret = -EAGAIN;
				continue;
			}
			memset(&addr->nid, 0, sizeof(addr->nid));
			addr->nid.nid_size = 12;
			addr->nid.nid_type = net >> 16;
			addr->nid.nid_num = cpu_to_be16(net);
			memcpy(addr->nid.nid_addr, &ifp->addr, 16);
			addr->prefix_len = ifp->prefix_len;
			ret = 0;
			break;
		}
		read_unlock_bh(&idev->lock);
	}
	rcu_read_unlock();
	return ret;
}

/* Is the address of @ni still there, on a device that is up? */
static bool lnet_ni_alive(struct lnet_ni *ni)
{
	struct net *net = ni->ln->net;
	struct net_device *dev;
	bool alive = false;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, ni->ifindex);
	if (dev && dev->flags & IFF_UP) {
		if (!lnet_nid_is_ipv6(&ni->nid))
			alive = inet_confirm_addr(net, __in_dev_get_rcu(dev), 0,
						  ni->nid.nid_addr[0],
						  RT_SCOPE_HOST);
		else
			alive = ipv6_chk_addr(net, (struct in6_addr *)
					      ni->nid.nid_addr, dev, 0);
	}
	rcu_read_unlock();
	return alive;
}

/* ---- coming and going --------------------------------------------------------------- */

static void lnet_ni_free(struct lnet_ni *ni)
{
	kfree(ni->ping);
	kfree(ni);
}

static struct lnet_ni *lnet_ni_alloc(struct lnet *ln, struct net_device *dev,
				     const struct lnet_addr *addr)
{
	struct lnet_ni *ni = kzalloc(sizeof(*ni), GFP_KERNEL);

	if (!ni)
		return NULL;
	refcount_set(&ni->ref, 1);
	INIT_LIST_HEAD(&ni->list);
	INIT_LIST_HEAD(&ni->waiting);
	spin_lock_init(&ni->lock);
	ni->credits = max(lnet_setting(ln, LNET_A_SETTING_CREDITS), 1U);
	ni->ln = ln;
	ni->nid = addr->nid;
	ni->prefix_len = addr->prefix_len;
	ni->ifindex = dev->ifindex;
	ni->up = true;
	ni->fresh = true;
	strscpy(ni->ifname, dev->name, sizeof(ni->ifname));
	ni->ping = lnet_ping_alloc(ni);
	if (!ni->ping) {
		lnet_ni_free(ni);
		return NULL;
	}
	return ni;
}

static int lnet_ni_start(struct lnet *ln, struct net_device *dev,
			 const struct lnet_addr *addr, const char **why)
{
	char buf[LNET_NIDSTR_SIZE];
	struct lnet_ni *ni;
	int ret;

	if (lnet_nid_is_local(ln, &addr->nid))
		return 0;
	ni = lnet_ni_alloc(ln, dev, addr);
	if (!ni)
		return -ENOMEM;
	ret = lnet_listen(ni);
	if (ret) {
		*why = "cannot listen on the LNet port (accept_port, 988)";
		lnet_err("%s: cannot listen on port %u: %d\n",
			 lnet_nid_print(&ni->nid, buf),
			 lnet_setting(ln, LNET_A_SETTING_ACCEPT_PORT), ret);
		lnet_ni_free(ni);
		return ret;
	}
	spin_lock(&ln->nis_lock);
	list_add_tail(&ni->list, &ln->nis);
	spin_unlock(&ln->nis_lock);
	pr_info("lnet: %s on %s\n", lnet_nid_print(&ni->nid, buf), ni->ifname);
	return 0;
}

/* Interfaces for the addresses of @dev; 0 if there is at least one.  An address that
 * is still being checked is waited for also if there is another: a mount may name a
 * server that only it can reach.
 */
static int lnet_nis_of_dev(struct lnet *ln, u32 net, struct net_device *dev,
			   const char **why)
{
	struct lnet_addr addr4, addr6;
	bool have4, have6;
	int steps, ret;

	for (steps = 0;; steps++) {
		have4 = lnet_addr4(dev, net, &addr4);
		ret = lnet_addr6(dev, net, &addr6);
		have6 = ret == 0;
		if (ret != -EAGAIN || steps == LNET_DAD_STEPS)
			break;
		if (msleep_interruptible(100))
			return -EINTR;
	}
	if (!have4 && !have6) {
		*why = "network device has no usable address";
		return -ENETDOWN;
	}
	if (have4) {
		ret = lnet_ni_start(ln, dev, &addr4, why);
		if (ret)
			return ret;
	}
	return have6 ? lnet_ni_start(ln, dev, &addr6, why) : 0;
}

/* The first device that is up and has an address, referenced */
static struct net_device *lnet_default_dev(struct lnet *ln, u32 net)
{
	struct net_device *dev, *found = NULL;
	struct lnet_addr addr;

	rcu_read_lock();
	for_each_netdev_rcu(ln->net, dev) {
		if (dev->flags & IFF_LOOPBACK || !(dev->flags & IFF_UP))
			continue;
		if (!lnet_addr4(dev, net, &addr) &&
		    lnet_addr6(dev, net, &addr) == -ENODEV)
			continue;
		dev_hold(dev);
		found = dev;
		break;
	}
	rcu_read_unlock();
	return found;
}

/* Bring up the interfaces of one network; conf_mutex is held */
int lnet_nis_add(struct lnet *ln, const struct lnet_net_spec *spec,
		 const char **why)
{
	struct net_device *dev;
	unsigned int i;
	int ret;

	if (!spec->nr_ifs) {
		dev = lnet_default_dev(ln, spec->net);
		*why = "no network device is up and has an address";
		if (!dev)
			return -ENETDOWN;
		ret = lnet_nis_of_dev(ln, spec->net, dev, why);
		dev_put(dev);
		return ret;
	}
	for (i = 0; i < spec->nr_ifs; i++) {
		dev = dev_get_by_name(ln->net, spec->ifs[i]);
		*why = "no such network device";
		if (!dev)
			return -ENODEV;
		ret = lnet_nis_of_dev(ln, spec->net, dev, why);
		dev_put(dev);
		if (ret)
			return ret;
	}
	return 0;
}

/* Shut down @ni, which is off the list; sleeps until nothing refers to it */
static void lnet_ni_del(struct lnet_ni *ni)
{
	struct lnet *ln = ni->ln;

	spin_lock(&ln->peers_lock);
	ni->dying = true;
	spin_unlock(&ln->peers_lock);
	lnet_unlisten(ni);
	lnet_peers_flush(ln, ni);
	lnet_peers_stop(ln, ni);
	lnet_conns_close(ln, ni, LNET_CLOSE_SHUTDOWN, -ESHUTDOWN);
	lnet_ni_put(ni);
	wait_var_event(&ni->ref, !refcount_read(&ni->ref));
	lnet_ni_free(ni);
}

/* Shut down the interfaces of @net, or all for LNET_NET_NONE; conf_mutex held */
void lnet_nis_del(struct lnet *ln, u32 net)
{
	struct lnet_ni *ni, *next;
	LIST_HEAD(gone);

	spin_lock(&ln->nis_lock);
	list_for_each_entry_safe(ni, next, &ln->nis, list)
		if (net == LNET_NET_NONE || lnet_nid_net(&ni->nid) == net)
			list_move_tail(&ni->list, &gone);
	spin_unlock(&ln->nis_lock);
	list_for_each_entry_safe(ni, next, &gone, list)
		lnet_ni_del(ni);
}

/* What was brought up stays; conf_mutex is held */
void lnet_nis_keep(struct lnet *ln)
{
	struct lnet_ni *ni;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(ni, &ln->nis, list)
		ni->fresh = false;
	spin_unlock(&ln->nis_lock);
}

/* Shut down what was brought up since lnet_nis_keep(); conf_mutex is held */
void lnet_nis_undo(struct lnet *ln)
{
	struct lnet_ni *ni, *next;
	LIST_HEAD(gone);

	spin_lock(&ln->nis_lock);
	list_for_each_entry_safe(ni, next, &ln->nis, list)
		if (ni->fresh)
			list_move_tail(&ni->list, &gone);
	spin_unlock(&ln->nis_lock);
	list_for_each_entry_safe(ni, next, &gone, list)
		lnet_ni_del(ni);
}

/* Is there an interface for the other address family of the device of @ni? */
static bool lnet_ni_is_complete(struct lnet_ni *ni)
{
	struct lnet *ln = ni->ln;
	struct lnet_ni *other;
	bool found = false;

	spin_lock(&ln->nis_lock);
	list_for_each_entry(other, &ln->nis, list)
		found |= other->ifindex == ni->ifindex &&
			 lnet_nid_net(&other->nid) == lnet_nid_net(&ni->nid) &&
			 other->nid.nid_size != ni->nid.nid_size;
	spin_unlock(&ln->nis_lock);
	return found;
}

static void lnet_ni_complete(struct lnet_ni *ni, struct net_device *dev)
{
	u32 net = lnet_nid_net(&ni->nid);
	struct lnet_addr addr;
	const char *why;
	bool have;

	if (lnet_nid_is_ipv6(&ni->nid))
		have = lnet_addr4(dev, net, &addr);
	else
		have = lnet_addr6(dev, net, &addr) == 0;
	if (have && lnet_ni_start(ni->ln, dev, &addr, &why))
		ni->alone = true;
}

/* Interfaces for addresses that came, or were found unique, after their device was
 * brought up with one of the other family; conf_mutex is held
 */
void lnet_nis_complete(struct lnet *ln)
{
	struct net_device *dev;
	struct lnet_ni *ni;
	unsigned int n;

	for (n = 0; (ni = lnet_ni_nth(ln, n)); n++) {
		dev = NULL;
		if (!ni->alone && !lnet_ni_is_complete(ni))
			dev = dev_get_by_index(ln->net, ni->ifindex);
		if (dev) {
			if (dev->flags & IFF_UP)
				lnet_ni_complete(ni, dev);
			dev_put(dev);
		}
		lnet_ni_put(ni);
	}
	lnet_nis_keep(ln);
}

static void lnet_ni_tick(struct lnet_ni *ni)
{
	bool up = lnet_ni_alive(ni), was;
	char buf[LNET_NIDSTR_SIZE];
	struct lnet *ln = ni->ln;

	spin_lock(&ln->nis_lock);
	was = ni->up;
	ni->up = up;
	spin_unlock(&ln->nis_lock);
	if (up == was)
		return;
	lnet_warn("%s is %s\n", lnet_nid_print(&ni->nid, buf),
		  up ? "up again" : "down: its address or device is gone");
	if (!up)
		lnet_conns_close(ln, ni, LNET_CLOSE_INTERFACE, -ENETDOWN);
}

/* Once a second: which addresses are still ours? */
void lnet_nis_tick(struct lnet *ln)
{
	struct lnet_ni *ni;
	unsigned int n;

	for (n = 0; (ni = lnet_ni_nth(ln, n)); n++) {
		lnet_ni_tick(ni);
		lnet_ni_put(ni);
	}
}
