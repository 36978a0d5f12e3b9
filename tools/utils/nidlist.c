// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount sources with host names: resolve them to NIDs.
 *
 * The kernel knows addresses only, so names are looked up here.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nidlist.h"

#define HOST_MAX 255
/* Addresses of one host that are looked at */
#define ADDRS_MAX 8

static bool is_address(int family, const char *s, size_t len)
{
	unsigned char addr[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];

	if (!len || len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	return inet_pton(family, text, addr) == 1;
}

/*
 * Length of the node at s.  An IPv6 address has colons of its own and must be
 * followed by "@net"; everything else ends at the next colon.
 */
static size_t node_len(const char *s, const char *end)
{
	const char *at = memchr(s, '@', end - s);
	const char *from = s;
	const char *colon;

	if (at && is_address(AF_INET6, s, at - s))
		from = at;
	colon = memchr(from, ':', end - from);
	return (colon ? colon : end) - s;
}

static bool net_is_sane(const char *net)
{
	size_t n = strspn(net, "abcdefghijklmnopqrstuvwxyz0123456789");

	return n > 0 && net[n] == '\0' && isalpha((unsigned char)net[0]);
}

/* Networks of Lustre that this client does not have, without their numbers */
static bool net_is_foreign(const char *net)
{
	static const char * const foreign[] = {
		"o2ib", "gni", "gip", "ptlf", "kfi", "efa", "bxi3f",
	};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		size_t n = strlen(foreign[i]);

		if (!strncmp(net, foreign[i], n) &&
		    strspn(net + n, "0123456789") == strlen(net + n))
			return true;
	}
	return false;
}

/* An address of a link is good on that link only; a NID does not name it. */
static bool is_of_link(const struct addrinfo *ai)
{
	const struct sockaddr_in6 *sin6 = (const void *)ai->ai_addr;

	return ai->ai_family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr);
}

/* Write what a host is called in one family as NIDs behind the n that are there. */
static int lookup(const char *host, const char *net, int family, FILE *f, int *n)
{
	struct addrinfo hints = {
		.ai_family = family, .ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *res, *ai;
	char addr[HOST_MAX + 1];
	int rc = getaddrinfo(host, NULL, &hints, &res);

	if (rc)
		return rc;
	for (ai = res; ai; ai = ai->ai_next) {
		if (*n == ADDRS_MAX || is_of_link(ai) ||
		    getnameinfo(ai->ai_addr, ai->ai_addrlen, addr, sizeof(addr),
				NULL, 0, NI_NUMERICHOST))
			continue;
		fprintf(f, "%s%s@%s", *n ? "," : "", addr, net);
		++*n;
	}
	freeaddrinfo(res);
	return 0;
}

/* All NIDs of a host; IPv4 first, since every server speaks it. */
static char *lookup_all(const char *host, const char *net, char *err,
			size_t err_size)
{
	char *nids = NULL;
	size_t size;
	FILE *f = open_memstream(&nids, &size);
	int n = 0, rc, rc6;

	if (!f) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	rc = lookup(host, net, AF_INET, f, &n);
	rc6 = lookup(host, net, AF_INET6, f, &n);
	fclose(f);
	if (n)
		return nids;
	snprintf(err, err_size, "cannot resolve host '%s': %s", host,
		 gai_strerror(rc ? rc : rc6 ? rc6 : EAI_NONAME));
	free(nids);
	return NULL;
}

char *nid_resolve(const char *text, char *err, size_t err_size)
{
	const char *at = strchr(text, '@');
	size_t len = at ? (size_t)(at - text) : strlen(text);
	const char *net = at ? at + 1 : "tcp";
	char host[HOST_MAX + 1];
	char *nid;

	if (!len || len > HOST_MAX) {
		snprintf(err, err_size, "bad NID '%s': %s", text,
			 len ? "host name too long" : "no address");
		return NULL;
	}
	if (!net_is_sane(net)) {
		snprintf(err, err_size, "bad NID '%s': bad network '%s'", text,
			 net);
		return NULL;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	if (!is_address(AF_INET, host, len) && !is_address(AF_INET6, host, len))
		return lookup_all(host, net, err, err_size);
	if (asprintf(&nid, "%s@%s", host, net) < 0) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	return nid;
}

/* An IPv6 address, or what was meant to be one, but not ADDRESS@NET? */
static bool is_bare_ipv6(const char *s, size_t len, const char *end)
{
	const char *comma = memchr(s, ',', end - s);

	return *s == '[' ||
	       is_address(AF_INET6, s, (comma ? comma : end) - s) ||
	       (len <= 4 && strspn(s, "0123456789abcdefABCDEF") == len &&
		end - s > (ptrdiff_t)len + 1 && s[len] == ':' &&
		s[len + 1] == ':');
}

/* What goes into the kernel's list for the node at @s; "" for nothing. */
static char *resolve_part(const char *s, size_t len, const char *end, char *err,
			  size_t err_size)
{
	char *text = strndup(s, len), *nid = NULL;
	const char *at;

	if (!text) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	at = strchr(text, '@');
	if (is_bare_ipv6(s, len, end))
		snprintf(err, err_size,
			 "bad NID '%.*s': an IPv6 address is written without brackets and with its network, as in fd00::1@tcp",
			 (int)(end - s), s);
	else if (at && net_is_foreign(at + 1))
		nid = strdup("");
	else
		nid = nid_resolve(text, err, err_size);
	free(text);
	return nid;
}

/* Write the NIDs between source and sep to f; their number, or -1. */
static int resolve_list(const char *source, const char *sep, FILE *f, char *err,
			size_t err_size)
{
	const char *s = source;
	char before = ',';
	int n = 0;

	while (s < sep) {
		const char *comma = memchr(s, ',', sep - s);
		size_t len = node_len(s, comma ? comma : sep);
		char *nid = resolve_part(s, len, sep, err, err_size);

		if (!nid)
			return -1;
		if (*nid) {
			fprintf(f, "%.*s%s", n++ ? 1 : 0, &before, nid);
			before = ',';
		}
		free(nid);
		s += len;
		if (s == sep)
			break;
		if (*s++ == ':')
			before = ':';
		if (s == sep) {
			snprintf(err, err_size,
				 "bad source '%s': empty NID before ':/'",
				 source);
			return -1;
		}
	}
	return n;
}

char *nidlist_resolve(const char *source, char *err, size_t err_size)
{
	const char *sep = strstr(source, ":/");
	char *out = NULL;
	size_t size;
	FILE *f;
	int n;

	if (!sep || sep == source) {
		snprintf(err, err_size,
			 "bad source '%s': want NID[,NID...][:NID...]:/fsname",
			 source);
		return NULL;
	}
	f = open_memstream(&out, &size);
	if (!f) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	n = resolve_list(source, sep, f, err, err_size);
	if (!n)
		snprintf(err, err_size,
			 "bad source '%s': this client has networks of type tcp only, as in 10.0.0.1@tcp",
			 source);
	fputs(sep, f);
	fclose(f);
	if (n > 0)
		return out;
	free(out);
	return NULL;
}
