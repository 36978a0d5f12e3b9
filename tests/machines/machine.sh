# SPDX-License-Identifier: GPL-2.0-only
# What tests/machines/uml and tests/machines/qemu share.  Sourced by bash.
#
# A machine boots from this host's own root file system, read-only, with an
# overlay in memory on top: every program of the host is there, and nothing
# that a test does can reach the host.  One directory is shared: the results.
#
#   OUT/output       what the script printed      OUT/status   its exit status
#   OUT/console.log  the kernel's log             OUT/dmesg.bad  what is wrong in it
#   OUT/*.pcap ...   whatever the script left in its $LT_OUT

# shellcheck source=tests/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../lib.sh"

out=
limit=300
mem=2048
cpus=${LT_CPUS:-2}
shell=
dmesg_ok=
env_lines=
keep_quiet=
kernel=

machine_usage() {
	cat <<-USAGE
	usage: ${0##*/} [OPTION...] SCRIPT [ARGUMENT...]
	  --kernel NAME   ${kernels}
	  --out DIR       where results go (default: a fresh one in the cache)
	  --timeout S     seconds until the machine is killed (default $limit)
	  --mem MIB       memory (default $mem)
	  --cpus N        processors (default $cpus)
	  --env NAME=VAL  environment variable for SCRIPT; may be repeated
	  --quiet         do not copy the script's output to the terminal
	  --allow-dmesg   kernel warnings do not fail the run
	  --shell         a shell in the machine after SCRIPT
	SCRIPT runs as root in the booted machine; its status is this
	command's, unless the kernel complained or hung.
	USAGE
}

machine_args() {
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel) kernel=$2; shift ;;
		--out) out=$2; shift ;;
		--timeout) limit=$2; shift ;;
		--mem) mem=$2; shift ;;
		--cpus) cpus=$2; shift ;;
		--env) env_lines+="export ${2%%=*}=$(printf %q "${2#*=}")"$'\n'
			shift ;;
		--quiet) keep_quiet=1 ;;
		--allow-dmesg) dmesg_ok=1 ;;
		--shell) shell=1 ;;
		-h | --help) machine_usage; exit 0 ;;
		-*) machine_usage >&2; exit 2 ;;
		*) break ;;
		esac
		shift
	done
	[ $# -gt 0 ] || { machine_usage >&2; exit 2; }
	script=$(realpath -- "$1") || exit 2
	shift
	script_args=("$@")
	[ -f "$script" ] || die "no script $script"
	: "${out:=$results/${0##*/}-$(date +%H%M%S)-$$}"
	rm -rf "$out" && mkdir -p "$out" || die "cannot write to $out"
	out=$(realpath -- "$out")
}

# What the guest's init reads first.
machine_env() {
	{
		printf '%s' "$env_lines"
		printf 'export %s=%q\n' LT_TREE "$top" LT_CACHE "$cache" \
			LT_KERNEL "$kernel" LT_MACHINE "${0##*/}" \
			LT_TOOLS "$cache/tools" LT_MODULES "$modules"
		printf 'export lt_shell=%q\n' "$shell"
		printf 'lt_script=('
		printf '%q ' "$script" "${script_args[@]}"
		printf ')\n'
	} >"$out/env"
}

# Lines that must not be in a kernel log, whatever the test was.
dmesg_bad='BUG[: ]|WARNING[: ]|KASAN|KFENCE:|UBSAN|Oops|[Kk]ernel panic'
dmesg_bad+='|general protection|[Uu]nable to handle|Call Trace:'
dmesg_bad+='|INFO: (task|rcu|possible|suspicious|trying)|possible recursive'
dmesg_bad+='|circular locking|inconsistent lock|suspicious RCU|held lock'
dmesg_bad+='|sleeping function|scheduling while atomic|DEBUG_LOCKS'
dmesg_bad+='|blocked for more than|soft lockup|hard LOCKUP|detected stall'
dmesg_bad+='|[Oo]bjects remaining|still has objects|kmem_cache_destroy'
dmesg_bad+='|kmemleak:.*suspected|refcount_t:|ODEBUG|list_(add|del)'
dmesg_bad+='|corruption|[Pp]oison overwritten|Busy inodes|dentry .*still in use'
dmesg_bad+='|unregister_netdevice: waiting|workqueue lockup|hogged CPU'
dmesg_bad+='|Bad page|nonzero mapcount|double free|use-after-free'

# What only looks like a complaint.  kmemleak's own line counts what the kernel
# lost while booting, too: guest/kmemleak says which are of the run.
dmesg_fine='lockdep is turned|RCU lockdep'
dmesg_fine+='|kmemleak: [0-9]+ new suspected memory leaks'

# A kernel's own boot is not on trial (User Mode Linux with PROVE_RCU complains
# about its second processor): the log counts from the script's start on.  Where
# a test lets allocations fail, vmalloc() says so with a trace, which is no
# complaint.
machine_dmesg() {
	local log=$out/console.log

	tr -d '\r' <"$log" 2>/dev/null | awk '
		{ line[NR] = $0 }
		/machine: up, kernel/ && !from { from = NR }
		END {
			for (i = from ? from : 1; i <= NR; i++) {
				if (line[i] ~ /machine: allocations fail/)
					failing = line[i] ~ /from here$/
				if (failing && line[i] ~ /: vmalloc error: size/)
					said = i
				if (said && i < said + 10 &&
				    line[i] ~ /Call Trace:$/)
					said = 0
				else
					print i ":" line[i]
			}
		}' | grep -aE "$dmesg_bad" | grep -avE "$dmesg_fine" \
		>"$out/dmesg.bad"
	[ -s "$out/dmesg.bad" ]
}

# Exit status: the script's, or 90 killed at the time limit, 91 died without
# a status, 92 the kernel log has complaints.
machine_result() {
	local launched=$1 status

	status=$(cat "$out/status" 2>/dev/null)
	if [ "$launched" = 124 ] || [ "$launched" = 137 ]; then
		# what it says of being killed is not the reason
		say "${0##*/}: no end after $limit s, killed; last of the log:"
		tail -n 15 "$out/console.log" >&2
		if machine_dmesg; then
			say "${0##*/}: and complaints in it ($out/console.log):"
			head -n 40 "$out/dmesg.bad" >&2
		fi
		exit 90
	fi
	if machine_dmesg && [ -z "$dmesg_ok" ]; then
		say "${0##*/}: complaints in the kernel log ($out/console.log):"
		head -n 40 "$out/dmesg.bad" >&2
		exit 92
	fi
	if [ -z "$status" ]; then
		say "${0##*/}: the machine died; last of its log:"
		tail -n 30 "$out/console.log" >&2
		exit 91
	fi
	exit "$status"
}

# The script's output, to a file and (unless --quiet) to the terminal.
machine_tee() {
	if [ -n "$keep_quiet" ]; then
		tr -d '\r' >"$out/output"
	else
		tr -d '\r' | tee "$out/output"
	fi
}
