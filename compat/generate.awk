# SPDX-License-Identifier: GPL-2.0-only
#
# generate.awk - facts about a kernel and about a source in, headers out
#
#	awk -v out=DIR -f names.awk -f generate.awk kind=answers FILE
#		kind=rules FILE... kind=shims FILE... kind=scan FILE
#
# Writes below DIR:
#	include/...	overlay headers: the kernel's own and what it lacks
#	tu/FILE.h	callbacks of source FILE in the form that this kernel calls
#	tu.list		source <tab> header, one a line
#	flags		for the compiler, one a line, if any
#	summary		what was generated and why, one a line
#	unknown		callbacks that no rule knows, one a line (an error)
#	lacking		what a shim or a rule builds on and this kernel has not,
#			one a line (an error)
#	proof.c		includes every header, and uses every shim and callback
#	calls		the kernel's functions that these call: shim <tab> name

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
	else if ($1 == "name")
		noname[$2] = 1
	else if ($1 == "file")
		nofile[$2] = 1
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
kind == "rules" && /^own / { formown[ops, member, n] = $2; next }
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
		line_is_new = 1
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
	else if (key == "needs") sneeds[shim] = sneeds[shim] " " line
	else if (key == "use") {
		if (line_is_new)
			suse[shim, ++nuse[shim]] = line
		else
			suse[shim, nuse[shim]] = suse[shim, nuse[shim]] " " line
		line_is_new = 0
	}
	else if (key == "missing") smissing[shim] = 1
	else if (key == "flags") sflags[shim] = line
	else if (key == "order") sorder[shim] = line
	else if (key == "place") {
		slate[shim] = (line == "late")
		searly[shim] = (line == "early")
	}
	else if (key == "learnt") slearnt[shim] = 1
	else if (key != "note" && key != "test") fail("unknown key " key)
	if (key !~ /^(note|names|include|needs|use|learnt)$/)
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

# "own NAME": in this form NAME is what the kernel means by it, not what a shim
# has made of it for the source
function kernels_own(name, text)
{
	return "#pragma push_macro(\"" name "\")\n#undef " name "\n" text \
		"#pragma pop_macro(\"" name "\")\n"
}

function one_callback(t,    o, m, f, key, body, static, n, w, i, text)
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
		if (!((tfile[t], w[i]) in tuinc) && !(w[i] in nofile)) {
			tuinc[tfile[t], w[i]] = 1
			proofinc(w[i])
			incs[tfile[t]] = incs[tfile[t]] "#include <" w[i] ">\n"
		}
	if (static == "extern")
		rename_all[f] = 1
	else
		rename_in[tfile[t], f] = 1
	text = "static __maybe_unused " \
		prototype(form[o, m, gform], "(" f ")", 1) "\n{\n" body "}\n"
	if ((o, m, gform) in formown)
		text = kernels_own(formown[o, m, gform], text)
	thunks[tfile[t]] = thunks[tfile[t]] "\n" \
		(static == "static" ? "static " : "") \
		prototype(form[o, m, 0], f "__up", 0) ";\n" text
	# under names of its own: another source may have a function so called
	proof = proof mark("callback " o "." m) proofnames(t, f, 1) \
		prototype(form[o, m, 0], f "__up", 0) ";\n" twinproof \
		text \
		"static __maybe_unused typeof(((struct " o " *)0)->" \
		((o, m, gform) in oldname ? oldname[o, m, gform] : m) ") " \
		"kcproof_table_" t " = (" f ");\n" proofnames(t, f, 0)
	stands("callback " o "." m " (form of " formsince[o, m, gform] ")", rule_names(body), body)
	tunames[tfile[t]] = tunames[tfile[t]] " " f
	note_thunk(t, "form of " formsince[o, m, gform])
}

# TWIN_member(...) in a body: the function that the same table has for another
# member; what a table without that member has is a null pointer.
function twins(t, body,    m, i, best, d, f)
{
	twinproof = twinname = ""
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
		twinname = f
		twinproof = prototype(form[ttype[t], m, 0], f, 0) ";\n"
		if (!((tfile[t], f) in declared)) {
			declared[tfile[t], f] = 1
			thunks[tfile[t]] = thunks[tfile[t]] "\n" \
				(((tfile[t], f) in deffile ? deffile[tfile[t], f] : defined[f]) == "static" ? "static " : "") \
				prototype(form[ttype[t], m, 0], f, 0) ";\n"
		}
	}
	return body
}

# ---- the proof: everything that is generated, used once --------------------

function mark(what) { return "#line 1 \"" what "\"\n" }

# the text may stand in one unit with another of the same name
function proofnames(t, f, on,    s)
{
	if (!on)
		return "#undef " f "\n#undef " f "__up\n" (twinname == "" ? "" : "#undef " twinname "\n")
	s = "#define " f " kcproof_" t "_" f "\n#define " f "__up kcproof_" t "_" f "__up\n"
	if (twinname != "")
		s = s "#define " twinname " kcproof_" t "_" twinname "\n"
	return s
}

function proofinc(h)
{
	if (!(h in proofhas)) {
		proofhas[h] = 1
		proofhead = proofhead "#include <" h ">\n"
	}
}

# "int *p, int n: use(p, n);" as a function; "file: TEXT" at file scope
function shim_proof(s,    i, p, text, params)
{
	text = ""
	for (i = 1; i <= nuse[s]; i++) {
		p = index(suse[s, i], ": ")
		params = substr(suse[s, i], 1, p - 1)
		text = text mark("shim " sname[s] " (" (sheader[s] ? sheader[s] : "compiler") ")")
		if (params == "file")
			text = text substr(suse[s, i], p + 2) "\n"
		else
			text = text "static inline void kcproof_" sname[s] "_" i "(" params ")\n{ " \
				substr(suse[s, i], p + 2) " }\n"
	}
	return text
}

# what a body of a rule takes from the kernel
function rule_names(body,    need, own, w, s)
{
	split("", need)
	split("", own)
	kernel_names("@body " body, need, own)
	s = ""
	for (w in need)
		if (w !~ /^a[0-9]$/ && w !~ /__up$/)
			s = s " " w
	return s
}

# WHO builds on the NAMES, with TEXT: remembered until all shims are known
function stands(who, names, text)
{
	nstand++
	standwho[nstand] = who
	standon[nstand] = names
	standtext[nstand] = " " text
}

# what is called there must be exported, if it is no macro and not inline
function write_calls(    i, j, n, w)
{
	printf "" > (out "/calls")
	for (i = 1; i <= nstand; i++) {
		n = split(standon[i], w, " ")
		for (j = 1; j <= n; j++)
			if (standtext[i] ~ ("[^A-Za-z0-9_]" w[j] "\\("))
				print standwho[i] "\t" w[j] > (out "/calls")
	}
	close(out "/calls")
}

function all_there(    i, j, n, w, s, x, need)
{
	for (i = 1; i <= nstand; i++) {
		n = split(standon[i], w, " ")
		for (j = 1; j <= n; j++) {
			if (!(w[j] in noname) && w[j] !~ /^kcompat_/)
				continue
			if (!nprovided) {
				nprovided = 1
				for (s = 1; s <= nshim; s++)
					if (active[s]) {
						kernel_names(stext[s], need, provided)
						use_as(snames[s], provided)
					}
			}
			if (!(w[j] in provided))
				print standwho[i] "\t" w[j] > (out "/lacking")
		}
	}
}

function use_as(text, set,    n, w, i)
{
	n = split(text, w, " ")
	for (i = 1; i <= n; i++)
		set[w[i]] = 1
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
		# what autoconf asks for a shim by the name alone
		sub(/^(name|struct|union|enum):/, "&_", name)
		sub(/:_/, "_", name)
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
			 !(h in lateheader) && !(h in given) && usable(h)) {
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

# Late shims that a learnt shim s builds on come in front of it; returns how many of
# them no source has asked for.  (Others stand in the order of their names.)
function below(s,    o, i, n, w, on, c)
{
	lower[s] = ""
	if (!slearnt[s])
		return 0
	use_as(sneeds[s], on)
	c = 0
	for (o = 1; o <= nshim; o++) {
		if (o == s || !active[o] || !slate[o])
			continue
		n = split(snames[o], w, " ")
		for (i = 1; i <= n; i++)
			if (w[i] in on)
				break
		if (i > n)
			continue
		lower[s] = lower[s] "#include <kcompat/" sname[o] ".h>\n"
		if (!hit[o]) {
			hit[o] = 1
			c++
		}
	}
	return c
}

# Late shims that no source asks for, but one that is not late builds on: the proof
# needs them, and who uses that part of the other gets them by its own words.
function late_below(    s, o, i, n, w, on)
{
	for (s = 1; s <= nshim; s++)
		if (active[s] && !slate[s])
			use_as(sneeds[s], on)
	for (o = 1; o <= nshim; o++) {
		if (!active[o] || !slate[o] || hit[o])
			continue
		n = split(snames[o], w, " ")
		for (i = 1; i <= n && !(w[i] in on); i++)
			;
		if (i > n)
			continue
		hit[o] = 1
		n = split(sinclude[o], w, " ")
		for (i = 1; i <= n; i++)
			if (usable(w[i]) && !(w[i] in given))
				proofinc(w[i])
	}
}

function late_shims(    s, i, file, c, w2, h)
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
				if (usable(w2[i]) && !(w2[i] in given)) {
					latetext[file] = latetext[file] "#include <" w2[i] ">\n"
					proofinc(w2[i])
				}
			latetext[file] = latetext[file] "#include <kcompat/" sname[s] ".h>\n"
			needtu[file] = 1
		}
	}
	late_below()
	do {
		again = 0
		for (s = 1; s <= nshim; s++)
			if (hit[s])
				again += below(s)
	} while (again)
	for (s = 1; s <= nshim; s++) {
		if (!hit[s])
			continue
		output(out "/include/kcompat/" sname[s] ".h", \
			"/* Generated for kernel " release ".  Do not edit. */\n" \
			"#ifndef " guard(sname[s]) "\n#define " guard(sname[s]) "\n" \
			lower[s] "/* " sname[s] ", upstream " supstream[s] " */\n" \
			stext[s] "#endif\n")
		if (usable(sheader[s]))
			proofinc(sheader[s])
		proofhead_late = proofhead_late "#include <kcompat/" sname[s] ".h>\n"
		notes[++nnote] = "shim\t" sname[s] "\t" sheader[s] "\t" \
			code_lines(stext[s]) "\t" supstream[s]
		nactive++
	}
}

# does an #include of H find something here?
function usable(h) { return !(h in nofile) || (h in given) }

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
	for (s = 1; s <= nshim; s++) {
		if (!sbody[s]) {
			printf "kcompat: %s: not a shim: it has no comment with a 'shim:' line (Documentation/compat.md)\n", sfile[s] > "/dev/stderr"
			exit 1
		}
		if (sname[s] in sfirst) {
			printf "kcompat: shim %s is there twice: %s and %s\n", sname[s], sfirst[sname[s]], sfile[s] > "/dev/stderr"
			exit 1
		}
		sfirst[sname[s]] = sfile[s]
	}
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
	printf "" > (out "/lacking")
	for (i = 1; i <= nunknown; i++)
		print unknown[i] > (out "/unknown")

	# headers that are made here, whether the kernel has them or not
	for (s = 1; s <= nshim; s++) {
		if (!active[s])
			continue
		if (!slate[s] && !sflags[s])
			given[sheader[s]] = 1
		stands("shim " sname[s] " (" (sheader[s] ? sheader[s] : "compiler") ")", sneeds[s], stext[s])
	}
	all_there()
	write_calls()

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
				if (!((h, w[i]) in oinc) && usable(w[i])) {
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
			early[h] (h in missing || h in nofile ? "" : "#include_next <" h ">\n") \
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
	n = 0
	for (t in needtu)
		n++
	# where nothing is made, there is no guard either
	guarded = nover || n
	# all that comes before a source may have the kernel's pr_fmt
	if (guarded)
		for (t in prfmt)
			needtu[t] = 1
	for (t in needtu) {
		text = "/* Generated for kernel " release ": callbacks of " t " */\n" \
			unproved(incs[t]) latetext[t] head[t]
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
	if (guarded) {
		output(out "/include/kcompat-guard.h", \
			"/* Generated for kernel " release ".  Do not edit. */\n" \
			"#ifndef _KCOMPAT_GUARD_H\n#define _KCOMPAT_GUARD_H\n" \
			"#ifndef KCOMPAT_FOR_" cname(release) "\n" \
			"#error \"these headers were generated for kernel " release "\"\n" \
			"#endif\n#endif\n")
		output(out "/include/kcompat-unit.h", \
			"/* Generated for kernel " release ".  Do not edit. */\n" unit())
	}
	write_proof()
	for (i = 1; i <= nnote; i++)
		print notes[i] > (out "/summary")
	for (i = 1; i <= nunruled; i++)
		print "unruled\t" unruled[i] > (out "/summary")
	printf "total\t%d shims\t%d thunks\t%d lines\n", nactive, nthunk, total > (out "/summary")
	exit 0
}

# What comes before all other headers, where they are proved and where they are
# used.  Not all stand alone: linux/fileattr.h of 6.12 does not, nor do those in which
# RHEL 8.10 marks its additions, as linux/shrinker.h, with macros that others brought.
function before()
{
	return "#include <linux/fs.h>\n"
}

# What every source begins with: all headers that were made, in the order in which
# they were proved.  They bring headers of the kernel with them, which in the order
# of some source would end in a circle (linux/bvec.h -> linux/highmem.h -> ... ->
# linux/blk_types.h on RHEL 9.2).
function unit(    i, text)
{
	text = (guarded ? "#include <kcompat-guard.h>\n" : "") before()
	for (i = 1; i <= nover; i++)
		text = text "#include <" oheader[i] ">\n"
	return text
}

# The #includes in TEXT but for those that unit() has.
function unproved(text,    n, i, line, has, rest)
{
	has = "\n" unit()
	n = split(text, line, "\n")
	rest = ""
	for (i = 1; i < n; i++)
		if (!index(has, "\n" line[i] "\n"))
			rest = rest line[i] "\n"
	return rest
}

# Each header that was made, those that make sense only behind all others at the
# end; then the uses.
function write_proof(    i, s, text)
{
	text = "/* Generated for kernel " release ".  Compiled, never linked. */\n" \
		unit() proofhead proofhead_late
	for (s = 1; s <= nshim; s++)
		if (active[s] && (!slate[s] || hit[s]))
			text = text shim_proof(s)
	printf "%s%s%s", text, proof, mark("end") > (out "/proof.c")
	close(out "/proof.c")
}

function cname(s)
{
	gsub(/[^A-Za-z0-9]/, "_", s)
	return s
}
