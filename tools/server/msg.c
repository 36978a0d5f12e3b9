// SPDX-License-Identifier: GPL-2.0-only
/* Lustre messages: strict unpacking, and building (document 03, 2) */
#include "rpc.h"

static size_t hdr_size(uint32_t count)
{
	return round_up(sizeof(struct lustre_msg_v2) + 4 * (size_t)count, 8);
}

int msg_check(const struct buf *b, const struct lustre_msg_v2 **m, uint32_t *n)
{
	const struct lustre_msg_v2 *lm = (const void *)b->data;
	size_t total;
	uint32_t count;

	if (b->len < sizeof(*lm))
		return -EPROTO;
	if (le32_to_cpu(lm->lm_magic) != LUSTRE_MSG_MAGIC_V2) {
		log_warn("message magic %#x", le32_to_cpu(lm->lm_magic));
		return -EPROTO;
	}
	count = le32_to_cpu(lm->lm_bufcount);
	if (!count || count > LUSTRE_MSG_MAX_BUFFERS)
		return -EPROTO;
	total = hdr_size(count);
	if (b->len < total)
		return -EPROTO;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t len = le32_to_cpu(lm->lm_buflens[i]);

		if (len > LUSTRE_MSG_MAX_SIZE)
			return -EPROTO;
		total += round_up((size_t)len, 8);
		if (total > LUSTRE_MSG_MAX_SIZE || total > b->len)
			return -EPROTO;
	}
	*m = lm;
	*n = count;
	return 0;
}

/* Start and length of a buffer; NULL beyond the last one */
const void *msg_buf(const struct lustre_msg_v2 *m, unsigned int idx,
		    size_t *len)
{
	uint32_t count = le32_to_cpu(m->lm_bufcount);
	size_t off = hdr_size(count);

	*len = 0;
	if (idx >= count)
		return NULL;
	for (unsigned int i = 0; i < idx; i++)
		off += round_up((size_t)le32_to_cpu(m->lm_buflens[i]), 8);
	*len = le32_to_cpu(m->lm_buflens[idx]);
	return (const uint8_t *)m + off;
}

struct buf *msg_build(const struct rep_buf *bufs, unsigned int n)
{
	size_t total = hdr_size(n);
	struct lustre_msg_v2 *lm;
	struct buf *b;

	for (unsigned int i = 0; i < n; i++)
		total += round_up(bufs[i].len, 8);
	b = buf_zalloc(total);
	lm = (struct lustre_msg_v2 *)b->data;
	lm->lm_bufcount = cpu_to_le32(n);
	lm->lm_magic = cpu_to_le32(LUSTRE_MSG_MAGIC_V2);
	total = hdr_size(n);
	for (unsigned int i = 0; i < n; i++) {
		lm->lm_buflens[i] = cpu_to_le32(bufs[i].len);
		if (bufs[i].len)
			memcpy(b->data + total, bufs[i].data, bufs[i].len);
		total += round_up(bufs[i].len, 8);
	}
	return b;
}

size_t req_buflen(struct req *req, unsigned int idx)
{
	size_t len;

	msg_buf(req->lm, idx, &len);
	return len;
}

const void *req_buf(struct req *req, unsigned int idx, size_t min)
{
	size_t len;
	const void *p = msg_buf(req->lm, idx, &len);

	return p && len >= min ? p : NULL;
}

const char *req_str(struct req *req, unsigned int idx)
{
	size_t len;
	const char *p = msg_buf(req->lm, idx, &len);

	return p && len && memchr(p, 0, len) ? p : NULL;
}

const char *req_name(struct req *req, unsigned int idx)
{
	size_t len;
	const char *p = msg_buf(req->lm, idx, &len);

	if (!p || !len || memchr(p, 0, len) != p + len - 1)
		return NULL;
	return p;
}

void *rep_add(struct req *req, size_t len)
{
	struct rep_buf *r;

	if (req->nrep + 1 >= REP_MAX_BUFS) {
		log_err("reply to %s has too many buffers", opc_name(req->opc));
		abort();
	}
	if (!req->nrep)
		req->nrep = 1;		/* the ptlrpc_body comes first */
	r = &req->rep[req->nrep++];
	r->len = len;
	r->data = xzalloc(len);
	return r->data;
}

void *rep_add_data(struct req *req, const void *data, size_t len)
{
	void *p = rep_add(req, len);

	if (len)
		memcpy(p, data, len);
	return p;
}

void *rep_get(struct req *req, unsigned int idx)
{
	return idx < req->nrep ? req->rep[idx].data : NULL;
}

/* Keeps the contents as far as they fit, zeroes what is new */
void rep_resize(struct req *req, unsigned int idx, size_t len)
{
	struct rep_buf *r = &req->rep[idx];
	void *p;

	if (len <= r->len) {
		r->len = len;
		return;
	}
	p = xzalloc(len);
	memcpy(p, r->data, r->len);
	free(r->data);
	r->data = p;
	r->len = len;
}

void rep_reset(struct req *req)
{
	for (unsigned int i = 0; i < req->nrep; i++)
		free(req->rep[i].data);
	memset(req->rep, 0, sizeof(req->rep));
	req->nrep = 0;
}
