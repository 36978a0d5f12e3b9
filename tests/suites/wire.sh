#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: tshark and our own reader over everything captured by the functional suites
# speed: slow
# alone: reads what the others have captured
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
# look FILE FOLDER: what both readers say of a capture; what they leave behind
# goes into the folder
look() {
	local f=$1 here=$2 id n

	id=$(basename "$(dirname "$(dirname "$f")")")/$(basename "$f" .pcap)
	if python3 "$top/tests/wire/lwire.py" check "$f" >"$here/check" 2>&1; then
		echo "ok wire: $id: own reader: $(sed -n 's/.*: \([0-9]* conn.*\)/\1/p' "$here/check")"
	else
		echo "not ok wire: $id: own reader"
		head -n 20 "$here/check"
	fi
	if ! have tshark; then
		echo "SKIP wire: $id: tshark is not installed"
		return
	fi
	# The dissector has the header of HELLO up to version 3; over IPv6 it is
	# the long one of version 4, and what it takes for fields there is chance.
	# The own reader alone looks at those.
	if ! tshark -r "$f" -Y '(lustre || _ws.malformed) && !ipv6' \
		-T fields -E aggregator='|' -e _ws.malformed -e frame.protocols \
		-e frame.number -e ip.src -e lnet.msg_type -e lnet.ptl_index \
		-e lustre.ptlrpc_body.pb_opc -e lustre.ldlm_resource_desc.lr_type \
		-e lustre.mdt_rec_reint.opcode \
		-e _ws.expert.group -e _ws.expert.message \
		>"$here/tshark" 2>"$here/tshark.err"; then
		echo "not ok wire: $id: tshark failed"
		head -n 3 "$here/tshark.err"
		return
	fi
	n=$(cut -f 2 "$here/tshark" | grep -c ':lustre')
	# Left over: frames with a complaint that is not a known one.
	awk -F '\t' -v known="$top/tests/wire/tshark-known" '
		BEGIN {
			while ((getline line <known) > 0)
				if (line !~ /^#/) re[++n] = line
		}
		$1 == "" { next }
		{
			m = split($NF, text, "|")
			if (!m) { print; next }
			split($(NF - 1), group, "|")
			# It is the last message of a frame that ended it.
			o = split($7, opcs, "|")
			l = split($8, locks, "|")
			r = split($9, reints, "|")
			what = opcs[o] == 36 ? " reint " reints[r] : " lock " locks[l]
			what = "opc " opcs[o] what ": "
			seen = 0
			for (i = 1; i <= m; i++) {
				# of the malformed kind, not a note on TCP
				if (group[i] != 117440512) continue
				seen = 1
				for (k = 1; k <= n; k++)
					if (text[i] ~ re[k] ||
					    what text[i] ~ re[k])
						break
				if (k > n) { print; next }
			}
			if (!seen) print
		}' "$here/tshark" >"$here/malformed" 2>&1 ||
		echo "awk failed" >>"$here/malformed"
	if [ -s "$here/malformed" ]; then
		echo "not ok wire: $id: tshark: $(wc -l <"$here/malformed") malformed frames"
		head -n 8 "$here/malformed"
		cp "$here/malformed" "$out/malformed-${id//\//-}"
	else
		echo "ok wire: $id: tshark: $n frames with Lustre messages over IPv4, none malformed"
	fi
}

# As many at a time as there are processors, heard in the order of the list.
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
busy=0
for i in "${!files[@]}"; do
	[ $busy -lt "$(nproc)" ] || { wait -n; busy=$((busy - 1)); }
	mkdir "$scratch/$i"
	look "${files[$i]}" "$scratch/$i" >"$scratch/$i/said" &
	busy=$((busy + 1))
done
wait
for i in "${!files[@]}"; do
	cat "$scratch/$i/said"
	[ -s "$scratch/$i/said" ] || echo "not ok wire: ${files[$i]}: not looked at"
done
