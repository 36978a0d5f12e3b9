/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: kobj_type_const
 * names: kobject_init_and_add kobject_init
 * header: linux/kobject.h
 * upstream: v6.2 the type of an object is constant
 * unless: kobj_type_const
 * needs: kobj_type
 * use: struct kobject *k, const struct kobj_type *t: int rc =
 *	kobject_init_and_add(k, t, NULL, "x"); kobject_init(k, t);
 *	(void)rc;
 *
 * note: The older functions only read it too.
 */
#define kobject_init(kobj, type) \
	((kobject_init)(kobj, (struct kobj_type *)(type)))
#define kobject_init_and_add(kobj, type, ...) \
	((kobject_init_and_add)(kobj, (struct kobj_type *)(type), __VA_ARGS__))
