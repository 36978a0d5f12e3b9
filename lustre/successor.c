// SPDX-License-Identifier: GPL-2.0-only
/*
 * What name comes next, where names are counted: f1, f2, ... f9, f10.
 *
 * Pure functions on names, any context.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "mdc/mdc.h"
#include "successor.h"

/* No larger numbers, so that they can be counted up without a thought */
#define SA_DIGITS	18

/* The number at @at, and its digits; 0 digits: none, or too many. */
static u64 sa_number(const char *name, unsigned int len, unsigned int at,
		     unsigned int *digits)
{
	u64 value = 0;

	for (*digits = 0; at < len && isdigit(name[at]); at++) {
		value = value * 10 + (name[at] - '0');
		if (++*digits > SA_DIGITS) {
			*digits = 0;
			return 0;
		}
	}
	return value;
}

/**
 * sa_name_follows - is a name another one, counted up by one?
 * @prev: the other one
 * @prev_len: its length
 * @name: the name
 * @len: its length
 * @count: tells where in it the number is
 *
 * Return: true, f09 after f08, f10 after f9, or false.
 */
bool sa_name_follows(const char *prev, unsigned int prev_len, const char *name,
		     unsigned int len, struct sa_count *count)
{
	unsigned int start = 0, prev_digits, digits, rest;
	u64 before;

	while (start < min(prev_len, len) && prev[start] == name[start])
		start++;
	while (start && isdigit(name[start - 1]))
		start--;
	before = sa_number(prev, prev_len, start, &prev_digits);
	count->value = sa_number(name, len, start, &digits);
	if (!prev_digits || !digits || count->value != before + 1)
		return false;
	if (digits != prev_digits &&
	    (digits != prev_digits + 1 || name[start] == '0'))
		return false;
	rest = len - start - digits;
	if (prev_len - start - prev_digits != rest ||
	    memcmp(prev + prev_len - rest, name + len - rest, rest))
		return false;
	count->start = start;
	count->digits = digits;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(sa_name_follows);

/**
 * sa_name_next - count a name up
 * @name: a name that sa_name_follows() was true for
 * @len: its length
 * @count: as that filled it in
 * @ahead: how far
 * @next: receives the name, not NUL-terminated; MDC_NAME_MAX bytes
 *
 * Return: its length; 0: there is none.
 */
unsigned int sa_name_next(const char *name, unsigned int len,
			  const struct sa_count *count, unsigned int ahead,
			  char *next)
{
	unsigned int rest = len - count->start - count->digits, digits;
	char text[SA_DIGITS + 4];

	digits = snprintf(text, sizeof(text), "%0*llu", (int)count->digits,
			  count->value + ahead);
	if (digits > SA_DIGITS || count->start + digits + rest > MDC_NAME_MAX)
		return 0;
	memcpy(next, name, count->start);
	memcpy(next + count->start, text, digits);
	memcpy(next + count->start + digits, name + len - rest, rest);
	return count->start + digits + rest;
}
EXPORT_SYMBOL_IF_KUNIT(sa_name_next);
