#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: which file systems and network modules of 7.3 older kernels take, unmodified
# speed: full
# needs: source packages
# limit: 14400
#
# Prints a table: builds, builds with shims that kcompat learn wrote, or what is
# lacking.  Kernels are the 6.1 headers in /usr/src, 6.12 out of the packages in the
# cache, 5.10 out of the chroot that its modules are built in, the tree of Red Hat's 9.6
# if its kernel was built, and the folders in SWEEP_KERNELS; SWEEP_ON="6.12 5.10" are
# some of them.  SWEEP="minix net/9p" names some sources.
# It is measured, and not asserted, which of them build: a source fails only if it
# ends with nothing that says why.

set -u
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"
LT_RESULTS=${LT_RESULTS:-$results/upstream-sweep}
mkdir -p "$LT_RESULTS"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

list='fs/adfs ADFS_FS=m
fs/affs AFFS_FS=m
fs/befs BEFS_FS=m
fs/bfs BFS_FS=m
fs/cramfs CRAMFS=m CRAMFS_BLOCKDEV=y
fs/jfs JFS_FS=m
fs/exfat EXFAT_FS=m
fs/fat FAT_FS=m VFAT_FS=m
fs/qnx6 QNX6FS_FS=m
fs/hfs HFS_FS=m
fs/hfsplus HFSPLUS_FS=m
fs/hpfs HPFS_FS=m
fs/isofs ISO9660_FS=m
fs/minix MINIX_FS=m
fs/nilfs2 NILFS2_FS=m
fs/omfs OMFS_FS=m
fs/orangefs ORANGEFS_FS=m
fs/qnx4 QNX4FS_FS=m
fs/romfs ROMFS_FS=m ROMFS_ON_BLOCK=y
fs/ufs UFS_FS=m
net/9p NET_9P=m
net/llc LLC=m
net/phonet PHONET=m'

# The headers of 6.12, out of their packages, where the links in them still lead.
unpack() { # FOLDER
	local f

	for f in "$cache"/packages/archives/*/linux-{headers,kbuild}-6.12*.deb; do
		[ -f "$f" ] || return 1
		dpkg-deb -x "$f" "$1" || return 1
	done
	sed -i "s,/usr/src/,$1/usr/src/," "$1"/usr/src/linux-headers-6.12*-amd64/Makefile
}

# Those of 5.10, where its modules are built
oldest() { # FOLDER
	local root=$cache/chroot/bullseye

	[ -d "$root/usr/lib/linux-kbuild-5.10" ] || return 1
	mkdir -p "$1" || return 1
	(cd "$root" && tar c usr/src/linux-*5.10* usr/lib/linux-kbuild-5.10) |
		tar x -C "$1" || return 1
	sed -i "s,/usr/src/,$1/usr/src/," "$1"/usr/src/linux-headers-5.10*-amd64/Makefile
}

kernels=()
for k in /usr/src/linux-headers-6.1.*-amd64; do
	[ ! -f "$k/Module.symvers" ] || kernels+=("$k")
done
unpack "$work/6.12" && kernels+=("$work"/6.12/usr/src/linux-headers-6.12*-amd64)
oldest "$work/5.10" && kernels+=("$work"/5.10/usr/src/linux-headers-5.10*-amd64)
[ ! -f "$cache/rhel-9.6/tree/Module.symvers" ] || kernels+=("$cache/rhel-9.6/tree")
# shellcheck disable=SC2206 # folders, separated by blanks
kernels+=(${SWEEP_KERNELS:-})

# 6.1, 5.10, rhel-9.6: short for a folder
label() {
	local name

	name=$(basename "$1")
	case $name in
	linux-headers-*) name=${name#linux-headers-} name=${name%%-*} ;;
	tree) name=$(basename "$(dirname "$1")") ;;
	esac
	echo "$name" | sed 's/^\([0-9]*\.[0-9]*\).*/\1/'
}

# What learn said cannot be had, in one line
rest() {
	sed -n 's/^kcompat: \([^ ]*\): needs \([^ ]*\) code: cannot.*/\1 (\2)/p
		s/^kcompat: \([^ ]*\): a member of.*/\1 (member)/p
		s/^kcompat: \([^ ]*\): this kernel has it in another form.*/\1 (form)/p
		s/^kcompat: [^ ]*: struct \([^ ]*\): member \([^ ]*\) (for .*/\1.\2 (callback)/p' "$1" |
		sort -u | paste -sd, | sed 's/,/, /g'
}

one() { # KERNEL SOURCE CONFIG...
	local k=$1 src=$2 name=${2//\//-} args=() c said

	shift 2
	for c; do args+=(--config "CONFIG_$c"); done
	# Its compiler is in the chroot only; what headers can give is asked here.
	export KCOMPAT_ANY_CC=
	[ "$(label "$k")" != 5.10 ] || KCOMPAT_ANY_CC=1 args+=(--cc gcc)
	name=$LT_RESULTS/$(label "$k")-$name
	rm -rf "$work/shims" "$work/out"
	if sh "$top/compat/kcompat" learn --from "$ksrc" --linux "$k" \
		--source "$ksrc/$src:$src" "${args[@]}" --shims "$work/shims" \
		--out "$work/out" >"$name.log" 2>&1; then
		said=$(grep -c ': learnt' "$name.log")
		if [ "$said" = 0 ]; then said="builds"; else said="builds with $said learnt"; fi
		grep -q 'taken along' "$name.log" && said="$said and a header of its own"
		# for machines that load them
		mkdir -p "$LT_RESULTS/modules/$(label "$k")"
		find "$work/out" -name '*.ko' -exec cp {} \
			"$LT_RESULTS/modules/$(label "$k")" \;
	else
		said=$(rest "$name.log")
		[ -z "$said" ] || said="needs $said"
	fi
	if [ -z "$said" ]; then
		echo "not ok upstream-sweep: $(label "$k"): $src: ends without a reason"
		tail -n 5 "$name.log"
		return
	fi
	printf '# %-14s %-8s %s\n' "$src" "$(label "$k")" "$said"
	echo "ok upstream-sweep: $(label "$k"): $src"
}

[ ${#kernels[@]} -gt 0 ] || echo "SKIP upstream-sweep: no kernel headers here"
for k in "${kernels[@]}"; do
	case " ${SWEEP_ON:-$(label "$k")} " in
	*" $(label "$k") "*) ;;
	*) continue ;;
	esac
	while read -r src configs; do
		case " ${SWEEP:-$src ${src##*/}} " in
		*" $src "* | *" ${src##*/} "*) ;;
		*) continue ;;
		esac
		# shellcheck disable=SC2086
		one "$k" "$src" $configs
	done <<<"$list"
done
