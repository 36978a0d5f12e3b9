/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the configuration room share.
 */
#ifndef LUSTRE_MGC_INTERNAL_H
#define LUSTRE_MGC_INTERNAL_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "ldlm/ldlm.h"
#include "mgc/mgc.h"
#include "wire.h"

/* A log has at most so many records: the bitmap has no more bits */
#define MGC_LOG_MAX_INDEX	(LLOG_HDR_BITMAP_SIZE * 8 - 1)

#define MGC_NODE_MAX_NIDS	32
/* Longest name of a parameter, with NUL */
#define MGC_PARAM_MAX		128
#define MGC_DEVICE_MAX_NODES	16

/* ---- record.c: bytes to records ---------------------------------------- */

/**
 * struct mgc_record - one lustre_cfg, checked: all buffers lie within it
 * @cfg: the record
 * @command: LCFG_*
 * @num: numeric argument
 * @nid: old style NID of LCFG_ADD_UUID, 0: none
 * @nr_bufs: number of buffers, at most LUSTRE_CFG_MAX_BUFCOUNT - 1
 */
struct mgc_record {
	const struct lustre_cfg	*cfg;
	u32			command;
	u32			num;
	u64			nid;
	u32			nr_bufs;
};

int mgc_record_decode(const void *data, u32 len, struct mgc_record *rec);
const void *mgc_record_buf(const struct mgc_record *rec, u32 i, u32 *len);
const char *mgc_record_str(const struct mgc_record *rec, u32 i);

typedef int (*mgc_record_fn)(void *arg, u32 index, const void *data, u32 len);

int mgc_header_check(const void *data, u32 len, u32 *last);
bool mgc_header_live(const struct llog_log_hdr *hdr, u32 index);
int mgc_chunk_walk(const struct llog_log_hdr *hdr, const void *chunk, u32 len,
		   u32 *next, mgc_record_fn fn, void *arg);

/* ---- config.c: records to calls ---------------------------------------- */

/**
 * struct mgc_config - what the client log has said so far
 * @fsname: file system
 * @exclude: names separated by ':', or NULL
 * @ops: receiver
 * @priv: for @ops
 * @nodes: struct mgc_cfg_node, node uuids and their NIDs
 * @devices: struct mgc_cfg_device, mdc and osc devices
 * @inside: between the markers of a stanza
 * @skip: the stanza is void
 * @excluded: its target is to be added inactive
 * @profile: the file system's mount profile was seen
 */
struct mgc_config {
	const char			*fsname;
	const char			*exclude;
	const struct mgc_config_ops	*ops;
	void				*priv;
	struct list_head		nodes;
	struct list_head		devices;
	bool				inside;
	bool				skip;
	bool				excluded;
	bool				profile;
};

void mgc_config_init(struct mgc_config *cfg, const char *fsname,
		     const char *exclude, const struct mgc_config_ops *ops,
		     void *priv);
void mgc_config_free(struct mgc_config *cfg);
int mgc_config_record(struct mgc_config *cfg, u32 index, const void *data,
		      u32 len);
int mgc_sptlrpc_record(const char *fsname, const void *data, u32 len);
int mgc_params_record(struct mgc_config *cfg, const void *data, u32 len);

/* ---- mgc.c -------------------------------------------------------------- */

enum mgc_log_kind {
	MGC_LOG_SPTLRPC,
	MGC_LOG_CONFIG,
	MGC_LOG_RECOVER,
	MGC_LOG_PARAMS,
	MGC_NR_LOGS,
};

/**
 * struct mgc_log - one watched log
 * @mgc: owner
 * @kind: which
 * @name: "lustre-client", "lustre-cliir" ...
 * @lock: our lock on it, referenced; NULL: to be taken; mgc->lock
 * @next: first record index, or table version, not seen yet
 * @work: takes the lock and reads what is new
 * @rc: result of the last reading
 */
struct mgc_log {
	struct mgc		*mgc;
	enum mgc_log_kind	kind;
	char			name[MGC_NAME_MAX];
	struct ldlm_lock	*lock;
	u64			next;
	struct delayed_work	work;
	int			rc;
};

/**
 * struct mgc - configuration client of one mount
 * @imp: import to the MGS
 * @ns: its lock namespace
 * @wq: ordered, reads logs after the mount
 * @fsname: file system
 * @exclude: copy of the mount's exclude list, or NULL
 * @config: what the client log said; changed by one reader at a time
 * @lock: protects the fields that say so
 * @apply: held while mgc_config_ops are called; mgc_stop() waits for it
 * @stopping: no calls, no new locks; written under @lock and @apply
 * @mounted: the first read is over: errors are only logged
 * @logs: by enum mgc_log_kind
 */
struct mgc {
	struct ptlrpc_import	*imp;
	struct ldlm_ns		*ns;
	struct workqueue_struct	*wq;
	char			fsname[LUSTRE_MAXFSNAME + 1];
	char			*exclude;
	struct mgc_config	config;
	spinlock_t		lock;	/* see above */
	struct mutex		apply;	/* see above */
	bool			stopping;
	bool			mounted;
	struct mgc_log		logs[MGC_NR_LOGS];
};

#define mgc_notice(mgc, fmt, ...)					\
	pr_notice_ratelimited("lustre: %s: " fmt, (mgc)->fsname, ##__VA_ARGS__)
#define mgc_warn(mgc, fmt, ...)						\
	pr_warn_ratelimited("lustre: %s: " fmt, (mgc)->fsname, ##__VA_ARGS__)

/* ---- llog.c -------------------------------------------------------------- */
int mgc_llog_read(struct ptlrpc_import *imp, const char *name, u32 flags,
		  u64 *next, mgc_record_fn fn, void *arg);

/* ---- recover.c ------------------------------------------------------------ */
/**
 * struct mgc_moved - one entry of the table, in host order
 * @kind: kind of the target
 * @index: its index
 * @instance: counts its starts
 * @nr_nids: elements used in @nids
 * @nids: where it runs
 */
struct mgc_moved {
	enum ptlrpc_target	kind;
	u32			index;
	u32			instance;
	unsigned int		nr_nids;
	struct lnet_nid		nids[MGC_NODE_MAX_NIDS];
};

int mgc_moved_decode(const void *data, u32 len, u64 covered,
		     struct mgc_moved *moved, u32 *size);
int mgc_recover_read(struct mgc_log *log, u32 flags);

#endif /* LUSTRE_MGC_INTERNAL_H */
