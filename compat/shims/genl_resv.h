/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_resv
 * names: kcompat_genl_resv
 * header: net/genetlink.h
 * upstream: v6.1 a family names the first command that is checked strictly
 * when: genl_resv_start_op
 * needs: resv_start_op
 */
#define kcompat_genl_resv(family, cmd) ((family)->resv_start_op = (cmd))
