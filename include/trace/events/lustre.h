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
	EM(lustre_lock_trace_carve,	"CARVE") \
	EM(lustre_lock_trace_complete,	"COMPLETE") \
	EM(lustre_lock_trace_dead,	"DEAD") \
	EM(lustre_lock_trace_elc,	"ELC") \
	EM(lustre_lock_trace_enqueue,	"ENQUEUE") \
	EM(lustre_lock_trace_fail,	"FAIL") \
	EM(lustre_lock_trace_glimpse,	"GLIMPSE") \
	EM(lustre_lock_trace_grant,	"GRANT") \
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

/* States of a connection to a target, as user space sees them */
#define lustre_import_states \
	{ 1, "CLOSED" }, { 2, "NEW" }, { 3, "DISCONN" }, { 4, "CONNECTING" }, \
	{ 5, "REPLAY" }, { 6, "REPLAY_LOCKS" }, { 7, "REPLAY_WAIT" }, \
	{ 8, "RECOVER" }, { 9, "FULL" }, { 10, "EVICTED" }, { 11, "IDLE" }

/* Why a connection to a target changes its state */
#define lustre_import_traces \
	EM(lustre_import_trace_attempt,		"ATTEMPT") \
	EM(lustre_import_trace_close,		"CLOSE") \
	EM(lustre_import_trace_deactivate,	"DEACTIVATE") \
	EM(lustre_import_trace_evicted,		"EVICTED") \
	EM(lustre_import_trace_failed,		"STEP-FAILED") \
	EM(lustre_import_trace_idle,		"IDLE") \
	EM(lustre_import_trace_moved,		"MOVED") \
	EM(lustre_import_trace_peer_down,	"PEER-DOWN") \
	EM(lustre_import_trace_recovered,	"RECOVERED") \
	EM(lustre_import_trace_recovery,	"RECOVERY") \
	EM(lustre_import_trace_refused,		"REFUSED") \
	EM(lustre_import_trace_silence,		"SILENCE") \
	EM(lustre_import_trace_start,		"START") \
	E_(lustre_import_trace_unknown,		"UNKNOWN-THERE")

/* Who takes or drops a reference on a connection */
#define lustre_import_refs \
	EM(lustre_import_ref_create,		"CREATE") \
	EM(lustre_import_get_inbound,		"GET INBOUND") \
	EM(lustre_import_get_locks,		"GET LOCKS") \
	EM(lustre_import_get_request,		"GET REQUEST") \
	EM(lustre_import_put_inbound,		"PUT INBOUND") \
	EM(lustre_import_put_locks,		"PUT LOCKS") \
	EM(lustre_import_put_owner,		"PUT OWNER") \
	E_(lustre_import_put_request,		"PUT REQUEST")

/* What happens to the references to a lock, and to its uses */
#define lustre_lock_ref_traces \
	EM(lustre_lock_ref_begin,	"BEGIN-USE") \
	EM(lustre_lock_ref_again,	"AGAIN-USE") \
	EM(lustre_lock_ref_end,		"END-USE") \
	EM(lustre_lock_ref_free,	"FREE") \
	EM(lustre_lock_ref_get,		"GET") \
	EM(lustre_lock_ref_get_handle,	"GET HANDLE") \
	EM(lustre_lock_ref_get_lru,	"GET LRU") \
	EM(lustre_lock_ref_get_walk,	"GET WALK") \
	EM(lustre_lock_ref_get_work,	"GET WORK") \
	EM(lustre_lock_ref_known,	"KNOWN") \
	EM(lustre_lock_ref_new,		"NEW") \
	E_(lustre_lock_ref_put,		"PUT")

/* Why the space that a target granted is counted anew */
#define lustre_grant_traces \
	EM(lustre_grant_trace_connected,	"CONNECTED") \
	EM(lustre_grant_trace_gained,		"GAINED") \
	EM(lustre_grant_trace_lost,		"LOST") \
	EM(lustre_grant_trace_refused,		"REFUSED") \
	EM(lustre_grant_trace_reserved,		"RESERVED") \
	EM(lustre_grant_trace_returned,		"RETURNED") \
	EM(lustre_grant_trace_shrink,		"SHRINK") \
	E_(lustre_grant_trace_used,		"USED")

#ifndef __LUSTRE_TRACE_ENUMS_ONCE_ONLY
#define __LUSTRE_TRACE_ENUMS_ONCE_ONLY

#undef EM
#undef E_
#define EM(a, b) a,
#define E_(a, b) a

enum lustre_import_ref { lustre_import_refs } __mode(byte);
enum lustre_import_trace { lustre_import_traces } __mode(byte);
enum lustre_grant_trace { lustre_grant_traces } __mode(byte);
enum lustre_lock_trace { lustre_lock_traces } __mode(byte);
enum lustre_rpc_trace { lustre_rpc_traces } __mode(byte);
enum lustre_lock_ref_trace { lustre_lock_ref_traces } __mode(byte);

#endif /* __LUSTRE_TRACE_ENUMS_ONCE_ONLY */

/* Export the names to user space */
#undef EM
#undef E_
#define EM(a, b) TRACE_DEFINE_ENUM(a);
#define E_(a, b) TRACE_DEFINE_ENUM(a);

lustre_import_refs;
lustre_import_traces;
lustre_grant_traces;
lustre_lock_traces;
lustre_rpc_traces;
lustre_lock_ref_traces;

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

TRACE_EVENT(lustre_import_state,
	TP_PROTO(const char *name, unsigned int from, unsigned int to,
		 int error, enum lustre_import_trace why),

	TP_ARGS(name, from, to, error, why),

	TP_STRUCT__entry(
		__array(char,				name, 24)
		__field(unsigned int,			from)
		__field(unsigned int,			to)
		__field(int,				error)
		__field(enum lustre_import_trace,	why)
	),

	TP_fast_assign(
		strscpy(__entry->name, name, sizeof(__entry->name));
		__entry->from = from;
		__entry->to = to;
		__entry->error = error;
		__entry->why = why;
	),

	TP_printk("%s %s -> %s %s e=%d", __entry->name,
		  __print_symbolic(__entry->from, lustre_import_states),
		  __print_symbolic(__entry->to, lustre_import_states),
		  __print_symbolic(__entry->why, lustre_import_traces),
		  __entry->error)
);

TRACE_EVENT(lustre_import_ref,
	TP_PROTO(const char *name, unsigned int ref,
		 enum lustre_import_ref why),

	TP_ARGS(name, ref, why),

	TP_STRUCT__entry(
		__array(char,				name, 24)
		__field(unsigned int,			ref)
		__field(enum lustre_import_ref,		why)
	),

	TP_fast_assign(
		strscpy(__entry->name, name, sizeof(__entry->name));
		__entry->ref = ref;
		__entry->why = why;
	),

	TP_printk("%s %s r=%u", __entry->name,
		  __print_symbolic(__entry->why, lustre_import_refs),
		  __entry->ref)
);

TRACE_EVENT(lustre_lock_ref,
	TP_PROTO(u64 cookie, unsigned int ref, unsigned int users,
		 enum lustre_lock_ref_trace why),

	TP_ARGS(cookie, ref, users, why),

	TP_STRUCT__entry(
		__field(u64,				cookie)
		__field(unsigned int,			ref)
		__field(unsigned int,			users)
		__field(enum lustre_lock_ref_trace,	why)
	),

	TP_fast_assign(
		__entry->cookie = cookie;
		__entry->ref = ref;
		__entry->users = users;
		__entry->why = why;
	),

	TP_printk("L=%016llx %s r=%u u=%u", __entry->cookie,
		  __print_symbolic(__entry->why, lustre_lock_ref_traces),
		  __entry->ref, __entry->users)
);

/* A cached extent lock was looked for: mode 0: there is none that serves */
TRACE_EVENT(lustre_extent_match,
	TP_PROTO(const char *ns, const u64 *name, u64 start, u64 end,
		 u32 wanted, u32 mode),

	TP_ARGS(ns, name, start, end, wanted, mode),

	TP_STRUCT__entry(
		__array(char,	ns, 24)
		__field(u64,	name0)
		__field(u64,	name1)
		__field(u64,	start)
		__field(u64,	end)
		__field(u32,	wanted)
		__field(u32,	mode)
	),

	TP_fast_assign(
		strscpy(__entry->ns, ns, sizeof(__entry->ns));
		__entry->name0 = name[0];
		__entry->name1 = name[1];
		__entry->start = start;
		__entry->end = end;
		__entry->wanted = wanted;
		__entry->mode = mode;
	),

	TP_printk("%s %s [%#llx:%#llx] %llu-%llu wanted=%x mode=%u",
		  __entry->ns, __entry->mode ? "HIT" : "MISS", __entry->name0,
		  __entry->name1, __entry->start, __entry->end,
		  __entry->wanted, __entry->mode)
);

/*
 * @bytes of grant changed their place: dirty data may be backed by @avail, are
 * backed by @held, and @dropped are to be reported as lost
 */
TRACE_EVENT(lustre_grant,
	TP_PROTO(const char *target, u64 bytes, u64 avail, u64 held,
		 u64 dropped, u64 dirty, enum lustre_grant_trace why),

	TP_ARGS(target, bytes, avail, held, dropped, dirty, why),

	TP_STRUCT__entry(
		__array(char,			target, 24)
		__field(u64,			bytes)
		__field(u64,			avail)
		__field(u64,			held)
		__field(u64,			dropped)
		__field(u64,			dirty)
		__field(enum lustre_grant_trace, why)
	),

	TP_fast_assign(
		strscpy(__entry->target, target, sizeof(__entry->target));
		__entry->bytes = bytes;
		__entry->avail = avail;
		__entry->held = held;
		__entry->dropped = dropped;
		__entry->dirty = dirty;
		__entry->why = why;
	),

	TP_printk("%s %s %llu avail=%llu held=%llu dropped=%llu dirty=%llu",
		  __entry->target,
		  __print_symbolic(__entry->why, lustre_grant_traces),
		  __entry->bytes, __entry->avail, __entry->held,
		  __entry->dropped, __entry->dirty)
);

#undef EM
#undef E_

#endif /* _TRACE_LUSTRE_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
