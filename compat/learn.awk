# SPDX-License-Identifier: GPL-2.0-only
#
# learn.awk - one name of a newer kernel, out of that kernel's headers
#
#	awk -v name=NAME -f learn.awk HEADER...
#	awk -v name=NAME -v pasted=1 -f learn.awk HEADER...
#
# The first header that defines or declares it decides.  Prints a line
#
#	macro|inline|type|constant|core <tab> FILE <tab> LINE <tab> names... <tab> tag
#
# and behind it the text: for a constant the constant alone, a line "@whole", and
# the enumeration that it stands in.  "core" is what is only declared there.
# Definitions below #if keep their conditions.  With pasted=1, constants are
# looked for whose names a macro puts together (A ## name ## B = ...).
#
# C is not parsed, kernel style is relied upon: a header is a row of pieces that
# end with a semicolon, or with the brace of a function, outside of all braces.

function is_word(text, w) { return text ~ ("(^|[^A-Za-z0-9_])" w "([^A-Za-z0-9_]|$)") }

function count(s, c) { return gsub(c, "", s) }

function squeeze(s)
{
	gsub(/[ \t\n]+/, " ", s)
	sub(/^ /, "", s)
	sub(/ $/, "", s)
	return s
}

# the line without strings and comments
function strip(line,    p, q)
{
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	if (incomment) {
		if (!(p = index(line, "*/")))
			return ""
		line = substr(line, p + 2)
		incomment = 0
	}
	while (p = index(line, "/*")) {
		if (!(q = index(substr(line, p + 2), "*/"))) {
			incomment = 1
			return substr(line, 1, p - 1)
		}
		line = substr(line, 1, p - 1) " " substr(line, p + q + 3)
	}
	sub(/\/\/.*/, "", line)
	return line
}

# ---- conditions ------------------------------------------------------------

# what says nothing about the kernel that the text goes to
function idle(c) { return c ~ /__KERNEL__|__ASSEMBL|__cplusplus|_H_*[)]?$/ || is_word(c, name) }

function push(c) { ncond++; cond[ncond] = c; past[ncond] = "" }

function conditions(    i, s)
{
	s = ""
	for (i = 1; i <= ncond; i++)
		if (!idle(cond[i]) && cond[i] != "1")
			s = s (s == "" ? "" : " && ") "(" cond[i] ")"
	return s
}

function directive(d,    word, e)
{
	sub(/^[ \t]*#[ \t]*/, "", d)
	word = d
	sub(/[^a-z].*/, "", word)
	e = squeeze(substr(d, length(word) + 1))
	if (word == "ifdef")
		push("defined(" e ")")
	else if (word == "ifndef")
		push("!defined(" e ")")
	else if (word == "if")
		push(e)
	else if (word == "elif" || word == "else") {
		past[ncond] = past[ncond] (past[ncond] == "" ? "" : " && ") "!(" cond[ncond] ")"
		e = idle(cond[ncond]) ? "1" : past[ncond] (word == "elif" ? " && (" e ")" : "")
		cond[ncond] = e
	} else if (word == "endif") {
		if (ncond > 0)
			ncond--
	} else if (word == "define")
		macro(d)
}

# ---- what is found ---------------------------------------------------------

function found(kind, line, text, names, tag,    c)
{
	if (kind == "core")
		core = 1
	if (!nfound++) {
		fkind = kind
		fline = line
		fnames = names
		ftag = tag
	}
	c = conditions()
	ftext = ftext (ftext == "" ? "" : "\n") \
		(c == "" ? text : "#if " c "\n" text "#endif\n")
}

function macro(d,    s, v)
{
	s = d
	sub(/^define[ \t]+/, "", s)
	if (pasted) {
		paste_macro(s)
		return
	}
	if (s !~ ("^" name "([^A-Za-z0-9_]|$)"))
		return
	v = squeeze(substr(s, length(name) + 1))
	# "this machine has a function of its own"
	if (v == name)
		return
	found("macro", dline, draw, name, "")
}

function piece(text, raw, line,    c, p, before, tag, m)
{
	c = squeeze(text)
	if (pasted) {
		paste_use(c, line)
		return
	}
	if (!is_word(c, name))
		return
	if (c ~ /^(typedef )?enum([ {]|$)/ && c ~ /{/) {
		tag = c
		sub(/^(typedef )?enum ?/, "", tag)
		sub(/ ?{.*/, "", tag)
		if (tag == name || c ~ ("} ?" name ";$"))
			found("type", line, raw, name " " constants(c), tag)
		else
			constant(c, raw, line, tag)
		return
	}
	if (c ~ ("^(struct|union) " name " ?{")) {
		found("type", line, raw, name, name)
		ftype = c ~ /^struct/ ? "struct" : "union"
		return
	}
	if (c ~ /^typedef /) {
		if (c ~ ("(^|[^A-Za-z0-9_])" name " ?(\\[[^]]*\\])?;$") || c ~ ("\\( ?\\* ?" name " ?\\)"))
			found("type", line, raw, name, "")
		return
	}
	if (!match(c, "(^|[^A-Za-z0-9_])" name " ?(\\(|;|\\[)"))
		return
	before = substr(c, 1, RSTART)
	p = substr(c, RSTART + RLENGTH - 1, 1)
	if (count(before, "[(]") != count(before, "[)]") || before ~ /[{=,]/ || before == "")
		return
	if (p == "(") {
		if (c !~ /{/) {
			if (before !~ /inline/)
				found("core", line, "", name, "")
		} else if (before ~ /inline/)
			found("inline", line, raw, name, "")
	} else if (before ~ /^extern /)
		found("core", line, "", name, "")
}

# the body of an enumeration as items[]; returns how many
function split_enum(c,    i, ch, d, s)
{
	split("", items)
	sub(/^[^{]*{/, "", c)
	sub(/}[^}]*$/, "", c)
	nitem = 0
	d = 0
	s = ""
	for (i = 1; i <= length(c); i++) {
		ch = substr(c, i, 1)
		if (ch == "(" || ch == "{")
			d++
		else if (ch == ")" || ch == "}")
			d--
		if (ch == "," && !d) {
			items[++nitem] = squeeze(s)
			s = ""
		} else
			s = s ch
	}
	if (squeeze(s) != "")
		items[++nitem] = squeeze(s)
	return nitem
}

function constants(c,    i, s, w)
{
	split_enum(c)
	s = ""
	for (i = 1; i <= nitem; i++) {
		w = items[i]
		sub(/[^A-Za-z0-9_].*/, "", w)
		if (w != "")
			s = s (s == "" ? "" : " ") w
	}
	return s
}

function constant(c, raw, line, tag,    i, w, v, base, n, all)
{
	all = constants(c)
	base = ""
	n = 0
	for (i = 1; i <= nitem; i++) {
		w = v = items[i]
		sub(/[^A-Za-z0-9_].*/, "", w)
		if (v ~ /=/) {
			sub(/^[^=]*= */, "", v)
			base = v
			n = 0
		}
		if (w == name) {
			v = base == "" ? n : n ? "(" base ") + " n : base
			found("constant", line, "enum { " name " = " v " };\n@whole\n" raw, all, tag)
			return
		}
		n++
	}
}

# ---- names that a macro puts together ----------------------------------------

function paste_macro(s,    m, p, a, b, args)
{
	m = s
	sub(/[^A-Za-z0-9_].*/, "", m)
	p = substr(s, length(m) + 1)
	if (p !~ /^\([a-z_]/)
		return
	sub(/^\(/, "", p)
	args = p
	sub(/\).*/, "", args)
	sub(/[ ,)].*/, "", p)
	s = squeeze(substr(s, index(s, ")") + 1))
	if (!match(s, "^[A-Za-z0-9_]* ?## ?" p "( ?## ?[A-Za-z0-9_]*)? ="))
		return
	a = s
	sub(/ ?##.*/, "", a)
	b = substr(s, 1, RLENGTH - 2)
	if (b ~ ("## ?" p " ?## ?"))
		sub(/.*## ?/, "", b)
	else
		b = ""
	if (index(name, a) != 1 || length(name) <= length(a b) ||
	    substr(name, length(name) - length(b) + 1) != b)
		return
	paster[m] = substr(name, length(a) + 1, length(name) - length(a b))
	sub(/^[^=]*= */, "", s)
	pastebody[m] = s
	pasteargs[m] = args
}

# the value, with the arguments of USE put in
function paste_value(m, use,    n, i, p, a, v, w)
{
	n = split(pasteargs[m], p, /[ ,]+/)
	sub(/^[^(]*\(/, "", use)
	sub(/\)[^)]*$/, "", use)
	split(use, a, / *, */)
	v = " " pastebody[m] " "
	for (i = 2; i <= n; i++)
		while (match(v, "[^A-Za-z0-9_]" p[i] "[^A-Za-z0-9_]"))
			v = substr(v, 1, RSTART) a[i] substr(v, RSTART + RLENGTH - 1)
	# the name may be pasted in the value, too
	while (match(v, "## *" p[1] " *##"))
		v = substr(v, 1, RSTART - 1) "##" a[1] "##" substr(v, RSTART + RLENGTH)
	gsub(/ *## */, "", v)
	return squeeze(v)
}

function paste_use(c, line,    i, m)
{
	if (c !~ /^(typedef )?enum/ || nfound)
		return
	split_enum(c)
	for (i = 1; i <= nitem; i++)
		for (m in paster)
			if (items[i] ~ ("(^|[^A-Za-z0-9_])" m "\\(" paster[m] " ?[,)]")) {
				found("constant", line, "enum { " name " = " \
					paste_value(m, items[i]) " };\n@whole\n", name, "")
				return
			}
}

# ---- lines -----------------------------------------------------------------

function finish(    i)
{
	if (!nfound)
		return 0
	if (core) {
		print "core\t" file "\t" fline "\t" name "\t"
		return 1
	}
	print fkind "\t" file "\t" fline "\t" fnames "\t" ftag "\t" ftype
	printf "%s", ftext
	return 1
}

function reset()
{
	chunk = raw = ""
	depth = ncond = incomment = more = 0
	split("", paster)
}

FNR == 1 {
	if (finish()) {
		told = 1
		exit 0
	}
	reset()
	file = FILENAME
}

# A directive may go on in the next line.
function part_of_directive()
{
	more = /\\$/
	sub(/\\$/, "", dtext)
	if (inpiece)
		raw = raw $0 "\n"
	if (!more)
		directive(strip(dtext))
}

# the rest of a directive
more {
	dtext = dtext " " $0
	draw = draw $0 "\n"
	part_of_directive()
	next
}
/^[ \t]*#/ && !incomment {
	inpiece = chunk != ""
	dtext = $0
	draw = $0 "\n"
	dline = FNR
	part_of_directive()
	next
}
{
	code = strip($0)
	if (chunk == "" && code ~ /^[ \t]*$/)
		next
	if (chunk == "")
		start = FNR
	chunk = chunk code "\n"
	raw = raw $0 "\n"
	depth += count(code, "[{]") - count(code, "[}]")
	if (depth <= 0 && (code ~ /;[ \t]*$/ ||
	    (code ~ /}[ \t]*$/ && chunk ~ /\)[^;=]*{/) ||
	    (chunk ~ /^[A-Za-z_0-9]+\(/ && count(chunk, "[(]") == count(chunk, "[)]") &&
	     code ~ /\)[ \t]*$/))) {
		piece(chunk, raw, start)
		chunk = raw = ""
		depth = 0
	}
}
END { if (!told) finish() }
