// SPDX-License-Identifier: GPL-2.0-only
/* The client as a series of patches, ready to post. */
#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "export.h"
#include "series.h"

/* ---- the plan -------------------------------------------------------------- */

static struct part *new_part(struct plan *plan, const char *title, bool cover)
{
	struct part *p = &plan->cover;

	if (!cover) {
		plan->p = xgrow(plan->p, plan->n, &plan->cap, sizeof(*plan->p));
		p = &plan->p[plan->n++];
	}
	p->title = xstrdup(title);
	buf_add(&p->text, "", 0);
	return p;
}

static void add_globs(struct part *p, char *words)
{
	char *word;

	while ((word = strsep(&words, " \t")))
		if (*word)
			strv_add(&p->glob, word);
}

/* The lines before the first empty one name things, the others are text. */
static void plan_line(struct plan *plan, struct part **now, bool *text, char *line,
		      const char *where)
{
	if (starts(line, "cover: ") || starts(line, "patch: ")) {
		*now = new_part(plan, line + 7, *line == 'c');
		*text = *line == 'c';
	} else if (!*now) {
		if (*line && *line != '#')
			die("%s: before the first 'patch: ': %s", where, line);
	} else if (!*text && !*line) {
		*text = true;
	} else if (*text) {
		if (strlen(line) > 75)
			die("%s: over 75 columns: %s", where, line);
		buf_fmt(&(*now)->text, "%s\n", line);
	} else if (starts(line, "files: ")) {
		add_globs(*now, line + 7);
	} else if (*line == ' ') {
		add_globs(*now, line);
	} else if (starts(line, "hook: ")) {
		(*now)->hook = xstrdup(line + 6);
	} else {
		die("%s: neither 'files: ' nor 'hook: ': %s", where, line);
	}
}

static void trim(struct buf *b)
{
	while (b->len && b->s[b->len - 1] == '\n')
		b->s[--b->len] = '\0';
	buf_str(b, "\n");
}

static void plan_read(struct plan *plan, const char *path)
{
	struct part *now = NULL;
	struct buf b = {};
	bool text = false;
	char *line;
	int rc = read_file(path, &b);

	if (rc)
		die("cannot read %s: %s", path, strerror(-rc));
	for (char *p = b.s; (line = strsep(&p, "\n"));)
		plan_line(plan, &now, &text, line, path);
	if (!plan->cover.title || !plan->n)
		die("%s: it needs a 'cover: ' and a 'patch: '", path);
	trim(&plan->cover.text);
	for (size_t i = 0; i < plan->n; i++)
		trim(&plan->p[i].text);
	buf_free(&b);
}

/* Which patch each file is in. */
static void plan_assign(struct plan *plan, const struct manifest *m)
{
	size_t *count = xalloc(plan->n * sizeof(*count)), bad = 0;

	plan->of = xalloc(m->n * sizeof(*plan->of));
	for (size_t i = 0; i < m->n; i++) {
		size_t k, g = 0;

		for (k = 0; k < plan->n; k++) {
			const struct strv *glob = &plan->p[k].glob;

			for (g = 0; g < glob->n; g++) {
				/* a slash is not special after "folder" + "*" */
				int flags = ends(glob->v[g], "/*") ? 0 : FNM_PATHNAME;

				if (!fnmatch(glob->v[g], m->f[i].dst, flags))
					break;
			}
			if (g < glob->n)
				break;
		}
		if (k == plan->n) {
			warn("in no patch of the series: %s", m->f[i].dst);
			bad++;
			continue;
		}
		plan->of[i] = k;
		count[k]++;
	}
	for (size_t k = 0; k < plan->n; k++) {
		if (!count[k] && !plan->p[k].hook) {
			warn("a patch without files: %s", plan->p[k].title);
			bad++;
		}
	}
	if (bad)
		die("patches/series does not fit the source any more");
	free(count);
}

/* ---- the order ---------------------------------------------------------------- */

/* Where an #include leads within the export, or NULL; as kbuild's -I have it. */
static const struct mfile *resolve(const struct manifest *m, const char *from,
				   const char *name, bool quoted)
{
	int own = base_name(from) - from;
	const char *top = starts(from, "fs/lustre/") ? "fs/lustre/" : "net/lnet/";
	char *tries[] = {
		quoted ? fmt("%.*s%s", own, from, name) : NULL,
		quoted ? fmt("%s%s", top, name) : NULL,
		fmt("include/%s", name), fmt("include/uapi/%s", name),
	};
	const struct mfile *f = NULL;

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		if (!f && tries[i])
			f = manifest_find(m, tries[i]);
		free(tries[i]);
	}
	return f;
}

static size_t check_includes(const struct plan *plan, const struct manifest *m, size_t i)
{
	char *copy = xstrndup(m->f[i].data.s, m->f[i].data.len), *p = copy, *line;
	size_t bad = 0;

	while ((line = strsep(&p, "\n"))) {
		const struct mfile *f;
		char open, name[256];

		if (sscanf(line, " # include %c%255[^>\"]", &open, name) != 2 ||
		    (open != '"' && open != '<'))
			continue;
		f = resolve(m, m->f[i].dst, name, open == '"');
		if (!f || plan->of[f - m->f] <= plan->of[i])
			continue;
		warn("%s (patch %zu) includes %s, which comes with patch %zu",
		     m->f[i].dst, plan->of[i] + 1, f->dst, plan->of[f - m->f] + 1);
		bad++;
	}
	free(copy);
	return bad;
}

static void plan_check_order(const struct plan *plan, const struct manifest *m)
{
	size_t bad = 0;

	for (size_t i = 0; i < m->n; i++)
		if (ends(m->f[i].dst, ".c") || ends(m->f[i].dst, ".h"))
			bad += check_includes(plan, m, i);
	if (bad)
		die("patches/series is out of order: %zu patches would not compile", bad);
}

/* ---- commits -------------------------------------------------------------------- */

struct forge {
	const struct options	*o;
	struct plan		*plan;
	struct manifest		*m;
	struct tree		*t;
	struct overlay		 ov;		/* the kernel's files, patch by patch */
	struct set		*hooks;
	git_repository		*repo;		/* scratch */
	git_index		*index;
	git_tree		*base, *last;
	git_signature		*who;
	char			*dir;
};

static int rm_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static struct forge *to_clean;

static void clean_up(void)
{
	if (to_clean && to_clean->dir)
		nftw(to_clean->dir, rm_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put_blob(struct forge *f, const char *path, const struct buf *b)
{
	git_index_entry e = { .path = path, .mode = GIT_FILEMODE_BLOB };

	if (git_index_add_from_buffer(f->index, &e, b->s, b->len))
		die("cannot build the series: %s: %s", path, git_why());
}

static git_tree *tree_now(struct forge *f)
{
	git_tree *tree;
	git_oid oid;

	if (git_index_write_tree_to(&oid, f->index, f->repo) ||
	    git_tree_lookup(&tree, f->repo, &oid))
		die("cannot build the series: %s", git_why());
	return tree;
}

/* Name, address and the time of the newest commit: the same source, the same series. */
static void find_author(struct forge *f)
{
	git_repository *repo = NULL;
	git_signature *sig = NULL;
	git_commit *head = NULL;
	git_oid oid;
	git_config *cfg;
	git_buf name = {}, mail = {};
	git_time_t when = time(NULL);
	int offset = 0;

	git_repository_open(&repo, f->o->source);
	if (repo ? git_repository_config(&cfg, repo) : git_config_open_default(&cfg))
		die("no git configuration: %s", git_why());
	if (git_config_get_string_buf(&name, cfg, "user.name") ||
	    git_config_get_string_buf(&mail, cfg, "user.email"))
		die("git config user.name and user.email are not set, and Signed-off-by needs them");
	if (repo && !git_reference_name_to_id(&oid, repo, "HEAD") &&
	    !git_commit_lookup(&head, repo, &oid)) {
		when = git_commit_author(head)->when.time;
		offset = git_commit_author(head)->when.offset;
	}
	if (git_signature_new(&sig, name.ptr, mail.ptr, when, offset))
		die("git config user.name and user.email: %s", git_why());
	f->who = sig;
	git_commit_free(head);
	git_config_free(cfg);
	git_repository_free(repo);
}

/* The files of the kernel that the hooks change, as they were before. */
static void lay_base(struct forge *f)
{
	struct record r;

	record_read(&r, f->t);
	peel(&f->ov, f->hooks, f->m, &r);
	for (size_t i = 0; i < f->hooks->n; i++) {
		const struct patch *p = f->hooks->p[i];

		for (size_t k = 0; k < p->n; k++) {
			struct buf b = {};

			if (!ov_read(&f->ov, p->f[k].from, &b, NULL))
				put_blob(f, p->f[k].from, &b);
			buf_free(&b);
		}
	}
	f->base = tree_now(f);
	f->last = f->base;
}

static void open_forge(struct forge *f)
{
	const char *tmp = getenv("TMPDIR");

	f->dir = fmt("%s/export-series.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(f->dir))
		die("cannot make a folder in %s: %s", tmp ? tmp : "/tmp", strerror(errno));
	to_clean = f;
	atexit(clean_up);
	if (git_repository_init(&f->repo, f->dir, 0) ||
	    git_repository_index(&f->index, f->repo))
		die("cannot build the series: %s", git_why());
}

static void put_hook(struct forge *f, const char *id)
{
	const struct patch *p = NULL;
	char *why;

	for (size_t i = 0; i < f->hooks->n; i++)
		if (!strcmp(f->hooks->p[i]->id, id))
			p = f->hooks->p[i];
	if (!p)
		die("patches/series names a patch that %s is without: %s", f->hooks->dir, id);
	if (!apply_patch(&f->ov, p, false, false, false, &why))
		die("%s: the patch '%s' does not apply: %s", f->o->tree, p->title, why);
	for (size_t k = 0; k < p->n; k++) {
		struct buf b = {};

		if (!ov_read(&f->ov, p->f[k].to, &b, NULL))
			put_blob(f, p->f[k].to, &b);
		buf_free(&b);
	}
}

static git_diff *diff_trees(struct forge *f, git_tree *a, git_tree *b)
{
	git_diff_options opts = GIT_DIFF_OPTIONS_INIT;
	git_diff *d;

	opts.flags = GIT_DIFF_FORCE_TEXT;
	if (git_diff_tree_to_tree(&d, f->repo, a, b, &opts))
		die("cannot build the series: %s", git_why());
	return d;
}

static void write_mail(struct forge *f, const char *name, const char *s, size_t n)
{
	char *path = fmt("%s/%s", f->o->series, name);
	int rc = write_file(path, s, n, 0644);

	if (rc)
		die("cannot write %s: %s", path, strerror(-rc));
	if (!f->o->quiet)
		printf("%s\n", path);
	free(path);
}

static char *file_name(const struct part *p, size_t nr)
{
	struct patch as = { .title = p->title };

	return patch_file_name(&as, nr);
}

static void write_part(struct forge *f, size_t k)
{
	git_email_create_options opts = GIT_EMAIL_CREATE_OPTIONS_INIT;
	const struct part *p = &f->plan->p[k];
	char *name = file_name(p, k + 1), *body;
	git_buf mail = {};
	git_tree *now;
	git_diff *d;
	git_oid zero = {};

	for (size_t i = 0; i < f->m->n; i++)
		if (f->plan->of[i] == k)
			put_blob(f, f->m->f[i].dst, &f->m->f[i].data);
	if (p->hook)
		put_hook(f, p->hook);
	now = tree_now(f);
	d = diff_trees(f, f->last, now);
	body = fmt("%s\nSigned-off-by: %s <%s>\n", p->text.s, f->who->name, f->who->email);
	opts.diff_opts.flags = GIT_DIFF_FORCE_TEXT;
	opts.flags = GIT_EMAIL_CREATE_ALWAYS_NUMBER;
	if (git_email_create_from_diff(&mail, d, k + 1, f->plan->n, &zero, p->title, body,
				       f->who, &opts))
		die("cannot write patch %zu: %s", k + 1, git_why());
	write_mail(f, name, mail.ptr, mail.size);
	f->who->when.time++;
	f->last = now;
	git_buf_dispose(&mail);
	git_diff_free(d);
	free(body);
	free(name);
}

static void write_cover(struct forge *f)
{
	git_diff *d = diff_trees(f, f->base, f->last);
	git_diff_stats *stats;
	git_buf text = {};
	struct buf b = {};
	char date[64];
	time_t when = f->who->when.time;
	struct tm tm;

	if (git_diff_get_stats(&stats, d) ||
	    git_diff_stats_to_buf(&text, stats, GIT_DIFF_STATS_FULL |
				  GIT_DIFF_STATS_INCLUDE_SUMMARY, 0))
		die("cannot write the cover letter: %s", git_why());
	gmtime_r(&when, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	buf_fmt(&b, "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"
		"From: %s <%s>\nDate: %s\nSubject: [PATCH %0*d/%zu] %s\n\n%s\n",
		f->who->name, f->who->email, date, f->plan->n > 9 ? 2 : 1, 0, f->plan->n,
		f->plan->cover.title, f->plan->cover.text.s);
	buf_fmt(&b, "%s (%zu):\n", f->who->name, f->plan->n);
	for (size_t i = 0; i < f->plan->n; i++)
		buf_fmt(&b, "  %s\n", f->plan->p[i].title);
	buf_fmt(&b, "\n%s\nThe series is against kernel %s.\n-- \nexport\n", text.ptr,
		f->t->kernel);
	write_mail(f, "0000-cover-letter.patch", b.s, b.len);
	git_buf_dispose(&text);
	git_diff_stats_free(stats);
	git_diff_free(d);
	buf_free(&b);
}

/* All of the source, and all of the hooks, are in the last tree. */
static void check_whole(struct forge *f)
{
	for (size_t i = 0; i < f->hooks->n; i++) {
		bool used = false;

		for (size_t k = 0; k < f->plan->n; k++)
			used |= f->plan->p[k].hook &&
				!strcmp(f->plan->p[k].hook, f->hooks->p[i]->id);
		if (!used)
			die("patches/series leaves out the patch %s", f->hooks->p[i]->id);
	}
}

static void check_folder(const char *dir)
{
	char *cover = fmt("%s/0000-cover-letter.patch", dir);
	int rc = make_dirs(dir);

	if (rc)
		die("cannot make the folder %s: %s", dir, strerror(-rc));
	if (!access(cover, F_OK))
		die("there is a series in %s already", dir);
	free(cover);
}

int do_series(const struct options *o)
{
	struct plan plan = {};
	struct manifest m = {};
	struct forge f = { .o = o, .plan = &plan, .m = &m };
	char *path = fmt("%s/series", o->patches);

	manifest_read(&m, o->source);
	plan_read(&plan, path);
	plan_assign(&plan, &m);
	plan_check_order(&plan, &m);
	f.t = open_kernel(o->tree);
	f.ov.t = f.t;
	f.hooks = hooks_for(o, f.t);
	check_whole(&f);
	find_author(&f);
	check_folder(o->series);
	open_forge(&f);
	lay_base(&f);
	for (size_t k = 0; k < plan.n; k++)
		write_part(&f, k);
	write_cover(&f);
	free(path);
	return EXIT_SAME;
}
