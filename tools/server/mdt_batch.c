// SPDX-License-Identifier: GPL-2.0-only
/* MDS_BATCH: attributes of several names at once (document 09, 20) */
#include "mdt.h"

#define SUB_BUFS	5
#define SUB_REP_BUFS	8
#define SUB_BITS	(MDS_INODELOCK_LOOKUP | MDS_INODELOCK_UPDATE)

static int refuse(struct req *req, const char *what, uint64_t value)
{
	log_warn("MDS_BATCH x%" PRIx64 ": %s %#" PRIx64, req->xid, what, value);
	return -EPROTO;
}

/* One batch, between header and reply */
struct batch {
	const struct but_update_buffer *ub;
	unsigned int	nr;		/* buffers with questions */
	unsigned int	questions;
	size_t		len;		/* of the questions in the request */
	size_t		total;		/* else of those that come by bulk */
	size_t		repsize;
	struct but_block *out;
	size_t		pos;		/* end of the answers in @out */
	unsigned int	answers;
};

#define MAX_BUFFERS	64

/* Is the header as it should be? */
static int batch_parse(struct req *req, struct batch *b)
{
	const struct but_update_header *h = req_buf(req, 1, sizeof(*h));

	b->ub = req_buf(req, 2, sizeof(*b->ub));
	if (!h || !b->ub || req->bufcount != 3)
		return refuse(req, "buffers, or too short:", req->bufcount);
	b->nr = le32_to_cpu(h->buh_count);
	b->len = le32_to_cpu(h->buh_inline_length);
	b->repsize = le32_to_cpu(h->buh_reply_size);
	b->questions = le32_to_cpu(h->buh_update_count);
	if (le32_to_cpu(h->buh_magic) != BUT_HEADER_MAGIC || h->buh_padding)
		return refuse(req, "header magic", le32_to_cpu(h->buh_magic));
	if (!b->nr || b->nr > MAX_BUFFERS ||
	    req_buflen(req, 2) != b->nr * sizeof(*b->ub))
		return refuse(req, "number of update buffers", b->nr);
	if (b->len != req_buflen(req, 1) - sizeof(*h) ||
	    b->len > BUT_MAX_INLINE || (b->len && b->nr != 1))
		return refuse(req, "inline length", b->len);
	for (unsigned int i = 0; i < b->nr; i++) {
		uint32_t size = le32_to_cpu(b->ub[i].bub_size);

		if (b->ub[i].bub_padding || !size != !!b->len ||
		    size > LNET_MTU - b->total)
			return refuse(req, "size of an update buffer", size);
		b->total += size;
	}
	if (b->repsize < sizeof(*b->out) +
			 b->questions * sizeof(struct lustre_msg_v2) ||
	    b->repsize > MDS_MAXREQSIZE)
		return refuse(req, "reply size", b->repsize);
	return 0;
}

static size_t msg_size(const struct lustre_msg_v2 *m)
{
	uint32_t n = le32_to_cpu(m->lm_bufcount);
	size_t len, size;

	size = (const uint8_t *)msg_buf(m, n - 1, &len) - (const uint8_t *)m;
	return size + round_up(len, 8);
}

/* A message of the block as a request of its own, which has a ptlrpc_body */
static struct buf *sub_request(struct req *req, const uint8_t *p, size_t room,
			       size_t *used)
{
	static struct ptlrpc_body none;
	struct rep_buf bufs[SUB_BUFS + 1] = { { &none, sizeof(none) } };
	struct buf *b = buf_new(room), *msg = NULL;
	const struct lustre_msg_v2 *m;
	uint32_t n;

	memcpy(b->data, p, room);
	if (msg_check(b, &m, &n) || n != SUB_BUFS) {
		refuse(req, "part cut or of odd shape, bytes", room);
		goto out;
	}
	if (le32_to_cpu(m->lm_opc) != BUT_GETATTR || m->lm_flags ||
	    !m->lm_repsize) {
		refuse(req, "part opcode", le32_to_cpu(m->lm_opc));
		goto out;
	}
	for (unsigned int i = 0; i < SUB_BUFS; i++)
		bufs[i + 1].data = (void *)msg_buf(m, i, &bufs[i + 1].len);
	*used = msg_size(m);
	msg = msg_build(bufs, SUB_BUFS + 1);
out:
	buf_put(b);
	return msg;
}

/* Is it what may be asked for here? */
static int sub_check(struct req *sub)
{
	const struct ldlm_request *dlm = req_buf(sub, 1, sizeof(*dlm));
	const struct ldlm_intent *it = req_buf(sub, 2, sizeof(*it));
	const struct mdt_body *body = req_buf(sub, 3, sizeof(*body));
	const char *name = req_name(sub, 5);
	const struct ldlm_lock_desc *d;
	uint64_t bits;

	if (!dlm || req_buflen(sub, 1) != sizeof(*dlm) || !it || !body)
		return refuse(sub, "part too short", 0);
	if (!name || !*name || strchr(name, '/') ||
	    strlen(name) > MDT_NAME_MAX)
		return refuse(sub, "bad name, bytes", req_buflen(sub, 5));
	d = &dlm->lock_desc;
	bits = le64_to_cpu(d->l_policy_data.l_inodebits.bits);
	if (le64_to_cpu(it->opc) != IT_GETATTR)
		return refuse(sub, "intent", le64_to_cpu(it->opc));
	if (le32_to_cpu(dlm->lock_flags) != LDLM_FL_HAS_INTENT)
		return refuse(sub, "lock flags", le32_to_cpu(dlm->lock_flags));
	if (le32_to_cpu(d->l_resource.lr_type) != LDLM_IBITS ||
	    le32_to_cpu(d->l_req_mode) != LCK_CR || d->l_granted_mode ||
	    bits != SUB_BITS)
		return refuse(sub, "lock bits", bits);
	if (dlm->lock_count || !dlm->lock_handle[0].cookie ||
	    ldlm_find_client(sub->exp, dlm->lock_handle[0].cookie))
		return refuse(sub, "lock cookie", dlm->lock_handle[0].cookie);
	return 0;
}

/* Nothing is waited for: what comes without the lock did not come */
static int sub_verdict(struct req *sub, int rc)
{
	struct ldlm_reply *rep = rep_get(sub, 1);
	struct mdt_body *body = rep_get(sub, 2);
	struct lock *l;
	int64_t res;

	if (rc == REQ_ASYNC)
		return -EBUSY;
	if (rc && rc != ELDLM_LOCK_ABORTED)
		return rc;
	res = (int64_t)le64_to_cpu(rep->lock_policy_res2);
	l = rep->lock_handle.cookie ? ldlm_find(rep->lock_handle.cookie) : NULL;
	if (res)
		rc = res;
	else if (le64_to_cpu(rep->lock_policy_res1) & DISP_LOOKUP_NEG)
		rc = -ENOENT;
	else if (le64_to_cpu(body->mbo_valid) & OBD_MD_MDS)
		rc = -EREMOTE;
	else if (!l || (l->pol.bits & SUB_BITS) != SUB_BITS)
		rc = -EBUSY;
	else
		return 0;
	if (l)
		ldlm_lock_cancel(l);
	return rc;
}

/* Answers one question; appends to @out even what failed, as others do */
static int sub_run(struct req *req, struct buf *msg, uint8_t *out, size_t room,
		   size_t *used)
{
	struct req sub = *req;
	struct ldlm_reply *rep;
	struct buf *b;
	uint32_t n;
	int rc;

	sub.part = true;
	sub.msg = msg;
	sub.nrep = 0;
	memset(sub.rep, 0, sizeof(sub.rep));
	rc = msg_check(msg, &sub.lm, &n);
	if (rc)
		return rc;
	sub.bufcount = n;
	rc = sub_check(&sub);
	if (rc)
		return rc;
	rc = sub_verdict(&sub, mdt_intent(&sub));
	req->fatal |= sub.fatal;
	if (sub.nrep != SUB_REP_BUFS + 1) {
		rep_reset(&sub);
		return rc ? rc : -EPROTO;
	}
	b = msg_build(sub.rep + 1, SUB_REP_BUFS);
	rep = rep_get(&sub, 1);
	if (b->len <= room) {
		memcpy(out, b->data, b->len);
		*used = b->len;
	} else if (!rc) {
		ldlm_lock_cancel(ldlm_find(rep->lock_handle.cookie));
		rc = -EOVERFLOW;
	}
	buf_put(b);
	rep_reset(&sub);
	return rc;
}

/* Answers the questions of a block; there may be nothing behind it if @exact */
static int batch_block(struct req *req, struct batch *b, const uint8_t *block,
		       size_t len, bool exact)
{
	const struct but_block *bb = (const void *)block;
	size_t pos = sizeof(*bb);
	unsigned int count;
	int rc = 0;

	count = len < pos ? 0 : le16_to_cpu(bb->bb_count);
	if (!count || le32_to_cpu(bb->bb_magic) != BUT_REQUEST_MAGIC ||
	    bb->bb_padding || count > b->questions - b->answers)
		return refuse(req, "block count", count);
	for (unsigned int i = 0; i < count && !rc; i++) {
		size_t used = 0, got = 0;
		struct buf *msg = NULL;

		if (pos < len)
			msg = sub_request(req, block + pos, len - pos, &used);
		if (!msg)
			return -EPROTO;
		rc = sub_run(req, msg, (uint8_t *)b->out + b->pos,
			     b->repsize - b->pos, &got);
		buf_put(msg);
		if (rc)
			return rc;
		/* the padding of the last one may be left out */
		pos = min_t(size_t, pos + used, len);
		b->pos += got;
		b->out->bb_count = cpu_to_le16(++b->answers);
	}
	if (exact && pos != len)
		return refuse(req, "bytes behind the last part:", len - pos);
	return 0;
}

/* Everything is here: in the request, or in @data */
static int batch_run(struct req *req, struct batch *b, const struct buf *data)
{
	const struct but_update_header *h = req_buf(req, 1, sizeof(*h));
	size_t off = 0;
	int rc = 0;

	if (!data)
		rc = batch_block(req, b, (const uint8_t *)(h + 1), b->len,
				 true);
	for (unsigned int i = 0; data && !rc && i < b->nr; i++) {
		size_t size = le32_to_cpu(b->ub[i].bub_size);

		rc = batch_block(req, b, data->data + off, size, false);
		off += size;
	}
	if (!rc && b->answers != b->questions)
		rc = refuse(req, "number of questions", b->questions);
	return rc;
}

int handle_batch(struct req *req)
{
	struct buf **data = NULL;
	struct batch b = { .pos = sizeof(*b.out) };
	int rc;

	if (!(req->exp->flags2 & OBD_CONNECT2_BATCH_RPC))
		rc = refuse(req, "not negotiated, flags2", req->exp->flags2);
	else
		rc = batch_parse(req, &b);
	if (!rc && !b.len && !bulk_data(req, 0)) {
		data = xzalloc(sizeof(*data));
		return bulk_start(req, MDS_BULK_PORTAL, true, data, &b.total, 1,
				  req->mbits);
	}
	/* There is a block in the reply whatever happens. */
	b.out = rep_add(req, rc ? sizeof(*b.out) : b.repsize);
	b.out->bb_magic = cpu_to_le32(BUT_REPLY_MAGIC);
	if (!rc)
		rc = batch_run(req, &b, bulk_data(req, 0));
	/* That of one that failed is not made shorter. */
	if (!rc)
		rep_resize(req, 1, b.pos);
	return rc;
}
