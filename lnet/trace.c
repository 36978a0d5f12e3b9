// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bodies of the tracepoints.
 */
#include "internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/lnet.h>
