// SPDX-License-Identifier: GPL-2.0-only
/*
 * LNet ping on portal 0: answering it, tolerating pushes, and pinging others
 * (01 sections 4 and 5).
 *
 * We present each interface as a node with a single NID that does not take
 * part in discovery; peers then use exactly the NID that they were spoken to
 * from.  A server asks before its first message to us, and holds that message
 * back until the answer is there.
 */
#include <kunit/visibility.h>
#include <linux/completion.h>
#include <linux/slab.h>

#include "internal.h"

#define LNET_PING_FEATURES	(LNET_PING_FEAT_NI_STATUS | \
				 LNET_PING_FEAT_RTE_DISABLED)

static void lnet_ping_event(struct lnet_md *md, const struct lnet_event *ev)
{
}

static const struct lnet_md_ops lnet_ping_md_ops = {
	.event	= lnet_ping_event,
};

/* Write what a ping of the node with the only NID @nid is answered with */
size_t lnet_ping_pack(const struct lnet_nid *nid, void *buf)
{
	struct lnet_ping_info *info = buf;
	struct lnet_ni_large_status *large;
	size_t len = sizeof(*info) + 2 * sizeof(info->pi_ni[0]);

	memset(buf, 0, len);
	info->pi_magic = LNET_PING_MAGIC;
	info->pi_features = LNET_PING_FEATURES;
	info->pi_pid = LNET_PID_LUSTRE;
	info->pi_nnis = 2;
	info->pi_ni[0].ns_nid = LNET_NID4_LO;
	info->pi_ni[0].ns_status = 1;
	if (lnet_nid_is_nid4(nid)) {
		info->pi_ni[1].ns_nid = lnet_nid_to_nid4(nid);
		info->pi_ni[1].ns_status = LNET_NI_STATUS_UP;
		return len;
	}
	info->pi_features |= LNET_PING_FEAT_LARGE_ADDR |
			     LNET_PING_FEAT_PRIMARY_LARGE;
	info->pi_nnis = 1;
	large = (struct lnet_ni_large_status *)&info->pi_ni[1];
	large->ns_status = LNET_NI_STATUS_UP;
	large->ns_nid = *nid;
	len = sizeof(*info) + sizeof(info->pi_ni[0]) + sizeof(*large);
	info->pi_ni[0].ns_msg_size = len;
	return len;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_ping_pack);

/* What answers pings to @ni */
struct lnet_ping *lnet_ping_alloc(struct lnet_ni *ni)
{
	struct lnet_ping *ping = kzalloc(sizeof(*ping), GFP_KERNEL);

	if (!ping)
		return NULL;
	ping->info_kvec.iov_base = ping->info;
	ping->info_kvec.iov_len = lnet_ping_pack(&ni->nid, ping->info);
	lnet_md_init_kvec(&ping->info_md, &lnet_ping_md_ops, ping,
			  &ping->info_kvec, 1);
	ping->info_md.options = LNET_MD_OP_GET | LNET_MD_TRUNCATE |
				LNET_MD_MANAGE_REMOTE;

	ping->push_kvec.iov_base = ping->push;
	ping->push_kvec.iov_len = sizeof(ping->push);
	lnet_md_init_kvec(&ping->push_md, &lnet_ping_md_ops, ping,
			  &ping->push_kvec, 1);
	ping->push_md.options = LNET_MD_OP_PUT | LNET_MD_TRUNCATE |
				LNET_MD_MANAGE_REMOTE;

	ping->info_md.ln = ni->ln;
	ping->push_md.ln = ni->ln;
	ping->info_md.threshold = LNET_MD_THRESH_INF;
	ping->push_md.threshold = LNET_MD_THRESH_INF;
	ping->info_md.state = LNET_MD_LIVE;
	ping->push_md.state = LNET_MD_LIVE;
	return ping;
}

/* The MD for a message to portal 0 of @ni, busy; or NULL */
struct lnet_md *lnet_ping_match(struct lnet_ni *ni, const struct lnet_hdr *hdr,
				struct lnet_event *ev)
{
	struct lnet_ping *ping = ni->ping;

	if (hdr->match_bits != LNET_PING_BITS)
		return NULL;
	return lnet_match_one(ni->ln, hdr->type == LNET_WIRE_MSG_GET ?
			      &ping->info_md : &ping->push_md, hdr, ev);
}

/* ---- pinging others ------------------------------------------------------------------ */

/* Add @nid to the list unless it is the loopback NID */
static void lnet_ping_add(const struct lnet_nid *nid, struct lnet_nid *nids,
			  int max, int *n)
{
	if (lnet_nid_is_lo(nid) || lnet_nid_is_any(nid))
		return;
	if (*n < max)
		nids[*n] = *nid;
	++*n;
}

/* The large entries behind the others, from @off to @end */
static int lnet_ping_unpack_large(const u8 *buf, size_t off, size_t end,
				  struct lnet_nid *nids, int max, int *n)
{
	struct lnet_ni_large_status entry;
	struct lnet_nid nid;
	size_t len;

	while (end - off >= 12) {
		memset(&entry, 0, sizeof(entry));
		memcpy(&entry, buf + off, 12);
		if (entry.ns_nid.nid_size > 12)
			return -EPROTO;
		len = round_up(12 + entry.ns_nid.nid_size, 4);
		if (len > end - off)
			return -EPROTO;
		memcpy(&entry, buf + off, 12 + entry.ns_nid.nid_size);
		if (lnet_nid_from_wire(&nid, &entry.ns_nid))
			return -EPROTO;
		lnet_ping_add(&nid, nids, max, n);
		off += len;
	}
	return 0;
}

/* Read the answer to a ping of which @len bytes are there.  Returns how many
 * NIDs the node has, of which not more than @max were written; -EPROTO.
 */
int lnet_ping_unpack(const void *buf, size_t len, struct lnet_nid *nids,
		     int max)
{
	const struct lnet_ping_info *info = buf;
	size_t i, nnis, off, end = len;
	struct lnet_nid nid;
	bool swab;
	int n = 0;

	if (len < sizeof(*info) + sizeof(info->pi_ni[0]))
		return -EPROTO;
	swab = info->pi_magic == LNET_PING_MAGIC_SWABBED;
	if (!swab && info->pi_magic != LNET_PING_MAGIC)
		return -EPROTO;
	nnis = lnet_native32(swab, info->pi_nnis);
	if (!(lnet_native32(swab, info->pi_features) &
	      LNET_PING_FEAT_NI_STATUS) || !nnis || nnis > LNET_PING_MAX_NIDS ||
	    lnet_native64(swab, info->pi_ni[0].ns_nid) != LNET_NID4_LO)
		return -EPROTO;
	off = sizeof(*info) + nnis * sizeof(info->pi_ni[0]);
	nnis = min(nnis, (len - sizeof(*info)) / sizeof(info->pi_ni[0]));
	for (i = 1; i < nnis; i++) {
		lnet_nid_from_nid4(&nid, lnet_native64(swab,
						       info->pi_ni[i].ns_nid));
		lnet_ping_add(&nid, nids, max, &n);
	}
	if (lnet_native32(swab, info->pi_features) & LNET_PING_FEAT_LARGE_ADDR)
		end = min_t(size_t, len,
			    lnet_native32(swab, info->pi_ni[0].ns_msg_size));
	else
		end = off;
	if (off < end && lnet_ping_unpack_large(buf, off, end, nids, max, &n))
		return -EPROTO;
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_ping_unpack);

struct lnet_ping_call {
	struct lnet_md		md;
	struct kvec		kvec;
	struct completion	answered;
	struct completion	unlinked;
	int			status;
	u32			mlength;
	u8			buf[LNET_PING_BUF];
};

static void lnet_ping_call_event(struct lnet_md *md,
				 const struct lnet_event *ev)
{
	struct lnet_ping_call *call = md->private;
	bool last = ev->unlinked;

	if (ev->type == LNET_EVENT_REPLY) {
		call->status = ev->status;
		call->mlength = ev->mlength;
		complete(&call->answered);
	} else if (ev->status) {
		call->status = ev->status;
		complete(&call->answered);
	}
	if (last)
		complete(&call->unlinked);
}

static const struct lnet_md_ops lnet_ping_call_ops = {
	.event	= lnet_ping_call_event,
};

static int lnet_ping_wait(struct lnet_ping_call *call, unsigned int timeout_ms)
{
	unsigned long timeout = msecs_to_jiffies(timeout_ms);
	long left;

	left = wait_for_completion_killable_timeout(&call->answered, timeout);
	if (!lnet_md_unlink(&call->md))
		wait_for_completion(&call->unlinked);
	if (left > 0)
		return call->status;
	return left ? -EINTR : -ETIMEDOUT;
}

/**
 * lnet_ping - ask a node for its NIDs
 * @ln: instance
 * @peer: any NID of the node
 * @timeout_ms: how long to wait, milliseconds
 * @nids: where to put its NIDs, the primary one first
 * @max: room in @nids
 *
 * Connects if need be.  Sleeps; can be interrupted by fatal signals.
 *
 * Return: number of NIDs of the node, of which not more than @max were written;
 * or -ETIMEDOUT, -EINTR, -ECONNREFUSED, -ENETUNREACH, -EPROTO, -ENOMEM.
 */
int lnet_ping(struct lnet *ln, const struct lnet_nid *peer,
	      unsigned int timeout_ms, struct lnet_nid *nids, int max)
{
	struct lnet_dest dest = {
		.self = lnet_nid_any,
		.nid = *peer,
		.pid = LNET_PID_LUSTRE,
		.portal = LNET_PORTAL_PING,
		.match_bits = LNET_PING_BITS,
	};
	struct lnet_ping_call *call;
	int ret;

	if (lnet_nid_is_local(ln, peer))
		return lnet_local_nids(ln, nids, max);
	call = kzalloc_obj(*call);
	if (!call)
		return -ENOMEM;
	init_completion(&call->answered);
	init_completion(&call->unlinked);
	call->kvec.iov_base = call->buf;
	call->kvec.iov_len = sizeof(call->buf);
	lnet_md_init_kvec(&call->md, &lnet_ping_call_ops, call, &call->kvec, 1);
	ret = lnet_send_get(ln, &call->md, &dest);
	if (!ret)
		ret = lnet_ping_wait(call, timeout_ms);
	if (!ret)
		ret = lnet_ping_unpack(call->buf, call->mlength, nids, max);
	kfree(call);
	return ret;
}
EXPORT_SYMBOL_GPL(lnet_ping);
