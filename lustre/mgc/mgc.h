/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration client: asks the MGS what a file system is made of, and
 * follows changes (document 05).
 */
#ifndef LUSTRE_MGC_MGC_H
#define LUSTRE_MGC_MGC_H

#include <linux/types.h>
#include <net/lnet.h>

#include "ptlrpc/ptlrpc.h"

struct mgc;

/* Longest name or uuid that a configuration log may carry, bytes with NUL */
#define MGC_NAME_MAX	64

/**
 * struct mgc_node - one server node and its addresses
 * @nids: NIDs in the order of the log
 * @nr_nids: elements in @nids
 */
struct mgc_node {
	const struct lnet_nid	*nids;
	unsigned int		nr_nids;
};

/**
 * struct mgc_target - a metadata or object target, as the log has it
 * @kind: PTLRPC_MDT or PTLRPC_OST
 * @index: its index
 * @name: "lustre-OST0003"
 * @uuid: "lustre-OST0003_UUID"
 * @nodes: nodes that may serve it, the preferred one first
 * @nr_nodes: elements in @nodes, at least 1
 * @inactive: present, but shall not be connected
 */
struct mgc_target {
	enum ptlrpc_target	kind;
	u32			index;
	const char		*name;
	const char		*uuid;
	const struct mgc_node	*nodes;
	unsigned int		nr_nodes;
	bool			inactive;
};

/**
 * struct mgc_config_ops - what the log says, in the order of the log
 *
 * Calls come one at a time: from the task in mgc_open() first, from a
 * workqueue later.  They may sleep, but must not wait for a target to answer
 * and must not call mgc_stop() or mgc_close().  Strings and arrays are valid
 * during the call only.  An error returned for a target fails the mount; later
 * on it is logged.  After a reconnect or an administrator's correction the same
 * thing may be told again: that is not an error.  All but @target_add may be NULL.
 */
struct mgc_config_ops {
	/** @target_add: the file system has this target. */
	int (*target_add)(void *priv, const struct mgc_target *tgt);
	/** @target_del: the target is gone for good. */
	int (*target_del)(void *priv, enum ptlrpc_target kind, u32 index);
	/** @conn_add: one more node that may serve a known target. */
	int (*conn_add)(void *priv, enum ptlrpc_target kind, u32 index,
			const struct mgc_node *node);
	/** @set_active: administratively on or off ("osc.active=0"). */
	int (*set_active)(void *priv, enum ptlrpc_target kind, u32 index,
			  bool active);
	/**
	 * @param: a tunable.  @target is the device or target named by the log
	 * ("lustre-OST0003-osc", "lustre-client", "general"), @key for
	 * instance "osc.max_dirty_mb", @value its text.  -ENOENT: unknown,
	 * which is only noted.
	 */
	int (*param)(void *priv, const char *target, const char *key,
		     const char *value);
	/**
	 * @target_moved: a target (re)started on the node with these NIDs
	 * (imperative recovery).  @instance counts its starts: nothing is to be
	 * done if the connection has it already (ptlrpc_import_kick()).  Unknown
	 * targets are ignored.  NULL: imperative recovery is not offered.
	 */
	void (*target_moved)(void *priv, enum ptlrpc_target kind, u32 index,
			     u32 instance, const struct mgc_node *node);
	/** @timeout: cluster-wide RPC timeout in seconds (default 100). */
	void (*timeout)(void *priv, unsigned int secs);
};

/**
 * struct mgc_desc - what to open
 * @pn: RPC state of the mount's network namespace
 * @nids: MGS addresses in the order to try them
 * @nr_nids: elements in @nids, at least 1
 * @fsname: file system, 1 to 8 characters
 * @exclude: NULL, or target names separated by ':' to be added inactive
 * @ops: receiver of the configuration
 * @priv: for @ops
 * @timeouts: for the import, see &struct ptlrpc_import_desc
 * @why: NULL, or receives one line for the user when mgc_open() fails
 * @why_len: bytes at @why
 */
struct mgc_desc {
	struct ptlrpc_net		*pn;
	const struct lnet_nid		*nids;
	unsigned int			nr_nids;
	const char			*fsname;
	const char			*exclude;
	const struct mgc_config_ops	*ops;
	void				*priv;
	const struct ptlrpc_timeouts	*timeouts;
	char				*why;
	size_t				why_len;
};

/*
 * Connect to the MGS and read the configuration; desc->ops are called before
 * it returns.  Ends at any signal, and after 20 s, or 10 s per address if that
 * is more, when no MGS answers.  Errors: -ENOENT no such file system, -ETIMEDOUT
 * no MGS answers, -ENETUNREACH no interface of ours is on the network of any,
 * -EINTR or -ERESTARTSYS, -EINVAL log makes no sense, -EOPNOTSUPP a security flavour is
 * demanded that this client does not have, and what desc->ops return.
 */
struct mgc *mgc_open(const struct mgc_desc *desc);
/* Umount, first step: follow no change any more, give config locks back. */
void mgc_stop(struct mgc *mgc);
/* Umount, last step, after the targets were disconnected. */
void mgc_close(struct mgc *mgc, bool force);
/* Read what is new in the log soon (a layout names an unknown target). */
void mgc_reread(struct mgc *mgc);
struct ptlrpc_import *mgc_import(const struct mgc *mgc);
/* Text for debugfs: logs, last record read, lock state. */
struct seq_file;
void mgc_show(struct seq_file *m, struct mgc *mgc);

#endif /* LUSTRE_MGC_MGC_H */
