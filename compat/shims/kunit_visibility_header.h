/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kunit_visibility_header
 * names: <kunit/visibility.h>
 * header: kunit/visibility.h
 * missing: yes
 * upstream: v6.2 functions that are visible to tests alone
 * unless: kunit_visibility
 * use: file: VISIBLE_IF_KUNIT int kcompat_seen(void);
 *	VISIBLE_IF_KUNIT __maybe_unused int kcompat_seen(void) { return
 *	0; } EXPORT_SYMBOL_IF_KUNIT(kcompat_seen);
 *
 * note: The tests of the sources are built for newer kernels.
 */
#define VISIBLE_IF_KUNIT static
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
