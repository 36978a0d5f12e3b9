// SPDX-License-Identifier: GPL-2.0-only
/*
 * What real servers said, through the functions that take it apart.
 *
 * tests/captures/replies.py writes a file with all replies and lock callbacks
 * of recordings; the module parameter says where it is. Each message is one
 * allocation of its own length, so that KASAN sees a read beyond it. What this
 * client never asks for is counted, with the reason.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/highmem.h>
#include <linux/kernel_read_file.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/vmalloc.h>

#include "layout/layout.h"
#include "ldlm/internal.h"
#include "mdc/internal.h"
#include "mdc/submsg.h"
#include "mgc/internal.h"
#include "osc/internal.h"
#include "ptlrpc/internal.h"

static char *blob;
module_param(blob, charp, 0444);
MODULE_PARM_DESC(blob, "file written by tests/captures/replies.py");

#define REC_MAGIC	0x52454331
#define REC_PAGES	256
#define REC_LOGS	16
#define REC_TALLIES	200
#define REC_SKIP	1

enum rec_kind {
	REC_REPLY	= 1,
	REC_EARLY	= 2,
	REC_CALLBACK	= 3,
	/* Not in the file: what was noted inside a record */
	REC_NOTE	= 4,
};

struct rec_header {
	__le32	magic;
	__le32	kind;
	__le32	opc;
	__le32	portal;
	__le32	intent;
	__le32	len[4];		/* name, request, message, bulk data */
	__le32	pad;
};

static_assert(sizeof(struct rec_header) == 40);

/* How many of what; @why is NULL for those that were decoded. */
struct rec_tally {
	enum rec_kind	kind;
	u32		opc;
	const char	*why;
	unsigned int	nr;
};

/* A log that a client has opened */
struct rec_log {
	struct llog_logid	id;
	char			name[64];
	struct llog_log_hdr	hdr;
	bool			have_hdr;
};

/**
 * struct rec - the record at hand, and what its decoding needs
 * @test: the test case
 * @nr: number of the record
 * @kind: what it is
 * @opc: operation
 * @portal: where the request went
 * @intent: of an enqueue, IT_*
 * @name: of the recording
 * @ask: request, or NULL
 * @msg: message, a copy
 * @msg_len: its length in bytes
 * @bulk: data that the server moved
 * @bulk_len: their length in bytes
 * @why: why it was skipped, or what is wrong with it
 * @req: a request that has got @msg for a reply
 * @imp: import of @req
 * @lmv: metadata targets of a mount
 * @mdc: metadata target for messages
 * @osc: object target for messages
 * @obj: an object of @osc
 * @pages: for data of reads
 * @bv: the same
 * @logs: logs that are open
 * @next_log: where the next one goes
 * @config: what a client log has said
 * @config_on: @config is in use
 * @xattr: room for an extended attribute
 * @tally: results
 * @bad: records that failed
 */
struct rec {
	struct kunit		*test;
	unsigned int		nr;
	enum rec_kind		kind;
	u32			opc;
	u32			portal;
	u32			intent;
	const char		*name;
	struct lustre_msg_v2	*ask;
	struct lustre_msg_v2	*msg;
	u32			msg_len;
	const void		*bulk;
	u32			bulk_len;
	const char		*why;
	struct ptlrpc_request	req;
	struct ptlrpc_import	imp;
	struct lmv		lmv;
	struct mdc		mdc;
	struct osc		osc;
	struct osc_object	obj;
	struct page		*pages[REC_PAGES];
	struct bio_vec		bv[REC_PAGES];
	struct rec_log		logs[REC_LOGS];
	unsigned int		next_log;
	struct mgc_config	config;
	bool			config_on;
	u8			xattr[XATTR_SIZE_MAX];
	struct rec_tally	tally[REC_TALLIES];
	unsigned int		bad;
};

static int rec_bad(struct rec *r, const char *why)
{
	r->why = why;
	return -EPROTO;
}

static int rec_skip(struct rec *r, const char *why)
{
	r->why = why;
	return REC_SKIP;
}

static void rec_count(struct rec *r, enum rec_kind kind, u32 opc,
		      const char *why)
{
	unsigned int i;

	for (i = 0; i < REC_TALLIES; i++) {
		struct rec_tally *t = &r->tally[i];

		if (!t->nr)
			*t = (struct rec_tally) { kind, opc, why };
		if (t->kind != kind || t->opc != opc || t->why != why)
			continue;
		t->nr++;
		return;
	}
	KUNIT_FAIL(r->test, "too many kinds of results");
}

/* ---- layouts ------------------------------------------------------------------ */

static int rec_layout(struct rec *r, const void *ea, u32 len)
{
	struct lustre_layout *layout;
	int rc = 0;

	layout = lustre_layout_decode(ea, len, GFP_KERNEL);
	if (IS_ERR(layout))
		return rec_bad(r, "no memory for a layout");
	if (layout->kind == LUSTRE_LAYOUT_INVALID)
		rc = rec_bad(r, layout->why);
	else
		rec_count(r, REC_NOTE, r->opc,
			  layout->kind == LUSTRE_LAYOUT_UNSUPPORTED ?
			  layout->why : "layout");
	lustre_layout_put(layout);
	return rc;
}

/* The attribute that came with the attributes of an object */
static int rec_ea(struct rec *r, const struct mdc_reply *rep)
{
	const struct mdc_attr *attr = &rep->attr;

	if (!rep->ea)
		return 0;
	if (attr->valid & OBD_MD_LINKNAME) {
		rec_count(r, REC_NOTE, r->opc, "symbolic link");
		return strnlen(rep->ea, rep->ea_len) == rep->ea_len - 1 ? 0 :
		       rec_bad(r, "link target without an end");
	}
	if (S_ISREG(attr->mode))
		return rec_layout(r, rep->ea, rep->ea_len);
	rec_count(r, REC_NOTE, r->opc, "layout of a directory: ignored");
	return 0;
}

/* ---- locks --------------------------------------------------------------------- */

static int rec_lvb(struct rec *r, const void *lvb, u32 len)
{
	struct osc_attr attr;

	if (!len)
		return 0;
	if (osc_lvb_decode(lvb, len, &attr) == -EPROTO)
		return rec_bad(r, "lock value block");
	rec_count(r, REC_NOTE, r->opc, "lock value block");
	return 0;
}

/* The lock of an object must be on the object that the reply describes. */
static int rec_intent_lock(struct rec *r, const struct mdc_reply *rep,
			   const struct ldlm_desc *desc)
{
	struct ldlm_resid resid;

	if (!rep->has_attr || !desc)
		return 0;
	mdc_resid(&resid, &rep->attr.fid);
	return ldlm_resid_equal(&resid, &desc->resid) ? 0 :
	       rec_bad(r, "lock on another object");
}

static int rec_intent_open(struct mdc_intent *in, struct mdc_reply *rep)
{
	if (!(rep->disp & DISP_IT_EXECD))
		return rep->status ? 0 : -EPROTO;
	if (rep->status || mdc_reply_negative(rep))
		return 0;
	return mdc_intent_adopt(in, rep);
}

/* The answer to a replayed open has a handle and claims a layout. */
static int rec_intent_replayed(struct rec *r, const struct mdc_reply *rep)
{
	struct mdt_body *body = ptlrpc_msg_buf(r->msg, 2, sizeof(*body));

	if (!body)
		return rec_bad(r, "replayed open without attributes");
	if (!rep->status && rep->disp & DISP_OPEN_OPEN && !body->mbo_handle)
		return rec_bad(r, "replayed open without handle");
	rec_count(r, REC_NOTE, r->opc, "open replayed");
	return 0;
}

static bool rec_is_replay(const struct rec *r)
{
	struct ptlrpc_body *pb = r->ask ? ptlrpc_msg_body(r->ask) : NULL;

	return pb && pb->pb_flags & cpu_to_le32(MSG_REPLAY);
}

static int rec_intent_layout(struct rec *r, const struct mdc_reply *rep)
{
	u32 len = ptlrpc_msg_buflen(r->msg, 2);

	if (rep->status)
		return 0;
	return rec_layout(r, ptlrpc_msg_buf(r->msg, 2, len), len);
}

/* The part of an enqueue's reply that is about its intent */
static int rec_intent(struct rec *r, const struct ldlm_reply *lrep,
		      const struct ldlm_desc *desc)
{
	struct mdc_intent in = { .mdc = &r->mdc, .it = r->intent };
	u64 status = le64_to_cpu(lrep->lock_policy_res2);
	struct mdc_reply rep = {
		.req	= &r->req,
		.disp	= le64_to_cpu(lrep->lock_policy_res1),
		.status	= ptlrpc_wire_errno(status),
	};
	int rc;

	if (rep.status == -EPROTO)
		return rec_bad(r, "intent status");
	switch (r->intent) {
	case IT_GETATTR:
	case IT_LOOKUP:
		rc = mdc_ask_result(&in, &rep);
		break;
	case IT_OPEN:
	case IT_OPEN | IT_CREAT:
		if (rec_is_replay(r))
			return rec_intent_replayed(r, &rep);
		rc = rec_intent_open(&in, &rep);
		break;
	case IT_LAYOUT:
		return rec_intent_layout(r, &rep);
	case IT_GETXATTR:
		return rec_skip(r, "xattr intent: never asked for");
	default:
		return rec_skip(r, "intent that is never asked for");
	}
	if (rc && rc != rep.status)
		return rec_bad(r, "intent");
	if (rep.has_attr)
		rec_count(r, REC_NOTE, r->opc, "attributes");
	if (rep.attr.stripes & MDC_DIR_STRIPED)
		rec_count(r, REC_NOTE, r->opc, "striped directory");
	if (rep.attr.stripes & MDC_DIR_STRIPES)
		rec_count(r, REC_NOTE, r->opc, "stripes by default");
	rc = rec_intent_lock(r, &rep, desc);
	return rc ? rc : rec_ea(r, &rep);
}

static int rec_granted(struct rec *r, const struct ldlm_request *ask,
		       const struct ldlm_reply *lrep, struct ldlm_desc *desc)
{
	struct ldlm_lock *lock;
	struct ldlm_desc want;
	bool sane;

	if (ldlm_desc_from_wire(&ask->lock_desc, &want))
		return rec_bad(r, "lock asked for");
	if (ldlm_desc_from_wire(&lrep->lock_desc, desc))
		return rec_bad(r, "lock granted");
	lock = kzalloc_obj(*lock, GFP_KERNEL);
	if (!lock)
		return -ENOMEM;
	lock->type = want.type;
	lock->req_mode = want.req_mode;
	lock->policy = want.policy;
	if (le32_to_cpu(ask->lock_flags) & LDLM_FL_TEST_LOCK)
		lock->flags = LDLM_LF_TEST;
	sane = lrep->lock_handle.cookie && ldlm_reply_sane(lock, desc);
	kfree(lock);
	return sane ? 0 : rec_bad(r, "another lock than asked for");
}

static int rec_part(struct rec *r, const struct mdc_submsg *sub)
{
	const struct ldlm_reply *lrep = sub->buf[0];
	struct mdc_reply rep = {};
	struct ldlm_desc desc;
	int rc;

	if (sub->opc || sub->len[0] < sizeof(*lrep) ||
	    !lrep->lock_handle.cookie ||
	    ldlm_desc_from_wire(&lrep->lock_desc, &desc))
		return rec_bad(r, "lock of a part");
	if (mdc_sub_attr(&r->mdc, sub, &rep))
		return rec_bad(r, "attributes of a part");
	rec_count(r, REC_NOTE, r->opc, "attributes");
	rc = rec_intent_lock(r, &rep, &desc);
	return rc ? rc : rec_ea(r, &rep);
}

static int rec_batch(struct rec *r)
{
	u32 len = ptlrpc_msg_buflen(r->msg, 1), pos = sizeof(struct but_block);
	const void *block = ptlrpc_msg_buf(r->msg, 1, len);
	struct mdc_submsg sub;
	unsigned int count, i;
	int rc = 0;

	if (submsg_block_check(block, len, &count))
		return r->req.rep.status < 0 ? 0 : rec_bad(r, "block of parts");
	for (i = 0; i < count && !rc; i++) {
		if (submsg_next(block, len, &pos, &sub))
			return rec_bad(r, "part");
		rc = rec_part(r, &sub);
	}
	return rc;
}

static int rec_enqueue(struct rec *r)
{
	const struct ldlm_request *ask = NULL;
	struct ldlm_reply *lrep;
	struct ldlm_desc desc;
	u32 len;
	int rc;

	if (r->req.rep.status < 0)
		return 0;
	if (r->ask)
		ask = ptlrpc_msg_buf(r->ask, 1, LDLM_REQUEST_MIN_SIZE);
	lrep = ptlrpc_msg_buf(r->msg, 1, sizeof(*lrep));
	if (!ask || !lrep)
		return rec_bad(r, "no lock description");
	if (!r->req.rep.status) {
		rc = rec_granted(r, ask, lrep, &desc);
		if (rc)
			return rc;
	} else if (r->req.rep.status != ELDLM_LOCK_ABORTED) {
		return rec_bad(r, "positive status");
	}
	if (r->intent)
		return rec_intent(r, lrep, r->req.rep.status ? NULL : &desc);
	if (ask->lock_desc.l_resource.lr_type != cpu_to_le32(LDLM_EXTENT))
		return 0;
	len = ptlrpc_msg_buflen(r->msg, 2);
	return rec_lvb(r, ptlrpc_msg_buf(r->msg, 2, len), len);
}

static int rec_callback(struct rec *r)
{
	const struct ldlm_request *dlm;
	struct ldlm_desc desc;
	const char *why;
	u32 len;

	if (ptlrpc_msg_check(r->msg, r->msg_len, &why) ||
	    ptlrpc_msg_check_type(r->msg, true, &why))
		return rec_bad(r, why);
	if (r->opc != LDLM_BL_CALLBACK && r->opc != LDLM_CP_CALLBACK &&
	    r->opc != LDLM_GL_CALLBACK)
		return rec_skip(r, "callback that nobody serves");
	dlm = ptlrpc_msg_buf(r->msg, 1, LDLM_REQUEST_MIN_SIZE);
	if (!dlm || ldlm_desc_from_wire(&dlm->lock_desc, &desc))
		return rec_bad(r, "lock description");
	if (r->opc == LDLM_CP_CALLBACK && !desc.granted_mode)
		return rec_bad(r, "completion without a mode");
	if (r->opc != LDLM_CP_CALLBACK || desc.type != LDLM_EXTENT)
		return 0;
	len = ptlrpc_msg_buflen(r->msg, 2);
	return rec_lvb(r, ptlrpc_msg_buf(r->msg, 2, len), len);
}

/* ---- metadata -------------------------------------------------------------------- */

static int rec_body(struct rec *r)
{
	struct mdc_attr attr;

	if (r->req.rep.status < 0)
		return 0;
	return mdc_unpack_body(&r->mdc, &r->req, 1, &attr, NULL) ?
	       rec_bad(r, "attributes") : 0;
}

static int rec_getattr(struct rec *r)
{
	struct mdc_reply rep = { .req = &r->req };
	struct mdt_body *body;

	if (r->req.rep.status < 0)
		return 0;
	if (mdc_unpack_body(&r->mdc, &r->req, 1, &rep.attr, &body))
		return rec_bad(r, "attributes");
	if (mdc_unpack_ea(&r->mdc, &rep, body, 2))
		return rec_bad(r, "layout longer than its buffer");
	return rec_ea(r, &rep);
}

/* Attributes may be there after an error, too. */
static int rec_reint(struct rec *r)
{
	struct mdc_attr attr;

	if (!ptlrpc_msg_buflen(r->msg, 1))
		return r->req.rep.status < 0 ? 0 : rec_bad(r, "no attributes");
	return mdc_unpack_body(&r->mdc, &r->req, 1, &attr, NULL) ?
	       rec_bad(r, "attributes") : 0;
}

static int rec_getxattr(struct rec *r)
{
	const u64 ours = OBD_MD_FLXATTR | OBD_MD_FLXATTRLS;
	struct mdt_body *ask = NULL;
	u32 size;

	if (r->req.rep.status < 0)
		return 0;
	if (r->ask)
		ask = ptlrpc_msg_buf(r->ask, 1, sizeof(*ask));
	if (!ask)
		return rec_bad(r, "no request");
	if (!(le64_to_cpu(ask->mbo_valid) & ours))
		return rec_skip(r, "all xattrs at once: never asked for");
	size = min_t(u32, le32_to_cpu(ask->mbo_eadatasize), XATTR_SIZE_MAX);
	return mdc_getxattr_value(&r->mdc, &r->req, r->xattr, size) < 0 ?
	       rec_bad(r, "extended attribute") : 0;
}

static int rec_dirpage(struct rec *r, const void *data)
{
	struct mdc_dirent de;
	unsigned int pos = 0;
	u64 start, end;
	void *page;
	int rc;

	page = kmemdup(data, LU_PAGE_SIZE, GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	rc = mdc_dirpage_check(page, &start, &end);
	while (!rc && mdc_dirpage_next(page, &pos, &de))
		rec_count(r, REC_NOTE, r->opc, "directory entry");
	kfree(page);
	return rc ? rec_bad(r, "directory page") : 0;
}

static int rec_readpage(struct rec *r)
{
	u32 off;
	int rc;

	rc = rec_body(r);
	if (rc || r->req.rep.status < 0)
		return rc;
	if (!r->bulk_len || r->bulk_len % LU_PAGE_SIZE)
		return rec_bad(r, "part of a directory page");
	for (off = 0; !rc && off < r->bulk_len; off += LU_PAGE_SIZE)
		rc = rec_dirpage(r, r->bulk + off);
	return rc;
}

static int rec_mdt_statfs(struct rec *r)
{
	struct kstatfs st;
	u32 state;

	if (r->req.rep.status < 0)
		return 0;
	return mdc_unpack_statfs(&r->mdc, &r->req, &st, &state) ?
	       rec_bad(r, "statfs") : 0;
}

static int rec_fld(struct rec *r)
{
	struct lu_seq_range *ask = NULL;
	struct fld_range range;

	if (r->req.rep.status < 0)
		return 0;
	if (r->ask)
		ask = ptlrpc_msg_buf(r->ask, 2, sizeof(*ask));
	if (!ask)
		return rec_bad(r, "no request");
	return fld_unpack(&r->mdc, &r->req, le64_to_cpu(ask->lsr_start),
			  &range) ? rec_bad(r, "FLD range") : 0;
}

static int rec_seq(struct rec *r)
{
	u64 seq;

	if (r->req.rep.status < 0)
		return 0;
	return mdc_seq_unpack(&r->mdc, &r->req, &seq) ?
	       rec_bad(r, "sequence") : 0;
}

/* ---- objects ---------------------------------------------------------------------- */

static int rec_ost_body(struct rec *r)
{
	if (r->req.rep.status < 0)
		return 0;
	return ptlrpc_msg_buf(r->msg, 1, sizeof(struct ost_body)) ? 0 :
	       rec_bad(r, "no ost_body");
}

static int rec_ost_statfs(struct rec *r)
{
	struct osc_statfs st;

	if (r->req.rep.status < 0)
		return 0;
	return osc_statfs_unpack(&r->req, &st) ? rec_bad(r, "statfs") : 0;
}

/* A transfer as the request describes it */
static struct osc_brw *rec_brw(struct rec *r)
{
	struct niobuf_remote *nb = NULL;
	struct osc_brw *brw;
	u32 i;

	if (r->ask)
		nb = ptlrpc_msg_buf(r->ask, 3, sizeof(*nb));
	brw = nb ? kzalloc_obj(*brw, GFP_KERNEL) : NULL;
	if (!brw)
		return NULL;
	brw->obj = &r->obj;
	brw->range = brw->few_range;
	brw->nr_range = ptlrpc_msg_buflen(r->ask, 3) / sizeof(*nb);
	for (i = 0; i < brw->nr_range; i++)
		brw->bytes += le32_to_cpu(nb[i].rnb_len);
	return brw;
}

/* May the sum be checked? It must be of a kind that we would have asked for. */
static bool rec_cksum_ours(struct rec *r)
{
	struct ost_body *body = ptlrpc_msg_buf(r->msg, 1, sizeof(*body));
	u32 flag = body ? le32_to_cpu(body->oa.o_flags) & OBD_FL_CKSUM_MASK : 0;

	return flag == OBD_FL_CKSUM_CRC32 || flag == OBD_FL_CKSUM_ADLER ||
	       flag == OBD_FL_CKSUM_CRC32C || flag == OBD_FL_CKSUM_T10IP512 ||
	       flag == OBD_FL_CKSUM_T10IP4K;
}

static void rec_read_pages(struct rec *r, struct osc_brw *brw)
{
	u32 done;

	brw->bv = r->bv;
	brw->nr = DIV_ROUND_UP(brw->bytes, PAGE_SIZE);
	for (done = 0; done < r->bulk_len; done += PAGE_SIZE)
		memcpy_to_page(r->pages[done / PAGE_SIZE], 0, r->bulk + done,
			       min_t(u32, r->bulk_len - done, PAGE_SIZE));
	if (!rec_cksum_ours(r)) {
		rec_count(r, REC_NOTE, r->opc, "no checksum of our kinds");
		return;
	}
	brw->cksum_flag = OBD_FL_CKSUM_CRC32C;
	rec_count(r, REC_NOTE, r->opc, "data with checksum");
}

static int rec_read(struct rec *r)
{
	struct osc_brw *brw;
	int rc;

	if (r->req.rep.status < 0)
		return 0;
	brw = rec_brw(r);
	if (!brw)
		return rec_bad(r, "no request");
	r->req.bulk = kzalloc(struct_size(r->req.bulk, md, 1), GFP_KERNEL);
	if (!r->req.bulk) {
		kfree(brw);
		return -ENOMEM;
	}
	brw->short_io = !r->bulk_len && ptlrpc_msg_buflen(r->msg, 2);
	r->req.bulk->nr_mds = 1;
	r->req.bulk->md[0].moved = r->bulk_len;
	if (brw->bytes <= REC_PAGES * PAGE_SIZE &&
	    r->bulk_len <= brw->bytes) {
		rec_read_pages(r, brw);
	} else if (!brw->short_io) {
		/* One message each MiB: not put together here */
		r->req.bulk->md[0].moved = r->req.rep.status;
		brw->bytes = min_t(size_t, brw->bytes, r->req.rep.status);
		rec_count(r, REC_NOTE, r->opc, "more than 1 MiB: no data");
	}
	rc = osc_read_reply(brw, &r->req, r->req.rep.status);
	kfree(r->req.bulk);
	kfree(brw);
	return rc ? rec_bad(r, rc == -EAGAIN ? "checksum" : "read") : 0;
}

static int rec_write(struct rec *r)
{
	struct osc_brw *brw;
	int rc;

	rc = rec_ost_body(r);
	if (rc || r->req.rep.status < 0)
		return rc;
	brw = rec_brw(r);
	if (!brw)
		return rec_bad(r, "no request");
	rc = osc_write_rcs(brw, ptlrpc_msg_buf(r->req.rep.msg, 2,
					       brw->nr_range *
					       sizeof(__le32)));
	kfree(brw);
	if (rc == -EPROTO)
		return rec_bad(r, "write results");
	if (rc)
		rec_count(r, REC_NOTE, r->opc, "write refused");
	return 0;
}

/* ---- configuration ------------------------------------------------------------------ */

static int rec_target_add(void *priv, const struct mgc_target *tgt)
{
	struct rec *r = priv;

	rec_count(r, REC_NOTE, r->opc, "target of a file system");
	return 0;
}

static const struct mgc_config_ops rec_config_ops = {
	.target_add	= rec_target_add,
};

static struct rec_log *rec_log_find(struct rec *r, const struct llog_logid *id)
{
	unsigned int i;

	for (i = 0; i < REC_LOGS; i++)
		if (!memcmp(&r->logs[i].id, id, sizeof(*id)))
			return &r->logs[i];
	return NULL;
}

static int rec_llog_create(struct rec *r)
{
	struct llogd_body *body;
	struct rec_log *log;
	const char *name;

	if (r->portal != MGS_REQUEST_PORTAL)
		return rec_skip(r, "log of changes: never read");
	if (r->req.rep.status < 0)
		return 0;
	body = ptlrpc_msg_buf(r->msg, 1, sizeof(*body));
	name = r->ask ? ptlrpc_msg_str(r->ask, 2, NULL) : NULL;
	if (!body || !name)
		return rec_bad(r, "log id");
	log = rec_log_find(r, &body->lgd_logid);
	if (!log)
		log = &r->logs[r->next_log++ % REC_LOGS];
	memset(log, 0, sizeof(*log));
	log->id = body->lgd_logid;
	strscpy(log->name, name, sizeof(log->name));
	return 0;
}

/* The log that the request is about */
static struct rec_log *rec_llog_asked(struct rec *r, u32 *index)
{
	struct llogd_body *ask = NULL;

	if (r->ask)
		ask = ptlrpc_msg_buf(r->ask, 1, sizeof(*ask));
	if (!ask)
		return NULL;
	*index = le32_to_cpu(ask->lgd_index);
	return rec_log_find(r, &ask->lgd_logid);
}

static int rec_llog_header(struct rec *r)
{
	struct rec_log *log;
	const void *data;
	u32 last, index;

	if (r->portal != MGS_REQUEST_PORTAL)
		return rec_skip(r, "log of changes: never read");
	if (r->req.rep.status < 0)
		return 0;
	data = ptlrpc_msg_buf(r->msg, 1, LLOG_MIN_CHUNK_SIZE);
	if (!data || mgc_header_check(data, ptlrpc_msg_buflen(r->msg, 1),
				      &last))
		return rec_bad(r, "log header");
	log = rec_llog_asked(r, &index);
	if (!log)
		return rec_skip(r, "log opened before the recording");
	memcpy(&log->hdr, data, sizeof(log->hdr));
	log->have_hdr = true;
	return 0;
}

static void rec_config_end(struct rec *r)
{
	if (r->config_on)
		mgc_config_free(&r->config);
	r->config_on = false;
}

static int rec_config_record(void *arg, u32 index, const void *data, u32 len)
{
	struct mgc_record cfg;
	struct rec *r = arg;
	int rc;

	rc = mgc_record_decode(data, len, &cfg);
	if (rc)
		return rc;
	rec_count(r, REC_NOTE, r->opc, "configuration record");
	return r->config_on ? mgc_config_record(&r->config, index, data, len) :
			      0;
}

static int rec_llog_block(struct rec *r)
{
	struct rec_log *log;
	u32 next = 0, len;
	const char *end;
	int rc;

	if (r->portal != MGS_REQUEST_PORTAL)
		return rec_skip(r, "log of changes: never read");
	/* No such record: that is how the end looks. */
	if (r->req.rep.status < 0)
		return 0;
	log = rec_llog_asked(r, &next);
	if (!log || !log->have_hdr)
		return rec_skip(r, "log opened before the recording");
	len = min_t(u32, ptlrpc_msg_buflen(r->msg, 2), LLOG_MIN_CHUNK_SIZE);
	if (!ptlrpc_msg_buf(r->msg, 1, sizeof(struct llogd_body)))
		return rec_bad(r, "log block");
	end = strrchr(log->name, '-');
	if (next <= 1 && end && !strcmp(end, "-client")) {
		rec_config_end(r);
		mgc_config_init(&r->config, "lfs", NULL, &rec_config_ops, r);
		r->config_on = true;
	}
	rc = mgc_chunk_walk(&log->hdr, ptlrpc_msg_buf(r->msg, 2, len), len,
			    &next, rec_config_record, r);
	return rc ? rec_bad(r, "log block") : 0;
}

static int rec_nidtbl(struct rec *r, u64 covered)
{
	struct mgc_moved *moved = kzalloc_obj(*moved, GFP_KERNEL);
	u32 off = 0, size = 0;
	int rc = 0;

	if (!moved)
		return -ENOMEM;
	while (off < r->bulk_len) {
		rc = mgc_moved_decode(r->bulk + off, r->bulk_len - off,
				      covered, moved, &size);
		if (rc)
			break;
		rec_count(r, REC_NOTE, r->opc, "running target");
		off += size;
	}
	kfree(moved);
	return rc ? rec_bad(r, "table of running targets") : 0;
}

static int rec_config_read(struct rec *r)
{
	struct mgs_config_body *ask = NULL;
	struct mgs_config_res *res;

	if (r->req.rep.status < 0)
		return 0;
	if (r->ask)
		ask = ptlrpc_msg_buf(r->ask, 1, sizeof(*ask));
	if (!ask)
		return rec_bad(r, "no request");
	if (ask->mcb_type != cpu_to_le16(MGS_CFG_T_RECOVER))
		return rec_skip(r, "another table: never asked for");
	res = ptlrpc_msg_buf(r->msg, 1, sizeof(*res));
	if (!res || le64_to_cpu(res->mcr_size) < le64_to_cpu(res->mcr_offset))
		return rec_bad(r, "table version");
	return rec_nidtbl(r, le64_to_cpu(res->mcr_offset));
}

/* ---- connections ---------------------------------------------------------------------- */

static int rec_connect(struct rec *r)
{
	struct ptlrpc_connect_result res = {};
	struct obd_connect_data *ask = NULL;
	struct ptlrpc_connect want;

	if (r->req.rep.status < 0)
		return 0;
	if (r->ask)
		ask = ptlrpc_msg_buf(r->ask, 4, OBD_CONNECT_DATA_MIN_SIZE);
	if (!ask)
		return rec_bad(r, "no request");
	ptlrpc_ocd_unpack(&want, ask, ptlrpc_msg_buflen(r->ask, 4));
	return ptlrpc_connect_unpack(&r->req, &want, &res) ?
	       rec_bad(r, "connect data") : 0;
}

/* Nothing but the envelope matters. */
static int rec_envelope(struct rec *r)
{
	return 0;
}

/* ---- all of them ------------------------------------------------------------------------ */

static const struct {
	u32	opc;
	int	(*fn)(struct rec *r);
} rec_decoders[] = {
	{ OST_SETATTR, rec_ost_body },
	{ OST_READ, rec_read },
	{ OST_WRITE, rec_write },
	{ OST_CONNECT, rec_connect },
	{ OST_DISCONNECT, rec_envelope },
	{ OST_PUNCH, rec_ost_body },
	{ OST_STATFS, rec_ost_statfs },
	{ OST_SYNC, rec_ost_body },
	{ MDS_GETATTR, rec_getattr },
	{ MDS_GETATTR_NAME, rec_getattr },
	{ MDS_CLOSE, rec_body },
	{ MDS_REINT, rec_reint },
	{ MDS_READPAGE, rec_readpage },
	{ MDS_CONNECT, rec_connect },
	{ MDS_DISCONNECT, rec_envelope },
	{ MDS_GET_ROOT, rec_body },
	{ MDS_STATFS, rec_mdt_statfs },
	{ MDS_SYNC, rec_envelope },
	{ MDS_SET_INFO, rec_envelope },
	{ MDS_GETXATTR, rec_getxattr },
	{ MDS_BATCH, rec_batch },
	{ LDLM_ENQUEUE, rec_enqueue },
	{ LDLM_CANCEL, rec_envelope },
	{ MGS_CONNECT, rec_connect },
	{ MGS_DISCONNECT, rec_envelope },
	{ MGS_CONFIG_READ, rec_config_read },
	{ OBD_PING, rec_envelope },
	{ LLOG_ORIGIN_HANDLE_CREATE, rec_llog_create },
	{ LLOG_ORIGIN_HANDLE_NEXT_BLOCK, rec_llog_block },
	{ LLOG_ORIGIN_HANDLE_READ_HEADER, rec_llog_header },
	{ SEQ_QUERY, rec_seq },
	{ FLD_QUERY, rec_fld },
};

static int rec_early(struct rec *r)
{
	struct ptlrpc_peek *peek = kzalloc_obj(*peek, GFP_KERNEL);
	int rc;

	if (!peek)
		return -ENOMEM;
	rc = ptlrpc_msg_peek(r->msg, r->msg_len, peek);
	if (!rc && !ptlrpc_msg_early_ok(peek))
		rc = -EPROTO;
	kfree(peek);
	return rc ? rec_bad(r, "early reply") : 0;
}

static int rec_reply(struct rec *r)
{
	struct ptlrpc_request *req = &r->req;
	unsigned int i;

	memset(req, 0, sizeof(*req));
	req->imp = &r->imp;
	req->op = ptlrpc_opcode_find(r->opc);
	if (!req->op)
		return rec_bad(r, "operation that nobody knows");
	req->rep.buf = r->msg;
	req->rep.size = r->msg_len;
	req->rep_len = r->msg_len;
	if (ptlrpc_rep_unpack(req))
		return rec_bad(r, "envelope");
	for (i = 0; i < ARRAY_SIZE(rec_decoders); i++)
		if (rec_decoders[i].opc == r->opc)
			return rec_decoders[i].fn(r);
	return rec_skip(r, "operation that is never asked for");
}

static void rec_one(struct rec *r)
{
	int rc;

	r->why = NULL;
	switch (r->kind) {
	case REC_REPLY:
		rc = rec_reply(r);
		break;
	case REC_EARLY:
		rc = rec_early(r);
		break;
	case REC_CALLBACK:
		rc = rec_callback(r);
		break;
	default:
		rc = rec_bad(r, "unknown kind of record");
	}
	if (rc >= 0) {
		rec_count(r, r->kind, r->opc, rc ? r->why : NULL);
		return;
	}
	r->bad++;
	KUNIT_FAIL(r->test, "%s: record %u: opcode %u, intent %#x: %s",
		   r->name, r->nr, r->opc, r->intent,
		   r->why ?: "no memory");
}

/*
 * Take the record at @p, of which @left bytes are there. Return: its length,
 * or 0 if that is no record.
 */
static size_t rec_take(struct rec *r, const void *p, size_t left)
{
	const struct rec_header *h = p;
	const void *part[4];
	size_t used = sizeof(*h);
	unsigned int i;
	const char *why;

	if (left < used || h->magic != cpu_to_le32(REC_MAGIC))
		return 0;
	for (i = 0; i < 4; i++) {
		part[i] = p + used;
		used += round_up((size_t)le32_to_cpu(h->len[i]), 8);
		if (used > left)
			return 0;
	}
	r->kind = le32_to_cpu(h->kind);
	r->opc = le32_to_cpu(h->opc);
	r->portal = le32_to_cpu(h->portal);
	r->intent = le32_to_cpu(h->intent);
	r->name = part[0];
	r->ask = NULL;
	if (h->len[1] && !ptlrpc_msg_check(part[1], le32_to_cpu(h->len[1]),
					   &why))
		r->ask = (struct lustre_msg_v2 *)part[1];
	r->msg_len = le32_to_cpu(h->len[2]);
	r->bulk = part[3];
	r->bulk_len = le32_to_cpu(h->len[3]);
	r->msg = kvmalloc(r->msg_len, GFP_KERNEL);
	if (!r->msg)
		return 0;
	memcpy(r->msg, part[2], r->msg_len);
	return used;
}

static void rec_report(struct rec *r)
{
	static const char * const kinds[] = {
		[REC_REPLY]	= "reply",
		[REC_EARLY]	= "early reply",
		[REC_CALLBACK]	= "callback",
		[REC_NOTE]	= "inside",
	};
	unsigned int i;

	for (i = 0; i < REC_TALLIES && r->tally[i].nr; i++) {
		const struct rec_tally *t = &r->tally[i];
		const struct ptlrpc_opcode *op = ptlrpc_opcode_find(t->opc);

		kunit_info(r->test, "recorded: %s %u %s: %u %s%s\n",
			   kinds[t->kind], t->opc, op ? op->name : "",
			   t->nr, t->kind == REC_NOTE ? "" :
			   t->why ? "skipped: " : "decoded", t->why ?: "");
	}
	kunit_info(r->test, "recorded: %u records, %u failed\n", r->nr, r->bad);
}

/* ---- the suite ----------------------------------------------------------------------------- */

/* The file; read by the task that loads the module, in its root directory */
static void *rec_data;
static size_t rec_size;
static ssize_t rec_read_rc;

static int rec_suite_init(struct kunit_suite *suite)
{
	if (!blob)
		return 0;
	rec_read_rc = kernel_read_file_from_path(blob, 0, &rec_data, INT_MAX,
						 &rec_size, READING_UNKNOWN);
	return 0;
}

static void rec_suite_exit(struct kunit_suite *suite)
{
	vfree(rec_data);
	rec_data = NULL;
}

static void rec_teardown(void *data)
{
	struct rec *r = data;
	unsigned int i;

	rec_config_end(r);
	for (i = 0; i < REC_PAGES && r->pages[i]; i++)
		__free_page(r->pages[i]);
	vfree(r);
}

static struct rec *rec_new(struct kunit *test)
{
	struct rec *r = vzalloc(sizeof(*r));
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, rec_teardown, r));
	r->test = test;
	strscpy(r->imp.name, "recorded", sizeof(r->imp.name));
	r->mdc.name = "recorded-MDT";
	r->mdc.lmv = &r->lmv;
	r->osc.name = "recorded-OST";
	spin_lock_init(&r->osc.lock);
	spin_lock_init(&r->obj.lock);
	r->obj.osc = &r->osc;
	for (i = 0; i < REC_PAGES; i++) {
		r->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, r->pages[i]);
		bvec_set_page(&r->bv[i], r->pages[i], PAGE_SIZE, 0);
	}
	return r;
}

static void recorded_messages(struct kunit *test)
{
	size_t off, used;
	struct rec *r;

	if (!blob)
		kunit_skip(test, "no recordings: parameter blob is not set");
	KUNIT_ASSERT_GT_MSG(test, rec_read_rc, 0, "cannot read %s", blob);
	r = rec_new(test);
	for (off = 0; off < rec_size; off += used) {
		used = rec_take(r, rec_data + off, rec_size - off);
		KUNIT_ASSERT_GT_MSG(test, used, 0, "no record at byte %zu",
				    off);
		r->nr++;
		rec_one(r);
		kvfree(r->msg);
		cond_resched();
	}
	rec_report(r);
}

static struct kunit_case recorded_cases[] = {
	KUNIT_CASE_SLOW(recorded_messages),
	{}
};

static struct kunit_suite recorded_suite = {
	.name		= "lustre-recorded",
	.suite_init	= rec_suite_init,
	.suite_exit	= rec_suite_exit,
	.test_cases	= recorded_cases,
};

kunit_test_suite(recorded_suite);

MODULE_DESCRIPTION("Lustre client: decoding of recorded messages");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
