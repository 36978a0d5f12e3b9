/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: iter_source
 * names: ITER_SOURCE ITER_DEST
 * header: linux/uio.h
 * upstream: v6.1 names for the direction of an iterator
 * unless: iter_source
 */
#define ITER_SOURCE	1
#define ITER_DEST	0
