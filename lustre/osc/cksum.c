// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums over bulk data (07 section 6).
 *
 * A checksum covers the bytes that travel, in the order of the object, and
 * nothing else.
 */
#include <kunit/visibility.h>
#include <linux/crc32.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <net/checksum.h>

#include "osc/internal.h"

#define OSC_ADLER_BASE	65521U
/* Bytes after which the sums of Adler-32 must be reduced: 32 bits suffice */
#define OSC_ADLER_RUN	5552U

#define OSC_SECTOR_512	512U
#define OSC_SECTOR_4K	4096U

#define OSC_CKSUM_T10	(OBD_CKSUM_T10IP512 | OBD_CKSUM_T10IP4K)

/* What a measurement is taken of, and how often */
#define OSC_CKSUM_SAMPLE	SZ_16K
#define OSC_CKSUM_RUNS		3

/* The types that this client computes, those that find more errors first */
static const struct osc_cksum_kind {
	u32	bit;		/* OBD_CKSUM_* */
	u32	flag;		/* OBD_FL_CKSUM_* */
} osc_cksum_kinds[OSC_CKSUM_KINDS] = {
	{ OBD_CKSUM_CRC32C, OBD_FL_CKSUM_CRC32C },
	{ OBD_CKSUM_CRC32, OBD_FL_CKSUM_CRC32 },
	{ OBD_CKSUM_ADLER, OBD_FL_CKSUM_ADLER },
	{ OBD_CKSUM_T10IP4K, OBD_FL_CKSUM_T10IP4K },
	{ OBD_CKSUM_T10IP512, OBD_FL_CKSUM_T10IP512 },
};

/* What each takes for a sample on this machine */
static u32 osc_cksum_ns[OSC_CKSUM_KINDS];

/**
 * osc_cksum_flag - name of a type in a request (07 section 6.1)
 * @type: one OBD_CKSUM_* bit
 *
 * Return: the OBD_FL_CKSUM_* value, 0 if the type is not known.
 */
u32 osc_cksum_flag(u32 type)
{
	for (size_t i = 0; i < OSC_CKSUM_KINDS; i++)
		if (type == osc_cksum_kinds[i].bit)
			return osc_cksum_kinds[i].flag;
	return 0;
}

/**
 * osc_cksum_choose - choose one of several types by their cost (07 section 6.1)
 * @types: OBD_CKSUM_* bits that both sides know
 * @ns: what CRC32C, CRC32, ADLER, T10IP4K and T10IP512 take for the same data
 *
 * A type that finds more errors may take up to twice the time of the fastest
 * one.  A target that knows a single T10 type computes it in its disks.
 *
 * Return: one OBD_CKSUM_* bit, 0 if no type is known.
 */
u32 osc_cksum_choose(u32 types, const u32 ns[OSC_CKSUM_KINDS])
{
	u32 fastest = U32_MAX;

	if (is_power_of_2(types & OSC_CKSUM_T10))
		return types & OSC_CKSUM_T10;
	for (size_t i = 0; i < OSC_CKSUM_KINDS; i++)
		if (types & osc_cksum_kinds[i].bit)
			fastest = min(fastest, ns[i]);
	for (size_t i = 0; i < OSC_CKSUM_KINDS; i++)
		if (types & osc_cksum_kinds[i].bit && ns[i] / 2 <= fastest)
			return osc_cksum_kinds[i].bit;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_choose);

/* The same by what osc_cksum_measure() found */
u32 osc_cksum_best(u32 types)
{
	return osc_cksum_choose(types, osc_cksum_ns);
}

static u32 osc_adler32(u32 sum, const u8 *p, size_t len)
{
	u32 a = sum & 0xffff;
	u32 b = sum >> 16;

	while (len) {
		size_t run = min_t(size_t, len, OSC_ADLER_RUN);

		len -= run;
		while (run--) {
			a += *p++;
			b += a;
		}
		a %= OSC_ADLER_BASE;
		b %= OSC_ADLER_BASE;
	}
	return b << 16 | a;
}

/* The sum of the sectors' Internet checksums; @off is that of @p in its page */
static u32 osc_t10ip(u32 sum, unsigned int off, const u8 *p, size_t len,
		     unsigned int sector)
{
	while (len) {
		size_t part = min_t(size_t, len, sector - off % sector);
		__sum16 guard = ip_compute_csum(p, part);

		sum = osc_adler32(sum, (const u8 *)&guard, sizeof(guard));
		off += part;
		p += part;
		len -= part;
	}
	return sum;
}

static bool osc_cksum_is_crc(u32 flag)
{
	return flag == OBD_FL_CKSUM_CRC32C || flag == OBD_FL_CKSUM_CRC32;
}

/* Value before the first byte */
u32 osc_cksum_start(u32 flag)
{
	return osc_cksum_is_crc(flag) ? ~0U : 1;
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_start);

/* Take in @len more bytes, which begin @off bytes behind the start of a page. */
u32 osc_cksum_update(u32 flag, u32 sum, unsigned int off, const void *p,
		     size_t len)
{
	switch (flag) {
	case OBD_FL_CKSUM_CRC32C:
		return crc32c(sum, p, len);
	case OBD_FL_CKSUM_CRC32:
		return crc32_le(sum, p, len);
	case OBD_FL_CKSUM_T10IP512:
		return osc_t10ip(sum, off, p, len, OSC_SECTOR_512);
	case OBD_FL_CKSUM_T10IP4K:
		return osc_t10ip(sum, off, p, len, OSC_SECTOR_4K);
	default:
		return osc_adler32(sum, p, len);
	}
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_update);

/* Value after the last byte; only CRC32C is inverted at the end. */
u32 osc_cksum_end(u32 flag, u32 sum)
{
	return flag == OBD_FL_CKSUM_CRC32C ? ~sum : sum;
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_end);

/**
 * osc_cksum_bvec - checksum of bulk data
 * @flag: OBD_FL_CKSUM_*; what is not known counts as Adler-32
 * @bv: the data
 * @nr: elements of @bv
 * @bytes: how much of the data counts
 *
 * Return: the checksum in host byte order.
 * Context: may be slow; does not sleep.
 */
u32 osc_cksum_bvec(u32 flag, const struct bio_vec *bv, unsigned int nr,
		   size_t bytes)
{
	u32 sum = osc_cksum_start(flag);

	for (unsigned int i = 0; i < nr && bytes; i++) {
		size_t off = bv[i].bv_offset;
		size_t left = min_t(size_t, bv[i].bv_len, bytes);

		bytes -= left;
		while (left) {
			struct page *page = bv[i].bv_page + (off >> PAGE_SHIFT);
			size_t len = min_t(size_t, left,
					   PAGE_SIZE - offset_in_page(off));
			void *p = kmap_local_page(page);

			sum = osc_cksum_update(flag, sum, offset_in_page(off),
					       p + offset_in_page(off), len);
			kunmap_local(p);
			off += len;
			left -= len;
		}
	}
	return osc_cksum_end(flag, sum);
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_bvec);

static u32 osc_cksum_time(u32 flag, const void *p)
{
	u64 best = U32_MAX;

	for (int i = 0; i < OSC_CKSUM_RUNS; i++) {
		u64 start = ktime_get_ns();
		u32 sum = osc_cksum_update(flag, osc_cksum_start(flag), 0, p,
					   OSC_CKSUM_SAMPLE);

		/* Somebody seems to want it, so it is computed. */
		OPTIMIZER_HIDE_VAR(sum);
		best = min(best, ktime_get_ns() - start);
	}
	return best;
}

/**
 * osc_cksum_measure - find out which types are fast on this machine
 *
 * There may be instructions for one or for none.
 *
 * Context: process context, takes less than a millisecond.
 *
 * Return: 0 or -ENOMEM.
 */
int __init osc_cksum_measure(void)
{
	void *p = kzalloc(OSC_CKSUM_SAMPLE, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < OSC_CKSUM_KINDS; i++)
		osc_cksum_ns[i] = osc_cksum_time(osc_cksum_kinds[i].flag, p);
	kfree(p);
	return 0;
}
