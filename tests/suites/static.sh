#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: source gates: pristine, include direction, checkpatch, sparse, W=1, sizes, kernel-doc
# speed: fast
# needs: source uml-kasan
# limit: 1500

set -u
. "$(dirname -- "$0")/../lib.sh"
cd "$top" || exit 1
work=${LT_RESULTS:-$(mktemp -d)}
mkdir -p "$work"

mapfile -t kernel_files < <(find lnet lustre include -name '*.[ch]' \
	! -name '*.mod.c' 2>/dev/null | sort)
mapfile -t c_files < <(printf '%s\n' "${kernel_files[@]}" | grep '\.c$')
[ ${#c_files[@]} -gt 0 ] || { echo "not ok static: no source"; exit 1; }

# verdict NAME FILE: the gate passes when FILE is empty
verdict() {
	if [ -s "$2" ]; then
		echo "not ok static: $1 ($(wc -l <"$2"))"
		head -n "${LT_STATIC_LINES:-25}" "$2"
	else
		echo "ok static: $1"
	fi
}

gate_pristine() {
	grep -rnE --include='*.[chS]' --include='Kconfig*' --include=Makefile \
		-e 'LINUX_VERSION_CODE|KERNEL_VERSION[[:space:]]*\(|RHEL_RELEASE|UTS_UBUNTU' \
		-e '\bHAVE_[A-Z0-9_]+' -e '#[[:space:]]*include.*(config|autoconf|compat[a-z_]*)\.h' \
		-e '#[[:space:]]*include.*compat/' -e '^[[:space:]]*#[[:space:]]*if[[:space:]]+0' \
		lnet lustre include |
		# but what the kernel has for programs of 32 bits
		grep -v '<linux/compat\.h>$' >"$work/pristine"
	verdict "nothing about other kernels in the source" "$work/pristine"
	# What kbuild of a mainline tree would have, and no more.
	find lnet lustre -type f ! -name '*.[ch]' ! -name Makefile \
		! -name 'Kconfig*' ! -name '.kunitconfig' >"$work/strangers"
	verdict "lnet/ and lustre/ hold sources, Kconfig and Makefiles only" \
		"$work/strangers"
}

gate_spdx() {
	local f first

	for f in "${kernel_files[@]}"; do
		first=$(head -n 1 "$f")
		case $f:$first in
		include/uapi/*:"/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */" | \
		include/uapi/*:"/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note)"* | \
		*.c:"// SPDX-License-Identifier: GPL-2.0-only" | \
		lnet/*.h:"/* SPDX-License-Identifier: GPL-2.0-only */" | \
		lustre/*.h:"/* SPDX-License-Identifier: GPL-2.0-only */" | \
		include/net/*.h:"/* SPDX-License-Identifier: GPL-2.0-only */" | \
		include/trace/*.h:"/* SPDX-License-Identifier: GPL-2.0-only */") ;;
		*)
			# netlink code from the YAML specification
			sed -n 2,4p "$f" | grep -q 'auto-generated' ||
				echo "$f: $first"
			;;
		esac
	done >"$work/spdx"
	for f in $(find Documentation/filesystems -name '*.rst'); do
		[ "$(head -n 1 "$f")" = ".. SPDX-License-Identifier: GPL-2.0-only" ] ||
			echo "$f"
	done >>"$work/spdx"
	verdict "SPDX line first in every file" "$work/spdx"
}

# A header of ours says itself that a type is a struct: those that old kernels get
# from a shim are not declared by whatever declares them on new ones.
gate_declared() {
	local f name

	sed -n 's/^struct \([a-z0-9_]*\) {$/\1/p' compat/shims/*.h | sort -u |
		grep -v '^kcompat_' >"$work/shim-structs"
	while read -r name; do
		for f in $(grep -lE "struct $name (__rcu )?\*" \
				$(find lnet lustre include -name '*.h' ! -path '*/trace/*')); do
			grep -qE "^struct $name( \{|;)$|^#include <linux/$name\.h>" "$f" ||
				echo "$f: struct $name"
		done
	done <"$work/shim-structs" >"$work/declared"
	verdict "headers declare the structs that shims make" "$work/declared"
}

# A room may include its own headers and those of the rooms below it.
gate_direction() {
	awk '
	function room(path,	n, p) {
		n = split(path, p, "/")
		return n > 2 ? p[2] : "vfs"
	}
	BEGIN {
		level["ptlrpc"] = 1; level["layout"] = 1; level["ldlm"] = 2
		level["mgc"] = 3; level["osc"] = 3; level["mdc"] = 4
		level["vfs"] = 5; level["tests"] = 9
	}
	match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
		inc = $0
		sub(/^[^"]*"/, "", inc)
		sub(/".*/, "", inc)
		if (FILENAME ~ /^lnet\//) {
			if (inc ~ /^(lustre|\.\.\/lustre|ptlrpc|ldlm|osc|mdc)/)
				print FILENAME ":" FNR ": lnet includes " inc
			next
		}
		me = room(FILENAME)
		if (me == "tests")
			next
		if (inc ~ /lnet\//)
			print FILENAME ":" FNR ": a private header of lnet: " inc
		if (inc ~ /^\.\.\//)
			print FILENAME ":" FNR ": not from the top of lustre/: " inc
		if (inc !~ /\//) {
			# Of the top: the wire and FIDs belong to everybody.
			if (me != "vfs" && inc !~ /^(wire[a-z_]*|fid)\.h$/ &&
			    system("test -e lustre/" me "/" inc) != 0)
				print FILENAME ":" FNR ": header of the VFS room: " inc
			next
		}
		other = inc
		sub(/\/.*/, "", other)
		if (other == me)
			next
		if (!(other in level))
			print FILENAME ":" FNR ": unknown room: " inc
		else if (level[other] >= level[me])
			print FILENAME ":" FNR ": " me " is not above " other ": " inc
		else if (inc ~ /internal\.h$/)
			print FILENAME ":" FNR ": private header of " other
	}' $(find lnet lustre -name '*.[ch]' ! -name '*.mod.c') >"$work/direction"
	verdict "includes go one way down the rooms" "$work/direction"
}

gate_words() {
	grep -nE '\b(BUG|BUG_ON|VM_BUG_ON|panic)[[:space:]]*\(' \
		"${kernel_files[@]}" >"$work/bug"
	verdict "no BUG, BUG_ON or panic" "$work/bug"
	grep -nE 'kthread_(run|create)|proc_create|proc_mkdir' \
		"${kernel_files[@]}" >"$work/threads"
	verdict "no threads of our own, nothing in /proc" "$work/threads"
	grep -nE '\(lead\)|edited by|\b(vfs|mdc|osc|mgc|ldlm|ptlrpc|lnet) owner' \
		"${kernel_files[@]}" >"$work/who"
	verdict "nothing about who wrote what" "$work/who"
}

# What checkpatch said of a file it would say again, so it is kept, by what the
# file and the script are: most of a tree did not change since the last run.
gate_checkpatch() {
	local kept=$cache/static/checkpatch script=$ksrc/scripts/checkpatch.pl key

	mkdir -p "$kept"
	find "$kept" -type f -mtime +30 -delete
	key=$(cat "$script" "$ksrc"/scripts/{spelling.txt,const_structs.checkpatch} \
		tests/suites/static.sh | sha256sum | cut -c 1-16)
	sha256sum "${kernel_files[@]}" |
		awk -v dir="$kept/$key" '{
			name = $2
			gsub("/", ",", name)
			print $2, dir "-" substr($1, 1, 32) "-" name
		}' >"$work/checkpatch.files"
	while read -r f said; do
		[ -e "$said" ] || echo "$f $said"
	done <"$work/checkpatch.files" |
		xargs -r -P "$jobs" -n 2 sh -c '
			perl "$1" --root="$0" --strict --terse --no-summary \
				--showfile --show-types --no-signoff -f "$2" \
				>"$3.new" 2>&1
			# it ends with 1 when it has something to say
			[ $? -gt 1 ] || mv "$3.new" "$3"' "$ksrc" "$script"
	while read -r f said; do
		cat "$said" || echo "$f:0: ERROR: checkpatch failed"
	done <"$work/checkpatch.files" 2>&1 |
		grep -E ': (ERROR|WARNING|CHECK):' |
		grep -vE 'CHECK:CAMELCASE:.*<Opt_|^[^:]*_gen\.[ch]:' |
		grep -vE '^include/trace/events/[a-z_]*\.h:' |
		grep -vE '^lustre/flock\.c:.*WARNING:ENOSYS:' |
		grep -vE '^lustre/sysfs\.c:.*CHECK:MACRO_ARG_REUSE:' |
		sort >"$work/checkpatch"
	verdict "checkpatch --strict" "$work/checkpatch"
}

# Does sparse see anything at all in this set-up?  kbuild may skip it silently.
planted_sparse() {
	local dir=$1/planted

	mkdir -p "$dir"
	echo 'obj-m := planted.o' >"$dir/Kbuild"
	cat >"$dir/planted.c" <<-'C'
	// SPDX-License-Identifier: GPL-2.0-only
	#include <linux/module.h>
	static __le32 planted;
	static int __init planted_init(void)
	{
		planted = jiffies;
		return 0;
	}
	module_init(planted_init);
	MODULE_LICENSE("GPL");
	MODULE_DESCRIPTION("a wrong assignment for sparse");
	C
	rm -rf "$dir/out"
	make -C "$cache/uml-kasan" ARCH=um M="$dir" MO="$dir/out" \
		KBUILD_MODPOST_WARN=1 C=2 CHECK="$2" modules \
		>"$work/planted-sparse" 2>&1
	if grep -q 'planted.c.*incorrect type in assignment' \
		"$work/planted-sparse"; then
		echo "ok static: sparse reports a planted error"
	else
		echo "not ok static: sparse reports a planted error"
		tail -n 5 "$work/planted-sparse"
	fi
}

# Both modules once more, outside the tree, with all of gcc's W=1 warnings and
# with sparse; only what names our files counts.
gate_compile() {
	local d obj=$cache/static rc=0
	# Its gcc emulation is older than the kernel's needs.
	local sparse='sparse -D__typeof_unqual__=__typeof__ "-D__builtin_strlen(x)=(sizeof(x)-1)"'

	planted_sparse "$obj" "$sparse"

	for d in lnet lustre; do
		rm -rf "${obj:?}/$d"
		mkdir -p "$obj/$d"
		make -k -j"$jobs" -C "$cache/uml-kasan" ARCH=um M="$top/$d" \
			MO="$obj/$d" CONFIG_LNET=m CONFIG_LUSTRE_FS=m \
			CONFIG_LNET_KUNIT_TEST=m CONFIG_LUSTRE_FS_KUNIT_TEST=m \
			NOSTDINC_FLAGS="-nostdinc -I$top/include -I$top/include/uapi" \
			KBUILD_MODPOST_WARN=1 W=1 C=2 CHECK="$sparse" \
			>"$work/compile-$d" 2>&1 || rc=1
	done
	if [ $rc = 0 ]; then
		echo "ok static: both modules compile on their own"
	else
		echo "not ok static: both modules compile on their own"
		grep -hE 'error|Error' "$work"/compile-* | head -n 20
	fi
	sed -e "s,$top/,," "$work"/compile-l* >"$work/compile"
	grep -E '^(lnet|lustre|include)/[^:]*:[0-9]+:[0-9]+: (sparse: )?(warning|error): .*\[-W|^(lnet|lustre)/.*kernel-doc' \
		"$work/compile" | sort -u >"$work/w1"
	verdict "no warning at W=1" "$work/w1"
	grep -E '^(\.\./)*(lnet|lustre|include/(net/lnet|trace/events/l|uapi/linux/l))[^:]*:[0-9]+:[0-9]+: (sparse: )?(warning|error):' \
		"$work/compile" | grep -v '\[-W' | sort -u >"$work/sparse"
	verdict "sparse" "$work/sparse"
	grep -E '^WARNING: modpost:' "$work/compile" |
		grep -vE 'undefined!|Module.symvers' | sort -u >"$work/modpost"
	verdict "modpost" "$work/modpost"
}

# Tests may be long tables; their functions are held to the same limits.
gate_sizes() {
	wc -l "${kernel_files[@]}" | awk '$2 != "total" && $1 > 1500 {
		print $2 ": " $1 " lines" }' >"$work/files"
	verdict "no file over 1500 lines" "$work/files"

	ctags -x --language-force=C --kinds-C=f --fields=+ne \
		--_xformat='%N %{end} %n %F' "${c_files[@]}" 2>/dev/null |
		awk 'NF == 4 { print $2 - $3 + 1, $1, $4 }' |
		sort -n >"$work/functions"
	awk '
	{ size[NR] = $1; if ($1 > 100) big++; if ($1 > 200) print $3 ": " $2 ": " $1 " lines" }
	END {
		if (!NR) { print "no functions found"; exit }
		median = size[int((NR + 1) / 2)]
		if (median > 22) print "median " median " lines, over 22"
		if (big > NR * 0.03) print big " of " NR " functions over 100 lines, over 3 %"
		printf "# %d functions, median %d lines, %d over 100\n", NR, median, big + 0 >"/dev/stderr"
	}' "$work/functions" >"$work/sizes"
	if [ -s "$work/sizes" ]; then
		awk '$1 > 100 { print "over 100: " $3 ": " $2 ": " $1 }' \
			"$work/functions" >>"$work/sizes"
	fi
	verdict "functions: median <= 22 lines, <= 3 % over 100, none over 200" \
		"$work/sizes"
}

gate_docs() {
	local tool

	for tool in "$ksrc/tools/docs/kernel-doc" "$ksrc/scripts/kernel-doc" \
		"$ksrc/scripts/kernel-doc.py"; do
		[ -f "$tool" ] && break
	done
	# A file without any kernel-doc is fine here.
	python3 "$tool" -none "${kernel_files[@]}" 2>&1 |
		grep -E '(Warning|Error|warning|error):' |
		grep -v 'no structured comments' >"$work/docs"
	verdict "kernel-doc" "$work/docs"
}

# The documents as a kernel tree would build them, with its own configuration,
# in a tree that has nothing else; and one that is broken, to see that it counts.
gate_html() {
	local dir=$work/html planted

	rm -rf "$dir"
	mkdir -p "$dir/Documentation/filesystems"
	cp -r Documentation/filesystems/lustre "$dir/Documentation/filesystems/" &&
		cp "$ksrc/MAINTAINERS" "$dir/" || return
	printf 'All\n===\n\n.. toctree::\n\n   filesystems/lustre/index\n   planted\n' \
		>"$dir/Documentation/index.rst"
	printf 'Planted\n=======\n\nSee :doc:`nowhere`, |nothing|.\n' \
		>"$dir/Documentation/planted.rst"
	srctree=$ksrc sphinx-build -q -c "$ksrc/Documentation" -w "$dir/log" -b html \
		"$dir/Documentation" "$dir/out" >"$dir/stdout" 2>&1 ||
		tail -n 5 "$dir/stdout" >>"$dir/log"
	planted=$(grep -c "^$dir/Documentation/planted.rst:" "$dir/log")
	if [ "$planted" = 2 ]; then
		echo "ok static: a broken document is found"
	else
		echo "not ok static: a broken document is found ($planted of 2 errors)"
	fi
	# programs that draw are not needed here
	grep -vE '/planted\.rst:|^WARNING: (dot|.* convert).* not found' "$dir/log" |
		sed "s,$dir/,," | grep . >"$work/documents"
	verdict "the documents build without a warning" "$work/documents"
}

# "07 section 9.2" must be there; see tests/docs/citations.
gate_citations() {
	local protocol=Documentation/filesystems/lustre/protocol
	local planted=$work/planted-citations.c

	cat >"$planted" <<-'C'
	/* 07 sections 9.2 and 9.99, 10 section 2.1;
	 * 09
	 * section 25; section 4 */
	C
	tests/docs/citations $protocol "$planted" >"$work/planted-citations"
	if [ "$(grep -cE ':1: 07 has no section 9\.99|:2: 09 has no section 25|:3: of which' \
		"$work/planted-citations")" = 3 ] &&
		[ "$(wc -l <"$work/planted-citations")" = 4 ]; then
		echo "ok static: wrong citations are found"
	else
		echo "not ok static: wrong citations are found"
		cat "$work/planted-citations"
	fi
	# What is generated or another's is not ours to correct.
	find lnet lustre include tools compat autoconf tests Documentation README.md \
		-type f ! -name '*.o' ! -name '*.ko' ! -name '*.html' ! -name '*.svg' \
		! -path '*/tree-sitter-c/*' ! -path 'tests/treecmp/*' \
		! -path 'tests/patchset/*' ! -path 'tests/docs/*' \
		! -path '*/suites/static.sh' |
		LC_ALL=C sort | xargs tests/docs/citations $protocol |
		grep -v '^[0-9]* citations of' >"$work/citations"
	[ "${PIPESTATUS[2]}" = 0 ] || echo "tests/docs/citations failed" >>"$work/citations"
	verdict "each citation names a section that exists" "$work/citations"
}

gate_scripts() {
	local f

	for f in tests/check tests/setup tests/demo tests/bench tests/lib.sh \
		tests/suites/*.sh tests/functional/*.sh tests/machines/uml \
		tests/machines/qemu tests/machines/machine.sh \
		tests/machines/guest/* .ci/run; do
		[ -f "$f" ] && { bash -n "$f" 2>&1 || echo "$f"; }
	done >"$work/scripts"
	grep -rnIE '/home/|/root/|deb\.debian\.org' tests .ci \
		--include='*' 2>/dev/null | grep -v 'suites/static.sh' \
		>>"$work/scripts"
	verdict "test scripts parse and name no machine" "$work/scripts"
}

gate_pristine
gate_spdx
gate_declared
gate_direction
gate_words
gate_scripts
gate_sizes
gate_docs
gate_html
gate_citations
gate_checkpatch
gate_compile
