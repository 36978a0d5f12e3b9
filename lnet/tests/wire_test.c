// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers and HELLOs: bytes of documents 01 and 02, round trips, and what a
 * broken or hostile peer might send.
 */
#include <kunit/test.h>

#include "internal.h"

static const struct lnet_hdr example_ack = {
	.dest_nid = {
		.nid_type = LNET_LND_SOCKLND,
		.nid_addr = { cpu_to_be32(0xc0a80165) },
	},
	.src_nid = {
		.nid_type = LNET_LND_SOCKLND,
		.nid_addr = { cpu_to_be32(0xc0a8010a) },
	},
	.dest_pid = LNET_PID_LUSTRE,
	.src_pid = LNET_PID_LUSTRE,
	.type = LNET_WIRE_MSG_ACK,
	.match_bits = 0x68f0000000000080ULL,
	.length = 0x100000,
};

/* 01 section 9.4, without transport header and handle */
static void test_ack_bytes(struct kunit *test)
{
	static const u8 want[72] = {
		0x65, 0x01, 0xa8, 0xc0, 0, 0, 2, 0,
		0x0a, 0x01, 0xa8, 0xc0, 0, 0, 2, 0,
		0x39, 0x30, 0, 0, 0x39, 0x30, 0, 0,
		[48] = 0x80, 0, 0, 0, 0, 0, 0xf0, 0x68,
		0, 0, 0x10, 0,
	};
	u8 buf[96];

	KUNIT_EXPECT_EQ(test, lnet_hdr_pack(&example_ack, 3, buf), 72);
	KUNIT_EXPECT_MEMEQ(test, buf, want, 72);
}

static void hdr_round_trip(struct kunit *test, unsigned int version,
			   const struct lnet_hdr *hdr)
{
	struct lnet_hdr back;
	u8 buf[96];

	KUNIT_EXPECT_EQ(test, lnet_hdr_pack(hdr, version, buf),
			lnet_hdr_size(version));
	KUNIT_ASSERT_EQ(test, lnet_hdr_unpack(buf, version, &back), 0);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&hdr->dest_nid, &back.dest_nid));
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&hdr->src_nid, &back.src_nid));
	KUNIT_EXPECT_EQ(test, hdr->type, back.type);
	KUNIT_EXPECT_EQ(test, hdr->payload_length, back.payload_length);
	KUNIT_EXPECT_EQ(test, hdr->handle.wh_object_cookie,
			back.handle.wh_object_cookie);
	KUNIT_EXPECT_EQ(test, hdr->match_bits, back.match_bits);
	KUNIT_EXPECT_EQ(test, hdr->portal, back.portal);
	KUNIT_EXPECT_EQ(test, hdr->offset, back.offset);
	KUNIT_EXPECT_EQ(test, hdr->length, back.length);
}

static void test_hdr_round_trip(struct kunit *test)
{
	struct lnet_hdr hdr = example_ack;
	unsigned int version;

	for (version = 2; version <= 4; version++) {
		hdr = example_ack;
		hdr.handle.wh_object_cookie = 0x1122334455667788ULL;
		hdr_round_trip(test, version, &hdr);
		hdr.type = LNET_WIRE_MSG_GET;
		hdr.portal = 8;
		hdr.offset = 4096;
		hdr_round_trip(test, version, &hdr);
		hdr.type = LNET_WIRE_MSG_PUT;
		hdr.payload_length = LNET_MTU;
		hdr.length = 0;
		hdr_round_trip(test, version, &hdr);
		hdr.type = LNET_WIRE_MSG_REPLY;
		hdr.match_bits = 0;
		hdr.portal = 0;
		hdr.offset = 0;
		hdr_round_trip(test, version, &hdr);
	}
}

struct hostile_hdr {
	u32	type;
	u32	payload;
	int	result;
};

static const struct hostile_hdr hostile_hdrs[] = {
	{ LNET_WIRE_MSG_ACK,	0,		0 },
	{ LNET_WIRE_MSG_ACK,	1,		-EPROTO },
	{ LNET_WIRE_MSG_GET,	0,		0 },
	{ LNET_WIRE_MSG_GET,	1,		-EPROTO },
	{ LNET_WIRE_MSG_GET,	U32_MAX,	-EPROTO },
	{ LNET_WIRE_MSG_PUT,	0,		0 },
	{ LNET_WIRE_MSG_PUT,	LNET_MTU,	0 },
	{ LNET_WIRE_MSG_PUT,	LNET_MTU + 1,	-EPROTO },
	{ LNET_WIRE_MSG_PUT,	0x80000000,	-EPROTO },
	{ LNET_WIRE_MSG_PUT,	U32_MAX,	-EPROTO },
	{ LNET_WIRE_MSG_REPLY,	LNET_MTU,	0 },
	{ LNET_WIRE_MSG_REPLY,	LNET_MTU + 1,	-EPROTO },
	{ LNET_WIRE_MSG_HELLO,	0,		-EPROTO },
	{ 5,			0,		-EPROTO },
	{ U32_MAX,		0,		-EPROTO },
};

static void test_hdr_hostile(struct kunit *test)
{
	unsigned int version, i;
	struct lnet_hdr hdr;
	u8 buf[96];

	for (i = 0; i < ARRAY_SIZE(hostile_hdrs); i++) {
		const struct hostile_hdr *c = &hostile_hdrs[i];

		for (version = 3; version <= 4; version++) {
			hdr = example_ack;
			hdr.type = c->type;
			hdr.payload_length = c->payload;
			lnet_hdr_pack(&hdr, version, buf);
			KUNIT_EXPECT_EQ_MSG(test, c->result,
					    lnet_hdr_unpack(buf, version, &hdr),
					    "type %u payload %u", c->type,
					    c->payload);
		}
	}
}

/* A wildcard is nobody's source; a NID must be of a size that we hold */
static void test_hdr_hostile_nid(struct kunit *test)
{
	struct lnet_hdr hdr = example_ack;
	u8 buf[96];

	hdr.src_nid = lnet_nid_any;
	lnet_hdr_pack(&hdr, 4, buf);
	KUNIT_EXPECT_EQ(test, lnet_hdr_unpack(buf, 4, &hdr), -EPROTO);
	hdr = example_ack;
	lnet_hdr_pack(&hdr, 4, buf);
	buf[0] = 13;
	KUNIT_EXPECT_EQ(test, lnet_hdr_unpack(buf, 4, &hdr), -EPROTO);
	buf[0] = 0;
	KUNIT_EXPECT_EQ(test, lnet_hdr_unpack(buf, 4, &hdr), 0);
	memset(buf + 8, 0xff, 8);
	KUNIT_EXPECT_EQ(test, lnet_hdr_unpack(buf, 3, &hdr), -EPROTO);
}

static void example_hello(struct lnet_hello *hello, u32 version)
{
	memset(hello, 0, sizeof(*hello));
	hello->version = version;
	hello->src_nid = example_ack.src_nid;
	hello->dst_nid = example_ack.dest_nid;
	hello->src_pid = LNET_PID_LUSTRE;
	hello->incarnation = 0x1871f5c0a1b2c3d4ULL;
	hello->ctype = SOCKLND_CONN_BULK_OUT;
}

/* 02 section 13.2 */
static void test_hello_bytes(struct kunit *test)
{
	static const u8 want[56] = {
		0x63, 0x69, 0x72, 0x45, 3, 0, 0, 0,
		0x0a, 0x01, 0xa8, 0xc0, 0, 0, 2, 0,
		0x65, 0x01, 0xa8, 0xc0, 0, 0, 2, 0,
		0x39, 0x30, 0, 0, 0, 0, 0, 0,
		0xd4, 0xc3, 0xb2, 0xa1, 0xc0, 0xf5, 0x71, 0x18,
		0, 0, 0, 0, 0, 0, 0, 0,
		3, 0, 0, 0, 0, 0, 0, 0,
	};
	struct lnet_hello hello;
	u8 buf[80];

	if (!IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN) && !IS_ENABLED(CONFIG_UML))
		kunit_skip(test, "HELLOs are in native byte order");
	example_hello(&hello, 3);
	KUNIT_EXPECT_EQ(test, lnet_hello_pack(&hello, buf), 56);
	KUNIT_EXPECT_MEMEQ(test, buf, want, 56);
}

static void test_hello_round_trip(struct kunit *test)
{
	struct lnet_hello hello, back;
	u32 version;
	u8 buf[80];

	for (version = 2; version <= 4; version++) {
		example_hello(&hello, version);
		memset(&back, 0, sizeof(back));
		lnet_hello_pack(&hello, buf);
		KUNIT_ASSERT_EQ(test, lnet_hello_unpack(buf, version, false,
							&back), 0);
		KUNIT_EXPECT_MEMEQ(test, &hello, &back, sizeof(back));
	}
}

/* From a machine of the other endianness */
static void test_hello_swabbed(struct kunit *test)
{
	struct ksock_hello_v3 h3;
	struct lnet_hello hello;

	example_hello(&hello, 3);
	lnet_hello_pack(&hello, &h3);
	h3.kshm_src_nid = swab64(h3.kshm_src_nid);
	h3.kshm_dst_nid = swab64(h3.kshm_dst_nid);
	h3.kshm_src_pid = swab32(h3.kshm_src_pid);
	h3.kshm_src_incarnation = swab64(h3.kshm_src_incarnation);
	h3.kshm_ctype = swab32(h3.kshm_ctype);
	h3.kshm_nips = swab32(2);
	KUNIT_ASSERT_EQ(test, lnet_hello_unpack(&h3, 3, true, &hello), 0);
	KUNIT_EXPECT_TRUE(test, lnet_nid_equal(&hello.src_nid,
					       &example_ack.src_nid));
	KUNIT_EXPECT_EQ(test, hello.src_pid, LNET_PID_LUSTRE);
	KUNIT_EXPECT_EQ(test, hello.ctype, SOCKLND_CONN_BULK_OUT);
	KUNIT_EXPECT_EQ(test, hello.nips, 2);
}

static void test_hello_hostile(struct kunit *test)
{
	struct ksock_hello_v3 h3;
	struct lnet_hello hello;
	int ctype;

	example_hello(&hello, 3);
	lnet_hello_pack(&hello, &h3);
	h3.kshm_nips = KSOCK_HELLO_MAX_IPS + 1;
	KUNIT_EXPECT_EQ(test, lnet_hello_unpack(&h3, 3, false, &hello),
			-EPROTO);
	h3.kshm_nips = U32_MAX;
	KUNIT_EXPECT_EQ(test, lnet_hello_unpack(&h3, 3, false, &hello),
			-EPROTO);
	h3.kshm_nips = 0;
	for (ctype = -3; ctype < 6; ctype++) {
		h3.kshm_ctype = ctype;
		KUNIT_EXPECT_EQ(test, lnet_hello_unpack(&h3, 3, false, &hello),
				ctype < -1 || ctype > 3 ? -EPROTO : 0);
	}
	h3.kshm_ctype = 1;
	h3.kshm_src_nid = LNET_NID4_ANY;
	KUNIT_EXPECT_EQ(test, lnet_hello_unpack(&h3, 3, false, &hello),
			-EPROTO);
}

static void test_acr(struct kunit *test)
{
	static const u8 four[16] = {
		0x00, 0x71, 0xce, 0xac, 1, 0, 0, 0,
		0x65, 0x01, 0xa8, 0xc0, 0, 0, 2, 0,
	};
	struct lnet_nid six = { .nid_size = 12, .nid_type = 2 };
	u8 buf[28];

	KUNIT_EXPECT_EQ(test, lnet_acr_pack(&six, buf), 28);
	KUNIT_EXPECT_EQ(test, lnet_acr_pack(&example_ack.dest_nid, buf), 16);
	if (IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN) || IS_ENABLED(CONFIG_UML))
		KUNIT_EXPECT_MEMEQ(test, buf, four, 16);
}

static struct kunit_case lnet_wire_cases[] = {
	KUNIT_CASE(test_ack_bytes),
	KUNIT_CASE(test_hdr_round_trip),
	KUNIT_CASE(test_hdr_hostile),
	KUNIT_CASE(test_hdr_hostile_nid),
	KUNIT_CASE(test_hello_bytes),
	KUNIT_CASE(test_hello_round_trip),
	KUNIT_CASE(test_hello_swabbed),
	KUNIT_CASE(test_hello_hostile),
	KUNIT_CASE(test_acr),
	{}
};

static struct kunit_suite lnet_wire_suite = {
	.name		= "lnet_wire",
	.test_cases	= lnet_wire_cases,
};

kunit_test_suite(lnet_wire_suite);
