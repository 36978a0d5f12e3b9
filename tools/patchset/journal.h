/* SPDX-License-Identifier: GPL-2.0-only */
/* Many files changed as one: see ov_commit(). */
#ifndef PATCHSET_JOURNAL_H
#define PATCHSET_JOURNAL_H

/* Finish what a process that died had begun in the tree at @root. */
void journal_finish(const char *root);

#endif
