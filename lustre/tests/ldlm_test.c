// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks: compatibility, overlap, matching, and their form on the wire.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "ldlm/internal.h"

/* Row: granted, column: requested; as printed in 06 section 2 */
static const u32 modes[] = {
	LCK_EX, LCK_PW, LCK_PR, LCK_CW, LCK_CR, LCK_NL, LCK_GROUP
};

static const char * const matrix[] = {
	".....x.",
	"....xx.",
	"..x.xx.",
	"...xxx.",
	".xxxxx.",
	"xxxxxxx",
	".....xx",
};

static void test_matrix(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		for (j = 0; j < ARRAY_SIZE(modes); j++) {
			KUNIT_EXPECT_EQ_MSG(test,
					    ldlm_modes_compatible(modes[i],
								  modes[j]),
					    matrix[i][j] == 'x',
					    "%u with %u", modes[i], modes[j]);
			KUNIT_EXPECT_EQ(test, matrix[i][j], matrix[j][i]);
		}
}

static void test_mode_valid(struct kunit *test)
{
	u32 mode;

	for (mode = 0; mode < 1024; mode++) {
		bool known = false;
		unsigned int i;

		for (i = 0; i < ARRAY_SIZE(modes); i++)
			known |= modes[i] == mode;
		KUNIT_EXPECT_EQ(test, ldlm_mode_valid(mode), known);
		if (!known)
			KUNIT_EXPECT_FALSE(test,
					   ldlm_modes_compatible(LCK_NL, mode));
	}
}

struct overlap_case {
	u32	type;
	u64	a[3];
	u64	b[3];
	bool	overlap;
	bool	covers;		/* a covers b */
};

static const struct overlap_case overlap_cases[] = {
	{ LDLM_EXTENT, { 0, 4095 }, { 4096, 8191 }, false, false },
	{ LDLM_EXTENT, { 0, 4096 }, { 4096, 8191 }, true, false },
	{ LDLM_EXTENT, { 0, OBD_OBJECT_EOF }, { 1, 2 }, true, true },
	{ LDLM_EXTENT, { 5, 5 }, { 5, 5 }, true, true },
	{ LDLM_EXTENT, { 1, 2 }, { 0, OBD_OBJECT_EOF }, true, false },
	{ LDLM_EXTENT, { OBD_OBJECT_EOF, OBD_OBJECT_EOF },
	  { 0, OBD_OBJECT_EOF - 1 }, false, false },
	{ LDLM_EXTENT, { 0, OBD_OBJECT_EOF, 7 }, { 0, 1, 8 }, true, false },
	{ LDLM_EXTENT, { 0, OBD_OBJECT_EOF, 7 }, { 0, 1, 7 }, true, true },
	{ LDLM_IBITS, { 0x1b }, { 0x20 }, false, false },
	{ LDLM_IBITS, { 0x1b }, { 0x12 }, true, true },
	{ LDLM_IBITS, { 0x1b }, { 0x22 }, true, false },
	{ LDLM_FLOCK, { 0, 9, 1 }, { 9, 9, 2 }, true, false },
	{ LDLM_FLOCK, { 0, 9, 1 }, { 10, 11, 2 }, false, false },
	{ LDLM_PLAIN, { 0 }, { 0 }, true, true },
};

static void overlap_policy(u32 type, const u64 *v, struct ldlm_policy *p)
{
	memset(p, 0, sizeof(*p));
	if (type == LDLM_IBITS) {
		p->ibits.bits = v[0];
		return;
	}
	p->extent.start = v[0];
	p->extent.end = v[1];
	p->extent.gid = v[2];
}

static void test_overlap(struct kunit *test)
{
	const struct overlap_case *c = overlap_cases;
	struct ldlm_policy a, b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(overlap_cases); i++, c++) {
		overlap_policy(c->type, c->a, &a);
		overlap_policy(c->type, c->b, &b);
		KUNIT_EXPECT_EQ_MSG(test, c->overlap,
				    ldlm_policies_overlap(c->type, &a, &b),
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, c->overlap,
				    ldlm_policies_overlap(c->type, &b, &a),
				    "case %u swapped", i);
		KUNIT_EXPECT_EQ_MSG(test, c->covers,
				    ldlm_policy_covers(c->type, &a, &b),
				    "case %u", i);
	}
}

/* Against byte-by-byte brute force over all small ranges */
static void test_extents_brute(struct kunit *test)
{
	struct ldlm_policy a = {}, b = {};
	unsigned int bits_a, bits_b;

	for (unsigned int n = 0; n < 8 * 8 * 8 * 8; n++) {
		a.extent.start = n & 7;
		a.extent.end = n >> 3 & 7;
		b.extent.start = n >> 6 & 7;
		b.extent.end = n >> 9 & 7;
		if (a.extent.start > a.extent.end ||
		    b.extent.start > b.extent.end)
			continue;
		bits_a = GENMASK(a.extent.end, a.extent.start);
		bits_b = GENMASK(b.extent.end, b.extent.start);
		KUNIT_EXPECT_EQ(test, !!(bits_a & bits_b),
				ldlm_policies_overlap(LDLM_EXTENT, &a, &b));
		KUNIT_EXPECT_EQ(test, (bits_a & bits_b) == bits_b,
				ldlm_policy_covers(LDLM_EXTENT, &a, &b));
	}
}

/* ---- matching ------------------------------------------------------------ */

static void lock_granted(struct ldlm_lock *lock)
{
	memset(lock, 0, sizeof(*lock));
	refcount_set(&lock->ref, 1);
	lock->type = LDLM_EXTENT;
	lock->req_mode = LCK_PR;
	lock->granted_mode = LCK_PR;
	lock->state = LDLM_STATE_GRANTED;
	lock->flags = LDLM_LF_READY;
	lock->policy.extent.start = 4096;
	lock->policy.extent.end = 8191;
	RB_CLEAR_NODE(&lock->ext_node);
}

static struct ldlm_resource *resource(struct kunit *test)
{
	struct ldlm_resource *res = kunit_kzalloc(test, sizeof(*res),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, res);
	spin_lock_init(&res->lock);
	INIT_LIST_HEAD(&res->granted);
	res->extents = RB_ROOT_CACHED;
	return res;
}

static void test_match(struct kunit *test)
{
	struct ldlm_lock *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);
	struct ldlm_resource *res = resource(test);
	struct ldlm_match m = {
		.modes	= LCK_PR | LCK_PW,
		.policy	= { .extent = { 4096, 5000 } },
		.flags	= LDLM_MATCH_TEST,
	};

	KUNIT_ASSERT_NOT_NULL(test, lock);
	lock_granted(lock);
	ldlm_extent_insert(res, lock);
	KUNIT_EXPECT_PTR_EQ(test, ldlm_extent_find(res, &m), lock);
	KUNIT_EXPECT_EQ(test, ldlm_lock_users(lock), 0);

	m.modes = LCK_PW;
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	m.modes = LCK_PR;
	m.policy.extent.start = 4095;
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	m.policy.extent.start = 4096;
	m.policy.extent.end = 8192;
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	m.policy.extent.end = 8191;
	KUNIT_EXPECT_PTR_EQ(test, ldlm_extent_find(res, &m), lock);
	m.policy.extent.gid = 1;
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	m.flags |= LDLM_MATCH_ANY_GROUP;
	KUNIT_EXPECT_PTR_EQ(test, ldlm_extent_find(res, &m), lock);
	m.flags &= ~LDLM_MATCH_ANY_GROUP;
	ldlm_extent_erase(res, lock);
	m.policy.extent.gid = 0;
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
}

/* What may be used in which state of its uses, and how they are counted */
static void test_uses(struct kunit *test)
{
	struct ldlm_lock *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);
	struct ldlm_resource *res = resource(test);
	struct ldlm_match m = { .modes = LCK_PR,
				.policy = { .extent = { 4096, 8191 } } };

	KUNIT_ASSERT_NOT_NULL(test, lock);
	lock_granted(lock);
	ldlm_extent_insert(res, lock);
	KUNIT_EXPECT_PTR_EQ(test, ldlm_extent_find(res, &m), lock);
	KUNIT_EXPECT_EQ(test, ldlm_lock_users(lock), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&lock->ref), 2);
	KUNIT_EXPECT_FALSE(test, ldlm_use_shut(lock));

	/* Wanted back: only for who has a use somewhere, and asks so */
	atomic_or(LDLM_USE_OLD, &lock->uses);
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	m.flags = LDLM_MATCH_CBPENDING;
	KUNIT_EXPECT_PTR_EQ(test, ldlm_extent_find(res, &m), lock);
	KUNIT_EXPECT_EQ(test, ldlm_lock_users(lock), 2);

	/* Claimed: for nobody, and only once */
	atomic_set(&lock->uses, 0);
	KUNIT_EXPECT_TRUE(test, ldlm_use_shut(lock));
	KUNIT_EXPECT_FALSE(test, ldlm_use_shut(lock));
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	m.flags = LDLM_MATCH_TEST;
	KUNIT_EXPECT_NULL(test, ldlm_extent_find(res, &m));
	KUNIT_EXPECT_EQ(test, refcount_read(&lock->ref), 3);
	ldlm_extent_erase(res, lock);
}

/* ---- the tree against a list --------------------------------------------- */

#define MODEL_LOCKS	64
#define MODEL_OPS	20000

struct model {
	struct ldlm_lock	lock;
	bool			there;
};

static u64 model_end(const struct model *model)
{
	u64 end = 0;

	for (unsigned int i = 0; i < MODEL_LOCKS; i++)
		if (model[i].there)
			end = max(end, model[i].lock.policy.extent.end + 1 ?:
				  U64_MAX);
	return end;
}

static unsigned int model_lost(const struct model *model)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < MODEL_LOCKS; i++)
		n += model[i].there && model[i].lock.flags & LDLM_LF_LOCAL;
	return n;
}

static bool model_serves(const struct model *l, const struct ldlm_match *m)
{
	int bad = m->flags & LDLM_MATCH_CBPENDING ?
		  LDLM_USE_SHUT : LDLM_USE_SHUT | LDLM_USE_OLD;

	return l->there && l->lock.granted_mode & m->modes &&
	       !(atomic_read(&l->lock.uses) & bad) &&
	       ldlm_policy_covers(LDLM_EXTENT, &l->lock.policy, &m->policy);
}

static void model_range(struct rnd_state *rnd, struct ldlm_policy *p)
{
	u32 r = prandom_u32_state(rnd);

	p->extent.start = r % 100;
	p->extent.end = p->extent.start + (r >> 8) % 30;
	if (r >> 28 == 0)
		p->extent.end = U64_MAX;
	if (r >> 28 == 1)
		p->extent.start = 0;
}

static void model_change(struct rnd_state *rnd, struct ldlm_resource *res,
			 struct model *l)
{
	u32 r = prandom_u32_state(rnd);

	if (l->there && r % 3 == 0) {
		/* The second time it is nothing new */
		ldlm_extent_lose(res, &l->lock);
		ldlm_extent_lose(res, &l->lock);
		return;
	}
	if (l->there) {
		ldlm_extent_erase(res, &l->lock);
		/* Harmless once more */
		ldlm_extent_erase(res, &l->lock);
	} else {
		lock_granted(&l->lock);
		model_range(rnd, &l->lock.policy);
		l->lock.granted_mode = r & 1 ? LCK_PR : LCK_PW;
		atomic_set(&l->lock.uses, r & 30 ? 0 : r & 32 ?
						   LDLM_USE_SHUT : LDLM_USE_OLD);
		ldlm_extent_insert(res, &l->lock);
	}
	l->there = !l->there;
}

static void model_compare(struct kunit *test, struct rnd_state *rnd,
			  struct ldlm_resource *res, const struct model *model)
{
	struct ldlm_match m = { .flags = LDLM_MATCH_TEST };
	u32 r = prandom_u32_state(rnd);
	struct ldlm_lock *found;
	bool any = false;

	model_range(rnd, &m.policy);
	m.modes = r & 1 ? LCK_PW : LCK_PR | LCK_PW;
	if (r & 2)
		m.flags |= LDLM_MATCH_CBPENDING;
	found = ldlm_extent_find(res, &m);
	for (unsigned int i = 0; i < MODEL_LOCKS; i++)
		any |= model_serves(&model[i], &m);
	KUNIT_EXPECT_EQ(test, any, !!found);
	if (found)
		KUNIT_EXPECT_TRUE(test,
				  model_serves(container_of(found, struct model,
							    lock), &m));
	KUNIT_EXPECT_EQ(test, ldlm_extent_end(res), model_end(model));
	KUNIT_EXPECT_EQ(test, res->lost, model_lost(model));
}

static void test_tree(struct kunit *test)
{
	struct model *model = kunit_kcalloc(test, MODEL_LOCKS, sizeof(*model),
					    GFP_KERNEL);
	struct ldlm_resource *res = resource(test);
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, model);
	prandom_seed_state(&rnd, 42);
	for (unsigned int i = 0; i < MODEL_OPS; i++) {
		u32 r = prandom_u32_state(&rnd);

		model_change(&rnd, res, &model[r % MODEL_LOCKS]);
		model_compare(test, &rnd, res, model);
	}
	for (unsigned int i = 0; i < MODEL_LOCKS; i++)
		if (model[i].there)
			ldlm_extent_erase(res, &model[i].lock);
	KUNIT_EXPECT_EQ(test, ldlm_extent_end(res), 0);
	KUNIT_EXPECT_EQ(test, res->lost, 0);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&res->extents.rb_root));
}

static void test_replaces(struct kunit *test)
{
	struct ldlm_lock *have = kunit_kzalloc(test, sizeof(*have), GFP_KERNEL);
	struct ldlm_lock *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, have && lock);
	lock_granted(have);
	lock_granted(lock);
	KUNIT_EXPECT_FALSE(test, ldlm_lock_replaces(lock, lock));
	KUNIT_EXPECT_TRUE(test, ldlm_lock_replaces(have, lock));
	have->granted_mode = LCK_CR;
	KUNIT_EXPECT_FALSE(test, ldlm_lock_replaces(have, lock));
	have->granted_mode = LCK_PW;
	KUNIT_EXPECT_TRUE(test, ldlm_lock_replaces(have, lock));
	have->policy.extent.end--;
	KUNIT_EXPECT_FALSE(test, ldlm_lock_replaces(have, lock));
	have->policy.extent.end++;
	have->flags |= LDLM_LF_CBPENDING;
	KUNIT_EXPECT_FALSE(test, ldlm_lock_replaces(have, lock));
}

/* ---- the wire ---------------------------------------------------------------- */

static void test_desc_golden(struct kunit *test)
{
	static const u8 golden[80] = {
		[0] = LDLM_IBITS,
		/* [0x200000401:0x2:0x0] */
		[8] = 0x01, 0x04, 0, 0, 2, 0, 0, 0, 2,
		[40] = LCK_CR, 0, 0, 0, LCK_PR,
		[48] = 0x1b, 0, 0, 0, 0, 0, 0, 0, 0x02,
	};
	struct ldlm_lock_desc wire;
	struct ldlm_desc desc;

	memcpy(&wire, golden, sizeof(wire));
	KUNIT_ASSERT_EQ(test, ldlm_desc_from_wire(&wire, &desc), 0);
	KUNIT_EXPECT_EQ(test, desc.type, LDLM_IBITS);
	KUNIT_EXPECT_EQ(test, desc.resid.name[0], 0x200000401ULL);
	KUNIT_EXPECT_EQ(test, desc.resid.name[1], 2);
	KUNIT_EXPECT_EQ(test, desc.req_mode, LCK_CR);
	KUNIT_EXPECT_EQ(test, desc.granted_mode, LCK_PR);
	KUNIT_EXPECT_EQ(test, desc.policy.ibits.bits, 0x1b);
	KUNIT_EXPECT_EQ(test, desc.policy.ibits.more, 2);
	memset(&wire, 0xff, sizeof(wire));
	ldlm_desc_to_wire(&desc, &wire);
	KUNIT_EXPECT_MEMEQ(test, &wire, golden, sizeof(golden));
}

static void test_desc_hostile(struct kunit *test)
{
	struct ldlm_lock_desc wire = {};
	struct ldlm_desc desc;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), -EPROTO);
	wire.l_resource.lr_type = cpu_to_le32(LDLM_EXTENT);
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), 0);
	wire.l_req_mode = cpu_to_le32(LCK_PR | LCK_PW);
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), -EPROTO);
	wire.l_req_mode = cpu_to_le32(LCK_COS);
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), -EPROTO);
	wire.l_req_mode = 0;
	wire.l_granted_mode = cpu_to_le32(3);
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), -EPROTO);
	wire.l_granted_mode = cpu_to_le32(LCK_PW);
	wire.l_policy_data.l_extent.start = cpu_to_le64(1);
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), -EPROTO);

	/* Bits that nobody knows are not taken over, with others or alone */
	memset(&wire, 0, sizeof(wire));
	wire.l_resource.lr_type = cpu_to_le32(LDLM_IBITS);
	wire.l_policy_data.l_inodebits.bits = cpu_to_le64(~0ULL);
	wire.l_policy_data.l_inodebits.cancel_bits = cpu_to_le64(1ULL << 63);
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), 0);
	KUNIT_EXPECT_EQ(test, desc.policy.ibits.bits, MDS_INODELOCK_FULL);
	KUNIT_EXPECT_EQ(test, desc.policy.ibits.more, 0);
	wire.l_resource.lr_type = cpu_to_le32(LDLM_FLOCK);
	wire.l_policy_data.l_flock.lfw_start = cpu_to_le64(1);
	wire.l_policy_data.l_flock.lfw_end = 0;
	KUNIT_EXPECT_EQ(test, ldlm_desc_from_wire(&wire, &desc), -EPROTO);

	/* Whatever else comes: an answer, and a valid one */
	for (i = 0; i < 20000; i++) {
		get_random_bytes(&wire, sizeof(wire));
		wire.l_resource.lr_type = cpu_to_le32(9 + i % 6);
		wire.l_req_mode = cpu_to_le32(BIT(i % 11) >> 1);
		wire.l_granted_mode = 0;
		if (ldlm_desc_from_wire(&wire, &desc))
			continue;
		KUNIT_EXPECT_TRUE(test, desc.type >= LDLM_PLAIN &&
				  desc.type <= LDLM_IBITS);
		KUNIT_EXPECT_LE(test, desc.req_mode, LCK_GROUP);
		if (desc.type == LDLM_EXTENT)
			KUNIT_EXPECT_LE(test, desc.policy.extent.start,
					desc.policy.extent.end);
		if (desc.type == LDLM_FLOCK)
			KUNIT_EXPECT_LE(test, desc.policy.flock.start,
					desc.policy.flock.end);
		if (desc.type == LDLM_IBITS)
			KUNIT_EXPECT_EQ(test, (desc.policy.ibits.bits |
					       desc.policy.ibits.more) &
					~(u64)MDS_INODELOCK_FULL, 0);
	}
}

#define LRU_LOCKS	24

/* The head of the list finds its place; who was last used first, is first. */
static void test_lru_place(struct kunit *test)
{
	struct ldlm_lock *locks, *lock;
	unsigned int i, round;
	LIST_HEAD(lru);
	ktime_t last;

	locks = kunit_kcalloc(test, LRU_LOCKS, sizeof(*locks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, locks);
	for (i = 0; i < LRU_LOCKS; i++) {
		locks[i].last_used = 10 * i;
		locks[i].lru_time = 10 * i;
		list_add_tail(&locks[i].link, &lru);
	}
	for (round = 0; round < 1000; round++) {
		lock = list_first_entry(&lru, struct ldlm_lock, link);
		lock->last_used += get_random_u32_below(15 * LRU_LOCKS);
		ldlm_lru_place(&lru, lock, false);
		KUNIT_EXPECT_EQ(test, lock->lru_time, lock->last_used);
		KUNIT_EXPECT_EQ(test, list_count_nodes(&lru), LRU_LOCKS);
		last = KTIME_MIN;
		list_for_each_entry(lock, &lru, link) {
			KUNIT_EXPECT_GE(test, lock->last_used, last);
			last = lock->last_used;
		}
	}
	lock = list_first_entry(&lru, struct ldlm_lock, link);
	ldlm_lru_place(&lru, lock, true);
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(&lru, struct ldlm_lock, link),
			    lock);
}

static struct kunit_case ldlm_test_cases[] = {
	KUNIT_CASE(test_matrix),
	KUNIT_CASE(test_mode_valid),
	KUNIT_CASE(test_overlap),
	KUNIT_CASE(test_extents_brute),
	KUNIT_CASE(test_match),
	KUNIT_CASE(test_uses),
	KUNIT_CASE(test_tree),
	KUNIT_CASE(test_replaces),
	KUNIT_CASE(test_lru_place),
	KUNIT_CASE(test_desc_golden),
	KUNIT_CASE(test_desc_hostile),
	{}
};

static struct kunit_suite ldlm_test_suite = {
	.name = "lustre_ldlm",
	.test_cases = ldlm_test_cases,
};

kunit_test_suite(ldlm_test_suite);
