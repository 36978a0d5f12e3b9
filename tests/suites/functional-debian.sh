#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on the stock Debian 6.1 kernel, modules built out of tree
# speed: slow
# alone: its machines take all processors
# needs: tools debian
# limit: 3000
exec "$(dirname -- "$0")/../functional/runner" debian
