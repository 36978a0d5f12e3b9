// SPDX-License-Identifier: GPL-2.0-only
/* Rules that make the server misbehave, each for an opcode and a count */
#include "fault.h"
#include "rpc.h"

#define MAX_RULES	16

static const struct {
	enum fault_kind	kind;
	const char	*name;
} kinds[] = {
	{ FAULT_DROP_REQ, "drop-req" },
	{ FAULT_HOLD, "hold" },
	{ FAULT_DROP_REPLY, "drop-reply" },
	{ FAULT_DELAY, "delay" },
	{ FAULT_LATE, "late" },
	{ FAULT_CUT, "cut" },
	{ FAULT_TRUNCATE, "truncate" },
	{ FAULT_OVERSIZE, "oversize" },
	{ FAULT_MAGIC, "magic" },
	{ FAULT_BUFLEN, "buflen" },
	{ FAULT_STATUS, "status" },
	{ FAULT_FUZZ, "fuzz" },
	{ FAULT_GARBAGE, "garbage" },
	{ FAULT_ZERO, "zero" },
	{ FAULT_LOCK_BITS, "lock-bits" },
	{ FAULT_DESC, "desc" },
	{ FAULT_RESULT, "result" },
	{ FAULT_SHORT_MD, "short-md" },
};

static struct {
	enum fault_kind	kind;
	uint32_t	opc;	/* 0: any */
	long		count;	/* -1: for ever */
	int64_t		arg;
	uint64_t	hits;
} rules[MAX_RULES];

static uint64_t prng;

static uint64_t rnd(void)
{
	prng ^= prng << 13;
	prng ^= prng >> 7;
	prng ^= prng << 17;
	return prng;
}

static const char *kind_name(enum fault_kind kind)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "none";
}

/* When a kind of fault happens: to a request, also one of ours, ... */
enum point { REQUEST, BULK, REPLY };

static enum point point_of(enum fault_kind kind)
{
	switch (kind) {
	case FAULT_DROP_REQ:
	case FAULT_HOLD:
	case FAULT_DESC:
		return REQUEST;
	case FAULT_SHORT_MD:
		return BULK;
	default:
		return REPLY;
	}
}

static enum fault_kind check(uint32_t opc, enum point point, int64_t *arg)
{
	for (unsigned int i = 0; i < MAX_RULES; i++) {
		if (rules[i].kind == FAULT_NONE ||
		    (rules[i].opc && rules[i].opc != opc) ||
		    point_of(rules[i].kind) != point)
			continue;
		if (rules[i].count > 0 && --rules[i].count == 0)
			rules[i].count = -2;	/* used up below */
		*arg = rules[i].arg;
		rules[i].hits++;
		log_info("fault: %s on opcode %u, argument %" PRId64,
			 kind_name(rules[i].kind), opc, rules[i].arg);
		if (rules[i].count == -2) {
			enum fault_kind kind = rules[i].kind;

			rules[i].kind = FAULT_NONE;
			return kind;
		}
		return rules[i].kind;
	}
	return FAULT_NONE;
}

enum fault_kind fault_check(uint32_t opc, bool reply, int64_t *arg)
{
	return check(opc, reply ? REPLY : REQUEST, arg);
}

bool fault_short_md(uint32_t opc)
{
	int64_t arg;

	return check(opc, BULK, &arg) == FAULT_SHORT_MD;
}

/* Changes 1 to 8 bytes or words anywhere behind the envelope's magic */
static void fuzz(struct buf *b, int64_t seed)
{
	unsigned int n;

	if (!prng)
		prng = seed ? seed * 0x9e3779b97f4a7c15ULL : 88172645463325252ULL;
	n = 1 + rnd() % 8;
	while (n--) {
		size_t at = rnd() % b->len;
		uint64_t r = rnd();

		switch (r % 4) {
		case 0:
			b->data[at] = r >> 8;
			break;
		case 1:
			b->data[at] ^= 1 << (r >> 8 & 7);
			break;
		case 2:
			at &= ~3UL;
			if (at + 4 <= b->len)
				memset(b->data + at, r & 16 ? 0xff : 0, 4);
			break;
		case 3:
			at &= ~7UL;
			if (at + 8 <= b->len)
				memcpy(b->data + at, &r, 8);
			break;
		}
	}
}

static struct buf *resized(const struct buf *msg, size_t len)
{
	struct buf *b = buf_zalloc(len);

	memcpy(b->data, msg->data, min_t(size_t, len, msg->len));
	return b;
}

/* More inode bits in the lock that a reply to an enqueue grants */
static void lock_bits(const struct lustre_msg_v2 *lm, uint64_t bits)
{
	struct ldlm_reply *rep;
	size_t len = 0;

	rep = (struct ldlm_reply *)msg_buf(lm, 1, &len);
	if (!rep || len < sizeof(*rep) ||
	    le32_to_cpu(rep->lock_desc.l_resource.lr_type) != LDLM_IBITS)
		return;
	rep->lock_desc.l_policy_data.l_inodebits.bits |=
		cpu_to_le64(bits ? bits : ~0ULL);
}

/* Every status of @msg that is not in its ptlrpc_body becomes @arg */
static void result(struct lustre_msg_v2 *lm, uint32_t opc, int64_t arg)
{
	size_t len = 0;
	uint8_t *p = le32_to_cpu(lm->lm_bufcount) > 1 ?
		     (uint8_t *)msg_buf(lm, 1, &len) : NULL;

	switch (opc) {
	case LDLM_ENQUEUE:
		if (len >= sizeof(struct ldlm_reply))
			((struct ldlm_reply *)p)->lock_policy_res2 =
				cpu_to_le64(arg);
		break;
	case OST_WRITE:
		if (le32_to_cpu(lm->lm_bufcount) < 3)
			break;
		p = (uint8_t *)msg_buf(lm, 2, &len);
		for (size_t i = 0; i + 4 <= len; i += 4)
			*(__le32 *)(p + i) = cpu_to_le32(arg);
		break;
	case MDS_BATCH:
		if (len < sizeof(struct but_block) +
			  sizeof(struct lustre_msg_v2))
			break;
		lm = (struct lustre_msg_v2 *)(p + sizeof(struct but_block));
		lm->lm_opc = cpu_to_le32(arg);
		break;
	}
}

struct buf *fault_apply(enum fault_kind kind, int64_t arg, struct buf *msg)
{
	struct buf *b = resized(msg, msg->len);
	struct lustre_msg_v2 *lm = (struct lustre_msg_v2 *)b->data;
	uint32_t n = le32_to_cpu(lm->lm_bufcount);
	struct ptlrpc_body *pb;
	size_t len;

	switch (kind) {
	case FAULT_TRUNCATE:
		len = arg > 0 && (size_t)arg < msg->len ? msg->len - arg :
							  msg->len / 2;
		buf_put(b);
		return resized(msg, len);
	case FAULT_OVERSIZE:
		buf_put(b);
		return resized(msg, min_t(size_t, msg->len +
					  (arg > 0 ? arg : 65536),
					  LNET_MTU));
	case FAULT_MAGIC:
		lm->lm_magic = cpu_to_le32(arg ? arg : 0xdeadbeef);
		break;
	case FAULT_BUFLEN:
		lm->lm_buflens[n - 1] = cpu_to_le32(arg ? arg : 0x7fffffff);
		break;
	case FAULT_STATUS:
		pb = (struct ptlrpc_body *)msg_buf(lm, 0, &len);
		pb->pb_status = cpu_to_le32(arg);
		break;
	case FAULT_FUZZ:
		fuzz(b, arg);
		break;
	case FAULT_GARBAGE:
		for (size_t i = 0; i < b->len; i++)
			b->data[i] = rnd() + i * 131;
		break;
	case FAULT_ZERO:
		pb = (struct ptlrpc_body *)msg_buf(lm, 0, &len);
		len += (uint8_t *)pb - b->data;
		memset(b->data + len, 0, b->len - len);
		break;
	case FAULT_LOCK_BITS:
		lock_bits(lm, arg);
		break;
	case FAULT_RESULT:
		pb = (struct ptlrpc_body *)msg_buf(lm, 0, &len);
		result(lm, le32_to_cpu(pb->pb_opc), arg);
		break;
	default:
		break;
	}
	return b;
}

int fault_add(const char *spec)
{
	char name[32];
	unsigned int opc = 0;
	long count = 1;
	long long arg = 0;

	if (sscanf(spec, "%31[^:]:%u:%ld:%lli", name, &opc, &count, &arg) < 2)
		return -EINVAL;
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, name))
			continue;
		for (unsigned int j = 0; j < MAX_RULES; j++) {
			if (rules[j].kind != FAULT_NONE)
				continue;
			rules[j].kind = kinds[i].kind;
			rules[j].opc = opc;
			rules[j].count = count;
			rules[j].arg = arg;
			rules[j].hits = 0;
			if (kinds[i].kind == FAULT_FUZZ)
				prng = 0;
			return 0;
		}
		return -ENOSPC;
	}
	return -EINVAL;
}

void fault_clear(void)
{
	memset(rules, 0, sizeof(rules));
}

void fault_list(FILE *f)
{
	for (unsigned int i = 0; i < MAX_RULES; i++)
		if (rules[i].kind != FAULT_NONE)
			fprintf(f, "%s opcode %u left %ld argument %" PRId64 " hits %" PRIu64 "\n",
				kind_name(rules[i].kind), rules[i].opc,
				rules[i].count, rules[i].arg, rules[i].hits);
}
