// SPDX-License-Identifier: GPL-2.0-only
/*
 * Group locks: an open file has a whole file to itself, and to others that named
 * the same group (07 section 9.4).
 *
 * It has a group lock on each object.  I/O through it goes on under these;
 * through other open files of this client it waits, as it does elsewhere.  The
 * members of a group see to it themselves that they don't get into each other's
 * way: what one has cached is not told to the others.
 */
#include <linux/slab.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

/**
 * struct lustre_group - the group lock of an open file
 * @ref: the file's, and one for each I/O
 * @rcu: freed after a grace period
 * @inode: the file
 * @writer: keeps writers of this client out
 * @gid: number of the group
 * @nr: elements of @at
 * @at: locks of objects, in the order of the layout; NULL: no object
 */
struct lustre_group {
	refcount_t		ref;
	struct rcu_head		rcu;
	struct inode		*inode;
	struct lustre_writer	*writer;
	u64			gid;
	u32			nr;
	struct osc_group	*at[] __counted_by(nr);
};

/* Unlock the objects.  NULL is fine. */
static void lustre_group_release(struct lustre_group *group)
{
	if (!group)
		return;
	for (u32 i = 0; i < group->nr; i++)
		if (group->at[i])
			osc_group_unlock(group->at[i]);
	kfree_rcu(group, rcu);
}

/* End of a use; NULL is fine.  Any context that may take a spinlock */
void lustre_group_put(struct lustre_group *group)
{
	struct lustre_writer *writer;
	struct inode *inode;

	if (!group || !refcount_dec_and_test(&group->ref))
		return;
	writer = group->writer;
	inode = group->inode;
	lustre_group_release(group);
	lustre_writer_let_go(inode, writer);
	kfree(writer);
}

/**
 * lustre_group_get - the group lock of an open file
 * @file: the file; NULL: none
 * @inode: what the I/O is on
 *
 * Return: the lock, for lustre_group_put(); NULL: it has none.
 */
struct lustre_group *lustre_group_get(struct file *file, struct inode *inode)
{
	struct lustre_group *group;
	struct lustre_file *lf;

	/* Stacked file systems may have another one. */
	if (!file || file_inode(file) != inode)
		return NULL;
	lf = file->private_data;
	rcu_read_lock();
	group = lf ? rcu_dereference(lf->group) : NULL;
	if (group && !refcount_inc_not_zero(&group->ref))
		group = NULL;
	rcu_read_unlock();
	return group;
}

/* The group that an open file is locked for; 0: none, or there is no file */
u64 lustre_group_gid(struct file *file, struct inode *inode)
{
	struct lustre_group *group = lustre_group_get(file, inode);
	u64 gid = group ? group->gid : 0;

	lustre_group_put(group);
	return gid;
}

/* Does an open file have a group lock? */
bool lustre_group_locked(struct file *file)
{
	const struct lustre_file *lf = file->private_data;

	return rcu_access_pointer(lf->group);
}

/**
 * lustre_group_use - lock an object for an I/O
 * @group: of the open file
 * @object: index of the object
 * @obj: the object
 * @lockp: returns the lock with a use
 *
 * Return: 0; -EIO: an eviction took it, or there is another layout since.
 */
int lustre_group_use(struct lustre_group *group, u32 object,
		     const struct osc_object *obj, struct ldlm_lock **lockp)
{
	struct osc_group *g;

	g = object < group->nr ? group->at[object] : NULL;
	if (!g || g->obj != obj)
		return -EIO;
	*lockp = osc_group_use(g);
	return *lockp ? 0 : -EIO;
}

/* Lock all objects, in ascending order as everybody does. */
static int lustre_group_fill(struct lustre_group *group,
			     const struct lustre_file_layout *fl, bool nowait)
{
	struct osc_group *g;

	for (u32 i = 0; i < fl->nr_objects; i++) {
		if (!fl->objects[i])
			continue;
		g = osc_group_lock(fl->objects[i], group->gid, nowait);
		if (IS_ERR(g))
			return PTR_ERR(g);
		group->at[i] = g;
	}
	return 0;
}

/* New group lock, with room for the objects of a layout; nothing is locked */
static struct lustre_group *lustre_group_new(struct inode *inode, u64 gid,
					     u32 nr)
{
	struct lustre_group *group;

	group = kzalloc(struct_size(group, at, nr), GFP_NOFS);
	if (!group)
		return NULL;
	refcount_set(&group->ref, 1);
	group->inode = inode;
	group->gid = gid;
	group->nr = nr;
	return group;
}

/*
 * The layout is the present one, with all of its objects.  It may change while
 * we wait for locks: *@again.
 */
static struct lustre_group *lustre_group_try(struct inode *inode, u64 gid,
					     bool nowait, bool *again)
{
	const struct lustre_io_need need = {
		.opc	= LAYOUT_INTENT_WRITE,
		.end	= LUSTRE_EOF,
	};
	struct lustre_group *group = NULL;
	struct lustre_io io;
	int err;

	err = lustre_io_begin_for(inode, 0, LUSTRE_EOF,
				  LUSTRE_IO_REFRESH | LUSTRE_IO_DATA, &need,
				  &io);
	if (err)
		return ERR_PTR(err);
	err = io.fl ? io.fl->io_errno : -EIO;
	if (!err)
		group = lustre_group_new(inode, gid, io.fl->nr_objects);
	if (!err && !group)
		err = -ENOMEM;
	if (!err)
		err = lustre_group_fill(group, io.fl, nowait);
	*again = !err && READ_ONCE(io.fl->leaving);
	lustre_io_end(&io);
	if (!err && !*again)
		return group;
	lustre_group_release(group);
	return ERR_PTR(err);
}

/* Make a group lock the file's: -EINVAL if it has one. */
static int lustre_group_attach(struct inode *inode, struct lustre_file *lf,
			       struct lustre_group *group)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	int err = -EINVAL;

	mutex_lock(&li->open_lock);
	if (!rcu_access_pointer(lf->group)) {
		rcu_assign_pointer(lf->group, group);
		err = 0;
	}
	mutex_unlock(&li->open_lock);
	return err;
}

/*
 * Take the file's group lock away; NULL: it has none, or one of another group.
 * @gid: 0: whichever it is
 */
static struct lustre_group *lustre_group_detach(struct inode *inode,
						struct lustre_file *lf,
						u64 gid)
{
	struct lustre_inode *li = LUSTRE_I(inode);
	struct lustre_group *group;

	mutex_lock(&li->open_lock);
	group = rcu_dereference_protected(lf->group,
					  lockdep_is_held(&li->open_lock));
	if (group && gid && group->gid != gid)
		group = NULL;
	if (group)
		RCU_INIT_POINTER(lf->group, NULL);
	mutex_unlock(&li->open_lock);
	return group;
}

/* A file is closed. */
void lustre_group_end(struct inode *inode, struct lustre_file *lf)
{
	if (rcu_access_pointer(lf->group))
		lustre_group_put(lustre_group_detach(inode, lf, 0));
}

/* Take the lock; @writer keeps others of this client out meanwhile. */
static int lustre_group_take(struct file *file, u64 gid, bool nowait,
			     struct lustre_writer *writer)
{
	struct inode *inode = file_inode(file);
	struct lustre_group *group;
	bool again;
	int err;

	do {
		again = false;
		group = lustre_group_try(inode, gid, nowait, &again);
	} while (again);
	if (IS_ERR(group))
		return PTR_ERR(group);
	group->writer = writer;
	err = lustre_group_attach(inode, file->private_data, group);
	if (err)
		lustre_group_release(group);
	return err;
}

long lustre_ioc_group_lock(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	bool nowait = file->f_flags & O_NONBLOCK;
	u64 gid = (unsigned long)arg;
	struct lustre_writer *writer;
	int err;

	if (!gid || lustre_group_locked(file))
		return -EINVAL;
	writer = kzalloc_obj(*writer);
	if (!writer)
		return -ENOMEM;
	err = lustre_writer_hold(inode, writer, gid, nowait);
	if (!err) {
		err = lustre_group_take(file, gid, nowait, writer);
		if (err)
			lustre_writer_let_go(inode, writer);
	}
	if (err)
		kfree(writer);
	return err;
}

long lustre_ioc_group_unlock(struct file *file, void __user *arg)
{
	u64 gid = (unsigned long)arg;
	struct lustre_group *group;

	if (!gid)
		return -EINVAL;
	group = lustre_group_detach(file_inode(file), file->private_data, gid);
	if (!group)
		return -EINVAL;
	lustre_group_put(group);
	return 0;
}

long lustre_ioc_getflags(struct file *file, void __user *arg)
{
	int flags = lustre_group_locked(file) ? LL_FILE_GROUP_LOCKED : 0;

	return put_user(flags, (int __user *)arg);
}
