/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: minmax_signedness
 * names: min max clamp
 * header: linux/kernel.h
 * upstream: v6.8 min(), max() and clamp() of different types of one signedness
 * unless: minmax_signedness
 * use: unsigned int a, int b, size_t c, u8 d: (void)(min(a, c) + max(b, d) +
 *	clamp(a, 1, 3) + min(c, 5)); BUILD_BUG_ON(min(4, 3) != 3 || max(4, 3U)
 *	!= 4);
 * needs: __UNIQUE_ID __builtin_choose_expr __is_constexpr
 *
 * note: The text is that of 6.8.  What linux/minmax.h has is included by
 * linux/kernel.h wherever it is not the newer one.
 */
#undef min
#undef max
#undef clamp

#define kcompat_is_signed(x)						\
	__builtin_choose_expr(__is_constexpr((typeof(x))(-1) < (typeof(x))1), \
			      ((typeof(x))(-1) < (typeof(x))1), 0)

/* a constant, and not negative */
#define kcompat_is_noneg(x)						\
	(__builtin_choose_expr(__is_constexpr(x) && kcompat_is_signed(x), x, -1) >= 0)

#define kcompat_types_ok(x, y)						\
	(kcompat_is_signed(x) == kcompat_is_signed(y) ||		\
	 kcompat_is_signed((x) + 0) == kcompat_is_signed((y) + 0) ||	\
	 kcompat_is_noneg(x) || kcompat_is_noneg(y))

#define kcompat_cmp(x, op, y)	((x) op (y) ? (x) : (y))

#define kcompat_cmp_once(x, op, y, ux, uy) ({				\
	typeof(x) ux = (x);						\
	typeof(y) uy = (y);						\
	_Static_assert(kcompat_types_ok(x, y), "signedness error");	\
	kcompat_cmp(ux, op, uy);					\
})

#define kcompat_careful_cmp(x, op, y)					\
	__builtin_choose_expr(__is_constexpr((x) - (y)),		\
		kcompat_cmp(x, op, y),					\
		kcompat_cmp_once(x, op, y, __UNIQUE_ID(ux),	\
				 __UNIQUE_ID(uy)))

#define min(x, y)	kcompat_careful_cmp(x, <, y)
#define max(x, y)	kcompat_careful_cmp(x, >, y)

#define kcompat_clamp(val, lo, hi)					\
	((val) >= (hi) ? (hi) : ((val) <= (lo) ? (lo) : (val)))

#define kcompat_clamp_once(val, lo, hi, uval, ulo, uhi) ({		\
	typeof(val) uval = (val);					\
	typeof(lo) ulo = (lo);						\
	typeof(hi) uhi = (hi);						\
	_Static_assert(kcompat_types_ok(val, lo), "signedness error");	\
	_Static_assert(kcompat_types_ok(val, hi), "signedness error");	\
	kcompat_clamp(uval, ulo, uhi);					\
})

#define clamp(val, lo, hi)						\
	__builtin_choose_expr(__is_constexpr((val) - (lo) + (hi)),	\
		kcompat_clamp(val, lo, hi),				\
		kcompat_clamp_once(val, lo, hi, __UNIQUE_ID(uval), \
				   __UNIQUE_ID(ulo),		\
				   __UNIQUE_ID(uhi)))
