#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Large trees and long histories of real sources.

usage: bigtrees.py KERNELTREE WORKDIR SEED LINES COMMITS
"""

import os
import shutil
import sys

import corpus
import patches
import trees


def main():
    kernel, work, seed = sys.argv[1:4]
    wanted, commits = int(sys.argv[4]), int(sys.argv[5])
    a, b = os.path.join(work, "a"), os.path.join(work, "b")
    lines = 0
    folders = list(corpus.FOLDERS)
    folders += ["fs/" + n for n in sorted(os.listdir(kernel + "/fs"))
                if os.path.isdir("%s/fs/%s" % (kernel, n)) and
                "fs/" + n not in folders and n != "lustre"]
    for folder in folders:
        if lines >= wanted:
            break
        corpus.copy(kernel, a, [folder])
        lines += sum(len(corpus.read(a, os.path.join(folder, p)))
                     for p in corpus.files(os.path.join(a, folder)))
    with open(os.path.join(work, "lines"), "w", encoding="ascii") as f:
        f.write(str(lines))

    shutil.copytree(a, b, symlinks=True)
    tree = trees.Tree(b, corpus.generator(seed, "big"))
    for n in range(500):
        trees.EDITS[n % len(trees.EDITS)](tree)
    tree.write()

    rng = corpus.generator(seed, "long")
    maker = patches.Maker(os.path.join(work, "repo.git"), patches.Sources(a),
                          rng)
    maker.build(commits)
    with open(os.path.join(work, "commits"), "w", encoding="ascii") as f:
        f.write(str(len(maker.expected)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
