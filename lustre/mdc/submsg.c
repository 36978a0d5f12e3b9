// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages within a message, built and taken apart: the blocks of an
 * MDS_BATCH. Nothing in a block from a server is believed. Spec: 09 section 20.
 */
#include <asm/byteorder.h>
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "submsg.h"

static u32 submsg_head(u32 count)
{
	return round_up(sizeof(struct lustre_msg_v2) + count * sizeof(__le32),
			8);
}

/**
 * submsg_size - room that a message needs
 * @lens: lengths of its buffers, bytes; together far below 4 GiB
 * @count: their number
 *
 * Return: bytes, a multiple of 8.
 */
u32 submsg_size(const u32 *lens, unsigned int count)
{
	u32 size = submsg_head(count);

	while (count--)
		size += round_up(*lens++, 8);
	return size;
}
EXPORT_SYMBOL_IF_KUNIT(submsg_size);

/**
 * submsg_init - begin a message
 * @at: submsg_size() zeroed bytes
 * @opc: BUT_*
 * @repsize: bytes that its answer may have
 * @lens: lengths of its buffers, bytes
 * @count: their number
 * @bufs: receives where they are
 *
 * Return: size of the message.
 */
u32 submsg_init(void *at, u32 opc, u32 repsize, const u32 *lens,
		unsigned int count, void **bufs)
{
	struct lustre_msg_v2 *lm = at;
	u32 off = submsg_head(count);
	unsigned int i;

	lm->lm_bufcount = cpu_to_le32(count);
	lm->lm_magic = cpu_to_le32(LUSTRE_MSG_MAGIC_V2);
	lm->lm_repsize = cpu_to_le32(repsize);
	lm->lm_opc = cpu_to_le32(opc);
	for (i = 0; i < count; i++) {
		lm->lm_buflens[i] = cpu_to_le32(lens[i]);
		bufs[i] = at + off;
		off += round_up(lens[i], 8);
	}
	return off;
}
EXPORT_SYMBOL_IF_KUNIT(submsg_init);

/**
 * submsg_block_check - is this a block of replies?
 * @block: what came
 * @len: its length, bytes
 * @count: receives how many messages it says it has
 *
 * Return: 0 or -EPROTO. The messages begin at position sizeof(struct
 * but_block), for submsg_next().
 */
int submsg_block_check(const void *block, u32 len, unsigned int *count)
{
	const struct but_block *bb = block;

	*count = 0;
	if (!block || len < sizeof(*bb) ||
	    bb->bb_magic != cpu_to_le32(BUT_REPLY_MAGIC))
		return -EPROTO;
	*count = le16_to_cpu(bb->bb_count);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(submsg_block_check);

/**
 * submsg_next - take the next message of a block apart
 * @block: the block, 8-byte aligned
 * @len: its length, bytes
 * @pos: where the message begins; moves behind it, or stays after an error
 * @sub: receives its buffers
 *
 * Return: 0, or -EPROTO if anything of it is not within the block.
 */
int submsg_next(const void *block, u32 len, u32 *pos, struct mdc_submsg *sub)
{
	const struct lustre_msg_v2 *lm = block + *pos;
	u32 room, count, off, i, n;

	memset(sub, 0, sizeof(*sub));
	if (*pos > len || len - *pos < sizeof(*lm))
		return -EPROTO;
	room = len - *pos;
	count = le32_to_cpu(lm->lm_bufcount);
	if (lm->lm_magic != cpu_to_le32(LUSTRE_MSG_MAGIC_V2) || !count ||
	    count > LUSTRE_MSG_MAX_BUFFERS)
		return -EPROTO;
	off = submsg_head(count);
	if (off > room)
		return -EPROTO;
	for (i = 0; i < count; i++) {
		n = le32_to_cpu(lm->lm_buflens[i]);
		if (n > room - off)
			return -EPROTO;
		if (i < SUBMSG_BUFS && n) {
			sub->buf[i] = (const void *)lm + off;
			sub->len[i] = n;
		}
		/* Who sends the last one may leave its padding out. */
		off = min(off + round_up(n, 8), room);
	}
	sub->count = min_t(u32, count, SUBMSG_BUFS);
	sub->opc = le32_to_cpu(lm->lm_opc);
	*pos += off;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(submsg_next);
