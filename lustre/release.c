// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file gives up its data, of which the archive has a copy.
 *
 * That is done under a lease, so that nobody is at it: the metadata target is
 * told what version the data have, compares that with what was copied, and
 * takes the objects away as the lease ends.  Spec: 09 sections 8.5 and 9.
 */
#include <linux/fs.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

/* A lease of a file that nobody, here neither, has open */
static int lustre_release_lease(struct inode *inode, struct mdc_lease **lease)
{
	struct mdc_reply rep = {};
	struct mdc_cred cred;
	int rc;

	lustre_keep_drop(inode, true);
	mdc_cred_init(&cred, inode, inode);
	rc = mdc_lease_open(lustre_lmv(inode), lustre_fid(inode), NULL,
			    MDS_FMODE_WRITE | MDS_OPEN_RELEASE, &cred, &rep,
			    lease);
	if (!rc) {
		rc = lustre_inode_update(inode, &rep);
		if (rc)
			lustre_lease_close(inode, *lease, NULL);
	}
	mdc_reply_put(&rep);
	return rc;
}

/* What is to be taken away: all that was written is on the targets by then. */
static int lustre_release_what(struct inode *inode,
			       struct mdc_close_intent *intent,
			       struct lustre_fid *orphan)
{
	struct ll_data_version dv = { .idv_flags = LL_DV_WR_FLUSH };
	int rc;

	rc = lustre_data_version(inode, &dv) ?: lustre_size_glimpse(inode) ?:
	     mdc_fid_new(lustre_lmv(inode), lustre_fid(inode), orphan);
	if (rc)
		return rc;
	intent->fid = orphan;
	intent->version = dv.idv_version;
	return 0;
}

static int lustre_release_inode(struct inode *inode)
{
	struct mdc_close_intent intent = { .bias = MDS_HSM_RELEASE };
	struct lustre_fid orphan;
	struct mdc_lease *lease;
	int rc, err;

	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	rc = lustre_release_lease(inode, &lease);
	if (rc)
		return rc;
	rc = lustre_release_what(inode, &intent, &orphan);
	err = lustre_lease_close(inode, lease, rc ? NULL : &intent);
	return rc ?: err;
}

/**
 * lustre_hsm_release - leave the data of a file to its archive
 * @sb: super block
 * @fid: the file
 *
 * Return: 0, also if it has none any more; -EBUSY: it is open somewhere; -EPERM:
 * the copy is not whole, or old, or the metadata target says so for another
 * reason; -EINVAL: no regular file; -ESTALE: no file; -EOPNOTSUPP.
 * Context: sleeps.
 */
int lustre_hsm_release(struct super_block *sb, const struct lustre_fid *fid)
{
	struct inode *inode = lustre_inode_by_fid(sb, fid);
	int rc;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	rc = lustre_release_inode(inode);
	iput(inode);
	/* What is released has nothing that could be looked at. */
	return rc == LUSTRE_ARCHIVED ? 0 : rc;
}
