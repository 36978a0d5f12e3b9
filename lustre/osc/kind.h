/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of data targets: where they differ.
 *
 * An object target locks the bytes of its objects by extents.  A metadata
 * target that keeps data in its inodes has one lock for all data of a file: an
 * inode bit, alone or in one lock with others (08 section 8).
 */
#ifndef _LUSTRE_OSC_KIND_H
#define _LUSTRE_OSC_KIND_H

#include "osc/internal.h"

/*
 * struct osc_kind - one kind of targets
 */
struct osc_kind {
	/* @on_mdt: the file is the object, its other attributes lie beside it */
	bool on_mdt;
	/* @named: could a target mean this by an object? */
	bool (*named)(const struct ost_id *oi);
	/* @ask: fill in what lock to ask for; @gid: of a group lock, or 0 */
	void (*ask)(struct osc_object *obj, u64 start, u64 end, u64 gid,
		    struct ldlm_enqueue *enq);
	/* @fits: is a lock of that kind what can have been asked for? */
	bool (*fits)(const struct ldlm_lock *lock);
	/* @match: as osc_lock() from what is cached; @flags: LDLM_MATCH_* */
	bool (*match)(struct osc_object *obj, u32 modes, u64 start, u64 end,
		      u32 flags, struct ldlm_lock **lockp);
	/* @remote: the server's name of a lock that covers a byte, or 0 */
	u64 (*remote)(struct osc_object *obj, u32 modes, u64 off);
	/* @lost: did an eviction take a lock that is still in use? */
	bool (*lost)(struct osc_object *obj);
	/* @granted: a lock that was asked for is here, with attributes */
	void (*granted)(struct osc_object *obj, const struct ldlm_lock *lock,
			const struct osc_attr *attr);
	/* @drop: write back, and drop the pages that nothing else covers */
	void (*drop)(struct osc_object *obj, struct ldlm_lock *lock,
		     enum ldlm_bl_reason reason);
	/* @retire: after that: what is still known of the size? */
	void (*retire)(struct osc_object *obj, struct ldlm_lock *lock);
};

extern const struct osc_kind osc_ost_kind;	/* lock.c */
extern const struct osc_kind osc_mdt_kind;	/* dom.c */

/* lock.c */
bool osc_lock_lost(const struct ldlm_lock *lock);
int osc_lock_group(struct osc_object *obj, u64 gid, bool nowait,
		   struct ldlm_lock **lockp);
int osc_object_glimpsed(struct osc_object *obj, struct ost_lvb *lvb, u32 size);
bool osc_object_worth(struct osc_object *obj);

/* group.c */
void osc_groups_lose(struct osc *osc);

#endif /* _LUSTRE_OSC_KIND_H */
