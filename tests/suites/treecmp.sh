#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: comparing trees and histories: planted edits of real sources, bad input, size
# speed: fast
# needs: source
# limit: 1500
#
# LT_FULL=1 plants more, and compares trees of 400,000 lines and histories of
# 2,000 commits under a limit of time and memory.

set -u
. "$(dirname -- "$0")/../lib.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/treecmp-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
seed=${LT_SEED:-$(date +%j)}
built=$cache/treecmp

# In the cache, so that the grammar is compiled once.
if ! { "$top/tools/treecmp/grammar" >/dev/null &&
	make -C "$top/tools/treecmp" -j2 OUT="$built" WARN_EXTRA=-Werror; } \
	>"$work/build" 2>&1; then
	echo "not ok treecmp: it builds without a warning"
	tail -n 20 "$work/build"
	exit 1
fi
echo "ok treecmp: it builds without a warning"
treecmp=$built/treecmp

"$top/tests/treecmp/cases" "$treecmp" "$work/cases"

echo "# seed $seed (LT_SEED)"
"$top/tests/treecmp/trees.py" "$treecmp" "$ksrc" "$work/trees" "$seed" \
	"$([ -n "${LT_FULL:-}" ] && echo 10 || echo 2)" 80 2>&1
"$top/tests/treecmp/patches.py" "$treecmp" "$ksrc" "$work/patches" "$seed" \
	"$([ -n "${LT_FULL:-}" ] && echo 500 || echo 250)" 2>&1
"$top/tests/treecmp/likely.py" "$treecmp" "$work/likely" 2>&1

# Nothing of it may read or write where it should not.
if make -C "$top/tools/treecmp" -j2 OUT="$built.san" SAN=1 >"$work/build" 2>&1 &&
	export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 &&
	"$top/tests/treecmp/cases" "$built.san/treecmp" "$work/cases" \
		>"$work/san" 2>&1 && ! grep -q '^not ok' "$work/san"; then
	echo "ok treecmp: all cases with the sanitizers"
else
	echo "not ok treecmp: all cases with the sanitizers"
	tail -n 5 "$work/build"
	grep -A 15 '^not ok' "$work/san" | head -n 60
fi
unset ASAN_OPTIONS UBSAN_OPTIONS

if [ -n "${LT_FULL:-}" ]; then
	"$top/tests/treecmp/scale" "$treecmp" "$ksrc" "$work/scale" "$seed"
else
	echo "SKIP treecmp: 400,000 lines, 2,000 commits: LT_FULL=1 asks for it"
fi
exit 0
