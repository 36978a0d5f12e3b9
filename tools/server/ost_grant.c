// SPDX-License-Identifier: GPL-2.0-only
/* Space promised to clients for what they have not written yet */
#include "ost.h"

static uint64_t two_rpcs(const struct export *exp)
{
	uint64_t brw = exp->brw_size ? exp->brw_size : LNET_MTU;

	return 2 * (brw + ((uint64_t)OST_TAX_KB << 10));
}

uint64_t ost_space_left(struct target *t)
{
	return t->used >= srv.cfg.ost_size ? 0 : srv.cfg.ost_size - t->used;
}

static uint64_t ungranted(struct target *t)
{
	uint64_t left = ost_space_left(t);

	return t->granted >= left ? 0 : left - t->granted;
}

static void set_grant(struct export *exp, uint64_t grant)
{
	struct target *t = exp->tgt;

	t->granted = t->granted - exp->grant + grant;
	exp->grant = grant;
}

void ost_connect_grant(struct export *exp, struct obd_connect_data *ocd)
{
	uint64_t grant = exp->grant;

	ocd->ocd_grant_blkbits = OST_BLKBITS;
	ocd->ocd_grant_inobits = OST_INOBITS;
	ocd->ocd_grant_tax_kb = cpu_to_le16(OST_TAX_KB);
	ocd->ocd_grant_max_blks = cpu_to_le32(OST_MAX_BLKS);
	if (exp->flags & OBD_CONNECT_MAXBYTES)
		ocd->ocd_maxbytes = cpu_to_le64(OST_MAXBYTES);
	if (!(exp->flags & OBD_CONNECT_GRANT)) {
		ocd->ocd_grant = 0;
		return;
	}
	/* After a restart the client knows best what it holds */
	if (!exp->connected && le32_to_cpu(ocd->ocd_grant) < 1U << 30)
		grant = le32_to_cpu(ocd->ocd_grant);
	if (grant < two_rpcs(exp))
		grant += min_t(uint64_t, two_rpcs(exp) - grant,
			       ungranted(exp->tgt) / 2);
	set_grant(exp, grant);
	ocd->ocd_grant = cpu_to_le32(grant);
}

void ost_export_gone(struct export *exp)
{
	set_grant(exp, 0);
}

uint64_t grant_brw(struct req *req, const struct obdo *oa, bool write)
{
	uint64_t need = OBD_MD_FLBLOCKS | OBD_MD_FLGRANT;
	struct export *exp = req->exp;
	uint64_t held = exp->grant, extra, want, gone;

	if ((le64_to_cpu(oa->o_valid) & need) != need ||
	    !(exp->flags & OBD_CONNECT_GRANT))
		return 0;
	gone = le32_to_cpu(oa->o_dropped);
	if (write)
		gone += le64_to_cpu(oa->o_grant_used);
	if (gone > held) {
		log_warn("%s: %s used or dropped %" PRIu64 " bytes of grant, but holds %" PRIu64,
			 exp->tgt->name, exp->uuid, gone, held);
		gone = held;
	}
	held -= gone;
	want = le32_to_cpu(oa->o_undirty);
	extra = 0;
	if (write && want > held) {
		extra = min_t(uint64_t, want - held, two_rpcs(exp));
		extra = min_t(uint64_t, extra, ungranted(exp->tgt) / 8);
		extra &= ~((1ULL << OST_BLKBITS) - 1);
	}
	set_grant(exp, held + extra);
	return extra;
}

/* What a client hands back; how much of it was refused */
uint64_t grant_shrink(struct export *exp, const struct obdo *oa)
{
	uint64_t give = le64_to_cpu(oa->o_grant);

	set_grant(exp, exp->grant - min_t(uint64_t, exp->grant, give));
	return 0;
}
