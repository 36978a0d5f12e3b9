// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directory pages from a server: nothing in them is believed. A page that
 * mdc_dirpage_check() accepts can be walked without further care.
 */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "dirpage.h"

/* Longest name that an entry may have, bytes */
#define DIRENT_NAME_MAX		255

static const struct lu_dirent *dirent_at(const void *page, unsigned int pos)
{
	return page + pos;
}

/* Bytes that an entry with these properties occupies at least. */
static unsigned int dirent_size(unsigned int namelen, u32 attrs)
{
	unsigned int size = sizeof(struct lu_dirent) + namelen;

	if (attrs & LUDA_TYPE)
		size = round_up(size, 2) + sizeof(struct luda_type);
	return size;
}

static bool dirent_name_ok(const struct lu_dirent *de, unsigned int len)
{
	return len <= DIRENT_NAME_MAX && !memchr(de->lde_name, '/', len) &&
	       !memchr(de->lde_name, 0, len);
}

/*
 * Check the entry at *@pos and move on; *@pos becomes 0 after the last.
 * @hash: in: position of the entry before; out: of this one.
 */
static int dirent_check(const void *page, unsigned int *pos, u64 *hash)
{
	unsigned int room = LU_PAGE_SIZE - *pos;
	const struct lu_dirent *de = dirent_at(page, *pos);
	unsigned int reclen, namelen, need;

	if (room < sizeof(*de))
		return -EPROTO;
	reclen = le16_to_cpu(de->lde_reclen);
	namelen = le16_to_cpu(de->lde_namelen);
	need = dirent_size(namelen, le32_to_cpu(de->lde_attrs));
	if (need > room)
		return -EPROTO;
	if (reclen && (reclen < need || reclen > room || reclen % 8))
		return -EPROTO;
	if (!dirent_name_ok(de, namelen))
		return -EPROTO;
	if (namelen && le64_to_cpu(de->lde_hash) < *hash)
		return -EPROTO;
	if (namelen)
		*hash = le64_to_cpu(de->lde_hash);
	*pos = reclen ? *pos + reclen : 0;
	return 0;
}

/**
 * mdc_dirpage_check - may this directory page be used?
 * @page: 4096 bytes
 * @start: hash that the page begins with
 * @end: hash of the first entry behind it, or MDS_DIR_END_OFF
 *
 * Return: 0, or -EPROTO if anything in it is out of bounds or order.
 */
int mdc_dirpage_check(const void *page, u64 *start, u64 *end)
{
	const struct lu_dirpage *dp = page;
	unsigned int pos = sizeof(*dp);
	u64 hash = 0;
	int rc;

	*start = le64_to_cpu(dp->ldp_hash_start);
	*end = le64_to_cpu(dp->ldp_hash_end);
	if (*end < *start)
		return -EPROTO;
	if (le32_to_cpu(dp->ldp_flags) & LDF_EMPTY)
		return 0;
	do {
		rc = dirent_check(page, &pos, &hash);
		if (rc)
			return rc;
	} while (pos);
	return hash > *end ? -EPROTO : 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_dirpage_check);

static u16 dirent_type(const struct lu_dirent *de, unsigned int namelen)
{
	const struct luda_type *lt;

	if (!(le32_to_cpu(de->lde_attrs) & LUDA_TYPE))
		return 0;
	lt = (const void *)de->lde_name + round_up(namelen, 2);
	return le16_to_cpu(lt->lt_type) & S_IFMT;
}

/**
 * mdc_dirpage_next - walk the entries of a checked page
 * @page: accepted by mdc_dirpage_check()
 * @pos: 0 before the first entry; private afterwards
 * @de: the entry; points into @page
 *
 * Return: false when there is no entry left.
 */
bool mdc_dirpage_next(const void *page, unsigned int *pos,
		      struct mdc_dirent *de)
{
	const struct lu_dirpage *dp = page;
	const struct lu_dirent *ent;
	unsigned int reclen;

	if (!*pos)
		*pos = sizeof(*dp);
	if (le32_to_cpu(dp->ldp_flags) & LDF_EMPTY)
		return false;
	while (*pos < LU_PAGE_SIZE) {
		ent = dirent_at(page, *pos);
		reclen = le16_to_cpu(ent->lde_reclen);
		*pos = reclen ? *pos + reclen : LU_PAGE_SIZE;
		de->len = le16_to_cpu(ent->lde_namelen);
		if (!de->len)
			continue;
		lustre_fid_from_wire(&de->fid, &ent->lde_fid);
		de->hash = le64_to_cpu(ent->lde_hash);
		de->name = ent->lde_name;
		de->type = dirent_type(ent, de->len);
		return true;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_dirpage_next);
