# SPDX-License-Identifier: GPL-2.0-only
#
# generate.awk - facts about a kernel and about a source in, headers out
#
#	awk -v out=DIR -f generate.awk kind=answers FILE kind=rules FILE...
#		kind=shims FILE... kind=scan FILE
#
# Writes below DIR:
#	include/...	overlay headers: the kernel's own and what it lacks
#	tu/FILE.h	callbacks of source FILE in the form that this kernel calls
#	tu.list		source <tab> header, one a line
#	flags		for the compiler, one a line, if any
#	summary		what was generated and why, one a line
#	unknown		callbacks that no rule knows, one a line (an error)

function yes(name) { return probe[name] == "yes" }

function fail(msg)
{
	printf "kcompat: %s:%d: %s\n", FILENAME, FNR, msg > "/dev/stderr"
	broken = 1
	exit 1
}

function trim(s)
{
	sub(/^[ \t]+/, "", s)
	sub(/[ \t]+$/, "", s)
	return s
}

# the words of a text count as used
function use(text,    n, w, i)
{
	n = split(text, w, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++)
		used[w[i]] = 1
}

# ---- input ---------------------------------------------------------------

kind == "answers" {
	if ($1 == "probe")
		probe[$2] = $3
	else if ($1 == "symbol")
		symbol[$2] = $3
	else if ($1 == "config")
		config[$2] = $3
	else if ($1 == "kernel")
		release = $2
	next
}

kind == "rules" && /^(#|[ \t]*$)/ { if (kind == "rules" && !/^\t/) next }
kind == "rules" && /^ops / {
	ops = $2
	opsheader[ops] = $0
	sub(/^ops[ \t]+[^ \t]+[ \t]+/, "", opsheader[ops])
	next
}
kind == "rules" && /^alias / { nalias++; afrom[nalias] = $2; ato[nalias] = $3; next }
kind == "rules" && /^member / {
	member = $2
	rule[ops, member] = 1
	nform[ops, member] = 0
	next
}
kind == "rules" && /^(form|absent) / {
	n = nform[ops, member]++
	if ($1 == "absent")
		oldname[ops, member, n] = $2
	formsince[ops, member, n] = $2
	t = $0
	sub(/^[a-z]+[ \t]+[^ \t]+[ \t]+/, "", t)
	form[ops, member, n] = t
	next
}
kind == "rules" && /^if / { formif[ops, member, n] = $0; next }
kind == "rules" && /^\t/ { thunk[ops, member, n] = thunk[ops, member, n] $0 "\n"; next }
kind == "rules" { fail("not understood: " $0) }

kind == "shims" && FNR == 1 {
	shim = ++nshim
	inhead = 0
	sfile[shim] = FILENAME
}
kind == "shims" && !inhead && !sbody[shim] {
	if (/^\/\*$/) {
		inhead = 1
		next
	}
	if (/SPDX-License-Identifier/)
		next
}
kind == "shims" && inhead == 1 {
	if (/^ \*\/$/) {
		inhead = 2
		sbody[shim] = 1
		if (!(sname[shim]))
			fail("no 'shim:' line")
		if (!sheader[shim] && !sflags[shim])
			fail("no 'header:' line")
		if (!snames[shim])
			snames[shim] = sname[shim]
		next
	}
	line = $0
	sub(/^ \*[ \t]*/, "", line)
	if (line ~ /^[a-z]+: /) {
		key = line
		sub(/:.*/, "", key)
		sub(/^[a-z]+:[ \t]*/, "", line)
	} else if (key == "") {
		next
	}
	if (line == "") {
		key = ""
		next
	}
	if (key == "shim") sname[shim] = line
	else if (key == "names") snames[shim] = snames[shim] " " line
	else if (key == "header") sheader[shim] = line
	else if (key == "upstream") supstream[shim] = line
	else if (key == "unless") sunless[shim] = line
	else if (key == "when") swhen[shim] = line
	else if (key == "include") sinclude[shim] = sinclude[shim] " " line
	else if (key == "missing") smissing[shim] = 1
	else if (key == "flags") sflags[shim] = line
	else if (key == "order") sorder[shim] = line
	else if (key == "place") {
		slate[shim] = (line == "late")
		searly[shim] = (line == "early")
	}
	else if (key != "note" && key != "test") fail("unknown key " key)
	if (key != "note" && key != "names" && key != "include")
		key = ""
	next
}
kind == "shims" {
	sub(/^#[ \t]*pragma once.*/, "")
	stext[shim] = stext[shim] $0 "\n"
	next
}

kind == "scan" {
	split($0, f, "\t")
	if (f[1] == "F")
		sources[f[2]] = 1
	else if (f[1] == "W")
		used[f[2]] = 1
	else if (f[1] == "I")
		used["<" f[2] ">"] = 1
	else if (f[1] == "P")
		prfmt[f[2]] = 1
	else if (f[1] == "A")
		sysinc[f[2]] = sysinc[f[2]] " " f[3]
	else if (f[1] == "H")
		owninc[f[2]] = owninc[f[2]] " " f[3]
	else if (f[1] == "L")
		watchword[f[2], f[3]] = 1
	else if (f[1] == "D") {
		# a header only declares; a source defines
		if (f[2] ~ /\.c$/ || !(f[3] in defined))
			defined[f[3]] = f[4]
		if (f[2] ~ /\.c$/)
			deffile[f[3], f[2]] = f[4]
	} else if (f[1] == "T") {
		nt++
		tfile[nt] = f[2]
		tline[nt] = f[3]
		ttype[nt] = f[4]
		tmember[nt] = f[5]
		tfunc[nt] = f[6]
	}
	next
}

# ---- callbacks -----------------------------------------------------------

# Which form has this kernel?  Sets gform (number) and galias (letters).
function find_form(o, m,    n, c, combos, k, i, s)
{
	combos = 1
	for (i = 1; i <= nalias; i++)
		combos *= 2
	for (n = 0; n < nform[o, m]; n++) {
		if (!holds(formif[o, m, n]))
			continue
		for (c = 0; c < combos; c++) {
			k = c
			s = ""
			for (i = 1; i <= nalias; i++) {
				if (k % 2)
					s = s substr("abcdefgh", i, 1)
				k = int(k / 2)
			}
			if (yes("cb_" o "_" m "_" n s)) {
				gform = n
				galias = s
				return 1
			}
		}
	}
	return 0
}

# "if FACT...": a form whose type does not tell the whole story
function holds(condition,    n, w, i)
{
	n = split(condition, w, " ")
	for (i = 2; i <= n; i++)
		if (!fact(w[i]))
			return 0
	return 1
}

# "int (struct a *, int)" with a name put in: named 1 gives arguments a1, a2
function prototype(type, name, named,    p, ret, args, n, a, i, s)
{
	p = index(type, "(")
	ret = substr(type, 1, p - 1)
	args = substr(type, p + 1)
	sub(/\)[ \t]*$/, "", args)
	n = split(args, a, ",")
	s = ""
	for (i = 1; i <= n; i++) {
		a[i] = trim(a[i])
		if (named && a[i] != "void")
			a[i] = a[i] (a[i] ~ /\*$/ ? "" : " ") "a" i
		s = s (i > 1 ? ", " : "") a[i]
	}
	return ret name "(" s ")"
}

function one_callback(t,    o, m, f, key, body, static, n, w, i)
{
	o = ttype[t]
	m = tmember[t]
	f = tfunc[t]
	if (!((o, m) in rule)) {
		if (o in opsheader && f in defined)
			unruled[++nunruled] = tfile[t] "\t" tline[t] "\t" o "\t" m
		return
	}
	if (!yes("ops_" o))
		return
	if (!find_form(o, m)) {
		# a function of the kernel has the kernel's own form
		if (f in defined || !yes("has_" o "_" m))
			unknown[++nunknown] = tfile[t] "\t" tline[t] "\t" o \
				"\t" m "\t" f "\t" opsheader[o] "\t" \
				(yes("has_" o "_" m) ? "form" : "member")
		return
	}
	if ((o, m, gform) in oldname) {
		key = tfile[t] SUBSEP m
		if (!(key in renamed)) {
			renamed[key] = 1
			head[tfile[t]] = head[tfile[t]] "#define " m " " oldname[o, m, gform] "\n"
			needtu[tfile[t]] = 1
			note_thunk(t, "renamed to " oldname[o, m, gform])
		}
	}
	if (!thunk[o, m, gform] || !(f in defined))
		return
	if ((tfile[t], f) in done)
		return
	done[tfile[t], f] = 1
	static = (tfile[t], f) in deffile ? deffile[tfile[t], f] : defined[f]
	body = thunk[o, m, gform]
	gsub(/UPFN/, f "__up", body)
	gsub(/UP\(/, f "__up(", body)
	body = twins(t, body)
	use(body)
	use(form[o, m, gform])
	needtu[tfile[t]] = 1
	n = split(opsheader[o], w, " ")
	for (i = 1; i <= n; i++)
		if (!((tfile[t], w[i]) in tuinc)) {
			tuinc[tfile[t], w[i]] = 1
			incs[tfile[t]] = incs[tfile[t]] "#include <" w[i] ">\n"
		}
	if (static == "extern")
		rename_all[f] = 1
	else
		rename_in[tfile[t], f] = 1
	thunks[tfile[t]] = thunks[tfile[t]] "\n" \
		(static == "static" ? "static " : "") \
		prototype(form[o, m, 0], f "__up", 0) ";\n" \
		"static __maybe_unused " \
		prototype(form[o, m, gform], "(" f ")", 1) "\n{\n" body "}\n"
	tunames[tfile[t]] = tunames[tfile[t]] " " f
	note_thunk(t, "form of " formsince[o, m, gform])
}

# TWIN_member(...) in a body: the function that the same table has for another
# member; what a table without that member has is a null pointer.
function twins(t, body,    m, i, best, d, f)
{
	while (match(body, /TWIN_[a-z_0-9]+\([^()]*\)/)) {
		m = substr(body, RSTART + 5, RLENGTH - 5)
		sub(/\(.*/, "", m)
		best = 0
		for (i = 1; i <= nt; i++) {
			d = i > t ? i - t : t - i
			if (tfile[i] == tfile[t] && ttype[i] == ttype[t] &&
			    tmember[i] == m && (!best || d < best)) {
				best = d
				f = tfunc[i]
			}
		}
		if (!best) {
			body = substr(body, 1, RSTART - 1) "NULL" substr(body, RSTART + RLENGTH)
			continue
		}
		body = substr(body, 1, RSTART - 1) f substr(body, RSTART + 5 + length(m))
		if (!((tfile[t], f) in declared)) {
			declared[tfile[t], f] = 1
			thunks[tfile[t]] = thunks[tfile[t]] "\n" \
				(((tfile[t], f) in deffile ? deffile[tfile[t], f] : defined[f]) == "static" ? "static " : "") \
				prototype(form[ttype[t], m, 0], f, 0) ";\n"
		}
	}
	return body
}

function note_thunk(t, what)
{
	nthunk++
	notes[++nnote] = "thunk\t" ttype[t] "." tmember[t] "\t" tfunc[t] "\t" tfile[t] "\t" what
}

# ---- shims ---------------------------------------------------------------

# Active: something that it provides is used, and the kernel lacks it.
function wanted_shim(s,    n, w, i)
{
	# the source brings its own
	if (("include/" sheader[s]) in sources)
		return 0
	n = split(swhen[s], w, " ")
	for (i = 1; i <= n; i++)
		if (!fact(w[i]))
			return 0
	n = split(sunless[s], w, " ")
	for (i = 1; i <= n; i++)
		if (!fact(w[i]))
			break
	if (n && i > n)
		return 0
	n = split(snames[s], w, " ")
	for (i = 1; i <= n; i++)
		if (w[i] in used)
			return 1
	return 0
}

# a probe, symbol:NAME or config:NAME, with ! in front for the opposite
function fact(name,    neg, v)
{
	neg = 0
	if (name ~ /^!/) {
		neg = 1
		name = substr(name, 2)
	}
	if (name ~ /^symbol:/) {
		sub(/^symbol:/, "", name)
		v = symbol[name] != "no"
	} else if (name ~ /^config:/) {
		sub(/^config:/, "", name)
		v = config[name] != "n"
	} else {
		if (!(name in probe)) {
			printf "kcompat: no such probe: %s\n", name > "/dev/stderr"
			broken = 1
			exit 1
		}
		v = yes(name)
	}
	return neg ? !v : v
}

# ---- shims that must come after every header of the kernel ------------------

# All includes of a source, its own headers followed; sets allsys[]
function closure(file, depth,    n, w, i, h, p)
{
	if (file in visited || depth > 20)
		return
	visited[file] = 1
	n = split(sysinc[file], w, " ")
	for (i = 1; i <= n; i++) {
		h = w[i]
		if (h in ownsys)
			closure(ownsys[h], depth + 1)
		else if (!(h in gotsys) && h !~ /^(trace|kunit)\// &&
			 !(h in lateheader)) {
			gotsys[h] = 1
			lateincs = lateincs "#include <" h ">\n"
		}
	}
	p = file
	sub(/[^\/]*$/, "", p)
	n = split(owninc[file], w, " ")
	for (i = 1; i <= n; i++) {
		h = p w[i]
		if (!(h in sources))
			h = find_source(file, w[i])
		if (h != "")
			closure(h, depth + 1)
	}
}

# "osc/osc.h" seen from fs/lustre/mdc/x.c: beside it, or in a folder above
function find_source(file, name,    p)
{
	p = file
	while (sub(/\/?[^\/]*$/, "", p) && p != "")
		if ((p "/" name) in sources)
			return p "/" name
	return ""
}

# does a file that was visited use a name of shim s?
function sees(s,    n, w, i, c)
{
	n = split(snames[s], w, " ")
	for (c in visited)
		for (i = 1; i <= n; i++)
			if ((c, w[i]) in watchword)
				return 1
	return 0
}

function late_shims(    s, i, file, c, w2, hit)
{
	for (s = 1; s <= nshim; s++)
		if (active[s] && slate[s])
			nlate++
	if (!nlate)
		return
	# one of our own headers may be included in angle brackets too
	for (file in sources)
		if (match(file, /(^|\/)include\//)) {
			h = substr(file, RSTART + RLENGTH)
			ownsys[h] = file
			if (sub(/^uapi\//, "", h))
				ownsys[h] = file
		}
	for (file in sources) {
		if (file !~ /\.c$/)
			continue
		split("", visited)
		split("", gotsys)
		lateincs = ""
		closure(file, 0)
		for (s = 1; s <= nshim; s++) {
			if (!active[s] || !slate[s] || !sees(s))
				continue
			hit[s] = 1
			if (!(file in latetext))
				latetext[file] = lateincs
			c = split(sinclude[s], w2, " ")
			for (i = 1; i <= c; i++)
				latetext[file] = latetext[file] "#include <" w2[i] ">\n"
			latetext[file] = latetext[file] "#include <kcompat/" sname[s] ".h>\n"
			needtu[file] = 1
		}
	}
	for (s = 1; s <= nshim; s++) {
		if (!hit[s])
			continue
		output(out "/include/kcompat/" sname[s] ".h", \
			"/* Generated for kernel " release ".  Do not edit. */\n" \
			"#ifndef " guard(sname[s]) "\n#define " guard(sname[s]) "\n" \
			stext[s] "#endif\n")
		notes[++nnote] = "shim\t" sname[s] "\t" sheader[s] "\t" \
			code_lines(stext[s]) "\t" supstream[s]
		nactive++
	}
}

function code_lines(text,    n, l, i, c)
{
	n = split(text, l, "\n")
	c = 0
	for (i = 1; i <= n; i++)
		if (l[i] !~ /^[ \t]*$/ && l[i] !~ /^[ \t]*(\/\*|\*|\/\/)/)
			c++
	return c
}

function mkdir(path)
{
	if (!(path in made)) {
		made[path] = 1
		system("mkdir -p '" path "'")
	}
}

function dirname(path)
{
	sub(/\/[^\/]*$/, "", path)
	return path
}

function guard(s)
{
	s = toupper(s)
	gsub(/[^A-Z0-9]/, "_", s)
	return "_KCOMPAT_" s
}

function output(path, text)
{
	mkdir(dirname(path))
	printf "%s", text > path
	close(path)
	total += code_lines(text)
}

END {
	if (broken)
		exit 1
	for (t = 1; t <= nt; t++)
		one_callback(t)

	do {
		again = 0
		for (s = 1; s <= nshim; s++)
			if (!active[s] && wanted_shim(s)) {
				active[s] = 1
				again = 1
				use(stext[s])
				n = split(sinclude[s], w, " ")
				for (i = 1; i <= n; i++)
					used["<" w[i] ">"] = 1
			}
	} while (again)

	printf "" > (out "/tu.list")
	printf "" > (out "/summary")
	printf "" > (out "/unknown")
	for (i = 1; i <= nunknown; i++)
		print unknown[i] > (out "/unknown")

	late_shims()

	# flags for the compiler
	for (s = 1; s <= nshim; s++)
		if (active[s] && sflags[s]) {
			print sflags[s] > (out "/flags")
			notes[++nnote] = "shim\t" sname[s] "\t(compiler)\t1\t" supstream[s]
			nactive++
			total++
		}

	# overlay headers
	for (o = 0; o <= 9; o++)
		for (s = 1; s <= nshim; s++) {
			if (!active[s] || slate[s] || sflags[s] ||
			    (sorder[s] == "" ? 5 : sorder[s]) != o)
				continue
			h = sheader[s]
			if (!(h in overlay))
				oheader[++nover] = h
			if (smissing[s])
				missing[h] = 1
			c = split(sinclude[s], w, " ")
			for (i = 1; i <= c; i++)
				if (!((h, w[i]) in oinc)) {
					oinc[h, w[i]] = 1
					includes[h] = includes[h] "#include <" w[i] ">\n"
				}
			text = "\n/* " sname[s] \
				(supstream[s] ? ", upstream " supstream[s] : "") " */\n" stext[s]
			if (searly[s])
				early[h] = early[h] text
			else
				overlay[h] = overlay[h] text
			notes[++nnote] = "shim\t" sname[s] "\t" h "\t" \
				code_lines(stext[s]) "\t" supstream[s]
			nactive++
		}
	for (i = 1; i <= nover; i++) {
		h = oheader[i]
		text = "/* Generated for kernel " release ".  Do not edit. */\n" \
			"#ifndef " guard(h) "\n#define " guard(h) "\n" \
			early[h] (h in missing ? "" : "#include_next <" h ">\n") \
			"#include <kcompat-guard.h>\n" includes[h] overlay[h] \
			"\n#endif\n"
		output(out "/include/" h, text)
	}

	# callbacks, one header for each source that has some
	for (t = 1; t <= nt; t++)
		srcs[tfile[t]] = 1
	nall = 0
	for (fn in rename_all) {
		all = all "#define " fn "(...) " fn "__up(__VA_ARGS__)\n"
		nall++
	}
	# A shared callback is renamed wherever it may be called.
	if (nall) {
		output(out "/include/kcompat-callbacks.h", "/* Generated for kernel " release ".  Do not edit. */\n" all)
	}
	for (t in needtu) {
		text = "/* Generated for kernel " release ": callbacks of " t " */\n" \
			"#include <kcompat-guard.h>\n" \
			incs[t] latetext[t] head[t]
		n = split(tunames[t], w, " ")
		for (i = 1; i <= n; i++)
			if ((t, w[i]) in rename_in)
				text = text "#define " w[i] "(...) " w[i] "__up(__VA_ARGS__)\n"
		text = text thunks[t]
		if (t in prfmt)
			text = text "\n/* the source has its own */\n#undef pr_fmt\n"
		output(out "/tu/" t ".h", text)
		print t "\ttu/" t ".h" > (out "/tu.list")
	}
	if (nover || nthunk)
		output(out "/include/kcompat-guard.h", \
			"/* Generated for kernel " release ".  Do not edit. */\n" \
			"#ifndef _KCOMPAT_GUARD_H\n#define _KCOMPAT_GUARD_H\n" \
			"#ifndef KCOMPAT_FOR_" cname(release) "\n" \
			"#error \"these headers were generated for kernel " release "\"\n" \
			"#endif\n#endif\n")
	for (i = 1; i <= nnote; i++)
		print notes[i] > (out "/summary")
	for (i = 1; i <= nunruled; i++)
		print "unruled\t" unruled[i] > (out "/summary")
	printf "total\t%d shims\t%d thunks\t%d lines\n", nactive, nthunk, total > (out "/summary")
	exit 0
}

function cname(s)
{
	gsub(/[^A-Za-z0-9]/, "_", s)
	return s
}
