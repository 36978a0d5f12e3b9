# SPDX-License-Identifier: GPL-2.0-only
# For the scripts of this folder that run inside a chroot.  Sourced by bash.
#
# Everything is done in an overlay that is thrown away: packages come and go
# as on a machine that somebody administers.

set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
label=$release
log=/tmp/packages.log
failures=0

ok() { echo "ok packages: $label: $*"; }
not_ok() {
	failures=$((failures + 1))
	echo "not ok packages: $label: $*"
	tail -n 25 "$log" | cut -c 1-300 | sed 's/^/#   /'
}

# t NAME COMMAND...: passes when the command does; its output is in $log
t() {
	local name=$1
	shift
	if "$@" >"$log" 2>&1; then ok "$name"; else not_ok "$name"; fi
}

# says NAME TEXT...: did the last command say so, all in one line?
says() {
	local name=$1 text=$2
	shift 2
	if grep -F -- "$text" "$log" | grep -qF -- "${1:-$text}"; then
		ok "$name"
	else
		not_ok "$name (no '$text' with '${1:-}')"
	fi
}

# in a folder for each release, as apt locks it
apt() {
	mkdir -p "$archives/$label/partial"
	apt-get -q -y --no-install-recommends --allow-downgrades \
		-o Dir::Cache::archives="$archives/$label" -o APT::Keep-Downloaded-Packages=1 \
		-o DPkg::Options::=--force-confnew \
		-o DPkg::Options::=--force-unsafe-io \
		-o APT::Sandbox::User=root "$@"
}

# What a test starts from does not depend on what others put into the chroot.
no_kernels() {
	local p
	p=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'linux-headers-*' 'linux-image-*' 2>/dev/null |
		awk '$1 != "not-installed" { print $2 }')
	# shellcheck disable=SC2086
	[ -z "$p" ] || apt purge $p
	rm -rf /lib/modules/*
	# not under test, and slow
	mkdir -p /etc/initramfs-tools/conf.d
	echo 'MODULES=list' >/etc/initramfs-tools/conf.d/tests
	echo 'COMPRESS=gzip' >>/etc/initramfs-tools/conf.d/tests
}

kernel_packages() { # RELEASE...
	local k
	for k; do
		echo "linux-image-$k" "linux-headers-$k"
	done
}

# A mirror may list what it no longer has, and a kernel of the backports wants
# more of them than itself.
to_be_had() { # RELEASE
	local t

	for t in "" "$release-backports" experimental; do
		# shellcheck disable=SC2046
		apt ${t:+-t "$t"} install --download-only $(kernel_packages "$1") \
			>"$log" 2>&1 && echo "$t" >"/tmp/from-$1" && return
	done
	return 1
}

install_kernel() { # RELEASE
	local t=$(cat "/tmp/from-$1")

	# shellcheck disable=SC2046
	apt ${t:+-t "$t"} install $(kernel_packages "$1")
}

first_to_be_had() { # the first of the releases on stdin
	local k

	while read -r k; do
		to_be_had "$k" </dev/null && echo "$k" && return
	done
	return 1
}

# The newest of a series, with its headers; REGEX is what its release begins with.
newest_to_be_had() { # REGEX
	apt-cache search --names-only "^linux-headers-$1.*-cloud-amd64\$" |
		awk '{ sub(/^linux-headers-/, "", $1); print $1 }' | sort -rV |
		first_to_be_had
}

# The same source is built for the same kernels again and again: a cache in
# front of their compilers, in the folder that LT_CCACHE names.
cached_compilers() { # RELEASE...
	local k cc

	command -v ccache >/dev/null || return 1
	printf '%s\n' "cache_dir = $LT_CCACHE" "compiler_type = gcc" \
		"hash_dir = false" >/etc/ccache.conf
	for k; do
		# some series have no quotes around it
		cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\{0,1\}\([^" ]*\) .*/\1/p' \
			"/lib/modules/$k/build/include/config/auto.conf")
		[ -n "$cc" ] || { echo "no compiler is named for $k"; return 1; }
		cc=$(readlink -f "$(command -v "$cc")") || return 1
		[ ! -e "$cc.real" ] || continue
		mv "$cc" "$cc.real" &&
			printf '#!/bin/sh\nexec ccache %s.real "$@"\n' "$cc" >"$cc" &&
			chmod 755 "$cc" || return 1
	done
}

# Both modules, and of this kernel.
built() { # RELEASE [VERSION]
	local m f

	for m in lnet lustre; do
		f=$(find "/lib/modules/$1" -name "$m.ko*")
		[ "$(echo "$f" | wc -w)" = 1 ] ||
			{ echo "$m for $1: '$f'"; return 1; }
		[ "$(modinfo -F vermagic "$f" | cut -d ' ' -f 1)" = "$1" ] || return 1
		# what modprobe would take
		[ "$(modinfo -k "$1" -F filename "$m")" = "$f" ] ||
			{ echo "modules.dep of $1 does not know $f"; return 1; }
	done
	[ $# = 1 ] || dkms_knows "$2" "$1" || { dkms status; return 1; }
}

# "lustre-client/0.1, 6.1.0, x86_64: installed", with a comma in dkms 2
dkms_knows() { # VERSION RELEASE
	dkms status -m lustre-client | sed 's,^lustre-client/,lustre-client\, ,' |
		grep -F "lustre-client, $1, $2, " | grep ': installed'
}

not_built() { # RELEASE
	! find "/lib/modules/$1" -name 'lnet.ko*' -o -name 'lustre.ko*' 2>/dev/null |
		grep . &&
		! dkms status -m lustre-client | grep -F " $1,"
}

only_version() { # VERSION
	local v

	v=$(dkms status -m lustre-client | sed 's,^lustre-client[/ ,]*\([^,:]*\).*,\1,' | sort -u)
	[ "$v" = "$1" ] || { echo "versions with dkms: $v"; return 1; }
	[ "$(echo /usr/src/lustre-client-*)" = "/usr/src/lustre-client-$1" ] ||
		{ echo /usr/src/lustre-client-*; return 1; }
}

healthy() {
	dpkg --audit && [ -z "$(dpkg --audit)" ] && apt -f install &&
		! dpkg-query -W -f '${db:Status-Status} ${Package}\n' |
		grep -vE '^(installed|config-files|not-installed) '
}

nothing_left() {
	local left

	left=$(find /lib/modules /usr/lib/modules /usr/src /var/lib/dkms /etc \
		/usr/share /usr/sbin /lib/systemd /usr/lib/systemd \
		-path /usr/share/doc -prune -o \
		\( -name '*lustre*' -o -name 'lnet*' -o -name lctl \) -print 2>/dev/null)
	[ -z "$left" ] || { echo "left: $left"; return 1; }
}
