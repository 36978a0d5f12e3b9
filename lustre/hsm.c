// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctls about files and their archive (10 section 3, 09 section 17).
 *
 * Who may have what done is decided by the metadata targets, which are told who
 * asks.  Those who copy data between the two are not served.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mount.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <uapi/linux/lustre.h>

#include "ioctl.h"
#include "namespace.h"

static_assert(LL_IOC_HSM_STATE_GET == 0x802066d3);
static_assert(LL_IOC_HSM_STATE_SET == 0x401866d4);
static_assert(LL_IOC_HSM_CT_START == 0x401866d5);
static_assert(LL_IOC_HSM_COPY_START == 0x400866d6);
static_assert(LL_IOC_HSM_COPY_END == 0x400866d7);
static_assert(LL_IOC_HSM_PROGRESS == 0x401866d8);
static_assert(LL_IOC_HSM_REQUEST == 0x401866d9);
static_assert(LL_IOC_HSM_ACTION == 0x801866dc);
static_assert(LL_IOC_HSM_IMPORT == 0xc03066f5);
static_assert(LL_IOC_HSM_DATA_VERSION == 0x401066fe);

/* What a file's owner may say of it */
#define LUSTRE_HSM_OWNERS \
	(LL_HSM_DIRTY | LL_HSM_NORELEASE | LL_HSM_NOARCHIVE)

static void lustre_hsm_tell(struct ll_hsm_current_action *to,
			    const struct mdc_hsm_action *from)
{
	to->hca_state = from->state;
	to->hca_action = from->action;
	to->hca_offset = from->offset;
	to->hca_length = from->length;
}

long lustre_ioc_hsm_state_get(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct mdc_hsm_state state;
	struct ll_hsm_user_state hus = {};
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_hsm_state(lustre_lmv(inode), lustre_fid(inode), &cred, &state);
	if (rc)
		return rc;
	hus.hus_states = state.states;
	hus.hus_archive_id = state.archive_id;
	lustre_hsm_tell(&hus.hus_now, &state.now);
	return copy_to_user(arg, &hus, sizeof(hus)) ? -EFAULT : 0;
}

long lustre_ioc_hsm_action(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct ll_hsm_current_action hca = {};
	struct mdc_hsm_action action;
	struct mdc_cred cred;
	int rc;

	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_hsm_action(lustre_lmv(inode), lustre_fid(inode), &cred,
			    &action);
	if (rc)
		return rc;
	lustre_hsm_tell(&hca, &action);
	return copy_to_user(arg, &hca, sizeof(hca)) ? -EFAULT : 0;
}

/* May he change what a file is to the archive? */
static bool lustre_hsm_may(const struct inode *inode,
			   const struct ll_hsm_state_set *hss)
{
	if (capable(CAP_SYS_ADMIN))
		return true;
	return uid_eq(current_fsuid(), inode->i_uid) &&
	       !(hss->hss_valid & LL_HSS_ARCHIVE_ID) &&
	       !((hss->hss_setmask | hss->hss_clearmask) & ~LUSTRE_HSM_OWNERS);
}

long lustre_ioc_hsm_state_set(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct mdc_hsm_change change;
	struct ll_hsm_state_set hss;
	struct mdc_cred cred;
	int rc;

	if (copy_from_user(&hss, arg, sizeof(hss)))
		return -EFAULT;
	if (!lustre_hsm_may(inode, &hss))
		return -EPERM;
	change = (struct mdc_hsm_change){
		.valid		= hss.hss_valid,
		.archive_id	= hss.hss_archive_id,
		.set		= hss.hss_setmask,
		.clear		= hss.hss_clearmask,
	};
	rc = mnt_want_write_file(file);
	if (rc)
		return rc;
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_hsm_change(lustre_lmv(inode), lustre_fid(inode), &cred,
			    &change);
	mnt_drop_write_file(file);
	return rc;
}

/* The version that the data had when they were copied */
long lustre_ioc_hsm_version(struct file *file, void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct ll_data_version dv;
	struct mdc_cred cred;
	int rc;

	if (copy_from_user(&dv, arg, sizeof(dv)))
		return -EFAULT;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	rc = mnt_want_write_file(file);
	if (rc)
		return rc;
	mdc_cred_init(&cred, inode, NULL);
	rc = mdc_hsm_version(lustre_lmv(inode), lustre_fid(inode), &cred,
			     dv.idv_version);
	mnt_drop_write_file(file);
	return rc;
}

/* ---------------------------------------------------------------- requests -- */

static int lustre_hsm_fill(struct mdc_hsm_request *hr,
			   const struct ll_hsm_user_item *items)
{
	for (u32 i = 0; i < hr->nr; i++) {
		struct mdc_hsm_item *to = &hr->items[i];
		const struct ll_fid *fid = &items[i].hui_fid;

		to->fid = (struct lustre_fid){ fid->f_seq, fid->f_oid,
					       fid->f_ver };
		if (!lustre_fid_is_sane(&to->fid))
			return -EINVAL;
		to->offset = items[i].hui_offset;
		to->length = items[i].hui_length;
		to->mdc = NULL;
	}
	hr->data = items + hr->nr;
	return 0;
}

/* One after the other; those that can be are, whatever comes of others. */
static int lustre_hsm_release_all(struct super_block *sb,
				  const struct mdc_hsm_request *hr)
{
	int rc = 0, err;

	for (u32 i = 0; i < hr->nr && !fatal_signal_pending(current); i++) {
		err = lustre_hsm_release(sb, &hr->items[i].fid);
		rc = rc ?: err;
	}
	return rc ?: fatal_signal_pending(current) ? -EINTR : 0;
}

static int lustre_hsm_send(struct inode *inode, struct mdc_hsm_request *hr,
			   const struct ll_hsm_user_item *items)
{
	struct mdc_cred cred;
	int rc;

	hr->items = vmalloc(array_size(hr->nr, sizeof(*hr->items)));
	if (!hr->items)
		return -ENOMEM;
	rc = lustre_hsm_fill(hr, items);
	if (!rc && hr->action == LL_HSM_RELEASE) {
		rc = lustre_hsm_release_all(inode->i_sb, hr);
	} else if (!rc) {
		mdc_cred_init(&cred, NULL, NULL);
		rc = mdc_hsm_request(lustre_lmv(inode), &cred, hr);
	}
	vfree(hr->items);
	return rc == -EMSGSIZE ? -E2BIG : rc;
}

/* How much follows the head?  More than one RPC carries is of no use. */
static int lustre_hsm_size(const struct ll_hsm_user_request *head, size_t *size)
{
	if (!head->hur_itemcount)
		return -EINVAL;
	if (check_mul_overflow((size_t)head->hur_itemcount,
			       sizeof(struct ll_hsm_user_item), size) ||
	    check_add_overflow(*size, (size_t)head->hur_data_len, size) ||
	    *size > MDS_MAXREQSIZE)
		return -E2BIG;
	return 0;
}

static bool lustre_hsm_known(u32 action)
{
	return action >= LL_HSM_ARCHIVE && action <= LL_HSM_CANCEL;
}

long lustre_ioc_hsm_request(struct file *file, void __user *arg)
{
	struct ll_hsm_user_request head;
	struct mdc_hsm_request hr;
	size_t size;
	void *body;
	int rc;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (!lustre_hsm_known(head.hur_action))
		return -EINVAL;
	rc = lustre_hsm_size(&head, &size);
	if (rc)
		return rc;
	hr = (struct mdc_hsm_request){
		.action		= head.hur_action,
		.archive_id	= head.hur_archive_id,
		.flags		= head.hur_flags,
		.nr		= head.hur_itemcount,
		.data_len	= head.hur_data_len,
	};
	body = vmalloc(size);
	if (!body)
		return -ENOMEM;
	rc = copy_from_user(body, arg + sizeof(head), size) ? -EFAULT :
	     mnt_want_write_file(file);
	if (!rc) {
		rc = lustre_hsm_send(file_inode(file), &hr, body);
		mnt_drop_write_file(file);
	}
	vfree(body);
	return rc;
}

/* Who copies data would have to be told what to copy. */
long lustre_ioc_hsm_copytool(struct file *file, void __user *arg)
{
	return -EOPNOTSUPP;
}
