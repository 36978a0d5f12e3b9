// SPDX-License-Identifier: GPL-2.0-only
/* Kconfig lint, and the page of results of export --check. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static bool is_kconfig(const char *path)
{
	return starts(base_name(path), "Kconfig");
}

static size_t word_len(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

/* "config X" and "menuconfig X" of one Kconfig file. */
static void take_defined(struct strv *out, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		if (starts(line, "menuconfig "))
			line += 4;
		if (!starts(line, "config "))
			continue;
		line += 7 + strspn(line + 7, " \t");
		line[word_len(line)] = '\0';
		strv_add(out, line);
	}
}

/* Every symbol that an expression of "depends on", "select" and so on names. */
static void take_expression(struct strv *out, const char *s)
{
	static const char *const words[] = { "if", "on", "y", "n", "m" };

	while (*s) {
		size_t n = word_len(s), i;
		char *word;

		if (*s == '"') {
			s += strcspn(s + 1, "\"") + 1;
			s += *s == '"';
			continue;
		}
		if (!n) {
			s++;
			continue;
		}
		word = xstrndup(s, n);
		for (i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (!strcmp(word, words[i]))
				break;
		if (i == sizeof(words) / sizeof(*words) && !isdigit((unsigned char)*word))
			strv_add(out, word);
		free(word);
		s += n;
	}
}

struct entry {
	char	*name;
	bool	 prompt, help;
	size_t	 lines;
};

static void close_entry(struct step *s, const char *path, struct entry *e)
{
	if (!e->name)
		return;
	if (!e->prompt)
		found(s, "%s: config %s has no prompt", path, e->name);
	if (!e->help || e->lines < 2)
		found(s, "%s: config %s has %zu lines of help", path, e->name, e->lines);
	free(e->name);
	*e = (struct entry){};
}

/* One of our own Kconfig files; what it refers to goes to @used. */
static void read_own(struct step *s, const char *path, char *text, struct strv *used)
{
	static const char *const refs[] = { "depends on ", "select ", "imply ", "default ",
					    "visible if " };
	struct entry e = {};
	char *line;

	while ((line = strsep(&text, "\n"))) {
		char *at = line + strspn(line, " \t");

		if (starts(line, "config ")) {
			close_entry(s, path, &e);
			e.name = xstrdup(line + 7);
			continue;
		}
		if (e.help) {
			e.lines += *at != '\0';
			continue;
		}
		if (!strcmp(at, "help"))
			e.help = true;
		if (starts(at, "tristate \"") || starts(at, "bool \""))
			e.prompt = true;
		for (size_t i = 0; i < sizeof(refs) / sizeof(*refs); i++)
			if (starts(at, refs[i]))
				take_expression(used, at + strlen(refs[i]));
		if (starts(at, "tristate ") || starts(at, "bool "))
			take_expression(used, at + strcspn(at, " "));
	}
	close_entry(s, path, &e);
}

/* CONFIG_X in C and Makefiles. */
static void take_used(struct strv *out, const char *text)
{
	for (const char *p = text; (p = strstr(p, "CONFIG_")); p++) {
		size_t n = word_len(p + 7);
		char *name;

		if (p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))
			continue;
		name = xstrndup(p + 7, n);
		if (n && ends(name, "_MODULE"))
			name[n - 7] = '\0';
		if (n && !strv_has(out, name))
			strv_add(out, name);
		free(name);
	}
}

static bool sorted_has(const struct strv *v, const char *s)
{
	size_t lo = 0, hi = v->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = strcmp(v->v[mid], s);

		if (!d)
			return true;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

void lint_kconfig(struct gate *g, struct step *s)
{
	const struct strv *paths = tree_paths(g->t);
	struct strv defined = {}, used = {};
	size_t own = 0;

	for (size_t i = 0; i < paths->n; i++) {
		struct buf b = {};

		if (is_kconfig(paths->v[i]) && !tree_read(g->t, paths->v[i], &b, NULL))
			take_defined(&defined, b.s);
		buf_free(&b);
	}
	strv_sort(&defined);
	for (size_t i = 0; i < g->m.n; i++) {
		const struct mfile *f = &g->m.f[i];
		char *text = xstrndup(f->data.s, f->data.len);

		if (is_kconfig(f->dst)) {
			read_own(s, f->dst, text, &used);
			own++;
		} else if (!starts(f->dst, "Documentation/")) {
			take_used(&used, text);
		}
		free(text);
	}
	for (size_t i = 0; i < used.n; i++)
		if (!sorted_has(&defined, used.v[i]))
			found(s, "CONFIG_%s is used, but no Kconfig defines it", used.v[i]);
	s->said = fmt("%zu Kconfig files, %zu symbols used, %zu defined in the tree", own,
		      used.n, defined.n);
	strv_free(&defined);
	strv_free(&used);
}

static const char style[] =
	"<style>body{font:15px/1.45 system-ui,sans-serif;margin:2em;max-width:70em}"
	"table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .7em;"
	"text-align:left;vertical-align:top}.ok{background:#e6f4e6}.no{background:#f6cccc}"
	"pre{background:#f6f6f6;padding:.6em;overflow:auto}</style>";

void page_html(const struct gate *g, const struct step *s, size_t n)
{
	size_t bad = 0, run_n = 0;
	struct buf b = {};
	int rc;

	for (size_t i = 0; i < n; i++) {
		run_n += s[i].run;
		bad += s[i].run && !s[i].ok;
	}
	buf_str(&b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<title>Ready to post?</title>");
	buf_str(&b, style);
	buf_fmt(&b, "</head><body>\n<h1>%s</h1>\n<p>%zu of %zu steps passed, against kernel ",
		bad ? "Not ready to post" : "Ready to post", run_n - bad, run_n);
	buf_html(&b, g->t->kernel);
	buf_str(&b, ".</p>\n<table><tr><th>step</th><th>result</th><th>seconds</th>"
		"<th>what</th></tr>\n");
	for (size_t i = 0; i < n; i++) {
		if (!s[i].run)
			continue;
		buf_fmt(&b, "<tr class=\"%s\"><td>%s</td><td>%s</td><td>%.0f</td><td>",
			s[i].ok ? "ok" : "no", s[i].name, s[i].ok ? "passed" : "failed",
			s[i].seconds);
		buf_html(&b, s[i].what);
		buf_str(&b, "<br>");
		buf_html(&b, s[i].said ? s[i].said : "");
		buf_str(&b, "</td></tr>\n");
	}
	buf_str(&b, "</table>\n");
	for (size_t i = 0; i < n; i++) {
		if (!s[i].found.n)
			continue;
		buf_fmt(&b, "<h2>%s</h2><pre>", s[i].name);
		for (size_t k = 0; k < s[i].found.n; k++) {
			buf_html(&b, s[i].found.v[k]);
			buf_str(&b, "\n");
		}
		buf_str(&b, "</pre>\n");
	}
	buf_str(&b, "</body></html>\n");
	rc = write_file(g->o->html, b.s, b.len, 0644);
	if (rc)
		die("cannot write %s: %s", g->o->html, strerror(-rc));
	buf_free(&b);
}
