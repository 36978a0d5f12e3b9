/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Persistent state: one LMDB environment for names, inodes, clients and
 * counters. One write transaction is always open; everything happens in it.
 */
#ifndef _TS_STORE_H
#define _TS_STORE_H

#include "server.h"

struct export;
struct saved_reply;

enum store_db {
	DB_META,	/* text -> u64 */
	DB_INODE,	/* fid -> struct inode */
	DB_DIRENT,	/* parent fid, hash, name -> struct dirent_val */
	DB_XATTR,	/* fid, name -> value */
	DB_LINK,	/* fid, parent fid, name -> nothing */
	DB_ORPHAN,	/* fid -> nothing: unlinked, still open */
	DB_CLIENT,	/* target, uuid -> nothing */
	DB_REPLY,	/* target, uuid, tag -> struct reply_rec, message */
	DB_OBJ,		/* ost index, fid -> struct object */
	NR_DBS,
};

int store_open(void);
void store_close(void);
bool store_full(void);
void store_mark(void);			/* something was changed */
void store_commit_if_dirty(void);
void store_commit(void);
/*
 * Commits what MDTs did, as if OSTs, on disks of their own, had not got so far:
 * a crash loses objects made since the last store_commit().
 */
void store_commit_mdt(void);
/* Of what is being made; objects of later ones than that are lost by a crash */
uint64_t store_epoch(void);
uint64_t store_epoch_committed(void);

/* 0, -ENOENT; copies at most *@len bytes and sets it to the full length */
int store_get(enum store_db db, const void *key, size_t klen, void *val,
	      size_t *len);
int store_put(enum store_db db, const void *key, size_t klen, const void *val,
	      size_t len);
int store_del(enum store_db db, const void *key, size_t klen);
bool store_has(enum store_db db, const void *key, size_t klen);

/*
 * Calls @fn for each record from @from on (inclusive) whose key begins with
 * the first @prefix bytes of @from, until it returns non-zero, which is
 * returned. @fn must not change the database.
 */
typedef int (*store_fn)(void *arg, const void *key, size_t klen,
			const void *val, size_t vlen);
int store_walk(enum store_db db, const void *from, size_t flen, size_t prefix,
	       store_fn fn, void *arg);

uint64_t store_counter(const char *name, uint64_t dflt);
void store_counter_set(const char *name, uint64_t v);
uint64_t store_counter_inc(const char *name, uint64_t first, uint64_t by);

/* Clients and kept replies */
void store_client_add(struct export *exp);
void store_client_del(struct export *exp);
unsigned int store_clients_load(struct target *t);
void store_reply_save(struct export *exp, const struct saved_reply *s);

#endif /* _TS_STORE_H */
