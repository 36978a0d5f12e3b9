/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints of the Lustre client */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM lustre

#if !defined(_TRACE_LUSTRE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_LUSTRE_H

#include <linux/tracepoint.h>

/* Why a distributed lock is looked at */
#define lustre_lock_traces \
	EM(lustre_lock_trace_abandon,	"ABANDON") \
	EM(lustre_lock_trace_blocking,	"BLOCKING") \
	EM(lustre_lock_trace_cancel,	"CANCEL") \
	EM(lustre_lock_trace_complete,	"COMPLETE") \
	EM(lustre_lock_trace_dead,	"DEAD") \
	EM(lustre_lock_trace_elc,	"ELC") \
	EM(lustre_lock_trace_enqueue,	"ENQUEUE") \
	EM(lustre_lock_trace_fail,	"FAIL") \
	EM(lustre_lock_trace_glimpse,	"GLIMPSE") \
	EM(lustre_lock_trace_grant,	"GRANT") \
	EM(lustre_lock_trace_match,	"MATCH") \
	EM(lustre_lock_trace_overdue,	"OVERDUE") \
	EM(lustre_lock_trace_replay,	"REPLAY") \
	E_(lustre_lock_trace_wait,	"WAIT")

/* Steps in the life of an RPC */
#define lustre_rpc_traces \
	EM(lustre_rpc_trace_abort,	"ABORT") \
	EM(lustre_rpc_trace_commit,	"COMMIT") \
	EM(lustre_rpc_trace_done,	"DONE") \
	EM(lustre_rpc_trace_early,	"EARLY") \
	EM(lustre_rpc_trace_failed,	"FAILED") \
	EM(lustre_rpc_trace_grow,	"GROW") \
	EM(lustre_rpc_trace_later,	"LATER") \
	EM(lustre_rpc_trace_lost,	"LOST") \
	EM(lustre_rpc_trace_queue,	"QUEUE") \
	EM(lustre_rpc_trace_replay,	"REPLAY") \
	EM(lustre_rpc_trace_replayed,	"REPLAYED") \
	EM(lustre_rpc_trace_reply,	"REPLY") \
	EM(lustre_rpc_trace_resend,	"RESEND") \
	EM(lustre_rpc_trace_retain,	"RETAIN") \
	EM(lustre_rpc_trace_send,	"SEND") \
	E_(lustre_rpc_trace_timeout,	"TIMEOUT")

#ifndef __LUSTRE_TRACE_ENUMS_ONCE_ONLY
#define __LUSTRE_TRACE_ENUMS_ONCE_ONLY

#undef EM
#undef E_
#define EM(a, b) a,
#define E_(a, b) a

enum lustre_lock_trace { lustre_lock_traces } __mode(byte);
enum lustre_rpc_trace { lustre_rpc_traces } __mode(byte);

#endif /* __LUSTRE_TRACE_ENUMS_ONCE_ONLY */

/* Export the names to user space */
#undef EM
#undef E_
#define EM(a, b) TRACE_DEFINE_ENUM(a);
#define E_(a, b) TRACE_DEFINE_ENUM(a);

lustre_lock_traces;
lustre_rpc_traces;

#undef EM
#undef E_
#define EM(a, b) { a, b },
#define E_(a, b) { a, b }

TRACE_EVENT(lustre_lock,
	TP_PROTO(const char *ns, u64 cookie, const u64 *name, u32 mode,
		 u32 flags, unsigned int users, enum lustre_lock_trace why),

	TP_ARGS(ns, cookie, name, mode, flags, users, why),

	TP_STRUCT__entry(
		__array(char,			ns, 24)
		__field(u64,			cookie)
		__field(u64,			name0)
		__field(u64,			name1)
		__field(u32,			mode)
		__field(u32,			flags)
		__field(unsigned int,		users)
		__field(enum lustre_lock_trace,	why)
	),

	TP_fast_assign(
		strscpy(__entry->ns, ns, sizeof(__entry->ns));
		__entry->cookie = cookie;
		__entry->name0 = name[0];
		__entry->name1 = name[1];
		__entry->mode = mode;
		__entry->flags = flags;
		__entry->users = users;
		__entry->why = why;
	),

	TP_printk("%s L=%016llx %s [%#llx:%#llx] mode=%u fl=%x u=%u",
		  __entry->ns, __entry->cookie,
		  __print_symbolic(__entry->why, lustre_lock_traces),
		  __entry->name0, __entry->name1, __entry->mode,
		  __entry->flags, __entry->users)
);

TRACE_EVENT(lustre_rpc,
	TP_PROTO(const char *target, const char *op, u64 xid, u64 transno,
		 int error, s64 age, enum lustre_rpc_trace why),

	TP_ARGS(target, op, xid, transno, error, age, why),

	TP_STRUCT__entry(
		__array(char,			target, 24)
		__array(char,			op, 24)
		__field(u64,			xid)
		__field(u64,			transno)
		__field(int,			error)
		__field(s64,			age)
		__field(enum lustre_rpc_trace,	why)
	),

	TP_fast_assign(
		strscpy(__entry->target, target, sizeof(__entry->target));
		strscpy(__entry->op, op, sizeof(__entry->op));
		__entry->xid = xid;
		__entry->transno = transno;
		__entry->error = error;
		__entry->age = age;
		__entry->why = why;
	),

	TP_printk("%s %s x%llu %s t=%llu e=%d age=%lldus",
		  __entry->target, __entry->op, __entry->xid,
		  __print_symbolic(__entry->why, lustre_rpc_traces),
		  __entry->transno, __entry->error, __entry->age)
);

/* A reference; who took or dropped it is the reason */
TRACE_EVENT(lustre_rpc_ref,
	TP_PROTO(const void *req, const char *op, int ref, int change,
		 unsigned long who),

	TP_ARGS(req, op, ref, change, who),

	TP_STRUCT__entry(
		__field(const void *,		req)
		__array(char,			op, 24)
		__field(int,			ref)
		__field(int,			change)
		__field(unsigned long,		who)
	),

	TP_fast_assign(
		__entry->req = req;
		strscpy(__entry->op, op, sizeof(__entry->op));
		__entry->ref = ref;
		__entry->change = change;
		__entry->who = who;
	),

	TP_printk("R=%p %s %+d r=%d %pS", __entry->req, __entry->op,
		  __entry->change, __entry->ref, (void *)__entry->who)
);

#undef EM
#undef E_

#endif /* _TRACE_LUSTRE_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
