// SPDX-License-Identifier: GPL-2.0-only
/* patchset diff and log: versions of one patch or set, side by side. */
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

enum how { SAME, CONTEXT, CODE, MESSAGE, ADDED, REMOVED };

static const char *const how_names[] = {
	[SAME] = "same", [CONTEXT] = "context only", [CODE] = "code",
	[MESSAGE] = "message only", [ADDED] = "added", [REMOVED] = "removed",
};

static void message_of(const struct patch *p, struct buf *b)
{
	buf_fmt(b, "%s\n\n%s", p->title, p->body);
}

static bool same_by(const struct patch *a, const struct patch *b, bool context)
{
	struct buf x = {}, y = {};
	bool same;

	patch_text(a, &x, context);
	patch_text(b, &y, context);
	same = buf_same(&x, &y);
	buf_free(&x);
	buf_free(&y);
	return same;
}

static enum how compare(const struct patch *a, const struct patch *b)
{
	struct buf x = {}, y = {};
	bool same;

	if (!same_by(a, b, false))
		return CODE;
	if (!same_by(a, b, true))
		return CONTEXT;
	message_of(a, &x);
	message_of(b, &y);
	same = buf_same(&x, &y);
	buf_free(&x);
	buf_free(&y);
	return same ? SAME : MESSAGE;
}

/* A diff of two diffs, as git range-diff shows it. */
static void diff_of_diffs(const struct patch *a, const struct patch *b,
			  struct buf *out)
{
	struct buf x = {}, y = {}, d = {};
	char *line;

	message_of(a, &x);
	message_of(b, &y);
	patch_text(a, &x, true);
	patch_text(b, &y, true);
	if (diff_buffers(&d, &x, "a", &y, "b"))
		die("cannot compare %s and %s: %s", a->path, b->path, git_why());
	for (char *p = d.s; p && (line = strsep(&p, "\n"));) {
		if (starts(line, "diff --git") || starts(line, "index ") ||
		    starts(line, "--- a/") || starts(line, "+++ b/") || (!*line && !p))
			continue;
		buf_fmt(out, "    %s\n", line);
	}
	buf_free(&x);
	buf_free(&y);
	buf_free(&d);
}

/* How many lines of the smaller one's changes are in the other, in percent. */
static unsigned int likeness(const struct patch *a, const struct patch *b)
{
	struct buf x = {}, y = {};
	struct strv lines = {};
	size_t n = 0, hit = 0;
	char *line;

	patch_text(a, &x, false);
	patch_text(b, &y, false);
	for (char *p = y.s; p && (line = strsep(&p, "\n"));)
		strv_add(&lines, line);
	for (char *p = x.s; p && (line = strsep(&p, "\n"));) {
		if (strlen(line) < 4)
			continue;
		n++;
		hit += strv_has(&lines, line);
	}
	strv_free(&lines);
	buf_free(&x);
	buf_free(&y);
	return n ? hit * 100 / n : 0;
}

struct pair {
	const struct patch	*a, *b;
	size_t			 na, nb;
	enum how		 how;
};

/* By identity first; what is left, by content. */
static size_t pair_up(const struct set *a, const struct set *b, struct pair *out)
{
	bool *taken = xalloc(b->n * sizeof(*taken));
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		struct pair *p = &out[n++];

		*p = (struct pair){ .a = a->p[i], .na = i + 1 };
		for (size_t k = 0; !p->b && k < b->n; k++) {
			if (taken[k] || strcmp(a->p[i]->id, b->p[k]->id))
				continue;
			p->b = b->p[k];
			p->nb = k + 1;
			taken[k] = true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; !out[i].b && k < b->n; k++) {
			if (taken[k] || likeness(out[i].a, b->p[k]) < 60)
				continue;
			out[i].b = b->p[k];
			out[i].nb = k + 1;
			taken[k] = true;
		}
	}
	for (size_t k = 0; k < b->n; k++)
		if (!taken[k])
			out[n++] = (struct pair){ .b = b->p[k], .nb = k + 1 };
	for (size_t i = 0; i < n; i++)
		out[i].how = !out[i].a ? ADDED : !out[i].b ? REMOVED :
			     compare(out[i].a, out[i].b);
	free(taken);
	return n;
}

static void print_pair(const struct pair *p)
{
	static const char mark[] = {
		[SAME] = '=', [CONTEXT] = '~', [CODE] = '!', [MESSAGE] = '~',
		[ADDED] = '>', [REMOVED] = '<',
	};
	const struct patch *any = p->b ? p->b : p->a;
	struct buf b = {};
	char left[16] = "-", right[16] = "-";

	if (p->a)
		snprintf(left, sizeof(left), "%zu", p->na);
	if (p->b)
		snprintf(right, sizeof(right), "%zu", p->nb);
	printf("%3s %c %3s  %s (%s)  %s", left, mark[p->how], right, any->id,
	       how_names[p->how], any->title);
	if (p->a && p->b)
		printf("  [version %u -> %u]", p->a->version, p->b->version);
	printf("\n");
	if (p->a && p->b && p->how != SAME) {
		diff_of_diffs(p->a, p->b, &b);
		fputs(b.s ? b.s : "", stdout);
		buf_free(&b);
	}
}

static struct json_object *pair_json(const struct pair *p)
{
	const struct patch *any = p->b ? p->b : p->a;
	struct json_object *o = json_object_new_object();
	struct buf b = {};

	json_object_object_add(o, "id", js(any->id));
	json_object_object_add(o, "title", js(any->title));
	json_object_object_add(o, "change", js(how_names[p->how]));
	if (p->a)
		json_object_object_add(o, "version_a", json_object_new_int(p->a->version));
	if (p->b)
		json_object_object_add(o, "version_b", json_object_new_int(p->b->version));
	if (p->a && p->b && p->how != SAME) {
		diff_of_diffs(p->a, p->b, &b);
		json_object_object_add(o, "diff", js(b.s ? b.s : ""));
		buf_free(&b);
	}
	return o;
}

int verb_diff(const struct options *o)
{
	struct json_object *list = json_object_new_array();
	struct sets all;
	struct set *a, *b;
	struct pair *pairs;
	size_t n;
	bool own;
	int rc = EXIT_SAME;

	if (o->n != 2)
		die("diff needs two versions, like hooks@1 hooks@2 (see --help)");
	sets_read(&all, o->patches);
	a = spec_find(&all, o->arg[0], NULL, &own);
	b = spec_find(&all, o->arg[1], NULL, &own);
	pairs = xalloc((a->n + b->n) * sizeof(*pairs));
	n = pair_up(a, b, pairs);
	for (size_t i = 0; i < n; i++) {
		if (pairs[i].how != SAME || pairs[i].na != pairs[i].nb)
			rc = EXIT_DIFFERS;
		if (o->json)
			json_object_array_add(list, pair_json(&pairs[i]));
		else
			print_pair(&pairs[i]);
	}
	if (o->json)
		json_print(list);
	return rc;
}

static void log_version(const struct set *s, const struct patch *p,
			const struct patch *before)
{
	size_t plus, minus;

	patch_count(p, &plus, &minus);
	printf("  version %u  in %s@%u%s%s  +%zu -%zu", p->version, s->name, s->version,
	       s->kernels ? ", kernels " : "", s->kernels ? s->kernels : "", plus, minus);
	if (before)
		printf("  (%s)", before->version == p->version ? "carried over" :
		       how_names[compare(before, p)]);
	printf("\n");
	for (size_t i = 0; i < p->nst; i++)
		printf("      %-16s %s\n", p->st[i].kernel, p->st[i].state);
}

static struct json_object *log_json(const struct set *s, const struct patch *p,
				    const struct patch *before)
{
	struct json_object *o = json_object_new_object();
	struct json_object *st = json_object_new_object();

	json_object_object_add(o, "version", json_object_new_int(p->version));
	json_object_object_add(o, "set", js(s->name));
	json_object_object_add(o, "set_version", json_object_new_int(s->version));
	if (s->kernels)
		json_object_object_add(o, "kernels", js(s->kernels));
	if (before && before->version != p->version)
		json_object_object_add(o, "change", js(how_names[compare(before, p)]));
	for (size_t i = 0; i < p->nst; i++)
		json_object_object_add(st, p->st[i].kernel, js(p->st[i].state));
	json_object_object_add(o, "status", st);
	return o;
}

int verb_log(const struct options *o)
{
	struct json_object *list = json_object_new_array();
	const struct patch *before = NULL;
	struct patch *p;
	struct set *in;
	struct sets all;

	if (o->n != 1)
		die("log needs the id of one patch (see 'patchset list')");
	sets_read(&all, o->patches);
	p = sets_patch(&all, o->arg[0], 0, &in);
	if (!p)
		die("no patch with the id '%s' in %s", o->arg[0], o->patches);
	if (!o->json)
		printf("%s  %s\n  by %s, origin: %s\n", p->id, p->title,
		       p->author ? p->author : "nobody", p->origin ? p->origin : "own");
	for (size_t i = 0; i < all.n; i++) {
		for (size_t k = 0; k < all.s[i]->n; k++) {
			struct patch *q = all.s[i]->p[k];

			if (strcmp(q->id, p->id))
				continue;
			if (o->json)
				json_object_array_add(list, log_json(all.s[i], q, before));
			else
				log_version(all.s[i], q, before);
			before = q;
		}
	}
	if (o->json)
		json_print(list);
	return EXIT_SAME;
}
