// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts of a layout that a file has already: added, changed, removed, by
 * attributes that are no attributes. Spec: 08 section 5, 09 section 14.2.
 *
 * The metadata target decides; here is seen to it that what goes out is what it
 * says it is.
 */
#include <linux/overflow.h>
#include <linux/string.h>

#include "namespace.h"

#define COMPONENT_PREFIX	"lustre."

/* Could it be components?  They may be without a striping, but to be added. */
static int lustre_component_check(const char *op, const void *value,
				  size_t size)
{
	const struct lov_comp_md_v1 *comp = value;
	size_t len;

	if (size < sizeof(*comp))
		return -ERANGE;
	if (comp->lcm_magic != cpu_to_le32(LOV_MAGIC_COMP_V1) &&
	    comp->lcm_magic != cpu_to_le32(LOV_MAGIC_SEL))
		return -EINVAL;
	len = le32_to_cpu(comp->lcm_size);
	if (len > size)
		return -ERANGE;
	if (!comp->lcm_entry_count ||
	    struct_size(comp, lcm_entries,
			le16_to_cpu(comp->lcm_entry_count)) > len)
		return -EINVAL;
	/* Walks in what it does not change. */
	if (!strcmp(op, "lov.add") &&
	    !mdc_layout_walk((void *)value, len, false))
		return -EINVAL;
	return 0;
}

static bool lustre_component_op(const char *op)
{
	return !strcmp(op, "lov.add") || !strcmp(op, "lov.del") ||
	       !strcmp(op, "lov.set") || !strncmp(op, "lov.set.", 8);
}

/**
 * lustre_component_set - change parts of the layout of a file
 * @inode: a regular file
 * @op: "lov.add", "lov.set", "lov.set." and what, or "lov.del"
 * @value: components, as they are on the wire; NULL: to remove such an attribute
 * @size: its length, bytes
 * @flags: XATTR_*
 *
 * The lock on the layout goes with the request: whoever does I/O next asks for
 * the new one.  Spec: 08 section 5.
 *
 * Return: 0; -EOPNOTSUPP: no such operation; -ERANGE: @value is cut off;
 * -EINVAL: it makes no sense, or the target says so; what the target says.
 * Context: sleeps; the caller uses no layout of @inode.
 */
int lustre_component_set(struct inode *inode, const char *op,
			 const void *value, size_t size, int flags)
{
	char name[sizeof(COMPONENT_PREFIX) + 32];
	struct mdc_cred cred;
	int rc;

	if (!lustre_component_op(op))
		return -EOPNOTSUPP;
	if (!value || !S_ISREG(inode->i_mode) ||
	    snprintf(name, sizeof(name), COMPONENT_PREFIX "%s", op) >=
	    sizeof(name))
		return -EINVAL;
	rc = lustre_component_check(op, value, size);
	if (rc)
		return rc;
	mdc_cred_init(&cred, inode, NULL);
	return mdc_setxattr(lustre_lmv(inode), lustre_fid(inode), name, value,
			    size, flags, &cred);
}
