# SPDX-License-Identifier: GPL-2.0-only
# For the suites patchset and export.  Sourced by bash, after tests/lib.sh.

# t NAME COMMAND...: one test; the output is shown when it fails
t() {
	local t_name=$1
	shift
	if ("$@") >"$work/out" 2>&1; then
		echo "ok $suite: $t_name"
	else
		echo "not ok $suite: $t_name"
		tail -n 20 "$work/out"
	fi
}

# refused NAME STATUS TEXT COMMAND...: ends with STATUS and says TEXT
refused() {
	local t_name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >"$work/out" 2>&1
	rc=$?
	if [ $rc = "$want" ] && grep -qF -- "$text" "$work/out"; then
		echo "ok $suite: $t_name"
	else
		echo "not ok $suite: $t_name (status $rc, expected $want and \"$text\")"
		tail -n 20 "$work/out"
	fi
}

# same_tree A B: byte for byte, modes and links too
tree_sum() {
	(cd "$1" && find . -not -type d -printf '%P %m %l\n' | sort &&
		find . -type f -print0 | sort -z | xargs -0 sha1sum) | sha1sum
}

same_tree() {
	[ "$(tree_sum "$1")" = "$(tree_sum "$2")" ] && return
	diff -rq "$1" "$2" | head -n 5
	return 1
}

# fresh_copy TREE DIR: of one that tests/patchset/kernels made
fresh_copy() {
	rm -rf "$2" && cp -r "$1" "$2"
}
