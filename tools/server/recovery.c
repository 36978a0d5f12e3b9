// SPDX-License-Identifier: GPL-2.0-only
/*
 * After a restart: wait for the clients that were connected, execute what
 * they replay in the order of transaction numbers, take back their locks.
 */
#include "rpc.h"
#include "ldlm.h"
#include "mdt.h"
#include "store.h"

/* Of one target, while it lasts */
struct recovery {
	unsigned int		expected;	/* clients on disk */
	unsigned int		arrived;
	struct req_list		replays;	/* held, by transno */
	struct req_list		pings;		/* final pings, answered at the end */
	struct event		window;
	bool			running;	/* inside run_replays() */
	bool			held;		/* not over before @hold */
	struct event		hold;
};

bool recovering(const struct target *t)
{
	return t->rec != NULL;
}

static void finish(struct target *t)
{
	struct recovery *rec = t->rec;
	struct export *exp, *tmp;
	struct req *req;

	t->rec = NULL;
	event_del(&rec->window);
	if (rec->held)
		event_del(&rec->hold);
	HASH_ITER(hh, t->exports, exp, tmp)
		if (!exp->finished)
			export_evict(exp, "did not take part in recovery");
	/* New numbers are clear of all that was replayed */
	t->last_transno = ((t->last_transno >> 32) + 1) << 32;
	log_info("%s: recovery is over", t->name);
	if (t->kind == TGT_MDT)
		mdt_recovery_done(t);
	while ((req = TAILQ_FIRST(&rec->replays))) {
		TAILQ_REMOVE(&rec->replays, req, wait_link);
		req->as_error = true;
		req_finish(req, -ENOTCONN);
	}
	while ((req = TAILQ_FIRST(&rec->pings))) {
		TAILQ_REMOVE(&rec->pings, req, wait_link);
		req_run(req);
	}
	free(rec);
	ldlm_recovery_done(t);
}

void recovery_abort(struct target *t, const char *why)
{
	if (!t->rec)
		return;
	log_warn("%s: recovery ends: %s", t->name, why);
	finish(t);
}

/* Has the client said all, or does something of it wait here? */
static bool takes_part(const struct export *exp)
{
	const struct req *req;

	if (!exp->connected)
		return false;
	if (exp->finished)
		return true;
	TAILQ_FOREACH(req, &exp->tgt->rec->replays, wait_link)
		if (req->exp == exp)
			return true;
	return false;
}

/*
 * Those that did not come, and those that stopped on the way, are evicted; the
 * others, who waited for them, go on.
 */
static void window_cb(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = { srv.cfg.recovery_sec, 0 };
	unsigned int gone = 0, left = 0;
	struct export *exp, *tmp;
	struct target *t = arg;

	(void)fd;
	(void)what;
	HASH_ITER(hh, t->exports, exp, tmp) {
		if (takes_part(exp)) {
			left++;
			continue;
		}
		gone++;
		export_evict(exp, "did not take part in recovery");
	}
	if (!gone || !left) {
		recovery_abort(t, "time is over");
		return;
	}
	log_warn("%s: %u client(s) did not come, recovery of %u goes on",
		 t->name, gone, left);
	event_add(&t->rec->window, &tv);
}

static void check_done(struct target *t);

static void hold_cb(evutil_socket_t fd, short what, void *arg)
{
	struct target *t = arg;

	(void)fd;
	(void)what;
	t->rec->held = false;
	check_done(t);
}

/* Recovery takes longer than it needs, as that of a busy MDT does */
static void hold(struct target *t, unsigned int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	t->rec->held = true;
	event_assign(&t->rec->hold, srv.base, -1, 0, hold_cb, t);
	event_add(&t->rec->hold, &tv);
}

void recovery_start(struct target *t, unsigned int clients)
{
	struct timeval tv = { srv.cfg.recovery_sec, 0 };
	struct recovery *rec;

	if (!clients)
		return;
	rec = xzalloc(sizeof(*rec));
	rec->expected = clients;
	TAILQ_INIT(&rec->replays);
	TAILQ_INIT(&rec->pings);
	t->rec = rec;
	event_assign(&rec->window, srv.base, -1, 0, window_cb, t);
	event_add(&rec->window, &tv);
	if (t->kind == TGT_MDT && srv.cfg.mdt_ms)
		hold(t, srv.cfg.mdt_ms);
	log_info("%s: recovery of %u client(s), %u s at most", t->name, clients,
		 srv.cfg.recovery_sec);
}

void recovery_connected(struct export *exp)
{
	exp->replay_done = false;
	exp->lock_done = false;
	exp->finished = false;
}

static void check_done(struct target *t)
{
	struct export *exp, *tmp;

	if (!t->rec || t->rec->running || t->rec->held)
		return;
	HASH_ITER(hh, t->exports, exp, tmp)
		if (!exp->finished)
			return;
	finish(t);
}

/* Does every client either have a replay here or none left? */
static bool all_queued(struct target *t)
{
	struct export *exp, *tmp;
	struct req *req;

	HASH_ITER(hh, t->exports, exp, tmp) {
		bool found = exp->replay_done;

		if (!exp->connected)
			return false;
		TAILQ_FOREACH(req, &t->rec->replays, wait_link)
			if (req->exp == exp)
				found = true;
		if (!found)
			return false;
	}
	return true;
}

/* Executes what may go now: old numbers at once, else in common order */
static void run_replays(struct target *t)
{
	struct recovery *rec = t->rec;
	struct req *req;

	if (!rec || rec->running)
		return;
	rec->running = true;
	while (t->rec && (req = TAILQ_FIRST(&rec->replays))) {
		uint64_t transno = le64_to_cpu(req->pb->pb_transno);

		if (transno > t->last_transno && !all_queued(t))
			break;
		TAILQ_REMOVE(&rec->replays, req, wait_link);
		log_debug("%s: replay of %s transno %" PRIu64, t->name,
			  opc_name(req->opc), transno);
		req_run(req);
	}
	rec->running = false;
	check_done(t);
}

static void queue_replay(struct req *req)
{
	uint64_t transno = le64_to_cpu(req->pb->pb_transno);
	struct req *r;

	TAILQ_FOREACH(r, &req->tgt->rec->replays, wait_link) {
		if (le64_to_cpu(r->pb->pb_transno) > transno) {
			TAILQ_INSERT_BEFORE(r, req, wait_link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&req->tgt->rec->replays, req, wait_link);
}

static void kick_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	run_replays(arg);
}

/* From the loop, not from the depth of a handler */
static void kick(struct target *t)
{
	struct timeval now = { 0, 0 };

	event_base_once(srv.base, -1, EV_TIMEOUT, kick_cb, t, &now);
}

int recovery_admit(struct req *req)
{
	struct export *exp = req->exp;
	struct target *t = req->tgt;
	bool replay = req->flags & (MSG_REPLAY | MSG_REQ_REPLAY_DONE) ||
		      req->pb->pb_transno;

	if (!t->rec) {
		if (!replay)
			return 0;
		/* Out of place: such a client is thrown out */
		TAILQ_REMOVE(&exp->running, req, link);
		req->exp = NULL;
		export_evict(exp, "replay flags outside recovery");
		return -ENODEV;
	}
	if (req->flags & MSG_REPLAY) {
		queue_replay(req);
		kick(t);
		return REQ_ASYNC;
	}
	if (req->flags & MSG_REQ_REPLAY_DONE) {
		exp->replay_done = true;
		kick(t);
		if (!(req->flags & MSG_LOCK_REPLAY_DONE))
			return 0;
		exp->lock_done = true;
		exp->finished = true;
		TAILQ_INSERT_TAIL(&t->rec->pings, req, wait_link);
		return REQ_ASYNC;
	}
	if (!(req->op->flags & OPF_RECOVERY))
		return -EAGAIN;
	return 0;
}

void recovery_replayed(struct req *req)
{
	(void)req;
}

void recovery_export_gone(struct export *exp)
{
	struct target *t = exp->tgt;
	struct req *req, *tmp;

	if (!t->rec)
		return;
	for (req = TAILQ_FIRST(&t->rec->replays); req; req = tmp) {
		tmp = TAILQ_NEXT(req, wait_link);
		if (req->dead) {
			TAILQ_REMOVE(&t->rec->replays, req, wait_link);
			req_drop(req);
		}
	}
	for (req = TAILQ_FIRST(&t->rec->pings); req; req = tmp) {
		tmp = TAILQ_NEXT(req, wait_link);
		if (req->dead) {
			TAILQ_REMOVE(&t->rec->pings, req, wait_link);
			req_drop(req);
		}
	}
	kick(t);
}
