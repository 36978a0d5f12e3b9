// SPDX-License-Identifier: GPL-2.0-only
/* Layouts that users ask for: checks, defaults, and a way to write them down */
#include "lov.h"

#define MAX_POOLS	8

static char pools[MAX_POOLS][LOV_MAXPOOLNAME + 1];

int lov_pool_add(const char *name)
{
	if (!*name || strlen(name) > LOV_MAXPOOLNAME)
		return -EINVAL;
	for (unsigned int i = 0; i < MAX_POOLS; i++) {
		if (*pools[i] && strcmp(pools[i], name))
			continue;
		snprintf(pools[i], sizeof(pools[i]), "%s", name);
		return 0;
	}
	return -ENOSPC;
}

static int check_pool(struct lov_comp *c)
{
	static const char * const special[] = { "ignore", "inherit", "none" };

	if (!*c->pool)
		return 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(special); i++) {
		if (strcmp(c->pool, special[i]))
			continue;
		memset(c->pool, 0, sizeof(c->pool));
		return 0;
	}
	for (unsigned int i = 0; i < MAX_POOLS; i++)
		if (!strcmp(c->pool, pools[i]))
			return 0;
	log_warn("there is no pool \"%s\"", c->pool);
	return -EINVAL;
}

static int check_count(const struct lov_comp *c)
{
	bool over = lov_base(c) & LOV_PATTERN_OVERSTRIPING;

	if (c->count == LOV_ALL_STRIPES || c->count <= LOV_MAX_STRIPE_COUNT)
		return 0;
	return over && c->count >= LOV_ALL_STRIPES_WIDE ? 0 : -EINVAL;
}

/* OSTs that were named one by one */
static int check_list(const struct lov_comp *c)
{
	if (lov_base(c) & LOV_PATTERN_OVERSTRIPING)
		return 0;
	for (unsigned int i = 0; i < c->n; i++)
		for (unsigned int j = 0; j < i; j++)
			if (c->obj[i].ost == c->obj[j].ost)
				return -EINVAL;
	return 0;
}

static int check_mdt_part(const struct lov *l, const struct lov_comp *c)
{
	if (!l->composite || c->start || c->end == OBD_OBJECT_EOF ||
	    c->size != c->end || c->count > 1 || *c->pool || c->n)
		return -EINVAL;
	return c->size % LOV_MIN_STRIPE_SIZE ? -EINVAL : 0;
}

static int check_plain(struct lov *l, struct lov_comp *c)
{
	int rc;

	if (!c->pattern || c->pattern == LOV_PATTERN_DEFAULT)
		c->pattern = LOV_PATTERN_RAID0;
	switch (c->pattern) {
	case LOV_PATTERN_MDT:
		return check_mdt_part(l, c);
	case LOV_PATTERN_RAID0:
	case LOV_PATTERN_OVERSTRIPING:
	case LOV_PATTERN_RAID0 | LOV_PATTERN_OVERSTRIPING:
		c->pattern |= LOV_PATTERN_RAID0;
		break;
	default:
		log_warn("layout pattern %#x is not supported", c->pattern);
		return -EINVAL;
	}
	if (c->size % LOV_MIN_STRIPE_SIZE)
		return -EINVAL;
	if (c->first != LOV_OFFSET_DEFAULT && !target_get(TGT_OST, c->first))
		return -EINVAL;
	rc = check_count(c);
	if (!rc)
		rc = check_list(c);
	return rc ? rc : check_pool(c);
}

static int check_extent(const struct lov_comp *c, uint64_t from)
{
	if (c->start != from || c->end <= c->start) {
		log_warn("component [%#" PRIx64 ", %#" PRIx64 ") after one that ends at %#" PRIx64,
			 c->start, c->end, from);
		return -EINVAL;
	}
	if (c->end != OBD_OBJECT_EOF && c->end % LOV_MIN_STRIPE_SIZE)
		return -EINVAL;
	if (c->end != OBD_OBJECT_EOF && c->size && c->end % c->size) {
		log_warn("component ends at %#" PRIx64 ", stripe size %#x",
			 c->end, c->size);
		return -EINVAL;
	}
	return 0;
}

/* A part on the MDT that is longer than this file system has them */
static int limit_mdt_part(struct lov *l)
{
	struct lov_comp *c = &l->c[0];

	if (!lov_on_mdt(c) || c->end <= srv.dom_limit)
		return 0;
	if (!srv.dom_limit && l->n == 1)
		return -EFBIG;
	c->size = c->end = srv.dom_limit;
	if (l->n > 1)
		l->c[1].start = srv.dom_limit;
	if (srv.dom_limit)
		return 0;
	memmove(c, c + 1, --l->n * sizeof(*c));
	memset(&l->c[l->n], 0, sizeof(*c));
	return 0;
}

int lov_wish(const void *ea, size_t len, struct lov **out)
{
	return lov_wish_from(ea, len, 0, out);
}

int lov_wish_from(const void *ea, size_t len, uint64_t from, struct lov **out)
{
	unsigned int mirrors = 0;
	struct lov *l;
	int rc = lov_parse(ea, len, LOV_WISH, &l);

	if (rc)
		return rc;
	for (unsigned int i = 0; i < l->n && !rc; i++) {
		struct lov_comp *c = &l->c[i];
		bool first = !i || !c->start;

		/* Each component that begins at 0 begins another mirror. */
		mirrors += i && first;
		if (mirrors && lov_base(c) == LOV_PATTERN_MDT)
			rc = -EINVAL;

		if (c->flags & (LCME_FL_EXTENSION | LCME_FL_PARITY |
				LCME_FL_COMPRESS | LCME_FL_STALE))
			rc = -EOPNOTSUPP;
		c->flags &= LCME_FL_PREF_RD | LCME_FL_PREF_WR | LCME_FL_NOSYNC |
			    LCME_FL_NOCOMPR;
		if (!rc)
			rc = check_plain(l, c);
		if (!rc)
			rc = check_extent(c, i && !first ? c[-1].end : from);
	}
	if (mirrors != l->mirrors || mirrors >= LOV_MAX_MIRRORS)
		rc = -EINVAL;
	l->flags = 0;
	if (!rc)
		rc = limit_mdt_part(l);
	if (rc) {
		lov_free(l);
		return rc;
	}
	*out = l;
	return 0;
}

/* "setstripe -d": the default of a directory is to go */
bool lov_deletes(const struct lov *w)
{
	const struct lov_comp *c = &w->c[0];

	return !w->composite && !c->size && !c->count &&
	       c->first == LOV_OFFSET_DEFAULT && !*c->pool && !c->n;
}

void lov_merge(struct lov *w, const struct lov *def)
{
	const struct lov_comp *d = &def->c[0];
	struct lov_comp *c = &w->c[0];

	if (w->composite || def->composite)
		return;
	if (!c->size)
		c->size = d->size;
	if (!c->count)
		c->count = d->count;
	if (!*c->pool)
		memcpy(c->pool, d->pool, sizeof(c->pool));
	if (c->first == LOV_OFFSET_DEFAULT && !c->n)
		c->first = d->first;
}

/* The default stripe size, or what of it fits the end of a component */
static uint32_t default_size(const struct lov_comp *c)
{
	uint32_t size = srv.cfg.stripe_size;

	if (c->end == OBD_OBJECT_EOF || !(c->end % size))
		return size;
	size = LOV_MIN_STRIPE_SIZE;
	while (2 * size <= srv.cfg.stripe_size && !(c->end % (2 * size)))
		size *= 2;
	return size;
}

int lov_finish(struct lov *w)
{
	unsigned int mirror = 0;

	for (unsigned int i = 0; i < w->n; i++) {
		struct lov_comp *c = &w->c[i];

		c->id = w->composite ? i + 1 : 0;
		if (w->mirrors) {
			mirror += !c->start;
			c->id |= mirror << LCME_ID_MIRROR_SHIFT;
		}
		c->gen = 0;
		memset(c->tail, 0, sizeof(c->tail));
		if (lov_on_mdt(c)) {
			c->count = 0;
			continue;
		}
		if (!c->size)
			c->size = default_size(c);
		if (!c->count)
			c->count = srv.cfg.stripe_count;
	}
	w->gen = w->composite ? w->n : 0;
	w->flags = w->mirrors ? LCM_FL_RDONLY : LCM_FL_NONE;
	return 0;
}

/* ---- as on the command line of lfs setstripe ---- */

static bool number(const char *s, uint64_t *v)
{
	char *end;

	*v = strtoull(s, &end, 0);
	if (end == s)
		return false;
	switch (*end | 0x20) {
	case 'k':
		*v <<= 10;
		end++;
		break;
	case 'm':
		*v <<= 20;
		end++;
		break;
	case 'g':
		*v <<= 30;
		end++;
		break;
	}
	return !*end;
}

static int list(struct lov_comp *c, char *s)
{
	char *save = NULL;

	c->obj = xzalloc(SRV_MAX_TARGETS * sizeof(*c->obj));
	for (s = strtok_r(s, ",", &save); s; s = strtok_r(NULL, ",", &save)) {
		if (c->n == SRV_MAX_TARGETS)
			return -EINVAL;
		c->obj[c->n++].ost = atoi(s);
	}
	c->count = c->n;
	return 0;
}

static int option(struct lov_comp *c, char opt, char *arg)
{
	uint64_t v = 0;
	bool all = !strncmp(arg, "-", 1), num = number(arg, &v);

	switch (opt) {
	case 'C':
		c->pattern |= LOV_PATTERN_OVERSTRIPING;
		/* -2: two on each OST, as the wire has it */
		c->count = v;
		return num ? 0 : -EINVAL;
	case 'c':
		c->count = all ? LOV_ALL_STRIPES : v;
		return num ? 0 : -EINVAL;
	case 'S':
		c->size = v;
		return num && v <= UINT32_MAX ? 0 : -EINVAL;
	case 'i':
		c->first = v;
		return num ? 0 : -EINVAL;
	case 'o':
		return list(c, arg);
	case 'p':
		snprintf(c->pool, sizeof(c->pool), "%s", arg);
		return 0;
	case 'L':
		if (!strcmp(arg, "mdt")) {
			c->pattern = LOV_PATTERN_MDT;
			c->size = c->end;
		} else if (strcmp(arg, "raid0")) {
			return -EINVAL;
		}
		return 0;
	}
	return -EINVAL;
}

static int one_spec(struct lov *l, char opt, char *arg)
{
	struct lov_comp *c = &l->c[l->n ? l->n - 1 : 0];
	uint64_t end = OBD_OBJECT_EOF;

	if (opt == 'N') {	/* of what follows; the number says nothing */
		if (l->n == LOV_MAX_COMPS)
			return -EINVAL;
		if (l->composite) {
			l->mirrors++;
			l->n++;
		}
		l->composite = true;
		return 0;
	}
	if (opt != 'E')
		return option(c, opt, arg);
	if (l->n == LOV_MAX_COMPS ||
	    (*arg != '-' && strcasecmp(arg, "eof") && !number(arg, &end)))
		return -EINVAL;
	if (l->composite)
		l->n++;
	else
		c->count = c->size = 0;
	l->composite = true;
	l->c[l->n - 1].start = l->n > 1 ? l->c[l->n - 2].end : 0;
	l->c[l->n - 1].end = end;
	return 0;
}

int lov_spec(const char *spec, struct lov **out)
{
	char *copy = xstrdup(spec), *save = NULL, *s, *arg;
	struct lov *l = lov_new(1);
	int rc = 0;

	for (s = strtok_r(copy, " ", &save); s && !rc;
	     s = strtok_r(NULL, " ", &save)) {
		arg = strtok_r(NULL, " ", &save);
		rc = *s == '-' && s[1] && !s[2] && arg ?
		     one_spec(l, s[1], arg) : -EINVAL;
	}
	free(copy);
	if (rc) {
		lov_free(l);
		return rc;
	}
	*out = l;
	return 0;
}

void lov_print(FILE *f, const struct lov *l)
{
	fprintf(f, "%s gen %u flags %#x mirrors %u components %u\n",
		l->composite ? "composite" : "plain", l->gen, l->flags,
		l->mirrors + 1, l->n);
	for (unsigned int i = 0; i < l->n; i++) {
		const struct lov_comp *c = &l->c[i];

		fprintf(f, "component %#x flags %#x [%" PRIu64 ", ", c->id,
			c->flags, c->start);
		if (c->end == OBD_OBJECT_EOF)
			fprintf(f, "eof)");
		else
			fprintf(f, "%" PRIu64 ")", c->end);
		fprintf(f, " pattern %#x%s size %u count %u%s%s", c->pattern,
			c->pattern & LOV_PATTERN_F_RELEASED ? " released" : "",
			c->size, c->count, *c->pool ? " pool " : "", c->pool);
		for (unsigned int j = 0; j < c->n; j++)
			fprintf(f, " %u:%s", c->obj[j].ost,
				fid_str(&c->obj[j].fid));
		fprintf(f, "\n");
	}
}
