/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that are counted.
 */
#ifndef _LUSTRE_SUCCESSOR_H
#define _LUSTRE_SUCCESSOR_H

#include <linux/types.h>

/**
 * struct sa_count - the number in a name
 * @start: position of its first digit
 * @digits: how many there are
 * @value: the number
 */
struct sa_count {
	unsigned int	start;
	unsigned int	digits;
	u64		value;
};

bool sa_name_follows(const char *prev, unsigned int prev_len, const char *name,
		     unsigned int len, struct sa_count *count);
unsigned int sa_name_next(const char *name, unsigned int len,
			  const struct sa_count *count, unsigned int ahead,
			  char *next);

#endif /* _LUSTRE_SUCCESSOR_H */
