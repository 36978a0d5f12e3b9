/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What LNet's interface and its wire formats have in common: the address of a
 * node, the kinds of networks, and a few numbers.
 *
 * This header is shared by the kernel and by user space tools; it holds no code
 * and depends on nothing but fixed-width types.
 */
#ifndef _NET_LNET_NID_H
#define _NET_LNET_NID_H

#include <linux/types.h>

/* The process id of every kernel Lustre node */
#define LNET_PID_LUSTRE			12345
#define LNET_PID_ANY			0xffffffffU

/* Largest payload of one message, bytes */
#define LNET_MTU			0x00100000

/**
 * struct lnet_nid - the address of a node: an IP address on a named network
 * @nid_size: bytes of @nid_addr beyond the first four; 12 for IPv6
 * @nid_type: kind of network, LNET_LND_*; 0xff makes the wildcard
 * @nid_num: number of the network, 3 for "tcp3"
 * @nid_addr: address, unused tail zero
 *
 * This is the form used on the wire too, so all is big-endian.  Compare with
 * lnet_nid_equal(), never with memcmp().
 */
struct lnet_nid {
	__u8	nid_size;
	__u8	nid_type;
	__be16	nid_num;
	__be32	nid_addr[4];
};

#define LNET_NID_SIZE_IP6		12
#define LNET_NID_TYPE_ANY		0xff

/* Network types, bits 31..16 of a network number */
#define LNET_LND_SOCKLND		2
#define LNET_LND_O2IBLND		5
#define LNET_LND_LOLND			9
#define LNET_LND_GNILND			13
#define LNET_LND_GNIIPLND		14
#define LNET_LND_PTL4LND		15
#define LNET_LND_KFILND			16
#define LNET_LND_EFALND			18
#define LNET_LND_BXI3LND		19

/* The older form: type, network number and IPv4 address in one word */
#define LNET_NID4_ANY			0xffffffffffffffffULL
#define LNET_NID4_LO			0x0009000000000000ULL

#endif /* _NET_LNET_NID_H */
