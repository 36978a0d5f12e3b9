#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on a kernel of Red Hat 10.0, built from AlmaLinux's source
# speed: full
# alone: its machines take all processors
# needs: tools rhel-10.0
# limit: 5400
#
# tests/machines/build-rhel builds the kernel once, from the git directory that
# KMIRROR names.
set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
if [ ! -f "$cache/rhel-10.0/made" ]; then
	echo "SKIP functional-rhel-10.0: no such kernel in $cache" \
		"(KMIRROR=MIRROR.git tests/setup rhel-10.0 builds it)"
	exit 0
fi
exec "$top/tests/functional/runner" rhel-10.0
