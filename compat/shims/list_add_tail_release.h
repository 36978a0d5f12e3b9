/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: list_add_tail_release
 * header: linux/list.h
 * upstream: v7.2 append to a list that others walk without a lock
 * unless: list_add_tail_release
 * needs: __list_add_valid list_head next prev smp_store_release
 */
static inline void list_add_tail_release(struct list_head *new,
					 struct list_head *head)
{
	struct list_head *last = head->prev;

	if (!__list_add_valid(new, last, head))
		return;
	new->next = head;
	new->prev = last;
	head->prev = new;
	/* pairs with the acquire in list_first_entry_or_null_acquire() */
	smp_store_release(&last->next, new);
}
