// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing patches; libgit2 parses and makes the diffs. */
#include <ctype.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "patch.h"

/* ---- the diff ---------------------------------------------------------- */

static const char *next_line(const char *s, const char *end)
{
	const char *nl = memchr(s, '\n', end - s);

	return nl ? nl + 1 : end;
}

/* "a/fs/Kconfig\t2024-01-01" -> "fs/Kconfig" */
static char *plain_name(const char *s, const char *end)
{
	size_t n = end - s;
	const char *tab = memchr(s, '\t', n);

	if (tab)
		n = tab - s;
	while (n && (s[n - 1] == '\n' || s[n - 1] == '\r' || s[n - 1] == ' '))
		n--;
	return xstrndup(s, n);
}

static const char *strip_level(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash ? slash + 1 : name;
}

/*
 * libgit2 reads git's diffs only.  Others, of diff -u or quilt, get the line
 * that they lack.
 */
static void add_git_header(struct buf *out, const char *s, const char *end)
{
	const char *second = next_line(s, end);
	char *from = plain_name(s + 4, second);
	char *to = plain_name(second + 4, next_line(second, end));
	bool made = !strcmp(from, "/dev/null");
	bool gone = !strcmp(to, "/dev/null");
	const char *name = strip_level(made ? to : gone ? from : to);

	buf_fmt(out, "diff --git a/%s b/%s\n", name, name);
	if (made)
		buf_str(out, "new file mode 100644\n");
	if (gone)
		buf_str(out, "deleted file mode 100644\n");
	buf_fmt(out, "--- %s%s\n", made ? "" : "a/", made ? from : name);
	buf_fmt(out, "+++ %s%s\n", gone ? "" : "b/", gone ? to : name);
	free(from);
	free(to);
}

/* How many lines of a hunk follow; both counts are of "@@ -a,b +c,d @@". */
static bool hunk_counts(const char *s, const char *end, unsigned long n[2])
{
	char line[128];
	size_t len = next_line(s, end) - s;
	char *p = line;

	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, s, len);
	line[len] = '\0';
	if (!starts(line, "@@ -"))
		return false;
	p += 3;
	for (int i = 0; i < 2; i++) {
		if (*p != "-+"[i] || !isdigit((unsigned char)p[1]))
			return false;
		strtoul(p + 1, &p, 10);
		n[i] = 1;
		if (*p == ',')
			n[i] = strtoul(p + 1, &p, 10);
		if (*p++ != ' ')
			return false;
	}
	return starts(p, "@@");
}

/* Copy a hunk's body; NULL when the patch ends before the hunk does. */
static const char *copy_hunk(struct buf *out, const char *s, const char *end)
{
	unsigned long left[2];

	if (!hunk_counts(s, end, left))
		return NULL;
	buf_add(out, s, next_line(s, end) - s);
	for (s = next_line(s, end); s < end; s = next_line(s, end)) {
		const char *next = next_line(s, end);

		if (*s == '\\') {
			buf_add(out, s, next - s);
			continue;
		}
		if (!left[0] && !left[1])
			break;
		if (*s == '\n' && left[0] && left[1]) {
			/* a mailer ate the blank of an empty context line */
			buf_str(out, " \n");
			left[0]--;
			left[1]--;
			continue;
		}
		if ((*s == ' ' && left[0] && left[1]) || (*s == '-' && left[0]))
			left[0]--;
		else if (*s != ' ' && !(*s == '+' && left[1]))
			return NULL;
		if (*s != '-')
			left[1]--;
		buf_add(out, s, next - s);
		if (next == end && end[-1] != '\n')
			buf_str(out, "\n\\ No newline at end of file\n");
	}
	return left[0] || left[1] ? NULL : s;
}

/*
 * Only the diff out of everything from @s on, in git's form: what stands
 * between files (Index: lines, a mail's signature) is left out.
 */
static char *normalise(struct buf *out, const char *s, const char *end)
{
	bool header = false;

	while (s < end) {
		const char *next = next_line(s, end);

		if (starts(s, "diff --git ")) {
			header = true;
			buf_add(out, s, next - s);
		} else if (starts(s, "--- ") && starts(next, "+++ ")) {
			if (header) {
				buf_add(out, s, next_line(next, end) - s);
			} else {
				add_git_header(out, s, end);
			}
			header = false;
			next = next_line(next, end);
		} else if (starts(s, "@@ -")) {
			next = copy_hunk(out, s, end);
			if (!next)
				return fmt("the hunk \"%.*s\" is cut short or malformed",
					   (int)strcspn(s, "\r\n"), s);
			header = false;
		} else if (starts(s, "GIT binary patch") ||
			   starts(s, "Binary files ")) {
			return fmt("it changes a binary file (%.*s)",
				   (int)strcspn(s, "\r\n"), s);
		} else if (header) {
			buf_add(out, s, next - s);
		}
		s = next;
	}
	return NULL;
}

static void take_hunk(struct hunk *h, git_patch *gp, size_t i)
{
	const git_diff_hunk *gh;
	size_t lines;

	if (git_patch_get_hunk(&gh, &lines, gp, i))
		die("libgit2 lost a hunk: %s", git_why());
	h->old_start = gh->old_start;
	h->old_n = gh->old_lines;
	h->new_start = gh->new_start;
	h->new_n = gh->new_lines;
	h->header = xstrndup(gh->header,
			     strcspn(gh->header, "\r\n"));
	for (size_t j = 0; j < lines; j++) {
		const git_diff_line *gl;
		struct line *l;

		if (git_patch_get_line_in_hunk(&gl, gp, i, j))
			die("libgit2 lost a line: %s", git_why());
		if (!strchr(" +-", gl->origin)) {
			/* "\ No newline": the line before has none */
			if (h->n && h->l[h->n - 1].len &&
			    h->l[h->n - 1].s[h->l[h->n - 1].len - 1] == '\n')
				h->l[h->n - 1].len--;
			if (h->n)
				h->l[h->n - 1].noeol = true;
			continue;
		}
		h->l = xgrow(h->l, h->n, &h->cap, sizeof(*h->l));
		l = &h->l[h->n++];
		l->op = gl->origin;
		l->s = xstrndup(gl->content, gl->content_len);
		l->len = gl->content_len;
		l->noeol = gl->content_len &&
			   gl->content[gl->content_len - 1] != '\n';
	}
}

static char *take_file(struct pfile *f, git_diff *diff, size_t i)
{
	const git_diff_delta *d = git_diff_get_delta(diff, i);
	git_patch *gp = NULL;

	f->from = xstrdup(d->old_file.path ? d->old_file.path : d->new_file.path);
	f->to = xstrdup(d->new_file.path ? d->new_file.path : d->old_file.path);
	if (!path_is_sane(f->from) || !path_is_sane(f->to))
		return fmt("it names a path outside of the tree: %s", f->to);
	switch (d->status) {
	case GIT_DELTA_ADDED: f->kind = PF_CREATE; break;
	case GIT_DELTA_DELETED: f->kind = PF_DELETE; break;
	case GIT_DELTA_RENAMED: f->kind = PF_RENAME; break;
	case GIT_DELTA_COPIED:
		return fmt("it copies a file (%s), which is not supported", f->from);
	default: f->kind = PF_MODIFY;
	}
	if (d->new_file.mode == GIT_FILEMODE_LINK ||
	    d->old_file.mode == GIT_FILEMODE_LINK)
		return fmt("it changes a symbolic link (%s)", f->to);
	if (d->new_file.mode == GIT_FILEMODE_COMMIT ||
	    d->old_file.mode == GIT_FILEMODE_COMMIT)
		return fmt("it changes the commit of a submodule (%s)", f->to);
	if (d->new_file.mode != d->old_file.mode)
		f->mode = d->new_file.mode & 0777;
	if (d->flags & GIT_DIFF_FLAG_BINARY)
		return fmt("it changes a binary file (%s)", f->to);
	if (git_patch_from_diff(&gp, diff, i))
		return fmt("%s: %s", f->to, git_why());
	f->n = git_patch_num_hunks(gp);
	f->h = xalloc(f->n * sizeof(*f->h));
	for (size_t j = 0; j < f->n; j++)
		take_hunk(&f->h[j], gp, j);
	git_patch_free(gp);
	return NULL;
}

static void free_files(struct patch *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct pfile *f = &p->f[i];

		for (size_t j = 0; j < f->n; j++) {
			for (size_t k = 0; k < f->h[j].n; k++)
				free((char *)f->h[j].l[k].s);
			free(f->h[j].l);
			free(f->h[j].header);
		}
		free(f->h);
		free(f->from);
		free(f->to);
	}
	free(p->f);
	p->f = NULL;
	p->n = 0;
}

static char *parse_diff(struct patch *p)
{
	git_diff *diff;
	char *why = NULL;

	if (git_diff_from_buffer(&diff, p->diff.s, p->diff.len))
		return fmt("%s", git_why());
	p->n = git_diff_num_deltas(diff);
	p->f = xalloc(p->n * sizeof(*p->f));
	for (size_t i = 0; !why && i < p->n; i++)
		why = take_file(&p->f[i], diff, i);
	git_diff_free(diff);
	return why;
}

void patch_set_diff(struct patch *p, const struct buf *diff)
{
	char *why;

	free_files(p);
	p->diff.len = 0;
	buf_add(&p->diff, diff->s, diff->len);
	why = parse_diff(p);
	if (why)
		die("%s: the new diff does not parse: %s", p->path, why);
}

/* ---- the mail ---------------------------------------------------------- */

static void set(char **field, char *value)
{
	free(*field);
	*field = value;
}

static char *strip_tag(char *title)
{
	char *t = title;

	while (*t == '[' && strchr(t, ']'))
		for (t = strchr(t, ']') + 1; *t == ' ';)
			t++;
	t = xstrdup(t);
	free(title);
	return t;
}

static void take_field(struct patch *p, const char *name, char *value)
{
	char *sp;

	if (!strcasecmp(name, "Subject")) {
		set(&p->title, strip_tag(value));
	} else if (!strcasecmp(name, "From")) {
		set(&p->author, value);
	} else if (!strcasecmp(name, "Date")) {
		set(&p->date, value);
	} else if (!strcasecmp(name, "X-Patch-Id")) {
		set(&p->id, value);
	} else if (!strcasecmp(name, "X-Patch-Origin")) {
		set(&p->origin, value);
	} else if (!strcasecmp(name, "X-Patch-Version")) {
		p->version = strtoul(value, NULL, 10);
		free(value);
	} else if (!strcasecmp(name, "X-Patch-Status")) {
		sp = strchr(value, ' ');
		if (sp) {
			*sp = '\0';
			patch_set_status(p, value, sp + 1);
		}
		free(value);
	} else {
		free(value);
	}
}

/* The fields of the mail; returns where its body begins. */
static const char *parse_fields(struct patch *p, const char *s, const char *end)
{
	while (s < end && *s != '\n' && *s != '\r') {
		const char *next = next_line(s, end);
		const char *colon = memchr(s, ':', next - s);
		struct buf value = {};
		char *name;

		if (!colon || starts(s, "From ")) {
			s = next;
			continue;
		}
		name = xstrndup(s, colon - s);
		for (s = colon + 1; s < next && (*s == ' ' || *s == '\t'); s++)
			;
		for (;;) {
			buf_add(&value, s, next - s);
			while (value.len && isspace((unsigned char)value.s[value.len - 1]))
				value.s[--value.len] = '\0';
			s = next;
			if (s >= end || (*s != ' ' && *s != '\t'))
				break;
			next = next_line(s, end);	/* a folded field */
		}
		take_field(p, name, value.s ? value.s : xstrdup(""));
		free(name);
	}
	return s < end ? next_line(s, end) : end;
}

static const char *find_line(const char *s, const char *end, const char *what)
{
	for (; s < end; s = next_line(s, end))
		if (!strncmp(s, what, strlen(what)))
			return s;
	return NULL;
}

static const char *find_diff(const char *s, const char *end)
{
	for (; s < end; s = next_line(s, end)) {
		const char *next = next_line(s, end);

		if (starts(s, "diff --git ") || starts(s, "Index: ") ||
		    starts(s, "diff -") ||
		    (starts(s, "--- ") && starts(next, "+++ ")))
			return s;
	}
	return end;
}

static bool is_mail(const char *s, const char *end)
{
	return starts(s, "From ") || starts(s, "From: ") ||
	       starts(s, "Subject: ") || starts(s, "X-Patch-Id: ") ||
	       (find_line(s, find_diff(s, end), "Subject: ") &&
		find_line(s, find_diff(s, end), "From: "));
}

static void parse_text(struct patch *p, const char *s, const char *end)
{
	const char *diff, *dashes;

	p->mail = is_mail(s, end);
	if (p->mail)
		s = parse_fields(p, s, end);
	diff = find_diff(s, end);
	dashes = find_line(s, diff, "---\n");
	p->body = xstrndup(s, (dashes ? dashes : diff) - s);
	dashes = dashes ? dashes + 4 : diff;
	p->notes = xstrndup(dashes, diff - dashes);
	if (!p->title || !*p->title) {
		const char *base = base_name(p->path);

		set(&p->title, xstrndup(base, strcspn(base, ".")));
	}
}

static size_t crlf_lines(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 1; i < b->len; i++)
		n += b->s[i] == '\n' && b->s[i - 1] == '\r';
	return n;
}

struct patch *patch_parse(const char *text, size_t n, const char *path,
			  char **why)
{
	struct patch *p = xalloc(sizeof(*p));
	const char *end = text + n;

	*why = NULL;
	p->path = xstrdup(path);
	p->version = 1;
	if (!n)
		*why = xstrdup("it is empty");
	else if (memchr(text, '\0', n))
		*why = xstrdup("it is a binary file, no patch");
	if (!*why) {
		parse_text(p, text, end);
		buf_add(&p->diff, "", 0);
		*why = normalise(&p->diff, find_diff(text, end), end);
	}
	if (!*why && !p->diff.len)
		*why = xstrdup("there is no diff in it");
	if (!*why && crlf_lines(&p->diff))
		*why = fmt("%zu of its lines end with CR LF; convert it first",
			   crlf_lines(&p->diff));
	if (!*why)
		*why = parse_diff(p);
	if (!*why && !p->n)
		*why = xstrdup("there is no diff in it");
	if (!*why)
		return p;
	patch_free(p);
	return NULL;
}

struct patch *patch_read(const char *path)
{
	struct buf text = {};
	struct patch *p;
	char *why;
	int rc = read_file(path, &text);

	if (rc)
		die("cannot read %s: %s", path, strerror(-rc));
	p = patch_parse(text.s, text.len, path, &why);
	if (!p)
		die("%s: %s", path, why);
	buf_free(&text);
	return p;
}

void patch_free(struct patch *p)
{
	free_files(p);
	for (size_t i = 0; i < p->nst; i++) {
		free(p->st[i].kernel);
		free(p->st[i].state);
	}
	free(p->st);
	free(p->path);
	free(p->id);
	free(p->title);
	free(p->author);
	free(p->date);
	free(p->origin);
	free(p->body);
	free(p->notes);
	buf_free(&p->diff);
	free(p);
}

void patch_set_status(struct patch *p, const char *kernel, const char *state)
{
	struct kstatus *st;

	for (size_t i = 0; i < p->nst; i++) {
		if (strcmp(p->st[i].kernel, kernel))
			continue;
		free(p->st[i].state);
		p->st[i].state = xstrdup(state);
		return;
	}
	p->st = xgrow(p->st, p->nst, &p->st_cap, sizeof(*p->st));
	st = &p->st[p->nst++];
	st->kernel = xstrdup(kernel);
	st->state = xstrdup(state);
}

void patch_clear_status(struct patch *p)
{
	for (size_t i = 0; i < p->nst; i++) {
		free(p->st[i].kernel);
		free(p->st[i].state);
	}
	p->nst = 0;
}

static char *slug(const char *title, size_t max)
{
	struct buf b = {};

	buf_add(&b, "", 0);
	for (; *title && b.len < max; title++) {
		unsigned char c = tolower((unsigned char)*title);

		if (isalnum(c) && c < 0x80)
			buf_add(&b, &c, 1);
		else if (b.len && b.s[b.len - 1] != '-')
			buf_add(&b, "-", 1);
	}
	while (b.len && b.s[b.len - 1] == '-')
		b.s[--b.len] = '\0';
	return b.s;
}

void patch_make_id(struct patch *p)
{
	struct buf b = {};
	char hex[41], *name = slug(p->title, 24);

	buf_str(&b, p->title);
	patch_text(p, &b, true);
	blob_id(b.s, b.len, hex);
	set(&p->id, fmt("%s%s%.8s", name, *name ? "-" : "", hex));
	free(name);
	buf_free(&b);
}

char *patch_file_name(const struct patch *p, unsigned int nr)
{
	char *name = slug(p->title, 52);
	char *file = fmt("%04u-%s.patch", nr, *name ? name : "patch");

	free(name);
	return file;
}

/* The mailbox line that git am tells a mail by. */
#define MBOX_LINE "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"

void patch_write(const struct patch *p, struct buf *out, bool plain)
{
	buf_str(out, MBOX_LINE);
	buf_fmt(out, "From: %s\n", p->author ? p->author : "nobody <nobody@localhost>");
	buf_fmt(out, "Date: %s\n", p->date ? p->date : "Thu, 1 Jan 1970 00:00:00 +0000");
	buf_fmt(out, "Subject: [PATCH] %s\n", p->title);
	if (!plain) {
		buf_fmt(out, "X-Patch-Id: %s\n", p->id);
		buf_fmt(out, "X-Patch-Version: %u\n", p->version);
		buf_fmt(out, "X-Patch-Origin: %s\n", p->origin ? p->origin : "own");
		for (size_t i = 0; i < p->nst; i++)
			buf_fmt(out, "X-Patch-Status: %s %s\n",
				p->st[i].kernel, p->st[i].state);
	}
	buf_fmt(out, "\n%s", p->body);
	if (out->s[out->len - 1] != '\n')
		buf_str(out, "\n");
	buf_fmt(out, "---\n%s", p->notes);
	if (!ends(p->notes, "\n\n") && strcmp(p->notes, "\n"))
		buf_str(out, "\n");
	buf_add(out, p->diff.s, p->diff.len);
	buf_str(out, "-- \npatchset\n");
}

/* ---- comparing --------------------------------------------------------- */

void patch_text(const struct patch *p, struct buf *out, bool context)
{
	static const char *const verb[] = { "", " (new)", " (deleted)", " (renamed)" };

	for (size_t i = 0; i < p->n; i++) {
		const struct pfile *f = &p->f[i];

		buf_fmt(out, "## %s%s ##\n", f->to, verb[f->kind]);
		for (size_t j = 0; j < f->n; j++) {
			const struct hunk *h = &f->h[j];
			const char *at = strstr(h->header + 2, "@@");

			if (context)
				buf_fmt(out, "@@%s\n", at ? at + 2 : "");
			for (size_t k = 0; k < h->n; k++) {
				if (!context && h->l[k].op == ' ')
					continue;
				buf_add(out, &h->l[k].op, 1);
				buf_add(out, h->l[k].s, h->l[k].len);
				if (h->l[k].noeol)
					buf_str(out, "\n\\ No newline\n");
			}
		}
	}
}

void patch_count(const struct patch *p, size_t *plus, size_t *minus)
{
	*plus = 0;
	*minus = 0;
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; j < p->f[i].n; j++)
			for (size_t k = 0; k < p->f[i].h[j].n; k++) {
				*plus += p->f[i].h[j].l[k].op == '+';
				*minus += p->f[i].h[j].l[k].op == '-';
			}
}

int diff_buffers(struct buf *out, const struct buf *a, const char *from,
		 const struct buf *b, const char *to)
{
	git_diff_options opts = GIT_DIFF_OPTIONS_INIT;
	git_patch *gp;
	git_buf text = {};

	opts.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
	if (git_patch_from_buffers(&gp, a ? a->s : NULL, a ? a->len : 0, from,
				   b ? b->s : NULL, b ? b->len : 0, to, &opts))
		return -1;
	if (git_patch_num_hunks(gp) && git_patch_to_buf(&text, gp))
		die("cannot write a diff of %s: %s", to, git_why());
	if (text.ptr)
		buf_add(out, text.ptr, text.size);
	git_buf_dispose(&text);
	git_patch_free(gp);
	return 0;
}
