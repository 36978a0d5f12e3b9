/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: uoff_t
 * header: linux/types.h
 * upstream: v7.2 an unsigned type for positions in files
 * unless: uoff_t
 * use: void: uoff_t o = 0; (void)o;
 */
typedef unsigned long long uoff_t;
