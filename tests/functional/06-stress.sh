#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: stress-ng's file stressors
# limit: 480

. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
if ! command -v stress-ng >/dev/null; then
	skip "stress-ng" "not installed"
	exit 0
fi
setup

secs=${LT_STRESS_SECONDS:-5}
mkdir $c1/stress

stress() {
	stress-ng --temp-path $c1/stress --timeout "${secs}s" --verify \
		--seed "$seed" --oom-avoid --metrics-brief "$@" >/run/tmp/stress 2>&1 || {
		cat /run/tmp/stress
		return 1
	}
	not grep -q 'fail:' /run/tmp/stress
	ls -A $c1/stress | grep . && return 1
	return 0
}

all="access chdir chmod chown dentry dir dirdeep fiemap filename fstat getdent
	hdd link metamix open rename seek symlink touch utime iomix copy-file
	sendfile readahead mmapfork dirmany"
for s in ${LT_STRESSORS:-$all}; do
	stress-ng --$s 1 --timeout 1s --dry-run >/dev/null 2>&1 || continue
	n=2
	more=30
	case $s in
	link | symlink)
		# 8192 names are made and removed before it looks at the clock
		n=1
		more=150
		;;
	esac
	try "$s" $((secs * 4 + more)) stress --$s $n
done
link=(--link 1)
[ -n "${LT_STRESSORS:-}" ] && link=()
try "several at once" $((secs * 6 + 40)) stress --dentry 1 --dir 1 --rename 1 \
	"${link[@]}" --hdd 1 --hdd-bytes 8M --seek 1
rmdir $c1/stress
finish
