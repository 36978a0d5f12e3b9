// SPDX-License-Identifier: GPL-2.0-only
/* Mirrors: which is written, which become stale, and when not any more */
#include "lov.h"
#include "ost.h"
#include "store.h"

static uint16_t state(const struct lov *l)
{
	return l->flags & LCM_FL_FLR_MASK;
}

static void set_state(struct lov *l, uint16_t s)
{
	l->flags = (l->flags & ~LCM_FL_FLR_MASK) | s;
}

/* Is @mirror stale somewhere in [@start, @end)? */
static bool stale_in(const struct lov *l, uint32_t mirror, uint64_t start,
		     uint64_t end)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (lov_mirror(&l->c[i]) == mirror &&
		    l->c[i].start < end && l->c[i].end > start &&
		    (l->c[i].flags & LCME_FL_STALE))
			return true;
	return false;
}

uint32_t flr_primary_in(const struct lov *l, uint64_t start, uint64_t end)
{
	uint32_t best = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		uint32_t m = lov_mirror(&l->c[i]);

		if (stale_in(l, m, start, end))
			continue;
		if (l->c[i].flags & LCME_FL_PREF_WR)
			return m;
		if (!best)
			best = m;
	}
	return best;
}

uint32_t flr_primary(const struct lov *l)
{
	return flr_primary_in(l, 0, OBD_OBJECT_EOF);
}

uint64_t flr_end(const struct lov *l)
{
	uint32_t primary = l->mirrors ? flr_primary(l) : 0;
	uint64_t end = 0;

	for (unsigned int i = 0; i < l->n; i++)
		if (!primary ? l->c[i].end > end :
			       lov_mirror(&l->c[i]) == primary)
			end = l->c[i].end;
	return end;
}

/* To the ends of the components that [*@start, *@end) touches */
static void round_out(const struct lov *l, uint32_t mirror, uint64_t *start,
		      uint64_t *end)
{
	uint64_t s = *start, e = *end;

	for (unsigned int i = 0; i < l->n; i++) {
		const struct lov_comp *c = &l->c[i];

		if (lov_mirror(c) != mirror || c->start >= *end ||
		    c->end <= *start)
			continue;
		if (c->start < s)
			s = c->start;
		if (c->end > e)
			e = c->end;
	}
	*start = s;
	*end = e;
}

int flr_write(struct lov *l, uint64_t start, uint64_t end)
{
	uint32_t primary = flr_primary_in(l, start, end);
	int changed = 0;

	if (!l->mirrors)
		return 0;
	if (!primary)
		return -EIO;
	round_out(l, primary, &start, &end);
	for (unsigned int i = 0; i < l->n; i++) {
		struct lov_comp *c = &l->c[i];

		if (lov_mirror(c) == primary || c->start >= end ||
		    c->end <= start || (c->flags & LCME_FL_STALE))
			continue;
		c->flags |= LCME_FL_STALE;
		changed++;
	}
	if (state(l) != LCM_FL_WRITE_PENDING) {
		set_state(l, LCM_FL_WRITE_PENDING);
		changed++;
	}
	return changed;
}

int flr_mark(const struct inode *ino, uint32_t id)
{
	struct lov *l = lov_get(&ino->fid);
	int rc = -EINVAL;

	for (unsigned int i = 0; l && l->mirrors && i < l->n; i++)
		if (l->c[i].id == id) {
			l->c[i].flags |= LCME_FL_STALE;
			rc = 0;
		}
	if (!rc) {
		set_state(l, LCM_FL_WRITE_PENDING);
		l->gen++;
		flr_push(l);
		rc = lov_put(ino, l);
		mdt_revoke(NULL, &ino->fid, LCK_EX, MDS_INODELOCK_LAYOUT);
	}
	lov_free(l);
	return rc;
}

/* Is another mirror taken for right where component @c is? */
static bool others_fresh(const struct lov *l, const struct lov_comp *c)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (lov_mirror(&l->c[i]) != lov_mirror(c) &&
		    l->c[i].start < c->end && l->c[i].end > c->start &&
		    !(l->c[i].flags & LCME_FL_STALE))
			return true;
	return false;
}

/* Objects refuse what is written by an older layout than this */
void flr_push(const struct lov *l)
{
	struct lov_iter it = { .l = l };

	while (l->mirrors && lov_next(&it)) {
		struct target *t = target_get(TGT_OST, it.obj->ost);
		struct object o;

		if (!t || object_get(t, &it.obj->fid, &o))
			continue;
		o.layout_version = l->gen;
		object_put(t, &o);
	}
}

int flr_resync(const struct inode *ino, uint32_t only)
{
	struct lov *l = lov_get(&ino->fid);
	int rc = -EINVAL;

	if (l && l->mirrors) {
		rc = 0;
		for (unsigned int i = 0; i < l->n && rc >= 0; i++)
			if ((l->c[i].flags & LCME_FL_STALE) &&
			    (!only || lov_mirror(&l->c[i]) == only))
				rc = layout_instantiate(ino, l, flr_end(l),
							lov_mirror(&l->c[i]));
		if (rc >= 0) {
			set_state(l, LCM_FL_SYNC_PENDING);
			l->gen++;
			flr_push(l);
			rc = lov_put(ino, l);
		}
	}
	lov_free(l);
	return rc;
}

int flr_resynced(const struct inode *ino, const __le32 *ids, unsigned int n)
{
	struct lov *l = lov_get(&ino->fid);
	bool stale = false;
	int rc = -EINVAL;

	if (!l || state(l) != LCM_FL_SYNC_PENDING)
		goto out;
	for (unsigned int i = 0; i < l->n; i++) {
		for (unsigned int j = 0; j < n; j++)
			if (le32_to_cpu(ids[j]) == l->c[i].id)
				l->c[i].flags &= ~LCME_FL_STALE;
		stale |= l->c[i].flags & LCME_FL_STALE;
	}
	set_state(l, stale ? LCM_FL_WRITE_PENDING : LCM_FL_RDONLY);
	l->gen++;
	flr_push(l);
	rc = lov_put(ino, l);
out:
	lov_free(l);
	return rc;
}

bool flr_in_sync(const struct inode *ino)
{
	struct lov *l = lov_get(&ino->fid);
	bool sync = l && state(l) == LCM_FL_RDONLY;

	lov_free(l);
	return sync;
}

/* What is wrong with a write to component @c, or NULL; *@rc for the client */
const char *flr_complaint(const struct lov *l, const struct lov_comp *c,
			  const struct obdo *oa, const struct object *o,
			  int *rc)
{
	uint32_t ver = le32_to_cpu(oa->o_layout_version);
	bool resync = ver & LOV_LAYOUT_GEN_RESYNC;

	*rc = 0;
	if (!l->mirrors)
		return NULL;
	if (!(le64_to_cpu(oa->o_valid) & OBD_MD_LAYOUT_VERSION))
		return "a mirror is written without a layout version";
	ver &= ~LOV_LAYOUT_GEN_RESYNC;
	if (ver < o->layout_version) {
		*rc = -ESTALE;
		return NULL;
	}
	if (resync)
		return state(l) == LCM_FL_SYNC_PENDING &&
		       (c->flags & LCME_FL_STALE) ? NULL :
		       "a mirror is synchronized that is not to be";
	if (state(l) == LCM_FL_RDONLY)
		return "one of several mirrors is written without an intent";
	if (c->flags & LCME_FL_STALE)
		return "a stale mirror is written";
	return others_fresh(l, c) ? "a mirror is written, and another one in sync there" :
				    NULL;
}
