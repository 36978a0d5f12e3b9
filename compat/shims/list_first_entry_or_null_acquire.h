/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: list_first_entry_or_null_acquire
 * header: linux/list.h
 * upstream: v7.2 the first entry, and what was written before it was added
 * unless: list_first_entry_or_null_acquire
 * needs: list_entry list_head next smp_load_acquire
 * use: struct list_head *h: void *p =
 *	list_first_entry_or_null_acquire(h, struct dentry, d_lru);
 *	(void)p;
 */
#define list_first_entry_or_null_acquire(ptr, type, member) ({		\
	struct list_head *__kc_head = (ptr);				\
	struct list_head *__kc_first = smp_load_acquire(&__kc_head->next); \
									\
	__kc_first == __kc_head ? NULL :				\
		list_entry(__kc_first, type, member);			\
})
