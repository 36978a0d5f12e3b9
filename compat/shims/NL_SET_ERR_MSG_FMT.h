/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: NL_SET_ERR_MSG_FMT
 * names: NL_SET_ERR_MSG_FMT GENL_SET_ERR_MSG_FMT NL_SET_ERR_MSG_FMT_MOD
 * header: linux/netlink.h
 * upstream: v6.2 a formatted message in an extended answer
 * unless: nl_set_err_msg_fmt
 * needs: _msg netlink_ext_ack snprintf
 * use: struct netlink_ext_ack *e, struct genl_info *g:
 *	NL_SET_ERR_MSG_FMT(e, "%d", 1); GENL_SET_ERR_MSG_FMT(g, "%d",
 *	1);
 *
 * note: The newer answer has room for the text.  Here it rests in a buffer of
 * the caller's, always terminated; two failures at the same moment may show
 * each other's words.
 */
#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	static char __text[80];						\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	if (!__extack)							\
		break;							\
	snprintf(__text, sizeof(__text), fmt, ##args);			\
	__extack->_msg = __text;					\
} while (0)

#ifndef GENL_SET_ERR_MSG_FMT
#define GENL_SET_ERR_MSG_FMT(info, fmt, args...) \
	NL_SET_ERR_MSG_FMT((info)->extack, fmt, ##args)
#endif
