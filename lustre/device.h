/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source of a mount: NID[,NID...][:NID...]:/fsname[/subdir]
 */
#ifndef _LUSTRE_DEVICE_H
#define _LUSTRE_DEVICE_H

#include <linux/types.h>
#include <net/lnet.h>

#define LUSTRE_FSNAME_MAX	8
#define LUSTRE_MAX_MGS_NIDS	64

/**
 * struct lustre_device - a parsed mount source
 * @nids: NIDs of the MGS, in the order to try them
 * @nr_nids: elements of @nids
 * @fsname: name of the file system
 * @fileset: directory to mount, begins with '/'; NULL for the root
 */
struct lustre_device {
	struct lnet_nid	*nids;
	unsigned int	nr_nids;
	char		fsname[LUSTRE_FSNAME_MAX + 1];
	char		*fileset;
};

int lustre_device_parse(const char *source, struct lustre_device *dev,
			const char **why, const char **where,
			size_t *where_len);
void lustre_device_free(struct lustre_device *dev);

#endif /* _LUSTRE_DEVICE_H */
