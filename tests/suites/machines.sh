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

# planted KERNEL BUG PATTERN [BUG PATTERN...]: a boot in which all of them are
# planted must fail with each complaint.  (After its own first complaint, and after
# one of the slabs', lockdep says nothing more: "lock" is the first.)
planted() {
	local kernel=$1 bugs='' out=$LT_RESULTS/$1-planted rc i

	shift
	for ((i = 1; i < $#; i += 2)); do
		bugs+=${bugs:++}${!i}
	done
	LT_KMEMLEAK=off "$m/uml" --kernel "$kernel" --out "$out" --timeout 300 \
		--mem 512 --quiet \
		"$m/guest/plant" "$cache/planted-$kernel/out/planted.ko" "$bugs" \
		>"$out.txt" 2>&1
	rc=$?
	while [ $# -gt 0 ]; do
		if [ $rc = 92 ] && grep -qE "$2" "$out/dmesg.bad"; then
			echo "ok machines: uml-$kernel reports a planted $1"
		else
			echo "not ok machines: uml-$kernel reports a planted $1 (status $rc)"
			tail -n 5 "$out.txt"
		fi
		shift 2
	done
}

clean() {
	local kernel=$1 out=$LT_RESULTS/$1-clean n

	# why lockdep's has one: tests/machines/config/lockdep.config
	n=$([ "$kernel" = lockdep ] && echo 1 || echo 2)

	if LT_KMEMLEAK=off "$m/uml" --kernel "$kernel" --out "$out" --timeout 300 --mem 512 \
		--quiet "$m/guest/hello" $n; then
		echo "ok machines: uml-$kernel boots quietly, processors: $n"
	else
		echo "not ok machines: uml-$kernel boots quietly, processors: $n"
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

# said WHAT COMMAND...: "ok" if the command succeeds
said() {
	local what=$1

	shift
	if "$@"; then
		echo "ok machines: $what"
	else
		echo "not ok machines: $what"
		tail -n 5 "$LT_RESULTS/leaks.txt"
	fi
}

# nowhere PATTERN FILE: the file has other things
nowhere() {
	[ -s "$2" ] && ! grep -qE "$1" "$2"
}

# A leak of the run is reported; what the kernel did before the script is not the
# script's fault, and is seen all the same.  One machine for all: to look for
# leaks makes it slow.  (kmemleak gives the size of the slab's object: 777 is 1024.)
leaks() {
	local out=$LT_RESULTS/leaks ko=$cache/planted-lockdep/out/planted.ko
	local bad=$LT_RESULTS/leaks/dmesg.bad
	local own="of the booting kernel's own is not held against a run"

	LT_KMEMLEAK=on "$m/uml" --kernel lockdep --out "$out" --timeout 600 \
		--mem 512 --quiet --env LT_BOOT_PLANT="$ko" \
		--env LT_BOOT_ARGS="bug=sleep+leak size=777" \
		"$m/guest/plant" "$ko" leak >"$out.txt" 2>&1
	said "uml-lockdep reports a planted leak" \
		grep -qE 'kmemleak: .*suspected' "$bad"
	said "uml-lockdep says which" \
		grep -qE '^unreferenced object .*size 2048' "$out/kmemleak"
	said "uml-lockdep sees a leak of the booting kernel's own" \
		grep -qE '^unreferenced object .*size 1024' "$out/kmemleak.boot"
	said "uml-lockdep: a leak $own" nowhere 'size 1024' "$out/kmemleak"
	said "uml-lockdep sees the booting kernel sleep" \
		grep -q 'sleeping function' "$out/console.log"
	said "uml-lockdep: a sleep $own" nowhere 'sleeping function' "$bad"
}

for kernel in kasan lockdep; do
	build $kernel >"$LT_RESULTS/build-$kernel" 2>&1 || {
		echo "not ok machines: planted module for uml-$kernel"
		tail "$LT_RESULTS/build-$kernel"
		continue
	}
	clean $kernel
done
slab='still has objects|kmem_cache_destroy|[Oo]bjects remaining'
planted kasan slab "$slab" overflow 'KASAN: slab-out-of-bounds'
planted lockdep lock 'possible circular locking' sleep 'sleeping function' \
	slab "$slab"
leaks
second_run
