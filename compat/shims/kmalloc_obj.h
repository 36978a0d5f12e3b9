/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kmalloc_obj
 * names: kmalloc_obj kmalloc_objs kmalloc_flex kzalloc_obj kzalloc_objs
 *	kzalloc_flex kvmalloc_obj kvmalloc_objs kvmalloc_flex kvzalloc_obj
 *	kvzalloc_objs kvzalloc_flex
 * header: linux/slab.h
 * upstream: v7.0 allocation by type
 * unless: kmalloc_obj kzalloc_obj
 * include: linux/overflow.h
 * use: void: struct { int n; int a[]; } *s; s = kmalloc_obj(*s);
 *	s = kmalloc_objs(*s, 2); s = kmalloc_flex(*s, a, 2); s =
 *	kzalloc_obj(*s, GFP_NOFS); s = kzalloc_objs(*s, 2); s =
 *	kzalloc_flex(*s, a, 2, GFP_NOFS); s = kvmalloc_obj(*s); s =
 *	kvmalloc_objs(*s, 2); s = kvmalloc_flex(*s, a, 2); s =
 *	kvzalloc_obj(*s); s = kvzalloc_objs(*s, 2, GFP_NOFS); s =
 *	kvzalloc_flex(*s, a, 2);
 * needs: GFP_KERNEL array_size kmalloc kvmalloc kvzalloc kzalloc struct_size
 */
#define KCOMPAT_GFP_PICK(none, gfp, ...) gfp
#define KCOMPAT_GFP(...) KCOMPAT_GFP_PICK(0, ##__VA_ARGS__, GFP_KERNEL)
#define KCOMPAT_OBJS(alloc, gfp, type, count) \
	((type *)alloc(array_size(sizeof(type), count), gfp))
#define KCOMPAT_FLEX(alloc, gfp, type, fam, count) \
	((type *)alloc(struct_size((type *)NULL, fam, count), gfp))

#define kmalloc_obj(p, ...) \
	KCOMPAT_OBJS(kmalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), 1)
#define kmalloc_objs(p, count, ...) \
	KCOMPAT_OBJS(kmalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), count)
#define kmalloc_flex(p, fam, count, ...) \
	KCOMPAT_FLEX(kmalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), fam, count)
#define kzalloc_obj(p, ...) \
	KCOMPAT_OBJS(kzalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), 1)
#define kzalloc_objs(p, count, ...) \
	KCOMPAT_OBJS(kzalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), count)
#define kzalloc_flex(p, fam, count, ...) \
	KCOMPAT_FLEX(kzalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), fam, count)
#define kvmalloc_obj(p, ...) \
	KCOMPAT_OBJS(kvmalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), 1)
#define kvmalloc_objs(p, count, ...) \
	KCOMPAT_OBJS(kvmalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), count)
#define kvmalloc_flex(p, fam, count, ...) \
	KCOMPAT_FLEX(kvmalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), fam, count)
#define kvzalloc_obj(p, ...) \
	KCOMPAT_OBJS(kvzalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), 1)
#define kvzalloc_objs(p, count, ...) \
	KCOMPAT_OBJS(kvzalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), count)
#define kvzalloc_flex(p, fam, count, ...) \
	KCOMPAT_FLEX(kvzalloc, KCOMPAT_GFP(__VA_ARGS__), typeof(p), fam, count)
