#!/usr/bin/env bash
# Moving in: every kind of list that `import` knows, what it says of it, what
# stands in the configuration then; and out again by `export`.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1794398400		# 2026-11-11T12:00:00Z
cd "$T" || exit 70
orrery() { "$ORRERY" "$@"; }

# fresh NAME: a planet without feeds in a directory of that name.
fresh() {
	mkdir "$1"
	printf '[Planet]\nname = New\nlink = gemini://new.example/\n' \
	    >"$1/planet.ini"
}
# imports NAME FILE FORMAT N: the dry run changes nothing, the real one takes
# N feeds, a second one none, and the file stays a valid configuration.
imports() {
	fresh "$1"
	cp "$1/planet.ini" "$1/was"
	ok "$1: dry" orrery -c "$1/planet.ini" import --dry-run "$2"
	has "$1: is recognised" "$T/.out" ": $3, $4 subscription"
	ok "$1: and nothing changed" cmp "$1/was" "$1/planet.ini"
	orrery -c "$1/planet.ini" import "$2" >"$1/said" 2>&1
	is "$1: taken" "$? $(grep -c "^taken    $4 sub" "$1/said")" "0 1"
	ok "$1: again" orrery -c "$1/planet.ini" import "$2"
	has "$1: knows them" "$T/.out" "taken    0 subscriptions into $1/planet.ini, $4 known"
	orrery -c "$1/planet.ini" check --json >"$1/check" 2>&1
	has "$1: all of them count" "$1/check" "planet.ini: $4 subscription"
}

# --- Planet Venus, with its cache ---
mkdir -p venus/cache
cat >venus/config.ini <<'X'
[Planet]
name = Planet Quay
link = http://planet.quay.example/
owner_name = Ada
owner_email = ada@quay.example
cache_directory = /home/somebody/venus/cache
output_dir = output
output_theme = themes/common
template_files = atom.xml.tmpl index.html.tmpl
bill_of_materials = a.css
exclude = (?i)sponsored

[http://one.quay.example/feed]
name = One, of the quay
face = one.png

[https://two.quay.example/rss.xml]
name = Zwei & Söhne
filters = regexp_sifter.py?exclude=giveaway

[themes/index.html.tmpl]
days_per_page = 7
X
entry() {	# entry FILE FEED NAME ID TITLE DATE
	cat >"venus/cache/$1" <<X
<?xml version="1.0" encoding="utf-8"?>
<entry xmlns="http://www.w3.org/2005/Atom" xmlns:planet="http://planet.intertwingly.net/"><id>$4</id><link href="$4" rel="alternate" type="text/html"/><title>$5</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Words of <b>$5</b>.</p></div></content><updated>$6</updated><source><id>tag:source</id><link href="$2" rel="self"/><title>Another title</title><planet:name>$3</planet:name></source></entry>
X
}
entry one.quay.example,1 http://one.quay.example/feed "One, of the quay" \
    http://one.quay.example/1 "The quay in 2009" 2009-05-02T10:00:00Z
entry two.quay.example,1 "" "Zwei &amp; Söhne" \
    https://two.quay.example/1 "Known by name alone" 2010-05-02T10:00:00Z
entry three,1 http://three.quay.example/ Three http://three.quay.example/1 \
    "Nobody reads this feed" 2010-05-02T10:00:00Z
echo "not an entry" >venus/cache/junk
imports v venus "Planet Venus configuration" 2
has "v: the cache is told" v/said "3 entries, 2 stored, 0 known already, 1 of feeds no longer subscribed left, 1 other files left"
has "v: again it is known" "$T/.out" "0 stored, 2 known already"
has "v: a theme is left, by name" v/said "output_theme"
has "v: a template is left, and where it stood" v/said \
    "themes/index.html.tmpl (line 21): a file, template or filter"
has "v: a comma in a name" v/planet.ini "name = One, of the quay"
has "v: a name beyond ASCII" v/planet.ini "name = Zwei & Söhne"
orrery -c v/planet.ini check --print >v/print 2>&1
lacks "v: what could be taken is not left" v/said "bill_of_materials, exclude"
has "v: a call of regexp_sifter is a rule now" v/print "giveaway"
is "v: what held for all holds for each" \
    "$(grep -c 'sponsored' v/planet.ini)" 2
ok "v: publish" orrery -c v/planet.ini publish
ok "v: an entry of the cache has a page" grep -rq "Words of The quay in 2009" \
    v/output/capsule/e
has "v: with the markup read" "$(grep -rl '^# Known by name' v/output/capsule/e |
    head -n 1)" "Words of Known by name alone."
ok "v: it keeps its year" test -d v/output/capsule/e/2009
ok "v: the entry of no feed has none" bash -c \
    '! grep -rq "Nobody reads" v/output/capsule'

# --- rawdog ---
cat >rawdog.conf <<'X'
maxarticles 200
timeformat %H:%M
feed 1h http://one.example/feed
	define_name First of all
feed 30m http://two.example/rss define_name=Second
include /etc/passwd
X
imports rawdog rawdog.conf "rawdog configuration" 2
has "rawdog: a name on a line of its own" rawdog/planet.ini "name = First of all"
has "rawdog: one on the line" rawdog/planet.ini "name = Second"
has "rawdog: settings are left" rawdog/said "maxarticles"
lacks "rawdog: no file is read" rawdog/planet.ini "root:"

# --- Pluto ---
cat >pluto.ini <<'X'
title = Planet Ruby
url = http://planet.example/

[one]
  title = One
  link = http://one.example
  feed = http://one.example/feed.xml

[two]
  title = Two
  feed = https://two.example/feed
X
imports pluto pluto.ini "Pluto configuration" 2
has "pluto: the title is the name" pluto/planet.ini "name = One"
has "pluto: the feed is the address" pluto/planet.ini "[https://two.example/feed]"

# --- OPML ---
cat >list.opml <<'X'
<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Boats"><outline text="Big"><outline type="rss" text="A &amp; B" xmlUrl="http://a.example/feed" htmlUrl="http://a.example/"/></outline></outline>
<outline type="rss" text="C" xmlUrl="https://c.example/feed"/>
<outline type="rss" text="File" xmlUrl="file:///etc/passwd"/>
</body></opml>
X
imports opml list.opml OPML 2
has "opml: groups within groups" opml/planet.ini "groups = Boats/Big"
has "opml: an entity is read" opml/planet.ini "name = A & B"
has "opml: a file is left" opml/said 'left     file:///etc/passwd: no feed can be read by "file:"'

lacks "opml: and not taken" opml/planet.ini "passwd"
ok "opml: as JSON" orrery import --json list.opml
is "opml: with both addresses" "$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(d["format"], [f["url"] for f in d["feeds"]], len(d["left"]))' "$T/.out")" \
    "OPML ['http://a.example/feed', 'https://c.example/feed'] 1"

# --- newsboat ---
mkdir boat
cat >boat/urls <<'X'
https://one.example/feed news "~One's name"
"query:Unread:unread = \"yes\""
exec:~/bin/make-feed
https://two.example/feed "two words" !
X
imports newsboat boat "newsboat urls" 2
has "newsboat: a quoted name" newsboat/planet.ini "name = One's name"
has "newsboat: tags are groups" newsboat/planet.ini "groups = two words"
has "newsboat: no command is taken" newsboat/said "no command is ever taken"
has "newsboat: a query is left" newsboat/said "groups and filters are the way"

# --- sfeedrc ---
cat >sfeedrc <<'X'
sfeedpath="$HOME/.sfeed/feeds"
feeds() {
	# feed <name> <feedurl> [basesiteurl] [encoding]
	feed "codemadness" "https://codemadness.example/atom.xml" "https://codemadness.example"
	feed 'two' 'gopher://two.example/0/feed'
	feed "shell" "https://$HOST/feed"
}
X
imports sfeed sfeedrc sfeedrc 2
has "sfeed: the name" sfeed/planet.ini "name = codemadness"
has "sfeed: what a shell would make is left" sfeed/said "write the address out"

# --- moku-pona, CAPCOM, a list ---
printf '=> gemini://one.example/gemlog/ One\n=> gopher://two.example/1/phlog Two\n' \
    >sites.txt
imports mokupona sites.txt "moku-pona sites" 2
has "moku-pona: names" mokupona/planet.ini "name = Two"
printf '# CAPCOM\ngemini://one.example/atom.xml\n\ngemini://two.example/gemlog/\n# gemini://gone.example/\n' \
    >capcom.txt
imports capcom capcom.txt "list of addresses" 2
lacks "capcom: a comment is none" capcom/planet.ini "gone.example"
fresh stdin
printf 'https://one.example/feed\n' >one
ok "from standard input" bash -c \
    '"$0" -c stdin/planet.ini import - <one' "$ORRERY"
has "taken" stdin/planet.ini "[https://one.example/feed]"

# --- what is no list ---
head -c 4096 "$ORRERY" >noise
orrery -c stdin/planet.ini import noise >"$T/said" 2>&1
is "noise is refused, with a reason" "$? $(grep -c 'no list of feeds' "$T/said")" "65 1"
orrery -c stdin/planet.ini import nothing-here >"$T/said" 2>&1
is "so is a file that is not there" "$? $(wc -l <"$T/said")" "66 1"
mkdir empty
orrery -c stdin/planet.ini import empty >"$T/said" 2>&1
is "and a directory without one" "$? $(grep -c 'name the file' "$T/said")" "66 1"

# --- real ones ---
if [ -d "$SHARED/data/planet-configs" ]; then
	while IFS=$'\t' read -r file _ _ _ feeds _; do
		[ "$file" = file ] && continue
		fresh "r-$file"
		orrery -q -c "r-$file/planet.ini" import \
		    "$SHARED/data/planet-configs/$file" >"$T/said" 2>&1
		got=$(sed -n 's/^taken    \([0-9]*\) .*/\1/p' "$T/said")
		# Our counts are of distinct addresses.
		ok "$file: $got of $feeds feeds" test "${got:-0}" -gt $((feeds * 9 / 10))
		orrery -c "r-$file/planet.ini" check --print >"$T/print1" 2>"$T/err"
		is "$file: is a valid configuration then" "$?" 0
		orrery -c "$T/print1" check --print >"$T/print2" 2>"$T/err"
		# Directories are printed whole, so the second file is the same.
		ok "$file: printed and read again it is the same" cmp \
		    "$T/print1" "$T/print2"
	done <"$SHARED/data/planet-configs/INDEX.tsv"
else
	skip "real configurations" "no ../shared"
fi

# --- out again ---
ok "export opml" orrery -c opml/planet.ini export opml
cp "$T/.out" out.opml
imports back out.opml OPML 2
has "back: with its groups" back/planet.ini "groups = Boats/Big"
ok "export urls" orrery -c opml/planet.ini export urls
cp "$T/.out" urls
imports back2 urls "newsboat urls" 2
has "back2: with its name" back2/planet.ini "name = A & B"
orrery -c v/planet.ini export config >whole.ini
is "export config" "$?" 0
orrery -c whole.ini export config >whole2.ini
ok "is a configuration, and the same one" cmp whole.ini whole2.ini
printf '[Planet]\nname = P\n\n[https://secret.example/feed?token=hush]\nprivate = yes\n\n[https://open.example/feed]\n' \
    >private.ini
orrery -c private.ini export opml >p1 2>p2
lacks "a private source is not exported" p1 hush
has "and that is said" p2 "1 private source left out"
orrery -c private.ini export --private urls >p1 2>p2
has "unless asked for" p1 "https://secret.example/feed?token=hush"
