/* SPDX-License-Identifier: GPL-2.0-only */
/* Layouts of files in host form (document 08) */
#ifndef _TS_LOV_H
#define _TS_LOV_H

#include "mdt.h"

#define LOV_MAX_COMPS	256
#define LOV_MAX_MIRRORS	16
#define LOV_ALL_MIRRORS	UINT32_MAX

struct lov_obj {
	struct fid	fid;
	uint32_t	ost;
};

struct lov_comp {
	uint32_t	id, flags, gen;
	uint64_t	start, end;
	uint32_t	pattern, size;
	unsigned int	count;		/* as wanted; of objects with INIT */
	unsigned int	first;		/* OST, or LOV_OFFSET_DEFAULT */
	char		pool[LOV_MAXPOOLNAME + 1];
	uint8_t		tail[12];	/* of the entry, as it came */
	unsigned int	n;		/* of obj; without INIT: OSTs wanted */
	struct lov_obj	*obj;
};

struct lov {
	bool		composite;
	uint32_t	gen;
	uint16_t	flags, mirrors;	/* mirrors: less one */
	unsigned int	n;
	struct lov_comp	c[LOV_MAX_COMPS];
};

/* Where a layout comes from, and so what its fields mean */
enum lov_form {
	LOV_WISH,	/* of a user: no objects, stripe_offset */
	LOV_STORED,	/* our own */
	LOV_REPLAYED,	/* ours by way of a client: objects, stripe_offset */
};

/* ---- lov.c ---- */

/* Bytes of the layout that begins at @ea, which @len may exceed; 0: none */
size_t lov_ea_len(const void *ea, size_t len);
/* 0, or why not; *@out is to be freed */
int lov_parse(const void *ea, size_t len, enum lov_form form,
	      struct lov **out);
/* For a file, or a directory's default with @fid NULL.  To be freed */
void *lov_pack(const struct lov *l, const struct fid *fid, size_t *len);
/* What the database has; NULL without one */
struct lov *lov_get(const struct fid *fid);
int lov_put(const struct inode *ino, const struct lov *l);
struct lov *lov_new(unsigned int comps);
void lov_free(struct lov *l);

/* All objects there are: until false */
struct lov_iter {
	const struct lov	*l;
	unsigned int		comp, stripe;
	const struct lov_obj	*obj;
};

bool lov_next(struct lov_iter *it);

/* ---- lov_wish.c ---- */

/* What a user asks for, checked as a real MDT does */
int lov_wish(const void *ea, size_t len, struct lov **out);
/* The same for components that are to follow others, which end at @from */
int lov_wish_from(const void *ea, size_t len, uint64_t from,
		  struct lov **out);
/* Unset fields of a plain wish @w come from @def */
void lov_merge(struct lov *w, const struct lov *def);
/* What is still unset comes from the configuration; ids and generation */
int lov_finish(struct lov *w);
bool lov_deletes(const struct lov *w);
int lov_pool_add(const char *name);
/* "-E 1M -c 1 -E -1 -c 2 -S 64K", as of lfs setstripe */
int lov_spec(const char *spec, struct lov **out);
/* For people */
void lov_print(FILE *f, const struct lov *l);

/* ---- mdt_flr.c ---- */

struct object;
/* The mirror to be written; 0: none is whole */
/* The mirror that is written, and was not stale, there; 0: none */
uint32_t flr_primary_in(const struct lov *l, uint64_t start, uint64_t end);
uint32_t flr_primary(const struct lov *l);
/* A component is stale, whoever says so */
int flr_mark(const struct inode *ino, uint32_t id);
uint64_t flr_end(const struct lov *l);	/* of what can be written */
/* A part is going to be written. What changed, 0: nothing */
int flr_write(struct lov *l, uint64_t start, uint64_t end);
void flr_push(const struct lov *l);
/* Mirror @only, or all that are stale, will be, and have been synchronized */
int flr_resync(const struct inode *ino, uint32_t only);
int flr_resynced(const struct inode *ino, const __le32 *ids, unsigned int n);
bool flr_in_sync(const struct inode *ino);
/* -EBUSY: clients have been asked for their locks, try again */
int layout_resync(const struct inode *ino);
/* Of a mirror, 0 of a file that has none: size; empty or book its objects */
uint64_t flr_size(const struct lov *l, uint32_t mirror);
int flr_each(const struct lov *l, uint32_t mirror, bool empty);
/* Do clients have locks on the objects?  Then they are asked for them. */
bool flr_in_use(const struct lov *l);
const char *flr_complaint(const struct lov *l, const struct lov_comp *c,
			  const struct obdo *oa, const struct object *o,
			  int *rc);

/* ---- mdt_hsm.c ---- */

bool hsm_released(const struct lov *l);
bool hsm_restoring(const struct fid *fid);
/* -EBUSY: clients have been asked for their locks, try again */
int hsm_release(struct inode *ino);
int hsm_let_go(struct inode *ino, uint64_t version);
bool hsm_may_go(const struct fid *fid);
int hsm_empty(struct inode *ino);
/* In the time that ctl says; clients wait for the lock on the layout. */
void hsm_restore(struct target *t, const struct fid *fid);
bool hsm_restore_cancel(const struct fid *fid);
/* The file is removed. */
void hsm_forget(const struct inode *ino);

/* ---- mdt_hsm_op.c ---- */

/* HS_*, and another archive if not 0. 0 or an error */
int hsm_state_change(const struct fid *fid, uint32_t set, uint32_t clear,
		     uint32_t archive);
/* A file was written: what the archive has of it is old. */
void hsm_modified(const struct fid *fid);

static inline uint32_t lov_base(const struct lov_comp *c)
{
	return c->pattern & ~LOV_PATTERN_F_MASK;
}

static inline bool lov_on_mdt(const struct lov_comp *c)
{
	return lov_base(c) == LOV_PATTERN_MDT;
}

static inline uint32_t lov_mirror(const struct lov_comp *c)
{
	return c->id >> LCME_ID_MIRROR_SHIFT & LCME_ID_MIRROR_MASK;
}

#endif /* _TS_LOV_H */
