/* SPDX-License-Identifier: GPL-2.0-only */
/* Control socket DIR/ctl: one command per connection */
#ifndef _TS_CTL_H
#define _TS_CTL_H

int ctl_start(void);
void ctl_stop(void);
int ctl_main(int argc, char **argv);	/* the client side */

#endif /* _TS_CTL_H */
