/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LUSTRE_LCTL_H
#define LUSTRE_LCTL_H

#include <stdio.h>

unsigned int lctl_check_settings(FILE *f, const char *prefix);

/* Commands get argv[0] = their name; they return an exit status. */
int lctl_network(int argc, char **argv);
int lctl_list_nids(int argc, char **argv);
int lctl_ping(int argc, char **argv);
int lctl_peer_list(int argc, char **argv);
int lctl_setting(int argc, char **argv);
int lctl_dl(int argc, char **argv);
int lctl_get_param(int argc, char **argv);
int lctl_set_param(int argc, char **argv);
int lctl_list_param(int argc, char **argv);

#endif
