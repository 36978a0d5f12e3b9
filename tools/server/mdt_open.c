// SPDX-License-Identifier: GPL-2.0-only
/* Opening, creating on open, closing (document 09, 8 and 9) */
#include "dom.h"
#include "lov.h"
#include "store.h"

#define ATIME_DIFF	60

/* One open under evaluation */
struct open_ctx {
	const struct mdt_rec_create *r;
	uint64_t	flags;
	struct cred	cred;
	const char	*name;
	struct inode	dir, ino;
	bool		have_dir, have_ino, remote, want_lock, no_lock;
	bool		nameless;
	uint64_t	disp;
	uint64_t	handle;
	int		status;
};

static struct open_file *opens;

struct open_file *open_find(uint64_t cookie)
{
	struct open_file *of;

	HASH_FIND(hh, opens, &cookie, sizeof(cookie), of);
	return of;
}

struct open_file *open_next(const struct fid *fid, const struct open_file *of)
{
	struct open_file *next = of ? of->hh.next : opens;

	while (next && !fid_eq(&next->fid, fid))
		next = next->hh.next;
	return next;
}

bool open_any(const struct fid *fid)
{
	return open_next(fid, NULL);
}

static struct open_file *open_new(struct export *exp, const struct fid *fid,
				  uint64_t flags, uint64_t cookie)
{
	struct open_file *of = xzalloc(sizeof(*of));

	of->cookie = cookie ? cookie : rand_cookie();
	of->exp = exp;
	of->fid = *fid;
	of->flags = flags;
	HASH_ADD(hh, opens, cookie, sizeof(of->cookie), of);
	TAILQ_INSERT_TAIL(&exp->opens, of, exp_link);
	return of;
}

/* The last close of a file without a name destroys it */
void open_close(struct open_file *of)
{
	struct fid fid = of->fid;
	struct inode ino;

	HASH_DEL(opens, of);
	TAILQ_REMOVE(&of->exp->opens, of, exp_link);
	free(of);
	if (!inode_get(&fid, &ino) && !ino.nlink && !open_any(&fid)) {
		layout_destroy(&ino);
		inode_drop(&ino);
	}
}

void mdt_export_gone(struct export *exp)
{
	struct open_file *of;

	while ((of = TAILQ_FIRST(&exp->opens)))
		open_close(of);
}

struct fids {
	struct fid	fid[1024];
	unsigned int	n;
};

static int orphan_cb(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct fids *f = arg;
	const struct { uint64_t seq; uint32_t oid, ver; } __packed *k = key;

	(void)val;
	(void)vlen;
	if (klen != sizeof(*k) || f->n == ARRAY_SIZE(f->fid))
		return 1;
	f->fid[f->n++] = (struct fid){ be64toh(k->seq), be32toh(k->oid),
				       be32toh(k->ver) };
	return 0;
}

static void remake_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	layout_remake(arg);
}

/* Whoever had them open has come back by now, or never will */
void mdt_recovery_done(struct target *t)
{
	struct fids *f = xzalloc(sizeof(*f));
	struct inode ino;

	store_walk(DB_ORPHAN, "", 0, 0, orphan_cb, f);
	for (unsigned int i = 0; i < f->n; i++) {
		if (inode_get(&f->fid[i], &ino) || ino.nlink ||
		    open_any(&ino.fid))
			continue;
		log_info("%s: destroying orphan %s", t->name,
			 fid_str(&ino.fid));
		layout_destroy(&ino);
		inode_drop(&ino);
	}
	free(f);
	if (srv.cfg.object_ms >= 0) {
		struct timeval tv = { srv.cfg.object_ms / 1000,
				      srv.cfg.object_ms % 1000 * 1000 };

		event_base_once(srv.base, -1, EV_TIMEOUT, remake_cb, t, &tv);
	}
}

void mdt_start(void)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind == TGT_MDT && !recovering(&srv.tgts[i]))
			mdt_recovery_done(&srv.tgts[i]);
}

/* ---- the steps of an open ---- */

/* Finds the object. 0 go on, 1 answer now, or REQ_ASYNC */
static int lookup(struct req *req, struct open_ctx *o)
{
	struct fid dir = fid_host(&o->r->cr_fid1);
	struct fid child = fid_host(&o->r->cr_fid2);
	struct dirent_val v;

	o->disp |= DISP_LOOKUP_EXECD;
	if (o->flags & MDS_OPEN_BY_FID) {
		if (fid_zero(&child))
			child = dir;
		if (inode_get(&child, &o->ino)) {
			o->status = -ENOENT;
			return 1;
		}
		o->have_ino = true;
		o->disp |= DISP_LOOKUP_POS;
		return 0;
	}
	if (le32_to_cpu(o->r->cr_bias) & MDS_CROSS_REF) {
		o->status = inode_get(&dir, &o->ino);
		o->have_ino = !o->status;
		o->disp |= o->have_ino ? DISP_LOOKUP_POS : 0;
		return o->status ? 1 : 0;
	}
	if (inode_get(&dir, &o->dir)) {
		o->status = -ENOENT;
		return 1;
	}
	o->have_dir = true;
	o->nameless = o->flags & MDS_OPEN_VOLATILE;
	if (!S_ISDIR(o->dir.mode)) {
		o->status = -ENOTDIR;
		return 1;
	}
	if (mdt_access(&o->dir, &o->cred, 1)) {
		o->status = -EACCES;
		return 1;
	}
	lmv_name(req, &o->dir, o->name);
	if (o->nameless || name_get(&dir, o->name, &v)) {
		o->disp |= DISP_LOOKUP_NEG;
		o->status = mdt_nokey(&o->dir);
		if (o->status)
			return 1;
		return o->flags & MDS_OPEN_CREAT ? 0 : 1;
	}
	o->disp |= DISP_LOOKUP_POS;
	if (v.mdt != req->tgt->index) {
		o->ino.fid = v.fid;
		o->remote = true;
		return 1;
	}
	if (inode_get(&v.fid, &o->ino)) {
		o->status = -ENOENT;
		return 1;
	}
	o->have_ino = true;
	if ((o->flags & MDS_OPEN_CREAT) && (o->flags & MDS_OPEN_EXCL)) {
		o->status = -EEXIST;
		return 1;
	}
	return 0;
}

static int create(struct req *req, struct open_ctx *o)
{
	size_t ealen = o->flags & (MDS_OPEN_HAS_EA | MDS_OPEN_HAS_OBJS) ?
		       req_buflen(req, 7) : 0;
	int rc;

	o->disp |= DISP_OPEN_CREATE;
	if (mdt_readonly(req)) {
		o->status = -EROFS;
		return 1;
	}
	if (mdt_access(&o->dir, &o->cred, 3)) {
		o->status = -EACCES;
		return 1;
	}
	if (!o->nameless &&
	    mdt_revoke(req, &o->dir.fid, LCK_EX, MDS_INODELOCK_UPDATE))
		return REQ_ASYNC;
	rc = mdt_create(req, &o->dir, o->nameless ? NULL : o->name, o->r,
			&o->cred, &o->ino);
	if (!rc && !(o->flags & MDS_OPEN_DELAY_CREATE)) {
		rc = layout_create(&o->ino, &o->dir,
				   ealen ? req_buf(req, 7, 1) : NULL, ealen);
		if (rc) {
			if (!o->nameless)
				name_del(&o->dir.fid, o->name);
			inode_drop(&o->ino);
		}
	}
	if (rc) {
		req->transno = 0;
		o->status = rc;
		return 1;
	}
	inode_put(&o->ino);
	o->have_ino = true;
	req->want_ack = true;
	return 0;
}

static int check_type(struct open_ctx *o)
{
	bool write = o->flags & (MDS_FMODE_WRITE | MDS_OPEN_TRUNC);

	if (S_ISDIR(o->ino.mode)) {
		if (write || (o->flags & MDS_OPEN_CREAT))
			return -EISDIR;
		return 0;
	}
	if (o->flags & MDS_OPEN_DIRECTORY)
		return -ENOTDIR;
	return 0;
}

static int check_perm(struct open_ctx *o)
{
	uint32_t want = 0;

	if (o->flags & MDS_FMODE_READ)
		want |= 4;
	if (o->flags & (MDS_FMODE_WRITE | MDS_OPEN_TRUNC))
		want |= 2;
	if (o->flags & MDS_FMODE_EXEC)
		want = 1;
	if ((o->flags & MDS_FMODE_WRITE) &&
	    (o->ino.flags & LUSTRE_IMMUTABLE_FL))
		return -EPERM;
	if ((o->flags & MDS_FMODE_WRITE) && (o->ino.flags & LUSTRE_APPEND_FL) &&
	    !(o->flags & MDS_OPEN_APPEND))
		return -EPERM;
	if ((o->flags & MDS_OPEN_OWNEROVERRIDE) && o->cred.uid == o->ino.uid)
		return 0;
	if (!mdt_access(&o->ino, &o->cred, want))
		return 0;
	o->disp |= DISP_OPEN_DENY;
	return -EACCES;
}

/* A file that is going to be written needs objects */
static int want_layout(struct req *req, struct open_ctx *o)
{
	bool has_ea = o->flags & MDS_OPEN_HAS_EA;
	struct inode dir;
	int rc;

	if (!S_ISREG(o->ino.mode) || !(o->flags & MDS_FMODE_WRITE))
		return 0;
	if (layout_exists(&o->ino))
		return has_ea && !(o->disp & DISP_OPEN_CREATE) ? -EEXIST : 0;
	o->disp |= DISP_OPEN_STRIPE;
	if (o->flags & MDS_OPEN_DELAY_CREATE)
		return 0;
	if (mdt_revoke(req, &o->ino.fid, LCK_EX, MDS_INODELOCK_LAYOUT))
		return REQ_ASYNC;
	rc = inode_get(&o->ino.parent, &dir);
	rc = layout_create(&o->ino, rc ? NULL : &dir,
			   has_ea ? req_buf(req, 7, 1) : NULL,
			   has_ea ? req_buflen(req, 7) : 0);
	if (!rc)
		inode_put(&o->ino);
	return rc;
}

static int evaluate(struct req *req, struct open_ctx *o)
{
	int rc = lookup(req, o);

	if (rc)
		return rc;
	if (!o->have_ino) {
		rc = create(req, o);
		if (rc)
			return rc;
	} else {
		o->status = check_type(o);
		if (o->status)
			return 1;
		if (!S_ISREG(o->ino.mode) && !S_ISDIR(o->ino.mode))
			return 1;	/* the client opens it by itself */
		o->status = check_perm(o);
		if (!o->status && S_ISREG(o->ino.mode))
			o->status = mdt_nokey(&o->ino);
		if (o->status)
			return 1;
	}
	if (mdt_readonly(req) && (o->flags & MDS_FMODE_WRITE)) {
		o->status = -EROFS;
		return 1;
	}
	rc = o->flags & MDS_OPEN_LEASE ?
	     lease_check(req, &o->ino.fid, o->r->cr_open_handle_old) :
	     lease_break(req, &o->ino.fid);
	if (!rc)
		rc = want_layout(req, o);
	if (rc == REQ_ASYNC)
		return rc;
	o->disp |= DISP_OPEN_OPEN;
	o->status = rc;
	if (rc)
		return 1;
	mdt_transno(req);
	o->handle = open_new(req->exp, &o->ino.fid, o->flags, 0)->cookie;
	return 0;
}

/* The lock of data on the MDT comes with the open, if it is free */
static bool dom_lock(struct req *req, struct open_ctx *o,
		     struct ldlm_reply *rep, struct mdt_body *b,
		     const struct ldlm_res_id *id, uint64_t bits)
{
	uint32_t mode = o->flags & (MDS_FMODE_WRITE | MDS_OPEN_TRUNC) ?
			LCK_PW : LCK_PR;

	if (!ldlm_intent_grant(req, rep, id, mode, bits | MDS_INODELOCK_DOM,
			       MDS_INODELOCK_DOM))
		return false;
	dom_body(b, &o->ino);
	if (o->flags & MDS_FMODE_READ)
		dom_inline(req, &o->ino);
	return true;
}

/* Mode and bits of the lock that goes with the reply */
static bool open_lock(struct req *req, struct open_ctx *o,
		      struct ldlm_reply *rep, struct mdt_body *b)
{
	uint64_t bits = MDS_INODELOCK_LOOKUP | MDS_INODELOCK_UPDATE |
			MDS_INODELOCK_LAYOUT | MDS_INODELOCK_PERM;
	struct lu_fid wire = fid_wire(&o->ino.fid);
	uint32_t mode = LCK_PR;
	uint64_t need = 0;
	struct ldlm_res_id id;

	if (o->status || o->flags & MDS_OPEN_HAS_EA)
		return false;
	if (o->flags & MDS_OPEN_LEASE) {
		need = bits = MDS_INODELOCK_OPEN;
		mode = LCK_PW;	/* whatever it is for */
	} else if (o->flags & MDS_OPEN_LOCK) {
		need = MDS_INODELOCK_OPEN;
		bits = MDS_INODELOCK_LOOKUP | MDS_INODELOCK_OPEN;
		if (o->flags & MDS_FMODE_WRITE)
			mode = LCK_CW;
		else if (!(o->flags & MDS_FMODE_EXEC))
			mode = LCK_CR;
		if (mode == LCK_CR && S_ISREG(o->ino.mode))
			bits |= MDS_INODELOCK_LAYOUT;
	} else if (!S_ISREG(o->ino.mode)) {
		return false;
	}
	if (le32_to_cpu(o->r->cr_bias) & MDS_CROSS_REF)
		bits &= ~MDS_INODELOCK_LOOKUP;
	ldlm_fid_res(&id, &wire);
	if (!need && dom_end(&o->ino) && dom_lock(req, o, rep, b, &id, bits))
		return true;
	if (!ldlm_intent_grant(req, rep, &id, mode, bits, need))
		return false;
	if (need)
		o->disp |= DISP_OPEN_LOCK;
	if (o->flags & MDS_OPEN_LEASE) {
		struct open_file *of = open_find(o->handle);

		o->disp |= DISP_OPEN_LEASE;
		if (of)
			of->lease = rep->lock_handle.cookie;
	}
	return true;
}

static int open_reply(struct req *req, struct open_ctx *o)
{
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));
	struct mdt_body *b = rep_add(req, sizeof(*b));
	uint64_t ea = OBD_MD_FLEASIZE | OBD_MD_FLMODEASIZE;
	bool locked;

	if (req->exp->flags & OBD_CONNECT_ACL)
		ea |= OBD_MD_FLACL;
	if (o->have_ino && (!o->status || o->status == -EEXIST ||
			    o->status == -EACCES)) {
		body_fill(req, b, &o->ino);
		b->mbo_handle = o->handle;
		mdt_add_ea(req, b, &o->ino, o->status ? 0 : ea, 65536);
	} else {
		if (o->remote) {
			b->mbo_fid1 = fid_wire(&o->ino.fid);
			b->mbo_valid = cpu_to_le64(OBD_MD_FLID | OBD_MD_MDS);
		}
		rep_add(req, 0);
		rep_add(req, 0);
	}
	rep_add(req, 0);
	rep_add(req, 0);
	rep_add(req, sizeof(struct niobuf_remote));
	for (int i = 0; i < 3; i++)
		rep_add(req, 0);
	if (o->remote) {
		struct ldlm_res_id id;

		ldlm_fid_res(&id, &b->mbo_fid1);
		locked = ldlm_intent_grant(req, rep, &id, LCK_PR,
					   MDS_INODELOCK_LOOKUP,
					   MDS_INODELOCK_LOOKUP);
	} else {
		locked = o->have_ino && open_lock(req, o, rep, b);
	}
	rep->lock_policy_res1 = cpu_to_le64(o->disp | DISP_IT_EXECD);
	rep->lock_policy_res2 = cpu_to_le64((int64_t)o->status);
	return locked ? 0 : ELDLM_LOCK_ABORTED;
}

/* The client had this open before we restarted */
static int replay(struct req *req, struct open_ctx *o)
{
	struct fid fid = fid_host(&o->r->cr_fid2);
	struct fid dir = fid_host(&o->r->cr_fid1);
	struct open_file *of;
	size_t ealen = req_buflen(req, 7);

	o->have_ino = !inode_get(&fid, &o->ino);
	if (!o->have_ino) {
		if (!(o->flags & MDS_OPEN_CREAT) || inode_get(&dir, &o->dir))
			return -EFAULT;
		o->disp |= DISP_LOOKUP_EXECD | DISP_LOOKUP_NEG |
			   DISP_OPEN_CREATE;
		o->status = mdt_create(req, &o->dir,
				       o->flags & MDS_OPEN_VOLATILE ? NULL :
				       o->name, o->r, &o->cred, &o->ino);
		if (!o->status && ealen > sizeof(struct lov_mds_md_v1))
			o->status = layout_restore(req, &o->ino,
						   req_buf(req, 7, 1), ealen);
		if (o->status)
			return open_reply(req, o);
		inode_put(&o->ino);
		o->have_ino = true;
		req->want_ack = true;
	} else {
		o->disp |= DISP_LOOKUP_EXECD | DISP_LOOKUP_POS;
		if (o->flags & MDS_OPEN_CREAT)
			o->disp |= DISP_OPEN_CREATE;
	}
	mdt_transno(req);
	of = open_find(o->r->cr_open_handle_old);
	if (of && of->exp == req->exp)
		open_close(of);
	o->disp |= DISP_OPEN_OPEN;
	o->handle = open_new(req->exp, &fid, o->flags, 0)->cookie;
	return open_reply(req, o);
}

/* A file without a name is known by its name, by a flag, and by the bias */
static bool volatile_ok(const struct open_ctx *o)
{
	static const char head[] = ".\x0c\x13\x14\x12:VOLATILE:";
	bool named = o->name && !strncmp(o->name, head, sizeof(head) - 1);
	bool biased = le32_to_cpu(o->r->cr_bias) & MDS_CREATE_VOLATILE;

	if (!(o->flags & MDS_OPEN_VOLATILE))
		return !biased;
	return named && biased && (o->flags & MDS_OPEN_CREAT);
}

int mdt_intent_open(struct req *req, bool creat)
{
	struct open_ctx o = { .disp = DISP_IT_EXECD };
	int rc;

	o.r = req_buf(req, 3, sizeof(*o.r));
	if (!o.r || le32_to_cpu(o.r->cr_opcode) != REINT_OPEN)
		return -EPROTO;
	o.flags = le32_to_cpu(o.r->cr_flags_l) |
		  (uint64_t)le32_to_cpu(o.r->cr_flags_h) << 32;
	if (!(o.flags & (MDS_FMODE_READ | MDS_FMODE_WRITE | MDS_FMODE_EXEC)) ||
	    (creat && !(o.flags & MDS_OPEN_CREAT)))
		return -EPROTO;
	if (o.flags & MDS_OPEN_PCC)
		return -EOPNOTSUPP;
	if ((o.flags & MDS_OPEN_LEASE) &&
	    !((o.flags & MDS_OPEN_LOCK) && (o.flags & MDS_OPEN_BY_FID)))
		return -EPROTO;
	if ((o.flags & (MDS_OPEN_RESYNC | MDS_OPEN_RELEASE)) &&
	    (~o.flags & (MDS_OPEN_LEASE | MDS_FMODE_WRITE)))
		return -EPROTO;
	rec_cred((const struct mdt_rec_reint *)o.r, &o.cred);
	if (req_buflen(req, 6)) {
		o.name = req_name(req, 6);
		if (!o.name || strchr(o.name, '/') ||
		    strlen(o.name) > MDT_NAME_MAX)
			return -EPROTO;
	}
	if (!volatile_ok(&o))
		return -EPROTO;
	if (req->flags & MSG_REPLAY)
		return o.name ? replay(req, &o) : -EPROTO;
	if (!(o.flags & MDS_OPEN_BY_FID) && (!o.name || !*o.name) &&
	    !(le32_to_cpu(o.r->cr_bias) & MDS_CROSS_REF))
		return -EPROTO;
	rc = evaluate(req, &o);
	if (rc == REQ_ASYNC)
		return rc;
	return open_reply(req, &o);
}

/* ---- close ---- */

static void close_attrs(struct inode *ino, const struct mdt_rec_setattr *r)
{
	uint64_t valid = le64_to_cpu(r->sa_valid);
	int64_t ctime = le64_to_cpu(r->sa_ctime);
	int64_t mtime = le64_to_cpu(r->sa_mtime);
	int64_t atime = le64_to_cpu(r->sa_atime);

	if ((valid & MDS_ATTR_CTIME_SET) && ctime > ino->ctime) {
		ino->ctime = ctime;
		if ((valid & MDS_ATTR_MTIME_SET) && mtime > ino->mtime)
			ino->mtime = mtime;
	}
	if ((valid & MDS_ATTR_ATIME_SET) && atime > ino->atime + ATIME_DIFF)
		ino->atime = atime;
	if (!S_ISREG(ino->mode) || !layout_exists(ino) ||
	    ino->has_lazy == SIZE_STRICT || ino->has_lazy == SIZE_SYNC)
		return;
	if (valid & MDS_ATTR_LSIZE) {
		ino->size = le64_to_cpu(r->sa_size);
		ino->has_lazy = SIZE_LAZY;
	}
	if (valid & MDS_ATTR_LBLOCKS)
		ino->blocks = le64_to_cpu(r->sa_blocks);
}

int handle_close(struct req *req)
{
	const struct mdt_ioepoch *io = req_buf(req, 1, sizeof(*io));
	const struct mdt_rec_setattr *r = req_buf(req, 2, sizeof(*r));
	struct open_file *of;
	struct mdt_body *b;
	struct inode ino;
	bool done = false;
	int rc = 0;

	if (!io || !r || le32_to_cpu(r->sa_opcode) != REINT_SETATTR)
		return -EPROTO;
	of = open_find(io->mio_open_handle);
	if (of && of->exp == req->exp && !inode_get(&of->fid, &ino))
		done = lease_intent(req, of, &ino, &rc);
	if (rc == REQ_ASYNC || rc == -EPROTO)
		return rc;
	b = rep_add(req, sizeof(*b));
	if (done)
		b->mbo_valid = cpu_to_le64(OBD_MD_CLOSE_INTENT_EXECED);
	for (int i = 0; i < 4; i++)
		rep_add(req, 0);
	if (!of || of->exp != req->exp)
		return -ESTALE;
	if (!inode_get(&of->fid, &ino)) {
		struct fid fid = fid_host(&r->sa_fid);

		if (!fid_zero(&fid) && !fid_eq(&fid, &of->fid))
			log_warn("close of %s names %s", fid_str(&of->fid),
				 fid_str(&fid));
		close_attrs(&ino, r);
		inode_put(&ino);
		if (le32_to_cpu(r->sa_bias) & MDS_DATA_MODIFIED)
			hsm_modified(&of->fid);
	}
	mdt_transno(req);
	open_close(of);
	return rc;
}

/* ---- replies that are sent again ---- */

/* A kept reply may name a handle and a lock from before a restart */
void mdt_reply_revive(struct req *req, struct buf *msg)
{
	const struct mdt_rec_create *r;
	const struct lustre_msg_v2 *lm;
	struct ldlm_reply *rep;
	struct ptlrpc_body *pb;
	struct mdt_body *b;
	uint32_t n;
	size_t len;

	if (req->opc != LDLM_ENQUEUE || msg_check(msg, &lm, &n) || n < 3)
		return;
	pb = (struct ptlrpc_body *)msg_buf(lm, 0, &len);
	rep = (struct ldlm_reply *)msg_buf(lm, 1, &len);
	if (len < sizeof(*rep))
		return;
	if (rep->lock_handle.cookie && !ldlm_find(rep->lock_handle.cookie)) {
		rep->lock_handle.cookie = 0;
		memset(&rep->lock_desc, 0, sizeof(rep->lock_desc));
		rep->lock_flags = 0;
		pb->pb_status = cpu_to_le32(ELDLM_LOCK_ABORTED);
	}
	b = (struct mdt_body *)msg_buf(lm, 2, &len);
	r = req_buf(req, 3, sizeof(*r));
	if (len < sizeof(*b) || !r || !b->mbo_handle ||
	    open_find(b->mbo_handle))
		return;
	open_new(req->exp, &(struct fid){ le64_to_cpu(b->mbo_fid1.f_seq),
					  le32_to_cpu(b->mbo_fid1.f_oid),
					  le32_to_cpu(b->mbo_fid1.f_ver) },
		 le32_to_cpu(r->cr_flags_l) |
		 (uint64_t)le32_to_cpu(r->cr_flags_h) << 32, b->mbo_handle);
}
