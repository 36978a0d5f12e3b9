// SPDX-License-Identifier: GPL-2.0-only
/* Metadata service: what has no better place */
#include "dom.h"
#include "mdt.h"
#include "ost.h"
#include "store.h"

#define SEQ_WIDTH	1
#define MDT0_SEQ	FID_SEQ_NORMAL
#define MDT_SEQ_RANGE	0x40000000ULL
#define MDTN_SEQ	0x1000000400ULL

static uint64_t seq_base(unsigned int mdt)
{
	return mdt ? MDTN_SEQ + (mdt - 1) * MDT_SEQ_RANGE : MDT0_SEQ;
}

uint64_t mdt_seq_new(const struct target *t)
{
	char key[32];

	snprintf(key, sizeof(key), "seq/%s", t->name);
	return store_counter_inc(key, seq_base(t->index), SEQ_WIDTH);
}

/* Number for a change; a replayed one keeps the number it had */
uint64_t mdt_transno(struct req *req)
{
	struct target *t = req->tgt;
	uint64_t old = le64_to_cpu(req->pb->pb_transno);

	if ((req->flags & MSG_REPLAY) && old) {
		if (old > t->last_transno)
			t->last_transno = old;
		req->transno = old;
	} else if (!req->transno) {
		req->transno = ++t->last_transno;
	}
	store_mark();
	return req->transno;
}

/* ---- bodies, credentials, permission ---- */

void body_fill(struct req *req, struct mdt_body *b, const struct inode *ino)
{
	uint64_t valid = OBD_MD_FLID | OBD_MD_FLATIME | OBD_MD_FLMTIME |
			 OBD_MD_FLCTIME | OBD_MD_FLMODE | OBD_MD_FLTYPE |
			 OBD_MD_FLUID | OBD_MD_FLGID | OBD_MD_FLFLAGS |
			 OBD_MD_FLNLINK | OBD_MD_FLPROJID | OBD_MD_FLBTIME;

	(void)req;
	b->mbo_fid1 = fid_wire(&ino->fid);
	b->mbo_mtime = cpu_to_le64(ino->mtime);
	b->mbo_atime = cpu_to_le64(ino->atime);
	b->mbo_ctime = cpu_to_le64(ino->ctime);
	b->mbo_btime = cpu_to_le64(ino->btime);
	b->mbo_mode = cpu_to_le32(ino->mode);
	b->mbo_uid = cpu_to_le32(ino->uid);
	b->mbo_gid = cpu_to_le32(ino->gid);
	b->mbo_flags = cpu_to_le32(ino->flags);
	b->mbo_nlink = cpu_to_le32(ino->nlink +
				   (S_ISREG(ino->mode) && ino->entries));
	b->mbo_projid = cpu_to_le32(ino->projid);
	b->mbo_version = cpu_to_le64(ino->version);
	if (!S_ISREG(ino->mode) || !layout_exists(ino) ||
	    ino->has_lazy == SIZE_STRICT || ino->has_lazy == SIZE_SYNC) {
		valid |= OBD_MD_FLSIZE | OBD_MD_FLBLOCKS;
		b->mbo_size = cpu_to_le64(ino->size);
		b->mbo_blocks = cpu_to_le64(ino->blocks);
	} else if (ino->has_lazy && !srv.no_lazy) {
		valid |= OBD_MD_FLLAZYSIZE | OBD_MD_FLLAZYBLOCKS;
		b->mbo_size = cpu_to_le64(ino->size);
		b->mbo_blocks = cpu_to_le64(ino->blocks);
	}
	if (S_ISCHR(ino->mode) || S_ISBLK(ino->mode)) {
		valid |= OBD_MD_FLRDEV;
		b->mbo_rdev = cpu_to_le32(ino->rdev);
	}
	b->mbo_valid = cpu_to_le64(valid);
}

const struct mdt_body *body_get(struct req *req, unsigned int idx, bool need)
{
	const struct mdt_body *b = req_buf(req, idx, sizeof(*b));
	struct fid fid;

	if (!b || (le64_to_cpu(b->mbo_valid) & OBD_MD_FLID))
		return b;
	fid = fid_host(&b->mbo_fid1);
	if (!need && fid_zero(&fid))
		return b;
	req_fatal(req, "mdt_body without FLID in mbo_valid");
	return NULL;
}

void body_cred(const struct mdt_body *b, struct cred *c)
{
	c->uid = le32_to_cpu(b->mbo_fsuid);
	c->gid = le32_to_cpu(b->mbo_fsgid);
	c->cap = le32_to_cpu(b->mbo_capability);
	c->supp[0] = le32_to_cpu(b->mbo_suppgid);
	c->supp[1] = LUSTRE_SUPPGID_NONE;
}

void rec_cred(const struct mdt_rec_reint *r, struct cred *c)
{
	c->uid = le32_to_cpu(r->rr_fsuid);
	c->gid = le32_to_cpu(r->rr_fsgid);
	c->cap = le32_to_cpu(r->rr_cap);
	c->supp[0] = le32_to_cpu(r->rr_suppgid1);
	c->supp[1] = le32_to_cpu(r->rr_suppgid2);
}

bool mdt_in_group(const struct cred *c, uint32_t gid)
{
	return c->gid == gid ||
	       (c->supp[0] != LUSTRE_SUPPGID_NONE && c->supp[0] == gid) ||
	       (c->supp[1] != LUSTRE_SUPPGID_NONE && c->supp[1] == gid);
}

bool mdt_owner(const struct inode *ino, const struct cred *c)
{
	return c->uid == ino->uid || (c->cap & CAP_BIT_FOWNER);
}

/* What the mode, or the access control list, says */
static bool mdt_granted(const struct inode *ino, const struct cred *c,
			uint32_t want)
{
	uint32_t bits = ino->mode;
	int rc;

	if (c->uid == ino->uid)
		return (bits >> 6 & want) == want;
	rc = S_ISLNK(ino->mode) ? -ENODATA : acl_access(ino, c, want);
	if (rc != -ENODATA)
		return !rc;
	if (mdt_in_group(c, ino->gid))
		bits >>= 3;
	return (bits & want) == want;
}

int mdt_access(const struct inode *ino, const struct cred *c, uint32_t want)
{
	if (mdt_granted(ino, c, want))
		return 0;
	if ((c->cap & CAP_BIT_DAC_OVERRIDE) &&
	    (!(want & 1) || S_ISDIR(ino->mode) || (ino->mode & 0111)))
		return 0;
	if ((c->cap & CAP_BIT_DAC_READ) &&
	    (want == 4 || (S_ISDIR(ino->mode) && !(want & 2))))
		return 0;
	return -EACCES;
}

/* May a name be taken out of a directory with the sticky bit? */
bool mdt_sticky(const struct inode *dir, const struct inode *ino,
		const struct cred *c)
{
	return !(dir->mode & S_ISVTX) || c->uid == ino->uid ||
	       c->uid == dir->uid || (c->cap & CAP_BIT_FOWNER);
}

/* A client may hold locks on one file from several MDTs */
bool mdt_revoke(struct req *req, const struct fid *fid, uint32_t mode,
		uint64_t bits)
{
	struct lu_fid wire = fid_wire(fid);
	struct ldlm_res_id id;
	bool wait = false;

	ldlm_fid_res(&id, &wire);
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind == TGT_MDT)
			wait |= ldlm_revoke(req, &srv.tgts[i], &id, mode, bits);
	return wait;
}

static void *xattr_dup(const struct fid *fid, const char *name, size_t *len)
{
	void *p;

	*len = 0;
	if (xattr_get(fid, name, NULL, len))
		return NULL;
	p = xzalloc(*len);
	xattr_get(fid, name, p, len);
	return p;
}

static void add_acl(struct req *req, struct mdt_body *b,
		    const struct inode *ino, uint64_t valid)
{
	size_t len = 0;
	void *acl = NULL;

	if (valid & OBD_MD_FLACL) {
		acl = xattr_dup(&ino->fid, XATTR_ACL, &len);
		b->mbo_valid |= cpu_to_le64(OBD_MD_FLACL);
		b->mbo_aclsize = cpu_to_le32(len);
	}
	rep_add_data(req, acl, len);
	free(acl);
}

void mdt_add_ea(struct req *req, struct mdt_body *b, const struct inode *ino,
		uint64_t valid, uint32_t easize)
{
	uint64_t got = le64_to_cpu(b->mbo_valid);
	const char *name = NULL;
	size_t len = 0;
	void *ea = NULL;

	if (valid & OBD_MD_FLMODEASIZE) {
		got |= OBD_MD_FLMODEASIZE;
		b->mbo_max_mdsize = cpu_to_le32(sizeof(struct lov_mds_md_v1) +
			srv.cfg.osts * sizeof(struct lov_ost_data_v1));
	}
	if ((valid & OBD_MD_FLDIREA) && S_ISDIR(ino->mode) && easize &&
	    (valid & (OBD_MD_MEA | OBD_MD_DEFAULT_MEA))) {
		b->mbo_valid = cpu_to_le64(got);
		lmv_add(req, b, ino, valid);
		add_acl(req, b, ino, valid);
		return;
	}
	if ((valid & OBD_MD_FLEASIZE) && S_ISREG(ino->mode))
		name = XATTR_LOV;
	else if ((valid & OBD_MD_FLDIREA) && S_ISDIR(ino->mode) &&
		 !(valid & (OBD_MD_MEA | OBD_MD_DEFAULT_MEA)))
		name = XATTR_LOV;
	else if ((valid & OBD_MD_LINKNAME) && S_ISLNK(ino->mode))
		name = XATTR_LINK;
	if (name && easize)
		ea = xattr_dup(&ino->fid, name, &len);
	if (S_ISREG(ino->mode))
		layout_told(ea);
	if (ea) {
		b->mbo_eadatasize = cpu_to_le32(len);
		got |= S_ISREG(ino->mode) ? OBD_MD_FLEASIZE :
		       S_ISDIR(ino->mode) ? OBD_MD_FLDIREA : OBD_MD_LINKNAME;
	}
	rep_add_data(req, ea, ea ? len : 0);
	free(ea);
	b->mbo_valid = cpu_to_le64(got);
	add_acl(req, b, ino, valid);
}

/* ---- handlers ---- */

static int getattr_reply(struct req *req, const struct inode *ino,
			 const struct mdt_body *in)
{
	struct mdt_body *b = rep_add(req, sizeof(*b));

	body_fill(req, b, ino);
	mdt_add_ea(req, b, ino, le64_to_cpu(in->mbo_valid),
		   le32_to_cpu(in->mbo_eadatasize));
	rep_add(req, 0);
	rep_add(req, 0);
	rep_add(req, 0);
	return 0;
}

/* In place of the version of the inode that of its data; nothing else then */
static int data_version(struct req *req, const struct inode *ino,
			const struct mdt_body *in)
{
	uint64_t version;
	int rc;

	if (le64_to_cpu(in->mbo_valid) != (OBD_MD_FLID | OBD_MD_FLDATAVERSION))
		req_wrong(req, "attributes wanted beside a data version");
	if (dom_version(ino, &version))
		req_wrong(req, "data version of a file without data here");
	rc = getattr_reply(req, ino, in);
	((struct mdt_body *)rep_get(req, 1))->mbo_version =
		cpu_to_le64(version);
	return rc;
}

static int handle_getattr(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, true);
	struct inode ino;
	struct fid fid;

	if (!in)
		return -EPROTO;
	fid = fid_host(&in->mbo_fid1);
	if (!fid_sane(&fid))
		return -EINVAL;
	if (inode_get(&fid, &ino))
		return -ENOENT;
	if ((le64_to_cpu(in->mbo_valid) & OBD_MD_FLDIREA) &&
	    !(le64_to_cpu(in->mbo_valid) & (OBD_MD_MEA | OBD_MD_DEFAULT_MEA)) &&
	    S_ISDIR(ino.mode) && xattr_get(&fid, XATTR_LOV, NULL, &(size_t){ 0 }))
		return -ENODATA;
	if (le64_to_cpu(in->mbo_valid) & OBD_MD_FLDATAVERSION)
		return data_version(req, &ino, in);
	return getattr_reply(req, &ino, in);
}

static int handle_getattr_name(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, true);
	const char *name = req_name(req, 3);
	struct dirent_val v;
	struct inode dir, ino;
	struct cred c;
	struct fid fid;

	if (!in || !name || !*name || strlen(name) > MDT_NAME_MAX)
		return -EPROTO;
	fid = fid_host(&in->mbo_fid1);
	if (inode_get(&fid, &dir))
		return -ENOENT;
	body_cred(in, &c);
	if (!S_ISDIR(dir.mode))
		return -ENOTDIR;
	if (mdt_access(&dir, &c, 1))
		return -EACCES;
	lmv_name(req, &dir, name);
	if (!strcmp(name, ".."))
		v.fid = dir.parent;
	else if (name_get(&fid, name, &v))
		return mdt_nokey(&dir) ?: -ENOENT;
	if (le64_to_cpu(in->mbo_valid) == OBD_MD_FLID) {
		struct mdt_body *b = rep_add(req, sizeof(*b));

		b->mbo_fid1 = fid_wire(&v.fid);
		b->mbo_valid = cpu_to_le64(OBD_MD_FLID);
		for (int i = 0; i < 5; i++)
			rep_add(req, 0);
		return 0;
	}
	if (inode_get(&v.fid, &ino))
		return -ENOENT;
	return getattr_reply(req, &ino, in);
}

int mdt_path(const char *path, struct fid *fid)
{
	char *copy = xstrdup(path), *save = NULL, *s;
	struct dirent_val v;
	struct inode ino;
	int rc = 0;

	for (s = strtok_r(copy, "/", &save); s && !rc;
	     s = strtok_r(NULL, "/", &save)) {
		if (!strcmp(s, "..") || strlen(s) > MDT_NAME_MAX)
			rc = -EINVAL;
		else if (!strcmp(s, "."))
			continue;
		else if (name_get(fid, s, &v) || inode_get(&v.fid, &ino))
			rc = -ENOENT;
		else if (!S_ISDIR(ino.mode))
			rc = -ENOTDIR;
		else
			*fid = v.fid;
	}
	free(copy);
	return rc;
}

static int handle_get_root(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, false);
	struct fid fid = root_fid;
	struct mdt_body *b;
	int rc;

	if (!in)
		return -EPROTO;
	if (req_buflen(req, 2)) {
		const char *name = req_name(req, 2);

		if (!name)
			return -EPROTO;
		/* Real servers skip the first character, whatever it is */
		rc = mdt_path(*name ? name + 1 : name, &fid);
		if (rc)
			return rc;
	}
	b = rep_add(req, sizeof(*b));
	b->mbo_fid1 = fid_wire(&fid);
	b->mbo_valid = cpu_to_le64(OBD_MD_FLID);
	rep_add(req, 0);
	return 0;
}

static int handle_statfs(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, false);
	struct obd_statfs *sfs = rep_add(req, sizeof(*sfs));
	bool sum = in && (le64_to_cpu(in->mbo_valid) & OBD_MD_FLAGSTATFS) &&
		   (req->exp->flags2 & OBD_CONNECT2_SUM_STATFS);
	uint64_t blocks = 0, bfree = 0, bavail = 0, ffree = 0;

	ost_statfs(req->tgt, sfs);
	if (!sum)
		return 0;
	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		struct obd_statfs one;

		if (srv.tgts[i].kind != TGT_OST)
			continue;
		ost_statfs(&srv.tgts[i], &one);
		blocks += le64_to_cpu(one.os_blocks);
		bfree += le64_to_cpu(one.os_bfree);
		bavail += le64_to_cpu(one.os_bavail);
		ffree += le64_to_cpu(one.os_ffree);
	}
	sfs->os_blocks = cpu_to_le64(blocks);
	sfs->os_bfree = cpu_to_le64(bfree);
	sfs->os_bavail = cpu_to_le64(bavail);
	sfs->os_files = cpu_to_le64(le64_to_cpu(sfs->os_files) -
				    le64_to_cpu(sfs->os_ffree) + ffree);
	sfs->os_ffree = cpu_to_le64(ffree);
	sfs->os_state |= cpu_to_le32(OS_STATFS_SUM);
	return 0;
}

static int handle_sync(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, false);
	struct mdt_body *b;
	struct inode ino;
	struct fid fid;

	if (!in)
		return -EPROTO;
	fid = fid_host(&in->mbo_fid1);
	store_commit();
	b = rep_add(req, sizeof(*b));
	if (fid_zero(&fid))
		return 0;
	if (inode_get(&fid, &ino))
		return -ENOENT;
	body_fill(req, b, &ino);
	return 0;
}

static int handle_seq(struct req *req)
{
	const __le32 *opc = req_buf(req, 1, sizeof(*opc));
	const struct lu_seq_range *in = req_buf(req, 2, sizeof(*in));
	struct lu_seq_range *out;
	uint64_t seq;

	if (!opc || !in || le32_to_cpu(*opc) != SEQ_ALLOC_META)
		return -EPROTO;
	seq = mdt_seq_new(req->tgt);
	out = rep_add(req, sizeof(*out));
	out->lsr_start = cpu_to_le64(seq);
	out->lsr_end = cpu_to_le64(seq + SEQ_WIDTH);
	out->lsr_index = cpu_to_le32(req->tgt->index);
	return 0;
}

static int handle_fld(struct req *req)
{
	const __le32 *opc = req_buf(req, 1, sizeof(*opc));
	const struct lu_seq_range *in = req_buf(req, 2, sizeof(*in));
	struct lu_seq_range *out;
	uint64_t seq;

	if (!opc || !in || le32_to_cpu(*opc) != FLD_LOOKUP)
		return -EPROTO;
	seq = le64_to_cpu(in->lsr_start);
	out = rep_add(req, sizeof(*out));
	if (seq < FID_SEQ_NORMAL) {
		out->lsr_start = cpu_to_le64(FID_SEQ_START);
		out->lsr_end = cpu_to_le64(FID_SEQ_NORMAL);
		return 0;
	}
	for (unsigned int i = 0; i < srv.cfg.mdts; i++) {
		uint64_t base = seq_base(i);
		uint64_t end = i ? base + MDT_SEQ_RANGE : 0x240000400ULL;

		if (seq < base || seq >= end)
			continue;
		out->lsr_start = cpu_to_le64(base);
		out->lsr_end = cpu_to_le64(end);
		out->lsr_index = cpu_to_le32(i);
		return 0;
	}
	rep_reset(req);
	return -ENOENT;
}

/* A mount that is made read-only, or writable again */
static int handle_set_info(struct req *req)
{
	const char *key = req_str(req, 1);
	const __le32 *val = req_buf(req, 2, sizeof(*val));

	if (!key)
		return -EPROTO;
	if (strcmp(key, KEY_READ_ONLY) || !val ||
	    req_buflen(req, 2) != sizeof(*val))
		return -EINVAL;
	if (le32_to_cpu(*val))
		req->exp->flags |= OBD_CONNECT_RDONLY;
	else
		req->exp->flags &= ~OBD_CONNECT_RDONLY;
	return 0;
}

bool mdt_readonly(const struct req *req)
{
	return req->tgt->readonly || (req->exp->flags & OBD_CONNECT_RDONLY);
}

/* ---- fid2path ---- */

struct parent {
	struct fid	dir;
	char		name[MDT_NAME_MAX + 1];
	unsigned int	skip;
	bool		found, more;
};

struct link_raw {
	uint8_t	fid[16];
	struct {
		uint64_t	seq;
		uint32_t	oid, ver;
	} __packed	dir;
	char	name[];
} __packed;

static int parent_cb(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	const struct link_raw *k = key;
	size_t n = klen - sizeof(*k);
	struct parent *p = arg;

	(void)val;
	(void)vlen;
	if (p->found) {
		p->more = true;
		return 1;
	}
	if (p->skip) {
		p->skip--;
		return 0;
	}
	p->found = true;
	p->dir = (struct fid){ be64toh(k->dir.seq), be32toh(k->dir.oid),
			       be32toh(k->dir.ver) };
	memcpy(p->name, k->name, n);
	p->name[n] = 0;
	return 0;
}

static bool parent_of(const struct fid *fid, struct parent *p)
{
	struct { uint64_t seq; uint32_t oid, ver; } __packed k = {
		htobe64(fid->seq), htobe32(fid->oid), htobe32(fid->ver) };

	p->found = false;
	p->more = false;
	store_walk(DB_LINK, &k, sizeof(k), sizeof(k), parent_cb, p);
	return p->found;
}

static int handle_get_info(struct req *req)
{
	const struct getinfo_fid2path_key *key = req_buf(req, 1, 64);
	const __le32 *vallen = req_buf(req, 2, sizeof(*vallen));
	struct getinfo_fid2path *out;
	char path[PATH_MAX] = "", tmp[PATH_MAX + MDT_NAME_MAX + 2];
	struct parent p = { 0 };
	struct fid fid, root;
	uint32_t room;
	bool more = false;

	if (!key || !vallen || strcmp(key->gk_name, KEY_FID2PATH))
		return key && vallen ? -EOPNOTSUPP : -EPROTO;
	room = le32_to_cpu(key->gk_query.gf_pathlen);
	fid = fid_host(&key->gk_query.gf_fid);
	root = fid_host(&key->gk_root);
	if (!fid_sane(&fid) || room < 2 || room > PATH_MAX)
		return -EINVAL;
	p.skip = le32_to_cpu(key->gk_query.gf_linkno);
	while (!fid_eq(&fid, &root) && !fid_eq(&fid, &root_fid)) {
		if (!parent_of(&fid, &p))
			return *path ? -ENODATA : -ENOENT;
		if (!*path)
			more = p.more;
		snprintf(tmp, sizeof(tmp), "%s%s%s", p.name, *path ? "/" : "",
			 path);
		if (strlen(tmp) >= sizeof(path))
			return -ENAMETOOLONG;
		memcpy(path, tmp, strlen(tmp) + 1);
		fid = p.dir;
	}
	if (strlen(path) + 1 > room)
		return -EOVERFLOW;
	out = rep_add(req, sizeof(*out) + room);
	*out = key->gk_query;
	out->gf_fid = fid_wire(&fid);
	if (more)
		out->gf_linkno = cpu_to_le32(le32_to_cpu(out->gf_linkno) + 1);
	memcpy(out->gf_path, path, strlen(path) + 1);
	return 0;
}

#define V	LUSTRE_MDS_VERSION

const struct rpc_op mdt_ops[] = {
	{ MDS_GETATTR, "MDS_GETATTR", handle_getattr, V, TGT_MDT, 0 },
	{ MDS_GETATTR_NAME, "MDS_GETATTR_NAME", handle_getattr_name, V,
	  TGT_MDT, 0 },
	{ MDS_CLOSE, "MDS_CLOSE", handle_close, V, TGT_MDT,
	  OPF_RECOVERY | OPF_SAVE },
	{ MDS_REINT, "MDS_REINT", handle_reint, V, TGT_MDT,
	  OPF_RECOVERY | OPF_SAVE },
	{ MDS_READPAGE, "MDS_READPAGE", handle_readpage, V, TGT_MDT, 0 },
	{ MDS_GET_ROOT, "MDS_GET_ROOT", handle_get_root, V, TGT_MDT, 0 },
	{ MDS_STATFS, "MDS_STATFS", handle_statfs, V, TGT_MDT, 0 },
	{ MDS_SYNC, "MDS_SYNC", handle_sync, V, TGT_MDT, OPF_RECOVERY },
	{ MDS_SET_INFO, "MDS_SET_INFO", handle_set_info, V, TGT_MDT, 0 },
	{ MDS_GETXATTR, "MDS_GETXATTR", handle_getxattr, V, TGT_MDT, 0 },
	{ MDS_BATCH, "MDS_BATCH", handle_batch, V, TGT_MDT, 0 },
	{ MDS_HSM_STATE_GET, "MDS_HSM_STATE_GET", handle_hsm_state_get, V,
	  TGT_MDT, 0 },
	{ MDS_HSM_STATE_SET, "MDS_HSM_STATE_SET", handle_hsm_state_set, V,
	  TGT_MDT, OPF_RECOVERY | OPF_SAVE },
	{ MDS_HSM_ACTION, "MDS_HSM_ACTION", handle_hsm_action, V, TGT_MDT, 0 },
	{ MDS_SWAP_LAYOUTS, "MDS_SWAP_LAYOUTS", handle_swap_layouts, V,
	  TGT_MDT, OPF_RECOVERY | OPF_SAVE },
	{ MDS_HSM_REQUEST, "MDS_HSM_REQUEST", handle_hsm_request, V, TGT_MDT, 0 },
	{ MDS_HSM_DATA_VERSION, "MDS_HSM_DATA_VERSION", handle_hsm_version, V,
	  TGT_MDT, OPF_RECOVERY | OPF_SAVE },
	{ MDS_GET_INFO, "MDS_GET_INFO", handle_get_info, V, TGT_MDT, 0 },
	{ SEQ_QUERY, "SEQ_QUERY", handle_seq, V, TGT_MDT, OPF_RECOVERY },
	{ FLD_QUERY, "FLD_QUERY", handle_fld, V, TGT_MDT, OPF_RECOVERY },
	{ 0 },
};
