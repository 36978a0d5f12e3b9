#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the modules build for a machine of 32 bits (i386), an old kernel and the newest
# speed: full
# needs: source debian
# limit: 3600

set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
LT_RESULTS=${LT_RESULTS:-$results/compat-cross}
mkdir -p "$LT_RESULTS"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# i386's share of the compiler that is here: code is made, nothing is linked
# with the C library
if ! gcc -m32 -c -x c /dev/null -o "$work/empty.o" 2>/dev/null; then
	echo "SKIP compat-cross: $(gcc -dumpmachine 2>/dev/null) gcc makes no code of 32 bits"
	exit 0
fi

cross() { # NAME
	local name=$1 log=$LT_RESULTS/i386-$1.log out=$work/$1 args ko

	args=$("$top/tests/machines/i386" "$name" 2>"$log") || {
		echo "SKIP compat-cross: $name: $(tail -n 1 "$log")"
		return
	}
	# shellcheck disable=SC2086 # paths of the cache, without blanks
	if ! sh "$top/compat/kcompat" build $args \
		--source "$top/lnet:net/lnet" --source "$top/lustre:fs/lustre" \
		--include "$top/include" --config CONFIG_LNET=m \
		--config CONFIG_LUSTRE_FS=m --make-arg W=1 --out "$out" >"$log" 2>&1; then
		echo "not ok compat-cross: i386, $name"
		tail -n 12 "$log"
		return
	fi
	if grep -E 'warning:|WARNING:' "$log"; then
		echo "not ok compat-cross: i386, $name: warnings"
		return
	fi
	for ko in net/lnet/lnet.ko fs/lustre/lustre.ko; do
		if ! LC_ALL=C readelf -h "$out/stage/$ko" | grep -q 'Class: *ELF32'; then
			echo "not ok compat-cross: i386, $name: $ko is not of 32 bits"
			return
		fi
	done
	echo "ok compat-cross: i386, $(sed -n 's/^kcompat: //p' "$log" | head -n 1)"
}

cross old
cross new
exit 0
