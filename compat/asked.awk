# SPDX-License-Identifier: GPL-2.0-only
#
# asked.awk - shims in, the probes out that their "unless:" and "when:" lines make
# of a name alone:
#
#	name:X       a function, variable, macro, constant or typedef X
#	struct:X     a complete structure (or union:, enum:)

function probes(    i, n, w, kind, x)
{
	n = split(facts, w, " ")
	for (i = 1; i <= n; i++) {
		sub(/^!/, "", w[i])
		if (w[i] !~ /^(name|struct|union|enum):[A-Za-z_][A-Za-z_0-9]*$/)
			continue
		kind = x = w[i]
		sub(/:.*/, "", kind)
		sub(/.*:/, "", x)
		if ((kind, x) in done)
			continue
		done[kind, x] = 1
		print "probe " kind "_" x
		print "include " headers
		print "needs " x
		if (kind == "name")
			print "\t#ifndef " x "\n\tstatic __maybe_unused typeof(" x ") *kp_name_" x ";\n\t#endif"
		else
			print "type " kind " " x
	}
}

FNR == 1 { facts = headers = on = ""; body = 0 }
body { next }
/^ \*\/$/ { body = 1; probes(); next }
/^ \* [a-z]+:/ { on = $2; sub(/^ \* [a-z]+:/, "") }
/^ \*$/ { on = "" }
{ sub(/^ \*[ \t]/, "") }
on == "unless:" || on == "when:" { facts = facts " " $0 }
on == "header:" || on == "include:" { headers = headers " " $0 }
