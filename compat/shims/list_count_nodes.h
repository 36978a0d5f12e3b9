/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: list_count_nodes
 * header: linux/list.h
 * upstream: v6.3 list_count_nodes()
 * unless: list_count_nodes
 * needs: list_for_each list_head size_t
 */
static inline size_t list_count_nodes(struct list_head *head)
{
	struct list_head *pos;
	size_t count = 0;

	list_for_each(pos, head)
		count++;
	return count;
}
