#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: into a kernel tree and out again, the series to post, the gate before it
# speed: slow
# needs: source kernels uml-kasan
# limit: 3600

set -u
. "$(dirname -- "$0")/../lib.sh"
suite=export
work=$(mktemp -d "${TMPDIR:-/tmp}/export-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
. "$top/tests/patchset/lib.sh"

tree=$cache/trees/linux-7.3
[ -f "$tree/Makefile" ] || { echo "not ok export: no $tree (tests/setup kernels)"; exit 1; }

# A copy of what is exported, to edit: others may work on the original.
mkdir "$work/e" "$work/e/tools" &&
	cp -r "$top"/{lnet,lustre,include,Documentation,patches} "$work/e/" &&
	cp -r "$top/tools/export" "$top/tools/patchset" "$work/e/tools/" || exit 1
find "$work/e" \( -name '*.o' -o -name '*.cmd' \) -delete
export=$work/e/tools/export
t "it builds" "$export" --version

bytes_equal() {
	local src dst bad=0

	while IFS=$'\t' read -r src dst; do
		cmp "$work/e/$src" "$1/$dst" || bad=1
	done < <("$export" --list)
	[ "$("$export" --list | wc -l)" -gt 100 ] && [ $bad = 0 ]
}

part_drop() {
	local k=$work/k

	fresh_copy "$tree" "$k"
	refused "verify before an export is an error" 1 "missing in the kernel tree: fs/lustre/wire.h" \
		"$export" --verify "$k"
	refused "remove before an export is an error" 2 "nothing was exported there" \
		"$export" --remove "$k"
	t "export" "$export" "$k"
	t "every file is there, byte for byte" bytes_equal "$k"
	t "the protocol that comments cite goes along" test -f \
		"$k/Documentation/filesystems/lustre/protocol/index.rst"
	t "verify says so" eval '"$export" --verify "$k" | grep -qE "^export: [0-9]+ files identical$"'
	t "the second time changes nothing" eval \
		'tree_sum "$k" >"$work/1"; "$export" "$k" | grep -q " 0 copied, 0 removed" && tree_sum "$k" | cmp - "$work/1"'
	t "each line of the patches stands once" eval \
		'[ "$(cat "$k"/{net,fs}/{Kconfig,Makefile} "$k"/Documentation/filesystems/index.rst "$k"/MAINTAINERS |
			grep -cE "net/lnet/Kconfig|fs/lustre/Kconfig|lnet/$|fs/lustre/$|\+= lustre/|lustre/index")" = 7 ]'
	t "remove: the tree is as it was, byte for byte" eval \
		'"$export" --remove "$k" && same_tree "$tree" "$k"'
}

part_drift() {
	local k=$work/k

	fresh_copy "$tree" "$k"
	"$export" --quiet "$k"
	echo "/* edited */" >>"$k/fs/lustre/wire.h"
	refused "an edited copy is found, and its side" 1 \
		"differs: fs/lustre/wire.h: changed in the kernel tree since the export" \
		"$export" --verify "$k"
	refused "remove does not lose an edit" 2 "changed since the export: fs/lustre/wire.h" \
		"$export" --remove "$k"
	t "and left everything in place" test -f "$k/fs/lustre/super.c"
	echo "/* newer */" >>"$work/e/lustre/fid.h"
	refused "an edited source is found, and its side" 1 \
		"differs: fs/lustre/fid.h: changed here since the export" "$export" --verify "$k"
	echo "/* both */" >>"$work/e/lustre/wire.h"
	refused "so are edits on both sides" 1 \
		"differs: fs/lustre/wire.h: changed on both sides since the export" \
		"$export" --verify "$k"
	touch -d @1 "$k"/fs/lustre/*.h
	rm "$work/e/lustre/super.c"
	refused "a file that vanished here is found" 1 \
		"not here any more: fs/lustre/super.c" "$export" --verify "$k"
	t "export again" "$export" "$k"
	t "the vanished file is removed" test ! -e "$k/fs/lustre/super.c"
	t "only the edited files were written" test \
		"$(find "$k/fs/lustre" -maxdepth 1 -name '*.h' -newermt @100 | wc -l)" = 2
	echo "int x;" >"$k/net/lnet/stray.c"
	refused "a stray file is found" 1 "not ours: net/lnet/stray.c" "$export" --verify "$k"
	rm "$k/net/lnet/stray.c" "$k/net/lnet/nid.c"
	refused "a file that vanished there is found" 1 \
		"missing in the kernel tree: net/lnet/nid.c: removed there" "$export" --verify "$k"
	sed -i '/lnet/d' "$k/net/Makefile"
	refused "a lost line of a patch is found" 1 \
		"patch is not in the kernel tree as it is here: net: build LNet" \
		"$export" --verify "$k"
	t "the differences, for machines" eval \
		'"$export" --json --verify "$k" >"$work/json"; python3 -c "
import json, sys
d = json.load(open(sys.argv[1]))[\"differences\"]
assert [x[\"what\"] for x in d if x[\"path\"] == \"net/lnet/nid.c\"] == [\"missing in the kernel tree\"], d
assert len(d) == 2, d" "$work/json"'
	refused "a tree in that state is not half mended" 2 "nothing was changed" "$export" "$k"
	t "really" test ! -e "$k/net/lnet/nid.c"
	cp -r "$top/lustre" "$work/e/" && find "$work/e" -name '*.o' -delete
}

part_trouble() {
	local k=$work/k

	fresh_copy "$tree" "$k"
	mkdir -p "$k/include/net"
	echo "the kernel's own" >"$k/include/net/lnet.h"
	refused "a file of the kernel's own is not overwritten" 2 \
		"no export has put it there: include/net/lnet.h" "$export" "$k"
	t "nothing was written" test ! -e "$k/fs/lustre"
	rm "$k/include/net/lnet.h"
	ln -s /nonexistent "$k/include/net/lnet.h"
	refused "nor a broken link followed" 2 "symbolic link" "$export" "$k"
	rm "$k/include/net/lnet.h"
	sed -i 's/^PATCHLEVEL = .*/PATCHLEVEL = 1/; s/^VERSION = .*/VERSION = 6/' "$k/Makefile"
	refused "a kernel that no set is for" 2 "no version of the set 'hooks' is for it" \
		"$export" "$k"
	refused "no kernel tree" 2 "is not a kernel source tree" "$export" "$work/e"
	refused "no such folder" 2 "No such file" "$export" "$work/nothing"
	refused "two trees" 2 "more than one kernel tree" "$export" "$k" "$k"
	refused "an unknown option" 2 "--wrong" "$export" --wrong "$k"
	fresh_copy "$tree" "$k"
	"$export" --quiet "$k"
	echo "{ not json" >"$k/.lustre-export"
	refused "a damaged record" 2 "damaged" "$export" --remove "$k"
	# the exporter of before kept a list of paths
	"$export" --list | cut -f2 >"$k/.lustre-export"
	echo fs/lustre/old.c >>"$k/.lustre-export"
	echo "int old;" >"$k/fs/lustre/old.c"
	t "an old record is understood" eval \
		'"$export" "$k" | grep -q " 0 copied, 1 removed" && [ ! -e "$k/fs/lustre/old.c" ]'
	t "and remove works then" eval '"$export" --remove "$k" && same_tree "$tree" "$k"'
	echo "# ours" >>"$k/MAINTAINERS"
	"$export" --quiet "$k"
	sed -i '$d' "$k/MAINTAINERS"
	t "a change of others' in a patched file survives" eval \
		'"$export" --remove "$k" && same_tree "$tree" "$k"'
}

# ---- the series ---------------------------------------------------------------

git_in() {
	git -C "$1" -c user.name="A Tester" -c user.email=tester@example.org \
		-c commit.gpgsign=false -c core.autocrlf=false "${@:2}"
}

# Headers that the series has not brought yet must not come from a kernel tree
# that the client was exported into.
stub_headers() {
	local dst

	rm -rf "$work/stubs"
	"$export" --list | cut -f2 | grep '^include/' | while read -r dst; do
		[ -e "$work/am/$dst" ] && continue
		mkdir -p "$work/stubs/${dst%/*}"
		echo "#error $dst is not there yet" >"$work/stubs/$dst"
	done
}

# compile FOLDER: every C file that is there by now, as objects of modules
compile() {
	local dir=$work/am/$1 m=$work/trial/$1 objs

	[ -d "$dir" ] || return 0
	objs=$(cd "$dir" && find . -name '*.c' -printf '%P\n' | sort | sed 's/c$/o/')
	[ -n "$objs" ] || return 0
	mkdir -p "$m"
	ln -sfn "$dir" "$m/src"
	{
		printf 'obj-m += src/%s\n' $objs
		echo 'ccflags-y := -I$(src)/src'
	} >"$m/Kbuild.new"
	cmp -s "$m/Kbuild.new" "$m/Kbuild" || mv "$m/Kbuild.new" "$m/Kbuild"
	# shellcheck disable=SC2046
	make -s -C "$cache/uml-kasan" ARCH=um M="$m" -j"$jobs" \
		NOSTDINC_FLAGS="-nostdinc -I$work/am/include -I$work/am/include/uapi -I$work/stubs/include -I$work/stubs/include/uapi" \
		$(printf 'src/%s ' $objs) || return
	[ "$(find "$m" "$dir" -name '*.o' ! -name '.*' | wc -l)" -ge "$(printf '%s\n' $objs | wc -l)" ]
}

# Would a header that comes too late be noticed?
planted() {
	local c=$work/am/net/lnet/planted.c

	echo '#include <trace/events/lustre.h>' >"$c"
	refused "series: a header that is missing is noticed" 2 "is not there yet" \
		compile net/lnet
	rm -f "$c" "${c%c}o"
}

am_one() {
	git_in "$work/am" am -q "$1" || return
	stub_headers
}

# The message of each patch with a diff that checkpatch has nothing against;
# what is in the diffs is looked at by the suite static (all of it: LT_FULL=1).
messages() {
	local p bad=0

	for p in "$1"/00[0-9][1-9]*.patch "$1"/00[1-9]0*.patch; do
		{
			sed '/^---$/,$d' "$p"
			echo "---"
			sed -n '/^diff --git/,$p' "$1"/*-maintainers-*.patch
		} >"$work/message.patch"
		perl "$ksrc/scripts/checkpatch.pl" --root="$ksrc" --strict --terse \
			--no-summary --show-types "$work/message.patch" || bad=1
	done
	return $bad
}

# The exceptions of the suite static; and MAINTAINERS comes with a patch of its own.
checkpatch_all() {
	printf '%s\n' "$1"/00*.patch | grep -v cover-letter |
		xargs -P "$jobs" -n 1 perl "$ksrc/scripts/checkpatch.pl" \
			--root="$ksrc" --strict --terse --no-summary \
			--showfile --show-types 2>&1 |
		grep -E '(ERROR|WARNING|CHECK):' |
		grep -vE 'CHECK:CAMELCASE:.*<Opt_|_gen\.[ch]:' |
		grep -vE 'include/trace/events/[a-z_]*\.h:' |
		grep -vE 'fs/lustre/flock\.c:.*WARNING:ENOSYS:' |
		grep -vE 'fs/lustre/sysfs\.c:.*CHECK:MACRO_ARG_REUSE:' |
		grep -vE 'fs/lustre/mdc/intent\.c:.*WARNING:ENOTSUPP:' |
		grep -v 'WARNING:FILE_PATH_CHANGES:' >"$work/findings"
	cat "$work/findings"
	! [ -s "$work/findings" ]
}

part_series() {
	local k=$work/k s=$work/series p n=0 title

	git_in "$work/e" init -q
	git_in "$work/e" config user.name "A Tester"
	git_in "$work/e" config user.email tester@example.org
	fresh_copy "$tree" "$k"
	t "series: it is written" "$export" --series "$s" "$k"
	t "series: a second time it is the same" eval \
		'"$export" --series "$s.2" "$k" && diff -r -I "^Date:" "$s" "$s.2"'
	refused "series: not over another one" 2 "there is a series in" \
		"$export" --series "$s" "$k"
	t "series: a cover letter with diffstat" grep -q " files changed, .* insertions" \
		"$s/0000-cover-letter.patch"
	t "series: every patch is signed off" eval \
		'[ "$(grep -L "^Signed-off-by: A Tester <tester@example.org>" "$s"/00*.patch)" = "$s/0000-cover-letter.patch" ]'
	t "series: checkpatch --strict on every message" messages "$s"
	[ -z "${LT_FULL:-}" ] ||
		t "series: checkpatch --strict on every patch" checkpatch_all "$s"

	fresh_copy "$tree" "$work/am"
	git_in "$work/am" init -q && git_in "$work/am" add -Af &&
		git_in "$work/am" commit -qm kernel
	for p in "$s"/0*.patch; do
		case $p in */0000-*) continue ;; esac
		n=$((n + 1))
		title=$(sed -n 's/^Subject: \[PATCH [^]]*\] //p' "$p")
		t "series: git am: $title" am_one "$p"
		# the first rooms always, all of them in a full run
		[ $n -gt 9 ] && [ -z "${LT_FULL:-}" ] && continue
		[ $n = 1 ] && planted
		t "series: net/lnet compiles with it" compile net/lnet
		[ -d "$work/am/fs/lustre" ] &&
			t "series: fs/lustre compiles with it" compile fs/lustre
	done
	t "series: $n patches" test $n -gt 10
	"$export" --quiet "$k"
	rm -f "$k/.lustre-export"
	git_in "$k" init -q && git_in "$k" add -Af && git_in "$k" commit -qm export
	t "series: git has the same tree as after an export" test \
		"$(git_in "$k" rev-parse 'HEAD^{tree}')" = "$(git_in "$work/am" rev-parse 'HEAD^{tree}')"
	t "series: verify says the same" "$export" --verify "$work/am"
	# against a tree with an export in it, the series is the same
	"$export" --quiet "$work/k"
	t "series: an export in the tree does not matter" eval \
		'"$export" --series "$s.3" "$k" && diff -r -I "^Date:" "$s" "$s.3"'
	part_series_trouble "$k"
}

part_series_trouble() {
	local k=$1

	echo "int x;" >"$work/e/lustre/Kconfig.debug"
	refused "series: a file that is in no patch" 2 "in no patch of the series: fs/lustre/Kconfig.debug" \
		"$export" --series "$work/s4" "$k"
	rm "$work/e/lustre/Kconfig.debug"
	echo '#include "ldlm/ldlm.h"' >>"$work/e/lustre/ptlrpc/net.c"
	refused "series: a room that includes a later one" 2 \
		"fs/lustre/ptlrpc/net.c (patch 10) includes fs/lustre/ldlm/ldlm.h, which comes with patch 12" \
		"$export" --series "$work/s4" "$k"
	cp "$top/lustre/ptlrpc/net.c" "$work/e/lustre/ptlrpc/"
	sed -i 's/^hook: hook-fs//' "$work/e/patches/series"
	refused "series: a hook left out" 2 "leaves out the patch hook-fs" \
		"$export" --series "$work/s4" "$k"
	cp "$top/patches/series" "$work/e/patches/"
	git_in "$work/e" config --unset user.name
	git_in "$work/e" config --unset user.email
	refused "series: nobody to sign it off" 2 "user.name and user.email are not set" \
		env HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 \
		LUSTRE_CACHE="$cache" "$export" --series "$work/s4" "$k"
	t "series: and no folder is left" test ! -e "$work/s4"
}

# ---- the gate --------------------------------------------------------------------

part_check() {
	local full=$ksrc

	cp -r "$top"/{lnet,lustre,include,Documentation} "$work/e/" &&
		find "$work/e" -name '*.o' -delete
	# as tests/setup has it; others may have edited the source since
	locked export "$export" --quiet "$full"
	t "check: what needs no build passes" "$export" --check --only kconfig \
		--only kernel-doc --html "$work/page.html" --work "$work/check" "$full"
	t "check: the page is one" eval \
		'grep -q "<h1>Ready to post</h1>" "$work/page.html" && ! grep -qE "(src|href)=" "$work/page.html"'
	t "check: the steps are listed" eval '[ "$("$export" --check --only list | wc -l)" = 8 ]'
	refused "check: a step that is none" 2 "there is no step 'wrong'" \
		"$export" --check --only wrong "$full"
	printf '\nconfig LUSTRE_NOTHING\n\ttristate\n\tdepends on NO_SUCH_SYMBOL\n' \
		>>"$work/e/lustre/Kconfig"
	refused "check: a symbol that nothing defines" 1 "CONFIG_NO_SUCH_SYMBOL is used, but no" \
		"$export" --check --only kconfig --work "$work/check" "$full"
	refused "check: no prompt, no help" 1 "config LUSTRE_NOTHING has no prompt" \
		"$export" --check --only kconfig --work "$work/check" "$full"
	t "check: the JSON reads" eval \
		'! "$export" --check --json --only kconfig --work "$work/check" "$full" >"$work/json"; python3 -c "
import json, sys
(s,) = json.load(open(sys.argv[1]))
assert not s[\"passed\"] and len(s[\"findings\"]) == 3, s" "$work/json"'
	cp "$top/lustre/Kconfig" "$work/e/lustre/"
	[ -z "${LT_FULL:-}" ] || part_check_builds
}

# A whole tree of links to edit: the exporter, and this, write new files and
# never into old ones.
edit() { # FILE TEXT
	cp "$work/e/$1" "$work/edited" && printf '%b' "$2" >>"$work/edited" &&
		cp "$work/edited" "$work/e/$1"
}

part_check_builds() {
	local k=$cache/export-check/tree w=$cache/export-check/obj

	have powerpc-linux-gnu-gcc || have s390x-linux-gnu-gcc ||
		locked apt apt-get install -y --no-install-recommends gcc-powerpc-linux-gnu \
			>"$work/out" 2>&1
	[ -d "$k" ] || { mkdir -p "${k%/*}" && cp -al "$ksrc" "$k"; }
	t "check: a tree to edit" "$export" --quiet "$k"
	t "check: all of it passes" "$export" --check --jobs "$jobs" --work "$w" "$k"
	edit lnet/nid.c 'static int planted_unused(void)\n{\n\treturn 1;\n}\n'
	edit lustre/fid.h 'static inline void planted(struct super_block *sb, struct planted_type t) { }\n'
	edit lnet/ping.c '__le32 planted_le(void);\n__le32 planted_le(void)\n{\n\treturn jiffies;\n}\n'
	"$export" --quiet "$k"
	refused "check: a warning is found" 1 "planted_unused" \
		"$export" --check --only modules --jobs "$jobs" --work "$w" "$k"
	refused "check: on the other machine, too" 1 "planted_unused" \
		"$export" --check --only cross --jobs "$jobs" --work "$w" "$k"
	refused "check: sparse finds the wrong byte order" 1 "lnet/ping.c" \
		"$export" --check --only sparse --jobs "$jobs" --work "$w" "$k"
	refused "check: a header that needs another" 1 "fid.h" \
		"$export" --check --only headers --jobs "$jobs" --work "$w" "$k"
	cp -r "$top"/{lnet,lustre} "$work/e/" && find "$work/e" -name '*.o' -delete
	"$export" --quiet "$k"
}

for part in ${LT_EXPORT_PARTS:-drop drift trouble series check}; do
	"part_$part"
done
