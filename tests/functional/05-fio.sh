#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: fio jobs that verify what they wrote
# limit: 300

. "$(dirname -- "$0")/lib.sh"
srv_osts=2
srv_args="--stripe-count 2 --stripe-size 1M"
LT_NO_PCAP=1
if ! command -v fio >/dev/null; then
	skip "fio" "not installed"
	exit 0
fi
setup

job() {
	fio --name=job --directory=$c1 --verify=crc32c --verify_fatal=1 \
		--verify_dump=0 --group_reporting --thread --output=/run/tmp/fio \
		--fallocate=none --randseed="$seed" "$@" || {
		cat /run/tmp/fio
		return 1
	}
	rm -f $c1/job*
}

try "sequential, 1 MiB blocks" 120 job --rw=write --bs=1M --size=64M --end_fsync=1
try "random writes, mixed blocks" 120 job --rw=randwrite --bsrange=512-128k --size=16M
try "random readwrite with fsync" 120 job --rw=randrw --bs=4k --size=8M --fsync=64
try "four jobs at once" 120 job --rw=randwrite --bs=16k --size=8M --numjobs=4
try "mapped reads" 120 job --rw=write --bs=64k --size=16M --verify_backlog=64
finish
