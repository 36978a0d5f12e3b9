/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_req_attr_check
 * names: GENL_REQ_ATTR_CHECK
 * header: net/genetlink.h
 * upstream: v6.1 an attribute that has to be there
 * unless: genl_req_attr_check
 * needs: NL_SET_ERR_MSG attrs extack genl_info
 * use: const struct genl_info *g: bool b = GENL_REQ_ATTR_CHECK(g,
 *	1); (void)b;
 *
 * note: The newer answer also names the attribute by its number.
 */
#define GENL_REQ_ATTR_CHECK(info, attr) ({				\
	const struct genl_info *__info = (info);			\
									\
	if (!__info->attrs[attr])					\
		NL_SET_ERR_MSG(__info->extack, "required attribute is missing"); \
	!__info->attrs[attr];						\
})
