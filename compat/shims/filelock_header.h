/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: filelock_header
 * names: <linux/filelock.h>
 * header: linux/filelock.h
 * missing: yes
 * upstream: v6.3 file locks moved out of linux/fs.h
 * unless: header_filelock
 * include: linux/fs.h
 */
