/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LUSTRE_LCTL_NET_H
#define LUSTRE_LCTL_NET_H

#include <netlink/netlink.h>
#include <stdbool.h>

/* A socket to talk to LNet of this network namespace */
struct lnet_sock {
	struct nl_sock	*nl;
	int		family;
	int		error;		/* of the running request, -errno */
	char		why[256];	/* what the kernel said of it */
};

bool lnet_open(struct lnet_sock *s, bool load);
void lnet_close(struct lnet_sock *s);
struct nl_msg *lnet_msg(struct lnet_sock *s, int cmd, int flags);
int lnet_call(struct lnet_sock *s, struct nl_msg *msg,
	      nl_recvmsg_msg_cb_t valid, void *arg);
int lnet_report(const struct lnet_sock *s, int err, const char *what);

#endif
