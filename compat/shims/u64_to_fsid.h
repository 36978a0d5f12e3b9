/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: u64_to_fsid
 * header: linux/statfs.h
 * upstream: v5.10 u64_to_fsid()
 * unless: u64_to_fsid
 * needs: __kernel_fsid_t u32 u64 val
 */
static inline __kernel_fsid_t u64_to_fsid(u64 v)
{
	return (__kernel_fsid_t){ .val = { (u32)v, (u32)(v >> 32) } };
}
