/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sk_use_task_frag
 * header: net/sock.h
 * upstream: v6.2 a socket says whether it may use the task's page fragment
 * unless: sk_use_task_frag
 * when: sock_padding
 * needs: sk_padding
 * use: struct sock *s: s->sk_use_task_frag = false;
 *
 * note: Older kernels tell it from sk_allocation alone.  What is said goes
 * into a bit that nobody looks at.
 */
#define sk_use_task_frag sk_padding
