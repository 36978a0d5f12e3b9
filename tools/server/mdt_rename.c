// SPDX-License-Identifier: GPL-2.0-only
/* REINT_RENAME (document 09, 10.6) */
#include "mdt.h"

struct rename_ctx {
	const struct mdt_rec_rename *r;
	const char	*from, *to;
	struct inode	src, dst, ino, victim;
	bool		have_victim, same;
	struct cred	cred;
};

static bool name_ok(const char *name)
{
	return name && *name && !strchr(name, '/') && strcmp(name, ".") &&
	       strcmp(name, "..");
}

/* Would the directory become its own ancestor? */
static bool below(const struct fid *dir, const struct fid *root)
{
	struct fid at = *dir;
	struct inode ino;

	for (int depth = 0; depth < 4096; depth++) {
		if (fid_eq(&at, root))
			return true;
		if (fid_eq(&at, &root_fid) || inode_get(&at, &ino))
			return false;
		at = ino.parent;
	}
	return true;
}

static int load(struct rename_ctx *x)
{
	struct fid f1 = fid_host(&x->r->rn_fid1);
	struct fid f2 = fid_host(&x->r->rn_fid2);
	struct dirent_val v;

	if (!fid_sane(&f1) || !fid_sane(&f2))
		return -EINVAL;
	if (inode_get(&f1, &x->src) || inode_get(&f2, &x->dst))
		return -ENOENT;
	if (!S_ISDIR(x->src.mode) || !S_ISDIR(x->dst.mode))
		return -ENOTDIR;
	if (mdt_nokey(&x->src) || mdt_nokey(&x->dst))
		return -ENOKEY;
	x->same = fid_eq(&f1, &f2);
	if (name_get(&f1, x->from, &v) || inode_get(&v.fid, &x->ino))
		return -ENOENT;
	if (!x->dst.nlink)
		return -ENOENT;
	if (!name_get(&f2, x->to, &v))
		x->have_victim = !inode_get(&v.fid, &x->victim);
	return 0;
}

static int check(struct rename_ctx *x)
{
	bool dir = S_ISDIR(x->ino.mode);

	if (mdt_access(&x->src, &x->cred, 3) ||
	    mdt_access(&x->dst, &x->cred, 3))
		return -EACCES;
	if (!mdt_sticky(&x->src, &x->ino, &x->cred))
		return -EPERM;
	if (dir && below(&x->dst.fid, &x->ino.fid))
		return -EINVAL;
	if (!x->have_victim)
		return 0;
	if (fid_eq(&x->victim.fid, &x->ino.fid))
		return 0;
	if (!mdt_sticky(&x->dst, &x->victim, &x->cred))
		return -EPERM;
	if (dir && !S_ISDIR(x->victim.mode))
		return -ENOTDIR;
	if (!dir && S_ISDIR(x->victim.mode))
		return -EISDIR;
	if (dir && !mdt_dir_empty(&x->victim.fid))
		return -ENOTEMPTY;
	return 0;
}

static bool revoke(struct req *req, struct rename_ctx *x)
{
	bool wait = mdt_revoke(req, &x->src.fid, LCK_EX, MDS_INODELOCK_UPDATE);

	if (!x->same)
		wait |= mdt_revoke(req, &x->dst.fid, LCK_EX,
				   MDS_INODELOCK_UPDATE);
	wait |= mdt_revoke(req, &x->ino.fid, LCK_EX, MDS_INODELOCK_LOOKUP |
			   MDS_INODELOCK_UPDATE);
	if (x->have_victim)
		wait |= mdt_revoke(req, &x->victim.fid, LCK_EX,
				   MDS_INODELOCK_FULL);
	return wait;
}

static void execute(struct req *req, struct rename_ctx *x)
{
	struct inode *dst = x->same ? &x->src : &x->dst;
	int64_t now = le64_to_cpu(x->r->rn_time);
	bool dir = S_ISDIR(x->ino.mode);
	struct dirent_val v = { x->ino.fid, x->ino.mode & S_IFMT, x->ino.mdt };

	mdt_transno(req);
	if (x->have_victim) {
		name_del(&dst->fid, x->to);
		link_del(&x->victim.fid, &dst->fid, x->to);
		x->victim.ctime = now;
		mdt_unref(&x->victim, req->transno);
		if (dir)
			dst->nlink--;
	}
	name_del(&x->src.fid, x->from);
	link_del(&x->ino.fid, &x->src.fid, x->from);
	name_put(&dst->fid, x->to, &v);
	link_add(&x->ino.fid, &dst->fid, x->to);
	if (dir && !x->same) {
		x->src.nlink--;
		dst->nlink++;
	}
	x->ino.parent = dst->fid;
	x->ino.ctime = now;
	x->ino.version = req->transno;
	inode_put(&x->ino);
	x->src.mtime = x->src.ctime = now;
	x->src.version = req->transno;
	if (!x->same) {
		dst->mtime = dst->ctime = now;
		dst->version = req->transno;
		inode_put(dst);
	}
	inode_put(&x->src);
}

static int do_rename(struct req *req, struct rename_ctx *x)
{
	int rc;

	if (!name_ok(x->from) || !name_ok(x->to))
		return -EPROTO;
	if (strlen(x->from) > MDT_NAME_MAX || strlen(x->to) > MDT_NAME_MAX)
		return -ENAMETOOLONG;
	rec_cred((const struct mdt_rec_reint *)x->r, &x->cred);
	ldlm_cancel_buf(req, 6);
	rc = load(x);
	if (!rc)
		rc = check(x);
	if (rc)
		return rc;
	lmv_name(req, &x->src, x->from);
	lmv_name(req, &x->dst, x->to);
	if (x->have_victim && fid_eq(&x->victim.fid, &x->ino.fid)) {
		x->have_victim = false;
		return 0;	/* two names of one file: nothing happens */
	}
	if (revoke(req, x))
		return REQ_ASYNC;
	execute(req, x);
	return 0;
}

int reint_rename(struct req *req)
{
	struct rename_ctx x = { .r = req_buf(req, 1, sizeof(*x.r)) };
	int rc;

	x.from = req_name(req, 4);
	x.to = req_name(req, 5);
	rc = do_rename(req, &x);
	return reint_answer(req, rc, x.have_victim ? &x.victim : NULL);
}
