/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: tcp_sock_set
 * names: tcp_sock_set_keepintvl tcp_sock_set_keepcnt
 *	tcp_sock_set_user_timeout
 * header: linux/tcp.h
 * upstream: v5.8 options of a socket by functions of their own
 * unless: tcp_sock_set_keepcnt
 * include: linux/net.h
 * needs: SOL_TCP TCP_KEEPCNT TCP_KEEPINTVL TCP_USER_TIMEOUT
 *	kernel_setsockopt sk_socket socket
 * use: struct sock *s: int rc = tcp_sock_set_keepintvl(s, 1); rc
 *	= tcp_sock_set_keepcnt(s, 1); tcp_sock_set_user_timeout(s, 1);
 *	(void)rc;
 */
static inline int kcompat_tcp_option(struct socket *sock, int option, int val)
{
	return kernel_setsockopt(sock, SOL_TCP, option, (char *)&val,
				 sizeof(val));
}

#define tcp_sock_set_keepintvl(sk, val) \
	kcompat_tcp_option((sk)->sk_socket, TCP_KEEPINTVL, val)
#define tcp_sock_set_keepcnt(sk, val) \
	kcompat_tcp_option((sk)->sk_socket, TCP_KEEPCNT, val)
#define tcp_sock_set_user_timeout(sk, val) \
	kcompat_tcp_option((sk)->sk_socket, TCP_USER_TIMEOUT, val)
