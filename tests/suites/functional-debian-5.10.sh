#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on the stock Debian 5.10 kernel, modules built in its chroot
# speed: slow
# alone: its machines take all processors
# needs: tools debian-5.10
# limit: 3000
exec "$(dirname -- "$0")/../functional/runner" debian-5.10
