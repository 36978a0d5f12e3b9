/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sockaddr_unsized
 * header: linux/socket.h
 * upstream: v6.19 struct sockaddr_unsized is what sockets are given
 * unless: sockaddr_unsized
 * needs: sockaddr
 * use: struct socket *s, struct sockaddr_unsized *a: int rc =
 *	kernel_bind(s, a, 16); (void)rc;
 */
#define sockaddr_unsized sockaddr
