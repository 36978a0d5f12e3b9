/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kmem_cache_args
 * header: linux/slab.h
 * upstream: v6.12 kmem_cache_create() takes the rest in a structure
 * unless: kmem_cache_args
 * needs: kmem_cache kmem_cache_create_usercopy slab_flags_t
 * use: const struct kmem_cache_args *a: void *c =
 *	kmem_cache_create("x", 8, a, 0); c = kmem_cache_create("x", 8,
 *	0, 0, NULL);
 *
 * note: Five arguments are the older form, which both know.
 */
struct kmem_cache_args {
	unsigned int align;
	unsigned int useroffset;
	unsigned int usersize;
	unsigned int freeptr_offset;
	bool use_freeptr_offset;
	void (*ctor)(void *object);
};

static inline struct kmem_cache *
kcompat_cache_create(const char *name, unsigned int size,
		     const struct kmem_cache_args *args, slab_flags_t flags)
{
	static const struct kmem_cache_args none;

	if (!args)
		args = &none;
	return kmem_cache_create_usercopy(name, size, args->align, flags,
					  args->useroffset, args->usersize,
					  args->ctor);
}

#define KCOMPAT_CACHE_CREATE(n, s, a, f, c, which, ...) which
#define kmem_cache_create(...)						\
	KCOMPAT_CACHE_CREATE(__VA_ARGS__, (kmem_cache_create),		\
			     kcompat_cache_create)(__VA_ARGS__)
