# SPDX-License-Identifier: GPL-2.0-only
#
# report.awk - what was generated for which kernel, as text, JSON or one page
#
#	awk -v fmt=text|json|html -f report.awk
#		kind=answers FILE kind=summary FILE [the same for more kernels]

function esc(s)
{
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	return s
}

function json(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

kind == "answers" && $1 == "kernel" {
	kernels[++nk] = $2
	k = nk
	next
}
kind == "answers" && $1 == "compiler" { sub(/^compiler /, ""); compiler[k] = $0; next }
kind == "answers" && $1 == "probe" { probes[k]++; if ($3 == "no") lacking[k]++; next }
kind == "answers" { next }
{ n = split($0, f, "\t") }
f[1] == "shim" {
	name = f[2]
	if (!(name in header)) {
		order[++ns] = name
		header[name] = f[3]
		upstream[name] = f[5]
	}
	lines[name, k] = f[4]
	has[name, k] = 1
	shims[k]++
	next
}
f[1] == "thunk" {
	thunks[k]++
	thunk[k, thunks[k]] = f[2] " " f[3] " (" f[4] ", " f[5] ")"
	next
}
f[1] == "total" { sub(/ lines/, "", f[4]); total[k] = f[4]; next }

END {
	if (fmt == "json") {
		print "{\n  \"kernels\": {"
		for (i = 1; i <= nk; i++) {
			printf "    %s: {\n      \"compiler\": %s,\n      \"probes\": %d,\n      \"lacking\": %d,\n", json(kernels[i]), json(compiler[i]), probes[i], lacking[i]
			printf "      \"lines\": %d,\n      \"shims\": [", total[i]
			sep = ""
			for (j = 1; j <= ns; j++)
				if ((order[j], i) in has) {
					printf "%s\n        { \"name\": %s, \"header\": %s, \"upstream\": %s, \"lines\": %d }", sep, json(order[j]), json(header[order[j]]), json(upstream[order[j]]), lines[order[j], i]
					sep = ","
				}
			printf "%s],\n      \"thunks\": [", sep ? "\n      " : ""
			sep = ""
			for (j = 1; j <= thunks[i]; j++) {
				printf "%s\n        %s", sep, json(thunk[i, j])
				sep = ","
			}
			printf "%s]\n    }%s\n", sep ? "\n      " : "", i < nk ? "," : ""
		}
		print "  }\n}"
		exit
	}
	if (fmt == "html") {
		print "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shims by kernel</title>"
		print "<style>body{font:15px/1.45 system-ui,sans-serif;margin:2em;color:#222}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25em .6em;text-align:left;vertical-align:top}td.n{text-align:right;background:#fbe9d0}td.z{background:#eef7ee}tfoot td{font-weight:600}</style></head><body>"
		print "<h1>Shims by kernel</h1>\n<table><thead><tr><th>Shim</th><th>Header</th><th>Upstream</th>"
		for (i = 1; i <= nk; i++)
			print "<th>" esc(kernels[i]) "</th>"
		print "</tr></thead><tbody>"
		for (j = 1; j <= ns; j++) {
			print "<tr><td>" esc(order[j]) "</td><td>" esc(header[order[j]]) "</td><td>" esc(upstream[order[j]]) "</td>"
			for (i = 1; i <= nk; i++)
				print ((order[j], i) in has) ? "<td class=\"n\">" lines[order[j], i] "</td>" : "<td class=\"z\"></td>"
			print "</tr>"
		}
		print "</tbody><tfoot>"
		row("Shims", shims)
		row("Callback thunks", thunks)
		row("Lines generated", total)
		row("Probes", probes)
		row("Probes answered no", lacking)
		print "</tfoot></table>"
		for (i = 1; i <= nk; i++) {
			if (!thunks[i])
				continue
			print "<h2>Callbacks on " esc(kernels[i]) "</h2><ul>"
			for (j = 1; j <= thunks[i]; j++)
				print "<li>" esc(thunk[i, j]) "</li>"
			print "</ul>"
		}
		print "</body></html>"
		exit
	}
	for (i = 1; i <= nk; i++) {
		printf "Kernel %s (%s)\n", kernels[i], compiler[i]
		printf "  %d probes, %d answered no; %d shims, %d callback thunks, %d lines generated\n", probes[i], lacking[i], shims[i], thunks[i], total[i]
		for (j = 1; j <= ns; j++)
			if ((order[j], i) in has)
				printf "  %4d  %-28s %-24s %s\n", lines[order[j], i], order[j], header[order[j]], upstream[order[j]]
		for (j = 1; j <= thunks[i]; j++)
			printf "  thunk %s\n", thunk[i, j]
	}
}

function row(title, a,    i)
{
	printf "<tr><td colspan=\"3\">%s</td>", title
	for (i = 1; i <= nk; i++)
		printf "<td class=\"n\">%d</td>", a[i]
	print "</tr>"
}
