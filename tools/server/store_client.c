// SPDX-License-Identifier: GPL-2.0-only
/* Clients that a restarted target waits for, and replies kept for resends */
#include "store.h"
#include "rpc.h"

#define TGT_NAME_LEN	24
#define CLIENT_KEY_LEN	(TGT_NAME_LEN + 40)

struct reply_key {
	char		client[CLIENT_KEY_LEN];
	uint16_t	tag;
} __packed;

struct reply_rec {
	uint64_t	xid;
	uint64_t	transno;
	uint32_t	opc;
	uint32_t	pad;
};

static void client_key(char *key, const struct target *t, const char *uuid)
{
	memset(key, 0, CLIENT_KEY_LEN);
	memcpy(key, t->name, TGT_NAME_LEN);
	if (uuid)
		snprintf(key + TGT_NAME_LEN, 40, "%s", uuid);
}

void store_client_add(struct export *exp)
{
	char key[CLIENT_KEY_LEN];

	client_key(key, exp->tgt, exp->uuid);
	store_put(DB_CLIENT, key, sizeof(key), "", 0);
}

struct tags {
	uint16_t	tag[1024];
	unsigned int	n;
};

static int tag_cb(void *arg, const void *key, size_t klen, const void *val,
		  size_t vlen)
{
	struct tags *tags = arg;
	const struct reply_key *k = key;

	(void)val;
	(void)vlen;
	if (klen == sizeof(*k) && tags->n < ARRAY_SIZE(tags->tag))
		tags->tag[tags->n++] = k->tag;
	return 0;
}

void store_client_del(struct export *exp)
{
	struct reply_key k = { 0 };
	struct tags tags = { .n = 0 };

	client_key(k.client, exp->tgt, exp->uuid);
	store_del(DB_CLIENT, k.client, sizeof(k.client));
	store_walk(DB_REPLY, k.client, sizeof(k.client), sizeof(k.client),
		   tag_cb, &tags);
	for (unsigned int i = 0; i < tags.n; i++) {
		k.tag = tags.tag[i];
		store_del(DB_REPLY, &k, sizeof(k));
	}
}

void store_reply_save(struct export *exp, const struct saved_reply *s)
{
	struct reply_rec *rec = xzalloc(sizeof(*rec) + s->msg->len);
	struct reply_key k = { .tag = s->tag };

	client_key(k.client, exp->tgt, exp->uuid);
	rec->xid = s->xid;
	rec->transno = s->transno;
	rec->opc = s->opc;
	memcpy(rec + 1, s->msg->data, s->msg->len);
	store_put(DB_REPLY, &k, sizeof(k), rec, sizeof(*rec) + s->msg->len);
	free(rec);
}

static int reply_cb(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	const struct reply_key *k = key;
	struct reply_rec rec;

	if (klen == sizeof(*k) && vlen > sizeof(rec)) {
		memcpy(&rec, val, sizeof(rec));
		reply_load(arg, rec.xid, k->tag, rec.opc, rec.transno,
			   (const uint8_t *)val + sizeof(rec),
			   vlen - sizeof(rec));
	}
	return 0;
}

static int client_cb(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct target *t = arg;

	(void)val;
	(void)vlen;
	if (klen == CLIENT_KEY_LEN)
		export_new(t, (const char *)key + TGT_NAME_LEN);
	return 0;
}

/* Exports for the clients on disk; how many there are */
unsigned int store_clients_load(struct target *t)
{
	struct export *exp, *tmp;
	char key[CLIENT_KEY_LEN];

	client_key(key, t, NULL);
	store_walk(DB_CLIENT, key, TGT_NAME_LEN, TGT_NAME_LEN, client_cb, t);
	HASH_ITER(hh, t->exports, exp, tmp) {
		client_key(key, t, exp->uuid);
		store_walk(DB_REPLY, key, sizeof(key), sizeof(key), reply_cb,
			   exp);
	}
	return HASH_COUNT(t->exports);
}
