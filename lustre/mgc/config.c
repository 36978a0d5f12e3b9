// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a client log means, 05 sections 5.5 to 5.7: records become calls
 * of mgc_config_ops.  State lives across reads of the same log.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>

#include "mgc/internal.h"

/* A node uuid (the text of its first NID) and its NIDs. */
struct mgc_cfg_node {
	struct list_head	link;
	char			uuid[MGC_NAME_MAX];
	unsigned int		nr_nids;
	struct lnet_nid		nids[MGC_NODE_MAX_NIDS];
};

/**
 * struct mgc_cfg_device - an mdc or osc device
 * @link: in mgc_config.devices
 * @name: "lustre-OST0003-osc"
 * @uuid: target's uuid, empty before its SETUP
 * @kind: what it connects to
 * @index: index of the target, once announced
 * @announced: ops->target_add() was called
 * @inactive: set up as such, or deactivated before it was announced
 * @nr_nodes: nodes that may serve it
 * @nodes: entries of mgc_config.nodes
 */
struct mgc_cfg_device {
	struct list_head	link;
	char			name[MGC_NAME_MAX];
	char			uuid[LUSTRE_UUID_LEN];
	enum ptlrpc_target	kind;
	u32			index;
	bool			announced;
	bool			inactive;
	unsigned int		nr_nodes;
	struct mgc_cfg_node	*nodes[MGC_DEVICE_MAX_NODES];
};

/**
 * mgc_config_init - nothing is known yet
 * @cfg: to be set up
 * @fsname: file system; must outlive @cfg, as the following
 * @exclude: names of targets separated by ':', or NULL
 * @ops: receiver
 * @priv: for @ops
 */
void mgc_config_init(struct mgc_config *cfg, const char *fsname,
		     const char *exclude, const struct mgc_config_ops *ops,
		     void *priv)
{
	memset(cfg, 0, sizeof(*cfg));
	INIT_LIST_HEAD(&cfg->nodes);
	INIT_LIST_HEAD(&cfg->devices);
	cfg->fsname = fsname;
	cfg->exclude = exclude;
	cfg->ops = ops;
	cfg->priv = priv;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_config_init);

/* mgc_config_free - forget all that was learnt */
void mgc_config_free(struct mgc_config *cfg)
{
	struct mgc_cfg_device *dev, *dnext;
	struct mgc_cfg_node *node, *nnext;

	list_for_each_entry_safe(dev, dnext, &cfg->devices, link)
		kfree(dev);
	list_for_each_entry_safe(node, nnext, &cfg->nodes, link)
		kfree(node);
	INIT_LIST_HEAD(&cfg->devices);
	INIT_LIST_HEAD(&cfg->nodes);
}
EXPORT_SYMBOL_IF_KUNIT(mgc_config_free);

/* A name fit for messages and sysfs: printable, no slash, not too long. */
static bool mgc_name_sane(const char *name, size_t size)
{
	size_t i, len = name ? strlen(name) : 0;

	if (!len || len >= size)
		return false;
	for (i = 0; i < len; i++)
		if (!isgraph(name[i]) || !isascii(name[i]) || name[i] == '/')
			return false;
	return true;
}

/* ---- nodes --------------------------------------------------------------- */

static struct mgc_cfg_node *mgc_node_find(struct mgc_config *cfg,
					  const char *uuid)
{
	struct mgc_cfg_node *node;

	list_for_each_entry(node, &cfg->nodes, link)
		if (!strcmp(node->uuid, uuid))
			return node;
	return NULL;
}

static struct mgc_cfg_node *mgc_node_make(struct mgc_config *cfg,
					  const char *uuid)
{
	struct mgc_cfg_node *node = mgc_node_find(cfg, uuid);

	if (node)
		return node;
	node = kzalloc_obj(*node, GFP_KERNEL);
	if (!node)
		return NULL;
	strscpy(node->uuid, uuid, sizeof(node->uuid));
	list_add_tail(&node->link, &cfg->nodes);
	return node;
}

static void mgc_node_add_nid(struct mgc_cfg_node *node,
			     const struct lnet_nid *nid)
{
	unsigned int i;

	for (i = 0; i < node->nr_nids; i++)
		if (lnet_nid_equal(&node->nids[i], nid))
			return;
	if (node->nr_nids < MGC_NODE_MAX_NIDS)
		node->nids[node->nr_nids++] = *nid;
	else
		pr_notice_ratelimited("lustre: too many NIDs for node %s\n",
				      node->uuid);
}

/* The NID is a number in the record, or text when it does not fit there. */
static int mgc_rec_add_uuid(struct mgc_config *cfg,
			    const struct mgc_record *rec)
{
	const char *uuid = mgc_record_str(rec, 1);
	const char *text = mgc_record_str(rec, 2);
	struct mgc_cfg_node *node;
	struct lnet_nid nid;

	if (!mgc_name_sane(uuid, MGC_NAME_MAX))
		return -EINVAL;
	if (rec->nid)
		lnet_nid_from_nid4(&nid, rec->nid);
	else if (!text || lnet_nid_parse(text, strlen(text), &nid))
		return -EINVAL;
	node = mgc_node_make(cfg, uuid);
	if (!node)
		return -ENOMEM;
	mgc_node_add_nid(node, &nid);
	return 0;
}

/* The node stays for the devices that have it; its NIDs are void. */
static int mgc_rec_del_uuid(struct mgc_config *cfg,
			    const struct mgc_record *rec)
{
	const char *uuid = mgc_record_str(rec, 1);
	struct mgc_cfg_node *node = uuid ? mgc_node_find(cfg, uuid) : NULL;

	if (node)
		node->nr_nids = 0;
	return 0;
}

/* ---- devices --------------------------------------------------------------- */

static struct mgc_cfg_device *mgc_device_find(struct mgc_config *cfg,
					      const char *name)
{
	struct mgc_cfg_device *dev;

	list_for_each_entry(dev, &cfg->devices, link)
		if (name && !strcmp(dev->name, name))
			return dev;
	return NULL;
}

static struct mgc_cfg_device *mgc_device_by_uuid(struct mgc_config *cfg,
						 enum ptlrpc_target kind,
						 const char *uuid)
{
	struct mgc_cfg_device *dev;

	list_for_each_entry(dev, &cfg->devices, link)
		if (uuid && dev->kind == kind && !strcmp(dev->uuid, uuid))
			return dev;
	return NULL;
}

/* The log's uuid is not ours: the mount has its own (05 section 5.6). */
static int mgc_rec_attach(struct mgc_config *cfg, const struct mgc_record *rec)
{
	const char *name = mgc_record_str(rec, 0);
	const char *type = mgc_record_str(rec, 1);
	struct mgc_cfg_device *dev;
	enum ptlrpc_target kind;

	if (!mgc_name_sane(name, MGC_NAME_MAX) || !type)
		return -EINVAL;
	if (!strcmp(type, "lov") || !strcmp(type, "lmv"))
		return 0;
	if (!strcmp(type, "mdc"))
		kind = PTLRPC_MDT;
	else if (!strcmp(type, "osc"))
		kind = PTLRPC_OST;
	else
		return -EOPNOTSUPP;
	if (mgc_device_find(cfg, name))
		return 0;
	dev = kzalloc_obj(*dev, GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	strscpy(dev->name, name, sizeof(dev->name));
	dev->kind = kind;
	list_add_tail(&dev->link, &cfg->devices);
	return 0;
}

static int mgc_device_add_node(struct mgc_config *cfg,
			       struct mgc_cfg_device *dev, const char *uuid)
{
	struct mgc_cfg_node *node = uuid ? mgc_node_find(cfg, uuid) : NULL;
	struct mgc_node out;
	unsigned int i;

	if (!node || !node->nr_nids)
		return -EINVAL;
	for (i = 0; i < dev->nr_nodes; i++)
		if (dev->nodes[i] == node)
			break;
	if (i == MGC_DEVICE_MAX_NODES)
		return -E2BIG;
	dev->nodes[i] = node;
	dev->nr_nodes = max(dev->nr_nodes, i + 1);
	if (!dev->announced || !cfg->ops->conn_add)
		return 0;
	out.nids = node->nids;
	out.nr_nids = node->nr_nids;
	return cfg->ops->conn_add(cfg->priv, dev->kind, dev->index, &out);
}

static int mgc_rec_setup(struct mgc_config *cfg, const struct mgc_record *rec)
{
	struct mgc_cfg_device *dev =
		mgc_device_find(cfg, mgc_record_str(rec, 0));
	const char *uuid = mgc_record_str(rec, 1);
	const char *opt = mgc_record_str(rec, 3);

	/* lov and lmv: their descriptions hold nothing that is needed */
	if (!dev)
		return 0;
	if (!mgc_name_sane(uuid, LUSTRE_UUID_LEN) || !strchr(uuid, '_'))
		return -EINVAL;
	strscpy(dev->uuid, uuid, sizeof(dev->uuid));
	if (opt && !strcmp(opt, "inactive"))
		dev->inactive = true;
	return mgc_device_add_node(cfg, dev, mgc_record_str(rec, 2));
}

static int mgc_rec_add_conn(struct mgc_config *cfg,
			    const struct mgc_record *rec)
{
	struct mgc_cfg_device *dev =
		mgc_device_find(cfg, mgc_record_str(rec, 0));

	return dev ? mgc_device_add_node(cfg, dev, mgc_record_str(rec, 1)) :
		     -EINVAL;
}

/* A node less to try: an address that does not answer costs only time. */
static int mgc_rec_del_conn(struct mgc_config *cfg,
			    const struct mgc_record *rec)
{
	struct mgc_cfg_device *dev =
		mgc_device_find(cfg, mgc_record_str(rec, 0));
	const char *uuid = mgc_record_str(rec, 1);
	unsigned int i;

	if (!dev || !uuid)
		return -EINVAL;
	for (i = 0; i < dev->nr_nodes; i++)
		if (!strcmp(dev->nodes[i]->uuid, uuid))
			break;
	if (i == dev->nr_nodes)
		return 0;
	memmove(&dev->nodes[i], &dev->nodes[i + 1],
		(--dev->nr_nodes - i) * sizeof(dev->nodes[0]));
	return 0;
}

static void mgc_device_drop(struct mgc_config *cfg, struct mgc_cfg_device *dev)
{
	if (dev->announced && cfg->ops->target_del)
		cfg->ops->target_del(cfg->priv, dev->kind, dev->index);
	list_del(&dev->link);
	kfree(dev);
}

static int mgc_rec_detach(struct mgc_config *cfg, const struct mgc_record *rec)
{
	struct mgc_cfg_device *dev =
		mgc_device_find(cfg, mgc_record_str(rec, 0));

	if (dev)
		mgc_device_drop(cfg, dev);
	return 0;
}

/* ---- targets ---------------------------------------------------------------- */

/* "lustre-OST000a" of "lustre-OST000a_UUID"; its index must be @index. */
static int mgc_target_name(const char *uuid, enum ptlrpc_target kind, u32 index,
			   char *name, size_t size)
{
	const char *end = strrchr(uuid, '_');
	size_t len = end ? end - uuid : 0;
	const char *tag;
	u32 hex;

	if (!len || len >= size)
		return -EINVAL;
	memcpy(name, uuid, len);
	name[len] = 0;
	tag = strrchr(name, '-');
	if (!tag || strncmp(tag, kind == PTLRPC_MDT ? "-MDT" : "-OST", 4) ||
	    kstrtou32(tag + 4, 16, &hex) || hex != index)
		return -EINVAL;
	return 0;
}

/* Is @name in a list separated by colons? */
static bool mgc_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (list && *list) {
		if (!strncmp(list, name, len) &&
		    (!list[len] || list[len] == ':'))
			return true;
		list = strchr(list, ':');
		if (list)
			list++;
	}
	return false;
}

static int mgc_device_announce(struct mgc_config *cfg,
			       struct mgc_cfg_device *dev, u32 index,
			       bool inactive)
{
	struct mgc_node nodes[MGC_DEVICE_MAX_NODES];
	char name[LUSTRE_UUID_LEN];
	struct mgc_target tgt = {
		.kind = dev->kind,
		.index = index,
		.name = name,
		.uuid = dev->uuid,
		.nodes = nodes,
		.nr_nodes = dev->nr_nodes,
	};
	unsigned int i;
	int rc;

	rc = mgc_target_name(dev->uuid, dev->kind, index, name, sizeof(name));
	if (rc || !dev->nr_nodes)
		return -EINVAL;
	for (i = 0; i < dev->nr_nodes; i++) {
		nodes[i].nids = dev->nodes[i]->nids;
		nodes[i].nr_nids = dev->nodes[i]->nr_nids;
	}
	tgt.inactive = inactive || dev->inactive ||
		       mgc_listed(cfg->exclude, name);
	rc = cfg->ops->target_add(cfg->priv, &tgt);
	if (rc)
		return rc;
	dev->index = index;
	dev->announced = true;
	return 0;
}

static int mgc_rec_add_target(struct mgc_config *cfg,
			      const struct mgc_record *rec,
			      enum ptlrpc_target kind)
{
	const char *text = mgc_record_str(rec, 2);
	struct mgc_cfg_device *dev;
	u32 index;

	dev = mgc_device_by_uuid(cfg, kind, mgc_record_str(rec, 1));
	if (!dev || !text || kstrtou32(text, 10, &index) || index > 0xffff)
		return -EINVAL;
	if (dev->announced)
		return dev->index == index ? 0 : -EINVAL;
	return mgc_device_announce(cfg, dev, index, cfg->excluded ||
				   rec->command == LCFG_LOV_ADD_INA);
}

static int mgc_rec_del_target(struct mgc_config *cfg,
			      const struct mgc_record *rec,
			      enum ptlrpc_target kind)
{
	struct mgc_cfg_device *dev;

	dev = mgc_device_by_uuid(cfg, kind, mgc_record_str(rec, 1));
	if (dev)
		mgc_device_drop(cfg, dev);
	return 0;
}

/* ---- parameters -------------------------------------------------------------- */

/* The device that a parameter is about: by its own or its target's name. */
static struct mgc_cfg_device *mgc_param_device(struct mgc_config *cfg,
					       const char *name)
{
	struct mgc_cfg_device *dev = mgc_device_find(cfg, name);
	size_t len = strlen(name);

	if (dev)
		return dev;
	list_for_each_entry(dev, &cfg->devices, link)
		if (!strncmp(dev->name, name, len) && dev->name[len] == '-')
			return dev;
	return NULL;
}

static int mgc_param_active(struct mgc_config *cfg, const char *target,
			    const char *value)
{
	struct mgc_cfg_device *dev = mgc_param_device(cfg, target);
	bool on;

	if (!dev || kstrtobool(value, &on))
		return -EINVAL;
	dev->inactive = !on;
	if (!dev->announced || !cfg->ops->set_active)
		return 0;
	return cfg->ops->set_active(cfg->priv, dev->kind, dev->index, on);
}

static int mgc_set_timeout(struct mgc_config *cfg, u32 secs)
{
	if (cfg->ops->timeout)
		cfg->ops->timeout(cfg->priv, max(secs, 1U));
	return 0;
}

/* One "key=value".  An unknown or unusable one is noted, never fatal. */
static void mgc_param(struct mgc_config *cfg, const char *target,
		      const char *text)
{
	const char *eq = strchr(text, '=');
	char key[MGC_PARAM_MAX];
	int rc = -ENOENT;
	u32 secs;

	if (!eq || eq == text || eq - text >= sizeof(key)) {
		pr_notice_ratelimited("lustre: %s: parameter ignored: not key=value\n",
				      cfg->fsname);
		return;
	}
	memcpy(key, text, eq - text);
	key[eq - text] = 0;
	if (!strcmp(key, "osc.active") || !strcmp(key, "mdc.active"))
		rc = mgc_param_active(cfg, target, eq + 1);
	else if (!strcmp(key, "sys.timeout") && !kstrtou32(eq + 1, 10, &secs))
		rc = mgc_set_timeout(cfg, secs);
	else if (cfg->ops->param)
		rc = cfg->ops->param(cfg->priv, target, key, eq + 1);
	if (rc)
		pr_notice_ratelimited("lustre: %s: parameter %s of %s ignored: %d\n",
				      cfg->fsname, key, target, rc);
}

static int mgc_rec_param(struct mgc_config *cfg, const struct mgc_record *rec)
{
	const char *target = mgc_record_str(rec, 0);
	const char *text;
	u32 i;

	if (!mgc_name_sane(target, MGC_NAME_MAX))
		return 0;
	for (i = 1; i < rec->nr_bufs; i++) {
		text = mgc_record_str(rec, i);
		if (text)
			mgc_param(cfg, target, text);
	}
	return 0;
}

/* ---- stanzas ------------------------------------------------------------------ */

static int mgc_rec_marker(struct mgc_config *cfg, const struct mgc_record *rec)
{
	const struct cfg_marker *marker;
	char name[CFG_MARKER_NAME_LEN + 1];
	u32 len, flags;

	marker = mgc_record_buf(rec, 1, &len);
	if (!marker || len < sizeof(*marker))
		return -EINVAL;
	flags = le32_to_cpu(marker->cm_flags);
	if (flags & CM_END || !(flags & CM_START)) {
		cfg->inside = false;
		cfg->skip = false;
		cfg->excluded = false;
		return 0;
	}
	memcpy(name, marker->cm_tgtname, CFG_MARKER_NAME_LEN);
	name[CFG_MARKER_NAME_LEN] = 0;
	cfg->inside = true;
	cfg->skip = flags & CM_SKIP;
	cfg->excluded = flags & CM_EXCLUDE ||
			(*name && mgc_listed(cfg->exclude, name));
	return 0;
}

static int mgc_rec_mountopt(struct mgc_config *cfg,
			    const struct mgc_record *rec)
{
	const char *profile = mgc_record_str(rec, 1);
	size_t len = strlen(cfg->fsname);

	if (profile && !strncmp(profile, cfg->fsname, len) &&
	    !strcmp(profile + len, "-client"))
		cfg->profile = rec->command == LCFG_MOUNTOPT;
	return 0;
}

static int mgc_rec_unknown(const struct mgc_record *rec)
{
	switch (rec->command) {
	case LCFG_SET_UPCALL:
	case LCFG_PRE_CLEANUP:
	case LCFG_SET_LDLM_TIMEOUT:
	case LCFG_POOL_NEW:
	case LCFG_POOL_ADD:
	case LCFG_POOL_REM:
	case LCFG_POOL_DEL:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int mgc_rec_apply(struct mgc_config *cfg, const struct mgc_record *rec)
{
	switch (rec->command) {
	case LCFG_ATTACH:
		return mgc_rec_attach(cfg, rec);
	case LCFG_SETUP:
		return mgc_rec_setup(cfg, rec);
	case LCFG_DETACH:
	case LCFG_CLEANUP:
		return mgc_rec_detach(cfg, rec);
	case LCFG_ADD_UUID:
		return mgc_rec_add_uuid(cfg, rec);
	case LCFG_DEL_UUID:
		return mgc_rec_del_uuid(cfg, rec);
	case LCFG_MOUNTOPT:
	case LCFG_DEL_MOUNTOPT:
		return mgc_rec_mountopt(cfg, rec);
	case LCFG_SET_TIMEOUT:
		return mgc_set_timeout(cfg, rec->num);
	case LCFG_ADD_CONN:
		return mgc_rec_add_conn(cfg, rec);
	case LCFG_DEL_CONN:
		return mgc_rec_del_conn(cfg, rec);
	case LCFG_LOV_ADD_OBD:
	case LCFG_LOV_ADD_INA:
		return mgc_rec_add_target(cfg, rec, PTLRPC_OST);
	case LCFG_LOV_DEL_OBD:
		return mgc_rec_del_target(cfg, rec, PTLRPC_OST);
	case LCFG_ADD_MDC:
		return mgc_rec_add_target(cfg, rec, PTLRPC_MDT);
	case LCFG_DEL_MDC:
		return mgc_rec_del_target(cfg, rec, PTLRPC_MDT);
	case LCFG_PARAM:
		return mgc_rec_param(cfg, rec);
	default:
		return mgc_rec_unknown(rec);
	}
}

/**
 * mgc_config_record - one record of the client log
 * @cfg: what was read before
 * @index: its index, for messages
 * @data: its payload
 * @len: its length
 *
 * May sleep (calls mgc_config_ops).
 *
 * Return: 0, also for what may be ignored; -EINVAL damaged; else why a command
 * that must be obeyed could not be.
 */
int mgc_config_record(struct mgc_config *cfg, u32 index, const void *data,
		      u32 len)
{
	struct mgc_record rec;
	int rc = mgc_record_decode(data, len, &rec);

	if (rc) {
		pr_notice_ratelimited("lustre: %s: configuration record %u is damaged: %d\n",
				      cfg->fsname, index, rc);
		return rc;
	}
	if (rec.command == LCFG_MARKER)
		return mgc_rec_marker(cfg, &rec);
	if (!cfg->inside)
		pr_notice_ratelimited("lustre: %s: record %u outside of a stanza ignored\n",
				      cfg->fsname, index);
	if (!cfg->inside || cfg->skip)
		return 0;
	rc = mgc_rec_apply(cfg, &rec);
	if (!rc)
		return 0;
	pr_notice_ratelimited("lustre: %s: configuration record %u (command %#x): %d\n",
			      cfg->fsname, index, rec.command, rc);
	return rec.command & LCFG_REQUIRED ? rc : 0;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_config_record);

/**
 * mgc_params_record - one record of the "params" log
 * @cfg: what was read of the client log
 * @data: its payload
 * @len: its length
 *
 * Return: 0: nothing in this log is worth failing for.
 */
int mgc_params_record(struct mgc_config *cfg, const void *data, u32 len)
{
	struct mgc_record rec;
	const char *target, *text;

	if (mgc_record_decode(data, len, &rec) ||
	    rec.command != LCFG_SET_PARAM)
		return 0;
	target = mgc_record_str(&rec, 0);
	text = mgc_record_str(&rec, 1);
	if (text)
		mgc_param(cfg, target ?: "general", text);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_params_record);

/**
 * mgc_sptlrpc_record - one record of the security log
 * @fsname: for messages
 * @data: its payload
 * @len: its length
 *
 * A rule reads "[...]network[.direction]=flavour".  Only rules about clients
 * matter, and only the flavour "null" is there.
 *
 * Return: 0; -EOPNOTSUPP another flavour is demanded of clients.
 */
int mgc_sptlrpc_record(const char *fsname, const void *data, u32 len)
{
	const char *rule, *flavour, *from;
	struct mgc_record rec;

	if (mgc_record_decode(data, len, &rec) ||
	    rec.command != LCFG_SPTLRPC_CONF)
		return 0;
	rule = mgc_record_str(&rec, 1);
	flavour = rule ? strchr(rule, '=') : NULL;
	if (!flavour || !strcmp(flavour + 1, "null"))
		return 0;
	from = strstr(rule, "2");
	if (from && from < flavour && from - rule >= 3 &&
	    strncmp(from - 3, "cli", 3))
		return 0;
	pr_err_ratelimited("lustre: %s: security rule \"%.64s\" cannot be obeyed\n",
			   fsname, rule);
	return -EOPNOTSUPP;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_sptlrpc_record);
