#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: patches with an identity: real hunks over real kernels, there and back
# speed: slow
# needs: kernels
# limit: 2400

set -u
. "$(dirname -- "$0")/../lib.sh"
suite=patchset
work=$(mktemp -d "${TMPDIR:-/tmp}/patchset-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
. "$top/tests/patchset/lib.sh"

trees=$cache/trees
k61=$trees/linux-6.1
k73=$trees/linux-7.3
[ -f "$k61/Makefile" ] && [ -f "$k73/Makefile" ] ||
	{ echo "not ok patchset: no kernels in $trees (tests/setup kernels)"; exit 1; }
t "it builds without a warning" eval \
	'make -s -C "$top/tools/patchset" BUILDDIR="$work/b" all 2>&1 | tee "$work/build"; [ ! -s "$work/build" ]'
ps=$work/b/patchset
p() { "$ps" --patches "$work/patches" "$@"; }
export GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.org
export GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.org

state() { # ID TREE: the word of status --json
	p status --json "$2" | python3 -c '
import json, sys
print(next(q["state"] for c in json.load(sys.stdin)["trees"]
           for q in c["patches"] if q["id"] == sys.argv[1]))' "$1"
}

# ---- kept patches ---------------------------------------------------------------

part_hooks() {
	local k=$work/k f

	fresh_copy "$k73" "$k"
	t "hooks: patch -p1 takes them in the order of the listing" eval \
		'for f in "$top"/patches/hooks/v1/*.patch; do patch -s -p1 -F0 -d "$k" <"$f" || exit 1; done'
	t "hooks: and patch -R gives them back in reverse" eval \
		'for f in $(ls -r "$top"/patches/hooks/v1/*.patch); do patch -s -R -p1 -F0 -d "$k" <"$f" || exit 1; done; same_tree "$k73" "$k"'
	t "hooks: patchset apply" "$ps" --patches "$top/patches" apply hooks "$k"
	cp -r "$k" "$work/applied"
	t "hooks: status is applied" eval \
		'[ "$("$ps" --patches "$top/patches" status "$k" | grep -c "^  applied ")" = 4 ]'
	t "hooks: a second apply changes nothing" eval \
		'"$ps" --patches "$top/patches" apply hooks "$k" && same_tree "$work/applied" "$k"'
	t "hooks: reverse is byte for byte" eval \
		'"$ps" --patches "$top/patches" reverse hooks "$k" && same_tree "$k73" "$k"'
	git -C "$k" init -q && git -C "$k" add -Af . && git -C "$k" commit -qm kernel
	t "hooks: git am" git -C "$k" am -q "$top"/patches/hooks/v1/*.patch
	t "hooks: git has what patchset made" eval \
		'rm -rf "$k.git" && mv "$k/.git" "$k.git" && same_tree "$work/applied" "$k"; rc=$?; mv "$k.git" "$k/.git"; exit $rc'
	t "hooks: history says which commit" eval \
		'"$ps" --patches "$top/patches" status "$k" | grep -qE "in commit [0-9a-f]{12} net: build LNet"'
	t "hooks: a revision can be looked at" eval \
		'"$ps" --patches "$top/patches" status "$k:HEAD~4" | grep -c "^  applies " | grep -qx 4'
	refused "hooks: but not changed" 2 "a revision cannot be changed" \
		"$ps" --patches "$top/patches" apply hooks "$k:HEAD~4"
	git clone -q --depth 1 "file://$k" "$work/shallow"
	t "hooks: a shallow clone is said to be one" eval \
		'"$ps" --patches "$top/patches" status "$work/shallow" | grep -q "a shallow clone"'
	t "import: commits of git" eval \
		'p import --set g "$k:HEAD~4..HEAD" && [ "$(ls "$work"/patches/g/v1/*.patch | wc -l)" = 4 ]'
	rm -rf "$work/patches"
}

# ---- real differences, there and back --------------------------------------------

# round OLD NEW: every file that differs is a patch; all of them as one set
round() {
	local a=$trees/linux-$1 b=$trees/linux-$2 rset=r$1-$2 f n=0

	[ -d "$a" ] && [ -d "$b" ] || { echo "SKIP patchset: $1 to $2: not fetched"; return; }
	rm -rf "$work/in" "$work/a" "$work/b2"
	mkdir -p "$work/in"
	for f in $(cd "$a" && find fs/9p fs/ceph net/9p net/sunrpc fs/nfs -name '*.[ch]' | sort); do
		[ -f "$b/$f" ] && ! cmp -s "$a/$f" "$b/$f" || continue
		mkdir -p "$work/a/${f%/*}" "$work/b2/${f%/*}"
		cp "$a/$f" "$work/a/$f"
		cp "$b/$f" "$work/b2/$f"
		# plain diff -u: what quilt and people have
		(cd "$work" && diff -u "a/$f" "b2/$f") >"$work/in/${f//\//-}.diff"
		n=$((n + 1))
	done
	t "$1 to $2: import $n plain diffs" p import --set "$rset" "$work"/in/*.diff
	cp -r "$work/a" "$work/t"
	t "$1 to $2: they all apply" p apply "$rset" "$work/t"
	t "$1 to $2: the tree is $2's, byte for byte" same_tree "$work/b2" "$work/t"
	t "$1 to $2: and they are applied" eval \
		'p status --set "$rset" "$work/t" | grep -c "^  applied " | grep -qx '"$n"
	t "$1 to $2: they all reverse" p reverse "$rset" "$work/t"
	t "$1 to $2: the tree is $1's, byte for byte" same_tree "$work/a" "$work/t"
	t "$1 to $2: git takes what is exported" eval \
		'p export --plain "$rset" "$work/exported" >/dev/null && git -C "$work/t" init -q &&
		git -C "$work/t" add -A . && git -C "$work/t" commit -qm x &&
		git -C "$work/t" am -q "$work"/exported/*.patch && rm -rf "$work/t/.git" && same_tree "$work/b2" "$work/t"'
	rm -rf "$work/t" "$work/exported" "$work/patches"
}

part_round() {
	round 6.1 7.3
	[ -n "${LT_FULL:-}" ] || return 0
	round 5.10 6.1
	round 6.1 6.12
	round 6.12 7.2
	round 7.2 7.3
	round 5.10 7.3
}

drift() { # OLD NEW FILES SEED
	local name="drift: changes from $1 to $2"

	mkdir -p "$work/drift" && rm -rf "$work/drift"/*
	if python3 "$top/tests/patchset/drift.py" "$ps" "$trees/linux-$1" \
		"$trees/linux-$2" "$work/drift" "$3" "$4" >"$work/figures" 2>"$work/wrong"; then
		echo "ok patchset: $name"
	else
		echo "not ok patchset: $name"
		cat "$work/wrong"
	fi
	echo "# $(tr '\n' ' ' <"$work/figures")"
}

part_drift() {
	drift 6.1 7.3 8 1
	[ -n "${LT_FULL:-}" ] || return 0
	drift 5.10 6.1 60 2
	drift 6.1 6.12 60 3
	drift 6.12 7.2 60 4
	drift 5.10 7.3 60 5
}

# ---- identity ----------------------------------------------------------------------

part_identity() {
	local k=$work/k

	rm -rf "$work/patches"
	cp -r "$top/patches" "$work/patches"
	fresh_copy "$k61" "$k"
	refused "refresh: before it, apply refuses" 2 "no version for kernel 6.1" \
		p apply hooks "$k"
	refused "refresh: and says which hunk, when asked for that version" 1 \
		"hunk 1 of net/Kconfig needs refresh" p apply hooks@1 "$k"
	t "refresh: nothing was changed by that" same_tree "$k61" "$k"
	refused "refresh: what has no place at all is named" 1 "hunk 1 of MAINTAINERS conflicts" \
		p refresh hooks "$k"
	t "refresh: nothing was written" test ! -e "$work/patches/hooks/v2"
	# what a person does then: that one by hand, under its identity
	mkdir -p "$work/hand"
	awk '/^LYNX 28G/ { while ((getline line < "/dev/stdin") > 0) print line } { print }' \
		"$k/MAINTAINERS" >"$work/hand/MAINTAINERS" \
		< <(sed -n 's/^+\([^+]\)/\1/p; s/^+$//p' "$work"/patches/hooks/v1/0004-*.patch)
	(cd "$work" && diff -u --label a/MAINTAINERS --label b/MAINTAINERS \
		k/MAINTAINERS hand/MAINTAINERS) >"$work/hand.diff"
	p status --record "$k73" >"$work/out"
	t "import: a conflict that was resolved by hand" eval \
		'p import --set hooks --kernels 6.1 --id hook-maintainers "$work/hand.diff" | grep -q "hook-maintainers version 2  MAINTAINERS: add"'
	t "refresh: hooks for 6.1" p refresh hooks@2 "$k"
	t "refresh: the tree is as it was" same_tree "$k61" "$k"
	t "refresh: identity is kept" eval \
		'[ "$(grep -h ^X-Patch-Id: "$work"/patches/hooks/v1/*.patch)" = "$(grep -h ^X-Patch-Id: "$work"/patches/hooks/v3/*.patch)" ]'
	t "refresh: what they change is the same" eval \
		'diff <(cat "$work"/patches/hooks/v1/*.patch | grep "^[-+][^-+]") <(cat "$work"/patches/hooks/v3/*.patch | grep "^[-+][^-+]")'
	t "refresh: what the old ones were to 7.3 is not said of the new ones" eval \
		'grep -q "^X-Patch-Status: 7.3" "$work"/patches/hooks/v1/0001-*.patch &&
			! grep "^X-Patch-Status: 7.3" "$work"/patches/hooks/v3/0001-*.patch'
	t "apply: a dry run says so" eval 'p apply --dry-run hooks "$k" >"$work/dry" &&
		[ "$(grep -c "^  applies " "$work/dry")" = 4 ] && same_tree "$k61" "$k"'
	t "refresh: they fit without fuzz" eval \
		'p apply hooks "$k" && p reverse hooks "$k" && same_tree "$k61" "$k"'
	t "refresh: 7.3 still gets its own" eval \
		'p status "$k73" | grep -q "hooks version 1:"'
	t "refresh: nothing more to do" eval 'p refresh hooks@3 "$k" | grep -q "nothing to refresh"'
	refused "diff: versions of the set" 1 "context only" p diff hooks@1 hooks@3
	refused "diff: versions of one patch" 1 "hook-net (context only)" p diff hook-net@1 hook-net@2
	t "diff: a set and itself" p diff hooks@3 hooks@3
	t "status --record" p status --record "$k" "$k73"
	t "log: its life" eval \
		'p log hook-net >"$work/log"; grep -q "version 1  in hooks@1, kernels 7.2..7.3" "$work/log" && grep -q "version 2  in hooks@3, kernels 6.1" "$work/log" && grep -q "6.1.* applies" "$work/log"'
	sed 's/^+source "net.lnet.Kconfig"/+source "net\/lnet\/Kconfig.new"/' \
		"$work"/patches/hooks/v3/0001-*.patch >"$work/edited.patch"
	t "import: the next version of a known patch" eval \
		'p import --set hooks "$work/edited.patch" | grep -q "hook-net version 3"'
	t "import: nothing is known of it and any kernel" eval \
		'grep -q ^X-Patch-Status: "$work/edited.patch" && ! grep ^X-Patch-Status: "$work"/patches/hooks/v4/0001-*.patch'
	refused "diff: a change of the code is called one" 1 "hook-net (code)" p diff hooks@3 hooks@4
	t "diff --json reads" eval 'p diff --json hooks@3 hooks@4 | python3 -m json.tool'
	t "log --json reads" eval 'p log --json hook-net | python3 -m json.tool'
	t "list --json reads" eval 'p list --json | python3 -m json.tool'
	rm -rf "$work/patches/hooks/v4"
	ln -sfn m-linked.html "$work/m-link.html" && mknod "$work/m-null" c 1 3
	t "matrix: a device and a link stay what they are" eval '
		p status --html "$work/m-null" "$k" "$k73" "$work/applied" >/dev/null
		p status --html "$work/m-link.html" "$k" "$k73" "$work/applied" >/dev/null
		[ -c "$work/m-null" ] && [ -L "$work/m-link.html" ] && [ -s "$work/m-linked.html" ]'
	t "matrix: one page" eval 'p status --html "$work/m.html" "$k" "$k73" "$work/applied" >/dev/null; python3 - "$work/m.html" <<-"PY"
	import re, sys
	from html.parser import HTMLParser
	page = open(sys.argv[1], encoding="utf-8").read()
	class P(HTMLParser):
	    depth, void = [], {"meta", "br"}
	    rows = cells = 0
	    def handle_starttag(self, tag, attrs):
	        assert not any(a in ("src", "href") for a, _ in attrs), attrs
	        self.rows += tag == "tr"
	        self.cells += tag == "td"
	        if tag not in self.void:
	            self.depth.append(tag)
	    def handle_endtag(self, tag):
	        assert self.depth.pop() == tag, tag
	p = P()
	p.feed(page)
	assert not p.depth and p.rows == 5 and p.cells == 12, (p.depth, p.rows, p.cells)
	assert "hook-net" in page and "6.1." in page and "7.3." in page
	assert len(re.findall(r"class=\"s0\"><b>applied", page)) == 4
	PY'
	rm -rf "$work/patches"
}

# ---- a line that is gone ---------------------------------------------------------

# seam TEXT...: the state of a patch that takes kfree(server) out of such a file
seam() {
	printf '%s\n' "$@" >"$work/k/fs/9p/seam.c"
	p status --set "$work/seam.patch" "$work/k" | sed -nE 's/^  (applied|already upstream|applies|needs refresh|conflicts) .*/\1/p'
}

part_seam() {
	local a="void drop(struct server *server)" b="	ida_destroy(&server->ids);" \
		c="	put_cred(server->cred);" d="	kfree(server);" e="	release_automount_timer();"

	rm -rf "$work/patches" && mkdir "$work/patches"
	fresh_copy "$k61" "$work/k"
	mkdir -p "$work/seam/a" "$work/seam/b"
	printf '%s\n' "$a" "{" "$b" "$c" "$d" "$e" "}" >"$work/seam/a/s"
	printf '%s\n' "$a" "{" "$b" "$c" "$e" "}" >"$work/seam/b/s"
	(cd "$work/seam" && diff -u --label a/fs/9p/seam.c --label b/fs/9p/seam.c a/s b/s) \
		>"$work/seam.patch"
	t "a line that is gone: applied, whatever the context has become" eval \
		'[[ $(seam "$a" "{" "	other(server);" "$c" "$e" "}") =~ ^(applied|already upstream)$ ]]'
	t "a line that is gone: not while it is there" eval \
		'[ "$(seam "$a" "{" "	other(server);" "$c" "$d" "$e" "}")" = "needs refresh" ]'
	t "a line that is gone: not with something else in its place" eval \
		'[ "$(seam "$a" "{" "	other(server);" "$c" "	kfree_rcu(server);" "$e" "}")" = conflicts ]'
	rm -rf "$work/patches"
}

# ---- merging and upstream ----------------------------------------------------------

part_upstream() {
	local r=$work/repo

	rm -rf "$work/patches" "$r"
	mkdir -p "$r" && git -C "$r" init -q
	cp -r "$k61/fs" "$k61/Makefile" "$r/"
	git -C "$r" add -A && git -C "$r" commit -qm "6.1"
	cp "$k73/fs/9p/vfs_dir.c" "$r/fs/9p/" && git -C "$r" commit -qam "fs: 9p: newer folders"
	git -C "$r" format-patch -q -1 -o "$work/fix" >/dev/null
	t "upstream: import with its origin" p import --set fixes --id dirs \
		--origin "upstream posted" "$work"/fix/*.patch
	t "upstream: found in the commit that brought it" eval \
		'p status "$r" | grep -A1 "already upstream dirs" | grep -q "fs: 9p: newer folders"'
	t "upstream: before that commit it applies" test "$(state dirs "$r:HEAD~1")" = applies
	# upstream took it, and moved on: other lines around it, another file
	git -C "$r" mv fs/9p/vfs_dir.c fs/9p/folders.c
	sed -i 's/^{$/{ \/* begin *\//; s/^}$/} \/* end *\//' "$r/fs/9p/folders.c"
	git -C "$r" commit -qam "fs: 9p: rename"
	refused "upstream: partly or wholly in a file of another name" "$(p status "$r" >/dev/null; echo $?)" \
		"in fs/9p/folders.c" p status "$r"

	# a hunk whose own lines changed: only a merge can tell
	mkdir -p "$work/base" "$work/next"
	seq 1 40 | sed 's/^/line number /' >"$work/base/f"
	cp "$work/base/f" "$work/mine"
	sed -i 's/^line number 20$/line number twenty/; s/^line number 22$/line number 22, changed/' "$work/mine"
	(cd "$work" && diff -u --label a/f --label b/f base/f mine) >"$work/m.diff"
	sed 's/^line number 21$/line number 21\nsomething new\nsomething more\nsomething else/; s/^line number 1[89]$/& was edited/; s/^line number 2[345]$/& was edited/' "$work/base/f" >"$work/next/f"
	sed -i 's/^line number 21$/line number twenty-one/' "$work/next/f"
	t "merge: import" p import --set m --id m "$work/m.diff"
	sed 's/^line number 20$/line number zwanzig/' "$work/base/f" >"$work/other"
	mkdir "$work/third" && mv "$work/other" "$work/third/f"
	refused "merge: a line that both changed conflicts" 1 "does not merge" \
		p refresh --base "$work/base" m "$work/third"
	t "merge: and nothing was written" test ! -e "$work/patches/m/v2"
	t "merge: what lies apart is merged" eval 'p refresh --base "$work/base" m "$work/next" &&
		p apply m "$work/next" && grep -q "^line number twenty$" "$work/next/f" && grep -q "^something more$" "$work/next/f"'
	rm -rf "$work/patches"
}

# ---- all or nothing ------------------------------------------------------------------

part_atomic() {
	local k=$work/k n killed=0 old=0 new=0 bad=0

	fresh_copy "$k73" "$k"
	sed -i 's/^LYNX SERDES.*/LYNX/; s/^LTR390.*/LTR/; /^LUSTRE/,/^$/d; /liteon,ltr390/d; /ltr390.c/d; /linux-iio@vger/d; s/ioana.ciornei/i.c/' "$k/MAINTAINERS"
	cp -r "$k" "$work/broken"
	refused "atomic: the last of six files has no place" 1 "nothing was changed" \
		"$ps" --patches "$top/patches" apply hooks "$k"
	t "atomic: nothing was changed" same_tree "$work/broken" "$k"
	# killed at every rename: finished by the next run, or not begun
	for n in $(seq 1 14); do
		fresh_copy "$k73" "$k"
		(exec 2>/dev/null; strace -f -o /dev/null -e trace=rename -e inject=rename:signal=SIGKILL:when="$n" \
			"$ps" --patches "$top/patches" apply hooks "$k" >/dev/null) || killed=$((killed + 1))
		"$ps" --patches "$top/patches" status "$k" >/dev/null 2>&1
		find "$k" \( -name '*.patchset[0-9]*' -o -name '*.tmp[0-9]*' \) -delete
		if same_tree "$k73" "$k" >/dev/null; then
			old=$((old + 1))
		elif same_tree "$work/applied" "$k" >/dev/null; then
			new=$((new + 1))
		else
			bad=$((bad + 1))
		fi
	done
	echo "# killed $killed times: $old trees as before, $new patched, $bad half"
	t "atomic: no kill leaves a tree half patched" test $bad = 0 -a $old -ge 6 -a $new -ge 6 -a $killed -ge 10
}

# ---- names that are hard to write down ------------------------------------------------

part_names() {
	local r=$work/names odd=$'tab\there\nand a line'

	rm -rf "$work/patches" "$r" "$work/odd"
	git init -q "$r"
	mkdir "$r/sub" && seq 1 20 >"$r/sub/$odd" && seq 1 20 >"$r/gone"$'\n'"x"
	git -C "$r" add -A && git -C "$r" commit -qm one
	cp -r "$r" "$work/odd" && rm -rf "$work/odd/.git"
	sed -i 's/^10$/ten/' "$r/sub/$odd" && rm "$r/gone"$'\n'"x"
	git -C "$r" add -A && git -C "$r" commit -qm two
	t "names: a tab and a newline are applied" eval 'p import --set n "$r:HEAD~1..HEAD" &&
		p apply n "$work/odd" && grep -q "^ten$" "$work/odd/sub/$odd" && [ "$(find "$work/odd" -type f | wc -l)" = 2 ]'
	git -C "$r" update-index --add --cacheinfo "160000,$(printf %040d 7),dep"
	git -C "$r" commit -qm three
	refused "names: the commit of a submodule is none of its business" 2 \
		"it changes the commit of a submodule (dep)" p import --set s "$r:HEAD~1..HEAD"
	rm -rf "$work/patches"
}

# ---- a tree of which not all is there ----

# drop REPO REV:PATH: take one object out of a repository, as if never fetched
drop() {
	local oid

	oid=$(git -C "$1" rev-parse "$2") &&
		rm -f "$1/.git/objects/${oid:0:2}/${oid:2}"
}

part_partial() {
	local r=$work/partial h=$work/holes

	rm -rf "$work/patches" "$r" "$h"
	git init -q "$r"
	mkdir "$r/fs" && seq 1 20 >"$r/fs/f"
	git -C "$r" add -A && git -C "$r" commit -qm one
	sed -i 's/^10$/the tenth line of it/' "$r/fs/f"
	git -C "$r" commit -qam two
	t "partial: a patch" p import --set m "$r:HEAD~1..HEAD"
	cp -r "$r" "$h" && drop "$h" HEAD~1:fs/f
	t "partial: what is there is judged" eval 'p status "$h:HEAD" | grep -q "^  applied "'
	refused "partial: contents that are not there are no conflict" 2 \
		"cannot read fs/f" p status "$h:HEAD~1"
	rm -rf "$h" && cp -r "$r" "$h" && drop "$h" HEAD~1:fs
	refused "partial: nor is a folder" 2 "cannot read fs/f" p status "$h:HEAD~1"
	t "partial: a file that the tree does not have is one" eval \
		'git -C "$r" rm -q --cached fs/f && git -C "$r" commit -qm three &&
		{ p status "$r:HEAD" >"$work/said"; [ $? = 1 ]; } && grep -q "the file is not there" "$work/said"'
	rm -rf "$work/patches"
}

# ---- bad input -------------------------------------------------------------------------

part_trouble() {
	local d=$work/bad k=$work/k

	rm -rf "$work/patches" "$d" "$k"
	mkdir -p "$d" "$k/fs"
	seq 1 30 >"$k/fs/f"
	cp "$k/fs/f" "$d/f"
	sed -i 's/^15$/fifteen, and that is what is new/' "$d/f"
	(cd "$work" && diff -u --label a/fs/f --label b/fs/f k/fs/f bad/f) >"$d/good"
	: >"$d/empty"
	refused "bad: an empty patch" 2 "it is empty" p import --set x "$d/empty"
	echo "hello" >"$d/text"
	refused "bad: no diff" 2 "there is no diff in it" p import --set x "$d/text"
	head -c 100 /bin/true >"$d/elf"
	refused "bad: a binary file" 2 "it is a binary file" p import --set x "$d/elf"
	printf 'diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ\n\n' >"$d/bin"
	refused "bad: a binary diff" 2 "changes a binary file" p import --set x "$d/bin"
	sed 's/$/\r/' "$d/good" >"$d/crlf"
	refused "bad: CR LF" 2 "end with CR LF" p import --set x "$d/crlf"
	head -n 7 "$d/good" >"$d/short"
	refused "bad: cut short" 2 "is cut short or malformed" p import --set x "$d/short"
	sed 's|/fs/f|/../../etc/passwd|' "$d/good" >"$d/out"
	refused "bad: a path that leads out" 2 "outside of the tree" p import --set x "$d/out"
	refused "bad: no such file" 2 "No such file" p import --set x "$d/nothing"
	refused "bad: no repository" 2 "no git repository" p import --set x "$d:HEAD"
	t "bad: none of these wrote anything" test ! -e "$work/patches/x"
	t "a good one" p import --set x --id good "$d/good"
	printf 'caf\351\n' >>"$k/fs/f"
	cp "$k/fs/f" "$d/f2"
	sed 's/^29$/neunundzwanzig, caf\xe9/' "$k/fs/f" >"$d/f3"
	(cd "$d" && diff -u --label a/fs/f --label b/fs/f f2 f3) >"$d/latin"
	t "not UTF-8 is fine" p import --set l --id latin "$d/latin"
	t "not UTF-8: byte for byte" eval 'p apply l "$k" && cmp "$k/fs/f" "$d/f3" && p reverse l "$k" && cmp "$k/fs/f" "$d/f2"'
	t "not UTF-8: the JSON still reads" eval 'p status --json "$k" | python3 -m json.tool'
	refused "bad: a tree that is none" 2 "No such file" p apply x "$work/nowhere"
	refused "bad: a set that is none" 2 "is no set, no patch id and no file" p apply nothing "$k"
	sed -i 's/$/\r/' "$k/fs/f"
	refused "a file with CR LF conflicts" 1 "conflicts" p apply x "$k"
	rm "$k/fs/f" && ln -s nowhere "$k/fs/f"
	refused "a broken link is named" 1 "symbolic link" p apply x "$k"
	rm "$k/fs/f" && mv "$k/fs" "$k/real" && seq 1 30 >"$k/real/f" && ln -s real "$k/fs"
	refused "nor is a folder's followed" 1 "symbolic link" p apply x "$k"
	echo "kernel: 7.3" >>"$work/patches/x/v1/set"
	refused "bad: a set file with a typo" 2 "neither 'title: ' nor 'kernels: '" p list
	printf 'title: x\nkernels: seven\n' >"$work/patches/x/v1/set"
	refused "bad: a range that is none" 2 "kernels is not like" p list
	echo "title: x" >"$work/patches/x/v1/set"
	cp "$work"/patches/x/v1/0001-*.patch "$work/patches/x/v1/0002-again.patch"
	refused "bad: one id twice" 2 "the same id as" p list
	rm "$work/patches/x/v1/0002-again.patch"
	mkdir "$work/patches/x/two"
	refused "bad: a version that is none" 2 "called v1, v2" p list
	refused "an unknown verb" 2 "no verb 'wrong'" p wrong
	refused "an unknown option" 2 "unrecognized option" p list --wrong
	t "--help" eval '"$ps" --help | grep -q "^usage: patchset"'
}

part_mutate() {
	local k=$work/mini f

	rm -rf "$k"
	for f in Makefile {net,fs}/{Kconfig,Makefile} MAINTAINERS Documentation/filesystems/index.rst; do
		mkdir -p "$k/$(dirname "$f")" && cp "$k73/$f" "$k/$f"
	done
	t "mutate: it builds with sanitizers" make -s -C "$top/tools/patchset" \
		BUILDDIR="$work/san" CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined" \
		"$work/san/patchset"
	t "mutate: damaged patches are refused or applied" eval \
		'set -o pipefail; python3 "$top/tests/patchset/mutate.py" "$work/san/patchset" "$top/patches/hooks/v1" "$k" '"${LT_FULL:+20}100"' | tee "$work/figures"'
	echo "# $(cat "$work/figures")"
}

for part in ${LT_PATCHSET_PARTS:-hooks round drift identity seam upstream atomic names partial trouble mutate}; do
	"part_$part"
done
