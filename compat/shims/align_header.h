/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: align_header
 * names: <linux/align.h>
 * header: linux/align.h
 * missing: yes
 * upstream: v5.11 ALIGN() and friends moved out of linux/kernel.h
 * unless: header_align
 * include: linux/kernel.h
 */
