// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration client: the connection to the MGS, the locks on its logs, and
 * when to read them.  05 sections 3 and 4.
 *
 * Each log is watched by a lock of its own.  When the MGS takes it back, the
 * log's work takes it again some seconds later and reads what is new.
 */
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uuid.h>

#include "mgc/internal.h"

/* Seconds from a revoked lock to the next reading, plus as much at random */
#define MGC_REREAD_DELAY	5
/* The table of running targets is worth being read sooner */
#define MGC_RECOVER_DELAY	1
/* Seconds until a failed reading is tried again */
#define MGC_RETRY_DELAY		30
/* Seconds for the first connection: in all, or per address if that is more */
#define MGC_CONNECT_WAIT	20
#define MGC_CONNECT_WAIT_NID	10

#define MGC_VERSION		OBD_OCD_VERSION(2, 15, 0, 0)

static void mgc_log_schedule(struct mgc_log *log, unsigned int secs)
{
	struct mgc *mgc = log->mgc;
	unsigned long delay = secs * HZ;

	if (delay)
		delay += get_random_u32_below(delay);
	spin_lock(&mgc->lock);
	if (!mgc->stopping)
		mod_delayed_work(mgc->wq, &log->work, delay);
	spin_unlock(&mgc->lock);
}

/* ---- locks --------------------------------------------------------------- */

/*
 * A configuration lock goes away.  Nothing has to be flushed: the log is read
 * again later, and the MGS must not wait for that.
 */
static void mgc_lock_blocking(struct ldlm_lock *lock,
			      const struct ldlm_desc *desc,
			      enum ldlm_bl_reason reason)
{
	struct mgc_log *log;
	struct mgc *mgc;
	bool held;

	if (reason == LDLM_BL_BLOCKING)
		return;
	log = lock->data;
	mgc = log->mgc;
	spin_lock(&mgc->lock);
	held = log->lock == lock;
	if (held)
		log->lock = NULL;
	spin_unlock(&mgc->lock);
	if (held)
		ldlm_lock_put(lock);
	mgc_log_schedule(log, log->kind == MGC_LOG_RECOVER ?
			 MGC_RECOVER_DELAY : MGC_REREAD_DELAY);
}

static const struct ldlm_lock_ops mgc_lock_ops = {
	.blocking = mgc_lock_blocking,
};

/* name[0] is the text itself, first byte lowest (05 section 4) */
static void mgc_log_resid(const struct mgc_log *log, struct ldlm_resid *resid)
{
	static const u8 types[MGC_NR_LOGS] = {
		[MGC_LOG_SPTLRPC]	= MGS_CFG_T_CONFIG,
		[MGC_LOG_CONFIG]	= MGS_CFG_T_CONFIG,
		[MGC_LOG_RECOVER]	= MGS_CFG_T_RECOVER,
		[MGC_LOG_PARAMS]	= MGS_CFG_T_PARAMS,
	};
	const char *text = log->kind == MGC_LOG_PARAMS ? log->name :
							 log->mgc->fsname;
	__le64 name = 0;

	memcpy(&name, text, min(strlen(text), sizeof(name)));
	memset(resid, 0, sizeof(*resid));
	resid->name[0] = le64_to_cpu(name);
	resid->name[1] = types[log->kind];
}

/* A lock request of our own making, because it must not be repeated for ever */
static struct ptlrpc_request *mgc_lock_request(struct mgc *mgc, u32 flags)
{
	u32 lens[] = { sizeof(struct ldlm_request) };
	u32 replens[] = { sizeof(struct ldlm_reply), 0 };
	struct ptlrpc_request *req;
	int rc;

	req = ptlrpc_req_alloc(mgc->imp, LDLM_ENQUEUE, lens, 1,
			       flags | PTLRPC_REQ_NO_REPLAY, GFP_KERNEL);
	if (IS_ERR(req))
		return req;
	rc = ptlrpc_req_set_replen(req, replens, ARRAY_SIZE(replens));
	if (!rc)
		return req;
	ptlrpc_req_put(req);
	return ERR_PTR(rc);
}

/* Take the log's lock.  The caller gets a use, the log a reference. */
static int mgc_log_lock(struct mgc_log *log, u32 flags, struct ldlm_lock **lockp)
{
	struct ldlm_enqueue enq = {
		.type	= LDLM_PLAIN,
		.mode	= LCK_CR,
		.no_lru	= true,
		.ops	= &mgc_lock_ops,
		.data	= log,
	};
	struct mgc *mgc = log->mgc;
	struct ptlrpc_request *req = mgc_lock_request(mgc, flags);
	struct ldlm_lock *old;
	int rc;

	if (IS_ERR(req))
		return PTR_ERR(req);
	mgc_log_resid(log, &enq.resid);
	rc = ldlm_enqueue(mgc->ns, &enq, req, lockp);
	ptlrpc_req_put(req);
	if (rc)
		return rc < 0 ? rc : -EPROTO;
	ldlm_lock_get(*lockp);
	spin_lock(&mgc->lock);
	old = log->lock;
	log->lock = *lockp;
	spin_unlock(&mgc->lock);
	if (old)
		ldlm_lock_put(old);
	return 0;
}

static bool mgc_log_locked(struct mgc_log *log)
{
	bool locked;

	spin_lock(&log->mgc->lock);
	locked = log->lock;
	spin_unlock(&log->mgc->lock);
	return locked;
}

/* ---- reading --------------------------------------------------------------- */

static int mgc_log_record(void *arg, u32 index, const void *data, u32 len)
{
	struct mgc_log *log = arg;
	struct mgc *mgc = log->mgc;
	int rc = -ESHUTDOWN;

	mutex_lock(&mgc->apply);
	if (mgc->stopping)
		goto out;
	if (log->kind == MGC_LOG_CONFIG)
		rc = mgc_config_record(&mgc->config, index, data, len);
	else if (log->kind == MGC_LOG_PARAMS)
		rc = mgc_params_record(&mgc->config, data, len);
	else
		rc = mgc_sptlrpc_record(mgc->fsname, data, len);
	/* A running mount goes on with the rest of what is new. */
	if (rc && rc != -ENOMEM && mgc->mounted)
		rc = 0;
out:
	mutex_unlock(&mgc->apply);
	return rc;
}

static int mgc_log_read(struct mgc_log *log, u32 flags)
{
	int rc;

	if (log->kind == MGC_LOG_RECOVER)
		return mgc_recover_read(log, flags);
	rc = mgc_llog_read(log->mgc->imp, log->name, flags, &log->next,
			   mgc_log_record, log);
	/* Of all logs only that of the file system has to exist. */
	return rc == -ENOENT && log->kind != MGC_LOG_CONFIG ? 0 : rc;
}

static bool mgc_log_offered(struct mgc_log *log)
{
	return log->kind != MGC_LOG_RECOVER ||
	       ptlrpc_import_granted(log->mgc->imp, OBD_CONNECT_IMP_RECOV);
}

/* Take the lock if we do not have it, and read under it (05 section 10, trap 6). */
static int mgc_log_update(struct mgc_log *log, u32 flags)
{
	struct ldlm_lock *lock;
	int rc;

	if (!mgc_log_offered(log) || mgc_log_locked(log))
		return 0;
	rc = mgc_log_lock(log, flags, &lock);
	if (rc)
		return rc;
	rc = mgc_log_read(log, flags);
	if (rc)
		ldlm_lock_decref_cancel(lock);
	else
		ldlm_lock_decref(lock);
	return rc;
}

static void mgc_log_work(struct work_struct *work)
{
	struct mgc_log *log = container_of(to_delayed_work(work),
					   struct mgc_log, work);

	log->rc = mgc_log_update(log, PTLRPC_REQ_NO_RESEND);
	if (!log->rc || log->rc == -ESHUTDOWN)
		return;
	mgc_notice(log->mgc, "reading of log %s failed: %d\n", log->name,
		   log->rc);
	mgc_log_schedule(log, MGC_RETRY_DELAY);
}

/* ---- the import -------------------------------------------------------------- */

static void mgc_imp_full(struct ptlrpc_import *imp, void *data)
{
	struct mgc *mgc = data;
	bool mounted;
	int i;

	spin_lock(&mgc->lock);
	mounted = mgc->mounted;
	spin_unlock(&mgc->lock);
	for (i = 0; mounted && i < MGC_NR_LOGS; i++)
		if (!mgc_log_locked(&mgc->logs[i]))
			mgc_log_schedule(&mgc->logs[i], 1);
}

static void mgc_imp_invalidate(struct ptlrpc_import *imp, void *data)
{
	struct mgc *mgc = data;

	ldlm_ns_invalidate(mgc->ns);
}

static const struct ptlrpc_import_ops mgc_import_ops = {
	.full		= mgc_imp_full,
	.invalidate	= mgc_imp_invalidate,
};

static int mgc_import_make(struct mgc *mgc, const struct mgc_desc *desc)
{
	struct ptlrpc_import_desc id = {
		.target		= PTLRPC_MGS,
		.name		= "MGS",
		.target_uuid	= "MGS",
		.offer		= {
			.flags	= OBD_CONNECT_VERSION | OBD_CONNECT_AT |
				  OBD_CONNECT_FULL20 | OBD_CONNECT_BULK_MBITS |
				  OBD_CONNECT_MGS_NIDLIST | OBD_CONNECT_FLAGS2,
			.flags2	= OBD_CONNECT2_LARGE_NID,
			.version = MGC_VERSION,
		},
		.ops		= &mgc_import_ops,
		.data		= mgc,
		.timeouts	= desc->timeouts,
	};
	char uuid[UUID_STRING_LEN + 1];
	unsigned int i;
	uuid_t random;
	int rc = 0;

	/*
	 * Not the mount's uuid: the MGC is a client of its own (05 section 3)
	 */
	uuid_gen(&random);
	snprintf(uuid, sizeof(uuid), "%pUb", &random);
	id.client_uuid = uuid;
	if (desc->ops->target_moved)
		id.offer.flags |= OBD_CONNECT_IMP_RECOV;
	mgc->imp = ptlrpc_import_create(desc->pn, &id);
	if (IS_ERR(mgc->imp)) {
		rc = PTR_ERR(mgc->imp);
		mgc->imp = NULL;
		return rc;
	}
	for (i = 0; !rc && i < desc->nr_nids; i++)
		rc = ptlrpc_import_add_nid(mgc->imp, &desc->nids[i]);
	if (rc)
		return rc;
	mgc->ns = ldlm_ns_create(mgc->imp);
	if (IS_ERR(mgc->ns)) {
		rc = PTR_ERR(mgc->ns);
		mgc->ns = NULL;
	}
	return rc;
}

/* ---- open and close ------------------------------------------------------------ */

static void mgc_log_init(struct mgc *mgc, enum mgc_log_kind kind)
{
	static const char * const suffixes[MGC_NR_LOGS] = {
		[MGC_LOG_SPTLRPC]	= "-sptlrpc",
		[MGC_LOG_CONFIG]	= "-client",
		[MGC_LOG_RECOVER]	= "-cliir",
	};
	struct mgc_log *log = &mgc->logs[kind];

	log->mgc = mgc;
	log->kind = kind;
	log->next = 1;
	INIT_DELAYED_WORK(&log->work, mgc_log_work);
	if (kind == MGC_LOG_PARAMS)
		strscpy(log->name, "params", sizeof(log->name));
	else
		snprintf(log->name, sizeof(log->name), "%s%s", mgc->fsname,
			 suffixes[kind]);
}

static struct mgc *mgc_alloc(const struct mgc_desc *desc)
{
	struct mgc *mgc = kzalloc_obj(*mgc, GFP_KERNEL);
	int i;

	if (!mgc)
		return NULL;
	strscpy(mgc->fsname, desc->fsname, sizeof(mgc->fsname));
	spin_lock_init(&mgc->lock);
	mutex_init(&mgc->apply);
	for (i = 0; i < MGC_NR_LOGS; i++)
		mgc_log_init(mgc, i);
	if (desc->exclude)
		mgc->exclude = kstrdup(desc->exclude, GFP_KERNEL);
	mgc_config_init(&mgc->config, mgc->fsname, mgc->exclude, desc->ops,
			desc->priv);
	mgc->wq = alloc_ordered_workqueue("lustre_mgc", 0);
	if (mgc->wq && (mgc->exclude || !desc->exclude))
		return mgc;
	if (mgc->wq)
		destroy_workqueue(mgc->wq);
	kfree(mgc->exclude);
	kfree(mgc);
	return NULL;
}

/* "a@tcp, b@tcp and 3 more", as much as fits */
static void mgc_print_nids(const struct mgc_desc *desc, char *buf, size_t size)
{
	char text[LNET_NIDSTR_SIZE];
	unsigned int i;
	size_t n = 0;

	for (i = 0; i < desc->nr_nids && n < size - LNET_NIDSTR_SIZE; i++)
		n += scnprintf(buf + n, size - n, "%s%s", i ? ", " : "",
			       lnet_nid_print(&desc->nids[i], text));
	if (i < desc->nr_nids)
		scnprintf(buf + n, size - n, " and %u more",
			  desc->nr_nids - i);
}

__printf(2, 3)
static void mgc_report(const struct mgc_desc *desc, const char *fmt, ...)
{
	va_list args;

	if (!desc->why || !desc->why_len)
		return;
	va_start(args, fmt);
	vsnprintf(desc->why, desc->why_len, fmt, args);
	va_end(args);
}

/* What no interface can carry need not be waited for. */
static bool mgc_reachable(const struct mgc_desc *desc)
{
	char nids[4 * LNET_NIDSTR_SIZE];
	unsigned int i;

	for (i = 0; i < desc->nr_nids; i++)
		if (ptlrpc_net_reaches(desc->pn, &desc->nids[i]))
			return true;
	mgc_print_nids(desc, nids, sizeof(nids));
	mgc_report(desc, "no local address of the network and IP version of the MGS at %s",
		   nids);
	return false;
}

static int mgc_connect(struct mgc *mgc, const struct mgc_desc *desc)
{
	unsigned int secs = max(MGC_CONNECT_WAIT,
				MGC_CONNECT_WAIT_NID * desc->nr_nids);
	char nids[4 * LNET_NIDSTR_SIZE];
	int rc, last;

	ptlrpc_import_connect(mgc->imp);
	rc = ptlrpc_import_wait(mgc->imp, secs * HZ);
	if (!rc || rc == -ERESTARTSYS || rc == -EINTR)
		return rc;
	last = ptlrpc_import_last_error(mgc->imp);
	mgc_print_nids(desc, nids, sizeof(nids));
	if (rc != -ETIMEDOUT)
		mgc_report(desc, "MGS at %s refuses the connection: %d", nids,
			   rc);
	else if (last == -ENODEV)
		mgc_report(desc, "no MGS is running at %s", nids);
	else
		mgc_report(desc, "no answer from the MGS at %s in %u seconds (%d)",
			   nids, secs, last);
	return rc;
}

/* What the logs say at mount, in the order of the table in 05 section 8. */
static int mgc_first_read(struct mgc *mgc, const struct mgc_desc *desc)
{
	const u32 flags = PTLRPC_REQ_INTR | PTLRPC_REQ_NO_RESEND;
	int rc, i;

	for (i = 0; i < MGC_NR_LOGS; i++) {
		rc = mgc_log_update(&mgc->logs[i], flags);
		mgc->logs[i].rc = rc;
		if (rc && (i == MGC_LOG_CONFIG || i == MGC_LOG_SPTLRPC ||
			   rc == -EINTR))
			break;
		if (rc)
			mgc_log_schedule(&mgc->logs[i], MGC_RETRY_DELAY);
		rc = 0;
	}
	if (rc == -ENOENT || (!rc && !mgc->config.profile)) {
		mgc_report(desc, "no such file system \"%s\" on this MGS",
			   mgc->fsname);
		return -ENOENT;
	}
	if (rc == -EOPNOTSUPP && i == MGC_LOG_SPTLRPC)
		mgc_report(desc, "the MGS demands a security flavour not supported here");
	else if (rc && rc != -EINTR)
		mgc_report(desc, "cannot use configuration log %s: %d",
			   mgc->logs[i].name, rc);
	return rc;
}

/**
 * mgc_open - connect to the MGS and read a file system's configuration
 * @desc: what to open
 *
 * Sleeps; desc->ops are called before it returns, and from a workqueue until
 * mgc_stop() returns.  After an error the caller disposes of what they made.
 *
 * Return: the configuration client, or ERR_PTR() as listed in mgc.h.
 */
struct mgc *mgc_open(const struct mgc_desc *desc)
{
	struct mgc *mgc;
	int rc;

	if (!desc->nr_nids || !desc->fsname[0] ||
	    strlen(desc->fsname) > LUSTRE_MAXFSNAME)
		return ERR_PTR(-EINVAL);
	if (!mgc_reachable(desc))
		return ERR_PTR(-ENETUNREACH);
	mgc = mgc_alloc(desc);
	if (!mgc)
		return ERR_PTR(-ENOMEM);
	rc = mgc_import_make(mgc, desc);
	if (!rc)
		rc = mgc_connect(mgc, desc);
	if (!rc)
		rc = mgc_first_read(mgc, desc);
	if (rc) {
		mgc_stop(mgc);
		mgc_close(mgc, rc == -ETIMEDOUT || rc == -EINTR);
		return ERR_PTR(rc);
	}
	mutex_lock(&mgc->apply);
	spin_lock(&mgc->lock);
	mgc->mounted = true;
	spin_unlock(&mgc->lock);
	mutex_unlock(&mgc->apply);
	return mgc;
}

/* The security lock is left to the disconnect (05 section 8) */
static void mgc_log_unlock(struct mgc_log *log)
{
	struct ldlm_lock *lock;

	spin_lock(&log->mgc->lock);
	lock = log->lock;
	if (lock)
		ldlm_lock_get(lock);
	spin_unlock(&log->mgc->lock);
	if (!lock)
		return;
	if (log->kind != MGC_LOG_SPTLRPC)
		ldlm_lock_cancel(lock);
	ldlm_lock_put(lock);
}

/**
 * mgc_stop - first step of an umount: follow no change any more
 * @mgc: configuration client; or NULL
 *
 * Gives the configuration locks back.  When it returns no mgc_config_ops call
 * runs or will run.  Waits for such a call, not for the MGS.
 */
void mgc_stop(struct mgc *mgc)
{
	int i;

	if (!mgc)
		return;
	mutex_lock(&mgc->apply);
	spin_lock(&mgc->lock);
	mgc->stopping = true;
	spin_unlock(&mgc->lock);
	mutex_unlock(&mgc->apply);
	for (i = 0; i < MGC_NR_LOGS; i++) {
		cancel_delayed_work(&mgc->logs[i].work);
		mgc_log_unlock(&mgc->logs[i]);
	}
}

/**
 * mgc_close - last step of an umount: leave the MGS
 * @mgc: configuration client, stopped; or NULL
 * @force: do not wait for an MGS that does not answer
 *
 * Bounded wait.  The client is gone when it returns.
 */
void mgc_close(struct mgc *mgc, bool force)
{
	int i;

	if (!mgc)
		return;
	if (mgc->imp)
		ptlrpc_import_disconnect(mgc->imp, force);
	for (i = 0; i < MGC_NR_LOGS; i++)
		cancel_delayed_work_sync(&mgc->logs[i].work);
	ldlm_ns_destroy(mgc->ns);
	if (mgc->imp)
		ptlrpc_import_put(mgc->imp, lustre_import_put_owner);
	destroy_workqueue(mgc->wq);
	mgc_config_free(&mgc->config);
	kfree(mgc->exclude);
	kfree(mgc);
}

/**
 * mgc_reread - look for news now
 * @mgc: configuration client
 *
 * For a layout that names a target nobody has told of.  The lock is given back
 * and taken again, which reads the log.  May sleep; does not wait for that.
 */
void mgc_reread(struct mgc *mgc)
{
	struct mgc_log *log = &mgc->logs[MGC_LOG_CONFIG];

	mgc_log_unlock(log);
	mgc_log_schedule(log, 0);
}

/**
 * mgc_import - the import to the MGS, for lists of devices
 * @mgc: configuration client
 *
 * Return: the import, valid as long as @mgc.
 */
struct ptlrpc_import *mgc_import(const struct mgc *mgc)
{
	return mgc->imp;
}

/**
 * mgc_show - describe the configuration client
 * @m: receives one line per log
 * @mgc: configuration client
 */
void mgc_show(struct seq_file *m, struct mgc *mgc)
{
	int i;

	for (i = 0; i < MGC_NR_LOGS; i++) {
		struct mgc_log *log = &mgc->logs[i];

		if (mgc_log_offered(log))
			seq_printf(m, "%s next %llu locked %d status %d\n",
				   log->name, log->next, mgc_log_locked(log),
				   log->rc);
	}
}
