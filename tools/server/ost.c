// SPDX-License-Identifier: GPL-2.0-only
/* Object service: everything but data (document 07, 10) */
#include "dom.h"
#include "store.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <unistd.h>

/*
 * Without FLID and FLGROUP a real server does not look at the object that the
 * body names, and takes a request for one about none.
 */
int ost_body(struct req *req, const struct obdo **oa, struct fid *fid)
{
	const struct ost_body *body = req_buf(req, 1, sizeof(*body));
	uint64_t need = OBD_MD_FLID | OBD_MD_FLGROUP;
	int rc;

	if (!body)
		return -EPROTO;
	*oa = &body->oa;
	if ((le64_to_cpu(body->oa.o_valid) & need) != need) {
		log_warn("%s: %s of %s: object %#llx:%#llx without FLID|FLGROUP in o_valid %#llx",
			 req->tgt->name, opc_name(req->opc), req->exp->uuid,
			 (unsigned long long)le64_to_cpu(body->oa.o_oi.oi_id),
			 (unsigned long long)le64_to_cpu(body->oa.o_oi.oi_seq),
			 (unsigned long long)le64_to_cpu(body->oa.o_valid));
		return -EPROTO;
	}
	rc = oi_to_fid(&body->oa.o_oi, req->tgt->index, fid);
	if (rc)
		log_warn("%s: %s of %s: no object can be named %#llx:%#llx",
			 req->tgt->name, opc_name(req->opc), req->exp->uuid,
			 (unsigned long long)le64_to_cpu(body->oa.o_oi.oi_id),
			 (unsigned long long)le64_to_cpu(body->oa.o_oi.oi_seq));
	return rc;
}

/* Body and object of a request. 0, or the error to answer with */
static int obj_get(struct req *req, const struct obdo **oa, struct object *o)
{
	struct fid fid;
	int rc = ost_body(req, oa, &fid);

	if (rc)
		return rc;
	if (le64_to_cpu((*oa)->o_valid) & OBD_MD_FLHANDLE)
		ldlm_prolong(req->exp, (*oa)->o_handle);
	if (!object_get(req->tgt, &fid, o))
		return 0;
	return object_recreate(req, &fid, *oa, o);
}

static uint32_t oa_flags(const struct obdo *oa)
{
	return le64_to_cpu(oa->o_valid) & OBD_MD_FLFLAGS ?
	       le32_to_cpu(oa->o_flags) : 0;
}

static bool server_lock(struct req *req, const struct obdo *oa,
			const struct object *o, uint32_t mode, uint64_t start,
			uint64_t end)
{
	struct ldlm_res_id id;

	if (!(oa_flags(oa) & OBD_FL_SRVLOCK))
		return false;
	object_res(&id, &o->fid);
	return ldlm_revoke_extent(req, req->tgt, &id, mode, start, end, false,
				  0);
}

static struct obdo *reply_attrs(struct req *req, const struct obdo *oa,
				const struct object *o, uint64_t extra)
{
	struct ost_body *body = rep_add(req, sizeof(*body));
	struct obdo *out = &body->oa;
	struct stat st = { 0 };
	int fd = object_fd(req->tgt, &o->fid);

	if (fd >= 0)
		fstat(fd, &st);
	out->o_oi = oa->o_oi;
	out->o_mode = cpu_to_le32(S_IFREG | 0666);
	out->o_size = cpu_to_le64(st.st_size);
	out->o_blocks = cpu_to_le64(st.st_blocks);
	out->o_blksize = cpu_to_le32(4096);
	out->o_mtime = cpu_to_le64(o->mtime);
	out->o_atime = cpu_to_le64(o->atime);
	out->o_ctime = cpu_to_le64(o->ctime);
	out->o_uid = cpu_to_le32(o->uid);
	out->o_gid = cpu_to_le32(o->gid);
	out->o_projid = cpu_to_le32(o->projid);
	out->o_data_version = cpu_to_le64(o->version);
	out->o_layout_version = cpu_to_le32(o->layout_version);
	out->o_valid = cpu_to_le64(OBD_MD_FLID | OBD_MD_FLGROUP |
				   OBD_MD_FLTYPE | OBD_MD_FLMODE |
				   OBD_MD_FLSIZE | OBD_MD_FLBLOCKS |
				   OBD_MD_FLATIME | OBD_MD_FLMTIME |
				   OBD_MD_FLCTIME | extra);
	return out;
}

static int handle_getattr(struct req *req)
{
	const struct obdo *oa;
	struct object o;
	uint32_t mode;
	int rc = obj_get(req, &oa, &o);

	if (rc)
		return rc;
	mode = oa_flags(oa) & OBD_FL_FLUSH ? LCK_PW : LCK_PR;
	if (server_lock(req, oa, &o, mode, 0, OBD_OBJECT_EOF))
		return REQ_ASYNC;
	reply_attrs(req, oa, &o, OBD_MD_FLBLKSZ | OBD_MD_FLUID | OBD_MD_FLGID |
		    OBD_MD_FLPROJID | OBD_MD_FLDATAVERSION |
		    OBD_MD_LAYOUT_VERSION);
	return 0;
}

static void take_times(struct req *req, const struct obdo *oa,
		       struct object *o)
{
	uint64_t valid = le64_to_cpu(oa->o_valid);

	if (valid & OBD_MD_FLMTIME)
		o->mtime = le64_to_cpu(oa->o_mtime);
	if (valid & OBD_MD_FLATIME)
		o->atime = le64_to_cpu(oa->o_atime);
	if (valid & OBD_MD_FLCTIME)
		o->ctime = le64_to_cpu(oa->o_ctime);
	if (req->xid > o->setattr_xid)
		o->setattr_xid = req->xid;
}

static int handle_setattr(struct req *req)
{
	struct ost_body *body;
	const struct obdo *oa;
	struct object o;
	uint64_t valid;
	int rc = obj_get(req, &oa, &o);

	if (rc)
		return rc;
	valid = le64_to_cpu(oa->o_valid);
	if ((valid & OBD_MD_FLSIZE) &&
	    le64_to_cpu(oa->o_size) != OBD_OBJECT_EOF)
		return -EPERM;
	take_times(req, oa, &o);
	if (valid & OBD_MD_FLUID)
		o.uid = le32_to_cpu(oa->o_uid);
	if (valid & OBD_MD_FLGID)
		o.gid = le32_to_cpu(oa->o_gid);
	if (valid & OBD_MD_FLPROJID)
		o.projid = le32_to_cpu(oa->o_projid);
	o.version = ost_transno(req);
	object_put(req->tgt, &o);
	body = rep_add(req, sizeof(*body));
	body->oa = *oa;
	return 0;
}

static int handle_punch(struct req *req)
{
	struct stat before = { 0 }, after = { 0 };
	struct ost_body *body;
	const struct obdo *oa;
	struct object o;
	uint64_t valid, size;
	int rc = obj_get(req, &oa, &o), fd;

	if (rc)
		return rc;
	valid = le64_to_cpu(oa->o_valid);
	size = le64_to_cpu(oa->o_size);
	if (req->portal != (req->tgt->kind == TGT_MDT ? MDS_IO_PORTAL :
			    OST_IO_PORTAL) || !(valid & OBD_MD_FLSIZE) ||
	    !(valid & OBD_MD_FLBLOCKS) ||
	    le64_to_cpu(oa->o_blocks) != OBD_OBJECT_EOF)
		return -EPROTO;
	if (size > OST_MAXBYTES)
		return -EFBIG;
	if (req->tgt->kind == TGT_OST && ost_look(req, oa, &o, NULL, 0))
		return -ESTALE;
	if (server_lock(req, oa, &o, LCK_PW, size & ~4095ULL, OBD_OBJECT_EOF))
		return REQ_ASYNC;
	fd = object_fd(req->tgt, &o.fid);
	if (fd < 0)
		return fd;
	fstat(fd, &before);
	if (ftruncate(fd, size))
		return -errno;
	fstat(fd, &after);
	req->tgt->used += (after.st_blocks - before.st_blocks) * 512;
	take_times(req, oa, &o);
	o.version = ost_transno(req);
	object_put(req->tgt, &o);
	body = rep_add(req, sizeof(*body));
	body->oa.o_oi = oa->o_oi;
	body->oa.o_valid = cpu_to_le64(OBD_MD_FLID | OBD_MD_FLBLOCKS);
	body->oa.o_blocks = cpu_to_le64(after.st_blocks);
	if (req->tgt->kind != TGT_MDT)
		return 0;
	dom_touch(req, oa, &o.fid);
	dom_look(req, oa, &o.fid, NULL, 0);
	body->oa.o_valid |= cpu_to_le64(OBD_MD_FLSIZE | OBD_MD_FLATIME |
					OBD_MD_FLMTIME | OBD_MD_FLCTIME);
	body->oa.o_size = cpu_to_le64(after.st_size);
	body->oa.o_mtime = cpu_to_le64(o.mtime);
	body->oa.o_atime = cpu_to_le64(o.atime);
	body->oa.o_ctime = cpu_to_le64(o.ctime);
	return 0;
}

static int handle_sync(struct req *req)
{
	const struct obdo *oa;
	struct object o;
	/* Of one object: a target as a whole can't be asked to commit. */
	int rc = obj_get(req, &oa, &o), fd;

	if (rc)
		return rc;
	if (!(le64_to_cpu(oa->o_valid) & OBD_MD_FLSIZE) ||
	    !(le64_to_cpu(oa->o_valid) & OBD_MD_FLBLOCKS))
		return -EPROTO;
	fd = object_fd(req->tgt, &o.fid);
	if (fd >= 0 && srv.cfg.durable && fdatasync(fd))
		return -errno;
	store_commit();
	reply_attrs(req, oa, &o, 0);
	return 0;
}

static int handle_statfs(struct req *req)
{
	ost_statfs(req->tgt, rep_add(req, sizeof(struct obd_statfs)));
	return 0;
}

static int handle_set_info(struct req *req)
{
	const char *key = req_str(req, 1);
	const struct ost_body *in = req_buf(req, 2, sizeof(*in));
	struct ost_body *body;

	if (!key)
		return -EPROTO;
	if (strcmp(key, KEY_GRANT_SHRINK))
		return -EINVAL;
	if (!in)
		return -EPROTO;
	body = rep_add_data(req, in, sizeof(*in));
	body->oa.o_grant = cpu_to_le64(grant_shrink(req->exp, &in->oa));
	return 0;
}

static int handle_get_info(struct req *req)
{
	const struct ost_fiemap_key *key = req_buf(req, 1, sizeof(key->name));

	if (key && !strncmp(key->name, KEY_FIEMAP, sizeof(key->name)))
		return handle_fiemap(req);
	return key ? -EOPNOTSUPP : -EPROTO;
}

/* tmpfs does not know ZERO_RANGE; what it allocates after a punch is zeroes */
static int object_fallocate(int fd, int mode, off_t start, off_t len)
{
	if (!fallocate(fd, mode, start, len))
		return 0;
	if (errno != EOPNOTSUPP || !(mode & FALLOC_FL_ZERO_RANGE))
		return -errno;
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start,
		      len) ||
	    fallocate(fd, mode & FALLOC_FL_KEEP_SIZE, start, len))
		return -errno;
	return 0;
}

static int handle_fallocate(struct req *req)
{
	struct stat before = { 0 }, after = { 0 };
	const struct obdo *oa;
	struct obdo *out;
	struct object o;
	uint64_t valid, start, end;
	uint32_t mode;
	int rc = obj_get(req, &oa, &o), fd;

	if (rc)
		return rc;
	valid = le64_to_cpu(oa->o_valid);
	start = le64_to_cpu(oa->o_size);
	end = le64_to_cpu(oa->o_blocks);
	mode = le32_to_cpu(oa->o_falloc_mode);
	if (!(valid & OBD_MD_FLSIZE) || !(valid & OBD_MD_FLBLOCKS) ||
	    (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE |
		      FALLOC_FL_ZERO_RANGE)))
		return -EOPNOTSUPP;
	if (start >= end)
		return -EINVAL;
	if (req->portal != (req->tgt->kind == TGT_MDT ? MDS_IO_PORTAL :
			    OST_IO_PORTAL))
		return -EPROTO;
	if (req->tgt->kind == TGT_OST && ost_look(req, oa, &o, NULL, 0))
		return -ESTALE;
	if (server_lock(req, oa, &o, LCK_PW, start, end - 1))
		return REQ_ASYNC;
	fd = object_fd(req->tgt, &o.fid);
	if (fd < 0)
		return fd;
	if (!(mode & FALLOC_FL_PUNCH_HOLE) &&
	    ost_space_left(req->tgt) < end - start)
		return -ENOSPC;
	fstat(fd, &before);
	rc = object_fallocate(fd, mode, start, end - start);
	if (rc)
		return rc;
	fstat(fd, &after);
	req->tgt->used += (after.st_blocks - before.st_blocks) * 512;
	take_times(req, oa, &o);
	o.version = ost_transno(req);
	object_put(req->tgt, &o);
	if (req->tgt->kind == TGT_MDT) {
		dom_touch(req, oa, &o.fid);
		dom_look(req, oa, &o.fid, NULL, 0);
	}
	out = reply_attrs(req, oa, &o, 0);
	out->o_valid = cpu_to_le64(OBD_MD_FLID | OBD_MD_FLSIZE |
				   OBD_MD_FLBLOCKS);
	return 0;
}

static int handle_seek(struct req *req)
{
	const struct obdo *oa;
	struct ost_body *body;
	struct object o;
	struct stat st;
	int64_t off, res;
	uint32_t whence;
	int rc = obj_get(req, &oa, &o), fd;

	if (rc)
		return rc;
	off = le64_to_cpu(oa->o_size);
	whence = le32_to_cpu(oa->o_mode);
	if (off < 0 || (whence != SEEK_DATA && whence != SEEK_HOLE))
		return -EPROTO;
	if (server_lock(req, oa, &o, LCK_PR, off, OBD_OBJECT_EOF))
		return REQ_ASYNC;
	fd = object_fd(req->tgt, &o.fid);
	if (fd < 0 || fstat(fd, &st))
		return -EIO;
	if (off >= st.st_size)
		res = whence == SEEK_HOLE ? off : -ENXIO;
	else
		res = lseek(fd, off, whence);
	if (res == -1)
		res = -errno;
	body = rep_add(req, sizeof(*body));
	body->oa.o_oi = oa->o_oi;
	body->oa.o_valid = cpu_to_le64(OBD_MD_FLID | OBD_MD_FLSIZE);
	body->oa.o_size = cpu_to_le64(res);
	return 0;
}

static int handle_ladvise(struct req *req)
{
	const struct ladvise_hdr *h = req_buf(req, 2, sizeof(*h));
	const struct lu_ladvise *lla;
	const struct obdo *oa;
	struct object o;
	int rc = obj_get(req, &oa, &o);

	if (rc)
		return rc;
	if (!h || le32_to_cpu(h->lah_magic) != LADVISE_MAGIC ||
	    !le32_to_cpu(h->lah_count) || le32_to_cpu(h->lah_count) > 1023 ||
	    le64_to_cpu(h->lah_flags) & ~3ULL)
		return -EPROTO;
	lla = req_buf(req, 3, le32_to_cpu(h->lah_count) * sizeof(*lla));
	if (!lla)
		return -EPROTO;
	for (uint32_t i = 0; i < le32_to_cpu(h->lah_count); i++) {
		if (le64_to_cpu(lla[i].lla_start) >= le64_to_cpu(lla[i].lla_end))
			req_wrong(req, "advice about nothing");
		log_info("advice %u about [%" PRIu64 ", %" PRIu64 ") of %s",
			 le16_to_cpu(lla[i].lla_advice),
			 le64_to_cpu(lla[i].lla_start),
			 le64_to_cpu(lla[i].lla_end), fid_str(&o.fid));
	}
	reply_attrs(req, oa, &o, 0);
	return 0;
}

static int handle_quotactl(struct req *req)
{
	(void)req;
	return -ESRCH;		/* there is no quota here */
}

#define V	LUSTRE_OST_VERSION

/* An MDT serves these for data of its own. */
#define BOTH	(TGT_OST | TGT_MDT)

const struct rpc_op ost_ops[] = {
	{ OST_GETATTR, "OST_GETATTR", handle_getattr, V, BOTH, 0 },
	{ OST_SETATTR, "OST_SETATTR", handle_setattr, V, TGT_OST,
	  OPF_RECOVERY },
	{ OST_READ, "OST_READ", handle_brw, V, BOTH, 0 },
	{ OST_WRITE, "OST_WRITE", handle_brw, V, BOTH, OPF_RECOVERY },
	{ OST_PUNCH, "OST_PUNCH", handle_punch, V, BOTH, OPF_RECOVERY },
	{ OST_STATFS, "OST_STATFS", handle_statfs, V, TGT_OST, 0 },
	{ OST_SYNC, "OST_SYNC", handle_sync, V, BOTH, OPF_RECOVERY },
	{ OST_SET_INFO, "OST_SET_INFO", handle_set_info, V, TGT_OST, 0 },
	{ OST_GET_INFO, "OST_GET_INFO", handle_get_info, V, TGT_OST, 0 },
	{ OST_QUOTACTL, "OST_QUOTACTL", handle_quotactl, V, TGT_OST, 0 },
	{ OST_LADVISE, "OST_LADVISE", handle_ladvise, V, BOTH, 0 },
	{ OST_FALLOCATE, "OST_FALLOCATE", handle_fallocate, V, BOTH,
	  OPF_RECOVERY },
	{ OST_SEEK, "OST_SEEK", handle_seek, V, BOTH, 0 },
	{ 0 },
};
