// SPDX-License-Identifier: GPL-2.0-only
/* The extents of an object (document 07, 10.8) */
#include "ost.h"
#include "store.h"

#include <linux/fiemap.h>
#include <unistd.h>

/*
 * There is no device: each object gets as much of one as it can become long.
 */
static uint64_t device_offset(const struct object *o)
{
	return (uint64_t)(o->fid.oid & 0xffff) << 40;
}

/* The next data from @at on: false if there are none before @end */
static bool next_extent(int fd, uint64_t at, uint64_t end, uint64_t *start,
			uint64_t *behind)
{
	off_t from = lseek(fd, at, SEEK_DATA), to;

	if (from < 0 || (uint64_t)from >= end)
		return false;
	to = lseek(fd, from, SEEK_HOLE);
	if (to < 0)
		return false;
	*start = from;
	*behind = to;
	return true;
}

static uint32_t fill(int fd, const struct object *o, uint64_t at, uint64_t end,
		     struct ost_fiemap_extent *e, uint32_t max)
{
	uint64_t start, behind, none;
	uint32_t n = 0;

	while (n < max && next_extent(fd, at, end, &start, &behind)) {
		e[n].fe_logical = cpu_to_le64(start);
		e[n].fe_physical = cpu_to_le64(device_offset(o) + start);
		e[n].fe_length = cpu_to_le64(behind - start);
		if (!next_extent(fd, behind, INT64_MAX, &none, &none))
			e[n].fe_flags = cpu_to_le32(FIEMAP_EXTENT_LAST);
		n++;
		at = behind;
	}
	return n;
}

static int fiemap(struct req *req, const struct ost_fiemap_key *key,
		  const struct object *o)
{
	uint64_t start = le64_to_cpu(key->fiemap.fm_start);
	uint64_t len = le64_to_cpu(key->fiemap.fm_length);
	uint32_t max = le32_to_cpu(key->fiemap.fm_extent_count);
	const struct ost_fiemap *in = req_buf(req, 2, sizeof(*in));
	struct ost_fiemap *out;
	int fd = object_fd(req->tgt, &o->fid);

	if (fd < 0)
		return fd;
	if (!in || req_buflen(req, 2) < sizeof(*in) + max *
					sizeof(struct ost_fiemap_extent))
		return -EPROTO;
	if (!len || start > INT64_MAX)
		return -EINVAL;
	if (len > INT64_MAX - start)
		len = INT64_MAX - start;
	out = rep_add(req, req_buflen(req, 2));
	*out = key->fiemap;
	out->fm_mapped_extents =
		cpu_to_le32(fill(fd, o, start, start + len,
				 (struct ost_fiemap_extent *)(out + 1), max));
	return 0;
}

int handle_fiemap(struct req *req)
{
	const struct ost_fiemap_key *key = req_buf(req, 1, sizeof(*key));
	struct ldlm_res_id id;
	struct object o;
	struct fid fid;
	uint64_t valid;

	if (!key)
		return -EPROTO;
	valid = le64_to_cpu(key->oa.o_valid);
	if (!(valid & OBD_MD_FLID) || !(valid & OBD_MD_FLGROUP) ||
	    oi_to_fid(&key->oa.o_oi, req->tgt->index, &fid))
		return -EPROTO;
	if (object_get(req->tgt, &fid, &o))
		return -ENOENT;
	object_res(&id, &o.fid);
	if ((valid & OBD_MD_FLFLAGS) &&
	    (le32_to_cpu(key->oa.o_flags) & OBD_FL_SRVLOCK) &&
	    ldlm_revoke_extent(req, req->tgt, &id, LCK_PR, 0, OBD_OBJECT_EOF,
			       false, 0))
		return REQ_ASYNC;
	return fiemap(req, key, &o);
}
