/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: QSTR_LEN
 * header: linux/dcache.h
 * upstream: v6.15 QSTR_LEN() of a string with a known length
 * unless: QSTR_LEN_macro
 * needs: QSTR_INIT qstr
 * use: const char *s: struct qstr q = QSTR_LEN(s, 1); (void)q;
 */
#define QSTR_LEN(n, l) ((struct qstr)QSTR_INIT(n, l))
