/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_empty
 * header: linux/fs.h
 * upstream: v5.14 mapping_empty()
 * unless: mapping_empty
 * needs: address_space nrexceptional nrpages
 */
static inline bool mapping_empty(struct address_space *mapping)
{
	return !mapping->nrpages && !mapping->nrexceptional;
}
