/* SPDX-License-Identifier: GPL-2.0-only */
/* What every part of patchset and export needs: text, files, the end. */
#ifndef PATCHSET_UTIL_H
#define PATCHSET_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The exit status of both programs. */
enum { EXIT_SAME = 0, EXIT_DIFFERS = 1, EXIT_TROUBLE = 2 };

struct buf {
	char	*s;		/* always ends with a NUL that len leaves out */
	size_t	 len, cap;
};

struct strv {
	char	**v;
	size_t	  n, cap;
};

extern const char *program;

/* What getopt_long() calls the options that every program has. */
enum { O_VERSION = 'V', O_HELP = 'h' };

/* The end of a program's list of options: --version, --help, or an error. */
_Noreturn void usual_option(int c, const char *name, const char *usage);

/* The value of an option, which has to be a number in this range. */
unsigned int number_option(const char *option, const char *s, unsigned int least,
			   unsigned int most);

/* Say "PROGRAM: message" on stderr and end with EXIT_TROUBLE. */
_Noreturn void die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* These end the program when there is no memory. */
void *xalloc(size_t size);
void *xgrow(void *p, size_t n, size_t *cap, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *fmt(const char *f, ...) __attribute__((format(printf, 1, 2)));

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_fmt(struct buf *b, const char *f, ...)
	__attribute__((format(printf, 2, 3)));
void buf_html(struct buf *b, const char *s);
void buf_free(struct buf *b);
bool buf_same(const struct buf *a, const struct buf *b);

void strv_add(struct strv *v, const char *s);
bool strv_has(const struct strv *v, const char *s);
void strv_sort(struct strv *v);
void strv_free(struct strv *v);

/* Files.  All return 0 or -errno. */
int read_file(const char *path, struct buf *out);
int replace_file(const char *path, const void *p, size_t n, unsigned int mode);
int write_file(const char *path, const void *p, size_t n, unsigned int mode);
int make_dirs(const char *path);

/* The blob id that `git hash-object` gives, 40 hex digits. */
void blob_id(const void *p, size_t n, char hex[41]);

/* A copy that is valid UTF-8: what is not becomes U+FFFD. */
char *utf8(const char *s);
const char *base_name(const char *path);
bool starts(const char *s, const char *prefix);
bool ends(const char *s, const char *suffix);
/* A path from outside that may name something in a tree: relative, no "..". */
bool path_is_sane(const char *path);

void git_start(void);
const char *git_why(void);

#endif
