// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arithmetic of components against brute force: small files, byte by byte.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>

#include "layout/comp.h"
#include "layout/seek.h"

#define FILE_BYTES	96U	/* of the files that are looked at */
#define MAX_COMPS	4U
#define LAYOUTS		200

static u32 next_random(u64 *seed, u32 below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % below;
}

/*
 * A layout of up to MAX_COMPS components, which perhaps has an end, gaps, and
 * components without objects, but no two of those in a row; sizes are tiny so
 * that every byte can be tried.
 */
static struct lustre_layout *random_layout(struct kunit *test, u64 *seed)
{
	u32 nr = 1 + next_random(seed, MAX_COMPS), stripes = 0;
	struct lustre_comp comps[MAX_COMPS] = {};
	struct lustre_layout *layout;
	u64 at = 0;

	for (u32 c = 0; c < nr; c++) {
		comps[c].id = c + 1;
		comps[c].first = stripes;
		if (next_random(seed, 4) || (c && !comps[c - 1].map.count)) {
			comps[c].map.size = 1 + next_random(seed, 6);
			comps[c].map.count = 1 + next_random(seed, 5);
		}
		if (!next_random(seed, 5))
			at += next_random(seed, FILE_BYTES / 8);
		comps[c].extent.start = at;
		at += 1 + next_random(seed, FILE_BYTES / 3);
		comps[c].extent.end = at;
		stripes += comps[c].map.count;
	}
	if (next_random(seed, 4))
		comps[nr - 1].extent.end = LUSTRE_EOF;
	layout = lustre_layout_alloc(nr, stripes, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	memcpy(layout->comps, comps, nr * sizeof(comps[0]));
	return layout;
}

/* The component with an object for a byte, found the slow way; NULL: none */
static const struct lustre_comp *slow_comp(const struct lustre_layout *layout,
					   u64 off)
{
	const struct lustre_comp *found = NULL;

	for (u32 c = 0; c < layout->nr_comps; c++)
		if (layout->comps[c].map.count &&
		    off >= layout->comps[c].extent.start &&
		    off < layout->comps[c].extent.end)
			found = &layout->comps[c];
	return found;
}

/* The same of its place: count the bytes of each stripe, from the first on. */
static bool slow_find(const struct lustre_layout *layout, u64 off,
		      struct lustre_place *place)
{
	u64 bytes[8] = {};
	u32 stripe = 0;

	place->comp = slow_comp(layout, off);
	if (!place->comp)
		return false;
	for (u64 i = 0; i <= off; i++) {
		stripe = i / place->comp->map.size % place->comp->map.count;
		bytes[stripe]++;
	}
	place->object = place->comp->first + stripe;
	place->off = bytes[stripe] - 1;
	return true;
}

/* Every byte lies in one place, and no two lie in the same. */
static void check_places(struct kunit *test, const struct lustre_layout *layout)
{
	u32 objects = layout->nr_stripes;
	u8 *used = kunit_kzalloc(test, objects * FILE_BYTES, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, used);
	for (u64 off = 0; off < FILE_BYTES; off++) {
		struct lustre_place fast = {}, slow;
		bool there = slow_find(layout, off, &slow);

		KUNIT_ASSERT_EQ(test, lustre_layout_find(layout, off, &fast),
				there);
		if (!there)
			continue;
		KUNIT_ASSERT_PTR_EQ(test, fast.comp, slow.comp);
		KUNIT_ASSERT_EQ(test, fast.object, slow.object);
		KUNIT_ASSERT_EQ(test, fast.off, slow.off);
		KUNIT_ASSERT_LT(test, fast.object, objects);
		KUNIT_ASSERT_EQ(test, used[fast.object * FILE_BYTES + fast.off],
				0);
		used[fast.object * FILE_BYTES + fast.off] = 1;
		KUNIT_ASSERT_PTR_EQ(test, fast.comp,
				    lustre_layout_comp(layout, fast.object));
	}
	kunit_kfree(test, used);
}

static void test_places(struct kunit *test)
{
	u64 seed = 1;

	for (int i = 0; i < LAYOUTS; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		check_places(test, layout);
		lustre_layout_put(layout);
	}
}

/* What a range touches of one object, byte by byte; false: nothing */
static bool slow_hit(const struct lustre_layout *layout, u32 object, u64 start,
		     u64 end, u64 *lo, u64 *hi)
{
	struct lustre_place place;
	bool hit = false;

	for (u64 off = start; off <= end; off++) {
		if (!slow_find(layout, off, &place) || place.object != object)
			continue;
		*lo = hit ? min(*lo, place.off) : place.off;
		*hi = hit ? max(*hi, place.off) : place.off;
		hit = true;
	}
	return hit;
}

static void check_range(struct kunit *test, const struct lustre_layout *layout,
			u64 start, u64 end)
{
	struct lustre_hit hit = {};
	u64 lo = 0, hi = 0;
	u32 hits = 0;

	for (u32 i = 0; i < layout->nr_stripes; i++) {
		if (!slow_hit(layout, i, start, end, &lo, &hi))
			continue;
		hits++;
		KUNIT_ASSERT_TRUE(test, lustre_layout_hit(layout, start, end,
							  &hit));
		KUNIT_ASSERT_EQ(test, hit.object, i);
		KUNIT_ASSERT_EQ(test, hit.start, lo);
		KUNIT_ASSERT_EQ(test, hit.end, hi);
	}
	KUNIT_ASSERT_FALSE(test, lustre_layout_hit(layout, start, end, &hit));
	KUNIT_ASSERT_EQ(test, hits,
			lustre_layout_count_hit(layout, start, end));
}

static void test_ranges(struct kunit *test)
{
	u64 seed = 2;

	for (int i = 0; i < LAYOUTS / 10; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		for (int r = 0; r < 40; r++) {
			u64 start = next_random(&seed, FILE_BYTES);
			u64 bytes = next_random(&seed, FILE_BYTES - start);

			check_range(test, layout, start, start + bytes);
		}
		lustre_layout_put(layout);
	}
}

/* To the end of the file: of the last component or of everything. */
static void test_range_to_eof(struct kunit *test)
{
	u64 seed = 3;

	for (int i = 0; i < LAYOUTS; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);
		struct lustre_comp *last = &layout->comps[layout->nr_comps - 1];
		u64 start = last->extent.start;
		struct lustre_hit hit = {};
		u32 hits = 0;

		while (lustre_layout_hit(layout, start, LUSTRE_EOF, &hit)) {
			hits++;
			KUNIT_EXPECT_GE(test, hit.object, last->first);
			KUNIT_EXPECT_EQ(test, hit.end == LUSTRE_EOF,
					last->extent.end == LUSTRE_EOF);
		}
		if (last->extent.end == LUSTRE_EOF)
			KUNIT_EXPECT_EQ(test, hits, last->map.count);
		lustre_layout_put(layout);
	}
}

/* Each range: is there an object for every byte of it? */
static void check_covers(struct kunit *test, const struct lustre_layout *layout)
{
	const struct lustre_comp *last = &layout->comps[layout->nr_comps - 1];
	struct lustre_place place;
	bool all;

	for (u64 start = 0; start < FILE_BYTES; start++) {
		all = true;
		for (u64 end = start; end < 2 * FILE_BYTES; end++) {
			all = all && slow_find(layout, end, &place);
			KUNIT_ASSERT_EQ(test, all,
					lustre_layout_covers(layout, start,
							     end));
		}
		all = all && last->extent.end == LUSTRE_EOF;
		KUNIT_ASSERT_EQ(test, all,
				lustre_layout_covers(layout, start, LUSTRE_EOF));
	}
}

static void test_covers(struct kunit *test)
{
	u64 seed = 8;

	for (int i = 0; i < LAYOUTS / 20; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		check_covers(test, layout);
		lustre_layout_put(layout);
	}
}

/* The objects of a file of each size imply that size, and no other. */
static void check_size(struct kunit *test, const struct lustre_layout *layout,
		       u64 size)
{
	u64 implied = 0, obj_size, bytes;
	struct lustre_place place;

	for (u32 i = 0; i < layout->nr_stripes; i++) {
		obj_size = lustre_layout_obj_size(layout, i, size);
		implied = max(implied,
			      lustre_layout_file_size(layout, i, obj_size));
		bytes = 0;
		for (u64 off = 0; off < size; off++)
			if (slow_find(layout, off, &place) && place.object == i)
				bytes = max(bytes, place.off + 1);
		/* What lies below its component, an object may have or not. */
		if (bytes)
			KUNIT_ASSERT_EQ(test, obj_size, bytes);
	}
	if (!size || slow_comp(layout, size - 1))
		KUNIT_ASSERT_EQ(test, implied, size);
	else if (slow_comp(layout, size))
		/* An object that would go on there may tell. */
		KUNIT_ASSERT_LE(test, implied, size);
	else
		KUNIT_ASSERT_LT(test, implied, size);
}

static void test_sizes(struct kunit *test)
{
	u64 seed = 4;

	for (int i = 0; i < LAYOUTS / 10; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		for (u64 size = 0; size < FILE_BYTES; size++)
			check_size(test, layout, size);
		lustre_layout_put(layout);
	}
}

/*
 * A truncate to @size that leaves out what it may leave out: the objects imply
 * just that size, whatever they had before.
 */
static void check_truncate(struct kunit *test,
			   const struct lustre_layout *layout, u64 old,
			   u64 size)
{
	u64 implied = 0, obj_size;

	for (u32 i = 0; i < layout->nr_stripes; i++) {
		obj_size = lustre_layout_obj_size(layout, i, old);
		if (lustre_layout_truncates(layout, i, size))
			obj_size = lustre_layout_obj_size(layout, i, size);
		implied = max(implied,
			      lustre_layout_file_size(layout, i, obj_size));
	}
	if (!size || slow_comp(layout, size - 1))
		KUNIT_ASSERT_EQ(test, implied, size);
}

static void test_truncates(struct kunit *test)
{
	u64 seed = 5;

	for (int i = 0; i < LAYOUTS; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		for (int t = 0; t < 50; t++)
			check_truncate(test, layout,
				       next_random(&seed, FILE_BYTES),
				       next_random(&seed, FILE_BYTES));
		lustre_layout_put(layout);
	}
}

/* Objects of any size, as a target may claim: no component is left by that. */
static void test_hostile_object_size(struct kunit *test)
{
	u64 seed = 6;

	for (int i = 0; i < LAYOUTS; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		for (u32 o = 0; o < layout->nr_stripes; o++) {
			const struct lustre_comp *comp =
				lustre_layout_comp(layout, o);
			u64 size = lustre_layout_file_size(layout, o, ~0ULL);

			KUNIT_EXPECT_LE(test, size, (u64)LLONG_MAX);
			KUNIT_EXPECT_LE(test, size, comp->extent.end);
		}
		KUNIT_EXPECT_EQ(test, lustre_layout_max_size(layout, ~0ULL),
				min_t(u64, lustre_layout_end(layout),
				      LLONG_MAX));
		lustre_layout_put(layout);
	}
}

/* A change of one component, of which the others know nothing */
enum change {
	CHANGE_NOTHING,
	CHANGE_OBJECT,
	CHANGE_STRIPE_SIZE,
	CHANGE_EXTENT,
	CHANGES,
};

static void change_layout(struct lustre_layout *layout, u32 c,
			  enum change change, u64 *seed)
{
	struct lustre_comp *comp = &layout->comps[c];
	u64 room;

	switch (change) {
	case CHANGE_OBJECT:
		layout->stripes[comp->first +
				next_random(seed, comp->map.count)].ost_idx += 100;
		break;
	case CHANGE_STRIPE_SIZE:
		comp->map.size++;
		break;
	case CHANGE_EXTENT:
		if (c + 1 == layout->nr_comps)
			break;
		/* It grows at the cost of the next, which keeps a byte. */
		room = comp[1].extent.end == LUSTRE_EOF ? FILE_BYTES / 4 :
		       comp[1].extent.end - comp[1].extent.start - 1;
		comp->extent.end += next_random(seed, room + 1);
		comp[1].extent.start = comp->extent.end;
		break;
	default:
		break;
	}
}

/* What is said to stay lies in the same object at the same place. */
static void check_shared(struct kunit *test, const struct lustre_layout *old,
			 const struct lustre_layout *new,
			 const struct lustre_shared *s)
{
	struct lustre_place a, b;

	if (!s->comp->map.count)
		return;
	for (u64 off = s->extent.start;
	     off < min_t(u64, s->extent.end, 4 * FILE_BYTES); off++) {
		KUNIT_ASSERT_TRUE(test, slow_find(old, off, &a));
		KUNIT_ASSERT_TRUE(test, slow_find(new, off, &b));
		KUNIT_ASSERT_PTR_EQ(test, b.comp, s->comp);
		KUNIT_ASSERT_EQ(test, a.off, b.off);
		KUNIT_ASSERT_EQ(test, old->stripes[a.object].ost_idx,
				new->stripes[b.object].ost_idx);
	}
}

static void check_keeps(struct kunit *test, const struct lustre_layout *old,
			const struct lustre_layout *new, u32 changed,
			enum change change)
{
	bool touched = change == CHANGE_OBJECT || change == CHANGE_STRIPE_SIZE;

	for (u32 c = 0; c < old->nr_comps; c++) {
		const struct lustre_comp *comp = &old->comps[c];
		struct lustre_shared s;

		if (c == changed && touched) {
			KUNIT_ASSERT_FALSE(test, lustre_layout_keeps(old, comp,
								     new, &s));
			continue;
		}
		KUNIT_ASSERT_TRUE(test, lustre_layout_keeps(old, comp, new,
							    &s));
		check_shared(test, old, new, &s);
		/* Nothing but the change is lost. */
		KUNIT_ASSERT_EQ(test, s.extent.start,
				max(comp->extent.start,
				    new->comps[c].extent.start));
		KUNIT_ASSERT_EQ(test, s.extent.end,
				min(comp->extent.end,
				    new->comps[c].extent.end));
	}
}

static void test_changes(struct kunit *test)
{
	u64 seed = 7, again;

	for (int i = 0; i < LAYOUTS; i++) {
		struct lustre_layout *old, *new;
		enum change change = i % CHANGES;
		u32 c;

		again = seed;
		old = random_layout(test, &seed);
		new = random_layout(test, &again);
		for (u32 o = 0; o < old->nr_stripes; o++) {
			old->stripes[o].ost_idx = o;
			new->stripes[o].ost_idx = o;
		}
		c = next_random(&seed, new->nr_comps);
		/* There is an object to change, two components at the most on. */
		while (change == CHANGE_OBJECT && new->nr_stripes &&
		       !new->comps[c].map.count)
			c = (c + 1) % new->nr_comps;
		if (!new->nr_stripes)
			change = CHANGE_NOTHING;
		change_layout(new, c, change, &seed);
		check_keeps(test, old, new, c, change);
		lustre_layout_put(new);
		lustre_layout_put(old);
	}
}

#define MAX_OBJECTS	(MAX_COMPS * 5)
#define OBJ_BYTES	(2 * FILE_BYTES)

/* A file some bytes of which are data, and its objects */
struct seek_file {
	const struct lustre_layout	*layout;
	u64				size;
	bool				data[FILE_BYTES];
	bool				obj[MAX_OBJECTS][OBJ_BYTES];
};

/*
 * Data here and there.  The objects have some also where their components don't
 * reach: nobody is to take those for the file's.
 */
static void random_data(struct seek_file *f, u64 *seed)
{
	u32 most = 1 + next_random(seed, 12), left = 0;
	struct lustre_place place;
	bool data = false;

	f->size = 1 + next_random(seed, FILE_BYTES);
	for (u32 o = 0; o < f->layout->nr_stripes; o++)
		for (u32 i = 0; i < OBJ_BYTES; i++)
			f->obj[o][i] = next_random(seed, 2);
	for (u64 off = 0; off < FILE_BYTES; off++) {
		if (!left--) {
			data = !data;
			left = next_random(seed, most);
		}
		f->data[off] = false;
		if (!lustre_layout_find(f->layout, off, &place))
			continue;
		f->data[off] = data && off < f->size;
		f->obj[place.object][place.off] = f->data[off];
	}
}

/* What a target says of one object */
static s64 object_seek(const struct seek_file *f, const struct lustre_hit *hit,
		       bool hole)
{
	for (u64 i = hit->start; i < OBJ_BYTES; i++)
		if (f->obj[hit->object][i] != hole)
			return i;
	return hole ? max_t(u64, hit->start, OBJ_BYTES) : -ENXIO;
}

static s64 slow_seek(const struct seek_file *f, u64 offset, bool hole)
{
	for (u64 off = offset; off < f->size; off++)
		if (f->data[off] != hole)
			return off;
	return hole ? f->size : -ENXIO;
}

static void check_seek(struct kunit *test, const struct seek_file *f,
		       u64 offset, bool hole)
{
	struct lustre_hit hit = {};
	struct lustre_seek seek;

	lustre_seek_begin(&seek, f->layout, offset, hole);
	while (lustre_layout_hit(f->layout, offset, f->size - 1, &hit))
		KUNIT_ASSERT_EQ(test, 0,
				lustre_seek_add(&seek, &hit,
						object_seek(f, &hit, hole)));
	KUNIT_ASSERT_EQ(test, lustre_seek_end(&seek, f->size),
			slow_seek(f, offset, hole));
}

static void test_seeks(struct kunit *test)
{
	struct seek_file *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	u64 seed = 9;

	KUNIT_ASSERT_NOT_NULL(test, f);
	for (int i = 0; i < LAYOUTS; i++) {
		struct lustre_layout *layout = random_layout(test, &seed);

		f->layout = layout;
		random_data(f, &seed);
		for (u64 offset = 0; offset < f->size; offset++) {
			check_seek(test, f, offset, false);
			check_seek(test, f, offset, true);
		}
		lustre_layout_put(layout);
	}
}

/* Answers that can't be, and errors, are no offsets. */
static void test_hostile_answers(struct kunit *test)
{
	struct lustre_layout *layout = lustre_layout_alloc(1, 2, GFP_KERNEL);
	struct lustre_hit hit = { .object = 1, .start = 100, .end = 199 };
	struct lustre_seek seek;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, layout);
	layout->comps[0].extent.end = LUSTRE_EOF;
	layout->comps[0].map.size = 100;
	layout->comps[0].map.count = 2;
	for (int hole = 0; hole < 2; hole++) {
		lustre_seek_begin(&seek, layout, 250, hole);
		KUNIT_EXPECT_EQ(test, lustre_seek_add(&seek, &hit, 99), -EPROTO);
		KUNIT_EXPECT_EQ(test, lustre_seek_add(&seek, &hit, -5), -EIO);
		KUNIT_EXPECT_EQ(test, lustre_seek_add(&seek, &hit, LLONG_MIN),
				-EPROTO);
		KUNIT_EXPECT_EQ(test, lustre_seek_end(&seek, 400),
				hole ? 400 : -ENXIO);
		/* Far behind the end of every file */
		KUNIT_EXPECT_EQ(test, lustre_seek_add(&seek, &hit, LLONG_MAX),
				0);
		KUNIT_EXPECT_EQ(test, lustre_seek_end(&seek, 400),
				hole ? 400 : -ENXIO);
		KUNIT_EXPECT_EQ(test, lustre_seek_add(&seek, &hit, 100), 0);
		KUNIT_EXPECT_EQ(test, lustre_seek_end(&seek, 400), 300);
	}
	lustre_layout_put(layout);
}

static struct kunit_case comp_test_cases[] = {
	KUNIT_CASE(test_places),
	KUNIT_CASE(test_ranges),
	KUNIT_CASE(test_range_to_eof),
	KUNIT_CASE(test_sizes),
	KUNIT_CASE(test_truncates),
	KUNIT_CASE(test_hostile_object_size),
	KUNIT_CASE(test_changes),
	KUNIT_CASE(test_covers),
	KUNIT_CASE(test_seeks),
	KUNIT_CASE(test_hostile_answers),
	{}
};

static struct kunit_suite comp_test_suite = {
	.name = "lustre_comp",
	.test_cases = comp_test_cases,
};

kunit_test_suite(comp_test_suite);
