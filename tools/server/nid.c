// SPDX-License-Identifier: GPL-2.0-only
/* Network identifiers: text, 8-byte and 20-byte forms (document 01) */
#include "server.h"

#include <arpa/inet.h>
#include <ctype.h>

/* The 8-byte form, most significant byte first, is the first 8 bytes */
void nid_from_nid4(struct lnet_nid *nid, uint64_t nid4)
{
	memset(nid, 0, sizeof(*nid));
	nid->nid_type = (nid4 >> 48) & 0xff;
	nid->nid_num = htons((nid4 >> 32) & 0xffff);
	nid->nid_addr[0] = htonl((uint32_t)nid4);
}

bool nid_is_nid4(const struct lnet_nid *nid)
{
	return nid->nid_size == 0;
}

uint64_t nid_to_nid4(const struct lnet_nid *nid)
{
	if (!nid_is_nid4(nid))
		return 0;
	return (uint64_t)nid->nid_type << 48 |
	       (uint64_t)ntohs(nid->nid_num) << 32 | ntohl(nid->nid_addr[0]);
}

bool nid_eq(const struct lnet_nid *a, const struct lnet_nid *b)
{
	if (a->nid_size != b->nid_size || a->nid_size > 12)
		return false;
	return !memcmp(a, b, 8 + a->nid_size);
}

bool nid_is_local(const struct lnet_nid *nid)
{
	for (unsigned int i = 0; i < srv.cfg.nr_nids; i++)
		if (nid_eq(&srv.cfg.nids[i], nid))
			return true;
	return false;
}

/* Accepts ADDR, ADDR@tcp and ADDR@tcpN with an IPv4 or IPv6 address */
int nid_parse(const char *text, struct lnet_nid *nid)
{
	char addr[INET6_ADDRSTRLEN + 1];
	const char *at = strchr(text, '@');
	size_t n = at ? (size_t)(at - text) : strlen(text);
	unsigned long num = 0;
	char *end;

	if (!n || n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, n);
	addr[n] = 0;
	if (at) {
		if (strncmp(at + 1, "tcp", 3))
			return -EINVAL;
		if (at[4]) {
			if (!isdigit((unsigned char)at[4]))
				return -EINVAL;
			num = strtoul(at + 4, &end, 10);
			if (*end || num > 0xffff)
				return -EINVAL;
		}
	}
	memset(nid, 0, sizeof(*nid));
	nid->nid_type = LNET_LND_SOCKLND;
	nid->nid_num = htons(num);
	if (inet_pton(AF_INET, addr, nid->nid_addr) == 1)
		return 0;
	if (inet_pton(AF_INET6, addr, nid->nid_addr) != 1)
		return -EINVAL;
	nid->nid_size = LNET_NID_SIZE_IP6;
	return 0;
}

const char *nid_str(const struct lnet_nid *nid)
{
	static char ring[8][NID_STRLEN + 16];
	static unsigned int pos;
	char *s = ring[pos++ % 8];
	char addr[INET6_ADDRSTRLEN] = "?";
	unsigned int num = ntohs(nid->nid_num);
	int n;

	if (nid->nid_type == LNET_LND_LOLND)
		return "0@lo";
	inet_ntop(nid_is_nid4(nid) ? AF_INET : AF_INET6, nid->nid_addr, addr,
		  sizeof(addr));
	n = snprintf(s, NID_STRLEN, "%s@%s", addr,
		     nid->nid_type == LNET_LND_SOCKLND ? "tcp" : "?");
	if (num)
		snprintf(s + n, 16, "%u", num);
	return s;
}
