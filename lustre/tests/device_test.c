// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mount sources, good and bad.
 */
#include <kunit/test.h>
#include <kunit/visibility.h>

#include "device.h"

struct device_case {
	const char	*source;
	int		err;
	const char	*nids[4];
	const char	*fsname;
	const char	*fileset;
};

static const struct device_case device_cases[] = {
	{ "10.0.0.1@tcp:/lustre", 0, { "10.0.0.1@tcp" }, "lustre" },
	{ "10.0.0.1:/lustre", 0, { "10.0.0.1@tcp" }, "lustre" },
	{ "10.0.0.1@tcp0:/a-b_c", 0, { "10.0.0.1@tcp" }, "a-b_c" },
	{ "10.0.0.1@tcp,10.1.0.1@tcp1:10.0.0.2@tcp:/lustre", 0,
	  { "10.0.0.1@tcp", "10.1.0.1@tcp1", "10.0.0.2@tcp" }, "lustre" },
	{ "10.0.0.1:10.0.0.2@tcp:/lustre", 0,
	  { "10.0.0.1@tcp", "10.0.0.2@tcp" }, "lustre" },
	{ "fd00::1@tcp:/lustre", 0, { "fd00::1@tcp" }, "lustre" },
	{ "fd00::1@tcp:fd00::2@tcp1,10.0.0.1@tcp:/lustre", 0,
	  { "fd00::1@tcp", "fd00::2@tcp1", "10.0.0.1@tcp" }, "lustre" },
	{ "10.0.0.1@tcp:///lustre//a/b//", 0, { "10.0.0.1@tcp" }, "lustre",
	  "//a/b" },
	{ "10.0.0.1@tcp:/lustre/", 0, { "10.0.0.1@tcp" }, "lustre" },
	{ "10.0.0.1@tcp:/lustre/sub dir", 0, { "10.0.0.1@tcp" }, "lustre",
	  "/sub dir" },
	{ "10.0.0.1@o2ib,10.0.0.1@tcp:/lustre", 0,
	  { "10.0.0.1@o2ib", "10.0.0.1@tcp" }, "lustre" },
	{ "10.0.0.1@o2ib:/lustre", -EPROTONOSUPPORT },
	{ "10.0.0.1@o2ib:10.0.0.2@o2ib:/lustre", -EPROTONOSUPPORT },
	{ "fd00::1:/lustre", -EINVAL },
	{ "[fd00::1]@tcp:/lustre", -EINVAL },
	{ "", -EINVAL },
	{ "/lustre", -EINVAL },
	{ ":/lustre", -EINVAL },
	{ "10.0.0.1@tcp", -EINVAL },
	{ "10.0.0.1@tcp:lustre", -EINVAL },
	{ "10.0.0.1@tcp:/", -EINVAL },
	{ "10.0.0.1@tcp,:/lustre", -EINVAL },
	{ "10.0.0.1@tcp::/lustre", -EINVAL },
	{ "10.0.0.1@:/lustre", -EINVAL },
	{ "10.0.0.256@tcp:/lustre", -EINVAL },
	{ "mgs@tcp:/lustre", -EINVAL },
	{ "0@lo:/lustre", -EINVAL },
	{ "10.0.0.1@tcp:/lustre/../etc", -EINVAL },
	{ "10.0.0.1@tcp:/lustre/a/..", -EINVAL },
	{ "10.0.0.1@tcp:/lust re", -EINVAL },
	{ "10.0.0.1@tcp:/lustre67", 0, { "10.0.0.1@tcp" }, "lustre67" },
	{ "10.0.0.1@tcp:/lustre678", -ENAMETOOLONG },
};

static void test_sources(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(device_cases); i++) {
		const struct device_case *c = &device_cases[i];
		const char *why = NULL, *where = NULL;
		char text[LNET_NIDSTR_SIZE];
		struct lustre_device dev;
		size_t len = 0;
		int err;

		err = lustre_device_parse(c->source, &dev, &why, &where, &len);
		KUNIT_ASSERT_EQ_MSG(test, err, c->err, "'%s'", c->source);
		if (err) {
			KUNIT_EXPECT_NOT_NULL(test, why);
			KUNIT_EXPECT_TRUE(test, where >= c->source &&
					  where + len <= c->source +
					  strlen(c->source));
			continue;
		}
		KUNIT_EXPECT_STREQ(test, dev.fsname, c->fsname);
		KUNIT_EXPECT_STREQ(test, dev.fileset ?: "", c->fileset ?: "");
		for (unsigned int n = 0; n < dev.nr_nids; n++) {
			KUNIT_ASSERT_LT(test, n, ARRAY_SIZE(c->nids));
			KUNIT_ASSERT_NOT_NULL(test, c->nids[n]);
			KUNIT_EXPECT_STREQ(test, c->nids[n],
					   lnet_nid_print(&dev.nids[n], text));
		}
		if (dev.nr_nids < ARRAY_SIZE(c->nids))
			KUNIT_EXPECT_NULL(test, c->nids[dev.nr_nids]);
		lustre_device_free(&dev);
	}
}

static struct kunit_case device_test_cases[] = {
	KUNIT_CASE(test_sources),
	{}
};

static struct kunit_suite device_test_suite = {
	.name = "lustre_device",
	.test_cases = device_test_cases,
};

kunit_test_suite(device_test_suite);
