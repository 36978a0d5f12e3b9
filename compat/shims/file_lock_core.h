/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: file_lock_core
 * names: file_lock file_lock_core locks_lock_file_wait posix_test_lock
 *	kcompat_file_lock
 * header: linux/fs.h
 * place: late
 * upstream: v6.9 what locks and leases share is a structure of its own
 * unless: file_lock_core
 * include: linux/fs.h linux/filelock.h
 * needs: fl_flags fl_owner fl_owner_t fl_pid fl_type loff_t
 * use: struct file *f, struct file_lock *l: int rc =
 *	locks_lock_file_wait(f, l); posix_test_lock(f, l); l->c.flc_type = 0;
 *	(void)rc;
 *
 * note: The source's struct file_lock is one of its own, with what it may look
 * at; it stands for this kernel's, and is copied there and back where the kernel
 * calls or is called.  It serves locks that the VFS made, in ->lock() and
 * ->flock(), not such as the source would make itself.
 */
struct file_lock_core {
	fl_owner_t flc_owner;
	unsigned int flc_flags;
	unsigned char flc_type;
	unsigned int flc_pid;
};

struct kcompat_flock {
	struct file_lock_core c;
	loff_t fl_start;
	loff_t fl_end;
	struct file_lock *kcompat_lock;
};

static inline void kcompat_flock_get(struct kcompat_flock *up,
				     struct file_lock *fl)
{
	up->c.flc_owner = fl->fl_owner;
	up->c.flc_flags = fl->fl_flags;
	up->c.flc_type = fl->fl_type;
	up->c.flc_pid = fl->fl_pid;
	up->fl_start = fl->fl_start;
	up->fl_end = fl->fl_end;
	up->kcompat_lock = fl;
}

static inline struct file_lock *kcompat_flock_put(struct kcompat_flock *up)
{
	struct file_lock *fl = up->kcompat_lock;

	fl->fl_owner = up->c.flc_owner;
	fl->fl_flags = up->c.flc_flags;
	fl->fl_type = up->c.flc_type;
	fl->fl_pid = up->c.flc_pid;
	fl->fl_start = up->fl_start;
	fl->fl_end = up->fl_end;
	return fl;
}

static inline int
kcompat_file_lock(struct file *file, int cmd, struct file_lock *fl,
		  int (*lock)(struct file *file, int cmd,
			      struct kcompat_flock *fl))
{
	struct kcompat_flock up;
	int rc;

	kcompat_flock_get(&up, fl);
	rc = lock(file, cmd, &up);
	kcompat_flock_put(&up);
	return rc;
}

static inline int kcompat_lock_file_wait(struct file *file,
					 struct kcompat_flock *up)
{
	struct file_lock *fl = kcompat_flock_put(up);
	int rc = locks_lock_file_wait(file, fl);

	kcompat_flock_get(up, fl);
	return rc;
}

static inline void kcompat_posix_test_lock(struct file *file,
					   struct kcompat_flock *up)
{
	struct file_lock *fl = kcompat_flock_put(up);

	posix_test_lock(file, fl);
	kcompat_flock_get(up, fl);
}

#define locks_lock_file_wait(file, fl)	kcompat_lock_file_wait(file, fl)
#define posix_test_lock(file, fl)	kcompat_posix_test_lock(file, fl)
#define file_lock			kcompat_flock
