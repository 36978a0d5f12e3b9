#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: tshark and our own reader over everything captured by the functional suites
# speed: slow
# needs: source uml-kasan tools
# limit: 900

set -u
. "$(dirname -- "$0")/../lib.sh"
out=${LT_RESULTS:-$results/wire}
mkdir -p "$out"

# Not the cases in which something talks nonsense on purpose.
mapfile -t files < <(find "$results"/functional-* -name '*.pcap' -size +1k \
	2>/dev/null | grep -vE 'hostile|refused|lnet-peer' | sort)
if [ ${#files[@]} = 0 ]; then
	# Run alone: make something to look at.
	LT_RESULTS=$out/run "$top/tests/functional/runner" kasan \
		01-namespace 02-data 03-two >"$out/run.log" 2>&1
	mapfile -t files < <(find "$out/run" -name '*.pcap' -size +1k | sort)
fi
if [ ${#files[@]} = 0 ]; then
	echo "not ok wire: nothing was captured"
	exit 1
fi
for f in "${files[@]}"; do
	id=$(basename "$(dirname "$(dirname "$f")")")/$(basename "$f" .pcap)
	if python3 "$top/tests/wire/lwire.py" check "$f" >"$out/check" 2>&1; then
		echo "ok wire: $id: own reader: $(sed -n 's/.*: \([0-9]* conn.*\)/\1/p' "$out/check")"
	else
		echo "not ok wire: $id: own reader"
		head -n 20 "$out/check"
	fi
	if ! have tshark; then
		echo "SKIP wire: $id: tshark is not installed"
		continue
	fi
	# The dissector has the header of HELLO up to version 3; over IPv6 it is
	# the long one of version 4, and what it takes for fields there is chance.
	# The own reader alone looks at those.
	if ! tshark -r "$f" -Y '_ws.malformed && !ipv6' -T fields -E aggregator='|' \
		-e frame.number -e ip.src -e lnet.msg_type -e lnet.ptl_index \
		-e lustre.ptlrpc_body.pb_opc -e lustre.ldlm_resource_desc.lr_type \
		-e _ws.expert.group -e _ws.expert.message \
		>"$out/tshark" 2>"$out/tshark.err"; then
		echo "not ok wire: $id: tshark failed"
		head -n 3 "$out/tshark.err"
		continue
	fi
	# Left over: frames with a complaint that is not a known one.
	awk -F '\t' -v known="$top/tests/wire/tshark-known" '
		BEGIN {
			while ((getline line <known) > 0)
				if (line !~ /^#/) re[++n] = line
		}
		{
			m = split($NF, text, "|")
			if (!m) { print; next }
			split($(NF - 1), group, "|")
			seen = 0
			for (i = 1; i <= m; i++) {
				# of the malformed kind, not a note on TCP
				if (group[i] != 117440512) continue
				seen = 1
				for (k = 1; k <= n; k++)
					if (text[i] ~ re[k] ||
					    "opc " $5 " lock " $6 ": " text[i] ~ re[k])
						break
				if (k > n) { print; next }
			}
			if (!seen) print
		}' "$out/tshark" >"$out/malformed"
	if [ -s "$out/malformed" ]; then
		echo "not ok wire: $id: tshark: $(wc -l <"$out/malformed") malformed frames"
		head -n 8 "$out/malformed"
		cp "$out/malformed" "$out/malformed-${id//\//-}"
	else
		n=$(tshark -r "$f" -Y 'lustre && !ipv6' 2>/dev/null | wc -l)
		echo "ok wire: $id: tshark: $n frames with Lustre messages over IPv4, none malformed"
	fi
done
