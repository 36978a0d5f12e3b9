// SPDX-License-Identifier: GPL-2.0-only
/* The configuration logs of the file system (document 05, 5) */
#include "llog.h"

static char client_name[32];
static struct llog logs[2];

static struct llog_rec_hdr *reserve(struct llog *log, size_t len)
{
	struct llog_rec_hdr *h;

	if (log->len + len > log->room) {
		log->room = round_up(log->len + len, LLOG_MIN_CHUNK_SIZE) +
			    LLOG_MIN_CHUNK_SIZE;
		log->data = realloc(log->data, log->room);
		if (!log->data)
			exit(3);
		memset(log->data + log->len, 0, log->room - log->len);
	}
	h = (struct llog_rec_hdr *)(log->data + log->len);
	log->len += len;
	return h;
}

static void rec_frame(struct llog *log, struct llog_rec_hdr *h, size_t len,
		      uint32_t type)
{
	struct llog_rec_tail *t;

	t = (struct llog_rec_tail *)((uint8_t *)h + len) - 1;
	h->lrh_len = cpu_to_le32(len);
	h->lrh_index = cpu_to_le32(++log->last);
	h->lrh_type = cpu_to_le32(type);
	t->lrt_len = h->lrh_len;
	t->lrt_index = h->lrh_index;
}

/* No record crosses a chunk: what is left of one becomes a pad */
static void *rec_add(struct llog *log, size_t payload)
{
	size_t len = sizeof(struct llog_rec_hdr) + payload +
		     sizeof(struct llog_rec_tail);
	size_t left = LLOG_MIN_CHUNK_SIZE - log->len % LLOG_MIN_CHUNK_SIZE;
	struct llog_rec_hdr *h;

	if (left < len || (left > len && left - len < sizeof(*h) +
			   sizeof(struct llog_rec_tail))) {
		h = reserve(log, left);
		rec_frame(log, h, left, LLOG_PAD_MAGIC);
	}
	h = reserve(log, len);
	rec_frame(log, h, len, OBD_CFG_REC);
	return h + 1;
}

struct cfg_arg {
	const void	*p;
	size_t		len;
};

#define STR(s)	{ (s), strlen(s) + 1 }
#define NONE	{ NULL, 0 }

static struct lustre_cfg *cfg_add(struct llog *log, uint32_t cmd, uint64_t nid,
				  const struct cfg_arg *args, unsigned int n)
{
	size_t len = round_up(sizeof(struct lustre_cfg) + 4 * n, 8);
	struct lustre_cfg *lcfg;
	size_t off = len;

	for (unsigned int i = 0; i < n; i++)
		len += round_up(args[i].len, 8);
	lcfg = rec_add(log, len);
	lcfg->lcfg_version = cpu_to_le32(LUSTRE_CFG_VERSION);
	lcfg->lcfg_command = cpu_to_le32(cmd);
	lcfg->lcfg_nid = cpu_to_le64(nid);
	lcfg->lcfg_bufcount = cpu_to_le32(n);
	for (unsigned int i = 0; i < n; i++) {
		lcfg->lcfg_buflens[i] = cpu_to_le32(args[i].len);
		if (args[i].len)
			memcpy((uint8_t *)lcfg + off, args[i].p, args[i].len);
		off += round_up(args[i].len, 8);
	}
	return lcfg;
}

static void marker(struct llog *log, uint32_t flags, const char *tgt,
		   const char *comment)
{
	struct cfg_marker m = {
		.cm_flags = cpu_to_le32(flags),
		.cm_vers = cpu_to_le32(SRV_VERSION),
		.cm_createtime = cpu_to_le64(log->created),
	};
	struct cfg_arg args[] = { NONE, { &m, sizeof(m) } };

	if (flags & CM_START)
		log->step++;
	m.cm_step = cpu_to_le32(log->step);
	snprintf(m.cm_tgtname, sizeof(m.cm_tgtname), "%s", tgt);
	snprintf(m.cm_comment, sizeof(m.cm_comment), "%s", comment);
	cfg_add(log, LCFG_MARKER, 0, args, 2);
}

static void add_lov(struct llog *log, const char *name, bool lmv)
{
	struct lov_desc lov = {
		.ld_magic = cpu_to_le32(LOV_DESC_MAGIC),
		.ld_default_stripe_count = cpu_to_le32(srv.cfg.stripe_count),
		.ld_pattern = cpu_to_le32(LOV_PATTERN_RAID0),
		.ld_default_stripe_size = cpu_to_le64(srv.cfg.stripe_size),
		.ld_default_stripe_offset = cpu_to_le64(-1LL),
		.ld_qos_maxage = cpu_to_le32(5),
	};
	struct lmv_desc lmvd = { 0 };
	char uuid[48];

	snprintf(uuid, sizeof(uuid), "%s_UUID", name);
	snprintf(lov.ld_uuid.uuid, sizeof(lov.ld_uuid.uuid), "%.39s", uuid);
	snprintf(lmvd.ld_uuid.uuid, sizeof(lmvd.ld_uuid.uuid), "%.39s", uuid);
	marker(log, CM_START, name, lmv ? "lmv setup" : "lov setup");
	cfg_add(log, LCFG_ATTACH, 0,
		(struct cfg_arg[]){ STR(name), STR(lmv ? "lmv" : "lov"),
				    STR(uuid) }, 3);
	cfg_add(log, LCFG_SETUP, 0,
		(struct cfg_arg[]){ STR(name),
				    { lmv ? (void *)&lmvd : (void *)&lov,
				      sizeof(lov) } }, 2);
	marker(log, CM_END, name, lmv ? "lmv setup" : "lov setup");
}

static void add_uuids(struct llog *log, const char *node)
{
	for (unsigned int i = 0; i < srv.cfg.nr_nids; i++) {
		const struct lnet_nid *nid = &srv.cfg.nids[i];
		const char *text = nid_str(nid);

		if (nid_is_nid4(nid))
			cfg_add(log, LCFG_ADD_UUID, nid_to_nid4(nid),
				(struct cfg_arg[]){ NONE, STR(node) }, 2);
		else
			cfg_add(log, LCFG_ADD_UUID, 0,
				(struct cfg_arg[]){ NONE, STR(node), STR(text) },
				3);
	}
}

/* The stanza of one MDT or OST */
static void add_target(struct llog *log, const struct target *t)
{
	bool mdt = t->kind == TGT_MDT;
	const char *comment = mdt ? "add mdc" : "add osc";
	char dev[64], owner[64], owner_uuid[72], mdc_uuid[80], idx[16];
	char node[NID_STRLEN];

	snprintf(node, sizeof(node), "%s", nid_str(&srv.cfg.nids[0]));
	snprintf(dev, sizeof(dev), "%s-%s", t->name, mdt ? "mdc" : "osc");
	snprintf(owner, sizeof(owner), "%s-%s", srv.cfg.fsname,
		 mdt ? "clilmv" : "clilov");
	snprintf(owner_uuid, sizeof(owner_uuid), "%s_UUID", owner);
	snprintf(mdc_uuid, sizeof(mdc_uuid), "%s_UUID", dev);
	snprintf(idx, sizeof(idx), "%u", t->index);
	marker(log, CM_START, t->name, comment);
	add_uuids(log, node);
	cfg_add(log, LCFG_ATTACH, 0,
		(struct cfg_arg[]){ STR(dev), STR(mdt ? "mdc" : "osc"),
				    STR(owner_uuid) }, 3);
	cfg_add(log, LCFG_SETUP, 0,
		(struct cfg_arg[]){ STR(dev), STR(t->uuid), STR(node) }, 3);
	if (mdt)
		cfg_add(log, LCFG_ADD_MDC, 0,
			(struct cfg_arg[]){ STR(owner), STR(t->uuid), STR(idx),
					    STR("1"), STR(mdc_uuid) }, 5);
	else
		cfg_add(log, LCFG_LOV_ADD_OBD, 0,
			(struct cfg_arg[]){ STR(owner), STR(t->uuid), STR(idx),
					    STR("1") }, 4);
	marker(log, CM_END, t->name, comment);
}

static void add_timeout(struct llog *log)
{
	struct lustre_cfg *lcfg;

	marker(log, CM_START, srv.cfg.fsname, "timeout");
	lcfg = cfg_add(log, LCFG_SET_TIMEOUT, 0, (struct cfg_arg[]){ NONE }, 1);
	lcfg->lcfg_num = cpu_to_le32(srv.cfg.timeout);
	marker(log, CM_END, srv.cfg.fsname, "timeout");
}

/* A target that clients were not told of shows up */
void llog_announce(struct target *t)
{
	if (t->hidden)
		add_target(&logs[0], t);
	t->hidden = false;
}

/* What lctl set_param -P does: a name, wild cards and all, and a value */
void llog_set_param(const char *text)
{
	struct llog *log = &logs[1];
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "="), text);
	marker(log, CM_START, "general", name);
	cfg_add(log, LCFG_SET_PARAM, 0,
		(struct cfg_arg[]){ STR("general"), STR(text), STR("lctl") },
		3);
	marker(log, CM_END, "general", name);
}

void llog_build(void)
{
	struct llog *log = &logs[0];
	char lov[32], lmv[32];

	snprintf(client_name, sizeof(client_name), "%s-client",
		 srv.cfg.fsname);
	snprintf(lov, sizeof(lov), "%s-clilov", srv.cfg.fsname);
	snprintf(lmv, sizeof(lmv), "%s-clilmv", srv.cfg.fsname);
	*log = (struct llog){ .name = client_name, .id = 3,
			      .created = wall_sec() };
	add_lov(log, lov, false);
	add_lov(log, lmv, true);
	marker(log, CM_START, client_name, "mount opts");
	cfg_add(log, LCFG_MOUNTOPT, 0,
		(struct cfg_arg[]){ NONE, STR(client_name), STR(lov),
				    STR(lmv) }, 4);
	marker(log, CM_END, client_name, "mount opts");
	if (srv.cfg.timeout)
		add_timeout(log);
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind != TGT_MGS && !srv.tgts[i].hidden)
			add_target(log, &srv.tgts[i]);
	logs[1] = (struct llog){ .name = "params", .id = 2,
				 .created = wall_sec(), .empty_uuid = true };
	for (unsigned int i = 0; i < srv.cfg.nr_params; i++)
		llog_set_param(srv.cfg.params[i]);
}

const struct llog *llog_find(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(logs); i++)
		if (!strcmp(logs[i].name, name))
			return &logs[i];
	return NULL;
}

const struct llog *llog_by_id(uint64_t id)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(logs); i++)
		if (logs[i].id == id)
			return &logs[i];
	return NULL;
}

/* Where record @index is, counted from behind the header */
uint64_t llog_offset(const struct llog *log, uint32_t index)
{
	size_t off = 0;

	while (off < log->len) {
		const struct llog_rec_hdr *h = (const void *)(log->data + off);

		if (le32_to_cpu(h->lrh_index) >= index)
			return off;
		off += le32_to_cpu(h->lrh_len);
	}
	return off;
}
