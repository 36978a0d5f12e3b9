// SPDX-License-Identifier: GPL-2.0-only
/*
 * A traffic generator for LNet, driven through debugfs/lnet_traffic:
 *
 *   serve                        take part as a server, in this namespace
 *   stop                         no more
 *   bulk NID BYTES COUNT WIDTH   write BYTES to a server, read them back and
 *                                compare, COUNT times, WIDTH at the same time
 *   push NID BYTES COUNT WIDTH   the same without reading back
 *   request NID BYTES COUNT      send requests to the service portal, which
 *                                answers each
 *
 * A command runs in the network namespace of the writer; write() fails if a
 * message was lost or changed.
 */
#include <linux/bvec.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/lnet.h>
#include <net/net_namespace.h>

#define TRAFFIC_SLOTS		8
#define TRAFFIC_PAGES		(LNET_MTU / PAGE_SIZE)
#define TRAFFIC_BULK_PORTAL	40
#define TRAFFIC_SVC_PORTAL	41
#define TRAFFIC_REPLY_PORTAL	42
#define TRAFFIC_SVC_SIZE	8192
#define TRAFFIC_TIMEOUT		(20 * HZ)

/* One MiB of memory and the MD over it */
struct traffic_buf {
	struct lnet_md		md;
	struct bio_vec		bvec[TRAFFIC_PAGES];
	struct completion	last;	/* callback was made */
	int			status;
	u32			mlength;
	bool			response;	/* ACK or REPLY was there */
	bool			put;
};

/* An answer of the service on its way */
struct traffic_answer {
	struct lnet_md		md;
	struct kvec		kvec;
	struct lnet_request	*req;
};

struct traffic_server {
	struct list_head	list;
	struct net		*net;
	struct lnet		*ln;
	struct lnet_listener	listener;
	struct lnet_service	svc;
	struct traffic_buf	*slots[TRAFFIC_SLOTS];
};

static DEFINE_MUTEX(traffic_mutex);
static LIST_HEAD(traffic_servers);
static struct dentry *traffic_dentry;

static void traffic_event(struct lnet_md *md, const struct lnet_event *ev)
{
	struct traffic_buf *buf = md->private;
	bool last = ev->unlinked;

	if (ev->status)
		buf->status = ev->status;
	if (ev->type == LNET_EVENT_ACK || ev->type == LNET_EVENT_REPLY ||
	    (ev->type == LNET_EVENT_PUT && buf->put)) {
		buf->mlength = ev->mlength;
		buf->response = true;
	}
	if (last)
		complete(&buf->last);
}

static const struct lnet_md_ops traffic_md_ops = {
	.event	= traffic_event,
};

static void traffic_buf_free(struct traffic_buf *buf)
{
	int i;

	if (!buf)
		return;
	for (i = 0; i < TRAFFIC_PAGES; i++)
		if (buf->bvec[i].bv_page)
			__free_page(buf->bvec[i].bv_page);
	kfree(buf);
}

static struct traffic_buf *traffic_buf_alloc(void)
{
	struct traffic_buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	int i;

	if (!buf)
		return NULL;
	init_completion(&buf->last);
	for (i = 0; i < TRAFFIC_PAGES; i++) {
		buf->bvec[i].bv_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!buf->bvec[i].bv_page) {
			traffic_buf_free(buf);
			return NULL;
		}
	}
	return buf;
}

/* Make the MD cover the first @len bytes */
static void traffic_buf_init(struct traffic_buf *buf, u32 len)
{
	unsigned int n = DIV_ROUND_UP(len, PAGE_SIZE), i;

	for (i = 0; i < n; i++)
		buf->bvec[i].bv_len = min_t(u32, len - i * PAGE_SIZE,
					    PAGE_SIZE);
	reinit_completion(&buf->last);
	buf->status = 0;
	buf->mlength = 0;
	buf->response = false;
	lnet_md_init_bvec(&buf->md, &traffic_md_ops, buf, buf->bvec, n);
}

/* The words that message @seq carries */
static void traffic_fill(struct traffic_buf *buf, u32 seq)
{
	unsigned int i, j;
	u32 *p;

	for (i = 0; i < TRAFFIC_PAGES; i++) {
		p = page_address(buf->bvec[i].bv_page);
		for (j = 0; j < PAGE_SIZE / 4; j++)
			p[j] = (seq << 20) ^ (i * PAGE_SIZE + j * 4);
	}
}

static int traffic_compare(struct traffic_buf *a, struct traffic_buf *b,
			   u32 len)
{
	u32 off, n;

	for (off = 0; off < len; off += PAGE_SIZE) {
		n = min_t(u32, len - off, PAGE_SIZE);
		if (memcmp(page_address(a->bvec[off / PAGE_SIZE].bv_page),
			   page_address(b->bvec[off / PAGE_SIZE].bv_page), n))
			return -EBADMSG;
	}
	return 0;
}

/* Wait for the response that was asked for, and for the end of the MD */
static int traffic_wait(struct traffic_buf *buf, u32 len)
{
	int ret = 0;

	if (!wait_for_completion_timeout(&buf->last, TRAFFIC_TIMEOUT)) {
		ret = -ETIMEDOUT;
		if (!lnet_md_unlink(&buf->md))
			wait_for_completion(&buf->last);
	}
	if (buf->status)
		return buf->status;
	if (!ret && (!buf->response || buf->mlength != len))
		ret = -EBADMSG;
	return ret;
}

/* ---- server ------------------------------------------------------------------ */

static void traffic_answer_event(struct lnet_md *md,
				 const struct lnet_event *ev)
{
	struct traffic_answer *answer = md->private;

	if (!ev->unlinked)
		return;
	lnet_request_free(answer->req);
	kfree(answer);
}

static const struct lnet_md_ops traffic_answer_ops = {
	.event	= traffic_answer_event,
};

/* Send a request back to where it came from */
static void traffic_request(struct lnet_service *svc, struct lnet_request *req)
{
	struct lnet_dest dest = {
		.self = req->ev.self,
		.nid = req->ev.peer,
		.pid = req->ev.peer_pid,
		.portal = TRAFFIC_REPLY_PORTAL,
		.match_bits = req->ev.match_bits,
	};
	struct traffic_server *srv = svc->private;
	struct traffic_answer *answer = kzalloc(sizeof(*answer), GFP_NOFS);

	if (!answer)
		goto drop;
	answer->req = req;
	answer->kvec.iov_base = req->data;
	answer->kvec.iov_len = req->len;
	lnet_md_init_kvec(&answer->md, &traffic_answer_ops, answer,
			  &answer->kvec, 1);
	if (!lnet_send_put(srv->ln, &answer->md, &dest))
		return;
	kfree(answer);
drop:
	lnet_request_free(req);
}

static const struct lnet_service_ops traffic_svc_ops = {
	.request	= traffic_request,
};

/* All are welcome */
static bool traffic_knows(struct lnet_listener *listener,
			  const struct lnet_nid *peer)
{
	return true;
}

static void traffic_peer_down(struct lnet_listener *listener,
			      const struct lnet_nid *peer, int error)
{
}

static const struct lnet_listener_ops traffic_listener_ops = {
	.peer_down	= traffic_peer_down,
	.knows		= traffic_knows,
};

static void traffic_server_free(struct traffic_server *srv)
{
	int i;

	lnet_listener_del(srv->ln, &srv->listener);
	for (i = 0; i < TRAFFIC_SLOTS; i++) {
		if (srv->slots[i] && !lnet_md_unlink(&srv->slots[i]->md))
			wait_for_completion(&srv->slots[i]->last);
		traffic_buf_free(srv->slots[i]);
	}
	if (srv->svc.pool)
		lnet_service_del(&srv->svc);
	lnet_put(srv->ln);
	put_net(srv->net);
	kfree(srv);
}

static int traffic_serve_slot(struct traffic_server *srv, int i)
{
	struct traffic_buf *buf = traffic_buf_alloc();

	if (!buf)
		return -ENOMEM;
	srv->slots[i] = buf;
	traffic_buf_init(buf, LNET_MTU);
	buf->md.options = LNET_MD_OP_PUT | LNET_MD_OP_GET |
			  LNET_MD_MANAGE_REMOTE | LNET_MD_TRUNCATE;
	buf->md.threshold = LNET_MD_THRESH_INF;
	return lnet_md_attach(srv->ln, &buf->md, TRAFFIC_BULK_PORTAL, i, 0,
			      &lnet_nid_any, LNET_PID_ANY);
}

static int traffic_serve(struct net *net)
{
	struct traffic_server *srv = kzalloc(sizeof(*srv), GFP_KERNEL);
	const char *why;
	int i, ret;

	if (!srv)
		return -ENOMEM;
	srv->ln = lnet_get(net, &why);
	if (IS_ERR(srv->ln)) {
		ret = PTR_ERR(srv->ln);
		kfree(srv);
		return ret;
	}
	srv->net = get_net(net);
	srv->listener.ops = &traffic_listener_ops;
	lnet_listener_add(srv->ln, &srv->listener);
	srv->svc.ops = &traffic_svc_ops;
	srv->svc.private = srv;
	srv->svc.portal = TRAFFIC_SVC_PORTAL;
	srv->svc.max_size = TRAFFIC_SVC_SIZE;
	ret = lnet_service_add(srv->ln, &srv->svc);
	for (i = 0; i < TRAFFIC_SLOTS && !ret; i++)
		ret = traffic_serve_slot(srv, i);
	if (ret) {
		traffic_server_free(srv);
		return ret;
	}
	list_add(&srv->list, &traffic_servers);
	return 0;
}

static int traffic_stop(struct net *net)
{
	struct traffic_server *srv, *next;
	int ret = -ENOENT;

	list_for_each_entry_safe(srv, next, &traffic_servers, list) {
		if (net && srv->net != net)
			continue;
		list_del(&srv->list);
		traffic_server_free(srv);
		ret = 0;
	}
	return ret;
}

/* ---- client ------------------------------------------------------------------- */

/* A client's command */
struct traffic_run {
	struct lnet		*ln;
	struct lnet_nid		nid;
	u32			bytes;
	u32			count;
	u32			width;
	bool			read_back;
	struct traffic_buf	*out[TRAFFIC_SLOTS];
	struct traffic_buf	*in[TRAFFIC_SLOTS];
};

static void traffic_dest(const struct traffic_run *run, struct lnet_dest *dest,
			 int slot)
{
	memset(dest, 0, sizeof(*dest));
	dest->self = lnet_nid_any;
	dest->nid = run->nid;
	dest->pid = LNET_PID_LUSTRE;
	dest->portal = TRAFFIC_BULK_PORTAL;
	dest->match_bits = slot;
	dest->ack = true;
}

/* Write all slots, then read them all */
static int traffic_round(struct traffic_run *run, u32 seq)
{
	int started[TRAFFIC_SLOTS];
	struct lnet_dest dest;
	int i, ret = 0, err;

	for (i = 0; i < run->width; i++) {
		traffic_dest(run, &dest, i);
		if (run->read_back)
			traffic_fill(run->out[i], seq + i);
		traffic_buf_init(run->out[i], run->bytes);
		started[i] = lnet_send_put(run->ln, &run->out[i]->md, &dest);
	}
	for (i = 0; i < run->width; i++) {
		err = started[i] ?: traffic_wait(run->out[i], run->bytes);
		ret = ret ?: err;
	}
	if (ret || !run->read_back)
		return ret;
	for (i = 0; i < run->width; i++) {
		traffic_dest(run, &dest, i);
		traffic_buf_init(run->in[i], run->bytes);
		started[i] = lnet_send_get(run->ln, &run->in[i]->md, &dest);
	}
	for (i = 0; i < run->width; i++) {
		err = started[i] ?: traffic_wait(run->in[i], run->bytes);
		err = err ?: traffic_compare(run->out[i], run->in[i],
					     run->bytes);
		ret = ret ?: err;
	}
	return ret;
}

static int traffic_bulk(struct traffic_run *run)
{
	u64 start = ktime_get_ns(), ns;
	int i, ret = 0;
	u32 n;

	for (i = 0; i < run->width && !ret; i++) {
		run->out[i] = traffic_buf_alloc();
		run->in[i] = traffic_buf_alloc();
		if (!run->out[i] || !run->in[i])
			ret = -ENOMEM;
	}
	for (n = 0; n < run->count && !ret; n++)
		ret = traffic_round(run, n * run->width);
	ns = ktime_get_ns() - start;
	pr_info("lnet_traffic: %u x %u x %u bytes in %llu us: %d\n", n,
		run->width, run->bytes, ns / 1000, ret);
	for (i = 0; i < run->width; i++) {
		traffic_buf_free(run->out[i]);
		traffic_buf_free(run->in[i]);
	}
	return ret;
}

/* One request: post the MD for the answer, send, wait */
static int traffic_call(struct traffic_run *run, struct traffic_buf *out,
			struct traffic_buf *in, u32 seq)
{
	struct lnet_dest dest;
	int ret;

	traffic_buf_init(in, run->bytes);
	in->put = true;
	in->md.options = LNET_MD_OP_PUT;
	ret = lnet_md_attach(run->ln, &in->md, TRAFFIC_REPLY_PORTAL, seq, 0,
			     &run->nid, LNET_PID_LUSTRE);
	if (ret)
		return ret;
	traffic_dest(run, &dest, seq);
	dest.portal = TRAFFIC_SVC_PORTAL;
	dest.ack = false;
	traffic_buf_init(out, run->bytes);
	out->response = true;
	out->mlength = run->bytes;
	ret = lnet_send_put(run->ln, &out->md, &dest);
	if (!ret)
		ret = traffic_wait(out, run->bytes);
	if (!ret)
		ret = traffic_wait(in, run->bytes);
	else if (!lnet_md_unlink(&in->md))
		wait_for_completion(&in->last);
	return ret ?: traffic_compare(out, in, run->bytes);
}

static int traffic_requests(struct traffic_run *run)
{
	struct traffic_buf *out = traffic_buf_alloc();
	struct traffic_buf *in = traffic_buf_alloc();
	u64 start = ktime_get_ns();
	int ret = out && in ? 0 : -ENOMEM;
	u32 n;

	if (!ret)
		traffic_fill(out, 1);
	for (n = 0; n < run->count && !ret; n++)
		ret = traffic_call(run, out, in, n + 1);
	pr_info("lnet_traffic: %u requests of %u bytes in %llu us: %d\n", n,
		run->bytes, (ktime_get_ns() - start) / 1000, ret);
	traffic_buf_free(out);
	traffic_buf_free(in);
	return ret;
}

static int traffic_client(struct net *net, const char *verb, const char *nid,
			  struct traffic_run *run)
{
	const char *why;
	int ret;

	if (lnet_nid_parse(nid, strlen(nid), &run->nid) || !run->bytes ||
	    run->bytes > LNET_MTU || run->width < 1 ||
	    run->width > TRAFFIC_SLOTS)
		return -EINVAL;
	run->ln = lnet_get(net, &why);
	if (IS_ERR(run->ln))
		return PTR_ERR(run->ln);
	run->read_back = !strcmp(verb, "bulk");
	if (run->read_back || !strcmp(verb, "push"))
		ret = traffic_bulk(run);
	else if (!strcmp(verb, "request"))
		ret = traffic_requests(run);
	else
		ret = -EINVAL;
	lnet_put(run->ln);
	return ret;
}

/* ---- debugfs ------------------------------------------------------------------- */

static int traffic_command(struct net *net, const char *text)
{
	struct traffic_run run = { .width = 1 };
	char verb[16], nid[LNET_NIDSTR_SIZE];
	int n;

	n = sscanf(text, "%15s %63s %u %u %u", verb, nid, &run.bytes,
		   &run.count, &run.width);
	if (n >= 4)
		return traffic_client(net, verb, nid, &run);
	if (n == 1 && !strcmp(verb, "serve"))
		return traffic_serve(net);
	if (n == 1 && !strcmp(verb, "stop"))
		return traffic_stop(net);
	return -EINVAL;
}

static ssize_t traffic_write(struct file *file, const char __user *ubuf,
			     size_t len, loff_t *pos)
{
	char text[128];
	int ret;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, ubuf, len))
		return -EFAULT;
	text[len] = '\0';
	mutex_lock(&traffic_mutex);
	ret = traffic_command(current->nsproxy->net_ns, text);
	mutex_unlock(&traffic_mutex);
	return ret ?: len;
}

static const struct file_operations traffic_fops = {
	.owner	= THIS_MODULE,
	.write	= traffic_write,
};

static int __init traffic_init(void)
{
	traffic_dentry = debugfs_create_file("lnet_traffic", 0200, NULL, NULL,
					     &traffic_fops);
	return 0;
}

static void __exit traffic_exit(void)
{
	debugfs_remove(traffic_dentry);
	traffic_stop(NULL);
}

module_init(traffic_init);
module_exit(traffic_exit);

MODULE_DESCRIPTION("Traffic generator for LNet");
MODULE_LICENSE("GPL");
