/* SPDX-License-Identifier: GPL-2.0-only */
/* The #if of a file: arms that are never taken, and a form to parse. */
#ifndef TREECMP_COND_H
#define TREECMP_COND_H

#include "rules.h"

void cond_resolve(char side, struct tokens *t, char *parse);
void cond_include_guard(struct tokens *t);
bool cond_directive(const struct tokens *t, size_t i);
void mask_range(char *parse, size_t from, size_t to);

#endif
