/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: sockaddr_unsized
 * header: linux/socket.h
 * upstream: v6.19 struct sockaddr_unsized is what sockets are given
 * unless: sockaddr_unsized
 * needs: sockaddr
 * use: struct sockaddr_unsized *a, struct sockaddr *b: a = b; (void)a;
 */
#define sockaddr_unsized sockaddr
