// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctls of files and directories: which there are, and those about the file
 * system and identities (10 section 3).
 *
 * What the caller points to is copied once; sizes come from the structures, or
 * from a length that was checked.
 */
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

static_assert(sizeof(struct ll_fid) == 16);
static_assert(sizeof(struct ll_fid2path) == 32);
static_assert(sizeof(struct ll_data_version) == 16);
static_assert(sizeof(struct ll_obd_ioctl) == 576);
static_assert(offsetof(struct ll_obd_ioctl, ioc_plen1) == 480);
static_assert(offsetof(struct ll_obd_ioctl, ioc_pbuf2) == 504);
static_assert(offsetof(struct ll_obd_ioctl, ioc_inlbuf1) == 520);
static_assert(offsetof(struct ll_obd_ioctl, ioc_inlbuf2) == 536);
static_assert(sizeof(struct ll_obd_statfs) == 144);

/* ------------------------------------------------------------ identities -- */

static void lustre_fid_to_user(struct ll_fid *to, const struct lustre_fid *fid)
{
	*to = (struct ll_fid){ fid->seq, fid->oid, fid->ver };
}

static long lustre_ioc_path2fid(struct file *file, void __user *arg)
{
	struct ll_fid fid;

	lustre_fid_to_user(&fid, lustre_fid(file_inode(file)));
	return copy_to_user(arg, &fid, sizeof(fid)) ? -EFAULT : 0;
}

/* Names of what the caller might not be able to reach */
static long lustre_ioc_fid2path(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct ll_fid2path head;
	struct mdc_path path;
	long rc;

	if (!capable(CAP_DAC_READ_SEARCH))
		return -EPERM;
	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	path = (struct mdc_path){
		.fid	= { head.gf_fid.f_seq, head.gf_fid.f_oid,
			    head.gf_fid.f_ver },
		.recno	= head.gf_recno,
		.linkno	= head.gf_linkno,
		.size	= min_t(u32, head.gf_pathlen, PATH_MAX),
	};
	if (!lustre_fid_is_sane(&path.fid) || path.size < 2)
		return -EINVAL;
	path.text = kzalloc(path.size, GFP_KERNEL);
	if (!path.text)
		return -ENOMEM;
	rc = mdc_fid2path(lustre_lmv(inode), &LUSTRE_SB(inode->i_sb)->root_fid,
			  &path);
	head.gf_linkno = path.linkno;
	if (!rc && (copy_to_user(arg, &head, sizeof(head)) ||
		    copy_to_user(arg + sizeof(head), path.text,
				 strlen(path.text) + 1)))
		rc = -EFAULT;
	kfree(path.text);
	return rc;
}

static long lustre_ioc_fid2mdtidx(struct file *file, void __user *arg)
{
	struct lustre_fid fid;
	struct ll_fid user;

	if (copy_from_user(&user, arg, sizeof(user)))
		return -EFAULT;
	fid = (struct lustre_fid){ user.f_seq, user.f_oid, user.f_ver };
	if (!lustre_fid_is_sane(&fid))
		return -EINVAL;
	return lmv_mdt_index(lustre_lmv(file_inode(file)), &fid);
}

static long lustre_ioc_getmdtidx(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	int index = lmv_mdt_index(lustre_lmv(inode), lustre_fid(inode));

	return index < 0 ? index : put_user(index, (int __user *)arg);
}

static long lustre_ioc_getversion(struct file *file, void __user *arg)
{
	return put_user(file_inode(file)->i_generation, (int __user *)arg);
}

/* ------------------------------------------------------- the file system -- */

/* Name of the one device that stands for all targets of a kind */
static long lustre_ioc_device(struct file *file, void __user *arg,
			      const char *kind)
{
	struct lustre_sb *sbi = LUSTRE_SB(file_inode(file)->i_sb);
	struct ll_name name = {};

	scnprintf(name.name, sizeof(name.name), "%s-cli%s-%016llx",
		  sbi->opts.dev.fsname, kind, sbi->instance);
	return copy_to_user(arg, &name, sizeof(name)) ? -EFAULT : 0;
}

static long lustre_ioc_getdtname(struct file *file, void __user *arg)
{
	return lustre_ioc_device(file, arg, "lov");
}

static long lustre_ioc_getmdname(struct file *file, void __user *arg)
{
	return lustre_ioc_device(file, arg, "lmv");
}

static long lustre_ioc_getuuid(struct file *file, void __user *arg)
{
	struct ll_uuid uuid = {};

	strscpy(uuid.uuid, LUSTRE_SB(file_inode(file)->i_sb)->uuid,
		sizeof(uuid.uuid));
	return copy_to_user(arg, &uuid, sizeof(uuid)) ? -EFAULT : 0;
}

/* Places for object targets: the highest index and one more */
static u32 lustre_ost_slots(struct lustre_sb *sbi)
{
	unsigned long index;
	struct osc *osc;
	u32 slots = 0;

	xa_for_each(&sbi->oscs, index, osc)
		slots = index + 1;
	return slots;
}

static long lustre_ioc_getobdcount(struct file *file, void __user *arg)
{
	struct lustre_sb *sbi = LUSTRE_SB(file_inode(file)->i_sb);
	int __user *p = arg;
	int n;

	if (get_user(n, p))
		return -EFAULT;
	switch (n) {
	case 0:
		n = lustre_ost_slots(sbi);
		break;
	case 1:
		n = lmv_mdt_slots(sbi->lmv);
		break;
	default:
		return -EINVAL;
	}
	return put_user(n, p);
}

static long lustre_ioc_connect_flags(struct file *file, void __user *arg)
{
	struct ptlrpc_import *imp;
	struct ptlrpc_connect ocd;

	imp = lmv_import(lustre_lmv(file_inode(file)), 0);
	if (!imp)
		return -ENODEV;
	ptlrpc_import_grant(imp, &ocd);
	return copy_to_user(arg, &ocd.flags, sizeof(ocd.flags)) ? -EFAULT : 0;
}

/* ------------------------------------------------------- space of targets -- */

/* A target whose space is asked for */
struct lustre_target_statfs {
	struct ptlrpc_import	*imp;
	struct osc		*osc;	/* NULL: a metadata target */
	u32			index;
	bool			nodelay;
};

/*
 * The errors steer those who ask for one target after the other: there are no
 * more, there is none of this index, it can't be asked.
 */
static int lustre_statfs_find(struct lustre_sb *sbi, u32 type,
			      struct lustre_target_statfs *t)
{
	if (type & LL_STATFS_LMV) {
		if (t->index >= lmv_mdt_slots(sbi->lmv))
			return -ENODEV;
		t->imp = lmv_import(sbi->lmv, t->index);
	} else if (type & LL_STATFS_LOV) {
		if (t->index >= lustre_ost_slots(sbi))
			return -ENODEV;
		t->osc = xa_load(&sbi->oscs, t->index);
		t->imp = t->osc ? osc_import(t->osc) : NULL;
	} else {
		return -EINVAL;
	}
	if (!t->imp)
		return -EAGAIN;
	return ptlrpc_import_active(t->imp) ? 0 : -ENODATA;
}

static void lustre_statfs_from_ost(struct ll_obd_statfs *os,
				   const struct osc_statfs *st)
{
	os->os_blocks = st->blocks;
	os->os_bfree = st->bfree;
	os->os_bavail = st->bavail;
	os->os_files = st->files;
	os->os_ffree = st->ffree;
	os->os_bsize = st->bsize;
	os->os_namelen = st->namelen;
	os->os_maxbytes = st->maxbytes;
	os->os_state = st->state;
}

static void lustre_statfs_from_mdt(struct ll_obd_statfs *os,
				   const struct kstatfs *st)
{
	os->os_blocks = st->f_blocks;
	os->os_bfree = st->f_bfree;
	os->os_bavail = st->f_bavail;
	os->os_files = st->f_files;
	os->os_ffree = st->f_ffree;
	os->os_bsize = st->f_bsize;
	os->os_namelen = st->f_namelen;
	os->os_maxbytes = MAX_LFS_FILESIZE;
}

static int lustre_statfs_ask(struct lustre_sb *sbi,
			     const struct lustre_target_statfs *t,
			     struct ll_obd_statfs *os)
{
	struct osc_statfs ost = {};
	struct kstatfs mdt = {};
	int err;

	if (t->osc) {
		err = osc_statfs(t->osc, &ost, t->nodelay);
		lustre_statfs_from_ost(os, &ost);
	} else {
		err = mdc_statfs_target(sbi->lmv, t->index, &mdt, t->nodelay);
		lustre_statfs_from_mdt(os, &mdt);
	}
	if (err == -EAGAIN || err == -ETIMEDOUT || err == -ENOTCONN ||
	    err == -ENODEV || err == -ESHUTDOWN)
		return -ENODATA;
	return err;
}

static int lustre_statfs_tell(const struct ll_obd_ioctl *io,
			      const struct lustre_target_statfs *t,
			      const struct ll_obd_statfs *os)
{
	struct ll_uuid uuid = {};

	scnprintf(uuid.uuid, sizeof(uuid.uuid), "%s_UUID",
		  ptlrpc_import_name(t->imp));
	if (copy_to_user(u64_to_user_ptr(io->ioc_pbuf1), os, sizeof(*os)))
		return -EFAULT;
	if (io->ioc_plen2 &&
	    copy_to_user(u64_to_user_ptr(io->ioc_pbuf2), &uuid, sizeof(uuid)))
		return -EFAULT;
	return 0;
}

static long lustre_ioc_statfs(struct file *file, void __user *arg)
{
	struct lustre_sb *sbi = LUSTRE_SB(file_inode(file)->i_sb);
	struct lustre_target_statfs t = {};
	struct ll_obd_statfs os = {};
	struct ll_obd_ioctl io;
	u32 type;
	int err;

	if (copy_from_user(&io, arg, sizeof(io)))
		return -EFAULT;
	if (io.ioc_version != LL_OBD_IOCTL_VERSION ||
	    io.ioc_len < sizeof(io) || io.ioc_inllen1 < sizeof(type) ||
	    io.ioc_inllen2 < sizeof(t.index) || io.ioc_plen1 < sizeof(os) ||
	    (io.ioc_plen2 && io.ioc_plen2 < sizeof(struct ll_uuid)))
		return -EINVAL;
	if (copy_from_user(&type, u64_to_user_ptr(io.ioc_inlbuf1),
			   sizeof(type)) ||
	    copy_from_user(&t.index, u64_to_user_ptr(io.ioc_inlbuf2),
			   sizeof(t.index)))
		return -EFAULT;
	t.nodelay = type & LL_STATFS_NODELAY ||
		    sbi->opts.flags & LUSTRE_MOUNT_LAZYSTATFS;
	err = lustre_statfs_find(sbi, type, &t);
	return err ?: lustre_statfs_ask(sbi, &t, &os) ?:
	       lustre_statfs_tell(&io, &t, &os);
}

/* ---------------------------------------------------------- data versions -- */

/* Ask the metadata target for the version of what it has. */
static int lustre_version_on_mdt(struct inode *inode, u64 *sum)
{
	struct mdc_cred cred;
	u64 version = 0;
	int err;

	mdc_cred_init(&cred, inode, NULL);
	err = mdc_data_version(lustre_lmv(inode), lustre_fid(inode), &cred,
			       &version);
	*sum += version;
	return err;
}

/* Ask all objects of a file. */
static int lustre_version_objects(struct lustre_io *io,
				  struct ll_data_version *dv)
{
	struct osc_versions *v = osc_versions_new();
	struct osc_multi *m = osc_multi_new();
	int err = v && m ? 0 : -ENOMEM;
	u64 on_mdt = 0;

	for (u32 i = 0; !err && i < io->fl->nr_objects; i++)
		if (io->fl->layout->stripes[i].ost_idx == LUSTRE_STRIPE_ON_MDT)
			err = lustre_version_on_mdt(io->inode, &on_mdt);
		else if (io->fl->objects[i])
			osc_version(io->fl->objects[i], v, m);
	if (m)
		err = osc_multi_wait(m) ?: err;
	if (!err) {
		spin_lock(&v->lock);
		dv->idv_version = v->data + on_mdt;
		/* Metadata targets don't tell one. */
		dv->idv_layout_version = v->layout == U32_MAX ? 0 : v->layout;
		spin_unlock(&v->lock);
	}
	if (v)
		osc_versions_put(v);
	return err;
}

/**
 * lustre_data_version - what changes with each change of a file's data
 * @inode: a regular file
 * @dv: its idv_flags say how exact, the rest is returned
 *
 * Who wants what others have cached to count locks the file, which makes them
 * write it back.
 *
 * Return: 0; -EOPNOTSUPP: a target does not know; as lustre_io_begin().
 * Context: sleeps; not in the course of an I/O.  Spec: 07 section 10.3.
 */
int lustre_data_version(struct inode *inode, struct ll_data_version *dv)
{
	u32 how = LUSTRE_IO_REFRESH;
	struct lustre_io io;
	int err;

	dv->idv_version = 0;
	dv->idv_layout_version = 0;
	if (dv->idv_flags & LL_DV_WR_FLUSH)
		how |= LUSTRE_IO_PW;
	else if (dv->idv_flags & LL_DV_RD_FLUSH)
		how |= LUSTRE_IO_PR;
	if (how != LUSTRE_IO_REFRESH) {
		err = filemap_write_and_wait(inode->i_mapping);
		if (err)
			return err;
	}
	err = lustre_io_begin(inode, 0, LUSTRE_EOF, how, &io);
	if (err)
		return err;
	err = io.fl ? io.fl->io_errno : 0;
	if (!err && lustre_io_has_data(&io))
		err = lustre_version_objects(&io, dv);
	lustre_io_end(&io);
	return err;
}

static long lustre_ioc_data_version(struct file *file, void __user *arg)
{
	struct ll_data_version dv;
	int err;

	if (copy_from_user(&dv, arg, sizeof(dv)))
		return -EFAULT;
	err = lustre_data_version(file_inode(file), &dv);
	if (err)
		return err;
	return copy_to_user(arg, &dv, sizeof(dv)) ? -EFAULT : 0;
}

/* ------------------------------------------------------------------ which -- */

#define ON_FILE		BIT(0)
#define ON_DIR		BIT(1)
#define ON_ANY		(ON_FILE | ON_DIR)
/* Its structures have another shape in 32-bit programs. */
#define NATIVE		BIT(2)

static const struct lustre_ioctl {
	unsigned int cmd;
	unsigned int on;
	long (*fn)(struct file *file, void __user *arg);
} lustre_ioctls[] = {
	{ LL_IOC_GETVERSION, ON_ANY, lustre_ioc_getversion },
	{ FS_IOC_GETVERSION, ON_ANY, lustre_ioc_getversion },
	{ OBD_IOC_GETDTNAME, ON_ANY, lustre_ioc_getdtname },
	{ OBD_IOC_GETMDNAME, ON_ANY, lustre_ioc_getmdname },
	{ OBD_IOC_GETUUID, ON_ANY, lustre_ioc_getuuid },
	{ OBD_IOC_FID2PATH, ON_ANY, lustre_ioc_fid2path },
	{ FS_IOC_GETFLAGS, ON_ANY, lustre_ioc_fs_getflags },
	{ FS_IOC_SETFLAGS, ON_ANY, lustre_ioc_fs_setflags },
	{ LL_IOC_GETPARENT, ON_ANY, lustre_ioc_getparent },
	{ LL_IOC_PATH2FID, ON_ANY, lustre_ioc_path2fid },
	{ LL_IOC_GET_MDTIDX, ON_ANY, lustre_ioc_getmdtidx },
	{ LL_IOC_FID2MDTIDX, ON_DIR, lustre_ioc_fid2mdtidx },
	{ LL_IOC_GETOBDCOUNT, ON_DIR, lustre_ioc_getobdcount },
	{ LL_IOC_GET_CONNECT_FLAGS, ON_DIR, lustre_ioc_connect_flags },
	{ IOC_OBD_STATFS, ON_ANY | NATIVE, lustre_ioc_statfs },
	{ LL_IOC_DATA_VERSION, ON_FILE, lustre_ioc_data_version },
	{ LL_IOC_HSM_STATE_GET, ON_ANY, lustre_ioc_hsm_state_get },
	{ LL_IOC_HSM_STATE_SET, ON_ANY, lustre_ioc_hsm_state_set },
	{ LL_IOC_HSM_ACTION, ON_ANY, lustre_ioc_hsm_action },
	{ LL_IOC_HSM_REQUEST, ON_ANY, lustre_ioc_hsm_request },
	{ LL_IOC_HSM_DATA_VERSION, ON_FILE, lustre_ioc_hsm_version },
	{ LL_IOC_HSM_CT_START, ON_ANY, lustre_ioc_hsm_copytool },
	{ LL_IOC_HSM_COPY_START, ON_ANY, lustre_ioc_hsm_copytool },
	{ LL_IOC_HSM_COPY_END, ON_ANY, lustre_ioc_hsm_copytool },
	{ LL_IOC_HSM_PROGRESS, ON_ANY, lustre_ioc_hsm_copytool },
	{ LL_IOC_HSM_IMPORT, ON_ANY, lustre_ioc_hsm_copytool },
	{ LL_IOC_GETFLAGS, ON_FILE, lustre_ioc_getflags },
	{ LL_IOC_LADVISE, ON_FILE, lustre_ioc_ladvise },
	{ LL_IOC_GROUP_LOCK, ON_FILE, lustre_ioc_group_lock },
	{ LL_IOC_GROUP_UNLOCK, ON_FILE, lustre_ioc_group_unlock },
	{ LL_IOC_SET_LEASE, ON_FILE, lustre_ioc_set_lease },
	{ LL_IOC_SET_LEASE_OLD, ON_FILE, lustre_ioc_set_lease_old },
	{ LL_IOC_GET_LEASE, ON_FILE, lustre_ioc_get_lease },
	{ LL_IOC_FLR_SET_MIRROR, ON_FILE, lustre_ioc_set_mirror },
	{ LL_IOC_LOV_SWAP_LAYOUTS, ON_FILE, lustre_ioc_swap_layouts },
	{ LL_IOC_LOV_GETSTRIPE, ON_ANY, lustre_ioc_getstripe },
	{ LL_IOC_LOV_GETSTRIPE_NEW, ON_ANY, lustre_ioc_getstripe },
	{ LL_IOC_LOV_SETSTRIPE, ON_ANY, lustre_ioc_setstripe },
	{ LL_IOC_LOV_SETSTRIPE_NEW, ON_ANY, lustre_ioc_setstripe },
	{ LL_IOC_LMV_GETSTRIPE, ON_DIR, lustre_ioc_lmv_getstripe },
	{ IOC_MDC_GETFILESTRIPE, ON_DIR, lustre_ioc_getfilestripe },
	{ IOC_MDC_GETFILEINFO_V1, ON_DIR | NATIVE, lustre_ioc_getfileinfo_v1 },
	{ IOC_MDC_GETFILEINFO_V2, ON_DIR, lustre_ioc_getfileinfo_v2 },
	{ LL_IOC_MDC_GETINFO_V1, ON_DIR | NATIVE, lustre_ioc_getinfo_v1 },
	{ LL_IOC_MDC_GETINFO_V2, ON_DIR, lustre_ioc_getinfo_v2 },
};

static const struct lustre_ioctl *lustre_ioctl_find(struct file *file,
						    unsigned int cmd)
{
	unsigned int on = S_ISDIR(file_inode(file)->i_mode) ? ON_DIR : ON_FILE;

	for (unsigned int i = 0; i < ARRAY_SIZE(lustre_ioctls); i++)
		if (lustre_ioctls[i].cmd == cmd && lustre_ioctls[i].on & on)
			return &lustre_ioctls[i];
	return NULL;
}

/**
 * lustre_ioctl - ->unlocked_ioctl() of files and directories
 * @file: open file
 * @cmd: all of it counts
 * @arg: address in user space, or a number
 *
 * Return: what the command says; -ENOTTY: there is no such.
 * Context: sleeps.
 */
long lustre_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct lustre_ioctl *ioc = lustre_ioctl_find(file, cmd);

	return ioc ? ioc->fn(file, (void __user *)arg) : -ENOTTY;
}

#ifdef CONFIG_COMPAT
/*
 * A command by what 32-bit programs call it.  Those that carry a long have
 * another size in their number.
 */
static unsigned int lustre_ioctl_native(unsigned int cmd)
{
	static const unsigned int longs[] = {
		LL_IOC_GETVERSION, FS_IOC_GETVERSION, OBD_IOC_GETDTNAME,
		FS_IOC_GETFLAGS, FS_IOC_SETFLAGS,
		OBD_IOC_FID2PATH,
		LL_IOC_GETFLAGS, LL_IOC_GROUP_LOCK, LL_IOC_GROUP_UNLOCK,
		LL_IOC_SET_LEASE_OLD, LL_IOC_FLR_SET_MIRROR,
		LL_IOC_LOV_SETSTRIPE, LL_IOC_LOV_GETSTRIPE, LL_IOC_GETOBDCOUNT,
		LL_IOC_PATH2FID, IOC_MDC_GETFILESTRIPE,
	};
	const unsigned int less = (sizeof(long) - sizeof(compat_long_t))
				  << _IOC_SIZESHIFT;

	for (unsigned int i = 0; i < ARRAY_SIZE(longs); i++)
		if (cmd == longs[i] - less)
			return longs[i];
	return cmd;
}

long lustre_compat_ioctl(struct file *file, unsigned int cmd,
			 unsigned long arg)
{
	const struct lustre_ioctl *ioc;

	cmd = lustre_ioctl_native(cmd);
	ioc = lustre_ioctl_find(file, cmd);
	if (!ioc || ioc->on & NATIVE)
		return -ENOTTY;
	return ioc->fn(file, compat_ptr(arg));
}
#endif
