/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata room: what the VFS room codes against.
 *
 *   struct lmv		the metadata targets of one mount, by index, and the
 *			cache that says which of them holds a FID
 *   struct mdc		one target: import, lock name space, FID sequence
 *   struct mdc_reply	what a target answered, decoded and checked
 *   struct mdc_open	an open handle on a target, with what its replay needs
 *
 * Callers name objects by FID, never by target.  Unless stated otherwise a
 * function sleeps, waits killably for its RPC, and returns 0 or a negative
 * errno; a reply that breaks the protocol is -EPROTO and one rate-limited
 * message.  Spec: document 09; locks and intents: 06 sections 14 and 15.
 */
#ifndef _LUSTRE_MDC_MDC_H
#define _LUSTRE_MDC_MDC_H

#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "fid.h"
#include "ptlrpc/ptlrpc.h"
#include "wire.h"

struct bio_vec;
struct inode;
struct kstatfs;
struct ldlm_lock;
struct ldlm_ns;
struct lmv;
struct lustre_sb;
struct mdc;
struct mdc_open;
struct osc;

/* Longest name of a directory entry, bytes without NUL */
#define MDC_NAME_MAX		255

/* Nothing to set up for the module as a whole. */
static inline int mdc_init(void)
{
	return 0;
}

static inline void mdc_exit(void)
{
}

/* ------------------------------------------------------------ set-up -- */

/**
 * struct lmv_params - how to make the table of metadata targets
 * @pnet: RPC context
 * @fsname: for messages; must outlive the table
 * @client_uuid: our name towards the targets; must outlive the table
 * @timeouts: for the imports, see &struct ptlrpc_import_desc
 * @rdonly: tell the servers that this is a read-only mount
 * @checksum: protect data that these targets keep by checksums
 * @revoked: is told that the cover of @fid by inode-bit locks @bits
 *	(MDS_INODELOCK_*) ends; the lock matches no more and is cancelled when
 *	this returns.  Work-queue or caller's context; may sleep, and close
 *	handles of @fid.
 * @flock_lost: is told that a file lock that @owner had on @fid is lost by an
 *	eviction.  Work queue; may sleep.
 * @sbi: the mount, for @revoked and @flock_lost
 */
struct lmv_params {
	struct ptlrpc_net	*pnet;
	const char		*fsname;
	const char		*client_uuid;
	const struct ptlrpc_timeouts *timeouts;
	bool			rdonly;
	bool			checksum;
	void			(*revoked)(struct lustre_sb *sbi,
					   const struct lustre_fid *fid,
					   u64 bits);
	void			(*flock_lost)(struct lustre_sb *sbi,
					      const struct lustre_fid *fid,
					      u64 owner);
	struct lustre_sb	*sbi;
};

/* New, empty table, or ERR_PTR(-ENOMEM). */
struct lmv *lmv_create(const struct lmv_params *params);

/**
 * lmv_mdt_add - add a metadata target to the table
 * @lmv: the table
 * @index: MDT index
 * @name: "lustre-MDT0000", for messages and sysfs; copied
 * @target_uuid: "lustre-MDT0000_UUID"; copied
 *
 * Follow with lmv_mdt_add_nid() for each NID, then lmv_mdt_connect().
 *
 * Return: 0, -EEXIST (index is taken), -ENOMEM, ...
 */
int lmv_mdt_add(struct lmv *lmv, u32 index, const char *name,
		const char *target_uuid);
/* Append a server address of MDT @index.  0, -ENOENT, -ENOMEM. */
int lmv_mdt_add_nid(struct lmv *lmv, u32 index, const struct lnet_nid *nid);
/* Start connecting to MDT @index in the background.  0 or -ENOENT. */
int lmv_mdt_connect(struct lmv *lmv, u32 index);
/* (De)activate MDT @index: inactive targets fail requests at once. */
int lmv_mdt_set_active(struct lmv *lmv, u32 index, bool active);

/**
 * lmv_wait_root - wait until the first metadata target can be used
 * @lmv: the table
 * @timeout: jiffies
 *
 * Also checks that the server granted what this client can't do without.
 * Interruptible.
 *
 * Return: 0, -ETIMEDOUT, -ERESTARTSYS, -EPROTO (server too old), -ENODEV (no
 * MDT0000 configured) or what the connect failed with.
 */
int lmv_wait_root(struct lmv *lmv, long timeout);

/*
 * Disconnect from all targets (umount, no inode is left); no upcall is made
 * after the return.  @force: do not wait for dead servers.
 */
void lmv_disconnect(struct lmv *lmv, bool force);
/* Free the table; only after lmv_disconnect(). */
void lmv_destroy(struct lmv *lmv);

/* Import of MDT @index for sysfs and debugfs, without reference, or NULL. */
struct ptlrpc_import *lmv_import(struct lmv *lmv, u32 index);
/*
 * The data part of the target that holds @fid, valid until lmv_destroy(); or
 * ERR_PTR(-EOPNOTSUPP): its server is too old, ERR_PTR(-EIO): not known which
 * target that is. Does not sleep.
 */
struct osc *lmv_data(struct lmv *lmv, const struct lustre_fid *fid);
/* Lock name space of MDT @index, or NULL. */
struct ldlm_ns *lmv_namespace(struct lmv *lmv, u32 index);
/* Call @fn for each configured target, in order of index, until it fails. */
int lmv_for_each(struct lmv *lmv,
		 int (*fn)(struct lmv *lmv, u32 index, void *data), void *data);
/*
 * Has the target that holds @fid, or may hold it, been there for @grace since
 * @since (both jiffies)?  See ptlrpc_import_steady().  Does not sleep.
 */
bool lmv_steady(struct lmv *lmv, const struct lustre_fid *fid,
		unsigned long since, unsigned long grace);
/* Does the first target evaluate access control lists, and tell them? */
bool lmv_has_acls(struct lmv *lmv);
/* Largest layout attribute that a reply may carry, bytes. */
u32 lmv_max_easize(struct lmv *lmv);
/* Index of the target that holds @fid, or what the location service said. */
int lmv_mdt_index(struct lmv *lmv, const struct lustre_fid *fid);
/* Places for targets: the highest index and one more. */
u32 lmv_mdt_slots(struct lmv *lmv);

/* ------------------------------------------------------- credentials -- */

/**
 * struct mdc_cred - who asks (09 section 6), ids of the initial namespace
 * @uid: real user
 * @gid: real group
 * @fsuid: user for permission checks
 * @fsgid: group for permission checks
 * @cap: low 32 bits of the effective capabilities
 * @suppgid: supplementary groups worth telling, or MDC_NO_GROUP
 */
struct mdc_cred {
	u32	uid;
	u32	gid;
	u32	fsuid;
	u32	fsgid;
	u32	cap;
	u32	suppgid[2];
};

#define MDC_NO_GROUP	0xffffffffU

/**
 * mdc_cred_init - credentials of the current task
 * @cred: filled in
 * @i1: object or parent directory whose group is told when the task is in it
 * @i2: second such inode
 *
 * Either inode may be NULL.  Does not sleep.
 */
void mdc_cred_init(struct mdc_cred *cred, const struct inode *i1,
		   const struct inode *i2);

/* ----------------------------------------------------------- replies -- */

/* What is known of the stripes of a directory, struct mdc_attr.stripes */
#define MDC_DIR_KNOWN		BIT(0)
/* Its names are in other objects. */
#define MDC_DIR_STRIPED		BIT(1)
/* New directories in it are going to be striped. */
#define MDC_DIR_STRIPES		BIT(2)

/**
 * struct mdc_attr - attributes from a reply, host byte order
 * @valid: OBD_MD_*: which of the others mean something
 * @fid: the object
 * @size: bytes
 * @blocks: units of 512 bytes
 * @dom_size: bytes of the data that the target keeps itself
 * @dom_blocks: their blocks
 * @mtime: seconds, as the other times
 * @atime: last access
 * @ctime: last change
 * @btime: birth
 * @mode: type and permission bits
 * @uid: owner, initial namespace
 * @gid: group, initial namespace
 * @flags: inode flags, LUSTRE_*_FL
 * @nlink: links
 * @projid: project
 * @stripes: MDC_DIR_*; 0: not a directory, or the reply does not tell
 * @rdev: device
 */
struct mdc_attr {
	u64			valid;
	struct lustre_fid	fid;
	u64			size;
	u64			blocks;
	u64			dom_size;
	u64			dom_blocks;
	s64			mtime;
	s64			atime;
	s64			ctime;
	s64			btime;
	u32			mode;
	u32			uid;
	u32			gid;
	u32			flags;
	u32			nlink;
	u32			projid;
	u32			stripes;
	dev_t			rdev;
};

/**
 * struct mdc_reply - decoded reply; initialise with {} and end with
 *	mdc_reply_put(), also after an error
 * @req: owner of what the pointers below point to
 * @has_attr: @attr is filled in
 * @attr: attributes of the object
 * @ea: layout (OBD_MD_FLEASIZE) or link target, or NULL
 * @ea_len: its length in bytes
 * @acl: access control list as in an attribute, with OBD_MD_FLACL; NULL: none
 * @acl_len: its length in bytes
 * @data: the end of the file's data, under @lock, or NULL
 * @data_off: where in the file they begin; they end at @attr.dom_size
 * @disp: disposition of an intent, DISP_*
 * @status: status of an intent, 0 or negative errno
 * @lock: lock that came with an intent; held until mdc_reply_put()
 * @bits: MDS_INODELOCK_* that @lock and @name_lock cover on @attr.fid
 * @name_lock: object on another target than its name: the LOOKUP lock of the
 *	name's target
 * @ahead: the server said this some time ago; @lock was there ever since
 */
struct mdc_reply {
	struct ptlrpc_request	*req;
	bool			has_attr;
	struct mdc_attr		attr;
	const void		*ea;
	u32			ea_len;
	const void		*acl;
	u32			acl_len;
	const void		*data;
	u64			data_off;
	u32			disp;
	int			status;
	u64			bits;
	struct ldlm_lock	*lock;
	struct ldlm_lock	*name_lock;
	bool			ahead;
};

/* Release lock references and memory of a reply; {} is fine. */
void mdc_reply_put(struct mdc_reply *rep);
/* No such name: the answer to a lookup or open. */
bool mdc_reply_negative(const struct mdc_reply *rep);
/* This very request created the object. */
bool mdc_reply_created(const struct mdc_reply *rep);

/* ------------------------------------------------------------- locks -- */

/*
 * Can the target of an object be asked now?  True if it has to be found first.
 * Does not sleep.
 */
bool mdc_reachable(struct lmv *lmv, const struct lustre_fid *fid);

/**
 * mdc_covered - are all these bits of an object under a granted lock?
 * @lmv: the table
 * @fid: the object
 * @bits: MDS_INODELOCK_*
 *
 * Does not sleep and takes no reference: usable under RCU and spinlocks; the
 * answer may be outdated at once unless @revoked is synchronised with.
 *
 * Return: true if all of them are.
 */
bool mdc_covered(struct lmv *lmv, const struct lustre_fid *fid, u64 bits);
/*
 * As mdc_covered() for the LOOKUP bit, which lives on the target that holds
 * the name: that of directory @parent.
 */
bool mdc_covered_name(struct lmv *lmv, const struct lustre_fid *parent,
		      const struct lustre_fid *fid);
/* ------------------------------------------------ prefetched attributes -- */

/* Names that one request may ask for, and blocks that they are packed in */
#define MDC_BATCH_MAX		64
#define MDC_BATCH_BLOCKS	12

/**
 * struct mdc_batch_room - how much of a batch is in use
 * @nr: names
 * @blocks: blocks
 * @used: bytes of the last block
 * @small: there is only one block
 */
struct mdc_batch_room {
	unsigned int		nr;
	unsigned int		blocks;
	u32			used;
	bool			small;
};

/**
 * struct mdc_batch_name - one name to ask for
 * @name: the name
 * @len: its length without NUL, MDC_NAME_MAX at most
 * @fid: what it leads to as far as is known
 */
struct mdc_batch_name {
	const char		*name;
	u32			len;
	struct lustre_fid	fid;
};

/**
 * struct mdc_prefetch - a reply that came before it was asked for
 * @rep: the answer; its lock is not set
 * @lock: its lock, kept in memory but not in use: the server can have it back
 */
struct mdc_prefetch {
	struct mdc_reply	rep;
	struct ldlm_lock	*lock;
};

/*
 * Does the target of this directory take batches? *@room is that of an empty
 * one then. Does not sleep.
 */
bool mdc_batch_usable(struct lmv *lmv, const struct lustre_fid *parent,
		      struct mdc_batch_room *room);
/* Make room for one more name of this length, if it fits. */
bool mdc_batch_room(struct mdc_batch_room *room, u32 len);

/**
 * mdc_getattr_batch - ask for names of a directory, wait for nothing
 * @lmv: the table
 * @parent: directory
 * @names: as many as mdc_batch_room() had room for; not used after the return
 * @nr: their number
 * @cred: who asks
 * @done: called once for each name, in process context, perhaps before the
 *	return; must not wait for RPCs. @rc is 0 and *@ahead the caller's from
 *	now on, or an errno: then the name is to be looked up as usual.
 * @priv: for @done
 *
 * Names are not waited for: one that another client is changing fails with
 * -EBUSY or the like, and all behind it, which were not looked at, with
 * -ECANCELED.
 *
 * Return: 0, or an errno (@done was not and will not be called): -EOPNOTSUPP,
 * -ENOMEM, -EINVAL (bad name), -EMSGSIZE.
 */
int mdc_getattr_batch(struct lmv *lmv, const struct lustre_fid *parent,
		      const struct mdc_batch_name *names, unsigned int nr,
		      const struct mdc_cred *cred,
		      void (*done)(void *priv, unsigned int i, int rc,
				   struct mdc_prefetch *ahead), void *priv);
/*
 * Is the answer still true? Then it is moved to *@rep, as mdc_lookup() would
 * have filled it in. @ahead is {} afterwards in any case.
 */
bool mdc_prefetch_take(struct mdc_prefetch *ahead, struct mdc_reply *rep);
void mdc_prefetch_put(struct mdc_prefetch *ahead);

/* -------------------------------------------------- reading requests -- */

/* FID of the root, or of directory @fileset ("/a/b") if not NULL. */
int mdc_get_root(struct lmv *lmv, const char *fileset, struct lustre_fid *fid);

/**
 * mdc_statfs - numbers of the metadata side
 * @lmv: the table
 * @st: filled in but for f_fsid
 * @nodelay: fail with -EAGAIN or -ETIMEDOUT rather than wait for a target that
 *	is away
 * @is_sum: set if the numbers stand for the whole file system (objects
 *	included), so that no object target needs to be asked
 *
 * Return: 0, -ENODEV (no target configured), or what a target said.
 */
int mdc_statfs(struct lmv *lmv, struct kstatfs *st, bool nodelay, bool *is_sum);

/* The same of target @index alone; -ENODEV: there is none. */
int mdc_statfs_target(struct lmv *lmv, u32 index, struct kstatfs *st,
		      bool nodelay);

/*
 * The mount is read-only from now on, or not any more: tell all targets, now
 * and at every reconnect.  0, -EROFS (the server forces read-only), ...
 */
int lmv_set_rdonly(struct lmv *lmv, bool rdonly);

/*
 * Commit what was done to @fid, or everything on all targets if NULL.  Targets
 * that have committed all that was done here are not asked.
 */
int mdc_sync(struct lmv *lmv, const struct lustre_fid *fid);

/**
 * mdc_getattr - attributes by FID, without lock (MDS_GETATTR)
 * @lmv: the table
 * @fid: the object
 * @cred: who asks
 * @rep: attributes, and the layout of a regular file
 *
 * Return: 0, -ENOENT (no such object), ...
 */
int mdc_getattr(struct lmv *lmv, const struct lustre_fid *fid,
		const struct mdc_cred *cred, struct mdc_reply *rep);

/**
 * mdc_data_version - version of the data that a metadata target has of a file
 * @lmv: the table
 * @fid: the file; it has data there
 * @cred: who asks
 * @version: returns the version
 *
 * What is cached, here or elsewhere, does not count: the caller may lock the
 * data, and write back.
 *
 * Return: 0, -ENOENT (no such object), -EINTR, ...
 * Context: sleeps, killable.  Spec: 09 section 18.
 */
int mdc_data_version(struct lmv *lmv, const struct lustre_fid *fid,
		     const struct mdc_cred *cred, u64 *version);

/*
 * FID of the directory that directory @dir is in, *@parent.  That of the root
 * is its own.
 */
int mdc_get_parent(struct lmv *lmv, const struct lustre_fid *dir,
		   const struct mdc_cred *cred, struct lustre_fid *parent);

/**
 * struct mdc_path - the name of an object
 * @fid: the object
 * @recno: U64_MAX
 * @linkno: which of its names; moves on when there are more
 * @text: receives the name, with NUL
 * @size: room in @text, bytes
 */
struct mdc_path {
	struct lustre_fid	fid;
	u64			recno;
	u32			linkno;
	char			*text;
	u32			size;
};

/*
 * Find a name of an object from directory @root on: 0, -ENOENT, -ENODATA (it is
 * not known), -EOVERFLOW, -ENAMETOOLONG, ...
 */
int mdc_fid2path(struct lmv *lmv, const struct lustre_fid *root,
		 struct mdc_path *path);

/* Target of symbolic link @fid, @size bytes long, NUL-terminated in rep->ea. */
int mdc_readlink(struct lmv *lmv, const struct lustre_fid *fid, u32 size,
		 const struct mdc_cred *cred, struct mdc_reply *rep);

/**
 * mdc_lookup - find a name and lock what it names (IT_LOOKUP, IT_GETATTR)
 * @lmv: the table
 * @parent: the directory
 * @name: @len bytes
 * @len: length of the name, 1 ... 255
 * @want_attr: the attributes are wanted for caching, so ask for UPDATE too
 * @cred: who asks
 * @rep: attributes, layout and lock; or negative (mdc_reply_negative())
 *
 * Return: 0 also if there is no such name.
 */
int mdc_lookup(struct lmv *lmv, const struct lustre_fid *parent,
	       const char *name, u32 len, bool want_attr,
	       const struct mdc_cred *cred, struct mdc_reply *rep);

/**
 * mdc_getattr_lock - attributes by FID under a lock (intent without name)
 * @lmv: the table
 * @fid: the object
 * @want_attr: times, links and size are wanted for caching, so ask for UPDATE;
 *	else only owner and mode are (LOOKUP, PERM), and the lock may live
 *	longer
 * @cred: who asks
 * @rep: attributes, layout and lock
 *
 * Return: -ENOENT if the object is gone.
 */
int mdc_getattr_lock(struct lmv *lmv, const struct lustre_fid *fid,
		     bool want_attr, const struct mdc_cred *cred,
		     struct mdc_reply *rep);

/**
 * mdc_layout_lock - layout and a lock on it (IT_LAYOUT, access)
 * @lmv: the table
 * @fid: a regular file
 * @rep: rep->ea is the layout, empty if there are no objects; rep->lock held
 *
 * Return: 0, -ENOENT (no such object), ...
 */
int mdc_layout_lock(struct lmv *lmv, const struct lustre_fid *fid,
		    struct mdc_reply *rep);

/**
 * mdc_restore - have the data of a file brought back from the archive
 * @lmv: the table
 * @fid: a regular file whose layout says that they are there
 * @rep: as of mdc_layout_lock(), the layout afterwards
 *
 * The server has the lock on the layout until the data are there, which may take
 * hours; nothing else tells of the end.  The caller uses no lock on the layout.
 * Spec: 08 section 7, 09 section 17.
 *
 * Return: 0, whether they are there or not; -EAGAIN (nobody restores files),
 * -EINTR (killed), -ENOENT, ...
 */
int mdc_restore(struct lmv *lmv, const struct lustre_fid *fid,
		struct mdc_reply *rep);

/**
 * struct mdc_hsm_action - what is done with a file and its archive
 * @state: how far it is
 * @action: HUA_*
 * @offset: first byte
 * @length: bytes
 */
struct mdc_hsm_action {
	u32	state;
	u32	action;
	u64	offset;
	u64	length;
};

/**
 * struct mdc_hsm_state - a file and its archive
 * @states: HS_*
 * @archive_id: which archive, 0: none
 * @now: what is done
 */
struct mdc_hsm_state {
	u32			states;
	u32			archive_id;
	struct mdc_hsm_action	now;
};

/**
 * mdc_hsm_state - what is a file to its archive? (MDS_HSM_STATE_GET)
 * @lmv: the table
 * @fid: the file
 * @cred: who asks
 * @state: filled in
 *
 * Spec: 09 section 17.
 *
 * Return: 0, -ENOENT (no such object), -EPROTO, ...
 * Context: sleeps, killable, as the others.
 */
int mdc_hsm_state(struct lmv *lmv, const struct lustre_fid *fid,
		  const struct mdc_cred *cred, struct mdc_hsm_state *state);

/**
 * mdc_hsm_action - what is done with a file just now? (MDS_HSM_ACTION)
 * @lmv: the table
 * @fid: the file
 * @cred: who asks
 * @action: filled in
 *
 * Return: as mdc_hsm_state()
 */
int mdc_hsm_action(struct lmv *lmv, const struct lustre_fid *fid,
		   const struct mdc_cred *cred, struct mdc_hsm_action *action);

/**
 * struct mdc_hsm_change - what a file shall be to its archive
 * @valid: HSS_*: which of the others mean something
 * @archive_id: which archive
 * @set: HS_* to be set
 * @clear: HS_* to be cleared
 */
struct mdc_hsm_change {
	u32	valid;
	u32	archive_id;
	u64	set;
	u64	clear;
};

/**
 * mdc_hsm_change - change what a file is to its archive (MDS_HSM_STATE_SET)
 * @lmv: the table
 * @fid: the file
 * @cred: who wants it
 * @change: what
 *
 * Return: 0, -ENOENT, -EPERM, -EINVAL, ...
 */
int mdc_hsm_change(struct lmv *lmv, const struct lustre_fid *fid,
		   const struct mdc_cred *cred,
		   const struct mdc_hsm_change *change);

/**
 * mdc_hsm_version - set the version of the data in the archive
 * @lmv: the table
 * @fid: the file
 * @cred: who wants it
 * @version: as of osc_version()
 *
 * MDS_HSM_DATA_VERSION, of servers of 2.16 and later.
 *
 * Return: 0, -ENOENT, -EPERM, -EOPNOTSUPP, ...
 */
int mdc_hsm_version(struct lmv *lmv, const struct lustre_fid *fid,
		    const struct mdc_cred *cred, u64 version);

struct mdc;

/**
 * struct mdc_hsm_item - a file with which something shall be done
 * @fid: the file
 * @offset: first byte
 * @length: bytes, all ones: to the end
 * @mdc: for mdc_hsm_request()
 */
struct mdc_hsm_item {
	struct lustre_fid	fid;
	u64			offset;
	u64			length;
	struct mdc		*mdc;
};

/**
 * struct mdc_hsm_request - what somebody wants to be done
 * @action: HUA_*
 * @archive_id: which archive, 0: any
 * @flags: of the request
 * @items: the files, which may be on several targets
 * @nr: how many
 * @data: for whoever copies the data
 * @data_len: bytes of it
 */
struct mdc_hsm_request {
	u32			action;
	u32			archive_id;
	u64			flags;
	struct mdc_hsm_item	*items;
	u32			nr;
	const void		*data;
	u32			data_len;
};

/**
 * mdc_hsm_request - have something done with files (MDS_HSM_REQUEST)
 * @lmv: the table
 * @cred: who wants it
 * @hr: what
 *
 * Asked is each target for those files that it has.  The answer tells that it will
 * be done, not that it was.  Spec: 09 section 17.
 *
 * Return: 0; -EMSGSIZE: too much for one request; -EAGAIN: nobody does it;
 * -EPERM, -EINVAL, ...; after an error some targets may have begun already.
 */
int mdc_hsm_request(struct lmv *lmv, const struct mdc_cred *cred,
		    struct mdc_hsm_request *hr);

/**
 * struct mdc_layout_change - why a layout has to change
 * @opc: LAYOUT_INTENT_WRITE or LAYOUT_INTENT_TRUNC
 * @start: first byte of the file that is to be in an object
 * @end: first byte behind them
 */
struct mdc_layout_change {
	u32	opc;
	u64	start;
	u64	end;
};

/**
 * mdc_layout_change - have the layout changed (IT_LAYOUT, write or truncate)
 * @lmv: the table
 * @fid: a regular file
 * @change: what for
 * @rep: as of mdc_layout_lock(), the new layout
 *
 * The caller uses no lock on the layout: the server waits for its end.
 *
 * Return: 0, also if there was nothing to change; -ENOENT (no such object),
 * -ENOSPC, -EDQUOT, -EROFS, -EINVAL (no component could hold that), ...
 */
int mdc_layout_change(struct lmv *lmv, const struct lustre_fid *fid,
		      const struct mdc_layout_change *change,
		      struct mdc_reply *rep);

/**
 * mdc_layout_walk - look at the parts of a layout
 * @ea: a layout as it came, or as it is to be sent; aligned to 8 bytes
 * @len: its length
 * @any: let none of them name a first target: its index is where the generation
 *	of a plain layout, and of each component, is in what comes
 *
 * Return: false if it is not a layout of known shape, parts may be changed.
 */
bool mdc_layout_walk(void *ea, size_t len, bool any);

/**
 * mdc_readpage - read directory pages (MDS_READPAGE)
 * @lmv: the table
 * @fid: the directory
 * @hash: position to start at
 * @bv: where to; whole multiples of 4096 bytes
 * @nr: elements in @bv
 * @cred: who asks
 * @moved: bytes that came, a multiple of 4096; contents are NOT checked
 *	(see mdc_dirpage_check())
 *
 * Return: 0, -ENOENT (directory was removed), ...
 */
int mdc_readpage(struct lmv *lmv, const struct lustre_fid *fid, u64 hash,
		 struct bio_vec *bv, unsigned int nr,
		 const struct mdc_cred *cred, size_t *moved);

/* ------------------------------------------------------ open handles -- */

/**
 * struct mdc_open_args - an open, perhaps with creation
 * @parent: directory; with @name NULL: the object itself
 * @name: last component, or NULL to open @child by FID
 * @len: length of @name
 * @child: object if known; ignored with @name
 * @flags: MDS_FMODE_* | MDS_OPEN_*
 * @mode: S_IFREG and permission bits, for a creation
 * @ea: layout that the file is to get, little-endian, or NULL
 * @ea_len: length of @ea
 * @mdt: with MDS_OPEN_VOLATILE: index of the target that is to have the file, or
 *	MDC_ANY_MDT: that of the directory
 * @lease: with MDS_OPEN_LEASE: who is told what becomes of it, else NULL
 * @old: with MDS_OPEN_LEASE: what the caller has open already, else NULL
 */
struct mdc_open_args {
	const struct lustre_fid	*parent;
	const char		*name;
	u32			len;
	const struct lustre_fid	*child;
	u64			flags;
	umode_t			mode;
	const void		*ea;
	u32			ea_len;
	u32			mdt;
	struct mdc_lease	*lease;
	struct mdc_open		*old;
};

#define MDC_ANY_MDT		U32_MAX

/**
 * mdc_open - open or create a file or directory (IT_OPEN, IT_OPEN|IT_CREAT)
 * @lmv: the table
 * @args: what to open
 * @cred: who asks
 * @rep: attributes, layout, lock; or negative
 * @open: the handle; NULL if the object has none (symbolic link, device,
 *	negative)
 *
 * Return: 0, or the server's verdict (-EEXIST, -EACCES, -EISDIR, ...).  The
 * reply has attributes also with -EEXIST.
 */
int mdc_open(struct lmv *lmv, const struct mdc_open_args *args,
	     const struct mdc_cred *cred, struct mdc_reply *rep,
	     struct mdc_open **open);

/**
 * struct mdc_close_args - what a close tells the target
 * @atime: seconds, 0 if unknown
 * @mtime: seconds
 * @ctime: seconds
 * @mode: of the inode
 * @have_times: times and mode are filled in
 * @data_modified: data was written through this inode
 * @have_size: size and blocks are filled in: what is known here, for those who
 *	look without asking object targets (09 section 9); told to a server
 *	that wants it
 * @size: bytes
 * @blocks: units of 512 bytes
 * @intent: what the close of a lease is to do, else NULL
 * @lease: the server's name of the lock that is the lease
 */
struct mdc_close_args {
	s64	atime;
	s64	mtime;
	s64	ctime;
	umode_t	mode;
	bool	have_times;
	bool	data_modified;
	bool	have_size;
	u64	size;
	u64	blocks;
	const struct mdc_close_intent *intent;
	u64	lease;
};

/*
 * Close and free an open handle.  Never waits for a dead server longer than a
 * fatal signal takes; the request goes on alone then.
 */
int mdc_close(struct mdc_open *open, const struct mdc_close_args *args);
/* The same without waiting for the answer. */
void mdc_close_async(struct mdc_open *open, const struct mdc_close_args *args);
/* Did a lock on the OPEN bit come with the handle? */
bool mdc_open_locked(const struct mdc_open *open);
/* Flags the handle was opened with. */
u64 mdc_open_flags(const struct mdc_open *open);
/* False once the server has evicted us: the handle names nothing. */
bool mdc_open_valid(const struct mdc_open *open);

/* ------------------------------------------------------------- leases -- */

/* Of these the server has to know the size (09 section 9). */
#define MDC_CLOSE_EXACT	(MDS_CLOSE_LAYOUT_MERGE | MDS_CLOSE_RESYNC_DONE | \
			 MDS_HSM_RELEASE)

/**
 * struct mdc_close_intent - what is to be done as a lease is given up
 * @bias: one of MDS_CLOSE_LAYOUT_MERGE, MDS_CLOSE_LAYOUT_SPLIT,
 *	MDS_CLOSE_RESYNC_DONE, MDS_CLOSE_LAYOUT_SWAP, MDS_HSM_RELEASE
 * @fid: the other file; NULL: there is none
 * @version: of the data, to be released
 * @mirror: id of the mirror that is split off
 * @ids: components that are in sync now
 * @nr: their number
 */
struct mdc_close_intent {
	u32			bias;
	const struct lustre_fid	*fid;
	u64			version;
	u16			mirror;
	const u32		*ids;
	u32			nr;
};

/**
 * mdc_fid_new - identifier for something new
 * @lmv: the table
 * @near: an object, whose metadata target is to have it
 * @fid: receives it
 *
 * Return: 0 or a negative errno.
 * Context: sleeps.  Spec: 09 section 3.
 */
int mdc_fid_new(struct lmv *lmv, const struct lustre_fid *near,
		struct lustre_fid *fid);

/**
 * mdc_lease_open - open a file once more, and keep all others from doing so
 * @lmv: the table
 * @fid: a regular file
 * @old: what the caller has open; nobody else may have it open
 * @flags: MDS_FMODE_READ or MDS_FMODE_WRITE, MDS_OPEN_RESYNC
 * @cred: who asks
 * @rep: attributes; no lock
 * @leasep: returns the lease, for mdc_lease_close()
 *
 * Who else opens the file breaks the lease.  Spec: 09 section 8.5.
 *
 * Return: 0; -EBUSY: others have the file open; -EOPNOTSUPP: the server gives no
 * leases; as mdc_open().
 * Context: sleeps; may be killed.
 */
int mdc_lease_open(struct lmv *lmv, const struct lustre_fid *fid,
		   struct mdc_open *old, u64 flags,
		   const struct mdc_cred *cred, struct mdc_reply *rep,
		   struct mdc_lease **leasep);

/* Has it been broken, or lost by an eviction?  Any context. */
bool mdc_lease_broken(struct mdc_lease *lease);

/* MDS_FMODE_* of the lease */
u64 mdc_lease_mode(const struct mdc_lease *lease);

/**
 * mdc_lease_close - give a lease up
 * @lease: the lease; gone afterwards
 * @args: as for mdc_close()
 * @intent: what is to be done in its protection; NULL: nothing
 *
 * Return: 0; with @intent: -EBUSY: it was not done, for the lease is broken or the
 * like; what the server said.
 * Context: as mdc_close().  Spec: 09 section 9.
 */
int mdc_lease_close(struct mdc_lease *lease, const struct mdc_close_args *args,
		    const struct mdc_close_intent *intent);

/**
 * mdc_resync - mirrors are about to be brought in sync
 * @lmv: the table
 * @fid: a regular file
 * @lease: for writing, of the same file
 * @cred: who asks
 * @rep: attributes
 *
 * All mirrors that are stale get objects, and take what is written with
 * LOV_LAYOUT_GEN_RESYNC from then on.  The lock on the layout goes.
 *
 * Return: 0; -EBUSY: the lease is broken; -EINVAL: there are no mirrors; ...
 * Context: sleeps; no use of a lock on the layout.  Spec: 08 section 9.
 */
int mdc_resync(struct lmv *lmv, const struct lustre_fid *fid,
	       struct mdc_lease *lease, const struct mdc_cred *cred,
	       struct mdc_reply *rep);

/**
 * mdc_swap_layouts - exchange the layouts of two files
 * @lmv: the table
 * @fid: one file
 * @fid2: the other one, on the same target
 * @dv: data versions that both have, for the server
 * @cred: who asks
 *
 * Return: 0; -EXDEV: they are on different targets; -EPERM, ...
 * Context: sleeps; no use of a lock on a layout.  Spec: 09 section 17.
 */
int mdc_swap_layouts(struct lmv *lmv, const struct lustre_fid *fid,
		     const struct lustre_fid *fid2, const u64 dv[2],
		     const struct mdc_cred *cred);

/* ------------------------------------------------- modifying requests -- */

/**
 * struct mdc_create_args - mkdir, mknod, symlink
 * @parent: directory
 * @name: new name
 * @len: length of @name
 * @mode: type and permission bits
 * @rdev: device, for S_IFCHR and S_IFBLK
 * @target: target of a symbolic link, NUL-terminated, else NULL
 */
struct mdc_create_args {
	const struct lustre_fid	*parent;
	const char		*name;
	u32			len;
	umode_t			mode;
	dev_t			rdev;
	const char		*target;
};

/* Reply: attributes of the new object, no lock. */
int mdc_create(struct lmv *lmv, const struct mdc_create_args *args,
	       const struct mdc_cred *cred, struct mdc_reply *rep);

/* Name @fid as @name in @parent, too. */
int mdc_link(struct lmv *lmv, const struct lustre_fid *fid,
	     const struct lustre_fid *parent, const char *name, u32 len,
	     const struct mdc_cred *cred, struct mdc_reply *rep);

/**
 * mdc_unlink - remove a name
 * @lmv: the table
 * @parent: directory
 * @name: the name
 * @len: length of @name
 * @child: what it names, or NULL if not known
 * @mode: S_IFDIR for rmdir, else 0
 * @cred: who asks
 * @rep: attributes of the victim
 *
 * Return: 0, -ENOENT, -ENOTEMPTY, -ENOTDIR, -EISDIR, ...
 */
int mdc_unlink(struct lmv *lmv, const struct lustre_fid *parent,
	       const char *name, u32 len, const struct lustre_fid *child,
	       umode_t mode, const struct mdc_cred *cred,
	       struct mdc_reply *rep);

/**
 * struct mdc_rename_args - rename
 * @src_parent: directory of the old name
 * @src_name: old name
 * @src_len: its length
 * @src: object
 * @mode: of the object
 * @dst_parent: directory of the new name
 * @dst_name: new name
 * @dst_len: its length
 * @victim: what the new name names now, or NULL
 */
struct mdc_rename_args {
	const struct lustre_fid	*src_parent;
	const char		*src_name;
	u32			src_len;
	const struct lustre_fid	*src;
	umode_t			mode;
	const struct lustre_fid	*dst_parent;
	const char		*dst_name;
	u32			dst_len;
	const struct lustre_fid	*victim;
};

/* Reply: attributes of the overwritten victim, if there was one. */
int mdc_rename(struct lmv *lmv, const struct mdc_rename_args *args,
	       const struct mdc_cred *cred, struct mdc_reply *rep);

/**
 * struct mdc_setattr_args - setattr
 * @valid: MDS_ATTR_*
 * @uid: new owner, initial namespace
 * @gid: new group, initial namespace
 * @size: bytes
 * @blocks: what stat shows, units of 512 bytes
 * @mtime: seconds, as the others
 * @atime: last access
 * @ctime: last change
 * @mode: permission bits
 * @bias: MDS_* bias bits
 * @flags: LUSTRE_*_FL
 * @ea: default layout of a directory, with @valid 0; or NULL
 * @ea_len: its length, bytes
 */
struct mdc_setattr_args {
	u64	valid;
	u32	uid;
	u32	gid;
	u64	size;
	u64	blocks;
	s64	mtime;
	s64	atime;
	s64	ctime;
	u32	mode;
	u32	bias;
	u32	flags;
	const void *ea;
	u32	ea_len;
};

/* Reply: the new attributes. */
int mdc_setattr(struct lmv *lmv, const struct lustre_fid *fid,
		const struct mdc_setattr_args *args,
		const struct mdc_cred *cred, struct mdc_reply *rep);

/* ------------------------------------------------ extended attributes -- */

/**
 * mdc_getxattr - read one extended attribute, or list their names
 * @lmv: the table
 * @fid: the object
 * @name: full name, or NULL to list
 * @buf: where to, or NULL to ask for the size
 * @size: room in @buf, bytes
 * @cred: who asks
 *
 * Return: length in bytes, -ENODATA, -ERANGE, -EOPNOTSUPP, ...
 */
ssize_t mdc_getxattr(struct lmv *lmv, const struct lustre_fid *fid,
		     const char *name, void *buf, size_t size,
		     const struct mdc_cred *cred);

/* Set (@value not NULL) or remove an attribute; @flags: XATTR_* */
int mdc_setxattr(struct lmv *lmv, const struct lustre_fid *fid,
		 const char *name, const void *value, size_t size, int flags,
		 const struct mdc_cred *cred);

/* ---------------------------------------------------------- file locks -- */

/**
 * struct mdc_flock - a file lock to be taken, given up, or looked for
 * @mode: LCK_PR shared, LCK_PW exclusive, LCK_NL to unlock; out for @test: of
 *	the lock in the way, LCK_NL if there is none
 * @start: first byte; out for @test
 * @end: last byte; out for @test
 * @owner: whose; unique among the owners of locks of this mount
 * @pid: process to name to others; out for @test
 * @wait: wait for those in the way, any signal ends that
 * @test: take no lock, tell which one is in the way
 * @replied: see &struct ldlm_enqueue
 * @priv: for @replied, must live until it was called
 * @started: out: @replied was or will be called
 */
struct mdc_flock {
	u32	mode;
	u64	start;
	u64	end;
	u64	owner;
	u32	pid;
	bool	wait;
	bool	test;
	void	(*replied)(void *priv);
	void	*priv;
	bool	started;
};

/*
 * Take or give up a file lock, or ask for one in the way; the bytes in question
 * change hands, whatever the owner had there before.  An unlock goes on in the
 * background when the task is killed.
 *
 * Return: 0; -EAGAIN somebody else has it, -EDEADLK, -ERESTARTSYS, -EINTR
 * (killed), -EIO (evicted), -ECANCELED (the owner unlocks that range, wait anew)
 */
int mdc_flock(struct lmv *lmv, const struct lustre_fid *fid,
	      struct mdc_flock *fl);

/*
 * What the owner in @fl has of the range there, the first part of it, as far as
 * the target has answered; the mode is LCK_NL if he has nothing.  Does not sleep.
 */
int mdc_flock_held(struct lmv *lmv, const struct lustre_fid *fid,
		   struct mdc_flock *fl);

#endif /* _LUSTRE_MDC_MDC_H */
