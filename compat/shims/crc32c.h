/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: crc32c
 * header: linux/crc32.h
 * upstream: v6.14 crc32c() is declared in linux/crc32.h
 * unless: crc32c_arguments
 * include: linux/crc32c.h
 * use: const void *p: u32 c = crc32c(0, p, 1); (void)c;
 */
