/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_split_ops
 * names: genl_split_ops genl_family genl_info_dump genlmsg_iput
 *	genl_register_family genl_unregister_family
 * header: net/genetlink.h
 * place: late
 * upstream: v6.2 operations of a family in split form, v6.7 genl_info_dump()
 * unless: genl_split_ops genl_family_split_ops genl_info_family
 * include: net/genetlink.h net/sock.h linux/slab.h
 * needs: ENOMEM GENL_CMD_CAP_DO GENL_HDRLEN GENL_NAMSIZ GFP_KERNEL
 *	NETLINK_CB _net attrs extack genl_dumpit_info genl_info
 *	genl_multicast_group genl_ops genl_small_ops genlhdr genlmsghdr kcalloc
 *	kcompat_genl_resv kfree memcpy netlink_callback nla_policy nlhdr
 *	nlmsg_data nlmsg_put nlmsg_seq nlmsg_type nlmsghdr reserved sk sk_buff
 *	snd_portid snd_seq sock_net u8
 * use: struct genl_family *f, struct genl_info *g, struct
 *	netlink_callback *c, struct sk_buff *s: int rc =
 *	genl_register_family(f); void *p = genlmsg_put(s, 0, 0, f, 0,
 *	1); p = genlmsg_put_reply(s, g, f, 0, 1); p = genlmsg_iput(s,
 *	genl_info_dump(c)); rc = genlmsg_multicast_netns(f,
 *	genl_info_net(g), s, 0, 0, GFP_KERNEL); rc =
 *	genl_unregister_family(f);
 *
 * note: The newer family in front of one of this kernel's; registering it
 * makes this kernel's table, in which "do" and "dump" of a command share an
 * entry, and the policy of the one with more attributes.
 */
struct genl_split_ops {
	union {
		struct {
			int (*pre_doit)(const struct genl_split_ops *ops,
					struct sk_buff *skb,
					struct genl_info *info);
			int (*doit)(struct sk_buff *skb,
				    struct genl_info *info);
			void (*post_doit)(const struct genl_split_ops *ops,
					  struct sk_buff *skb,
					  struct genl_info *info);
		};
		struct {
			int (*start)(struct netlink_callback *cb);
			int (*dumpit)(struct sk_buff *skb,
				      struct netlink_callback *cb);
			int (*done)(struct netlink_callback *cb);
		};
	};
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 internal_flags;
	u8 flags;
	u8 validate;
};

struct kcompat_genl_family {
	unsigned int hdrsize;
	char name[GENL_NAMSIZ];
	unsigned int version;
	unsigned int maxattr;
	u8 netnsok:1;
	u8 parallel_ops:1;
	u8 n_ops;
	u8 n_small_ops;
	u8 n_split_ops;
	u8 n_mcgrps;
	u8 resv_start_op;
	const struct nla_policy *policy;
	const struct genl_ops *ops;
	const struct genl_small_ops *small_ops;
	const struct genl_split_ops *split_ops;
	const struct genl_multicast_group *mcgrps;
	struct module *module;
	struct genl_family real;
};

static inline void kcompat_genl_merge(struct genl_ops *to,
				      const struct genl_split_ops *from)
{
	to->cmd = from->cmd;
	to->internal_flags |= from->internal_flags;
	to->flags |= from->flags;
	to->validate |= from->validate;
	if (from->flags & GENL_CMD_CAP_DO) {
		to->doit = from->doit;
	} else {
		to->start = from->start;
		to->dumpit = from->dumpit;
		to->done = from->done;
	}
	if (from->policy && (!to->policy || from->maxattr > to->maxattr)) {
		to->policy = from->policy;
		to->maxattr = from->maxattr;
	}
}

static inline int kcompat_genl_register(struct kcompat_genl_family *family)
{
	struct genl_family *real = &family->real;
	struct genl_ops *ops = NULL;
	unsigned int i, n;
	int rc;

	if (family->n_split_ops) {
		ops = kcalloc(family->n_split_ops, sizeof(*ops), GFP_KERNEL);
		if (!ops)
			return -ENOMEM;
	}
	for (i = 0, n = 0; i < family->n_split_ops; i++) {
		/* "do" and "dump" of one command stand side by side */
		if (!n || ops[n - 1].cmd != family->split_ops[i].cmd)
			n++;
		kcompat_genl_merge(&ops[n - 1], &family->split_ops[i]);
	}
	real->hdrsize = family->hdrsize;
	memcpy(real->name, family->name, sizeof(real->name));
	real->version = family->version;
	real->maxattr = family->maxattr;
	real->policy = family->policy;
	real->netnsok = family->netnsok;
	real->parallel_ops = family->parallel_ops;
	kcompat_genl_resv(real, family->resv_start_op);
	real->mcgrps = family->mcgrps;
	real->n_mcgrps = family->n_mcgrps;
	real->module = family->module;
	real->ops = ops ? ops : family->ops;
	real->n_ops = ops ? n : family->n_ops;
	real->small_ops = family->small_ops;
	real->n_small_ops = family->n_small_ops;
	rc = (genl_register_family)(real);
	if (rc)
		kfree(ops);
	return rc;
}

static inline int kcompat_genl_unregister(const struct kcompat_genl_family *family)
{
	int rc = (genl_unregister_family)(&family->real);

	if (family->n_split_ops)
		kfree(family->real.ops);
	return rc;
}

/* The identifier of the family is the type of every message of it. */
static inline void *kcompat_genlmsg_iput(struct sk_buff *skb,
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
	.attrs = genl_dumpit_info(cb)->attrs,				\
	._net = { sock_net((cb)->skb->sk) },				\
	.extack = (cb)->extack })

#define genl_register_family(family) kcompat_genl_register(family)
#define genl_unregister_family(family) kcompat_genl_unregister(family)
#define genlmsg_iput(skb, info) kcompat_genlmsg_iput(skb, info)
#define genlmsg_put(skb, portid, seq, family, flags, cmd) \
	(genlmsg_put)(skb, portid, seq, &(family)->real, flags, cmd)
#define genlmsg_put_reply(skb, info, family, flags, cmd) \
	(genlmsg_put_reply)(skb, info, &(family)->real, flags, cmd)
#define genlmsg_multicast_netns(family, net, skb, portid, group, flags) \
	(genlmsg_multicast_netns)(&(family)->real, net, skb, portid, group, flags)
#define genl_family kcompat_genl_family
