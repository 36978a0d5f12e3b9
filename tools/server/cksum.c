// SPDX-License-Identifier: GPL-2.0-only
/* Checksums over bulk data (document 07, 6) */
#include "ost.h"

#include <zlib.h>

static uint32_t crc32c_table[256];

static uint32_t crc32c_soft(uint32_t crc, const uint8_t *p, size_t n)
{
	if (!crc32c_table[1]) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int k = 0; k < 8; k++)
				c = c >> 1 ^ (c & 1 ? 0x82f63b78 : 0);
			crc32c_table[i] = c;
		}
	}
	while (n--)
		crc = crc >> 8 ^ crc32c_table[(crc ^ *p++) & 0xff];
	return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2")))
static uint32_t crc32c_hard(uint32_t crc, const uint8_t *p, size_t n)
{
	uint64_t c = crc, v;

	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&v, p, 8);
		c = __builtin_ia32_crc32di(c, v);
	}
	for (; n; n--)
		c = __builtin_ia32_crc32qi(c, *p++);
	return c;
}
#endif

static uint32_t crc32c(uint32_t crc, const uint8_t *p, size_t n)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return crc32c_hard(crc, p, n);
#endif
	return crc32c_soft(crc, p, n);
}

/* Internet checksum, as two raw bytes in network order */
static uint16_t ip_guard(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;
	uint32_t v;

	for (; n >= 4; n -= 4, p += 4) {
		memcpy(&v, p, 4);
		sum += v;
	}
	if (n) {
		v = 0;
		memcpy(&v, p, n);
		sum += v;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void t10_update(struct cksum *c, uint64_t off, const uint8_t *p,
		       size_t n, size_t sector)
{
	while (n) {
		size_t part = min_t(size_t, n, sector - off % sector);
		uint16_t guard = ip_guard(p, part);

		c->value = adler32(c->value, (const uint8_t *)&guard, 2);
		off += part;
		p += part;
		n -= part;
	}
}

void cksum_start(struct cksum *c, uint32_t type)
{
	c->type = type & OBD_FL_CKSUM_MASK;
	switch (c->type) {
	case OBD_FL_CKSUM_CRC32:
		c->value = crc32(0, NULL, 0);
		break;
	case OBD_FL_CKSUM_CRC32C:
		c->value = 0xffffffff;
		break;
	default:
		c->value = 1;
		break;
	}
}

void cksum_update(struct cksum *c, uint64_t off, const void *p, size_t n)
{
	switch (c->type) {
	case OBD_FL_CKSUM_CRC32:
		c->value = crc32(c->value, p, n);
		break;
	case OBD_FL_CKSUM_CRC32C:
		c->value = crc32c(c->value, p, n);
		break;
	case OBD_FL_CKSUM_T10IP512:
		t10_update(c, off, p, n, 512);
		break;
	case OBD_FL_CKSUM_T10IP4K:
		t10_update(c, off, p, n, 4096);
		break;
	default:
		c->value = adler32(c->value, p, n);
		break;
	}
}

uint32_t cksum_final(struct cksum *c)
{
	/* The CRC-32 of this protocol is not inverted at the end */
	if (c->type == OBD_FL_CKSUM_CRC32 || c->type == OBD_FL_CKSUM_CRC32C)
		return ~c->value;
	return c->value;
}
