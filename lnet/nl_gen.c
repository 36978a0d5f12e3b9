// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/lnet.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "nl_gen.h"

#include <uapi/linux/lnet_netlink.h>

/* Integer value ranges */
static const struct netlink_range_validation lnet_a_ping_timeout_ms_range = {
	.min	= 1ULL,
	.max	= 600000ULL,
};

static const struct netlink_range_validation lnet_a_setting_accept_port_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation lnet_a_setting_accept_backlog_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation lnet_a_setting_peer_credits_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation lnet_a_setting_credits_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static const struct netlink_range_validation lnet_a_setting_min_reconnectms_range = {
	.min	= 1ULL,
	.max	= 600000ULL,
};

static const struct netlink_range_validation lnet_a_setting_max_reconnectms_range = {
	.min	= 1ULL,
	.max	= 600000ULL,
};

static const struct netlink_range_validation lnet_a_setting_keepalive_range = {
	.max	= 86400ULL,
};

static const struct netlink_range_validation lnet_a_setting_zc_min_payload_range = {
	.max	= 1073741824ULL,
};

/* LNET_CMD_NET_ADD - do */
static const struct nla_policy lnet_net_add_nl_policy[LNET_A_NET_SPEC + 1] = {
	[LNET_A_NET_SPEC] = { .type = NLA_NUL_STRING, .len = 1024, },
};

/* LNET_CMD_NET_DEL - do */
static const struct nla_policy lnet_net_del_nl_policy[LNET_A_NET_SPEC + 1] = {
	[LNET_A_NET_SPEC] = { .type = NLA_NUL_STRING, .len = 1024, },
};

/* LNET_CMD_PING - do */
static const struct nla_policy lnet_ping_nl_policy[LNET_A_PING_TIMEOUT_MS + 1] = {
	[LNET_A_PING_NID] = { .type = NLA_STRING, .len = 63, },
	[LNET_A_PING_TIMEOUT_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_ping_timeout_ms_range),
};

/* LNET_CMD_SETTING_SET - do */
static const struct nla_policy lnet_setting_set_nl_policy[LNET_A_SETTING_RESET + 1] = {
	[LNET_A_SETTING_ACCEPT] = NLA_POLICY_MAX(NLA_U32, 2),
	[LNET_A_SETTING_ACCEPT_PORT] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_accept_port_range),
	[LNET_A_SETTING_ACCEPT_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[LNET_A_SETTING_ACCEPT_BACKLOG] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_accept_backlog_range),
	[LNET_A_SETTING_CHECK_SOURCE] = NLA_POLICY_MAX(NLA_U32, 1),
	[LNET_A_SETTING_SOCK_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[LNET_A_SETTING_PEER_CREDITS] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_peer_credits_range),
	[LNET_A_SETTING_CREDITS] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_credits_range),
	[LNET_A_SETTING_MIN_RECONNECTMS] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_min_reconnectms_range),
	[LNET_A_SETTING_MAX_RECONNECTMS] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_max_reconnectms_range),
	[LNET_A_SETTING_KEEPALIVE] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_keepalive_range),
	[LNET_A_SETTING_ZC_MIN_PAYLOAD] = NLA_POLICY_FULL_RANGE(NLA_U32, &lnet_a_setting_zc_min_payload_range),
	[LNET_A_SETTING_PROTOCOL] = NLA_POLICY_RANGE(NLA_U32, 2, 4),
	[LNET_A_SETTING_NETWORKS] = { .type = NLA_NUL_STRING, .len = 1024, },
	[LNET_A_SETTING_RESET] = { .type = NLA_FLAG, },
};

/* Ops table for lnet */
static const struct genl_split_ops lnet_nl_ops[] = {
	{
		.cmd		= LNET_CMD_NET_ADD,
		.doit		= lnet_nl_net_add_doit,
		.policy		= lnet_net_add_nl_policy,
		.maxattr	= LNET_A_NET_SPEC,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= LNET_CMD_NET_DEL,
		.doit		= lnet_nl_net_del_doit,
		.policy		= lnet_net_del_nl_policy,
		.maxattr	= LNET_A_NET_SPEC,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= LNET_CMD_NI_GET,
		.dumpit	= lnet_nl_ni_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= LNET_CMD_PEER_GET,
		.dumpit	= lnet_nl_peer_get_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= LNET_CMD_PING,
		.doit		= lnet_nl_ping_doit,
		.policy		= lnet_ping_nl_policy,
		.maxattr	= LNET_A_PING_TIMEOUT_MS,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= LNET_CMD_SETTING_GET,
		.doit	= lnet_nl_setting_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= LNET_CMD_SETTING_SET,
		.doit		= lnet_nl_setting_set_doit,
		.policy		= lnet_setting_set_nl_policy,
		.maxattr	= LNET_A_SETTING_RESET,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

struct genl_family lnet_nl_family __ro_after_init = {
	.name		= LNET_FAMILY_NAME,
	.version	= LNET_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= lnet_nl_ops,
	.n_split_ops	= ARRAY_SIZE(lnet_nl_ops),
};
