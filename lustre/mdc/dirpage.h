/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Directory pages as MDS_READPAGE brings them: pure functions on 4096 bytes
 * that a server sent, usable in any context.  Spec: 09 section 11.
 */
#ifndef _LUSTRE_MDC_DIRPAGE_H
#define _LUSTRE_MDC_DIRPAGE_H

#include "fid.h"
#include "wire.h"

/**
 * struct mdc_dirent - one entry of a checked page, host byte order
 * @fid: what it names
 * @hash: its position
 * @name: not NUL-terminated
 * @len: length of @name
 * @type: S_IFMT bits, 0 if not told
 */
struct mdc_dirent {
	struct lustre_fid	fid;
	u64			hash;
	const char		*name;
	u16			len;
	u16			type;
};

int mdc_dirpage_check(const void *page, u64 *start, u64 *end);
bool mdc_dirpage_next(const void *page, unsigned int *pos,
		      struct mdc_dirent *de);

#endif /* _LUSTRE_MDC_DIRPAGE_H */
