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
	E_(LNET_CONN_TRACE_REFUSE,	"refuse")

/* Why a connection ends; the errno says more of some of them */
#define lnet_close_reasons \
	EM(LNET_CLOSE_CONNECT,		"cannot-connect")	\
	EM(LNET_CLOSE_RECEIVE,		"receive")		\
	EM(LNET_CLOSE_SEND,		"send")			\
	EM(LNET_CLOSE_HANDSHAKE_TIME,	"handshake-timeout")	\
	EM(LNET_CLOSE_RECEIVE_TIME,	"receive-timeout")	\
	EM(LNET_CLOSE_SEND_TIME,	"send-timeout")		\
	EM(LNET_CLOSE_ZC_TIME,		"zc-ack-timeout")	\
	EM(LNET_CLOSE_SLOW,		"aborted-send-too-slow") \
	EM(LNET_CLOSE_SIBLING,		"sibling-closed")	\
	EM(LNET_CLOSE_RESTART,		"peer-restarted")	\
	EM(LNET_CLOSE_INTERFACE,	"interface-down")	\
	E_(LNET_CLOSE_SHUTDOWN,		"shutdown")

/* Who holds a connection */
#define lnet_conn_refs \
	EM(LNET_CONN_NEW,		"NEW")		\
	EM(LNET_CONN_PUT_STARTED,	"PUT started")	\
	E_(LNET_CONN_PUT_CLOSED,	"PUT closed")

/* Who holds a peer */
#define lnet_peer_refs \
	EM(LNET_PEER_NEW,		"NEW")		\
	EM(LNET_PEER_GET_LOOKUP,	"GET lookup")	\
	EM(LNET_PEER_GET_WALK,		"GET walk")	\
	EM(LNET_PEER_GET_WAITING,	"GET waiting")	\
	EM(LNET_PEER_GET_CONNECT,	"GET connect")	\
	EM(LNET_PEER_GET_CONN,		"GET conn")	\
	EM(LNET_PEER_GET_TX,		"GET tx")	\
	EM(LNET_PEER_GET_REQUEST,	"GET request")	\
	EM(LNET_PEER_PUT_UNUSED,	"PUT unused")	\
	EM(LNET_PEER_PUT_LOOKUP,	"PUT lookup")	\
	EM(LNET_PEER_PUT_WALK,		"PUT walk")	\
	EM(LNET_PEER_PUT_WAITING,	"PUT waiting")	\
	EM(LNET_PEER_PUT_CONNECT,	"PUT connect")	\
	EM(LNET_PEER_PUT_CONN,		"PUT conn")	\
	EM(LNET_PEER_PUT_TX,		"PUT tx")	\
	EM(LNET_PEER_PUT_REQUEST,	"PUT request")	\
	EM(LNET_PEER_PUT_IDLE,		"PUT idle")	\
	E_(LNET_PEER_PUT_STOP,		"PUT stop")

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
enum lnet_close_reason { lnet_close_reasons };
enum lnet_conn_ref { lnet_conn_refs };
enum lnet_peer_ref { lnet_peer_refs };
enum lnet_msg_trace { lnet_msg_types };

#endif /* __LNET_TRACE_ENUMS_DEFINED */

#undef EM
#undef E_
#define EM(a, b) TRACE_DEFINE_ENUM(a);
#define E_(a, b) TRACE_DEFINE_ENUM(a);

lnet_drop_reasons;
lnet_conn_reasons;
lnet_close_reasons;
lnet_conn_refs;
lnet_peer_refs;
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

/* A message was dropped without an answer */
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

/* A connection has come to its end */
TRACE_EVENT(lnet_close,
	TP_PROTO(const struct lnet_nid *peer, enum lnet_close_reason reason,
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
		  __print_symbolic(__entry->reason, lnet_close_reasons),
		  __entry->type, __entry->local_port, __entry->remote_port,
		  __entry->error)
);

/* A reference to a connection came or went; the number is the one after that */
TRACE_EVENT(lnet_conn_ref,
	TP_PROTO(const void *conn, int ref, enum lnet_conn_ref reason),

	TP_ARGS(conn, ref, reason),

	TP_STRUCT__entry(
		__field(const void *,	conn)
		__field(int,		ref)
		__field(u32,		reason)
	),

	TP_fast_assign(
		__entry->conn = conn;
		__entry->ref = ref;
		__entry->reason = reason;
	),

	TP_printk("C=%p %s r=%d", __entry->conn,
		  __print_symbolic(__entry->reason, lnet_conn_refs),
		  __entry->ref)
);

/* A reference to a peer came or went; the number is the one after that */
TRACE_EVENT(lnet_peer_ref,
	TP_PROTO(const struct lnet_nid *peer, int ref,
		 enum lnet_peer_ref reason),

	TP_ARGS(peer, ref, reason),

	TP_STRUCT__entry(
		__array(char,	peer,	LNET_NIDSTR_SIZE)
		__field(int,	ref)
		__field(u32,	reason)
	),

	TP_fast_assign(
		lnet_nid_print(peer, __entry->peer);
		__entry->ref = ref;
		__entry->reason = reason;
	),

	TP_printk("%s %s r=%d", __entry->peer,
		  __print_symbolic(__entry->reason, lnet_peer_refs),
		  __entry->ref)
);

#endif /* _TRACE_LNET_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
