/* SPDX-License-Identifier: GPL-2.0-only */
/* What the reports about histories share. */
#ifndef TREECMP_PATCHREPORT_H
#define TREECMP_PATCHREPORT_H

#include "history.h"

const char *short_oid(const git_oid *oid);
uint32_t hunk_missing(const struct history *h, const struct phunk *k);
bool patch_listed(const struct commit *c, const struct output *out);
void html_patches(const struct histories *hs, const struct output *out);

#endif
