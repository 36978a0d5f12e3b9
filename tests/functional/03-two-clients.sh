#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: two clients see each other's names, sizes and data
# limit: 240

. "$(dirname -- "$0")/lib.sh"
srv_osts=4
srv_args="--stripe-count 2 --stripe-size 1M"
setup 2

here=$(dirname -- "$0")

names() {
	mkdir $c1/dir
	[ -d $c2/dir ]
	echo one >$c1/dir/a
	[ "$(cat $c2/dir/a)" = one ]
	ls $c2/dir >/dev/null
	touch $c1/dir/b
	[ "$(ls $c2/dir | xargs)" = "a b" ]
	mv $c2/dir/a $c2/dir/c
	must_fail "No such file" stat $c1/dir/a
	[ "$(cat $c1/dir/c)" = one ]
	rm $c1/dir/b
	must_fail "No such file" stat $c2/dir/b
	# a name that was looked up and missing, then made by the other one
	must_fail "No such file" stat $c2/dir/new
	echo now >$c1/dir/new
	[ "$(cat $c2/dir/new)" = now ]
	chmod 604 $c1/dir/new
	[ "$(stat -c %a $c2/dir/new)" = 604 ]
	rm -r $c2/dir
	must_fail "No such file" stat $c1/dir
}

batches() {
	lustre-testserver ctl --dir $srv_dir stats |
		awk '/MDS_BATCH/ { n += $3 } END { print n + 0 }'
}

# listed_ahead DIR: how many batches a listing of it took
listed_ahead() {
	local before

	before=$(batches)
	python3 $here/ahead.py list $1
	echo $(($(batches) - before))
}

ahead() {
	python3 $here/ahead.py follow $c1/ahead $c2/ahead
	rm -r $c1/ahead
	python3 $here/ahead.py make $c2/ahead 40
	# four names, and more in each that follows
	[ "$(listed_ahead $c1/ahead)" -le 6 ]
	[ "$(listed_ahead $c1/ahead)" = 0 ]
	# dropped names are asked for again, whatever locks there are
	echo 2 >/proc/sys/vm/drop_caches
	[ "$(listed_ahead $c1/ahead)" -gt 0 ]
	echo 2 >/proc/sys/vm/drop_caches
	in_ns c1 lctl set_param 'llite.*.statahead_max=0'
	[ "$(listed_ahead $c1/ahead)" = 0 ]
	must_fail "" in_ns c1 lctl set_param 'llite.*.statahead_max=1025'
	in_ns c1 lctl set_param 'llite.*.statahead_max=1024'
	rm -r $c1/ahead
}

listing() {
	python3 $here/listing.py make $c2/listing 600
	python3 $here/listing.py read $c1/listing
	python3 $here/listing.py read $c1/listing $c2/listing
	rm -r $c1/listing $c1/listing.count
}

sizes() {
	local i

	: >$c1/size
	for i in 1 2 3 4 5 6; do
		head -c $((i * 777)) /dev/zero >>$c1/size
		[ "$(stat -c %s $c2/size)" = "$(stat -c %s $c1/size)" ]
		head -c 100 /dev/zero >>$c2/size
		[ "$(stat -c %s $c1/size)" = "$(stat -c %s $c2/size)" ]
	done
	truncate -s 10 $c2/size
	[ "$(stat -c %s $c1/size)" = 10 ]
	rm $c1/size
}

cached_data() {
	local i

	head -c 3M /dev/urandom >/run/tmp/v
	for i in 1 2 3 4 5; do
		cp /run/tmp/v $c1/cached
		cmp /run/tmp/v $c2/cached
		head -c 3M /dev/urandom >/run/tmp/v
		cp /run/tmp/v $c2/cached
		cmp /run/tmp/v $c1/cached
	done
	rm $c1/cached
}

# Who opens to read and write does not wait for what the other one has dirty,
# nor takes it away, but finds out how much it is.
size_at_open() {
	rm -f $c1/opened
	exec 7>>$c2/opened
	head -c 100000 /dev/zero >&7
	python3 - $c1/opened <<-'PY'
	import os, sys
	a = os.open(sys.argv[1], os.O_RDWR)
	b = os.open(sys.argv[1] + '.copy', os.O_CREAT | os.O_WRONLY)
	n = os.copy_file_range(a, b, 1 << 20)
	assert n == 100000, n
	PY
	head -c 11 /dev/zero >&7
	[ "$(stat -c %s $c1/opened)" = 100011 ]
	exec 7>&-
	rm $c1/opened $c1/opened.copy
}

try "names" 60 names
try "attributes known ahead follow the other's changes" 60 ahead
for what in replaced moved noreplace late gone; do
	try "opens: $what" 30 python3 $here/opens.py $what $c1/open-$what \
		$c2/open-$what
done
try "opens: kept" 120 in_ns c1 python3 $here/opens.py kept $c1/open-kept \
	$c2/open-kept
if python3 $here/orders.py probe $c1 2>/dev/null; then
	try "opens: a permission that is known only now" 30 \
		python3 $here/orders.py permission $c1/open-held $c2/open-held
else
	skip "opens: a permission that is known only now" \
		"no permission events in this kernel (FANOTIFY_ACCESS_PERMISSIONS)"
fi
try "a listing loses its pages, and names come and go" 60 listing
try "sizes" 60 sizes
try "an open to read and write tells the size" 60 size_at_open
try "cached data follows the other's writes" 60 cached_data
try "one file, both writing their own parts" 120 \
	python3 "$here/twowriters.py" parts $c1/tw $c2/tw "$seed"
try "one file, both appending records" 120 \
	python3 "$here/twowriters.py" append $c1/ta $c2/ta "$seed"
try "one file, both appending large pieces" 120 \
	python3 "$here/twowriters.py" large $c1/tl $c2/tl "$seed"
try "a file without a name, open on both" 60 \
	python3 "$here/twowriters.py" unlinked $c1/tu $c2/tu "$seed"
try "one file, written and read in turns" 120 \
	python3 "$here/twowriters.py" turns $c1/tt $c2/tt "$seed"
# The lock of a reader who is busy elsewhere is lost: what is written under a
# new one meanwhile stays.
try "data under a new lock after an eviction" 100 \
	python3 "$here/evicted.py" $c1/te $c2/te $srv_dir
try "mapped pages follow the other's writes" 60 \
	python3 "$here/twowriters.py" mmap $c1/tm $c2/tm "$seed"
finish
