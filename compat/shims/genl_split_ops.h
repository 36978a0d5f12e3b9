/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_split_ops
 * names: genl_split_ops genl_family genl_register_family genl_unregister_family
 * header: net/genetlink.h
 * place: late
 * upstream: v6.2 operations of a family in split form
 * unless: genl_split_ops genl_family_split_ops
 * include: net/genetlink.h net/sock.h linux/slab.h
 * use: struct genl_family *f, struct genl_info *g, struct sk_buff *s: int
 *	rc = genl_register_family(f); void *p = genlmsg_put(s, 0, 0, f, 0, 1);
 *	p = genlmsg_put_reply(s, g, f, 0, 1); rc = genlmsg_multicast_netns(f,
 *	genl_info_net(g), s, 0, 0, GFP_KERNEL); rc = genl_unregister_family(f);
 * needs: ENOMEM GENL_CMD_CAP_DO GENL_NAMSIZ genl_info genl_multicast_group
 *	genl_ops kcompat_genl_alloc kcompat_genl_family_policy kcompat_genl_free
 *	kcompat_genl_policy kcompat_genl_resv memcpy netlink_callback nla_policy
 *	sk_buff u8
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
	const void *small_ops;
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
}

static inline int kcompat_genl_register(struct kcompat_genl_family *family)
{
	struct genl_family *real = &family->real;
	struct genl_ops *ops = NULL;
	unsigned int i, n;
	int rc = 0;

	if (family->n_split_ops) {
		ops = kcompat_genl_alloc(family->n_split_ops);
		if (!ops)
			return -ENOMEM;
	}
	for (i = 0, n = 0; i < family->n_split_ops && !rc; i++) {
		const struct genl_split_ops *from = &family->split_ops[i];

		/* "do" and "dump" of one command stand side by side */
		if (!n || ops[n - 1].cmd != from->cmd)
			n++;
		kcompat_genl_merge(&ops[n - 1], from);
		rc = kcompat_genl_policy(&ops[n - 1], n - 1, family, from);
	}
	real->hdrsize = family->hdrsize;
	memcpy(real->name, family->name, sizeof(real->name));
	real->version = family->version;
	real->netnsok = family->netnsok;
	real->parallel_ops = family->parallel_ops;
	kcompat_genl_resv(real, family->resv_start_op);
	real->mcgrps = family->mcgrps;
	real->n_mcgrps = family->n_mcgrps;
	real->module = family->module;
	real->ops = ops ? ops : family->ops;
	real->n_ops = ops ? n : family->n_ops;
	kcompat_genl_family_policy(real, family);
	rc = rc ?: (genl_register_family)(real);
	if (rc && ops)
		kcompat_genl_free(ops, family->n_split_ops);
	return rc;
}

static inline int kcompat_genl_unregister(const struct kcompat_genl_family *family)
{
	int rc = (genl_unregister_family)(&family->real);

	if (family->n_split_ops)
		kcompat_genl_free(family->real.ops, family->n_split_ops);
	return rc;
}

#define genl_register_family(family) kcompat_genl_register(family)
#define genl_unregister_family(family) kcompat_genl_unregister(family)
#define genlmsg_put(skb, portid, seq, family, flags, cmd) \
	(genlmsg_put)(skb, portid, seq, &(family)->real, flags, cmd)
#define genlmsg_put_reply(skb, info, family, flags, cmd) \
	(genlmsg_put_reply)(skb, info, &(family)->real, flags, cmd)
#define genlmsg_multicast_netns(family, net, skb, portid, group, flags) \
	(genlmsg_multicast_netns)(&(family)->real, net, skb, portid, group, flags)
#define genl_family kcompat_genl_family
