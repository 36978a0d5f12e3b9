// SPDX-License-Identifier: GPL-2.0-only
/* File layouts: choosing OSTs, making and dropping objects (document 08) */
#include "mdt.h"
#include "ost.h"
#include "store.h"

/* What is asked for, after all defaults */
struct want {
	uint32_t	size;
	unsigned int	count;
	unsigned int	first;		/* UINT_MAX: any */
	unsigned int	list[SRV_MAX_TARGETS];
	bool		use_list;
};

static int parse_list(struct want *w, const struct lov_mds_md_v3 *v3,
		      size_t len)
{
	if (w->count > SRV_MAX_TARGETS ||
	    len < sizeof(*v3) + w->count * sizeof(v3->lmm_objects[0]))
		return -EINVAL;
	for (unsigned int i = 0; i < w->count; i++) {
		w->list[i] = le32_to_cpu(v3->lmm_objects[i].l_ost_idx);
		if (!target_get(TGT_OST, w->list[i]))
			return -EINVAL;
	}
	w->use_list = true;
	return 0;
}

/* Takes a user's wish over the defaults in @w */
static int parse(struct want *w, const void *ea, size_t len)
{
	const struct lov_mds_md_v1 *v1 = ea;
	uint32_t magic, pattern, size;
	uint16_t count, first;

	if (len < sizeof(*v1))
		return -EINVAL;
	magic = le32_to_cpu(v1->lmm_magic);
	if (magic != LOV_MAGIC_V1 && magic != LOV_MAGIC_V3 &&
	    magic != LOV_MAGIC_SPECIFIC) {
		log_warn("layout magic %#x is not supported", magic);
		return magic == LOV_MAGIC_COMP_V1 ? -EOPNOTSUPP : -EINVAL;
	}
	if (magic != LOV_MAGIC_V1 && len < sizeof(struct lov_mds_md_v3))
		return -EINVAL;
	pattern = le32_to_cpu(v1->lmm_pattern);
	if (pattern && pattern != LOV_PATTERN_RAID0 &&
	    pattern != LOV_PATTERN_DEFAULT)
		return -EOPNOTSUPP;
	size = le32_to_cpu(v1->lmm_stripe_size);
	count = le16_to_cpu(v1->lmm_stripe_count);
	first = le16_to_cpu(v1->lmm_stripe_offset);
	if (size % LOV_MIN_STRIPE_SIZE)
		return -EINVAL;
	if (size)
		w->size = size;
	if (count >= LOV_ALL_STRIPES_WIDE)
		w->count = srv.cfg.osts;
	else if (count)
		w->count = count;
	if (magic == LOV_MAGIC_SPECIFIC)
		return parse_list(w, ea, len);
	if (first != LOV_OFFSET_DEFAULT) {
		if (!target_get(TGT_OST, first))
			return -EINVAL;
		w->first = first;
	}
	return 0;
}

static void from_dir(struct want *w, const struct fid *dir)
{
	uint8_t ea[4096];
	size_t len = sizeof(ea);

	if (!xattr_get(dir, XATTR_LOV, ea, &len) && len <= sizeof(ea))
		parse(w, ea, len);
}

bool layout_exists(const struct inode *ino)
{
	size_t len = 0;

	return !xattr_get(&ino->fid, XATTR_LOV, NULL, &len);
}

static unsigned int pick_first(const struct want *w)
{
	if (w->first != UINT_MAX)
		return w->first;
	return store_counter_inc("next-ost", 0, 1) % srv.cfg.osts;
}

static int make_objects(struct inode *ino, const struct want *w,
			struct lov_mds_md_v1 *lmm)
{
	unsigned int ost = w->use_list ? 0 : pick_first(w), made = 0;

	for (unsigned int tries = 0; made < w->count &&
	     tries < 2 * srv.cfg.osts + w->count; tries++) {
		struct lov_ost_data_v1 *lod = &lmm->lmm_objects[made];
		unsigned int idx = w->use_list ? w->list[made] :
						 ost++ % srv.cfg.osts;
		struct fid fid;

		if (object_create(idx, ino, made, &fid)) {
			if (w->use_list)
				return -ENODEV;
			continue;
		}
		lod->l_ost_oi.oi_fid = fid_wire(&fid);
		lod->l_ost_idx = cpu_to_le32(idx);
		made++;
	}
	return made == w->count ? 0 : -ENOSPC;
}

int layout_create(struct inode *ino, const struct inode *dir, const void *ea,
		  size_t ealen)
{
	struct want w = { .size = srv.cfg.stripe_size,
			  .count = srv.cfg.stripe_count, .first = UINT_MAX };
	struct lov_mds_md_v1 *lmm;
	size_t len;
	int rc;

	from_dir(&w, &root_fid);
	if (dir && !fid_eq(&dir->fid, &root_fid))
		from_dir(&w, &dir->fid);
	if (ea) {
		rc = parse(&w, ea, ealen);
		if (rc)
			return rc;
	}
	if (w.count > srv.cfg.osts)
		w.count = srv.cfg.osts;
	len = sizeof(*lmm) + w.count * sizeof(lmm->lmm_objects[0]);
	lmm = xzalloc(len);
	lmm->lmm_magic = cpu_to_le32(LOV_MAGIC_V1);
	lmm->lmm_pattern = cpu_to_le32(LOV_PATTERN_RAID0);
	lmm->lmm_oi_id = cpu_to_le64(ino->fid.oid);
	lmm->lmm_oi_seq = cpu_to_le64(ino->fid.seq);
	lmm->lmm_stripe_size = cpu_to_le32(w.size);
	lmm->lmm_stripe_count = cpu_to_le16(w.count);
	rc = make_objects(ino, &w, lmm);
	if (!rc)
		rc = xattr_set(&ino->fid, XATTR_LOV, lmm, len);
	ino->size = 0;
	ino->blocks = 0;
	free(lmm);
	return rc;
}

/* What the layout on disk holds; NULL without one; to be freed */
static struct lov_mds_md_v1 *layout_get(const struct inode *ino, size_t *len)
{
	struct lov_mds_md_v1 *lmm;

	*len = 0;
	if (!S_ISREG(ino->mode) || xattr_get(&ino->fid, XATTR_LOV, NULL, len))
		return NULL;
	lmm = xzalloc(*len);
	xattr_get(&ino->fid, XATTR_LOV, lmm, len);
	return lmm;
}

static bool object_of(const struct lov_mds_md_v1 *lmm, size_t len,
		      unsigned int i, unsigned int *ost, struct fid *fid)
{
	const struct lov_ost_data_v1 *lod = &lmm->lmm_objects[i];

	if (i >= le16_to_cpu(lmm->lmm_stripe_count) ||
	    sizeof(*lmm) + (i + 1) * sizeof(*lod) > len)
		return false;
	*ost = le32_to_cpu(lod->l_ost_idx);
	*fid = fid_host(&lod->l_ost_oi.oi_fid);
	return true;
}

int layout_restore(struct inode *ino, const void *ea, size_t len)
{
	struct lov_mds_md_v1 *lmm = xzalloc(len);
	struct fid fid;
	unsigned int ost;
	int rc = 0;

	memcpy(lmm, ea, len);
	if (le32_to_cpu(lmm->lmm_magic) != LOV_MAGIC_V1) {
		free(lmm);
		return 0;	/* the empty room of a file without layout */
	}
	lmm->lmm_layout_gen = 0;
	/* The objects follow when recovery is over, see layout_remake(). */
	for (unsigned int i = 0; object_of(lmm, len, i, &ost, &fid); i++) {
		struct target *t = target_get(TGT_OST, ost);
		char key[32];

		if (!t) {
			rc = -EINVAL;
			break;
		}
		snprintf(key, sizeof(key), "oid/%s", t->name);
		if (store_counter(key, 1) <= fid.oid)
			store_counter_set(key, fid.oid + 1);
	}
	len = sizeof(*lmm) + le16_to_cpu(lmm->lmm_stripe_count) *
	      sizeof(lmm->lmm_objects[0]);
	if (!rc)
		rc = xattr_set(&ino->fid, XATTR_LOV, lmm, len);
	free(lmm);
	return rc;
}

void layout_destroy(const struct inode *ino)
{
	struct lov_mds_md_v1 *lmm;
	struct fid fid;
	unsigned int ost;
	size_t len;

	lmm = layout_get(ino, &len);
	for (unsigned int i = 0; lmm && object_of(lmm, len, i, &ost, &fid); i++)
		object_destroy(ost, &fid);
	free(lmm);
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
		struct lov_mds_md_v1 *lmm;
		struct fid fid;
		unsigned int ost;
		size_t len;

		if (inode_get(&r.fids[j], &ino))
			continue;
		lmm = layout_get(&ino, &len);
		for (unsigned int i = 0; lmm &&
		     object_of(lmm, len, i, &ost, &fid); i++)
			object_remake(ost, &fid, &ino, i);
		free(lmm);
	}
	free(r.fids);
}

int layout_chown(const struct inode *ino)
{
	struct lov_mds_md_v1 *lmm;
	struct fid fid;
	unsigned int ost;
	size_t len;

	lmm = layout_get(ino, &len);
	for (unsigned int i = 0; lmm && object_of(lmm, len, i, &ost, &fid); i++)
		object_chown(ost, &fid, ino->uid, ino->gid, ino->projid);
	free(lmm);
	return 0;
}

int layout_set_default(struct inode *dir, const void *ea, size_t len)
{
	const struct lov_mds_md_v1 *v1 = ea;
	struct want w = { .first = UINT_MAX };
	int rc;

	if (len >= 4 && le32_to_cpu(v1->lmm_magic) == LMV_USER_MAGIC)
		return -EOPNOTSUPP;
	rc = parse(&w, ea, len);
	if (rc)
		return rc;
	if (!w.size && !w.count && w.first == UINT_MAX)
		xattr_del(&dir->fid, XATTR_LOV);
	else
		rc = xattr_set(&dir->fid, XATTR_LOV, ea, len);
	return rc;
}

/*
 * What a client is told of a layout: that, or a composite one of which it is the
 * only component.  Takes over @ea.
 */
void *layout_told(void *ea, size_t *len)
{
	struct lov_comp_md_v1 *comp;
	struct lov_comp_md_entry_v1 *e;
	size_t head = sizeof(*comp) + sizeof(*e);

	if (!ea || !srv.composite)
		return ea;
	comp = xzalloc(head + *len);
	e = comp->lcm_entries;
	comp->lcm_magic = cpu_to_le32(LOV_MAGIC_COMP_V1);
	comp->lcm_size = cpu_to_le32(head + *len);
	comp->lcm_layout_gen = cpu_to_le32(2);
	comp->lcm_entry_count = cpu_to_le16(1);
	e->lcme_id = cpu_to_le32(1);
	e->lcme_flags = cpu_to_le32(LCME_FL_INIT);
	e->lcme_extent.e_end = cpu_to_le64(~0ULL);
	e->lcme_offset = cpu_to_le32(head);
	e->lcme_size = cpu_to_le32(*len);
	memcpy((char *)comp + head, ea, *len);
	free(ea);
	*len += head;
	return comp;
}

/* The same objects, by a layout that clients have to ask for */
int layout_renew(const char *path)
{
	char *dir = xstrdup(path), *name = strrchr(dir, '/');
	struct lov_mds_md_v1 *lmm = NULL;
	struct fid fid = root_fid;
	struct dirent_val v;
	struct inode ino;
	size_t len;
	int rc = 0;

	if (name)
		*name++ = '\0';
	if (name)
		rc = mdt_path(dir, &fid);
	if (!rc && (name_get(&fid, name ? name : dir, &v) ||
		    inode_get(&v.fid, &ino)))
		rc = -ENOENT;
	free(dir);
	if (!rc)
		lmm = layout_get(&ino, &len);
	if (!lmm)
		return rc ? rc : -ENODATA;
	lmm->lmm_layout_gen = cpu_to_le16(le16_to_cpu(lmm->lmm_layout_gen) + 1);
	store_mark();
	rc = xattr_set(&ino.fid, XATTR_LOV, lmm, len);
	free(lmm);
	mdt_revoke(NULL, &ino.fid, LCK_EX, MDS_INODELOCK_LAYOUT);
	return rc;
}

/* ---- IT_LAYOUT ---- */

int mdt_intent_layout(struct req *req)
{
	const struct ldlm_request *dlm = req_buf(req, 1, sizeof(*dlm));
	const struct layout_intent *li = req_buf(req, 3, sizeof(*li));
	const struct ldlm_res_id *id = &dlm->lock_desc.l_resource.lr_name;
	struct ldlm_reply *rep;
	struct inode ino, dir;
	struct fid fid;
	size_t len = 0;
	uint32_t opc;
	void *ea;

	if (!li)
		return -EPROTO;
	fid = (struct fid){ le64_to_cpu(id->name[0]),
			    (uint32_t)le64_to_cpu(id->name[1]),
			    le64_to_cpu(id->name[1]) >> 32 };
	opc = le32_to_cpu(li->lai_opc);
	if (opc != LAYOUT_INTENT_ACCESS && opc != LAYOUT_INTENT_WRITE &&
	    opc != LAYOUT_INTENT_TRUNC)
		return opc <= LAYOUT_INTENT_RESTORE ? -E_NOTSUPP : -EINVAL;
	if (inode_get(&fid, &ino))
		return -ENOENT;
	if (!S_ISREG(ino.mode))
		return -EINVAL;
	if (opc != LAYOUT_INTENT_ACCESS && mdt_readonly(req))
		return -EROFS;
	if (opc != LAYOUT_INTENT_ACCESS && !layout_exists(&ino)) {
		int rc;

		if (mdt_revoke(req, &fid, LCK_EX, MDS_INODELOCK_LAYOUT))
			return REQ_ASYNC;
		rc = layout_create(&ino, inode_get(&ino.parent, &dir) ? NULL :
				   &dir, NULL, 0);
		if (rc)
			return rc;
		inode_put(&ino);
	}
	if (opc != LAYOUT_INTENT_ACCESS)
		mdt_transno(req);
	rep = rep_add(req, sizeof(*rep));
	ea = layout_told(layout_get(&ino, &len), &len);
	rep_add_data(req, ea, len);
	free(ea);
	rep->lock_policy_res1 = cpu_to_le64(DISP_IT_EXECD);
	return ldlm_intent_grant(req, rep, id, LCK_CR, MDS_INODELOCK_LAYOUT,
				 MDS_INODELOCK_LAYOUT) ? 0 : ELDLM_LOCK_ABORTED;
}
