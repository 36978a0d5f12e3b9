#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# what: a tree of 10,000 files created, listed, read and removed
# limit: 420

. "$(dirname -- "$0")/lib.sh"
LT_NO_PCAP=1
setup

n=${LT_FILES:-10000}
d=$c1/many

create() {
	python3 - $d $n <<-'PY'
	import os, sys
	d, n = sys.argv[1], int(sys.argv[2])
	os.makedirs(d + '/flat')
	for i in range(n * 8 // 10):
	    with open('%s/flat/file-%06d' % (d, i), 'w') as f:
	        if i % 10 == 0:
	            f.write('%d' % i)
	for i in range(n * 2 // 10):
	    sub = '%s/sub%02d' % (d, i % 50)
	    if i < 50:
	        os.mkdir(sub)
	    with open('%s/f%d' % (sub, i), 'w') as f:
	        f.write('%d' % i)
	PY
}

listed() {
	drop_caches
	[ "$(find $d -type f | wc -l)" = $n ]
	[ "$(ls $d/flat | wc -l)" = $((n * 8 / 10)) ]
	[ "$(ls $d/flat | sort | uniq -d | wc -l)" = 0 ]
	ls -lR $d | grep -c '^-' | grep -qx $n
}

contents() {
	drop_caches
	python3 - $d $n <<-'PY'
	import os, sys
	d, n = sys.argv[1], int(sys.argv[2])
	for i in range(0, n * 8 // 10, 10):
	    p = '%s/flat/file-%06d' % (d, i)
	    assert open(p).read() == str(i), p
	# a position in a directory is still good after other names have gone
	names = set()
	with os.scandir(d + '/flat') as it:
	    for k, e in enumerate(it):
	        assert e.name not in names, e.name
	        names.add(e.name)
	        if k % 4 == 0:
	            os.unlink(e.path)
	assert len(names) == n * 8 // 10, len(names)
	left = len(os.listdir(d + '/flat'))
	assert left == n * 8 // 10 - len(range(0, n * 8 // 10, 4)), left
	PY
}

try "create $n files" 300 create
try "list them" 200 listed
try "read them, and remove some while listing" 200 contents
try "remove them" 300 rm -r $d
try "an empty directory is left" 10 test -z "$(ls -A $c1)"
finish
