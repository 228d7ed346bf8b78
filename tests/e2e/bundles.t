#!/usr/bin/env bash
# Months to take away: books and archives of what is over, the same bytes for
# the same pages, made again only when their month changed.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
export ORRERY_NOW=1794398400		# 2026-11-11
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
out=output/capsule

cat >"$T/book.py" <<'PY'
# A strict reading of a Gempub: what is wrong with it, a line each.
import datetime, posixpath, re, sys, zipfile

z = zipfile.ZipFile(sys.argv[1])
names = z.namelist()
if z.testzip() is not None:
    print("damaged:", z.testzip())
if len(set(n.lower() for n in names)) != len(names):
    print("names twice")
for i in z.infolist():
    if i.is_dir() or i.filename.startswith("/") or "\\" in i.filename or \
            ".." in i.filename.split("/"):
        print("name:", i.filename)
if names[0] != "metadata.txt":
    print("first is", names[0])
meta = {}
for line in z.read("metadata.txt").decode().splitlines():
    key, colon, value = line.partition(":")
    if not colon or not value.strip() or key in meta:
        print("metadata:", line)
    meta[key] = value.strip()
known = "title gpubVersion index author language charset description " \
    "published publishDate revisionDate copyright license version cover"
for key in meta:
    if key not in known.split():
        print("key:", key)
if not meta.get("title") or meta.get("gpubVersion") != "1.0.0":
    print("title or version:", meta)
if "language" in meta and not re.fullmatch("[a-zA-Z]{2,8}(-[a-zA-Z0-9]+)*",
        meta["language"]):
    print("language:", meta["language"])
if "publishDate" in meta:
    datetime.date.fromisoformat(meta["publishDate"])
if meta.get("index", "index.gmi") not in names:
    print("no index")
reached = set()
for n in names:
    if not n.endswith(".gmi"):
        continue
    pre = False
    for line in z.read(n).decode("utf-8").split("\n"):
        if line.startswith("```"):
            pre = not pre
        if pre or not line.startswith("=>"):
            continue
        url = line[2:].split()[0]
        if re.match("[a-z][a-z0-9+.-]*:", url):
            continue
        to = posixpath.normpath(posixpath.join(posixpath.dirname(n), url))
        if url.startswith("/") or to not in names:
            print(n, "leads nowhere:", url)
        if n == meta.get("index"):
            reached.add(to)
for n in names:
    if n.endswith(".gmi") and n != meta.get("index") and n not in reached:
        print("not in the index:", n)
PY
cat >"$T/text.py" <<'PY'
import sys, tarfile, zipfile
for name in sys.argv[1:]:
    if name.endswith(".gpub"):
        z = zipfile.ZipFile(name)
        for n in z.namelist():
            print(n + "\n" + z.read(n).decode())
    else:
        for m in tarfile.open(name):
            print(m.name, m.uid, m.gid, m.uname, oct(m.mode), m.isfile())
            print(tarfile.open(name).extractfile(m).read().decode())
PY
strict() {
	python3 "$T/book.py" "$1"
}
text() {
	python3 "$T/text.py" "$@" >"$T/text"
}
sums() {
	(cd $out/bundles && sha256sum -- *)
}

ok "update in November" "$ORRERY" update --all
is "October is there, November goes on" "$(ls $out/bundles)" \
    "$(printf '2026-10.gpub\n2026-10.tar.gz')"
is "its book is sound" "$(strict $out/bundles/2026-10.gpub)" ""
text $out/bundles/2026-10.gpub
has "and tells its title" "$T/text" "title: Harbour Planet: October 2026"
has "with the entry" "$T/text" "# Turning the compost"
text $out/bundles/2026-10.tar.gz
has "the archive has the page as it is published" "$T/text" \
    "$(tail -n 1 $out/e/2026/*turning-the-compost.gmi)"
has "owned by nobody" "$T/text" "turning-the-compost.gmi 0 0  0o644 True"
has "and the day" "$T/text" "2026/10/25.gmi 0 0"
has "the page of the month leads there" $out/2026/10/index.gmi \
    "=> /bundles/2026-10.gpub October 2026 as a book"
has "and the page for mirrors" $out/mirror.gmi "/bundles/2026-10.tar.gz"
has "which the help page leads to" $out/help.gmi "=> /mirror.gmi"
has "the manifest lists it" $out/mirror/manifest.tsv "bundles/2026-10.gpub	"
has "search engines are asked to leave it" $out/robots.txt \
    "Disallow: /bundles/"

# One entry links to another's page, and to one outside of the book.
a=$(cd $out && echo e/2026/*spring-tides*.gmi)
b=$(cd $out && echo e/2026/*turning-the-compost.gmi)
cat >posts/links.gmi <<GMI
---
title: Links
date: 2026-11-12
---
=> /$a to a page of the month
=> gemini://localhost/$b to another month
=> /about.gmi about
=> https://far.example/ far
GMI
export ORRERY_NOW=1796990400		# 2026-12-11
ok "update in December" "$ORRERY" update --all
ok "November is there too" test -f $out/bundles/2026-11.gpub
is "and sound" "$(strict $out/bundles/2026-11.gpub)" ""
text $out/bundles/2026-11.gpub
has "links within the book stay within" "$T/text" \
    "=> $(basename "$a") to a page of the month"
has "others of the capsule are whole" "$T/text" \
    "=> gemini://localhost/$b to another month"
has "a path as well" "$T/text" "=> gemini://localhost/about.gmi about"

sums >"$T/before"
find $out/bundles -printf '%p %i %T@\n' | sort >"$T/inodes"
ok "a run without news" "$ORRERY" update --all
is "touches none of them" \
    "$(find $out/bundles -printf '%p %i %T@\n' | sort)" "$(cat "$T/inodes")"
mv output output.was
ORRERY_NOW=1797076800 "$ORRERY" -q publish --all 2>"$T/err"
is "made again a day later they are the same bytes" "$(sums)" \
    "$(cat "$T/before")"

# --- what changes a month ---
find $out/bundles -printf '%p %i\n' | sort >"$T/inodes"
sed -i 's/Highest on the/CANARY-NEW Highest on the/' feeds/tide-tables.rss
ok "update with an edit in November" "$ORRERY" update --all
is "October's stay" "$(find $out/bundles -name '2026-10*' -printf '%p %i\n' |
    sort)" "$(grep 2026-10 "$T/inodes")"
text $out/bundles/2026-11.gpub
has "November's book has the new text" "$T/text" CANARY-NEW
text $out/bundles/2026-11.tar.gz
has "and so has its archive" "$T/text" CANARY-NEW
ok "forget it" "$ORRERY" forget --yes "$a"
text $out/bundles/2026-11.*
lacks "and it is in neither" "$T/text" CANARY-NEW
has "the post's link leads to its tombstone" "$T/text" \
    "=> gemini://localhost/$a to a page of the month"
ok "forget October's one entry" "$ORRERY" forget --yes "$b"
is "and October has none" "$(ls $out/bundles)" \
    "$(printf '2026-11.gpub\n2026-11.tar.gz')"
lacks "nor is it in the manifest" $out/mirror/manifest.tsv "bundles/2026-10"
is "the log tells" "$(cut -f 2,3 $out/mirror/changes-2026-12.tsv |
    grep bundles/2026-10 | tail -n 2)" \
    "$(printf 'gone\tbundles/2026-10.gpub\ngone\tbundles/2026-10.tar.gz')"
lacks "nor on the page for mirrors" $out/mirror.gmi "2026-10"

# --- a source that wants no archive ---
sed -i 's/^\[feeds\/bakery.json\]/&\narchive = no/' planet.ini
ok "update" "$ORRERY" update --all
text $out/bundles/2026-11.*
lacks "it is in neither" "$T/text" "Feed the starter at six"
has "others are" "$T/text" "Winding the clockwork"
lacks "days that show it are not in the archive" "$T/text" "2026/11/09.gmi 0"

# --- by command ---
ok "a book of one source" "$ORRERY" book "Tide Tables" "$T/tides.gpub"
is "is sound" "$(strict "$T/tides.gpub")" ""
text "$T/tides.gpub"
has "and has its entries" "$T/text" "# Why the tide table is never wrong"
lacks "and no others" "$T/text" "Winding the clockwork"
not_ok "it is not written over" "$ORRERY" book "Tide Tables" "$T/tides.gpub"
has "as is said" "$T/.out" "is there already"
ok "a book of a month" "$ORRERY" book 2026-11 "$T/month.gpub"
not_ok "none of nothing" "$ORRERY" book 1999-01 "$T/none.gpub"
ok "which leaves no file" test ! -e "$T/none.gpub"

# --- switched off ---
sed -i 's/^books = yes/books = no/; s/^bundles = .*/bundles = tar.zst/' \
    planet.ini
ok "another kind" "$ORRERY" update --all
is "takes the place" "$(ls $out/bundles)" "2026-11.tar.zst"
is "and is what it says" "$(head -c 4 $out/bundles/2026-11.tar.zst |
    od -An -tx1 | tr -d ' ')" 28b52ffd
lacks "the month's page has no link to the book" $out/2026/11/index.gmi .gpub
has "but to the archive" $out/2026/11/index.gmi .tar.zst
sed -i '/^bundles = /d' planet.ini
ok "none wanted" "$ORRERY" update --all
is "none there" "$(ls $out/bundles 2>/dev/null)" ""
