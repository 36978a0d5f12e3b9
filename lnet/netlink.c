// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration over generic netlink; the specification is in
 * Documentation/netlink/specs/lnet.yaml.
 */
#include <linux/ktime.h>
#include <linux/slab.h>

#include "internal.h"
#include "nl_gen.h"

/* NIDs of one node that a ping reply tells of */
#define LNET_NL_MAX_NIDS	64

static const char *lnet_nl_spec(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[LNET_A_NET_SPEC];

	return attr ? nla_data(attr) : NULL;
}

int lnet_nl_net_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *why = "out of memory";
	int ret;

	ret = lnet_net_add(lnet_of_net(genl_info_net(info)),
			   lnet_nl_spec(info), &why);
	if (ret)
		NL_SET_ERR_MSG_FMT(info->extack, "%s", why);
	return ret;
}

int lnet_nl_net_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *why = "no such network";
	int ret;

	ret = lnet_net_del(lnet_of_net(genl_info_net(info)),
			   lnet_nl_spec(info), &why);
	if (ret)
		NL_SET_ERR_MSG_FMT(info->extack, "%s", why);
	return ret;
}

/* ---- dumps ------------------------------------------------------------------ */

/* One more entry of a dump, as @put writes it, or none of it. */
static int lnet_nl_dump(struct sk_buff *skb, const struct genl_info *info,
			int (*put)(struct sk_buff *skb, void *what), void *what)
{
	void *hdr = genlmsg_iput(skb, info);
	int ret;

	if (!hdr)
		return -EMSGSIZE;
	ret = put(skb, what);
	if (ret)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return ret;
}

/* ---- interfaces ------------------------------------------------------------- */

static int lnet_nl_put_counters(struct sk_buff *skb,
				struct lnet_counters *counters)
{
	return nla_put_u64_64bit(skb, LNET_A_NI_SEND_COUNT,
				 atomic64_read(&counters->send_count),
				 LNET_A_NI_PAD) ?:
	       nla_put_u64_64bit(skb, LNET_A_NI_RECV_COUNT,
				 atomic64_read(&counters->recv_count),
				 LNET_A_NI_PAD) ?:
	       nla_put_u64_64bit(skb, LNET_A_NI_DROP_COUNT,
				 atomic64_read(&counters->drop_count),
				 LNET_A_NI_PAD) ?:
	       nla_put_u64_64bit(skb, LNET_A_NI_SEND_BYTES,
				 atomic64_read(&counters->send_bytes),
				 LNET_A_NI_PAD) ?:
	       nla_put_u64_64bit(skb, LNET_A_NI_RECV_BYTES,
				 atomic64_read(&counters->recv_bytes),
				 LNET_A_NI_PAD);
}

static int lnet_nl_put_ni(struct sk_buff *skb, void *what)
{
	struct lnet_ni *ni = what;
	char buf[LNET_NIDSTR_SIZE];
	char net[20];

	lnet_net_print(lnet_nid_net(&ni->nid), net, sizeof(net));
	return nla_put_string(skb, LNET_A_NI_NID,
			      lnet_nid_print(&ni->nid, buf)) ?:
	       nla_put_string(skb, LNET_A_NI_NET, net) ?:
	       nla_put_string(skb, LNET_A_NI_INTERFACE, ni->ifname) ?:
	       nla_put_u32(skb, LNET_A_NI_STATE, READ_ONCE(ni->up) ?
			   LNET_NI_STATE_UP : LNET_NI_STATE_DOWN) ?:
	       lnet_nl_put_counters(skb, &ni->counters);
}

int lnet_nl_ni_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lnet *ln = lnet_of_net(sock_net(skb->sk));
	const struct genl_info *info = genl_info_dump(cb);
	struct lnet_ni *ni;
	int ret;

	while ((ni = lnet_ni_nth(ln, cb->args[0]))) {
		ret = lnet_nl_dump(skb, info, lnet_nl_put_ni, ni);
		lnet_ni_put(ni);
		if (ret)
			return skb->len ?: ret;
		cb->args[0]++;
	}
	return skb->len;
}

/* ---- peers ------------------------------------------------------------------ */

static int lnet_nl_put_conn(struct sk_buff *skb, const struct lnet_conn *conn)
{
	struct nlattr *nest = nla_nest_start(skb, LNET_A_PEER_CONN);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	ret = nla_put_u32(skb, LNET_A_CONN_TYPE, conn->type) ?:
	      nla_put_u32(skb, LNET_A_CONN_VERSION, conn->version) ?:
	      nla_put_u16(skb, LNET_A_CONN_LOCAL_PORT, conn->local_port) ?:
	      nla_put_u16(skb, LNET_A_CONN_REMOTE_PORT, conn->remote_port) ?:
	      nla_put_u32(skb, LNET_A_CONN_QUEUED, conn->nr_queued) ?:
	      nla_put_u64_64bit(skb, LNET_A_CONN_SEND_BYTES, conn->tx_bytes,
				LNET_A_CONN_PAD) ?:
	      nla_put_u64_64bit(skb, LNET_A_CONN_RECV_BYTES, conn->rx_bytes,
				LNET_A_CONN_PAD);
	if (!ret && conn->passive)
		ret = nla_put_flag(skb, LNET_A_CONN_PASSIVE);
	if (ret)
		return ret;
	nla_nest_end(skb, nest);
	return 0;
}

static int lnet_nl_put_peer(struct sk_buff *skb, void *what)
{
	struct lnet_peer *peer = what;
	char buf[LNET_NIDSTR_SIZE];
	struct lnet_conn *conn;
	int ret;

	ret = nla_put_string(skb, LNET_A_PEER_NID,
			     lnet_nid_print(&peer->nid, buf)) ?:
	      nla_put_string(skb, LNET_A_PEER_SELF,
			     lnet_nid_print(&peer->ni->nid, buf));
	if (ret)
		return ret;
	spin_lock(&peer->lock);
	ret = nla_put_s32(skb, LNET_A_PEER_CREDITS, peer->credits) ?:
	      nla_put_s32(skb, LNET_A_PEER_ERROR, -peer->error);
	list_for_each_entry(conn, &peer->conns, peer_link)
		ret = ret ?: lnet_nl_put_conn(skb, conn);
	spin_unlock(&peer->lock);
	return ret;
}

int lnet_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lnet *ln = lnet_of_net(sock_net(skb->sk));
	const struct genl_info *info = genl_info_dump(cb);
	struct lnet_peer *peer;
	int ret;

	while ((peer = lnet_peer_nth(ln, cb->args[0]))) {
		ret = lnet_nl_dump(skb, info, lnet_nl_put_peer, peer);
		lnet_peer_put(peer, LNET_PEER_PUT_WALK);
		if (ret)
			return skb->len ?: ret;
		cb->args[0]++;
	}
	return skb->len;
}

/* ---- settings --------------------------------------------------------------- */

int lnet_nl_setting_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lnet *ln = lnet_of_net(genl_info_net(info));
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;
	int ret;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &lnet_nl_family, 0,
				LNET_CMD_SETTING_GET);
	ret = hdr ? lnet_settings_put(ln, msg) : -EMSGSIZE;
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int lnet_nl_setting_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *why = "out of memory";
	int ret;

	ret = lnet_settings_set(lnet_of_net(genl_info_net(info)), info->attrs,
				&why);
	if (ret)
		NL_SET_ERR_MSG_FMT(info->extack, "%s", why);
	return ret;
}

/* ---- ping ------------------------------------------------------------------- */

static int lnet_nl_ping_reply(struct genl_info *info,
			      const struct lnet_nid *nids, int n, u32 rtt)
{
	char buf[LNET_NIDSTR_SIZE];
	struct sk_buff *msg;
	void *hdr;
	int i, ret;

	msg = genlmsg_new(NLMSG_GOODSIZE + n * nla_total_size(sizeof(buf)),
			  GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &lnet_nl_family, 0, LNET_CMD_PING);
	ret = hdr ? nla_put_u32(msg, LNET_A_PING_RTT_US, rtt) : -EMSGSIZE;
	for (i = 0; i < n && !ret; i++)
		ret = nla_put_string(msg, LNET_A_PING_NID,
				     lnet_nid_print(&nids[i], buf));
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* Ping from a namespace that is up: a reference, so that it stays so */
static int lnet_nl_do_ping(struct genl_info *info, const struct lnet_nid *peer,
			   struct lnet_nid *nids)
{
	struct nlattr *timeout = info->attrs[LNET_A_PING_TIMEOUT_MS];
	const char *why = "";
	struct lnet *ln;
	int ret;

	ln = lnet_get(genl_info_net(info), &why);
	if (IS_ERR(ln)) {
		NL_SET_ERR_MSG_FMT(info->extack, "%s", why);
		return PTR_ERR(ln);
	}
	ret = lnet_ping(ln, peer, timeout ? nla_get_u32(timeout) : 5000, nids,
			LNET_NL_MAX_NIDS);
	lnet_put(ln);
	return min(ret, LNET_NL_MAX_NIDS);
}

int lnet_nl_ping_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[LNET_A_PING_NID];
	struct lnet_nid peer, *nids;
	ktime_t start;
	int ret;

	if (GENL_REQ_ATTR_CHECK(info, LNET_A_PING_NID))
		return -EINVAL;
	if (lnet_nid_parse(nla_data(attr), strnlen(nla_data(attr),
						   nla_len(attr)), &peer)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "not a NID");
		return -EINVAL;
	}
	nids = kcalloc(LNET_NL_MAX_NIDS, sizeof(*nids), GFP_KERNEL);
	if (!nids)
		return -ENOMEM;
	start = ktime_get();
	ret = lnet_nl_do_ping(info, &peer, nids);
	if (ret >= 0)
		ret = lnet_nl_ping_reply(info, nids, ret,
					 ktime_us_delta(ktime_get(), start));
	kfree(nids);
	return ret;
}
