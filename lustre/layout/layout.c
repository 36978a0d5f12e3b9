// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decode a file's layout (08 sections 1 to 4 and 12).
 *
 * A layout that makes no sense must not keep anyone from removing the file, so
 * decoding fails only for want of memory: what is wrong becomes the kind of the
 * layout and the errno of all data I/O.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout/layout.h"

/**
 * lustre_layout_alloc - an empty layout
 * @nr_comps: how many components it has room for
 * @nr_stripes: how many objects
 * @gfp: how to allocate
 *
 * Return: a layout with one reference, or ERR_PTR(-ENOMEM).
 * Context: sleeps if @gfp allows.
 */
struct lustre_layout *lustre_layout_alloc(u32 nr_comps, u32 nr_stripes,
					  gfp_t gfp)
{
	struct lustre_layout *layout;
	size_t comps = struct_size(layout, comps, nr_comps);

	/* Whoever decodes has bounded both numbers. */
	layout = kvzalloc(comps + nr_stripes * sizeof(*layout->stripes), gfp);
	if (!layout)
		return ERR_PTR(-ENOMEM);
	refcount_set(&layout->ref, 1);
	layout->nr_comps = nr_comps;
	layout->nr_stripes = nr_stripes;
	layout->stripes = (void *)layout + comps;
	return layout;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_alloc);

/* A layout without any object that we could use. */
static struct lustre_layout *layout_refuse(enum lustre_layout_kind kind,
					   int io_errno, const char *why,
					   size_t len, gfp_t gfp)
{
	struct lustre_layout *layout = lustre_layout_alloc(0, 0, gfp);

	if (IS_ERR(layout))
		return layout;
	layout->ea_len = len;
	layout->kind = kind;
	layout->io_errno = io_errno;
	layout->why = why;
	return layout;
}

static struct lustre_layout *layout_invalid(const char *why, size_t len,
					    gfp_t gfp)
{
	return layout_refuse(LUSTRE_LAYOUT_INVALID, -EINVAL, why, len, gfp);
}

static struct lustre_layout *layout_unsupported(int io_errno, const char *why,
						size_t len, gfp_t gfp)
{
	return layout_refuse(LUSTRE_LAYOUT_UNSUPPORTED, io_errno, why, len,
			     gfp);
}

/* What is wrong with the header of a striped layout, or NULL. */
static const char *check_striping(const struct lov_mds_md_v1 *lmm, size_t room)
{
	u32 size = le32_to_cpu(lmm->lmm_stripe_size);
	u32 count = le16_to_cpu(lmm->lmm_stripe_count);

	if (!size || size % LOV_MIN_STRIPE_SIZE)
		return "stripe size is not a multiple of 64 KiB";
	if (!count || count > LUSTRE_MAX_STRIPES)
		return "bad stripe count";
	if (room / sizeof(struct lov_ost_data_v1) < count)
		return "shorter than its objects";
	if (!lmm->lmm_oi_id)
		return "no file identity";
	return NULL;
}

/* Copy one object; false if it can't be one. */
static bool decode_stripe(struct lustre_stripe *stripe,
			  const struct lov_ost_data_v1 *obj, u32 pattern)
{
	static const struct lov_ost_data_v1 nothing;

	if (!memcmp(obj, &nothing, sizeof(nothing))) {
		stripe->hole = pattern & LOV_PATTERN_F_HOLE;
		return stripe->hole;
	}
	stripe->oi = obj->l_ost_oi;
	stripe->ost_idx = le32_to_cpu(obj->l_ost_idx);
	return stripe->ost_idx <= LOV_MAX_OST_INDEX;
}

static struct lustre_layout *decode_raid0(const struct lov_mds_md_v1 *lmm,
					  const struct lov_ost_data_v1 *objects,
					  size_t len, gfp_t gfp)
{
	u32 count = le16_to_cpu(lmm->lmm_stripe_count);
	u32 pattern = le32_to_cpu(lmm->lmm_pattern);
	struct lustre_layout *layout;

	layout = lustre_layout_alloc(1, count, gfp);
	if (IS_ERR(layout))
		return layout;
	for (u32 i = 0; i < count; i++) {
		if (decode_stripe(&layout->stripes[i], &objects[i], pattern))
			continue;
		lustre_layout_put(layout);
		return layout_invalid("bad object in layout", len, gfp);
	}
	layout->kind = LUSTRE_LAYOUT_RAID0;
	layout->gen = le16_to_cpu(lmm->lmm_layout_gen);
	layout->ea_len = len;
	layout->comps[0].flags = LCME_FL_INIT;
	layout->comps[0].extent.end = LUSTRE_EOF;
	layout->comps[0].map = (struct lustre_stripe_map) {
		.size		= le32_to_cpu(lmm->lmm_stripe_size),
		.count		= count,
		.pattern	= pattern,
	};
	return layout;
}

/* Plain layout: version 1 and, with a pool name behind the header, 3. */
static struct lustre_layout *decode_plain(const void *ea, size_t len,
					  size_t header, gfp_t gfp)
{
	const struct lov_mds_md_v1 *lmm = ea;
	const char *why;
	u32 pattern;

	if (len < header)
		return layout_invalid("shorter than its header", len, gfp);
	pattern = le32_to_cpu(lmm->lmm_pattern);
	if (pattern & LOV_PATTERN_F_RELEASED)
		return layout_unsupported(-ENODATA,
					  "data is in the HSM archive only",
					  len, gfp);
	switch (pattern & ~LOV_PATTERN_F_MASK) {
	case LOV_PATTERN_RAID0:
	case LOV_PATTERN_RAID0 | LOV_PATTERN_OVERSTRIPING:
		break;
	case LOV_PATTERN_MDT:
		return layout_unsupported(-EOPNOTSUPP, "Data-on-MDT", len, gfp);
	case LOV_PATTERN_RAID0 | LOV_PATTERN_PARITY:
		return layout_unsupported(-EOPNOTSUPP, "erasure coding", len,
					  gfp);
	case LOV_PATTERN_RAID0 | LOV_PATTERN_COMPRESS:
		return layout_unsupported(-EOPNOTSUPP, "compression", len, gfp);
	default:
		return layout_invalid("unknown striping pattern", len, gfp);
	}
	why = check_striping(lmm, len - header);
	if (why)
		return layout_invalid(why, len, gfp);
	return decode_raid0(lmm, ea + header, len, gfp);
}

/**
 * lustre_layout_decode - make a layout of the attribute from the wire
 * @ea: the extended attribute, not trusted; may be NULL if @len is 0
 * @len: its length in bytes
 * @gfp: how to allocate
 *
 * 08 sections 2 to 4.
 *
 * Return: a layout with one reference, whatever @ea holds (look at its kind),
 * or ERR_PTR(-ENOMEM).
 * Context: sleeps if @gfp allows.
 */
struct lustre_layout *lustre_layout_decode(const void *ea, size_t len,
					   gfp_t gfp)
{
	const struct lov_mds_md_v1 *lmm = ea;

	if (!len)
		return layout_refuse(LUSTRE_LAYOUT_NONE, 0, NULL, 0, gfp);
	if (len < sizeof(lmm->lmm_magic))
		return layout_invalid("shorter than its magic", len, gfp);
	switch (le32_to_cpu(lmm->lmm_magic)) {
	case LOV_MAGIC_V1:
		return decode_plain(ea, len, sizeof(struct lov_mds_md_v1), gfp);
	case LOV_MAGIC_V3:
		return decode_plain(ea, len, sizeof(struct lov_mds_md_v3), gfp);
	case LOV_MAGIC_COMP_V1:
	case LOV_MAGIC_SEL:
		return layout_unsupported(-EOPNOTSUPP, "composite layout", len,
					  gfp);
	case LOV_MAGIC_FOREIGN:
		/* No data that any client could reach: as without objects. */
		return layout_refuse(LUSTRE_LAYOUT_NONE, 0, "foreign layout",
				     len, gfp);
	case LOV_MAGIC_JOIN_V1:
	case LOV_MAGIC_MIGRATE:
		return layout_unsupported(-EINVAL, "obsolete layout", len, gfp);
	}
	return layout_invalid("unknown layout magic", len, gfp);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_decode);

/**
 * lustre_layout_get - take a reference
 * @layout: a layout, or NULL
 *
 * Return: @layout.
 * Context: any.
 */
struct lustre_layout *lustre_layout_get(struct lustre_layout *layout)
{
	if (layout)
		refcount_inc(&layout->ref);
	return layout;
}

/**
 * lustre_layout_put - drop a reference
 * @layout: a layout, or NULL
 *
 * Context: any but NMI.
 */
void lustre_layout_put(struct lustre_layout *layout)
{
	if (layout && refcount_dec_and_test(&layout->ref))
		kvfree(layout);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_put);

/**
 * lustre_layout_io_errno - may data be read and written?
 * @layout: a layout, or NULL if none is known
 *
 * Return: 0, or the negative errno of any data I/O.
 * Context: any.
 */
int lustre_layout_io_errno(const struct lustre_layout *layout)
{
	return layout ? layout->io_errno : -ENODATA;
}
