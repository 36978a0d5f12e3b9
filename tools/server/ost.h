/* SPDX-License-Identifier: GPL-2.0-only */
/* Object service (document 07) */
#ifndef _TS_OST_H
#define _TS_OST_H

#include "rpc.h"
#include "ldlm.h"
#include "mdt.h"

#define OST_CKSUM_TYPES	(OBD_CKSUM_CRC32 | OBD_CKSUM_ADLER | \
			 OBD_CKSUM_CRC32C | OBD_CKSUM_T10IP512 | \
			 OBD_CKSUM_T10IP4K)

#define OST_BLKBITS	12
#define OST_INOBITS	5
#define OST_TAX_KB	24
#define OST_MAX_BLKS	16384
#define OST_MAXBYTES	0xffffffff000ULL

/* What the database keeps of an object; its size is that of the file */
struct object {
	struct fid	fid;
	struct fid	parent;
	uint32_t	uid, gid, projid, stripe;
	int64_t		mtime, atime, ctime;
	uint64_t	version;
	uint64_t	setattr_xid;	/* times older than this lose */
	uint32_t	layout_version;
	uint32_t	written;
	uint64_t	epoch;		/* see store.h */
};

/* ---- ost_obj.c ---- */

int ost_start(struct target *t);
void ost_stop(void);
/* After a crash: objects that were not committed are gone */
void ost_forget(void);
void ost_wipe(void);
/* A new object, for a file the MDT is about to make */
int object_create(unsigned int ost, const struct inode *owner,
		  uint32_t stripe, struct fid *fid);
int object_recreate(struct req *req, const struct fid *fid,
		    const struct obdo *oa, struct object *o);
/* An object that was lost comes back, empty, unless it is there */
void object_remake(unsigned int ost, const struct fid *fid,
		   const struct inode *owner, uint32_t stripe);
/* When nobody has a lock on it any more; dirty data are to be thrown away */
void object_destroy(unsigned int ost, const struct fid *fid);
/* Its file stays, also for the client that is just being served */
void object_discard(unsigned int ost, const struct fid *fid);
void object_doom(struct target *t, const struct fid *fid);
/* Is it one of these, still there? */
bool object_doomed(const struct target *t, const struct fid *fid);
/* Data of an object that there was, before it is made anew */
void object_clean(struct target *t, const struct fid *fid);
int object_get(struct target *t, const struct fid *fid, struct object *o);
int object_put(struct target *t, const struct object *o);
int object_fd(struct target *t, const struct fid *fid);	/* cached, or -errno */
int object_chown(unsigned int ost, const struct fid *fid, uint32_t uid,
		 uint32_t gid, uint32_t projid);
/* It is another file's from now on */
int object_adopt(unsigned int ost, const struct fid *fid,
		 const struct inode *owner, uint32_t stripe);
/* Sizes and times as the disk has them; -ENOENT and an error mark without */
int ost_lvb_fill(struct target *t, const struct ldlm_res_id *name,
		 struct ost_lvb *lvb);
void object_res(struct ldlm_res_id *id, const struct fid *fid);
int oi_to_fid(const struct ost_id *oi, unsigned int ost, struct fid *fid);
uint64_t ost_transno(struct req *req);
void ost_statfs(struct target *t, struct obd_statfs *sfs);

/* ---- ost_grant.c ---- */

void ost_connect_grant(struct export *exp, struct obd_connect_data *ocd);
void ost_export_gone(struct export *exp);
/* Books a read or write; returns extra grant for the reply */
uint64_t grant_brw(struct req *req, const struct obdo *oa, bool write);
uint64_t grant_shrink(struct export *exp, const struct obdo *oa);
uint64_t ost_space_left(struct target *t);

/* ---- cksum.c ---- */

struct cksum {
	uint32_t	type;		/* OBD_FL_CKSUM_* */
	uint32_t	value;
	uint64_t	off;		/* in the object, for T10 */
};

void cksum_start(struct cksum *c, uint32_t type);
void cksum_update(struct cksum *c, uint64_t off, const void *p, size_t n);
uint32_t cksum_final(struct cksum *c);

/*
 * Says so loudly if a read or write of @o, in @nb, does not fit the layout of
 * the file that @o belongs to. 0, or -ESTALE for a layout that is too old
 */
int ost_look(struct req *req, const struct obdo *oa, const struct object *o,
	     const struct niobuf_remote *nb, unsigned int n);

/* Body of a request about an object, and which; else -EPROTO, -EBADF */
int ost_body(struct req *req, const struct obdo **oa, struct fid *fid);
int handle_brw(struct req *req);
int handle_fiemap(struct req *req);

#endif /* _TS_OST_H */
