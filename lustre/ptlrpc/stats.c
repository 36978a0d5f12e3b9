// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be asked of an import.
 */
#include <linux/seq_file.h>

#include "internal.h"

static const char * const ptlrpc_state_names[] = {
	[PTLRPC_IMP_CLOSED]		= "CLOSED",
	[PTLRPC_IMP_NEW]		= "NEW",
	[PTLRPC_IMP_DISCON]		= "DISCONN",
	[PTLRPC_IMP_CONNECTING]		= "CONNECTING",
	[PTLRPC_IMP_REPLAY]		= "REPLAY",
	[PTLRPC_IMP_REPLAY_LOCKS]	= "REPLAY_LOCKS",
	[PTLRPC_IMP_REPLAY_WAIT]	= "REPLAY_WAIT",
	[PTLRPC_IMP_RECOVER]		= "RECOVER",
	[PTLRPC_IMP_FULL]		= "FULL",
	[PTLRPC_IMP_EVICTED]		= "EVICTED",
	[PTLRPC_IMP_IDLE]		= "IDLE",
};

const char *ptlrpc_import_state_name(enum ptlrpc_import_state state)
{
	if (state < ARRAY_SIZE(ptlrpc_state_names) && ptlrpc_state_names[state])
		return ptlrpc_state_names[state];
	return "UNKNOWN";
}

const char *ptlrpc_import_name(const struct ptlrpc_import *imp)
{
	return imp->name;
}

struct ptlrpc_net *ptlrpc_import_net(const struct ptlrpc_import *imp)
{
	return imp->pn;
}

enum ptlrpc_target ptlrpc_import_target(const struct ptlrpc_import *imp)
{
	return imp->target;
}

void *ptlrpc_import_data(const struct ptlrpc_import *imp)
{
	return imp->data;
}

void ptlrpc_import_set_ns(struct ptlrpc_import *imp, void *ns)
{
	WRITE_ONCE(imp->ns, ns);
}

void *ptlrpc_import_ns(const struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->ns);
}

enum ptlrpc_import_state ptlrpc_import_state(const struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->state);
}

bool ptlrpc_import_granted(const struct ptlrpc_import *imp, u64 flags)
{
	return (READ_ONCE(imp->granted.flags) & flags) == flags;
}

bool ptlrpc_import_granted2(const struct ptlrpc_import *imp, u64 flags2)
{
	return (READ_ONCE(imp->granted.flags2) & flags2) == flags2;
}

void ptlrpc_import_grant(struct ptlrpc_import *imp, struct ptlrpc_connect *ocd)
{
	spin_lock(&imp->lock);
	*ocd = imp->granted;
	spin_unlock(&imp->lock);
}

bool ptlrpc_import_steady(struct ptlrpc_import *imp, unsigned long since,
			  unsigned long grace)
{
	bool steady;

	spin_lock(&imp->lock);
	switch (imp->state) {
	case PTLRPC_IMP_FULL:
		steady = time_after(jiffies, imp->state_since + grace) &&
			 time_after(imp->last_reply, since + grace);
		break;
	case PTLRPC_IMP_NEW:
	case PTLRPC_IMP_CLOSED:
	case PTLRPC_IMP_IDLE:
		steady = true;
		break;
	default:
		steady = imp->inactive || imp->closing;
		break;
	}
	spin_unlock(&imp->lock);
	return steady;
}

u32 ptlrpc_import_generation(const struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->generation);
}

u64 ptlrpc_import_last_committed(struct ptlrpc_import *imp)
{
	u64 committed;

	/* 64 bits are not one word everywhere. */
	spin_lock(&imp->lock);
	committed = imp->last_committed;
	spin_unlock(&imp->lock);
	return committed;
}

bool ptlrpc_import_uncommitted(struct ptlrpc_import *imp)
{
	bool some;

	spin_lock(&imp->lock);
	/* a target without replay does not say what it has on disk */
	some = !list_empty(&imp->replay) || (imp->used && !imp->replayable);
	spin_unlock(&imp->lock);
	return some;
}

int ptlrpc_import_last_error(struct ptlrpc_import *imp)
{
	return READ_ONCE(imp->last_error);
}

void ptlrpc_import_pool(struct ptlrpc_import *imp, u64 *slv, u32 *limit)
{
	spin_lock(&imp->lock);
	*slv = imp->slv;
	*limit = imp->pool_limit;
	spin_unlock(&imp->lock);
}

unsigned int ptlrpc_import_estimate(const struct ptlrpc_import *imp)
{
	return ptlrpc_at_get(imp, imp->main_portal);
}

bool ptlrpc_import_active(const struct ptlrpc_import *imp)
{
	return !READ_ONCE(imp->inactive);
}

bool ptlrpc_import_nid(struct ptlrpc_import *imp, struct lnet_nid *nid)
{
	bool valid;

	spin_lock(&imp->lock);
	valid = imp->nid_valid;
	if (valid)
		*nid = imp->nid;
	spin_unlock(&imp->lock);
	return valid;
}

void ptlrpc_import_stats(struct ptlrpc_import *imp,
			 struct ptlrpc_import_stats *st)
{
	spin_lock(&imp->lock);
	*st = imp->stats;
	spin_unlock(&imp->lock);
}

/* imp->lock held: seq_printf() writes to memory, nothing here sleeps */
static void ptlrpc_show_history(struct seq_file *m, struct ptlrpc_import *imp)
{
	unsigned int n = min(imp->history_next, PTLRPC_HISTORY + 0U);
	unsigned int i;

	seq_puts(m, "state_history:\n");
	for (i = imp->history_next - n; i != imp->history_next; i++)
		seq_printf(m, "  - [ %lld, %s ]\n",
			   imp->history[i % PTLRPC_HISTORY].when,
			   ptlrpc_import_state_name(imp->history[i %
						    PTLRPC_HISTORY].state));
}

static void ptlrpc_show_connection(struct seq_file *m,
				   struct ptlrpc_import *imp)
{
	char buf[LNET_NIDSTR_SIZE];
	struct ptlrpc_peer *peer;

	seq_puts(m, "connection:\n  failover_nids: [");
	list_for_each_entry(peer, &imp->peers, list)
		seq_printf(m, "%s %s", list_is_first(&peer->list, &imp->peers) ?
			   "" : ",", lnet_nid_print(&peer->nid, buf));
	seq_puts(m, " ]\n");
	seq_printf(m, "  current_connection: %s\n", imp->nid_valid ?
		   lnet_nid_print(&imp->nid, buf) : "<none>");
	seq_printf(m, "  connection_attempts: %u\n", imp->conn_cnt);
	seq_printf(m, "  generation: %u\n", imp->generation);
	seq_printf(m, "  last_error: %d\n", imp->last_error);
	seq_printf(m, "  connect_flags: %#llx\n", imp->granted.flags);
	seq_printf(m, "  connect_flags2: %#llx\n", imp->granted.flags2);
	seq_printf(m, "  instance: %u\n", imp->granted.instance);
}

static void ptlrpc_show_rpcs(struct seq_file *m, struct ptlrpc_import *imp)
{
	const struct ptlrpc_import_stats *st = &imp->stats;
	unsigned int i;

	seq_puts(m, "rpcs:\n");
	seq_printf(m, "  inflight: %u\n", imp->nr_active);
	seq_printf(m, "  unreplied: %zu\n", list_count_nodes(&imp->unreplied));
	seq_printf(m, "  sent: %llu\n  replied: %llu\n", st->sent, st->replied);
	seq_printf(m, "  resent: %llu\n  replayed: %llu\n", st->resent,
		   st->replayed);
	seq_printf(m, "  timeouts: %llu\n  early_replies: %llu\n",
		   st->timeouts, st->early_replies);
	seq_printf(m, "  evictions: %llu\n", st->evictions);
	seq_puts(m, "service_estimates:\n");
	seq_printf(m, "  network: %u sec\n", imp->latency);
	for (i = 0; i < PTLRPC_AT_PORTALS && imp->at[i].portal; i++)
		seq_printf(m, "  portal_%u: %u sec\n", imp->at[i].portal,
			   imp->at[i].est);
	seq_puts(m, "transactions:\n");
	seq_printf(m, "  last_committed: %llu\n", imp->last_committed);
	seq_printf(m, "  uncommitted: %zu\n", list_count_nodes(&imp->replay));
	seq_printf(m, "  open: %zu\n", list_count_nodes(&imp->opens));
}

/**
 * ptlrpc_import_show - describe an import in text
 * @m: seq_file of a sysfs or debugfs file
 * @imp: the import
 */
void ptlrpc_import_show(struct seq_file *m, struct ptlrpc_import *imp)
{
	spin_lock(&imp->lock);
	seq_puts(m, "import:\n");
	seq_printf(m, "  name: %s\n  target: %s\n  state: %s\n", imp->name,
		   imp->target_uuid, ptlrpc_import_state_name(imp->state));
	ptlrpc_show_connection(m, imp);
	ptlrpc_show_rpcs(m, imp);
	ptlrpc_show_history(m, imp);
	spin_unlock(&imp->lock);
}
