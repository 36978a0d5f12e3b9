/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: mapping_set_release_always
 * names: mapping_set_release_always
 * header: linux/pagemap.h
 * upstream: v6.6 mappings whose pages without private data are released as well
 * unless: mapping_set_release_always
 * needs: address_space
 *
 * note: Without it nobody asks for a commit when memory is short.  Pages that
 * are not committed yet stay until the server commits by itself.
 */
static inline void mapping_set_release_always(struct address_space *mapping)
{
}
