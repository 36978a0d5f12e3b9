/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: iter_source
 * names: ITER_SOURCE ITER_DEST
 * header: linux/uio.h
 * upstream: v6.1 names for the direction of an iterator
 * unless: iter_source
 * use: struct iov_iter *i, struct kvec *v: iov_iter_kvec(i,
 *	ITER_SOURCE, v, 1, 1); iov_iter_kvec(i, ITER_DEST, v, 1, 1);
 */
#define ITER_SOURCE	1
#define ITER_DEST	0
