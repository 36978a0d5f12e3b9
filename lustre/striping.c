// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctls about layouts of files and stripes of directories (10 section 3.3).
 *
 * Layouts travel, and are shown, in little-endian order; processors of the other
 * kind are told so.
 */
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/xattr.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "layout/user.h"
#include "namespace.h"

static_assert(LL_LOV_USER_V1 == LOV_MAGIC_V1);
static_assert(LL_LOV_USER_V3 == LOV_MAGIC_V3);
static_assert(LL_LOV_USER_SPECIFIC == LOV_MAGIC_SPECIFIC);
static_assert(LL_LOV_USER_COMP == LOV_MAGIC_COMP_V1);
static_assert(LL_LOV_USER_SEL == LOV_MAGIC_SEL);
static_assert(LL_LMV_STRIPES == LMV_MAGIC_V1);
static_assert(LL_LMV_DEFAULT == LMV_USER_MAGIC);
static_assert(sizeof(struct ll_lov_user_v1) == sizeof(struct lov_mds_md_v1));
static_assert(sizeof(struct ll_lov_user_v3) == sizeof(struct lov_mds_md_v3));
static_assert(sizeof(struct ll_lov_comp) == sizeof(struct ll_lov_user_v1));
static_assert(sizeof(struct ll_lov_comp_entry) ==
	      sizeof(struct lov_comp_md_entry_v1));
static_assert(offsetof(struct ll_lov_comp, lcm_entry_count) ==
	      offsetof(struct lov_comp_md_v1, lcm_entry_count));
static_assert(offsetof(struct ll_lov_comp_entry, lcme_offset) ==
	      offsetof(struct lov_comp_md_entry_v1, lcme_offset));
static_assert(sizeof(struct ll_lov_object) == sizeof(struct lov_ost_data_v1));
static_assert(sizeof(struct ll_lmv_user) == sizeof(struct lmv_user_md));
static_assert(sizeof(struct ll_lmv_object) == 24);
static_assert(sizeof(struct ll_mds_data_v2) == 288);
static_assert(offsetof(struct ll_mds_data_v2, lmd_flags) == 272);

#define LUSTRE_EA_MAX	XATTR_SIZE_MAX

static bool lustre_layout_readable(void)
{
	return !IS_ENABLED(CONFIG_CPU_BIG_ENDIAN);
}

/* ------------------------------------------------------------- attributes -- */

/**
 * struct lustre_ea - an attribute that was read
 * @buf: its value, to be freed with vfree(); NULL: not read
 * @len: its length
 */
struct lustre_ea {
	void	*buf;
	size_t	len;
};

/* Return: 0; -ENODATA, also if it is empty; -ENOMEM; what the target says. */
static int lustre_ea_read(struct inode *inode, const struct lustre_fid *fid,
			  const char *name, struct lustre_ea *ea)
{
	struct mdc_cred cred;
	ssize_t len;

	ea->buf = vmalloc(LUSTRE_EA_MAX);
	if (!ea->buf)
		return -ENOMEM;
	mdc_cred_init(&cred, inode, NULL);
	len = mdc_getxattr(lustre_lmv(inode), fid, name, ea->buf,
			   LUSTRE_EA_MAX, &cred);
	if (len > 0) {
		ea->len = len;
		return 0;
	}
	vfree(ea->buf);
	ea->buf = NULL;
	return len ?: -ENODATA;
}

/* The layout of a file; of a directory the one that files in it get */
static int lustre_layout_read(struct inode *inode,
			      const struct lustre_fid *fid, bool dir,
			      struct lustre_ea *ea)
{
	const struct lustre_fid root = { FID_SEQ_ROOT, FID_OID_ROOT };
	int rc = lustre_ea_read(inode, fid, "trusted.lov", ea);

	if (rc == -ENODATA && dir && !lustre_fid_eq(fid, &root))
		rc = lustre_ea_read(inode, &root, "trusted.lov", ea);
	return rc;
}

/* ------------------------------------------------------- layouts of files -- */

/* What the caller knows of layouts, at the beginning of his memory */
static int lustre_getstripe_form(void __user *arg, u32 *magic, u16 *room)
{
	struct ll_lov_user_v1 __user *lum = arg;

	if (get_user(*magic, &lum->lmm_magic))
		return -EFAULT;
	if (*magic != LL_LOV_USER_V1 && *magic != LL_LOV_USER_V3)
		return 0;
	return get_user(*room, &lum->lmm_stripe_count) ? -EFAULT : 0;
}

static int lustre_getstripe_plain(const struct lustre_ea *ea, u32 magic,
				  u16 room, bool empty, void __user *arg)
{
	struct lustre_layout_plain plain;
	int rc;

	rc = lustre_layout_plain(ea->buf, ea->len, magic, room, empty, &plain);
	if (rc)
		return rc;
	if (copy_to_user(arg, &plain.head, plain.head_len) ||
	    copy_to_user(arg + plain.head_len, plain.objects,
			 plain.nr * sizeof(*plain.objects)))
		return -EFAULT;
	return 0;
}

long lustre_ioc_getstripe(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	bool dir = S_ISDIR(inode->i_mode);
	struct lustre_ea ea;
	u16 room = 0;
	u32 magic;
	int rc;

	if (!lustre_layout_readable())
		return -EOPNOTSUPP;
	rc = lustre_getstripe_form(arg, &magic, &room);
	if (rc)
		return rc;
	rc = lustre_layout_read(inode, lustre_fid(inode), dir, &ea);
	if (rc)
		return rc;
	if (magic == LL_LOV_USER_V1 || magic == LL_LOV_USER_V3)
		rc = lustre_getstripe_plain(&ea, magic, room,
					    !dir && !i_size_read(inode), arg);
	else if (copy_to_user(arg, ea.buf, ea.len))
		rc = -EFAULT;
	vfree(ea.buf);
	return rc;
}

/* How long is a wanted layout that begins so?  0: it is none. */
static size_t lustre_setstripe_len(const struct ll_lov_user_v1 *head)
{
	const struct ll_lov_comp *comp = (const void *)head;

	switch (head->lmm_magic) {
	case LL_LOV_USER_V1:
		return sizeof(struct ll_lov_user_v1);
	case LL_LOV_USER_V3:
		return sizeof(struct ll_lov_user_v3);
	case LL_LOV_USER_SPECIFIC:
		if (head->lmm_stripe_count > LOV_MAX_STRIPE_COUNT)
			return 0;
		return sizeof(struct ll_lov_user_v3) +
		       head->lmm_stripe_count * sizeof(struct ll_lov_object);
	case LL_LOV_USER_COMP:
	case LL_LOV_USER_SEL:
		if (comp->lcm_size < sizeof(*comp) ||
		    comp->lcm_size > LUSTRE_EA_MAX)
			return 0;
		return comp->lcm_size;
	}
	return 0;
}

/* Copy a wanted layout, whose length follows from its beginning. */
static int lustre_setstripe_copy(void __user *arg, struct lustre_ea *ea)
{
	struct ll_lov_user_v1 head;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	ea->len = lustre_setstripe_len(&head);
	if (!ea->len)
		return -EINVAL;
	ea->buf = vmalloc(ea->len);
	if (!ea->buf)
		return -ENOMEM;
	/* Once: what was looked at is what is sent. */
	memcpy(ea->buf, &head, sizeof(head));
	if (!copy_from_user(ea->buf + sizeof(head), arg + sizeof(head),
			    ea->len - sizeof(head)))
		return 0;
	vfree(ea->buf);
	return -EFAULT;
}

long lustre_ioc_setstripe(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct lustre_ea ea;
	int rc;

	if (!lustre_layout_readable())
		return -EOPNOTSUPP;
	rc = lustre_setstripe_copy(arg, &ea);
	if (rc)
		return rc;
	rc = lustre_lov_check(ea.buf, ea.len);
	if (rc >= 0)
		rc = mnt_want_write_file(file);
	if (!rc) {
		if (S_ISDIR(inode->i_mode))
			rc = lustre_lov_set_dir(inode, ea.buf, ea.len);
		else
			rc = lustre_lov_create(inode, ea.buf, ea.len);
		mnt_drop_write_file(file);
	}
	vfree(ea.buf);
	return rc;
}

/* ------------------------------------------------- stripes of directories -- */

/* The stripes of @lmv, as far as *@nr goes, which returns how many there are */
static int lustre_lmv_objects(struct inode *inode,
			      const struct lustre_ea *ea, u32 *nr,
			      struct ll_lmv_object __user *to)
{
	const struct lmv_mds_md_v1 *lmv = ea->buf;
	u32 room = *nr, i;

	*nr = le32_to_cpu(lmv->lmv_stripe_count);
	if (*nr > (ea->len - sizeof(*lmv)) / sizeof(lmv->lmv_stripe_fids[0]))
		return -EPROTO;
	if (*nr > room)
		return -E2BIG;
	for (i = 0; i < *nr; i++) {
		struct ll_lmv_object obj = {};
		struct lustre_fid fid;
		int index;

		lustre_fid_from_wire(&fid, &lmv->lmv_stripe_fids[i]);
		index = lmv_mdt_index(lustre_lmv(inode), &fid);
		if (index < 0)
			return index;
		obj.lum_fid = (struct ll_fid){ fid.seq, fid.oid, fid.ver };
		obj.lum_mds = index;
		if (copy_to_user(&to[i], &obj, sizeof(obj)))
			return -EFAULT;
	}
	return 0;
}

static int lustre_lmv_stripes(struct inode *inode, struct ll_lmv_user *lum,
			      struct ll_lmv_user __user *arg)
{
	const struct lmv_mds_md_v1 *lmv;
	struct lustre_ea ea;
	int rc, index;

	rc = lustre_ea_read(inode, lustre_fid(inode), "trusted.lmv", &ea);
	if (rc)
		return rc;
	lmv = ea.buf;
	rc = -ENODATA;
	if (ea.len < sizeof(*lmv) ||
	    lmv->lmv_magic != cpu_to_le32(LMV_MAGIC_V1))
		goto out;
	index = lmv_mdt_index(lustre_lmv(inode), lustre_fid(inode));
	rc = index;
	if (rc < 0)
		goto out;
	lum->lum_magic = LL_LMV_STRIPES;
	lum->lum_stripe_offset = index;
	lum->lum_hash_type = le32_to_cpu(lmv->lmv_hash_type);
	memcpy(lum->lum_pool_name, lmv->lmv_pool_name,
	       sizeof(lum->lum_pool_name));
	rc = lustre_lmv_objects(inode, &ea, &lum->lum_stripe_count,
				arg->lum_objects);
	/* How much room it takes is told in any case. */
	if ((!rc || rc == -E2BIG) && copy_to_user(arg, lum, sizeof(*lum)))
		rc = -EFAULT;
out:
	vfree(ea.buf);
	return rc;
}

/* What subdirectories get by default, as it is stored */
static int lustre_lmv_default(struct inode *inode, void __user *arg)
{
	struct lustre_ea ea;
	int rc;

	rc = lustre_ea_read(inode, lustre_fid(inode), "trusted.dmv", &ea);
	if (rc)
		return rc;
	if (ea.len < sizeof(struct lmv_user_md))
		rc = -ENODATA;
	else if (copy_to_user(arg, ea.buf, sizeof(struct lmv_user_md)))
		rc = -EFAULT;
	vfree(ea.buf);
	return rc;
}

long lustre_ioc_lmv_getstripe(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct ll_lmv_user lum = {}, head;

	if (!lustre_layout_readable())
		return -EOPNOTSUPP;
	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	lum.lum_stripe_count = head.lum_stripe_count;
	switch (head.lum_magic) {
	case LL_LMV_STRIPES:
		return lustre_lmv_stripes(inode, &lum, arg);
	case LL_LMV_DEFAULT:
		return lustre_lmv_default(inode, arg);
	default:
		return -EINVAL;
	}
}

/* -------------------------------------------- attributes and layout by name -- */

static u32 lustre_user_uid(u32 uid)
{
	return from_kuid_munged(current_user_ns(),
				make_kuid(&init_user_ns, uid));
}

static u32 lustre_user_gid(u32 gid)
{
	return from_kgid_munged(current_user_ns(),
				make_kgid(&init_user_ns, gid));
}

static void lustre_fill_stat(const struct inode *dir,
			     const struct mdc_attr *attr, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = new_encode_dev(dir->i_sb->s_dev);
	st->st_ino = lustre_ino(dir->i_sb, &attr->fid);
	st->st_mode = attr->mode;
	st->st_nlink = attr->nlink;
	st->st_uid = lustre_user_uid(attr->uid);
	st->st_gid = lustre_user_gid(attr->gid);
	st->st_rdev = new_encode_dev(attr->rdev);
	st->st_size = attr->size;
	st->st_blksize = PAGE_SIZE;
	st->st_blocks = attr->blocks;
	st->st_atime = attr->atime;
	st->st_mtime = attr->mtime;
	st->st_ctime = attr->ctime;
}

static void lustre_fill_statx(const struct inode *dir,
			      const struct mdc_attr *attr, struct statx *st)
{
	memset(st, 0, sizeof(*st));
	st->stx_mask = STATX_BASIC_STATS;
	st->stx_ino = lustre_ino(dir->i_sb, &attr->fid);
	st->stx_mode = attr->mode;
	st->stx_nlink = attr->nlink;
	st->stx_uid = lustre_user_uid(attr->uid);
	st->stx_gid = lustre_user_gid(attr->gid);
	st->stx_size = attr->size;
	st->stx_blksize = PAGE_SIZE;
	st->stx_blocks = attr->blocks;
	st->stx_atime.tv_sec = attr->atime;
	st->stx_mtime.tv_sec = attr->mtime;
	st->stx_ctime.tv_sec = attr->ctime;
	if (attr->btime) {
		st->stx_mask |= STATX_BTIME;
		st->stx_btime.tv_sec = attr->btime;
	}
	st->stx_dev_major = MAJOR(dir->i_sb->s_dev);
	st->stx_dev_minor = MINOR(dir->i_sb->s_dev);
	st->stx_rdev_major = MAJOR(attr->rdev);
	st->stx_rdev_minor = MINOR(attr->rdev);
}

/**
 * struct lustre_info - what was found out about a name
 * @rep: attributes
 * @ea: layout; @ea.buf NULL: it has none
 */
struct lustre_info {
	struct mdc_reply	rep;
	struct lustre_ea	ea;
};

static void lustre_info_put(struct lustre_info *info)
{
	mdc_reply_put(&info->rep);
	vfree(info->ea.buf);
}

/* Attributes of a name in a directory; @len 0: of the directory itself */
static int lustre_info_ask(struct inode *dir, const char *name, long len,
			   struct mdc_reply *rep)
{
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, dir, NULL);
	if (!len)
		return mdc_getattr(lustre_lmv(dir), lustre_fid(dir), &cred,
				   rep);
	rc = lustre_dir_names(dir, false);
	if (!rc)
		rc = mdc_lookup(lustre_lmv(dir), lustre_fid(dir), name, len,
				true, &cred, rep);
	if (!rc && mdc_reply_negative(rep))
		rc = -ENOENT;
	return rc;
}

/* To be ended with lustre_info_put(), also after an error */
static int lustre_info_get(struct file *file, const char *name, long len,
			   struct lustre_info *info)
{
	struct inode *dir = file_inode(file);
	const struct mdc_attr *attr = &info->rep.attr;
	int rc;

	memset(info, 0, sizeof(*info));
	if (!lustre_layout_readable())
		return -EOPNOTSUPP;
	rc = inode_permission(file_mnt_idmap(file), dir, MAY_EXEC) ?:
	     lustre_info_ask(dir, name, len, &info->rep);
	if (rc || (!S_ISREG(attr->mode) && !S_ISDIR(attr->mode)))
		return rc;
	rc = lustre_layout_read(dir, &attr->fid, S_ISDIR(attr->mode),
				&info->ea);
	return rc == -ENODATA ? 0 : rc;
}

/* The same, for a name from user space, "." is the directory */
static int lustre_info_by_name(struct file *file, void __user *arg,
			       struct lustre_info *info)
{
	char *name = kmalloc(MDC_NAME_MAX + 2, GFP_KERNEL);
	long len;
	int rc;

	memset(info, 0, sizeof(*info));
	if (!name)
		return -ENOMEM;
	len = strncpy_from_user(name, arg, MDC_NAME_MAX + 2);
	if (len < 0)
		rc = len;
	else if (len > MDC_NAME_MAX)
		rc = -ENAMETOOLONG;
	else if (!len || memchr(name, '/', len) || !strcmp(name, ".."))
		rc = -EINVAL;
	else
		rc = lustre_info_get(file, name,
				     strcmp(name, ".") ? len : 0, info);
	kfree(name);
	return rc;
}

/* A layout behind attributes; none: all zeroes where its beginning would be */
static int lustre_info_layout(const struct lustre_info *info, void __user *to)
{
	const struct lov_mds_md_v1 none = {};

	if (info->ea.buf)
		return copy_to_user(to, info->ea.buf, info->ea.len) ?
		       -EFAULT : 0;
	return copy_to_user(to, &none, sizeof(none)) ? -EFAULT : 0;
}

static int lustre_info_v1(struct file *file, const struct lustre_info *info,
			  void __user *arg)
{
	struct stat st;

	/* Programs of 32 bits have another one. */
	if (BITS_PER_LONG != 64)
		return -ENOTTY;
	lustre_fill_stat(file_inode(file), &info->rep.attr, &st);
	if (copy_to_user(arg, &st, sizeof(st)))
		return -EFAULT;
	return lustre_info_layout(info, arg + sizeof(st));
}

static int lustre_info_v2(struct file *file, const struct lustre_info *info,
			  void __user *arg)
{
	const struct mdc_attr *attr = &info->rep.attr;
	struct ll_mds_data_v2 lmd = {
		.lmd_fid	= { attr->fid.seq, attr->fid.oid,
				    attr->fid.ver },
		.lmd_flags	= attr->valid,
		.lmd_lmmsize	= info->ea.len,
	};

	lustre_fill_statx(file_inode(file), attr, &lmd.lmd_stx);
	if (copy_to_user(arg, &lmd, sizeof(lmd)))
		return -EFAULT;
	return lustre_info_layout(info, arg + sizeof(lmd));
}

long lustre_ioc_getfilestripe(struct file *file, void __user *arg)
{
	struct lustre_info info;
	int rc;

	rc = lustre_info_by_name(file, arg, &info);
	if (!rc)
		rc = info.ea.buf ? lustre_info_layout(&info, arg) : -ENODATA;
	lustre_info_put(&info);
	return rc;
}

long lustre_ioc_getfileinfo_v1(struct file *file, void __user *arg)
{
	struct lustre_info info;
	int rc;

	rc = lustre_info_by_name(file, arg, &info) ?:
	     lustre_info_v1(file, &info, arg);
	lustre_info_put(&info);
	return rc;
}

long lustre_ioc_getfileinfo_v2(struct file *file, void __user *arg)
{
	struct lustre_info info;
	int rc;

	rc = lustre_info_by_name(file, arg, &info) ?:
	     lustre_info_v2(file, &info, arg);
	lustre_info_put(&info);
	return rc;
}

long lustre_ioc_getinfo_v1(struct file *file, void __user *arg)
{
	struct lustre_info info;
	int rc;

	rc = lustre_info_get(file, NULL, 0, &info) ?:
	     lustre_info_v1(file, &info, arg);
	lustre_info_put(&info);
	return rc;
}

long lustre_ioc_getinfo_v2(struct file *file, void __user *arg)
{
	struct lustre_info info;
	int rc;

	rc = lustre_info_get(file, NULL, 0, &info) ?:
	     lustre_info_v2(file, &info, arg);
	lustre_info_put(&info);
	return rc;
}
