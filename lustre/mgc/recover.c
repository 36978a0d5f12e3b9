// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of running targets, 05 section 6: who (re)started where, so
 * that clients need not wait for a timeout to find out.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "mgc/internal.h"

#define MGC_UNIT_BITS	12
#define MGC_UNITS	16

static int mgc_moved_nids(const struct mgs_nidtbl_entry *ent,
			  struct mgc_moved *moved)
{
	const u8 *p = ent->mne_nids;
	unsigned int i;
	__le64 nid4;

	moved->nr_nids = 0;
	for (i = 0; i < ent->mne_nid_count && i < MGC_NODE_MAX_NIDS; i++) {
		struct lnet_nid *nid = &moved->nids[i];

		if (ent->mne_nid_type == MNE_NID_NID4) {
			memcpy(&nid4, p, sizeof(nid4));
			lnet_nid_from_nid4(nid, le64_to_cpu(nid4));
		} else {
			BUILD_BUG_ON(sizeof(*nid) != 20);
			memcpy(nid, p, sizeof(*nid));
			if (nid->nid_size >
			    sizeof(nid->nid_addr) - sizeof(nid->nid_addr[0]))
				return -EINVAL;
		}
		p += ent->mne_nid_size;
		moved->nr_nids++;
	}
	return 0;
}

/**
 * mgc_moved_decode - one entry of the table
 * @data: where it begins, any alignment
 * @len: bytes there
 * @covered: table version that the reply covers
 * @moved: receives it
 * @size: receives how far the next one is, bytes
 *
 * Return: 0; -EINVAL damaged; -EOPNOTSUPP a kind of target or of NID that is
 * not known (@size is valid: skip it).
 */
int mgc_moved_decode(const void *data, u32 len, u64 covered,
		     struct mgc_moved *moved, u32 *size)
{
	const struct mgs_nidtbl_entry *ent = data;
	u32 nid_size;

	if (len < sizeof(*ent))
		return -EINVAL;
	*size = le32_to_cpu(ent->mne_length);
	if (*size < sizeof(*ent) || *size > len ||
	    le64_to_cpu(ent->mne_version) > covered)
		return -EINVAL;
	if (ent->mne_nid_type > MNE_NID_LARGE)
		return -EOPNOTSUPP;
	nid_size = ent->mne_nid_type == MNE_NID_NID4 ?
		   sizeof(u64) : sizeof(struct lnet_nid);
	if (!ent->mne_nid_count || ent->mne_nid_size != nid_size ||
	    *size - sizeof(*ent) < ent->mne_nid_count * nid_size)
		return -EINVAL;
	if (ent->mne_type == LDD_F_SV_TYPE_MDT)
		moved->kind = PTLRPC_MDT;
	else if (ent->mne_type == LDD_F_SV_TYPE_OST)
		moved->kind = PTLRPC_OST;
	else
		return -EOPNOTSUPP;
	moved->index = le32_to_cpu(ent->mne_index);
	moved->instance = le32_to_cpu(ent->mne_instance);
	return mgc_moved_nids(ent, moved);
}
EXPORT_SYMBOL_IF_KUNIT(mgc_moved_decode);

static void mgc_recover_notify(struct mgc *mgc, const struct mgc_moved *moved)
{
	const struct mgc_config_ops *ops = mgc->config.ops;
	struct mgc_node node = {
		.nids = moved->nids,
		.nr_nids = moved->nr_nids,
	};

	mutex_lock(&mgc->apply);
	if (!mgc->stopping)
		ops->target_moved(mgc->config.priv, moved->kind, moved->index,
				  moved->instance, &node);
	mutex_unlock(&mgc->apply);
}

static int mgc_recover_apply(struct mgc *mgc, const void *data, u32 len,
			     u64 covered)
{
	struct mgc_moved *moved;
	u32 off = 0, size = 0;
	int rc = 0;

	moved = kzalloc_obj(*moved, GFP_KERNEL);
	if (!moved)
		return -ENOMEM;
	while (off < len) {
		rc = mgc_moved_decode(data + off, len - off, covered, moved,
				      &size);
		if (!rc)
			mgc_recover_notify(mgc, moved);
		else if (rc != -EOPNOTSUPP)
			break;
		rc = 0;
		off += size;
	}
	kfree(moved);
	return rc;
}

static struct ptlrpc_request *mgc_recover_request(struct mgc_log *log,
						  u32 flags, void *buf)
{
	u32 lens[] = { sizeof(struct mgs_config_body) };
	u32 replens[] = { sizeof(struct mgs_config_res) };
	struct bio_vec bv[MGC_UNITS];
	struct mgs_config_body *body;
	struct ptlrpc_request *req;
	int rc, i;

	req = ptlrpc_req_alloc(log->mgc->imp, MGS_CONFIG_READ, lens, 1,
			       flags | PTLRPC_REQ_NO_REPLAY, GFP_KERNEL);
	if (IS_ERR(req))
		return req;
	rc = ptlrpc_req_set_replen(req, replens, 1);
	body = ptlrpc_req_buf(req, 1, sizeof(*body));
	strscpy(body->mcb_name, log->name, sizeof(body->mcb_name));
	body->mcb_offset = cpu_to_le64(log->next);
	body->mcb_type = cpu_to_le16(MGS_CFG_T_RECOVER);
	body->mcb_rec_nid_size = sizeof(struct lnet_nid);
	body->mcb_bits = MGC_UNIT_BITS;
	body->mcb_units = cpu_to_le32(MGC_UNITS);
	for (i = 0; i < MGC_UNITS; i++)
		bvec_set_virt(&bv[i], buf + (i << MGC_UNIT_BITS),
			      1 << MGC_UNIT_BITS);
	/* The request copies neither; both live until it is over. */
	if (!rc)
		rc = ptlrpc_bulk_attach(req, PTLRPC_BULK_READ, bv, MGC_UNITS);
	if (rc >= 0)
		rc = ptlrpc_queue_wait(req);
	if (rc >= 0)
		return req;
	ptlrpc_req_put(req);
	return ERR_PTR(rc);
}

/* One part of the table.  Return: 1 there is more, 0 the end, or an errno. */
static int mgc_recover_part(struct mgc_log *log, u32 flags, void *buf)
{
	struct ptlrpc_request *req = mgc_recover_request(log, flags, buf);
	const struct mgs_config_res *res;
	u64 covered = 0, size = 0;
	size_t moved;
	int rc;

	if (IS_ERR(req))
		return PTR_ERR(req);
	moved = min_t(size_t, ptlrpc_bulk_moved(req),
		      MGC_UNITS << MGC_UNIT_BITS);
	res = ptlrpc_rep_buf(req, 1, sizeof(*res));
	if (res) {
		covered = le64_to_cpu(res->mcr_offset);
		size = le64_to_cpu(res->mcr_size);
	}
	ptlrpc_req_put(req);
	if (!res || size < covered)
		return -EINVAL;
	rc = mgc_recover_apply(log->mgc, buf, moved, covered);
	if (rc || covered < log->next)
		return rc;
	log->next = covered + 1;
	return covered < size;
}

/**
 * mgc_recover_read - read what is new in the table of running targets
 * @log: the MGC_LOG_RECOVER log; the caller holds its lock
 * @flags: PTLRPC_REQ_* for the requests
 *
 * Sleeps for RPCs; calls target_moved for each entry.
 *
 * Return: 0, or an errno; nothing depends on this but the speed of recovery.
 */
int mgc_recover_read(struct mgc_log *log, u32 flags)
{
	void *buf = alloc_pages_exact(MGC_UNITS << MGC_UNIT_BITS,
				      GFP_KERNEL | __GFP_ZERO);
	int rc;

	if (!buf)
		return -ENOMEM;
	do {
		rc = mgc_recover_part(log, flags, buf);
	} while (rc > 0);
	free_pages_exact(buf, MGC_UNITS << MGC_UNIT_BITS);
	return rc == -ENOENT ? 0 : rc;
}
