// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks: compatibility, overlap, matching, and their form on the wire.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
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

static void test_conflict(struct kunit *test)
{
	struct ldlm_policy a = { .extent = { 0, 10, 1 } };
	struct ldlm_policy b = { .extent = { 5, 15, 2 } };
	struct ldlm_policy far = { .extent = { 20, 30, 1 } };

	KUNIT_EXPECT_TRUE(test, ldlm_locks_conflict(LDLM_EXTENT, LCK_PW, &a,
						    LCK_PR, &b));
	KUNIT_EXPECT_FALSE(test, ldlm_locks_conflict(LDLM_EXTENT, LCK_PW, &a,
						     LCK_PW, &far));
	KUNIT_EXPECT_FALSE(test, ldlm_locks_conflict(LDLM_EXTENT, LCK_PR, &a,
						     LCK_PR, &b));
	KUNIT_EXPECT_TRUE(test, ldlm_locks_conflict(LDLM_EXTENT, LCK_GROUP, &a,
						    LCK_GROUP, &b));
	KUNIT_EXPECT_FALSE(test, ldlm_locks_conflict(LDLM_EXTENT, LCK_GROUP,
						     &a, LCK_GROUP, &a));
	/* flocks of one owner never conflict; gid and owner share a place */
	KUNIT_EXPECT_TRUE(test, ldlm_locks_conflict(LDLM_FLOCK, LCK_PW, &a,
						    LCK_PW, &b));
	KUNIT_EXPECT_FALSE(test, ldlm_locks_conflict(LDLM_FLOCK, LCK_PW, &a,
						     LCK_PW, &a));
}

/* ---- matching ------------------------------------------------------------ */

static void lock_granted(struct ldlm_lock *lock)
{
	memset(lock, 0, sizeof(*lock));
	lock->type = LDLM_EXTENT;
	lock->req_mode = LCK_PR;
	lock->granted_mode = LCK_PR;
	lock->state = LDLM_STATE_GRANTED;
	lock->flags = LDLM_LF_READY;
	lock->policy.extent.start = 4096;
	lock->policy.extent.end = 8191;
}

static void test_match(struct kunit *test)
{
	struct ldlm_match m = {
		.type	= LDLM_EXTENT,
		.modes	= LCK_PR | LCK_PW,
		.policy	= { .extent = { 4096, 5000 } },
	};
	struct ldlm_lock *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);
	int a, b;

	KUNIT_ASSERT_NOT_NULL(test, lock);
	lock_granted(lock);
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), LCK_PR);

	m.modes = LCK_PW;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
	m.modes = LCK_PR;
	m.policy.extent.start = 4095;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
	m.flags = LDLM_MATCH_ANY_RANGE;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), LCK_PR);
	m.policy.extent.start = 0;
	m.policy.extent.end = 4095;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);

	lock_granted(lock);
	m = (struct ldlm_match){ .type = LDLM_EXTENT, .modes = LCK_PR,
				 .policy = { .extent = { 4096, 8191 } } };
	lock->data = &a;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), LCK_PR);
	m.data = &b;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
	m.data = &a;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), LCK_PR);
	m.flags = LDLM_MATCH_LVB;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
	lock->flags |= LDLM_LF_LVB_READY;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), LCK_PR);
	m.type = LDLM_IBITS;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
}

static void test_match_states(struct kunit *test)
{
	struct ldlm_match m = { .type = LDLM_EXTENT, .modes = LCK_PR,
				.policy = { .extent = { 4096, 8191 } } };
	struct ldlm_lock *lock = kunit_kzalloc(test, sizeof(*lock), GFP_KERNEL);
	enum ldlm_lock_state state;

	KUNIT_ASSERT_NOT_NULL(test, lock);
	lock_granted(lock);
	lock->flags |= LDLM_LF_CBPENDING;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
	m.flags = LDLM_MATCH_CBPENDING;
	KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), LCK_PR);

	for (state = LDLM_STATE_NEW; state <= LDLM_STATE_DEAD; state++) {
		lock_granted(lock);
		lock->state = state;
		if (state != LDLM_STATE_GRANTED)
			lock->flags = 0;
		m.flags = 0;
		KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m),
				state == LDLM_STATE_GRANTED ? LCK_PR : 0);
		m.flags = LDLM_MATCH_WAITING;
		KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m),
				state <= LDLM_STATE_GRANTED ? LCK_PR : 0);
		lock->flags |= LDLM_LF_FAILED;
		KUNIT_EXPECT_EQ(test, ldlm_lock_serves(lock, &m), 0);
	}
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

static struct kunit_case ldlm_test_cases[] = {
	KUNIT_CASE(test_matrix),
	KUNIT_CASE(test_mode_valid),
	KUNIT_CASE(test_overlap),
	KUNIT_CASE(test_extents_brute),
	KUNIT_CASE(test_conflict),
	KUNIT_CASE(test_match),
	KUNIT_CASE(test_match_states),
	KUNIT_CASE(test_replaces),
	KUNIT_CASE(test_desc_golden),
	KUNIT_CASE(test_desc_hostile),
	{}
};

static struct kunit_suite ldlm_test_suite = {
	.name = "lustre_ldlm",
	.test_cases = ldlm_test_cases,
};

kunit_test_suite(ldlm_test_suite);
