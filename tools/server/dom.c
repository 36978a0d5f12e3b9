// SPDX-License-Identifier: GPL-2.0-only
/* Data that an MDT keeps itself (document 08, 8) */
#include "dom.h"
#include "lov.h"
#include "store.h"

#include <unistd.h>

#define PAGE	4096

struct target *dom_target(const struct inode *ino)
{
	return target_get(TGT_MDT, ino->mdt);
}

static const struct lov_comp *mdt_part(const struct lov *l)
{
	for (unsigned int i = 0; l && i < l->n; i++)
		if (lov_on_mdt(&l->c[i]) && (l->c[i].flags & LCME_FL_INIT))
			return &l->c[i];
	return NULL;
}

uint64_t dom_end(const struct inode *ino)
{
	const struct lov_comp *c;
	struct lov *l;
	uint64_t end;

	if (!S_ISREG(ino->mode))
		return 0;
	l = lov_get(&ino->fid);
	c = mdt_part(l);
	end = c ? c->end : 0;
	lov_free(l);
	return end;
}

int dom_create(const struct inode *ino)
{
	struct target *t = dom_target(ino);
	struct object o = { .fid = ino->fid, .parent = ino->fid,
			    .uid = ino->uid, .gid = ino->gid,
			    .projid = ino->projid, .mtime = ino->mtime,
			    .atime = ino->atime, .ctime = ino->ctime,
			    .written = 1 };
	struct object old;

	if (!t)
		return -ENODEV;
	if (!object_get(t, &ino->fid, &old))
		return 0;
	object_clean(t, &ino->fid);
	o.epoch = store_epoch();
	return object_put(t, &o);
}

void dom_destroy(const struct inode *ino)
{
	struct target *t = dom_target(ino);
	struct object o;

	if (t && !object_get(t, &ino->fid, &o))
		object_doom(t, &ino->fid);
}

uint64_t dom_size(const struct inode *ino, uint64_t *blocks)
{
	struct target *t = dom_target(ino);
	struct object o;
	struct stat st;
	int fd;

	*blocks = 0;
	if (!t || object_get(t, &ino->fid, &o))
		return 0;
	fd = object_fd(t, &ino->fid);
	if (fd < 0 || fstat(fd, &st))
		return 0;
	*blocks = st.st_blocks;
	return st.st_size;
}

int dom_version(const struct inode *ino, uint64_t *version)
{
	struct target *t = dom_target(ino);
	struct object o;

	*version = 0;
	if (!t || object_get(t, &ino->fid, &o))
		return -ENOENT;
	*version = o.version;
	return 0;
}

void dom_body(struct mdt_body *b, const struct inode *ino)
{
	uint64_t blocks;

	b->mbo_dom_size = cpu_to_le64(dom_size(ino, &blocks));
	b->mbo_dom_blocks = cpu_to_le64(blocks);
	b->mbo_valid |= cpu_to_le64(OBD_MD_DOM_SIZE);
	/* Real ones say it here too, without a bit that makes it count. */
	if (!(le64_to_cpu(b->mbo_valid) & (OBD_MD_FLSIZE |
					   OBD_MD_FLLAZYSIZE))) {
		b->mbo_size = b->mbo_dom_size;
		b->mbo_blocks = b->mbo_dom_blocks;
	}
}

/* Bytes of the reply so far, with as many empty buffers as are to come */
static size_t reply_len(const struct req *req)
{
	size_t len = sizeof(struct lustre_msg_v2) +
		     round_up(4 * REP_MAX_BUFS, 8) +
		     sizeof(struct ptlrpc_body);

	for (unsigned int i = 1; i < req->nrep; i++)
		len += round_up(req->rep[i].len, 8);
	return len;
}

void dom_inline(struct req *req, const struct inode *ino)
{
	struct target *t = dom_target(ino);
	size_t used = reply_len(req) + sizeof(struct niobuf_remote) + 8;
	size_t room = le32_to_cpu(req->lm->lm_repsize);
	struct niobuf_remote *nb;
	uint64_t blocks, size = dom_size(ino, &blocks), off = 0;
	int fd;

	if (!size || room < used || !t)
		return;
	/* All of it, or its last page if that is not full */
	if (size > room - used)
		off = size - size % PAGE;
	if (off == size || size - off > room - used)
		return;
	fd = object_fd(t, &ino->fid);
	rep_resize(req, 7, sizeof(*nb) + size - off);
	nb = rep_get(req, 7);
	if (fd < 0 || pread(fd, nb + 1, size - off, off) !=
	    (ssize_t)(size - off)) {
		rep_resize(req, 7, sizeof(*nb));
		return;
	}
	nb->rnb_offset = cpu_to_le64(off);
	nb->rnb_len = cpu_to_le32(size - off);
}

void dom_touch(struct req *req, const struct obdo *oa, const struct fid *fid)
{
	uint64_t valid = le64_to_cpu(oa->o_valid);
	struct inode ino;

	if (inode_get(fid, &ino))
		return;
	if (valid & OBD_MD_FLMTIME)
		ino.mtime = le64_to_cpu(oa->o_mtime);
	if (valid & OBD_MD_FLATIME)
		ino.atime = le64_to_cpu(oa->o_atime);
	if ((valid & OBD_MD_FLCTIME) &&
	    (int64_t)le64_to_cpu(oa->o_ctime) > ino.ctime)
		ino.ctime = le64_to_cpu(oa->o_ctime);
	ino.version = req->transno;
	inode_put(&ino);
}

void dom_setattr(const struct inode *ino, uint64_t xid)
{
	struct target *t = dom_target(ino);
	struct object o;

	if (!t || object_get(t, &ino->fid, &o))
		return;
	o.mtime = ino->mtime;
	o.atime = ino->atime;
	o.ctime = ino->ctime;
	if (xid > o.setattr_xid)
		o.setattr_xid = xid;
	object_put(t, &o);
}

static void complain(struct req *req, const struct fid *fid, const char *what)
{
	char text[128];

	snprintf(text, sizeof(text), "%s on the MDT: %s", fid_str(fid), what);
	req_wrong(req, text);
}

/* The lock that a request names has to be one for these data */
static bool lock_fits(struct req *req, uint64_t cookie, const struct fid *fid)
{
	const struct lock *l = ldlm_find(cookie);
	struct ldlm_res_id id;

	if (!l || l->exp != req->exp)
		return true;	/* it was cancelled, that may happen */
	object_res(&id, fid);
	return l->res->type == LDLM_IBITS &&
	       !memcmp(&l->res->name, &id, sizeof(id)) &&
	       (l->pol.bits & MDS_INODELOCK_DOM) &&
	       (req->opc == OST_READ || l->granted == LCK_PW ||
		l->granted == LCK_EX || l->granted == LCK_GROUP);
}

void dom_look(struct req *req, const struct obdo *oa, const struct fid *fid,
	      const struct niobuf_remote *nb, unsigned int n)
{
	const struct ost_layout *ol = &oa->o_layout;
	uint64_t valid = le64_to_cpu(oa->o_valid);
	const struct lov_comp *c;
	struct inode ino;
	struct lov *l;

	if (req->restarts || inode_get(fid, &ino) || !ino.nlink)
		return;
	l = lov_get(fid);
	c = mdt_part(l);
	if (!c) {
		complain(req, fid, "the file has no data there");
	} else {
		if (n && nb[n - 1].rnb_offset + nb[n - 1].rnb_len > c->end)
			complain(req, fid, "data outside of the component");
		if ((valid & OBD_MD_FLOSTLAYOUT) &&
		    (le32_to_cpu(ol->ol_stripe_size) != c->size ||
		     ol->ol_stripe_count || ol->ol_comp_start ||
		     le64_to_cpu(ol->ol_comp_end) != c->end ||
		     le32_to_cpu(ol->ol_comp_id) != c->id))
			complain(req, fid, "o_layout is not that of the component");
	}
	if ((valid & OBD_MD_FLHANDLE) && !lock_fits(req, oa->o_handle, fid))
		complain(req, fid, "I/O under a lock that does not cover it");
	lov_free(l);
}
