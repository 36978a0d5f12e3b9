// SPDX-License-Identifier: GPL-2.0-only
/* REINT_SETATTR (document 09, 10.1) */
#include "dom.h"
#include "lov.h"

#define USER_FLAGS							\
	(LUSTRE_SYNC_FL | LUSTRE_IMMUTABLE_FL | LUSTRE_APPEND_FL |	\
	 LUSTRE_NODUMP_FL | LUSTRE_NOATIME_FL | LUSTRE_NOCOMPR_FL |	\
	 LUSTRE_DIRSYNC_FL | LUSTRE_TOPDIR_FL | LUSTRE_PROJINHERIT_FL)

#define MODE_BITS	07777

/* A mode that differs from the present one in set-id bits that are gone? */
static bool kills_only(const struct inode *ino, const struct mdt_rec_setattr *r)
{
	uint32_t mode = le32_to_cpu(r->sa_mode) & MODE_BITS;
	uint32_t now = ino->mode & MODE_BITS;

	return (le64_to_cpu(r->sa_valid) & MDS_ATTR_MODE) && !(mode & ~now) &&
	       !((now ^ mode) & ~(S_ISUID | S_ISGID));
}

static int check(const struct inode *ino, const struct mdt_rec_setattr *r,
		 const struct cred *c)
{
	uint64_t valid = le64_to_cpu(r->sa_valid);
	uint32_t uid = le32_to_cpu(r->sa_uid), gid = le32_to_cpu(r->sa_gid);
	bool owner = mdt_owner(ino, c);
	bool force = valid & MDS_ATTR_FORCE;

	if (force && !kills_only(ino, r)) {
		log_warn("setattr of %s: FORCE is for set-id bits that go, mode %o to %o",
			 fid_str(&ino->fid), ino->mode, le32_to_cpu(r->sa_mode));
		return -EPROTO;
	}
	if ((valid & MDS_ATTR_ATTR_FLAG) && !owner)
		return -EPERM;
	if ((valid & MDS_ATTR_MODE) && !owner && !force)
		return -EPERM;
	if ((valid & MDS_ATTR_UID) && uid != ino->uid &&
	    !(c->cap & CAP_BIT_CHOWN))
		return -EPERM;
	if ((valid & MDS_ATTR_GID) && gid != ino->gid &&
	    !(c->cap & CAP_BIT_CHOWN) &&
	    !(c->uid == ino->uid && mdt_in_group(c, gid)))
		return -EPERM;
	if ((valid & MDS_ATTR_ATTR_FLAG) &&
	    (le32_to_cpu(r->sa_attr_flags) & ~(USER_FLAGS | LUSTRE_EXTENTS_FL |
					       LUSTRE_INDEX_FL)))
		return -EOPNOTSUPP;
	if ((valid & MDS_ATTR_SIZE) && !(valid & MDS_ATTR_OVERRIDE) &&
	    mdt_access(ino, c, 2))
		return -EACCES;
	if ((valid & MDS_ATTR_SIZE) && S_ISDIR(ino->mode))
		return -EISDIR;
	if ((valid & (MDS_ATTR_MTIME_SET | MDS_ATTR_ATIME_SET)) &&
	    !(valid & (MDS_ATTR_SIZE | MDS_ATTR_MODE)) && !owner &&
	    mdt_access(ino, c, 2))
		return -EPERM;
	if ((ino->flags & (LUSTRE_IMMUTABLE_FL | LUSTRE_APPEND_FL)) &&
	    !(valid & MDS_ATTR_ATTR_FLAG))
		return -EPERM;
	return 0;
}

static void new_mode(struct inode *ino, const struct mdt_rec_setattr *r,
		     const struct cred *c)
{
	uint64_t valid = le64_to_cpu(r->sa_valid);
	uint32_t mode = ino->mode;

	if (valid & MDS_ATTR_MODE) {
		mode = (mode & S_IFMT) | (le32_to_cpu(r->sa_mode) & MODE_BITS);
		if (!mdt_in_group(c, ino->gid) && !(c->cap & CAP_BIT_FSETID))
			mode &= ~S_ISGID;
	}
	if (valid & MDS_ATTR_KILL_SUID)
		mode &= ~S_ISUID;
	if ((valid & MDS_ATTR_KILL_SGID) && (mode & S_IXGRP))
		mode &= ~S_ISGID;
	ino->mode = mode;
}

static void apply(struct inode *ino, const struct mdt_rec_setattr *r,
		  const struct cred *c)
{
	uint64_t valid = le64_to_cpu(r->sa_valid);

	if (valid & MDS_ATTR_UID)
		ino->uid = le32_to_cpu(r->sa_uid);
	if (valid & MDS_ATTR_GID)
		ino->gid = le32_to_cpu(r->sa_gid);
	if (valid & MDS_ATTR_PROJID)
		ino->projid = le32_to_cpu(r->sa_projid);
	if (valid & (MDS_ATTR_UID | MDS_ATTR_GID | MDS_ATTR_PROJID))
		layout_chown(ino);
	new_mode(ino, r, c);
	if (valid & MDS_ATTR_ATTR_FLAG)
		ino->flags = le32_to_cpu(r->sa_attr_flags) & USER_FLAGS;
	if (valid & MDS_ATTR_MTIME_SET)
		ino->mtime = le64_to_cpu(r->sa_mtime);
	if (valid & MDS_ATTR_ATIME_SET)
		ino->atime = le64_to_cpu(r->sa_atime);
	if (valid & MDS_ATTR_CTIME_SET)
		ino->ctime = le64_to_cpu(r->sa_ctime);
	/* What is in the archive has the size that it has. */
	if ((valid & MDS_ATTR_SIZE) || ((valid & MDS_ATTR_LSIZE) &&
					ino->has_lazy != SIZE_STRICT)) {
		ino->size = le64_to_cpu(r->sa_size);
		ino->has_lazy = SIZE_LAZY;
	}
	if (valid & MDS_ATTR_LBLOCKS)
		ino->blocks = le64_to_cpu(r->sa_blocks);
}

static int set_ea(struct req *req, struct inode *ino, const struct cred *c)
{
	if (!S_ISDIR(ino->mode))
		return -ENOTDIR;
	if (!mdt_owner(ino, c))
		return -EPERM;
	if (mdt_revoke(req, &ino->fid, LCK_EX, MDS_INODELOCK_LAYOUT |
		       MDS_INODELOCK_UPDATE))
		return REQ_ASYNC;
	mdt_transno(req);
	return layout_set_default(ino, req_buf(req, 4, 1), req_buflen(req, 4));
}

/* Whoever does not know such layouts may not change the size below them */
static bool size_known(const struct req *req, const struct inode *ino)
{
	uint64_t flags = req->exp->flags2;
	struct lov *l = S_ISREG(ino->mode) ? lov_get(&ino->fid) : NULL;
	bool ok = true;

	if (l && l->mirrors && !(flags & OBD_CONNECT2_FLR))
		ok = false;
	for (unsigned int i = 0; l && i < l->n; i++)
		if ((lov_base(&l->c[i]) & LOV_PATTERN_OVERSTRIPING) &&
		    !(flags & OBD_CONNECT2_OVERSTRIPING))
			ok = false;
	lov_free(l);
	return ok;
}

int mdt_setattr(struct req *req, struct inode *ino,
		const struct mdt_rec_setattr *r)
{
	uint64_t valid = le64_to_cpu(r->sa_valid);
	uint64_t bits = MDS_INODELOCK_UPDATE;
	bool released;
	struct cred c;
	int rc;

	rec_cred((const struct mdt_rec_reint *)r, &c);
	ldlm_cancel_buf(req, 6);
	if (req_buflen(req, 4))
		return valid ? -EPROTO : set_ea(req, ino, &c);
	if (!valid)
		return -EPROTO;
	rc = check(ino, r, &c);
	if (rc)
		return rc;
	if ((valid & MDS_ATTR_SIZE) && !size_known(req, ino))
		return -EOPNOTSUPP;
	if (valid & (MDS_ATTR_MODE | MDS_ATTR_UID | MDS_ATTR_GID |
		     MDS_ATTR_ATTR_FLAG | MDS_ATTR_KILL_SUID |
		     MDS_ATTR_KILL_SGID))
		bits |= MDS_INODELOCK_LOOKUP | MDS_INODELOCK_PERM;
	if ((valid & MDS_ATTR_SIZE) && S_ISREG(ino->mode) &&
	    !(le32_to_cpu(r->sa_bias) & MDS_TRUNC_KEEP_LEASE) &&
	    lease_break(req, &ino->fid) == REQ_ASYNC)
		return REQ_ASYNC;
	released = (valid & MDS_ATTR_SIZE) && ino->has_lazy == SIZE_STRICT;
	if (released && r->sa_size) {
		req_wrong(req, "a released file is cut without its data");
		return -EINVAL;
	}
	if (released)
		bits |= MDS_INODELOCK_LAYOUT;
	if (mdt_revoke(req, &ino->fid, LCK_EX, bits))
		return REQ_ASYNC;
	ino->version = mdt_transno(req);
	apply(ino, r, &c);
	if (released) {
		rc = hsm_empty(ino);
		if (rc)
			return rc;
	} else if (valid & MDS_ATTR_SIZE) {
		hsm_modified(&ino->fid);
	}
	if ((valid & (MDS_ATTR_MTIME_SET | MDS_ATTR_ATIME_SET)) &&
	    S_ISREG(ino->mode))
		dom_setattr(ino, req->xid);
	return inode_put(ino);
}

int reint_setattr(struct req *req)
{
	const struct mdt_rec_setattr *r = req_buf(req, 1, sizeof(*r));
	struct inode ino;
	struct fid fid;
	int rc;

	if (!r)
		return -EPROTO;
	fid = fid_host(&r->sa_fid);
	if (!fid_sane(&fid))
		return -EINVAL;
	rc = inode_get(&fid, &ino) ? -ENOENT : mdt_setattr(req, &ino, r);
	return reint_answer(req, rc, &ino);
}

/* ---- encryption: all that is known of it here is that there is no key ---- */

int mdt_nokey(const struct inode *ino)
{
	return ino->flags & LUSTRE_ENCRYPT_FL ? -ENOKEY : 0;
}

int mdt_encrypt(const char *path, bool on)
{
	struct inode ino;
	int rc = file_by_path(path, &ino);

	if (rc)
		return rc;
	store_mark();
	ino.flags = on ? ino.flags | LUSTRE_ENCRYPT_FL :
			 ino.flags & ~LUSTRE_ENCRYPT_FL;
	rc = inode_put(&ino);
	mdt_revoke(NULL, &ino.fid, LCK_EX, MDS_INODELOCK_FULL);
	return rc;
}
