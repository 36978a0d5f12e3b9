/* SPDX-License-Identifier: GPL-2.0-only */
/* Mount sources with host names: resolve them to NIDs. */
#ifndef LUSTRE_NIDLIST_H
#define LUSTRE_NIDLIST_H

#include <stddef.h>

/*
 * Rewrite HOST[@net][,...][:...]:/fsname[/subdir] so that every node is a NID.
 * Nodes on networks that this client does not have are left out.
 * Returns a malloc'ed string, or NULL with a message in err.
 */
char *nidlist_resolve(const char *source, char *err, size_t err_size);

/*
 * Resolve one HOST[@net] to its NIDs, separated by commas: all the addresses that
 * a name has, of both families.  The same return values.
 */
char *nid_resolve(const char *text, char *err, size_t err_size);

#endif
