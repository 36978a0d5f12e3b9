/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kunit_visibility_export
 * names: <kunit/visibility.h>
 * header: kunit/visibility.h
 * upstream: v6.13 name spaces are strings; the header includes what it uses
 * when: kunit_visibility import_ns_bare
 * include: linux/export.h
 * use: file: VISIBLE_IF_KUNIT int kcompat_seen(void);
 *	VISIBLE_IF_KUNIT __maybe_unused int kcompat_seen(void) { return
 *	0; } EXPORT_SYMBOL_IF_KUNIT(kcompat_seen);
 *
 * note: Before, the header's macros used what it did not include.
 */
