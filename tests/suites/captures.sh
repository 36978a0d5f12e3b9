#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: recordings of a real client and server, when a folder of them is there
# speed: fast
# needs: source tools uml-kasan
# limit: 900

set -u
. "$(dirname -- "$0")/../lib.sh"
dir=${LUSTRE_CAPTURES:-$top/../shared/captures}
out=${LT_RESULTS:-$results/captures}
mkdir -p "$out"

if [ ! -d "$dir" ]; then
	echo "SKIP captures: no folder $dir (LUSTRE_CAPTURES names another)"
	exit 0
fi

# What real servers said, through the client's own decoders, in a machine.
# Every message that was extracted has to be accounted for there.
decoders() {
	local machine=$out/recorded blob=$out/recorded.blob f rc told all
	local log=$out/recorded.log files=()

	for f in "$dir"/*.pcap "$dir"/*.pcap.gz; do
		[ -f "$f" ] && files+=("$f")
	done
	if ! python3 "$top/tests/captures/replies.py" "$blob" "${files[@]}" \
		>"$out/replies" 2>&1; then
		echo "not ok captures: replies can be extracted"
		tail -n 5 "$out/replies"
		return
	fi
	"$top/tests/machines/uml" --kernel kasan --out "$machine" \
		--timeout 150 --mem 1024 --quiet \
		"$top/tests/machines/guest/recorded" "$blob" 2>"$log.err"
	rc=$?
	rm -f "$blob"
	tr -d '\r' <"$machine/console.log" >"$log"
	cat "$out/replies"
	sed -n 's/.*recorded_messages: recorded: /# /p' "$log"
	told=$(sed -n 's/^# \(.*\) records, 0 failed$/\1/p' \
		<(sed -n 's/.*recorded: /# /p' "$log"))
	all=$(sed -n 's/^# \([0-9]*\) messages.*/\1/p' "$out/replies")
	if [ $rc = 0 ] && [ -n "$told" ] && [ "$told" = "$all" ] &&
		grep -q '[] ]ok [0-9]* lustre-recorded$' "$log"; then
		echo "ok captures: our decoders accept all $all messages of servers"
	else
		echo "not ok captures: our decoders accept all messages of servers (status $rc)"
		grep -E 'record [0-9]+: opcode|FAILED|no record at' "$log" |
			sed 's/^/# /' | head -n 40
		cat "$machine/output" "$log.err" | tail -n 20
	fi
}

# Our reader has to understand everything that real nodes say.
bad=0
n=0
: >"$out/reader"
for f in "$dir"/*.pcap "$dir"/*.pcap.gz; do
	[ -f "$f" ] || continue
	n=$((n + 1))
	case $f in
	*.gz) gzip -dc "$f" >"$out/x.pcap" ;;
	*) cp "$f" "$out/x.pcap"; chmod u+w "$out/x.pcap" ;;
	esac
	python3 "$top/tests/wire/lwire.py" check "$out/x.pcap" >"$out/one" 2>&1
	# frames without one message are no complaint here
	if grep -v '^#' "$out/one" | grep -v '^no message' >>"$out/reader"; then
		bad=$((bad + 1))
		echo "in ${f##*/}" >>"$out/reader"
	fi
	rm -f "$out/x.pcap"
done
if [ $bad = 0 ] && [ $n -gt 0 ]; then
	echo "ok captures: our reader understands all $n recordings"
else
	echo "not ok captures: our reader understands all $n recordings ($bad not)"
	head -n 20 "$out/reader"
fi

# A real client's requests to our server: replies of the recorded shape.
LUSTRE_CAPTURES=$dir LUSTRE_TESTSERVER=$cache/tools/lustre-testserver \
	python3 "$top/tests/captures/replay.py" 2>"$out/replay.err" |
	tee "$out/replay" | grep -E '^(ok|not ok|SKIP|#)'
if ! grep -qE '^(ok|not ok|SKIP)' "$out/replay"; then
	echo "not ok captures: the replay ran nothing"
	tail -n 5 "$out/replay.err"
fi

decoders
exit 0
