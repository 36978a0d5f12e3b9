# SPDX-License-Identifier: GPL-2.0-only
#
# report.awk - what was generated for which kernel: text, JSON, one page, chart
#
#	awk -v fmt=text|json|html|svg -f report.awk
#		kind=answers FILE kind=summary FILE [the same for more kernels]
#		[kind=shims FILE...]
#
# Kernels come out by age.  The same kernel a second time replaces the first.
# With the shims' own files, those are listed that no kernel here needed.

function esc(s)
{
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	gsub(/"/, "\\&quot;", s)
	return s
}

function json(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

# "6.12.117+deb13" and "7.3.0-rc7" as numbers that sort by age
function age(release,    v, rc)
{
	split(release, v, /[.+-]/)
	rc = match(release, /-rc[0-9]+/) ? substr(release, RSTART + 3) : 99
	return v[1] * 1e9 + v[2] * 1e6 + v[3] * 1e3 + rc
}

# "v6.7 what changed, v6.9 more": the version, the commit if one is told, the rest
function version(s) { return match(s, /^v[0-9][0-9.]*/) ? substr(s, RSTART, RLENGTH) : "" }
function commit(s) { return match(s, /\([0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+\)/) ? substr(s, RSTART + 1, RLENGTH - 2) : "" }
function about(s)
{
	sub(/^v[0-9][0-9.]*[ ]*/, "", s)
	if (commit(s) != "")
		sub(/ *\([0-9a-f]+\)/, "", s)
	return s
}

kind == "answers" && $1 == "kernel" {
	if (!($2 in number)) {
		number[$2] = ++nk
		kernels[nk] = $2
	}
	k = number[$2]
	probes[k] = lacking[k] = shims[k] = thunks[k] = total[k] = 0
	gen++
	owner[k] = gen
	next
}
kind == "answers" && $1 == "compiler" { sub(/^compiler /, ""); compiler[k] = $0; next }
kind == "answers" && $1 == "arch" { arch[k] = $2; next }
kind == "answers" && $1 == "probe" { probes[k]++; if ($3 == "no") lacking[k]++; next }
kind == "answers" { next }
kind == "shims" {
	if (match($0, /^ \* shim: */)) {
		known = substr($0, RLENGTH + 1)
		if (known != "")
			all[++nall] = known
	}
	next
}
{ n = split($0, f, "\t") }
f[1] == "shim" {
	name = f[2]
	if (!(name in header)) {
		order[++ns] = name
		header[name] = f[3] == "" ? "(compiler flag)" : f[3]
		upstream[name] = f[5]
	}
	lines[name, k] = f[4]
	has[name, k] = owner[k]
	shims[k]++
	next
}
f[1] == "thunk" {
	thunks[k]++
	thunk[k, thunks[k]] = f[2] " " f[3] " (" f[4] ", " f[5] ")"
	next
}
f[1] == "total" { total[k] = f[4] + 0; next }

function needs(name, i) { return ((name, i) in has) && has[name, i] == owner[i] }

# kernels by age, newest last; shims by header, then name
function sort_all(    i, j, t)
{
	for (i = 1; i <= nk; i++)
		by[i] = i
	for (i = 2; i <= nk; i++)
		for (j = i; j > 1 && age(kernels[by[j - 1]]) > age(kernels[by[j]]); j--) {
			t = by[j]
			by[j] = by[j - 1]
			by[j - 1] = t
		}
	for (i = 2; i <= ns; i++)
		for (j = i; j > 1 && header[order[j - 1]] " " order[j - 1] > header[order[j]] " " order[j]; j--) {
			t = order[j]
			order[j] = order[j - 1]
			order[j - 1] = t
		}
	for (i = 1; i <= ns; i++) {
		for (j = 1; j <= nk; j++)
			if (needs(order[i], j))
				users[order[i]]++
	}
	for (i = 1; i <= nall; i++)
		if (!users[all[i]])
			unneeded[++nunneeded] = all[i]
}

function label(i) { return kernels[i] (arch[i] != "" && arch[i] != "native" ? " (" arch[i] ")" : "") }

END {
	if (!nk)
		exit 1
	sort_all()
	if (fmt == "json")
		as_json()
	else if (fmt == "html")
		as_html()
	else if (fmt == "svg") {
		print "<!-- SPDX-License-Identifier: GPL-2.0-only -->"
		chart()
	} else
		as_text()
}

function as_text(    a, i, j, s)
{
	printf "%-34s %7s %5s %6s %7s %6s\n", "kernel", "probes", "no", "shims", "thunks", "lines"
	for (a = 1; a <= nk; a++) {
		i = by[a]
		printf "%-34s %7d %5d %6d %7d %6d\n", label(i), probes[i], lacking[i], shims[i], thunks[i], total[i]
	}
	for (a = 1; a <= nk; a++) {
		i = by[a]
		printf "\nKernel %s (%s)\n", label(i), compiler[i]
		printf "  %d probes, %d answered no; %d shims, %d callback thunks, %d lines generated\n", probes[i], lacking[i], shims[i], thunks[i], total[i]
		for (j = 1; j <= ns; j++)
			if (needs(order[j], i))
				printf "  %4d  %-28s %-24s %s\n", lines[order[j], i], order[j], header[order[j]], upstream[order[j]]
		for (j = 1; j <= thunks[i]; j++)
			printf "  thunk %s\n", thunk[i, j]
	}
	if (nunneeded) {
		print "\nShims that this source needs on none of these kernels"
		for (i = 1; i <= nunneeded; i++)
			print "  " unneeded[i]
	}
}

function as_json(    a, i, j, sep, n)
{
	print "{\n  \"kernels\": {"
	for (a = 1; a <= nk; a++) {
		i = by[a]
		printf "    %s: {\n      \"arch\": %s,\n      \"compiler\": %s,\n      \"probes\": %d,\n      \"lacking\": %d,\n", json(kernels[i]), json(arch[i]), json(compiler[i]), probes[i], lacking[i]
		printf "      \"lines\": %d,\n      \"shims\": [", total[i]
		sep = ""
		for (j = 1; j <= ns; j++)
			if (needs(order[j], i)) {
				n = order[j]
				printf "%s\n        { \"name\": %s, \"header\": %s, \"upstream\": %s, \"version\": %s, \"commit\": %s, \"lines\": %d }", sep, json(n), json(header[n]), json(about(upstream[n])), json(version(upstream[n])), (commit(upstream[n]) == "" ? "null" : json(commit(upstream[n]))), lines[n, i]
				sep = ","
			}
		printf "%s],\n      \"thunks\": [", sep ? "\n      " : ""
		sep = ""
		for (j = 1; j <= thunks[i]; j++) {
			printf "%s\n        %s", sep, json(thunk[i, j])
			sep = ","
		}
		printf "%s]\n    }%s\n", (sep ? "\n      " : ""), (a < nk ? "," : "")
	}
	printf "  },\n  \"unneeded\": ["
	for (i = 1; i <= nunneeded; i++)
		printf "%s%s", (i > 1 ? ", " : ""), json(unneeded[i])
	print "]\n}"
}

# Lines by kernel, oldest on the left: how thin the layer is, and gets.
function chart(    a, i, w, h, top, x, bar)
{
	w = 110
	h = 220
	top = 1
	for (i = 1; i <= nk; i++)
		if (total[i] > top)
			top = total[i]
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" font-family=\"system-ui,sans-serif\">\n", nk * w + 20, h + 92, nk * w + 20, h + 92
	printf "<title>Lines generated for each kernel</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
	printf "<text x=\"10\" y=\"18\" font-size=\"14\" fill=\"#333\">Lines generated, by kernel (without comments and blank lines)</text>\n"
	printf "<line x1=\"10\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#999\"/>\n", h + 40, nk * w + 10, h + 40
	for (a = 1; a <= nk; a++) {
		i = by[a]
		x = 10 + (a - 1) * w
		bar = int(total[i] * (h - 20) / top + 0.5)
		printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x + 20, h + 40 - bar, w - 40, bar, "#c9822b"
		printf "<text x=\"%d\" y=\"%d\" font-size=\"15\" text-anchor=\"middle\" fill=\"#222\">%d</text>\n", x + w / 2, h + 34 - bar, total[i]
		split(kernels[i], f, /[.+-]/)
		printf "<text x=\"%d\" y=\"%d\" font-size=\"15\" font-weight=\"600\" text-anchor=\"middle\" fill=\"#222\">%s.%s</text>\n", x + w / 2, h + 60, f[1], f[2]
		printf "<text x=\"%d\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\" fill=\"#666\">%d shims, %d thunks</text>\n", x + w / 2, h + 76, shims[i], thunks[i]
	}
	print "</svg>"
}

function as_html(    a, i, j, n)
{
	print "<!DOCTYPE html>\n<!-- SPDX-License-Identifier: GPL-2.0-only -->\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shims by kernel</title>"
	print "<style>body{font:15px/1.45 system-ui,sans-serif;margin:2em;color:#222}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25em .6em;text-align:left;vertical-align:top}th{background:#f4f4f4;position:sticky;top:0}td.n{text-align:right;background:#fbe9d0}td.z{background:#eef7ee}tfoot td{font-weight:600}code{font-size:13px}p.u{max-width:60em}</style></head><body>"
	print "<h1>Shims by kernel</h1>\n<p class=\"u\">One source, written for the newest mainline kernel; what each kernel lacks is generated when the modules are built.  The numbers are lines of code, without comments and blank lines.  Empty: the kernel has the interface itself.</p>"
	for (j = 1; j <= ns; j++)
		if (users[order[j]] && commit(upstream[order[j]]) != "")
			commits = 1
	print "<p class=\"u\">Upstream: the version of the mainline kernel in which the interface is first found as the source uses it, as far as the kernels above tell: every one of a later version has it, some earlier ones by backport." (commits ? "" : "  Commits are not named: they are not to be had from headers.") "</p>"
	chart()
	print "<table><thead><tr><th>Shim</th><th>Header</th><th>Upstream</th>" (commits ? "<th>Commit</th>" : "") "<th>What</th>"
	for (a = 1; a <= nk; a++)
		print "<th>" esc(label(by[a])) "</th>"
	print "</tr></thead><tbody>"
	for (j = 1; j <= ns; j++) {
		n = order[j]
		if (!users[n])
			continue
		print "<tr><td><code>" esc(n) "</code></td><td><code>" esc(header[n]) "</code></td><td>" esc(version(upstream[n])) "</td>" (commits ? "<td>" esc(commit(upstream[n])) "</td>" : "") "<td>" esc(about(upstream[n])) "</td>"
		for (a = 1; a <= nk; a++)
			print needs(n, by[a]) ? "<td class=\"n\">" lines[n, by[a]] "</td>" : "<td class=\"z\"></td>"
		print "</tr>"
	}
	print "</tbody><tfoot>"
	row("Shims", shims)
	row("Callback thunks", thunks)
	row("Lines generated", total)
	row("Probes", probes)
	row("Probes answered no", lacking)
	print "</tfoot></table>"
	for (a = 1; a <= nk; a++) {
		i = by[a]
		if (!thunks[i])
			continue
		print "<h2>Callbacks on " esc(label(i)) "</h2><ul>"
		for (j = 1; j <= thunks[i]; j++)
			print "<li><code>" esc(thunk[i, j]) "</code></li>"
		print "</ul>"
	}
	if (nunneeded) {
		print "<h2>Needed on none of these kernels by this source</h2><p class=\"u\">"
		for (i = 1; i <= nunneeded; i++)
			print "<code>" esc(unneeded[i]) "</code>"
		print "</p>"
	}
	print "</body></html>"
}

function row(title, a,    i)
{
	printf "<tr><td colspan=\"" (commits ? 5 : 4) "\">%s</td>", title
	for (i = 1; i <= nk; i++)
		printf "<td class=\"n\">%d</td>", a[by[i]]
	print "</tr>"
}
