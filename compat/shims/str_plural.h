/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: str_plural
 * header: linux/string_helpers.h
 * upstream: v6.8 str_plural()
 * unless: str_plural
 * needs: size_t
 */
static inline const char *str_plural(size_t num)
{
	return num == 1 ? "" : "s";
}
