// SPDX-License-Identifier: GPL-2.0-only
/* kcfs: helpers outside of the file system; each checks what it got */
#define pr_fmt(fmt) "kcfs: " fmt

#include <linux/bvec.h>
#include <linux/cleanup.h>
#include <linux/crc32.h>
#include <linux/filelock.h>
#include <linux/folio_batch.h>
#include <linux/hrtimer.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string_choices.h>
#include <linux/timer.h>
#include <linux/uio.h>
#include <linux/unaligned.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "kcfs.h"

struct kcfs_timer {
	struct timer_list timer;
	struct hrtimer hrtimer;
	struct work_struct work;
	atomic_t fired;
};

static struct kcfs_timer *kcfs_timer;
static struct workqueue_struct *kcfs_wq;

static void kcfs_tick(struct timer_list *timer)
{
	struct kcfs_timer *t = timer_container_of(t, timer, timer);

	atomic_inc(&t->fired);
	queue_work(kcfs_wq, &t->work);
}

static void kcfs_work(struct work_struct *work)
{
	struct kcfs_timer *t = container_of(work, struct kcfs_timer, work);

	atomic_inc(&t->fired);
}

static enum hrtimer_restart kcfs_hrtick(struct hrtimer *hrtimer)
{
	struct kcfs_timer *t = container_of(hrtimer, struct kcfs_timer, hrtimer);

	atomic_inc(&t->fired);
	return HRTIMER_NORESTART;
}

static int kcfs_timers(void)
{
	kcfs_wq = alloc_workqueue("kcfs", WQ_MEM_RECLAIM | WQ_PERCPU, 0);
	kcfs_timer = kzalloc_obj(*kcfs_timer);
	if (!kcfs_wq || !kcfs_timer)
		return -ENOMEM;
	INIT_WORK(&kcfs_timer->work, kcfs_work);
	timer_setup(&kcfs_timer->timer, kcfs_tick, 0);
	hrtimer_setup(&kcfs_timer->hrtimer, kcfs_hrtick, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);
	mod_timer(&kcfs_timer->timer, jiffies + 1);
	hrtimer_start(&kcfs_timer->hrtimer, ms_to_ktime(1), HRTIMER_MODE_REL);
	return 0;
}

/* Data of several segments over a socket pair, once copied, once by page. */
static int kcfs_pair(struct socket **one, struct socket **two)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct socket *listener;
	int rc;

	rc = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			      &listener);
	if (rc)
		return rc;
	rc = kernel_bind(listener, (struct sockaddr_unsized *)&addr,
			 sizeof(addr));
	if (!rc)
		rc = kernel_listen(listener, 1);
	if (!rc)
		rc = kernel_getsockname(listener, (struct sockaddr *)&addr);
	if (rc < 0)
		goto out;
	rc = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, one);
	if (rc)
		goto out;
	sk_net_refcnt_upgrade((*one)->sk);
	rc = kernel_connect(*one, (struct sockaddr_unsized *)&addr,
			    sizeof(addr), 0);
	if (!rc)
		rc = kernel_accept(listener, two, 0);
	if (rc)
		sock_release(*one);
out:
	sock_release(listener);
	return rc;
}

static int kcfs_send(struct socket *sock, struct bio_vec *bv, int n, size_t len,
		     int flags)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL | flags };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, bv, n, len);
	while (msg_data_left(&msg)) {
		int rc = sock_sendmsg(sock, &msg);

		if (rc <= 0)
			return rc ?: -EPIPE;
	}
	return 0;
}

static int kcfs_receive(struct socket *sock, char *to, size_t len)
{
	struct msghdr msg = {};
	struct kvec kv = { .iov_base = to, .iov_len = len };
	int rc = kernel_recvmsg(sock, &msg, &kv, 1, len, MSG_WAITALL);

	return rc == len ? 0 : -EIO;
}

static int kcfs_socket_check(struct page *page, char *want, char *got)
{
	struct socket *one, *two;
	struct bio_vec bv[3];
	size_t len = 3 * PAGE_SIZE - 100;
	int rc, i;

	rc = kcfs_pair(&one, &two);
	if (rc)
		return rc;
	for (i = 0; i < 2 && !rc; i++) {
		/* the first segment goes over a page boundary */
		bvec_set_page(&bv[0], page, PAGE_SIZE + 500, 100);
		bvec_set_page(&bv[1], page + 1, 600, 600);
		bvec_set_page(&bv[2], page, 2 * PAGE_SIZE - 1200, 1200);
		rc = kcfs_send(one, bv, 3, len, i ? MSG_SPLICE_PAGES : 0);
		if (!rc)
			rc = kcfs_receive(two, got, len);
		if (!rc && (memcmp(got, want + 100, PAGE_SIZE + 500) ||
			    memcmp(got + PAGE_SIZE + 500,
				   want + PAGE_SIZE + 600, 600) ||
			    memcmp(got + PAGE_SIZE + 1100, want + 1200,
				   2 * PAGE_SIZE - 1200)))
			rc = -EBADMSG;
	}
	sock_release(one);
	sock_release(two);
	return rc;
}

static int kcfs_pages_check(void)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 2);
	char *want = kvmalloc_objs(*want, 4 * PAGE_SIZE);
	char *got = kvzalloc_objs(*got, 4 * PAGE_SIZE, GFP_KERNEL);
	struct bio_vec bv;
	struct iov_iter iter;
	struct kvec kv;
	int rc = -ENOMEM;
	int i;

	if (!folio || !want || !got)
		goto out;
	for (i = 0; i < 4 * PAGE_SIZE; i++)
		want[i] = i * 7 + (i >> 8);
	rc = -EBADMSG;
	memcpy_to_folio(folio, 0, want, PAGE_SIZE + 17);
	kv.iov_base = want + PAGE_SIZE + 17;
	kv.iov_len = 3 * PAGE_SIZE;
	iov_iter_kvec(&iter, ITER_SOURCE, &kv, 1, kv.iov_len);
	if (copy_folio_from_iter_atomic(folio, PAGE_SIZE + 17,
					3 * PAGE_SIZE - 17, &iter) !=
	    3 * PAGE_SIZE - 17)
		goto out;
	memcpy_from_folio(got, folio, 0, 4 * PAGE_SIZE);
	if (memcmp(got, want, 4 * PAGE_SIZE))
		goto out;
	bvec_set_folio(&bv, folio, 10, 2 * PAGE_SIZE + 5);
	if (bv.bv_page != folio_page(folio, 2 * (bv.bv_offset == 5)))
		goto out;
	if (!sendpages_ok(folio_page(folio, 0), 4 * PAGE_SIZE, 0))
		goto out;
	rc = kcfs_socket_check(folio_page(folio, 0), want, got);
	if (rc)
		goto out;
	rc = -EBADMSG;
	folio_fill_tail(folio, 100, want, 50);
	memcpy_from_folio(got, folio, 0, 4 * PAGE_SIZE);
	if (memcmp(got, want, 100) || memcmp(got + 100, want, 50) ||
	    memchr_inv(got + 150, 0, 4 * PAGE_SIZE - 150))
		goto out;
	rc = 0;
out:
	kvfree(got);
	kvfree(want);
	if (folio)
		folio_put(folio);
	return rc;
}

static int kcfs_small_check(void)
{
	static const u8 le[4] = { 1, 2, 3, 4 };
	char text[8];
	DEFINE_MUTEX(lock);

	guard(mutex)(&lock);
	if (strscpy(text, "too long for it") != -E2BIG)
		return -EBADMSG;
	if (crc32c(~0, "123456789", 9) != ~0xe3069283)
		return -EBADMSG;
	if (get_unaligned_le32(le) != 0x04030201)
		return -EBADMSG;
	if (strcmp(str_plural(2), "s") || strcmp(str_yes_no(true), "yes"))
		return -EBADMSG;
	return 0;
}

/* One family, "do" and "dump" of one command */
enum { KCFS_A_UNSPEC, KCFS_A_NUMBER, __KCFS_A_MAX };

static struct genl_family kcfs_genl_family;

static int kcfs_nl_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;

	if (GENL_REQ_ATTR_CHECK(info, KCFS_A_NUMBER))
		return -EINVAL;
	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_iput(reply, info);
	if (!hdr || nla_put_u32(reply, KCFS_A_NUMBER,
				nla_get_u32(info->attrs[KCFS_A_NUMBER]) + 1)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int kcfs_nl_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	void *hdr;

	for (; cb->args[0] < 3; cb->args[0]++) {
		hdr = genlmsg_put(skb, info->snd_portid, info->snd_seq,
				  &kcfs_genl_family, NLM_F_MULTI, 1);
		if (!hdr)
			break;
		if (nla_put_u32(skb, KCFS_A_NUMBER, cb->args[0])) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}

static const struct nla_policy kcfs_nl_policy[__KCFS_A_MAX] = {
	[KCFS_A_NUMBER] = { .type = NLA_U32 },
};

static const struct genl_split_ops kcfs_nl_ops[] = {
	{
		.cmd		= 1,
		.doit		= kcfs_nl_doit,
		.policy		= kcfs_nl_policy,
		.maxattr	= __KCFS_A_MAX - 1,
		.flags		= GENL_CMD_CAP_DO,
	}, {
		.cmd		= 1,
		.dumpit		= kcfs_nl_dumpit,
		.flags		= GENL_CMD_CAP_DUMP,
	},
};

static struct genl_family kcfs_genl_family __ro_after_init = {
	.name		= "kcfs",
	.version	= 1,
	.netnsok	= true,
	.module		= THIS_MODULE,
	.split_ops	= kcfs_nl_ops,
	.n_split_ops	= ARRAY_SIZE(kcfs_nl_ops),
};

static void kcfs_timers_stop(void)
{
	if (kcfs_timer) {
		timer_delete_sync(&kcfs_timer->timer);
		hrtimer_cancel(&kcfs_timer->hrtimer);
		cancel_work_sync(&kcfs_timer->work);
	}
	if (kcfs_wq)
		destroy_workqueue(kcfs_wq);
	kfree(kcfs_timer);
}

int kcfs_helpers_init(void)
{
	int rc = kcfs_small_check();

	if (rc) {
		pr_err("small helpers: %d\n", rc);
		return rc;
	}
	rc = kcfs_pages_check();
	if (rc) {
		pr_err("pages and sockets: %d\n", rc);
		return rc;
	}
	rc = kcfs_timers();
	if (!rc)
		rc = genl_register_family(&kcfs_genl_family);
	if (rc)
		kcfs_timers_stop();
	else
		pr_info("helpers pass\n");
	return rc;
}

void kcfs_helpers_exit(void)
{
	genl_unregister_family(&kcfs_genl_family);
	if (atomic_read(&kcfs_timer->fired) != 3)
		pr_err("timers fired %d times, not 3\n",
		       atomic_read(&kcfs_timer->fired));
	kcfs_timers_stop();
}
