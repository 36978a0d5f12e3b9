/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: fsparam_u32hex
 * header: linux/fs_parser.h
 * upstream: v6.15 a 32-bit number in base 16
 * unless: fsparam_u32hex
 * needs: __fsparam fs_param_is_u32
 * use: void: static const struct fs_parameter_spec p[] = {
 *	fsparam_u32hex("a", 1), {} }; (void)p;
 */
#undef fsparam_u32hex
#define fsparam_u32hex(name, opt) \
	__fsparam(fs_param_is_u32, name, opt, 0, (const void *)16)
