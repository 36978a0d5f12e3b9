# SPDX-License-Identifier: GPL-2.0-only
#
# names.awk - the names that a piece of C takes from the kernel
#
# kernel_names(text, need, own) puts into need[] each name that text uses and
# does not declare itself, and into own[] those that it declares.  C is not
# parsed; kernel style is relied upon: two names side by side, with stars that
# touch the second one, are a declaration and nothing else.
#
# With -v shims=1 the files are shims, and of each is printed what it stands on:
#	FILE <tab> NAME

function kn_words(list, set,    n, w, i)
{
	n = split(list, w, " ")
	for (i = 1; i <= n; i++)
		set[w[i]] = 1
}

function kn_begin()
{
	kn_ready = 1
	# what stands in front of a type, or is no name at all
	kn_words("auto break case const continue default do else extern for goto " \
		"if inline register restrict return sizeof static switch typedef " \
		"volatile while typeof __typeof__ static_assert _Static_assert " \
		"defined offsetof container_of __VA_ARGS__ NULL true false " \
		"__force __user __rcu __weak __maybe_unused __bitwise __printf " \
		"__always_inline likely unlikely", kn_plain)
	kn_words("int long unsigned signed char short void bool float double", kn_type)
	kn_words("struct union enum", kn_tag)
}

# comments, strings, and what only the preprocessor reads
function kn_clean(text,    n, l, i, s, out)
{
	gsub(/\\\n/, " ", text)
	while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\//))
		text = substr(text, 1, RSTART - 1) " " substr(text, RSTART + RLENGTH)
	n = split(text, l, "\n")
	out = ""
	for (i = 1; i <= n; i++) {
		s = l[i]
		gsub(/"([^"\\]|\\.)*"/, " ", s)
		gsub(/'([^'\\]|\\.)*'/, " ", s)
		if (s ~ /^[ \t]*#[ \t]*define[ \t]/) {
			sub(/^[ \t]*#[ \t]*define[ \t]+/, "@define ", s)
			out = out s " ;\n"
		} else if (s ~ /^[ \t]*#[ \t]*ifndef[ \t]/) {
			# has it, or is given it
			sub(/^[ \t]*#[ \t]*ifndef[ \t]+/, "", s)
			kn_own[s] = 1
		} else if (s !~ /^[ \t]*#/)
			out = out s "\n"
	}
	return out
}

function kn_define(s,    p, n, w, i)
{
	match(s, /^[A-Za-z_0-9]+/)
	kn_own[substr(s, 1, RLENGTH)] = 1
	s = substr(s, RLENGTH + 1)
	if (s !~ /^\(/)
		return s
	p = index(s, ")")
	n = split(substr(s, 2, p - 2), w, /[ ,.\t]+/)
	for (i = 1; i <= n; i++)
		if (w[i] != "")
			kn_own[w[i]] = 1
	return substr(s, p + 1)
}

function kernel_names(text, need, own,    last, lastkind, stars, gap, depth, decl, t, c, w, i, tag, follow)
{
	if (!kn_ready)
		kn_begin()
	split("", kn_own)
	split("", kn_used)
	text = kn_clean(text)
	# lastkind: n name, y type word, t tag word, g the name of a tag, p else
	last = lastkind = "p"
	stars = depth = 0
	decl = -1
	while (text != "") {
		if (match(text, /^[ \t\n]+/)) {
			text = substr(text, RLENGTH + 1)
			gap = 1
			continue
		}
		if (text ~ /^@body /) {
			# of a function
			text = substr(text, 7)
			depth = 1
			continue
		}
		if (text ~ /^@define /) {
			text = kn_define(substr(text, 9))
			lastkind = "p"
			stars = depth = 0
			decl = -1
			continue
		}
		if (match(text, /^[A-Za-z_][A-Za-z_0-9]*/)) {
			w = substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
			follow = text
			sub(/^[ \t\n]+/, "", follow)
			follow = substr(follow, 1, 1)
			if (w in kn_tag) {
				lastkind = "t"
			} else if (w in kn_type) {
				lastkind = "y"
			} else if (w in kn_plain) {
				if (w != "const" && w !~ /^__/)
					lastkind = "p"
			} else if (lastkind == "t") {
				if (follow == "{")
					kn_own[w] = 1
				else
					kn_used[w] = 1
				lastkind = "g"
			} else if ((lastkind == "n" || lastkind == "y" || lastkind == "g") &&
				   !(stars && gap && depth > 0)) {
				# a declaration
				kn_own[w] = 1
				lastkind = "d"
				if (index("=,;[", follow))
					decl = depth
			} else if (lastkind == "," && decl == depth && index("=,;[", follow)) {
				kn_own[w] = 1
				lastkind = "d"
			} else if (lastkind == "f" && follow == ")") {
				# a pointer to a function
				kn_own[w] = 1
				lastkind = "d"
			} else {
				kn_used[w] = 1
				lastkind = "n"
			}
			stars = gap = 0
			continue
		}
		if (match(text, /^[0-9][A-Za-z0-9_.]*/)) {
			text = substr(text, RLENGTH + 1)
			lastkind = "p"
			stars = gap = 0
			continue
		}
		c = substr(text, 1, 1)
		text = substr(text, 2)
		if (c == "*" && lastkind == "(") {
			lastkind = "f"
		} else if (c == "*" && (lastkind == "," || lastkind == "n" || lastkind == "y" || lastkind == "g")) {
			stars = 1
			gap = 0
			continue
		} else {
			if (c == "(" || c == "[" || c == "{")
				depth++
			else if (c == ")" || c == "]" || c == "}")
				depth--
			if (c == ";" || c == "{")
				decl = -1
			lastkind = c == "," || c == "(" ? c : "p"
		}
		stars = gap = 0
	}
	for (w in kn_own)
		own[w] = 1
	for (w in kn_used)
		if (!(w in kn_own) && w !~ /^CONFIG_/)
			need[w] = 1
}

function kn_shim(    w, n, list, i, j, t)
{
	split("", kn_n)
	split("", kn_o)
	kernel_names(kn_text, kn_n, kn_o)
	for (w in kn_n)
		print kn_file "\t" w
}

shims && FNR == 1 {
	if (kn_file != "")
		kn_shim()
	kn_file = FILENAME
	kn_text = ""
	kn_body = 0
}
shims && !kn_body { if (/^ \*\/$/) kn_body = 1; next }
shims { kn_text = kn_text $0 "\n" }
END { if (shims && kn_file != "") kn_shim() }
