#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: unit tests of both modules, on both checking kernels
# speed: fast
# needs: source uml-kasan uml-lockdep
# limit: 900

set -u
. "$(dirname -- "$0")/../lib.sh"
m=$top/tests/machines

# KTAP, as the kernel prints it, becomes one line per test case.
ktap() {
	awk -v kernel="$1" '
	{ sub(/^\[[ 0-9.]*\] /, "") }
	/^    # Subtest: / { suite = $3 }
	/^ +# Subtest: / && !/^    # / { param = $3 }
	/^    (not )?ok [0-9]+ / {
		result = $1 == "not" ? "not ok" : "ok"
		line = $0
		sub(/^ *(not )?ok [0-9]+ (- )?/, "", line)
		if (line ~ /# SKIP/) {
			sub(/ *# SKIP */, ": ", line)
			print "SKIP kunit: " kernel ": " suite ": " line
		} else {
			print result " kunit: " kernel ": " suite ": " line
		}
	}
	/^ +# .*(EXPECTATION|ASSERTION) FAILED/ { show = 6 }
	show-- > 0 { print "#   " $0 }
	'
}

for kernel in kasan lockdep; do
	out=$LT_RESULTS/$kernel
	"$m/uml" --kernel $kernel --out "$out" --timeout 400 --mem 1024 --quiet \
		"$m/guest/kunit" 2>"$out.err"
	rc=$?
	tr -d '\r' <"$out/console.log" | ktap $kernel >"$out.tap"
	cat "$out.tap"
	if [ $rc != 0 ]; then
		echo "not ok kunit: $kernel: machine (status $rc)"
		cat "$out/output" "$out.err" | tail -n 30
	elif ! grep -q '^ok' "$out.tap"; then
		echo "not ok kunit: $kernel: no test ran"
	fi
done
