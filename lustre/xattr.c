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

/* Mounted with nouser_xattr? */
static bool lustre_xattr_off(const struct xattr_handler *handler,
			     const struct inode *inode)
{
	return !strcmp(handler->prefix, XATTR_USER_PREFIX) &&
	       !(LUSTRE_SB(inode->i_sb)->opts.flags & LUSTRE_MOUNT_USER_XATTR);
}

static int lustre_xattr_get(const struct xattr_handler *handler,
			    struct dentry *dentry, struct inode *inode,
			    const char *name, void *buffer, size_t size)
{
	struct mdc_cred cred;

	if (lustre_xattr_off(handler, inode))
		return -EOPNOTSUPP;
	mdc_cred_init(&cred, inode, NULL);
	return mdc_getxattr(lustre_lmv(inode), lustre_fid(inode),
			    xattr_full_name(handler, name), buffer, size,
			    &cred);
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

static const struct xattr_handler lustre_user_xattr_handler = {
	.prefix	= XATTR_USER_PREFIX,
	.get	= lustre_xattr_get,
	.set	= lustre_xattr_set,
};

static const struct xattr_handler lustre_trusted_xattr_handler = {
	.prefix	= XATTR_TRUSTED_PREFIX,
	.get	= lustre_xattr_get,
	.set	= lustre_xattr_set,
};

const struct xattr_handler * const lustre_xattr_handlers[] = {
	&lustre_user_xattr_handler,
	&lustre_trusted_xattr_handler,
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

/* Keep the names that this user may see; returns the bytes left. */
static ssize_t lustre_xattr_filter(char *list, size_t len)
{
	char *from = list, *to = list, *end = list + len;

	while (from < end) {
		size_t n = strnlen(from, end - from) + 1;

		if (n > end - from)
			return -EPROTO;
		if (lustre_xattr_listed(from)) {
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	return to - list;
}

ssize_t lustre_listxattr(struct dentry *dentry, char *list, size_t size)
{
	struct inode *inode = d_inode(dentry);
	struct mdc_cred cred;
	ssize_t len;
	char *buf;

	mdc_cred_init(&cred, inode, NULL);
	len = mdc_getxattr(lustre_lmv(inode), lustre_fid(inode), NULL, NULL,
			   0, &cred);
	if (len <= 0)
		return len;
	buf = kvmalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	len = mdc_getxattr(lustre_lmv(inode), lustre_fid(inode), NULL, buf,
			   len, &cred);
	if (len > 0)
		len = lustre_xattr_filter(buf, len);
	if (len > 0 && size) {
		if (len > size)
			len = -ERANGE;
		else
			memcpy(list, buf, len);
	}
	kvfree(buf);
	return len;
}
