/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mnt_idmap_of
 * names: file_mnt_idmap mnt_idmap
 * header: linux/fs.h
 * upstream: v6.3 mnt_idmap() and file_mnt_idmap()
 * unless: mnt_idmap_type
 * when: mnt_user_ns
 * include: linux/mnt_idmapping.h
 * order: 2
 * needs: file_mnt_user_ns mnt_user_ns vfsmount
 * use: struct file *f, struct vfsmount *m: struct mnt_idmap *p =
 *	file_mnt_idmap(f); p = mnt_idmap(m);
 */
static inline struct user_namespace *user_namespace(const struct vfsmount *mnt)
{
	return mnt_user_ns(mnt);
}

#define file_mnt_idmap(file) file_mnt_user_ns(file)
