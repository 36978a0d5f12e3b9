// SPDX-License-Identifier: GPL-2.0-only
/*
 * The message envelope: an array of buffers behind a header of their lengths.
 *
 * Everything here works on memory that nobody else writes.  A message that
 * came over the wire is given to ptlrpc_msg_check() first; the other functions
 * trust the lengths that it has seen.
 *
 * Spec: 03 section 2.
 */
#include <kunit/visibility.h>
#include <linux/crc32.h>

#include "internal.h"

/* Header for @count buffers, bytes. */
static u32 ptlrpc_msg_hdr(unsigned int count)
{
	return round_up(sizeof(struct lustre_msg_v2) + sizeof(__le32) * count,
			8);
}

/**
 * ptlrpc_msg_size - bytes that a message takes
 * @lens: lengths of buffers 0 ... @count - 1
 * @count: number of buffers
 *
 * Return: the size, or 0 if no such message can exist.
 */
u32 ptlrpc_msg_size(const u32 *lens, unsigned int count)
{
	unsigned int i;
	u32 size;

	if (!count || count > LUSTRE_MSG_MAX_BUFFERS)
		return 0;
	size = ptlrpc_msg_hdr(count);
	for (i = 0; i < count; i++) {
		if (lens[i] > LUSTRE_MSG_MAX_SIZE)
			return 0;
		size += round_up(lens[i], 8);
		if (size > LUSTRE_MSG_MAX_SIZE)
			return 0;
	}
	return size;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_size);

/* Write the header into zeroed memory of ptlrpc_msg_size() bytes. */
void ptlrpc_msg_init(struct lustre_msg_v2 *msg, const u32 *lens,
		     unsigned int count)
{
	unsigned int i;

	msg->lm_bufcount = cpu_to_le32(count);
	msg->lm_magic = cpu_to_le32(LUSTRE_MSG_MAGIC_V2);
	for (i = 0; i < count; i++)
		msg->lm_buflens[i] = cpu_to_le32(lens[i]);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_init);

/**
 * ptlrpc_msg_check - may a received message be looked at?
 * @data: the message, aligned to 8
 * @len: bytes received
 * @why: reason of a refusal, for a message
 *
 * After success all buffers lie inside @len and buffer 0 holds at least a
 * version 2 ptlrpc_body.
 *
 * Return: 0, -EBADMSG, or -EOPNOTSUPP for a sender of the other byte order.
 */
int ptlrpc_msg_check(const void *data, size_t len, const char **why)
{
	const struct lustre_msg_v2 *msg = data;
	u32 count, i;
	size_t used;

	*why = "shorter than its header";
	if (len < ptlrpc_msg_hdr(1))
		return -EBADMSG;
	if (msg->lm_magic == cpu_to_le32(LUSTRE_MSG_MAGIC_V2_SWABBED)) {
		*why = "sender is big-endian";
		return -EOPNOTSUPP;
	}
	*why = "wrong magic";
	if (msg->lm_magic != cpu_to_le32(LUSTRE_MSG_MAGIC_V2))
		return -EBADMSG;
	*why = "impossible number of buffers";
	count = le32_to_cpu(msg->lm_bufcount);
	if (!count || count > LUSTRE_MSG_MAX_BUFFERS)
		return -EBADMSG;
	*why = "buffers beyond its end";
	used = ptlrpc_msg_hdr(count);
	if (used > len)
		return -EBADMSG;
	for (i = 0; i < count; i++) {
		u32 blen = le32_to_cpu(msg->lm_buflens[i]);

		if (blen > LUSTRE_MSG_MAX_SIZE)
			return -EBADMSG;
		used += round_up(blen, 8);
		if (used > len)
			return -EBADMSG;
	}
	*why = "ptlrpc_body too short";
	if (le32_to_cpu(msg->lm_buflens[0]) < PTLRPC_BODY_MIN_SIZE)
		return -EBADMSG;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_check);

/**
 * ptlrpc_msg_check_type - does a checked message say what it should be?
 * @msg: passed ptlrpc_msg_check()
 * @request: a request is expected, else a reply
 * @why: reason of a refusal
 *
 * Return: 0, -EBADMSG, or -EACCES for a security flavour we do not speak.
 */
int ptlrpc_msg_check_type(const struct lustre_msg_v2 *msg, bool request,
			  const char **why)
{
	const struct ptlrpc_body *pb;
	u32 type;

	*why = "security flavour other than null";
	if (le32_to_cpu(msg->lm_secflvr) & 0xfffff)
		return -EACCES;
	pb = ptlrpc_msg_body((struct lustre_msg_v2 *)msg);
	*why = "wrong message version";
	if ((le32_to_cpu(pb->pb_version) & ~LUSTRE_VERSION_MASK) !=
	    PTLRPC_MSG_VERSION)
		return -EBADMSG;
	*why = "neither request nor reply";
	type = le32_to_cpu(pb->pb_type);
	if (request ? type != PTL_RPC_MSG_REQUEST :
	    type != PTL_RPC_MSG_REPLY && type != PTL_RPC_MSG_ERR)
		return -EBADMSG;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_check_type);

/**
 * ptlrpc_wire_errno - the result that a record from a server tells
 * @wire: the field, host byte order; 32 bits wide, or 64 with the sign extended
 *
 * For every status field, so that none can be mistaken for anything else here:
 * beyond MAX_ERRNO it would pass for a pointer, and numbers from 512 on have a
 * meaning between parts of a kernel (-ERESTARTSYS, -EIOCBQUEUED) that a server
 * has no say in.  Spec: 03 section 5.
 *
 * Return: 0 or a negative errno that user space knows; -EPROTO for all others,
 * positive ones included.
 */
int ptlrpc_wire_errno(u64 wire)
{
	s64 status = upper_32_bits(wire) ? (s64)wire : (s32)wire;

	switch (status) {
	case -511 ... 0:
		return status;
	case -ERESTARTSYS:
		return -EINTR;
	case -EBADHANDLE:
		return -ESTALE;
	case -ENOTSUPP:
		return -EOPNOTSUPP;
	default:
		return -EPROTO;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_wire_errno);

/* Bytes of a whole message, from its own header. */
u32 ptlrpc_msg_len(const struct lustre_msg_v2 *msg)
{
	u32 count = le32_to_cpu(msg->lm_bufcount);
	u32 size = ptlrpc_msg_hdr(count);
	u32 i;

	for (i = 0; i < count; i++)
		size += round_up(le32_to_cpu(msg->lm_buflens[i]), 8);
	return size;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_len);

/* Length of buffer @i, bytes; 0 if there is none. */
u32 ptlrpc_msg_buflen(const struct lustre_msg_v2 *msg, unsigned int i)
{
	if (i >= le32_to_cpu(msg->lm_bufcount))
		return 0;
	return le32_to_cpu(msg->lm_buflens[i]);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_buflen);

/* Where buffer @i starts, from the start of the message. */
static u32 ptlrpc_msg_offset(const struct lustre_msg_v2 *msg, unsigned int i)
{
	u32 off = ptlrpc_msg_hdr(le32_to_cpu(msg->lm_bufcount));
	unsigned int k;

	for (k = 0; k < i; k++)
		off += round_up(le32_to_cpu(msg->lm_buflens[k]), 8);
	return off;
}

/* Buffer @i, or NULL if it does not exist or is shorter than @min_size. */
void *ptlrpc_msg_buf(struct lustre_msg_v2 *msg, unsigned int i, u32 min_size)
{
	if (i >= le32_to_cpu(msg->lm_bufcount) ||
	    ptlrpc_msg_buflen(msg, i) < min_size)
		return NULL;
	return (void *)msg + ptlrpc_msg_offset(msg, i);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_buf);

/* String in buffer @i if it has a NUL there, else NULL. */
const char *ptlrpc_msg_str(struct lustre_msg_v2 *msg, unsigned int i,
			   size_t *len)
{
	u32 blen = ptlrpc_msg_buflen(msg, i);
	const char *s = ptlrpc_msg_buf(msg, i, 1);
	size_t n;

	if (!s)
		return NULL;
	n = strnlen(s, blen);
	if (n == blen)
		return NULL;
	if (len)
		*len = n;
	return s;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_str);

/**
 * ptlrpc_msg_resize - change the length of buffer @i
 * @msg: a request of ours, in memory large enough for the result
 * @i: existing buffer
 * @len: new length, bytes
 *
 * Later buffers move.  New bytes, padding included, are zero.
 */
void ptlrpc_msg_resize(struct lustre_msg_v2 *msg, unsigned int i, u32 len)
{
	u32 old = ptlrpc_msg_buflen(msg, i);
	u32 total = ptlrpc_msg_len(msg);
	void *buf = (void *)msg + ptlrpc_msg_offset(msg, i);
	u32 tail_old = ptlrpc_msg_offset(msg, i) + round_up(old, 8);
	u32 tail_new = tail_old - round_up(old, 8) + round_up(len, 8);

	memmove((void *)msg + tail_new, (void *)msg + tail_old,
		total - tail_old);
	if (round_up(len, 8) > min(old, len))
		memset(buf + min(old, len), 0,
		       round_up(len, 8) - min(old, len));
	msg->lm_buflens[i] = cpu_to_le32(len);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_resize);

/**
 * ptlrpc_msg_peek - look at a reply that the network may still overwrite
 * @data: the message, aligned to 8
 * @len: bytes received
 * @peek: copy to look at
 *
 * The copy holds the header and as much of the ptlrpc_body as we know; only
 * that and buffer lengths may be used of it.
 *
 * Return: 0 or an errno of ptlrpc_msg_check() and ptlrpc_msg_check_type().
 */
int ptlrpc_msg_peek(const void *data, size_t len, struct ptlrpc_peek *peek)
{
	const char *why;
	int rc;

	memset(peek, 0, sizeof(*peek));
	memcpy(peek->raw, data, min(len, sizeof(peek->raw)));
	rc = ptlrpc_msg_check(&peek->msg, len, &why);
	if (!rc)
		rc = ptlrpc_msg_check_type(&peek->msg, false, &why);
	return rc;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_peek);

/* Is the checksum that an early reply carries right? (03 section 7) */
bool ptlrpc_msg_early_ok(struct ptlrpc_peek *peek)
{
	u32 len = ptlrpc_msg_buflen(&peek->msg, 0);

	if (len > sizeof(struct ptlrpc_body))
		return false;
	return crc32_le(~0U, ptlrpc_msg_buf(&peek->msg, 0, 0), len) ==
	       le32_to_cpu(peek->msg.lm_cksum);
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_msg_early_ok);
