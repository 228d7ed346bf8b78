"""Pages as an eye sees them where text runs both ways (threat F25).

    visual.py make DIR      a planet whose titles, names and authors turn
    visual.py check DIR     the order of what its pages show, by UAX #9

Who shows a line lays out its right-to-left parts by the bidirectional
algorithm (python3-bidi).  What a title holds must not move what stands
beside it: the source before it, a host or a time behind it.
"""
import os
import re
import sys
import unicodedata
from xml.sax.saxutils import escape

HEBREW = "\u05e9\u05dc\u05d5\u05dd"
ARABIC = "\u0645\u0631\u062d\u0628\u0627"
# What is given, and what of it is in Latin letters and must stay as it is.
TITLES = [
    ("Report \u202efdp.exe", "Report fdp.exe"),
    ("Pay \u2067evil.example\u2069 now", "Pay evil.example now"),
    ("Left open \u2068\u202b tail", "Left open tail"),
    ("Tags\U000e0041\U000e0042 and \u2066all", "Tags and all"),
    (HEBREW + " evil.example 123", "evil.example"),
    (ARABIC + " (v2) " + HEBREW, "v2"),
    ("Mixed " + HEBREW + " then good.example", "good.example"),
    ("\u202e" + ARABIC + "\u202c elpmaxe.doog", "elpmaxe.doog"),
]
FORBIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff"
                       "\U000e0000-\U000e007f]")


def is_rtl(text):
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def make(path):
    os.makedirs(path)
    feeds = [("Tide Tables", "tide.xml"), (HEBREW, "hebrew.xml")]
    with open(path + "/planet.ini", "w") as f:
        f.write("[Planet]\nname = Planet\noutput_dir = output\n"
                "cache_directory = cache\n[gemini]\nhost = planet.example\n"
                "[gopher]\nhost = planet.example\n")
        for name, file in feeds:
            f.write("[%s]\nname = %s\n" % (file, name))
    for name, file in feeds:
        with open(path + "/" + file, "w") as f:
            f.write("<rss version='2.0'><channel><title>T</title>")
            for i, (title, _) in enumerate(TITLES):
                f.write("<item><title>%s</title><guid isPermaLink='false'>"
                        "%s-%d</guid><author>a@b.example (\u202eAnn)</author>"
                        "<pubDate>Wed, 11 Nov 2026 %02d:00:00 GMT</pubDate>"
                        "<description>text of %s %d</description></item>"
                        % (escape(title), file, i, i, file, i))
            f.write("</channel></rss>")


def shown(path):
    """The lines of a page that a reader shows, without what is not shown."""
    for line in open(path, encoding="utf-8", newline="\n").read().split("\n"):
        line = line.rstrip("\r")
        if "/hole/" in path and not path.endswith(".txt"):
            line = line[1:].split("\t")[0]
        elif line.startswith("=>"):
            line = line[2:].strip().partition(" ")[2]
        yield line


def check(path):
    from bidi.algorithm import get_display
    wrong, seen = [], set()
    for folder, _, names in os.walk(path + "/output"):
        for name in names:
            if not name.endswith((".gmi", ".txt", "menu", "gophermap")):
                continue
            file = os.path.join(folder, name)
            for line in shown(file):
                if FORBIDDEN.search(line):
                    wrong.append("%s: turns or hides: %r" % (file, line))
                eye = get_display(line)
                if not is_rtl(line) and eye != line:
                    wrong.append("%s: shown as %r" % (file, eye))
                for _, latin in TITLES:
                    if latin in line:
                        seen.add(latin)
                        if latin not in eye:
                            wrong.append("%s: %r is shown as %r"
                                         % (file, latin, eye))
                if line.startswith("Tide Tables: "):
                    seen.add("source")
                    if not eye.startswith("Tide Tables: "):
                        wrong.append("%s: the source moved: %r" % (file, eye))
                for time in re.findall(r"\b\d\d?:\d\d[ap]m\b", line):
                    if time not in eye:
                        wrong.append("%s: a time is shown as %r"
                                     % (file, eye))
    want = {latin for _, latin in TITLES} | {"source"}
    wrong += ["not on any page: %r" % x for x in sorted(want - seen)]
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        sys.exit(check(sys.argv[2]))
