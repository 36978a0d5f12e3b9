// SPDX-License-Identifier: GPL-2.0-only
/* Control commands: statistics, faults, evictions */
#include "ctl.h"
#include "fault.h"
#include "ldlm.h"
#include "llog.h"
#include "lov.h"
#include "mdt.h"
#include "rpc.h"
#include "store.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int ctl_fd = -1;
static struct event ctl_ev;

static const char help[] =
"stats            requests served, per client and opcode\n"
"depth            requests that were in flight at a time\n"
"reset            forget both\n"
"exports          clients of each target\n"
"locks            every lock\n"
"evict UUID|all [TARGET]  throw a client out of every target, or one\n"
"cut              close every connection\n"
"fault SPEC       add a fault rule KIND:OPCODE[:COUNT[:ARGUMENT]]\n"
"faults           list the rules\n"
"clear            remove the rules\n"
"disable TARGET   answer -ENODEV in its name (lustre-OST0000)\n"
"enable TARGET\n"
"stripe PATH N    make a directory look like one of N stripes, 0: plain again\n"
"stripes-below PATH N   directories made in it will be like that\n"
"announce TARGET  tell clients of a hidden one\n"
"setxattr PATH NAME HEX   of anything, whatever clients think; no HEX: remove\n"
"abort-recovery   end recovery now\n"
"layouts KIND     what clients are told of: plain; compressed: the same layouts\n"
"                 as of compressed data; unknown: and no sizes by an MDT; bare:\n"
"                 attributes come without a layout and its lock\n"
"relayout PATH    a new generation of a file's layout, with the same objects\n"
"stale PATH ID    a component of a mirror is stale from now on\n"
"encrypt PATH [no]    nobody here has the key of a file, or of names in a\n"
"                 directory; no: as it was\n"
"resync PATH      copy to the stale mirrors of a file\n"
"release PATH     the archive has the data of a file, its targets do not\n"
"restore MS       what the archive takes for each thing, as to restore a released\n"
"                 file; 0: there is nobody who does it, which is how it begins;\n"
"                 fails: it was tried\n"
"default PATH SPEC    layout of what is made in a directory, as of setstripe:\n"
"                 default /d -E 1M -c 1 -E eof -c 2 -S 64K; -c 0: no default\n"
"layout PATH      what a file has, or a directory has as a default\n"
"dom-limit BYTES  longest first component that an MDT takes\n"
"pool NAME        layouts may name this pool of OSTs\n"
"commit           write out what is uncommitted\n"
"param NAME=VALUE set a parameter of clients, as lctl set_param -P does\n"
"commit-mdt       but for what only OSTs know: a crash loses new objects\n"
"level N          messages: 0 errors ... 4 everything\n"
"stop             like SIGTERM\n";

static int address(struct sockaddr_un *un, const char *dir)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	if (snprintf(un->sun_path, sizeof(un->sun_path), "%s/ctl", dir) >=
	    (int)sizeof(un->sun_path))
		return -ENAMETOOLONG;
	return 0;
}

static void evict(FILE *f, char *uuid)
{
	const char *only = strchr(uuid, ' ');
	unsigned int n = 0;

	if (only)
		uuid[only++ - uuid] = '\0';

	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		struct export *exp, *tmp;

		if (only && strcmp(only, srv.tgts[i].name))
			continue;
		HASH_ITER(hh, srv.tgts[i].exports, exp, tmp) {
			if (strcmp(uuid, "all") && strcmp(uuid, exp->uuid))
				continue;
			export_evict(exp, "on demand");
			n++;
		}
	}
	fprintf(f, "%u evicted\n", n);
}

static void switch_target(FILE *f, const char *name, bool off)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		if (strcmp(srv.tgts[i].name, name))
			continue;
		srv.tgts[i].disabled = off;
		fprintf(f, "ok\n");
		return;
	}
	fprintf(f, "error: no target %s\n", name);
}

static void stripe(FILE *f, char *arg, bool by_default)
{
	char *n = strrchr(arg, ' ');
	int rc = -EINVAL;

	if (n) {
		*n++ = 0;
		rc = lmv_set(arg, by_default, atoi(n));
	}
	if (rc)
		fprintf(f, "error: %s\n", strerror(-rc));
	else
		fprintf(f, "ok\n");
}

static void announce(FILE *f, const char *name)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++) {
		if (strcmp(srv.tgts[i].name, name))
			continue;
		llog_announce(&srv.tgts[i]);
		mgs_log_changed(srv.cfg.fsname, MGS_CFG_T_CONFIG);
		fprintf(f, "ok\n");
		return;
	}
	fprintf(f, "error: no target %s\n", name);
}

static void force_xattr(FILE *f, char *arg)
{
	char path[256] = "", name[64] = "", hex[513] = "";
	int rc = -EINVAL;

	if (sscanf(arg, "%255s %63s %512s", path, name, hex) >= 2)
		rc = xattr_force(path, name, hex);
	if (rc)
		fprintf(f, "error: %s\n", strerror(-rc));
	else
		fprintf(f, "ok\n");
}

static void said(FILE *f, int rc)
{
	if (rc)
		fprintf(f, "error: %s\n", strerror(-rc));
	else
		fprintf(f, "ok\n");
}

/* Commands about layouts; false: it is none of them */
static bool layouts(FILE *f, const char *cmd, char *arg)
{
	char *more = strchr(arg, ' ');
	int rc;

	if (!strcmp(cmd, "layouts")) {
		srv.no_lazy = !strcmp(arg, "unknown");
		srv.compressed = srv.no_lazy || !strcmp(arg, "compressed");
		srv.bare = !strcmp(arg, "bare");
		said(f, 0);
	} else if (!strcmp(cmd, "relayout")) {
		said(f, layout_renew(arg));
	} else if (!strcmp(cmd, "stale")) {
		if (more)
			*more++ = 0;
		said(f, more ? layout_mark(arg, strtoul(more, NULL, 0)) :
			       -EINVAL);
	} else if (!strcmp(cmd, "encrypt")) {
		if (more)
			*more++ = 0;
		said(f, !more || !strcmp(more, "no") ?
			mdt_encrypt(arg, !more) : -EINVAL);
	} else if (!strcmp(cmd, "resync")) {
		said(f, layout_sync(arg));
	} else if (!strcmp(cmd, "release")) {
		said(f, layout_release(arg));
	} else if (!strcmp(cmd, "restore")) {
		srv.hsm_fails = !strcmp(arg, "fails");
		srv.hsm_ms = srv.hsm_fails ? 100 : strtoul(arg, NULL, 0);
		said(f, 0);
	} else if (!strcmp(cmd, "default")) {
		if (more)
			*more++ = 0;
		said(f, more ? layout_default(arg, more) : -EINVAL);
	} else if (!strcmp(cmd, "layout")) {
		rc = layout_show(f, arg);
		if (rc)
			said(f, rc);
	} else if (!strcmp(cmd, "dom-limit")) {
		srv.dom_limit = strtoull(arg, NULL, 0) &
				~(uint64_t)(LOV_MIN_STRIPE_SIZE - 1);
		said(f, 0);
	} else if (!strcmp(cmd, "pool")) {
		said(f, lov_pool_add(arg));
	} else {
		return false;
	}
	return true;
}

static void run(FILE *f, char *line)
{
	char *arg = strchr(line, ' ');

	if (arg)
		*arg++ = 0;
	else
		arg = line + strlen(line);
	if (!strcmp(line, "stats")) {
		rpc_stats_print(f);
	} else if (!strcmp(line, "depth")) {
		rpc_depth_print(f);
	} else if (!strcmp(line, "reset")) {
		rpc_stats_reset();
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "exports")) {
		export_list(f);
	} else if (!strcmp(line, "locks")) {
		ldlm_dump(f);
	} else if (!strcmp(line, "evict")) {
		evict(f, arg);
	} else if (!strcmp(line, "cut")) {
		socklnd_cut_all();
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "fault")) {
		fprintf(f, fault_add(arg) ? "error: not understood\n" : "ok\n");
	} else if (!strcmp(line, "faults")) {
		fault_list(f);
	} else if (!strcmp(line, "clear")) {
		fault_clear();
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "disable") || !strcmp(line, "enable")) {
		switch_target(f, arg, *line == 'd');
	} else if (!strcmp(line, "stripe") || !strcmp(line, "stripes-below")) {
		stripe(f, arg, line[6]);
	} else if (!strcmp(line, "announce")) {
		announce(f, arg);
	} else if (!strcmp(line, "setxattr")) {
		force_xattr(f, arg);
	} else if (!strcmp(line, "abort-recovery")) {
		for (unsigned int i = 0; i < srv.nr_tgts; i++)
			recovery_abort(&srv.tgts[i], "on demand");
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "param")) {
		if (strchr(arg, '=')) {
			llog_set_param(arg);
			mgs_log_changed("params", MGS_CFG_T_PARAMS);
		}
		fprintf(f, strchr(arg, '=') ? "ok\n" :
			"error: not NAME=VALUE\n");
	} else if (!strcmp(line, "commit-mdt")) {
		store_commit_mdt();
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "commit")) {
		store_commit();
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "level")) {
		log_level = atoi(arg) > LOG_TRACE ? LOG_TRACE : atoi(arg);
		fprintf(f, "ok\n");
	} else if (!strcmp(line, "stop")) {
		fprintf(f, "ok\n");
		srv.stopping = true;
		event_base_loopbreak(srv.base);
	} else if (!layouts(f, line, arg)) {
		fputs(help, f);
	}
}

static void ctl_cb(evutil_socket_t fd, short what, void *arg)
{
	struct timeval tv = { 1, 0 };
	char line[512];
	ssize_t n;
	FILE *f;
	int s;

	(void)what;
	(void)arg;
	s = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (s < 0)
		return;
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	n = read(s, line, sizeof(line) - 1);
	f = fdopen(s, "w");
	if (n > 0 && f) {
		line[n] = 0;
		line[strcspn(line, "\n")] = 0;
		run(f, line);
	}
	if (f)
		fclose(f);
	else
		close(s);
}

int ctl_start(void)
{
	struct sockaddr_un un;

	if (address(&un, srv.cfg.dir)) {
		log_err("%s: path too long for a socket", srv.cfg.dir);
		return -1;
	}
	unlink(un.sun_path);
	ctl_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ctl_fd < 0 || bind(ctl_fd, (struct sockaddr *)&un, sizeof(un)) ||
	    listen(ctl_fd, 8)) {
		log_err("%s: %s", un.sun_path, strerror(errno));
		return -1;
	}
	event_assign(&ctl_ev, srv.base, ctl_fd, EV_READ | EV_PERSIST, ctl_cb,
		     NULL);
	event_add(&ctl_ev, NULL);
	return 0;
}

void ctl_stop(void)
{
	struct sockaddr_un un;

	event_del(&ctl_ev);
	close(ctl_fd);
	if (!address(&un, srv.cfg.dir))
		unlink(un.sun_path);
}

/* lustre-testserver ctl --dir DIR COMMAND... */
int ctl_main(int argc, char **argv)
{
	struct sockaddr_un un;
	char line[512] = "", buf[4096];
	const char *dir = NULL;
	bool bad = false;
	ssize_t n;
	int i = 1, s;

	if (argc > 2 && !strcmp(argv[1], "--dir")) {
		dir = argv[2];
		i = 3;
	}
	if (!dir || i >= argc) {
		fprintf(stderr, "Usage: lustre-testserver ctl --dir DIR COMMAND...\n\n%s",
			help);
		return 2;
	}
	for (; i < argc; i++) {
		size_t len = strlen(line);

		snprintf(line + len, sizeof(line) - len, "%s%s", len ? " " : "",
			 argv[i]);
	}
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || address(&un, dir) ||
	    connect(s, (struct sockaddr *)&un, sizeof(un))) {
		fprintf(stderr, "lustre-testserver ctl: %s/ctl: %s\n", dir,
			strerror(errno));
		return 1;
	}
	if (write(s, line, strlen(line)) < 0)
		return 1;
	while ((n = read(s, buf, sizeof(buf))) > 0) {
		if (!strncmp(buf, "error", 5))
			bad = true;
		fwrite(buf, 1, n, stdout);
	}
	return bad;
}
