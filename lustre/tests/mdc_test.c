// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metadata requests: what must be in them.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "mdc/internal.h"

static const struct lustre_fid fid = { .seq = FID_SEQ_NORMAL, .oid = 1 };

/* Servers look for an object only if they are told that there is one. */
static void mdc_body_says_fid(struct kunit *test)
{
	static const u64 wanted[] = {
		0, OBD_MD_FLXATTR, OBD_MD_FLXATTRLS, OBD_MD_LINKNAME, MDC_WANT,
	};
	struct mdt_body body;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		memset(&body, 0, sizeof(body));
		mdc_pack_body(&body, NULL, &fid, wanted[i], 0);
		KUNIT_EXPECT_EQ(test, le64_to_cpu(body.mbo_valid),
				wanted[i] | OBD_MD_FLID);
	}
	memset(&body, 0, sizeof(body));
	mdc_pack_body(&body, NULL, NULL, OBD_MD_FLAGSTATFS, 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body.mbo_valid), OBD_MD_FLAGSTATFS);
}

static struct kunit_case mdc_cases[] = {
	KUNIT_CASE(mdc_body_says_fid),
	{}
};

static struct kunit_suite mdc_suite = {
	.name		= "lustre-mdc",
	.test_cases	= mdc_cases,
};
kunit_test_suite(mdc_suite);
