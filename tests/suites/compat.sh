#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: prober, shims and callback rules: their errors, and what they do on 6.1 and 7.3
# speed: fast
# needs: source uml-kasan debian
# limit: 3000

set -u
. "$(dirname -- "$0")/../lib.sh"
here=$top/tests/compat
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LT_RESULTS=${LT_RESULTS:-$work/results}
mkdir -p "$LT_RESULTS"
# the tests say themselves what they want of the environment
unset KCOMPAT_KERNELVER KCOMPAT_ANY_CC

for linux61 in /usr/src/linux-headers-6.1.*-amd64; do
	[ -f "$linux61/Module.symvers" ] && break
done
linux73=$ksrc
obj73=$cache/uml-kasan

ok() { echo "ok compat: $1"; }
not_ok() {
	echo "not ok compat: $1"
	[ -s "${2:-}" ] && tail -n 12 "$2"
}

# t NAME COMMAND...: passes when the command does
t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name" "$work/log"; fi
}

# A private copy of autoconf/ and compat/ to break
fresh() {
	rm -rf "$work/c"
	mkdir -p "$work/c" && cp -r "$top/autoconf" "$top/compat" "$work/c/"
}

probe() { # TREE OUT [more options]
	local tree=$1 to=$2

	shift 2
	sh "$work/c/compat/kcompat" probe --linux "$tree" --out "$to" "$@"
}

# refused NAME PATTERN COMMAND...: fails, and its last line says why
refused() {
	local name=$1 pattern=$2

	shift 2
	if "$@" >"$work/log" 2>&1; then
		not_ok "$name: was accepted" "$work/log"
	elif tail -n 1 "$work/log" | grep -qE -- "$pattern"; then
		ok "$name"
	else
		not_ok "$name: says something else" "$work/log"
	fi
}

# ---- answers -------------------------------------------------------------

# The same answers as written down for this kernel; a kernel package newer than
# the list may answer more, so only what the list names is compared.
expected() {
	awk 'NR == FNR { if (/^[a-z]/) want[$1] = $2; next }
		$1 == "probe" && ($2 in want) && want[$2] != $3 {
			print $2 " is " $3 ", was " want[$2]; bad = 1
		}
		$1 == "probe" { seen[$2] = 1 }
		END {
			for (p in want) if (!(p in seen)) {
				print p " is not asked any more"; bad = 1
			}
			exit bad
		}' "$here/expected/$1" "$2"
}

# An older form that is gone has an "until" in its probe.
none_lacking() {
	awk '/^probe / { p = $2 } /^until / { print "probe " p " no" }' \
		"$top"/autoconf/probes/*.probes >"$work/gone"
	! grep -E '^probe (cb_.*_0|[^c].*|c[^b].*) no$' "$1" |
		grep -vxFf "$work/gone"
}

# A tree may be moved under a probe: each question alone, in a compile of its
# own, gets the same answer as all in one.
one_by_one() {
	sh "$work/c/autoconf/kprobe" --linux "$1" --one-by-one --out "$work/one" \
		"$work"/sample.probes &&
		diff <(grep '^probe' "$work/one") \
			<(grep '^probe' "$work/all" | grep -Ff "$work/sample.names")
}

answers() {
	t "6.1 is probed" probe "$linux61" "$work/a61"
	t "7.3 is probed" probe "$linux73" "$work/a73" --linux-obj "$obj73"
	mknod "$work/null" c 1 3
	t "answers into a device leave it one" eval 'probe "$linux61" "$work/null" && [ -c "$work/null" ]'
	t "6.1 answers as written down" expected 6.1 "$work/a61"
	t "7.3 lacks nothing" none_lacking "$work/a73"
	t "a second time comes out of the cache" cached
	t "what gcc complains about once is missing for both who ask" complained_once
	t "what modules may not call is not there" only_exported
	t "names and headers are looked for" looked_for
	# one in nine of those that said no, and some of the others; a third in full
	cp "$work/a61" "$work/all"
	sh "$work/c/compat/kcompat" rules >"$work/rules.probes"
	awk -v often="${LT_FULL:+1}" '
		NR == FNR { if ($1 == "probe" && ++n % (($3 == "no" ? 3 : 7) * (often ? 1 : 3)) == 0) w[$2] = 1; next }
		/^probe / { on = ($2 in w) }
		/^(symbol|config) / { next }
		on { print }' "$work/a61" "$work"/c/autoconf/probes/*.probes \
		"$work/rules.probes" >"$work/sample.probes"
	awk '/^probe / { print "probe " $2 " " }' "$work/sample.probes" >"$work/sample.names"
	t "one compile for all answers as one compile for each ($(wc -l <"$work/sample.names"))" \
		one_by_one "$linux61"
}

complained_once() {
	printf 'probe %s\n\tstatic inline int kp_%s(void) { return never_declared_anywhere(1); }\n' \
		first first second second >"$work/once.probes"
	printf 'probe third\nfunction kfree void (const void *)\n' >>"$work/once.probes"
	sh "$work/c/autoconf/kprobe" --linux "$linux61" --out "$work/once" "$work/once.probes" &&
		diff <(grep '^probe' "$work/once") \
			<(printf 'probe %s\n' "first no" "second no" "third yes")
}

# declared and not exported; inline; exported
only_exported() {
	printf 'probe remount\ninclude linux/fs.h\nfunction emergency_remount void (void)\n' >"$work/export.probes"
	printf 'probe inode\ninclude linux/fs.h\nfunction file_inode struct inode *(const struct file *)\n' >>"$work/export.probes"
	printf 'probe free\ninclude linux/slab.h\nfunction kfree void (const void *)\n' >>"$work/export.probes"
	sh "$work/c/autoconf/kprobe" --linux "$linux61" --out "$work/export" "$work/export.probes" &&
		diff <(grep '^probe' "$work/export" | sort) \
			<(printf 'probe %s\n' "free yes" "inode yes" "remount no") &&
		sh "$work/c/autoconf/kprobe" --linux "$linux61" --no-exports \
			--out "$work/export" "$work/export.probes" &&
		grep -qx "probe remount yes" "$work/export"
}

looked_for() {
	printf 'name kfree never_declared_anywhere\nfile linux/fs.h linux/never.h\nprobe x\nfunction kfree void (const void *)\n' \
		>"$work/names.probes"
	sh "$work/c/autoconf/kprobe" --linux "$linux61" --out "$work/names" "$work/names.probes" &&
		diff <(grep -E '^(name|file)' "$work/names") \
			<(printf '%s no\n' "file linux/never.h" "name never_declared_anywhere")
}

cached() {
	probe "$linux61" "$work/b1" --cache "$work/cache" &&
		echo "marked by hand" >>"$work/cache/$(sed -n 's/^key //p' "$work/b1")" &&
		probe "$linux61" "$work/b2" --cache "$work/cache" &&
		grep -q "marked by hand" "$work/b2" &&
		sed -i 's/^probe timer_delete$/&_other/' "$work"/c/autoconf/probes/kernel.probes &&
		probe "$linux61" "$work/b3" --cache "$work/cache" &&
		! grep -q "marked by hand" "$work/b3" && fresh
}

# ---- errors --------------------------------------------------------------

errors() {
	local d=$work/tree

	refused "missing headers" "no kernel headers in /nowhere: install" \
		probe /nowhere "$work/x"
	mkdir -p "$work/empty"
	refused "empty headers folder" "not a prepared kernel build folder" \
		probe "$work/empty" "$work/x"
	mkdir -p "$work/with space"
	refused "path with spaces" "path with spaces" \
		probe "$work/with space" "$work/x"
	refused "output in a path with spaces" "path with spaces" \
		sh "$top/compat/kcompat" generate --answers "$work/a61" \
		--source "$here/kcfs:fs/kcfs" --out "$work/with space/out"

	# a header tree that can be broken: links, but for what is changed
	rm -rf "$d" && mkdir -p "$d/include" &&
		ln -s "$linux61"/* "$linux61"/.[ck]* "$d/" 2>/dev/null
	rm -rf "$d/include" && cp -r "$linux61/include" "$d/include"
	rm "$d/Module.symvers"
	refused "no Module.symvers" "no Module.symvers in" probe "$d" "$work/x"
	ln -s "$linux61/Module.symvers" "$d/Module.symvers"
	mv "$d/include/generated/utsrelease.h" "$work/uts"
	refused "not prepared" "not prepared for building modules" probe "$d" "$work/x"
	mv "$work/uts" "$d/include/generated/utsrelease.h"
	KCOMPAT_KERNELVER=5.4.0-1-amd64 refused "headers of another kernel than asked for" \
		"are of kernel .*, but the build is for 5.4.0-1-amd64" probe "$d" "$work/x"
	mkdir -p "$work/lib/modules/6.1.0-99-amd64"
	ln -sfn "$d" "$work/lib/modules/6.1.0-99-amd64/build"
	refused "headers of another kernel than the folder says" \
		"should hold the headers of kernel 6.1.0-99-amd64" \
		probe "$work/lib/modules/6.1.0-99-amd64/build" "$work/x"

	cat >"$work/gcc-4" <<-'CC'
		#!/bin/sh
		[ "$1" = --version ] && { echo "gcc-4 (Debian) 4.9.2"; exit 0; }
		exec gcc "$@"
	CC
	chmod +x "$work/gcc-4"
	refused "another compiler than the kernel's" \
		"compiler mismatch: kernel .* was built by gcc 12, .*gcc-4 is gcc 4" \
		probe "$linux61" "$work/x" --cc "$work/gcc-4"
	refused "no such compiler" "no compiler gcc-none" \
		probe "$linux61" "$work/x" --cc gcc-none
	sed -i 's/gcc-12 (/gcc-77 (/' "$d/include/config/auto.conf"
	refused "the kernel's compiler is not installed" \
		"built by 'gcc-77 .*there is no gcc-77 here" probe "$d" "$work/x"
	cp "$linux61/include/config/auto.conf" "$d/include/config/auto.conf"

	mkdir -p "$work/ro" && mount -t tmpfs -o ro none "$work/ro" 2>/dev/null && {
		refused "read-only build folder" "cannot write to .*read-only" \
			probe "$linux61" "$work/ro/answers"
		umount "$work/ro"
	}
	mkdir -p "$work/noexec" && mount -t tmpfs -o noexec none "$work/noexec" 2>/dev/null && {
		t "a build folder without execution is good enough" \
			env TMPDIR="$work/noexec" sh "$work/c/compat/kcompat" probe \
			--linux "$linux61" --out "$work/noexec/answers"
		umount "$work/noexec"
	}
}

# A callback whose type is new on this kernel: the rule is taken away.
unknown() {
	awk '/^member / { on = ($2 == "create") } on && /^form (5.12|3.6)/ { skip = 1; next }
		skip && /^\t/ { next } { skip = 0; print }' \
		"$top/compat/rules/vfs.rules" >"$work/c/compat/rules/vfs.rules"
	refused "unknown callback type" "1 unknown callback.* on kernel 6.1" \
		sh "$work/c/compat/kcompat" generate --linux "$linux61" \
		--source "$here/kcfs:fs/kcfs" --out "$work/u"
	cp "$work/log" "$work/unknown"
	t "it names member, kernel and the declaration found" grep -qE \
		'inode.c:[0-9]+: struct inode_operations: member create \(for kcfs_create\).*on kernel 6\.1.*int \(\*create\) \(struct user_namespace \*' \
		"$work/unknown"
	fresh
}

# ---- the generated set proves itself -----------------------------------------

# broken NAME PATTERN FILE SED-EXPRESSION: generation stops, and says where
broken() {
	fresh
	sed -i "$4" "$work/c/compat/$3"
	if cmp -s "$work/c/compat/$3" "$top/compat/$3"; then
		not_ok "'$1' changes nothing: the test is out of date"
		return
	fi
	probe "$linux61" "$work/ab" || { not_ok "$1: no answers"; return; }
	refused "$1" "$2" sh "$work/c/compat/kcompat" generate --answers "$work/ab" \
		--source "$here/kcfs:fs/kcfs" --out "$work/b"
	fresh
}

proof() {
	local rel='kernel 6\.1[^ ]*: '

	t "shims declare the names that they build on" "$here/needs"
	fresh
	sed -i 's/generic_delete_inode/some_other_function/' "$work/c/compat/shims/inode_just_drop.h"
	sed -i '/^ \* needs:/d' "$work/c/compat/shims/inode_just_drop.h"
	t "a name that is not declared is found" eval \
		'! "$here/needs" "$work/c/compat/shims/inode_just_drop.h" >"$work/needs" &&
		grep -q "uses some_other_function, which it does not declare" "$work/needs"'
	t "every macro of a shim is used in its proof" used_once
	broken "a name that the kernel lacks" \
		"cannot be used on kernel 6\.1" shims/inode_just_drop.h \
		's/generic_delete_inode/some_other_function/'
	cp "$work/log" "$work/lacking"
	t "it names kernel, shim and name" grep -qE \
		"${rel}shim inode_just_drop \(linux/fs.h\) needs some_other_function, which" "$work/lacking"
	broken "a name that means something else" \
		"does not work there: shim inode_just_drop \(linux/fs.h\) does not compile here: " \
		shims/inode_just_drop.h 's/generic_delete_inode$/current_time/'
	broken "a function that is not exported" \
		"does not work there: shim inode_just_drop \(linux/fs.h\) needs emergency_remount, which this kernel does not export" \
		shims/inode_just_drop.h \
		's/^#define inode_just_drop .*/#define inode_just_drop(i) (emergency_remount(), 0)/;s/generic_delete_inode/emergency_remount/'
	broken "the body of a function" \
		"does not work there: shim simple_inode_init_ts \(linux/fs.h\) does not compile here: " \
		shims/simple_inode_init_ts.h 's/struct timespec64 ts = /struct qstr ts = /'
	broken "the body of a callback" \
		"does not work there: callback inode_operations.create does not compile here: " \
		rules/vfs.rules 's/return UP(a1, a2, a3, a4);$/return UP(a1, a2, a3);/'
	fresh
}

used_once() {
	awk '
		FNR == 1 { use = ""; body = on = 0; shim = FILENAME }
		!body && /^ \*\/$/ { body = 1; next }
		!body && /^ \* [a-z]+:/ { on = ($2 == "use:") }
		!body { if (on) use = use " " $0; next }
		/^#define / {
			sub(/\(.*/, "", $2)
			if ($2 ~ /^(KCOMPAT|kcompat)_/) next
			n++
			if (use !~ ("(^|[^A-Za-z0-9_])" $2 "($|[^A-Za-z0-9_])")) {
				print shim ": " $2
				bad = 1
			}
		}
		END { exit bad || n < 50 }' "$top"/compat/shims/*.h
}

# What all known kernels answered is kept: no tree is needed.
# A source that uses one part of a shim, and nothing of what another part builds on
lone() {
	mkdir -p "$work/lone/src"
	echo 'obj-m += lone.o' >"$work/lone/src/Makefile"
	printf '%s\n' '#include <linux/slab.h>' 'int *lone(void);' 'int *lone(void)' \
		'{' 'return kzalloc_obj(int);' '}' >"$work/lone/src/lone.c"
	"$here/recorded" --read debian-5.10 >"$work/lone/answers"
	sh "$top/compat/kcompat" generate --quiet --answers "$work/lone/answers" \
		--source "$work/lone/src:fs/lone" --out "$work/lone/out" >/dev/null &&
		grep -q kvmalloc "$work/lone/out/gen/proof.c" &&
		grep -q '#include <linux/mm.h>' "$work/lone/out/gen/proof.c"
}

recorded() {
	t "recorded: the proof of a shim has what nobody else asks for" lone
	"$here/recorded" --check | sed 's/ok recorded: /ok compat: recorded: /; s/^SKIP recorded: /SKIP compat: recorded: /'
	fresh
	sed -i 's/size_t __off = (offset)/size_t __off = (offset) + 1/' "$work/c/compat/shims/bvec_set_folio.h"
	sed -i 's/^form 5.19 int (struct file \*, struct address_space \*, loff_t, unsigned int, struct page /form 5.19 int (struct file *, struct inode *, loff_t, unsigned int, struct page /' \
		"$work/c/compat/rules/vfs.rules"
	LT_COMPAT=$work/c/compat "$here/recorded" --check >"$work/recorded"
	t "recorded: a changed shim is seen" \
		grep -q '^not ok recorded: alma-9.6: something else is generated' "$work/recorded"
	t "recorded: another form of a callback is a question that nobody was asked" \
		grep -q '^not ok recorded: no kernel was asked: cb_address_space_operations_write_begin_2=' "$work/recorded"
	fresh
}

# ---- canaries: a prober that is broken must not answer ---------------------

# mutation NAME FILE SED-EXPRESSION
mutation() {
	fresh
	sed -i "$3" "$work/c/autoconf/$2"
	if cmp -s "$work/c/autoconf/$2" "$top/autoconf/$2"; then
		not_ok "mutation '$1' changes nothing: the test is out of date"
	else
		refused "canaries stop: $1" \
			"every answer is void|headers .* cannot be preprocessed|no answer is to be trusted|cannot compile a plain module|did not get as far" \
			probe "$linux61" "$work/x"
	fi
	fresh
}

mutations() {
	mutation "no -Werror= at all" kprobe 's/"\$@" \$werror/"$@"/'
	mutation "all warnings off" kprobe 's/-fsyntax-only "\$_src"/-w &/'
	mutation "the warning of typecheck() is overlooked" kprobe \
		's/warning: comparison of distinct pointer types)/no such words)/'
	mutation "the empty file is compiled" kprobe \
		's,-fsyntax-only "$_src",-fsyntax-only /dev/null,'
	mutation "another working folder" kprobe 's,(cd "$cwd" && exec,(cd / \&\& exec,'
	mutation "flags lost" kprobe 's,^\t*{ print }$,\t\t/-I|-include/ { next } { print },'
	mutation "compiler output lost" kprobe 's,>"\$work/diag" 2>&1,>/dev/null 2>\&1; : >"$work/diag",'
	mutation "the compiler stops at the first error" kprobe \
		's/-fmax-errors=0/-fmax-errors=1/'
	mutation "the preprocessed headers are cut" kprobe \
		's/-E -dD -P "\$_src")/& | head -c 4000000/'
	mutation "nothing is found in the headers" kprobe \
		's/if (w\[i\] in word)/if (0)/'
	mutation "exact types are not compared" probe-unit.awk \
		's/__builtin_types_compatible_p(typeof(e), __VA_ARGS__)/1/'
	mutation "members are not looked at" probe-unit.awk \
		's/print "#define KP_HAS.*/print "#define KP_HAS(s, m) _Static_assert(1, \\"\\")"/'
	mutation "probes are left out" kprobe \
		's/on = !(\$3 in no)/on = $3 !~ \/canary_no\//'
}

# ---- generation ------------------------------------------------------------

source_args() {
	printf -- '--source\n%s\n' "$top/lnet:net/lnet" "$top/lustre:fs/lustre"
	printf -- '--include\n%s\n--config\nCONFIG_LNET=m\n--config\nCONFIG_LUSTRE_FS=m\n' "$top/include"
}

generation() {
	local args begin spent

	mapfile -t args < <(source_args)
	t "nothing is generated for 7.3" sh "$top/compat/kcompat" generate \
		--answers "$work/a73" "${args[@]}" --out "$work/g73"
	t "really nothing" test "$(find "$work/g73/gen" -name '*.h' | wc -l)" = 0
	# what it costs, of the processor's time: the children of this shell
	children
	begin=$spent
	t "headers are generated for 6.1" sh "$top/compat/kcompat" generate \
		--linux "$linux61" "${args[@]}" --out "$work/g61"
	children
	echo "# probes and generation: $((spent - begin)) ms of processor time, $(grep -c '^probe' "$work/g61/answers") probes"
	sh "$top/compat/kcompat" report "$work/g61" | head -n 2 | sed 's/^/# /'
	t "no more than 1200 lines for 6.1" test "$(awk -F '\t' \
		'$1 == "total" { print $4 + 0 }' "$work/g61/gen/summary")" -le 1200
	find "$work/g61/gen" -type f | xargs ls -l --time-style=full-iso >"$work/before"
	sh "$top/compat/kcompat" generate --answers "$work/a61" "${args[@]}" \
		--out "$work/g61" >/dev/null
	find "$work/g61/gen" -type f | xargs ls -l --time-style=full-iso >"$work/after"
	t "unchanged headers are not touched" diff "$work/before" "$work/after"
	t "headers refuse another kernel" other_kernel
	t "report in JSON" python3 -c 'import json, sys; r = json.load(sys.stdin); assert r["kernels"]' \
		< <(sh "$top/compat/kcompat" report --json "$work/g61")
	t "every shim names a probe that is asked" shims_ask
}

# Sets spent: time of all children so far, in milliseconds.  No subshell: that
# would have none.
children() {
	times >"$work/times"
	spent=$(awk 'NR == 2 {
		for (i = 1; i <= 2; i++) {
			split($i, t, /[ms]/)
			ms += t[1] * 60000 + t[2] * 1000
		}
		printf "%d", ms
	}' "$work/times")
}

other_kernel() {
	! make -C "$linux61" M="$work/g61/stage" KERNELRELEASE=6.1.0-other \
		CC=gcc-12 modules >"$work/other" 2>&1 &&
		grep -q 'generated for kernel' "$work/other"
}

shims_ask() {
	local f p

	for f in "$top"/compat/shims/*.h; do
		for p in $(sed -n 's/^ \* \(unless\|when\): //p' "$f"); do
			grep -q "^probe ${p#!} " "$work/a61" ||
				{ echo "$f: $p"; return 1; }
		done
	done
}

# ---- every kernel that is here ----------------------------------------------

# most lines that may be generated for a kernel
limit() {
	case $1 in
	debian-5.10) echo 2000 ;;
	debian-6.1) echo 1200 ;;
	debian-6.12) echo 400 ;;
	debian-7.2) echo 150 ;;
	*) echo 0 ;;
	esac
}

kernels() {
	local answers name lines

	t "report of every kernel" "$top/tests/compat/report" \
		--into "$LT_RESULTS" --keep "$work/all-kernels"
	sed '/^$/,$d;s/^/# /' "$LT_RESULTS/compat-report.txt"
	for name in debian-5.10 debian-6.1 debian-6.12 debian-7.2 debian-7.3 mainline; do
		answers=$work/all-kernels/$name.answers
		if [ ! -s "$answers" ]; then
			echo "SKIP compat: $name: its headers are not here (tests/setup brings them)"
			continue
		fi
		t "$name answers as written down" expected "${name#debian-}" "$answers"
		[ "$name" = mainline ] ||
			t "$name: the versions in the probes are right" \
				versions "${name#debian-}" "$answers"
		lines=$(awk -F '\t' '$1 == "total" { print $4 + 0 }' \
			"$work/all-kernels/$name/gen/summary")
		t "$name: $lines lines, not above $(limit "$name")" \
			test "${lines:-99999}" -le "$(limit "$name")"
	done
	t "the JSON has a column for each" python3 - "$LT_RESULTS/compat-report.json" \
		"$work"/all-kernels/*.answers <<-'PY'
		import json, sys
		kernels = json.load(open(sys.argv[1]))["kernels"]
		for name in sys.argv[2:]:
		    words = dict(x.rstrip("\n").split(" ", 1) for x in open(name) if not x.startswith(("probe", "#")))
		    assert words["kernel"] in kernels, words["kernel"]
		assert all(k["probes"] >= 150 for k in kernels.values())
	PY
	t "a flipped answer is seen" flipped
	"$top/tests/compat/prune" "$work"/all-kernels/*.answers >"$LT_RESULTS/prune" 2>&1
	t "what could be deleted is found out" grep -q '^constant' "$LT_RESULTS/prune"
	awk '{ n[$1]++; if ($1 == "unneeded") s = s " " $2 }
		END { print "# constant probes:", n["constant"] + 0 \
			", unused probes:", n["unused"] + 0 ", shims that none of these kernels needs:" s }' \
		"$LT_RESULTS/prune"
}

# A kernel has what came before it, and has not what went away before it; what
# came later it may have by backport.
versions() { # VERSION ANSWERS
	awk -v version="$1" '
		function number(v,    n) { split(v, n, "."); return n[1] * 1000 + n[2] }
		FILENAME != last { last = FILENAME; file++ }
		file == 1 { if ($1 == "probe") answer[$2] = $3; next }
		$1 == "probe" { name = $2 }
		$1 == "since" { since[name] = number($2) }
		$1 == "until" { until[name] = number($2) }
		END {
			k = number(version)
			for (name in since) {
				n++
				gone = name in until && until[name] <= k
				if (answer[name] == "no" && since[name] <= k && !gone) {
					print name " is said to be older"
					bad = 1
				}
				if (answer[name] == "yes" && gone) {
					print name " is said to be gone"
					bad = 1
				}
			}
			exit bad || n < 100
		}' "$2" "$top"/autoconf/probes/*.probes
}

flipped() {
	sed 's/^probe writeback_iter no/probe writeback_iter yes/' "$work/a61" >"$work/flip"
	! cmp -s "$work/a61" "$work/flip" && ! expected 6.1 "$work/flip" >"$work/flip.log" &&
		grep -qx "writeback_iter is yes, was no" "$work/flip.log"
}

# ---- the source is what is exported, and nothing of compat is in it -----------

purity() {
	t "every file in the mainline tree is the repository's" same_objects
	t "and no file of the compat layer is there" eval \
		'! find "$ksrc/net/lnet" "$ksrc/fs/lustre" -iname "*compat*" | grep .'
	t "7.3 was built without it" eval \
		'test -s "$obj73/fs/lustre/lustre.ko" &&
		! grep -rlE "kcompat|compat/(shims|kcompat)" --include=".*.cmd" "$obj73/net/lnet" "$obj73/fs/lustre"'
	t "no version, no configuration header, no switched off code" eval \
		'! grep -rnE "LINUX_VERSION_CODE|KERNEL_VERSION\(|\bHAVE_[A-Z]|include .config\.h|include .kcompat|^#if 0" \
			"$top/lnet" "$top/lustre" "$top/include"'
}

# by git, in whose index the hashes are; a file that is being edited is left out
same_objects() {
	local src dst n=0 bad=0

	git -C "$top" rev-parse >/dev/null 2>&1 || {
		echo "no repository here"
		return 1
	}
	locked export "$top/tools/export" --quiet "$ksrc" || return 1
	git -C "$top" ls-files -s | awk '{ print $4, $2 }' >"$work/index"
	git -C "$top" diff --name-only | sort >"$work/edited"
	"$top/tools/export" --list | while IFS="$(printf '\t')" read -r src dst; do
		grep -qxF "$src" "$work/edited" && continue
		echo "$src $(git hash-object --no-filters "$ksrc/$dst")"
	done | sort >"$work/exported"
	n=$(wc -l <"$work/exported")
	sort "$work/index" | comm -13 - "$work/exported" >"$work/differ"
	cat "$work/differ"
	[ "$n" -gt 100 ] && [ ! -s "$work/differ" ]
}

# ---- what the shims do -----------------------------------------------------

build() { # OUT ARGS...
	local to=$1

	shift
	sh "$top/compat/kcompat" build "$@" --out "$to" \
		--make-arg W=1 >"$LT_RESULTS/${to##*/}.log" 2>&1 &&
		! grep -E 'warning:|WARNING' "$LT_RESULTS/${to##*/}.log"
}

machines() {
	local rel=$(cat "$cache/debian-6.1/release" 2>/dev/null)

	t "kcfs builds for 7.3 without a warning" build "$work/kcfs73" \
		--linux "$linux73" --linux-obj "$obj73" \
		--source "$here/kcfs:fs/kcfs" --config CONFIG_KCFS=m
	t "kcfs builds for $rel without a warning" build "$work/kcfs61" \
		--linux "/lib/modules/$rel/build" \
		--source "$here/kcfs:fs/kcfs" --config CONFIG_KCFS=m
	guest "7.3" uml "$work/kcfs73"
	guest "$rel" qemu "$work/kcfs61"
}

guest() {
	"$top/tests/machines/$2" --mem 1024 --quiet --out "$LT_RESULTS/kcfs-$2" \
		"$here/kcfs-guest" "$3/stage/fs/kcfs/kcfs.ko" >/dev/null 2>&1 &&
		ok "kcfs works on $1" ||
		not_ok "kcfs works on $1" "$LT_RESULTS/kcfs-$2/output"
	sed -n "s/^not ok /not ok compat: kcfs on $1: /p" "$LT_RESULTS/kcfs-$2/output"
	cat "$LT_RESULTS/kcfs-$2/dmesg.bad" 2>/dev/null
}

# ---- configure and the tarball ---------------------------------------------

configured() { # BUILDDIR CONFIGURE ARGS...
	mkdir -p "$1" && (cd "$1" && shift && "$@")
}

tarball() {
	local src=$work/src

	mkdir -p "$src"
	(cd "$top" && { git ls-files 2>/dev/null || cat MANIFEST; } |
		while read -r f; do [ -f "$f" ] && echo "$f"; done |
		tar -cf - -T -) | tar -xf - -C "$src"
	(cd "$src" && { git init -q . && git add -A .; } >/dev/null 2>&1)
	t "autoreconf" configured "$src" autoreconf -fi
	refused "configure without headers" "error: kprobe: no kernel headers in /nowhere: install" \
		configured "$work/build0" "$src/configure" --with-linux=/nowhere
	t "configure without modules and tools" configured "$work/build0" \
		"$src/configure" --disable-modules --disable-utils --disable-server
	t "configure" configured "$work/build1" "$src/configure" \
		--with-linux="$linux61" --disable-utils --disable-server
	t "make dist" make -C "$work/build1" dist
	mkdir -p "$work/tar" && tar -xf "$work"/build1/lustre-client-*.tar.xz \
		-C "$work/tar" --strip-components=1
	t "the tarball has every source, byte for byte" tarball_same "$src"
	t "the tarball configures without autotools" configured "$work/build2" \
		env AUTOCONF=false AUTOMAKE=false ACLOCAL=false AUTOHEADER=false \
		sh "$work/tar/configure" --with-linux="$linux61" \
		--disable-utils --disable-server
	t "and generates what this kernel needs" make -C "$work/build2" generate
	t "make compat-report" make -C "$work/build2" compat-report
	t "its JSON reads" python3 -m json.tool "$work/build2/compat-report.json"
}

tarball_same() {
	(cd "$1" && git ls-files | grep -v '^\.git' | while read -r f; do
		cmp "$f" "$work/tar/$f" || echo "$f"
	done) >"$work/differ" 2>&1
	! [ -s "$work/differ" ]
}

fresh
for part in ${LT_COMPAT_PARTS:-recorded answers errors unknown proof mutations generation kernels purity tarball machines}; do
	case $part in
	recorded | answers | errors | unknown | proof | mutations | generation | kernels | purity | tarball | machines) ;;
	*) die "no part $part" ;;
	esac
	[ -s "$work/a61" ] || probe "$linux61" "$work/a61" >/dev/null 2>&1
	[ -s "$work/a73" ] || probe "$linux73" "$work/a73" --linux-obj "$obj73" >/dev/null 2>&1
	$part
done
