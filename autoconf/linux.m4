# SPDX-License-Identifier: GPL-2.0-only

# LC_MODULES
# ----------
# Which kernel, which compiler; then every question about that kernel is asked
# at once, by compat/kcompat.  The answers rest in kbuild/answers; what the
# sources need beyond is generated and compiled once, so that configure ends here
# and not make, if this kernel is not understood.
AC_DEFUN([LC_MODULES], [
AC_ARG_ENABLE([modules],
	[AS_HELP_STRING([--disable-modules], [build user tools only])],
	[], [enable_modules=yes])
AC_ARG_WITH([linux],
	[AS_HELP_STRING([--with-linux=DIR],
		[headers or prepared source tree of the kernel to build for
		 @<:@/lib/modules/RUNNING/build@:>@])],
	[], [with_linux=])
AC_ARG_WITH([linux-obj],
	[AS_HELP_STRING([--with-linux-obj=DIR],
		[its object folder, when that is another one])],
	[], [with_linux_obj=])
AC_ARG_WITH([cc],
	[AS_HELP_STRING([--with-cc=CC],
		[compiler for the modules @<:@the one that built the kernel@:>@])],
	[], [with_cc=])
AC_ARG_WITH([kernel-arch],
	[AS_HELP_STRING([--with-kernel-arch=ARCH],
		[ARCH as kbuild wants it, for cross builds and "um"])],
	[], [with_kernel_arch=])
AC_ARG_VAR([KCOMPAT_KERNELVER],
	[release that the headers must be of; anything else is an error])

LC_MODULES_SUMMARY=no
AS_IF([test "x$enable_modules" != xno], [
	AS_IF([test -z "$with_linux"],
		[with_linux=/lib/modules/`uname -r`/build])
	AC_MSG_CHECKING([the kernel in $with_linux])
	AS_MKDIR_P([kbuild])
	set -- --linux "$with_linux" --out kbuild/answers --cache kbuild/cache
	AS_IF([test -n "$with_linux_obj"],
		[set -- "$][@" --linux-obj "$with_linux_obj"])
	AS_IF([test -n "$with_cc"], [set -- "$][@" --cc "$with_cc"])
	AS_IF([test -n "$with_kernel_arch"],
		[set -- "$][@" --arch "$with_kernel_arch"])
	AS_IF([AS_UNSET([MAKEFLAGS])
	       sh "$srcdir/compat/kcompat" probe "$][@" 2>kbuild/probe.err],
		[], [
		AC_MSG_RESULT([no])
		cat kbuild/probe.err >&2
		lc_why=`tail -n 1 kbuild/probe.err`
		AC_MSG_ERROR([$lc_why])
	])
	LINUX_RELEASE=`sed -n 's/^kernel //p' kbuild/answers`
	AC_MSG_RESULT([$LINUX_RELEASE, `grep -c '^probe' kbuild/answers` facts])
	KCOMPAT_TREE="--linux $with_linux${with_linux_obj:+ --linux-obj $with_linux_obj}${with_cc:+ --cc '$with_cc'}${with_kernel_arch:+ --arch $with_kernel_arch}"
	# What the sources need on this kernel is made and compiled once now:
	# nobody is to meet an error in it later.
	AC_MSG_CHECKING([what the sources need for it])
	AS_IF([AS_UNSET([MAKEFLAGS])
	       sh "$srcdir/compat/kcompat" generate --answers kbuild/answers \
		--source "$srcdir/lnet:net/lnet" \
		--source "$srcdir/lustre:fs/lustre" \
		--include "$srcdir/include" \
		--config CONFIG_LNET=m --config CONFIG_LUSTRE_FS=m \
		--out kbuild/out >kbuild/generate.log 2>kbuild/probe.err],
		[], [
		AC_MSG_RESULT([no])
		cat kbuild/probe.err >&2
		lc_why=`tail -n 1 kbuild/probe.err`
		AC_MSG_ERROR([$lc_why])
	])
	AC_MSG_RESULT([`sed 's/^kcompat: .*: //;s/ generated//' kbuild/generate.log`])
	LC_MODULES_SUMMARY="for $LINUX_RELEASE, by `sed -n 's/^compiler //p' kbuild/answers`"
])
AC_SUBST([LINUX_RELEASE])
AC_SUBST([KCOMPAT_TREE])
AM_CONDITIONAL([BUILD_MODULES], [test "x$enable_modules" != xno])
])

# LC_TOOLS
# --------
# The user tools have Makefiles of their own; here it is only seen to that
# what they need is there, so that a missing package is named before make.
AC_DEFUN([LC_TOOLS], [
AC_ARG_ENABLE([utils],
	[AS_HELP_STRING([--disable-utils], [do not build mount.lustre and lctl])],
	[], [enable_utils=auto])
AC_ARG_ENABLE([server],
	[AS_HELP_STRING([--enable-server], [build the test server, lustre-testserver])],
	[], [enable_server=auto])
AC_ARG_ENABLE([devtools],
	[AS_HELP_STRING([--enable-devtools], [build treecmp, patchset and lustre-export])],
	[], [enable_devtools=no])

# Not AC_PROG_CC: the modules do without, and dkms has it nowhere promised.
AC_ARG_VAR([CC], [compiler for the user tools])
AC_CHECK_PROGS([CC], [gcc cc clang])
AC_CHECK_PROGS([PKG_CONFIG], [pkg-config pkgconf])
LC_TOOLS_SUMMARY=
AS_IF([test "x$enable_utils" != xno], [
	lc_missing=
	for lc_pkg in mount libkmod libnl-3.0 libnl-genl-3.0; do
		AC_MSG_CHECKING([for $lc_pkg])
		AS_IF([test -n "$PKG_CONFIG" && $PKG_CONFIG --exists $lc_pkg],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			 lc_missing="$lc_missing $lc_pkg"])
	done
	AS_IF([test -z "$CC"], [lc_missing="$lc_missing gcc"])
	AS_IF([test -z "$lc_missing"], [
		enable_utils=yes
		LC_TOOLS_SUMMARY="mount.lustre lctl"
	], [test "x$enable_utils" = xyes], [
		AC_MSG_ERROR([the user tools need$lc_missing (Debian: libmount-dev libkmod-dev libnl-3-dev libnl-genl-3-dev pkg-config; RHEL: libmount-devel kmod-devel libnl3-devel pkgconf), or say --disable-utils])
	], [
		enable_utils=no
		AC_MSG_WARN([no mount.lustre and lctl: missing$lc_missing])
	])
])
AS_IF([test "x$enable_server" = xauto],
	[AS_IF([test -f "$srcdir/tools/server/Makefile"],
		[enable_server=yes], [enable_server=no])])
AS_IF([test "x$enable_server" = xyes], [
	lc_missing=
	for lc_pkg in libevent lmdb zlib; do
		AC_MSG_CHECKING([for $lc_pkg])
		AS_IF([test -n "$PKG_CONFIG" && $PKG_CONFIG --exists $lc_pkg],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			 lc_missing="$lc_missing $lc_pkg"])
	done
	AS_IF([test -z "$CC"], [lc_missing="$lc_missing gcc"])
	AS_IF([test -n "$lc_missing"], [
		enable_server=no
		AC_MSG_WARN([no lustre-testserver: missing$lc_missing (Debian: libevent-dev liblmdb-dev zlib1g-dev uthash-dev)])
	], [LC_TOOLS_SUMMARY="$LC_TOOLS_SUMMARY lustre-testserver"])
])
# Asked for by name only: who builds a client has no use for them.
AS_IF([test "x$enable_devtools" = xyes], [
	lc_missing=
	for lc_pkg in libgit2 tree-sitter json-c; do
		AC_MSG_CHECKING([for $lc_pkg])
		AS_IF([test -n "$PKG_CONFIG" && $PKG_CONFIG --exists $lc_pkg],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			 lc_missing="$lc_missing $lc_pkg"])
	done
	AC_MSG_CHECKING([for tree-sitter's grammar of C])
	AS_IF([lc_grammar=`"$srcdir/tools/treecmp/grammar" --no-fetch 2>/dev/null`],
		[AC_MSG_RESULT([$lc_grammar])],
		[AC_MSG_RESULT([no])
		 lc_missing="$lc_missing tree-sitter-c-src"])
	AS_IF([test -z "$CC"], [lc_missing="$lc_missing gcc"])
	AS_IF([test -n "$lc_missing"], [
		AC_MSG_ERROR([treecmp, patchset and lustre-export need$lc_missing (Debian: libgit2-dev libtree-sitter-dev libjson-c-dev pkg-config; tools/treecmp/grammar fetches the grammar)])
	], [LC_TOOLS_SUMMARY="$LC_TOOLS_SUMMARY treecmp patchset lustre-export"])
])
test -n "$LC_TOOLS_SUMMARY" || LC_TOOLS_SUMMARY=none
AM_CONDITIONAL([BUILD_UTILS], [test "x$enable_utils" = xyes])
AM_CONDITIONAL([BUILD_SERVER], [test "x$enable_server" = xyes])
AM_CONDITIONAL([BUILD_DEVTOOLS], [test "x$enable_devtools" = xyes])
])
