// SPDX-License-Identifier: GPL-2.0-only
/* Memory, strings and messages of treecmp. */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

#define ARENA_CHUNK	(1u << 20)

/* One line, and the status that means trouble. */
void die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("treecmp: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(STATUS_TROUBLE);
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		die("out of memory (%zu bytes)", n);
	return p;
}

void *xmalloc(size_t n)
{
	return xrealloc(NULL, n);
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die("out of memory (%zu elements)", n);
	return p;
}

static char *terminated(char *p, const char *s, size_t n)
{
	memcpy(p, s, n);
	p[n] = 0;
	return p;
}

char *xstrndup(const char *s, size_t n)
{
	return terminated(xmalloc(n + 1), s, n);
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

void *arena_alloc(size_t n)
{
	static char *chunk;
	static size_t left;
	void *p;

	n = (n + 7) & ~(size_t)7;
	if (n > ARENA_CHUNK / 8)
		return xmalloc(n);
	if (n > left) {
		chunk = xmalloc(ARENA_CHUNK);
		left = ARENA_CHUNK;
	}
	p = chunk;
	chunk += n;
	left -= n;
	return p;
}

char *arena_strndup(const char *s, size_t n)
{
	return terminated(arena_alloc(n + 1), s, n);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		die("out of memory");
	va_end(ap);
	return s;
}

void buf_add(struct buf *b, const void *s, size_t n)
{
	if (b->len + n + 1 > b->room) {
		b->room = (b->len + n + 1) * 2;
		b->s = xrealloc(b->s, b->room);
	}
	memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = 0;
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	buf_add(b, s, n);
	free(s);
}

/* How long the UTF-8 sequence at @s is, 0 when it is not one. */
static size_t utf8_len(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i, len;
	uint32_t c;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] < 0xe0)
		len = 2;
	else if (s[0] >= 0xe0 && s[0] < 0xf0)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] < 0xf5)
		len = 4;
	else
		return 0;
	if (n < len)
		return 0;
	c = s[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return len;
}

/* Sources may be in any encoding; what we print is UTF-8. */
void buf_utf8(struct buf *b, const char *s, size_t n)
{
	size_t len;

	while (n) {
		len = utf8_len((const unsigned char *)s, n);
		if (len)
			buf_add(b, s, len);
		else
			buf_adds(b, "\xef\xbf\xbd");
		len = len ? len : 1;
		s += len;
		n -= len;
	}
}

void buf_free(struct buf *b)
{
	free(b->s);
	memset(b, 0, sizeof(*b));
}

uint64_t hash_mix(uint64_t h, uint64_t v)
{
	h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2);
	h ^= h >> 31;
	h *= 0xbf58476d1ce4e5b9ull;
	return h ^ h >> 29;
}

uint64_t hash_bytes(const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t h = 0xcbf29ce484222325ull;

	while (n--)
		h = (h ^ *s++) * 0x100000001b3ull;
	return hash_mix(h, 0);
}

uint32_t *map_find(const struct map *m, uint64_t key)
{
	size_t i;

	if (!m->room)
		return NULL;
	key = key ? key : 1;
	for (i = key & (m->room - 1); m->keys[i]; i = (i + 1) & (m->room - 1))
		if (m->keys[i] == key)
			return &m->vals[i];
	return NULL;
}

static void map_grow(struct map *m)
{
	struct map old = *m;
	size_t i;

	m->room = old.room ? old.room * 2 : 64;
	m->keys = xcalloc(m->room, sizeof(*m->keys));
	m->vals = xcalloc(m->room, sizeof(*m->vals));
	m->count = 0;
	for (i = 0; i < old.room; i++)
		if (old.keys[i])
			map_put(m, old.keys[i], old.vals[i]);
	map_free(&old);
}

/* The value of @key, which becomes @val when there was none. */
uint32_t *map_put(struct map *m, uint64_t key, uint32_t val)
{
	size_t i;

	if ((m->count + 1) * 4 > m->room * 3)
		map_grow(m);
	key = key ? key : 1;
	for (i = key & (m->room - 1); m->keys[i]; i = (i + 1) & (m->room - 1))
		if (m->keys[i] == key)
			return &m->vals[i];
	m->keys[i] = key;
	m->vals[i] = val;
	m->count++;
	return &m->vals[i];
}

void map_free(struct map *m)
{
	free(m->keys);
	free(m->vals);
	memset(m, 0, sizeof(*m));
}

static struct {
	const char **text;
	uint32_t *len;
	uint32_t *slots;
	size_t count;
	size_t room;
	size_t nslots;
} names;

static void intern_rehash(void)
{
	size_t i, k, n = names.nslots ? names.nslots * 2 : 1 << 16;

	free(names.slots);
	names.slots = xcalloc(n, sizeof(*names.slots));
	names.nslots = n;
	for (i = 1; i < names.count; i++) {
		k = hash_bytes(names.text[i], names.len[i]) & (n - 1);
		while (names.slots[k])
			k = (k + 1) & (n - 1);
		names.slots[k] = i;
	}
}

uint32_t intern(const char *s, size_t n)
{
	uint32_t id;
	size_t k;

	if ((names.count + 1) * 2 > names.nslots)
		intern_rehash();
	k = hash_bytes(s, n) & (names.nslots - 1);
	while ((id = names.slots[k])) {
		if (names.len[id] == n && !memcmp(names.text[id], s, n))
			return id;
		k = (k + 1) & (names.nslots - 1);
	}
	if (!names.count)
		names.count = 1;	/* 0 is no name */
	if (names.count >= names.room) {
		names.room = names.room ? names.room * 2 : 1 << 14;
		names.text = xrealloc(names.text,
				      names.room * sizeof(*names.text));
		names.len = xrealloc(names.len,
				     names.room * sizeof(*names.len));
	}
	id = names.count++;
	names.text[id] = arena_strndup(s, n);
	names.len[id] = n;
	names.slots[k] = id;
	return id;
}

uint32_t interns(const char *s)
{
	return intern(s, strlen(s));
}

const char *spelling(uint32_t id)
{
	return id ? names.text[id] : "";
}

size_t spelling_len(uint32_t id)
{
	return id ? names.len[id] : 0;
}

static struct {
	char **text;
	size_t count;
	size_t room;
} notes;

void note(const char *fmt, ...)
{
	struct buf clean = { 0 };
	va_list ap;
	char *s;
	size_t i;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	buf_utf8(&clean, s, n);
	free(s);
	for (i = 0; i < notes.count; i++) {
		if (!strcmp(notes.text[i], clean.s)) {
			buf_free(&clean);
			return;
		}
	}
	GROW(notes.text, notes.count, notes.room);
	notes.text[notes.count++] = clean.s;
}

size_t notes_count(void)
{
	return notes.count;
}

const char *notes_get(size_t i)
{
	return notes.text[i];
}

/*
 * One '*' stands for any run of characters, slashes too; without one, the
 * pattern is a file or a folder with all that is below it.  What the star, or
 * the part below the folder, was is left in @star.
 */
bool glob_match(const char *pattern, const char *path, char *star, size_t room)
{
	const char *s = strchr(pattern, '*');
	size_t n = strlen(path), pre, post, len;

	if (!s) {
		pre = strlen(pattern);
		while (pre && pattern[pre - 1] == '/')
			pre--;
		if (strncmp(pattern, path, pre) ||
		    (path[pre] && path[pre] != '/'))
			return false;
		snprintf(star, room, "%s", path + pre);
		return true;
	}
	pre = s - pattern;
	post = strlen(s + 1);
	if (n < pre + post || memcmp(pattern, path, pre) ||
	    memcmp(s + 1, path + n - post, post))
		return false;
	len = n - pre - post;
	if (len >= room)
		return false;
	memcpy(star, path + pre, len);
	star[len] = 0;
	return true;
}

/*
 * Can the report be written there?  Asked before the work is done, and
 * nothing of an old report is touched by asking.
 */
bool output_open(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	char *dir;
	bool ok;

	if (!stat(path, &st)) {
		if (S_ISDIR(st.st_mode)) {
			errno = EISDIR;
			return false;
		}
		if (!S_ISREG(st.st_mode))
			return !access(path, W_OK);
	}
	dir = slash ? xstrndup(path, slash - path + 1) : xstrdup(".");
	ok = !access(dir, W_OK | X_OK);
	free(dir);
	return ok;
}

static bool write_stream(FILE *f, const struct buf *b)
{
	bool ok = fwrite(b->s, 1, b->len, f) == b->len;

	ok = !fflush(f) && ok;
	return !fclose(f) && ok;
}

/* A device, a pipe, a link to nothing yet: there is nothing to replace. */
static void write_through(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "w");

	if (!f || !write_stream(f, b))
		die("cannot write %s: %s", path, strerror(errno));
}

/**
 * output_write - write a report where the user wants it
 * @path: a regular file is replaced as a whole or not at all, also the one that
 *        a symbolic link names; anything else is written through, never replaced
 * @b: the report
 */
void output_write(const char *path, const struct buf *b)
{
	char *real = realpath(path, NULL), *tmp;
	struct stat st;
	FILE *f;

	if (real ? stat(real, &st) || !S_ISREG(st.st_mode) : !lstat(path, &st)) {
		free(real);
		write_through(path, b);
		return;
	}
	if (!real)
		real = xstrdup(path);
	tmp = xasprintf("%s.treecmp-%ld", real, (long)getpid());
	f = fopen(tmp, "wx");
	if (!f)
		die("cannot write %s: %s", path, strerror(errno));
	if (!write_stream(f, b) || rename(tmp, real)) {
		int err = errno;

		unlink(tmp);
		die("cannot write %s: %s", path, strerror(err));
	}
	free(tmp);
	free(real);
}
