// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: their names, version classes and portals.
 * Spec: 03 sections 4 and 9.
 */
#include <kunit/visibility.h>

#include "internal.h"

#define OP(n, c, m, o, g, b)						\
	{ .opc = n, .name = #n, .version = LUSTRE_##c##_VERSION,	\
	  .mdt = m, .ost = o, .mgs = g, .bulk = b }

/* Sorted by number. */
static const struct ptlrpc_opcode ptlrpc_opcodes[] = {
	/*  operation		class	MDT	OST	MGS	bulk */
	OP(OST_GETATTR,		OST,	12,	28,	0,	0),
	OP(OST_SETATTR,		OST,	12,	28,	0,	0),
	OP(OST_READ,		OST,	13,	6,	0,	8),
	OP(OST_WRITE,		OST,	13,	6,	0,	8),
	OP(OST_CREATE,		OST,	0,	28,	0,	0),
	OP(OST_DESTROY,		OST,	0,	6,	0,	0),
	OP(OST_GET_INFO,	OST,	0,	28,	0,	0),
	OP(OST_CONNECT,		OBD,	0,	28,	0,	0),
	OP(OST_DISCONNECT,	OBD,	0,	28,	0,	0),
	OP(OST_PUNCH,		OST,	13,	6,	0,	0),
	OP(OST_STATFS,		OST,	0,	7,	0,	0),
	OP(OST_SYNC,		OST,	12,	28,	0,	0),
	OP(OST_SET_INFO,	OST,	0,	28,	0,	0),
	OP(OST_QUOTACTL,	OST,	0,	28,	0,	0),
	OP(OST_LADVISE,		OST,	13,	6,	0,	0),
	OP(OST_FALLOCATE,	OST,	13,	6,	0,	0),
	OP(OST_SEEK,		OST,	12,	28,	0,	0),
	OP(MDS_GETATTR,		MDS,	23,	0,	0,	0),
	OP(MDS_GETATTR_NAME,	MDS,	12,	0,	0,	0),
	OP(MDS_CLOSE,		MDS,	23,	0,	0,	0),
	OP(MDS_REINT,		MDS,	12,	0,	0,	0),
	OP(MDS_READPAGE,	MDS,	23,	0,	0,	14),
	OP(MDS_CONNECT,		OBD,	12,	0,	0,	0),
	OP(MDS_DISCONNECT,	OBD,	12,	0,	0,	0),
	OP(MDS_GET_ROOT,	MDS,	12,	0,	0,	0),
	OP(MDS_STATFS,		MDS,	12,	0,	0,	0),
	OP(MDS_SYNC,		MDS,	12,	0,	0,	0),
	OP(MDS_SET_INFO,	MDS,	12,	0,	0,	0),
	OP(MDS_QUOTACTL,	MDS,	12,	0,	0,	0),
	OP(MDS_GETXATTR,	MDS,	23,	0,	0,	0),
	OP(MDS_GET_INFO,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_STATE_GET,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_STATE_SET,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_ACTION,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_PROGRESS,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_REQUEST,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_CT_REGISTER,	MDS,	12,	0,	0,	0),
	OP(MDS_HSM_CT_UNREGISTER, MDS,	12,	0,	0,	0),
	OP(MDS_SWAP_LAYOUTS,	MDS,	12,	0,	0,	0),
	OP(MDS_RMFID,		MDS,	12,	0,	0,	0),
	OP(MDS_BATCH,		MDS,	24,	0,	0,	14),
	OP(MDS_HSM_DATA_VERSION, MDS,	12,	0,	0,	0),
	OP(LDLM_ENQUEUE,	DLM,	12,	28,	26,	0),
	OP(LDLM_CONVERT,	DLM,	17,	17,	17,	0),
	OP(LDLM_CANCEL,		DLM,	17,	17,	17,	0),
	OP(MGS_CONNECT,		OBD,	0,	0,	26,	0),
	OP(MGS_DISCONNECT,	OBD,	0,	0,	26,	0),
	OP(MGS_SET_INFO,	MGS,	0,	0,	26,	0),
	OP(MGS_CONFIG_READ,	MGS,	0,	0,	26,	33),
	OP(OBD_PING,		OBD,	12,	28,	26,	0),
	OP(OBD_IDX_READ,	OBD,	12,	0,	0,	14),
	OP(LLOG_ORIGIN_HANDLE_CREATE,	LOG, 12, 0,	26,	0),
	OP(LLOG_ORIGIN_HANDLE_NEXT_BLOCK, LOG, 12, 0,	26,	0),
	OP(LLOG_ORIGIN_HANDLE_READ_HEADER, LOG, 12, 0,	26,	0),
	OP(LLOG_ORIGIN_HANDLE_PREV_BLOCK, LOG, 12, 0,	26,	0),
	OP(SEQ_QUERY,		MDS,	30,	0,	0,	0),
	OP(FLD_QUERY,		MDS,	29,	0,	0,	0),
	OP(FLD_READ,		MDS,	29,	0,	0,	0),
};

/* What is known about an opcode; NULL: nothing. */
const struct ptlrpc_opcode *ptlrpc_opcode_find(u32 opc)
{
	unsigned int lo = 0, hi = ARRAY_SIZE(ptlrpc_opcodes);

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (ptlrpc_opcodes[mid].opc == opc)
			return &ptlrpc_opcodes[mid];
		if (ptlrpc_opcodes[mid].opc < opc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptlrpc_opcode_find);

/* Portal for requests of @op to a kind of target; 0: not sent there. */
u32 ptlrpc_opcode_portal(const struct ptlrpc_opcode *op,
			 enum ptlrpc_target target)
{
	switch (target) {
	case PTLRPC_MDT:
		return op->mdt;
	case PTLRPC_OST:
		return op->ost;
	case PTLRPC_MGS:
		return op->mgs;
	}
	return 0;
}

/* The service that listens at a portal answers to this one. */
u32 ptlrpc_reply_portal(u32 portal)
{
	switch (portal) {
	case LDLM_CANCEL_REQUEST_PORTAL:
		return LDLM_CANCEL_REPLY_PORTAL;
	case MGS_REQUEST_PORTAL:
		return MGC_REPLY_PORTAL;
	case OST_IO_PORTAL:
	case OST_CREATE_PORTAL:
	case OST_REQUEST_PORTAL:
	case OUT_PORTAL:
		return OSC_REPLY_PORTAL;
	default:
		return MDC_REPLY_PORTAL;
	}
}

/* Larger requests are dropped by the service without an answer, bytes. */
u32 ptlrpc_portal_limit(u32 portal)
{
	switch (portal) {
	case MDS_REQUEST_PORTAL:
		return MDS_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	case MDS_READPAGE_PORTAL:
		return MDS_READPAGE_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	case MDS_IO_PORTAL:
	case OST_IO_PORTAL:
		return OST_IO_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	case OST_REQUEST_PORTAL:
	case OST_CREATE_PORTAL:
		return OST_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	case LDLM_CANCEL_REQUEST_PORTAL:
		return LDLM_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	case MGS_REQUEST_PORTAL:
		return MGS_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	case OUT_PORTAL:
		return OUT_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	default:
		return FLD_MAXREQSIZE + PTLRPC_REQSIZE_SLACK;
	}
}
