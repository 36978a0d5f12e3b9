#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Damaged patches: each is applied or refused, nothing in between.

usage: mutate.py PATCHSET PATCHFOLDER TREE COUNT

PATCHSET is built with sanitizers.  Prints how many were refused, did not fit
and did; exit status 1 when the program crashed or said nothing.
"""
import glob
import os
import random
import subprocess
import sys
import tempfile

patchset, folder, tree, count = sys.argv[1:4] + [int(sys.argv[4])]
rng = random.Random(7)
seeds = [open(f, "rb").read() for f in sorted(glob.glob(f"{folder}/*.patch"))]
env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")


def damage(data):
    for _ in range(rng.randint(1, 4)):
        lines = data.splitlines(keepends=True)
        kind, at = rng.randrange(8), rng.randrange(len(lines))
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[rng.randrange(len(lines))])
        elif kind == 2:
            b = bytearray(lines[at])
            b[rng.randrange(len(b))] = rng.randrange(256)
            lines[at] = bytes(b)
        elif kind == 3:
            lines = lines[:at + 1]
        elif kind == 4:
            for n in (b"1", b"3", b"6", b"7"):
                lines[at] = lines[at].replace(n, rng.choice([b"0", b"99999999999", b"-1", b"2"]))
        elif kind == 5:
            lines[at] = lines[at].replace(b"/", rng.choice([b"", b"//", b"/../"]))
        elif kind == 6:
            lines[at] = rng.choice([b"@@ -1 +1 @@\n", b"--- /dev/null\n", b"+++ b/x\n",
                                    b"rename from fs/Kconfig\n", b"new file mode 120000\n",
                                    b"\\ No newline at end of file\n", b"@@ -0,0 +1,3 @@\n"])
        else:
            other = rng.choice(seeds).splitlines(keepends=True)
            lines = lines[:at] + other[rng.randrange(len(other)):]
        data = b"".join(lines) or b"\n"
    return data


status = {0: 0, 1: 0, 2: 0}
bad = 0
with tempfile.TemporaryDirectory() as tmp:
    os.mkdir(f"{tmp}/none")
    for i in range(count):
        path = f"{tmp}/{i}.patch"
        with open(path, "wb") as f:
            f.write(damage(rng.choice(seeds)))
        p = subprocess.run([patchset, "--patches", f"{tmp}/none", "apply", "--fuzz", "--dry-run",
                            path, tree], capture_output=True, env=env, timeout=60)
        said = p.stderr.strip()
        if p.returncode not in status or b"Sanitizer" in said or b"runtime error" in said or \
           (p.returncode and not said):
            bad += 1
            keep = f"/tmp/patchset-mutation-{i}.patch"
            os.replace(path, keep)
            print(f"{keep}: status {p.returncode}: {said[-2000:].decode(errors='replace')}",
                  file=sys.stderr)
        else:
            status[p.returncode] += 1
print(f"{count} damaged patches: {status[2]} refused, {status[1]} did not fit, {status[0]} did")
sys.exit(bad != 0 or not status[0] or not status[2])
