// SPDX-License-Identifier: GPL-2.0-only
/*
 * The syntax of networks=: "tcp", "tcp0(eth0)", "tcp1(eth0,eth1),tcp2(eth2)".
 * Processors, as in "tcp0(eth0)[0,1]" or "tcp0(eth0[0])", are read and passed over.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>

#include "internal.h"

static const char *lnet_config_blank(const char *s)
{
	while (isspace(*s))
		s++;
	return s;
}

/* Processors that others bind an interface to; here any of them works for it */
static int lnet_config_cpts(const char **text, struct lnet_net_spec *spec)
{
	const char *s = *text;
	size_t n;

	if (*s != '[')
		return 0;
	n = strspn(s + 1, "0123456789,- ");
	if (!n || s[n + 1] != ']')
		return -EINVAL;
	spec->cpts = true;
	*text = lnet_config_blank(s + n + 2);
	return 0;
}

/* One device name at *@text */
static int lnet_config_if(const char **text, struct lnet_net_spec *spec)
{
	const char *s = lnet_config_blank(*text);
	size_t n = strcspn(s, ",()[ \t\n");

	if (!n || n >= IFNAMSIZ || spec->nr_ifs == ARRAY_SIZE(spec->ifs))
		return -EINVAL;
	memcpy(spec->ifs[spec->nr_ifs], s, n);
	spec->ifs[spec->nr_ifs++][n] = '\0';
	*text = lnet_config_blank(s + n);
	return lnet_config_cpts(text, spec);
}

/* The devices in parentheses; *@text is behind the opening one */
static int lnet_config_ifs(const char **text, struct lnet_net_spec *spec)
{
	for (;;) {
		if (lnet_config_if(text, spec))
			return -EINVAL;
		if (**text == ')')
			break;
		if (**text != ',')
			return -EINVAL;
		++*text;
	}
	*text = lnet_config_blank(*text + 1);
	return 0;
}

/* Take the next network off *@text.  Returns 1 if there was one, 0 at the end,
 * -EINVAL for a wrong syntax, -EPROTONOSUPPORT for a kind of network that this
 * LNet does not have.
 */
int lnet_config_next(const char **text, struct lnet_net_spec *spec)
{
	const char *s = lnet_config_blank(*text);
	size_t n;

	memset(spec, 0, sizeof(*spec));
	if (!*s)
		return 0;
	n = strcspn(s, ",()[ \t\n");
	if (lnet_net_parse(s, n, &spec->net))
		return -EINVAL;
	if (spec->net >> 16 != LNET_LND_SOCKLND)
		return -EPROTONOSUPPORT;
	s = lnet_config_blank(s + n);
	if (lnet_config_cpts(&s, spec))
		return -EINVAL;
	if (*s == '(') {
		s++;
		if (lnet_config_ifs(&s, spec) || lnet_config_cpts(&s, spec))
			return -EINVAL;
	}
	if (*s == ',') {
		s = lnet_config_blank(s + 1);
		if (!*s)
			return -EINVAL;
	} else if (*s) {
		return -EINVAL;
	}
	*text = s;
	return 1;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_config_next);
