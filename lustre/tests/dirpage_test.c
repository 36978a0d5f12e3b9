// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directory pages, sound and hostile.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "mdc/dirpage.h"

#define FUZZ_ROUNDS	20000

struct page_builder {
	u8		*page;
	unsigned int	pos;
	struct lu_dirent *last;
};

static u8 *new_page(struct kunit *test, struct page_builder *b)
{
	struct lu_dirpage *dp;

	b->page = kunit_kzalloc(test, LU_PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b->page);
	dp = (void *)b->page;
	dp->ldp_hash_end = cpu_to_le64(MDS_DIR_END_OFF);
	b->pos = sizeof(*dp);
	b->last = NULL;
	return b->page;
}

static struct lu_dirent *add_entry(struct page_builder *b, const char *name,
				   u64 hash)
{
	struct lu_dirent *de = (void *)b->page + b->pos;
	size_t len = strlen(name);
	unsigned int size;
	struct luda_type *lt;

	size = round_up(sizeof(*de) + round_up(len, 2) + sizeof(*lt), 8);
	if (b->last)
		b->last->lde_reclen = cpu_to_le16((u8 *)de - (u8 *)b->last);
	de->lde_fid.f_seq = cpu_to_le64(0x200000400ULL);
	de->lde_fid.f_oid = cpu_to_le32(hash);
	de->lde_hash = cpu_to_le64(hash);
	de->lde_namelen = cpu_to_le16(len);
	de->lde_attrs = cpu_to_le32(LUDA_FID | LUDA_TYPE);
	memcpy(de->lde_name, name, len);
	lt = (void *)de->lde_name + round_up(len, 2);
	lt->lt_type = cpu_to_le16(S_IFREG);
	b->pos += size;
	b->last = de;
	return de;
}

static void dirpage_walk(struct kunit *test)
{
	struct page_builder b;
	struct mdc_dirent de;
	unsigned int pos = 0;
	u64 start, end;

	new_page(test, &b);
	add_entry(&b, ".", 0);
	add_entry(&b, "", 3);
	add_entry(&b, "odd", 5);
	add_entry(&b, "even", 5);
	KUNIT_EXPECT_EQ(test, 0, mdc_dirpage_check(b.page, &start, &end));
	KUNIT_EXPECT_EQ(test, 0ULL, start);
	KUNIT_EXPECT_EQ(test, MDS_DIR_END_OFF, end);
	KUNIT_ASSERT_TRUE(test, mdc_dirpage_next(b.page, &pos, &de));
	KUNIT_EXPECT_EQ(test, 1, de.len);
	KUNIT_ASSERT_TRUE(test, mdc_dirpage_next(b.page, &pos, &de));
	KUNIT_EXPECT_EQ(test, 3, de.len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(de.name, "odd", 3));
	KUNIT_EXPECT_EQ(test, S_IFREG, de.type);
	KUNIT_EXPECT_EQ(test, 5U, de.fid.oid);
	KUNIT_ASSERT_TRUE(test, mdc_dirpage_next(b.page, &pos, &de));
	KUNIT_EXPECT_EQ(test, 0, memcmp(de.name, "even", 4));
	KUNIT_EXPECT_FALSE(test, mdc_dirpage_next(b.page, &pos, &de));
}

static void dirpage_empty(struct kunit *test)
{
	struct page_builder b;
	struct lu_dirpage *dp;
	struct mdc_dirent de;
	unsigned int pos = 0;
	u64 start, end;

	new_page(test, &b);
	dp = (void *)b.page;
	memset(b.page + sizeof(*dp), 0xff, LU_PAGE_SIZE - sizeof(*dp));
	dp->ldp_flags = cpu_to_le32(LDF_EMPTY);
	KUNIT_EXPECT_EQ(test, 0, mdc_dirpage_check(b.page, &start, &end));
	KUNIT_EXPECT_FALSE(test, mdc_dirpage_next(b.page, &pos, &de));
}

/* The longest names that fit, the last one ending with the page. */
static void dirpage_full(struct kunit *test)
{
	char name[256];
	struct page_builder b;
	struct mdc_dirent de;
	unsigned int pos = 0, n = 0, told = 0;
	u64 start, end;

	memset(name, 'n', 255);
	name[255] = 0;
	new_page(test, &b);
	while (b.pos + 296 <= LU_PAGE_SIZE)
		add_entry(&b, name, n++);
	KUNIT_EXPECT_EQ(test, 0, mdc_dirpage_check(b.page, &start, &end));
	while (mdc_dirpage_next(b.page, &pos, &de)) {
		KUNIT_EXPECT_EQ(test, 255, de.len);
		told++;
	}
	KUNIT_EXPECT_EQ(test, n, told);
}

/* One field is wrong at a time. */
enum dirpage_fault {
	FAULT_END_BEFORE_START,
	FAULT_HASH_BACKWARDS,
	FAULT_HASH_BEHIND_END,
	FAULT_NAME_LONG,
	FAULT_NAME_BEHIND_PAGE,
	FAULT_NAME_SLASH,
	FAULT_NAME_NUL,
	FAULT_RECLEN_SHORT,
	FAULT_RECLEN_ODD,
	FAULT_RECLEN_BEHIND_PAGE,
	FAULT_RECLEN_LEAVES_STUB,
	FAULT_NR,
};

static void break_page(struct page_builder *b, struct lu_dirent *first,
		       enum dirpage_fault fault)
{
	struct lu_dirpage *dp = (void *)b->page;

	switch (fault) {
	case FAULT_END_BEFORE_START:
		dp->ldp_hash_start = cpu_to_le64(10);
		dp->ldp_hash_end = cpu_to_le64(9);
		break;
	case FAULT_HASH_BACKWARDS:
		b->last->lde_hash = cpu_to_le64(1);
		break;
	case FAULT_HASH_BEHIND_END:
		dp->ldp_hash_end = cpu_to_le64(8);
		break;
	case FAULT_NAME_LONG:
		b->last->lde_namelen = cpu_to_le16(256);
		break;
	case FAULT_NAME_BEHIND_PAGE:
		b->last->lde_namelen = cpu_to_le16(0xffff);
		break;
	case FAULT_NAME_SLASH:
		first->lde_name[1] = '/';
		break;
	case FAULT_NAME_NUL:
		first->lde_name[1] = 0;
		break;
	case FAULT_RECLEN_SHORT:
		first->lde_reclen = cpu_to_le16(16);
		break;
	case FAULT_RECLEN_ODD:
		first->lde_reclen =
			cpu_to_le16(le16_to_cpu(first->lde_reclen) + 1);
		break;
	case FAULT_RECLEN_BEHIND_PAGE:
		b->last->lde_reclen = cpu_to_le16(0xfff8);
		break;
	case FAULT_RECLEN_LEAVES_STUB:
		b->last->lde_reclen = cpu_to_le16(LU_PAGE_SIZE - 16 -
						  ((u8 *)b->last - b->page));
		break;
	case FAULT_NR:
		break;
	}
}

static void dirpage_hostile(struct kunit *test)
{
	enum dirpage_fault fault;
	u64 start, end;

	for (fault = 0; fault < FAULT_NR; fault++) {
		struct lu_dirent *first;
		struct page_builder b;

		new_page(test, &b);
		first = add_entry(&b, "first", 7);
		add_entry(&b, "second", 9);
		KUNIT_ASSERT_EQ(test, 0, mdc_dirpage_check(b.page, &start,
							   &end));
		break_page(&b, first, fault);
		KUNIT_EXPECT_EQ_MSG(test, -EPROTO,
				    mdc_dirpage_check(b.page, &start, &end),
				    "fault %d", fault);
	}
}

/* What is accepted can be walked inside its bounds, whatever it is. */
static void dirpage_fuzz(struct kunit *test)
{
	struct rnd_state rnd;
	struct page_builder b;
	struct mdc_dirent de;
	unsigned int accepted = 0;
	u64 start, end;
	int i, j;

	prandom_seed_state(&rnd, 20260101);
	for (i = 0; i < FUZZ_ROUNDS; i++) {
		unsigned int pos = 0;

		if (!(i % 1000)) {
			new_page(test, &b);
			for (j = 0; j < 20; j++)
				add_entry(&b, "abcdefgh", j);
		}
		b.page[prandom_u32_state(&rnd) % b.pos] =
			prandom_u32_state(&rnd);
		if (mdc_dirpage_check(b.page, &start, &end))
			continue;
		accepted++;
		while (mdc_dirpage_next(b.page, &pos, &de)) {
			const u8 *name = de.name;

			if (name < b.page ||
			    name + de.len > b.page + LU_PAGE_SIZE)
				KUNIT_FAIL(test, "round %d leaves the page",
					   i);
		}
	}
	KUNIT_EXPECT_GT(test, accepted, 0U);
}

static struct kunit_case dirpage_test_cases[] = {
	KUNIT_CASE(dirpage_walk),
	KUNIT_CASE(dirpage_empty),
	KUNIT_CASE(dirpage_full),
	KUNIT_CASE(dirpage_hostile),
	KUNIT_CASE(dirpage_fuzz),
	{}
};

static struct kunit_suite dirpage_test_suite = {
	.name		= "lustre-dirpage",
	.test_cases	= dirpage_test_cases,
};

kunit_test_suite(dirpage_test_suite);
