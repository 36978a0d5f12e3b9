// SPDX-License-Identifier: GPL-2.0-only
/* "lustre.lov.add", ".set" and ".del": components of a file that exists */
#include "lov.h"
#include "ost.h"
#include "store.h"

#define OP_FLAGS	(LCME_FL_PREF_RD | LCME_FL_PREF_WR | LCME_FL_NOSYNC | \
			 LCME_FL_NOCOMPR)
#define ID_IS_FLAGS	0x80000000U

/* Entries of a value whose components may be without a body */
static const struct lov_comp_md_entry_v1 *entries(const void *val, size_t len,
						  unsigned int *n)
{
	const struct lov_comp_md_v1 *comp = val;

	if (!val || len < sizeof(*comp) ||
	    le32_to_cpu(comp->lcm_magic) != LOV_MAGIC_COMP_V1)
		return NULL;
	*n = le16_to_cpu(comp->lcm_entry_count);
	if (!*n || len < sizeof(*comp) + *n * sizeof(comp->lcm_entries[0]))
		return NULL;
	return comp->lcm_entries;
}

static int add(struct lov *l, const void *val, size_t len)
{
	uint64_t end = l->c[l->n - 1].end;
	unsigned int id = 0;
	struct lov *w;
	int rc;

	if (l->mirrors || end == OBD_OBJECT_EOF)
		return -EINVAL;
	rc = lov_wish_from(val, len, end, &w);
	if (rc)
		return rc;
	for (unsigned int i = 0; i < l->n; i++)
		if (l->c[i].id > id)
			id = l->c[i].id;
	if (w->mirrors || l->n + w->n > LOV_MAX_COMPS) {
		lov_free(w);
		return -EINVAL;
	}
	lov_finish(w);
	for (unsigned int i = 0; i < w->n; i++) {
		free(l->c[l->n].obj);
		l->c[l->n] = w->c[i];
		l->c[l->n++].id = ++id;
		w->c[i].obj = NULL;
	}
	lov_free(w);
	return 0;
}

static bool meant(const struct lov_comp *c,
		  const struct lov_comp_md_entry_v1 *e)
{
	uint32_t id = le32_to_cpu(e->lcme_id);
	uint32_t flags = le32_to_cpu(e->lcme_flags);

	if (id == LCME_ID_ALL)
		return true;
	if (!(id & ID_IS_FLAGS))
		return c->id == id;
	if (flags & LCME_FL_NEG)
		return !(c->flags & flags & ~LCME_FL_NEG);
	return (c->flags & flags) == flags;
}

/* Only from the end on, and not all */
static int del(struct lov *l, const struct lov_comp_md_entry_v1 *e)
{
	unsigned int keep = l->n;

	while (keep && meant(&l->c[keep - 1], e))
		keep--;
	for (unsigned int i = 0; i < keep; i++)
		if (meant(&l->c[i], e))
			return -EINVAL;
	if (!keep || keep == l->n || l->mirrors)
		return -EINVAL;
	for (unsigned int i = keep; i < l->n; i++)
		for (unsigned int j = 0; j < l->c[i].n &&
		     (l->c[i].flags & LCME_FL_INIT); j++)
			object_discard(l->c[i].obj[j].ost,
				       &l->c[i].obj[j].fid);
	l->n = keep;
	return 0;
}

static int set(struct lov *l, const struct lov_comp_md_entry_v1 *e,
	       unsigned int n)
{
	bool found = false;

	for (; n--; e++) {
		uint32_t flags = le32_to_cpu(e->lcme_flags);
		bool clear = flags & LCME_FL_NEG;

		flags &= ~LCME_FL_NEG;
		if (!flags || (flags & ~OP_FLAGS))
			return -EINVAL;
		for (unsigned int i = 0; i < l->n; i++) {
			struct lov_comp *c = &l->c[i];

			if (le32_to_cpu(e->lcme_id) != LCME_ID_ALL &&
			    c->id != le32_to_cpu(e->lcme_id))
				continue;
			found = true;
			c->flags = clear ? c->flags & ~flags :
					   c->flags | flags;
		}
	}
	return found ? 0 : -EINVAL;
}

int layout_component_op(struct req *req, struct inode *ino, const char *op,
			const void *val, size_t len)
{
	const struct lov_comp_md_entry_v1 *e;
	unsigned int n = 0;
	struct lov *l;
	int rc;

	e = entries(val, len, &n);
	if (!e || !S_ISREG(ino->mode))
		return -EINVAL;
	if (mdt_revoke(req, &ino->fid, LCK_EX, MDS_INODELOCK_LAYOUT |
		       MDS_INODELOCK_XATTR))
		return REQ_ASYNC;
	l = lov_get(&ino->fid);
	if (!l || !l->composite) {
		lov_free(l);
		return -EINVAL;
	}
	if (!strcmp(op, "add"))
		rc = add(l, val, len);
	else if (!strcmp(op, "del"))
		rc = n == 1 ? del(l, e) : -EINVAL;
	else if (!strcmp(op, "set") || !strcmp(op, "set.flags"))
		rc = set(l, e, n);
	else
		rc = -EINVAL;
	if (!rc) {
		l->gen++;
		rc = lov_put(ino, l);
	}
	lov_free(l);
	return rc;
}
