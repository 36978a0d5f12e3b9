#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: recordings of a real client and server, when a folder of them is there
# speed: fast
# needs: tools
# limit: 300

set -u
. "$(dirname -- "$0")/../lib.sh"
dir=${LUSTRE_CAPTURES:-$top/../shared/captures}
out=${LT_RESULTS:-$results/captures}
mkdir -p "$out"

if [ ! -d "$dir" ]; then
	echo "SKIP captures: no folder $dir (LUSTRE_CAPTURES names another)"
	exit 0
fi

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

# A real client's requests to our server, as far as they need no files.
port=19988
for f in 01-mount 44-remount-readdir 45-two-mount-second-client 60-debian61-stock-client; do
	[ -f "$dir/$f.pcap" ] || continue
	rm -rf "$out/server"
	"$cache/tools/lustre-testserver" --dir "$out/server" --fsname lfs \
		--mdts 1 --osts 2 --listen 127.0.0.1:$port --nid 10.77.0.1@tcp \
		--no-zc --no-discovery -v >"$out/$f.server.log" 2>&1 &
	pid=$!
	for _ in $(seq 50); do
		grep -q ready: "$out/$f.server.log" && break
		sleep 0.1
	done
	if timeout 60 python3 "$top/tests/wire/replay.py" 127.0.0.1 $port \
		"$dir/$f.pcap" >"$out/$f.replay" 2>&1; then
		echo "ok captures: $f: replies of the recorded shape ($(tail -n 1 "$out/$f.replay"))"
	else
		echo "not ok captures: $f: replies of the recorded shape"
		tail -n 12 "$out/$f.replay"
	fi
	kill $pid
	wait $pid 2>/dev/null
done
exit 0
