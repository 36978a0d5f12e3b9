/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Object target room: what its own files share.
 */
#ifndef _LUSTRE_OSC_INTERNAL_H
#define _LUSTRE_OSC_INTERNAL_H

#include <linux/mempool.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "osc/osc.h"

/* Largest bulk RPC that is asked for, bytes */
#define OSC_BRW_SIZE		(4U << 20)
/* Pages of the largest RPC */
#define OSC_BRW_PAGES		(OSC_BRW_SIZE / PAGE_SIZE)
/* Ranges of one RPC; their descriptions fit a reserve message */
#define OSC_BRW_RANGES		128
/* Segments and ranges kept inside an osc_brw: enough for small files */
#define OSC_BRW_FEW_SEGS	16
#define OSC_BRW_FEW_RANGES	8
/* osc_brws that write-back can always have */
#define OSC_BRW_RESERVE		4
/* Flag beside those of osc.h: from that reserve, not kept until committed */
#define OSC_BRW_RESERVED	BIT(15)

#define OSC_MAX_RPCS		8
#define OSC_MAX_DIRTY_MB	256
#define OSC_RESEND_COUNT	10
#define OSC_SHORT_IO_BYTES	(16U << 10)
#define OSC_SHRINK_SECS		1200
/* Tries of a write by a layout that is said to be old, if there is no newer one */
#define OSC_OUTDATED_TRIES	5
#define OSC_IDLE_SECS		20	/* without any use, 04 section 9.2 */
/* Grant asked for at the first connect, bytes; the target gives less */
#define OSC_FIRST_GRANT		(128U << 20)
/* Longest pause between two tries of an RPC, seconds */
#define OSC_MAX_DELAY		60

/* Whose quota is exceeded, index of osc.over */
enum osc_quota {
	OSC_QUOTA_USER,
	OSC_QUOTA_GROUP,
	OSC_QUOTA_PROJECT,
	OSC_QUOTA_TYPES,
};

/*
 * struct osc_grant - account of the space that the target promised
 *
 * All members under osc.lock, in bytes.
 */
struct osc_grant {
	u64	avail;		/* free */
	u64	dirty;		/* behind dirty pages and writes in flight */
	u64	dropped;	/* paid for, never used; to be reported */
	u64	stale;		/* of @dirty: from before an eviction */
	u32	chunk;		/* allocation unit */
	u32	tax;		/* per extent */
	u64	max_extent;
	bool	params;		/* chunk and tax were negotiated */
	bool	on;		/* the target gives grant at all */
};

/*
 * struct osc_absentee - something that waits for an object to come back
 *
 * @again is called from a workqueue, once for each osc_absent_wait().
 */
struct osc_absentee {
	struct list_head	link;		/* osc.absentees */
	void (*again)(struct osc_absentee *absentee);
};

struct osc_kind;

/*
 * struct osc - one data target: an object target, or the data of a metadata
 *	target, which has the connection and the locks
 */
struct osc {
	const struct osc_kind	*kind;
	struct ptlrpc_import	*imp;
	struct ldlm_ns		*ns;
	char			*name;
	struct rhashtable	objects;	/* osc_object by oi */

	spinlock_t		lock;		/* members marked @lock */
	struct osc_tunables	tune;		/* @lock */
	struct osc_grant	grant;		/* @lock */
	u64			dirty_bytes;	/* @lock */
	u64			unstable;	/* @lock; bytes */
	u64			fail_xid;	/* @lock; writes are sync, see io.c */
	u64			lost_bytes;	/* @lock; not reported yet */
	u32			lost_calls;	/* @lock; not reported yet */
	struct list_head	queue;		/* @lock; osc_brw waiting */
	u32			queued;		/* @lock; length of @queue */
	u32			in_flight;	/* @lock; bulk RPCs */
	u32			writes_pending;	/* @lock; queued or in flight */
	struct osc_stats	stats;		/* @lock */
	unsigned long		last_write;	/* jiffies */
	wait_queue_head_t	grant_wait;
	struct xarray		over[OSC_QUOTA_TYPES];	/* id -> newest xid */

	mempool_t		brw_pool;
	struct work_struct	kick_work;	/* send what is queued */
	struct list_head	groups;		/* @lock; see group.c */
	struct list_head	absentees;	/* @lock; see absent.c */
	unsigned long		absent_told;	/* @lock; the restart told of */
	unsigned long		absent_start;	/* @lock; jiffies */
	bool			leaving;	/* @lock; nobody waits any more */
	struct delayed_work	absent_work;
	struct delayed_work	shrink_work;
	/* @lock; objects with changes, those changed last at the end */
	struct list_head	uncommitted;
	struct work_struct	commit_work;	/* make the target commit */
	wait_queue_head_t	commit_wait;	/* uncommitted pages are free */
	unsigned long		commit_late;	/* jiffies of a vain wait, or 0 */

	/* From the connect reply, @lock */
	u32			brw_size;
	u32			cksum_types;
	u64			maxbytes;
	bool			seeks;		/* knows data from holes */
	u32			instance;
	bool			connected;	/* at least once */
	unsigned long		restarted;	/* last time, jiffies, or 0 */
};

/* A contiguous range of the object in one RPC */
struct osc_range {
	u64	off;
	u32	len;
};

/*
 * struct osc_brw - one bulk transfer
 *
 * Lives until the transfer is over and every request made for it is gone: a
 * write stays with its pages until the target committed it.
 */
struct osc_brw {
	struct list_head		link;	/* osc.queue, osc_object.outdated */
	refcount_t			ref;
	struct osc_object		*obj;
	const struct osc_brw_ops	*ops;
	void				*priv;
	u32				flags;		/* OSC_BRW_* */
	struct bio_vec			*bv;
	struct osc_range		*range;
	u32				nr;		/* of @bv */
	u32				max_nr;
	u32				nr_range;
	u32				max_range;
	size_t				bytes;
	u64				grant;		/* consumed */
	struct ldlm_lock		*lock;

	/* The try under way */
	u32				generation;	/* of the import */
	unsigned int			tries;
	unsigned int			busy;		/* -EINPROGRESS seen */
	bool				resend;
	bool				outdated;	/* by the layout */
	u32				version;	/* of that */
	u32				refused;	/* the last that was too old */
	bool				short_io;
	u32				cksum_flag;	/* OBD_FL_CKSUM_*, 0: off */
	u32				cksum;
	struct delayed_work		retry;
	struct osc_absentee		absentee;
	u64				kept_xid;	/* @osc.lock; see replay.c */

	struct bio_vec			few_bv[OSC_BRW_FEW_SEGS];
	struct osc_range		few_range[OSC_BRW_FEW_RANGES];
};

extern struct kmem_cache *osc_brw_cache;
extern struct workqueue_struct *osc_wq;

/* object.c */
int __init osc_object_init(void);
void osc_object_exit(void);
int osc_objects_init(struct osc *osc);
void osc_objects_exit(struct osc *osc);
bool osc_oi_valid(const struct ost_id *oi);
struct osc_object *osc_object_lookup(struct osc *osc, const struct ost_id *oi);
void osc_object_take(struct osc_object *obj, const struct osc_attr *lvb,
		     bool locked, u64 lock_end);
void osc_pack_id(const struct osc_object *obj, struct obdo *oa);
void osc_pack_oi(const struct osc_object *obj, struct obdo *oa);
void osc_pack_layout(struct osc_object *obj, struct obdo *oa);
struct ptlrpc_request *osc_body_req(struct osc_object *obj, u32 opc, bool capa,
				    struct ost_body **body);
void osc_object_file(struct osc_object *obj, struct osc_file_attr *file);
u32 osc_pack_version(struct osc_object *obj, struct obdo *oa);
void osc_brw_hurry(struct osc_brw *brw);
struct inode *osc_object_grab_file(struct osc_object *obj, bool wait);
void osc_object_outdated(struct osc_object *obj, u32 version);
void osc_object_lvb(struct osc_object *obj, const struct osc_attr *lvb,
		    bool locked, u64 lock_end);

/* absent.c */
enum osc_absence osc_object_absent(struct osc_object *obj);
bool osc_absent_wait(struct osc_object *obj, struct osc_absentee *absentee);
int osc_absent_sleep(struct osc_object *obj);
int osc_absent_errno(struct osc_object *obj, const char *what);
void osc_absent_work(struct work_struct *work);
void osc_absent_hurry(struct osc *osc);
void osc_absent_leave(struct osc *osc);

/* replay.c */
void osc_brw_unstable(struct osc_brw *brw, struct ptlrpc_request *req);
void osc_brw_committed(struct ptlrpc_request *req, void *data);
void osc_brw_lost(struct ptlrpc_request *req, void *data);
int osc_brw_replay(struct ptlrpc_request *req, void *data);
bool osc_brw_replay_again(struct ptlrpc_request *req, int rc, void *data);
void osc_brw_replayed(struct ptlrpc_request *req, int rc, void *data);
void osc_object_lost(struct osc_object *obj, size_t bytes);
void osc_object_changed(struct osc_object *obj, u64 transno);
void osc_report_lost(struct osc *osc);
void osc_commit_work(struct work_struct *work);
bool osc_soft_sync(const struct osc *osc);

/* lock.c */
int osc_lvb_decode(const struct ost_lvb *lvb, u32 len, struct osc_attr *attr);
u64 osc_lock_handle(struct osc_object *obj, bool write, u64 off);

/* cache.c */
void osc_grant_connected(struct osc *osc, const struct ptlrpc_connect *ocd,
			 bool fresh);
void osc_grant_report(struct osc *osc, struct obdo *oa);
void osc_grant_add(struct osc *osc, u64 more);
void osc_grant_used(struct osc *osc, u64 used);
void osc_shrink_work(struct work_struct *work);
u64 osc_grant_ocd(struct osc *osc);

/* multi.c */
/*
 * struct osc_call - an RPC about one object
 *
 * Is built anew from @body if the object is missing and may come back.
 */
struct osc_call {
	refcount_t		ref;	/* until its end, and each request */
	struct osc_object	*obj;
	struct osc_multi	*multi;
	/* What it is sent under, with a use that ends with it, or NULL */
	struct ldlm_lock	*lock;
	u32			opc;
	u32			generation;	/* of the import */
	struct ost_body		body;
	struct osc_absentee	absentee;
};

struct osc_call *osc_call_new(struct osc_object *obj, u32 opc,
			      struct ldlm_lock *lock, struct osc_multi *m);
void osc_call_send(struct osc_call *call);
void osc_pack_file(struct osc_object *obj, struct obdo *oa);
void osc_multi_begin(struct osc_multi *m);
void osc_multi_end(struct osc_multi *m, int error);
int osc_statfs_unpack(struct ptlrpc_request *req, struct osc_statfs *st);

/* space.c */
void osc_fallocated(struct osc_call *call);

/* cksum.c */
/* The types that osc_cksum_update() knows */
#define OSC_CKSUM_TYPES	(OBD_CKSUM_CRC32 | OBD_CKSUM_ADLER |		\
			 OBD_CKSUM_CRC32C | OBD_CKSUM_T10IP512 |	\
			 OBD_CKSUM_T10IP4K)
#define OSC_CKSUM_KINDS	5

int __init osc_cksum_measure(void);
u32 osc_cksum_flag(u32 type);
u32 osc_cksum_choose(u32 types, const u32 ns[OSC_CKSUM_KINDS]);
u32 osc_cksum_best(u32 types);
u32 osc_cksum_bvec(u32 flag, const struct bio_vec *bv, unsigned int nr,
		   size_t bytes);
u32 osc_cksum_start(u32 flag);
u32 osc_cksum_update(u32 flag, u32 sum, unsigned int off, const void *p,
		     size_t len);
u32 osc_cksum_end(u32 flag, u32 sum);

/* brw.c */
void osc_brw_put(struct osc_brw *brw);

/* io.c */
void osc_kick(struct osc *osc);
void osc_kick_work(struct work_struct *work);
int osc_read_reply(struct osc_brw *brw, struct ptlrpc_request *req, int rc);
int osc_write_rcs(const struct osc_brw *brw, const __le32 *rcs);

#endif /* _LUSTRE_OSC_INTERNAL_H */
