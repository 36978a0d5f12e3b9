// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl about the names of a file (10 section 3.2).
 */
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "mdc/linkea.h"
#include "namespace.h"

static_assert(LL_IOC_GETPARENT == 0xc01866f9);
static_assert(sizeof(struct ll_getparent) == 24);

static int lustre_getparent_tell(const struct mdc_link *link,
				 struct ll_getparent *head,
				 struct ll_getparent __user *arg)
{
	head->gp_fid = (struct ll_fid){ link->parent.seq, link->parent.oid,
					link->parent.ver };
	if (link->len >= head->gp_name_size)
		return -EOVERFLOW;
	if (copy_to_user(arg, head, sizeof(*head)) ||
	    copy_to_user(arg->gp_name, link->name, link->len) ||
	    put_user('\0', &arg->gp_name[link->len]))
		return -EFAULT;
	return 0;
}

/* Names of what the caller might not be able to reach */
long lustre_ioc_getparent(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct ll_getparent head;
	struct mdc_link link;
	struct mdc_cred cred;
	ssize_t rc;
	void *ea;

	if (!capable(CAP_DAC_READ_SEARCH))
		return -EPERM;
	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	ea = vmalloc(XATTR_SIZE_MAX);
	if (!ea)
		return -ENOMEM;
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_getxattr(lustre_lmv(inode), lustre_fid(inode), "trusted.link",
			  ea, XATTR_SIZE_MAX, &cred);
	/* None is as good as an empty one. */
	if (!rc)
		rc = -ENODATA;
	if (rc > 0)
		rc = mdc_linkea_get(ea, rc, head.gp_linkno, &link) ?:
		     lustre_getparent_tell(&link, &head, arg);
	vfree(ea);
	return rc;
}
