/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VFS room of the Lustre client: what its files share.
 */
#ifndef _LUSTRE_INTERNAL_H
#define _LUSTRE_INTERNAL_H

#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/statfs.h>
#include <linux/uuid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "device.h"
#include "fid.h"
#include "layout/comp.h"
#include "layout/layout.h"
#include "layout/map.h"
#include "layout/mirror.h"
#include "layout/seek.h"
#include "layout/stripe.h"
#include "mdc/mdc.h"
#include "mgc/mgc.h"
#include "osc/osc.h"
#include "ptlrpc/ptlrpc.h"
#include "wire.h"

struct folio;

/* f_type of statfs(2); tools recognise Lustre by it. */
#define LUSTRE_SUPER_MAGIC	0x0BD00BD0

/* Mount options, struct lustre_mount_opts.flags */
#define LUSTRE_MOUNT_CHECKSUM		BIT(0)
#define LUSTRE_MOUNT_LAZYSTATFS		BIT(1)
#define LUSTRE_MOUNT_32BITAPI		BIT(2)
#define LUSTRE_MOUNT_USER_XATTR		BIT(3)
#define LUSTRE_MOUNT_VERBOSE		BIT(4)
#define LUSTRE_MOUNT_FLOCK		BIT(5)
#define LUSTRE_MOUNT_LOCALFLOCK		BIT(6)

/**
 * struct lustre_mount_opts - what the mount asked for
 * @flags: LUSTRE_MOUNT_*
 * @device: source with NIDs only, where that is not what the user gave, or NULL
 * @dev: MGS NIDs, file system name and subdirectory
 * @exclude: names of targets to leave inactive, ':' between them, or NULL
 */
struct lustre_mount_opts {
	unsigned long		flags;
	char			*device;
	struct lustre_device	dev;
	char			*exclude;
};

/* What asking ahead does, lustre_sb.statahead_stats */
enum lustre_sa_stat {
	LUSTRE_SA_TOTAL,	/* times that it began */
	LUSTRE_SA_WRONG,	/* of these in vain */
	LUSTRE_SA_AGL,		/* sizes asked for */
	LUSTRE_SA_LIST,		/* names asked for, known from the directory */
	LUSTRE_SA_FNAME,	/* names asked for, guessed */
	LUSTRE_SA_HIT,		/* names that were asked for when they were wanted */
	LUSTRE_SA_MISS,		/* names that were not */
	LUSTRE_SA_STATS,
};

/**
 * struct lustre_flock_gate - lets requests of one owner of file locks pass
 * @busy: bit 0: one is under way
 * @wait: for those who come next
 */
struct lustre_flock_gate {
	unsigned long		busy;
	wait_queue_head_t	wait;
};

#define LUSTRE_FLOCK_GATES	16

/**
 * struct lustre_flocks - file locks of a mount
 * @key: makes the names of their owners
 * @gates: one for each owner, some share one
 */
struct lustre_flocks {
	siphash_key_t			key;
	struct lustre_flock_gate	gates[LUSTRE_FLOCK_GATES];
};

/**
 * struct lustre_sb - one mounted file system (sb->s_fs_info)
 * @sb: the VFS's super block
 * @opts: mount options, fixed after the mount
 * @uuid: our name towards all targets, constant for the mount's life
 * @instance: random number that makes names in sysfs unique
 * @timeouts: what the cluster's configuration says about time
 * @pnet: RPC context of the network namespace that mounted
 * @mgc: the configuration client
 * @lmv: table of metadata targets
 * @oscs: object targets by index; written under @target_lock
 * @target_lock: serialises configuration against itself
 * @target_wait: woken when the configuration brings a target
 * @target_asked: when a missing one was asked for last, jiffies; 0: never
 * @targets_up: connect new object targets at once; under @target_lock
 * @shown: the mount is in sysfs, and new targets go there; under @target_lock
 * @settings: parameters that the configuration set, for later targets; under
 *	@target_lock
 * @nr_settings: their number
 * @forced_by: the task that asked for umount -f last, or NULL
 * @upcall_sem: held for read by who reaches an inode from a lock, with
 *	trylock; for write from the umount on: it must find no inode busy
 * @statfs_lock: protects @statfs
 * @statfs: figures known last
 * @root_fid: FID of the mounted directory
 * @kobjs: our directories in sysfs; mount and umount only
 * @debugfs: our directory in debugfs
 * @statahead_max: names of a directory to know attributes of ahead, 0: none
 * @statahead_min: the same to begin with
 * @statahead_batch_max: names to ask for in one request
 * @statahead_agl: ask for sizes ahead, too
 * @statahead_running_max: directories in which that may be done at one time
 * @statahead_running: those in which it is
 * @statahead_stats: what came of it
 * @opencache_threshold_ms: who opens a file to read so soon after it was closed
 *	gets a handle that may be kept; 0: nobody
 * @keep_lock: the next two
 * @kept: inodes whose handle is kept without being used, the oldest first
 * @nr_kept: their number
 * @flocks: file locks
 */
struct lustre_sb {
	struct super_block		*sb;
	struct lustre_mount_opts	opts;
	char				uuid[UUID_STRING_LEN + 1];
	u64				instance;
	struct ptlrpc_timeouts		timeouts;
	struct ptlrpc_net		*pnet;
	struct mgc			*mgc;
	struct lmv			*lmv;
	struct xarray			oscs;
	struct mutex			target_lock;	/* @oscs, @targets_up */
	wait_queue_head_t		target_wait;
	unsigned long			target_asked;
	bool				targets_up;
	bool				shown;
	struct list_head		settings;
	unsigned int			nr_settings;
	struct pid			*forced_by;
	struct rw_semaphore		upcall_sem;
	spinlock_t			statfs_lock;	/* @statfs */
	struct kstatfs			statfs;
	struct lustre_fid		root_fid;
	struct list_head		kobjs;
	struct dentry			*debugfs;
	unsigned int			statahead_max;
	unsigned int			statahead_min;
	unsigned int			statahead_batch_max;
	bool				statahead_agl;
	unsigned int			statahead_running_max;
	atomic_t			statahead_running;
	atomic64_t			statahead_stats[LUSTRE_SA_STATS];
	unsigned int			opencache_threshold_ms;
	spinlock_t			keep_lock;	/* the next two */
	struct list_head		kept;
	u32				nr_kept;
	struct lustre_flocks		flocks;
};

#define LUSTRE_OPENCACHE_MS		10000
#define LUSTRE_OPENCACHE_MS_MAX		3600000

#define LUSTRE_STATAHEAD_DEFAULT	256
#define LUSTRE_STATAHEAD_MAX		1024
#define LUSTRE_STATAHEAD_MIN		8
#define LUSTRE_STATAHEAD_BATCH		48
#define LUSTRE_STATAHEAD_RUNNING	64
#define LUSTRE_STATAHEAD_RUNNING_MAX	1024

static inline struct lustre_sb *LUSTRE_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}

/* Handles that opens of one kind can share, struct lustre_inode.opens */
enum lustre_open_mode {
	LUSTRE_OPEN_READ,
	LUSTRE_OPEN_WRITE,
	LUSTRE_OPEN_RDWR,
	LUSTRE_OPEN_EXEC,
	LUSTRE_OPEN_MODES,
};

/**
 * struct lustre_open_handle - an open handle and how many files use it
 * @open: the handle, or NULL
 * @users: open files; 0 with a handle: that is kept, see keep.c
 */
struct lustre_open_handle {
	struct mdc_open	*open;
	unsigned int	users;
};

/**
 * struct lustre_file - file->private_data of files and directories
 * @mode: which handle of the inode it uses
 * @own: a handle of its own, or NULL to use the one shared by the inode
 * @group: group lock, set under lustre_inode.open_lock; or NULL
 * @lease: lease, set under lustre_inode.open_lock; or NULL
 * @mirror: id of the mirror that I/O goes to, 0: it is left to us
 * @dir_hash: directories: position of the entry told last
 * @dir_dups: directories: entries told at that position
 */
struct lustre_file {
	enum lustre_open_mode	mode;
	struct mdc_open		*own;
	struct lustre_group __rcu	*group;
	struct mdc_lease	*lease;
	u32			mirror;
	u64			dir_hash;
	unsigned int		dir_dups;
};

/**
 * struct lustre_writers - who writes which part of a file, on this machine
 * @lock: protects @list
 * @list: struct lustre_writer, in the order in which they came
 * @wait: woken when one leaves
 * @map: for lockdep, which is to know them as a lock
 */
struct lustre_writers {
	spinlock_t		lock;		/* @list */
	struct list_head	list;
	wait_queue_head_t	wait;
	struct lockdep_map	map;
};

/**
 * struct lustre_writer - one of them
 * @link: struct lustre_writers.list
 * @start: first byte
 * @end: last byte, LUSTRE_EOF for the end
 * @gid: the group that it belongs to, 0: none
 * @holder: it is a group lock
 * @active: nobody was before it
 */
struct lustre_writer {
	struct list_head	link;
	u64			start;
	u64			end;
	u64			gid;
	bool			holder;
	bool			active;
};

/**
 * struct lustre_file_layout - the layout of a file at work
 * @rcu: freed after a grace period
 * @users: one for being in force, one for each I/O; the layout that comes next
 *	waits until there are none
 * @leaving: it does; no new I/O
 * @holes: the layout has no objects for parts of the file: what is cached of
 *	them are zeroes, which only the lock on the layout vouches for
 * @layout: what the metadata target said
 * @io_errno: why there is no data I/O, or 0
 * @failed: the mirror in use could not be read
 * @patient: so many I/Os have no other mirror to go to, and wait for this one
 * @nr_others: number of @others
 * @others: objects of the other mirrors, for the blocks that they have: behind
 *	@objects
 * @nr_objects: number of @objects, @layout->nr_stripes unless @io_errno
 * @objects: the objects of @layout, attached; NULL where one is lost
 */
struct lustre_file_layout {
	struct rcu_head		rcu;
	refcount_t		users;
	bool			leaving;
	bool			holes;
	struct lustre_layout	*layout;
	int			io_errno;
	bool			failed;
	atomic_t		patient;
	u32			nr_others;
	struct osc_object	**others;
	u32			nr_objects;
	struct osc_object	*objects[] __counted_by(nr_objects);
};

struct lustre_dir;
struct lustre_group;
struct lustre_io;
struct lustre_link;
struct lustre_statahead;

/*
 * struct lustre_inode - one file, directory, ... of a mounted file system
 *
 * What comes from metadata targets first, set in inode.c and the files of the
 * name space; then what data I/O needs, set in object.c, addr.c, io.c, file.c,
 * size.c.
 */
struct lustre_inode {
	struct inode		vfs_inode;
	struct lustre_fid	fid;		/* constant */
	struct work_struct	put_work;	/* lustre_iput() */

	/* ---- attributes and names ---- */
	spinlock_t		attr_lock;	/* the next four */
	u64			valid_bits;	/* MDS_INODELOCK_*: attributes fresh */
	unsigned long		lookup_gen;	/* d_time of valid names */
	unsigned long		dir_gen;	/* d_time of valid negative names */
	unsigned int		dir_misses;	/* uncacheable negative lookups */
	s64			btime;		/* seconds, 0 = unknown */
	u32			projid;
	u32			mds_flags;	/* LUSTRE_*_FL as received */
	u32			stripes;	/* MDC_DIR_* of a directory */
	/* What the MDT thinks they are, @size_lock; 0: it does not know */
	u64			lazy_size;
	u64			lazy_blocks;
	bool			mds_size;	/* the MDT's size is the size */
	bool			data_modified;	/* written since the last close */
	bool			nokey;		/* encrypted, once and for all */
	struct lustre_link	*link;		/* target, set once, or NULL */
	struct mutex		open_lock;	/* @opens, and opening */
	struct lustre_open_handle	opens[LUSTRE_OPEN_MODES];
	struct list_head	keep_link;	/* sbi->keep_lock; its list */
	unsigned long		closed;		/* jiffies, 0: never; a hint */
	struct lustre_dir	*dir;		/* cached pages, set once */
	struct lustre_statahead	*statahead;	/* of a directory, set once */
	/* struct lustre_flock_lost: whose file locks are lost, @attr_lock */
	struct list_head	lost_flocks;

	/* ---- layout, objects, size ---- */
	struct mutex		layout_lock;	/* changes of @layout */
	/* In force, or NULL; an I/O on it has a use, see lustre_io_begin() */
	struct lustre_file_layout __rcu	*layout;
	/* Woken when the last use ends, and when there is a new layout */
	wait_queue_head_t	layout_wait;
	struct lockdep_map	layout_map;	/* the uses, for lockdep */
	/* Parts of the file that write(2) and truncate(2) are at */
	struct lustre_writers	writers;
	atomic_t		unpaid;		/* folios dirtied without grant */
	bool			write_through;	/* hint: there is no grant */
	/* Created here, size never asked for: see lustre_size_first(). */
	bool			fresh;
	spinlock_t		size_lock;	/* i_size, i_blocks, times */
	s64			mds_mtime;	/* @size_lock; from the MDS */
	s64			mds_atime;	/* @size_lock */
	s64			mds_ctime;	/* @size_lock */
	s64			merged_atime;	/* @size_lock; i_atime if not read */
};

/* Inode number that users see (10 section 2.1) */
static inline u64 lustre_ino(const struct super_block *sb,
			     const struct lustre_fid *fid)
{
	if (LUSTRE_SB(sb)->opts.flags & LUSTRE_MOUNT_32BITAPI)
		return lustre_fid_ino32(fid);
	return lustre_fid_ino64(fid);
}

static inline struct lustre_inode *LUSTRE_I(const struct inode *inode)
{
	return container_of(inode, struct lustre_inode, vfs_inode);
}

/* ---- super.c, context.c, target.c, param.c, statfs.c ---- */
struct fs_context;
struct kstatfs;
struct seq_file;

extern const struct mgc_config_ops lustre_config_ops;	/* priv: lustre_sb */

int lustre_super_init(void);
void lustre_super_exit(void);
int lustre_fill_super(struct super_block *sb, struct fs_context *fc);
void lustre_kill_sb(struct super_block *sb);
int lustre_init_fs_context(struct fs_context *fc);
int lustre_show_options(struct seq_file *m, struct dentry *root);
int lustre_statfs(struct dentry *dentry, struct kstatfs *st);
int lustre_statfs_sb(struct lustre_sb *sbi, struct kstatfs *st, bool lazy);

struct osc *lustre_osc_get(struct lustre_sb *sbi, u32 index);
int lustre_osc_wait(struct lustre_sb *sbi, u32 index);
void lustre_targets_connect(struct lustre_sb *sbi);
void lustre_targets_abort(struct lustre_sb *sbi);
void lustre_targets_give_up(struct lustre_sb *sbi);
void lustre_targets_destroy(struct lustre_sb *sbi, bool force);

int lustre_config_param(void *priv, const char *target, const char *key,
			const char *value);
void lustre_settings_apply(struct lustre_sb *sbi, const char *name);
void lustre_settings_free(struct lustre_sb *sbi);

/* ---- inode.c, namei.c, dir.c, symlink.c, open.c, xattr.c ---- */
extern const struct dentry_operations lustre_dentry_operations;
extern const struct inode_operations lustre_file_inode_operations;
extern const struct inode_operations lustre_dir_inode_operations;
extern const struct inode_operations lustre_symlink_inode_operations;
extern const struct inode_operations lustre_special_inode_operations;
extern const struct file_operations lustre_dir_operations;
extern const struct xattr_handler * const lustre_xattr_handlers[];
extern const struct export_operations lustre_export_ops;

void lustre_revoked(struct lustre_sb *sbi, const struct lustre_fid *fid,
		    u64 bits);
void lustre_flock_lost(struct lustre_sb *sbi, const struct lustre_fid *fid,
		       u64 owner);
/* Namespace members of a fresh inode: in ->alloc_inode() */
void lustre_inode_init_namespace(struct lustre_inode *li);
/* Inode gone from the cache: in ->evict_inode(), after the pages went */
void lustre_inode_clear_namespace(struct inode *inode);
/* Root inode of the mount, sbi->root_fid known; or ERR_PTR */
struct inode *lustre_iget_root(struct super_block *sb);
/* Are all these inode bits and what they protect valid?  Does not sleep. */
bool lustre_inode_covered(struct inode *inode, u64 bits);
void lustre_iput(struct inode *inode);
extern struct workqueue_struct *lustre_inode_wq;	/* super.c */
int lustre_layout_refresh(struct inode *inode);
int lustre_layout_change(struct inode *inode, u32 opc, u64 start, u64 end);
int lustre_layout_restore(struct inode *inode);
int lustre_getattr(struct mnt_idmap *idmap, const struct path *path,
		   struct kstat *stat, u32 request_mask, unsigned int flags);
int lustre_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
		   struct iattr *attr);
int lustre_kill_set_id(struct inode *inode);
/* ->open() and ->release() of files and directories */
int lustre_open(struct inode *inode, struct file *file);
int lustre_release(struct inode *inode, struct file *file);
void lustre_keep_trim(struct lustre_sb *sbi, bool all);

/* ---- flock.c ---- */
void lustre_flocks_init(struct lustre_flocks *f);
void lustre_flock_clear(struct inode *inode);
void lustre_flock_note_lost(struct inode *inode, u64 owner);
int lustre_flock_check(struct file *file);

/* ---- writers.c ---- */
void lustre_writers_init(struct lustre_inode *li);
int lustre_writer_enter(struct inode *inode, struct lustre_writer *w,
			u64 start, u64 end, struct file *file);
int lustre_writer_hold(struct inode *inode, struct lustre_writer *w, u64 gid,
		       bool nowait);
void lustre_writer_let_go(struct inode *inode, struct lustre_writer *w);
int lustre_writers_wait_group(struct inode *inode);
void lustre_writer_leave(struct inode *inode, struct lustre_writer *w);
void lustre_writer_hand_over(struct inode *inode);
void lustre_writer_take_over(struct inode *inode);

/* ---- object.c, addr.c, file.c, size.c ---- */
extern const struct address_space_operations lustre_aops;
int lustre_addr_init(void);
void lustre_addr_exit(void);
extern const struct file_operations lustre_file_operations;

/* Data members of a fresh inode: in ->alloc_inode(); and in ->evict_inode() */
void lustre_data_inode_init(struct lustre_inode *li);
void lustre_data_inode_clear(struct inode *inode);
/* A regular file got its type: operations of the page cache. */
void lustre_data_inode_setup(struct inode *inode);

int lustre_layout_apply(struct inode *inode, const void *ea, size_t len,
			bool locked);
int lustre_layout_retry(struct inode *inode);
void lustre_layout_lost(struct inode *inode);
int lustre_data_errno(struct inode *inode);
void lustre_dom_told(struct inode *inode, const struct mdc_reply *rep);
bool lustre_has_data(struct inode *inode);
bool lustre_is_hole(struct inode *inode, u64 pos);
void lustre_holes_forget(struct inode *inode,
			 const struct lustre_file_layout *fl);
struct osc_object *lustre_object_at(struct inode *inode, u64 pos,
				    u64 *obj_off);

struct osc_object *lustre_object_open(struct inode *inode,
				      const struct lustre_layout *layout,
				      const struct lustre_comp *comp,
				      const struct lustre_stripe *stripe, u32 i,
				      bool attach);
struct lustre_file_layout *lustre_file_layout_new(struct lustre_layout *layout);
void lustre_file_layout_drop(struct lustre_file_layout *fl);
int lustre_layout_look_at(struct inode *inode,
			  const struct lustre_layout *layout, u32 mirror);
struct lustre_layout *lustre_layout_latest(struct inode *inode);

/* ---- mirror.c ---- */
u32 lustre_mirror_best(struct inode *inode, const struct lustre_layout *layout,
		       u32 tried);
u32 lustre_others_count(const struct lustre_layout *layout);
void lustre_others_open(struct inode *inode, struct lustre_file_layout *fl);
void lustre_others_close(struct lustre_file_layout *fl);
int lustre_mirror_next(struct lustre_io *io);
void lustre_mirror_failed(struct inode *inode);
u32 lustre_mirror_flags(struct inode *inode);

/* ---- io.c ---- */

/*
 * What lustre_io_begin() makes sure of.  There is an object for each byte of a
 * range that is locked to write, unless it goes on to LUSTRE_EOF: then there may
 * be more of them later.
 */
#define LUSTRE_IO_REFRESH	BIT(0)	/* the layout is the present one */
#define LUSTRE_IO_PR		BIT(1)	/* the range is locked to read */
#define LUSTRE_IO_PW		BIT(2)	/* the range is locked to write */
#define LUSTRE_IO_SIZE		BIT(3)	/* i_size is right, or reaches the end */
#define LUSTRE_IO_DISCARD	BIT(4)	/* who else has it need not write back */
#define LUSTRE_IO_ANY_GROUP	BIT(5)	/* a group lock of this client will do */
#define LUSTRE_IO_PATIENT	BIT(6)	/* there is no other mirror to go to */
#define LUSTRE_IO_DATA		BIT(7)	/* they are brought back from an archive */

#define LUSTRE_IO_READ		(LUSTRE_IO_REFRESH | LUSTRE_IO_PR | \
				 LUSTRE_IO_SIZE | LUSTRE_IO_DATA)
#define LUSTRE_IO_WRITE		(LUSTRE_IO_REFRESH | LUSTRE_IO_PW | \
				 LUSTRE_IO_DATA)
/* Layout errno of a file whose data an archive has */
#define LUSTRE_ARCHIVED		(-ENODATA)
/* io_errno: the configuration lacks a target, see lustre_layout_retry() */
#define LUSTRE_NO_TARGET	(-ENXIO)
/* Another file has an object */
#define LUSTRE_CLAIMED		(-EIO)

#define LUSTRE_IO_FEW		4

/**
 * struct lustre_io_need - what an I/O has to find objects for
 * @opc: LAYOUT_INTENT_WRITE or LAYOUT_INTENT_TRUNC; 0: for nothing
 * @start: first byte
 * @end: last byte
 * @file: whose group lock it is done under, if that has one; or NULL
 * @cut: the file is to end before @end: all from there on changes
 * @chosen: past the page cache, so it goes to the mirror that @file asks for
 */
struct lustre_io_need {
	u32		opc;
	u64		start;
	u64		end;
	struct file	*file;
	bool		cut;
	bool		chosen;
};

/**
 * struct lustre_io_stale - a change that targets refused
 * @gen: generation of the layout that it went by
 * @tries: how often that was so
 */
struct lustre_io_stale {
	u32		gen;
	unsigned int	tries;
};

/**
 * struct lustre_io - one I/O on a range of a file
 * @inode: the file
 * @fl: its layout, which stays in force; NULL: none is known
 * @base: what is in force if @fl is another mirror, see designate.c; else NULL
 * @start: first byte
 * @end: last byte
 * @how: LUSTRE_IO_*
 * @need: what it has to find objects for
 * @group: group lock that it is done under, or NULL
 * @changed: how often the layout was changed for that
 * @late: how often it was lost before there were locks
 * @restored: how often the data were brought back
 * @begun: it goes on
 * @designated: the mirror is the caller's choice
 * @spare: there is another mirror to go to
 * @failed: the mirror could not be read
 * @gen: generation of the layout that was used last
 * @mirror: index of the mirror
 * @tried: bit mask of mirrors that could not be read
 * @locks: one for each object that the range touches, ascending
 * @nr: elements of @locks
 * @few: @locks of ranges that touch few objects
 * @asked: targets were asked for sizes
 */
struct lustre_io {
	struct inode		*inode;
	struct lustre_file_layout	*fl;
	struct lustre_file_layout	*base;
	u64			start;
	u64			end;
	u32			how;
	struct lustre_io_need	need;
	struct lustre_group	*group;
	unsigned int		changed;
	unsigned int		late;
	unsigned int		restored;
	bool			begun;
	bool			designated;
	bool			spare;
	bool			failed;
	u32			gen;
	u32			mirror;
	u32			tried;
	struct ldlm_lock	**locks;
	unsigned int		nr;
	struct ldlm_lock	*few[LUSTRE_IO_FEW];
	bool			asked;
};

int lustre_io_begin(struct inode *inode, u64 start, u64 end, u32 how,
		    struct lustre_io *io);
int lustre_io_begin_for(struct inode *inode, u64 start, u64 end, u32 how,
			const struct lustre_io_need *need,
			struct lustre_io *io);
bool lustre_io_finds(const struct lustre_io *io, u64 start, u64 end);
void lustre_io_peek(struct inode *inode, struct lustre_io *io);
bool lustre_io_elsewhere(struct lustre_io *io, int *err);
bool lustre_io_stale(const struct lustre_io *io, int err,
		     struct lustre_io_stale *stale);
void lustre_io_end(struct lustre_io *io);
void lustre_io_hand_over(struct lustre_io *io);
void lustre_io_take_over(struct lustre_io *io);

/* Range of an I/O of @count bytes: its last one */
static inline u64 lustre_io_last(u64 pos, size_t count)
{
	return min_t(u64, pos + count - 1, MAX_LFS_FILESIZE);
}

/* Is there an object that data could be in? */
static inline bool lustre_io_has_data(const struct lustre_io *io)
{
	return io->fl && io->fl->nr_objects;
}

/* The layout in force, for what is called in the course of an I/O */
static inline struct lustre_file_layout *lustre_io_layout(struct inode *inode)
{
	struct lustre_inode *li = LUSTRE_I(inode);

	return rcu_dereference_protected(li->layout,
					 lock_is_held(&li->layout_map));
}

/* ---- xfer.c, object.c, addr.c, size.c ---- */

#define LUSTRE_XFER_FEW	8

/**
 * struct lustre_xfer - bulk transfers under construction; initialise with {}
 *	and end with lustre_xfer_end()
 * @brw: each object has its place here, by its stripe
 * @nr: places; 0: nothing was built yet
 * @few: @brw of files with few stripes
 */
struct lustre_xfer {
	struct osc_brw	**brw;
	unsigned int	nr;
	struct osc_brw	*few[LUSTRE_XFER_FEW];
};

void lustre_xfer_end(struct lustre_xfer *x);
struct osc_brw *lustre_xfer_find(struct lustre_xfer *x, struct osc_object *obj,
				 u32 flags);
struct osc_brw *lustre_xfer_new(struct lustre_xfer *x, struct osc_object *obj,
				u32 flags, const struct osc_brw_ops *ops,
				void *priv);
int lustre_xfer_write(struct lustre_xfer *x, struct address_space *mapping,
		      u64 start, u64 end);

int lustre_size_glimpse(struct inode *inode);
int lustre_size_stat(struct inode *inode, bool *asked);
unsigned int lustre_size_ahead(struct inode *inode);
unsigned int lustre_size_ahead_ea(struct super_block *sb, const void *ea,
				  size_t len);
int lustre_size_open(struct inode *inode, bool write);
bool lustre_size_told(struct inode *inode);
bool lustre_size_best(struct inode *inode, u64 *size, u64 *blocks);
void lustre_size_merge(struct inode *inode);
int lustre_size_for_io(struct lustre_io *io);
u64 lustre_size_max(struct lustre_io *io, u64 start, u64 end);
int lustre_size_allowed(struct inode *inode, u64 size);
void lustre_size_update(struct lustre_io *io);
extern const struct osc_object_ops lustre_object_ops;
void lustre_mkwrite(struct lustre_io *io, struct folio *folio);
void lustre_object_stored(struct lustre_io *io, u32 i, u64 end);
void lustre_tail_seal(struct inode *inode);
void lustre_write_set_size(struct inode *inode, struct osc_object *obj,
			   u64 obj_end, loff_t end);
void lustre_truncate_known(const struct lustre_file_layout *fl, u64 size);
int lustre_truncate_objects(struct lustre_io *io, u64 size,
			    struct osc_multi *m);
int lustre_size_truncate(struct inode *inode, u64 size, struct file *file);
int lustre_size_settimes(struct inode *inode, const struct iattr *attr);

/* ---- fiemap.c ---- */
struct fiemap_extent_info;
int lustre_fiemap(struct inode *inode, struct fiemap_extent_info *info,
		  u64 start, u64 len);

/* ---- space.c ---- */
loff_t lustre_space_seek(struct inode *inode, loff_t offset, int whence);
long lustre_fallocate(struct file *file, int mode, loff_t offset, loff_t len);

/* ---- group.c ---- */
struct lustre_group *lustre_group_get(struct file *file, struct inode *inode);
void lustre_group_put(struct lustre_group *group);
u64 lustre_group_gid(struct file *file, struct inode *inode);
bool lustre_group_locked(struct file *file);
int lustre_group_use(struct lustre_group *group, u32 object,
		     const struct osc_object *obj, struct ldlm_lock **lockp);
void lustre_group_end(struct inode *inode, struct lustre_file *lf);

/* ---- designate.c ---- */
bool lustre_designated(struct file *file);
int lustre_designate(struct lustre_io *io);
void lustre_designate_end(struct lustre_io *io);
int lustre_designated_lacks(const struct lustre_io *io);
int lustre_designated_truncate(struct inode *inode, u64 size,
			       struct file *file);

/* ---- ioctl.c ---- */
long lustre_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
#ifdef CONFIG_COMPAT
long lustre_compat_ioctl(struct file *file, unsigned int cmd,
			 unsigned long arg);
#else
#define lustre_compat_ioctl	NULL
#endif

/* ---- file.c, direct.c ---- */
ssize_t lustre_write_start(struct kiocb *iocb, struct iov_iter *from, bool more,
			   struct lustre_io *io);
ssize_t lustre_direct_read(struct kiocb *iocb, struct iov_iter *to);
ssize_t lustre_direct_write(struct kiocb *iocb, struct iov_iter *from);

#endif /* _LUSTRE_INTERNAL_H */
