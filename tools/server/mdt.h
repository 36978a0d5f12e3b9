/* SPDX-License-Identifier: GPL-2.0-only */
/* Metadata service (document 09) */
#ifndef _TS_MDT_H
#define _TS_MDT_H

#include "rpc.h"
#include "ldlm.h"

/* FID in host order, as everything inside works with */
struct fid {
	uint64_t	seq;
	uint32_t	oid, ver;
};

/* What the database keeps of a file */
struct inode {
	struct fid	fid;
	struct fid	parent;		/* of a directory; one of a file's */
	uint32_t	mdt;
	uint32_t	mode, uid, gid, nlink, flags, rdev, projid;
	uint64_t	size;		/* of what has no objects; else lazy */
	uint64_t	blocks;
	int64_t		mtime, atime, ctime, btime;
	uint64_t	version;	/* transno of the last change */
	uint32_t	has_lazy;	/* SIZE_*, false: it was never told */
	uint32_t	layout_gen;
	uint64_t	entries;	/* of a directory; file: VOLATILE_FILE */
};

enum { VOLATILE_FILE = 1 };	/* it has no name, and nobody notices */

/* SIZE_SYNC: of mirrors that are in sync, until one is written */
enum { SIZE_LAZY = 1, SIZE_STRICT = 2, SIZE_SYNC = 3 };

struct dirent_val {
	struct fid	fid;
	uint32_t	type;		/* S_IFMT bits */
	uint32_t	mdt;
};

/* An open of a client */
struct open_file {
	uint64_t		cookie;
	UT_hash_handle		hh;
	TAILQ_ENTRY(open_file)	exp_link;
	struct export		*exp;
	struct fid		fid;
	uint64_t		flags;
	uint64_t		lease;		/* cookie of its lock, or 0 */
};

/* Who asks */
struct cred {
	uint32_t	uid, gid, cap, supp[2];
};

#define CAP_BIT_CHOWN		(1U << 0)
#define CAP_BIT_DAC_OVERRIDE	(1U << 1)
#define CAP_BIT_DAC_READ	(1U << 2)
#define CAP_BIT_FOWNER		(1U << 3)
#define CAP_BIT_FSETID		(1U << 4)
#define CAP_BIT_SYS_ADMIN	(1U << 21)

extern const struct fid root_fid;

/* ---- mdt_store.c: files and names in the database ---- */

struct fid fid_host(const struct lu_fid *f);
struct lu_fid fid_wire(const struct fid *f);
bool fid_eq(const struct fid *a, const struct fid *b);
bool fid_zero(const struct fid *f);
bool fid_sane(const struct fid *f);
const char *fid_str(const struct fid *f);
uint64_t name_hash(const char *name, size_t len);

int inode_get(const struct fid *fid, struct inode *ino);
int inode_put(const struct inode *ino);
int inode_drop(const struct inode *ino);	/* and its xattrs */
int name_get(const struct fid *dir, const char *name, struct dirent_val *v);
int name_put(const struct fid *dir, const char *name,
	     const struct dirent_val *v);
int name_del(const struct fid *dir, const char *name);
int link_add(const struct fid *fid, const struct fid *dir, const char *name);
int link_del(const struct fid *fid, const struct fid *dir, const char *name);
/* The attribute trusted.link: its length, 0 if there is none; @buf may be NULL */
size_t link_ea(const struct fid *fid, void *buf);
int xattr_get(const struct fid *fid, const char *name, void *val, size_t *len);
int xattr_set(const struct fid *fid, const char *name, const void *val,
	      size_t len);
int xattr_del(const struct fid *fid, const char *name);
int xattr_list(const struct fid *fid, char *names, size_t *len);
void mdt_format(void);

/* ---- mdt.c ---- */

struct inode_buf;
void mdt_start(void);
uint64_t mdt_seq_new(const struct target *t);
/* Walks @path from *@fid on. 0 or an error */
int mdt_path(const char *path, struct fid *fid);
uint64_t mdt_transno(struct req *req);	/* for a modification */
void body_fill(struct req *req, struct mdt_body *b, const struct inode *ino);
void body_cred(const struct mdt_body *b, struct cred *c);
/*
 * The mdt_body in buffer @idx of a request; @need: it has to name an object.
 * NULL: it is too short, or breaks the rule of document 09, 5.1.
 */
const struct mdt_body *body_get(struct req *req, unsigned int idx, bool need);
void rec_cred(const struct mdt_rec_reint *r, struct cred *c);
/* @want: 4 read, 2 write, 1 search; 0 or -EACCES */
int mdt_access(const struct inode *ino, const struct cred *c, uint32_t want);
bool mdt_owner(const struct inode *ino, const struct cred *c);
bool mdt_in_group(const struct cred *c, uint32_t gid);
bool mdt_sticky(const struct inode *dir, const struct inode *ino,
		const struct cred *c);
bool mdt_readonly(const struct req *req);
bool mdt_revoke(struct req *req, const struct fid *fid, uint32_t mode,
		uint64_t bits);
/* EA buffers of a getattr-like reply: MDT_MD and ACL; sets body fields */
void mdt_add_ea(struct req *req, struct mdt_body *b, const struct inode *ino,
		uint64_t valid, uint32_t easize);

/* ---- mdt_intent.c, mdt_open.c ---- */

int mdt_intent(struct req *req);
int mdt_intent_open(struct req *req, bool creat);
void mdt_reply_revive(struct req *req, struct buf *msg);
void mdt_export_gone(struct export *exp);
void mdt_recovery_done(struct target *t);
struct open_file *open_find(uint64_t cookie);
bool open_any(const struct fid *fid);
void open_close(struct open_file *of);
/* Opens of @fid, one after the other */
struct open_file *open_next(const struct fid *fid, const struct open_file *of);
int handle_close(struct req *req);

/* ---- mdt_lease.c ---- */

struct lock;
int lease_break(struct req *req, const struct fid *fid);
int lease_check(struct req *req, const struct fid *fid, uint64_t old);
void lease_replayed(struct lock *l);
int reint_resync(struct req *req);
/*
 * A close that does something else, too.  True: it was done; *@rc: REQ_ASYNC
 * while others have a layout, or why not, if it could not be at all
 */
bool lease_intent(struct req *req, const struct open_file *of,
		  struct inode *ino, int *rc);

/* ---- mdt_merge.c ---- */

/* 0 or an error; the caller has revoked the layouts and puts the inodes */
int layout_merge(struct inode *ino, struct inode *victim);
int layout_split(struct inode *ino, struct inode *victim, uint32_t mirror);
int layout_swap(struct inode *a, struct inode *b);
int handle_swap_layouts(struct req *req);

/* ---- mdt_reint.c and friends ---- */

int handle_reint(struct req *req);
/*
 * End of an operation that went as @rc says: the buffers of the reply, with
 * the attributes of @ino if there is one.  Returns what the handler returns.
 */
int reint_answer(struct req *req, int rc, const struct inode *ino);
int reint_setattr(struct req *req);
int reint_rename(struct req *req);
int reint_setxattr(struct req *req);
int mdt_setattr(struct req *req, struct inode *ino,
		const struct mdt_rec_setattr *r);
/*
 * New file in @dir; sets up @ino from the record. Without @name it is gone with
 * its last close.  0 or an error
 */
int mdt_create(struct req *req, struct inode *dir, const char *name,
	       const struct mdt_rec_create *r, const struct cred *c,
	       struct inode *ino);
/* A name went away: drops the file with its last link unless it is open */
void mdt_unref(struct inode *ino, uint64_t transno);
bool mdt_dir_empty(const struct fid *fid);
int handle_getxattr(struct req *req);
int mdt_intent_getxattr(struct req *req);
/*
 * What the access control list says to somebody who is not the owner: 0,
 * -EACCES, or -ENODATA: there is none
 */
int acl_access(const struct inode *ino, const struct cred *c, uint32_t want);
/* Sets an attribute as nobody else may: @hex digits, "" removes. 0 or an error */
int xattr_force(const char *path, const char *name, const char *hex);
int handle_readpage(struct req *req);
int handle_batch(struct req *req);

/* ---- mdt_layout.c ---- */

/* Gives @ino objects by @ea (may be NULL) or the defaults. 0 or an error */
int layout_create(struct inode *ino, const struct inode *dir, const void *ea,
		  size_t ealen);
/* Objects of this MDT's files that an OST has lost are made anew */
void layout_remake(const struct target *t);
/* Takes back the layout that a replay carries, not the objects */
int layout_restore(struct req *req, struct inode *ino, const void *ea,
		   size_t len);
void layout_destroy(const struct inode *ino);
int layout_chown(const struct inode *ino);
bool layout_exists(const struct inode *ino);
void layout_told(void *ea);
int layout_set_default(struct inode *dir, const void *ea, size_t len);
/* A new directory gets its parent's default */
int layout_inherit(const struct inode *parent, const struct inode *dir);
struct lov;
/*
 * Objects for all of a mirror that begins below @end and has none. How many,
 * or an error
 */
int layout_instantiate(const struct inode *ino, struct lov *l, uint64_t end,
		       uint32_t mirror);
struct lov_comp;
void layout_drop_objects(const struct inode *ino, const struct lov_comp *c);
/* @op of "lustre.lov.@op". 0, REQ_ASYNC or an error */
int layout_component_op(struct req *req, struct inode *ino, const char *op,
			const void *val, size_t len);
/* For ctl: by path. 0 or an error */
int file_by_path(const char *path, struct inode *ino);
int layout_renew(const char *path);
int layout_sync(const char *path);
int layout_mark(const char *path, uint32_t id);
/* An object that only who has a key may use, and a directory's names (09, 19) */
int mdt_encrypt(const char *path, bool on);
int mdt_nokey(const struct inode *ino);
int layout_release(const char *path);
int layout_show(FILE *f, const char *path);
int layout_default(const char *path, const char *spec);

/* ---- mdt_hsm_op.c ---- */

int handle_hsm_state_get(struct req *req);
int handle_hsm_state_set(struct req *req);
int handle_hsm_action(struct req *req);
int handle_hsm_request(struct req *req);
int handle_hsm_version(struct req *req);

/* ---- mdt_lay_it.c ---- */

int mdt_intent_layout(struct req *req);

/* ---- mdt_lmv.c ---- */

bool lmv_exists(const struct inode *dir);
/*
 * Makes directory @path one of @count stripes, or @by_default those that will
 * be made in it; 0: none. 0 or an error
 */
int lmv_set(const char *path, bool by_default, unsigned int count);
/* The new @dir is what @parent's default says */
int lmv_inherit(const struct inode *parent, const struct inode *dir);
/* Says so loudly if a name was sent to the master of a striped directory */
void lmv_name(struct req *req, const struct inode *dir, const char *name);
void lmv_add(struct req *req, struct mdt_body *b, const struct inode *dir,
	     uint64_t valid);
void dmv_add(struct req *req, const struct mdt_body *b,
	     const struct inode *dir);

#define XATTR_LOV	"trusted.lov"
#define XATTR_LMV	"trusted.lmv"
#define XATTR_DMV	"trusted.dmv"
#define XATTR_LINK	"symlink"	/* not visible */
#define XATTR_NAMES	"trusted.link"	/* made of the names there are */
#define XATTR_ACL	"system.posix_acl_access"
#define XATTR_DEF_ACL	"system.posix_acl_default"
#define MDT_XATTR_MAX	65536
#define MDT_NAME_MAX	255

#endif /* _TS_MDT_H */
