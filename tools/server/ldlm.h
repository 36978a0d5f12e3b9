/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock manager of the server (document 06) */
#ifndef _TS_LDLM_H
#define _TS_LDLM_H

#include "rpc.h"

struct resource;

/* Policy in host order; which fields count depends on the type */
struct policy {
	uint64_t	start, end, gid;	/* extent, flock: owner in gid */
	uint64_t	bits;
	uint32_t	pid;
};

struct lock {
	uint64_t		cookie;		/* ours */
	uint64_t		client;		/* theirs */
	UT_hash_handle		hh;		/* by cookie, all locks */
	UT_hash_handle		hh_client;	/* by client, in the export */
	TAILQ_ENTRY(lock)	exp_link, res_link;
	struct export		*exp;
	struct resource		*res;
	uint32_t		req_mode, granted;	/* granted 0: waiting */
	struct policy		pol, want;	/* in force; as asked for */
	uint32_t		flags;
	bool			bl_sent, cp_sent;
	uint64_t		bl_bits;
	struct event		timer;		/* until it must be cancelled */
	bool			timer_on;
	int			refs;		/* callbacks under way */
	bool			dead;
	struct req		*grant_req;	/* enqueue being answered */
};

struct resource {
	struct ldlm_res_id	name;		/* wire form is the key */
	struct ldlm_ns		*ns;
	uint32_t		type;
	UT_hash_handle		hh;
	TAILQ_HEAD(, lock)	granted, waiting;
	struct req_list		reqs;		/* wait for cancels here */
	int			busy;		/* file locks change places */
};

struct ldlm_ns {
	struct target		*tgt;
	struct resource		*resources;
};

/* ---- ldlm.c ---- */

void ldlm_init(void);
struct ldlm_ns *ldlm_ns_new(struct target *t);
bool ldlm_compat(uint32_t granted, uint32_t requested);
struct lock *ldlm_find(uint64_t cookie);
struct lock *ldlm_find_client(struct export *exp, uint64_t client);
struct resource *ldlm_res(struct ldlm_ns *ns, const struct ldlm_res_id *name,
			  uint32_t type, bool create);
void ldlm_res_put(struct resource *res);	/* frees it when unused */
struct lock *ldlm_lock_new(struct export *exp, struct resource *res,
			   uint64_t client, uint32_t mode);
void ldlm_lock_put(struct lock *l);
/* Takes the lock out of everything and looks who can go on */
void ldlm_lock_cancel(struct lock *l);
void ldlm_reprocess(struct resource *res);
/* Grant or queue; true when granted */
bool ldlm_try_grant(struct lock *l);
bool ldlm_conflicts(const struct lock *a, const struct lock *b);

void ldlm_req_gone(struct req *req);
void ldlm_export_gone(struct export *exp);
void ldlm_reconnected(struct export *exp);
void ldlm_recovery_done(struct target *t);
void ldlm_dump(FILE *f);
/* Continues @req from the event loop */
void ldlm_ready(struct req *req);

/*
 * Are there locks that stand in the way of a server operation needing @mode
 * with @bits (or the extent) on @name? Then their holders are asked to give
 * them up, @req is queued, and the caller returns REQ_ASYNC.
 */
bool ldlm_revoke(struct req *req, struct target *t,
		 const struct ldlm_res_id *name, uint32_t mode, uint64_t bits);
bool ldlm_revoke_extent(struct req *req, struct target *t,
			const struct ldlm_res_id *name, uint32_t mode,
			uint64_t start, uint64_t end, bool discard,
			uint64_t except);

/*
 * An object is about to be destroyed: asks all holders of locks on it to throw
 * dirty data away, but for the client that removes the file just now, which
 * knows; with @all, that one, too.  True: there are some
 */
bool ldlm_discard(struct target *t, const struct ldlm_res_id *name, bool all);

/*
 * A lock of @mode for the intent in @req, on @name, with those of @bits that
 * are free; none when @need is not among them. Fills in @rep.
 */
struct lock *ldlm_intent_grant(struct req *req, struct ldlm_reply *rep,
			       const struct ldlm_res_id *name, uint32_t mode,
			       uint64_t bits, uint64_t need);

/* ---- ldlm_ast.c ---- */

void ldlm_send_bl(struct lock *l, uint32_t mode, uint64_t bits, uint32_t flags);
void ldlm_send_cp(struct lock *l, uint32_t flags);
void ldlm_prolong(struct export *exp, uint64_t cookie);
void ldlm_timer_stop(struct lock *l);
/* Asks the holders with the newest sizes; resumes @req when all answered */
int ldlm_glimpse(struct req *req, struct resource *res, struct ost_lvb *lvb);

/* ---- ldlm_req.c ---- */

void ldlm_desc_fill(struct ldlm_lock_desc *d, const struct lock *l);
void ldlm_cancel_early(struct req *req, const struct ldlm_request *dlm,
		       size_t len, unsigned int first);
/* Early cancels of the ldlm_request in request buffer @idx of a reint */
void ldlm_cancel_buf(struct req *req, unsigned int idx);
bool ldlm_has_lvb(const struct lock *l);
size_t ldlm_lvb_size(const struct export *exp);

/* ---- ldlm_flock.c ---- */

int ldlm_flock_enqueue(struct req *req, const struct ldlm_request *dlm);
void ldlm_flock_reprocess(struct resource *res);
int ldlm_flock_check(const struct ldlm_request *dlm);
bool ldlm_flock_replay_ok(struct lock *l);

static inline void ldlm_fid_res(struct ldlm_res_id *id, const struct lu_fid *f)
{
	memset(id, 0, sizeof(*id));
	id->name[0] = f->f_seq;
	id->name[1] = cpu_to_le64((uint64_t)le32_to_cpu(f->f_ver) << 32 |
				  le32_to_cpu(f->f_oid));
}

static inline bool ldlm_req_waits(const struct req *req)
{
	return req->on != NULL;
}

#endif /* _TS_LDLM_H */
