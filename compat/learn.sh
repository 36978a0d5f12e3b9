# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# learn.sh - the verb "learn" of kcompat, which sources this file
#
# A round is a build with the shims that there are; what it lacks by name is looked
# up in the newer tree.  A macro, an inline function, a type or a constant becomes
# a shim in the user's folder, whose own needs the next round looks at.  Rounds end
# when the build passes or nothing more can be learnt.
#
# $state holds a line for each name: NAME learnt|failed WHAT.

rounds_max=16

learnt() { grep -q '^ \* learnt: ' "$1"; }
known() { grep -q "^$1 " "$state"; }
state_of() { sed -n "s/^$1 //p" "$state" | tail -n 1; }

failed() { # NAME WHY
	echo "$1 failed $2" >>"$state"
	say "$1: $2"
}

learn_check() {
	[ -n "$from" ] || die "--from is missing: the newer kernel's source tree"
	[ -n "$shims" ] || die "--shims is missing: the folder for what is learnt"
	shimdir=${shims%"$nl"}
	case $shimdir in
	*"$nl"*) die "learn writes into one folder: --shims is given more than once" ;;
	esac
	[ -f "$from/include/linux/kernel.h" ] && [ -f "$from/Makefile" ] ||
		die "no kernel source tree in $from (--from)"
	from=$(cd -- "$from" && pwd) || exit 1
	odd_path "$from"
	[ -n "$linux" ] || die "--linux is missing"
	[ -z "$answers" ] || die "--answers is not for learn: it builds for a kernel that is there"
	[ -n "$sources" ] || die "--source is missing"
	[ -w "$shimdir" ] || die "cannot write to $shimdir (--shims)"
	version=$(awk '$1 == "VERSION" && $2 == "=" { v = $3 } $1 == "PATCHLEVEL" { print v "." $3; exit }' "$from/Makefile")
	if [ -z "$out" ]; then
		out=$(mktemp -d "${TMPDIR:-/tmp}/kcompat-learn.XXXXXX") || exit 1
		trap 'rm -rf "$out"' EXIT
		trap 'exit 1' HUP INT TERM
	fi
	mkdir -p "$out" && out=$(cd -- "$out" && pwd) && [ -w "$out" ] || die "cannot write to $out"
	state=$out/learn.state
	: >"$state"
}

# All headers of the newer tree that the sources include there, directly or not: a
# common name may be in others, too, with another meaning.
reach() {
	_a=$(answer arch)
	[ "$_a" != native ] || _a=$(uname -m)
	case $_a in x86_64 | i?86) _a=x86 ;; aarch64) _a=arm64 ;; ppc64*) _a=powerpc ;; riscv*) _a=riscv ;; esac
	awk -v from="$from" -v arch="$_a" -F '\t' '
		BEGIN {
			add("linux/kconfig.h")
			add("linux/compiler_types.h")
		}
		function there(f,    l, r) {
			r = (getline l < (from "/" f)) >= 0
			close(from "/" f)
			return r
		}
		function add(h,    i, f) {
			if (h in done)
				return
			done[h] = 1
			nf = split("include/" h " include/uapi/" h " arch/" arch "/include/" h " arch/" arch "/include/uapi/" h, f, " ")
			if (h ~ /^asm\//)
				nf = split("arch/" arch "/include/" h " arch/" arch "/include/uapi/" h " include/asm-generic" substr(h, 4) " include/uapi/asm-generic" substr(h, 4), f, " ")
			for (i = 1; i <= nf; i++)
				if (there(f[i]))
					queue[++n] = f[i]
		}
		$1 == "I" { add($2) }
		END {
			for (k = 1; k <= n; k++) {
				print queue[k]
				f = from "/" queue[k]
				while ((getline l < f) > 0)
					if (l ~ /^[ \t]*#[ \t]*include[ \t]*[<"]/) {
						sub(/^[^<"]*[<"]/, "", l)
						sub(/[>"].*/, "", l)
						add(l)
					}
				close(f)
			}
		}' "$out/scan" >"$out/reach"
}

# Where the code of a function of the kernel's core is: FILE:LINE, nothing if it is
# not found.
code_of() { # NAME
	for _d in 'fs/*.c' 'mm/*.c' 'kernel/*.c lib/*.c' 'net/core/*.c block/*.c' \
		fs mm kernel lib net block security crypto drivers; do
		# shellcheck disable=SC2086 # patterns
		_l=$(cd "$from" && grep -rnE --include='*.c' "^([A-Za-z_][^=;]*[^A-Za-z0-9_;=(])?$1(\(|,.*\)$|\)$)" $_d /dev/null 2>/dev/null |
			grep -vE ";[[:space:]]*$" | head -n 1 | cut -d: -f1,2)
		[ -z "$_l" ] || { echo "$_l"; return; }
	done
	# a variable
	(cd "$from" && grep -rnE "^EXPORT_SYMBOL[A-Z_]*\($1[,)]" kernel fs mm lib net block 2>/dev/null) |
		head -n 1 | cut -d: -f1,2
}

needs_core() { # NAME [WHERE DECLARED]
	_c=$(code_of "$1")
	case ${_c:-$2} in
	fs/*/*) _a=${_c%/*} ;;
	fs/* | */fs.h:* | */fs/*) _a=vfs ;;
	*/linux/mm*) _a=mm ;;
	include/*) _a=kernel ;;
	net/*) _a=network ;;
	*) _a=${_c%%/*} ;;
	esac
	failed "$1" "needs $_a code: cannot be given by headers (${_c:-declared in $2})"
}

has_word() { # WORD...: does this kernel have one of them in its headers?
	for _w; do
		set -- "$@" -e "$_w"
		shift
	done
	grep -rqwF "$@" "$(answer linux)/include" \
		$(sed -n 's/^include[ \t]*\([^ ]*\)\/Makefile$/\1\/include/p' "$obj/Makefile") 2>/dev/null
}

# Finds NAME in the newer tree: $out/found, as learn.awk writes it.
look_up() { # NAME
	_f=$(cd "$from" && xargs grep -lwF -e "$1" <"$out/reach" 2>/dev/null)
	# shellcheck disable=SC2086 # names of headers have no blanks
	[ -z "$_f" ] || (cd "$from" && awk -v name="$1" -f "$here/learn.awk" $_f) >"$out/found" || exit 1
	[ -n "$_f" ] && [ -s "$out/found" ] && return
	case $1 in *_*) ;; *) : >"$out/found"; return ;; esac
	_f=$(cd "$from" && xargs grep -lE '##.*[^=!<>]=[^=]' <"$out/reach" 2>/dev/null)
	: >"$out/found"
	# shellcheck disable=SC2086
	[ -z "$_f" ] || (cd "$from" && awk -v name="$1" -v pasted=1 -f "$here/learn.awk" $_f) >"$out/found" || exit 1
}

# One name into the folder.  Fails when it cannot be had.
learn_name() { # NAME [WANTED BY]
	known "$1" && return 1
	_file=$shimdir/$1.h
	# with others of its enumeration, just now
	_o=$(awk -v n="$1" 'FNR == 1 { on = 0 } /^ \* names: / { on = 1 } /^ \* header: / { on = 0 }
		on { for (i = 1; i <= NF; i++) if ($i == n) { print FILENAME; exit } }' \
		$(sed -n "s,^\([A-Za-z_0-9]*\) learnt .*,$shimdir/\1.h,p" "$state") /dev/null)
	[ -z "$_o" ] || { echo "$1 with ${_o##*/}" >>"$state"; return 1; }
	if [ -f "$_file" ] && ! learnt "$_file"; then
		failed "$1" "is lacking, and $_file is not a learnt shim (no 'learnt:' line): left as it is"
		return 1
	fi
	if [ -f "$here/shims/$1.h" ]; then
		failed "$1" "is lacking though compat/shims/$1.h is there: that shim does not fit this source"
		return 1
	fi
	look_up "$1"
	IFS="$(printf '\t')" read -r kind where line names <"$out/found" || kind=
	case $kind in
	'')
		_c=$(code_of "$1")
		[ -z "$_c" ] || { needs_core "$1"; return 1; }
		failed "$1" "is not defined in the headers of $version that this source includes"
		return 1
		;;
	core) needs_core "$1" "$where:$line"; return 1 ;;
	esac
	_how="learnt"
	[ ! -f "$_file" ] || _how="learnt anew"
	write_shim "$1" || die "cannot write $_file"
	echo "$1 learnt $kind $where:$line" >>"$state"
	say "$1: $_how from $where:$line ($kind)${2:+, for $2}"
	[ -z "$judge" ] || say "$1: $judge"
}

# The names, unless and note of what was found; the text goes to $out/text.
prepare() { # NAME
	_tab=$(printf '\t')
	# read has taken empty fields off the end
	names=$names$_tab
	_rest=${names#*"$_tab"} names=${names%%"$_tab"*}
	tag=${_rest%%"$_tab"*} ctype=
	case $_rest in *"$_tab"*) ctype=${_rest#*"$_tab"} ctype=${ctype%%"$_tab"*} ;; esac
	unless=name:$1 judge=
	sed 1d "$out/found" >"$out/text"
	case $kind in
	type) [ -z "$ctype" ] || unless=$ctype:$1 ;;
	constant)
		# the whole enumeration if nothing of it is here
		_others=$(printf '%s\n' "$names" | tr ' ' '\n' | grep -vxF "$1")
		# shellcheck disable=SC2086
		if [ -n "$_others" ] && ! has_word ${tag:+"$tag"} $_others; then
			sed '1,/^@whole$/d' "$out/text" >"$out/text.new"
			names="$names${tag:+ $tag}"
		else
			sed '/^@whole$/,$d' "$out/text" >"$out/text.new"
			names=$1
			judge="the value is that of the newer kernel: does this kernel's code know it?"
		fi
		mv "$out/text.new" "$out/text"
		;;
	esac
}

# a header comment's field, in lines of 78
field() { # KEY TEXT
	printf '%s\n' "$1: $2" | fold -s -w 72 | sed '1s/^/ * /;2,$s/^/ *	/;s/[ \t]*$//'
}

write_shim() { # NAME
	prepare "$1"
	_h=${where#include/}
	case $_h in arch/*) _h=${_h#arch/*/include/} ;; esac
	_h=${_h#uapi/}
	_incs=$(sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\([a-z0-9_]*\/[A-Za-z0-9_\/.-]*\)>.*/\1/p' "$from/$where" |
		grep -vE '^(trace|generated|asm)/' | tr '\n' ' ')
	shim_text "$1" '' >"$out/shim.h"
	_needs=$(awk -v shims=1 -f "$here/names.awk" "$out/shim.h" | cut -f2 |
		grep -vE '^(__builtin_.*|__auto_type|_Generic|__attribute__|_Pragma|__typeof_unqual__|asm|__asm__|KBUILD_MODNAME|__func__|__FILE__|__LINE__)$' |
		sort -u | tr '\n' ' ')
	shim_text "$1" "$_needs" >"$out/shim.h" && cp "$out/shim.h" "$_file"
}

shim_text() { # NAME NEEDS
	_l=$(sed -n '1s,.*SPDX-License-Identifier: *\([^*]*[^* ]\).*,\1,p' "$from/$where")
	echo "/* SPDX-License-Identifier: ${_l:-GPL-2.0} */"
	echo "/*"
	echo " * shim: $1"
	field names "$names"
	echo " * header: $_h"
	echo " * learnt: Linux $version, $where:$line ($kind)"
	echo " * upstream: v$version or earlier"
	echo " * unless: $unless"
	field include "$_h $_incs"
	[ -z "$2" ] || field needs "$2"
	echo " * place: late"
	echo " *"
	echo " * note: Copied by kcompat learn as it stands there: read it, and what it builds on,"
	echo " *	before it is used${judge:+;
 *	$judge}"
	echo " */"
	cat "$out/text"
}

# A learnt shim that cannot be used is taken back.
take_back() { # NAME WHY
	rm -f "$shimdir/$1.h"
	failed "$1" "$2"
}

# Is this shim of ours?
ours() { [ -f "$shimdir/$1.h" ] && learnt "$shimdir/$1.h"; }

# "shim X (linux/x.h)" and a name that it needs
shim_needs() {
	progress=
	while IFS="$(printf '\t')" read -r _who _name; do
		_w=${_who#shim } _w=${_w%% *}
		if ! ours "$_w"; then
			say "$_who needs $_name"
			continue
		fi
		known "$_name" || learn_name "$_name" "$_w" || :
		case $(state_of "$_name") in
		failed*)
			ours "$_w" && take_back "$_w" "needs $_name: $(state_of "$_name" | sed 's/^failed //')"
			;;
		esac
		progress=1
	done <"$1"
	[ -n "$progress" ]
}

# The generated set did not compile: PROOF.WHY names shims.
shim_errors() {
	progress=
	sed -n 's/^kcompat: kernel [^ ]*: shim \([^ ]*\) ([^)]*) does not compile here: /\1 /p
		s/^kcompat: kernel [^ ]*: shim \([^ ]*\) ([^)]*) needs \([^ ,]*\), which.*/\1 @export \2/p' \
		"$1" >"$out/shim.errors"
	while read -r _w _why; do
		ours "$_w" || continue
		case $_why in
		@export*) _why="needs ${_why#@export }, which this kernel does not export" ;;
		*) _why="does not compile on this kernel: $_why" ;;
		esac
		take_back "$_w" "$_why"
		progress=1
	done <"$out/shim.errors"
	[ -n "$progress" ]
}

# <linux/x.h>: one that belongs to the source comes along
own_header() { # HEADER
	known "<$1>" && return 1
	for _i in include include/uapi; do
		[ -f "$from/$_i/$1" ] || continue
		echo "<$1> learnt header" >>"$state"
		say "<$1>: this kernel has none; taken along: --source $from/$_i/$1:$_i/$1"
		along="$along --source $from/$_i/$1:$_i/$1"
		sources=$sources$from/$_i/$1:$_i/$1$nl
		return 0
	done
	failed "<$1>" "is not in $from/include either"
	return 1
}

# What the compiler and modpost missed.
build_lacks() {
	progress=
	lacking "$out/build.log" >"$out/lacking"
	sed -n 's/^kcompat: this kernel lacks the \(.*\) ([0-9]* times)$/\1/p' "$out/lacking" >"$out/lacks"
	while read -r _kind _name; do
		case $_kind in
		header) ! own_header "$_name" || progress=1; continue ;;
		form)
			_name=${_name#of }
			known "$_name" || failed "$_name" "this kernel has it in another form: a shim is to be written by hand"
			continue
			;;
		member)
			# of a structure that this kernel does not know at all?
			_s=${_name%%.*}
			if ! has_word "$_s"; then
				! learn_name "$_s" || progress=1
				continue
			fi
			known "$_name" || failed "$_name" "a member of a structure of this kernel: cannot be given by headers"
			continue
			;;
		esac
		case $(state_of "$_name") in
		learnt*)
			take_back "$_name" "was learnt and is lacking still: it means something else here"
			progress=1
			;;
		esac
		! learn_name "$_name" || progress=1
	done <"$out/lacks"
	[ -n "$progress" ]
}

learn_end() { # BUILDS
	_n=$(grep -c ' learnt ' "$state")
	for _f in $(sed -n 's/^\([^<][^ ]*\) learnt .*/\1/p' "$state"); do
		ours "$_f" || _n=$((_n - 1))
	done
	if [ -n "$1" ]; then
		say "$(answer kernel): builds with $_n learnt name(s) in $shimdir: read them, then build with --shims $shimdir$along"
		return 0
	fi
	[ -s "$state" ] || [ ! -f "$out/build.log" ] || grep -E 'error' "$out/build.log" | sed '5q;s/^/    /' >&2
	die "$(answer kernel): does not build: $(grep -c ' failed ' "$state") name(s) cannot be learnt, $_n learnt"
}

do_learn() {
	learn_check
	along=
	_keep=$makeargs
	makeargs=$makeargs-k$nl
	_round=0
	while [ $_round -lt $rounds_max ]; do
		_round=$((_round + 1))
		rm -f "$out/proof.why" "$out/build.log" "$out/build.failed"
		rm -rf "$out/gen.new"
		if (do_build) >"$out/learn.log" 2>&1; then
			learn_end yes
			return
		fi
		[ -f "$out/scan" ] && [ -s "$out/answers" ] ||
			{ tail -n 3 "$out/learn.log" >&2; exit 1; }
		obj=$(answer obj)
		reach
		if [ -f "$out/build.failed" ]; then
			build_lacks || break
		elif [ -s "$out/gen.new/unknown" ]; then
			grep '^kcompat: ' "$out/learn.log" >&2
			die "callbacks are not learnt: they need rules (Documentation/compat.md)"
		elif [ -s "$out/gen.new/lacking" ]; then
			shim_needs "$out/gen.new/lacking" || break
		elif [ -s "$out/proof.why" ]; then
			shim_errors "$out/proof.why" || { cat "$out/learn.log" >&2; exit 1; }
		else
			tail -n 5 "$out/learn.log" >&2
			exit 1
		fi
	done
	learn_end ''
}
