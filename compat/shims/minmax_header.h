/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: minmax_header
 * names: <linux/minmax.h>
 * header: linux/minmax.h
 * missing: yes
 * upstream: v5.10 min() and max() moved out of linux/kernel.h
 * unless: header_minmax
 * include: linux/kernel.h
 */
