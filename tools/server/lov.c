// SPDX-License-Identifier: GPL-2.0-only
/* Layouts between the form on the wire and ours */
#include "lov.h"
#include "store.h"

#define PLACEHOLDER	0xffffffffU	/* OST of objects there are not yet */

static struct lov_ost_data_v1 *objects_of(const struct lov_mds_md_v1 *lmm)
{
	const struct lov_mds_md_v3 *v3 = (const void *)lmm;

	return (struct lov_ost_data_v1 *)
	       (le32_to_cpu(lmm->lmm_magic) == LOV_MAGIC_V1 ?
		lmm->lmm_objects : v3->lmm_objects);
}

static size_t head_len(uint32_t magic)
{
	return magic == LOV_MAGIC_V1 ? sizeof(struct lov_mds_md_v1) :
				       sizeof(struct lov_mds_md_v3);
}

static bool plain_magic(uint32_t magic)
{
	return magic == LOV_MAGIC_V1 || magic == LOV_MAGIC_V3 ||
	       magic == LOV_MAGIC_SPECIFIC;
}

size_t lov_ea_len(const void *ea, size_t len)
{
	const struct lov_comp_md_v1 *comp = ea;
	const struct lov_mds_md_v1 *lmm = ea;
	uint32_t magic;
	size_t need;

	if (len < sizeof(*lmm))
		return 0;
	magic = le32_to_cpu(lmm->lmm_magic);
	if (magic == LOV_MAGIC_COMP_V1 || magic == LOV_MAGIC_SEL)
		need = le32_to_cpu(comp->lcm_size);
	else if (magic == LOV_MAGIC_SPECIFIC)
		need = head_len(magic) + le16_to_cpu(lmm->lmm_stripe_count) *
		       sizeof(struct lov_ost_data_v1);
	else
		need = plain_magic(magic) ? head_len(magic) : 0;
	return need <= len ? need : 0;
}

struct lov *lov_new(unsigned int comps)
{
	struct lov *l = xzalloc(sizeof(*l));

	l->n = comps;
	for (unsigned int i = 0; i < LOV_MAX_COMPS; i++) {
		l->c[i].end = OBD_OBJECT_EOF;
		l->c[i].first = LOV_OFFSET_DEFAULT;
		l->c[i].pattern = LOV_PATTERN_RAID0;
	}
	return l;
}

void lov_free(struct lov *l)
{
	for (unsigned int i = 0; l && i < LOV_MAX_COMPS; i++)
		free(l->c[i].obj);
	free(l);
}

/* ---- from the wire ---- */

static int parse_objects(struct lov_comp *c, const struct lov_mds_md_v1 *lmm,
			 size_t len, enum lov_form form)
{
	uint32_t magic = le32_to_cpu(lmm->lmm_magic);
	const struct lov_ost_data_v1 *lod = objects_of(lmm);
	bool list = magic == LOV_MAGIC_SPECIFIC;
	unsigned int n = c->count;

	if (form != LOV_WISH) {
		bool init = c->flags & LCME_FL_INIT;

		if (lov_on_mdt(c) ||
		    (c->pattern & LOV_PATTERN_F_RELEASED))
			return 0;
		/* Of what has no objects yet: the OSTs wanted, if any were. */
		list = init || (len >= head_len(magic) + sizeof(*lod) &&
				le32_to_cpu(lod->l_ost_idx) != PLACEHOLDER);
	}
	if (!list || !n)
		return 0;
	if (n > LOV_MAX_STRIPE_COUNT ||
	    len < head_len(magic) + n * sizeof(*lod))
		return -EINVAL;
	c->obj = xzalloc(n * sizeof(*c->obj));
	c->n = n;
	for (unsigned int i = 0; i < n; i++) {
		c->obj[i].fid = fid_host(&lod[i].l_ost_oi.oi_fid);
		c->obj[i].ost = le32_to_cpu(lod[i].l_ost_idx);
		if (!target_get(TGT_OST, c->obj[i].ost))
			return -EINVAL;
	}
	return 0;
}

static int parse_plain(struct lov_comp *c, const struct lov_mds_md_v1 *lmm,
		       size_t len, enum lov_form form)
{
	const struct lov_mds_md_v3 *v3 = (const void *)lmm;
	uint32_t magic;

	if (len < sizeof(*lmm))
		return -EINVAL;
	magic = le32_to_cpu(lmm->lmm_magic);
	if (!plain_magic(magic) || len < head_len(magic) ||
	    (magic == LOV_MAGIC_SPECIFIC && form != LOV_WISH)) {
		log_warn("layout magic %#x of %zu bytes is not supported",
			 magic, len);
		return -EINVAL;
	}
	c->pattern = le32_to_cpu(lmm->lmm_pattern);
	c->size = le32_to_cpu(lmm->lmm_stripe_size);
	c->count = le16_to_cpu(lmm->lmm_stripe_count);
	c->first = le16_to_cpu(lmm->lmm_stripe_offset);
	if (magic != LOV_MAGIC_V1) {
		memcpy(c->pool, v3->lmm_pool_name, sizeof(c->pool));
		if (c->pool[LOV_MAXPOOLNAME])
			return -EINVAL;
	}
	return parse_objects(c, lmm, len, form);
}

static int parse_comp(struct lov *l, const struct lov_comp_md_v1 *comp,
		      size_t len, enum lov_form form)
{
	size_t size = le32_to_cpu(comp->lcm_size);
	unsigned int n = le16_to_cpu(comp->lcm_entry_count);
	size_t head = sizeof(*comp) + n * sizeof(comp->lcm_entries[0]);

	if (size > len || head > size || !n || n > LOV_MAX_COMPS)
		return -EINVAL;
	l->composite = true;
	l->n = n;
	l->gen = le32_to_cpu(comp->lcm_layout_gen);
	l->flags = le16_to_cpu(comp->lcm_flags);
	l->mirrors = le16_to_cpu(comp->lcm_mirror_count);
	for (unsigned int i = 0; i < n; i++) {
		const struct lov_comp_md_entry_v1 *e = &comp->lcm_entries[i];
		size_t off = le32_to_cpu(e->lcme_offset);
		size_t part = le32_to_cpu(e->lcme_size);
		struct lov_comp *c = &l->c[i];
		int rc;

		if (off < head || off > size || part > size - off)
			return -EINVAL;
		c->id = le32_to_cpu(e->lcme_id);
		c->flags = le32_to_cpu(e->lcme_flags);
		c->gen = le32_to_cpu(e->lcme_layout_gen);
		c->start = le64_to_cpu(e->lcme_extent.e_start);
		c->end = le64_to_cpu(e->lcme_extent.e_end);
		memcpy(c->tail, e->lcme_timestamp, sizeof(c->tail));
		rc = parse_plain(c, (const void *)((const char *)comp + off),
				 part, form);
		if (rc)
			return rc;
	}
	return 0;
}

int lov_parse(const void *ea, size_t len, enum lov_form form, struct lov **out)
{
	const struct lov_mds_md_v1 *lmm = ea;
	struct lov *l;
	uint32_t magic;
	int rc;

	*out = NULL;
	if (!ea || len < sizeof(*lmm))
		return -EINVAL;
	l = lov_new(1);
	magic = le32_to_cpu(lmm->lmm_magic);
	if (magic == LOV_MAGIC_COMP_V1 || magic == LOV_MAGIC_SEL) {
		rc = parse_comp(l, ea, len, form);
	} else {
		l->c[0].flags = form == LOV_WISH ? 0 : LCME_FL_INIT;
		rc = parse_plain(&l->c[0], lmm, len, form);
		l->gen = form == LOV_STORED ? l->c[0].first : 0;
	}
	if (rc) {
		lov_free(l);
		return rc;
	}
	*out = l;
	return 0;
}

/* ---- to the wire ---- */

static uint32_t comp_magic(const struct lov_comp *c, bool def)
{
	if (def && c->n)
		return LOV_MAGIC_SPECIFIC;
	return *c->pool ? LOV_MAGIC_V3 : LOV_MAGIC_V1;
}

static unsigned int comp_entries(const struct lov_comp *c, bool def)
{
	if (def || c->n)
		return c->n;
	return lov_on_mdt(c) || (c->pattern & LOV_PATTERN_F_RELEASED) ? 0 : 1;
}

static size_t comp_len(const struct lov_comp *c, bool def)
{
	return head_len(comp_magic(c, def)) +
	       comp_entries(c, def) * sizeof(struct lov_ost_data_v1);
}

static void pack_plain(struct lov_mds_md_v1 *lmm, const struct lov *l,
		       const struct lov_comp *c, const struct fid *fid)
{
	struct lov_mds_md_v3 *v3 = (void *)lmm;
	uint32_t magic = comp_magic(c, !fid);
	struct lov_ost_data_v1 *lod;
	uint16_t last = c->first;

	if (fid && (c->flags & LCME_FL_INIT))
		last = l->composite ? 0 : l->gen;
	lmm->lmm_magic = cpu_to_le32(magic);
	lmm->lmm_pattern = cpu_to_le32(c->pattern);
	if (fid) {
		lmm->lmm_oi_id = cpu_to_le64(fid->oid);
		lmm->lmm_oi_seq = cpu_to_le64(fid->seq);
	}
	lmm->lmm_stripe_size = cpu_to_le32(c->size);
	lmm->lmm_stripe_count = cpu_to_le16(c->count);
	lmm->lmm_stripe_offset = cpu_to_le16(last);
	if (magic != LOV_MAGIC_V1)
		memcpy(v3->lmm_pool_name, c->pool, sizeof(c->pool));
	lod = objects_of(lmm);
	if (comp_entries(c, !fid) && !c->n)
		lod->l_ost_idx = cpu_to_le32(PLACEHOLDER);
	for (unsigned int i = 0; i < c->n; i++) {
		if (c->flags & LCME_FL_INIT)
			lod[i].l_ost_oi.oi_fid = fid_wire(&c->obj[i].fid);
		lod[i].l_ost_idx = cpu_to_le32(c->obj[i].ost);
	}
}

void *lov_pack(const struct lov *l, const struct fid *fid, size_t *len)
{
	struct lov_comp_md_v1 *comp;
	size_t off;
	void *ea;

	if (!l->composite) {
		*len = comp_len(&l->c[0], !fid);
		ea = xzalloc(*len);
		pack_plain(ea, l, &l->c[0], fid);
		return ea;
	}
	off = sizeof(*comp) + l->n * sizeof(comp->lcm_entries[0]);
	*len = off;
	for (unsigned int i = 0; i < l->n; i++)
		*len += comp_len(&l->c[i], !fid);
	ea = comp = xzalloc(*len);
	comp->lcm_magic = cpu_to_le32(LOV_MAGIC_COMP_V1);
	comp->lcm_size = cpu_to_le32(*len);
	comp->lcm_layout_gen = cpu_to_le32(l->gen);
	comp->lcm_flags = cpu_to_le16(l->flags);
	comp->lcm_entry_count = cpu_to_le16(l->n);
	comp->lcm_mirror_count = cpu_to_le16(l->mirrors);
	for (unsigned int i = 0; i < l->n; i++) {
		struct lov_comp_md_entry_v1 *e = &comp->lcm_entries[i];
		const struct lov_comp *c = &l->c[i];
		size_t part = comp_len(c, !fid);

		e->lcme_id = cpu_to_le32(c->id);
		e->lcme_flags = cpu_to_le32(c->flags);
		e->lcme_extent.e_start = cpu_to_le64(c->start);
		e->lcme_extent.e_end = cpu_to_le64(c->end);
		e->lcme_offset = cpu_to_le32(off);
		e->lcme_size = cpu_to_le32(part);
		e->lcme_layout_gen = cpu_to_le32(c->gen);
		memcpy(e->lcme_timestamp, c->tail, sizeof(c->tail));
		pack_plain((void *)((char *)ea + off), l, c, fid);
		off += part;
	}
	return ea;
}

/* ---- in the database ---- */

struct lov *lov_get(const struct fid *fid)
{
	struct lov *l = NULL;
	size_t len = 0;
	void *ea;

	if (xattr_get(fid, XATTR_LOV, NULL, &len))
		return NULL;
	ea = xzalloc(len);
	xattr_get(fid, XATTR_LOV, ea, &len);
	if (lov_parse(ea, len, LOV_STORED, &l))
		log_err("%s: the layout in the database is damaged",
			fid_str(fid));
	free(ea);
	return l;
}

int lov_put(const struct inode *ino, const struct lov *l)
{
	size_t len;
	void *ea = lov_pack(l, &ino->fid, &len);
	int rc = len > MDT_XATTR_MAX ? -E2BIG :
		 xattr_set(&ino->fid, XATTR_LOV, ea, len);

	free(ea);
	return rc;
}

/* Begins with all but @l zero */
bool lov_next(struct lov_iter *it)
{
	if (it->obj)
		it->stripe++;
	for (; it->l && it->comp < it->l->n; it->comp++, it->stripe = 0) {
		const struct lov_comp *c = &it->l->c[it->comp];

		if (!(c->flags & LCME_FL_INIT) || it->stripe >= c->n)
			continue;
		it->obj = &c->obj[it->stripe];
		return true;
	}
	return false;
}
