#!/usr/bin/env python3
"""feeds.py ORRERY CAPSULE_DIR

Reads what a planet publishes for programs and says where the forms disagree:
feed.json and feed.gmi against atom.xml, all against the entries' own pages, by
our own parser and, where it is there, by python3-feedparser; each atom.xml by
the rules of RFC 4287 that a grammar cannot say; feeds.opml.  Status 1 when
anything is wrong.
"""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

try:
    import feedparser
except ImportError:
    feedparser = None

ATOM = "{http://www.w3.org/2005/Atom}"
orrery, root = sys.argv[1:3]
bad = 0


def complain(what):
    global bad
    bad += 1
    print(what)


def same(name, got, want):
    if got != want:
        for g, w in zip(got, want):
            if g != w:
                complain(f"{name}: {g!r:.80} is not {w!r:.80}")
                return
        complain(f"{name}: {len(got)} of {len(want)}")


def parsed(path, kind=None):
    cmd = [orrery, "parse", "--json"]
    if kind:
        cmd += ["--content-type", kind]
    out = subprocess.run(cmd + [path], capture_output=True)
    if out.returncode != 0:
        complain(f"{path}: {out.stderr.decode(errors='replace').strip()}")
        return {"entries": []}
    return json.loads(out.stdout)


def atom_entries(path):
    """What each entry says, and the rules between its elements."""
    feed = ET.parse(path).getroot()
    seen, entries = set(), []
    authored = feed.find(ATOM + "author") is not None
    for e in [feed] + feed.findall(ATOM + "entry"):
        kinds = [(l.get("type"), l.get("hreflang")) for l in
                 e.findall(ATOM + "link") if
                 l.get("rel", "alternate") == "alternate"]
        if len(kinds) != len(set(kinds)):
            complain(f"{path}: two alternates of one kind: {kinds}")
        if e is feed:
            continue
        one = e.findtext(ATOM + "id")
        if one in seen:
            complain(f"{path}: two entries of the id {one}")
        seen.add(one)
        if not authored and e.find(ATOM + "author") is None:
            complain(f"{path}: {one} has no author")
        if e.find(ATOM + "content") is None and e.find(ATOM + "link") is None:
            complain(f"{path}: {one} has neither content nor link")
        here = [l.get("href") for l in e.findall(ATOM + "link")
                if l.get("type") == "text/gemini"]
        entries.append({"id": one, "title": e.findtext(ATOM + "title"),
                        "page": here[0] if here else None,
                        "published": e.findtext(ATOM + "published"),
                        "content": e.findtext(ATOM + "content") or
                        e.findtext(ATOM + "summary")})
    return feed, entries


def titles(page):
    with open(page, encoding="utf-8") as f:
        return f.readline()[2:].rstrip("\n")


def main():
    feed, atom = atom_entries(os.path.join(root, "atom.xml"))
    base = feed.findtext(ATOM + "id").rsplit("/", 1)[0]
    for path, _, names in os.walk(root):
        if "atom.xml" in names:
            _, entries = atom_entries(os.path.join(path, "atom.xml"))
            got = parsed(os.path.join(path, "atom.xml"))["entries"]
            same(path + " read again", [g["id"] for g in got],
                 [e["id"] for e in entries])
            same(path + ": titles read again", [g["title"] for g in got],
                 [e["title"] for e in entries])
            for e in entries:
                file = root + e["page"].removeprefix(base)
                if not os.path.exists(file):
                    complain(f"{path}: {e['page']} is not there")
                elif titles(file) != e["title"]:
                    complain(f"{file}: not the title {e['title']!r}")
    # JSON Feed: the same entries, the same words
    with open(os.path.join(root, "feed.json"), encoding="utf-8") as f:
        items = json.load(f)["items"]
    same("feed.json: ids", [i["id"] for i in items], [e["id"] for e in atom])
    same("feed.json: titles", [i["title"] for i in items],
         [e["title"] for e in atom])
    same("feed.json: pages", [i["url"] for i in items],
         [e["page"] for e in atom])
    same("feed.json: contents", [i.get("content_html") for i in items
         if i.get("content_html")], [e["content"] for e in atom
         if e["content"]])
    got = parsed(os.path.join(root, "feed.json"))["entries"]
    same("feed.json read again", [g["id"] for g in got],
         [e["id"] for e in atom])
    # the subscribable page, by our own reader of such pages
    with open(os.path.join(root, "feed.gmi"), encoding="utf-8") as f:
        dated = re.findall(r"^=> (/e/\S+) (\d{4}-\d\d-\d\d) (.*)$", f.read(),
                           re.M)
    got = parsed(os.path.join(root, "feed.gmi"), "text/gemini")["entries"]
    same("feed.gmi read again", [g["link"].split("://")[-1].partition("/")[2]
         if "://" in g["link"] else g["link"].lstrip("/") for g in got],
         [d[0].lstrip("/") for d in dated])
    if not dated:
        complain("feed.gmi has no entries")
    if any(a[1] < b[1] for a, b in zip(dated, dated[1:])):
        complain("feed.gmi is not in order")
    pages = [base + d[0] for d in dated]
    lost = [e["page"] for e in atom if e["page"] not in pages]
    if lost and len(dated) > len(atom):
        complain(f"feed.gmi lacks {lost[0]}")
    # OPML
    opml = ET.parse(os.path.join(root, "feeds.opml")).getroot()
    if opml.get("version") != "2.0" or opml.findtext("head/title") is None:
        complain("feeds.opml: no OPML 2.0 with a title")
    for o in opml.iter("outline"):
        if not o.get("text"):
            complain("feeds.opml: an outline without a text")
    # somebody else's opinion
    if feedparser is None:
        print("# python3-feedparser is not there: not asked")
    else:
        other = feedparser.parse(os.path.join(root, "atom.xml"))
        if other.bozo:
            complain(f"feedparser: {other.bozo_exception}")
        same("feedparser: ids", [e.id for e in other.entries],
             [e["id"] for e in atom])
        same("feedparser: titles", [e.title for e in other.entries],
             [e["title"] for e in atom])
        same("feedparser: times", [e.published for e in other.entries],
             [e["published"] for e in atom])
    print(f"{len(atom)} entries, {bad} complaints")
    return 1 if bad else 0


sys.exit(main())
