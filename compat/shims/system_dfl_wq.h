/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: system_dfl_wq
 * header: linux/workqueue.h
 * upstream: v6.17 system_unbound_wq is named system_dfl_wq
 * unless: system_dfl_wq
 * needs: system_unbound_wq
 * use: struct work_struct *w: queue_work(system_dfl_wq, w);
 */
#define system_dfl_wq system_unbound_wq
