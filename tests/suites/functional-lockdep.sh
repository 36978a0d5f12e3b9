#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: functional cases on the newest kernel with lockdep and kmemleak
# speed: slow
# alone: its machines take all processors
# needs: source uml-lockdep tools
# limit: 3000
exec "$(dirname -- "$0")/../functional/runner" lockdep
