// SPDX-License-Identifier: GPL-2.0-only
/* File layouts: choosing OSTs, making and dropping objects (document 08) */
#include "dom.h"
#include "lov.h"
#include "ost.h"
#include "store.h"

bool layout_exists(const struct inode *ino)
{
	size_t len = 0;

	return !xattr_get(&ino->fid, XATTR_LOV, NULL, &len);
}

/* ---- objects ---- */

static unsigned int wanted(const struct lov_comp *c)
{
	bool over = lov_base(c) & LOV_PATTERN_OVERSTRIPING;
	unsigned int n = c->count;

	if (n >= LOV_ALL_STRIPES_WIDE)
		n = srv.cfg.osts * (LOV_ALL_STRIPES - n + 1);
	if (!over && n > srv.cfg.osts)
		n = srv.cfg.osts;
	return n;
}

static unsigned int pick_first(const struct lov_comp *c)
{
	if (c->first != LOV_OFFSET_DEFAULT)
		return c->first;
	return store_counter_inc("next-ost", 0, 1) % srv.cfg.osts;
}

void layout_drop_objects(const struct inode *ino, const struct lov_comp *c)
{
	if (!(c->flags & LCME_FL_INIT))
		return;
	if (lov_on_mdt(c))
		dom_destroy(ino);
	for (unsigned int i = 0; i < c->n; i++)
		object_destroy(c->obj[i].ost, &c->obj[i].fid);
}

static int make_objects(const struct inode *ino, struct lov_comp *c)
{
	struct lov_comp new = { .obj = NULL };
	unsigned int want = wanted(c), ost = c->n ? 0 : pick_first(c);

	new.obj = xzalloc(want * sizeof(*new.obj));
	for (unsigned int tries = 0; new.n < want &&
	     tries < 2 * srv.cfg.osts + want; tries++) {
		struct lov_obj *o = &new.obj[new.n];

		o->ost = c->n ? c->obj[new.n].ost : ost++ % srv.cfg.osts;
		if (!object_create(o->ost, ino, new.n, &o->fid))
			new.n++;
		else if (c->n)
			break;
	}
	if (new.n < want) {
		new.flags = LCME_FL_INIT;
		layout_drop_objects(ino, &new);
		free(new.obj);
		return c->n ? -ENODEV : -ENOSPC;
	}
	free(c->obj);
	c->obj = new.obj;
	c->n = c->count = new.n;
	return 0;
}

int layout_instantiate(const struct inode *ino, struct lov *l, uint64_t end,
		       uint32_t mirror)
{
	int rc, made = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		struct lov_comp *c = &l->c[i];

		if (c->start >= end || (c->flags & LCME_FL_INIT) ||
		    (mirror != LOV_ALL_MIRRORS && lov_mirror(c) != mirror))
			continue;
		rc = lov_on_mdt(c) ? dom_create(ino) : make_objects(ino, c);
		if (rc)
			return rc;
		c->flags |= LCME_FL_INIT;
		made++;
	}
	return made;
}

/* ---- new layouts ---- */

static struct lov *default_of(const struct fid *dir)
{
	struct lov *l = NULL;
	size_t len = 0;
	void *ea;

	if (xattr_get(dir, XATTR_LOV, NULL, &len))
		return NULL;
	ea = xzalloc(len);
	if (!xattr_get(dir, XATTR_LOV, ea, &len))
		lov_wish(ea, len, &l);
	free(ea);
	return l;
}

/* A wish, the parent's default, the one of all, and what is built in */
static int choose(const struct inode *dir, const void *ea, size_t ealen,
		  struct lov **out)
{
	const struct fid *from[] = { dir ? &dir->fid : &root_fid, &root_fid };
	struct lov *l = NULL;
	int rc;

	if (ea) {
		rc = lov_wish(ea, ealen, &l);
		if (rc)
			return rc;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(from); i++) {
		struct lov *def = default_of(from[i]);

		if (!l) {
			l = def;
		} else if (def) {
			lov_merge(l, def);
			lov_free(def);
		}
	}
	*out = l ? l : lov_new(1);
	return lov_finish(*out);
}

int layout_create(struct inode *ino, const struct inode *dir, const void *ea,
		  size_t ealen)
{
	struct lov *l = NULL;
	int rc = choose(dir, ea, ealen, &l);

	if (!rc)
		rc = layout_instantiate(ino, l, 1, LOV_ALL_MIRRORS);
	if (rc >= 0)
		rc = lov_put(ino, l);
	ino->size = 0;
	ino->blocks = 0;
	lov_free(l);
	return rc;
}

int layout_restore(struct req *req, struct inode *ino, const void *ea,
		   size_t len)
{
	struct lov_iter it = { 0 };
	struct lov *l;
	int rc;

	if (!lov_ea_len(ea, len))
		return 0;	/* the empty room of a file without layout */
	rc = lov_parse(ea, len, LOV_REPLAYED, &l);
	if (rc)
		return rc;
	for (unsigned int i = 0; i < l->n; i++)
		if (l->c[i].first != LOV_OFFSET_DEFAULT)
			req_wrong(req, "stripe_offset in the layout of a replay");
	/* The objects follow when recovery is over, see layout_remake(). */
	for (it.l = l; lov_next(&it);) {
		struct target *t = target_get(TGT_OST, it.obj->ost);
		char key[32];

		snprintf(key, sizeof(key), "oid/%s", t->name);
		if (store_counter(key, 1) <= it.obj->fid.oid)
			store_counter_set(key, it.obj->fid.oid + 1);
	}
	if (lov_on_mdt(&l->c[0]))
		rc = dom_create(ino);
	if (!rc)
		rc = lov_put(ino, l);
	lov_free(l);
	return rc;
}

static struct lov *layout_get(const struct inode *ino)
{
	return S_ISREG(ino->mode) ? lov_get(&ino->fid) : NULL;
}

void layout_destroy(const struct inode *ino)
{
	struct lov *l = layout_get(ino);

	for (unsigned int i = 0; l && i < l->n; i++)
		layout_drop_objects(ino, &l->c[i]);
	if (l)
		hsm_forget(ino);
	lov_free(l);
}

struct remake {
	struct fid	*fids;
	size_t		n;
	uint32_t	mdt;
};

static int remake_cb(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	const struct inode *ino = val;
	struct remake *r = arg;

	(void)key;
	(void)klen;
	if (vlen < sizeof(*ino) || !S_ISREG(ino->mode) || ino->mdt != r->mdt)
		return 0;
	if (!(r->n & (r->n - 1)))
		r->fids = xrealloc(r->fids, (r->n ? 2 * r->n : 1) *
				   sizeof(*r->fids));
	r->fids[r->n++] = ino->fid;
	return 0;
}

void layout_remake(const struct target *t)
{
	struct remake r = { .mdt = t->index };
	struct inode ino;

	store_walk(DB_INODE, "", 0, 0, remake_cb, &r);
	for (size_t j = 0; j < r.n; j++) {
		struct lov_iter it = { 0 };
		struct lov *l;

		if (inode_get(&r.fids[j], &ino))
			continue;
		l = layout_get(&ino);
		for (it.l = l; lov_next(&it);)
			object_remake(it.obj->ost, &it.obj->fid, &ino,
				      it.stripe);
		lov_free(l);
	}
	free(r.fids);
}

int layout_chown(const struct inode *ino)
{
	struct lov *l = layout_get(ino);
	struct lov_iter it = { .l = l };

	while (lov_next(&it))
		object_chown(it.obj->ost, &it.obj->fid, ino->uid, ino->gid,
			     ino->projid);
	lov_free(l);
	return 0;
}

int layout_set_default(struct inode *dir, const void *ea, size_t len)
{
	const struct lov_mds_md_v1 *v1 = ea;
	struct lov *l;
	int rc;

	if (len >= 4 && le32_to_cpu(v1->lmm_magic) == LMV_USER_MAGIC)
		return -EOPNOTSUPP;
	rc = lov_wish(ea, len, &l);
	if (rc)
		return rc;
	if (lov_deletes(l))
		xattr_del(&dir->fid, XATTR_LOV);
	else
		rc = xattr_set(&dir->fid, XATTR_LOV, ea, lov_ea_len(ea, len));
	lov_free(l);
	return rc;
}

int layout_inherit(const struct inode *parent, const struct inode *dir)
{
	size_t len = 0;
	void *ea;
	int rc;

	/* Everybody looks at the root's default anyway. */
	if (fid_eq(&parent->fid, &root_fid) ||
	    xattr_get(&parent->fid, XATTR_LOV, NULL, &len))
		return 0;
	ea = xzalloc(len);
	rc = xattr_get(&parent->fid, XATTR_LOV, ea, &len);
	if (!rc)
		rc = xattr_set(&dir->fid, XATTR_LOV, ea, len);
	free(ea);
	return rc;
}

/*
 * What a client is told of a layout: that, or one of compressed data, which no
 * client that did not ask for them can make use of.
 */
void layout_told(void *ea)
{
	struct lov_comp_md_v1 *comp = ea;
	struct lov_mds_md_v1 *lmm = ea;

	if (!ea || !srv.compressed)
		return;
	if (le32_to_cpu(lmm->lmm_magic) != LOV_MAGIC_COMP_V1) {
		lmm->lmm_pattern |= cpu_to_le32(LOV_PATTERN_COMPRESS);
		return;
	}
	for (unsigned int i = 0; i < le16_to_cpu(comp->lcm_entry_count); i++) {
		lmm = (void *)((char *)ea +
			       le32_to_cpu(comp->lcm_entries[i].lcme_offset));
		lmm->lmm_pattern |= cpu_to_le32(LOV_PATTERN_COMPRESS);
	}
}

/* ---- for ctl ---- */

int file_by_path(const char *path, struct inode *ino)
{
	char *dir = xstrdup(path), *name = strrchr(dir, '/');
	struct fid fid = root_fid;
	struct dirent_val v;
	int rc = 0;

	if (name)
		*name++ = '\0';
	if (name)
		rc = mdt_path(dir, &fid);
	if (!rc && (name_get(&fid, name ? name : dir, &v) ||
		    inode_get(&v.fid, ino)))
		rc = -ENOENT;
	free(dir);
	return rc;
}

/* The same objects, by a layout that clients have to ask for */
int layout_renew(const char *path)
{
	struct lov *l = NULL;
	struct inode ino;
	int rc = file_by_path(path, &ino);

	if (!rc)
		l = layout_get(&ino);
	if (!l)
		return rc ? rc : -ENODATA;
	l->gen++;
	flr_push(l);
	store_mark();
	rc = lov_put(&ino, l);
	lov_free(l);
	mdt_revoke(NULL, &ino.fid, LCK_EX, MDS_INODELOCK_LAYOUT);
	return rc;
}

int layout_sync(const char *path)
{
	struct inode ino;
	int rc = file_by_path(path, &ino);

	store_mark();
	return rc ? rc : layout_resync(&ino);
}

int layout_mark(const char *path, uint32_t id)
{
	struct inode ino;
	int rc = file_by_path(path, &ino);

	store_mark();
	return rc ? rc : flr_mark(&ino, id);
}

int layout_release(const char *path)
{
	struct inode ino;
	int rc = file_by_path(path, &ino);

	store_mark();
	return rc ? rc : hsm_release(&ino);
}

int layout_show(FILE *f, const char *path)
{
	struct fid fid = root_fid;
	struct lov *l = NULL;
	struct inode ino;

	if (!mdt_path(path, &fid))
		l = default_of(&fid);
	else if (!file_by_path(path, &ino))
		l = layout_get(&ino);
	else
		return -ENOENT;
	if (!l)
		return -ENODATA;
	lov_print(f, l);
	lov_free(l);
	return 0;
}

int layout_default(const char *path, const char *spec)
{
	struct fid fid = root_fid;
	struct lov *l = NULL;
	struct inode ino;
	size_t len;
	void *ea;
	int rc = mdt_path(path, &fid);

	if (!rc)
		rc = inode_get(&fid, &ino) ? -ENOENT : lov_spec(spec, &l);
	if (rc)
		return rc;
	ea = lov_pack(l, NULL, &len);
	store_mark();
	rc = layout_set_default(&ino, ea, len);
	mdt_revoke(NULL, &fid, LCK_EX, MDS_INODELOCK_LAYOUT |
		   MDS_INODELOCK_UPDATE);
	free(ea);
	lov_free(l);
	return rc;
}
