/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: timer_delete
 * names: timer_delete timer_delete_sync
 * header: linux/timer.h
 * upstream: v6.2 del_timer() and del_timer_sync() are renamed
 * unless: timer_delete timer_delete_sync
 * needs: del_timer del_timer_sync
 * use: struct timer_list *t: int rc = timer_delete(t) +
 *	timer_delete_sync(t); (void)rc;
 */
#define timer_delete(timer) del_timer(timer)
#define timer_delete_sync(timer) del_timer_sync(timer)
