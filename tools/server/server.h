/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of the test server shares: configuration, targets, buffers,
 * logging, time, byte order.
 */
#ifndef _TS_SERVER_H
#define _TS_SERVER_H

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <uthash.h>

#include "lnet/wire.h"
#include "lustre/wire.h"

#define cpu_to_le16(x)	htole16(x)
#define cpu_to_le32(x)	htole32(x)
#define cpu_to_le64(x)	htole64(x)
#define le16_to_cpu(x)	le16toh(x)
#define le32_to_cpu(x)	le32toh(x)
#define le64_to_cpu(x)	le64toh(x)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min_t(t, a, b)	((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define max_t(t, a, b)	((t)(a) > (t)(b) ? (t)(a) : (t)(b))
#define round_up(x, n)	(((x) + (n) - 1) / (n) * (n))

/* errno values of the wire that user space headers lack */
#define E_ERESTART	85
#define E_BADHANDLE	521
#define E_NOTSUPP	524

#define SRV_VERSION	OBD_OCD_VERSION(2u, 17u, 0u, 0u)
#define SRV_MAX_NIDS	8
#define SRV_MAX_TARGETS	64
#define SRV_MAX_PARAMS	32

/* ---- log.c ---- */

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

extern enum log_level log_level;

void log_msg(enum log_level lvl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...)	log_msg(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_msg(LOG_WARN, __VA_ARGS__)
#define log_info(...)	log_msg(LOG_INFO, __VA_ARGS__)
#define log_debug(...)						\
	do {							\
		if (log_level >= LOG_DEBUG)			\
			log_msg(LOG_DEBUG, __VA_ARGS__);	\
	} while (0)
#define log_trace(...)						\
	do {							\
		if (log_level >= LOG_TRACE)			\
			log_msg(LOG_TRACE, __VA_ARGS__);	\
	} while (0)

/* ---- util.c ---- */

/* Bytes that several owners share; freed with the last reference */
struct buf {
	int	refs;
	size_t	len;
	uint8_t	data[];
};

struct buf *buf_new(size_t len);	/* contents undefined; never NULL */
struct buf *buf_zalloc(size_t len);
struct buf *buf_get(struct buf *b);
void buf_put(struct buf *b);		/* NULL is allowed */

void *xzalloc(size_t len);		/* exits when memory is out */
void *xrealloc(void *p, size_t len);
char *xstrdup(const char *s);

int64_t now_ms(void);			/* monotonic milliseconds */
int64_t wall_sec(void);			/* seconds since the epoch */
uint64_t rand_cookie(void);		/* non-zero, unguessable */

/* ---- targets ---- */

enum tgt_kind { TGT_MGS = 1, TGT_MDT = 2, TGT_OST = 4 };

struct export;
struct ldlm_ns;
struct recovery;

struct target {
	enum tgt_kind		kind;
	unsigned int		index;
	char			name[24];	/* lfs-MDT0000, MGS */
	char			uuid[40];
	uint32_t		instance;
	uint64_t		last_transno;
	uint64_t		last_committed;
	struct export		*exports;	/* by client uuid */
	struct ldlm_ns		*ns;
	struct recovery		*rec;		/* while recovering */
	uint64_t		granted;	/* OST: bytes promised */
	uint64_t		used;		/* OST: bytes on disk */
	int			objdir;		/* OST: dir fd of objects */
	bool			readonly;
	bool			disabled;	/* answers -ENODEV */
	bool			hidden;		/* not in the client log */
};

struct config {
	const char		*dir;
	const char		*fsname;
	unsigned int		mdts;
	unsigned int		osts;
	unsigned int		stripe_count;
	uint64_t		stripe_size;
	const char		*listen;
	uint16_t		port;
	struct lnet_nid	nids[SRV_MAX_NIDS];
	unsigned int		nr_nids;
	uint64_t		ost_size;	/* bytes each OST pretends */
	uint64_t		brw_size;
	unsigned int		commit_ms;	/* 0: before each reply */
	unsigned int		recovery_sec;
	unsigned int		mdt_ms;		/* longer recovery of MDTs */
	int			object_ms;	/* lost objects; -1: for good */
	unsigned int		lock_timeout;	/* seconds */
	unsigned int		evict_sec;	/* silent client */
	unsigned int		timeout;	/* of the cluster, 0: not told */
	const char		*params[SRV_MAX_PARAMS]; /* of lctl set_param -P */
	unsigned int		nr_params;
	const char		*hide;		/* name of a target, or NULL */
	bool			format;
	bool			privports;
	bool			no_zc;
	bool			no_discovery;
	bool			durable;
	bool			no_data;	/* zeros in place of what is written */
};

struct server {
	struct config		cfg;
	struct event_base	*base;
	struct target		tgts[SRV_MAX_TARGETS];
	unsigned int		nr_tgts;
	uint64_t		incarnation;
	uint64_t		next_xid;	/* of callbacks */
	bool			stopping;
	bool			compressed;	/* layouts are told as such */
	bool			no_lazy;	/* no sizes are told by an MDT */
	unsigned int		hsm_ms;		/* a restore takes; 0: nobody does it */
	bool			hsm_fails;	/* it comes to nothing */
	bool			bare;		/* no layouts with attributes */
	uint64_t		dom_limit;	/* longest part on an MDT */
};

extern struct server srv;

struct target *target_by_uuid(const char *uuid);
struct target *target_get(enum tgt_kind kind, unsigned int index);

/* ---- nid.c ---- */

#define NID_STRLEN	64

int nid_parse(const char *text, struct lnet_nid *nid);
const char *nid_str(const struct lnet_nid *nid);	/* static ring */
bool nid_eq(const struct lnet_nid *a, const struct lnet_nid *b);
void nid_from_nid4(struct lnet_nid *nid, uint64_t nid4);
uint64_t nid_to_nid4(const struct lnet_nid *nid);	/* 0 if it has none */
bool nid_is_nid4(const struct lnet_nid *nid);
bool nid_is_local(const struct lnet_nid *nid);

#endif /* _TS_SERVER_H */
