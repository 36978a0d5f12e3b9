/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: s_d_flags
 * header: linux/fs.h
 * place: late
 * upstream: v6.17 flags for every dentry of a super block
 * unless: s_d_flags
 * include: linux/fs.h linux/dcache.h linux/spinlock.h
 * needs: DEFINE_SPINLOCK WARN_ON_ONCE always_delete_dentry d_delete
 *	dentry_operations lock s_d_op sb spin_lock spin_unlock
 * use: struct super_block *sb: sb->s_d_flags |= DCACHE_DONTCACHE;
 *
 * note: Only DCACHE_DONTCACHE, or-ed into "sb->s_d_flags" after the operations
 * were set, which is how upstream uses it; any other name than sb does not
 * compile.  Not to keep a dentry is what the older ->d_delete decides.
 */
static inline const struct dentry_operations *
kcompat_dontcache(const struct dentry_operations *from)
{
	static const struct dentry_operations *have;
	static struct dentry_operations ops;
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	if (!have) {
		have = from;
		ops = *from;
		ops.d_delete = always_delete_dentry;
	}
	spin_unlock(&lock);
	return WARN_ON_ONCE(from != have && from != &ops) ? from : &ops;
}

static inline unsigned int *kcompat_d_flags(unsigned int *flags)
{
	return flags;
}

#define s_d_flags							\
	s_d_op = kcompat_dontcache(sb->s_d_op),				\
	*kcompat_d_flags(&(unsigned int){ 0 })
