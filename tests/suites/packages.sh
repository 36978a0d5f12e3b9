#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: dkms, Debian and RPM packages, from the build to the purge; the doctor
# speed: slow
# needs: tools kernels
# limit: 3000
#
# By default one chroot for each of dpkg and rpm in short form; LT_FULL=1 for
# all of them in full, autopkgtest, prebuilt modules, and a kernel update.
# LT_SUITES names releases of Debian, LT_PACKAGES_PARTS some of: static doctor
# deb autopkgtest tools chroots rpm kmod update

set -u
. "$(dirname -- "$0")/../lib.sh"
here=$top/tests/packages
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LT_RESULTS=${LT_RESULTS:-$work/results}
mkdir -p "$LT_RESULTS"
archives=$cache/packages/archives
# what the compilers in the chroots made
compiled=$cache/packages/ccache
mkdir -p "$archives/partial" "$compiled"

ok() { echo "ok packages: $1"; }
not_ok() {
	echo "not ok packages: $1"
	[ -s "${2:-}" ] && tail -n 20 "$2" | sed 's/^/#   /'
}

# t NAME COMMAND...: passes when the command does
t() {
	local name=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$name"; else not_ok "$name" "$work/log"; fi
}

# ---- what can be seen without building ---------------------------------------

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$top/dkms.conf")

# One version, said in four places.
one_version() {
	grep -qF "AC_INIT([lustre-client], [$version]" "$top/configure.ac" &&
		grep -q "^lustre-client (1:$version-" <(head -n 1 "$top/debian/changelog") &&
		grep -qx "Version: *$version" "$top/rpm/lustre-client.spec" &&
		grep -qx "Epoch: *1" "$top/rpm/lustre-client.spec"
}

# dkms sources dkms.conf again and again: quick, silent, and without a trace.
conf_harmless() {
	cp "$top/dkms.conf" "$work/dkms.conf"
	(
		cd "$work" && PATH=/nowhere && set -u
		kernelver=1.2.3 kernel_source_dir=/k arch=x86_64
		for _ in 1 2 3 4 5 6 7 8 9; do
			unset BUILD_EXCLUSIVE_CONFIG
			BUILD_EXCLUSIVE_CONFIG=
			. ./dkms.conf || exit 1
		done
		[ "${#BUILT_MODULE_NAME[@]}" = 2 ] || exit 1
		[ "$PRE_BUILD" = "compat/dkms configure 1.2.3 /k" ]
	) && [ "$(cat "$work/dkms.conf")" = "$(cat "$top/dkms.conf")" ]
}

# dkms_conf: what it is sourced with, and what it says
dkms_conf() {
	# shellcheck disable=SC2034 # dkms.conf uses them
	kernelver=1.2.3 kernel_source_dir=/k
	. "$top/dkms.conf"
}

# Is it built for?
exclusive() {
	local rel want got
	while read -r rel want; do
		got=no
		[[ $rel =~ $(dkms_conf && echo "$BUILD_EXCLUSIVE_KERNEL") ]] && got=yes
		[ $got = "$want" ] || { echo "$rel: $got, not $want"; return 1; }
	done <<-LIST
		4.18.0-553.16.1.el8_10.x86_64 yes
		4.18.0-25-generic no
		4.19.0-27-amd64 no
		5.4.0-150-generic no
		5.10.0-35-amd64 yes
		5.14.0-570.12.1.el9_6.x86_64 yes
		5.14.21-150500.55.83-default yes
		5.15.0-91-generic yes
		6.1.0-56-amd64 yes
		6.4.0-150600.23.25-default yes
		6.8.0-31-generic yes
		6.12.0-55.9.1.el10_0.x86_64 yes
		7.3-amd64 yes
		10.0.1 yes
	LIST
}

# The modules that dkms is told of are those that kbuild makes.
same_modules() {
	local conf made

	conf=$(dkms_conf && for i in "${!BUILT_MODULE_NAME[@]}"; do
		echo "${BUILT_MODULE_LOCATION[$i]}/${BUILT_MODULE_NAME[$i]}"
	done | sort)
	made=$(cd "$cache/debian-6.1/build" 2>/dev/null &&
		find kbuild/out/stage -name '*.ko' | sed 's/\.ko$//' | sort)
	[ -n "$made" ] || { echo "no build to compare with"; return 1; }
	diff <(echo "$conf") <(echo "$made")
}

# Scripts of packages leave running kernels alone.
scripts_harmless() {
	! sed 's/#.*//' "$top"/debian/*inst "$top"/debian/*rm "$top/rpm/lustre-client.spec" \
		"$top/compat/dkms" "$top/tools/package" 2>/dev/null |
		grep -nE '\<(modprobe|insmod|rmmod|umount|systemctl|lctl network)([[:space:]]|$)'
}

# Secure Boot on, off, and with a key that the firmware does not know.
secure_boot() {
	local v=$work/efi/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c

	mkdir -p "$work/efi"
	printf '\6\0\0\0\1' >"$v"
	EFIVARS=$work/efi PATH=/usr/bin:/bin sh "$top/compat/dkms" secureboot |
		grep -E 'has no key to sign|mokutil --import /var/lib/[a-z/-]*(mok.pub|MOK.der)' || return 1
	printf '\6\0\0\0\0' >"$v"
	[ -z "$(EFIVARS=$work/efi sh "$top/compat/dkms" secureboot)" ] || return 1
	[ -z "$(EFIVARS=$work/none sh "$top/compat/dkms" secureboot)" ]
}

part_static() {
	t "Secure Boot is pointed out" secure_boot
	t "one version everywhere" one_version
	t "dkms.conf does nothing" conf_harmless
	t "which kernels dkms builds for" exclusive
	[ ! -d "$cache/debian-6.1/build/kbuild" ] ||
		t "dkms.conf names the modules that are built" same_modules
	t "no script loads or unloads" scripts_harmless
	t "manuals" manuals
	t "shell syntax" eval 'sh -n "$top/compat/dkms" &&
		sh -n "$top/tools/doctor/lustre-client-doctor" &&
		bash -n "$top/tools/package" && bash -n "$top/tools/system/completion.bash" &&
		bash -n "$top/tools/system/devtools.bash"'
}

# ---- packages ------------------------------------------------------------------

tarball=$work/tarball/lustre-client-$version.tar.xz
make_tarball() {
	[ -s "$tarball" ] || "$top/tools/package" --out "$work/tarball" tarball
}

# the version after this one
next=$version.1
make_next() {
	[ -d "$work/next" ] || {
		make_tarball &&
			"$here/next-version" "$tarball" "$next" "$work/next"
	}
}

make_debs() {
	ls "$work"/debs/*.deb >/dev/null 2>&1 || {
		make_tarball && "$top/tools/package" --out "$work/debs" \
			--tarball "$tarball" deb
	}
}

# In another folder, at another time, as somebody else with another umask, and
# by the compiler itself.
same_again() {
	(
		umask 077
		export TMPDIR=$work/again TZ=Asia/Tokyo LC_ALL=C.UTF-8 CCACHE_DISABLE=1
		mkdir -p "$TMPDIR"
		"$top/tools/package" --out "$work/debs2" --tarball "$tarball" deb
	) >"$LT_RESULTS/deb-again.log" 2>&1 || { tail "$LT_RESULTS/deb-again.log"; return 1; }
	for f in "$work"/debs/*.deb "$work"/debs/*.tar.xz "$work"/debs/*.dsc; do
		cmp "$f" "$work/debs2/${f##*/}" || return 1
	done
}

# Tags about Debian's own archive are left out.
lint_debs() {
	[ -s "$1" ] || { echo "no package $1"; return 1; }
	lintian --allow-root --fail-on error,warning \
		--suppress-tags initial-upload-closes-no-bugs "$@"
}

unpacked_size() {
	local kib

	dpkg-deb -x "$work"/debs/lustre-client-modules-dkms_*.deb "$work/unpacked"
	kib=$(du -sk --apparent-size "$work/unpacked/usr/src" | cut -f 1)
	echo "# packages: source for dkms: $kib KiB, package $(($(stat -c %s \
		"$work"/debs/lustre-client-modules-dkms_*.deb) / 1024)) KiB" >&3
	[ "$kib" -le 2048 ]
}

nothing_exotic() {
	local dep

	for dep in $(dpkg-deb -f "$work"/debs/lustre-client-modules-dkms_*.deb Depends |
		sed 's/([^)]*)//g; s/,/ /g'); do
		case $dep in
		dkms | gcc | make) ;;
		*) echo "depends on $dep"; return 1 ;;
		esac
	done
}

# What a user calls for help has to be there, and to be read.
manuals() {
	local f

	for f in "$top"/Documentation/man/*.[18]; do
		man --warnings -l -E UTF-8 -Tutf8 -Z "$f" 2>&1 >/dev/null | grep . && return 1
	done
	return 0
}

# Built from the tarball alone: the parser that is in it, and no network.
carries_grammar() {
	mkdir -p "$work/carried" &&
		tar -x -C "$work/carried" --strip-components=1 -f "$tarball" --wildcards \
			'*/tools/treecmp' || return 1
	(cd "$work/carried/tools/treecmp/tree-sitter-c" && sha256sum -c ../grammar.sha256) &&
		[ "$(LUSTRE_CACHE=/nonexistent "$work/carried/tools/treecmp/grammar" --no-fetch)" = \
			"$work/carried/tools/treecmp/tree-sitter-c" ]
}

# Before anything else is done.
odd_folder() {
	local d=$work/odd/build%1

	mkdir -p "$d" && tar -x -C "$work/odd" --strip-components=1 -f "$tarball" || return 1
	(cd "$d" && ! ../configure --disable-modules >"$work/odd/said" 2>&1) || return 1
	cat "$work/odd/said"
	grep -F "in a path with the character %" "$work/odd/said"
}

part_deb() {
	t "make dist" make_tarball
	t "the tarball has the parser of C" carries_grammar
	t "configure names what make cannot work in" odd_folder
	t "Debian packages" make_debs
	t "the same packages when built again" same_again
	t "lintian" lint_debs "$work"/debs/*.changes
	t "source for dkms at most 2 MiB" unpacked_size 3>&1
	t "no unusual dependency" nothing_exotic
	"$here/other-client" deb "$work/debs" "$work/other-deb"
}

# base NAME SUITE PACKAGE...: the chroot for NAME; false, and said, without it
base() {
	local name=$1 log=$LT_RESULTS/chroot-$1.log

	shift
	"$top/tests/machines/chroot" "$@" >"$log" 2>&1
	case $? in
	0) return 0 ;;
	77) echo "SKIP packages: $name: $(tail -n 1 "$log")" ;;
	*) not_ok "chroot for $name" "$log" ;;
	esac
	return 1
}

# The packages' own tests, run by autopkgtest.
part_autopkgtest() {
	local rc

	base autopkgtest bookworm || return
	rm -rf "$LT_RESULTS/autopkgtest" && mkdir -p "$work/adt-out"
	"$top/tests/machines/chroot" --run bookworm --scratch "$work/adt" \
		--bind "$here" --bind "$work" --bind "$archives" \
		"$here/adt-in-chroot" "$here" "$work/debs" "$archives" "$work/adt-out/out" \
		2>&1 | tee "$LT_RESULTS/autopkgtest.log"
	rc=${PIPESTATUS[0]}
	[ "$rc" = 0 ] || grep -q '^not ok' "$LT_RESULTS/autopkgtest.log" ||
		not_ok "autopkgtest: ended with status $rc"
	mv "$work/adt-out/out" "$LT_RESULTS/autopkgtest"
	rm -rf "$work/adt"
}

# The tools for trees, patches and series: installed, used, removed.
part_tools() {
	local rc

	base tools bookworm xz-utils || return
	"$top/tests/machines/chroot" --run bookworm --scratch "$work/chroot-tools" \
		--bind "$here" --bind "$work" --bind "$archives" --bind "$cache/trees" \
		"$here/tools-in-chroot" "$here" "$work/debs" "$archives" "$tarball" \
		"$cache/trees/linux-7.3" "$work/tools" 2>&1 | tee "$LT_RESULTS/tools.log"
	rc=${PIPESTATUS[0]}
	[ "$rc" = 0 ] || grep -q '^not ok' "$LT_RESULTS/tools.log" ||
		not_ok "tools: ended with status $rc"
	rm -rf "$work/chroot-tools" "$work/tools"
}

# ---- chroots -------------------------------------------------------------------

in_chroot() { # SUITE short|full
	local rc

	base "$1" "$1" dkms gcc make kmod xz-utils ccache || return
	"$top/tests/machines/chroot" --run "$1" --scratch "$work/chroot-$1" \
		--bind "$here" --bind "$work" --bind "$archives" \
		--bind "$compiled" --env "LT_CCACHE=$compiled" \
		"$here/deb-in-chroot" "$2" "$here" "$work/debs" "$work/debs-next" \
		"$archives" "$tarball" 2>&1 | tee "$LT_RESULTS/chroot-$1.log"
	rc=${PIPESTATUS[0]}
	[ "$rc" = 0 ] || grep -q '^not ok' "$LT_RESULTS/chroot-$1.log" ||
		not_ok "$1: ended with status $rc"
	rm -rf "$work/chroot-$1"
}

next_debs() {
	make_next && "$work/next/tools/package" --out "$work/debs-next" deb -A
}

part_chroots() {
	local suite

	make_debs >"$work/log" 2>&1 || { not_ok "packages" "$work/log"; return; }
	if [ -z "${LT_FULL:-}" ]; then
		# a version is all that the short form wants to know of it
		ln -sfn debs "$work/debs-next"
		for suite in ${LT_SUITES:-bookworm}; do
			in_chroot "$suite" short
		done
		return
	fi
	t "Debian packages of the next version" next_debs
	for suite in ${LT_SUITES:-bookworm bullseye trixie sid}; do
		in_chroot "$suite" full
	done
}

# ---- RPM -------------------------------------------------------------------------

make_rpms() {
	make_tarball && "$top/tools/package" --out "$work/rpms" \
		--tarball "$tarball" rpm
}

next_rpms() {
	make_next && "$work/next/tools/package" --out "$work/rpms-next" rpm
}

lint_rpms() {
	local rc

	[ -s "$1" ] || { echo "no package $1"; return 1; }
	rpmlint -c "$top/rpm/rpmlint.toml" "$@" >"$work/rpmlint" 2>&1
	rc=$?
	cat "$work/rpmlint"
	[ $rc = 0 ] && grep -q ' 0 errors, 0 warnings' "$work/rpmlint"
}

part_rpm() {
	local mode=short rc

	t "RPM packages" make_rpms
	"$here/other-client" rpm "$work/rpms" "$work/other-rpm"
	t "rpmlint" lint_rpms "$work"/rpms/*.rpm "$top/rpm/lustre-client.spec"
	if [ -n "${LT_FULL:-}" ]; then
		mode=full
		t "RPM packages of the next version" next_rpms
	else
		ln -sfn rpms "$work/rpms-next"
	fi
	base rpm bookworm dkms gcc make kmod rpm xz-utils ccache || return
	"$top/tests/machines/chroot" --run bookworm --scratch "$work/chroot-rpm" \
		--bind "$here" --bind "$work" --bind "$archives" \
		--bind "$compiled" --env "LT_CCACHE=$compiled" \
		"$here/rpm-in-chroot" $mode "$here" "$work/rpms" "$work/rpms-next" \
		"$archives" 2>&1 | tee "$LT_RESULTS/rpm.log"
	rc=${PIPESTATUS[0]}
	[ "$rc" = 0 ] || grep -q '^not ok' "$LT_RESULTS/rpm.log" ||
		not_ok "rpm: ended with status $rc"
	rm -rf "$work/chroot-rpm"
}

# ---- modules for one kernel --------------------------------------------------------

kmod_deb() {
	"$top/tools/package" --out "$work/kmod" kmod-deb "$kver"
}

kmod_rpm() {
	"$top/tools/package" --out "$work/kmod" --tarball "$tarball" kmod-rpm "$kver"
}

kmod_content() {
	local f

	for f in lnet lustre; do
		f=$(find "$1/lib/modules/$kver/updates/lustre-client" -name "$f.ko") &&
			[ "$(modinfo -F vermagic "$f" | cut -d ' ' -f 1)" = "$kver" ] || return 1
	done
}

kmod_installs() {
	mkdir -p "$work/kmod/root"
	rpm2cpio "$work"/kmod/kmod-*.rpm | (cd "$work/kmod/root" && cpio -id --quiet)
	kmod_content "$work/kmod/root"
}

part_kmod() {
	kver=$(cat "$cache/debian-6.1/release" 2>/dev/null)
	if [ -z "$kver" ] || [ ! -e "/lib/modules/$kver/build" ]; then
		echo "SKIP packages: modules for one kernel: no headers here"
		return
	fi
	t "make kmod-deb" kmod_deb
	t "kmod-deb: lintian" lint_debs "$work"/kmod/*.deb
	dpkg-deb -x "$work"/kmod/*.deb "$work/kmod/deb" 2>/dev/null
	t "kmod-deb: modules of $kver" kmod_content "$work/kmod/deb"
	t "make kmod-rpm" eval "make_tarball && kmod_rpm"
	t "kmod-rpm: rpmlint" lint_rpms "$work"/kmod/*.rpm
	t "kmod-rpm: modules of $kver" kmod_installs
	t "kmod-deb without a kernel is refused" eval \
		'! "$top/tools/package" kmod-deb && ! "$top/tools/package" kmod-deb "../x"'
}

# ---- the doctor ------------------------------------------------------------------------

part_doctor() {
	"$here/doctor" "$top/tools/doctor/lustre-client-doctor" "$work/doctor"
}

# ---- a kernel update, booted -------------------------------------------------------------

part_update() {
	base "kernel update" bookworm dkms gcc make kmod xz-utils || return
	"$here/kernel-update" "$work/debs" "$archives" "$work/update"
	rm -rf "$work/update"
}

# What the default run leaves out, for the sake of time.
parts="static doctor deb tools chroots rpm"
if [ -n "${LT_FULL:-}" ]; then
	parts="$parts autopkgtest kmod update"
elif [ -z "${LT_PACKAGES_PARTS:-}" ]; then
	echo "SKIP packages: autopkgtest, modules for one kernel, a kernel update under qemu: only with --full"
fi
for part in ${LT_PACKAGES_PARTS:-$parts}; do
	case $part in
	static | doctor | deb | autopkgtest | tools | chroots | rpm | kmod | update) ;;
	*) die "no part $part" ;;
	esac
	case $part in
	autopkgtest | tools | chroots | kmod | update)
		make_debs >"$work/log" 2>&1 || { not_ok "packages for $part" "$work/log"; continue; } ;;
	esac
	"part_$part"
done
