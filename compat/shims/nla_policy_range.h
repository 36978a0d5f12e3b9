/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: nla_policy_range
 * names: NLA_POLICY_FULL_RANGE
 * header: net/netlink.h
 * upstream: v6.7 the range of a policy is constant
 * unless: nla_policy_const_range
 * needs: NLA_ENSURE_UINT_OR_BINARY_TYPE NLA_VALIDATE_RANGE_PTR
 *	netlink_range_validation range type validation_type
 * use: void: static const struct netlink_range_validation r = {
 *	.max = 1 }; static const struct nla_policy p[] = {
 *	NLA_POLICY_FULL_RANGE(NLA_U32, &r) }; (void)p;
 */
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
