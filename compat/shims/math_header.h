/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: math_header
 * names: <linux/math.h>
 * header: linux/math.h
 * missing: yes
 * upstream: v5.11 rounding and dividing moved out of linux/kernel.h
 * unless: header_math
 * include: linux/kernel.h
 */
