/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LNet: the message layer below the Lustre file system.
 *
 * This is everything that another module may use of it.  A user takes an
 * instance with lnet_get(), attaches memory descriptors (MDs) to portals to
 * receive, and sends PUT or GET messages from MDs.
 *
 * Contexts and ordering, for every callback declared here:
 *
 *  - Callbacks run in process context on LNet's WQ_MEM_RECLAIM workqueues, in
 *    NOFS allocation scope, with no lock held.  They must not wait for memory,
 *    which may only come back by what the next callback does, nor for another
 *    LNet event.  They may sleep on mutexes whose owners keep to the same.
 *  - No callback is ever made from inside a function that the user calls.
 *  - Messages of one connection are delivered in order; there is no order
 *    between connections, hence none between a bulk transfer and a reply.
 *  - Callbacks of one MD may run at the same time on two CPUs (a SEND and a
 *    REPLY, or two PUTs); the one with lnet_event.unlinked set is alone and is
 *    the last: LNet does not touch the MD afterwards.
 */
#ifndef _NET_LNET_H
#define _NET_LNET_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/mempool.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <net/lnet_nid.h>

struct net;
struct lnet;
struct lnet_conn;
struct lnet_md;
struct lnet_tx;

/* Most segments of one MD */
#define LNET_MAX_SEGS		257

/* Length of a printed NID including the NUL */
#define LNET_NIDSTR_SIZE	64

/* ---- NIDs ---------------------------------------------------------------- */

extern const struct lnet_nid lnet_nid_any;

/**
 * lnet_nid_is_any - is this the wildcard?
 * @nid: NID to look at
 *
 * Return: true for the wildcard.
 */
static inline bool lnet_nid_is_any(const struct lnet_nid *nid)
{
	return nid->nid_type == LNET_NID_TYPE_ANY;
}

/**
 * lnet_nid_is_lo - is this the loopback NID 0@lo?
 * @nid: NID to look at
 *
 * Return: true for 0@lo.
 */
static inline bool lnet_nid_is_lo(const struct lnet_nid *nid)
{
	return nid->nid_type == LNET_LND_LOLND;
}

/**
 * lnet_nid_is_nid4 - does this NID have the older, 64-bit form?
 * @nid: NID to look at
 *
 * Return: true if it fits 64 bits.
 */
static inline bool lnet_nid_is_nid4(const struct lnet_nid *nid)
{
	return nid->nid_size == 0;
}

/**
 * lnet_nid_is_ipv6 - is this a TCP NID with an IPv6 address?
 * @nid: NID to look at
 *
 * Return: true for TCP over IPv6.
 */
static inline bool lnet_nid_is_ipv6(const struct lnet_nid *nid)
{
	return nid->nid_size == 12 && nid->nid_type == LNET_LND_SOCKLND;
}

/**
 * lnet_nid_net - network number of a NID
 * @nid: NID to look at
 *
 * Return: type << 16 | number, as used in lists of networks.
 */
static inline u32 lnet_nid_net(const struct lnet_nid *nid)
{
	return (u32)nid->nid_type << 16 | be16_to_cpu(nid->nid_num);
}

bool lnet_nid_equal(const struct lnet_nid *a, const struct lnet_nid *b);
int lnet_nid_cmp(const struct lnet_nid *a, const struct lnet_nid *b);
u32 lnet_nid_hash(const struct lnet_nid *nid);
int lnet_nid_parse(const char *text, size_t len, struct lnet_nid *nid);
char *lnet_nid_print(const struct lnet_nid *nid, char buf[LNET_NIDSTR_SIZE]);
void lnet_nid_from_nid4(struct lnet_nid *nid, u64 nid4);
u64 lnet_nid_to_nid4(const struct lnet_nid *nid);
int lnet_net_parse(const char *text, size_t len, u32 *net);

/* ---- the instance of a network namespace --------------------------------- */

struct lnet *lnet_get(struct net *net, const char **why);
void lnet_put(struct lnet *ln);

int lnet_local_nids(struct lnet *ln, struct lnet_nid *nids, int max);
int lnet_local_nid_for(struct lnet *ln, const struct lnet_nid *peer,
		       struct lnet_nid *self);
int lnet_ping(struct lnet *ln, const struct lnet_nid *peer,
	      unsigned int timeout_ms, struct lnet_nid *nids, int max);

struct lnet_listener;

/**
 * struct lnet_listener_ops - what a listener wants to hear
 * @peer_down: all connections to @peer were lost because of @error (negative
 *	errno); messages in flight may be lost.  Not called for an orderly
 *	close of an idle connection by the peer.  Context: see the top.
 * @knows: is @peer a node that the listener has business with?  What all others
 *	can make this node hold and do is little, so that they cannot crowd out
 *	those.  Asked before a connection is made or accepted.  Context: must not
 *	sleep, nor use LNet; no lock is held that the listener could know.
 *	Optional.
 */
struct lnet_listener_ops {
	void (*peer_down)(struct lnet_listener *listener,
			  const struct lnet_nid *peer, int error);
	bool (*knows)(struct lnet_listener *listener,
		      const struct lnet_nid *peer);
};

/**
 * struct lnet_listener - hears about the state of peers; embedded by its owner
 * @ops: callbacks, set by the owner
 * @list: LNet's
 */
struct lnet_listener {
	const struct lnet_listener_ops	*ops;
	struct list_head		list;
};

void lnet_listener_add(struct lnet *ln, struct lnet_listener *listener);
void lnet_listener_del(struct lnet *ln, struct lnet_listener *listener);

/* ---- memory descriptors and events --------------------------------------- */

/**
 * enum lnet_event_type - what happened to an MD
 * @LNET_EVENT_SEND: the message sent from this MD has left (or failed): its
 *	memory is no longer read.  Of bulk this means that the peer has it all.
 * @LNET_EVENT_ACK: the peer has stored the PUT; @mlength bytes of it
 * @LNET_EVENT_REPLY: the answer to a GET is in the MD
 * @LNET_EVENT_PUT: a peer has written @mlength bytes to @offset of the MD
 * @LNET_EVENT_GET: a peer has fetched @mlength bytes from @offset of the MD
 * @LNET_EVENT_UNLINK: nothing but that the MD is gone
 */
enum lnet_event_type {
	LNET_EVENT_SEND,
	LNET_EVENT_ACK,
	LNET_EVENT_REPLY,
	LNET_EVENT_PUT,
	LNET_EVENT_GET,
	LNET_EVENT_UNLINK,
};

/**
 * struct lnet_event - one event, valid during the callback only
 * @type: what happened
 * @unlinked: this is the last callback for the MD
 * @status: 0 or a negative errno; on error the MD's content is undefined
 * @peer: the other node
 * @peer_pid: and its process id
 * @self: the local NID that the message came to or left from
 * @portal: portal of the PUT or GET
 * @match_bits: match bits of the PUT or GET
 * @hdr_data: out-of-band word of a PUT
 * @offset: where in the MD, bytes
 * @rlength: bytes that the initiator asked for
 * @mlength: bytes moved
 */
struct lnet_event {
	enum lnet_event_type	type;
	bool			unlinked;
	int			status;
	struct lnet_nid		peer;
	u32			peer_pid;
	struct lnet_nid		self;
	u32			portal;
	u64			match_bits;
	u64			hdr_data;
	u32			offset;
	u32			rlength;
	u32			mlength;
};

/**
 * struct lnet_md_ops - the owner of an MD
 * @event: something happened; @md->private is the owner's.  Context: see the
 *	top of this file.
 */
struct lnet_md_ops {
	void (*event)(struct lnet_md *md, const struct lnet_event *ev);
};

/* Options of an MD */
#define LNET_MD_OP_PUT		BIT(0)	/* peers may PUT into it */
#define LNET_MD_OP_GET		BIT(1)	/* peers may GET from it */
#define LNET_MD_TRUNCATE	BIT(2)	/* cut what does not fit, don't drop */
#define LNET_MD_MANAGE_REMOTE	BIT(3)	/* the initiator names the offset */
#define LNET_MD_ACK_DISABLE	BIT(4)	/* never ACK a PUT into it */
#define LNET_MD_MAX_SIZE	BIT(5)	/* unlink when < max_size is left */

#define LNET_MD_THRESH_INF	(-1)

/**
 * struct lnet_md - memory that messages are sent from or received into
 * @ops: callbacks
 * @private: the owner's
 * @kvec: the memory, if @is_bvec is not set.  Copied on sending.
 * @bvec: the memory, if @is_bvec is set.  Large messages are sent from the
 *	pages themselves; they must stay unchanged until the SEND or GET event.
 * @nr_segs: number of elements of @kvec or @bvec, at most LNET_MAX_SEGS
 * @is_bvec: which of the two
 * @length: bytes of all segments
 * @options: LNET_MD_*
 * @threshold: operations left; the MD unlinks itself after the last of them
 * @max_size: with LNET_MD_MAX_SIZE: largest message, bytes
 * @portal: of an attached MD
 * @match_bits: messages with these match bits match
 * @ignore_bits: but for these bits
 * @match_nid: messages from this node match; lnet_nid_any: from all
 * @match_pid: and this process id; LNET_PID_ANY: all
 *
 * The owner embeds it, initialises it with lnet_md_init_kvec() or
 * lnet_md_init_bvec(), may then set @options, @threshold, @max_size, and leaves
 * it alone from lnet_md_attach() or lnet_send_*() until it is unlinked: by an
 * event with unlinked set, or by lnet_md_unlink() returning true.  The segment
 * array and the memory must live as long.
 */
struct lnet_md {
	const struct lnet_md_ops	*ops;
	void				*private;
	union {
		const struct kvec	*kvec;
		const struct bio_vec	*bvec;
	};
	unsigned int			nr_segs;
	bool				is_bvec;
	u32				length;
	u32				options;
	int				threshold;
	u32				max_size;

	u32				portal;
	u32				match_pid;
	u64				match_bits;
	u64				ignore_bits;
	struct lnet_nid			match_nid;

	/* private: all protected by lnet.md_lock */
	struct lnet			*ln;
	struct hlist_node		match_link;
	struct hlist_node		handle_link;
	struct lnet_tx			*tx;
	struct lnet_conn		*rx_conn;
	u64				cookie;
	u32				offset;
	unsigned int			busy;
	u8				state;
	u8				awaits;
	bool				aborted;
};

void lnet_md_init_kvec(struct lnet_md *md, const struct lnet_md_ops *ops,
		       void *private, const struct kvec *kvec,
		       unsigned int nr_segs);
void lnet_md_init_bvec(struct lnet_md *md, const struct lnet_md_ops *ops,
		       void *private, const struct bio_vec *bvec,
		       unsigned int nr_segs);
int lnet_md_attach(struct lnet *ln, struct lnet_md *md, u32 portal,
		   u64 match_bits, u64 ignore_bits,
		   const struct lnet_nid *from, u32 from_pid);
bool lnet_md_unlink(struct lnet_md *md);

/**
 * struct lnet_dest - where a message goes
 * @self: local NID to send from; lnet_nid_any lets LNet choose
 * @nid: the node
 * @pid: its process id, LNET_PID_LUSTRE but for user space peers
 * @portal: portal there
 * @match_bits: match bits there
 * @offset: offset in the MD there, if that leaves it to the initiator; bytes
 * @hdr_data: PUT only: out-of-band word for the receiver
 * @ack: PUT only: the receiver shall acknowledge
 */
struct lnet_dest {
	struct lnet_nid	self;
	struct lnet_nid	nid;
	u32		pid;
	u32		portal;
	u64		match_bits;
	u32		offset;
	u64		hdr_data;
	bool		ack;
};

int lnet_send_put(struct lnet *ln, struct lnet_md *md,
		  const struct lnet_dest *dest);
int lnet_send_get(struct lnet *ln, struct lnet_md *md,
		  const struct lnet_dest *dest);

/* ---- service portals ------------------------------------------------------ */

struct lnet_service;

/**
 * struct lnet_request - one message that came to a service portal
 * @ev: its event: peer, match bits (the xid), rlength, self
 * @data: the bytes, aligned to 8
 * @len: number of @data, at most lnet_service.max_size
 * @priv: lnet_service.priv_size zeroed bytes for the receiver, aligned to 8
 *
 * Owned by the receiver until it calls lnet_request_free().
 */
struct lnet_request {
	struct lnet_event	ev;
	u32			len;
	void			*data;
	void			*priv;
};

/**
 * struct lnet_service_ops - the owner of a service portal
 * @request: a message came.  The owner must lnet_request_free(@req), now or
 *	later.  Context: see the top of this file.
 */
struct lnet_service_ops {
	void (*request)(struct lnet_service *svc, struct lnet_request *req);
};

/**
 * struct lnet_service - a portal that accepts PUTs from anybody
 * @ops: callbacks
 * @private: the owner's
 * @portal: portal number
 * @max_size: larger messages are dropped, bytes
 * @priv_size: room for the owner in each request, bytes; may be 0
 *
 * LNet takes a buffer for every message when it arrives, so the portal never
 * runs dry; a reserve covers the case that there is no memory.  A peer whose
 * requests hold too much memory at a time gets no more of it: they are dropped.
 * Peers that no listener knows may hold very little, and nothing of the reserve.
 * The owner embeds this and sets all members above before lnet_service_add().
 */
struct lnet_service {
	const struct lnet_service_ops	*ops;
	void				*private;
	u32				portal;
	u32				max_size;
	u32				priv_size;

	/* private: */
	struct lnet			*ln;
	mempool_t			*pool;
	atomic_t			nr_out;
	atomic_t			bytes;		/* of known peers */
	atomic_t			stranger_bytes;	/* of all others */
};

int lnet_service_add(struct lnet *ln, struct lnet_service *svc);
void lnet_service_del(struct lnet_service *svc);
void lnet_request_free(struct lnet_request *req);

#endif /* _NET_LNET_H */
