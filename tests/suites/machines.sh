#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the test machines boot, and their checkers report planted bugs
# speed: fast
# needs: source uml-kasan uml-lockdep
# limit: 1500

set -u
. "$(dirname -- "$0")/../lib.sh"
m=$top/tests/machines

# A copy of the module's source: kbuild writes next to it.
build() {
	local dir=$cache/planted-$1

	mkdir -p "$dir" && cp "$m"/planted/* "$dir/" &&
		make -s -C "$cache/uml-$1" ARCH=um M="$dir" \
			MO="$dir/out" modules
}

# Looking for leaks is most of what a lockdep machine does: where it is the test.
kmemleak() {
	case $1 in
	leak) echo on ;;
	*) echo off ;;
	esac
}

# planted KERNEL BUG PATTERN: booting it must fail with just that complaint
planted() {
	local kernel=$1 bug=$2 pattern=$3 out=$LT_RESULTS/$1-$2 rc

	LT_KMEMLEAK=$(kmemleak "$bug") "$m/uml" --kernel "$kernel" --out "$out" --timeout 300 --mem 512 --quiet \
		"$m/guest/plant" "$cache/planted-$kernel/out/planted.ko" "$bug" \
		>"$LT_RESULTS/$1-$2.txt" 2>&1
	rc=$?
	if [ $rc = 92 ] && grep -qE "$pattern" "$out/dmesg.bad"; then
		echo "ok machines: uml-$kernel reports a planted $bug"
	else
		echo "not ok machines: uml-$kernel reports a planted $bug (status $rc)"
		tail -n 5 "$LT_RESULTS/$1-$2.txt"
	fi
}

clean() {
	local kernel=$1 out=$LT_RESULTS/$1-clean

	if "$m/uml" --kernel "$kernel" --out "$out" --timeout 300 --mem 512 \
		--quiet "$m/guest/hello"; then
		echo "ok machines: uml-$kernel boots quietly with 2 processors"
	else
		echo "not ok machines: uml-$kernel boots quietly with 2 processors"
		cat "$out/output"
	fi
}

# Two runs with the same results would overwrite each other's.
second_run() {
	local dir said
	dir=$(mktemp -d) || return

	said=$(
		exec 7>"$dir/.check"
		flock 7
		LUSTRE_RESULTS=$dir "$top/tests/check" --no-setup machines 2>&1 7>&-
	)
	case $said in
	*"another tests/check is running"*)
		echo "ok machines: a second tests/check says that there is a first" ;;
	*)
		echo "not ok machines: a second tests/check says that there is a first"
		echo "$said" | head -n 5
		;;
	esac
	rm -rf "$dir"
}

# at_boot KERNEL BUG FILE PATTERN: what the kernel did before the script is not
# the script's fault, and is seen all the same
at_boot() {
	local kernel=$1 bug=$2 out=$LT_RESULTS/$1-boot-$2 name

	name="machines: uml-$kernel: a $bug of the booting kernel's own is not held against a run"
	if LT_KMEMLEAK=$(kmemleak "$bug") \
		"$m/uml" --kernel "$kernel" --out "$out" --timeout 300 --mem 512 --quiet \
		--env LT_BOOT_PLANT="$cache/planted-$kernel/out/planted.ko" \
		--env LT_BOOT_BUG="$bug" "$m/guest/hello" \
		>"$LT_RESULTS/$1-boot-$2.txt" 2>&1 && grep -qE "$4" "$out/$3"; then
		echo "ok $name"
	else
		echo "not ok $name"
		tail -n 5 "$LT_RESULTS/$1-boot-$2.txt"
	fi
}

for kernel in ${LT_KERNELS:-kasan lockdep}; do
	build $kernel >"$LT_RESULTS/build-$kernel" 2>&1 || {
		echo "not ok machines: planted module for uml-$kernel"
		tail "$LT_RESULTS/build-$kernel"
		continue
	}
	clean $kernel
	planted $kernel slab 'still has objects|kmem_cache_destroy|[Oo]bjects remaining'
done
planted kasan overflow 'KASAN: slab-out-of-bounds'
planted lockdep lock 'possible circular locking'
planted lockdep sleep 'sleeping function'
planted lockdep leak 'kmemleak: .*suspected'
at_boot lockdep leak kmemleak.boot '^unreferenced object .*size'
at_boot lockdep sleep console.log 'sleeping function'
second_run
