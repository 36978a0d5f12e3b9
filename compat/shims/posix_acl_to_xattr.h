/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: posix_acl_to_xattr
 * header: linux/posix_acl_xattr.h
 * upstream: v7.0 posix_acl_to_xattr() allocates
 * unless: posix_acl_to_xattr_alloc
 * include: linux/slab.h
 * needs: a_count gfp_t kfree kmalloc posix_acl posix_acl_xattr_size size_t
 *	user_namespace
 * use: const struct posix_acl *a: size_t n; void *p =
 *	posix_acl_to_xattr(&init_user_ns, a, &n, GFP_KERNEL); (void)p;
 */
static inline void *kcompat_acl_to_xattr(struct user_namespace *ns,
					 const struct posix_acl *acl,
					 size_t *size, gfp_t gfp)
{
	size_t len = posix_acl_xattr_size(acl->a_count);
	void *value = kmalloc(len, gfp);
	int rc;

	if (!value)
		return NULL;
	rc = posix_acl_to_xattr(ns, acl, value, len);
	if (rc < 0) {
		kfree(value);
		return NULL;
	}
	*size = rc;
	return value;
}

#define posix_acl_to_xattr(ns, acl, size, gfp) \
	kcompat_acl_to_xattr(ns, acl, size, gfp)
