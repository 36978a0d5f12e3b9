/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: register_shrinker_bare
 * names: kcompat_register_shrinker
 * header: linux/shrinker.h
 * upstream: v6.0 a shrinker is registered with a name
 * unless: register_shrinker_named
 * needs: register_shrinker
 */
#define kcompat_register_shrinker(s, name) \
	((void)(name), register_shrinker(s))
