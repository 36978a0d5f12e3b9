// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the client's modules.
 */
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "module.h"

int module_load(const char *name)
{
	struct kmod_list *list = NULL, *item;
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	int err = -ENOMEM;

	if (!ctx)
		return err;
	err = kmod_module_new_from_lookup(ctx, name, &list);
	if (!err && !list)
		err = -ENOENT;
	kmod_list_foreach(item, list) {
		struct kmod_module *mod = kmod_module_get_module(item);

		err = kmod_module_probe_insert_module(mod, 0, NULL, NULL, NULL,
						      NULL);
		kmod_module_unref(mod);
		if (err)
			break;
	}
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return err;
}

void module_explain(const char *program, const char *name, int err)
{
	struct utsname uts;

	uname(&uts);
	if (err == -ENOENT)
		fprintf(stderr,
			"%s: there is no module '%s' for kernel %s; is the client installed for this kernel (dkms status, lustre-client-doctor)?\n",
			program, name, uts.release);
	else if (err == -EKEYREJECTED || err == -ENOKEY)
		fprintf(stderr,
			"%s: kernel %s refuses the module '%s': its signing key is not enrolled (mokutil --import)\n",
			program, uts.release, name);
	else
		fprintf(stderr, "%s: cannot load module '%s': %s\n", program,
			name, strerror(err < 0 ? -err : err));
}
