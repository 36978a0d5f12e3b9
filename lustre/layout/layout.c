// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decode a file's layout (08 sections 1 to 4 and 12).
 *
 * A layout that makes no sense must not keep anyone from removing the file, so
 * decoding fails only for want of memory: what is wrong becomes the kind of the
 * layout and the errno of all data I/O.
 */
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout/patch.h"

/* Where the parts are, bytes from the beginning; components come first. */
static void layout_place(struct lustre_layout *layout, size_t stripes,
			 size_t mirrors)
{
	layout->all_comps = (void *)(layout + 1);
	layout->all_stripes = (void *)layout + stripes;
	layout->mirrors = (void *)layout + mirrors;
}

static void layout_look_at(struct lustre_layout *layout, u32 mirror)
{
	const struct lustre_mirror *m = &layout->mirrors[mirror];

	layout->mirror = mirror;
	layout->patched = false;
	layout->nr_comps = m->nr_comps;
	layout->comps = layout->all_comps + m->first_comp;
	layout->nr_stripes = m->nr_stripes;
	layout->stripes = layout->all_stripes + m->first_stripe;
}

/* Whoever decodes has bounded all numbers. */
static struct lustre_layout *layout_alloc(u32 nr_mirrors, u32 nr_comps,
					  u32 nr_stripes, gfp_t gfp)
{
	size_t stripes, mirrors, bytes;
	struct lustre_layout *layout;

	stripes = sizeof(*layout) + nr_comps * sizeof(*layout->comps);
	mirrors = stripes + nr_stripes * sizeof(*layout->stripes);
	bytes = mirrors + nr_mirrors * sizeof(*layout->mirrors);
	layout = kvzalloc(bytes, gfp);
	if (!layout)
		return ERR_PTR(-ENOMEM);
	refcount_set(&layout->ref, 1);
	layout->bytes = bytes;
	layout->nr_mirrors = nr_mirrors;
	layout_place(layout, stripes, mirrors);
	return layout;
}

/**
 * lustre_layout_alloc - an empty layout without mirrors
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
	struct lustre_layout *layout = layout_alloc(1, nr_comps, nr_stripes,
						    gfp);

	if (IS_ERR(layout))
		return layout;
	layout->mirrors[0] = (struct lustre_mirror) {
		.usable		= true,
		.nr_comps	= nr_comps,
		.nr_stripes	= nr_stripes,
	};
	layout_look_at(layout, 0);
	return layout;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_alloc);

/* A copy that looks at a mirror, with @more bytes behind it; or ERR_PTR() */
static struct lustre_layout *layout_copy(const struct lustre_layout *layout,
					 u32 mirror, size_t more, gfp_t gfp)
{
	struct lustre_layout *view = kvmalloc(size_add(layout->bytes, more),
					      gfp);

	if (!view)
		return ERR_PTR(-ENOMEM);
	memcpy(view, layout, layout->bytes);
	refcount_set(&view->ref, 1);
	layout_place(view, (void *)layout->all_stripes - (void *)layout,
		     (void *)layout->mirrors - (void *)layout);
	layout_look_at(view, mirror);
	return view;
}

/**
 * lustre_layout_view - the same layout, looked at in another way
 * @layout: a layout
 * @mirror: index of the mirror that its components and objects shall be, stale
 *	or not
 * @gfp: how to allocate
 *
 * Return: a layout with one reference, or ERR_PTR(-ENOMEM).
 * Context: sleeps if @gfp allows.
 */
struct lustre_layout *lustre_layout_view(const struct lustre_layout *layout,
					 u32 mirror, gfp_t gfp)
{
	return layout_copy(layout, mirror, 0, gfp);
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_view);

/* How many components, and objects, stand for a mirror that is stale in part? */
static void layout_patch_count(const struct lustre_layout *layout, u32 mirror,
			       u32 *nr_comps, u32 *nr_stripes)
{
	struct lustre_patch p;
	struct lustre_comp comp;

	*nr_comps = 0;
	*nr_stripes = 0;
	lustre_patch_begin(&p, layout, mirror);
	while (lustre_patch_next(&p, &comp)) {
		++*nr_comps;
		*nr_stripes += comp.map.count;
	}
}

/* The mirror that a component belongs to */
static const struct lustre_mirror *
layout_mirror_of(const struct lustre_layout *layout, u32 index)
{
	const struct lustre_mirror *m = layout->mirrors;

	while (index >= m->first_comp + m->nr_comps)
		m++;
	return m;
}

/* Look at a mirror with the stale components replaced; there is room. */
static void layout_patch(struct lustre_layout *layout, u32 mirror,
			 struct lustre_comp *comps,
			 struct lustre_stripe *stripes)
{
	u32 nr_comps = 0, nr_stripes = 0;
	struct lustre_patch p;
	struct lustre_comp comp;

	lustre_patch_begin(&p, layout, mirror);
	while (lustre_patch_next(&p, &comp)) {
		u32 first = layout_mirror_of(layout, comp.index)->first_stripe +
			    comp.first;

		memcpy(stripes + nr_stripes, layout->all_stripes + first,
		       comp.map.count * sizeof(*stripes));
		comp.first = nr_stripes;
		nr_stripes += comp.map.count;
		comps[nr_comps++] = comp;
	}
	layout->comps = comps;
	layout->nr_comps = nr_comps;
	layout->stripes = stripes;
	layout->nr_stripes = nr_stripes;
	layout->patched = true;
}

/**
 * lustre_layout_to_read - the same layout, looked at to be read
 * @layout: a layout
 * @mirror: index of the mirror that shall be read, one of @layout->in_sync
 * @gfp: how to allocate
 *
 * As lustre_layout_view(), but what is stale of the mirror is replaced by what
 * others have there.
 *
 * Return: a layout with one reference, or ERR_PTR(-ENOMEM).
 * Context: sleeps if @gfp allows.
 */
struct lustre_layout *lustre_layout_to_read(const struct lustre_layout *layout,
					    u32 mirror, gfp_t gfp)
{
	u32 nr_comps = 0, nr_stripes = 0;
	struct lustre_layout *view;
	size_t comps, stripes;

	if (!(layout->mirrors[mirror].flags & LCME_FL_STALE))
		return lustre_layout_view(layout, mirror, gfp);
	layout_patch_count(layout, mirror, &nr_comps, &nr_stripes);
	comps = round_up(layout->bytes, sizeof(u64));
	stripes = comps + nr_comps * sizeof(struct lustre_comp);
	view = layout_copy(layout, mirror,
			   stripes - layout->bytes +
			   nr_stripes * sizeof(struct lustre_stripe), gfp);
	if (!IS_ERR(view))
		layout_patch(view, mirror, (void *)view + comps,
			     (void *)view + stripes);
	return view;
}
EXPORT_SYMBOL_IF_KUNIT(lustre_layout_to_read);

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
	layout->in_sync = BIT(0);
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
	if (flags & LCME_FL_OFFLINE)
		return layout_unsupported(-EOPNOTSUPP, "component is offline");
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

/* The number of the mirror that an entry belongs to */
static u32 layout_entry_mirror(const struct lov_comp_md_v1 *ea, u32 i)
{
	return le32_to_cpu(ea->lcm_entries[i].lcme_id) >> LCME_ID_MIRROR_SHIFT;
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
	if (le16_to_cpu(comp->lcm_flags) & LCM_FL_PCC_RDONLY)
		return layout_unsupported(-EOPNOTSUPP, "persistent cache");
	if (comp->lcm_mirror_count &&
	    !(le16_to_cpu(comp->lcm_flags) & LCM_FL_FLR_MASK))
		return layout_invalid("mirrors without a state");
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

/* The first entry behind those of the mirror that entry @first begins */
static u32 layout_mirror_end(const struct lov_comp_md_v1 *ea, u32 first)
{
	u32 i = first + 1;

	while (i < le16_to_cpu(ea->lcm_entry_count) &&
	       layout_entry_mirror(ea, i) == layout_entry_mirror(ea, first))
		i++;
	return i;
}

/* Do the components of a mirror follow each other, and those of no other? */
static struct layout_fault check_order(const struct lov_comp_md_v1 *ea,
				       u32 first, u32 end)
{
	struct layout_fault fault = {};
	u64 at = 0;

	for (u32 i = 0; i < first; i++)
		if (layout_entry_mirror(ea, i) ==
		    layout_entry_mirror(ea, first))
			return layout_invalid("mirrors are mixed up");
	for (u32 i = first; !fault.why && i < end; i++) {
		fault = check_extent(&ea->lcm_entries[i], at);
		at = le64_to_cpu(ea->lcm_entries[i].lcme_extent.e_end);
	}
	return fault;
}

/*
 * struct layout_sum - what there is in all mirrors
 * @mirrors: their number
 * @whole: bit mask of those all of which may be read
 * @part: bit mask of those that are stale, perhaps only in part
 * @stripes: objects
 * @most: as many can have a name of their own
 * @fault: why one of the others can't be read
 */
struct layout_sum {
	u32			mirrors;
	u32			whole;
	u32			part;
	u32			stripes;
	u32			most;
	struct layout_fault	fault;
};

/* Look at the components of a mirror, and count their objects. */
static struct layout_fault check_mirror(const struct lov_comp_md_v1 *ea,
					u32 first, u32 end,
					struct layout_sum *sum)
{
	u32 stripes = 0, most = sum->most;

	for (u32 i = first; i < end; i++) {
		const struct lov_comp_md_entry_v1 *e = &ea->lcm_entries[i];
		struct layout_fault fault;
		struct layout_part part;

		fault = layout_entry_find(ea, i, &part);
		if (!fault.why)
			fault = check_dom(e, &part);
		if (fault.why)
			return fault;
		if (!layout_entry_has_objects(e))
			continue;
		stripes += layout_part_count(&part);
		if (layout_part_on_mdt(&part))
			most++;
		/* Components may not share the bytes that name their objects. */
		if (sum->stripes + stripes > most)
			return layout_invalid("objects overlap");
	}
	sum->stripes += stripes;
	sum->most = most;
	return layout_fine;
}

/* LCME_FL_* that any component of a mirror has */
static u32 layout_mirror_flags(const struct lov_comp_md_v1 *ea, u32 first,
			       u32 end)
{
	u32 flags = 0;

	for (u32 i = first; i < end; i++)
		flags |= le32_to_cpu(ea->lcm_entries[i].lcme_flags);
	return flags;
}

/* What is wrong with one mirror leaves the others as they are. */
static struct layout_fault check_mirrors(const struct lov_comp_md_v1 *ea,
					 struct layout_sum *sum)
{
	u32 nr = le16_to_cpu(ea->lcm_entry_count), end;

	for (u32 i = 0; i < nr; i = end) {
		struct layout_fault fault;

		end = layout_mirror_end(ea, i);
		fault = check_order(ea, i, end);
		if (!fault.why)
			fault = check_mirror(ea, i, end, sum);
		if (fault.kind == LUSTRE_LAYOUT_INVALID)
			return fault;
		if (sum->mirrors == LUSTRE_MAX_MIRRORS)
			return layout_unsupported(-EOPNOTSUPP,
						  "too many mirrors");
		if (!fault.why &&
		    layout_mirror_flags(ea, i, end) & LCME_FL_STALE) {
			sum->part |= BIT(sum->mirrors);
			fault = layout_unsupported(-EOPNOTSUPP,
						   "stale component");
		}
		if (!fault.why)
			sum->whole |= BIT(sum->mirrors);
		else if (!sum->fault.why)
			sum->fault = fault;
		sum->mirrors++;
	}
	if (sum->mirrors != le16_to_cpu(ea->lcm_mirror_count) + 1)
		return layout_invalid("mirrors that it does not count");
	return sum->whole | sum->part ? layout_fine : sum->fault;
}

/* Entry @i, which was checked, becomes a component of a mirror. */
static struct layout_fault decode_entry(const struct lov_comp_md_v1 *ea, u32 i,
					u32 first, struct lustre_layout *layout,
					struct lustre_comp *comp)
{
	const struct lov_comp_md_entry_v1 *e = &ea->lcm_entries[i];
	bool usable = layout->mirrors[layout->mirror].usable;
	struct layout_fault fault = {};
	struct layout_part part;

	comp->id = le32_to_cpu(e->lcme_id);
	comp->flags = le32_to_cpu(e->lcme_flags);
	comp->index = i;
	comp->first = first;
	comp->extent.start = le64_to_cpu(e->lcme_extent.e_start);
	comp->extent.end = le64_to_cpu(e->lcme_extent.e_end);
	if (!usable || !layout_entry_has_objects(e))
		return fault;
	fault = layout_entry_find(ea, i, &part);
	return fault.why ? fault : decode_stripes(layout, comp, &part);
}

/* Mirror @m of @layout, whose entries are those from @first up to @end */
static struct layout_fault decode_mirror(const struct lov_comp_md_v1 *ea,
					 u32 first, u32 end,
					 struct lustre_layout *layout,
					 u32 mirror, struct layout_sum *sum)
{
	struct lustre_mirror *m = &layout->mirrors[mirror];
	struct layout_fault fault = {};
	u32 stripes = sum->stripes;

	m->id = layout_entry_mirror(ea, first);
	m->flags = layout_mirror_flags(ea, first, end);
	m->usable = !check_mirror(ea, first, end, sum).why;
	m->first_comp = first;
	m->nr_comps = end - first;
	m->first_stripe = stripes;
	m->nr_stripes = sum->stripes - stripes;
	layout_look_at(layout, mirror);
	stripes = 0;
	for (u32 i = first; !fault.why && i < end; i++) {
		struct lustre_comp *comp = &layout->all_comps[i];

		fault = decode_entry(ea, i, stripes, layout, comp);
		stripes += comp->map.count;
	}
	return fault;
}

/*
 * All mirrors.  Which of those that are stale in part may be read is known then:
 * @part, bit mask of those to be tried.
 */
static struct layout_fault decode_mirrors(const struct lov_comp_md_v1 *ea,
					  struct lustre_layout *layout,
					  u32 part)
{
	u32 nr = le16_to_cpu(ea->lcm_entry_count), end, mirror = 0;
	struct layout_sum sum = { .most = U32_MAX / 2 };
	struct layout_fault fault = {};

	for (u32 i = 0; !fault.why && i < nr; i = end) {
		end = layout_mirror_end(ea, i);
		fault = decode_mirror(ea, i, end, layout, mirror++, &sum);
	}
	for (u32 i = 0; !fault.why && i < layout->nr_mirrors; i++)
		if (part & BIT(i) && lustre_mirror_patchable(layout, i))
			layout->in_sync |= BIT(i);
	return fault;
}

/* Look at the first mirror that may be read; takes the layout over. */
static struct lustre_layout *decode_look(struct lustre_layout *layout,
					 gfp_t gfp)
{
	u32 mirror = __ffs(layout->in_sync);
	struct lustre_layout *view;

	if (!(layout->mirrors[mirror].flags & LCME_FL_STALE)) {
		layout_look_at(layout, mirror);
		return layout;
	}
	view = lustre_layout_to_read(layout, mirror, gfp);
	lustre_layout_put(layout);
	return view;
}

/* Room for the names of objects */
static u32 layout_room(const struct lov_comp_md_v1 *ea)
{
	return (le32_to_cpu(ea->lcm_size) -
		struct_size(ea, lcm_entries,
			    le16_to_cpu(ea->lcm_entry_count))) /
	       sizeof(struct lov_ost_data_v1);
}

static struct lustre_layout *decode_composite(const struct lov_comp_md_v1 *ea,
					      size_t len, gfp_t gfp)
{
	struct layout_fault fault = check_composite(ea, len);
	struct lustre_layout *layout;
	struct layout_sum sum = {};

	if (!fault.why) {
		sum.most = layout_room(ea);
		fault = check_mirrors(ea, &sum);
	}
	if (fault.why)
		return layout_refuse(fault, len, gfp);
	layout = layout_alloc(sum.mirrors, le16_to_cpu(ea->lcm_entry_count),
			      sum.stripes, gfp);
	if (IS_ERR(layout))
		return layout;
	layout->kind = LUSTRE_LAYOUT_RAID0;
	layout->gen = le32_to_cpu(ea->lcm_layout_gen) & ~LOV_LAYOUT_GEN_RESYNC;
	layout->ea_len = len;
	layout->flr = le16_to_cpu(ea->lcm_flags) & LCM_FL_FLR_MASK;
	layout->in_sync = sum.whole;
	/* Who can have all from one has nothing to do with several. */
	fault = decode_mirrors(ea, layout, sum.whole ? 0 : sum.part);
	if (!fault.why && !layout->in_sync)
		fault = sum.fault;
	if (!fault.why)
		return decode_look(layout, gfp);
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
 * lustre_layout_nokey - stand-in for the layout of an encrypted file
 * @len: length of the attribute, bytes
 * @gfp: how to allocate
 *
 * What is in the objects means nothing without the key: no use of them is right.
 * Spec: 07 section 12, 08 section 12.
 *
 * Return: a layout with one reference, or ERR_PTR(-ENOMEM).
 * Context: sleeps if @gfp allows.
 */
struct lustre_layout *lustre_layout_nokey(size_t len, gfp_t gfp)
{
	return layout_refuse(layout_unsupported(-ENOKEY, "encrypted"), len,
			     gfp);
}

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
