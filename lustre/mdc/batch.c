// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of several names of a directory in one request, ahead of their
 * use. Nobody waits for the answer here. Spec: 09 section 20.
 *
 * What comes back is kept without a use of its lock, so that a server can have
 * the lock back at any time; it counts only if the lock is still there when
 * somebody wants to know.
 */
#include <kunit/visibility.h>
#include <linux/bvec.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "internal.h"
#include "submsg.h"

/* Buffers of a question, and of an answer */
enum {
	SUB_DLM, SUB_INTENT, SUB_BODY, SUB_CAPA, SUB_NAME, SUB_BUFS,
};

enum {
	SUB_REP_DLM, SUB_REP_BODY, SUB_REP_EA, SUB_REP_ACL, SUB_REP_DMV = 6,
};

#define BATCH_BITS	(MDS_INODELOCK_LOOKUP | MDS_INODELOCK_UPDATE)

struct mdc_batch;

/* One name of a batch; @sub: its answer, while that is looked at */
struct mdc_part {
	struct mdc_batch	*batch;
	unsigned int		index;
	struct ldlm_enq		*enq;
	const struct mdc_submsg	*sub;
};

/**
 * struct mdc_batch - a batch under way
 * @ref: one for the request, one for each name that was not answered yet
 * @mdc: the target
 * @req: the request; one reference for each name that was not answered yet
 * @done: see mdc_getattr_batch()
 * @priv: for @done
 * @nr_blocks: blocks of questions; one travels in the request, more by bulk
 * @blocks: those that travel by bulk, one to a page
 * @nr: number of names
 * @parts: the names
 */
struct mdc_batch {
	refcount_t		ref;
	struct mdc		*mdc;
	struct ptlrpc_request	*req;
	void (*done)(void *priv, unsigned int i, int rc,
		     struct mdc_prefetch *ahead);
	void			*priv;
	unsigned int		nr_blocks;
	struct bio_vec		blocks[MDC_BATCH_BLOCKS];
	unsigned int		nr;
	struct mdc_part		parts[] __counted_by(nr);
};

/* The network does not need them any more. */
static void mdc_batch_free_blocks(struct mdc_batch *b)
{
	unsigned int i;

	for (i = 0; i < b->nr_blocks; i++) {
		if (b->blocks[i].bv_page)
			__free_page(b->blocks[i].bv_page);
		b->blocks[i].bv_page = NULL;
	}
}

static void mdc_batch_put(void *data)
{
	struct mdc_batch *b = data;

	if (!refcount_dec_and_test(&b->ref))
		return;
	mdc_batch_free_blocks(b);
	kfree(b);
}

/* ---- answers kept for later ---------------------------------------------- */

bool mdc_prefetch_take(struct mdc_prefetch *ahead, struct mdc_reply *rep)
{
	bool valid = ahead->lock && !ldlm_lock_addref(ahead->lock);

	if (valid) {
		*rep = ahead->rep;
		rep->lock = ahead->lock;
		rep->ahead = true;
		ldlm_lock_put(ahead->lock);
		memset(ahead, 0, sizeof(*ahead));
	}
	mdc_prefetch_put(ahead);
	return valid;
}

void mdc_prefetch_put(struct mdc_prefetch *ahead)
{
	if (ahead->lock)
		ldlm_lock_put(ahead->lock);
	ahead->lock = NULL;
	mdc_reply_put(&ahead->rep);
}

/* ---- the answer ---------------------------------------------------------- */

/**
 * mdc_sub_attr - the attributes of one answer of a batch
 * @mdc: who sent it
 * @sub: the answer
 * @rep: gets attributes and layout
 *
 * Return: 0; -EREMOTE (only a FID), -EOVERFLOW (no room for the layout),
 * -EPROTO.
 */
int mdc_sub_attr(struct mdc *mdc, const struct mdc_submsg *sub,
		 struct mdc_reply *rep)
{
	const struct mdt_body *body = sub->buf[SUB_REP_BODY];
	u32 len;
	int rc;

	if (sub->len[SUB_REP_BODY] < sizeof(*body))
		return mdc_bad_reply(mdc, "no attributes in a batch");
	rc = mdc_take_body(mdc, body, &rep->attr);
	if (rc)
		return rc;
	if (!(rep->attr.valid & OBD_MD_FLID))
		return mdc_bad_reply(mdc, "attributes without FID");
	/* The object is elsewhere: that takes two steps. */
	if (rep->attr.valid & OBD_MD_MDS)
		return -EREMOTE;
	rep->has_attr = true;
	mdc_take_stripes(&rep->attr, sub->buf[SUB_REP_EA], sub->len[SUB_REP_EA],
			 sub->buf[SUB_REP_DMV], sub->len[SUB_REP_DMV]);
	rc = mdc_take_acl(mdc, rep, body, sub->buf[SUB_REP_ACL],
			  sub->len[SUB_REP_ACL]);
	if (rc)
		return rc;
	len = le32_to_cpu(body->mbo_eadatasize);
	if (!(rep->attr.valid & OBD_MD_FLEASIZE) || !len)
		return 0;
	if (len > sub->len[SUB_REP_EA])
		return -EOVERFLOW;
	rep->ea = sub->buf[SUB_REP_EA];
	rep->ea_len = len;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_sub_attr);

/* The lock was granted: is it, with what came with it, an answer? */
static int mdc_part_take(struct mdc_part *part, const struct ldlm_enqueue *args,
			 struct ldlm_lock *lock, struct mdc_reply *rep)
{
	struct mdc *mdc = part->batch->mdc;
	struct ldlm_resid resid;
	int rc;

	rep->disp = args->disposition;
	if (args->intent_status)
		return args->intent_status;
	if (!(rep->disp & DISP_IT_EXECD) || !(rep->disp & DISP_LOOKUP_POS))
		return -ENOENT;
	rc = mdc_sub_attr(mdc, part->sub, rep);
	if (rc)
		return rc;
	mdc_resid(&resid, &rep->attr.fid);
	if (!ldlm_resid_equal(&resid, &lock->resid))
		return mdc_bad_reply(mdc, "lock on another object");
	if ((lock->policy.ibits.bits & BATCH_BITS) != BATCH_BITS)
		return -EBUSY;
	return 0;
}

/* Outcome of one name, see struct ldlm_enqueue. */
static void mdc_part_done(struct ldlm_enqueue *args, struct ldlm_lock *lock,
			  int status)
{
	struct mdc_part *part = args->priv;
	struct mdc_batch *b = part->batch;
	struct mdc_prefetch ahead = {};

	if (!status) {
		status = mdc_part_take(part, args, lock, &ahead.rep);
		if (status)
			ldlm_lock_decref_cancel(lock);
	}
	if (!status) {
		lock = ldlm_lock_dedupe(lock);
		ahead.rep.bits = lock->policy.ibits.bits;
		/* No layout, or only no room for it? */
		if (!ahead.rep.ea)
			ahead.rep.bits &= ~MDS_INODELOCK_LAYOUT;
		ahead.rep.req = b->req;
		ldlm_lock_get(lock);
		ahead.lock = lock;
		ldlm_lock_decref(lock);
	} else {
		ptlrpc_req_put(b->req);
	}
	b->done(b->priv, part->index, status, status ? NULL : &ahead);
	mdc_batch_put(b);
}

/* Everything is over for a name, with @rc or the answer in @sub. */
static void mdc_part_end(struct mdc_part *part, const struct mdc_submsg *sub,
			 int rc)
{
	const struct ldlm_reply *rep = rc ? NULL : sub->buf[SUB_REP_DLM];

	part->sub = sub;
	if (!rc)
		rc = ptlrpc_wire_errno(sub->opc);
	if (!rc && sub->len[SUB_REP_DLM] < sizeof(*rep))
		rc = mdc_bad_reply(part->batch->mdc, "no lock in a batch");
	if (!rc && !rep->lock_handle.cookie)
		rc = -ENOLCK;
	ldlm_part_end(part->enq, rc ? NULL : rep, rc);
}

/*
 * A server that does not take what is sent by bulk for a batch is not asked
 * like that again.
 */
static void mdc_batch_refused(struct mdc_batch *b, int rc)
{
	if (b->nr_blocks < 2 || READ_ONCE(b->mdc->small_batches) ||
	    (rc != -EPROTO && rc != -EINVAL && rc != -EOPNOTSUPP))
		return;
	WRITE_ONCE(b->mdc->small_batches, true);
	pr_notice("lustre: %s: takes no batches by bulk: %d\n", b->mdc->name,
		  rc);
}

/* Is the status that of a name, and tells nothing about those behind it? */
static bool mdc_batch_stopped(int rc)
{
	switch (rc) {
	case -ENOENT:
	case -EBUSY:
	case -EREMOTE:
	case -EACCES:
	case -ESTALE:
	case -EOVERFLOW:
	case -ECANCELED:
		return true;
	}
	return false;
}

/*
 * The server stops at the first name that it fails with: then the status is
 * that failure, and the count of the block says how many are right before.
 */
static void mdc_batch_done(struct ptlrpc_request *req, int rc, void *data)
{
	u32 len = ptlrpc_rep_buflen(req, 1), pos = sizeof(struct but_block);
	void *block = len ? ptlrpc_rep_buf(req, 1, len) : NULL;
	struct mdc_batch *b = data;
	struct mdc_submsg sub;
	unsigned int i, count;
	int err;

	mdc_batch_free_blocks(b);
	if (submsg_block_check(block, len, &count) && !rc)
		rc = mdc_bad_reply(b->mdc, "no block of answers");
	if (rc > 0) {
		rc = mdc_bad_reply(b->mdc, "positive status of a batch");
		count = 0;
	} else if (count > b->nr) {
		rc = mdc_bad_reply(b->mdc, "more answers than questions");
		count = 0;
	}
	if (!count)
		mdc_batch_refused(b, rc);
	for (i = 0; i < b->nr; i++) {
		err = i < count ? 0 : rc ?: -ENODATA;
		if (i > count && mdc_batch_stopped(rc))
			err = -ECANCELED;
		if (!err) {
			err = submsg_next(block, len, &pos, &sub);
			if (err) {
				rc = mdc_bad_reply(b->mdc, "broken batch");
				count = 0;
			}
		}
		mdc_part_end(&b->parts[i], &sub, err);
	}
}

static const struct ptlrpc_req_ops mdc_batch_ops = {
	.done		= mdc_batch_done,
	.release	= mdc_batch_put,
};

/* ---- the request --------------------------------------------------------- */

static void mdc_part_lens(u32 *lens, u32 len)
{
	lens[SUB_DLM] = sizeof(struct ldlm_request);
	lens[SUB_INTENT] = sizeof(struct ldlm_intent);
	lens[SUB_BODY] = sizeof(struct mdt_body);
	lens[SUB_CAPA] = 0;
	lens[SUB_NAME] = len + 1;
}

static u32 mdc_part_size(u32 len)
{
	u32 lens[SUB_BUFS];

	mdc_part_lens(lens, len);
	return submsg_size(lens, SUB_BUFS);
}

bool mdc_batch_room(struct mdc_batch_room *room, u32 len)
{
	u32 bytes = mdc_part_size(len);

	if (room->nr == MDC_BATCH_MAX)
		return false;
	/* Each block has whole questions only. */
	if (!room->blocks || room->used + bytes > BUT_MAX_INLINE) {
		if (room->blocks == (room->small ? 1 : MDC_BATCH_BLOCKS))
			return false;
		room->blocks++;
		room->used = sizeof(struct but_block);
	}
	room->used += bytes;
	room->nr++;
	return true;
}

static u32 mdc_batch_repsize(unsigned int nr)
{
	return max_t(u32, BUT_MIN_REPSIZE,
		     sizeof(struct but_block) + nr * BUT_SUB_REPSIZE);
}

/* Fill in one question. Return: its size, or an errno. */
static int mdc_part_pack(struct mdc_part *part, const struct lustre_fid *parent,
			 const struct mdc_batch_name *name,
			 const struct mdc_cred *cred, void *at)
{
	struct mdc *mdc = part->batch->mdc;
	struct ldlm_enqueue args = {
		.type		= LDLM_IBITS,
		.mode		= LCK_CR,
		.policy.ibits.bits = BATCH_BITS,
		.flags		= LDLM_FL_HAS_INTENT,
		.ops		= &mdc_ibits_ops,
		.done		= mdc_part_done,
		.priv		= part,
	};
	u32 lens[SUB_BUFS], size;
	void *bufs[SUB_BUFS];
	struct ldlm_intent *it;
	struct mdt_body *body;
	struct ldlm_enq *enq;

	mdc_part_lens(lens, name->len);
	size = submsg_init(at, BUT_GETATTR, BUT_SUB_REPSIZE, lens, SUB_BUFS,
			   bufs);
	mdc_resid(&args.resid, parent);
	enq = ldlm_part_begin(mdc->ns, &args, bufs[SUB_DLM]);
	if (IS_ERR(enq))
		return PTR_ERR(enq);
	part->enq = enq;
	it = bufs[SUB_INTENT];
	it->opc = cpu_to_le64(IT_GETATTR);
	body = bufs[SUB_BODY];
	mdc_pack_body(body, cred, parent, MDC_WANT, BUT_SUB_EASIZE);
	lustre_fid_to_wire(&body->mbo_fid2, &name->fid);
	memcpy(bufs[SUB_NAME], name->name, name->len);
	return size;
}

static void mdc_batch_head(struct mdc_batch *b, u32 inline_len)
{
	u32 count = b->nr_blocks;
	struct but_update_buffer *ub;
	struct but_update_header *head;
	unsigned int i;

	head = ptlrpc_req_buf(b->req, 1, sizeof(*head) + inline_len);
	head->buh_magic = cpu_to_le32(BUT_HEADER_MAGIC);
	head->buh_count = cpu_to_le32(count);
	head->buh_inline_length = cpu_to_le32(inline_len);
	head->buh_reply_size = cpu_to_le32(mdc_batch_repsize(b->nr));
	head->buh_update_count = cpu_to_le32(b->nr);
	ub = ptlrpc_req_buf(b->req, 2, count * sizeof(*ub));
	for (i = 0; !inline_len && i < count; i++)
		ub[i].bub_size = cpu_to_le32(b->blocks[i].bv_len);
}

/* Where block number @i is built; zeroed */
static struct but_block *mdc_batch_block(struct mdc_batch *b, unsigned int i)
{
	struct but_update_header *head;

	if (b->nr_blocks > 1)
		return page_address(b->blocks[i].bv_page);
	head = ptlrpc_req_buf(b->req, 1, sizeof(*head));
	return (void *)(head + 1);
}

/*
 * All questions, into blocks as mdc_batch_room() counted them. 0, or an errno;
 * some may have been begun.
 */
static int mdc_batch_pack(struct mdc_batch *b, const struct lustre_fid *parent,
			  const struct mdc_batch_name *names,
			  const struct mdc_cred *cred)
{
	struct mdc_batch_room room = {};
	struct but_block *bb = NULL;
	unsigned int i, block = 0;
	void *at = NULL;
	int rc;

	for (i = 0; i < b->nr; i++) {
		mdc_batch_room(&room, names[i].len);
		if (room.blocks != block) {
			bb = mdc_batch_block(b, block++);
			bb->bb_magic = cpu_to_le32(BUT_REQUEST_MAGIC);
			at = bb + 1;
		}
		rc = mdc_part_pack(&b->parts[i], parent, &names[i], cred, at);
		if (rc < 0)
			return rc;
		le16_add_cpu(&bb->bb_count, 1);
		at += rc;
	}
	return 0;
}

/* Nothing was sent: complete each name with the error. */
static void mdc_batch_abort(struct mdc_batch *b, int rc)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++) {
		if (b->parts[i].enq) {
			ldlm_part_end(b->parts[i].enq, NULL, rc);
			continue;
		}
		b->done(b->priv, i, rc, NULL);
		ptlrpc_req_put(b->req);
		mdc_batch_put(b);
	}
	mdc_batch_put(b);
}

/* What these names need, or an errno. */
static int mdc_batch_size(const struct mdc *mdc,
			  const struct mdc_batch_name *names, unsigned int nr,
			  struct mdc_batch_room *room)
{
	unsigned int i;

	*room = (struct mdc_batch_room){
		.small = READ_ONCE(mdc->small_batches),
	};
	if (!nr)
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		if (!mdc_name_ok(names[i].name, names[i].len))
			return -EINVAL;
		if (!mdc_batch_room(room, names[i].len))
			return -EMSGSIZE;
	}
	return 0;
}

/* The target of a directory, if it takes batches; or NULL. */
static struct mdc *mdc_batch_target(struct lmv *lmv,
				    const struct lustre_fid *parent)
{
	struct mdc *mdc = lmv_find_cached(lmv, parent);

	if (!mdc || !ptlrpc_import_granted2(mdc->imp, OBD_CONNECT2_BATCH_RPC))
		return NULL;
	return mdc;
}

bool mdc_batch_usable(struct lmv *lmv, const struct lustre_fid *parent,
		      struct mdc_batch_room *room)
{
	struct mdc *mdc = mdc_batch_target(lmv, parent);

	*room = (struct mdc_batch_room){
		.small = mdc && READ_ONCE(mdc->small_batches),
	};
	return mdc;
}

static int mdc_batch_alloc_blocks(struct mdc_batch *b)
{
	struct page *page;
	unsigned int i;

	for (i = 0; i < b->nr_blocks; i++) {
		page = alloc_page(GFP_NOFS | __GFP_ZERO);
		if (!page)
			return -ENOMEM;
		bvec_set_page(&b->blocks[i], page, BUT_MAX_INLINE, 0);
	}
	return ptlrpc_bulk_attach(b->req, PTLRPC_BULK_WRITE, b->blocks,
				  b->nr_blocks);
}

/*
 * Sent once: the locks of a second transmission would be others than those
 * that the first one may have got.
 */
static int mdc_batch_alloc_req(struct mdc_batch *b, u32 inline_len)
{
	u32 lens[] = {
		sizeof(struct but_update_header) + inline_len,
		b->nr_blocks * sizeof(struct but_update_buffer),
	};
	u32 rlens[] = { mdc_batch_repsize(b->nr) };
	struct ptlrpc_import *imp = b->mdc->imp;
	struct ptlrpc_request *req;
	int rc;

	req = ptlrpc_req_alloc(imp, MDS_BATCH, lens, ARRAY_SIZE(lens),
			       PTLRPC_REQ_NO_RESEND | PTLRPC_REQ_NO_REPLAY |
			       PTLRPC_REQ_NO_DELAY, GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	b->req = req;
	rc = ptlrpc_req_set_replen(req, rlens, ARRAY_SIZE(rlens));
	if (!rc && !inline_len)
		rc = mdc_batch_alloc_blocks(b);
	if (rc < 0) {
		ptlrpc_req_put(req);
		return rc;
	}
	/* as the locks are, from ldlm_part_begin() on */
	ptlrpc_req_bind(req, ptlrpc_import_generation(imp));
	mdc_batch_head(b, inline_len);
	return 0;
}

/* A batch of @nr names with its request; or ERR_PTR. */
static struct mdc_batch *mdc_batch_new(struct mdc *mdc,
				       const struct mdc_batch_room *room,
				       unsigned int nr)
{
	struct mdc_batch *b;
	unsigned int i;
	int rc;

	b = kzalloc(struct_size(b, parts, nr), GFP_NOFS);
	if (!b)
		return ERR_PTR(-ENOMEM);
	b->mdc = mdc;
	b->nr = nr;
	b->nr_blocks = room->blocks;
	refcount_set(&b->ref, 1);
	rc = mdc_batch_alloc_req(b, room->blocks > 1 ? 0 : room->used);
	if (rc) {
		mdc_batch_put(b);
		return ERR_PTR(rc);
	}
	refcount_set(&b->ref, nr + 1);
	for (i = 0; i < nr; i++) {
		b->parts[i].batch = b;
		b->parts[i].index = i;
		ptlrpc_req_get(b->req);
	}
	return b;
}

int mdc_getattr_batch(struct lmv *lmv, const struct lustre_fid *parent,
		      const struct mdc_batch_name *names, unsigned int nr,
		      const struct mdc_cred *cred,
		      void (*done)(void *priv, unsigned int i, int rc,
				   struct mdc_prefetch *ahead), void *priv)
{
	struct mdc *mdc = mdc_batch_target(lmv, parent);
	struct mdc_batch_room room;
	struct ptlrpc_request *req;
	struct mdc_batch *b;
	int rc;

	if (!mdc)
		return -EOPNOTSUPP;
	rc = mdc_batch_size(mdc, names, nr, &room);
	if (rc)
		return rc;
	b = mdc_batch_new(mdc, &room, nr);
	if (IS_ERR(b))
		return PTR_ERR(b);
	b->done = done;
	b->priv = priv;
	req = b->req;
	rc = mdc_batch_pack(b, parent, names, cred);
	if (!rc)
		ptlrpc_send(req, &mdc_batch_ops, b);
	else
		mdc_batch_abort(b, rc);
	ptlrpc_req_put(req);
	return 0;
}
