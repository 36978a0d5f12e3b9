/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: counted_by_le
 * names: __counted_by_le __counted_by_be
 * header: linux/stddef.h
 * upstream: v6.10 __counted_by_le()
 * unless: counted_by_le
 */
#define __counted_by_le(member)
#define __counted_by_be(member)
