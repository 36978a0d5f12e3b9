# SPDX-License-Identifier: GPL-2.0-only
# What tests/machines/ktree and tests/machines/build-rhel share: the source of an
# enterprise kernel out of a git directory, and its configuration.  Sourced by bash.

# have_ref GIT REF
have_ref() {
	git --git-dir="$1" rev-parse -q --verify "$2^{commit}" >/dev/null
}

# in_mirror GIT FILE: those lines of FILE, as git ls-tree writes it, whose content is
# there.  A mirror may lack files of some size (tables of graphics chips, a log of
# changes).
in_mirror() {
	cut -f 1 "$2" | cut -d ' ' -f 3 |
		git --git-dir="$1" cat-file --batch-check |
		awk 'NR == FNR { if ($2 == "missing") no[$1] = 1; next }
			!($3 in no)' - "$2"
}

# check_out GIT FILE DIR: the files that FILE lists, into DIR.  FILE.index is made
# on the way.
check_out() {
	rm -f "$2.index" &&
		GIT_INDEX_FILE=$2.index git --git-dir="$1" update-index \
			--index-info <"$2" &&
		GIT_INDEX_FILE=$2.index git --git-dir="$1" --work-tree="$3" \
			checkout-index -f -a --prefix="$(realpath -- "$3")/"
}

# configuration TREE FLAVOUR: the one for x86-64 that the distribution's package has
configuration() {
	local tree=$1 flavour=$2 f

	for f in "$tree"/*/"kernel-x86_64${flavour:+-$flavour}-rhel.config" \
		"$tree"/*/"kernel-x86_64${flavour:+-$flavour}.config" \
		"$tree"/redhat/configs/kernel-*"-x86_64${flavour:+-$flavour}.config" \
		"$tree/config/x86_64/${flavour:-default}"; do
		[ -f "$f" ] && echo "$f" && return
	done
	return 1
}

# extraversion TREE FLAVOUR: the rest of the release, as the package's build puts it in
extraversion() {
	local tree=$1 flavour=$2 major minor release

	[ -f "$tree/Makefile.rhelver" ] && grep -q '^EXTRAVERSION =$' "$tree/Makefile" ||
		return 0
	major=$(sed -n 's/^RHEL_MAJOR = *//p' "$tree/Makefile.rhelver")
	minor=$(sed -n 's/^RHEL_MINOR = *//p' "$tree/Makefile.rhelver")
	release=$(sed -n 's/^RHEL_RELEASE = *//p' "$tree/Makefile.rhelver")
	[ -n "$release" ] || die "no RHEL_RELEASE in $tree/Makefile.rhelver"
	sed -i "s/^EXTRAVERSION =$/EXTRAVERSION = -$release.el${major}_$minor.x86_64${flavour:++$flavour}/" \
		"$tree/Makefile"
}

# host_compiler TREE: it may be newer than the source, and warn about what the source
# made errors of; the last word is had by who comes last.
host_compiler() {
	printf '#!/bin/sh\nexec gcc "$@" -Wno-error\n' >"$1/.hostcc" &&
		chmod 755 "$1/.hostcc"
}

# host_compiler_name TREE: what HOSTCC is.  A name that does not differ from tree to
# tree, as kbuild compares command lines; objtool's make is another folder's.
host_compiler_name() {
	if [ -f "$1/tools/objtool/check.c" ]; then
		echo "$1/.hostcc"
	else
		echo ./.hostcc
	fi
}

# keep_headers TREE: nobody reads C again but the tests of the compiler; what is left are headers,
# Makefiles, and the programs that kbuild has made for itself.
keep_headers() {
	(
		cd "$1" || exit 1
		find . -mindepth 1 -maxdepth 1 ! -name Makefile ! -name '.[ck]*' \
			! -name Kconfig ! -name Kbuild ! -name 'Makefile.*' \
			! -name Module.symvers ! -name .hostcc ! -name .unpacked \
			! -name scripts \
			! -name include ! -name arch ! -name tools \
			-exec rm -rf {} +
		find arch -mindepth 1 -maxdepth 1 -type d ! -name x86 -exec rm -rf {} +
		find tools -mindepth 1 -maxdepth 1 ! -name objtool ! -name bpf \
			! -name include ! -name scripts -exec rm -rf {} +
		find arch include tools -type f \( -name '*.[cSo]' -o -name '*.a' \
			-o -name '*.cmd' -o -name '*.rst' -o -name '*.txt' \) \
			! -path 'include/config/*' -exec rm -f {} +
		find arch/x86/boot -type f ! -name 'Makefile*' -exec rm -f {} +
	)
}
