/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: genl_no_resv
 * names: kcompat_genl_resv
 * header: net/genetlink.h
 * upstream: v6.1 a family names the first command that is checked strictly
 * unless: genl_resv_start_op
 *
 * note: Older kernels check what the command's own flags ask for.
 */
#define kcompat_genl_resv(family, cmd) ((void)(cmd))
