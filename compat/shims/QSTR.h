/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: QSTR
 * header: linux/dcache.h
 * upstream: v6.15 QSTR() of a string
 * unless: QSTR_macro
 * needs: QSTR_INIT qstr strlen
 * use: const char *s: struct qstr q = QSTR(s); (void)q;
 */
#define QSTR(n) ((struct qstr)QSTR_INIT(n, strlen(n)))
