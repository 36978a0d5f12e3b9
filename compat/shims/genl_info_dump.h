/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_info_dump
 * names: genl_info_dump genlmsg_iput
 * header: net/genetlink.h
 * upstream: v6.7 what is known of a dump is a genl_info
 * unless: genl_info_family
 * include: net/netlink.h net/sock.h
 * use: struct netlink_callback *c, struct sk_buff *s: void *p =
 *	genlmsg_iput(s, genl_info_dump(c)); (void)p;
 * needs: GENL_HDRLEN NETLINK_CB _net attrs cmd extack genl_info genlhdr
 *	genlmsghdr kcompat_genl_dump_attrs nlhdr nlmsg_data nlmsg_put nlmsg_seq
 *	nlmsg_type nlmsghdr portid reserved sk sk_buff snd_portid snd_seq sock_net
 *	version
 */
/* The identifier of the family is the type of every message of it. */
static inline void *genlmsg_iput(struct sk_buff *skb,
				 const struct genl_info *info)
{
	struct nlmsghdr *nlh;
	struct genlmsghdr *hdr;

	nlh = nlmsg_put(skb, info->snd_portid, info->snd_seq,
			info->nlhdr->nlmsg_type, GENL_HDRLEN, 0);
	if (!nlh)
		return NULL;
	hdr = nlmsg_data(nlh);
	hdr->cmd = info->genlhdr->cmd;
	hdr->version = info->genlhdr->version;
	hdr->reserved = 0;
	return (char *)hdr + GENL_HDRLEN;
}

/* Good until the end of the block that it is called in. */
#define genl_info_dump(cb) (&(const struct genl_info){			\
	.snd_seq = (cb)->nlh->nlmsg_seq,				\
	.snd_portid = NETLINK_CB((cb)->skb).portid,			\
	.nlhdr = (struct nlmsghdr *)(cb)->nlh,				\
	.genlhdr = nlmsg_data((cb)->nlh),				\
	.attrs = kcompat_genl_dump_attrs(cb),				\
	._net = { sock_net((cb)->skb->sk) },				\
	.extack = (cb)->extack })
