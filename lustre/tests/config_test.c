// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration logs: a log as an MGS writes it, stanzas that change it, and
 * logs that nobody should have written.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "mgc/internal.h"

/* ---- writing logs ------------------------------------------------------------- */

struct log {
	struct llog_log_hdr	hdr;
	u8			chunk[LLOG_MIN_CHUNK_SIZE];
	u32			len;
	u32			index;
};

static void log_init(struct log *log)
{
	memset(log, 0, sizeof(*log));
	log->hdr.llh_hdr.lrh_len = cpu_to_le32(LLOG_MIN_CHUNK_SIZE);
	log->hdr.llh_hdr.lrh_type = cpu_to_le32(LLOG_HDR_MAGIC);
	log->hdr.llh_bitmap_offset = cpu_to_le32(88);
	log->hdr.llh_bitmap[0] = 1;
	log->hdr.llh_tail.lrt_len = cpu_to_le32(LLOG_MIN_CHUNK_SIZE);
}

static void log_add(struct log *log, u32 type, const void *data, u32 len)
{
	struct llog_rec_hdr *rec = (void *)log->chunk + log->len;
	u32 size = sizeof(*rec) + ALIGN(len, 8) + sizeof(struct llog_rec_tail);
	struct llog_rec_tail *tail = (void *)rec + size - sizeof(*tail);

	log->index++;
	rec->lrh_len = cpu_to_le32(size);
	rec->lrh_index = cpu_to_le32(log->index);
	rec->lrh_type = cpu_to_le32(type);
	memcpy(rec + 1, data, len);
	tail->lrt_len = rec->lrh_len;
	tail->lrt_index = rec->lrh_index;
	log->len += size;
	log->hdr.llh_bitmap[log->index / 8] |= BIT(log->index % 8);
	log->hdr.llh_tail.lrt_index = cpu_to_le32(log->index);
}

/* A record with string buffers; NULL: an empty one; @bin: buffer 1 instead */
struct rec {
	u32		command;
	u32		num;
	u64		nid;
	u32		nr;
	const char	*str[5];
	const void	*bin;
	u32		bin_len;
};

static u32 rec_build(const struct rec *r, u8 *out)
{
	struct lustre_cfg *cfg = (void *)out;
	u32 off = ALIGN(sizeof(*cfg) + 4 * r->nr, 8), i, len;

	memset(out, 0, 512);
	cfg->lcfg_version = cpu_to_le32(LUSTRE_CFG_VERSION);
	cfg->lcfg_command = cpu_to_le32(r->command);
	cfg->lcfg_num = cpu_to_le32(r->num);
	cfg->lcfg_nid = cpu_to_le64(r->nid);
	cfg->lcfg_bufcount = cpu_to_le32(r->nr);
	for (i = 0; i < r->nr; i++) {
		const void *src = r->str[i];

		len = src ? strlen(src) + 1 : 0;
		if (i == 1 && r->bin) {
			src = r->bin;
			len = r->bin_len;
		}
		cfg->lcfg_buflens[i] = cpu_to_le32(len);
		if (len)
			memcpy(out + off, src, len);
		off += ALIGN(len, 8);
	}
	return off;
}

static u32 marker_build(u32 flags, const char *target, u8 *out)
{
	struct cfg_marker m = { .cm_flags = cpu_to_le32(flags) };
	struct rec r = { LCFG_MARKER, .nr = 2, .bin = &m, .bin_len = sizeof(m) };

	strscpy(m.cm_tgtname, target, sizeof(m.cm_tgtname));
	return rec_build(&r, out);
}

/* ---- listening ------------------------------------------------------------------ */

struct heard {
	struct kunit	*test;
	unsigned int	mdts, osts, inactive, conns, dels, params, timeout;
	u32		last_index;
	unsigned int	last_nodes, last_nids;
	char		last_name[64];
	char		last_param[128];
	int		active;
};

static int hear_target(void *priv, const struct mgc_target *tgt)
{
	struct heard *h = priv;

	if (tgt->kind == PTLRPC_MDT)
		h->mdts++;
	else
		h->osts++;
	h->inactive += tgt->inactive;
	h->last_index = tgt->index;
	h->last_nodes = tgt->nr_nodes;
	h->last_nids = tgt->nodes[0].nr_nids;
	strscpy(h->last_name, tgt->name, sizeof(h->last_name));
	return 0;
}

static int hear_del(void *priv, enum ptlrpc_target kind, u32 index)
{
	((struct heard *)priv)->dels++;
	return 0;
}

static int hear_conn(void *priv, enum ptlrpc_target kind, u32 index,
		     const struct mgc_node *node)
{
	((struct heard *)priv)->conns += node->nr_nids;
	return 0;
}

static int hear_active(void *priv, enum ptlrpc_target kind, u32 index,
		       bool active)
{
	((struct heard *)priv)->active = active ? 1 : -1;
	return 0;
}

static int hear_param(void *priv, const char *target, const char *key,
		      const char *value)
{
	struct heard *h = priv;

	h->params++;
	snprintf(h->last_param, sizeof(h->last_param), "%s:%s=%s", target, key,
		 value);
	return 0;
}

static void hear_timeout(void *priv, unsigned int secs)
{
	((struct heard *)priv)->timeout = secs;
}

static const struct mgc_config_ops hear_ops = {
	.target_add	= hear_target,
	.target_del	= hear_del,
	.conn_add	= hear_conn,
	.set_active	= hear_active,
	.param		= hear_param,
	.timeout	= hear_timeout,
};

static int hear_record(void *arg, u32 index, const void *data, u32 len)
{
	return mgc_config_record(arg, index, data, len);
}

/* ---- a log as it is ---------------------------------------------------------------- */

#define NID(a, b, c, d) \
	(0x0002000000000000ULL | (a) << 24 | (b) << 16 | (c) << 8 | (d))

static const struct rec good[] = {
	{ LCFG_MARKER, CM_START, .str = { "lfs-clilov" } },
	{ LCFG_ATTACH, .nr = 3,
	  .str = { "lfs-clilov", "lov", "lfs-clilov_UUID" } },
	{ LCFG_SETUP, .nr = 2, .str = { "lfs-clilov" } },
	{ LCFG_MARKER, CM_END, .str = { "lfs-clilov" } },
	{ LCFG_MARKER, CM_START, .str = { "lfs-client" } },
	{ LCFG_MOUNTOPT, .nr = 4,
	  .str = { NULL, "lfs-client", "lfs-clilov", "lfs-clilmv" } },
	{ LCFG_MARKER, CM_END, .str = { "lfs-client" } },
	{ LCFG_MARKER, CM_START, .str = { "lfs-MDT0000" } },
	{ LCFG_ADD_UUID, .nr = 2, .nid = NID(10, 0, 0, 1),
	  .str = { NULL, "10.0.0.1@tcp" } },
	{ LCFG_ADD_UUID, .nr = 2, .nid = NID(10, 1, 0, 1),
	  .str = { NULL, "10.0.0.1@tcp" } },
	{ LCFG_ATTACH, .nr = 3,
	  .str = { "lfs-MDT0000-mdc", "mdc", "lfs-clilmv_UUID" } },
	{ LCFG_SETUP, .nr = 3,
	  .str = { "lfs-MDT0000-mdc", "lfs-MDT0000_UUID", "10.0.0.1@tcp" } },
	{ LCFG_ADD_UUID, .nr = 2, .nid = NID(10, 0, 0, 2),
	  .str = { NULL, "10.0.0.2@tcp" } },
	{ LCFG_ADD_CONN, .nr = 2, .str = { "lfs-MDT0000-mdc", "10.0.0.2@tcp" } },
	{ LCFG_ADD_MDC, .nr = 5, .str = { "lfs-clilmv", "lfs-MDT0000_UUID", "0",
					  "1", "lfs-MDT0000-mdc_UUID" } },
	{ LCFG_MARKER, CM_END, .str = { "lfs-MDT0000" } },
	{ LCFG_MARKER, CM_START, .str = { "lfs-OST000a" } },
	{ LCFG_ADD_UUID, .nr = 3, .str = { NULL, "fd00::1@tcp",
					   "fd00::1@tcp" } },
	{ LCFG_ATTACH, .nr = 3,
	  .str = { "lfs-OST000a-osc", "osc", "lfs-clilov_UUID" } },
	{ LCFG_SETUP, .nr = 3,
	  .str = { "lfs-OST000a-osc", "lfs-OST000a_UUID", "fd00::1@tcp" } },
	{ LCFG_LOV_ADD_OBD, .nr = 4, .str = { "lfs-clilov", "lfs-OST000a_UUID",
					      "10", "1" } },
	{ LCFG_MARKER, CM_END, .str = { "lfs-OST000a" } },
};

static void log_add_rec(struct log *log, const struct rec *r)
{
	u8 *buf = kzalloc(512, GFP_KERNEL);
	u32 len;

	if (!buf)
		return;
	if (r->command == LCFG_MARKER)
		len = marker_build(r->num, r->str[0], buf);
	else
		len = rec_build(r, buf);
	log_add(log, OBD_CFG_REC, buf, len);
	kfree(buf);
}

static struct log *log_good(struct kunit *test)
{
	struct log *log = kunit_kzalloc(test, sizeof(*log), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, log);
	log_init(log);
	for (i = 0; i < ARRAY_SIZE(good); i++)
		log_add_rec(log, &good[i]);
	return log;
}

static int log_read(struct log *log, struct mgc_config *cfg, u32 *next)
{
	return mgc_chunk_walk(&log->hdr, log->chunk, sizeof(log->chunk), next,
			      hear_record, cfg);
}

static void test_good_log(struct kunit *test)
{
	struct heard h = { .test = test };
	struct log *log = log_good(test);
	struct mgc_config cfg;
	u32 next = 1, last;

	KUNIT_ASSERT_EQ(test, mgc_header_check(&log->hdr, sizeof(log->hdr),
					       &last), 0);
	KUNIT_EXPECT_EQ(test, last, ARRAY_SIZE(good));
	mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), 0);
	KUNIT_EXPECT_EQ(test, next, ARRAY_SIZE(good) + 1);
	KUNIT_EXPECT_TRUE(test, cfg.profile);
	KUNIT_EXPECT_EQ(test, h.mdts, 1);
	KUNIT_EXPECT_EQ(test, h.osts, 1);
	KUNIT_EXPECT_EQ(test, h.inactive, 0);
	KUNIT_EXPECT_EQ(test, h.last_index, 10);
	KUNIT_EXPECT_STREQ(test, h.last_name, "lfs-OST000a");
	KUNIT_EXPECT_EQ(test, h.last_nodes, 1);
	KUNIT_EXPECT_EQ(test, h.last_nids, 1);
	/* Nothing new: nothing happens */
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), 0);
	KUNIT_EXPECT_EQ(test, h.mdts + h.osts, 2);
	mgc_config_free(&cfg);
}

/* The MDT of the good log alone: two nodes, the first with two NIDs */
static void test_nodes(struct kunit *test)
{
	struct heard h = { .test = test };
	struct log *log = log_good(test);
	struct mgc_config cfg;
	u32 next = 1;

	mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
	/* End after the record that adds the MDT */
	memset(log->hdr.llh_bitmap + 2, 0, LLOG_HDR_BITMAP_SIZE - 2);
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), 0);
	KUNIT_EXPECT_EQ(test, h.mdts, 1);
	KUNIT_EXPECT_EQ(test, h.osts, 0);
	KUNIT_EXPECT_EQ(test, h.last_nodes, 2);
	KUNIT_EXPECT_EQ(test, h.last_nids, 2);
	mgc_config_free(&cfg);
}

/* Stanzas that come later, and the state that survives between readings */
static void test_changes(struct kunit *test)
{
	static const struct rec changes[] = {
		{ LCFG_MARKER, CM_START, .str = { "lfs-OST000a" } },
		{ LCFG_ADD_UUID, .nr = 2, .nid = NID(10, 0, 0, 9),
		  .str = { NULL, "10.0.0.9@tcp" } },
		{ LCFG_ADD_CONN, .nr = 2,
		  .str = { "lfs-OST000a-osc", "10.0.0.9@tcp" } },
		{ LCFG_MARKER, CM_END, .str = { "lfs-OST000a" } },
		{ LCFG_MARKER, CM_START | CM_SKIP, .str = { "x" } },
		{ LCFG_SET_TIMEOUT, .num = 7 },
		{ LCFG_MARKER, CM_END | CM_SKIP, .str = { "x" } },
		{ LCFG_SET_TIMEOUT, .num = 8 },
		{ LCFG_MARKER, CM_START, .str = { "x" } },
		{ LCFG_SET_TIMEOUT, .num = 0 },
		{ LCFG_PARAM, .nr = 2,
		  .str = { "lfs-OST000a", "osc.active=0" } },
		{ LCFG_PARAM, .nr = 3, .str = { "lfs-client",
		  "llite.max_read_ahead_mb=7", "sys.jobid_var=nodelocal" } },
		{ LCFG_POOL_NEW, .nr = 3, .str = { "lfs-clilov", "lfs", "p" } },
		{ 0xce0ff },
		{ LCFG_LOV_DEL_OBD, .nr = 4,
		  .str = { "lfs-clilov", "lfs-OST000a_UUID", "10", "1" } },
		{ LCFG_MARKER, CM_END, .str = { "x" } },
	};
	struct heard h = { .test = test };
	struct log *log = log_good(test);
	struct mgc_config cfg;
	unsigned int i;
	u32 next = 1;

	mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		log_add_rec(log, &changes[i]);
		KUNIT_EXPECT_EQ_MSG(test, log_read(log, &cfg, &next), 0,
				    "record %u", i);
		if (i == 7)
			KUNIT_EXPECT_EQ(test, h.timeout, 0);
	}
	KUNIT_EXPECT_EQ(test, h.conns, 1);
	KUNIT_EXPECT_EQ(test, h.timeout, 1);
	KUNIT_EXPECT_EQ(test, h.active, -1);
	KUNIT_EXPECT_EQ(test, h.params, 2);
	KUNIT_EXPECT_STREQ(test, h.last_param,
			   "lfs-client:sys.jobid_var=nodelocal");
	KUNIT_EXPECT_EQ(test, h.dels, 1);
	mgc_config_free(&cfg);
}

static void test_exclude(struct kunit *test)
{
	struct heard h = { .test = test };
	struct log *log = log_good(test);
	struct mgc_config cfg;
	u32 next = 1;

	mgc_config_init(&cfg, "lfs", "lfs-OST0001:lfs-OST000a", &hear_ops, &h);
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), 0);
	KUNIT_EXPECT_EQ(test, h.inactive, 1);
	mgc_config_free(&cfg);
}

/* ---- records that must be refused ------------------------------------------------ */

struct bad {
	const char	*what;
	struct rec	rec;
	int		rc;
};

static const struct bad bads[] = {
	{ "unknown but required", { 0xcf0ff }, -EOPNOTSUPP },
	{ "unknown and optional", { 0xce0ff }, 0 },
	{ "no type", { LCFG_ATTACH, .nr = 1, .str = { "a" } }, -EINVAL },
	{ "no name", { LCFG_ATTACH, .nr = 2, .str = { NULL, "osc" } }, -EINVAL },
	{ "slash", { LCFG_ATTACH, .nr = 2, .str = { "a/b", "osc" } }, -EINVAL },
	{ "strange type", { LCFG_ATTACH, .nr = 2, .str = { "a", "echo" } },
	  -EOPNOTSUPP },
	{ "no nid", { LCFG_ADD_UUID, .nr = 2, .str = { NULL, "x" } }, -EINVAL },
	{ "bad nid", { LCFG_ADD_UUID, .nr = 3, .str = { NULL, "x", "y z" } },
	  -EINVAL },
	{ "no uuid", { LCFG_ADD_UUID, .nr = 1, .nid = 1 }, -EINVAL },
	{ "conn of nobody", { LCFG_ADD_CONN, .nr = 2, .str = { "q", "x" } },
	  -EINVAL },
	{ "target of nobody", { LCFG_LOV_ADD_OBD, .nr = 3,
	  .str = { "l", "lfs-OST0009_UUID", "9" } }, -EINVAL },
	{ "hex where decimal", { LCFG_LOV_ADD_OBD, .nr = 3,
	  .str = { "l", "lfs-OST000a_UUID", "a" } }, -EINVAL },
	{ "another index", { LCFG_LOV_ADD_OBD, .nr = 3,
	  .str = { "l", "lfs-OST000a_UUID", "11" } }, -EINVAL },
	{ "setup without node", { LCFG_SETUP, .nr = 2,
	  .str = { "lfs-OST000a-osc", "lfs-OST000a_UUID" } }, -EINVAL },
	{ "long uuid", { LCFG_SETUP, .nr = 3, .str = { "lfs-OST000a-osc",
	  "lfs-OST000a-0123456789-0123456789-0123456789_UUID", "fd00::1@tcp" } },
	  -EINVAL },
	{ "param without value", { LCFG_PARAM, .nr = 2, .str = { "a", "b" } },
	  0 },
	{ "param without key", { LCFG_PARAM, .nr = 2, .str = { "a", "=b" } },
	  0 },
};

static void test_bad_records(struct kunit *test)
{
	static const struct rec start = { LCFG_MARKER, CM_START,
					  .str = { "x" } };
	const struct bad *b = bads;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bads); i++, b++) {
		struct heard h = { .test = test };
		struct log *log = log_good(test);
		struct mgc_config cfg;
		u32 next = 1, before;

		mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
		log_add_rec(log, &start);
		KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), 0);
		before = next;
		log_add_rec(log, &b->rec);
		KUNIT_EXPECT_EQ_MSG(test, log_read(log, &cfg, &next), b->rc,
				    "%s", b->what);
		/* A record that failed is not behind us */
		KUNIT_EXPECT_EQ(test, next, b->rc ? before : before + 1);
		mgc_config_free(&cfg);
		kunit_kfree(test, log);
	}
}

/* ---- lengths that lie ---------------------------------------------------------------- */

struct length_case {
	u32	bufcount;
	u32	lens[4];
	u32	total;
	int	rc;
};

static const struct length_case length_cases[] = {
	{ 0, { 0 }, 32, 0 },
	{ 0, { 0 }, 31, -EINVAL },
	{ 0, { 0 }, 0, -EINVAL },
	{ 1, { 0 }, 40, 0 },
	{ 1, { 0 }, 36, -EINVAL },
	{ 1, { 8 }, 48, 0 },
	{ 1, { 9 }, 48, -EINVAL },
	{ 2, { 1, 1 }, 56, 0 },
	{ 2, { 1, 1 }, 55, -EINVAL },
	{ 2, { 0xffffffff, 1 }, 64, -EINVAL },
	{ 2, { 0xfffffff8, 8 }, 64, -EINVAL },
	{ 4, { 0x40000000, 0x40000000, 0x40000000, 0x40000000 }, 64, -EINVAL },
	{ 7, { 0 }, 64, 0 },
	{ 8, { 0 }, 64, -EINVAL },
	{ 0xffffffff, { 0 }, 64, -EINVAL },
	{ 0x40000000, { 0 }, 64, -EINVAL },
};

static void test_lengths(struct kunit *test)
{
	const struct length_case *c = length_cases;
	struct mgc_record rec;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(length_cases); i++, c++) {
		/* Exactly as long as it says: KASAN sees a byte too much */
		u8 *data = kzalloc(max(c->total, 1U), GFP_KERNEL);
		struct lustre_cfg *cfg = (void *)data;
		u8 head[64] = {};
		u32 len;

		KUNIT_ASSERT_NOT_NULL(test, data);
		cfg = (void *)head;
		cfg->lcfg_version = cpu_to_le32(LUSTRE_CFG_VERSION);
		cfg->lcfg_bufcount = cpu_to_le32(c->bufcount);
		for (j = 0; j < 4; j++)
			((__le32 *)(head + 32))[j] = cpu_to_le32(c->lens[j]);
		memcpy(data, head, min_t(u32, c->total, sizeof(head)));
		KUNIT_EXPECT_EQ_MSG(test, mgc_record_decode(data, c->total,
							    &rec), c->rc,
				    "case %u", i);
		for (j = 0; !c->rc && j < 9; j++) {
			const u8 *buf = mgc_record_buf(&rec, j, &len);

			if (buf)
				KUNIT_EXPECT_TRUE(test, buf + len <=
						  data + c->total);
			mgc_record_str(&rec, j);
		}
		kfree(data);
	}
}

static void test_headers(struct kunit *test)
{
	struct log *log = log_good(test);
	struct llog_log_hdr *hdr = &log->hdr;
	u32 last;

	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 8191, &last), -EIO);
	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 0, &last), -EIO);
	hdr->llh_hdr.lrh_type = cpu_to_le32(swab32(LLOG_HDR_MAGIC));
	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 8192, &last), -EPROTO);
	hdr->llh_hdr.lrh_type = cpu_to_le32(LLOG_HDR_MAGIC);
	hdr->llh_tail.lrt_index = cpu_to_le32(8096 * 8);
	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 8192, &last), -EIO);
	hdr->llh_tail.lrt_index = cpu_to_le32(8096 * 8 - 1);
	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 8192, &last), 0);
	hdr->llh_tail.lrt_len = cpu_to_le32(16384);
	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 8192, &last), -EIO);
	hdr->llh_tail.lrt_len = cpu_to_le32(8192);
	hdr->llh_bitmap_offset = cpu_to_le32(96);
	KUNIT_EXPECT_EQ(test, mgc_header_check(hdr, 8192, &last), -EIO);
}

/* Every byte of a good log damaged in turn, and every cut: an answer each */
static void test_damage(struct kunit *test)
{
	struct log *log = log_good(test);
	struct heard h = { .test = test };
	struct rnd_state rnd;
	struct mgc_config cfg;
	u32 off, next;
	u8 *copy;

	prandom_seed_state(&rnd, 20260101);
	for (off = 0; off < log->len; off++) {
		copy = kmemdup(log->chunk, log->len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		copy[off] ^= 1 + prandom_u32_state(&rnd) % 255;
		next = 1;
		mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
		mgc_chunk_walk(&log->hdr, copy, log->len, &next, hear_record,
			       &cfg);
		mgc_config_free(&cfg);
		KUNIT_EXPECT_LE(test, next, ARRAY_SIZE(good) + 1);
		kfree(copy);
	}
	for (off = 0; off < log->len; off += 4) {
		copy = kmemdup(log->chunk, max(off, 1U), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		next = 1;
		mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
		mgc_chunk_walk(&log->hdr, copy, off, &next, hear_record, &cfg);
		mgc_config_free(&cfg);
		KUNIT_EXPECT_LE(test, next, ARRAY_SIZE(good));
		kfree(copy);
	}
}

static void test_pads(struct kunit *test)
{
	struct heard h = { .test = test };
	struct log *log = log_good(test);
	struct mgc_config cfg;
	struct llog_rec_hdr *rec;
	u32 next = 1, zero[8] = {};

	mgc_config_init(&cfg, "lfs", NULL, &hear_ops, &h);
	log_add(log, LLOG_PAD_MAGIC, zero, sizeof(zero));
	log_add(log, 0x10640000, zero, sizeof(zero));
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), 0);
	KUNIT_EXPECT_EQ(test, next, ARRAY_SIZE(good) + 3);

	/* Indices must grow */
	rec = (void *)log->chunk + log->len - 56;
	KUNIT_ASSERT_EQ(test, le32_to_cpu(rec->lrh_len), 56);
	rec->lrh_index = cpu_to_le32(1);
	((struct llog_rec_tail *)((void *)rec + 48))->lrt_index =
		rec->lrh_index;
	next = 1;
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), -EIO);
	/* Written on a host of the other byte order */
	rec->lrh_type = cpu_to_le32(swab32(OBD_CFG_REC));
	KUNIT_EXPECT_EQ(test, log_read(log, &cfg, &next), -EPROTO);
	mgc_config_free(&cfg);
}

/* ---- security rules, parameters, running targets ---------------------------------------- */

static void test_sptlrpc(struct kunit *test)
{
	static const struct {
		const char	*rule;
		int		rc;
	} rules[] = {
		{ "default=null", 0 },
		{ "default.cli2mdt=null", 0 },
		{ "default.mdt2ost=krb5p", 0 },
		{ "default.cli2ost=krb5p", -EOPNOTSUPP },
		{ "tcp0=skpi", -EOPNOTSUPP },
		{ "default", 0 },
	};
	u8 *buf = kunit_kzalloc(test, 512, GFP_KERNEL);
	unsigned int i;
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct rec r = { LCFG_SPTLRPC_CONF, .nr = 2,
				 .str = { "lfs", rules[i].rule } };

		len = rec_build(&r, buf);
		KUNIT_EXPECT_EQ_MSG(test, mgc_sptlrpc_record("lfs", buf, len),
				    rules[i].rc, "%s", rules[i].rule);
	}
}

static void test_moved(struct kunit *test)
{
	struct mgc_moved *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct mgs_nidtbl_entry *ent = kunit_kzalloc(test, 44, GFP_KERNEL);
	__le64 nid4 = cpu_to_le64(NID(10, 0, 0, 1));
	char text[LNET_NIDSTR_SIZE];
	u32 size;

	KUNIT_ASSERT_TRUE(test, m && ent);
	ent->mne_version = cpu_to_le64(3);
	ent->mne_instance = cpu_to_le32(9);
	ent->mne_index = cpu_to_le32(1);
	ent->mne_length = cpu_to_le32(32);
	ent->mne_type = LDD_F_SV_TYPE_OST;
	ent->mne_nid_type = MNE_NID_NID4;
	ent->mne_nid_size = 8;
	ent->mne_nid_count = 1;
	memcpy(ent->mne_nids, &nid4, 8);
	KUNIT_ASSERT_EQ(test, mgc_moved_decode(ent, 32, 3, m, &size), 0);
	KUNIT_EXPECT_EQ(test, size, 32);
	KUNIT_EXPECT_EQ(test, m->kind, PTLRPC_OST);
	KUNIT_EXPECT_EQ(test, m->instance, 9);
	KUNIT_EXPECT_STREQ(test, lnet_nid_print(&m->nids[0], text),
			   "10.0.0.1@tcp");
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 31, 3, m, &size), -EINVAL);
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 32, 2, m, &size), -EINVAL);
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 23, 3, m, &size), -EINVAL);
	ent->mne_nid_count = 2;
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size), -EINVAL);
	ent->mne_nid_count = 0;
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size), -EINVAL);
	ent->mne_nid_count = 1;
	ent->mne_length = 0;
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size), -EINVAL);
	ent->mne_length = cpu_to_le32(44);
	ent->mne_nid_type = MNE_NID_LARGE;
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size), -EINVAL);
	ent->mne_nid_size = 20;
	memset(ent->mne_nids, 0xee, 20);
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size), -EINVAL);
	ent->mne_nids[0] = 12;
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size), 0);
	ent->mne_type = 4;
	KUNIT_EXPECT_EQ(test, mgc_moved_decode(ent, 44, 3, m, &size),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, size, 44);
}

static struct kunit_case config_test_cases[] = {
	KUNIT_CASE(test_good_log),
	KUNIT_CASE(test_nodes),
	KUNIT_CASE(test_changes),
	KUNIT_CASE(test_exclude),
	KUNIT_CASE(test_bad_records),
	KUNIT_CASE(test_lengths),
	KUNIT_CASE(test_headers),
	KUNIT_CASE(test_damage),
	KUNIT_CASE(test_pads),
	KUNIT_CASE(test_sptlrpc),
	KUNIT_CASE(test_moved),
	{}
};

static struct kunit_suite config_test_suite = {
	.name = "lustre_config",
	.test_cases = config_test_cases,
};

kunit_test_suite(config_test_suite);
