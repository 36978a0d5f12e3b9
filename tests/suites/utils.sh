#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: mount.lustre and lctl as far as they go without a module
# speed: fast
# needs: packages
# limit: 120

set -u
. "$(dirname -- "$0")/../lib.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
dir=$work/dir
mkdir -p "$dir"

ok() { echo "ok utils: $1"; }
not_ok() {
	echo "not ok utils: $1"
	tail -n 20 "$work/log" | sed 's/^/#   /'
}

# t NAME COMMAND...: passes when the command does
t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name"; fi
}

# says NAME STATUS TEXT COMMAND...: its status, and a text in what it prints
says() {
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >"$work/log" 2>&1
	rc=$?
	cp "$work/log" "$work/last"
	if [ $rc = "$want" ] && grep -qF -- "$text" "$work/log"; then
		ok "$name"
	else
		echo "# status $rc, not $want, or no '$text'" >>"$work/log"
		not_ok "$name"
	fi
}

t "the tools build" make -C "$top/tools/utils" BUILDDIR="$work"
mnt=$work/mount.lustre

# source NAME GIVEN WANTED: what the kernel is told of a source
source() {
	says "$1" 0 "mount.lustre: $3 on $dir," "$mnt" -fv "$2" "$dir"
}

# no_source NAME GIVEN TEXT
no_source() {
	says "$1" 1 "$3" "$mnt" -fv "$2" "$dir"
}

source "a source without a network" "192.0.2.1:/lfs" "192.0.2.1@tcp:/lfs"
source "nodes and addresses" "192.0.2.1@tcp,192.0.2.2@tcp1:192.0.2.3:/lfs/a/b" \
	"192.0.2.1@tcp,192.0.2.2@tcp1:192.0.2.3@tcp:/lfs/a/b"
source "IPv6" "fd00::1@tcp:fd00::2@tcp1:/lfs" "fd00::1@tcp:fd00::2@tcp1:/lfs"
source "networks of other kinds are passed over" \
	"192.0.2.1@o2ib,192.0.2.1@tcp:192.0.2.2@gni1,192.0.2.3@tcp:192.0.2.4@kfi:/lfs" \
	"192.0.2.1@tcp:192.0.2.3@tcp:/lfs"
no_source "only a network of another kind" "mgs@o2ib:/lfs" \
	"'mgs@o2ib:/lfs': this client has networks of type tcp only"
no_source "IPv6 without a network" "fd00::1:/lfs" "as in fd00::1@tcp"
no_source "IPv6 in brackets" "[fd00::1]@tcp:/lfs" "without brackets"
no_source "IPv6 without a network before another" "fd00::1:fd00::2@tcp:/lfs" \
	"as in fd00::1@tcp"
no_source "an empty NID" "192.0.2.1@tcp::192.0.2.2@tcp:/lfs" "no address"
no_source "an empty NID at the end" "192.0.2.1@tcp,:/lfs" "empty NID before ':/'"
no_source "no file system" "192.0.2.1@tcp" "want NID"
for value in "=" "=x" "=-1" "=1001" "= 1" ""; do
	says "the option retry$value" 1 "retry wants a number" \
		"$mnt" -f -o "retry$value" 192.0.2.1:/lfs "$dir"
done
says "the option retry=3" 0 "options 'flock'" \
	"$mnt" -fv -o retry=3,flock 192.0.2.1:/lfs "$dir"
# ---- lctl ------------------------------------------------------------------------

# etc FILE=CONTENT... -- COMMAND...: with these files in /etc/modprobe.d; for root
etc() {
	local f rc

	for f; do
		shift
		[ "$f" != -- ] || break
		echo "${f#*=}" >"$work/etc/${f%%=*}"
	done
	# shellcheck disable=SC2016 # expanded in there
	unshare -m sh -c 'mount --bind "$1" /etc/modprobe.d && shift && exec "$@"' \
		sh "$work/etc" "$@"
	rc=$?
	rm -f "$work"/etc/*
	return $rc
}

heeded() {
	etc 'a.conf=options lnet networks="tcp0(eth0), tcp1(eth1)" accept=all' -- \
		"$lctl" network check >"$work/said"
	[ $? = 0 ] && [ ! -s "$work/said" ]
}

lctl=$work/lctl
mkdir -p "$work/etc"
if [ "$(id -u)" = 0 ] && [ -d /etc/modprobe.d ]; then
	t "nothing is said of settings that are heeded" heeded
	says "routes" 1 "option routes of module lnet is not heeded: this client has no routes" etc \
		'a.conf=options lnet networks=tcp routes="tcp1 192.0.2.1@tcp"' -- "$lctl" network check
	says "ip2nets, a warning" 1 "lctl: warning: option ip2nets of module lnet is not heeded" etc \
		'a.conf=options lnet ip2nets="tcp0 192.0.2.*" config_on_load=1 lnet_peer_discovery_disabled=1' -- \
		"$lctl" network up
	for name in config_on_load lnet_peer_discovery_disabled; do
		t "$name" grep -q "warning: option $name of" "$work/last"
	done
	t "one line for each" test "$(grep -c warning: "$work/last")" = 3
	t "lctl network up without modules says what to do" grep -qF \
		"there is no module 'lnet' for kernel $(uname -r); is the client installed for this kernel" "$work/last"
	says "processors" 1 "processors in brackets in networks=" etc \
		'a.conf=options lnet networks="tcp0(eth0)[0,1]"' -- "$lctl" network check
	says "options of modules of others" 1 "options of module ksocklnd are not heeded (credits=1)" etc \
		'a.conf=options ksocklnd credits=1' -- "$lctl" network check
else
	echo "SKIP utils: settings: only as root, and where there is /etc/modprobe.d"
fi
says "lctl list_nids without a module" 1 "try 'lctl network up'" "$lctl" list_nids

says "mount.lustre --version" 0 "mount.lustre (lustre-client)" "$mnt" --version
says "mount.lustre --help" 0 "usage: mount.lustre" "$mnt" --help
umnt=$work/umount.lustre
says "umount.lustre --version" 0 "umount.lustre 0" "$umnt" --version
says "umount.lustre --help" 0 "usage: umount.lustre" "$umnt" --help
says "umount.lustre --nonsense" 1 "usage: umount.lustre" "$umnt" --nonsense
says "umount.lustre of two" 1 "usage: umount.lustre" "$umnt" -l "$dir" "$dir"
says "umount.lustre -l of what is no mount" 32 "$dir: not mounted" "$umnt" -l "$dir"
says "umount.lustre leaves the rest to umount" 32 "umount: $dir: not mounted" \
	"$umnt" "$dir" -v
tmpfs=$work/tmpfs
mkdir "$tmpfs"
t "umount.lustre -l" sh -c 'mount -t tmpfs none "$1" && "$2" "$1" -f -l &&
	! mountpoint -q "$1"' sh "$tmpfs" "$umnt"
says "mount.lustre --nonsense" 1 "usage: mount.lustre" "$mnt" --nonsense
