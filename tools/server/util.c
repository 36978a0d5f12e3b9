// SPDX-License-Identifier: GPL-2.0-only
/* Memory, time, randomness and the log */
#include "server.h"

#include <sys/random.h>
#include <time.h>

enum log_level log_level = LOG_INFO;

/* One line on stderr, with the time of day */
void log_msg(enum log_level lvl, const char *fmt, ...)
{
	static const char * const tag[] = { "ERR", "WARN", "INFO", "DBG", "TRC" };
	struct timespec ts;
	struct tm tm;
	char line[1024];
	va_list ap;
	int n;

	if (lvl > log_level)
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	n = snprintf(line, sizeof(line), "%02d:%02d:%02d.%03ld %s ",
		     tm.tm_hour, tm.tm_min, tm.tm_sec, ts.tv_nsec / 1000000,
		     tag[lvl]);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s\n", line);
}

void *xzalloc(size_t len)
{
	void *p = calloc(1, len ? len : 1);

	if (!p) {
		log_err("out of memory (%zu bytes)", len);
		exit(3);
	}
	return p;
}

void *xrealloc(void *p, size_t len)
{
	p = realloc(p, len);
	if (!p) {
		log_err("out of memory");
		exit(3);
	}
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xzalloc(n), s, n);
}

struct buf *buf_new(size_t len)
{
	struct buf *b = malloc(sizeof(*b) + len);

	if (!b) {
		log_err("out of memory (%zu bytes)", len);
		exit(3);
	}
	b->refs = 1;
	b->len = len;
	return b;
}

struct buf *buf_zalloc(size_t len)
{
	struct buf *b = buf_new(len);

	memset(b->data, 0, len);
	return b;
}

struct buf *buf_get(struct buf *b)
{
	b->refs++;
	return b;
}

void buf_put(struct buf *b)
{
	if (b && --b->refs == 0)
		free(b);
}

int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t wall_sec(void)
{
	return time(NULL);
}

uint64_t rand_cookie(void)
{
	uint64_t v = 0;

	while (!v)
		if (getrandom(&v, sizeof(v), 0) != sizeof(v))
			v = 0;
	return v;
}
