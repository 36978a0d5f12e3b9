/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: invalidate_lock
 * names: filemap_invalidate_lock filemap_invalidate_unlock
 *	filemap_invalidate_trylock_shared filemap_invalidate_unlock_shared
 * header: linux/fs.h
 * upstream: v5.15 a lock against reading what is being invalidated
 * unless: mapping_invalidate_lock
 * include: linux/wait_bit.h linux/hash.h
 * order: 6
 * needs: address_space atomic_add_unless atomic_cmpxchg atomic_dec_and_test
 *	atomic_read atomic_t atomic_xchg hash_ptr wait_var_event wake_up_var
 *
 * note: Mappings share a few counters: how many read, or -1.  The kernel below
 * takes none of it; the callbacks do where they read without another lock.
 * Readers come with locked pages and must not wait.  The table is weak so that
 * there is one of it in a module, not one in each object.
 */
#define KCOMPAT_INVALIDATE_BITS 6
extern atomic_t kcompat_invalidate[1 << KCOMPAT_INVALIDATE_BITS];
__weak atomic_t kcompat_invalidate[1 << KCOMPAT_INVALIDATE_BITS];

static inline atomic_t *kcompat_invalidate_of(struct address_space *mapping)
{
	return &kcompat_invalidate[hash_ptr(mapping, KCOMPAT_INVALIDATE_BITS)];
}

static inline void filemap_invalidate_lock(struct address_space *mapping)
{
	atomic_t *users = kcompat_invalidate_of(mapping);

	wait_var_event(users, !atomic_cmpxchg(users, 0, -1));
}

static inline void filemap_invalidate_unlock(struct address_space *mapping)
{
	atomic_t *users = kcompat_invalidate_of(mapping);

	atomic_xchg(users, 0);
	wake_up_var(users);
}

/* Until a reader may try again */
static inline void kcompat_invalidate_wait(struct address_space *mapping)
{
	atomic_t *users = kcompat_invalidate_of(mapping);

	wait_var_event(users, atomic_read(users) != -1);
}

static inline bool
filemap_invalidate_trylock_shared(struct address_space *mapping)
{
	return atomic_add_unless(kcompat_invalidate_of(mapping), 1, -1);
}

static inline void
filemap_invalidate_unlock_shared(struct address_space *mapping)
{
	atomic_t *users = kcompat_invalidate_of(mapping);

	if (atomic_dec_and_test(users))
		wake_up_var(users);
}
