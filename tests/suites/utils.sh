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
says "mount.lustre --version" 0 "mount.lustre (lustre-client)" "$mnt" --version
says "mount.lustre --help" 0 "usage: mount.lustre" "$mnt" --help
says "mount.lustre --nonsense" 1 "usage: mount.lustre" "$mnt" --nonsense
