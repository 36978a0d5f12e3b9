#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: what users have in their environment, odd folders, kernels without headers
# speed: fast
# needs: packages
# limit: 120

set -u
. "$(dirname -- "$0")/../lib.sh"
work=$(mktemp -d) || exit 1
trap 'umount "$work/src" 2>/dev/null; rm -rf "$work"' EXIT

ok() { echo "ok environment: $1"; }
not_ok() {
	echo "not ok environment: $1"
	tail -n 20 "$work/log" | sed 's/^/#   /'
}

# t NAME COMMAND...: passes when the command does
t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name"; fi
}

# says NAME STATUS TEXT COMMAND...
says() {
	local name=$1 want=$2 text=$3 rc
	shift 3
	"$@" >"$work/log" 2>&1
	rc=$?
	cp "$work/log" "$work/last"
	if [ $rc = "$want" ] && grep -qF -- "$text" "$work/log"; then
		ok "$name"
	else
		echo "# status $rc, not $want, or no '$text'" >>"$work/log"
		not_ok "$name"
	fi
}

# ---- the environment ----------------------------------------------------------

# Headers of a kernel, as far as they are looked at before make is called.
kver=6.1.0-7-test
k=$work/kernel
mkdir -p "$k/include/config" "$k/include/generated" "$work/bin"
touch "$k/Makefile" "$k/include/generated/autoconf.h"
echo '0x1	kfree	vmlinux	EXPORT_SYMBOL' >"$k/Module.symvers"
echo 'CONFIG_CC_VERSION_TEXT="gcc-12 (Debian) 12.2.0"' >"$k/include/config/auto.conf"
echo "#define UTS_RELEASE \"$kver\"" >"$k/include/generated/utsrelease.h"
printf '#!/bin/sh\necho "gcc-12 (Debian) 12.2.0"\n' >"$work/bin/gcc-12"
# what kbuild and the compilers below it would see
printf '#!/bin/sh\nenv >"%s"\n' "$work/seen" >"$work/bin/make"
chmod +x "$work/bin"/*

of_a_user() { # COMMAND...
	env PATH="$work/bin:$PATH" KBUILD_OUTPUT=/x KBUILD_EXTMOD=/x LLVM=1 LLVM_IAS=1 \
		MAKEFILES=/x MAKEFLAGS=-k KCFLAGS=-x KAFLAGS=-x KCPPFLAGS=-x CC=x ARCH=x \
		CROSS_COMPILE=x- M=/x V=2 W=1 C=2 O=/x INSTALL_MOD_PATH=/x CPATH=/x \
		C_INCLUDE_PATH=/x GCC_EXEC_PREFIX=/x GCC_COLORS=x COMPILER_PATH=/x \
		CDPATH=/ LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 LC_MESSAGES=de_DE.UTF-8 \
		LANGUAGE=de KCOMPAT_CLEAN=1 CCACHE_DIR="$work/ccache" \
		KBUILD_BUILD_USER=me "$@"
}

# clean NAME COMMAND...: nothing of that gets to make, and what was meant for it does
clean() {
	local name=$1
	shift
	rm -f "$work/seen"
	of_a_user "$@" >"$work/log" 2>&1
	if [ -s "$work/seen" ] && ! grep -E '(/|=)(x|de_DE.*|de|1|2|-k|-x|x-|/)$' "$work/seen" \
			>>"$work/log" &&
		[ "$(grep -cxE '(LANG|LC_ALL|LC_MESSAGES)=C' "$work/seen")" = 3 ] &&
		grep -qx 'KBUILD_BUILD_USER=me' "$work/seen" &&
		grep -qx "CCACHE_DIR=$work/ccache" "$work/seen"; then
		ok "$name"
	else
		cat "$work/seen" >>"$work/log"
		not_ok "$name"
	fi
}

mkdir "$work/copy"
cp -r "$top"/{autoconf,compat,lnet,lustre,include,dkms.conf} "$work/copy/"
cat "$top"/autoconf/probes/*.probes >"$work/x.probes"
clean "kprobe" sh "$top/autoconf/kprobe" --linux "$k" --out "$work/o/answers" "$work/x.probes"
clean "kcompat" sh "$top/compat/kcompat" probe --linux "$k" --out "$work/o/answers"
clean "dkms configure" "$work/copy/compat/dkms" configure $kver "$k"
rm -rf "$work/copy/kbuild"
clean "dkms build" sh "$work/copy/compat/dkms" build $kver "$k"

# ---- folders ------------------------------------------------------------------

for c in : % , ';' '&' '#' '$' '=' '|' '(' ')' "'" '"' "\\" '`' '*' '?' '[' '<'; do
	d=$work/a${c}b
	says "a build folder with $c" 1 "a path with the character $c: $d" \
		sh "$top/compat/kcompat" probe --linux "$k" --out "$d/answers"
done
says "a build folder with a space" 1 "a path with spaces" \
	sh "$top/compat/kcompat" build --linux "$k" --out "$work/a b" \
	--source "$top/lnet:net/lnet"
says "a folder for temporary files with %" 1 "a path with the character %" \
	env TMPDIR="$work/a%b" sh "$top/autoconf/kprobe" --linux "$k" \
	--out "$work/o/answers" "$work/x.probes"

# What was wrong then is not what is wrong now.
read_only() {
	mkdir "$work/src" && mount -t tmpfs none "$work/src" &&
		cp -r "$work/copy/." "$work/src/" || return 1
	rm -rf "$work/src/kbuild"
	"$work/src/compat/dkms" configure 6.1.0-6-test /nowhere && return 1
	grep -q 'no kernel headers in /nowhere' "$work/src/kbuild/configure.log" || return 1
	mount -o remount,ro "$work/src" || return 1
	for verb in configure build; do
		sh "$work/src/compat/dkms" $verb 6.1.0-6-test /nowhere >"$work/said" 2>&1 &&
			return 1
		cat "$work/said"
		grep 'cannot write to' "$work/said" || return 1
		! grep nowhere "$work/said" || return 1
	done
	umount "$work/src"
}
if [ "$(id -u)" = 0 ]; then
	t "a read-only source, and an old log in it" read_only
else
	echo "SKIP environment: a read-only source: only as root"
fi

# ---- what is packed ---------------------------------------------------------------

c=$work/checkout
a_checkout() {
	rm -rf "$c" && mkdir -p "$c/tools" "$c/debian" &&
		cp "$top/tools/package" "$c/tools/" && cp "$top/configure.ac" "$c/" &&
		cp "$top/debian/changelog" "$c/debian/" && echo '*.o' >"$c/.gitignore" &&
		touch "$c/a.c" "$c/z.c" &&
		git -C "$c" init -q && git -C "$c" add . &&
		git -C "$c" -c user.name=t -c user.email=t@t commit -qm t && touch "$c/a.o"
}

# packs NAME...: these files at the root of the tree, among others below it
packs() {
	"$c/tools/package" files >"$work/said" 2>"$work/warned" || { cat "$work/warned"; return 1; }
	cat "$work/warned"
	[ "$(grep -v / "$work/said" | sort | xargs)" = "$*" ]
}

a_checkout
t "a checkout: its files" packs .gitignore a.c configure.ac z.c
rm "$c/z.c"
t "a file that was deleted is left out" packs .gitignore a.c configure.ac
t "and named" grep -qx 'package: not packed, as it is not here: z.c' "$work/warned"
a_checkout
if [ "$(id -u)" = 0 ]; then
	chown -R nobody "$c"
	t "the checkout of another user" packs .gitignore a.c configure.ac z.c
fi
rm -rf "$c/.git"
t "a copy without git's part" packs .gitignore a.c configure.ac z.c
printf 'a.c\nz.c\n' >"$c/MANIFEST"
t "what was a tarball" packs a.c z.c

# ---- kernels without headers -----------------------------------------------------

printf '#!/bin/sh\necho "dkms $*"\n' >"$work/bin/dkms"
chmod +x "$work/bin/dkms"
everywhere() {
	env PATH="$work/bin:$PATH" MODULES_TREE="$work/modules" DKMS_TREE="$work/dkms" \
		EFIVARS=/nonexistent sh "$top/compat/dkms" everywhere
}

says "no kernel at all" 0 "NO MODULES: no kernel is installed here" everywhere
mkdir -p "$work/modules/6.1.0-7-test/kernel" "$work/modules/4.4.0-1-test/kernel"
says "a kernel without headers" 0 "NO MODULES for kernel 6.1.0-7-test: its headers are not here" \
	everywhere
t "what to install is said, on one line" grep -qE \
	'linux-headers-6.1.0-7-test, RHEL: kernel-devel-6.1.0-7-test, .*: dkms install lustre-client/.* -k 6.1.0-7-test$' \
	"$work/last"
t "nothing of kernels that it is not for" eval '! grep -F 4.4.0-1 "$work/last"'
mkdir -p "$work/modules/6.1.0-8-test/build/include" "$work/modules/6.1.0-9-test"
says "a kernel with headers beside it" 0 "dkms install -m lustre-client -v " everywhere
t "is built for" grep -qE -- '-k 6.1.0-8-test$' "$work/last"
t "what is left of a kernel is none" eval '! grep -F 6.1.0-9 "$work/last"'
