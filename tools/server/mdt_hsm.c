// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files whose data an archive has (document 09, 17).  The archive is the file's
 * former objects, and the one who copies them back is here, too: what a client
 * sees is a layout without objects, and that it has to wait for the next one.
 */
#include "lov.h"
#include "ost.h"
#include "store.h"

#define XATTR_ARCHIVED	"trusted.archived"

/* A file that is being restored: its layout is locked meanwhile */
struct restore {
	TAILQ_ENTRY(restore)	link;
	struct fid		fid;
	struct lock		*lock;
	struct event		timer;
};

static TAILQ_HEAD(, restore) restores = TAILQ_HEAD_INITIALIZER(restores);

/* Who has the locks: no client, it is never asked for them */
static struct export *self(struct target *t)
{
	static struct export exp = { .uuid = "the server itself", .self = true };

	if (!exp.tgt) {
		TAILQ_INIT(&exp.running);
		TAILQ_INIT(&exp.locks);
		TAILQ_INIT(&exp.opens);
	}
	exp.tgt = t;
	return &exp;
}

bool hsm_released(const struct lov *l)
{
	for (unsigned int i = 0; l && i < l->n; i++)
		if (l->c[i].pattern & LOV_PATTERN_F_RELEASED)
			return true;
	return false;
}

static struct restore *restoring(const struct fid *fid)
{
	struct restore *r;

	TAILQ_FOREACH(r, &restores, link)
		if (fid_eq(&r->fid, fid))
			return r;
	return NULL;
}

bool hsm_restoring(const struct fid *fid)
{
	return restoring(fid);
}

/* The layout without its objects, which are kept under another name */
static int let_go(struct inode *ino, struct lov *l)
{
	size_t len;
	void *ea = lov_pack(l, &ino->fid, &len);
	int rc = xattr_set(&ino->fid, XATTR_ARCHIVED, ea, len);

	free(ea);
	if (rc)
		return rc;
	ino->size = flr_size(l, 0);
	ino->blocks = 1;
	ino->has_lazy = SIZE_STRICT;
	for (unsigned int i = 0; i < l->n; i++) {
		l->c[i].pattern |= LOV_PATTERN_F_RELEASED;
		free(l->c[i].obj);
		l->c[i].obj = NULL;
		l->c[i].n = 0;
	}
	l->gen++;
	rc = lov_put(ino, l);
	if (!rc)
		rc = hsm_state_change(&ino->fid, HS_EXISTS | HS_ARCHIVED |
				      HS_RELEASED, HS_DIRTY, 0);
	return rc ? rc : inode_put(ino);
}

/* Is it a layout that can do without its objects? */
static int may_let_go(const struct lov *l)
{
	int rc = -EINVAL;

	for (unsigned int i = 0; l && i < l->n; i++)
		rc = l->mirrors || lov_on_mdt(&l->c[i]) ? -EOPNOTSUPP : 0;
	return !rc && hsm_released(l) ? -EALREADY : rc;
}

/* As clients ask for it by ctl, without their help */
int hsm_release(struct inode *ino)
{
	struct lov *l = lov_get(&ino->fid);
	int rc = may_let_go(l);

	if (!rc && flr_in_use(l))
		rc = -EBUSY;
	if (!rc && mdt_revoke(NULL, &ino->fid, LCK_EX, MDS_INODELOCK_LAYOUT |
			      MDS_INODELOCK_UPDATE))
		rc = -EBUSY;
	if (!rc)
		rc = let_go(ino, l);
	lov_free(l);
	return rc;
}

static uint64_t data_version(const struct lov *l)
{
	struct lov_iter it = { .l = l };
	uint64_t version = 0;
	struct object o;

	while (lov_next(&it)) {
		struct target *t = target_get(TGT_OST, it.obj->ost);

		if (t && !object_get(t, &it.obj->fid, &o))
			version += o.version;
	}
	return version;
}

/* Under a lease, whose owner says what the data are, and has no locks on them */
int hsm_let_go(struct inode *ino, uint64_t version)
{
	struct lov *l = lov_get(&ino->fid);
	int rc = may_let_go(l);

	if (!rc && (!hsm_may_go(&ino->fid) || data_version(l) != version))
		rc = -EPERM;
	if (!rc)
		rc = let_go(ino, l);
	lov_free(l);
	return rc;
}

/* The layout that it had, in a later generation */
static int bring_back(struct inode *ino, bool empty)
{
	struct lov *old = lov_get(&ino->fid), *l = NULL;
	size_t len = 0;
	void *ea = NULL;
	int rc = xattr_get(&ino->fid, XATTR_ARCHIVED, NULL, &len);

	if (!rc) {
		ea = xzalloc(len);
		rc = xattr_get(&ino->fid, XATTR_ARCHIVED, ea, &len);
	}
	if (!rc)
		rc = lov_parse(ea, len, LOV_STORED, &l);
	if (!rc && empty)
		rc = flr_each(l, 0, true);
	if (!rc) {
		l->gen = old->gen + 1;
		ino->has_lazy = SIZE_LAZY;
		rc = lov_put(ino, l);
	}
	if (!rc)
		rc = inode_put(ino);
	if (!rc)
		rc = xattr_del(&ino->fid, XATTR_ARCHIVED);
	if (!rc)
		rc = hsm_state_change(&ino->fid, empty ? HS_DIRTY : 0,
				      HS_RELEASED, 0);
	free(ea);
	lov_free(old);
	lov_free(l);
	return rc;
}

/* Truncated to nothing: nobody has to read it for that. */
int hsm_empty(struct inode *ino)
{
	return bring_back(ino, true);
}

static void start_timer(struct restore *r)
{
	struct timeval tv = { srv.hsm_ms / 1000, srv.hsm_ms % 1000 * 1000 };

	event_add(&r->timer, &tv);
}

static void restore_end(struct restore *r)
{
	TAILQ_REMOVE(&restores, r, link);
	event_del(&r->timer);
	ldlm_lock_cancel(r->lock);
	ldlm_lock_put(r->lock);
	free(r);
}

static void restored(evutil_socket_t fd, short what, void *arg)
{
	struct restore *r = arg;
	struct inode ino;
	int rc = 0;

	(void)fd;
	(void)what;
	/* Some have not given their locks yet. */
	if (!r->lock->granted) {
		start_timer(r);
		return;
	}
	if (!inode_get(&r->fid, &ino) && !srv.hsm_fails) {
		store_mark();
		rc = bring_back(&ino, false);
	}
	if (rc)
		log_warn("restore: %s", strerror(-rc));
	restore_end(r);
}

void hsm_restore(struct target *t, const struct fid *fid)
{
	struct lu_fid wire = fid_wire(fid);
	struct resource *res;
	struct ldlm_res_id id;
	struct restore *r;

	if (restoring(fid))
		return;
	r = xzalloc(sizeof(*r));
	ldlm_fid_res(&id, &wire);
	res = ldlm_res(t->ns, &id, LDLM_IBITS, true);
	r->fid = *fid;
	r->lock = ldlm_lock_new(self(t), res, rand_cookie(), LCK_EX);
	r->lock->want.bits = MDS_INODELOCK_LAYOUT;
	r->lock->refs++;
	ldlm_try_grant(r->lock);
	event_assign(&r->timer, srv.base, -1, 0, restored, r);
	TAILQ_INSERT_TAIL(&restores, r, link);
	start_timer(r);
}

bool hsm_restore_cancel(const struct fid *fid)
{
	struct restore *r = restoring(fid);

	if (r)
		restore_end(r);
	return r;
}

/* Nobody has its data any more, in the archive neither. */
void hsm_forget(const struct inode *ino)
{
	struct lov_iter it = { 0 };
	struct lov *l = NULL;
	size_t len = 0;
	void *ea;

	hsm_restore_cancel(&ino->fid);
	if (xattr_get(&ino->fid, XATTR_ARCHIVED, NULL, &len))
		return;
	ea = xzalloc(len);
	if (!xattr_get(&ino->fid, XATTR_ARCHIVED, ea, &len))
		lov_parse(ea, len, LOV_STORED, &l);
	for (it.l = l; lov_next(&it);)
		object_destroy(it.obj->ost, &it.obj->fid);
	lov_free(l);
	free(ea);
}
