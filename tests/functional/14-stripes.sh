#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: small and odd stripes: every page is where it belongs
# limit: 200

. "$(dirname -- "$0")/lib.sh"
here=$(dirname -- "$0")
srv_osts=3
srv_args="--stripe-count 3 --stripe-size 64K"
LT_NO_PCAP=1
setup
try "stripes of 64 KiB over three objects" 100 \
	python3 "$here/places.py" $c1/places "${LT_PLACES:-24}"
try "random model over them" 100 \
	python3 "$here/model.py" --drop $c1/model "$seed" 40
finish
