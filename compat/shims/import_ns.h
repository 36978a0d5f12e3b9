/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: import_ns
 * names: MODULE_IMPORT_NS import_ns
 * header: linux/module.h
 * upstream: v6.13 MODULE_IMPORT_NS() takes a string
 * when: import_ns_bare
 * needs: MODULE_INFO import_ns
 * use: file: MODULE_IMPORT_NS("KCOMPAT");
 */
#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(ns) MODULE_INFO(import_ns, ns)
