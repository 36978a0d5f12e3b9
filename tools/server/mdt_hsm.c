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
		if (!memcmp(&r->fid, fid, sizeof(*fid)))
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
	return rc ? rc : inode_put(ino);
}

int hsm_release(struct inode *ino)
{
	struct lov *l = lov_get(&ino->fid);
	int rc = -EINVAL;

	for (unsigned int i = 0; l && i < l->n; i++)
		rc = l->mirrors || lov_on_mdt(&l->c[i]) ? -EOPNOTSUPP : 0;
	if (!rc && hsm_released(l))
		rc = -EALREADY;
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
	TAILQ_REMOVE(&restores, r, link);
	ldlm_lock_cancel(r->lock);
	ldlm_lock_put(r->lock);
	free(r);
}

static void start(struct target *t, const struct fid *fid)
{
	struct lu_fid wire = fid_wire(fid);
	struct restore *r = xzalloc(sizeof(*r));
	struct resource *res;
	struct ldlm_res_id id;

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

int handle_hsm_request(struct req *req)
{
	const struct mdt_body *b = body_get(req, 1, false);
	const struct hsm_request *hr = req_buf(req, 2, sizeof(*hr));
	const struct hsm_user_item *item = req_buf(req, 3, sizeof(*item));
	struct lov *l = NULL;
	struct fid fid;
	bool released;

	if (!b || !hr || !item || req->bufcount < 5)
		return -EPROTO;
	if (le32_to_cpu(hr->hr_itemcount) != 1 ||
	    req_buflen(req, 3) != sizeof(*item))
		return -EPROTO;
	if (le32_to_cpu(hr->hr_action) != HUA_RESTORE)
		return -EOPNOTSUPP;
	if (req->tag)
		req_wrong(req, "a restore with a modifying slot");
	if (!(le64_to_cpu(hr->hr_flags) & HSM_REQ_BLOCKING))
		req_wrong(req, "a restore that nobody waits for");
	if (le64_to_cpu(item->hui_offset) ||
	    le64_to_cpu(item->hui_length) != UINT64_MAX)
		req_wrong(req, "a restore of a part");
	if (!srv.hsm_ms)
		return -EAGAIN;
	fid = fid_host(&item->hui_fid);
	l = lov_get(&fid);
	released = hsm_released(l);
	lov_free(l);
	if (released && !hsm_restoring(&fid))
		start(req->tgt, &fid);
	return 0;
}
