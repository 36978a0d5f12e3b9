/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests, replies, exports, callbacks to clients */
#ifndef _TS_RPC_H
#define _TS_RPC_H

#include "lnet.h"

#define REP_MAX_BUFS	12
/* A handler returns this when it will call req_finish() later */
#define REQ_ASYNC	INT_MIN

struct lock;
struct open_file;
struct req;
TAILQ_HEAD(req_list, req);

/* What a client has of a target */
struct export {
	struct target		*tgt;
	char			uuid[40];
	uint64_t		cookie;		/* ours, pb_handle of requests */
	uint64_t		client_cookie;	/* theirs, of our callbacks */
	UT_hash_handle		hh;		/* by uuid in the target */
	UT_hash_handle		hh_cookie;	/* by cookie, all of them */
	struct peer		*peer;
	uint32_t		conn_cnt;
	uint64_t		flags, flags2;
	uint32_t		ocd_version;
	uint32_t		brw_size;
	uint32_t		cksum_types;
	uint64_t		ibits;
	uint64_t		last_xid;	/* highest pb_last_xid seen */
	int64_t			last_seen;	/* monotonic ms */
	uint64_t		grant;		/* OST: bytes it holds */
	bool			connected;	/* since this start */
	bool			replay_done, lock_done, finished;
	bool			evicting;
	bool			self;		/* no client, has no peer */
	struct req_list		running;
	TAILQ_HEAD(, lock)	locks;
	struct lock		*by_client;	/* locks by client cookie */
	TAILQ_HEAD(, open_file)	opens;
	struct saved_reply	*saved;		/* for resends, by xid */
	uint64_t		tag_xid[513];
	uint64_t		nr_req;
};

/* Final reply of a request that must not be executed twice */
struct saved_reply {
	uint64_t	xid;
	uint32_t	opc;
	uint16_t	tag;
	struct buf	*msg;
	uint64_t	transno;
	UT_hash_handle	hh;
};

typedef int (*req_fn)(struct req *req);

struct rep_buf {
	void	*data;
	size_t	len;
};

/* One request from a client, until its reply is on the way */
struct req {
	TAILQ_ENTRY(req)	link;		/* exp->running */
	TAILQ_ENTRY(req)	wait_link;
	struct req_list		*on;		/* list it waits on, by wait_link */
	struct peer		*peer;
	struct target		*tgt;
	struct export		*exp;
	struct buf		*msg;
	const struct lustre_msg_v2 *lm;
	const struct ptlrpc_body *pb;
	uint32_t		bufcount;
	uint32_t		opc;
	uint32_t		portal, rep_portal;
	uint64_t		xid, rep_mbits, mbits;
	uint32_t		flags;		/* pb_flags */
	uint16_t		tag;
	bool			at;		/* MSGHDR_AT_SUPPORT */
	int64_t			arrival;
	int64_t			deadline;
	struct event		early;
	bool			early_armed;
	const struct rpc_op	*op;

	/* reply under construction */
	struct rep_buf		rep[REP_MAX_BUFS];
	unsigned int		nrep;
	int			status;
	bool			as_error;	/* drop buffers, type ERR */
	bool			as_zero_err;	/* type ERR, buffers kept */
	bool			want_ack;
	uint64_t		transno;
	uint64_t		rep_handle;
	uint32_t		rep_op_flags;

	/* waiting */
	bool			async;
	int			nr_wait;	/* events to come before resume */
	req_fn			resume;
	void			*priv;
	void			(*priv_free)(void *priv);
	struct bulk		*bulk;
	unsigned int		restarts;
	bool			dead;		/* its export went away */
	bool			elc_done;
	bool			fatal;		/* see req_fatal() */
	bool			part;		/* of a batch: waits for nothing */
};

/* One opcode that is served */
struct rpc_op {
	uint32_t	opc;
	const char	*name;
	req_fn		fn;
	uint32_t	version;	/* LUSTRE_*_VERSION */
	unsigned int	kinds;		/* TGT_* that serve it */
	unsigned int	flags;		/* OPF_* */
};

#define OPF_NOEXPORT	0x01	/* a connect */
#define OPF_RECOVERY	0x02	/* allowed while recovering */
#define OPF_SAVE	0x04	/* keep the reply for resends */

/* ---- msg.c: unpack with bounds, pack ---- */

/* Is @b a message? 0 or -EPROTO; @m, @n: its header and buffer count */
int msg_check(const struct buf *b, const struct lustre_msg_v2 **m, uint32_t *n);
const void *msg_buf(const struct lustre_msg_v2 *m, unsigned int idx,
		    size_t *len);
struct buf *msg_build(const struct rep_buf *bufs, unsigned int n);

/* Buffer @idx of the request if it has at least @min bytes, else NULL */
const void *req_buf(struct req *req, unsigned int idx, size_t min);
size_t req_buflen(struct req *req, unsigned int idx);
/* A string buffer: NUL at its very end, none before; NULL when it is not so */
const char *req_name(struct req *req, unsigned int idx);
/* A string with a NUL somewhere in the buffer */
const char *req_str(struct req *req, unsigned int idx);

/* Next reply buffer, zeroed; index counts from 1 as on the wire */
void *rep_add(struct req *req, size_t len);
void *rep_add_data(struct req *req, const void *data, size_t len);
void *rep_get(struct req *req, unsigned int idx);
void rep_resize(struct req *req, unsigned int idx, size_t len);
void rep_reset(struct req *req);

/* ---- rpc.c ---- */

/* A PUT arrived on a portal. 0, or -ENOENT when nothing takes it */
int rpc_recv(struct peer *p, uint32_t portal, uint64_t mbits, uint32_t offset,
	     struct buf *data);
void req_finish(struct req *req, int status);
/* Runs @req's resume function (its handler by default) again */
void req_resume(struct req *req);
void req_run(struct req *req);
/* Is it this client's request that is being executed? */
bool rpc_from(const char *uuid);
void req_drop(struct req *req);
/*
 * A real server would have fallen over this request: say so loudly, and let
 * the client pay for it. Returns what the handler returns.
 */
int req_fatal(struct req *req, const char *what);
/* A real server lives with it, but no real client sends it: say so loudly */
void req_wrong(struct req *req, const char *what);
const char *opc_name(uint32_t opc);
void rpc_stats_print(FILE *f);
void rpc_stats_reset(void);
/* How many requests are in flight: those whose reply is late count, too */
void rpc_in_flight(int change);
void rpc_depth_print(FILE *f);
extern const struct rpc_op mgs_ops[], mdt_ops[], ost_ops[], ldlm_ops[],
	common_ops[];

/* ---- reply.c ---- */

void reply_send(struct req *req);
void early_arm(struct req *req);
struct saved_reply *reply_saved(struct export *exp, uint64_t xid);
void reply_forget(struct export *exp, uint64_t upto);
void reply_forget_all(struct export *exp);
void reply_load(struct export *exp, uint64_t xid, uint16_t tag, uint32_t opc,
		uint64_t transno, const void *msg, size_t len);
bool reply_resend(struct req *req);

/* ---- export.c ---- */

struct export *export_find(uint64_t cookie);
struct export *export_by_uuid(struct target *t, const char *uuid);
struct export *export_new(struct target *t, const char *uuid);
void export_evict(struct export *exp, const char *why);
void export_destroy(struct export *exp, bool forget);
int handle_connect(struct req *req);
int handle_disconnect(struct req *req);
int handle_ping(struct req *req);
void export_init(void);
void export_list(FILE *f);
unsigned int export_count(void);

/* ---- recovery.c ---- */

bool recovering(const struct target *t);
void recovery_start(struct target *t, unsigned int clients);
/* Admission during recovery: 0 run it, REQ_ASYNC held, else an error */
int recovery_admit(struct req *req);
void recovery_connected(struct export *exp);
void recovery_export_gone(struct export *exp);
void recovery_replayed(struct req *req);
void recovery_abort(struct target *t, const char *why);

/* ---- bulk.c ---- */

/*
 * Moves @req's bulk data. @write: GETs from the client into @data, else PUTs
 * of @data; @pieces: lengths of each MD. When all is done @req is resumed with
 * bulk_status(); on failure the request is dropped without a reply.
 */
int bulk_start(struct req *req, uint32_t portal, bool write, struct buf **data,
	       const size_t *lens, unsigned int n, uint64_t first_mbits);
/* Descriptor @i of a finished write */
struct buf *bulk_data(const struct req *req, unsigned int i);
void bulk_free(struct req *req);

/* ---- callback.c: requests of ours to clients ---- */

/* @rep is the reply message, NULL with status -ETIMEDOUT or -EIO */
typedef void (*cb_done_fn)(void *arg, int status,
			   const struct lustre_msg_v2 *rep);

struct cb_rpc *cb_send(struct export *exp, uint32_t opc,
		       const struct rep_buf *bufs, unsigned int n,
		       unsigned int repsize, cb_done_fn done, void *arg);
int cb_recv_reply(struct peer *p, uint64_t mbits, uint32_t offset,
		  struct buf *data);
void cb_export_gone(struct export *exp);
void cb_init(void);

#endif /* _TS_RPC_H */
