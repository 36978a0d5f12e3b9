// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which locks go together: pure arithmetic, 06 section 2.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/log2.h>

#include "ldlm/internal.h"

/**
 * ldlm_mode_valid - is this one mode that may travel?
 * @mode: candidate
 *
 * Return: true for exactly one of EX ... GROUP.
 */
bool ldlm_mode_valid(u32 mode)
{
	return is_power_of_2(mode) && mode <= LCK_GROUP;
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_mode_valid);

/* Modes that may be held by others while @mode is held */
static u32 ldlm_compatible_with(u32 mode)
{
	switch (mode) {
	case LCK_EX:
		return LCK_NL;
	case LCK_PW:
		return LCK_NL | LCK_CR;
	case LCK_PR:
		return LCK_NL | LCK_CR | LCK_PR;
	case LCK_CW:
		return LCK_NL | LCK_CR | LCK_CW;
	case LCK_CR:
		return LCK_NL | LCK_CR | LCK_CW | LCK_PR | LCK_PW;
	case LCK_NL:
		return LCK_NL | LCK_CR | LCK_CW | LCK_PR | LCK_PW | LCK_EX |
		       LCK_GROUP;
	case LCK_GROUP:
		return LCK_NL | LCK_GROUP;
	default:
		return 0;
	}
}

/**
 * ldlm_modes_compatible - may two modes be held on the same thing?
 * @a: one LCK_* bit
 * @b: one LCK_* bit
 *
 * Two GROUP modes are compatible here; their group ids are not looked at.
 *
 * Return: true if they may; false also for what is no mode.
 */
bool ldlm_modes_compatible(u32 a, u32 b)
{
	return ldlm_mode_valid(b) && (ldlm_compatible_with(a) & b);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_modes_compatible);

/**
 * ldlm_policies_overlap - do two locks speak about a common part?
 * @type: LDLM_* type of both
 * @a: one policy
 * @b: other policy
 *
 * Return: true if extents or ranges intersect, inode bits are shared, or the
 * type has no parts.
 */
bool ldlm_policies_overlap(u32 type, const struct ldlm_policy *a,
			   const struct ldlm_policy *b)
{
	switch (type) {
	case LDLM_EXTENT:
		return a->extent.start <= b->extent.end &&
		       b->extent.start <= a->extent.end;
	case LDLM_IBITS:
		return a->ibits.bits & b->ibits.bits;
	case LDLM_FLOCK:
		return a->flock.start <= b->flock.end &&
		       b->flock.start <= a->flock.end;
	default:
		return true;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_policies_overlap);

/**
 * ldlm_policy_covers - does a lock we have serve what is wanted?
 * @type: LDLM_* type of both
 * @have: policy held
 * @want: policy wanted
 *
 * Modes are the caller's business.
 *
 * Return: true if @want lies within @have.
 */
bool ldlm_policy_covers(u32 type, const struct ldlm_policy *have,
			const struct ldlm_policy *want)
{
	switch (type) {
	case LDLM_EXTENT:
		return have->extent.start <= want->extent.start &&
		       have->extent.end >= want->extent.end &&
		       have->extent.gid == want->extent.gid;
	case LDLM_IBITS:
		return (have->ibits.bits & want->ibits.bits) ==
		       want->ibits.bits;
	case LDLM_FLOCK:
		return have->flock.owner == want->flock.owner &&
		       have->flock.start <= want->flock.start &&
		       have->flock.end >= want->flock.end;
	case LDLM_PLAIN:
		return true;
	default:
		return false;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_policy_covers);
