#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: kcompat learn: names of a newer tree as shims for 6.1, and what it refuses
# speed: fast
# needs: debian
# limit: 900
#
# The newer tree is one of a few made-up headers, so nothing is downloaded.

set -u
. "$(dirname -- "$0")/../lib.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset KCOMPAT_KERNELVER KCOMPAT_ANY_CC

for old in /usr/src/linux-headers-6.1.*-amd64; do
	[ -f "$old/Module.symvers" ] && break
done
[ -f "$old/Module.symvers" ] || {
	echo "SKIP kcompat-learn: no headers of a 6.1 kernel in /usr/src"
	exit 0
}

ok() { echo "ok kcompat-learn: $1"; }
not_ok() {
	echo "not ok kcompat-learn: $1"
	[ -s "${2:-}" ] && tail -n 12 "$2"
}
t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name" "$work/log"; fi
}
says() { # NAME PATTERN: the last run of learn did
	grep -qE -- "$2" "$work/out" && ok "$1" || not_ok "$1" "$work/out"
}
# refused NAME PATTERN COMMAND...: fails, with one line, which says why
refused() {
	local name=$1 pattern=$2

	shift 2
	if "$@" >"$work/out" 2>&1; then
		not_ok "$name: was accepted" "$work/out"
	elif [ "$(wc -l <"$work/out")" = 1 ] && grep -qE -- "$pattern" "$work/out"; then
		ok "$name"
	else
		not_ok "$name: says something else" "$work/out"
	fi
}
kcompat() { sh "$top/compat/kcompat" "$@"; }
learn() { kcompat learn --linux "$old" --from "$work/new" "$@"; }

# ---- the newer tree --------------------------------------------------------

new=$work/new
mkdir -p "$new/include/linux" "$new/fs/kclfs" "$new/fs/kclcore"
printf 'VERSION = 9\nPATCHLEVEL = 4\nSUBLEVEL = 1\n' >"$new/Makefile"
: >"$new/include/linux/kernel.h"
cat >"$new/include/linux/fs.h" <<'H'
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H
#include <linux/kernel.h>
#include <linux/kcl_split.h>

/* a macro over a function over a constant: KCL_DOUBLE */
#define KCL_DOUBLE(x) \
	kcl_twice((x) + KCL_DEEP)

enum kcl_order {
	KCL_ZERO,	/* with a comma, and = */
	KCL_ONE,
	KCL_TWO,
};

/* two arms */
#ifdef CONFIG_MMU
static inline int kcl_arm(void)
{
	return 1;
}
#else
static inline int kcl_arm(void) { return 0; }
#endif

static inline int
kcl_twice(int x)
{
	return x * KCL_TWO;
}

/* this one grew: the older kernel has it without the last */
enum wb_reason {
	WB_REASON_BACKGROUND,
	WB_REASON_VMSCAN,
	WB_REASON_KCL = 40,
	WB_REASON_KCL_NEXT,
};

#define DECLARE_KCL_BIT(name, nr) KCL_ ## name ## _BIT = nr
enum {
	DECLARE_KCL_BIT(GREEN, 4),
	DECLARE_KCL_BIT(RED, 5),
};

struct kcl_pair {
	struct inode *inode;
	kcl_number_t n;
};

extern int kcl_core(struct inode *inode);

static inline int kcl_over_core(struct inode *inode)
{
	return kcl_core(inode);
}

/* refuses to compile on the older kernel: i_nlink is in both, not so called */
static inline int kcl_wrong(struct inode *inode)
{
	return inode->kfree;
}
#endif
H
cat >"$new/include/linux/kcl_split.h" <<'H'
#ifndef _LINUX_KCL_SPLIT_H
#define _LINUX_KCL_SPLIT_H
#define KCL_DEEP 100
typedef unsigned long kcl_number_t;
#endif
H
cat >"$new/include/linux/kcl_own.h" <<'H'
#ifndef _LINUX_KCL_OWN_H
#define _LINUX_KCL_OWN_H
#define KCL_OWN 7
#endif
H
cat >"$new/include/linux/kcl_elsewhere.h" <<'H'
#define kcl_nowhere(x) (x)
H
cat >"$new/fs/kcl.c" <<'C'
int kcl_core(struct inode *inode)
{
	return 0;
}
EXPORT_SYMBOL(kcl_core);
C
echo 'obj-m := kclfs.o' >"$new/fs/kclfs/Makefile"
cat >"$new/fs/kclfs/kclfs.c" <<'C'
// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/kcl_own.h>

static_assert(KCL_TWO == 2);
static_assert(KCL_RED_BIT == 5);
static_assert(WB_REASON_KCL_NEXT == 41);
static_assert(KCL_OWN == 7);

static int __init kclfs_init(void)
{
	struct kcl_pair pair = { .n = KCL_DOUBLE(1) };

	return pair.n == 202 && kcl_arm() ? 0 : -EINVAL;
}
module_init(kclfs_init);
MODULE_LICENSE("GPL");
C
echo 'obj-m := kclcore.o' >"$new/fs/kclcore/Makefile"
cat >"$new/fs/kclcore/kclcore.c" <<'C'
// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/fs.h>

int kclcore_use(struct inode *inode)
{
	return kcl_core(inode) + kcl_over_core(inode) + kcl_wrong(inode) +
		kcl_nowhere(1) + kcl_mine() + KCL_DEEP + inode->kcl_member;
}
MODULE_LICENSE("GPL");
C
(cd "$new" && find . -type f | sort | xargs cksum) >"$work/new.before"

# ---- what is learnt ----------------------------------------------------------

dir=$work/shims
learn --source "$new/fs/kclfs" --shims "$dir" >"$work/out" 2>&1
t "a source that lacks a dozen names builds" test $? = 0
says "a macro" '^kcompat: KCL_DOUBLE: learnt from include/linux/fs.h:8 \(macro\)'
says "an inline function, wanted by it" '^kcompat: kcl_twice: learnt .* \(inline\), for KCL_DOUBLE'
says "a constant, wanted by that" '^kcompat: KCL_TWO: learnt .* \(constant\)'
says "a structure" '^kcompat: kcl_pair: learnt .* \(type\)'
says "a type that it holds" '^kcompat: kcl_number_t: learnt from include/linux/kcl_split.h:4 \(type\), for kcl_pair'
says "a constant that a macro makes" '^kcompat: KCL_RED_BIT: learnt .*\(constant\)'
says "a constant that this kernel's code does not know: said" \
	'^kcompat: WB_REASON_KCL_NEXT: the value is that of the newer kernel'
says "a header that belongs to the source: named with its option" \
	"<linux/kcl_own.h>: .*--source $new/include/linux/kcl_own.h:include/linux/kcl_own.h"
t "both arms of a condition" eval \
	'grep -q "^#if (defined(CONFIG_MMU))" "$dir/kcl_arm.h" && grep -q "^#if (!(defined(CONFIG_MMU)))" "$dir/kcl_arm.h"'
t "each shim says where it is from" eval \
	'! grep -L "^ \* learnt: Linux 9.4, include/linux/[a-z_]*.h:[0-9]* (" "$dir"/*.h | grep .'
t "what a shim stands on is declared" "$top/tests/compat/needs" "$dir"/*.h
t "an enumeration that is wholly lacking is copied whole" grep -q KCL_ONE, "$dir/KCL_TWO.h"
t "one that is there is not" eval '! grep -q WB_REASON_VMSCAN "$dir/WB_REASON_KCL_NEXT.h"'
t "the newer tree was not touched" eval \
	'(cd "$new" && find . -type f | sort | xargs cksum) | cmp - "$work/new.before"'

own=$new/include/linux/kcl_own.h:include/linux/kcl_own.h
t "build takes the folder" kcompat build --linux "$old" --source "$new/fs/kclfs" \
	--source "$own" --shims "$dir" --out "$work/b"
t "without a warning" eval '! grep "warning: " "$work/b/build.log"'
t "report shows what was learnt" eval \
	'kcompat report --shims "$dir" "$work/b" | grep -q "KCL_DOUBLE .*linux/fs.h"'
(cd "$dir" && cksum *) >"$work/first"
learn --source "$new/fs/kclfs" --source "$own" --shims "$dir" --out "$work/b" >"$work/out" 2>&1
t "a second time nothing is to be learnt" eval \
	'(cd "$dir" && cksum *) | cmp - "$work/first" && [ "$(wc -l <"$work/out")" = 1 ]'
says "a second time: says so" 'builds with 0 learnt'

# ---- what is not ---------------------------------------------------------------

mkdir "$work/mine"
printf '/* SPDX-License-Identifier: GPL-2.0 */\n/*\n * shim: KCL_DEEP\n * names: kcl_deep_of_mine\n * header: linux/fs.h\n */\n#define kcl_deep_of_mine 1\n' \
	>"$work/mine/KCL_DEEP.h"
cp "$work/mine/KCL_DEEP.h" "$work/keep"
learn --source "$new/fs/kclcore" --shims "$work/mine" >"$work/out" 2>&1
t "code of the core: fails" test $? = 1
says "a function of the core is named with its file" \
	'^kcompat: kcl_core: needs vfs code: cannot be given by headers \(fs/kcl.c:1\)$'
says "an inline function over it is taken back" '^kcompat: kcl_over_core: needs kcl_core: needs vfs code'
says "what does not compile here is taken back" '^kcompat: kcl_wrong: does not compile on this kernel: '
says "a name of a header that the source does not include" '^kcompat: kcl_nowhere: is not defined'
says "a name that is nowhere" '^kcompat: kcl_mine: is not defined'
says "a member" '^kcompat: inode.kcl_member: a member of a structure'
says "a shim of one's own is not written over" \
	"^kcompat: KCL_DEEP: is lacking, and $work/mine/KCL_DEEP.h is not a learnt shim"
t "it is as it was, and nothing else is left" eval \
	'cmp "$work/keep" "$work/mine/KCL_DEEP.h" && [ "$(ls "$work/mine")" = KCL_DEEP.h ]'

kcompat build --linux "$old" --source "$new/fs/kclfs" --out "$work/h" >"$work/out" 2>&1
says "build names the option for a header of the source's tree" \
	"<linux/kcl_own.h> is in the source's tree: .*--source $own"

# ---- bad input -----------------------------------------------------------------

refused "no newer tree" '^kcompat: --from is missing' kcompat learn --linux "$old" \
	--source "$new/fs/kclfs" --shims "$dir"
refused "a folder that is no kernel" 'no kernel source tree in .*/shims \(--from\)' \
	kcompat learn --linux "$old" --from "$dir" --source "$new/fs/kclfs" --shims "$dir"
refused "no folder" '^kcompat: --shims is missing' learn --source "$new/fs/kclfs"
refused "two folders" 'into one folder' learn --source "$new/fs/kclfs" --shims "$dir" --shims "$work/mine"
refused "no source" '^kcompat: --source is missing' learn --shims "$dir"
refused "a source that is not there" 'no source folder' learn --source "$new/fs/none" --shims "$dir"
refused "a kernel that is not there" 'no kernel headers' kcompat learn --from "$new" \
	--linux "$work/none" --source "$new/fs/kclfs" --shims "$dir"
refused "a file as a folder" 'cannot write to' learn --source "$new/fs/kclfs" --shims "$work/keep"
refused "a path with a blank" 'spaces' learn --source "$new/fs/kclfs" --shims "$work/a b"
refused "build: no such folder" 'no folder .*none' kcompat build --linux "$old" \
	--source "$new/fs/kclfs" --shims "$work/none" --out "$work/x"
mkdir "$work/bad"
echo 'int x;' >"$work/bad/x.h"
refused "build: a file that is no shim" 'x.h: not a shim' kcompat generate --linux "$old" \
	--source "$new/fs/kclcore" --shims "$work/bad" --out "$work/b"
cp "$top/compat/shims/str_plural.h" "$work/bad/x.h"
refused "build: a shim that is there twice" 'shim str_plural is there twice' kcompat generate \
	--linux "$old" --source "$new/fs/kclcore" --shims "$work/bad" --out "$work/b"
