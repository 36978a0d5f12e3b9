// SPDX-License-Identifier: GPL-2.0-only
/* patchset import, export and list: what comes in and goes out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "verbs.h"

static char *signature(const git_signature *sig)
{
	return fmt("%s <%s>", sig->name, sig->email);
}

/* RFC 5322, in the zone of the one who made it. */
static char *mail_date(const git_time *when)
{
	time_t t = when->time + when->offset * 60;
	char text[64];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S", &tm);
	return fmt("%s %c%02d%02d", text, when->offset < 0 ? '-' : '+',
		   abs(when->offset) / 60, abs(when->offset) % 60);
}

static struct patch *from_commit(git_repository *repo, const git_oid *oid,
				 const char *name)
{
	git_email_create_options opts = GIT_EMAIL_CREATE_OPTIONS_INIT;
	git_commit *c;
	git_buf mail = {};
	struct patch *p;
	char *why, hex[13];

	if (git_commit_lookup(&c, repo, oid))
		die("%s: %s", name, git_why());
	git_oid_tostr(hex, sizeof(hex), oid);
	if (git_commit_parentcount(c) != 1)
		die("%s: commit %s has %u parents; a patch is the difference to one", name,
		    hex, git_commit_parentcount(c));
	opts.flags = GIT_EMAIL_CREATE_OMIT_NUMBERS;
	if (git_email_create_from_commit(&mail, c, &opts))
		die("%s: commit %s: %s", name, hex, git_why());
	p = patch_parse(mail.ptr, mail.size, hex, &why);
	if (!p)
		die("%s: commit %s: %s", name, hex, why);
	/* As they are: the mail has them encoded. */
	free(p->title);
	p->title = xstrdup(git_commit_summary(c));
	free(p->author);
	p->author = signature(git_commit_author(c));
	free(p->date);
	p->date = mail_date(&git_commit_author(c)->when);
	git_buf_dispose(&mail);
	git_commit_free(c);
	return p;
}

/* REPO:REV is one commit, REPO:A..B are those in between, oldest first. */
static void from_git(struct set *s, const char *arg)
{
	const char *colon = strchr(arg, ':');
	char *path = xstrndup(arg, colon - arg);
	git_repository *repo;
	git_revspec spec;
	git_revwalk *walk;
	git_oid oid;

	if (git_repository_open_ext(&repo, path, 0, NULL))
		die("%s: no git repository: %s", path, git_why());
	if (git_revparse(&spec, repo, colon + 1))
		die("%s: no revision '%s': %s", path, colon + 1, git_why());
	if (spec.flags & GIT_REVSPEC_SINGLE) {
		git_object *c;

		if (git_object_peel(&c, spec.from, GIT_OBJECT_COMMIT))
			die("%s: '%s' is no commit", path, colon + 1);
		set_add(s, from_commit(repo, git_object_id(c), arg));
		git_object_free(c);
	} else {
		if (git_revwalk_new(&walk, repo) ||
		    git_revwalk_push(walk, git_object_id(spec.to)) ||
		    git_revwalk_hide(walk, git_object_id(spec.from)))
			die("%s: %s", arg, git_why());
		git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
		while (!git_revwalk_next(&oid, walk))
			set_add(s, from_commit(repo, &oid, arg));
		git_revwalk_free(walk);
		if (git_repository_is_shallow(repo))
			warn("%s is a shallow clone: there may be older commits", path);
	}
	git_object_free(spec.from);
	git_object_free(spec.to);
	git_repository_free(repo);
	free(path);
}

/* A file, maybe a mailbox of several mails. */
static void from_file(struct set *s, const char *path)
{
	static const char mark[] = "\nFrom ";
	struct buf b = {};
	int rc = read_file(path, &b);
	char *at, *end, *why;

	if (rc)
		die("cannot read %s: %s", path, strerror(-rc));
	for (at = b.s; at; at = end) {
		size_t n;
		struct patch *p;

		for (end = at; (end = strstr(end, mark)); end++)
			if (strspn(end + 6, "0123456789abcdef") == 40)
				break;
		end = end ? end + 1 : NULL;
		n = end ? (size_t)(end - at) : b.len - (at - b.s);
		p = patch_parse(at, n, path, &why);
		if (!p)
			die("%s: %s", path, why);
		set_add(s, p);
	}
	buf_free(&b);
}

/* A bare diff of a patch that is known says what that one says. */
static void inherit(struct patch *p, const struct patch *known)
{
	if (p->mail)
		return;
	free(p->title);
	p->title = xstrdup(known->title);
	free(p->body);
	p->body = xstrdup(known->body);
	p->author = known->author ? xstrdup(known->author) : NULL;
	p->date = known->date ? xstrdup(known->date) : NULL;
}

/* Identity: kept when the file has one, given by --id, or a new one. */
static void identify(const struct options *o, const struct sets *all, struct patch *p)
{
	struct set *in;
	struct patch *known;

	if (o->id) {
		free(p->id);
		p->id = xstrdup(o->id);
	}
	if (!p->id)
		patch_make_id(p);
	if (o->origin) {
		free(p->origin);
		p->origin = xstrdup(o->origin);
	}
	for (const char *c = p->id; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-._", *c))
			die("an id is made of a-z, 0-9, '-', '.' and '_': %s", p->id);
	known = sets_patch(all, p->id, 0, &in);
	if (!known || strcmp(known->id, p->id))
		return;
	inherit(p, known);
	p->version = known->version;
	if (!buf_same(&known->diff, &p->diff)) {
		p->version++;
		patch_clear_status(p);
	}
	if (!o->origin && known->origin && !p->origin)
		p->origin = xstrdup(known->origin);
}

/* A new version of the set: what it had, with the new ones added or replaced. */
int verb_import(const struct options *o)
{
	struct set *in = xalloc(sizeof(*in)), *s, *old;
	const char *name = o->specs.n ? o->specs.v[0] : NULL;
	struct sets all;
	struct stat st;

	if (o->specs.n > 1 || !name || !path_is_sane(name) || strpbrk(name, "/@"))
		die("import needs one --set NAME to put the patches into");
	if (!o->n)
		die("import needs a patch file or REPO:COMMIT (see --help)");
	if (make_dirs(o->patches))
		die("cannot make the folder %s: %s", o->patches, strerror(errno));
	sets_read(&all, o->patches);
	for (int i = 0; i < o->n; i++) {
		if (stat(o->arg[i], &st) && strchr(o->arg[i], ':'))
			from_git(in, o->arg[i]);
		else
			from_file(in, o->arg[i]);
	}
	if (o->id && in->n > 1)
		die("--id is for one patch, these are %zu", in->n);
	old = sets_newest(&all, name, NULL);
	s = old ? set_read(o->patches, name, old->version) : xalloc(sizeof(*s));
	s->name = xstrdup(name);
	s->version = old ? old->version + 1 : 1;
	if (o->kernels)
		s->kernels = xstrdup(o->kernels);
	if (o->title)
		s->title = xstrdup(o->title);
	for (size_t i = 0; i < in->n; i++) {
		struct patch *p = in->p[i];
		size_t k = 0;

		identify(o, &all, p);
		while (k < s->n && strcmp(s->p[k]->id, p->id))
			k++;
		if (k < s->n)
			s->p[k] = p;
		else
			set_add(s, p);
		printf("%s version %u  %s\n", p->id, p->version, p->title);
	}
	set_write(&all, s);
	printf("written: %s\n", s->dir);
	return EXIT_SAME;
}

int verb_export(const struct options *o)
{
	struct sets all;
	struct set *s;
	bool own;

	if (o->n != 2)
		die("export needs a set or patch, and a folder (see --help)");
	sets_read(&all, o->patches);
	s = spec_find(&all, o->arg[0], NULL, &own);
	if (make_dirs(o->arg[1]))
		die("cannot make the folder %s: %s", o->arg[1], strerror(errno));
	for (size_t i = 0; i < s->n; i++) {
		char *file = patch_file_name(s->p[i], i + 1);
		char *path = fmt("%s/%s", o->arg[1], file);
		struct buf b = {};
		int rc;

		patch_write(s->p[i], &b, o->plain);
		rc = write_file(path, b.s, b.len, 0644);
		if (rc)
			die("cannot write %s: %s", path, strerror(-rc));
		printf("%s\n", path);
		buf_free(&b);
		free(path);
		free(file);
	}
	return EXIT_SAME;
}

int verb_list(const struct options *o)
{
	struct json_object *top = json_object_new_array();
	struct sets all;

	sets_read(&all, o->patches);
	for (size_t i = 0; i < all.n; i++) {
		const struct set *s = all.s[i];
		struct json_object *js_set = json_object_new_object();
		struct json_object *list = json_object_new_array();

		if (!o->json)
			printf("%s@%u  %s%s%s\n", s->name, s->version,
			       s->title ? s->title : "", s->kernels ? "  kernels " : "",
			       s->kernels ? s->kernels : "");
		json_object_object_add(js_set, "set", js(s->name));
		json_object_object_add(js_set, "version", json_object_new_int(s->version));
		if (s->kernels)
			json_object_object_add(js_set, "kernels", js(s->kernels));
		for (size_t k = 0; k < s->n; k++) {
			struct json_object *p = json_object_new_object();

			if (!o->json)
				printf("  %zu  %s@%u  %s\n", k + 1, s->p[k]->id,
				       s->p[k]->version, s->p[k]->title);
			json_object_object_add(p, "id", js(s->p[k]->id));
			json_object_object_add(p, "version",
					       json_object_new_int(s->p[k]->version));
			json_object_object_add(p, "title", js(s->p[k]->title));
			json_object_object_add(p, "origin",
					       js(s->p[k]->origin ? s->p[k]->origin : "own"));
			json_object_object_add(p, "file", js(s->p[k]->path));
			json_object_array_add(list, p);
		}
		json_object_object_add(js_set, "patches", list);
		json_object_array_add(top, js_set);
	}
	if (o->json)
		json_print(top);
	else
		json_object_put(top);
	return EXIT_SAME;
}
