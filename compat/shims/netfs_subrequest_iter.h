/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: netfs_subrequest_iter
 * names: netfs_write_subrequest_terminated
 * header: linux/netfs.h
 * place: late
 * upstream: v6.8 the network file system library writes, too
 * unless: netfs_subrequest_iter
 * include: linux/netfs.h linux/uio.h
 * needs: WARN_ONCE iov_iter ssize_t
 * use: struct netfs_io_subrequest *s: (void)s->io_iter.count;
 *
 * note: The library of this kernel only reads.  No write request ever reaches
 * a file system through it, so that nothing can end here; it warns if one does.
 */
struct kcompat_netfs_io_subrequest {
	struct netfs_io_subrequest;
	struct iov_iter io_iter;
};

static inline void netfs_write_subrequest_terminated(void *op,
						     ssize_t transferred)
{
	WARN_ONCE(1, "a write request of a library that cannot write\n");
}

#define netfs_io_subrequest kcompat_netfs_io_subrequest
