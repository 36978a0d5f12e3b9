/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages within a message: the parts of an MDS_BATCH.
 */
#ifndef _LUSTRE_MDC_SUBMSG_H
#define _LUSTRE_MDC_SUBMSG_H

#include <linux/types.h>

#include "wire.h"

/* Buffers of one message that are told; more are skipped */
#define SUBMSG_BUFS	8

/**
 * struct mdc_submsg - one message of a block, cut into its buffers
 * @opc: opcode of a request, result of a reply
 * @count: number of buffers, SUBMSG_BUFS at most
 * @buf: where they are; NULL for an empty one
 * @len: their lengths, bytes
 */
struct mdc_submsg {
	u32		opc;
	unsigned int	count;
	const void	*buf[SUBMSG_BUFS];
	u32		len[SUBMSG_BUFS];
};

u32 submsg_size(const u32 *lens, unsigned int count);
u32 submsg_init(void *at, u32 opc, u32 repsize, const u32 *lens,
		unsigned int count, void **bufs);
int submsg_block_check(const void *block, u32 len, unsigned int *count);
int submsg_next(const void *block, u32 len, u32 *pos, struct mdc_submsg *sub);

#endif /* _LUSTRE_MDC_SUBMSG_H */
