// SPDX-License-Identifier: GPL-2.0-only
/* Does what a client does to an object fit the layout of its file? */
#include "lov.h"
#include "ost.h"

static bool mdt_recovers(void)
{
	for (unsigned int i = 0; i < srv.nr_tgts; i++)
		if (srv.tgts[i].kind == TGT_MDT && recovering(&srv.tgts[i]))
			return true;
	return false;
}

/* Where a byte of an object is in the file */
static uint64_t file_offset(const struct lov_comp *c, unsigned int stripe,
			    uint64_t off)
{
	return (off / c->size * c->count + stripe) * c->size + off % c->size;
}

static void complain(struct req *req, const struct object *o,
		     const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s of %s: %s", fid_str(&o->fid),
		 fid_str(&o->parent), what);
	req_wrong(req, text);
}

static bool same_shape(const struct lov *l, const struct lov_comp *c,
		       const struct ost_layout *ol)
{
	uint64_t start = le64_to_cpu(ol->ol_comp_start);
	uint64_t end = le64_to_cpu(ol->ol_comp_end);
	uint32_t id = le32_to_cpu(ol->ol_comp_id);

	if (le32_to_cpu(ol->ol_stripe_size) != c->size ||
	    le32_to_cpu(ol->ol_stripe_count) != c->count)
		return false;
	if (l->composite)
		return start == c->start && end == c->end && id == c->id;
	return !start && !end && !id;
}

static int look(struct req *req, const struct obdo *oa,
		const struct object *o, const struct lov_iter *it,
		const struct niobuf_remote *nb, unsigned int n)
{
	const struct lov_comp *c = &it->l->c[it->comp];
	const char *mirror = NULL;
	int rc = 0;
	uint64_t valid = le64_to_cpu(oa->o_valid);
	struct fid parent = { le64_to_cpu(oa->o_parent_seq),
			      le32_to_cpu(oa->o_parent_oid), 0 };

	if ((valid & OBD_MD_FLOSTLAYOUT) &&
	    !same_shape(it->l, c, &oa->o_layout))
		complain(req, o, "o_layout is not that of the component");
	if ((valid & OBD_MD_FLFID) &&
	    (!fid_eq(&parent, &o->parent) ||
	     le32_to_cpu(oa->o_stripe_idx) != it->stripe))
		complain(req, o, "another file or stripe as the parent");
	for (unsigned int i = 0; i < n; i++) {
		uint64_t last = nb[i].rnb_offset + nb[i].rnb_len - 1;

		if (file_offset(c, it->stripe, nb[i].rnb_offset) >= c->start &&
		    file_offset(c, it->stripe, last) < c->end)
			continue;
		complain(req, o, "data outside of the component");
		break;
	}
	if (req->opc != OST_READ)
		mirror = flr_complaint(it->l, c, oa, o, &rc);
	if (mirror)
		complain(req, o, mirror);
	return rc;
}

int ost_look(struct req *req, const struct obdo *oa, const struct object *o,
	     const struct niobuf_remote *nb, unsigned int n)
{
	struct lov_iter it = { 0 };
	struct inode ino;
	int rc = 0;

	/* In recovery the OSTs may well know more than the MDTs. */
	if (req->restarts || mdt_recovers() || inode_get(&o->parent, &ino) ||
	    !ino.nlink)
		return 0;
	it.l = lov_get(&o->parent);
	while (it.l && lov_next(&it))
		if (it.obj->ost == req->tgt->index &&
		    fid_eq(&it.obj->fid, &o->fid))
			break;
	if (it.l && it.comp < it.l->n)
		rc = look(req, oa, o, &it, nb, n);
	else if (!object_doomed(req->tgt, &o->fid))
		/* a doomed one may be written by who has not heard of it yet */
		complain(req, o, "not an object of its file");
	lov_free((struct lov *)it.l);
	return rc;
}
