// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names to stripes of striped directories.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "hash.h"

#define FNV_OFFSET	0xcbf29ce484222325ULL
#define FNV_PRIME	0x100000001b3ULL

#define CRUSH_SEED	1315423911U
#define CRUSH_X		231232U
#define CRUSH_Y		1232U
#define CRUSH_GROUPS	4096

/* 64-bit FNV-1a of @len bytes. */
u64 mdc_hash_fnv(const char *name, size_t len)
{
	u64 h = FNV_OFFSET;

	while (len--) {
		h ^= (u8)*name++;
		h *= FNV_PRIME;
	}
	return h;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_hash_fnv);

/* R. Jenkins' 96-bit mix */
static void mix(u32 *a, u32 *b, u32 *c)
{
	static const u8 shifts[3][3] = {
		{ 13, 8, 13 }, { 12, 16, 5 }, { 3, 10, 15 },
	};
	int i;

	for (i = 0; i < 3; i++) {
		*a -= *b;
		*a -= *c;
		*a ^= *c >> shifts[i][0];
		*b -= *c;
		*b -= *a;
		*b ^= *a << shifts[i][1];
		*c -= *a;
		*c -= *b;
		*c ^= *b >> shifts[i][2];
	}
}

/* Hash of two words */
u32 mdc_hash_jenkins(u32 a, u32 b)
{
	u32 h = CRUSH_SEED ^ a ^ b;
	u32 x = CRUSH_X;
	u32 y = CRUSH_Y;

	mix(&a, &b, &h);
	mix(&x, &a, &h);
	mix(&b, &y, &h);
	return h;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_hash_jenkins);

/* Is the random part at the end of a name what mktemp() makes? */
static bool suffix_is_random(const char *suffix, size_t len, bool crush2)
{
	size_t lower = 0, upper = 0, digit = 0, i;
	bool digit_first = isdigit(suffix[0]);

	for (i = 0; i < len; i++) {
		u8 c = suffix[i];

		if (islower(c))
			lower++;
		else if (isupper(c))
			upper++;
		else if (isdigit(c))
			digit++;
		else if (crush2)
			return false;
	}
	if (lower == len || upper == len)
		return false;
	if (digit >= len - 1)
		return crush2 ? !digit_first : digit_first;
	return true;
}

/* ".NAME.XXXXXX" (@dot 1) or "NAME.XXXXXXXX" (@dot 0), @slen times X? */
static bool name_is_temp(const char *name, size_t len, size_t dot, size_t slen,
			 bool crush2)
{
	if (dot && name[0] != '.')
		return false;
	if (len < dot + slen + 2 || name[len - slen - 1] != '.')
		return false;
	return suffix_is_random(name + len - slen, slen, crush2);
}

static bool name_is_saved(const char *name, size_t len, const char *suffix)
{
	size_t slen = strlen(suffix);

	return len > slen + 1 && name[len - slen - 1] == '.' &&
	       !strncasecmp(name + len - slen, suffix, slen);
}

/* Temporary and saved files go where the file itself goes. */
static void name_reduce(const char **name, size_t *lenp, bool crush2)
{
	const char *n = *name;
	size_t len = *lenp;

	if (name_is_temp(n, len, 1, 6, crush2)) {
		(*name)++;
		*lenp = len - 8;
	} else if (name_is_temp(n, len, 0, 8, crush2)) {
		*lenp = len - 9;
	} else if (len > 1 && n[len - 1] == '~' && n[len - 2] != '.') {
		*lenp = len - 1;
	} else if (name_is_saved(n, len, "bak") ||
		   name_is_saved(n, len, "sav")) {
		*lenp = len - 4;
	} else if (name_is_saved(n, len, "orig")) {
		*lenp = len - 5;
	}
}

static u32 hash_crush(const char *name, size_t len, u32 count, bool crush2)
{
	u32 best = 0, index = 0, pg, straw, i;

	name_reduce(&name, &len, crush2);
	pg = mdc_hash_fnv(name, len) & (CRUSH_GROUPS - 1);
	for (i = 0; i < count; i++) {
		straw = mdc_hash_jenkins(pg, i);
		if (straw > best) {
			best = straw;
			index = i;
		}
	}
	return index;
}

static u32 hash_all_chars(const char *name, size_t len, u32 count)
{
	u32 sum = 0;

	while (len--)
		sum += (u8)*name++;
	return sum % count;
}

/**
 * mdc_hash_stripe - which stripe holds a name
 * @type: enum mdc_hash_type
 * @name: not NUL-terminated
 * @len: its length in bytes
 * @count: stripes of the directory
 * @index: the stripe
 *
 * Any context.
 *
 * Return: 0; -EBADF if this client does not know the type; -EINVAL for an empty
 * name or no stripes.
 */
int mdc_hash_stripe(u32 type, const char *name, size_t len, u32 count,
		    u32 *index)
{
	u64 hash;

	if (!len || !count)
		return -EINVAL;
	switch (type) {
	case MDC_HASH_ALL_CHARS:
		*index = hash_all_chars(name, len, count);
		return 0;
	case MDC_HASH_FNV_1A_64:
		hash = mdc_hash_fnv(name, len);
		*index = do_div(hash, count);
		return 0;
	case MDC_HASH_CRUSH:
	case MDC_HASH_CRUSH2:
		*index = hash_crush(name, len, count,
				    type == MDC_HASH_CRUSH2);
		return 0;
	}
	return -EBADF;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_hash_stripe);
