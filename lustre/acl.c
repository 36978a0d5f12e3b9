// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access control lists: servers tell them with the attributes, under the same
 * lock as owner and mode, and the VFS evaluates them. Changing them is not
 * supported yet. Spec: 09 section 14.3.
 */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "namespace.h"

/**
 * lustre_acl_decode - the access control list that a reply tells
 * @inode: what the reply is about
 * @rep: the reply
 *
 * Without the list the group bits of the mode mean nothing: they are its mask.
 *
 * Return: the list with a reference; NULL: there is none; or ERR_PTR(-ENODATA:
 * the reply does not tell, -EPROTO, -ENOMEM).
 */
struct posix_acl *lustre_acl_decode(struct inode *inode,
				    const struct mdc_reply *rep)
{
	struct posix_acl *acl;

	if (!IS_POSIXACL(inode) || S_ISLNK(inode->i_mode))
		return NULL;
	if (!(rep->attr.valid & OBD_MD_FLACL))
		return ERR_PTR(-ENODATA);
	if (!rep->acl_len)
		return NULL;
	acl = posix_acl_from_xattr(&init_user_ns, rep->acl, rep->acl_len);
	if (!acl || acl == ERR_PTR(-ENOMEM))
		return acl;
	if (!IS_ERR(acl)) {
		if (!posix_acl_valid(&init_user_ns, acl))
			return acl;
		posix_acl_release(acl);
	}
	pr_err_ratelimited("lustre: %s: %s: access control list makes no sense\n",
			   LUSTRE_SB(inode->i_sb)->opts.dev.fsname,
			   lustre_fid_str(lustre_fid(inode)).s);
	return ERR_PTR(-EPROTO);
}
