#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: attributes of many files: requests, and how many are in flight
# limit: 300

. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
srv_osts=2
srv_args="--stripe-count 1 --stripe-size 1M"
setup 2

here=$(dirname -- "$0")
n=${LT_STATS:-1000}
d=$c1/many

ctl() {
	lustre-testserver ctl --dir $srv_dir "$@"
}

# requests [OPCODE-NAME]: served since the last reset, but for pings
requests() {
	ctl stats | awk -v op=${1:-} '$2 != "OBD_PING" && (op == "" || $2 == op) {
		n += $3 } END { print n + 0 }'
}

# Everything forgotten, but the directory is known.
cold() {
	umount $c1
	do_mount c1 $c1
	stat $d >/dev/null
	ctl reset >/dev/null
}

# stat_of NAME: of asking ahead, on the first client
stat_of() {
	cat /sys/kernel/debug/lustre/$fsname-*/statahead_stats |
		awk -F ': ' -v name="$1" '$1 == name { n += $2 }
			END { print n + 0 }'
}

# at_most N WHAT: so many requests
at_most() {
	echo "# $2: $(requests) requests, $(requests MDS_BATCH) of them batches; $(ctl depth)" |
		tee -a $LT_OUT/depths
	[ "$(requests)" -le $1 ]
}

look() {
	cold
	python3 $here/statmany.py look $d $n $1
	at_most $2 "$n names, $1"
}

listing() {
	cold
	"$@" >/run/tmp/listing
	at_most $few "$*"
	[ "$(wc -l </run/tmp/listing)" -ge $n ]
}

# One request for each file, and a few: the reference needs 1053 for 1000.  What
# a walk costs before it is known to be one does not depend on their number.
few=$((n + n / 50 + 33))
python3 $here/statmany.py make $d $n
try "by number: one request for each file, and a few" 60 look count $few
try "sorted: the same" 60 look sorted $few
try "as listed, after a close: the same" 60 look listed $few
try "by inode number: the same" 60 look inode $few
# Two for each file, and next to nothing in vain
try "in no order: nothing is asked for in vain" 60 look random $((2 * n + n / 20))
try "ls -l" 60 listing ls -l $d
try "find that wants sizes" 60 listing find $d -size -100000

in_flight() {
	local most

	cold
	ctl fault late:101:-1:1000
	python3 $here/statmany.py look $d $n count
	ctl clear
	at_most $few "$n names, count, each 1 ms late"
	most=$(ctl depth | sed 's/.*most \([0-9]*\) .*/\1/')
	[ "$most" -gt 8 ]
}

created() {
	local most

	ctl reset
	ctl fault late:101:-1:500
	python3 $here/statmany.py sizes $c1/created $((n / 4))
	ctl clear
	at_most $((n + n / 10)) "$((n / 4)) files made and looked at, each 0.5 ms late"
	most=$(ctl depth | sed 's/.*most \([0-9]*\) .*/\1/')
	[ "$most" -gt 8 ]
	rm -r $c1/created
}

# Too many locks: the oldest go, which nobody has looked at for longest.  Each
# that is made is looked at as soon as all are made.
too_many() {
	local more=$((n / 2))

	cold
	in_ns c1 lctl set_param "ldlm.namespaces.*MDT*.lru_size=$((n + more / 2))"
	python3 $here/statmany.py look $d $n count
	python3 $here/statmany.py look $d $n count
	ctl reset
	python3 $here/statmany.py sizes $c1/created $more
	at_most $((3 * more + more / 10)) "$more files made and looked at, too many locks"
	in_ns c1 lctl set_param "ldlm.namespaces.*MDT*.lru_size=0"
	rm -r $c1/created
}

try "many sizes are in flight at a time" 60 in_flight
try "also of files that were just made" 60 created
try "the locks that go are the oldest" 60 too_many

figures() {
	local before

	cold
	before=$(stat_of hit_total)
	python3 $here/statmany.py look $d $n count
	[ $(($(stat_of hit_total) - before)) -gt $((n * 9 / 10)) ]
	[ "$(stat_of 'statahead total')" -gt 0 ]
	[ "$(stat_of 'agl total')" -gt 0 ]
	[ "$(stat_of fname_total)" -gt 0 ]
	# what is known is not asked for
	ctl reset
	python3 $here/statmany.py look $d $n count
	[ "$(requests)" -le 3 ]
}

limits() {
	local name

	for name in statahead_max statahead_min statahead_batch_max \
			statahead_running_max statahead_agl; do
		in_ns c1 lctl get_param "llite.*.$name"
	done
	must_fail "" in_ns c1 lctl set_param 'llite.*.statahead_batch_max=65'
	must_fail "" in_ns c1 lctl set_param 'llite.*.statahead_min=0'
	cold
	in_ns c1 lctl set_param 'llite.*.statahead_agl=0'
	python3 $here/statmany.py look $d $n count
	[ "$(stat_of 'agl total')" = 0 ]
	cold
	in_ns c1 lctl set_param 'llite.*.statahead_max=0'
	python3 $here/statmany.py look $d 100 count
	[ "$(requests MDS_BATCH)" = 0 ]
	[ "$(requests)" -ge 200 ]
	cold
	in_ns c1 lctl set_param 'llite.*.statahead_running_max=0'
	python3 $here/statmany.py look $d 100 count
	[ "$(requests MDS_BATCH)" = 0 ]
}

holes() {
	python3 $here/statmany.py remove $d $n
	cold
	python3 $here/statmany.py look $d $n holes
	# what was guessed wrong costs little
	at_most $((2 * n)) "$n names, holes"
	python3 $here/statmany.py refill $d $n
}

try "figures" 60 figures
try "limits" 60 limits
try "guesses that are wrong" 60 holes
try "what the other client does is seen" 60 \
	python3 $here/statmany.py follow $c1/follow $c2/follow

# A server that does not take batches by bulk is asked in small ones.
refused() {
	cold
	ctl fault zero:63:8
	python3 $here/statmany.py look $d $n count
	ctl clear
	[ "$(requests MDS_BATCH)" -gt $((n / 15)) ]
	at_most $((2 * n)) "$n names, no large batches"
}

# Answers that are broken, also those of large batches
hostile() {
	local kind

	for kind in truncate:63:3:40 truncate:63:3:4000 oversize:63:3:70000 \
			magic:63:3 buflen:63:3 result:63:3:-5 result:63:3:77 \
			garbage:63:3 status:63:3:-116 status:63:3:5 \
			drop-reply:63:1; do
		echo 2 >/proc/sys/vm/drop_caches
		ctl fault $kind
		python3 $here/statmany.py look $d 150 count
		ctl clear
	done
	# These may be believed, and nothing is sure then.
	for kind in $seed $((seed + 1)) $((seed + 2)) $((seed + 3)); do
		echo 2 >/proc/sys/vm/drop_caches
		ctl fault fuzz:63:8:$kind
		python3 $here/statmany.py look $d 150 count || true
		ctl clear
	done
	dmesg >/run/tmp/dmesg
	not grep -E "BUG|WARNING|KASAN|Oops" /run/tmp/dmesg
	cold
	python3 $here/statmany.py look $d 150 count
}

# The client is thrown out while answers are under way.
evicted() {
	local pid

	cold
	ctl fault delay:63:-1:700
	python3 $here/statmany.py look $d 200 count 2>/run/tmp/evicted &
	pid=$!
	sleep 1
	ctl evict all
	ctl clear
	# The one that finds out may fail.
	wait $pid || grep -qE "Errno (5|108|107|11|3)\b" /run/tmp/evicted
	python3 $here/statmany.py look $d 200 count
}

# It goes away while answers are under way.
gone() {
	local pid

	cold
	ctl fault delay:63:-1:1500
	ctl fault delay:101:20:1500
	python3 $here/statmany.py look $d 100 count >/dev/null 2>&1 &
	pid=$!
	sleep 1
	kill -KILL $pid
	wait $pid || true
	umount ${1:-} $c1
	ctl clear
	do_mount c1 $c1
	python3 $here/statmany.py look $d 100 count
}

try "a server that refuses large batches" 60 refused
dmesg --clear
try "answers that are broken" 100 hostile
try "an eviction with batches under way" 60 evicted
try "a umount with batches under way" 60 gone
try "a forced one" 60 gone -f

fail_some() {
	local round

	for round in 1 2 3; do
		cold
		inject $1 3 python3 $here/statmany.py fail $d $n
	done
	# all is well again
	python3 $here/statmany.py look $d $n count
}

if [ -d /sys/kernel/debug/failslab ]; then
	try "failing kmalloc" 100 fail_some /sys/kernel/debug/failslab
	try "failing page allocations" 100 \
		fail_some /sys/kernel/debug/fail_page_alloc
else
	skip "failing allocations" "this kernel has no failslab"
fi
finish
