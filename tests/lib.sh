# SPDX-License-Identifier: GPL-2.0-only
# Shared by the scripts of tests/ that run on the host.  Sourced by bash.

top=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cache=${LUSTRE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lustre-client}
ksrc=$cache/linux-7.3
jobs=$(nproc)
results=${LUSTRE_RESULTS:-$cache/results}
export LC_ALL=C

# The same source is built for many kernels, again and again: a cache in front
# of the compilers, where there is one (CCACHE_DISABLE=1: without).  What a
# compiler warned of is said again, too.
: "${CCACHE_DIR:=$cache/ccache}" "${CCACHE_MAXSIZE:=3G}"
export CCACHE_DIR CCACHE_MAXSIZE
use_ccache() {
	[ -x /usr/lib/ccache/gcc ] || return 0
	case :$PATH: in
	*:/usr/lib/ccache:*) ;;
	*) export PATH="/usr/lib/ccache:$PATH" ;;
	esac
}
use_ccache

say() {
	printf '%s\n' "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# have NAME...: are all these commands there?
have() {
	local c
	for c; do
		command -v "$c" >/dev/null 2>&1 || return 1
	done
}

# quietly LOG COMMAND...: output into LOG; its tail is shown on failure
quietly() {
	local log=$1
	shift
	mkdir -p "${log%/*}"
	if ! "$@" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		say "failed: $* (whole output: $log)"
		return 1
	fi
}

# locked NAME COMMAND...: one at a time, whatever started it
locked() {
	local name=$1
	shift
	mkdir -p "$cache/lock"
	(
		flock 9
		"$@" 9>&-
	) 9>"$cache/lock/$name"
}

# only_one NAME: the only one of its kind with these results, to the end of the
# program.  Children that may outlive it must not have the lock: 8>&-.
only_one() {
	mkdir -p "$results" || die "cannot write to $results"
	exec 8>>"$results/.${1##*/}"
	flock -n 8 || die "another $1 is running here (results in $results);" \
		"wait for its end, or set LUSTRE_RESULTS to another folder"
}

# What this run is on: the archive's kernels move, and processors differ.
machine_versions() {
	local f v

	v=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | sort | uniq -c |
		sed 's/^ *\([0-9]*\) /\1 x /' | paste -sd ,)
	echo "# processors: $v"
	[ -f "$ksrc/Makefile" ] && echo "# newest source: linux $(awk '
		/^(VERSION|PATCHLEVEL|SUBLEVEL) = / { v = v dot $3; dot = "." }
		/^EXTRAVERSION = ./ { v = v $3 }
		END { print v }' "$ksrc/Makefile")"
	for f in "$cache"/debian-*/release; do
		[ -f "$f" ] || continue
		v=${f%/release}
		echo "# stock kernel ${v##*/}: $(cat "$f")"
	done
	for f in "$cache"/rhel-*/made; do
		[ -f "$f" ] || continue
		v=${f%/made}
		echo "# kernel from source ${v##*/}: $(cat "$v/release")"
	done
}
