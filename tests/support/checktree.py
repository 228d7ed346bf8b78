#!/usr/bin/env python3
"""Properties of a published tree as a whole: checktree.py OUTPUT [CANARY...]

Every file: a name that is one everywhere, text that is valid UTF-8 without
controls.  Capsule: links are URIs or lead to a file, fences are closed.
Hole: menus have four fields after the type and end with a dot, selectors lead
to a file.  Feeds are well-formed.  No canary stands anywhere.  Prints what
is wrong, a line each, and ends with 1 if anything was.
"""
import json
import os
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET
from urllib.parse import unquote

root = sys.argv[1]
canaries = [c.encode() for c in sys.argv[2:]]
faults = []


def wrong(path, what):
    faults.append("%s: %s" % (os.path.relpath(path, root), what))


def names(folder):
    seen = {}
    for base, dirs, files in os.walk(folder):
        here = {}
        for n in dirs + files:
            p = os.path.join(base, n)
            if len(os.fsencode(n)) > 255:
                wrong(p, "a name longer than 255 bytes")
            key = unicodedata.normalize("NFC", n).casefold()
            if key in here:
                wrong(p, "the same name as %s where case does not count" % here[key])
            here[key] = n
            if os.path.islink(p):
                wrong(p, "a symbolic link")
        for n in files:
            seen[os.path.join(base, n)] = True
    return seen


def text_of(path):
    data = open(path, "rb").read()
    for c in canaries:
        if c in data:
            wrong(path, "holds %r" % c)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        wrong(path, "no UTF-8: %s" % e)
        return None
    for i, c in enumerate(text):
        if unicodedata.category(c) == "Cc" and c not in "\n\t" and not (
                c == "\r" and text[i + 1:i + 2] == "\n"):
            wrong(path, "control U+%04X at %d" % (ord(c), i))
            break
    return text


def target(folder, path, url):
    """The file a link of ours leads to, None for one that leads away."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", url):
        return None
    url = unquote(url.split("#")[0].split("?")[0])
    if url == "":
        return path
    p = os.path.join(folder, url.lstrip("/")) if url.startswith("/") else \
        os.path.join(os.path.dirname(path), url)
    p = os.path.normpath(p)
    if not (p + "/").startswith(os.path.normpath(folder) + "/"):
        return "outside"
    return p


def gemtext(folder, path, text):
    pre = False
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            pre = not pre
        elif not pre and line.startswith("=>"):
            part = line[2:].split(None, 1)
            if not part:
                wrong(path, "%d: a link to nowhere" % n)
                continue
            if re.search(r"[^\x21-\x7e]", part[0]):
                wrong(path, "%d: %r is no URI" % (n, part[0]))
            p = target(folder, path, part[0])
            if p is None or re.match(r"/?(search|random)\b", part[0]):
                continue
            if p == "outside" or not (os.path.isfile(p) or
                    os.path.isfile(os.path.join(p, "index.gmi"))):
                wrong(path, "%d: %s leads to no file" % (n, part[0]))
    if pre:
        wrong(path, "a fence that stays open")


def menu(folder, path, text, host):
    lines = text.split("\r\n")
    if lines[-1] == "":
        lines.pop()
    if not lines or lines[-1] != ".":
        wrong(path, "does not end with a dot")
    for n, line in enumerate(lines[:-1], 1):
        f = line.split("\t")
        if len(f) != 4 or f[0][:1] not in "01379gIphs;dxi" or "\n" in line:
            wrong(path, "%d: no line of a menu" % n)
        elif f[0][0] in "01" and f[2] == host and not f[1].startswith(
                "URL:") and not re.match(r"/?(search|random)\b", f[1]):
            p = os.path.normpath(os.path.join(folder, f[1].lstrip("/")))
            if not (os.path.isfile(p) or os.path.isfile(os.path.join(p, "gophermap"))):
                wrong(path, "%d: %s leads to no file" % (n, f[1]))


def host_of_menus(files):
    for p in files:
        if os.path.basename(p) == "gophermap":
            for line in open(p, encoding="utf-8", errors="replace"):
                f = line.rstrip("\r\n").split("\t")
                if len(f) == 4 and f[0][:1] == "1":
                    return f[2]
    return ""


if not os.path.isdir(root):
    sys.exit("checktree: %s is not there" % root)
files = names(root)
if not files:
    wrong(root, "no file in it")
host = host_of_menus(files)
for path in sorted(files):
    rel = os.path.relpath(path, root)
    folder = os.path.join(root, rel.split(os.sep)[0])
    if re.search(r"\.tmp\d*$", path) or path.endswith((".gpub", ".zip", ".gz", ".png")):
        continue
    text = text_of(path)
    if text is None:
        continue
    try:
        if path.endswith(".gmi"):
            gemtext(folder, path, text)
        elif os.path.basename(path) == "gophermap":
            menu(folder, path, text, host)
        elif path.endswith((".xml", ".atom", ".opml", ".rss")):
            ET.fromstring(text.encode())
        elif path.endswith(".json"):
            json.loads(text)
    except (ET.ParseError, ValueError) as e:
        wrong(path, str(e))
for f in faults[:40]:
    print(f)
if len(faults) > 40:
    print("and %d more" % (len(faults) - 40))
sys.exit(1 if faults else 0)
