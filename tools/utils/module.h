/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading the client's modules. */
#ifndef LUSTRE_MODULE_H
#define LUSTRE_MODULE_H

/* Load module NAME and what it needs.  Returns 0 or -errno. */
int module_load(const char *name);

/* Tell people on stderr why module_load() failed, and what to do. */
void module_explain(const char *program, const char *name, int err);

#endif
