#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on the newest kernel with KASAN
# speed: slow
# alone: its machines take all processors
# needs: source uml-kasan tools
# limit: 3000
exec "$(dirname -- "$0")/../functional/runner" kasan
