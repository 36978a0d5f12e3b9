// SPDX-License-Identifier: GPL-2.0-only
/* MDS_READPAGE (document 09, 11) */
#include "mdt.h"
#include "store.h"

#define HASH_DOT	0x0ULL
#define HASH_DOTDOT	0x100000000ULL

/* Pages being filled with entries in the order of their hashes */
struct fill {
	uint8_t		*pages;
	unsigned int	max, page;	/* pages there are; current one */
	size_t		used;		/* bytes of the current page */
	struct lu_dirent *last;		/* of the current page */
	uint64_t	first_hash;
	uint32_t	attrs;
	bool		full;
};

static struct lu_dirpage *page_head(struct fill *f)
{
	return (struct lu_dirpage *)(f->pages +
				     (size_t)f->page * LU_PAGE_SIZE);
}

static void page_open(struct fill *f, uint64_t hash)
{
	struct lu_dirpage *dp = page_head(f);

	memset(dp, 0, LU_PAGE_SIZE);
	dp->ldp_hash_start = cpu_to_le64(hash);
	f->used = sizeof(*dp);
	f->last = NULL;
}

static void page_close(struct fill *f, uint64_t next)
{
	struct lu_dirpage *dp = page_head(f);

	dp->ldp_hash_end = cpu_to_le64(next);
	if (!f->last) {
		dp->ldp_flags = cpu_to_le32(LDF_EMPTY);
		return;
	}
	f->last->lde_reclen = 0;
	if (next != MDS_DIR_END_OFF && f->last->lde_hash == cpu_to_le64(next))
		dp->ldp_flags = cpu_to_le32(LDF_COLLIDE);
}

/* false: no room is left in any page */
static bool fill_add(struct fill *f, uint64_t hash, const char *name,
		     size_t n, const struct fid *fid, uint32_t type)
{
	size_t off = round_up(n, 2), len = sizeof(struct lu_dirent) + off + 2;
	struct lu_dirent *de;

	if (!(f->attrs & LUDA_TYPE))
		len = sizeof(*de) + n;
	len = round_up(len, 8);
	if (f->used + len > LU_PAGE_SIZE) {
		page_close(f, hash);
		if (f->page + 1 == f->max) {
			f->full = true;
			return false;
		}
		f->page++;
		page_open(f, hash);
	}
	de = (struct lu_dirent *)((uint8_t *)page_head(f) + f->used);
	de->lde_fid = fid_wire(fid);
	de->lde_hash = cpu_to_le64(hash);
	de->lde_reclen = cpu_to_le16(len);
	de->lde_namelen = cpu_to_le16(n);
	de->lde_attrs = cpu_to_le32(f->attrs | LUDA_64BITHASH);
	memcpy(de->lde_name, name, n);
	if (f->attrs & LUDA_TYPE) {
		uint16_t t = cpu_to_le16(type);

		memcpy(de->lde_name + off, &t, sizeof(t));
	}
	f->used += len;
	f->last = de;
	return true;
}

struct raw_key {
	uint8_t		fid[16];
	uint64_t	hash;
	char		name[];
} __packed;

static int entry_cb(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	const struct raw_key *k = key;
	struct dirent_val v;

	if (klen <= sizeof(*k) || vlen != sizeof(v))
		return 0;
	memcpy(&v, val, sizeof(v));
	return !fill_add(arg, be64toh(k->hash), k->name, klen - sizeof(*k),
			 &v.fid, v.type);
}

static void fill_dir(struct fill *f, const struct inode *dir, uint64_t start)
{
	struct { uint64_t seq; uint32_t oid, ver; uint64_t hash; } __packed k = {
		htobe64(dir->fid.seq), htobe32(dir->fid.oid),
		htobe32(dir->fid.ver), htobe64(start) };

	page_open(f, start);
	if (start <= HASH_DOT &&
	    !fill_add(f, HASH_DOT, ".", 1, &dir->fid, S_IFDIR))
		return;
	if (start <= HASH_DOTDOT &&
	    !fill_add(f, HASH_DOTDOT, "..", 2, &dir->parent, S_IFDIR))
		return;
	store_walk(DB_DIRENT, &k, sizeof(k), 16, entry_cb, f);
	if (!f->full)
		page_close(f, MDS_DIR_END_OFF);
}

static int readpage_done(struct req *req)
{
	(void)req;
	return 0;
}

int handle_readpage(struct req *req)
{
	const struct mdt_body *in = body_get(req, 1, true);
	struct fill f = { 0 };
	struct buf **data;
	struct inode dir;
	struct cred c;
	struct fid fid;
	uint64_t start;
	uint32_t bytes;
	size_t len;

	if (!in)
		return -EPROTO;
	fid = fid_host(&in->mbo_fid1);
	start = le64_to_cpu(in->mbo_size);
	bytes = min_t(uint32_t, le32_to_cpu(in->mbo_nlink), 1U << 20);
	if (!fid_sane(&fid))
		return -EINVAL;
	if (bytes < LU_PAGE_SIZE || bytes % LU_PAGE_SIZE)
		return -EFAULT;
	if (inode_get(&fid, &dir))
		return -ENOENT;
	if (!S_ISDIR(dir.mode))
		return -ENOTDIR;
	if (lmv_exists(&dir)) {
		lmv_name(req, &dir, "*");
		return -EPROTO;
	}
	body_cred(in, &c);
	data = xzalloc(sizeof(*data));
	data[0] = buf_new(bytes);
	f.pages = data[0]->data;
	f.max = bytes / LU_PAGE_SIZE;
	f.attrs = le32_to_cpu(in->mbo_mode) & (LUDA_FID | LUDA_TYPE);
	fill_dir(&f, &dir, start);
	len = (size_t)(f.page + 1) * LU_PAGE_SIZE;
	rep_add(req, sizeof(struct mdt_body));
	req->resume = readpage_done;
	return bulk_start(req, MDS_BULK_PORTAL, false, data, &len, 1,
			  req->mbits);
}
