/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File locks, for the operations of files and directories.
 */
#ifndef _LUSTRE_FLOCK_H
#define _LUSTRE_FLOCK_H

#include <linux/filelock.h>
#include <linux/fs.h>

int lustre_file_lock(struct file *file, int cmd, struct file_lock *fl);
int lustre_file_flock(struct file *file, int cmd, struct file_lock *fl);

#endif /* _LUSTRE_FLOCK_H */
