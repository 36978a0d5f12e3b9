// SPDX-License-Identifier: GPL-2.0-only
/* MDS_REINT: create, link, unlink (document 09, 10) */
#include "mdt.h"
#include "store.h"

#define NLINK_MAX	65000

static int check_new_name(const char *name)
{
	if (!name || !*name || strchr(name, '/') || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return -EPROTO;
	return strlen(name) > MDT_NAME_MAX ? -ENAMETOOLONG : 0;
}

static int dir_get(const struct lu_fid *wire, struct inode *dir)
{
	struct fid fid = fid_host(wire);

	if (!fid_sane(&fid))
		return -EINVAL;
	if (inode_get(&fid, dir))
		return -ENOENT;
	return S_ISDIR(dir->mode) ? 0 : -ENOTDIR;
}

int reint_answer(struct req *req, int rc, const struct inode *ino)
{
	struct mdt_body *b;

	if (rc == REQ_ASYNC)
		return rc;
	b = rep_add(req, sizeof(*b));
	for (int i = 0; i < 4; i++)
		rep_add(req, 0);
	if (rc)
		return rc;
	if (ino)
		body_fill(req, b, ino);
	req->want_ack = true;
	return 0;
}

static void touch_dir(struct inode *dir, int64_t now, uint64_t transno)
{
	dir->mtime = now;
	dir->ctime = now;
	dir->version = transno;
	inode_put(dir);
}

/* Whoever has it open is all that keeps it */
static int create_volatile(struct inode *ino)
{
	struct { uint64_t seq; uint32_t oid, ver; } __packed k = {
		htobe64(ino->fid.seq), htobe32(ino->fid.oid),
		htobe32(ino->fid.ver) };

	ino->nlink = 0;
	ino->entries = VOLATILE_FILE;
	inode_put(ino);
	return store_put(DB_ORPHAN, &k, sizeof(k), "", 0);
}

int mdt_create(struct req *req, struct inode *dir, const char *name,
	       const struct mdt_rec_create *r, const struct cred *c,
	       struct inode *ino)
{
	struct fid fid = fid_host(&r->cr_fid2);
	uint32_t mode = le32_to_cpu(r->cr_mode);
	int64_t now = le64_to_cpu(r->cr_time);
	struct dirent_val v;
	struct inode old;
	int rc = name ? check_new_name(name) : 0;

	if (rc)
		return rc;
	if (!fid_sane(&fid) || fid.seq < FID_SEQ_NORMAL)
		return -EINVAL;
	if (!inode_get(&fid, &old)) {
		log_warn("create of %s, which exists", fid_str(&fid));
		return -EEXIST;
	}
	if (S_ISDIR(mode) && dir->nlink >= NLINK_MAX)
		return -EMLINK;
	if (!dir->nlink)
		return -ENOENT;
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (!S_ISLNK(mode))
		mode &= ~(le32_to_cpu(r->cr_umask) & 0777);
	memset(ino, 0, sizeof(*ino));
	ino->fid = fid;
	ino->parent = dir->fid;
	ino->mdt = req->tgt->index;
	ino->uid = c->uid;
	ino->gid = c->gid;
	if (dir->mode & S_ISGID) {
		ino->gid = dir->gid;
		if (S_ISDIR(mode))
			mode |= S_ISGID;
	}
	ino->mode = mode;
	ino->nlink = S_ISDIR(mode) ? 2 : 1;
	ino->mtime = ino->atime = ino->ctime = ino->btime = now;
	if (S_ISDIR(mode)) {
		ino->size = 4096;
		ino->blocks = 8;
	}
	if (S_ISCHR(mode) || S_ISBLK(mode))
		ino->rdev = le64_to_cpu(r->cr_rdev);
	ino->version = mdt_transno(req);
	if (!name)
		return create_volatile(ino);
	v = (struct dirent_val){ fid, mode & S_IFMT, ino->mdt };
	rc = name_put(&dir->fid, name, &v);
	if (rc)
		return rc;
	link_add(&fid, &dir->fid, name);
	inode_put(ino);
	if (S_ISDIR(mode))
		dir->nlink++;
	touch_dir(dir, now, req->transno);
	return 0;
}

/* ---- create ---- */

static int do_create(struct req *req, struct inode *ino)
{
	const struct mdt_rec_create *r = req_buf(req, 1, sizeof(*r));
	const char *name = req_name(req, 3), *target = NULL;
	uint32_t mode = le32_to_cpu(r->cr_mode);
	struct dirent_val v;
	struct inode dir;
	struct cred c;
	int rc = check_new_name(name);

	if (!rc)
		rc = dir_get(&r->cr_fid1, &dir) ?: mdt_nokey(&dir);
	if (rc)
		return rc;
	if (S_ISLNK(mode)) {
		target = req_name(req, 4);
		if (!target || !*target || req_buflen(req, 4) > 4096)
			return -EINVAL;
	}
	if (S_ISDIR(mode) && req_buflen(req, 4) >= sizeof(struct lmv_user_md)) {
		const struct lmv_user_md *lum = req_buf(req, 4, sizeof(*lum));

		if (le32_to_cpu(lum->lum_stripe_count) > 1)
			return -EOPNOTSUPP;
	}
	rec_cred((const struct mdt_rec_reint *)r, &c);
	ldlm_cancel_buf(req, 5);
	lmv_name(req, &dir, name);
	if (!name_get(&dir.fid, name, &v))
		return -EEXIST;
	if (mdt_access(&dir, &c, 3))
		return -EACCES;
	if (mdt_revoke(req, &dir.fid, LCK_EX, MDS_INODELOCK_UPDATE))
		return REQ_ASYNC;
	rc = mdt_create(req, &dir, name, r, &c, ino);
	if (rc)
		return rc;
	if (S_ISDIR(mode)) {
		rc = lmv_inherit(&dir, ino);
		if (!rc)
			rc = layout_inherit(&dir, ino);
		if (rc)
			return rc;
	}
	if (target) {
		xattr_set(&ino->fid, XATTR_LINK, target, strlen(target) + 1);
		ino->size = strlen(target);
		inode_put(ino);
	}
	return 0;
}

static int reint_create(struct req *req)
{
	const struct mdt_rec_create *r = req_buf(req, 1, sizeof(*r));
	struct mdt_body *b;
	struct inode ino;
	int rc = do_create(req, &ino);

	if (rc == REQ_ASYNC)
		return rc;
	b = rep_add(req, sizeof(*b));
	rep_add(req, 0);
	if (!S_ISLNK(le32_to_cpu(r->cr_mode)))
		rep_add(req, 0);
	if (rc)
		return rc;
	body_fill(req, b, &ino);
	req->want_ack = true;
	return 0;
}

/* ---- link ---- */

static int do_link(struct req *req)
{
	const struct mdt_rec_link *r = req_buf(req, 1, sizeof(*r));
	const char *name = req_name(req, 4);
	struct fid fid = fid_host(&r->lk_fid1);
	struct dirent_val v;
	struct inode dir, ino;
	struct cred c;
	int rc = check_new_name(name);

	if (!rc)
		rc = dir_get(&r->lk_fid2, &dir) ?: mdt_nokey(&dir);
	if (rc)
		return rc;
	if (inode_get(&fid, &ino) || !ino.nlink)
		return -ENOENT;
	if (S_ISDIR(ino.mode))
		return -EPERM;
	if (ino.nlink >= NLINK_MAX)
		return -EMLINK;
	rec_cred((const struct mdt_rec_reint *)r, &c);
	ldlm_cancel_buf(req, 5);
	lmv_name(req, &dir, name);
	if (!name_get(&dir.fid, name, &v))
		return -EEXIST;
	if (mdt_access(&dir, &c, 3))
		return -EACCES;
	if (mdt_revoke(req, &dir.fid, LCK_EX, MDS_INODELOCK_UPDATE) |
	    mdt_revoke(req, &fid, LCK_EX, MDS_INODELOCK_UPDATE))
		return REQ_ASYNC;
	mdt_transno(req);
	v = (struct dirent_val){ fid, ino.mode & S_IFMT, ino.mdt };
	rc = name_put(&dir.fid, name, &v);
	if (rc)
		return rc;
	link_add(&fid, &dir.fid, name);
	ino.nlink++;
	ino.ctime = le64_to_cpu(r->lk_time);
	ino.version = req->transno;
	inode_put(&ino);
	touch_dir(&dir, le64_to_cpu(r->lk_time), req->transno);
	return 0;
}

static int reint_link(struct req *req)
{
	int rc = do_link(req);

	if (rc == REQ_ASYNC)
		return rc;
	rep_add(req, sizeof(struct mdt_body));
	req->want_ack = !rc;
	return rc;
}

/* ---- unlink ---- */

struct any {
	bool	found;
};

static int any_cb(void *arg, const void *key, size_t klen, const void *val,
		  size_t vlen)
{
	(void)key;
	(void)klen;
	(void)val;
	(void)vlen;
	((struct any *)arg)->found = true;
	return 1;
}

bool mdt_dir_empty(const struct fid *fid)
{
	struct { uint64_t seq; uint32_t oid, ver; } __packed k = {
		htobe64(fid->seq), htobe32(fid->oid), htobe32(fid->ver) };
	struct any any = { false };

	store_walk(DB_DIRENT, &k, sizeof(k), sizeof(k), any_cb, &any);
	return !any.found;
}

void mdt_unref(struct inode *ino, uint64_t transno)
{
	struct { uint64_t seq; uint32_t oid, ver; } __packed k = {
		htobe64(ino->fid.seq), htobe32(ino->fid.oid),
		htobe32(ino->fid.ver) };

	if (S_ISDIR(ino->mode))
		ino->nlink = 0;
	else
		ino->nlink--;
	ino->version = transno;
	if (ino->nlink) {
		inode_put(ino);
	} else if (open_any(&ino->fid)) {
		inode_put(ino);
		store_put(DB_ORPHAN, &k, sizeof(k), "", 0);
	} else {
		layout_destroy(ino);
		inode_drop(ino);
	}
}

static int do_unlink(struct req *req, struct inode *ino)
{
	const struct mdt_rec_unlink *r = req_buf(req, 1, sizeof(*r));
	const char *name = req_name(req, 3);
	bool want_dir = S_ISDIR(le32_to_cpu(r->ul_mode));
	int64_t now = le64_to_cpu(r->ul_time);
	struct dirent_val v;
	struct inode dir;
	struct cred c;
	int rc = check_new_name(name);

	if (!rc)
		rc = dir_get(&r->ul_fid1, &dir) ?: mdt_nokey(&dir);
	if (rc)
		return rc;
	rec_cred((const struct mdt_rec_reint *)r, &c);
	ldlm_cancel_buf(req, 4);
	if (mdt_access(&dir, &c, 3))
		return -EACCES;
	lmv_name(req, &dir, name);
	if (name_get(&dir.fid, name, &v) || inode_get(&v.fid, ino))
		return -ENOENT;
	if (want_dir && !S_ISDIR(ino->mode))
		return -ENOTDIR;
	if (!want_dir && S_ISDIR(ino->mode))
		return -EISDIR;
	if (!mdt_sticky(&dir, ino, &c) ||
	    (ino->flags & (LUSTRE_IMMUTABLE_FL | LUSTRE_APPEND_FL)))
		return -EPERM;
	if (want_dir && !mdt_dir_empty(&v.fid))
		return -ENOTEMPTY;
	if (mdt_revoke(req, &dir.fid, LCK_EX, MDS_INODELOCK_UPDATE) |
	    mdt_revoke(req, &v.fid, LCK_EX, ino->nlink > 1 && !want_dir ?
		       MDS_INODELOCK_LOOKUP | MDS_INODELOCK_UPDATE :
		       MDS_INODELOCK_FULL))
		return REQ_ASYNC;
	mdt_transno(req);
	name_del(&dir.fid, name);
	link_del(&v.fid, &dir.fid, name);
	ino->ctime = now;
	mdt_unref(ino, req->transno);
	if (want_dir)
		dir.nlink--;
	touch_dir(&dir, now, req->transno);
	return 0;
}

static int reint_unlink(struct req *req)
{
	struct inode ino;
	int rc = do_unlink(req, &ino);

	return reint_answer(req, rc, &ino);
}

int handle_reint(struct req *req)
{
	const struct mdt_rec_reint *r = req_buf(req, 1, sizeof(*r));

	if (!r)
		return -EPROTO;
	rep_reset(req);
	if (mdt_readonly(req))
		return -EROFS;
	switch (le32_to_cpu(r->rr_opcode)) {
	case REINT_SETATTR:
		return reint_setattr(req);
	case REINT_CREATE:
		return reint_create(req);
	case REINT_LINK:
		return reint_link(req);
	case REINT_UNLINK:
		return reint_unlink(req);
	case REINT_RENAME:
		return reint_rename(req);
	case REINT_SETXATTR:
		return reint_setxattr(req);
	case REINT_RESYNC:
		return reint_resync(req);
	}
	log_warn("reint %u is not served", le32_to_cpu(r->rr_opcode));
	return -EOPNOTSUPP;
}
