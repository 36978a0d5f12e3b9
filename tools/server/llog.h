/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration log in memory, built from the command line */
#ifndef _TS_LLOG_H
#define _TS_LLOG_H

#include "server.h"

/* One log: the image behind the header, and how many records it has */
struct llog {
	const char	*name;
	uint64_t	id;
	uint8_t		*data;
	size_t		len, room;
	uint32_t	last;		/* index of the last record */
	uint64_t	created;
	bool		empty_uuid;
	uint32_t	step;		/* of markers */
};

/* NULL when there is no such log */
const struct llog *llog_find(const char *name);
const struct llog *llog_by_id(uint64_t id);
void llog_build(void);
void llog_set_param(const char *text);
void llog_announce(struct target *t);
/* Take the locks on a log back, so that clients read what is new (mgs.c) */
void mgs_log_changed(const char *name, unsigned int type);
uint64_t llog_offset(const struct llog *log, uint32_t index);

#endif /* _TS_LLOG_H */
