/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata room: what its files share.
 */
#ifndef _LUSTRE_MDC_INTERNAL_H
#define _LUSTRE_MDC_INTERNAL_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "ldlm/ldlm.h"
#include "mdc/dirpage.h"
#include "mdc/mdc.h"
#include "ptlrpc/ptlrpc.h"
#include "wire.h"

/* What a lookup or getattr wants to know */
#define MDC_WANT	(OBD_MD_FLGETATTR | OBD_MD_FLEASIZE | \
			 OBD_MD_FLMODEASIZE | OBD_MD_FLDIREA | OBD_MD_MEA | \
			 OBD_MD_DEFAULT_MEA | OBD_MD_FLACL)

/* Room for an access control list of 32 entries, bytes */
#define MDC_ACL_SIZE	260

/* Room for what a directory's subdirectories are to be like, bytes */
#define MDC_DMV_SIZE	(sizeof(struct lmv_user_md) + 8)

/* Pause before an operation that the server can't do yet is tried again. */
#define MDC_EINPROGRESS_MS	1000

/* Room for layouts until a server names its largest, bytes */
#define MDC_DEF_EASIZE		128

/* Room for a layout that gets objects, bytes; a larger one is sent again */
#define MDC_NEW_EASIZE		2048

/* Most targets that a file system can have */
#define MDC_MAX_MDTS		512

/**
 * struct mdc_seq - source of identifiers for new objects of one target
 * @lock: serialises everything
 * @seq: sequence in use, 0: none yet
 * @next: next number in it
 */
struct mdc_seq {
	struct mutex	lock;	/* the rest */
	u64		seq;
	u32		next;
};

/**
 * struct mdc - one metadata target
 * @lmv: the table that it is in
 * @index: its index
 * @name: "lustre-MDT0000"
 * @imp: connection
 * @ns: lock name space
 * @data: what it keeps of files' data
 * @seq: identifiers for new objects
 * @small_batches: the server takes those alone that fit into a request
 */
struct mdc {
	struct lmv		*lmv;
	u32			index;
	char			*name;
	struct ptlrpc_import	*imp;
	struct ldlm_ns		*ns;
	struct osc		*data;
	struct mdc_seq		seq;
	bool			small_batches;
};

/* One known answer of the FID location service */
struct fld_range {
	u64	start;
	u64	end;		/* exclusive */
	u32	index;
};

/**
 * struct fld_cache - which target holds which sequences
 * @lock: protects the rest; leaf
 * @ranges: known ranges, in no order
 * @nr: their number
 */
struct fld_cache {
	spinlock_t		lock;	/* the rest */
	struct fld_range	*ranges;
	unsigned int		nr;
};

/**
 * struct lmv - the metadata targets of a mount
 * @p: parameters of lmv_create()
 * @mdts: struct mdc by index; entries stay until lmv_destroy()
 * @nr: number of entries
 * @fld: cache of FID locations
 * @easize: largest layout that a server named, bytes
 * @ea_seen: largest layout, or link target, that was received
 * @data_seen: a file was met whose data a metadata target keeps
 */
struct lmv {
	struct lmv_params	p;
	struct xarray		mdts;
	unsigned int		nr;
	struct fld_cache	fld;
	u32			easize;
	u32			ea_seen;
	bool			data_seen;
};

/* ---- mdc.c ---- */
struct mdc *mdc_new(struct lmv *lmv, u32 index, const char *name,
		    const char *target_uuid);
void mdc_disconnect(struct mdc *mdc, bool force);
void mdc_destroy(struct mdc *mdc);
bool mdc_check_connect(struct mdc *mdc);
int mdc_bad_reply(struct mdc *mdc, const char *what);
extern const struct ldlm_lock_ops mdc_ibits_ops;

/* ---- lmv.c, fld.c, seq.c ---- */
u32 lmv_ea_room(struct lmv *lmv);
void lmv_ea_seen(struct lmv *lmv, u32 len);
struct mdc *lmv_mdt(struct lmv *lmv, u32 index);
int lmv_find(struct lmv *lmv, const struct lustre_fid *fid, struct mdc **mdc);
struct mdc *lmv_find_cached(struct lmv *lmv, const struct lustre_fid *fid);
void fld_init(struct fld_cache *fld);
void fld_fini(struct fld_cache *fld);
bool fld_cached(struct fld_cache *fld, u64 seq, u32 *index);
int fld_lookup(struct lmv *lmv, u64 seq, u32 *index);
int fld_unpack(struct mdc *mdc, struct ptlrpc_request *req, u64 seq,
	       struct fld_range *range);
void mdc_seq_init(struct mdc_seq *seq);
int mdc_fid_alloc(struct mdc *mdc, struct lustre_fid *fid);
int mdc_seq_unpack(struct mdc *mdc, struct ptlrpc_request *req, u64 *seq);

/* ---- batch.c ---- */
struct mdc_submsg;
int mdc_sub_attr(struct mdc *mdc, const struct mdc_submsg *sub,
		 struct mdc_reply *rep);

/* ---- pack.c ---- */
bool mdc_name_ok(const char *name, u32 len);
void mdc_pack_body(struct mdt_body *body, const struct mdc_cred *cred,
		   const struct lustre_fid *fid, u64 valid, u32 easize);
void *mdc_pack_rec(struct ptlrpc_request *req, unsigned int buf, u32 opcode,
		   const struct mdc_cred *cred, const struct lustre_fid *fid1,
		   const struct lustre_fid *fid2);
int mdc_take_body(struct mdc *mdc, const struct mdt_body *body,
		  struct mdc_attr *attr);
int mdc_unpack_body(struct mdc *mdc, struct ptlrpc_request *req,
		    unsigned int buf, struct mdc_attr *attr,
		    struct mdt_body **bodyp);
void mdc_take_stripes(struct mdc_attr *attr, const void *lmv, u32 lmv_len,
		      const void *dmv, u32 dmv_len);
int mdc_take_acl(struct mdc *mdc, struct mdc_reply *rep,
		 const struct mdt_body *body, const void *acl, u32 room);
int mdc_unpack_ea(struct mdc *mdc, struct mdc_reply *rep,
		  const struct mdt_body *body, unsigned int buf);
void mdc_resid(struct ldlm_resid *resid, const struct lustre_fid *fid);
void mdc_resid_fid(const struct ldlm_resid *resid, struct lustre_fid *fid);

/**
 * struct mdc_open - an open handle on a target
 * @ref: the opener, and each request that may still be replayed
 * @lock: @handle, @close
 * @mdc: the target
 * @fid: the object
 * @flags: MDS_FMODE_*, MDS_OPEN_*
 * @locked: a lock on the OPEN bit came along
 * @handle: the server's name for it; changes when the open is replayed
 * @generation: of the import when it was opened
 * @req: the open request, kept for replay until the close is built
 * @close: the close under way, so that a replayed open can correct it
 */
struct mdc_open {
	refcount_t		ref;
	spinlock_t		lock;	/* handle, close */
	struct mdc		*mdc;
	struct lustre_fid	fid;
	u64			flags;
	bool			locked;	/* an OPEN-bit lock came along */
	__u64			handle;
	u32			generation;
	struct ptlrpc_request	*req;
	struct ptlrpc_request	*close;
};

/* ---- intent.c ---- */

/**
 * struct mdc_intent - one enqueue with an intent
 * @mdc: target
 * @it: IT_*
 * @res: object named in the request
 * @mode: lock mode asked for
 * @bits: inode bits asked for
 * @flags: more LDLM_FL_*
 * @patient: see struct ldlm_enqueue
 * @elc: locks that go with the request
 * @lock_ops: of the lock; NULL: those that all inode bits have
 * @lock_data: see struct ldlm_enqueue.data
 * @orphan: see struct ldlm_enqueue
 * @req_ops: see struct ldlm_enqueue
 * @data: for @orphan and @req_ops
 * @started: out: @req_ops is in use, its release() will be called
 */
struct mdc_intent {
	struct mdc			*mdc;
	u64				it;
	const struct lustre_fid		*res;
	u32				mode;
	u64				bits;
	u32				flags;
	bool				patient;
	struct ldlm_elc			*elc;
	const struct ldlm_lock_ops	*lock_ops;
	void				*lock_data;
	void (*orphan)(struct ptlrpc_request *req, int status, void *priv);
	const struct ptlrpc_req_ops	*req_ops;
	void				*data;
	bool				started;
};

struct ptlrpc_request *mdc_intent_alloc(struct mdc_intent *in, u32 *lens,
					unsigned int count, u32 flags);
int mdc_intent_run(struct mdc_intent *in, struct ptlrpc_request *req,
		   struct mdc_reply *rep);
int mdc_intent_adopt(struct mdc_intent *in, struct mdc_reply *rep);
int mdc_ask_result(struct mdc_intent *in, struct mdc_reply *rep);
bool mdc_is_remote(const struct mdc_reply *rep);
void mdc_reply_keep_name_lock(struct mdc_reply *rep);
int mdc_pause(void);
int mdc_layout_ask(struct lmv *lmv, const struct lustre_fid *fid,
		   const struct mdc_layout_change *change, bool patient,
		   struct mdc_reply *rep);

/* ---- getattr.c, xattr.c ---- */
struct kstatfs;
int mdc_unpack_statfs(struct mdc *mdc, struct ptlrpc_request *req,
		      struct kstatfs *st, u32 *state);
ssize_t mdc_getxattr_value(struct mdc *mdc, struct ptlrpc_request *req,
			   void *buf, size_t size);

/* ---- reint.c ---- */
int mdc_reint_resync(struct lmv *lmv, const struct lustre_fid *fid, u64 lease,
		     const struct mdc_cred *cred, struct mdc_reply *rep);

/* ---- lease.c ---- */
extern const struct ldlm_lock_ops mdc_lease_ops;
struct mdc_lease *mdc_lease_get(struct mdc_lease *lease);
void mdc_lease_put(struct mdc_lease *lease);

/* ---- close.c ---- */
void mdc_open_put(struct mdc_open *open);
u64 mdc_open_handle(struct mdc_open *open);

#endif /* _LUSTRE_MDC_INTERNAL_H */
