// SPDX-License-Identifier: GPL-2.0-only
/*
 * RPC state of a network namespace, and the room's own start and end.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "internal.h"

/* What a namespace always has: the place where the state is hung up. */
struct ptlrpc_pernet {
	struct mutex		lock;	/* protects pn */
	struct ptlrpc_net	*pn;
};

static unsigned int ptlrpc_pernet_id __read_mostly;

struct workqueue_struct *ptlrpc_wq;
struct workqueue_struct *ptlrpc_recov_wq;
struct workqueue_struct *ptlrpc_in_wq;

/* A new xid: unique among all targets of the node and growing (03 section 6.1). */
u64 ptlrpc_next_xid(struct ptlrpc_net *pn)
{
	return atomic64_add_return(PTLRPC_XID_STRIDE, &pn->last_xid);
}

static void ptlrpc_peer_down(struct lnet_listener *listener,
			     const struct lnet_nid *peer, int error)
{
	struct ptlrpc_net *pn = container_of(listener, struct ptlrpc_net,
					     listener);
	struct ptlrpc_import *imp;

	spin_lock(&pn->lock);
	list_for_each_entry(imp, &pn->imports, net_link)
		ptlrpc_import_peer_down(imp, peer);
	spin_unlock(&pn->lock);
}

static bool ptlrpc_import_knows(struct ptlrpc_import *imp,
				const struct lnet_nid *nid)
{
	struct ptlrpc_peer *peer;
	bool known = false;

	spin_lock(&imp->lock);
	list_for_each_entry(peer, &imp->peers, list)
		known |= lnet_nid_equal(&peer->nid, nid);
	spin_unlock(&imp->lock);
	return known;
}

/* Is it one of our servers? */
static bool ptlrpc_knows(struct lnet_listener *listener,
			 const struct lnet_nid *nid)
{
	struct ptlrpc_net *pn = container_of(listener, struct ptlrpc_net,
					     listener);
	struct ptlrpc_import *imp;
	bool known = false;

	spin_lock(&pn->lock);
	list_for_each_entry(imp, &pn->imports, net_link) {
		known = ptlrpc_import_knows(imp, nid);
		if (known)
			break;
	}
	spin_unlock(&pn->lock);
	return known;
}

static const struct lnet_listener_ops ptlrpc_listener_ops = {
	.peer_down	= ptlrpc_peer_down,
	.knows		= ptlrpc_knows,
};

/*
 * A mount may outlive the last task in its namespace: what it was made in stays
 * until the last mount is gone.
 */
static void ptlrpc_net_free(struct ptlrpc_net *pn)
{
	put_net_track(pn->net, &pn->ns_tracker);
	kfree(pn);
}

static struct ptlrpc_net *
ptlrpc_net_start(struct net *net, const struct ptlrpc_in_handler *handlers)
{
	struct ptlrpc_net *pn;
	const char *why = NULL;
	int rc;

	pn = kzalloc_obj(*pn);
	if (!pn)
		return ERR_PTR(-ENOMEM);
	pn->net = get_net_track(net, &pn->ns_tracker, GFP_KERNEL);
	pn->users = 1;
	pn->handlers = handlers;
	pn->listener.ops = &ptlrpc_listener_ops;
	atomic64_set(&pn->last_xid, (u64)ktime_get_real_seconds() << 20);
	spin_lock_init(&pn->lock);
	INIT_LIST_HEAD(&pn->imports);
	init_waitqueue_head(&pn->inbound_wait);
	rc = ptlrpc_handles_init(pn);
	if (rc)
		goto err_free;
	pn->ln = lnet_get(net, &why);
	if (IS_ERR(pn->ln)) {
		rc = PTR_ERR(pn->ln);
		pr_err_ratelimited("lustre: cannot start LNet: %s: error %d\n",
				   why ?: "no reason given", rc);
		goto err_handles;
	}
	rc = ptlrpc_service_start(pn);
	if (rc)
		goto err_lnet;
	lnet_listener_add(pn->ln, &pn->listener);
	return pn;

err_lnet:
	lnet_put(pn->ln);
err_handles:
	ptlrpc_handles_exit(pn);
err_free:
	ptlrpc_net_free(pn);
	return ERR_PTR(rc);
}

static void ptlrpc_net_stop(struct ptlrpc_net *pn)
{
	lnet_listener_del(pn->ln, &pn->listener);
	ptlrpc_service_stop(pn);
	/* Works that hold the last reference of a request or an import. */
	flush_workqueue(ptlrpc_recov_wq);
	flush_workqueue(ptlrpc_wq);
	WARN_ON_ONCE(!list_empty(&pn->imports));
	lnet_put(pn->ln);
	ptlrpc_handles_exit(pn);
}

/**
 * ptlrpc_net_get - take a reference on the RPC state of a network namespace
 * @net: namespace of the mounting task; kept until the last reference is gone
 * @handlers: table of inbound handlers, ended by opcode 0
 *
 * Return: the state, or ERR_PTR().
 */
struct ptlrpc_net *ptlrpc_net_get(struct net *net,
				  const struct ptlrpc_in_handler *handlers)
{
	struct ptlrpc_pernet *here = net_generic(net, ptlrpc_pernet_id);
	struct ptlrpc_net *pn;

	mutex_lock(&here->lock);
	pn = here->pn;
	if (pn) {
		pn->users++;
	} else {
		pn = ptlrpc_net_start(net, handlers);
		if (!IS_ERR(pn))
			here->pn = pn;
	}
	mutex_unlock(&here->lock);
	return pn;
}

/**
 * ptlrpc_net_put - drop a reference of ptlrpc_net_get()
 * @pn: the state
 *
 * All imports made with this reference must have been disconnected and put.
 */
void ptlrpc_net_put(struct ptlrpc_net *pn)
{
	struct ptlrpc_pernet *here = net_generic(pn->net, ptlrpc_pernet_id);
	bool last;

	mutex_lock(&here->lock);
	last = !--pn->users;
	if (last) {
		here->pn = NULL;
		ptlrpc_net_stop(pn);
	}
	mutex_unlock(&here->lock);
	/* The place may go with the namespace. */
	if (last)
		ptlrpc_net_free(pn);
}

/**
 * ptlrpc_net_reaches - could a node be reached at all?
 * @pn: the state
 * @nid: address of the node
 *
 * Return: false if no interface of ours is up on the node's network with an
 * address of the same family, so that nothing could be sent.  True says nothing
 * about an answer.
 */
bool ptlrpc_net_reaches(struct ptlrpc_net *pn, const struct lnet_nid *nid)
{
	struct lnet_nid self;

	return !lnet_local_nid_for(pn->ln, nid, &self);
}

void ptlrpc_timeouts_changed(struct ptlrpc_net *pn)
{
	struct ptlrpc_import *imp;

	spin_lock(&pn->lock);
	list_for_each_entry(imp, &pn->imports, net_link) {
		spin_lock(&imp->lock);
		ptlrpc_tick_arm(imp);
		spin_unlock(&imp->lock);
	}
	spin_unlock(&pn->lock);
}

static int __net_init ptlrpc_pernet_init(struct net *net)
{
	struct ptlrpc_pernet *here = net_generic(net, ptlrpc_pernet_id);

	mutex_init(&here->lock);
	return 0;
}

static struct pernet_operations ptlrpc_pernet_ops = {
	.init	= ptlrpc_pernet_init,
	.id	= &ptlrpc_pernet_id,
	.size	= sizeof(struct ptlrpc_pernet),
};

static void ptlrpc_queues_free(void)
{
	if (ptlrpc_in_wq)
		destroy_workqueue(ptlrpc_in_wq);
	if (ptlrpc_recov_wq)
		destroy_workqueue(ptlrpc_recov_wq);
	if (ptlrpc_wq)
		destroy_workqueue(ptlrpc_wq);
}

static int ptlrpc_queues_alloc(void)
{
	ptlrpc_wq = alloc_workqueue("lustre_rpc", WQ_MEM_RECLAIM | WQ_UNBOUND,
				    0);
	ptlrpc_recov_wq = alloc_workqueue("lustre_recov",
					  WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	ptlrpc_in_wq = alloc_workqueue("lustre_cb", WQ_MEM_RECLAIM | WQ_UNBOUND,
				       0);
	if (ptlrpc_wq && ptlrpc_recov_wq && ptlrpc_in_wq)
		return 0;
	ptlrpc_queues_free();
	return -ENOMEM;
}

/* Start the room; from module init. */
int ptlrpc_init(void)
{
	int rc;

	rc = ptlrpc_queues_alloc();
	if (rc)
		return rc;
	rc = ptlrpc_request_init();
	if (rc)
		goto err_queues;
	rc = register_pernet_subsys(&ptlrpc_pernet_ops);
	if (rc)
		goto err_request;
	return 0;

err_request:
	ptlrpc_request_exit();
err_queues:
	ptlrpc_queues_free();
	return rc;
}

/* End of the room; from module exit, when no mount is left. */
void ptlrpc_exit(void)
{
	unregister_pernet_subsys(&ptlrpc_pernet_ops);
	ptlrpc_queues_free();
	rcu_barrier();
	ptlrpc_request_exit();
}
