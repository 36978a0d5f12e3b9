// SPDX-License-Identifier: GPL-2.0-only
/* The layout intent: a layout with its lock, and objects where none are yet */
#include "lov.h"
#include "store.h"

/* One intent under evaluation */
struct lay_it {
	const struct ldlm_request *dlm;
	uint32_t	opc;
	uint64_t	start, end;
	struct inode	ino;
};

static bool modifies(uint32_t opc)
{
	return opc == LAYOUT_INTENT_WRITE || opc == LAYOUT_INTENT_TRUNC;
}

/* What a real client never gets wrong, and our own tests should not either */
static void look_closely(struct req *req, const struct lay_it *it)
{
	const struct ldlm_lock_desc *d = &it->dlm->lock_desc;
	uint32_t mode = modifies(it->opc) ? LCK_EX : LCK_CR;

	if (le64_to_cpu(d->l_policy_data.l_inodebits.bits) !=
	    MDS_INODELOCK_LAYOUT)
		req_wrong(req, "a layout intent for other bits than LAYOUT");
	if (le32_to_cpu(d->l_req_mode) != mode)
		req_wrong(req, "a layout intent with the wrong lock mode");
	if (req->bufcount < 5)
		req_wrong(req, "a layout intent without an EADATA buffer");
	else if (req_buflen(req, 4) && !(req->flags & MSG_REPLAY))
		req_wrong(req, "a layout intent with a layout, but no replay");
	if (!modifies(it->opc))
		return;
	if ((req->exp->flags & OBD_CONNECT_MULTIMODRPCS) && !req->tag &&
	    !(req->flags & MSG_REPLAY))
		req_wrong(req, "a layout is changed without a modifying slot");
	if (it->start >= it->end ||
	    (it->opc == LAYOUT_INTENT_TRUNC && it->start))
		req_wrong(req, "a layout intent for no such range");
}

/* One of its mirrors is going to be written: who writes knows the size */
static void size_lazy(struct inode *ino)
{
	if (ino->has_lazy != SIZE_SYNC)
		return;
	ino->has_lazy = SIZE_LAZY;
	inode_put(ino);
}

/* Before a restart it was changed already: take back what came of it */
static int replay(struct req *req, struct lay_it *it)
{
	size_t len = req_buflen(req, 4);

	if (!len) {
		req_wrong(req, "a layout intent replayed without its layout");
		return -EINVAL;
	}
	mdt_transno(req);
	size_lazy(&it->ino);
	return layout_restore(req, &it->ino, req_buf(req, 4, 1), len);
}

static int change(struct req *req, struct lay_it *it)
{
	struct lov *l = lov_get(&it->ino.fid);
	struct inode dir;
	int rc = 0;

	if (!l) {
		rc = layout_create(&it->ino, inode_get(&it->ino.parent, &dir) ?
				   NULL : &dir, NULL, 0);
		if (rc)
			return rc;
		inode_put(&it->ino);
		mdt_transno(req);
		l = lov_get(&it->ino.fid);
	}
	if (it->end > flr_end(l)) {
		rc = -EINVAL;
	} else {
		/* A truncate changes all from the last byte told of on. */
		bool trunc = it->opc == LAYOUT_INTENT_TRUNC;
		uint64_t start = trunc ? it->end - 1 : it->start;
		uint64_t end = trunc ? OBD_OBJECT_EOF : it->end;
		int made = layout_instantiate(&it->ino, l, it->end, l->mirrors ?
					      flr_primary_in(l, start, end) :
					      LOV_ALL_MIRRORS);

		rc = made < 0 ? made : flr_write(l, start, end);
		if (rc >= 0)
			rc += made;
	}
	if (rc > 0) {
		mdt_transno(req);
		l->gen++;
		flr_push(l);
		rc = lov_put(&it->ino, l);
		size_lazy(&it->ino);
	}
	lov_free(l);
	return rc;
}

/* The lock comes when the data are back, and nothing with it. */
static int wait_for_data(struct req *req, struct ldlm_reply *rep,
			 const struct lay_it *it)
{
	struct resource *res = ldlm_res(req->tgt->ns,
					&it->dlm->lock_desc.l_resource.lr_name,
					LDLM_IBITS, true);
	uint64_t client = it->dlm->lock_handle[0].cookie;
	struct lock *l = ldlm_find_client(req->exp, client);

	if (!l) {
		l = ldlm_lock_new(req->exp, res, client, LCK_CR);
		l->want.bits = MDS_INODELOCK_LAYOUT;
	}
	rep->lock_flags = cpu_to_le32(LDLM_FL_HAS_INTENT |
				      (l->granted ? 0 : LDLM_FL_BLOCK_GRANTED));
	ldlm_desc_fill(&rep->lock_desc, l);
	rep->lock_handle.cookie = l->cookie;
	return 0;
}

static int answer(struct req *req, const struct lay_it *it)
{
	uint64_t bits = MDS_INODELOCK_LAYOUT;
	struct ldlm_reply *rep = rep_add(req, sizeof(*rep));
	struct lock *l;
	size_t len = 0;
	void *ea = NULL;

	if (!hsm_restoring(&it->ino.fid) &&
	    !xattr_get(&it->ino.fid, XATTR_LOV, NULL, &len)) {
		ea = xzalloc(len);
		xattr_get(&it->ino.fid, XATTR_LOV, ea, &len);
		layout_told(ea);
	}
	rep_add_data(req, ea, len);
	free(ea);
	rep->lock_policy_res1 = cpu_to_le64(DISP_IT_EXECD);
	if (modifies(it->opc))
		bits |= MDS_INODELOCK_UPDATE;
	if (hsm_restoring(&it->ino.fid))
		return wait_for_data(req, rep, it);
	l = ldlm_intent_grant(req, rep, &it->dlm->lock_desc.l_resource.lr_name,
			      LCK_CR, bits, MDS_INODELOCK_LAYOUT);
	if (l && !modifies(it->opc))
		rep->lock_flags &= ~cpu_to_le32(LDLM_FL_LOCK_CHANGED);
	return l ? 0 : ELDLM_LOCK_ABORTED;
}

int mdt_intent_layout(struct req *req)
{
	const struct layout_intent *li = req_buf(req, 3, sizeof(*li));
	const struct ldlm_res_id *id;
	struct lay_it it = { 0 };
	struct fid fid;
	int rc = 0;

	if (!li)
		return -EPROTO;
	it.dlm = req_buf(req, 1, sizeof(*it.dlm));
	it.opc = le32_to_cpu(li->lai_opc);
	it.start = le64_to_cpu(li->lai_extent.e_start);
	it.end = le64_to_cpu(li->lai_extent.e_end);
	id = &it.dlm->lock_desc.l_resource.lr_name;
	fid = (struct fid){ le64_to_cpu(id->name[0]),
			    (uint32_t)le64_to_cpu(id->name[1]),
			    le64_to_cpu(id->name[1]) >> 32 };
	if (it.opc != LAYOUT_INTENT_ACCESS && !modifies(it.opc))
		return it.opc <= LAYOUT_INTENT_RESTORE ? -E_NOTSUPP : -EINVAL;
	if (!req->restarts)
		look_closely(req, &it);
	if (inode_get(&fid, &it.ino))
		return -ENOENT;
	if (!S_ISREG(it.ino.mode) || (modifies(it.opc) && it.start >= it.end))
		return -EINVAL;
	if (modifies(it.opc)) {
		if (mdt_readonly(req))
			return -EROFS;
		if (mdt_revoke(req, &fid, LCK_EX, MDS_INODELOCK_LAYOUT))
			return REQ_ASYNC;
		rc = req->flags & MSG_REPLAY ? replay(req, &it) :
					       change(req, &it);
	}
	return rc ? rc : answer(req, &it);
}
