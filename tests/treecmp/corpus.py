# SPDX-License-Identifier: GPL-2.0-only
"""Real public sources to make test trees of: some folders of a kernel tree."""

import json
import os
import random
import re
import shutil
import subprocess
import sys

FOLDERS = ["fs/9p", "fs/ceph", "fs/nfs"]


def copy(kernel, dest, folders=FOLDERS):
    for folder in folders:
        shutil.copytree(os.path.join(kernel, folder),
                        os.path.join(dest, folder), symlinks=True)


def files(tree, ends=(".c", ".h")):
    found = []
    for base, _, names in os.walk(tree):
        for name in names:
            if name.endswith(ends):
                found.append(os.path.relpath(os.path.join(base, name), tree))
    return sorted(found)


def read(tree, path):
    with open(os.path.join(tree, path), encoding="latin-1", newline="") as f:
        return f.read().split("\n")


def write(tree, path, lines):
    full = os.path.join(tree, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="latin-1", newline="") as f:
        f.write("\n".join(lines))


def definitions(tree, kinds="fsgd"):
    """What ctags, which knows nothing of treecmp, finds in the tree."""
    out = subprocess.run(
        ["ctags", "-R", "--languages=C", "--langmap=C:.c.h",
         "--kinds-C=" + kinds, "--fields=+neK", "--output-format=json",
         "-f", "-", "."], cwd=tree, stdout=subprocess.PIPE, check=True).stdout
    found = []
    for line in out.decode("latin-1").splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and "line" in tag:
            tag["path"] = os.path.normpath(tag["path"])
            found.append(tag)
    return found


def nesting(lines):
    """How many #if are open at each line (from 0)."""
    depth, out = 0, []
    for line in lines:
        if re.match(r"\s*#\s*endif", line):
            depth -= 1
        out.append(depth)
        if re.match(r"\s*#\s*if", line):
            depth += 1
    return out


STATEMENT = re.compile(r"^\t+[A-Za-z_][^\"'/#]*[;]$")
# nothing that changes how a reader would bracket the code around it
KEYWORDS = re.compile(r"^\t+(return|goto|break|continue|case|default|else|do|"
                      r"struct|union|enum|static|const|unsigned|int|long|"
                      r"char|bool|u\d+|__)\b")


def is_statement(lines, i):
    """A whole simple statement of its own in line i."""
    line = lines[i]
    if not STATEMENT.match(line) or KEYWORDS.match(line):
        return False
    if line.count("(") != line.count(")") or len(line.strip()) < 10:
        return False
    before = lines[i - 1].rstrip()
    return before.endswith((";", "{", "}")) and "*/" not in before


def run(command):
    r = subprocess.run(command, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False)
    if r.returncode not in (0, 1):
        sys.exit("%s: status %d: %s" % (" ".join(command), r.returncode,
                                        r.stderr.decode("latin-1")))
    return r.returncode, r.stdout


def treecmp_json(program, *args):
    status, out = run([program, *args])
    return status, json.loads(out)


class Score:
    """Faults that were planted against faults that were reported."""

    def __init__(self):
        self.found, self.missed, self.false = {}, {}, []

    def hit(self, kind):
        self.found[kind] = self.found.get(kind, 0) + 1

    def miss(self, kind, what):
        self.missed.setdefault(kind, []).append(what)

    def wrong(self, what):
        self.false.append(what)

    def report(self, name, least=0.98):
        hits = sum(self.found.values())
        misses = sum(len(v) for v in self.missed.values())
        recall = hits / (hits + misses) if hits + misses else 0.0
        precision = hits / (hits + len(self.false)) if hits else 0.0
        for kind in sorted(set(self.found) | set(self.missed)):
            print("# %-18s %4d of %d" % (
                kind, self.found.get(kind, 0), self.found.get(kind, 0) +
                len(self.missed.get(kind, []))))
        for kind, what in sorted(self.missed.items()):
            for w in what[:10]:
                print("# missed %s: %s" % (kind, w))
        for w in self.false[:20]:
            print("# not planted: %s" % (w,))
        good = recall > least and precision > least
        print("%s treecmp: %s: recall %.4f, precision %.4f (%d planted)" % (
            "ok" if good else "not ok", name, recall, precision,
            hits + misses))
        return good


def generator(seed, salt):
    return random.Random("%s %s" % (seed, salt))
