/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: WQ_PERCPU
 * header: linux/workqueue.h
 * upstream: v6.17 a work queue says that it is bound; older ones are unless
 *	told otherwise
 * unless: wq_percpu
 * use: void: alloc_workqueue("x", WQ_PERCPU, 0);
 */
#define WQ_PERCPU 0
