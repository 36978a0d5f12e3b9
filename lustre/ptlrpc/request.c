// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: their memory and what can be asked of them.  How they travel is in
 * send.c, what becomes of answers in reply.c.
 */
#include <kunit/visibility.h>
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "internal.h"

/* Requests of write-back to a target that can be out without free memory */
#define PTLRPC_RESERVE_REQS	2

/* An attempt after which there is still the reserve */
#define PTLRPC_GFP_TRY		(GFP_NOFS | __GFP_NORETRY | __GFP_NOWARN)

static struct kmem_cache *ptlrpc_req_cache;

int ptlrpc_request_init(void)
{
	ptlrpc_req_cache = KMEM_CACHE(ptlrpc_request, SLAB_HWCACHE_ALIGN);
	return ptlrpc_req_cache ? 0 : -ENOMEM;
}

void ptlrpc_request_exit(void)
{
	kmem_cache_destroy(ptlrpc_req_cache);
}

/* A target that is away must not keep what write-back to others needs. */
int ptlrpc_reserve_init(struct ptlrpc_import *imp)
{
	struct ptlrpc_reserve *reserve = &imp->reserve;
	int rc;

	rc = mempool_init_slab_pool(&reserve->req, PTLRPC_RESERVE_REQS,
				    ptlrpc_req_cache);
	if (!rc)
		rc = mempool_init_kmalloc_pool(&reserve->msg,
					       PTLRPC_RESERVE_REQS,
					       PTLRPC_RESERVE_MSG);
	if (!rc)
		rc = mempool_init_kmalloc_pool(&reserve->rep,
					       PTLRPC_RESERVE_REQS,
					       PTLRPC_RESERVE_MSG);
	if (!rc)
		rc = ptlrpc_bulk_reserve_init(reserve);
	if (rc)
		ptlrpc_reserve_exit(imp);
	return rc;
}

void ptlrpc_reserve_exit(struct ptlrpc_import *imp)
{
	struct ptlrpc_reserve *reserve = &imp->reserve;

	mempool_exit(&reserve->bv);
	mempool_exit(&reserve->bulk);
	mempool_exit(&reserve->rep);
	mempool_exit(&reserve->msg);
	mempool_exit(&reserve->req);
}

/*
 * Zeroed memory for one message of a request, from its pool if it has one and
 * the size allows.  *real is what was allocated.
 */
static void *ptlrpc_buf_alloc(mempool_t *pool, u32 size, u32 *real, gfp_t gfp)
{
	void *buf;

	if (pool && size <= PTLRPC_RESERVE_MSG) {
		*real = PTLRPC_RESERVE_MSG;
		buf = mempool_alloc(pool, gfp);
		if (buf)
			memset(buf, 0, PTLRPC_RESERVE_MSG);
		return buf;
	}
	*real = roundup_pow_of_two(size);
	return kvzalloc(*real, gfp);
}

/* @size as allocated: a buffer of a pooled request is larger or the pool's. */
static void ptlrpc_buf_free(mempool_t *pool, void *buf, u32 size)
{
	if (!buf)
		return;
	if (pool && size == PTLRPC_RESERVE_MSG)
		mempool_free(buf, pool);
	else
		kvfree(buf);
}

static mempool_t *ptlrpc_msg_pool_of(const struct ptlrpc_request *req)
{
	return req->flags & PTLRPC_REQ_POOLED ? &req->imp->reserve.msg : NULL;
}

static mempool_t *ptlrpc_rep_pool_of(const struct ptlrpc_request *req)
{
	return req->flags & PTLRPC_REQ_POOLED ? &req->imp->reserve.rep : NULL;
}

/* The part of ptlrpc_body that only the caller's context knows. */
static void ptlrpc_req_set_caller(struct ptlrpc_request *req)
{
	struct ptlrpc_body *pb = ptlrpc_msg_body(req->msg);
	const struct cred *cred = current_cred();

	pb->pb_status = cpu_to_le32(task_pid_nr(current));
	pb->pb_uid = cpu_to_le32(from_kuid(&init_user_ns, cred->fsuid));
	pb->pb_gid = cpu_to_le32(from_kgid(&init_user_ns, cred->fsgid));
}

static int ptlrpc_req_pack(struct ptlrpc_request *req, const u32 *lens,
			   unsigned int count, gfp_t gfp)
{
	u32 all[LUSTRE_MSG_MAX_BUFFERS] = { sizeof(struct ptlrpc_body) };
	struct ptlrpc_body *pb;
	u32 size;

	if (count >= LUSTRE_MSG_MAX_BUFFERS)
		return -EINVAL;
	memcpy(all + 1, lens, count * sizeof(*lens));
	size = ptlrpc_msg_size(all, count + 1);
	if (!size || size > ptlrpc_portal_limit(req->req_portal))
		return -EMSGSIZE;
	if ((req->flags & PTLRPC_REQ_RESERVE) && size > PTLRPC_RESERVE_MSG)
		return -EMSGSIZE;
	req->msg = ptlrpc_buf_alloc(ptlrpc_msg_pool_of(req), size,
				    &req->msg_size, gfp);
	if (!req->msg)
		return -ENOMEM;
	ptlrpc_msg_init(req->msg, all, count + 1);
	if (req->imp->target == PTLRPC_MGS)
		req->msg->lm_secflvr = cpu_to_le32(LUSTRE_SP_MGC <<
						   SPTLRPC_SP_SHIFT);
	pb = ptlrpc_msg_body(req->msg);
	pb->pb_type = cpu_to_le32(PTL_RPC_MSG_REQUEST);
	pb->pb_version = cpu_to_le32(req->op->version | PTLRPC_MSG_VERSION);
	pb->pb_opc = cpu_to_le32(req->op->opc);
	ptlrpc_req_set_caller(req);
	return 0;
}

/* Common part of the two ways to get a request. */
struct ptlrpc_request *ptlrpc_req_new(struct ptlrpc_import *imp, u32 opc,
				      const u32 *lens, unsigned int count,
				      u32 flags, gfp_t gfp)
{
	const struct ptlrpc_opcode *op = ptlrpc_opcode_find(opc);
	u32 portal = op ? ptlrpc_opcode_portal(op, imp->target) : 0;
	struct ptlrpc_request *req;
	int rc;

	if (!portal)
		return ERR_PTR(-EINVAL);
	if (flags & PTLRPC_REQ_POOLED) {
		req = mempool_alloc(&imp->reserve.req, gfp);
		if (req)
			memset(req, 0, sizeof(*req));
	} else {
		req = kmem_cache_zalloc(ptlrpc_req_cache, gfp);
	}
	if (!req)
		return ERR_PTR(-ENOMEM);
	refcount_set(&req->ref, 1);
	req->imp = ptlrpc_import_get(imp, lustre_import_get_request);
	req->op = op;
	req->flags = flags;
	req->req_portal = portal;
	req->rep_portal = ptlrpc_reply_portal(portal);
	init_completion(&req->completion);
	INIT_WORK(&req->work, ptlrpc_req_work);
	INIT_LIST_HEAD(&req->link);
	INIT_LIST_HEAD(&req->replay_link);
	rc = ptlrpc_req_pack(req, lens, count, gfp);
	if (!rc)
		rc = ptlrpc_req_set_replen(req, NULL, 0);
	if (rc) {
		ptlrpc_req_put(req);
		return ERR_PTR(rc);
	}
	return req;
}

struct ptlrpc_request *ptlrpc_req_alloc(struct ptlrpc_import *imp, u32 opc,
					const u32 *lens, unsigned int count,
					u32 flags, gfp_t gfp)
{
	return ptlrpc_req_new(imp, opc, lens, count, flags & 0xffff, gfp);
}

struct ptlrpc_request *ptlrpc_req_alloc_reserve(struct ptlrpc_import *imp,
						u32 opc, const u32 *lens,
						unsigned int count, u32 flags)
{
	struct ptlrpc_request *req;

	flags = (flags & 0xffff) | PTLRPC_REQ_RESERVE;
	req = ptlrpc_req_new(imp, opc, lens, count, flags,
			     PTLRPC_GFP_TRY);
	if (!IS_ERR(req)) {
		if (!ptlrpc_rep_prepare(req, PTLRPC_RESERVE_MSG,
					PTLRPC_GFP_TRY))
			return req;
		ptlrpc_req_put(req);
	} else if (PTR_ERR(req) != -ENOMEM) {
		return req;
	}
	return ptlrpc_req_new(imp, opc, lens, count, flags | PTLRPC_REQ_POOLED |
			      PTLRPC_REQ_NO_REPLAY, GFP_NOFS);
}

bool ptlrpc_req_pooled(const struct ptlrpc_request *req)
{
	return req->flags & (PTLRPC_REQ_POOLED | PTLRPC_REQ_POOLED_BULK);
}

void ptlrpc_req_get(struct ptlrpc_request *req)
{
	refcount_inc(&req->ref);
	trace_lustre_rpc_ref(req, req->op->name, refcount_read(&req->ref), 1,
			     _RET_IP_);
}

void ptlrpc_req_put(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;

	trace_lustre_rpc_ref(req, req->op->name, refcount_read(&req->ref) - 1,
			     -1, _RET_IP_);
	if (!refcount_dec_and_test(&req->ref))
		return;
	if (req->ops && req->ops->release)
		req->ops->release(req->data);
	ptlrpc_bulk_free(req);
	ptlrpc_rep_free(req, &req->rep);
	ptlrpc_rep_free(req, &req->replay_rep);
	ptlrpc_buf_free(ptlrpc_msg_pool_of(req), req->msg, req->msg_size);
	if (req->flags & PTLRPC_REQ_POOLED)
		mempool_free(req, &imp->reserve.req);
	else
		kmem_cache_free(ptlrpc_req_cache, req);
	ptlrpc_import_put(imp, lustre_import_put_request);
}

int ptlrpc_req_set_replen(struct ptlrpc_request *req, const u32 *lens,
			  unsigned int count)
{
	u32 all[LUSTRE_MSG_MAX_BUFFERS] = { sizeof(struct ptlrpc_body) };
	u32 size;

	if (count >= LUSTRE_MSG_MAX_BUFFERS)
		return -EINVAL;
	if (count)
		memcpy(all + 1, lens, count * sizeof(*lens));
	size = ptlrpc_msg_size(all, count + 1);
	if (!size || size > LNET_MTU - PTLRPC_EARLY_REPLY_SIZE -
	    PTLRPC_REPLY_SLACK)
		return -EMSGSIZE;
	req->rep_expect = size;
	return 0;
}

/*
 * Make sure that there is room for an answer of @need bytes.  What is too small
 * is replaced.  0 or -ENOMEM.
 */
int ptlrpc_rep_prepare(struct ptlrpc_request *req, u32 need, gfp_t gfp)
{
	struct ptlrpc_rep *rep = ptlrpc_rep_now(req);
	u32 size;
	void *buf;

	if (rep->buf && rep->size >= need)
		return 0;
	buf = ptlrpc_buf_alloc(ptlrpc_rep_pool_of(req), need, &size, gfp);
	if (!buf)
		return -ENOMEM;
	ptlrpc_rep_free(req, rep);
	rep->buf = buf;
	rep->size = size;
	return 0;
}

void ptlrpc_rep_free(struct ptlrpc_request *req, struct ptlrpc_rep *rep)
{
	ptlrpc_buf_free(ptlrpc_rep_pool_of(req), rep->buf, rep->size);
	memset(rep, 0, sizeof(*rep));
}

/* Buffer 0 is ours. */
void *ptlrpc_req_buf(struct ptlrpc_request *req, unsigned int i, u32 size)
{
	return i ? ptlrpc_msg_buf(req->msg, i, size) : NULL;
}

u32 ptlrpc_req_buflen(const struct ptlrpc_request *req, unsigned int i)
{
	return ptlrpc_msg_buflen(req->msg, i);
}

int ptlrpc_req_set_str(struct ptlrpc_request *req, unsigned int i,
		       const char *s, size_t len)
{
	char *buf;

	if (len >= LUSTRE_MSG_MAX_SIZE)
		return -EMSGSIZE;
	buf = ptlrpc_req_buf(req, i, len + 1);
	if (!buf)
		return -EMSGSIZE;
	memcpy(buf, s, len);
	buf[len] = '\0';
	return 0;
}

int ptlrpc_req_replace(struct ptlrpc_request *req, unsigned int i,
		       const void *data, u32 len)
{
	u32 old, size, real;
	void *msg;

	if (!i || i >= le32_to_cpu(req->msg->lm_bufcount))
		return -EINVAL;
	if (len > LUSTRE_MSG_MAX_SIZE)
		return -EMSGSIZE;
	old = ptlrpc_msg_len(req->msg);
	size = old - round_up(ptlrpc_msg_buflen(req->msg, i), 8) +
	       round_up(len, 8);
	if (size > ptlrpc_portal_limit(req->req_portal))
		return -EMSGSIZE;
	if (size > req->msg_size) {
		msg = ptlrpc_buf_alloc(ptlrpc_msg_pool_of(req), size, &real,
				       GFP_NOFS);
		if (!msg)
			return -ENOMEM;
		memcpy(msg, req->msg, old);
		ptlrpc_buf_free(ptlrpc_msg_pool_of(req), req->msg, req->msg_size);
		req->msg = msg;
		req->msg_size = real;
	}
	ptlrpc_msg_resize(req->msg, i, len);
	memcpy(ptlrpc_msg_buf(req->msg, i, len), data, len);
	return 0;
}

void *ptlrpc_rep_buf(struct ptlrpc_request *req, unsigned int i, u32 min_size)
{
	if (!req->rep.msg || !i)
		return NULL;
	return ptlrpc_msg_buf(req->rep.msg, i, min_size);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_rep_buf);

/* The same of the answer to a replay. */
void *ptlrpc_replay_buf(struct ptlrpc_request *req, unsigned int i,
			u32 min_size)
{
	if (!req->replay_rep.msg || !i)
		return NULL;
	return ptlrpc_msg_buf(req->replay_rep.msg, i, min_size);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_replay_buf);

u32 ptlrpc_rep_buflen(const struct ptlrpc_request *req, unsigned int i)
{
	return req->rep.msg && i ? ptlrpc_msg_buflen(req->rep.msg, i) : 0;
}

bool ptlrpc_rep_exists(const struct ptlrpc_request *req)
{
	return req->rep.msg;
}

u64 ptlrpc_rep_transno(const struct ptlrpc_request *req)
{
	return req->transno;
}

bool ptlrpc_req_retained(const struct ptlrpc_request *req)
{
	return ptlrpc_is(req, PTLRPC_RETAINED);
}

u64 ptlrpc_req_xid(const struct ptlrpc_request *req)
{
	return req->xid;
}

u32 ptlrpc_req_opc(const struct ptlrpc_request *req)
{
	return req->op->opc;
}

struct ptlrpc_import *ptlrpc_req_import(const struct ptlrpc_request *req)
{
	return req->imp;
}

u32 ptlrpc_req_generation(const struct ptlrpc_request *req)
{
	return req->generation;
}

void ptlrpc_req_bind(struct ptlrpc_request *req, u32 generation)
{
	ptlrpc_mark(req, PTLRPC_BOUND);
	req->generation = generation;
}

void ptlrpc_req_set_timeout(struct ptlrpc_request *req, unsigned int secs)
{
	req->fixed_timeout = min(secs, 3600U);
}

/* Operation and target for messages, e.g. "MDS_REINT". */
const char *ptlrpc_req_name(const struct ptlrpc_request *req)
{
	return req->op->name;
}
