// SPDX-License-Identifier: GPL-2.0-only
/* Connections of clients to targets (document 04) */
#include "rpc.h"
#include "ldlm.h"
#include "mdt.h"
#include "ost.h"
#include "store.h"

#define MGS_FLAGS							\
	(OBD_CONNECT_VERSION | OBD_CONNECT_AT | OBD_CONNECT_FULL20 |	\
	 OBD_CONNECT_IMP_RECOV | OBD_CONNECT_BULK_MBITS |		\
	 OBD_CONNECT_FLAGS2 | OBD_CONNECT_MGS_NIDLIST |			\
	 OBD_CONNECT_BARRIER)
#define MGS_FLAGS2	(OBD_CONNECT2_REP_MBITS | OBD_CONNECT2_LARGE_NID)

#define MDT_FLAGS							\
	(OBD_CONNECT_RDONLY | OBD_CONNECT_VERSION | OBD_CONNECT_ACL |	\
	 OBD_CONNECT_XATTR | OBD_CONNECT_LARGE_ACL | OBD_CONNECT_IBITS | \
	 OBD_CONNECT_ATTRFID | OBD_CONNECT_NODEVOH |			\
	 OBD_CONNECT_BRW_SIZE | OBD_CONNECT_CANCELSET | OBD_CONNECT_AT | \
	 OBD_CONNECT_FID | OBD_CONNECT_VBR | OBD_CONNECT_LOV_V3 |	\
	 OBD_CONNECT_MAX_EASIZE | OBD_CONNECT_FULL20 |			\
	 OBD_CONNECT_LAYOUTLOCK | OBD_CONNECT_64BITHASH |		\
	 OBD_CONNECT_JOBSTATS | OBD_CONNECT_UMASK |			\
	 OBD_CONNECT_EINPROGRESS | OBD_CONNECT_HPREQ_CHECK1 |		\
	 OBD_CONNECT_LVB_TYPE | OBD_CONNECT_FLOCK_DEAD |		\
	 OBD_CONNECT_DISP_STRIPE | OBD_CONNECT_OPEN_BY_FID |		\
	 OBD_CONNECT_MULTIMODRPCS | OBD_CONNECT_DIR_STRIPE |		\
	 OBD_CONNECT_SUBTREE | OBD_CONNECT_BULK_MBITS |			\
	 OBD_CONNECT_GRANT | OBD_CONNECT_GRANT_PARAM |			\
	 OBD_CONNECT_SRVLOCK | OBD_CONNECT_CKSUM |			\
	 OBD_CONNECT_SHORTIO | OBD_CONNECT_FLAGS2)
#define MDT_FLAGS2							\
	(OBD_CONNECT2_SUM_STATFS | OBD_CONNECT2_OVERSTRIPING |		\
	 OBD_CONNECT2_DOM_LVB | OBD_CONNECT2_ASYNC_DISCARD |		\
	 OBD_CONNECT2_LSEEK | OBD_CONNECT2_FLR |			\
	 OBD_CONNECT2_LOCK_CONVERT | OBD_CONNECT2_INC_XID |		\
	 OBD_CONNECT2_LSOM | OBD_CONNECT2_CRUSH |			\
	 OBD_CONNECT2_GETATTR_PFID | OBD_CONNECT2_REP_MBITS |		\
	 OBD_CONNECT2_ATOMIC_OPEN_LOCK | OBD_CONNECT2_BATCH_RPC)

#define OST_FLAGS							\
	(OBD_CONNECT_INDEX | OBD_CONNECT_GRANT | OBD_CONNECT_SRVLOCK |	\
	 OBD_CONNECT_VERSION | OBD_CONNECT_BRW_SIZE |			\
	 OBD_CONNECT_CANCELSET | OBD_CONNECT_AT | OBD_CONNECT_CKSUM |	\
	 OBD_CONNECT_FID | OBD_CONNECT_VBR | OBD_CONNECT_GRANT_SHRINK |	\
	 OBD_CONNECT_FULL20 | OBD_CONNECT_LAYOUTLOCK |			\
	 OBD_CONNECT_64BITHASH | OBD_CONNECT_MAXBYTES |			\
	 OBD_CONNECT_JOBSTATS | OBD_CONNECT_EINPROGRESS |		\
	 OBD_CONNECT_GRANT_PARAM | OBD_CONNECT_HPREQ_CHECK1 |		\
	 OBD_CONNECT_LVB_TYPE | OBD_CONNECT_SHORTIO |			\
	 OBD_CONNECT_BULK_MBITS | OBD_CONNECT_FLAGS2)
#define OST_FLAGS2							\
	(OBD_CONNECT2_INC_XID | OBD_CONNECT2_LSEEK |			\
	 OBD_CONNECT2_REP_MBITS)

#define MDT_IBITS		MDS_INODELOCK_FULL
#define MDT_MAX_EASIZE		65536
#define MDT_MAX_MOD_RPCS	8
#define MDT_BRW_SIZE		(1U << 20)

static struct export *by_cookie;
static struct event idle_ev;

struct export *export_find(uint64_t cookie)
{
	struct export *exp;

	HASH_FIND(hh_cookie, by_cookie, &cookie, sizeof(cookie), exp);
	return exp;
}

struct export *export_by_uuid(struct target *t, const char *uuid)
{
	struct export *exp;

	HASH_FIND(hh, t->exports, uuid, strlen(uuid), exp);
	return exp;
}

struct export *export_new(struct target *t, const char *uuid)
{
	struct export *exp = xzalloc(sizeof(*exp));

	exp->tgt = t;
	snprintf(exp->uuid, sizeof(exp->uuid), "%s", uuid);
	exp->cookie = rand_cookie();
	exp->last_seen = now_ms();
	TAILQ_INIT(&exp->running);
	TAILQ_INIT(&exp->locks);
	TAILQ_INIT(&exp->opens);
	HASH_ADD(hh, t->exports, uuid, strlen(exp->uuid), exp);
	HASH_ADD(hh_cookie, by_cookie, cookie, sizeof(exp->cookie), exp);
	return exp;
}

/* Drops everything of a client; @forget: also the record on disk */
void export_destroy(struct export *exp, bool forget)
{
	struct target *t = exp->tgt;
	struct req *req;

	exp->evicting = true;
	TAILQ_FOREACH(req, &exp->running, link)
		req->dead = true;
	cb_export_gone(exp);
	ldlm_export_gone(exp);
	if (t->kind == TGT_MDT)
		mdt_export_gone(exp);
	if (t->kind == TGT_OST)
		ost_export_gone(exp);
	reply_forget_all(exp);
	if (forget && t->kind != TGT_MGS)
		store_client_del(exp);
	HASH_DEL(t->exports, exp);
	HASH_DELETE(hh_cookie, by_cookie, exp);
	/* What is running finishes on its own and finds itself dead */
	while ((req = TAILQ_FIRST(&exp->running))) {
		TAILQ_REMOVE(&exp->running, req, link);
		req->exp = NULL;
	}
	recovery_export_gone(exp);
	free(exp);
	if (!srv.cfg.commit_ms)
		store_commit_if_dirty();
}

void export_evict(struct export *exp, const char *why)
{
	log_warn("%s: evicting client %s (%s): %s", exp->tgt->name, exp->uuid,
		 exp->peer ? nid_str(&exp->peer->nid) : "not connected", why);
	export_destroy(exp, true);
}

static void idle_cb(evutil_socket_t fd, short what, void *arg)
{
	int64_t limit = now_ms() - srv.cfg.evict_sec * 1000LL;

	(void)fd;
	(void)what;
	(void)arg;
	if (!srv.cfg.evict_sec)
		return;
	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		struct target *t = &srv.tgts[i];
		struct export *exp, *tmp;

		if (recovering(t))
			continue;
		HASH_ITER(hh, t->exports, exp, tmp)
			if (exp->last_seen < limit)
				export_evict(exp, "silent for too long");
	}
}

void export_init(void)
{
	struct timeval tv = { min_t(int, 10, srv.cfg.evict_sec / 4 + 1), 0 };

	event_assign(&idle_ev, srv.base, -1, EV_PERSIST, idle_cb, NULL);
	event_add(&idle_ev, &tv);
}

unsigned int export_count(void)
{
	return HASH_CNT(hh_cookie, by_cookie);
}

void export_list(FILE *f)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		struct export *exp, *tmp;

		HASH_ITER(hh, srv.tgts[i].exports, exp, tmp) {
			struct open_file *of;
			struct lock *l;
			unsigned int locks = 0, opens = 0;

			TAILQ_FOREACH(l, &exp->locks, exp_link)
				locks++;
			TAILQ_FOREACH(of, &exp->opens, exp_link)
				opens++;
			fprintf(f, "%s %s %s %s locks %u opens %u grant %" PRIu64 " rpcs %" PRIu64 "\n",
				srv.tgts[i].name, exp->uuid,
				exp->peer ? nid_str(&exp->peer->nid) : "-",
				exp->connected ? "connected" : "expected",
				locks, opens, exp->grant, exp->nr_req);
		}
	}
}

/* ---- connect ---- */

static int connect_check(struct target *t, const struct obd_connect_data *ocd)
{
	uint64_t flags = le64_to_cpu(ocd->ocd_connect_flags);

	if (!(flags & OBD_CONNECT_FULL20)) {
		log_warn("%s: connect without FULL20", t->name);
		return -EPROTO;
	}
	if ((flags & OBD_CONNECT_BRW_SIZE) && !ocd->ocd_brw_size)
		return -EPROTO;
	if ((flags & OBD_CONNECT_CKSUM) && !ocd->ocd_cksum_types)
		return -EPROTO;
	if (flags & (OBD_CONNECT_SKIP_ORPHAN | OBD_CONNECT_MDS |
		     OBD_CONNECT_MDS_MDS)) {
		log_warn("%s: flags %#" PRIx64 " belong to servers", t->name,
			 flags);
		return -EPROTO;
	}
	if (t->kind == TGT_MDT && !(flags & OBD_CONNECT_FID))
		return -EBADE;
	if (t->kind == TGT_MDT && (flags & OBD_CONNECT_IBITS) &&
	    !ocd->ocd_ibits_known)
		return -EPROTO;
	if (t->kind == TGT_OST && (flags & OBD_CONNECT_INDEX) &&
	    le32_to_cpu(ocd->ocd_index) != t->index)
		return -EBADF;
	return 0;
}

/* What is granted, from what is wanted */
static void negotiate(struct export *exp, struct obd_connect_data *ocd)
{
	struct target *t = exp->tgt;
	uint64_t flags = le64_to_cpu(ocd->ocd_connect_flags);
	uint64_t flags2 = flags & OBD_CONNECT_FLAGS2 ?
			  le64_to_cpu(ocd->ocd_connect_flags2) : 0;
	uint32_t brw = le32_to_cpu(ocd->ocd_brw_size);

	exp->ocd_version = le32_to_cpu(ocd->ocd_version);
	switch (t->kind) {
	case TGT_MGS:
		flags &= MGS_FLAGS;
		flags2 &= MGS_FLAGS2;
		break;
	case TGT_MDT:
		flags &= MDT_FLAGS;
		flags2 &= MDT_FLAGS2;
		exp->ibits = le64_to_cpu(ocd->ocd_ibits_known) & MDT_IBITS;
		ocd->ocd_ibits_known = cpu_to_le64(exp->ibits);
		ocd->ocd_max_easize = cpu_to_le32(MDT_MAX_EASIZE);
		exp->cksum_types = le32_to_cpu(ocd->ocd_cksum_types) &
				   OST_CKSUM_TYPES;
		if (flags & OBD_CONNECT_CKSUM)
			ocd->ocd_cksum_types = cpu_to_le32(exp->cksum_types);
		brw = min_t(uint32_t, brw, MDT_BRW_SIZE);
		if (flags & OBD_CONNECT_MULTIMODRPCS)
			ocd->ocd_maxmodrpcs = cpu_to_le16(MDT_MAX_MOD_RPCS);
		break;
	case TGT_OST:
		flags &= OST_FLAGS;
		flags2 &= OST_FLAGS2;
		brw = min_t(uint32_t, brw, srv.cfg.brw_size);
		exp->cksum_types = le32_to_cpu(ocd->ocd_cksum_types) &
				   OST_CKSUM_TYPES;
		ocd->ocd_cksum_types = cpu_to_le32(exp->cksum_types);
		break;
	}
	exp->brw_size = brw;
	if (flags & OBD_CONNECT_BRW_SIZE)
		ocd->ocd_brw_size = cpu_to_le32(brw);
	ocd->ocd_version = cpu_to_le32(SRV_VERSION);
	ocd->ocd_instance = cpu_to_le32(t->instance);
	ocd->ocd_connect_flags = cpu_to_le64(flags);
	ocd->ocd_connect_flags2 = cpu_to_le64(flags2);
	exp->flags = flags;
	exp->flags2 = flags2;
	if (t->kind != TGT_MGS)
		ost_connect_grant(exp, ocd);
}

static int connect_fail(struct req *req, int rc)
{
	log_info("%s: connect to %s refused: %s", nid_str(&req->peer->nid),
		 req->tgt ? req->tgt->name : "?", strerror(-rc));
	if (rc != -ENODEV) {
		rep_reset(req);
		rep_add(req, sizeof(struct obd_connect_data));
		req->as_zero_err = true;
	}
	return rc;
}

/* A connect for an export that exists: may it go on? */
static int reconnect_check(struct req *req, struct export *exp, uint64_t handle,
			   uint64_t client_cookie)
{
	uint32_t cc = le32_to_cpu(req->pb->pb_conn_cnt);

	if (!exp->connected)
		return 0;	/* known from before our restart */
	if (cc <= exp->conn_cnt || exp->peer != req->peer)
		return -EALREADY;
	if (client_cookie != exp->client_cookie)
		return -EALREADY;
	if (handle && handle != exp->cookie)
		log_info("%s: %s reconnects with an old handle",
			 exp->tgt->name, exp->uuid);
	return 0;
}

static bool connect_uuids(struct req *req, const char **tgt, const char **uuid)
{
	size_t tlen = req_buflen(req, 1), ulen = req_buflen(req, 2);

	*tgt = req_str(req, 1);
	*uuid = req_str(req, 2);
	return *tgt && *uuid && tlen <= 40 && ulen <= 40 && **uuid &&
	       strlen(*uuid) < 40;
}

int handle_connect(struct req *req)
{
	const struct lustre_handle *lh = req_buf(req, 3, sizeof(*lh));
	const void *in = req_buf(req, 4, OBD_CONNECT_DATA_MIN_SIZE);
	uint64_t handle = req->pb->pb_handle;
	struct obd_connect_data *ocd, want = { 0 };
	const char *tname, *uuid;
	struct export *exp;
	bool fresh = false, known;
	int rc;

	if (!connect_uuids(req, &tname, &uuid))
		return -EINVAL;
	req->tgt = target_by_uuid(tname);
	if (!req->tgt || !(req->tgt->kind & req->op->kinds) ||
	    req->tgt->disabled || srv.stopping)
		return connect_fail(req, -ENODEV);
	if (!lh || !lh->cookie || !in)
		return connect_fail(req, -EPROTO);
	memcpy(&want, in, min_t(size_t, req_buflen(req, 4), sizeof(want)));
	rc = connect_check(req->tgt, &want);
	if (rc)
		return connect_fail(req, rc);
	if (le32_to_cpu(req->pb->pb_op_flags) & MSG_CONNECT_LIBCLIENT)
		return connect_fail(req, -EPROTO);
	exp = export_by_uuid(req->tgt, uuid);
	if (exp) {
		rc = reconnect_check(req, exp, handle, lh->cookie);
		if (rc)
			return connect_fail(req, rc);
	} else if (recovering(req->tgt)) {
		return connect_fail(req, -EBUSY);
	}
	known = exp != NULL;
	if (!exp) {
		exp = export_new(req->tgt, uuid);
		fresh = true;
	}
	ocd = rep_add_data(req, &want, sizeof(want));
	exp->client_cookie = lh->cookie;
	exp->peer = req->peer;
	exp->conn_cnt = le32_to_cpu(req->pb->pb_conn_cnt);
	exp->last_xid = 0;
	memset(exp->tag_xid, 0, sizeof(exp->tag_xid));
	negotiate(exp, ocd);
	exp->last_seen = now_ms();
	req->rep_handle = exp->cookie;
	if (req->tgt->kind != TGT_MGS)
		req->rep_op_flags = MSG_CONNECT_REPLAYABLE;
	if (known && exp->connected)
		req->rep_op_flags |= MSG_CONNECT_RECONNECT;
	if (req->tgt->kind == TGT_MGS && exp->conn_cnt > 1)
		req->rep_op_flags |= MSG_CONNECT_RECONNECT;
	exp->connected = true;
	if (fresh && req->tgt->kind != TGT_MGS)
		store_client_add(exp);
	if (recovering(req->tgt)) {
		req->rep_op_flags |= MSG_CONNECT_RECOVERING;
		recovery_connected(exp);
	}
	log_info("%s: client %s at %s %s, flags %#" PRIx64 " %#" PRIx64,
		 req->tgt->name, uuid, nid_str(&req->peer->nid),
		 known ? "reconnected" : "connected", exp->flags, exp->flags2);
	ldlm_reconnected(exp);
	return 0;
}

int handle_disconnect(struct req *req)
{
	struct export *exp = req->exp;

	log_info("%s: client %s disconnected", exp->tgt->name, exp->uuid);
	TAILQ_REMOVE(&exp->running, req, link);
	req->exp = NULL;
	export_destroy(exp, true);
	return 0;
}

int handle_ping(struct req *req)
{
	(void)req;
	return 0;
}

const struct rpc_op common_ops[] = {
	{ MGS_CONNECT, "MGS_CONNECT", handle_connect, LUSTRE_OBD_VERSION,
	  TGT_MGS, OPF_NOEXPORT },
	{ MDS_CONNECT, "MDS_CONNECT", handle_connect, LUSTRE_OBD_VERSION,
	  TGT_MDT, OPF_NOEXPORT },
	{ OST_CONNECT, "OST_CONNECT", handle_connect, LUSTRE_OBD_VERSION,
	  TGT_OST, OPF_NOEXPORT },
	{ MGS_DISCONNECT, "MGS_DISCONNECT", handle_disconnect,
	  LUSTRE_OBD_VERSION, TGT_MGS, OPF_RECOVERY },
	{ MDS_DISCONNECT, "MDS_DISCONNECT", handle_disconnect,
	  LUSTRE_OBD_VERSION, TGT_MDT, OPF_RECOVERY },
	{ OST_DISCONNECT, "OST_DISCONNECT", handle_disconnect,
	  LUSTRE_OBD_VERSION, TGT_OST, OPF_RECOVERY },
	{ OBD_PING, "OBD_PING", handle_ping, LUSTRE_OBD_VERSION,
	  TGT_MGS | TGT_MDT | TGT_OST, OPF_RECOVERY },
	{ 0 },
};
