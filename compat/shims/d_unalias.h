/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: d_unalias
 * names: d_unalias_trylock d_unalias_unlock
 * header: linux/dcache.h
 * place: late
 * upstream: v6.15 a file system may refuse that an alias of a directory is moved
 * unless: d_unalias_trylock
 * include: linux/dcache.h
 * use: const struct dentry_operations *o:
 *	(void)o->d_unalias_trylock; (void)o->d_unalias_unlock;
 *
 * note: Never called: this kernel moves the alias without asking, as it always
 * did.  The members stand behind those that it knows.
 */
struct kcompat_dentry_operations {
	struct dentry_operations;
	bool (*d_unalias_trylock)(const struct dentry *dentry);
	void (*d_unalias_unlock)(const struct dentry *dentry);
};

#define dentry_operations kcompat_dentry_operations
