#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: mainline's fs/9p, net/9p and fs/netfs, unmodified, for Debian 6.1 and 6.12
# speed: slow
# needs: source debian
# limit: 1200

set -u
. "$(dirname -- "$0")/../lib.sh"
LT_RESULTS=${LT_RESULTS:-$results/kcompat-9p}
mkdir -p "$LT_RESULTS"
# not below /tmp: a chroot has its own
work=$(mktemp -d "$LT_RESULTS/work.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

ok() { echo "ok kcompat-9p: $1"; }
not_ok() {
	echo "not ok kcompat-9p: $1"
	[ -s "${2:-}" ] && tail -n 12 "$2"
}
t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name" "$work/log"; fi
}

net=(--source "$ksrc/net/9p" --source "$ksrc/include/net/9p"
	--source "$ksrc/include/trace/events/9p.h" --config CONFIG_NET_9P=m
	--config CONFIG_NET_9P_FD=m --config CONFIG_NET_9P_VIRTIO=m)
fs=(--source "$ksrc/fs/9p" --config CONFIG_9P_FS=m
	--config CONFIG_9P_FS_POSIX_ACL=y)
# the library that fs/9p reads and writes with, and its headers
netfs=(--config CONFIG_NETFS_SUPPORT=m)
while IFS= read -r f; do netfs+=(--source "$ksrc/$f"); done \
	<"$top/tests/compat/netfs.sources"

kcompat() { sh "$top/compat/kcompat" "$@"; }

pristine() {
	(cd "$ksrc" && find net/9p fs/9p fs/netfs include/net/9p -type f |
		sort | xargs cksum)
}

# links to the very files of the mainline tree, and nothing else
only_links() {
	! find "$1/stage" -name '*.[ch]' ! -name '*.mod.c' ! -type l | grep . &&
		[ "$(find "$1/stage" -name '*.[ch]' -type l -lname "$ksrc/*" | wc -l)" -ge "$2" ]
}

# errors are none; warnings only of one kind: i_ino was unsigned long before 7.2
warnings() {
	! grep -E 'warning: ' "$1/build.log" |
		grep -vE "format ‘%ll[ux]’ expects|format '%ll[ux]' expects"
}

pristine >"$work/before"
rel61=$(cat "$cache/debian-6.1/release")
t "net/9p builds for $rel61" kcompat build --linux "/lib/modules/$rel61/build" \
	"${net[@]}" --out "$work/n61"
t "net/9p: three modules" eval \
	'[ "$(find "$work/n61/stage" -name "*.ko" | wc -l)" = 3 ]'
t "net/9p: without a warning on 6.1" warnings "$work/n61"
t "net/9p: from links to mainline's files" only_links "$work/n61" 10
kcompat report "$work/n61" | sed -n '/^Kernel/,/^$/{s/^/# /;p;}'

# What a header cannot give is named, and is an error.
kcompat build --linux "/lib/modules/$rel61/build" "${net[@]}" "${netfs[@]}" \
	--source "$ksrc/include/linux/folio_queue.h" --make-arg -k \
	--out "$work/f61" >"$LT_RESULTS/netfs-6.1.log" 2>&1
t "fs/netfs for 6.1: refused" test $? != 0
t "fs/netfs for 6.1: what cannot be had from headers is named" grep -qE \
	'^kcompat: this kernel lacks the (function|member) (iov_iter_folio_queue|iov_iter.folioq)' \
	"$LT_RESULTS/netfs-6.1.log"
grep '^kcompat: this kernel lacks' "$LT_RESULTS/netfs-6.1.log" | head -n 30 | sed 's/^/# /'

guest() { # NAME KERNEL ARGS...
	local name=$1 kernel=$2
	shift 2
	"$top/tests/machines/qemu" --kernel "$kernel" --mem 1024 --quiet \
		--timeout 400 --out "$LT_RESULTS/guest-$kernel" \
		"$top/tests/compat/9p-guest" "$@" >/dev/null 2>&1 &&
		ok "$name" || not_ok "$name" "$LT_RESULTS/guest-$kernel/output"
	sed -n "s/^not ok /not ok kcompat-9p: $kernel: /p" \
		"$LT_RESULTS/guest-$kernel/output"
	cat "$LT_RESULTS/guest-$kernel/dmesg.bad" 2>/dev/null
}
gather() { mkdir -p "$work/$2" && find "$work/$1/stage" -name '*.ko' -exec cp {} "$work/$2/" \; ; }
# The machines, and the kernel that has all that it takes, in the full run.
[ -n "${LT_FULL:-}" ] || {
	echo "SKIP kcompat-9p: 9P in use on 6.1 and 6.12: in the full run only"
	pristine | cmp - "$work/before" || not_ok "the mainline folders were touched"
	exit 0
}
gather n61 m61
guest "net/9p loads and unloads on 6.1" debian-6.1 "$work/m61"

rel612=$(cat "$cache/debian-6.12/release" 2>/dev/null)
if [ -z "$rel612" ]; then
	echo "SKIP kcompat-9p: 6.12: no kernel here (tests/setup debian-6.12)"
	exit 0
fi
t "fs/9p, net/9p and fs/netfs build for $rel612" \
	"$top/tests/machines/chroot" --run trixie --bind "$top" --bind "$work" \
	--bind "$ksrc" sh "$top/compat/kcompat" build \
	--linux "/lib/modules/$rel612/build" "${net[@]}" "${fs[@]}" "${netfs[@]}" \
	--out "$work/a612"
t "five modules" eval '[ "$(find "$work/a612/stage" -name "*.ko" | wc -l)" = 5 ]'
t "no warning but those of i_ino" warnings "$work/a612"
t "from links to mainline's files" only_links "$work/a612" 40
kcompat report "$work/a612" | sed -n '/^Kernel/,/^$/{s/^/# /;p;}'
gather a612 m612
mkdir -p "$work/share"
LT_QEMU_ARGS="-virtfs local,path=$work/share,mount_tag=kc9p,security_model=none" \
	guest "mainline's 9P works on 6.12" debian-6.12 "$work/m612" kc9p
t "what it wrote is on the host" eval '[ "$(stat -c %s "$work/share/w/a")" = 3000001 ]'
pristine >"$work/after"
t "the mainline folders were not touched" cmp "$work/before" "$work/after"
