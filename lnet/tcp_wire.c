// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers and HELLOs: between the wire and the host form.  No state, no I/O.
 */
#include <kunit/visibility.h>
#include "internal.h"

/* Write a HELLO in the encoding of its version; returns its length */
size_t lnet_hello_pack(const struct lnet_hello *hello, void *buf)
{
	struct ksock_hello_v3 *h3 = buf;
	struct ksock_hello_v4 *h4 = buf;

	if (hello->version >= KSOCK_PROTO_V4) {
		memset(h4, 0, sizeof(*h4));
		h4->kshm_magic = LNET_PROTO_MAGIC;
		h4->kshm_version = hello->version;
		h4->kshm_src_nid = hello->src_nid;
		h4->kshm_dst_nid = hello->dst_nid;
		h4->kshm_src_pid = hello->src_pid;
		h4->kshm_src_incarnation = hello->incarnation;
		h4->kshm_ctype = hello->ctype;
		return sizeof(*h4);
	}
	memset(h3, 0, sizeof(*h3));
	h3->kshm_magic = LNET_PROTO_MAGIC;
	h3->kshm_version = hello->version;
	h3->kshm_src_nid = lnet_nid_to_nid4(&hello->src_nid);
	h3->kshm_dst_nid = lnet_nid_to_nid4(&hello->dst_nid);
	h3->kshm_src_pid = hello->src_pid;
	h3->kshm_src_incarnation = hello->incarnation;
	h3->kshm_ctype = hello->ctype;
	return sizeof(*h3);
}
EXPORT_SYMBOL_IF_KUNIT(lnet_hello_pack);

static int lnet_hello4_unpack(const struct ksock_hello_v4 *h4, bool swab,
			      struct lnet_hello *hello)
{
	if (lnet_nid_from_wire(&hello->src_nid, &h4->kshm_src_nid) ||
	    lnet_nid_from_wire(&hello->dst_nid, &h4->kshm_dst_nid))
		return -EPROTO;
	hello->src_pid = lnet_native32(swab, h4->kshm_src_pid);
	hello->incarnation = lnet_native64(swab, h4->kshm_src_incarnation);
	hello->ctype = (int)lnet_native32(swab, h4->kshm_ctype);
	hello->nips = 0;
	return 0;
}

/* Read a complete HELLO whose magic and version were looked at before */
int lnet_hello_unpack(const void *buf, u32 version, bool swab,
		      struct lnet_hello *hello)
{
	const struct ksock_hello_v3 *h3 = buf;
	int ret;

	hello->version = version;
	if (version >= KSOCK_PROTO_V4) {
		ret = lnet_hello4_unpack(buf, swab, hello);
		if (ret)
			return ret;
	} else {
		lnet_nid_from_nid4(&hello->src_nid,
				   lnet_native64(swab, h3->kshm_src_nid));
		lnet_nid_from_nid4(&hello->dst_nid,
				   lnet_native64(swab, h3->kshm_dst_nid));
		hello->src_pid = lnet_native32(swab, h3->kshm_src_pid);
		hello->incarnation = lnet_native64(swab,
						   h3->kshm_src_incarnation);
		hello->ctype = (int)lnet_native32(swab, h3->kshm_ctype);
		hello->nips = lnet_native32(swab, h3->kshm_nips);
	}
	if (hello->nips > KSOCK_HELLO_MAX_IPS)
		return -EPROTO;
	if (hello->ctype < SOCKLND_CONN_NONE ||
	    hello->ctype > SOCKLND_CONN_BULK_OUT)
		return -EPROTO;
	if (lnet_nid_is_any(&hello->src_nid))
		return -EPROTO;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_hello_unpack);

/* Write the acceptor request that calls for @nid; returns its length */
size_t lnet_acr_pack(const struct lnet_nid *nid, void *buf)
{
	struct lnet_acceptor_connreq_v1 *v1 = buf;
	struct lnet_acceptor_connreq_v2 *v2 = buf;

	if (lnet_nid_is_nid4(nid)) {
		v1->acr_magic = LNET_PROTO_ACCEPTOR_MAGIC;
		v1->acr_version = LNET_PROTO_ACCEPTOR_VERSION_1;
		v1->acr_nid = lnet_nid_to_nid4(nid);
		return sizeof(*v1);
	}
	v2->acr_magic = LNET_PROTO_ACCEPTOR_MAGIC;
	v2->acr_version = LNET_PROTO_ACCEPTOR_VERSION_2;
	v2->acr_nid = *nid;
	return sizeof(*v2);
}
EXPORT_SYMBOL_IF_KUNIT(lnet_acr_pack);

static void lnet_msg_pack(const struct lnet_hdr *hdr, union lnet_wire_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	switch (hdr->type) {
	case LNET_WIRE_MSG_ACK:
		msg->ack.dst_wmd = hdr->handle;
		msg->ack.match_bits = cpu_to_le64(hdr->match_bits);
		msg->ack.mlength = cpu_to_le32(hdr->length);
		break;
	case LNET_WIRE_MSG_PUT:
		msg->put.ack_wmd = hdr->handle;
		msg->put.match_bits = cpu_to_le64(hdr->match_bits);
		msg->put.hdr_data = hdr->hdr_data;
		msg->put.ptl_index = cpu_to_le32(hdr->portal);
		msg->put.offset = cpu_to_le32(hdr->offset);
		break;
	case LNET_WIRE_MSG_GET:
		msg->get.return_wmd = hdr->handle;
		msg->get.match_bits = cpu_to_le64(hdr->match_bits);
		msg->get.ptl_index = cpu_to_le32(hdr->portal);
		msg->get.src_offset = cpu_to_le32(hdr->offset);
		msg->get.sink_length = cpu_to_le32(hdr->length);
		break;
	case LNET_WIRE_MSG_REPLY:
		msg->reply.dst_wmd = hdr->handle;
		break;
	}
}

/* Write an LNet header in the encoding of @version; returns its length */
size_t lnet_hdr_pack(const struct lnet_hdr *hdr, unsigned int version,
		     void *buf)
{
	struct lnet_hdr_nid16 *h16 = buf;
	struct lnet_hdr_nid4 *h4 = buf;

	if (version >= KSOCK_PROTO_V4) {
		h16->dest_nid = hdr->dest_nid;
		h16->src_nid = hdr->src_nid;
		h16->dest_pid = cpu_to_le32(hdr->dest_pid);
		h16->src_pid = cpu_to_le32(hdr->src_pid);
		h16->type = cpu_to_le32(hdr->type);
		h16->payload_length = cpu_to_le32(hdr->payload_length);
		lnet_msg_pack(hdr, &h16->msg);
		return sizeof(*h16);
	}
	h4->dest_nid = cpu_to_le64(lnet_nid_to_nid4(&hdr->dest_nid));
	h4->src_nid = cpu_to_le64(lnet_nid_to_nid4(&hdr->src_nid));
	h4->dest_pid = cpu_to_le32(hdr->dest_pid);
	h4->src_pid = cpu_to_le32(hdr->src_pid);
	h4->type = cpu_to_le32(hdr->type);
	h4->payload_length = cpu_to_le32(hdr->payload_length);
	lnet_msg_pack(hdr, &h4->msg);
	return sizeof(*h4);
}
EXPORT_SYMBOL_IF_KUNIT(lnet_hdr_pack);

static int lnet_msg_unpack(const union lnet_wire_msg *msg, struct lnet_hdr *hdr)
{
	switch (hdr->type) {
	case LNET_WIRE_MSG_ACK:
		hdr->handle = msg->ack.dst_wmd;
		hdr->match_bits = le64_to_cpu(msg->ack.match_bits);
		hdr->length = le32_to_cpu(msg->ack.mlength);
		return 0;
	case LNET_WIRE_MSG_PUT:
		hdr->handle = msg->put.ack_wmd;
		hdr->match_bits = le64_to_cpu(msg->put.match_bits);
		hdr->hdr_data = msg->put.hdr_data;
		hdr->portal = le32_to_cpu(msg->put.ptl_index);
		hdr->offset = le32_to_cpu(msg->put.offset);
		return 0;
	case LNET_WIRE_MSG_GET:
		hdr->handle = msg->get.return_wmd;
		hdr->match_bits = le64_to_cpu(msg->get.match_bits);
		hdr->portal = le32_to_cpu(msg->get.ptl_index);
		hdr->offset = le32_to_cpu(msg->get.src_offset);
		hdr->length = le32_to_cpu(msg->get.sink_length);
		return 0;
	case LNET_WIRE_MSG_REPLY:
		hdr->handle = msg->reply.dst_wmd;
		return 0;
	default:
		return -EPROTO;
	}
}

/* Read an LNet header; -EPROTO if it breaks a rule of 01 section 2.4 */
int lnet_hdr_unpack(const void *buf, unsigned int version,
		    struct lnet_hdr *hdr)
{
	const struct lnet_hdr_nid16 *h16 = buf;
	const struct lnet_hdr_nid4 *h4 = buf;
	const union lnet_wire_msg *msg;

	memset(hdr, 0, sizeof(*hdr));
	if (version >= KSOCK_PROTO_V4) {
		if (lnet_nid_from_wire(&hdr->dest_nid, &h16->dest_nid) ||
		    lnet_nid_from_wire(&hdr->src_nid, &h16->src_nid))
			return -EPROTO;
		hdr->dest_pid = le32_to_cpu(h16->dest_pid);
		hdr->src_pid = le32_to_cpu(h16->src_pid);
		hdr->type = le32_to_cpu(h16->type);
		hdr->payload_length = le32_to_cpu(h16->payload_length);
		msg = &h16->msg;
	} else {
		lnet_nid_from_nid4(&hdr->dest_nid, le64_to_cpu(h4->dest_nid));
		lnet_nid_from_nid4(&hdr->src_nid, le64_to_cpu(h4->src_nid));
		hdr->dest_pid = le32_to_cpu(h4->dest_pid);
		hdr->src_pid = le32_to_cpu(h4->src_pid);
		hdr->type = le32_to_cpu(h4->type);
		hdr->payload_length = le32_to_cpu(h4->payload_length);
		msg = &h4->msg;
	}
	if (lnet_msg_unpack(msg, hdr))
		return -EPROTO;
	return lnet_hdr_check(hdr);
}
EXPORT_SYMBOL_IF_KUNIT(lnet_hdr_unpack);

/* The rules on lengths and sources that every message must keep */
int lnet_hdr_check(const struct lnet_hdr *hdr)
{
	if (lnet_nid_is_any(&hdr->src_nid))
		return -EPROTO;
	switch (hdr->type) {
	case LNET_WIRE_MSG_ACK:
	case LNET_WIRE_MSG_GET:
		return hdr->payload_length ? -EPROTO : 0;
	case LNET_WIRE_MSG_PUT:
	case LNET_WIRE_MSG_REPLY:
		return hdr->payload_length > LNET_MTU ? -EPROTO : 0;
	default:
		return -EPROTO;
	}
}
