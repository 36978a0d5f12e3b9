// SPDX-License-Identifier: GPL-2.0-only
/* Stale mirrors get the data of those that are not, without a client */
#include <unistd.h>
#include "lov.h"
#include "ost.h"
#include "store.h"

#define PIECE	65536U		/* stripes and components begin at multiples */

/* The object of @mirror that a byte of the file is in, and where; -1: none */
static int place(const struct lov *l, uint32_t mirror, uint64_t pos,
		 uint64_t *off)
{
	for (unsigned int i = 0; i < l->n; i++) {
		const struct lov_comp *c = &l->c[i];
		uint64_t unit, nr;
		struct target *t;

		if (lov_mirror(c) != mirror || pos < c->start || pos >= c->end)
			continue;
		if (!(c->flags & LCME_FL_INIT) || !c->n)
			return -1;
		unit = pos / c->size;
		nr = unit % c->n;
		*off = unit / c->n * c->size + pos % c->size;
		t = target_get(TGT_OST, c->obj[nr].ost);
		return t ? object_fd(t, &c->obj[nr].fid) : -1;
	}
	return -1;
}

/* The mirror ends where the other one does, by as much as lies in an object. */
static int copy(const struct lov *l, uint32_t from, uint32_t to, uint64_t size)
{
	static char buf[PIECE];

	for (uint64_t pos = 0; pos < size; pos += PIECE) {
		uint64_t at, off, n = min_t(uint64_t, PIECE, size - pos);
		int in = place(l, from, pos, &at);
		int out = place(l, to, pos, &off);
		ssize_t got = in < 0 ? 0 : pread(in, buf, n, at);

		if (got < 0 || (out < 0 && got))
			return -EIO;
		memset(buf + got, 0, n - got);
		if (out >= 0 && pwrite(out, buf, n, off) != (ssize_t)n)
			return -EIO;
	}
	return 0;
}

/* Do clients have locks on the objects?  Then they are asked for them. */
bool flr_in_use(const struct lov *l)
{
	struct lov_iter it = { .l = l };
	bool used = false;

	while (lov_next(&it)) {
		struct target *t = target_get(TGT_OST, it.obj->ost);
		struct ldlm_res_id id;

		object_res(&id, &it.obj->fid);
		used |= t && ldlm_revoke_extent(NULL, t, &id, LCK_EX, 0,
						OBD_OBJECT_EOF, false, 0);
	}
	return used;
}

/* The size of the file, by the objects of @mirror */
uint64_t flr_size(const struct lov *l, uint32_t mirror)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		const struct lov_comp *c = &l->c[i];

		for (unsigned int k = 0; lov_mirror(c) == mirror &&
		     c->flags & LCME_FL_INIT && k < c->n; k++) {
			struct target *t = target_get(TGT_OST, c->obj[k].ost);
			struct stat st;
			uint64_t last;
			int fd = t ? object_fd(t, &c->obj[k].fid) : -1;

			if (fd < 0 || fstat(fd, &st) || !st.st_size)
				continue;
			last = st.st_size - 1;
			last = (last / c->size * c->n + k) * c->size +
			       last % c->size;
			if (last + 1 > size && last >= c->start)
				size = last + 1;
		}
	}
	return size;
}

/* All objects of @mirror are emptied, or what they take is booked */
int flr_each(const struct lov *l, uint32_t mirror, bool empty)
{
	for (unsigned int i = 0; i < l->n; i++)
		for (unsigned int k = 0; lov_mirror(&l->c[i]) == mirror &&
		     l->c[i].flags & LCME_FL_INIT && k < l->c[i].n; k++) {
			const struct lov_obj *o = &l->c[i].obj[k];
			struct target *t = target_get(TGT_OST, o->ost);
			int fd = t ? object_fd(t, &o->fid) : -1;
			struct stat st;

			if (fd < 0 || fstat(fd, &st) ||
			    (empty && ftruncate(fd, 0)))
				return -EIO;
			if (empty)
				t->used -= st.st_blocks * 512;
			else
				t->used += st.st_blocks * 512;
		}
	return 0;
}

static int synchronize(const struct inode *ino)
{
	struct lov *l = lov_get(&ino->fid);
	uint32_t from = flr_primary(l), done = from;
	__le32 ids[LOV_MAX_COMPS];
	unsigned int n = 0;
	int rc = from ? 0 : -EINVAL;

	for (unsigned int i = 0; i < l->n && !rc; i++) {
		uint32_t to = lov_mirror(&l->c[i]);

		ids[n++] = cpu_to_le32(l->c[i].id);
		if (to == from || to == done)
			continue;
		done = to;
		rc = flr_each(l, to, true);
		if (!rc)
			rc = copy(l, from, to, flr_size(l, from));
		if (!rc)
			rc = flr_each(l, to, false);
	}
	lov_free(l);
	return rc ? rc : flr_resynced(ino, ids, n);
}

int layout_resync(const struct inode *ino)
{
	struct lov *l = lov_get(&ino->fid);
	bool used = l && flr_in_use(l);
	int rc = l && l->mirrors && flr_primary(l) ? 0 : -EINVAL;

	lov_free(l);
	if (rc || used)
		return rc ? rc : -EBUSY;
	rc = flr_resync(ino, 0);
	if (!rc)
		rc = synchronize(ino);
	mdt_revoke(NULL, &ino->fid, LCK_EX, MDS_INODELOCK_LAYOUT);
	return rc;
}
