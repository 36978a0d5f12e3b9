/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: get_random_u32_below
 * header: linux/random.h
 * upstream: v6.2 prandom_u32_max() is named get_random_u32_below()
 * unless: get_random_u32_below
 * needs: prandom_u32_max
 * use: void: u32 v = get_random_u32_below(5); (void)v;
 *
 * note: The older one is good for spreading load, not for secrets.
 */
#define get_random_u32_below(ceil) prandom_u32_max(ceil)
