// SPDX-License-Identifier: GPL-2.0-only
/* Extended attributes (document 09, 14) */
#include "mdt.h"
#include "store.h"

#include <sys/xattr.h>

#define ACL_VERSION	2

/* On the wire and in the database alike */
struct acl_entry {
	uint16_t	tag, perm;
	uint32_t	id;
};

/* ---- reading ---- */

static int get_names(struct req *req, struct mdt_body *b,
		     const struct fid *fid, uint32_t room)
{
	size_t len = link_ea(fid, NULL);

	if (!len)
		return -ENODATA;
	b->mbo_eadatasize = cpu_to_le32(len);
	b->mbo_valid = cpu_to_le64(OBD_MD_FLXATTR);
	if (room && len > room)
		return -ERANGE;
	if (room)
		link_ea(fid, rep_add(req, len));
	else
		rep_add(req, 0);
	return 0;
}

static int get_one(struct req *req, struct mdt_body *b, const struct fid *fid,
		   const char *name, uint32_t room)
{
	size_t len = 0;
	void *p;

	/* Real ones show no layout as an empty one. */
	if (xattr_get(fid, name, NULL, &len) && strcmp(name, XATTR_LOV))
		return -ENODATA;
	b->mbo_eadatasize = cpu_to_le32(len);
	b->mbo_valid = cpu_to_le64(OBD_MD_FLXATTR);
	if (!room) {
		rep_add(req, 0);
		return 0;
	}
	if (len > room)
		return -ERANGE;
	p = rep_add(req, len);
	return len ? xattr_get(fid, name, p, &len) : 0;
}

static int get_list(struct req *req, struct mdt_body *b, const struct fid *fid,
		    uint32_t room)
{
	size_t len = 0;

	xattr_list(fid, NULL, &len);
	b->mbo_eadatasize = cpu_to_le32(len);
	b->mbo_valid = cpu_to_le64(OBD_MD_FLXATTRLS);
	if (!room) {
		rep_add(req, 0);
		return 0;
	}
	if (len > room)
		return -ERANGE;
	return xattr_list(fid, rep_add(req, len), &len);
}

static bool readable(const char *name, const struct inode *ino,
		     const struct cred *c)
{
	if (!strcmp(name, XATTR_LINK))
		return false;
	if (!strncmp(name, "trusted.", 8) && strcmp(name, XATTR_LOV))
		return c->cap & CAP_BIT_SYS_ADMIN;
	if (!strncmp(name, "user.", 5))
		return !mdt_access(ino, c, 4);
	return true;
}

int handle_getxattr(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, true);
	struct mdt_body *b;
	const char *name;
	struct inode ino;
	struct cred c;
	struct fid fid;
	uint64_t valid;
	uint32_t room;
	int rc;

	if (!in)
		return -EPROTO;
	fid = fid_host(&in->mbo_fid1);
	valid = le64_to_cpu(in->mbo_valid);
	room = le32_to_cpu(in->mbo_eadatasize);
	if (!fid_sane(&fid))
		return -EINVAL;
	if (inode_get(&fid, &ino))
		return -ENOENT;
	body_cred(in, &c);
	b = rep_add(req, sizeof(*b));
	if (valid & OBD_MD_FLXATTR) {
		name = req_name(req, 3);
		if (!name || !*name || strlen(name) > MDT_NAME_MAX)
			rc = -EPROTO;
		else if (!readable(name, &ino, &c))
			rc = -ENODATA;
		else if (!strncmp(name, "user.", 5) &&
			 !(req->exp->flags & OBD_CONNECT_XATTR))
			rc = -EOPNOTSUPP;
		else if (!strcmp(name, XATTR_NAMES))
			rc = get_names(req, b, &fid, room);
		else
			rc = get_one(req, b, &fid, name, room);
	} else if (valid & OBD_MD_FLXATTRLS) {
		rc = get_list(req, b, &fid, room);
	} else {
		rc = -EPROTO;
	}
	if (rc)
		rep_reset(req);
	return rc;
}

/* ---- all of them under a lock ---- */

static int pack_values(struct req *req, struct mdt_body *b,
		       const struct fid *fid, uint32_t room)
{
	size_t nlen = 0, vlen = 0, n = 0, count = 0;
	char *names;
	uint8_t *vals;
	__le32 *lens;

	xattr_list(fid, NULL, &nlen);
	names = rep_add(req, nlen);
	xattr_list(fid, names, &nlen);
	for (size_t i = 0; i < nlen; i += strlen(names + i) + 1) {
		n = 0;
		xattr_get(fid, names + i, NULL, &n);
		vlen += n;
		count++;
	}
	if (vlen > room)
		return -ERANGE;
	vals = rep_add(req, vlen);
	lens = rep_add(req, count * sizeof(*lens));
	for (size_t i = 0; i < nlen; i += strlen(names + i) + 1) {
		n = room;
		xattr_get(fid, names + i, vals, &n);
		vals += n;
		*lens++ = cpu_to_le32(n);
	}
	b->mbo_eadatasize = cpu_to_le32(nlen);
	b->mbo_aclsize = cpu_to_le32(vlen);
	b->mbo_max_mdsize = cpu_to_le32(count);
	b->mbo_valid = cpu_to_le64(OBD_MD_FLXATTR);
	return 0;
}

int mdt_intent_getxattr(struct req *req)
{
	const struct mdt_body *in = body_get(req, 3, true);
	struct ldlm_reply *rep;
	struct ldlm_res_id id;
	struct mdt_body *b;
	struct inode ino;
	struct fid fid;
	uint32_t room;
	int rc;

	if (!in)
		return -EPROTO;
	fid = fid_host(&in->mbo_fid1);
	room = le32_to_cpu(in->mbo_eadatasize);
	if (!fid_sane(&fid) || !room || room > MDT_XATTR_MAX || room % 4)
		return -EINVAL;
	if (inode_get(&fid, &ino))
		return -ENOENT;
	rep = rep_add(req, sizeof(*rep));
	b = rep_add(req, sizeof(*b));
	rep_add(req, 0);
	rep_add(req, 0);
	rc = pack_values(req, b, &fid, room);
	if (rc) {
		rep_reset(req);
		return rc;
	}
	ldlm_fid_res(&id, &in->mbo_fid1);
	return ldlm_intent_grant(req, rep, &id, LCK_PR, MDS_INODELOCK_XATTR,
				 MDS_INODELOCK_XATTR) ? 0 : ELDLM_LOCK_ABORTED;
}

/* ---- writing ---- */

static bool ignored(const char *name)
{
	static const char * const names[] = {
		"trusted.lov", "trusted.lma", "trusted.lmv", "trusted.link",
		"trusted.fid", "trusted.version", "trusted.som", "trusted.hsm",
		"trusted.lfsck_ns", "trusted.dmv",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static bool is_acl(const char *name)
{
	return !strcmp(name, XATTR_ACL) || !strcmp(name, XATTR_DEF_ACL);
}

static int may_set(const char *name, const struct inode *ino,
		   const struct cred *c)
{
	if (!strncmp(name, "trusted.", 8))
		return c->cap & CAP_BIT_SYS_ADMIN ? 0 : -EPERM;
	if (is_acl(name))
		return mdt_owner(ino, c) ? 0 : -EPERM;
	if (!strncmp(name, "security.", 9))
		return c->cap & CAP_BIT_SYS_ADMIN || mdt_owner(ino, c) ?
		       0 : -EPERM;
	if (strncmp(name, "user.", 5))
		return -EOPNOTSUPP;
	if (!S_ISREG(ino->mode) && !S_ISDIR(ino->mode))
		return -EPERM;
	return mdt_access(ino, c, 2);
}

/* Takes the mode bits out of an access ACL; true: there is nothing more */
static int acl_to_mode(struct inode *ino, const void *val, size_t len,
		       bool *plain)
{
	const struct acl_entry *e = (const void *)((const uint8_t *)val + 4);
	size_t n = (len - 4) / sizeof(*e);
	uint32_t mode = ino->mode & ~0777, version;
	int group = -1, mask = -1;

	if (len < 4 || (len - 4) % sizeof(*e))
		return -EINVAL;
	memcpy(&version, val, 4);
	if (le32_to_cpu(version) != ACL_VERSION)
		return -EOPNOTSUPP;
	*plain = n <= 3;
	for (; n--; e++) {
		uint32_t perm = le16_to_cpu(e->perm) & 7;

		switch (le16_to_cpu(e->tag)) {
		case 1:
			mode |= perm << 6;
			break;
		case 4:
			group = perm;
			break;
		case 0x10:
			mask = perm;
			break;
		case 0x20:
			mode |= perm;
			break;
		}
	}
	ino->mode = mode | (mask >= 0 ? mask : group >= 0 ? group : 0) << 3;
	return 0;
}

int acl_access(const struct inode *ino, const struct cred *c, uint32_t want)
{
	uint32_t other = 0, user = 0, mask = 7, id, perm;
	bool in_group = false, group = false, named = false;
	uint8_t acl[4096];
	const struct acl_entry *e = (const void *)(acl + 4);
	size_t len = sizeof(acl);

	if (xattr_get(&ino->fid, XATTR_ACL, acl, &len) || len > sizeof(acl))
		return -ENODATA;
	for (size_t n = (len - 4) / sizeof(*e); n--; e++)
		if (le16_to_cpu(e->tag) == 0x10)
			mask = le16_to_cpu(e->perm);
	e = (const void *)(acl + 4);
	for (size_t n = (len - 4) / sizeof(*e); n--; e++) {
		id = le32_to_cpu(e->id);
		perm = le16_to_cpu(e->perm);
		switch (le16_to_cpu(e->tag)) {
		case 2:
			if (id == c->uid) {
				named = true;
				user = perm & mask;
			}
			break;
		case 4:
			id = ino->gid;
			/* fall through */
		case 8:
			if (!mdt_in_group(c, id))
				break;
			in_group = true;
			group |= (perm & mask & want) == want;
			break;
		case 0x20:
			other = perm;
			break;
		}
	}
	if (named)
		return (user & want) == want ? 0 : -EACCES;
	if (in_group)
		return group ? 0 : -EACCES;
	return (other & want) == want ? 0 : -EACCES;
}

int xattr_force(const char *path, const char *name, const char *hex)
{
	size_t len = strlen(hex) / 2;
	struct fid fid = root_fid;
	struct inode ino;
	uint8_t val[256];
	unsigned int byte;
	bool plain;
	int rc = mdt_path(path, &fid) ? file_by_path(path, &ino) :
					inode_get(&fid, &ino);

	if (rc || len > sizeof(val))
		return rc ? rc : -EINVAL;
	fid = ino.fid;
	for (size_t i = 0; i < len; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return -EINVAL;
		val[i] = byte;
	}
	store_mark();
	if (!strcmp(name, XATTR_ACL) && len) {
		rc = acl_to_mode(&ino, val, len, &plain);
		if (rc || inode_put(&ino))
			return rc ? rc : -EIO;
	}
	return len ? xattr_set(&fid, name, val, len) : xattr_del(&fid, name);
}

static int store_value(struct inode *ino, const char *name, const void *val,
		       size_t len, bool remove)
{
	bool plain = false;
	int rc;

	if (!strcmp(name, XATTR_ACL) && !remove && len) {
		rc = acl_to_mode(ino, val, len, &plain);
		if (rc)
			return rc;
	}
	if (remove || plain || (is_acl(name) && !len)) {
		rc = xattr_del(&ino->fid, name);
		return plain || is_acl(name) ? 0 : rc;
	}
	return xattr_set(&ino->fid, name, val, len);
}

static int set_components(struct req *req, const struct mdt_rec_setxattr *r,
			  struct inode *ino, const char *op)
{
	struct cred c;
	int rc;

	rec_cred((const struct mdt_rec_reint *)r, &c);
	if (mdt_access(ino, &c, 2))
		return -EACCES;
	rc = layout_component_op(req, ino, op, req_buf(req, 4, 1),
				 req_buflen(req, 4));
	if (rc)
		return rc;
	ino->version = mdt_transno(req);
	ino->ctime = le64_to_cpu(r->sx_time);
	return inode_put(ino);
}

static int do_setxattr(struct req *req)
{
	const struct mdt_rec_setxattr *r = req_buf(req, 1, sizeof(*r));
	const char *name = req_name(req, 3);
	uint64_t valid = le64_to_cpu(r->sx_valid);
	uint32_t flags = le32_to_cpu(r->sx_flags);
	uint64_t bits = MDS_INODELOCK_XATTR | MDS_INODELOCK_UPDATE;
	size_t len = req_buflen(req, 4);
	bool remove = valid & OBD_MD_FLXATTRRM, have;
	struct fid fid = fid_host(&r->sx_fid);
	struct inode ino;
	struct cred c;
	int rc;

	if (!name || !*name || !(valid & (OBD_MD_FLXATTR | OBD_MD_FLXATTRRM)))
		return -EPROTO;
	if (!fid_sane(&fid))
		return -EINVAL;
	if (strlen(name) > MDT_NAME_MAX)
		return -ERANGE;
	if (len > MDT_XATTR_MAX)
		return -E2BIG;
	if (inode_get(&fid, &ino))
		return -ENOENT;
	rec_cred((const struct mdt_rec_reint *)r, &c);
	ldlm_cancel_buf(req, 5);
	if (!strncmp(name, "lustre.lov.", 11) && !remove)
		return set_components(req, r, &ino, name + 11);
	if (!strncmp(name, "lustre.", 7))
		return -EINVAL;
	rc = may_set(name, &ino, &c);
	if (rc)
		return rc;
	if (ignored(name))
		return 0;
	have = !xattr_get(&fid, name, NULL, &(size_t){ 0 });
	if (!remove && (flags & XATTR_CREATE) && have)
		return -EEXIST;
	if ((remove || (flags & XATTR_REPLACE)) && !have && !is_acl(name))
		return -ENODATA;
	if (is_acl(name))
		bits |= MDS_INODELOCK_PERM | MDS_INODELOCK_LOOKUP;
	if (mdt_revoke(req, &fid, LCK_EX, bits))
		return REQ_ASYNC;
	rc = store_value(&ino, name, req_buf(req, 4, 1), len, remove);
	if (rc)
		return rc;
	ino.version = mdt_transno(req);
	ino.ctime = le64_to_cpu(r->sx_time);
	return inode_put(&ino);
}

int reint_setxattr(struct req *req)
{
	int rc = do_setxattr(req);

	if (rc == REQ_ASYNC)
		return rc;
	rep_add(req, sizeof(struct mdt_body));
	req->want_ack = !rc;
	return rc;
}
