#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Back-ports that nothing identifies but what they do: is the right commit found?

usage: likely.py TREECMP WORKDIR

A main branch of some hundreds of commits, and a stable branch on an older base
that took some of them, one case for each kind that a real stable branch has.
Each case says which commit of main is the counterpart, or that none is.
"""

import os
import shutil
import subprocess
import sys

import corpus

FILES, LINES, FILL = 12, 60, 300


class Branch:
    def __init__(self, imp, name, files, parent=None):
        self.imp, self.name, self.parent = imp, name, parent
        self.files = {p: list(l) for p, l in files.items()}

    def replace(self, path, old, new):
        lines = self.files[path]
        at = lines.index(old)
        lines[at:at + 1] = [new] if isinstance(new, str) else new

    def commit(self, subject, when):
        mark = self.imp.commit(self, subject, when)
        self.parent = None
        return mark


class Import:
    def __init__(self, repo):
        subprocess.run(["git", "init", "-q", "--bare", repo], check=True)
        self.marks, self.n = os.path.join(repo, "marks"), 0
        self.p = subprocess.Popen(
            ["git", "--git-dir", repo, "fast-import", "--quiet",
             "--export-marks=" + self.marks], stdin=subprocess.PIPE)

    def commit(self, branch, subject, when):
        self.n += 1
        who = "N <n@example.org> %d +0000" % when
        out = ["commit refs/heads/%s" % branch.name, "mark :%d" % self.n,
               "author " + who, "committer " + who,
               "data %d" % len(subject), subject]
        if branch.parent:
            out.append("from :%d" % branch.parent)
        out.append("deleteall")
        for path, lines in sorted(branch.files.items()):
            text = "\n".join(lines) + "\n"
            out += ["M 100644 inline " + path, "data %d" % len(text), text]
        self.p.stdin.write(("\n".join(out) + "\n").encode())
        return self.n

    def done(self):
        self.p.stdin.close()
        if self.p.wait():
            sys.exit("git fast-import failed")
        with open(self.marks, encoding="ascii") as f:
            return {oid: int(mark[1:]) for mark, oid in
                    (line.split() for line in f)}


def text(path, n):
    if n % 20 == 0:
        return "int %s_part%d(int a)" % (path[:-2], n // 20)
    return "\tcall_%s_%d(a);" % (path[:-2], n)


class Cases:
    def __init__(self, repo):
        self.imp = Import(repo)
        files = {"f%d.c" % i: [text("f%d.c" % i, n) for n in range(LINES)]
                 for i in range(FILES)}
        first = Branch(self.imp, "base", files)
        base = first.commit("base", 1000)
        self.main = Branch(self.imp, "main", files, base)
        self.stable = Branch(self.imp, "stable", files, base)
        self.want, self.time = {}, 2000

    def put(self, subject, path, old, new, when=None):
        """A commit of main."""
        self.time += 100
        self.main.replace(path, old, new)
        return self.main.commit(subject, when or self.time)

    def take(self, case, mate, subject, path, old, new, when=5):
        """A commit of the stable branch; which one of main it is."""
        self.stable.replace(path, old, new)
        self.want[self.stable.commit(subject, when)] = (case, mate)

    def fill(self, count, around):
        """What else happens: a line that many add, in files that many change."""
        for _ in range(count):
            self.time += 100
            path = "f%d.c" % (self.time // 100 % around)
            self.main.files[path] += ["\tmain_does_%d(a);" % self.time,
                                      "\treturn check(a);"]
            self.main.commit("fill %d" % self.time, self.time)

    def moved(self):
        """One line, in a function that has another name and other neighbours"""
        path, old = "f0.c", text("f0.c", 30)
        for n in list(range(24, 30)) + list(range(31, 37)):
            self.main.replace(path, text(path, n), "\tmain_has_%d(b);" % n)
        self.main.replace(path, text(path, 20), "int f0_renamed(int b)")
        self.main.commit("move", self.time)
        new = "\tcall_f0_30(a + 1);"
        mate = self.put("one line", path, old, new)
        self.take("one line whose context moved", mate, "x1", path, old, new)

    def subject(self):
        """The same line went in twice; the subject says which"""
        path, old, new = "f1.c", text("f1.c", 30), "\tcall_f1_twice(a);"
        self.put("try it", path, old, new)
        self.put("take it back", path, new, old)
        self.put("try it differently", path, old, new)
        self.put("take it back again", path, new, old)
        mate = self.put("try it for good", path, old, new)
        self.put("take that back", path, new, old)
        self.put("and once more", path, old, new)
        self.take("the same lines, and a subject", mate, "try it for good",
                  path, old, new)

    def date(self):
        """The same lines and subject; the date says which"""
        path, old, new = "f2.c", text("f2.c", 30), "\tcall_f2_twice(a);"
        self.put("do it", path, old, new)
        self.put("undo it", path, new, old)
        mate = self.put("do it", path, old, new)
        when = self.time
        self.put("undo it", path, new, old)
        self.put("do it", path, old, new)
        self.take("the same lines and subject, and a date", mate, "do it",
                  path, old, new, when + 7)

    def rewritten(self):
        """Its subject and its file are the same, its lines are not"""
        path, old = "f3.c", text("f3.c", 30)
        mate = self.put("f3: count before the call", path, old,
                        ["\tcount_in_main(a);", old])
        self.take("a subject, and other lines", mate,
                  "f3: count before the call", path, old,
                  ["\told_counter(a, 3);", old])

    def neighbours(self):
        """Nothing tells two commits apart but what was taken around them"""
        path, new = "f4.c", "\tcall_f4_twice(a);"
        old, before = text(path, 30), text(path, 5)
        self.put("one", path, old, new, 77)
        self.put("two", path, new, old)
        self.fill(20, 10)
        first = self.put("three", path, before, "\tnear_it(a);")
        mate = self.put("four", path, old, new, 77)
        last = self.put("five", path, text(path, 45), "\tbehind_it(a);")
        self.take("a neighbour before", first, "y1", path, before,
                  "\tnear_it(a);")
        self.take("the same in all, and neighbours", mate, "y2", path, old, new)
        self.take("a neighbour behind", last, "y3", path, text(path, 45),
                  "\tbehind_it(a);")

    def renamed_file(self):
        """The file got another name on main before that"""
        path, now = "f6.c", "other.c"
        lines = self.main.files.pop(path)
        self.main.files[now] = lines
        self.main.commit("rename f6.c", self.time)
        old, new = text(path, 30), "\tcall_f6_30(a + 1);"
        mate = self.put("one line of it", now, old, new)
        self.take("one line in a file that was renamed", mate, "z1", path,
                  old, new)

    def renamed_variable(self):
        """Neither line is the same one, what is done to it is"""
        path, old = "f7.c", text("f7.c", 30)
        where = "\tif (first->%s == a)"
        mate = self.put("have a look", path, old, where % "pos")
        self.take("one line", mate, "z4", path, old, where % "pos")
        self.put("rename a member", path, where % "pos", where % "position")
        more = " && state_of(first) != STATE_CLOSING)"
        mate = self.put("never one that closes", path, where % "position",
                        (where % "position")[:-1] + more)
        self.take("lines with a variable that was renamed", mate, "z2", path,
                  where % "pos", (where % "pos")[:-1] + more)

    def moved_function(self):
        """A function went to another file"""
        path, now = "f8.c", "f9.c"
        lines = self.main.files[path]
        moved = lines[20:40]
        del lines[20:40]
        self.main.files[now] += moved
        self.main.commit("move a function", self.time)
        old, new = text(path, 30), "\tcall_f8_30(a + 1);"
        mate = self.put("one line of that", now, old, new)
        self.take("one line in a function that moved", mate, "z3", path, old,
                  new)

    def taken_away(self):
        """Two patches replace the same line by something else"""
        path, old = "f10.c", text("f10.c", 30)
        self.put("theirs", path, old, "\tsomething_of_main(b);")
        self.stable.replace(path, old, "\tits_own_way(c);")
        self.want[self.stable.commit("ours", 9)] = (
            "a line that both take away", None)

    def misapplied(self):
        """It went into the wrong function first, then into the right one"""
        path, old, wrong = "f5.c", text("f5.c", 30), text("f5.c", 50)
        new = ["\tindex_is(%d);" % n for n in range(3)]
        mate = self.put("set the index", path, old, [old] + new)
        self.take("the same lines in the wrong function", None, "z5", path,
                  wrong, [wrong] + new)
        self.take("the same lines in the right one", mate, "z6", path, old,
                  [old] + new)

    def none(self):
        """Lines that many commits have are no proof"""
        self.stable.files["f11.c"].insert(30, "\treturn check(a);")
        self.want[self.stable.commit("own", 9)] = ("a common line", None)

    def build(self):
        self.fill(FILL // 2, 10)
        self.moved()
        self.subject()
        self.date()
        self.rewritten()
        self.fill(FILL // 2, 10)
        self.neighbours()
        self.fill(20, 12)
        self.renamed_file()
        self.renamed_variable()
        self.moved_function()
        self.taken_away()
        self.misapplied()
        self.none()
        return self.imp.done()


def main():
    program, work = sys.argv[1:3]
    repo = os.path.join(work, "likely.git")
    shutil.rmtree(repo, ignore_errors=True)
    os.makedirs(work, exist_ok=True)
    cases = Cases(repo)
    marks = cases.build()
    _, report = corpus.treecmp_json(program, "patches", "--json",
                                    repo + ":stable", repo + ":main")
    bad = 0
    for p in report["a_in_b"]["patches"]:
        case, mate = cases.want[marks[p["commit"]]]
        got = marks.get(p.get("counterpart"))
        ok = got == mate and (mate or p["status"] == "not")
        bad += not ok
        print("%s treecmp: counterpart of %s" % ("ok" if ok else "not ok", case))
        if not ok:
            print("#", p["status"], "found", got, "wanted", mate)
    return 1 if bad or len(report["a_in_b"]["patches"]) != len(cases.want) \
        else 0


if __name__ == "__main__":
    sys.exit(main())
