#!/usr/bin/env python3
"""links.py [--depth N] [--theirs] CAPSULE_DIR

Looks through a published capsule as files: every internal link answers, every
page can be reached from the front page (in N steps), has one title line and
keeps the bounds of a page; no two paths are equal but for upper and lower case.
Prints what is wrong, a line each, and a summary; status 1 when there was any.
--theirs: pages beneath /e/ hold other people's links, which are not followed.
"""
import argparse
import os
import re
import sys
from urllib.parse import unquote, urljoin, urlsplit

PAGE_MAX = 1 << 20
LINE_MAX = 4096
BODY_LINE_MAX = 1 << 16		# a paragraph of an entry is one line
MADE_WHEN_ASKED = ("/search", "/random")	# by the server, from no file


def control(text):
    return [c for c in text if (ord(c) < 32 and c not in "\n\t") or
            0x7F <= ord(c) < 0xA0]


class Capsule:
    def __init__(self, root):
        self.root = root
        self.bad = 0
        self.files = {}
        for path, _, names in os.walk(root):
            for n in names:
                full = os.path.join(path, n)
                self.files["/" + os.path.relpath(full, root)] = full

    def complain(self, path, what):
        self.bad += 1
        print(f"{path}: {what}")

    def names(self):
        folded = {}
        for path in sorted(self.files):
            other = folded.setdefault(path.casefold(), path)
            if other != path:
                self.complain(path, f"equals {other} but for case")
            # lists of the manifest escape the dot of "/.well-known/"
            if not re.fullmatch(r"[a-z0-9/._-]+|/mirror/manifest/[a-z0-9._=-]+",
                                path) or ".tmp" in path:
                self.complain(path, "is no short plain name")

    def page(self, path):
        """The links of a page, which is looked through."""
        with open(self.files[path], "rb") as f:
            raw = f.read()
        if len(raw) > PAGE_MAX:
            self.complain(path, f"{len(raw)} bytes")
        try:
            text = raw.decode()
        except UnicodeDecodeError as e:
            self.complain(path, str(e))
            return []
        if not text.endswith("\n") or text.startswith("\n"):
            self.complain(path, "begins or ends with a half line")
        if control(text):
            self.complain(path, f"control characters {control(text)[:3]}")
        titles, links, pre, blank = 0, [], False, 0
        limit = BODY_LINE_MAX if path.startswith("/e/") else LINE_MAX
        for i, line in enumerate(text.split("\n"), 1):
            if len(line.encode()) > limit:
                self.complain(path, f"line {i} has {len(line)} characters")
            blank = 0 if line else blank + 1
            if blank == 2 and not pre and i <= text.count("\n"):
                self.complain(path, f"line {i}: blank lines pile up")
            if line.startswith("```"):
                pre = not pre
            elif not pre:
                titles += bool(re.match(r"#(?!#)", line))
                if line.startswith("=>"):
                    links += [(i, line[2:].split(None, 1)[:1])]
        if pre:
            self.complain(path, "preformatted text has no end")
        if titles != 1:
            self.complain(path, f"{titles} title lines")
        return links

    def target(self, path, i, link):
        """The file that an internal link of a page leads to."""
        if not link:
            self.complain(path, f"line {i}: a link without an address")
            return None
        if urlsplit(link[0]).scheme or link[0].startswith("//"):
            return None
        to = unquote(urlsplit(urljoin("http://h" + path, link[0])).path)
        if to in MADE_WHEN_ASKED:
            return None
        if to.endswith("/"):
            to += "index.gmi"
        if to not in self.files:
            self.complain(path, f"line {i}: {link[0]} leads nowhere")
            return None
        return to


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--depth", type=int, default=100)
    p.add_argument("--theirs", action="store_true")
    p.add_argument("dir")
    a = p.parse_args()
    c = Capsule(a.dir)
    c.names()
    steps, queue = {"/index.gmi": 0}, ["/index.gmi"]
    links = 0
    for path in queue:
        if not path.endswith(".gmi") or path.startswith("/posts/"):
            continue
        for i, link in c.page(path):
            if a.theirs and path.startswith("/e/") and link and \
                    not link[0].startswith("/"):
                continue
            links += 1
            to = c.target(path, i, link)
            if to is not None and to not in steps:
                steps[to] = steps[path] + 1
                queue.append(to)
    for path in sorted(c.files):
        if path.endswith(".gmi"):
            if path not in steps:
                c.complain(path, "cannot be reached from the front page")
            elif steps[path] > a.depth:
                c.complain(path, f"is {steps[path]} links away")
    print(f"{len(c.files)} files, {links} links, deepest "
          f"{max(steps.values())}, {c.bad} complaints")
    return 1 if c.bad else 0


sys.exit(main())
