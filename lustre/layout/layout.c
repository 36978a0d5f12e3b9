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

/*
 * struct layout_fault - why a layout can't be used; no @why: it can
 */
struct layout_fault {
	enum lustre_layout_kind	kind;
	int			io_errno;
	const char		*why;
};

static const struct layout_fault layout_fine;

static struct layout_fault layout_invalid(const char *why)
{
	return (struct layout_fault){ LUSTRE_LAYOUT_INVALID, -EINVAL, why };
}

static struct layout_fault layout_unsupported(int io_errno, const char *why)
{
	return (struct layout_fault){ LUSTRE_LAYOUT_UNSUPPORTED, io_errno,
				      why };
}

/* A layout without any object that we could use. */
static struct lustre_layout *layout_refuse(struct layout_fault fault,
					   size_t len, gfp_t gfp)
{
	struct lustre_layout *layout = lustre_layout_alloc(0, 0, gfp);

	if (IS_ERR(layout))
		return layout;
	layout->ea_len = len;
	layout->kind = fault.kind;
	layout->io_errno = fault.io_errno;
	layout->why = fault.why;
	return layout;
}

/* ------------------------------------------------------------ striping -- */

/*
 * struct layout_part - a plain layout, or a component of a composite one
 * @lmm: its header
 * @objects: what follows
 * @room: bytes that @objects has
 */
struct layout_part {
	const struct lov_mds_md_v1	*lmm;
	const struct lov_ost_data_v1	*objects;
	size_t				room;
};

/* Find header and objects. */
static struct layout_fault layout_part_find(const void *ea, size_t len,
					    struct layout_part *part)
{
	const struct lov_mds_md_v1 *lmm = ea;
	size_t header = sizeof(struct lov_mds_md_v1);

	if (len < sizeof(lmm->lmm_magic))
		return layout_invalid("shorter than its magic");
	switch (le32_to_cpu(lmm->lmm_magic)) {
	case LOV_MAGIC_V1:
		break;
	case LOV_MAGIC_V3:
		/* With a pool name behind the header */
		header = sizeof(struct lov_mds_md_v3);
		break;
	case LOV_MAGIC_FOREIGN:
		return layout_unsupported(-EOPNOTSUPP, "foreign component");
	default:
		return layout_unsupported(-EOPNOTSUPP, "unknown component");
	}
	if (len < header)
		return layout_invalid("shorter than its header");
	part->lmm = lmm;
	part->objects = ea + header;
	part->room = len - header;
	return layout_fine;
}

static struct layout_fault check_pattern(u32 pattern)
{
	if (pattern & LOV_PATTERN_F_RELEASED)
		return layout_unsupported(-ENODATA,
					  "data is in the HSM archive only");
	switch (pattern & ~LOV_PATTERN_F_MASK) {
	case LOV_PATTERN_RAID0:
	case LOV_PATTERN_RAID0 | LOV_PATTERN_OVERSTRIPING:
		return layout_fine;
	case LOV_PATTERN_MDT:
		return pattern & LOV_PATTERN_F_MASK ?
		       layout_unsupported(-EOPNOTSUPP, "odd Data-on-MDT") :
		       layout_fine;
	case LOV_PATTERN_RAID0 | LOV_PATTERN_PARITY:
		return layout_unsupported(-EOPNOTSUPP, "erasure coding");
	case LOV_PATTERN_RAID0 | LOV_PATTERN_COMPRESS:
		return layout_unsupported(-EOPNOTSUPP, "compression");
	}
	return layout_invalid("unknown striping pattern");
}

/* Does it say that the metadata target has the data? */
static bool layout_part_on_mdt(const struct layout_part *part)
{
	return part->lmm->lmm_pattern == cpu_to_le32(LOV_PATTERN_MDT);
}

/* Such data are one object, which the layout does not name. */
static u32 layout_part_count(const struct layout_part *part)
{
	return layout_part_on_mdt(part) ? 1 :
	       le16_to_cpu(part->lmm->lmm_stripe_count);
}

static struct layout_fault check_striping(const struct layout_part *part)
{
	u32 size = le32_to_cpu(part->lmm->lmm_stripe_size);
	u32 count = le16_to_cpu(part->lmm->lmm_stripe_count);

	if (!size || size % LOV_MIN_STRIPE_SIZE)
		return layout_invalid("stripe size is not a multiple of 64 KiB");
	if (layout_part_on_mdt(part))
		return layout_fine;
	if (!count || count > LUSTRE_MAX_STRIPES)
		return layout_invalid("bad stripe count");
	if (part->room / sizeof(struct lov_ost_data_v1) < count)
		return layout_invalid("shorter than its objects");
	if (!part->lmm->lmm_oi_id)
		return layout_invalid("no file identity");
	return layout_fine;
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

/* Striping and objects of a component, which begin at comp->first. */
static struct layout_fault decode_stripes(struct lustre_layout *layout,
					  struct lustre_comp *comp,
					  const struct layout_part *part)
{
	u32 pattern = le32_to_cpu(part->lmm->lmm_pattern);

	comp->map = (struct lustre_stripe_map) {
		.size		= le32_to_cpu(part->lmm->lmm_stripe_size),
		.count		= layout_part_count(part),
		.pattern	= pattern,
	};
	if (layout_part_on_mdt(part)) {
		layout->stripes[comp->first].ost_idx = LUSTRE_STRIPE_ON_MDT;
		return layout_fine;
	}
	for (u32 i = 0; i < comp->map.count; i++)
		if (!decode_stripe(&layout->stripes[comp->first + i],
				   &part->objects[i], pattern))
			return layout_invalid("bad object in layout");
	return layout_fine;
}

static struct lustre_layout *decode_plain(const void *ea, size_t len, gfp_t gfp)
{
	struct lustre_layout *layout;
	struct layout_fault fault;
	struct layout_part part;

	fault = layout_part_find(ea, len, &part);
	if (!fault.why)
		fault = check_pattern(le32_to_cpu(part.lmm->lmm_pattern));
	if (!fault.why)
		fault = check_striping(&part);
	if (fault.why)
		return layout_refuse(fault, len, gfp);
	layout = lustre_layout_alloc(1, layout_part_count(&part), gfp);
	if (IS_ERR(layout))
		return layout;
	layout->kind = LUSTRE_LAYOUT_RAID0;
	layout->gen = le16_to_cpu(part.lmm->lmm_layout_gen);
	layout->ea_len = len;
	layout->comps[0].flags = LCME_FL_INIT;
	layout->comps[0].extent.end = LUSTRE_EOF;
	/* Then there is nothing behind them. */
	if (layout_part_on_mdt(&part))
		layout->comps[0].extent.end =
			le32_to_cpu(part.lmm->lmm_stripe_size);
	fault = decode_stripes(layout, &layout->comps[0], &part);
	if (!fault.why)
		return layout;
	lustre_layout_put(layout);
	return layout_refuse(fault, len, gfp);
}

/* ----------------------------------------------------------- composite -- */

/* Flags of components that can't be used as if they were not there */
static struct layout_fault check_flags(u32 flags)
{
	if (flags & LCME_FL_PARITY)
		return layout_unsupported(-EOPNOTSUPP, "erasure coding");
	if (flags & (LCME_FL_COMPRESS | LCME_FL_PARTIAL))
		return layout_unsupported(-EOPNOTSUPP, "compression");
	/* There is no other mirror. */
	if (flags & (LCME_FL_STALE | LCME_FL_OFFLINE))
		return layout_unsupported(-EOPNOTSUPP, "stale component");
	if (flags & LCME_FL_INIT && flags & LCME_FL_EXTENSION)
		return layout_invalid("objects in an extension");
	return layout_fine;
}

/*
 * Folios cross no border of a component, which the boundaries see to.  A
 * component that may grow can begin with nothing (08 section 7.1).
 */
static struct layout_fault check_extent(const struct lov_comp_md_entry_v1 *e,
					u64 at)
{
	u64 start = le64_to_cpu(e->lcme_extent.e_start);
	u64 end = le64_to_cpu(e->lcme_extent.e_end);
	u32 id = le32_to_cpu(e->lcme_id);

	if (!id || id > LCME_ID_MAX)
		return layout_invalid("bad component id");
	if (start < at)
		return layout_invalid("components overlap");
	if (start > end)
		return layout_invalid("component ends before it begins");
	if (start % LOV_MIN_STRIPE_SIZE ||
	    (end != LUSTRE_EOF && end % LOV_MIN_STRIPE_SIZE))
		return layout_invalid("component boundary is not a multiple of 64 KiB");
	return layout_fine;
}

/* Does a component have objects?  Those of an empty one would hold nothing. */
static bool layout_entry_has_objects(const struct lov_comp_md_entry_v1 *e)
{
	return e->lcme_flags & cpu_to_le32(LCME_FL_INIT) &&
	       e->lcme_extent.e_start != e->lcme_extent.e_end;
}

/* Find the striping of a component. */
static struct layout_fault layout_entry_find(const void *ea, u32 i,
					     struct layout_part *part)
{
	const struct lov_comp_md_v1 *comp = ea;
	const struct lov_comp_md_entry_v1 *e = &comp->lcm_entries[i];
	u32 total = le32_to_cpu(comp->lcm_size);
	u32 off = le32_to_cpu(e->lcme_offset);
	u32 len = le32_to_cpu(e->lcme_size);
	struct layout_fault fault;

	if (off < struct_size(comp, lcm_entries,
			      le16_to_cpu(comp->lcm_entry_count)) ||
	    off % sizeof(__le64) || off > total || len > total - off)
		return layout_invalid("component lies outside of the layout");
	fault = check_flags(le32_to_cpu(e->lcme_flags));
	if (!fault.why)
		fault = layout_part_find(ea + off, len, part);
	if (!fault.why)
		fault = check_pattern(le32_to_cpu(part->lmm->lmm_pattern));
	/* What there is without objects is only a plan (08 section 4). */
	if (!fault.why && layout_entry_has_objects(e))
		fault = check_striping(part);
	return fault;
}

static struct layout_fault check_composite(const struct lov_comp_md_v1 *comp,
					   size_t len)
{
	u32 total, entries;

	if (len < sizeof(*comp))
		return layout_invalid("shorter than its header");
	total = le32_to_cpu(comp->lcm_size);
	entries = le16_to_cpu(comp->lcm_entry_count);
	if (total > len)
		return layout_invalid("shorter than it says");
	if (!entries || total < struct_size(comp, lcm_entries, entries))
		return layout_invalid("bad number of components");
	if (comp->lcm_ec_count)
		return layout_unsupported(-EOPNOTSUPP, "erasure coding");
	if (comp->lcm_mirror_count ||
	    le16_to_cpu(comp->lcm_flags) & LCM_FL_FLR_MASK)
		return layout_unsupported(-EOPNOTSUPP, "mirrors");
	return layout_fine;
}

/* Data on the metadata target begin the file, and end where they say. */
static struct layout_fault check_dom(const struct lov_comp_md_entry_v1 *e,
				     const struct layout_part *part)
{
	if (!layout_part_on_mdt(part))
		return layout_fine;
	if (e->lcme_extent.e_start ||
	    le64_to_cpu(e->lcme_extent.e_end) !=
	    le32_to_cpu(part->lmm->lmm_stripe_size))
		return layout_invalid("Data-on-MDT is not the beginning");
	return layout_fine;
}

/* Look at all components, and count their objects. */
static struct layout_fault check_entries(const struct lov_comp_md_v1 *comp,
					 u32 *stripes)
{
	u32 most = (le32_to_cpu(comp->lcm_size) -
		    struct_size(comp, lcm_entries,
				le16_to_cpu(comp->lcm_entry_count))) /
		   sizeof(struct lov_ost_data_v1);
	u32 mirror = le32_to_cpu(comp->lcm_entries[0].lcme_id) >>
		     LCME_ID_MIRROR_SHIFT;
	u64 at = 0;

	*stripes = 0;
	for (u32 i = 0; i < le16_to_cpu(comp->lcm_entry_count); i++) {
		const struct lov_comp_md_entry_v1 *e = &comp->lcm_entries[i];
		struct layout_fault fault = check_extent(e, at);
		struct layout_part part;

		if (!fault.why)
			fault = layout_entry_find(comp, i, &part);
		if (!fault.why)
			fault = check_dom(e, &part);
		if (fault.why)
			return fault;
		if (le32_to_cpu(e->lcme_id) >> LCME_ID_MIRROR_SHIFT != mirror)
			return layout_invalid("mirrors that it does not count");
		at = le64_to_cpu(e->lcme_extent.e_end);
		if (!layout_entry_has_objects(e))
			continue;
		*stripes += layout_part_count(&part);
		if (layout_part_on_mdt(&part))
			most++;
		/* Components may not share the bytes that name their objects. */
		if (*stripes > most)
			return layout_invalid("objects overlap");
	}
	return layout_fine;
}

/* Entry @i, which was checked, becomes a component. */
static struct layout_fault decode_entry(const struct lov_comp_md_v1 *ea, u32 i,
					u32 first, struct lustre_layout *layout)
{
	const struct lov_comp_md_entry_v1 *e = &ea->lcm_entries[i];
	struct lustre_comp *comp = &layout->comps[i];
	struct layout_fault fault;
	struct layout_part part;

	comp->id = le32_to_cpu(e->lcme_id);
	comp->mirror = comp->id >> LCME_ID_MIRROR_SHIFT;
	comp->flags = le32_to_cpu(e->lcme_flags);
	comp->first = first;
	comp->extent.start = le64_to_cpu(e->lcme_extent.e_start);
	comp->extent.end = le64_to_cpu(e->lcme_extent.e_end);
	fault = layout_entry_find(ea, i, &part);
	if (!fault.why && layout_entry_has_objects(e))
		fault = decode_stripes(layout, comp, &part);
	return fault;
}

static struct lustre_layout *decode_composite(const struct lov_comp_md_v1 *ea,
					      size_t len, gfp_t gfp)
{
	struct layout_fault fault = check_composite(ea, len);
	struct lustre_layout *layout;
	u32 stripes, first = 0;

	if (!fault.why)
		fault = check_entries(ea, &stripes);
	if (fault.why)
		return layout_refuse(fault, len, gfp);
	layout = lustre_layout_alloc(le16_to_cpu(ea->lcm_entry_count), stripes,
				     gfp);
	if (IS_ERR(layout))
		return layout;
	layout->kind = LUSTRE_LAYOUT_RAID0;
	layout->gen = le32_to_cpu(ea->lcm_layout_gen) & ~LOV_LAYOUT_GEN_RESYNC;
	layout->ea_len = len;
	for (u32 i = 0; !fault.why && i < layout->nr_comps; i++) {
		fault = decode_entry(ea, i, first, layout);
		first += layout->comps[i].map.count;
	}
	if (!fault.why)
		return layout;
	lustre_layout_put(layout);
	return layout_refuse(fault, len, gfp);
}

/**
 * lustre_layout_decode - make a layout of the attribute from the wire
 * @ea: the extended attribute, not trusted, aligned to 8 bytes; may be NULL if
 *	@len is 0
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
	struct layout_fault fault = { LUSTRE_LAYOUT_NONE };

	if (!len)
		return layout_refuse(fault, 0, gfp);
	if (len < sizeof(lmm->lmm_magic))
		return layout_refuse(layout_invalid("shorter than its magic"),
				     len, gfp);
	switch (le32_to_cpu(lmm->lmm_magic)) {
	case LOV_MAGIC_V1:
	case LOV_MAGIC_V3:
		return decode_plain(ea, len, gfp);
	case LOV_MAGIC_COMP_V1:
	case LOV_MAGIC_SEL:
		return decode_composite(ea, len, gfp);
	case LOV_MAGIC_FOREIGN:
		/* No data that any client could reach: as without objects. */
		fault.why = "foreign layout";
		break;
	case LOV_MAGIC_JOIN_V1:
	case LOV_MAGIC_MIGRATE:
		fault = layout_unsupported(-EINVAL, "obsolete layout");
		break;
	default:
		fault = layout_invalid("unknown layout magic");
		break;
	}
	return layout_refuse(fault, len, gfp);
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
