// SPDX-License-Identifier: GPL-2.0-only
/*
 * NIDs: comparing, hashing, and the text form "address@network".
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/inet.h>
#include <linux/jhash.h>
#include <net/ipv6.h>

#include "internal.h"

/* How the address of a kind of network is written */
enum lnet_addr_form {
	LNET_ADDR_IP,
	LNET_ADDR_DECIMAL,
};

struct lnet_nettype {
	const char		*name;
	u8			type;
	enum lnet_addr_form	form;
};

static const struct lnet_nettype lnet_nettypes[] = {
	{ "tcp",	LNET_LND_SOCKLND,	LNET_ADDR_IP },
	{ "o2ib",	LNET_LND_O2IBLND,	LNET_ADDR_IP },
	{ "lo",		LNET_LND_LOLND,		LNET_ADDR_DECIMAL },
	{ "gni",	LNET_LND_GNILND,	LNET_ADDR_DECIMAL },
	{ "gip",	LNET_LND_GNIIPLND,	LNET_ADDR_IP },
	{ "ptlf",	LNET_LND_PTL4LND,	LNET_ADDR_DECIMAL },
	{ "kfi",	LNET_LND_KFILND,	LNET_ADDR_DECIMAL },
	{ "efa",	LNET_LND_EFALND,	LNET_ADDR_IP },
	{ "bxi3f",	LNET_LND_BXI3LND,	LNET_ADDR_DECIMAL },
};

const struct lnet_nid lnet_nid_any = {
	.nid_size = 0xff,
	.nid_type = LNET_NID_TYPE_ANY,
	.nid_num  = cpu_to_be16(0xffff),
	.nid_addr = { cpu_to_be32(~0U), cpu_to_be32(~0U),
		      cpu_to_be32(~0U), cpu_to_be32(~0U) },
};
EXPORT_SYMBOL_GPL(lnet_nid_any);

static const struct lnet_nettype *lnet_nettype_by_type(u8 type)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(lnet_nettypes); i++)
		if (lnet_nettypes[i].type == type)
			return &lnet_nettypes[i];
	return NULL;
}

/* Number of significant bytes of @nid */
static size_t lnet_nid_bytes(const struct lnet_nid *nid)
{
	return min_t(size_t, 8 + nid->nid_size, sizeof(*nid));
}

/**
 * lnet_nid_equal - do two NIDs name the same node?
 * @a: one
 * @b: the other
 *
 * Two wildcards are equal; a wildcard equals nothing else.
 *
 * Return: true if they do.
 */
bool lnet_nid_equal(const struct lnet_nid *a, const struct lnet_nid *b)
{
	if (lnet_nid_is_any(a) || lnet_nid_is_any(b))
		return lnet_nid_is_any(a) && lnet_nid_is_any(b);
	return a->nid_size == b->nid_size &&
	       !memcmp(a, b, lnet_nid_bytes(a));
}
EXPORT_SYMBOL_GPL(lnet_nid_equal);

/**
 * lnet_nid_cmp - total order of NIDs, as simultaneous connects are settled by
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than zero as @a sorts before, with or
 * after @b (02 section 7).
 */
int lnet_nid_cmp(const struct lnet_nid *a, const struct lnet_nid *b)
{
	return memcmp(a, b, sizeof(*a));
}
EXPORT_SYMBOL_GPL(lnet_nid_cmp);

/**
 * lnet_nid_hash - hash value of a NID
 * @nid: the NID
 *
 * Return: the same value for equal NIDs.
 */
u32 lnet_nid_hash(const struct lnet_nid *nid)
{
	return jhash(nid, lnet_nid_bytes(nid), 0);
}
EXPORT_SYMBOL_GPL(lnet_nid_hash);

/**
 * lnet_nid_from_nid4 - expand the 64-bit form of a NID
 * @nid: where to
 * @nid4: the 64-bit form, host order
 */
void lnet_nid_from_nid4(struct lnet_nid *nid, u64 nid4)
{
	if (nid4 == LNET_NID4_ANY) {
		*nid = lnet_nid_any;
		return;
	}
	memset(nid, 0, sizeof(*nid));
	nid->nid_type = nid4 >> 48;
	nid->nid_num = cpu_to_be16(nid4 >> 32);
	nid->nid_addr[0] = cpu_to_be32((u32)nid4);
}
EXPORT_SYMBOL_GPL(lnet_nid_from_nid4);

/**
 * lnet_nid_to_nid4 - the 64-bit form of a NID
 * @nid: the NID
 *
 * Return: the 64-bit form in host order, LNET_NID4_ANY for the wildcard and for
 * NIDs that have no such form.
 */
u64 lnet_nid_to_nid4(const struct lnet_nid *nid)
{
	if (lnet_nid_is_any(nid) || !lnet_nid_is_nid4(nid))
		return LNET_NID4_ANY;
	return (u64)lnet_nid_net(nid) << 32 | be32_to_cpu(nid->nid_addr[0]);
}
EXPORT_SYMBOL_GPL(lnet_nid_to_nid4);

/* Is @nid from the wire something that we can hold? */
bool lnet_nid_valid(const struct lnet_nid *nid)
{
	if (lnet_nid_is_any(nid))
		return true;
	return nid->nid_size == 0 || nid->nid_size == 12;
}

/**
 * lnet_net_parse - read the name of a network
 * @text: for example "tcp" or "o2ib3", not NUL terminated
 * @len: length of @text in bytes
 * @net: where to put type << 16 | number
 *
 * Return: 0 or -EINVAL.
 */
int lnet_net_parse(const char *text, size_t len, u32 *net)
{
	const struct lnet_nettype *nt;
	u32 num = 0;
	size_t n, i;
	int t;

	for (t = 0; t < ARRAY_SIZE(lnet_nettypes); t++) {
		nt = &lnet_nettypes[t];
		n = strlen(nt->name);
		if (len >= n && !memcmp(text, nt->name, n) && len <= n + 5)
			break;
	}
	if (t == ARRAY_SIZE(lnet_nettypes))
		return -EINVAL;
	for (i = n; i < len; i++) {
		if (!isdigit(text[i]))
			return -EINVAL;
		num = num * 10 + text[i] - '0';
	}
	if (num > U16_MAX || (nt->type == LNET_LND_LOLND && len > n))
		return -EINVAL;
	*net = (u32)nt->type << 16 | num;
	return 0;
}
EXPORT_SYMBOL_GPL(lnet_net_parse);

/* Address part of a NID, NUL terminated */
static int lnet_addr_parse(const char *text, enum lnet_addr_form form,
			   struct lnet_nid *nid)
{
	const char *end;
	u32 value;

	if (form == LNET_ADDR_DECIMAL) {
		if (kstrtou32(text, 10, &value))
			return -EINVAL;
		nid->nid_addr[0] = cpu_to_be32(value);
		return 0;
	}
	if (strchr(text, ':')) {
		if (!in6_pton(text, -1, (u8 *)nid->nid_addr, -1, &end) || *end)
			return -EINVAL;
		nid->nid_size = 12;
		return 0;
	}
	if (!in4_pton(text, -1, (u8 *)nid->nid_addr, -1, &end) || *end)
		return -EINVAL;
	return 0;
}

/**
 * lnet_nid_parse - read a NID
 * @text: "address" or "address@network", not NUL terminated
 * @len: length of @text in bytes
 * @nid: where to put it
 *
 * Return: 0 or -EINVAL.  The wildcard has no text form.
 */
int lnet_nid_parse(const char *text, size_t len, struct lnet_nid *nid)
{
	const struct lnet_nettype *nt;
	u32 net = LNET_LND_SOCKLND << 16;
	char addr[LNET_NIDSTR_SIZE];
	const char *at;
	size_t n = len;

	at = memchr(text, '@', len);
	if (at) {
		n = at - text;
		if (lnet_net_parse(at + 1, len - n - 1, &net))
			return -EINVAL;
	}
	if (!n || n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, n);
	addr[n] = '\0';

	memset(nid, 0, sizeof(*nid));
	nid->nid_type = net >> 16;
	nid->nid_num = cpu_to_be16(net);
	nt = lnet_nettype_by_type(nid->nid_type);
	if (lnet_addr_parse(addr, nt->form, nid))
		return -EINVAL;
	if (nt->type == LNET_LND_LOLND && nid->nid_addr[0])
		return -EINVAL;
	return 0;
}
EXPORT_SYMBOL_GPL(lnet_nid_parse);

/* Write the name of @net to @buf */
void lnet_net_print(u32 net, char *buf, size_t size)
{
	const struct lnet_nettype *nt = lnet_nettype_by_type(net >> 16);

	if (!nt)
		snprintf(buf, size, "<%u:%u>", net >> 16, net & 0xffff);
	else if (net & 0xffff)
		snprintf(buf, size, "%s%u", nt->name, net & 0xffff);
	else
		snprintf(buf, size, "%s", nt->name);
}

/**
 * lnet_nid_print - text form of a NID
 * @nid: the NID
 * @buf: where to write it
 *
 * Return: @buf.
 */
char *lnet_nid_print(const struct lnet_nid *nid, char buf[LNET_NIDSTR_SIZE])
{
	const struct lnet_nettype *nt = lnet_nettype_by_type(nid->nid_type);
	char net[20];

	if (lnet_nid_is_any(nid)) {
		strscpy(buf, "<?>", LNET_NIDSTR_SIZE);
		return buf;
	}
	lnet_net_print(lnet_nid_net(nid), net, sizeof(net));
	if (nt && nt->form == LNET_ADDR_IP && nid->nid_size == 12)
		snprintf(buf, LNET_NIDSTR_SIZE, "%pI6c@%s", nid->nid_addr, net);
	else if (nt && nt->form == LNET_ADDR_IP)
		snprintf(buf, LNET_NIDSTR_SIZE, "%pI4@%s", nid->nid_addr, net);
	else if (nt)
		snprintf(buf, LNET_NIDSTR_SIZE, "%u@%s",
			 be32_to_cpu(nid->nid_addr[0]), net);
	else
		snprintf(buf, LNET_NIDSTR_SIZE, "%x:%x:%x:%x@%s",
			 be32_to_cpu(nid->nid_addr[0]),
			 be32_to_cpu(nid->nid_addr[1]),
			 be32_to_cpu(nid->nid_addr[2]),
			 be32_to_cpu(nid->nid_addr[3]), net);
	return buf;
}
EXPORT_SYMBOL_GPL(lnet_nid_print);

/* Socket address of @nid, which is a TCP NID; returns its length */
int lnet_nid_to_sockaddr(const struct lnet_nid *nid, u16 port,
			 struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (lnet_nid_is_ipv6(nid)) {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = htons(port);
		memcpy(&sin6->sin6_addr, nid->nid_addr, 16);
		return sizeof(*sin6);
	}
	sin->sin_family = AF_INET;
	sin->sin_port = htons(port);
	sin->sin_addr.s_addr = nid->nid_addr[0];
	return sizeof(*sin);
}

/* Take a NID off the wire; -EPROTO for what we cannot hold */
int lnet_nid_from_wire(struct lnet_nid *nid, const struct lnet_nid *wire)
{
	*nid = *wire;
	if (!lnet_nid_valid(nid))
		return -EPROTO;
	if (lnet_nid_is_any(nid))
		*nid = lnet_nid_any;
	else if (nid->nid_size == 0)
		memset(&nid->nid_addr[1], 0, 12);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_nid_from_wire);
