/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of LNet share.
 *
 * Lock order: lnet.conf_mutex, lnet.nis_lock, lnet.peers_lock, lnet_peer.lock,
 * lnet_ni.lock.  lnet.md_lock and lnet.conns_lock are leaves: nothing is
 * taken inside them.
 */
#ifndef _LNET_INTERNAL_H
#define _LNET_INTERNAL_H

#include <linux/hashtable.h>
#include <linux/in6.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/refcount.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/lnet.h>
#include <net/sock.h>
#include <uapi/linux/lnet_netlink.h>

#include <trace/events/lnet.h>

#include "wire.h"

#define LNET_NR_PORTALS		64
#define LNET_PORTAL_PING	LNET_WIRE_RESERVED_PORTAL
#define LNET_NET_NONE		0
#define LNET_PING_BITS		LNET_WIRE_PING_MATCHBITS
/* Large enough for a ping reply that lists about 40 IPv6 NIDs */
#define LNET_PING_BUF		4096
/* Some 10^5 MDs wait when a thousand targets are busy */
#define LNET_MATCH_BITS		13
#define LNET_HANDLE_BITS	8
#define LNET_PEER_BITS		8
/* Those that are numbers are the first of the attributes */
#define LNET_NR_SETTINGS	LNET_A_SETTING_NETWORKS

#define lnet_err(fmt, ...)	\
	pr_err_ratelimited("lnet: " fmt, ##__VA_ARGS__)
#define lnet_warn(fmt, ...)	\
	pr_warn_ratelimited("lnet: " fmt, ##__VA_ARGS__)

/* ---- instance --------------------------------------------------------- */

/* Where attached MDs of one portal wait for messages, but for those that match
 * exactly one value
 */
struct lnet_portal {
	/* MDs with ignore bits, the latest first */
	struct hlist_head	wild;
	struct lnet_service	*service;
};

/* What one interface has moved; statistics only */
struct lnet_counters {
	atomic64_t	send_count;
	atomic64_t	recv_count;
	atomic64_t	drop_count;
	atomic64_t	send_bytes;
	atomic64_t	recv_bytes;
};

/* LNet in one network namespace */
struct lnet {
	struct net		*net;
	/* protects bringing up and down: users, nl_up, configured */
	struct mutex		conf_mutex;
	unsigned int		users;		/* lnet_get() */
	bool			nl_up;		/* brought up over netlink */
	bool			configured;
	u64			incarnation;	/* new at each bringing up */
	/* by LNET_A_SETTING_*; written under conf_mutex */
	u32			settings[LNET_NR_SETTINGS];
	char			*networks;	/* by conf_mutex; NULL: not set */

	spinlock_t		nis_lock;	/* protects nis, lnet_ni.up */
	struct list_head	nis;		/* by nis_lock */

	spinlock_t		md_lock;	/* protects all MDs */
	u64			next_cookie;	/* by md_lock */
	struct lnet_portal	*portals;	/* contents by md_lock */
	/* MDs of all portals that match exactly one value, by both; of those with
	 * the same, the latest first.  By md_lock; while LNet is up.
	 */
	struct hlist_head	*exact;
	DECLARE_HASHTABLE(handles, LNET_HANDLE_BITS);	/* by md_lock */

	spinlock_t		peers_lock;	/* protects peers, stopping */
	DECLARE_HASHTABLE(peers, LNET_PEER_BITS);	/* by peers_lock */
	bool			stopping;	/* by peers_lock: no new peers */

	spinlock_t		conns_lock;	/* protects conns */
	struct list_head	conns;		/* by conns_lock */
	atomic_t		nr_txs;
	atomic_t		nr_strangers;	/* peers with .stranger set */

	struct delayed_work	tick;
	struct work_struct	addr_work;	/* addresses that came later */

	struct mutex		listeners_mutex;	/* protects listeners */
	struct list_head	listeners;	/* by listeners_mutex */

};

/* A local interface: one address of one network device on one network */
struct lnet_ni {
	struct list_head	list;		/* lnet.nis */
	refcount_t		ref;
	struct lnet		*ln;
	struct lnet_nid		nid;
	int			ifindex;
	char			ifname[IFNAMSIZ];
	u8			prefix_len;	/* of the subnet, bits */
	bool			up;		/* by lnet.nis_lock */
	bool			dying;		/* by lnet.peers_lock: no new peers */
	bool			fresh;		/* by lnet.nis_lock: not to stay yet */
	bool			alone;		/* by conf_mutex: no other family */
	struct lnet_counters	counters;

	spinlock_t		lock;		/* protects credits, waiting */
	int			credits;	/* by lock */
	struct list_head	waiting;	/* by lock: peers short of these */

	struct socket		*listener;
	struct delayed_work	accept_work;
	unsigned long		accept_pause;	/* after a failure, jiffies */
	void			(*saved_data_ready)(struct sock *sk);
	atomic_t		nr_handshakes;	/* of passive connections */
	struct lnet_ping	*ping;		/* answers to pings */
};

/* ---- headers in host form ----------------------------------------------- */

/* An LNet header taken apart; the same for both encodings */
struct lnet_hdr {
	struct lnet_nid		dest_nid;
	struct lnet_nid		src_nid;
	u32			dest_pid;
	u32			src_pid;
	u32			type;		/* LNET_WIRE_MSG_* */
	u32			payload_length;
	struct lnet_wire_handle	handle;		/* to quote, or quoted */
	u64			match_bits;
	u64			hdr_data;
	u32			portal;
	u32			offset;
	u32			length;		/* GET: sink; ACK: mlength */
};

/* A HELLO taken apart; the same for both encodings */
struct lnet_hello {
	u32			version;
	struct lnet_nid		src_nid;
	struct lnet_nid		dst_nid;
	u32			src_pid;
	u64			incarnation;
	int			ctype;
	u32			nips;
};

/* ---- peers ---------------------------------------------------------------- */

/* Another node as seen from one of our interfaces */
struct lnet_peer {
	struct hlist_node	hash;		/* lnet.peers */
	refcount_t		ref;
	struct lnet		*ln;
	struct lnet_ni		*ni;
	struct lnet_nid		nid;
	atomic_t		request_bytes;	/* held by its requests */
	bool			known;		/* a listener knows it */

	spinlock_t		lock;		/* protects all below */
	struct list_head	conns;
	struct list_head	txq;		/* no credit or no connection */
	struct list_head	zc_wait;	/* peer has not acknowledged */
	struct list_head	ni_link;	/* lnet_ni.waiting, by its lock */
	u64			next_zc;
	u64			incarnation;
	u32			generation;	/* of connections: they live and die together */
	u8			version;	/* 0: not known yet */
	u8			offer;		/* version to offer next time */
	u8			refusals;	/* in a row */
	bool			dead;		/* not in the table any more */
	bool			stranger;	/* in lnet.nr_strangers */
	int			credits;
	unsigned int		nr_answers;	/* answers that are not done */
	int			error;		/* of the last attempt, or 0 */
	unsigned int		backoff;	/* ms, 0: none */
	unsigned int		report_gap;	/* s, 0: no failure was reported */
	unsigned long		next_report;	/* jiffies */
	unsigned long		failed_since;	/* jiffies */
	unsigned long		next_connect;	/* jiffies */
	unsigned long		last_alive;	/* jiffies */
	unsigned long		last_keepalive;	/* jiffies */
	struct lnet_conn	*connecting;	/* active attempt in progress */
	bool			connect_queued;
	struct work_struct	connect_work;
};

/* ---- outgoing messages ---------------------------------------------------- */

enum lnet_tx_state {
	LNET_TX_QUEUED,		/* not a byte of it is on its way */
	LNET_TX_SENDING,
	LNET_TX_SENT,		/* TCP has it all */
	LNET_TX_DONE,
};

/* One message on its way out.  References: the queue it is on, and one more
 * while the peer owes a zero-copy acknowledgment; the last put completes it.
 */
struct lnet_tx {
	struct list_head	list;		/* peer.txq, conn.txq */
	struct list_head	zc_link;	/* peer.zc_wait */
	refcount_t		ref;
	struct lnet_peer	*peer;
	struct lnet_conn	*conn;		/* by peer.lock */
	struct lnet_md		*md;		/* payload and event; or NULL */
	struct lnet_hdr		hdr;
	struct lnet_event	ev;
	u32			md_offset;
	enum lnet_tx_state	state;		/* by peer.lock */
	bool			has_credit;	/* by peer.lock */
	bool			has_ni_credit;	/* by peer.lock */
	bool			may_zc;
	bool			response;	/* ACK or REPLY will follow */
	bool			answer;		/* in peer.nr_answers */
	int			status;		/* by peer.lock */
	struct work_struct	done_work;	/* completion from a caller */
	u64			zc_cookie;
	unsigned long		deadline;	/* jiffies */
	u32			head_len;
	u32			head_done;
	struct iov_iter		body;
	union {
		u8		head[KSOCK_MAX_HDR];
		u64		align;
	};
};

/* ---- connections ---------------------------------------------------------- */

enum lnet_conn_state {
	LNET_CONN_CONNECTING,	/* active: TCP handshake */
	LNET_CONN_ACCEPTING,	/* passive: waiting for request and HELLO */
	LNET_CONN_HELLO,	/* active: waiting for the HELLO reply */
	LNET_CONN_OPEN,
	LNET_CONN_CLOSED,
};

/* What the bytes being received are */
enum lnet_rx_state {
	LNET_RX_ACR_HEAD,	/* magic and version of the acceptor request */
	LNET_RX_ACR,
	LNET_RX_HELLO_HEAD,	/* magic and version of the HELLO */
	LNET_RX_HELLO,
	LNET_RX_HELLO_IPS,
	LNET_RX_KSH,		/* transport header */
	LNET_RX_HDR,		/* LNet header */
	LNET_RX_BODY,
	LNET_RX_SKIP,
};

/* A message being received */
struct lnet_rx {
	struct lnet_hdr		hdr;
	struct lnet_md		*md;		/* busy; NULL: dropping */
	struct lnet_event	ev;
	u32			store;		/* bytes of payload for md */
	u64			zc_cookie;	/* to acknowledge, or 0 */
	bool			ack;		/* PUT wants an ACK */
};

#define LNET_CONN_ZC_ACKS	32

struct lnet_conn {
	refcount_t		ref;
	struct list_head	list;		/* lnet.conns */
	struct list_head	peer_link;	/* peer.conns, by peer.lock */
	struct lnet		*ln;
	struct lnet_ni		*ni;
	struct lnet_peer	*peer;		/* set once */
	struct socket		*sock;
	u8			type;		/* SOCKLND_CONN_*, our view */
	u8			version;
	bool			passive;
	bool			swab;		/* peer has the other endianness */
	bool			reply_none;	/* a refusal must get out */
	bool			admitted;	/* by peer.lock: was in peer.conns */
	enum lnet_conn_state	state;		/* rx_work alone; and closing */
	unsigned long		flags;
#define LNET_CONN_CLOSING	0		/* no more I/O */
#define LNET_CONN_RX_PAUSED	1		/* zc_acks is full */
#define LNET_CONN_STARTING	2		/* closing has to wait */
#define LNET_CONN_CLOSE_QUEUED	3
	int			error;		/* why it is closing */
	enum lnet_close_reason	why;		/* and in one word */
	u32			generation;	/* by peer.lock */
	bool			was_last;	/* none was left behind it */
	u16			local_port;
	u16			remote_port;
	unsigned long		hs_deadline;	/* of the handshake, jiffies */

	struct work_struct	rx_work;
	struct work_struct	tx_work;
	struct work_struct	close_work;
	struct delayed_work	retry_work;	/* there was no memory */
	void			(*saved_data_ready)(struct sock *sk);
	void			(*saved_state_change)(struct sock *sk);
	void			(*saved_write_space)(struct sock *sk);

	/* sending; tx_work alone but for what peer.lock protects */
	struct list_head	txq;		/* by peer.lock */
	u32			nr_queued;	/* by peer.lock */
	u64			zc_acks[LNET_CONN_ZC_ACKS];	/* by peer.lock */
	u8			nr_zc_acks;	/* by peer.lock */
	bool			want_keepalive;	/* by peer.lock */
	struct lnet_tx		*tx;		/* being sent */
	struct ksock_msg_hdr	noop;
	u8			noop_done;
	bool			noop_active;
	unsigned long		tx_progress;	/* jiffies */
	u64			tx_bytes;

	/* receiving; rx_work alone */
	enum lnet_rx_state	rx_state;
	bool			rx_partial;	/* in the middle of a message */
	unsigned long		rx_progress;	/* jiffies */
	u64			rx_bytes;
	struct iov_iter		rx_iter;
	struct kvec		rx_kvec;
	struct lnet_rx		rx;
	struct lnet_hello	hello;
	u32			ips[KSOCK_HELLO_MAX_IPS];
	union {
		struct lnet_acceptor_connreq_v1	acr1;
		struct lnet_acceptor_connreq_v2	acr2;
		struct ksock_hello_v3		hello3;
		struct ksock_hello_v4		hello4;
		struct ksock_msg_hdr		ksh;
		struct lnet_hdr_nid4		hdr4;
		struct lnet_hdr_nid16		hdr16;
		u8				bytes[128];
	} rx_buf;
};

/* ---- MD states (md.c) ------------------------------------------------------ */

enum lnet_md_state {
	LNET_MD_IDLE,		/* the owner's */
	LNET_MD_LIVE,		/* messages may find it */
	LNET_MD_DEAD,		/* unlinked, but busy */
	LNET_MD_DONE,		/* the last callback was made */
};

/* What an MD's handle may be quoted by */
enum lnet_md_awaits {
	LNET_MD_AWAITS_NOTHING,
	LNET_MD_AWAITS_ACK,
	LNET_MD_AWAITS_REPLY,
};

/* ---- module.c -------------------------------------------------------------- */

void lnet_flush(void);

/* Each has a rescuer of its own, which runs one work at a time when there is no
 * memory for workers: what gives memory back must not stand behind what waits
 * for memory.  Those of the first three never do.
 */
extern struct workqueue_struct *lnet_rx_wq;	/* receiving, events of that */
extern struct workqueue_struct *lnet_tx_wq;	/* sending, completions */
extern struct workqueue_struct *lnet_wq;	/* timeouts, closing */
extern struct workqueue_struct *lnet_conn_wq;	/* making connections */

/* ---- setting.c ------------------------------------------------------------- */

void lnet_settings_init(struct lnet *ln);
u32 lnet_setting(const struct lnet *ln, unsigned int id);
const char *lnet_default_networks(const struct lnet *ln);
int lnet_settings_set(struct lnet *ln, struct nlattr **attrs, const char **why);
int lnet_settings_put(struct lnet *ln, struct sk_buff *skb);

static inline unsigned long lnet_timeout_jiffies(const struct lnet *ln)
{
	return lnet_setting(ln, LNET_A_SETTING_SOCK_TIMEOUT) * HZ;
}

/* ---- nid.c ----------------------------------------------------------------- */

bool lnet_nid_valid(const struct lnet_nid *nid);
void lnet_net_print(u32 net, char *buf, size_t size);
int lnet_nid_to_sockaddr(const struct lnet_nid *nid, u16 port,
			 struct sockaddr_storage *ss);
int lnet_nid_from_wire(struct lnet_nid *nid, const struct lnet_nid *wire);

/* ---- config.c -------------------------------------------------------------- */

/* One element of networks=: a network and the devices that it is on */
struct lnet_net_spec {
	u32		net;
	unsigned int	nr_ifs;
	bool		cpts;		/* processors were named */
	char		ifs[8][IFNAMSIZ];
};

int lnet_config_next(const char **text, struct lnet_net_spec *spec);

/* ---- net.c ----------------------------------------------------------------- */

struct lnet *lnet_of_net(struct net *net);
bool lnet_knows(struct lnet *ln, const struct lnet_nid *nid);
int lnet_net_add(struct lnet *ln, const char *spec, const char **why);
int lnet_net_del(struct lnet *ln, const char *spec, const char **why);
extern struct pernet_operations lnet_pernet_ops;

/* ---- ni.c ------------------------------------------------------------------ */

int lnet_nis_add(struct lnet *ln, const struct lnet_net_spec *spec,
		 const char **why);
struct lnet_ni *lnet_ni_for(struct lnet *ln, const struct lnet_nid *self,
			    const struct lnet_nid *peer);
bool lnet_nid_is_local(struct lnet *ln, const struct lnet_nid *nid);
struct lnet_ni *lnet_ni_of_nid(struct lnet *ln, const struct lnet_nid *nid);
struct lnet_ni *lnet_ni_nth(struct lnet *ln, unsigned int n);
struct lnet_ni *lnet_ni_get(struct lnet_ni *ni);
void lnet_ni_put(struct lnet_ni *ni);
void lnet_nis_tick(struct lnet *ln);
void lnet_nis_complete(struct lnet *ln);
void lnet_nis_del(struct lnet *ln, u32 net);
void lnet_nis_keep(struct lnet *ln);
void lnet_nis_undo(struct lnet *ln);

/* ---- accept.c -------------------------------------------------------------- */

int lnet_listen(struct lnet_ni *ni);
void lnet_unlisten(struct lnet_ni *ni);

/* ---- md.c ------------------------------------------------------------------ */

void lnet_md_iter(struct lnet_md *md, struct iov_iter *iter, bool dest,
		  u32 offset, u32 len);
int lnet_md_activate(struct lnet *ln, struct lnet_md *md,
		     enum lnet_md_awaits awaits,
		     struct lnet_wire_handle *handle);
void lnet_md_deactivate(struct lnet_md *md);
void lnet_md_event(struct lnet_md *md, struct lnet_event *ev);
void lnet_md_kill(struct lnet_md *md);
struct lnet_md *lnet_md_by_handle(struct lnet *ln,
				  const struct lnet_wire_handle *handle,
				  const struct lnet_hdr *hdr, u32 *mlength);

/* ---- portal.c -------------------------------------------------------------- */

struct lnet_md *lnet_match(struct lnet *ln, const struct lnet_hdr *hdr,
			   struct lnet_event *ev);
struct lnet_md *lnet_match_one(struct lnet *ln, struct lnet_md *md,
			       const struct lnet_hdr *hdr,
			       struct lnet_event *ev);
void lnet_portal_link(struct lnet *ln, struct lnet_md *md);
int lnet_match_init(struct lnet *ln);
void lnet_match_exit(struct lnet *ln);

/* ---- service.c ------------------------------------------------------------- */

struct lnet_md *lnet_service_match(struct lnet_peer *peer,
				   const struct lnet_hdr *hdr,
				   struct lnet_event *ev, bool *too_much);

/* ---- send.c ---------------------------------------------------------------- */

int lnet_tx_init(void);
void lnet_tx_exit(void);
void lnet_tx_put(struct lnet_tx *tx);
void lnet_tx_put_async(struct lnet_tx *tx);
void lnet_tx_cancel(struct lnet_tx *tx);
void lnet_tx_fail_list(struct list_head *list);
int lnet_send_ack(struct lnet_conn *conn, const struct lnet_hdr *hdr,
		  u32 mlength);
int lnet_send_reply(struct lnet_conn *conn, const struct lnet_hdr *hdr,
		    struct lnet_md *md, const struct lnet_event *ev);

/* ---- recv.c ---------------------------------------------------------------- */

int lnet_recv_begin(struct lnet_conn *conn);
int lnet_recv_ack(struct lnet_conn *conn);
void lnet_recv_end(struct lnet_conn *conn, int error);
void lnet_recv_abort(struct lnet_conn *conn);

/* ---- peer.c ---------------------------------------------------------------- */

struct lnet_peer *lnet_peer_lookup(struct lnet *ln, struct lnet_ni *ni,
				   const struct lnet_nid *nid, gfp_t gfp);
struct lnet_peer *lnet_peer_get(struct lnet_peer *peer,
				enum lnet_peer_ref why);
void lnet_peer_put(struct lnet_peer *peer, enum lnet_peer_ref why);
void lnet_peer_queue(struct lnet_peer *peer, struct lnet_tx *tx);
void lnet_peer_kick(struct lnet_peer *peer);
void lnet_peer_credit_back(struct lnet_peer *peer, const struct lnet_tx *tx);
void lnet_peer_close(struct lnet_peer *peer, u32 generation,
		     enum lnet_close_reason why, int error);
void lnet_peer_close_locked(struct lnet_peer *peer, enum lnet_close_reason why,
			    int error, struct lnet_conn *except);
int lnet_peer_zc_ack(struct lnet_peer *peer, u64 first, u64 last);
void lnet_peer_drop_tx(struct lnet_tx *tx, int error, struct list_head *done);
struct lnet_peer *lnet_peer_nth(struct lnet *ln, unsigned int n);
unsigned int lnet_peer_queued(struct lnet_peer *peer);
bool lnet_peer_may_report(struct lnet_peer *peer);
unsigned int lnet_peer_recovered(struct lnet_peer *peer);
void lnet_peers_tick(struct lnet *ln);
void lnet_peers_flush(struct lnet *ln, struct lnet_ni *ni);
void lnet_peers_stop(struct lnet *ln, struct lnet_ni *ni);

/* ---- connect.c ------------------------------------------------------------ */

void lnet_connect_work(struct work_struct *work);
void lnet_want_connect(struct lnet_peer *peer);
void lnet_connect_over(struct lnet_conn *conn, int error);
int lnet_peer_admit(struct lnet_conn *conn);
void lnet_peer_remove(struct lnet_conn *conn);
void lnet_conn_unlink(struct lnet_conn *conn);
void lnet_peer_lost(struct lnet_conn *conn);

/* ---- tcp.c ----------------------------------------------------------------- */

struct lnet_conn *lnet_conn_alloc(struct lnet *ln, struct lnet_ni *ni);
void lnet_conn_attach(struct lnet_conn *conn, struct socket *sock);
int lnet_conn_connect(struct lnet_conn *conn);
void lnet_conn_fail(struct lnet_conn *conn, enum lnet_close_reason why,
		    int error);
void lnet_conn_trace(const struct lnet_conn *conn, enum lnet_conn_reason reason,
		     int error);
void lnet_conn_report(const struct lnet_conn *conn, const char *what);
void lnet_conn_started(struct lnet_conn *conn);
void lnet_conn_retry(struct lnet_conn *conn);
void lnet_sock_setup(const struct lnet *ln, struct socket *sock);
bool lnet_sock_peer(struct socket *sock, struct lnet_nid *nid);
void lnet_conns_tick(struct lnet *ln);
void lnet_conns_close(struct lnet *ln, struct lnet_ni *ni,
		      enum lnet_close_reason why, int error);

/* ---- tcp_io.c -------------------------------------------------------------- */

void lnet_rx_work(struct work_struct *work);
void lnet_tx_work(struct work_struct *work);
void lnet_rx_want(struct lnet_conn *conn, enum lnet_rx_state state, void *buf,
		  size_t len);
void lnet_rx_next(struct lnet_conn *conn);
int lnet_conn_write(struct lnet_conn *conn, void *buf, size_t len);

/* ---- handshake.c ----------------------------------------------------------- */

int lnet_hs_start(struct lnet_conn *conn);
int lnet_hs_rx(struct lnet_conn *conn);

/* ---- tcp_wire.c ------------------------------------------------------------ */

size_t lnet_hello_pack(const struct lnet_hello *hello, void *buf);
int lnet_hello_unpack(const void *buf, u32 version, bool swab,
		      struct lnet_hello *hello);
size_t lnet_acr_pack(const struct lnet_nid *nid, void *buf);
size_t lnet_hdr_pack(const struct lnet_hdr *hdr, unsigned int version,
		     void *buf);
int lnet_hdr_unpack(const void *buf, unsigned int version,
		    struct lnet_hdr *hdr);
int lnet_hdr_check(const struct lnet_hdr *hdr);

static inline u32 lnet_native32(bool swab, u32 v)
{
	return swab ? swab32(v) : v;
}

static inline u64 lnet_native64(bool swab, u64 v)
{
	return swab ? swab64(v) : v;
}

static inline size_t lnet_hdr_size(unsigned int version)
{
	return version >= KSOCK_PROTO_V4 ? sizeof(struct lnet_hdr_nid16) :
					   sizeof(struct lnet_hdr_nid4);
}

/* ---- ping.c ---------------------------------------------------------------- */

/* What answers pings and swallows pushes of one interface */
struct lnet_ping {
	struct lnet_md		info_md;
	struct lnet_md		push_md;
	struct kvec		info_kvec;
	struct kvec		push_kvec;
	u8			info[64];
	u8			push[LNET_PING_BUF];
};

struct lnet_ping *lnet_ping_alloc(struct lnet_ni *ni);
struct lnet_md *lnet_ping_match(struct lnet_ni *ni, const struct lnet_hdr *hdr,
				struct lnet_event *ev);
size_t lnet_ping_pack(const struct lnet_nid *nid, void *buf);
int lnet_ping_unpack(const void *buf, size_t len, struct lnet_nid *nids,
		     int max);

/* ---- debugfs.c ------------------------------------------------------------- */

void lnet_debugfs_init(void);
void lnet_debugfs_exit(void);

#endif /* _LNET_INTERNAL_H */
