// SPDX-License-Identifier: GPL-2.0-only
/*
 * Portals: which MD does an incoming PUT or GET belong to (01 section 3.1)?
 */
#include <kunit/visibility.h>
#include <linux/hash.h>

#include "internal.h"

static struct hlist_head *lnet_portal_bucket(struct lnet_portal *portal,
					     u64 match_bits)
{
	return &portal->exact[hash_64(match_bits, LNET_MATCH_BITS)];
}

/* Put an MD where messages find it */
void lnet_portal_link(struct lnet *ln, struct lnet_md *md)
{
	struct lnet_portal *portal = &ln->portals[md->portal];
	struct hlist_head *head = lnet_portal_bucket(portal, md->match_bits);
	struct hlist_node *tail = NULL, *node;

	spin_lock(&ln->md_lock);
	md->state = LNET_MD_LIVE;
	if (md->ignore_bits)
		head = &portal->wild;
	hlist_for_each(node, head)
		tail = node;
	if (tail)
		hlist_add_behind(&md->match_link, tail);
	else
		hlist_add_head(&md->match_link, head);
	spin_unlock(&ln->md_lock);
}

/* Does the message fit the criteria of the MD? */
static bool lnet_md_matches(const struct lnet_md *md,
			    const struct lnet_hdr *hdr)
{
	u32 op = hdr->type == LNET_WIRE_MSG_PUT ? LNET_MD_OP_PUT :
						  LNET_MD_OP_GET;

	if (!(md->options & op))
		return false;
	if ((md->match_bits ^ hdr->match_bits) & ~md->ignore_bits)
		return false;
	if (md->match_pid != LNET_PID_ANY && md->match_pid != hdr->src_pid)
		return false;
	return lnet_nid_is_any(&md->match_nid) ||
	       lnet_nid_equal(&md->match_nid, &hdr->src_nid);
}

/* Length and offset of the operation; false: it does not fit, drop it */
static bool lnet_md_room(const struct lnet_md *md, const struct lnet_hdr *hdr,
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
	ok = md->state == LNET_MD_LIVE && lnet_md_room(md, hdr, ev);
	if (ok)
		lnet_md_take(md, ev);
	spin_unlock(&ln->md_lock);
	return ok ? md : NULL;
}

static struct lnet_md *lnet_match_list(struct hlist_head *head,
				       const struct lnet_hdr *hdr)
{
	struct lnet_md *md;

	hlist_for_each_entry(md, head, match_link)
		if (lnet_md_matches(md, hdr))
			return md;
	return NULL;
}

/* Find and take the MD for a PUT or GET.  On success the MD is busy and @ev
 * says where in it; NULL: nothing matches or it does not fit, drop the message.
 */
struct lnet_md *lnet_match(struct lnet *ln, const struct lnet_hdr *hdr,
			   struct lnet_event *ev)
{
	struct lnet_portal *portal;
	struct lnet_md *md;

	if (hdr->portal >= LNET_NR_PORTALS)
		return NULL;
	portal = &ln->portals[hdr->portal];

	spin_lock(&ln->md_lock);
	md = lnet_match_list(lnet_portal_bucket(portal, hdr->match_bits), hdr);
	if (!md)
		md = lnet_match_list(&portal->wild, hdr);
	if (md && lnet_md_room(md, hdr, ev))
		lnet_md_take(md, ev);
	else
		md = NULL;
	spin_unlock(&ln->md_lock);
	return md;
}
EXPORT_SYMBOL_IF_KUNIT(lnet_match);
