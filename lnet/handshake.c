// SPDX-License-Identifier: GPL-2.0-only
/*
 * What two nodes say to each other before the first message: the acceptor
 * request and the HELLOs (02 sections 2, 3 and 7).
 */
#include "internal.h"

#define LNET_HELLO_HEAD		8	/* magic and version */
#define LNET_ACR_HEAD		8

static u8 lnet_invert_type(int ctype)
{
	switch (ctype) {
	case SOCKLND_CONN_BULK_IN:
		return SOCKLND_CONN_BULK_OUT;
	case SOCKLND_CONN_BULK_OUT:
		return SOCKLND_CONN_BULK_IN;
	default:
		return ctype;
	}
}

static void lnet_hello_fill(struct lnet_conn *conn, struct lnet_hello *hello,
			    u32 version, int ctype)
{
	hello->version = version;
	hello->src_nid = conn->ni->nid;
	hello->dst_nid = conn->peer ? conn->peer->nid : conn->hello.src_nid;
	hello->src_pid = LNET_PID_LUSTRE;
	hello->incarnation = conn->ln->incarnation;
	hello->ctype = ctype;
	hello->nips = 0;
}

/* Active side: TCP is connected; call for the peer and say HELLO */
int lnet_hs_start(struct lnet_conn *conn)
{
	u8 buf[sizeof(struct lnet_acceptor_connreq_v2) +
	       sizeof(struct ksock_hello_v4)] __aligned(8);
	u8 packed[sizeof(struct ksock_hello_v4)] __aligned(8);
	struct lnet_hello hello;
	size_t len, n;

	len = lnet_acr_pack(&conn->peer->nid, buf);
	lnet_hello_fill(conn, &hello, conn->version, conn->type);
	n = lnet_hello_pack(&hello, packed);
	memcpy(buf + len, packed, n);
	conn->state = LNET_CONN_HELLO;
	lnet_rx_want(conn, LNET_RX_HELLO_HEAD, &conn->rx_buf, LNET_HELLO_HEAD);
	return lnet_conn_write(conn, buf, len + n);
}

static int lnet_hello_reply(struct lnet_conn *conn, u32 version, int ctype)
{
	u8 buf[sizeof(struct ksock_hello_v4)] __aligned(8);
	struct lnet_hello hello;

	lnet_hello_fill(conn, &hello, version, ctype);
	return lnet_conn_write(conn, buf, lnet_hello_pack(&hello, buf));
}

/* Tell the caller that it may not have this connection; returns @error */
static int lnet_hs_refuse(struct lnet_conn *conn, u32 version, int error)
{
	lnet_conn_trace(conn, LNET_CONN_TRACE_REFUSE, error);
	conn->reply_none = true;
	lnet_hello_reply(conn, version, SOCKLND_CONN_NONE);
	return error;
}

/* ---- acceptor request -------------------------------------------------------- */

static int lnet_hs_acr_head(struct lnet_conn *conn)
{
	struct lnet_acceptor_connreq_v1 *v1 = &conn->rx_buf.acr1;
	struct lnet_acceptor_connreq_v1 answer = {
		.acr_magic	= LNET_PROTO_ACCEPTOR_MAGIC,
		.acr_version	= LNET_PROTO_ACCEPTOR_VERSION_1,
	};
	u32 version;

	conn->swab = v1->acr_magic == swab32(LNET_PROTO_ACCEPTOR_MAGIC);
	version = lnet_native32(conn->swab, v1->acr_version);
	if (v1->acr_magic != LNET_PROTO_ACCEPTOR_MAGIC && !conn->swab &&
	    v1->acr_magic != LNET_PROTO_MAGIC &&
	    v1->acr_magic != swab32(LNET_PROTO_MAGIC))
		return -EPROTO;
	if ((v1->acr_magic == LNET_PROTO_ACCEPTOR_MAGIC || conn->swab) &&
	    version == LNET_PROTO_ACCEPTOR_VERSION_1) {
		lnet_rx_want(conn, LNET_RX_ACR,
			     conn->rx_buf.bytes + LNET_ACR_HEAD,
			     sizeof(struct lnet_acceptor_connreq_v1) -
			     LNET_ACR_HEAD);
		return 0;
	}
	if ((v1->acr_magic == LNET_PROTO_ACCEPTOR_MAGIC || conn->swab) &&
	    version == LNET_PROTO_ACCEPTOR_VERSION_2) {
		lnet_rx_want(conn, LNET_RX_ACR,
			     conn->rx_buf.bytes + LNET_ACR_HEAD,
			     sizeof(struct lnet_acceptor_connreq_v2) -
			     LNET_ACR_HEAD);
		return 0;
	}
	conn->reply_none = true;
	lnet_conn_write(conn, &answer, sizeof(answer));
	return -EPROTONOSUPPORT;
}

/*
 * Interfaces of several networks on one address share its port, and any of them
 * may get what is for another.  From here on @conn is of the one that was called.
 * Who shuts an interface down sets dying, and closes connections after that.
 */
static int lnet_hs_other_net(struct lnet_conn *conn, const struct lnet_nid *nid)
{
	struct lnet_ni *ni, *old = conn->ni;

	if (nid->nid_size != old->nid.nid_size ||
	    nid->nid_type != old->nid.nid_type ||
	    memcmp(nid->nid_addr, old->nid.nid_addr, sizeof(nid->nid_addr)))
		return -EADDRNOTAVAIL;
	ni = lnet_ni_of_nid(conn->ln, nid);
	if (!ni)
		return -EADDRNOTAVAIL;
	atomic_inc(&ni->nr_handshakes);
	spin_lock(&conn->ln->conns_lock);
	if (!READ_ONCE(ni->dying))
		swap(conn->ni, ni);
	spin_unlock(&conn->ln->conns_lock);
	atomic_dec(&ni->nr_handshakes);
	lnet_ni_put(ni);
	return conn->ni == old ? -EADDRNOTAVAIL : 0;
}

static int lnet_hs_acr(struct lnet_conn *conn)
{
	struct lnet_acceptor_connreq_v1 *v1 = &conn->rx_buf.acr1;
	struct lnet_nid nid;

	if (lnet_native32(conn->swab, v1->acr_version) ==
	    LNET_PROTO_ACCEPTOR_VERSION_1)
		lnet_nid_from_nid4(&nid, lnet_native64(conn->swab,
						       v1->acr_nid));
	else if (lnet_nid_from_wire(&nid, &conn->rx_buf.acr2.acr_nid))
		return -EPROTO;
	if (!lnet_nid_equal(&nid, &conn->ni->nid) &&
	    lnet_hs_other_net(conn, &nid))
		return -EADDRNOTAVAIL;
	lnet_rx_want(conn, LNET_RX_HELLO_HEAD, &conn->rx_buf, LNET_HELLO_HEAD);
	return 0;
}

/* ---- HELLO -------------------------------------------------------------------- */

/* Versions that a connection between these addresses can have */
static bool lnet_version_ok(const struct lnet_conn *conn, u32 version)
{
	if (!lnet_nid_is_nid4(&conn->ni->nid))
		return version == KSOCK_PROTO_V4;
	return version >= KSOCK_PROTO_V2 && version <= KSOCK_PROTO_V4;
}

static int lnet_hs_hello_head(struct lnet_conn *conn)
{
	u32 magic = conn->rx_buf.hello3.kshm_magic;
	u32 version;
	size_t len;

	if (magic != LNET_PROTO_MAGIC && magic != swab32(LNET_PROTO_MAGIC))
		return -EPROTO;
	conn->swab = magic != LNET_PROTO_MAGIC;
	version = lnet_native32(conn->swab, conn->rx_buf.hello3.kshm_version);
	if (conn->passive && !lnet_version_ok(conn, version))
		return lnet_hs_refuse(conn, lnet_nid_is_nid4(&conn->ni->nid) ?
				      KSOCK_PROTO_V3 : KSOCK_PROTO_V4,
				      -EPROTONOSUPPORT);
	if (version < KSOCK_PROTO_V2 || version > KSOCK_PROTO_V4)
		return -EPROTO;
	conn->hello.version = version;
	len = version >= KSOCK_PROTO_V4 ? sizeof(struct ksock_hello_v4) :
					  sizeof(struct ksock_hello_v3);
	lnet_rx_want(conn, LNET_RX_HELLO, conn->rx_buf.bytes + LNET_HELLO_HEAD,
		     len - LNET_HELLO_HEAD);
	return 0;
}

static void lnet_hs_open(struct lnet_conn *conn)
{
	lnet_conn_trace(conn, LNET_CONN_TRACE_OPEN, 0);
	WRITE_ONCE(conn->state, LNET_CONN_OPEN);
	lnet_rx_next(conn);
	queue_work(lnet_tx_wq, &conn->tx_work);
}

/* Active side: does the answer come from whom we called? */
static int lnet_hs_answered(struct lnet_conn *conn)
{
	const struct lnet_hello *hello = &conn->hello;
	struct lnet_peer *peer = conn->peer;
	int ret;

	if (hello->ctype == SOCKLND_CONN_NONE) {
		if (hello->version == conn->version)
			return -EALREADY;
		if (!lnet_version_ok(conn, hello->version))
			return -EPROTO;
		spin_lock(&peer->lock);
		peer->offer = hello->version;
		spin_unlock(&peer->lock);
		return -EPROTONOSUPPORT;
	}
	if (hello->version != conn->version ||
	    !lnet_nid_equal(&hello->src_nid, &peer->nid) ||
	    hello->src_pid != LNET_PID_LUSTRE ||
	    lnet_invert_type(hello->ctype) != conn->type)
		return -EPROTO;
	ret = lnet_peer_admit(conn);
	if (ret)
		return ret;
	lnet_hs_open(conn);
	lnet_connect_over(conn, 0);
	return 0;
}

/* Does the address at the other end belong to the NID that it claims? */
static bool lnet_hs_source_ok(struct lnet_conn *conn)
{
	const struct lnet_nid *claimed = &conn->hello.src_nid;
	struct lnet_nid nid = *claimed;

	return lnet_sock_peer(conn->sock, &nid) &&
	       lnet_nid_equal(&nid, claimed);
}

/* Passive side: do we want this connection?  A privileged port says that an
 * administrator is there, its address, of which node.
 */
static int lnet_hs_called(struct lnet_conn *conn)
{
	const struct lnet_hello *hello = &conn->hello;
	struct lnet_ni *ni = conn->ni;
	char buf[LNET_NIDSTR_SIZE];
	int ret;

	if (lnet_nid_net(&hello->src_nid) != lnet_nid_net(&ni->nid) ||
	    lnet_nid_equal(&hello->src_nid, &ni->nid) ||
	    hello->src_pid != LNET_PID_LUSTRE ||
	    hello->ctype <= SOCKLND_CONN_ANY)
		return -EPROTO;
	if (lnet_setting(conn->ln, LNET_A_SETTING_CHECK_SOURCE) &&
	    !lnet_hs_source_ok(conn)) {
		lnet_warn("connection in the name of %s from another address refused (setting check_source)\n",
			  lnet_nid_print(&hello->src_nid, buf));
		return -EPROTO;
	}
	conn->type = lnet_invert_type(hello->ctype);
	conn->version = hello->version;
	conn->peer = lnet_peer_lookup(conn->ln, ni, &hello->src_nid,
				      GFP_NOWAIT | __GFP_NOWARN);
	if (!conn->peer)
		return -ENOMEM;
	WRITE_ONCE(conn->peer->known, lnet_knows(conn->ln, &hello->src_nid));
	ret = lnet_peer_admit(conn);
	if (ret == -EALREADY)
		return lnet_hs_refuse(conn, conn->version, ret);
	if (ret == -EUSERS)
		lnet_warn("connection from %s refused: too many nodes that nothing is mounted from\n",
			  lnet_nid_print(&hello->src_nid, buf));
	if (ret)
		return ret;
	atomic_dec(&ni->nr_handshakes);
	ret = lnet_hello_reply(conn, conn->version, conn->type);
	if (ret)
		return ret;
	lnet_hs_open(conn);
	lnet_peer_kick(conn->peer);
	return 0;
}

static int lnet_hs_hello_done(struct lnet_conn *conn)
{
	return conn->passive ? lnet_hs_called(conn) : lnet_hs_answered(conn);
}

static int lnet_hs_hello(struct lnet_conn *conn)
{
	int ret;

	ret = lnet_hello_unpack(&conn->rx_buf, conn->hello.version, conn->swab,
				&conn->hello);
	if (ret)
		return ret;
	if (!conn->hello.nips)
		return lnet_hs_hello_done(conn);
	lnet_rx_want(conn, LNET_RX_HELLO_IPS, conn->ips,
		     conn->hello.nips * sizeof(conn->ips[0]));
	return 0;
}

/* Old servers list their addresses here; nothing depends on them */
static int lnet_hs_ips(struct lnet_conn *conn)
{
	unsigned int i;

	for (i = 0; i < conn->hello.nips; i++)
		if (!conn->ips[i])
			return -EPROTO;
	return lnet_hs_hello_done(conn);
}

/* The bytes that the handshake was waiting for are there */
int lnet_hs_rx(struct lnet_conn *conn)
{
	switch (conn->rx_state) {
	case LNET_RX_ACR_HEAD:
		return lnet_hs_acr_head(conn);
	case LNET_RX_ACR:
		return lnet_hs_acr(conn);
	case LNET_RX_HELLO_HEAD:
		return lnet_hs_hello_head(conn);
	case LNET_RX_HELLO:
		return lnet_hs_hello(conn);
	case LNET_RX_HELLO_IPS:
		return lnet_hs_ips(conn);
	default:
		return -EPROTO;
	}
}
