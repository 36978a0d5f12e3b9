/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: ki_complete
 * header: linux/fs.h
 * upstream: v5.16 the end of an asynchronous request has one result
 * unless: ki_complete_one
 * use: struct kiocb *k: k->ki_complete(k, 1);
 *
 * note: The second one was for USB gadgets.
 */
#define ki_complete(iocb, ret) ki_complete(iocb, ret, 0)
