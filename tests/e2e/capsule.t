#!/usr/bin/env bash
# The capsule as files: every link answers, every page keeps its bounds, in each
# theme and language; feeds for programs say what the pages say; no key of a
# subscription and no file of others is touched.

. "$(dirname "$0")/lib.sh"
data=$(realpath "$SHARED/data" 2>/dev/null)
make_feeds=$(realpath "$SHARED/tools/make-feeds" 2>/dev/null)
links="$here/tests/support/links.py"
feeds="$here/tests/support/feeds.py"
python=python3
python3 -c 'import feedparser' 2>/dev/null || python=/usr/bin/python3
[ -x $python ] || python=python3
export ORRERY_NOW=1794398400

# sound NAME DIR: links, pages, and feeds of a published planet.
sound() {
	ok "$1: every link answers, every page is sound" \
	    python3 "$links" --theirs --depth 3 "$2/output/capsule"
	ok "$1: Atom by the grammar of RFC 4287" bash -c "
	    find '$2/output' -name atom.xml -exec xmllint --noout --nonet \
	    --relaxng '$here/tests/support/atom.rng' {} +"
	ok "$1: feeds say what the pages say" \
	    $python "$feeds" "$ORRERY" "$2/output/capsule"
}

# --- the sample planet, in each theme and language ---
for look in plain:en river:de plain:fr river:es plain:ja; do
	cp -R "$here/doc/examples/demo" "$T/${look/:/-}"
	cd "$T/${look/:/-}" || exit 1
	sed -i -e '/^language/d' -e "s/^\[Planet\]/[Planet]\ntheme = ${look%:*}\nlanguage = ${look#*:}/" planet.ini
	"$ORRERY" update -q --all
	sound "$look" .
done
has "German about" "$T/river-de/output/capsule/about.gmi" "Wer sich darum kümmert"
has "French help" "$T/plain-fr/output/capsule/help.gmi" "la liste de toutes les sources"
has "Spanish health" "$T/river-es/output/capsule/health.gmi" ": bien, "
has "Japanese fingerprints" "$T/plain-ja/output/capsule/fingerprints.gmi" "証明書の指紋"
ok "and the server is told nothing else" \
    test ! -e "$T/river-de/output/meta/pages.tsv"
cd "$T/plain-en" || exit 1
sed -i 's/^language = en/language = sv/' planet.ini
"$ORRERY" update -q --all
has "words that a language lacks are English, as the server is told" \
    output/meta/pages.tsv "about.gmi	en"
is "an Atom feed for each group" "$(find output/capsule/g -name atom.xml |
    wc -l)" "$(find output/capsule/g -mindepth 1 -type d | wc -l)"
has "a group's page names it" "$(find output/capsule/g/*/index.gmi | head -n 1)" "atom.xml Atom"

# --- words of strangers ---
mkdir "$T/hostile"
cd "$T/hostile" || exit 1
cat >bad.rss <<'RSS'
<rss version="2.0"><channel><title>=&gt; /evil&#10;# Title</title>
<link>javascript:alert(1)</link><description># not a heading</description>
<item><guid>1</guid><title># heading&#10;# two</title><link>https://a.example/ x y</link>
<category>../../../etc/passwd</category><category>Straße</category><category>straße</category>
<category>a/b</category><category>CON</category><category>con</category><category>#x</category>
<author>``` pre</author><pubDate>Wed, 11 Nov 2026 07:00:00 +0000</pubDate>
<description>&lt;p&gt;=&amp;gt; /evil&lt;/p&gt;&lt;pre&gt;```&#10;# x&lt;/pre&gt;&lt;p&gt;# y&lt;/p&gt;&lt;h1&gt;One&lt;/h1&gt;</description></item>
<item><guid>2</guid><title></title><description>&amp;#27;[31mred&#133; * item</description>
<enclosure url="file:///etc/passwd" type="a b" length="-1"/></item>
<item><guid>../../x</guid><title>..%2f..%00</title><pubDate>Thu, 29 Feb 2024 07:00:00 +0000</pubDate></item>
<item><guid>4</guid><title>Leap</title><pubDate>Tue, 01 Mar 2022 07:00:00 +0000</pubDate></item>
<item><guid>5</guid><title>&#x202e;gnp.exe</title><pubDate>Wed, 01 Jan 0001 00:00:00 +0000</pubDate></item>
<item><guid>6</guid><title>Before</title><pubDate>Wed, 31 Dec 1969 23:59:59 +0000</pubDate></item>
<item><guid>7</guid><title>Zero</title><pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate></item>
</channel></rss>
RSS
printf '[Planet]\nname = # Planet\nowner_name = => /evil\n[bad.rss]\ngroups = ../up, A B, a b\n' >planet.ini
"$ORRERY" update -q --all
sound "hostile words" .
is "nobody forged a link" "$(grep -rlE '^=> */?evil' output/capsule | wc -l)" 0

# --- F14: keys in addresses of subscriptions ---
mkdir -p "$T/secret/www"
cd "$T/secret" || exit 1
cat >www/feed.xml <<'ATOM'
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Members</title>
<id>http://127.0.0.1/feed.xml?key=c4n4ry</id><updated>2026-11-01T00:00:00Z</updated>
<link rel="self" href="http://127.0.0.1/feed.xml?key=c4n4ry"/>
<link href="http://127.0.0.1/?key=c4n4ry"/><author><name>A</name></author>
<entry><id>urn:x:1</id><title>One</title><updated>2026-11-01T00:00:00Z</updated>
<content type="html">&lt;p&gt;Words.&lt;/p&gt;</content></entry>
<entry><id>http://127.0.0.1/3?key=c4n4ry</id><title>With c4n4ry</title>
<updated>2026-11-01T01:00:00Z</updated>
<link href="http://127.0.0.1/3?key=c4n4ry&amp;user=h1dden"/>
<link rel="enclosure" href="http://127.0.0.1/3.mp3?key=c4n4ry" type="audio/mpeg"/>
<content type="html">&lt;p&gt;&lt;a href="http://127.0.0.1/all?key=c4n4ry"&gt;Read
all&lt;/a&gt; with c4n4ry.&lt;/p&gt;</content></entry></feed>
ATOM
cp www/feed.xml www/feed2.xml
sed -i 's/urn:x:1/urn:x:2/;s/One/Two/;s/Members/Others/;s/&amp;user=h1dden//' \
    www/feed2.xml
python3 -u -m http.server --bind 127.0.0.1 --directory www 0 >"$T/http.out" 2>&1 &
pids+=($!)
wait_line "$T/http.out" 'port [0-9]'
port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$T/http.out")
cat >planet.ini <<INI
[Planet]
name = Planet
allow_private = yes
[http://user:h1dden@127.0.0.1:$port/feed.xml?key=c4n4ry]
groups = members
[http://127.0.0.1:$port/feed2.xml?token=c4n4ry]
private = yes
[http://127.0.0.1:$port/none.xml?auth=c4n4ry]
INI
"$ORRERY" update -q --all >/dev/null 2>&1
has "F14: the feeds are read" output/capsule/index.gmi "Members: One"
has "F14: the private one too" output/capsule/index.gmi "Others: Two"
is "F14: no key and no password is published anywhere" \
    "$(grep -rlE 'c4n4ry|h1dden' output | tr '\n' ' ')" ""
has "F14: what repeats it is read without it" output/capsule/index.gmi \
    "With xxxxxx"
lacks "F14: a private feed's address is not told" \
    output/capsule/health.gmi "feed2.xml"
is "F14: nor can it be searched for" "$("$ORRERY" search c4n4ry 2>/dev/null |
    grep -c 'gmi')" 0

# --- O07: files of others, and directories that nobody needs ---
cp -R "$here/doc/examples/demo" "$T/foreign"
cd "$T/foreign" || exit 1
printf 'an attachment\n' >posts/chart.txt
"$ORRERY" update -q --all
has "O07: an attachment is published" output/capsule/posts/chart.txt "attachment"
gone=$(grep -rl 'allotment' output/capsule/s/*/index.gmi | head -n 1)
gone=$(dirname "$gone")
mkdir -p output/capsule/mine output/capsule/s/mine
printf 'mine\n' | tee output/capsule/mine/a.gmi output/capsule/b.gmi \
    output/capsule/s/mine/index.gmi output/hole/mine >/dev/null
printf 'changed by hand\n' >output/capsule/e/notes
rm posts/*
"$ORRERY" update -q --all
"$ORRERY" publish -q --all
for f in capsule/mine/a.gmi capsule/b.gmi capsule/s/mine/index.gmi hole/mine; do
	has "O07: $f stays" "output/$f" mine
done
has "O07: so does one among the entries" output/capsule/e/notes "by hand"
ok "O07: an attachment that left is gone" test ! -e output/capsule/posts
is "O07: no empty directory is left" "$(find output -type d -empty | wc -l)" 0

# --- a day of many entries ---
mkdir "$T/busy"
cd "$T/busy" || exit 1
{
	echo '<rss version="2.0"><channel><title>Busy</title><link>https://b.example/</link><description>x</description>'
	for i in $(seq 1200); do
		printf '<item><guid isPermaLink="false">%d</guid><title>Entry %d</title><pubDate>Tue, 10 Nov 2026 %02d:%02d:00 +0000</pubDate><description>Words %d.</description></item>\n' \
		    "$i" "$i" $((i / 60)) $((i % 60)) "$i"
	done
	echo '</channel></rss>'
} >busy.rss
printf '[Planet]\nname = Busy\nnew_feed_items = 0\nmax_entries = 5000\n[busy.rss]\n' >planet.ini
"$ORRERY" update -q --all
sound "a busy day" .
is "it is cut into pages" "$(ls output/capsule/2026/11 | tr '\n' ' ')" \
    "10-p2.gmi 10-p3.gmi 10.gmi index.gmi "
is "that hold all of it" "$(cat output/capsule/2026/11/10*.gmi |
    grep -c '^=> /e/')" 1200
has "the front page leads on" output/capsule/index.gmi "=> /2026/11/10.gmi Older"
sed -i '/<guid[^>]*>[0-9]\{3,\}</d' busy.rss
printf '[Planet]\nname = Busy\nnew_feed_items = 0\n[busy.rss]\nexclude_title = [0-9][0-9][0-9]\n' >planet.ini
"$ORRERY" update -q --all
sound "a quiet day" .
is "pages that it no longer needs are gone" "$(ls output/capsule/2026/11 |
    tr '\n' ' ')" "10.gmi index.gmi "

# --- rules that change hide and show what is stored ---
cp -R "$here/doc/examples/demo" "$T/rules"
cd "$T/rules" || exit 1
"$ORRERY" update -q --all
find output -type f ! -name 'health*' ! -path '*/mirror/*' -exec sha256sum {} + |
    sort >"$T/before"
"$ORRERY" search 'tide gauge' >"$T/found"
has "it can be searched for" "$T/found" "never wrong"
sed -i 's/^\[Planet\]/[Planet]\nexclude_title = (?i)tide/' planet.ini
"$ORRERY" update -q --all
is "an excluded title is nowhere in the lists" \
    "$(grep -l 'tide table is never' output/capsule/*.gmi output/capsule/s/*/*.gmi | wc -l)" 0
ok "its page is gone" bash -c \
    '! ls output/capsule/e/2026/ | grep -q why-the-tide'
sound "with a filter" .
is "it cannot be searched for" "$("$ORRERY" search 'tide gauge' 2>/dev/null |
    grep -c 'never wrong')" 0
sed -i '/^exclude_title/d' planet.ini
"$ORRERY" update -q --all
find output -type f ! -name 'health*' ! -path '*/mirror/*' -exec sha256sum {} + |
    sort >"$T/after"
ok "without the rule all is as before" cmp "$T/before" "$T/after"
sed -i 's/^\[Planet\]/[Planet]\nmax_items = 1/' planet.ini
"$ORRERY" update -q --all
is "max_items: one entry of each source" "$(grep -h -c '^=> /e/' \
    output/capsule/s/*/index.gmi | sort -u | tr '\n' ' ')" "1 2 "
sed -i -e '/^max_items/d' -e 's/^\[Planet\]/[Planet]\nexcerpt = 120/' planet.ini
"$ORRERY" update -q --all
sound "with excerpts" .
entry=$(grep -rl '^# Why the tide table' output/capsule/e | head -n 1)
has "an excerpt has the first words" "$entry" "A tide table predicts the moon"
lacks "and no more" "$entry" "Trust the table"
has "and leads to the rest" "$entry" "=> https://tides.harbour.example/2026/never-wrong/"
lacks "so do the feeds" output/capsule/atom.xml "Trust the table"
text=$(find output/hole/e -name '*why-the-tide*.txt' | head -n 1)
has "the hole has the first words" "$text" "A tide table predicts the moon"
lacks "and no more either" "$text" "Trust the table"

# --- many feeds, real words ---
if [ -x "$make_feeds" ]; then
	mkdir "$T/many"
	cd "$T/many" || exit 1
	python3 "$make_feeds" --max-body 4000 feeds 8 150 >/dev/null
	{
		printf '[Planet]\nname = Many\nnew_feed_items = 0\ntheme = river\n'
		for f in feeds/feed-*; do
			printf '[%s]\ngroups = %s\n' "$f" "${f##*.}"
		done
	} >planet.ini
	"$ORRERY" update -q --all
	sound "many feeds" .
else
	skip "many feeds" "the shared data is not there"
fi
if [ -r "$data/planet-mozilla/config.ini" ]; then
	cp -R "$data/planet-mozilla" "$T/moz"
	cd "$T/moz" || exit 1
	sed -e 's|^\[https://blog.mozilla.org/feed/\]|[blog.mozilla.org.rss]|' \
	    -e 's|^\[https://this-week-in-rust.org/rss.xml\]|[this-week-in-rust.rss]|' \
	    -e 's|^\[https://blog.rust-lang.org/feed.xml\]|[blog.rust-lang.org.atom]|' \
	    config.ini >planet.ini
	"$ORRERY" update -q --all
	sound "three real feeds" .
else
	skip "three real feeds" "the shared data is not there"
fi
