/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of an object, as they are kept with it.
 */
#ifndef _LUSTRE_MDC_LINKEA_H
#define _LUSTRE_MDC_LINKEA_H

#include <linux/types.h>

#include "fid.h"

/**
 * struct mdc_link - one name of an object
 * @parent: the directory that has it
 * @name: the name, not terminated
 * @len: its length, bytes
 */
struct mdc_link {
	struct lustre_fid	parent;
	const char		*name;
	u32			len;
};

int mdc_linkea_get(const void *ea, size_t len, u32 nr, struct mdc_link *link);

#endif /* _LUSTRE_MDC_LINKEA_H */
