// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums over bulk data (07 §6).
 *
 * A checksum covers the bytes that travel, in the order of the object, and
 * nothing else.
 */
#include <kunit/visibility.h>
#include <linux/crc32.h>
#include <linux/export.h>
#include <linux/highmem.h>

#include "osc/internal.h"

#define OSC_ADLER_BASE	65521U
/* Bytes after which the sums of Adler-32 must be reduced: 32 bits suffice */
#define OSC_ADLER_RUN	5552U

/**
 * osc_cksum_flag - choose one of several types
 * @types: OBD_CKSUM_* bits that both sides know
 *
 * The order is that of speed on machines with instructions for CRC32C.
 *
 * Return: the OBD_FL_CKSUM_* value, 0 if no type is known.
 */
u32 osc_cksum_flag(u32 types)
{
	if (types & OBD_CKSUM_CRC32C)
		return OBD_FL_CKSUM_CRC32C;
	if (types & OBD_CKSUM_ADLER)
		return OBD_FL_CKSUM_ADLER;
	if (types & OBD_CKSUM_CRC32)
		return OBD_FL_CKSUM_CRC32;
	return 0;
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

/* Value before the first byte */
u32 osc_cksum_start(u32 flag)
{
	return flag == OBD_FL_CKSUM_ADLER ? 1 : ~0U;
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_start);

/* Take @len more bytes in. */
u32 osc_cksum_update(u32 flag, u32 sum, const void *p, size_t len)
{
	switch (flag) {
	case OBD_FL_CKSUM_CRC32C:
		return crc32c(sum, p, len);
	case OBD_FL_CKSUM_CRC32:
		return crc32_le(sum, p, len);
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

			sum = osc_cksum_update(flag, sum,
					       p + offset_in_page(off), len);
			kunmap_local(p);
			off += len;
			left -= len;
		}
	}
	return osc_cksum_end(flag, sum);
}
EXPORT_SYMBOL_IF_KUNIT(osc_cksum_bvec);
