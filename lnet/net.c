// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instance of a network namespace: bringing up, shutting down.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait_bit.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "internal.h"

#define LNET_TICK		HZ

static unsigned int lnet_net_id __read_mostly;

struct lnet *lnet_of_net(struct net *net)
{
	return net_generic(net, lnet_net_id);
}

static void lnet_tick_work(struct work_struct *work)
{
	struct lnet *ln = container_of(to_delayed_work(work), struct lnet,
				       tick);

	lnet_nis_tick(ln);
	lnet_conns_tick(ln);
	lnet_peers_tick(ln);
	queue_work(lnet_conn_wq, &ln->addr_work);
	queue_delayed_work(lnet_wq, &ln->tick, LNET_TICK);
}

/* Makes sockets, which the tick must not wait for.  Who holds the mutex may wait
 * for us; there will be a next time.
 */
static void lnet_addr_work(struct work_struct *work)
{
	struct lnet *ln = container_of(work, struct lnet, addr_work);
	unsigned int nofs = memalloc_nofs_save();

	if (mutex_trylock(&ln->conf_mutex)) {
		lnet_nis_complete(ln);
		mutex_unlock(&ln->conf_mutex);
	}
	memalloc_nofs_restore(nofs);
}

/* A new incarnation, before the first interface; conf_mutex is held */
static int lnet_start(struct lnet *ln)
{
	int ret = lnet_match_init(ln);

	if (ret)
		return ret;
	ln->configured = true;
	ln->incarnation = ktime_get_real_ns();
	spin_lock(&ln->peers_lock);
	ln->stopping = false;
	spin_unlock(&ln->peers_lock);
	queue_delayed_work(lnet_wq, &ln->tick, LNET_TICK);
	return 0;
}

/* The end of this incarnation; conf_mutex is held.  Sleeps until everything that
 * was on its way is done.
 */
static void lnet_stop(struct lnet *ln)
{
	if (!ln->configured)
		return;
	spin_lock(&ln->peers_lock);
	ln->stopping = true;
	spin_unlock(&ln->peers_lock);
	cancel_delayed_work_sync(&ln->tick);
	cancel_work_sync(&ln->addr_work);
	lnet_nis_del(ln, LNET_NET_NONE);
	wait_var_event(&ln->nr_txs, !atomic_read(&ln->nr_txs));
	lnet_match_exit(ln);
	ln->configured = false;
}

/* Bring up the networks in @text, for example networks=; conf_mutex is held */
static int lnet_configure(struct lnet *ln, const char *text, const char **why)
{
	struct lnet_net_spec spec;
	int ret;

	for (;;) {
		ret = lnet_config_next(&text, &spec);
		if (ret == -EINVAL)
			*why = "syntax error in the list of networks";
		else if (ret == -EPROTONOSUPPORT)
			*why = "only networks of type tcp are supported";
		if (ret <= 0)
			return ret;
		if (spec.cpts)
			lnet_warn("processors in brackets behind networks are passed over: any processor works for any interface\n");
		ret = lnet_nis_add(ln, &spec, why);
		if (ret)
			return ret;
	}
}

/* Shut down some interfaces while others stay; conf_mutex is held.  The tick
 * forgets peers, over which the walk here would stumble.
 */
static void lnet_shrink(struct lnet *ln, u32 net, bool fresh)
{
	cancel_delayed_work_sync(&ln->tick);
	if (fresh)
		lnet_nis_undo(ln);
	else
		lnet_nis_del(ln, net);
	queue_delayed_work(lnet_wq, &ln->tick, LNET_TICK);
}

/* All of @text or nothing of it; conf_mutex is held */
static int lnet_up(struct lnet *ln, const char *text, const char **why)
{
	bool was = ln->configured;
	int ret;

	ret = was ? 0 : lnet_start(ln);
	if (!ret)
		ret = lnet_configure(ln, text, why);
	if (!ret)
		lnet_nis_keep(ln);
	else if (!was)
		lnet_stop(ln);
	else
		lnet_shrink(ln, 0, true);
	if (ret)
		lnet_err("cannot bring up '%s': %s: %d\n", text, *why, ret);
	return ret;
}

/**
 * lnet_get - use LNet in a network namespace
 * @net: the namespace; the caller keeps a reference to it as long as to LNet
 * @why: where to put a text that explains an error
 *
 * The first user brings up what the module parameter networks= says, unless
 * that was done over netlink before.  Sleeps.
 *
 * Return: the instance, to be given back with lnet_put(); or an ERR_PTR:
 * -EINVAL (bad networks=), -ENODEV, -ENETDOWN (no address), -EADDRINUSE (LNet's
 * port is taken), -EPROTONOSUPPORT, -EINTR, -ENOMEM.
 */
struct lnet *lnet_get(struct net *net, const char **why)
{
	struct lnet *ln = lnet_of_net(net);
	int ret = 0;

	*why = "out of memory";
	mutex_lock(&ln->conf_mutex);
	if (!ln->configured)
		ret = lnet_up(ln, lnet_default_networks(ln), why);
	if (!ret)
		ln->users++;
	mutex_unlock(&ln->conf_mutex);
	return ret ? ERR_PTR(ret) : ln;
}
EXPORT_SYMBOL_GPL(lnet_get);

/**
 * lnet_put - end of use
 * @ln: instance
 *
 * All MDs, services and listeners of the caller must be gone.  The last user
 * shuts the interfaces down, unless they were brought up over netlink.  When it
 * returns, no callback of the caller's runs any more, not even its last
 * instruction: the module that it is in may go.  Sleeps.
 */
void lnet_put(struct lnet *ln)
{
	mutex_lock(&ln->conf_mutex);
	if (!--ln->users && !ln->nl_up)
		lnet_stop(ln);
	mutex_unlock(&ln->conf_mutex);
	lnet_flush();
}
EXPORT_SYMBOL_GPL(lnet_put);

/**
 * lnet_listener_add - hear about peers that are lost
 * @ln: instance
 * @listener: listener with its ops set
 *
 * Sleeps; not to be called from a listener's callback.
 */
void lnet_listener_add(struct lnet *ln, struct lnet_listener *listener)
{
	mutex_lock(&ln->listeners_mutex);
	list_add_tail(&listener->list, &ln->listeners);
	mutex_unlock(&ln->listeners_mutex);
}
EXPORT_SYMBOL_GPL(lnet_listener_add);

/**
 * lnet_listener_del - hear no more
 * @ln: instance
 * @listener: what was added; no callback runs or comes after the return
 *
 * Sleeps; not to be called from a listener's callback.
 */
void lnet_listener_del(struct lnet *ln, struct lnet_listener *listener)
{
	mutex_lock(&ln->listeners_mutex);
	list_del(&listener->list);
	mutex_unlock(&ln->listeners_mutex);
}
EXPORT_SYMBOL_GPL(lnet_listener_del);

/* Has somebody here business with @nid?  Does not wait for memory. */
bool lnet_knows(struct lnet *ln, const struct lnet_nid *nid)
{
	struct lnet_listener *listener;
	bool known = false;

	mutex_lock(&ln->listeners_mutex);
	list_for_each_entry(listener, &ln->listeners, list)
		if (listener->ops->knows && !known)
			known = listener->ops->knows(listener, nid);
	mutex_unlock(&ln->listeners_mutex);
	return known;
}

/* Bring up @spec, or networks= if that is NULL, and keep it up without users */
int lnet_net_add(struct lnet *ln, const char *spec, const char **why)
{
	int ret;

	mutex_lock(&ln->conf_mutex);
	ret = lnet_up(ln, spec ?: lnet_default_networks(ln), why);
	if (!ret)
		ln->nl_up = true;
	mutex_unlock(&ln->conf_mutex);
	return ret;
}

/* Shut down the network @spec, or all if that is NULL */
int lnet_net_del(struct lnet *ln, const char *spec, const char **why)
{
	struct lnet_net_spec net;
	int ret = 0;

	if (spec && lnet_config_next(&spec, &net) != 1) {
		*why = "not the name of a network";
		return -EINVAL;
	}
	mutex_lock(&ln->conf_mutex);
	if (ln->users) {
		*why = "LNet is in use by a file system";
		ret = -EBUSY;
	} else if (spec && ln->configured) {
		lnet_shrink(ln, net.net, false);
	} else if (!spec) {
		lnet_stop(ln);
		ln->nl_up = false;
	}
	mutex_unlock(&ln->conf_mutex);
	return ret;
}

static int __net_init lnet_init_net(struct net *net)
{
	struct lnet *ln = lnet_of_net(net);

	ln->net = net;
	mutex_init(&ln->conf_mutex);
	spin_lock_init(&ln->nis_lock);
	INIT_LIST_HEAD(&ln->nis);
	spin_lock_init(&ln->md_lock);
	hash_init(ln->handles);
	spin_lock_init(&ln->peers_lock);
	hash_init(ln->peers);
	spin_lock_init(&ln->conns_lock);
	INIT_LIST_HEAD(&ln->conns);
	INIT_DELAYED_WORK(&ln->tick, lnet_tick_work);
	INIT_WORK(&ln->addr_work, lnet_addr_work);
	mutex_init(&ln->listeners_mutex);
	INIT_LIST_HEAD(&ln->listeners);
	lnet_settings_init(ln);
	ln->portals = kcalloc(LNET_NR_PORTALS, sizeof(*ln->portals),
			      GFP_KERNEL);
	return ln->portals ? 0 : -ENOMEM;
}

static void __net_exit lnet_exit_net(struct net *net)
{
	struct lnet *ln = lnet_of_net(net);

	/* users hold the namespace; this is what netlink has brought up */
	WARN_ON_ONCE(ln->users);
	mutex_lock(&ln->conf_mutex);
	lnet_stop(ln);
	mutex_unlock(&ln->conf_mutex);
	kfree(ln->networks);
	kfree(ln->portals);
}

struct pernet_operations lnet_pernet_ops = {
	.init	= lnet_init_net,
	.exit	= lnet_exit_net,
	.id	= &lnet_net_id,
	.size	= sizeof(struct lnet),
};
