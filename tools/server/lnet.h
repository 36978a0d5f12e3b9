/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections and LNet messages */
#ifndef _TS_LNET_H
#define _TS_LNET_H

#include "server.h"

struct conn;

/* One message on its way out */
struct tx {
	TAILQ_ENTRY(tx)	link;
	uint8_t		hdr[KSOCK_MAX_HDR];
	size_t		hdrlen;
	struct buf	*payload;	/* may be NULL */
	size_t		off;		/* first byte of the payload */
	size_t		len;
	size_t		sent;
	int64_t		queued_ms;
	uint64_t	zc_cookie;	/* waiting for this to be acknowledged */
	uint64_t	noop_cookie;	/* of a NOOP in noop */
	bool		noop;
	bool		ordinary;	/* held back until discovery is over */
	struct lnet_hdr_nid16 h;	/* host of all fields until encoded */
};

TAILQ_HEAD(tx_queue, tx);

/* A remote node */
struct peer {
	struct lnet_nid	nid;
	struct lnet_nid	self;	/* our NID that it talks to */
	UT_hash_handle		hh;
	int			version;	/* of its connections, 0: none */
	uint64_t		incarnation;
	TAILQ_HEAD(, conn)	conns;
	struct tx_queue		pending;	/* no connection or discovery */
	struct tx_queue		zc_wait;
	uint64_t		zc_next;
	bool			discovering;
	bool			discovered;
	uint32_t		features;
	struct event		timer;		/* pending and zc time-outs */
	struct conn		*connecting;
	int64_t			next_connect_ms;
	bool			dead;		/* being torn down */
};

struct lnet_op;

/*
 * An answered GET or acknowledged PUT. @status: 0, or -EIO when the peer went
 * away, -ETIMEDOUT. @mlength: bytes that were moved. @data: of a REPLY.
 */
typedef void (*lnet_done_fn)(void *arg, int status, uint32_t mlength,
			     struct buf *data);

/* ---- socklnd.c ---- */

int socklnd_start(void);
void socklnd_stop(void);
struct peer *peer_find(const struct lnet_nid *nid);
/* Queues @t, which now belongs to the transport */
void socklnd_send(struct peer *p, struct tx *t);
void peer_flush(struct peer *p);
void peer_close(struct peer *p, const char *why);
void socklnd_cut_all(void);
struct peer *peer_first(void);

/* ---- lnet.c ---- */

/* A complete message arrived; @h in LE, NIDs as 20 bytes; owns nothing */
void lnet_recv(struct peer *p, const struct lnet_hdr_nid16 *h, struct buf *data);
/* Is the header one that a real node accepts? 0 or -EPROTO */
int lnet_check_hdr(struct peer *p, const struct lnet_hdr_nid16 *h);

/* Takes a reference on @payload; @done may be NULL: no ACK is asked for */
struct lnet_op *lnet_put(struct peer *p, uint32_t portal, uint64_t mbits,
			 uint32_t offset, struct buf *payload, size_t off,
			 size_t len, lnet_done_fn done, void *arg);
struct lnet_op *lnet_get(struct peer *p, uint32_t portal, uint64_t mbits,
			 uint32_t offset, uint32_t len, lnet_done_fn done,
			 void *arg);
void lnet_op_cancel(struct lnet_op *op);	/* no callback any more */
void lnet_peer_gone(struct peer *p);
void lnet_discover(struct peer *p);
void lnet_init(void);

#endif /* _TS_LNET_H */
