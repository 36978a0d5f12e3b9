/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: folio_batch_header
 * names: <linux/folio_batch.h>
 * header: linux/folio_batch.h
 * missing: yes
 * upstream: v7.1 linux/pagevec.h is named linux/folio_batch.h
 * unless: header_folio_batch
 * include: linux/pagevec.h
 */
