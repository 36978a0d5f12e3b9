// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lock descriptions to and from their wire form, 06 section 3.
 */
#include <kunit/visibility.h>
#include <linux/export.h>

#include "ldlm/internal.h"

/* Resource id, host to wire. */
void ldlm_resid_to_wire(const struct ldlm_resid *id, struct ldlm_res_id *wire)
{
	int i;

	for (i = 0; i < RES_NAME_SIZE; i++)
		wire->name[i] = cpu_to_le64(id->name[i]);
}

static void ldlm_policy_to_wire(u32 type, const struct ldlm_policy *p,
				union ldlm_policy_data *wire)
{
	memset(wire, 0, sizeof(*wire));
	switch (type) {
	case LDLM_EXTENT:
		wire->l_extent.start = cpu_to_le64(p->extent.start);
		wire->l_extent.end = cpu_to_le64(p->extent.end);
		wire->l_extent.gid = cpu_to_le64(p->extent.gid);
		break;
	case LDLM_IBITS:
		wire->l_inodebits.bits = cpu_to_le64(p->ibits.bits);
		wire->l_inodebits.try_bits = cpu_to_le64(p->ibits.more);
		wire->l_inodebits.li_gid = cpu_to_le64(p->ibits.gid);
		break;
	case LDLM_FLOCK:
		wire->l_flock.lfw_start = cpu_to_le64(p->flock.start);
		wire->l_flock.lfw_end = cpu_to_le64(p->flock.end);
		wire->l_flock.lfw_owner = cpu_to_le64(p->flock.owner);
		wire->l_flock.lfw_pid = cpu_to_le32(p->flock.pid);
		break;
	}
}

/**
 * ldlm_desc_to_wire - pack a lock description
 * @desc: description
 * @wire: receives it, all of it is written
 */
void ldlm_desc_to_wire(const struct ldlm_desc *desc,
		       struct ldlm_lock_desc *wire)
{
	wire->l_resource.lr_type = cpu_to_le32(desc->type);
	wire->l_resource.lr_pad = 0;
	ldlm_resid_to_wire(&desc->resid, &wire->l_resource.lr_name);
	wire->l_req_mode = cpu_to_le32(desc->req_mode);
	wire->l_granted_mode = cpu_to_le32(desc->granted_mode);
	ldlm_policy_to_wire(desc->type, &desc->policy, &wire->l_policy_data);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_desc_to_wire);

/*
 * Whatever walks over inode bits, compares or remembers them, only ever sees
 * those that mean something to us.
 */
static int ldlm_policy_from_wire(u32 type, const union ldlm_policy_data *wire,
				 struct ldlm_policy *p)
{
	memset(p, 0, sizeof(*p));
	switch (type) {
	case LDLM_PLAIN:
		return 0;
	case LDLM_EXTENT:
		p->extent.start = le64_to_cpu(wire->l_extent.start);
		p->extent.end = le64_to_cpu(wire->l_extent.end);
		p->extent.gid = le64_to_cpu(wire->l_extent.gid);
		return p->extent.start <= p->extent.end ? 0 : -EPROTO;
	case LDLM_IBITS:
		p->ibits.bits = le64_to_cpu(wire->l_inodebits.bits) &
				MDS_INODELOCK_FULL;
		p->ibits.more = le64_to_cpu(wire->l_inodebits.cancel_bits) &
				MDS_INODELOCK_FULL;
		p->ibits.gid = le64_to_cpu(wire->l_inodebits.li_gid);
		return 0;
	case LDLM_FLOCK:
		p->flock.start = le64_to_cpu(wire->l_flock.lfw_start);
		p->flock.end = le64_to_cpu(wire->l_flock.lfw_end);
		p->flock.owner = le64_to_cpu(wire->l_flock.lfw_owner);
		p->flock.pid = le32_to_cpu(wire->l_flock.lfw_pid);
		return p->flock.start <= p->flock.end ? 0 : -EPROTO;
	default:
		return -EPROTO;
	}
}

/**
 * ldlm_desc_from_wire - unpack and check a lock description
 * @wire: what a server sent; the caller checked that it is all there
 * @desc: receives it
 *
 * Modes may be 0 (not told); what is told must be one valid mode.  Inode bits
 * that are not in 06 section 14 are left out; a set of wanted bits of which
 * nothing is left means the whole lock, as an empty one does (06 section 7.1).
 * Ranges are in order.
 *
 * Return: 0, or -EPROTO for a description that means nothing.
 */
int ldlm_desc_from_wire(const struct ldlm_lock_desc *wire,
			struct ldlm_desc *desc)
{
	int i;

	desc->type = le32_to_cpu(wire->l_resource.lr_type);
	for (i = 0; i < RES_NAME_SIZE; i++)
		desc->resid.name[i] =
			le64_to_cpu(wire->l_resource.lr_name.name[i]);
	desc->req_mode = le32_to_cpu(wire->l_req_mode);
	desc->granted_mode = le32_to_cpu(wire->l_granted_mode);
	if (desc->req_mode && !ldlm_mode_valid(desc->req_mode))
		return -EPROTO;
	if (desc->granted_mode && !ldlm_mode_valid(desc->granted_mode))
		return -EPROTO;
	return ldlm_policy_from_wire(desc->type, &wire->l_policy_data,
				     &desc->policy);
}
EXPORT_SYMBOL_IF_KUNIT(ldlm_desc_from_wire);

/* Describe a lock of ours.  Under the namespace's lock, or not yet known. */
void ldlm_lock_describe(const struct ldlm_lock *lock, struct ldlm_desc *desc)
{
	desc->type = lock->type;
	desc->resid = lock->resid;
	desc->req_mode = lock->req_mode;
	desc->granted_mode = lock->granted_mode;
	desc->policy = lock->policy;
}
