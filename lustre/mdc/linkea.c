// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attribute trusted.link: where an object has names.  Big-endian, but for its
 * head.  Spec: 09 sections 2 and 24, 10 section 3.2.
 */
#include <asm/byteorder.h>
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>

#include "internal.h"
#include "mdc/linkea.h"

/* The entry at @at, all of which is before @end; NULL: it is none */
static const struct link_ea_entry *mdc_linkea_entry(const void *at,
						    const void *end,
						    size_t *size)
{
	const struct link_ea_entry *e = at;

	if (end - at < sizeof(*e))
		return NULL;
	*size = be16_to_cpu(e->lee_reclen);
	if (*size <= sizeof(*e) || *size - sizeof(*e) > MDC_NAME_MAX ||
	    *size > end - at)
		return NULL;
	return e;
}

/**
 * mdc_linkea_get - one of the names of an object
 * @ea: value of its attribute trusted.link
 * @len: its length, bytes
 * @nr: which one, 0: the first
 * @link: filled in, refers to @ea
 *
 * Return: 0; -ENODATA: there are not so many; -EPROTO: it is broken.
 * Context: any.
 */
int mdc_linkea_get(const void *ea, size_t len, u32 nr, struct mdc_link *link)
{
	const struct link_ea_header *head = ea;
	const struct link_ea_entry *e;
	const void *at = head + 1;
	size_t size = 0;

	if (len < sizeof(*head) ||
	    head->leh_magic != cpu_to_le32(LINK_EA_MAGIC) ||
	    le64_to_cpu(head->leh_len) < sizeof(*head) ||
	    le64_to_cpu(head->leh_len) > len)
		return -EPROTO;
	if (nr >= le32_to_cpu(head->leh_reccount))
		return -ENODATA;
	len = le64_to_cpu(head->leh_len);
	do {
		at += size;
		e = mdc_linkea_entry(at, ea + len, &size);
		if (!e)
			return -EPROTO;
	} while (nr--);
	link->parent.seq = be64_to_cpu(e->lee_parent_seq);
	link->parent.oid = be32_to_cpu(e->lee_parent_oid);
	link->parent.ver = be32_to_cpu(e->lee_parent_ver);
	link->name = e->lee_name;
	link->len = size - sizeof(*e);
	return mdc_name_ok(link->name, link->len) ? 0 : -EPROTO;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_linkea_get);
