/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data targets: what the VFS room codes against.
 *
 *   osc          our end of one object target: import, lock namespace, grant;
 *                or the data part of a metadata target, on that one's import
 *   osc_object   one object (one stripe of one file) on such a target
 *   osc_brw      one bulk read or write RPC under construction or in flight
 *   osc_multi    a set of small RPCs that are waited for together
 *
 * The rules of the data path (document 07):
 *  - pages may be cached, clean or dirty, only while a cached extent lock
 *    covers them; a lock that goes away calls osc_object_ops.flush and
 *    osc_object_ops.invalidate before the server is told;
 *  - a page is made dirty only with space granted by the target, else it is
 *    written through (osc_grant_reserve());
 *  - the size of an object is known under a lock that reaches its end, and is
 *    asked for with osc_glimpse() otherwise.
 *
 * All offsets are object offsets in bytes, ends of lock ranges are inclusive.
 * Unless stated otherwise functions may sleep.
 */
#ifndef _LUSTRE_OSC_OSC_H
#define _LUSTRE_OSC_OSC_H

#include <linux/bvec.h>
#include <linux/completion.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "fid.h"
#include "ldlm/ldlm.h"
#include "ptlrpc/ptlrpc.h"
#include "wire.h"

struct inode;
struct seq_file;
struct osc;
struct osc_brw;
struct osc_multi;
struct osc_object;

#define OSC_EOF		(~0ULL)

/* ------------------------------------------------------------- module -- */

int __init osc_init(void);
void osc_exit(void);

/* ------------------------------------------------------------ targets -- */

/**
 * struct osc_desc - how to make a target
 * @name: "lustre-OST0003"; copied
 * @target_uuid: "lustre-OST0003_UUID"; copied
 * @client_uuid: one per mount; copied
 * @timeouts: for the import, see &struct ptlrpc_import_desc
 * @index: of the target
 * @checksum: protect bulk data by checksums
 */
struct osc_desc {
	const char	*name;
	const char	*target_uuid;
	const char	*client_uuid;
	const struct ptlrpc_timeouts *timeouts;
	u32		index;
	bool		checksum;
};

struct osc *osc_create(struct ptlrpc_net *pn, const struct osc_desc *desc);
int osc_add_nid(struct osc *osc, const struct lnet_nid *nid);
void osc_connect(struct osc *osc);
void osc_destroy(struct osc *osc, bool force);

struct osc *osc_dom_create(struct ptlrpc_import *imp, struct ldlm_ns *ns,
			   const struct osc_desc *desc);
void osc_dom_offer(struct osc *osc, struct ptlrpc_connect *ocd);
void osc_dom_connected(struct osc *osc, const struct ptlrpc_connect *granted,
		       bool fresh);
void osc_dom_disconnected(struct osc *osc);
void osc_dom_invalidate(struct osc *osc);
bool osc_dom_usable(struct osc *osc);
void osc_dom_stop(struct osc *osc);
void osc_dom_destroy(struct osc *osc);

struct ptlrpc_import *osc_import(struct osc *osc);
struct ldlm_ns *osc_ns(struct osc *osc);
const char *osc_name(const struct osc *osc);
u64 osc_maxbytes(struct osc *osc);
bool osc_reachable(const struct osc *osc);

/**
 * struct osc_tunables - what an administrator may read and change
 * @max_rpcs_in_flight: bulk RPCs at a time, 1 ... 256
 * @max_pages_per_rpc: pages, read only: what the target granted
 * @max_dirty_mb: limit of dirty data for this target, MiB
 * @resend_count: tries after a recoverable error, 0: no limit
 * @short_io_bytes: largest transfer inside the message, bytes
 * @grant_shrink_interval: seconds without a write before grant is given back
 * @checksum_type: OBD_CKSUM_* bit in use, 0 before the first connection
 * @checksums: bulk data are protected
 * @grant_shrink: give grant back when idle
 */
struct osc_tunables {
	u32	max_rpcs_in_flight;
	u32	max_pages_per_rpc;
	u32	max_dirty_mb;
	u32	resend_count;
	u32	short_io_bytes;
	u32	grant_shrink_interval;
	u32	checksum_type;
	bool	checksums;
	bool	grant_shrink;
};

void osc_get_tunables(struct osc *osc, struct osc_tunables *t);
int osc_set_tunables(struct osc *osc, const struct osc_tunables *t);

/**
 * struct osc_stats - figures of a target for sysfs and debugfs
 * @grant_avail: granted and free, bytes
 * @grant_dirty: granted and used by dirty or in-flight data, bytes
 * @grant_dropped: lost, to be reported, bytes
 * @dirty_bytes: data waiting for, or in, write-back
 * @rpcs_in_flight: bulk RPCs on the wire
 * @rpcs_queued: bulk RPCs waiting for a slot
 * @unstable_bytes: written, but not committed yet
 * @reads: bulk read RPCs finished
 * @writes: bulk write RPCs finished
 * @read_bytes: bytes they brought
 * @write_bytes: bytes they took away
 * @cksum_errors: checksum mismatches
 * @resends: RPCs built anew after a recoverable error
 */
struct osc_stats {
	u64	grant_avail;
	u64	grant_dirty;
	u64	grant_dropped;
	u64	dirty_bytes;
	u32	rpcs_in_flight;
	u32	rpcs_queued;
	u64	unstable_bytes;
	u64	reads;
	u64	writes;
	u64	read_bytes;
	u64	write_bytes;
	u64	cksum_errors;
	u64	resends;
};

void osc_get_stats(struct osc *osc, struct osc_stats *st);

/* Space of a target in host byte order (07 section 2.6) */
struct osc_statfs {
	u64	blocks;
	u64	bfree;
	u64	bavail;
	u64	files;
	u64	ffree;
	u64	maxbytes;
	u32	bsize;
	u32	namelen;
	u32	state;
};

int osc_statfs(struct osc *osc, struct osc_statfs *st, bool nodelay);
int osc_sync_target(struct osc *osc);

/* ------------------------------------------------------------ objects -- */

/**
 * struct osc_file_attr - attributes of the file that an object belongs to
 * @mtime: seconds
 * @atime: seconds
 * @ctime: seconds
 * @uid: owner, server's numbers
 * @gid: group, server's numbers
 * @projid: project
 * @mapped: some process has the file mapped writable
 */
struct osc_file_attr {
	s64	mtime;
	s64	atime;
	s64	ctime;
	u32	uid;
	u32	gid;
	u32	projid;
	bool	mapped;
};

/* What it means that a target does not have an object (07 section 4.7) */
enum osc_absence {
	OSC_ABSENT_WAIT,	/* it may come back, see absent.c */
	OSC_ABSENT_REMOVED,	/* as it should: the file was removed */
	OSC_ABSENT_LOST,
};

/*
 * struct osc_object_ops - what an object asks of the file it belongs to
 *
 * @flush, @invalidate and @discard are called between @grab and @drop.
 */
struct osc_object_ops {
	/* @grab: pin the file unless it is being torn down; must not sleep */
	bool (*grab)(struct inode *inode);
	void (*drop)(struct inode *inode);
	/* @flush: write back dirty data of the range and wait for replies */
	int (*flush)(struct inode *inode, struct osc_object *obj, u64 start,
		     u64 end);
	/* @invalidate: drop clean pages of the range, unmap them */
	void (*invalidate)(struct inode *inode, struct osc_object *obj,
			   u64 start, u64 end);
	/*
	 * @discard: drop all pages of the range, dirty ones too; if some were
	 * dirty and @error is not 0, record it for fsync
	 */
	void (*discard)(struct inode *inode, struct osc_object *obj, u64 start,
			u64 end, int error);
	/*
	 * @error: something that was written is lost, tell fsync and close;
	 * must not sleep, the file need not be grabbed
	 */
	void (*error)(struct inode *inode, int error);
	/* @attr: what the client knows of the file now; must not sleep */
	void (*attr)(struct inode *inode, struct osc_file_attr *attr);
	/* @cached: are there pages of the file in memory? must not sleep */
	bool (*cached)(struct inode *inode);
	/*
	 * @absent: the target, which was restarted at @restarted (jiffies; 0:
	 * not since we know it), does not have the object; must not sleep
	 */
	enum osc_absence (*absent)(struct inode *inode,
				   unsigned long restarted);
	/*
	 * @outdated: the target knows of a newer layout than what is written
	 * by; find it, and see to it that this part of the file may be written.
	 * Between @grab and @drop, may wait for RPCs and the end of I/O
	 */
	void (*outdated)(struct inode *inode, u64 start, u64 end);
};

/**
 * struct osc_attr - attributes of an object
 * @size: best known size, bytes
 * @kms: known minimum size: right, or exceeded, under the locks held
 * @blocks: 512-byte units
 * @mtime: seconds
 * @atime: seconds
 * @ctime: seconds
 */
struct osc_attr {
	u64	size;
	u64	kms;
	u64	blocks;
	s64	mtime;
	s64	atime;
	s64	ctime;
};

/**
 * struct osc_object_desc - the identity of an object
 * @oi: the 16 bytes of the layout
 * @parent: FID of the file
 * @stripe: number of the stripe
 * @stripe_size: of the component, bytes
 * @stripe_count: of the component
 * @comp_id: number of the component, 0: the layout is plain
 * @comp_start: first byte of the file that lies in the component
 * @comp_end: first byte behind it, OSC_EOF: there is no end
 * @version: of the layout, if the target is to look at that; 0: not
 * @ops: upcalls
 * @inode: the file; NULL: what is done to the object is none of its business
 * @file: without @inode: whose object it is
 */
struct osc_object_desc {
	struct ost_id			oi;
	struct lustre_fid		parent;
	u32				stripe;
	u32				stripe_size;
	u32				stripe_count;
	u32				comp_id;
	u64				comp_start;
	u64				comp_end;
	u32				version;
	const struct osc_object_ops	*ops;
	struct inode			*inode;
	struct osc_file_attr		file;
};

/*
 * struct osc_object - one object
 *
 * It outlives its file: cached locks keep it, and when the file comes back
 * osc_object_open() finds it again together with its locks.
 */
struct osc_object {
	struct rhash_head		node;
	refcount_t			ref;
	struct osc			*osc;
	struct ost_id			oi;
	struct ldlm_resid		resid;
	struct lustre_fid		parent;
	u32				stripe;
	u32				stripe_size;
	u32				stripe_count;
	spinlock_t			lock;		/* members marked @lock */
	u32				comp_id;	/* @lock */
	u64				comp_start;	/* @lock */
	u64				comp_end;	/* @lock */
	u32				version;	/* @lock; of the layout */
	struct list_head		outdated;	/* @lock; osc_brw waiting */
	const struct osc_object_ops	*ops;
	struct inode			*inode;		/* @lock; or NULL */
	struct osc_file_attr		file;		/* @lock; without @inode */
	struct osc_attr			attr;		/* @lock */
	u64				run_end;	/* @lock; dirty run */
	u64				dirty;		/* @lock; bytes */
	bool				told;		/* @lock; see dom.c */
	u64				transno;	/* osc.lock; last change */
	struct list_head		uncommitted;	/* osc.lock; osc.uncommitted */
	bool				asking;		/* @lock; see lock.c */
	wait_queue_head_t		wait;		/* @asking, @inode end */
	struct rcu_head			rcu;
};

struct osc_object *osc_object_open(struct osc *osc,
				   const struct osc_object_desc *desc);
struct inode *osc_object_owner(struct osc *osc, const struct ost_id *oi);
struct osc_object *osc_object_peek(struct osc *osc, const struct ost_id *oi);
void osc_object_close(struct osc_object *obj);
void osc_object_move(struct osc_object *obj, u32 comp_id, u64 comp_start,
		     u64 comp_end);
void osc_object_set_version(struct osc_object *obj, u32 version);
struct osc_object *osc_object_get(struct osc_object *obj);
void osc_object_put(struct osc_object *obj);

void osc_object_attr(struct osc_object *obj, struct osc_attr *attr);
void osc_object_wrote(struct osc_object *obj, u64 end);
void osc_object_truncated(struct osc_object *obj, u64 size);
u64 osc_object_size(struct osc_object *obj);

/* -------------------------------------------------------------- locks -- */

/* osc_lock() flags */
#define OSC_LOCK_CACHED		BIT(0)	/* only a cached lock, never an RPC */
#define OSC_LOCK_DISCARD	BIT(1)	/* holders need not write back */
#define OSC_LOCK_NOWAIT		BIT(2)	/* not if others have to give theirs */
#define OSC_LOCK_GROUP		BIT(3)	/* a group lock of ours will do, too */
#define OSC_LOCK_ONCE		BIT(4)	/* not if the target is away */

int osc_lock(struct osc_object *obj, u32 mode, u64 start, u64 end, u32 flags,
	     struct ldlm_lock **lockp);
void osc_unlock(struct ldlm_lock *lock);
bool osc_lock_covers(const struct ldlm_lock *lock, u64 start, u64 end);

/*
 * struct osc_group - a group lock on an object
 */
struct osc_group {
	struct list_head	link;		/* osc.lock; osc.groups */
	struct osc_object	*obj;		/* with a reference */
	struct ldlm_lock	*lock;		/* osc.lock; NULL: lost */
};

struct osc_group *osc_group_lock(struct osc_object *obj, u64 gid, bool nowait);
struct ldlm_lock *osc_group_use(struct osc_group *g);
void osc_group_unlock(struct osc_group *g);
bool osc_size_known(struct osc_object *obj);

/* Locks with the data bit that the metadata room has, see dom.c */
void osc_dom_told(struct osc_object *obj, const struct osc_attr *attr);
void osc_dom_blocking(struct osc *osc, struct ldlm_lock *lock,
		      enum ldlm_bl_reason reason);
int osc_dom_glimpse(struct osc *osc, struct ldlm_lock *lock, void *lvb,
		    u32 size);
bool osc_dom_weigh(struct osc *osc, struct ldlm_lock *lock);

/* -------------------------------------------------- several at a time -- */

/*
 * A set of RPCs: osc_multi_new(), start RPCs, osc_multi_wait().  A waiter that
 * is killed leaves the set to the RPCs that still run.
 */
struct osc_multi *osc_multi_new(void);
int osc_multi_wait(struct osc_multi *m);

void osc_glimpse(struct osc_object *obj, bool once, struct osc_multi *m);
bool osc_glimpse_ahead(struct osc_object *obj, bool write);
int osc_glimpse_settle(struct osc_object *obj);
void osc_punch(struct osc_object *obj, u64 size, struct ldlm_lock *lock,
	       struct osc_multi *m);
void osc_sync(struct osc_object *obj, u64 start, u64 end, struct osc_multi *m);
bool osc_sync_needed(struct osc_object *obj);
void osc_commit_wanted(struct osc_object *obj, bool wait);
void osc_settimes(struct osc_object *obj, u64 valid,
		  const struct osc_file_attr *attr, struct osc_multi *m);

void osc_fallocate(struct osc_object *obj, u32 mode, u64 start, u64 end,
		   struct ldlm_lock *lock, struct osc_multi *m);
void osc_lock_doubt(struct ldlm_lock *lock);

/* Extents for which there is room in one answer */
#define OSC_FIEMAP_MAX	72

/**
 * struct osc_fiemap - extents of an object are asked for
 * @start: first byte
 * @end: last byte
 * @flags: as of the ioctl; FIEMAP_FLAG_SYNC: what is cached is written, and the
 *	caller has the range locked
 * @nr: how many may be told, and are told afterwards
 * @more: there may be more of them
 * @at: what the target says, not looked at
 * @at.logical: offset in the object
 * @at.physical: offset on the target's device
 * @at.length: bytes
 * @at.flags: FIEMAP_EXTENT_*
 */
struct osc_fiemap {
	u64		start;
	u64		end;
	u32		flags;
	u32		nr;
	bool		more;
	struct {
		u64	logical;
		u64	physical;
		u64	length;
		u32	flags;
	} at[OSC_FIEMAP_MAX];
};

int osc_fiemap(struct osc_object *obj, struct osc_fiemap *fm);

/**
 * struct osc_advice - what will happen to a part of an object
 * @advice: 1: it will be read; 2: it is not needed any more
 * @flags: 1: nobody waits for it
 * @start: first byte
 * @end: first byte behind it, all ones: none
 */
struct osc_advice {
	u16	advice;
	u64	flags;
	u64	start;
	u64	end;
};

void osc_advise(struct osc_object *obj, const struct osc_advice *advice,
		struct osc_multi *m);

/**
 * struct osc_answers - where objects say that there are data, or a hole
 * @ref: one for who asks, one for each RPC: who is killed does not wait
 * @nr: elements of @at
 * @at: offset in the object, or a negative errno
 */
struct osc_answers {
	refcount_t	ref;
	unsigned int	nr;
	s64		at[] __counted_by(nr);
};

struct osc_answers *osc_answers_new(unsigned int nr);
void osc_answers_put(struct osc_answers *a);
void osc_seek(struct osc_object *obj, u64 off, int whence,
	      struct osc_answers *answers, unsigned int i, struct osc_multi *m);

/**
 * struct osc_versions - version of the data of several objects
 * @ref: one for who asks, one for each RPC
 * @lock: protects the rest
 * @data: sum of their data versions
 * @layout: least of their layout versions
 */
struct osc_versions {
	refcount_t	ref;
	spinlock_t	lock;		/* the rest */
	u64		data;
	u32		layout;
};

struct osc_versions *osc_versions_new(void);
void osc_versions_put(struct osc_versions *v);
void osc_version(struct osc_object *obj, struct osc_versions *versions,
		 struct osc_multi *m);

/* ------------------------------------------------- dirty data and grant -- */

int osc_grant_reserve(struct osc_object *obj, u64 off, u32 len, u32 *grant);
int osc_grant_wait(struct osc_object *obj, u32 len);
void osc_grant_unreserve(struct osc_object *obj, u32 grant);
void osc_grant_lose(struct osc_object *obj, u32 grant);
void osc_dirty_add(struct osc_object *obj, u32 len);
void osc_dirty_sub(struct osc_object *obj, u32 len);
int osc_dirty_wait(struct osc_object *obj);

/* ------------------------------------------------------- bulk I/O -- */

/*
 * struct osc_brw_ops - what the builder of a bulk RPC is told
 * @done: the transfer is over; work-queue context, may sleep but must not
 *	wait for other RPCs.  @error: 0 or a negative errno; -ENOENT: the file
 *	of what was to be written was removed.  For reads all
 *	bytes that the target did not have are zeroed.  The pages may be used
 *	and changed from now on.
 * @release: the memory of the segments is not needed any more, which for a
 *	write without OSC_BRW_SYNC is when the target has committed it; after
 *	@done, also from soft interrupts, must not sleep.  May be NULL: the
 *	memory stays there at least until @done, and OSC_BRW_SYNC is set.
 */
struct osc_brw_ops {
	void (*done)(struct osc_brw *brw, int error);
	void (*release)(struct osc_brw *brw);
};

/*
 * osc_brw_alloc() flags.  A write needs OSC_BRW_PAID or OSC_BRW_SYNC, for what
 * is not paid for can't be replayed.
 */
#define OSC_BRW_WRITE		BIT(0)
#define OSC_BRW_SYNC		BIT(1)	/* commit before reply, no replay */
#define OSC_BRW_TRY		BIT(2)	/* NULL rather than wait for memory */
#define OSC_BRW_PAID		BIT(3)	/* all of it with osc_grant_reserve() */
#define OSC_BRW_DIRECT		BIT(4)	/* the target need not cache it */
/* Who asked is told of errors: no message, and no doubts about other writes */
#define OSC_BRW_TOLD		BIT(5)
/*
 * A read that has somewhere else to go: any error ends it at once, and nothing
 * is said about that
 */
#define OSC_BRW_GIVE_BACK	BIT(6)

struct osc_brw *osc_brw_alloc(struct osc_object *obj, u32 flags,
			      const struct osc_brw_ops *ops, void *priv);
bool osc_brw_add(struct osc_brw *brw, const struct bio_vec *bv, u64 obj_off,
		 u32 grant);
void osc_brw_submit(struct osc_brw *brw);
u64 osc_brw_room(struct osc_object *obj, u64 off);

void *osc_brw_priv(struct osc_brw *brw);
struct osc_object *osc_brw_object(struct osc_brw *brw);
u32 osc_brw_flags(struct osc_brw *brw);
unsigned int osc_brw_nr(struct osc_brw *brw);
/* Segment @i, as it was added */
const struct bio_vec *osc_brw_seg(struct osc_brw *brw, unsigned int i);
/* The caller's use of @lock ends with the transfer; its cookie goes along. */
void osc_brw_set_lock(struct osc_brw *brw, struct ldlm_lock *lock);
struct ldlm_lock *osc_brw_lock(struct osc_brw *brw);

#endif /* _LUSTRE_OSC_OSC_H */
