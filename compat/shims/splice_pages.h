/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: splice_pages
 * names: MSG_SPLICE_PAGES
 * header: linux/net.h
 * upstream: v6.5 MSG_SPLICE_PAGES for sock_sendmsg() instead of ->sendpage()
 * when: has_sendpage
 * include: linux/uio.h linux/bvec.h
 * needs: MSG_MORE MSG_SENDPAGE_NOTLAST PAGE_SIZE bio_vec bv_len bv_offset
 *	bv_page bvec iov_iter iov_iter_advance iov_iter_count iov_iter_is_bvec
 *	iov_offset kernel_sendpage min_t msg_control msg_flags msg_iter msghdr
 *	nr_segs offset_in_page size_t socket
 * use: struct socket *s, struct msghdr *m: int rc; m->msg_flags
 *	|= MSG_SPLICE_PAGES; rc = sock_sendmsg(s, m); (void)rc;
 *
 * note: Some of these kernels know the flag's name and do not act on it, so
 * the presence of ->sendpage() decides.  Pages go out by reference, one call
 * for each segment; what cannot is copied, as the newer kernel would.
 */
#ifndef MSG_SPLICE_PAGES
#define MSG_SPLICE_PAGES 0x8000000
#endif

static inline int kcompat_send_pages(struct socket *sock, struct msghdr *msg)
{
	int flags = msg->msg_flags & ~MSG_SPLICE_PAGES;
	struct iov_iter *iter = &msg->msg_iter;
	int done = 0;

	while (iov_iter_count(iter)) {
		struct bio_vec bv = iter->bvec[0];
		size_t n, off;
		int more = 0;
		int rc;

		n = min_t(size_t, bv.bv_len - iter->iov_offset,
			  iov_iter_count(iter));
		off = bv.bv_offset + iter->iov_offset;
		n = min_t(size_t, n, PAGE_SIZE - offset_in_page(off));
		if (n < iov_iter_count(iter))
			more = MSG_MORE | MSG_SENDPAGE_NOTLAST;
		rc = n ? kernel_sendpage(sock, bv.bv_page + off / PAGE_SIZE,
					 offset_in_page(off), n, flags | more) : 0;
		if (rc < 0)
			return done ? done : rc;
		/* an empty segment has to be stepped over too */
		if (n && !rc)
			break;
		if (n)
			iov_iter_advance(iter, rc);
		else
			iter->bvec++, iter->nr_segs--, iter->iov_offset = 0;
		done += rc;
		if (rc < n)
			break;
	}
	return done;
}

static inline int kcompat_sendmsg(struct socket *sock, struct msghdr *msg)
{
	if (!(msg->msg_flags & MSG_SPLICE_PAGES))
		return sock_sendmsg(sock, msg);
	if (!iov_iter_is_bvec(&msg->msg_iter) || msg->msg_control) {
		msg->msg_flags &= ~MSG_SPLICE_PAGES;
		return sock_sendmsg(sock, msg);
	}
	return kcompat_send_pages(sock, msg);
}

#define sock_sendmsg(sock, msg) kcompat_sendmsg(sock, msg)
