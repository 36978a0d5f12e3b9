/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: generic_error_remove_folio
 * header: linux/mm.h
 * upstream: v6.8 generic_error_remove_folio()
 * unless: generic_error_remove_folio
 * needs: generic_error_remove_page
 * use: struct address_space *m, struct folio *f: (void)m;
 *	(void)f; (void)generic_error_remove_folio;
 */
#define generic_error_remove_folio generic_error_remove_page
