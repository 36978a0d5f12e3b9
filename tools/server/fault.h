/* SPDX-License-Identifier: GPL-2.0-only */
/* Misbehaviour on demand */
#ifndef _TS_FAULT_H
#define _TS_FAULT_H

#include "server.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_DROP_REQ,		/* request is never seen */
	FAULT_HOLD,		/* request is executed @arg ms late */
	FAULT_DROP_REPLY,	/* request is executed, the reply not sent */
	FAULT_DELAY,		/* reply comes @arg ms late */
	FAULT_LATE,		/* reply comes @arg us late */
	FAULT_CUT,		/* connections are closed in place of the reply */
	FAULT_TRUNCATE,		/* reply PUT is @arg bytes shorter */
	FAULT_OVERSIZE,		/* reply is @arg bytes longer */
	FAULT_MAGIC,		/* wrong message magic */
	FAULT_BUFLEN,		/* one buffer length is a lie */
	FAULT_STATUS,		/* pb_status := @arg */
	FAULT_FUZZ,		/* seeded bytes of the reply are changed */
	FAULT_GARBAGE,		/* noise instead of the reply */
	FAULT_ZERO,		/* all buffers but the first are zeroed */
	FAULT_LOCK_BITS,	/* bits @arg, 0: all, in the lock of an enqueue */
	FAULT_DESC,		/* a callback describes no lock that there is */
	FAULT_RESULT,		/* each status in another record := @arg */
	FAULT_SHORT_MD,		/* bulk: a gap at the end of the first descriptor */
};

struct buf;

/* Rule that applies to a request of @opc now, if any; counts it down */
enum fault_kind fault_check(uint32_t opc, bool reply, int64_t *arg);
/* The same for the data of a read: FAULT_SHORT_MD */
bool fault_short_md(uint32_t opc);
/* Changes a packed reply as @kind says; returns the buffer to send */
struct buf *fault_apply(enum fault_kind kind, int64_t arg, struct buf *msg);
/* "drop-reply:OPC[:COUNT[:ARG]]"; 0 or -EINVAL */
int fault_add(const char *spec);
void fault_clear(void);
void fault_list(FILE *f);

#endif /* _TS_FAULT_H */
