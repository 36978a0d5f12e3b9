// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration logs as bytes, 05 sections 5.2 to 5.4.  Nothing that an
 * MGS can put into a log makes these functions read beyond their buffer.
 */
#include <kunit/visibility.h>
#include <linux/align.h>
#include <linux/export.h>
#include <linux/swab.h>

#include "mgc/internal.h"

#define MGC_REC_MIN	(sizeof(struct llog_rec_hdr) + \
			 sizeof(struct llog_rec_tail))

/**
 * mgc_record_decode - check a configuration record
 * @data: payload of the log record, 8-byte aligned
 * @len: its length in bytes
 * @rec: receives what the other functions need
 *
 * Return: 0; -EPROTO written by a host of the other byte order; -EINVAL
 * anything that does not add up.
 */
int mgc_record_decode(const void *data, u32 len, struct mgc_record *rec)
{
	const struct lustre_cfg *cfg = data;
	u64 need;
	u32 i;

	if (len < sizeof(*cfg))
		return -EINVAL;
	if (le32_to_cpu(cfg->lcfg_version) == swab32(LUSTRE_CFG_VERSION))
		return -EPROTO;
	if (le32_to_cpu(cfg->lcfg_version) != LUSTRE_CFG_VERSION)
		return -EINVAL;
	rec->cfg = cfg;
	rec->command = le32_to_cpu(cfg->lcfg_command);
	rec->num = le32_to_cpu(cfg->lcfg_num);
	rec->nid = le64_to_cpu(cfg->lcfg_nid);
	rec->nr_bufs = le32_to_cpu(cfg->lcfg_bufcount);
	if (rec->nr_bufs >= LUSTRE_CFG_MAX_BUFCOUNT)
		return -EINVAL;

	need = ALIGN(struct_size(cfg, lcfg_buflens, rec->nr_bufs), 8);
	if (need > len)
		return -EINVAL;
	for (i = 0; i < rec->nr_bufs; i++)
		need += ALIGN((u64)le32_to_cpu(cfg->lcfg_buflens[i]), 8);
	return need <= len ? 0 : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_record_decode);

/**
 * mgc_record_buf - one buffer of a checked record
 * @rec: record
 * @i: number of the buffer
 * @len: receives its length
 *
 * Return: the buffer; NULL if it is absent or empty.
 */
const void *mgc_record_buf(const struct mgc_record *rec, u32 i, u32 *len)
{
	const struct lustre_cfg *cfg = rec->cfg;
	u32 off, j;

	*len = 0;
	if (i >= rec->nr_bufs || !cfg->lcfg_buflens[i])
		return NULL;
	off = ALIGN(struct_size(cfg, lcfg_buflens, rec->nr_bufs), 8);
	for (j = 0; j < i; j++)
		off += ALIGN(le32_to_cpu(cfg->lcfg_buflens[j]), 8);
	*len = le32_to_cpu(cfg->lcfg_buflens[i]);
	return (const void *)cfg + off;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_record_buf);

/**
 * mgc_record_str - a buffer that holds text
 * @rec: record
 * @i: number of the buffer
 *
 * Return: text with a NUL inside its buffer; NULL if absent, empty, or without
 * an end.
 */
const char *mgc_record_str(const struct mgc_record *rec, u32 i)
{
	u32 len;
	const char *s = mgc_record_buf(rec, i, &len);

	return s && *s && strnlen(s, len) < len ? s : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_record_str);

/**
 * mgc_header_check - is this the header of a log that can be read?
 * @data: first chunk of the log
 * @len: its length
 * @last: receives the index of the last record
 *
 * Return: 0; -EPROTO other byte order; -EIO damaged or of a size that
 * configuration logs do not have.
 */
int mgc_header_check(const void *data, u32 len, u32 *last)
{
	const struct llog_log_hdr *hdr = data;
	u32 type;

	if (len < sizeof(*hdr))
		return -EIO;
	type = le32_to_cpu(hdr->llh_hdr.lrh_type);
	if (type == swab32(LLOG_HDR_MAGIC))
		return -EPROTO;
	if (type != LLOG_HDR_MAGIC ||
	    le32_to_cpu(hdr->llh_hdr.lrh_len) != LLOG_MIN_CHUNK_SIZE ||
	    le32_to_cpu(hdr->llh_tail.lrt_len) != LLOG_MIN_CHUNK_SIZE ||
	    le32_to_cpu(hdr->llh_bitmap_offset) !=
			offsetof(struct llog_log_hdr, llh_bitmap))
		return -EIO;
	*last = le32_to_cpu(hdr->llh_tail.lrt_index);
	return *last <= MGC_LOG_MAX_INDEX ? 0 : -EIO;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_header_check);

/* Is the record with this index valid?  The caller checked the header. */
bool mgc_header_live(const struct llog_log_hdr *hdr, u32 index)
{
	return index <= MGC_LOG_MAX_INDEX &&
	       hdr->llh_bitmap[index / 8] & BIT(index % 8);
}
EXPORT_SYMBOL_IF_KUNIT(mgc_header_live);

/* Length of the record at @rec, of which @room bytes are there; or errno. */
static int mgc_chunk_record(const struct llog_rec_hdr *rec, u32 room)
{
	u32 len = le32_to_cpu(rec->lrh_len);
	u32 type = le32_to_cpu(rec->lrh_type);
	const struct llog_rec_tail *tail;

	if ((type & swab32(LLOG_OP_MASK)) == swab32(LLOG_OP_MAGIC) &&
	    (type & LLOG_OP_MASK) != LLOG_OP_MAGIC)
		return -EPROTO;
	if (len < MGC_REC_MIN || len > room || len % 8)
		return -EIO;
	tail = (const void *)rec + len - sizeof(*tail);
	if (tail->lrt_len != rec->lrh_len || tail->lrt_index != rec->lrh_index)
		return -EIO;
	return len;
}

static int mgc_chunk_deliver(const struct llog_log_hdr *hdr,
			     const struct llog_rec_hdr *rec, u32 len,
			     mgc_record_fn fn, void *arg)
{
	u32 index = le32_to_cpu(rec->lrh_index);
	u32 type = le32_to_cpu(rec->lrh_type);

	if (!mgc_header_live(hdr, index) || type == LLOG_PAD_MAGIC)
		return 0;
	if (type != OBD_CFG_REC) {
		pr_notice_ratelimited("lustre: log record %u of unknown type %#x ignored\n",
				      index, type);
		return 0;
	}
	return fn(arg, index, rec + 1, len - MGC_REC_MIN);
}

/**
 * mgc_chunk_walk - hand the new records of one chunk to a function
 * @hdr: checked header of the log
 * @chunk: what NEXT_BLOCK brought, 8-byte aligned
 * @len: its length
 * @next: in: first index wanted; out: the one after the last record here
 * @fn: called for each valid configuration record; an error ends the walk
 * @arg: for @fn
 *
 * A header of zeroes ends the chunk.
 *
 * Return: 0, -EIO damaged, -EPROTO other byte order, or what @fn returned.
 */
int mgc_chunk_walk(const struct llog_log_hdr *hdr, const void *chunk, u32 len,
		   u32 *next, mgc_record_fn fn, void *arg)
{
	const struct llog_rec_hdr *rec;
	u32 off = 0, seen = 0, index;
	int size, rc;

	while (len - off >= sizeof(*rec)) {
		rec = chunk + off;
		if (!rec->lrh_len)
			break;
		size = mgc_chunk_record(rec, len - off);
		if (size < 0)
			return size;
		index = le32_to_cpu(rec->lrh_index);
		if (index <= seen || index > MGC_LOG_MAX_INDEX)
			return -EIO;
		seen = index;
		off += size;
		if (index < *next)
			continue;
		rc = mgc_chunk_deliver(hdr, rec, size, fn, arg);
		if (rc)
			return rc;
		*next = index + 1;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mgc_chunk_walk);
