// SPDX-License-Identifier: GPL-2.0-only
/*
 * What clients ask of archives, and who sees to it that it is done (document 09,
 * 17).  One coordinator for all MDTs, and one archive, which takes the time that
 * ctl says for each thing.
 */
#include "lov.h"
#include "store.h"

/* As it is kept: of no known form */
#define XATTR_HSM	"trusted.hsm"

#define ALL_STATES	(HS_EXISTS | HS_DIRTY | HS_RELEASED | HS_ARCHIVED | \
			 HS_NORELEASE | HS_NOARCHIVE | HS_LOST)
#define OWNERS_STATES	(HS_DIRTY | HS_NORELEASE | HS_NOARCHIVE)

struct hsm {
	uint32_t	states, archive;
	uint64_t	version;
};

static struct hsm hsm_get(const struct fid *fid)
{
	struct hsm h = { 0 };
	size_t len = sizeof(h);

	if (xattr_get(fid, XATTR_HSM, &h, &len))
		return (struct hsm){ 0 };
	return h;
}

static int hsm_put(const struct fid *fid, const struct hsm *h)
{
	return xattr_set(fid, XATTR_HSM, h, sizeof(*h));
}

int hsm_state_change(const struct fid *fid, uint32_t set, uint32_t clear,
		     uint32_t archive)
{
	struct hsm h = hsm_get(fid);

	h.states = (h.states & ~clear) | set;
	if (archive)
		h.archive = archive;
	return hsm_put(fid, &h);
}

void hsm_modified(const struct fid *fid)
{
	if (hsm_get(fid).states & HS_EXISTS)
		hsm_state_change(fid, HS_DIRTY, 0, 0);
}

/* ---- what is under way, but for restores ---- */

struct action {
	TAILQ_ENTRY(action)	link;
	struct fid		fid;
	uint32_t		what, archive;
	struct event		timer;
};

static TAILQ_HEAD(, action) actions = TAILQ_HEAD_INITIALIZER(actions);

static struct action *acting(const struct fid *fid)
{
	struct action *a;

	TAILQ_FOREACH(a, &actions, link)
		if (fid_eq(&a->fid, fid))
			return a;
	return NULL;
}

static void action_timer(struct action *a, unsigned int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(&a->timer, &tv);
}

static void action_end(struct action *a)
{
	TAILQ_REMOVE(&actions, a, link);
	event_del(&a->timer);
	free(a);
}

static void action_due(evutil_socket_t fd, short what, void *arg)
{
	struct action *a = arg;
	struct inode ino;
	int rc;

	(void)fd;
	(void)what;
	rc = inode_get(&a->fid, &ino);
	if (!rc && !srv.hsm_fails) {
		store_mark();
		rc = hsm_state_change(&a->fid, HS_EXISTS | HS_ARCHIVED,
				      HS_DIRTY, a->archive);
	}
	if (rc)
		log_warn("archive: %s: %s", fid_str(&a->fid), strerror(-rc));
	action_end(a);
}

static void action_start(const struct fid *fid, uint32_t what,
			 uint32_t archive)
{
	struct action *a;

	if (acting(fid))
		return;
	a = xzalloc(sizeof(*a));
	a->fid = *fid;
	a->what = what;
	a->archive = archive ? archive : 1;
	event_assign(&a->timer, srv.base, -1, 0, action_due, a);
	TAILQ_INSERT_TAIL(&actions, a, link);
	action_timer(a, srv.hsm_ms);
}

/* ---- states ---- */

static int file_of(struct req *req, struct inode *ino, struct cred *c)
{
	const struct mdt_body *b = body_get(req, 1, true);
	struct fid fid;

	if (!b || req->bufcount < 3)
		return -EPROTO;
	fid = fid_host(&b->mbo_fid1);
	if (!fid_sane(&fid))
		return -EINVAL;
	body_cred(b, c);
	return inode_get(&fid, ino) ? -ENOENT : 0;
}

int handle_hsm_state_get(struct req *req)
{
	struct hsm_user_state *hus;
	struct inode ino;
	struct cred c;
	struct hsm h;
	int rc = file_of(req, &ino, &c);

	if (rc)
		return rc;
	if (req->tag)
		req_wrong(req, "a question with a modifying slot");
	h = hsm_get(&ino.fid);
	rep_add(req, sizeof(struct mdt_body));
	hus = rep_add(req, sizeof(*hus));
	hus->hus_states = cpu_to_le32(h.states);
	hus->hus_archive_id = cpu_to_le32(h.archive);
	return 0;
}

int handle_hsm_action(struct req *req)
{
	struct hsm_current_action *hca;
	const struct action *a;
	struct inode ino;
	struct cred c;
	uint32_t what = HUA_NONE;
	int rc = file_of(req, &ino, &c);

	if (rc)
		return rc;
	a = acting(&ino.fid);
	if (a)
		what = a->what;
	else if (hsm_restoring(&ino.fid))
		what = HUA_RESTORE;
	rep_add(req, sizeof(struct mdt_body));
	hca = rep_add(req, sizeof(*hca));
	hca->hca_state = cpu_to_le32(what == HUA_NONE ? HPS_IDLE : 2);
	hca->hca_action = cpu_to_le32(what);
	if (what != HUA_NONE)
		hca->hca_length = cpu_to_le64(UINT64_MAX);
	return 0;
}

/* What may become of @h, and who may do that */
static int state_check(const struct inode *ino, const struct hsm *h,
		       const struct cred *c, uint64_t set, uint64_t clear)
{
	uint64_t after = (h->states & ~clear) | set;

	if ((set | clear) & ~(uint64_t)ALL_STATES)
		return -EINVAL;
	if (!(c->cap & CAP_BIT_SYS_ADMIN) &&
	    (!mdt_owner(ino, c) || ((set | clear) & ~OWNERS_STATES)))
		return -EPERM;
	/* Data do not go, or come, because somebody says so. */
	if ((after ^ h->states) & HS_RELEASED)
		return -EPERM;
	if ((h->states & HS_RELEASED) &&
	    (clear & (HS_EXISTS | HS_ARCHIVED)))
		return -EPERM;
	/* seen: of a file that no archive has */
	return (set & HS_DIRTY) && !(after & HS_EXISTS) ? -EINVAL : 0;
}

int handle_hsm_state_set(struct req *req)
{
	const struct hsm_state_set *hss = req_buf(req, 3, sizeof(*hss));
	uint64_t set = 0, clear = 0;
	struct inode ino;
	uint32_t valid;
	struct cred c;
	struct hsm h;
	int rc = file_of(req, &ino, &c);

	if (rc || !hss)
		return rc ? rc : -EPROTO;
	if (!req->tag)
		req_wrong(req, "a change without a modifying slot");
	valid = le32_to_cpu(hss->hss_valid);
	if (valid & ~(HSS_SETMASK | HSS_CLEARMASK | HSS_ARCHIVE_ID))
		return -EINVAL;
	if (!S_ISREG(ino.mode))
		return -EINVAL;
	if (valid & HSS_SETMASK)
		set = le64_to_cpu(hss->hss_setmask);
	if (valid & HSS_CLEARMASK)
		clear = le64_to_cpu(hss->hss_clearmask);
	h = hsm_get(&ino.fid);
	rc = state_check(&ino, &h, &c, set, clear);
	if (!rc && (valid & HSS_ARCHIVE_ID) && !(c.cap & CAP_BIT_SYS_ADMIN))
		rc = -EPERM;
	if (rc)
		return rc;
	if (mdt_revoke(req, &ino.fid, LCK_PW, MDS_INODELOCK_LOOKUP |
		       MDS_INODELOCK_XATTR))
		return REQ_ASYNC;
	ino.version = mdt_transno(req);
	h.states = (h.states & ~clear) | set;
	if (valid & HSS_ARCHIVE_ID)
		h.archive = le32_to_cpu(hss->hss_archive_id);
	rc = hsm_put(&ino.fid, &h);
	return rc ? rc : inode_put(&ino);
}

int handle_hsm_version(struct req *req)
{
	const struct mdt_body *b = body_get(req, 1, true);
	struct inode ino;
	struct cred c;
	struct hsm h;
	int rc = file_of(req, &ino, &c);

	if (rc)
		return rc;
	if (!req->tag)
		req_wrong(req, "a change without a modifying slot");
	if (!(c.cap & CAP_BIT_SYS_ADMIN))
		return -EPERM;
	h = hsm_get(&ino.fid);
	if (!S_ISREG(ino.mode) || !(h.states & HS_EXISTS))
		return -EINVAL;
	ino.version = mdt_transno(req);
	h.version = le64_to_cpu(b->mbo_version);
	rc = hsm_put(&ino.fid, &h);
	return rc ? rc : inode_put(&ino);
}

/* Is all of it in the archive, and nothing against it? */
bool hsm_may_go(const struct fid *fid)
{
	uint32_t s = hsm_get(fid).states;

	return (s & HS_ARCHIVED) &&
	       !(s & (HS_DIRTY | HS_NORELEASE | HS_LOST));
}

/* ---- requests ---- */

/* Can it be done with a file whose states are @s? */
static int item_check(const struct inode *ino, uint32_t what, uint32_t s)
{
	if (!S_ISREG(ino->mode))
		return -EINVAL;
	switch (what) {
	case HUA_ARCHIVE:
		return s & HS_NOARCHIVE ? -EPERM : 0;
	case HUA_REMOVE:
		return s & HS_RELEASED ? -EPERM : 0;
	case HUA_RESTORE:
	case HUA_CANCEL:
		return 0;
	}
	return -EINVAL;
}

static void item_do(struct target *t, const struct fid *fid, uint32_t what,
		    uint32_t archive)
{
	uint32_t s = hsm_get(fid).states;

	switch (what) {
	case HUA_ARCHIVE:
		if (!(s & HS_RELEASED) &&
		    (!(s & HS_ARCHIVED) || s & HS_DIRTY))
			action_start(fid, what, archive);
		break;
	case HUA_RESTORE:
		if (s & HS_RELEASED)
			hsm_restore(t, fid);
		break;
	case HUA_REMOVE:
		store_mark();
		hsm_state_change(fid, 0, HS_EXISTS | HS_ARCHIVED | HS_DIRTY |
				 HS_LOST, 0);
		break;
	case HUA_CANCEL:
		if (acting(fid))
			action_end(acting(fid));
		hsm_restore_cancel(fid);
		break;
	}
}

/* All of them, before anything is done with one */
static int items_check(const struct hsm_user_item *item, uint32_t n,
		       uint32_t what)
{
	for (uint32_t i = 0; i < n; i++) {
		struct fid fid = fid_host(&item[i].hui_fid);
		struct inode ino;
		int rc;

		if (!fid_sane(&fid))
			return -EINVAL;
		if (inode_get(&fid, &ino))
			return -ENOENT;
		if (le64_to_cpu(item[i].hui_offset) ||
		    le64_to_cpu(item[i].hui_length) != UINT64_MAX)
			return -EOPNOTSUPP;
		rc = item_check(&ino, what, hsm_get(&fid).states);
		if (rc)
			return rc;
	}
	return 0;
}

int handle_hsm_request(struct req *req)
{
	const struct mdt_body *b = body_get(req, 1, false);
	const struct hsm_request *hr = req_buf(req, 2, sizeof(*hr));
	const struct hsm_user_item *item = req_buf(req, 3, sizeof(*item));
	uint32_t n, what;
	struct cred c;
	int rc;

	if (!b || !hr || !item || req->bufcount < 5)
		return -EPROTO;
	n = le32_to_cpu(hr->hr_itemcount);
	if (!n || req_buflen(req, 3) != (size_t)n * sizeof(*item) ||
	    req_buflen(req, 4) != le32_to_cpu(hr->hr_data_len))
		return -EPROTO;
	if (!req->tag)
		req_wrong(req, "a request to the archive without a modifying slot");
	body_cred(b, &c);
	what = le32_to_cpu(hr->hr_action);
	if (what == HUA_RELEASE)
		req_wrong(req, "a release that is not the close of a lease");
	if (what < HUA_ARCHIVE || what > HUA_CANCEL)
		return -EINVAL;
	if (!srv.hsm_ms)
		return -EAGAIN;
	if (what != HUA_RESTORE && !(c.cap & CAP_BIT_SYS_ADMIN))
		return -EPERM;
	rc = items_check(item, n, what);
	for (uint32_t i = 0; !rc && i < n; i++) {
		struct fid fid = fid_host(&item[i].hui_fid);

		item_do(req->tgt, &fid, what, le32_to_cpu(hr->hr_archive_id));
	}
	return rc;
}
