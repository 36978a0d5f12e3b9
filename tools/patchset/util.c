// SPDX-License-Identifier: GPL-2.0-only
/* What every part of patchset and export needs: text, files, the end. */
#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

const char *program = "patchset";

static void say(const char *f, va_list ap)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", program);
	vfprintf(stderr, f, ap);
	fputc('\n', stderr);
}

void warn(const char *f, ...)
{
	va_list ap;

	va_start(ap, f);
	say(f, ap);
	va_end(ap);
}

void die(const char *f, ...)
{
	va_list ap;

	va_start(ap, f);
	say(f, ap);
	va_end(ap);
	exit(EXIT_TROUBLE);
}

unsigned int number_option(const char *option, const char *s, unsigned int least,
			   unsigned int most)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	if (*s < '0' || *s > '9' || *end || n < least || n > most)
		die("%s: not a number from %u to %u: %s", option, least, most, s);
	return n;
}

void usual_option(int c, const char *name, const char *usage)
{
	switch (c) {
	case O_VERSION:
		printf("%s %s\n", name, LUSTRE_CLIENT_VERSION);
		exit(EXIT_SAME);
	case O_HELP:
		fputs(usage, stdout);
		exit(EXIT_SAME);
	default:
		/* getopt has said what is wrong */
		exit(EXIT_TROUBLE);
	}
}

void *xalloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		die("out of memory (%zu bytes)", size);
	return p;
}

void *xgrow(void *p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap : 8;

	if (n < *cap)
		return p;
	while (more <= n)
		more *= 2;
	p = reallocarray(p, more, size);
	if (!p)
		die("out of memory (%zu times %zu bytes)", more, size);
	memset((char *)p + *cap * size, 0, (more - *cap) * size);
	*cap = more;
	return p;
}

char *xstrndup(const char *s, size_t n)
{
	char *p = xalloc(n + 1);

	memcpy(p, s, n);
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *fmt(const char *f, ...)
{
	va_list ap;
	char *p;

	va_start(ap, f);
	if (vasprintf(&p, f, ap) < 0)
		die("out of memory");
	va_end(ap);
	return p;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (b->len + n + 1 > b->cap) {
		size_t cap = (b->len + n + 1) * 3 / 2 + 32;

		b->s = realloc(b->s, cap);
		if (!b->s)
			die("out of memory (%zu bytes)", cap);
		b->cap = cap;
	}
	if (n)
		memcpy(b->s + b->len, p, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_fmt(struct buf *b, const char *f, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, f);
	n = vasprintf(&p, f, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	buf_add(b, p, n);
	free(p);
}

void buf_html(struct buf *b, const char *s)
{
	char *clean = utf8(s);

	for (const char *p = clean; *p; p++) {
		switch (*p) {
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '&':
			buf_str(b, "&amp;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		default:
			buf_add(b, p, 1);
		}
	}
	free(clean);
}

void buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){};
}

bool buf_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->s, b->s, a->len));
}

void strv_add(struct strv *v, const char *s)
{
	v->v = xgrow(v->v, v->n, &v->cap, sizeof(*v->v));
	v->v[v->n++] = xstrdup(s);
}

bool strv_has(const struct strv *v, const char *s)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->v[i], s))
			return true;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *v)
{
	if (v->n)
		qsort(v->v, v->n, sizeof(*v->v), by_text);
}

void strv_free(struct strv *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i]);
	free(v->v);
	*v = (struct strv){};
}

int read_file(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;
	int rc = 0;

	out->len = 0;
	buf_add(out, "", 0);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		rc = -errno;
	else if (S_ISDIR(st.st_mode))
		rc = -EISDIR;
	else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		rc = -EINVAL;
	while (!rc) {
		char chunk[65536];

		n = read(fd, chunk, sizeof(chunk));
		if (n < 0)
			rc = -errno;
		if (n <= 0)
			break;
		buf_add(out, chunk, n);
	}
	close(fd);
	return rc;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0)
			return -errno;
		p += w;
		n -= w;
	}
	return 0;
}

/* By way of a rename: who reads meanwhile sees the old or the new file. */
int replace_file(const char *path, const void *p, size_t n, unsigned int mode)
{
	char *tmp = fmt("%s.tmp%d", path, getpid());
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int rc = 0;

	if (fd < 0) {
		rc = -errno;
		goto out;
	}
	rc = write_all(fd, p, n);
	if (!rc && fchmod(fd, mode))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && rename(tmp, path))
		rc = -errno;
	if (rc)
		unlink(tmp);
out:
	free(tmp);
	return rc;
}

/*
 * For a name that a user gave.  A regular file is replaced as a whole, also the
 * one that a symbolic link names; a device or a pipe is written through.
 */
int write_file(const char *path, const void *p, size_t n, unsigned int mode)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int fd, rc;

	if (real ? !stat(real, &st) && S_ISREG(st.st_mode) : lstat(path, &st)) {
		rc = replace_file(real ? real : path, p, n, mode);
		goto out;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0) {
		rc = -errno;
		goto out;
	}
	rc = write_all(fd, p, n);
	if (close(fd) && !rc)
		rc = -errno;
out:
	free(real);
	return rc;
}

int make_dirs(const char *path)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; !rc; p++) {
		char c = *p;

		if (c != '/' && c)
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			rc = -errno;
		*p = c;
		if (!c)
			break;
	}
	free(copy);
	return rc;
}

void blob_id(const void *p, size_t n, char hex[41])
{
	git_oid oid;

	if (git_odb_hash(&oid, p ? p : "", n, GIT_OBJECT_BLOB))
		die("cannot hash %zu bytes: %s", n, git_why());
	git_oid_tostr(hex, 41, &oid);
}

/* How long the UTF-8 character at @s is; 0 when there is none. */
static size_t utf8_len(const unsigned char *s)
{
	size_t n;
	uint32_t c;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] < 0xe0)
		n = 2;
	else if (s[0] >= 0xe0 && s[0] < 0xf0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] < 0xf5)
		n = 4;
	else
		return 0;
	c = s[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
	    (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	return n;
}

char *utf8(const char *s)
{
	struct buf b = {};

	buf_add(&b, "", 0);
	while (*s) {
		size_t n = utf8_len((const unsigned char *)s);

		if (n)
			buf_add(&b, s, n);
		else
			buf_str(&b, "\xef\xbf\xbd");
		s += n ? n : 1;
	}
	return b.s;
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !strcmp(s + n - m, suffix);
}

bool path_is_sane(const char *path)
{
	if (!*path || *path == '/')
		return false;
	for (const char *p = path; p; p = strchr(p, '/')) {
		if (*p == '/')
			p++;
		if (!*p || *p == '/' ||
		    (p[0] == '.' && (!p[1] || p[1] == '/')) ||
		    (p[0] == '.' && p[1] == '.' && (!p[2] || p[2] == '/')) ||
		    starts(p, ".git/"))
			return false;
	}
	return true;
}

void git_start(void)
{
	if (git_libgit2_init() < 0)
		die("libgit2 does not start: %s", git_why());
	/* A tree of somebody else's is read, never run. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

const char *git_why(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "no reason given";
}
