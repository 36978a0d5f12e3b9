#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on a kernel of Red Hat 8.10, built from AlmaLinux's source
# speed: slow
# alone: its machines take all processors
# needs: tools rhel-8.10
# limit: 3000
#
# tests/machines/build-rhel builds the kernel once, from the git directory that
# KMIRROR names.
set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
if [ ! -f "$cache/rhel-8.10/made" ]; then
	echo "SKIP functional-rhel-8.10: no such kernel in $cache" \
		"(KMIRROR=MIRROR.git tests/setup rhel-8.10 builds it)"
	exit 0
fi
# all of them in a full run
cases=(01 02 03)
[ -z "${LT_FULL:-}" ] || cases=()
exec "$top/tests/functional/runner" rhel-8.10 "${cases[@]}"
