// SPDX-License-Identifier: GPL-2.0-only
/* LMDB underneath everything that must survive */
#include "store.h"
#include "rpc.h"

#include <lmdb.h>

#define MAP_SIZE	(16ULL << 30)
#define KEY_MAX		511

static MDB_env *env;
static MDB_txn *txn;
static MDB_dbi dbis[NR_DBS];
static bool dirty, full;
static uint64_t epoch;		/* see store.h */
static struct event commit_ev;

static const char * const names[NR_DBS] = {
	"meta", "inode", "dirent", "xattr", "link", "orphan", "client",
	"reply", "obj",
};

static void die(const char *what, int rc)
{
	log_err("database: %s: %s", what, mdb_strerror(rc));
	exit(3);
}

static void begin(void)
{
	int rc = mdb_txn_begin(env, NULL, 0, &txn);

	if (rc)
		die("begin", rc);
}

static void commit_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	store_commit_if_dirty();
}

int store_open(void)
{
	unsigned int flags = MDB_WRITEMAP | MDB_NOTLS;
	char path[PATH_MAX];
	int rc;

	if (!srv.cfg.durable)
		flags |= MDB_NOSYNC | MDB_NOMETASYNC;
	snprintf(path, sizeof(path), "%s/db", srv.cfg.dir);
	mkdir(path, 0700);
	rc = mdb_env_create(&env);
	if (!rc)
		rc = mdb_env_set_mapsize(env, MAP_SIZE);
	if (!rc)
		rc = mdb_env_set_maxdbs(env, NR_DBS);
	if (!rc)
		rc = mdb_env_open(env, path, flags, 0600);
	if (rc) {
		log_err("%s: %s", path, mdb_strerror(rc));
		return -EIO;
	}
	begin();
	for (int i = 0; i < NR_DBS; i++) {
		rc = mdb_dbi_open(txn, names[i], MDB_CREATE, &dbis[i]);
		if (rc)
			die(names[i], rc);
	}
	store_mark();
	epoch = store_epoch_committed() + 1;
	if (srv.cfg.commit_ms) {
		struct timeval tv = { srv.cfg.commit_ms / 1000,
				      srv.cfg.commit_ms % 1000 * 1000 };

		event_assign(&commit_ev, srv.base, -1, EV_PERSIST, commit_cb,
			     NULL);
		event_add(&commit_ev, &tv);
	}
	return 0;
}

void store_close(void)
{
	store_commit();
	mdb_txn_abort(txn);
	mdb_env_sync(env, 1);
	mdb_env_close(env);
}

bool store_full(void)
{
	return full;
}

void store_mark(void)
{
	dirty = true;
}

uint64_t store_epoch_committed(void)
{
	return store_counter("epoch", 0);
}

uint64_t store_epoch(void)
{
	return epoch;
}

static void commit(unsigned int kinds)
{
	char key[32];
	int rc;

	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		struct target *t = &srv.tgts[i];

		if (t->last_committed == t->last_transno ||
		    !(t->kind & kinds))
			continue;
		snprintf(key, sizeof(key), "transno/%s", t->name);
		store_counter_set(key, t->last_transno);
	}
	rc = mdb_txn_commit(txn);
	if (rc)
		die("commit", rc);
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind & kinds)
			srv.tgts[i].last_committed = srv.tgts[i].last_transno;
	dirty = false;
	begin();
}

void store_commit_mdt(void)
{
	commit(TGT_MGS | TGT_MDT);
}

void store_commit(void)
{
	store_counter_set("epoch", epoch);
	commit(TGT_MGS | TGT_MDT | TGT_OST);
	epoch++;
}

void store_commit_if_dirty(void)
{
	if (dirty)
		store_commit();
}

int store_get(enum store_db db, const void *key, size_t klen, void *val,
	      size_t *len)
{
	MDB_val k = { klen, (void *)key }, v;

	if (mdb_get(txn, dbis[db], &k, &v))
		return -ENOENT;
	if (val)
		memcpy(val, v.mv_data, min_t(size_t, *len, v.mv_size));
	if (len)
		*len = v.mv_size;
	return 0;
}

bool store_has(enum store_db db, const void *key, size_t klen)
{
	MDB_val k = { klen, (void *)key }, v;

	return !mdb_get(txn, dbis[db], &k, &v);
}

int store_put(enum store_db db, const void *key, size_t klen, const void *val,
	      size_t len)
{
	MDB_val k = { klen, (void *)key }, v = { len, (void *)val };
	int rc;

	if (klen > KEY_MAX)
		return -ENAMETOOLONG;
	rc = mdb_put(txn, dbis[db], &k, &v, 0);
	dirty = true;
	if (rc == MDB_MAP_FULL) {
		full = true;
		return -ENOSPC;
	}
	if (rc)
		die("put", rc);
	return 0;
}

int store_del(enum store_db db, const void *key, size_t klen)
{
	MDB_val k = { klen, (void *)key };
	int rc = mdb_del(txn, dbis[db], &k, NULL);

	dirty = true;
	if (rc == MDB_NOTFOUND)
		return -ENOENT;
	if (rc)
		die("delete", rc);
	return 0;
}

int store_walk(enum store_db db, const void *from, size_t flen, size_t prefix,
	       store_fn fn, void *arg)
{
	MDB_val k = { flen, (void *)from }, v;
	MDB_cursor *cur;
	int rc, ret = 0;

	rc = mdb_cursor_open(txn, dbis[db], &cur);
	if (rc)
		die("cursor", rc);
	rc = mdb_cursor_get(cur, &k, &v, flen ? MDB_SET_RANGE : MDB_FIRST);
	while (!rc && !ret) {
		if (k.mv_size < prefix || memcmp(k.mv_data, from, prefix))
			break;
		ret = fn(arg, k.mv_data, k.mv_size, v.mv_data, v.mv_size);
		if (!ret)
			rc = mdb_cursor_get(cur, &k, &v, MDB_NEXT);
	}
	mdb_cursor_close(cur);
	return ret;
}

uint64_t store_counter(const char *name, uint64_t dflt)
{
	uint64_t v;
	size_t len = sizeof(v);

	return store_get(DB_META, name, strlen(name), &v, &len) ? dflt : v;
}

void store_counter_set(const char *name, uint64_t v)
{
	store_put(DB_META, name, strlen(name), &v, sizeof(v));
}

/* Value before the addition */
uint64_t store_counter_inc(const char *name, uint64_t first, uint64_t by)
{
	uint64_t v = store_counter(name, first);

	store_counter_set(name, v + by);
	return v;
}
