/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: finish_open
 * names: finish_open FMODE_OPENED FMODE_CREATED
 * header: linux/fs.h
 * upstream: v4.19 a file knows whether it was opened, and created
 * unless: finish_open_3
 * needs: FILE_OPENED f_mode file fmode_t
 * use: struct file *f, struct dentry *d: int rc = finish_open(f,
 *	d, NULL); (void)rc; (void)(f->f_mode & (FMODE_OPENED |
 *	FMODE_CREATED));
 *
 * note: What f_mode says is handed on by the thunk of ->atomic_open().
 */
#ifndef FMODE_OPENED
#define FMODE_OPENED	((__force fmode_t)0x80000)
#endif
#ifndef FMODE_CREATED
#define FMODE_CREATED	((__force fmode_t)0x100000)
#endif

#define finish_open(f, dentry, open) ({					\
	struct file *__file = (f);					\
	int __opened = 0;						\
	int __rc = (finish_open)(__file, dentry, open, &__opened);	\
									\
	if (__opened & FILE_OPENED)					\
		__file->f_mode |= FMODE_OPENED;				\
	__rc;								\
})
