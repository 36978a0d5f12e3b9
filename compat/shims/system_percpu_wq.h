/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: system_percpu_wq
 * header: linux/workqueue.h
 * upstream: v6.17 system_wq is named system_percpu_wq
 * unless: system_percpu_wq
 * needs: system_wq
 * use: struct work_struct *w: queue_work(system_percpu_wq, w);
 */
#define system_percpu_wq system_wq
