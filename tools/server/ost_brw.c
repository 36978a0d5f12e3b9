// SPDX-License-Identifier: GPL-2.0-only
/* OST_READ and OST_WRITE (document 07, 4) */
#include "dom.h"
#include "fault.h"
#include "store.h"

#include <unistd.h>

#define PAGE		PTLRPC_BULK_PAGE_SIZE
#define MD_MAX		128

/* A read or write on its way */
struct brw {
	struct obdo		oa;
	struct fid		fid;
	struct niobuf_remote	*nb;		/* host order */
	unsigned int		n;
	bool			write, shortio, sync;
	size_t			total;		/* bytes asked for */
	size_t			md_len[MD_MAX];
	unsigned int		mds;
	uint64_t		first_mbits;
};

static void brw_free(void *p)
{
	struct brw *b = p;

	free(b->nb);
	free(b);
}

/*
 * The rule by which both sides cut data into descriptors: pieces end at 4 KiB
 * boundaries of the object, 256 pieces fill a descriptor.
 */
static int split(struct brw *b)
{
	unsigned int pieces = 0;

	b->mds = 1;
	memset(b->md_len, 0, sizeof(b->md_len));
	for (unsigned int i = 0; i < b->n; i++) {
		uint64_t off = b->nb[i].rnb_offset;
		uint32_t len = b->nb[i].rnb_len;

		while (len) {
			uint32_t part = min_t(uint32_t, len, PAGE - off % PAGE);

			if (pieces == PTLRPC_BULK_MD_PAGES) {
				pieces = 0;
				if (b->mds++ == MD_MAX)
					return -EPROTO;
			}
			b->md_len[b->mds - 1] += part;
			pieces++;
			off += part;
			len -= part;
		}
	}
	return 0;
}

static int niobufs_check(struct req *req, struct brw *b)
{
	const struct niobuf_remote *in;
	uint64_t next = 0, srvlock = 0;

	in = req_buf(req, 3, b->n * sizeof(*in));
	if (!in || req_buflen(req, 3) != b->n * sizeof(*in))
		return -EPROTO;
	b->nb = xzalloc(b->n * sizeof(*in));
	for (unsigned int i = 0; i < b->n; i++) {
		b->nb[i].rnb_offset = le64_to_cpu(in[i].rnb_offset);
		b->nb[i].rnb_len = le32_to_cpu(in[i].rnb_len);
		b->nb[i].rnb_flags = le32_to_cpu(in[i].rnb_flags);
		if (!b->nb[i].rnb_len || b->nb[i].rnb_offset < next ||
		    b->nb[i].rnb_offset > OST_MAXBYTES ||
		    (i && b->nb[i].rnb_offset % PAGE) ||
		    (i && next % PAGE)) {
			log_warn("niobuf %u of %u: [%#llx, +%#x]", i, b->n,
				 b->nb[i].rnb_offset, b->nb[i].rnb_len);
			return -EPROTO;
		}
		next = b->nb[i].rnb_offset + b->nb[i].rnb_len;
		if (next > OST_MAXBYTES)
			return -EFBIG;
		b->total += b->nb[i].rnb_len;
		srvlock += !!(b->nb[i].rnb_flags & OBD_BRW_SRVLOCK);
		/* Unless all of it may wait, the reply means "on disk". */
		if (!(b->nb[i].rnb_flags & OBD_BRW_ASYNC))
			b->sync = true;
		/* Who can't send it again must not have it answered early. */
		if (b->write && b->nb[i].rnb_flags & OBD_BRW_ASYNC &&
		    !(b->nb[i].rnb_flags & OBD_BRW_FROM_GRANT)) {
			log_warn("niobuf %u of %u: asynchronous without grant",
				 i, b->n);
			return -EPROTO;
		}
	}
	return srvlock && srvlock != b->n ? -EFAULT : 0;
}

static int bulk_geometry(struct req *req, struct brw *b, uint32_t max_brw)
{
	uint32_t mds = (max_brw >> IOOBJ_MAX_BRW_BITS) + 1;
	int rc;

	if (mds & (mds - 1) || mds > MD_MAX) {
		log_warn("ioo_max_brw %#x: not a power of two of descriptors",
			 max_brw);
		return -EPROTO;
	}
	rc = split(b);
	if (rc)
		return rc;
	b->first_mbits = req->mbits & ~(uint64_t)(mds - 1);
	if (req->mbits - b->first_mbits + 1 != b->mds) {
		log_warn("match bits %" PRIx64 " announce %" PRIu64 " descriptors, the data needs %u",
			 req->mbits, req->mbits - b->first_mbits + 1, b->mds);
		return -EPROTO;
	}
	return 0;
}

static int brw_parse(struct req *req, struct brw *b)
{
	const struct obd_ioobj *ioo = req_buf(req, 2, sizeof(*ioo));
	const struct obdo *oa;
	uint64_t valid;
	int rc = ost_body(req, &oa, &b->fid);

	if (rc)
		return rc;
	if (!ioo || req_buflen(req, 2) != sizeof(*ioo) || req->bufcount < 5)
		return -EPROTO;
	b->oa = *oa;
	valid = le64_to_cpu(b->oa.o_valid);
	b->write = req->opc == OST_WRITE;
	b->n = le32_to_cpu(ioo->ioo_bufcnt);
	if (!b->n || b->n > OST_MAX_NIOBUFS ||
	    memcmp(&ioo->ioo_oid, &b->oa.o_oi, sizeof(ioo->ioo_oid)))
		return -EPROTO;
	rc = niobufs_check(req, b);
	if (rc)
		return rc;
	if (b->total > max_t(uint32_t, req->exp->brw_size, LNET_MTU)) {
		log_warn("%s of %zu bytes, %u were agreed on",
			 opc_name(req->opc), b->total, req->exp->brw_size);
		return -EPROTO;
	}
	b->shortio = (valid & OBD_MD_FLFLAGS) &&
		     (le32_to_cpu(b->oa.o_flags) & OBD_FL_SHORT_IO);
	if (!b->shortio)
		return bulk_geometry(req, b, le32_to_cpu(ioo->ioo_max_brw));
	if (!(req->exp->flags & OBD_CONNECT_SHORTIO) || b->n != 1)
		return -EPROTO;
	if (b->write && req_buflen(req, 5) != b->total) {
		log_warn("short write of %zu bytes carries %zu", b->total,
			 req_buflen(req, 5));
		return -EOVERFLOW;
	}
	return 0;
}

/* Lockless I/O: the server sees to it that nobody has a lock in the way */
static bool server_lock(struct req *req, const struct brw *b)
{
	const struct niobuf_remote *last = &b->nb[b->n - 1];
	struct ldlm_res_id id;

	if (!(b->nb[0].rnb_flags & OBD_BRW_SRVLOCK))
		return false;
	object_res(&id, &b->fid);
	return ldlm_revoke_extent(req, req->tgt, &id,
				  b->write ? LCK_PW : LCK_PR,
				  b->nb[0].rnb_offset & ~(PAGE - 1ULL),
				  (last->rnb_offset + last->rnb_len - 1) |
				  (PAGE - 1), false, 0);
}

static void use_cksum(struct brw *b, struct obdo *out, struct cksum *c)
{
	out->o_valid |= cpu_to_le64(OBD_MD_FLCKSUM | OBD_MD_FLFLAGS);
	out->o_flags = cpu_to_le32((le32_to_cpu(out->o_flags) &
				    ~OBD_FL_CKSUM_MASK) |
				   (le32_to_cpu(b->oa.o_flags) &
				    OBD_FL_CKSUM_MASK));
	out->o_cksum = cpu_to_le32(cksum_final(c));
}

static bool wants_cksum(const struct brw *b)
{
	return le64_to_cpu(b->oa.o_valid) & OBD_MD_FLCKSUM;
}

static void reply_grant(struct req *req, struct brw *b, struct obdo *out)
{
	uint64_t extra;

	if ((req->flags & (MSG_RESENT | MSG_REPLAY)) ||
	    ((le64_to_cpu(b->oa.o_valid) & OBD_MD_FLFLAGS) &&
	     (le32_to_cpu(b->oa.o_flags) & OBD_FL_RECOV_RESEND))) {
		out->o_valid &= ~cpu_to_le64(OBD_MD_FLGRANT);
		return;
	}
	extra = grant_brw(req, &b->oa, b->write);
	out->o_grant = cpu_to_le64(extra);
}

/* ---- read ---- */

static int read_finish(struct req *req)
{
	return req->status;
}

/* Bytes that exist, to the end of the page with the object's last byte */
static size_t readable(const struct brw *b, uint64_t size)
{
	uint64_t eof = round_up(size, PAGE);
	size_t n = 0;

	for (unsigned int i = 0; i < b->n; i++) {
		uint64_t off = b->nb[i].rnb_offset;
		uint32_t len = b->nb[i].rnb_len;

		if (off >= eof)
			break;
		if (off + len > eof) {
			n += eof - off;
			break;
		}
		n += len;
	}
	return n;
}

struct cursor {
	const struct brw *b;
	unsigned int	i;
	uint32_t	done;
};

/* Next run of at most @max bytes in one niobuf */
static uint32_t cursor_next(struct cursor *c, uint64_t *off, size_t max)
{
	const struct niobuf_remote *nb = &c->b->nb[c->i];
	uint32_t n;

	n = min_t(size_t, nb->rnb_len - c->done, max);
	*off = nb->rnb_offset + c->done;
	c->done += n;
	if (c->done == nb->rnb_len) {
		c->i++;
		c->done = 0;
	}
	return n;
}

static int read_into(int fd, struct cursor *cur, uint8_t *to, size_t n,
		     struct cksum *ck)
{
	while (n) {
		uint64_t off;
		uint32_t len = cursor_next(cur, &off, n);
		size_t got = 0;

		if (srv.cfg.no_data) {
			memset(to, 0, len);
			got = len;
		}
		while (got < len) {
			ssize_t r = pread(fd, to + got, len - got, off + got);

			if (r < 0)
				return -errno;
			if (!r) {
				memset(to + got, 0, len - got);
				break;
			}
			got += r;
		}
		if (ck)
			cksum_update(ck, off, to, len);
		to += len;
		n -= len;
	}
	return 0;
}

static int do_read(struct req *req, struct brw *b, int fd, uint64_t size)
{
	size_t have = readable(b, size), left = have;
	struct cursor cur = { b, 0, 0 };
	struct cksum ck, *ckp = wants_cksum(b) ? &ck : NULL;
	struct ost_body *body = rep_add(req, sizeof(*body));
	struct buf **data;
	int rc = 0;

	body->oa = b->oa;
	body->oa.o_flags &= cpu_to_le32(OBD_FL_CKSUM_MASK);
	reply_grant(req, b, &body->oa);
	cksum_start(&ck, le32_to_cpu(b->oa.o_flags));
	if (b->shortio) {
		rc = read_into(fd, &cur, rep_add(req, have), have, ckp);
		if (ckp)
			use_cksum(b, &body->oa, ckp);
		return rc ? rc : (int)have;
	}
	data = xzalloc(b->mds * sizeof(*data));
	for (unsigned int i = 0; i < b->mds; i++) {
		b->md_len[i] = min_t(size_t, b->md_len[i], left);
		data[i] = buf_new(b->md_len[i]);
		if (!rc)
			rc = read_into(fd, &cur, data[i]->data, b->md_len[i],
				       ckp);
		left -= b->md_len[i];
	}
	if (rc) {
		for (unsigned int i = 0; i < b->mds; i++)
			buf_put(data[i]);
		free(data);
		rep_reset(req);
		return rc;
	}
	if (b->mds > 1 && b->md_len[1] && fault_short_md(req->opc)) {
		have -= b->md_len[0] / 2;
		b->md_len[0] -= b->md_len[0] / 2;
		ckp = NULL;
		body->oa.o_valid &= ~cpu_to_le64(OBD_MD_FLCKSUM);
	}
	if (ckp)
		use_cksum(b, &body->oa, ckp);
	rep_add(req, 0);
	req->status = have;
	req->resume = read_finish;
	return bulk_start(req, OST_BULK_PORTAL, false, data, b->md_len, b->mds,
			  b->first_mbits);
}

/* ---- write ---- */

static int write_from(int fd, struct cursor *cur, const uint8_t *p, size_t n,
		      struct cksum *ck)
{
	while (n) {
		uint64_t off;
		uint32_t len = cursor_next(cur, &off, n), done = 0;

		if (ck)
			cksum_update(ck, off, p, len);
		/* one byte, for the size */
		if (srv.cfg.no_data)
			done = len - 1;
		while (done < len) {
			ssize_t w = pwrite(fd, p + done, len - done, off + done);

			if (w < 0)
				return -errno;
			done += w;
		}
		p += len;
		n -= len;
	}
	return 0;
}

static void write_attrs(struct req *req, struct brw *b, struct object *o)
{
	uint64_t valid = le64_to_cpu(b->oa.o_valid);

	if (req->xid >= o->setattr_xid) {
		if (valid & OBD_MD_FLMTIME)
			o->mtime = le64_to_cpu(b->oa.o_mtime);
		if (valid & OBD_MD_FLATIME)
			o->atime = le64_to_cpu(b->oa.o_atime);
		if (valid & OBD_MD_FLCTIME)
			o->ctime = le64_to_cpu(b->oa.o_ctime);
	}
	if (!o->written) {
		if (valid & OBD_MD_FLUID)
			o->uid = le32_to_cpu(b->oa.o_uid);
		if (valid & OBD_MD_FLGID)
			o->gid = le32_to_cpu(b->oa.o_gid);
		if (valid & OBD_MD_FLPROJID)
			o->projid = le32_to_cpu(b->oa.o_projid);
		o->written = 1;
	}
	o->version = ost_transno(req);
	object_put(req->tgt, o);
	if (req->tgt->kind == TGT_MDT && req->xid >= o->setattr_xid)
		dom_touch(req, &b->oa, &b->fid);
}

static int write_all(struct req *req, struct brw *b, int fd, struct cksum *ck)
{
	struct cursor cur = { b, 0, 0 };
	int rc = 0;

	if (b->shortio)
		return write_from(fd, &cur, req_buf(req, 5, b->total), b->total,
				  ck);
	for (unsigned int i = 0; i < b->mds && !rc; i++) {
		struct buf *d = bulk_data(req, i);

		if (!d || d->len != b->md_len[i])
			return -EPROTO;
		rc = write_from(fd, &cur, d->data, d->len, ck);
	}
	return rc;
}

static int write_finish(struct req *req)
{
	struct brw *b = req->priv;
	struct cksum ck, *ckp = wants_cksum(b) ? &ck : NULL;
	struct stat before = { 0 }, after = { 0 };
	struct ost_body *body;
	struct object o;
	uint64_t valid;
	__le32 *rcs;
	int fd, rc;

	if (object_get(req->tgt, &b->fid, &o))
		return -ENOENT;
	fd = object_fd(req->tgt, &b->fid);
	if (fd < 0)
		return fd;
	fstat(fd, &before);
	cksum_start(&ck, le32_to_cpu(b->oa.o_flags));
	rc = 0;
	if (ost_space_left(req->tgt) < b->total)
		rc = -ENOSPC;
	else
		rc = write_all(req, b, fd, ckp);
	if (rc == -EPROTO)
		return rc;
	fstat(fd, &after);
	req->tgt->used += (after.st_blocks - before.st_blocks) * 512;
	body = rep_add(req, sizeof(*body));
	rcs = rep_add(req, b->n * sizeof(*rcs));
	for (unsigned int i = 0; i < b->n; i++)
		rcs[i] = cpu_to_le32(rc);
	if (!rc) {
		write_attrs(req, b, &o);
		if (b->sync && srv.cfg.durable && fdatasync(fd))
			return -errno;
		if (b->sync)
			store_commit();
	}
	valid = le64_to_cpu(b->oa.o_valid);
	body->oa = b->oa;
	body->oa.o_flags &= cpu_to_le32(OBD_FL_CKSUM_MASK);
	reply_grant(req, b, &body->oa);
	if (!(le64_to_cpu(body->oa.o_valid) & OBD_MD_FLGRANT))
		valid &= ~OBD_MD_FLGRANT;
	valid &= ~(OBD_MD_FLMTIME | OBD_MD_FLATIME | OBD_MD_FLCKSUM);
	valid |= OBD_MD_FLSIZE | OBD_MD_FLBLOCKS | OBD_MD_FLMODE |
		 OBD_MD_FLUSRQUOTA | OBD_MD_FLGRPQUOTA | OBD_MD_FLPRJQUOTA |
		 OBD_MD_FLFLAGS;
	body->oa.o_valid = cpu_to_le64(valid);
	body->oa.o_size = cpu_to_le64(after.st_size);
	body->oa.o_blocks = cpu_to_le64(after.st_blocks);
	body->oa.o_mode = cpu_to_le32(S_IFREG | 0666);
	if (ckp && !rc) {
		use_cksum(b, &body->oa, ckp);
		if (b->oa.o_cksum && b->oa.o_cksum != body->oa.o_cksum)
			log_warn("%s: write checksum %#x, computed %#x, type %#x",
				 fid_str(&b->fid), le32_to_cpu(b->oa.o_cksum),
				 le32_to_cpu(body->oa.o_cksum), ck.type);
	}
	return 0;
}

static int do_write(struct req *req, struct brw *b)
{
	struct buf **data;

	req->resume = write_finish;
	if (b->shortio)
		return write_finish(req);
	data = xzalloc(b->mds * sizeof(*data));
	return bulk_start(req, OST_BULK_PORTAL, true, data, b->md_len, b->mds,
			  b->first_mbits);
}

int handle_brw(struct req *req)
{
	struct brw *b = req->priv;
	struct object o;
	struct stat st;
	int fd, rc;

	if (!b) {
		if (req->portal != (req->tgt->kind == TGT_MDT ?
				    MDS_IO_PORTAL : OST_IO_PORTAL))
			return -EPROTO;
		b = req->priv = xzalloc(sizeof(*b));
		req->priv_free = brw_free;
		rc = brw_parse(req, b);
		if (rc)
			return rc;
	}
	if (le64_to_cpu(b->oa.o_valid) & OBD_MD_FLHANDLE)
		ldlm_prolong(req->exp, b->oa.o_handle);
	if (object_get(req->tgt, &b->fid, &o) &&
	    (!b->write || object_recreate(req, &b->fid, &b->oa, &o)))
		return -ENOENT;
	if (req->tgt->kind == TGT_MDT)
		dom_look(req, &b->oa, &b->fid, b->nb, b->n);
	else if (ost_look(req, &b->oa, &o, b->nb, b->write ? b->n : 0))
		return -ESTALE;
	if ((le64_to_cpu(b->oa.o_valid) & OBD_MD_FLFLAGS) &&
	    (le32_to_cpu(b->oa.o_flags) & OBD_FL_NORPC)) {
		rep_add_data(req, &b->oa, sizeof(b->oa));
		rep_add(req, 0);
		return 0;
	}
	if (server_lock(req, b))
		return REQ_ASYNC;
	if (b->write)
		return do_write(req, b);
	fd = object_fd(req->tgt, &b->fid);
	if (fd < 0 || fstat(fd, &st))
		return -EIO;
	return do_read(req, b, fd, st.st_size);
}
