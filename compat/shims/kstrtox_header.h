/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kstrtox_header
 * names: <linux/kstrtox.h>
 * header: linux/kstrtox.h
 * missing: yes
 * upstream: v5.14 kstrtoint() and its kind moved out of linux/kernel.h
 * unless: header_kstrtox
 * include: linux/kernel.h
 */
