/* SPDX-License-Identifier: GPL-2.0-only */
/* Data that an MDT keeps itself: an object under the FID of the file */
#ifndef _TS_DOM_H
#define _TS_DOM_H

#include "ost.h"

/* The MDT that has @ino, as a target of I/O */
struct target *dom_target(const struct inode *ino);
/* Length of the part on the MDT; 0: @ino has none */
uint64_t dom_end(const struct inode *ino);
/* An empty object for @ino, unless it has one */
int dom_create(const struct inode *ino);
void dom_destroy(const struct inode *ino);
uint64_t dom_size(const struct inode *ino, uint64_t *blocks);
/* Version of the data; -ENOENT: there are none, and 0 */
int dom_version(const struct inode *ino, uint64_t *version);
/* A reply gives the DOM bit: what has to come with it */
void dom_body(struct mdt_body *b, const struct inode *ino);
/* What an open may tell of the data: contents of buffer 7 */
void dom_inline(struct req *req, const struct inode *ino);
/* Data were written or cut off under @oa: times of the file */
void dom_touch(struct req *req, const struct obdo *oa, const struct fid *fid);
/* Times of the file were set, by request @xid */
void dom_setattr(const struct inode *ino, uint64_t xid);
/* Does a read or write fit?  As ost_look() */
void dom_look(struct req *req, const struct obdo *oa, const struct fid *fid,
	      const struct niobuf_remote *nb, unsigned int n);

#endif /* _TS_DOM_H */
