/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: counted_by
 * names: __counted_by
 * header: linux/stddef.h
 * upstream: v6.6 __counted_by()
 * unless: counted_by
 * use: void: struct { int n; int a[] __counted_by(n); } *s;
 *	(void)s;
 */
#define __counted_by(member)
