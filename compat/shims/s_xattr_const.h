/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: s_xattr_const
 * names: s_xattr
 * header: linux/fs.h
 * place: late
 * upstream: v6.7 the table of xattr handlers is constant
 * unless: const_s_xattr
 * use: struct super_block *s, const struct xattr_handler * const
 *	*x: s->s_xattr = x;
 *
 * note: The older super block only reads the table too, but does not say so.
 */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#else
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif
