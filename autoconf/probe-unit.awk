# SPDX-License-Identifier: GPL-2.0-only
#
# probe-unit.awk - probe files in, one translation unit out
#
# -v only=NAME     this probe alone
# -v lint=1        check the probe files; write names to namesfile, exported
#                  symbols asked for to symfile, CONFIG_ names to conffile,
#                  the words that a probe cannot do without to needfile, the
#                  functions that it asks for to functionfile, and the names
#                  that are only looked for to wordfile
# -v pragmas=1     "#pragma kprobe NAME" in front of each probe, for a text that
#                  goes through the preprocessor alone first
#
# The form of probe files is in autoconf/probes/README.

function fail(msg)
{
	printf "kprobe: %s:%d: %s\n", FILENAME, FNR, msg > "/dev/stderr"
	broken = 1
	exit 1
}

function add(line)
{
	body[cur] = body[cur] line "\n"
}

function mark(name)
{
	return pragmas ? "#pragma kprobe " name : "#line 1 \"probe_" name "\""
}

# the probe cannot be true without each of the names in text
function needs(text,    n, w, i)
{
	n = split(text, w, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		if (w[i] ~ /^[A-Za-z_]/ && !((cur, w[i]) in needed)) {
			needed[cur, w[i]] = 1
			words[cur] = words[cur] " " w[i]
		}
}

# the words from number n on, as one string
function rest(n,    s, i)
{
	s = $0
	sub(/^[ \t]+/, "", s)
	for (i = 1; i < n; i++)
		sub(/^[^ \t]+[ \t]+/, "", s)
	return s
}

/^[ \t]*#/ && !/^\t/ { next }
/^[ \t]*$/ { next }

/^probe / {
	cur = $2
	if (cur !~ /^[A-Za-z][A-Za-z0-9_]*$/)
		fail("not a probe name: " cur)
	if (cur in known)
		fail("probe " cur " is there twice")
	known[cur] = 1
	order[++count] = cur
	next
}
/^symbol / { if (!(($2) in sym)) { sym[$2] = 1; syms[++nsym] = $2 }; next }
/^name / {
	for (i = 2; i <= NF; i++)
		if (!(($i) in word)) {
			word[$i] = 1
			wordlist[++nword] = $i
		}
	next
}
/^file / {
	for (i = 2; i <= NF; i++) {
		if (!(($i) in file)) {
			file[$i] = 1
			files[++nfile] = $i
		}
		if (!(($i) in inc))
			incs[++ninc] = $i
		inc[$i] = 1
	}
	next
}
/^config / { if (!(($2) in conf)) { conf[$2] = 1; confs[++nconf] = $2 }; next }
cur == "" { fail("a line before the first probe") }
/^\t/ { add(substr($0, 2)); nocode[cur] = 1; next }
$1 == "since" || $1 == "about" || $1 == "until" { next }
$1 == "include" {
	for (i = 2; i <= NF; i++) {
		if (!(($i) in inc))
			incs[++ninc] = $i
		inc[$i] = 1
		need[cur] = need[cur] " " $i
	}
	next
}
$1 == "needs" { needs(rest(2)); next }
$1 ~ /^(function|declared|enum|macro|member|callback|has|type)$/ { needs(rest(2)) }
$1 == "function" || $1 == "declared" { funcs[++nfunc] = cur " " $2; needsinc[nfunc] = cur }
$1 == "function" { add("KP_TYPE(" $2 ", " rest(3) ");"); nocode[cur] = 1; next }
$1 == "macro" {
	add("#ifndef " $2)
	add("_Static_assert(0, \"no macro\");")
	add("#endif")
	nocode[cur] = 1
	next
}
$1 == "header" {
	add("#if !__has_include(<" $2 ">)")
	add("_Static_assert(0, \"no header\");")
	add("#endif")
	nocode[cur] = 1
	next
}
$1 == "member" { add("KP_TYPE(KP_MEMBER(" $2 " " $3 ", " $4 "), " rest(5) ");"); nocode[cur] = 1; next }
$1 == "callback" { add("KP_CALLBACK(" $2 " " $3 ", " $4 ", " rest(5) ");"); nocode[cur] = 1; next }
$1 == "has" { add("KP_HAS(" $2 " " $3 ", " $4 ");"); nocode[cur] = 1; next }
$1 == "type" { add("KP_EXISTS(" rest(2) ");"); nocode[cur] = 1; next }
$1 == "enum" { add("KP_NUMBER(" $2 ");"); nocode[cur] = 1; next }
$1 == "declared" { add("KP_TYPE(&" $2 ", typeof(&" $2 "));"); nocode[cur] = 1; next }
{ fail("not understood: " $0) }

END {
	if (broken)
		exit 1
	if (lint) {
		for (i = 1; i <= count; i++) {
			if (!(order[i] in nocode))
				fail("probe " order[i] " asks nothing")
			print order[i] | ("sort >'" namesfile "'")
		}
		printf "" > needfile
		for (i = 1; i <= count; i++)
			if (words[order[i]] != "")
				print order[i] words[order[i]] > needfile
		printf "" > symfile
		printf "" > conffile
		printf "" > functionfile
		printf "" > wordfile
		for (i = 1; i <= nfunc; i++)
			print funcs[i] need[needsinc[i]] > functionfile
		for (i = 1; i <= nword; i++)
			print wordlist[i] > wordfile
		for (i = 1; i <= nsym; i++)
			print syms[i] > symfile
		for (i = 1; i <= nconf; i++)
			print confs[i] > conffile
		exit 0
	}
	print "#line 1 \"probe_includes\""
	if (only != "") {
		ninc = split(need[only] " linux/fs.h linux/slab.h", incs, " ")
		count = 1
		order[1] = only
	}
	print "#include <linux/types.h>"
	print "#include <linux/kernel.h>"
	for (i = 1; i <= ninc; i++) {
		print "#if __has_include(<" incs[i] ">)"
		print "#include <" incs[i] ">"
		print "#endif"
	}
	for (i = 1; i <= nfile && only == ""; i++) {
		print "#if !__has_include(<" files[i] ">)"
		print "#pragma kprobe_lacks " files[i]
		print "#endif"
	}
	# whoever reads this far has read everything
	print "extern int kprobe_last_word;"
	print "#define KP_MEMBER(s, m) (((s *)0)->m)"
	print "#define KP_TYPE(e, ...) _Static_assert(__builtin_types_compatible_p(typeof(e), __VA_ARGS__), \"other type\")"
	# a callback member: pointer to a function of exactly this type
	print "#define KP_CALLBACK(s, m, ...) _Static_assert(__builtin_types_compatible_p(typeof(*KP_MEMBER(s, m)), __VA_ARGS__), \"other type\")"
	print "#define KP_HAS(s, m) _Static_assert(sizeof(typeof(KP_MEMBER(s, m)) *) > 0, \"\")"
	print "#define KP_EXISTS(...) _Static_assert(sizeof(__VA_ARGS__) >= 0, \"\")"
	print "#define KP_NUMBER(e) _Static_assert((e) == (e), \"\")"
	for (i = 1; i <= count; i++) {
		print mark(order[i])
		printf "%s", body[order[i]]
	}
	print mark("end")
}
