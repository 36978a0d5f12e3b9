/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: printk_ratelimited
 * names: pr_emerg_ratelimited pr_alert_ratelimited pr_crit_ratelimited
 *	pr_err_ratelimited pr_warn_ratelimited pr_notice_ratelimited
 *	pr_info_ratelimited printk_ratelimited
 * upstream: v5.9 linux/printk.h includes what pr_err_ratelimited() needs
 * unless: header_ratelimit_types
 * flags: -include linux/ratelimit.h
 *
 * note: A high header, which linux/printk.h cannot include itself.
 */
