/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: string_choices_header
 * names: <linux/string_choices.h>
 * header: linux/string_choices.h
 * missing: yes
 * upstream: v6.4 str_yes_no() and friends moved out of linux/string_helpers.h
 * unless: header_string_choices
 * include: linux/string_helpers.h
 */
