// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a log from the MGS, 05 section 5.1.
 */
#include <linux/slab.h>

#include "mgc/internal.h"

/**
 * struct mgc_cursor - a log that is being read
 * @imp: import to the MGS
 * @flags: PTLRPC_REQ_* for the requests
 * @body: where we are; logid, saved_index and cur_offset belong together
 * @hdr: the log's header
 * @last: index of its last record
 */
struct mgc_cursor {
	struct ptlrpc_import	*imp;
	u32			flags;
	struct llogd_body	body;
	struct llog_log_hdr	*hdr;
	u32			last;
};

/*
 * One request with the cursor as its body.  Return: the answered request, or
 * ERR_PTR(); a negative status of the server counts as an error.
 */
static struct ptlrpc_request *mgc_llog_rpc(struct mgc_cursor *cur, u32 opc,
					   const char *name, u32 data_len)
{
	u32 lens[] = { sizeof(cur->body), name ? strlen(name) + 1 : 0 };
	u32 replens[] = { sizeof(struct llogd_body), data_len };
	struct ptlrpc_request *req;
	int rc;

	if (opc == LLOG_ORIGIN_HANDLE_READ_HEADER)
		replens[0] = data_len;
	req = ptlrpc_req_alloc(cur->imp, opc, lens, name ? 2 : 1,
			       cur->flags | PTLRPC_REQ_NO_REPLAY, GFP_KERNEL);
	if (IS_ERR(req))
		return req;
	rc = ptlrpc_req_set_replen(req, replens,
				   opc == LLOG_ORIGIN_HANDLE_NEXT_BLOCK ?
				   2 : 1);
	memcpy(ptlrpc_req_buf(req, 1, sizeof(cur->body)), &cur->body,
	       sizeof(cur->body));
	if (!rc && name)
		rc = ptlrpc_req_set_str(req, 2, name, strlen(name));
	if (!rc)
		rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		return req;
	/* From the server itself this means "no such record" */
	if (rc == -EIO && ptlrpc_rep_exists(req))
		rc = -EBADR;
	ptlrpc_req_put(req);
	return ERR_PTR(rc);
}

static int mgc_llog_open(struct mgc_cursor *cur, const char *name)
{
	struct ptlrpc_request *req;
	struct llogd_body *body;
	int rc = -EPROTO;

	req = mgc_llog_rpc(cur, LLOG_ORIGIN_HANDLE_CREATE, name, 0);
	if (IS_ERR(req))
		return PTR_ERR(req);
	body = ptlrpc_rep_buf(req, 1, sizeof(*body));
	if (body) {
		cur->body.lgd_logid = body->lgd_logid;
		cur->body.lgd_llh_flags = cpu_to_le32(LLOG_F_IS_PLAIN);
		rc = 0;
	}
	ptlrpc_req_put(req);
	return rc;
}

static int mgc_llog_header(struct mgc_cursor *cur)
{
	struct ptlrpc_request *req;
	const void *data;
	int rc = -EIO;

	req = mgc_llog_rpc(cur, LLOG_ORIGIN_HANDLE_READ_HEADER, NULL,
			   LLOG_MIN_CHUNK_SIZE);
	if (IS_ERR(req))
		return PTR_ERR(req);
	data = ptlrpc_rep_buf(req, 1, LLOG_MIN_CHUNK_SIZE);
	if (data)
		rc = mgc_header_check(data, ptlrpc_rep_buflen(req, 1),
				      &cur->last);
	if (!rc)
		memcpy(cur->hdr, data, sizeof(*cur->hdr));
	ptlrpc_req_put(req);
	return rc;
}

static void mgc_llog_rewind(struct mgc_cursor *cur)
{
	cur->body.lgd_saved_index = 0;
	cur->body.lgd_cur_offset = cpu_to_le64(LLOG_MIN_CHUNK_SIZE);
}

/* Take the server's position over if it makes sense, else start over. */
static void mgc_llog_advance(struct mgc_cursor *cur,
			     const struct llogd_body *body, u32 next)
{
	u64 off = le64_to_cpu(body->lgd_cur_offset);

	if (le32_to_cpu(body->lgd_saved_index) == next - 1 &&
	    off > LLOG_MIN_CHUNK_SIZE) {
		cur->body.lgd_saved_index = body->lgd_saved_index;
		cur->body.lgd_cur_offset = body->lgd_cur_offset;
	} else {
		mgc_llog_rewind(cur);
	}
}

/*
 * Fetch and walk the chunk with record *@next, which moves on.  -ENODATA: there
 * is no such record, whatever the header says.
 */
static int mgc_llog_block(struct mgc_cursor *cur, u32 *next, mgc_record_fn fn,
			  void *arg)
{
	struct ptlrpc_request *req;
	struct llogd_body *body;
	u32 want = *next, len;
	const void *chunk;
	int rc;

	cur->body.lgd_index = cpu_to_le32(want);
	cur->body.lgd_len = cpu_to_le32(LLOG_MIN_CHUNK_SIZE);
	req = mgc_llog_rpc(cur, LLOG_ORIGIN_HANDLE_NEXT_BLOCK, NULL,
			   LLOG_MIN_CHUNK_SIZE);
	if (IS_ERR(req))
		return PTR_ERR(req) == -EBADR ? -ENODATA : PTR_ERR(req);
	body = ptlrpc_rep_buf(req, 1, sizeof(*body));
	len = min_t(u32, ptlrpc_rep_buflen(req, 2), LLOG_MIN_CHUNK_SIZE);
	chunk = ptlrpc_rep_buf(req, 2, len);
	rc = -EPROTO;
	if (body && chunk)
		rc = mgc_chunk_walk(cur->hdr, chunk, len, next, fn, arg);
	if (!rc && *next == want)
		rc = -ENODATA;
	if (!rc)
		mgc_llog_advance(cur, body, *next);
	ptlrpc_req_put(req);
	return rc;
}

static int mgc_llog_blocks(struct mgc_cursor *cur, u64 *next, mgc_record_fn fn,
			   void *arg)
{
	u32 index = *next;
	int rc = 0;

	mgc_llog_rewind(cur);
	while (index <= cur->last) {
		if (!mgc_header_live(cur->hdr, index)) {
			index++;
			continue;
		}
		rc = mgc_llog_block(cur, &index, fn, arg);
		if (rc)
			break;
		*next = index;
	}
	/* What was worked off stays so, even if the rest is not. */
	*next = max_t(u64, *next, index);
	return rc == -ENODATA ? 0 : rc;
}

/**
 * mgc_llog_read - read what is new in a log
 * @imp: import to the MGS; the caller holds the lock of the log
 * @name: name of the log
 * @flags: PTLRPC_REQ_* for the requests: how to wait
 * @next: in: first index wanted, 1 for all; out: the one after the last seen
 * @fn: called for each valid configuration record; an error ends the reading
 * @arg: for @fn
 *
 * Sleeps for several RPCs.  A log that became shorter has nothing new.
 *
 * Return: 0, -ENOENT no such log, -EIO damaged, -EPROTO cannot be read,
 * errors of the requests, or what @fn returned.
 */
int mgc_llog_read(struct ptlrpc_import *imp, const char *name, u32 flags,
		  u64 *next, mgc_record_fn fn, void *arg)
{
	struct mgc_cursor cur = { .imp = imp, .flags = flags };
	int rc;

	cur.hdr = kmalloc_obj(*cur.hdr, GFP_KERNEL);
	if (!cur.hdr)
		return -ENOMEM;
	rc = mgc_llog_open(&cur, name);
	if (!rc)
		rc = mgc_llog_header(&cur);
	if (!rc)
		rc = mgc_llog_blocks(&cur, next, fn, arg);
	kfree(cur.hdr);
	return rc;
}
