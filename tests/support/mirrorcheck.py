#!/usr/bin/env python3
"""mirrorcheck.py - whether a tree's lists are as orrery-mirror(5) says.

    mirrorcheck.py DIR [UNLISTED...]

DIR is a capsule as it lies on the disk.  Prints what is wrong, a line each.
Written from the manual page alone: what is used here is to be found there.
"""
import calendar
import hashlib
import os
import re
import sys
import time

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
HEX = re.compile(r"[0-9a-f]{64}\Z")
TOP, bad = sys.argv[1], []


def records(name):
    data = open(os.path.join(TOP, name), "rb").read()
    if data and not data.endswith(b"\n"):
        bad.append(name + ": the last line has no end")
    lines = data.decode("utf-8").split("\n")[:-1]
    return [line.split("\t") for line in lines if line and line[0] != "#"]


def plain(path):
    return len(path.encode()) <= 1000 and all(
        part and len(part.encode()) <= 255 and (part[0] != "." or part == ".well-known")
        and not re.search(r"[\x00-\x1f\x7f\\]", part) for part in path.split("/"))


def manifest(name, files, gone):
    rows = [[r[0].lstrip("/")] + r[1:] for r in records(name)]
    if [r[0].encode() for r in rows] != sorted(r[0].encode() for r in rows):
        bad.append(name + ": not in order")
    for path, *rest in rows:
        if not plain(path) or path in files or path in gone:
            bad.append("%s: %s: no such name, or a second time" % (name, path))
        elif rest[0] == "gone":
            gone.add(path)
        elif not (rest[0].isdigit() and HEX.match(rest[1]) and TIME.match(rest[2])):
            bad.append("%s: %s: %s" % (name, path, rest))
        else:
            files[path] = (int(rest[0]), rest[1], rest[2])
            if rest[3:4] == ["part"]:
                if not path.startswith("mirror/manifest/"):
                    bad.append("%s: %s is no place for a part" % (name, path))
                manifest(path, files, gone)
            elif path.startswith("mirror/"):
                bad.append("%s: lists %s" % (name, path))


def check_file(path, size, digest, when):
    full = os.path.join(TOP, path)
    if not os.path.isfile(full):
        return bad.append(path + ": is not there")
    data = open(full, "rb").read()
    if len(data) != size or hashlib.sha256(data).hexdigest() != digest:
        bad.append(path + ": is not as listed")
    if int(os.stat(full).st_mtime) != calendar.timegm(time.strptime(when, "%Y-%m-%dT%H:%M:%SZ")):
        bad.append(path + ": changed at another time")


def replay():
    """What there is after all the changes."""
    there, last = {}, ""
    names = (re.match(r"(changes-\d{4}-\d\d)(?:-(\d+))?\.tsv\Z", n) for n in os.listdir(TOP + "/mirror"))
    logs = [m[0] for m in sorted((m for m in names if m), key=lambda m: (m[1], int(m[2] or 1)))]
    for log in logs:
        for when, what, path, size, digest in (r[:5] for r in records("mirror/" + log)):
            if not TIME.match(when) or when[:7] != log[8:15] or when < last or not plain(path):
                bad.append("%s: %s %s: out of order" % (log, when, path))
            last = when
            if what == "gone" and (size, digest) == ("-", "-") and there.pop(path, None):
                continue
            if what != ("changed" if path in there else "added"):
                bad.append("%s: %s %s: not so" % (log, what, path))
            there[path] = (int(size), digest)
    return there


files, gone = {}, set()
manifest("mirror/manifest.tsv", files, gone)
for path, (size, digest, when) in files.items():
    check_file(path, size, digest, when)
bad += [path + ": gone, and there" for path in gone if os.path.exists(os.path.join(TOP, path))]
for folder, _, names in os.walk(TOP):
    for path in (os.path.relpath(os.path.join(folder, n), TOP) for n in names):
        if path not in files and not path.startswith("mirror/") and path not in sys.argv[2:]:
            bad.append(path + ": not listed")
listed = {p: v[:2] for p, v in files.items() if not p.startswith("mirror/")}
bad += ["%s: the changes end otherwise: %s" % (p[0], p[1]) for p in sorted(listed.items() ^ replay().items())]
print("\n".join(bad) or "%d files, %d gone" % (len(files), len(gone)))
sys.exit(bool(bad))
