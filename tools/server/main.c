// SPDX-License-Identifier: GPL-2.0-only
/* Command line, start and stop of the test server */
#include "server.h"
#include "ctl.h"
#include "fault.h"
#include "ldlm.h"
#include "llog.h"
#include "lnet.h"
#include "mdt.h"
#include "ost.h"
#include "rpc.h"
#include "store.h"

#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct server srv;

static const char usage_text[] =
"Usage: lustre-testserver --dir DIR [OPTIONS]\n"
"       lustre-testserver ctl --dir DIR COMMAND...\n"
"\n"
"Serves a small Lustre file system (MGS, MDTs, OSTs) from one process, to try\n"
"and to test a client. It is not a production server: data is as safe as the\n"
"directory it lives in, and anybody who reaches the port may do anything.\n"
"\n"
"  --dir DIR              where everything is kept (made if missing)\n"
"  --format               start with an empty file system\n"
"  --fsname NAME          file system name, 1 to 8 characters (lustre)\n"
"  --mdts N --osts N      number of targets (1, 2)\n"
"  --listen ADDR[:PORT]   address and port to listen on (0.0.0.0:988);\n"
"                         IPv6 as [ADDR]:PORT\n"
"  --nid NID              our NID, e.g. 192.168.1.5@tcp; may be given again\n"
"                         (default: the listen address)\n"
"  --stripe-count N       default stripe count of new files (1), -1: all\n"
"  --stripe-size BYTES    default stripe size (4194304)\n"
"  --dom-limit BYTES      longest part of a file on an MDT (1048576)\n"
"  --ost-size BYTES       size each OST claims to have (K, M, G; 16G)\n"
"  --brw-size BYTES       largest read or write RPC (4M)\n"
"  --commit-interval MS   0: commit before each reply (default); else replies\n"
"                         run ahead of the disk, and clients must replay\n"
"  --recovery-time SEC    how long to wait for clients after a restart (60)\n"
"  --mdt-recovery MS      MDTs stay in recovery for that long at least (0)\n"
"  --object-delay MS      after it, lost objects are made anew; -1: never (0)\n"
"  --lock-timeout SEC     until a client that keeps a lock is evicted (100)\n"
"  --evict-time SEC       until a silent client is evicted, 0: never (1.5 times\n"
"                         the timeout, 150)\n"
"  --timeout SEC          tell clients of this timeout; they shall send something\n"
"                         four times in it\n"
"  --restore MS           what an archive takes for each thing, 0: there is none (0)\n"
"  --hide TARGET          leave it out of what clients are told (lustre-OST0002)\n"
"  --param NAME=VALUE     set a parameter of clients, as lctl set_param -P does\n"
"  --privileged-ports     accept connections from ports up to 1023 only\n"
"  --no-zc                never ask for zero-copy acknowledgements\n"
"  --no-discovery         do not ping new peers before talking to them\n"
"  --durable              fsync what is committed\n"
"  --no-data              keep sizes only: what is read is zeros\n"
"  --fault SPEC           misbehave; see the manual page\n"
"  -v, -vv, -q            more, much more, fewer messages on stderr\n"
"  --help, --version\n"
"\n"
"Layouts that users want are refused, with EINVAL but where something else is\n"
"said: stripe sizes that are no multiple of 64 KiB; a first OST, or one of a\n"
"list, that there is not; an OST twice without overstriping; more than 2000\n"
"stripes; pools that there are not (see \"pool\" of ctl), or with names of more\n"
"than 15 characters; components that are not next to each other, begin behind\n"
"0, end within a stripe or where they begin; parts on an MDT that are not the\n"
"first, of the first mirror, or not as long as they say; more than 16 mirrors,\n"
"and another number of them than is said; a layout where there is one (EEXIST);\n"
"what is longer than an attribute may be (E2BIG); self-extending, compressed,\n"
"parity and stale components (EOPNOTSUPP). A longer part on an MDT than\n"
"--dom-limit is cut off; if there may be none, and nothing else is wanted:\n"
"EFBIG. Components are added behind the last one, and removed from the end on,\n"
"but not the first; neither is done to mirrors. Flags to be set or cleared are\n"
"prefer, nosync and nocompr, of components that there are.\n"
"\n"
"When it serves, it prints one line on stdout that begins with \"ready:\".\n";

struct target *target_get(enum tgt_kind kind, unsigned int index)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind == kind && srv.tgts[i].index == index)
			return &srv.tgts[i];
	return NULL;
}

struct target *target_by_uuid(const char *uuid)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (!strcmp(srv.tgts[i].uuid, uuid))
			return &srv.tgts[i];
	return NULL;
}

static void die(const char *fmt, const char *what)
{
	fprintf(stderr, "lustre-testserver: ");
	fprintf(stderr, fmt, what);
	fprintf(stderr, "\nTry --help.\n");
	exit(2);
}

static uint64_t number(const char *opt, const char *text)
{
	char *end;
	unsigned long long v = strtoull(text, &end, 0);
	static const char units[] = "KMGT";
	const char *u = *end ? strchr(units, *end & ~0x20) : NULL;

	if (u) {
		v <<= 10 * (u - units + 1);
		end++;
	}
	if (end == text || *end) {
		fprintf(stderr, "lustre-testserver: --%s: \"%s\" is not a number\n",
			opt, text);
		exit(2);
	}
	return v;
}

/* ADDR, ADDR:PORT, [V6], [V6]:PORT */
static void parse_listen(char *text)
{
	char *port = NULL, *colon;

	if (*text == '[') {
		char *end = strchr(text, ']');

		if (!end)
			die("--listen %s: no closing bracket", text);
		*end = 0;
		if (end[1] == ':')
			port = end + 2;
		text++;
	} else {
		colon = strchr(text, ':');
		if (colon && !strchr(colon + 1, ':')) {
			*colon = 0;
			port = colon + 1;
		}
	}
	srv.cfg.listen = text;
	if (port) {
		uint64_t v = number("listen", port);

		if (!v || v > 65535)
			die("port %s is out of range", port);
		srv.cfg.port = v;
	}
}

static void add_nid(const char *text)
{
	if (srv.cfg.nr_nids == SRV_MAX_NIDS)
		die("%s: too many NIDs", text);
	if (nid_parse(text, &srv.cfg.nids[srv.cfg.nr_nids]))
		die("%s is not a NID", text);
	srv.cfg.nr_nids++;
}

enum {
	O_DIR = 256, O_FORMAT, O_FSNAME, O_MDTS, O_OSTS, O_LISTEN, O_NID,
	O_STRIPES, O_STRIPESZ, O_DOM, O_OSTSIZE, O_BRW, O_COMMIT, O_RECOVERY,
	O_LOCKT, O_EVICT, O_PRIV, O_NOZC, O_NODISC, O_DURABLE, O_NODATA,
	O_FAULT, O_HELP,
	O_VERSION, O_TIMEOUT, O_PARAM, O_HIDE, O_MDTREC, O_OBJECTS,
	O_RESTORE,
};

static const struct option options[] = {
	{ "dir", 1, NULL, O_DIR }, { "format", 0, NULL, O_FORMAT },
	{ "fsname", 1, NULL, O_FSNAME }, { "mdts", 1, NULL, O_MDTS },
	{ "osts", 1, NULL, O_OSTS }, { "listen", 1, NULL, O_LISTEN },
	{ "nid", 1, NULL, O_NID }, { "stripe-count", 1, NULL, O_STRIPES },
	{ "stripe-size", 1, NULL, O_STRIPESZ },
	{ "dom-limit", 1, NULL, O_DOM },
	{ "ost-size", 1, NULL, O_OSTSIZE }, { "brw-size", 1, NULL, O_BRW },
	{ "commit-interval", 1, NULL, O_COMMIT },
	{ "recovery-time", 1, NULL, O_RECOVERY },
	{ "mdt-recovery", 1, NULL, O_MDTREC },
	{ "object-delay", 1, NULL, O_OBJECTS },
	{ "lock-timeout", 1, NULL, O_LOCKT },
	{ "evict-time", 1, NULL, O_EVICT },
	{ "privileged-ports", 0, NULL, O_PRIV },
	{ "no-zc", 0, NULL, O_NOZC }, { "no-discovery", 0, NULL, O_NODISC },
	{ "durable", 0, NULL, O_DURABLE }, { "no-data", 0, NULL, O_NODATA },
	{ "fault", 1, NULL, O_FAULT },
	{ "help", 0, NULL, O_HELP }, { "version", 0, NULL, O_VERSION },
	{ "timeout", 1, NULL, O_TIMEOUT }, { "param", 1, NULL, O_PARAM },
	{ "hide", 1, NULL, O_HIDE }, { "restore", 1, NULL, O_RESTORE },
	{ 0 },
};

static void parse_option(int opt, char *arg)
{
	struct config *cfg = &srv.cfg;

	switch (opt) {
	case O_DIR:
		cfg->dir = arg;
		break;
	case O_FORMAT:
		cfg->format = true;
		break;
	case O_FSNAME:
		cfg->fsname = arg;
		break;
	case O_MDTS:
		cfg->mdts = number("mdts", arg);
		break;
	case O_OSTS:
		cfg->osts = number("osts", arg);
		break;
	case O_LISTEN:
		parse_listen(arg);
		break;
	case O_NID:
		add_nid(arg);
		break;
	case O_STRIPES:
		cfg->stripe_count = !strcmp(arg, "-1") ? UINT_MAX :
				    number("stripe-count", arg);
		break;
	case O_STRIPESZ:
		cfg->stripe_size = number("stripe-size", arg);
		break;
	case O_DOM:
		srv.dom_limit = number("dom-limit", arg);
		break;
	case O_OSTSIZE:
		cfg->ost_size = number("ost-size", arg);
		break;
	case O_BRW:
		cfg->brw_size = number("brw-size", arg);
		break;
	case O_COMMIT:
		cfg->commit_ms = number("commit-interval", arg);
		break;
	case O_RECOVERY:
		cfg->recovery_sec = number("recovery-time", arg);
		break;
	case O_MDTREC:
		cfg->mdt_ms = number("mdt-recovery", arg);
		break;
	case O_OBJECTS:
		cfg->object_ms = !strcmp(arg, "-1") ? -1 :
				 (int)number("object-delay", arg);
		break;
	case O_LOCKT:
		cfg->lock_timeout = number("lock-timeout", arg);
		break;
	case O_EVICT:
		cfg->evict_sec = number("evict-time", arg);
		break;
	case O_TIMEOUT:
		cfg->timeout = number("timeout", arg);
		break;
	case O_RESTORE:
		srv.hsm_ms = number("restore", arg);
		break;
	case O_HIDE:
		cfg->hide = arg;
		break;
	case O_PARAM:
		if (!strchr(arg, '='))
			die("--param %s: not NAME=VALUE", arg);
		if (cfg->nr_params == SRV_MAX_PARAMS)
			die("--param %s: too many", arg);
		cfg->params[cfg->nr_params++] = arg;
		break;
	case O_PRIV:
		cfg->privports = true;
		break;
	case O_NOZC:
		cfg->no_zc = true;
		break;
	case O_NODISC:
		cfg->no_discovery = true;
		break;
	case O_NODATA:
		cfg->no_data = true;
		break;
	case O_DURABLE:
		cfg->durable = true;
		break;
	case O_FAULT:
		if (fault_add(arg))
			die("--fault %s: not understood", arg);
		break;
	case 'v':
		if (log_level < LOG_TRACE)
			log_level++;
		break;
	case 'q':
		log_level = LOG_WARN;
		break;
	case O_HELP:
		fputs(usage_text, stdout);
		exit(0);
	case O_VERSION:
		puts("lustre-testserver 0.1");
		exit(0);
	default:
		fprintf(stderr, "Try --help.\n");
		exit(2);
	}
}

static void check_config(void)
{
	struct config *cfg = &srv.cfg;
	size_t n = strlen(cfg->fsname);

	if (!cfg->dir)
		die("%s", "--dir is needed");
	/* six pings, of which there are four in the timeout */
	if (cfg->evict_sec == UINT_MAX)
		cfg->evict_sec = (cfg->timeout ? cfg->timeout : 100) * 3 / 2;
	if (!n || n > LUSTRE_MAXFSNAME ||
	    strspn(cfg->fsname, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != n)
		die("--fsname %s: 1 to 8 of A-Z a-z 0-9 _ -", cfg->fsname);
	if (!cfg->mdts || !cfg->osts || cfg->mdts + cfg->osts >= SRV_MAX_TARGETS)
		die("%s", "--mdts and --osts: at least 1 each, together at most 62");
	if (!cfg->stripe_count || cfg->stripe_count > cfg->osts)
		cfg->stripe_count = cfg->osts;
	if (!cfg->stripe_size || cfg->stripe_size % LOV_MIN_STRIPE_SIZE ||
	    cfg->stripe_size > UINT32_MAX)
		die("%s", "--stripe-size: a multiple of 65536");
	if (srv.dom_limit % LOV_MIN_STRIPE_SIZE || srv.dom_limit >= 1ULL << 30)
		die("%s", "--dom-limit: a multiple of 65536 below 1G");
	if (cfg->brw_size < LNET_MTU || cfg->brw_size > PTLRPC_MAX_BRW_SIZE ||
	    (cfg->brw_size & (cfg->brw_size - 1)))
		die("%s", "--brw-size: a power of two, 1M to 64M");
	if (!cfg->nr_nids) {
		if (!strcmp(cfg->listen, "0.0.0.0") || !strcmp(cfg->listen, "::"))
			die("%s", "--nid is needed when listening on any address");
		add_nid(cfg->listen);
	}
}

static void add_target(enum tgt_kind kind, unsigned int index)
{
	struct target *t = &srv.tgts[srv.nr_tgts++];
	char key[48];

	t->kind = kind;
	t->index = index;
	t->objdir = -1;
	if (kind == TGT_MGS) {
		snprintf(t->name, sizeof(t->name), "MGS");
		snprintf(t->uuid, sizeof(t->uuid), "MGS");
	} else {
		snprintf(t->name, sizeof(t->name), "%s-%s%04x", srv.cfg.fsname,
			 kind == TGT_MDT ? "MDT" : "OST", index);
		snprintf(t->uuid, sizeof(t->uuid), "%s-%s%04x_UUID",
			 srv.cfg.fsname, kind == TGT_MDT ? "MDT" : "OST", index);
	}
	t->hidden = srv.cfg.hide && !strcmp(srv.cfg.hide, t->name);
	t->ns = ldlm_ns_new(t);
	snprintf(key, sizeof(key), "instance/%s", t->name);
	t->instance = store_counter_inc(key, 1, 1);
	snprintf(key, sizeof(key), "transno/%s", t->name);
	t->last_committed = store_counter(key, 0);
	/* A restart leaves room for numbers that were lost */
	t->last_transno = ((t->last_committed >> 32) + 1) << 32;
	if (kind != TGT_MGS)
		recovery_start(t, store_clients_load(t));
	/* What is replayed lies between the two */
	if (t->rec)
		t->last_transno = t->last_committed;
}

static void wipe(void)
{
	char cmd[PATH_MAX + 64];

	snprintf(cmd, sizeof(cmd), "%s/db/data.mdb", srv.cfg.dir);
	unlink(cmd);
	snprintf(cmd, sizeof(cmd), "%s/db/lock.mdb", srv.cfg.dir);
	unlink(cmd);
	ost_wipe();
}

static void remember_config(void)
{
	uint64_t mdts = store_counter("config/mdts", 0);
	uint64_t osts = store_counter("config/osts", 0);
	char old[16] = "";
	size_t len = sizeof(old) - 1;

	if (!store_get(DB_META, "config/fsname", 13, old, &len) &&
	    strcmp(old, srv.cfg.fsname))
		die("the directory holds another file system: %s", old);
	if ((mdts && mdts > srv.cfg.mdts) || (osts && osts > srv.cfg.osts))
		die("%s", "the directory was made with more targets");
	store_put(DB_META, "config/fsname", 13, srv.cfg.fsname,
		  strlen(srv.cfg.fsname));
	store_counter_set("config/mdts", srv.cfg.mdts);
	store_counter_set("config/osts", srv.cfg.osts);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	(void)what;
	(void)arg;
	if (sig == SIGUSR1) {
		rpc_stats_print(stderr);
		return;
	}
	log_info("signal %d: stopping", (int)sig);
	srv.stopping = true;
	event_base_loopbreak(srv.base);
}

static void setup(void)
{
	static struct event sigs[3];
	static const int nums[] = { SIGTERM, SIGINT, SIGUSR1 };
	struct rlimit rl;

	signal(SIGPIPE, SIG_IGN);
	if (!getrlimit(RLIMIT_NOFILE, &rl)) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	srv.base = event_base_new();
	for (unsigned int i = 0; i < ARRAY_SIZE(nums); i++) {
		evsignal_assign(&sigs[i], srv.base, nums[i], on_signal, NULL);
		event_add(&sigs[i], NULL);
	}
	srv.incarnation = (uint64_t)wall_sec() * 1000000000ULL +
			  now_ms() % 1000 * 1000000ULL;
	srv.next_xid = (uint64_t)wall_sec() << 20;
}

static void start(void)
{
	struct config *cfg = &srv.cfg;

	if (mkdir(cfg->dir, 0700) && errno != EEXIST)
		die("cannot make %s", cfg->dir);
	if (cfg->format)
		wipe();
	setup();
	if (store_open())
		exit(3);
	remember_config();
	lnet_init();
	ldlm_init();
	cb_init();
	export_init();
	add_target(TGT_MGS, 0);
	for (unsigned int i = 0; i < cfg->mdts; i++)
		add_target(TGT_MDT, i);
	for (unsigned int i = 0; i < cfg->osts; i++)
		add_target(TGT_OST, i);
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind != TGT_MGS && ost_start(&srv.tgts[i]))
			exit(3);
	ost_forget();
	mdt_format();
	mdt_start();
	store_commit();
	llog_build();
	if (ctl_start() || socklnd_start())
		exit(3);
}

int main(int argc, char **argv)
{
	int opt;

	srv.cfg = (struct config){
		.fsname = "lustre", .mdts = 1, .osts = 2, .stripe_count = 1,
		.stripe_size = 4 << 20, .listen = "0.0.0.0",
		.port = LNET_WIRE_ACCEPTOR_PORT, .ost_size = 16ULL << 30,
		.brw_size = 4 << 20, .recovery_sec = 60, .lock_timeout = 100,
		.evict_sec = UINT_MAX,
	};
	srv.dom_limit = 1 << 20;
	/* Memory of a bulk that is over is the next one's: each page costs a fault. */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 512 << 20);
	if (argc > 1 && !strcmp(argv[1], "ctl"))
		return ctl_main(argc - 1, argv + 1);
	while ((opt = getopt_long(argc, argv, "vq", options, NULL)) != -1)
		parse_option(opt, optarg);
	if (optind < argc)
		die("%s: what is this?", argv[optind]);
	check_config();
	start();
	printf("ready: %s at %s port %u, %u MDT, %u OST, pid %d\n",
	       srv.cfg.fsname, nid_str(&srv.cfg.nids[0]), srv.cfg.port,
	       srv.cfg.mdts, srv.cfg.osts, getpid());
	fflush(stdout);
	event_base_dispatch(srv.base);
	socklnd_stop();
	ctl_stop();
	ost_stop();
	store_close();
	log_info("stopped");
	return 0;
}
