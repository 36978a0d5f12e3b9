#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: the modules build for i386, for arm64, and for kernels built by clang
# speed: full
# needs: source debian
# limit: 5400
#
# LT_CROSS_TREES names some of the trees (tests/machines/cross), default: all.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
LT_RESULTS=${LT_RESULTS:-$results/compat-cross}
mkdir -p "$LT_RESULTS"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
modules="net/lnet/lnet fs/lustre/lustre"

# t NAME COMMAND...: its output is shown when it fails
t() {
	local what=$1

	shift
	if "$@" >"$work/log" 2>&1; then
		echo "ok compat-cross: $what"
	else
		echo "not ok compat-cross: $what"
		tail -n 12 "$work/log"
	fi
}

# refused WHAT PATTERN COMMAND...: one line of error, with PATTERN in it
refused() {
	local what=$1 pattern=$2

	shift 2
	if "$@" >"$work/log" 2>&1; then
		echo "not ok compat-cross: $what: was accepted"
	elif grep -qE -- "$pattern" "$work/log" && [ "$(wc -l <"$work/log")" = 1 ]; then
		echo "ok compat-cross: $what"
	else
		echo "not ok compat-cross: $what"
		tail -n 12 "$work/log"
	fi
}

# i386's share of the compiler that is here: code is made, nothing is linked
# with the C library
makes_32_bits() {
	gcc -m32 -c -x c /dev/null -o "$work/empty.o" 2>/dev/null
}

# cross TREE WHAT READELF-PATTERN: builds; 0 if there is more to look at, and
# args are kcompat's for the tree
cross() {
	local name=$1 what=$2 pattern=$3 log=$LT_RESULTS/$1.log out=$work/$1 ko

	args=$("$top/tests/machines/cross" "$name" 2>"$log") || {
		echo "SKIP compat-cross: $what: $(tail -n 1 "$log")"
		return 1
	}
	# shellcheck disable=SC2086 # paths of the cache, without blanks
	if ! sh "$top/compat/kcompat" build $args --jobs "$jobs" \
		--source "$top/lnet:net/lnet" --source "$top/lustre:fs/lustre" \
		--include "$top/include" --config CONFIG_LNET=m \
		--config CONFIG_LUSTRE_FS=m --make-arg W=1 --out "$out" >"$log" 2>&1; then
		echo "not ok compat-cross: $what"
		tail -n 12 "$log"
		return 1
	fi
	if grep -E 'warning:|WARNING:' "$log"; then
		echo "not ok compat-cross: $what: warnings"
		return 1
	fi
	for ko in $modules; do
		if ! readelf -h "$out/stage/$ko.ko" | grep -qE "$pattern"; then
			echo "not ok compat-cross: $what: $ko.ko is for another machine"
			return 1
		fi
	done
	echo "ok compat-cross: $what: $(sed -n 's/^kcompat: //p' "$log" | head -n 1)"
}

# The answers do not depend on the compiler, or the machine.
same_answers() { # TREE EXPECTED
	sed -n 's/^probe //p' "$work/$1/answers" >"$work/probes"
	awk 'NR == FNR { got[$1] = $2; next }
		/^[A-Za-z]/ { n++; if (got[$1] != $2) { print $1, "is", got[$1], "not", $2; bad = 1 } }
		END { exit bad || n < 100 }' "$work/probes" "$top/tests/compat/expected/$2"
}

# every object by the kernel's compiler, as its own kbuild calls it
by_clang() { # TREE CC
	local out=$work/$1/stage ko n

	n=$(find "$out" -name '.*.o.cmd' | wc -l)
	[ "$n" -gt 100 ] || { echo "$n objects"; return 1; }
	find "$out" -name '.*.o.cmd' -exec grep -hE '^savedcmd_[^ ]*\.o := |^cmd_[^ ]*\.o := ' {} + |
		grep -E ' -c -o ' | grep -vE ":= $2 " && return 1
	for ko in $modules; do
		readelf -p .comment "$out/$ko.ko" >"$work/comment" || return 1
		grep -q 'clang version' "$work/comment" && ! grep -q 'GCC' "$work/comment" ||
			{ cat "$work/comment"; return 1; }
	done
}

kprobe() {
	sh "$top/autoconf/kprobe" "$@" --out "$work/x" "$top"/autoconf/probes/*.probes
}

plain_clang() {
	kprobe "$@" && grep -x "cc clang" "$work/x" && grep "^tools LD=ld.lld " "$work/x"
}

# mutant SED-EXPRESSION ARGS...: the answer of a prober that is broken so
mutant() {
	local edit=$1

	shift
	rm -rf "$work/autoconf" && cp -r "$top/autoconf" "$work/" &&
		sed -i "$edit" "$work/autoconf/kprobe" "$work/autoconf/probe-unit.awk" || return 0
	! diff -r "$top/autoconf" "$work/autoconf" >/dev/null || return 0
	# the last line alone: those before it are the compiler's
	sh "$work/autoconf/kprobe" "$@" --out "$work/x" \
		"$top"/autoconf/probes/*.probes 2>"$work/mutant" && return 0
	tail -n 1 "$work/mutant"
	return 1
}

# What a user sees whose tools are not the kernel's.
errors_clang() { # TREE CC
	local real=${args##* } obj=$work/obj cc=$2 v=${2#clang-} bin=$work/bin linux f

	linux=${args#--linux }
	linux=${linux%% *}
	# the object folder, with a configuration to edit; the commands that are
	# here, to take some away
	mkdir -p "$obj/include/config" "$bin"
	for f in "$real"/* "$real"/include/*; do
		case $f in
		*/include | */config) ;;
		"$real"/include/*) ln -s "$f" "$obj/include/" ;;
		*) ln -s "$f" "$obj/" ;;
		esac
	done
	cp "$real/include/config/auto.conf" "$obj/include/config/"
	ln -s /usr/bin/* "$bin/"
	rm -f "$bin"/ld.lld* "$bin"/clang*
	set -- --linux "$linux" --linux-obj "$obj"

	refused "canaries stop: clang stops at the first error" "every answer is void" \
		mutant 's/-ferror-limit=0/-ferror-limit=1/' "$@"
	refused "canaries stop: all warnings of clang off" "every answer is void" \
		mutant 's/-fsyntax-only "$_src"/-w &/' "$@"
	refused "canaries stop: exact types are not compared" "every answer is void" \
		mutant 's/__builtin_types_compatible_p(typeof(e), __VA_ARGS__)/1/' "$@"
	refused "gcc for a kernel built by clang" \
		"compiler mismatch: kernel .* was built by clang $v, gcc is gcc [0-9]+; install" \
		kprobe "$@" --cc gcc
	ln -s "/usr/bin/$cc" "$bin/"
	PATH=$bin refused "the kernel's linker is not installed" \
		"was linked by LLVM's ld.lld and there is no ld.lld-$v here: install it" \
		kprobe "$@"
	mv "$bin/$cc" "$bin/clang"
	ln -s "/usr/bin/ld.lld-$v" "$bin/ld.lld"
	PATH=$bin t "a clang without a number in its name is found" plain_clang "$@"
	sed -i 's/clang version [0-9]*/clang version 77/' "$obj/include/config/auto.conf"
	refused "the kernel's clang is not installed" \
		"was built by '.*clang version 77.*there is no clang-77 here: install it" \
		kprobe "$@"
}

clang() { # TREE WHAT EXPECTED
	local cc

	cross "$1" "$2" 'Machine: *Advanced Micro Devices X86-64' || return
	cc=$(sed -n 's/^cc //p' "$work/$1/answers")
	t "$2: kbuild called $cc alone" by_clang "$1" "$cc"
	t "$2: the answers are those that gcc gives" same_answers "$1" "$3"
	[ "$1" != clang-new ] || errors_clang "$1" "$cc"
}

gcc_kernel() { # a clang for a kernel that gcc built
	local args=$1 c

	for c in $(compgen -c clang- | grep -xE 'clang-[0-9]+') ; do
		# shellcheck disable=SC2086
		refused "$c for a kernel built by gcc" \
			"compiler mismatch: kernel .* was built by gcc [0-9]+, $c is clang ${c#clang-}; install" \
			kprobe $args --cc "$c"
		return
	done
	echo "SKIP compat-cross: clang for a kernel built by gcc: no clang here"
}

for tree in ${LT_CROSS_TREES:-i386-old i386-new arm64-new clang-old clang-new}; do
	case $tree in
	i386-*)
		if makes_32_bits; then
			cross "$tree" "i386, ${tree#*-}" 'Class: *ELF32'
		else
			echo "SKIP compat-cross: $tree: $(gcc -dumpmachine 2>/dev/null) gcc makes no code of 32 bits"
		fi
		;;
	arm64-new)
		if cross "$tree" "arm64, new" 'Machine: *AArch64'; then
			t "arm64, new: the answers are those of x86-64" \
				same_answers "$tree" mainline
			gcc_kernel "$args"
		fi
		;;
	clang-old) clang "$tree" "clang, old" 6.1 ;;
	clang-new) clang "$tree" "clang, new" mainline ;;
	*) die "no tree $tree" ;;
	esac
	rm -rf "${work:?}/$tree"
done
exit 0
