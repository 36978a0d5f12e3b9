// SPDX-License-Identifier: GPL-2.0-only
/*
 * Portals: which MD does an incoming PUT or GET belong to (01 section 3.1)?
 */
#include <kunit/visibility.h>
#include <linux/hash.h>
#include <linux/mm.h>

#include "internal.h"

int lnet_match_init(struct lnet *ln)
{
	ln->exact = kvcalloc(1 << LNET_MATCH_BITS, sizeof(*ln->exact),
			     GFP_KERNEL);
	return ln->exact ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_match_init);

void lnet_match_exit(struct lnet *ln)
{
	kvfree(ln->exact);
	ln->exact = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_match_exit);

static struct hlist_head *lnet_match_bucket(struct lnet *ln, u32 portal,
					    u64 match_bits)
{
	u64 key = match_bits ^ (u64)portal << 56;

	return &ln->exact[hash_64(key, LNET_MATCH_BITS)];
}

/* Put an MD where messages find it */
void lnet_portal_link(struct lnet *ln, struct lnet_md *md)
{
	struct hlist_head *head = &ln->portals[md->portal].wild;

	if (!md->ignore_bits)
		head = lnet_match_bucket(ln, md->portal, md->match_bits);
	spin_lock(&ln->md_lock);
	md->state = LNET_MD_LIVE;
	hlist_add_head(&md->match_link, head);
	spin_unlock(&ln->md_lock);
}

/* Does the message fit the criteria of the MD? */
static bool lnet_md_matches(const struct lnet_md *md,
			    const struct lnet_hdr *hdr)
{
	u32 op = hdr->type == LNET_WIRE_MSG_PUT ? LNET_MD_OP_PUT :
						  LNET_MD_OP_GET;

	if (md->portal != hdr->portal || !(md->options & op))
		return false;
	if ((md->match_bits ^ hdr->match_bits) & ~md->ignore_bits)
		return false;
	if (md->match_pid != LNET_PID_ANY && md->match_pid != hdr->src_pid)
		return false;
	return lnet_nid_is_any(&md->match_nid) ||
	       lnet_nid_equal(&md->match_nid, &hdr->src_nid);
}

/* Length and offset of the operation; false: it does not fit, drop it */
static bool lnet_md_fits(const struct lnet_md *md, const struct lnet_hdr *hdr,
			 struct lnet_event *ev)
{
	u32 avail;

	ev->rlength = hdr->type == LNET_WIRE_MSG_PUT ? hdr->payload_length :
						       hdr->length;
	ev->offset = md->options & LNET_MD_MANAGE_REMOTE ? hdr->offset :
							   md->offset;
	if (ev->offset > md->length)
		return false;
	avail = md->length - ev->offset;
	if (md->options & LNET_MD_MAX_SIZE)
		avail = min(avail, md->max_size);
	ev->mlength = min(ev->rlength, avail);
	return ev->rlength <= avail || md->options & LNET_MD_TRUNCATE;
}

/* Take one operation of @md; called with lnet.md_lock held */
static void lnet_md_take(struct lnet_md *md, const struct lnet_event *ev)
{
	bool exhausted = false;

	md->busy++;
	md->offset = ev->offset + ev->mlength;
	if (md->threshold != LNET_MD_THRESH_INF)
		exhausted = --md->threshold <= 0;
	if (md->options & LNET_MD_MAX_SIZE &&
	    md->length - md->offset < md->max_size)
		exhausted = true;
	if (exhausted) {
		hlist_del_init(&md->match_link);
		md->state = LNET_MD_DEAD;
	}
}

/* Take @md for the message if it is live and the message fits */
struct lnet_md *lnet_match_one(struct lnet *ln, struct lnet_md *md,
			       const struct lnet_hdr *hdr,
			       struct lnet_event *ev)
{
	bool ok;

	spin_lock(&ln->md_lock);
	ok = md->state == LNET_MD_LIVE && lnet_md_fits(md, hdr, ev);
	if (ok)
		lnet_md_take(md, ev);
	spin_unlock(&ln->md_lock);
	return ok ? md : NULL;
}

/* The one that was attached first is the last in the list */
static struct lnet_md *lnet_match_list(struct hlist_head *head,
				       const struct lnet_hdr *hdr)
{
	struct lnet_md *md, *first = NULL;

	hlist_for_each_entry(md, head, match_link)
		if (lnet_md_matches(md, hdr))
			first = md;
	return first;
}

/* Find and take the MD for a PUT or GET.  On success the MD is busy and @ev
 * says where in it; NULL: nothing matches or it does not fit, drop the message.
 */
struct lnet_md *lnet_match(struct lnet *ln, const struct lnet_hdr *hdr,
			   struct lnet_event *ev)
{
	struct lnet_md *md;

	if (hdr->portal >= LNET_NR_PORTALS)
		return NULL;

	spin_lock(&ln->md_lock);
	md = lnet_match_list(lnet_match_bucket(ln, hdr->portal,
					       hdr->match_bits), hdr);
	if (!md)
		md = lnet_match_list(&ln->portals[hdr->portal].wild, hdr);
	if (md && lnet_md_fits(md, hdr, ev))
		lnet_md_take(md, ev);
	else
		md = NULL;
	spin_unlock(&ln->md_lock);
	return md;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_match);
