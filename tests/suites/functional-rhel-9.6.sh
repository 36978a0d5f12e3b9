#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on a kernel of Red Hat 9.6, built from AlmaLinux's source
# speed: full
# alone: its machines take all processors
# needs: tools rhel-9.6
# limit: 5400
#
# tests/machines/build-rhel builds the kernel once, from the git directory that
# KMIRROR names.
set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
if [ ! -f "$cache/rhel-9.6/made" ]; then
	echo "SKIP functional-rhel-9.6: no such kernel in $cache" \
		"(KMIRROR=MIRROR.git tests/setup rhel-9.6 builds it)"
	exit 0
fi
exec "$top/tests/functional/runner" rhel-9.6
