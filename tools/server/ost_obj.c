// SPDX-License-Identifier: GPL-2.0-only
/* Objects: a database record and a sparse file each */
#include "ost.h"
#include "store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/statfs.h>
#include <unistd.h>

#define OST_SEQ_BASE	0x240000400ULL
#define OST_SEQ_RANGE	0x40000000ULL
#define FD_CACHE	512

struct obj_key {
	uint32_t	ost;
	uint64_t	seq;
	uint32_t	oid, ver;
} __packed;

/* Open files, the least recently used one is closed */
struct fd_ent {
	struct obj_key	key;
	UT_hash_handle	hh;
	TAILQ_ENTRY(fd_ent) lru;
	int		fd;
};

static struct fd_ent *fds;
static TAILQ_HEAD(, fd_ent) lru = TAILQ_HEAD_INITIALIZER(lru);

static struct obj_key obj_key(unsigned int ost, const struct fid *fid)
{
	return (struct obj_key){ htobe32(ost), htobe64(fid->seq),
				 htobe32(fid->oid), htobe32(fid->ver) };
}

/* An MDT has objects too, see dom.h */
#define OBJ_MDT	0x10000

static unsigned int obj_tgt(const struct target *t)
{
	return t->kind == TGT_MDT ? OBJ_MDT | t->index : t->index;
}

/* Only the FID form exists here; -EPROTO for what no client should send */
int oi_to_fid(const struct ost_id *oi, unsigned int ost, struct fid *fid)
{
	(void)ost;
	*fid = fid_host(&oi->oi_fid);
	if (!le64_to_cpu(oi->oi_seq)) {
		*fid = (struct fid){ FID_SEQ_IDIF | (uint64_t)ost << 16 |
				     (le64_to_cpu(oi->oi_id) >> 32 & 0xffff),
				     le64_to_cpu(oi->oi_id), 0 };
		return oi->oi_id ? 0 : -EPROTO;
	}
	if (fid->ver)
		return -EBADF;
	if (!fid->oid || fid->seq < FID_SEQ_NORMAL)
		return -EPROTO;
	return 0;
}

void object_res(struct ldlm_res_id *id, const struct fid *fid)
{
	struct lu_fid wire = fid_wire(fid);

	ldlm_fid_res(id, &wire);
}

int object_get(struct target *t, const struct fid *fid, struct object *o)
{
	struct obj_key k = obj_key(obj_tgt(t), fid);
	size_t len = sizeof(*o);

	return store_get(DB_OBJ, &k, sizeof(k), o, &len);
}

int object_put(struct target *t, const struct object *o)
{
	struct obj_key k = obj_key(obj_tgt(t), &o->fid);

	return store_put(DB_OBJ, &k, sizeof(k), o, sizeof(*o));
}

static void obj_path(char *path, size_t n, const struct fid *fid)
{
	snprintf(path, n, "%" PRIx64 "/%x/%x", fid->seq, fid->oid % 32,
		 fid->oid);
}

static int open_file(struct target *t, const struct fid *fid)
{
	char path[64], *slash;
	int fd;

	obj_path(path, sizeof(path), fid);
	fd = openat(t->objdir, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdirat(t->objdir, path, 0700);
		*slash = '/';
	}
	fd = openat(t->objdir, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static void fd_drop(struct fd_ent *e)
{
	HASH_DEL(fds, e);
	TAILQ_REMOVE(&lru, e, lru);
	close(e->fd);
	free(e);
}

int object_fd(struct target *t, const struct fid *fid)
{
	struct obj_key k = obj_key(obj_tgt(t), fid);
	struct fd_ent *e;
	int fd;

	HASH_FIND(hh, fds, &k, sizeof(k), e);
	if (e) {
		TAILQ_REMOVE(&lru, e, lru);
		TAILQ_INSERT_TAIL(&lru, e, lru);
		return e->fd;
	}
	fd = open_file(t, fid);
	if (fd < 0)
		return fd;
	if (HASH_COUNT(fds) >= FD_CACHE)
		fd_drop(TAILQ_FIRST(&lru));
	e = xzalloc(sizeof(*e));
	e->key = k;
	e->fd = fd;
	HASH_ADD(hh, fds, key, sizeof(e->key), e);
	TAILQ_INSERT_TAIL(&lru, e, lru);
	return fd;
}

int object_create(unsigned int ost, const struct inode *owner,
		  uint32_t stripe, struct fid *fid)
{
	struct target *t = target_get(TGT_OST, ost);
	struct object o = { .parent = owner->fid, .uid = owner->uid,
			    .gid = owner->gid, .projid = owner->projid,
			    .stripe = stripe };
	char key[32];

	if (!t || t->disabled)
		return -ENODEV;
	snprintf(key, sizeof(key), "oid/%s", t->name);
	fid->seq = OST_SEQ_BASE + ost * OST_SEQ_RANGE;
	fid->oid = store_counter_inc(key, 1, 1);
	fid->ver = 0;
	o.fid = *fid;
	o.epoch = store_epoch();
	return object_put(t, &o);
}

static void file_remove(struct target *t, const struct fid *fid)
{
	struct obj_key k = obj_key(obj_tgt(t), fid);
	struct fd_ent *e;
	struct stat st;
	char path[64];

	HASH_FIND(hh, fds, &k, sizeof(k), e);
	if (e)
		fd_drop(e);
	obj_path(path, sizeof(path), fid);
	if (!fstatat(t->objdir, path, &st, 0)) {
		t->used -= min_t(uint64_t, t->used, st.st_blocks * 512ULL);
		unlinkat(t->objdir, path, 0);
	}
}

static void used_up_to(struct target *t, const struct fid *fid)
{
	char key[32];

	snprintf(key, sizeof(key), "oid/%s", t->name);
	if (store_counter(key, 1) <= fid->oid)
		store_counter_set(key, fid->oid + 1);
}

void object_remake(unsigned int ost, const struct fid *fid,
		   const struct inode *owner, uint32_t stripe)
{
	struct target *t = target_get(TGT_OST, ost);
	struct object o = { .fid = *fid, .parent = owner->fid,
			    .uid = owner->uid, .gid = owner->gid,
			    .projid = owner->projid, .stripe = stripe,
			    .epoch = store_epoch() };
	struct object old;

	if (!t || !object_get(t, fid, &old))
		return;
	file_remove(t, fid);
	used_up_to(t, fid);
	log_info("%s: object %s is made anew", t->name, fid_str(fid));
	object_put(t, &o);
}

/*
 * A client replays what it did to an object that was made shortly before the
 * crash, and lost: the object comes back with it.
 */
int object_recreate(struct req *req, const struct fid *fid,
		    const struct obdo *oa, struct object *o)
{
	struct target *t = req->tgt;

	if (!recovering(t) || !(req->flags & MSG_REPLAY) ||
	    fid->seq != OST_SEQ_BASE + t->index * OST_SEQ_RANGE)
		return -ENOENT;
	memset(o, 0, sizeof(*o));
	o->fid = *fid;
	if (le64_to_cpu(oa->o_valid) & OBD_MD_FLFID) {
		o->parent.seq = le64_to_cpu(oa->o_parent_seq);
		o->parent.oid = le32_to_cpu(oa->o_parent_oid);
	}
	o->epoch = store_epoch();
	file_remove(t, fid);
	used_up_to(t, fid);
	log_info("%s: object %s comes back by replay", t->name, fid_str(fid));
	return object_put(t, o);
}

static void object_remove(struct target *t, const struct fid *fid)
{
	struct obj_key k = obj_key(obj_tgt(t), fid);

	file_remove(t, fid);
	store_del(DB_OBJ, &k, sizeof(k));
}

/* To be destroyed, but somebody has a lock on it, and perhaps dirty data */
struct doomed {
	TAILQ_ENTRY(doomed)	link;
	struct target		*t;
	struct fid		fid;
	bool			all;	/* who wants it gone is asked, too */
	struct event		timer;
};

static TAILQ_HEAD(, doomed) doomed = TAILQ_HEAD_INITIALIZER(doomed);

static void doomed_end(struct doomed *d)
{
	object_remove(d->t, &d->fid);
	TAILQ_REMOVE(&doomed, d, link);
	event_del(&d->timer);
	free(d);
}

static bool object_locked(const struct doomed *d)
{
	struct ldlm_res_id id;

	object_res(&id, &d->fid);
	return ldlm_discard(d->t, &id, d->all);
}

static void doomed_look(struct doomed *d)
{
	struct timeval tv = { 0, 20000 };

	if (object_locked(d))
		event_add(&d->timer, &tv);
	else
		doomed_end(d);
}

static void doomed_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	doomed_look(arg);
}

static void doom(struct target *t, const struct fid *fid, bool all)
{
	struct doomed *d;

	d = xzalloc(sizeof(*d));
	d->t = t;
	d->fid = *fid;
	d->all = all;
	event_assign(&d->timer, srv.base, -1, 0, doomed_cb, d);
	TAILQ_INSERT_TAIL(&doomed, d, link);
	doomed_look(d);
}

void object_doom(struct target *t, const struct fid *fid)
{
	doom(t, fid, false);
}

bool object_doomed(const struct target *t, const struct fid *fid)
{
	const struct doomed *d;

	TAILQ_FOREACH(d, &doomed, link)
		if (d->t == t && fid_eq(&d->fid, fid))
			return true;
	return false;
}

void object_destroy(unsigned int ost, const struct fid *fid)
{
	struct target *t = target_get(TGT_OST, ost);

	if (t)
		object_doom(t, fid);
}

void object_discard(unsigned int ost, const struct fid *fid)
{
	struct target *t = target_get(TGT_OST, ost);

	if (t)
		doom(t, fid, true);
}

void object_clean(struct target *t, const struct fid *fid)
{
	file_remove(t, fid);
}

void ost_stop(void)
{
	struct doomed *d;

	while ((d = TAILQ_FIRST(&doomed)))
		doomed_end(d);
}

struct forget {
	struct obj_key	*keys;
	size_t		n;
	uint64_t	committed;
};

static int forget_cb(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	const struct object *o = val;
	struct forget *f = arg;

	if (klen != sizeof(*f->keys) || vlen < sizeof(*o) ||
	    o->epoch <= f->committed)
		return 0;
	if (!(f->n & (f->n - 1)))
		f->keys = xrealloc(f->keys, (f->n ? 2 * f->n : 1) *
				   sizeof(*f->keys));
	memcpy(&f->keys[f->n++], key, klen);
	return 0;
}

void ost_forget(void)
{
	struct forget f = { .committed = store_epoch_committed() };

	store_walk(DB_OBJ, "", 0, 0, forget_cb, &f);
	for (size_t i = 0; i < f.n; i++) {
		const struct obj_key *k = &f.keys[i];
		struct fid fid = { be64toh(k->seq), be32toh(k->oid),
				   be32toh(k->ver) };
		uint32_t no = be32toh(k->ost);
		struct target *t = target_get(no & OBJ_MDT ? TGT_MDT : TGT_OST,
					      no & ~OBJ_MDT);

		if (t)
			object_remove(t, &fid);
	}
	if (f.n)
		log_info("%zu objects were not committed and are lost", f.n);
	free(f.keys);
}

int object_chown(unsigned int ost, const struct fid *fid, uint32_t uid,
		 uint32_t gid, uint32_t projid)
{
	struct target *t = target_get(TGT_OST, ost);
	struct object o;

	if (!t || object_get(t, fid, &o))
		return -ENOENT;
	o.uid = uid;
	o.gid = gid;
	o.projid = projid;
	return object_put(t, &o);
}

int object_adopt(unsigned int ost, const struct fid *fid,
		 const struct inode *owner, uint32_t stripe)
{
	struct target *t = target_get(TGT_OST, ost);
	struct object o;

	if (!t || object_get(t, fid, &o))
		return -ENOENT;
	o.parent = owner->fid;
	o.stripe = stripe;
	o.uid = owner->uid;
	o.gid = owner->gid;
	o.projid = owner->projid;
	return object_put(t, &o);
}

int ost_lvb_fill(struct target *t, const struct ldlm_res_id *name,
		 struct ost_lvb *lvb)
{
	struct fid fid = { le64_to_cpu(name->name[0]),
			   (uint32_t)le64_to_cpu(name->name[1]),
			   le64_to_cpu(name->name[1]) >> 32 };
	struct object o;
	struct stat st;
	int fd;

	memset(lvb, 0, sizeof(*lvb));
	if (t->kind == TGT_MGS)
		return 0;
	if (object_get(t, &fid, &o)) {
		lvb->lvb_blocks = cpu_to_le64(OST_LVB_ERR_INIT + -ENOENT);
		return -ENOENT;
	}
	fd = object_fd(t, &fid);
	if (fd < 0 || fstat(fd, &st)) {
		lvb->lvb_blocks = cpu_to_le64(OST_LVB_ERR_INIT + -EIO);
		return -EIO;
	}
	lvb->lvb_size = cpu_to_le64(st.st_size);
	lvb->lvb_blocks = cpu_to_le64(st.st_blocks);
	lvb->lvb_mtime = cpu_to_le64(o.mtime);
	lvb->lvb_atime = cpu_to_le64(o.atime);
	lvb->lvb_ctime = cpu_to_le64(o.ctime);
	return 0;
}

uint64_t ost_transno(struct req *req)
{
	return mdt_transno(req);
}

void ost_statfs(struct target *t, struct obd_statfs *sfs)
{
	uint64_t blocks = srv.cfg.ost_size >> OST_BLKBITS;
	uint64_t used = t->kind == TGT_OST ? t->used >> OST_BLKBITS : 1024;
	uint64_t held = t->granted >> OST_BLKBITS;

	memset(sfs, 0, sizeof(*sfs));
	if (used > blocks)
		used = blocks;
	if (held > blocks - used)
		held = blocks - used;
	sfs->os_type = cpu_to_le64(0xef53);
	sfs->os_blocks = cpu_to_le64(blocks);
	sfs->os_bfree = cpu_to_le64(blocks - used);
	sfs->os_bavail = cpu_to_le64(blocks - used - held);
	sfs->os_files = cpu_to_le64(1ULL << 24);
	sfs->os_ffree = cpu_to_le64((1ULL << 24) - 1024);
	sfs->os_bsize = cpu_to_le32(1U << OST_BLKBITS);
	sfs->os_namelen = cpu_to_le32(MDT_NAME_MAX);
	sfs->os_maxbytes = cpu_to_le64(OST_MAXBYTES);
	sfs->os_state = cpu_to_le32(OS_STATFS_NONROT);
	sfs->os_granted = cpu_to_le32(held);
}

static uint64_t tree_blocks(int dirfd)
{
	struct dirent *de;
	uint64_t sum = 0;
	struct stat st;
	DIR *d;

	d = fdopendir(dirfd);
	if (!d) {
		close(dirfd);
		return 0;
	}
	while ((de = readdir(d))) {
		if (*de->d_name == '.' ||
		    fstatat(dirfd, de->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISDIR(st.st_mode))
			sum += tree_blocks(openat(dirfd, de->d_name, O_RDONLY |
						  O_DIRECTORY | O_CLOEXEC));
		else
			sum += st.st_blocks * 512ULL;
	}
	closedir(d);
	return sum;
}

int ost_start(struct target *t)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s%04x", srv.cfg.dir,
		 t->kind == TGT_MDT ? "MDT" : "OST", t->index);
	mkdir(path, 0700);
	t->objdir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->objdir < 0) {
		log_err("%s: %s", path, strerror(errno));
		return -errno;
	}
	t->used = tree_blocks(openat(t->objdir, ".", O_RDONLY | O_DIRECTORY |
				     O_CLOEXEC));
	return 0;
}

static void remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *de;
	DIR *d;

	if (fd < 0)
		return;
	d = fdopendir(fd);
	while (d && (de = readdir(d))) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		if (unlinkat(fd, de->d_name, 0))
			remove_tree(fd, de->d_name);
	}
	if (d)
		closedir(d);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* For --format: objects of every target there may have been */
void ost_wipe(void)
{
	int fd = open(srv.cfg.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[16];

	if (fd < 0)
		return;
	for (unsigned int i = 0; i < SRV_MAX_TARGETS; i++) {
		snprintf(name, sizeof(name), "OST%04x", i);
		remove_tree(fd, name);
		snprintf(name, sizeof(name), "MDT%04x", i);
		remove_tree(fd, name);
	}
	close(fd);
}
