/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_no_op_policy
 * names: kcompat_genl_alloc kcompat_genl_policy kcompat_genl_free
 *	kcompat_genl_family_policy kcompat_genl_dump_attrs
 * header: net/genetlink.h
 * upstream: v5.10 an operation has a policy of its own
 * unless: genl_ops_policy
 * include: net/netlink.h linux/slab.h
 * needs: ENOMEM EOPNOTSUPP GENL_CMD_CAP_DO GENL_CMD_CAP_DUMP
 *	GENL_DONT_VALIDATE_STRICT GENL_HDRLEN GFP_KERNEL NL_VALIDATE_LIBERAL
 *	NL_VALIDATE_STRICT __nlmsg_parse extack flags genl_info genl_ops hdrsize
 *	internal_flags kcalloc kfree n_split_ops nla_policy nlattr nlhdr post_doit
 *	pre_doit sk_buff validate
 *
 * note: The policy of each operation stands in front of this kernel's table, and
 * what is done before and after a command parses the attributes with it.  Nothing
 * parses those of a dump: a family that wants them cannot be registered.
 */
struct kcompat_genl_op_policy {
	const struct nla_policy *policy;
	unsigned int maxattr;
	unsigned int hdrlen;
};

/* The first operation's is next to the table, as its size is not known there. */
static inline struct kcompat_genl_op_policy *kcompat_genl_op_policy(const struct genl_ops *op)
{
	const struct genl_ops *first = op - op->internal_flags;

	return (struct kcompat_genl_op_policy *)first - 1 - op->internal_flags;
}

static inline struct genl_ops *kcompat_genl_alloc(unsigned int n)
{
	struct kcompat_genl_op_policy *p;

	p = kcalloc(n, sizeof(*p) + sizeof(struct genl_ops), GFP_KERNEL);
	return p ? (struct genl_ops *)(p + n) : NULL;
}

static inline void kcompat_genl_free(const struct genl_ops *ops, unsigned int n)
{
	kfree((const struct kcompat_genl_op_policy *)ops - n);
}

static inline int kcompat_genl_pre_doit(const struct genl_ops *op,
					struct sk_buff *skb,
					struct genl_info *info)
{
	const struct kcompat_genl_op_policy *p = kcompat_genl_op_policy(op);
	struct nlattr **attrs;
	int rc;

	info->attrs = NULL;
	if (!p->maxattr)
		return 0;
	attrs = kcalloc(p->maxattr + 1, sizeof(*attrs), GFP_KERNEL);
	if (!attrs)
		return -ENOMEM;
	rc = __nlmsg_parse(info->nlhdr, p->hdrlen, attrs, p->maxattr, p->policy,
			   op->validate & GENL_DONT_VALIDATE_STRICT ?
			   NL_VALIDATE_LIBERAL : NL_VALIDATE_STRICT,
			   info->extack);
	if (rc < 0)
		kfree(attrs);
	else
		info->attrs = attrs;
	return rc < 0 ? rc : 0;
}

static inline void kcompat_genl_post_doit(const struct genl_ops *op,
					  struct sk_buff *skb,
					  struct genl_info *info)
{
	kfree(info->attrs);
}

/* Upstream, an operation without a policy has the family's. */
#define kcompat_genl_policy(to, index, family, from) ({			\
	struct kcompat_genl_op_policy *__p;				\
									\
	(to)->internal_flags = (index);					\
	__p = kcompat_genl_op_policy(to);				\
	if ((from)->flags & GENL_CMD_CAP_DO) {				\
		__p->policy = (from)->policy ?: (family)->policy;	\
		__p->maxattr = (from)->maxattr ?: (family)->maxattr;	\
		__p->hdrlen = GENL_HDRLEN + (family)->hdrsize;		\
	}								\
	(from)->flags & GENL_CMD_CAP_DUMP && (from)->maxattr ? -EOPNOTSUPP : 0; \
})

#define kcompat_genl_family_policy(real, family) do {			\
	if ((family)->n_split_ops) {					\
		(real)->pre_doit = kcompat_genl_pre_doit;		\
		(real)->post_doit = kcompat_genl_post_doit;		\
	} else {							\
		(real)->policy = (family)->policy;			\
		(real)->maxattr = (family)->maxattr;			\
	}								\
} while (0)

#define kcompat_genl_dump_attrs(cb) ((struct nlattr **)NULL)
