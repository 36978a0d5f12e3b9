/* SPDX-License-Identifier: GPL-2.0-only */
/* The gate before posting: its steps and what they found. */
#ifndef LUSTRE_EXPORT_CHECK_H
#define LUSTRE_EXPORT_CHECK_H

#include "export.h"

struct step {
	const char	*name, *what;
	bool		 run, ok;
	double		 seconds;
	char		*said;		/* one line */
	struct strv	 found;		/* what is wrong */
	char		*log;
};

struct gate {
	const struct options	*o;
	struct tree		*t;
	struct manifest		 m;
	char			*work;
};

/* Kconfig: everything that is used is defined, everything defined explained. */
void lint_kconfig(struct gate *g, struct step *s);
/* Run one program, its output into the step's log; returns its status. */
int run(struct step *s, const char *const argv[]);
void found(struct step *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The one page. */
void page_html(const struct gate *g, const struct step *s, size_t n);

#endif
