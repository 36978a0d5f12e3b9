/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: strscpy
 * header: linux/string.h
 * upstream: v6.11 strscpy() knows the size of an array by itself
 * unless: strscpy_two_arguments
 * use: const char *s: char b[4]; ssize_t n = strscpy(b, s); n =
 *	strscpy(b, s, 4);
 */
#define KCOMPAT_STRSCPY_2(dst, src, ...) (strscpy)(dst, src, sizeof(dst))
#define KCOMPAT_STRSCPY_3(dst, src, size) (strscpy)(dst, src, size)
#define KCOMPAT_STRSCPY(a, b, c, which, ...) which
#define strscpy(dst, ...)						\
	KCOMPAT_STRSCPY(dst, __VA_ARGS__, KCOMPAT_STRSCPY_3,		\
			KCOMPAT_STRSCPY_2)(dst, __VA_ARGS__)
