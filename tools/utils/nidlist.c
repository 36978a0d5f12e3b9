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
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nidlist.h"

#define HOST_MAX 255

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

/* Look a host up; IPv4 first, since every server speaks it. */
static bool lookup(const char *host, char *addr, size_t size, char *err,
		   size_t err_size)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *res;
	int rc = EAI_NONAME;

	for (size_t i = 0; i < 2; i++) {
		hints.ai_family = families[i];
		rc = getaddrinfo(host, NULL, &hints, &res);
		if (rc)
			continue;
		rc = getnameinfo(res->ai_addr, res->ai_addrlen, addr, size,
				 NULL, 0, NI_NUMERICHOST);
		freeaddrinfo(res);
		if (!rc)
			return true;
	}
	snprintf(err, err_size, "cannot resolve host '%s': %s", host,
		 gai_strerror(rc));
	return false;
}

char *nid_resolve(const char *text, char *err, size_t err_size)
{
	const char *at = strchr(text, '@');
	size_t len = at ? (size_t)(at - text) : strlen(text);
	const char *net = at ? at + 1 : "tcp";
	char host[HOST_MAX + 1], addr[HOST_MAX + 1];
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
	if (is_address(AF_INET, host, len) || is_address(AF_INET6, host, len))
		snprintf(addr, sizeof(addr), "%s", host);
	else if (!lookup(host, addr, sizeof(addr), err, err_size))
		return NULL;
	if (asprintf(&nid, "%s@%s", addr, net) < 0) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	return nid;
}

static char *resolve_part(const char *s, size_t len, char *err, size_t err_size)
{
	char *text = strndup(s, len), *nid;

	if (!text) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	nid = nid_resolve(text, err, err_size);
	free(text);
	return nid;
}

char *nidlist_resolve(const char *source, char *err, size_t err_size)
{
	const char *sep = strstr(source, ":/"), *s = source;
	char *out = NULL;
	size_t size;
	FILE *f;

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
	while (s < sep) {
		const char *comma = memchr(s, ',', sep - s);
		size_t len = node_len(s, comma ? comma : sep);
		char *nid = resolve_part(s, len, err, err_size);

		if (!nid) {
			fclose(f);
			free(out);
			return NULL;
		}
		fputs(nid, f);
		free(nid);
		s += len;
		if (s < sep) {
			fputc(*s++, f);
			if (s == sep) {
				snprintf(err, err_size,
					 "bad source '%s': empty NID before ':/'",
					 source);
				fclose(f);
				free(out);
				return NULL;
			}
		}
	}
	fputs(sep, f);
	fclose(f);
	return out;
}
