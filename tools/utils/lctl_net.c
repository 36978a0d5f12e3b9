// SPDX-License-Identifier: GPL-2.0-only
/*
 * lctl: LNet, over generic netlink (Documentation/netlink/specs/lnet.yaml).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/lnet_netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lctl.h"
#include "lctl_net.h"
#include "module.h"
#include "nidlist.h"

bool lnet_open(struct lnet_sock *s, bool load)
{
	int err = 0;

	memset(s, 0, sizeof(*s));
	s->nl = nl_socket_alloc();
	if (!s->nl || genl_connect(s->nl)) {
		fprintf(stderr, "lctl: cannot open a netlink socket\n");
		nl_socket_free(s->nl);
		return false;
	}
	s->family = genl_ctrl_resolve(s->nl, LNET_FAMILY_NAME);
	if (s->family < 0 && load) {
		err = module_load("lnet");
		s->family = genl_ctrl_resolve(s->nl, LNET_FAMILY_NAME);
	}
	if (s->family >= 0)
		return true;
	if (err)
		module_explain("lctl", "lnet", err);
	else
		fprintf(stderr, "lctl: LNet is not running (module 'lnet' is not loaded): try 'lctl network up'\n");
	nl_socket_free(s->nl);
	return false;
}

void lnet_close(struct lnet_sock *s)
{
	nl_socket_free(s->nl);
}

/* Keep the errno itself and the text of the extended ACK. */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct lnet_sock *s = arg;
	struct nlmsghdr *nlh = (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN);
	struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1];
	size_t skip = sizeof(*e);

	(void)from;
	s->error = e->error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NL_STOP;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	if (!nlmsg_parse(nlh, skip, attrs, NLMSGERR_ATTR_MAX, NULL) &&
	    attrs[NLMSGERR_ATTR_MSG])
		snprintf(s->why, sizeof(s->why), "%s",
			 nla_get_string(attrs[NLMSGERR_ATTR_MSG]));
	return NL_STOP;
}

static int on_end(struct nl_msg *msg, void *arg)
{
	(void)msg;
	*(bool *)arg = true;
	return NL_STOP;
}

struct nl_msg *lnet_msg(struct lnet_sock *s, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, s->family, 0,
			       flags, cmd, LNET_FAMILY_VERSION))
		return msg;
	nlmsg_free(msg);
	fprintf(stderr, "lctl: out of memory\n");
	return NULL;
}

/* Send @msg and hand each answer to @valid.  Returns 0 or -errno. */
int lnet_call(struct lnet_sock *s, struct nl_msg *msg,
		     nl_recvmsg_msg_cb_t valid, void *arg)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	bool end = false;
	int one = 1, rc;

	if (!cb) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	setsockopt(nl_socket_get_fd(s->nl), SOL_NETLINK, NETLINK_EXT_ACK, &one,
		   sizeof(one));
	s->error = 0;
	s->why[0] = '\0';
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, s);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, &end);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, &end);
	if (valid)
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, valid, arg);
	rc = nl_send_auto(s->nl, msg);
	nlmsg_free(msg);
	while (rc >= 0 && !end && !s->error)
		rc = nl_recvmsgs(s->nl, cb);
	nl_cb_put(cb);
	if (rc < 0 && !s->error)
		return -EIO;
	return s->error;
}

int lnet_report(const struct lnet_sock *s, int err, const char *what)
{
	if (!err)
		return 0;
	fprintf(stderr, "lctl: %s: %s%s%s\n", what, strerror(-err),
		s->why[0] ? ": " : "", s->why);
	return 1;
}

/* ---- network up | down --------------------------------------------------- */

int lctl_network(int argc, char **argv)
{
	const char *spec = argc == 3 ? argv[2] : NULL;
	struct lnet_sock s;
	struct nl_msg *msg;
	char what[128];
	bool up;
	int err;

	if (argc == 2 && !strcmp(argv[1], "check"))
		return lctl_check_settings(stdout, "") != 0;
	if (argc < 2 || argc > 3 ||
	    (strcmp(argv[1], "up") && strcmp(argv[1], "down") &&
	     strcmp(argv[1], "configure") && strcmp(argv[1], "unconfigure"))) {
		fprintf(stderr, "usage: lctl network up|down [NETWORK], lctl network check\n");
		return 2;
	}
	up = !strcmp(argv[1], "up") || !strcmp(argv[1], "configure");
	if (up)
		lctl_check_settings(stderr, "lctl: warning: ");
	if (!lnet_open(&s, up))
		return 1;
	msg = lnet_msg(&s, up ? LNET_CMD_NET_ADD : LNET_CMD_NET_DEL,
		       NLM_F_ACK);
	if (!msg || (spec && nla_put_string(msg, LNET_A_NET_SPEC, spec))) {
		nlmsg_free(msg);
		lnet_close(&s);
		return 1;
	}
	err = lnet_call(&s, msg, NULL, NULL);
	snprintf(what, sizeof(what), "network %s %s", argv[1],
		 spec ? spec : "");
	err = lnet_report(&s, err, what);
	lnet_close(&s);
	if (!err)
		printf("LNET %s\n", up ? "configured" : "ready to unload");
	return err;
}

/* ---- list_nids ----------------------------------------------------------- */

struct nid_list {
	bool		verbose;
	unsigned int	nr;
};

static int on_ni(struct nl_msg *msg, void *arg)
{
	struct nlattr *a[LNET_A_NI_MAX + 1];
	struct nid_list *l = arg;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, a, LNET_A_NI_MAX, NULL) ||
	    !a[LNET_A_NI_NID])
		return NL_SKIP;
	l->nr++;
	if (!l->verbose || !a[LNET_A_NI_INTERFACE] || !a[LNET_A_NI_STATE]) {
		printf("%s\n", nla_get_string(a[LNET_A_NI_NID]));
		return NL_OK;
	}
	printf("%s interface %s %s sent %llu received %llu dropped %llu\n",
	       nla_get_string(a[LNET_A_NI_NID]),
	       nla_get_string(a[LNET_A_NI_INTERFACE]),
	       nla_get_u32(a[LNET_A_NI_STATE]) == LNET_NI_STATE_UP ?
	       "up" : "down",
	       a[LNET_A_NI_SEND_COUNT] ? (unsigned long long)
	       nla_get_u64(a[LNET_A_NI_SEND_COUNT]) : 0ULL,
	       a[LNET_A_NI_RECV_COUNT] ? (unsigned long long)
	       nla_get_u64(a[LNET_A_NI_RECV_COUNT]) : 0ULL,
	       a[LNET_A_NI_DROP_COUNT] ? (unsigned long long)
	       nla_get_u64(a[LNET_A_NI_DROP_COUNT]) : 0ULL);
	return NL_OK;
}

int lctl_list_nids(int argc, char **argv)
{
	struct nid_list l = { 0 };
	struct lnet_sock s;
	struct nl_msg *msg;
	int err;

	l.verbose = argc == 2 && !strcmp(argv[1], "-v");
	if (argc > 2 || (argc == 2 && !l.verbose)) {
		fprintf(stderr, "usage: lctl list_nids [-v]\n");
		return 2;
	}
	if (!lnet_open(&s, false))
		return 1;
	msg = lnet_msg(&s, LNET_CMD_NI_GET, NLM_F_DUMP);
	if (!msg) {
		lnet_close(&s);
		return 1;
	}
	err = lnet_report(&s, lnet_call(&s, msg, on_ni, &l), "list_nids");
	lnet_close(&s);
	if (!err && !l.nr) {
		fprintf(stderr, "lctl: no network is up, try 'lctl network up'\n");
		return 1;
	}
	return err;
}

/* ---- ping ---------------------------------------------------------------- */

static int on_ping(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr;
	int rem;

	(void)arg;
	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rem)
		if (nla_type(attr) == LNET_A_PING_NID)
			printf("12345-%s\n", nla_get_string(attr));
	return NL_OK;
}

static int ping_nid(struct lnet_sock *s, const char *nid, double secs)
{
	struct nl_msg *msg = lnet_msg(s, LNET_CMD_PING, NLM_F_ACK);
	char what[320];

	if (!msg || nla_put_string(msg, LNET_A_PING_NID, nid) ||
	    nla_put_u32(msg, LNET_A_PING_TIMEOUT_MS, secs * 1000)) {
		nlmsg_free(msg);
		return 1;
	}
	snprintf(what, sizeof(what), "failed to ping %s", nid);
	return lnet_report(s, lnet_call(s, msg, on_ping, NULL), what);
}

/* A name may have several addresses: the first that answers will do. */
int lctl_ping(int argc, char **argv)
{
	char err_text[256], *end, *nids, *nid, *next;
	double secs = 5;
	struct lnet_sock s;
	int err = 1;

	if (argc == 3)
		secs = strtod(argv[2], &end);
	if (argc < 2 || argc > 3 ||
	    (argc == 3 && (*end || !(secs > 0) || secs > 600))) {
		fprintf(stderr, "usage: lctl ping NID [SECONDS], up to 600 seconds\n");
		return 2;
	}
	nids = nid_resolve(argv[1], err_text, sizeof(err_text));
	if (!nids) {
		fprintf(stderr, "lctl: ping: %s\n", err_text);
		return 1;
	}
	if (!lnet_open(&s, false)) {
		free(nids);
		return 1;
	}
	for (nid = strtok_r(nids, ",", &next); nid && err;
	     nid = strtok_r(NULL, ",", &next))
		err = ping_nid(&s, nid, secs);
	lnet_close(&s);
	free(nids);
	return err;
}

/* ---- peer_list ----------------------------------------------------------- */

static void print_conn(struct nlattr *nest)
{
	static const char * const types[] = { "?", "control", "bulk-in",
					      "bulk-out" };
	struct nlattr *a[LNET_A_CONN_MAX + 1];
	unsigned int type;

	if (nla_parse_nested(a, LNET_A_CONN_MAX, nest, NULL) ||
	    !a[LNET_A_CONN_TYPE])
		return;
	type = nla_get_u32(a[LNET_A_CONN_TYPE]);
	printf("    %-8s v%u port %u -> %u queued %u\n",
	       types[type < 4 ? type : 0],
	       a[LNET_A_CONN_VERSION] ? nla_get_u32(a[LNET_A_CONN_VERSION]) : 0,
	       a[LNET_A_CONN_LOCAL_PORT] ?
	       nla_get_u16(a[LNET_A_CONN_LOCAL_PORT]) : 0,
	       a[LNET_A_CONN_REMOTE_PORT] ?
	       nla_get_u16(a[LNET_A_CONN_REMOTE_PORT]) : 0,
	       a[LNET_A_CONN_QUEUED] ? nla_get_u32(a[LNET_A_CONN_QUEUED]) : 0);
}

static int on_peer(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr;
	int rem;

	(void)arg;
	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rem) {
		switch (nla_type(attr)) {
		case LNET_A_PEER_NID:
			printf("%s\n", nla_get_string(attr));
			break;
		case LNET_A_PEER_SELF:
			printf("  from %s\n", nla_get_string(attr));
			break;
		case LNET_A_PEER_CREDITS:
			printf("  credits %d\n", (int)nla_get_u32(attr));
			break;
		case LNET_A_PEER_CONN:
			print_conn(attr);
			break;
		}
	}
	return NL_OK;
}

int lctl_peer_list(int argc, char **argv)
{
	struct lnet_sock s;
	struct nl_msg *msg;
	int err = 1;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "usage: lctl peer_list\n");
		return 2;
	}
	if (!lnet_open(&s, false))
		return 1;
	msg = lnet_msg(&s, LNET_CMD_PEER_GET, NLM_F_DUMP);
	if (msg)
		err = lnet_report(&s, lnet_call(&s, msg, on_peer, NULL),
			     "peer_list");
	lnet_close(&s);
	return err;
}
