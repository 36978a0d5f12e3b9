/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of LNet.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM lnet

#if !defined(_TRACE_LNET_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_LNET_H

#include <linux/tracepoint.h>
#include <net/lnet.h>

#define lnet_drop_reasons \
	EM(LNET_DROP_NO_MATCH,		"no-match")	\
	EM(LNET_DROP_NOT_FOR_US,	"not-for-us")	\
	EM(LNET_DROP_TOO_MUCH,		"too-much")	\
	EM(LNET_DROP_UNREAD,		"answers-unread") \
	E_(LNET_DROP_WRONG_SOURCE,	"wrong-source")

#define lnet_conn_reasons \
	EM(LNET_CONN_TRACE_CONNECT,	"connect")	\
	EM(LNET_CONN_TRACE_ACCEPT,	"accept")	\
	EM(LNET_CONN_TRACE_OPEN,	"open")		\
	EM(LNET_CONN_TRACE_REFUSE,	"refuse")	\
	E_(LNET_CONN_TRACE_CLOSE,	"close")

#define lnet_msg_types \
	EM(LNET_TRACE_ACK,		"ACK")		\
	EM(LNET_TRACE_PUT,		"PUT")		\
	EM(LNET_TRACE_GET,		"GET")		\
	E_(LNET_TRACE_REPLY,		"REPLY")

#ifndef __LNET_TRACE_ENUMS_DEFINED
#define __LNET_TRACE_ENUMS_DEFINED

#undef EM
#undef E_
#define EM(a, b) a,
#define E_(a, b) a

enum lnet_drop_reason { lnet_drop_reasons };
enum lnet_conn_reason { lnet_conn_reasons };
enum lnet_msg_trace { lnet_msg_types };

#endif /* __LNET_TRACE_ENUMS_DEFINED */

#undef EM
#undef E_
#define EM(a, b) TRACE_DEFINE_ENUM(a);
#define E_(a, b) TRACE_DEFINE_ENUM(a);

lnet_drop_reasons;
lnet_conn_reasons;
lnet_msg_types;

#undef EM
#undef E_
#define EM(a, b) { a, b },
#define E_(a, b) { a, b }

DECLARE_EVENT_CLASS(lnet_message,
	TP_PROTO(const struct lnet_nid *peer, u32 type, u32 portal,
		 u64 match_bits, u32 length, int status),

	TP_ARGS(peer, type, portal, match_bits, length, status),

	TP_STRUCT__entry(
		__array(char,	peer,	LNET_NIDSTR_SIZE)
		__field(u32,	type)
		__field(u32,	portal)
		__field(u64,	match_bits)
		__field(u32,	length)
		__field(int,	status)
	),

	TP_fast_assign(
		lnet_nid_print(peer, __entry->peer);
		__entry->type = type;
		__entry->portal = portal;
		__entry->match_bits = match_bits;
		__entry->length = length;
		__entry->status = status;
	),

	TP_printk("%s %s portal=%u bits=0x%llx len=%u status=%d",
		  __entry->peer,
		  __print_symbolic(__entry->type, lnet_msg_types),
		  __entry->portal, __entry->match_bits, __entry->length,
		  __entry->status)
);

/* A message was taken over for sending */
DEFINE_EVENT(lnet_message, lnet_send,
	TP_PROTO(const struct lnet_nid *peer, u32 type, u32 portal,
		 u64 match_bits, u32 length, int status),
	TP_ARGS(peer, type, portal, match_bits, length, status));

/* A message has left, or failed with status */
DEFINE_EVENT(lnet_message, lnet_sent,
	TP_PROTO(const struct lnet_nid *peer, u32 type, u32 portal,
		 u64 match_bits, u32 length, int status),
	TP_ARGS(peer, type, portal, match_bits, length, status));

/* The header of a message has arrived */
DEFINE_EVENT(lnet_message, lnet_recv,
	TP_PROTO(const struct lnet_nid *peer, u32 type, u32 portal,
		 u64 match_bits, u32 length, int status),
	TP_ARGS(peer, type, portal, match_bits, length, status));

/* A message was dropped; its sender is not told */
TRACE_EVENT(lnet_drop,
	TP_PROTO(const struct lnet_nid *peer, u32 type, u32 portal,
		 u64 match_bits, enum lnet_drop_reason reason),

	TP_ARGS(peer, type, portal, match_bits, reason),

	TP_STRUCT__entry(
		__array(char,	peer,	LNET_NIDSTR_SIZE)
		__field(u32,	type)
		__field(u32,	portal)
		__field(u64,	match_bits)
		__field(u32,	reason)
	),

	TP_fast_assign(
		lnet_nid_print(peer, __entry->peer);
		__entry->type = type;
		__entry->portal = portal;
		__entry->match_bits = match_bits;
		__entry->reason = reason;
	),

	TP_printk("%s %s portal=%u bits=0x%llx %s", __entry->peer,
		  __print_symbolic(__entry->type, lnet_msg_types),
		  __entry->portal, __entry->match_bits,
		  __print_symbolic(__entry->reason, lnet_drop_reasons))
);

/* Something happened to a connection */
TRACE_EVENT(lnet_conn,
	TP_PROTO(const struct lnet_nid *peer, enum lnet_conn_reason reason,
		 u32 type, u16 local_port, u16 remote_port, int error),

	TP_ARGS(peer, reason, type, local_port, remote_port, error),

	TP_STRUCT__entry(
		__array(char,	peer,	LNET_NIDSTR_SIZE)
		__field(u32,	reason)
		__field(u32,	type)
		__field(u16,	local_port)
		__field(u16,	remote_port)
		__field(int,	error)
	),

	TP_fast_assign(
		lnet_nid_print(peer, __entry->peer);
		__entry->reason = reason;
		__entry->type = type;
		__entry->local_port = local_port;
		__entry->remote_port = remote_port;
		__entry->error = error;
	),

	TP_printk("%s %s type=%u ports=%u-%u error=%d", __entry->peer,
		  __print_symbolic(__entry->reason, lnet_conn_reasons),
		  __entry->type, __entry->local_port, __entry->remote_port,
		  __entry->error)
);

#endif /* _TRACE_LNET_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
