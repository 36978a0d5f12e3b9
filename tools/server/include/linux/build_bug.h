/* SPDX-License-Identifier: GPL-2.0-only */
/* What the shared wire headers take from the kernel, for user space */
#ifndef _TESTSERVER_LINUX_BUILD_BUG_H
#define _TESTSERVER_LINUX_BUILD_BUG_H

#include <stddef.h>

#ifndef __packed
#define __packed	__attribute__((__packed__))
#endif

#undef static_assert
#define static_assert(expr, ...) _Static_assert(expr, #expr)

#endif /* _TESTSERVER_LINUX_BUILD_BUG_H */
