/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which stripe of a striped directory holds a name: pure arithmetic that must
 * agree with the servers bit by bit. Spec: 09 section 12.2.
 */
#ifndef _LUSTRE_MDC_HASH_H
#define _LUSTRE_MDC_HASH_H

#include <linux/types.h>

/* Low 16 bits of lmv_hash_type */
enum mdc_hash_type {
	MDC_HASH_ALL_CHARS	= 1,
	MDC_HASH_FNV_1A_64	= 2,
	MDC_HASH_CRUSH		= 3,
	MDC_HASH_CRUSH2		= 4,
};

u64 mdc_hash_fnv(const char *name, size_t len);
u32 mdc_hash_jenkins(u32 a, u32 b);
int mdc_hash_stripe(u32 type, const char *name, size_t len, u32 count,
		    u32 *index);

#endif /* _LUSTRE_MDC_HASH_H */
