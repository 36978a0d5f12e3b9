/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: unaligned_header
 * names: <linux/unaligned.h>
 * header: linux/unaligned.h
 * missing: yes
 * upstream: v6.12 asm/unaligned.h moved to linux/unaligned.h
 * unless: header_unaligned
 * include: asm/unaligned.h
 */
