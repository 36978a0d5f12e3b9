/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: timer_container_of
 * header: linux/timer.h
 * upstream: v6.16 from_timer() is named timer_container_of()
 * unless: timer_container_of
 * use: struct timer_list *t: struct delayed_work *w =
 *	timer_container_of(w, t, timer); (void)w;
 */
#define timer_container_of(var, timer, field) \
	container_of(timer, typeof(*(var)), field)
