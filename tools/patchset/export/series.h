/* SPDX-License-Identifier: GPL-2.0-only */
/* patches/series, read. */
#ifndef LUSTRE_EXPORT_SERIES_H
#define LUSTRE_EXPORT_SERIES_H

#include "util.h"

struct part {
	char		*title, *hook;
	struct strv	 glob;
	struct buf	 text;
};

struct plan {
	struct part	 cover;
	struct part	*p;
	size_t		 n, cap;
	size_t		*of;		/* the part of each file of the manifest */
};

#endif
