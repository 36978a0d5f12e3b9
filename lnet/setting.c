// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of a network namespace: each is as the module's parameter says, until
 * it is set over netlink.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

/* No setting can be that much */
#define LNET_SETTING_UNSET	U32_MAX

static char *lnet_networks;
module_param_named(networks, lnet_networks, charp, 0444);
MODULE_PARM_DESC(networks,
		 "networks and the devices they are on, as in \"tcp0(eth0),tcp1(eth1,eth2)\" (default: tcp on the first device)");

static const char * const lnet_accept_names[] = {
	[LNET_ACCEPT_POLICY_NONE]	= "none",
	[LNET_ACCEPT_POLICY_SECURE]	= "secure",
	[LNET_ACCEPT_POLICY_ALL]	= "all",
};

static unsigned int lnet_accept = LNET_ACCEPT_POLICY_SECURE;

static int lnet_accept_set(const char *val, const struct kernel_param *kp)
{
	int i = sysfs_match_string(lnet_accept_names, val);

	if (i < 0) {
		pr_err("lnet: accept=%s: not one of secure, all, none\n", val);
		return i;
	}
	lnet_accept = i;
	return 0;
}

static int lnet_accept_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", lnet_accept_names[lnet_accept]);
}

static const struct kernel_param_ops lnet_accept_ops = {
	.set	= lnet_accept_set,
	.get	= lnet_accept_get,
};

module_param_cb(accept, &lnet_accept_ops, NULL, 0444);
__MODULE_PARM_TYPE(accept, "charp");
MODULE_PARM_DESC(accept,
		 "whose connections to accept: secure (privileged ports only), all, none");

static unsigned int lnet_accept_port = LNET_WIRE_ACCEPTOR_PORT;
module_param_named(accept_port, lnet_accept_port, uint, 0444);
MODULE_PARM_DESC(accept_port, "TCP port that all nodes listen on");

static unsigned int lnet_accept_timeout = 5;
module_param_named(accept_timeout, lnet_accept_timeout, uint, 0644);
MODULE_PARM_DESC(accept_timeout, "time for an incoming handshake, seconds");

static unsigned int lnet_accept_backlog = 127;
module_param_named(accept_backlog, lnet_accept_backlog, uint, 0444);
MODULE_PARM_DESC(accept_backlog, "length of the listen queue");

static bool lnet_check_source = true;
module_param_named(check_source, lnet_check_source, bool, 0644);
MODULE_PARM_DESC(check_source,
		 "whether an incoming connection must come from the address in the NID that it claims");

static unsigned int lnet_sock_timeout = 50;
module_param_named(sock_timeout, lnet_sock_timeout, uint, 0644);
MODULE_PARM_DESC(sock_timeout,
		 "time without progress after which a connection is given up, seconds");

static unsigned int lnet_peer_credits = 8;
module_param_named(peer_credits, lnet_peer_credits, uint, 0444);
MODULE_PARM_DESC(peer_credits, "messages in flight to one peer");

static unsigned int lnet_ni_credits = 256;
module_param_named(credits, lnet_ni_credits, uint, 0444);
MODULE_PARM_DESC(credits, "messages in flight from one interface");

static unsigned int lnet_min_reconnectms = 1000;
module_param_named(min_reconnectms, lnet_min_reconnectms, uint, 0644);
MODULE_PARM_DESC(min_reconnectms,
		 "pause after the first failed attempt to connect, milliseconds");

static unsigned int lnet_max_reconnectms = 8000;
module_param_named(max_reconnectms, lnet_max_reconnectms, uint, 0644);
MODULE_PARM_DESC(max_reconnectms,
		 "longest pause between attempts to connect, milliseconds");

static unsigned int lnet_keepalive = 30;
module_param_named(keepalive, lnet_keepalive, uint, 0644);
MODULE_PARM_DESC(keepalive,
		 "silence before a sign of life is sent, seconds (0: never)");

static unsigned int lnet_zc_min_payload = 16384;
module_param_named(zc_min_payload, lnet_zc_min_payload, uint, 0644);
MODULE_PARM_DESC(zc_min_payload,
		 "smallest payload that is sent without copying, bytes");

static unsigned int lnet_protocol = KSOCK_PROTO_V3;
module_param_named(protocol, lnet_protocol, uint, 0644);
MODULE_PARM_DESC(protocol,
		 "version of the transport protocol offered to IPv4 peers: 2, 3 or 4");

/* By LNET_A_SETTING_*, where that is a number */
static const unsigned int * const lnet_params[LNET_NR_SETTINGS] = {
	[LNET_A_SETTING_ACCEPT]		 = &lnet_accept,
	[LNET_A_SETTING_ACCEPT_PORT]	 = &lnet_accept_port,
	[LNET_A_SETTING_ACCEPT_TIMEOUT]	 = &lnet_accept_timeout,
	[LNET_A_SETTING_ACCEPT_BACKLOG]	 = &lnet_accept_backlog,
	[LNET_A_SETTING_SOCK_TIMEOUT]	 = &lnet_sock_timeout,
	[LNET_A_SETTING_PEER_CREDITS]	 = &lnet_peer_credits,
	[LNET_A_SETTING_CREDITS]	 = &lnet_ni_credits,
	[LNET_A_SETTING_MIN_RECONNECTMS] = &lnet_min_reconnectms,
	[LNET_A_SETTING_MAX_RECONNECTMS] = &lnet_max_reconnectms,
	[LNET_A_SETTING_KEEPALIVE]	 = &lnet_keepalive,
	[LNET_A_SETTING_ZC_MIN_PAYLOAD]	 = &lnet_zc_min_payload,
	[LNET_A_SETTING_PROTOCOL]	 = &lnet_protocol,
};

/* Used when a network is brought up: not to be changed under it */
static const unsigned long lnet_bring_up_settings =
	BIT(LNET_A_SETTING_ACCEPT) | BIT(LNET_A_SETTING_ACCEPT_PORT) |
	BIT(LNET_A_SETTING_ACCEPT_BACKLOG) | BIT(LNET_A_SETTING_PEER_CREDITS) |
	BIT(LNET_A_SETTING_CREDITS) | BIT(LNET_A_SETTING_NETWORKS) |
	BIT(LNET_A_SETTING_RESET);

void lnet_settings_init(struct lnet *ln)
{
	int id;

	for (id = 0; id < LNET_NR_SETTINGS; id++)
		WRITE_ONCE(ln->settings[id], LNET_SETTING_UNSET);
	kfree(ln->networks);
	ln->networks = NULL;
}

/* The value in force of @id, which is LNET_A_SETTING_* of a number.  Any context. */
u32 lnet_setting(const struct lnet *ln, unsigned int id)
{
	u32 value = READ_ONCE(ln->settings[id]);

	if (value != LNET_SETTING_UNSET)
		return value;
	if (id == LNET_A_SETTING_CHECK_SOURCE)
		return READ_ONCE(lnet_check_source);
	return READ_ONCE(*lnet_params[id]);
}

/* What is brought up when nobody names networks; conf_mutex is held */
const char *lnet_default_networks(const struct lnet *ln)
{
	const char *text = ln->networks ?: READ_ONCE(lnet_networks);

	return text && *text ? text : "tcp";
}

static int lnet_settings_store(struct lnet *ln, struct nlattr **attrs)
{
	struct nlattr *attr = attrs[LNET_A_SETTING_NETWORKS];
	char *networks = NULL;
	int id;

	if (attr) {
		networks = kstrdup(nla_data(attr), GFP_KERNEL);
		if (!networks)
			return -ENOMEM;
	}
	if (attrs[LNET_A_SETTING_RESET])
		lnet_settings_init(ln);
	if (attr) {
		kfree(ln->networks);
		ln->networks = networks;
	}
	for (id = 1; id < LNET_NR_SETTINGS; id++)
		if (attrs[id])
			WRITE_ONCE(ln->settings[id], nla_get_u32(attrs[id]));
	return 0;
}

/* Take over what @attrs, by LNET_A_SETTING_*, tell: all or nothing */
int lnet_settings_set(struct lnet *ln, struct nlattr **attrs, const char **why)
{
	int id, ret = 0;

	mutex_lock(&ln->conf_mutex);
	for (id = 1; ln->configured && id <= LNET_A_SETTING_MAX; id++)
		if (attrs[id] && (BIT(id) & lnet_bring_up_settings))
			ret = -EBUSY;
	if (ret)
		*why = "LNet is up, and this is used for bringing it up";
	else
		ret = lnet_settings_store(ln, attrs);
	mutex_unlock(&ln->conf_mutex);
	return ret;
}

/* Put all settings in force into @skb */
int lnet_settings_put(struct lnet *ln, struct sk_buff *skb)
{
	int id, ret;

	mutex_lock(&ln->conf_mutex);
	ret = nla_put_string(skb, LNET_A_SETTING_NETWORKS,
			     lnet_default_networks(ln));
	mutex_unlock(&ln->conf_mutex);
	for (id = 1; id < LNET_NR_SETTINGS && !ret; id++)
		ret = nla_put_u32(skb, id, lnet_setting(ln, id));
	return ret;
}
