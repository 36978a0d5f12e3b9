# SPDX-License-Identifier: GPL-2.0-only
# For the cases in this directory, which run as root inside a test machine.
# Sourced by bash.
#
# One bridge joins three network namespaces: srv with the test server, c1 and
# c2 with a client each (lnet keeps its state per namespace).  What crosses
# the bridge is captured into $LT_OUT/CASE.pcap.
#
#   try NAME SECONDS COMMAND...   one test: prints "ok NAME" or "not ok NAME"
#   skip NAME REASON              one that cannot run here
#   finish                        last line of a case: unmount, unload, look
#                                 for leftovers

set -u
export LC_ALL=C

fsname=lfs
srv_ip=192.0.2.1
srv_ip6=2001:db8::1
nid=$srv_ip@tcp
spec=$nid:/$fsname
srv_dir=/run/server
c1=/mnt/c1
c2=/mnt/c2
case_name=$(basename "$0" .sh)
capture_pid=
failures=0

# One seed for everything random in a run, printed so that it can be repeated.
seed=${LT_SEED:-1}

in_ns() {
	local ns=$1
	shift
	nsenter --net="/run/netns/$ns" -- "$@"
}

ok() {
	echo "ok $case_name: $1"
}

not_ok() {
	failures=$((failures + 1))
	echo "not ok $case_name: $1"
}

skip() {
	echo "SKIP $case_name: $1: $2"
}

# The blocked tasks' stacks go to the kernel log, where they fail the run too.
show_stuck() {
	echo "# still running after the limit:"
	ps -eo pid,stat,wchan:30,args | grep -v '\[' | tail -n 15 | sed 's/^/# /'
	echo w >/proc/sysrq-trigger 2>/dev/null
}

# try NAME SECONDS COMMAND...: COMMAND may be a function; it runs in a
# subshell with set -e.  Its output is shown when it fails.
try() {
	# twice as long on a machine that does other things, too
	local name=$1 limit=$(($2 * ${LT_SLOW:-1} * 2)) log=/run/tmp/try.log
	local pid rc alarm first start=$SECONDS
	shift 2

	mkdir -p /run/tmp
	(
		# a trace, to see where it stopped; not in what commands print
		exec 8>"$log.trace"
		BASH_XTRACEFD=8
		set -ex
		"$@"
	) >"$log" 2>&1 &
	pid=$!
	# No polling: a program started in a machine is dear.
	sleep $limit &
	alarm=$!
	wait -n -p first $pid $alarm
	rc=$?
	if [ "$first" = $alarm ]; then
		show_stuck
		pkill -KILL -P $pid
		kill -KILL $pid
		not_ok "$name (no end after $limit s)"
		sed 's/^/#   /' "$log" | tail -n 20
		return 1
	fi
	kill $alarm
	wait $alarm 2>/dev/null
	# where the time of a run goes
	[ $((SECONDS - start)) -lt 5 ] || echo "# $((SECONDS - start)) s:"
	if [ $rc = 0 ]; then
		ok "$name"
	else
		not_ok "$name (status $rc)"
		sed 's/^/#   /' "$log" | tail -n 20
		tail -n 4 "$log.trace" | cut -c 1-300 | sed 's/^/#   trace: /'
		return 1
	fi
}

# not COMMAND...: for "set -e", to which a plain "!" means nothing
not() {
	if "$@"; then
		echo "succeeded: $*"
		return 1
	fi
}

# must_fail ERRNO COMMAND...: fails, and says so with that errno's text
must_fail() {
	local want=$1 text
	shift
	if text=$("$@" 2>&1); then
		echo "succeeded: $*"
		return 1
	fi
	case $text in
	*"$want"*) return 0 ;;
	esac
	echo "wanted '$want', got '$text' from: $*"
	return 1
}

network() {
	local n=1 ns

	[ -d /sys/class/net/br0 ] && return
	ip link add br0 type bridge
	ip link set br0 up
	for ns in srv c1 c2; do
		ip netns add $ns
		ip link add eth0 netns $ns type veth peer name v$ns
		ip link set v$ns master br0 up
		ip -n $ns addr add 192.0.2.$n/24 dev eth0
		ip -n $ns -6 addr add 2001:db8::$n/64 dev eth0 nodad
		ip -n $ns link set eth0 up
		ip -n $ns link set lo up
		n=$((n + 10))
	done
}

capture() {
	[ -n "${LT_NO_PCAP:-}" ] && return
	tcpdump -i br0 -s 0 -B 16384 -U -w "$LT_OUT/$case_name${1:-}.pcap" \
		tcp 2>/run/tmp/tcpdump.log &
	capture_pid=$!
	sleep 1
}

capture_stop() {
	[ -n "$capture_pid" ] || return 0
	sleep 0.5
	kill -INT $capture_pid
	wait $capture_pid 2>/dev/null
	capture_pid=
}

# Tests run in subshells, so the pid is in a file.
server_pid() {
	cat /run/server.pid 2>/dev/null
}

# server_start [OPTION...]: for the test server; it keeps what $srv_dir holds
server_start() {
	local t=0

	# not by in_ns: the pid has to be the server's own
	nsenter --net=/run/netns/srv -- lustre-testserver --dir "$srv_dir" --fsname "$fsname" \
		--listen "[::]:988" \
		--mdts "${srv_mdts:-1}" --osts "${srv_osts:-2}" \
		--nid "$nid" --nid "$srv_ip6@tcp" \
		"$@" >>"$LT_OUT/$case_name.server.log" 2>&1 &
	echo $! >/run/server.pid
	until in_ns srv ss -Hltn 2>/dev/null | grep -q ':988 '; do
		kill -0 "$(server_pid)" 2>/dev/null || {
			echo "# the test server does not run:"
			tail -n 5 "$LT_OUT/$case_name.server.log" | sed 's/^/# /'
			return 1
		}
		t=$((t + 1))
		[ $t -lt 200 ] || return 1
		sleep 0.1
	done
}

server_stop() {
	local pid t=0

	pid=$(server_pid)
	[ -n "$pid" ] || return 0
	kill -s "${1:-TERM}" "$pid" 2>/dev/null || true
	while kill -0 "$pid" 2>/dev/null && [ $t -lt 100 ]; do
		# a child of some subshell stays as a zombie: as good as gone
		grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null && break
		sleep 0.1
		t=$((t + 1))
	done
	kill -KILL "$pid" 2>/dev/null || true
	rm -f /run/server.pid
}

# do_mount NS DIR [SPEC [OPTION...]]
do_mount() {
	local ns=$1 dir=$2 what=${3-$spec}
	shift 2
	[ $# -gt 0 ] && shift
	mkdir -p "$dir"
	in_ns "$ns" mount -t lustre "$@" "$what" "$dir"
}

# A server and one client, or two: what most cases begin with.
setup() {
	network
	capture
	if ! server_start ${srv_args:-}; then
		not_ok "test server starts"
		finish
	fi
	try "modules load" 60 modprobe lustre || finish
	try "mount" 60 do_mount c1 $c1 || finish
	[ "${1:-1}" = 1 ] ||
		try "second client mounts" 60 do_mount c2 $c2 || finish
}

drop_caches() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# inject DIR ODDS COMMAND...: allocations of a process that asks for it fail;
# those of kernel threads do not.
inject() {
	local dir=$1 odds=$2 rc=0
	shift 2

	echo 1 >$dir/interval
	echo -1 >$dir/times
	echo 0 >$dir/verbose
	echo Y >$dir/task-filter
	[ -e $dir/ignore-gfp-wait ] && echo N >$dir/ignore-gfp-wait
	echo "machine: allocations fail from here" >/dev/kmsg
	echo $odds >$dir/probability
	"$@" || rc=$?
	echo 0 >$dir/probability
	echo "machine: allocations fail no more" >/dev/kmsg
	return $rc
}

# until_ok COMMAND...: what the server does when clients have given up the locks
# that it asks them for; until it says "ok"
until_ok() {
	local i

	sync
	for i in $(seq 100); do
		"$@" | grep -q ok && return
		sleep 0.1
	done
	return 1
}

unmount_all() {
	local dir

	for dir in $(awk '$3 == "lustre" { print $2 }' /proc/mounts |
			sort -r); do
		umount "$dir" || return 1
	done
}

# Nothing that the client made may outlive it.
no_leftovers() {
	local ns text

	grep -q '^lustre ' /proc/modules && rmmod lustre
	rmmod lnet
	if [ -r /proc/slabinfo ]; then
		text=$(grep -iE '^(lustre|lnet|ptlrpc|ldlm)' /proc/slabinfo) || true
		[ -z "$text" ] || { echo "slab caches left: $text"; return 1; }
	fi
	text=$(ps -eo args | grep -E '^\[(kworker/R-)?(lustre|lnet|ptlrpc|ldlm|socknal)' || true)
	[ -z "$text" ] || { echo "threads left: $text"; return 1; }
	for ns in c1 c2; do
		text=$(in_ns $ns ss -Htn state established '( sport = :988 or dport = :988 )')
		[ -z "$text" ] || { echo "connections left: $text"; return 1; }
	done
	text=$(grep -E ' (lustre|lnet)' /proc/filesystems || true)
	[ -z "$text" ] || { echo "left: $text"; return 1; }
}

# What the test server refuses to take, see req_fatal() there
no_crashers() {
	local log=$LT_OUT/$case_name.server.log

	[ ! -e "$log" ] || not grep -E "would have (crashed|lost)|never does that" \
		"$log"
}

finish() {
	if [ -d /sys/class/net/br0 ]; then
		try "unmount" 60 unmount_all
		if grep -q '^lnet ' /proc/modules; then
			try "nothing left after unloading" 30 no_leftovers
		fi
		server_stop
		capture_stop
		try "nothing that a real server crashes on, or loses" 10 \
			no_crashers
	fi
	[ $failures = 0 ]
	exit $?
}
