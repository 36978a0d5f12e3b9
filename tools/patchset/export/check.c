// SPDX-License-Identifier: GPL-2.0-only
/* Is it ready to post?  Built in every way that counts; one page of results. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

extern char **environ;

void found(struct step *s, const char *f, ...)
{
	va_list ap;
	char *text;

	va_start(ap, f);
	if (vasprintf(&text, f, ap) < 0)
		die("out of memory");
	va_end(ap);
	if (!strv_has(&s->found, text))
		strv_add(&s->found, text);
	free(text);
}

int run(struct step *s, const char *const argv[])
{
	posix_spawn_file_actions_t fa;
	int status, rc;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, s->log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	posix_spawn_file_actions_adddup2(&fa, 1, 2);
	rc = posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (rc) {
		found(s, "cannot run %s: %s", argv[0], strerror(rc));
		return -1;
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* make O=OBJ with up to a dozen more words */
static int make(struct gate *g, struct step *s, const char *obj, const char *const more[])
{
	const char *argv[32] = { "make", "-s", "-C" };
	char *o = fmt("O=%s", obj), *j = fmt("-j%u", g->o->jobs);
	int n = 3, rc;

	argv[n++] = g->t->root;
	argv[n++] = o;
	argv[n++] = j;
	while (*more && n < 31)
		argv[n++] = *more++;
	rc = run(s, argv);
	free(o);
	free(j);
	return rc;
}

/* ---- what the compilers said ---------------------------------------------------- */

static bool is_ours(const struct gate *g, const char *line)
{
	if (strstr(line, "net/lnet/") || strstr(line, "fs/lustre/"))
		return true;
	for (size_t i = 0; i < g->m.n; i++)
		if (starts(g->m.f[i].dst, "include/") && strstr(line, g->m.f[i].dst))
			return true;
	return false;
}

/* Warnings and errors about our files; @each: one per file is enough. */
static void read_log(struct gate *g, struct step *s, bool each)
{
	struct strv seen = {};
	struct buf b = {};
	char *line;

	if (read_file(s->log, &b))
		die("cannot read %s", s->log);
	for (char *p = b.s; p && (line = strsep(&p, "\n"));) {
		bool said = strstr(line, "warning:") || strstr(line, "error:") ||
			    strstr(line, "Warning:") || strstr(line, "Error:") ||
			    strstr(line, " *** ") || strstr(line, "ERROR:");

		char *file = xstrndup(line, strcspn(line, ":"));

		if (said && (is_ours(g, line) || (!each && strstr(line, " *** "))) &&
		    !(each && strv_has(&seen, file))) {
			found(s, "%s", line);
			strv_add(&seen, file);
		}
		free(file);
	}
	strv_free(&seen);
	buf_free(&b);
}

static void step_verify(struct gate *g, struct step *s)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	if (run(s, (const char *const[]){ self, "--source", g->o->source, "--patches",
					  g->o->patches, "--verify", g->t->root, NULL }))
		found(s, "the tree does not have what is here (export first): see %s", s->log);
	s->said = fmt("%zu files compared by hash", g->m.n);
}

static void step_kernel_doc(struct gate *g, struct step *s)
{
	static const char *const tools[] = { "tools/docs/kernel-doc", "scripts/kernel-doc.py",
					     "scripts/kernel-doc" };
	const char **argv = xalloc((g->m.n + 8) * sizeof(*argv));
	char *tool = NULL;
	size_t n = 0;
	struct buf b = {};
	char *line;

	for (size_t i = 0; !tool && i < 3; i++) {
		tool = fmt("%s/%s", g->t->root, tools[i]);
		if (access(tool, R_OK)) {
			free(tool);
			tool = NULL;
		}
	}
	if (!tool) {
		found(s, "the kernel tree has no kernel-doc");
		return;
	}
	argv[n++] = "python3";
	argv[n++] = tool;
	argv[n++] = "-none";
	for (size_t i = 0; i < g->m.n; i++)
		if (ends(g->m.f[i].dst, ".c") || ends(g->m.f[i].dst, ".h"))
			argv[n++] = fmt("%s/%s", g->t->root, g->m.f[i].dst);
	run(s, argv);
	if (read_file(s->log, &b))
		die("cannot read %s", s->log);
	for (char *p = b.s; p && (line = strsep(&p, "\n"));)
		if ((strcasestr(line, "warning:") || strcasestr(line, "error:")) &&
		    !strstr(line, "no structured comments"))
			found(s, "%s", line);
	s->said = fmt("%zu files", n - 3);
	buf_free(&b);
	free(argv);
}

/* ---- building ------------------------------------------------------------------- */

struct target {
	const char	*dir, *arch, *cross, *config;
	char		 value;		/* of our tristates: m or y */
};

/* Ours, plus what makes a configuration of everything quick to prepare. */
static char *write_fragment(struct gate *g, const struct target *t)
{
	char *path = fmt("%s/%s.fragment", g->work, t->dir);
	struct buf b = {};

	buf_fmt(&b, "CONFIG_LNET=%c\nCONFIG_LUSTRE_FS=%c\n", t->value, t->value);
	buf_fmt(&b, "CONFIG_KUNIT=%c\nCONFIG_LNET_KUNIT_TEST=%c\nCONFIG_LUSTRE_FS_KUNIT_TEST=%c\n",
		t->value, t->value, t->value);
	buf_str(&b, "CONFIG_NET=y\nCONFIG_INET=y\nCONFIG_IPV6=y\nCONFIG_MODULES=y\n"
		"CONFIG_DEBUG_FS=y\nCONFIG_DEBUG_INFO_NONE=y\n# CONFIG_WERROR is not set\n"
		"# CONFIG_GCC_PLUGINS is not set\n# CONFIG_RUST is not set\n"
		"# CONFIG_KASAN is not set\n# CONFIG_KCSAN is not set\n# CONFIG_UBSAN is not set\n"
		"# CONFIG_GCOV_KERNEL is not set\n# CONFIG_MODULE_SIG is not set\n");
	if (write_file(path, b.s, b.len, 0644))
		die("cannot write %s", path);
	buf_free(&b);
	return path;
}

/* Kconfig drops what depends on something that is off: then nothing was built. */
static void check_config(struct gate *g, struct step *s, const struct target *t)
{
	static const char *const want[] = { "LNET", "LUSTRE_FS" };
	char *path = fmt("%s/%s/.config", g->work, t->dir);
	struct buf b = {};

	if (read_file(path, &b))
		found(s, "there is no configuration: %s", path);
	for (size_t i = 0; i < 2; i++) {
		char *line = fmt("\nCONFIG_%s=%c\n", want[i], t->value);

		if (b.s && !strstr(b.s, line))
			found(s, "CONFIG_%s does not become %c in %s", want[i], t->value,
			      t->config);
		free(line);
	}
	buf_free(&b);
	free(path);
}

static bool prepare(struct gate *g, struct step *s, const struct target *t,
		    char *arch, char *cross)
{
	char *obj = fmt("%s/%s", g->work, t->dir), *done = fmt("%s/.prepared", obj);
	char *frag = write_fragment(g, t), *all = fmt("KCONFIG_ALLCONFIG=%s", frag);
	char *conf = fmt("%s/.config", obj);
	bool ok = !access(done, F_OK);

	if (!ok) {
		ok = !make_dirs(obj) &&
		     !make(g, s, obj, (const char *const[]){ arch, cross, all, t->config, NULL });
		if (ok && strcmp(t->config, "allmodconfig") && strcmp(t->config, "allyesconfig")) {
			/* a defconfig takes no fragment: merge it */
			char *merge = fmt("%s/scripts/kconfig/merge_config.sh", g->t->root);

			ok = !run(s, (const char *const[]){ "sh", merge, "-m", "-O", obj, conf,
							    frag, NULL }) &&
			     !make(g, s, obj, (const char *const[]){ arch, cross, "olddefconfig", NULL });
			free(merge);
		}
		ok = ok && !make(g, s, obj, (const char *const[]){ arch, cross, "modules_prepare", NULL }) &&
		     !write_file(done, "", 0, 0644);
		if (!ok)
			found(s, "the kernel's own build cannot be prepared: see %s", s->log);
	}
	free(obj);
	free(done);
	free(frag);
	free(all);
	free(conf);
	return ok;
}

/*
 * What sparse knows of gcc is older than the kernel's needs: without these it
 * stumbles over every MODULE_INFO() instead of telling what is wrong.
 */
static const char sparse_call[] =
	"CHECK=sparse -D__typeof_unqual__=__typeof__ '-D__builtin_strlen(x)=(sizeof(x)-1)'";

static void build(struct gate *g, struct step *s, const struct target *t, bool sparse)
{
	char *obj = fmt("%s/%s", g->work, t->dir);
	char *arch = fmt("ARCH=%s", t->arch), *cross = fmt("CROSS_COMPILE=%s", t->cross);
	const char *c2 = sparse ? "C=2" : "C=0";
	size_t objects = 0;

	s->said = fmt("%s, %s, =%c", t->arch, t->config, t->value);
	if (prepare(g, s, t, arch, cross)) {
		/* the log of the preparation is not about us */
		truncate(s->log, 0);
		check_config(g, s, t);
		if (make(g, s, obj, (const char *const[]){
				arch, cross, "W=1", c2,
				sparse_call,
				"net/lnet/", "fs/lustre/", NULL }))
			found(s, "make failed: see %s", s->log);
		read_log(g, s, false);
		for (size_t i = 0; i < g->m.n; i++) {
			char *o = fmt("%s/%.*so", obj, (int)strlen(g->m.f[i].dst) - 1,
				      g->m.f[i].dst);

			if (ends(g->m.f[i].dst, ".c") && !access(o, F_OK))
				objects++;
			free(o);
		}
		free(s->said);
		s->said = fmt("%zu objects; %s, %s, =%c", objects, t->arch, t->config, t->value);
		if (objects < 20)
			found(s, "only %zu objects were built", objects);
	}
	free(obj);
	free(arch);
	free(cross);
}

static const struct target x86_m = { "x86-m", "x86_64", "", "allmodconfig", 'm' };
static const struct target x86_y = { "x86-y", "x86_64", "", "allmodconfig", 'y' };

static void step_modules(struct gate *g, struct step *s)
{
	build(g, s, &x86_m, false);
}

static void step_builtin(struct gate *g, struct step *s)
{
	build(g, s, &x86_y, false);
}

static bool in_path(const char *prog)
{
	char *path = xstrdup(getenv("PATH") ? getenv("PATH") : ""), *p = path, *dir;
	bool yes = false;

	while (!yes && (dir = strsep(&p, ":"))) {
		char *full = fmt("%s/%s", dir, prog);

		yes = !access(full, X_OK);
		free(full);
	}
	free(path);
	return yes;
}

static void step_sparse(struct gate *g, struct step *s)
{
	if (!in_path("sparse"))
		found(s, "there is no sparse (Debian: sparse)");
	else
		build(g, s, &x86_m, true);
}

static void step_cross(struct gate *g, struct step *s)
{
	static const struct target all[] = {
		{ "ppc32", "powerpc", "powerpc-linux-gnu-", "pmac32_defconfig", 'm' },
		{ "s390", "s390", "s390x-linux-gnu-", "defconfig", 'm' },
		{ "arm", "arm", "arm-linux-gnueabihf-", "multi_v7_defconfig", 'm' },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		char *gcc = fmt("%sgcc", all[i].cross);
		bool there = in_path(gcc);

		free(gcc);
		if (there) {
			build(g, s, &all[i], false);
			return;
		}
	}
	found(s, "no 32-bit or big-endian compiler (Debian: gcc-powerpc-linux-gnu)");
}

/* Each header on its own, and those of user space as user space has them. */
static void step_headers(struct gate *g, struct step *s)
{
	char *m = fmt("%s/headers", g->work), *kbuild = fmt("%s/Kbuild", m);
	char *marg = fmt("M=%s", m), *obj = fmt("%s/%s", g->work, x86_m.dir);
	struct buf kb = {}, list = {};
	size_t n = 0;

	if (!prepare(g, s, &x86_m, (char *)"ARCH=x86_64", (char *)"CROSS_COMPILE="))
		goto out;
	truncate(s->log, 0);
	if (make_dirs(m))
		die("cannot make the folder %s", m);
	for (size_t i = 0; i < g->m.n; i++) {
		const char *dst = g->m.f[i].dst;
		char *c;
		struct buf b = {};

		if (!ends(dst, ".h"))
			continue;
		c = fmt("%s/h%zu.c", m, n);
		buf_fmt(&b, "// SPDX-License-Identifier: GPL-2.0-only\n#include \"%s/%s\"\n",
			g->t->root, dst);
		if (write_file(c, b.s, b.len, 0644))
			die("cannot write %s", c);
		buf_fmt(&kb, "obj-m += h%zu.o\nCFLAGS_h%zu.o := -I%s/%s\n", n, n, g->t->root,
			starts(dst, "net/") ? "net/lnet" : "fs/lustre");
		n++;
		buf_free(&b);
		free(c);
		if (starts(dst, "include/uapi/")) {
			char *full = fmt("%s/%s", g->t->root, dst);

			if (run(s, (const char *const[]){ "cc", "-std=c99", "-Wall", "-Wextra",
							  "-fsyntax-only", "-x", "c", full, NULL }))
				found(s, "not for user space as it is: %s", dst);
			free(full);
		}
	}
	if (write_file(kbuild, kb.s, kb.len, 0644))
		die("cannot write %s", kbuild);
	if (make(g, s, obj, (const char *const[]){ "ARCH=x86_64", marg, "-k",
						   "KBUILD_MODPOST_WARN=1", "W=1",
						   "./", NULL }))
		found(s, "not every header compiles on its own: see %s", s->log);
	read_log(g, s, true);
	s->said = fmt("%zu headers", n);
out:
	buf_free(&kb);
	buf_free(&list);
	free(m);
	free(kbuild);
	free(marg);
	free(obj);
}

static const struct {
	const char	*name, *what;
	void		(*fn)(struct gate *g, struct step *s);
} all_steps[] = {
	{ "verify", "the tree has what is here, byte for byte", step_verify },
	{ "kconfig", "what is used is defined, what is defined is explained", lint_kconfig },
	{ "kernel-doc", "comments of the interfaces", step_kernel_doc },
	{ "modules", "built as modules, W=1", step_modules },
	{ "builtin", "built into the kernel, W=1", step_builtin },
	{ "sparse", "sparse, as modules", step_sparse },
	{ "headers", "each header compiles on its own", step_headers },
	{ "cross", "32-bit or big-endian, W=1", step_cross },
};

#define N_STEPS	(sizeof(all_steps) / sizeof(*all_steps))

static int rm_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void check_only(const struct options *o)
{
	for (size_t i = 0; i < o->only.n; i++) {
		size_t k = 0;

		while (k < N_STEPS && strcmp(o->only.v[i], all_steps[k].name))
			k++;
		if (k == N_STEPS)
			die("--only: there is no step '%s' (--only list names them)",
			    o->only.v[i]);
	}
}

static char *work_folder(const struct options *o)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = o->work ? xstrdup(o->work) :
		    fmt("%s/export-check.XXXXXX", tmp ? tmp : "/tmp");
	char *full;

	if (o->work ? make_dirs(dir) != 0 : !mkdtemp(dir))
		die("cannot make the folder %s: %s", dir, strerror(errno));
	full = realpath(dir, NULL);
	if (!full)
		die("%s: %s", dir, strerror(errno));
	free(dir);
	return full;
}

static void print_step(const struct step *s)
{
	printf("%-6s %-10s %5.0f s  %s\n", s->ok ? "ok" : "FAILED", s->name, s->seconds,
	       s->said ? s->said : "");
	for (size_t i = 0; i < s->found.n && i < 25; i++)
		printf("       %s\n", s->found.v[i]);
	if (s->found.n > 25)
		printf("       and %zu more: %s\n", s->found.n - 25, s->log);
	fflush(stdout);
}

static struct json_object *step_json(const struct step *s)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_object_object_add(o, "step", json_object_new_string(s->name));
	json_object_object_add(o, "passed", json_object_new_boolean(s->ok));
	json_object_object_add(o, "seconds", json_object_new_double(s->seconds));
	if (s->said)
		json_object_object_add(o, "summary", json_object_new_string(s->said));
	for (size_t i = 0; i < s->found.n; i++) {
		char *clean = utf8(s->found.v[i]);

		json_object_array_add(list, json_object_new_string(clean));
		free(clean);
	}
	json_object_object_add(o, "findings", list);
	return o;
}

int do_check(const struct options *o)
{
	struct gate g = { .o = o };
	struct step s[N_STEPS] = {};
	struct json_object *out = json_object_new_array();
	size_t bad = 0, ran = 0;

	if (strv_has(&o->only, "list")) {
		for (size_t i = 0; i < N_STEPS; i++)
			printf("%-11s %s\n", all_steps[i].name, all_steps[i].what);
		return EXIT_SAME;
	}
	check_only(o);
	g.t = open_kernel(o->tree);
	manifest_read(&g.m, o->source);
	g.work = work_folder(o);
	for (size_t i = 0; i < N_STEPS; i++) {
		struct timespec a, b;

		s[i].name = all_steps[i].name;
		s[i].what = all_steps[i].what;
		s[i].run = !o->only.n || strv_has(&o->only, s[i].name);
		if (!s[i].run)
			continue;
		s[i].log = fmt("%s/%s.log", g.work, s[i].name);
		if (write_file(s[i].log, "", 0, 0644))
			die("cannot write %s", s[i].log);
		clock_gettime(CLOCK_MONOTONIC, &a);
		all_steps[i].fn(&g, &s[i]);
		clock_gettime(CLOCK_MONOTONIC, &b);
		s[i].seconds = b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9;
		s[i].ok = !s[i].found.n;
		bad += !s[i].ok;
		ran++;
		json_object_array_add(out, step_json(&s[i]));
		if (!o->json)
			print_step(&s[i]);
	}
	if (o->json)
		puts(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		printf("%zu of %zu steps passed%s%s\n", ran - bad, ran, bad ? "; logs in " : "",
		       bad ? g.work : "");
	if (o->html)
		page_html(&g, s, N_STEPS);
	if (!o->work && !bad)
		nftw(g.work, rm_one, 16, FTW_DEPTH | FTW_PHYS);
	return bad ? EXIT_DIFFERS : EXIT_SAME;
}
