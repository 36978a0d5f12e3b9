// SPDX-License-Identifier: GPL-2.0-only
/* Management service: configuration logs and the recovery table */
#include "rpc.h"
#include "ldlm.h"
#include "llog.h"

static const struct llog *log_of(const struct llogd_body *body)
{
	return llog_by_id(le64_to_cpu(body->lgd_logid.lgl_oi.oi_id));
}

static int handle_llog_create(struct req *req)
{
	const struct llogd_body *in = req_buf(req, 1, sizeof(*in));
	const char *name = req_name(req, 2);
	const struct llog *log;
	struct llogd_body *out;

	if (!in || !name)
		return -EPROTO;
	if (le32_to_cpu(in->lgd_ctxt_idx) >= LLOG_MAX_CTXTS)
		return -EPROTO;
	if (le32_to_cpu(in->lgd_ctxt_idx) != LLOG_CONFIG_ORIG_CTXT)
		return -ENODEV;
	out = rep_add(req, sizeof(*out));
	log = llog_find(name);
	if (!log)
		return -ENOENT;
	out->lgd_logid.lgl_oi.oi_id = cpu_to_le64(log->id);
	out->lgd_logid.lgl_oi.oi_seq = cpu_to_le64(FID_SEQ_LLOG_NAME);
	return 0;
}

static int log_get(struct req *req, const struct llogd_body **in,
		   const struct llog **log)
{
	*in = req_buf(req, 1, sizeof(**in));
	if (!*in)
		return -EPROTO;
	*log = log_of(*in);
	if (!*log)
		return -ENOENT;
	if (le32_to_cpu((*in)->lgd_llh_flags) != LLOG_F_IS_PLAIN)
		return -EINVAL;
	return 0;
}

static int handle_llog_header(struct req *req)
{
	const struct llogd_body *in;
	struct llog_log_hdr *h;
	const struct llog *log;
	int rc = log_get(req, &in, &log);

	if (rc)
		return rc;
	h = rep_add(req, sizeof(*h));
	h->llh_hdr.lrh_len = cpu_to_le32(sizeof(*h));
	h->llh_hdr.lrh_type = cpu_to_le32(LLOG_HDR_MAGIC);
	h->llh_timestamp = cpu_to_le64(log->created);
	h->llh_count = cpu_to_le32(log->last + 1);
	h->llh_bitmap_offset =
		cpu_to_le32(offsetof(struct llog_log_hdr, llh_bitmap));
	h->llh_flags = cpu_to_le32(LLOG_F_IS_PLAIN);
	if (!log->empty_uuid) {
		h->llh_size = cpu_to_le32(80);
		snprintf(h->llh_tgtuuid.uuid, sizeof(h->llh_tgtuuid.uuid),
			 "config_uuid");
	}
	for (uint32_t i = 0; i <= log->last; i++)
		h->llh_bitmap[i / 8] |= 1 << i % 8;
	h->llh_tail.lrt_len = cpu_to_le32(sizeof(*h));
	h->llh_tail.lrt_index = cpu_to_le32(log->last);
	return 0;
}

static int handle_llog_block(struct req *req)
{
	const struct llogd_body *in;
	struct llogd_body *out;
	const struct llog *log;
	uint32_t index, last = 0;
	uint64_t off, n;
	uint8_t *data;
	int rc = log_get(req, &in, &log);

	if (rc)
		return rc;
	index = le32_to_cpu(in->lgd_index);
	if (le32_to_cpu(in->lgd_len) != LLOG_MIN_CHUNK_SIZE ||
	    le64_to_cpu(in->lgd_cur_offset) < sizeof(struct llog_log_hdr))
		return -EINVAL;
	out = rep_add_data(req, in, sizeof(*in));
	data = rep_add(req, LLOG_MIN_CHUNK_SIZE);
	if (!index || index > log->last)
		return -EBADR;
	off = llog_offset(log, index) / LLOG_MIN_CHUNK_SIZE *
	      LLOG_MIN_CHUNK_SIZE;
	n = min_t(uint64_t, LLOG_MIN_CHUNK_SIZE, log->len - off);
	memcpy(data, log->data + off, n);
	for (uint64_t at = 0; at < n; ) {
		const struct llog_rec_hdr *h = (const void *)(data + at);

		last = le32_to_cpu(h->lrh_index);
		at += le32_to_cpu(h->lrh_len);
	}
	out->lgd_saved_index = cpu_to_le32(last);
	out->lgd_cur_offset = cpu_to_le64(sizeof(struct llog_log_hdr) + off + n);
	return 0;
}

/* ---- recovery table ---- */

static size_t entry_put(uint8_t *at, const struct target *t, uint64_t version,
			bool large)
{
	struct mgs_nidtbl_entry *e = (void *)at;
	size_t each = large ? sizeof(struct lnet_nid) : sizeof(uint64_t);
	unsigned int n = 0;

	for (unsigned int i = 0; i < srv.cfg.nr_nids; i++) {
		const struct lnet_nid *nid = &srv.cfg.nids[i];
		uint64_t n4 = cpu_to_le64(nid_to_nid4(nid));

		if (!large && !n4)
			continue;
		memcpy(at + sizeof(*e) + n++ * each, large ? (void *)nid :
		       (void *)&n4, each);
	}
	e->mne_version = cpu_to_le64(version);
	e->mne_instance = cpu_to_le32(t->instance);
	e->mne_index = cpu_to_le32(t->index);
	e->mne_type = t->kind == TGT_MDT ? LDD_F_SV_TYPE_MDT :
					   LDD_F_SV_TYPE_OST;
	e->mne_nid_type = large ? MNE_NID_LARGE : MNE_NID_NID4;
	e->mne_nid_size = each;
	e->mne_nid_count = n;
	e->mne_length = cpu_to_le32(sizeof(*e) + n * each);
	return sizeof(*e) + n * each;
}

/* Every start of the server gives each target a new version */
static uint64_t table_base(void)
{
	return (uint64_t)srv.tgts[0].instance * 1000;
}

static int config_done(struct req *req)
{
	(void)req;
	return 0;
}

static int handle_config_read(struct req *req)
{
	const struct mgs_config_body *in = req_buf(req, 1, sizeof(*in));
	uint64_t base = table_base(), from, last = base;
	struct mgs_config_res *res;
	struct buf **data;
	size_t len = 0, max;
	char want[32];
	bool large;

	if (!in || !memchr(in->mcb_name, 0, sizeof(in->mcb_name)))
		return -EPROTO;
	if (le16_to_cpu(in->mcb_type) == MGS_CFG_T_CONFIG)
		return -EOPNOTSUPP;
	if (le16_to_cpu(in->mcb_type) != MGS_CFG_T_RECOVER)
		return -EINVAL;
	snprintf(want, sizeof(want), "%s-cliir", srv.cfg.fsname);
	if (strcmp(in->mcb_name, want))
		return -ENOENT;
	if (in->mcb_bits < 12 || in->mcb_bits > 20)
		return -EINVAL;
	max = (size_t)le32_to_cpu(in->mcb_units) << in->mcb_bits;
	if (!max || max > (1U << 20))
		return -EINVAL;
	large = in->mcb_rec_nid_size == sizeof(struct lnet_nid);
	from = le64_to_cpu(in->mcb_offset);
	res = rep_add(req, sizeof(*res));
	data = xzalloc(sizeof(*data));
	data[0] = buf_zalloc(max);
	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		size_t most = sizeof(struct mgs_nidtbl_entry) +
			      SRV_MAX_NIDS * sizeof(struct lnet_nid);

		if (srv.tgts[i].kind == TGT_MGS || base + i < from ||
		    len + most > (1UL << in->mcb_bits))
			continue;
		last = base + i;
		len += entry_put(data[0]->data + len, &srv.tgts[i], last,
				 large);
	}
	res->mcr_size = cpu_to_le64(base + srv.nr_tgts - 1);
	res->mcr_offset = len ? cpu_to_le64(last) : res->mcr_size;
	req->resume = config_done;
	return bulk_start(req, MGS_BULK_PORTAL, false, data, &len, 1,
			  req->mbits);
}

void mgs_log_changed(const char *name, unsigned int type)
{
	struct ldlm_res_id id = { .name[1] = cpu_to_le64(type) };
	struct resource *res;
	struct lock *l, *next;

	memcpy(&id.name[0], name, min_t(size_t, strlen(name), 8));
	res = ldlm_res(target_get(TGT_MGS, 0)->ns, &id, LDLM_PLAIN, false);
	if (!res)
		return;
	for (l = TAILQ_FIRST(&res->granted); l; l = next) {
		next = TAILQ_NEXT(l, res_link);
		ldlm_send_bl(l, LCK_EX, 0, 0);
	}
}

static int handle_set_info(struct req *req)
{
	(void)req;
	return -EOPNOTSUPP;
}

const struct rpc_op mgs_ops[] = {
	{ LLOG_ORIGIN_HANDLE_CREATE, "LLOG_CREATE", handle_llog_create,
	  LUSTRE_LOG_VERSION, TGT_MGS, 0 },
	{ LLOG_ORIGIN_HANDLE_READ_HEADER, "LLOG_READ_HEADER",
	  handle_llog_header, LUSTRE_LOG_VERSION, TGT_MGS, 0 },
	{ LLOG_ORIGIN_HANDLE_NEXT_BLOCK, "LLOG_NEXT_BLOCK", handle_llog_block,
	  LUSTRE_LOG_VERSION, TGT_MGS, 0 },
	{ MGS_CONFIG_READ, "MGS_CONFIG_READ", handle_config_read,
	  LUSTRE_MGS_VERSION, TGT_MGS, 0 },
	{ MGS_SET_INFO, "MGS_SET_INFO", handle_set_info, LUSTRE_MGS_VERSION,
	  TGT_MGS, 0 },
	{ 0 },
};
