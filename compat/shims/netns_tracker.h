/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: netns_tracker
 * names: netns_tracker get_net_track put_net_track
 * header: net/net_namespace.h
 * upstream: v5.17 references to a name space are tracked
 * unless: netns_tracker
 * needs: get_net gfp_t netns_tracker put_net
 */
typedef struct {} netns_tracker;

static inline struct net *get_net_track(struct net *net,
					netns_tracker *tracker, gfp_t gfp)
{
	return get_net(net);
}

static inline void put_net_track(struct net *net, netns_tracker *tracker)
{
	put_net(net);
}
