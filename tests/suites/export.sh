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

for part in ${LT_EXPORT_PARTS:-drop drift trouble}; do
	"part_$part"
done
