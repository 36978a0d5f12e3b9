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

#ifndef __LUSTRE_TRACE_ENUMS_ONCE_ONLY
#define __LUSTRE_TRACE_ENUMS_ONCE_ONLY

#undef EM
#undef E_
#define EM(a, b) a,
#define E_(a, b) a

enum lustre_lock_trace { lustre_lock_traces } __mode(byte);

#endif /* __LUSTRE_TRACE_ENUMS_ONCE_ONLY */

/* Export the names to user space */
#undef EM
#undef E_
#define EM(a, b) TRACE_DEFINE_ENUM(a);
#define E_(a, b) TRACE_DEFINE_ENUM(a);

lustre_lock_traces;

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

#undef EM
#undef E_

#endif /* _TRACE_LUSTRE_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
