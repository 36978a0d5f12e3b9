// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modify slots: how many modifying requests an MDT takes from us at once, and
 * the tag by which it remembers the answer of each.  Spec: 03 section 6.4.
 */
#include <linux/bitmap.h>

#include "internal.h"

/* Ordinary slots; one more exists for a close.  imp->lock held. */
static unsigned int ptlrpc_mod_slots(const struct ptlrpc_import *imp)
{
	if (!(imp->granted.flags & OBD_CONNECT_MULTIMODRPCS))
		return 1;
	return clamp_t(unsigned int, imp->granted.max_mod_rpcs, 1,
		       PTLRPC_MAX_SLOTS);
}

/* Take a free slot for a modifying request.  imp->lock held. */
bool ptlrpc_mod_slot_take(struct ptlrpc_request *req)
{
	struct ptlrpc_import *imp = req->imp;
	unsigned int max = ptlrpc_mod_slots(imp);
	unsigned int i;

	if (req->slot)
		return true;
	if (req->flags & PTLRPC_REQ_CLOSE)
		max++;
	i = find_first_zero_bit(imp->slots, max);
	if (i >= max)
		return false;
	__set_bit(i, imp->slots);
	req->slot = i + 1;
	req->tag = imp->granted.flags & OBD_CONNECT_MULTIMODRPCS ? i + 1 : 0;
	return true;
}

/* The answer is there: the slot is free; the tag stays for a replay. */
void ptlrpc_mod_slot_put(struct ptlrpc_request *req)
{
	if (!req->slot)
		return;
	__clear_bit(req->slot - 1, req->imp->slots);
	req->slot = 0;
}
