// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended attributes of users and administrators. Those of security modules
 * and access control lists are not supported: asking for them costs no RPC.
 * Spec: 09 section 14, 10 section 4.
 */
#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/xattr.h>

#include "namespace.h"

#define XATTR_LUSTRE_PREFIX	"lustre."
#define XATTR_LUSTRE_LOV	"lustre.lov"
#define XATTR_TRUSTED_LOV	"trusted.lov"

/* Mounted with nouser_xattr? */
static bool lustre_xattr_off(const struct xattr_handler *handler,
			     const struct inode *inode)
{
	return !strcmp(handler->prefix, XATTR_USER_PREFIX) &&
	       !(LUSTRE_SB(inode->i_sb)->opts.flags & LUSTRE_MOUNT_USER_XATTR);
}

static ssize_t lustre_xattr_ask(struct inode *inode, const char *name,
				void *buffer, size_t size)
{
	struct mdc_cred cred;

	mdc_cred_init(&cred, inode, NULL);
	return mdc_getxattr(lustre_lmv(inode), lustre_fid(inode), name, buffer,
			    size, &cred);
}

static int lustre_xattr_get(const struct xattr_handler *handler,
			    struct dentry *dentry, struct inode *inode,
			    const char *name, void *buffer, size_t size)
{
	if (lustre_xattr_off(handler, inode))
		return -EOPNOTSUPP;
	return lustre_xattr_ask(inode, xattr_full_name(handler, name), buffer,
				size);
}

static int lustre_xattr_set(const struct xattr_handler *handler,
			    struct mnt_idmap *idmap, struct dentry *dentry,
			    struct inode *inode, const char *name,
			    const void *value, size_t size, int flags)
{
	struct mdc_cred cred;

	if (lustre_xattr_off(handler, inode))
		return -EOPNOTSUPP;
	mdc_cred_init(&cred, inode, NULL);
	return mdc_setxattr(lustre_lmv(inode), lustre_fid(inode),
			    xattr_full_name(handler, name), value, size,
			    flags, &cred);
}

/* ---- layouts as attributes, 08 section 11 --------------------------------- */

static int lustre_lov_get(struct inode *inode, void *buffer, size_t size)
{
	ssize_t len = lustre_xattr_ask(inode, XATTR_TRUSTED_LOV, buffer, size);

	/* What has no layout of its own has none. */
	if (!len)
		return -ENODATA;
	/* Shown so that it can be set on another file: on any first target. */
	if (len > 0 && size)
		mdc_layout_walk(buffer, len, true);
	return len;
}

/**
 * lustre_lov_check - could it be a layout that somebody wants?
 * @value: aligned to 8 bytes
 * @size: its length, bytes
 *
 * Return: the length of what matters of it; -ERANGE: it is cut off; -EINVAL: it
 * is no layout.
 * Context: any.
 */
int lustre_lov_check(const void *value, size_t size)
{
	const struct lov_comp_md_v1 *comp = value;
	const struct lov_mds_md_v1 *lmm = value;
	size_t len = size;

	if (size < sizeof(*lmm))
		return -ERANGE;
	switch (le32_to_cpu(lmm->lmm_magic)) {
	case LOV_MAGIC_V1:
		len = sizeof(struct lov_mds_md_v1);
		break;
	case LOV_MAGIC_V3:
		len = sizeof(struct lov_mds_md_v3);
		break;
	case LOV_MAGIC_SPECIFIC:
		len = sizeof(struct lov_mds_md_v3) +
		      le16_to_cpu(lmm->lmm_stripe_count) *
		      sizeof(struct lov_ost_data_v1);
		break;
	case LOV_MAGIC_COMP_V1:
	case LOV_MAGIC_SEL:
		len = le32_to_cpu(comp->lcm_size);
		break;
	}
	if (size < len)
		return -ERANGE;
	/* Walks in what it does not change. */
	return mdc_layout_walk((void *)value, len, false) ? len : -EINVAL;
}

/*
 * Is it what another file has, rather than what somebody wants?  Then the
 * targets and objects mean nothing.
 */
static bool lustre_lov_is_copy(const void *value, size_t size)
{
	const struct lov_comp_md_v1 *comp = value;
	const struct lov_mds_md_v1 *lmm = value;
	const struct lov_ost_data_v1 *obj = lmm->lmm_objects;

	if (lmm->lmm_magic == cpu_to_le32(LOV_MAGIC_COMP_V1) ||
	    lmm->lmm_magic == cpu_to_le32(LOV_MAGIC_SEL)) {
		for (u32 i = 0; i < le16_to_cpu(comp->lcm_entry_count); i++)
			if (comp->lcm_entries[i].lcme_flags &
			    cpu_to_le32(LCME_FL_INIT))
				return true;
		return false;
	}
	if (lmm->lmm_magic == cpu_to_le32(LOV_MAGIC_V3))
		obj = value + sizeof(struct lov_mds_md_v3);
	return lmm->lmm_magic != cpu_to_le32(LOV_MAGIC_SPECIFIC) &&
	       !lmm->lmm_stripe_offset && value + size >= (void *)(obj + 1) &&
	       memchr_inv(&obj->l_ost_oi, 0, sizeof(obj->l_ost_oi));
}

/* A new file has no data in an archive, whatever its model was like. */
static void lustre_lov_not_released(struct lov_mds_md_v1 *lmm)
{
	if (lmm->lmm_magic != cpu_to_le32(LOV_MAGIC_FOREIGN) &&
	    lmm->lmm_pattern != cpu_to_le32(LOV_PATTERN_DEFAULT))
		lmm->lmm_pattern &= ~cpu_to_le32(LOV_PATTERN_F_RELEASED);
}

static void lustre_lov_none_released(void *ea)
{
	const struct lov_comp_md_v1 *comp = ea;

	if (comp->lcm_magic != cpu_to_le32(LOV_MAGIC_COMP_V1) &&
	    comp->lcm_magic != cpu_to_le32(LOV_MAGIC_SEL)) {
		lustre_lov_not_released(ea);
		return;
	}
	for (u32 i = 0; i < le16_to_cpu(comp->lcm_entry_count); i++)
		lustre_lov_not_released(ea +
			le32_to_cpu(comp->lcm_entries[i].lcme_offset));
}

/* The default of what will be made in a directory; NULL: none any more */
int lustre_lov_set_dir(struct inode *inode, const void *value, size_t size)
{
	struct lov_mds_md_v1 none = {
		.lmm_magic		= cpu_to_le32(LOV_MAGIC_V1),
		.lmm_pattern		= cpu_to_le32(LOV_PATTERN_DEFAULT),
		.lmm_stripe_offset	= cpu_to_le16(LOV_OFFSET_DEFAULT),
	};
	struct mdc_setattr_args args = { .ea = value, .ea_len = size };
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	if (!value) {
		args.ea = &none;
		args.ea_len = sizeof(none);
	}
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_setattr(lustre_lmv(inode), lustre_fid(inode), &args, &cred,
			 &rep);
	mdc_reply_put(&rep);
	return rc;
}

/*
 * Have the file opened with a layout, which makes its objects (08 section 5):
 * -EEXIST if it has one.
 */
int lustre_lov_create(struct inode *inode, const void *ea, size_t len)
{
	struct mdc_open_args args = {
		.child	= lustre_fid(inode),
		.flags	= MDS_FMODE_WRITE | MDS_OPEN_HAS_EA,
		.ea	= ea,
		.ea_len	= len,
	};
	struct mdc_reply rep = {};
	struct mdc_open *open;
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, inode, inode);
	rc = mdc_open(lustre_lmv(inode), &args, &cred, &rep, &open);
	if (!rc && !mdc_reply_negative(&rep))
		rc = lustre_inode_update(inode, &rep);
	else if (!rc)
		rc = -ESTALE;
	mdc_reply_put(&rep);
	if (open)
		mdc_close(open, NULL);
	return rc;
}

static int lustre_lov_has_layout(struct inode *inode, bool *have)
{
	struct lustre_io io;
	int rc;

	rc = lustre_io_begin(inode, 0, LUSTRE_EOF, LUSTRE_IO_REFRESH, &io);
	if (rc)
		return rc;
	*have = io.fl && io.fl->layout->kind != LUSTRE_LAYOUT_NONE;
	lustre_io_end(&io);
	return 0;
}

/*
 * Who copies a file with its attributes sets the layout of the source on the
 * copy, which may have one already: that is kept.
 */
static int lustre_lov_set_file(struct inode *inode, const void *value,
			       size_t size, size_t len)
{
	bool have;
	void *ea;
	int rc;

	rc = lustre_lov_has_layout(inode, &have);
	if (rc || have)
		return rc;
	ea = kvmalloc(len, GFP_KERNEL);
	if (!ea)
		return -ENOMEM;
	memcpy(ea, value, len);
	if (lustre_lov_is_copy(value, size))
		mdc_layout_walk(ea, len, true);
	lustre_lov_none_released(ea);
	rc = lustre_lov_create(inode, ea, len);
	kvfree(ea);
	return rc == -EEXIST ? 0 : rc;
}

static int lustre_lov_set(struct inode *inode, const void *value, size_t size)
{
	int len = 0;

	/* An empty one is as good as none. */
	if (!size)
		value = NULL;
	if (value) {
		len = lustre_lov_check(value, size);
		if (len < 0)
			return len;
	}
	if (S_ISDIR(inode->i_mode))
		return lustre_lov_set_dir(inode, value, len);
	if (S_ISREG(inode->i_mode) && value)
		return lustre_lov_set_file(inode, value, size, len);
	return -EOPNOTSUPP;
}

/* Servers take a new default for subdirectories, or a new striping, for done. */
static int lustre_lmv_set(const void *value, size_t size)
{
	const struct lmv_user_md *lum = value;

	if (!value)
		return -EOPNOTSUPP;
	if (size < sizeof(*lum) ||
	    (lum->lum_magic != cpu_to_le32(LMV_USER_MAGIC) &&
	     lum->lum_magic != cpu_to_le32(LMV_USER_MAGIC_SPECIFIC)))
		return -EINVAL;
	return -EOPNOTSUPP;
}

static int lustre_trusted_get(const struct xattr_handler *handler,
			      struct dentry *dentry, struct inode *inode,
			      const char *name, void *buffer, size_t size)
{
	if (!strcmp(name, "lov"))
		return lustre_lov_get(inode, buffer, size);
	return lustre_xattr_get(handler, dentry, inode, name, buffer, size);
}

static int lustre_trusted_set(const struct xattr_handler *handler,
			      struct mnt_idmap *idmap, struct dentry *dentry,
			      struct inode *inode, const char *name,
			      const void *value, size_t size, int flags)
{
	if (!strcmp(name, "lov"))
		return lustre_lov_set(inode, value, size);
	if (!strcmp(name, "dmv") || !strcmp(name, "lmv"))
		return lustre_lmv_set(value, size);
	return lustre_xattr_set(handler, idmap, dentry, inode, name, value,
				size, flags);
}

static int lustre_lustre_get(const struct xattr_handler *handler,
			     struct dentry *dentry, struct inode *inode,
			     const char *name, void *buffer, size_t size)
{
	if (!strcmp(name, "lov"))
		return lustre_lov_get(inode, buffer, size);
	return -EOPNOTSUPP;
}

static int lustre_lustre_set(const struct xattr_handler *handler,
			     struct mnt_idmap *idmap, struct dentry *dentry,
			     struct inode *inode, const char *name,
			     const void *value, size_t size, int flags)
{
	if (!strcmp(name, "lov"))
		return lustre_lov_set(inode, value, size);
	return lustre_component_set(inode, name, value, size, flags);
}

static const struct xattr_handler lustre_user_xattr_handler = {
	.prefix	= XATTR_USER_PREFIX,
	.get	= lustre_xattr_get,
	.set	= lustre_xattr_set,
};

static const struct xattr_handler lustre_trusted_xattr_handler = {
	.prefix	= XATTR_TRUSTED_PREFIX,
	.get	= lustre_trusted_get,
	.set	= lustre_trusted_set,
};

static const struct xattr_handler lustre_lustre_xattr_handler = {
	.prefix	= XATTR_LUSTRE_PREFIX,
	.get	= lustre_lustre_get,
	.set	= lustre_lustre_set,
};

const struct xattr_handler * const lustre_xattr_handlers[] = {
	&lustre_user_xattr_handler,
	&lustre_trusted_xattr_handler,
	&lustre_lustre_xattr_handler,
	NULL
};

static bool lustre_xattr_listed(const char *name)
{
	if (!strncmp(name, XATTR_USER_PREFIX, XATTR_USER_PREFIX_LEN))
		return true;
	if (!strncmp(name, XATTR_TRUSTED_PREFIX, XATTR_TRUSTED_PREFIX_LEN))
		return capable(CAP_SYS_ADMIN) &&
		       strcmp(name, "trusted.som");
	return false;
}

/* Copy the names that this user may see, and those that are not stored. */
static ssize_t lustre_xattr_filter(const struct inode *inode, char *to,
				   const char *from, size_t len)
{
	const char *end = from + len, *begin = to;
	size_t n;

	for (; from < end; from += n) {
		n = strnlen(from, end - from) + 1;
		if (n > end - from)
			return -EPROTO;
		if (lustre_xattr_listed(from)) {
			memcpy(to, from, n);
			to += n;
		}
		if (S_ISREG(inode->i_mode) &&
		    !strcmp(from, XATTR_TRUSTED_LOV)) {
			memcpy(to, XATTR_LUSTRE_LOV, sizeof(XATTR_LUSTRE_LOV));
			to += sizeof(XATTR_LUSTRE_LOV);
		}
	}
	return to - begin;
}

/* The names, at the beginning of *@bufp; the server's are behind them. */
static ssize_t lustre_xattr_list(struct inode *inode, char **bufp)
{
	ssize_t len = lustre_xattr_ask(inode, NULL, NULL, 0);
	char *names;

	if (len <= 0)
		return len;
	/* No name becomes two that are more than twice as long. */
	*bufp = kvmalloc_array(3, len, GFP_KERNEL);
	if (!*bufp)
		return -ENOMEM;
	names = *bufp + 2 * len;
	len = lustre_xattr_ask(inode, NULL, names, len);
	if (len <= 0)
		return len;
	return lustre_xattr_filter(inode, *bufp, names, len);
}

ssize_t lustre_listxattr(struct dentry *dentry, char *list, size_t size)
{
	char *names = NULL;
	ssize_t len;

	len = lustre_xattr_list(d_inode(dentry), &names);
	if (len > 0 && size) {
		if (len > size)
			len = -ERANGE;
		else
			memcpy(list, names, len);
	}
	kvfree(names);
	return len;
}
