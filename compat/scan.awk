# SPDX-License-Identifier: GPL-2.0-only
#
# scan.awk - what a pristine source uses, as far as the generator cares
#
# Every file is named twice on the command line, "pass=1" before the first
# round and "pass=2" before the second:
#
#	awk -f scan.awk pass=1 FILE... pass=2 FILE...
#
# Output, tab separated:
#	T file line type member function   a callback in an ops table
#	D file function static|extern      where such a function is defined
#	P file                             defines pr_fmt for itself
#	W word                             an identifier that occurs
#	I header                           an include
#	A file header                      the same, by file
#	H file "header"                    an include of the source's own
#	F file                             every file that was read
#	L file word                        a word of -v watch="..." occurs in file
#
# C is not parsed, kernel style is relied upon: a table is a designated
# initialiser of a named struct, a definition begins in the first column.

function strip(line,    p, q)
{
	# strings first: a comment mark inside one is no comment
	gsub(/\\["\\]/, "", line)
	gsub(/"[^"]*"/, "\"\"", line)
	if (incomment) {
		p = index(line, "*/")
		if (!p)
			return ""
		line = substr(line, p + 2)
		incomment = 0
	}
	while (p = index(line, "/*")) {
		q = index(substr(line, p + 2), "*/")
		if (!q) {
			incomment = 1
			line = substr(line, 1, p - 1)
			break
		}
		line = substr(line, 1, p - 1) " " substr(line, p + q + 3)
	}
	sub(/\/\/.*/, "", line)
	return line
}

function count(s, c,    t)
{
	t = s
	return gsub(c, "", t)
}

# members of the table that we are in, one initialiser a line or several
function members(line,    m, f)
{
	while (match(line, /\.[a-z_0-9]+[ \t]*=[ \t]*&?[A-Za-z_][A-Za-z_0-9]*[ \t]*(,|}|$)/)) {
		m = substr(line, RSTART + 1, RLENGTH - 1)
		line = substr(line, RSTART + RLENGTH)
		f = m
		sub(/[ \t]*=.*/, "", m)
		sub(/^[^=]*=[ \t]*/, "", f)
		if (f ~ /^&/)
			continue
		sub(/[ \t]*[,}]?$/, "", f)
		ntab++
		tabfile[ntab] = FILENAME
		tabline[ntab] = FNR
		tabtype[ntab] = type
		tabmember[ntab] = m
		tabfunc[ntab] = f
		wanted[f] = 1
	}
}

BEGIN {
	n = split(watch, w, " ")
	for (i = 1; i <= n; i++)
		watched[w[i]] = 1
}

FNR == 1 && pass == 1 { print "F\t" FILENAME }
FNR == 1 {
	incomment = 0
	depth = 0
	type = ""
	prev = ""
}

pass == 1 && /^[ \t]*#[ \t]*include[ \t]*[<]/ {
	h = $0
	sub(/^[^<]*</, "", h)
	sub(/>.*/, "", h)
	if (!(h in hdr)) {
		hdr[h] = 1
		print "I\t" h
	}
	if (watch != "")
		print "A\t" FILENAME "\t" h
	next
}
pass == 1 && watch != "" && /^[ \t]*#[ \t]*include[ \t]*"/ {
	h = $0
	sub(/^[^"]*"/, "", h)
	sub(/".*/, "", h)
	print "H\t" FILENAME "\t" h
	next
}

pass == 1 && /^[ \t]*#[ \t]*define[ \t]+pr_fmt/ { print "P\t" FILENAME }

{ $0 = strip($0) }

/^[ \t]*$/ { prev = prev " "; next }

pass == 1 {
	n = split($0, w, /[^A-Za-z0-9_]+/)
	for (i = 1; i <= n; i++) {
		if (w[i] in watched && !((FILENAME, w[i]) in seen)) {
			seen[FILENAME, w[i]] = 1
			print "L\t" FILENAME "\t" w[i]
		}
		if (!(w[i] in word)) {
			word[w[i]] = 1
			if (w[i] ~ /^[A-Za-z_]/)
				print "W\t" w[i]
		}
	}
	if (!depth && /struct[ \t]+[a-z_0-9]+[ \t]+[A-Za-z_0-9]+(\[[^\]]*\])?[^;()]*=[ \t]*({.*)?$/) {
		type = $0
		sub(/^.*struct[ \t]+/, "", type)
		sub(/[ \t].*/, "", type)
		depth = count($0, "{") - count($0, "}")
		if (depth > 0 && index($0, "{"))
			members(substr($0, index($0, "{")))
		pending = (depth == 0 && !index($0, "{"))
		next
	}
	if (pending) {
		pending = 0
		if ($0 !~ /^[ \t]*{/)
			next
		depth = count($0, "{") - count($0, "}")
		members($0)
		next
	}
	if (depth > 0) {
		members($0)
		depth += count($0, "{") - count($0, "}")
	}
	next
}

# pass 2: definitions of the functions that stand in tables
FILENAME ~ /\.[ch]$/ && /^[A-Za-z_].*\(/ {
	name = $0
	sub(/[ \t]*\(.*/, "", name)
	head = name
	sub(/.*[^A-Za-z0-9_]/, "", name)
	if (name in wanted) {
		print "D\t" FILENAME "\t" name "\t" \
			((prev " " head) ~ /(^|[ ;}])static / ? "static" : "extern")
	}
}
{
	# the return type may stand on a line of its own
	prev = ($0 ~ /[;}]/ || $0 !~ /^[A-Za-z_]/) ? "" : $0
}

END {
	for (i = 1; i <= ntab; i++)
		print "T\t" tabfile[i] "\t" tabline[i] "\t" tabtype[i] \
			"\t" tabmember[i] "\t" tabfunc[i]
}
