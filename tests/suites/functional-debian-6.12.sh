#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on the stock Debian 6.12 kernel, modules built in its chroot
# speed: full
# alone: its machines take all processors
# needs: tools debian-6.12
# limit: 5400
exec "$(dirname -- "$0")/../functional/runner" debian-6.12
