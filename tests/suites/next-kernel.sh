#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: what a new kernel changes: nothing in 7.3, planted changes, an older kernel
# speed: fast
# needs: source uml-kasan debian
# limit: 1200

set -u
. "$(dirname -- "$0")/../lib.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
obj73=$cache/uml-kasan

ok() { echo "ok next-kernel: $1"; }
not_ok() {
	echo "not ok next-kernel: $1"
	[ -s "${2:-}" ] && tail -n 20 "$2"
}

t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name" "$work/log"; fi
}

# ask NAME WANTED-STATUS ARGS...: the report is in $work/NAME
ask() {
	local name=$1 want=$2 rc
	shift 2
	(
		TIMEFORMAT='%U %S %R'
		time "$top/tests/next-kernel" "$@" >"$work/$name" 2>"$work/$name.err"
	) 2>"$work/$name.time"
	rc=$?
	t "$name: exit status $want" test $rc = "$want" ||
		tail -n 3 "$work/$name.err"
	echo "# $name: $(awk '{ printf "%.1f s CPU, %s s wall", $1 + $2, $3 }' "$work/$name.time")"
}

# A tree like 7.3 whose headers, and some sources, may be edited
plantable() {
	local tree=$1 f

	mkdir -p "$tree/fs" && ln -s "$ksrc"/* "$ksrc"/.[a-z]* "$tree/" 2>/dev/null
	rm "$tree/include" "$tree/fs" 2>/dev/null
	rmdir "$tree/fs" 2>/dev/null
	cp -r "$ksrc/include" "$tree/include"
	mkdir -p "$tree/fs" && ln -s "$ksrc"/fs/* "$tree/fs/"
}

planted=
# plant NAME FILES SED: NAME must be in the report; the edit must change something
plant() {
	local name=$1 files=$2 expr=$3 before after

	before=$(cd "$tree" && cat $files | cksum)
	(cd "$tree" && sed -i --follow-symlinks "$expr" $files)
	after=$(cd "$tree" && cat $files | cksum)
	[ "$before" != "$after" ] || not_ok "the edit for '$name' changes nothing: the test is out of date"
	planted="$planted$name
"
}

ask same 0 --linux-obj "$obj73" "$ksrc"
t "nothing changed in 7.3" grep -q ', 0 changed$' "$work/same"
t "and more than 1500 names were compared" awk \
	'{ for (i = 1; i < NF; i++) if ($(i + 1) == "names") exit !($i > 1500) }' "$work/same"

tree=$work/tree
plantable "$tree"
rm "$tree/fs/inode.c" && cp "$ksrc/fs/inode.c" "$tree/fs/inode.c"
headers=$(cd "$tree" && grep -rlE 'folio_end_read|WQ_MEM_RECLAIM|linux/uidgid.h' include)
plant "callback inode_operations.symlink: no rule knows its type" include/linux/fs.h \
	's/int (\*symlink) (struct mnt_idmap \*, struct inode \*,/&unsigned int,/'
plant "function folio_end_read: changed" include/linux/pagemap.h \
	's/void folio_end_read(struct folio \*folio, bool success)/bool folio_end_read(struct folio *folio, bool success)/'
plant "function d_splice_alias: gone" include/linux/dcache.h \
	's/\bd_splice_alias\b/d_splice_the_alias/'
plant "member super_block.s_time_gran: gone" include/linux/fs/super_types.h \
	's/\bs_time_gran\b/s_granularity/'
plant "member kstatfs.f_namelen: changed" include/linux/statfs.h \
	's/long f_namelen;/int f_namelen;/'
plant "constant WQ_MEM_RECLAIM: gone" "$headers" 's/\bWQ_MEM_RECLAIM\b/WQ_RESCUED/'
plant "macro list_for_each_entry_safe: changed" include/linux/list.h \
	's/#define list_for_each_entry_safe(pos, n, head, member)/#define list_for_each_entry_safe(pos, head, member)/'
plant "header linux/uidgid.h: gone" "$headers" 's,linux/uidgid.h,linux/uid_and_gid.h,'
mv "$tree/include/linux/uidgid.h" "$tree/include/linux/uid_and_gid.h"
plant "export iget5_locked: not exported" fs/inode.c '/EXPORT_SYMBOL(iget5_locked);/d'
ask planted 1 "$tree"
while IFS= read -r name; do
	[ -z "$name" ] || t "planted: $name" grep -qxF "$name" "$work/planted"
done <<<"$planted"
t "and nothing else" eval \
	'test "$(grep -cE "^[a-z]+ [A-Za-z]" "$work/planted")" = "$(printf "%s" "$planted" | wc -l)"'
t "with the declaration found and its place" grep -qE \
	'found: bool folio_end_read\(struct folio \*folio, bool success\) +\[include/linux/pagemap.h:[0-9]+\]' \
	"$work/planted"
t "with what it was" grep -qF \
	'was:   void folio_end_read(struct folio *folio, bool success)' "$work/planted"
t "with the place that uses it" grep -qE 'used:  fs/lustre/[a-z/]+\.c:[0-9]+' "$work/planted"
[ -s "$work/planted.err" ] && cat "$work/planted.err"

for linux61 in /usr/src/linux-headers-6.1.*-amd64; do :; done
ask older 1 --json "$linux61"
t "an older kernel: what everybody knows" python3 - "$work/older" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
names = {c["name"] for c in r["changes"]}
for want in ("writeback_iter", "set_default_d_op", "kernel_connect",
             "inode_operations.mkdir", "address_space_operations.write_begin",
             "inode.i_ino"):
    assert want in names, want
assert r["kernel"].startswith("6.1"), r["kernel"]
PY

refused() { # NAME PATTERN ARGS...
	local name=$1 pattern=$2 rc
	shift 2
	"$top/tests/next-kernel" "$@" >"$work/log" 2>&1
	rc=$?
	if [ $rc = 2 ] && tail -n 1 "$work/log" | grep -qE -- "$pattern"; then
		ok "$name"
	else
		not_ok "$name (status $rc)" "$work/log"
	fi
}
mkdir "$work/empty"
refused "no such tree" "next-kernel: no such folder: /nowhere" /nowhere
refused "an empty folder" "neither a kernel source tree nor prepared" "$work/empty"
