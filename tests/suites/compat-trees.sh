#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the modules build, clean in modpost, for every kernel tree below KTREES=
# speed: full
# needs: packages
# limit: 5400
#
# Trees of enterprise kernels are not to be had as Debian packages.  What is below
# KTREES (default: ktrees in the cache) may be plain sources: tests/machines/ktree
# makes build trees of them, as Documentation/compat.md tells.  A tree that has
# a file .chroot is built in the chroot of the Debian release named there.
#
# KMIRROR is a git directory of AlmaLinux's kernel sources with a branch for each
# release: trees that are missing are made of it, one after another, as alma-8.4;
# of the newest release of each kind the debug and the real-time configuration,
# too.  What each kernel answered is left with the results, as tests/compat/recorded
# --update takes it.
#
# LT_TREES names some of the trees, default: all.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
LT_RESULTS=${LT_RESULTS:-$results/compat-trees}
mkdir -p "$LT_RESULTS"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

build() { # TREE OUT
	local suite run=()

	suite=$(cat "$1/.chroot" 2>/dev/null)
	if [ -n "$suite" ]; then
		"$top/tests/machines/chroot" "$suite" gcc make || return 1
		run=("$top/tests/machines/chroot" --run "$suite" --bind "$top"
			--bind "$(realpath -- "$1")" --bind "$work" --)
	fi
	"${run[@]}" sh "$top/compat/kcompat" build --linux "$(realpath -- "$1")" \
		--source "$top/lnet:net/lnet" --source "$top/lustre:fs/lustre" \
		--include "$top/include" --config CONFIG_LNET=m \
		--config CONFIG_LUSTRE_FS=m --make-arg W=1 --out "$2"
}

# Those that speak of the source.  Before 5, the compiler of a Debian release is
# newer than the kernel: its objtool does not know how that compiler lays out
# unlikely code, and its module.h lacks an attribute for init_module().  W=1 asks
# there for -Wtype-limits, which mainline has put into W=2 since.
warnings() { # TREE LOG
	local known='^$'

	grep -q '^VERSION = 4$' "$1/Makefile" &&
		known='warning: objtool: .*(sibling call from callable instruction|falls through to next function)|^\./include/linux/module\.h:.*-Wmissing-attributes|\[-Wtype-limits\]'
	grep -E 'warning:|WARNING:' "$2" | grep -vE -- "$known"
}

# most lines that may be generated for a kernel
limit() { # RELEASE
	case $1 in
	4.*) echo 3000 ;;
	5.*) echo 2000 ;;
	6.[0-9].* | 6.10.* | 6.11.*) echo 900 ;;
	*) echo 400 ;;
	esac
}

# Which of the kernels that README.md names are not among the RELEASES?
missing() { # RELEASE...
	local name re

	while read -r re name; do
		printf '%s\n' "$@" | grep -qE "$re" ||
			echo "SKIP compat-trees: $name: no tree of it below KTREES=$KTREES"
	done <<-LIST
		^4\.18\. RHEL 8 (4.18.0)
		^5\.14\.0 RHEL 9 (5.14.0)
		^6\.12\. RHEL 10 (6.12.0)
		^5\.14\.21 SLES 15 SP5 (5.14.21)
		^6\.4\. SLES 15 SP6 and SP7 (6.4.0)
		^5\.15\. Ubuntu 22.04 (5.15)
		^6\.8\. Ubuntu 24.04 (6.8)
	LIST
}

seen=()
KTREES=${KTREES:-$cache/ktrees}
if [ ! -d "$KTREES" ] && [ -z "${KMIRROR:-}" ]; then
	echo "SKIP compat-trees: no folder of kernel trees (KTREES=)"
	exit 0
fi

# The releases of the mirror, and what there is of each
wanted() {
	local b last=

	for b in $(git --git-dir="$1" for-each-ref --format='%(refname:short)' refs/heads refs/tags |
		sed 's,.*/,,' | grep -xE '(8\.[3-9]|8\.10|9\.[0-9]+|1[0-9]\.[0-9]+)' | sort -uV); do
		[ "${last%.*}" = "${b%.*}" ] || flavours "$1" "$last"
		last=$b
		echo "$b"
	done
	flavours "$1" "$last"
}

flavours() { # MIRROR RELEASE
	local f

	[ -n "$2" ] || return 0
	for f in debug rt; do
		git --git-dir="$1" ls-tree -r --name-only "$2" |
			grep -qE "kernel-x86_64-$f(-rhel)?\.config$" && echo "$2 $f"
	done
}

if [ -n "${KMIRROR:-}" ]; then
	mkdir -p "$KTREES"
	while read -r release flavour; do
		name=alma-$release${flavour:+-$flavour}
		[ -d "$KTREES/$name" ] && continue
		[[ " ${LT_TREES:-$name} " = *" $name "* ]] || continue
		"$top/tests/machines/ktree" --from "$KMIRROR" "$release" --headers \
			${flavour:+--flavour "$flavour"} "$KTREES/$name" \
			>"$LT_RESULTS/$name.log" 2>&1 && continue
		echo "not ok compat-trees: $name: tests/machines/ktree"
		tail -n 12 "$LT_RESULTS/$name.log"
		rm -rf "${KTREES:?}/$name" "${KTREES:?}/$name.new"
	done < <(wanted "$KMIRROR")
fi

for tree in "$KTREES"/*/; do
	tree=${tree%/}
	name=${tree##*/}
	[ -f "$tree/Kconfig" ] || continue
	[[ " ${LT_TREES:-$name} " = *" $name "* ]] || continue
	seen+=("$(awk '/^(VERSION|PATCHLEVEL|SUBLEVEL) = / { r = r $3 "." }
		END { print r }' "$tree/Makefile")")
	log=$LT_RESULTS/$name.log
	if [ ! -s "$tree/Module.symvers" ] &&
		! "$top/tests/machines/ktree" "$tree" >"$log" 2>&1; then
		echo "not ok compat-trees: $name: tests/machines/ktree"
		tail -n 12 "$log"
		continue
	fi
	if ! build "$tree" "$work/$name" >"$log" 2>&1; then
		# a compiler that is not installed says nothing about the tree
		if grep -q 'there is no .* here: install it' "$log"; then
			echo "SKIP compat-trees: $name: $(tail -n 1 "$log")"
			continue
		fi
		echo "not ok compat-trees: $name"
		tail -n 12 "$log"
	elif warnings "$tree" "$log"; then
		echo "not ok compat-trees: $name: warnings"
	elif lines=$(awk -F '\t' '$1 == "total" { print $4 + 0 }' "$work/$name/gen/summary") &&
		release=$(sed -n 's/^kernel //p' "$work/$name/answers") &&
		[ "${lines:-99999}" -gt "$(limit "$release")" ]; then
		echo "not ok compat-trees: $name: $lines lines, above $(limit "$release")"
	else
		echo "ok compat-trees: $name: $(sed -n 's/^kcompat: //p' "$log" | head -n 1)"
	fi
	[ ! -s "$work/$name/answers" ] ||
		cp "$work/$name/answers" "$LT_RESULTS/$name.answers"
	if [ -s "$work/$name/gen/summary" ]; then
		mkdir -p "$work/all/$name/gen" &&
			cp "$work/$name/answers" "$work/all/$name/" &&
			cp "$work/$name/gen/summary" "$work/all/$name/gen/"
	fi
	rm -rf "$work/$name"
done
# the table: one line for each, then what each needs
[ ! -d "$work/all" ] || {
	sh "$top/compat/kcompat" report "$work"/all/* >"$LT_RESULTS/compat-trees.txt"
	sed '/^$/,$d;s/^/# /' "$LT_RESULTS/compat-trees.txt"
}
missing "${seen[@]}"
exit 0
