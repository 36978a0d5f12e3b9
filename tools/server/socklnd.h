/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the TCP transport */
#ifndef _TS_SOCKLND_H
#define _TS_SOCKLND_H

#include "lnet.h"

#define CONN_RBUF	(64 * 1024)
#define CONN_IOV	32

enum rx_state {
	RX_CONNECTING,		/* TCP of an active connection */
	RX_ACCEPT,		/* acceptor request */
	RX_HELLO,
	RX_MSG,			/* transport header */
	RX_LNET,		/* LNet header */
	RX_PAYLOAD,
};

/* One TCP connection */
struct conn {
	TAILQ_ENTRY(conn)	link;
	struct peer		*peer;		/* NULL until HELLO */
	int			fd;
	bool			active;		/* we called */
	int			version;
	int			ctype;		/* from our view */
	struct lnet_nid	self;		/* NID that was called */
	struct event		rev, wev, hs_timer;
	enum rx_state		state;
	size_t			need;		/* bytes of the next piece */
	uint8_t			rbuf[CONN_RBUF];
	size_t			rlen, rpos;
	struct ksock_msg_hdr	kmsg;
	struct lnet_hdr_nid16	hdr;
	struct buf		*payload;
	size_t			pgot;
	struct tx_queue		txq;
	size_t			txbytes;
	int64_t			last_rx;
	int64_t			last_keepalive;
	bool			closing;	/* close when txq is empty */
};

/* socklnd.c */
struct conn *conn_new(int fd, bool active);
void conn_close(struct conn *c, const char *why);
void conn_write(struct conn *c);
void conn_queue_raw(struct conn *c, const void *p, size_t n);
struct peer *peer_get(const struct lnet_nid *nid,
		      const struct lnet_nid *self);

/* hello.c: consume one piece from the input; 0, -EAGAIN: more, else close */
int hello_accept(struct conn *c);
int hello_recv(struct conn *c);
int hello_send(struct conn *c, const struct lnet_nid *dst, int ctype);
int hello_connect(struct peer *p, int ctype);
void hello_connected(struct conn *c);
int hello_invert(int ctype);

#endif /* _TS_SOCKLND_H */
