/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: struct_size_t
 * header: linux/overflow.h
 * upstream: v6.5 the size of a structure with an array, by type
 * unless: struct_size_t
 * needs: struct_size
 * use: void: struct kcompat_s { int n; int a[]; }; size_t n =
 *	struct_size_t(struct kcompat_s, a, 2); (void)n;
 */
#define struct_size_t(type, member, count) \
	struct_size((type *)NULL, member, count)
