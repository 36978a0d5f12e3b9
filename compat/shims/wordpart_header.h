/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: wordpart_header
 * names: <linux/wordpart.h>
 * header: linux/wordpart.h
 * missing: yes
 * upstream: v6.9 upper_32_bits() and friends moved out of linux/kernel.h
 * unless: header_wordpart
 * include: linux/kernel.h
 */
