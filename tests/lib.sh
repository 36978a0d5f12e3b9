# SPDX-License-Identifier: GPL-2.0-only
# Shared by the scripts of tests/ that run on the host.  Sourced by bash.

top=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cache=${LUSTRE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lustre-client}
ksrc=$cache/linux-7.3
jobs=$(nproc)
results=${LUSTRE_RESULTS:-$cache/results}
export LC_ALL=C

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
