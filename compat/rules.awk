# SPDX-License-Identifier: GPL-2.0-only
#
# rules.awk - rule files in, probe text out: one probe for each form of each
# callback, and one more for each way that an alias makes it another type.
# With names.awk, what the bodies build on is asked for by name, too.
#
# The names are cb_STRUCT_MEMBER_N with N counted from 0, the newest form;
# a letter for each alias that was applied is added (a for the first).

function emit(type, n,    k, i, t, suffix, combos, c, used, probe)
{
	combos = 1
	for (i = 1; i <= nalias; i++)
		combos *= 2
	for (c = 0; c < combos; c++) {
		t = type
		suffix = ""
		used = 1
		k = c
		for (i = 1; i <= nalias; i++) {
			if (k % 2) {
				if (!gsub("struct " afrom[i] " ", "struct " ato[i] " ", t))
					used = 0
				suffix = suffix substr("abcdefgh", i, 1)
			}
			k = int(k / 2)
		}
		if (!used)
			continue
		print "probe cb_" ops "_" member "_" n suffix
		print "include " header
		print "callback struct " ops " " slot " " t
	}
}

function body_names(    need, own, w)
{
	gsub(/UPFN|UP\(|TWIN_[a-z_0-9]+/, "(", body)
	kernel_names("@body " body, need, own)
	for (w in need)
		if (w !~ /^(a[0-9]$|kcompat_)/ && !(w in named)) {
			named[w] = 1
			print "name " w
		}
	body = ""
}

/^\t/ { body = body $0 "\n"; next }
body != "" { body_names() }
/^#/ || /^[ \t]*$/ { next }
/^alias / { nalias++; afrom[nalias] = $2; ato[nalias] = $3; next }
/^ops / {
	ops = $2
	header = $0
	sub(/^ops[ \t]+[^ \t]+[ \t]+/, "", header)
	print "file " header
	print "probe ops_" ops
	print "include " header
	print "type struct " ops
	next
}
/^member / {
	member = slot = $2
	n = 0
	print "probe has_" ops "_" member
	print "include " header
	print "has struct " ops " " member
	next
}
/^form / {
	t = $0
	sub(/^form[ \t]+[^ \t]+[ \t]+/, "", t)
	emit(t, n++)
	next
}
/^absent / {
	slot = $2
	t = $0
	sub(/^absent[ \t]+[^ \t]+[ \t]+/, "", t)
	emit(t, n++)
	next
}
/^(if|own) / { next }
{
	printf "kcompat: %s:%d: not understood: %s\n", FILENAME, FNR, $0 > "/dev/stderr"
	exit 1
}
END { body_names() }
