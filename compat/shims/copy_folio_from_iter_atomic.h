/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: copy_folio_from_iter_atomic
 * header: linux/uio.h
 * upstream: v6.10 copy_folio_from_iter_atomic()
 * unless: copy_folio_from_iter_atomic
 * include: linux/mm.h
 *
 * note: The older function copies within one page.
 */
static inline size_t copy_folio_from_iter_atomic(struct folio *folio,
						 size_t offset, size_t bytes,
						 struct iov_iter *i)
{
	size_t done = 0;

	while (done < bytes) {
		size_t in = offset_in_page(offset + done);
		size_t want = min_t(size_t, bytes - done, PAGE_SIZE - in);
		size_t got;

		got = copy_page_from_iter_atomic(folio_page(folio, (offset + done) / PAGE_SIZE),
						 in, want, i);
		done += got;
		if (got < want)
			break;
	}
	return done;
}
