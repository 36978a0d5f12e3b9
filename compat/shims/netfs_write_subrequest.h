/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: netfs_write_subrequest
 * names: netfs_write_subrequest_terminated
 * header: linux/netfs.h
 * upstream: v6.14 netfs_write_subrequest_terminated() knows itself where it runs
 * unless: netfs_write_subrequest_terminated
 * when: netfs_subrequest_iter
 * use: void *p: netfs_write_subrequest_terminated(p, 0);
 */
#define netfs_write_subrequest_terminated(op, transferred) \
	netfs_write_subrequest_terminated(op, transferred, false)
