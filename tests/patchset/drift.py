#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Real changes, known drift: is every patch judged right?

usage: drift.py PATCHSET OLDTREE NEWTREE WORKDIR [FILES [SEED]]

Every change between two kernels' versions of a file becomes a patch of its
own, made against the old file.  A tree is built that has a random half of the
changes.  Of each patch it is known, then, whether the tree has it, and what the
tree has to look like once it is applied; what patchset says and does is held
against that.  Prints "KEY VALUE" lines; exit status 1 when something is wrong.
"""
import difflib
import json
import os
import random
import subprocess
import sys

patchset, old, new, work = sys.argv[1:5]
limit = int(sys.argv[5]) if len(sys.argv) > 5 else 40
rng = random.Random(int(sys.argv[6]) if len(sys.argv) > 6 else 1)
FOLDERS = ["fs/9p", "fs/ceph", "fs/nfs", "net/9p", "net/sunrpc"]


def lines(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
        return f.read().splitlines(keepends=True)


def patch_of(path, a, tag, i1, i2, repl):
    """One change of lines a[i1:i2], with three lines around it."""
    lo, hi = max(0, i1 - 3), min(len(a), i2 + 3)
    body = [" " + x for x in a[lo:i1]] + ["-" + x for x in a[i1:i2]]
    body += ["+" + x for x in repl] + [" " + x for x in a[i2:hi]]
    if not all(x.endswith("\n") for x in body):
        return None
    n_old = hi - lo
    n_new = n_old - (i2 - i1) + len(repl)
    head = f"@@ -{lo + 1 if n_old else lo},{n_old} +{lo + 1 if n_new else lo},{n_new} @@\n"
    return (f"From: T <t@example.org>\nSubject: [PATCH] {tag}\nX-Patch-Id: {tag}\n"
            f"X-Patch-Version: 1\nX-Patch-Origin: own\n\nA change.\n---\n\n"
            f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n" + head + "".join(body))


def rebuild(a, ops, chosen):
    out = []
    for k, (i1, i2, repl, at) in enumerate(ops):
        out += a[at:i1] + (repl if k in chosen else a[i1:i2])
    return out + a[ops[-1][1]:]


def main():
    files = []
    for folder in FOLDERS:
        for name in sorted(os.listdir(f"{old}/{folder}")):
            path = f"{folder}/{name}"
            if name.endswith((".c", ".h")) and os.path.exists(f"{new}/{path}"):
                files.append(path)
    rng.shuffle(files)
    tree, kept = f"{work}/tree", f"{work}/patches"
    os.makedirs(f"{work}/none")
    truth = {}
    for path in files[:limit]:
        a, b = lines(f"{old}/{path}"), lines(f"{new}/{path}")
        ops, at = [], 0
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, False).get_opcodes():
            if tag != "equal":
                ops.append((i1, i2, b[j1:j2], at))
                at = i2
        if not ops or len(ops) > 60:
            continue
        chosen = {k for k in range(len(ops)) if rng.random() < 0.5}
        os.makedirs(os.path.dirname(f"{tree}/{path}"), exist_ok=True)
        with open(f"{tree}/{path}", "w", encoding="utf-8", errors="surrogateescape",
                  newline="") as f:
            f.writelines(rebuild(a, ops, chosen))
        for k, (i1, i2, repl, _) in enumerate(ops):
            tag = f"{path.replace('/', '-').replace('_', '-').lower()}-{k}"
            text = patch_of(path, a, tag, i1, i2, repl)
            if text is None:
                continue
            os.makedirs(f"{kept}/{tag}/v1")
            with open(f"{kept}/{tag}/v1/set", "w") as f:
                f.write(f"title: {tag}\n")
            with open(f"{kept}/{tag}/v1/0001-change.patch", "w", encoding="utf-8",
                      errors="surrogateescape", newline="") as f:
                f.write(text)
            after = rebuild(a, ops, chosen | {k})
            truth[tag] = (path, k in chosen, after, sum(len(x.strip()) for x in repl))
    out = subprocess.run([patchset, "--patches", kept, "status", "--json", tree],
                         stdout=subprocess.PIPE, text=True)
    if out.returncode not in (0, 1):
        sys.exit("status failed")
    count = dict.fromkeys(["patches", "in_tree", "in_tree_found", "absent", "absent_found",
                           "applies", "refresh", "conflict", "wrong_place", "false_in_tree",
                           "wrong_reverse"], 0)
    bad = []
    for column in json.loads(out.stdout)["trees"]:
        p = column["patches"][0]
        path, has, after, _ = truth[p["id"]]
        state = p["state"]
        said = state in ("applied", "already upstream")
        count["patches"] += 1
        if has:
            count["in_tree"] += 1
            count["in_tree_found"] += said
            continue
        count["absent"] += 1
        if said:
            count["false_in_tree"] += 1
            bad.append(f"{p['id']}: said to be in the tree")
            continue
        if state == "conflicts":
            count["conflict"] += 1
            continue
        count["refresh" if state == "needs refresh" else "applies"] += 1
        count["absent_found"] += 1
        # apply it for real, look, and take it back by hand
        full = f"{tree}/{path}"
        before = open(full, "rb").read()
        one = f"{kept}/{p['id']}/v1/0001-change.patch"
        rc = subprocess.run([patchset, "--patches", f"{work}/none", "apply", "--fuzz", one, tree],
                            stdout=subprocess.DEVNULL).returncode
        got = lines(full)
        if rc or got != after:
            # the same lines at an equally good place are no other file
            count["wrong_place"] += 1
            bad.append(f"{p['id']}: applied with status {rc}, not as it should be ({state})")
        if not rc and state == "applies":
            rc = subprocess.run([patchset, "--patches", f"{work}/none", "reverse", one, tree],
                                stdout=subprocess.DEVNULL).returncode
            if rc or open(full, "rb").read() != before:
                count["wrong_reverse"] += 1
                bad.append(f"{p['id']}: reverse did not restore the file (status {rc})")
        with open(full, "wb") as f:
            f.write(before)
    for key, value in count.items():
        print(key, value)
    recall = (count["in_tree_found"] + count["absent_found"]) / max(1, count["patches"])
    wrong = count["wrong_place"] + count["false_in_tree"] + count["wrong_reverse"]
    precision = 1 - wrong / max(1, count["in_tree_found"] + count["absent_found"] + wrong)
    print(f"recall {recall:.4f}\nprecision {precision:.4f}")
    for line in bad[:10]:
        print(line, file=sys.stderr)
    return 0 if recall >= 0.95 and precision >= 0.98 and count["patches"] > 20 else 1


sys.exit(main())
