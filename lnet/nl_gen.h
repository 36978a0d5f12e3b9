/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/lnet.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_LNET_GEN_H
#define _LINUX_LNET_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/lnet_netlink.h>

int lnet_nl_net_add_doit(struct sk_buff *skb, struct genl_info *info);
int lnet_nl_net_del_doit(struct sk_buff *skb, struct genl_info *info);
int lnet_nl_ni_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lnet_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lnet_nl_ping_doit(struct sk_buff *skb, struct genl_info *info);
int lnet_nl_setting_get_doit(struct sk_buff *skb, struct genl_info *info);
int lnet_nl_setting_set_doit(struct sk_buff *skb, struct genl_info *info);

extern struct genl_family lnet_nl_family;

#endif /* _LINUX_LNET_GEN_H */
