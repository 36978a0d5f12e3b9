// SPDX-License-Identifier: GPL-2.0-only
/* Reading the commits of a history as patches, by libgit2. */

#include <ctype.h>

#include "history.h"
#include "rules.h"

#define WEAK_LETTERS	4	/* a line with fewer proves nothing */

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/*
 * One number for all lines that mean the same: white space is one space, or
 * none at the ends, and identifiers have their names of tree B.
 */
uint32_t line_id(char side, const char *s, size_t n, bool *weak)
{
	static struct buf b;
	const char *end = s + n, *word;
	size_t letters = 0;
	uint32_t id;

	b.len = 0;
	buf_adds(&b, "");
	while (s < end) {
		if (isspace((unsigned char)*s)) {
			while (s < end && isspace((unsigned char)*s))
				s++;
			if (b.len && s < end)
				buf_addc(&b, ' ');
		} else if (word_char(*s)) {
			for (word = s; s < end && word_char(*s); s++)
				letters++;
			id = intern(word, s - word);
			id = rules_ident(side, id);
			buf_add(&b, spelling(id), spelling_len(id));
		} else {
			buf_addc(&b, *s++);
		}
	}
	*weak = letters < WEAK_LETTERS;
	return b.len ? intern(b.s, b.len) : 0;
}

/* A commit counts for nothing when what undoes it counts. */
bool commit_live(const struct commit *c)
{
	bool live = true;

	for (; c->reverted_by; c = c->reverted_by)
		live = !live;
	return live;
}

void history_open(struct history *h, const char *arg)
{
	struct spec spec;

	h->name = arg;
	spec_parse(&spec, arg);
	h->repo = repo_open(spec.folder ? spec.folder : spec.repo);
	rev_commit(h->repo, spec.folder ? spec.folder : spec.repo,
		   spec.folder ? "HEAD" : spec.rev, &h->tip);
	h->path = spec.path;
	if (h->path && h->path[strlen(h->path) - 1] == '/')
		h->path[strlen(h->path) - 1] = 0;
	if (git_repository_is_shallow(h->repo))
		die("%s: a shallow clone: its history ends too early (git fetch --unshallow brings the rest)",
		    arg);
	free(spec.folder);
	free(spec.repo);
	free(spec.rev);
}

/* What is read of one diff. */
struct reader {
	struct history *h;
	struct commit *c;
	size_t room;
	struct phunk *hunk;
	uint32_t path, key, base, func;
	uint32_t before;	/* the last line of context */
	bool skip;
};

static const char *below(const struct history *h, const char *path)
{
	size_t n = h->path ? strlen(h->path) : 0;

	if (n && !strncmp(path, h->path, n) && path[n] == '/')
		return path + n + 1;
	return path;
}

static uint32_t keyed(const struct history *h, const char *path)
{
	uint32_t key, id = interns(below(h, path));

	return rules_path(h->side, id, &key) ? key : 0;
}

/* The whole of a patch, its context included, but not where it is in a file. */
static void add_to_patch_id(struct reader *r, char origin, uint32_t id)
{
	r->c->patch_id = hash_mix(hash_mix(r->c->patch_id, r->key),
				  (uint64_t)id << 8 | (unsigned char)origin);
}

static void add_line(struct reader *r, char sign, uint32_t id, uint32_t shown,
		     bool weak)
{
	struct history *h = r->h;
	struct pline *l;

	GROW(h->l, h->nlines, h->lines_room);
	l = &h->l[h->nlines++];
	*l = (struct pline){
		.id = id, .shown = shown, .path = r->key, .base = r->base,
		.func = r->func, .before = r->before, .sign = sign, .weak = weak,
	};
	r->hunk->nlines++;
	r->c->nlines++;
	r->c->sum += hash_mix(hash_mix(r->key, id), sign);
	r->c->inverse += hash_mix(hash_mix(r->key, id),
				  sign == '+' ? '-' : '+');
}

static struct phunk *new_hunk(struct reader *r, uint32_t line)
{
	struct commit *c = r->c;

	GROW(c->hunks, c->nhunks, r->room);
	r->hunk = &c->hunks[c->nhunks++];
	*r->hunk = (struct phunk){
		.path = r->path, .key = r->key, .line = line,
		.first = r->h->nlines,
	};
	return r->hunk;
}

/* What a patch does besides changing lines is a line, too. */
static void add_deed(struct reader *r, const char *text)
{
	uint32_t id = interns(text);

	new_hunk(r, 0);
	add_to_patch_id(r, '+', id);
	add_line(r, '+', id, id, false);
}

static uint32_t last_part(uint32_t key)
{
	const char *slash = key ? strrchr(spelling(key), '/') : NULL;

	return slash ? interns(slash + 1) : key;
}

static void add_rename(struct history *h, uint32_t from, uint32_t to)
{
	if (!from || from == to)
		return;
	GROW(h->renames, h->nrenames, h->renames_room);
	h->renames[h->nrenames++] = (struct rename){ from, to };
}

static void file_deeds(struct reader *r, const git_diff_delta *d)
{
	char *text = NULL;

	if (d->status == GIT_DELTA_RENAMED) {
		add_rename(r->h, last_part(keyed(r->h, d->old_file.path)),
			   r->base);
		text = xasprintf("rename from %s to %s",
				 spelling(keyed(r->h, d->old_file.path)),
				 spelling(r->key));
		add_deed(r, text);
		free(text);
	}
	if (d->status != GIT_DELTA_ADDED && d->status != GIT_DELTA_DELETED &&
	    d->old_file.mode != d->new_file.mode) {
		text = xasprintf("mode %o of %s", d->new_file.mode,
				 spelling(r->key));
		add_deed(r, text);
		free(text);
	}
	if (d->status == GIT_DELTA_ADDED && !d->new_file.size) {
		text = xasprintf("new empty file %s", spelling(r->key));
		add_deed(r, text);
		free(text);
	}
}

static int on_file(const git_diff_delta *d, float progress, void *arg)
{
	struct reader *r = arg;
	const char *path = d->status == GIT_DELTA_DELETED ? d->old_file.path :
							    d->new_file.path;

	(void)progress;
	r->path = interns(below(r->h, path));
	r->key = keyed(r->h, path);
	r->base = last_part(r->key);
	r->func = 0;
	r->before = 0;
	r->skip = !r->key;
	if (!r->skip)
		file_deeds(r, d);
	return 0;
}

static int on_binary(const git_diff_delta *d, const git_diff_binary *binary,
		     void *arg)
{
	struct reader *r = arg;
	char hex[GIT_OID_HEXSZ + 1], *text;

	(void)binary;
	if (r->skip)
		return 0;
	git_oid_tostr(hex, sizeof(hex), &d->new_file.id);
	text = xasprintf("binary contents %s", hex);
	add_deed(r, text);
	free(text);
	return 0;
}

static int on_hunk(const git_diff_delta *d, const git_diff_hunk *h, void *arg)
{
	struct reader *r = arg;
	size_t n = h->old_lines + h->new_lines + 1;
	const char *heading = h->header, *end = h->header + h->header_len;
	struct phunk *k;
	bool weak;

	(void)d;
	if (r->skip)
		return 0;
	r->before = 0;
	/* @@ -1,2 +3,4 @@ function */
	heading = memmem(heading + 2, end - heading - 2, "@@", 2);
	r->func = heading ? line_id(r->h->side, heading + 2,
				    end - heading - 2, &weak) : 0;
	k = new_hunk(r, h->old_start);
	k->pre = xmalloc(n * sizeof(*k->pre));
	k->post = xmalloc(n * sizeof(*k->post));
	return 0;
}

/* A line of context: what is before it has it behind, and so on. */
static void add_context(struct reader *r, uint32_t id)
{
	uint32_t i;

	for (i = r->h->nlines; i > r->hunk->first; i--) {
		if (r->h->l[i - 1].after)
			break;
		r->h->l[i - 1].after = id;
	}
	r->before = id;
}

static int on_line(const git_diff_delta *d, const git_diff_hunk *h,
		   const git_diff_line *line, void *arg)
{
	struct reader *r = arg;
	uint32_t id, shown;
	size_t n = line->content_len;
	bool weak, macro;

	(void)d;
	(void)h;
	if (r->skip || !strchr("+- ", line->origin))
		return 0;
	while (n && isspace((unsigned char)line->content[n - 1]))
		n--;
	id = line_id(r->h->side, line->content, n, &weak);
	if (!id)
		return 0;	/* blank lines do not count */
	add_to_patch_id(r, line->origin, id);
	if (line->origin != '+')
		r->hunk->pre[r->hunk->npre++] = id;
	if (line->origin != '-')
		r->hunk->post[r->hunk->npost++] = id;
	if (line->origin == ' ') {
		if (!weak)
			add_context(r, id);
		return 0;
	}
	shown = intern(line->content, n);
	n = 0;
	while (word_char(spelling(id)[n]))
		n++;
	/* A call that vanishes is no part of the patch. */
	macro = n && rules_count() && spelling(id)[n] == '(' &&
		rules_macro(r->h->side, intern(spelling(id), n)) &&
		rules_macro(r->h->side, intern(spelling(id), n))->verb ==
		RULE_VANISH;
	if (!macro)
		add_line(r, line->origin, id, shown, weak);
	return 0;
}

static bool oid_after(const char *s, git_oid *oid, git_repository *repo)
{
	git_object *obj;
	char hex[GIT_OID_HEXSZ + 1];
	size_t n = 0;

	while (n < GIT_OID_HEXSZ && isxdigit((unsigned char)s[n])) {
		hex[n] = s[n];
		n++;
	}
	hex[n] = 0;
	if (n < 8)
		return false;
	if (n == GIT_OID_HEXSZ)
		return !git_oid_fromstr(oid, hex);
	if (git_revparse_single(&obj, repo, hex))
		return false;
	git_oid_cpy(oid, git_object_id(obj));
	git_object_free(obj);
	return true;
}

static void add_origin(struct commit *c, const char *s, git_repository *repo)
{
	git_oid oid;

	if (!oid_after(s, &oid, repo))
		return;
	c->origins = xrealloc(c->origins,
			      (c->norigins + 1) * sizeof(*c->origins));
	c->origins[c->norigins++] = oid;
}

/* One line of a commit's message: does it say what the patch is? */
static void read_trailer(struct commit *c, const char *s, size_t n,
			 git_repository *repo)
{
	static const struct {
		const char *text;
		const char *behind;	/* what has to follow the number */
	} origins[] = {
		{ "(cherry picked from commit ", ")" },
		{ "[ Upstream commit ", " ]" },
		{ "[Upstream commit ", "]" },
		{ "commit ", " upstream." },
		{ "Upstream-commit: ", "" },
	};
	char *line = xstrndup(s, n);
	size_t i, len;

	while (n && isspace((unsigned char)line[n - 1]))
		line[--n] = 0;
	if (!strncmp(line, "Change-Id: ", 11) && n > 15)
		c->change_id = interns(line + 11);
	if (!strncmp(line, "This reverts commit ", 20))
		c->says_reverts = oid_after(line + 20, &c->reverts_oid, repo);
	for (i = 0; i < ARRAY_SIZE(origins); i++) {
		len = strlen(origins[i].text);
		if (!strncmp(line, origins[i].text, len) &&
		    strstr(line + len, origins[i].behind))
			add_origin(c, line + len, repo);
	}
	free(line);
}

static void read_message(struct commit *c, git_commit *gc,
			 git_repository *repo)
{
	const char *msg = git_commit_message(gc), *eol;
	const git_signature *who = git_commit_author(gc);
	char *key;

	c->subject = arena_strndup(git_commit_summary(gc) ?
				   git_commit_summary(gc) : "",
				   git_commit_summary(gc) ?
				   strlen(git_commit_summary(gc)) : 0);
	key = xasprintf("%s %lld %s", who->email, (long long)who->when.time,
			c->subject);
	c->author = interns(key);
	c->when = who->when.time;
	free(key);
	for (; msg && *msg; msg = *eol ? eol + 1 : eol) {
		eol = strchrnul(msg, '\n');
		read_trailer(c, msg, eol - msg, repo);
	}
}

/* A blob that a partial clone or a mirror without large files lacks. */
static bool lacks(git_odb *odb, const git_diff_file *f)
{
	return f->mode && (f->mode & 0170000) != 0160000 &&
	       !git_oid_is_zero(&f->id) && !git_odb_exists(odb, &f->id);
}

static int without_unread(const git_diff *diff, const git_diff_delta *d,
			  const char *spec, void *arg)
{
	struct reader *r = arg;
	git_odb *odb;
	bool unread;

	(void)diff;
	(void)spec;
	if (git_repository_odb(&odb, r->h->repo))
		return -1;
	unread = lacks(odb, &d->old_file) || lacks(odb, &d->new_file);
	git_odb_free(odb);
	if (!unread)
		return 0;
	if (!r->h->unread++)
		r->h->unread_path = arena_strndup(d->new_file.path,
						  strlen(d->new_file.path));
	return 1;
}

static git_diff *open_diff(struct reader *r, git_tree *old, git_tree *new,
			   git_diff_options *opts)
{
	git_diff_find_options find = GIT_DIFF_FIND_OPTIONS_INIT;
	git_diff *diff;

	find.flags = GIT_DIFF_FIND_RENAMES;
	if (git_diff_tree_to_tree(&diff, r->h->repo, old, new, opts))
		return NULL;
	if (!git_diff_find_similar(diff, &find))
		return diff;
	git_diff_free(diff);
	return NULL;
}

static void read_diff(struct history *h, struct commit *c, git_commit *gc)
{
	git_diff_options opts = GIT_DIFF_OPTIONS_INIT;
	struct reader r = { .h = h, .c = c };
	git_tree *new = NULL, *old = NULL;
	git_commit *parent = NULL;
	git_diff *diff = NULL;
	char *specs[1] = { h->path };

	if (h->path) {
		opts.pathspec.strings = specs;
		opts.pathspec.count = 1;
		opts.flags |= GIT_DIFF_DISABLE_PATHSPEC_MATCH;
	}
	if (!git_commit_tree(&new, gc) &&
	    (!git_commit_parentcount(gc) ||
	     (!git_commit_parent(&parent, gc, 0) &&
	      !git_commit_tree(&old, parent)))) {
		opts.notify_cb = without_unread;
		opts.payload = &r;
		diff = open_diff(&r, old, new, &opts);
	}
	if (!diff ||
	    git_diff_foreach(diff, on_file, on_binary, on_hunk, on_line, &r)) {
		char hex[GIT_OID_HEXSZ + 1];

		git_oid_tostr(hex, sizeof(hex), &c->oid);
		die("%s: cannot read commit %s: %s", h->name, hex,
		    git_says());
	}
	git_diff_free(diff);
	git_tree_free(new);
	git_tree_free(old);
	git_commit_free(parent);
}

static void read_commit(struct history *h, const git_oid *oid)
{
	git_commit *gc;
	struct commit *c;

	if (git_commit_lookup(&gc, h->repo, oid))
		die("%s: cannot read a commit: %s", h->name, git_says());
	if (git_commit_parentcount(gc) > 1) {
		h->merges++;
		git_commit_free(gc);
		return;
	}
	GROW(h->c, h->count, h->room);
	c = &h->c[h->count];
	memset(c, 0, sizeof(*c));
	c->oid = *oid;
	c->first = h->nlines;
	read_message(c, gc, h->repo);
	read_diff(h, c, gc);
	/* With a folder given, commits elsewhere are none of ours. */
	if (c->nhunks || !h->path)
		h->count++;
	git_commit_free(gc);
}

struct oids {
	git_oid *o;
	size_t count;
	size_t room;
};

static void walk(struct history *h, const git_oid *hide, struct oids *out)
{
	git_revwalk *w;
	git_oid oid;
	int rc;

	if (git_revwalk_new(&w, h->repo) ||
	    git_revwalk_sorting(w, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE) ||
	    git_revwalk_push(w, &h->tip) ||
	    (hide && git_revwalk_hide(w, hide)))
		die("%s: cannot read the history: %s", h->name, git_says());
	while (!(rc = git_revwalk_next(&oid, w))) {
		GROW(out->o, out->count, out->room);
		out->o[out->count++] = oid;
	}
	if (rc != GIT_ITEROVER)
		die("%s: cannot read the history: %s", h->name, git_says());
	git_revwalk_free(w);
}

static uint64_t oid_key(const git_oid *oid)
{
	uint64_t k;

	memcpy(&k, oid->id, sizeof(k));
	return k;
}

static struct map oid_set(const struct oids *o)
{
	struct map m = { 0 };
	size_t i;

	for (i = 0; i < o->count; i++)
		map_put(&m, oid_key(&o->o[i]), i);
	return m;
}

static bool find_base(struct history *h, const char *base, git_oid *oid)
{
	git_object *obj, *commit;

	if (git_revparse_single(&obj, h->repo, base))
		return false;
	if (git_object_peel(&commit, obj, GIT_OBJECT_COMMIT)) {
		git_object_free(obj);
		return false;
	}
	git_oid_cpy(oid, git_object_id(commit));
	git_object_free(commit);
	git_object_free(obj);
	return true;
}

/* Which commits undo which: by what they say, and by what they do. */
static void find_reverts(struct history *h)
{
	struct map sums = { 0 }, oids = { 0 };
	uint32_t *k;
	size_t i;

	for (i = 0; i < h->count; i++) {
		struct commit *c = &h->c[i], *target = NULL;

		if (c->says_reverts) {
			k = map_find(&oids, oid_key(&c->reverts_oid));
			if (k && h->c[*k].inverse == c->sum)
				target = &h->c[*k];
		}
		if (!target && c->nlines) {
			k = map_find(&sums, c->inverse);
			target = k ? &h->c[*k] : NULL;
		}
		if (target && !target->reverted_by && target->nlines) {
			target->reverted_by = c;
			c->reverts = target;
		}
		map_put(&oids, oid_key(&c->oid), i);
		*map_put(&sums, c->sum, i) = i;
	}
	map_free(&sums);
	map_free(&oids);
}

static void load_new(struct history *h, const struct oids *mine,
		     const struct map *others, size_t *shared)
{
	size_t i;

	for (i = 0; i < mine->count; i++) {
		if (map_find(others, oid_key(&mine->o[i])))
			++*shared;
		else
			read_commit(h, &mine->o[i]);
	}
	if (h->merges)
		note("%s: %zu merges: their branches' commits are compared, they are not",
		     h->name, h->merges);
	if (h->unread)
		note("%s: %zu changes of files (the first: %s) are left out: their contents are not there (a partial clone?)",
		     h->name, h->unread, h->unread_path);
	find_reverts(h);
}

/* Hiding what a base has behind it would hide what is to be compared. */
static void check_base(const struct history *h, const char *base,
		       const git_oid *oid)
{
	int below = git_graph_descendant_of(h->repo, &h->tip, oid);

	if (below < 0)
		die("%s: cannot read the history: %s", h->name, git_says());
	if (!below && !git_oid_equal(&h->tip, oid))
		die("%s: '%s' is not an ancestor of it: no base to compare from",
		    h->name, base);
}

/**
 * history_load - read the commits that only one of two histories has
 * @hs: both, opened
 * @base: revision from which on they count, or NULL
 */
void history_load(struct histories *hs, const char *base)
{
	struct oids a = { 0 }, b = { 0 };
	git_oid base_a, base_b;
	struct map in_a, in_b;
	bool has_a = false, has_b = false;
	size_t shared_b = 0;

	if (base) {
		has_a = find_base(&hs->a, base, &base_a);
		has_b = find_base(&hs->b, base, &base_b);
		if (!has_a && !has_b)
			die("neither %s nor %s has a revision '%s'",
			    hs->a.name, hs->b.name, base);
		if (has_a)
			check_base(&hs->a, base, &base_a);
		if (has_b)
			check_base(&hs->b, base, &base_b);
		if (!has_a || !has_b)
			note("%s has no revision '%s': its whole history is looked through",
			     has_a ? hs->b.name : hs->a.name, base);
	}
	walk(&hs->a, has_a ? &base_a : NULL, &a);
	walk(&hs->b, has_b ? &base_b : NULL, &b);
	in_a = oid_set(&a);
	in_b = oid_set(&b);
	load_new(&hs->a, &a, &in_b, &hs->shared);
	load_new(&hs->b, &b, &in_a, &shared_b);
	map_free(&in_a);
	map_free(&in_b);
	free(a.o);
	free(b.o);
}
