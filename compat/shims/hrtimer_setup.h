/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: hrtimer_setup
 * header: linux/hrtimer.h
 * upstream: v6.13 hrtimer_setup() takes the function too
 * unless: hrtimer_setup
 * needs: clockid_t hrtimer hrtimer_init hrtimer_mode hrtimer_restart
 */
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
