// SPDX-License-Identifier: GPL-2.0-only
/* Enqueues with an intent: getattr, lookup, layout; others are passed on */
#include "dom.h"

/* Reply to an intent that ended without a lock and with nothing to show */
static int negative(struct req *req, uint64_t disp, int status, unsigned int n)
{
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));

	rep->lock_policy_res1 = cpu_to_le64(disp);
	rep->lock_policy_res2 = cpu_to_le64((int64_t)status);
	rep_add(req, sizeof(struct mdt_body));
	while (n--)
		rep_add(req, 0);
	return ELDLM_LOCK_ABORTED;
}

/* The object is served by another MDT: say where its name leads */
static int remote(struct req *req, const struct fid *fid, uint64_t disp)
{
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));
	struct mdt_body *b = rep_add(req, sizeof(*b));
	struct lu_fid wire = fid_wire(fid);
	struct ldlm_res_id id;

	for (int i = 0; i < 6; i++)
		rep_add(req, 0);
	rep->lock_policy_res1 = cpu_to_le64(disp);
	b->mbo_fid1 = wire;
	b->mbo_valid = cpu_to_le64(OBD_MD_FLID | OBD_MD_MDS);
	ldlm_fid_res(&id, &wire);
	return ldlm_intent_grant(req, rep, &id, LCK_PR, MDS_INODELOCK_LOOKUP,
				 MDS_INODELOCK_LOOKUP) ?
	       0 : ELDLM_LOCK_ABORTED;
}

static int found(struct req *req, const struct mdt_body *in,
		 const struct inode *ino, uint64_t disp, bool lookup,
		 bool crossref)
{
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));
	struct mdt_body *b = rep_add(req, sizeof(*b));
	uint64_t bits = MDS_INODELOCK_LOOKUP | MDS_INODELOCK_PERM;
	struct lu_fid wire = fid_wire(&ino->fid);
	bool dom = dom_end(ino);
	struct ldlm_res_id id;
	struct lock *l;

	body_fill(req, b, ino);
	mdt_add_ea(req, b, ino, le64_to_cpu(in->mbo_valid),
		   srv.bare ? 0 : le32_to_cpu(in->mbo_eadatasize));
	rep_add(req, 0);
	rep_add(req, 0);
	dmv_add(req, b, ino);
	rep_add(req, 0);
	rep->lock_policy_res1 = cpu_to_le64(disp);
	if (!lookup)
		bits |= MDS_INODELOCK_UPDATE;
	if (S_ISREG(ino->mode) && !srv.bare &&
	    (!lookup || b->mbo_eadatasize))
		bits |= MDS_INODELOCK_LAYOUT;
	if (crossref)
		bits &= ~MDS_INODELOCK_LOOKUP;
	ldlm_fid_res(&id, &wire);
	/* Who writes data on the MDT may hold these with the data. */
	if (dom && mdt_revoke(req, &ino->fid, LCK_PR,
			      bits & ~MDS_INODELOCK_LAYOUT))
		return REQ_ASYNC;
	if (dom)
		bits |= MDS_INODELOCK_DOM;
	l = ldlm_intent_grant(req, rep, &id, LCK_PR, bits, 0);
	if (l && (l->pol.bits & MDS_INODELOCK_DOM))
		dom_body(b, ino);
	return l ? 0 : ELDLM_LOCK_ABORTED;
}

/* Of data on the MDT, by clients that can't take the size out of the lock */
static int intent_glimpse(struct req *req)
{
	const struct ldlm_request *dlm = req_buf(req, 1, sizeof(*dlm));
	const struct ldlm_res_id *id = &dlm->lock_desc.l_resource.lr_name;
	struct fid fid = { le64_to_cpu(id->name[0]),
			   (uint32_t)le64_to_cpu(id->name[1]),
			   le64_to_cpu(id->name[1]) >> 32 };
	struct ldlm_reply *rep;
	struct mdt_body *b;
	struct inode ino;

	if (inode_get(&fid, &ino))
		return -ENOENT;
	if (!dom_end(&ino))
		return -EINVAL;
	if (mdt_revoke(req, &fid, LCK_PR, MDS_INODELOCK_DOM))
		return REQ_ASYNC;
	rep = rep_add(req, sizeof(*rep));
	b = rep_add(req, sizeof(*b));
	body_fill(req, b, &ino);
	dom_body(b, &ino);
	rep->lock_policy_res1 = cpu_to_le64(DISP_IT_EXECD);
	return ldlm_intent_grant(req, rep, id, LCK_PR, MDS_INODELOCK_DOM,
				 MDS_INODELOCK_DOM) ? 0 : ELDLM_LOCK_ABORTED;
}

static int intent_getattr(struct req *req, bool lookup)
{
	const struct mdt_body *in = body_get(req, 3, true);
	uint64_t disp = DISP_IT_EXECD | DISP_LOOKUP_EXECD;
	const char *name = NULL;
	struct dirent_val v;
	struct inode dir, ino;
	struct cred c;
	struct fid fid;
	bool crossref;

	if (!in)
		return -EPROTO;
	if (req_buflen(req, 5)) {
		name = req_name(req, 5);
		if (!name || strchr(name, '/'))
			return -EPROTO;
	}
	crossref = le64_to_cpu(in->mbo_valid) & OBD_MD_FLCROSSREF;
	fid = fid_host(&in->mbo_fid1);
	body_cred(in, &c);
	if (!name || !*name) {
		struct fid two = fid_host(&in->mbo_fid2);

		if (!fid_zero(&two))
			fid = two;
		if (!fid_sane(&fid))
			return -EINVAL;
		if (inode_get(&fid, &ino))
			return negative(req, disp | DISP_LOOKUP_NEG, -ENOENT, 6);
		return found(req, in, &ino, disp | DISP_LOOKUP_POS, lookup,
			     crossref);
	}
	if (!fid_sane(&fid))
		return -EINVAL;
	if (strlen(name) > MDT_NAME_MAX)
		return negative(req, disp, -ENAMETOOLONG, 6);
	if (inode_get(&fid, &dir))
		return negative(req, disp, -ENOENT, 6);
	if (!S_ISDIR(dir.mode))
		return negative(req, disp, -ENOTDIR, 6);
	if (mdt_access(&dir, &c, 1))
		return negative(req, disp, -EACCES, 6);
	lmv_name(req, &dir, name);
	if (name_get(&fid, name, &v))
		return negative(req, disp | DISP_LOOKUP_NEG, mdt_nokey(&dir),
				6);
	disp |= DISP_LOOKUP_POS;
	if (v.mdt != req->tgt->index)
		return remote(req, &v.fid, disp);
	if (inode_get(&v.fid, &ino))
		return negative(req, disp, -ENOENT, 6);
	return found(req, in, &ino, disp, lookup, false);
}

int mdt_intent(struct req *req)
{
	const struct ldlm_intent *it = req_buf(req, 2, sizeof(*it));

	if (!it)
		return -EPROTO;
	rep_reset(req);
	switch (le64_to_cpu(it->opc)) {
	case IT_OPEN:
		return mdt_intent_open(req, false);
	case IT_OPEN | IT_CREAT:
		return mdt_intent_open(req, true);
	case IT_GETATTR:
		return intent_getattr(req, false);
	case IT_LOOKUP:
		return intent_getattr(req, true);
	case IT_LAYOUT:
		return mdt_intent_layout(req);
	case IT_GETXATTR:
		return mdt_intent_getxattr(req);
	case IT_GLIMPSE:
		return intent_glimpse(req);
	}
	log_warn("intent %#" PRIx64 " is not served",
		 (uint64_t)le64_to_cpu(it->opc));
	return -EOPNOTSUPP;
}
