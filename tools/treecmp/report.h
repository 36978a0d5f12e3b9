/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports: text for people, JSON for machines, one HTML page. */
#ifndef TREECMP_REPORT_H
#define TREECMP_REPORT_H

#include <json-c/json.h>

#include "compare.h"

struct output {
	FILE *f;
	bool json;
	const char *html;
	bool full;
};

void report_trees(const struct comparison *c, const struct output *out);
void text_trees(const struct comparison *c, const struct output *out);
void json_trees(const struct comparison *c, const struct output *out);
void html_trees(const struct comparison *c, const struct output *out);

/* pieces that several reports share */
void show_tokens(struct buf *b, const struct entity *e, uint32_t from,
		 uint32_t count, uint32_t most);
const char *rename_note(const struct entity *a, struct buf *b);
json_object *json_utf8(const char *s);
void put_str(json_object *o, const char *key, const char *s);
void put_int(json_object *o, const char *key, uint64_t n);
const char *event_name(enum file_event_kind kind);
json_object *json_notes(void);
json_object *json_unused_rules(void);
void json_print(json_object *o, const struct output *out);
void text_notes(const struct output *out);
void html_escape(struct buf *b, const char *s, size_t n);
void html_escapes(struct buf *b, const char *s);
void html_head(struct buf *b, const char *title);
void html_notes(struct buf *b);
void html_entity(struct buf *b, const struct entity *a);
void html_code(struct buf *b, const struct entity *e);

#endif
