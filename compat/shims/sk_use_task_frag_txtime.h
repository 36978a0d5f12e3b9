/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sk_use_task_frag_txtime
 * names: sk_use_task_frag
 * header: net/sock.h
 * upstream: v6.2 a socket says whether it may use the task's page fragment
 * unless: sk_use_task_frag
 * when: !sock_padding
 * needs: sk_txtime_unused
 * use: struct sock *s: s->sk_use_task_frag = false;
 *
 * note: As sk_use_task_frag.h, for kernels whose unused bits are elsewhere.
 */
#define sk_use_task_frag sk_txtime_unused
