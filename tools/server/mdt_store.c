// SPDX-License-Identifier: GPL-2.0-only
/* Files, names, links and extended attributes in the database */
#include "mdt.h"
#include "store.h"

const struct fid root_fid = { FID_SEQ_ROOT, FID_OID_ROOT, 0 };

struct fid fid_host(const struct lu_fid *f)
{
	return (struct fid){ le64_to_cpu(f->f_seq), le32_to_cpu(f->f_oid),
			     le32_to_cpu(f->f_ver) };
}

struct lu_fid fid_wire(const struct fid *f)
{
	return (struct lu_fid){ cpu_to_le64(f->seq), cpu_to_le32(f->oid),
				cpu_to_le32(f->ver) };
}

bool fid_eq(const struct fid *a, const struct fid *b)
{
	return a->seq == b->seq && a->oid == b->oid && a->ver == b->ver;
}

bool fid_zero(const struct fid *f)
{
	return !f->seq && !f->oid && !f->ver;
}

bool fid_sane(const struct fid *f)
{
	if (fid_zero(f) || !f->oid)
		return false;
	return f->seq >= FID_SEQ_START ? !f->ver : f->seq != 0;
}

const char *fid_str(const struct fid *f)
{
	static char ring[4][64];
	static unsigned int pos;
	char *s = ring[pos++ % 4];

	snprintf(s, 64, "[%#" PRIx64 ":%#x:%#x]", f->seq, f->oid, f->ver);
	return s;
}

/* Position in a directory: FNV-1a, kept below the end mark and above ".." */
uint64_t name_hash(const char *name, size_t len)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++) {
		h ^= (uint8_t)name[i];
		h *= 0x100000001b3ULL;
	}
	return (h >> 2) + 0x200000000ULL;
}

/* ---- keys, big-endian so that they sort ---- */

struct fid_key {
	uint64_t	seq;
	uint32_t	oid, ver;
} __packed;

struct name_key {
	struct fid_key	dir;
	uint64_t	hash;
	char		name[MDT_NAME_MAX + 1];
} __packed;

struct link_key {
	struct fid_key	fid, dir;
	char		name[MDT_NAME_MAX + 1];
} __packed;

static struct fid_key fid_key(const struct fid *f)
{
	return (struct fid_key){ htobe64(f->seq), htobe32(f->oid),
				 htobe32(f->ver) };
}

static size_t name_key(struct name_key *k, const struct fid *dir,
		       const char *name)
{
	size_t n = strlen(name);

	k->dir = fid_key(dir);
	k->hash = htobe64(name_hash(name, n));
	memcpy(k->name, name, n);
	return offsetof(struct name_key, name) + n;
}

int inode_get(const struct fid *fid, struct inode *ino)
{
	struct fid_key k = fid_key(fid);
	size_t len = sizeof(*ino);

	return store_get(DB_INODE, &k, sizeof(k), ino, &len);
}

int inode_put(const struct inode *ino)
{
	struct fid_key k = fid_key(&ino->fid);

	return store_put(DB_INODE, &k, sizeof(k), ino, sizeof(*ino));
}

struct keys {
	struct { uint8_t key[512]; size_t len; } k[256];
	unsigned int n;
};

static int keys_cb(void *arg, const void *key, size_t klen, const void *val,
		   size_t vlen)
{
	struct keys *keys = arg;

	(void)val;
	(void)vlen;
	if (keys->n == ARRAY_SIZE(keys->k))
		return 1;
	memcpy(keys->k[keys->n].key, key, klen);
	keys->k[keys->n++].len = klen;
	return 0;
}

static void drop_all(enum store_db db, const struct fid_key *k)
{
	struct keys *keys = xzalloc(sizeof(*keys));

	do {
		keys->n = 0;
		store_walk(db, k, sizeof(*k), sizeof(*k), keys_cb, keys);
		for (unsigned int i = 0; i < keys->n; i++)
			store_del(db, keys->k[i].key, keys->k[i].len);
	} while (keys->n == ARRAY_SIZE(keys->k));
	free(keys);
}

int inode_drop(const struct inode *ino)
{
	struct fid_key k = fid_key(&ino->fid);

	drop_all(DB_XATTR, &k);
	drop_all(DB_LINK, &k);
	store_del(DB_ORPHAN, &k, sizeof(k));
	return store_del(DB_INODE, &k, sizeof(k));
}

/* The two directories that every file system has but no listing shows */
static bool fixed_name(const struct fid *dir, const char *name,
		       struct dirent_val *v)
{
	uint32_t oid = 0;

	if (fid_eq(dir, &root_fid) && !strcmp(name, ".lustre"))
		oid = FID_OID_DOT_LUSTRE;
	else if (dir->seq == FID_SEQ_DOT_LUSTRE &&
		 dir->oid == FID_OID_DOT_LUSTRE && !strcmp(name, "fid"))
		oid = FID_OID_DOT_LUSTRE_OBF;
	if (!oid)
		return false;
	*v = (struct dirent_val){ { FID_SEQ_DOT_LUSTRE, oid, 0 }, S_IFDIR, 0 };
	return true;
}

int name_get(const struct fid *dir, const char *name, struct dirent_val *v)
{
	struct name_key k;
	size_t n = name_key(&k, dir, name), len = sizeof(*v);

	if (fixed_name(dir, name, v))
		return 0;
	return store_get(DB_DIRENT, &k, n, v, &len);
}

int name_put(const struct fid *dir, const char *name,
	     const struct dirent_val *v)
{
	struct name_key k;
	size_t n = name_key(&k, dir, name);

	return store_put(DB_DIRENT, &k, n, v, sizeof(*v));
}

int name_del(const struct fid *dir, const char *name)
{
	struct name_key k;
	size_t n = name_key(&k, dir, name);

	return store_del(DB_DIRENT, &k, n);
}

static size_t link_key(struct link_key *k, const struct fid *fid,
		       const struct fid *dir, const char *name)
{
	size_t n = strlen(name);

	k->fid = fid_key(fid);
	k->dir = fid_key(dir);
	memcpy(k->name, name, n);
	return offsetof(struct link_key, name) + n;
}

int link_add(const struct fid *fid, const struct fid *dir, const char *name)
{
	struct link_key k;
	size_t n = link_key(&k, fid, dir, name);

	return store_put(DB_LINK, &k, n, "", 0);
}

int link_del(const struct fid *fid, const struct fid *dir, const char *name)
{
	struct link_key k;
	size_t n = link_key(&k, fid, dir, name);

	return store_del(DB_LINK, &k, n);
}

struct link_ea {
	uint8_t	*buf;		/* NULL: only counted */
	size_t	len;
	unsigned int	n;
};

static int link_ea_cb(void *arg, const void *key, size_t klen, const void *val,
		      size_t vlen)
{
	const struct link_key *k = key;
	size_t n = klen - offsetof(struct link_key, name);
	struct link_ea *ea = arg;
	struct link_ea_entry *e;

	(void)val;
	(void)vlen;
	if (ea->buf) {
		e = (void *)(ea->buf + ea->len);
		e->lee_reclen = htobe16(sizeof(*e) + n);
		e->lee_parent_seq = k->dir.seq;
		e->lee_parent_oid = k->dir.oid;
		e->lee_parent_ver = k->dir.ver;
		memcpy(e->lee_name, k->name, n);
	}
	ea->len += sizeof(*e) + n;
	ea->n++;
	return 0;
}

size_t link_ea(const struct fid *fid, void *buf)
{
	struct fid_key k = fid_key(fid);
	struct link_ea_header *head = buf;
	struct link_ea ea = { .buf = buf, .len = sizeof(*head) };

	store_walk(DB_LINK, &k, sizeof(k), sizeof(k), link_ea_cb, &ea);
	if (head && ea.n) {
		head->leh_magic = cpu_to_le32(LINK_EA_MAGIC);
		head->leh_reccount = cpu_to_le32(ea.n);
		head->leh_len = cpu_to_le64(ea.len);
	}
	return ea.n ? ea.len : 0;
}

/* ---- extended attributes ---- */

struct xattr_key {
	struct fid_key	fid;
	char		name[MDT_NAME_MAX + 1];
} __packed;

static size_t xattr_key(struct xattr_key *k, const struct fid *fid,
			const char *name)
{
	size_t n = strnlen(name, MDT_NAME_MAX);

	k->fid = fid_key(fid);
	memcpy(k->name, name, n);
	return offsetof(struct xattr_key, name) + n;
}

int xattr_get(const struct fid *fid, const char *name, void *val, size_t *len)
{
	struct xattr_key k;
	size_t n = xattr_key(&k, fid, name);

	return store_get(DB_XATTR, &k, n, val, len) ? -ENODATA : 0;
}

int xattr_set(const struct fid *fid, const char *name, const void *val,
	      size_t len)
{
	struct xattr_key k;
	size_t n = xattr_key(&k, fid, name);

	return store_put(DB_XATTR, &k, n, val, len);
}

int xattr_del(const struct fid *fid, const char *name)
{
	struct xattr_key k;
	size_t n = xattr_key(&k, fid, name);

	return store_del(DB_XATTR, &k, n) ? -ENODATA : 0;
}

struct names {
	char	*to;
	size_t	room, len;
};

static int xattr_names_cb(void *arg, const void *key, size_t klen,
			  const void *val, size_t vlen)
{
	size_t n = klen - sizeof(struct fid_key);
	const char *name = (const char *)key + sizeof(struct fid_key);
	struct names *names = arg;

	(void)val;
	(void)vlen;
	if (n == strlen(XATTR_LINK) && !memcmp(name, XATTR_LINK, n))
		return 0;
	if (names->len + n + 1 <= names->room) {
		memcpy(names->to + names->len, name, n);
		names->to[names->len + n] = 0;
	}
	names->len += n + 1;
	return 0;
}

/* Names one after the other, each with its NUL; -ERANGE: *@len says more */
int xattr_list(const struct fid *fid, char *to, size_t *len)
{
	struct fid_key k = fid_key(fid);
	struct names names = { to, to ? *len : 0, 0 };

	store_walk(DB_XATTR, &k, sizeof(k), sizeof(k), xattr_names_cb, &names);
	*len = names.len;
	return to && names.len > names.room ? -ERANGE : 0;
}

static void make_dir(struct fid fid, struct fid parent, uint32_t mode)
{
	int64_t now = wall_sec();
	struct inode ino = {
		.fid = fid, .parent = parent, .mode = S_IFDIR | mode,
		.nlink = 2, .size = 4096, .blocks = 8, .mtime = now,
		.atime = now, .ctime = now, .btime = now,
	};
	struct inode old;

	if (inode_get(&fid, &old))
		inode_put(&ino);
}

/* What a new file system begins with */
void mdt_format(void)
{
	struct fid dot = { FID_SEQ_DOT_LUSTRE, FID_OID_DOT_LUSTRE, 0 };
	struct fid obf = { FID_SEQ_DOT_LUSTRE, FID_OID_DOT_LUSTRE_OBF, 0 };

	make_dir(root_fid, root_fid, 0755);
	make_dir(dot, root_fid, 0100);
	make_dir(obf, dot, 0100);
}
