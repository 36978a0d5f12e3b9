// SPDX-License-Identifier: GPL-2.0-only
/*
 * CONNECT and DISCONNECT, and which address to try next.
 * Spec: 04 sections 1, 2, 3, 5 and 9.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "internal.h"

/* Flags that only servers set, or that this client does not implement. */
#define PTLRPC_NEVER							\
	(OBD_CONNECT_MDS | OBD_CONNECT_OLD_FALLOC | OBD_CONNECT_TRANSNO | \
	 OBD_CONNECT_MDS_MDS | OBD_CONNECT_SKIP_ORPHAN |		\
	 OBD_CONNECT_LIGHTWEIGHT | OBD_CONNECT_PINGLESS |		\
	 OBD_CONNECT_OBDOPACK)
/*
 * Replies come to the xid.  With REP_MBITS they would come to pb_mbits, except
 * errors of a server that forgot us: nothing to gain.
 */
#define PTLRPC_NEVER2	OBD_CONNECT2_REP_MBITS
#define PTLRPC_ALWAYS							\
	(OBD_CONNECT_AT | OBD_CONNECT_FULL20 | OBD_CONNECT_BULK_MBITS |	\
	 OBD_CONNECT_FLAGS2)

#define PTLRPC_CONNECT_REPSIZE	320	/* connect data, with room to grow */

/* ------------------------------------------------------------ addresses -- */

int ptlrpc_import_add_nid(struct ptlrpc_import *imp,
			  const struct lnet_nid *nid)
{
	struct ptlrpc_peer *peer, *old;

	peer = kzalloc_obj(*peer, GFP_NOFS);
	if (!peer)
		return -ENOMEM;
	peer->nid = *nid;
	spin_lock(&imp->lock);
	list_for_each_entry(old, &imp->peers, list) {
		if (lnet_nid_equal(&old->nid, nid)) {
			spin_unlock(&imp->lock);
			kfree(peer);
			return 0;
		}
	}
	list_add_tail(&peer->list, &imp->peers);
	spin_unlock(&imp->lock);
	return 0;
}

void ptlrpc_peers_free(struct ptlrpc_import *imp)
{
	struct ptlrpc_peer *peer, *next;

	list_for_each_entry_safe(peer, next, &imp->peers, list)
		kfree(peer);
	INIT_LIST_HEAD(&imp->peers);
}

/* The address in use, or NULL.  imp->lock held. */
static struct ptlrpc_peer *ptlrpc_peer_current(struct ptlrpc_import *imp)
{
	struct ptlrpc_peer *peer;

	if (!imp->nid_valid)
		return NULL;
	list_for_each_entry(peer, &imp->peers, list)
		if (lnet_nid_equal(&peer->nid, &imp->nid))
			return peer;
	return NULL;
}

/* First address not tried since the import was FULL, else the oldest try. */
static struct ptlrpc_peer *ptlrpc_peer_next(struct ptlrpc_import *imp)
{
	struct ptlrpc_peer *peer, *best = NULL;

	list_for_each_entry(peer, &imp->peers, list) {
		if (!peer->tried)
			return peer;
		if (!best || time_before(peer->last, best->last))
			best = peer;
	}
	return best;
}

/**
 * ptlrpc_peer_select - choose the address for a connect attempt
 * @imp: the import, locked
 *
 * Return: the entry, also stored as the import's address; NULL: there is none.
 */
struct ptlrpc_peer *ptlrpc_peer_select(struct ptlrpc_import *imp)
{
	struct ptlrpc_peer *peer = NULL;

	/* A target that is busy is still the right one. */
	if (imp->last_error == -EAGAIN || imp->last_error == -EBUSY)
		peer = ptlrpc_peer_current(imp);
	if (!peer)
		peer = ptlrpc_peer_next(imp);
	if (!peer)
		return NULL;
	peer->tried = true;
	peer->last = jiffies;
	imp->nid = peer->nid;
	imp->nid_valid = true;
	return peer;
}

/* Is there an address that was not tried since the import was FULL?  Locked. */
bool ptlrpc_peer_untried(const struct ptlrpc_import *imp)
{
	const struct ptlrpc_peer *peer;

	list_for_each_entry(peer, &imp->peers, list)
		if (!peer->tried)
			return true;
	return false;
}

/* A connect succeeded: its address comes first from now on.  Locked. */
void ptlrpc_peer_good(struct ptlrpc_import *imp)
{
	struct ptlrpc_peer *peer = ptlrpc_peer_current(imp);

	if (peer)
		list_move(&peer->list, &imp->peers);
}

/*
 * The address of a management server answered.  Other mounts of the network
 * namespace may have it in their lists, too.
 */
void ptlrpc_peer_heard(struct ptlrpc_import *imp)
{
	struct ptlrpc_net *pn = imp->pn;
	struct lnet_nid nid;
	unsigned int i;

	if (imp->target != PTLRPC_MGS || !ptlrpc_import_nid(imp, &nid))
		return;
	spin_lock(&pn->lock);
	for (i = 0; i < PTLRPC_MGS_HEARD - 1; i++)
		if (lnet_nid_equal(&pn->mgs_heard[i], &nid))
			break;
	memmove(pn->mgs_heard + 1, pn->mgs_heard, i * sizeof(nid));
	pn->mgs_heard[0] = nid;
	spin_unlock(&pn->lock);
}

/* Of the addresses of a new import, begin with the one that answered last. */
void ptlrpc_peers_prefer(struct ptlrpc_import *imp)
{
	struct ptlrpc_net *pn = imp->pn;
	struct ptlrpc_peer *peer, *next;
	unsigned int i = PTLRPC_MGS_HEARD;

	if (imp->target != PTLRPC_MGS)
		return;
	spin_lock(&pn->lock);
	spin_lock(&imp->lock);
	while (i--)
		list_for_each_entry_safe(peer, next, &imp->peers, list)
			if (lnet_nid_equal(&peer->nid, &pn->mgs_heard[i]))
				list_move(&peer->list, &imp->peers);
	spin_unlock(&imp->lock);
	spin_unlock(&pn->lock);
}

/*
 * FULL is reached: the next loss begins with the first address and without a
 * pause.  Not before that, or a step of recovery that fails again and again
 * would be tried as fast as the network allows.  Locked.
 */
void ptlrpc_peers_reset(struct ptlrpc_import *imp)
{
	struct ptlrpc_peer *peer;

	list_for_each_entry(peer, &imp->peers, list)
		peer->tried = false;
	imp->rounds = 0;
	imp->failures = 0;
}

/* --------------------------------------------------------- connect data -- */

/* Host order to wire; members whose flag is not set stay zero. */
static void ptlrpc_ocd_pack(struct obd_connect_data *ocd,
			    const struct ptlrpc_connect *c, u64 transno)
{
	ocd->ocd_connect_flags = cpu_to_le64(c->flags);
	ocd->ocd_connect_flags2 = cpu_to_le64(c->flags2);
	ocd->ocd_version = cpu_to_le32(c->version);
	ocd->ocd_transno = cpu_to_le64(transno);
	if (c->flags & OBD_CONNECT_GRANT)
		ocd->ocd_grant = cpu_to_le32(c->grant);
	if (c->flags & OBD_CONNECT_INDEX)
		ocd->ocd_index = cpu_to_le32(c->index);
	if (c->flags & OBD_CONNECT_BRW_SIZE)
		ocd->ocd_brw_size = cpu_to_le32(c->brw_size);
	if (c->flags & OBD_CONNECT_IBITS)
		ocd->ocd_ibits_known = cpu_to_le64(c->ibits);
	if (c->flags & OBD_CONNECT_GRANT_PARAM)
		ocd->ocd_grant_blkbits = c->grant_blkbits;
	if (c->flags & OBD_CONNECT_CKSUM)
		ocd->ocd_cksum_types = cpu_to_le32(c->cksum_types);
}

/* Wire to host order; members whose flag was not granted become zero. */
void ptlrpc_ocd_unpack(struct ptlrpc_connect *c,
		       const struct obd_connect_data *ocd, u32 len)
{
	memset(c, 0, sizeof(*c));
	c->flags = le64_to_cpu(ocd->ocd_connect_flags);
	c->instance = le32_to_cpu(ocd->ocd_instance);
	if (c->flags & OBD_CONNECT_VERSION)
		c->version = le32_to_cpu(ocd->ocd_version);
	if (c->flags & OBD_CONNECT_GRANT)
		c->grant = le32_to_cpu(ocd->ocd_grant);
	if (c->flags & OBD_CONNECT_INDEX)
		c->index = le32_to_cpu(ocd->ocd_index);
	if (c->flags & OBD_CONNECT_BRW_SIZE)
		c->brw_size = le32_to_cpu(ocd->ocd_brw_size);
	if (c->flags & OBD_CONNECT_IBITS)
		c->ibits = le64_to_cpu(ocd->ocd_ibits_known);
	if (c->flags & OBD_CONNECT_GRANT_PARAM) {
		c->grant_blkbits = ocd->ocd_grant_blkbits;
		c->grant_inobits = ocd->ocd_grant_inobits;
		c->grant_tax_kb = le16_to_cpu(ocd->ocd_grant_tax_kb);
		c->grant_max_blks = le32_to_cpu(ocd->ocd_grant_max_blks);
	}
	if (c->flags & OBD_CONNECT_CKSUM)
		c->cksum_types = le32_to_cpu(ocd->ocd_cksum_types);
	if (c->flags & OBD_CONNECT_MAX_EASIZE)
		c->max_easize = le32_to_cpu(ocd->ocd_max_easize);
	if (c->flags & OBD_CONNECT_MAXBYTES)
		c->maxbytes = le64_to_cpu(ocd->ocd_maxbytes);
	if (len < offsetofend(struct obd_connect_data, ocd_maxmodrpcs))
		return;
	if (c->flags & OBD_CONNECT_MULTIMODRPCS)
		c->max_mod_rpcs = le16_to_cpu(ocd->ocd_maxmodrpcs);
	if (len >= offsetofend(struct obd_connect_data, ocd_connect_flags2) &&
	    (c->flags & OBD_CONNECT_FLAGS2))
		c->flags2 = le64_to_cpu(ocd->ocd_connect_flags2);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_ocd_unpack);

/* Does the grant make sense, given what we asked for? */
static int ptlrpc_ocd_check(struct ptlrpc_import *imp,
			    const struct ptlrpc_connect *want,
			    const struct ptlrpc_connect *got)
{
	if ((got->flags & ~want->flags) || (got->flags2 & ~want->flags2)) {
		ptlrpc_import_warn(imp, "granted connect flags %#llx/%#llx beyond those asked for: error %d",
				   got->flags & ~want->flags,
				   got->flags2 & ~want->flags2, -EPROTO);
		return -EPROTO;
	}
	if (!(got->flags & OBD_CONNECT_FULL20) ||
	    !(got->flags & OBD_CONNECT_BULK_MBITS)) {
		ptlrpc_import_warn(imp, "server grants too little (%#llx): error %d",
				   got->flags, -EPROTO);
		return -EPROTO;
	}
	if (((got->flags & OBD_CONNECT_BRW_SIZE) && !got->brw_size) ||
	    ((got->flags & OBD_CONNECT_CKSUM) && !got->cksum_types)) {
		ptlrpc_import_warn(imp, "granted nonsense: error %d", -EPROTO);
		return -EPROTO;
	}
	return 0;
}

/* ------------------------------------------------------------------ RPCs -- */

static u32 ptlrpc_connect_opc(enum ptlrpc_target target, bool connect)
{
	switch (target) {
	case PTLRPC_MGS:
		return connect ? MGS_CONNECT : MGS_DISCONNECT;
	case PTLRPC_MDT:
		return connect ? MDS_CONNECT : MDS_DISCONNECT;
	default:
		return connect ? OST_CONNECT : OST_DISCONNECT;
	}
}

/* What to ask for this time. */
static void ptlrpc_offer(struct ptlrpc_import *imp, struct ptlrpc_connect *want)
{
	*want = imp->offer;
	if (imp->ops && imp->ops->offer)
		imp->ops->offer(imp, imp->data, want);
	want->flags |= PTLRPC_ALWAYS;
	want->flags &= ~PTLRPC_NEVER;
	want->flags2 &= ~PTLRPC_NEVER2;
}

static struct ptlrpc_request *
ptlrpc_connect_pack(struct ptlrpc_import *imp, const struct ptlrpc_connect *want)
{
	static const u32 lens[] = {
		LUSTRE_UUID_LEN - 1, LUSTRE_UUID_LEN - 1,
		sizeof(struct lustre_handle), sizeof(struct obd_connect_data),
		0,	/* SELinux policy */
	};
	static const u32 replens[] = { PTLRPC_CONNECT_REPSIZE };
	struct lustre_handle *handle;
	struct ptlrpc_request *req;
	u64 transno = 0;

	req = ptlrpc_req_new(imp, ptlrpc_connect_opc(imp->target, true), lens,
			     ARRAY_SIZE(lens), PTLRPC_REQ_RECOVERY |
			     PTLRPC_REQ_CONNECT | PTLRPC_REQ_NO_REPLAY |
			     PTLRPC_REQ_NOINTR, GFP_NOFS);
	if (IS_ERR(req))
		return req;
	ptlrpc_req_set_replen(req, replens, ARRAY_SIZE(replens));
	ptlrpc_req_set_str(req, 1, imp->target_uuid, strlen(imp->target_uuid));
	ptlrpc_req_set_str(req, 2, imp->client_uuid, strlen(imp->client_uuid));
	handle = ptlrpc_req_buf(req, 3, sizeof(*handle));
	handle->cookie = imp->handle.cookie;

	spin_lock(&imp->lock);
	imp->conn_cnt++;
	imp->stats.connects++;
	if (!imp->remote) {
		req->op_flags = MSG_CONNECT_INITIAL;
	} else {
		transno = ptlrpc_replay_first(imp);
		if (transno)
			req->op_flags = MSG_CONNECT_TRANSNO;
	}
	spin_unlock(&imp->lock);
	ptlrpc_ocd_pack(ptlrpc_req_buf(req, 4, sizeof(struct obd_connect_data)),
			want, transno);
	return req;
}

/* Take a successful reply apart. */
int ptlrpc_connect_unpack(struct ptlrpc_request *req,
			  const struct ptlrpc_connect *want,
			  struct ptlrpc_connect_result *res)
{
	struct ptlrpc_import *imp = req->imp;
	struct ptlrpc_body *pb = ptlrpc_msg_body(req->rep.msg);
	struct obd_connect_data *ocd;
	u32 len;

	ocd = ptlrpc_rep_buf(req, 1, OBD_CONNECT_DATA_MIN_SIZE);
	if (!ocd) {
		ptlrpc_import_warn(imp, "connect reply without connect data: error %d",
				   -EPROTO);
		return -EPROTO;
	}
	len = ptlrpc_rep_buflen(req, 1);
	ptlrpc_ocd_unpack(&res->granted, ocd, len);
	res->op_flags = le32_to_cpu(pb->pb_op_flags);
	res->last_committed = le64_to_cpu(pb->pb_last_committed);
	res->cookie = pb->pb_handle;
	return ptlrpc_ocd_check(imp, want, &res->granted);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_connect_unpack);

/**
 * ptlrpc_connect_once - one CONNECT to the import's present address
 * @imp: import in state CONNECTING
 * @res: what the server said
 *
 * Return: 0, the server's refusal, or an errno of the transport.
 */
int ptlrpc_connect_once(struct ptlrpc_import *imp,
			struct ptlrpc_connect_result *res)
{
	struct ptlrpc_connect want;
	struct ptlrpc_request *req;
	int rc;

	ptlrpc_offer(imp, &want);
	req = ptlrpc_connect_pack(imp, &want);
	if (IS_ERR(req))
		return PTR_ERR(req);
	rc = ptlrpc_queue_wait(req);
	res->answered = ptlrpc_rep_exists(req);
	if (rc > 0)
		rc = -EPROTO;
	if (!rc)
		rc = ptlrpc_connect_unpack(req, &want, res);
	ptlrpc_req_put(req);
	return rc;
}

/*
 * Tell the server that we leave.  0: it knows.
 * @force: don't wait for the answer for long
 */
int ptlrpc_disconnect_rpc(struct ptlrpc_import *imp, bool force)
{
	struct ptlrpc_request *req;
	int rc;

	req = ptlrpc_req_new(imp, ptlrpc_connect_opc(imp->target, false), NULL,
			     0, PTLRPC_REQ_RECOVERY | PTLRPC_REQ_DISCONNECT |
			     PTLRPC_REQ_NO_REPLAY | PTLRPC_REQ_NOINTR,
			     GFP_NOFS);
	if (IS_ERR(req))
		return PTR_ERR(req);
	if (force)
		ptlrpc_req_set_timeout(req, PTLRPC_FORCED_TIMEOUT);
	rc = ptlrpc_queue_wait(req);
	ptlrpc_req_put(req);
	return rc;
}
