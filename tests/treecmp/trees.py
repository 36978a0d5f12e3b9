#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random known edits of a real tree: is each one reported, and nothing else?

usage: trees.py TREECMP KERNELTREE WORKDIR SEED ROUNDS EDITS
"""

import os
import re
import shutil
import sys

import corpus

OPERATORS = [(" == ", " != "), (" != ", " == "), (" < ", " <= "),
             (" > ", " >= "), (" && ", " || "), (" || ", " && "),
             (" + ", " - "), (" - ", " + "), (" & ", " | "), (" |= ", " &= "),
             (" += ", " -= ")]


class Tree:
    """A copy of the corpus that gets edits; no two touch the same piece."""

    def __init__(self, root, rng):
        self.root, self.rng = root, rng
        self.lines = {p: corpus.read(root, p) for p in corpus.files(root)}
        self.defs = corpus.definitions(root)
        self.names = {}
        for d in self.defs:
            self.names[d["name"]] = self.names.get(d["name"], 0) + 1
        self.used = set()
        self.moved_files = {}
        self.expected = []       # (kind of edit, what the report must say)
        self.ops = []            # done last, from the end of files to begin

    def piece(self, kind, least=4, guarded=False):
        """A definition that nothing was done to yet."""
        for _ in range(2000):
            d = self.rng.choice(self.defs)
            path = d["path"]
            if d["kind"] != kind or path not in self.lines:
                continue
            if (path, d["line"]) in self.used or self.names[d["name"]] > 1:
                continue
            if d.get("end", 0) - d["line"] < least or \
                    d["name"].startswith("__anon"):
                continue
            lines = self.lines[path]
            first, last = self.extent(d)
            if last is None:
                continue
            depth = corpus.nesting(lines)
            body = lines[first:last + 1]
            guard = 1 if path.endswith(".h") else 0
            if not guarded and (any(depth[i] != guard for i in
                                    range(first, last + 1)) or
                                any(l.startswith("#") for l in body)):
                continue
            self.used.add((path, d["line"]))
            return d, path, first, last
        raise SystemExit("no free %s is left: too many edits" % kind)

    def extent(self, d):
        """Lines of a definition, from 0: with what its head has before it."""
        lines = self.lines[d["path"]]
        first, last = d["line"] - 1, d["end"] - 1
        while first > 0 and re.match(r"[A-Za-z_]", lines[first - 1]) and \
                not lines[first - 1].rstrip().endswith((";", "}", "*/", "\\")):
            first -= 1
        if d["kind"] == "function" and lines[last] != "}":
            return first, None
        return first, last

    def replace(self, path, first, last, new):
        self.ops.append((path, first, last, new))

    def expect(self, edit, **what):
        self.expected.append((edit, what))

    # the edits ---------------------------------------------------------

    def statement(self, pair=False):
        for _ in range(500):
            d, path, first, last = self.piece("function", 8)
            lines = self.lines[path]
            ok = [i for i in range(first + 2, last)
                  if corpus.is_statement(lines, i) and
                  (not pair or (corpus.is_statement(lines, i + 1) and
                                lines[i].split() != lines[i + 1].split()))]
            if ok:
                return d, path, self.rng.choice(ok)
        raise SystemExit("no statement to edit")

    def drop_hunk(self):
        d, path, i = self.statement()
        self.expect("drop a hunk", kind="function", name=d["name"],
                    verdict="changed", file=path,
                    lost=self.lines[path][i].strip())
        self.replace(path, i, i, [])

    def swap_lines(self):
        d, path, i = self.statement(pair=True)
        lines = self.lines[path]
        self.expect("swap two lines", kind="function", name=d["name"],
                    verdict="changed", file=path)
        self.replace(path, i, i + 1, [lines[i + 1], lines[i]])

    def change_operator(self):
        for _ in range(500):
            d, path, first, last = self.piece("function", 5)
            lines = self.lines[path]
            ok = [(i, o) for i in range(first + 1, last)
                  for o in OPERATORS if o[0] in lines[i] and
                  not re.search(r"[\"'/#]|\*\*", lines[i]) and
                  lines[i].startswith("\t") and
                  not lines[i].strip().startswith("*")]
            if not ok:
                continue
            i, (old, new) = self.rng.choice(ok)
            self.expect("change an operator", kind="function", name=d["name"],
                        verdict="changed", file=path, lost=old.strip(),
                        won=new.strip())
            self.replace(path, i, i, [lines[i].replace(old, new, 1)])
            return
        raise SystemExit("no operator to change")

    def move_function(self):
        d, path, first, last = self.piece("function")
        to = self.rng.choice([p for p in self.lines if p.endswith(".c") and
                              p != path and p not in self.moved_files])
        self.expect("move a function", moved=d["name"], file=path, to=to)
        body = self.lines[path][first:last + 1]
        self.replace(path, first, last, [])
        self.replace(to, len(self.lines[to]), len(self.lines[to]) - 1,
                     [""] + body)

    def rename_function(self):
        d, path, first, last = self.piece("function", 8)
        new = "renamed_%d" % len(self.expected)
        self.expect("rename a function", renamed=d["name"], to=new)
        self.renames = getattr(self, "renames", []) + [(d["name"], new)]

    def drop_function(self):
        d, path, first, last = self.piece("function")
        self.expect("drop a function", kind="function", name=d["name"],
                    verdict="only_a", file=path)
        self.replace(path, first, last, [])

    def add_function(self):
        path = self.rng.choice([p for p in self.lines if p.endswith(".c")])
        name = "added_%d" % len(self.expected)
        self.expect("add a function", kind="function", name=name,
                    verdict="only_b")
        n = self.rng.randrange(1000)
        self.replace(path, len(self.lines[path]), len(self.lines[path]) - 1,
                     ["", "static int %s(int x)" % name, "{",
                      "\treturn x * %d + %s_more(x);" % (n, name), "}"])

    def drop_member(self):
        for _ in range(500):
            d, path, first, last = self.piece("struct", 3)
            lines = self.lines[path]
            ok = [i for i in range(first + 1, last)
                  if re.match(r"^\t[a-z][\w \t\*]*;", lines[i])]
            if ok:
                i = self.rng.choice(ok)
                self.expect("drop a member", kind="struct", name=d["name"],
                            verdict="changed", file=path)
                self.replace(path, i, i, [])
                return
        raise SystemExit("no member to drop")

    def change_macro(self):
        for _ in range(3000):
            d = self.rng.choice(self.defs)
            path = d["path"]
            line = self.lines[path][d["line"] - 1] if path in self.lines \
                else ""
            if d["kind"] != "macro" or self.names[d["name"]] > 1 or \
                    (path, d["line"]) in self.used or \
                    not re.match(r"^#define\s+\w+\s+\(?(0x)?\d+", line):
                continue
            if any(o["path"] == path and o["line"] < d["line"] <
                   o.get("end", 0) for o in self.defs):
                continue        # inside a structure or function
            self.used.add((path, d["line"]))
            self.expect("change a macro", kind="macro", name=d["name"],
                        verdict="changed", file=path)
            new = re.sub(r"(\s)(\(?)((0x)?\d+)", r"\g<1>\g<2>77\g<3>", line,
                         count=1)
            new = new.replace("770x", "0x77")
            self.replace(path, d["line"] - 1, d["line"] - 1, [new])
            return
        raise SystemExit("no macro to change")

    def rename_file(self):
        path = self.rng.choice([p for p in self.lines if p.endswith(".c") and
                                p not in self.moved_files and
                                len(self.lines[p]) > 60])
        new = os.path.join(os.path.dirname(path), "sub",
                           "moved_" + os.path.basename(path))
        self.moved_files[path] = new
        self.expect("rename a file", file_event="moved", file=path, to=new)

    # what must not be reported ----------------------------------------

    def noise(self):
        what = self.rng.randrange(4)
        if what == 0:       # comment, in a function that has no other edit
            d, path, i = self.statement()
            self.replace(path, i, i, ["\t/* nothing", "\t * new */",
                                      self.lines[path][i] + "\t// said"])
        elif what == 1:     # another way of wrapping lines
            d, path, i = self.statement()
            line = self.lines[path][i]
            cut = line.find("(")
            if cut > 0:
                self.replace(path, i, i, [line[:cut + 1],
                                          "\t\t  " + line[cut + 1:]])
        elif what == 2:     # includes in another order
            path = self.rng.choice(sorted(self.lines))
            lines = self.lines[path]
            ok = [i for i in range(len(lines) - 1)
                  if lines[i].startswith("#include") and
                  lines[i + 1].startswith("#include")]
            if ok and (path, "include") not in self.used:
                self.used.add((path, "include"))
                i = self.rng.choice(ok)
                self.replace(path, i, i + 1, [lines[i + 1], lines[i]])
        else:               # a function further down in its file
            d, path, first, last = self.piece("function")
            body = self.lines[path][first:last + 1]
            if path.endswith(".c"):
                self.replace(path, first, last, [])
                self.replace(path, len(self.lines[path]),
                             len(self.lines[path]) - 1, [""] + body)

    def write(self):
        for path, first, last, new in sorted(
                self.ops, key=lambda o: (o[0], o[1]), reverse=True):
            self.lines[path][first:last + 1] = new
        for old, new in getattr(self, "renames", []):
            word = re.compile(r"\b%s\b" % old)
            for path, lines in self.lines.items():
                self.lines[path] = [word.sub(new, l) if old in l else l
                                    for l in lines]
        for path, lines in self.lines.items():
            corpus.write(self.root, path, lines)
        for path, new in self.moved_files.items():
            full = os.path.join(self.root, new)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            os.rename(os.path.join(self.root, path), full)


EDITS = [Tree.drop_hunk, Tree.swap_lines, Tree.change_operator,
         Tree.move_function, Tree.rename_function, Tree.drop_function,
         Tree.add_function, Tree.drop_member, Tree.change_macro,
         Tree.rename_file]


def reported(report):
    """Everything in the report that claims a difference."""
    out = []
    for d in report["differences"]:
        diff = d.get("diff", [])
        out.append(("diff", d["kind"], d["name"], d["verdict"],
                    d.get("file_a"), " ".join(h["a"] for h in diff),
                    " ".join(h["b"] for h in diff)))
    for m in report["moves"]:
        out.append(("move", m["kind"], m["name"], m["file_a"], m["file_b"]))
    for r in report["renames"]:
        out.append(("rename", r["a"], r["b"]))
    for e in report["file_events"]:
        out.append(("file", e["event"], tuple(e["a"]), tuple(e["b"])))
    return out


def holds(text, part):
    """A diff may take the same tokens away from another place."""
    text, part = re.sub(r"\s+", "", text), re.sub(r"\s+", "", part)
    return part in text or sorted(part) == sorted(text)


def fits(what, r, tree):
    if "moved" in what:
        to = tree.moved_files.get(what["to"], what["to"])
        return r[:3] == ("move", "function", what["moved"]) and \
            r[3:] == (what["file"], to)
    if "renamed" in what:
        return r == ("rename", what["renamed"], what["to"])
    if "file_event" in what:
        return r == ("file", "moved", (what["file"],), (what["to"],))
    if r[0] != "diff" or r[1:4] != (what["kind"], what["name"],
                                    what["verdict"]):
        return False
    if what.get("file") and r[4] != what["file"]:
        return False
    return holds(r[5], what.get("lost", "")) and \
        holds(r[6], what.get("won", ""))


def main():
    program, kernel, work, seed = sys.argv[1:5]
    rounds, edits = int(sys.argv[5]), int(sys.argv[6])
    score = corpus.Score()
    rng = corpus.generator(seed, "trees")
    a = os.path.join(work, "a")
    shutil.rmtree(a, ignore_errors=True)
    corpus.copy(kernel, a)
    for _ in range(rounds):
        b = os.path.join(work, "b")
        shutil.rmtree(b, ignore_errors=True)
        shutil.copytree(a, b, symlinks=True)
        tree = Tree(b, rng)
        for n in range(edits):
            EDITS[n % len(EDITS)](tree)
            tree.noise()
        tree.write()
        status, report = corpus.treecmp_json(program, "--json", a, b)
        left = reported(report)
        for edit, what in tree.expected:
            for r in left:
                if fits(what, r, tree):
                    score.hit(edit)
                    left.remove(r)
                    break
            else:
                score.miss(edit, what)
        for r in left:
            score.wrong(r)
        if status != 1 or not report["differs"]:
            score.wrong("status %d" % status)
    return 0 if score.report("edits of real trees") else 1


if __name__ == "__main__":
    sys.exit(main())
