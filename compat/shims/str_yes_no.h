/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: str_yes_no
 * names: str_yes_no str_on_off str_enable_disable str_enabled_disabled
 * header: linux/string_helpers.h
 * upstream: v5.18 words for a choice
 * unless: str_yes_no
 */
static inline const char *str_yes_no(bool v)
{
	return v ? "yes" : "no";
}

static inline const char *str_on_off(bool v)
{
	return v ? "on" : "off";
}

static inline const char *str_enable_disable(bool v)
{
	return v ? "enable" : "disable";
}

static inline const char *str_enabled_disabled(bool v)
{
	return v ? "enabled" : "disabled";
}
