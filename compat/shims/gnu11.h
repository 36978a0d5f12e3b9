/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: gnu11
 * names: for
 * flags: -std=gnu11
 * upstream: v5.18 the kernel is written in C11
 * unless: c11
 */
