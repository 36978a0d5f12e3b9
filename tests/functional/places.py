#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""places.py FILE MIB - is every page of a file where it belongs?

Each page is stamped with its number.  The file is written, and read back with
a cold cache in blocks of several sizes, so that read-ahead of every width
crosses the borders of stripes.
"""
import os
import sys

PAGE = 4096
MIB = 1 << 20
WORDS = PAGE // 8


def stamps(first, count):
    return b"".join(i.to_bytes(8, "little") * WORDS
                    for i in range(first, first + count))


def check(fd, size, block):
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    for off in range(0, size, block):
        got = os.pread(fd, min(block, size - off), off)
        want = stamps(off // PAGE, len(got) // PAGE)
        if got == want and got:
            continue
        for i in range(0, max(len(got), 1), PAGE):
            if got[i:i + PAGE] != want[i:i + PAGE]:
                page = int.from_bytes(got[i:i + 8], "little")
                sys.exit(f"blocks of {block}: page {(off + i) // PAGE} "
                         f"holds {page}")
        sys.exit(f"blocks of {block}: nothing at {off}")


def main():
    name, size = sys.argv[1], int(sys.argv[2]) * MIB
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    for off in range(0, size, MIB):
        os.write(fd, stamps(off // PAGE, MIB // PAGE))
    os.fsync(fd)
    for block in (MIB, 128 << 10, 8 * MIB, size, MIB):
        check(fd, size, block)
    os.close(fd)
    os.unlink(name)


main()
