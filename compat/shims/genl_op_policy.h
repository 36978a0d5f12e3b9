/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_op_policy
 * names: kcompat_genl_alloc kcompat_genl_policy kcompat_genl_free
 *	kcompat_genl_family_policy kcompat_genl_dump_attrs
 * header: net/genetlink.h
 * upstream: v5.10 an operation has a policy of its own
 * when: genl_ops_policy
 * include: linux/slab.h
 * needs: GFP_KERNEL attrs genl_dumpit_info genl_ops kcalloc kfree maxattr
 *	n_small_ops policy small_ops
 */
#define kcompat_genl_alloc(n)	kcalloc(n, sizeof(struct genl_ops), GFP_KERNEL)
#define kcompat_genl_free(ops, n)	kfree(ops)

/* Of two that share an entry, the one with more attributes. */
#define kcompat_genl_policy(to, index, family, from) ({			\
	if ((from)->policy &&						\
	    (!(to)->policy || (from)->maxattr > (to)->maxattr)) {	\
		(to)->policy = (from)->policy;				\
		(to)->maxattr = (from)->maxattr;			\
	}								\
	0;								\
})

#define kcompat_genl_family_policy(real, family) do {			\
	(real)->policy = (family)->policy;				\
	(real)->maxattr = (family)->maxattr;				\
	(real)->small_ops = (family)->small_ops;			\
	(real)->n_small_ops = (family)->n_small_ops;			\
} while (0)

#define kcompat_genl_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
