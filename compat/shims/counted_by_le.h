/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: counted_by_le
 * names: __counted_by_le __counted_by_be
 * header: linux/stddef.h
 * upstream: v6.10 __counted_by_le()
 * unless: counted_by_le
 * use: void: struct { __le32 n; int a[] __counted_by_le(n); } *s;
 *	struct { __be32 n; int a[] __counted_by_be(n); } *b; (void)s;
 *	(void)b;
 */
#define __counted_by_le(member)
#define __counted_by_be(member)
