/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File identifiers in host byte order.
 *
 * struct lu_fid of wire.h is what travels; everything that is kept, compared
 * or printed is a struct lustre_fid.  Pure arithmetic, any context.
 * Spec: 09 section 2, 10 section 2.1.
 */
#ifndef _LUSTRE_FID_H
#define _LUSTRE_FID_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "wire.h"

/**
 * struct lustre_fid - identity of an object, host byte order
 * @seq: sequence
 * @oid: number in the sequence
 * @ver: version, always 0 for files
 */
struct lustre_fid {
	u64	seq;
	u32	oid;
	u32	ver;
};

/* Text of an identifier: print lustre_fid_str(fid).s */
struct lustre_fid_str {
	char	s[48];
};

static inline struct lustre_fid_str
lustre_fid_str(const struct lustre_fid *f)
{
	struct lustre_fid_str str;

	snprintf(str.s, sizeof(str.s), "[0x%llx:0x%x:0x%x]", f->seq, f->oid,
		 f->ver);
	return str;
}

static inline void lustre_fid_from_wire(struct lustre_fid *dst,
					const struct lu_fid *src)
{
	dst->seq = le64_to_cpu(src->f_seq);
	dst->oid = le32_to_cpu(src->f_oid);
	dst->ver = le32_to_cpu(src->f_ver);
}

static inline void lustre_fid_to_wire(struct lu_fid *dst,
				      const struct lustre_fid *src)
{
	dst->f_seq = cpu_to_le64(src->seq);
	dst->f_oid = cpu_to_le32(src->oid);
	dst->f_ver = cpu_to_le32(src->ver);
}

static inline bool lustre_fid_eq(const struct lustre_fid *a,
				 const struct lustre_fid *b)
{
	return a->seq == b->seq && a->oid == b->oid && a->ver == b->ver;
}

static inline bool lustre_fid_is_zero(const struct lustre_fid *f)
{
	return !f->seq && !f->oid;
}

static inline bool lustre_fid_is_igif(const struct lustre_fid *f)
{
	return f->seq >= FID_SEQ_IGIF &&
	       f->seq <= FID_SEQ_IGIF_MAX;
}

/**
 * lustre_fid_is_sane - could a server mean this by a file or a directory?
 * @f: identifier from the wire
 *
 * Return: false for identifiers that are a protocol error (09 section 2).
 */
static inline bool lustre_fid_is_sane(const struct lustre_fid *f)
{
	if (lustre_fid_is_zero(f))
		return false;
	if (f->seq >= FID_SEQ_START)
		return !f->ver;
	return f->seq >= 1;
}

/**
 * lustre_fid_ino64 - inode number shown to users
 * @f: identifier
 *
 * Not unique: files are always looked up by identifier.
 *
 * Return: the number, never 0 for a sane identifier.
 */
static inline u64 lustre_fid_ino64(const struct lustre_fid *f)
{
	u64 ino;

	if (lustre_fid_is_igif(f))
		return f->seq;
	ino = (f->seq << 24) + ((f->seq >> 24) & 0xffffff0000ULL) + f->oid;
	return ino ? ino : f->oid;
}

/* As lustre_fid_ino64(), folded for a 32-bit user interface. */
static inline u32 lustre_fid_ino32(const struct lustre_fid *f)
{
	u64 s = f->seq - FID_SEQ_START;
	u32 ino;

	if (lustre_fid_is_igif(f))
		return f->seq;
	ino = ((s & 0xfffff) << 12) + ((s >> 8) & 0xfffff000) +
	      ((s >> 32) & 0xffffff00) + (f->oid & 0xff000fff) +
	      ((f->oid & 0xfff000) << 8);
	return ino ? ino : f->oid;
}

/* Generation that goes with lustre_fid_ino64(). */
static inline u32 lustre_fid_gen(const struct lustre_fid *f)
{
	if (lustre_fid_is_igif(f))
		return f->oid;
	return lustre_fid_ino64(f) >> 32;
}

#endif /* _LUSTRE_FID_H */
