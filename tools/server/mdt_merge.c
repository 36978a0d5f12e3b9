// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layouts that go from file to file: mirrors that are added and split off, and
 * layouts that are swapped (document 09, 9 and 17)
 */
#include "lov.h"
#include "ost.h"
#include "store.h"

/* The objects of @l belong to @ino from now on */
static void adopt(const struct inode *ino, const struct lov *l)
{
	struct lov_iter it = { .l = l };

	while (lov_next(&it))
		object_adopt(it.obj->ost, &it.obj->fid, ino, it.stripe);
}

static bool on_mdt(const struct lov *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (lov_on_mdt(&l->c[i]))
			return true;
	return false;
}

static uint16_t state(const struct lov *l)
{
	return l->flags & LCM_FL_FLR_MASK;
}

static uint32_t last_mirror(const struct lov *l)
{
	uint32_t last = 0;

	for (unsigned int i = 0; i < l->n; i++)
		if (lov_mirror(&l->c[i]) > last)
			last = lov_mirror(&l->c[i]);
	return last;
}

/* Number the components of each mirror, and those without one as the first */
static void renumber(struct lov *l, uint32_t first)
{
	uint32_t old = UINT32_MAX, mirror = first - 1, n = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		if (lov_mirror(&l->c[i]) != old || i == 0) {
			old = lov_mirror(&l->c[i]);
			mirror++;
			n = 0;
		}
		l->c[i].id = mirror << LCME_ID_MIRROR_SHIFT | ++n;
	}
}

/* Does each mirror go on to the end of any file? */
static bool whole(const struct lov *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		if ((i + 1 == l->n ||
		     lov_mirror(&l->c[i]) != lov_mirror(&l->c[i + 1])) &&
		    l->c[i].end != OBD_OBJECT_EOF)
			return false;
	return true;
}

static int may_merge(const struct lov *l, const struct lov *v)
{
	if (!l || !v || on_mdt(l) || on_mdt(v) || hsm_released(l) ||
	    hsm_released(v) || !whole(l) || !whole(v))
		return -EINVAL;
	if (state(l) == LCM_FL_SYNC_PENDING || (v->mirrors && state(v) !=
						LCM_FL_RDONLY))
		return -EBUSY;
	if (l->mirrors + v->mirrors + 2 > LOV_MAX_MIRRORS ||
	    l->n + v->n > LOV_MAX_COMPS)
		return -ERANGE;
	return 0;
}

static void plain_to_comp(struct lov *l)
{
	if (l->composite)
		return;
	l->composite = true;
	l->c[0].start = 0;
	l->c[0].end = OBD_OBJECT_EOF;
	l->c[0].flags |= LCME_FL_INIT;
	l->c[0].id = 0;
}

/* What @from has is @to's: components, and who owns the objects */
static void take(struct lov *to, struct lov *from)
{
	for (unsigned int i = 0; i < from->n; i++) {
		free(to->c[to->n].obj);
		to->c[to->n++] = from->c[i];
		from->c[i].obj = NULL;
		from->c[i].n = 0;
	}
	from->n = 0;
}

static int store(struct inode *ino, struct lov *l)
{
	l->gen++;
	adopt(ino, l);
	flr_push(l);
	return lov_put(ino, l);
}

int layout_merge(struct inode *ino, struct inode *victim)
{
	struct lov *l = lov_get(&ino->fid), *v = lov_get(&victim->fid);
	int rc = may_merge(l, v);

	if (!rc) {
		plain_to_comp(l);
		plain_to_comp(v);
		if (!l->mirrors)
			renumber(l, 1);
		renumber(v, last_mirror(l) + 1);
		l->mirrors += v->mirrors + 1;
		if (state(l) == LCM_FL_NONE)
			l->flags |= LCM_FL_RDONLY;
		take(l, v);
		rc = store(ino, l);
	}
	if (!rc)
		rc = xattr_del(&victim->fid, XATTR_LOV);
	lov_free(l);
	lov_free(v);
	return rc;
}

/* 0 if there is such a mirror, and one in sync without it */
static int may_split(const struct lov *l, uint32_t mirror)
{
	bool found = false, left = false;

	if (!l || !l->mirrors)
		return -EINVAL;
	for (unsigned int i = 0; i < l->n; i++)
		found |= lov_mirror(&l->c[i]) == mirror;
	for (unsigned int i = 0; i < l->n && found; i++) {
		uint32_t m = lov_mirror(&l->c[i]);
		bool stale = m == mirror;

		for (unsigned int k = 0; k < l->n; k++)
			stale |= lov_mirror(&l->c[k]) == m &&
				 (l->c[k].flags & LCME_FL_STALE);
		left |= !stale;
	}
	return found && left ? 0 : -EINVAL;
}

/* The components of a mirror, taken out of @l */
static struct lov *mirror_out(struct lov *l, uint32_t mirror)
{
	struct lov *v = lov_new(1);
	unsigned int n = 0;

	v->n = 0;
	v->composite = true;
	for (unsigned int i = 0; i < l->n; i++) {
		bool out = lov_mirror(&l->c[i]) == mirror;

		if (out) {
			free(v->c[v->n].obj);
			v->c[v->n] = l->c[i];
			v->c[v->n].flags &= ~LCME_FL_STALE;
			v->c[v->n].id = v->n + 1;
			v->n++;
		} else {
			l->c[n++] = l->c[i];
		}
	}
	for (unsigned int i = n; i < l->n; i++)
		memset(&l->c[i], 0, sizeof(l->c[i]));
	l->n = n;
	l->mirrors--;
	if (!l->mirrors)
		l->flags &= ~LCM_FL_FLR_MASK;
	return v;
}

int layout_split(struct inode *ino, struct inode *victim, uint32_t mirror)
{
	struct lov *l, *v;
	int rc;

	/* As 2.17 does, so that tools have to split it off into another file */
	if (fid_eq(&ino->fid, &victim->fid))
		return -EINVAL;
	l = lov_get(&ino->fid);
	rc = layout_exists(victim) ? -EEXIST : may_split(l, mirror);
	if (!rc) {
		v = mirror_out(l, mirror);
		if (ino->has_lazy == SIZE_SYNC)
			ino->has_lazy = SIZE_LAZY;
		rc = store(ino, l);
		if (!rc)
			rc = store(victim, v);
		lov_free(v);
	}
	lov_free(l);
	return rc;
}

int layout_swap(struct inode *a, struct inode *b)
{
	struct lov *l = lov_get(&a->fid), *m = lov_get(&b->fid);
	uint32_t gen;
	int rc = 0;

	if (!l || !m || on_mdt(l) || on_mdt(m) || hsm_released(l) ||
	    hsm_released(m))
		rc = -EINVAL;
	else if (a->uid != b->uid || a->gid != b->gid)
		rc = -EPERM;
	if (!rc) {
		uint64_t size = a->size, blocks = a->blocks;

		/* Nobody may take the new one for the old */
		gen = max_t(uint32_t, l->gen, m->gen);
		l->gen = gen;
		m->gen = gen;
		a->size = b->size;
		a->blocks = b->blocks;
		b->size = size;
		b->blocks = blocks;
		a->has_lazy = b->has_lazy = SIZE_LAZY;
		rc = store(a, m);
		if (!rc)
			rc = store(b, l);
	}
	lov_free(l);
	lov_free(m);
	return rc;
}

/* MDS_SWAP_LAYOUTS */
int handle_swap_layouts(struct req *req)
{
	const struct mdt_body *b = body_get(req, 1, true);
	const struct mdc_swap_layouts *msl = req_buf(req, 2, sizeof(__le64));
	struct inode a, c;
	struct fid f, g;
	struct cred cred;
	int rc;

	if (!b || !msl || req->bufcount < 6)
		return -EPROTO;
	f = fid_host(&b->mbo_fid1);
	g = fid_host(&b->mbo_fid2);
	if (!fid_sane(&f) || !fid_sane(&g) || fid_eq(&f, &g))
		return -EINVAL;
	if (mdt_readonly(req))
		return -EROFS;
	ldlm_cancel_buf(req, 5);
	if (inode_get(&f, &a) || inode_get(&g, &c))
		return -ENOENT;
	body_cred(b, &cred);
	if (!S_ISREG(a.mode) || !S_ISREG(c.mode))
		return -EINVAL;
	if (mdt_access(&a, &cred, 2) || mdt_access(&c, &cred, 2))
		return -EPERM;
	if (mdt_revoke(req, &f, LCK_EX, MDS_INODELOCK_LAYOUT |
		       MDS_INODELOCK_XATTR) |
	    mdt_revoke(req, &g, LCK_EX, MDS_INODELOCK_LAYOUT |
		       MDS_INODELOCK_XATTR))
		return REQ_ASYNC;
	rc = layout_swap(&a, &c);
	if (rc)
		return rc;
	a.version = c.version = mdt_transno(req);
	inode_put(&a);
	inode_put(&c);
	req->want_ack = true;
	return 0;
}
