// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parse the source of a mount (05 section 2).
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/inet.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "device.h"

/* Longest path component that a metadata target accepts, bytes */
#define FILESET_NAME_MAX	255

/* What is being parsed, and the message for the user. */
struct device_parser {
	const char	*end;
	const char	*why;
	const char	*where;
	size_t		where_len;
};

static int bad(struct device_parser *p, const char *why, const char *where,
	       size_t len)
{
	p->why = why;
	p->where = where;
	p->where_len = len;
	return -EINVAL;
}

static int add_nid(struct lustre_device *dev, const struct lnet_nid *nid)
{
	struct lnet_nid *nids;

	if (dev->nr_nids == LUSTRE_MAX_MGS_NIDS)
		return -E2BIG;
	nids = krealloc_array(dev->nids, dev->nr_nids + 1, sizeof(*nids),
			      GFP_KERNEL);
	if (!nids)
		return -ENOMEM;
	nids[dev->nr_nids++] = *nid;
	dev->nids = nids;
	return 0;
}

/*
 * Find the end of the NID at @s.  An IPv6 address has colons of its own, so a
 * colon separates nodes only behind "@net", or behind an IPv4 address that
 * leaves "@tcp" out.
 */
static const char *nid_end(const char *s, const char *end,
			   struct lnet_nid *nid)
{
	const char *comma = memchr(s, ',', end - s);
	const char *stop = comma ?: end;
	const char *at = memchr(s, '@', stop - s);
	const char *colon;

	if (at) {
		colon = memchr(at, ':', stop - at);
		if (!lnet_nid_parse(s, (colon ?: stop) - s, nid))
			return colon ?: stop;
	}
	colon = memchr(s, ':', stop - s) ?: stop;
	return lnet_nid_parse(s, colon - s, nid) ? NULL : colon;
}

/* What is wrong with the list at @s, for people */
static const char *why_no_nid(const char *s, const char *end)
{
	const char *comma = memchr(s, ',', end - s);
	u8 addr[16];

	if (*s == '[')
		return "an IPv6 address is written without brackets, as in fd00::1@tcp";
	/* the NIDs that may follow begin behind a colon, too */
	if (in6_pton(s, (comma ?: end) - s, addr, -1, NULL))
		return "'@tcp' has to follow an IPv6 address, as in fd00::1@tcp";
	return "not a NID";
}

/* One that this client can talk to is enough. */
static bool has_usable_nid(const struct lustre_device *dev)
{
	for (unsigned int i = 0; i < dev->nr_nids; i++)
		if (dev->nids[i].nid_type == LNET_LND_SOCKLND)
			return true;
	return false;
}

static int parse_nids(struct device_parser *p, const char *s,
		      struct lustre_device *dev)
{
	struct lnet_nid nid;
	const char *e;
	int err;

	if (s == p->end)
		return bad(p, "no MGS NID before ':/'", s, 0);
	for (;;) {
		e = nid_end(s, p->end, &nid);
		if (!e)
			return bad(p, why_no_nid(s, p->end), s, p->end - s);
		if (lnet_nid_is_any(&nid) || lnet_nid_is_lo(&nid))
			return bad(p, "NID can't be an MGS", s, e - s);
		err = add_nid(dev, &nid);
		if (err == -E2BIG)
			return bad(p, "too many MGS NIDs", s, e - s);
		if (err)
			return err;
		if (e == p->end)
			return 0;
		s = e + 1;
		if (s == p->end)
			return bad(p, "empty NID at the end", e, 1);
	}
}

static int parse_fsname(struct device_parser *p, const char *s, size_t len,
			struct lustre_device *dev)
{
	if (!len)
		return bad(p, "no file system name behind ':/'", s, 0);
	if (len > LUSTRE_FSNAME_MAX) {
		bad(p, "file system name is longer than 8 characters", s, len);
		return -ENAMETOOLONG;
	}
	for (size_t i = 0; i < len; i++)
		if (!isascii(s[i]) ||
		    (!isalnum(s[i]) && s[i] != '_' && s[i] != '-'))
			return bad(p, "bad character in file system name", s,
				   len);
	memcpy(dev->fsname, s, len);
	dev->fsname[len] = '\0';
	return 0;
}

/* The server takes the path without its first character: it must be a '/'. */
static int parse_fileset(struct device_parser *p, const char *s,
			 struct lustre_device *dev)
{
	size_t len = strlen(s);
	const char *name, *next;

	while (len && s[len - 1] == '/')
		len--;
	if (!len)
		return 0;
	for (name = s + 1; name < s + len; name = next + 1) {
		size_t n = strcspn(name, "/");

		next = name + n;
		if (n == 2 && name[0] == '.' && name[1] == '.')
			return bad(p, "'..' in the subdirectory", s, len);
		if (n > FILESET_NAME_MAX) {
			bad(p, "name in the subdirectory is too long", name, n);
			return -ENAMETOOLONG;
		}
		if (next >= s + len)
			break;
	}
	dev->fileset = kmemdup_nul(s, len, GFP_KERNEL);
	return dev->fileset ? 0 : -ENOMEM;
}

/**
 * lustre_device_parse - parse NID[,NID...][:NID...]:/fsname[/subdir]
 * @source: NUL-terminated source of the mount
 * @dev: filled in; the caller frees it with lustre_device_free() if 0 is
 *	 returned
 * @why: returns for people what is wrong, on error
 * @where: returns the offending part of @source, on error
 * @where_len: returns its length in bytes
 *
 * Return: 0, -EINVAL, -ENAMETOOLONG or -EPROTONOSUPPORT with @why set, or
 * -ENOMEM.
 * Context: may sleep.
 */
int lustre_device_parse(const char *source, struct lustre_device *dev,
			const char **why, const char **where, size_t *where_len)
{
	struct device_parser p = { .why = "out of memory", .where = source };
	const char *sep = strstr(source, ":/"), *name;
	size_t len;
	int err;

	memset(dev, 0, sizeof(*dev));
	if (!sep) {
		err = bad(&p, "no ':/' between MGS NIDs and file system name",
			  source, strlen(source));
		goto fail;
	}
	p.end = sep;
	err = parse_nids(&p, source, dev);
	if (!err && !has_usable_nid(dev)) {
		bad(&p, "this client has networks of type tcp only", source,
		    sep - source);
		err = -EPROTONOSUPPORT;
	}
	if (err)
		goto fail;
	name = sep + 1;
	name += strspn(name, "/");
	len = strcspn(name, "/");
	err = parse_fsname(&p, name, len, dev);
	if (!err)
		err = parse_fileset(&p, name + len, dev);
	if (!err)
		return 0;
fail:
	lustre_device_free(dev);
	*why = p.why;
	*where = p.where;
	*where_len = p.where_len;
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_device_parse);

/**
 * lustre_device_free - free what lustre_device_parse() allocated
 * @dev: parsed source; may be all zero
 *
 * Context: any.
 */
void lustre_device_free(struct lustre_device *dev)
{
	kfree(dev->nids);
	kfree(dev->fileset);
	memset(dev, 0, sizeof(*dev));
}
EXPORT_SYMBOL_IF_KUNIT(lustre_device_free);
