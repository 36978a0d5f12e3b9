/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: io_wait_event_killable
 * header: linux/wait.h
 * upstream: v6.19 wait_event_killable() that is accounted as waiting for I/O
 * unless: io_wait_event_killable
 * needs: TASK_KILLABLE ___wait_event io_schedule might_sleep
 * use: wait_queue_head_t *w, int *c: int rc =
 *	io_wait_event_killable(*w, *c); (void)rc;
 */
#define io_wait_event_killable(wq_head, condition) ({			\
	int __kc_ret = 0;						\
									\
	might_sleep();							\
	if (!(condition))						\
		__kc_ret = ___wait_event(wq_head, condition,		\
					 TASK_KILLABLE, 0, 0, io_schedule()); \
	__kc_ret;							\
})
