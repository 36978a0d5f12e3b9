#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Two histories with known differences: does "treecmp patches" name them all?

usage: patches.py TREECMP KERNELTREE WORKDIR SEED COMMITS

A has a series of patches to real sources.  B has it as well, on top of
changes of its own that move the lines around, but with planted faults: whole
patches, hunks and lines dropped, lines added, patches reverted later.  Others
are in B all right, only in another form: squashed, split, with or without
their Change-Id, with another author.
"""

import os
import re
import shutil
import subprocess
import sys

import corpus

OPERATORS = [(" == ", " != "), (" < ", " <= "), (" > ", " >= "),
             (" && ", " || "), (" + ", " - "), (" - ", " + ")]
GAP = 8         # lines between two places that are edited


class Sources:
    """Files as lists of (number, text): a line keeps its number for ever."""

    def __init__(self, root):
        self.n = 0
        self.files = {}
        for path in corpus.files(root):
            self.files[path] = [(self.new(), line)
                                for line in corpus.read(root, path)]
        self.names = {p: p for p in self.files}

    def new(self):
        self.n += 1
        return self.n


class State:
    """What one of the histories looks like at some time."""

    def __init__(self, sources):
        self.files = {p: list(l) for p, l in sources.files.items()}
        self.names = dict(sources.names)
        self.touched = set(self.files)
        self.dead = set()

    def apply(self, edit):
        """(path, after which line, lines that go, lines that come)"""
        path, anchor, gone, new = edit
        lines = self.files[path]
        at = next(i for i, l in enumerate(lines) if l[0] == anchor)
        kept = lines[at + 1:]
        gone = set(gone)
        lines[at + 1:] = list(new) + [l for l in kept[:GAP]
                                      if l[0] not in gone] + kept[GAP:]
        self.touched.add(path)

    def undo(self, edit, before):
        """The lines that came go, and those that went come back."""
        path, anchor, gone, new = edit
        self.apply((path, anchor, [n for n, _ in new],
                    [(n, before[n]) for n in gone]))


class Import:
    """git fast-import: thousands of commits a second."""

    def __init__(self, repo):
        subprocess.run(["git", "init", "-q", "--bare", "-b", "a", repo],
                       check=True)
        self.p = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=repo,
                                  stdin=subprocess.PIPE)
        self.time = 1700000000

    def data(self, text):
        raw = text.encode("latin-1")
        self.p.stdin.write(b"data %d\n" % len(raw) + raw + b"\n")

    def commit(self, branch, message, state, parent=None, author="Some One"):
        out = self.p.stdin
        self.time += 60
        out.write(b"commit refs/heads/%s\n" % branch.encode())
        mark = "%s <one@example.org> %d +0000\n" % (author, self.time)
        out.write(("author " + mark + "committer " + mark).encode())
        self.data(message)
        if parent:
            out.write(b"from refs/heads/%s\n" % parent.encode())
        for name in sorted(state.dead):
            out.write(b"D %s\n" % name.encode())
        state.dead = set()
        for path in sorted(state.touched):
            out.write(b"M 100644 inline %s\n" % state.names[path].encode())
            self.data("\n".join(l for _, l in state.files[path]))
        state.touched = set()

    def done(self):
        self.p.stdin.close()
        if self.p.wait():
            sys.exit("git fast-import failed")


class Series:
    def __init__(self, sources, rng):
        self.s, self.rng = sources, rng
        self.text = {n: l for f in sources.files.values() for n, l in f}
        self.free = []          # places that no patch has edited
        self.serial = 0
        for path, lines in sorted(sources.files.items()):
            plain = [l for _, l in lines]
            last = -GAP
            for i in range(4, len(lines) - 4):
                if i - last >= 2 * GAP and corpus.is_statement(plain, i) and \
                        rng.random() < .8:
                    self.free.append((path, i))
                    last = i
        rng.shuffle(self.free)

    def copied(self):
        """A line as others are: copied, with one word that is its own."""
        while True:
            path = self.rng.choice(sorted(self.s.files))
            line = self.rng.choice(self.s.files[path])[1]
            if re.match(r"^\t+[a-z].*[;{]$", line) and len(line.strip()) > 12:
                break
        if self.rng.random() < .5:      # half of them say nothing new
            return (self.s.new(), line)
        self.serial += 1
        return (self.s.new(), re.sub(r"[a-z_]{4,}", lambda m: "%s_%d" % (
            m.group(0), self.serial), line, count=1))

    def edit(self):
        """One hunk: lines after another line."""
        path, i = self.free.pop()
        lines = self.s.files[path]
        anchor, here = lines[i - 1][0], lines[i]
        what = self.rng.randrange(4)
        if what == 0:
            return (path, anchor, [here[0]], [])
        if what == 1:
            for old, new in OPERATORS:
                if old in here[1]:
                    return (path, anchor, [here[0]],
                            [(self.s.new(), here[1].replace(old, new, 1))])
        new = [self.copied() for _ in range(self.rng.randrange(2, 7))]
        return (path, anchor, [here[0]] if what == 2 else [], new)

    def patch(self):
        return [self.edit() for _ in range(self.rng.choice([1, 2, 2, 3, 5]))]

    def drift(self, edits, state):
        """B's own changes right next to places that patches will edit."""
        for path, anchor, _, _ in edits:
            if self.rng.random() < .3:
                lines = state.files[path]
                at = next(i for i, l in enumerate(lines) if l[0] == anchor)
                state.apply((path, lines[at - 2][0], [], [
                    (self.s.new(), "\t/* B says: %d */" % self.s.n)]))


def signed(edits, text):
    """The lines of a patch as a report shows them, without white space."""
    out = []
    for _, _, gone, new in edits:
        out += ["-" + text[n].strip() for n in gone]
        out += ["+" + l.strip() for _, l in new]
    return sorted(re.sub(r"\s+", " ", l) for l in out)


KINDS = ["keep", "keep", "keep", "keep", "drop a patch", "drop a hunk",
         "drop a line", "add a line", "revert later", "squash", "split",
         "undone in A"]


class Maker:
    def __init__(self, repo, sources, rng):
        self.rng, self.sources = rng, sources
        self.series = Series(sources, rng)
        self.imp = Import(repo)
        self.a, self.b = State(sources), State(sources)
        self.expected = {}      # subject -> (kind, status, missing, extra)
        self.later = []         # reverts that B gets at its end

    def message(self, n, ident, side, more=""):
        text = "patch %d: change something\n\nBecause.\n" % n
        if side == "b" and not ident:
            text = "backport: number %d\n" % n
        return text + more + ("\nChange-Id: I%040d\n" % n if ident else "")

    def put(self, side, edits, message, author="Some One"):
        state = self.a if side == "a" else self.b
        for e in edits:
            state.apply(e)
        self.imp.commit(side, message, state, author=author)

    def note(self, n, kind, status, missing=(), extra=()):
        self.expected["patch %d: change something" % n] = (
            kind, status, sorted(missing), sorted(extra))

    def lines_of(self, edits):
        for _, _, _, new in edits:
            for number, line in new:
                self.series.text[number] = line
        return signed(edits, self.series.text)

    def one(self, n, pending):
        """Patch number @n for A, and what B makes of it."""
        kind, ident = self.rng.choice(KINDS), self.rng.random() < .5
        edits = self.series.patch()
        if kind in ("drop a hunk", "split"):
            edits += [self.series.edit(), self.series.edit()]
        if kind in ("drop a line", "add a line"):
            path, anchor, gone, new = self.series.edit()
            edits.append((path, anchor, gone, list(new) + [
                self.series.copied() for _ in range(4)]))
        self.lines_of(edits)
        self.put("a", edits, self.message(n, ident, "a"))
        message = self.message(n, ident, "b")
        who = "Some One" if self.rng.random() < .5 else "B Keeper"
        if pending is not None:         # the other half of a squash
            self.put("b", pending[1] + edits, pending[2] + "\nand\n" + message)
            self.note(pending[0], "squash", "fully")
            self.note(n, "squash", "fully")
            return None
        if kind == "squash":
            return (n, edits, "backport: numbers %d and next\n" % n)
        if kind == "keep":
            self.put("b", edits, message, who)
            self.note(n, kind, "fully")
        elif kind == "drop a patch":
            self.note(n, kind, "not")
        elif kind == "drop a hunk":
            gone = self.rng.randrange(len(edits))
            rest = edits[:gone] + edits[gone + 1:]
            self.put("b", rest, message, who)
            self.note(n, kind, "partly", self.lines_of([edits[gone]]))
        elif kind in ("drop a line", "add a line"):
            path, anchor, gone, new = edits[-1]
            if kind == "drop a line":
                k = self.rng.randrange(len(new))
                changed = (path, anchor, gone, new[:k] + new[k + 1:])
                self.note(n, kind, "partly", self.lines_of(
                    [(path, anchor, [], [new[k]])]))
            else:
                more = (self.sources.new(), "\textra_in_b(%d);" % n)
                changed = (path, anchor, gone, new + [more])
                # a patch that only its lines identify is all there
                self.note(n, kind, "partly" if ident else "fully", (),
                          ["+" + more[1].strip()] if ident else ())
            self.put("b", edits[:-1] + [changed], message, who)
        elif kind == "revert later":
            self.put("b", edits, message, who)
            self.later.append((n, edits))
            self.note(n, kind, "reverted")
        elif kind == "split":
            self.split(n, edits, len(edits) // 2, kind)
        else:
            self.undone(n, edits, kind)
        return None

    def split(self, n, edits, half, kind):
        self.put("b", edits[:half], "backport: half of %d\n" % n)
        self.put("b", edits[half:], "backport: rest of %d\n" % n)
        self.note(n, kind, "fully")

    def undone(self, n, edits, kind):
        for e in reversed(edits):
            self.a.undo(e, self.series.text)
        self.imp.commit("a", "Revert patch %d\n" % n, self.a)
        self.note(n, kind, "undone")

    def build(self, count):
        self.imp.commit("a", "base\n", self.a)
        self.b.touched = set()
        self.imp.commit("b", "b: base\n", self.b, parent="a")
        places = [(p, self.sources.files[p][i - 1][0], [], [])
                  for p, i in self.series.free]
        self.series.drift(places, self.b)
        for path in self.rng.sample(sorted(self.b.files), 4):
            new = os.path.join(os.path.dirname(path), "b",
                               os.path.basename(path))
            self.b.dead.add(self.b.names[path])
            self.b.names[path] = new
            self.b.touched.add(path)
        self.imp.commit("b", "b: own changes\n", self.b)
        pending = None
        for n in range(count):
            if len(self.series.free) < 12:
                break
            pending = self.one(n, pending)
        if pending is not None:
            self.put("b", pending[1], pending[2])
            self.note(pending[0], "squash", "fully")
        for n, edits in self.later:
            for e in reversed(edits):
                self.b.undo(e, self.series.text)
            self.imp.commit("b", "b: take %d back\n" % n, self.b)
        self.imp.done()


def told(patch):
    clean = [re.sub(r"\s+", " ", l[0] + l[1:].strip())
             for h in patch.get("hunks_missing", []) for l in h["missing"]]
    extra = [re.sub(r"\s+", " ", l[0] + l[1:].strip())
             for l in patch.get("extra", [])]
    return sorted(clean), sorted(extra)


def judge(maker, report, score):
    for patch in report["a_in_b"]["patches"]:
        subject, status = patch["subject"], patch["status"]
        if subject not in maker.expected:
            if status not in ("undone", "empty"):
                score.wrong((subject, status))
            continue
        kind, want, missing, extra = maker.expected[subject]
        got_missing, got_extra = told(patch)
        if want in ("fully", "undone"):
            if status != want:
                score.wrong((kind, want, patch))
            continue
        if status == want and missing == got_missing and extra == got_extra:
            score.hit(kind)
            continue
        score.miss(kind, (subject, "want", want, missing, extra, "got",
                          status, got_missing, got_extra))
        if status != "fully":
            score.wrong((kind, want, patch))
    for patch in report["b_in_a"]["patches"]:
        own = patch["subject"] in ("b: own changes",) or \
            patch["subject"].startswith("b: take")
        if own:
            if patch["status"] == "not":
                score.hit("only in B")
            else:
                score.miss("only in B", patch)
        elif patch["status"] in ("not", "reverted"):
            score.wrong(("B to A", patch))


def main():
    program, kernel, work, seed = sys.argv[1:5]
    rng = corpus.generator(seed, "patches")
    base, repo = os.path.join(work, "base"), os.path.join(work, "repo.git")
    shutil.rmtree(base, ignore_errors=True)
    shutil.rmtree(repo, ignore_errors=True)
    corpus.copy(kernel, base)
    maker = Maker(repo, Sources(base), rng)
    maker.build(int(sys.argv[5]))
    status, report = corpus.treecmp_json(program, "patches", "--json",
                                         repo + ":a", repo + ":b")
    score = corpus.Score()
    judge(maker, report, score)
    if status != 1:
        score.wrong("status %d" % status)
    return 0 if score.report("patches of two histories") else 1


if __name__ == "__main__":
    sys.exit(main())
