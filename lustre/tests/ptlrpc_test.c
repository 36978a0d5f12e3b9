// SPDX-License-Identifier: GPL-2.0-only
/*
 * RPC messages: packing, unpacking against hostile lengths, early replies, the
 * cutting of bulk data, the table of operations.
 */
#include <kunit/test.h>
#include <linux/crc32.h>
#include <linux/mm.h>
#include <linux/prandom.h>

#include "ptlrpc/internal.h"

#define BODY	((u32)sizeof(struct ptlrpc_body))
#define ROOM	4096U

static struct lustre_msg_v2 *new_msg(struct kunit *test, const u32 *lens,
				     unsigned int count)
{
	struct lustre_msg_v2 *msg = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct ptlrpc_body *pb;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	KUNIT_ASSERT_LE(test, ptlrpc_msg_size(lens, count), ROOM);
	ptlrpc_msg_init(msg, lens, count);
	pb = ptlrpc_msg_body(msg);
	pb->pb_type = cpu_to_le32(PTL_RPC_MSG_REPLY);
	pb->pb_version = cpu_to_le32(PTLRPC_MSG_VERSION);
	return msg;
}

static void test_sizes(struct kunit *test)
{
	/* lengths and results of the recorded messages */
	static const u32 ping[] = { BODY };
	static const u32 connect[] = { BODY, 39, 39, 8, 192 };
	static const u32 connect_reply[] = { BODY, 320 };
	static const u32 callback[] = { BODY, 104 };
	static const u32 huge[] = { BODY, LUSTRE_MSG_MAX_SIZE + 1 };
	static const u32 sum[] = { BODY, LUSTRE_MSG_MAX_SIZE - 64 };
	static const u32 wrap[] = { BODY, U32_MAX };

	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(ping, 1), 224U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(connect, 5), 520U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(connect_reply, 2), 544U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(callback, 2), 328U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(ping, 0), 0U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(huge, 2), 0U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(sum, 2), 0U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_size(wrap, 2), 0U);
}

static void test_buffers(struct kunit *test)
{
	static const u32 lens[] = { BODY, 5, 0, 8 };
	struct lustre_msg_v2 *msg = new_msg(test, lens, 4);
	u8 *b1 = ptlrpc_msg_buf(msg, 1, 5), *b3 = ptlrpc_msg_buf(msg, 3, 8);

	KUNIT_EXPECT_EQ(test, ptlrpc_msg_len(msg), 48 + BODY + 8 + 8);
	KUNIT_EXPECT_PTR_EQ(test, b1, (u8 *)msg + 48 + BODY);
	KUNIT_EXPECT_PTR_EQ(test, b3, b1 + 8);
	KUNIT_EXPECT_NULL(test, ptlrpc_msg_buf(msg, 1, 6));
	KUNIT_EXPECT_NULL(test, ptlrpc_msg_buf(msg, 4, 0));
	KUNIT_EXPECT_NULL(test, ptlrpc_msg_buf(msg, 2, 1));
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_buflen(msg, 2), 0U);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_buflen(msg, 32), 0U);
}

static void test_resize(struct kunit *test)
{
	static const u32 lens[] = { BODY, 13, 7 };
	struct lustre_msg_v2 *msg = new_msg(test, lens, 3);
	u32 len = ptlrpc_msg_len(msg);
	unsigned int i;
	u8 *b;

	memset(ptlrpc_msg_buf(msg, 1, 13), 0x11, 13);
	memset(ptlrpc_msg_buf(msg, 2, 7), 0x22, 7);
	ptlrpc_msg_resize(msg, 1, 3);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_len(msg), len - 8);
	b = ptlrpc_msg_buf(msg, 1, 3);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, b[i], i < 3 ? 0x11 : 0);
	b = ptlrpc_msg_buf(msg, 2, 7);
	for (i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test, b[i], 0x22);

	ptlrpc_msg_resize(msg, 1, 100);
	b = ptlrpc_msg_buf(msg, 1, 100);
	for (i = 0; i < 104; i++)
		KUNIT_EXPECT_EQ(test, b[i], i < 3 ? 0x11 : 0);
	b = ptlrpc_msg_buf(msg, 2, 7);
	for (i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test, b[i], 0x22);
}

static void test_strings(struct kunit *test)
{
	static const u32 lens[] = { BODY, 4, 4, 0 };
	struct lustre_msg_v2 *msg = new_msg(test, lens, 4);
	size_t len = 0;

	memcpy(ptlrpc_msg_buf(msg, 1, 4), "abc", 4);
	memcpy(ptlrpc_msg_buf(msg, 2, 4), "abcd", 4);
	KUNIT_EXPECT_STREQ(test, ptlrpc_msg_str(msg, 1, &len), "abc");
	KUNIT_EXPECT_EQ(test, len, 3UL);
	KUNIT_EXPECT_NULL(test, ptlrpc_msg_str(msg, 2, &len));
	KUNIT_EXPECT_NULL(test, ptlrpc_msg_str(msg, 3, &len));
	KUNIT_EXPECT_NULL(test, ptlrpc_msg_str(msg, 4, &len));
}

/**
 * struct hostile - what a peer may claim
 * @what: for messages
 * @magic: lm_magic
 * @count: lm_bufcount
 * @lens: first lm_buflens
 * @len: bytes that came
 * @rc: verdict expected
 */
struct hostile {
	const char	*what;
	u32		magic;
	u32		count;
	u32		lens[4];
	size_t		len;
	int		rc;
};

#define MAGIC LUSTRE_MSG_MAGIC_V2

static const struct hostile hostile[] = {
	{ "ping reply",		MAGIC, 1, { 184 },		224, 0 },
	{ "version 2 body",	MAGIC, 1, { 152 },		192, 0 },
	{ "trailing bytes",	MAGIC, 1, { 184 },		999, 0 },
	{ "empty buffers",	MAGIC, 4, { 184, 0, 0, 0 },	232, 0 },
	{ "unpadded tail",	MAGIC, 2, { 184, 5 },		232, 0 },
	{ "nothing",		MAGIC, 1, { 184 },		0, -EBADMSG },
	{ "half a header",	MAGIC, 1, { 184 },		31, -EBADMSG },
	{ "no lengths",		MAGIC, 1, { 184 },		39, -EBADMSG },
	{ "no body",		MAGIC, 1, { 184 },		40, -EBADMSG },
	{ "cut by one",		MAGIC, 1, { 184 },		223, -EBADMSG },
	{ "pad missing",	MAGIC, 2, { 184, 5 },		231, -EBADMSG },
	{ "version 1",		LUSTRE_MSG_MAGIC_V1, 1, { 184 }, 224, -EBADMSG },
	{ "big-endian",		LUSTRE_MSG_MAGIC_V2_SWABBED, 1, { 184 }, 224,
	  -EOPNOTSUPP },
	{ "zero magic",		0, 1, { 184 },			224, -EBADMSG },
	{ "no buffers",		MAGIC, 0, { 184 },		224, -EBADMSG },
	{ "33 buffers",		MAGIC, 33, { 184 },		4096, -EBADMSG },
	{ "2^32-1 buffers",	MAGIC, U32_MAX, { 184 },	4096, -EBADMSG },
	{ "2^30 buffers",	MAGIC, 1U << 30, { 184 },	4096, -EBADMSG },
	{ "header beyond end",	MAGIC, 32, { 184 },		159, -EBADMSG },
	{ "body too short",	MAGIC, 1, { 151 },		224, -EBADMSG },
	{ "body empty",		MAGIC, 1, { 0 },		224, -EBADMSG },
	{ "buffer over the end", MAGIC, 2, { 184, 4000 },	4096, -EBADMSG },
	{ "1 MiB + 1",		MAGIC, 2, { 184, (1U << 20) + 1 }, 4096,
	  -EBADMSG },
	{ "2^32-1 bytes",	MAGIC, 2, { 184, U32_MAX },	4096, -EBADMSG },
	{ "2^32-7, wraps to 0",	MAGIC, 2, { 184, U32_MAX - 6 },	4096, -EBADMSG },
	{ "sum wraps",		MAGIC, 3, { 184, U32_MAX - 7, 8 }, 4096,
	  -EBADMSG },
	{ "2^31",		MAGIC, 2, { 184, 1U << 31 },	4096, -EBADMSG },
	{ "body 2^31",		MAGIC, 1, { 1U << 31 },		4096, -EBADMSG },
};

/*
 * The memory is exactly as long as what came, so that KASAN sees each byte
 * read beyond it.
 */
static void test_hostile(struct kunit *test)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		const struct hostile *h = &hostile[i];
		u32 raw[64] = { };
		const char *why;
		void *copy;
		int rc;

		raw[0] = (__force u32)cpu_to_le32(h->count);
		raw[2] = (__force u32)cpu_to_le32(h->magic);
		for (k = 0; k < 4; k++)
			raw[8 + k] = (__force u32)cpu_to_le32(h->lens[k]);
		copy = kunit_kzalloc(test, max(h->len, 1UL), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, raw, min(h->len, sizeof(raw)));
		rc = ptlrpc_msg_check(copy, h->len, &why);
		KUNIT_EXPECT_EQ_MSG(test, rc, h->rc, "%s", h->what);
		kunit_kfree(test, copy);
	}
}

/* Whatever passes the check keeps all its buffers inside what came. */
static void test_fuzz(struct kunit *test)
{
	static const u32 lens[] = { BODY, 112, 56, 7 };
	struct lustre_msg_v2 *good = new_msg(test, lens, 4);
	u32 size = ptlrpc_msg_len(good);
	unsigned int round, i, passed = 0;
	struct rnd_state rnd;
	u8 *copy;

	prandom_seed_state(&rnd, 20260704);
	copy = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	for (round = 0; round < 20000; round++) {
		struct lustre_msg_v2 *msg = (void *)copy;
		const char *why;

		memcpy(copy, good, size);
		for (i = prandom_u32_state(&rnd) % 4 + 1; i; i--)
			copy[prandom_u32_state(&rnd) % 48] ^=
				1 << (prandom_u32_state(&rnd) % 8);
		if (ptlrpc_msg_check(msg, size, &why))
			continue;
		passed++;
		for (i = 0; i < le32_to_cpu(msg->lm_bufcount); i++) {
			u32 len = ptlrpc_msg_buflen(msg, i);
			u8 *buf = ptlrpc_msg_buf(msg, i, len);

			KUNIT_ASSERT_NOT_NULL(test, buf);
			KUNIT_ASSERT_GE(test, (long)(buf - copy), 40L);
			KUNIT_ASSERT_LE(test, (long)(buf - copy) + len,
					(long)size);
		}
	}
	/* the fuzz must have reached what it is for */
	KUNIT_EXPECT_GT(test, passed, 100U);
}

static void test_types(struct kunit *test)
{
	static const u32 lens[] = { BODY };
	struct lustre_msg_v2 *msg = new_msg(test, lens, 1);
	struct ptlrpc_body *pb = ptlrpc_msg_body(msg);
	const char *why;

	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, false, &why), 0);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, true, &why),
			-EBADMSG);
	pb->pb_type = cpu_to_le32(PTL_RPC_MSG_ERR);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, false, &why), 0);
	pb->pb_type = cpu_to_le32(PTL_RPC_MSG_REQUEST);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, true, &why), 0);
	pb->pb_version = cpu_to_le32(0x00040002);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, true, &why),
			-EBADMSG);
	pb->pb_version = cpu_to_le32(0x00040003);
	msg->lm_secflvr = cpu_to_le32(SPTLRPC_FLVR_PLAIN);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, true, &why), -EACCES);
	/* the sender's part does not matter */
	msg->lm_secflvr = cpu_to_le32(LUSTRE_SP_MGS << SPTLRPC_SP_SHIFT);
	KUNIT_EXPECT_EQ(test, ptlrpc_msg_check_type(msg, true, &why), 0);
}

/* An answer of @status to @req, whose only record is @word */
static void *answer(struct kunit *test, struct ptlrpc_request *req, int status,
		    u32 word)
{
	static const u32 lens[] = { BODY, sizeof(__le32) };
	struct lustre_msg_v2 *msg = new_msg(test, lens, ARRAY_SIZE(lens));
	struct ptlrpc_body *pb = ptlrpc_msg_body(msg);
	__le32 *rec = ptlrpc_msg_buf(msg, 1, sizeof(*rec));

	pb->pb_opc = cpu_to_le32(req->op->opc);
	pb->pb_status = cpu_to_le32(status);
	*rec = cpu_to_le32(word);
	req->rep_len = ptlrpc_msg_len(msg);
	return msg;
}

/*
 * Who was answered may still read that while the recovery work replays the
 * request.
 */
static void test_replay_reply(struct kunit *test)
{
	struct ptlrpc_request *req = kunit_kzalloc(test, sizeof(*req),
						   GFP_KERNEL);
	__le32 *first, *second;

	KUNIT_ASSERT_NOT_NULL(test, req);
	req->op = ptlrpc_opcode_find(MDS_REINT);
	req->rep.buf = answer(test, req, 0, 1);
	req->rep.size = ROOM;
	KUNIT_ASSERT_EQ(test, ptlrpc_rep_unpack(req), 0);
	first = ptlrpc_rep_buf(req, 1, sizeof(*first));
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_EXPECT_NULL(test, ptlrpc_replay_buf(req, 1, sizeof(*first)));

	ptlrpc_mark(req, PTLRPC_REPLAYING);
	req->replay_rep.buf = answer(test, req, -EEXIST, 2);
	req->replay_rep.size = ROOM;
	KUNIT_ASSERT_EQ(test, ptlrpc_rep_unpack(req), 0);
	KUNIT_EXPECT_PTR_EQ(test, ptlrpc_rep_buf(req, 1, sizeof(*first)),
			    (void *)first);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(*first), 1U);
	KUNIT_EXPECT_EQ(test, req->rep.status, 0);
	second = ptlrpc_replay_buf(req, 1, sizeof(*second));
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(*second), 2U);
	KUNIT_EXPECT_EQ(test, req->replay_rep.status, -EEXIST);
}

/* What of a status field may get as far as the VFS (03 section 5) */
static void test_errno(struct kunit *test)
{
	static const struct {
		u64	wire;
		int	err;
	} t[] = {
		{ 0, 0 },
		{ -ENOENT, -ENOENT },
		{ (u32)-ENOENT, -ENOENT },
		{ (u32)-511, -511 },
		{ -ENOTSUPP, -EOPNOTSUPP },
		{ (u32)-EBADHANDLE, -ESTALE },
		{ -ERESTARTSYS, -EINTR },
		{ -EIOCBQUEUED, -EPROTO },
		{ (u32)-MAX_ERRNO, -EPROTO },
		{ -5000, -EPROTO },
		{ (u32)S32_MIN, -EPROTO },
		{ S64_MIN, -EPROTO },
		{ 1, -EPROTO },
		{ S32_MAX, -EPROTO },
		/* not what its lower half says */
		{ 0x100000000ULL, -EPROTO },
		{ 0x7fffffff00000000ULL - ENOENT, -EPROTO },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		KUNIT_EXPECT_EQ_MSG(test, ptlrpc_wire_errno(t[i].wire),
				    t[i].err, "case %u", i);
}

/* The worked example of 03 section 17.3. */
static void test_early(struct kunit *test)
{
	static const u32 lens[] = { BODY };
	struct lustre_msg_v2 *msg = new_msg(test, lens, 1);
	struct ptlrpc_body *pb = ptlrpc_msg_body(msg);
	struct ptlrpc_peek peek;

	msg->lm_cksum = cpu_to_le32(0x8bf17ddc);
	pb->pb_opc = cpu_to_le32(MDS_REINT);
	pb->pb_timeout = cpu_to_le32(41);
	pb->pb_service_time = cpu_to_le32(8);
	KUNIT_ASSERT_EQ(test, ptlrpc_msg_peek(msg, 224, &peek), 0);
	KUNIT_EXPECT_TRUE(test, ptlrpc_msg_early_ok(&peek));
	pb->pb_timeout = cpu_to_le32(42);
	KUNIT_ASSERT_EQ(test, ptlrpc_msg_peek(msg, 224, &peek), 0);
	KUNIT_EXPECT_FALSE(test, ptlrpc_msg_early_ok(&peek));
	/* a body longer than any that we know */
	msg->lm_buflens[0] = cpu_to_le32(1024);
	KUNIT_ASSERT_EQ(test, ptlrpc_msg_peek(msg, ROOM, &peek), 0);
	KUNIT_EXPECT_FALSE(test, ptlrpc_msg_early_ok(&peek));
}

/**
 * struct cut - fragments and the descriptors they make
 * @nr: fragments
 * @off: offset of the first in its page
 * @len: length of each
 * @last: length of the last, if not @len
 * @rc: 0 or what is wrong with them
 * @mds: descriptors
 * @pieces: after cutting
 */
struct cut {
	unsigned int	nr;
	u32		off, len, last;
	int		rc;
	unsigned int	mds, pieces;
};

static const struct cut cuts[] = {
	{ 1, 0, 4096, 0, 0, 1, 1 },
	{ 1, 100, 50, 0, 0, 1, 1 },
	{ 256, 0, 4096, 0, 0, 1, 256 },
	{ 257, 0, 4096, 1, 0, 2, 257 },
	{ 1024, 0, 4096, 0, 0, 4, 1024 },
	{ 1024, 0, 4096, 7, 0, 4, 1024 },
	/* large fragments are cut at each MiB */
	{ 1, 0, 4 << 20, 0, 0, 4, 4 },
	{ 2, 0, 3 << 19, 0, 0, 3, 4 },
	/* a partial first slot is a slot: 1 MiB of bytes is 257 of them */
	{ 1, 4095, 1 << 20, 0, 0, 2, 2 },
	{ 1, 4095, (1 << 20) - 4095, 0, 0, 1, 1 },
	{ 64, 0, 1 << 20, 0, 0, 64, 64 },
	{ 65, 0, 1 << 20, 0, -EFBIG, 0, 0 },
	{ 2, 1, 4096, 0, -EINVAL, 0, 0 },
	{ 2, 0, 4095, 0, -EINVAL, 0, 0 },
	{ 1, 0, 0, 0, -EINVAL, 0, 0 },
	{ 0, 0, 0, 0, -EINVAL, 0, 0 },
};

static void test_cuts(struct kunit *test)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		const struct cut *c = &cuts[i];
		unsigned int mds = 0, pieces = 0;
		struct bio_vec *bv;
		size_t length = 0, want = 0;
		int rc;

		bv = kunit_kcalloc(test, c->nr + 1, sizeof(*bv), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, bv);
		for (k = 0; k < c->nr; k++) {
			u32 len = k + 1 == c->nr && c->last ? c->last : c->len;

			bvec_set_page(&bv[k], ZERO_PAGE(0), len,
				      k ? 0 : c->off);
			want += len;
		}
		rc = ptlrpc_bulk_measure(bv, c->nr, &mds, &pieces, &length);
		KUNIT_EXPECT_EQ_MSG(test, rc, c->rc, "case %u", i);
		if (!c->rc && !rc) {
			KUNIT_EXPECT_EQ_MSG(test, mds, c->mds, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, pieces, c->pieces, "case %u",
					    i);
			KUNIT_EXPECT_EQ(test, length, want);
		}
		kunit_kfree(test, bv);
	}
}

static void test_opcodes(struct kunit *test)
{
	static const struct {
		u32	opc, version;
		u8	mdt, ost, mgs, bulk;
	} known[] = {
		{ OST_WRITE,		LUSTRE_OST_VERSION, 13, 6, 0, 8 },
		{ MDS_REINT,		LUSTRE_MDS_VERSION, 12, 0, 0, 0 },
		{ MDS_CLOSE,		LUSTRE_MDS_VERSION, 23, 0, 0, 0 },
		{ LDLM_ENQUEUE,		LUSTRE_DLM_VERSION, 12, 28, 26, 0 },
		{ LDLM_CANCEL,		LUSTRE_DLM_VERSION, 17, 17, 17, 0 },
		{ OBD_PING,		LUSTRE_OBD_VERSION, 12, 28, 26, 0 },
		{ MGS_CONFIG_READ,	LUSTRE_MGS_VERSION, 0, 0, 26, 33 },
		{ FLD_QUERY,		LUSTRE_MDS_VERSION, 29, 0, 0, 0 },
		{ OST_GETATTR,		LUSTRE_OST_VERSION, 12, 28, 0, 0 },
		{ FLD_READ,		LUSTRE_MDS_VERSION, 29, 0, 0, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		const struct ptlrpc_opcode *op;

		op = ptlrpc_opcode_find(known[i].opc);
		KUNIT_ASSERT_NOT_NULL_MSG(test, op, "%u", known[i].opc);
		KUNIT_EXPECT_EQ(test, (u32)op->opc, known[i].opc);
		KUNIT_EXPECT_EQ(test, op->version, known[i].version);
		KUNIT_EXPECT_EQ(test, op->mdt, known[i].mdt);
		KUNIT_EXPECT_EQ(test, op->ost, known[i].ost);
		KUNIT_EXPECT_EQ(test, op->mgs, known[i].mgs);
		KUNIT_EXPECT_EQ(test, op->bulk, known[i].bulk);
	}
	KUNIT_EXPECT_NULL(test, ptlrpc_opcode_find(0));
	KUNIT_EXPECT_NULL(test, ptlrpc_opcode_find(11));
	KUNIT_EXPECT_NULL(test, ptlrpc_opcode_find(65535));
}

/* What the configuration says bounds estimates; what was slow is forgotten. */
static void test_timeouts(struct kunit *test)
{
	struct ptlrpc_timeouts t = {
		.timeout = 20, .at_min = 8, .at_max = 30, .at_history = 40,
	};
	struct ptlrpc_import *imp;

	imp = kunit_kzalloc(test, sizeof(*imp), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, imp);
	imp->timeouts = &t;
	imp->latency_since = jiffies;
	KUNIT_EXPECT_EQ(test, ptlrpc_ping_secs(imp), 5U);
	KUNIT_EXPECT_EQ(test, ptlrpc_at_get(imp, 12), 8U);
	imp->at[0].portal = 12;
	imp->at[0].est = 100;
	KUNIT_EXPECT_EQ(test, ptlrpc_at_get(imp, 12), 30U);
	imp->at[0].est = 17;
	KUNIT_EXPECT_EQ(test, ptlrpc_at_get(imp, 12), 17U);
	t.timeout = 1;
	t.at_min = 0;
	t.at_max = 0;
	KUNIT_EXPECT_EQ(test, ptlrpc_ping_secs(imp), 1U);
	KUNIT_EXPECT_EQ(test, ptlrpc_at_get(imp, 12), 1U);

	ptlrpc_latency_learn(imp, 9);
	ptlrpc_latency_learn(imp, 2);
	KUNIT_EXPECT_EQ(test, imp->latency, 9U);
	/* as if 30 seconds had passed: the nine is in the last quarter */
	imp->latency_since -= 30 * HZ;
	ptlrpc_latency_learn(imp, 3);
	KUNIT_EXPECT_EQ(test, imp->latency, 9U);
	imp->latency_since -= 10 * HZ;
	ptlrpc_latency_learn(imp, 1);
	KUNIT_EXPECT_EQ(test, imp->latency, 3U);
	imp->latency_since -= 1000 * HZ;
	ptlrpc_latency_learn(imp, 1);
	KUNIT_EXPECT_EQ(test, imp->latency, 1U);
}

static struct kunit_case ptlrpc_test_cases[] = {
	KUNIT_CASE(test_sizes),
	KUNIT_CASE(test_buffers),
	KUNIT_CASE(test_resize),
	KUNIT_CASE(test_strings),
	KUNIT_CASE(test_hostile),
	KUNIT_CASE(test_fuzz),
	KUNIT_CASE(test_types),
	KUNIT_CASE(test_errno),
	KUNIT_CASE(test_replay_reply),
	KUNIT_CASE(test_early),
	KUNIT_CASE(test_cuts),
	KUNIT_CASE(test_opcodes),
	KUNIT_CASE(test_timeouts),
	{ }
};

static struct kunit_suite ptlrpc_test_suite = {
	.name		= "lustre-ptlrpc",
	.test_cases	= ptlrpc_test_cases,
};

kunit_test_suite(ptlrpc_test_suite);
