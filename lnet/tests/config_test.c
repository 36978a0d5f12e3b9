// SPDX-License-Identifier: GPL-2.0-only
/*
 * The syntax of networks=.
 */
#include <kunit/test.h>

#include "internal.h"

struct config_case {
	const char	*text;
	int		end;	/* what the last call returns */
	unsigned int	nets;
	unsigned int	ifs;	/* in all nets */
};

static const struct config_case config_cases[] = {
	{ "", 0, 0, 0 },
	{ "tcp", 0, 1, 0 },
	{ " tcp0 ( eth0 ) ", 0, 1, 1 },
	{ "tcp0(eth0)", 0, 1, 1 },
	{ "tcp1(eth0,eth1)", 0, 1, 2 },
	{ "tcp0(eth0),tcp1(eth1, eth2)", 0, 2, 3 },
	{ "tcp,tcp1", 0, 2, 0 },
	{ "tcp[0]", 0, 1, 0 },
	{ "tcp0(eth0)[0,1],tcp1(eth1)[2-3]", 0, 2, 2 },
	{ "tcp(eth0[0],eth1 [1])", 0, 1, 2 },
	{ "tcp(eth0)[", -EINVAL, 0, 0 },
	{ "tcp(eth0)[]", -EINVAL, 0, 0 },
	{ "tcp(eth0)[a]", -EINVAL, 0, 0 },
	{ "tcp,", -EINVAL, 0, 0 },
	{ ",tcp", -EINVAL, 0, 0 },
	{ "tcp(", -EINVAL, 0, 0 },
	{ "tcp()", -EINVAL, 0, 0 },
	{ "tcp(eth0", -EINVAL, 0, 0 },
	{ "tcp(eth0,)", -EINVAL, 0, 0 },
	{ "tcp(eth0))", -EINVAL, 0, 0 },
	{ "tcp(eth0) tcp1", -EINVAL, 0, 0 },
	{ "tcp(a,b,c,d,e,f,g,h,i)", -EINVAL, 0, 0 },
	{ "tcp(interfacenametoolong)", -EINVAL, 0, 0 },
	{ "eth0", -EINVAL, 0, 0 },
	{ "tcp99999", -EINVAL, 0, 0 },
	{ "o2ib0(ib0)", -EPROTONOSUPPORT, 0, 0 },
	{ "tcp(eth0),o2ib(ib0)", -EPROTONOSUPPORT, 1, 1 },
};

static void test_config(struct kunit *test)
{
	struct lnet_net_spec spec;
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(config_cases); i++) {
		const struct config_case *c = &config_cases[i];
		unsigned int nets = 0, ifs = 0;
		const char *text = c->text;

		while ((ret = lnet_config_next(&text, &spec)) == 1) {
			nets++;
			ifs += spec.nr_ifs;
		}
		KUNIT_EXPECT_EQ_MSG(test, ret, c->end, "'%s'", c->text);
		KUNIT_EXPECT_EQ_MSG(test, nets, c->nets, "'%s'", c->text);
		KUNIT_EXPECT_EQ_MSG(test, ifs, c->ifs, "'%s'", c->text);
	}
}

static struct kunit_case lnet_config_cases[] = {
	KUNIT_CASE(test_config),
	{}
};

static struct kunit_suite lnet_config_suite = {
	.name		= "lnet_config",
	.test_cases	= lnet_config_cases,
};

kunit_test_suite(lnet_config_suite);
