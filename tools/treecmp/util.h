/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory, strings and messages of treecmp.
 *
 * Memory that lives as long as the comparison comes from an arena that nobody
 * frees before the end: a tree of sources is millions of small things.
 */
#ifndef TREECMP_UTIL_H
#define TREECMP_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

enum { STATUS_SAME, STATUS_DIFFERS, STATUS_TROUBLE, STATUS_INCOMPLETE };

void die(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
void *arena_alloc(size_t n);
char *arena_strndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);

/*
 * GROW - make room for one more element
 * @array: pointer to elements, @count of them used, room for @room
 */
#define GROW(array, count, room) do {					\
	if ((count) >= (room)) {					\
		(room) = (room) ? (room) * 2 : 16;			\
		(array) = xrealloc(array, (room) * sizeof(*(array)));	\
	}								\
} while (0)

/* A string that grows. */
struct buf {
	char *s;
	size_t len;
	size_t room;
};

void buf_add(struct buf *b, const void *s, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_utf8(struct buf *b, const char *s, size_t n);
void buf_free(struct buf *b);

uint64_t hash_bytes(const void *p, size_t n);
uint64_t hash_mix(uint64_t h, uint64_t v);

/* A map of 64 bit keys to 32 bit values. */
struct map {
	uint64_t *keys;
	uint32_t *vals;
	size_t room;
	size_t count;
};

uint32_t *map_find(const struct map *m, uint64_t key);
uint32_t *map_put(struct map *m, uint64_t key, uint32_t val);
void map_free(struct map *m);

/* Every spelling of a token, path or name has one number. */
uint32_t intern(const char *s, size_t n);
uint32_t interns(const char *s);
const char *spelling(uint32_t id);
size_t spelling_len(uint32_t id);

/* Remarks about the input, for people; each is shown once. */
void note(const char *fmt, ...) PRINTF(1, 2);
size_t notes_count(void);
const char *notes_get(size_t i);

bool glob_match(const char *pattern, const char *path, char *star,
		size_t room);
bool output_open(const char *path);
void output_write(const char *path, const struct buf *b);

#endif
