/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: lookup_noperm
 * names: lookup_noperm lookup_noperm_unlocked
 * header: linux/namei.h
 * upstream: v6.16 lookup_one_len() without the check that callers in the
 *	kernel have no use for
 * unless: lookup_noperm lookup_noperm_unlocked
 * include: linux/dcache.h
 * needs: dentry len lookup_one_len lookup_one_len_unlocked qstr
 *
 * note: Older kernels ask for execute permission on the folder.
 */
static inline struct dentry *lookup_noperm(struct qstr *name,
					   struct dentry *base)
{
	return lookup_one_len((const char *)name->name, base, name->len);
}

static inline struct dentry *lookup_noperm_unlocked(struct qstr *name,
						    struct dentry *base)
{
	return lookup_one_len_unlocked((const char *)name->name, base,
				       name->len);
}
